"""Programs of traffic lights: they run with time, steps change them, and drivers stop and start for them."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import scenarios
from scenarios.errors import StormlaneError
from scenarios.functions import LIGHTS
from sim import store
from sim.light_groups import group, halts, lights_of
from sim.roads import read_opendrive
from sim.roads.lane_words import PlaceError
from sim.simulate import simulate
from sim.stopping import HARDEST_AMBER_MPS2, REACTION_S
from sim.trace import WorldTrace
from sim.traffic_lights import shown
from sim.truth import Truth
from tests.roads.town_map import MAP
from tests.support.corpus import corpus

RIG = "rig: small\ncameras: {cam_front: {width: 64, height: 36, fov: 50 deg, mount: {x: 0.6 m, z: 1.4 m}}}\nlidars: {}\n"
PROGRAM = """\
  traffic_lights:
    all:
      phases:
        - {name: go, ahead: green, across: red}
        - {name: clearing, for: 2 s, ahead: amber, across: red}
        - {for: 3 s, ahead: red, across: red}
        - {for: 1 s, ahead: red_amber, across: red}
        - {for: 20 s, ahead: green, across: red}
"""
CYCLE = """\
  traffic_lights:
    "100":
      offset: 4 s
      phases:
        - {for: 4 s, ahead: green, across: red, walk: none}
        - {for: 1 s, ahead: amber, across: red}
        - {for: 3 s, ahead: red, across: green}
    "351": {phases: [{show: flashing_amber}]}
"""
STEPS = """
      - wait: {until: "stop_line(ego) <= GAP"}
      - mark: amber
      - traffic_light: {phase: clearing}
      - wait: {until: "light(ego, green)"}
      - mark: starts
"""
OWN, FACING, CROSSING, BESIDE = (
    "151",
    "251",
    "351",
    "352",
)  # lights of the town's junction; the last for walkers


def text(lights: str, steps: str = "", duration: str = "11 s", s: str = "40 m") -> str:
    return f"""\
scenario: lights
world:
  clock: {{sun: {{elevation: 30 deg, azimuth: 200 deg}}}}
  road: {{opendrive: maps/town_junction.xodr}}
{lights}
actors:
  ego:
    model: car.sedan
    under_test: true
    rig: rig.yaml
    start: {{road: 1, lane: -1, s: {s}, speed: 50 km/h}}
    do:
      - drive: {{speed: 50 km/h}}
{steps}
capture: {{duration: {duration}, rate: 5 Hz}}
"""


def run(folder: Path, *words: str, **more: Any) -> WorldTrace:
    (folder / "rig.yaml").write_text(RIG, encoding="utf-8")
    path = folder / "lights.scenario.yaml"
    path.write_text(text(*words, **more), encoding="utf-8")
    return simulate(scenarios.resolve(scenarios.load(path), seed=3, sample=0))


def states(trace: WorldTrace, light: str) -> list[str]:
    """What a light shows at every tick."""
    assert trace.lights is not None
    row = [s.id for s in lights_of(trace.road)].index(light)
    return [LIGHTS[code] for code in trace.lights[:, row]]


def at(trace: WorldTrace, light: str, *seconds: float) -> list[str]:
    told = states(trace, light)
    return [told[round(s * 100)] for s in seconds]


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> WorldTrace:
    return run(tmp_path_factory.mktemp("stop"), PROGRAM, STEPS.replace("GAP", "45 m"))


def test_a_step_sends_a_program_to_a_phase_and_it_runs_on_from_there(stopped: WorldTrace) -> None:
    marks = {e.name: e.time_ns * 1e-9 for e in stopped.events}
    told = states(stopped, OWN)
    changes = [(k / 100, told[k]) for k in range(1, len(told)) if told[k] != told[k - 1]]
    begins = marks["amber"]
    assert [word for _, word in changes] == ["amber", "red", "red_amber", "green"]
    assert [s for s, _ in changes] == pytest.approx([begins, begins + 2, begins + 5, begins + 6], abs=0.011)
    assert marks["starts"] == pytest.approx(begins + 6.0, abs=0.011)
    assert states(stopped, FACING) == told
    assert set(states(stopped, CROSSING)) == {"red"}


def test_a_driver_stops_at_the_line_and_starts_at_green(stopped: WorldTrace) -> None:
    ego = stopped.index("ego")
    marks = {e.name: e.time_ns * 1e-9 for e in stopped.events}
    speed = stopped.speed_mps[:, ego]
    stands = int(np.argmax(speed < 0.05))
    line = next(h.x_m for h in halts(stopped.road) if lights_of(stopped.road)[h.light].id == OWN)
    front = stopped.position_m[stands, ego, 0] + stopped.actors[ego].size_m[0] / 2
    assert 0.2 < line - front < 1.6
    hardest = -stopped.acceleration_mps2[:stands, ego].min()
    assert 1.8 < hardest < HARDEST_AMBER_MPS2 + 0.3
    goes = float(stopped.time_ns[stands + int(np.argmax(speed[stands:] > 0.1))]) * 1e-9
    assert REACTION_S < goes - marks["starts"] < REACTION_S + 0.5


def test_who_is_too_near_at_amber_drives_on(tmp_path: Path) -> None:
    trace = run(tmp_path, PROGRAM, STEPS.replace("GAP", "20 m"), duration="6 s")
    assert trace.speed_mps[:, trace.index("ego")].min() > 13.0


def test_conditions_read_lights_while_it_runs_and_afterwards(stopped: WorldTrace) -> None:
    truth = Truth(stopped)
    begins = next(e.time_ns for e in stopped.events if e.name == "amber") * 1e-9
    assert truth.value("first(light(ego, red))") == pytest.approx(begins + 2.0, abs=0.011)
    assert truth.value("first(stop_line(ego) <= 45 m)") == pytest.approx(begins, abs=0.011)


def test_a_program_is_a_function_of_time_and_the_narrower_name_wins(tmp_path: Path) -> None:
    trace = run(tmp_path, CYCLE, duration="5 s", s="10 m")
    assert at(trace, OWN, 0.0, 0.99, 1.0, 3.99, 4.0) == ["amber", "amber", "red", "red", "green"]
    assert at(trace, FACING, 0.5, 2.0) == ["amber", "red"]
    assert set(states(trace, CROSSING)) == {"flashing_amber"}
    # Walkers beside the crossing traffic have green with it, those beside the ego's not in a phase without.
    along = [s.id for s in lights_of(trace.road) if s.type == "1000002" and abs(np.sin(s.yaw_rad)) < 0.5]
    across = [s.id for s in lights_of(trace.road) if s.type == "1000002" and abs(np.sin(s.yaw_rad)) > 0.5]
    assert {at(trace, light, 4.2)[0] for light in along} == {"red"}
    assert {at(trace, light, 2.0)[0] for light in across} == {"green"}


def test_a_flash_is_alight_for_half_of_every_second() -> None:
    beat = [shown("flashing_amber", ms * 1_000_000) for ms in range(0, 2000, 250)]
    assert beat == ["amber", "amber", "off", "off"] * 2
    assert shown("red", 700_000_000) == "red"


def test_a_step_shows_a_state_to_one_direction_until_told_otherwise(tmp_path: Path) -> None:
    steps = "      - wait: {for: 1 s}\n      - traffic_light: {ahead: off}\n"
    trace = run(tmp_path, "", steps, duration="2 s")
    assert at(trace, OWN, 0.9, 1.1) == ["green", "off"]
    assert at(trace, CROSSING, 0.9, 1.1) == ["red", "red"]


def test_without_a_program_nothing_is_new_and_nobody_minds_lights(tmp_path: Path) -> None:
    trace = run(tmp_path, "", duration="4 s", s="70 m")
    assert trace.lights is None
    ego = trace.index("ego")
    assert trace.speed_mps[:, ego].min() > 13.0
    path = tmp_path / "plain.npz"
    store.save(trace, path)
    assert store.load(path).lights is None


def test_a_stored_trace_keeps_its_lights(stopped: WorldTrace, tmp_path: Path) -> None:
    store.save(stopped, tmp_path / "t.npz")
    again = store.load(tmp_path / "t.npz")
    assert again.lights is not None
    assert stopped.lights is not None
    assert np.array_equal(again.lights, stopped.lights)
    assert again.at(3_005_000_000).lights.tolist() == stopped.lights[300].tolist()


@pytest.mark.parametrize(
    ("lights", "steps", "says"),
    [
        ("  traffic_lights: {alll: {phases: [{show: red}]}}", "", r':5:\d+: .*"alll"; did you mean "all"\?'),
        (
            "  traffic_lights: {all: {phases: [{ahead: red}]}}",
            "",
            r':5:35: a phase says "show", or both .* "across" is missing',
        ),
        (
            "  traffic_lights: {all: {phases: [{show: redd}]}}",
            "",
            r":5:42: .*redd.*red",
        ),
        (
            "  traffic_lights: {all: {phases: [{name: go, show: red}]}}",
            "      - traffic_light: {phase: goo}",
            r':14:\d+: the program "all" has no phase "goo"; did you mean "go"\?',
        ),
        (
            "  traffic_lights: {all: {phases: [{show: red}, {for: 2 s, show: green}]}}",
            "",
            r":5:\d+: the phase before this one .* never ends",
        ),
        ("", "      - traffic_light: {of: market, show: red}", r':14:\d+: .*"market"; known here: all, 100'),
        ("", '      - wait: {until: "light(ego, orange)"}', r':14:\d+: light\(\) takes what a light shows.*"orange"'),
    ],
)  # fmt: skip
def test_mistakes_are_told_where_they_stand(lights: str, steps: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(StormlaneError) as caught:
        run(tmp_path, lights, steps, duration="1 s")
    assert re.search(says, str(caught.value)), str(caught.value)


def test_lights_need_a_map(tmp_path: Path) -> None:
    (tmp_path / "rig.yaml").write_text(RIG, encoding="utf-8")
    path = tmp_path / "x.scenario.yaml"
    wrong = text("  traffic_lights: {all: {phases: [{show: red}]}}").replace(
        "opendrive: maps/town_junction.xodr", "preset: urban_street"
    )
    path.write_text(wrong.replace("road: 1, ", ""), encoding="utf-8")
    with pytest.raises(StormlaneError, match=r":5:3: only OpenDRIVE maps have traffic lights"):
        scenarios.load(path)


# ------------------------------------------------------------------------------------------------ what a map says
def _changed(*changes: tuple[str, str]) -> bytes:
    xml = MAP.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in xml
        xml = xml.replace(old, new, 1)
    return xml.encode()


CONTROLLER = '<controller id="7" name="main"><control signalId="151"/><control signalId="251"/></controller>'


def test_controllers_group_signals() -> None:
    network = read_opendrive(_changed(("</OpenDRIVE>", f"{CONTROLLER}</OpenDRIVE>")))
    lights = lights_of(network)
    for name in ("7", "main", "controller 7"):
        assert {lights[row].id for row in group(network, name).lights} == {"151", "251"}
    assert len(group(network, "100").lights) == len(group(network, "all").lights) == len(lights) == 12
    assert [lights[row].id for row in group(network, "352").lights] == ["352"]
    with pytest.raises(PlaceError, match='did you mean "main"'):
        group(network, "mein")


def test_a_name_that_means_two_things_is_asked_back() -> None:
    both = CONTROLLER.replace('id="7"', 'id="100"')
    network = read_opendrive(_changed(("</OpenDRIVE>", f"{both}</OpenDRIVE>")))
    with pytest.raises(
        PlaceError, match='"100" is a junction and a controller of this map; write "junction 100"'
    ):
        group(network, "100")
    assert len(group(network, "controller 100").lights) == 2


def test_validity_says_whose_light_it_is() -> None:
    own = 'id="151" country="DE" type="1000001" subtype="-1" name="traffic light" orientation="+"'
    row = re.search(rf"<signal [^>]*{re.escape(own)}[^>]*/>", MAP.read_text(encoding="utf-8"))
    assert row is not None
    whole = row.group(0)
    for lanes, stops in (((0, 0), 0), ((-1, -1), 1), ((1, 2), 0), ((-3, 3), 1)):
        told = whole.replace("/>", f'><validity fromLane="{lanes[0]}" toLane="{lanes[1]}"/></signal>')
        network = read_opendrive(_changed((whole, told)))
        rows = [h for h in halts(network) if lights_of(network)[h.light].id == "151"]
        assert len(rows) == stops
    refers = whole.replace("/>", '><validity fromLane="0" toLane="0"/></signal>')
    refers += '<signalReference id="151" s="100" t="0" orientation="+"/>'
    network = read_opendrive(_changed((whole, refers)))
    [halt] = [h for h in halts(network) if lights_of(network)[h.light].id == "151"]
    assert halt.x_m == pytest.approx(-32.0, abs=0.01)  # a metre before s = 100 m


def test_real_maps_say_who_stops_for_which_light() -> None:
    path = corpus("esmini+esmini/resources/xodr/multi_intersections.xodr")
    network = read_opendrive(path.read_bytes(), path.name)
    lights = lights_of(network)
    assert {lights[row].id for row in group(network, "ctrl001").lights} == {"294", "295", "287", "288"}
    assert len(group(network, "junction 146").lights) == 16
    with_halts = {h.light for h in halts(network)}
    assert with_halts == {row for row, light in enumerate(lights) if light.type != "1000002"}
    for halt in halts(network):  # whoever stops there sees its light ahead, by its face
        light = lights[halt.light]
        assert np.cos(light.yaw_rad - halt.yaw_rad) < -0.9
        away = light.position_m[:2] - (halt.x_m, halt.y_m)
        assert 0.0 < away @ (np.cos(halt.yaw_rad), np.sin(halt.yaw_rad)) < 40.0
