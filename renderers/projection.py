"""Bounds of boxes in images, cut at the near plane before they are projected.  Renderers floor.

Rectangles are half-open (x0, y0, x1, y1) in pixels.  Pixel centres lie at integers in image coordinates, so pixel i
covers [i, i + 1) of a rectangle and an image coordinate u becomes u + 0.5.  The "flat" image is the one that the same
camera matrix makes without distortion.  A fisheye, which sees what no flat image can hold, keeps its own image, endless
to the end of its plane.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from renderers.frames import CameraModel
from renderers.optics import fisheye_points, pixel_rays, plane_rad, project

Rect = tuple[float, float, float, float]

NEAR_M = 0.05  # nothing on a car's outside comes nearer to a lens; keeps x / z finite
PADDING = 1.0  # full silhouettes reach this many image widths and heights beyond each border
SEGMENT_SAMPLES = 17  # per straight line: a lens with distortion bends it
ARC_SAMPLES = 49  # per edge in a fisheye's image, evenly by angle; an edge may span half the view
RIM_SAMPLES = 256  # of a circle about a fisheye's axis
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
    bounds are exact; a fisheye's are those of points a few degrees apart on its edges.
    """
    if model.fisheye:
        return _fisheye_bounds(corners_m, model, plane_rad(model))
    points = clip_near(corners_m)
    if not len(points):
        return None
    return _bounds(_flat(model, points) + 0.5)


def flat_view(model: CameraModel) -> Rect:
    """Bounds of what the lens sees in the flat image; the image itself for a lens without distortion and a fisheye."""
    if model.fisheye or model.straight:
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
    if model.fisheye:
        seen = _fisheye_bounds(corners_m, model, 0.5 * model.field_rad)
        return None if seen is None else intersect(seen, whole_image(model))
    flat = flat_bounds(corners_m, model)
    if flat is None:
        return None
    if model.straight:
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
    """(..., 3) directions through points (..., 2) of the flat image: with z = 1, or as `pixel_rays` of a fisheye."""
    if model.fisheye:
        return pixel_rays(model, uv)
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


def _fisheye_bounds(corners_m: NDArray[np.float64], model: CameraModel, most_rad: float) -> Rect | None:
    """Bounds of a cuboid's part within an angle off a fisheye's axis; None when nothing of it lies there.

    The edges are great circles, sampled evenly by angle.  Where the circle of that angle cuts the cuboid, its own points
    bound what is left; so they do for a cuboid behind the camera, which surrounds the whole picture.
    """
    turn = 2.0 * np.pi * np.arange(RIM_SAMPLES) / RIM_SAMPLES
    sine, cosine = np.sin(most_rad), np.cos(most_rad)
    rim = np.stack([sine * np.cos(turn), sine * np.sin(turn), np.full(RIM_SAMPLES, cosine)], axis=1)
    inside = _inside(corners_m)
    way = corners_m / np.maximum(np.linalg.norm(corners_m, axis=1, keepdims=True), 1e-12)
    first, second = way[[a for a, _ in EDGES]], way[[b for _, b in EDGES]]
    angle = np.arctan2(np.linalg.norm(np.cross(first, second), axis=1), np.sum(first * second, axis=1))
    share = np.linspace(0.0, 1.0, ARC_SAMPLES)[:, None]
    safe = np.maximum(np.sin(angle), 1e-9)
    arcs = (np.sin((1 - share) * angle) / safe)[..., None] * first
    arcs = arcs + (np.sin(share * angle) / safe)[..., None] * second
    points = [fisheye_points(model, arcs.reshape(-1, 3), most_rad)]
    points.append(fisheye_points(model, rim[inside | _meets(rim, corners_m)], most_rad + 1e-9))
    uv = np.concatenate(points)
    uv = uv[np.isfinite(uv[:, 0])]
    return _bounds(uv + 0.5) if len(uv) else None


def _axes(corners_m: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Middle (3,) and half edges (3, 3), one a row, of a cuboid given by `cuboid_corners`."""
    middle: NDArray[np.float64] = corners_m.mean(axis=0)
    half = 0.5 * np.stack(
        [corners_m[0] - corners_m[4], corners_m[0] - corners_m[2], corners_m[1] - corners_m[0]]
    )
    return middle, half


def _inside(corners_m: NDArray[np.float64]) -> bool:
    """Whether the camera is in a cuboid."""
    middle, half = _axes(corners_m)
    return bool(np.all(np.abs(half @ middle) <= np.sum(half * half, axis=1)))


def _meets(rays: NDArray[np.float64], corners_m: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(N,) whether rays (N, 3) from the camera meet a cuboid (slabs in its own axes)."""
    middle, half = _axes(corners_m)
    scale = np.sum(half * half, axis=1)
    along, start = rays @ half.T / scale, -(half @ middle) / scale  # the cuboid is [-1, 1] on each axis
    along = np.where(np.abs(along) < 1e-12, 1e-12, along)
    one, other = (-1.0 - start) / along, (1.0 - start) / along
    enter, leave = np.minimum(one, other).max(axis=1), np.maximum(one, other).min(axis=1)
    met: NDArray[np.bool_] = (enter <= leave) & (leave > 0.0)
    return met


def _flat(model: CameraModel, points_m: NDArray[np.float64]) -> NDArray[np.float64]:
    K = model.matrix
    y = points_m[:, 1] / points_m[:, 2]
    x = points_m[:, 0] / points_m[:, 2]
    return np.stack([K[0, 0] * x + K[0, 1] * y + K[0, 2], K[1, 1] * y + K[1, 2]], axis=1)


def _bounds(uv: NDArray[np.float64]) -> Rect:
    low, high = uv.min(axis=0), uv.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
