"""Collects ribbons, walls and polygons into one mesh.  Renderers floor; numpy and shapely, no drawing."""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray

from renderers import triples
from renderers.materials import MATERIAL_ID
from renderers.mesh import Mesh
from scenarios.taxonomy import SEMANTIC_ID

Array = NDArray[np.float64]
SMOOTH = 0.8  # cosine between neighbouring faces of a wall above which they look like one bent face
SLIVER_M2 = 1e-6  # triangles smaller than this hide nothing and upset trees and normals


@dataclass
class Sheets:
    """Triangles as they are laid; `mesh` hands them over relative to an origin."""

    vertices: list[Array] = field(default_factory=list)
    normals: list[Array] = field(default_factory=list)
    uv: list[Array] = field(default_factory=list)
    triangles: list[NDArray[np.int64]] = field(default_factory=list)
    material: list[NDArray[np.int16]] = field(default_factory=list)
    semantic: list[NDArray[np.uint8]] = field(default_factory=list)
    count: int = 0

    def add(
        self,
        vertices: Array,
        triangles: NDArray[np.int64],
        normals: Array,
        uv: Array,
        material: str,
        semantic: str,
    ) -> None:
        """Lay triangles; slivers are dropped."""
        a, b, c = (vertices.take(triangles[:, k], axis=0) for k in range(3))
        triangles = triangles[triples.length(triples.cross(b - a, c - a)) > 2.0 * SLIVER_M2]
        if len(triangles) == 0:
            return
        self.vertices.append(vertices)
        self.normals.append(normals)
        self.uv.append(uv)
        self.triangles.append(triangles + self.count)
        self.material.append(np.full(len(triangles), MATERIAL_ID[material], np.int16))
        self.semantic.append(np.full(len(triangles), SEMANTIC_ID[semantic], np.uint8))
        self.count += len(vertices)

    def ribbon(
        self, right: Array, left: Array, u: Array, v: tuple[Array, Array], material: str, semantic: str
    ) -> None:
        """A band between two lines of N points, facing up; `right` lies to the right of the way along it."""
        across = left - right
        middle = 0.5 * (left + right)
        along = np.gradient(middle, axis=0)
        normal = triples.cross(along, across)
        length = triples.length(normal)
        flat = length < 1e-12
        normal[flat] = (0.0, 0.0, 1.0)
        normal /= np.where(flat, 1.0, length)[:, None]
        self.add(
            np.concatenate([right, left]),
            band_triangles(len(right)),
            np.concatenate([normal, normal]),
            np.concatenate([np.stack([u, v[0]], 1), np.stack([u, v[1]], 1)]),
            material,
            semantic,
        )

    def wall(self, low: Array, high: Array, u: Array, material: str, semantic: str) -> None:
        """A standing band that faces the right-hand side of the way along it (low and high lines of N points).

        Normals are smooth round bends and break at corners.
        """
        step = np.diff(0.5 * (low + high)[:, :2], axis=0)
        length = np.linalg.norm(step, axis=1)
        rows = np.flatnonzero(length > 1e-6)
        if len(rows) == 0:
            return
        face = np.stack([step[rows, 1], -step[rows, 0]], 1) / length[rows, None]
        before, after = np.roll(face, 1, axis=0), np.roll(face, -1, axis=0)
        before[0], after[-1] = face[0], face[-1]
        ends = []
        for other in (before, after):
            smooth = np.sum(face * other, 1) > SMOOTH
            mean = np.where(smooth[:, None], face + other, face)
            flat = mean / np.linalg.norm(mean, axis=1)[:, None]
            ends.append(np.concatenate([flat, np.zeros((len(rows), 1))], 1))
        rise = np.linalg.norm(high - low, axis=1)
        corners = np.stack([low[rows], low[rows + 1], high[rows + 1], high[rows]], 1)
        uv = np.stack(
            [
                np.stack([u[rows], u[rows + 1], u[rows + 1], u[rows]], 1),
                np.stack([np.zeros(len(rows)), np.zeros(len(rows)), rise[rows + 1], rise[rows]], 1),
            ],
            2,
        )
        quad = 4 * np.arange(len(rows))[:, None]
        self.add(
            corners.reshape(-1, 3),
            np.concatenate([quad + np.array([0, 1, 2]), quad + np.array([0, 2, 3])]).astype(np.int64),
            np.stack([ends[0], ends[1], ends[1], ends[0]], 1).reshape(-1, 3),
            uv.reshape(-1, 2),
            material,
            semantic,
        )

    def area(
        self, corners: Array, z: Array, material: str, semantic: str, normals: Array | None = None
    ) -> None:
        """Flat-lying triangles given by (T, 3, 2) plane corners and (T, 3) heights, turned to face up."""
        ab, ac = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
        turned = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0] < 0.0
        corners, z = corners.copy(), z.copy()
        corners[turned], z[turned] = corners[turned][:, ::-1], z[turned][:, ::-1]
        points = np.concatenate([corners, z[..., None]], 2)
        if normals is None:
            face = triples.cross(points[:, 1] - points[:, 0], points[:, 2] - points[:, 0])
            face[triples.length(face) < SLIVER_M2] = (0.0, 0.0, 1.0)
            face /= triples.length(face)[:, None]
            normals = np.repeat(face, 3, axis=0)
        else:
            normals = normals.copy()
            normals[turned] = normals[turned][:, ::-1]
            normals = normals.reshape(-1, 3)
        flat = points.reshape(-1, 3)
        triangles = np.arange(len(flat)).reshape(-1, 3)
        self.add(flat, triangles, normals, flat[:, :2].copy(), material, semantic)

    def mesh(self, origin_m: tuple[float, float, float]) -> Mesh:
        """All that was laid, moved by minus the origin."""
        if not self.vertices:
            none = np.zeros((0, 3), np.float32)
            return Mesh(
                none,
                np.zeros((0, 3), np.int32),
                none,
                none[:, :2],
                np.zeros(0, np.int16),
                np.zeros(0, np.uint8),
            )
        vertices = np.concatenate(self.vertices) - np.asarray(origin_m, np.float64)
        return Mesh(
            vertices.astype(np.float32),
            np.concatenate(self.triangles).astype(np.int32),
            np.concatenate(self.normals).astype(np.float32),
            np.concatenate(self.uv).astype(np.float32),
            np.concatenate(self.material),
            np.concatenate(self.semantic),
        )


@lru_cache(maxsize=256)
def band_triangles(count: int) -> NDArray[np.int64]:
    """Triangles between two lines of `count` points: the right (or low) line first, the left (or high) one after."""
    k = np.arange(count - 1)
    triangles = np.concatenate(
        [np.stack([k, k + 1, k + 1 + count], 1), np.stack([k, k + 1 + count, k + count], 1)]
    ).astype(np.int64)
    triangles.setflags(write=False)
    return triangles


def cut_triangles(polygons: "list[shapely.Geometry]") -> Array:
    """(T, 3, 2) corners of a triangulation of polygons that adds no points (constrained Delaunay)."""
    whole = [p for p in polygons if shapely.area(p) > SLIVER_M2]
    if not whole:
        return np.zeros((0, 3, 2))
    pieces = shapely.get_parts(shapely.constrained_delaunay_triangles(np.array(whole, object)))
    return shapely.get_coordinates(pieces).reshape(-1, 4, 2)[:, :3]


def cells(polygon: shapely.Geometry, size_m: float) -> list[shapely.Geometry]:
    """A polygon cut along a square grid."""
    x0, y0, x1, y1 = (float(v) for v in shapely.bounds(polygon))
    if x1 - x0 <= size_m and y1 - y0 <= size_m:
        return [polygon]
    x = np.arange(np.floor(x0 / size_m), np.ceil(x1 / size_m)) * size_m
    y = np.arange(np.floor(y0 / size_m), np.ceil(y1 / size_m)) * size_m
    gx, gy = (a.ravel() for a in np.meshgrid(x, y))
    boxes = shapely.box(gx, gy, gx + size_m, gy + size_m)
    shapely.prepare(polygon)
    boxes = boxes[shapely.intersects(polygon, boxes)]
    parts = shapely.get_parts(shapely.intersection(polygon, boxes))
    return [p for p in parts if p.geom_type == "Polygon" and p.area > 1e-9]
