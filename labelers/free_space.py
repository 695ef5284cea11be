"""How far the ground before a camera is free, column by column.  Labels floor."""

import numpy as np

from labelers.kernels.pixels import find_blocked
from labelers.pixels import pixel_points
from labelers.records import FreeSpace
from renderers.frames import CameraFrame
from scenarios.taxonomy import SEMANTIC_ID

FREE = [
    SEMANTIC_ID[name]
    for name in ("road", "road_marking", "parking", "sidewalk", "kerb", "terrain", "water", "ego_vehicle")
]
IS_FREE = np.isin(np.arange(256), FREE)  # by taxonomy id


def free_space(frame: CameraFrame) -> FreeSpace:
    """The first thing above the ground in each column, from below."""
    _, width = frame.semantic.shape
    lowest = np.empty(width, np.int16)
    find_blocked(frame.semantic, frame.instance, IS_FREE, lowest)
    row, column = lowest.astype(np.int64), np.arange(width)
    at = np.maximum(row, 0)
    depth = frame.depth_m[at, column]
    shown = (row >= 0) & np.isfinite(depth)
    points = pixel_points(frame, column, at, np.where(shown, depth, 0.0).astype(np.float32))
    world = points @ frame.world_from_camera[:3, :3].T  # from the camera
    distance = np.where(shown, np.hypot(world[:, 0], world[:, 1]), np.inf).astype(np.float32)
    none = row < 0
    return FreeSpace(
        lowest,
        distance,
        np.where(none, 0, frame.semantic[at, column]).astype(np.uint8),
        np.where(none, 0, frame.instance[at, column]).astype(np.int32),
    )
