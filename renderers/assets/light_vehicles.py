"""Cargo bicycles, motor scooters and electric kick scooters with their riders.  Renderers floor."""

import numpy as np

from renderers.assets.fittings import choose_paint, mirrored_body, plate
from renderers.assets.two_wheelers import (
    BIKE_MARKET,
    MOTOR_MARKET,
    SADDLE,
    bars,
    blend,
    cranks,
    mudguard,
    pair,
    ridden_by,
)
from renderers.assets.wheels import tyre, wire_wheel
from renderers.loft import box, cylinder, ellipsoid, extrude, revolve, rotation, translation
from renderers.mesh import Asset, Mesh
from scenarios.bodies import BODIES
from scenarios.chance import stream

Point = tuple[float, float, float]
SCOOTER_MARKET = MOTOR_MARKET
KICK_MARKET = {"black": 60.0, "grey": 20.0, "green": 12.0, "white": 8.0}


def build_cargo_bicycle(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
) -> Asset:
    """A bicycle with a box between handlebar and front wheel."""
    body, kind = BODIES[model], "bicycle"
    _, tint = choose_paint(model, look_seed, color, BIKE_MARKET)
    r = body.wheel_radius_m
    front = body.size_m[0] / 2 - body.front_overhang_m
    rear = front - body.wheelbase_m
    crank: Point = (rear + 0.46, 0.0, 0.29)
    saddle: Point = (rear + 0.20, 0.0, 0.905)
    head: Point = (rear + 0.84, 0.0, 0.86)
    foot: Point = (rear + 0.90, 0.0, 0.24)
    nose: Point = (front - 0.19, 0.0, 0.50)
    pieces = [
        bars([((crank, (saddle[0] + 0.02, 0.0, 0.80)), 0.019), ((head, (saddle[0] + 0.06, 0.0, 0.66)), 0.020),
              ((head, foot), 0.022), ((crank, foot, (front - 0.36, 0.0, 0.24), nose), 0.024)], "metal_painted", kind),
        bars([(((saddle[0] + 0.02, 0.0, 0.78), saddle), 0.013), ((head, (head[0] - 0.05, 0.0, 1.05)), 0.014)],
            "metal_galvanised", kind),
        extrude(SADDLE, 0.045, "car_trim", kind).moved(translation(saddle[0], 0.0, saddle[2] - 0.03)),
        mudguard(rear, r, 0.25, 2.75, kind),
        cylinder(0.085, 0.012, "metal_dark", kind, "y", 18).moved(translation(crank[0], 0.044, crank[2])),
        box((0.03, 0.05, 0.04), "lamp_tail", kind, 0.0, (rear - 0.26, 0.0, r + 0.24)),
    ]  # fmt: skip
    for y in (0.06, -0.06):
        lower, upper = (crank[0], 0.35 * y, crank[2]), (saddle[0] + 0.05, 0.35 * y, 0.66)
        pieces.append(
            bars([((lower, (rear, y, r)), 0.011), ((upper, (rear, y, r)), 0.010)], "metal_painted", kind, 6)
        )
    for dz in (0.07, -0.07):
        chain = ((crank[0], 0.05, crank[2] + dz), (rear, 0.05, r + 0.5 * dz))
        pieces.append(bars([(chain, 0.006)], "metal_dark", kind, 4))
    pieces += _load_box(0.5 * (head[0] + 0.10 + front - 0.26), front - 0.26 - head[0] - 0.10, look_seed, kind)
    pedals, feet = cranks(crank, kind)
    pieces.append(pedals)
    grip_x, grip_y, grip_z = head[0] - 0.20, 0.29, 1.08
    for y in (1.0, -1.0):
        sweep = (
            (head[0] - 0.05, 0.0, 1.05),
            (head[0] - 0.02, y * 0.12, 1.08),
            (head[0] - 0.06, y * 0.24, 1.08),
            (grip_x, y * grip_y, grip_z),
        )
        pieces.append(bars([(sweep, 0.011)], "metal_galvanised", kind))
        pieces.append(
            bars(
                [(((grip_x + 0.09, y * 0.262, 1.08), (grip_x - 0.02, y * (grip_y + 0.005), grip_z)), 0.017)],
                "car_trim",
                kind,
            )
        )
    pivot: Point = (front - 0.10, 0.0, 0.48)
    fork = [
        mudguard(front, r, 0.45, 2.6, kind),
        ellipsoid((0.04, 0.035, 0.035), "lamp_head", kind, 10, 6).moved(translation(front + 0.02, 0.0, 0.60)),
    ]
    for y in (0.05, -0.05):
        fork.append(
            bars(
                [(((front - 0.13, y, 0.52), (front - 0.03, 1.1 * y, 0.40), (front, 1.1 * y, r)), 0.014)],
                "metal_painted",
                kind,
            )
        )
    steer = Mesh.join(fork).moved(translation(*(-p for p in pivot)))
    hips = np.array((saddle[0] + 0.02, 0.0, saddle[2] + 0.085))
    grips = pair(np.array((grip_x + 0.01, grip_y - 0.02, grip_z + 0.03)), hips)
    posture = {"pelvis": (0.0, 0.08, 0.0), "torso": (0.0, 0.16, 0.0), "head": (0.0, -0.20, 0.0)}
    helmet = "helmet" if stream(look_seed, "look", "bicycle", "helmet").random() < 0.6 else None
    wheel = (wire_wheel(r, 0.047, 24, kind), front, rear, r)
    soles = (feet[0] - hips, feet[1] - hips)
    return ridden_by(
        model,
        look_seed,
        size_m,
        Mesh.join(pieces),
        steer,
        pivot,
        wheel,
        hips,
        posture,
        grips,
        soles,
        (clothing, helmet),
        tint,
    )


def _load_box(x: float, long: float, look_seed: int, kind: str) -> list[Mesh]:
    """An open box of boards, wider at its top, with what is in it; some have a rain cover."""
    low, high, wide = 0.27, 0.72, 0.29
    panels = []
    for sign in (1.0, -1.0):
        side = box((long, 0.014, high - low), "wood", kind, 0.0, (0.0, 0.0, 0.0))
        panels.append(
            side.moved(translation(x, sign * wide, 0.5 * (low + high)) @ rotation("x", -sign * 0.10))
        )
        end = box((0.014, 2 * wide, high - low), "wood", kind, 0.0, (0.0, 0.0, 0.0))
        panels.append(
            end.moved(
                translation(x + sign * 0.5 * long, 0.0, 0.5 * (low + high)) @ rotation("y", sign * 0.12)
            )
        )
    panels.append(box((long - 0.02, 2 * wide - 0.04, 0.014), "wood", kind, 0.0, (x, 0.0, low + 0.02)))
    rng = stream(look_seed, "look", "cargo")
    if rng.random() < 0.5:
        panels.append(
            box((long * 0.9, 2 * wide * 0.92, 0.06), "cloth_dark", kind, 0.02, (x, 0.0, high - 0.01))
        )
    else:
        for k in range(3):
            size = tuple(float(v) for v in rng.uniform((0.16, 0.18, 0.20), (0.26, 0.34, 0.42)))
            at = (x + (k - 1) * 0.30 * long, float(rng.uniform(-0.08, 0.08)), low + 0.03 + size[2] / 2)
            panels.append(
                box(
                    (size[0], size[1], size[2]),
                    str(rng.choice(("cardboard", "cloth_green", "cloth_navy"))),
                    kind,
                    0.01,
                    at,
                )
            )
    return panels


def build_scooter(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
) -> Asset:
    """A motor scooter: a leg shield, a step-through floor and small wheels, with a rider in an open or full helmet."""
    body, kind = BODIES[model], "motorcycle"
    paint, tint = choose_paint(model, look_seed, color, SCOOTER_MARKET)
    r = body.wheel_radius_m
    front = body.size_m[0] / 2 - body.front_overhang_m
    rear = front - body.wheelbase_m
    tail = [
        (rear + 0.62, 0.46, 0.13, 0.16),
        (rear + 0.42, 0.55, 0.19, 0.19),
        (rear + 0.12, 0.60, 0.20, 0.15),
        (rear - 0.18, 0.64, 0.15, 0.10),
        (rear - 0.34, 0.66, 0.08, 0.05),
    ]
    seat = [
        (rear + 0.60, 0.71, 0.10, 0.05),
        (rear + 0.40, 0.755, 0.15, 0.055),
        (rear + 0.10, 0.775, 0.15, 0.05),
        (rear - 0.22, 0.79, 0.11, 0.04),
    ]
    floor = [
        (front - 0.28, 0.29, 0.17, 0.05),
        (front - 0.45, 0.27, 0.19, 0.055),
        (rear + 0.55, 0.28, 0.18, 0.06),
    ]
    shield = [
        (front - 0.16, 0.72, 0.10, 0.20),
        (front - 0.20, 0.66, 0.20, 0.28),
        (front - 0.26, 0.60, 0.22, 0.30),
        (front - 0.31, 0.56, 0.20, 0.27),
    ]
    pieces = [
        blend(tail, paint, kind),
        blend(seat, "car_trim", kind),
        blend(floor, "plastic", kind),
        blend(shield, paint, kind),
    ]
    pieces.append(box((0.30, 0.16, 0.20), "metal_dark", kind, 0.04, (rear + 0.12, -0.02, r + 0.06)))
    pieces.append(
        bars(
            [(((rear + 0.05, -0.13, r + 0.02), (rear - 0.22, -0.17, r + 0.10)), 0.05)], "metal_dark", kind, 10
        )
    )
    pieces.append(mudguard(rear, r, 1.0, 3.0, kind, 0.015))
    pieces.append(box((0.03, 0.16, 0.07), "lamp_tail", kind, 0.01, (rear - 0.375, 0.0, 0.665)))
    pieces.append(box((0.02, 0.12, 0.025), "lamp_brake", kind, 0.0, (rear - 0.380, 0.0, 0.715)))
    blinker = ellipsoid((0.03, 0.025, 0.022), "lamp_indicator_left", kind, 8, 6)
    pieces.append(mirrored_body(blinker.moved(translation(rear - 0.33, 0.13, 0.66))))
    pieces.append(plate(kind, (rear - 0.385, 0.0, 0.52), False, (0.22, 0.16)))
    pieces.append(bars([(((rear - 0.30, 0.0, 0.63), (rear - 0.38, 0.0, 0.50)), 0.014)], "car_trim", kind, 5))
    pivot: Point = (front - 0.20, 0.0, 0.78)
    bar = (
        (front - 0.27, 0.0, 1.00),
        (front - 0.27, 0.12, 1.02),
        (front - 0.34, 0.28, 1.02),
        (front - 0.42, 0.36, 1.00),
    )
    left = [
        bars([(((front - 0.12, 0.055, 0.50), (front, 0.065, r)), 0.020)], "metal_dark", kind),
        bars([(bar, 0.013)], "metal_dark", kind),
        bars([((bar[2], (front - 0.43, 0.365, 0.998)), 0.019)], "rubber", kind),
        bars([(((front - 0.33, 0.24, 1.03), (front - 0.29, 0.31, 1.17)), 0.006)], "car_trim", kind, 5),
        ellipsoid((0.018, 0.062, 0.045), "car_trim", kind, 10, 6).moved(
            translation(front - 0.29, 0.33, 1.20)
        ),
        blinker.moved(translation(front - 0.10, 0.15, 0.80)),
    ]
    cowl = [
        (front - 0.19, 1.00, 0.08, 0.05),
        (front - 0.26, 1.03, 0.13, 0.07),
        (front - 0.36, 1.04, 0.10, 0.05),
    ]
    lens = revolve([(0.075, 0.0), (0.065, 0.02), (0.0, 0.03)], "lamp_head", kind, "x", 16)
    fork = [mudguard(front, r, 0.15, 2.7, kind, 0.02), mirrored_body(Mesh.join(left)), blend(cowl, paint, kind),
        lens.moved(translation(front - 0.175, 0.0, 0.99)),
            bars([(((front - 0.24, 0.0, 0.98), (front - 0.12, 0.0, 0.50)), 0.03)], "metal_dark", kind)]  # fmt: skip
    steer = Mesh.join(fork).moved(translation(*(-p for p in pivot)))
    hips = np.array((rear + 0.28, 0.0, 0.885))
    grips = pair(np.array((front - 0.39, 0.32, 1.035)), hips)
    soles = pair(np.array((front - 0.50, 0.13, 0.41)), hips)
    posture = {"pelvis": (0.0, -0.02, 0.0), "torso": (0.0, 0.10, 0.0), "head": (0.0, -0.06, 0.0)}
    full = stream(look_seed, "look", "scooter", "helmet").random() < 0.6
    rim = r - 0.08
    parts = [
        tyre(r, 0.11, rim, kind),
        cylinder(rim, 0.05, "rim_dark", kind, "y", 18).moved(translation(0.0, -0.025, 0.0)),
    ]
    wheel = (Mesh.join(parts), front, rear, r)
    return ridden_by(model, look_seed, size_m, Mesh.join(pieces), steer, pivot, wheel, hips, posture, grips, soles,
                     (clothing, "full_helmet" if full else "helmet"), tint)  # fmt: skip


def build_kick_scooter(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
) -> Asset:
    """An electric kick scooter and whoever stands on it."""
    body, kind = BODIES[model], "personal_mobility"
    _, tint = choose_paint(model, look_seed, color, KICK_MARKET)
    r = body.wheel_radius_m
    front = body.size_m[0] / 2 - body.front_overhang_m
    rear = front - body.wheelbase_m
    deck = box((0.58, 0.17, 0.065), "metal_painted", kind, 0.02, (rear + 0.42, 0.0, 0.125))
    mat = box((0.54, 0.145, 0.006), "rubber", kind, 0.0, (rear + 0.42, 0.0, 0.160))
    pieces = [
        deck, mat, mudguard(rear, r, 0.9, 3.0, kind, 0.012),
        bars([(((rear + 0.70, 0.0, 0.13), (front - 0.16, 0.0, 0.17), (front - 0.10, 0.0, 0.26)), 0.03)],
            "metal_painted", kind),
        box((0.02, 0.06, 0.03), "lamp_tail", kind, 0.0, (rear - 0.10, 0.0, r + 0.10)),
        box((0.008, 0.05, 0.04), "reflector_red", kind, 0.0, (rear - 0.118, 0.0, r + 0.05)),
    ]  # fmt: skip
    for y in (0.06, -0.06):
        pieces.append(bars([(((rear + 0.16, y, 0.12), (rear, y, r)), 0.012)], "metal_dark", kind, 6))
    pivot: Point = (front - 0.11, 0.0, 0.26)
    top: Point = (front - 0.22, 0.0, 1.12)
    fork = [
        bars([(((front - 0.08, 0.0, 0.22), top), 0.022)], "metal_painted", kind, 10),
        bars([(((top[0], 0.0, 1.12), (top[0] - 0.02, 0.10, 1.13), (top[0] - 0.05, 0.255, 1.12)), 0.011),
              (((top[0], 0.0, 1.12), (top[0] - 0.02, -0.10, 1.13), (top[0] - 0.05, -0.255, 1.12)), 0.011)],
              "metal_dark", kind),
        box((0.05, 0.07, 0.05), "lamp_head", kind, 0.01, (top[0] + 0.03, 0.0, 1.03)),
        mudguard(front, r, 0.2, 2.3, kind, 0.012),
    ]  # fmt: skip
    for y in (0.05, -0.05):
        fork.append(bars([(((front - 0.07, 0.9 * y, 0.24), (front, y, r)), 0.013)], "metal_dark", kind, 6))
        grip = ((top[0] - 0.035, 3.4 * y, 1.125), (top[0] - 0.05, 5.2 * y, 1.12))
        fork.append(bars([(grip, 0.016)], "rubber", kind))
    steer = Mesh.join(fork).moved(translation(*(-p for p in pivot)))
    hips = np.array((rear + 0.40, 0.0, 1.045))
    grips = pair(np.array((top[0] - 0.03, 0.23, 1.15)), hips)
    soles = (np.array((rear + 0.56, 0.035, 0.243)) - hips, np.array((rear + 0.20, -0.045, 0.243)) - hips)
    posture = {"pelvis": (0.0, 0.04, 0.0), "torso": (0.0, 0.06, 0.0), "head": (0.0, -0.06, 0.0)}
    helmet = "helmet" if stream(look_seed, "look", "kick", "helmet").random() < 0.2 else None
    parts = [
        tyre(r, 0.05, r - 0.03, kind),
        cylinder(r - 0.03, 0.03, "rim_dark", kind, "y", 16).moved(translation(0.0, -0.015, 0.0)),
    ]
    wheel = (Mesh.join(parts), front, rear, r)
    return ridden_by(
        model,
        look_seed,
        size_m,
        Mesh.join(pieces),
        steer,
        pivot,
        wheel,
        hips,
        posture,
        grips,
        soles,
        (clothing, helmet),
        tint,
    )
