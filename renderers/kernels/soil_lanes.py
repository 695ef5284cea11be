"""What dirt between two of its levels does to the lanes of a tile.  Renderers floor, arrays only."""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import numpy as np

from renderers.kernels.soil import LEVELS, row_at
from renderers.kernels.surface import (
    M_B,
    M_COAT,
    M_G,
    M_METAL,
    M_POROUS,
    M_R,
    M_RETRO,
    M_ROUGH,
    M_THROUGH,
    M_TINT,
)
from renderers.kernels.weathering import BLUE, COAT, GREEN, METAL, POROUS, RED, RETRO, ROUGH, THROUGH
from sim.kernels.jit import fast_inner_kernel

F = np.float32


@fast_inner_kernel
def soften(base, below, kind, level, materials, tint, p, k, lane):
    """Take the row on the other side of a level of dirt into account by how near that is: dirt has no steps."""
    lower = int(level)
    share = level - F(lower)
    other = row_at(base, below, lower)
    if other == kind:
        other = row_at(base, below, min(lower + 1, int(LEVELS)))
    else:
        share = F(1) - share
    red = materials[other, M_R]
    green = materials[other, M_G]
    blue = materials[other, M_B]
    row = int(materials[other, M_TINT])
    if row >= 0:
        red *= tint[p, row, 0]
        green *= tint[p, row, 1]
        blue *= tint[p, row, 2]
    lane[RED + k] += share * (red - lane[RED + k])
    lane[GREEN + k] += share * (green - lane[GREEN + k])
    lane[BLUE + k] += share * (blue - lane[BLUE + k])
    lane[ROUGH + k] += share * (materials[other, M_ROUGH] - lane[ROUGH + k])
    lane[METAL + k] += share * (materials[other, M_METAL] - lane[METAL + k])
    lane[COAT + k] += share * (materials[other, M_COAT] - lane[COAT + k])
    lane[RETRO + k] += share * (materials[other, M_RETRO] - lane[RETRO + k])
    lane[POROUS + k] += share * (materials[other, M_POROUS] - lane[POROUS + k])
    through = materials[other, M_THROUGH]
    through = through if materials[other, M_COAT] > F(0.5) else -through
    lane[THROUGH + k] += share * (through - lane[THROUGH + k])
