"""Splits the triangles of a mesh: along the zero line of a field, or in halves until they are small.  Renderers floor.

Fields are values at vertices; what is new between two vertices is mixed of both, normals and texture included.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renderers import triples
from renderers.mesh import Mesh

Floats = NDArray[np.float64]
MOST_HALVINGS = 12
NEAR_ZERO = 1e-5


def _between(
    mesh: Mesh, i: NDArray[np.int64], j: NDArray[np.int64], t: Floats
) -> tuple[NDArray[np.float32], ...]:
    """Vertices, normals and texture coordinates extended by points that lie a share t of the way from i to j."""
    share = t[:, None].astype(np.float32)

    def extended(values: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.concatenate([values, values[i] + share * (values[j] - values[i])])

    normals = extended(mesh.normals)
    normals /= np.maximum(triples.length(normals)[:, None], 1e-12)
    return extended(mesh.vertices_m), normals, extended(mesh.uv_m)


def split_along(mesh: Mesh, value: Floats, asked: NDArray[np.int64]) -> Mesh:
    """The mesh with those of the triangles `asked` split on which the value, known at vertices, changes its sign."""
    value = np.where(np.abs(value) < NEAR_ZERO, NEAR_ZERO, value)
    inside = (value < 0.0).take(mesh.triangles.take(asked, axis=0))
    count = triples.total(inside.astype(np.int8))
    split = (count == 1) | (count == 2)
    if not split.any():
        return mesh
    mixed = np.zeros(len(mesh.triangles), np.bool_)
    mixed[asked[split]] = True
    flags = inside[split]
    alone = np.where(count[split][:, None] == 1, flags, ~flags)  # the corner on its own side
    index = (np.argmax(alone, axis=1)[:, None] + np.arange(3)) % 3
    a, b, c = np.take_along_axis(mesh.triangles[mixed], index, axis=1).T
    total = len(mesh.vertices_m)
    edges = np.concatenate([np.stack([a, b], 1), np.stack([a, c], 1)]).astype(np.int64)
    low, high = triples.least(edges), triples.greatest(edges)
    unique, back = np.unique(low * total + high, return_inverse=True)
    i, j = unique // total, unique % total
    looks = _between(mesh, i, j, value[i] / (value[i] - value[j]))
    p, q = (total + back.reshape(2, -1)).astype(np.int32)
    pieces = np.concatenate([np.stack([a, p, q], 1), np.stack([p, b, c], 1), np.stack([p, c, q], 1)])
    return _with_pieces(mesh, mixed, looks, pieces)


def halved(mesh: Mesh, longest_m: float, where: Callable[[Mesh], NDArray[np.bool_]]) -> Mesh:
    """The mesh with the triangles of `where` halved at their longest edges until none is longer than `longest_m`.

    `where` tells of each triangle by itself: what it has once let be is not asked about again.
    """
    asked = np.flatnonzero(where(mesh))
    for _ in range(MOST_HALVINGS):
        sides = side_lengths(mesh.vertices_m.take(mesh.triangles.take(asked, axis=0), axis=0))
        long = triples.greatest(sides) > longest_m
        if not long.any():
            break
        large = np.zeros(len(mesh.triangles), np.bool_)
        large[asked[long]] = True
        index = (np.argmax(sides[long], axis=1)[:, None] + np.arange(3)) % 3
        a, b, c = np.take_along_axis(mesh.triangles[large], index, axis=1).T
        total = len(mesh.vertices_m)
        low, high = np.minimum(a, b).astype(np.int64), np.maximum(a, b)
        unique, back = np.unique(low * total + high, return_inverse=True)
        looks = _between(mesh, unique // total, unique % total, np.full(len(unique), 0.5))
        middle = (total + back).astype(np.int32)
        pieces = np.concatenate([np.stack([a, middle, c], 1), np.stack([middle, b, c], 1)])
        mesh = _with_pieces(mesh, large, looks, pieces)
        fresh = np.zeros(len(mesh.triangles), np.bool_)
        fresh[-len(pieces) :] = True
        asked = np.flatnonzero(fresh)[where(mesh.only(fresh))]
    return mesh


def side_lengths(corner_m: NDArray[Any]) -> NDArray[Any]:
    """(T, 3) lengths of the sides that begin at each corner of triangles (T, 3, 3)."""
    return triples.length(corner_m[:, (1, 2, 0)] - corner_m)


def _with_pieces(
    mesh: Mesh, gone: NDArray[np.bool_], looks: tuple[NDArray[np.float32], ...], pieces: NDArray[np.int32]
) -> Mesh:
    """The mesh with other vertices and, instead of some triangles, their pieces at its end: as many of each."""
    vertices, normals, uv = looks
    left, times = np.flatnonzero(~gone), len(pieces) // int(gone.sum())
    source = np.concatenate([left, np.tile(np.flatnonzero(gone), times)])
    triangles = np.concatenate([mesh.triangles.take(left, axis=0), pieces]).astype(np.int32, copy=False)
    return Mesh(vertices, triangles, normals, uv, mesh.material[source], mesh.semantic[source])
