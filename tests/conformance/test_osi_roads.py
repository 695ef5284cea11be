"""betterosi reads lanes, signs and traffic lights of a junction, and its geometry fits together."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from labelers.osi_signs import TYPES
from labelers.writers.osi import Osi
from renderers.assets.signs import FACES
from sim.roads.opendrive import read_opendrive
from sim.trace import pose_matrix
from tests.conformance.environments import ask
from tests.labels import synthetic
from tests.labels.synthetic_signs import hanging

pytestmark = pytest.mark.conformance

MAP = Path(__file__).resolve().parents[2] / "scenarios/maps/town_junction.xodr"
PLAIN = {
    "merge",
    "plate",
    "plain",
    "pointer",
    "pointer_white",
    "direction",
    "guide",
    "roundabout_ahead",
    "winding",
}
PLAIN |= {"no_left_turn", "stop_ahead", "tram_crossing", "one_lane"}  # OSI 3.8 has no word for these


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    root = tmp_path_factory.mktemp("osi")
    network = read_opendrive(MAP.read_bytes())
    clip = replace(synthetic.clip(), road=network)
    writer = Osi().open(root, clip)
    foot = network.point("1", 92.0, -1.7)
    for index in range(clip.sample_count):
        ego = pose_matrix(network.point("1", 60.0 + 5.0 * index, -1.7), np.zeros(3))
        sample = synthetic.sample(index, clip_id=clip.clip_id, world_from_ego=ego)
        signs = [
            replace(k, centre_m=k.centre_m + foot)
            for k in hanging(("green", "amber", "red", "red_amber")[index])
        ]
        writer.add(replace(sample, labels=replace(sample.labels, signs=tuple(signs))))
    Osi().finalize(root, [(clip, writer.close())])
    return ask("osi", root)


def test_lanes_lie_between_their_boundaries_and_lead_into_each_other(answer: dict[str, Any]) -> None:
    assert answer["unknown"] == 0
    road = answer["road"]
    # Four arms of two driving lanes, each with kerb and sidewalk, which also run round the four corners.
    assert road["kinds"] == {"DRIVING": 8, "NONDRIVING": 24, "INTERSECTION": 1}
    assert road["dangling"] == road["wrong_side"] == road["unshared"] == 0
    assert road["moved"] == 8
    assert len(road["hosts"]) == 1 and road["host_lane"] == road["hosts"][0]
    assert road["host_off_m"] < 0.1
    assert len({tuple(way) for way in road["ways"]}) == len(road["ways"]) == 12
    assert {len([b for a, b in road["ways"] if a == start]) for start, _ in road["ways"]} == {3}
    # The host's lane leads into the junction; a quarter of a circle at each corner bounds it.
    assert road["host_lane"] in {start for start, _ in road["ways"]}
    assert 4 * 9 < road["outline_m"] < 4 * 14
    assert ["CURB", "NONE"] in road["boundaries"] and ["SOLID_LINE", "WHITE"] in road["boundaries"]


def test_signs_have_the_numbers_of_their_catalogues(answer: dict[str, Any]) -> None:
    german, american = answer["signs"][0]
    assert german["type"] == american["type"] == "SPEED_LIMIT_BEGIN"
    assert german["value"] == [50.0, "KILOMETER_PER_HOUR", "50"]
    assert american["value"] == [35.0, "MILE_PER_HOUR", "35"]
    assert german["number"] == ["DE", "274", "50"] and american["number"] == ["US", "R2-1", ""]
    assert german["below"] == pytest.approx([2.0], abs=0.2) and american["below"] == []
    assert german["pose"][3] == pytest.approx(np.pi)
    assert german["lanes"] == [answer["road"]["host_lane"]]


def test_every_lens_is_a_light_that_shines_or_not(answer: dict[str, Any]) -> None:
    shining = [
        [one["words"][0] for one in frame if one["words"][2] == "CONSTANT"] for frame in answer["lights"]
    ]
    assert shining == [["GREEN"], ["YELLOW"], ["RED"], ["RED", "YELLOW"]]
    assert {one["words"][1] for frame in answer["lights"] for one in frame} == {"NONE"}
    ids = {tuple(one["id"] for one in frame) for frame in answer["lights"]}
    assert len(ids) == 1 and len(set(*ids)) == 3
    heights = [one["pose"][2] for one in answer["lights"][0]]
    assert np.diff(heights) == pytest.approx([-0.3, -0.3])
    assert answer["lights"][0][0]["lanes"] == [answer["road"]["host_lane"]]


def test_every_face_that_osi_knows_has_its_type() -> None:
    assert {code.removesuffix("_us") for code in FACES} - set(TYPES) == PLAIN
