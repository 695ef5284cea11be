"""A vehicle's skin: a lofted half body on which windows, lamps, arches and joints are cut.  Renderers floor.

The half body (y >= 0) is one grid of points.  Rows run from the middle of the nose over the stations along
the body to the middle of the tail; columns run round the cross-section from the keel over the side to the
ridge of the roof.  A cross-section is a floor, a bulging side up to the belt line, and above it a quarter
of a superellipse that leans inwards: low and wide it is a bonnet, high it is a cabin whose flank is the
side window and whose top is windscreen, roof or rear window.

Details are then cut out of this skin: a field over the surface is split along its zero line, so that
outlines are smooth, nothing is glued on, and the normals still belong to the one smooth skin.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from renderers import triples
from renderers.loft import Floats, Ints, crease_normals, face_normals, grid_triangles
from renderers.materials import MATERIAL_ID, MATERIALS
from renderers.mesh import Mesh
from scenarios.taxonomy import SEMANTIC_ID

Curve = tuple[tuple[float, float], ...]  # (station, value) pairs; monotone between them
Outline = tuple[tuple[float, float], ...]
CALM = 0.62  # within this share of nose and tail, normals are spread from its edge
REMOVED = -1  # tag of triangles that are cut away

# How far the side lies inside the widest line, against the height between sill (0) and belt (1): a rounded
# sill, a flank that leans out to the character line at two thirds, a shoulder that turns in under the
# window.
CAR_SIDE: Curve = (
    (0.0, 0.085), (0.05, 0.045), (0.16, 0.026), (0.36, 0.016), (0.58, 0.005), (0.68, 0.0), (0.75, 0.008), (0.88, 0.024),
    (1.0, 0.052),
)  # fmt: skip
FLAT_SIDE: Curve = (
    (0.0, 0.05), (0.06, 0.015), (0.2, 0.004), (0.4, 0.0), (0.6, 0.0), (0.8, 0.002), (1.0, 0.006),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """The proportions of a body; stations are metres behind the foremost point, heights above the ground."""

    length_m: float
    half_width_m: float
    top: Curve  # ridge line from the nose's edge to the tail's edge
    belt: Curve  # where the flank ends and the cabin (or bonnet) begins
    bottom: Curve  # underside
    plan: Curve  # share of the half width
    nose_m: float  # length of the rounded nose
    tail_m: float
    nose_square: float = 4.2  # superellipse exponent of the nose seen from above and from the side
    tail_square: float = 5.0
    nose_z_m: float = 0.50  # height of the foremost point
    tail_z_m: float = 0.62
    nose_bow_m: float = 0.15  # how far the corners stand back behind the middle, seen from above
    tail_bow_m: float = 0.08
    nose_rake: float = 0.0  # how far the nose leans back above `rake_z_m`, metres a metre
    tail_rake: float = 0.0
    nose_rake_z_m: float = 0.9
    tail_rake_z_m: float = 0.9
    rake_reach_m: float = 1.0  # the lean fades out over this length
    lean: float = 0.33  # tangent of the tumblehome
    bonnet_square: float = 2.8
    cabin_square: float = 5.0
    side: Curve = CAR_SIDE
    stations: tuple[float, ...] = ()  # extra rows, where outlines need them
    spacing_m: float = 0.16
    bow_m: float = 0.05  # how far the middle of the screens stands out in front of their corners


@dataclass(slots=True)
class Skin:
    """A half body being cut: V vertices with what fields are made of, T triangles with a tag each."""

    position: Floats  # (V, 3) actor frame with x = 0 at the foremost point, negative behind
    normal: Floats  # (V, 3)
    rise: Floats  # (V,) share of the way up from belt to ridge; below 0 on the flank
    across: Floats  # (V,) 1 at the flank .. 0 at the middle
    triangles: Ints  # (T, 3)
    tag: NDArray[np.int64]  # (T,) row of MATERIALS, or REMOVED
    belt: Callable[[Floats], Floats] = field(repr=False)  # height of the belt at a station

    @property
    def x(self) -> Floats:
        return self.position[:, 0]

    @property
    def y(self) -> Floats:
        return self.position[:, 1]

    @property
    def z(self) -> Floats:
        return self.position[:, 2]

    @property
    def station(self) -> Floats:
        return -self.position[:, 0]

    def middle(self) -> Floats:
        """(T, 3) centres of the triangles."""
        centre: Floats = triples.mean(self.position.take(self.triangles, axis=0), axis=1)
        return centre


Field = Callable[[Skin], Floats]  # a number at every vertex; its zero line is an outline


@lru_cache(maxsize=256)
def curve(points: Curve) -> Callable[[Floats], Floats]:
    """A smooth curve through the points that never overshoots them, constant outside."""
    x, y = np.array(points, np.float64).T
    from scipy.interpolate import PchipInterpolator  # noqa: PLC0415  # scipy loads slowly; kept shapes need no spline

    shape = PchipInterpolator(x, y)

    def at(station: Floats) -> Floats:
        value: Floats = shape(np.clip(station, x[0], x[-1]))
        return value

    return at


def _quarter(exponent: float, flank: Sequence[float], top: Sequence[float]) -> Floats:
    """(N, 2) of (across, rise) on a quarter superellipse, from its foot to its middle.

    Points lie evenly in height up to the corner, where across equals rise, and then evenly in width; `flank` and `top`
    are shares of the corner's height and width.
    """
    corner = 0.5 ** (1.0 / exponent)
    rise, across = corner * np.asarray(flank), corner * np.asarray(top)
    first = np.stack([(1.0 - rise**exponent) ** (1.0 / exponent), rise], axis=1)
    second = np.stack([across, (1.0 - across**exponent) ** (1.0 / exponent)], axis=1)
    return np.concatenate([first, second])


_FLANK = (0.09, 0.35, 0.62, 0.85)
_TOP = (1.0, 0.88, 0.64, 0.34, 0.0)
_CAP_FLANK = (0.0, 0.28, 0.62, 0.88)
_CAP_TOP = (1.0, 0.84, 0.58, 0.28, 0.0)
_FLOOR = (0.0, 0.6)


def sections(shape: Shape, station: Floats) -> tuple[Floats, Floats, Floats]:
    """Cross-sections (S, K, 2) of (y, z), and (S, K) of rise and across."""
    top, belt, bottom = curve(shape.top)(station), curve(shape.belt)(station), curve(shape.bottom)(station)
    width = curve(shape.plan)(station) * shape.half_width_m
    height = np.maximum(top - belt, 0.004)
    share, inset = np.array(shape.side).T
    rows_y, rows_z, rise, across = [], [], [], []
    cabin = np.clip(height / 0.35, 0.0, 1.0)
    square = shape.bonnet_square + (shape.cabin_square - shape.bonnet_square) * cabin * cabin * (
        3.0 - 2.0 * cabin
    )
    for k in range(len(station)):
        y_side = width[k] - inset
        z_side = bottom[k] + share * (belt[k] - bottom[k])
        floor = y_side[0] * np.array(_FLOOR)
        round_top = _quarter(float(square[k]), _FLANK, _TOP)
        c, r = round_top[:, 0], round_top[:, 1]
        y_top = y_side[-1] * c * (1.0 - shape.lean * height[k] / max(float(width[k]), 0.2) * r)
        rows_y.append(np.concatenate([floor, y_side, y_top]))
        rows_z.append(np.concatenate([np.full(len(_FLOOR), bottom[k]), z_side, belt[k] + height[k] * r]))
        rise.append(np.concatenate([np.full(len(_FLOOR), -2.0), share - 1.0, r]))
        across.append(np.concatenate([_FLOOR, np.ones(len(share)), c]))
    return np.stack([np.array(rows_y), np.array(rows_z)], axis=-1), np.array(rise), np.array(across)


def loft_half(shape: Shape) -> Skin:
    """The uncut half body."""
    length = shape.length_m
    first, last = shape.nose_m, length - shape.tail_m
    even = np.linspace(first, last, max(2, round((last - first) / shape.spacing_m) + 1))
    extra = np.array([s for s in shape.stations if first < s < last])
    if extra.size:  # an extra row takes the place of the even rows beside it
        even = even[np.abs(even[:, None] - extra[None, :]).min(axis=1) > 0.4 * shape.spacing_m]
    station = np.unique(np.concatenate([even, extra, [first, last]]))
    ring, rise, across = sections(shape, station)
    # The screens bow: their middle stands out before their corners.
    ridge = curve(shape.top)
    slope = (ridge(station + 0.02) - ridge(station - 0.02)) / 0.04
    bow = -shape.bow_m * np.clip(slope * 2.5, -1.0, 1.0)[:, None] * (1.0 - across**2) * (rise > 0)
    x = -(station[:, None] + bow)
    rows_x, rows_y, rows_z = [*x], [*ring[..., 0]], [*ring[..., 1]]

    def cap(
        at: int, depth: float, square: float, centre_z: float, sign: float
    ) -> list[tuple[Floats, Floats, Floats]]:
        out = []
        shape_of_cap = _quarter(square, _CAP_FLANK, _CAP_TOP)
        for r, ahead in shape_of_cap[1:]:
            out.append(
                (
                    x[at] + sign * depth * ahead,
                    ring[at, :, 0] * r,
                    centre_z + (ring[at, :, 1] - centre_z) * r,
                )
            )
        return out

    nose = cap(0, shape.nose_m, shape.nose_square, shape.nose_z_m, 1.0)
    tail = cap(-1, shape.tail_m, shape.tail_square, shape.tail_z_m, -1.0)
    for px, py, pz in nose:
        rows_x.insert(0, px)
        rows_y.insert(0, py)
        rows_z.insert(0, pz)
    for px, py, pz in tail:
        rows_x.append(px)
        rows_y.append(py)
        rows_z.append(pz)
    grid = np.stack([np.array(rows_x), np.array(rows_y), np.array(rows_z)], axis=-1)
    grid = _faired(grid, len(nose), len(tail))
    grid[..., 0] = _raked(shape, grid)
    rows, columns = grid.shape[:2]
    more = (len(nose), len(tail))
    skin = Skin(
        position=grid.reshape(-1, 3),
        normal=np.zeros((rows * columns, 3)),
        rise=np.pad(rise, (more, (0, 0)), mode="edge").reshape(-1),
        across=np.pad(across, (more, (0, 0)), mode="edge").reshape(-1),
        triangles=np.ascontiguousarray(grid_triangles(rows, columns)[:, (0, 2, 1)]),
        tag=np.zeros(0, np.int64),
        belt=curve(shape.belt),
    )
    area = triples.length(face_normals(skin.position, skin.triangles))
    skin.triangles = skin.triangles[area > 1e-9]
    skin.tag = np.full(len(skin.triangles), MATERIAL_ID["car_paint"], np.int64)
    skin.normal = _smooth(skin)
    _calm(skin.normal.reshape(rows, columns, 3), shape)
    return skin


def _calm(normal: Floats, shape: Shape) -> None:
    """Let normals turn evenly towards the point where all columns of nose and tail meet, in place.

    The triangles there are needles, whose own normals would draw a star on the paint.
    """
    for rows, square in ((normal, shape.nose_square), (normal[::-1], shape.tail_square)):
        shrink = _quarter(square, _CAP_FLANK, _CAP_TOP)[::-1, 0]  # 0 at the point, 1 where the cap begins
        calm = int(np.searchsorted(shrink, CALM))
        common = rows[calm].mean(axis=0) * (1.0, 0.0, 1.0)
        for k in range(calm):
            t = shrink[k] / shrink[calm]
            mixed = common + t * t * (3.0 - 2.0 * t) * (rows[calm] - common)
            rows[k] = mixed / np.maximum(triples.length(mixed)[:, None], 1e-9)


def _faired(grid: Floats, nose: int, tail: int, passes: int = 3) -> Floats:
    """Fair the seams where nose and tail begin, so that no highlight breaks there."""
    rows = len(grid)
    weight = np.zeros(rows)
    for seam, inwards in ((nose, 1), (rows - 1 - tail, -1)):
        for step, share in ((-2, 0.4), (-1, 0.8), (0, 1.0), (1, 0.8), (2, 0.4)):
            weight[seam + step * inwards] = share
    for _ in range(passes):
        middle = 0.5 * (grid[:-2] + grid[2:])
        grid[1:-1] += (0.5 * weight[1:-1])[:, None, None] * (middle - grid[1:-1])
    # The caps are scaled copies of a section, so its corners draw ridges to the middle: level them lengthwise.
    inner = np.zeros(rows)
    inner[1 : nose - 1] = 0.5
    inner[rows - tail + 1 : rows - 1] = 0.5
    for _ in range(40):
        x = np.pad(grid[..., 0], ((0, 0), (1, 1)), mode="reflect")
        around = 0.5 * (x[:, :-2] + x[:, 2:])
        lengthwise = np.pad(0.5 * (grid[:-2, :, 0] + grid[2:, :, 0]), ((1, 1), (0, 0)), mode="edge")
        grid[..., 0] += inner[:, None] * (0.5 * (around + lengthwise) - grid[..., 0])
    return grid


def _raked(shape: Shape, grid: Floats) -> Floats:
    x, z = grid[..., 0], grid[..., 2]

    def fade(distance: Floats) -> Floats:
        t = np.clip(1.0 - distance / shape.rake_reach_m, 0.0, 1.0)
        faded: Floats = t * t * (3.0 - 2.0 * t)
        return faded

    from_nose = -x - shape.nose_m
    from_tail = x + shape.length_m - shape.tail_m
    outward = np.clip(np.abs(grid[..., 1]) / shape.half_width_m, 0.0, 1.0) ** 2
    leaning: Floats = (
        x
        - shape.nose_bow_m * outward * fade(np.maximum(from_nose, 0.0))
        + shape.tail_bow_m * outward * fade(np.maximum(from_tail, 0.0))
        - shape.nose_rake * np.maximum(z - shape.nose_rake_z_m, 0.0) * fade(np.maximum(from_nose, 0.0))
        + shape.tail_rake * np.maximum(z - shape.tail_rake_z_m, 0.0) * fade(np.maximum(from_tail, 0.0))
    )
    return leaning


def _smooth(skin: Skin) -> Floats:
    """One unit normal per vertex, lying in the mirror plane where the vertex does."""
    corner = crease_normals(skin.position, skin.triangles, 75.0).reshape(-1, 3)
    total = np.stack(
        [
            np.bincount(skin.triangles.reshape(-1), corner[:, k], minlength=len(skin.position))
            for k in range(3)
        ],
        axis=1,
    )
    total[np.abs(skin.y) < 1e-9, 1] = 0.0
    size = triples.length(total)[:, None]
    # The very middle of nose and tail may lie on slivers only: it looks ahead or astern.
    lengthwise = np.zeros_like(total)
    lengthwise[:, 0] = np.sign(skin.x - skin.x.mean())
    unit: Floats = np.where(size > 1e-6, total / np.maximum(size, 1e-12), lengthwise)
    return unit


# --- Cutting ------------------------------------------------------------------------------------------------

Mask = NDArray[np.bool_]


def cut(skin: Skin, value: Floats, where: Mask | None = None) -> Floats:
    """Split the triangles along value = 0 (only those of `where`); returns the value at every vertex, old and new."""
    value = np.where(np.abs(value) < 1e-5, 1e-5, value)
    inside = (value < 0.0).take(skin.triangles)
    count = triples.total(inside.astype(np.int8))
    mixed = (count == 1) | (count == 2)
    if where is not None:
        mixed &= where
    if not mixed.any():
        return value
    split, left = np.flatnonzero(mixed), np.flatnonzero(~mixed)
    faces, flags = skin.triangles.take(split, axis=0), inside.take(split, axis=0)
    alone = np.where(count[split][:, None] == 1, flags, ~flags)  # the corner on its own side
    turn = np.argmax(alone, axis=1)
    index = (turn[:, None] + np.arange(3)) % 3
    a, b, c = np.take_along_axis(faces, index, axis=1).T
    total = len(skin.position)
    edges = np.concatenate([np.stack([a, b], 1), np.stack([a, c], 1)])
    low, high = triples.least(edges), triples.greatest(edges)
    unique, back = np.unique(low.astype(np.int64) * total + high, return_inverse=True)
    i, j = unique // total, unique % total
    t = (value[i] / (value[i] - value[j]))[:, None]

    def blend(array: Floats) -> Floats:
        begin = array.take(i, axis=0)
        mixed_in = begin + (t if array.ndim == 2 else t[:, 0]) * (array.take(j, axis=0) - begin)
        joined: Floats = np.concatenate([array, mixed_in])
        return joined

    skin.position, skin.rise, skin.across = blend(skin.position), blend(skin.rise), blend(skin.across)
    normal = blend(skin.normal)
    skin.normal = normal / np.maximum(triples.length(normal)[:, None], 1e-12)
    p, q = (total + back.reshape(2, -1)).astype(np.int32)
    pieces = np.concatenate([np.stack([a, p, q], 1), np.stack([p, b, c], 1), np.stack([p, c, q], 1)])
    skin.triangles = np.concatenate([skin.triangles.take(left, axis=0), pieces]).astype(np.int32, copy=False)
    skin.tag = np.concatenate([skin.tag[left], np.tile(skin.tag[split], 3)])
    return np.concatenate([value, np.zeros(len(unique))])


def _where(skin: Skin, only: Sequence[str] | None) -> Mask:
    if only is None:
        return np.asarray(skin.tag != REMOVED)
    table = np.zeros(len(MATERIALS) + 1, np.bool_)  # its last row is that of REMOVED
    table[[MATERIAL_ID[name] for name in only]] = True
    return table[skin.tag]


def paint(
    skin: Skin,
    value: Field,
    material: str | None,
    only: Sequence[str] | None = ("car_paint",),
) -> None:
    """Give the material to the surface where the field is negative (None cuts it away), on the materials `only`."""
    field_value = value(skin)
    touched = _where(skin, only) & triples.some((field_value < 0.0).take(skin.triangles))
    field_value = cut(skin, field_value, touched)
    inside = triples.total(field_value.take(skin.triangles)) < 0.0
    chosen = inside & _where(skin, only)
    skin.tag[chosen] = REMOVED if material is None else MATERIAL_ID[material]


def refine(skin: Skin, field: Field, values: Sequence[float], near: Field) -> None:
    """Cut along field = each of the values where `near` is negative: small outlines need small triangles."""
    for value in values:
        where = triples.some((near(skin) < 0.0).take(skin.triangles)) & (skin.tag != REMOVED)
        cut(skin, field(skin) - value, where)


def tile(
    skin: Skin,
    fields: tuple[Field, Field],
    lines: tuple[Sequence[float], Sequence[float]],
    choose: Callable[[int, int], str | None],
    near: Field,
    only: Sequence[str] = ("car_paint",),
) -> None:
    """Give materials to the cells of a net over the surface, with crisp corners; None leaves a cell as it is."""
    for one, values in zip(fields, lines, strict=True):
        refine(skin, one, values, near)
    inside = triples.every((near(skin) < 0.0).take(skin.triangles)) & _where(skin, only)
    cell = []
    for one, values in zip(fields, lines, strict=True):
        cell.append(np.searchsorted(np.asarray(values), triples.mean(one(skin).take(skin.triangles))) - 1)
    for i in range(len(lines[0]) - 1):
        for j in range(len(lines[1]) - 1):
            material = choose(i, j)
            if material is not None:
                skin.tag[inside & (cell[0] == i) & (cell[1] == j)] = MATERIAL_ID[material]


def groove(
    skin: Skin,
    line: Field,
    within: Field,
    width_m: float = 0.009,
    only: Sequence[str] = ("car_paint",),
) -> None:
    """A dark joint along line = 0 where `within` is negative."""
    for side in (-1.0, 1.0):
        near = _where(skin, only) & triples.every((within(skin) < 0.0).take(skin.triangles))
        cut(skin, line(skin) + side * width_m / 2.0, near)
    triangles = skin.triangles
    off = line(skin).take(triangles)
    band = np.abs(triples.mean(off)) < width_m / 2.0
    spread = triples.greatest(np.abs(off)) < width_m / 2.0 + 1e-4
    chosen = band & spread & triples.every((within(skin) < 0.0).take(triangles)) & _where(skin, only)
    skin.tag[chosen] = MATERIAL_ID["panel_gap"]


def joint(station_m: float, lean: float = 0.0) -> Field:
    """An upright line on the flank, leaning to the rear by `lean` metres a metre about 0.9 m."""
    return lambda skin: skin.station - station_m - lean * (skin.z - 0.9)


def arch(axle_m: float, height_m: float, radius_m: float, inner_y_m: float) -> Field:
    """Inside the circle about an axle, on the flank outside `inner_y_m`."""

    def inside(skin: Skin) -> Floats:
        circle = np.hypot(skin.station - axle_m, skin.z - height_m) - radius_m
        return np.asarray(np.maximum(circle, inner_y_m - skin.y))

    return inside


def rounded(u: Floats, v: Floats, corners: Sequence[tuple[float, float]], radius: float = 0.0) -> Floats:
    """Signed distance to a convex polygon (counter-clockwise in (u, v)), its corners rounded; negative inside."""
    points = np.array(corners, np.float64)
    ahead = np.roll(points, -1, axis=0) - points
    outward = np.stack([ahead[:, 1], -ahead[:, 0]], axis=1)
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    sides = np.stack([(u - p[0]) * n[0] + (v - p[1]) * n[1] for p, n in zip(points, outward, strict=True)])
    if radius <= 0.0:
        hard: Floats = sides.max(axis=0)
        return hard
    # A soft maximum rounds the corners: the p-norm of how far each side has been passed, after an inset.
    passed = np.maximum(sides + radius, 0.0)
    soft: Floats = np.where(
        (passed > 0.0).any(axis=0),
        np.sqrt((passed**2).sum(axis=0)) - radius,
        (sides + radius).max(axis=0) - radius,
    )
    return soft


def polygon(u: Floats, v: Floats, corners: Sequence[tuple[float, float]]) -> Floats:
    """Signed distance to any simple polygon, negative inside."""
    points = np.array(corners, np.float64)
    nearest = np.full(u.shape, np.inf)
    crossings = np.zeros(u.shape, np.int64)
    for p, q in zip(points, np.roll(points, -1, axis=0), strict=True):
        along = q - p
        t = np.clip(((u - p[0]) * along[0] + (v - p[1]) * along[1]) / (along @ along), 0.0, 1.0)
        nearest = np.minimum(nearest, np.hypot(u - p[0] - t * along[0], v - p[1] - t * along[1]))
        if p[1] != q[1]:
            spans = (v >= min(p[1], q[1])) & (v < max(p[1], q[1]))
            crossings += spans & (u < p[0] + (v - p[1]) / (q[1] - p[1]) * along[0])
    return np.where(crossings % 2 == 1, -nearest, nearest)


# --- Finishing ----------------------------------------------------------------------------------------------


def half_mesh(skin: Skin, semantic: str, shift_x_m: float = 0.0) -> Mesh:
    """The cut half body as a mesh, without what was cut away."""
    keep = skin.tag != REMOVED
    triangles = skin.triangles[keep]
    area = triples.length(face_normals(skin.position, triangles))
    alive = area > 1e-10
    used, back = np.unique(triangles[alive], return_inverse=True)
    position = skin.position[used] + (shift_x_m, 0.0, 0.0)
    count = int(alive.sum())
    return Mesh(
        position.astype(np.float32),
        back.reshape(-1, 3).astype(np.int32),
        skin.normal[used].astype(np.float32),
        # Down the flanks and across the roof without a seam: texture of neither is drawn out.
        np.column_stack([position[:, 0], position[:, 2] - np.abs(position[:, 1])]).astype(np.float32),
        skin.tag[keep][alive].astype(np.int16),
        np.full(count, SEMANTIC_ID[semantic], np.uint8),
    )


def liner(
    skin: Skin, semantic: str, above: Callable[[Skin], Floats], shift_x_m: float, inset_m: float = 0.03
) -> Mesh:
    """The inside of roof and pillars: the opaque skin where `above` is negative, moved inwards and turned round."""
    glass = [MATERIAL_ID["glass"], MATERIAL_ID["glass_dark"], REMOVED]
    keep = ~np.isin(skin.tag, glass) & triples.every((above(skin) < 0.0).take(skin.triangles))
    inner = Skin(
        skin.position - inset_m * skin.normal,
        -skin.normal,
        skin.rise,
        skin.across,
        np.ascontiguousarray(skin.triangles[keep][:, (0, 2, 1)]),
        np.full(int(keep.sum()), MATERIAL_ID["interior"], np.int64),
        skin.belt,
    )
    inner.position[np.abs(skin.y) < 1e-9, 1] = 0.0
    return half_mesh(inner, semantic, shift_x_m)
