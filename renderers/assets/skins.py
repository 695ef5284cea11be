"""Soft skins: distance fields of blended balls and bones, sampled by rays, and inlays cut along lines.  Renderers floor.

A body is a field, negative inside: eggs and tapering bones that flow into one another (the polynomial smooth minimum of
Quilez 2008).  Skin and clothes are grids of rays that meet it, so shoulders, seats and faces have no seams.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from renderers.assets.forms import Floats, circle, rings, unit
from renderers.assets.kernels.skins import bone_distance, egg_distance
from renderers.materials import MATERIAL_ID
from renderers.mesh import Mesh

Field = Callable[[Floats], Floats]
Triple = tuple[float, float, float]
MARCH = 26  # samples along a ray before its crossing is refined
NEAR_EDGE = 0.04  # an inlay's outline keeps that share of an edge away from its ends: no slivers


def egg(points: Floats, centre: Triple, radii: Triple) -> Floats:
    """Distance to an ellipsoid, exact on its surface and nearly so beside it."""
    distance: Floats = egg_distance(_rows(points), *map(float, (*centre, *radii))).reshape(points.shape[:-1])
    return distance


def bone(points: Floats, start: Triple, stop: Triple, r0: float, r1: float) -> Floats:
    """Distance to a round bone whose radius goes from r0 to r1."""
    gap: Floats = bone_distance(_rows(points), *map(float, (*start, *stop, r0, r1))).reshape(
        points.shape[:-1]
    )
    return gap


def _rows(points: Floats) -> Floats:
    return np.ascontiguousarray(points, np.float64).reshape(-1, 3)


def joined(distances: Sequence[Floats], soft_m: float) -> Floats:
    """Union of fields that flow into one another over `soft_m`."""
    total = distances[0]
    for other in distances[1:]:
        mix = np.clip(0.5 + 0.5 * (other - total) / soft_m, 0.0, 1.0)
        total = other + mix * (total - other) - soft_m * mix * (1.0 - mix)
    return total


def hollowed(distance: Floats, hole: Floats, soft_m: float) -> Floats:
    """The field without the hole, its rim rounded over `soft_m`."""
    mix = np.clip(0.5 - 0.5 * (distance + hole) / soft_m, 0.0, 1.0)
    rest: Floats = distance + mix * (-hole - distance) + soft_m * mix * (1.0 - mix)
    return rest


def reach(field: Field, origin: Floats, direction: Floats, far_m: float) -> Floats:
    """How far along each ray, of any shape (..., 3), the field's outermost surface lies."""
    steps = np.linspace(0.0, far_m, MARCH)
    at = origin[..., None, :] + steps[:, None] * direction[..., None, :]
    inside = field(at.reshape(-1, 3)).reshape(at.shape[:-1]) < 0.0
    last = MARCH - 1 - np.argmax(inside[..., ::-1], axis=-1)
    low = np.where(inside.any(axis=-1), steps[np.minimum(last, MARCH - 2)], 0.0)
    high = low + steps[1]
    for _ in range(8):
        middle = 0.5 * (low + high)
        within = field((origin + middle[..., None] * direction).reshape(-1, 3)).reshape(middle.shape) < 0.0
        low, high = np.where(within, middle, low), np.where(within, high, middle)
    met: Floats = 0.5 * (low + high)
    return met


def limb(
    end_m: Sequence[float],
    rows: Sequence[tuple[float, float, float]],
    sides: int,
    material: str,
    semantic: str,
    folds: Callable[[Floats, Floats], Floats] | None = None,
    caps: tuple[bool, bool] = (True, True),
    deep: float = 1.0,
) -> Mesh:
    """A limb from its joint towards `end_m`: rows of (metres along, radius, shift to the front).

    `folds(along, angle)` lifts the surface; angles run from the front.  `deep` scales the radius from front to back.
    """
    axis = unit(np.asarray(end_m, float))
    front = unit(np.array((1.0, 0.0, 0.0)) - axis * axis[0])
    side = np.cross(axis, front)
    table = np.asarray(rows, float)
    rim = circle(sides)
    angle = np.arctan2(rim[:, 1], rim[:, 0])
    radius = np.repeat(table[:, 1:2], sides, axis=1)
    if folds is not None:
        radius = radius + folds(table[:, :1], angle[None])
    points = (
        table[:, None, :1] * axis
        + (table[:, 2:3] + deep * radius * rim[:, 0])[..., None] * front
        + (radius * rim[:, 1])[..., None] * side
    )
    return rings(points, material, semantic, caps)


def dome(radius_m: float, at_m: float = 0.0, grow: int = 1) -> list[tuple[float, float, float]]:
    """Rows of the half ball that rounds a limb off at a joint, before it (grow = 1) or behind it (-1)."""
    turns = np.radians((18.0, 52.0))
    rows = [(at_m - grow * radius_m * float(np.cos(a)), radius_m * float(np.sin(a)), 0.0) for a in turns]
    return rows if grow > 0 else rows[::-1]


def inlaid(mesh: Mesh, value: Floats, material: str, only: str | None = None) -> Mesh:
    """The mesh in another material where `value` (V,) is positive, cut along its zero line.

    With `only`, surfaces of other materials stay as they are.
    """
    whole, inside = _split(mesh, value, None if only is None else MATERIAL_ID[only])
    return replace(whole, material=np.where(inside, MATERIAL_ID[material], whole.material).astype(np.int16))


def trimmed(mesh: Mesh, value: Floats) -> Mesh:
    """What of the mesh lies where `value` (V,) is positive."""
    whole, inside = _split(mesh, value, None)
    used, back = np.unique(whole.triangles[inside], return_inverse=True)
    return Mesh(
        whole.vertices_m[used],
        back.reshape(-1, 3).astype(np.int32),
        whole.normals[used],
        whole.uv_m[used],
        whole.material[inside],
        whole.semantic[inside],
    )


def _split(mesh: Mesh, value: Floats, only: int | None) -> tuple[Mesh, NDArray[np.bool_]]:
    """The mesh with its triangles cut along the zero line, and which of them are on the positive side."""
    value = np.where(np.abs(value) < 1e-6, 1e-6, value)
    tri = mesh.triangles.astype(np.int64)
    above = value[tri] > 0.0
    free = np.ones(len(tri), bool) if only is None else mesh.material == only
    count = above.sum(axis=1)
    mixed = free & (count > 0) & (count < 3)
    rows = np.flatnonzero(mixed)
    if not len(rows):
        return mesh, free & (count == 3)
    lone_above = count[rows] == 1
    lone = np.where(lone_above, np.argmax(above[rows], axis=1), np.argmin(above[rows], axis=1))
    a, b, c = (tri[rows, (lone + k) % 3] for k in range(3))
    n = len(mesh.vertices_m)

    def between(one: NDArray[np.int64], two: NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
        share = np.clip(value[one] / (value[one] - value[two]), NEAR_EDGE, 1.0 - NEAR_EDGE)[:, None]
        mix = [(1 - share) * x[one] + share * x[two] for x in (mesh.vertices_m, mesh.normals, mesh.uv_m)]
        return mix[0], unit(mix[1]), mix[2]

    ab, ac = between(a, b), between(a, c)
    p, q = n + np.arange(len(rows)), n + len(rows) + np.arange(len(rows))
    cut = np.concatenate([np.stack(t, 1) for t in ((a, p, q), (p, b, c), (p, c, q))])
    keep = ~mixed
    points, normals, uv = (
        np.concatenate([x, one, two]).astype(np.float32)
        for x, one, two in zip((mesh.vertices_m, mesh.normals, mesh.uv_m), ab, ac, strict=True)
    )
    whole = Mesh(
        points,
        np.concatenate([tri[keep], cut]).astype(np.int32),
        normals,
        uv,
        np.concatenate([mesh.material[keep], np.tile(mesh.material[rows], 3)]),
        np.concatenate([mesh.semantic[keep], np.tile(mesh.semantic[rows], 3)]),
    )
    return whole, np.concatenate([(free & (count == 3))[keep], lone_above, ~lone_above, ~lone_above])
