"""What goes on, in words and in terms of operational design domains: road, traffic, criticality.  Labels floor.

Nothing is guessed from pictures: each word follows from the simulated facts of its instant, and the same facts always
give the same words.  Terms are those of ISO 34503 and BSI PAS 1883 (tags `iso34503_...`) and of ASAM OpenLABEL's
ontology (`openlabel_road_users`).
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelers.geometry import inverse_rigid
from labelers.records import Cuboid
from scenarios.resolved import Concrete
from scenarios.taxonomy import ANIMALS, PEOPLE
from sim.roads.network import RoadNetwork

NEAR_M = 50.0  # from the ego's origin: who is counted and named
CRITICAL_S, TIGHT_S = 1.5, 3.0  # times to collision below which a moment is critical, or tight
MINOR_MPS = 30.5 / 3.6  # roads with lower limits are minor ones
STILL_MPS = 0.3
Tags = dict[str, str | float]

ROAD_USERS = {  # OpenLABEL's classes
    "car": "VehicleCar",
    "van": "VehicleVan",
    "pickup": "VehicleTruck",
    "truck": "VehicleTruck",
    "bus": "VehicleBus",
    "motorhome": "VehicleVan",
    "caravan": "VehicleTrailer",
    "trailer": "VehicleTrailer",
    "tractor": "VehicleAgricultural",
    "construction_vehicle": "VehicleConstruction",
    "police_car": "VehicleEmergency",
    "ambulance": "VehicleEmergency",
    "fire_engine": "VehicleEmergency",
    "motorcycle": "VehicleMotorcycle",
    "bicycle": "VehicleCycle",
    "wheelchair": "HumanWheelchairUser",
    "stroller": "HumanPedestrian",
    "tram": "RoadUserVehicle",
    "e_scooter": "RoadUserVehicle",
}
PERSON, ANIMAL = "HumanPedestrian", "RoadUserAnimal"
PLACES = {
    "town": "town street", "suburb": "suburban street", "country": "country road", "forest": "forest road",
    "highway": "motorway", "bare": "road",
}  # fmt: skip
SECTORS = ((30.0, "ahead"), (75.0, "ahead to the {}"), (120.0, "to the {}"), (180.1, "behind"))
PLURALS = {"bus": "buses", "person": "people", "child": "children", "debris": "debris", "sheep": "sheep"}


def road_user(actor_class: str) -> str | None:
    """OpenLABEL's class of a road user; None for things."""
    if actor_class in ROAD_USERS:
        return ROAD_USERS[actor_class]
    if actor_class in PEOPLE:
        return PERSON
    return ANIMAL if actor_class in ANIMALS else None


def meets_s(
    own_m: NDArray[np.float64],  # (4, 2) corners of a rectangle in the plane, in order
    own_mps: NDArray[np.float64],  # (2,)
    other_m: NDArray[np.float64],
    other_mps: NDArray[np.float64],
) -> float:
    """Seconds until two rectangles touch if both go on as they do, without turning; inf where they never will."""
    enter, leave = -math.inf, math.inf
    speed = other_mps - own_mps
    for corners in (own_m, other_m):
        for edge in (corners[1] - corners[0], corners[3] - corners[0]):
            axis = edge / max(float(np.hypot(*edge)), 1e-12)
            a, b, rate = own_m @ axis, other_m @ axis, float(speed @ axis)
            # They overlap along the axis while b.max() + rate t >= a.min() and b.min() + rate t <= a.max().
            early, late = float(a.min() - b.max()), float(a.max() - b.min())
            if abs(rate) < 1e-9:
                if early > 0.0 or late < 0.0:
                    return math.inf
                continue
            first, last = sorted((early / rate, late / rate))
            enter, leave = max(enter, first), min(leave, last)
    return max(enter, 0.0) if enter <= leave and leave >= 0.0 else math.inf


def rectangle(
    pose: NDArray[np.float64], centre_m: NDArray[np.float64], size_m: Sequence[float]
) -> NDArray[np.float64]:
    """(4, 2) corners in the plane of a box about a centre, turned as a pose is."""
    half = 0.5 * np.array(size_m[:2])
    signs = np.array(((1, 1), (1, -1), (-1, -1), (-1, 1)))
    yaw = math.atan2(pose[1, 0], pose[0, 0])
    turn = np.array(((math.cos(yaw), -math.sin(yaw)), (math.sin(yaw), math.cos(yaw))))
    out: NDArray[np.float64] = (signs * half) @ turn.T + centre_m[:2]
    return out


def scene_tags(
    concrete: Concrete,
    road: RoadNetwork | None,
    world_from_ego: NDArray[np.float64],
    ego_velocity_mps: NDArray[np.float64],
    ego_size_m: Sequence[float],
    cuboids: Sequence[Cuboid],
    weather: Mapping[str, str | float],
) -> Tags:
    """Tags of road, traffic and criticality of an instant, and its caption."""
    place = world_from_ego[:3, 3]
    near = sorted((c for c in cuboids if c.distance_m <= NEAR_M), key=lambda c: (c.distance_m, c.instance_id))
    speed = float(np.linalg.norm(ego_velocity_mps))
    own = rectangle(world_from_ego, place, ego_size_m)
    times = []
    for cuboid in near:
        pose = np.eye(4)
        pose[:2, 0] = math.cos(cuboid.rotation_rad[0]), math.sin(cuboid.rotation_rad[0])
        other = rectangle(pose, cuboid.centre_m, cuboid.size_m)
        after = meets_s(own, ego_velocity_mps[:2], other, cuboid.velocity_mps[:2])
        times.append((after, cuboid))
    least = min(times, key=lambda pair: (pair[0], pair[1].instance_id), default=None)
    users = {road_user(c.actor_class) for c in near} - {None}
    tags: Tags = {
        "ego_speed_mps": speed,
        "ego_speed_kmh": 3.6 * speed,
        "near_actors": float(len(near)),
        "near_people": float(sum(c.actor_class in PEOPLE for c in near)),
        "openlabel_road_users": ", ".join(sorted(str(user) for user in users)),
        "hazards": ", ".join(_words(concrete.scenario.tags.get("hazard", ()))),
        **_domain(road, weather),
    }
    if near:
        tags |= {"nearest": near[0].name, "nearest_m": float(near[0].distance_m)}
    if least is not None and math.isfinite(least[0]):
        tags |= {"ttc_s": least[0], "ttc_actor": least[1].name}
    ttc = float(tags.get("ttc_s", math.inf))
    tags["criticality"] = "critical" if ttc < CRITICAL_S else "tight" if ttc < TIGHT_S else "calm"
    tags["caption"] = caption(tags, weather, road, near, inverse_rigid(world_from_ego))
    return tags


def _words(value: Any) -> list[str]:
    return [str(value)] if isinstance(value, str) else [str(word) for word in value]


def _domain(road: RoadNetwork | None, weather: Mapping[str, str | float]) -> Tags:
    """ISO 34503's terms."""
    okta, puddles = float(weather.get("cloud_okta", 0.0)), float(weather.get("puddle_cover", 0.0))
    surface = {
        "dry": "dry",
        "damp": "wet_road",
        "wet": "wet_road",
        "snowy": "snow_on_drivable_area",
        "icy": "icy",
    }
    told = surface.get(str(weather.get("ground")), "dry")
    light = {"day": "day", "dusk": "low_ambient", "night": "night"}
    return {
        "iso34503_drivable_area_type": _area_type(road),
        "iso34503_drivable_area_surface": "standing_water"
        if told == "wet_road" and puddles >= 0.01
        else told,
        "iso34503_rainfall": str(weather.get("rain", "none")),
        "iso34503_snowfall": str(weather.get("snow", "none")),
        "iso34503_particulates": "none" if weather.get("fog", "none") == "none" else "mist_and_fog",
        "iso34503_illumination": light.get(str(weather.get("light")), "day"),
        "iso34503_cloudiness": "clear" if okta < 2.0 else "partly_cloudy" if okta < 7.0 else "overcast",
    }


def _area_type(road: RoadNetwork | None) -> str:
    if road is None:
        return ""
    if road.surroundings == "highway":
        return "motorways"
    main = road.roads.get(road.main) or next(iter(road.roads.values()))
    limit = main.speeds[0][1] if main.speeds else math.inf
    return "minor_roads" if limit <= MINOR_MPS else "distributor_roads"


def caption(
    tags: Mapping[str, str | float],
    weather: Mapping[str, str | float],
    road: RoadNetwork | None,
    near: Sequence[Cuboid],
    ego_from_world: NDArray[np.float64],
) -> str:
    """Two to four sentences."""
    speed_kmh = 3.6 * float(tags["ego_speed_mps"])
    goes = "stands" if speed_kmh < 3.6 * STILL_MPS else f"drives at {speed_kmh:.0f} km/h"
    sentences = [f"{_when(weather)}, the ego {goes} on {_where(road, weather)}."]
    if near:
        counts = Counter(c.actor_class.replace("_", " ") for c in near)
        told = [_many(name, n) for name, n in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]
        nearest = near[0]
        sentences.append(
            f"Within {NEAR_M:.0f} m there {'is' if len(near) == 1 else 'are'} {_and(told)}; the nearest, "
            f"{_named(nearest)}, is {nearest.distance_m:.0f} m away, {_sector(nearest, ego_from_world)}"
            f"{', ' + nearest.attribute.replace('_', ' ') if nearest.attribute else ''}."
        )
    else:
        sentences.append(f"Nobody else is within {NEAR_M:.0f} m.")
    if "ttc_s" in tags and tags["criticality"] != "calm":
        whom = next(c for c in near if c.name == tags["ttc_actor"])
        sentences.append(
            f"If both go on as they do, it meets {_named(whom)} in {float(tags['ttc_s']):.1f} s."
        )
    if tags["hazards"]:
        sentences.append(f"Hazards: {str(tags['hazards']).replace('_', ' ')}.")
    return " ".join(sentences)


def _when(weather: Mapping[str, str | float]) -> str:
    light = {"day": "By day", "dusk": "In low light", "night": "At night"}[str(weather.get("light", "day"))]
    rain, snow, fog = (str(weather.get(name, "none")) for name in ("rain", "snow", "fog"))
    falling = {"cloudburst": "a cloudburst"}.get(rain, f"{rain} rain") if rain != "none" else ""
    seen = [
        *([falling] if falling else []),
        *([f"{snow} snowfall"] if snow != "none" else []),
        *([f"{fog} fog"] if fog != "none" else []),
    ]
    return f"{light} in {_and(seen)}" if seen else light


def _where(road: RoadNetwork | None, weather: Mapping[str, str | float]) -> str:
    place = PLACES.get("bare" if road is None else road.surroundings, "road")
    ground = str(weather.get("ground", "dry"))
    return f"{'an' if ground[0] in 'aeiou' else 'a'} {ground} {place}"


def _named(cuboid: Cuboid) -> str:
    kind = cuboid.actor_class.replace("_", " ")
    own = cuboid.name.rsplit(".", 1)[-1].replace("_", " ")
    named = not cuboid.name.startswith("background.") and own != kind
    return f'the {kind} "{own}"' if named else f"the {kind}" if own == kind else f"a {kind}"


def _sector(cuboid: Cuboid, ego_from_world: NDArray[np.float64]) -> str:
    x, y, _ = ego_from_world[:3, :3] @ cuboid.centre_m + ego_from_world[:3, 3]
    bearing = math.degrees(math.atan2(y, x))
    word = next(word for edge, word in SECTORS if abs(bearing) < edge)
    return word.format("left" if bearing > 0.0 else "right")


def _many(name: str, count: int) -> str:
    if count == 1:
        return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
    return f"{count} {PLURALS.get(name, name + 's')}"


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def clip_caption(concrete: Concrete, seen: Sequence[Mapping[str, str | float]]) -> str:
    """What a clip shows: its story, how it begins, and its most critical moment."""
    story = " ".join(concrete.scenario.description.split())
    told = [story] if story.endswith((".", "!", "?")) or not story else [f"{story}."]
    if seen and "caption" in seen[0]:
        told.append(str(seen[0]["caption"]).split(" Hazards: ")[0])
        times = [(float(tags["ttc_s"]), str(tags["ttc_actor"])) for tags in seen if "ttc_s" in tags]
        if times and min(times)[0] < TIGHT_S:
            least, name = min(times)
            told.append(f"At its most critical moment {least:.1f} s are left to {name.rsplit('.', 1)[-1]}.")
    return " ".join(told)
