"""Cuts the flat-lying triangles of a mesh along an area of the plane.  Renderers floor; numpy and shapely."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from renderers.mesh import Mesh
from renderers.street_sheets import cut_triangles

Floats = NDArray[np.float64]
SLIVER_M2 = 1e-8  # pieces smaller than this hide nothing


@dataclass(frozen=True, slots=True)
class Pieces:
    """A mesh made of whole or cut triangles of another one, and which ones: `source` (T,)."""

    mesh: Mesh
    source: NDArray[np.int64]

    @staticmethod
    def of(mesh: Mesh, rows: NDArray[np.int64]) -> "Pieces":
        """Some triangles of a mesh as they are; vertices are no longer shared."""
        corner = mesh.triangles[rows].reshape(-1)
        return Pieces(
            Mesh(
                mesh.vertices_m[corner],
                np.arange(len(corner), dtype=np.int32).reshape(-1, 3),
                mesh.normals[corner],
                mesh.uv_m[corner],
                mesh.material[rows],
                mesh.semantic[rows],
            ),
            rows,
        )

    @staticmethod
    def join(parts: "list[Pieces]") -> "Pieces":
        return Pieces(Mesh.join([p.mesh for p in parts]), np.concatenate([p.source for p in parts]))


def cut(pieces: Pieces, area: BaseGeometry) -> tuple[Pieces, Pieces]:
    """What of these triangles lies inside an area (in the mesh's frame), and what outside; none may stand upright."""
    mesh = pieces.mesh
    corners = mesh.vertices_m[mesh.triangles].astype(np.float64)
    rings = np.concatenate([corners[..., :2], corners[:, :1, :2]], axis=1)
    shapes = np.atleast_1d(np.asarray(shapely.polygons(rings), object)) if len(rings) else np.zeros(0, object)
    shapely.prepare(area)
    touched = np.asarray(shapely.intersects(area, shapes), bool)
    whole = touched.copy()
    whole[touched] = shapely.contains_properly(area, shapes[touched])
    split = np.flatnonzero(touched & ~whole)
    inside = [_rows(pieces, np.flatnonzero(whole))]
    outside = [_rows(pieces, np.flatnonzero(~touched))]
    if len(split):
        inside.append(_parts(pieces, corners, split, shapely.intersection(shapes[split], area)))
        outside.append(_parts(pieces, corners, split, shapely.difference(shapes[split], area)))
    return Pieces.join(inside), Pieces.join(outside)


def _rows(pieces: Pieces, rows: NDArray[np.int64]) -> Pieces:
    found = Pieces.of(pieces.mesh, rows)
    return Pieces(found.mesh, pieces.source[rows])


def _parts(pieces: Pieces, corners: Floats, rows: NDArray[np.int64], shapes: NDArray[np.object_]) -> Pieces:
    """Triangles of the parts of some triangles, with heights, normals and texture as on the whole ones."""
    mesh = pieces.mesh
    cuts: list[Floats] = []
    owner: list[NDArray[np.int64]] = []
    for row, shape in zip(rows.tolist(), shapes, strict=True):
        polygons = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon" and p.area > SLIVER_M2]
        made = cut_triangles(polygons)
        if len(made):
            ab, ac = made[:, 1] - made[:, 0], made[:, 2] - made[:, 0]
            turned = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0] < 0.0
            made[turned] = made[turned][:, ::-1]
            cuts.append(made)
            owner.append(np.full(len(made), row))
    if not cuts:
        return _rows(pieces, np.zeros(0, np.int64))
    flat, of = np.concatenate(cuts), np.concatenate(owner)
    a, b, c = (corners[of, k] for k in range(3))
    share = _barycentric(flat, a, b, c)  # (T, 3, 3): triangle, corner, weight
    vertex = mesh.triangles[of]  # (T, 3)

    def mixed(values: NDArray[np.float32]) -> Floats:
        out: Floats = np.einsum("tcw,twk->tck", share, values[vertex].astype(np.float64))
        return out

    position = mixed(mesh.vertices_m)
    position[..., :2] = flat
    normal = mixed(mesh.normals)
    normal /= np.maximum(np.linalg.norm(normal, axis=2, keepdims=True), 1e-12)
    count = len(of)
    return Pieces(
        Mesh(
            position.reshape(-1, 3).astype(np.float32),
            np.arange(3 * count, dtype=np.int32).reshape(-1, 3),
            normal.reshape(-1, 3).astype(np.float32),
            mixed(mesh.uv_m).reshape(-1, 2).astype(np.float32),
            mesh.material[of],
            mesh.semantic[of],
        ),
        pieces.source[of],
    )


def _barycentric(points: Floats, a: Floats, b: Floats, c: Floats) -> Floats:
    """(T, 3, 3) weights of a, b and c at three plane points of each triangle."""
    ab, ac = (b - a)[:, None, :2], (c - a)[:, None, :2]
    ap = points - a[:, None, :2]
    whole = ab[..., 0] * ac[..., 1] - ab[..., 1] * ac[..., 0]
    v = (ap[..., 0] * ac[..., 1] - ap[..., 1] * ac[..., 0]) / whole
    w = (ab[..., 0] * ap[..., 1] - ab[..., 1] * ap[..., 0]) / whole
    return np.stack([1.0 - v - w, v, w], axis=2)
