"""Lorries of two axles: a cab over the front axle, a ladder frame, a box or a flat bed.  Renderers floor."""

from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

import numpy as np

from renderers.assets.fittings import (
    choose_paint,
    fitted,
    lamps_of,
    mirrored_body,
    plate,
    repainted,
    seat,
    steering_wheel,
)
from renderers.assets.shell import (
    FLAT_SIDE,
    Shape,
    Skin,
    arch,
    groove,
    half_mesh,
    joint,
    loft_half,
    paint,
    rounded,
)
from renderers.assets.wheels import steel_wheel, wheel_parts
from renderers.loft import Floats, both_sides, box, cylinder, extrude, panel, sheet, translation, tube
from renderers.mesh import Asset, Mesh, Part
from scenarios.bodies import BODIES, Body
from scenarios.chance import stream

CLASS = "truck"
CAB_END_M = 2.02
DECK_M = 1.06  # top of the frame
MARKET = {
    "white": 48.0,
    "blue": 14.0,
    "red": 12.0,
    "grey": 9.0,
    "silver": 5.0,
    "green": 4.0,
    "yellow": 4.0,
    "orange": 4.0,
}
LIVERIES: tuple[tuple[float, float, float], ...] = (
    (0.62, 0.62, 0.60), (0.62, 0.62, 0.60), (0.03, 0.09, 0.30), (0.42, 0.03, 0.03), (0.05, 0.20, 0.09),
    (0.60, 0.40, 0.04), (0.10, 0.11, 0.12), (0.50, 0.17, 0.03),
)  # fmt: skip


def build_box_truck(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
) -> Asset:
    """A lorry with a closed box."""
    return _truck(model, look_seed, size_m, color, [_box_body(look_seed)])


def build_flatbed(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
) -> Asset:
    """A lorry with a flat bed, side boards, and whatever it carries today."""
    return _truck(model, look_seed, size_m, color, [_flat_bed(), *_load(look_seed)])


def build_laden_flatbed(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
) -> Asset:
    """The lorry with its side boards taken off and an empty bed, for cargo that the scenario puts on it."""
    return _truck(model, look_seed, size_m, color, [_flat_bed(boards=False)])


def _truck(
    model: str, look_seed: int, size_m: tuple[float, float, float], color: str | None, bodies: list[Mesh]
) -> Asset:
    body = BODIES[model]
    half = body.size_m[0] / 2.0
    rng = stream(look_seed, "look", model)
    paint_material, tint = choose_paint(model, look_seed, color, MARKET)
    livery = LIVERIES[int(rng.integers(len(LIVERIES)))]
    cab_top = 2.78 if model == "truck.box" else body.size_m[2]
    pieces = [_cab(half, cab_top, body), _frame(half, body)]
    pieces += [b.moved(translation(half, 0.0, 0.0)) for b in bodies]
    whole = repainted(Mesh.join(pieces), {"car_paint": paint_material})
    scale = np.array(size_m) / np.array(body.size_m)
    low_z = float(whole.vertices_m[:, 2].min() * scale[2])
    whole = fitted(whole, (-size_m[0] / 2, -size_m[1] / 2, low_z), (size_m[0] / 2, size_m[1] / 2, size_m[2]))
    radius = body.wheel_radius_m * min(float(scale[0]), float(scale[2]))
    front = (half - body.front_overhang_m) * float(scale[0])
    rear = front - body.wheelbase_m * float(scale[0])
    track = body.track_m * float(scale[1])
    steered = steel_wheel(radius, 0.28, radius * 0.60, CLASS, sunk=False)
    driven = steel_wheel(radius, 0.27, radius * 0.60, CLASS, sunk=True, twins=True)
    return Asset(
        model=model,
        size_m=size_m,
        parts=(
            Part("body", whole),
            *wheel_parts(steered, front, track, radius, "front", "steered_wheel"),
            *wheel_parts(driven, rear, track + 0.10, radius, "rear", "wheel"),
        ),
        lamps=lamps_of(whole),
        tints=(tint, livery, (0.4, 0.26, 0.18)),
    )


# --- Cab ----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _cab(half: float, top_m: float, body: Body) -> Mesh:
    """The cab: upright screen over a dark grille, a stepped bumper, doors behind the wheel arch's crown."""
    shape = Shape(
        length_m=CAB_END_M,
        half_width_m=1.11,
        top=(
            (0.14, top_m - 0.11),
            (0.40, top_m - 0.03),
            (0.90, top_m),
            (1.90, top_m),
            (CAB_END_M - 0.05, top_m - 0.01),
        ),
        belt=((0.14, 1.58), (CAB_END_M, 1.58)),
        bottom=((0.14, 0.33), (1.05, 0.33), (1.35, 0.36), (CAB_END_M - 0.05, 0.72)),
        plan=((0.14, 0.975), (0.45, 1.0), (CAB_END_M, 1.0)),
        nose_m=0.14,
        tail_m=0.05,
        nose_bow_m=0.13,
        tail_bow_m=0.0,
        nose_square=4.5,
        tail_square=8.0,
        nose_z_m=1.15,
        tail_z_m=1.60,
        nose_rake=0.11,
        nose_rake_z_m=1.25,
        rake_reach_m=0.6,
        lean=0.06,
        cabin_square=8.0,
        side=FLAT_SIDE,
        stations=(0.40, 1.35),
        spacing_m=0.17,
    )
    skin = loft_half(shape)
    roof = top_m - 0.36
    screen = ((-0.4, 1.50), (1.02, 1.50), (0.97, roof), (-0.4, roof))

    def ahead(
        outline: tuple[tuple[float, float], ...], edge: float, reach: float = 0.5
    ) -> Callable[[Skin], Floats]:
        return lambda s: np.maximum(rounded(s.y, s.z, outline, 0.05) + edge, s.station - reach)

    paint(skin, ahead(screen, -0.012), "car_trim")
    paint(skin, ahead(screen, 0.022), "glass", ("car_trim",))
    window = ((0.42, 1.52), (1.44, 1.52), (1.44, roof - 0.02), (0.60, roof - 0.02))

    def door_glass(s: Skin, edge: float) -> Floats:
        outline: Floats = np.maximum(rounded(s.station, s.z, window, 0.05) + edge, 0.8 - s.y)
        return outline

    paint(skin, lambda s: door_glass(s, -0.012), "car_trim")
    paint(skin, lambda s: door_glass(s, 0.012), "glass", ("car_trim",))
    grille = ((-0.4, 0.98), (0.84, 0.98), (0.90, 1.36), (-0.4, 1.36))
    paint(skin, ahead(grille, 0.0), "car_trim")
    for z in (1.08, 1.18, 1.28):
        bar = ((-0.4, z - 0.013), (0.80, z - 0.013), (0.80, z + 0.013), (-0.4, z + 0.013))
        paint(skin, ahead(bar, 0.0), "chrome", ("car_trim",))
    # Bumper: dark below, lamps at its ends.
    paint(skin, lambda s: np.maximum(s.z - 0.56, s.station - 1.30), "plastic")
    head = ((0.58, 0.62), (1.20, 0.64), (1.20, 0.84), (0.66, 0.86), (0.58, 0.80))
    paint(skin, ahead(head, 0.0, 0.34), "car_trim")
    paint(skin, ahead(head, 0.012, 0.34), "lamp_head", ("car_trim",))
    paint(
        skin,
        lambda s: np.maximum(ahead(head, 0.012, 0.34)(s), 0.20 - s.station),
        "lamp_indicator_left",
        ("lamp_head",),
    )
    reach = body.wheel_radius_m + 0.13
    paint(skin, arch(body.front_overhang_m, body.wheel_radius_m, reach + 0.06, 0.55), "plastic")
    paint(skin, arch(body.front_overhang_m, body.wheel_radius_m, reach, 0.55), None, None)
    paint(
        skin,
        lambda s: np.maximum(s.normal[:, 2] + 0.7, s.z - 0.9),
        "underbody",
        ("car_paint", "car_trim", "plastic"),
    )

    def flank(s: Skin) -> Floats:
        return np.asarray(np.maximum.reduce([0.7 - s.y, 0.60 - s.z, s.rise - 0.97]))

    for station in (0.36, 1.52):
        groove(skin, joint(station), flank)
    groove(skin, lambda s: s.z - 1.40, lambda s: np.maximum(s.station - 0.45, 0.4 - s.z))
    shell = mirrored_body(half_mesh(skin, CLASS, half))
    return Mesh.join(
        [
            shell,
            _cab_inside(half, top_m),
            both_sides(_cab_mirrors(half, roof)),
            _arch_liner(half, body, reach),
        ]
    )


def _cab_inside(half: float, top_m: float) -> Mesh:
    tray_z, front, back = 1.42, 0.34, CAB_END_M - 0.16
    corners = [
        (half - front, 0.98, tray_z),
        (half - back, 0.98, tray_z),
        (half - back, -0.98, tray_z),
        (half - front, -0.98, tray_z),
    ]
    pieces = [panel(corners, "interior", CLASS)]
    tall = top_m - tray_z - 0.22
    pieces.append(box((0.03, 1.9, tall), "interior", CLASS, 0.0, (half - back, 0.0, tray_z + tall / 2)))
    pieces.append(box((0.4, 1.86, 0.12), "interior", CLASS, 0.03, (half - 0.58, 0.0, tray_z + 0.06)))
    pieces.append(steering_wheel(half - 0.86, 0.55, tray_z + 0.16, CLASS))
    pieces += [seat(half - 1.45, y, tray_z - 0.1, 0.52, 0.62, CLASS) for y in (0.55, -0.55)]
    return Mesh.join(pieces)


def _cab_mirrors(half: float, roof_m: float) -> Mesh:
    """The left mirrors: a tall and a wide-angle one in one housing on two arms."""
    x, y, z = half - 0.26, 1.205, (1.55 + roof_m) / 2.0
    housing = box((0.11, 0.14, 0.62), "plastic", CLASS, 0.03, (x, y, z))
    glass = [
        panel(
            [(x - 0.057, y + u * 0.05, z + c + v * h) for u, v in ((1, -1), (-1, -1), (-1, 1), (1, 1))],
            "mirror",
            CLASS,
        )
        for c, h in ((0.09, 0.19), (-0.20, 0.08))
    ]
    arms = [
        tube([(x - 0.12, 1.05, z + dz), (x, y - 0.03, z + dz * 0.9)], 0.018, "car_trim", CLASS, 6)
        for dz in (0.30, -0.28)
    ]
    return Mesh.join([housing, *glass, *arms])


def _arch_liner(half: float, body: Body, radius: float) -> Mesh:
    angle = np.linspace(-0.2, np.pi + 0.2, 13)
    x = half - body.front_overhang_m + radius * np.cos(angle)
    z = body.wheel_radius_m + radius * np.sin(angle)
    roof = np.stack([np.stack([x, np.full(13, y), z], axis=1) for y in (0.55, 1.09)])
    return both_sides(sheet(roof, "underbody", CLASS))


# --- Frame --------------------------------------------------------------------------------------------------


def _frame(half: float, body: Body) -> Mesh:
    """Rails, axles, tank, guards, the rear bar with its lamps and the plates."""
    length = body.size_m[0]
    rear_axle = body.front_overhang_m + body.wheelbase_m
    r = body.wheel_radius_m
    left: list[Mesh] = [
        box(
            (length - 0.75, 0.09, 0.26),
            "underbody",
            CLASS,
            0.0,
            (half - 0.45 - (length - 0.75) / 2, 0.42, 0.86),
        ),
        cylinder(0.30, 1.15, "metal_galvanised", CLASS, "x", 18).moved(translation(half - 3.75, 0.80, 0.70)),
        # Guard rails between the axles.
        box((1.10, 0.03, 0.13), "metal_galvanised", CLASS, 0.0, (half - rear_axle + 1.28, 1.14, 0.84)),
        box((1.10, 0.03, 0.13), "metal_galvanised", CLASS, 0.0, (half - rear_axle + 1.28, 1.14, 0.52)),
        _mudguard(half - rear_axle, r),
        box((0.05, 0.05, 0.05), "reflector_amber", CLASS, 0.0, (half - 3.2, 1.16, 0.98)),
        box((0.05, 0.05, 0.05), "reflector_amber", CLASS, 0.0, (half - 6.0, 1.16, 0.98)),
        *_rear_lamps(half, length),
    ]
    middle = [
        cylinder(0.09, 1.7, "underbody", CLASS, "y", 10).moved(
            translation(half - body.front_overhang_m, -0.85, r)
        ),
        cylinder(0.13, 1.7, "underbody", CLASS, "y", 10).moved(translation(half - rear_axle, -0.85, r)),
        box((0.30, 0.34, 0.34), "underbody", CLASS, 0.08, (half - rear_axle, 0.0, r)),
        box((0.9, 0.7, 0.5), "underbody", CLASS, 0.05, (half - 1.5, 0.0, 0.75)),
        box((0.10, 2.36, 0.14), "metal_dark", CLASS, 0.02, (half - length + 0.12, 0.0, 0.50)),
        plate(CLASS, (half + 0.004, 0.0, 0.52), True),
        plate(CLASS, (half - length + 0.058, 0.0, 0.50), False),
    ]
    mirrored = mirrored_body(Mesh.join(left))
    return Mesh.join([mirrored, *middle])


def _mudguard(x_m: float, wheel_radius_m: float) -> Mesh:
    radius = wheel_radius_m + 0.09
    angle = np.linspace(0.30, np.pi - 0.05, 9)
    x, z = x_m + radius * np.cos(angle), wheel_radius_m + radius * np.sin(angle)
    rows = np.stack([np.stack([x, np.full(9, y), z], axis=1) for y in (1.20, 0.55)])
    under = rows[::-1] - (0.0, 0.0, 0.012)
    return Mesh.join([sheet(rows, "plastic", CLASS), sheet(under, "plastic", CLASS)])


def _rear_lamps(half: float, length: float) -> list[Mesh]:
    """The left cluster: indicator outside, then brake, tail and reversing lamp, and a triangle-less reflector."""
    x = half - length + 0.075
    pieces = [box((0.10, 0.52, 0.15), "car_trim", CLASS, 0.0, (x + 0.055, 0.86, 0.70))]
    for y, wide, material in (
        (1.06, 0.10, "lamp_indicator_left"),
        (0.95, 0.10, "lamp_brake"),
        (0.83, 0.12, "lamp_tail"),
        (0.71, 0.09, "lamp_reverse"),
    ):
        corners = [(x, y + u * wide / 2, 0.70 + v * 0.055) for u, v in ((1, -1), (-1, -1), (-1, 1), (1, 1))]
        pieces.append(panel(corners, material, CLASS))
    pieces.append(box((0.012, 0.09, 0.05), "reflector_red", CLASS, 0.0, (half - length + 0.064, 0.95, 0.50)))
    return pieces


# --- What stands on the frame (foremost point of the lorry at x = 0) ----------------------------------------


def _box_body(look_seed: int) -> Mesh:
    """A closed box: smooth walls between metal edges, a door in the back, marking tape along its outline."""
    front, back, wide, low, high = -2.16, -8.60, 1.275, DECK_M, 3.45
    rng = stream(look_seed, "look", "box")
    wall = "cargo_box" if rng.random() < 0.55 else "cargo_box_tinted"
    long, tall = front - back, high - low
    middle = ((front + back) / 2, 0.0, (low + high) / 2)
    pieces = [
        box((long - 0.04, 2 * wide - 0.04, tall - 0.02), wall, CLASS, 0.0, middle),
        box((long, 2 * wide, 0.14), "metal_galvanised", CLASS, 0.01, (middle[0], 0.0, low + 0.07)),
    ]
    for y in (-1.0, 1.0):
        pieces.append(
            box(
                (long, 0.06, 0.07),
                "metal_galvanised",
                CLASS,
                0.015,
                (middle[0], y * (wide - 0.03), high - 0.035),
            )
        )
        for x in (front - 0.035, back + 0.035):
            pieces.append(
                box((0.07, 0.07, tall), "metal_galvanised", CLASS, 0.015, (x, y * (wide - 0.035), middle[2]))
            )
    for x in (front - 0.03, back + 0.03):
        pieces.append(
            box((0.06, 2 * wide - 0.02, 0.07), "metal_galvanised", CLASS, 0.015, (x, 0.0, high - 0.035))
        )
    # Doors: a joint in the middle, two locking bars each.
    x = back + 0.012
    pieces.append(_back_panel(x, 0.0, 0.012, low + 0.16, high - 0.10, "panel_gap"))
    for y in (-0.85, -0.22, 0.22, 0.85):
        pieces.append(
            tube(
                [(back + 0.02, y, low + 0.12), (back + 0.02, y, high - 0.08)],
                0.018,
                "metal_galvanised",
                CLASS,
                6,
            )
        )
    # Contour marking (UN R104): white along the flanks' foot, red round the back.
    for y in (-1.0, 1.0):
        flank = [(front - 0.3, y * (wide + 0.001), low + 0.16), (back + 0.3, y * (wide + 0.001), low + 0.16)]
        strip = [
            *flank,
            (back + 0.3, y * (wide + 0.001), low + 0.21),
            (front - 0.3, y * (wide + 0.001), low + 0.21),
        ]
        inset = [(px, y * (wide - 0.019), pz) for px, _, pz in strip]
        pieces.append(panel(inset if y < 0 else inset[::-1], "retro_band", CLASS))
    for y in (-1.15, 1.15):
        pieces.append(_back_panel(x - 0.001, y, 0.05, low + 0.2, high - 0.12, "barrier_red"))
    if rng.random() < 0.7:
        pieces += _lettering(look_seed, front, wide - 0.0175)
    return Mesh.join(pieces)


def _back_panel(x: float, y: float, wide: float, low: float, high: float, material: str) -> Mesh:
    return panel(
        [(x, y + u * wide / 2, z) for u, z in ((1, low), (-1, low), (-1, high), (1, high))], material, CLASS
    )


def _lettering(look_seed: int, front: float, y_m: float) -> list[Mesh]:
    """A firm's name on both flanks: a band and bars that read as letters from afar."""
    rng = stream(look_seed, "look", "lettering")
    material = "car_paint_b"
    x0, z0, tall = front - 1.2, 2.35, float(rng.uniform(0.32, 0.5))
    pieces = []
    x = x0
    for _ in range(int(rng.integers(5, 9))):
        wide = tall * float(rng.uniform(0.45, 0.75))
        kind = int(rng.integers(4))
        bars = [(x - 0.5 * wide * 0.25, wide * 0.22, 0.5, 1.0)]
        if kind != 0:
            bars.append((x - wide * 0.5, wide, (0.9, 0.1, 0.5)[kind - 1], 0.2))
        if kind == 3:
            bars.append((x - wide * 0.88, wide * 0.22, 0.5, 1.0))
        for bx, bw, bz, bh in bars:
            for side in (1.0, -1.0):
                corners = [
                    (bx + u * bw / 2, side * (y_m + 0.001), z0 + (bz + v * bh / 2) * tall)
                    for u, v in ((-1, -1), (1, -1), (1, 1), (-1, 1))
                ]
                pieces.append(panel(corners if side < 0 else corners[::-1], material, CLASS))
        x -= wide * 1.35
    return pieces


def _flat_bed(boards: bool = True) -> Mesh:
    """A wooden deck with a headboard and, unless they are taken off, hinged side boards."""
    front, back, wide = -2.20, -8.60, 1.275
    long, middle = front - back, (front + back) / 2
    pieces = [
        box((long, 2 * wide - 0.06, 0.10), "cargo_wood", CLASS, 0.0, (middle, 0.0, DECK_M + 0.05)),
        box((long, 2 * wide - 0.02, 0.09), "metal_dark", CLASS, 0.0, (middle, 0.0, DECK_M - 0.02)),
        box(
            (0.06, 2 * wide - 0.02, 1.30), "cargo_box_tinted", CLASS, 0.01, (front - 0.03, 0.0, DECK_M + 0.65)
        ),
    ]
    if not boards:
        for y in (-1.0, 1.0):  # the rail that lashings are hooked to
            rail = (middle, y * (wide - 0.012), DECK_M - 0.02)
            pieces.append(box((long - 0.02, 0.022, 0.06), "metal_galvanised", CLASS, 0.004, rail))
        return Mesh.join(pieces)
    pieces.append(
        box((0.05, 2 * wide, 0.42), "cargo_box_tinted", CLASS, 0.01, (back + 0.025, 0.0, DECK_M + 0.30))
    )
    edges = np.linspace(front - 0.06, back + 0.05, 4)
    for start, end in pairwise(edges):
        for y in (-1.0, 1.0):
            centre = ((start + end) / 2, y * (wide - 0.018), DECK_M + 0.30)
            pieces.append(box((start - end - 0.05, 0.036, 0.42), "cargo_box_tinted", CLASS, 0.008, centre))
    for x in edges[1:-1]:
        for y in (-1.0, 1.0):
            pieces.append(
                box(
                    (0.06, 0.05, 0.55), "metal_galvanised", CLASS, 0.0, (x, y * (wide - 0.026), DECK_M + 0.26)
                )
            )
    return Mesh.join(pieces)


def _load(look_seed: int) -> list[Mesh]:
    """Crates, pipes, a covered heap, or nothing."""
    rng = stream(look_seed, "look", "load")
    kind = int(rng.integers(4))
    floor, front, back = DECK_M + 0.10, -2.5, -8.3
    pieces: list[Mesh] = []
    if kind == 0:
        x = front - 0.5
        while x > back + 0.6:
            for y in (-0.58, 0.58):
                tall = float(rng.uniform(0.55, 1.25))
                if rng.random() < 0.8:
                    material = "cargo_wood" if rng.random() < 0.6 else "tarpaulin"
                    pieces.append(box((1.12, 1.05, 0.10), "cargo_wood", CLASS, 0.0, (x, y, floor + 0.06)))
                    pieces.append(
                        box((1.05, 1.0, tall), material, CLASS, 0.02, (x, y, floor + 0.12 + tall / 2))
                    )
            x -= 1.28
    elif kind == 1:
        for row in range(3):
            for k in range(6 - row):
                y = (k - (5 - row) / 2) * 0.33
                pipe = cylinder(0.16, front - back - 0.4, "metal_galvanised", CLASS, "x", 14)
                pieces.append(pipe.moved(translation(back + 0.2, y, floor + 0.17 + row * 0.285)))
    elif kind == 2:
        ridge = float(rng.uniform(1.0, 1.5))
        outline = [
            (-1.12, 0.0),
            (1.12, 0.0),
            (1.10, 0.6 * ridge),
            (0.85, 0.92 * ridge),
            (0.0, ridge),
            (-0.85, 0.92 * ridge),
            (-1.10, 0.6 * ridge),
        ]
        heap = extrude(outline, front - back - 0.6, "tarpaulin", CLASS, "x", crease_deg=50.0)
        pieces.append(heap.moved(translation(back + 0.3, 0.0, floor)))
    return pieces
