"""Shapes of the benchmark street as plain arrays: everything is made of sheets, grids of points joined by triangles."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shape:
    """V points and T triangles, wound counter-clockwise as seen from outside."""

    points_m: Floats  # (V, 3)
    triangles: NDArray[np.int32]  # (T, 3)

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0, yaw_rad: float = 0.0) -> "Shape":
        """This shape turned about z, then shifted."""
        c, s = np.cos(yaw_rad), np.sin(yaw_rad)
        turn = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
        return Shape(self.points_m @ turn.T + (x, y, z), self.triangles)

    def mirrored(self) -> "Shape":
        """This shape on the other side of the x axis."""
        return Shape(self.points_m * (1.0, -1.0, 1.0), self.triangles[:, ::-1])


def joined(shapes: list[Shape]) -> Shape:
    """All shapes as one."""
    first = np.cumsum([0] + [len(s.points_m) for s in shapes[:-1]])
    return Shape(
        np.concatenate([s.points_m for s in shapes]),
        np.concatenate([s.triangles + n for s, n in zip(shapes, first, strict=True)]).astype(np.int32),
    )


def sheet(points_m: Floats) -> Shape:
    """A grid of points (rows, columns, 3) as a surface that faces rows x columns (right-handed)."""
    rows, columns = points_m.shape[:2]
    i, j = np.meshgrid(np.arange(rows - 1), np.arange(columns - 1), indexing="ij")
    a = (i * columns + j).ravel()
    b, c, d = a + columns, a + columns + 1, a + 1
    triangles = np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)])
    return Shape(points_m.reshape(-1, 3), triangles.astype(np.int32))


def fan(rim_m: Floats) -> Shape:
    """A flat cap over a closed rim (K, 3), facing the side from which the rim runs counter-clockwise."""
    count = len(rim_m)
    k = np.arange(count)
    triangles = np.stack([np.zeros(count), 1 + k, 1 + (k + 1) % count], axis=1)
    return Shape(np.concatenate([rim_m.mean(axis=0)[None], rim_m]), triangles.astype(np.int32))


def ellipsoid(middle: Floats, radii: Floats, down: int, around: int, lumps: float = 0.0) -> Shape:
    """An ellipsoid of `down` rings and `around` segments; `lumps` makes a crown of leaves of it."""
    polar = np.linspace(0.0, np.pi, down + 1)[:, None]
    turn = np.linspace(0.0, 2.0 * np.pi, around + 1)[None, :]
    flat = np.sin(polar)
    unit = np.stack([flat * np.cos(turn), flat * np.sin(turn), np.cos(polar) + 0.0 * turn], axis=-1)
    swell = 1.0 + lumps * (
        np.sin(5.0 * turn + 3.0 * polar) * np.sin(4.0 * polar)
        + 0.5 * np.sin(9.0 * turn) * np.sin(7.0 * polar)
    )
    return sheet(unit * swell[..., None] * radii + middle)


def tube(start: Floats, end: Floats, radius_m: tuple[float, float], around: int, along: int = 1) -> Shape:
    """A closed round bar whose radius goes from the first to the second number."""
    axis = (end - start) / np.linalg.norm(end - start)
    side = np.cross(axis, (1.0, 0.0, 0.0) if abs(axis[0]) < 0.9 else (0.0, 1.0, 0.0))
    side /= np.linalg.norm(side)
    turn = np.linspace(0.0, 2.0 * np.pi, around + 1)
    ring = np.cos(turn)[:, None] * side + np.sin(turn)[:, None] * np.cross(axis, side)
    share = np.linspace(0.0, 1.0, along + 1)[:, None, None]
    radii = radius_m[0] + (radius_m[1] - radius_m[0]) * share
    wall = (start + share * (end - start)) + radii * ring
    return joined([sheet(wall[::-1]), fan(wall[0, :0:-1]), fan(wall[-1, :-1])])


def cuboid(low: Floats, high: Floats, cells: int = 1) -> Shape:
    """A box, each face cut into cells x cells."""
    grid = np.linspace(0.0, 1.0, cells + 1)
    faces = []
    for axis in range(3):
        for top in (False, True):
            points = np.empty((cells + 1, cells + 1, 3))
            points[..., axis] = 1.0 if top else 0.0
            points[..., (axis + 1) % 3] = grid[:, None]
            points[..., (axis + 2) % 3] = grid[None, :]
            faces.append(sheet(low + points * (high - low) if top else (low + points * (high - low))[::-1]))
    return joined(faces)


def field(
    x_m: tuple[float, float], y_m: tuple[float, float], cells: tuple[int, int], height: Floats
) -> Shape:
    """Ground over a rectangle; `height` holds the numbers a, b, c, d of a sin(b x) cos(c y) + d |y|."""
    x = np.linspace(*x_m, cells[0] + 1)[:, None]
    y = np.linspace(*y_m, cells[1] + 1)[None, :]
    a, b, c, d = height
    z = a * np.sin(b * x) * np.cos(c * y) + d * np.abs(y)
    return sheet(np.stack([x + 0.0 * y, y + 0.0 * x, z], axis=-1))


def windowed(
    start: Floats, along: Floats, width_m: float, height_m: float, windows: tuple[int, int]
) -> Shape:
    """A wall above `start` towards the unit vector `along`, seen from its right, with recessed windows."""
    up = np.array([0.0, 0.0, 1.0])
    out = np.cross(along, up)
    across, storeys = windows
    wide, tall = width_m / across, height_m / storeys
    panels = []
    for i in range(across):
        for j in range(storeys):
            at = start + along * (i * wide) + up * (j * tall)
            frame = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]) * (wide, tall)
            hole = np.array([(0.22, 0.25), (0.78, 0.25), (0.78, 0.8), (0.22, 0.8)]) * (wide, tall)
            # Rings around the window from its pane outwards: pane, recess, wall.
            rings = [(hole, -0.25), (hole, 0.0), (frame, 0.0)]
            rims = [at + r[:, :1] * along + r[:, 1:] * up + depth * out for r, depth in rings]
            closed = np.array([np.concatenate([rim, rim[:1]]) for rim in rims])
            panels.append(sheet(closed))
            panels.append(sheet(np.array([[rims[0][0], rims[0][3]], [rims[0][1], rims[0][2]]])))
    return joined(panels)


def car(length_m: float, width_m: float, detail: float) -> Shape:
    """A saloon: rounded cross-sections along a profile, on four wheels.  Origin on the ground below its middle."""
    rows, columns = max(7, round(40 * detail)), max(5, round(20 * detail))
    at = np.linspace(0.0, 1.0, rows + 1)
    roof = np.interp(at, (0, 0.02, 0.1, 0.26, 0.36, 0.42, 0.68, 0.85, 0.97, 1),
                     (0.55, 0.72, 0.78, 0.86, 1.25, 1.42, 1.45, 1.0, 0.92, 0.6))  # fmt: skip
    half = np.interp(at, (0, 0.05, 0.2, 0.8, 0.95, 1), (0.75, 0.92, 1, 1, 0.93, 0.78)) * width_m / 2
    turn = np.linspace(0.0, 2.0 * np.pi, columns + 1)
    square = 2.0 / 3.2  # exponent of a superellipse: between a circle and a box
    c, s = (np.sign(f) * np.abs(f) ** square for f in (np.cos(turn), np.sin(turn)))
    floor = 0.22
    tumble = 1.0 - 0.18 * np.clip(s, 0.0, 1.0)[None, :] * (roof > 1.0)[:, None]
    y = c[None, :] * half[:, None] * tumble
    z = (floor + roof)[:, None] / 2 + s[None, :] * (roof - floor)[:, None] / 2
    hull = np.stack([np.broadcast_to(((at - 0.5) * length_m)[:, None], y.shape), y, z], axis=-1)
    parts = [sheet(hull), fan(hull[0, :0:-1]), fan(hull[-1, :-1])]
    around = max(4, int(16 * detail))
    for x in (-0.3 * length_m, 0.3 * length_m):
        for side in (-width_m / 2 + 0.02, width_m / 2 - 0.24):
            hub = np.array((x, side, 0.33))
            parts.append(tube(hub, hub + np.array((0.0, 0.22, 0.0)), (0.33, 0.33), around))
    return joined(parts)


def person(detail: float) -> Shape:
    """Somebody in full stride, of six ellipsoids: head, trunk, two legs, two arms."""
    n = max(3, round(10 * detail))
    limbs = [
        ((0.0, 0.0, 1.62), (0.1, 0.09, 0.13)),
        ((0.0, 0.0, 1.18), (0.15, 0.24, 0.34)),
        ((0.08, -0.1, 0.45), (0.1, 0.09, 0.46)),
        ((-0.08, 0.1, 0.45), (0.1, 0.09, 0.46)),
        ((0.05, -0.3, 1.1), (0.07, 0.06, 0.34)),
        ((-0.05, 0.3, 1.1), (0.07, 0.06, 0.34)),
    ]
    return joined([ellipsoid(np.array(at), np.array(radii), n, n) for at, radii in limbs])


def tree(detail: float, rng: np.random.Generator) -> Shape:
    """A trunk with three lumpy crowns."""
    height = rng.uniform(2.0, 3.0)
    trunk = tube(
        np.zeros(3),
        np.array((0.0, 0.0, height)),
        (0.18, 0.12),
        max(5, int(10 * detail)),
        max(1, int(2 * detail)),
    )
    down, around = max(3, round(8 * detail)), max(4, round(11 * detail))
    crowns = []
    for k in range(3):
        at = np.array((rng.uniform(-0.7, 0.7), rng.uniform(-0.7, 0.7), height + 0.6 + 0.7 * k))
        crowns.append(ellipsoid(at, np.array((1.5, 1.5, 1.1)) * rng.uniform(0.8, 1.2), down, around, 0.15))
    return joined([trunk, *crowns])


def house(detail: float, rng: np.random.Generator) -> Shape:
    """A house whose front, along x, faces -y: three walls of windows, a gabled roof, a cornice, a porch."""
    width, deep, high = rng.uniform(11.0, 13.5), rng.uniform(9.0, 14.0), rng.uniform(7.0, 22.0)
    across, storeys, aside = max(2, round(6 * detail)), max(2, round(5 * detail)), max(1, round(4 * detail))
    ridge = high + rng.uniform(1.5, 3.5)
    x, y = np.array((1.0, 0.0, 0.0)), np.array((0.0, 1.0, 0.0))
    walls = [
        windowed(np.zeros(3), x, width, high, (across, storeys)),
        windowed(width * x, y, deep, high, (aside, storeys)),
        windowed(deep * y, -y, deep, high, (aside, storeys)),
    ]
    points = np.array(
        [(0, 0, high), (width, 0, high), (width, deep, high), (0, deep, high), (0, deep / 2, ridge),
         (width, deep / 2, ridge), (0, deep, 0), (width, deep, 0)], np.float64
    )  # fmt: skip
    roof = [(0, 1, 5), (0, 5, 4), (2, 3, 4), (2, 4, 5), (0, 4, 3), (1, 2, 5), (7, 6, 3), (7, 3, 2)]
    cornice = cuboid(np.array((-0.2, -0.35, high - 0.3)), np.array((width + 0.2, 0.05, high)))
    porch = cuboid(np.array((0.4 * width, -0.6, 0.0)), np.array((0.6 * width, 0.0, 2.6)), max(1, int(detail)))
    return joined([*walls, Shape(points, np.array(roof, np.int32)), cornice, porch])


def lamp_post(detail: float, side: int) -> Shape:
    """A pole with an arm over the road."""
    pole = tube(
        np.zeros(3),
        np.array((0.0, 0.0, 6.0)),
        (0.09, 0.06),
        max(4, int(10 * detail)),
        max(1, int(2 * detail)),
    )
    arm = tube(
        np.array((0.0, 0.0, 5.9)), np.array((0.0, -1.6 * side, 6.1)), (0.05, 0.04), max(5, int(8 * detail))
    )
    box = cuboid(np.array((-0.15, -1.7 * side - 0.3, 6.0)), np.array((0.15, -1.7 * side + 0.3, 6.12)))
    return joined([pole, arm, box])


def sign(detail: float) -> Shape:
    """A round plate on a post."""
    post = tube(np.zeros(3), np.array((0.0, 0.0, 2.2)), (0.03, 0.03), max(3, min(6, int(6 * detail))))
    plate = tube(
        np.array((-0.02, 0.0, 2.4)), np.array((0.02, 0.0, 2.4)), (0.35, 0.35), max(5, int(20 * detail))
    )
    return joined([post, plate])
