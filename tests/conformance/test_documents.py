"""Readers of documents and shards open ours and find in them what the samples hold."""

from pathlib import Path

import pytest

from tests.conformance.datasets import write
from tests.conformance.environments import ask

pytestmark = pytest.mark.conformance


def test_vcd_validates_our_openlabel_and_its_own_geometry_agrees_with_our_boxes(tmp_path: Path) -> None:
    answer = ask("openlabel", write("openlabel", tmp_path))
    assert (answer["documents"], answer["frames"], answer["objects"]) == (2, 8, 8)
    assert answer["cuboids"] == 32  # four objects in every frame, seen or not
    assert answer["types"] == ["bicycle", "car", "child", "truck"]
    assert answer["missing_files"] == 0
    assert answer["points_inside"] > 1000
    assert answer["points_outside"] == 0
    assert len(answer["overlaps"]) > 10
    assert min(answer["overlaps"]) > 0.9  # of a box whose borders are off by up to half a pixel
    assert all(
        moved < there for moved, there in zip(answer["moved_overlaps"], answer["overlaps"], strict=True)
    )
    assert sorted(answer["moved_overlaps"])[len(answer["moved_overlaps"]) // 2] < 0.6
    assert answer["tags"] == [{"LowLightNight": None}] * 2
