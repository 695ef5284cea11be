"""Fewer triangles by collapsing edges, with borders, materials and creases where they were.  Renderers floor.

Garland and Heckbert 1997, "Surface simplification using quadric error metrics": each corner knows the planes of its
faces, and the corner that moves least off its planes goes first.  A corner always moves onto a neighbour, so what is
left are corners of the finer mesh with their own normals and texture coordinates, and nothing leaves its box.
Planes that stand upright on borders and on lines between materials keep those lines (section 6 of the paper).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renderers import triples
from renderers.assets.kernels.collapse import collapse_round, edges, faces_around, rank
from renderers.assets.quadrics import quadrics
from renderers.loft import Floats, face_normals
from renderers.mesh import Mesh

Longs = NDArray[np.int64]

WELD_M = 2e-5  # corners nearer than this are one point
ASKEW = 0.1  # cosine of a normal and its face
ROUNDS = 60
SLACK = 1.5  # a round stops at this many times the error that would do


@dataclass(frozen=True, slots=True)
class Soup:
    """Meshes as one: nothing is welded across two of them."""

    point_m: Floats  # (P, 3)
    face: Longs  # (T, 3) points
    wedge: Longs  # (T, 3) vertices of all meshes: which normal and texture coordinate each corner has
    mesh: Longs  # (T,)
    code: Longs  # (T,) material and class
    normal: Floats  # (V, 3)
    uv_m: Floats  # (V, 2)


def welded(mesh: Mesh) -> Longs:
    """(V,) which point each vertex is: vertices are doubled at creases."""
    keys = np.round(mesh.vertices_m.astype(np.float64) / WELD_M).astype(np.int64) + (1 << 20)
    # One number a row: sorting rows is ten times as dear.  A part is smaller than 20 m.
    mixed = (keys[:, 0] << 42) + (keys[:, 1] << 21) + keys[:, 2]
    point: Longs = np.unique(mixed, return_inverse=True)[1].reshape(-1)
    return point


def soup(meshes: list[Mesh]) -> Soup:
    """The meshes as one."""
    counts = [len(m.triangles) for m in meshes]
    whole = Mesh.join(meshes)
    point = np.concatenate([welded(mesh) * len(meshes) + k for k, mesh in enumerate(meshes)])
    _, first, point = np.unique(point, return_index=True, return_inverse=True)
    wedge = whole.triangles.astype(np.int64)
    return Soup(
        whole.vertices_m[first].astype(np.float64),
        point.reshape(-1)[wedge],
        wedge,
        np.repeat(np.arange(len(meshes)), counts),
        whole.material.astype(np.int64) * 256 + whole.semantic,
        whole.normals.astype(np.float64),
        whole.uv_m.astype(np.float64),
    )


def thinned(
    meshes: list[Mesh],
    times: list[int],
    target: float,
    least: int = 4,
    free: bool = False,
    most_m: float = np.inf,
) -> tuple[list[Mesh], float]:
    """The meshes with about `target` triangles in all, where each counts `times`; and the largest error in metres.

    Each mesh keeps `least` triangles, and no surface moves by more than `most_m`.
    """
    of = soup(meshes)
    face, wedge = of.face.copy(), of.wedge.copy()
    alive, error_m = _collapsed(
        of, face, wedge, np.asarray(times, np.float64)[of.mesh], target, least, free, most_m
    )
    whole = Mesh.join(meshes)
    return [_mesh_of(whole, of, face, wedge, alive & (of.mesh == k)) for k in range(len(meshes))], error_m


def _mesh_of(whole: Mesh, of: Soup, face: Longs, wedge: Longs, kept: NDArray[np.bool_]) -> Mesh:
    """What is left of one mesh: a vertex for each different look of each point."""
    normal = face_normals(of.point_m, face[kept].astype(np.int32))
    normal /= np.maximum(triples.length(normal)[:, None], 1e-20)
    # A normal that looks away from its face has come too far: the face's own is better.
    lost = np.einsum("tj,tkj->tk", normal, of.normal[wedge[kept]]).reshape(-1) < ASKEW
    look = np.where(lost, len(of.normal) + np.arange(len(lost)) // 3, wedge[kept].reshape(-1))
    key = face[kept].reshape(-1) * (len(of.normal) + len(normal)) + look
    _, first, back = np.unique(key, return_index=True, return_inverse=True)
    own = np.concatenate([whole.normals, normal.astype(np.float32)])
    return Mesh(
        of.point_m[face[kept].reshape(-1)[first]].astype(np.float32),
        back.reshape(-1, 3).astype(np.int32),
        own[look[first]],
        whole.uv_m[wedge[kept].reshape(-1)[first]],
        whole.material[kept],
        whole.semantic[kept],
    )


def _collapsed(
    of: Soup, face: Longs, wedge: Longs, weight: Floats, target: float, least: int, free: bool, most_m: float
) -> tuple[NDArray[np.bool_], float]:
    """Collapse edges, the cheapest first, in rounds; which faces are left, and the largest error."""
    points = len(of.point_m)
    quadric, held = quadrics(of.point_m, of.face, of.mesh, of.code)
    meshes, corner = int(of.mesh.max()) + 1, of.point_m.take(of.face, axis=0)
    low_m, high_m = np.full((meshes, 3), np.inf), np.full((meshes, 3), -np.inf)
    for axis in range(3):  # numpy is slow with rows there
        np.minimum.at(low_m[:, axis], of.mesh, triples.least(corner[..., axis]))
        np.maximum.at(high_m[:, axis], of.mesh, triples.greatest(corner[..., axis]))
    alive = triples.every(face != np.roll(face, 1, axis=1))
    count = np.bincount(of.mesh[alive], minlength=meshes)
    left, worst = float(weight[alive].sum()), 0.0
    for _ in range(ROUNDS):
        if left <= target:
            break
        first, around = faces_around(face, alive, points)
        low, high = edges(face, first, around)
        cost, turned = np.empty(len(low)), np.empty(len(low), np.bool_)
        rank(of.point_m, quadric, low, high, cost, turned)
        nth = min(len(cost) - 1, int(0.5 * (left - target)) + 1)
        limit = float(min(max(SLACK * np.partition(cost, nth)[nth], 1e-12), most_m**2))
        order = np.flatnonzero(cost <= limit)
        order = order[np.argsort(cost[order], kind="stable")]
        start, end = np.where(turned, high, low)[order], np.where(turned, low, high)[order]
        before = left
        left, off = collapse_round(
            of.point_m, face, wedge, of.normal, of.uv_m, of.code, of.mesh, weight, quadric, first, around,
            start, end, limit, left, float(target), count, least, alive, np.zeros(points, np.bool_), held,
            low_m, high_m, free,
        )  # fmt: skip
        worst = max(worst, off)
        if left == before:
            break
    return alive, float(np.sqrt(worst))
