"""What MMDetection3D and OpenPCDet know of a nuScenes dataset before they read a frame.  Labels floor.

Made from the dataset's own tables, as the converters of both do with the devkit: boxes in the frame of LIDAR_TOP at the
keyframe, velocities by centred differences, sweeps from the latest back.  MMDetection3D's are its infos 1.1.
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelers.geometry import inverse_rigid
from labelers.infos import pickle_bytes
from scenarios.taxonomy import ACTOR_CLASSES

Row = dict[str, Any]
Matrix = NDArray[np.float64]

CLASSES = (
    "car", "truck", "trailer", "bus", "construction_vehicle", "bicycle", "motorcycle", "pedestrian", "traffic_cone",
    "barrier",
)  # fmt: skip
DETECTION = {kind.nuscenes: kind.nuscenes_detection for kind in ACTOR_CLASSES.values()}
IGNORED = "ignore"
TOP, SWEEPS = "LIDAR_TOP", 10
MAX_GAP_S = 1.5  # between two annotations of which the devkit takes a velocity


def info_files(
    tables: Mapping[str, Sequence[Row]], splits: Mapping[str, Sequence[str]], version: str
) -> dict[Path, bytes]:
    """The pickles of every split, by path below the dataset; none where there is no lidar."""
    held = _Tables(tables)
    scenes = {row["name"]: row["token"] for row in tables["scene"]}
    files: dict[Path, bytes] = {}
    if any(TOP not in held.frames[row["token"]] for row in tables["sample"]):
        return files
    for name, members in splits.items():
        tokens = {scenes[member] for member in members}
        samples = [row for row in tables["sample"] if row["scene_token"] in tokens]
        known = {kind: place for place, kind in enumerate(CLASSES)}
        about = {"categories": known, "dataset": "nuscenes", "version": version, "info_version": "1.1"}
        data = [held.mmdet3d(place, row) for place, row in enumerate(samples)]
        files[Path("mmdet3d") / f"nuscenes_infos_{name}.pkl"] = pickle_bytes(
            {"metainfo": about, "data_list": data}
        )
        lists = [held.openpcdet(row) for row in samples]
        files[Path("openpcdet") / f"nuscenes_infos_{SWEEPS}sweeps_{name}.pkl"] = pickle_bytes(lists)
    return files


def _rigid(row: Row) -> Matrix:
    w, x, y, z = row["rotation"]
    matrix = np.eye(4)
    matrix[:3, :3] = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    matrix[:3, 3] = row["translation"]
    return matrix


class _Tables:
    """The tables by token, and what the infos ask them."""

    def __init__(self, tables: Mapping[str, Sequence[Row]]) -> None:
        self._poses = {row["token"]: _rigid(row) for row in tables["ego_pose"]}
        self._mounts = {row["token"]: (_rigid(row), row) for row in tables["calibrated_sensor"]}
        channels = {row["token"]: row["channel"] for row in tables["sensor"]}
        self._channel = {row["token"]: channels[row["sensor_token"]] for row in tables["calibrated_sensor"]}
        self._data = {row["token"]: row for row in tables["sample_data"]}
        self.frames: dict[str, dict[str, Row]] = {row["token"]: {} for row in tables["sample"]}
        for row in tables["sample_data"]:
            if row["is_key_frame"]:
                self.frames[row["sample_token"]][self._channel[row["calibrated_sensor_token"]]] = row
        self._times = {row["token"]: 1e-6 * row["timestamp"] for row in tables["sample"]}
        names = {row["token"]: row["name"] for row in tables["category"]}
        self._names = {row["token"]: names[row["category_token"]] for row in tables["instance"]}
        self._annotations = {row["token"]: row for row in tables["sample_annotation"]}
        self._labels: dict[str, list[Row]] = {row["token"]: [] for row in tables["sample"]}
        for row in tables["sample_annotation"]:
            self._labels[row["sample_token"]].append(row)

    def _velocity(self, row: Row) -> NDArray[np.float64]:
        """(3,) in the world, as the devkit estimates it; NaN where it does not."""
        first = self._annotations.get(row["prev"], row)
        last = self._annotations.get(row["next"], row)
        gap = self._times[last["sample_token"]] - self._times[first["sample_token"]]
        most = MAX_GAP_S * (2 if row["prev"] and row["next"] else 1)
        if first is last or gap > most:
            return np.full(3, np.nan)
        moved = np.array(last["translation"]) - np.array(first["translation"])
        return np.asarray(moved / gap, np.float64)

    def _boxes(
        self, sample: Row, lidar_from_world: Matrix
    ) -> tuple[NDArray[np.float64], list[str], list[Row]]:
        """(N, 9) centre, length, width, height, heading, velocity in the lidar's frame; names; rows."""
        rows = self._labels[sample["token"]]
        boxes = np.zeros((len(rows), 9))
        for place, row in enumerate(rows):
            pose = lidar_from_world @ _rigid(row)
            wide, long, tall = row["size"]
            heading = math.atan2(pose[1, 0], pose[0, 0])
            speed = lidar_from_world[:3, :3] @ self._velocity(row)
            boxes[place] = [*pose[:3, 3], long, wide, tall, heading, *speed[:2]]
        names = [DETECTION.get(self._names[row["instance_token"]], "") or IGNORED for row in rows]
        return boxes, names, rows

    def _world_from(self, data: Row) -> Matrix:
        mount, _ = self._mounts[data["calibrated_sensor_token"]]
        return np.asarray(self._poses[data["ego_pose_token"]] @ mount, np.float64)

    def _earlier(self, data: Row, most: int) -> list[Row]:
        found: list[Row] = []
        while data["prev"] and len(found) < most:
            data = self._data[data["prev"]]
            found.append(data)
        return found

    def mmdet3d(self, place: int, sample: Row) -> Row:
        """One sample of MMDetection3D's `data_list`."""
        top = self.frames[sample["token"]][TOP]
        world_from_lidar = self._world_from(top)
        boxes, names, rows = self._boxes(sample, inverse_rigid(world_from_lidar))
        images, sweeps = {}, []
        for channel, data in self.frames[sample["token"]].items():
            mount, stated = self._mounts[data["calibrated_sensor_token"]]
            if stated["camera_intrinsic"]:
                images[channel] = {
                    "img_path": Path(data["filename"]).name,
                    "cam2img": stated["camera_intrinsic"],
                    "cam2ego": mount.tolist(),
                    "lidar2cam": (inverse_rigid(self._world_from(data)) @ world_from_lidar).tolist(),
                    "sample_data_token": data["token"],
                    "timestamp": 1e-6 * data["timestamp"],
                }
        for data in self._earlier(top, SWEEPS):
            back = inverse_rigid(self._world_from(data)) @ world_from_lidar
            mount, _ = self._mounts[data["calibrated_sensor_token"]]
            points = {
                "lidar_path": data["filename"],
                "lidar2ego": mount.tolist(),
                "lidar2sensor": back.tolist(),
            }
            words = {"timestamp": 1e-6 * data["timestamp"], "sample_data_token": data["token"]}
            pose = {"ego2global": self._poses[data["ego_pose_token"]].tolist()}
            sweeps.append(words | pose | {"lidar_points": points})
        instances = []
        for box, name, row in zip(boxes, names, rows, strict=True):
            label = CLASSES.index(name) if name in CLASSES else -1
            instances.append(
                {
                    "bbox_3d": box[:7].tolist(),
                    "bbox_label": label,
                    "bbox_label_3d": label,
                    "velocity": box[7:].tolist(),
                    "num_lidar_pts": row["num_lidar_pts"],
                    "num_radar_pts": row["num_radar_pts"],
                    "bbox_3d_isvalid": row["num_lidar_pts"] + row["num_radar_pts"] > 0,
                }
            )
        mount, _ = self._mounts[top["calibrated_sensor_token"]]
        path = Path(top["filename"]).name
        return {
            "sample_idx": place,
            "token": sample["token"],
            "timestamp": 1e-6 * sample["timestamp"],
            "ego2global": self._poses[top["ego_pose_token"]].tolist(),
            "images": images,
            "lidar_points": {"num_pts_feats": 5, "lidar_path": path, "lidar2ego": mount.tolist()},
            "lidar_sweeps": sweeps,
            "instances": instances,
            "cam_instances": {channel: [] for channel in images},
        }

    def openpcdet(self, sample: Row) -> Row:
        """One of OpenPCDet's infos; boxes that no point is in are left out, as there."""
        frames = self.frames[sample["token"]]
        top = frames[TOP]
        mount, _ = self._mounts[top["calibrated_sensor_token"]]
        world_from_lidar = self._world_from(top)
        boxes, names, rows = self._boxes(sample, inverse_rigid(world_from_lidar))
        counts = np.array([[row["num_lidar_pts"], row["num_radar_pts"]] for row in rows], np.int64).reshape(
            -1, 2
        )
        kept = counts.sum(axis=1) > 0
        sweeps: list[Row] = []
        for data in self._earlier(top, SWEEPS - 1):
            here, _ = self._mounts[data["calibrated_sensor_token"]]
            words = {"lidar_path": data["filename"], "sample_data_token": data["token"]}
            moved = {
                "transform_matrix": inverse_rigid(world_from_lidar) @ self._world_from(data),
                "global_from_car": self._poses[data["ego_pose_token"]],
                "car_from_current": here,
                "time_lag": 1e-6 * (top["timestamp"] - data["timestamp"]),
            }
            sweeps.append(words | moved)
        if not sweeps:
            alone = {"lidar_path": top["filename"], "sample_data_token": top["token"]}
            sweeps.append(alone | {"transform_matrix": None, "time_lag": 0.0})
        sweeps += [sweeps[-1]] * (SWEEPS - 1 - len(sweeps))
        ahead = frames.get("CAM_FRONT") or next((d for c, d in frames.items() if c.startswith("CAM")), None)
        lens = (
            None if ahead is None else self._mounts[ahead["calibrated_sensor_token"]][1]["camera_intrinsic"]
        )
        return {
            "lidar_path": top["filename"],
            "cam_front_path": "" if ahead is None else ahead["filename"],
            "cam_intrinsic": None if lens is None else np.array(lens),
            "token": sample["token"],
            "sweeps": sweeps,
            "ref_from_car": inverse_rigid(mount),
            "car_from_global": inverse_rigid(self._poses[top["ego_pose_token"]]),
            "timestamp": 1e-6 * top["timestamp"],
            "gt_boxes": boxes[kept],
            "gt_boxes_velocity": np.column_stack([boxes[:, 7:], np.zeros(len(boxes))])[kept],
            "gt_names": np.array(names, dtype="<U24")[kept],
            "gt_boxes_token": np.array([row["token"] for row in rows], dtype="<U32")[kept],
            "num_lidar_pts": counts[kept, 0],
            "num_radar_pts": counts[kept, 1],
        }
