"""Machines that use the road on their way to work: the excavator on wheels.  Renderers floor.

Stations are metres behind the foremost point; heights are above the road.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from renderers.assets.beacons import beacon_lamps, dome
from renderers.assets.fittings import Rgb, choose_paint, mirrored_body, plate, repainted, seat, steering_wheel
from renderers.assets.lorry_frame import Axle, finished, mudguard
from renderers.assets.lorry_marks import hatching
from renderers.assets.wheels import tyre
from renderers.loft import (
    Floats,
    box,
    cylinder,
    extrude,
    loft,
    panel,
    revolve,
    translation,
    tube,
)
from renderers.mesh import Asset, Mesh
from scenarios.bodies import BODIES

SEMANTIC = "construction_vehicle"
MARKET = {"yellow": 62.0, "orange": 20.0, "white": 8.0, "green": 5.0, "blue": 5.0}
EXCAVATOR_SEAT = (2.95, 0.66, 1.92)


def build_excavator(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
) -> Asset:
    """An excavator on wheels, its arm folded for the road."""
    body = BODIES[model]
    paint_material, tint = choose_paint(model, look_seed, color, MARKET)
    axles = [
        Axle(body.axles_m[0], "steered", body.wheel_radius_m, body.track_m, 0.30),
        Axle(body.axles_m[1], "single", body.wheel_radius_m, body.track_m, 0.30),
    ]
    scale = min(size_m[0] / body.size_m[0], size_m[2] / body.size_m[2])
    wheels = [lug_wheel(body.wheel_radius_m * scale, 0.34, 22)] * 2
    dark: Rgb = ((0.05, 0.05, 0.055), (0.10, 0.10, 0.105), (0.30, 0.30, 0.29))[look_seed % 3]
    pieces = [repainted(piece, {"car_paint": paint_material}) for piece in _excavator()]
    made = finished(model, size_m, pieces, axles, (tint, dark, (0.4, 0.26, 0.18)), SEMANTIC, wheels)
    return replace(made, lamps=(*made.lamps, *beacon_lamps(made.parts[0].mesh)))


def lug_wheel(radius_m: float, width_m: float, lugs: int) -> Mesh:
    """A left wheel with a tyre of slanting lugs, in herringbone, on a dished rim."""
    rim, foot = radius_m * 0.60, radius_m * 0.955
    half = width_m / 2
    pieces = [
        tyre(foot, width_m, rim, SEMANTIC, 24),
        revolve(
            [
                (rim, 0.75 * half),
                (rim - 0.03, 0.55 * half),
                (0.72 * rim, 0.10 * half),
                (0.40 * rim, 0.22 * half),
                (0.34 * rim, 0.42 * half),
                (0.0, 0.46 * half),
            ],
            "drum_paint",
            SEMANTIC,
            "y",
            20,
        ),
        revolve([(0.0, -0.4 * half), (rim, -0.4 * half)], "underbody", SEMANTIC, "y", 12),
    ]
    pitch = 2 * np.pi / lugs
    for k in range(lugs):
        for side in (1.0, -1.0):
            start = pitch * (k + (0.0 if side > 0 else 0.5))
            corners = []
            for level, wide in ((foot - 0.03, 0.24), (radius_m, 0.15)):
                ring = []
                for y, turn in ((0.03 * side, 0.0), (0.94 * half * side, 0.62)):
                    level_here = level if abs(y) < 0.1 or level < radius_m else radius_m - 0.018
                    for edge in (-1.0, 1.0) if y * side < 0.1 else (1.0, -1.0):
                        angle = start - pitch * (turn + edge * wide)
                        ring.append((level_here * np.sin(angle), y, level_here * np.cos(angle)))
                corners.append(ring)
            pieces.append(loft(corners, "rubber", SEMANTIC))
    return Mesh.join(pieces)


def glasshouse(
    low: Sequence[tuple[float, float, float]],
    high: Sequence[tuple[float, float, float]],
    post_m: float,
    posts: str,
) -> Mesh:
    """Panes between four corners below and four above (counter-clockwise from above), with posts and a floor."""
    pieces = []
    for k in range(4):
        a, b = low[k], low[(k + 1) % 4]
        pieces.append(panel([a, b, high[(k + 1) % 4], high[k]], "glass", SEMANTIC))
        pieces.append(tube([low[k], high[k]], post_m, posts, SEMANTIC, 6))
        pieces.append(tube([a, b], post_m, posts, SEMANTIC, 6))
    return Mesh.join(pieces)


def _excavator() -> list[Mesh]:
    r, front, rear = 0.52, 1.62, 4.22
    pieces = [
        # Undercarriage.
        box((3.3, 0.84, 0.42), "metal_dark", SEMANTIC, 0.05, (-2.92, 0.0, 0.78)),
        cylinder(0.62, 0.22, "metal_dark", SEMANTIC, "z", 20).moved(translation(-3.05, 0.0, 0.98)),
    ]
    for station in (front, rear):
        pieces.append(
            cylinder(0.14, 1.7, "metal_dark", SEMANTIC, "y", 10).moved(translation(-station, -0.85, r))
        )
        pieces.append(box((0.34, 0.44, 0.36), "metal_dark", SEMANTIC, 0.06, (-station, 0.0, r)))
    # Blade behind, on two arms.
    blade = [(0.32, -5.22), (0.36, -5.30), (0.62, -5.36), (0.88, -5.30), (0.90, -5.24), (0.62, -5.29)]
    pieces.append(extrude(blade, 2.46, "car_paint", SEMANTIC, "y").moved(translation(0.0, -1.23, 0.0)))
    for y in (0.42, -0.48):
        pieces.append(box((0.95, 0.10, 0.16), "metal_dark", SEMANTIC, 0.02, (-4.80, y + 0.03, 0.68)))
    pieces.append(hatching(5.365, 0.62, 1.20, 0.50, 0.76))
    pieces.append(hatching(5.365, -1.20, -0.62, 0.50, 0.76))
    # Upper carriage: deck, engine hood, counterweight.
    pieces.append(box((2.9, 2.36, 0.16), "car_paint_b", SEMANTIC, 0.04, (-3.55, 0.0, 1.28)))
    back = []
    for z, shrink in ((1.22, 0.05), (1.32, 0.0), (2.02, 0.0), (2.14, 0.07)):
        arc = np.linspace(-np.pi / 2, np.pi / 2, 11)
        across = (1.20 - shrink) * np.sin(arc)
        astern = -5.05 - (0.62 - shrink) * np.cos(arc) ** 0.7
        ring = [(float(a), float(b), z) for a, b in zip(astern, across, strict=True)]
        back.append([*ring, (-4.95, 1.20 - shrink, z), (-4.95, -1.20 + shrink, z)])
    pieces.append(loft([ring[::-1] for ring in back], "car_paint", SEMANTIC, crease_deg=50.0))
    hood = [[(-3.62, 1.17, z), (-4.96, 1.17, z), (-4.96, -1.17, z), (-3.62, -1.17, z)] for z in (1.34, 2.02)]
    hood.append([(-3.70, 1.05, 2.18), (-4.96, 1.05, 2.18), (-4.96, -1.05, 2.18), (-3.70, -1.05, 2.18)])
    pieces.append(loft(hood, "car_paint", SEMANTIC))
    side = [
        [(-1.98, -0.42, z), (-3.66, -0.42, z), (-3.66, -1.17, z), (-1.98, -1.17, z)] for z in (1.34, 1.72)
    ]
    side.append([(-2.20, -0.46, 1.84), (-3.66, -0.46, 1.98), (-3.66, -1.10, 1.98), (-2.20, -1.10, 1.84)])
    pieces.append(loft(side, "car_paint", SEMANTIC))
    left = [
        box((1.0, 0.014, 0.44), "car_trim", SEMANTIC, 0.0, (-4.28, 1.178, 1.66)),
        *(
            box((0.02, 0.02, 0.40), "metal_dark", SEMANTIC, 0.0, (-3.86 - 0.12 * k, 1.184, 1.66))
            for k in range(8)
        ),
        _lamp_block(5.40),
        mudguard(rear, r, (0.5, np.pi - 0.5)),
        mudguard(front, r, (0.5, np.pi - 0.5)),
        box((0.11, 0.05, 0.06), "lamp_marker_amber", SEMANTIC, 0.0, (-3.4, 1.20, 1.30)),
        box((0.10, 0.16, 0.12), "lamp_head", SEMANTIC, 0.02, (-1.00, 0.66, 1.02)),
        box((0.10, 0.10, 0.10), "lamp_indicator_left", SEMANTIC, 0.02, (-1.00, 0.84, 1.02)),
        box((0.5, 0.30, 0.10), "metal_dark", SEMANTIC, 0.0, (-1.20, 0.62, 0.94)),
        tube([(-1.18, 0.62, 0.92), (-1.40, 0.36, 0.84)], 0.05, "metal_dark", SEMANTIC, 6),
    ]
    pieces.append(mirrored_body(Mesh.join(left)))
    # Handrails and exhaust.
    rail = [(-3.72, -1.08, 2.16), (-3.72, -1.08, 2.52), (-4.85, -1.08, 2.52), (-4.85, -1.08, 2.16)]
    pieces.append(tube(rail, 0.018, "paint_yellow", SEMANTIC, 6))
    pieces.append(
        tube([(-4.30, -0.55, 2.15), (-4.30, -0.55, 2.52), (-4.38, -0.55, 2.62)], 0.05, "chrome", SEMANTIC, 8)
    )
    # Cab on the left.
    low = [(-1.95, 1.12, 1.34), (-3.55, 1.12, 1.34), (-3.55, 0.22, 1.34), (-1.95, 0.22, 1.34)]
    mid = [(-1.86, 1.12, 2.00), (-3.58, 1.12, 2.00), (-3.58, 0.22, 2.00), (-1.86, 0.22, 2.00)]
    top = [(-2.14, 1.08, 3.02), (-3.52, 1.08, 3.02), (-3.52, 0.26, 3.02), (-2.14, 0.26, 3.02)]
    pieces += [glasshouse(mid, top, 0.035, "car_trim"), glasshouse(low, mid, 0.03, "car_trim")]
    roof = [[(-2.06, 1.12, z), (-3.58, 1.12, z), (-3.58, 0.22, z), (-2.06, 0.22, z)] for z in (3.00, 3.07)]
    roof.append([(-2.20, 1.02, 3.11), (-3.46, 1.02, 3.11), (-3.46, 0.32, 3.11), (-2.20, 0.32, 3.11)])
    pieces.append(loft(roof, "car_paint_b", SEMANTIC))
    pieces.append(tube([(-3.54, 0.66, 2.95), (-3.70, 0.66, 2.94)], 0.018, "metal_dark", SEMANTIC, 6))
    pieces.append(dome(SEMANTIC, (-3.72, 0.66, 2.94), "amber"))
    pieces.append(box((0.9, 0.03, 0.55), "car_paint", SEMANTIC, 0.0, (-3.05, 1.135, 1.62)))
    pieces.append(
        panel(
            [(-1.95, 1.1, 1.40), (-3.5, 1.1, 1.40), (-3.5, 0.25, 1.40), (-1.95, 0.25, 1.40)],
            "interior",
            SEMANTIC,
        )
    )
    pieces += [
        seat(-3.10, 0.66, 1.74, 0.50, 0.62, SEMANTIC),
        steering_wheel(-2.48, 0.66, 2.14, SEMANTIC),
        box((0.14, 0.14, 0.65), "interior", SEMANTIC, 0.02, (-2.38, 0.66, 1.75)),
    ]
    for y in (1.0, 0.34):
        pieces.append(box((0.06, 0.13, 0.09), "lamp_reverse", SEMANTIC, 0.01, (-2.04, y, 3.06)))
    arm = [(-2.05, 1.10, 2.75), (-1.80, 1.24, 2.72)]
    pieces.append(tube(arm, 0.018, "car_trim", SEMANTIC, 5))
    pieces.append(box((0.07, 0.20, 0.34), "plastic", SEMANTIC, 0.02, (-1.80, 1.25, 2.55)))
    arm = [(-2.10, -1.10, 1.86), (-2.05, -1.18, 2.45)]
    pieces.append(tube(arm, 0.018, "car_trim", SEMANTIC, 5))
    pieces.append(box((0.07, 0.20, 0.34), "plastic", SEMANTIC, 0.02, (-2.05, -1.25, 2.45)))
    pieces += _arm(-0.14)
    pieces.append(plate(SEMANTIC, (-5.70, 0.0, 1.50), False, (0.28, 0.20)))
    return pieces


def _lamp_block(end_m: float) -> Mesh:
    """The left lamps on the counterweight's cheek."""
    pieces = [box((0.10, 0.24, 0.36), "car_trim", SEMANTIC, 0.01, (-end_m, 0.98, 1.78))]
    for k, material in enumerate(("lamp_reverse", "lamp_tail", "lamp_brake", "lamp_indicator_left")):
        pieces.append(
            box((0.04, 0.18, 0.075), material, SEMANTIC, 0.01, (-end_m - 0.045, 0.98, 1.66 + 0.082 * k))
        )
    return Mesh.join(pieces)


def _arm(y: float) -> list[Mesh]:
    """Boom, second boom, stick and bucket, folded over the front; rams beside them."""

    def beam(points: Sequence[tuple[float, float, float]], wide: float, material: str = "car_paint") -> Mesh:
        """A box beam through (station, z, depth) points."""
        line: Floats = np.array([(-s, z) for s, z, _ in points])
        along = np.gradient(line, axis=0)
        along /= np.linalg.norm(along, axis=1, keepdims=True)
        normal = np.stack([-along[:, 1], along[:, 0]], axis=1)
        rings = []
        for (px, pz), n, (_, _, deep) in zip(line, normal, points, strict=True):
            rings.append(
                [
                    (px + n[0] * deep / 2 * v, y + wide / 2 * u, pz + n[1] * deep / 2 * v)
                    for u, v in ((1, 1), (-1, 1), (-1, -1), (1, -1))
                ]
            )
        return loft(rings, material, SEMANTIC)

    def ram(a: tuple[float, float], b: tuple[float, float], dy: float, thick: float) -> list[Mesh]:
        m = (a[0] + 0.58 * (b[0] - a[0]), a[1] + 0.58 * (b[1] - a[1]))
        return [
            tube([(-a[0], y + dy, a[1]), (-m[0], y + dy, m[1])], thick, "car_paint_b", SEMANTIC, 8),
            tube([(-m[0], y + dy, m[1]), (-b[0], y + dy, b[1])], thick * 0.55, "chrome", SEMANTIC, 8),
        ]

    pieces = [
        beam([(2.30, 1.62, 0.34), (1.95, 2.18, 0.42), (1.40, 2.72, 0.42), (0.86, 2.96, 0.34)], 0.34),
        beam([(0.92, 2.98, 0.30), (0.50, 2.72, 0.34), (0.22, 2.30, 0.26)], 0.28),
        beam([(0.16, 2.46, 0.24), (0.30, 2.10, 0.34), (0.62, 1.42, 0.24), (0.74, 1.14, 0.16)], 0.24),
        *ram((2.05, 1.40), (1.50, 2.52), 0.26, 0.065),
        *ram((2.05, 1.40), (1.50, 2.52), -0.26, 0.065),
        *ram((1.30, 2.98), (0.32, 2.62), 0.0, 0.055),
        *ram((0.10, 2.28), (0.48, 1.32), 0.0, 0.05),
        box((0.60, 0.52, 0.50), "metal_dark", SEMANTIC, 0.04, (-2.30, y, 1.52)),
    ]
    bucket = [
        (1.16, -0.82),
        (1.02, -0.98),
        (0.72, -0.98),
        (0.52, -0.78),
        (0.50, -0.46),
        (0.62, -0.30),
        (0.66, -0.34),
        (0.60, -0.50),
        (0.66, -0.72),
        (0.84, -0.86),
        (1.08, -0.76),
    ]
    pieces.append(extrude(bucket, 0.86, "metal_dark", SEMANTIC, "y").moved(translation(0.0, y - 0.43, 0.0)))
    cheek = [
        (1.16, -0.82),
        (1.02, -0.98),
        (0.72, -0.98),
        (0.52, -0.78),
        (0.50, -0.46),
        (0.62, -0.30),
        (0.95, -0.55),
    ]
    for dy in (-0.43, 0.40):
        pieces.append(extrude(cheek, 0.03, "metal_dark", SEMANTIC, "y").moved(translation(0.0, y + dy, 0.0)))
    for k in range(5):
        pieces.append(
            box((0.14, 0.07, 0.05), "metal_galvanised", SEMANTIC, 0.0, (-0.27, y - 0.36 + 0.18 * k, 0.64))
        )
    return pieces
