"""The physical facts of every model an actor can have: class, box, axles.  Language floor.

The language checks model names against this table, the world drives these boxes, the assets fit their meshes into
them, and labels report them: one table, so that they cannot disagree.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Bed:
    """The flat bed of a truck without its boards, in the actor's frame; a headboard closes it towards the cab."""

    rear_m: float
    front_m: float
    half_width_m: float
    floor_m: float
    headboard_top_m: float
    cab_rear_m: float


@dataclass(frozen=True, slots=True)
class Body:
    """A model's box and running gear.  The box (length, width, height) encloses every part, mirrors included."""

    model: str
    actor_class: str  # key of taxonomy.ACTOR_CLASSES
    size_m: tuple[float, float, float]  # length, width, height
    wheelbase_m: float = 0.0
    front_overhang_m: float = 0.0  # bumper to front axle
    wheel_radius_m: float = 0.0
    track_m: float = 0.0
    mass_kg: float = 80.0
    max_acceleration_mps2: float = 2.5
    max_braking_mps2: float = 8.0
    # What follows matters once a thing moves as a rigid body: on dry asphalt, against air at rest.
    shape: Literal["box", "disc", "ball"] = "box"  # discs lie flat: round about z
    friction: float = 0.5
    restitution: float = 0.1
    rolling: float = 0.0  # coefficient of rolling resistance of what is round
    bed: Bed | None = None  # what cargo stands on
    flank_m: float = 0.0  # width without the mirrors of what can lie on its side
    drag: float = 1.1  # of the area that it shows to the wind: a cuboid's is 1.05 to 1.2 (Hoerner 1965)


BODIES: dict[str, Body] = {
    b.model: b
    for b in (
        Body("car.sedan", "car", (4.68, 2.04, 1.45), 2.75, 0.87, 0.325, 1.56, 1450, 3.0, flank_m=1.83),
        Body("car.hatchback", "car", (4.28, 2.02, 1.47), 2.63, 0.85, 0.320, 1.54, 1300, 3.0, flank_m=1.81),
        Body("car.compact", "car", (3.98, 1.96, 1.46), 2.53, 0.80, 0.310, 1.48, 1150, 2.8, flank_m=1.74),
        Body("car.suv", "car", (4.66, 2.12, 1.70), 2.72, 0.90, 0.360, 1.60, 1750, 2.8, flank_m=1.89),
        Body("car.estate", "car", (4.76, 2.06, 1.50), 2.80, 0.89, 0.325, 1.56, 1550, 2.8, flank_m=1.85),
        Body("van.delivery", "van", (5.93, 2.43, 2.60), 3.67, 1.00, 0.345, 1.71, 2600, 2.0, flank_m=2.08),
        Body("truck.box", "truck", (8.60, 2.55, 3.45), 4.50, 1.35, 0.480, 2.00, 9000, 1.4, flank_m=2.55),
        Body(
            "truck.flatbed",
            "truck",
            (8.60, 2.55, 2.90),
            4.50,
            1.35,
            0.480,
            2.00,
            8000,
            1.4,
            bed=Bed(-4.30, 2.04, 1.245, 1.16, 2.36, 2.28),
            flank_m=2.55,
        ),
        Body("bus.city", "bus", (12.00, 2.95, 3.10), 5.90, 2.70, 0.480, 2.10, 12500, 1.2, flank_m=2.56),
        Body("motorcycle.road", "motorcycle", (2.15, 0.86, 1.62), 1.45, 0.36, 0.310, 0.0, 290, 4.0),
        Body("bicycle.city", "bicycle", (1.80, 0.64, 1.78), 1.08, 0.35, 0.345, 0.0, 95, 1.0, 4.0),
        Body("pedestrian.adult", "pedestrian", (1.10, 0.70, 1.75)),
        Body("pedestrian.child", "child", (0.72, 0.52, 1.18), mass_kg=24),
        Body("animal.deer", "animal", (1.75, 0.55, 1.45), mass_kg=70, max_acceleration_mps2=6.0),
        Body("animal.dog", "animal", (0.95, 0.32, 0.68), mass_kg=28, max_acceleration_mps2=6.0),
        Body("prop.cone", "traffic_cone", (0.40, 0.40, 0.75), mass_kg=5),
        Body("prop.barrier", "barrier", (0.50, 2.00, 1.00), mass_kg=40),
        Body("prop.warning_triangle", "warning_triangle", (0.28, 0.50, 0.48), mass_kg=1.5, friction=0.6),
        Body("prop.sign_fallen", "debris", (1.83, 0.90, 0.12), mass_kg=14, friction=0.4),
        # Loads.  Friction on asphalt: timber 0.5 to 0.6, board 0.45, rubber 0.7, cloth 0.6, metal 0.3 to 0.4
        # (sliding values of EN 12195-1 annex B and of its guidance, for clean dry surfaces).
        Body("box.cardboard", "debris", (0.60, 0.40, 0.40), mass_kg=8, friction=0.45, restitution=0.15),
        Body("pallet.wood", "debris", (1.20, 0.80, 0.144), mass_kg=25, friction=0.55, restitution=0.25),
        Body(
            "tyre.truck",
            "debris",
            (1.04, 1.04, 0.30),
            mass_kg=58,
            shape="disc",
            friction=0.7,
            restitution=0.5,
            rolling=0.02,
        ),
        Body("tyre.tread", "debris", (1.65, 0.38, 0.36), mass_kg=7, friction=0.7, restitution=0.3),
        Body("mattress", "debris", (2.00, 1.40, 0.20), mass_kg=22, friction=0.6, restitution=0.05),
        Body("ladder", "debris", (3.00, 0.42, 0.07), mass_kg=9, friction=0.35, restitution=0.3),
        Body("branch", "debris", (3.20, 1.90, 0.85), mass_kg=30, friction=0.6),
        Body("bag.plastic", "debris", (0.56, 0.50, 0.56), mass_kg=5, friction=0.5, restitution=0.05),
        # A football (FIFA size 5): 0.43 kg, bounces to 60 % of its height; rolls 0.03 on asphalt, sphere's drag 0.47.
        Body(
            "ball.football",
            "ball",
            (0.22, 0.22, 0.22),
            mass_kg=0.43,
            shape="ball",
            friction=0.6,
            restitution=0.77,
            rolling=0.03,
            drag=0.47,
        ),
    )
}
CARRIERS: tuple[str, ...] = tuple(b.model for b in BODIES.values() if b.bed is not None)
LYING = ("on_left_side", "on_right_side", "on_roof")
# Boxes of what does not simply turn over: a rider lies beside the machine, people draw up their legs, nobody strides.
FALLEN_M: dict[str, tuple[float, float, float]] = {
    "bicycle.city": (2.00, 1.63, 0.81),
    "motorcycle.road": (2.34, 1.85, 1.02),
    "pedestrian.adult": (0.92, 1.74, 0.58),
    "pedestrian.child": (0.61, 1.18, 0.39),
    "animal.deer": (1.50, 1.42, 0.39),
    "animal.dog": (0.92, 0.68, 0.23),
}


def lying_size(body: Body, size_m: tuple[float, float, float], pose: str) -> tuple[float, float, float]:
    """The upright box that holds a body of `size_m` in a pose: turned about its length, on what is left of its flank."""
    if pose not in LYING:
        return size_m
    if body.model in FALLEN_M:
        scale = size_m[2] / body.size_m[2]
        length, width, height = FALLEN_M[body.model]
        return length * scale, width * scale, height * scale
    length, width, height = size_m
    if pose == "on_roof":
        return size_m
    flank = body.flank_m * width / body.size_m[1] if body.flank_m > 0.0 else width
    return length, height, (width + flank) / 2


def standing_size(body: Body, size_m: tuple[float, float, float], pose: str) -> tuple[float, float, float]:
    """The box of the body before it fell: the inverse of `lying_size`."""
    if pose not in LYING or pose == "on_roof":
        return size_m
    ratio = [a / b for a, b in zip(size_m, lying_size(body, body.size_m, pose), strict=True)]
    if body.model in FALLEN_M:
        return body.size_m[0] * ratio[0], body.size_m[1] * ratio[1], body.size_m[2] * ratio[2]
    return body.size_m[0] * ratio[0], body.size_m[1] * ratio[2], body.size_m[2] * ratio[1]


def can_lie(body: Body, pose: str) -> bool:
    """Vehicles on any side, riders, people and animals on theirs; things have none."""
    if body.flank_m > 0.0:
        return pose in LYING
    return pose in LYING[:2] and body.model in FALLEN_M
