"""Marks of rays that are sent on: what mirrors enough, and what stands behind panes.  Renderers floor, arrays only.

They are made tile by tile while its surfaces are at hand: looked up later, they took five times as long.
"""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from renderers.kernels.surface import (
    S_B,
    S_COAT,
    S_COAT_ROUGH,
    S_COLUMNS,
    S_F0,
    S_G,
    S_METAL,
    S_NX,
    S_NY,
    S_NZ,
    S_R,
    S_ROUGH,
    S_THROUGH,
)
from sim.kernels.extremes import greater
from sim.kernels.jit import fast_inner_kernel

F = np.float32
TRACED, FILLED = 1, 2
SHARED_ROUGHNESS = 0.08
LEAST_COAT, LEAST_METAL = 0.05, 0.3  # what has less of both is no mirror


@fast_inner_kernel
def mark(first, way, flat, least_share, mirror, pane, weight, rough, marks):
    """Mark which rays of the tile that begins at ray `first` mirror `least_share` of the light or more, or met panes.

    `mirror` becomes TRACED, or FILLED where neighbours share rays: varnish one of every square of 2 x 2, rough films
    those of every other square as on a chess board.  `weight` of their images is 0 so far, and `rough` (N,) the
    roughness of their coats.  Directions `way` and surfaces `flat` are flat, `marks` (64,) is room.
    """
    column = np.uintp(S_COLUMNS) * np.uintp(first)
    glossy = F(0)
    for k in range(64):
        coat = flat[column + np.uintp(S_COAT * 64 + k)]
        metal = flat[column + np.uintp(S_METAL * 64 + k)]
        glossy = greater(glossy, F(1) if (coat > F(LEAST_COAT)) | (metal > F(LEAST_METAL)) else F(0))
    if glossy > F(0):
        reflecting(first, way, flat, least_share, marks)
    else:
        for k in range(64):
            marks[k] = np.int32(0)
    for k in range(64):
        mirror[np.uintp(first) + np.uintp(k)] = marks[k]
    for k in range(64):
        pane[np.uintp(first) + np.uintp(k)] = flat[column + np.uintp(S_THROUGH * 64 + k)] > F(0)
    for k in range(64):
        rough[np.uintp(first) + np.uintp(k)] = flat[column + np.uintp(S_COAT_ROUGH * 64 + k)]
    for k in range(64):
        weight[np.uintp(first) + np.uintp(k)] = F(0)


@fast_inner_kernel
def reflecting(first, way, flat, least_share, marks):
    """Mark the rays of the tile that begins at ray `first`: TRACED, FILLED or 0."""
    column = np.uintp(S_COLUMNS) * np.uintp(first)
    for k in range(64):
        r = np.uintp(3) * (np.uintp(first) + np.uintp(k))
        x = way[r]
        y = way[r + np.uintp(1)]
        z = way[r + np.uintp(2)]
        nx = flat[column + np.uintp(S_NX * 64 + k)]
        ny = flat[column + np.uintp(S_NY * 64 + k)]
        nz = flat[column + np.uintp(S_NZ * 64 + k)]
        nv = -(nx * x + ny * y + nz * z) / math.sqrt(x * x + y * y + z * z)
        miss = F(1) - min(max(nv, F(0)), F(1))
        miss5 = miss * miss
        miss5 = miss5 * miss5 * miss
        metal = flat[column + np.uintp(S_METAL * 64 + k)]
        f0 = flat[column + np.uintp(S_F0 * 64 + k)]
        coat = flat[column + np.uintp(S_COAT * 64 + k)]
        coat_rough = flat[column + np.uintp(S_COAT_ROUGH * 64 + k)]
        bare = (metal > F(LEAST_METAL)) & (flat[column + np.uintp(S_ROUGH * 64 + k)] < F(0.25))
        share = coat * (f0 + (F(1) - coat_rough * F(0.8) - f0) * miss5)
        share = F(1) if bare else share
        # What a white surface scatters drowns the image in its varnish.
        own = (
            F(0.2126) * flat[column + np.uintp(S_R * 64 + k)]
            + F(0.7152) * flat[column + np.uintp(S_G * 64 + k)]
            + F(0.0722) * flat[column + np.uintp(S_B * 64 + k)]
        ) * (F(1) - metal)
        shows = ((coat > F(LEAST_COAT)) | bare) & (share > least_share * (F(1) + F(5) * own))
        solid = flat[column + np.uintp(S_THROUGH * 64 + k)] <= F(0)
        painted = (f0 > F(0.03)) & (not bare) & solid & (share < F(0.4))
        odd = (np.int32(k) & np.int32(9)) != np.int32(0)  # column or row of the tile
        black = ((np.int32(k) >> np.int32(1)) ^ (np.int32(k) >> np.int32(4))) & np.int32(1) != np.int32(0)
        shared = (painted & odd) | ((coat_rough > F(SHARED_ROUGHNESS)) & (odd | black))
        kind = np.int32(FILLED) if shared else np.int32(TRACED)
        marks[k] = kind if shows else np.int32(0)
