"""What proofs give, and the geometry that several of them ask.  Labels floor."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labelers.geometry import world_from_cuboid
from labelers.records import Cuboid, Sample
from scenarios.taxonomy import ACTOR_CLASSES

SLACK_M = 0.02  # float32 buffers and the tesselation of round parts
TURN_RADPS = 0.5  # of an actor between two times of a frame, for how far it may swing out of its box
# Faces of a box that holds limbs, in its actor's frame: heels and toes of walkers at 0.8 to 12 m/s move them less fast.
LIMB_MPS, LIMB_SHARE = 3.0, 1.2  # m/s, and of the actor's own speed
LIMBED = frozenset({"bicycle", "motorcycle", "e_scooter", "wheelchair"})  # and all walkers
TUMBLING = frozenset({"debris", "ball"})  # what may lie on any side, on one another or on a bed, and fall


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule at one place."""

    rule: str
    place: str  # clip, sample, sensor, instance
    fact: str


def place_of(sample: Sample, *more: object) -> str:
    """Where something is wrong, in one word: clip/sample/sensor/instance."""
    return "/".join(str(part) for part in (sample.clip, f"{sample.index:06d}", *more))


def limbed(cuboid: Cuboid) -> bool:
    """Whether its box holds limbs, and so breathes."""
    return cuboid.actor_class in LIMBED or walks(cuboid)


def rides(cuboid: Cuboid) -> bool:
    """Whether it goes on wheels."""
    return cuboid.actor_class in ACTOR_CLASSES and ACTOR_CLASSES[cuboid.actor_class].moves == "vehicle"


def walks(cuboid: Cuboid) -> bool:
    """Whether it goes on foot."""
    return cuboid.actor_class in ACTOR_CLASSES and ACTOR_CLASSES[cuboid.actor_class].moves == "walker"


def limb_mps(cuboid: Cuboid) -> float:
    """How fast faces of its box may move about its origin."""
    return LIMB_MPS + LIMB_SHARE * float(np.linalg.norm(cuboid.velocity_mps))


def box_offset(cuboid: Cuboid) -> NDArray[np.float64]:
    """(3,) the box's centre in the actor's frame."""
    offset: NDArray[np.float64] = world_from_cuboid(cuboid)[:3, :3].T @ (cuboid.centre_m - cuboid.origin_m)
    return offset


def in_cuboid_frame(
    points_m: NDArray[np.floating], frame_from_cuboid: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(N, 3) points of a frame in the cuboid's own axes, from its centre."""
    local: NDArray[np.float64] = (points_m.astype(np.float64) - frame_from_cuboid[:3, 3]) @ frame_from_cuboid[
        :3, :3
    ]
    return local


def inside_cuboid(
    points_m: NDArray[np.float64], frame_from_cuboid: NDArray[np.float64], cuboid: Cuboid, margin_m: float
) -> NDArray[np.bool_]:
    """(N,) which points of a frame lie in the cuboid, grown by a margin on all sides."""
    half = np.maximum(0.5 * np.asarray(cuboid.size_m) + margin_m, 0.0)
    within: NDArray[np.bool_] = np.all(np.abs(in_cuboid_frame(points_m, frame_from_cuboid)) <= half, axis=1)
    return within
