"""Drops and flakes between a camera and its scene, drawn as streaks.  Renderers floor, arrays only."""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from sim.kernels.jit import fast_inner_kernel, fast_kernel
from sim.kernels.loose_sixteen import PIXELS, load, load_colours, store_colours, thrice, where
from sim.kernels.prefetch import prefetch

F = np.float32
U = np.uintp
MOST_COLUMNS = 1 << 20  # more than a picture has, and what 32 bits hold
MANY = (
    2000  # streaks: they pass through most of a picture's memory, but from row to row, and wait for all of it
)
MOST_HIDDEN = 0.97  # on the axis
NUMBERS = 16  # of 32 bits that memory hands over at once
ACROSS = np.array([k // 3 for k in range(16)], np.float32)  # which pixel each colour is of
# Columns of a streak: ends in pixels, half width in pixels, mean opacity across it, depth, colour.
(P_U0, P_V0, P_U1, P_V1, P_HALF, P_ALPHA, P_DEPTH, P_R, P_G, P_B, P_COLUMNS) = range(11)


@fast_inner_kernel
def after(x):
    """The first column from 0 on that is not below x: what the library has for it is a call."""
    x = min(max(x, F(0)), F(MOST_COLUMNS))
    whole = np.int32(x)
    return np.int64(whole) + (1 if F(whole) < x else 0)


@fast_kernel
def draw(start, stop, streaks, depth_m, image):
    """Lay streaks over rows [start, stop) of a radiance image where they stand before what is there.

    I (1 - a) + a S (Garg and Nayar 2007).  A drop hides what lies a share rho of its radius beside its path for as long
    as it takes to pass with its chord there, sqrt(1 - rho^2) of its diameter; half a pixel is added to the radius, and
    the whole hides as much as a band of the streak's mean opacity.  Streaks come sorted far to near.  Pictures are
    PIXELS wide at least.
    """
    width = image.shape[1]
    flat = image.reshape(-1)
    depths = depth_m.reshape(-1)
    across = load(ACROSS, U(0))
    colours = np.zeros(16, np.float32)
    if streaks.shape[0] > MANY:
        for n in range((stop - start) * width // NUMBERS):
            prefetch(depths, start * width + n * NUMBERS)
        for n in range((stop - start) * width * 3 // NUMBERS):
            prefetch(flat, 3 * start * width + n * NUMBERS)
    table = streaks.reshape(-1)
    for k in range(streaks.shape[0]):
        row = U(P_COLUMNS) * U(k)
        rim = table[row + U(P_HALF)] + F(0.5)
        v0 = table[row + U(P_V0)]
        v1 = table[row + U(P_V1)]
        highest, lowest = min(v0, v1) - rim, max(v0, v1) + rim
        if highest > F(stop - 1) or lowest < F(start):
            continue
        top = max(np.int32(np.ceil(highest)), start)  # math's are calls of the library
        low = min(np.int32(np.floor(lowest)), stop - 1)
        if top > low:
            continue
        u0 = table[row + U(P_U0)]
        du = table[row + U(P_U1)] - u0
        dv = v1 - v0
        per_length2 = F(1) / max(du * du + dv * dv, F(1e-6))
        # Where a row's middle enters and leaves the capsule, as shares of its length; a flat one is taken as a whole.
        steep = abs(dv) > F(0.5)
        per_row = F(1) / dv if steep else F(0)
        widest = abs(rim * per_row) if steep else F(1)
        # Half an ellipse holds as much as a band of pi / 4 of its height.
        alpha = min(streaks[k, P_ALPHA] * F(4.0 / math.pi) * streaks[k, P_HALF] / rim, F(MOST_HIDDEN))
        per_rim2 = F(1) / (rim * rim)
        depth = streaks[k, P_DEPTH]
        for c in range(15):
            colours[c] = streaks[k, P_R + c % 3]
        colour = load(colours, U(0))
        for y in range(top, low + 1):
            # Columns that the capsule can reach in this row.
            middle = (F(y) - v0) * per_row
            near = min(max(middle - widest, F(0)), F(1))
            far = min(max(middle + widest, F(0)), F(1))
            ua = u0 + near * du
            ub = u0 + far * du
            left = after(min(ua, ub) - rim)
            right = min(after(max(ua, ub) + rim), width) - 1
            over = F(y) - v0
            along = over * dv
            for x in range(left, right + 1, PIXELS):
                first = min(x, width - PIXELS)
                at = U(y) * U(width) + U(first)
                ou = across + (F(first) - u0)
                t = min(max((ou * du + along) * per_length2, F(0)), F(1))
                du_t = ou - t * du
                dv_t = over - t * dv
                cover = math.sqrt(max(F(1) - (du_t * du_t + dv_t * dv_t) * per_rim2, F(0)))
                a = where(depth, thrice(depths, at), cover * alpha, F(0))
                a = where(F(x - first), across, a, F(0))  # what comes before has been drawn
                seen = load_colours(flat, U(3) * at)
                store_colours(flat, U(3) * at, seen + (colour - seen) * a)
