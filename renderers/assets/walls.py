"""Walls being cut: cells with holes, windows, doors, shop fronts, gates and balconies.  Renderers floor.

A wall is flat; what is in it is drawn as (along, up, depth behind the face) seen from outside.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from renderers.assets.forms import Floats, quads
from renderers.materials import MATERIAL_ID
from renderers.mesh import Mesh
from scenarios.chance import stream

BUILDING = "building"
BLINDS, CURTAINS = (
    0.72,
    0.30,
)  # shares of windows: above the one a shutter is down, below the other there are curtains
SHOPS = (
    "BAKERY", "CAFE", "BOOKS", "FLOWERS", "OPTICIAN", "TAILOR", "PHARMACY", "MARKET", "BICYCLES", "RECORDS", "TOYS",
    "SHOES", "TEA ROOM", "PRINTS", "FLORIST", "HARDWARE", "GROCER", "PAINTS", "TRAVEL", "CHEESE",
)  # fmt: skip
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
FASCIAS = ("plaster_blue", "plaster_rose", "plaster_green", "plaster_ochre", "metal_dark", "door_wood")


# Four corners, one after another: numpy reads flat rows several times as fast as nested ones.
Quad = tuple[float, float, float, float, float, float, float, float, float, float, float, float]


@dataclass(slots=True)
class Faces:
    """Quads by material while a building grows."""

    corners: dict[str, list[Floats]] = field(default_factory=dict)
    solids: list[Mesh] = field(default_factory=list)

    def add(self, material: str, corners: ArrayLike) -> None:
        """One quad (4, 3) or several (Q, 4, 3)."""
        self.corners.setdefault(material, []).append(np.asarray(corners, float).reshape(-1, 4, 3))

    def mesh(self) -> Mesh:
        """All quads, material by material and all at once, then the solids."""
        alike = [np.concatenate(found) for found in self.corners.values()]
        row = np.array([MATERIAL_ID[material] for material in self.corners], np.int16)
        row = row.repeat([len(found) for found in alike])
        return Mesh.join([quads(np.concatenate(alike), row, BUILDING), *self.solids])


@dataclass(frozen=True, slots=True)
class Wall:
    """A flat wall being cut: its left foot (seen from outside), its direction to the right and its outward normal.

    Corners are kept as (along, up, depth behind the face) and brought to their place all at once by `finish`.
    """

    faces: Faces
    foot: Floats
    right: Floats
    out: Floats
    drawn: dict[str, list[Quad]] = field(default_factory=dict)

    def finish(self) -> None:
        if not self.drawn:
            return
        local = np.array([quad for found in self.drawn.values() for quad in found]).reshape(-1, 4, 3)
        corners = self.foot + local[..., :1] * self.right - local[..., 2:] * self.out
        corners[..., 2] += local[..., 1]
        begin = 0
        for material, found in self.drawn.items():
            self.faces.add(material, corners[begin : begin + len(found)])
            begin += len(found)

    def rectangle(
        self, material: str, u0: float, v0: float, u1: float, v1: float, depth: float = 0.0
    ) -> None:
        if u1 - u0 > 1e-6 and v1 - v0 > 1e-6:
            flat = (u0, v0, depth, u1, v0, depth, u1, v1, depth, u0, v1, depth)
            self.drawn.setdefault(material, []).append(flat)

    def quad(self, material: str, corners: Sequence[tuple[float, float, float]]) -> None:
        a, b, c, d = corners
        self.drawn.setdefault(material, []).append((*a, *b, *c, *d))

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


def window(
    wall: Wall,
    style: "Style",
    cell: tuple[float, float, float, float],
    width: float,
    sill: float,
    head: float,
    plain: bool,
    hung: float = 0.5,
) -> None:
    """A window with its frame, sill and shutters; `hung` in [0, 1] draws what hangs in it.

    High draws pull the shutter down, low ones hang curtains.
    """
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
    if hung > BLINDS:
        low = d - (d - b) * min(0.25 + 0.75 * (hung - BLINDS) / (1.0 - BLINDS), 0.97)
        wall.rectangle(style.blind, a + bar, low, c - bar, d - bar, deep - 0.035)
        wall.rectangle("metal_dark", a + bar, low - 0.02, c - bar, low, deep - 0.036)
    elif hung < CURTAINS:
        drape = width * (0.10 + 0.12 * hung / CURTAINS)
        for u in (a + bar, c - bar - drape):
            wall.rectangle("plaster_white", u, b + bar, u + drape, d - bar, deep - 0.004)
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


def door(
    wall: Wall, style: "Style", cell: tuple[float, float, float, float], width: float, head: float
) -> None:
    u0, v0, u1, _ = cell
    middle = (u0 + u1) / 2
    hole = (middle - width / 2, v0, middle + width / 2, v0 + head)
    wall.cell(style.wall, cell, hole)
    a, b, c, d = hole
    wall.reveal(style.reveal, a, b, c, d, 0.0, 0.22)
    wall.rectangle(style.door, a + 0.07, b, c - 0.07, d - 0.42, 0.22)
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


def shop(wall: Wall, style: "Style", cell: tuple[float, float, float, float], entrance: bool) -> None:
    """A shop's front: panes down to the ground, a board for its name above them, perhaps an awning."""
    u0, v0, u1, v1 = cell
    hole = (u0 + 0.22, v0 + 0.0, u1 - 0.22, v1 - 0.85)
    wall.cell(style.wall, cell, hole)
    a, b, c, d = hole
    wall.reveal("metal_dark", a, b, c, d, 0.0, 0.25)
    kick = b + (0.02 if entrance else 0.45)
    wall.rectangle("metal_dark", a, b, c, kick, 0.25)
    wall.rectangle("shop_window", a, kick, c, d, 0.25)
    bars = [a, c - 0.07] + ([a + 0.34 * (c - a), a + 0.66 * (c - a)] if entrance or c - a > 2.6 else [])
    for u in bars:
        wall.rectangle("metal_dark", u, kick, u + 0.07, d, 0.235)
    wall.rectangle("metal_dark", a, d - 0.55, c, d - 0.50, 0.235)
    wall.slab(style.fascia, u0 + 0.08, v1 - 0.78, u1 - 0.08, v1 - 0.24, 0.12)
    if style.awning and not entrance:
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


def balcony(wall: Wall, cell: tuple[float, float, float, float], width: float) -> None:
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
class Style:
    """Taste of one house, the same all round."""

    wall: str
    reveal: str
    trim: str
    frame: str
    shutter: str
    fascia: str
    blind: str
    door: str
    shop_names: tuple[str, ...]
    shutters: bool
    surround: bool
    transom: bool
    canopy: bool
    awning: bool
    balconies: bool
    window_m: tuple[float, float]  # width, height
    bay_m: float


def side_material(style: Style) -> str:
    """What a side is made of."""
    fronts = ("plaster", "brick")
    return f"{style.wall}_weathered" if style.wall.startswith(fronts) else style.wall


def style_of(kind: str, look_seed: int) -> Style:
    rng = stream(look_seed, "building", "style")
    taste = stream(look_seed, "building", "taste")
    wall = str(rng.choice(WALLS, p=(0.15, 0.17, 0.12, 0.09, 0.07, 0.05, 0.05, 0.16, 0.08, 0.06)))
    if kind == "hall":
        wall = str(rng.choice(("plastic_light", "plaster_grey", "plaster_blue", "brick_dark")))
    if kind == "barn":
        wall = str(rng.choice(("wood", "brick", "plaster_white")))
    rustic = kind in ("house", "barn")
    return Style(
        wall=wall,
        reveal="plaster_white" if wall.startswith("plaster") else wall,
        trim=str(rng.choice(("stone", "plaster_white", "concrete"))),
        frame="window_frame" if rng.uniform() < 0.75 else "metal_dark",
        shutter=str(rng.choice(("plaster_green", "door_wood", "plaster_blue", "plaster_grey"))),
        fascia=str(rng.choice(FASCIAS)),
        blind=str(taste.choice(("window_frame", "plaster_grey", "plastic_light"))),
        door=str(
            taste.choice(
                ("door_wood", "door_wood", "plaster_green", "plaster_blue", "metal_dark", "brick_dark")
            )
        ),
        shop_names=tuple(str(name) for name in taste.permutation(SHOPS)[:2]),
        shutters=bool(rustic and rng.uniform() < 0.4),
        surround=bool(rng.uniform() < 0.5),
        transom=bool(rng.uniform() < 0.45),
        canopy=bool(rng.uniform() < 0.6),
        awning=bool(rng.uniform() < 0.55),
        balconies=bool(kind == "block" and rng.uniform() < 0.7),
        window_m=(float(rng.uniform(1.0, 1.35)), float(rng.uniform(1.25, 1.6))),
        bay_m=float(rng.uniform(2.5, 3.3)) if not rustic else float(rng.uniform(2.8, 3.8)),
    )


def gate(
    wall: Wall, style: Style, cell: tuple[float, float, float, float], width: float, head: float
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
