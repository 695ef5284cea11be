"""Where everything stands at the start: lanes, bumper gaps, kerbs and strips become poses.  World floor."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scenarios.bodies import BODIES, Body, carrying_size, lying_size, open_size, open_state, opening_shift
from scenarios.bodies.company import LED, PARTS, led_state, offset_m
from scenarios.bodies.hitches import behind_m
from scenarios.schema import Actor, Start, Step
from scenarios.taxonomy import ACTOR_CLASSES
from sim.crosswalks import crosswalks_ahead
from sim.doors import doors_that_open
from sim.roads.lane_words import PlaceError
from sim.roads.network import LanePath, RoadNetwork

BEHIND_M = 80.0  # of road behind an actor that its path covers, for those placed behind it
BEYOND_EDGE_M = 0.75  # a strip that the road does not have is reported this far outside its edge
CROSSWALKS_WITHIN_M = 2000.0  # of the ego's way
BEHIND_PAINT_M = 0.3  # from the end of a crosswalk to who waits there
QUARTER = math.pi / 2
TRAILER_PART = ".trailer"  # in the names of what is drawn: semi.trailer


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
    pose: str = "upright"  # `size_m` is that of the body as it stands or lies
    trailer: Body | None = None  # what it draws
    brings: Body | None = None  # what somebody on foot takes along
    open_doors: str = (
        ""  # the state of `scenarios.bodies.open_state`; `size_m` is that of the box around them
    )
    wrong_way: bool = False  # drives against its lane; `path` leads that way

    @property
    def half_along_m(self) -> float:
        """Half the room taken along the lane."""
        return half_extents(self.size_m, self.facing_rad)[0]

    def drawn(self) -> "Placed | None":
        """What it draws, straight behind it on its path."""
        if self.trailer is None:
            return None
        way = math.copysign(1.0, math.cos(self.facing_rad))
        apart = 0.5 * self.body.size_m[0] + self.behind_m - 0.5 * self.trailer.size_m[0]
        return replace(
            self,
            name=self.name + TRAILER_PART,
            body=self.trailer,
            size_m=self.trailer.size_m,
            s_m=self.s_m - way * apart,
            trailer=None,
        )

    def accompanied(self) -> "Placed | None":
        """What it takes along, beside it on its path."""
        if self.brings is None:
            return None
        ahead, left = offset_m(self.size_m, self.brings)
        cos, sin = math.cos(self.facing_rad), math.sin(self.facing_rad)
        return replace(
            self,
            name=self.name + PARTS[self.brings.model],
            body=self.brings,
            size_m=self.brings.size_m,
            s_m=self.s_m + ahead * cos - left * sin,
            t_m=self.t_m + ahead * sin + left * cos,
            brings=None,
        )

    @property
    def half_across_m(self) -> float:
        """Half the room taken across the lane."""
        return half_extents(self.size_m, self.facing_rad)[1]

    @property
    def behind_m(self) -> float:
        """How far what it draws reaches beyond its own rear."""
        return behind_m(self.body, self.trailer) if self.trailer is not None else 0.0

    @property
    def moves(self) -> str:
        """ "vehicle", "walker" or "prop"."""
        return ACTOR_CLASSES[self.body.actor_class].moves


def company_state(placed: Placed, owner: Placed) -> str:
    """The state of who goes along: a dog's lead comes from its owner's hand."""
    return led_state(owner.size_m, placed.body) if placed.body.model in LED else ""


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
    placed = _placed_all(network, actors, reach_m, {})
    # Who looks at somebody takes up room by how they stand, so they are placed again once that is known.
    looking = {name for name, actor in actors.items() if actor.start.toward is not None}
    for _ in range(2 if looking else 0):
        placed = _placed_all(network, actors, reach_m, {n: _toward(actors[n], placed, n) for n in looking})
    return placed


def _placed_all(
    network: RoadNetwork,
    actors: Mapping[str, Actor[float, str]],
    reach_m: float,
    facing_of: Mapping[str, float],
) -> dict[str, Placed]:
    placed: dict[str, Placed] = {}

    def place(name: str, waiting: tuple[str, ...]) -> Placed:
        if name not in placed:
            if name in waiting:
                raise ValueError(f"start places go in a circle: {' -> '.join((*waiting, name))}")
            other = anchor_of(actors[name].start)
            anchor = place(other, (*waiting, name)) if other is not None else None
            try:
                placed[name] = _place(network, name, actors[name], anchor, reach_m, facing_of.get(name))
            except PlaceError as error:
                raise error.at("actors", name, "start", error.about) from None
        return placed[name]

    for name in actors:
        place(name, ())
    return {name: placed[name] for name in actors}


def anchor_of(start: Start[float, str]) -> str | None:
    """The actor whose place decides this one's; crosswalks are counted along the ego's way."""
    related = start.ahead_of or start.behind or start.left_of or start.right_of
    return "ego" if start.on is not None else related


def _toward(actor: Actor[float, str], placed: Mapping[str, Placed], name: str) -> float:
    """Yaw of somebody who looks at an actor, relative to the direction of the own path."""
    own, other = placed[name], placed[actor.start.toward or ""]
    (here,), (along,), _, _ = own.path.pose(own.s_m, own.t_m)
    (there,), _, _, _ = other.path.pose(other.s_m, other.t_m)
    if math.hypot(there[0] - here[0], there[1] - here[1]) < 0.01:
        raise PlaceError(
            f"{other.name!r} stands at the same place", "toward", ("actors", name, "start", "toward")
        )
    return math.remainder(math.atan2(there[1] - here[1], there[0] - here[0]) - float(along), 2 * math.pi)


@dataclass(frozen=True, slots=True)
class _Spot:
    """A place along a lane, before anything is said about where beside its centre and which way round."""

    path: LanePath
    s_m: float  # on the path
    road: str
    lane: int
    road_s_m: float


def _place(
    network: RoadNetwork,
    name: str,
    actor: Actor[float, str],
    anchor: Placed | None,
    reach_m: float,
    facing: float | None,
) -> Placed:
    start = actor.start
    body = BODIES[actor.model]
    look = actor.look
    size = size_of(body, look.height_m if look is not None else None)
    if start.pose == "upright":
        size = carrying_size(size, look.carries if look is not None else None)
    size = lying_size(body, size, start.pose)
    towed = BODIES[actor.tows] if actor.tows is not None else None
    state = open_state(doors_that_open(actor))
    shut, size = size, open_size(body, size, state) if state else size
    walks = ACTOR_CLASSES[body.actor_class].moves == "walker"
    word = start.facing or ("across" if start.on is not None and walks else None)
    turned = facing if facing is not None else facing_rad(word, 0.0)
    along_half, across_half = half_extents(size, turned)
    lateral = 0.0
    if anchor is None:
        road, lane = base_lane(network, start)
        station = start.s_m if start.s_m is not None else 0.0
        path = network.path(road, lane, station, reach_m, behind_m=BEHIND_M)
        spot = _Spot(path, path.start_m, road, lane, station)
    elif start.on is not None:
        spot, end_m = _on_crosswalk(network, anchor, start)
        if walks:
            lateral = end_m + math.copysign(BEHIND_PAINT_M + across_half, end_m)
        elif start.lane is not None:
            spot = _in_lane(network, spot, start, reach_m)
    elif start.left_of is not None or start.right_of is not None:
        spot, lateral = _beside(network, anchor, start, across_half, reach_m)
    else:
        way = 1.0 if start.ahead_of is not None else -1.0
        drawn = anchor.behind_m if way < 0.0 else behind_m(body, towed) if towed is not None else 0.0
        distance = way * (anchor.half_along_m + (start.gap_m or 0.0) + along_half + drawn)
        spot = _further(network, _spot_of(anchor), distance, (repr(anchor.name), "gap"), start, reach_m)
        lateral = anchor.t_m if start.lane is None else 0.0
    against = start.facing == "against" and drives(actor)
    if start.advance_m != 0.0:
        way = -1.0 if against else 1.0
        spot = _further(network, spot, way * start.advance_m, ("its place", "advance"), start, reach_m)
    if start.parked is not None:
        lateral = parked_offset(network, spot.road, spot.lane, spot.road_s_m, start, shut[1])
    elif start.offset is not None:
        lateral = network.strip_offset(spot.road, spot.lane, spot.road_s_m, start.offset)
    lateral += start.lateral_m
    if state and not (start.gap_m is not None and (start.left_of or start.right_of)):
        # The body stands where it would with its doors shut; the middle of its box does not.
        ahead, left = opening_shift(body, size, state)
        lateral += math.cos(turned) * left + math.sin(turned) * ahead
    found = Placed(
        name=name,
        body=body,
        size_m=size,
        path=spot.path,
        road=spot.road,
        lane=spot.lane,
        road_s_m=spot.road_s_m,
        s_m=spot.s_m,
        t_m=lateral,
        facing_rad=facing if facing is not None else facing_rad(word, lateral),
        speed_mps=start.speed_mps,
        parked=start.parked is not None,
        pose=start.pose,
        trailer=towed,
        brings=BODIES[actor.brings] if actor.brings is not None else None,
        open_doors=state,
    )
    return _turned_round(network, found, reach_m) if against else found


def half_extents(size_m: tuple[float, float, float], facing: float) -> tuple[float, float]:
    """(along, across) half the room that a box turned by `facing` takes of its lane."""
    cos, sin = abs(math.cos(facing)), abs(math.sin(facing))
    return 0.5 * (cos * size_m[0] + sin * size_m[1]), 0.5 * (sin * size_m[0] + cos * size_m[1])


def drives(actor: Actor[float, str]) -> bool:
    """Whether a vehicle has a driver who moves it, at the start or with a step."""
    moves = ACTOR_CLASSES[BODIES[actor.model].actor_class].moves == "vehicle"
    return moves and (actor.start.speed_mps > 0.0 or any(s.drive is not None for s in steps_of(actor.do)))


def steps_of(steps: Sequence[Step[float, str]]) -> Iterator[Step[float, str]]:
    """All steps, those of the ways of `one_of` included."""
    for step in steps:
        yield step
        for inner in (step.one_of or {}).values():
            yield from steps_of(inner)


def _turned_round(network: RoadNetwork, actor: Placed, reach_m: float) -> Placed:
    """A wrong-way driver: the lane's path the other way round, and the driver faces along it."""
    ahead = network.path(actor.road, actor.lane, actor.road_s_m, BEHIND_M, behind_m=reach_m)
    path = ahead.turned_round()
    return replace(actor, path=path, s_m=path.start_m, t_m=-actor.t_m, facing_rad=0.0, wrong_way=True)


def _spot_of(placed: Placed) -> _Spot:
    return _Spot(placed.path, placed.s_m, placed.road, placed.lane, placed.road_s_m)


def _further(
    network: RoadNetwork,
    spot: _Spot,
    way_m: float,
    told: tuple[str, str],
    start: Start[float, str],
    reach_m: float,
) -> _Spot:
    """The place some metres on along a lane path (or back, when negative), on the lane that the start names if any.

    `told` is for messages: whose place it is, and the word that asks for another.
    """
    (place,), _, _, _ = _along(network, spot, way_m, told)
    found = network.locate(float(place[0]), float(place[1]))
    road, station = found.road, found.s_m
    lane = spot.lane if road == spot.road else _lane_on(spot.path, road, spot.lane)
    if start.lane is not None:
        road, lane = network.lane(start.lane, station, start.road or road)
    path = network.path(road, lane, station, reach_m, behind_m=BEHIND_M)
    return _Spot(path, path.locate(float(place[0]), float(place[1]))[0], road, lane, station)


def _along(
    network: RoadNetwork, spot: _Spot, way_m: float, told: tuple[str, str]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Pose on a lane some metres ahead of a place (or behind, when negative)."""
    path, along = spot.path, spot.s_m + way_m
    if not 0.0 <= along <= path.length_m:  # further than anybody drives: look as far as the roads go
        (centre,), _, _, _ = path.pose(spot.s_m, 0.0)
        reach = abs(way_m) + 1.0
        path = network.path(spot.road, spot.lane, spot.road_s_m, reach, behind_m=reach)
        along = path.locate(float(centre[0]), float(centre[1]))[0] + way_m
    beyond = max(-along, along - path.length_m)
    if beyond > 0.0:
        side = "ahead of" if way_m > 0.0 else "behind"
        whose, about = told
        raise PlaceError(
            f"{abs(way_m):.1f} m {side} {whose} is {beyond:.1f} m beyond the end of the road", about
        )
    return path.pose(along, 0.0)


def _lane_on(path: LanePath, road: str, lane: int) -> int:
    """The lane of a path on one of the roads it follows."""
    return next((piece_lane for piece_road, _, piece_lane in path.pieces if piece_road == road), lane)


def _in_lane(network: RoadNetwork, spot: _Spot, start: Start[float, str], reach_m: float) -> _Spot:
    """Abreast of a place, in the lane that the start names."""
    road, lane = network.lane(start.lane or "", spot.road_s_m, start.road or spot.road)
    return _abreast(network, spot, road, lane, reach_m)


def _abreast(network: RoadNetwork, spot: _Spot, road: str, lane: int, reach_m: float) -> _Spot:
    (place,), _, _, _ = spot.path.pose(spot.s_m, 0.0)
    path = network.path(road, lane, spot.road_s_m, reach_m, behind_m=BEHIND_M)
    return _Spot(path, path.locate(float(place[0]), float(place[1]))[0], road, lane, spot.road_s_m)


def _beside(
    network: RoadNetwork, anchor: Placed, start: Start[float, str], half_across_m: float, reach_m: float
) -> tuple[_Spot, float]:
    """(place, metres to the left of its lane's centre) abreast of the anchor.

    With a gap the sides of the bodies are that far apart, and the actor belongs to the lane of the anchor's direction
    under its centre, or where there is none to the anchor's own.  Without one it stands in the next lane of that
    direction.  A lane of the start's own has the first word in both.
    """
    side = "left" if start.left_of is not None else "right"
    word = "left_of" if start.left_of is not None else "right_of"
    own = _spot_of(anchor)
    sign = 1.0 if side == "left" else -1.0
    if start.gap_m is None:
        if start.lane is not None:
            return _in_lane(network, own, start, reach_m), 0.0
        if start.offset is not None:
            return own, 0.0
        found = _next_lane(network, anchor, anchor.lane, side)
        if found is None:
            raise PlaceError(
                f"there is no lane of its direction to the {side} of {anchor.name!r}, on lane {anchor.lane} of road "
                f"{anchor.road!r} at s = {anchor.road_s_m:.1f} m; give a gap",
                word,
            )
        return _abreast(network, own, anchor.road, found, reach_m), 0.0
    lateral = anchor.t_m + sign * (anchor.half_across_m + start.gap_m + half_across_m)
    (centre,), _, _, _ = anchor.path.pose(anchor.s_m, lateral)
    if start.lane is not None:
        spot = _in_lane(network, own, start, reach_m)
        return spot, spot.path.locate(float(centre[0]), float(centre[1]))[1]
    lane = _next_lane(network, anchor, anchor.lane, side)
    while lane is not None:
        spot = _abreast(network, own, anchor.road, lane, reach_m)
        _, t = spot.path.locate(float(centre[0]), float(centre[1]))
        if abs(t) <= 0.5 * float(np.interp(spot.s_m, spot.path.s_m, spot.path.width_m)):
            return spot, t
        lane = _next_lane(network, anchor, lane, side)
    return own, lateral


def _next_lane(network: RoadNetwork, anchor: Placed, lane: int, side: str) -> int | None:
    if anchor.wrong_way:  # its left is the right of those who drive as the lane wants
        side = "right" if side == "left" else "left"
    return network.neighbour_lane(anchor.road, lane, anchor.road_s_m, side)


def _on_crosswalk(network: RoadNetwork, ego: Placed, start: Start[float, str]) -> tuple[_Spot, float]:
    """(place on the ego's path, metres to the left of it) of the near-side end of the ego's n-th crosswalk."""
    way, from_m = ego.path, ego.s_m
    if not ego.wrong_way:
        way = network.path(ego.road, ego.lane, ego.road_s_m, CROSSWALKS_WITHIN_M, behind_m=BEHIND_M)
        from_m = way.start_m
    known = crosswalks_ahead(network, way, from_m)
    if len(known) < start.crosswalk:
        there = "is no crosswalk" if not known else "is only 1 crosswalk"
        if len(known) > 1:
            there = f"are only {len(known)} crosswalks"
        raise PlaceError(
            f"there {there} on the next {way.length_m - from_m:.0f} m of the ego's way",
            "crosswalk" if known else "on",
        )
    found = known[start.crosswalk - 1]
    keeps_left = network.roads[ego.road].left_hand
    s, end = (found.left_s_m, found.left_m) if keeps_left else (found.right_s_m, found.right_m)
    row = int(np.clip(np.searchsorted(way.s_m, s), 0, len(way.s_m) - 1))
    road, _, lane = way.pieces[int(way.piece[row])]
    return _Spot(way, s, road, lane, float(np.interp(s, way.s_m, way.road_s_m))), end


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
