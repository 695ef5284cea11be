"""Readers of documents and shards open ours and find in them what the samples hold."""

import math
from pathlib import Path

import pytest

from tests.conformance.datasets import write
from tests.conformance.environments import ask
from tests.labels.synthetic import THINGS, pose, sample

pytestmark = pytest.mark.conformance


def test_vcd_validates_our_openlabel_and_its_own_geometry_agrees_with_our_boxes(tmp_path: Path) -> None:
    answer = ask("openlabel", write("openlabel", tmp_path))
    assert (answer["documents"], answer["frames"], answer["objects"]) == (2, 8, 8)
    assert answer["cuboids"] == 32  # four objects in every frame, seen or not
    assert answer["types"] == ["bicycle", "car", "child", "truck"]
    assert answer["missing_files"] == 0
    assert answer["points_within_rounding"] >= answer["points_inside"] > 1000
    assert answer["miscounted"] == 0
    assert answer["key_points"] > 12
    assert answer["key_points_outside"] == 0
    assert len(answer["overlaps"]) > 10
    assert min(answer["overlaps"]) > 0.9  # of a box whose borders are off by up to half a pixel
    assert all(
        moved < there for moved, there in zip(answer["moved_overlaps"], answer["overlaps"], strict=True)
    )
    assert sorted(answer["moved_overlaps"])[len(answer["moved_overlaps"]) // 2] < 0.6
    assert answer["tags"] == [{"LowLightNight": None}] * 2


def test_webdataset_reads_our_shards_in_order_and_finds_labels_that_fit(tmp_path: Path) -> None:
    answer = ask("webdataset", write("webdataset", tmp_path))
    clips = ("toy-0000-0000", "toy-0000-0001")
    assert answer["keys"] == [f"{clip}_{index:06d}" for clip in clips for index in range(4)]
    assert answer["kinds"] == [
        "cam_front.instance.png",
        "cam_front.jpg",
        "cam_front.semantic.png",
        "gps.npz",
        "imu.npz",
        "json",
        "lidar_top.npy",
        "radar_front.npy",
    ]
    assert answer["boxes"] > 20
    assert answer["wrong"] == 0
    assert answer["moved"] == answer["boxes"]
    assert answer["points"] > 1000
    assert answer["points_outside"] == 0
    assert answer["slices"] == {"all": 2, "light_night": 2, "rain_heavy": 1, "rain_none": 1}
    assert answer["readings"] == {"imu": 400, "gps": 40} and answer["later"]
    assert answer["fall_mps2"] == pytest.approx(9.81, abs=0.1)


def test_mcap_and_rosbags_open_our_recordings_and_tf_leads_from_points_to_cuboids_and_pixels(
    tmp_path: Path,
) -> None:
    answer = ask("mcap", write("mcap", tmp_path, signs=True))
    assert answer["bags"] == ["toy-0000-0000", "toy-0000-0001"]
    # Of tf_static one for each sensor; inertial readings a hundred a second, fixes ten.
    assert set(answer["topics"].values()) == {4, 5, 200, 20}
    assert answer["imu"] == [400, [9.80665], [-1.0]]
    assert [fix[0] for fix in answer["gps"][:20]] == [-1] + [0] * 19
    assert answer["gps"][1][1:] == [48.1, 11.6]
    assert answer["fields"][:7] == ["x", "y", "z", "rate", "ground_rate", "rcs", "snr"]
    assert len(answer["radar"]) == 32 and max(answer["radar"]) < 1e-3  # on the middles of the cuboids, by tf
    assert answer["messages"] == sum(answer["topics"].values())
    assert answer["ordered"] == sorted(answer["ordered"])
    assert answer["same"] == 16  # of sweeps and cuboids, in both readers
    assert answer["cuboids"] == answer["markers"] == 32
    assert set(answer["classes"]) == {"bicycle", "car", "child", "truck"}
    assert answer["points"] > 2000
    assert answer["outside"] == 0
    assert answer["moved"] > answer["points"] / 2
    assert answer["boxes"] == answer["annotated"] > 20
    assert answer["box_gap_px"] == 0.0
    assert min(answer["on_pixels"]) > 0.95
    # Depth is that of the points, and no longer that of points beside them; what is drivable lies on the ground.
    assert max(answer["depth_off_m"]) < 0.1 and min(answer["depth_moved_m"]) > max(answer["depth_off_m"])
    assert max(answer["road_off_m"]) < 1e-3
    assert answer["lines"] == [["line 1", "broken", "white"], ["line 2", "broken solid", "yellow"]]
    assert answer["line_off_px"] < 1e-3  # of the same lines, brought from the map into the picture
    bodies = [body for k in range(4) for body in sample(k).labels.image_skeletons["cam_front"]]
    assert answer["joints"] == 2 * sum(int((body.visibility > 0).sum()) for body in bodies) > 100
    heads = answer["heads"][:16]
    assert [head[:2] for head in heads[:4]] == [
        ["sign 1", "speed_limit"],
        ["sign 2", "plate"],
        ["sign 3", "speed_limit_us"],
        ["light 4", "vehicles"],
    ]
    assert [head[2:4] for head in heads[3::4]] == [
        ["green", [False, False, True]],
        ["amber", [False, True, False]],
        ["red", [True, False, False]],
        ["red_amber", [True, True, False]],
    ]
    assert heads[3][4] == pytest.approx([3.3, 3.0, 2.7])
    assert answer["ahead_m"] == [pytest.approx([2.5, 5.0, 7.5, 10.0])] * 2


def test_betterosi_reads_our_ground_truth_to_the_last_field(tmp_path: Path) -> None:
    answer = ask("osi", write("osi", tmp_path))
    assert answer["traces"] == [f"20251112T153500Z_gt_380_0_4_toy-0000-000{k}.osi" for k in (0, 1)]
    assert answer["frames"] == [4, 4]
    assert answer["unknown"] == 0  # no field that OSI has not, none of another kind
    assert answer["version"] == [3, 8, 0]
    assert answer["hosts"][:4] == [pytest.approx([x, 0.725, 5.0]) for x in (2.5, 5.0, 7.5, 10.0)]
    kinds = {number: rows[0]["kind"] for number, rows in answer["objects"].items()}
    assert kinds == {
        "2": ["VEHICLE", "CAR"],
        "3": ["PEDESTRIAN"],
        "5": ["VEHICLE", "BICYCLE"],
        "9": ["VEHICLE", "HEAVY_TRUCK"],
    }
    for thing in THINGS:
        rows = answer["objects"][str(thing.instance_id)][:4]
        for number, row in enumerate(rows):
            assert row["where"] == pytest.approx(pose(thing, 500_000_000 * (number + 1))[:3, 3].tolist())
            assert row["size"] == pytest.approx(thing.size_m)
            assert row["yaw"] == pytest.approx(thing.yaw_rad)
            assert math.hypot(*row["speed"]) == pytest.approx(thing.speed_mps)
    assert answer["lines"] == [["DASHED_LINE", "WHITE", 80], ["DASHED_LINE", "YELLOW", 80]]
    assert answer["weather"] == ["UNKNOWN", 1762961702]
    assert answer["midnight_s"] == 15 * 3600 + 35 * 60 + 2
