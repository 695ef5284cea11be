"""The people and cars that make a street a street: parked cars, traffic, pedestrians.  World floor.

Every slot of kerb, car and person draws from a stream of its own, named by kind and number: a fuller street keeps the
cars that stood there before, and one kind never changes another.  Instance ids come in blocks by kind.
"""

import math
from dataclasses import dataclass

import numpy as np

from scenarios.bodies import BODIES, Body
from scenarios.bodies.company import LED
from scenarios.bodies.hitches import DRAWN, FIFTH_WHEELS, coupling
from scenarios.chance import stream
from scenarios.resolved import Concrete
from sim.cycle_stands import BICYCLE_PLACES, BICYCLE_STRIP_M, STANDS, bicycles
from sim.placement import Placed, company_state, kerb_offset
from sim.roads.network import LanePath, RoadNetwork
from sim.ways import Ways

FIRST_ID = {"parked": 1000, "traffic": 4000, "pedestrian": 7000, "company": 13_000, "bicycle": 20_000}
AROUND_M = 350.0  # how far from the ego's way background lives
SLOT_M = 6.2  # of kerb for a parked car
ROOM_M = 1.0  # kept free around the cars of the scenario
WALKER_ROOM_M = 1.6  # and to either side of somebody who will cross
CROSSING_ROOM_M = 7.0  # no parking on or just before a crossing (StVO section 12: 5 m)
AHEAD_ROOM_M = 60.0  # of lane beyond the last actor of the scenario that traffic leaves to it
START_GAP_S = 2.2  # between vehicles of the traffic
WALKING_MPS, WALKING_SD_MPS = 1.34, 0.26  # Weidmann 1993
# Who walks, and how fast as a share of all adults.  Every fifth European is 65 or older and every seventh below 15
# (Eurostat 2023); fewer of either are out alone, and some are at work.  Old people walk at 0.83 of the others' speed
# (Knoblauch, Pietrucha and Nitzburg 1996: 1.25 against 1.51 m/s); the other speeds are estimates.
WALKERS = {
    "pedestrian.child": (0.08, 0.90), "pedestrian.adult": (0.67, 1.0), "pedestrian.teenager": (0.08, 1.03),
    "pedestrian.elderly": (0.13, 0.83), "pedestrian.worker": (0.02, 0.95), "wheelchair.manual": (0.012, 0.80),
    "pedestrian.police": (0.008, 0.90),
}  # fmt: skip
# What they take along: estimates.  A quarter of Europe's households have a dog (FEDIAF 2023), whose walks are short; one
# person in fifty is of an age for a pram.
TAKEN_ALONG = {
    "pedestrian.adult": {"animal.dog": 0.045, "stroller.pram": 0.035, "wheelchair.manual": 0.006},
    "pedestrian.elderly": {"animal.dog": 0.06, "wheelchair.manual": 0.012},
    "pedestrian.teenager": {"animal.dog": 0.03},
}
EDGE_M = 0.4  # kept from the edges of a sidewalk
DOG_ROOM_M = 0.5
BURDENED = {
    "stroller.pram": 0.92,
    "wheelchair.manual": 0.80,
    "animal.dog": 0.88,
}  # speed of who takes it along

# Shares of new registrations in Europe, roughly: bodies that we have, and paints (Axalta 2023, all segments).
PARKED_MODELS = {
    "car.hatchback": 0.17, "car.compact": 0.17, "car.crossover": 0.14, "car.suv": 0.13, "car.city": 0.08,
    "car.estate": 0.075, "car.sedan": 0.07, "car.mpv": 0.05, "car.estate_roof_box": 0.01, "car.coupe": 0.02,
    "car.offroader": 0.02, "car.large_saloon": 0.015, "car.convertible": 0.01, "car.sports": 0.005, "car.taxi": 0.005,
    "pickup.double_cab": 0.01, "van.minibus": 0.01, "van.delivery": 0.01,
}  # fmt: skip
# Estimates: one car in fifty draws something, and the smallest and the fastest never do.
BEHIND_CARS = {"trailer.small": 0.013, "caravan": 0.007}
LIGHT = ("car.city", "car.coupe", "car.sports", "car.convertible", "car.taxi")
TRAFFIC_MIX = {"car": 0.79, "van": 0.06, "pickup": 0.03, "truck": 0.07, "bus": 0.02, "motorcycle": 0.03}
PAINTS = {
    "white": 0.29, "black": 0.21, "grey": 0.24, "silver": 0.08, "blue": 0.09, "red": 0.05, "green": 0.02, "brown": 0.01,
    "orange": 0.01,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Extra:
    """A member of the background at the start."""

    kind: str  # parked, bicycle, traffic, pedestrian, company
    number: int
    placed: Placed
    path: LanePath
    wish_mps: float
    look_seed: int
    color: str | None = None
    state: str = ""  # of its actor

    @property
    def instance_id(self) -> int:
        return FIRST_ID[self.kind] + self.number


def background(
    concrete: Concrete, network: RoadNetwork, placed: dict[str, Placed], reach_m: float
) -> list[Extra]:
    """All background of a scenario, in the order of their ids."""
    words = concrete.scenario.background
    extras: list[Extra] = []
    ways = Ways(network, reach_m)
    if words.parked_cars is not None:
        sides = ("right", "left") if words.parked_cars.side == "both" else (words.parked_cars.side,)
        for side in sides:
            extras += _parked(concrete, network, placed, ways, side, words.parked_cars.fill)
    if words.traffic is not None:
        extras += _traffic(concrete, network, placed, ways, words.traffic.vehicles_per_km, words.traffic.mix)
    if words.pedestrians is not None:
        extras += _pedestrians(concrete, network, placed, ways, words.pedestrians.per_km)
    return extras


def _pick(shares: dict[str, float], u: float) -> str:
    edge, total = 0.0, sum(shares.values())
    for name, share in shares.items():
        edge += share / total
        if u < edge:
            return name
    return next(reversed(shares))


def _span(network: RoadNetwork, ego: Placed) -> list[tuple[str, float, float]]:
    """Stretches of road near the ego's way: (road, from, to); junctions are left out."""
    xy = ego.path.position_m[:: max(1, len(ego.path.s_m) // 200), :2]
    near: list[tuple[str, float, float]] = []
    for road in network.roads.values():
        if road.junction is not None:
            continue
        s = np.arange(0.0, road.length_m, 10.0)
        if len(s) == 0:
            continue
        x, y, _, _ = road.surface.line.at(s)
        far = np.sqrt(((x[:, None] - xy[:, 0]) ** 2 + (y[:, None] - xy[:, 1]) ** 2).min(axis=1))
        inside = s[far < AROUND_M]
        if len(inside):
            near.append((road.id, float(inside[0]), float(min(inside[-1] + 10.0, road.length_m))))
    return near


# ---------------------------------------------------------------------------------------------------------- parked
def _parked(
    concrete: Concrete, network: RoadNetwork, placed: dict[str, Placed], ways: Ways, side: str, fill: float
) -> list[Extra]:
    extras: list[Extra] = []
    lane_word = "right" if side == "right" else "oncoming"
    closed = _closed(network, placed)
    road = network.roads[placed["ego"].road]
    for number in range(int(road.length_m / SLOT_M)):
        rng = stream(concrete.seed, "background", "parked", side, number, concrete.sample)
        u_fill, u_model, u_paint, u_gap, u_shift, u_turn = rng.uniform(size=6)
        look = int(rng.integers(1 << 31))
        if u_fill >= fill:
            continue
        station = (number + 0.5) * SLOT_M
        try:
            road_id, lane = network.lane(lane_word, station, road.id)
        except KeyError:
            continue
        kinds = {kind for _, kind, *_ in network.lanes_at(road_id, station)}
        if "parking" not in kinds or network.strip_width(road_id, lane, station, "parking") < 1.8:
            continue
        slot = number + (0 if side == "right" else 1500)
        bikes = stream(concrete.seed, "background", "bicycles", side, number, concrete.sample)
        strip_m = network.strip_width(road_id, lane, station, "parking")
        if bikes.uniform() < BICYCLE_PLACES and strip_m >= BICYCLE_STRIP_M:
            for stand, bicycle, paint, drawn in bicycles(
                network, ways, (road_id, lane, station), side, number, bikes
            ):
                if not _shut(bicycle, closed):
                    number_of = STANDS * slot + stand
                    extras.append(
                        Extra("bicycle", number_of, bicycle, bicycle.path, 0.0, drawn, _pick(PAINTS, paint))
                    )
            continue
        body = BODIES[_pick(PARKED_MODELS, u_model)]
        spare = max(SLOT_M - body.size_m[0] - 0.5, 0.0)
        path, start = ways.along(road_id, lane, station)
        along = start + (u_shift - 0.5) * spare
        car = Placed(
            name=f"background.parked.{side}.{number}",
            body=body,
            size_m=body.size_m,
            path=path,
            road=road_id,
            lane=lane,
            road_s_m=station,
            s_m=along,
            t_m=kerb_offset(network, road_id, lane, station, "parking", 0.12 + 0.25 * u_gap, body.size_m[1]),
            facing_rad=math.radians(2.0 * (u_turn - 0.5)),
            parked=True,
        )
        if _shut(car, closed):
            continue
        extras.append(Extra("parked", slot, car, path, 0.0, look, _pick(PAINTS, u_paint)))
    return extras


def _shut(parked: Placed, closed: list[tuple[float, float, float]]) -> bool:
    """Whether it would stand in one of the circles."""
    x, y, *_ = _spot(parked)
    return any(math.hypot(x - a, y - b) < room + parked.size_m[0] / 2 for a, b, room in closed)


def _closed(network: RoadNetwork, placed: dict[str, Placed]) -> list[tuple[float, float, float]]:
    """Circles (x, y, radius) in which nobody parks: the scenario's own actors, walkers' ways, crossings."""
    circles: list[tuple[float, float, float]] = []
    for actor in placed.values():
        if actor.moves == "walker":
            # Along the line that they will cross by, from kerb to kerb.
            for lateral in np.arange(-12.0, 12.1, 1.5):
                (spot,), _, _, _ = actor.path.pose(actor.s_m, lateral)
                circles.append((float(spot[0]), float(spot[1]), WALKER_ROOM_M))
        elif actor.parked or actor.speed_mps == 0.0:
            for box in _boxes(actor):
                (spot,), _, _, _ = box.path.pose(box.s_m, box.t_m)
                circles.append((float(spot[0]), float(spot[1]), box.half_along_m + ROOM_M))
    for thing in network.objects:
        if thing.kind == "crosswalk":
            circles.append((float(thing.position_m[0]), float(thing.position_m[1]), CROSSING_ROOM_M))
    return circles


# --------------------------------------------------------------------------------------------------------- traffic
def _traffic(
    concrete: Concrete,
    network: RoadNetwork,
    placed: dict[str, Placed],
    ways: Ways,
    per_km: float,
    mix: dict[str, float] | None,
) -> list[Extra]:
    """Vehicles on all lanes near the ego, away from what the scenario is about."""
    extras: list[Extra] = []
    taken = [_spot(box) for p in placed.values() if p.moves != "walker" for box in _boxes(p)]
    number = 0
    for road_id, low, high in _span(network, placed["ego"]):
        count = per_km * (high - low) / 1000.0
        rng = stream(concrete.seed, "background", "traffic", road_id, concrete.sample)
        # The first ones of an endless list of cars: a denser road keeps the cars of a thinner one.
        whole = int(count) + (1 if rng.uniform() < count - int(count) else 0)
        for k in range(whole):
            draw = stream(concrete.seed, "background", "traffic", road_id, k, concrete.sample)
            extra = _vehicle(
                network, draw, (road_id, low, high), number, mix or TRAFFIC_MIX, placed, taken, ways
            )
            if extra is not None:
                extras.append(extra)
                taken += [_spot(box) for box in _boxes(extra.placed)]
            number += 1
    return extras


def _vehicle(
    network: RoadNetwork,
    rng: np.random.Generator,
    stretch: tuple[str, float, float],
    number: int,
    mix: dict[str, float],
    placed: dict[str, Placed],
    taken: list[tuple[float, float, float, float]],
    ways: Ways,
) -> Extra | None:
    road_id, low, high = stretch
    u_lane, u_s, u_class, u_model, u_paint, u_wish = rng.uniform(size=6)
    look, turn = int(rng.integers(1 << 31)), int(rng.integers(1 << 31))
    station = low + u_s * (high - low)
    road = network.roads[road_id]
    section = road.section_at(station)
    lanes = [lane for owner, part, lane in network.drivable() if owner == road_id and part == section]
    if not lanes:
        return None
    lane = lanes[min(int(u_lane * len(lanes)), len(lanes) - 1)]
    models = [m for m, b in BODIES.items() if b.actor_class == _pick(mix, u_class) and b.traffic > 0.0]
    if not models:
        return None
    body = BODIES[_pick({m: BODIES[m].traffic for m in models}, u_model)]
    path, start = ways.along(road_id, lane, station, turn)
    limit = float(np.interp(start, path.s_m, path.speed_limit_mps))
    if not math.isfinite(limit):
        limit = 50 / 3.6
    if body.actor_class in ("truck", "bus"):
        limit = min(limit, 80 / 3.6)
    wish = limit * (0.92 + 0.16 * u_wish)
    car = Placed(
        name=f"background.traffic.{number}", body=body, size_m=body.size_m, path=path, road=road_id, lane=lane,
        road_s_m=station, s_m=start, t_m=0.0, facing_rad=0.0, speed_mps=wish, trailer=_drawn_by(body, look),
    )  # fmt: skip
    for box in _boxes(car):
        if _in_the_way(box, placed) or not _has_room(box, taken):
            return None
    return Extra("traffic", number, car, path, wish, look, _pick(PAINTS, u_paint))


def _drawn_by(body: Body, look: int) -> Body | None:
    """The semitrailer of a tractor unit, and now and then a caravan or a small trailer."""
    u = look / (1 << 31)
    if body.model in FIFTH_WHEELS:
        share = {model: BODIES[model].traffic for model, kind in DRAWN.items() if kind == "fifth_wheel"}
        return BODIES[_pick(share, u)]
    if coupling(body) != "ball" or body.model in LIGHT or u >= sum(BEHIND_CARS.values()):
        return None
    return BODIES[_pick(BEHIND_CARS, u / sum(BEHIND_CARS.values()))]


def _boxes(placed: Placed) -> list[Placed]:
    """A vehicle and what it draws."""
    drawn = placed.drawn()
    return [placed] if drawn is None else [placed, drawn]


def _spot(placed: Placed) -> tuple[float, float, float, float]:
    (centre,), _, _, _ = placed.path.pose(placed.s_m, placed.t_m)
    return float(centre[0]), float(centre[1]), placed.speed_mps, placed.half_along_m


def _has_room(car: Placed, taken: list[tuple[float, float, float, float]]) -> bool:
    """Whether a car keeps its distance to all others on its lane."""
    for x, y, speed, half in taken:
        s, t = car.path.locate(x, y)
        if abs(t) > 2.2:
            continue
        apart = abs(s - car.s_m) - half - car.half_along_m
        if apart < 4.0 + START_GAP_S * max(speed, car.speed_mps):
            return False
    return True


def _in_the_way(car: Placed, placed: dict[str, Placed]) -> bool:
    """Whether a car would start between the ego and what the scenario has prepared for it, on the ego's lane.

    A wrong-way driver's lane is kept free up to the ego and a little beyond.
    """
    ego = placed["ego"]
    x, y, *_ = _spot(car)
    for ghost in placed.values():
        if ghost.wrong_way:
            s, t = ghost.path.locate(x, y)
            to = max(ghost.path.locate(*_spot(ego)[:2])[0], ghost.s_m) + AHEAD_ROOM_M
            if abs(t) <= 2.2 and ghost.s_m - AHEAD_ROOM_M < s < to:
                return True
    s, t = ego.path.locate(x, y)
    if abs(t) > 2.2 or s < ego.s_m:
        return False
    last = ego.s_m
    for actor in placed.values():
        ax, ay, *_ = _spot(actor)
        station, lateral = ego.path.locate(ax, ay)
        if abs(lateral) < 25.0:
            last = max(last, station)
    return bool(s < last + AHEAD_ROOM_M)


# ----------------------------------------------------------------------------------------------------- pedestrians
def _pedestrians(
    concrete: Concrete, network: RoadNetwork, placed: dict[str, Placed], ways: Ways, per_km: float
) -> list[Extra]:
    """People who walk along the sidewalks of both sides."""
    extras: list[Extra] = []
    number = 0
    for road_id, low, high in _span(network, placed["ego"]):
        count = per_km * (high - low) / 1000.0
        rng = stream(concrete.seed, "background", "pedestrians", road_id, concrete.sample)
        whole = int(count) + (1 if rng.uniform() < count - int(count) else 0)
        for k in range(whole):
            draw = stream(concrete.seed, "background", "pedestrians", road_id, k, concrete.sample)
            extras += _pedestrian(network, draw, (road_id, low, high), number, placed, ways)
            number += 1
    return extras


def _pedestrian(
    network: RoadNetwork,
    rng: np.random.Generator,
    stretch: tuple[str, float, float],
    number: int,
    placed: dict[str, Placed],
    ways: Ways,
) -> list[Extra]:
    """Somebody on a sidewalk, and whom they take along."""
    road_id, low, high = stretch
    u_side, u_s, u_way, u_across, u_who, u_height = rng.uniform(size=6)
    speed = float(np.clip(rng.normal(WALKING_MPS, WALKING_SD_MPS), 0.8, 1.9))
    look = int(rng.integers(1 << 31))
    u_along, company_look = float(rng.uniform()), int(rng.integers(1 << 31))
    station = low + u_s * (high - low)
    model = _pick({who: share for who, (share, _) in WALKERS.items()}, u_who)
    body = BODIES[model]
    speed *= WALKERS[model][1]
    along = TAKEN_ALONG.get(model, {})
    brings = _pick(along | {"": 1.0 - sum(along.values())}, u_along)
    speed *= BURDENED.get(brings, 1.0)
    # A dog at heel has its sidewalk, too: it goes on the left of its owner, whichever way they go.
    dog_m = DOG_ROOM_M if brings in LED else 0.0
    low_m, high_m = (EDGE_M, EDGE_M + dog_m) if u_way < 0.5 else (EDGE_M + dog_m, EDGE_M)
    sidewalks = [
        (left + right + low_m - high_m) / 2
        if left - right < low_m + high_m + 0.2
        else right + low_m + (left - right - low_m - high_m) * u_across
        for _, kind, right, left in network.lanes_at(road_id, station)
        if kind in ("sidewalk", "walking")
    ]
    if not sidewalks:
        return []
    across = sidewalks[min(int(u_side * len(sidewalks)), len(sidewalks) - 1)]
    try:
        _, lane = network.lane("right", station, road_id)
    except KeyError:
        return []
    path, _ = ways.along(road_id, lane, station)
    spot = network.point(road_id, station, across)
    s, t = path.locate(float(spot[0]), float(spot[1]))
    height = body.size_m[2] * (0.92 + 0.16 * u_height if body.wheel_radius_m == 0.0 else 1.0)
    scale = height / body.size_m[2]
    person = Placed(
        name=f"background.pedestrian.{number}", body=body,
        size_m=(body.size_m[0] * scale, body.size_m[1] * scale, height), path=path, road=road_id, lane=lane,
        road_s_m=station, s_m=s, t_m=t, facing_rad=0.0 if u_way < 0.5 else math.pi, speed_mps=speed,
        brings=BODIES[brings] if brings else None,
    )  # fmt: skip
    for actor in placed.values():
        x, y, *_ = _spot(actor)
        if math.hypot(x - spot[0], y - spot[1]) < actor.half_along_m + 2.5:
            return []
    found = [Extra("pedestrian", number, person, path, speed, look)]
    company = person.accompanied()
    if company is not None:
        state = company_state(company, person)
        found.append(Extra("company", number, company, path, speed, company_look, state=state))
    return found
