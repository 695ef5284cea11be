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
    pixels = image.reshape(-1)
    depths = depth_m.reshape(-1)
    share = np.empty(width, np.float32)
    for k in range(streaks.shape[0]):
        half = streaks[k, P_HALF]
        rim = half + F(0.5)
        u0 = streaks[k, P_U0]
        v0 = streaks[k, P_V0]
        du = streaks[k, P_U1] - u0
        dv = streaks[k, P_V1] - v0
        top = max(math.floor(min(v0, streaks[k, P_V1]) - rim), start)
        low = min(math.ceil(max(v0, streaks[k, P_V1]) + rim), stop - 1)
        if top > low:
            continue
        per_length2 = F(1) / max(du * du + dv * dv, F(1e-6))
        alpha = streaks[k, P_ALPHA]
        own = streaks[k, P_DEPTH]
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
            left = max(math.floor(min(ua, ub) - rim), 0)
            right = min(math.ceil(max(ua, ub) + rim), width - 1)
            if left > right:
                continue
            count = np.uint32(right - left + 1)
            first = np.uint64(y * width + left)
            from_u = F(left) - u0
            ov = F(y) - v0
            some = F(0)
            for x in range(count):
                ou = from_u + F(np.int32(x))
                t = min(max((ou * du + ov * dv) * per_length2, F(0)), F(1))
                pu = ou - t * du
                pv = ov - t * dv
                cover = alpha * min(max(rim - math.sqrt(pu * pu + pv * pv), F(0)), F(1))
                a = F(0) if depths[first + np.uint64(x)] < own else cover
                share[x] = a
                some = max(some, a)
            if some <= F(0):
                continue
            first *= np.uint64(3)
            for x in range(count):
                at = first + np.uint64(x) * np.uint64(3)
                a = share[x]
                pixels[at] += (red - pixels[at]) * a
                pixels[at + np.uint64(1)] += (green - pixels[at + np.uint64(1)]) * a
                pixels[at + np.uint64(2)] += (blue - pixels[at + np.uint64(2)]) * a
