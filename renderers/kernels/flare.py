"""Spikes and ghosts of a lens, added to a picture.  Renderers floor: numbers only.

A picture is cut in bands of rows, and in each of them one source comes after the other: what lands in a pixel is added
in the same order by any number of threads.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.kernels.jit import inner_kernel, kernel

BAND = 16  # rows
G_U, G_V, G_RADIUS, G_R, G_COLUMNS = 0, 1, 2, 3, 6  # of a ghost: middle and radius in px, light of a pixel
# Of a spot: luminance, its moments along columns and rows, light of each colour.
SPOT_LIGHT, SPOT_U, SPOT_R, SPOT_COLUMNS = 0, 1, 3, 6

Floats = NDArray[np.float64]


@kernel
def add_flares(
    start: int,  # bands [start, stop)
    stop: int,
    image: NDArray[np.float32],  # (H, W, 3)
    place: Floats,  # (S, 2) of the sources, px
    reach_px: Floats,  # (S,) of their spikes
    light: Floats,  # (S, 3) of all spikes of a source beyond `first_px`
    ways: Floats,  # (K, 3) rays of spikes: cosine, sine, share of the light
    first_px: float,
    ghosts: Floats,  # (G, G_COLUMNS)
    owner: NDArray[np.int64],  # (G,) their sources
    blades: Floats,  # (B, 2) cosines and sines of the aperture's edges; none: a round one
    soft_px: float,  # width of a ghost's edge
    moved: Floats,  # (bands, S, 3): what landed in the picture
) -> None:
    """Add what the lens makes of S sources to some bands of a picture."""
    flat = image.reshape(-1)
    for band in range(start, stop):
        top, low = band * BAND, min(band * BAND + BAND, image.shape[0])
        for s in range(len(place)):
            _add_spikes(
                flat, image.shape[1], top, low, s, place, reach_px[s], light, ways, first_px, band, moved
            )
        for g in range(len(ghosts)):
            _add_ghost(image, top, low, ghosts[g], blades, soft_px, moved[band, owner[g]])


@inner_kernel
def _add_spikes(
    flat: NDArray[np.float32],  # (3 H W,) the picture
    width: int,
    top: int,
    low: int,
    s: int,  # the source
    place: Floats,
    reach_px: float,
    light: Floats,
    ways: Floats,
    first_px: float,
    band: int,
    moved: Floats,
) -> None:
    """The rays of a source's spikes, nearest pixel by pixel: their light falls with the square of the distance.

    Rows are not taken out as arrays of their own, and sums stay in registers: both cost more than the light.
    """
    u, v = place[s, 0], place[s, 1]
    if v + reach_px + 2.0 < top or v - reach_px - 2.0 > low:
        return
    red, green, blue = light[s, 0], light[s, 1], light[s, 2]
    sent_red, sent_green, sent_blue = moved[band, s, 0], moved[band, s, 1], moved[band, s, 2]
    steps = math.ceil(reach_px - first_px)
    for k in range(len(ways)):
        right, down, weight = ways[k, 0], ways[k, 1], first_px * ways[k, 2]
        first, last = 0, steps
        if abs(down) > 1e-9:  # which steps may lie in these rows
            one, other = (top - 1.0 - v) / down, (low + 0.0 - v) / down
            first = max(first, int(np.floor(min(one, other) - first_px)) - 1)
            last = min(last, int(np.ceil(max(one, other) - first_px)) + 1)
        for step in range(first, last):
            edge = first_px + step
            x = int(np.rint(u + (edge + 0.5) * right))
            y = int(np.rint(v + (edge + 0.5) * down))
            if x < 0 or x >= width or y < top or y >= low:
                continue
            share = weight / (edge * (edge + 1.0))  # of 1 / edge, between two steps
            at = np.uintp(3) * (np.uintp(y) * np.uintp(width) + np.uintp(x))
            flat[at] += np.float32(share * red)
            flat[at + np.uintp(1)] += np.float32(share * green)
            flat[at + np.uintp(2)] += np.float32(share * blue)
            sent_red += share * red
            sent_green += share * green
            sent_blue += share * blue
    moved[band, s, 0], moved[band, s, 1], moved[band, s, 2] = sent_red, sent_green, sent_blue


@inner_kernel
def _add_ghost(
    image: NDArray[np.float32],
    top: int,
    low: int,
    ghost: Floats,
    blades: Floats,
    soft_px: float,
    moved: Floats,
) -> None:
    """A picture of the aperture: a polygon of its blades, a disc without any."""
    u, v, radius = ghost[G_U], ghost[G_V], ghost[G_RADIUS]
    first, last = max(math.floor(v - radius), top), min(math.ceil(v + radius) + 1, low)
    left, right = max(math.floor(u - radius), 0), min(math.ceil(u + radius) + 1, image.shape[1])
    count = len(blades)
    flat = math.cos(math.pi / max(count, 1))
    for row in range(first, last):
        y = (row - v) / radius
        for column in range(left, right):
            x = (column - u) / radius
            if count > 0:
                out = -np.inf
                for k in range(count):
                    out = max(out, x * blades[k, 0] + y * blades[k, 1])
                out /= flat
            else:
                out = math.sqrt(x * x + y * y)
            inside = min(max((1.0 - out) * radius / soft_px + 0.5, 0.0), 1.0)
            if inside > 0.0:
                for c in range(3):
                    part = inside * ghost[G_R + c]
                    image[row, column, c] += np.float32(part)
                    moved[c] += part


@kernel
def find_bright(
    start: int,  # rows [start, stop)
    stop: int,
    image: NDArray[np.float32],
    weight: NDArray[np.float32],
    least: float,
    bright: NDArray[np.uint8],
) -> None:
    """Mark the pixels whose luminance is more than `least`."""
    flat, marks = image.reshape(-1), bright.reshape(-1)
    red, green, blue = weight[0], weight[1], weight[2]
    for pixel in range(start * image.shape[1], stop * image.shape[1]):
        at = np.uintp(3) * np.uintp(pixel)
        seen = flat[at] * red + flat[at + np.uintp(1)] * green + flat[at + np.uintp(2)] * blue
        marks[np.uintp(pixel)] = seen > least


@kernel
def label_spots(
    pixels: NDArray[np.int32],  # (P,) bright ones, row by row
    width: int,
    bright: NDArray[np.uint8],  # (H * W,)
    place: NDArray[np.int32],  # (H * W,) room
    spot: NDArray[np.int64],  # (P,)
) -> int:
    """Number the spots of bright pixels that touch each other, also at corners; how many there are."""
    for k in range(len(pixels)):
        at = pixels[k]
        place[at] = k
        spot[k] = k
        x = at % width
        for side in range(4):  # the pixel before it, and the three above
            beside = -1 if side == 0 else side - 2
            other = at + beside - (0 if side == 0 else width)
            if other < 0 or x + beside < 0 or x + beside >= width or bright[other] == 0:
                continue
            one, two = _first_of(spot, k), _first_of(spot, place[other])
            spot[max(one, two)] = min(one, two)
    count = 0
    for k in range(len(pixels)):  # those before are numbered already
        if spot[k] == k:
            spot[k] = count
            count += 1
        else:
            spot[k] = spot[spot[k]]
    return count


@inner_kernel
def _first_of(spot: NDArray[np.int64], k: int) -> int:
    """The first pixel of a spot as far as it is known."""
    while spot[k] != k:
        k = spot[k]
    return k


@kernel
def weigh_spots(
    pixels: NDArray[np.int32],  # (P,) row by row
    spot: NDArray[np.int64],  # (P,)
    width: int,
    image: NDArray[np.float32],  # (H * W, 3)
    weight: NDArray[np.float64],  # (3,) of luminance
    sums: NDArray[np.float64],  # (spots, SPOT_COLUMNS) added to
) -> None:
    """Add up what spots shine, and where: luminance, the same times column and row, and each colour."""
    for k in range(len(pixels)):
        at, own = pixels[k], spot[k]
        red, green, blue = float(image[at, 0]), float(image[at, 1]), float(image[at, 2])
        light = red * weight[0] + green * weight[1] + blue * weight[2]
        sums[own, SPOT_LIGHT] += light
        sums[own, SPOT_U] += light * (at % width)
        sums[own, SPOT_U + 1] += light * (at // width)
        sums[own, SPOT_R] += red
        sums[own, SPOT_R + 1] += green
        sums[own, SPOT_R + 2] += blue


@kernel
def take_from_spots(
    pixels: NDArray[np.int32],  # (P,)
    owner: NDArray[np.int64],  # (P,) rows of `lost`, or -1
    own: NDArray[np.float32],  # (P, 3) what pixels shone before
    lost: NDArray[np.float32],  # (S, 3) shares
    image: NDArray[np.float32],  # (H * W, 3)
) -> None:
    """Take from each pixel the share of its light that its spot has lost."""
    for k in range(len(pixels)):
        if owner[k] >= 0:
            for c in range(3):
                image[pixels[k], c] -= own[k, c] * lost[owner[k], c]
