"""Splits the triangles of a mesh: along the zero line of a field, or in halves until they are small.  Renderers floor.

Fields are values at vertices; what is new between two vertices is mixed of both, normals and texture included.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

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
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    return extended(mesh.vertices_m), normals, extended(mesh.uv_m)


def split_along(
    mesh: Mesh, value: Floats, where: NDArray[np.bool_]
) -> tuple[Mesh, Floats, NDArray[np.int64]]:
    """The mesh with those of `where` split on which the value changes its sign, values at all vertices, and sources.

    Sources (T,) say which triangle each one is a piece of.
    """
    value = np.where(np.abs(value) < NEAR_ZERO, NEAR_ZERO, value)
    inside = value[mesh.triangles] < 0.0
    count = inside.sum(axis=1)
    mixed = where & ((count == 1) | (count == 2))
    rows = np.arange(len(mesh.triangles))
    if not mixed.any():
        return mesh, value, rows
    flags = inside[mixed]
    alone = np.where(count[mixed][:, None] == 1, flags, ~flags)  # the corner on its own side
    index = (np.argmax(alone, axis=1)[:, None] + np.arange(3)) % 3
    a, b, c = np.take_along_axis(mesh.triangles[mixed], index, axis=1).T
    total = len(mesh.vertices_m)
    edges = np.concatenate([np.stack([a, b], 1), np.stack([a, c], 1)]).astype(np.int64)
    low, high = edges.min(axis=1), edges.max(axis=1)
    unique, back = np.unique(low * total + high, return_inverse=True)
    i, j = unique // total, unique % total
    vertices, normals, uv = _between(mesh, i, j, value[i] / (value[i] - value[j]))
    p, q = (total + back.reshape(2, -1)).astype(np.int32)
    pieces = np.concatenate([np.stack([a, p, q], 1), np.stack([p, b, c], 1), np.stack([p, c, q], 1)])
    source = np.concatenate([rows[~mixed], np.tile(rows[mixed], 3)])
    triangles = np.concatenate([mesh.triangles[~mixed], pieces]).astype(np.int32)
    made = Mesh(vertices, triangles, normals, uv, mesh.material[source], mesh.semantic[source])
    return made, np.concatenate([value, np.zeros(len(unique))]), source


def halved(mesh: Mesh, longest_m: float, where: Callable[[Mesh], NDArray[np.bool_]]) -> Mesh:
    """The mesh with the triangles of `where` halved at their longest edges until none is longer than `longest_m`."""
    for _ in range(MOST_HALVINGS):
        asked = np.flatnonzero(where(mesh))  # few: the others' sides are not measured
        corners = mesh.vertices_m[mesh.triangles[asked]]
        sides = np.linalg.norm(np.roll(corners, -1, axis=1) - corners, axis=2)
        long = sides.max(axis=1, initial=0.0) > longest_m
        if not long.any():
            break
        large = np.zeros(len(mesh.triangles), np.bool_)
        large[asked[long]] = True
        index = (np.argmax(sides[long], axis=1)[:, None] + np.arange(3)) % 3
        a, b, c = np.take_along_axis(mesh.triangles[large], index, axis=1).T
        total = len(mesh.vertices_m)
        low, high = np.minimum(a, b).astype(np.int64), np.maximum(a, b)
        unique, back = np.unique(low * total + high, return_inverse=True)
        vertices, normals, uv = _between(mesh, unique // total, unique % total, np.full(len(unique), 0.5))
        middle = (total + back).astype(np.int32)
        rows = np.arange(len(mesh.triangles))
        source = np.concatenate([rows[~large], np.tile(rows[large], 2)])
        pieces = np.concatenate([np.stack([a, middle, c], 1), np.stack([middle, b, c], 1)])
        triangles = np.concatenate([mesh.triangles[~large], pieces]).astype(np.int32)
        mesh = Mesh(vertices, triangles, normals, uv, mesh.material[source], mesh.semantic[source])
    return mesh
