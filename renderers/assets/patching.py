"""Connected pieces of meshes, and flat patches that stand for lamps and plates from afar.  Renderers floor."""

import numpy as np
from numpy.typing import NDArray

from renderers.assets.collapse import Longs, welded
from renderers.loft import Floats, surface
from renderers.mesh import Mesh
from sim.kernels.jit import kernel

NEAR_M = 0.03  # pieces so near to each other are one lamp
# A square in which a triangle stands upright, as large as the square and with the same middle.
TRIANGLE = 2.0**0.5 * np.array([(-1.0, -2.0 / 3.0), (1.0, -2.0 / 3.0), (0.0, 4.0 / 3.0)])
SQUARE = np.array([(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)])


def corners_of(mesh: Mesh) -> Floats:
    """(T, 3, 3) corners of all triangles."""
    return mesh.vertices_m.astype(np.float64)[mesh.triangles]


def pieces(mesh: Mesh) -> Longs:
    """(T,) which connected piece each triangle belongs to."""
    faces = welded(mesh)[mesh.triangles]
    return _labels(faces, int(faces.max()) + 1)


def bounds_of(corner: Floats, piece: Longs) -> tuple[Floats, Floats]:
    """Lowest and highest corner of each piece."""
    count = int(piece.max()) + 1
    low, high = np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
    np.minimum.at(low, piece, corner.min(axis=1))
    np.maximum.at(high, piece, corner.max(axis=1))
    return low, high


def some_of(mesh: Mesh, chosen: NDArray[np.bool_]) -> Mesh:
    """The chosen triangles of a mesh."""
    used = np.zeros(len(mesh.vertices_m), np.bool_)
    used[mesh.triangles[chosen]] = True
    number = np.cumsum(used, dtype=np.int32) - np.int32(1)
    return Mesh(
        mesh.vertices_m[used],
        number[mesh.triangles[chosen]],
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
    one, two = np.nonzero(touch)
    label = _labels(np.column_stack([one, two, two]), len(which))[one == two]
    return [which[label == k] for k in range(int(label.max()) + 1)]


def patches_on(lamps: Mesh, body: Mesh, small_m2: float = 0.0) -> list[Mesh]:
    """Flat patches for lamps, reflectors and plates, where and as large as they show; triangles for the small ones."""
    bounds = body.vertices_m.astype(np.float64)
    at, to = bounds.min(axis=0), bounds.max(axis=0)
    skin_corner = corners_of(body)
    found = []
    for material in np.unique(lamps.material):
        some = some_of(lamps, lamps.material == material)  # lenses of two materials may share an edge
        corner = corners_of(some)
        piece = pieces(some)
        low, high = bounds_of(corner, piece)
        for group in _together(low, high, np.arange(len(low))):
            of = np.isin(piece, group)
            semantic = int(some.semantic[of][0])
            made = _patch(corner[of], int(material), semantic, at, to, skin_corner, small_m2)
            found.append(some_of(some, of) if made is None else made)
    return found


def _patch(
    corner: Floats,
    material: int,
    semantic: int,
    low_m: Floats,
    high_m: Floats,
    skin_m: Floats,
    small_m2: float,
) -> Mesh | None:
    """A flat patch that shows as much as the triangles do, on a skin inside a box; None if they show nothing."""
    core = np.array([(low_m[0] + high_m[0]) / 2, 0.0, (low_m[2] + high_m[2]) / 2])
    half = (high_m - low_m) / 2
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
    small = shrink**2 * wide * high < small_m2
    outline = (TRIANGLE if small else SQUARE) * (wide, high) * shrink / 2
    flat = (u0 + outline[:, :1]) * side + (v0 + outline[:, 1:]) * up
    top = float(w.max())
    probes = np.concatenate([flat, flat.mean(axis=0)[None]])
    lift = max(top, _above(skin_m, probes, away[0], away[1], away[2], top)) + 0.002
    lifted = flat + lift * away
    quad = np.clip(lifted, low_m, high_m)
    triangles = np.array([(0, 1, 2)] if small else [(0, 1, 2), (0, 2, 3)], np.int32)
    row, of = np.full(len(triangles), material, np.int16), np.full(len(triangles), semantic, np.uint8)
    if (quad != lifted).any():  # bent, or a sliver
        return surface(quad, triangles, row, of)
    flat_uv = quad[:, [axis for axis in range(3) if axis != int(np.abs(away).argmax())]]
    normals = np.tile(away.astype(np.float32), (len(quad), 1))
    return Mesh(quad.astype(np.float32), triangles, normals, flat_uv.astype(np.float32), row, of)


@kernel
def _above(skin: Floats, probe: Floats, ax: float, ay: float, az: float, from_m: float) -> float:
    """How far along a way a skin lies over points, the furthest of them, if not much further than `from_m`."""
    found = -np.inf
    for t in range(len(skin)):
        x, y, z = skin[t, 0]
        bx, by, bz = skin[t, 1, 0] - x, skin[t, 1, 1] - y, skin[t, 1, 2] - z
        cx, cy, cz = skin[t, 2, 0] - x, skin[t, 2, 1] - y, skin[t, 2, 2] - z
        px, py, pz = ay * cz - az * cy, az * cx - ax * cz, ax * cy - ay * cx
        det = bx * px + by * py + bz * pz
        if abs(det) <= 1e-12:
            continue
        for n in range(len(probe)):
            ox, oy, oz = probe[n, 0] - x, probe[n, 1] - y, probe[n, 2] - z
            u = (ox * px + oy * py + oz * pz) / det
            if u < 0.0 or u > 1.0:
                continue
            qx, qy, qz = oy * bz - oz * by, oz * bx - ox * bz, ox * by - oy * bx
            v = (qx * ax + qy * ay + qz * az) / det
            if v < 0.0 or u + v > 1.0:
                continue
            far = (cx * qx + cy * qy + cz * qz) / det
            if far < from_m + 0.15 and far > found:
                found = far
    return found


@kernel
def _labels(rows: Longs, count: int) -> Longs:
    """(R,) which group each row of three numbers below `count` belongs to: rows that share a number share one.

    Groups are numbered in the order of their lowest numbers.
    """
    root = np.arange(count)
    for r in range(len(rows)):
        for k in range(1, 3):
            a, b = rows[r, 0], rows[r, k]
            while root[a] != a:
                root[a] = root[root[a]]
                a = root[a]
            while root[b] != b:
                root[b] = root[root[b]]
                b = root[b]
            root[max(a, b)] = min(a, b)
    used = np.zeros(count, np.bool_)
    used[rows.ravel()] = True
    number, groups = np.empty(count, np.int64), 0
    for p in range(count):
        root[p] = root[root[p]]  # roots come before what hangs on them
        if root[p] == p:
            number[p] = groups
            groups += used[p]
    label = np.empty(len(rows), np.int64)
    for r in range(len(rows)):
        label[r] = number[root[rows[r, 0]]]
    return label
