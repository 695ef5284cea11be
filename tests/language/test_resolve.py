"""A concrete scenario is a pure function of file, seed, sample and assignments."""

import hashlib
import json
import math
import pickle
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scenarios
from scenarios import Concrete, ScenarioError, lock
from scenarios.reader import ScenarioFile
from tests.support.wrong_files import RIG, RIGHT, edited


def loaded(folder: Path, text: str, *overrides: str) -> ScenarioFile:
    (folder / "rigs").mkdir(exist_ok=True)
    (folder / "rigs/small.yaml").write_text(RIG)
    path = folder / "case.scenario.yaml"
    path.write_text(text)
    return scenarios.load(path, overrides)


def test_the_same_arguments_give_the_same_scenario(tmp_path: Path) -> None:
    file = loaded(tmp_path, RIGHT)
    assert scenarios.resolve(file, 3, 5) == scenarios.resolve(loaded(tmp_path, RIGHT), 3, 5)
    assert scenarios.resolve(file, 3, 5) != scenarios.resolve(file, 3, 6)
    assert scenarios.resolve(file, 3, 5).point != scenarios.resolve(file, 4, 5).point


def test_every_random_quantity_has_one_coordinate_under_its_path(tmp_path: Path) -> None:
    concrete = scenarios.resolve(loaded(tmp_path, RIGHT), 1, 2)
    assert sorted(concrete.point) == [
        "actors.child.look.clothing",
        "actors.child.look.height",
        "background.traffic.vehicles",
        "params.ego_speed",
        "params.lamps",
        "params.rain",
    ]
    assert all(0.0 < u < 1.0 for u in concrete.point.values())


def test_a_parameter_more_never_changes_the_others(tmp_path: Path) -> None:
    before = scenarios.resolve(loaded(tmp_path, RIGHT), 1, 2)
    more = edited(RIGHT, "params:\n", "params:\n  first: 1..2 m\n  second: {integers: [1, 9]}\n")
    after = scenarios.resolve(loaded(tmp_path, more), 1, 2)
    assert {name: after.point[name] for name in before.point} == before.point
    assert after.scenario.actors == before.scenario.actors


def test_a_new_sensor_or_actor_never_changes_the_others(tmp_path: Path) -> None:
    before = scenarios.resolve(loaded(tmp_path, RIGHT), 1, 2)
    dog = (
        "  dog:\n    model: animal.dog\n    look: {color: {choice: [white, black]}}\n    start: {s: 5..9 m}\n"
    )
    after = scenarios.resolve(loaded(tmp_path, edited(RIGHT, "  child:\n", dog + "  child:\n")), 1, 2)
    assert after.scenario.actors["child"] == before.scenario.actors["child"]
    assert after.scenario.background == before.scenario.background


def test_a_parameter_is_one_value_wherever_it_is_used(tmp_path: Path) -> None:
    scenario = scenarios.resolve(loaded(tmp_path, RIGHT), 1, 2)
    ego, rain = scenario.scenario.actors["ego"], scenario.params["rain"]
    assert isinstance(rain, float)
    assert ego.do[0].drive is not None
    assert ego.start.speed_mps == ego.do[0].drive.speed_mps == scenario.params["ego_speed"]
    weather = scenario.scenario.world.weather
    assert weather[0].rain_mm_per_h == rain
    assert weather[1].rain_mm_per_h == 1.5 * rain
    assert scenario.scenario.world.lighting.street_lamps == scenario.params["lamps"]


def test_values_arrive_in_resolved_units(tmp_path: Path) -> None:
    scenario = scenarios.resolve(loaded(tmp_path, RIGHT), 0, 0).scenario
    assert scenario.world.clock.time_s == 59700.0
    assert scenario.world.clock.latitude_rad == math.radians(48.14)
    child = scenario.actors["child"]
    assert child.do[2].walk is not None
    assert child.do[2].walk.speed_mps == 2.5
    assert 1.05 <= (child.look.height_m if child.look and child.look.height_m else 0) <= 1.30
    assert scenario.capture.duration_s == 5.0


def test_conditions_keep_no_parameters(tmp_path: Path) -> None:
    text = edited(RIGHT, "<= 1.5 s", "<= 0.1 * $ego_speed / 1 m/s^2 and $rain > -$rain")
    concrete = scenarios.resolve(loaded(tmp_path, text), 0, 0)
    wait = concrete.scenario.actors["child"].do[0].wait
    assert wait is not None
    speed, rain = concrete.params["ego_speed"], concrete.params["rain"]
    assert wait.until == (
        f"ttc(ego, path(child)) <= 0.1 * {speed!r} m/s / 1.0 m/s^2 and {rain!r} mm/h > -{rain!r} mm/h"
    )


def test_parameters_follow_from_each_other_in_any_order(tmp_path: Path) -> None:
    text = edited(RIGHT, "30..50 km/h", '"= 2 * $slow"\n  slow: $slower\n  slower: 5..6 m/s')
    concrete = scenarios.resolve(loaded(tmp_path, text), 0, 0)
    slow = concrete.params["slow"]
    assert isinstance(slow, float) and 5.0 <= slow <= 6.0
    assert concrete.params["ego_speed"] == 2 * slow
    assert list(concrete.params) == ["ego_speed", "slow", "slower", "rain", "lamps"]


def test_a_share_can_be_a_slope(tmp_path: Path) -> None:
    text = edited(RIGHT, "    lanes: 2", "    lanes: 2\n    grade: $g\n    superelevation: 2 %")
    road = scenarios.resolve(
        loaded(tmp_path, edited(text, "params:\n", "params:\n  g: 4 %\n"))
    ).scenario.world.road
    assert road.grade_rad == math.atan(0.04)
    assert road.superelevation_rad == math.atan(0.02)


def test_a_point_decides_what_it_names(tmp_path: Path) -> None:
    file = loaded(tmp_path, RIGHT)
    free = scenarios.resolve(file, 1, 2)
    held = scenarios.resolve(file, 1, 2, point={"params.ego_speed": 0.0})
    assert held.params["ego_speed"] == pytest.approx(30 / 3.6)
    assert held.params["rain"] == free.params["rain"]
    assert scenarios.resolve(file, 9, 9, point=free.point).scenario == free.scenario


def test_a_keyframe_that_chance_puts_out_of_order_is_named(tmp_path: Path) -> None:
    file = loaded(tmp_path, edited(RIGHT, "at: 4 s", "at: 0..8 s").replace("at: 0 s", "at: 5 s"))
    with pytest.raises(ScenarioError) as caught:
        scenarios.resolve(file, 0, 0, point={"world.weather.1.at": 0.25})
    assert caught.value.message == "weather 1 begins at 2 s, before weather 0 at 5 s; order them by time"
    assert (caught.value.line, caught.value.column) == (11, 12)
    scenarios.resolve(file, 0, 0, point={"world.weather.1.at": 0.75})


def test_a_calculated_value_that_leaves_its_range_only_inside_is_named_when_drawn(tmp_path: Path) -> None:
    # x (1 - x) is small at both ends: only a draw in the middle shows that it is too much.
    text = edited(RIGHT, "params:\n", "params:\n  x: 0..1\n").replace(
        '"= 1.5 * $rain"', '"= 1000 mm/h * $x * (1 - $x)"'
    )
    file = loaded(tmp_path, text)
    with pytest.raises(ScenarioError) as caught:
        scenarios.resolve(file, 4, 7, point={"params.x": 0.5})
    assert str(caught.value).endswith(
        'case.scenario.yaml:12:23: "250 mm/h" is out of range: '
        "a rain rate here lies between 0 mm/h and 200 mm/h (sample 7 of seed 4)"
    )


def test_assignments_change_what_they_name_and_nothing_else(tmp_path: Path) -> None:
    plain = scenarios.resolve(loaded(tmp_path, RIGHT), 1, 0)
    changed = scenarios.resolve(
        loaded(
            tmp_path, RIGHT, "params.rain=20 mm/h", "world.road.lanes=4", "rig.cameras.cam_front.width=320"
        ),
        1,
        0,
    )
    assert changed.params == plain.params | {"rain": 20.0}
    assert changed.scenario.world.road.lanes == 4
    assert changed.rig.cameras["cam_front"].width_px == 320
    assert changed.scenario.actors == plain.scenario.actors
    assert changed.overrides == (
        "params.rain=20 mm/h",
        "world.road.lanes=4",
        "rig.cameras.cam_front.width=320",
    )


def test_assignments_can_add_replace_and_take_out(tmp_path: Path) -> None:
    file = loaded(
        tmp_path,
        RIGHT,
        "world.surface.state=icy",
        "world.weather=[{at: 0 s, fog: {visibility: 80 m}}]",
        "background.traffic=null",
        "actors.child.do.3.stop={}",
        "world.clock={sun: {elevation: 10 deg, azimuth: 90 deg}}",
    )
    scenario = scenarios.resolve(file).scenario
    assert scenario.world.surface.state == "icy"
    assert len(scenario.world.weather) == 1
    assert scenario.world.weather[0].fog is not None and scenario.world.weather[0].fog.visibility_m == 80.0
    assert scenario.background.traffic is None
    assert scenario.actors["child"].do[3].stop is not None
    assert scenario.world.clock.sun is not None


def test_a_map_typed_on_the_command_line_may_lie_anywhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "real.xodr").write_bytes(b"<OpenDRIVE/>")
    folder = tmp_path / "case"
    folder.mkdir()
    file = loaded(
        folder, RIGHT, f"world.road={{opendrive: {elsewhere / 'real.xodr'}}}", "actors.ego.start.road=1"
    )
    assert scenarios.resolve(file).road_xml == b"<OpenDRIVE/>"
    assert scenarios.resolve(file).scenario.actors["ego"].start.road == "1"


def test_a_scenario_without_a_rig_has_no_sensors(tmp_path: Path) -> None:
    file = loaded(tmp_path, edited(RIGHT, "    rig: rigs/small.yaml\n", ""))
    rig = scenarios.resolve(file).rig
    assert (rig.rig, rig.cameras, rig.lidars) == ("none", {}, {})


def test_rigs_can_be_uncertain_too(tmp_path: Path) -> None:
    file = loaded(tmp_path, RIGHT, "rig.lidars.lidar_top.mount.pitch=-1..1 deg")
    concrete = scenarios.resolve(file, 1, 0)
    assert "rig.lidars.lidar_top.mount.pitch" in concrete.point
    assert abs(concrete.rig.lidars["lidar_top"].mount.pitch_rad) <= math.radians(1)


def test_files_and_samples_can_be_sent_to_workers(tmp_path: Path) -> None:
    file = loaded(tmp_path, RIGHT)
    concrete = scenarios.resolve(file, 1, 2)
    assert pickle.loads(pickle.dumps(concrete)) == concrete
    assert scenarios.resolve(pickle.loads(pickle.dumps(file)), 1, 2) == concrete


# ------------------------------------------------------------------------------------------------------------- locks
def town() -> Concrete:
    return scenarios.resolve(scenarios.load(scenarios.catalogue()["town_crossing"]), 11, 3)


def test_a_lock_gives_the_same_scenario_and_the_same_bytes(tmp_path: Path) -> None:
    for concrete in (scenarios.resolve(loaded(tmp_path, RIGHT, "world.road.lanes=3"), 1, 7), town()):
        text = lock.dump(concrete)
        assert lock.load(text) == concrete
        assert lock.dump(lock.load(text)) == text


def test_a_lock_carries_the_map() -> None:
    concrete = town()
    assert concrete.road_xml is not None
    assert lock.load(lock.dump(concrete)).road_xml == concrete.road_xml


@given(st.dictionaries(st.sampled_from("abcdef"), st.floats(allow_nan=False, allow_infinity=False)))
@settings(max_examples=30, deadline=None)
def test_floats_survive_a_lock_to_the_last_bit(params: dict[str, float]) -> None:
    concrete = town()
    changed = Concrete(concrete.scenario, concrete.rig, 1, 2, concrete.point, dict(params), b"<a/>")
    assert lock.load(lock.dump(changed)).params == params


def resealed(text: str) -> str:
    """A lock that was edited by somebody who knows how to make its digest fit."""
    content = json.loads(text)
    del content["sha256"]
    said = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return json.dumps(content | {"sha256": hashlib.sha256(said.encode()).hexdigest()})


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            '"stormlane_lock": 3',
            '"stormlane_lock": 9',
            "lock file: the lock has version 9; this program reads version 3",
        ),
        (
            '"stormlane_lock": 3',
            '"something": 1',
            'lock file: this is not a lock file: "stormlane_lock" is missing',
        ),
        ('"seed": 11', '"sed": 11', "lock file: the lock is damaged: seed missing"),
        ('"sample": 3', '"sample": "three"', "lock file: the lock is damaged: invalid literal for int()"),
        ('"rate_hz": 10.0', '"rate_hz": 1e9', 'lock file: capture.rate_hz: "1000000000 Hz" is out of range'),
        ('"twin": null', '"twin": {}', "lock file: the lock is damaged: twin or assets: 'base_world'"),
        ('"twin": null', '"twin": "yes"', "lock file: the lock is damaged: twin or assets: string indices"),
    ],
)
def test_a_damaged_lock_is_refused(old: str, new: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        lock.load(resealed(edited(lock.dump(town()), old, new)))
    assert str(caught.value).startswith(message)


def test_a_lock_that_is_not_json_is_refused_with_its_place() -> None:
    with pytest.raises(ScenarioError) as caught:
        lock.load(edited(lock.dump(town()), '"seed": 11,', '"seed": 11'))
    assert str(caught.value) == "lock file:7:2: the lock is damaged: Expecting ',' delimiter"


@pytest.mark.parametrize(
    ("old", "new"), [('"seed": 11', '"seed": 12'), ('"rate_hz": 10.0', '"rate_hz": 20.0')]
)
def test_an_edited_lock_is_refused(old: str, new: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        lock.load(edited(lock.dump(town()), old, new))
    assert str(caught.value) == (
        "lock file: the lock is damaged or was edited: its content does not match its sha256; "
        "change the scenario file instead"
    )


def test_a_lock_laid_out_otherwise_is_the_same_lock() -> None:
    text = lock.dump(town())
    assert lock.load(json.dumps(json.loads(text))) == town()


def test_a_lock_says_what_it_was_made_from_and_for(tmp_path: Path) -> None:
    concrete = scenarios.resolve(loaded(tmp_path, RIGHT), 1, 7)
    kept = lock.load(lock.dump(replace(concrete, engine="0.1.0+abc")))
    assert kept.engine == "0.1.0+abc"
    assert dict(kept.sources) == {
        "case.scenario.yaml": hashlib.sha256(RIGHT.encode()).hexdigest(),
        "rigs/small.yaml": hashlib.sha256(RIG.encode()).hexdigest(),
    }


def test_a_map_that_was_cut_off_is_refused() -> None:
    text = lock.dump(town())
    start = text.index('"road_xml": [') + len('"road_xml": [')
    first = text.index('"', start)
    cut = text[: text.index('"', first + 1) + 1] + "\n ]\n}\n"
    with pytest.raises(ScenarioError, match="the lock is damaged"):
        lock.load(cut)
