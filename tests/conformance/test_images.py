"""Readers of image labels open ours and find the truth perfect, and a spoilt truth as wrong as it is."""

from pathlib import Path

import pytest

from tests.conformance.datasets import write
from tests.conformance.environments import ask

pytestmark = pytest.mark.conformance


def test_cityscapes_s_scripts_find_our_planes_perfect_and_redraw_our_polygons(tmp_path: Path) -> None:
    answer = ask("cityscapes", write("cityscapes", tmp_path / "data"), tmp_path / "scratch")
    assert answer["images"] == answer["pictures"] == 8
    assert answer["names_agree"]
    assert answer["wrong_instances"] == 0
    assert answer["wrong_colors"] == 0
    assert answer["redrawn"] == 1.0
    assert {"bicycle", "car", "person", "rider", "road", "sky", "truck"} <= set(answer["oracle"])
    assert set(answer["oracle"].values()) == {1.0}
    assert set(answer["panoptic"].values()) == {1.0}
    assert {"bicycle", "car", "person", "rider", "truck"} <= set(answer["instance_ap"])
    assert set(answer["instance_ap"].values()) == {1.0}
    assert answer["shifted"] == pytest.approx(answer["expected"])
    assert min(answer["shifted"].values()) < 0.9
