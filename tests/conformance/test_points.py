"""Readers of lidar sequences open ours and find the truth perfect, and a spoilt truth as wrong as it is."""

import math
from itertools import pairwise
from pathlib import Path

import pytest

from labelers.point_files import FIELDS
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


def test_av2_opens_our_logs_and_finds_the_truth_perfect(tmp_path: Path) -> None:
    root = write("argoverse2", tmp_path / "data", flow=True)
    answer = ask("argoverse2", root / "val", root / "scene_flow/val", tmp_path / "scores")
    assert answer["logs"] == ["toy-0000-0000", "toy-0000-0001"]
    assert answer["sweeps"] == answer["pictures"] == 8
    assert answer["compared"] == 32
    assert answer["recount_wrong"] == 0
    assert answer["projected"] > 100
    assert answer["ahead_mps"] == pytest.approx([5.0] * 6, abs=1e-6)
    assert answer["present"] == ["BICYCLIST", "BOX_TRUCK", "PEDESTRIAN", "REGULAR_VEHICLE"]
    for kind in answer["present"]:
        assert answer["oracle"][kind] == pytest.approx(
            {"AP": 1.0, "ATE": 0.0, "ASE": 0.0, "AOE": 0.0}, abs=1e-6
        )
        # The thresholds are 0.5, 1, 2 and 4 m; boxes moved by 0.6 m miss the first.
        assert answer["moved"][kind]["AP"] == pytest.approx(0.75)
        assert answer["moved"][kind]["ATE"] == pytest.approx(answer["moved_m"], abs=1e-6)
    flow = answer["flow"]
    assert (flow["files"], flow["actors"]) == (6, 24)  # a clip's last sweep has no next one
    assert flow["points"] > 10_000
    assert flow["rows_wrong"] == flow["class_wrong"] == 0
    # Half precision leaves millimetres of two and a half metres; points are those of the file, so rounded too.
    assert max(flow["off_m"], flow["still_off_m"]) < 0.005
    assert flow["dynamic"] == {
        "BICYCLIST": [True],
        "BOX_TRUCK": [False],
        "PEDESTRIAN": [True],
        "REGULAR_VEHICLE": [True],
    }
    groups = ("Foreground/Dynamic", "Foreground/Static", "Background/Static")
    assert [flow["oracle"][f"EPE/{group}"] for group in groups] == [0.0] * 3
    assert [flow["oracle"][f"Accuracy Strict/{group}"] for group in groups] == [1.0] * 3
    assert flow["oracle"]["Dynamic IoU"] == 1.0
    assert flow["moved"]["EPE 3-Way Average"] == pytest.approx(0.08, abs=1e-3)


def test_pykitti_opens_our_raw_drives(tmp_path: Path) -> None:
    root = write("kitti_raw", tmp_path)
    answer = ask("kitti_raw", root, "2025_11_12", "0002", environment="semantickitti")
    assert answer["frames"] == 4
    assert answer["stamps"][0] == "2025-11-12 15:35:00.500000"
    assert answer["pictures"] == [[320, 180]] * 4
    # The ego drives east at 5 m/s, on the globe and back.
    assert [place[0] for place in answer["places"]] == pytest.approx([0.0, 2.5, 5.0, 7.5], abs=1e-5)
    assert answer["ahead_mps"] == answer["east_mps"] == pytest.approx([5.0] * 4)
    assert answer["down"] == pytest.approx([9.80665] * 4)
    assert answer["ground"] == pytest.approx([0.0] * 4, abs=1e-5)
    assert answer["kinds"] == ["Car", "Cyclist", "Pedestrian", "Truck"]
    assert answer["poses"] == len(answer["inside"]) == 16
    assert min(answer["inside"]) > 10
    assert max(answer["moved"]) == 0  # a length ahead there is nothing
    # The car keeps its 4 m/s in the world, 2 m a frame.
    steps = [b[0] - a[0] for a, b in pairwise(answer["world"]["Car"])]
    assert steps == pytest.approx([2.0 * math.cos(0.1)] * 3, abs=2e-3)
    assert {place[2] for row in answer["world"].values() for place in row} == {0.0}


def test_laspy_reads_every_field_of_our_las_and_points_lie_in_their_cuboids(tmp_path: Path) -> None:
    answer = ask("las", write("las", tmp_path))
    assert (answer["files"], answer["version"], answer["format"]) == (8, "1.4", 6)
    assert sorted(answer["extra"]) == sorted(answer["told"])
    assert {"sensor_x", "ring", "instance", "cause", "offset_ns", "range_m", "raw_z"} <= set(answer["extra"])
    assert answer["worst_m"] < 6e-5  # half a step
    assert answer["worst_return"] == 0
    assert 11 in answer["classes"] and 64 + 20 in answer["classes"]  # road; cars are the writer's own
    assert answer["inside"] == answer["stated"] > 500
    assert answer["mean_intensity"] == pytest.approx(0.25, abs=1e-4)
    assert answer["step_s"] == pytest.approx(0.5)
    assert 1e8 < answer["first_s"] < 1e9  # adjusted standard GPS time of the 2020s


def test_pypcd4_reads_every_field_of_our_pcd_and_points_lie_in_their_cuboids(tmp_path: Path) -> None:
    answer = ask("pcd", write("pcd", tmp_path))
    assert answer["files"] == 8
    assert answer["fields"] == [name for name, _, _ in FIELDS]
    assert answer["worst_m"] < 1e-5
    assert answer["inside"] == answer["stated"] > 500
    assert answer["rings"] == list(range(11))
    assert answer["range_gap_m"] < 1e-4
