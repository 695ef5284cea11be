"""Means of light over cells of one surface, near and far.  Renderers floor, arrays only.

A cell's ray looks one way only; over the cells of a surface there are all ways.  How far light is the same is told by
what rays met: no more than a share of its harmonic mean distance (Ward and Heckbert 1992).  All numbers of a strip of
cells lie in one array, row by row, and are worked on in loops of constant length: those become vectors.
"""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import numpy as np

from renderers.kernels.occlusion import (
    C_DEPTH,
    C_LEAF,
    C_NX,
    C_NY,
    C_NZ,
    C_X,
    C_Y,
    C_Z,
    L_CLOSE,
    L_COLUMNS,
    L_WEIGHT,
    MARGIN,
)
from sim.kernels.jit import fast_inner_kernel, fast_kernel

F = np.float32
ALIKE = 0.85  # cosine between normals of one surface
APART_M, APART = 0.3, 0.02  # that a cell may lie off another's plane, and times its distance from the camera
CROWN_M = 2.0  # within which leaves of one crown get about the same light
FARTHEST = 9  # cells, of those that thin things ask
ENOUGH = 20  # of them
LANES = 64  # cells of a strip
ASIDE = 12  # cells, at most, that means reach to the sides
STRIDE = LANES + 2 * ASIDE  # no more than LANES + MARGIN - ASIDE: test_near_light holds it
# Rows of a strip: its cells' normal, place, off their plane, leaf, one by the square of how far they look; sums.
(NX, NY, NZ, PX, PY, PZ, OFF, LEAF, NEAREST) = range(0, 9 * LANES, LANES)
(ALL_OPEN, ALL_SKY, ALL_R, ALL_G, ALL_B, ALL_CLOSE, ALL) = range(9 * LANES, 16 * LANES, LANES)
ROWS = 16
# Of the cells above, below and aside: normal, place, leaf, light.
(AX, AY, AZ, QX, QY, QZ, CROWN, OPEN, SKY, RED, GREEN, BLUE, CLOSE, WEIGHT) = range(0, 14 * STRIDE, STRIDE)
LOOK_ROWS = 14


@fast_kernel
def average(start, stop, first, last, step, least, reach, cells, light, smooth):
    """Means (L_COLUMNS, h, w) of `light` over cells of one surface, of rows [start, stop) of the small image.

    They lie `first` to `last` by `step` aside and below; where fewer than `least` cells were found, rings of cells
    farther out are asked until there are ENOUGH.  With `reach` > 0 cells count the less the farther they are, up to
    `reach` times the harmonic mean distance of what a cell's rays met.
    """
    height = cells.shape[1]
    lane = np.empty(ROWS * LANES, np.float32)
    look = np.empty(LOOK_ROWS * STRIDE, np.float32)
    for i in range(start, stop):
        for left in range(MARGIN, cells.shape[2] - MARGIN, LANES):
            if not _own(cells, light, reach, i, left, lane):
                continue
            for y in range(i + first, i + last + 1, step):
                if y < 0 or y >= height:
                    continue
                for c in range(C_DEPTH):
                    _take(cells[c, y, left - ASIDE : left + LANES + ASIDE], AX + c * STRIDE, look)
                _take(cells[C_LEAF, y, left - ASIDE : left + LANES + ASIDE], CROWN, look)
                for c in range(L_COLUMNS):
                    _take(light[c, y, left - ASIDE : left + LANES + ASIDE], OPEN + c * STRIDE, look)
                for aside in range(ASIDE + first, ASIDE + last + 1, step):
                    _add(look[aside:], lane)
            if least > F(0):
                for k in range(LANES):
                    if (
                        lane[ALL + k] < least
                        and lane[LEAF + k] <= F(0)
                        and light[L_WEIGHT, i, left + k] > F(0)
                    ):
                        _rings(cells, light, i, left + k, last + 1, lane, k)
            for c in range(L_WEIGHT):
                _hand_over(
                    lane[ALL_OPEN + c * LANES :], lane, light[c, i, left:], smooth[c, i, left : left + LANES]
                )
            old, new = light[L_WEIGHT, i, left:], smooth[L_WEIGHT, i, left:]
            for k in range(LANES):
                new[k] = lane[ALL + k] if lane[ALL + k] > F(0) else old[k]


@fast_inner_kernel
def _hand_over(total, lane, old, new):
    """Means of a strip where any cell was found, what was there before elsewhere."""
    for k in range(LANES):
        mean = total[k] / max(lane[ALL + k], F(1e-6))
        new[k] = mean if lane[ALL + k] > F(0) else old[k]


@fast_inner_kernel
def _own(cells, light, reach, i, left, lane):
    """Fill a strip's own rows and empty its sums; whether any cell of it is alive."""
    some, first = F(0), np.uintp(left)
    for k in range(LANES):
        some = max(some, light[L_WEIGHT, i, first + np.uintp(k)])
    if some <= F(0):
        return False
    closer = F(1) / reach if reach > F(0) else F(0)
    for c in range(C_DEPTH):
        for k in range(LANES):
            lane[np.uintp(NX + c * LANES) + np.uintp(k)] = cells[c, i, first + np.uintp(k)]
    for k in range(LANES):
        lane[OFF + k] = F(APART_M) + F(APART) * cells[C_DEPTH, i, first + np.uintp(k)]
    for k in range(LANES):
        lane[LEAF + k] = cells[C_LEAF, i, first + np.uintp(k)]
    for k in range(LANES):
        near = light[L_CLOSE, i, first + np.uintp(k)] * closer
        lane[NEAREST + k] = near * near
    for k in range(ALL_OPEN, ALL + LANES):
        lane[k] = F(0)
    return True


@fast_inner_kernel
def _take(strip, row, look):
    """Copy a strip of a row of cells."""
    base = np.uintp(row)  # signed, it might count from the end: stores become scatters
    for k in range(STRIDE):
        look[base + np.uintp(k)] = strip[k]


@fast_inner_kernel
def _add(other, lane):
    """Add the light of `other` cells, which begin so far aside, where they lie on the strip's surfaces."""
    for k in range(LANES):
        nx = lane[NX + k]
        ny = lane[NY + k]
        nz = lane[NZ + k]
        dx = other[QX + k] - lane[PX + k]
        dy = other[QY + k] - lane[PY + k]
        dz = other[QZ + k] - lane[PZ + k]
        alike = nx * other[AX + k] + ny * other[AY + k] + nz * other[AZ + k]
        off = abs(nx * dx + ny * dy + nz * dz)
        d2 = dx * dx + dy * dy + dz * dz
        w = other[WEIGHT + k] * max(F(1) - d2 * lane[NEAREST + k], F(0))
        plane = w if (alike >= F(ALIKE)) & (off <= lane[OFF + k]) else F(0)
        crown = w * other[CROWN + k] if d2 < F(CROWN_M * CROWN_M) else F(0)
        w = plane + (crown - plane) * lane[LEAF + k]
        lane[ALL_OPEN + k] += w * other[OPEN + k]
        lane[ALL_SKY + k] += w * other[SKY + k]
        lane[ALL_R + k] += w * other[RED + k]
        lane[ALL_G + k] += w * other[GREEN + k]
        lane[ALL_B + k] += w * other[BLUE + k]
        lane[ALL_CLOSE + k] += w * other[CLOSE + k]
        lane[ALL + k] += w


@fast_inner_kernel
def _rings(cells, light, i, j, ring, lane, k):
    """Add cells in rings about (i, j), lane `k`, from `ring` on until there are ENOUGH of its surface."""
    height = cells.shape[1]
    right = cells.shape[2]
    nx = lane[NX + k]
    ny = lane[NY + k]
    nz = lane[NZ + k]
    while lane[ALL + k] < F(ENOUGH) and ring <= FARTHEST:
        for y in range(max(i - ring, 0), min(i + ring + 1, height)):
            for x in range(j - ring, j + ring + 1, 1 if y == i - ring or y == i + ring else 2 * ring):
                if x < 0 or x >= right or light[L_WEIGHT, y, x] <= F(0):
                    continue
                dx = cells[C_X, y, x] - lane[PX + k]
                dy = cells[C_Y, y, x] - lane[PY + k]
                dz = cells[C_Z, y, x] - lane[PZ + k]
                alike = nx * cells[C_NX, y, x] + ny * cells[C_NY, y, x] + nz * cells[C_NZ, y, x]
                if alike < F(ALIKE) or abs(nx * dx + ny * dy + nz * dz) > lane[OFF + k]:
                    continue
                for c in range(L_WEIGHT):
                    lane[ALL_OPEN + c * LANES + k] += light[c, y, x]
                lane[ALL + k] += F(1)
        ring += 1
