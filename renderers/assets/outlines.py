"""What two heaps of triangles look like from several sides, and how much of it they share.  Renderers floor."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from renderers.loft import Floats

SIDES: tuple[tuple[float, float, float], ...] = (
    (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (0.8, 0.6, 0.15), (0.7, -0.7, 0.3), (-0.3, 0.8, 0.5),
)  # fmt: skip
SHIFT = 4  # corners are drawn to a sixteenth of a pixel


def outlines(corner_m: Floats, low_m: Floats, high_m: Floats, size_px: int = 64) -> NDArray[np.bool_]:
    """(sides, n, n) where triangles (T, 3, 3) cover pictures that hold the box from `low_m` to `high_m`."""
    middle, radius = (low_m + high_m) / 2, float(np.linalg.norm(high_m - low_m)) / 2
    pictures = np.zeros((len(SIDES), size_px, size_px), np.uint8)
    for picture, side in zip(pictures, SIDES, strict=True):
        right, up = across(side)
        flat = np.stack([(corner_m - middle) @ right, (corner_m - middle) @ up], axis=-1)
        extent = np.abs(np.stack([(high_m - low_m) * np.abs(right), (high_m - low_m) * np.abs(up)])).sum(
            axis=1
        )
        scale = (size_px - 3) / max(float(extent.max()), 1e-3 * radius)
        pixel = np.round((flat * scale + (size_px - 1) / 2) * (1 << SHIFT)).astype(np.int32)
        for triangle in pixel:
            cv2.fillConvexPoly(picture, triangle, 1, cv2.LINE_8, SHIFT)
    return pictures.astype(bool)


def across(side: tuple[float, float, float]) -> tuple[Floats, Floats]:
    """Right and up in the picture that is seen from a side."""
    away = np.asarray(side) / np.linalg.norm(side)
    right = np.cross((0.0, 0.0, 1.0) if abs(away[2]) < 0.9 else (0.0, 1.0, 0.0), away)
    right /= np.linalg.norm(right)
    return right, np.cross(away, right)


def alike(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> Floats:
    """Intersection over union of each pair of pictures."""
    shared = (one & other).sum(axis=(1, 2))
    ratio: Floats = shared / np.maximum((one | other).sum(axis=(1, 2)), 1)
    return ratio


def likenesses(one_m: Floats, others_m: Sequence[Floats], size_px: int = 64) -> list[float]:
    """How much of their outlines other heaps of triangles share with one, each on average over the sides."""
    low, high = one_m.reshape(-1, 3).min(axis=0), one_m.reshape(-1, 3).max(axis=0)
    own = outlines(one_m, low, high, size_px)
    return [float(alike(own, outlines(other, low, high, size_px)).mean()) for other in others_m]
