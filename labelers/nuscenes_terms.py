"""Categories, attributes, channels and keys in nuScenes' words, which nuImages shares.  Labels floor."""

import hashlib
from collections.abc import Sequence

import numpy as np

from labelers.records import Cuboid
from scenarios.taxonomy import ACTOR_CLASSES, SEMANTICS

# Order of the devkit's colour map, which is the order of lidarseg's indices (nuscenes.utils.color_map).
CATEGORIES = (
    "noise",
    "animal",
    "human.pedestrian.adult",
    "human.pedestrian.child",
    "human.pedestrian.construction_worker",
    "human.pedestrian.personal_mobility",
    "human.pedestrian.police_officer",
    "human.pedestrian.stroller",
    "human.pedestrian.wheelchair",
    "movable_object.barrier",
    "movable_object.debris",
    "movable_object.pushable_pullable",
    "movable_object.trafficcone",
    "static_object.bicycle_rack",
    "vehicle.bicycle",
    "vehicle.bus.bendy",
    "vehicle.bus.rigid",
    "vehicle.car",
    "vehicle.construction",
    "vehicle.emergency.ambulance",
    "vehicle.emergency.police",
    "vehicle.motorcycle",
    "vehicle.trailer",
    "vehicle.truck",
    "flat.driveable_surface",
    "flat.other",
    "flat.sidewalk",
    "flat.terrain",
    "static.manmade",
    "static.other",
    "static.vegetation",
    "vehicle.ego",
)
CATEGORY_INDEX = {name: index for index, name in enumerate(CATEGORIES)}
INDEX_OF_SEMANTIC = np.zeros(256, np.uint8)
for _semantic in SEMANTICS:
    INDEX_OF_SEMANTIC[_semantic.id] = CATEGORY_INDEX[_semantic.nuscenes]

ATTRIBUTES = {
    "vehicle.moving": "moving",
    "vehicle.stopped": "stopped",
    "vehicle.parked": "parked",
    "cycle.with_rider": "with_rider",
    "cycle.without_rider": "without_rider",
    "pedestrian.moving": "walking or running",
    "pedestrian.standing": "standing",
    "pedestrian.sitting_lying_down": "sitting or lying down",
}


def token(*parts: object) -> str:
    """A table key: 32 hexadecimal digits that depend on the parts only."""
    return hashlib.md5("/".join(str(part) for part in parts).encode(), usedforsecurity=False).hexdigest()


def attribute_of(cuboid: Cuboid) -> str | None:
    """nuScenes' attribute of a cuboid, None for classes without."""
    if cuboid.attribute in ("with_rider", "without_rider") and cuboid.actor_class != "e_scooter":
        return f"cycle.{cuboid.attribute}"
    moves = ACTOR_CLASSES[cuboid.actor_class].moves
    category = ACTOR_CLASSES[cuboid.actor_class].nuscenes
    if category.startswith("human.pedestrian"):
        if cuboid.attribute in ("lying", "sitting"):
            return "pedestrian.sitting_lying_down"
        return "pedestrian.standing" if cuboid.attribute in ("standing", "kneeling") else "pedestrian.moving"
    if moves == "vehicle" and cuboid.attribute in ("moving", "stopped", "parked"):
        return f"vehicle.{cuboid.attribute}"
    return None


def channel_names(
    cameras: Sequence[str], lidars: Sequence[str], radars: Sequence[str] = ()
) -> dict[str, str]:
    """Channel of every sensor of a rig: upper case, CAM_, LIDAR_ and RADAR_ in front; one lidar is LIDAR_TOP."""
    names: dict[str, str] = {}
    for camera in cameras:
        upper = camera.upper()
        names[camera] = upper if upper.startswith("CAM") else f"CAM_{upper}"
    top = "lidar_top" if "lidar_top" in lidars else next(iter(sorted(lidars)), None)
    for lidar in lidars:
        upper = lidar.upper()
        names[lidar] = (
            "LIDAR_TOP" if lidar == top else upper if upper.startswith("LIDAR") else f"LIDAR_{upper}"
        )
    for radar in radars:
        upper = radar.upper()
        names[radar] = upper if upper.startswith("RADAR") else f"RADAR_{upper}"
    if len(set(names.values())) != len(names):
        raise ValueError(f"two sensors would share a channel: {names}")
    return names
