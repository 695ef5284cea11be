"""What MMDetection3D and OpenPCDet know of a KITTI dataset before they read a frame.  Labels floor.

Both keep labels and calibration in pickles that their own converters make from the text files.  These are made from the
same text: MMDetection3D's in its version 1.1 of infos (plain lists, boxes in the camera's frame), OpenPCDet's as arrays
with boxes in the lidar's.
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelers.infos import pickle_bytes

Info = dict[str, Any]

CLASSES = ("Pedestrian", "Cyclist", "Car", "Van", "Truck", "Person_sitting", "Tram", "Misc")
# Least height, most occlusion and truncation of easy, moderate and hard.
LEVELS = ((40.0, 0, 0.15), (25.0, 1, 0.30), (25.0, 2, 0.50))
IGNORED = "DontCare"


def frame_info(
    lines: Sequence[str], calibration: str, shape: Sequence[int], points: NDArray[np.float32]
) -> Info:
    """Labels, calibration, image's height and width, and points inside each box that the camera sees; plain JSON."""
    matrices = {
        name: [float(value) for value in values.split()]
        for name, values in (line.split(": ") for line in calibration.splitlines())
    }
    rows = [line.split() for line in lines]
    boxes = [_lidar_box(row, matrices) for row in rows if row[0] != IGNORED]
    seen = points[_in_view(points, matrices, shape), :3].astype(np.float64)
    return {
        "rows": rows,
        "calibration": matrices,
        "shape": list(shape),
        "points": [_count(seen, box) for box in boxes],
    }


def info_files(frames: Mapping[str, Info], sets: Mapping[str, Sequence[str]]) -> dict[Path, bytes]:
    """The pickles of every set of frames, by path below the dataset."""
    lists = {number: (_mmdet3d(number, info), _openpcdet(number, info)) for number, info in frames.items()}
    files = {}
    for name, numbers in sets.items():
        held = [lists[number] for number in numbers]
        known = {kind: place for place, kind in enumerate(CLASSES)} | {IGNORED: -1}
        about = {"categories": known, "dataset": "kitti", "info_version": "1.1"}
        together = {"metainfo": about, "data_list": [one for one, _ in held]}
        files[Path("mmdet3d") / f"kitti_infos_{name}.pkl"] = pickle_bytes(together)
        files[Path("openpcdet") / f"kitti_infos_{name}.pkl"] = pickle_bytes([other for _, other in held])
    return files


def _matrix(values: Sequence[float]) -> NDArray[np.float64]:
    """(4, 4) of twelve or nine numbers."""
    matrix = np.eye(4)
    wide = len(values) // 3
    matrix[:3, :wide] = np.reshape(values, (3, wide))
    return matrix


def _camera_from_lidar(matrices: Mapping[str, Sequence[float]]) -> NDArray[np.float64]:
    return np.asarray(_matrix(matrices["R0_rect"]) @ _matrix(matrices["Tr_velo_to_cam"]), np.float64)


def _lidar_box(row: Sequence[str], matrices: Mapping[str, Sequence[float]]) -> list[float]:
    """Centre, length, width, height and heading in the lidar's frame."""
    height, width, length, x, y, z, turn = (float(value) for value in row[8:15])
    place = np.linalg.inv(_camera_from_lidar(matrices)) @ [x, y, z, 1.0]
    place[2] += height / 2
    return [*place[:3].tolist(), length, width, height, -(math.pi / 2 + turn)]


def _in_view(
    points: NDArray[np.float32], matrices: Mapping[str, Sequence[float]], shape: Sequence[int]
) -> NDArray[np.bool_]:
    local = points[:, :3].astype(np.float64) @ _camera_from_lidar(matrices)[:3, :3].T
    local += _camera_from_lidar(matrices)[:3, 3]
    lens = _matrix(matrices["P2"])
    uvw = local @ lens[:3, :3].T + lens[:3, 3]
    with np.errstate(divide="ignore", invalid="ignore"):
        uv = uvw[:, :2] / uvw[:, 2:]
    inside = (uv >= 0).all(axis=1) & (uv < (shape[1], shape[0])).all(axis=1)
    return np.asarray(inside & (local[:, 2] >= 0))


def _count(points: NDArray[np.float64], box: Sequence[float]) -> int:
    cosine, sine = math.cos(box[6]), math.sin(box[6])
    x, y, z = (points - box[:3]).T
    along, across = cosine * x + sine * y, cosine * y - sine * x
    half = np.array(box[3:6]) / 2
    return int(np.count_nonzero((np.abs(np.column_stack([along, across, z])) <= half).all(axis=1)))


def _difficulty(row: Sequence[str]) -> int:
    tall = float(row[7]) - float(row[5])
    for level, (height, occluded, truncated) in enumerate(LEVELS):
        if tall > height and int(row[2]) <= occluded and float(row[1]) <= truncated:
            return level
    return -1


def _mmdet3d(number: str, info: Info) -> Info:
    matrices, (height, width) = info["calibration"], info["shape"]
    lidar2cam = _camera_from_lidar(matrices)
    images: Info = {}
    for k in range(4):
        lens = _matrix(matrices[f"P{k}"])
        images[f"CAM{k}"] = {"cam2img": lens.tolist(), "lidar2img": (lens @ lidar2cam).tolist()}
    words = {"img_path": f"{number}.png", "height": height, "width": width, "lidar2cam": lidar2cam.tolist()}
    images["CAM2"] |= words
    images["R0_rect"] = _matrix(matrices["R0_rect"]).tolist()
    instances = [_instance(place, row, info) for place, row in enumerate(info["rows"])]
    return {
        "sample_idx": int(number),
        "images": images,
        "lidar_points": {
            "num_pts_feats": 4,
            "lidar_path": f"{number}.bin",
            "Tr_velo_to_cam": _matrix(matrices["Tr_velo_to_cam"]).tolist(),
            "Tr_imu_to_velo": _matrix(matrices["Tr_imu_to_velo"]).tolist(),
        },
        "instances": instances,
        "cam_instances": {"CAM2": [one for one in instances if one["bbox_label"] >= 0]},
    }


def _instance(place: int, row: Sequence[str], info: Info) -> Info:
    height, width, length, x, y, z, turn = (float(value) for value in row[8:15])
    label = CLASSES.index(row[0]) if row[0] in CLASSES else -1
    lens = _matrix(info["calibration"]["P2"])
    u, v, depth = (lens @ [x, y - height / 2, z, 1.0])[:3]
    real = row[0] != IGNORED
    return {
        "bbox": [float(value) for value in row[4:8]],
        "bbox_label": label,
        "bbox_3d": [x, y, z, length, height, width, turn],
        "bbox_label_3d": label,
        "bbox_3d_isvalid": real,
        "center_2d": [float(u / depth), float(v / depth)],
        "depth": float(depth),
        "truncated": float(row[1]),
        "occluded": int(row[2]),
        "alpha": float(row[3]),
        "score": 0.0,
        "index": place if real else -1,
        "group_id": place,
        "difficulty": _difficulty(row),
        "num_lidar_pts": info["points"][place] if real else -1,
    }


def _openpcdet(number: str, info: Info) -> Info:
    matrices, rows = info["calibration"], info["rows"]
    numbers = np.array([[float(value) for value in row[1:15]] for row in rows], np.float64).reshape(-1, 14)
    real = [row for row in rows if row[0] != IGNORED]
    boxes = np.array([_lidar_box(row, matrices) for row in real], np.float64).reshape(-1, 7)
    ignored = [-1] * (len(rows) - len(real))
    annotations = {
        "name": np.array([row[0] for row in rows], dtype="<U16"),
        "truncated": numbers[:, 0],
        "occluded": numbers[:, 1],
        "alpha": numbers[:, 2],
        "bbox": numbers[:, 3:7].astype(np.float32),
        "dimensions": numbers[:, [9, 7, 8]],  # length, height, width
        "location": numbers[:, 10:13].astype(np.float32),
        "rotation_y": numbers[:, 13],
        "score": np.full(len(rows), -1.0),
        "difficulty": np.array([_difficulty(row) for row in rows], np.int32),
        "index": np.array([*range(len(real)), *ignored], np.int32),
        "gt_boxes_lidar": boxes,
        "num_points_in_gt": np.array([*info["points"], *ignored], np.int32),
    }
    calibration = {
        "P2": _matrix(matrices["P2"]),
        "R0_rect": _matrix(matrices["R0_rect"]),
        "Tr_velo_to_cam": _matrix(matrices["Tr_velo_to_cam"]),
    }
    return {
        "point_cloud": {"num_features": 4, "lidar_idx": number},
        "image": {"image_idx": number, "image_shape": np.array(info["shape"], np.int32)},
        "calib": calibration,
        "annos": annotations,
    }
