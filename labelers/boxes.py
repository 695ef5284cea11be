"""Image boxes: bounds of masks, and of projected cuboids cut at the near plane.  Labels floor.

Boxes are half-open (x0, y0, x1, y1).  Pixel centres lie at integers in image coordinates, so pixel i covers
[i, i + 1) of a box and an image coordinate u becomes u + 0.5.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labelers.kernels.masks import measure_masks
from labelers.records import Box
from renderers.frames import CameraModel
from renderers.optics import pixel_rays, project

NEAR_M = 0.05  # nothing on a car's outside comes nearer to a lens; keeps x / z finite
PADDING = 1.0  # full silhouettes reach this many image widths and heights beyond each border
EDGE_SAMPLES = 17  # per cuboid edge: a lens with distortion bends edges
EDGES = ((0, 1), (1, 3), (3, 2), (2, 0), (4, 5), (5, 7), (7, 6), (6, 4), (0, 4), (1, 5), (2, 6), (3, 7))


@dataclass(frozen=True, slots=True)
class MaskMeasures:
    """Measures of R instance masks in one image."""

    bounds: NDArray[np.int32]  # (R, 4) half-open; meaningless where count is 0
    count: NDArray[np.int64]  # (R,)
    transmittance: NDArray[np.float64]  # (R,) mean over the mask; 1 where count is 0


def mask_measures(
    instance: NDArray[np.int32], transmittance: NDArray[np.float32], ids: Sequence[int]
) -> MaskMeasures:
    """Bounds, area and mean transmittance of the masks of `ids`, in one pass over the image."""
    table = np.full(max(ids, default=0) + 1, -1, np.int32)
    table[np.asarray(ids, np.int64)] = np.arange(len(ids), dtype=np.int32)
    bounds = np.zeros((len(ids), 4), np.int32)
    count = np.zeros(len(ids), np.int64)
    light = np.zeros(len(ids), np.float64)
    measure_masks(
        np.ascontiguousarray(instance), np.ascontiguousarray(transmittance), table, bounds, count, light
    )
    mean = np.where(count > 0, light / np.maximum(count, 1), 1.0)
    return MaskMeasures(bounds, count, mean)


def cuboid_corners(size_m: Sequence[float]) -> NDArray[np.float64]:
    """(8, 3) corners of an actor's box in its own frame (origin on the ground below the centre)."""
    length, width, height = size_m
    return np.array(
        [[x, y, z] for x in (length / 2, -length / 2) for y in (width / 2, -width / 2) for z in (0.0, height)]
    )


def clip_near(corners_m: NDArray[np.float64], near_m: float = NEAR_M) -> NDArray[np.float64]:
    """(N, 3) points in front of z = near_m whose hull is the cuboid cut there; empty when all lies behind."""
    ahead = corners_m[:, 2] >= near_m
    points = [corners_m[ahead]]
    for a, b in EDGES:
        if ahead[a] != ahead[b]:
            share = (near_m - corners_m[a, 2]) / (corners_m[b, 2] - corners_m[a, 2])
            points.append((corners_m[a] + share * (corners_m[b] - corners_m[a]))[None])
    return np.concatenate(points)


def pinhole_bounds(corners_m: NDArray[np.float64], model: CameraModel) -> Box | None:
    """Bounds of a cuboid in the undistorted image, unclipped; None when it lies behind the camera.

    `corners_m` (8, 3) in the camera frame.  The projection of a convex body is the hull of its projected corners, so
    the bounds are exact.
    """
    points = clip_near(corners_m)
    if not len(points):
        return None
    K = model.matrix
    y = points[:, 1] / points[:, 2]
    u = K[0, 0] * points[:, 0] / points[:, 2] + K[0, 1] * y + K[0, 2] + 0.5
    v = K[1, 1] * y + K[1, 2] + 0.5
    return float(u.min()), float(v.min()), float(u.max()), float(v.max())


def pinhole_view(model: CameraModel) -> Box:
    """Bounds of the image in its own undistorted plane; the image itself for a lens without distortion."""
    if not np.any(model.distortion):
        return 0.0, 0.0, float(model.width_px), float(model.height_px)
    across = np.arange(-0.5, model.width_px, 1.0)
    down = np.arange(-0.5, model.height_px, 1.0)
    right, bottom = model.width_px - 0.5, model.height_px - 0.5
    rim = np.concatenate(
        [
            np.stack([across, np.full_like(across, -0.5)], axis=1),
            np.stack([across, np.full_like(across, bottom)], axis=1),
            np.stack([np.full_like(down, -0.5), down], axis=1),
            np.stack([np.full_like(down, right), down], axis=1),
        ]
    )
    rays = pixel_rays(model, rim)
    K = model.matrix
    u = K[0, 0] * rays[:, 0] + K[0, 1] * rays[:, 1] + K[0, 2] + 0.5
    v = K[1, 1] * rays[:, 1] + K[1, 2] + 0.5
    return float(u.min()), float(v.min()), float(u.max()), float(v.max())


def image_bounds(corners_m: NDArray[np.float64], model: CameraModel) -> Box | None:
    """Bounds of a cuboid in the image, clipped to it; None when it does not reach into the image.

    With distortion the edges are sampled and every sample outside the lens's view is pulled to its border before it
    is bent: far off the axis the distortion polynomial folds back into the image.
    """
    flat = pinhole_bounds(corners_m, model)
    if flat is None:
        return None
    whole: Box = (0.0, 0.0, float(model.width_px), float(model.height_px))
    if not np.any(model.distortion):
        return intersect(flat, whole)
    view = pinhole_view(model)
    if intersect(flat, view) is None:
        return None
    K = model.matrix
    share = np.linspace(0.0, 1.0, EDGE_SAMPLES)[:, None]
    points = clip_near(corners_m)
    pairs = np.array([(a, b) for a in range(len(points)) for b in range(a + 1, len(points))])
    xyz = (points[pairs[:, :1]] * (1 - share) + points[pairs[:, 1:]] * share).reshape(-1, 3)
    y = xyz[:, 1] / xyz[:, 2]
    u = K[0, 0] * xyz[:, 0] / xyz[:, 2] + K[0, 1] * y + K[0, 2]
    v = np.clip(K[1, 1] * y + K[1, 2], view[1] - 0.5, view[3] - 0.5)
    u = np.clip(u, view[0] - 0.5, view[2] - 0.5)
    y = (v - K[1, 2]) / K[1, 1]
    x = (u - K[0, 2] - K[0, 1] * y) / K[0, 0]
    bent = project(model, np.stack([x, y, np.ones_like(x)], axis=1)) + 0.5
    bent = bent[np.isfinite(bent[:, 0])]
    if not len(bent):
        return None
    low, high = bent.min(axis=0), bent.max(axis=0)
    return intersect((float(low[0]), float(low[1]), float(high[0]), float(high[1])), whole)


def intersect(a: Box, b: Box) -> Box | None:
    """Common part of two boxes; None when they share no area."""
    x0, y0, x1, y1 = max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None


def unite(a: Box | None, b: Box | None) -> Box | None:
    """Smallest box around two boxes."""
    if a is None or b is None:
        return b if a is None else a
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])
