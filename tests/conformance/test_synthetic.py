"""Other people's readers open our formats and find the truth perfect, and a displaced truth as wrong as it is.

The samples are made by hand (tests/labels/synthetic.py), so these tests prove the formats alone, in a minute.
"""

from pathlib import Path

import pytest

from labelers.writers.nuscenes import NuScenes
from tests.conformance.datasets import write
from tests.conformance.environments import ask
from tests.conformance.expected import check_kitti_drop, coco_drop

pytestmark = pytest.mark.conformance


def test_the_nuscenes_devkit_finds_the_truth_and_a_slice_of_it_perfect(tmp_path: Path) -> None:
    root = write("nuscenes", tmp_path / "data", rate_hz=4.0)
    answer = ask("nuscenes", root, NuScenes().version, "all,rain_heavy", tmp_path / "scratch")
    assert answer["scenes"] == ["toy-0000-0000", "toy-0000-0001"]
    assert answer["samples"] == 8
    assert answer["sweeps"] == 24  # camera, lidar and radar of every second sample at 4 Hz
    assert answer["recount"]["compared"] > 20
    assert answer["recount"]["different"] == 0
    assert answer["points_on_boxes"] == 1.0
    # Four things and a false alarm in eight scans; whatever is on a thing lies in its box.
    assert answer["radar"]["points"] == 8 * 5
    assert answer["radar"]["inside"] == answer["radar"]["stated"] > 20
    assert answer["radar"]["fastest_mps"] == pytest.approx(7.0, abs=1e-5)
    bus = answer["bus"]
    assert bus["scenes"] == ["scene-0001", "scene-0002"] and not bus["misaligned"]
    assert (bus["imu"], bus["poses"]) == (200, 100)  # two seconds, poses at 50 Hz
    assert bus["up_mps2"] == pytest.approx(9.80665)
    assert (bus["speed_mps"], bus["kmh"]) == pytest.approx((5.0, 18.0), abs=1e-3)
    assert bus["steering"] == pytest.approx(15.7 * 0.02)
    assert {"pose", "ms_imu", "steeranglefeedback", "vehicle_monitor", "zoe_veh_info"} <= set(bus["told"])
    oracle, shifted = (answer["splits"]["all"][name] for name in ("oracle", "shifted"))
    assert oracle["present"] == ["bicycle", "car", "pedestrian", "truck"]
    for name in oracle["present"]:
        assert oracle["mean_dist_aps"][name] == pytest.approx(1.0, abs=1e-12)
        # The boxes stand 0.6 m beside the truth: no match within 0.5 m, all within 1, 2 and 4 m.
        assert shifted["label_aps"][name] == pytest.approx({"0.5": 0.0, "1.0": 1.0, "2.0": 1.0, "4.0": 1.0})
        for error in ("trans_err", "scale_err", "orient_err"):
            assert oracle["errors"][name][error] == pytest.approx(0.0, abs=1e-6)
    # The car drives at 4 m/s, along its own front.
    assert answer["forward_speeds"] == pytest.approx([4.0] * len(answer["forward_speeds"]), abs=1e-3)
    # A slice is a split like any other.
    assert answer["splits"]["rain_heavy"]["oracle"]["mean_dist_aps"]["car"] == pytest.approx(1.0, abs=1e-12)


def test_datumaro_reads_our_kitti_and_its_protocol_finds_the_truth_perfect(tmp_path: Path) -> None:
    answer = ask("kitti", write("kitti", tmp_path))
    assert answer["frames"] == 8
    assert {"Car", "Cyclist", "Pedestrian", "Truck"} <= set(answer["present"])
    assert answer["sizes_agree"]
    assert answer["worst_box_gap_px"] <= 1.0
    assert answer["worst_alpha_rad"] < 2e-4
    assert answer["objects_with_points"] >= 0.7 * answer["objects"]
    assert answer["oracle"]
    for name, scores in answer["oracle"].items():
        assert scores == {"image": 100.0, "ground": 100.0, "space": 100.0}, name
    check_kitti_drop(answer)


def test_pycocotools_finds_our_masks_exact_and_the_truth_perfect(tmp_path: Path) -> None:
    answer = ask("coco", write("coco", tmp_path))
    assert answer["images"] == 8
    assert answer["sizes_agree"]
    assert answer["present"] == ["bicycle", "car", "person", "truck"]
    assert answer["masks"]["annotations"] > 20
    assert answer["masks"]["wrong"] == 0
    assert answer["bbox"] == pytest.approx(1.0)
    assert answer["segm"] == pytest.approx(1.0)
    assert answer["shifted"] == pytest.approx(coco_drop(answer["shift_share"]), abs=0.02)
    assert answer["panoptic_faults"] == []
    assert answer["panoptic_quality"] == 1.0
    assert answer["people"] > 4
    assert answer["keypoint_faults"] == []
    assert answer["keypoints"] == pytest.approx(1.0)
    assert answer["keypoints_moved"] == pytest.approx(0.5)  # five of ten thresholds lie below the similarity


def test_infos_of_detectors_say_what_the_devkit_says(tmp_path: Path) -> None:
    root = write("nuscenes", tmp_path / "data", rate_hz=4.0)
    answer = ask("nuscenes_infos", root, NuScenes().version, "all", environment="nuscenes")
    assert answer["samples"] == [4 * 2, 4 * 2]
    assert answer["boxes"] > 20
    assert answer["worst_m"] < 1e-6
    assert answer["velocity_mps"] < 1e-6
    assert answer["points"] == 0
    assert answer["names"] == ["bicycle", "car", "pedestrian", "truck"]
    assert answer["sweeps"] == [[min(2 * k, 10), 9] for k in range(4)] * 2
    assert answer["projected_px"] < 1e-6
    assert answer["on_sweeps"] < 1e-4
