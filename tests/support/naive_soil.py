"""Twin of renderers.kernels.soil: one hit at a time."""

import itertools
import math

import numpy as np

from renderers.mesh import THICKNESSES
from tests.support import naive_world


def spots(x: float, y: float, z: float) -> float:
    """Noise of a lattice, -1 to 1."""
    i, j, k = math.floor(x), math.floor(y), math.floor(z)
    u, v, w = (t * t * (3 - 2 * t) for t in (x - i, y - j, z - k))
    total = 0.0
    for a, b, c in itertools.product((0, 1), repeat=3):
        share = (u if a else 1 - u) * (v if b else 1 - v) * (w if c else 1 - w)
        total += share * (naive_world.hash_u32(i + a, j + b, k + c) >> 8)
    return total / 2**23 - 1.0


def level(dirt: np.ndarray, corners: np.ndarray, u: float, v: float) -> float:
    """How thick dirt lies at a hit, in levels, from `dirt` (3,) and `corners` (9,) of its triangle."""
    share = np.array([1 - u - v, u, v])
    even = float(share @ dirt) / THICKNESSES
    x, y, z = share @ corners.reshape(3, 3) + 64.0
    grain = spots(x / 0.032, y / 0.032, z / 0.032 * 0.35)
    grain += 0.4 * spots(x / 0.009, y / 0.009, z / 0.009 * 0.35)
    return min(max(even + 0.75 * grain * min(even, 1.0), 0.0), 4.0)
