"""Connected pieces of meshes, and flat patches that stand for lamps and plates from afar.  Renderers floor."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from renderers.assets.collapse import Longs, welded
from renderers.loft import Floats, surface
from renderers.mesh import Mesh

NEAR_M = 0.03  # pieces so near to each other are one lamp


def corners_of(mesh: Mesh) -> Floats:
    """(T, 3, 3) corners of all triangles."""
    return mesh.vertices_m.astype(np.float64)[mesh.triangles]


def pieces(mesh: Mesh) -> Longs:
    """(T,) which connected piece each triangle belongs to."""
    faces = welded(mesh)[mesh.triangles]
    count = int(faces.max()) + 1
    ends = np.concatenate([faces[:, (0, 1)], faces[:, (1, 2)]])
    graph = coo_array((np.ones(len(ends), np.int8), (ends[:, 0], ends[:, 1])), shape=(count, count))
    label = connected_components(graph, directed=False)[1]
    found: Longs = np.unique(label[faces[:, 0]], return_inverse=True)[1].reshape(-1).astype(np.int64)
    return found


def bounds_of(corner: Floats, piece: Longs) -> tuple[Floats, Floats]:
    """Lowest and highest corner of each piece."""
    count = int(piece.max()) + 1
    low, high = np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
    np.minimum.at(low, piece, corner.min(axis=1))
    np.maximum.at(high, piece, corner.max(axis=1))
    return low, high


def some_of(mesh: Mesh, chosen: NDArray[np.bool_]) -> Mesh:
    """The chosen triangles of a mesh."""
    used, back = np.unique(mesh.triangles[chosen], return_inverse=True)
    return Mesh(
        mesh.vertices_m[used],
        back.reshape(-1, 3).astype(np.int32),
        mesh.normals[used],
        mesh.uv_m[used],
        mesh.material[chosen],
        mesh.semantic[chosen],
    )


def _together(low: Floats, high: Floats, which: Longs) -> list[Longs]:
    """Pieces whose boxes touch, as groups."""
    if not len(which):
        return []
    a_low, a_high = low[which] - NEAR_M, high[which] + NEAR_M
    touch = ((a_low[:, None] <= a_high[None]) & (a_high[:, None] >= a_low[None])).all(axis=2)
    label = connected_components(coo_array(touch), directed=False)[1]
    return [which[label == k] for k in range(int(label.max()) + 1)]


def patches_on(lamps: Mesh, body: Mesh) -> list[Mesh]:
    """Flat patches for lamps, reflectors and plates, where and as large as they show."""
    bounds = body.vertices_m.astype(np.float64)
    at, to = bounds.min(axis=0), bounds.max(axis=0)
    core = np.array([(at[0] + to[0]) / 2, 0.0, (at[2] + to[2]) / 2])
    half = (to - at) / 2
    skin_corner = corners_of(body)
    found = []
    for material in np.unique(lamps.material):
        some = some_of(lamps, lamps.material == material)  # lenses of two materials may share an edge
        corner = corners_of(some)
        piece = pieces(some)
        low, high = bounds_of(corner, piece)
        for group in _together(low, high, np.arange(len(low))):
            of = np.isin(piece, group)
            made = _patch(corner[of], int(material), int(some.semantic[of][0]), core, half, skin_corner)
            found.append(some_of(some, of) if made is None else made)
    return found


def _patch(
    corner: Floats, material: int, semantic: int, core: Floats, half: Floats, skin_m: Floats
) -> Mesh | None:
    normal = 0.5 * np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    middle = corner.mean(axis=1)
    outward = (middle - core) / half
    outward = np.sign(outward) * np.abs(outward) ** 6  # of the nearest face of the body's box
    facing = np.einsum("ij,ij->i", normal, outward / half) > 0.0
    if not facing.any():
        return None
    away = normal[facing].sum(axis=0)
    away /= np.linalg.norm(away)
    facing &= normal @ away > 0.0
    area = float((normal[facing] @ away).sum())
    side = np.cross((0.0, 0.0, 1.0) if abs(away[2]) < 0.9 else (1.0, 0.0, 0.0), away)
    side /= np.linalg.norm(side)
    up = np.cross(away, side)
    points = corner[facing].reshape(-1, 3)
    u, v, w = points @ side, points @ up, points @ away
    wide, high = float(np.ptp(u)), float(np.ptp(v))
    if wide * high < 1e-6:
        return None
    shrink = min(
        1.0, (area / (wide * high)) ** 0.5
    )  # a lens that fills half of its rectangle shows half of it
    u0, v0 = (u.min() + u.max()) / 2, (v.min() + v.max()) / 2
    square = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (wide, high) * shrink / 2
    flat = (u0 + square[:, :1]) * side + (v0 + square[:, 1:]) * up
    lift = float(w.max())
    probes = np.concatenate([flat, flat.mean(axis=0)[None]])
    over = [_above(skin_m, probe, away, float(w.max())) for probe in probes]
    lift = max([lift, *over]) + 0.002
    quad = flat + lift * away
    low, high_ = skin_m.reshape(-1, 3).min(axis=0), skin_m.reshape(-1, 3).max(axis=0)
    quad = np.clip(quad, low, high_)
    return surface(
        quad,
        [(0, 1, 2), (0, 2, 3)],
        np.full(2, material, np.int16),
        np.full(2, semantic, np.uint8),
    )


def _above(skin_m: Floats, probe: Floats, away: Floats, from_m: float) -> float:
    """How far along `away` a skin lies over a point, if not much further than `from_m`."""
    a, b, c = skin_m[:, 0], skin_m[:, 1], skin_m[:, 2]
    p = np.cross(away, c - a)
    det = np.einsum("ij,ij->i", b - a, p)
    safe = np.where(np.abs(det) > 1e-12, det, np.inf)
    t0 = probe - a
    u = np.einsum("ij,ij->i", t0, p) / safe
    q = np.cross(t0, b - a)
    v = (q @ away) / safe
    t = np.einsum("ij,ij->i", c - a, q) / safe
    met = (u >= 0) & (v >= 0) & (u + v <= 1) & np.isfinite(safe) & (t < from_m + 0.15)
    return float(t[met].max()) if met.any() else -np.inf
