"""Heights between sampled surfaces and edges.  Renderers floor; arrays only."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from sim.roads.network import LaneStrip

Array = NDArray[np.float64]
SPACING_M = 1.0  # between samples
NEIGHBOURS = 8
SOFTNESS_M2 = 0.02  # within about 14 cm of a sample only that sample counts


@dataclass(frozen=True)
class Heights:
    """Samples that each know the plane around them; between samples the planes are mixed by nearness."""

    tree: cKDTree
    place: Array  # (N, 2)
    z: Array  # (N,)
    slope: Array  # (N, 2)

    @staticmethod
    def over(strips: list[LaneStrip]) -> "Heights":
        """Over the surfaces of strips, edges included."""
        place, z, slope = [], [], []
        for strip in strips:
            inner, outer = _dense(strip.inner_m), _dense_like(strip.inner_m, strip.outer_m)
            across = outer - inner
            for share in (0.02, 0.5, 0.98):
                line = inner + share * across
                place.append(line[:, :2])
                z.append(line[:, 2])
                slope.append(_plane_slope(np.gradient(line, axis=0), across))
        return Heights._of(np.concatenate(place), np.concatenate(z), np.concatenate(slope))

    @staticmethod
    def along(lines: list[Array]) -> "Heights":
        """Along space curves, level across them."""
        dense = [_dense(line) for line in lines]
        slope = [_line_slope(np.gradient(line, axis=0)) for line in dense]
        points = np.concatenate(dense)
        return Heights._of(points[:, :2], points[:, 2], np.concatenate(slope))

    @staticmethod
    def _of(place: Array, z: Array, slope: Array) -> "Heights":
        return Heights(cKDTree(place), place, z, slope)

    def at(self, places: Array) -> Array:
        """Heights at (M, 2) places."""
        return self.near(places)[0]

    def near(self, places: Array) -> tuple[Array, Array]:
        """Heights at (M, 2) places and their distances from the nearest sample."""
        count = min(NEIGHBOURS, len(self.z))
        distance, row = self.tree.query(places, k=count)
        distance, row = distance.reshape(-1, count), row.reshape(-1, count)
        weight = 1.0 / (distance**2 + SOFTNESS_M2) ** 2
        # A sample's plane is trusted for a few metres only; far away only its height is.
        reach = np.clip(1.5 - distance / 6.0, 0.0, 1.0)
        tilt = np.sum((places[:, None] - self.place[row]) * self.slope[row], 2) * reach
        height: Array = np.sum(weight * (self.z[row] + tilt), 1) / np.sum(weight, 1)
        return height, distance[:, 0]


def _steps(line: Array) -> Array:
    """Parameter values along a polyline (unit per vertex) no more than SPACING_M apart, vertices included."""
    length = np.linalg.norm(np.diff(line, axis=0), axis=1)
    count = np.maximum(1, np.ceil(length / SPACING_M).astype(int))
    parts = [k + np.arange(n) / n for k, n in enumerate(count)]
    return np.concatenate([*parts, [float(len(line) - 1)]])


def _dense(line: Array) -> Array:
    return _at_steps(line, _steps(line))


def _dense_like(pattern: Array, line: Array) -> Array:
    return _at_steps(line, _steps(pattern))


def _at_steps(line: Array, steps: Array) -> Array:
    rows = np.arange(len(line), dtype=np.float64)
    return np.stack([np.interp(steps, rows, line[:, k]) for k in range(line.shape[1])], 1)


def _plane_slope(along: Array, across: Array) -> Array:
    """(N, 2) gradient of the plane through two directions; level where they do not span one."""
    normal = np.cross(along, across)
    steep = np.abs(normal[:, 2]) < 1e-9
    slope: Array = -normal[:, :2] / np.where(steep, 1.0, normal[:, 2])[:, None]
    slope[steep] = 0.0
    return slope


def _line_slope(along: Array) -> Array:
    """(N, 2) gradient that explains the rise of a curve along its own direction."""
    flat2 = np.sum(along[:, :2] ** 2, 1)
    slope: Array = along[:, :2] * (along[:, 2] / np.maximum(flat2, 1e-12))[:, None]
    return slope
