"""Traffic lights of a map: which belong together, which way they look, where traffic stops for them.  World floor."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import nearest
from sim.kernels.traffic import PATH_STEP_M
from sim.roads.lane_words import PlaceError
from sim.roads.network import RoadNetwork, Signal, Told

Floats = NDArray[np.float64]
ALL = "all"
WALKERS_TYPE = "1000002"
SAME_WAY = 0.7  # cosine between two directions that are one
LINE_BEHIND_M, LINE_AHEAD_M, LINE_BESIDE_M = (
    30.0,
    4.0,
    0.5,
)  # where a stop line may lie before what it belongs to
SHORT_OF_LIGHT_M = 1.0  # where one stops without a line
ON_WAY_M = 1.2  # a path leads past a stop whose middle lies so near to it


def lights_of(network: RoadNetwork) -> tuple[Signal, ...]:
    """The traffic lights of a map, in the order of the trace."""
    return tuple(signal for signal in network.signals if signal.kind == "light")


def for_walkers(light: Signal) -> bool:
    return light.type == WALKERS_TYPE


def junctions_of(network: RoadNetwork, light: Signal) -> tuple[str, ...]:
    """Junctions that a light stands before or in."""
    found = [
        junction.id
        for junction in network.junctions.values()
        for controller in network.controllers
        if controller.id in junction.controllers and light.id in controller.signals
    ]
    for told in light.tells:
        road = network.roads[told.road]
        if road.junction is not None:
            found.append(road.junction)
        ends = {1: (road.successor,), -1: (road.predecessor,)}.get(
            told.way, (road.predecessor, road.successor)
        )
        found += [link.id for link in ends if link is not None and link.kind == "junction"]
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Group:
    """Lights under one name; the narrower of two groups has the higher rank."""

    rank: int
    lights: tuple[int, ...]


def group(network: RoadNetwork, name: str) -> Group:
    """The lights that a name means: all, or the id or name of a junction, a controller or a signal."""
    lights = lights_of(network)
    if not lights:
        raise PlaceError("this map has no traffic lights")
    if name == ALL:
        return Group(0, tuple(range(len(lights))))
    kinds = _named(network)
    kind, _, id_ = name.partition(" ")
    if kind in kinds and id_ in kinds[kind]:
        return Group(1 + list(kinds).index(kind), kinds[kind][id_])
    found = [kind for kind, known in kinds.items() if name in known]
    if len(found) > 1:
        raise PlaceError(f'"{name}" is a {" and a ".join(found)} of this map; write "{found[0]} {name}"')
    if not found:
        known = [ALL, *dict.fromkeys(word for each in kinds.values() for word in each)]
        raise PlaceError(f'no traffic lights are called "{name}"; {nearest(name, known)}')
    return Group(1 + list(kinds).index(found[0]), kinds[found[0]][name])


def _named(network: RoadNetwork) -> dict[str, dict[str, tuple[int, ...]]]:
    lights = lights_of(network)
    inside: dict[str, list[int]] = {}
    for row, light in enumerate(lights):
        for junction in junctions_of(network, light):
            inside.setdefault(junction, []).append(row)
            if network.junctions.get(junction) is not None and network.junctions[junction].name:
                inside.setdefault(network.junctions[junction].name, []).append(row)
    switched: dict[str, tuple[int, ...]] = {}
    for controller in network.controllers:
        rows = tuple(row for row, light in enumerate(lights) if light.id in controller.signals)
        for word in filter(None, (controller.id, controller.name)):
            switched.setdefault(word, rows)
    own: dict[str, list[int]] = {}
    for row, light in enumerate(lights):
        if light.id:
            own.setdefault(light.id, []).append(row)
    return {
        "junction": {name: tuple(dict.fromkeys(rows)) for name, rows in inside.items()},
        "controller": {name: rows for name, rows in switched.items() if rows},
        "signal": {name: tuple(rows) for name, rows in own.items()},
    }


def looks_along(light: Signal, heading_rad: float) -> bool:
    """Whether a light looks along or against a heading, not across it."""
    return bool(abs(np.cos(light.yaw_rad - heading_rad)) > SAME_WAY)


# ------------------------------------------------------------------------------------------------------ where to stop
@dataclass(frozen=True, slots=True)
class Halt:
    """Where the traffic of one lane stops for a light."""

    light: int  # row among the lights of the map
    x_m: float
    y_m: float
    yaw_rad: float  # of the traffic


@lru_cache(maxsize=4)
def halts(network: RoadNetwork) -> tuple[Halt, ...]:
    """All of a map, of the lights for vehicles."""
    return tuple(
        halt
        for row, light in enumerate(lights_of(network))
        if not for_walkers(light)
        for told in light.tells
        for halt in _halts(network, row, light, told)
    )


def lanes_told(network: RoadNetwork, light: Signal, told: Told) -> list[int]:
    """The lanes of a road whose traffic a light concerns: as the map says, or else those that look at it."""
    road = network.roads[told.road]
    section = road.section_at(told.s_m)
    driven = [lane for name, number, lane in network.drivable() if (name, number) == (told.road, section)]
    if told.lanes:
        driven = [lane for lane in driven if any(low <= lane <= high for low, high in told.lanes)]
    if told.way != 0:
        ours = [lane for lane in driven if road.direction(lane, section) == told.way]
        # Connecting roads of some maps are referred to against the only way that they have.
        return ours if ours or told.lanes or road.junction is None else driven
    if told.lanes:
        return driven
    facing = -float(_along(network, told) @ (np.cos(light.yaw_rad), np.sin(light.yaw_rad)))
    return [lane for lane in driven if road.direction(lane, section) * facing > SAME_WAY]


def _along(network: RoadNetwork, told: Told) -> Floats:
    """(2,) the direction of a road at a station."""
    road = network.roads[told.road]
    low, high = max(told.s_m - 0.5, 0.0), min(told.s_m + 0.5, road.length_m)
    step = (network.point(told.road, high, 0.0) - network.point(told.road, low, 0.0))[:2]
    unit: Floats = step / max(float(np.linalg.norm(step)), 1e-9)
    return unit


def _halts(network: RoadNetwork, row: int, light: Signal, told: Told) -> Iterable[Halt]:
    road = network.roads[told.road]
    section = road.section_at(told.s_m)
    for lane in lanes_told(network, light, told):
        inner, outer, _, _ = road.edges(section, lane, np.array([told.s_m]))
        at = network.point(told.road, told.s_m, 0.5 * float(inner[0] + outer[0]))[:2]
        ahead = road.direction(lane, section) * _along(network, told)
        yaw = float(np.arctan2(ahead[1], ahead[0]))
        stop = at + ahead * _line_before(network, at, ahead)
        yield Halt(row, float(stop[0]), float(stop[1]), yaw)


def _line_before(network: RoadNetwork, at_m: Floats, ahead: Floats) -> float:
    """How far ahead of a place its stop line is painted; a step short of the place where there is none."""
    best: float | None = None
    for mark in network.paint:
        if mark.kind != "stop_line":
            continue
        ends = mark.centre_m[[0, -1], :2]
        line = ends[1] - ends[0]
        length = float(np.linalg.norm(line))
        if abs(float(line @ ahead)) > 0.5 * length:
            continue
        gap = float((ends.mean(axis=0) - at_m) @ ahead)
        beside = abs(float((at_m + gap * ahead - ends.mean(axis=0)) @ line)) / max(length, 1e-9)
        near = -LINE_BEHIND_M < gap < LINE_AHEAD_M and beside < 0.5 * length + LINE_BESIDE_M
        if near and (best is None or abs(gap) < abs(best)):
            best = gap
    return -SHORT_OF_LIGHT_M if best is None else best


def along_way(network: RoadNetwork, rows: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """(K,) stations on a way where it stops for lights, in order, and the lights; `rows` as in `sim.trace.Ways`."""
    stations, lights = [], []
    for halt in halts(network):
        away = rows[:, :2] - (halt.x_m, halt.y_m)
        k = int(np.argmin((away**2).sum(axis=1)))
        cos, sin = np.cos(rows[k, 2]), np.sin(rows[k, 2])
        along, left = -(away[k, 0] * cos + away[k, 1] * sin), away[k, 0] * sin - away[k, 1] * cos
        if abs(left) < ON_WAY_M and abs(along) < PATH_STEP_M and np.cos(halt.yaw_rad - rows[k, 2]) > SAME_WAY:
            stations.append(k * PATH_STEP_M + along)
            lights.append(halt.light)
    order = np.argsort(stations, kind="stable")
    return np.array(stations, np.float64)[order], np.array(lights, np.int64)[order]
