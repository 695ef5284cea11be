"""Waymo's own classes open our components, and its metrics find the truth perfect, a spoilt one as wrong as it is."""

from pathlib import Path

import pytest

from tests.conformance.datasets import write
from tests.conformance.environments import ask
from tests.conformance.expected import overlap_of_shift

pytestmark = pytest.mark.conformance


def test_waymo_s_package_opens_our_components_and_finds_the_truth_perfect(tmp_path: Path) -> None:
    answer = ask("waymo", write("waymo", tmp_path) / "validation")
    assert answer["segments"] == ["toy-0000-0000", "toy-0000-0001"]
    assert answer["wrong_schemas"] == []
    assert answer["frames"] == 8
    assert answer["pictures"] == [8, True]
    assert answer["stats"] == [["Night", "rain"], ["Night", "sunny"]]
    # Its conversion of our range images.
    assert answer["points"] > 20000
    assert answer["ground_gap_m"] < 1e-4
    assert answer["labelled"] > 2000
    assert answer["outside"] == 0
    assert answer["boxes"] == 32  # four objects in every frame
    assert answer["recount_wrong"] == 0
    assert answer["levels"] == [[False, 2], [True, 1]]
    assert sorted(set(answer["speeds"])) == [0.0, 1.5, 3.0, 4.0]
    # Its cameras: points of a thing fall on the thing's pixels, and boxes bound them.
    assert min(answer["on_boxes"]) > 0.95
    assert answer["masks"] > 20
    assert answer["mask_gap_px"] == 0.0
    bodies = answer["bodies"]
    assert bodies["people"] == 8  # the child and whoever rides the bicycle, in four frames
    assert bodies["types"] == [1, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16, 17, 18, 20]
    assert bodies["outside"] == 0
    assert bodies["pictured"] > 50
    assert bodies["gap_px"] < 1e-6  # of points in the vehicle's frame, seen through the stated cameras
    assert bodies["oracle"] == pytest.approx(
        {"mpjpe": 0.0, "oks P @ 0.50": 1.0, "oks P @ 0.95": 1.0, "oks AP": 1.0}
    )
    assert bodies["moved"]["mpjpe"] == pytest.approx(0.03, abs=1e-6)
    kinds = {
        f"OBJECT_TYPE_TYPE_{kind}_LEVEL_{level}"
        for kind in ("VEHICLE", "PEDESTRIAN", "CYCLIST")
        for level in (1, 2)
    }
    assert set(answer["oracle"]) == kinds
    assert list(answer["oracle"].values()) == pytest.approx([1.0] * 6)
    # Vehicles need an overlap of 0.7, others of 0.5: cars keep it along their length, and nothing across.
    assert overlap_of_shift(4.68, 0.6) > 0.7 > overlap_of_shift(2.55, 0.6)
    for name in kinds:
        assert answer["along"][name] == pytest.approx(1.0 if "VEHICLE" in name else 0.0)
        assert answer["across"][name] == 0.0
