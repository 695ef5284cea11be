"""Starts by relation: abreast, on crosswalks, looking at somebody, further along, and against the traffic."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import scenarios
from scenarios.errors import StormlaneError
from sim.simulate import simulate
from sim.trace import Gait, WorldTrace
from tests.world.scenes import COUNTRY, HIGHWAY, STREET, car, concrete, run


def pose(trace: WorldTrace, name: str, tick: int = 0) -> tuple[float, float, float]:
    """x, y and yaw in (-pi, pi]."""
    column = trace.index(name)
    x, y, _ = trace.position_m[tick, column]
    return float(x), float(y), math.remainder(float(trace.rotation_rad[tick, column, 0]), 2 * math.pi)


def wide(trace: WorldTrace, name: str) -> float:
    return trace.actors[trace.index(name)].size_m[1]


def other(model: str = "car.suv", *steps: dict[str, Any], **start: Any) -> dict[str, Any]:
    return {"model": model, "start": start, "do": list(steps)}


# ---------------------------------------------------------------------------------------------------------- abreast
@pytest.mark.parametrize(("word", "side"), [("left_of", 1.0), ("right_of", -1.0)])
@pytest.mark.parametrize("model", ["car.suv", "truck.box", "bicycle.city", "pedestrian.adult"])
def test_the_gap_between_two_abreast_is_that_between_their_sides(word: str, side: float, model: str) -> None:
    trace = run(car(60.0, 0.0), other=other(model, **{word: "ego", "gap": 1.5}))
    (x, y, _), (ox, oy, yaw) = pose(trace, "ego"), pose(trace, "other")
    assert ox == pytest.approx(x, abs=1e-6)
    assert side * (oy - y) - (wide(trace, "ego") + wide(trace, "other")) / 2 == pytest.approx(1.5, abs=1e-6)
    assert yaw == pytest.approx(0.0, abs=1e-9)


def test_somebody_who_looks_across_is_measured_by_the_side_that_is_turned() -> None:
    trace = run(car(60.0), other=other("pedestrian.adult", right_of="ego", gap=0.5, facing="across"))
    (_, y, _), (_, oy, yaw) = pose(trace, "ego"), pose(trace, "other")
    deep = trace.actors[trace.index("other")].size_m[0]
    assert y - oy - (wide(trace, "ego") + deep) / 2 == pytest.approx(0.5, abs=1e-6)
    assert yaw == pytest.approx(math.pi / 2)


@pytest.mark.parametrize("lane", ["right", "middle"])
def test_without_a_gap_one_stands_in_the_next_lane_and_drives_there(lane: str) -> None:
    drive = {"drive": {"speed": 25.0}}
    trace = run(
        car(200.0, 25.0, drive, lane=lane),
        road=HIGHWAY,
        other=other("car.suv", drive, left_of="ego", speed=25.0),
    )
    for tick in (0, -1):
        (x, y, _), (ox, oy, _) = pose(trace, "ego", tick), pose(trace, "other", tick)
        assert oy - y == pytest.approx(3.75, abs=0.02)
        assert ox == pytest.approx(x, abs=0.5)


def test_with_a_gap_that_reaches_the_next_lane_one_follows_that_lane() -> None:
    change = {"change_lane": {"to": "next_left", "over": 2.0}}
    trace = run(
        car(200.0, 25.0, lane="right"),
        road=HIGHWAY,
        other=other("car.suv", change, left_of="ego", gap=1.6, speed=25.0),
    )
    # One lane further left from the middle one is the leftmost.
    assert pose(trace, "other", -1)[1] - pose(trace, "ego", -1)[1] == pytest.approx(7.5, abs=0.05)


def test_beside_the_lanes_one_keeps_to_the_lane_of_the_anchor() -> None:
    trace = run(
        car(60.0, 8.0, {"drive": {"speed": 8.0}}),
        other=other("bicycle.city", {"drive": {"speed": 8.0}}, right_of="ego", gap=0.8, speed=8.0),
    )
    first, last = (pose(trace, "ego", k)[1] - pose(trace, "other", k)[1] for k in (0, -1))
    assert first == pytest.approx(last, abs=0.1)


def test_an_overtaker_beside_the_ego_can_belong_to_the_oncoming_lane() -> None:
    trace = run(
        car(60.0, 0.0), other=other("car.suv", left_of="ego", gap=1.0, lane="oncoming", facing="against")
    )
    (_, y, _), (_, oy, yaw) = pose(trace, "ego"), pose(trace, "other")
    assert oy - y - (wide(trace, "ego") + wide(trace, "other")) / 2 == pytest.approx(1.0, abs=1e-6)
    assert yaw == pytest.approx(0.0, abs=1e-9)  # against the oncoming lane is along the ego's


def test_abreast_on_a_bend_is_abreast_across_the_lane() -> None:
    road = {"build": [{"arc": {"length": 300.0, "radius": 80.0, "turn": "left"}}], "lanes": 2}
    trace = run(car(100.0), road=road, other=other("car.suv", left_of="ego", gap=1.5))
    (x, y, yaw), (ox, oy, oyaw) = pose(trace, "ego"), pose(trace, "other")
    ahead = (ox - x) * math.cos(yaw) + (oy - y) * math.sin(yaw)
    left = (oy - y) * math.cos(yaw) - (ox - x) * math.sin(yaw)
    assert ahead == pytest.approx(0.0, abs=1e-3)
    assert left - (wide(trace, "ego") + wide(trace, "other")) / 2 == pytest.approx(1.5, abs=1e-3)
    assert oyaw == pytest.approx(yaw, abs=1e-3)


# ------------------------------------------------------------------------------------------------------- crosswalks
CROSSINGS = STREET | {"crossings": [90.0, 150.0, 230.0]}
CURB_M = 3.25 + 2.2  # lane and parking strip of the street, from its middle


@pytest.mark.parametrize(("number", "at_m"), [(1, 90.0), (2, 150.0), (3, 230.0)])
def test_somebody_waits_at_the_near_end_of_the_nth_crosswalk_and_crosses(number: int, at_m: float) -> None:
    walk = {"walk": {"to": "opposite_sidewalk", "speed": 3.0}}
    person = other("pedestrian.adult", walk, on="crosswalk", crosswalk=number)
    trace = run(car(20.0), road=CROSSINGS, person=person)
    x, y, yaw = pose(trace, "person")
    deep = trace.actors[trace.index("person")].size_m[0]
    assert x == pytest.approx(at_m, abs=1e-6)
    assert -y - deep / 2 == pytest.approx(CURB_M + 0.3, abs=0.01)
    assert yaw == pytest.approx(math.pi / 2)
    end = pose(trace, "person", -1)
    assert end[0] == pytest.approx(at_m, abs=1e-6)
    assert end[1] > 3.25  # the lane of the other direction lies behind


def test_crosswalks_behind_the_ego_are_not_counted() -> None:
    trace = run(car(100.0), road=CROSSINGS, person=other("pedestrian.adult", on="crosswalk"))
    assert pose(trace, "person")[0] == pytest.approx(150.0)


def test_who_starts_opposite_looks_the_other_way() -> None:
    person = other("pedestrian.adult", on="crosswalk", offset="opposite_sidewalk")
    trace = run(car(20.0), road=CROSSINGS, person=person)
    x, y, yaw = pose(trace, "person")
    assert (x, yaw) == (pytest.approx(90.0), pytest.approx(-math.pi / 2))
    assert y > 3.25


def test_a_van_stands_on_the_crosswalk_in_its_lane() -> None:
    trace = run(car(20.0), road=CROSSINGS, van=other("van.delivery", on="crosswalk", crosswalk=2))
    assert pose(trace, "van") == (pytest.approx(150.0), pytest.approx(pose(trace, "ego")[1]), 0.0)
    trace = run(car(20.0), road=CROSSINGS, van=other("van.delivery", on="crosswalk", lane="oncoming"))
    x, y, yaw = pose(trace, "van")
    assert (x, y, abs(yaw)) == (
        pytest.approx(90.0),
        pytest.approx(-pose(trace, "ego")[1]),
        pytest.approx(math.pi),
    )


def test_nobody_parks_on_a_crosswalk() -> None:
    trace = run(car(20.0), road=CROSSINGS, background={"parked_cars": {"side": "right", "fill": 1.0}})
    parked = [k for k, a in enumerate(trace.actors) if a.name.startswith("background.parked")]
    assert len(parked) > 30
    for k in parked:
        assert min(abs(trace.position_m[0, k, 0] - c) for c in (90.0, 150.0, 230.0)) > 5.0


TOWN = """\
scenario: town
version: 1
world:
  clock: {sun: {elevation: 40 deg, azimuth: 180 deg}}
  road: {opendrive: maps/town_junction.xodr}
actors:
  ego: {model: car.sedan, start: {road: 1, lane: "-1", s: 60 m}}
  walker:
    model: pedestrian.adult
    start: {on: crosswalk}
    do: [{walk: {to: opposite_sidewalk, speed: 2 m/s}}]
capture: {duration: 8 s}
"""


def test_on_a_map_the_crosswalk_is_the_object_of_the_map(tmp_path: Path) -> None:
    path = tmp_path / "town.scenario.yaml"
    path.write_text(TOWN)
    trace = simulate(scenarios.resolve(scenarios.load(path)))
    area = next(
        thing.outline_m
        for thing in trace.road.objects
        if thing.kind == "crosswalk" and trace.road.locate(*thing.position_m[:2]).road == "1"
    )
    assert area is not None
    spots = np.array([trace.road.locate(x, y)[1:] for x, y, _ in area])
    walker = np.array([trace.road.locate(x, y)[1:] for x, y, _ in trace.position_m[:, trace.index("walker")]])
    assert walker[0, 0] == pytest.approx(spots[:, 0].mean(), abs=0.05)
    deep = trace.actors[trace.index("walker")].size_m[0]
    assert spots[:, 1].min() - walker[0, 1] == pytest.approx(0.3 + deep / 2, abs=0.02)
    assert walker[-1, 1] > spots[:, 1].max()  # over, and off the paint at the far end
    inside = (walker[:, 1] > spots[:, 1].min()) & (walker[:, 1] < spots[:, 1].max())
    assert ((walker[inside, 0] > spots[:, 0].min()) & (walker[inside, 0] < spots[:, 0].max())).all()


# ---------------------------------------------------------------------------------------------------------- looking
def test_who_looks_toward_the_ego_has_it_straight_ahead() -> None:
    start = {"s": 90.0, "offset": "sidewalk", "toward": "ego"}
    trace = run(car(60.0), person={"model": "pedestrian.adult", "start": start})
    (x, y, _), (px, py, yaw) = pose(trace, "ego"), pose(trace, "person")
    assert yaw == pytest.approx(math.atan2(y - py, x - px), abs=1e-9)
    assert trace.gait[0, trace.index("person")] == Gait.STAND


def test_two_look_at_each_other() -> None:
    trace = run(
        car(20.0),
        one={"model": "pedestrian.adult", "start": {"s": 60.0, "offset": "sidewalk", "toward": "two"}},
        two={"model": "animal.deer", "start": {"s": 70.0, "offset": "opposite_sidewalk", "toward": "one"}},
    )
    assert math.remainder(
        pose(trace, "one")[2] - pose(trace, "two")[2] - math.pi, 2 * math.pi
    ) == pytest.approx(0.0, abs=1e-9)


def test_the_gap_holds_for_somebody_turned_to_look() -> None:
    start = {"ahead_of": "van", "gap": 0.5, "toward": "ego"}
    trace = run(
        car(20.0, lane="oncoming"),
        van={"model": "van.delivery", "start": {"s": 90.0}},
        person={"model": "pedestrian.adult", "start": start},
    )
    x, _, yaw = pose(trace, "person")
    length, across, _ = trace.actors[trace.index("person")].size_m
    half = 0.5 * (abs(math.cos(yaw)) * length + abs(math.sin(yaw)) * across)
    van = trace.actors[trace.index("van")].size_m[0] / 2
    assert x - half - (90.0 + van) == pytest.approx(0.5, abs=1e-4)


# ---------------------------------------------------------------------------------------------------------- advance
@pytest.mark.parametrize("way", [-35.0, 12.5])
def test_advance_moves_a_start_along_its_lane(way: float) -> None:
    start = {"ahead_of": "ego", "gap": 40.0, "offset": "sidewalk"}
    moved, still = (
        run(car(60.0), person={"model": "pedestrian.adult", "start": start | more})
        for more in ({"advance": way}, {})
    )
    (x, y, _), (x0, y0, _) = pose(moved, "person"), pose(still, "person")
    assert (x - x0, y - y0) == (pytest.approx(way, abs=1e-6), pytest.approx(0.0, abs=1e-6))
    trace = run(car(60.0), far=other("car.suv", s=200.0, lane="oncoming", advance=way))
    assert pose(trace, "far")[0] == pytest.approx(200.0 - way)  # its lane leads the other way


# -------------------------------------------------------------------------------------------------------- wrong way
GHOST = {"lane": "left", "s": 600.0, "facing": "against", "speed": 30.0}


def test_a_wrong_way_driver_comes_towards_those_on_its_lane() -> None:
    steady = {"drive": {"speed": 30.0, "driver": "steady"}}
    trace = run(
        car(200.0, 30.0, steady, lane="middle"),
        road=HIGHWAY,
        ghost={"model": "car.suv", "start": GHOST, "do": [steady]},
    )
    ghost = trace.index("ghost")
    x, y, yaw = pose(trace, "ghost")
    assert (x, abs(yaw)) == (pytest.approx(600.0), pytest.approx(math.pi))
    gone = trace.position_m[-1, ghost, 0] - x
    assert gone == pytest.approx(-30.0 * trace.time_ns[-1] * 1e-9, rel=1e-3)
    assert trace.position_m[:, ghost, 1] == pytest.approx(y, abs=0.01)
    assert (trace.speed_mps[:, ghost] > 29.0).all()  # it drives forwards, not in reverse
    assert trace.position_m[:, ghost, 2] == pytest.approx(trace.position_m[:, 0, 2].mean(), abs=0.05)


def test_drivers_see_a_wrong_way_driver_coming_and_brake() -> None:
    drive = {"drive": {"speed": 25.0}}
    ghost = {"model": "car.suv", "start": GHOST, "do": [{"drive": {"speed": 25.0, "driver": "steady"}}]}
    trace = run(car(300.0, 25.0, drive, lane="left"), road=HIGHWAY, duration=9.0, ghost=ghost)
    free = run(car(300.0, 25.0, drive, lane="left"), road=HIGHWAY, duration=9.0)
    apart = trace.position_m[:, 1, 0] - trace.position_m[:, 0, 0]
    seen = int(np.argmax(apart < 150.0))
    assert trace.speed_mps[seen + 150, 0] < free.speed_mps[seen + 150, 0] - 3.0


def test_the_left_of_a_wrong_way_driver_is_what_it_sees_on_its_left() -> None:
    change = {"change_lane": {"to": "next_left", "over": 2.0}}
    ghost = {"model": "car.suv", "start": GHOST | {"lane": "middle"}, "do": [change]}
    trace = run(car(200.0, 0.0, lane="left"), road=HIGHWAY, ghost=ghost)
    before, after = pose(trace, "ghost"), pose(trace, "ghost", -1)
    assert after[1] - before[1] == pytest.approx(-3.75, abs=0.05)
    assert abs(after[2]) == pytest.approx(math.pi, abs=0.01)


def test_who_follows_a_wrong_way_driver_is_behind_it_as_it_drives() -> None:
    tail = {"model": "car.compact", "start": {"behind": "ghost", "gap": 20.0}}
    trace = run(car(100.0), road=HIGHWAY, ghost={"model": "car.suv", "start": GHOST}, tail=tail)
    halves = sum(trace.actors[trace.index(n)].size_m[0] / 2 for n in ("ghost", "tail"))
    assert pose(trace, "tail")[0] - pose(trace, "ghost")[0] == pytest.approx(20.0 + halves, abs=1e-6)


def test_on_a_slope_the_wrong_way_driver_climbs_what_the_others_descend() -> None:
    road = COUNTRY | {"grade": 0.04}
    ghost = {"model": "car.suv", "start": {"lane": "right", "s": 500.0, "facing": "against", "speed": 20.0}}
    trace = run(car(100.0, lane="oncoming"), road=road, ghost=ghost)
    k = trace.index("ghost")
    assert trace.rotation_rad[100, k, 1] == pytest.approx(math.atan(0.04), abs=0.005)  # nose down
    assert trace.position_m[-1, k, 2] < trace.position_m[0, k, 2] - 3.0


def test_who_only_stands_against_the_lane_is_no_driver() -> None:
    trace = run(car(100.0), road=HIGHWAY, broken=other("car.suv", s=200.0, lane="left", facing="against"))
    assert abs(pose(trace, "broken", -1)[2]) == pytest.approx(math.pi)
    assert trace.speed_mps[:, 1].max() == 0.0


# ----------------------------------------------------------------------------------------------------------- errors
IMPOSSIBLE = {
    "no lane to the left": (
        other("car.suv", left_of="ego"),
        STREET,
        "actors.other.start.left_of: other: there is no lane of its direction to the left of 'ego', on lane -1 of "
        "road 'road' at s = 60.0 m; give a gap",
    ),
    "no crosswalk at all": (
        other("pedestrian.adult", on="crosswalk"),
        STREET,
        "actors.other.start.on: other: there is no crosswalk on the next ",
    ),
    "not so many crosswalks": (
        other("pedestrian.adult", on="crosswalk", crosswalk=4),
        CROSSINGS,
        "actors.other.start.crosswalk: other: there are only 3 crosswalks on the next ",
    ),
    "an advance over the end of the road": (
        other("car.suv", s=300.0, advance=900.0),
        STREET,
        "actors.other.start.advance: other: 900.0 m ahead of its place is 640.0 m beyond the end of the road",
    ),
    "somebody to look at who stands in one's own shoes": (
        other("pedestrian.adult", s=60.0, toward="ego"),
        STREET,
        "actors.other.start.toward: other: 'ego' stands at the same place",
    ),
}


@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_what_cannot_be_placed_is_refused_at_its_word(what: str) -> None:
    words, road, message = IMPOSSIBLE[what]
    with pytest.raises(StormlaneError) as caught:
        simulate(concrete(car(60.0), road=road, other=words))
    assert str(caught.value).startswith(message)
