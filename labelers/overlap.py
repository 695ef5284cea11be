"""How much two boxes overlap, in an image or in space: intersection over union.  Labels floor."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from labelers.records import Box

Polygon = NDArray[np.float64]  # (N, 2) convex, counter-clockwise


def iou_2d(a: Box, b: Box) -> float:
    """Of two half-open image boxes."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0.0 or height <= 0.0:
        return 0.0
    shared = width * height
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def iou_3d(
    centre_a: Sequence[float],
    size_a: Sequence[float],
    yaw_a: float,
    centre_b: Sequence[float],
    size_b: Sequence[float],
    yaw_b: float,
) -> float:
    """Of two upright boxes in space (centre; length, width, height; yaw), turned about the vertical only."""
    low = max(centre_a[2] - size_a[2] / 2, centre_b[2] - size_b[2] / 2)
    high = min(centre_a[2] + size_a[2] / 2, centre_b[2] + size_b[2] / 2)
    if high <= low:
        return 0.0
    shared = area(cut(footprint(centre_a, size_a, yaw_a), footprint(centre_b, size_b, yaw_b))) * (high - low)
    return shared / (math.prod(size_a) + math.prod(size_b) - shared)


def footprint(centre: Sequence[float], size: Sequence[float], yaw: float) -> Polygon:
    """(4, 2) corners of a box seen from above, counter-clockwise."""
    forward = np.array((math.cos(yaw), math.sin(yaw))) * size[0] / 2
    left = np.array((-math.sin(yaw), math.cos(yaw))) * size[1] / 2
    middle = np.array(centre[:2], np.float64)
    return np.stack(
        (middle + forward - left, middle + forward + left, middle - forward + left, middle - forward - left)
    )


def cut(subject: Polygon, clip: Polygon) -> Polygon:
    """The part of a convex polygon inside another (Sutherland and Hodgman 1974)."""
    for start, end in zip(clip, np.roll(clip, -1, axis=0), strict=True):
        if not len(subject):
            break
        edge = end - start
        side = edge[0] * (subject[:, 1] - start[1]) - edge[1] * (subject[:, 0] - start[0])
        kept = []
        for k in range(len(subject)):
            n = (k + 1) % len(subject)
            if side[k] >= 0.0:
                kept.append(subject[k])
            if (side[k] >= 0.0) != (side[n] >= 0.0):
                kept.append(subject[k] + (subject[n] - subject[k]) * (side[k] / (side[k] - side[n])))
        subject = np.array(kept).reshape(-1, 2)
    return subject


def area(polygon: Polygon) -> float:
    """Area of a polygon without crossings (shoelace)."""
    if len(polygon) < 3:
        return 0.0
    x, y = polygon[:, 0], polygon[:, 1]
    return 0.5 * abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))))
