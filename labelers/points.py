"""Which lidar points lie in a cuboid: the test of the nuScenes devkit.  Labels floor.

`nuscenes.utils.geometry_utils.points_in_box` projects p - corner on the three edges that meet in that corner and
accepts closed intervals, in float64.  Counting uses the points as written (float32 in the lidar frame), so a client
that counts on our files finds our numbers.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def points_in_cuboid(
    xyz_m: NDArray[np.float32],
    frame_from_cuboid: NDArray[np.float64],
    size_m: Sequence[float],
    margin_m: float = 0.0,
) -> NDArray[np.bool_]:
    """(N,) whether each point lies in a cuboid; `frame_from_cuboid` (4, 4) has its origin at the box's centre."""
    half = 0.5 * np.asarray(size_m, np.float64) + margin_m
    centre, axes = frame_from_cuboid[:3, 3], frame_from_cuboid[:3, :3]
    inside = np.zeros(len(xyz_m), np.bool_)
    # A slab along x first: a sweep has a hundred thousand points and a cuboid holds a few of them.
    reach = np.float32(np.linalg.norm(half) + 1e-3)
    near = np.flatnonzero(np.abs(xyz_m[:, 0] - np.float32(centre[0])) <= reach)
    corner = centre - axes @ half
    across = xyz_m[near].astype(np.float64) - corner
    hit = np.ones(len(near), np.bool_)
    for column in range(3):
        edge = axes[:, column] * (2 * half[column])
        along = across @ edge
        hit &= (along >= 0.0) & (along <= edge @ edge)
    inside[near[hit]] = True
    return inside


def count_in_cuboid(
    xyz_m: NDArray[np.float32], frame_from_cuboid: NDArray[np.float64], size_m: Sequence[float]
) -> int:
    """Number of points in a cuboid."""
    return int(np.count_nonzero(points_in_cuboid(xyz_m, frame_from_cuboid, size_m)))
