"""What is said of a finished clip is true of its trace, and is the same as what the running world said."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from scenarios.expressions import ExpressionError, Watch, evaluate, parse
from scenarios.taxonomy import PEOPLE
from sim import simulate as simulation
from sim.moments import touching
from sim.simulate import Simulation
from sim.trace import WorldTrace
from sim.truth import Truth
from tests.support.naive_boxes import box_distance
from tests.world.eyes import box_gap_m
from tests.world.scenes import HIGHWAY, STREET, car, concrete, run

BRAKE: dict[str, Any] = {"brake": {"at": 4.0}}
CROSSING: dict[str, Any] = {
    "model": "pedestrian.adult",
    "start": {"lane": "right", "s": 90.0, "offset": "sidewalk", "facing": "across"},
    "do": [
        {"wait": {"until": "ttc(ego, path(walker)) <= 2.5 s"}},
        {"mark": "steps_out"},
        {"walk": {"to": "opposite_sidewalk", "speed": 1.5}},
    ],
}


@pytest.fixture(scope="module")
def street() -> WorldTrace:
    """The ego comes along at 10 m/s, somebody crosses, a parked van stands there."""
    return run(
        car(40.0, 10.0, {"drive": {"speed": 10.0}}),
        walker=CROSSING,
        van={"model": "van.delivery", "start": {"parked": "right", "s": 80.0}},
        background={"parked_cars": {"side": "right", "fill": 0.6}, "pedestrians": {"density": 40.0}},
        weather=[{"rain": 5.0}, {"at": 1.0, "rain": 15.0, "over": 2.0}],
        duration=6.0,
    )


@pytest.fixture(scope="module")
def truth(street: WorldTrace) -> Truth:
    return Truth(street)


@pytest.fixture(scope="module")
def bump() -> WorldTrace:
    """The ego drives into a car that stands, without looking."""
    return run(
        car(40.0, 15.0, {"drive": {"speed": 15.0, "driver": "steady"}}, {"mark": "late"}),
        wall=car(80.0),
        road=STREET,
        duration=4.0,
    )


# ------------------------------------------------------------------------------------------------ analytic answers
def test_times_and_gaps_of_a_straight_drive(bump: WorldTrace) -> None:
    truth = Truth(bump)
    gap = truth.series("gap(ego, wall)")
    length = bump.actors[0].size_m[0] / 2 + bump.actors[1].size_m[0] / 2
    assert gap[0] == pytest.approx(40.0 - length, abs=1e-6)
    assert truth.series("ttc(ego, wall)")[0] == pytest.approx(gap[0] / 15.0, abs=1e-6)
    assert truth.series("thw(ego, wall)")[0] == pytest.approx(gap[0] / 15.0, abs=1e-6)
    assert truth.series("range(ego, wall)")[0] == pytest.approx(40.0, abs=1e-6)
    assert truth.series("s(ego)")[0] == pytest.approx(40.0, abs=1e-6)
    assert truth.value("speed(ego) at start") == pytest.approx(15.0)
    assert math.isinf(float(truth.series("ttc(wall, ego)")[0]))


def test_a_collision_lasts_once_it_has_happened(bump: WorldTrace) -> None:
    truth = Truth(bump)
    contact = truth.first_s("collided(ego, wall)")
    assert contact == pytest.approx(truth.series("gap(ego, wall)")[0] / 15.0, abs=0.011)
    assert [e.time_ns * 1e-9 for e in bump.events if e.name.startswith("collision")] == [
        pytest.approx(contact)
    ]
    assert not truth.holds("not collided(ego, wall)")
    assert truth.holds(f"not collided(ego, wall) before {contact} s")
    assert truth.holds(f"collided(ego) after {contact} s")
    assert truth.judge("not collided(ego)").told == f"collided(ego) was true at {contact:.2f} s"
    # Steps and touches of the twin, box by box.
    apart = box_gap_m(bump, "ego", "wall")[: len(truth.time_s)]
    assert truth.series("distance(ego, wall)") == pytest.approx(apart, abs=1e-9)


def test_who_is_in_the_lane_and_in_the_way(street: WorldTrace, truth: Truth) -> None:
    y = street.position_m[: len(truth.time_s), street.index("walker"), 1]
    inside = (y >= -3.25) & (y <= 0.0)
    assert np.array_equal(truth.series("in_lane(walker, ego.lane)") == 1.0, inside)
    assert truth.series("count(pedestrian, ego.lane)")[np.argmax(inside)] == 1.0
    ego = street.index("ego")
    apart = (
        street.position_m[: len(truth.time_s), :, :2] - street.position_m[: len(truth.time_s), ego, None, :2]
    )
    near = (np.hypot(apart[..., 0], apart[..., 1]) <= 25.0) & street.present[: len(truth.time_s)]
    people = [k for k, a in enumerate(street.actors) if a.actor_class in PEOPLE]
    assert np.array_equal(truth.series("count(person, around(ego, 25 m))"), near[:, people].sum(1))
    nearest = np.hypot(apart[:, people, 0], apart[:, people, 1]).min(1)
    assert truth.series("range(ego, nearest(person))") == pytest.approx(nearest)
    assert np.isinf(truth.series("range(ego, nearest(cargo))")).all()


def test_the_path_is_as_wide_as_the_body(bump: WorldTrace) -> None:
    truth = Truth(bump)
    assert truth.value("count(car, ego.path) at start") == 1.0
    assert truth.value("count(car, ego.lane) at start") == 1.0
    beside = run(car(40.0, 10.0), other=car(80.0, lane="oncoming"), duration=1.0)
    assert Truth(beside).value("max(count(any, ego.path)) + max(count(any, ego.lane))") == 0.0


def test_the_weather_is_that_of_the_track(street: WorldTrace, truth: Truth) -> None:
    assert truth.value("rain() at 0.5 s") == pytest.approx(5.0)
    assert truth.value("rain() at 2 s") == pytest.approx(10.0, abs=1e-6)
    assert truth.value("max(rain())") == pytest.approx(15.0)
    state = street.weather.at(2_000_000_000)
    assert truth.value("visibility() at 2 s") == pytest.approx(state.visibility_m)
    assert truth.value("illuminance() at 2 s") == pytest.approx(state.illuminance_lx)
    assert truth.value("friction() at 2 s") == pytest.approx(state.friction)


# --------------------------------------------------------------------------------------------------------- windows
def test_windows_hold_the_moments_they_name(truth: Truth) -> None:
    t, out = truth.time_s, truth.moments.marks["steps_out"]
    for text, inside in {
        "time >= 0 s before steps_out": t < out - 1e-9,
        "time >= 0 s after steps_out": t >= out - 1e-9,
        "time >= 0 s within 0.5 s after steps_out": (t >= out - 1e-9) & (t <= out + 0.5 + 1e-9),
        "time >= 0 s within 0.5 s before steps_out": (t >= out - 0.5 - 1e-9) & (t < out - 1e-9),
        "time >= 0 s during 1..2 s": (t >= 1.0 - 1e-9) & (t <= 2.0 + 1e-9),
        "time >= 0 s at steps_out + 1 s": np.abs(t - out - 1.0) < 1e-6,
        "time >= 0 s after end - 1 s": t >= 5.0 - 1e-9,
    }.items():
        assert np.array_equal(truth.series(text) == 1.0, inside), text


@pytest.mark.parametrize(
    ("text", "holds", "told"),
    [
        ("speed(ego) >= 0", True, ""),
        ("time < 6 s", False, "was 6 s at 6.00 s"),
        ("time < 2 s before 2 s", True, ""),
        ("time <= 1.5 s before 2 s", False, "was 1.51 s at 1.51 s"),
        ("max(time) == 6 s", True, ""),
        ("max(time) < 2 s", False, "was 6 s"),
        ("max(time) > 5 s before 2 s", False, "was 1.99 s"),
        ("min(time) in 1..1.1 s within 2 s after 1 s", True, ""),
        ("mean(time) in 2.9..3.1 s", True, ""),
        ("event(steps_out)", False, "event(steps_out) was false at 0.00 s"),
        ("event(steps_out) after steps_out", True, ""),
        ("not event(steps_out) before steps_out", True, ""),
        ("time < 1 s or time >= 1 s", True, ""),
        ("time < 1 s or time > 1 s", False, "was 1 s at 1.00 s, and was 1 s at 1.00 s"),
        ("(time < 2 s before 2 s) and (time > 3 s after 2 s)", False, "was 2 s at 2.00 s"),
        ("time > 0 s after nowhere", False, "nowhere never happened"),
        ("not (time < 0 s after nowhere)", False, "nowhere never happened"),
        ("(time > 0 s after nowhere) or time >= 0 s", True, ""),
        ("time > 0 s at 9 s", False, "9.0 s is at 9.00 s, outside the clip"),
        ("time >= 0 s before start", False, "no moment of the clip lies before start (0.00 s)"),
        ("(speed(ego) at nowhere) > 1 m/s", False, "nowhere never happened"),
        ("first(time >= 2 s) == 2 s", True, ""),
        ("last(time <= 2 s) == 2 s", True, ""),
        ("time == 3 s at first(time >= 3 s)", True, ""),
        ("first(time > 7 s) < 9 s", False, "was infinite"),
        ("max(abs(time - 3 s)) == 3 s", True, ""),
        ("rises(time >= 2 s)", False, "rises(time >= 2.0 s) was false at 0.00 s"),
        ("rises(time >= 2 s) at 2 s", True, ""),
        ("not rises(time >= 0 s)", True, ""),
        ("falls(time < 2 s) at 2 s", True, ""),
        ("stopping_distance(speed(ego)) > 5 m at start", True, ""),
        ('"lit" == lit', True, ""),
        ("\"lit\" == 'dark'", False, '""lit" == "dark"" was false'),
    ],
)
def test_a_condition_about_a_clip_holds_or_says_why_not(
    truth: Truth, text: str, holds: bool, told: str
) -> None:
    found = truth.judge(text)
    assert (found.holds, found.told) == (holds, told)


def test_what_has_many_values_has_no_one_value(truth: Truth) -> None:
    with pytest.raises(ExpressionError, match="changes over time"):
        truth.value("speed(ego)")
    assert math.isnan(float(truth.value("speed(ego) at nowhere")))
    assert truth.value('"mattress"') == "mattress"


def test_only_the_clip_is_asked_not_what_was_simulated_beyond_it(street: WorldTrace, truth: Truth) -> None:
    assert street.time_ns[-1] > 6_000_000_000
    assert truth.time_s[-1] == pytest.approx(6.0)


# ------------------------------------------------------------------------------------- the same answer while it runs
QUESTIONS = [
    "ttc(ego, path(walker))", "ttc(ego, walker)", "ttc(ego, nearest(vehicle))", "thw(ego, van)", "gap(ego, van)",
    "gap(walker, van)", "distance(ego, walker)", "distance(ego, path(walker))", "distance(walker, nearest(car))",
    "range(ego, van)", "range(ego, nearest(person))", "speed(walker)", "speed(ego)", "acceleration(ego)",
    "acceleration(walker)", "s(ego)", "s(walker)", "s(van)", "count(any, ego.lane)", "count(any, ego.path)",
    "count(person, around(ego, 20 m))", "rain()", "friction()", "visibility()", "illuminance()", "time",
    "ttc(walker, path(ego))", "distance(ego, path(van))",
]  # fmt: skip
CONDITIONS = [
    "event(steps_out)", "in_lane(walker, ego.lane)", "in_lane(ego, walker.path)", "collided(ego)", "collided(ego, van)",
    "rises(event(steps_out))", "falls(speed(walker) < 0.5 m/s)", "rises(speed(walker) > 0.5 m/s) or time > 5 s",
]  # fmt: skip


@pytest.mark.slow
def test_the_running_world_and_the_finished_clip_agree() -> None:
    scene = concrete(
        car(40.0, 10.0, {"drive": {"speed": 10.0}}),
        walker=CROSSING,
        van={"model": "van.delivery", "start": {"parked": "right", "s": 80.0}},
        background={"parked_cars": {"side": "right", "fill": 0.6}, "pedestrians": {"density": 40.0}},
        weather=[{"rain": 5.0}, {"at": 1.0, "rain": 15.0, "over": 2.0}],
        duration=6.0,
    )
    sim = Simulation(scene)
    sim.scope.watch([parse(text) for text in CONDITIONS])
    asked: dict[str, list[float]] = {text: [] for text in (*QUESTIONS, *CONDITIONS)}
    calls = {text: parse(text) for text in QUESTIONS}
    watches = {text: Watch(parse(text)) for text in CONDITIONS}
    original = simulation.Recorder.take

    def take(recorder: Any, tick: int, *rest: Any) -> None:
        for text, call in calls.items():
            asked[text].append(float(evaluate(call, sim.scope)))
        for text in CONDITIONS:
            asked[text].append(float(watches[text].look(sim.scope)))
        original(recorder, tick, *rest)

    simulation.Recorder.take = take  # type: ignore[method-assign]
    try:
        trace = sim.run()
    finally:
        simulation.Recorder.take = original  # type: ignore[method-assign]
    truth = Truth(replace(trace))
    for text, values in asked.items():
        heard = np.array(values[: len(truth.time_s)])
        assert truth.series(text) == pytest.approx(heard, rel=1e-6, abs=1e-6), text
    assert max(asked["count(person, around(ego, 20 m))"]) >= 2.0
    assert 0 < sum(asked["in_lane(walker, ego.lane)"]) < len(truth.time_s)
    assert sum(asked["rises(event(steps_out))"]) == 1.0


def test_a_wait_goes_on_when_its_condition_rises() -> None:
    def marks(until: str) -> dict[str, float]:
        trace = run(
            car(60.0, 10.0, {"wait": {"until": until}}, {"mark": "seen"}, {"brake": {"at": 3.0, "to": 5.0}}),
            road=HIGHWAY,
            duration=3.0,
        )
        return {e.name: e.time_ns * 1e-9 for e in trace.events}

    assert marks("rises(time >= 1 s)")["seen"] == pytest.approx(1.0)
    assert marks("time >= 0 s")["seen"] == 0.0
    assert "seen" not in marks("rises(time >= 0 s)")  # it held from the first look on: it never became true
    assert marks("falls(time < 2 s) or rain() > 1 mm/h")["seen"] == pytest.approx(2.0)


def test_boxes_touch_as_their_slow_twin_says() -> None:
    rng = np.random.default_rng(4)
    trace = run(car(40.0, 10.0), other=car(90.0), duration=0.5)
    who = Truth(trace).moments.who
    n = 400
    x, y, yaw = rng.uniform(-4, 4, (n, 2)), rng.uniform(-4, 4, (n, 2)), rng.uniform(-4, 4, (n, 2))
    met = touching(who, 0, 1, x, y, np.zeros((n, 2)), yaw, np.ones((n, 2), np.bool_))
    for k in range(n):
        rows = np.zeros((2, 9))
        for body in range(2):
            rows[body, :3] = x[k, body], y[k, body], yaw[k, body]
            rows[body, 5:7] = who.half_length_m[body], who.half_width_m[body]
        assert met[k] == (box_distance(*rows) == 0.0)
    assert 0 < met.sum() < n
