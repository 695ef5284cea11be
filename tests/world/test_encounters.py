"""Outcome first: what is found makes it happen, by arithmetic where there is one, and is told where it is impossible."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import scenarios
from scenarios import lock
from scenarios.errors import ScenarioError, StormlaneError
from scenarios.resolved import Concrete, Found
from sim import encounters
from sim.app.cli import app
from sim.seek import seek
from sim.simulate import simulate
from sim.trace import WorldTrace
from sim.truth import Truth
from tests.support.wrong_files import RIG, RIGHT, edited
from tests.world.scenes import COUNTRY, HIGHWAY, STREET, car, concrete

EGO_MPS = 10.0
STEADY = {"drive": {"speed": EGO_MPS, "driver": "steady"}}
WALK = {"walk": {"to": "opposite_sidewalk", "speed": 1.5}}


def person(*steps: dict[str, Any], s: float = 120.0, **start: Any) -> dict[str, Any]:
    place = {"s": s, "offset": "sidewalk", "facing": "across"} | start
    return {"model": "pedestrian.adult", "start": place, "do": list(steps)}


def scene(words: dict[str, Any], ego: dict[str, Any] | None = None, **rest: Any) -> Concrete:
    """A scene with encounters; by default a steady ego on a street."""
    found = concrete(ego or car(60.0, EGO_MPS, STEADY), **rest)
    plain = found.scenario.model_dump(exclude_none=True) | {"encounters": words}
    return replace(found, scenario=type(found.scenario).model_validate(plain))


def closest(trace: WorldTrace, one: str, other: str) -> tuple[float, float]:
    """(s, m) when and how near the centres of two come to each other."""
    apart = np.hypot(
        *(trace.position_m[:, trace.index(one), :2] - trace.position_m[:, trace.index(other), :2]).T
    )
    tick = int(np.argmin(apart))
    return float(trace.time_ns[tick] * 1e-9), float(apart[tick])


def passes_s(trace: WorldTrace, name: str, along: int, at_m: float) -> float:
    """When a centre passes a coordinate, s."""
    places = trace.position_m[:, trace.index(name), along]
    k = int(np.argmax((places[1:] - at_m) * (places[:-1] - at_m) <= 0.0))
    share = (at_m - places[k]) / (places[k + 1] - places[k])
    return float((trace.time_ns[k] + share * (trace.time_ns[k + 1] - trace.time_ns[k])) * 1e-9)


# ---------------------------------------------------------------------------------------------------- known answers
@pytest.mark.parametrize("apart", [0.0, 0.8, -1.2])
def test_a_walker_waits_until_the_ego_can_be_met(apart: float) -> None:
    words = {"hit": {"meet": {"actor": "walker", "apart": apart}}}
    trace = simulate(scene(words, duration=9.0, walker=person(WALK)))
    lane_y = float(trace.position_m[0, 0, 1])
    assert passes_s(trace, "ego", 0, 120.0) == pytest.approx(6.0, abs=1e-3)  # 60 m at 10 m/s
    assert passes_s(trace, "walker", 1, lane_y) == pytest.approx(6.0 + apart, abs=0.011)
    found = trace.concrete.found["hit"]
    assert (found.kind, found.at_s) == ("wait", pytest.approx(6.0 + apart, abs=0.011))
    assert closest(trace, "ego", "walker")[1] < (0.15 if apart == 0.0 else 3.0 * abs(apart) * 10.0)


def test_a_start_is_moved_so_far_along_the_road_that_they_meet() -> None:
    words = {"hit": {"meet": {"actor": "walker"}, "adjust": "start"}}
    trace = simulate(scene(words, duration=8.0, walker=person(WALK)))
    lane_y = float(trace.position_m[0, 0, 1])
    crossing_s = passes_s(trace, "walker", 1, lane_y)
    assert trace.concrete.found["hit"].value == pytest.approx(60.0 + EGO_MPS * crossing_s - 120.0, abs=0.11)
    assert passes_s(trace, "ego", 0, float(trace.position_m[0, 1, 0])) == pytest.approx(crossing_s, abs=0.011)


def test_a_speed_is_found() -> None:
    words = {"hit": {"meet": {"actor": "walker", "apart": 0.5}, "adjust": "speed"}}
    trace = simulate(scene(words, duration=8.0, walker=person(WALK)))
    lane_y = float(trace.position_m[0, 0, 1])
    way_m = lane_y - float(trace.position_m[0, 1, 1])
    assert passes_s(trace, "walker", 1, lane_y) == pytest.approx(6.5, abs=0.011)
    found = trace.concrete.found["hit"].value
    # v t = way + v^2 / 2 a: who starts from rest lags behind by half the time of speeding up (1.8 m/s2).
    assert found * 6.5 == pytest.approx(way_m + found**2 / (2 * 1.8), abs=0.03)
    assert trace.speed_mps[:, 1].max() == pytest.approx(found, abs=1e-6)


@pytest.mark.parametrize("at", [2.0, 4.0])
def test_an_overtaker_is_abreast_at_the_moment_that_is_named(at: float) -> None:
    ego = car(300.0, 30.0, {"drive": {"speed": 30.0, "driver": "steady"}}, lane="middle")
    over = car(200.0, 36.0, {"drive": {"speed": 36.0, "driver": "steady"}}, lane="left")
    trace = simulate(scene({"beside": {"meet": {"actor": "over", "at": at}}}, ego, road=HIGHWAY, over=over))
    assert trace.concrete.found["beside"].value == pytest.approx(100.0 - 6.0 * at, abs=0.4)
    assert closest(trace, "ego", "over")[0] == pytest.approx(at, abs=0.06)


def test_a_wrong_way_driver_passes_at_the_moment_that_is_named() -> None:
    ego = car(300.0, 30.0, {"drive": {"speed": 30.0, "driver": "steady"}}, lane="middle")
    start = {"lane": "left", "s": 500.0, "facing": "against", "speed": 25.0}
    ghost = {"model": "car.suv", "start": start, "do": [{"drive": {"speed": 25.0, "driver": "steady"}}]}
    trace = simulate(scene({"pass": {"meet": {"actor": "ghost", "at": 4.0}}}, ego, road=HIGHWAY, ghost=ghost))
    # They close at 55 m/s from 300 m and 520 m: the ghost starts 20 m further back, against its own way.
    assert trace.concrete.found["pass"].value == pytest.approx(-20.0, abs=0.5)
    assert closest(trace, "ego", "ghost")[0] == pytest.approx(4.0, abs=0.02)


def test_a_cut_in_reaches_the_lane_a_time_gap_before_the_ego() -> None:
    ego = car(300.0, 30.0, {"drive": {"speed": 30.0, "driver": "steady"}}, lane="middle")
    steps = ({"wait": {"for": 1.0}}, {"change_lane": {"to": "middle", "over": 2.0}})
    cutter = car(330.0, 30.0, *steps, lane="left")
    words = {"cut": {"meet": {"actor": "cutter", "apart": -0.8}}}
    trace = simulate(scene(words, ego, road=HIGHWAY, cutter=cutter))
    late = trace.time_ns > 3.5e9  # in the lane: the centres are 0.8 s of driving apart
    ahead = trace.position_m[late, 1, 0] - trace.position_m[late, 0, 0]
    assert ahead == pytest.approx(0.8 * 30.0, abs=0.4)


def test_on_a_bend_the_place_is_found_on_the_bend() -> None:
    road = {"build": [{"arc": {"length": 260.0, "radius": 90.0, "turn": "left"}}], "sidewalks": "both"}
    words = {"hit": {"meet": {"actor": "walker"}}}
    trace = simulate(
        scene(
            words,
            car(40.0, EGO_MPS, STEADY),
            road=STREET | road | {"preset": None},
            duration=9.0,
            walker=person(WALK),
        )
    )
    when, apart = closest(trace, "ego", "walker")
    assert apart < 0.15
    assert when == pytest.approx(trace.concrete.found["hit"].at_s, abs=0.05)


def test_what_counts_is_when_they_would_come_if_neither_braked() -> None:
    drive = {"drive": {"speed": EGO_MPS}}  # this driver brakes for people
    words = {"hit": {"meet": {"actor": "walker"}}}
    blind = simulate(scene(words, duration=9.0, walker=person(WALK)))
    seeing = simulate(scene(words, car(60.0, EGO_MPS, drive), duration=9.0, walker=person(WALK)))
    assert seeing.concrete.found["hit"].value == pytest.approx(blind.concrete.found["hit"].value, abs=0.05)
    assert seeing.speed_mps[:, 0].min() < 0.6 * EGO_MPS  # and it did brake


def test_a_wait_is_added_to_the_trigger_that_stands_there() -> None:
    trigger = {"wait": {"until": "distance(ego, path(walker)) <= 50 m"}}
    words = {"hit": {"meet": {"actor": "walker"}}}
    trace = simulate(scene(words, duration=9.0, walker=person(trigger, WALK)))
    assert passes_s(trace, "walker", 1, float(trace.position_m[0, 0, 1])) == pytest.approx(6.0, abs=0.011)
    steps = trace.concrete.scenario.actors["walker"].do
    assert len(steps) == 2
    assert steps[0].wait is not None
    assert steps[0].wait.after_s == trace.concrete.found["hit"].value


def test_two_encounters_of_one_scenario_both_hold() -> None:
    ego = car(60.0, EGO_MPS, STEADY)
    words = {
        "first": {"meet": {"actor": "one", "apart": 0.3}},
        "second": {"meet": {"actor": "two", "other": "one", "apart": -1.0}, "adjust": "start"},
    }
    bike = {"model": "bicycle.city", "start": {"lane": "oncoming", "s": 160.0, "speed": 4.0}, "do": []}
    trace = simulate(scene(words, ego, duration=9.0, one=person(WALK), two=bike))
    assert passes_s(trace, "one", 1, float(trace.position_m[0, 0, 1])) == pytest.approx(6.3, abs=0.021)
    bike_y = float(trace.position_m[0, 2, 1])
    reached = passes_s(trace, "two", 0, 120.0)
    assert passes_s(trace, "one", 1, bike_y) - reached == pytest.approx(1.0, abs=0.03)


# ------------------------------------------------------------------------------------------------------- the records
FILE = edited(
    edited(
        RIGHT,
        "capture: {duration: 5 s",
        "encounters:\n  hit: {meet: {actor: child, apart: -0.4..0.4 s}, adjust: start, low: -60 m, high: 60 m}\n"
        "capture: {duration: 7 s",
    ),
    '      - wait: {until: "ttc(ego, path(child)) <= 1.5 s"}\n',
    "",
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "rigs").mkdir()
    (tmp_path / "rigs/small.yaml").write_text(RIG)
    path = tmp_path / "small.scenario.yaml"
    path.write_text(FILE)
    return path


def test_samples_of_a_file_meet_as_drawn_and_a_lock_replays_without_a_search(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    traces = [simulate(scenarios.resolve(scenarios.load(file), 3, sample)) for sample in range(2)]
    values = [trace.concrete.found["hit"].value for trace in traces]
    assert values[0] != values[1]
    again = simulate(scenarios.resolve(scenarios.load(file), 3, 0))
    assert again.concrete.found == traces[0].concrete.found
    assert again.position_m.tobytes() == traces[0].position_m.tobytes()
    text = lock.dump(traces[0].concrete)

    def never(*_: object) -> None:
        raise AssertionError("a lock needs no search")

    monkeypatch.setattr(encounters._Search, "run", never)
    replayed = simulate(lock.load(text))
    assert replayed.position_m.tobytes() == traces[0].position_m.tobytes()
    assert replayed.events == traces[0].events
    assert lock.dump(replayed.concrete) == text


def test_the_found_values_stand_in_the_scenario_and_the_moment_among_the_events(file: Path) -> None:
    trace = simulate(scenarios.resolve(scenarios.load(file)))
    found = trace.concrete.found["hit"]
    assert trace.concrete.scenario.actors["child"].start.advance_m == found.value
    assert isinstance(found, Found)
    event = next(e for e in trace.events if e.name == "encounter hit")
    assert event.time_ns * 1e-9 == pytest.approx(found.at_s, abs=1e-6)


def test_check_tells_what_was_found(file: Path) -> None:
    result = CliRunner().invoke(app, ["check", str(file)])
    assert result.exit_code == 0, result.output
    found = simulate(scenarios.resolve(scenarios.load(file))).concrete.found["hit"]
    said = " ".join(result.output.split())
    assert f"hit: start of child moved by {found.value:.2f} m" in said
    assert f"encounter hit at {found.at_s:.2f} s" in said


def test_an_impossible_encounter_is_blamed_at_its_place(file: Path) -> None:
    file.write_text(edited(FILE, "low: -60 m, high: 60 m", "low: 40 m, high: 60 m"))
    with pytest.raises(ScenarioError) as caught:
        simulate(scenarios.resolve(scenarios.load(file)))
    assert (caught.value.line, caught.value.column) == (35, 8)
    assert caught.value.message.startswith(
        "hit: no start of 'child' between 40 and 60 m makes it: nearest is "
    )


# ------------------------------------------------------------------------------------------------------- impossible
HIGH_EGO = car(300.0, 30.0, lane="middle")
IMPOSSIBLE: dict[str, tuple[Concrete, str]] = {
    "never crossing": (
        scene({"a": {"meet": {"actor": "o"}}}, HIGH_EGO, road=HIGHWAY, o=car(330.0, 20.0, lane="left")),
        "encounters.a: a: the ways of 'o' and 'ego' do not cross; if they lie side by side, say when the two are to "
        "be abreast, with at",
    ),
    "one way": (
        scene({"a": {"meet": {"actor": "o"}}}, HIGH_EGO, road=HIGHWAY, o=car(330.0, 20.0, lane="middle")),
        "encounters.a: a: 'o' and 'ego' share their way from the start; say when they are to be abreast, with at",
    ),
    "nobody moves": (
        scene({"a": {"meet": {"actor": "o"}}}, o=person()),
        "encounters.a: a: 'o' does not move within the clip",
    ),
    "no wait to find": (
        scene({"a": {"meet": {"actor": "o"}, "adjust": "wait"}}, o=person()),
        "encounters.a.adjust: a: 'o' has no step that moves it; adjust its start",
    ),
    "a wait of who moves": (
        scene({"a": {"meet": {"actor": "o"}, "adjust": "wait"}}, o=person(WALK, speed=1.5)),
        "encounters.a.adjust: a: 'o' moves from the start and would not wait; adjust start or speed",
    ),
    "too late to wait": (
        scene({"a": {"meet": {"actor": "o", "apart": -4.0}, "adjust": "wait"}}, duration=8.0, o=person(WALK)),
        "encounters.a: a: no wait of 'o' between 0 and 8 s makes it: nearest is -2.1",
    ),
    "after the clip": (
        scene(
            {"a": {"meet": {"actor": "o", "at": 9.0}}},
            HIGH_EGO,
            road=HIGHWAY,
            o=car(330.0, 20.0, lane="left"),
        ),
        "encounters.a.meet.at: a: at 9 s the clip of 5 s is over",
    ),
    "a meeting after the clip": (
        scene({"a": {"meet": {"actor": "o"}}}, duration=4.0, o=person(WALK)),
        "encounters.a: a: 'o' and 'ego' would meet 6.0 s after the start of a clip of 4 s",
    ),
    "an empty range": (
        scene({"a": {"meet": {"actor": "o"}, "adjust": "start", "low": 5.0, "high": -5.0}}, o=person(WALK)),
        "encounters.a.low: a: low is 5 and high -5; nothing lies between",
    ),
}


@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_what_cannot_happen_is_told_with_the_reason(what: str) -> None:
    impossible, message = IMPOSSIBLE[what]
    with pytest.raises(StormlaneError) as caught:
        simulate(impossible)
    assert str(caught.value).startswith(message)


# ---------------------------------------------------------------------------------------------------- real junction
TOWN = """\
scenario: town
version: 1
world:
  clock: {sun: {elevation: 40 deg, azimuth: 180 deg}}
  road: {opendrive: maps/town_junction.xodr}
actors:
  ego:
    model: car.sedan
    start: {road: 1, lane: "-1", s: 60 m, speed: 36 km/h}
    do: [{drive: {speed: 36 km/h, driver: steady}}]
  crosser:
    model: car.compact
    start: {road: 3, lane: "-1", s: 40 m, speed: 30 km/h}
    do: [{drive: {speed: 30 km/h, driver: steady}}]
encounters:
  crash: {meet: {actor: crosser}}
capture: {duration: 9 s}
"""


def test_two_cars_meet_in_the_middle_of_a_junction(tmp_path: Path) -> None:
    path = tmp_path / "town.scenario.yaml"
    path.write_text(TOWN)
    trace = simulate(scenarios.resolve(scenarios.load(path)))
    when, apart = closest(trace, "ego", "crosser")
    assert apart < 0.3
    assert when == pytest.approx(trace.concrete.found["crash"].at_s, abs=0.05)
    assert any(e.name == "collision ego crosser" for e in trace.events)


# ---------------------------------------------------------------------------------------------------------- seeking
CURVES: dict[str, tuple[Any, float, float, float]] = {
    "a line": (lambda x: 3.0 - 0.5 * x, 0.0, -100.0, 100.0),
    "a hyperbola": (lambda x: 40.0 / x - 6.0, 10.0, 1.0, 30.0),
    "the wrong guess of the slope": (lambda x: 0.2 * x + 1.0, 0.0, -50.0, 50.0),
    "a hole where nothing happens": (lambda x: None if 3.0 < x < 20.0 else 0.3 * x - 9.0, 0.0, -10.0, 80.0),
    "a jump before the place": (lambda x: (0.1 * x - 4.0) if x > 10.0 else 5.0 - x, 8.0, 8.0, 90.0),
    "a plateau": (lambda x: -2.0 if x < 12.0 else x - 14.0, 0.0, -50.0, 50.0),
}


@pytest.mark.parametrize("what", CURVES)
def test_a_place_is_found_within_two_dozen_looks(what: str) -> None:
    curve, begin, low, high = CURVES[what]
    seen: list[float] = []

    def miss(x: float) -> float | None:
        seen.append(x)
        value: float | None = curve(x)
        return value

    sought = seek(miss, begin, -0.1, low, high, 0.01, 24)
    assert sought.found
    assert sought.best is not None
    assert abs(curve(sought.best.x)) <= 0.01
    assert len(seen) == sought.looks <= 24
    assert all(low <= x <= high for x in seen)


@pytest.mark.parametrize(
    ("curve", "best"),
    [
        (lambda x: 2.0 + abs(x - 7.0), 2.0),
        (lambda x: 1.0 if x > 0.5 else -1.0, 1.0),
        (lambda x: None, math.nan),
    ],
    ids=["never near", "only a jump", "never at all"],
)
def test_what_is_not_there_is_not_found_and_ends(curve: Any, best: float) -> None:
    sought = seek(curve, 0.0, -0.1, -20.0, 20.0, 0.01, 24)
    assert not sought.found
    assert sought.looks <= 24
    if sought.best is None or sought.best.miss is None:
        assert math.isnan(best)
    else:
        assert abs(sought.best.miss) == pytest.approx(best, abs=0.6)


def test_a_country_road_meets_too() -> None:
    """A deer at a run and a car in IDM, on a road without sidewalks."""
    deer = {
        "model": "animal.deer",
        "start": {"s": 260.0, "offset": "verge", "facing": "across"},
        "do": [{"walk": {"to": "opposite_verge", "speed": 9.0, "gait": "run"}}],
    }
    ego = car(60.0, 25.0, {"drive": {"speed": 25.0, "driver": "steady"}})
    trace = simulate(scene({"hit": {"meet": {"actor": "deer"}}}, ego, road=COUNTRY, duration=10.0, deer=deer))
    assert any(e.name == "collision ego deer" for e in trace.events)


# ---------------------------------------------------------------------------------------------------------- reveals
VAN = {"model": "van.delivery", "start": {"parked": "right", "s": 110.0}}
RUN = {"walk": {"to": "opposite_sidewalk", "speed": 2.5, "gait": "run"}}


def hidden(*steps: dict[str, Any], **start: Any) -> dict[str, Any]:
    """A child on the kerb in front of the van, which hides it from the ego."""
    place = {"ahead_of": "van", "gap": 0.6, "offset": "sidewalk", "lateral": 2.0, "facing": "across"} | start
    return {"model": "pedestrian.child", "start": place, "do": list(steps)}


def seen_first_s(trace: WorldTrace, share: float) -> float:
    """When the ego first sees a share of the child, read off a line between looks."""
    shares = np.asarray(Truth(trace).series("visible(child, ego)"))[::5]
    k = int(np.argmax(shares >= share))
    return 0.05 * (k - 1 + (share - shares[k - 1]) / (shares[k] - shares[k - 1]))


def left_m(trace: WorldTrace, time_s: float) -> float:
    """From the ego's front to the child's line, which lies across the street."""
    ego = float(np.interp(time_s, trace.time_ns * 1e-9, trace.position_m[:, 0, 0]))
    return float(trace.position_m[0, trace.index("child"), 0]) - ego - trace.actors[0].size_m[0] / 2


@pytest.mark.parametrize(("ttc", "share"), [(1.2, 0.3), (2.0, 0.6)])
def test_a_child_comes_into_sight_when_the_ego_has_so_much_time_left(ttc: float, share: float) -> None:
    words = {"see": {"reveal": {"actor": "child", "ttc": ttc, "share": share}}}
    trace = simulate(scene(words, duration=6.0, van=VAN, child=hidden(RUN)))
    found = trace.concrete.found["see"]
    when = seen_first_s(trace, share)
    assert found.kind == "wait"
    assert when == pytest.approx(found.at_s, abs=0.01)
    assert left_m(trace, when) / EGO_MPS == pytest.approx(ttc, abs=0.03)


def test_a_child_comes_into_sight_at_a_distance() -> None:
    words = {"see": {"reveal": {"actor": "child", "distance": 32.0}, "adjust": "speed"}}
    trace = simulate(scene(words, duration=6.0, van=VAN, child=hidden(RUN)))
    assert left_m(trace, seen_first_s(trace, 0.3)) == pytest.approx(32.0, abs=0.2)


IN_SIGHT = hidden(RUN, lateral=0.0)  # beside the van's shadow, on the sidewalk
NEVER_SEEN: dict[str, tuple[Concrete, str]] = {
    "from the start": (
        scene({"a": {"reveal": {"actor": "child", "ttc": 1.0}}}, duration=2.0, van=VAN, child=IN_SIGHT),
        "encounters.a: a: ego sees 'child' from the start",
    ),
    "never": (
        scene({"a": {"reveal": {"actor": "child", "ttc": 1.0}, "adjust": "start", "low": 0.0, "high": 0.0}},
              duration=1.0, van=VAN, child=hidden()),
        "encounters.a: a: ego never sees 30 % of 'child' within the clip",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", NEVER_SEEN)
def test_a_reveal_that_cannot_be_is_told_with_the_reason(what: str) -> None:
    impossible, message = NEVER_SEEN[what]
    with pytest.raises(StormlaneError) as caught:
        simulate(impossible)
    assert str(caught.value).startswith(message)
