"""Soft and flat shapes that living things, houses and street furniture are made of.  Renderers floor.

Every function returns a `Mesh` in the caller's frame with counter-clockwise triangles seen from outside.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from renderers import triples
from renderers.kernels.creases import carried_frames, point_normals
from renderers.loft import face_normals, triangulate
from renderers.materials import MATERIAL_ID
from renderers.mesh import Mesh
from scenarios.taxonomy import SEMANTIC_ID

Floats = NDArray[np.float64]


def mesh_of(
    vertices_m: Floats,
    triangles: NDArray[Any],
    normals: Floats,
    uv_m: Floats,
    material: str | NDArray[np.int16],
    semantic: str,
) -> Mesh:
    """Cast arrays to a mesh of one material (or one for each triangle) and one class."""
    count = len(triangles)
    rows = np.full(count, MATERIAL_ID[material], np.int16) if isinstance(material, str) else material
    return Mesh(
        np.ascontiguousarray(vertices_m, np.float32),
        np.ascontiguousarray(triangles, np.int32),
        np.ascontiguousarray(normals, np.float32),
        np.ascontiguousarray(uv_m, np.float32),
        rows,
        np.full(count, SEMANTIC_ID[semantic], np.uint8),
    )


def unit(v: Floats) -> Floats:
    """Vectors along the last axis scaled to length one; zero stays zero."""
    scaled: Floats = v / np.maximum(triples.length(v)[..., None], 1e-12)
    return scaled


def rings(points_m: Floats, material: str, semantic: str, caps: tuple[bool, bool] = (True, True)) -> Mesh:
    """Smooth skin over R closed rings of S points, (R, S, 3); each ring runs counter-clockwise seen from the last
    ring's side, caps close the ends with a soft fan."""
    r, s, _ = points_m.shape
    vertices, triangles, uv = _skin(points_m[None])
    for cap, row, turn in ((caps[0], 0, -1), (caps[1], r - 1, 1)):
        if cap:
            middle = len(vertices)
            vertices = np.concatenate([vertices, points_m[row].mean(0)[None]])
            edge = np.arange(s) + row * (s + 1)
            fan = np.stack([np.full(s, middle), edge, edge + 1], 1)
            triangles = np.concatenate([triangles, fan if turn > 0 else fan[:, ::-1]])
    uv = np.concatenate([uv, np.zeros((len(vertices) - len(uv), 2))])
    return _smooth_skin(vertices, triangles, uv, (r, s + 1), material, semantic)


def _skin(points_m: Floats) -> tuple[Floats, NDArray[np.int_], Floats]:
    """Vertices, triangles and texture coordinates of N skins over R rings of S points each, (N, R, S, 3)."""
    n, r, s, _ = points_m.shape
    wrapped = np.concatenate([points_m, points_m[:, :, :1]], axis=2)  # the seam is doubled for the texture
    first = r * (s + 1) * np.arange(n)[:, None, None]
    girth = np.zeros((n, r, s + 1))
    girth[:, :, 1:] = np.cumsum(triples.length(np.diff(wrapped, axis=2)), axis=2)
    height = np.zeros((n, r))
    height[:, 1:] = np.cumsum(triples.length(np.diff(points_m.mean(axis=2), axis=1)), axis=1)
    uv = np.stack([girth, np.broadcast_to(height[..., None], girth.shape)], -1)
    return wrapped.reshape(-1, 3), (first + _between_rings(r, s)).reshape(-1, 3), uv.reshape(-1, 2)


@lru_cache(maxsize=256)
def _between_rings(r: int, s: int) -> NDArray[np.int_]:
    """(T, 3) triangles over a grid of R rings of S points, the first of each doubled at its end."""
    along, around = np.meshgrid(np.arange(r - 1), np.arange(s), indexing="ij")
    a = (along * (s + 1) + around).ravel()
    b, c, d = a + 1, a + s + 2, a + s + 1
    return np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])


def _smooth_skin(
    vertices: Floats,
    triangles: NDArray[Any],
    uv_m: Floats,
    grid: tuple[int, int],
    material: str,
    semantic: str,
) -> Mesh:
    """Skins, each over a grid (R, S + 1) of vertices, with normals that run on over their seams."""
    normals = _smooth_normals(vertices, triangles)
    rows = len(vertices) // (grid[0] * grid[1]) * grid[0]  # further vertices are middles of caps
    seam = normals[: rows * grid[1]].reshape(rows, grid[1], 3)
    seam[:, 0] = seam[:, -1] = unit(seam[:, 0] + seam[:, -1])
    area = triples.length(face_normals(vertices, triangles))
    return mesh_of(vertices, triangles[area > 1e-12], normals, uv_m, material, semantic)


def sheet(points_m: Floats, material: str, semantic: str) -> Mesh:
    """A smooth open surface over a grid of points (R, S, 3): where rows go along x and columns along y, it looks up."""
    r, s, _ = points_m.shape
    vertices = points_m.reshape(-1, 3)
    row, column = np.meshgrid(np.arange(r - 1), np.arange(s - 1), indexing="ij")
    a = (row * s + column).ravel()
    triangles = np.concatenate([np.stack([a, a + s, a + s + 1], 1), np.stack([a, a + s + 1, a + 1], 1)])
    area = triples.length(face_normals(vertices, triangles))
    uv = np.stack(np.meshgrid(np.arange(s) / s, np.arange(r) / r), -1).reshape(-1, 2) * 0.1
    return mesh_of(
        vertices, triangles[area > 1e-12], _smooth_normals(vertices, triangles), uv, material, semantic
    )


def _smooth_normals(vertices: Floats, triangles: NDArray[np.int_]) -> Floats:
    return unit(
        point_normals(np.ascontiguousarray(vertices, np.float64), np.ascontiguousarray(triangles, np.int32))
    )


@lru_cache(maxsize=256)
def circle(sides: int, offset: float = 0.0) -> Floats:
    """(S, 2) points of the unit circle, counter-clockwise; not to be changed."""
    angle = (np.arange(sides) + offset) * (2 * np.pi / sides)
    rim = np.stack([np.cos(angle), np.sin(angle)], 1)
    rim.setflags(write=False)
    return rim


def tower(
    profile: Sequence[tuple[float, ...]], sides: int, material: str, semantic: str, square: float = 2.0
) -> Mesh:
    """Upright rings from rows (z, x centre, y centre, x radius, y radius), bottom up; `square` > 2 makes the cross
    section a superellipse."""
    rim = circle(sides)
    rim = np.sign(rim) * np.abs(rim) ** (2.0 / square)
    rows = np.asarray(profile, float)
    points = np.empty((len(rows), sides, 3))
    points[:, :, :2] = rows[:, None, 1:3] + rim[None] * rows[:, None, 3:5]
    points[:, :, 2] = rows[:, None, 0]
    return rings(points, material, semantic)


def tube(
    path_m: ArrayLike,
    radii_m: ArrayLike,
    sides: int,
    material: str,
    semantic: str,
    flatten: float = 1.0,
    caps: tuple[bool, bool] = (True, True),
) -> Mesh:
    """A round limb along a polyline, with its own radius at each point; `flatten` scales it sideways."""
    around = _around(np.asarray(path_m, float)[None], np.asarray(radii_m, float)[None], sides, flatten)
    return rings(around[0], material, semantic, caps)


def tubes(paths_m: Floats, radii_m: Floats, sides: int, material: str, semantic: str) -> Mesh:
    """N round limbs without caps along polylines of R points each, (N, R, 3), with a radius (N, R) at each point."""
    around = _around(paths_m, radii_m, sides, 1.0)
    return _smooth_skin(*_skin(around), (paths_m.shape[1], sides + 1), material, semantic)


def _around(paths_m: Floats, radii_m: Floats, sides: int, flatten: float) -> Floats:
    """(N, R, S, 3) rings about the points of paths (N, R, 3)."""
    tangent = unit(np.gradient(paths_m, axis=1))
    level = np.abs(tangent[:, 0, :1]) < 0.8
    first = triples.cross(tangent[:, 0], np.where(level, (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)))
    frames = np.array([carried_frames(*pair) for pair in zip(tangent, first, strict=True)])
    side, other = frames[:, 0, :, None], frames[:, 1, :, None]
    rim = circle(sides)
    around = rim[:, :1] * side * flatten + rim[:, 1:] * other
    rings_m: Floats = paths_m[:, :, None] + radii_m[:, :, None, None] * around
    return rings_m


def ellipsoid(
    centre_m: Sequence[float],
    radii_m: Sequence[float],
    material: str,
    semantic: str,
    rows: int = 7,
    sides: int = 12,
) -> Mesh:
    """A closed egg with axes along x, y, z."""
    polar = np.linspace(-np.pi / 2, np.pi / 2, rows)
    polar[0], polar[-1] = polar[0] + 0.2, polar[-1] - 0.2
    rim = circle(sides)
    points = np.empty((rows, sides, 3))
    points[:, :, :2] = np.cos(polar)[:, None, None] * rim[None] * np.asarray(radii_m)[:2]
    points[:, :, 2] = (np.sin(polar) / np.sin(polar[-1]))[:, None] * radii_m[2]
    return rings(points + np.asarray(centre_m), material, semantic)


def quads(corners_m: ArrayLike, material: str | NDArray[np.int16], semantic: str) -> Mesh:
    """Q flat four-cornered faces (Q, 4, 3), counter-clockwise seen from their front; textured in metres.

    A corner given twice makes a face a triangle.  `material` is one for all or a row (Q,) for each.
    """
    corner = np.asarray(corners_m, float).reshape(-1, 4, 3)
    count = len(corner)
    normal = unit(triples.cross(corner[:, 2] - corner[:, 0], corner[:, 3] - corner[:, 1]))
    right = unit(corner[:, 1] - corner[:, 0])
    up = triples.cross(normal, right)
    u = np.einsum("qci,qi->qc", corner, right)  # from the frame's origin, so neighbours share a phase
    v = np.einsum("qci,qi->qc", corner, up)
    base = np.arange(count)[:, None] * 4
    triangles = np.concatenate([base + np.array((0, 1, 2)), base + np.array((0, 2, 3))], axis=1).reshape(
        -1, 3
    )
    a, b, c = (corner.reshape(-1, 3).take(triangles[:, k], axis=0) for k in range(3))
    alive = triples.length(triples.cross(b - a, c - a)) > 1e-9
    if not isinstance(material, str):
        material = material.repeat(2)[alive]
    return mesh_of(
        corner.reshape(-1, 3),
        triangles[alive],
        np.repeat(normal, 4, axis=0),
        np.stack([u, v], -1).reshape(-1, 2),
        material,
        semantic,
    )


def plate(outline: ArrayLike, x_m: float, material: str, semantic: str) -> Mesh:
    """A flat shape that looks along +x: a simple outline of (y, z) whose face lies at `x_m`."""
    flat = np.asarray(outline, float)
    corners = np.column_stack([np.full(len(flat), x_m), flat])
    normals = np.tile((1.0, 0.0, 0.0), (len(flat), 1))
    return mesh_of(corners, triangulate(flat), normals, flat, material, semantic)


def placed(yaw_rad: float, at_m: Sequence[float], scale: float = 1.0) -> Floats:
    """(4, 4) turn about z, uniform scale, and shift: the way things stand on the ground."""
    matrix = np.eye(4)
    c, s = np.cos(yaw_rad) * scale, np.sin(yaw_rad) * scale
    matrix[:2, :2] = ((c, -s), (s, c))
    matrix[2, 2] = scale
    matrix[:3, 3] = at_m
    return matrix
