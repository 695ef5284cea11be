"""Connected pieces of meshes, and flat patches that stand for lamps and plates from afar.  Renderers floor."""

import numpy as np

from renderers import triples
from renderers.assets.collapse import Longs, welded
from renderers.assets.kernels.patching import above, labels
from renderers.loft import Floats, surface
from renderers.mesh import Mesh

NEAR_M = 0.03  # pieces so near to each other are one lamp
# A square in which a triangle stands upright, as large as the square and with the same middle.
TRIANGLE = 2.0**0.5 * np.array([(-1.0, -2.0 / 3.0), (1.0, -2.0 / 3.0), (0.0, 4.0 / 3.0)])
SQUARE = np.array([(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)])


def corners_of(mesh: Mesh) -> Floats:
    """(T, 3, 3) corners of all triangles."""
    return mesh.vertices_m.astype(np.float64).take(mesh.triangles, axis=0)


def pieces(mesh: Mesh) -> Longs:
    """(T,) which connected piece each triangle belongs to."""
    faces = welded(mesh)[mesh.triangles]
    return labels(faces, int(faces.max()) + 1)


def bounds_of(corner: Floats, piece: Longs) -> tuple[Floats, Floats]:
    """Lowest and highest corner of each piece."""
    count = int(piece.max()) + 1
    low, high = np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
    for axis in range(3):  # numpy is slow with rows there
        np.minimum.at(low[:, axis], piece, triples.least(corner[..., axis]))
        np.maximum.at(high[:, axis], piece, triples.greatest(corner[..., axis]))
    return low, high


def _together(low: Floats, high: Floats, which: Longs) -> list[Longs]:
    """Pieces whose boxes touch, as groups."""
    if not len(which):
        return []
    a_low, a_high = low[which] - NEAR_M, high[which] + NEAR_M
    touch = ((a_low[:, None] <= a_high[None]) & (a_high[:, None] >= a_low[None])).all(axis=2)
    one, two = np.nonzero(touch)
    label = labels(np.column_stack([one, two, two]), len(which))[one == two]
    return [which[label == k] for k in range(int(label.max()) + 1)]


def patches_on(lamps: Mesh, body: Mesh, small_m2: float = 0.0) -> list[Mesh]:
    """Flat patches for lamps, reflectors and plates, where and as large as they show; triangles for the small ones."""
    bounds = body.vertices_m.astype(np.float64)
    at, to = bounds.min(axis=0), bounds.max(axis=0)
    skin_corner = corners_of(body)
    found = []
    for material in np.unique(lamps.material):
        some = lamps.only(lamps.material == material)  # lenses of two materials may share an edge
        corner = corners_of(some)
        piece = pieces(some)
        low, high = bounds_of(corner, piece)
        for group in _together(low, high, np.arange(len(low))):
            of = np.isin(piece, group)
            semantic = int(some.semantic[of][0])
            made = _patch(corner[of], int(material), semantic, at, to, skin_corner, small_m2)
            found.append(some.only(of) if made is None else made)
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
    normal = 0.5 * triples.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    middle = triples.mean(corner, axis=1)
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
    lift = max(top, above(skin_m, probes, away[0], away[1], away[2], top)) + 0.002
    lifted = flat + lift * away
    quad = np.clip(lifted, low_m, high_m)
    triangles = np.array([(0, 1, 2)] if small else [(0, 1, 2), (0, 2, 3)], np.int32)
    row, of = np.full(len(triangles), material, np.int16), np.full(len(triangles), semantic, np.uint8)
    if (quad != lifted).any():  # bent, or a sliver
        return surface(quad, triangles, row, of)
    flat_uv = quad[:, [axis for axis in range(3) if axis != int(np.abs(away).argmax())]]
    normals = np.tile(away.astype(np.float32), (len(quad), 1))
    return Mesh(quad.astype(np.float32), triangles, normals, flat_uv.astype(np.float32), row, of)
