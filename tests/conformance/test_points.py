"""Readers of lidar sequences open ours and find the truth perfect, and a spoilt truth as wrong as it is."""

from pathlib import Path

import pytest

from tests.conformance.datasets import write
from tests.conformance.environments import ask

pytestmark = pytest.mark.conformance


def test_pykitti_opens_our_sequences_and_semantickitti_s_protocol_finds_the_labels_perfect(
    tmp_path: Path,
) -> None:
    answer = ask("semantickitti", write("semantickitti", tmp_path))
    assert answer["frames"] == 8
    assert answer["pairs"]
    assert answer["unknown"] == 0
    assert {"bicyclist", "car", "person", "road", "truck"} <= set(answer["iou"])
    assert {252, 253, 254, 18} <= set(answer["raw"])  # car, bicyclist and child move, the truck is parked
    assert set(answer["iou"].values()) == {1.0}
    assert set(answer["panoptic"].values()) == {1.0}
    assert answer["shifted"] == pytest.approx(answer["expected"], abs=1e-12)
    assert max(answer["shifted"].values()) < 0.9
    assert answer["thing_points"] > 500
    assert answer["on_ground"] == pytest.approx([1.6] * 8, abs=0.01)  # below the camera, y down
    assert answer["travelled_m"] == pytest.approx([7.5, 7.5], abs=1e-6)
