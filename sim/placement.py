"""Where everything stands at the start: lanes, bumper gaps, kerbs and strips become poses.  World floor."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.bodies import BODIES, Body
from scenarios.schema import Actor, Start
from scenarios.taxonomy import ACTOR_CLASSES
from sim.roads.network import LanePath, RoadNetwork
from sim.roads.paths import PlaceError

BEHIND_M = 80.0  # of road behind an actor that its path covers, for those placed behind it
BEYOND_EDGE_M = 0.75  # a strip that the road does not have is reported this far outside its edge
QUARTER = math.pi / 2


@dataclass(frozen=True, slots=True)
class Placed:
    """An actor at the start, in the coordinates of the lane path it belongs to."""

    name: str
    body: Body
    size_m: tuple[float, float, float]
    path: LanePath
    road: str
    lane: int
    road_s_m: float
    s_m: float  # station of the centre on `path`
    t_m: float  # metres to the left of the lane's centre
    facing_rad: float  # yaw relative to the lane's driving direction
    speed_mps: float = 0.0
    parked: bool = False

    @property
    def half_along_m(self) -> float:
        """Half the room taken along the lane."""
        length, width, _ = self.size_m
        return 0.5 * (abs(math.cos(self.facing_rad)) * length + abs(math.sin(self.facing_rad)) * width)

    @property
    def half_across_m(self) -> float:
        """Half the room taken across the lane."""
        length, width, _ = self.size_m
        return 0.5 * (abs(math.sin(self.facing_rad)) * length + abs(math.cos(self.facing_rad)) * width)

    @property
    def moves(self) -> str:
        """ "vehicle", "walker" or "prop"."""
        return ACTOR_CLASSES[self.body.actor_class].moves


def size_of(body: Body, height_m: float | None) -> tuple[float, float, float]:
    """The label box of a body: people keep their proportions at any height."""
    if height_m is None:
        return body.size_m
    length, width, height = body.size_m
    scale = height_m / height
    return length * scale, width * scale, height_m


def place_all(
    network: RoadNetwork, actors: Mapping[str, Actor[float, str]], reach_m: float
) -> dict[str, Placed]:
    """Every actor of the scenario, in the order of the file; relations are followed whichever way they point."""
    placed: dict[str, Placed] = {}

    def place(name: str, waiting: tuple[str, ...]) -> Placed:
        if name not in placed:
            if name in waiting:
                raise ValueError(f"start places go in a circle: {' -> '.join((*waiting, name))}")
            start = actors[name].start
            other = start.ahead_of or start.behind
            anchor = place(other, (*waiting, name)) if other is not None else None
            try:
                placed[name] = _place(network, name, actors[name], anchor, reach_m)
            except PlaceError as error:
                raise error.at("actors", name, "start", error.about) from None
        return placed[name]

    for name in actors:
        place(name, ())
    return {name: placed[name] for name in actors}


def _place(
    network: RoadNetwork, name: str, actor: Actor[float, str], anchor: Placed | None, reach_m: float
) -> Placed:
    start = actor.start
    body = BODIES[actor.model]
    size = size_of(body, actor.look.height_m if actor.look is not None else None)
    if anchor is None:
        road, lane = base_lane(network, start)
        station = start.s_m if start.s_m is not None else 0.0
        path = network.path(road, lane, station, reach_m, behind_m=BEHIND_M)
        along = path.start_m
    else:
        path, along = anchor.path, anchor.s_m
        road, lane, station = anchor.road, anchor.lane, anchor.road_s_m
    if start.parked is not None:
        lateral = parked_offset(network, road, lane, station, start, size[1])
    elif start.offset is not None:
        lateral = network.strip_offset(road, lane, station, start.offset)
    else:
        lateral = anchor.t_m if anchor is not None and start.lane is None else 0.0
    lateral += start.lateral_m
    facing = facing_rad(start.facing, lateral)
    found = Placed(
        name=name,
        body=body,
        size_m=size,
        path=path,
        road=road,
        lane=lane,
        road_s_m=station,
        s_m=along,
        t_m=lateral,
        facing_rad=facing,
        speed_mps=start.speed_mps,
        parked=start.parked is not None,
    )
    if anchor is None:
        return found
    return _related(network, found, start, anchor, reach_m)


def _related(
    network: RoadNetwork, actor: Placed, start: Start[float, str], anchor: Placed, reach_m: float
) -> Placed:
    """`actor` moved to its bumper gap ahead of or behind the anchor, measured along the anchor's lane."""
    way = 1.0 if start.ahead_of is not None else -1.0
    (place,), _, _, _ = _along(
        network, anchor, way * (anchor.half_along_m + (start.gap_m or 0.0) + actor.half_along_m)
    )
    found = network.locate(float(place[0]), float(place[1]))
    road, station = found.road, found.s_m
    lane = anchor.lane if road == anchor.road else _lane_on(anchor.path, road, anchor.lane)
    if start.lane is not None:
        road, lane = network.lane(start.lane, station, start.road or road)
    path = network.path(road, lane, station, reach_m, behind_m=BEHIND_M)
    lateral = actor.t_m
    if start.offset is not None:  # strips may be elsewhere at the new station
        lateral = network.strip_offset(road, lane, station, start.offset) + start.lateral_m
    return Placed(
        name=actor.name,
        body=actor.body,
        size_m=actor.size_m,
        path=path,
        road=road,
        lane=lane,
        road_s_m=station,
        s_m=path.locate(float(place[0]), float(place[1]))[0],
        t_m=lateral,
        facing_rad=facing_rad(start.facing, lateral),
        speed_mps=actor.speed_mps,
        parked=actor.parked,
    )


def _along(
    network: RoadNetwork, anchor: Placed, way_m: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Pose on the anchor's lane some metres ahead of it (or behind, when negative)."""
    path, along = anchor.path, anchor.s_m + way_m
    if not 0.0 <= along <= path.length_m:  # further than anybody drives: look as far as the roads go
        (centre,), _, _, _ = path.pose(anchor.s_m, 0.0)
        reach = abs(way_m) + 1.0
        path = network.path(anchor.road, anchor.lane, anchor.road_s_m, reach, behind_m=reach)
        along = path.locate(float(centre[0]), float(centre[1]))[0] + way_m
    beyond = max(-along, along - path.length_m)
    if beyond > 0.0:
        side = "ahead of" if way_m > 0.0 else "behind"
        raise PlaceError(
            f"{abs(way_m):.1f} m {side} {anchor.name!r} is {beyond:.1f} m beyond the end of the road", "gap"
        )
    return path.pose(along, 0.0)


def _lane_on(path: LanePath, road: str, lane: int) -> int:
    """The lane of a path on one of the roads it follows."""
    return next((piece_lane for piece_road, _, piece_lane in path.pieces if piece_road == road), lane)


def base_lane(network: RoadNetwork, start: Start[float, str]) -> tuple[str, int]:
    """(road, lane) that a start belongs to; cars parked on the left belong to the oncoming lane if there is one."""
    station = start.s_m if start.s_m is not None else 0.0
    if start.lane is not None:
        return network.lane(start.lane, station, start.road)
    if start.parked == "left":
        try:
            return network.lane("oncoming", station, start.road)
        except KeyError:
            return network.lane("left", station, start.road)
    return network.lane("right", station, start.road)


def parked_offset(
    network: RoadNetwork, road: str, lane: int, station_m: float, start: Start[float, str], width_m: float
) -> float:
    """Metres to the left of the lane's centre of a car at the kerb, from the kerb gap and the car's width."""
    own_side = start.parked == "right" or _is_oncoming(network, road, lane, station_m, start)
    return kerb_offset(
        network,
        road,
        lane,
        station_m,
        "parking" if own_side else "opposite_parking",
        start.curb_gap_m,
        width_m,
    )


def kerb_offset(
    network: RoadNetwork, road: str, lane: int, station_m: float, strip: str, gap_m: float, width_m: float
) -> float:
    """Offset of the centre of a car that stands `gap_m` from the outer edge of a parking strip."""
    middle = network.strip_offset(road, lane, station_m, strip)
    width = network.strip_width(road, lane, station_m, strip)
    outwards = -1.0 if middle < 0.0 else 1.0
    kerb = middle + outwards * (width / 2 if width > 0.0 else -BEYOND_EDGE_M)
    return kerb - outwards * (gap_m + width_m / 2)


def _is_oncoming(
    network: RoadNetwork, road: str, lane: int, station_m: float, start: Start[float, str]
) -> bool:
    try:
        return network.lane("oncoming", station_m, start.road or road) == (road, lane)
    except KeyError:
        return False


def facing_rad(word: str | None, lateral_m: float) -> float:
    """Yaw relative to the driving direction; "across" looks over the road from the side one stands on."""
    across = QUARTER if lateral_m <= 0.0 else -QUARTER
    return {None: 0.0, "along": 0.0, "against": math.pi, "across": across, "away": -across}[word]
