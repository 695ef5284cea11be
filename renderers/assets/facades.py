"""What hangs on and stands out of facades: bays, coolers, shop signs, dishes, curtain walls.  Renderers floor."""

from itertools import pairwise

import numpy as np

from renderers.assets.flat import Layer, Picture, block, disc
from renderers.assets.forms import Floats
from renderers.assets.lettering import ink, length_m
from renderers.assets.posters import CAMPAIGNS, bill
from renderers.assets.walls import BUILDING, Style, Wall, window
from renderers.loft import box, cylinder
from renderers.mesh import Mesh

SIGN_COLORS = (("print_red", "print_white"), ("print_navy", "print_white"), ("print_forest", "print_cream"),
               ("print_white", "print_red"), ("print_yellow", "print_black"),
               ("print_black", "print_white"))  # fmt: skip
OFFICES = ("NORVIA", "KELTRA", "AQUILO", "ORIVO", "LUMEO GROUP", "CITY BANK", "TANDEM", "HOTEL ELM")


def hang(wall: Wall, mesh: Mesh, u: float, v: float, out_m: float = 0.0) -> None:
    """Fix a mesh that looks along +x to a wall, its origin at (along, up) and `out_m` before the face."""
    matrix = np.eye(4)
    matrix[:3, 0], matrix[:3, 1] = wall.out, wall.right
    at: Floats = wall.foot + u * wall.right + out_m * wall.out
    matrix[:3, 3] = at + np.array((0.0, 0.0, v))
    wall.faces.solids.append(mesh.moved(matrix))


def air_conditioner(wall: Wall, u: float, v: float) -> None:
    """The outdoor unit of a split system on its brackets, 0.8 x 0.55 m."""
    wall.slab("plastic_light", u - 0.40, v, u + 0.40, v + 0.55, 0.32)
    fan = Picture(
        (Layer(disc(0.22, (0.0, 0.0), 4), "metal_dark"), Layer(disc(0.06, (0.0, 0.0), 2), "plastic_light"))
    )
    hang(wall, fan.mesh(0.0, BUILDING), u - 0.10, v + 0.275, 0.325)
    wall.slab("metal_galvanised", u - 0.32, v - 0.05, u - 0.28, v, 0.34)
    wall.slab("metal_galvanised", u + 0.28, v - 0.05, u + 0.32, v, 0.34)
    wall.slab("plastic", u + 0.40, v - 0.9, u + 0.44, v + 0.3, 0.03)


def dish(wall: Wall, u: float, v: float) -> None:
    """A satellite dish."""
    bowl = cylinder(0.10, 0.09, "plastic_light", BUILDING, axis="x", segments=12, top_radius_m=0.34)
    arm = box((0.34, 0.025, 0.025), "metal_galvanised", BUILDING, centre_m=(0.20, 0.0, -0.05))
    hang(wall, Mesh.join([bowl, arm]), u, v, 0.22)
    wall.slab("metal_galvanised", u - 0.025, v - 0.02, u + 0.025, v + 0.02, 0.24)


def jutting_sign(wall: Wall, word: str, u: float, v: float, look: int) -> None:
    """A sign that stands out of the facade at a right angle, so that walkers along the street can read it."""
    back, front = SIGN_COLORS[look % len(SIGN_COLORS)]
    wide, high = 0.70, 0.62
    short = word[:8]
    tall = min(0.30, 0.30 * 0.58 / length_m(short, 0.30, 0.17))
    shape = disc(0.36, (0.0, 0.31), 5) if look % 3 == 0 else block(wide, high, (0.0, high / 2), 0.04)
    if look % 3 == 0:
        tall *= 0.9
    face = Picture((Layer(shape, back), Layer(ink(short, tall, (0.0, 0.31), 0.17), front)))
    both = Mesh.join([face.mesh(0.03, BUILDING), face.rim(0.03, -0.03, back, BUILDING)])
    turned = np.array(
        [[0.0, 1.0, 0.0, 0.0], [-1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
    )
    other = np.array(
        [[0.0, -1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
    )
    hang(wall, Mesh.join([both.moved(turned), face.mesh(0.03, BUILDING).moved(other)]), u, v, 0.55)
    wall.slab("metal_dark", u - 0.015, v + 0.50, u + 0.015, v + 0.54, 0.25)
    wall.slab("metal_dark", u - 0.015, v + 0.08, u + 0.015, v + 0.12, 0.25)


def board_over(
    wall: Wall, word: str, high_m: float, middle: tuple[float, float], out_m: float, material: str
) -> None:
    """A word in flat letters before a wall."""
    drawn = ink(word, high_m, (0.0, 0.0), 0.17)
    hang(wall, Picture((Layer(drawn, material),)).mesh(0.0, BUILDING), *middle, out_m)


def bill_in_window(wall: Wall, u: float, v: float, look_seed: int) -> None:
    """A poster behind the pane of a shop: a person who is paper."""
    hang(wall, bill(look_seed % CAMPAIGNS, "portrait" if look_seed % 2 else ""), u, v, -0.238)


def bay(
    wall: Wall, style: Style, cell: tuple[float, float, float, float], hung: float, ends: tuple[bool, bool]
) -> None:
    """A bay window over one storey: three sides with a window each; `ends` says which of (lower, upper) is closed."""
    u0, v0, u1, v1 = cell
    a, b = u0 + 0.25, u1 - 0.25
    deep, inset = 0.62, 0.45
    wall.rectangle(style.wall, u0, v0, a, v1)
    wall.rectangle(style.wall, b, v0, u1, v1)
    plan = [(a, 0.0), (a + inset, deep), (b - inset, deep), (b, 0.0)]
    for (p0, d0), (p1, d1) in pairwise(plan):
        along = np.array(wall.right) * (p1 - p0) + np.array(wall.out) * (d1 - d0)
        width = float(np.linalg.norm(along))
        right: Floats = along / width
        out: Floats = np.array((right[1], -right[0], 0.0))
        foot: Floats = wall.foot + p0 * wall.right + d0 * wall.out
        side = Wall(wall.faces, foot, right, out)
        window(
            side,
            style,
            (0.0, v0, width, v1),
            min(style.window_m[0], width - 0.24),
            0.75,
            min(2.25, v1 - v0 - 0.3),
            True,
            hung,
        )
        side.finish()
    for closed, v, turn in ((ends[0], v0, 1), (ends[1], v1, -1)):
        if closed:
            lid = [(p, v, -d) for p, d in plan]
            wall.quad(style.trim if turn > 0 else "roof_dark", lid[::turn])


# ------------------------------------------------------------------------------------------------------- offices
def office_wall(wall: Wall, width: float, floors: int, floor_m: float, look_seed: int, front: bool) -> None:
    """A curtain wall of mirror or clear panes, or strips of windows between bands of stone."""
    mirror, strips = look_seed % 3 == 0, look_seed % 3 == 2
    glass = "mirror_glass" if mirror else "window"
    band = ("concrete", "stone", "plaster_white", "metal_dark")[(look_seed // 3) % 4]
    bays = max(2, round(width / 1.6))
    edges = np.linspace(0.0, width, bays + 1)
    top = 0.35 + floors * floor_m
    for floor in range(floors):
        low = 0.35 + floor * floor_m
        sill = low + (0.95 if strips and floor else 0.30)
        head = low + floor_m - (0.55 if strips else 0.22)
        wall.rectangle(
            band if strips or floor == 0 else glass, 0.0, low, width, sill, 0.0 if strips else 0.02
        )
        for k in range(bays):
            wall.rectangle(
                glass if floor else "shop_window", float(edges[k]), sill, float(edges[k + 1]), head, 0.06
            )
        wall.quad(band, [(0.0, sill, 0.0), (width, sill, 0.0), (width, sill, 0.06), (0.0, sill, 0.06)])
        wall.rectangle(band if strips else "metal_dark", 0.0, head, width, low + floor_m, 0.0)
        wall.quad(band, [(width, head, 0.0), (0.0, head, 0.0), (0.0, head, 0.06), (width, head, 0.06)])
    for k in range(bays + 1):
        u = float(np.clip(edges[k], 0.03, width - 0.03))
        wall.slab("metal_galvanised" if mirror else "metal_dark", u - 0.03, 0.35, u + 0.03, top, 0.08)
    if front:
        middle = width / 2
        wall.slab("metal_dark", middle - 2.6, 0.35 + floor_m - 0.45, middle + 2.6, 0.35 + floor_m - 0.2, 2.2)
        word = OFFICES[(look_seed // 7) % len(OFFICES)]
        wide = min(width * 0.7, length_m(word, 0.9, 0.17))
        board_over(
            wall, word, 0.9 * wide / length_m(word, 0.9, 0.17), (middle, top - 0.75), 0.12, "print_white"
        )
