"""Holds the infos of MMDetection3D and OpenPCDet against what the devkit says, as their converters ask it.

Runs in the devkit's environment: `nuscenes_infos_client.py <dataset> <version> <split>`.
"""

import json
import pickle
import sys
from pathlib import Path
from typing import Any

import numpy as np
from nuscenes.nuscenes import NuScenes
from nuscenes.utils.data_classes import LidarPointCloud
from nuscenes.utils.geometry_utils import points_in_box


def main() -> None:
    root, version, split = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    nusc = NuScenes(version=version, dataroot=str(root), verbose=False)
    first = pickle.loads((root / f"mmdet3d/nuscenes_infos_{split}.pkl").read_bytes())
    second = pickle.loads((root / f"openpcdet/nuscenes_infos_10sweeps_{split}.pkl").read_bytes())
    answer: dict[str, Any] = {"samples": [len(first["data_list"]), len(second)], "boxes": 0, "worst_m": 0.0}
    answer |= {
        "velocity_mps": 0.0,
        "points": 0,
        "on_sweeps": 0.0,
        "projected_px": 0.0,
        "names": set(),
        "sweeps": [],
    }
    for one, other in zip(first["data_list"], second, strict=True):
        assert one["token"] == other["token"]
        sample = nusc.get("sample", one["token"])
        _, boxes, _ = nusc.get_sample_data(sample["data"]["LIDAR_TOP"])
        path = root / "samples/LIDAR_TOP" / one["lidar_points"]["lidar_path"]
        assert path == root / other["lidar_path"]
        cloud = LidarPointCloud.from_file(str(path)).points[:3]
        by_token = dict(zip(other["gt_boxes_token"], other["gt_boxes"], strict=True))
        for box, instance in zip(boxes, one["instances"], strict=True):
            wanted = [*box.center, box.wlh[1], box.wlh[0], box.wlh[2], box.orientation.yaw_pitch_roll[0]]
            gap = float(np.abs(np.array(instance["bbox_3d"]) - wanted).max())
            answer["worst_m"] = max(answer["worst_m"], gap)
            sensor = nusc.get("sample_data", sample["data"]["LIDAR_TOP"])
            world = nusc.box_velocity(box.token)
            turned = nusc.get_sample_data(sensor["token"], selected_anntokens=[box.token])[1][0].orientation
            back = turned.rotation_matrix @ nusc.get_box(box.token).orientation.rotation_matrix.T
            speed = (back @ world)[:2]
            answer["velocity_mps"] = max(
                answer["velocity_mps"], float(np.abs(speed - instance["velocity"]).max())
            )
            answer["boxes"] += 1
            if instance["num_lidar_pts"]:
                row = by_token.pop(box.token)
                assert np.allclose(row[:7], instance["bbox_3d"])
                answer["points"] += int(points_in_box(box, cloud).sum() - instance["num_lidar_pts"] != 0)
        assert not by_token
        answer["names"] |= set(other["gt_names"])
        answer["sweeps"].append([len(one["lidar_sweeps"]), len(other["sweeps"])])
        for image in one["images"].values():
            _, seen, lens = nusc.get_sample_data(image["sample_data_token"])
            assert np.allclose(lens, image["cam2img"])
            for there in seen:
                here = next(box for box in boxes if box.token == there.token)
                moved = (np.array(image["lidar2cam"]) @ [*here.center, 1.0])[:3]
                answer["projected_px"] = max(
                    answer["projected_px"], float(np.abs(moved - there.center).max())
                )
        for sweep, twin in zip(one["lidar_sweeps"], other["sweeps"], strict=False):
            assert np.allclose(np.linalg.inv(sweep["lidar_points"]["lidar2sensor"]), twin["transform_matrix"])
            old = LidarPointCloud.from_file(str(root / sweep["lidar_points"]["lidar_path"])).points[:3]
            now = twin["transform_matrix"][:3, :3] @ old + twin["transform_matrix"][:3, 3:]
            ground = old[2] < old[2].min() + 1e-4
            answer["on_sweeps"] = max(
                answer["on_sweeps"], float(np.abs(now[2][ground] - cloud[2].min()).max())
            )
    answer["names"] = sorted(answer["names"])
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
