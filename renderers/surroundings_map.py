"""What a road network itself says stands on it: lamps, trees, poles, buildings, signs and signals.  Renderers floor."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
import shapely

from renderers import surroundings_spans as spans
from renderers.assets import buildings, furniture, lamp_posts, signals, signs
from renderers.loft import box, extrude
from renderers.mesh import LampSpec, Mesh
from renderers.street_faces import light_face, sign_faces
from renderers.surroundings_site import Site, Spot
from scenarios.functions import LIGHTS
from sim.roads.lanes import DRIVABLE
from sim.roads.network import RoadObject, Signal

DRAWN_WITH_THE_STREET = (
    "guardrail",
    "barrier",
    "delineator",
    "crosswalk",
    "parkingSpace",
    "roadMark",
    "stop_line",
    "patch",
)
TREES = ("tree", "vegetation")
LAMPS = ("lamp", "streetLamp")
POLES = ("pole", "gantry")
# German sign numbers (StVO annexes 1 to 3), which OpenDRIVE maps of many countries use; and the codes for lights.
SIGN_KINDS: dict[str, str] = {
    "101": "warning", "102": "priority_next", "103": "curve_left", "103-10": "curve_left", "103-20": "curve_right",
    "105": "double_bend", "105-10": "double_bend", "108": "warning", "110": "warning", "112": "bump",
    "114": "slippery", "117": "warning", "120": "narrow_road", "121": "narrow_road", "123": "roadworks",
    "124": "queue", "125": "two_way", "131": "signals", "133": "pedestrians", "136": "children", "138": "cyclists",
    "140": "cattle", "142": "animals", "151": "level_crossing", "205": "yield", "206": "stop", "209": "right",
    "209-10": "left", "209-20": "right", "209-30": "straight", "211": "right", "214": "straight_or_right",
    "215": "roundabout", "220": "one_way", "222": "keep_right", "222-10": "keep_left", "222-20": "keep_right",
    "224": "bus_stop", "237": "cycle_way", "239": "foot_way", "240": "shared_way", "250": "no_vehicles",
    "251": "no_cars", "253": "no_trucks", "254": "no_cycling", "255": "no_motorcycles", "259": "no_walking",
    "262": "weight_limit", "265": "height_limit", "267": "no_entry", "272": "no_u_turn", "274": "speed_limit",
    "274.1": "zone", "276": "no_overtaking", "277": "no_overtaking_trucks", "278": "speed_limit_end",
    "280": "no_overtaking_end", "282": "limits_end", "283": "no_stopping", "286": "no_parking", "293": "crossing",
    "301": "priority_next", "306": "priority", "307": "priority_end", "308": "straight", "310": "town",
    "311": "town_end", "314": "parking", "325": "play_street", "325.1": "play_street", "325.2": "play_street_end",
    "330": "motorway", "330.1": "motorway", "330.2": "motorway_end", "331": "motor_road", "331.1": "motor_road",
    "350": "crossing", "357": "dead_end", "358": "first_aid", "361": "fuel", "363": "first_aid", "415": "pointer",
    "418": "pointer_white", "430": "direction", "437": "street_name", "449": "direction", "625": "chevron_right",
    "625-10": "chevron_left", "625-20": "chevron_right", "1000": "plate",
    # What the Swedish and ASAM example maps write.
    "b1": "yield", "b2": "stop", "b4": "priority", "b3": "crossing", "c31": "speed_limit", "maxspeed": "speed_limit",
    "stop": "stop", "yield": "yield", "giveway": "yield", "priority": "priority",
    # The manual of the United States.
    "r1-1": "stop_us", "r1-2": "yield_us", "r2-1": "speed_limit_us", "r3-2": "no_left_turn_us", "r3-4": "no_u_turn_us",
    "r4-7": "keep_right_us", "r5-1": "do_not_enter_us", "r5-1a": "wrong_way_us", "r6-1": "one_way_us",
    "r7-1": "no_parking_us", "r15-1": "crossbuck_us", "s1-1": "school_us", "w1-1": "turn_right_us",
    "w1-2": "curve_right_us", "w1-5": "winding_us", "w1-8": "chevron_right_us", "w3-1": "stop_ahead_us",
    "w3-3": "signal_ahead_us", "w4-1": "merge_us", "w6-3": "two_way_us", "w8-5": "slippery_us", "w11-1": "bicycle_us",
    "w11-2": "pedestrians_us", "w11-3": "deer_us", "w13-1": "advisory_us", "w20-1": "road_work_us",
    "w20-4": "one_lane_us", "w21-1": "workers_us", "m1-1": "interstate_us", "d3-1": "street_name_us",
}  # fmt: skip
NUMBERED = (
    "speed_limit",
    "speed_limit_us",
    "speed_limit_end",
    "zone",
    "advisory_us",
)  # signs that show their value
LIGHT_TYPES = ("1000001", "1000002", "1000007", "1000009", "1000010", "1000011", "1000012", "1000013")
WALKERS_LIGHT = "1000002"
SHARED_M, SHARED_WAY = 0.4, 0.9  # how near feet are, and which cosine ways of looking have, on one mast
APART_M = 0.25  # between what hangs one over the other


def lay_own_things(site: Site) -> None:
    """Objects and signals of the network."""
    for number, thing in enumerate(site.network.objects):
        here = shapely.Point(thing.position_m[:2])
        if thing.kind in spans.SPANS:
            spans.lay_span(site, thing)
        elif thing.kind not in DRAWN_WITH_THE_STREET and shapely.contains(site.view, here):
            _lay_object(site, thing, site.random("object", number))
    for signal, lower in zip(site.network.signals, lower_edges(site.network.signals), strict=True):
        if shapely.contains(site.view, shapely.Point(signal.position_m[:2])):
            _lay_signal(site, signal, lower)


def _lay_object(site: Site, thing: RoadObject, rng: np.random.Generator) -> None:
    x, y, z = (float(v) for v in thing.position_m)
    spot = Spot(x, y, thing.yaw_rad, 0.0)
    height = thing.size_m[2]
    if thing.kind in LAMPS:
        site.put_lamp(lamp(round(height or 7.5, 1), site.seed % 97), spot, z)
        site.block(shapely.Point(x, y).buffer(0.5))
    elif thing.kind in TREES and thing.outline_m is None:
        kind = site.tree(rng) if thing.kind == "tree" or height > 3.0 else site.shrub(rng)
        site.grow(kind, spot, rng, 0.8, 0.0)
    elif thing.kind in TREES and thing.outline_m is not None:
        _lay_grove(site, thing, rng)
    elif thing.kind in POLES:
        site.put(furniture.pole(height or 4.0, 0.06), spot, z)
    elif thing.outline_m is not None and thing.closed and len(thing.outline_m) >= 3:
        outline = np.asarray(thing.outline_m, float)
        shape = shapely.Polygon(outline[:, :2])
        if shape.is_valid and shape.area > 0.05:
            site.block(shape)
            flat = outline[:, :2] - (x, y)
            tall = height or 8.0
            body = (
                buildings.build_on(flat, tall, int(rng.integers(1 << 31)))
                if tall > 2.2 and shape.area > 8.0
                else extrude(flat, tall, "concrete", "static_object")
            )
            site.put(body, Spot(x, y, 0.0, 0.0), float(outline[:, 2].min()))
    elif min(thing.size_m) > 0.0 and max(thing.size_m) < 200.0:
        length, width, _ = thing.size_m
        if height > 2.2 and length * width > 8.0:
            flat = np.array([(-length, -width), (length, -width), (length, width), (-length, width)]) / 2
            body = buildings.build_on(flat, height, int(rng.integers(1 << 31)))
        else:
            body = box(thing.size_m, "concrete", "static_object", centre_m=(0.0, 0.0, height / 2))
        site.block(shapely.Point(x, y).buffer(max(length, width) / 2))
        site.put(body, spot, z)


def _lay_grove(site: Site, thing: RoadObject, rng: np.random.Generator) -> None:
    assert thing.outline_m is not None
    area = shapely.Polygon(np.asarray(thing.outline_m)[:, :2]).buffer(0)
    if area.is_empty:
        return
    x0, y0, x1, y1 = area.bounds
    for _ in range(min(60, int(area.area / 14.0) + 1)):
        x, y = float(rng.uniform(x0, x1)), float(rng.uniform(y0, y1))
        if area.contains(shapely.Point(x, y)):
            site.grow(
                site.tree(rng) if thing.size_m[2] > 2.5 else site.shrub(rng),
                Spot(x, y, 0.0, 0.0),
                rng,
                0.5,
                0.5,
            )


@lru_cache(maxsize=16)
def lamp(height: float, look_seed: int) -> tuple[Mesh, LampSpec]:
    return lamp_posts.of_street(height, look_seed)


def _is_light(signal: Signal) -> bool:
    return signal.kind == "light" or signal.type in LIGHT_TYPES


def lower_edges(of_map: Sequence[Signal]) -> list[float]:
    """Heights of the lower edges of signs and heads: as the map has them, but one over the other on a shared mast.

    Maps that state no heights hang all of a mast at the same place: there walkers' heads are lowest, signs above all.
    """
    low = [
        s.height_m if s.height_m > (1.0 if _is_light(s) else 0.3) else (2.3 if _is_light(s) else 2.1)
        for s in of_map
    ]
    for k, light in enumerate(of_map):
        if not _is_light(light):
            continue
        shared = [n for n, other in enumerate(of_map) if _shares_mast(light, other)]
        if min(shared) < k and any(_is_light(of_map[n]) for n in shared if n < k):
            continue  # the first light of a mast has them all hung
        shared.sort(key=lambda n: (not _is_light(of_map[n]), of_map[n].type != WALKERS_LIGHT, n))
        for below, above in pairwise(shared):
            low[above] = max(low[above], low[below] + _tall(of_map[below]) + APART_M)
    return low


def _shares_mast(one: Signal, other: Signal) -> bool:
    away = np.hypot(*(one.position_m[:2] - other.position_m[:2]))
    return bool(away < SHARED_M and np.cos(one.yaw_rad - other.yaw_rad) > SHARED_WAY)


def _tall(signal: Signal) -> float:
    """From the lower edge to the top; a board reaches a little beyond its head."""
    if not _is_light(signal):
        return max(signal.size_m[1], 0.6)
    return signals.SECTION_M * 2 if signal.type == WALKERS_LIGHT else signals.SECTION_M * 3 + 0.12


def _lay_signal(site: Site, signal: Signal, lower: float) -> None:
    x, y, z = (float(v) for v in signal.position_m)
    spot = Spot(x, y, signal.yaw_rad, 0.0)
    if _is_light(signal):
        walkers = signal.type == WALKERS_LIGHT
        lower, lenses = round(lower, 1), 2 if walkers else 3
        light = site.lights.get(id(signal), -1)
        if site.switched is None or light < 0:
            state = _state(site, signal.yaw_rad)
            site.put_faced(_light(state, lower, lenses), [light_face(state, lower, lenses, light)], spot, z)
        else:
            face = light_face(LIGHTS[int(site.switched[light])], lower, lenses, light)
            mast = site.put_faced(_light(None, lower, lenses), [face], spot, z)
            site.heads.append((light, lower, lenses, mast))
    else:
        kind = sign_kind(signal.type, signal.subtype)
        value = signal.value or signal.subtype if kind in NUMBERED else ""
        made = _sign(kind, value, round(lower, 1))
        site.put_faced(made, sign_faces(made, kind, value), spot, z)
    site.block(shapely.Point(x, y).buffer(0.3))


def sign_kind(type_: str, subtype: str) -> str:
    """Which face a map's sign has; its subtype says which way an arrow or a bend goes."""
    type_ = type_.lower()
    return SIGN_KINDS.get(f"{type_}-{subtype.lower()}", SIGN_KINDS.get(type_, "plain"))


def _state(site: Site, yaw_rad: float) -> str:
    """One direction has green, the other red, and walkers go with those beside whom they walk; see `Site.held`."""
    ahead = abs(np.cos(yaw_rad - site.heading_rad)) > 0.7
    return "green" if ahead != site.held else "red"


@lru_cache(maxsize=32)
def _light(state: str | None, lower: float, lenses: int) -> Mesh:
    return signals.traffic_light(state, lower, lenses)


@lru_cache(maxsize=64)
def _sign(kind: str, value: str, lower: float) -> Mesh:
    return signs.sign(kind, value, lower)


def lay_crossing_signs(site: Site, crossings_m: list[float]) -> None:
    """A crossing sign at the right of each direction before a zebra, just behind the kerb."""
    road_id = site.network.main
    if site.network.source_xml is not None or road_id not in site.network.roads:
        return
    for crossing in crossings_m:
        lanes = site.network.lanes_at(road_id, crossing)
        driven = [
            (low, high)
            for _, kind, low, high in lanes
            if kind in DRIVABLE or kind in ("parking", "shoulder", "curb")
        ]
        if not driven:
            continue
        right, left = min(low for low, _ in driven), max(high for _, high in driven)
        here, on = (site.network.point(road_id, crossing + d, 0.0) for d in (0.0, 1.0))
        heading = float(np.arctan2(on[1] - here[1], on[0] - here[0]))
        for t, along, yaw in ((right - 0.35, -2.2, heading + np.pi), (left + 0.35, 2.2, heading)):
            foot = site.network.point(road_id, crossing + along, t)
            kind = "pedestrians_us" if site.network.signs == "us" else "crossing"
            made = _sign(kind, "", 2.2)
            site.put_faced(
                made,
                sign_faces(made, kind),
                Spot(float(foot[0]), float(foot[1]), yaw, 0.0),
                float(foot[2]),
            )
