"""Opens components with the Waymo Open Dataset's v2 classes and scores the boxes with its detection metrics.

Runs in the client's environment: `waymo_client.py <split folder>`.
"""

import io
import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import pyarrow.parquet as pq
import tensorflow as tf
from PIL import Image
from waymo_open_dataset import v2
from waymo_open_dataset.metrics.python import config_util_py, keypoint_metrics
from waymo_open_dataset.metrics.python.wod_detection_evaluator import WODDetectionEvaluator
from waymo_open_dataset.utils import keypoint_data

CLASSES = {
    "camera_image": v2.CameraImageComponent,
    "camera_calibration": v2.CameraCalibrationComponent,
    "camera_box": v2.CameraBoxComponent,
    "camera_to_lidar_box_association": v2.CameraToLiDARBoxAssociationComponent,
    "projected_lidar_box": v2.ProjectedLiDARBoxComponent,
    "camera_segmentation": v2.CameraSegmentationLabelComponent,
    "lidar": v2.LiDARComponent,
    "lidar_pose": v2.LiDARPoseComponent,
    "lidar_segmentation": v2.LiDARSegmentationLabelComponent,
    "lidar_calibration": v2.LiDARCalibrationComponent,
    "lidar_box": v2.LiDARBoxComponent,
    "vehicle_pose": v2.VehiclePoseComponent,
    "stats": v2.StatsComponent,
    "camera_hkp": v2.CameraHumanKeypointsComponent,
    "lidar_hkp": v2.LiDARHumanKeypointsComponent,
}
MOVED_M, SLACK_M = 0.6, 0.001
ROAD = 18


def load(path: Path, component: type[Any]) -> list[Any]:
    table = pq.read_table(path)
    return [component.from_dict(row) for row in table.to_pylist()]


def inside(points: np.ndarray, box: Any, margin_m: float) -> np.ndarray:
    """Points in an upright box, by its heading."""
    centre = np.array([box.center.x, box.center.y, box.center.z])
    local = points.astype(np.float64) - centre
    cosine, sine = np.cos(box.heading), np.sin(box.heading)
    along, across = cosine * local[:, 0] + sine * local[:, 1], cosine * local[:, 1] - sine * local[:, 0]
    half = np.array([box.size.x, box.size.y, box.size.z]) / 2 + margin_m
    return (np.abs(np.column_stack([along, across, local[:, 2]])) <= half).all(axis=1)


def seven(box: Any, along: float = 0.0, across: float = 0.0) -> list[float]:
    cosine, sine = np.cos(box.heading), np.sin(box.heading)
    x, y = box.center.x + along * cosine - across * sine, box.center.y + along * sine + across * cosine
    return [x, y, box.center.z, box.size.x, box.size.y, box.size.z, box.heading]


def score(boxes: list[tuple[int, Any]], along: float = 0.0, across: float = 0.0) -> dict[str, float]:
    """Average precision of the boxes, moved along their length or across it, against themselves."""
    evaluator = WODDetectionEvaluator()
    frames = tf.constant([frame for frame, _ in boxes], tf.int64)
    kinds = tf.constant([row.type for _, row in boxes], tf.uint8)
    truth = {
        "ground_truth_frame_id": frames,
        "ground_truth_bbox": tf.constant([seven(row.box) for _, row in boxes], tf.float32),
        "ground_truth_type": kinds,
        "ground_truth_difficulty": tf.constant(
            [row.difficulty_level.detection for _, row in boxes], tf.uint8
        ),
        "ground_truth_speed": tf.constant([[row.speed.x, row.speed.y] for _, row in boxes], tf.float32),
    }
    found = {
        "prediction_frame_id": frames,
        "prediction_bbox": tf.constant([seven(row.box, along, across) for _, row in boxes], tf.float32),
        "prediction_type": kinds,
        "prediction_score": tf.fill([len(boxes)], 0.9),
        "prediction_overlap_nlz": tf.fill([len(boxes)], False),
    }
    evaluator.update_state(truth, found)
    answer = evaluator.result()
    present = {
        f"OBJECT_TYPE_TYPE_{('', 'VEHICLE', 'PEDESTRIAN', 'SIGN', 'CYCLIST')[row.type]}" for _, row in boxes
    }
    names = config_util_py.get_breakdown_names_from_config(evaluator._config)
    return {
        name: float(value)
        for name, value in zip(names, answer.average_precision.numpy(), strict=True)
        if name.rsplit("_LEVEL", 1)[0] in present
    }


def bodies(part: dict[str, list[Any]]) -> dict[str, Any]:
    """Key points against the boxes and cameras, and scored with Waymo's metrics as they are and moved by 3 cm."""
    boxes = {(row.key.frame_timestamp_micros, row.key.laser_object_id): row for row in part["lidar_box"]}
    lenses = {row.key.camera_name: row for row in part["camera_calibration"]}
    told: dict[str, Any] = {"people": len(part["lidar_hkp"]), "outside": 0, "gap_px": 0.0, "pictured": 0}
    places, visible, centres, sizes, headings = [], [], [], [], []
    by_object = {}
    for row in part["lidar_hkp"]:
        key = row.key.frame_timestamp_micros, row.key.laser_object_id
        point = row.lidar_keypoints
        xyz = np.stack([getattr(point.keypoint_3d.location_m, axis) for axis in "xyz"], axis=1)
        told["outside"] += int((~inside(xyz, boxes[key].box, 0.001)).sum())
        told.setdefault("types", point.type)
        by_object[key] = dict(zip(point.type, xyz, strict=True))
        box = boxes[key].box
        places.append(xyz)
        visible.append(np.where(point.keypoint_3d.visibility.is_occluded, 1, 2))
        centres.append([box.center.x, box.center.y, box.center.z])
        sizes.append([box.size.x, box.size.y, box.size.z])
        headings.append(box.heading)
    for row in part["camera_hkp"]:
        lens = lenses[row.key.camera_name]
        inverse = np.linalg.inv(np.reshape(lens.extrinsic.transform, (4, 4)))
        points = row.camera_keypoints
        found = by_object[row.key.frame_timestamp_micros, row.key.camera_object_id]
        for kind, u, v in zip(
            points.type, points.keypoint_2d.location_px.x, points.keypoint_2d.location_px.y, strict=True
        ):
            x, y, z = inverse[:3, :3] @ found[kind] + inverse[:3, 3]
            i = lens.intrinsic
            meant = i.c_u - i.f_u * y / x, i.c_v - i.f_v * z / x
            told["gap_px"] = max(told["gap_px"], abs(u - meant[0]), abs(v - meant[1]))
            told["pictured"] += 1
    scales = [keypoint_metrics.DEFAULT_PER_TYPE_SCALES[kind] for kind in told["types"]]
    box = keypoint_data.BoundingBoxTensors(
        center=tf.constant(centres, tf.float32),
        size=tf.constant(sizes, tf.float32),
        heading=tf.constant(headings, tf.float32),
    )
    grades = tf.constant(np.array(visible), tf.int32)
    truth = keypoint_data.KeypointsTensors(tf.constant(np.array(places), tf.float32), grades)
    for name, moved in (("oracle", 0.0), ("moved", 0.03)):
        there = tf.constant(np.array(places) + np.array((0.0, 0.0, moved)), tf.float32)
        error = keypoint_metrics.MeanPerJointPositionError(name="mpjpe")
        precision = keypoint_metrics.AveragePrecisionAtOKS(scales, thresholds=[0.5, 0.95], name="oks")
        for metric in (error, precision):
            metric.update_state((truth, keypoint_data.KeypointsTensors(there, grades), box))
        told[name] = {k: float(v) for k, v in (error.result() | precision.result()).items()}
    return told


def main() -> None:
    root = Path(sys.argv[1])
    segments = sorted(path.stem for path in (root / "vehicle_pose").iterdir())
    answer: dict[str, Any] = {
        "segments": segments,
        "wrong_schemas": [],
        "frames": 0,
        "recount_wrong": 0,
        "boxes": 0,
    }
    answer |= {"ground_gap_m": 0.0, "points": 0, "second": 0, "outside": 0, "labelled": 0, "pictures": []}
    answer |= {"on_boxes": [], "masks": 0, "mask_gap_px": 0.0, "levels": set(), "speeds": [], "stats": set()}
    for name, component in CLASSES.items():
        for segment in segments:
            if not pq.read_schema(root / name / f"{segment}.parquet").equals(component.schema()):
                answer["wrong_schemas"].append(name)
    numbered: list[tuple[int, Any]] = []
    for segment in segments:
        part = {name: load(root / name / f"{segment}.parquet", CLASSES[name]) for name in CLASSES}
        answer["bodies"] = bodies(part)
        calibration = {row.key.laser_name: row for row in part["lidar_calibration"]}
        poses = {(row.key.frame_timestamp_micros, row.key.laser_name): row for row in part["lidar_pose"]}
        kinds = {
            (row.key.frame_timestamp_micros, row.key.laser_name): row for row in part["lidar_segmentation"]
        }
        vehicle = {row.key.frame_timestamp_micros: row for row in part["vehicle_pose"]}
        answer["frames"] += len(vehicle)
        points: dict[int, list[np.ndarray]] = {stamp: [] for stamp in vehicle}
        owners: dict[int, list[np.ndarray]] = {stamp: [] for stamp in vehicle}
        for row in part["lidar"]:
            stamp, laser = row.key.frame_timestamp_micros, row.key.laser_name
            for number, image in enumerate(row.range_image_returns):
                cloud = v2.convert_range_image_to_point_cloud(
                    image,
                    calibration[laser],
                    poses[stamp, laser].range_image_return1,
                    vehicle[stamp],
                ).numpy()
                label = kinds[stamp, laser].range_image_returns[number].tensor.numpy()
                label = label[image.tensor.numpy()[..., 0] > 0]
                points[stamp].append(cloud)
                owners[stamp].append(label)
                answer["points" if not number else "second"] += len(cloud)
                road = cloud[label[:, 1] == ROAD]
                if len(road):
                    answer["ground_gap_m"] = max(answer["ground_gap_m"], float(np.abs(road[:, 2]).max()))
        for row in part["lidar_box"]:
            cloud = np.concatenate(points[row.key.frame_timestamp_micros])
            owner = np.concatenate(owners[row.key.frame_timestamp_micros])
            answer["boxes"] += 1
            # Waymo's conversion works in 32 bits, and rays end on the faces of boxes.
            fewest, most = (int(inside(cloud, row.box, margin).sum()) for margin in (-SLACK_M, SLACK_M))
            answer["recount_wrong"] += int(not fewest <= row.num_lidar_points_in_box <= most)
            mine = owner[:, 0] == int(row.key.laser_object_id)
            answer["labelled"] += int(mine.sum())
            answer["outside"] += int((mine & ~inside(cloud, row.box, SLACK_M)).sum())
            answer["levels"].add((row.num_lidar_points_in_box > 5, row.difficulty_level.detection))
            answer["speeds"].append(round(float(np.hypot(row.speed.x, row.speed.y)), 6))
            if row.num_lidar_points_in_box:
                numbered.append((row.key.frame_timestamp_micros + 7 * segments.index(segment), row))
        lenses = {row.key.camera_name: row for row in part["camera_calibration"]}
        planes = {(r.key.frame_timestamp_micros, r.key.camera_name): r for r in part["camera_segmentation"]}
        for row in part["camera_image"]:
            picture = Image.open(io.BytesIO(row.image))
            lens = lenses[row.key.camera_name]
            answer["pictures"].append(picture.size == (lens.width, lens.height) and picture.format == "JPEG")
            stamp = row.key.frame_timestamp_micros
            label = planes[stamp, row.key.camera_name]
            plane = np.array(Image.open(io.BytesIO(label.panoptic_label)))
            mapping = label.instance_id_to_global_id_mapping
            known = dict(zip(mapping.local_instance_ids, mapping.global_instance_ids, strict=True))
            local = plane % label.panoptic_label_divisor
            whole = np.zeros(plane.shape, np.int64)
            for here, there in known.items():
                whole[local == here] = there // 2
            for box in part["camera_box"]:
                if box.key.frame_timestamp_micros == stamp and box.key.camera_name == row.key.camera_name:
                    rows, columns = np.nonzero(whole == int(box.key.camera_object_id))
                    bounds = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
                    b = box.box
                    stated = [b.center.x - b.size.x / 2, b.center.y - b.size.y / 2]
                    stated += [b.center.x + b.size.x / 2, b.center.y + b.size.y / 2]
                    answer["masks"] += 1
                    answer["mask_gap_px"] = max(
                        answer["mask_gap_px"], float(np.abs(np.subtract(bounds, stated)).max())
                    )
            # Points of things, seen through the stated camera, lie on the pixels of those things.
            inverse = np.linalg.inv(np.reshape(lens.extrinsic.transform, (4, 4)))
            cloud, owner = np.concatenate(points[stamp]), np.concatenate(owners[stamp])
            seen = cloud[owner[:, 0] > 0] @ inverse[:3, :3].T + inverse[:3, 3]
            mine = owner[owner[:, 0] > 0, 0][seen[:, 0] > 0.1]
            seen = seen[seen[:, 0] > 0.1]
            i = lens.intrinsic
            u, v = i.c_u - i.f_u * seen[:, 1] / seen[:, 0], i.c_v - i.f_v * seen[:, 2] / seen[:, 0]
            ok = (u >= 0) & (u < lens.width) & (v >= 0) & (v < lens.height)
            answer["on_boxes"].append(float(np.mean(whole[v[ok].astype(int), u[ok].astype(int)] == mine[ok])))
        answer["stats"] |= {(row.time_of_day, row.weather) for row in part["stats"]}
    answer |= {
        "oracle": score(numbered),
        "along": score(numbered, along=MOVED_M),
        "across": score(numbered, across=MOVED_M),
        "levels": sorted(answer["levels"]),
        "stats": sorted(answer["stats"]),
        "pictures": [len(answer["pictures"]), all(answer["pictures"])],
    }
    print(json.dumps(answer, default=str))


if __name__ == "__main__":
    main()
