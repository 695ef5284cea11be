"""A closed skin around a heap of sheets: many triangles in, few out, the same outline.  Renderers floor.

Collapsing edges thins an asset that is made of a hundred open sheets only so far: there is nothing to collapse
across.  A wrapping is a new surface instead.  Planes cut the mesh along its axis, rays in each plane find what lies
outermost, and rays along the axis do the same for both ends.  That gives a picture of the surface, unrolled: rows from
pole to pole, columns around, each with a point and what it is made of.  Few rows and columns are then chosen by
dynamic programming so that straight lines between them miss the least (Bellman 1961, "On the approximation of curves by
line segments using dynamic programming"), and their points are fitted by least squares.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renderers.assets.kernels.wrap import inside, misses, share_of
from renderers.loft import Floats, surface
from renderers.mesh import Mesh

COLUMNS = 48  # of the picture
ROWS, ROW_M = (24, 64), 0.07  # of the picture between its poles: at least, at most; about that far apart
CAP = (
    0.0,
    0.15,
    0.3,
    0.45,
    0.6,
    0.7,
    0.8,
    0.9,
)  # rows of an end, as shares of the way from its middle to its rim
ALIKE = 0.03  # looks that differ by less are not worth a cut
SPOTS = np.array([(a, b, 7 - a - b) for a in range(1, 6) for b in range(1, 7 - a)]) / 7.0  # within a triangle
GROW = 1.25  # rings grow by at most this
EVEN = 8  # so few columns are spread evenly
MIDDLE = 0.2  # the axis keeps away from the edges of a cut by this share of its size
SHADE_M = 0.12  # a line that runs from black to white misses by this much
INSIDE = 1e-3

Longs = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Unrolled:
    """The outermost surface of a mesh about an axis: R rows from pole to pole, C columns around."""

    point_m: Floats  # (R, C, 3) along the axis, then across
    code: Longs  # (R, C) what the surface is there
    axis: int


def unroll(corner_m: Floats, code: Longs, axis: int, keep_code: NDArray[np.bool_]) -> Unrolled | None:
    """The picture of triangles (T, 3, 3) about an axis; None where they are too flat to have an inside.

    `code` (T,) says what each is made of; where `keep_code` is false, the neighbours say it.
    """
    turned = corner_m[..., [axis, (axis + 1) % 3, (axis + 2) % 3]]
    low, high = turned.reshape(-1, 3).min(axis=0), turned.reshape(-1, 3).max(axis=0)
    size = high - low
    if (size < 2e-3).any():
        return None
    half, middle = 0.5 * size[1:], 0.5 * (low + high)[1:]
    # Not quite straight down: a seam of two sheets in the plane of symmetry must not lie along a ray.
    angle = -np.pi / 2 + 2 * np.pi * (np.arange(COLUMNS) + 1e-3) / COLUMNS
    way = np.stack([np.cos(angle), np.sin(angle)], axis=1) * half
    count = int(np.clip(size[0] / ROW_M, *ROWS))
    station = low[0] + size[0] * (np.arange(count) + 0.5) / count
    radius, hit, centre = np.zeros((count, COLUMNS)), np.full((count, COLUMNS), -1), np.zeros((count, 2))
    first, last = turned[..., 0].min(axis=1), turned[..., 0].max(axis=1)
    for row, at in enumerate(station):
        met = np.flatnonzero((first < at) & (last >= at))
        if len(met) < 3:
            radius[row] = np.nan
            continue
        ends = _cut(turned[met], at)
        lower, upper = ends.reshape(-1, 2).min(axis=0), ends.reshape(-1, 2).max(axis=0)
        centre[row] = np.clip(middle, lower + MIDDLE * (upper - lower), upper - MIDDLE * (upper - lower))
        radius[row], which = _outermost(ends - centre[row], way)
        hit[row] = np.where(which >= 0, met[which], -1)
    empty = np.isnan(radius).all(axis=1)
    if empty.sum() > count // 3:
        return None
    if empty.any():  # a gap along the axis: bridged
        full = np.flatnonzero(~empty)
        nearest = full[np.abs(np.arange(count)[:, None] - full).argmin(axis=1)]
        radius, hit, centre = radius[nearest], hit[nearest], centre[nearest]
    flank = np.concatenate(
        [
            np.broadcast_to(station[:, None, None], (count, COLUMNS, 1)),
            centre[:, None] + radius[..., None] * way,
        ],
        axis=2,
    )
    front, front_hit = _end(turned, flank[0], centre[0], -1.0)
    back, back_hit = _end(turned, flank[-1], centre[-1], 1.0)
    picture = np.concatenate([front, flank, back[::-1]])
    hits = np.concatenate([front_hit, hit, back_hit[::-1]])
    known = (hits >= 0) & keep_code[np.maximum(hits, 0)]
    codes = _calm(_spread(np.where(known, code[np.maximum(hits, 0)], -1)))
    return Unrolled(picture, codes, axis)


def _cut(corner_m: Floats, at: float) -> Floats:
    """(T, 2, 2) ends of the lines in which triangles meet the plane."""
    side = corner_m[..., 0] - at
    after = np.roll(side, -1, axis=1)
    crossing = (side < 0.0) != (after < 0.0)
    share = side / np.where(crossing, side - after, 1.0)
    point = corner_m[..., 1:] + share[..., None] * (np.roll(corner_m, -1, axis=1) - corner_m)[..., 1:]
    ends: Floats = point[crossing].reshape(-1, 2, 2)  # each of these triangles crosses twice
    return ends


def _outermost(ends_m: Floats, way: Floats) -> tuple[Floats, Longs]:
    """How far along each way from the origin the last line lies, and which line it is, -1 for none."""
    p, q = ends_m[:, 0], ends_m[:, 1]
    before = way[:, 0] * p[:, 1:] - way[:, 1] * p[:, :1]
    after = way[:, 0] * q[:, 1:] - way[:, 1] * q[:, :1]
    crossing = (before < 0.0) != (after < 0.0)
    share = before / np.where(crossing, before - after, 1.0)
    along = (p @ way.T) + share * ((q - p) @ way.T)
    far = np.where(crossing, along / (way**2).sum(axis=1), 0.0)
    which = far.argmax(axis=0)
    radius = far[which, np.arange(len(way))]
    missing = radius <= 1e-6
    which = np.where(missing, -1, which)
    if missing.all():
        return np.full(len(way), INSIDE), which
    return _bridged(radius, missing, way), which


def _bridged(radius: Floats, missing: NDArray[np.bool_], way: Floats) -> Floats:
    """Radii with gaps closed by straight lines from edge to edge."""
    out = radius.copy()
    found = np.flatnonzero(~missing)
    for k in np.flatnonzero(missing):
        after = found[np.searchsorted(found, k) % len(found)]
        before = found[np.searchsorted(found, k) - 1]
        p, q = way[before] * radius[before], way[after] * radius[after]
        line, ray = q - p, way[k]
        cross = ray[0] * line[1] - ray[1] * line[0]
        out[k] = (p[0] * line[1] - p[1] * line[0]) / cross if abs(cross) > 1e-12 else INSIDE
    bridged: Floats = np.clip(out, INSIDE, 1.5)
    return bridged


def _end(turned: Floats, rim_m: Floats, centre_m: Floats, sign: float) -> tuple[Floats, Longs]:
    """Rows of an end from its pole towards the rim: what a ray along the axis meets first."""
    plane = np.stack([centre_m + share * (rim_m[:, 1:] - centre_m) for share in CAP])  # (c, C, 2)
    flat = plane.reshape(-1, 2)
    depth, hit = np.full(len(flat), sign * rim_m[0, 0]), np.full(len(flat), -1)
    # What lies behind the rim's plane, as rims do in their tyres, lends its look but not its place.
    middle = 0.5 * (turned[..., 0].min() + turned[..., 0].max())
    rows = np.flatnonzero((sign * turned[..., 0]).max(axis=1) > sign * middle)
    near = turned[rows]
    a, b, c = near[:, 0], near[:, 1], near[:, 2]
    area = (b[:, 1] - a[:, 1]) * (c[:, 2] - a[:, 2]) - (b[:, 2] - a[:, 2]) * (c[:, 1] - a[:, 1])
    solid = np.abs(area) > 1e-12
    a, b, c, area, rows = a[solid], b[solid], c[solid], area[solid], rows[solid]
    for some in np.array_split(np.arange(len(flat)), max(1, len(flat) * len(a) // 400_000)):
        u, v = flat[some, 0, None], flat[some, 1, None]
        wa = ((b[:, 1] - u) * (c[:, 2] - v) - (b[:, 2] - v) * (c[:, 1] - u)) / area
        wb = ((c[:, 1] - u) * (a[:, 2] - v) - (c[:, 2] - v) * (a[:, 1] - u)) / area
        over = (wa >= 0) & (wb >= 0) & (wa + wb <= 1)
        s = np.where(over, sign * (wa * a[:, 0] + wb * b[:, 0] + (1 - wa - wb) * c[:, 0]), -np.inf)
        if not s.shape[1]:
            break
        best = s.argmax(axis=1)
        far = s[np.arange(len(some)), best]
        depth[some] = np.maximum(depth[some], far)
        hit[some] = np.where(np.isfinite(far), rows[best], -1)
    points = np.concatenate([(sign * depth)[:, None], flat], axis=1).reshape(*plane.shape[:2], 3)
    return points, hit.reshape(plane.shape[:2])


def _spread(code: Longs) -> Longs:
    """Codes with unknown ones (-1) taken from their neighbours, nearest first."""
    code = code.copy()
    for _ in range(sum(code.shape)):
        unknown = code < 0
        if not unknown.any():
            break
        for moved in (
            np.roll(code, 1, axis=1),
            np.roll(code, -1, axis=1),
            np.concatenate([code[:1], code[:-1]]),
            np.concatenate([code[1:], code[-1:]]),
        ):
            code = np.where((code < 0) & (moved >= 0), moved, code)
    return np.maximum(code, 0)


def _calm(code: Longs) -> Longs:
    """What most of the nine around each place say: no wipers, handles and strips."""
    names, dense = np.unique(code, return_inverse=True)
    one = np.eye(len(names), dtype=np.int16)[dense.reshape(code.shape)]
    around = one + np.roll(one, 1, axis=1) + np.roll(one, -1, axis=1)
    votes = 2 * around + np.concatenate([around[:1], around[:-1]]) + np.concatenate([around[1:], around[-1:]])
    calmed: Longs = names[votes.argmax(axis=2)]
    return calmed


def skin(
    picture: Unrolled, rows: int, columns: int, shade: Floats
) -> tuple[Floats, NDArray[np.int32], Longs]:
    """Vertices, triangles and what each is made of: a skin of 2 x columns x (rows - 2) triangles.

    `shade` (codes,) is how bright each code looks.
    """
    point, code = picture.point_m, picture.code
    feature = np.concatenate([point, SHADE_M * shade[code][..., None]], axis=2)
    place = _places(feature[..., :3])
    row = _chosen(feature.reshape(len(feature), -1), place, min(rows, len(point)))
    column = _around(feature, columns)
    across, along = _hats(place, row), _ring_hats(column)
    vertex = np.einsum("kr,rcd,mc->kmd", np.linalg.pinv(across), point, np.linalg.pinv(along))
    exact = point[row][:, column]
    most = 0.04 * float(np.ptp(point.reshape(-1, 3), axis=0).max())
    vertex = exact + np.clip(vertex - exact, -most, most)  # it overshoots at steps
    # A polygon inside a circle lacks what lies between: as thick as what it stands for.
    ring, whole = vertex - vertex.mean(axis=1, keepdims=True), point - point.mean(axis=1, keepdims=True)
    grow = np.sqrt(_girth(whole)[row] / np.maximum(_girth(ring), 1e-9))
    vertex = vertex + ring * (np.clip(grow, 1.0, GROW)[:, None, None] - 1.0) * (0.0, 1.0, 1.0)
    points, triangles, found = _faces(point, code, row, column, vertex, shade)
    back = np.argsort([picture.axis, (picture.axis + 1) % 3, (picture.axis + 2) % 3])
    return points[:, back], triangles, found


def _girth(ring_m: Floats) -> Floats:
    """(R,) areas of rings (R, C, 3) across the axis."""
    after = np.roll(ring_m, -1, axis=1)
    area: Floats = 0.5 * np.abs((ring_m[..., 1] * after[..., 2] - ring_m[..., 2] * after[..., 1]).sum(axis=1))
    return area


def _places(point_m: Floats) -> Floats:
    """Where rows lie along the way from pole to pole: their mean distances, added up."""
    step = np.linalg.norm(np.diff(point_m, axis=0), axis=2).mean(axis=1)
    return np.append(0.0, np.cumsum(np.maximum(step, 1e-6)))


def _chosen(feature: Floats, place: Floats, count: int) -> Longs:
    """The `count` rows, first and last among them, between which straight lines miss the least."""
    n = len(feature)
    if count >= n:
        return np.arange(n)
    miss = np.zeros((n, n))
    misses(feature @ feature.T, place, np.gradient(place), miss)
    miss[np.tri(n, dtype=bool)] = np.inf
    best, came = miss[0].copy(), []
    for _ in range(count - 2):
        every = best[:, None] + miss
        came.append(every.argmin(axis=0))
        best = every.min(axis=0)
    at, rows = n - 1, [n - 1]
    for step in reversed(came):
        at = int(step[at])
        rows.append(at)
    return np.unique([0, *rows])


def _around(feature: Floats, count: int) -> Longs:
    """Columns, the same on both sides: lowest, highest and the best between them; evenly spread where they are few."""
    if count <= EVEN:
        return _evenly(count)
    half = COLUMNS // 2 + 1
    left, right = feature[:, :half], feature[:, -np.arange(half) % COLUMNS]
    both = np.concatenate([left, right], axis=0).transpose(1, 0, 2).reshape(half, -1)
    one = _chosen(both, np.arange(half, dtype=float), count // 2 + 1)
    return np.unique(np.concatenate([one, (COLUMNS - one) % COLUMNS]))


def _evenly(count: int) -> Longs:
    """Columns that stand a corner on each side of the plane of symmetry."""
    return np.round((np.arange(count) + 0.5) * COLUMNS / count).astype(np.int64) % COLUMNS


def _hats(place: Floats, row: Longs) -> Floats:
    """(n, k) weights of the chosen rows in each row."""
    return np.stack([np.interp(place, place[row], np.eye(len(row))[k]) for k in range(len(row))], axis=1)


def _ring_hats(column: Longs) -> Floats:
    at = np.append(column, column[0] + COLUMNS).astype(float)
    where = np.arange(COLUMNS, dtype=float)
    where = np.where(where < at[0], where + COLUMNS, where)
    unit = np.eye(len(column))[[*range(len(column)), 0]]
    return np.stack([np.interp(where, at, unit[:, k]) for k in range(len(column))], axis=1)


def _faces(
    point: Floats, code: Longs, row: Longs, column: Longs, vertex: Floats, shade: Floats
) -> tuple[Floats, NDArray[np.int32], Longs]:
    """Points, triangles over rows and columns, and what each shows: cut where the surface changes its look."""
    k, m = len(row), len(column)
    poles = [vertex[0].mean(axis=0), vertex[-1].mean(axis=0)]
    points = [poles[0], *vertex[1:-1].reshape(-1, 3), poles[1]]
    number = 1 + (np.arange(k)[:, None] - 1) * m + np.arange(m)
    number[0], number[-1] = 0, 1 + (k - 2) * m
    triangles: list[tuple[int, int, int]] = []
    found: list[int] = []
    cuts: dict[tuple[int, int], int] = {}

    ends = (0, len(code) - 1)
    at_end = {r: int(np.bincount(code[r]).argmax()) for r in ends}
    plain, bright = code.tolist(), shade.tolist()

    def look(r: int, c: int) -> int:
        return at_end[r] if r in ends else int(plain[r][c % COLUMNS])

    def off(one: int, two: int, middle: Floats) -> float:
        x, y, z = (middle - (points[one] + points[two]) / 2).tolist()
        return float(x * x + y * y + z * z)

    def cut(a: tuple[int, int, int], b: tuple[int, int, int], other: int) -> int:
        """The point between a and b at which what a shows ends and `other`, which b shows, begins."""
        key = (min(a[0], b[0]), max(a[0], b[0]))
        if key not in cuts:
            ca, cb = (a[2], b[2]) if a[1] not in ends and b[1] not in ends else (a[2], a[2])
            if a[1] in ends:
                ca, cb = b[2], b[2]
            share = min(max(share_of(code, other, a[1], b[1], ca, cb), 0.06), 0.94)
            cuts[key] = len(points)
            points.append((1 - share) * points[a[0]] + share * points[b[0]])
        return cuts[key]

    for i in range(k - 1):
        for j in range(m):
            j2 = (j + 1) % m
            c0, c1 = int(column[j]), int(column[j2])
            if c1 < c0:
                c1 += COLUMNS
            r0, r1 = int(row[i]), int(row[i + 1])
            v00, v01 = (int(number[i, j]), r0, c0), (int(number[i, j2]), r0, c1)
            v10, v11 = (int(number[i + 1, j]), r1, c0), (int(number[i + 1, j2]), r1, c1)
            middle = point[(r0 + r1) // 2, (c0 + c1) // 2 % COLUMNS]
            falling, rising = off(v00[0], v11[0], middle), off(v01[0], v10[0], middle)
            if i == 0:
                halves = [(v00, v11, v10)]
            elif i == k - 2:
                halves = [(v00, v01, v11)]
            elif falling <= rising:
                halves = [(v00, v01, v11), (v00, v11, v10)]
            else:
                halves = [(v00, v01, v10), (v01, v11, v10)]
            for three in halves:
                codes = [look(r, c) for _, r, c in three]
                for n in (1, 2):
                    if abs(bright[codes[n]] - bright[codes[n - 1]]) < ALIKE:
                        codes[n] = codes[n - 1]
                if len(set(codes)) == 3:  # two of them look most alike: they pass for one
                    pairs = [(abs(bright[codes[n]] - bright[codes[n - 1]]), n) for n in range(3)]
                    codes[min(pairs)[1]] = codes[min(pairs)[1] - 1]
                if len(set(codes)) == 1:
                    triangles.append((three[0][0], three[1][0], three[2][0]))
                    at = np.array(three)
                    found.append(inside(code, SPOTS, at[:, 1], at[:, 2], codes[0]))
                    continue
                n = next(n for n in range(3) if codes[n - 1] == codes[n - 2])
                a, b, c = three[n], three[n - 2], three[n - 1]
                p, q = cut(a, b, codes[n - 2]), cut(a, c, codes[n - 2])
                triangles += [(a[0], p, q), (p, b[0], c[0]), (p, c[0], q)]
                found += [codes[n], codes[n - 2], codes[n - 2]]
    return np.array(points), np.array(triangles, np.int32), np.array(found, np.int64)


def closed(
    points_m: Floats, triangles: NDArray[np.int32], material: NDArray[np.int16], semantic: NDArray[np.uint8]
) -> Mesh:
    """The skin as a mesh, turned right side out."""
    a, b, c = (points_m[triangles[:, n]] for n in range(3))
    if np.einsum("ij,ij->", a - points_m.mean(axis=0), np.cross(b - a, c - a)) < 0.0:
        triangles = np.ascontiguousarray(triangles[:, (0, 2, 1)])
    return surface(points_m, triangles, material, semantic)
