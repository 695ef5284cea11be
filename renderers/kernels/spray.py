"""Beams and pixels through balls of mist.  Renderers floor, arrays only."""

import math

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.detect import U_SPRAY, normal01
from sim.kernels.jit import fast_kernel, kernel
from sim.kernels.random import uniform01

# Columns of a ball as a picture shows it: centre in pixels, focal length over depth, depth, radius, extinction, colour,
# and the phase of its wisps.
(B_U, B_V, B_SCALE, B_DEPTH_M, B_RADIUS_M, B_EXTINCTION, B_R, B_G, B_B, B_PHASE, B_COLUMNS) = range(11)
F = np.float32
CALIBRATED_M = (
    15.0  # the echo of 0.02 per m fades into the threshold here; beyond it fewer are found (reasoned)
)
MIDDLE = F(
    5 / 3
)  # of a ball whose water thins out towards its rim by 1 - (d / r)^2, beside one that is even: as much in all
WISPS = F(0.5)  # by how much water varies from place to place within a ball
RETURN_SPREAD = (
    6.0  # a return scatters about the middle of a beam's way through a ball by its length over so much
)


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
    found: NDArray[np.float64],  # (C,) chance of a return
    spray_m: NDArray[np.float32],  # (N,) out: nearest return, inf without
    depth: NDArray[np.float32],  # (N,) out: optical depth before the surface
) -> None:
    """What beams meet in C balls of mist.  Twin: tests/sensors/test_spray.py."""
    for q in range(len(rows)):
        r = rows[q]
        far = float(range_m[r])
        x, y, z = float(direction[q, 0]), float(direction[q, 1]), float(direction[q, 2])
        nearest = math.inf
        total = 0.0
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
            draw = U_SPRAY + 3 * number[c]
            middle = 0.5 * (begin + end)
            weaker = min(CALIBRATED_M / max(middle, 1.0), 1.0)
            if uniform01(seed, index[r], draw) < found[c] * weaker * weaker:
                at = middle + (end - begin) / RETURN_SPREAD * normal01(seed, index[r], draw + 1)
                if begin < at < end:
                    nearest = min(nearest, at)
        spray_m[r] = np.float32(nearest)
        depth[r] = np.float32(total)


@fast_kernel
def draw_balls(start, stop, balls, depth_m, image):  # type: ignore[no-untyped-def]
    """Lay balls of mist, far to near, over rows [start, stop) of a radiance image, before what is there.

    Each takes 1 - exp(-depth) of the light and puts its own in its place; surfaces inside it cut the depth.  Its
    optical depth, extinction * chord on the whole, thins out towards the rim and comes in wisps: mist has no edge.
    """
    width = image.shape[1]
    for k in range(balls.shape[0]):
        scale = balls[k, B_SCALE]
        radius = balls[k, B_RADIUS_M]
        reach = radius * scale
        v0 = balls[k, B_V]
        u0 = balls[k, B_U]
        phase = balls[k, B_PHASE]
        turned = math.cos(phase)
        aside = math.sin(phase)
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
            for x in range(left, right + 1):
                du = (F(x) - u0) / scale
                half = math.sqrt(max(half2 - du * du, F(0)))
                end = min(balls[k, B_DEPTH_M] + half, depth_m[y, x])
                chord = end - max(balls[k, B_DEPTH_M] - half, F(0))
                if chord <= F(0):
                    continue
                x0 = (du * turned + dv * aside) / radius
                y0 = (dv * turned - du * aside) / radius
                water = MIDDLE * (F(1) - x0 * x0 - y0 * y0)
                wave = math.sin(F(4) * x0 + phase + math.sin(F(5) * y0)) * math.sin(
                    F(4.6) * y0 + F(2) * phase
                )
                water *= F(1) + WISPS * (wave + F(0.5) * math.sin(F(11) * x0 + F(7) * y0 + F(3) * phase))
                a = F(1) - math.exp(-balls[k, B_EXTINCTION] * chord * max(water, F(0)))
                image[y, x, 0] += (balls[k, B_R] - image[y, x, 0]) * a
                image[y, x, 1] += (balls[k, B_G] - image[y, x, 1]) * a
                image[y, x, 2] += (balls[k, B_B] - image[y, x, 2]) * a
