"""Spikes and ghosts of a lens, added to a picture.  Renderers floor: numbers only.

One source after the other in one thread: a picture has a few dozen, and sums of float32 keep their order.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.kernels.jit import kernel


@kernel
def add_spikes(
    image: NDArray[np.float32],
    u: float,
    v: float,
    cosines: NDArray[np.float64],
    sines: NDArray[np.float64],
    first_px: float,
    reach_px: float,
    light: NDArray[np.float64],
    moved: NDArray[np.float64],
) -> None:
    """Add K rays of spikes to (H, W, 3) `image`, from (u, v) along directions (K,), nearest pixel by pixel.

    `light` (K, 3) lies beyond `first_px` and falls with the square of the distance; what lands in the picture is summed
    up in `moved` (3,).
    """
    height, width = image.shape[:2]
    for k in range(len(cosines)):
        for step in range(math.ceil(reach_px - first_px)):
            edge = first_px + step
            x = int(np.rint(u + (edge + 0.5) * cosines[k]))
            y = int(np.rint(v + (edge + 0.5) * sines[k]))
            if x < 0 or x >= width or y < 0 or y >= height:
                continue
            share = (1.0 / edge - 1.0 / (edge + 1.0)) * first_px
            for c in range(3):
                part = share * light[k, c]
                image[y, x, c] += np.float32(part)
                moved[c] += part


@kernel
def add_ghost(
    image: NDArray[np.float32],
    u: float,
    v: float,
    radius_px: float,
    cosines: NDArray[np.float64],
    sines: NDArray[np.float64],
    soft: float,
    light: NDArray[np.float64],
    moved: NDArray[np.float64],
) -> None:
    """Add the picture of the aperture about (u, v) to (H, W, 3) `image`: a polygon of blades, a disc without any.

    `light` (3,) is that of each pixel inside; `soft` the width of the edge in radii; sums go to `moved` (3,).
    """
    height, width = image.shape[:2]
    top, low = max(math.floor(v - radius_px), 0), min(math.ceil(v + radius_px) + 1, height)
    left, right = max(math.floor(u - radius_px), 0), min(math.ceil(u + radius_px) + 1, width)
    blades = len(cosines)
    for row in range(top, low):
        y = (row - v) / radius_px
        for column in range(left, right):
            x = (column - u) / radius_px
            if blades > 0:
                out = -np.inf
                for k in range(blades):
                    out = max(out, x * cosines[k] + y * sines[k])
                out /= math.cos(math.pi / blades)
            else:
                out = math.sqrt(x * x + y * y)
            inside = min(max((1.0 - out) / soft + 0.5, 0.0), 1.0)
            if inside > 0.0:
                for c in range(3):
                    part = inside * light[c]
                    image[row, column, c] += np.float32(part)
                    moved[c] += part
