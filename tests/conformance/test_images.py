"""Readers of image labels open ours and find the truth perfect, and a spoilt truth as wrong as it is."""

import json
from pathlib import Path

import pytest

from labelers.writers.nuimages import NuImages
from tests.conformance.datasets import write
from tests.conformance.environments import ask
from tests.conformance.expected import coco_drop
from tests.labels.synthetic import sample

pytestmark = [pytest.mark.conformance, pytest.mark.slow]


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


def test_supervision_opens_both_yolo_trees_and_finds_the_truth_perfect(tmp_path: Path) -> None:
    answer = ask("yolo", write("yolo", tmp_path / "yolo"))
    assert answer["images"] == 8
    assert answer["same_images"]
    assert answer["same_things"]
    assert answer["listed"] == {"detect": [8, True], "segment": [8, True]}
    assert answer["slices"] == ["all", "light_night", "rain_heavy", "rain_none"]
    assert answer["classes"] == ["person", "bicycle", "car"]
    assert answer["present"] == ["bicycle", "car", "person", "truck"]
    assert answer["worst_gap_px"] < 1.01  # outlines run through the centres of border pixels
    assert answer["boxes"] == pytest.approx(1.0)
    assert answer["masks"] == pytest.approx(1.0)
    assert answer["shifted"] == pytest.approx(coco_drop(answer["shift_share"]), abs=0.02)
    # The same things in COCO, whose masks are exact.
    exact = json.loads((write("coco", tmp_path / "coco") / "annotations/instances.json").read_text())
    areas = sorted(row["area"] for row in exact["annotations"])
    assert len(areas) == answer["things"]
    # Without OpenCV, supervision draws a polygon without some of its border pixels.
    assert sorted(answer["mask_pixels"]) == pytest.approx(areas, rel=0.1)


def test_ultralytics_opens_our_poses_and_finds_the_truth_perfect(tmp_path: Path) -> None:
    answer = ask("yolo_pose", write("yolo", tmp_path / "yolo") / "pose", tmp_path / "settings")
    bodies = [body for k in range(4) for body in sample(k).labels.image_skeletons["cam_front"]]
    assert (answer["pictures"], answer["people"]) == (
        8,
        10,
    )  # the child, and the rider where he is large enough
    assert answer["shapes"] == [answer["shape"]] == [[17, 3]]
    assert 100 < answer["points"] <= 2 * sum(int((body.visibility > 0).sum()) for body in bodies)
    assert answer["names"] == {"0": "person"}
    assert [answer["flip"][k] for k in answer["flip"]] == list(range(17))
    # Its average of a perfect result is 0.995: it ends the curve of precision at full recall with 0.
    for kind in ("mAP50-95(B)", "mAP50-95(P)"):
        assert answer["oracle"][f"metrics/{kind}"] == pytest.approx(0.995)
    # Similarities of 0.72 pass the thresholds 0.50 to 0.70, half of them.
    assert answer["spoilt"]["metrics/mAP50-95(P)"] == pytest.approx(0.995 / 2)
    assert answer["spoilt"]["metrics/mAP50-95(B)"] == pytest.approx(0.995)


def test_scalabel_finds_our_boxes_and_masks_perfect_and_its_geometry_agrees_with_our_cuboids(
    tmp_path: Path,
) -> None:
    root = write("scalabel", tmp_path)
    answer = ask("scalabel", root / "labels/all.json", root / "images")
    assert (answer["frames"], answer["videos"], answer["pictures"]) == (8, 2, 8)
    assert answer["attributes"] == ["rainy", "undefined"]
    assert answer["times"] == ["night"]
    assert answer["present"] == ["bicycle", "car", "pedestrian", "rider", "truck"]
    assert answer["one_kind_per_track"]
    assert answer["compared"] >= 8
    assert answer["limbs"]["people"] > 4  # children and riders
    assert answer["limbs"]["in_box"] == answer["limbs"]["visible"] >= 4
    assert answer["limbs"]["dangling"] == 0
    assert answer["worst_gap_px"] < 1.0  # corners of a box against the pixels that its faces cover
    assert answer["boxes"] == pytest.approx(100.0)
    assert answer["masks"] == pytest.approx(100.0)
    assert answer["shifted"] == pytest.approx(100 * coco_drop(answer["shift_share"]), abs=2.0)
    wet = ask("scalabel", root / "labels/rain_heavy.json", root / "images")
    assert (wet["frames"], wet["attributes"]) == (4, ["rainy"])


def test_the_devkit_decodes_our_nuimages(tmp_path: Path) -> None:
    root = write("nuimages", tmp_path)
    answer = ask("nuimages", root, NuImages().version, environment="nuscenes")
    assert answer["samples"] == 8
    assert answer["objects"] > 20
    assert answer["attributes"] == {
        "human.pedestrian.child": ["pedestrian.moving"],
        "vehicle.bicycle": ["cycle.with_rider"],
        "vehicle.car": ["vehicle.moving"],
        "vehicle.truck": ["vehicle.parked"],
    }
    for fault in ("outside", "wrong_size", "wrong_pixels", "wrong_road"):
        assert answer[fault] == 0, fault
    assert answer["moved_outside"] > answer["objects"] / 2
    assert answer["speeds"] == [5.0]
