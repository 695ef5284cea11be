"""Which lane follows which, by the links of roads and junctions and by where lanes end.  World floor."""

from dataclasses import dataclass, field

import numpy as np

from sim.roads.geometry import Array
from sim.roads.lanes import DRIVABLE, Junction, Link, Road

Node = tuple[str, int, int]  # road, lane section, lane
TOUCH_M = 2.0  # lane ends further apart than this are not joined, whatever the links say


@dataclass(frozen=True)
class Graph:
    """What follows and what precedes each drivable lane, in driving direction."""

    after: dict[Node, tuple[Node, ...]]
    before: dict[Node, tuple[Node, ...]]
    samples: dict[Node, dict[str, Array]] = field(default_factory=dict)  # of lanes that a path has led along


def graph(roads: dict[str, Road], junctions: dict[str, Junction]) -> Graph:
    """Join all lanes by their links; ends that do not touch in space are not joined."""
    into: dict[tuple[str, str], list[tuple[str, str, tuple[tuple[int, int], ...]]]] = {}
    for junction in junctions.values():
        for c in junction.connections:
            into.setdefault((junction.id, c.incoming), []).append((c.connecting, c.contact, c.lane_links))
    after: dict[Node, tuple[Node, ...]] = {}
    before: dict[Node, list[Node]] = {}
    for road in roads.values():
        for index, section in enumerate(road.sections):
            for lane in section.lanes:
                if lane == 0:
                    continue
                node = (road.id, index, lane)
                after[node] = tuple(_following(roads, junctions, into, node))
                for follower in after[node]:
                    before.setdefault(follower, []).append(node)
    # Links given only from the far side (a connecting road that names its predecessor) join from there.
    return Graph(after, {node: tuple(found) for node, found in before.items()})


def _following(
    roads: dict[str, Road],
    junctions: dict[str, Junction],
    into: dict[tuple[str, str], list[tuple[str, str, tuple[tuple[int, int], ...]]]],
    node: Node,
) -> list[Node]:
    road_id, index, lane = node
    road = roads[road_id]
    along = road.direction(lane, index)
    record = road.sections[index].lanes[lane]
    named = record.successors if along > 0 else record.predecessors
    beyond = index + along
    if 0 <= beyond < len(road.sections):
        ids = [k for k in (named or (lane,)) if k in road.sections[beyond].lanes]
        return [(road_id, beyond, k) for k in ids if _alike(roads, node, (road_id, beyond, k))]
    link = road.successor if along > 0 else road.predecessor
    if link is None:
        return []
    found: list[Node] = []
    if link.kind == "road":
        found = _onto_road(roads, road_id, link, lane, named)
    elif link.id in junctions:
        for connecting, contact, lane_links in into.get((link.id, road_id), []):
            if connecting in roads:
                target = roads[connecting]
                section = 0 if contact == "start" else len(target.sections) - 1
                pairs = lane_links or tuple((lane, k) for k in target.sections[section].lanes)
                found += [
                    (connecting, section, b)
                    for a, b in pairs
                    if a == lane and b in target.sections[section].lanes
                ]
        found += _from_far_side(roads, link.id, road_id, lane)
    fits = [n for n in dict.fromkeys(found) if _alike(roads, node, n) and _gap(roads, node, n) < TOUCH_M]
    return fits


def _onto_road(
    roads: dict[str, Road], road_id: str, link: Link, lane: int, named: tuple[int, ...]
) -> list[Node]:
    if link.id not in roads or (link.id == road_id and link.contact is None):
        return []
    target = roads[link.id]
    found: list[Node] = []
    for contact in (link.contact,) if link.contact else ("start", "end"):
        section = 0 if contact == "start" else len(target.sections) - 1
        ids = named or (lane, -lane)
        found += [(link.id, section, k) for k in ids if k in target.sections[section].lanes]
    return found


def _from_far_side(roads: dict[str, Road], junction: str, road_id: str, lane: int) -> list[Node]:
    """Connecting roads of a junction that name this road and lane themselves, where the junction forgot them."""
    found: list[Node] = []
    for other in roads.values():
        if other.junction != junction:
            continue
        for link, section, start in (
            (other.predecessor, 0, True),
            (other.successor, len(other.sections) - 1, False),
        ):
            if link is not None and link.kind == "road" and link.id == road_id:
                for k in other.sections[section].lanes.values():
                    if lane in (k.predecessors if start else k.successors):
                        found.append((other.id, section, k.id))
    return found


def _alike(roads: dict[str, Road], a: Node, b: Node) -> bool:
    """Both lanes carry vehicles, or neither does."""
    kinds = [roads[n[0]].sections[n[1]].lanes[n[2]].kind in DRIVABLE for n in (a, b)]
    return kinds[0] == kinds[1]


def _end(roads: dict[str, Road], node: Node, at_exit: bool) -> tuple[Array, float]:
    """Middle of a lane at its exit (or entry) in driving direction, and the driving direction there."""
    road = roads[node[0]]
    section = road.sections[node[1]]
    along = road.direction(node[2], node[1])
    s = np.array([section.end_m if (along > 0) == at_exit else section.s_m])
    heading = float(road.surface.frame(s).heading_rad[0]) + (0.0 if along > 0 else np.pi)
    return road.lane_point(node[1], node[2], s, 0.5)[0], heading


def _gap(roads: dict[str, Road], a: Node, b: Node) -> float:
    """Distance in the plane between the exit of a lane and the entry of another; inf when b drives against a."""
    (leave, out), (enter, into) = _end(roads, a, True), _end(roads, b, False)
    if np.cos(into - out) < 0.0:
        return np.inf
    return float(np.hypot(*(leave - enter)[:2]))
