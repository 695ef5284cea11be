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
    picture = image.reshape(-1)
    written = out.reshape(-1)
    # What is looked up stands in loops of its own, so that all the arithmetic is that of vectors.
    row = np.empty(4 * cells, np.float32)
    scattered = np.empty(4 * width, np.float32)  # and the local gain
    seen = np.empty(3 * width, np.float32)
    chance = np.empty(3 * width, np.float32)
    hashed = np.empty(width, np.uint32)
    level = np.empty(width, np.float32)
    whole = np.empty(3 * width, np.int32)
    for y in range(start, stop):
        v = (F(y) + F(0.5)) * along - F(0.5)
        i = min(max(math.floor(v), 0), glare.shape[0] - 2)
        fv = min(max(v - F(i), F(0)), F(1))
        for j in range(cells):
            for c in range(4):
                row[4 * j + c] = glare[i, j, c] + (glare[i + 1, j, c] - glare[i, j, c]) * fv
        oy = (F(y) - half_y) * corner
        oy2 = F(1) + oy * oy
        for x in range(width):
            u = (F(np.int32(x)) + F(0.5)) * across - F(0.5)
            j = min(max(np.int32(u + F(1)) - 1, 0), cells - 2)
            fu = min(max(u - F(j), F(0)), F(1))
            for c in range(4):
                scattered[4 * x + c] = row[4 * j + c] + (row[4 * j + 4 + c] - row[4 * j + c]) * fu
        for x in range(width):
            ox = (F(np.int32(x)) - half_x) * corner
            # Natural falloff cos^4 of the field angle; `corner` is pixels to tangent, scaled for the lens's retrofocus.
            c2 = F(1) / (oy2 + ox * ox)
            level[x] = c2 * c2
        first = 3 * width * y
        for x in range(width):
            for c in range(3):
                seen[3 * x + c] = (
                    (picture[first + 3 * x + c] * sharp + scattered[4 * x + c]) * gain[c] * level[x]
                )
        if noisy:
            for x in range(width):
                hashed[x] = hash_u32(seed, y * width + x, frame)
            for x in range(width):
                chance[3 * x] = normal[hashed[x] & np.uint32(1023)]
                chance[3 * x + 1] = normal[(hashed[x] >> np.uint32(10)) & np.uint32(1023)]
                chance[3 * x + 2] = normal[(hashed[x] >> np.uint32(20)) & np.uint32(1023)]
            for x in range(width):
                both = F(SHARED) * (chance[3 * x] + chance[3 * x + 1] + chance[3 * x + 2])
                for c in range(3):
                    spread = math.sqrt(max(seen[3 * x + c], F(0)) * electrons + read2) * per_electron
                    seen[3 * x + c] += (F(OWN) * chance[3 * x + c] + both) * spread
        for x in range(width):
            # A dark pixel in a bright neighbourhood keeps its light, or lamps would wear dark rings.
            bright = min(max(seen[3 * x], seen[3 * x + 1], seen[3 * x + 2], F(0)), F(1))
            level[x] = F(1) + (scattered[4 * x + 3] - F(1)) * bright
        for x in range(width):
            for c in range(3):
                at = math.sqrt(min(max(seen[3 * x + c] * level[x], F(0)), F(TONE_TOP))) * top
                k = min(np.int32(at), np.int32(TONES - 2))
                whole[3 * x + c] = k
                seen[3 * x + c] = at - F(k)
        for x in range(3 * width):
            k = whole[x]
            written[first + x] = np.uint8(tones[k] + (tones[k + 1] - tones[k]) * seen[x] + F(0.5))
