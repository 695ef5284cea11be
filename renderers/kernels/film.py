"""From radiance to bytes: untiling, exposure, photon noise, tone.  Renderers floor, arrays only."""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from sim.kernels.jit import fast_kernel
from sim.kernels.random import hash_u32

F = np.float32
TONES = 4096  # steps of the tone table over the square root of exposure
TONE_TOP = 16.0  # exposure (1 = white card) that the table ends at
NORMALS = 1024  # entries of the table of normal quantiles: ten bits of a hash
# Demosaicing shares noise between the channels: of three independent numbers n each channel takes OWN of its own and
# SHARED of their sum, which keeps the variance and makes a correlation of 0.64.
OWN, SHARED = 0.6, 0.30332


@fast_kernel
def untile(start, stop, tiles_across, radiance, image):
    """Put the radiance of tiles [start, stop) where it belongs in the (H, W, 3) image."""
    height = image.shape[0]
    width = image.shape[1]
    for tile in range(start, stop):
        top = (tile // tiles_across) * 8
        left = (tile % tiles_across) * 8
        for lane in range(64):
            y = top + lane // 8
            x = left + lane % 8
            if y < height and x < width:
                r = tile * 64 + lane
                image[y, x, 0] = radiance[r, 0]
                image[y, x, 1] = radiance[r, 1]
                image[y, x, 2] = radiance[r, 2]


@fast_kernel
def toned(exposure, top, tones):
    """The byte of an exposure."""
    at = math.sqrt(min(max(exposure, F(0)), F(TONE_TOP))) * top
    k = min(int(at), TONES - 2)
    return np.uint8(tones[k] + (tones[k + 1] - tones[k]) * (at - F(k)) + F(0.5))


@fast_kernel
def expose(
    start, stop, image, glare, sharp, gain, corner, electrons, read_noise, seed, frame, normal, tones, out
):
    """Develop rows [start, stop): glare, vignetting, white balance and exposure `gain` (3,), noise, tone, 8 bits.

    `glare` (h, w, 4) holds scattered light and the local gain of the tone mapping; `sharp` is the share that is not
    scattered.  An exposure of 1 fills `electrons` of the well; shot noise has the variance of the count, `read_noise`
    is in electrons (EMVA 1288).  `electrons` <= 0 leaves the noise out.  Twin: naive_camera.exposed.
    """
    height = image.shape[0]
    width = image.shape[1]
    cells = glare.shape[1]
    top = F(TONES - 1) / math.sqrt(F(TONE_TOP))
    half_y = F(0.5) * F(height - 1)
    half_x = F(0.5) * F(width - 1)
    across = F(cells) / F(width)
    along = F(glare.shape[0]) / F(height)
    read2 = read_noise * read_noise
    noisy = electrons > F(0)
    per_electron = F(1) / max(electrons, F(1))
    row = np.empty((cells, 4), np.float32)
    for y in range(start, stop):
        v = (F(y) + F(0.5)) * along - F(0.5)
        i = min(max(math.floor(v), 0), glare.shape[0] - 2)
        fv = min(max(v - F(i), F(0)), F(1))
        for j in range(cells):
            for c in range(4):
                row[j, c] = glare[i, j, c] + (glare[i + 1, j, c] - glare[i, j, c]) * fv
        oy = (F(y) - half_y) * corner
        oy2 = F(1) + oy * oy
        for x in range(width):
            u = (F(x) + F(0.5)) * across - F(0.5)
            j = min(max(int(u + F(1)) - 1, 0), cells - 2)
            fu = min(max(u - F(j), F(0)), F(1))
            ox = (F(x) - half_x) * corner
            # Natural falloff cos^4 of the field angle; `corner` is pixels to tangent, scaled for the lens's retrofocus.
            c2 = F(1) / (oy2 + ox * ox)
            level = c2 * c2
            local = row[j, 3] + (row[j + 1, 3] - row[j, 3]) * fu
            red = (image[y, x, 0] * sharp + row[j, 0] + (row[j + 1, 0] - row[j, 0]) * fu) * gain[0] * level
            green = (image[y, x, 1] * sharp + row[j, 1] + (row[j + 1, 1] - row[j, 1]) * fu) * gain[1] * level
            blue = (image[y, x, 2] * sharp + row[j, 2] + (row[j + 1, 2] - row[j, 2]) * fu) * gain[2] * level
            if noisy:
                bits = hash_u32(seed, y * width + x, frame)
                a = normal[bits & np.uint32(1023)]
                b = normal[(bits >> np.uint32(10)) & np.uint32(1023)]
                c = normal[(bits >> np.uint32(20)) & np.uint32(1023)]
                both = F(SHARED) * (a + b + c)
                red += (F(OWN) * a + both) * math.sqrt(max(red, F(0)) * electrons + read2) * per_electron
                green += (F(OWN) * b + both) * math.sqrt(max(green, F(0)) * electrons + read2) * per_electron
                blue += (F(OWN) * c + both) * math.sqrt(max(blue, F(0)) * electrons + read2) * per_electron
            # A dark pixel in a bright neighbourhood keeps its light, or lamps would wear dark rings.
            local = F(1) + (local - F(1)) * min(max(red, green, blue, F(0)), F(1))
            out[y, x, 0] = toned(red * local, top, tones)
            out[y, x, 1] = toned(green * local, top, tones)
            out[y, x, 2] = toned(blue * local, top, tones)
