"""The farm tractor: big wheels with lugs, a narrow bonnet, a cab of glass.  Renderers floor.

Stations are metres behind the foremost point; heights are above the road.
"""

from dataclasses import replace

import numpy as np

from renderers.assets.beacons import beacon_lamps, dome
from renderers.assets.fittings import Rgb, choose_paint, mirrored_body, plate, repainted, seat, steering_wheel
from renderers.assets.lorry_frame import Axle, finished
from renderers.assets.machines import SEMANTIC, glasshouse, lug_wheel
from renderers.loft import (
    box,
    cylinder,
    loft,
    panel,
    sheet,
    superellipse,
    translation,
    tube,
    two_faced,
)
from renderers.mesh import Asset, Mesh
from scenarios.bodies import BODIES
from scenarios.chance import stream

MARKET = {"green": 40.0, "blue": 20.0, "red": 24.0, "orange": 6.0, "grey": 6.0, "white": 4.0}
RIMS: tuple[Rgb, ...] = ((0.62, 0.42, 0.02), (0.50, 0.50, 0.49), (0.40, 0.03, 0.02), (0.10, 0.10, 0.10))
TRACTOR_SEAT = (3.30, 0.0, 1.62)  # station, to the left, height of the hips


def build_tractor(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
) -> Asset:
    """A farm tractor."""
    body = BODIES[model]
    paint_material, tint = choose_paint(model, look_seed, color, MARKET)
    rim = RIMS[int(stream(look_seed, "look", model).integers(len(RIMS)))]
    axles = [
        Axle(body.axles_m[1], "single", body.wheel_radius_m, body.track_m),
        Axle(body.axles_m[0], "steered", 0.64, body.track_m - 0.03),
    ]
    scale = min(size_m[0] / body.size_m[0], size_m[2] / body.size_m[2])
    wheels = [lug_wheel(body.wheel_radius_m * scale, 0.52, 20), lug_wheel(0.64 * scale, 0.42, 18)]
    pieces = [repainted(piece, {"car_paint": paint_material}) for piece in _tractor(look_seed)]
    made = finished(model, size_m, pieces, axles, (tint, rim, (0.4, 0.26, 0.18)), SEMANTIC, wheels)
    return replace(made, lamps=(*made.lamps, *beacon_lamps(made.parts[0].mesh)))


def _tractor(seed: int) -> list[Mesh]:
    rear, front, r = 3.62, 0.98, 0.92
    # Bonnet: a narrow box that rises to the cab, its nose rounded.
    rows = []
    for station, half, foot, crown in (
        (0.42, 0.20, 1.00, 1.30),
        (0.50, 0.30, 0.95, 1.46),
        (0.70, 0.35, 0.92, 1.54),
        (1.30, 0.38, 0.95, 1.64),
        (2.25, 0.42, 1.00, 1.74),
    ):
        ring = superellipse(half, (crown - foot) / 2, 5.0, 20)
        rows.append(np.stack([np.full(20, -station), ring[:, 0], (foot + crown) / 2 + ring[:, 1]], axis=1))
    pieces = [loft(rows, "car_paint", SEMANTIC, crease_deg=40.0)]
    left: list[Mesh] = [
        box((1.05, 0.012, 0.26), "car_trim", SEMANTIC, 0.0, (-1.45, 0.387, 1.24)),
        box((0.03, 0.14, 0.11), "lamp_head", SEMANTIC, 0.02, (-0.455, 0.17, 1.33)),
        box((0.10, 0.50, 0.14), "metal_dark", SEMANTIC, 0.0, (-front, 0.60, 0.64)),
    ]
    pieces += [
        box((0.05, 0.44, 0.20), "car_trim", SEMANTIC, 0.02, (-0.43, 0.0, 1.12)),
        # Engine, gearbox and axles: one dark spine.
        box((1.55, 0.44, 0.50), "metal_dark", SEMANTIC, 0.04, (-1.45, 0.0, 0.80)),
        box((1.75, 0.62, 0.66), "underbody", SEMANTIC, 0.06, (-3.05, 0.0, 0.92)),
        cylinder(0.17, 1.3, "underbody", SEMANTIC, "y", 10).moved(translation(-rear, -0.65, r)),
        box((0.35, 0.75, 0.42), "metal_dark", SEMANTIC, 0.03, (-0.20, 0.0, 0.78)),
    ]
    for across in np.linspace(-0.30, 0.30, 7):  # the weights hang in front like plates in a rack
        pieces.append(box((0.30, 0.075, 0.40), "metal_dark", SEMANTIC, 0.03, (-0.16, float(across), 0.78)))
    # Cab: wider at the shoulder, glass to the floor.
    low = [(-2.35, 0.48, 1.12), (-3.95, 0.60, 1.62), (-3.95, -0.60, 1.62), (-2.35, -0.48, 1.12)]
    mid = [(-2.32, 0.64, 1.74), (-4.02, 0.70, 1.86), (-4.02, -0.70, 1.86), (-2.32, -0.64, 1.74)]
    top = [(-2.45, 0.60, 2.70), (-3.92, 0.64, 2.70), (-3.92, -0.64, 2.70), (-2.45, -0.60, 2.70)]
    pieces += [glasshouse(mid, top, 0.035, "car_trim"), glasshouse(low, mid, 0.03, "car_trim")]
    roof = []
    for up, grow in ((2.68, 0.02), (2.72, 0.10), (2.84, 0.10), (2.92, -0.06)):
        roof.append(
            [
                (-2.36 + grow, 0.62 + 0.6 * grow, up),
                (-4.00 - grow, 0.66 + 0.6 * grow, up),
                (-4.00 - grow, -0.66 - 0.6 * grow, up),
                (-2.36 + grow, -0.62 - 0.6 * grow, up),
            ]
        )
    pieces.append(loft(roof, "car_paint" if seed % 2 else "cargo_box", SEMANTIC))
    # A beacon on a bracket beside the roof, for roads.
    pieces.append(tube([(-3.70, 0.70, 2.75), (-3.70, 0.83, 2.74)], 0.018, "car_trim", SEMANTIC, 6))
    pieces.append(dome(SEMANTIC, (-3.70, 0.86, 2.74), "amber"))
    pieces.append(
        panel(
            [(-2.4, 0.5, 1.18), (-3.9, 0.55, 1.18), (-3.9, -0.55, 1.18), (-2.4, -0.5, 1.18)],
            "interior",
            SEMANTIC,
        )
    )
    pieces += [
        seat(-3.46, 0.0, 1.44, 0.50, 0.62, SEMANTIC),
        steering_wheel(-2.86, 0.0, 1.98, SEMANTIC),
        box((0.20, 0.34, 0.60), "interior", SEMANTIC, 0.03, (-2.55, 0.0, 1.62)),
    ]
    # Fenders over the rear wheels, lamps on them.
    angle = np.linspace(0.35, np.pi - 0.15, 11)
    x, z = -rear + (r + 0.09) * np.cos(angle), r + (r + 0.09) * np.sin(angle)
    shell = np.stack([np.stack([x, np.full(11, y), z], axis=1) for y in (1.12, 0.60)])
    left.append(two_faced(sheet(shell, "car_paint", SEMANTIC)))
    inner = np.stack(
        [
            np.stack([x, np.full(11, 0.62), z], axis=1),
            np.stack([x, np.full(11, 0.62), np.maximum(z - 0.45, 1.0)], axis=1),
        ]
    )
    left.append(two_faced(sheet(inner, "car_paint", SEMANTIC)))
    for y, material in (
        (1.02, "lamp_indicator_left"),
        (0.92, "lamp_brake"),
        (0.81, "lamp_tail"),
        (0.72, "lamp_reverse"),
    ):
        left.append(box((0.05, 0.09, 0.09), material, SEMANTIC, 0.01, (-rear - 0.86, y, 1.48)))
    left.append(box((0.07, 0.42, 0.13), "car_trim", SEMANTIC, 0.01, (-rear - 0.825, 0.87, 1.48)))
    left.append(box((0.02, 0.09, 0.05), "reflector_red", SEMANTIC, 0.0, (-rear - 0.86, 0.98, 1.37)))
    left.append(tube([(-2.42, 0.62, 1.95), (-2.35, 1.00, 2.02)], 0.02, "car_trim", SEMANTIC, 5))
    left.append(box((0.06, 0.14, 0.10), "lamp_indicator_left", SEMANTIC, 0.01, (-2.33, 1.02, 2.04)))
    left.append(box((0.05, 0.10, 0.10), "lamp_marker_white", SEMANTIC, 0.01, (-2.34, 0.90, 2.04)))
    left.append(tube([(-2.40, 0.64, 2.52), (-2.30, 0.98, 2.46)], 0.018, "car_trim", SEMANTIC, 5))
    left.append(box((0.06, 0.20, 0.32), "plastic", SEMANTIC, 0.02, (-2.30, 1.06, 2.34)))
    left.append(
        panel(
            [(-2.332, 1.06 + u * 0.08, 2.34 + v * 0.13) for u, v in ((1, -1), (-1, -1), (-1, 1), (1, 1))],
            "mirror",
            SEMANTIC,
        )
    )
    for station in (-2.33, -4.05):  # working lamps under the roof's edge
        left.append(
            box(
                (0.07, 0.14, 0.09),
                "lamp_reverse",
                SEMANTIC,
                0.01,
                (station, 0.50, 2.77),
            )
        )
    for k in range(3):  # steps
        left.append(
            box((0.34, 0.28, 0.03), "metal_dark", SEMANTIC, 0.0, (-2.55, 0.66 + 0.05 * k, 1.02 - 0.27 * k))
        )
    left.append(box((0.03, 0.04, 0.70), "metal_dark", SEMANTIC, 0.0, (-2.40, 0.74, 0.76)))
    left.append(box((0.60, 0.40, 0.42), "plastic", SEMANTIC, 0.08, (-2.30, 0.46, 0.72)))
    pieces.append(mirrored_body(Mesh.join(left)))
    pieces.append(
        tube([(-2.18, -0.52, 1.2), (-2.18, -0.56, 2.40), (-2.26, -0.56, 2.62)], 0.045, "chrome", SEMANTIC, 10)
    )
    pieces.append(
        cylinder(0.075, 0.65, "metal_dark", SEMANTIC, "z", 12).moved(translation(-2.18, -0.55, 1.55))
    )
    # Three-point linkage, drawbar, plate.
    for y in (0.34, -0.34):
        pieces.append(
            tube(
                [(-rear - 0.2, y * 0.8, 0.72), (-rear - 1.0, y * 1.2, 0.62)], 0.035, "metal_dark", SEMANTIC, 6
            )
        )
        pieces.append(
            tube(
                [(-rear - 0.35, y, 1.40), (-rear - 0.75, y * 1.1, 0.66)],
                0.025,
                "metal_galvanised",
                SEMANTIC,
                5,
            )
        )
    pieces.append(
        tube([(-rear - 0.25, 0.0, 1.25), (-rear - 0.85, 0.0, 1.05)], 0.03, "metal_galvanised", SEMANTIC, 6)
    )
    pieces.append(box((0.45, 0.12, 0.10), "metal_dark", SEMANTIC, 0.0, (-rear - 0.72, 0.0, 0.52)))
    pieces.append(plate(SEMANTIC, (-4.10, 0.0, 1.66), False, (0.28, 0.20)))
    pieces.append(box((0.04, 0.32, 0.24), "car_trim", SEMANTIC, 0.0, (-4.07, 0.0, 1.66)))
    return pieces
