"""The physical facts of every model an actor can have: class, box, axles.  Language floor.

The language checks model names against this table, the world drives these boxes, the assets fit their meshes into
them, and labels report them: one table, so that they cannot disagree.
"""

from scenarios.bodies.animals import ANIMALS
from scenarios.bodies.doors import (
    DOORS,
    door_reach,
    doors_of,
    open_size,
    open_state,
    opened_by,
    opening_shift,
    shut_size,
)
from scenarios.bodies.heavy import HEAVY
from scenarios.bodies.people import PEOPLE
from scenarios.bodies.record import Bed, Body
from scenarios.bodies.things import THINGS
from scenarios.bodies.vehicles import VEHICLES

__all__ = [
    "BEACONS",
    "BODIES",
    "CARRIERS",
    "DOORS",
    "LYING",
    "POSED",
    "RIDERLESS",
    "Bed",
    "Body",
    "can_lie",
    "carrying_size",
    "door_reach",
    "doors_of",
    "lying_size",
    "open_size",
    "open_state",
    "opened_by",
    "opening_shift",
    "shut_size",
    "standing_size",
]

BODIES: dict[str, Body] = {b.model: b for b in (*VEHICLES, *HEAVY, *PEOPLE, *ANIMALS, *THINGS)}
BEACONS: tuple[str, ...] = tuple(b.model for b in BODIES.values() if b.beacon)
CARRIERS: tuple[str, ...] = tuple(b.model for b in BODIES.values() if b.bed is not None)
RIDERLESS = frozenset(("bicycle.parked",))  # two-wheelers with nobody on them
LYING = ("on_left_side", "on_right_side", "on_roof")
# Poses of people who do not walk: box (length, width, height) as shares of stature.
POSED: dict[str, tuple[float, float, float]] = {
    "sitting": (0.52, 0.333, 0.57),
    "kneeling": (0.715, 0.305, 0.71),
    "pointing": (0.505, 0.333, 1.00),
    "directing": (0.21, 0.665, 1.157),
}
PEOPLE_CLASSES = ("pedestrian", "child", "construction_worker", "police_officer")
# What is carried and juts out of a walker's box: metres added to (length, width, height).
CARRIED_M: dict[str, tuple[float, float, float]] = {
    "umbrella": (0.06, 0.40, 0.16),
    "suitcase": (0.34, 0.10, 0.0),
}


def carrying_size(size_m: tuple[float, float, float], carries: str | None) -> tuple[float, float, float]:
    """The box of somebody of `size_m` together with what is carried."""
    length, width, height = CARRIED_M.get(carries or "", (0.0, 0.0, 0.0))
    return size_m[0] + length, size_m[1] + width, size_m[2] + height


def lying_size(body: Body, size_m: tuple[float, float, float], pose: str) -> tuple[float, float, float]:
    """The upright box that holds a body of `size_m` in a pose: turned about its length, on what is left of its flank."""
    if pose in POSED:
        length, width, height = POSED[pose]
        return length * size_m[2], width * size_m[2], height * size_m[2]
    if pose not in LYING:
        return size_m
    if body.fallen_m is not None:
        scale = size_m[2] / body.size_m[2]
        length, width, height = body.fallen_m
        return length * scale, width * scale, height * scale
    length, width, height = size_m
    if pose == "on_roof":
        return size_m
    flank = body.flank_m * width / body.size_m[1] if body.flank_m > 0.0 else width
    return length, height, (width + flank) / 2


def standing_size(body: Body, size_m: tuple[float, float, float], pose: str) -> tuple[float, float, float]:
    """The box of the body before it fell, sat or pointed: the inverse of `lying_size`."""
    if pose in POSED:
        scale = size_m[2] / POSED[pose][2] / body.size_m[2]
        return body.size_m[0] * scale, body.size_m[1] * scale, body.size_m[2] * scale
    if pose not in LYING or pose == "on_roof":
        return size_m
    ratio = [a / b for a, b in zip(size_m, lying_size(body, body.size_m, pose), strict=True)]
    if body.fallen_m is not None:
        return body.size_m[0] * ratio[0], body.size_m[1] * ratio[1], body.size_m[2] * ratio[2]
    return body.size_m[0] * ratio[0], body.size_m[1] * ratio[2], body.size_m[2] * ratio[1]


def can_lie(body: Body, pose: str) -> bool:
    """Vehicles on any side, riders, people and animals on theirs; things have none.

    Only people sit, kneel and point.
    """
    if pose in POSED:
        return body.actor_class in PEOPLE_CLASSES
    if body.flank_m > 0.0:
        return pose in LYING
    return pose in LYING[:2] and body.fallen_m is not None
