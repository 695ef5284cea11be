"""Houses by split grammar: storeys, bays, recessed windows, doors, shop fronts and roofs.  Renderers floor.

A building stands with the middle of its front at the origin, its front looks along +x and its body lies behind it.
Storey heights, window sizes and sills follow common European practice (storeys 2.8 to 3.3 m, sills at 0.9 m).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from renderers.assets.forms import Floats, quads
from renderers.loft import box, triangulate
from renderers.mesh import Mesh
from scenarios.chance import stream

BUILDING = "building"
WALLS = (
    "plaster",
    "plaster_white",
    "plaster_ochre",
    "plaster_rose",
    "plaster_grey",
    "plaster_green",
    "plaster_blue",
    "brick",
    "brick_yellow",
    "brick_dark",
)
FOUNDATION_M = 1.2  # walls go on below the ground, for streets on a slope
FASCIAS = ("plaster_blue", "plaster_rose", "plaster_green", "plaster_ochre", "metal_dark", "door_wood")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a building will be: enough to know its lot before any triangle is made."""

    kind: str
    look_seed: int
    width_m: float  # along the street
    depth_m: float
    floors: int
    floor_m: float  # storey height
    roof: str  # "gable", "flat"
    shop: bool = False

    @property
    def eaves_m(self) -> float:
        return 0.35 + self.floors * self.floor_m


def plan(kind: str, look_seed: int, width_m: float | None = None) -> Plan:
    """Draw a building of a kind: house, townhouse, block, hall or barn; a street may set its width."""
    rng = stream(look_seed, "building", "plan")
    roll = rng.uniform(size=6)

    def between(k: int, low: float, high: float) -> float:
        return float(low + (high - low) * roll[k])

    if kind == "house":
        width, depth, floors, floor = (
            between(0, 8.5, 13),
            between(1, 8, 10.5),
            1 + int(roll[2] < 0.65),
            between(3, 2.7, 2.9),
        )
        roof, shop = "gable", False
    elif kind == "townhouse":
        width, depth, floors, floor = (
            between(0, 7.5, 12),
            between(1, 10, 13),
            3 + int(roll[2] * 2),
            between(3, 2.9, 3.3),
        )
        roof, shop = "gable" if roll[4] < 0.7 else "flat", bool(roll[5] < 0.45)
    elif kind == "block":
        width, depth, floors, floor = (
            between(0, 16, 26),
            between(1, 12, 15),
            4 + int(roll[2] * 3),
            between(3, 2.8, 3.0),
        )
        roof, shop = "flat", bool(roll[5] < 0.3)
    elif kind == "hall":
        width, depth, floors, floor = between(0, 24, 42), between(1, 18, 28), 1, between(3, 6.0, 8.5)
        roof, shop = "flat", False
    elif kind == "barn":
        width, depth, floors, floor = between(0, 13, 20), between(1, 9, 12), 1, between(3, 3.6, 4.6)
        roof, shop = "gable", False
    else:
        raise KeyError(f"no building {kind!r}; there are house, townhouse, block, hall, barn")
    return Plan(kind, look_seed, width_m or width, depth, floors, floor, roof, shop)


# --------------------------------------------------------------------------------------------------------- walls
@dataclass(slots=True)
class _Faces:
    """Quads by material while a building grows."""

    corners: dict[str, list[Floats]] = field(default_factory=dict)
    solids: list[Mesh] = field(default_factory=list)

    def mesh(self) -> Mesh:
        return Mesh.join(
            [*(quads(np.stack(q), material, BUILDING) for material, q in self.corners.items()), *self.solids]
        )


@dataclass(frozen=True, slots=True)
class _Wall:
    """A flat wall being cut: its left foot (seen from outside), its direction to the right and its outward normal.

    Corners are kept as (along, up, depth behind the face) and brought to their place all at once by `finish`.
    """

    faces: _Faces
    foot: Floats
    right: Floats
    out: Floats
    drawn: dict[str, list[Sequence[tuple[float, float, float]]]] = field(default_factory=dict)

    def finish(self) -> None:
        for material, found in self.drawn.items():
            local = np.array(found)
            corners = self.foot + local[..., :1] * self.right - local[..., 2:] * self.out
            corners[..., 2] += local[..., 1]
            self.faces.corners.setdefault(material, []).extend(corners)

    def rectangle(
        self, material: str, u0: float, v0: float, u1: float, v1: float, depth: float = 0.0
    ) -> None:
        if u1 - u0 > 1e-6 and v1 - v0 > 1e-6:
            self.quad(material, ((u0, v0, depth), (u1, v0, depth), (u1, v1, depth), (u0, v1, depth)))

    def quad(self, material: str, corners: Sequence[tuple[float, float, float]]) -> None:
        self.drawn.setdefault(material, []).append(corners)

    def reveal(
        self, material: str, u0: float, v0: float, u1: float, v1: float, near: float, far: float
    ) -> None:
        """The four faces between a hole's edge at depth `near` and its bottom at `far`."""
        self.quad(material, [(u0, v0, near), (u1, v0, near), (u1, v0, far), (u0, v0, far)])
        self.quad(material, [(u1, v1, near), (u0, v1, near), (u0, v1, far), (u1, v1, far)])
        self.quad(material, [(u0, v1, near), (u0, v0, near), (u0, v0, far), (u0, v1, far)])
        self.quad(material, [(u1, v0, near), (u1, v1, near), (u1, v1, far), (u1, v0, far)])

    def cell(
        self, material: str, cell: tuple[float, float, float, float], hole: tuple[float, float, float, float]
    ) -> None:
        """The wall of a bay around its opening; both are (u0, v0, u1, v1)."""
        u0, v0, u1, v1 = cell
        a, b, c, d = hole
        self.rectangle(material, u0, v0, a, v1)
        self.rectangle(material, c, v0, u1, v1)
        self.rectangle(material, a, v0, c, b)
        self.rectangle(material, a, d, c, v1)

    def slab(self, material: str, u0: float, v0: float, u1: float, v1: float, out_m: float) -> None:
        """A block that stands out of the wall: sills, cornices, balconies, steps."""
        d = -out_m
        self.rectangle(material, u0, v0, u1, v1, d)
        self.quad(material, [(u0, v1, d), (u1, v1, d), (u1, v1, 0), (u0, v1, 0)])
        self.quad(material, [(u0, v0, 0), (u1, v0, 0), (u1, v0, d), (u0, v0, d)])
        self.quad(material, [(u0, v0, 0), (u0, v0, d), (u0, v1, d), (u0, v1, 0)])
        self.quad(material, [(u1, v0, d), (u1, v0, 0), (u1, v1, 0), (u1, v1, d)])


def _window(
    wall: _Wall,
    style: "_Style",
    cell: tuple[float, float, float, float],
    width: float,
    sill: float,
    head: float,
    plain: bool,
) -> None:
    u0, v0, u1, _ = cell
    middle = (u0 + u1) / 2
    hole = (middle - width / 2, v0 + sill, middle + width / 2, v0 + head)
    wall.cell(style.wall, cell, hole)
    a, b, c, d = hole
    deep = 0.16
    wall.reveal(style.reveal, a, b, c, d, 0.0, deep)
    wall.rectangle("window", a, b, c, d, deep)
    bar, at = 0.06, deep - 0.025
    if plain:  # seen from afar, if at all
        wall.rectangle(style.frame, middle - bar * 0.55, b, middle + bar * 0.55, d, at)
        wall.rectangle(style.frame, a, b, c, b + bar, at)
        return
    for strip in (
        (a, b, a + bar, d),
        (c - bar, b, c, d),
        (a + bar, b, c - bar, b + bar),
        (a + bar, d - bar, c - bar, d),
    ):
        wall.rectangle(style.frame, *strip, at)
    if width > 0.9:
        wall.rectangle(style.frame, middle - bar * 0.55, b + bar, middle + bar * 0.55, d - bar, at)
    if style.transom:
        wall.rectangle(style.frame, a + bar, b + 0.68 * (d - b), c - bar, b + 0.68 * (d - b) + 0.05, at)
    wall.slab(style.trim, a - 0.06, b - 0.07, c + 0.06, b, 0.07)
    leaf = min(width * 0.52, (u1 - u0 - width) / 2 - 0.05)
    if style.shutters and leaf > 0.3:
        for s0, s1 in ((a - leaf, a - 0.03), (c + 0.03, c + leaf)):
            wall.slab(style.shutter, s0, b, s1, d, 0.04)
    elif style.surround:
        for strip in ((a - 0.12, b, a, d + 0.12), (c, b, c + 0.12, d + 0.12), (a, d, c, d + 0.12)):
            wall.rectangle(style.trim, *strip, -0.015)


def _door(
    wall: _Wall, style: "_Style", cell: tuple[float, float, float, float], width: float, head: float
) -> None:
    u0, v0, u1, _ = cell
    middle = (u0 + u1) / 2
    hole = (middle - width / 2, v0, middle + width / 2, v0 + head)
    wall.cell(style.wall, cell, hole)
    a, b, c, d = hole
    wall.reveal(style.reveal, a, b, c, d, 0.0, 0.22)
    wall.rectangle("door_wood", a + 0.07, b, c - 0.07, d - 0.42, 0.22)
    wall.rectangle("window", a + 0.07, d - 0.36, c - 0.07, d - 0.07, 0.22)
    for strip in (
        (a, b, a + 0.07, d),
        (c - 0.07, b, c, d),
        (a + 0.07, d - 0.07, c - 0.07, d),
        (a + 0.07, d - 0.42, c - 0.07, d - 0.36),
    ):
        wall.rectangle(style.frame, *strip, 0.20)
    wall.rectangle("window", middle - 0.16, b + 1.05, middle + 0.16, b + 1.75, 0.215)
    wall.slab("stone", a - 0.15, max(b - 0.35, 0.0), c + 0.15, b, 0.45)
    wall.slab("stone", a - 0.15, max(b - 0.35, 0.0), c + 0.15, b - 0.17, 0.78)
    if style.canopy:
        wall.slab(style.trim, a - 0.35, d + 0.12, c + 0.35, d + 0.20, 0.85)


def _shop(wall: _Wall, style: "_Style", cell: tuple[float, float, float, float], door: bool) -> None:
    u0, v0, u1, v1 = cell
    hole = (u0 + 0.22, v0 + 0.0, u1 - 0.22, v1 - 0.85)
    wall.cell(style.wall, cell, hole)
    a, b, c, d = hole
    wall.reveal("metal_dark", a, b, c, d, 0.0, 0.25)
    kick = b + (0.02 if door else 0.45)
    wall.rectangle("metal_dark", a, b, c, kick, 0.25)
    wall.rectangle("shop_window", a, kick, c, d, 0.25)
    bars = [a, c - 0.07] + ([a + 0.34 * (c - a), a + 0.66 * (c - a)] if door or c - a > 2.6 else [])
    for u in bars:
        wall.rectangle("metal_dark", u, kick, u + 0.07, d, 0.235)
    wall.rectangle("metal_dark", a, d - 0.55, c, d - 0.50, 0.235)
    wall.slab(style.fascia, u0 + 0.08, v1 - 0.78, u1 - 0.08, v1 - 0.24, 0.12)
    if style.awning and not door:
        high, low, reach = v1 - 0.80, v1 - 1.25, 1.15
        wall.quad(
            style.fascia,
            [
                (u0 + 0.1, low, -reach),
                (u1 - 0.1, low, -reach),
                (u1 - 0.1, high, -0.02),
                (u0 + 0.1, high, -0.02),
            ],
        )
        wall.quad(
            style.fascia,
            [
                (u0 + 0.1, high, -0.02),
                (u1 - 0.1, high, -0.02),
                (u1 - 0.1, low - 0.01, -reach),
                (u0 + 0.1, low - 0.01, -reach),
            ],
        )
        wall.rectangle(style.fascia, u0 + 0.1, low - 0.2, u1 - 0.1, low, -reach)


def _balcony(wall: _Wall, cell: tuple[float, float, float, float], width: float) -> None:
    u0, v0, u1, _ = cell
    middle = (u0 + u1) / 2
    a, c, out = middle - width / 2, middle + width / 2, 1.15
    wall.slab("concrete", a, v0 - 0.16, c, v0, out)
    for v in (v0 + 1.0, v0 + 0.10):
        wall.rectangle("metal_dark", a, v, c, v + 0.05, -out + 0.01)
        for u, near, far in ((a, 0.0, -out), (c, -out, 0.0)):
            wall.quad("metal_dark", [(u, v, near), (u, v, far), (u, v + 0.05, far), (u, v + 0.05, near)])
    for k in range(int(width / 0.42) + 1):
        u = a + k * 0.42
        wall.rectangle("metal_dark", u, v0, u + 0.035, v0 + 1.0, -out + 0.01)


@dataclass(frozen=True, slots=True)
class _Style:
    """Taste of one house, the same all round."""

    wall: str
    reveal: str
    trim: str
    frame: str
    shutter: str
    fascia: str
    shutters: bool
    surround: bool
    transom: bool
    canopy: bool
    awning: bool
    balconies: bool
    window_m: tuple[float, float]  # width, height
    bay_m: float


def _style(kind: str, look_seed: int) -> _Style:
    rng = stream(look_seed, "building", "style")
    wall = str(rng.choice(WALLS, p=(0.15, 0.17, 0.12, 0.09, 0.07, 0.05, 0.05, 0.16, 0.08, 0.06)))
    if kind == "hall":
        wall = str(rng.choice(("plastic_light", "plaster_grey", "plaster_blue", "brick_dark")))
    if kind == "barn":
        wall = str(rng.choice(("wood", "brick", "plaster_white")))
    rustic = kind in ("house", "barn")
    return _Style(
        wall=wall,
        reveal="plaster_white" if wall.startswith("plaster") else wall,
        trim=str(rng.choice(("stone", "plaster_white", "concrete"))),
        frame="window_frame" if rng.uniform() < 0.75 else "metal_dark",
        shutter=str(rng.choice(("plaster_green", "door_wood", "plaster_blue", "plaster_grey"))),
        fascia=str(rng.choice(FASCIAS)),
        shutters=bool(rustic and rng.uniform() < 0.4),
        surround=bool(rng.uniform() < 0.5),
        transom=bool(rng.uniform() < 0.45),
        canopy=bool(rng.uniform() < 0.6),
        awning=bool(rng.uniform() < 0.55),
        balconies=bool(kind == "block" and rng.uniform() < 0.7),
        window_m=(float(rng.uniform(1.0, 1.35)), float(rng.uniform(1.25, 1.6))),
        bay_m=float(rng.uniform(2.5, 3.3)) if not rustic else float(rng.uniform(2.8, 3.8)),
    )


def _raise_wall(wall: _Wall, width: float, drawn: Plan, style: _Style, front: bool, blank: bool) -> None:
    """Fill one wall with plinth, storeys and bays."""
    plinth = 0.35
    wall.slab("stone", 0.0, -FOUNDATION_M, width, plinth, 0.03)
    if drawn.kind == "hall":
        _hall_wall(wall, width, drawn, style, front)
        return
    bays = max(1, round(width / style.bay_m))
    edges = np.linspace(0.0, width, bays + 1)
    door_bay = bays // 2 if drawn.look_seed % 2 else 0
    for floor in range(drawn.floors):
        low = plinth + floor * drawn.floor_m
        for bay in range(bays):
            cell = (float(edges[bay]), low, float(edges[bay + 1]), low + drawn.floor_m)
            room = cell[2] - cell[0]
            if blank or room < 1.3:
                wall.rectangle(style.wall, *cell)
            elif floor == 0 and front and drawn.shop:
                _shop(wall, style, cell, bay == door_bay)
            elif floor == 0 and front and bay == door_bay and drawn.kind == "barn":
                _gate(wall, style, cell, room - 0.6, drawn.floor_m - 0.5)
            elif floor == 0 and front and bay == door_bay:
                _door(wall, style, cell, min(1.15, room - 0.5), min(2.55, drawn.floor_m - 0.25))
            elif not front and (bay * 7 + floor * 3 + drawn.look_seed) % 3 == 0:
                wall.rectangle(style.wall, *cell)  # backs and sides keep some blank wall
            elif style.balconies and front and floor > 0 and bay % 2 == drawn.look_seed % 2:
                _window(wall, style, cell, min(1.9, room - 0.7), 0.06, 2.25, plain=False)
                _balcony(wall, cell, min(2.6, room - 0.2))
            else:
                wide, tall = style.window_m
                _window(
                    wall,
                    style,
                    cell,
                    min(wide, room - 0.6),
                    0.9,
                    min(0.9 + tall, drawn.floor_m - 0.25),
                    not front,
                )
        if floor > 0 and front and style.surround and not blank:
            wall.slab(style.trim, 0.0, low - 0.06, width, low + 0.06, 0.05)


def _gate(
    wall: _Wall, style: _Style, cell: tuple[float, float, float, float], width: float, head: float
) -> None:
    u0, v0, u1, _ = cell
    middle = (u0 + u1) / 2
    hole = (middle - width / 2, v0, middle + width / 2, v0 + head)
    wall.cell(style.wall, cell, hole)
    a, b, c, d = hole
    wall.reveal(style.reveal, a, b, c, d, 0.0, 0.18)
    wall.rectangle("door_wood", a, b, c, d, 0.18)
    for u in np.arange(a, c - 0.04, 0.45):
        wall.rectangle("metal_dark", float(u), b, float(u) + 0.04, d, 0.17)


def _hall_wall(wall: _Wall, width: float, drawn: Plan, style: _Style, front: bool) -> None:
    low, high = 0.35, drawn.eaves_m
    bays = max(2, round(width / 5.0))
    edges = np.linspace(0.0, width, bays + 1)
    for bay in range(bays):
        a, c = float(edges[bay]), float(edges[bay + 1])
        cell = (a, low, c, high - 1.9)
        if front and bay % 3 == drawn.look_seed % 3:
            hole = (a + 0.6, low, c - 0.6, min(low + 4.2, high - 2.3))
            wall.cell(style.wall, cell, hole)
            wall.reveal("metal_dark", *hole, 0.0, 0.2)
            wall.rectangle("plastic_light", *hole, 0.2)
            for v in np.arange(hole[1] + 0.5, hole[3], 0.55):
                wall.rectangle("metal_dark", hole[0], float(v), hole[2], float(v) + 0.03, 0.19)
        else:
            wall.rectangle(style.wall, *cell)
        wall.rectangle("metal_dark", a - 0.04, low, a + 0.04, high, -0.02)
        strip = (a, high - 1.9, c, high)
        hole = (a + 0.25, high - 1.6, c - 0.25, high - 0.7)
        wall.cell(style.wall, strip, hole)
        wall.reveal(style.frame, *hole, 0.0, 0.1)
        wall.rectangle("window", *hole, 0.1)


# --------------------------------------------------------------------------------------------------------- roofs
def _gable_roof(faces: _Faces, drawn: Plan, style: _Style, rng: np.random.Generator) -> None:
    """Ridge along the street, eaves that stand out, gable triangles, a chimney, perhaps dormers."""
    w, d, z = drawn.width_m / 2, drawn.depth_m, drawn.eaves_m
    rise = d / 2 * float(rng.uniform(0.62, 0.95))
    over, side = 0.45, (0.30 if drawn.kind != "townhouse" else 0.06)
    tile = str(rng.choice(("roof_tile", "roof_tile", "roof_dark")))
    slope = rise / (d / 2)
    ridge, thick = z + rise, 0.14
    for sign in (1.0, -1.0):
        eave_x = -d / 2 + sign * (d / 2 + over)
        eave_z = z - over * slope
        y = sign * (w + side)
        low, high = (eave_x, eave_z + thick), (-d / 2, ridge + thick)
        upper = np.array(
            [(low[0], -y, low[1]), (low[0], y, low[1]), (high[0], y, high[1]), (high[0], -y, high[1])]
        )
        faces.corners.setdefault(tile, []).append(upper)
        lower = upper - (0, 0, thick)
        faces.corners.setdefault("wood", []).append(lower[::-1])
        faces.corners.setdefault("window_frame", []).append(
            np.array([lower[0], lower[1], upper[1], upper[0]])
        )
        for p, q in ((1, 2), (3, 0)):
            faces.corners.setdefault("window_frame", []).append(
                np.array([lower[p], lower[q], upper[q], upper[p]])
            )
        if sign > 0:  # gutter
            faces.solids.append(
                box(
                    (0.12, 2 * (w + side), 0.11),
                    "metal_galvanised",
                    BUILDING,
                    centre_m=(eave_x + 0.05, 0, eave_z + 0.08),
                )
            )
    for sign in (1.0, -1.0):
        triangle = [(0.0, sign * w, z), (-d, sign * w, z), (-d / 2, sign * w, ridge)]
        a, b, c = triangle if sign > 0 else (triangle[1], triangle[0], triangle[2])
        faces.corners.setdefault(style.wall, []).append(np.array([a, b, c, c]))
    x, y = -d / 2 - float(rng.uniform(0.3, 1.0)), float(rng.uniform(-0.6, 0.6)) * w
    if drawn.kind != "barn":
        faces.solids.append(box((0.55, 0.75, 1.7), "brick", BUILDING, centre_m=(x, y, ridge + 0.15)))
        faces.solids.append(box((0.68, 0.88, 0.10), "concrete", BUILDING, centre_m=(x, y, ridge + 1.02)))
    if drawn.kind in ("house", "townhouse") and rng.uniform() < 0.6:
        for y in np.linspace(-0.5, 0.5, 2 if drawn.width_m < 10 else 3) * w * 1.1:
            _dormer(faces, float(y), -d * 0.16, z, slope, d, tile, style)


def _dormer(
    faces: _Faces, y: float, x: float, eaves: float, slope: float, depth: float, tile: str, style: _Style
) -> None:
    foot = eaves - x * slope + 0.1
    tall, half = 1.25, 0.75
    back = min((tall + 0.1) / slope, depth / 2 + x)
    faces.corners.setdefault(style.trim, []).append(
        np.array(
            [(x, y - half, foot), (x, y + half, foot), (x, y + half, foot + tall), (x, y - half, foot + tall)]
        )
    )
    faces.corners.setdefault("window", []).append(
        np.array(
            [
                (x + 0.02, y - 0.5, foot + 0.22),
                (x + 0.02, y + 0.5, foot + 0.22),
                (x + 0.02, y + 0.5, foot + 1.1),
                (x + 0.02, y - 0.5, foot + 1.1),
            ]
        )
    )
    faces.corners.setdefault("window_frame", []).append(
        np.array(
            [
                (x + 0.03, y - 0.04, foot + 0.22),
                (x + 0.03, y + 0.04, foot + 0.22),
                (x + 0.03, y + 0.04, foot + 1.1),
                (x + 0.03, y - 0.04, foot + 1.1),
            ]
        )
    )
    for sign in (1.0, -1.0):
        cheek = [
            (x, y + sign * half, foot),
            (x - back, y + sign * half, foot + tall),
            (x, y + sign * half, foot + tall),
        ]
        a, b, c = cheek if sign > 0 else (cheek[0], cheek[2], cheek[1])
        faces.corners.setdefault(tile, []).append(np.array([a, b, c, c]))
    lid = [
        (x + 0.15, y - half - 0.1, foot + tall),
        (x + 0.15, y + half + 0.1, foot + tall),
        (x - back, y + half + 0.1, foot + tall + 0.12),
        (x - back, y - half - 0.1, foot + tall + 0.12),
    ]
    faces.corners.setdefault(tile, []).append(np.array(lid))
    faces.corners.setdefault("window_frame", []).append(
        np.array([lid[0], lid[3], lid[2], lid[1]]) - (0, 0, 0.06)
    )


def _flat_roof(
    faces: _Faces, outline: Floats, z: float, style: _Style, rng: np.random.Generator, clutter: bool
) -> None:
    """Gravel behind a parapet; stair heads and vents on large roofs."""
    parapet, thick = 0.55, 0.22
    after = np.roll(outline, -1, axis=0)
    middle = outline.mean(0)
    inner = (
        outline + (middle - outline) / np.linalg.norm(middle - outline, axis=1, keepdims=True) * thick * 1.4
    )
    inner_after = np.roll(inner, -1, axis=0)

    def ring(
        a: Floats, za: float, b: Floats, zb: float, c: Floats, zc: float, d: Floats, zd: float
    ) -> list[Floats]:
        rows = zip(a, b, c, d, strict=True)
        return [np.array([(*p, za), (*q, zb), (*r, zc), (*s, zd)]) for p, q, r, s in rows]

    top = z + parapet
    faces.corners.setdefault(style.wall, []).extend(ring(outline, z, after, z, after, top, outline, top))
    faces.corners.setdefault("metal_galvanised", []).extend(
        ring(outline, top, after, top, inner_after, top, inner, top)
    )
    faces.corners.setdefault(style.wall, []).extend(
        ring(inner, top, inner_after, top, inner_after, z, inner, z)
    )
    for a, b, c in triangulate(inner):
        faces.corners.setdefault("gravel", []).append(np.array([(*inner[k], z + 0.05) for k in (a, b, c, c)]))
    if clutter:
        span = outline.max(0) - outline.min(0)
        for _ in range(2):
            x, y = middle + (rng.uniform(size=2) - 0.5) * span * 0.45
            size = rng.uniform((1.5, 1.5, 1.0), (3.5, 3.5, 2.4))
            faces.solids.append(
                box(
                    tuple(size),
                    "plaster_grey",
                    BUILDING,
                    centre_m=(float(x), float(y), z + float(size[2]) / 2),
                )
            )


# ------------------------------------------------------------------------------------------------------- the whole
def build(drawn: Plan, closed: tuple[bool, bool] = (False, False)) -> Mesh:
    """The building of a plan; `closed` are the sides (left, right seen from the street) that touch a neighbour."""
    style = _style(drawn.kind, drawn.look_seed)
    rng = stream(drawn.look_seed, "building", "roof")
    w, d = drawn.width_m / 2, drawn.depth_m
    faces = _Faces()
    # Feet of the walls, counter-clockwise seen from above: front, right, back, left (seen from the street).
    outline = np.array([(0.0, -w), (0.0, w), (-d, w), (-d, -w)])
    _walls(faces, outline, drawn, style, (False, closed[1], False, closed[0]))
    if drawn.roof == "gable":
        _gable_roof(faces, drawn, style, rng)
    else:
        _flat_roof(faces, outline, drawn.eaves_m, style, rng, clutter=True)
    return faces.mesh()


def build_on(outline_m: Floats, height_m: float, look_seed: int) -> Mesh:
    """A flat-roofed building on any simple outline (M, 2), with the frame of the outline and its foot at z = 0."""
    flat = np.asarray(outline_m, float)[:, :2]
    x, y = flat.T
    if np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) < 0:
        flat = flat[::-1]
    floors = max(1, round((height_m - 0.9) / 3.0))
    drawn = plan("townhouse", look_seed, width_m=float(np.ptp(x)))
    drawn = replace(
        drawn, floors=floors, floor_m=max(2.4, (height_m - 0.9) / floors), shop=False, roof="flat"
    )
    style = _style(drawn.kind, look_seed)
    faces = _Faces()
    _walls(faces, flat, drawn, style, (False,) * len(flat))
    _flat_roof(faces, flat, drawn.eaves_m, style, stream(look_seed, "building", "roof"), clutter=False)
    return faces.mesh()


def _walls(faces: _Faces, outline: Floats, drawn: Plan, style: _Style, blank: Sequence[bool]) -> None:
    after = np.roll(outline, -1, axis=0)
    for k, (foot, end) in enumerate(zip(outline, after, strict=True)):
        width = float(np.linalg.norm(end - foot))
        if width < 0.05:
            continue
        right = np.array((*(end - foot) / width, 0.0))
        out = np.array((right[1], -right[0], 0.0))
        wall = _Wall(faces, np.array((*foot, 0.0)), right, out)
        _raise_wall(wall, width, drawn, style, k == 0, blank[k])
        wall.finish()


def shed(look_seed: int) -> Mesh:
    """A garden shed or a garage with a lean-to roof."""
    rng = stream(look_seed, "building", "shed")
    w, d, h = float(rng.uniform(2.6, 3.4)), float(rng.uniform(3.0, 5.5)), float(rng.uniform(2.2, 2.6))
    body = box(
        (d, w, h), str(rng.choice(("wood", "plaster_white", "brick"))), BUILDING, centre_m=(-d / 2, 0, h / 2)
    )
    lid = box((d + 0.4, w + 0.4, 0.10), "roof_dark", BUILDING, centre_m=(-d / 2, 0, h + 0.05))
    gate = box((0.04, w - 0.5, h - 0.35), "door_wood", BUILDING, centre_m=(0.0, 0, (h - 0.35) / 2))
    return Mesh.join([body, lid, gate])
