"""Bounds of boxes in images, cut at the near plane before they are projected.  Renderers floor.

Rectangles are half-open (x0, y0, x1, y1) in pixels.  Pixel centres lie at integers in image coordinates, so pixel i
covers [i, i + 1) of a rectangle and an image coordinate u becomes u + 0.5.  The "flat" image is the one that the same
camera matrix makes without distortion.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from renderers.frames import CameraModel
from renderers.optics import pixel_rays, project

Rect = tuple[float, float, float, float]

NEAR_M = 0.05  # nothing on a car's outside comes nearer to a lens; keeps x / z finite
PADDING = 1.0  # full silhouettes reach this many image widths and heights beyond each border
SEGMENT_SAMPLES = 17  # per straight line: a lens with distortion bends it
EDGES = ((0, 1), (1, 3), (3, 2), (2, 0), (4, 5), (5, 7), (7, 6), (6, 4), (0, 4), (1, 5), (2, 6), (3, 7))


def cuboid_corners(size_m: Sequence[float]) -> NDArray[np.float64]:
    """(8, 3) corners of an actor's box in its own frame (origin on the ground below the centre)."""
    length, width, height = size_m
    return np.array(
        [[x, y, z] for x in (length / 2, -length / 2) for y in (width / 2, -width / 2) for z in (0.0, height)]
    )


def clip_near(corners_m: NDArray[np.float64], near_m: float = NEAR_M) -> NDArray[np.float64]:
    """(N, 3) points at or beyond z = near_m whose hull is the cuboid cut there; none when all of it lies nearer."""
    ahead = corners_m[:, 2] >= near_m
    points = [corners_m[ahead]]
    for a, b in EDGES:
        if ahead[a] != ahead[b]:
            share = (near_m - corners_m[a, 2]) / (corners_m[b, 2] - corners_m[a, 2])
            points.append((corners_m[a] + share * (corners_m[b] - corners_m[a]))[None])
    return np.concatenate(points)


def flat_bounds(corners_m: NDArray[np.float64], model: CameraModel) -> Rect | None:
    """Bounds of a cuboid in the flat image, not cut at its borders; None when it lies behind the camera.

    `corners_m` (8, 3) in the camera frame.  A convex body projects to the hull of its projected corners, so the
    bounds are exact.
    """
    points = clip_near(corners_m)
    if not len(points):
        return None
    return _bounds(_flat(model, points) + 0.5)


def flat_view(model: CameraModel) -> Rect:
    """Bounds of what the lens sees in the flat image; the image itself for a lens without distortion."""
    if not np.any(model.distortion):
        return whole_image(model)
    right, bottom = model.width_px - 0.5, model.height_px - 0.5
    across, down = np.arange(-0.5, right + 1e-9), np.arange(-0.5, bottom + 1e-9)
    rim = np.concatenate(
        [np.stack([across, np.full_like(across, v)], axis=1) for v in (-0.5, bottom)]
        + [np.stack([np.full_like(down, u), down], axis=1) for u in (-0.5, right)]
    )
    return _bounds(_flat(model, pixel_rays(model, rim)) + 0.5)


def padded_view(model: CameraModel) -> Rect:
    """The frustum in which full silhouettes are measured: the flat view and `PADDING` of it on every side."""
    x0, y0, x1, y1 = flat_view(model)
    width, height = PADDING * (x1 - x0), PADDING * (y1 - y0)
    return x0 - width, y0 - height, x1 + width, y1 + height


def image_bounds(corners_m: NDArray[np.float64], model: CameraModel) -> Rect | None:
    """Bounds of a cuboid in the image, cut at its borders; None when it does not reach into the image.

    With distortion the hull's lines are sampled, and what lies outside the lens's view is pulled to its border before
    it is bent: far off the axis the distortion polynomial folds back into the image.
    """
    flat = flat_bounds(corners_m, model)
    if flat is None:
        return None
    if not np.any(model.distortion):
        return intersect(flat, whole_image(model))
    x0, y0, x1, y1 = view = flat_view(model)
    if intersect(flat, view) is None:
        return None
    points = clip_near(corners_m)
    first, second = np.triu_indices(len(points), 1)
    share = np.linspace(0.0, 1.0, SEGMENT_SAMPLES)[:, None, None]
    lines = (points[first] * (1 - share) + points[second] * share).reshape(-1, 3)
    uv = np.clip(_flat(model, lines), (x0 - 0.5, y0 - 0.5), (x1 - 0.5, y1 - 0.5))
    bent = project(model, flat_rays(model, uv))
    bent = bent[np.isfinite(bent[:, 0])]
    return intersect(_bounds(bent + 0.5), whole_image(model)) if len(bent) else None


def flat_rays(model: CameraModel, uv: NDArray[np.float64]) -> NDArray[np.float64]:
    """(..., 3) directions with z = 1 through points (..., 2) of the flat image."""
    K = model.matrix
    y = (uv[..., 1] - K[1, 2]) / K[1, 1]
    x = (uv[..., 0] - K[0, 2] - K[0, 1] * y) / K[0, 0]
    return np.stack([x, y, np.ones_like(x)], axis=-1)


def inside_image(model: CameraModel, uv: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(...,) whether image points (..., 2) fall on a pixel; NaN does not."""
    within: NDArray[np.bool_] = (
        (uv[..., 0] >= -0.5)
        & (uv[..., 0] < model.width_px - 0.5)
        & (uv[..., 1] >= -0.5)
        & (uv[..., 1] < model.height_px - 0.5)
    )
    return within


def whole_image(model: CameraModel) -> Rect:
    """The image as a rectangle."""
    return 0.0, 0.0, float(model.width_px), float(model.height_px)


def intersect(a: Rect, b: Rect) -> Rect | None:
    """Common part of two rectangles; None when they share no area."""
    x0, y0, x1, y1 = max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None


def _flat(model: CameraModel, points_m: NDArray[np.float64]) -> NDArray[np.float64]:
    K = model.matrix
    y = points_m[:, 1] / points_m[:, 2]
    x = points_m[:, 0] / points_m[:, 2]
    return np.stack([K[0, 0] * x + K[0, 1] * y + K[0, 2], K[1, 1] * y + K[1, 2]], axis=1)


def _bounds(uv: NDArray[np.float64]) -> Rect:
    low, high = uv.min(axis=0), uv.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
