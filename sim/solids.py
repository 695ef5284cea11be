"""What hides and is hidden: bodies of actors and things beside the road as a few solid boxes each.  World floor.

A box of the label encloses every mirror and every stride; what really stands in the way of an eye is less.  The shares
below were measured on the assets' silhouettes from the front, the side and in between.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.bodies import BODIES, door_reach, opened_by, opening_shift, shut_size
from scenarios.taxonomy import ACTOR_CLASSES
from sim.roads.records import RoadObject
from sim.trace import Actor

Floats = NDArray[np.float64]
# x from the rear to the front, y across, z from the ground: shares of length, width and height.
Share = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]
SIDE_DOOR_RAD = np.radians(63.0)  # between an open door and the flank
THIN_M = 0.02  # of walls that are only a line on the map


def _across(x: tuple[float, float], width: float, z: tuple[float, float]) -> Share:
    return x, (0.5 - width / 2, 0.5 + width / 2), z


CAR: tuple[Share, ...] = (
    _across((0.00, 1.00), 0.88, (0.14, 0.62)),
    _across((0.10, 0.70), 0.74, (0.62, 0.98)),
    _across((0.08, 0.92), 0.84, (0.00, 0.14)),
)
TALL_CAR: tuple[Share, ...] = (
    _across((0.00, 1.00), 0.88, (0.14, 0.62)),
    _across((0.04, 0.72), 0.78, (0.62, 0.98)),
    _across((0.08, 0.92), 0.84, (0.00, 0.14)),
)
PERSON: tuple[Share, ...] = (
    _across((0.30, 0.70), 0.46, (0.00, 0.48)),
    _across((0.34, 0.66), 0.68, (0.48, 0.84)),
    _across((0.40, 0.60), 0.26, (0.84, 1.00)),
)


def _legs(hind: float, front: float, half: float, width: float, top: float) -> tuple[Share, ...]:
    return tuple(_across((x - half, x + half), width, (0.0, top)) for x in (hind, front))


BEAST: tuple[Share, ...] = (
    _across((0.10, 0.69), 0.62, (0.42, 0.72)),
    *_legs(0.19, 0.61, 0.045, 0.48, 0.44),
    _across((0.60, 0.77), 0.34, (0.58, 0.86)),
    _across((0.72, 0.93), 0.30, (0.77, 0.94)),
)
MOOSE: tuple[Share, ...] = (
    _across((0.08, 0.70), 0.70, (0.42, 0.79)),
    *_legs(0.15, 0.60, 0.045, 0.45, 0.44),
    _across((0.66, 0.82), 0.36, (0.58, 0.86)),
    _across((0.80, 0.94), 0.26, (0.54, 0.80)),
)
STOCKY: tuple[Share, ...] = (  # cows, sheep, boars: a long barrel, the head before it
    _across((0.07, 0.84), 0.84, (0.34, 0.92)),
    *_legs(0.18, 0.70, 0.06, 0.60, 0.36),
    _across((0.82, 0.98), 0.32, (0.60, 0.93)),
)
HORSE: tuple[Share, ...] = (
    _across((0.08, 0.78), 0.80, (0.39, 0.77)),
    *_legs(0.19, 0.69, 0.045, 0.52, 0.42),
    _across((0.67, 0.88), 0.34, (0.62, 0.90)),
    _across((0.85, 0.97), 0.26, (0.66, 0.94)),
)
DOG: tuple[Share, ...] = (
    _across((0.17, 0.78), 0.66, (0.42, 0.81)),
    *_legs(0.25, 0.66, 0.05, 0.52, 0.46),
    _across((0.70, 0.96), 0.40, (0.72, 0.95)),
    _across((0.03, 0.19), 0.22, (0.40, 0.76)),
)
PROWLER: tuple[Share, ...] = (  # foxes and cats: half of what they measure is tail
    _across((0.32, 0.79), 0.66, (0.36, 0.74)),
    *_legs(0.41, 0.70, 0.045, 0.50, 0.40),
    _across((0.76, 0.94), 0.48, (0.65, 0.92)),
    _across((0.05, 0.34), 0.34, (0.38, 0.64)),
)
GOOSE: tuple[Share, ...] = (
    _across((0.12, 0.80), 0.84, (0.28, 0.56)),
    _across((0.44, 0.62), 0.50, (0.00, 0.28)),
    _across((0.72, 0.84), 0.24, (0.54, 0.96)),
    _across((0.84, 0.98), 0.16, (0.84, 0.94)),
)
PIGEON: tuple[Share, ...] = (
    _across((0.18, 0.80), 0.76, (0.28, 0.72)),
    _across((0.04, 0.20), 0.40, (0.32, 0.44)),
    _across((0.44, 0.62), 0.44, (0.00, 0.28)),
    _across((0.68, 0.86), 0.28, (0.70, 0.97)),
)
LORRY_FRONT = (_across((0.81, 1.00), 0.86, (0.12, 0.78)),)
SHAPES: dict[str, tuple[Share, ...]] = {
    "car": CAR,
    "car.suv": TALL_CAR,
    "car.estate": TALL_CAR,
    "car.hatchback": TALL_CAR,
    "car.compact": TALL_CAR,
    "car.city": TALL_CAR,
    "car.mpv": TALL_CAR,
    "car.crossover": TALL_CAR,
    "car.offroader": (
        _across((0.06, 1.00), 0.88, (0.18, 0.62)),
        _across((0.06, 0.66), 0.84, (0.62, 0.99)),
        _across((0.12, 0.92), 0.84, (0.00, 0.18)),
    ),
    "car.estate_roof_box": (
        _across((0.00, 1.00), 0.88, (0.11, 0.49)),
        _across((0.04, 0.72), 0.78, (0.49, 0.78)),
        _across((0.10, 0.52), 0.38, (0.82, 1.00)),
        _across((0.08, 0.92), 0.84, (0.00, 0.11)),
    ),
    "pickup": (
        _across((0.00, 1.00), 0.86, (0.20, 0.62)),
        _across((0.32, 0.70), 0.74, (0.62, 0.98)),
        _across((0.08, 0.92), 0.82, (0.00, 0.20)),
    ),
    "van.minibus": (
        _across((0.00, 0.78), 0.82, (0.10, 0.98)),
        _across((0.78, 1.00), 0.82, (0.10, 0.58)),
        _across((0.08, 0.92), 0.80, (0.00, 0.10)),
    ),
    "van": (
        _across((0.00, 0.82), 0.86, (0.10, 0.99)),
        _across((0.82, 1.00), 0.82, (0.10, 0.56)),
        _across((0.08, 0.92), 0.80, (0.00, 0.10)),
    ),
    "truck": (
        _across((0.00, 0.74), 1.00, (0.30, 1.00)),
        _across((0.76, 1.00), 0.90, (0.14, 0.86)),
        _across((0.05, 0.95), 0.90, (0.00, 0.30)),
    ),
    "truck.flatbed": (
        _across((0.00, 0.76), 1.00, (0.32, 0.44)),
        _across((0.76, 1.00), 0.90, (0.14, 1.00)),
        _across((0.05, 0.95), 0.90, (0.00, 0.32)),
    ),
    # Mirrors are a tenth of a heavy lorry's width: its body is narrower than its box.
    "truck.curtain": (
        _across((0.00, 0.80), 0.94, (0.27, 1.00)),
        *LORRY_FRONT,
        _across((0.04, 0.96), 0.90, (0.00, 0.27)),
    ),
    "truck.tanker": (
        _across((0.01, 0.79), 0.90, (0.30, 0.92)),
        *LORRY_FRONT,
        _across((0.02, 0.96), 0.90, (0.00, 0.30)),
    ),
    "truck.mixer": (
        _across((0.18, 0.72), 0.74, (0.34, 0.92)),
        _across((0.04, 0.24), 0.42, (0.30, 0.98)),
        *LORRY_FRONT,
        _across((0.04, 0.96), 0.90, (0.00, 0.34)),
    ),
    "truck.refuse": (
        _across((0.00, 0.21), 0.92, (0.22, 0.92)),
        _across((0.21, 0.80), 0.93, (0.30, 0.97)),
        *LORRY_FRONT,
        _across((0.06, 0.96), 0.90, (0.00, 0.30)),
    ),
    "truck.dump": (
        _across((0.00, 0.76), 0.94, (0.38, 0.88)),
        *LORRY_FRONT,
        _across((0.02, 0.96), 0.88, (0.00, 0.38)),
    ),
    "truck.tractor_unit": (
        _across((0.52, 1.00), 0.86, (0.12, 0.98)),
        _across((0.02, 0.52), 0.80, (0.05, 0.30)),
        _across((0.08, 0.92), 0.84, (0.00, 0.12)),
    ),
    "fire_engine": (
        _across((0.00, 0.61), 0.88, (0.18, 0.94)),
        _across((0.61, 1.00), 0.84, (0.11, 0.87)),
        _across((0.08, 0.92), 0.84, (0.00, 0.18)),
    ),
    "ambulance": (
        _across((0.00, 0.65), 0.89, (0.14, 0.94)),
        _across((0.65, 0.85), 0.72, (0.14, 0.84)),
        _across((0.85, 1.00), 0.78, (0.10, 0.46)),
        _across((0.08, 0.92), 0.76, (0.00, 0.14)),
    ),
    "trailer.curtain": (_across((0.00, 1.00), 1.00, (0.29, 1.00)), _across((0.02, 0.74), 0.86, (0.00, 0.29))),
    "trailer.tank": (_across((0.01, 1.00), 0.94, (0.35, 0.95)), _across((0.00, 0.70), 0.88, (0.00, 0.35))),
    "trailer.small": (_across((0.00, 0.68), 0.74, (0.26, 0.99)), _across((0.25, 0.50), 1.00, (0.00, 0.36))),
    "caravan": (_across((0.00, 0.83), 0.97, (0.22, 0.97)), _across((0.30, 0.46), 0.94, (0.00, 0.25))),
    "motorhome": (
        _across((0.00, 0.69), 0.90, (0.14, 0.98)),
        _across((0.69, 0.87), 0.86, (0.70, 0.98)),
        _across((0.69, 1.00), 0.78, (0.12, 0.46)),
        _across((0.70, 0.84), 0.66, (0.46, 0.76)),
        _across((0.08, 0.92), 0.74, (0.00, 0.14)),
    ),
    "tram": (_across((0.00, 1.00), 0.97, (0.07, 0.86)), _across((0.12, 0.86), 0.68, (0.86, 0.93))),
    "tractor": (
        _across((0.00, 0.46), 0.96, (0.00, 0.62)),
        _across((0.14, 0.52), 0.56, (0.55, 1.00)),
        _across((0.46, 0.92), 0.34, (0.18, 0.58)),
        _across((0.66, 0.94), 0.94, (0.00, 0.42)),
    ),
    "construction_vehicle": (
        _across((0.02, 0.66), 0.88, (0.40, 0.68)),
        ((0.40, 0.66), (0.58, 0.92), (0.62, 0.98)),
        _across((0.06, 0.84), 0.86, (0.00, 0.40)),
        ((0.66, 1.00), (0.40, 0.52), (0.35, 1.00)),
    ),
    "bus.coach": (_across((0.00, 1.00), 0.86, (0.09, 0.96)), _across((0.06, 0.94), 0.80, (0.00, 0.09))),
    "bus": (_across((0.00, 1.00), 0.87, (0.08, 1.00)), _across((0.06, 0.94), 0.84, (0.00, 0.08))),
    "motorcycle": (
        _across((0.00, 1.00), 0.34, (0.00, 0.55)),
        _across((0.30, 0.70), 0.66, (0.50, 0.86)),
        _across((0.45, 0.65), 0.32, (0.86, 1.00)),
    ),
    "bicycle.parked": (
        _across((0.00, 1.00), 0.20, (0.00, 0.62)),
        _across((0.16, 0.44), 0.30, (0.62, 0.88)),
        _across((0.60, 0.80), 0.90, (0.78, 1.00)),
    ),
    "bicycle": (
        _across((0.08, 0.92), 0.12, (0.00, 0.36)),
        _across((0.30, 0.66), 0.46, (0.20, 0.56)),
        _across((0.32, 0.68), 0.70, (0.54, 0.86)),
        _across((0.48, 0.62), 0.30, (0.86, 1.00)),
    ),
    "person": PERSON,
    "animal": BEAST,
    **dict.fromkeys(("cow", "sheep", "animal.boar"), STOCKY),
    "horse": HORSE,
    "dog": DOG,
    **dict.fromkeys(("cat", "animal.fox"), PROWLER),
    "animal.moose": MOOSE,
    "animal.goose": GOOSE,
    "bird": PIGEON,
    "traffic_cone": (
        _across((0.00, 1.00), 1.00, (0.00, 0.06)),
        _across((0.22, 0.78), 0.56, (0.06, 0.45)),
        _across((0.36, 0.64), 0.28, (0.45, 1.00)),
    ),
}
WHOLE: tuple[Share, ...] = (_across((0.0, 1.0), 1.0, (0.0, 1.0)),)


@dataclass(frozen=True, slots=True)
class Solids:
    """K boxes: middles, rotations and half sizes in some frame."""

    centre_m: Floats  # (K, 3)
    rotation: Floats  # (K, 3, 3) frame_from_box
    half_m: Floats  # (K, 3)

    def __len__(self) -> int:
        return len(self.centre_m)

    def some(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> "Solids":
        """Some of the boxes."""
        return Solids(self.centre_m[rows], self.rotation[rows], self.half_m[rows])

    @staticmethod
    def join(parts: Iterable["Solids"]) -> "Solids":
        kept = [part for part in parts if len(part)]
        if not kept:
            return Solids(np.zeros((0, 3)), np.zeros((0, 3, 3)), np.zeros((0, 3)))
        return Solids(
            np.concatenate([p.centre_m for p in kept]),
            np.concatenate([p.rotation for p in kept]),
            np.concatenate([p.half_m for p in kept]),
        )


def body_of(model: str, actor_class: str, size_m: tuple[float, float, float]) -> Solids:
    """An actor as boxes in its own frame: body, cabin, limbs.  Who lies, and what has no shape here, is one box."""
    body = BODIES.get(model)
    upright = body is None or abs(size_m[2] / size_m[0] - body.size_m[2] / body.size_m[0]) < 0.05
    kind = ACTOR_CLASSES[actor_class].semantic if actor_class in ACTOR_CLASSES else ""
    words = (word for word in (model, actor_class, kind) if word in SHAPES)
    shares = SHAPES.get(next(words, ""), WHOLE) if upright else WHOLE
    size = np.array(size_m)
    low = np.array([[x[0], y[0], z[0]] for x, y, z in shares])
    high = np.array([[x[1], y[1], z[1]] for x, y, z in shares])
    middle = (0.5 * (low + high) - (0.5, 0.5, 0.0)) * size
    return Solids(middle, np.tile(np.eye(3), (len(shares), 1, 1)), 0.5 * (high - low) * size)


def bodies_of(actors: Iterable[Actor]) -> list[Solids]:
    return [
        _with_doors(a) if opened_by(a.state) else body_of(a.model, a.actor_class, a.size_m) for a in actors
    ]


def _with_doors(actor: Actor) -> Solids:
    """A vehicle about the middle of its open box: its body, and a board for each door up to its window."""
    body = BODIES[actor.model]
    ahead, left = opening_shift(body, actor.size_m, actor.state)
    own = body_of(actor.model, actor.actor_class, shut_size(body, actor.size_m, actor.state))
    boards = [own]
    for name in opened_by(actor.state):
        low, high = np.array(door_reach(body, name)).reshape(3, 2).T
        middle, half = 0.5 * (low + high), 0.5 * (high - low)
        turn = np.eye(3)
        if name not in ("boot", "bonnet"):  # it stands out from its hinge in front
            side = 1.0 if middle[1] > 0.0 else -1.0
            out = 0.5 * (abs(high[1] if side > 0 else low[1]) - body.flank_m / 2)
            slant = SIDE_DOOR_RAD * side
            turn[:2, :2] = ((np.cos(slant), np.sin(slant)), (-np.sin(slant), np.cos(slant)))
            tall = 0.62 * body.size_m[2] - low[2]
            middle[:] = (
                low[0] + out / np.tan(SIDE_DOOR_RAD), side * (body.flank_m / 2 + out), low[2] + 0.5 * tall
            )  # fmt: skip
            half = np.array((out / np.sin(SIDE_DOOR_RAD), 0.05, 0.5 * tall))
        boards.append(Solids(middle[None], turn[None], half[None]))
    whole = Solids.join(boards)
    return Solids(whole.centre_m - np.array((ahead, left, 0.0)), whole.rotation, whole.half_m)


def things_of(objects: Iterable[RoadObject]) -> Solids:
    """What stands beside the road and is not flat; runs and outlines become walls."""
    return Solids.join(_thing(thing) for thing in objects if thing.size_m[2] > 0.0)


def _thing(thing: RoadObject) -> Solids:
    length, width, height = thing.size_m
    if thing.outline_m is None or len(thing.outline_m) < 2:
        if thing.kind == "tree":  # a crown is no wall: half as wide as it is, above a trunk
            crown, trunk = (
                _upright(thing.position_m, thing.yaw_rad, 0.5 * length, 0.5 * width, 0.6 * height),
                0.3,
            )
            lifted = Solids(
                crown.centre_m + np.array((0.0, 0.0, 0.35 * height)), crown.rotation, crown.half_m
            )
            return Solids.join(
                (lifted, _upright(thing.position_m, thing.yaw_rad, trunk, trunk, 0.5 * height))
            )
        if length <= 0.0 or width <= 0.0:
            return Solids.join(())
        return _upright(thing.position_m, thing.yaw_rad, length, width, height)
    line = np.concatenate((thing.outline_m, thing.outline_m[:1])) if thing.closed else thing.outline_m
    thick = THIN_M if thing.closed else max(width, THIN_M)
    step = np.diff(line[:, :2], axis=0)
    long = np.hypot(step[:, 0], step[:, 1])
    walls = []
    for start, end, yaw, reach in zip(
        line[:-1], line[1:], np.arctan2(step[:, 1], step[:, 0]), long, strict=True
    ):
        if reach > 1e-6:
            walls.append(_upright(0.5 * (start + end), float(yaw), float(reach), thick, height))
    return Solids.join(walls)


def _upright(foot_m: Floats, yaw_rad: float, length: float, width: float, height: float) -> Solids:
    cos, sin = np.cos(yaw_rad), np.sin(yaw_rad)
    rotation = np.array(((cos, -sin, 0.0), (sin, cos, 0.0), (0.0, 0.0, 1.0)))
    middle = np.asarray(foot_m, np.float64) + np.array((0.0, 0.0, height / 2))
    return Solids(middle[None], rotation[None], np.array(((length / 2, width / 2, height / 2),)))
