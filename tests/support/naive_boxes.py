"""The slow twin of distances between bodies: one pair of boxes at one instant."""

import math

import numpy as np
from numpy.typing import NDArray

from sim.kernels import traffic as k


def corners(box: NDArray[np.float64]) -> NDArray[np.float64]:
    """(4, 2) corners of a row of `things`, counter-clockwise."""
    cos, sin = math.cos(box[k.BYAW]), math.sin(box[k.BYAW])
    forward = np.array((cos, sin)) * box[k.BHALF_LENGTH]
    left = np.array((-sin, cos)) * box[k.BHALF_WIDTH]
    centre = box[[k.BX, k.BY]]
    return np.stack(
        (centre + forward + left, centre - forward + left, centre - forward - left, centre + forward - left)
    )


def box_distance(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Metres between the outlines of two boxes on the ground; 0 where they overlap."""
    p, q = corners(a), corners(b)
    if _separated(p, q) is False and _separated(q, p) is False:
        return 0.0
    return min(_points_to_edges(p, q), _points_to_edges(q, p))


def _separated(p: NDArray[np.float64], q: NDArray[np.float64]) -> bool:
    """Whether an edge direction of the rectangle p separates it from q."""
    for edge in (p[0] - p[1], p[1] - p[2]):
        shadow_p, shadow_q = p @ edge, q @ edge
        if shadow_p.max() < shadow_q.min() or shadow_q.max() < shadow_p.min():
            return True
    return False


def _points_to_edges(p: NDArray[np.float64], q: NDArray[np.float64]) -> float:
    start, way = q, np.roll(q, -1, axis=0) - q
    d = p[:, None, :] - start[None, :, :]
    share = np.clip((d * way).sum(-1) / np.maximum((way * way).sum(-1), 1e-12), 0.0, 1.0)
    return float(np.sqrt(((d - share[..., None] * way) ** 2).sum(-1)).min())


def meet(
    eye: NDArray[np.float64],
    way: NDArray[np.float64],
    centre: NDArray[np.float64],
    rotation: NDArray[np.float64],
    half: NDArray[np.float64],
) -> float:
    """Metres along one unit ray to where it first meets one box, by its six faces; inf where it does not."""
    if (np.abs(rotation.T @ (eye - centre)) <= half).all():
        return 0.0
    best = math.inf
    for axis in range(3):
        for side in (-1.0, 1.0):
            normal = side * rotation[:, axis]
            slope = float(way @ normal)
            if slope == 0.0:
                continue
            t = float((centre + half[axis] * normal - eye) @ normal) / slope
            place = rotation.T @ (eye + t * way - centre)
            others = [k for k in range(3) if k != axis]
            if t > 0.0 and all(abs(place[k]) <= half[k] + 1e-12 for k in others):
                best = min(best, t)
    return best
