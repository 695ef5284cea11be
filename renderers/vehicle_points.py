"""Sixteen key points of vehicles: wheels, lamps, roof, mirrors, number plates.  Renderers floor.

They are found on the finished shape at full detail, by material and joint, so that every builder of vehicles has them.
Front, left and so on are the vehicle's own.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from renderers.assets import SHAPES, shape
from renderers.assets.levels import FULL
from renderers.assets.plates import blanks
from renderers.assets.pose import DOOR, articulate, place
from renderers.materials import MATERIAL_ID, MATERIALS
from renderers.mesh import Asset, Keypoint
from scenarios.bodies import BODIES, LYING
from scenarios.own_assets import OWN
from scenarios.taxonomy import ACTOR_CLASSES
from sim.trace import Actor, WorldInstant

VEHICLE_KEYPOINTS = (
    "wheel_front_left", "wheel_front_right", "wheel_rear_left", "wheel_rear_right", "headlamp_left", "headlamp_right",
    "tail_lamp_left", "tail_lamp_right", "roof_front_left", "roof_front_right", "roof_rear_left", "roof_rear_right",
    "mirror_left", "mirror_right", "plate_front", "plate_rear",
)  # fmt: skip
LAMP_NAMES = {"low_beam": "headlamp", "tail": "tail_lamp"}
SIDES = (("left", 1.0), ("right", -1.0))
TWO_WHEELED = frozenset({"bicycle", "motorcycle", "e_scooter"})
ROOF_SHARE = 0.9  # the roof is what is painted, or of canvas, from this share of its own height on
ROOF_LEAST_M = 0.5  # from front to rear; what is shorter is the frame of a windscreen
_ROOFING = np.array([m.name.startswith("car_paint") or m.name == "soft_top" for m in MATERIALS])


def vehicle_keypoints(actor: Actor, asset: Asset, instant: WorldInstant, index: int) -> NDArray[np.float64]:
    """(16, 3) places in the world, NaN where a vehicle lacks one; (0, 3) for what is no vehicle on four wheels."""
    marks = _marks(actor)
    if not marks:
        return np.zeros((0, 3))
    world_from_part = instant.world_from_actor(index) @ articulate(asset, instant, index)
    places = np.full((len(VEHICLE_KEYPOINTS), 3), np.nan)
    for mark in marks:
        pose = world_from_part[mark.part]
        places[VEHICLE_KEYPOINTS.index(mark.name)] = pose[:3, :3] @ np.array(mark.at_m) + pose[:3, 3]
    return places


def _marks(actor: Actor) -> tuple[Keypoint, ...]:
    known = ACTOR_CLASSES[actor.actor_class]
    if known.moves != "vehicle" or actor.actor_class in TWO_WHEELED or actor.model in OWN:
        return ()
    if actor.model not in BODIES or actor.state in LYING:  # who lies is one piece, without wheels of its own
        return ()
    return _marks_of(
        actor.model, actor.look_seed % SHAPES, tuple(map(float, actor.size_m)), actor.clothing, actor.state
    )


@lru_cache(maxsize=512)
def _marks_of(
    model: str, number: int, size_m: tuple[float, float, float], clothing: str | None, state: str
) -> tuple[Keypoint, ...]:
    made = shape(model, number, size_m, clothing, state, detail=FULL)
    return (*_wheels(made), *_lamps(made), *_roof(made), *_mirrors(made), *_plates(made))


def _mark(name: str, part: int, at_m: NDArray[np.float64]) -> Keypoint:
    x, y, z = (float(v) for v in at_m)
    return Keypoint(name, part, (x, y, z))


def _wheels(made: Asset) -> Iterator[Keypoint]:
    """Hubs on the outer faces of the foremost and the hindmost axle."""
    placed = place(made.parts, {})
    for side, sign in SIDES:
        rows = [
            row
            for row, part in enumerate(made.parts)
            if part.joint in ("wheel", "steered_wheel") and placed[row, 1, 3] * sign > 0.0
        ]
        along = sorted(rows, key=lambda row: float(placed[row, 0, 3]))
        if len(along) < 2:  # a caravan's one axle is neither front nor rear
            continue
        for end, row in (("rear", along[0]), ("front", along[-1])):
            out = float((made.parts[row].mesh.vertices_m[:, 1] * sign).max())
            yield _mark(f"wheel_{end}_{side}", row, np.array((0.0, sign * out, 0.0)))


def _lamps(made: Asset) -> Iterator[Keypoint]:
    """Middles of low beams and of tail lamps, as they shine."""
    found: dict[str, Keypoint] = {}
    for lamp in made.lamps:
        y = lamp.position_m[1]
        if lamp.kind in LAMP_NAMES and abs(y) > 0.1:
            name = f"{LAMP_NAMES[lamp.kind]}_{'left' if y > 0.0 else 'right'}"
            at_m = np.array(lamp.position_m) - (0.03 * np.sign(lamp.axis[0]), 0.0, 0.0)  # on the lens
            on_door = lamp.part >= 0 and made.parts[lamp.part].joint.startswith(DOOR)
            found.setdefault(name, _mark(name, lamp.part if on_door else 0, at_m))
    yield from found.values()


def _roof(made: Asset) -> Iterator[Keypoint]:
    """Corners of the roof, of a lorry that of its cab: what reaches furthest in each diagonal direction."""
    body = made.parts[0].mesh
    corners = body.vertices_m[body.triangles[_ROOFING[body.material]]].reshape(-1, 3).astype(np.float64)
    wide = made.size_m[1]
    corners = corners[np.abs(corners[:, 1]) > 0.15 * wide]  # a taxi's sign is no roof
    if not len(corners):
        return
    corners = corners[corners[:, 2] >= ROOF_SHARE * corners[:, 2].max()]
    if np.ptp(corners[:, 0]) < ROOF_LEAST_M:
        return
    middle = 0.5 * (corners[:, 0].min() + corners[:, 0].max())
    reach = np.ptp(corners[:, 0]), np.ptp(corners[:, 1])
    for end, ahead in (("front", 1.0), ("rear", -1.0)):
        for side, sign in SIDES:
            far = ahead * (corners[:, 0] - middle) / reach[0] + sign * corners[:, 1] / reach[1]
            yield _mark(f"roof_{end}_{side}", 0, corners[int(np.argmax(far))])


def _mirrors(made: Asset) -> Iterator[Keypoint]:
    """Middles of the glass of the mirrors outside, on the body or on a door."""
    placed = place(made.parts, {})
    for side, sign in SIDES:
        for row, part in enumerate(made.parts):
            corner = part.mesh.vertices_m[part.mesh.triangles[part.mesh.material == MATERIAL_ID["mirror"]]]
            own = corner[(corner[:, 0, 1] + placed[row, 1, 3]) * sign > 0.0].reshape(-1, 3).astype(np.float64)
            if len(own):
                yield _mark(f"mirror_{side}", row, 0.5 * (own.min(axis=0) + own.max(axis=0)))
                break


def _plates(made: Asset) -> Iterator[Keypoint]:
    """Middles of the fronts of number plates."""
    found: dict[str, Keypoint] = {}
    for row, part in enumerate(made.parts):
        for blank in blanks(part.mesh):
            name = f"plate_{'front' if blank.forward else 'rear'}"
            found.setdefault(name, _mark(name, row, np.array(blank.at_m)))
    yield from found.values()
