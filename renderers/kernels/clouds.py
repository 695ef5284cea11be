"""Marching through a slab of cloud.  Renderers floor: arrays and numbers only."""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from sim.kernels.jit import fast_kernel

F = np.float32
THICK = F(0.002)  # share of light behind which nothing more is looked for
BLOCK = 8  # texels of a side of the blocks of which it is known whether there is water in them
SHIFT = 3  # log2 of it
# Water in the tile that is read near by, and in the blurred one that is read far off.
NEAR, FAR = np.uint8(1), np.uint8(2)


@fast_kernel
def lump(start, stop, field, billows, cover, rise, soft, rough, density):
    """Fill slabs [start, stop) of `density` (K, T, T) in [0, 1].

    `field` (T, T) says where clouds form first, as quantiles; `billows` (K, D, D), whose period divides T, roughens
    their sides, by half of `rough` at the base and all of it at the top; tops reach higher, by `rise`, in the middle.
    """
    slabs, side, _ = density.shape
    period = billows.shape[1]
    for k in range(start, stop):
        up = (F(k) + F(0.5)) / F(slabs)
        edge = rise * F(up**1.4)
        amount = rough * (F(0.5) + F(0.5) * up)
        for i in range(side):
            for j in range(side):
                excess = (field[i, j] - (F(1) - cover)) * F(2.857)
                body = excess - edge
                if body < -amount:
                    density[k, i, j] = F(0)
                else:
                    body += amount * billows[k, i % period, j % period]
                    density[k, i, j] = min(max(body / soft, F(0)), F(1))


@fast_kernel
def _read(tile, u, v):
    """Bilinear on a periodic tile whose side is a power of two; u along columns, v along rows, in texels."""
    last = np.int32(tile.shape[0] - 1)
    fu = np.int32(math.floor(u))
    fv = np.int32(math.floor(v))
    a = u - F(fu)
    b = v - F(fv)
    j = fu & last
    i = fv & last
    j1 = (fu + np.int32(1)) & last
    i1 = (fv + np.int32(1)) & last
    near = tile[i, j] + (tile[i, j1] - tile[i, j]) * a
    far = tile[i1, j] + (tile[i1, j1] - tile[i1, j]) * a
    return near + (far - near) * b


@fast_kernel
def march(
    start,
    stop,
    sines,
    headings,
    chance,
    density,
    smooth,
    wet,
    to_sun,
    numbers,
    lights,
    g,
    texels_per_m,
    show,
    glow,
):
    """Light of clouds along the rays of rows [start, stop) of a sky map: `glow` (H, W, 3), and what still shows (H, W).

    `headings` (W, 2) are cosine and sine of the columns; `density`, its blurred twin `smooth` and the optical depth
    `to_sun` are (K, T, T); `wet` (K, T / BLOCK, T / BLOCK) says in which of the first two, NEAR and FAR, a bilinear
    reading can find any water, because reading tiles of millions of texels takes the time.  `numbers` holds ground
    radius, base, thickness (m), extinction (1/m) and the direction of the sun; `lights` (3, 3) the sun's light facing
    it, the sky's on the ground (lx) and the ground's radiance; `g` the forward and backward lobes' Henyey-Greenstein
    numbers.
    """
    slabs = density.shape[0]
    ground, base, thickness, extinction = numbers[0], numbers[1], numbers[2], numbers[3]
    step = thickness / F(slabs)
    last = np.int32(density.shape[1] - 1)
    slants = np.empty(slabs, np.float32)
    paths = np.empty(slabs, np.float32)
    spans = np.empty(slabs, np.float32)
    fars = np.empty(slabs, np.float32)
    counts = np.empty(slabs, np.int32)
    reads = np.empty(slabs, np.uint8)
    for row in range(start, stop):
        sine = sines[row]
        flat = math.sqrt(max(F(1) - sine * sine, F(0)))
        rise = ground * sine
        for k in range(slabs):  # what all rays of a row have in common
            height = base + (F(k) + F(0.5)) * step
            slants[k] = -rise + math.sqrt(rise * rise + F(2) * ground * height + height * height)
            paths[k] = min(slants[k] / height, F(6)) * step
            spans[k] = paths[k] * flat * texels_per_m  # texels that the ray crosses within the slab
            fars[k] = min(max((slants[k] - F(9000)) / F(20000), F(0)), F(1))
            counts[k] = min(max(int(spans[k] * F(0.6)), 1), 3) if fars[k] < F(0.3) else 1
            reads[k] = NEAR if fars[k] <= F(0) else FAR if fars[k] >= F(1) else NEAR | FAR
        for column in range(headings.shape[0]):
            east = headings[column, 0]
            north = headings[column, 1]
            cosine = flat * (east * numbers[4] + north * numbers[5]) + sine * numbers[6]
            ahead = (F(1) - g[0] * g[0]) / (F(1) + g[0] * g[0] - F(2) * g[0] * cosine) ** F(1.5)
            back = (F(1) - g[1] * g[1]) / (F(1) + g[1] * g[1] - F(2) * g[1] * cosine) ** F(1.5)
            phase = (F(0.55) * ahead + F(0.2) * back + F(0.25)) * F(0.0795775)  # 1 / (4 pi)
            through = F(1)
            red = F(0)
            green = F(0)
            blue = F(0)
            for k in range(slabs):
                slant, path, span, far, parts = slants[k], paths[k], spans[k], fars[k], counts[k]
                up = (F(k) + F(0.5)) / F(slabs)
                for part in range(parts):
                    at = (F(part) + chance[row, column]) / F(parts) - F(0.5)
                    reach = slant * flat * texels_per_m + at * span
                    u = reach * east
                    v = reach * north
                    i = np.int32(math.floor(v)) & last
                    j = np.int32(math.floor(u)) & last
                    if not wet[k, i >> SHIFT, j >> SHIFT] & reads[k]:
                        continue
                    water = F(0)
                    if far < F(1):
                        water += (F(1) - far) * _read(density[k], u, v)
                    if far > F(0):
                        water += far * _read(smooth[k], u, v)
                    if water > F(0):
                        passed = math.exp(-water * extinction * path / F(parts))
                        depth = _read(to_sun[k], u, v)
                        # Two octaves of extinction and a remainder stand for the many orders of scattering.
                        beam = F(0.62) * math.exp(F(-0.9) * depth) + F(0.3) * math.exp(F(-0.22) * depth)
                        beam = (beam + F(0.08) * math.exp(F(-0.05) * depth)) * phase * F(4)
                        # What has been scattered often fades no faster than this (two-stream, asymmetry 0.86): a cumulus
                        # of an optical depth of 20 lets a third of the light through its base.
                        beam += F(0.07) * (F(1) - math.exp(-depth)) / (F(1) + F(0.105) * depth)
                        taken = through * (F(1) - passed)
                        sky = F(0.08) + F(0.18) * up
                        below = F(0.34) * (F(1) - up)
                        red += taken * (beam * lights[0, 0] + sky * lights[1, 0] + below * lights[2, 0])
                        green += taken * (beam * lights[0, 1] + sky * lights[1, 1] + below * lights[2, 1])
                        blue += taken * (beam * lights[0, 2] + sky * lights[1, 2] + below * lights[2, 2])
                        through *= passed
                if through < THICK:
                    break
            show[row, column] = through
            glow[row, column, 0] = red
            glow[row, column, 1] = green
            glow[row, column, 2] = blue
