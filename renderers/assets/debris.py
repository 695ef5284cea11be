"""Loads that trucks lose: cardboard boxes, pallets, tyres, mattresses, ladders.  Renderers floor."""

import numpy as np

from renderers.assets.fittings import fitted
from renderers.loft import Floats, box, loft, panel, revolve, sheet, superellipse, surface, translation, tube
from renderers.mesh import Asset, Mesh, Part
from scenarios.chance import stream

CLASS = "debris"
Size = tuple[float, float, float]


def whole(
    model: str, size_m: Size, pieces: list[Mesh], tint: tuple[float, float, float] | None = None
) -> Asset:
    """One rigid mesh that fills its box."""
    length, width, height = size_m
    mesh = fitted(Mesh.join(pieces), (-length / 2, -width / 2, 0.0), (length / 2, width / 2, height))
    made = Asset(model, size_m, (Part("body", mesh),))
    return made if tint is None else Asset(model, size_m, made.parts, tints=(tint, *made.tints[1:]))


def build_box(
    model: str, look_seed: int, size_m: Size, color: str | None = None, clothing: str | None = None
) -> Asset:
    """A removal box: brown board a little out of shape, tape over its seam, hand holes, a label, sometimes open."""
    rng = stream(look_seed, "look", model)
    long, wide, tall = 0.60, 0.40, 0.40
    is_open = rng.random() < 0.3
    high = 0.30 if is_open else tall
    # Walls bulge where the load presses: a grid over each wall, pushed out in its middle.
    pieces = [_wall(rng, long, wide, high, side) for side in range(4)]
    pieces.append(
        panel([(-long / 2, wide / 2, 0), (long / 2, wide / 2, 0), (long / 2, -wide / 2, 0), (-long / 2, -wide / 2, 0)],
              "cardboard", CLASS)
    )  # fmt: skip
    if is_open:
        pieces += _flaps(rng, long, wide, high, tall)
    else:
        for y in (-1.0, 1.0):  # two flaps that meet in the middle, the seam a shadowed joint
            pieces.append(
                box((long, wide / 2 - 0.004, 0.006), "cardboard", CLASS, 0.0, (0, y * wide / 4, high - 0.003))
            )
        pieces.append(box((long - 0.004, 0.010, 0.003), "panel_gap", CLASS, 0.0, (0, 0, high - 0.006)))
        pieces.append(box((long + 0.006, 0.055, 0.003), "packing_tape", CLASS, 0.0, (0, 0, high)))
        for x in (-1.0, 1.0):
            pieces.append(
                box(
                    (0.003, 0.050, 0.09),
                    "packing_tape",
                    CLASS,
                    0.0,
                    (x * (long / 2 + 0.012), 0, high - 0.045),
                )
            )
    for x in (-1.0, 1.0):  # hand holes
        pieces.append(
            box((0.004, 0.10, 0.032), "panel_gap", CLASS, 0.0, (x * (long / 2 + 0.010), 0, high - 0.115))
        )
    side = 1.0 if rng.random() < 0.5 else -1.0
    at = (-0.12 if rng.random() < 0.5 else 0.10, side * (wide / 2 + 0.013), 0.15)
    pieces.append(box((0.15, 0.003, 0.10), "plate", CLASS, 0.0, at))
    for k in range(4):
        line = (at[0], side * (wide / 2 + 0.015), 0.18 - 0.02 * k)
        pieces.append(box((0.12 - 0.02 * (k % 3), 0.002, 0.008), "plate_ink", CLASS, 0.0, line))
    for k in range(2):  # this side up
        x = -at[0] + 0.05 * k
        shaft = (x, -side * (wide / 2 + 0.013), 0.11)
        pieces.append(box((0.010, 0.003, 0.07), "plate_ink", CLASS, 0.0, shaft))
        pieces.append(box((0.036, 0.003, 0.014), "plate_ink", CLASS, 0.0, (x, shaft[1], 0.145)))
    return whole(model, size_m, pieces)


def _wall(rng: np.random.Generator, long: float, wide: float, high: float, side: int) -> Mesh:
    """One of four walls over a grid, bulging by up to a centimetre."""
    u, v = np.meshgrid(np.linspace(-0.5, 0.5, 7), np.linspace(0.0, 1.0, 6))
    out = 0.011 * rng.uniform(0.4, 1.0) * np.cos(np.pi * u) * np.sin(np.pi * v)
    out = out + 0.002 * rng.normal(size=u.shape) * (np.abs(u) < 0.45) * (v > 0.05) * (v < 0.95)
    span, far = (long, wide / 2) if side % 2 else (wide, long / 2)
    sign = 1.0 if side < 2 else -1.0
    if side % 2:  # looks along y
        grid = np.stack([-sign * u * span, sign * (far + out), v * high], -1)
    else:
        grid = np.stack([sign * (far + out), sign * u * span, v * high], -1)
    return sheet(grid, "cardboard", CLASS)


def _flaps(rng: np.random.Generator, long: float, wide: float, high: float, tall: float) -> list[Mesh]:
    """Four flaps that stand open, and the dark inside."""
    pieces = [box((long - 0.012, wide - 0.012, 0.004), "panel_gap", CLASS, 0.0, (0, 0, high * 0.7))]
    for sign in (-1.0, 1.0):
        for along_x in (True, False):
            lean = float(rng.uniform(-0.02, 0.09))
            rise = (tall - high) * (1.0 if along_x else float(rng.uniform(0.5, 1.0)))
            half, far = (long / 2, wide / 2) if along_x else (wide / 2, long / 2)
            foot = [(-half, far, high), (half, far, high)]
            tip = [
                (half - 0.01, far + lean * 0.1, high + rise),
                (-half + 0.01, far + lean * 0.1, high + rise),
            ]
            corners = (
                np.array([*foot, *tip]) if along_x else np.array([(y, -x, z) for x, y, z in (*foot, *tip)])
            )
            if sign < 0:
                corners = corners * (-1.0, -1.0, 1.0)
            normal = np.cross(corners[1] - corners[0], corners[2] - corners[1])
            normal *= 0.004 / np.linalg.norm(normal)
            points = np.concatenate([corners, corners - normal])
            ring = [(k, 4 + k, 4 + (k + 1) % 4) for k in range(4)] + [
                (k, 4 + (k + 1) % 4, (k + 1) % 4) for k in range(4)
            ]
            faces = [(0, 1, 2), (0, 2, 3), (4, 6, 5), (4, 7, 6), *ring]
            pieces.append(surface(points, faces, "cardboard", CLASS))
    return pieces


def build_pallet(
    model: str, look_seed: int, size_m: Size, color: str | None = None, clothing: str | None = None
) -> Asset:
    """A European pallet (EN 13698-1): five boards on three stringers, nine blocks, three skids."""
    rng = stream(look_seed, "look", model)
    fresh = rng.random() < 0.4

    def wood() -> str:
        return str(
            rng.choice(("pallet_wood", "cargo_wood") if fresh else ("pallet_wood", "pallet_wood_grey"))
        )

    pieces: list[Mesh] = []
    for y, wide in ((-0.3275, 0.145), (-0.17, 0.10), (0.0, 0.145), (0.17, 0.10), (0.3275, 0.145)):
        pieces.append(box((1.2, wide, 0.022), wood(), CLASS, 0.002, (0, y, 0.133)))
    for x in (-0.5275, 0.0, 0.5275):
        pieces.append(box((0.145, 0.8, 0.022), wood(), CLASS, 0.002, (x, 0, 0.111)))
    for y, wide in ((-0.35, 0.10), (0.0, 0.145), (0.35, 0.10)):
        pieces.append(box((1.2, wide, 0.022), wood(), CLASS, 0.002, (0, y, 0.011)))
        for x in (-0.5275, 0.0, 0.5275):
            pieces.append(box((0.145, wide, 0.078), wood(), CLASS, 0.002, (x, y, 0.061)))
    return whole(model, size_m, pieces)


def build_truck_tyre(
    model: str, look_seed: int, size_m: Size, color: str | None = None, clothing: str | None = None
) -> Asset:
    """A lorry's tyre without its rim, lying flat: ribbed tread, bulging walls, the hollow inside."""
    outer, bead, half = 0.52, 0.286, 0.149
    rows: list[tuple[float, float]] = [
        (bead, -0.10),
        (bead + 0.02, -0.12),
        (0.42, -half),
        (0.485, -0.135),
        (0.505, -0.115),
    ]
    for y in (-0.075, -0.025, 0.025, 0.075):  # four grooves round the tread
        rows += [
            (outer, y - 0.020),
            (outer, y - 0.006),
            (outer - 0.014, y - 0.005),
            (outer - 0.014, y + 0.005),
            (outer, y + 0.006),
        ]
    rows += [(0.505, 0.115), (0.485, 0.135), (0.42, half), (bead + 0.02, 0.12), (bead, 0.10)]
    rows += [
        (bead + 0.03, 0.095),
        (0.46, 0.11),
        (0.49, 0.0),
        (0.46, -0.11),
        (bead + 0.03, -0.095),
        (bead, -0.10),
    ]
    pieces = [revolve(rows, "rubber_worn", CLASS, "z", 40, 32.0)]
    for k in range(40):  # shoulder lugs
        turn = 2 * np.pi * k / 40
        for z in (-0.104, 0.104):
            lug = box((0.020, 0.045, 0.034), "rubber", CLASS, 0.0, (0.508, 0.0, z))
            pieces.append(lug.moved(_about_z(turn)))
    return whole(model, size_m, pieces)


def _about_z(angle_rad: float) -> Floats:
    matrix = np.eye(4)
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    matrix[:2, :2] = ((c, -s), (s, c))
    return matrix


def build_tread(
    model: str, look_seed: int, size_m: Size, color: str | None = None, clothing: str | None = None
) -> Asset:
    """The tread that a lorry's tyre has shed: a curled strip of rubber, ribs outside, torn edges, bare wires."""
    rng = stream(look_seed, "look", model)
    rows, columns = 33, 9
    t = np.linspace(0.0, 1.0, rows)
    angle = (
        np.cumsum(np.interp(t, (0, 0.35, 0.7, 1), rng.uniform(0.02, 0.11, 4))) - 0.55
    )  # it keeps some of its curve
    step = 1.75 / rows
    x, z = np.cumsum(np.cos(angle)) * step, np.cumsum(np.sin(angle)) * step
    twist = np.interp(t, (0, 0.5, 1), rng.uniform(-0.35, 0.35, 3))
    half = 0.12 + 0.018 * rng.normal(size=(rows, 1)) * np.linspace(-1, 1, columns)[None] ** 2
    across = np.linspace(-1, 1, columns)[None] * half
    normal = np.stack([-np.sin(angle), np.zeros(rows), np.cos(angle)], 1)
    side = np.cos(twist)[:, None] * (0.0, 1.0, 0.0) + np.sin(twist)[:, None] * normal
    up = np.cos(twist)[:, None] * normal - np.sin(twist)[:, None] * (0.0, 1.0, 0.0)
    middle = np.stack([x, 0.02 * np.sin(4 * t), z], 1)
    rib = 0.008 * (np.arange(columns) % 2)
    top = middle[:, None] + across[..., None] * side[:, None] + (0.020 + rib)[None, :, None] * up[:, None]
    low = middle[:, None] + across[..., None] * side[:, None]
    ring = np.concatenate([top, low[:, ::-1]], axis=1)
    pieces = [loft(ring, "rubber_worn", CLASS)]
    for k in range(14):  # steel cords that stick out of the ends
        end = 0 if k % 2 else rows - 1
        start = low[end, int(rng.integers(columns))] + 0.006 * up[end]
        way = (-1.0 if end == 0 else 1.0) * np.array((np.cos(angle[end]), 0, np.sin(angle[end])))
        tip = start + way * rng.uniform(0.04, 0.10) + rng.normal(scale=0.012, size=3)
        pieces.append(
            tube(
                [start, (start + tip) / 2 + rng.normal(scale=0.006, size=3), tip],
                0.0015,
                "metal_galvanised",
                CLASS,
                4,
            )
        )
    return whole(model, size_m, pieces)


def build_mattress(
    model: str, look_seed: int, size_m: Size, color: str | None = None, clothing: str | None = None
) -> Asset:
    """A mattress: quilted faces with tufts, a border with piping and two handles."""
    rng = stream(look_seed, "look", model)
    long, wide, thick = 2.0, 1.4, 0.20
    u, v = np.meshgrid(np.linspace(-1, 1, 41), np.linspace(-1, 1, 29))
    edge = np.clip((1 - np.maximum(np.abs(u) ** 6, np.abs(v) ** 6)) * 6, 0, 1)
    tufts = np.cos(np.pi * u * 5) ** 2 * np.cos(np.pi * v * 3.5) ** 2
    sag = 0.006 * np.sin(2 * u + rng.uniform(0, 6)) * np.cos(1.5 * v + rng.uniform(0, 6))
    puff = 0.022 * edge * (0.35 + 0.65 * np.sqrt(tufts)) + sag * edge
    grid = np.stack([u * (long / 2 - 0.012), v * (wide / 2 - 0.012), thick / 2 - 0.020 + puff], -1)
    top = sheet(grid, "mattress", CLASS, 60.0)
    under = sheet((grid * (1, 1, -1))[:, ::-1], "mattress", CLASS, 60.0)
    outline = superellipse(long / 2, wide / 2, 14.0, 64)
    band = [
        np.column_stack([outline * s, np.full(len(outline), z)])
        for z, s in ((-0.082, 1.0), (0.0, 1.006), (0.082, 1.0))
    ]
    pieces = [top, under, loft(band, "mattress_border", CLASS, caps=False)]
    pieces = [m.moved(translation(0, 0, thick / 2)) for m in pieces]
    closed = np.concatenate([outline, outline[:1]])
    for z in (0.018, thick - 0.018):  # piping
        pieces.append(
            tube(
                np.column_stack([closed * 1.001, np.full(len(closed), z)]), 0.011, "mattress_border", CLASS, 6
            )
        )
    for x in (-0.5, 0.5):
        for y in (-1.0, 1.0):
            pieces.append(
                box(
                    (0.22, 0.008, 0.03),
                    "mattress_piping",
                    CLASS,
                    0.003,
                    (x, y * (wide / 2 + 0.003), thick / 2),
                )
            )
    return whole(model, size_m, pieces)


def build_ladder(
    model: str, look_seed: int, size_m: Size, color: str | None = None, clothing: str | None = None
) -> Asset:
    """An aluminium ladder of ten rungs, lying flat, with rubber feet."""
    long, wide, thick = 3.0, 0.42, 0.07
    pieces: list[Mesh] = []
    for y in (-1.0, 1.0):
        pieces.append(
            box(
                (long - 0.08, 0.025, thick),
                "aluminium",
                CLASS,
                0.004,
                (0, y * (wide / 2 - 0.0125), thick / 2),
            )
        )
        for x in (-1.0, 1.0):
            pieces.append(
                box(
                    (0.05, 0.032, thick + 0.004),
                    "rubber",
                    CLASS,
                    0.004,
                    (x * (long / 2 - 0.025), y * (wide / 2 - 0.014), thick / 2),
                )
            )
    for x in np.linspace(-1.35, 1.35, 10):
        pieces.append(
            tube(
                [(x, -wide / 2 + 0.02, thick / 2), (x, wide / 2 - 0.02, thick / 2)],
                0.016,
                "aluminium",
                CLASS,
                8,
            )
        )
    return whole(model, size_m, pieces)
