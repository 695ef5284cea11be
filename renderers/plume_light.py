"""What plumes and the things around them take from each other's light.  Renderers floor."""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renderers.aerosols import ASYMMETRY, SCATTERING
from renderers.kernels.spray import dim_by_plumes, spread_shade
from renderers.scene import CASTS_SHADOW
from renderers.tracer import Hits, PreparedScene
from sim.plumes import Balls
from sim.slices import in_slices

Array = NDArray[np.float64]
Floats = NDArray[np.float32]

DENSE = 0.02  # least optical depth of balls that cast shadows
SHADOWS_WITHIN_M = 150.0
FINEST_M, MOST_CELLS = 0.08, 768  # of the map of shadows
OFF_LAMP_M = 0.35  # rays to a lamp end before its own housing
AROUND = ((0.0, 0.0), (0.6, 0.0), (-0.3, 0.52), (-0.3, -0.52))  # of its radius: where a ball asks for the sun


@dataclass(frozen=True, slots=True)
class PlumeShade:
    """What the balls of a frame take from the sun on its way to surfaces."""

    axes: Floats  # (3, 3) two of a plane square to the sun's light, and towards the sun
    begin: tuple[float, float]  # of the map, in that plane, m
    per_m: float
    shade: Floats  # (rows, columns, 3) depth, and its first two moments over the height

    @staticmethod
    def of(balls: Balls, origin_m: Array, sun: Array) -> "PlumeShade | None":
        """Shadows of balls in the light from a unit direction; None where there are none."""
        at = balls.centre_m - origin_m
        matter = balls.matter
        # What is scattered nearly straight on is not lost to the ground (delta-Eddington, Joseph et al. 1976).
        lost = 1.0 - SCATTERING[matter].mean(axis=1) * ASYMMETRY[matter] ** 2
        depth = 2.0 * balls.radius_m * balls.extinction_per_m * lost
        rows = np.flatnonzero((depth > DENSE) & (np.linalg.norm(at, axis=1) < SHADOWS_WITHIN_M))
        if not len(rows) or sun[2] <= 0.0:
            return None
        across = np.cross(sun, [0.0, 0.0, 1.0] if abs(sun[2]) < 0.9 else [1.0, 0.0, 0.0])
        across /= np.linalg.norm(across)
        axes = np.stack([across, np.cross(sun, across), sun])
        place = at[rows] @ axes.T
        radius = balls.radius_m[rows]
        low = (place[:, :2] - radius[:, None]).min(axis=0)
        high = (place[:, :2] + radius[:, None]).max(axis=0)
        per_m = 1.0 / max(FINEST_M, float((high - low).max()) / MOST_CELLS)
        size = np.ceil((high - low) * per_m).astype(int) + 3
        begin = low - 1.0 / per_m
        shade = np.zeros((size[1], size[0], 3), np.float32)
        discs = np.column_stack([place, radius, depth[rows]]).astype(np.float32)
        spread_shade(discs, np.float32(begin[0]), np.float32(begin[1]), np.float32(per_m), shade)
        return PlumeShade(axes.astype(np.float32), (float(begin[0]), float(begin[1])), per_m, shade)

    def dim(self, triangle: NDArray[np.int32], offset_m: Floats, seen: Floats, threads: int) -> None:
        """Take what the balls keep from the share of the sun that points see, in place."""
        begin_u, begin_v = (np.float32(v) for v in self.begin)
        in_slices(
            lambda a, b: dim_by_plumes(
                a,
                b,
                triangle,
                offset_m,
                self.axes,
                begin_u,
                begin_v,
                np.float32(self.per_m),
                self.shade,
                seen,
            ),
            len(seen),
            threads,
            8192,
        )


def sun_on_balls(prepared: PreparedScene, centre_m: Array, radius_m: Array, sun: Array) -> Array:
    """(K,) share of the sun that balls see past houses, trees and vehicles; places count from the tracer's origin."""
    across = np.cross(sun, [0.0, 0.0, 1.0] if abs(sun[2]) < 0.9 else [1.0, 0.0, 0.0])
    across /= np.linalg.norm(across)
    beside = np.array(AROUND) @ np.stack([across, np.cross(sun, across)])
    begin = centre_m[:, None] + radius_m[:, None, None] * beside
    towards = np.broadcast_to(sun, begin.shape)
    return np.asarray(_free(prepared, begin, towards, np.full(begin.shape[:2], np.inf)).mean(axis=1))


def sky_over_balls(prepared: PreparedScene, centre_m: Array, directions: Array) -> Array:
    """(K,) share of (D, 3) directions into the sky in which nothing stands before balls."""
    shape = (len(centre_m), len(directions), 3)
    begin, towards = np.broadcast_to(centre_m[:, None], shape), np.broadcast_to(directions, shape)
    return np.asarray(_free(prepared, begin, towards, np.full(shape[:2], np.inf)).mean(axis=1))


def lamp_on_balls(prepared: PreparedScene, centre_m: Array, lamp_m: Array) -> NDArray[np.bool_]:
    """(K,) which balls' middles a lamp lights."""
    way = lamp_m - centre_m
    far = np.linalg.norm(way, axis=1)
    return _free(prepared, centre_m, way / np.maximum(far, 1e-6)[:, None], np.maximum(far - OFF_LAMP_M, 0.0))


def _free(prepared: PreparedScene, begin_m: Array, direction: Array, far_m: Array) -> NDArray[np.bool_]:
    """Which rays, of any shape, meet nothing that casts a shadow."""
    shape = begin_m.shape[:-1]
    count = int(np.prod(shape))
    room = -(-count // 64) * 64
    begin, towards, limit = (
        np.zeros((room, 3), np.float32),
        np.ones((room, 3), np.float32),
        np.zeros(room, np.float32),
    )
    begin[:count], towards[:count] = begin_m.reshape(-1, 3), direction.reshape(-1, 3)
    limit[:count] = far_m.reshape(-1)
    hits = Hits.empty(room)
    prepared.trace_into(hits, towards, begin, 0.0, limit, any_hit=True, mask=CASTS_SHADOW)
    return np.asarray(hits.placement[:count] < 0).reshape(shape)
