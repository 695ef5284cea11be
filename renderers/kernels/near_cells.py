"""Means of light over cells of one surface, near and far.  Renderers floor, arrays only.

A cell's ray looks one way only; over the cells of a surface there are all ways.  How far light is the same is told by
what rays met: no more than a share of its harmonic mean distance (Ward and Heckbert 1992).  All numbers of a strip of
cells lie in one array, row by row.  Sixteen of its cells are worked on together: their sums stay in registers.
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
    L_B,
    L_CLOSE,
    L_G,
    L_OPEN,
    L_R,
    L_SKY,
    L_WEIGHT,
    MARGIN,
)
from sim.kernels.jit import fast_inner_kernel, fast_kernel
from sim.kernels.lines import on_lines
from sim.kernels.loose_sixteen import COUNT, any_above, load, store, where

F = np.float32
ALIKE = 0.85  # cosine between normals of one surface
APART_M, APART = 0.3, 0.02  # that a cell may lie off another's plane, and times its distance from the camera
CROWN_M = 2.0  # within which leaves of one crown get about the same light
FARTHEST = 9  # cells, of those that thin things ask
ENOUGH = 20  # of them
LANES = 64  # cells of a strip
ASIDE = 12  # cells, at most, that means reach to the sides: no more than MARGIN
# Rows of a strip: its cells' normal, place, off their plane, leaf, one by the square of how far they look; sums.
(NX, NY, NZ, PX, PY, PZ, OFF, LEAF, NEAREST) = range(0, 9 * LANES, LANES)
(ALL_OPEN, ALL_SKY, ALL_R, ALL_G, ALL_B, ALL_CLOSE, ALL) = range(9 * LANES, 16 * LANES, LANES)
ROWS = 16


@fast_kernel
def average(start, stop, first, last, step, least, reach, cells, light, smooth):
    """Means (L_COLUMNS, h, w) of `light` over cells of one surface, of rows [start, stop) of the small image.

    They lie `first` to `last` by `step` aside and below; where fewer than `least` cells were found, rings of cells
    farther out are asked until there are ENOUGH.  With `reach` > 0 cells count the less the farther they are, up to
    `reach` times the harmonic mean distance of what a cell's rays met.
    """
    height = cells.shape[1]
    places, lights = cells.reshape(-1), light.reshape(-1)
    row, plane = np.uintp(cells.shape[2]), np.uintp(height * cells.shape[2])
    lane = on_lines(ROWS * LANES)
    for i in range(start, stop):
        for left in range(MARGIN, cells.shape[2] - MARGIN, LANES):
            at = np.uintp(i) * row + np.uintp(left)
            if not _own(places, lights, plane, at, reach, lane):
                continue
            for k in range(0, LANES, COUNT):
                _add(places, lights, plane, row, height, i, at, first, last, step, lane, np.uintp(k))
            if least > F(0):
                for k in range(LANES):
                    if (
                        lane[ALL + k] < least
                        and lane[LEAF + k] <= F(0)
                        and light[L_WEIGHT, i, left + k] > F(0)
                    ):
                        _rings(places, lights, plane, row, height, i, left + k, last + 1, lane, np.uintp(k))
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
def _own(places, lights, plane, at, reach, lane):
    """Fill a strip's own rows; whether any cell of it is alive.  It begins `at` so far in a plane."""
    weights = at + np.uintp(L_WEIGHT) * plane
    some = load(lights, weights)
    for k in range(COUNT, LANES, COUNT):
        some = max(some, load(lights, weights + np.uintp(k)))
    if not any_above(some, F(0)):
        return False
    closer = F(1) / reach if reach > F(0) else F(0)
    for k in range(0, LANES, COUNT):
        here, to = at + np.uintp(k), np.uintp(k)
        for c in range(C_DEPTH):
            store(lane, to + np.uintp(NX + c * LANES), load(places, here + np.uintp(c) * plane))
        store(lane, to + np.uintp(LEAF), load(places, here + np.uintp(C_LEAF) * plane))
    for k in range(LANES):
        lane[OFF + k] = F(APART_M) + F(APART) * places[at + np.uintp(C_DEPTH) * plane + np.uintp(k)]
    for k in range(LANES):
        near = lights[at + np.uintp(L_CLOSE) * plane + np.uintp(k)] * closer
        lane[NEAREST + k] = near * near
    return True


@fast_inner_kernel
def _add(places, lights, plane, row, height, i, at, first, last, step, lane, k):
    """Sum up the light of cells about sixteen of a strip, from its cell `k` on, where they lie on these's surfaces."""
    nx, ny, nz = load(lane, np.uintp(NX) + k), load(lane, np.uintp(NY) + k), load(lane, np.uintp(NZ) + k)
    px, py, pz = load(lane, np.uintp(PX) + k), load(lane, np.uintp(PY) + k), load(lane, np.uintp(PZ) + k)
    apart, leaf = load(lane, np.uintp(OFF) + k), load(lane, np.uintp(LEAF) + k)
    nearest = load(lane, np.uintp(NEAREST) + k)
    seen = sky = red = green = blue = close = count = nearest * F(0)
    for y in range(max(first, -i), min(last, height - 1 - i) + 1):
        if (y - first) % step != 0:
            continue
        for x in range(first, last + 1, step):
            o = np.uintp(np.int64(at + k) + y * np.int64(row) + x)
            dx = load(places, o + np.uintp(C_X) * plane) - px
            dy = load(places, o + np.uintp(C_Y) * plane) - py
            dz = load(places, o + np.uintp(C_Z) * plane) - pz
            cosine = (
                nx * load(places, o + np.uintp(C_NX) * plane)
                + ny * load(places, o + np.uintp(C_NY) * plane)
                + nz * load(places, o + np.uintp(C_NZ) * plane)
            )
            off = abs(nx * dx + ny * dy + nz * dz)
            d2 = dx * dx + dy * dy + dz * dz
            w = load(lights, o + np.uintp(L_WEIGHT) * plane) * max(F(1) - d2 * nearest, F(0))
            flat = where(F(ALIKE), cosine, where(off, apart, w, F(0)), F(0))
            crown = where(F(CROWN_M * CROWN_M), d2, F(0), w * load(places, o + np.uintp(C_LEAF) * plane))
            w = flat + (crown - flat) * leaf
            seen = seen + w * load(lights, o + np.uintp(L_OPEN) * plane)
            sky = sky + w * load(lights, o + np.uintp(L_SKY) * plane)
            red = red + w * load(lights, o + np.uintp(L_R) * plane)
            green = green + w * load(lights, o + np.uintp(L_G) * plane)
            blue = blue + w * load(lights, o + np.uintp(L_B) * plane)
            close = close + w * load(lights, o + np.uintp(L_CLOSE) * plane)
            count = count + w
    store(lane, np.uintp(ALL_OPEN) + k, seen)
    store(lane, np.uintp(ALL_SKY) + k, sky)
    store(lane, np.uintp(ALL_R) + k, red)
    store(lane, np.uintp(ALL_G) + k, green)
    store(lane, np.uintp(ALL_B) + k, blue)
    store(lane, np.uintp(ALL_CLOSE) + k, close)
    store(lane, np.uintp(ALL) + k, count)


@fast_inner_kernel
def _rings(places, lights, plane, row, height, i, j, ring, lane, k):
    """Add cells in rings about (i, j), lane `k`, from `ring` on until there are ENOUGH of its surface."""
    nx, ny, nz = lane[np.uintp(NX) + k], lane[np.uintp(NY) + k], lane[np.uintp(NZ) + k]
    px, py, pz = lane[np.uintp(PX) + k], lane[np.uintp(PY) + k], lane[np.uintp(PZ) + k]
    apart = lane[np.uintp(OFF) + k]
    while lane[np.uintp(ALL) + k] < F(ENOUGH) and ring <= FARTHEST:
        for y in range(max(i - ring, 0), min(i + ring + 1, height)):
            across = np.uintp(y) * row
            for x in range(j - ring, j + ring + 1, 1 if y == i - ring or y == i + ring else 2 * ring):
                o = across + np.uintp(x)  # beside the image there are MARGIN columns of nothing
                dx, dy, dz = (
                    places[o + np.uintp(C_X) * plane] - px,
                    places[o + np.uintp(C_Y) * plane] - py,
                    places[o + np.uintp(C_Z) * plane] - pz,
                )
                alike = (
                    nx * places[o + np.uintp(C_NX) * plane]
                    + ny * places[o + np.uintp(C_NY) * plane]
                    + nz * places[o + np.uintp(C_NZ) * plane]
                )
                off = abs(nx * dx + ny * dy + nz * dz)
                # One question: which of the three says no cannot be foreseen.
                if (lights[o + np.uintp(L_WEIGHT) * plane] > F(0)) & (alike >= F(ALIKE)) & (off <= apart):
                    for c in range(L_WEIGHT):
                        lane[np.uintp(ALL_OPEN + c * LANES) + k] += lights[o + np.uintp(c) * plane]
                    lane[np.uintp(ALL) + k] += F(1)
        ring += 1
