"""Parts of cars and household goods that end on roads: bumpers, exhausts, buckets, fridges.  Renderers floor."""

import numpy as np

from renderers.assets.debris import CLASS, Size, whole
from renderers.loft import Floats, box, cylinder, loft, revolve, rotation, translation, tube
from renderers.mesh import Asset, Mesh
from scenarios.chance import stream

PAINTS = (
    (0.60, 0.60, 0.60),
    (0.02, 0.02, 0.022),
    (0.17, 0.175, 0.185),
    (0.40, 0.015, 0.015),
    (0.03, 0.07, 0.24),
)
PLASTICS = (
    (0.02, 0.10, 0.32),
    (0.45, 0.03, 0.02),
    (0.03, 0.03, 0.03),
    (0.62, 0.50, 0.06),
    (0.50, 0.50, 0.48),
)


def build_bumper(
    model: str, look_seed: int, size_m: Size, color: str | None = None, clothing: str | None = None
) -> Asset:
    """The skin of a front bumper, on its back: painted, its grille dark, one end torn."""
    rng = stream(look_seed, "look", model)
    t = np.linspace(-1.0, 1.0, 25)
    bend = 0.42 * np.abs(t) ** 3.2  # the ends run back along the wings
    side = 0.86 * np.sign(t) * np.abs(t) ** 0.9
    profile = np.array(
        [(0.0, 0.0), (0.05, 0.035), (0.075, 0.14), (0.06, 0.26), (0.09, 0.33), (0.03, 0.44), (-0.05, 0.47)]
    )
    rings = []
    for k, (x, y) in enumerate(zip(-bend, side, strict=True)):
        tall = 1.0 - 0.35 * abs(t[k]) ** 4
        if t[k] > 0.82:
            tall *= float(rng.uniform(0.55, 0.95))
        lean = np.array((np.cos(1.1 * t[k] ** 3), np.sin(1.1 * t[k] ** 3)))
        outer = np.column_stack(
            [x + profile[:, 0] * lean[0], y + profile[:, 0] * lean[1], profile[:, 1] * tall]
        )
        inner = np.column_stack(
            [
                x + (profile[:, 0] - 0.012) * lean[0],
                y + (profile[:, 0] - 0.012) * lean[1],
                profile[:, 1] * tall * 0.985 + 0.003,
            ]
        )
        rings.append(np.concatenate([outer, inner[::-1]]))
    pieces = [loft(np.array(rings), "bumper_skin", CLASS, True, 30.0)]
    for z, half in ((0.085, 0.27), (0.30, 0.20)):  # the grilles
        pieces.append(box((0.016, 2 * half, 0.09), "panel_gap", CLASS, 0.003, (0.066, 0.0, z)))
    for y in (-0.66, 0.66):
        pieces.append(box((0.016, 0.13, 0.08), "panel_gap", CLASS, 0.003, (-0.108, y, 0.10)))
    pieces.append(box((0.012, 0.52, 0.11), "plate", CLASS, 0.002, (0.076, 0.0, 0.205)))
    leaning = [p.moved(rotation("y", float(rng.uniform(-0.5, -0.25)))) for p in pieces]
    return whole(model, size_m, leaning, PAINTS[int(rng.integers(len(PAINTS)))])


def build_exhaust(
    model: str, look_seed: int, size_m: Size, color: str | None = None, clothing: str | None = None
) -> Asset:
    """An exhaust: a rusty pipe with bends, the silencer at its end, hangers, a bright tail pipe."""
    rng = stream(look_seed, "look", model)
    path: Floats = np.array(
        [(-0.80, 0.02, 0.06), (-0.45, 0.0, 0.05), (-0.25, 0.06, 0.09), (-0.05, 0.05, 0.11), (0.14, 0.0, 0.10)]
    )
    path[:3, 1] += rng.normal(scale=0.02, size=3)
    fine = np.stack([np.interp(np.linspace(0, 4, 17), np.arange(5), path[:, k]) for k in range(3)], 1)
    can = [
        (0.0, 0.0),
        (0.085, 0.004),
        (0.105, 0.02),
        (0.108, 0.24),
        (0.108, 0.42),
        (0.105, 0.44),
        (0.085, 0.456),
        (0.0, 0.46),
    ]
    silencer = revolve(np.array(can), "steel_rusty", CLASS, "x", 18, 40.0).moved(translation(0.12, 0.0, 0.10))
    pieces: list[Mesh] = [
        tube(fine, 0.026, "steel_rusty", CLASS, 10),
        silencer.moved(np.diag((1.0, 1.15, 0.92, 1.0))),
        tube([(0.56, 0.05, 0.09), (0.66, 0.055, 0.09), (0.76, 0.06, 0.075)], 0.028, "aluminium", CLASS, 12),
    ]
    for x in (-0.55, 0.22, 0.46):
        pieces.append(
            tube(
                [(x, 0.0, 0.08), (x + 0.01, 0.03, 0.20), (x + 0.05, 0.05, 0.22)],
                0.006,
                "metal_dark",
                CLASS,
                6,
            )
        )
    return whole(model, size_m, pieces)


def build_bucket(
    model: str, look_seed: int, size_m: Size, color: str | None = None, clothing: str | None = None
) -> Asset:
    """A mason's or household bucket on its side, its bail hanging."""
    rng = stream(look_seed, "look", model)
    wall = np.array(
        [
            (0.0, 0.0),
            (0.105, 0.0),
            (0.112, 0.008),
            (0.15, 0.28),
            (0.163, 0.285),
            (0.163, 0.30),
            (0.147, 0.30),
            (0.107, 0.012),
            (0.0, 0.010),
        ]
    )
    pieces = [revolve(wall, "bucket", CLASS, "z", 28, 40.0)]
    angle = np.linspace(0.0, np.pi, 13)
    bail = np.column_stack([0.158 * np.cos(angle), -0.10 * np.sin(angle), 0.285 + 0.10 * np.sin(angle)])
    pieces.append(tube(bail, 0.0035, "metal_galvanised", CLASS, 6))
    pieces.append(tube(bail[5:8], 0.012, "bucket", CLASS, 8))
    turn = rotation("z", float(rng.uniform(0, 6.3))) @ rotation("y", 1.45)
    return whole(model, size_m, [p.moved(turn) for p in pieces], PLASTICS[int(rng.integers(len(PLASTICS)))])


def build_trolley(
    model: str, look_seed: int, size_m: Size, color: str | None = None, clothing: str | None = None
) -> Asset:
    """A shopping trolley: a basket of wire on a frame with castors, its handle in the shop's colour."""
    rng = stream(look_seed, "look", model)
    pieces: list[Mesh] = []

    def wire(points: object, radius: float = 0.0028) -> None:
        pieces.append(tube(np.asarray(points, float), radius, "trolley_wire", CLASS, 4))

    front, back = 0.46, -0.38
    low_z, high_f, high_b = 0.50, 0.80, 0.92
    for y_low, y_high, sign in ((0.19, 0.26, 1.0), (0.19, 0.26, -1.0)):
        for share in np.linspace(0.0, 1.0, 13):  # uprights of the sides
            x = back + (front - back) * share
            top = high_b + (high_f - high_b) * share
            wire([(x * 0.96, sign * y_low, low_z), (x, sign * y_high, top)])
        for share in np.linspace(0.0, 1.0, 5):  # rails
            y = sign * (y_low + (y_high - y_low) * share)
            wire(
                [(back, y, low_z + (high_b - low_z) * share), (front, y, low_z + (high_f - low_z) * share)],
                0.004,
            )
    for share in np.linspace(-1.0, 1.0, 9):  # floor, front and rear
        wire([(back, 0.19 * share, low_z), (front, 0.19 * share, low_z), (front, 0.26 * share, high_f)])
        wire([(back, 0.19 * share, low_z), (back, 0.26 * share, high_b)])
    for share in np.linspace(0.0, 1.0, 7):
        x = back + (front - back) * share
        wire([(x, -0.19, low_z), (x, 0.19, low_z)])
    for share in (0.33, 0.66, 1.0):
        wire(
            [
                (front, -0.24, low_z + (high_f - low_z) * share),
                (front, 0.24, low_z + (high_f - low_z) * share),
            ],
            0.004,
        )
    for sign in (1.0, -1.0):
        frame = [
            (0.40, sign * 0.17, 0.15),
            (0.05, sign * 0.22, 0.17),
            (-0.36, sign * 0.27, 0.20),
            (-0.40, sign * 0.25, 0.52),
            (-0.44, sign * 0.26, 0.99),
        ]
        pieces.append(tube(frame, 0.011, "trolley_wire", CLASS, 8))
        for x, y in ((0.38, 0.17), (-0.34, 0.26)):
            wheel = cylinder(0.06, 0.026, "rubber", CLASS, "y", 14).moved(
                translation(x, sign * y - 0.013, 0.06)
            )
            fork = box((0.02, 0.036, 0.12), "metal_dark", CLASS, 0.002, (x + 0.01, sign * y, 0.11))
            pieces += [wheel, fork]
    pieces.append(tube([(-0.445, -0.28, 0.99), (-0.445, 0.28, 0.99)], 0.016, "bucket", CLASS, 10))
    pieces.append(box((0.07, 0.10, 0.05), "bucket", CLASS, 0.006, (-0.44, 0.08, 0.99)))
    return whole(model, size_m, pieces, PLASTICS[int(rng.integers(len(PLASTICS)))])


OPEN_RAD = 0.96  # of the lower door
MAGNETS = ("print_red", "print_yellow", "print_blue", "print_green", "print_cream")


def build_fridge(
    model: str, look_seed: int, size_m: Size, color: str | None = None, clothing: str | None = None
) -> Asset:
    """A fridge that somebody left standing: freezer above, the lower door ajar before its shelves, coils at its back."""
    rng = stream(look_seed, "look", model)
    body = "fridge" if rng.random() < 0.7 else "aluminium"
    half, back, front = 0.30, -0.565, 0.0  # the cabinet; doors are 6 cm before its front
    floor, top = 0.16, 1.80
    split = float(rng.uniform(1.22, 1.34))
    deep, middle = front - back, 0.5 * (front + back)
    pieces = [
        box((0.03, 2 * half, top - 0.06), "fridge", CLASS, 0.004, (back + 0.015, 0.0, 0.5 * top + 0.03)),
        box((deep, 2 * half, 0.05), body, CLASS, 0.010, (middle, 0.0, top - 0.025)),
        box((deep, 2 * half - 0.06, 0.05), "fridge", CLASS, 0.004, (middle, 0.0, floor + 0.025)),
        box((deep - 0.02, 2 * half - 0.06, 0.06), "fridge", CLASS, 0.004, (middle - 0.01, 0.0, split)),
    ]
    for y in (half - 0.02, 0.02 - half):
        pieces.append(box((deep, 0.04, top - 0.06), body, CLASS, 0.008, (middle, y, 0.5 * top + 0.005)))
    pieces.append(box((0.02, 2 * half - 0.08, 0.12), "panel_gap", CLASS, 0.0, (front - 0.03, 0.0, 0.095)))
    for x, y in ((front - 0.06, 0.24), (front - 0.06, -0.24), (back + 0.06, 0.24), (back + 0.06, -0.24)):
        pieces.append(cylinder(0.022, 0.04, "metal_dark", CLASS, "z", 10).moved(translation(x, y, 0.0)))
    pieces += [
        piece.moved(translation(front, -half, split + 0.004))
        for piece in _fridge_door(body, top - split - 0.004)
    ]
    for _ in range(int(rng.integers(2, 6))):  # what families pin to the upper door
        y, z, size = (
            float(rng.uniform(-0.2, 0.16)),
            float(rng.uniform(split + 0.1, top - 0.1)),
            rng.uniform(0.03, 0.09, 2),
        )
        note = box((0.004, float(size[0]), float(size[1])), MAGNETS[int(rng.integers(5))], CLASS, 0.0)
        pieces.append(note.moved(translation(front + 0.064, y, z)))
    # The lower door has swung open about its right edge: racks with bottles on its inside.
    low = floor - 0.06
    ajar = translation(front, -half, low)
    c, s = float(np.cos(OPEN_RAD)), float(np.sin(OPEN_RAD))
    ajar[:2, :2] = ((c, s), (-s, c))
    racks = _fridge_door(body, split - low - 0.006)
    for z in (0.10, 0.42, 0.78):
        racks.append(box((0.085, 0.50, 0.07), "aluminium", CLASS, 0.004, (-0.045, 0.30, z)))
        for y in rng.uniform(0.12, 0.48, int(rng.integers(1, 4))):
            bottle = cylinder(
                0.033, 0.24, str(rng.choice(("print_forest", "print_red", "print_cream"))), CLASS, "z", 10
            )
            racks.append(bottle.moved(translation(-0.05, float(y), z)))
    pieces += [piece.moved(ajar) for piece in racks]
    pieces += _fridge_inside(rng, back, front, floor + 0.05, split - 0.03)
    pieces += _fridge_back(back)
    return whole(model, size_m, [piece.moved(translation(0.012, 0.0, 0.0)) for piece in pieces])


def _fridge_door(body: str, high: float) -> list[Mesh]:
    """A shut door, its hinge along the origin: seal, panel, and a long handle at its free edge."""
    return [
        box((0.012, 0.58, high - 0.01), "panel_gap", CLASS, 0.0, (0.006, 0.30, high / 2)),
        box((0.050, 0.60, high), body, CLASS, 0.012, (0.037, 0.30, high / 2)),
        box((0.012, 0.020, 0.34), "metal_dark", CLASS, 0.004, (0.092, 0.55, high / 2)),
        box((0.034, 0.020, 0.02), "metal_dark", CLASS, 0.0, (0.075, 0.55, high / 2 + 0.15)),
        box((0.034, 0.020, 0.02), "metal_dark", CLASS, 0.0, (0.075, 0.55, high / 2 - 0.15)),
    ]


def _fridge_inside(
    rng: np.random.Generator, back: float, front: float, low: float, high: float
) -> list[Mesh]:
    """Shelves with what nobody took out, and a drawer at the bottom."""
    goods = ("print_red", "print_blue", "print_yellow", "print_green", "print_orange", "print_cream")
    pieces = [box((0.44, 0.50, 0.19), "plastic_light", CLASS, 0.006, (front - 0.26, 0.0, low + 0.10))]
    for z in np.linspace(low + 0.26, high - 0.24, 3):
        pieces.append(
            box((0.46, 0.52, 0.012), "aluminium", CLASS, 0.0, (0.5 * (back + front) - 0.03, 0.0, float(z)))
        )
        for y in np.linspace(-0.19, 0.19, 4):
            if rng.random() < 0.7:
                wide, tall = float(rng.uniform(0.06, 0.11)), float(rng.uniform(0.07, 0.19))
                what, x = str(rng.choice(goods)), float(rng.uniform(front - 0.22, front - 0.12))
                piece = (
                    cylinder(wide / 2, tall, what, CLASS, "z", 10)
                    if rng.random() < 0.5
                    else box((wide, wide, tall), what, CLASS, 0.004, (0.0, 0.0, tall / 2))
                )
                pieces.append(piece.moved(translation(x, float(y), float(z) + 0.006)))
    return pieces


def _fridge_back(back: float) -> list[Mesh]:
    """The black coil of the condenser before the rear sheet, and the compressor in its bay below."""
    pieces = [
        box((0.010, 0.54, 0.17), "panel_gap", CLASS, 0.0, (back - 0.004, 0.0, 0.155)),
        cylinder(0.085, 0.17, "metal_dark", CLASS, "z", 14).moved(translation(back + 0.075, 0.06, 0.07)),
    ]
    coil = []
    for k, z in enumerate(np.linspace(0.34, 1.56, 13)):
        side = 0.23 if k % 2 else -0.23
        coil += [(back - 0.026, -side, float(z)), (back - 0.026, side, float(z))]
    pieces.append(tube(coil, 0.0085, "metal_dark", CLASS, 6))
    for y in np.linspace(-0.2, 0.2, 9):
        pieces.append(box((0.006, 0.006, 1.26), "metal_dark", CLASS, 0.0, (back - 0.016, float(y), 0.95)))
    return pieces
