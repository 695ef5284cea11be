"""How far the ground before a camera is free, column by column.  Labels floor."""

import numpy as np

from labelers.pixels import pixel_points
from labelers.records import FreeSpace
from renderers.frames import CameraFrame
from scenarios.taxonomy import SEMANTIC_ID

FREE = tuple(
    SEMANTIC_ID[name]
    for name in ("road", "road_marking", "parking", "sidewalk", "kerb", "terrain", "water", "ego_vehicle")
)


def free_space(frame: CameraFrame) -> FreeSpace:
    """The first thing above the ground in each column, from below."""
    blocked = ~(np.isin(frame.semantic, FREE) & (frame.instance == 0))
    height, width = blocked.shape
    from_below = np.argmax(blocked[::-1], axis=0)
    column = np.arange(width)
    row = np.where(blocked.any(axis=0), height - 1 - from_below, -1)
    at = np.maximum(row, 0)
    depth = frame.depth_m[at, column]
    shown = (row >= 0) & np.isfinite(depth)
    points = pixel_points(frame, column, at, np.where(shown, depth, 0.0).astype(np.float32))
    world = points @ frame.world_from_camera[:3, :3].T  # from the camera
    distance = np.where(shown, np.hypot(world[:, 0], world[:, 1]), np.inf).astype(np.float32)
    none = row < 0
    return FreeSpace(
        row.astype(np.int16),
        distance,
        np.where(none, 0, frame.semantic[at, column]).astype(np.uint8),
        np.where(none, 0, frame.instance[at, column]).astype(np.int32),
    )
