"""Key points of people under Waymo's numbers.  Labels floor.

Twelve joints and the nose are COCO's; Waymo's centre of the head, between the ears, is given in space alone.  A point
outside the picture is not listed; hidden ones are, as occluded.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelers.records import ImageSkeleton, Skeleton
from renderers.assets.keypoints import COCO_KEYPOINTS

Row = dict[str, Any]

# KeypointType of keypoint.proto; what the centre of the head lies between.
TYPES = {
    "nose": 1,
    "left_shoulder": 5,
    "left_elbow": 6,
    "left_wrist": 7,
    "left_hip": 8,
    "left_knee": 9,
    "left_ankle": 10,
    "right_shoulder": 13,
    "right_elbow": 14,
    "right_wrist": 15,
    "right_hip": 16,
    "right_knee": 17,
    "right_ankle": 18,
}
HEAD_CENTER, EARS = 20, [COCO_KEYPOINTS.index(name) for name in ("left_ear", "right_ear")]
ROWS = np.array([COCO_KEYPOINTS.index(name) for name in TYPES])
NUMBERS = np.array(list(TYPES.values()))


def camera_keypoints(seen: ImageSkeleton) -> Row | None:
    """Columns of somebody in a picture; None where no point of his is in it."""
    here = seen.visibility[ROWS] > 0
    if not here.any():
        return None
    rows = ROWS[here]
    # Waymo's pixels begin at their left and upper edges, ours have their centres at integers.
    u, v = (seen.uv_px[rows] + 0.5).T
    return {
        "camera_keypoints[*].type": NUMBERS[here].tolist(),
        "camera_keypoints[*].keypoint_2d.location_px.x": u.tolist(),
        "camera_keypoints[*].keypoint_2d.location_px.y": v.tolist(),
        "camera_keypoints[*].keypoint_2d.visibility.is_occluded": (seen.visibility[rows] < 2).tolist(),
    }


def lidar_keypoints(
    body: Skeleton, seen: Sequence[ImageSkeleton], ego_from_world: NDArray[np.float64]
) -> Row:
    """Columns of somebody in the vehicle's frame; a point is occluded that no camera sees."""
    best = np.max([k.visibility for k in seen], axis=0) if seen else np.zeros(len(COCO_KEYPOINTS), np.uint8)
    points = np.concatenate([body.xyz_m[ROWS], body.xyz_m[EARS].mean(axis=0)[None]])
    hidden = np.append(best[ROWS] < 2, best[EARS].max() < 2)
    x, y, z = (points @ ego_from_world[:3, :3].T + ego_from_world[:3, 3] + 0.0).T
    return {
        "lidar_keypoints[*].type": [*NUMBERS.tolist(), HEAD_CENTER],
        "lidar_keypoints[*].keypoint_3d.location_m.x": x.tolist(),
        "lidar_keypoints[*].keypoint_3d.location_m.y": y.tolist(),
        "lidar_keypoints[*].keypoint_3d.location_m.z": z.tolist(),
        "lidar_keypoints[*].keypoint_3d.visibility.is_occluded": hidden.tolist(),
    }
