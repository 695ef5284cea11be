"""The trace of a run: actors with their ids and looks, motions side by side, lamps, and who hit whom.  World floor."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from scenarios.bodies import DOORS, LYING, opened_by
from scenarios.bodies.company import held_as
from scenarios.chance import stream
from scenarios.resolved import Concrete
from scenarios.taxonomy import ACTOR_CLASSES
from sim.background import Extra
from sim.company import Company
from sim.doors import Swing, footprint, shares
from sim.fleet import Fleet
from sim.kernels import traffic as k
from sim.lights import Switched, lamps
from sim.loads import Loads
from sim.moments import overlap
from sim.placement import TRAILER_PART, Placed
from sim.record import Motion, Recorder, standing, steady_walk, vehicle_motion, walker_motion
from sim.roads.network import RoadNetwork
from sim.towing import SHOWN_BEHIND, Towing
from sim.trace import Actor, Event, Ways, WorldTrace
from sim.walkers import Walker
from sim.weather import NS_PER_S, WeatherTrack

EGO = "ego"
LADEN = "laden"  # a truck whose bed has no boards and nothing on it but its cargo
EGO_ID = 1
LIGHT_EVERY = 10  # ticks between looks at the weather for automatic lamps


def assemble(
    concrete: Concrete,
    network: RoadNetwork,
    weather: WeatherTrack,
    placed: dict[str, Placed],
    extras: list[Extra],
    fleet: Fleet,
    walkers: dict[str, Walker],
    loads: Loads,
    towing: Towing,
    company: Company,
    recorder: Recorder,
    marks: list[Event],
    switched: dict[str, list[Switched]],
    swings: dict[str, list[Swing]],
    step_ns: int,
    lit_by: WeatherTrack,
    ways: Ways,
    lights: NDArray[np.uint8] | None,
) -> WorldTrace:
    """Everything that was recorded, as a WorldTrace; lamps are switched by the light of `lit_by`."""
    step_s = step_ns / NS_PER_S
    ticks = len(recorder.states)
    time_ns = np.arange(ticks, dtype=np.int64) * step_ns
    by_name = {extra.placed.name: extra for extra in extras}
    actors = [_actor(concrete, p, EGO_ID + n) for n, p in enumerate(placed.values())]
    actors += [_carried_actor(concrete, p, loads.instance_id[name]) for name, p in loads.cargo.items()]
    actors += [_carried_actor(concrete, p, towing.instance_id[name]) for name, p in towing.own.items()]
    actors += [
        replace(_carried_actor(concrete, m.placed, company.instance_id[name]), state=m.state)
        for name, m in company.members.items()
    ]
    actors += [_background_actor(e) for e in extras]
    actors += [_carried_actor(concrete, p, towing.instance_id[name]) for name, p in towing.others.items()]
    everybody = {
        **placed, **loads.cargo, **towing.own, **company.placed,
        **{e.placed.name: e.placed for e in extras}, **towing.others,
    }  # fmt: skip
    moved: dict[str, Motion] = {}
    for name, p in everybody.items():
        if name in fleet.row:
            moved[name] = vehicle_motion(recorder, fleet, fleet.row[name], step_s)
        elif name in walkers and p.pose == "upright":
            moved[name] = walker_motion(recorder, walkers[name], step_s)
        elif name in by_name:
            moved[name] = steady_walk(p, by_name[name].wish_mps, ticks, step_s)
        elif name in company.members:
            moved[name] = company.motion(name, recorder, step_s)
        elif name in towing.trailers:
            moved[name] = towing.motion(name, recorder, step_s)
        elif name in loads.cargo:
            moved[name] = loads.motion(name, moved[loads.items[name].carrier])
        elif name in loads.items:
            moved[name] = loads.motion(name, standing(p, ticks))
        else:
            moved[name] = standing(p, ticks)
    motions = list(moved.values())
    position = np.stack([m.position_m for m in motions], 1)
    rotation = np.stack([m.rotation_rad for m in motions], 1)
    speed = np.stack([m.speed_mps for m in motions], 1)
    present = np.ones((ticks, len(motions)), np.bool_)
    for column, (name, p) in enumerate(everybody.items()):
        if name in by_name:
            present[:, column] = _on_road(p, recorder, fleet, position[:, column])
        if name in loads.items and loads.items[name].gone >= 0:
            present[loads.items[name].gone :, column] = False
    lit = _lamps(concrete, lit_by, everybody, by_name, fleet, recorder, motions, actors, switched, step_ns)
    columns = {name: column for column, name in enumerate(everybody)}
    pairs = [(columns[trailer.tower], columns[name]) for name, trailer in towing.trailers.items()]
    for tower, trailer in pairs:  # its lamps hang on the cable of what draws it
        lit[:, trailer] = lit[:, tower] & SHOWN_BEHIND
        present[:, trailer] = present[:, tower]
    # What is carried touches its carrier all the time; what is loose says itself whom it has met.
    solid = [
        name not in loads.cargo and (name not in loads.items or loads.items[name].since < 0)
        for name in everybody
    ]
    doors = _doors(concrete, actors, swings, ticks, step_s)
    hits = collisions(actors, position, rotation, speed, present & np.array(solid), doors)
    own = len(placed) + len(loads.cargo) + len(towing.own) + len(company.members)
    events = marks + _accidents(actors, hits, own, present, time_ns)
    for tower, trailer in pairs:  # they leave together
        present[:, trailer] = present[:, tower] = present[:, trailer] & present[:, tower]
    return WorldTrace(
        concrete=concrete,
        road=network,
        weather=weather,
        actors=tuple(actors),
        events=tuple(sorted(events, key=lambda e: e.time_ns)),
        time_ns=time_ns,
        position_m=position,
        rotation_rad=rotation,
        velocity_mps=np.stack([_velocity(m, step_s) for m in motions], 1),
        yaw_rate_radps=np.stack([_yaw_rate(m, step_s) for m in motions], 1),
        speed_mps=speed,
        acceleration_mps2=np.stack([m.acceleration_mps2 for m in motions], 1),
        steer_rad=np.stack([m.steer_rad for m in motions], 1),
        wheel_rad=np.stack([m.wheel_rad for m in motions], 1),
        gait=np.stack([m.gait for m in motions], 1),
        gait_phase=np.stack([m.gait_phase for m in motions], 1),
        lamps=lit,
        present=present,
        ways=ways,
        doors=doors,
        lights=lights,
    )


def _actor(concrete: Concrete, placed: Placed, instance_id: int) -> Actor:
    words = concrete.scenario.actors[placed.name]
    look = words.look
    return Actor(
        instance_id=instance_id,
        name=placed.name,
        model=placed.body.model,
        actor_class=placed.body.actor_class,
        size_m=placed.size_m,
        look_seed=int(stream(concrete.seed, "look", placed.name, concrete.sample).integers(1 << 31)),
        color=look.color if look is not None else None,
        clothing=look.clothing if look is not None else None,
        build=look.build if look is not None else None,
        carries=held_as(placed.brings.model)
        if placed.brings is not None
        else look.carries
        if look is not None
        else None,
        dirt=look.dirt if look is not None else None,
        dents=look.dents if look is not None else None,
        is_ego=placed.name == EGO,
        state=LADEN
        if words.cargo is not None
        else placed.pose
        if placed.pose != "upright"
        else placed.open_doors,
    )


def _carried_actor(concrete: Concrete, placed: Placed, instance_id: int) -> Actor:
    look = stream(concrete.seed, "look", placed.name, concrete.sample).integers(1 << 31)
    body = placed.body
    return Actor(instance_id, placed.name, body.model, body.actor_class, placed.size_m, int(look))


def _velocity(motion: Motion, step_s: float) -> NDArray[np.float64]:
    if motion.centre_mps is not None:
        return motion.centre_mps
    velocity: NDArray[np.float64] = np.gradient(motion.position_m, step_s, axis=0)
    return velocity


def _yaw_rate(motion: Motion, step_s: float) -> NDArray[np.float64]:
    if motion.yaw_rate_radps is not None:
        return motion.yaw_rate_radps
    rate: NDArray[np.float64] = np.gradient(motion.rotation_rad[:, 0], step_s)
    return rate


def _background_actor(extra: Extra) -> Actor:
    placed = extra.placed
    return Actor(
        instance_id=extra.instance_id,
        name=placed.name,
        model=placed.body.model,
        actor_class=placed.body.actor_class,
        size_m=placed.size_m,
        look_seed=extra.look_seed,
        color=extra.color,
        carries=held_as(placed.brings.model) if placed.brings is not None else None,
        state=extra.state,
    )


def _on_road(
    placed: Placed, recorder: Recorder, fleet: Fleet, position: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Where the roads end, the background leaves the world."""
    if placed.name not in fleet.row:
        far = np.hypot(*(position[:, :2] - placed.path.position_m[-1, :2]).T) + np.hypot(
            *(position[:, :2] - placed.path.position_m[0, :2]).T
        )
        whole = float(np.hypot(*(placed.path.position_m[-1, :2] - placed.path.position_m[0, :2])))
        inside: NDArray[np.bool_] = far < whole + placed.path.length_m
        return inside
    row = fleet.row[placed.name]
    to_bumper = float(fleet.spec[row, k.REAR_TO_CENTRE] + fleet.spec[row, k.HALF_LENGTH])
    on = np.zeros(len(recorder.states), np.bool_)
    changes = [*fleet.paths[row], (len(on), fleet.path(row))]
    for (start, path), (stop, _) in pairwise(changes):  # s counts along the path of the moment
        on[start:stop] = recorder.states[start:stop, row, k.S] + to_bumper <= path.length_m
    return on


def _lamps(
    concrete: Concrete,
    weather: WeatherTrack,
    everybody: dict[str, Placed],
    extras: dict[str, Extra],
    fleet: Fleet,
    recorder: Recorder,
    motions: list[Motion],
    actors: list[Actor],
    switched: dict[str, list[Switched]],
    step_ns: int,
) -> NDArray[np.uint16]:
    ticks = len(recorder.states)
    looks = [weather.at(tick * step_ns) for tick in range(0, ticks, LIGHT_EVERY)]
    states = [looks[tick // LIGHT_EVERY] for tick in range(ticks)]
    lit = np.zeros((ticks, len(motions)), np.uint16)
    for column, (name, placed) in enumerate(everybody.items()):
        if name not in fleet.row:
            continue
        row = fleet.row[name]
        words = concrete.scenario.actors[name].lights if name in concrete.scenario.actors else None
        crewed = (
            not placed.parked
            and placed.pose not in LYING
            and (name not in extras or extras[name].kind == "traffic")
        )
        for first_tick, said in [(0, words), *switched.get(name, ())]:
            whole = lamps(
                said,
                crewed,
                states,
                motions[column].speed_mps,
                motions[column].acceleration_mps2,
                recorder.modes[:, row],
                recorder.signals[:, row],
                actors[column].instance_id,
                step_ns / NS_PER_S,
                placed.body.track_m == 0.0,
            )
            lit[first_tick:, column] = whole[first_tick:]
    return lit


def collisions(
    actors: list[Actor],
    position_m: NDArray[np.float64],
    rotation_rad: NDArray[np.float64],
    speed_mps: NDArray[np.float64],
    present: NDArray[np.bool_],
    doors: NDArray[np.float32] | None = None,
) -> list[tuple[int, int, int]]:
    """(tick, column, column) of the first overlap of every pair of boxes, in order.

    Looks at the pairs of which at least one is a vehicle and one has moved; who draws a trailer touches it all the time.
    """
    half = np.array([(a.size_m[0] / 2, a.size_m[1] / 2) for a in actors])
    reach = np.hypot(half[:, 0], half[:, 1])
    open_now = {
        column: footprint(actor, doors[:, column])
        for column, actor in enumerate(actors)
        if doors is not None and opened_by(actor.state)
    }
    moved: NDArray[np.bool_] = np.max(speed_mps, axis=0) > 0.0
    on_wheels = [ACTOR_CLASSES[a.actor_class].moves != "walker" for a in actors]
    names = [a.name for a in actors]
    hits: list[tuple[int, int, int]] = []
    for i in np.flatnonzero(moved).tolist():
        for j in range(len(actors)):
            if j == i or (moved[j] and j < i) or not (on_wheels[i] or on_wheels[j]):
                continue
            if names[j] == names[i] + TRAILER_PART or names[i] == names[j] + TRAILER_PART:
                continue
            apart = position_m[:, j, :2] - position_m[:, i, :2]
            near = np.flatnonzero(
                ((apart**2).sum(1) < (reach[i] + reach[j]) ** 2) & present[:, i] & present[:, j]
            )
            if len(near) == 0:
                continue
            sides = [half[i], half[j]]
            between = apart[near]
            for side, (column, sign) in enumerate(((i, -1.0), (j, 1.0))):
                if column in open_now:  # doors change its rectangle, and where that has its middle
                    extent, middle = open_now[column]
                    sides[side] = extent[near].T
                    between = between + sign * _turned(middle[near], rotation_rad[near, column, 0])
            hit = overlap(between, rotation_rad[near, i, 0], rotation_rad[near, j, 0], sides[0], sides[1])
            if hit.any():
                hits.append((int(near[int(np.argmax(hit))]), min(i, j), max(i, j)))
    return sorted(hits)


def _turned(points: NDArray[np.float64], yaw_rad: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, 2) points of a frame in the world's directions."""
    cos, sin = np.cos(yaw_rad), np.sin(yaw_rad)
    return np.stack(
        [cos * points[:, 0] - sin * points[:, 1], sin * points[:, 0] + cos * points[:, 1]], axis=1
    )


def _doors(
    concrete: Concrete, actors: list[Actor], swings: dict[str, list[Swing]], ticks: int, step_s: float
) -> NDArray[np.float32] | None:
    """(T, A, D) how far doors are open; None where nobody opens any."""
    if not any(opened_by(actor.state) for actor in actors):
        return None
    doors = np.zeros((ticks, len(actors), len(DOORS)), np.float32)
    for column, actor in enumerate(actors):
        if opened_by(actor.state):
            at_start = concrete.scenario.actors[actor.name].doors or ()
            doors[:, column] = shares(at_start, swings.get(actor.name, ()), ticks, step_s)
    return doors


def _accidents(
    actors: list[Actor],
    hits: list[tuple[int, int, int]],
    scenario_actors: int,
    present: NDArray[np.bool_],
    time_ns: NDArray[np.int64],
) -> list[Event]:
    """Events of the collisions that the scenario is part of.

    Two of the background never collide: the later of them is taken out of the clip, in place.
    """
    events: list[Event] = []
    gone: set[int] = set()
    for tick, one, other in hits:
        if gone & {one, other}:
            continue
        if one >= scenario_actors:
            present[:, other] = False
            gone.add(other)
        else:
            events.append(Event(f"collision {actors[one].name} {actors[other].name}", int(time_ns[tick])))
    return events
