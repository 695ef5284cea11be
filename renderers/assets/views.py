"""Which triangles can be seen from outside.  Renderers floor."""

import numpy as np
from numpy.typing import NDArray

from renderers.assets.kernels.views import draw, find, turn
from renderers.loft import Floats

Longs = NDArray[np.int64]

PICTURE_PX = 200
# Around, as sensors on vehicles, on people and on masts look.
DIRECTIONS = np.array(
    [
        (0.0, 0.0, 1.0),
        *(
            (np.cos(a), np.sin(a), z)
            for z in (-0.12, 0.25, 0.9)
            for a in np.radians(np.arange(0, 360, 30) + 40 * z)
        ),
    ]
)


def _axes(side: Floats) -> Floats:
    """Right, up and towards the eye as rows, as seen from a side."""
    away = side / np.linalg.norm(side)
    right = np.cross((0.0, 0.0, 1.0) if abs(away[2]) < 0.9 else (0.0, 1.0, 0.0), away)
    right /= np.linalg.norm(right)
    return np.stack([right, np.cross(away, right), away])


AXES = tuple(_axes(side) for side in DIRECTIONS)


def seen(corner_m: Floats, clear: NDArray[np.bool_], size_px: int = PICTURE_PX) -> NDArray[np.bool_]:
    """(T,) which triangles (T, 3, 3) show from outside, some of them `clear` as glass is.

    In doubt they do: what nearly touches the outermost surface counts as seen.
    """
    found = np.zeros(len(corner_m), np.bool_)
    low, high = corner_m.reshape(-1, 3).min(axis=0), corner_m.reshape(-1, 3).max(axis=0)
    scale = (size_px - 2) / float(np.linalg.norm(high - low))
    middle = 0.5 * (low + high)
    turned, depth = np.empty_like(corner_m), np.empty((size_px, size_px))
    for axes in AXES:
        turn(corner_m, middle, scale * axes, 0.5 * size_px, turned)
        depth.fill(-np.inf)
        draw(turned, clear, depth)
        find(turned, depth, found)
    return found
