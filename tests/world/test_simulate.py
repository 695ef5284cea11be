"""Traffic, walkers and steps: sentences about the world that hold in every trace."""

import math
from itertools import pairwise

import numpy as np
import pytest

from scenarios.bodies import BODIES
from sim.cycle_stands import BICYCLES
from sim.trace import Gait, Lamp, WorldTrace, pose_matrix
from tests.world.scenes import COUNTRY, HIGHWAY, STREET, car, concrete, run

DRIVE = {"drive": {"speed": 13.9}}


def column(trace: WorldTrace, name: str, field: str) -> np.ndarray:
    return getattr(trace, field)[:, trace.index(name)]


def gap_m(trace: WorldTrace, behind: str, ahead: str) -> np.ndarray:
    """Bumper to bumper on a straight road along x."""
    i, j = trace.index(behind), trace.index(ahead)
    room = (trace.actors[i].size_m[0] + trace.actors[j].size_m[0]) / 2
    return trace.position_m[:, j, 0] - trace.position_m[:, i, 0] - room


# -------------------------------------------------------------------------------------------------------- placing
def test_the_bumper_gap_is_honoured_exactly():
    trace = run(
        car(60.0, 10.0),
        lead={"model": "van.delivery", "start": {"ahead_of": "ego", "gap": 17.25, "speed": 10.0}},
        tail={"model": "truck.box", "start": {"behind": "ego", "gap": 9.5}},
    )
    assert gap_m(trace, "ego", "lead")[0] == pytest.approx(17.25, abs=1e-6)
    assert gap_m(trace, "tail", "ego")[0] == pytest.approx(9.5, abs=1e-6)


def test_the_bumper_gap_is_honoured_whatever_the_order_of_the_file():
    trace = run(
        {"model": "car.sedan", "start": {"behind": "lead", "gap": 12.0}, "do": []},
        lead={"model": "car.suv", "start": {"lane": "right", "s": 90.0}},
    )
    assert gap_m(trace, "ego", "lead")[0] == pytest.approx(12.0, abs=1e-6)


def test_a_parked_car_stands_its_distance_from_the_kerb():
    trace = run(
        car(20.0), van={"model": "van.delivery", "start": {"parked": "right", "s": 90.0, "curb_gap": 0.31}}
    )
    van = trace.index("van")
    kerb = -3.25 - 2.2  # lane and parking strip, right of the reference line
    right_side = trace.position_m[0, van, 1] - trace.actors[van].size_m[1] / 2
    assert right_side - kerb == pytest.approx(0.31, abs=1e-6)


def test_a_car_parked_on_the_left_belongs_to_the_oncoming_lane():
    road = STREET | {"parking": "both"}
    trace = run(
        car(20.0),
        road=road,
        van={"model": "car.suv", "start": {"parked": "left", "s": 90.0, "curb_gap": 0.2}},
    )
    van = trace.index("van")
    left_side = trace.position_m[0, van, 1] + trace.actors[van].size_m[1] / 2
    assert 3.25 + 2.2 - left_side == pytest.approx(0.2, abs=1e-6)
    assert abs(math.remainder(trace.rotation_rad[0, van, 0], 2 * math.pi)) == pytest.approx(math.pi)
    assert trace.position_m[0, van, 0] == pytest.approx(90.0, abs=1e-6)


def test_somebody_ahead_of_a_van_on_the_sidewalk_looks_across_the_road():
    trace = run(
        car(20.0),
        van={"model": "van.delivery", "start": {"parked": "right", "s": 90.0}},
        child={
            "model": "pedestrian.child",
            "start": {"ahead_of": "van", "gap": 0.5, "offset": "sidewalk", "facing": "across"},
        },
    )
    van, child = trace.index("van"), trace.index("child")
    free = trace.position_m[0, child, 0] - trace.position_m[0, van, 0] - trace.actors[van].size_m[0] / 2
    assert free - trace.actors[child].size_m[1] / 2 == pytest.approx(0.5, abs=1e-6)
    assert math.degrees(trace.rotation_rad[0, child, 0]) == pytest.approx(90.0)
    assert trace.position_m[0, child, 2] == pytest.approx(0.12, abs=0.04)  # on the kerb


def test_oncoming_traffic_faces_the_ego():
    trace = run(car(20.0, 10.0), other=car(150.0, 10.0, lane="oncoming"))
    other = trace.index("other")
    assert abs(math.remainder(trace.rotation_rad[0, other, 0], 2 * math.pi)) == pytest.approx(math.pi)
    assert trace.position_m[-1, other, 0] < trace.position_m[0, other, 0]
    assert trace.position_m[0, other, 1] > 0.0


# -------------------------------------------------------------------------------------------------------- driving
def test_followers_settle_at_the_gap_of_the_model():
    speed, wish = 15.0, 20.0
    trace = run(
        car(60.0, speed, {"drive": {"speed": wish}}),
        road=HIGHWAY | {"length": 5000.0},
        duration=90.0,
        lead={
            "model": "car.sedan",
            "start": {"ahead_of": "ego", "gap": 25.0, "speed": speed},
            "do": [{"drive": {"speed": speed, "driver": "steady"}}],
        },
    )
    settled = (2.0 + speed * 1.2) / math.sqrt(1.0 - (speed / wish) ** 4)
    assert column(trace, "ego", "speed_mps")[-1] == pytest.approx(speed, abs=0.05)
    assert gap_m(trace, "ego", "lead")[-1] == pytest.approx(settled, rel=0.01)


@pytest.mark.parametrize("speed", [8.0, 14.0, 25.0])
def test_a_car_braking_for_a_barrier_stops_before_it(speed):
    trace = run(
        car(40.0, speed, {"drive": {"speed": speed}}),
        road=COUNTRY,
        duration=25.0,
        barrier={"model": "prop.barrier", "start": {"ahead_of": "ego", "gap": 90.0}},
    )
    assert column(trace, "ego", "speed_mps")[-1] == pytest.approx(0.0, abs=0.1)
    gap = gap_m(trace, "ego", "barrier")
    assert gap.min() > 0.0
    assert gap[-1] < 4.0


def test_a_steady_driver_does_not_mind_what_is_ahead():
    trace = run(
        car(40.0, 12.0, {"drive": {"speed": 12.0, "driver": "steady"}}),
        barrier={"model": "prop.barrier", "start": {"ahead_of": "ego", "gap": 30.0}},
    )
    assert np.ptp(column(trace, "ego", "speed_mps")) < 1e-9
    assert [e.name for e in trace.events] == ["collision ego barrier"]
    assert trace.events[0].time_ns == pytest.approx(30.0 / 12.0 * 1e9, abs=2e7)


def test_braking_holds_the_stated_deceleration_until_the_stated_speed():
    trace = run(car(40.0, 20.0, {"brake": {"at": 4.0, "to": 8.0}}), road=COUNTRY, duration=8.0)
    speed = column(trace, "ego", "speed_mps")
    held = (speed > 9.0) & (trace.time_ns > 0.5e9)
    assert np.allclose(column(trace, "ego", "acceleration_mps2")[held], -4.0, atol=1e-6)
    assert speed[-1] == pytest.approx(8.0, abs=0.05)


def stopping_m(weather: list, surface: dict) -> float:
    trace = run(
        car(40.0, 20.0, {"brake": {"at": 12.0}}),
        road=COUNTRY,
        weather=weather,
        surface=surface,
        duration=30.0,
    )
    assert column(trace, "ego", "speed_mps")[-1] == 0.0
    return float(np.ptp(column(trace, "ego", "position_m")[:, 0]))


def test_water_snow_and_ice_lengthen_the_way_to_a_stop():
    dry = stopping_m([], {"state": "dry"})
    wet = stopping_m([], {"state": "wet"})
    snowy = stopping_m([], {"state": "snowy"})
    icy = stopping_m([], {"state": "icy"})
    assert (
        20.0**2 / (2 * 8.0) < dry < 20.0**2 / (2 * 8.0) + 8.0
    )  # the car's brakes, not the tyres, are the limit
    assert 1.4 * dry < wet < snowy < icy
    assert snowy == pytest.approx(20.0**2 / (2 * 0.3 * 9.81), rel=0.1)


def test_a_lane_change_ends_on_the_centre_of_the_other_lane():
    trace = run(
        car(60.0, 28.0, {"wait": {"for": 1.0}}, {"change_lane": {"to": "left", "over": 3.0}}, lane="middle"),
        road=HIGHWAY,
        duration=7.0,
    )
    y = column(trace, "ego", "position_m")[:, 1]
    assert y[-1] - y[0] == pytest.approx(3.75, abs=0.05)
    assert np.all(np.diff(y) > -0.002)  # no swinging back
    assert y.max() < y[0] + 3.75 + 0.10
    assert np.ptp(y[trace.time_ns < 1e9]) < 0.01
    lamps = column(trace, "ego", "lamps")
    assert np.any(lamps & Lamp.INDICATOR_LEFT) and not np.any(lamps & Lamp.INDICATOR_RIGHT)


def test_a_car_keeps_to_its_lane_through_bends():
    road = {
        "build": [
            {"line": {"length": 60.0}},
            {"clothoid": {"length": 40.0, "end_radius": 80.0, "turn": "left"}},
            {"arc": {"length": 120.0, "radius": 80.0, "turn": "left"}},
            {"clothoid": {"length": 40.0}},
            {"line": {"length": 100.0}},
        ],
        "lanes": 2,
        "lane_width": 3.5,
    }
    trace = run(car(20.0, 13.0, {"drive": {"speed": 13.0}}), road=road, duration=22.0)
    road_id, lane = trace.road.lane("right", 20.0)
    path = trace.road.path(road_id, lane, 0.0, 500.0)
    across = [path.locate(x, y)[1] for x, y, _ in column(trace, "ego", "position_m")[::20]]
    assert max(map(abs, across)) < 0.12
    assert abs(column(trace, "ego", "yaw_rate_radps")).max() == pytest.approx(13.0 / 78.25, rel=0.08)


def test_drivers_slow_down_for_tight_bends():
    road = {
        "build": [{"line": {"length": 150.0}}, {"arc": {"length": 60.0, "radius": 30.0, "turn": "right"}},
                  {"line": {"length": 100.0}}],
        "lanes": 2, "lane_width": 3.5,
    }  # fmt: skip
    trace = run(car(20.0, 22.0, {"drive": {"speed": 22.0}}), road=road, duration=16.0)
    sideways = column(trace, "ego", "speed_mps") * column(trace, "ego", "yaw_rate_radps")
    assert abs(sideways).max() < 3.6


def test_on_ice_a_bend_taken_too_fast_leads_off_the_lane():
    road = {"build": [{"line": {"length": 80.0}}, {"arc": {"length": 200.0, "radius": 60.0, "turn": "left"}}],
            "lanes": 2, "lane_width": 3.5}  # fmt: skip
    step = {"drive": {"speed": 14.0, "driver": "steady"}}
    ends = {}
    for state in ("dry", "icy"):
        trace = run(car(20.0, 14.0, step), road=road, surface={"state": state}, duration=9.0)
        road_id, lane = trace.road.lane("right", 20.0)
        x, y, _ = column(trace, "ego", "position_m")[-1]
        ends[state] = abs(trace.road.path(road_id, lane, 0.0, 400.0).locate(x, y)[1])
    assert ends["dry"] < 0.3
    assert ends["icy"] > 5.0


def test_nobody_teleports_or_turns_on_the_spot_on_wheels():
    trace = run(
        car(60.0, 14.0, {"drive": {"speed": 16.0}}),
        background={
            "traffic": {"vehicles": 40.0},
            "pedestrians": {"density": 60.0},
            "parked_cars": {"side": "right"},
        },
        duration=8.0,
        walker={
            "model": "pedestrian.adult",
            "start": {"lane": "right", "s": 160.0, "offset": "sidewalk", "facing": "across"},
            "do": [{"wait": {"for": 1.0}}, {"walk": {"to": "opposite_sidewalk", "speed": 1.4}}],
        },
    )
    assert len(trace.actors) > 20
    moved = np.linalg.norm(np.diff(trace.position_m[..., :2], axis=0), axis=2)
    fastest = np.maximum(trace.speed_mps[1:], trace.speed_mps[:-1])
    assert np.all(moved <= fastest * 0.01 * 1.02 + 1e-4)
    wheeled = [i for i, a in enumerate(trace.actors) if a.actor_class not in ("pedestrian", "child")]
    assert np.all(np.abs(np.diff(trace.rotation_rad[:, wheeled, 0], axis=0)) < 0.02)


def test_wheels_stand_on_the_road_however_hard_the_car_brakes_or_turns():
    road = {"build": [{"line": {"length": 120.0}}, {"arc": {"length": 150.0, "radius": 60.0, "turn": "left"}}],
            "lanes": 2, "lane_width": 3.5}  # fmt: skip
    step = [{"drive": {"speed": 16.0, "driver": "steady"}}, {"wait": {"for": 4.0}}, {"brake": {"at": 8.0}}]
    trace = run(car(90.0, 16.0, *step), road=road, duration=8.0)
    body = BODIES[trace.actors[0].model]
    front = trace.actors[0].size_m[0] / 2 - body.front_overhang_m
    wheels = np.array(
        [
            (x, y, 0.0)
            for x in (front, front - body.wheelbase_m)
            for y in (-body.track_m / 2, body.track_m / 2)
        ]
    )
    assert np.ptp(trace.rotation_rad[:, 0, 1]) > 0.006 and np.ptp(trace.rotation_rad[:, 0, 2]) > 0.006
    for position, rotation in zip(trace.position_m[::5, 0], trace.rotation_rad[::5, 0], strict=True):
        heights = wheels @ pose_matrix(position, rotation)[2, :3] + position[2]
        assert abs(heights.min()) < 1e-3
        assert heights.max() < 0.04


def test_wheels_roll_as_far_as_the_car_goes():
    trace = run(car(40.0, 10.0), road=COUNTRY)
    way = np.ptp(column(trace, "ego", "position_m")[:, 0])
    assert column(trace, "ego", "wheel_rad")[-1] * 0.325 == pytest.approx(way, rel=1e-6)


# -------------------------------------------------------------------------------------------------------- walking
CROSSING = {
    "model": "pedestrian.adult",
    "start": {"lane": "right", "s": 120.0, "offset": "sidewalk", "facing": "across"},
    "do": [{"wait": {"for": 1.0}}, {"mark": "sets_out"}, {"walk": {"to": "opposite_sidewalk", "speed": 1.4}}],
}


def test_a_pedestrian_reaches_the_other_sidewalk_and_stays_there():
    trace = run(car(20.0), duration=14.0, walker=CROSSING)
    y = column(trace, "walker", "position_m")[:, 1]
    assert y[0] == pytest.approx(-6.85)
    assert y[-1] == pytest.approx(4.65, abs=0.02)
    assert np.all(np.diff(y) >= -1e-9)
    speed = column(trace, "walker", "speed_mps")
    assert speed.max() == pytest.approx(1.4, abs=0.01)
    assert speed[-1] == 0.0
    gaits = column(trace, "walker", "gait")
    assert gaits[0] == Gait.STAND and Gait.WALK in gaits and gaits[-1] == Gait.STAND
    assert abs(np.diff(speed)).max() / 0.01 < 4.0  # starts and stops with muscles, not with switches


def test_strides_take_a_walker_as_far_as_he_walks():
    trace = run(car(20.0), duration=14.0, walker=CROSSING)
    strides = column(trace, "walker", "gait_phase")[-1]
    assert 11.5 / strides == pytest.approx(1.48, rel=0.08)  # 1.4 m/s: 1.45 to 1.5 m a stride in adults


def test_a_walker_waits_steps_back_and_runs_as_told():
    trace = run(
        car(20.0),
        duration=10.0,
        child={
            "model": "pedestrian.child",
            "start": {"lane": "right", "s": 120.0, "offset": "sidewalk", "facing": "across"},
            "do": [
                {"walk": {"to": "opposite_sidewalk", "speed": 3.0, "gait": "run", "for": 1.5}},
                {"stop": {"for": 1.0}},
                {"walk": {"to": "back", "speed": 1.2}},
            ],
        },
    )
    y = column(trace, "child", "position_m")[:, 1]
    assert y[170] > y[0] + 2.5
    assert y[-1] == pytest.approx(y[0], abs=0.02)
    assert Gait.RUN in column(trace, "child", "gait")


def test_a_driver_stops_for_somebody_on_the_road_who_can_be_seen():
    trace = run(car(40.0, 11.0, {"drive": {"speed": 11.0}}), duration=12.0, walker=CROSSING)
    assert not [e for e in trace.events if e.name.startswith("collision")]
    assert column(trace, "ego", "speed_mps").min() < 11.0


def test_a_van_hides_a_child_from_the_driver():
    """Braking begins later with a van in the line of sight than without."""

    def first_brake(*, hidden: bool) -> int:
        van = {"model": "van.delivery", "start": {"parked": "right", "s": 100.0, "curb_gap": 0.2}}
        child = {
            "model": "pedestrian.child",
            "start": {"lane": "right", "s": 104.0, "offset": "sidewalk", "facing": "across"},
            "do": [
                {"wait": {"until": "ttc(ego, path(child)) <= 3.2 s"}},
                {"walk": {"to": "opposite_sidewalk", "speed": 2.5}},
            ],
        }
        others = {"van": van, "child": child} if hidden else {"child": child}
        trace = run(car(40.0, 10.0, {"drive": {"speed": 10.0}}), duration=9.0, **others)
        return int(np.argmax(column(trace, "ego", "acceleration_mps2") < -1.0))

    open_view, behind_van = first_brake(hidden=False), first_brake(hidden=True)
    assert open_view > 0
    assert behind_van > open_view + 20


def test_a_deer_bolts():
    trace = run(
        car(20.0, 20.0),
        road=COUNTRY,
        deer={
            "model": "animal.deer",
            "start": {"lane": "right", "s": 140.0, "offset": "verge", "facing": "across"},
            "do": [
                {"wait": {"until": "distance(ego, deer) < 80 m"}},
                {"walk": {"to": "opposite_verge", "speed": 10.0}},
            ],
        },
    )
    assert column(trace, "deer", "speed_mps").max() > 6.0
    assert column(trace, "deer", "position_m")[-1, 1] > 3.0


# ----------------------------------------------------------------------------------------------- steps and chance
def test_a_condition_waits_for_its_time_to_the_crossing():
    walker = CROSSING | {
        "do": [{"wait": {"until": "ttc(ego, path(walker)) <= 2 s"}}, {"mark": "reveal"}]
    }  # fmt: skip
    trace = run(car(40.0, 12.0, {"drive": {"speed": 12.0, "driver": "steady"}}), duration=6.0, walker=walker)
    (reveal,) = [e for e in trace.events if e.name == "reveal"]
    front = 40.0 + 4.68 / 2 + 12.0 * reveal.time_ns * 1e-9
    assert (120.0 - front) / 12.0 == pytest.approx(2.0, abs=0.011)


@pytest.mark.parametrize(
    ("condition", "expected_s"),
    [
        ("time >= 1.5 s", 1.5),
        ("gap(ego, lead) < 20 m", 2.0),
        ("ttc(ego, lead) < 2 s", 1.0),
        ("thw(ego, lead) <= 1 s", 2.0),
        ("distance(ego, lead) <= 25 m", 1.75),
        ("s(ego) > 90 m", 2.5),
        ("speed(lead) > 1 m/s or time > 2.2 s", 2.2),
        ("event(early) and time > 0.7 s", 0.7),
    ],
)
def test_conditions_mean_what_they_say(condition, expected_s):
    steady = {"drive": {"speed": 20.0, "driver": "steady"}}
    steps = [
        steady,
        {"wait": {"for": 0.2}},
        {"mark": "early"},
        {"wait": {"until": condition}},
        {"mark": "now"},
    ]
    trace = run(
        car(40.0, 20.0, *steps),
        duration=3.5,
        lead={"model": "car.sedan", "start": {"ahead_of": "ego", "gap": 60.0}},
    )
    (now,) = [e for e in trace.events if e.name == "now"]
    assert now.time_ns * 1e-9 == pytest.approx(expected_s, abs=0.015)


def test_the_same_scenario_gives_the_same_trace_twice():
    background = {
        "traffic": {"vehicles": 20.0},
        "pedestrians": {"density": 50.0},
        "parked_cars": {"side": "both"},
    }
    one, two = (run(car(60.0, 12.0, DRIVE), background=background, duration=3.0) for _ in range(2))
    for name in ("position_m", "rotation_rad", "velocity_mps", "lamps", "gait_phase", "present"):
        assert getattr(one, name).tobytes() == getattr(two, name).tobytes()
    assert one.actors == two.actors


def test_another_seed_gives_another_background_and_the_same_scenario():
    background = {"parked_cars": {"side": "right", "fill": 0.5}}
    one, two = (
        run(car(60.0, 12.0, DRIVE), background=background, seed=seed, duration=1.0) for seed in (1, 2)
    )
    assert [a.name for a in one.actors] != [a.name for a in two.actors]
    assert np.array_equal(column(one, "ego", "position_m"), column(two, "ego", "position_m"))


def test_background_comes_and_goes_kind_by_kind():
    kinds = {
        "parked_cars": {"side": "both", "fill": 0.6},
        "traffic": {"vehicles": 15.0},
        "pedestrians": {"density": 80.0},
    }
    whole = run(car(60.0, 0.0), background=kinds, duration=0.5)
    identity = {a.name: (a.instance_id, a.model, a.look_seed) for a in whole.actors}
    assert len({a.instance_id for a in whole.actors}) == len(whole.actors)
    starts = {a.name: tuple(whole.position_m[0, i]) for i, a in enumerate(whole.actors)}
    for left_out in kinds:
        part = run(car(60.0, 0.0), background={k: v for k, v in kinds.items() if k != left_out}, duration=0.5)
        assert len(part.actors) < len(whole.actors)
        for i, actor in enumerate(part.actors):
            assert identity[actor.name] == (actor.instance_id, actor.model, actor.look_seed)
            assert starts[actor.name] == tuple(part.position_m[0, i])


def test_more_parked_cars_keep_the_ones_that_stood_there():
    few, many = (
        run(car(20.0), background={"parked_cars": {"side": "right", "fill": fill}}, duration=0.2)
        for fill in (0.3, 0.8)
    )
    assert len(few.actors) < len(many.actors)
    stood = {a.name: few.position_m[0, i].tolist() for i, a in enumerate(few.actors)}
    still = {a.name: many.position_m[0, i].tolist() for i, a in enumerate(many.actors)}
    assert stood.items() <= still.items()


def test_nobody_begins_inside_somebody_else():
    for seed in range(4):
        trace = run(
            car(60.0, 12.0, DRIVE),
            background={"traffic": {"vehicles": 60.0}, "parked_cars": {"side": "both", "fill": 0.9}},
            seed=seed,
            duration=0.3,
            van={"model": "van.delivery", "start": {"parked": "right", "s": 110.0}},
        )
        assert not trace.events


def test_some_parking_places_have_bicycles_across_them_and_nobody_stands_in_another():
    places, bicycles = 0, 0
    for seed in range(6):
        trace = run(
            car(20.0), background={"parked_cars": {"side": "right", "fill": 1.0}}, seed=seed, duration=0.2
        )
        assert not trace.events
        names = [a.name for a in trace.actors if a.name.startswith(BICYCLES)]
        for name in names:
            k = trace.index(name)
            _, width, _ = size = trace.actors[k].size_m
            assert (
                trace.actors[k].model == "bicycle.parked" and abs(np.sin(trace.rotation_rad[0, k, 0])) > 0.99
            )
            wheels_m = trace.position_m[0, k, 1] + np.array((-0.5, 0.5)) * size[0]
            assert (
                wheels_m.min() > -3.25 - 2.2 and wheels_m.max() < -3.25 and width < 0.7
            )  # on the parking strip
        of = {name.rsplit(".", 1)[0] for name in names}
        assert all(
            name.replace(BICYCLES, "background.parked.") not in {a.name for a in trace.actors} for name in of
        )
        places += len(of) + sum(a.name.startswith("background.parked") for a in trace.actors)
        bicycles += len(names)
    assert 0.03 < bicycles / places < 0.25


def test_parked_cars_leave_the_way_of_a_child_free():
    for seed in range(5):
        trace = run(
            car(20.0),
            background={"parked_cars": {"side": "right", "fill": 1.0, "except": ["van"]}},
            duration=8.0,
            seed=seed,
            van={"model": "van.delivery", "start": {"parked": "right", "s": 110.0}},
            child={
                "model": "pedestrian.child",
                "start": {"ahead_of": "van", "gap": 0.5, "offset": "sidewalk", "facing": "across"},
                "do": [{"walk": {"to": "opposite_sidewalk", "speed": 2.5}}],
            },
        )
        assert len(trace.actors) > 20
        assert not trace.events


# ---------------------------------------------------------------------------------------------------------- lamps
def test_brake_lamps_light_when_braking_and_only_then():
    trace = run(car(40.0, 20.0, {"wait": {"for": 1.0}}, {"brake": {"at": 4.0, "to": 10.0}}), road=COUNTRY)
    lit = column(trace, "ego", "lamps") & Lamp.BRAKE > 0
    assert not lit[:99].any()
    assert lit[120:200].all()
    assert not lit[-20:].any()


@pytest.mark.parametrize(
    ("sun_deg", "weather", "lamp"),
    [(40.0, [], Lamp.HEAD_DAYTIME), (-10.0, [], Lamp.LOW_BEAM), (40.0, [{"rain": 10.0}], Lamp.LOW_BEAM),
     (40.0, [{"fog": {"visibility": 80.0}}], Lamp.FOG_FRONT), (40.0, [{"fog": {"visibility": 40.0}}], Lamp.FOG_REAR)],
)  # fmt: skip
def test_drivers_light_what_the_light_demands(sun_deg, weather, lamp):
    trace = run(car(40.0, 10.0), sun_deg=sun_deg, weather=weather, duration=1.0)
    assert np.all(column(trace, "ego", "lamps") & lamp)


def test_hazard_lamps_blink_at_one_and_a_half_hertz_on_both_sides():
    trace = run(car(20.0), van=car(80.0, 0.0, lights=["hazard"]), duration=9.8)
    lamps = column(trace, "van", "lamps")
    left, right = lamps & Lamp.INDICATOR_LEFT > 0, lamps & Lamp.INDICATOR_RIGHT > 0
    assert np.array_equal(left, right)
    assert np.count_nonzero(np.diff(left.astype(int)) == 1) == pytest.approx(15, abs=1)


def test_the_halves_of_a_light_bar_flash_in_turn_as_un_r65_has_it():
    trace = run(car(20.0), police=car(80.0, 0.0, model="car.police", lights=["beacon"]), duration=9.8)
    lamps = column(trace, "police", "lamps")
    left, right = lamps & Lamp.BEACON_LEFT > 0, lamps & Lamp.BEACON_RIGHT > 0
    for half in (left, right):
        flashes = np.count_nonzero(np.diff(half.astype(int)) == 1) / 9.8
        assert 2.0 * 0.95 < flashes <= 4.0 and half.mean() < 0.4
    assert not (left & right).any()
    assert np.all(lamps & Lamp.HEAD_DAYTIME)  # what flashes leaves the others alone


def test_words_for_lamps_are_obeyed():
    trace = run(car(40.0, 10.0, lights=["off"]), sun_deg=-20.0, duration=0.5)
    assert not np.any(column(trace, "ego", "lamps") & (Lamp.LOW_BEAM | Lamp.TAIL | Lamp.HEAD_DAYTIME))


def test_a_step_switches_lamps_from_then_on():
    steps = ({"wait": {"for": 1.0}}, {"lights": ["hazard"]}, {"wait": {"for": 1.0}}, {"lights": ["off"]})
    trace = run(car(40.0, 10.0, *steps), sun_deg=-20.0, duration=3.0)
    lamps = column(trace, "ego", "lamps")
    blinks = lamps & (Lamp.INDICATOR_LEFT | Lamp.INDICATOR_RIGHT) > 0
    assert not blinks[:100].any() and blinks[100:200].any() and not blinks[200:].any()
    # Hazard lamps leave the headlamps on; "off" does not.
    assert np.all(lamps[:200] & Lamp.LOW_BEAM) and not np.any(lamps[200:] & Lamp.LOW_BEAM)


def test_ids_are_the_ego_then_the_file_then_the_background():
    trace = run(
        car(60.0), duration=0.2, background={"parked_cars": {"side": "right"}},
        b=car(100.0, lane="oncoming"), a=car(140.0, lane="oncoming"),
    )  # fmt: skip
    assert [(x.name, x.instance_id) for x in trace.actors[:3]] == [("ego", 1), ("b", 2), ("a", 3)]
    assert all(a.instance_id >= 1000 for a in trace.actors[3:])
    assert trace.actors[0].is_ego


def test_time_runs_in_steps_of_ten_milliseconds_to_a_little_beyond_the_clip():
    trace = run(car(60.0), duration=2.0)
    assert trace.time_ns[0] == 0
    assert {b - a for a, b in pairwise(trace.time_ns.tolist())} == {10_000_000}
    assert trace.time_ns[-1] == 2_200_000_000
    assert np.isfinite(trace.position_m).all() and np.isfinite(trace.rotation_rad).all()
    assert STREET["length"] > trace.position_m[..., 0].max()


def test_a_concrete_scenario_is_left_as_it_was():
    scene = concrete(car(60.0, 10.0))
    before = scene.scenario.model_dump_json()
    from sim.simulate import simulate

    simulate(scene)
    assert scene.scenario.model_dump_json() == before
