"""Opens a dataset with the nuScenes devkit and evaluates its own labels as detections.

Runs in the devkit's environment: `nuscenes_client.py <dataroot> <version> <splits, with commas> <scratch folder>`.
"""

import json
import sys
from pathlib import Path

import numpy as np
from nuscenes.can_bus.can_bus_api import NuScenesCanBus
from nuscenes.eval.common.config import config_factory
from nuscenes.eval.detection.evaluate import DetectionEval
from nuscenes.eval.detection.utils import category_to_detection_name
from nuscenes.nuscenes import NuScenes
from nuscenes.utils.data_classes import LidarPointCloud, RadarPointCloud
from nuscenes.utils.geometry_utils import points_in_box
from nuscenes.utils.splits import get_scenes_of_split
from pyquaternion import Quaternion

SHIFT_M = 0.6


def detections(nusc: NuScenes, split: str, shift_m: float) -> dict[str, list[dict[str, object]]]:
    """The ground truth of a split as results, all boxes moved along x."""
    scenes = set(get_scenes_of_split(split, nusc))
    results: dict[str, list[dict[str, object]]] = {}
    for sample in nusc.sample:
        if nusc.get("scene", sample["scene_token"])["name"] not in scenes:
            continue
        rows = results.setdefault(sample["token"], [])
        for number, token in enumerate(sample["anns"]):
            annotation = nusc.get("sample_annotation", token)
            name = category_to_detection_name(annotation["category_name"])
            if name is None:
                continue
            attributes = [nusc.get("attribute", entry)["name"] for entry in annotation["attribute_tokens"]]
            velocity = nusc.box_velocity(token)[:2]
            x, y, z = annotation["translation"]
            rows.append(
                {
                    "sample_token": sample["token"],
                    "translation": [x + shift_m, y, z],
                    "size": annotation["size"],
                    "rotation": annotation["rotation"],
                    "velocity": [float(v) if np.isfinite(v) else 0.0 for v in velocity],
                    "detection_name": name,
                    "detection_score": 0.9 - 1e-4 * number,
                    "attribute_name": attributes[0] if attributes else "",
                }
            )
    return results


def evaluate(nusc: NuScenes, split: str, scratch: Path, shift_m: float) -> dict[str, object]:
    """The official detection metrics."""
    used = {
        "use_camera": True,
        "use_lidar": True,
        "use_radar": False,
        "use_map": False,
        "use_external": False,
    }
    path = scratch / f"results_{shift_m:g}.json"
    path.write_text(json.dumps({"meta": used, "results": detections(nusc, split, shift_m)}))
    evaluation = DetectionEval(
        nusc, config_factory("detection_cvpr_2019"), str(path), split, str(scratch / "out"), verbose=False
    )
    metrics = evaluation.main(plot_examples=0, render_curves=False)
    present = sorted({box.detection_name for boxes in evaluation.gt_boxes.boxes.values() for box in boxes})
    return {
        "present": present,
        "mean_dist_aps": {name: metrics["mean_dist_aps"][name] for name in present},
        "label_aps": {name: metrics["label_aps"][name] for name in present},
        "errors": {name: metrics["label_tp_errors"][name] for name in present},
    }


def recount(nusc: NuScenes) -> dict[str, int]:
    """Count lidar points in every annotation with the devkit's own reader and test."""
    compared = different = 0
    for sample in nusc.sample:
        path, boxes, _ = nusc.get_sample_data(sample["data"]["LIDAR_TOP"])
        cloud = LidarPointCloud.from_file(path)
        for box in boxes:
            compared += 1
            stated = nusc.get("sample_annotation", box.token)["num_lidar_pts"]
            different += int(np.count_nonzero(points_in_box(box, cloud.points[:3])) != stated)
    return {"compared": compared, "different": different}


def points_on_boxes(nusc: NuScenes) -> float:
    """Share of the lidar points of labelled actors that lie inside an annotation grown by 10 %, over all keyframes."""
    inside = total = 0
    for sample in nusc.sample:
        data = sample["data"]["LIDAR_TOP"]
        path, boxes, _ = nusc.get_sample_data(data)
        cloud = LidarPointCloud.from_file(path)
        panoptic = np.load(Path(nusc.dataroot) / nusc.get("panoptic", data)["filename"])["data"]
        of_actor = panoptic % 1000 > 0
        covered = np.zeros(len(panoptic), bool)
        for box in boxes:
            covered |= points_in_box(box, cloud.points[:3], wlh_factor=1.1)
        inside += int(np.count_nonzero(of_actor & covered))
        total += int(np.count_nonzero(of_actor))
    return inside / total if total else 1.0


def radar_on_boxes(nusc: NuScenes) -> dict[str, object]:
    """What the devkit's own filters leave of the radar's points, and how many of them lie in annotations as stated."""
    RadarPointCloud.default_filters()
    points, inside, stated, speeds = 0, 0, 0, []
    for sample in nusc.sample:
        for channel in sorted(sample["data"]):
            if not channel.startswith("RADAR"):
                continue
            path, boxes, _ = nusc.get_sample_data(sample["data"][channel])
            cloud = RadarPointCloud.from_file(path)
            points += cloud.nbr_points()
            place = cloud.points[:3].copy()
            for box in boxes:
                # A radar has no height: its points lie in its own plane.
                place[2] = box.center[2]
                inside += int(np.count_nonzero(points_in_box(box, place)))
                stated += nusc.get("sample_annotation", box.token)["num_radar_pts"]
            speeds += np.hypot(cloud.points[8], cloud.points[9]).tolist()
    return {"points": points, "inside": inside, "stated": stated, "fastest_mps": max(speeds, default=0.0)}


def bus(root: str) -> dict[str, object]:
    """What the devkit reads of the CAN bus of the first scene, and whether its route is its way."""
    reader = NuScenesCanBus(dataroot=root)
    names = sorted({path.name[:10] for path in Path(root, "can_bus").glob("scene-*.json")})
    route, way = reader.get_pose_and_route(names[0])
    imu, pose = reader.get_messages(names[0], "ms_imu"), reader.get_messages(names[0], "pose")
    return {
        "scenes": names,
        "misaligned": reader.list_misaligned_routes(0.5),
        "imu": len(imu),
        "up_mps2": imu[0]["linear_accel"][2],
        "poses": len(pose),
        "speed_mps": float(np.linalg.norm(way[-1] - way[0]))
        / ((pose[-1]["utime"] - pose[0]["utime"]) * 1e-6),
        "route_m": float(np.linalg.norm(route[-1] - route[0])),
        "steering": reader.get_messages(names[0], "steeranglefeedback")[0]["value"],
        "kmh": reader.get_messages(names[0], "vehicle_monitor")[0]["vehicle_speed"],
        "told": sorted(reader.get_messages(names[0], "meta")),
    }


def on_map(nusc: NuScenes) -> float:
    """Share of ego poses that stand on the driveable mask of their scene's map."""
    stands = []
    for scene in nusc.scene:
        mask = next(m for m in nusc.map if scene["log_token"] in m["log_tokens"])["mask"]
        if mask.mask().size == 1:  # written without a road
            continue
        token = scene["first_sample_token"]
        while token:
            sample = nusc.get("sample", token)
            pose = nusc.get(
                "ego_pose", nusc.get("sample_data", sample["data"]["LIDAR_TOP"])["ego_pose_token"]
            )
            stands.append(bool(mask.is_on_mask(pose["translation"][0], pose["translation"][1])[0]))
            token = sample["next"]
    return float(np.mean(stands)) if stands else 1.0


def main() -> None:
    root, version, splits, scratch = sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4])
    scratch.mkdir(parents=True, exist_ok=True)
    nusc = NuScenes(version=version, dataroot=root, verbose=False)
    nusc.list_scenes()
    nusc.list_categories()
    nusc.list_attributes()
    first = nusc.sample[0]
    cameras = sorted(channel for channel in first["data"] if channel.startswith("CAM"))
    nusc.render_sample_data(first["data"]["LIDAR_TOP"], out_path=str(scratch / "lidar.png"), verbose=False)
    if cameras:
        nusc.render_sample_data(
            first["data"][cameras[0]], out_path=str(scratch / "camera.png"), verbose=False
        )
        nusc.render_pointcloud_in_image(
            first["token"], camera_channel=cameras[0], out_path=str(scratch / "points.png"), verbose=False
        )
    nusc.get_sample_lidarseg_stats(first["token"], sort_by="count")
    nusc.list_panoptic_instances(sort_by="count")
    speeds = []
    for annotation in nusc.sample_annotation:
        moving = any(
            nusc.get("attribute", a)["name"] == "vehicle.moving" for a in annotation["attribute_tokens"]
        )
        velocity = nusc.box_velocity(annotation["token"])
        if moving and np.all(np.isfinite(velocity)):
            heading = Quaternion(annotation["rotation"]).rotate(np.array([1.0, 0.0, 0.0]))
            speeds.append(float(np.dot(velocity, heading)))
    print(
        json.dumps(
            {
                "scenes": [scene["name"] for scene in nusc.scene],
                "samples": len(nusc.sample),
                "radar": radar_on_boxes(nusc),
                "bus": bus(root) if Path(root, "can_bus").is_dir() else None,
                "sweeps": sum(not row["is_key_frame"] for row in nusc.sample_data),
                "annotations": len(nusc.sample_annotation),
                "recount": recount(nusc),
                "points_on_boxes": points_on_boxes(nusc),
                "on_map": on_map(nusc),
                "forward_speeds": speeds,
                "splits": {
                    split: {
                        "oracle": evaluate(nusc, split, scratch, 0.0),
                        "shifted": evaluate(nusc, split, scratch, SHIFT_M),
                    }
                    for split in splits.split(",")
                },
            }
        )
    )


if __name__ == "__main__":
    main()
