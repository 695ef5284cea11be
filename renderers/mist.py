"""The spray behind vehicles as cameras and lidars meet it: the same balls of mist for both.  Renderers floor."""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

import numpy as np
from numpy.typing import NDArray

from renderers.frame_light import Light
from renderers.frames import CameraModel
from renderers.kernels.spray import (
    B_COLUMNS,
    B_DEPTH_M,
    B_EXTINCTION,
    B_PHASE,
    B_R,
    B_RADIUS_M,
    B_SCALE,
    B_U,
    draw_balls,
    through_mist,
)
from renderers.optics import depth_of, project
from renderers.particles import scattered
from sim.kernels.jit import in_slices
from sim.spray import EXTINCTION_PER_M, Spray, SprayClouds

Array = NDArray[np.float64]
Floats = NDArray[np.float32]

GOLDEN_ANGLE_RAD = 2.39996  # turns that never repeat
NEAREST_M = 0.3  # what is nearer to the lens is a veil that the drops on it show better
THINNEST = 0.02  # of its water: older clusters are not seen
STEP_S = 0.01  # clusters move evenly within a turn of a lidar


def mist_before(clouds: SprayClouds, light: Light, model: CameraModel, world_from_camera: Array) -> Floats:
    """(K, B_COLUMNS) balls that a camera sees, far to near."""
    ahead = (clouds.centre_m - world_from_camera[:3, 3]) @ world_from_camera[:3, :3]
    away = depth_of(model, ahead)
    rows = np.flatnonzero((away > NEAREST_M) & (clouds.fresh > THINNEST))
    ahead, away = ahead[rows], away[rows]
    seen = project(model, ahead)
    scale = float(model.matrix[0, 0]) / away
    reach = (clouds.radius_m[rows] * scale)[:, None]
    size = np.array((model.width_px, model.height_px))
    inside = ((seen + reach > 0.0) & (seen - reach < size)).all(axis=1)  # NaN is false
    order = np.flatnonzero(inside)
    order = order[np.argsort(-away[order], kind="stable")]
    rows, ahead = rows[order], ahead[order]
    out = np.zeros((len(rows), B_COLUMNS))
    out[:, B_U : B_U + 2] = seen[order]
    out[:, B_SCALE] = scale[order]
    out[:, B_DEPTH_M] = away[order]
    out[:, B_RADIUS_M] = clouds.radius_m[rows]
    out[:, B_EXTINCTION] = EXTINCTION_PER_M * clouds.fresh[rows]
    out[:, B_PHASE] = GOLDEN_ANGLE_RAD * clouds.number[rows] % (2.0 * np.pi)
    out[:, B_R : B_R + 3] = scattered(ahead, "mist", light, world_from_camera)
    return out.astype(np.float32)


def add_mist(balls: Floats, depth_m: Floats, image: Floats, threads: int) -> None:
    """Lay the balls over a radiance image, in place."""
    if len(balls):
        in_slices(lambda a, b: draw_balls(a, b, balls, depth_m, image), len(image), threads, 64)


class MistInBeams:
    """The clusters of a turn of a lidar, which move evenly through it."""

    def __init__(self, spray: Spray, time_ns: int):
        """At the turn's reference time."""
        self.clouds = spray.at(time_ns * 1e-9)
        later = spray.at(time_ns * 1e-9 + STEP_S)
        moved = dict(zip(later.number.tolist(), later.centre_m, strict=True))
        self.velocity_mps = np.array(
            [
                (moved[n] - at) / STEP_S if n in moved else np.zeros(3)
                for n, at in zip(self.clouds.number.tolist(), self.clouds.centre_m, strict=True)
            ]
        ).reshape(-1, 3)

    def meet(
        self,
        seed: int,
        index: NDArray[np.int64],
        rows: NDArray[np.int64],
        direction: Floats,
        offset: Floats,
        origin_m: Array,
        after_s: float,
        range_m: Floats,
        spray_m: Floats,
        depth: Floats,
    ) -> None:
        """Fill `spray_m` and `depth` for the firings `rows` of one slice, `after_s` behind the reference time."""
        centre = self.clouds.centre_m + after_s * self.velocity_mps - origin_m
        # Only clusters in the sector of the slice: within the cone about its mean direction that holds all its beams.
        flat = direction[:, :2].astype(np.float64)
        middle = flat.sum(axis=0)
        middle /= max(float(np.hypot(*middle)), 1e-9)
        level = flat / np.maximum(np.hypot(flat[:, 0], flat[:, 1]), 1e-9)[:, None]
        half = float(np.arccos(np.clip((level @ middle).min(), -1.0, 1.0)))
        away = np.hypot(centre[:, 0], centre[:, 1])
        near = self.clouds.radius_m + float(np.abs(offset).max())
        angle = np.abs(
            np.arctan2(middle[0] * centre[:, 1] - middle[1] * centre[:, 0], centre[:, :2] @ middle)
        )
        wide = np.where(away > near, np.arcsin(np.minimum(near / np.maximum(away, 1e-9), 1.0)), np.pi)
        those = np.flatnonzero((angle < half + wide) & (self.clouds.fresh > THINNEST))
        through_mist(
            seed, index, rows, direction, offset, range_m,
            self.clouds.number[those], np.ascontiguousarray(centre[those]), self.clouds.radius_m[those],
            EXTINCTION_PER_M * self.clouds.fresh[those], self.clouds.found[those], spray_m, depth,
        )  # fmt: skip
