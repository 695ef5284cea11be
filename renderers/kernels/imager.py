"""A sensor's pixels: electrons behind a mosaic of colours, noise, merged exposures.  Renderers floor, arrays only."""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from sim.kernels.jit import fast_kernel
from sim.kernels.random import hash_u32

F = np.float32
# Numbers of a sensor, in electrons but for the last four.
(E_WHITE, E_WELL, E_READ, E_DARK, E_DSNU, E_PRNU, E_PER_DN, E_BLACK_DN, E_TOP_DN, E_RATIO, E_COLUMNS) = range(
    11
)


@fast_kernel
def gathered(image, glare, row, y, x, c, sharp, corner, half_x, oy2):
    """Light of channel c on a pixel: what comes straight, what the lens scatters, dimmed towards the corners."""
    cells = glare.shape[1]
    u = (F(x) + F(0.5)) * (F(cells) / F(image.shape[1])) - F(0.5)
    j = min(max(math.floor(u), 0), cells - 2)
    fu = min(max(u - F(j), F(0)), F(1))
    ox = (F(x) - half_x) * corner
    c2 = F(1) / (oy2 + ox * ox)
    return (image[y, x, c] * sharp + row[j, c] + (row[j + 1, c] - row[j, c]) * fu) * c2 * c2


@fast_kernel
def expose_raw(
    start, stop, image, glare, sharp, gain, corner, mosaic, numbers, exposures, seed, frame, normal, raw
):
    """Read rows [start, stop) of a sensor out: EMVA 1288's linear model, one colour a pixel, `exposures` merged.

    `gain` turns cd/m2 into exposure, of which 1 makes E_WHITE electrons; `mosaic` (2, 2) names the channel of each
    pixel of a square.  Each exposure is E_RATIO times shorter than the one before; the longest that does not fill the
    well counts, scaled to the first.  Dark signal and gain differ from pixel to pixel and stay (DSNU, PRNU); shot, read
    and quantisation noise are new in each frame.
    """
    height = image.shape[0]
    width = image.shape[1]
    half_y = F(0.5) * F(height - 1)
    half_x = F(0.5) * F(width - 1)
    cells = glare.shape[1]
    row = np.empty((cells, 3), np.float32)
    for y in range(start, stop):
        v = (F(y) + F(0.5)) * (F(glare.shape[0]) / F(height)) - F(0.5)
        i = min(max(math.floor(v), 0), glare.shape[0] - 2)
        fv = min(max(v - F(i), F(0)), F(1))
        for j in range(cells):
            for c in range(3):
                row[j, c] = glare[i, j, c] + (glare[i + 1, j, c] - glare[i, j, c]) * fv
        oy = (F(y) - half_y) * corner
        oy2 = F(1) + oy * oy
        for x in range(width):
            c = mosaic[y & 1, x & 1]
            light = gathered(image, glare, row, y, x, c, sharp, corner, half_x, oy2) * gain
            fixed = hash_u32(seed, y * width + x, -1)
            prnu = F(1) + numbers[E_PRNU] * normal[fixed & np.uint32(1023)]
            dark = numbers[E_DARK] + numbers[E_DSNU] * normal[(fixed >> np.uint32(10)) & np.uint32(1023)]
            mean = max(light, F(0)) * numbers[E_WHITE] * prnu
            scale = F(1)
            value = F(0)
            for k in range(exposures):
                bits = hash_u32(seed, y * width + x, frame * 8 + k)
                a = normal[bits & np.uint32(1023)]
                b = normal[(bits >> np.uint32(10)) & np.uint32(1023)]
                electrons = mean / scale + max(dark, F(0)) / scale
                electrons += math.sqrt(electrons) * a
                full = electrons >= numbers[E_WELL]
                electrons = min(electrons, numbers[E_WELL]) + numbers[E_READ] * b
                dn = math.floor(electrons / numbers[E_PER_DN] + numbers[E_BLACK_DN] + F(0.5))
                dn = min(max(dn, F(0)), numbers[E_TOP_DN])
                value = (dn - numbers[E_BLACK_DN]) * scale + numbers[E_BLACK_DN]
                if not full and dn < numbers[E_TOP_DN]:
                    break
                scale *= numbers[E_RATIO]
            raw[y, x] = np.uint32(max(value, F(0)))
