"""A coarse picture of a frame's scene as the sun sees it: what near things that light each other get of it.

Renderers floor.
"""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.near_light import FREE
from renderers.scene import CASTS_SHADOW
from renderers.tracer import PreparedScene

Floats = NDArray[np.float32]

REACH_M = (36.0, 160.0)  # of the maps about a place before the camera
CELLS = 48  # aside; upwards fewer where the sun stands low and sees the ground flatly
AHEAD = 0.6  # of its reach that a map lies before the camera
ABOVE_M, BELOW_M = 15.0, 6.0  # what of houses and slopes it holds
FURTHEST_M = 400.0  # what stands farther towards the sun throws no shadow here


@dataclass(frozen=True, slots=True)
class SunMap:
    """How far towards the sun the first thing lies, in two grids of parallel rays; metres from the frame's origin."""

    depth: Floats  # (2, rows, columns)
    corner: Floats  # (2, 2) aside and up
    cell: Floats  # (2, 2)
    axes: Floats  # (3, 3) towards the sun, aside, up


DARK = SunMap(  # by night
    np.zeros((2, 0, 0), np.float32),
    np.zeros((2, 2), np.float32),
    np.ones((2, 2), np.float32),
    np.eye(3, dtype=np.float32),
)


def sun_map(
    prepared: PreparedScene, sun: NDArray[np.float64], ahead: NDArray[np.float64], threads: int
) -> SunMap:
    """The maps of a frame for a sun (3,) above the horizon, about places `ahead` (3,) of the origin, at most 1 long."""
    side = np.cross([0.0, 0.0, 1.0] if sun[2] < 0.99 else [0.0, 1.0, 0.0], sun)
    side /= np.linalg.norm(side)
    up = np.cross(sun, side)
    flat = float(np.hypot(sun[0], sun[1]))  # cosine of its elevation
    extent = [[2 * reach, 2 * reach * sun[2] + (ABOVE_M + BELOW_M) * flat] for reach in REACH_M]
    columns = CELLS
    # A low sun sees the ground flatly: its cells are half as high as wide, in whole packets of 8 x 8.
    rows = min(max(-(-int(2 * columns * extent[0][1] / extent[0][0]) // 8) * 8, 16), columns)
    cell = np.array([[a / columns, b / rows] for a, b in extent])
    corner = np.empty((2, 2))
    start, depth = [], []
    for level, reach in enumerate(REACH_M):
        middle = AHEAD * reach * ahead
        lowest = -reach * sun[2] - BELOW_M * flat
        corner[level] = middle @ side - reach, middle @ up + lowest
        u = corner[level, 0] + (np.arange(columns) + 0.5) * cell[level, 0]
        v = corner[level, 1] + (np.arange(rows) + 0.5) * cell[level, 1]
        down, across = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
        i, j = (
            np.moveaxis(k.reshape(rows // 8, 8, columns // 8, 8), 1, 2).reshape(-1) for k in (down, across)
        )
        base = float(middle @ sun) + FURTHEST_M
        start.append(u[j, None] * side + v[i, None] * up + base * sun)
        depth.append((i, j, base))
    begin = np.concatenate(start).astype(np.float32)
    direction = np.broadcast_to((-sun).astype(np.float32), begin.shape)
    hits = prepared.trace(np.ascontiguousarray(direction), begin, mask=CASTS_SHADOW, threads=threads)
    maps = np.empty((2, rows, columns), np.float32)
    for level, (i, j, base) in enumerate(depth):
        own = slice(level * rows * columns, (level + 1) * rows * columns)
        maps[level, i, j] = np.where(hits.placement[own] >= 0, base - hits.range_m[own], -FREE)
    return SunMap(
        maps, corner.astype(np.float32), cell.astype(np.float32), np.stack([sun, side, up]).astype(np.float32)
    )
