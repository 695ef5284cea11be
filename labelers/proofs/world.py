"""Actors have known classes, stand on the ground and move as they say.  Labels floor."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from labelers.geometry import world_from_cuboid
from labelers.proofs.shared import (
    SLACK_M,
    TUMBLING,
    Violation,
    box_offset,
    limb_mps,
    limbed,
    place_of,
    walks,
)  # fmt: skip
from labelers.records import Cuboid, Sample
from scenarios.bodies import BODIES
from scenarios.taxonomy import ACTOR_CLASSES, SEMANTIC_ID, SEMANTICS

JERK_MPS3 = 30.0  # of an actor between samples: emergency braking builds up within 0.3 s
FOOT_M = 0.05  # bottom faces above or below the road
POSE_M = 0.35  # who starts or stops walking takes the pose of a stride at once
FLIGHT_M = 0.10  # of runners and of who trots above the ground
TYRE_M = 0.005  # tyres are polygons: a box about one that rolls trembles
RIGID_M = 0.001  # of a rigid box in its actor's frame: rounding only
STRIDE_M = 0.4  # to each side of a walker the ground of the next foothold may count: kerbs are steps

Array = NDArray[np.float64]
Ground = Callable[[Array, Array], Array | float]  # heights of the ground at places x, y


def levels(ground: Ground, x_m: Array, y_m: Array) -> Array:
    """(N,) heights of the ground at N places, which are asked at once."""
    return np.broadcast_to(np.asarray(ground(x_m, y_m), np.float64), x_m.shape)


def taxonomy(sample: Sample) -> Iterator[Violation]:
    """Classes are known, extents positive, and an instance's pixels carry its own class (or its rider's)."""
    known = np.zeros(256, np.bool_)
    known[[entry.id for entry in SEMANTICS]] = True
    for cuboid in sample.labels.cuboids:
        place = place_of(sample, cuboid.instance_id)
        if cuboid.actor_class not in ACTOR_CLASSES:
            yield Violation("taxonomy", place, f"class {cuboid.actor_class!r}")
        if min(cuboid.size_m) <= 0.0:
            yield Violation("taxonomy", place, f"size {cuboid.size_m}")
        if not all(0.0 <= share <= 1.0 for share in cuboid.doors.values()):
            yield Violation("taxonomy", place, f"doors {cuboid.doors}")
    planes = [(name, f.semantic, f.instance) for name, f in sorted(sample.cameras.items())]
    planes += [(name, s.semantic, s.instance) for name, s in sorted(sample.lidars.items())]
    for sensor, semantic, instance in planes:
        if not known[semantic].all():
            yield Violation("taxonomy", place_of(sample, sensor), "unknown semantic ids")
        for cuboid in sample.labels.cuboids:
            if cuboid.actor_class not in ACTOR_CLASSES:
                continue
            allowed = [SEMANTIC_ID[ACTOR_CLASSES[cuboid.actor_class].semantic]]
            if cuboid.actor_class in ("bicycle", "motorcycle", "e_scooter"):
                allowed.append(SEMANTIC_ID["rider"])
            if cuboid.actor_class == "wheelchair":
                allowed.append(SEMANTIC_ID["person"])
            found = set(np.unique(semantic[instance == cuboid.instance_id]).tolist()) - set(allowed)
            if found:
                names = ", ".join(entry.name for entry in SEMANTICS if entry.id in found)
                yield Violation(
                    "taxonomy", place_of(sample, sensor, cuboid.instance_id), f"pixels of {names}"
                )


def feet(sample: Sample, ground: Ground | None) -> Iterator[Violation]:
    """Boxes stand on the ground; somebody who walks may be on the way to the level of the next foothold."""
    if ground is None:
        return
    cuboids = sample.labels.cuboids
    if not cuboids:
        return
    steps = np.array([(0.0, 0.0), (STRIDE_M, 0.0), (-STRIDE_M, 0.0), (0.0, STRIDE_M), (0.0, -STRIDE_M)])
    lowest = np.array([_lowest(cuboid) for cuboid in cuboids])
    x, y = (lowest[:, axis, None] + steps[:, axis] for axis in range(2))
    under = levels(ground, x.ravel(), y.ravel()).reshape(x.shape)
    for cuboid, (_, _, z), here in zip(cuboids, lowest, under, strict=True):
        place = place_of(sample, cuboid.instance_id)
        if cuboid.actor_class in TUMBLING:
            if here[0] - z > FOOT_M:
                yield Violation("feet", place, f"{here[0] - z:.3f} m in the ground")
            continue
        known = here if walks(cuboid) else here[:1]
        gap = max(z - known.max(), known.min() - z)
        if gap > FOOT_M:
            yield Violation("feet", place, f"{gap:.3f} m off the ground")
        above = float(box_offset(cuboid)[2]) - cuboid.size_m[2] / 2
        if not -FOOT_M <= above <= (FLIGHT_M if walks(cuboid) else FOOT_M):
            yield Violation("feet", place, f"{above:.3f} m off its origin")


def _lowest(cuboid: Cuboid) -> Array:
    """(3,) where an actor stands: its origin; of what tumbles, below its middle by as far as it reaches."""
    if cuboid.actor_class not in TUMBLING:
        return cuboid.origin_m
    half, down = 0.5 * np.asarray(cuboid.size_m), np.abs(world_from_cuboid(cuboid)[2, :3])
    # What is round touches the ground before the corners of its box, which turns with it.
    shape = BODIES[cuboid.model].shape if cuboid.model in BODIES else "box"
    if shape == "ball":
        reach = half[2]
    elif shape == "disc":
        reach = half[0] * np.hypot(down[0], down[1]) + half[2] * down[2]
    else:
        reach = down @ half
    return np.asarray(cuboid.centre_m - np.array((0.0, 0.0, float(reach))))


def tracks(before: Sample, after: Sample) -> Iterator[Violation]:
    """Between two samples of a clip ids keep class and size, and places change as the velocities say."""
    seconds = (after.time_ns - before.time_ns) * 1e-9
    earlier = {cuboid.instance_id: cuboid for cuboid in before.labels.cuboids}
    if seconds <= 0:
        yield Violation("tracks", place_of(after), f"{seconds} s after the sample before")
        return
    for cuboid in after.labels.cuboids:
        other = earlier.get(cuboid.instance_id)
        if other is None:
            continue
        place = place_of(after, cuboid.instance_id)
        if (cuboid.actor_class, cuboid.model) != (other.actor_class, other.model):
            yield Violation("tracks", place, "class or model changed")
        yield from _shape(other, cuboid, seconds, place)
        tumbles = cuboid.actor_class in TUMBLING
        # The centre of a leaning cyclist's box swings above it; a tumbling box turns about its centre.
        moved = cuboid.centre_m - other.centre_m if tumbles else cuboid.origin_m - other.origin_m
        meant = 0.5 * seconds * (cuboid.velocity_mps + other.velocity_mps)
        slack = SLACK_M + JERK_MPS3 * seconds**3 / 12  # error of the trapezium rule
        if tumbles:
            # An impact changes the velocity at any time in between; several do where a box rolls over its corners, each
            # by no more than corners go about its middle.
            slack += 0.5 * seconds * float(np.linalg.norm(cuboid.velocity_mps - other.velocity_mps))
            slack += 0.25 * _turned(other, cuboid) * float(np.linalg.norm(cuboid.size_m))
        gap = float(np.linalg.norm(moved - meant))
        if gap > slack:
            yield Violation("tracks", place, f"moved {gap:.3f} m otherwise than its velocity says")


def _turned(before: Cuboid, after: Cuboid) -> float:
    """Angle between two samples of a box."""
    turn = world_from_cuboid(before)[:3, :3].T @ world_from_cuboid(after)[:3, :3]
    return float(np.arccos(np.clip(0.5 * (np.trace(turn) - 1.0), -1.0, 1.0)))


def _shape(before: Cuboid, after: Cuboid, seconds: float, place: str) -> Iterator[Violation]:
    """A rigid box is the same one while its doors keep still; faces about limbs move no faster than limbs do."""
    if not limbed(after):
        if after.doors != before.doors:
            return
        trembles = TYRE_M if after.doors else 0.0
        if np.abs(np.subtract(after.size_m, before.size_m)).max() > trembles:
            yield Violation("tracks", place, f"size {before.size_m} changed to {after.size_m}")
        elif np.abs(box_offset(after) - box_offset(before)).max() > RIGID_M + trembles:
            yield Violation("tracks", place, "the box moved about its origin")
        return
    reach = SLACK_M + seconds * max(limb_mps(before), limb_mps(after))
    reach += POSE_M if after.attribute != before.attribute else 0.0
    gap = max(float(np.abs(a - b).max()) for a, b in zip(_faces(before), _faces(after), strict=True))
    if gap > reach:
        yield Violation("tracks", place, f"a face moved {gap:.3f} m about the origin in {seconds:.3f} s")


def _faces(cuboid: Cuboid) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lowest and highest corner in the actor's frame."""
    half = 0.5 * np.asarray(cuboid.size_m)
    return box_offset(cuboid) - half, box_offset(cuboid) + half
