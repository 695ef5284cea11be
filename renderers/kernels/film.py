"""From radiance to bytes: untiling, exposure, photon noise, tone.  Renderers floor, arrays only."""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from renderers.kernels.drawn_up import BLOCK, COLUMNS, hold_rows, row_between, take_between
from sim.kernels.jit import fast_kernel, kernel
from sim.kernels.loose_sixteen import COUNT, between, load, store, whole
from sim.kernels.random import hash_u32

F = np.float32
TONES = 4096  # steps of the tone table over the square root of exposure
TONE_TOP = 16.0  # exposure (1 = white card) that the table ends at
NORMALS = 1024  # entries of the table of normal quantiles: ten bits of a hash
# Demosaicing shares noise between the channels (a correlation of 0.64), and colour that is coded at half the resolution
# (4:2:0) has half the spread that is left in their differences (0.91): of three independent numbers n each channel takes
# OWN of its own and SHARED of their sum, which keeps the variance.
OWN, SHARED = 0.3, 0.45976
# Rows of a block of pixels that are developed at once: colours, scattered light and local gain, what is looked up.
(RED, GREEN, BLUE, GLARE, GAIN, LOW, ROOM) = (n * BLOCK for n in (0, 1, 2, 3, 6, 7, 10))


@fast_kernel
def untile(start, stop, tiles_across, radiance, image, dark):
    """Put the radiance of tiles [start, stop) where it belongs in the (H, W, 3) image.

    Marks in `dark` (tiles,) those that hold what is no finite number.
    """
    height = image.shape[0]
    width = image.shape[1]
    given, flat = radiance.reshape(-1), image.reshape(-1)
    for tile in range(start, stop):
        bits = np.uint32(0)
        for k in range(192):  # by itself, or the copying would be no vector code
            # What is no number, or has no end, is none times nothing either.
            bits |= np.uint32(given[np.uintp(192) * np.uintp(tile) + np.uintp(k)] * F(0) != F(0))
        dark[tile] = bits != np.uint32(0)
        top = (tile // tiles_across) * 8
        left = (tile % tiles_across) * 8
        if top + 8 <= height and left + 8 <= width:  # rows of it lie side by side here and there
            for row in range(8):
                source = np.uintp(192) * np.uintp(tile) + np.uintp(24 * row)
                place = np.uintp(3) * (np.uintp(top + row) * np.uintp(width) + np.uintp(left))
                for k in range(24):
                    flat[place + np.uintp(k)] = given[source + np.uintp(k)]
            continue
        for lane in range(64):
            y = top + lane // 8
            x = left + lane % 8
            if y < height and x < width:
                r = tile * 64 + lane
                image[y, x, 0] = radiance[r, 0]
                image[y, x, 1] = radiance[r, 1]
                image[y, x, 2] = radiance[r, 2]


@fast_kernel
def blur_rows(start, stop, image, weights, out):
    """Blur rows [start, stop) of an (H, W, 3) image: `weights` (3,) of a pixel, its neighbours and theirs.

    Beyond the picture lies its rim once more.
    """
    last = image.shape[0] - 1
    length = np.uintp(3 * image.shape[1])
    flat, written = image.reshape(-1), out.reshape(-1)
    own, near, far = weights[0], weights[1], weights[2]
    line = np.empty(length + np.uintp(12), np.float32)  # with two pixels more on either side
    for y in range(start, stop):
        here = length * np.uintp(y)
        above, over = length * np.uintp(max(y - 1, 0)), length * np.uintp(max(y - 2, 0))
        below, under = length * np.uintp(min(y + 1, last)), length * np.uintp(min(y + 2, last))
        for x in range(length):
            k = np.uintp(x)
            line[k + np.uintp(6)] = (
                own * flat[here + k]
                + near * (flat[above + k] + flat[below + k])
                + far * (flat[over + k] + flat[under + k])
            )
        for c in range(3):
            k = np.uintp(c)
            line[k] = line[k + np.uintp(3)] = line[k + np.uintp(6)]
            line[length + k + np.uintp(9)] = line[length + k + np.uintp(6)] = line[length + k + np.uintp(3)]
        for x in range(length):
            k = np.uintp(x)
            written[here + k] = (
                own * line[k + np.uintp(6)]
                + near * (line[k + np.uintp(3)] + line[k + np.uintp(9)])
                + far * (line[k] + line[k + np.uintp(12)])
            )


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


@fast_kernel
def expose(
    start,
    stop,
    image,
    glare,
    sharp,
    gain,
    chroma,
    corner,
    electrons,
    read_noise,
    seed,
    frame,
    normal,
    tones,
    out,
):
    """Develop rows [start, stop): glare, vignetting, white balance and exposure `gain` (3,), noise, tone, 8 bits.

    `glare` (h, w, 4) holds scattered light and the local gain of the tone mapping; `sharp` is the share that is not
    scattered.  An exposure of 1 fills `electrons` of the well; shot noise has the variance of the count, `read_noise`
    is in electrons (EMVA 1288).  `electrons` <= 0 leaves the noise out.  `chroma` draws colours away from grey of their
    luminance (> 1) or towards it.  Twin: naive_camera.exposed.
    """
    height = image.shape[0]
    width = image.shape[1]
    top = F(TONES - 1) / math.sqrt(F(TONE_TOP))
    half_y = F(0.5) * F(height - 1)
    half_x = F(0.5) * F(width - 1)
    along = F(glare.shape[0]) / F(height)
    across = F(glare.shape[1]) / F(width)
    read2 = read_noise * read_noise
    noisy = electrons > F(0)
    per_electron = F(1) / max(electrons, F(1))
    gain_r = gain[0]
    gain_g = gain[1]
    gain_b = gain[2]
    picture = image.reshape(-1)
    written = out.reshape(-1)
    # Colours of a block lie apart from one another and what is looked up stands in loops of its own, so that all the
    # arithmetic is that of vectors.  Blocks are of one length: of the last one the end means nothing.
    reach = np.uintp((width + BLOCK - 1) // BLOCK * BLOCK)
    row = np.empty(glare.shape[1], np.float32)
    wide = np.empty(8 * reach, np.float32)  # two rows of glare, as wide as the picture
    held = np.full(2, -1)  # which ones
    lane = np.zeros(ROOM, np.float32)
    words = np.zeros(3 * BLOCK, np.uint32)
    for y in range(start, stop):
        i, share = row_between(y, along, glare.shape[0])
        above, below = hold_rows(glare, COLUMNS, i, across, reach, row, held, wide)
        oy = (F(y) - half_y) * corner
        oy2 = F(1) + oy * oy
        for left in range(0, width, BLOCK):
            count = min(BLOCK, width - left)
            first = np.uintp(3 * (width * y + left))
            for k in range(count):
                at = first + np.uintp(3) * np.uintp(k)
                lane[RED + k] = picture[at]
                lane[GREEN + k] = picture[at + np.uintp(1)]
                lane[BLUE + k] = picture[at + np.uintp(2)]
            take_between(wide, above, below, share, reach, left, lane, GLARE)
            for k in range(BLOCK):
                ox = (F(np.int32(left + k)) - half_x) * corner
                # Natural falloff cos^4 of the field angle; `corner` is pixels to tangent, scaled for the lens's
                # retrofocus.
                c2 = F(1) / (oy2 + ox * ox)
                c4 = c2 * c2
                red = (lane[RED + k] * sharp + lane[GLARE + k]) * (gain_r * c4)
                green = (lane[GREEN + k] * sharp + lane[GLARE + BLOCK + k]) * (gain_g * c4)
                blue = (lane[BLUE + k] * sharp + lane[GLARE + 2 * BLOCK + k]) * (gain_b * c4)
                grey = F(0.2126) * red + F(0.7152) * green + F(0.0722) * blue
                lane[RED + k] = grey + (red - grey) * chroma
                lane[GREEN + k] = grey + (green - grey) * chroma
                lane[BLUE + k] = grey + (blue - grey) * chroma
            if noisy:
                begin = np.uint32(y * width + left)
                for k in range(BLOCK):
                    words[k] = hash_u32(seed, begin + np.uint32(k), frame)
                for k in range(BLOCK):
                    bits = words[k]
                    lane[LOW + k] = normal[bits & np.uint32(1023)]
                    lane[LOW + BLOCK + k] = normal[(bits >> np.uint32(10)) & np.uint32(1023)]
                    lane[LOW + 2 * BLOCK + k] = normal[(bits >> np.uint32(20)) & np.uint32(1023)]
                for k in range(BLOCK):
                    both = F(SHARED) * (lane[LOW + k] + lane[LOW + BLOCK + k] + lane[LOW + 2 * BLOCK + k])
                    for c in range(3):
                        spread = (
                            math.sqrt(max(lane[RED + c * BLOCK + k], F(0)) * electrons + read2) * per_electron
                        )
                        lane[RED + c * BLOCK + k] += (F(OWN) * lane[LOW + c * BLOCK + k] + both) * spread
            for k in range(BLOCK):
                # A dark pixel in a bright neighbourhood keeps its light, or lamps would wear dark rings.
                bright = min(max(lane[RED + k], lane[GREEN + k], lane[BLUE + k], F(0)), F(1))
                lane[GAIN + k] = F(1) + (lane[GAIN + k] - F(1)) * bright
            for k in range(BLOCK):
                level = lane[GAIN + k]
                lane[LOW + k] = math.sqrt(min(max(lane[RED + k] * level, F(0)), F(TONE_TOP))) * top
                lane[LOW + BLOCK + k] = math.sqrt(min(max(lane[GREEN + k] * level, F(0)), F(TONE_TOP))) * top
                lane[LOW + 2 * BLOCK + k] = (
                    math.sqrt(min(max(lane[BLUE + k] * level, F(0)), F(TONE_TOP))) * top
                )
            for k in range(0, 3 * BLOCK, COUNT):
                at = load(lane, np.uintp(LOW + k))
                step = min(whole(at), F(TONES - 2))
                store(lane, np.uintp(LOW + k), between(tones, step, at - step))
            for k in range(3 * BLOCK):
                words[k] = np.uint32(np.int32(lane[LOW + k] + F(0.5)))
            for k in range(count):
                at = first + np.uintp(3) * np.uintp(k)
                written[at] = np.uint8(words[k])
                written[at + np.uintp(1)] = np.uint8(words[BLOCK + k])
                written[at + np.uintp(2)] = np.uint8(words[2 * BLOCK + k])
