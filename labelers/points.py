"""Which lidar points lie in a cuboid: the test of the nuScenes devkit.  Labels floor.

`nuscenes.utils.geometry_utils.points_in_box` projects p - corner on the three edges that meet in that corner and
accepts closed intervals, in float64.  Counting uses the points as written (float32 in the lidar frame), so a client
that counts on our files finds our numbers.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from labelers.kernels.pixels import mark_inside


def points_in_cuboid(
    xyz_m: NDArray[np.float32],
    frame_from_cuboid: NDArray[np.float64],
    size_m: Sequence[float],
    margin_m: float = 0.0,
) -> NDArray[np.bool_]:
    """(N,) whether each point lies in a cuboid; `frame_from_cuboid` (4, 4) has its origin at the box's centre."""
    half = 0.5 * np.asarray(size_m, np.float64) + margin_m
    centre, axes = frame_from_cuboid[:3, 3], frame_from_cuboid[:3, :3]
    inside = np.empty(len(xyz_m), np.bool_)
    edges = np.ascontiguousarray((axes * (2.0 * half)).T)
    reach = float(np.linalg.norm(half) + 1e-3)
    mark_inside(np.ascontiguousarray(xyz_m), centre - axes @ half, edges, float(centre[0]), reach, inside)
    return inside


def count_in_cuboid(
    xyz_m: NDArray[np.float32], frame_from_cuboid: NDArray[np.float64], size_m: Sequence[float]
) -> int:
    """Number of points in a cuboid."""
    return int(np.count_nonzero(points_in_cuboid(xyz_m, frame_from_cuboid, size_m)))
