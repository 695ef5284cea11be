"""From radiance to bytes: untiling, exposure, photon noise, tone.  Renderers floor, arrays only."""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from sim.kernels.jit import fast_inner_kernel, fast_kernel, kernel
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


@kernel
def rows_without_light(start, stop, image, dark):
    """Mark those of rows [start, stop) of an (H, W, 3) image that hold what is no finite number."""
    for y in range(start, stop):
        row = image[y].reshape(-1)
        bits = np.uint32(0)
        for x in range(row.shape[0]):
            # What is no number, or has no end, is none times nothing either.
            bits |= np.uint32(row[x] * F(0) != F(0))
        dark[y] = bits != np.uint32(0)


@fast_inner_kernel
def add_drawn_up(small, share, y, height, width, row, total):
    """Add to `total` (3 width,) row `y` of an image (height, width, 3): that of a smaller one, drawn up bilinearly.

    `row` is room for 3 numbers for each of its columns.
    """
    tall = small.shape[0]
    wide = small.shape[1]
    v = (F(y) + F(0.5)) * (F(tall) / F(height)) - F(0.5)
    v = min(max(v, F(0)), F(tall - 1))
    i = min(int(v), tall - 2)
    fv = v - F(i)
    for x in range(wide):
        for c in range(3):
            row[3 * x + c] = share * (small[i, x, c] + (small[i + 1, x, c] - small[i, x, c]) * fv)
    if wide == width:
        for x in range(3 * width):
            total[x] += row[x]
        return
    across = F(wide) / F(width)
    for x in range(width):
        u = min(max((F(x) + F(0.5)) * across - F(0.5), F(0)), F(wide - 1))
        j = min(int(u), wide - 2)
        fu = u - F(j)
        for c in range(3):
            near = row[3 * j + c]
            total[3 * x + c] += near + (row[3 * j + 3 + c] - near) * fu


@fast_kernel
def gather_lobes(start, stop, lobes, shares, level, glare):
    """Rows [start, stop) of the light (h, w, 4) that a lens spreads: `lobes` of their own sizes, and the `level`."""
    height = glare.shape[0]
    width = glare.shape[1]
    total = np.empty(3 * width, np.float32)
    row = np.empty(3 * width, np.float32)
    for y in range(start, stop):
        for x in range(3 * width):
            total[x] = F(0)
        for q in range(len(lobes)):
            add_drawn_up(lobes[q], shares[q], y, height, width, row, total)
        for x in range(width):
            for c in range(3):
                glare[y, x, c] = total[3 * x + c]
            glare[y, x, 3] = level[y, x]


@fast_kernel
def add_soft(start, stop, small, image):
    """Add to rows [start, stop) of an image a smaller one, drawn up bilinearly."""
    height = image.shape[0]
    width = image.shape[1]
    pixels = image.reshape(-1)
    total = np.empty(3 * width, np.float32)
    row = np.empty(3 * small.shape[1], np.float32)
    for y in range(start, stop):
        for x in range(3 * width):
            total[x] = F(0)
        add_drawn_up(small, F(1), y, height, width, row, total)
        first = 3 * width * y
        for x in range(3 * width):
            pixels[first + x] += total[x]


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
