"""Where the surfaces lie that pixels and beams show: on a map, in a grid, in a box, first above the ground.

Labels floor, arrays only.
A pixel's point is its ray (H, W, 3) times its depth (H, W), in the frame of its row's camera (`optics.pixel_rays`).
"""

import numpy as np
from numpy.typing import NDArray

from sim.kernels.jit import inner_kernel, kernel

Floats = NDArray[np.float64]


@inner_kernel
def _along(pose: Floats, axis: int, x: float, y: float, z: float) -> float:
    moved: float = pose[axis, 0] * x + pose[axis, 1] * y + pose[axis, 2] * z + pose[axis, 3]
    return moved


@kernel
def mark_mapped(
    rays: NDArray[np.float32],
    depth_m: NDArray[np.float32],
    instance: NDArray[np.int32],
    semantic: NDArray[np.uint8],
    is_ground: NDArray[np.bool_],
    world_from_row: Floats,
    reach_m: float,
    plan: NDArray[np.uint8],
    corner_m: Floats,
    cells_per_m: float,
    found: NDArray[np.bool_],
) -> None:
    """Mark the pixels that show ground on cells of a map that are not 0, nearer than `reach_m`.

    `is_ground` (256,) tells by class; `plan` (R, C) has rows towards north and columns towards east from `corner_m`
    (2,); `world_from_row` is (H, 4, 4).  Twin: naive_pixels.mapped.
    """
    height, width = depth_m.shape
    high, wide = plan.shape
    for v in range(height):
        pose = world_from_row[v]
        for u in range(width):
            depth = float(depth_m[v, u])
            if instance[v, u] != 0 or not is_ground[semantic[v, u]] or not depth < reach_m:
                continue
            x, y, z = depth * rays[v, u, 0], depth * rays[v, u, 1], depth * rays[v, u, 2]
            east = (_along(pose, 0, x, y, z) - corner_m[0]) * cells_per_m
            north = (_along(pose, 1, x, y, z) - corner_m[1]) * cells_per_m
            if 0.0 <= east < wide and 0.0 <= north < high:
                found[v, u] = plan[int(north), int(east)] > 0


@kernel
def mark_shown(
    rays: NDArray[np.float32],
    depth_m: NDArray[np.float32],
    most_m: float,
    grid_from_row: Floats,
    seen: NDArray[np.bool_],
) -> None:
    """Mark the cubes (X, Y, Z) in which the surface lies that a pixel shows, if it is nearer than `most_m`.

    `grid_from_row` (H, 4, 4) is in cubes.  Twin: naive_pixels.shown.
    """
    height, width = depth_m.shape
    across, deep, high = seen.shape
    wide_a, wide_b, wide_c = float(across), float(deep), float(high)
    deep32, high32 = np.int32(deep), np.int32(high)
    flat = seen.reshape(-1)
    cube = np.empty(width, np.int32)
    for v in range(height):
        pose = grid_from_row[v]
        m0, m1, m2, m3 = pose[0, 0], pose[0, 1], pose[0, 2], pose[0, 3]
        m4, m5, m6, m7 = pose[1, 0], pose[1, 1], pose[1, 2], pose[1, 3]
        m8, m9, m10, m11 = pose[2, 0], pose[2, 1], pose[2, 2], pose[2, 3]
        for u in range(width):  # numbers alone: what is looked up and stored comes after
            depth = float(depth_m[v, u])
            x, y, z = depth * rays[v, u, 0], depth * rays[v, u, 1], depth * rays[v, u, 2]
            a = m0 * x + m1 * y + m2 * z + m3
            b = m4 * x + m5 * y + m6 * z + m7
            c = m8 * x + m9 * y + m10 * z + m11
            inside = (a >= 0.0) & (a < wide_a) & (b >= 0.0) & (b < wide_b) & (c >= 0.0) & (c < wide_c)
            place = (np.int32(a) * deep32 + np.int32(b)) * high32 + np.int32(c)
            cube[u] = place if inside & (depth < most_m) else np.int32(-1)
        last = np.int32(-1)
        for u in range(width):
            if cube[u] != last:
                last = cube[u]
                if last >= 0:
                    flat[last] = True


@kernel
def find_blocked(
    semantic: NDArray[np.uint8],
    instance: NDArray[np.int32],
    is_free: NDArray[np.bool_],
    row: NDArray[np.int16],
) -> None:
    """Write the lowest row of each column (W,) that shows something else than what is free, by class (256,); -1: none.

    What has an instance is never free.  Twin: naive_pixels.blocked.
    """
    height, width = semantic.shape
    row[:] = -1
    left = width
    for v in range(height - 1, -1, -1):
        if left == 0:
            break
        for u in range(width):
            if row[u] < 0 and (instance[v, u] != 0 or not is_free[semantic[v, u]]):
                row[u] = v
                left -= 1


@kernel
def mark_inside(
    xyz_m: NDArray[np.float32],
    corner: Floats,
    edges: Floats,
    middle: float,
    reach: float,
    inside: NDArray[np.bool_],
) -> None:
    """Write whether each point (N, 3) lies in the box that three edges (3, 3) span from a corner (3,), borders included.

    The box lies within `reach` of `middle` along x: a sweep has a hundred thousand points and a box holds a few of
    them.  Twin: naive_labels.points_in_box.
    """
    far = np.empty(3)
    for c in range(3):
        far[c] = edges[c, 0] * edges[c, 0] + edges[c, 1] * edges[c, 1] + edges[c, 2] * edges[c, 2]
    for n in range(len(xyz_m)):
        inside[n] = False
        if abs(xyz_m[n, 0] - middle) > reach:
            continue
        x, y, z = xyz_m[n, 0] - corner[0], xyz_m[n, 1] - corner[1], xyz_m[n, 2] - corner[2]
        within = True
        for c in range(3):
            along = edges[c, 0] * x + edges[c, 1] * y + edges[c, 2] * z
            within &= 0.0 <= along <= far[c]
        inside[n] = within
