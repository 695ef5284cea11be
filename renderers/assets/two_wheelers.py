"""Motorcycle and bicycle with their riders.  Renderers floor.

Wheels turn, the fork turns with the handlebar; the rider is one rigid figure whose hands hold the grips and whose
feet stand on the pedals.  Surfaces of the machine and of the person keep their own classes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from renderers.assets.fittings import choose_paint, lamps_of, mirrored_body, plate, repainted
from renderers.assets.people import Figure, figure
from renderers.assets.wheels import tyre, wire_wheel
from renderers.loft import (
    Floats,
    box,
    cylinder,
    ellipsoid,
    extrude,
    loft,
    revolve,
    rotation,
    scaling,
    superellipse,
    translation,
    tube,
)
from renderers.mesh import Asset, Mesh, Part
from scenarios.bodies import BODIES
from scenarios.chance import stream

Point = tuple[float, float, float]
BIKE_MARKET = {
    "black": 34.0,
    "grey": 14.0,
    "silver": 12.0,
    "white": 10.0,
    "blue": 12.0,
    "red": 10.0,
    "green": 8.0,
}
# Sections of the motorcycle's bodies: metres behind the front axle, middle height, half width, half height.
TANK = (
    (0.42, 0.86, 0.075, 0.06), (0.52, 0.88, 0.14, 0.12), (0.68, 0.87, 0.155, 0.135), (0.84, 0.82, 0.12, 0.11),
    (0.92, 0.77, 0.085, 0.07),
)  # fmt: skip
SEAT = (
    (0.86, 0.735, 0.10, 0.045), (1.00, 0.715, 0.135, 0.055), (1.18, 0.73, 0.14, 0.055), (1.32, 0.79, 0.11, 0.05),
    (1.52, 0.83, 0.08, 0.04),
)  # fmt: skip
TAIL = ((1.22, 0.70, 0.12, 0.05), (1.42, 0.755, 0.11, 0.055), (1.66, 0.83, 0.055, 0.03))
SADDLE = (
    (-0.03, -0.06), (0.06, -0.025), (0.14, -0.015), (0.14, 0.015), (0.06, 0.025), (-0.03, 0.06), (-0.13, 0.075),
    (-0.13, -0.075),
)  # fmt: skip
JACKETS = ("cloth_dark", "cloth_navy", "cloth_sand", "cloth_green", "cloth_red", "cloth_light", "cloth_dark")
MOTOR_MARKET = {
    "black": 40.0,
    "red": 16.0,
    "blue": 12.0,
    "white": 10.0,
    "grey": 14.0,
    "green": 4.0,
    "orange": 4.0,
}


def bars(
    paths: Sequence[tuple[Sequence[Point], float]], material: str, semantic: str, segments: int = 8
) -> Mesh:
    return Mesh.join([tube(path, radius, material, semantic, segments) for path, radius in paths])


def ridden_by(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    frame: Mesh,
    steer: Mesh,
    pivot_m: Point,
    wheel: tuple[Mesh, float, float, float],
    hips_m: Floats,
    posture: dict[str, tuple[float, float, float]],
    grips_m: tuple[Floats, Floats],
    soles_m: tuple[Floats, Floats],
    rider: tuple[str | None, str | None],
    tint: tuple[float, float, float],
    who: str = "pedestrian.adult",
    statures_m: tuple[float, float] = (1.5, 1.9),
) -> Asset:
    """Machine and rider as one asset that fills its box; the rider's stature is chosen so that the head meets its top.

    `wheel` is (mesh, front axle x, rear axle x, radius); grips and soles are relative to the hips.
    """
    nominal = BODIES[model].size_m
    scale = np.array(size_m) / np.array(nominal)
    clothing, head = rider
    wheel_mesh, front, rear, radius = wheel

    jacket = str(stream(look_seed, "look", model, "jacket").choice(JACKETS))
    hands = (tuple(grips_m[0]), tuple(grips_m[1]))
    feet = (tuple(soles_m[0]), tuple(soles_m[1]))

    def seated(stature: float) -> Figure:
        made = figure(stature, look_seed, posture, None, clothing, head, "rider", hands, feet, model=who)
        # The first tint is the machine's paint; jackets are of a cloth of their own.
        body = repainted(made.mesh, {"cloth_a": jacket})
        marks = tuple(replace(k, at_m=_plus(k.at_m, hips_m)) for k in made.keypoints)
        return Figure(body.moved(translation(*(float(v) for v in hips_m))), made.tints, marks)

    # The top of the head rises by nearly half of what the stature gains: two steps of regula falsi meet the box.
    low, high = statures_m
    tops = [float(seated(h).mesh.vertices_m[:, 2].max()) for h in (low, high)]
    stature = low + (nominal[2] - 0.005 - tops[0]) * (high - low) / (tops[1] - tops[0])
    ridden = seated(float(np.clip(stature, low - 0.05, high + 0.05)))
    # Elbows and grips reach as wide as the box: the last few per cent are taken up by widening both.
    reach = max(float(np.abs(m.vertices_m[:, 1]).max()) for m in (ridden.mesh, steer, frame))
    scale[1] *= nominal[1] / 2.0 / reach
    size = scaling(*(float(v) for v in scale))
    size_z = min(float(scale[0]), float(scale[2]))
    return Asset(
        model=model,
        size_m=size_m,
        parts=(
            Part("body", Mesh.join([frame, ridden.mesh]).moved(size)),
            Part("fork", steer.moved(size), "steer", -1, _times(pivot_m, scale)),
            Part(
                "wheel_front",
                wheel_mesh.moved(scaling(size_z, size_z, size_z)),
                "wheel",
                1,
                _times((front - pivot_m[0], 0.0, radius - pivot_m[2]), scale),
                radius * size_z,
            ),
            Part(
                "wheel_rear",
                wheel_mesh.moved(scaling(size_z, size_z, size_z)),
                "wheel",
                -1,
                _times((rear, 0.0, radius), scale),
                radius * size_z,
            ),
        ),
        lamps=lamps_of(frame) + lamps_of(steer.moved(translation(*pivot_m)), part=1),
        tints=(tint, ridden.tints[1], ridden.tints[2]),
        keypoints=tuple(replace(k, at_m=_times(k.at_m, scale)) for k in ridden.keypoints),
    )


def _plus(point: Point, shift: Floats) -> Point:
    return point[0] + float(shift[0]), point[1] + float(shift[1]), point[2] + float(shift[2])


def _times(point: Point, scale: Floats) -> Point:
    return (point[0] * float(scale[0]), point[1] * float(scale[1]), point[2] * float(scale[2]))


@dataclass(frozen=True, slots=True)
class CityBike:
    """A city bicycle without anybody on it, in the actor's frame."""

    frame: Mesh
    fork: Mesh  # about `pivot_m`
    pivot_m: Point
    front_m: float  # the axles
    rear_m: float
    saddle_m: Point
    grip_m: Point  # the left one
    ankles_m: tuple[Floats, Floats]  # of who has both feet on the pedals


def city_bike(model: str, low_step: bool = False) -> CityBike:
    """A bicycle with a carrier, mudguards and a straight frame, or one that is stepped through."""
    body = BODIES[model]
    kind = "bicycle"
    r = body.wheel_radius_m
    front = body.size_m[0] / 2 - body.front_overhang_m
    rear = front - body.wheelbase_m
    crank: Point = (rear + 0.46, 0.0, 0.29)
    seat_top: Point = (rear + 0.26, 0.0, 0.83)
    head_top: Point = (front - 0.245, 0.0, 0.90)
    head_low: Point = (front - 0.175, 0.0, 0.69)
    saddle: Point = (rear + 0.235, 0.0, 0.905)
    down, upright = (head_low, crank), (crank, (seat_top[0] + 0.02, 0.0, 0.78))
    across: tuple[Point, ...] = ((head_top[0] + 0.01, 0.0, 0.85), (seat_top[0] + 0.06, 0.0, 0.68))
    if low_step:
        across = ((head_top[0] + 0.02, 0.0, 0.80), (crank[0] + 0.18, 0.0, 0.46), (crank[0] - 0.06, 0.0, 0.41))
    frame = [
        bars(
            [(upright, 0.017), (down, 0.021), (across, 0.018), ((head_top, head_low), 0.02)],
            "metal_painted",
            kind,
        ),
        bars([((seat_top, saddle), 0.013)], "metal_galvanised", kind),
        extrude(SADDLE, 0.045, "car_trim", kind).moved(translation(saddle[0], 0.0, saddle[2] - 0.03)),
        mudguard(rear, r, 0.25, 2.75, kind),
        carrier(rear, r, kind),
        cylinder(0.085, 0.012, "metal_dark", kind, "y", 18).moved(translation(crank[0], 0.044, crank[2])),
        box((0.03, 0.05, 0.04), "lamp_tail", kind, 0.0, (rear - 0.33, 0.0, r + 0.27)),
        box((0.012, 0.08, 0.04), "reflector_red", kind, 0.0, (rear - 0.345, 0.0, r + 0.20)),
    ]
    for y in (0.06, -0.06):
        foot = (rear, y, r)
        lower, upper = (crank[0], 0.35 * y, crank[2]), (seat_top[0] + 0.05, 0.35 * y, 0.72)
        frame.append(bars([((lower, foot), 0.010), ((upper, foot), 0.009)], "metal_painted", kind, 6))
    for dz in (0.07, -0.07):
        chain = ((crank[0], 0.05, crank[2] + dz), (rear, 0.05, r + 0.5 * dz))
        frame.append(bars([(chain, 0.006)], "metal_dark", kind, 4))
    pedals, feet = cranks(crank, kind)
    frame.append(pedals)
    # The fork turns about the head.
    pivot: Point = (front - 0.21, 0.0, 0.80)
    stem: Point = (head_top[0] - 0.015, 0.0, 1.03)
    grip_x, grip_y, grip_z = head_top[0] - 0.15, 0.275, 1.07
    fork = [
        mudguard(front, r, 0.55, 2.35, kind),
        bars([((head_top, stem), 0.014)], "metal_galvanised", kind),
        bars([((head_low, (front - 0.115, 0.0, 0.855)), 0.007)], "metal_dark", kind, 5),
        ellipsoid((0.035, 0.035, 0.035), "lamp_head", kind, 10, 6).moved(
            translation(front - 0.10, 0.0, 0.86)
        ),
    ]
    for y in (1.0, -1.0):
        blade = ((head_low[0], y * 0.05, head_low[2]), (front - 0.06, y * 0.055, 0.50), (front, y * 0.055, r))
        fork.append(bars([(blade, 0.013)], "metal_painted", kind))
        bend, end = (stem[0] - 0.01, y * 0.22, 1.07), (grip_x, y * grip_y, grip_z)
        fork.append(
            bars([((stem, (stem[0] + 0.04, y * 0.10, 1.06), bend, end), 0.011)], "metal_galvanised", kind)
        )
        grip = ((stem[0] - 0.04, y * 0.235, 1.07), (grip_x - 0.02, y * (grip_y + 0.005), grip_z))
        fork.append(bars([(grip, 0.017)], "car_trim", kind))
    steer = Mesh.join(fork).moved(translation(*(-p for p in pivot)))
    return CityBike(Mesh.join(frame), steer, pivot, front, rear, saddle, (grip_x, grip_y, grip_z), feet)


def build_bicycle(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
) -> Asset:
    """A city bicycle with someone on it; `color` paints the frame, `clothing` dresses the rider."""
    r = BODIES[model].wheel_radius_m
    _, tint = choose_paint(model, look_seed, color, BIKE_MARKET)
    made = city_bike(model)
    saddle, (grip_x, grip_y, grip_z), feet = made.saddle_m, made.grip_m, made.ankles_m
    hips = np.array((saddle[0] + 0.02, 0.0, saddle[2] + 0.085))
    grips = pair(np.array((grip_x + 0.01, grip_y - 0.02, grip_z + 0.03)), hips)
    soles = (feet[0] - hips, feet[1] - hips)
    posture = {"pelvis": (0.0, 0.12, 0.0), "torso": (0.0, 0.22, 0.0), "head": (0.0, -0.30, 0.0)}
    helmet = "helmet" if stream(look_seed, "look", "bicycle", "helmet").random() < 0.5 else None
    wheel = (wire_wheel(r, 0.040, 28, "bicycle"), made.front_m, made.rear_m, r)
    rider = (clothing, helmet)
    return ridden_by(
        model,
        look_seed,
        size_m,
        made.frame,
        made.fork,
        made.pivot_m,
        wheel,
        hips,
        posture,
        grips,
        soles,
        rider,
        tint,
    )


def pair(left: Floats, origin: Floats) -> tuple[Floats, Floats]:
    """A point and its mirror image, relative to an origin in the mirror plane."""
    return left - origin, left * (1.0, -1.0, 1.0) - origin


def mudguard(axle_x: float, r: float, start: float, stop: float, kind: str, gap: float = 0.015) -> Mesh:
    """An arched blade over a wheel, `gap` above its tread, between two angles from straight ahead."""
    rim = ((-0.028, 0.0), (-0.020, 0.012), (0.0, 0.016), (0.020, 0.012), (0.028, 0.0), (0.0, 0.006))
    rows = []
    for a in np.linspace(start, stop, 9):
        rows.append([(axle_x + (r + gap + h) * np.cos(a), y, r + (r + gap + h) * np.sin(a)) for y, h in rim])
    return loft(rows, "metal_painted", kind)


def carrier(rear_x: float, r: float, kind: str) -> Mesh:
    z = 2 * r + 0.06
    rods: list[tuple[tuple[Point, Point], float]] = []
    for y in (0.055, -0.055):
        rods.append((((rear_x + 0.20, y, z), (rear_x - 0.24, y, z)), 0.006))
        rods.append((((rear_x - 0.10, y, z), (rear_x, y * 1.2, r)), 0.005))
    rods += [(((rear_x + x, 0.055, z), (rear_x + x, -0.055, z)), 0.006) for x in (0.18, 0.0, -0.22)]
    return bars(rods, "metal_dark", kind, 5)


def cranks(crank: Point, kind: str, long: float = 0.17) -> tuple[Mesh, tuple[Floats, Floats]]:
    """Both cranks with their pedals, the left one before the top; and where the ankles are above them."""
    angle = 0.9
    pieces, ankles = [], []
    for side, turn in ((1.0, angle), (-1.0, angle + np.pi)):
        x, z = crank[0] + long * float(np.cos(turn)), crank[2] + long * float(np.sin(turn))
        arm = ((crank[0], side * 0.07, crank[2]), (x, side * 0.085, z))
        pieces.append(bars([(arm, 0.010)], "metal_galvanised", kind, 6))
        pieces.append(box((0.09, 0.09, 0.022), "plastic", kind, 0.0, (x, side * 0.135, z)))
        pieces.append(box((0.012, 0.07, 0.016), "reflector_amber", kind, 0.0, (x - 0.046, side * 0.135, z)))
        ankles.append(np.array((x - 0.06, side * 0.125, z + 0.085)))
    return Mesh.join(pieces), (ankles[0], ankles[1])


def build_motorcycle(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
) -> Asset:
    """A naked road motorcycle with a helmeted rider."""
    body = BODIES[model]
    kind = "motorcycle"
    paint, tint = choose_paint(model, look_seed, color, MOTOR_MARKET)
    r = body.wheel_radius_m
    front = body.size_m[0] / 2 - body.front_overhang_m
    rear = front - body.wheelbase_m
    blinker = ellipsoid((0.035, 0.025, 0.025), "lamp_indicator_left", kind, 8, 6)
    pivot: Point = (front - 0.30, 0.0, 0.80)
    steer = _motorcycle_fork(front, r, blinker, kind).moved(translation(*(-p for p in pivot)))
    tail_light = Mesh.join(
        [
            bars([(((front - 1.58, 0.06, 0.78), (front - 1.60, 0.15, 0.78)), 0.008)], "car_trim", kind, 5),
            blinker.moved(translation(front - 1.61, 0.165, 0.78)),
        ]
    )
    machine = Mesh.join(
        [
            *_motorcycle_machine(front, rear, r, paint, kind),
            mirrored_body(tail_light),
            plate(kind, (front - 1.70, 0.0, 0.63), False, (0.22, 0.16)),
        ]
    )
    hips = np.array((front - 1.06, 0.0, 0.855))
    grips = pair(np.array((front - 0.50, 0.345, 1.045)), hips)
    soles = pair(np.array((front - 0.98, 0.22, 0.45)), hips)
    posture = {"pelvis": (0.0, 0.15, 0.0), "torso": (0.0, 0.36, 0.0), "head": (0.0, -0.42, 0.0)}
    wheel = (_cast_wheel(r, kind), front, rear, r)
    rider = (clothing or "dark", "full_helmet")
    return ridden_by(
        model, look_seed, size_m, machine, steer, pivot, wheel, hips, posture, grips, soles, rider, tint
    )


def _motorcycle_machine(front: float, rear: float, r: float, paint: str, kind: str) -> list[Mesh]:
    """Everything that does not turn with the handlebar."""
    pieces: list[Mesh] = []
    for rows, material in ((TANK, paint), (SEAT, "car_trim"), (TAIL, paint)):
        pieces.append(blend([(front - back, z, wide, tall) for back, z, wide, tall in rows], material, kind))
    # Engine: crankcase, leaning cylinders with fins, four headers into a silencer on the right.
    pieces.append(box((0.42, 0.34, 0.26), "metal_dark", kind, 0.06, (front - 0.76, 0.0, 0.40)))
    for k in range(4):
        fin = box((0.20, 0.36 - 0.015 * k, 0.028), "metal_galvanised", kind, 0.008, (0.0, 0.0, 0.05 * k))
        pieces.append(fin.moved(translation(front - 0.62, 0.0, 0.55) @ rotation("y", 0.35)))
    for y in (0.11, 0.04, -0.04, -0.11):
        header = (
            (0.52, y, 0.60),
            (0.42, y, 0.50),
            (0.46, 0.8 * y, 0.30),
            (0.64, 0.5 * y, 0.22),
            (0.95, -0.10, 0.22),
        )
        pieces.append(bars([([(front - x, v, z) for x, v, z in header], 0.018)], "chrome", kind, 6))
    pipe = [(front - 0.95, -0.10, 0.22), (front - 1.10, -0.15, 0.26), (front - 1.55, -0.19, 0.42)]
    pieces.append(tube(pipe, (0.03, 0.05, 0.055), "chrome", kind, 10))
    spine = ((front - 0.36, 0.0, 0.90), (front - 0.60, 0.0, 0.62), (front - 0.98, 0.0, 0.45))
    pieces.append(bars([(spine, 0.03)], "metal_dark", kind))
    for y in (0.12, -0.12):
        pieces.append(bars([(((front - 0.98, y, 0.42), (rear, y, r)), 0.028)], "metal_dark", kind))
        pieces.append(
            bars([(((rear + 0.14, y, 0.36), (front - 1.30, y * 0.9, 0.71)), 0.022)], "chrome", kind)
        )
        rest = ((front - 0.92, y, 0.33), (front - 0.94, y * 2.1, 0.35))
        pieces.append(bars([(rest, 0.012)], "metal_galvanised", kind, 6))
    pieces.append(mudguard(rear, r, 1.2, 3.02, kind, 0.012))
    pieces.append(box((0.04, 0.13, 0.06), "lamp_tail", kind, 0.0, (front - 1.685, 0.0, 0.835)))
    pieces.append(box((0.03, 0.13, 0.03), "lamp_brake", kind, 0.0, (front - 1.69, 0.0, 0.785)))
    pieces.append(
        bars([(((front - 1.62, 0.0, 0.80), (front - 1.69, 0.0, 0.60)), 0.014)], "car_trim", kind, 5)
    )
    return pieces


def _motorcycle_fork(front: float, r: float, blinker: Mesh, kind: str) -> Mesh:
    """Legs, guard, lamp, instruments, and the handlebar with its mirrors."""
    bar = ((0.36, 0.0, 1.00), (0.36, 0.14, 1.04), (0.46, 0.30, 1.03), (0.53, 0.405, 1.00))
    left = [
        bars([(((front - 0.35, 0.10, 0.98), (front - 0.13, 0.10, 0.55)), 0.022)], "chrome", kind),
        bars([(((front - 0.13, 0.10, 0.55), (front, 0.10, r)), 0.029)], "metal_dark", kind),
        bars([([(front - x, y, z) for x, y, z in bar], 0.012)], "metal_dark", kind),
        bars([(((front - 0.455, 0.29, 1.03), (front - 0.53, 0.408, 1.00)), 0.018)], "rubber", kind),
        bars([(((front - 0.42, 0.25, 1.03), (front - 0.36, 0.33, 1.16)), 0.007)], "car_trim", kind, 5),
        box((0.03, 0.12, 0.075), "car_trim", kind, 0.012, (front - 0.36, 0.36, 1.19)),
        box((0.004, 0.10, 0.06), "mirror", kind, 0.0, (front - 0.377, 0.36, 1.19)),
        blinker.moved(translation(front - 0.22, 0.17, 0.86)),
        bars([(((front - 0.26, 0.09, 0.86), (front - 0.22, 0.16, 0.86)), 0.008)], "car_trim", kind, 5),
    ]
    lens = revolve([(0.085, 0.0), (0.075, 0.02), (0.0, 0.03)], "lamp_head", kind, "x", 18)
    shell = [(0.0, -0.13), (0.05, -0.11), (0.085, -0.03), (0.092, 0.0), (0.085, 0.004)]
    lamp = Mesh.join([lens, revolve(shell, "chrome", kind, "x", 18)])
    return Mesh.join(
        [
            mudguard(front, r, 0.25, 2.5, kind, 0.03),
            mirrored_body(Mesh.join(left)),
            lamp.moved(translation(front - 0.16, 0.0, 0.88)),
            box((0.06, 0.22, 0.09), "car_trim", kind, 0.02, (front - 0.30, 0.0, 1.02)),
        ]
    )


def blend(rows: Sequence[tuple[float, float, float, float]], material: str, kind: str) -> Mesh:
    """A smooth body along x through ellipse-like sections (x, middle height, half width, half height)."""
    first, last = rows[0], rows[-1]
    head = (first[0] + 0.5 * first[3], first[1], first[2] * 0.3, first[3] * 0.3)
    tail = (last[0] - 0.5 * last[3], last[1], last[2] * 0.3, last[3] * 0.3)
    sections = []
    for x, z, wide, tall in (head, *rows, tail):
        ring = superellipse(wide, tall, 2.6, 16)
        sections.append(np.stack([np.full(16, x), ring[:, 0], z + ring[:, 1]], axis=1))
    return loft(sections, material, kind, crease_deg=60.0)


def _cast_wheel(radius_m: float, kind: str) -> Mesh:
    """A motorcycle wheel: wide tyre, five cast spokes, two brake discs."""
    rim = radius_m - 0.095
    barrel = [(rim - 0.02, -0.05), (rim, -0.055), (rim, 0.055), (rim - 0.02, 0.05), (rim - 0.02, -0.05)]
    pieces = [tyre(radius_m, 0.14, rim, kind), revolve(barrel, "rim_dark", kind, "y", 24)]
    for k in range(5):
        spoke = box((0.045, 0.03, rim - 0.04), "rim_dark", kind, 0.0, (0.0, 0.0, rim / 2))
        pieces.append(spoke.moved(rotation("y", 2 * np.pi * k / 5)))
    pieces.append(cylinder(0.045, 0.14, "metal_dark", kind, "y", 12).moved(translation(0.0, -0.07, 0.0)))
    for y in (0.065, -0.065):
        pieces.append(
            cylinder(0.14, 0.006, "brake_disc", kind, "y", 20).moved(translation(0.0, y - 0.003, 0.0))
        )
    return Mesh.join(pieces)
