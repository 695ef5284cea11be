"""One taxonomy and its names in other people's datasets.  Language floor.

`SEMANTICS` are the classes of pixels and points; `ACTOR_CLASSES` those of labelled things.  Ids are ours and stable:
they are written into every dataset and never reused.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SemanticClass:
    """A class of surface, as pixels and lidar points carry it."""

    id: int
    name: str
    color: tuple[int, int, int]  # sRGB, for pictures (the Cityscapes palette where it has the class)
    is_thing: bool
    cityscapes: int  # labelId
    nuscenes: str  # lidarseg category
    semantic_kitti: int
    coco: str  # "" where COCO has no such class


def _s(
    id_: int,
    name: str,
    color: tuple[int, int, int],
    thing: bool,
    cityscapes: int,
    nuscenes: str,
    skitti: int,
    coco: str = "",
) -> SemanticClass:
    return SemanticClass(id_, name, color, thing, cityscapes, nuscenes, skitti, coco)


SEMANTICS: tuple[SemanticClass, ...] = (
    _s(0, "void", (0, 0, 0), False, 0, "noise", 0),
    _s(1, "road", (128, 64, 128), False, 7, "flat.driveable_surface", 40),
    _s(2, "road_marking", (255, 255, 255), False, 7, "flat.driveable_surface", 60),
    _s(3, "sidewalk", (244, 35, 232), False, 8, "flat.sidewalk", 48),
    _s(4, "kerb", (196, 196, 196), False, 8, "flat.other", 49),
    _s(5, "parking", (250, 170, 160), False, 9, "flat.driveable_surface", 44),
    _s(6, "terrain", (152, 251, 152), False, 22, "flat.terrain", 72),
    _s(7, "building", (70, 70, 70), False, 11, "static.manmade", 50),
    _s(8, "wall", (102, 102, 156), False, 12, "static.manmade", 52),
    _s(9, "fence", (190, 153, 153), False, 13, "static.manmade", 51),
    _s(10, "guard_rail", (180, 165, 180), False, 14, "static.manmade", 51),
    _s(11, "bridge", (150, 100, 100), False, 15, "static.manmade", 52),
    _s(12, "tunnel", (150, 120, 90), False, 16, "static.manmade", 52),
    _s(13, "pole", (153, 153, 153), False, 17, "static.manmade", 80),
    _s(14, "traffic_light", (250, 170, 30), True, 19, "static.manmade", 81, "traffic light"),
    _s(15, "traffic_sign", (220, 220, 0), True, 20, "static.manmade", 81, "stop sign"),
    _s(16, "vegetation", (107, 142, 35), False, 21, "static.vegetation", 70),
    _s(17, "sky", (70, 130, 180), False, 23, "noise", 0),
    _s(18, "person", (220, 20, 60), True, 24, "human.pedestrian.adult", 30, "person"),
    _s(19, "rider", (255, 0, 0), True, 25, "vehicle.bicycle", 31, "person"),
    _s(20, "car", (0, 0, 142), True, 26, "vehicle.car", 10, "car"),
    _s(21, "truck", (0, 0, 70), True, 27, "vehicle.truck", 18, "truck"),
    _s(22, "bus", (0, 60, 100), True, 28, "vehicle.bus.rigid", 13, "bus"),
    _s(23, "train", (0, 80, 100), True, 31, "static.other", 16, "train"),
    _s(24, "motorcycle", (0, 0, 230), True, 32, "vehicle.motorcycle", 15, "motorcycle"),
    _s(25, "bicycle", (119, 11, 32), True, 33, "vehicle.bicycle", 11, "bicycle"),
    _s(26, "animal", (140, 90, 60), True, 0, "animal", 99, "dog"),
    _s(27, "traffic_cone", (255, 120, 0), True, 20, "movable_object.trafficcone", 99),
    _s(28, "barrier", (200, 110, 60), True, 14, "movable_object.barrier", 51),
    _s(29, "debris", (120, 80, 160), True, 5, "movable_object.debris", 99),
    _s(30, "static_object", (110, 110, 110), False, 4, "static.other", 99),
    _s(31, "ego_vehicle", (20, 20, 20), False, 1, "vehicle.ego", 1),
    _s(32, "water", (60, 100, 160), False, 22, "flat.other", 49),
    _s(33, "airborne", (230, 230, 250), False, 0, "noise", 1),  # lidar only: rain, snow, fog, spray
    _s(34, "caravan", (0, 0, 90), True, 29, "vehicle.trailer", 20),
    _s(35, "trailer", (0, 0, 110), True, 30, "vehicle.trailer", 20),
    _s(36, "construction_vehicle", (180, 120, 0), True, 27, "vehicle.construction", 20, "truck"),
    # What people sit in, lie in or stand on besides bicycles: wheelchairs, prams, electric scooters.
    _s(37, "personal_mobility", (160, 60, 200), True, 5, "human.pedestrian.personal_mobility", 20),
)
SEMANTIC_ID: dict[str, int] = {c.name: c.id for c in SEMANTICS}


@dataclass(frozen=True, slots=True)
class ActorClass:
    """A class of labelled thing."""

    name: str
    semantic: str  # class of its body's surfaces
    nuscenes: str  # category
    nuscenes_detection: str  # detection class, "" where nuScenes evaluates none
    kitti: str  # object type
    coco: str  # "" where COCO has no such class
    moves: str  # "vehicle", "walker" or "prop"


def _a(
    name: str, semantic: str, nuscenes: str, detection: str, kitti: str, coco: str, moves: str
) -> ActorClass:
    return ActorClass(name, semantic, nuscenes, detection, kitti, coco, moves)


ACTOR_CLASSES: dict[str, ActorClass] = {
    a.name: a
    for a in (
        _a("car", "car", "vehicle.car", "car", "Car", "car", "vehicle"),
        _a("van", "car", "vehicle.car", "car", "Van", "car", "vehicle"),
        _a("pickup", "truck", "vehicle.truck", "truck", "Truck", "truck", "vehicle"),
        _a("truck", "truck", "vehicle.truck", "truck", "Truck", "truck", "vehicle"),
        _a("bus", "bus", "vehicle.bus.rigid", "bus", "Truck", "bus", "vehicle"),
        _a("tram", "train", "vehicle.bus.bendy", "bus", "Tram", "train", "vehicle"),
        _a("motorhome", "caravan", "vehicle.car", "car", "Van", "truck", "vehicle"),
        _a("caravan", "caravan", "vehicle.trailer", "trailer", "Misc", "", "vehicle"),
        _a("trailer", "trailer", "vehicle.trailer", "trailer", "Misc", "", "vehicle"),
        _a(
            "construction_vehicle",
            "construction_vehicle",
            "vehicle.construction",
            "construction_vehicle",
            "Misc",
            "truck",
            "vehicle",
        ),
        _a(
            "tractor",
            "construction_vehicle",
            "vehicle.construction",
            "construction_vehicle",
            "Misc",
            "truck",
            "vehicle",
        ),
        _a("police_car", "car", "vehicle.emergency.police", "", "Car", "car", "vehicle"),
        _a("ambulance", "car", "vehicle.emergency.ambulance", "", "Van", "truck", "vehicle"),
        _a("fire_engine", "truck", "vehicle.truck", "truck", "Truck", "truck", "vehicle"),
        _a("motorcycle", "motorcycle", "vehicle.motorcycle", "motorcycle", "Misc", "motorcycle", "vehicle"),
        _a("bicycle", "bicycle", "vehicle.bicycle", "bicycle", "Cyclist", "bicycle", "vehicle"),
        _a("pedestrian", "person", "human.pedestrian.adult", "pedestrian", "Pedestrian", "person", "walker"),
        _a("child", "person", "human.pedestrian.child", "pedestrian", "Pedestrian", "person", "walker"),
        _a(
            "construction_worker",
            "person",
            "human.pedestrian.construction_worker",
            "pedestrian",
            "Pedestrian",
            "person",
            "walker",
        ),
        _a(
            "police_officer",
            "person",
            "human.pedestrian.police_officer",
            "pedestrian",
            "Pedestrian",
            "person",
            "walker",
        ),
        _a(
            "wheelchair",
            "personal_mobility",
            "human.pedestrian.wheelchair",
            "",
            "Person_sitting",
            "person",
            "walker",
        ),
        _a("stroller", "personal_mobility", "human.pedestrian.stroller", "", "Misc", "", "walker"),
        _a(
            "e_scooter",
            "personal_mobility",
            "human.pedestrian.personal_mobility",
            "",
            "Misc",
            "person",
            "vehicle",
        ),
        _a("animal", "animal", "animal", "", "Misc", "", "walker"),
        _a("dog", "animal", "animal", "", "Misc", "dog", "walker"),
        _a("cat", "animal", "animal", "", "Misc", "cat", "walker"),
        _a("horse", "animal", "animal", "", "Misc", "horse", "walker"),
        _a("cow", "animal", "animal", "", "Misc", "cow", "walker"),
        _a("sheep", "animal", "animal", "", "Misc", "sheep", "walker"),
        _a("bird", "animal", "animal", "", "Misc", "bird", "walker"),
        _a("traffic_cone", "traffic_cone", "movable_object.trafficcone", "traffic_cone", "Misc", "", "prop"),
        _a("barrier", "barrier", "movable_object.barrier", "barrier", "Misc", "", "prop"),
        _a("debris", "debris", "movable_object.debris", "", "Misc", "", "prop"),
        _a("ball", "debris", "movable_object.debris", "", "Misc", "sports ball", "prop"),
        _a("warning_triangle", "barrier", "movable_object.pushable_pullable", "", "Misc", "", "prop"),
    )
}

PEOPLE = frozenset(name for name, c in ACTOR_CLASSES.items() if c.semantic == "person") | {"wheelchair"}
ANIMALS = frozenset(name for name, c in ACTOR_CLASSES.items() if c.semantic == "animal")

# Classes as detectors name them (COCO's and KITTI's words among them), and the actor classes that each may mean.
DETECTED_AS: dict[str, frozenset[str]] = {
    **{name: frozenset((name,)) for name in ACTOR_CLASSES},
    "car": frozenset(("car", "van", "pickup", "police_car", "ambulance", "motorhome")),
    "truck": frozenset(("truck", "fire_engine", "pickup", "construction_vehicle")),
    "train": frozenset(("tram",)),
    "pedestrian": PEOPLE,
    "person": PEOPLE,
    "cyclist": frozenset(("bicycle",)),
    "animal": ANIMALS,
    "vehicle": frozenset(name for name, c in ACTOR_CLASSES.items() if c.moves == "vehicle"),
    "obstacle": frozenset(name for name, c in ACTOR_CLASSES.items() if c.moves == "prop"),
    "any": frozenset(ACTOR_CLASSES),
}


def meaning(word: str) -> frozenset[str]:
    """The actor classes that a detector's class may mean; a stranger means none and counts only as `any`."""
    return DETECTED_AS.get(word.lower(), frozenset())
