"""Homes on wheels: the caravan that a car draws, the motorhome with a bed over its cab.  Renderers floor.

Stations are metres behind the foremost point; heights are above the road.
"""

from collections.abc import Sequence

import numpy as np

from renderers.assets.fittings import Rgb, choose_paint, mirrored_body, plate, repainted
from renderers.assets.lorry_frame import Axle, finished
from renderers.assets.lorry_marks import cluster, markers, words
from renderers.assets.van_cab import AXLE_M, van_cab
from renderers.assets.wheels import alloy_wheel
from renderers.loft import both_sides, box, cylinder, loft, panel, sheet, translation, tube, two_faced
from renderers.mesh import Asset, Mesh
from scenarios.bodies import BODIES
from scenarios.chance import stream

SEMANTIC = "caravan"
MARKET = {"white": 72.0, "silver": 14.0, "grey": 10.0, "yellow": 2.0, "green": 2.0}
STRIPES: tuple[Rgb, ...] = (
    (0.10, 0.11, 0.13), (0.03, 0.10, 0.30), (0.40, 0.05, 0.03), (0.22, 0.13, 0.07), (0.05, 0.22, 0.26),
    (0.30, 0.31, 0.32),
)  # fmt: skip
NAMES = ("SOLARIS", "TRAMONTO", "NOMADE", "LUNA", "VENTURA", "KOLIBRI")
Outline = Sequence[tuple[float, float]]


def build_caravan(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
) -> Asset:
    """A touring caravan."""
    return _built(model, look_seed, size_m, color, _caravan(look_seed))


def build_motorhome(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
) -> Asset:
    """A motorhome on a van's cab."""
    return _built(model, look_seed, size_m, color, [van_cab(1.30), *_motorhome(look_seed)])


def _built(
    model: str, look_seed: int, size_m: tuple[float, float, float], color: str | None, pieces: list[Mesh]
) -> Asset:
    body = BODIES[model]
    paint_material, tint = choose_paint(model, look_seed, color, MARKET)
    stripe = STRIPES[int(stream(look_seed, "look", model).integers(len(STRIPES)))]
    scale = min(size_m[0] / body.size_m[0], size_m[2] / body.size_m[2])
    wheel = alloy_wheel(body.wheel_radius_m * scale, 0.21, body.wheel_radius_m * scale * 0.64, 6, SEMANTIC)
    kinds = ("single",) if len(body.axles_m) == 1 else ("steered", "single")
    axles = [
        Axle(s, kind, body.wheel_radius_m, body.track_m) for s, kind in zip(body.axles_m, kinds, strict=True)
    ]
    whole = [repainted(piece, {"car_paint": paint_material}) for piece in pieces]
    return finished(
        model, size_m, whole, axles, (tint, stripe, (0.4, 0.26, 0.18)), SEMANTIC, [wheel] * len(axles)
    )


def shell_of(outline: Outline, half_m: float, round_m: float, material: str = "car_paint") -> Mesh:
    """A body whose side view is a convex outline of (station, z), with its edges cut off at the flanks."""
    points = np.array(outline)
    middle = points.mean(axis=0)
    inset = (
        points + (middle - points) / np.linalg.norm(middle - points, axis=1, keepdims=True) * round_m * 1.2
    )
    rings = [
        [(-s, y, z) for s, z in line]
        for y, line in (
            (half_m, inset),
            (half_m - round_m, points),
            (-half_m + round_m, points),
            (-half_m, inset),
        )
    ]
    return loft(rings, material, SEMANTIC, crease_deg=32.0)


def window(station_m: float, z_m: float, long_m: float, tall_m: float, y_m: float) -> Mesh:
    """A left acrylic window, proud of the wall in its frame."""
    frame = box(
        (long_m + 0.07, 0.016, tall_m + 0.07), "car_trim", SEMANTIC, 0.0, (-station_m, y_m + 0.004, z_m)
    )
    pane = box((long_m, 0.030, tall_m), "glass_dark", SEMANTIC, 0.012, (-station_m, y_m + 0.010, z_m))
    return Mesh.join([frame, pane])


def _door(station_m: float, low_m: float, y_m: float, tall_m: float = 1.75) -> Mesh:
    """The door to the living room, on the kerb's side: joint, pane, handle, step."""
    z = low_m + tall_m / 2
    lines = []
    for a, b, c, d in (
        (-0.31, -0.295, 0.0, tall_m),
        (0.295, 0.31, 0.0, tall_m),
        (-0.31, 0.31, 0.0, 0.014),
        (-0.31, 0.31, tall_m - 0.014, tall_m),
    ):
        corners = [
            (-station_m + a, -y_m, low_m + c),
            (-station_m + b, -y_m, low_m + c),
            (-station_m + b, -y_m, low_m + d),
            (-station_m + a, -y_m, low_m + d),
        ]
        lines.append(panel(corners, "panel_gap", SEMANTIC))
    pane = box((0.34, 0.02, 0.50), "glass_dark", SEMANTIC, 0.0, (-station_m, -y_m, z + 0.40))
    handle = box((0.06, 0.03, 0.14), "car_trim", SEMANTIC, 0.0, (-station_m + 0.23, -y_m - 0.01, z))
    step = box((0.50, 0.22, 0.03), "metal_dark", SEMANTIC, 0.0, (-station_m, -y_m + 0.13, low_m - 0.16))
    return Mesh.join([*lines, pane, handle, step])


def _stripes(first_m: float, last_m: float, z_m: float, y_m: float, pattern: int) -> Mesh:
    """Graphics on the left wall."""
    bands = {
        0: ((first_m, last_m, z_m, z_m + 0.16), (first_m, last_m, z_m + 0.20, z_m + 0.24)),
        1: ((first_m, first_m + 1.6, z_m - 0.10, z_m + 0.26), (last_m - 1.2, last_m, z_m - 0.10, z_m + 0.26)),
        2: ((first_m, last_m, z_m - 0.25, z_m - 0.02),),
    }[pattern]
    pieces = []
    for a, b, low, high in bands:
        corners = [(-a, y_m, low), (-b, y_m, low), (-b + 0.25, y_m, high), (-a - 0.25, y_m, high)]
        pieces.append(panel(corners, "car_paint_b", SEMANTIC))
    return Mesh.join(pieces)


def _wheel_box(station_m: float, radius_m: float, half_m: float) -> Mesh:
    """A left opening for a wheel: a dark half disc on the wall with a moulding round it, and its roof."""
    angle = np.linspace(0.0, np.pi, 14)
    reach = radius_m + 0.06
    rim = [
        (-station_m + reach * np.cos(a), half_m + 0.004, radius_m * 0.9 + reach * np.sin(a)) for a in angle
    ]
    moulding = tube(rim, 0.022, "plastic", SEMANTIC, 5)
    face = panel([(x, y - 0.002, z) for x, y, z in rim][::-1], "underbody", SEMANTIC)
    roof = np.stack(
        [
            np.stack(
                [-station_m + reach * np.cos(angle), np.full(14, y), radius_m * 0.9 + reach * np.sin(angle)],
                axis=1,
            )
            for y in (half_m - 0.25, half_m)
        ]
    )
    return Mesh.join([moulding, face, two_faced(sheet(roof, "underbody", SEMANTIC))])


def _caravan(seed: int) -> list[Mesh]:
    rng = stream(seed, "look", "caravan")
    first, last, half, axle = 1.32, 7.02, 1.11, 4.35
    front = [
        (first, 0.72),
        (first - 0.12, 1.10),
        (first - 0.10, 1.45),
        (first + 0.14, 2.02),
        (first + 0.40, 2.40),
        (first + 0.75, 2.54),
        (first + 1.4, 2.575),
    ]
    if rng.random() < 0.4:  # the older, rounder nose
        front = [
            (first + 0.02, 0.72),
            (first - 0.08, 1.00),
            (first, 1.50),
            (first + 0.22, 1.95),
            (first + 0.52, 2.28),
            (first + 0.95, 2.50),
            (first + 1.6, 2.575),
        ]
    rear = [
        (last - 1.0, 2.575),
        (last - 0.42, 2.54),
        (last - 0.12, 2.40),
        (last - 0.02, 2.05),
        (last, 1.2),
        (last - 0.04, 0.72),
        (last - 0.16, 0.58),
    ]
    outline = [(first + 0.16, 0.55), *front, *rear]
    shown = half + 0.001
    pattern, z = int(rng.integers(3)), 1.02
    left = [
        window(first + 1.55, 1.72, 0.95, 0.58, half),
        window(first + 3.45, 1.72, 1.15, 0.58, half),
        window(last - 0.72, 1.76, 0.62, 0.50, half),
        _stripes(first + 0.45, last - 0.3, z, shown, pattern),
        _wheel_box(axle, 0.33, half),
        cluster(last + 0.03, 0.84, 0.84, 0.40, 0.15),
        markers((first + 0.6, 4.0, last - 0.4), 0.66, half + 0.02),
        box((0.03, 0.12, 0.05), "lamp_marker_white", SEMANTIC, 0.0, (-first + 0.10, half - 0.14, 0.86)),
        box((0.02, 0.09, 0.09), "reflector_red", SEMANTIC, 0.0, (-last - 0.02, 0.48, 0.66)),
        tube(
            [(-0.10, 0.02, 0.42), (-1.55, 0.62, 0.46), (-2.4, 0.66, 0.46)],
            0.035,
            "metal_galvanised",
            SEMANTIC,
            6,
        ),
        tube([(-last + 0.45, 0.86, 0.52), (-last + 1.0, 0.86, 0.36)], 0.02, "metal_galvanised", SEMANTIC, 5),
        box((last - first - 0.3, 0.9, 0.05), "underbody", SEMANTIC, 0.0, (-(first + last) / 2, 0.45, 0.535)),
    ]
    pieces = [
        shell_of(outline, half, 0.05),
        mirrored_body(Mesh.join(left)),
        _door(first + 2.55, 0.62, half + 0.002),
        box((0.03, 1.34, 0.52), "glass_dark", SEMANTIC, 0.012, (-last - 0.002, 0.0, 1.70)),
        box((0.02, 1.42, 0.60), "car_trim", SEMANTIC, 0.0, (-last + 0.004, 0.0, 1.70)),
        _front_window(front),
        box((0.72, 1.22, 0.44), "car_paint", SEMANTIC, 0.10, (-first + 0.18, 0.0, 0.76)),
        cylinder(0.055, 0.11, "metal_dark", SEMANTIC, "z", 10).moved(translation(-0.06, 0.0, 0.38)),
        box((0.42, 0.09, 0.08), "metal_dark", SEMANTIC, 0.02, (-0.25, 0.0, 0.44)),
        tube([(-0.62, 0.0, 0.18), (-0.62, 0.0, 0.80)], 0.028, "metal_galvanised", SEMANTIC, 6),
        cylinder(0.10, 0.06, "rubber", SEMANTIC, "y", 12).moved(translation(-0.62, -0.03, 0.18)),
        cylinder(0.05, 1.7, "underbody", SEMANTIC, "y", 8).moved(translation(-axle, -0.85, 0.33)),
        plate(SEMANTIC, (-last - 0.012, 0.0, 0.90), False),
        box((0.52, 0.52, 0.05), "car_trim", SEMANTIC, 0.02, (-(first + 2.6), 0.1, 2.585)),
        box((0.36, 0.36, 0.045), "cargo_box", SEMANTIC, 0.02, (-(first + 4.4), -0.2, 2.585)),
        tube(
            [(-first - 1.2, -half + 0.06, 2.50), (-last + 0.9, -half + 0.06, 2.50)],
            0.045,
            "cargo_box",
            SEMANTIC,
            8,
        ),
    ]
    name = NAMES[int(rng.integers(len(NAMES)))]
    for side in ("left", "right"):
        pieces.append(words(name, 0.15, (last - 1.15, 1.36), half + 0.003, side, "car_paint_b", 0.2))
    return pieces


def _front_window(front: Outline) -> Mesh:
    """A wide pane that leans with the nose."""
    (s0, z0), (s1, z1) = front[2], front[3]
    low, high = np.array((-s0 + 0.012, z0 + 0.04)), np.array((-s1 + 0.012, z1 - 0.03))
    pieces = []
    for wide, out, material in ((0.90, 0.0, "car_trim"), (0.86, 0.01, "glass_dark")):
        trim = 0.0 if out == 0.0 else 0.03
        a = low + np.array((out - trim * 0.4, trim))
        b = high + np.array((out + trim * 0.4, -trim))
        corners = [(a[0], -wide, a[1]), (a[0], wide, a[1]), (b[0], wide, b[1]), (b[0], -wide, b[1])]
        pieces.append(panel(corners, material, SEMANTIC))
    return Mesh.join(pieces)


def _motorhome(seed: int) -> list[Mesh]:
    rng = stream(seed, "look", "motorhome")
    first, last, half, axle = 2.16, 6.95, 1.16, AXLE_M + 3.80
    body = [
        (first, 0.46),
        (first, 2.1),
        (first, 3.02),
        (first + 0.3, 3.06),
        (last - 0.22, 3.06),
        (last - 0.05, 2.92),
        (last, 2.2),
        (last, 0.62),
        (last - 0.14, 0.46),
    ]
    # The bed over the cab: its own block, whose belly climbs forwards.
    alcove = [
        (first + 0.05, 2.10),
        (1.72, 2.30),
        (1.12, 2.40),
        (0.92, 2.52),
        (0.96, 2.72),
        (1.24, 2.96),
        (1.64, 3.05),
        (first + 0.05, 3.06),
    ]
    shown = half + 0.001
    left = [
        window(first + 0.95, 1.86, 0.95, 0.56, half),
        window(first + 2.75, 1.86, 1.00, 0.56, half),
        window(1.72, 2.70, 0.62, 0.30, half - 0.03),
        window(last - 0.55, 2.45, 0.60, 0.34, half),
        _stripes(first + 0.10, last - 0.15, 1.22, shown, int(rng.integers(3))),
        _wheel_box(axle, 0.345, half),
        box((last - first, 0.03, 0.24), "plastic", SEMANTIC, 0.0, (-(first + last) / 2, half - 0.006, 0.50)),
        cluster(last + 0.02, 0.92, 0.78, 0.40, 0.16),
        markers((3.1, 5.9), 0.70, half + 0.02),
        box((0.02, 0.10, 0.05), "reflector_red", SEMANTIC, 0.0, (-last - 0.02, 0.60, 0.60)),
        box((0.04, 0.14, 0.04), "lamp_marker_white", SEMANTIC, 0.0, (-0.96, half - 0.22, 2.60)),
        box((0.04, 0.14, 0.05), "lamp_marker_red", SEMANTIC, 0.0, (-last + 0.03, half - 0.2, 2.95)),
    ]
    pieces = [
        shell_of(body, half, 0.05),
        shell_of(alcove, half - 0.025, 0.05),
        mirrored_body(Mesh.join(left)),
        _door(first + 1.95, 0.62, half + 0.002),
        box((0.03, 1.2, 0.50), "glass_dark", SEMANTIC, 0.012, (-last - 0.002, 0.0, 1.92)),
        box((0.02, 1.28, 0.58), "car_trim", SEMANTIC, 0.0, (-last + 0.004, 0.0, 1.92)),
        box((last - first - 0.4, 1.9, 0.10), "underbody", SEMANTIC, 0.0, (-(first + last) / 2, 0.0, 0.43)),
        cylinder(0.05, 1.7, "underbody", SEMANTIC, "y", 8).moved(translation(-axle, -0.85, 0.345)),
        plate(SEMANTIC, (0.004, 0.0, 0.56), True),
        plate(SEMANTIC, (-last - 0.012, 0.0, 0.86), False),
        box((0.7, 0.9, 0.06), "car_trim", SEMANTIC, 0.02, (-4.3, 0.0, 3.08)),
        box((1.2, 0.6, 0.03), "glass_dark", SEMANTIC, 0.0, (-3.1, 0.0, 3.085)),
        tube(
            [(-first - 0.6, -half - 0.02, 2.94), (-last + 0.5, -half - 0.02, 2.94)],
            0.06,
            "cargo_box",
            SEMANTIC,
            8,
        ),
    ]
    rack = []  # ladder to the roof, bicycle rack folded
    for y in (0.62, 0.94):
        rack.append(
            tube(
                [(-last - 0.05, y, 1.0), (-last - 0.05, y, 2.96), (-last + 0.2, y, 3.09)],
                0.018,
                "aluminium",
                SEMANTIC,
                5,
            )
        )
    for z in np.arange(1.1, 2.95, 0.30):
        rack.append(
            tube(
                [(-last - 0.05, 0.62, float(z)), (-last - 0.05, 0.94, float(z))],
                0.014,
                "aluminium",
                SEMANTIC,
                5,
            )
        )
    if rng.random() < 0.6:
        for y in (-0.25, -0.95):
            rack.append(
                tube(
                    [(-last - 0.02, y, 1.2), (-last - 0.10, y, 1.5), (-last - 0.10, y, 2.1)],
                    0.02,
                    "aluminium",
                    SEMANTIC,
                    5,
                )
            )
        for z in (1.45, 2.0):
            rack.append(
                tube([(-last - 0.10, -0.15, z), (-last - 0.10, -1.05, z)], 0.018, "aluminium", SEMANTIC, 5)
            )
    name = NAMES[int(rng.integers(len(NAMES)))]
    for side in ("left", "right"):
        pieces.append(words(name, 0.17, (last - 0.95, 1.62), half + 0.003, side, "car_paint_b", 0.2))
    pieces.append(
        both_sides(box((0.3, 0.02, 0.2), "plastic", SEMANTIC, 0.0, (-first - 0.5, half + 0.004, 0.9)))
    )
    return [*pieces, *rack]
