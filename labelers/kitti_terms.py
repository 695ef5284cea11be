"""An object, its type and its calibration in KITTI's words.  Labels floor.

KITTI's text leaves open what becomes DontCare (hidden, cut off or tiny: `Limits`) and which box is meant; ours is the
amodal one, because KITTI's annotators drew through occlusions.
"""

import math
from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from labelers.definitions import OCCLUSION_LEVELS
from labelers.geometry import inverse_rigid, upright, world_from_cuboid, wrap_angle
from labelers.records import Box, Box2D, Cuboid, Sample
from renderers.frames import CameraFrame, LidarSweep
from scenarios.taxonomy import ACTOR_CLASSES

TILTED_RAD = 0.26  # boxes tilted further are written as the upright boxes that hold them


class Limits(Protocol):
    """From where on an object is DontCare."""

    @property
    def max_truncation(self) -> float: ...
    @property
    def min_pixels(self) -> int: ...


def label_line(
    cuboid: Cuboid, box: Box2D, amodal: Box, camera_from_world: NDArray[np.float64], limits: Limits
) -> str:
    """One row of label_2: fifteen columns."""
    left, top = amodal[0], amodal[1]
    right, bottom = amodal[2] - 1, amodal[3] - 1  # KITTI's borders are the outermost pixels themselves
    corners = f"{left:.2f} {top:.2f} {right:.2f} {bottom:.2f}"
    if (
        box.occlusion >= OCCLUSION_LEVELS[-1]
        or box.truncation >= limits.max_truncation
        or box.visible_px < limits.min_pixels
    ):
        return f"DontCare -1 -1 -10 {corners} -1 -1 -1 -1000 -1000 -1000 -10"
    occluded = sum(box.occlusion >= limit for limit in OCCLUSION_LEVELS)
    if np.abs(cuboid.rotation_rad[1:]).max() > TILTED_RAD:  # the format knows one angle
        cuboid = upright(cuboid)
    camera_from_cuboid = camera_from_world @ world_from_cuboid(cuboid)
    length, width, height = cuboid.size_m
    foot = (camera_from_cuboid @ np.array([0.0, 0.0, -height / 2, 1.0]))[:3]
    forward = camera_from_cuboid[:3, 0]
    rotation = math.atan2(-float(forward[2]), float(forward[0]))  # about y (down): 0 faces the camera's +x
    alpha = wrap_angle(rotation - math.atan2(float(foot[0]), float(foot[2])))
    return (
        f"{kitti_type(cuboid)} {box.truncation:.2f} {occluded} {alpha:.4f} {corners} "
        f"{height:.4f} {width:.4f} {length:.4f} {foot[0]:.4f} {foot[1]:.4f} {foot[2]:.4f} {rotation:.4f}"
    )


def label_rows(
    sample: Sample, frame: CameraFrame, limits: Limits, drop: Callable[[str], None]
) -> list[tuple[Cuboid, Box2D, str]]:
    """The actors that a camera's labels name, each with its row, real labels before DontCare as in KITTI's own files;
    `drop` hears why each of the others is left out.
    """
    boxes = {box.instance_id: box for box in sample.labels.boxes.get(frame.sensor, ())}
    # Cuboids stand in the frame of the camera that the calibration file describes.
    off = frame.stated_ego_from_camera
    world_from_stated = frame.world_from_camera if off is None else sample.world_from_ego @ off
    camera_from_world = inverse_rigid(world_from_stated)
    rows = []
    for cuboid in sample.labels.cuboids:
        box = boxes.get(cuboid.instance_id)
        if box is None or box.amodal is None:
            drop("outside the image")
        elif box.visible_px == 0 and not any(cuboid.lidar_points.values()):
            drop("seen by no sensor")
        else:
            rows.append((cuboid, box, label_line(cuboid, box, box.amodal, camera_from_world, limits)))
    return sorted(rows, key=lambda row: row[2].startswith("DontCare"))


def kitti_type(cuboid: Cuboid) -> str:
    """KITTI's type; a bicycle is a Cyclist only with somebody on it."""
    kind = ACTOR_CLASSES[cuboid.actor_class].kitti
    return "Misc" if kind == "Cyclist" and cuboid.attribute == "without_rider" else kind


def calibration(frame: CameraFrame, sweep: LidarSweep | None) -> str:
    """The calib file: our camera is camera 2 and already rectified, the lidar frame is the Velodyne's."""
    projection = np.concatenate([frame.model.matrix, np.zeros((3, 1))], axis=1)
    camera_from_ego = inverse_rigid(frame.calibration)
    ego_from_lidar = np.eye(4) if sweep is None else sweep.calibration
    rows = {f"P{index}": projection for index in range(4)}
    rows["R0_rect"] = np.eye(3)
    rows["Tr_velo_to_cam"] = (camera_from_ego @ ego_from_lidar)[:3]
    rows["Tr_imu_to_velo"] = inverse_rigid(ego_from_lidar)[:3]
    return "".join(
        f"{name}: {' '.join(f'{value + 0.0:.12e}' for value in matrix.ravel())}\n"
        for name, matrix in rows.items()
    )
