"""Drops and flakes between a camera and its scene, drawn as streaks.  Renderers floor, arrays only."""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from sim.kernels.jit import fast_kernel

F = np.float32
# Columns of a streak: ends in pixels, half width in pixels, opacity on its axis, depth, colour.
(P_U0, P_V0, P_U1, P_V1, P_HALF, P_ALPHA, P_DEPTH, P_R, P_G, P_B, P_COLUMNS) = range(11)


@fast_kernel
def draw(start, stop, streaks, depth_m, image):
    """Lay streaks over rows [start, stop) of a radiance image where they stand before what is there.

    Each covers its capsule with a soft edge one pixel wide: I (1 - a) + a S (Garg and Nayar 2007).  Streaks come
    sorted far to near.
    """
    width = image.shape[1]
    for k in range(streaks.shape[0]):
        half = streaks[k, P_HALF]
        rim = half + F(0.5)
        u0 = streaks[k, P_U0]
        v0 = streaks[k, P_V0]
        du = streaks[k, P_U1] - u0
        dv = streaks[k, P_V1] - v0
        top = max(math.ceil(min(v0, streaks[k, P_V1]) - rim), start)
        low = min(math.floor(max(v0, streaks[k, P_V1]) + rim), stop - 1)
        if top > low:
            continue
        per_length2 = F(1) / max(du * du + dv * dv, F(1e-6))
        alpha = streaks[k, P_ALPHA]
        depth = streaks[k, P_DEPTH]
        red = streaks[k, P_R]
        green = streaks[k, P_G]
        blue = streaks[k, P_B]
        for y in range(top, low + 1):
            # Columns that the capsule can reach in this row.
            if abs(dv) > F(0.5):
                a = (F(y) - rim - v0) / dv
                b = (F(y) + rim - v0) / dv
                near = min(max(min(a, b), F(0)), F(1))
                far = min(max(a, b, F(0)), F(1))
            else:
                near = F(0)
                far = F(1)
            ua = u0 + near * du
            ub = u0 + far * du
            left = max(math.ceil(min(ua, ub) - rim), 0)
            right = min(math.floor(max(ua, ub) + rim), width - 1)
            along = (F(y) - v0) * dv
            for x in range(left, right + 1):
                ou = F(x) - u0
                t = min(max((ou * du + along) * per_length2, F(0)), F(1))
                ou -= t * du
                ov = F(y) - v0 - t * dv
                cover = min(max(rim - math.sqrt(ou * ou + ov * ov), F(0)), F(1))
                # Whether a thing stands before it follows no order that a processor could guess: no branch.
                a = alpha * cover if depth_m[y, x] >= depth else F(0)
                image[y, x, 0] += (red - image[y, x, 0]) * a
                image[y, x, 1] += (green - image[y, x, 1]) * a
                image[y, x, 2] += (blue - image[y, x, 2]) * a
