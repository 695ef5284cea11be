"""Dirt where a ray meets it: how thick it lies, and which rows of materials are that.  Renderers floor, arrays only.

Triangles under dirt are in the row of its first level and know how thick it lies at their corners.  Between these it
is even but for grains: spots of three centimetres, drawn out downwards by the water that carried them, and finer ones.
"""

import numpy as np
from numpy.typing import NDArray

from sim.kernels.jit import fast_inner_kernel
from sim.kernels.random import hash_u32

LEVELS = np.float32(4.0)  # of materials.soiled.HIDDEN
PER_LEVEL = np.float32(1.0 / 51.0)  # mesh.THICKNESSES
GRAIN = np.float32(0.75)  # levels, by which spots are thicker or thinner at most
FINE = np.float32(0.4)  # of that, of the finer ones
PER_M, FINE_PER_M = np.float32(1 / 0.032), np.float32(1 / 0.009)
DRAWN_OUT = np.float32(0.35)
AWAY = np.float32(64.0)  # metres, so that places are above 0


@fast_inner_kernel
def _spots(x: np.float32, y: np.float32, z: np.float32) -> np.float32:
    """Noise of a lattice, -1 to 1, smooth between its points."""
    i, j, k = int(x), int(y), int(z)
    u, v, w = x - np.float32(i), y - np.float32(j), z - np.float32(k)
    three, two = np.float32(3.0), np.float32(2.0)
    u, v, w = u * u * (three - two * u), v * v * (three - two * v), w * w * (three - two * w)
    total = np.float32(0.0)
    for corner in range(8):
        a, b, c = corner & 1, (corner >> 1) & 1, corner >> 2
        share = (
            (u if a == 1 else np.float32(1.0) - u)
            * (v if b == 1 else np.float32(1.0) - v)
            * (w if c == 1 else np.float32(1.0) - w)
        )
        total += share * np.float32(hash_u32(i + a, j + b, k + c) >> np.uint32(8))
    return total * np.float32(2.0 / 16777216.0) - np.float32(1.0)


@fast_inner_kernel
def level_at(
    dirt: NDArray[np.uint8],  # (T, 3)
    corners: NDArray[np.float32],  # (T, 9)
    triangle: int,
    u: np.float32,  # of the hit
    v: np.float32,
) -> np.float32:
    """How thick dirt lies at a hit, in levels: 0 to LEVELS."""
    t = triangle
    one = np.float32(1.0)
    first = one - u - v
    level = PER_LEVEL * (
        first * np.float32(dirt[t, 0]) + u * np.float32(dirt[t, 1]) + v * np.float32(dirt[t, 2])
    )
    x = AWAY + first * corners[t, 0] + u * corners[t, 3] + v * corners[t, 6]
    y = AWAY + first * corners[t, 1] + u * corners[t, 4] + v * corners[t, 7]
    z = AWAY + first * corners[t, 2] + u * corners[t, 5] + v * corners[t, 8]
    grain = _spots(x * PER_M, y * PER_M, z * (PER_M * DRAWN_OUT))
    grain += FINE * _spots(x * FINE_PER_M, y * FINE_PER_M, z * (FINE_PER_M * DRAWN_OUT))
    # Where there is next to none, spots are next to none.
    level += GRAIN * grain * min(level, one)
    return min(max(level, np.float32(0.0)), LEVELS)


@fast_inner_kernel
def is_dirty(dirt: NDArray[np.uint8], triangle: int, below: int) -> bool:
    """Whether a triangle's row follows from `level_at`; `below` is the clean one of its row, -1 without."""
    return below >= 0 and (dirt[triangle, 0] | dirt[triangle, 1] | dirt[triangle, 2]) != 0


@fast_inner_kernel
def row_at(kind: int, below: int, level: int) -> int:
    """The row of a whole level: `below` of none, `kind` of the first one."""
    return below if level <= 0 else kind + level - 1
