"""What the package brings: every story loads, resolves, and stands in its schema."""

from itertools import product
from typing import Any

import jsonschema
import pytest

import scenarios
from scenarios import tree
from scenarios.bodies import BODIES
from scenarios.distributions.parts import DISTRIBUTIONS
from scenarios.json_schema import rig_schema, scenario_schema
from scenarios.taxonomy import ACTOR_CLASSES, SEMANTIC_ID
from tests.support.proof import some
from tests.support.wrong_files import RIG, RIGHT, edited

STORIES = sorted(scenarios.catalogue())
RIGS = sorted(scenarios.rigs())
SCENARIO_SCHEMA, RIG_SCHEMA = scenario_schema(), rig_schema()
SCENARIO, RIG_FILE = jsonschema.Draft7Validator(SCENARIO_SCHEMA), jsonschema.Draft7Validator(RIG_SCHEMA)


# Triggering conditions (ISO 21448) and protocols that the catalogue has to cover between its stories.
HAZARDS = {
    "animal", "black_ice", "costume", "cut_in", "cut_out", "debris", "dust", "emergency_vehicle", "exhaust",
    "fallen_vru", "fog",
    "glare", "lane_markings", "late_reveal", "low_light", "low_sun", "mirror_image", "occluded_vru", "open_door",
    "overturned_vehicle", "rain", "sensor_fault", "smoke", "snow", "stopped_vehicle", "vru", "wet_road", "work_zone",
    "wrong_way",
}  # fmt: skip


def hazards(story: str) -> set[str]:
    return set(scenarios.load(scenarios.catalogue()[story]).draft.tags["hazard"])


def test_the_catalogue_covers_the_hazards_of_the_field() -> None:
    assert len(STORIES) >= 25
    assert set.union(*map(hazards, STORIES)) >= HAZARDS
    assert RIGS == [
        "camera_lidar_radar",
        "fisheye_surround",
        "front_cam_roof_lidar",
        "kitti_like",
        "surround_six",
    ]


@pytest.mark.parametrize("story", STORIES)
def test_a_story_names_its_hazards_and_says_what_makes_it_valid_and_what_it_covers(story: str) -> None:
    draft = scenarios.load(scenarios.catalogue()[story]).draft
    assert hazards(story) and draft.description
    assert len(draft.valid) >= 2
    assert len(draft.cover) >= 2


@pytest.mark.parametrize("story", STORIES)
def test_a_story_loads_and_resolves_twenty_times(story: str) -> None:
    file = scenarios.load(scenarios.catalogue()[story])
    assert file.name == story
    samples = [scenarios.resolve(file, 1, i) for i in range(20)]
    assert len({tuple(c.point.values()) for c in samples}) == 20
    assert len({c.clip_id for c in samples}) == 20
    for concrete in samples:
        capture = concrete.scenario.capture
        assert capture.duration_s * capture.rate_hz >= 40
        assert concrete.rig.cameras and concrete.rig.lidars


@pytest.mark.parametrize("story", STORIES)
def test_a_story_is_told_in_two_lines_on_top(story: str) -> None:
    modeline, *lines = scenarios.catalogue()[story].read_text().splitlines()
    assert modeline == "# yaml-language-server: $schema=./scenario.schema.json"
    assert [line.startswith("# ") for line in lines[:3]] == [True, True, False]


@pytest.mark.parametrize(("story", "rig"), some(product(STORIES, RIGS), 4, stratum=lambda seen: seen[0]))
def test_every_story_can_be_seen_with_every_rig(story: str, rig: str) -> None:
    if "sensor_fault" in hazards(story) and rig != "front_cam_roof_lidar":
        pytest.skip("faults are those of named sensors")
    file = scenarios.load(scenarios.catalogue()[story], [f"actors.ego.rig=rigs/{rig}.yaml"])
    assert file.rig.rig == rig


def plain(text: str) -> Any:
    return tree.read(text, "file").data


@pytest.mark.parametrize("story", STORIES)
def test_the_schema_accepts_a_story(story: str) -> None:
    SCENARIO.validate(plain(scenarios.catalogue()[story].read_text()))


@pytest.mark.parametrize("rig", RIGS)
def test_the_schema_accepts_a_rig(rig: str) -> None:
    RIG_FILE.validate(plain(scenarios.rigs()[rig].read_text()))


def test_the_schemas_are_schemas() -> None:
    for schema in (SCENARIO_SCHEMA, RIG_SCHEMA):
        jsonschema.Draft7Validator.check_schema(schema)
        assert "x-measure" not in str(schema) and "x-word" not in str(schema)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("under_test: true", "undertest: true"),
        ("speed: 9 km/h", "speed: 9"),
        ("rain: $rain, clouds", "rain: 20 km/h, clouds"),
        ("preset: urban_street", "preset: urban_stret"),
        ("model: pedestrian.child", "model: pedestrian.chlid"),
        ("- mark: reveal", "- {mark: reveal, stop: {}}"),
        ("{log_uniform:", "{log_unifrom:"),
        ("[dark, mixed, reflective]", "3"),
        ("time: 16:35,", "time: 16.5,"),
        ("to: opposite_sidewalk", "to: oposite_sidewalk"),
        ("lanes: 2", "lanes: 40"),
        ("scenario: small\n", ""),
    ],
)
def test_the_schema_refuses_what_an_editor_should_underline(old: str, new: str) -> None:
    SCENARIO.validate(plain(RIGHT))
    assert not SCENARIO.is_valid(plain(edited(RIGHT, old, new)))


def test_the_rig_schema_refuses_a_wrong_rig() -> None:
    RIG_FILE.validate(plain(RIG))
    assert not RIG_FILE.is_valid(plain(edited(RIG, "model: VLP-16", "model: VLP-61")))


def test_editors_are_told_what_chance_can_do() -> None:
    assert set(DISTRIBUTIONS) == set(SCENARIO_SCHEMA["$defs"]["distribution"]["properties"])


def test_every_model_has_a_class_and_every_class_a_colour() -> None:
    for body in BODIES.values():
        assert ACTOR_CLASSES[body.actor_class].semantic in SEMANTIC_ID
        assert all(size > 0 for size in body.size_m)


def test_the_front_of_the_language_is_a_table_of_contents() -> None:
    assert scenarios.__all__ == sorted(scenarios.__all__)
    for name in scenarios.__all__:
        assert getattr(scenarios, name) is not None
