"""Penumbrae of the sun: what pixels see of it, a sixteenth each, as means over what four by four of a surface see.

Renderers floor, arrays only.
"""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import numpy as np

from renderers.kernels.surface import S_COLUMNS, S_NX, S_NY, S_NZ
from sim.kernels.jit import fast_inner_kernel, fast_kernel
from sim.kernels.lines import on_lines
from sim.kernels.sixteen import EIGHT, carry

F = np.float32
LANES = 64
# Rows of a tile whose penumbra is softened: place, normal, how far off its plane others may lie, sums and the last one
# that counted; of one pixel of the square about each: place, whether it sees the sun, whether that above it does, and
# whether none of the four about it is as it is.
(PX, PY, PZ, NX, NY, NZ, NEAR, TOTAL, COUNTED, STEPS, LONE, BEFORE) = range(0, 12 * LANES, LANES)
(OX, OY, OZ, HARD, ABOVE, ALONE) = range(12 * LANES, 18 * LANES, LANES)
PENUMBRA = 18
GRID_ROW = 16  # of the pixels of a tile, three more to the left and above, two to the right and below
GRID_SIDE = 13
GRID = GRID_SIDE * GRID_ROW


@fast_kernel
def soften(
    start, stop, tiles, tiles_across, width, height, direction, range_m, triangle, surface, hard, soft
):
    """Penumbra of tiles [start, stop) of a list: the mean over 4 x 4 pixels, the whole sun, of one surface."""
    lane = on_lines(PENUMBRA * LANES)
    grid, alone, named = np.zeros(4 * GRID, F), np.zeros(GRID, F), np.zeros(GRID, np.int32)
    own, other = np.empty(LANES, np.int32), np.empty(LANES, np.int32)
    columns = surface.reshape(-1)
    for q in range(start, stop):
        tile = tiles[q]
        if tile < 0:
            continue
        _square(tile, tiles_across, width, height, direction, range_m, triangle, hard, grid, named)
        _find_alone(grid, alone)
        for row in range(0, LANES, EIGHT):
            middle = np.uintp(3 * GRID_ROW + 3 + 2 * row)
            carry(own, np.uintp(row), named, middle)
            for c in range(3):
                carry(lane, np.uintp(PX + c * LANES + row), grid, np.uintp((1 + c) * GRID) + middle)
        at = np.uintp(S_COLUMNS * LANES) * np.uintp(tile)
        for k in range(LANES):
            lane[NX + k] = columns[at + np.uintp(S_NX * LANES + k)]
            lane[NY + k] = columns[at + np.uintp(S_NY * LANES + k)]
            lane[NZ + k] = columns[at + np.uintp(S_NZ * LANES + k)]
            lane[NEAR + k] = F(0.03) + F(0.004) * range_m[np.uintp(LANES) * np.uintp(tile) + np.uintp(k)]
            lane[TOTAL + k] = lane[COUNTED + k] = lane[STEPS + k] = lane[LONE + k] = F(0)
        for j in range(4):
            for k in range(LANES):
                lane[BEFORE + k] = F(-1)
            for i in range(4):
                for row in range(0, LANES, EIGHT):
                    to, there = np.uintp(row), np.uintp((j + 1) * GRID_ROW + i + 1 + 2 * row)
                    carry(other, to, named, there)
                    carry(lane, np.uintp(HARD) + to, grid, there)
                    carry(lane, np.uintp(ALONE) + to, alone, there)
                    for c in range(3):
                        carry(lane, np.uintp(OX + c * LANES) + to, grid, np.uintp((1 + c) * GRID) + there)
                    # The pixel above: row by row alone would take a level edge for none.
                    above = there - np.uintp(GRID_ROW) if j > 0 else there
                    carry(lane, np.uintp(ABOVE) + to, grid, above)
                _count(lane, own, other)
        for k in range(LANES):
            # A penumbra is stippled: pixels alone, or many steps.  The edge of a hard shadow has neither.
            share = min(max((lane[STEPS + k] - F(3)) * F(0.34), lane[LONE + k]), F(1))
            mean = lane[TOTAL + k] / max(lane[COUNTED + k], F(1))
            mine = hard[np.uintp(LANES) * np.uintp(tile) + np.uintp(k)]
            soft[np.uintp(LANES) * np.uintp(q) + np.uintp(k)] = mine + (mean - mine) * share


@fast_inner_kernel
def _square(tile, tiles_across, width, height, direction, range_m, triangle, hard, grid, named):
    """Fill a grid with the pixels of a tile and those about it: whether they see the sun, their places, triangles."""
    top, left = (tile // tiles_across) * 8 - 3, (tile % tiles_across) * 8 - 3
    way = direction.reshape(-1)
    for row in range(GRID_SIDE):
        y = min(max(top + row, 0), height - 1)  # beyond the picture nothing is met, nor is there a step
        for column in range(GRID_SIDE):
            x = min(max(left + column, 0), width - 1)
            n = np.uintp(((y >> 3) * tiles_across + (x >> 3)) * LANES + ((y & 7) << 3) + (x & 7))
            to = np.uintp(row * GRID_ROW + column)
            met = triangle[n] if y == top + row and x == left + column else np.int32(-1)
            reach = range_m[n] if met >= 0 else F(0)
            named[to] = met
            grid[to] = hard[n]
            for c in range(3):
                grid[np.uintp((1 + c) * GRID) + to] = way[np.uintp(3) * n + np.uintp(c)] * reach


@fast_inner_kernel
def _find_alone(grid, alone):
    """Mark pixels of the square that see the sun and the four about them do not, or the other way round."""
    for row in range(1, GRID_SIDE - 1):
        for column in range(1, GRID_SIDE - 1):
            at = np.uintp(row * GRID_ROW + column)
            mine = grid[at]
            lone = (mine != grid[at - np.uintp(1)]) & (mine != grid[at + np.uintp(1)])
            lone &= (mine != grid[at - np.uintp(GRID_ROW)]) & (mine != grid[at + np.uintp(GRID_ROW)])
            alone[at] = F(1) if lone else F(0)


@fast_inner_kernel
def _count(lane, own, other):
    """Add one pixel of the square about each of a tile's where both are of one surface."""
    for k in range(LANES):
        away = (
            (lane[OX + k] - lane[PX + k]) * lane[NX + k]
            + (lane[OY + k] - lane[PY + k]) * lane[NY + k]
            + (lane[OZ + k] - lane[PZ + k]) * lane[NZ + k]
        )
        seen, before = lane[HARD + k], lane[BEFORE + k]
        alike = (other[k] >= 0) & ((other[k] == own[k]) | (abs(away) <= lane[NEAR + k]))
        steps = F(1) if (before >= F(0)) & (before != seen) else F(0)
        steps += F(1) if lane[ABOVE + k] != seen else F(0)
        lane[TOTAL + k] += seen if alike else F(0)
        lane[COUNTED + k] += F(1) if alike else F(0)
        lane[STEPS + k] += steps if alike else F(0)
        lane[LONE + k] += lane[ALONE + k] if alike else F(0)
        lane[BEFORE + k] = seen if alike else before
