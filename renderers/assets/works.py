"""Things of road works: drums, barricades, guide boards, lamps, fences, a skip, a cabin, a scaffold.  Renderers floor.

Drums,
barricades and boards are both props that a scenario may place and part of what stands about.  Sizes are those of
the MUTCD 2009 (6F.63 to 6F.68: drums 0.91 x 0.46 m,
    rails of type 3 barricades 0.2 m) and of the German RSA (guide boards
0.25 x 1.0 m on a foot of rubber).
"""

from itertools import pairwise

import numpy as np
from shapely import union_all
from shapely.geometry.base import BaseGeometry

from renderers.assets.fittings import fitted
from renderers.assets.flat import Layer, Picture, area, block, mirrored
from renderers.assets.forms import placed, quads, tower, tube
from renderers.loft import box, cylinder, revolve, two_faced
from renderers.mesh import Asset, Mesh, Part
from scenarios.chance import stream

Size = tuple[float, float, float]
BARRIER = "barrier"
THING = "static_object"


def stripes(wide: float, high: float, pitch: float, left: bool) -> BaseGeometry:
    """Slanted bands at 45 degrees over a board whose lower edge is at up = 0."""
    count = int((wide + 2 * high) / pitch) + 2
    start = -wide / 2 - high - pitch
    bands = [
        area(
            [
                (u, -0.01),
                (u + pitch / 2, -0.01),
                (u + pitch / 2 + high + 0.02, high + 0.01),
                (u + high + 0.02, high + 0.01),
            ]
        )
        for u in start + pitch * np.arange(count)
    ]
    whole = union_all(bands).intersection(block(wide, high, (0.0, high / 2)))
    return mirrored(whole) if left else whole


def striped(wide: float, high: float, pitch: float, left: bool, pair: tuple[str, str]) -> Picture:
    """A board in two colours."""
    plain = block(wide, high, (0.0, high / 2))
    return Picture((Layer(plain, pair[0]), Layer(stripes(wide, high, pitch, left), pair[1])))


def drum(look_seed: int, semantic: str = BARRIER) -> Mesh:
    """An orange drum with four retro-reflecting bands on a ring of rubber, perhaps with a lamp."""
    rng = stream(look_seed, "drum")
    pieces = [
        revolve(
            [(0.0, 0.0), (0.31, 0.0), (0.31, 0.05), (0.245, 0.075), (0.0, 0.075)],
            "rubber",
            semantic,
            segments=20,
        )
    ]
    edges = (0.07, 0.22, 0.37, 0.52, 0.67, 0.82)
    for k, (low, high) in enumerate(pairwise(edges)):
        a, b = 0.245 - 0.02 * k, 0.245 - 0.02 * (k + 1) + 0.004
        color = "cone_orange" if k % 2 == 0 else "barrier_white"
        pieces.append(revolve([(a, low), (b, high - 0.015), (b - 0.012, high)], color, semantic, segments=20))
    pieces.append(
        revolve(
            [(0.155, 0.82), (0.14, 0.90), (0.06, 0.915), (0.0, 0.915)], "cone_orange", semantic, segments=20
        )
    )
    if rng.uniform() < 0.4:
        pieces += warning_lamp(0.91, semantic)
    return Mesh.join(pieces)


def warning_lamp(z: float, semantic: str) -> list[Mesh]:
    """A yellow lens 180 mm wide over its battery."""
    return [
        box((0.09, 0.16, 0.16), "sign_yellow", semantic, 0.015, (0.0, 0.0, z + 0.08)),
        cylinder(0.09, 0.07, "signal_amber", semantic, axis="x", segments=14).moved(
            placed(0.0, (-0.035, 0.0, z + 0.25))
        ),
    ]


def barricade(look_seed: int, wide: float = 2.0, semantic: str = BARRIER) -> Mesh:
    """A barricade of three striped rails on two feet, orange and white or red and white."""
    rng = stream(look_seed, "barricade")
    dark = "cone_orange" if rng.uniform() < 0.6 else "barrier_red"
    left = bool(rng.uniform() < 0.5)
    pieces = []
    for z in (0.42, 0.85, 1.28):
        for turn, flip in ((0.0, left), (np.pi, not left)):
            rail = striped(wide, 0.20, 0.30, flip, ("barrier_white", dark))
            pieces.append(rail.mesh(0.022, semantic).moved(placed(turn, (0.0, 0.0, z))))
        pieces.append(
            box((0.040, wide - 0.004, 0.198), "plastic_light", semantic, centre_m=(0.0, 0.0, z + 0.10))
        )
    for y in (-0.36 * wide, 0.36 * wide):
        pieces.append(box((0.045, 0.05, 1.46), "metal_galvanised", semantic, centre_m=(-0.045, y, 0.75)))
        pieces.append(box((0.75, 0.06, 0.05), "metal_galvanised", semantic, centre_m=(0.0, y, 0.025)))
        pieces.append(box((0.20, 0.34, 0.10), "cone_orange", semantic, 0.03, (0.26, y, 0.10)))
    return Mesh.join(pieces)


def guide_board(look_seed: int, semantic: str = BARRIER, lamp: bool | None = None) -> Mesh:
    """A guide board, red and white on either side, on a foot of rubber; a lamp on top of every third."""
    rng = stream(look_seed, "guide board")
    left = bool(rng.uniform() < 0.5)
    wide, high, low = 0.25, 1.0, 0.20
    pieces = [
        box((0.80, 0.40, 0.11), "rubber", semantic, 0.03, (0.0, 0.0, 0.055)),
        box(
            (0.05, 0.05, high + low + 0.02), "plastic", semantic, centre_m=(0.0, 0.0, (high + low) / 2 + 0.05)
        ),
        box(
            (0.018, wide + 0.02, high + 0.02),
            "plastic_light",
            semantic,
            centre_m=(0.034, 0.0, low + high / 2),
        ),
    ]
    for turn, x, flip in ((0.0, 0.044, left), (np.pi, 0.026, not left)):
        face = striped(wide, high, 0.36, flip, ("barrier_white", "barrier_red"))
        pieces.append(face.mesh(x if turn == 0.0 else -0.0245, semantic).moved(placed(turn, (0.0, 0.0, low))))
    if lamp if lamp is not None else rng.uniform() < 0.34:
        pieces += warning_lamp(high + low + 0.06, semantic)
    return Mesh.join(pieces)


def chevron_board(look_seed: int, semantic: str = BARRIER) -> Mesh:
    """A chevron on a frame with two feet: it sends traffic to one side."""
    rng = stream(look_seed, "chevron board")
    left = bool(rng.uniform() < 0.5)
    pair = ("sign_white", "sign_red") if rng.uniform() < 0.6 else ("sign_orange", "sign_black")
    wide, high, low = 1.5, 0.5, 0.75
    marks = [area([(u, 0.0), (u + 0.2, 0.0), (u + 0.40, high / 2), (u + 0.2, high), (u, high), (u + 0.2, high / 2)])
             for u in np.arange(3) * 0.5 - wide / 2 + 0.05]  # fmt: skip
    shape = union_all(marks)
    face = Picture((Layer(block(wide, high, (0.0, high / 2), 0.02), pair[0]),
                    Layer(mirrored(shape) if left else shape, pair[1])))  # fmt: skip
    pieces = [
        face.mesh(0.02, semantic).moved(placed(0.0, (0.0, 0.0, low))),
        face.back(0.012, "sign_back", semantic).moved(placed(0.0, (0.0, 0.0, low))),
        face.rim(0.02, 0.012, "sign_back", semantic).moved(placed(0.0, (0.0, 0.0, low))),
    ]
    for y in (-0.5, 0.5):
        pieces.append(
            box(
                (0.04, 0.04, low + high), "metal_galvanised", semantic, centre_m=(-0.015, y, (low + high) / 2)
            )
        )
        pieces.append(box((0.80, 0.38, 0.10), "rubber", semantic, 0.025, (0.0, y, 0.05)))
    return Mesh.join(pieces)


def build_drum(
    model: str, look_seed: int, size_m: Size, color: str | None = None, clothing: str | None = None
) -> Asset:
    """A drum as a thing that scenarios place."""
    return _thing(model, drum(2 * look_seed + 1 if look_seed % 3 else 2), size_m)


def build_barricade(
    model: str, look_seed: int, size_m: Size, color: str | None = None, clothing: str | None = None
) -> Asset:
    """A barricade as a thing that scenarios place."""
    return _thing(model, barricade(look_seed, size_m[1]), size_m)


def build_chevron_board(
    model: str, look_seed: int, size_m: Size, color: str | None = None, clothing: str | None = None
) -> Asset:
    """A chevron board as a thing that scenarios place."""
    return _thing(model, chevron_board(look_seed), size_m)


def build_guide_board(
    model: str, look_seed: int, size_m: Size, color: str | None = None, clothing: str | None = None
) -> Asset:
    """A guide board as a thing that scenarios place."""
    return _thing(model, guide_board(look_seed, lamp=False), size_m)


def _thing(model: str, mesh: Mesh, size_m: Size) -> Asset:
    half = (size_m[0] / 2, size_m[1] / 2)
    return Asset(model, size_m, (Part("body", fitted(mesh, (-half[0], -half[1], 0.0), (*half, size_m[2]))),))


# ---------------------------------------------------------------------------------------------- what stands about
def site_fence(look_seed: int, length_m: float = 7.0) -> Mesh:
    """Mesh panels of 3.5 x 2 m in feet of concrete, along y, looking along +x."""
    pieces = []
    count = max(1, round(length_m / 3.5))
    for k in range(count):
        y0 = (k - count / 2) * 3.5
        for v in (0.12, 2.0):
            pieces.append(box((0.035, 3.4, 0.035), "metal_galvanised", "fence", centre_m=(0.0, y0 + 1.75, v)))
        for y in (y0 + 0.05, y0 + 3.45):
            pieces.append(box((0.035, 0.035, 2.0), "metal_galvanised", "fence", centre_m=(0.0, y, 1.02)))
        pieces.append(box((0.62, 0.22, 0.13), "concrete", "fence", 0.02, (0.0, y0, 0.065)))
        u = np.arange(y0 + 0.15, y0 + 3.4, 0.15)
        wire = np.empty((len(u), 4, 3))
        wire[:, :, 0] = 0.0
        wire[:, (0, 3), 1], wire[:, (1, 2), 1] = u[:, None], u[:, None] + 0.008
        wire[:, :2, 2], wire[:, 2:, 2] = 0.14, 1.98
        pieces.append(two_faced(quads(wire, "metal_galvanised", "fence")))
    pieces.append(box((0.62, 0.22, 0.13), "concrete", "fence", 0.02, (0.0, count / 2 * 3.5, 0.065)))
    return Mesh.join(pieces)


def skip(look_seed: int) -> Mesh:
    """An open container for rubble, wider above than below, 3.4 m long along y."""
    rng = stream(look_seed, "skip")
    color = str(rng.choice(("print_yellow", "print_blue", "print_forest", "print_orange", "metal_dark")))
    low, high = (0.75, 1.10), (0.85, 1.70)
    pieces = []
    z0, z1 = 0.12, 1.35
    a = np.array([(low[0], -low[1]), (low[0], low[1]), (-low[0], low[1]), (-low[0], -low[1])])
    b = np.array([(high[0], -high[1]), (high[0], high[1]), (-high[0], high[1]), (-high[0], -high[1])])
    outer, inner = [], []
    for k in range(4):
        n = (k + 1) % 4
        face = [(*a[k], z0), (*a[n], z0), (*b[n], z1), (*b[k], z1)]
        outer.append(face)
        inner.append([(p[0] * 0.97, p[1] * 0.985, p[2]) for p in face[::-1]])
    outer.append([(*a[3], z0), (*a[2], z0), (*a[1], z0), (*a[0], z0)])
    pieces += [quads(outer, color, THING), quads(inner, color, THING)]
    for side in (-1, 1):
        pieces.append(box((0.09, 2 * high[1], 0.10), color, THING, centre_m=(side * high[0], 0.0, z1)))
        pieces.append(box((2 * high[0], 0.09, 0.10), color, THING, centre_m=(0.0, side * high[1], z1)))
        pieces.append(box((0.12, 2 * low[1], 0.12), "metal_dark", THING, centre_m=(side * 0.5, 0.0, 0.06)))
        for y in (-0.7, 0.0, 0.7):
            rib = quads(
                [[(0.0, y - 0.05, z0), (0.0, y + 0.05, z0), (0.10, y + 0.05, z1), (0.10, y - 0.05, z1)]],
                color,
                THING,
            )
            pieces.append(rib.moved(placed(0.0 if side > 0 else np.pi, (side * (low[0] + 0.03), 0.0, 0.0))))
    fill = float(rng.uniform(0.9, 1.25))
    heap = tower([(fill - 0.5, 0, 0, 0.76, 1.3), (fill, 0, 0, 0.72, 1.25), (fill + 0.28, 0.1, 0.2, 0.3, 0.5)], 11,
                 str(rng.choice(("gravel", "brick", "soil"))), THING, square=3.0)  # fmt: skip
    pieces.append(heap)
    for k in range(3):
        plank = box((0.12, 2.2, 0.03), "wood", THING).moved(
            placed(float(rng.uniform(-0.5, 0.5)), (0.3 - 0.3 * k, 0.1, fill + 0.22))
        )
        pieces.append(plank)
    return Mesh.join(pieces)


def cabin(look_seed: int) -> Mesh:
    """A portable toilet, 1.1 m square, or a site office of 6 m."""
    rng = stream(look_seed, "cabin")
    if rng.uniform() < 0.6:
        color = str(rng.choice(("print_blue", "print_forest", "print_teal")))
        return Mesh.join([
            box((1.1, 1.1, 0.12), "plastic", THING, centre_m=(-0.55, 0.0, 0.06)),
            box((1.06, 1.08, 2.0), color, THING, 0.03, (-0.55, 0.0, 1.12)),
            box((0.03, 0.72, 1.80), color, THING, 0.01, (-0.01, 0.0, 1.05)),
            box((0.04, 0.10, 0.03), "metal_dark", THING, centre_m=(0.01, 0.28, 1.1)),
            box((1.16, 1.18, 0.07), "plastic_light", THING, 0.02, (-0.55, 0.0, 2.15)),
            tower([(2.18, -0.55, 0, 0.50, 0.50), (2.32, -0.55, 0, 0.30, 0.30)], 10, "plastic_light", THING,
                square=4.0),
        ])  # fmt: skip
    color = str(rng.choice(("print_blue", "print_yellow", "plastic_light")))
    pieces = [box((2.4, 6.0, 2.5), color, "building", 0.03, (-1.2, 0.0, 1.4))]
    pieces += [
        box((0.05, 0.06, 2.5), color, "building", centre_m=(0.01, float(y), 1.4))
        for y in np.arange(-2.9, 3.0, 0.5)
    ]
    pieces.append(box((0.06, 1.2, 0.95), "window", "building", centre_m=(0.02, -1.2, 1.75)))
    pieces.append(box((0.06, 0.9, 2.0), "plastic_light", "building", centre_m=(0.02, 1.4, 1.2)))
    return Mesh.join(pieces)


def scaffold(width_m: float, height_m: float, look_seed: int) -> Mesh:
    """A scaffold before a facade that stands at x = 0: standards, decks, rails, ladders, netting on some bays."""
    rng = stream(look_seed, "scaffold")
    bays, lifts = max(1, round(width_m / 2.5)), max(1, int(height_m / 2.0))
    step, deep = width_m / bays, 0.75
    near, far = 0.30, 0.30 + deep
    top = lifts * 2.0 + 1.0
    pieces = []
    for k in range(bays + 1):
        y = (k - bays / 2) * step
        for x in (near, far):
            pieces.append(tube([(x, y, 0.0), (x, y, top)], (0.024, 0.024), 5, "metal_galvanised", "pole"))
            pieces.append(box((0.15, 0.15, 0.04), "metal_galvanised", "pole", centre_m=(x, y, 0.02)))
    for level in range(1, lifts + 1):
        z = 2.0 * level
        pieces.append(
            box((deep - 0.06, width_m, 0.05), "wood", "building", centre_m=((near + far) / 2, 0.0, z))
        )
        pieces.append(box((0.03, width_m, 0.15), "wood", "building", centre_m=(far, 0.0, z + 0.10)))
        for rail in (0.5, 1.0):
            pieces.append(
                box((0.04, width_m, 0.04), "metal_galvanised", "pole", centre_m=(far, 0.0, z + rail))
            )
        pieces.append(
            box(
                (deep, 0.04, 0.04),
                "metal_galvanised",
                "pole",
                centre_m=((near + far) / 2, -width_m / 2, z - 0.1),
            )
        )
        pieces.append(
            box(
                (deep, 0.04, 0.04),
                "metal_galvanised",
                "pole",
                centre_m=((near + far) / 2, width_m / 2, z - 0.1),
            )
        )
        bay = int(rng.integers(bays))
        y = (bay - bays / 2) * step
        pieces.append(
            tube([(far, y, z - 2.0), (far, y + step, z)], (0.022, 0.022), 5, "metal_galvanised", "pole")
        )
    if rng.uniform() < 0.5:
        # A bay of the net and its lowest lift are open: that is where people and buckets go in.
        x, gap = far + 0.05, int(rng.integers(bays))
        for bay in range(bays):
            if bay == gap:
                continue
            y0, y1 = (bay - bays / 2) * step + 0.03, (bay + 1 - bays / 2) * step - 0.03
            net = [[(x, y0, 2.2), (x, y1, 2.2), (x, y1, top), (x, y0, top)]]
            pieces += [
                quads(net, "scaffold_net", "building"),
                quads([net[0][::-1]], "scaffold_net", "building"),
            ]
    return Mesh.join(pieces)


def scaffold_alone(look_seed: int) -> Mesh:
    """A scaffold of two bays for contact sheets."""
    return scaffold(7.5, 6.5, look_seed)
