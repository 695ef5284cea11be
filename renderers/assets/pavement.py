"""Small things at kerbs and walls: hydrants, meters, letter boxes, containers, bicycles in racks.  Renderers floor."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from renderers.assets import furniture
from renderers.assets.flat import Layer, Picture, block
from renderers.assets.forms import Floats, placed, quads, tower, tube
from renderers.assets.lettering import ink
from renderers.loft import box, cylinder, ellipsoid, revolve
from renderers.mesh import Mesh
from scenarios.chance import stream

THING = "static_object"
PAINTS = (
    "print_red",
    "print_navy",
    "print_black",
    "print_white",
    "print_teal",
    "print_forest",
    "print_grey",
    "print_orange",
)
NEWS_PAINTS = ("print_red", "print_blue", "print_orange", "print_teal")


def hydrant_us(look_seed: int) -> Mesh:
    """A barrel with a bonnet and three nozzles, red or yellow (AWWA C502; 0.75 m high)."""
    rng = stream(look_seed, "hydrant")
    color = str(rng.choice(("print_red", "print_yellow", "print_red", "plastic_light")))
    cap = str(rng.choice((color, "print_white", "metal_galvanised")))
    body = [(0.0, 0.0), (0.16, 0.0), (0.16, 0.04), (0.105, 0.05), (0.105, 0.16), (0.14, 0.17), (0.14, 0.21),
        (0.10, 0.22),
            (0.10, 0.55), (0.145, 0.56), (0.145, 0.60), (0.125, 0.62), (0.11, 0.68), (0.06, 0.73), (0.035, 0.735),
            (0.03, 0.79),
            (0.0, 0.79)]  # fmt: skip
    pieces = [revolve(body, color, THING, segments=16)]
    front = cylinder(0.075, 0.10, cap, THING, axis="x", segments=10)
    pieces.append(front.moved(placed(0.0, (0.09, 0.0, 0.40))))
    for turn in (np.pi / 2, -np.pi / 2):
        side = cylinder(0.055, 0.09, cap, THING, axis="x", segments=10)
        pieces.append(side.moved(placed(turn, (0.09 * np.cos(turn), 0.09 * np.sin(turn), 0.44))))
    return Mesh.join(pieces)


def hydrant_eu(look_seed: int) -> Mesh:
    """A standing hydrant of European streets, 1.0 m high, red or blue (EN 14384): a flange with bolts, a barrel with two
    outlets under caps, a bonnet and the square spindle on top.
    """
    paint = "print_red" if look_seed % 3 else "print_blue"
    foot = [
        (0.0, 0.0),
        (0.16, 0.0),
        (0.16, 0.035),
        (0.105, 0.05),
        (0.095, 0.44),
        (0.135, 0.46),
        (0.135, 0.50),
    ]
    barrel = [(0.135, 0.50), (0.12, 0.52), (0.12, 0.76), (0.15, 0.775), (0.15, 0.81), (0.135, 0.87), (0.09, 0.93),
              (0.045, 0.95), (0.0, 0.95)]  # fmt: skip
    pieces = [
        revolve(foot, paint, THING, segments=14),
        revolve(barrel, paint, THING, segments=14),
        box((0.045, 0.045, 0.09), "metal_galvanised", THING, centre_m=(0.0, 0.0, 0.985)),
    ]
    for bolt in np.arange(6) * (np.pi / 3.0):
        at = (0.137 * float(np.cos(bolt)), 0.137 * float(np.sin(bolt)), 0.042)
        pieces.append(box((0.022, 0.022, 0.02), "metal_galvanised", THING, centre_m=at))
    for turn in (np.pi / 2, -np.pi / 2, 0.0):  # two for hoses at the sides, the pumper's outlet in front
        wide = 0.075 if turn == 0.0 else 0.058
        for reach, radius, material in ((0.145, wide, paint), (0.185, 1.28 * wide, "metal_galvanised")):
            out = cylinder(radius, 0.09, material, THING, axis="x", segments=10)
            at = (reach * float(np.cos(turn)), reach * float(np.sin(turn)), 0.65)
            pieces.append(out.moved(placed(turn, at)))
        lug = box((0.03, 0.03, 0.03), "metal_galvanised", THING, centre_m=(0.24, 0.0, 0.0))
        pieces.append(lug.moved(placed(turn, (0.0, 0.0, 0.65))))
    return Mesh.join(pieces)


def _meter_on_a_pipe() -> Mesh:
    """A head with a dome over its dial and a coin box below it; the P of parking on all sides."""
    letter = Picture(
        (
            Layer(block(0.13, 0.13, (0.0, 0.065)), "print_blue"),
            Layer(ink("P", 0.10, (0.005, 0.065), 0.10), "print_white"),
        )
    )
    pieces = [
        tube([(0, 0, -0.2), (0, 0, 1.02)], (0.035, 0.035), 8, "metal_galvanised", "pole"),
        box((0.17, 0.21, 0.34), "metal_dark", THING, 0.03, (0.0, 0.0, 1.16)),
        tower(
            [(1.32, 0, 0, 0.075, 0.095), (1.40, 0, 0, 0.072, 0.088), (1.47, 0, 0, 0.05, 0.06), (1.49, 0, 0, 0.01, 0.01)],
            12, "metal_galvanised", THING, square=2.4,
        ),
        box((0.02, 0.12, 0.05), "glass", THING, centre_m=(0.072, 0.0, 1.38)),
        box((0.02, 0.05, 0.03), "metal_galvanised", THING, centre_m=(0.09, 0.0, 1.03)),
    ]  # fmt: skip
    for quarter in range(4):
        pieces.append(
            letter.mesh(0.087 if quarter % 2 == 0 else 0.107, THING).moved(
                placed(quarter * np.pi / 2, (0.0, 0.0, 1.12))
            )
        )
    return Mesh.join(pieces)


def parking_meter(look_seed: int) -> Mesh:
    """A single meter on a pipe, or a ticket machine with a solar panel."""
    if stream(look_seed, "meter").uniform() < 0.5:
        return _meter_on_a_pipe()
    face = Picture(
        (
            Layer(block(0.26, 0.26, (0.0, 0.13)), "print_blue"),
            Layer(ink("P", 0.2, (0.01, 0.13), 0.2), "print_white"),
        )
    )
    return Mesh.join(
        [
            box((0.26, 0.32, 1.55), "metal_dark", THING, 0.03, (0.0, 0.0, 0.775)),
            face.mesh(0.132, THING).moved(placed(0.0, (0.0, 0.0, 1.22))),
            box((0.02, 0.20, 0.14), "plastic_light", THING, centre_m=(0.13, 0.0, 1.05)),
            box((0.02, 0.12, 0.06), "metal_galvanised", THING, centre_m=(0.13, 0.0, 0.75)),
            box((0.36, 0.36, 0.03), "glass", THING, centre_m=(0.02, 0.0, 1.60)),
        ]
    )


def post_box(look_seed: int) -> Mesh:
    """A letter box: yellow on a post, a red pillar, or the blue one with a round lid."""
    kind = look_seed % 3
    if kind == 0:
        return Mesh.join(
            [
                tube([(0, 0, -0.3), (0, 0, 1.0)], (0.04, 0.04), 8, "metal_dark", "pole"),
                box((0.32, 0.44, 0.60), "print_yellow", THING, 0.03, (0.02, 0, 1.28)),
                box((0.02, 0.34, 0.03), "metal_dark", THING, centre_m=(0.185, 0, 1.48)),
                box((0.01, 0.22, 0.16), "print_white", THING, centre_m=(0.183, 0, 1.25)),
                box((0.08, 0.46, 0.04), "print_yellow", THING, 0.01, (0.20, 0, 1.53)),
            ]
        )
    if kind == 1:
        pillar = [(0.0, 0.0), (0.26, 0.0), (0.26, 0.16), (0.23, 0.18), (0.23, 1.36), (0.28, 1.40), (0.28, 1.47),
            (0.18, 1.58),
                  (0.0, 1.62)]  # fmt: skip
        slot = [box((0.02, 0.26, 0.05), "print_black", THING, centre_m=(0.235, 0, 1.25)),
                box((0.02, 0.16, 0.22), "print_white", THING, centre_m=(0.226, 0, 1.02))]  # fmt: skip
        return Mesh.join([revolve(pillar[:4], "print_black", THING, segments=18),
                          revolve(pillar[3:], "print_red", THING, segments=18), *slot])  # fmt: skip
    rows = 7
    angle = np.linspace(0.0, np.pi, rows)
    lid = np.array([(0.26 * np.cos(a), 1.02 + 0.26 * np.sin(a)) for a in angle])
    outline = [(0.26, 0.18), *((float(x), float(z)) for x, z in lid), (-0.26, 0.18)]
    faces = []
    for (x0, z0), (x1, z1) in zip(outline, [*outline[1:], outline[0]], strict=True):
        faces.append([(x0, -0.25, z0), (x0, 0.25, z0), (x1, 0.25, z1), (x1, -0.25, z1)])
    pieces = [quads(faces, "print_navy", THING)]
    for side in (-0.25, 0.25):
        fan = [[(outline[0][0], side, outline[0][1]), (outline[k][0], side, outline[k][1]),
                (outline[k + 1][0], side, outline[k + 1][1]), (outline[k + 1][0], side, outline[k + 1][1])]
               for k in range(1, len(outline) - 1)]  # fmt: skip
        pieces.append(
            quads(fan if side < 0 else [[f[0], f[2], f[1], f[1]] for f in fan], "print_navy", THING)
        )
    pieces += [
        box((0.05, 0.05, 0.19), "print_navy", THING, centre_m=(x, y, 0.095))
        for x in (-0.2, 0.2)
        for y in (-0.2, 0.2)
    ]
    pieces.append(box((0.02, 0.40, 0.05), "metal_galvanised", THING, centre_m=(0.255, 0.0, 1.08)))
    pieces.append(Picture((Layer(block(0.36, 0.10, (0.0, 0.05)), "print_white"),
                           Layer(ink("MAIL", 0.07, (0.0, 0.05), 0.18), "print_navy"))).mesh(0.262, THING)
                  .moved(placed(0.0, (0.0, 0.0, 0.72))))  # fmt: skip
    return Mesh.join(pieces)


def container(look_seed: int) -> Mesh:
    """A large wheeled refuse container with a lid, 1.3 m wide (EN 840-3)."""
    rng = stream(look_seed, "container")
    color = str(rng.choice(("metal_galvanised", "plastic", "print_forest", "print_blue")))
    lid = str(rng.choice(("print_yellow", "print_blue", "plastic", color)))
    pieces = [
        tower([(0.16, 0, 0, 0.36, 0.55), (1.10, 0, 0, 0.46, 0.66)], 16, color, THING, square=7.0),
        tower([(1.10, 0, 0, 0.49, 0.69), (1.18, 0, 0, 0.48, 0.68), (1.32, -0.05, 0, 0.36, 0.58),
            (1.36, -0.08, 0, 0.2, 0.4)], 16,
              lid, THING, square=5.0),
    ]  # fmt: skip
    for x in (-0.28, 0.28):
        for y in (-0.46, 0.42):
            pieces.append(
                cylinder(0.10, 0.05, "rubber", THING, axis="y", segments=10).moved(placed(0.0, (x, y, 0.10)))
            )
    pieces += [
        box((0.06, 0.10, 0.10), "metal_galvanised", THING, centre_m=(0.0, y, 0.95)) for y in (-0.68, 0.68)
    ]
    return Mesh.join(pieces)


def bottle_bank(look_seed: int) -> Mesh:
    """A round container for bottles, 1.6 m high, with its two holes."""
    color = ("print_forest", "print_white", "print_brown", "metal_galvanised")[look_seed % 4]
    pieces = [
        tower([(0.0, 0, 0, 0.60, 0.60), (0.15, 0, 0, 0.66, 0.66), (1.05, 0, 0, 0.66, 0.66), (1.42, 0, 0, 0.50, 0.50),
               (1.58, 0, 0, 0.25, 0.25), (1.62, 0, 0, 0.08, 0.08)], 18, color, THING),
        box((0.06, 0.30, 0.30), "print_white", THING, centre_m=(0.64, 0.0, 0.75)),
    ]  # fmt: skip
    for y in (-0.22, 0.22):
        hole = cylinder(0.085, 0.02, "rubber", THING, axis="x", segments=12)
        pieces.append(hole.moved(placed(0.0, (0.585, y, 1.2))))
    return Mesh.join(pieces)


def bicycle(look_seed: int) -> Mesh:
    """A parked bicycle that stands along y, leaning a little; 1.75 m long."""
    rng = stream(look_seed, "parked bicycle")
    color = str(rng.choice(PAINTS))
    wheel = 0.34
    pieces = []
    for y in (-0.52, 0.52):
        angle = np.linspace(0.0, 2 * np.pi, 17)
        path = np.stack([np.zeros(17), y + wheel * np.cos(angle), 0.36 + wheel * np.sin(angle)], 1)
        pieces.append(tube(path, np.full(17, 0.020), 5, "rubber", "bicycle", caps=(False, False)))
        spokes = [
            [
                (0.002, y, 0.36),
                (0.002, y + 0.01, 0.36),
                *((0.002, y + wheel * np.cos(a + d), 0.36 + wheel * np.sin(a + d)) for d in (0.02, 0.0)),
            ]
            for a in np.arange(9) * 0.698
        ]
        pieces += [quads(spokes, "metal_galvanised", "bicycle"),
                   quads([s[::-1] for s in spokes], "metal_galvanised", "bicycle")]  # fmt: skip
    front, crank, seat, head = (-0.52, 0.36), (0.05, 0.31), (0.20, 0.78), (-0.36, 0.85)
    bars = [
        ((0.52, 0.36), crank),
        (crank, seat),
        (crank, (-0.34, 0.70)),
        (seat, (-0.33, 0.78)),
        (seat, (0.52, 0.36)),
        (front, head),
    ]
    for a, b in bars:
        pieces.append(tube([(0.0, *a), (0.0, *b)], (0.016, 0.016), 5, color, "bicycle"))
    pieces += [
        tube([(0.0, *seat), (0.0, 0.23, 0.92)], (0.013, 0.013), 5, "metal_galvanised", "bicycle"),
        ellipsoid((0.07, 0.13, 0.035), "plastic", "bicycle", 8, 4).moved(placed(0.0, (0.0, 0.25, 0.95))),
        tube([(0.0, -0.36, 0.84), (0.0, -0.38, 1.02)], (0.014, 0.014), 5, "metal_galvanised", "bicycle"),
        tube(
            [(-0.28, -0.30, 1.0), (0.0, -0.40, 1.03), (0.28, -0.30, 1.0)],
            (0.012, 0.012, 0.012),
            5,
            "metal_dark",
            "bicycle",
        ),
        cylinder(0.09, 0.012, "metal_galvanised", "bicycle", axis="x", segments=10).moved(
            placed(0.0, (0.0, *crank))
        ),
    ]
    if rng.uniform() < 0.4:
        pieces.append(box((0.30, 0.34, 0.22), "wood", "bicycle", centre_m=(0.0, -0.62, 0.86)))
    lean = np.eye(4)
    angle_rad = float(rng.uniform(-0.12, 0.12))
    lean[0, 2] = np.tan(angle_rad)
    return Mesh.join(pieces).moved(lean)


def bicycle_stand() -> Mesh:
    """A hoop of steel tube along x that a bicycle leans on; 0.82 m high."""
    angle = np.linspace(0.0, np.pi, 9)
    hoop: Floats = np.stack([0.35 * np.cos(angle), np.zeros(9), 0.5 + 0.32 * np.sin(angle)], 1)
    path = np.concatenate([[(0.35, 0.0, -0.05)], hoop, [(-0.35, 0.0, -0.05)]])
    return tube(path, np.full(len(path), 0.025), 7, "metal_galvanised", THING)


def bicycle_rack(look_seed: int) -> Mesh:
    """A row of four hoops with some bicycles at them."""
    rng = stream(look_seed, "rack")
    pieces = []
    for k in range(4):
        y = (k - 1.5) * 0.9
        pieces.append(bicycle_stand().moved(placed(0.0, (-0.6, y, 0.0))))
        if rng.uniform() < 0.6:
            bike = bicycle(int(rng.integers(1 << 30)))
            pieces.append(bike.moved(placed(np.pi / 2 + np.pi * int(rng.integers(2)), (-0.6, y + 0.14, 0.0))))
    return Mesh.join(pieces)


def news_box(look_seed: int) -> Mesh:
    """A coin box for newspapers, as corners of American streets have."""
    color = NEWS_PAINTS[look_seed % len(NEWS_PAINTS)]
    title = Picture((Layer(ink("NEWS", 0.085, (0.0, 0.045), 0.34), "print_white"),))
    page = Picture(
        (
            Layer(block(0.34, 0.30, (0.0, 0.15)), "print_white"),
            Layer(ink("DAILY", 0.07, (0.0, 0.24), 0.28), "print_black"),
            Layer(block(0.14, 0.12, (-0.075, 0.10)), "print_black"),
            *(Layer(block(0.13, 0.012, (0.08, z)), "print_black") for z in (0.05, 0.08, 0.11, 0.14, 0.17)),
        )
    )
    pieces = [
        box((0.42, 0.50, 0.80), color, THING, 0.02, (0.0, 0.0, 0.70)),
        *(
            tube([(x, y, 0.0), (x, y, 0.32)], (0.022, 0.022), 6, "metal_dark", THING)
            for x in (-0.17, 0.17)
            for y in (-0.21, 0.21)
        ),
        box((0.02, 0.42, 0.38), "metal_dark", THING, centre_m=(0.205, 0.0, 0.88)),
        page.mesh(0.217, THING).moved(placed(0.0, (0.0, 0.0, 0.73))),
        box((0.04, 0.22, 0.03), "metal_galvanised", THING, centre_m=(0.225, 0.0, 0.655)),
        box((0.10, 0.12, 0.12), "metal_galvanised", THING, centre_m=(0.16, 0.12, 1.16)),
        title.mesh(0.212, THING).moved(placed(0.0, (0.0, 0.0, 0.45))),
    ]
    for quarter in (1, 2, 3):
        far = 0.252 if quarter % 2 else 0.212
        pieces.append(title.mesh(far, THING).moved(placed(quarter * np.pi / 2, (0.0, 0.0, 0.78))))
    return Mesh.join(pieces)


def speed_bump(length_m: float = 3.0) -> Mesh:
    """A rubber hump across a lane, along y, black and yellow by turns; 50 mm high."""
    profile = np.array(
        [(-0.25, 0.0), (-0.17, 0.032), (-0.06, 0.05), (0.06, 0.05), (0.17, 0.032), (0.25, 0.0)]
    )
    pieces = []
    count = max(2, round(length_m / 0.5))
    step = length_m / count
    for k in range(count):
        y0 = (k - count / 2) * step
        faces = [
            [(x1, y0, z1), (x1, y0 + step, z1), (x0, y0 + step, z0), (x0, y0, z0)]
            for (x0, z0), (x1, z1) in pairwise(profile)
        ]
        pieces.append(quads(faces, "sign_yellow" if k % 2 else "rubber", THING))
    return Mesh.join(pieces)


def bump_alone(look_seed: int) -> Mesh:
    """A hump of one lane's width."""
    return speed_bump(2.5 + 0.5 * (look_seed % 2))


PLAIN: dict[str, Callable[[], Mesh]] = {
    "bench": furniture.bench, "litter_bin": furniture.litter_bin, "bollard": furniture.bollard,
    "cabinet": furniture.cabinet, "utility_pole": furniture.utility_pole,
}  # fmt: skip


def plain(kind: str, look_seed: int) -> Mesh:
    """One of the things that are made in series and all alike."""
    return PLAIN[kind]()


def planted(look_seed: int) -> Mesh:
    """A tub with a bush in summer."""
    return furniture.planter(look_seed, "summer")


def fenced(look_seed: int) -> Mesh:
    """Four metres of a garden fence along y."""
    made = furniture.fence(4.0, furniture.fence_style(look_seed))
    return made.moved(placed(np.pi / 2, (0.0, -2.0, 0.0)))
