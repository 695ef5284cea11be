"""Levels of detail: the same asset with a twentieth or a hundredth of its triangles.  Renderers floor.

Each rigid part is wrapped in a closed skin (`renderers.assets.wrap`).  What a skin cannot follow, such as ladders,
frames and chassis, is wrapped piece by piece; a piece that loses its outline stays as it is.  So a level is never
wrong, at worst dear.  Lamps, reflectors and plates are laid on the skin as flat patches of the size that they show.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from renderers.assets.levels import FAR, FULL, MIDDLE
from renderers.assets.outlines import likeness
from renderers.assets.wrap import Longs, closed, skin, unroll
from renderers.loft import Floats, box, face_normals, surface
from renderers.materials import MATERIAL_ID, MATERIALS
from renderers.mesh import Asset, Mesh, Part
from scenarios.taxonomy import SEMANTICS

WELD_M = 1e-4
BOXY = 0.97  # what is so much like a box of several materials is one
SMALL = 0.14  # pieces below this share of their part's diagonal hang on the body: mirrors, handles, wipers
PATCHES = {
    k for k, m in enumerate(MATERIALS) if m.glow >= 0 or m.name.startswith("reflector_") or m.name == "plate"
}
THIN = {MATERIAL_ID[name] for name in ("panel_gap", "plate_ink", "lamp_housing")}
SHADE = np.array(
    [float(np.dot(m.rgb, (0.21, 0.72, 0.07))) * (0.5 if m.tint >= 0 else 1.0) for m in MATERIALS]
)


@dataclass(frozen=True, slots=True)
class Level:
    """How coarse a level is."""

    body: tuple[int, int]  # rows and columns of a vehicle's skin
    wheel: tuple[int, int]
    limb: tuple[tuple[float, int, int], ...]  # parts and pieces at least this long: rows and columns
    same: float  # outlines of a body's skin and of what it wraps share this
    limb_same: float  # outlines of a skin and of what it wraps share at least this
    sticks_out_m: float  # what reaches further out of a skin gets one of its own
    lost_m: float  # pieces smaller than this are left out


LEVELS: dict[int, Level] = {
    MIDDLE: Level(
        (20, 16),
        (5, 10),
        ((1.5, 16, 16), (1.0, 10, 10), (0.3, 8, 8), (0.12, 7, 7), (0.0, 5, 5)),
        0.93,
        0.88,
        0.03,
        0.03,
    ),
    FAR: Level(
        (10, 10), (4, 6), ((1.5, 8, 10), (1.0, 7, 6), (0.25, 5, 6), (0.0, 4, 4)), 0.90, 0.75, 0.10, 0.08
    ),
}


def at_level(asset: Asset, level: int) -> Asset:
    """The asset with fewer triangles; parts that share a mesh go on sharing it."""
    if level == FULL:
        return asset
    known: dict[int, Mesh] = {}
    parts = []
    for part in asset.parts:
        if id(part.mesh) not in known:
            known[id(part.mesh)] = reduced(part, LEVELS[level], bool(asset.lamps))
        parts.append(replace(part, mesh=known[id(part.mesh)]))
    return replace(asset, parts=tuple(parts))


def reduced(part: Part, level: Level, lamps: bool) -> Mesh:
    """One part's mesh, as few triangles as its outline allows."""
    mesh = _opaque(part.mesh)
    corner = mesh.vertices_m.astype(np.float64)[mesh.triangles]
    size = np.ptp(corner.reshape(-1, 3), axis=0)
    long = float(size.max())
    patches = np.isin(mesh.material, list(PATCHES))
    if part.radius_m > 0.0:
        rows, columns = level.wheel
        made = _wrapped(mesh, 1, rows, columns, turns=part.radius_m)
        if made is not None and likeness(corner, _corners(made)) >= level.same - 0.06:
            return made
    elif lamps and long > 1.5:
        made = _bodied(mesh, level, patches)
        if made is not None and likeness(corner, _corners(made)) >= level.same:
            return made
    else:
        rows, columns = _budget(long, level)
        if len(mesh.triangles) <= 2 * columns * (rows - 2):
            return part.mesh
        made = _best(mesh, corner, rows, columns, level.limb_same)
        if made is not None:
            return made
    return _piecewise(part.mesh, mesh, level)


def _opaque(mesh: Mesh) -> Mesh:
    """Panes that nobody looks through any more."""
    clear = np.array([m.transmission > 0 and "glass" in m.name for m in MATERIALS])
    rows = np.where(clear[mesh.material], MATERIAL_ID["glass_blind"], mesh.material).astype(np.int16)
    return replace(mesh, material=rows)


def _corners(mesh: Mesh) -> Floats:
    return mesh.vertices_m.astype(np.float64)[mesh.triangles]


def _budget(long_m: float, level: Level) -> tuple[int, int]:
    return next((rows, columns) for least, rows, columns in level.limb if long_m >= least)


def _codes(mesh: Mesh) -> Longs:
    codes: Longs = mesh.material.astype(np.int64) * 256 + mesh.semantic
    return codes


def _wrapped(
    mesh: Mesh, axis: int, rows: int, columns: int, turns: float = 0.0, tight: bool = False
) -> Mesh | None:
    """The mesh in a skin about an axis, as large as the mesh; `turns` is the radius of a wheel."""
    corner = _corners(mesh)
    kept = ~np.isin(mesh.material, list(PATCHES | THIN))
    codes, dense = np.unique(_codes(mesh), return_inverse=True)
    picture = unroll(corner, dense.reshape(-1), axis, kept if kept.any() else ~kept)
    if picture is None:
        return None
    points, triangles, found = skin(picture, rows, columns, SHADE[codes // 256], even=turns > 0.0)
    low, high = corner.reshape(-1, 3).min(axis=0), corner.reshape(-1, 3).max(axis=0)
    if turns > 0.0:
        other = [k for k in range(3) if k != axis]
        points[:, other] *= turns / np.linalg.norm(points[:, other], axis=1).max()
        points[:, axis] = _fitted(points[:, axis, None], low[[axis]], high[[axis]])[:, 0]
    elif tight:
        points = _fitted(points, low, high)
    else:
        points = np.clip(points, low, high)
    code = codes[found]
    return closed(points, triangles, (code // 256).astype(np.int16), (code % 256).astype(np.uint8))


def _fitted(points: Floats, low: Floats, high: Floats) -> Floats:
    """The points stretched so that they fill the box."""
    at, to = points.min(axis=0), points.max(axis=0)
    fitted: Floats = low + (points - at) * (high - low) / np.maximum(to - at, 1e-9)
    return fitted


def _best(mesh: Mesh, corner: Floats, rows: int, columns: int, same: float) -> Mesh | None:
    """The mesh in a skin about its longest axis, or about another one if that follows it better."""
    size = np.ptp(corner.reshape(-1, 3), axis=0)
    for axis in np.argsort(-size):
        made = _wrapped(mesh, int(axis), rows, columns)
        if made is not None and likeness(corner, _corners(made)) >= same:
            return made
    return None


def _bodied(mesh: Mesh, level: Level, patches: NDArray[np.bool_]) -> Mesh | None:
    """A vehicle's body: the skin of its large pieces, skins of what sticks out, and patches for lamps and plates."""
    piece = pieces(mesh)
    corner = _corners(mesh)
    low, high = _bounds(corner, piece)
    whole = np.linalg.norm(np.ptp(corner.reshape(-1, 3), axis=0))
    large = np.linalg.norm(high - low, axis=1) >= SMALL * whole
    core = large[piece] & ~patches
    if not core.any():
        return None
    body = _wrapped(
        _some(mesh, core), int(np.ptp(corner.reshape(-1, 3), axis=0).argmax()), *level.body, tight=True
    )
    if body is None:
        return None
    found = [body]
    skin_low, skin_high = (f(body.vertices_m.astype(np.float64), axis=0) for f in (np.min, np.max))
    edge_low, edge_high = low.min(axis=0), high.max(axis=0)
    beyond = np.maximum(skin_low - low, high - skin_high).max(axis=1)
    at_edge = ((low < edge_low + 0.005) & (skin_low > edge_low + 0.01)) | (
        (high > edge_high - 0.005) & (skin_high < edge_high - 0.01)
    )
    out = (~large) & ((beyond > level.sticks_out_m) | at_edge.any(axis=1))
    for group in _together(low, high, np.flatnonzero(out)):
        of = _some(mesh, np.isin(piece, group))
        found.append(_simple(of, level))
    found += _patches(mesh, patches, body)
    return Mesh.join(found)


def _simple(mesh: Mesh, level: Level) -> Mesh:
    """A small thing: a box where that is what it looks like, else a small skin, else itself."""
    corner = _corners(mesh)
    if len(mesh.triangles) <= 12:
        return mesh
    low, high = corner.reshape(-1, 3).min(axis=0), corner.reshape(-1, 3).max(axis=0)
    size = high - low
    if (size > 1e-3).all():
        made = _boxed(mesh, low, high)
        plain = float(size.max()) < 1.0 or len(np.unique(_codes(mesh))) == 1
        if likeness(corner, _corners(made), 32) >= (level.same - 0.05 if plain else BOXY):
            return made
        rows, columns = _budget(float(size.max()), level)
        if len(mesh.triangles) > 2 * columns * (rows - 2):
            ahead = size[0] > 0.6 * size.max()  # a cab is seen from before, beside and above, as a car is
            wrapped = _wrapped(mesh, 0 if ahead else int(size.argmax()), rows, columns)
            if wrapped is not None and likeness(corner, _corners(wrapped), 32) >= level.same - 0.10:
                return wrapped
    return mesh


def _boxed(mesh: Mesh, low: Floats, high: Floats) -> Mesh:
    codes = _codes(mesh)
    area = np.linalg.norm(face_normals(mesh.vertices_m.astype(np.float64), mesh.triangles), axis=1)
    names, dense = np.unique(codes, return_inverse=True)
    most = int(names[np.bincount(dense.reshape(-1), area).argmax()])
    size = high - low
    middle = (low + high) / 2
    return box(
        (float(size[0]), float(size[1]), float(size[2])),
        MATERIALS[most // 256].name,
        SEMANTICS[most % 256].name,
        centre_m=(float(middle[0]), float(middle[1]), float(middle[2])),
    )


def _piecewise(original: Mesh, whole: Mesh, level: Level) -> Mesh:
    """Every piece by itself; what nobody sees and what is too small is left out."""
    patches = np.isin(whole.material, list(PATCHES))
    mesh, corner = _some(whole, ~patches), _corners(whole)[~patches]
    if not len(corner):
        return original
    piece = pieces(mesh)
    low, high = _bounds(corner, piece)
    edge_low, edge_high = low.min(axis=0), high.max(axis=0)
    at_edge = ((low < edge_low + 0.005) | (high > edge_high - 0.005)).any(axis=1)
    seen = _seen(corner, piece)
    size = np.linalg.norm(high - low, axis=1)
    found = []
    for k in np.flatnonzero(at_edge | (seen & (size >= level.lost_m))):
        found.append(_simple(_some(mesh, piece == k), level))
    if not found:
        return original
    made = Mesh.join(found)
    made = Mesh.join([made, *_patches(whole, patches, made)])
    if likeness(_corners(whole), _corners(made)) >= level.same and len(made.triangles) < 0.9 * len(
        whole.triangles
    ):
        return made
    return original


def pieces(mesh: Mesh) -> Longs:
    """(T,) which connected piece each triangle belongs to."""
    keys = np.round(mesh.vertices_m.astype(np.float64) / WELD_M).astype(np.int64)
    _, point = np.unique(keys, axis=0, return_inverse=True)
    faces = point.reshape(-1)[mesh.triangles]
    count = int(faces.max()) + 1
    ends = np.concatenate([faces[:, (0, 1)], faces[:, (1, 2)]])
    graph = coo_array((np.ones(len(ends), np.int8), (ends[:, 0], ends[:, 1])), shape=(count, count))
    label = connected_components(graph, directed=False)[1]
    found: Longs = np.unique(label[faces[:, 0]], return_inverse=True)[1].reshape(-1).astype(np.int64)
    return found


def _bounds(corner: Floats, piece: Longs) -> tuple[Floats, Floats]:
    count = int(piece.max()) + 1
    low, high = np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
    np.minimum.at(low, piece, corner.min(axis=1))
    np.maximum.at(high, piece, corner.max(axis=1))
    return low, high


def _some(mesh: Mesh, chosen: NDArray[np.bool_]) -> Mesh:
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
    near = 0.03
    a_low, a_high = low[which] - near, high[which] + near
    touch = ((a_low[:, None] <= a_high[None]) & (a_high[:, None] >= a_low[None])).all(axis=2)
    label = connected_components(coo_array(touch), directed=False)[1]
    return [which[label == k] for k in range(int(label.max()) + 1)]


DIRECTIONS: tuple[tuple[float, float, float], ...] = (
    (0.0, 0.0, 1.0),
    *((x, y, z) for x in (-1.0, 0.0, 1.0) for y in (-1.0, 0.0, 1.0) for z in (-0.3, 0.3, 1.0) if x or y),
)


def _seen(corner: Floats, piece: Longs) -> NDArray[np.bool_]:
    """(pieces,) which can be seen from outside, by points scattered over their faces."""
    area = np.linalg.norm(np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]), axis=1)
    size = np.ptp(corner.reshape(-1, 3), axis=0)
    cell = float(size.max()) / 80
    count = np.clip(np.ceil(area / cell**2), 1, 400).astype(np.int64)
    row = np.repeat(np.arange(len(corner)), count)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    # Points of the plane's own low-discrepancy sequence (Roberts 2018), folded into the triangle.
    u, v = (0.5 + nth * 0.7548776662) % 1.0, (0.5 + nth * 0.5698402910) % 1.0
    fold = u + v > 1
    u, v = np.where(fold, 1 - u, u), np.where(fold, 1 - v, v)
    at = (
        corner[row, 0]
        + u[:, None] * (corner[row, 1] - corner[row, 0])
        + v[:, None] * (corner[row, 2] - corner[row, 0])
    )
    found = np.zeros(int(piece.max()) + 1, bool)
    for side in DIRECTIONS:
        away = np.array(side) / np.linalg.norm(side)
        right = np.cross((0.0, 0.0, 1.0) if abs(away[2]) < 0.9 else (0.0, 1.0, 0.0), away)
        right /= np.linalg.norm(right)
        up = np.cross(away, right)
        x, y = (np.floor((at @ r) / cell).astype(np.int64) for r in (right, up))
        pixel = (x - x.min()) * (int(np.ptp(y)) + 1) + (y - y.min())
        depth = at @ away
        front = np.full(int(pixel.max()) + 1, -np.inf)
        np.maximum.at(front, pixel, depth)
        found[piece[row[depth > front[pixel] - 0.6 * cell]]] = True
    return found


def _patches(mesh: Mesh, chosen: NDArray[np.bool_], body: Mesh) -> list[Mesh]:
    """Flat patches for lamps, reflectors and plates, where and as large as they show."""
    if not chosen.any():
        return []
    bounds = body.vertices_m.astype(np.float64)
    at, to = bounds.min(axis=0), bounds.max(axis=0)
    core = np.array([(at[0] + to[0]) / 2, 0.0, (at[2] + to[2]) / 2])
    half = (to - at) / 2
    skin_corner = _corners(body)
    found = []
    for material in np.unique(mesh.material[chosen]):
        some = _some(mesh, chosen & (mesh.material == material))  # lenses of two materials may share an edge
        corner = _corners(some)
        piece = pieces(some)
        low, high = _bounds(corner, piece)
        for group in _together(low, high, np.arange(len(low))):
            of = np.isin(piece, group)
            made = _patch(corner[of], int(material), int(some.semantic[of][0]), core, half, skin_corner)
            found.append(_some(some, of) if made is None else made)
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
