"""Beams and pixels through balls of spray, dust, smoke and exhaust.  Renderers floor, arrays only."""

import math

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.detect import U_SPRAY, normal01, received
from sim.kernels.jit import fast_kernel, kernel
from sim.kernels.random import uniform01

# Columns of a ball as a picture shows it: centre in pixels, focal length over depth, depth, radius, extinction, colour,
# the phase of its wisps, their share and which of the fields they are of, and by how much it is brighter to the right
# and below.
(B_U, B_V, B_SCALE, B_DEPTH_M, B_RADIUS_M, B_EXTINCTION, B_R, B_G, B_B, B_PHASE, B_WISPS, B_FIELD, B_SHADE_U,
 B_SHADE_V, B_COLUMNS) = range(15)  # fmt: skip
F = np.float32
CALIBRATED_M = (
    15.0  # the echo of 0.02 per m fades into the threshold here; beyond it fewer are found (reasoned)
)
MIDDLE = F(
    5 / 3
)  # of a ball whose water thins out towards its rim by 1 - (d / r)^2, beside one that is even: as much in all
RETURN_SPREAD = (
    6.0  # a return scatters about the middle of a beam's way through a ball by its length over so much
)
FIELD_TEXELS = 256  # side of the periodic field of wisps
TEXELS_PER_RADIUS = F(40)
BINS = 40  # of a beam's way through plumes
U_PUFF = 256  # draws of a beam in plumes, five of each bin
LOOKS = 4  # gamma shape of a bin's speckle and patchiness, as in fog


@kernel
def through_mist(
    seed: int,
    index: NDArray[np.int64],  # (N,) number of each firing in its sweep
    rows: NDArray[np.int64],  # (R,) firings that are asked
    direction: NDArray[np.float32],  # (R, 3) unit
    offset: NDArray[np.float32],  # (R, 3) where beams start
    range_m: NDArray[np.float32],  # (N,) of the surface that was met; inf: none
    number: NDArray[np.int64],  # (C,)
    centre: NDArray[np.float64],  # (C, 3) in the frame of `offset`
    radius: NDArray[np.float64],  # (C,)
    extinction: NDArray[np.float64],  # (C,) per metre
    found: NDArray[np.float64],  # (C,) chance of a return, of spray
    backscatter: NDArray[np.float64],  # (C,) per metre and sr, of all else
    cause: NDArray[np.uint8],  # (C,) of a return
    overlap_m: float,
    pulse_m: float,
    spray_m: NDArray[np.float32],  # (N,) out: nearest return from spray, inf without
    depth: NDArray[np.float32],  # (N,) out: optical depth before the surface
    puff_m: NDArray[np.float32],  # (N,) out: where dust, smoke or exhaust sends back the most
    puff_echo: NDArray[np.float32],  # (N,) out: its echo, dimmed by the balls before it; 0 without
    puff_cause: NDArray[np.uint8],  # (N,) out
) -> None:
    """What beams meet in C balls.  Twin: tests/sensors/test_spray.py, test_plumes.py."""
    thinned = np.zeros(BINS)
    echoes = np.zeros(BINS)
    for q in range(len(rows)):
        r = rows[q]
        far = float(range_m[r])
        x, y, z = float(direction[q, 0]), float(direction[q, 1]), float(direction[q, 2])
        nearest = math.inf
        total = 0.0
        first, last = math.inf, 0.0
        for c in range(len(radius)):
            a = centre[c, 0] - offset[q, 0]
            b = centre[c, 1] - offset[q, 1]
            d = centre[c, 2] - offset[q, 2]
            along = a * x + b * y + d * z
            aside2 = a * a + b * b + d * d - along * along
            half2 = radius[c] * radius[c] - aside2
            if half2 <= 0.0:
                continue
            half = math.sqrt(half2)
            begin = max(along - half, 0.0)
            end = min(along + half, far)
            if end <= begin:
                continue
            total += extinction[c] * (end - begin)
            if backscatter[c] > 0.0:
                first = min(first, begin)
                last = max(last, end)
                continue
            draw = U_SPRAY + 3 * number[c]
            middle = 0.5 * (begin + end)
            weaker = min(CALIBRATED_M / max(middle, 1.0), 1.0)
            if uniform01(seed, index[r], draw) < found[c] * weaker * weaker:
                at = middle + (end - begin) / RETURN_SPREAD * normal01(seed, index[r], draw + 1)
                if begin < at < end:
                    nearest = min(nearest, at)
        spray_m[r] = np.float32(nearest)
        depth[r] = np.float32(total)
        if last <= first:
            continue
        # Plumes overlap: their backscatter adds up in bins of a pulse or more.
        thinned[:] = 0.0
        echoes[:] = 0.0
        step = max(pulse_m, (last - first) / BINS)
        for c in range(len(radius)):
            a = centre[c, 0] - offset[q, 0]
            b = centre[c, 1] - offset[q, 1]
            d = centre[c, 2] - offset[q, 2]
            along = a * x + b * y + d * z
            half2 = radius[c] * radius[c] - (a * a + b * b + d * d - along * along)
            if half2 <= 0.0:
                continue
            half = math.sqrt(half2)
            begin = max(along - half, 0.0)
            end = min(along + half, far)
            for n in range(max(int((begin - first) / step), 0), min(int((end - first) / step) + 1, BINS)):
                length = min(end, first + (n + 1) * step) - max(begin, first + n * step)
                if length > 0.0:
                    thinned[n] += extinction[c] * length
                    echoes[n] += backscatter[c] * length
        best = 0.0
        chosen = -1
        dimmed = 0.0
        for n in range(BINS):
            if echoes[n] > 0.0:
                product = 1.0
                for look in range(LOOKS):
                    draw = U_PUFF + 5 * n + 1 + look
                    product *= float(max(uniform01(seed, index[r], draw), np.float32(1e-7)))
                speckle = -math.log(product) / LOOKS
                middle = first + (n + 0.5) * step
                echo = math.pi * echoes[n] * pulse_m / step * speckle
                level = received(echo, middle, dimmed + 0.5 * thinned[n], overlap_m)
                if level > best:
                    best = level
                    chosen = n
                    puff_echo[r] = np.float32(echo * math.exp(-2.0 * (dimmed + 0.5 * thinned[n])))
            dimmed += thinned[n]
        if chosen < 0:
            continue
        at = first + (chosen + float(uniform01(seed, index[r], U_PUFF + 5 * chosen))) * step
        puff_m[r] = np.float32(min(max(at, first), last, far))
        strongest = 0.0
        for c in range(len(radius)):
            if backscatter[c] <= strongest:
                continue
            a = centre[c, 0] - offset[q, 0] - x * at
            b = centre[c, 1] - offset[q, 1] - y * at
            d = centre[c, 2] - offset[q, 2] - z * at
            reach = radius[c] + 0.5 * step
            if a * a + b * b + d * d < reach * reach:
                strongest = backscatter[c]
                puff_cause[r] = cause[c]
        if strongest <= 0.0:
            puff_echo[r] = np.float32(0.0)


@kernel
def draw_balls(start, stop, balls, fields, depth_m, image, passing, painted):  # type: ignore[no-untyped-def]
    """Lay balls, far to near, over rows [start, stop) of a radiance image, before what is there.

    Each takes 1 - exp(-depth) of the light, of `passing` too, and puts its own in its place where `painted`; surfaces
    inside it cut the depth.  Its optical depth, extinction * chord on the whole, thins out towards the rim and comes in
    the wisps of one of the periodic `fields`: mist has no edge.  Truth is dimmed by it, so arithmetic is strict.
    """
    width = image.shape[1]
    mask = FIELD_TEXELS - 1
    for k in range(balls.shape[0]):
        scale = balls[k, B_SCALE]
        radius = balls[k, B_RADIUS_M]
        reach = radius * scale
        v0 = balls[k, B_V]
        u0 = balls[k, B_U]
        phase = balls[k, B_PHASE]
        turned = math.cos(phase) * TEXELS_PER_RADIUS
        aside = math.sin(phase) * TEXELS_PER_RADIUS
        begin_u = F(1000) + F(1237.7) * phase
        begin_v = F(1000) + F(3411.3) * phase
        depth = balls[k, B_DEPTH_M]
        extinction = balls[k, B_EXTINCTION] * MIDDLE
        wisps = balls[k, B_WISPS]
        n = int(balls[k, B_FIELD])
        red = balls[k, B_R]
        green = balls[k, B_G]
        blue = balls[k, B_B]
        top = max(math.ceil(v0 - reach), start)
        low = min(math.floor(v0 + reach), stop - 1)
        for y in range(top, low + 1):
            dv = (F(y) - v0) / scale
            half2 = radius * radius - dv * dv
            if half2 <= F(0):
                continue
            side = math.sqrt(half2) * scale
            left = max(math.ceil(u0 - side), 0)
            right = min(math.floor(u0 + side), width - 1)
            y0 = dv / radius
            for x in range(left, right + 1):
                du = (F(x) - u0) / scale
                half = math.sqrt(max(half2 - du * du, F(0)))
                end = min(depth + half, depth_m[y, x])
                chord = end - max(depth - half, F(0))
                if chord <= F(0):
                    continue
                x0 = du / radius
                s = begin_u + x0 * turned + y0 * aside
                t = begin_v + y0 * turned - x0 * aside
                i = int(s)
                j = int(t)
                p = s - F(i)
                q = t - F(j)
                i &= mask
                j &= mask
                i1 = (i + 1) & mask
                j1 = (j + 1) & mask
                wave = (fields[n, j, i] * (F(1) - p) + fields[n, j, i1] * p) * (F(1) - q)
                wave += (fields[n, j1, i] * (F(1) - p) + fields[n, j1, i1] * p) * q
                water = max(F(1) - x0 * x0 - y0 * y0, F(0)) * (F(1) + wisps * (wave - F(1)))
                a = F(1) - math.exp(-extinction * chord * water)
                passing[y, x] -= passing[y, x] * a
                if painted:
                    shade = a * max(F(1) + balls[k, B_SHADE_U] * x0 + balls[k, B_SHADE_V] * y0, F(0))
                    image[y, x, 0] += red * shade - image[y, x, 0] * a
                    image[y, x, 1] += green * shade - image[y, x, 1] * a
                    image[y, x, 2] += blue * shade - image[y, x, 2] * a


@fast_kernel
def spread_shade(discs, begin_u, begin_v, per_m, shade):  # type: ignore[no-untyped-def]
    """Add up what balls take from the sun, in a plane square to its light: depth, depth times height, and its square.

    `discs` (K, 5): place in the plane, height towards the sun, radius, depth through the middle of an even ball.  Water
    thins out towards the rim as it does where it is drawn.
    """
    rows = shade.shape[0]
    columns = shade.shape[1]
    for k in range(discs.shape[0]):
        u = (discs[k, 0] - begin_u) * per_m
        v = (discs[k, 1] - begin_v) * per_m
        height = discs[k, 2]
        reach = discs[k, 3] * per_m
        scale = F(1) / (reach * reach)
        for i in range(max(math.ceil(v - reach), 0), min(math.floor(v + reach), rows - 1) + 1):
            for j in range(max(math.ceil(u - reach), 0), min(math.floor(u + reach), columns - 1) + 1):
                left = F(1) - ((F(i) - v) * (F(i) - v) + (F(j) - u) * (F(j) - u)) * scale
                if left > F(0):
                    depth = discs[k, 4] * MIDDLE * left * math.sqrt(left)
                    shade[i, j, 0] += depth
                    shade[i, j, 1] += depth * height
                    # Half of a ball lies below its middle.
                    shade[i, j, 2] += depth * (height * height + F(0.3) * discs[k, 3] * discs[k, 3])


@fast_kernel
def dim_by_plumes(start, stop, triangle, offset_m, axes, begin_u, begin_v, per_m, shade, seen):  # type: ignore[no-untyped-def]
    """Take from points [start, stop) what balls between them and the sun keep; `axes` (3, 3): plane and sun."""
    rows = shade.shape[0]
    columns = shade.shape[1]
    for r in range(start, stop):
        if triangle[r] < 0 or seen[r] <= F(0):
            continue
        x = offset_m[r, 0]
        y = offset_m[r, 1]
        z = offset_m[r, 2]
        u = (axes[0, 0] * x + axes[0, 1] * y + axes[0, 2] * z - begin_u) * per_m
        v = (axes[1, 0] * x + axes[1, 1] * y + axes[1, 2] * z - begin_v) * per_m
        if not (u >= F(0) and v >= F(0) and u < F(columns - 1) and v < F(rows - 1)):
            continue
        j = int(u)
        i = int(v)
        fu = u - F(j)
        fv = v - F(i)
        depth = F(0)
        mean = F(0)
        square = F(0)
        for b in range(2):
            for a in range(2):
                w = (fu if a else F(1) - fu) * (fv if b else F(1) - fv)
                depth += w * shade[i + b, j + a, 0]
                mean += w * shade[i + b, j + a, 1]
                square += w * shade[i + b, j + a, 2]
        if depth <= F(1e-3):
            continue
        mean /= depth
        half = F(1.5) * math.sqrt(max(square / depth - mean * mean, F(1e-3)))
        height = axes[2, 0] * x + axes[2, 1] * y + axes[2, 2] * z
        above = min(max(F(0.5) + F(0.5) * (mean - height) / half, F(0)), F(1))
        seen[r] *= math.exp(-depth * above)
