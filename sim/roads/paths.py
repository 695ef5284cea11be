"""Lane words, lane graph and lane paths.  World floor."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scenarios.chance import stream
from scenarios.errors import StormlaneError
from sim.roads.geometry import Array
from sim.roads.lanes import DRIVABLE, CrossSections, Junction, Link, Road
from sim.roads.records import LanePath

Mask = NDArray[np.bool_]
Node = tuple[str, int, int]  # road, lane section, lane
STEP_M = 0.5  # between stations of a path
TOUCH_M = 2.0  # lane ends further apart than this are not joined, whatever the links say
SLACK_M = 1.0  # that a station may lie beyond its road
BESIDE_M = 0.75  # from the road's edge, for a strip that the road does not have


class PlaceError(StormlaneError, KeyError):
    """A lane, road, station or strip that the map does not have; says what it has.

    `about` is the word of a scenario that is to blame; whoever asked for the place adds the way to it.
    """

    def __init__(self, message: str, about: str = "", path: tuple[str | int, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.about = about
        self.path = path

    def __str__(self) -> str:
        return self.message  # KeyError would show its repr

    def at(self, *path: str | int) -> "PlaceError":
        """The same mistake, made at a place of a scenario."""
        return PlaceError(self.message, self.about, path)


# ------------------------------------------------------------------------------------------------------- lane words
def lanes_of(road: Road, section: int, along: int) -> list[int]:
    """Drivable lanes of one direction (+1 along s), from the driver's right to the driver's left."""
    part = road.sections[section]
    ids = [
        k
        for k in part.lanes
        if k != 0 and part.lanes[k].kind in DRIVABLE and road.direction(k, section) == along
    ]
    return sorted(ids, reverse=along < 0)


def named_lane(roads: dict[str, Road], road_id: str, word: str, s_m: float) -> tuple[str, int]:
    """(road, lane) that a lane word means at a station."""
    if road_id not in roads:
        raise PlaceError(f"there is no road {road_id!r}; the map has {_some(list(roads))}", "road")
    road = roads[road_id]
    _on_road(road, s_m)
    section = road.section_at(s_m)
    known = sorted(k for k in road.sections[section].lanes if k != 0)
    if word.lstrip("+-").isdigit():
        if int(word) not in known:
            raise PlaceError(
                f"road {road_id!r} has no lane {word} at s = {s_m:g} m; it has {_some(known)}", "lane"
            )
        return road_id, int(word)
    ahead, back = lanes_of(road, section, 1), lanes_of(road, section, -1)
    own, other = (ahead, back) if ahead else (back, ahead)
    if word == "oncoming" and other:
        # the lane nearest to the own direction; both lists run from the driver's right
        return road_id, other[0] if road.left_hand else other[-1]
    if word in ("right", "middle", "left") and own:
        return road_id, own[{"right": 0, "middle": (len(own) - 1) // 2, "left": len(own) - 1}[word]]
    raise PlaceError(
        f"road {road_id!r} has no {word!r} lane at s = {s_m:g} m; its lanes are {_some(known)}", "lane"
    )


def _on_road(road: Road, s_m: float) -> None:
    if not -SLACK_M <= s_m <= road.length_m + SLACK_M:
        raise PlaceError(
            f"s = {s_m:g} m is not on road {road.id!r}, which is {road.length_m:.1f} m long", "s"
        )


def own_lane(road: Road, lane: int, s_m: float, word: str) -> int:
    """The lane that a driver on a lane means by a word: `left`, `middle`, `right`, `next_left`, `next_right`."""
    section = road.section_at(s_m)
    row = lanes_of(road, section, road.direction(lane, section))
    if lane not in row:
        raise PlaceError(f"lane {lane} of road {road.id!r} is not for driving at s = {s_m:g} m", "to")
    here = row.index(lane)
    wanted = {
        "next_left": here + 1,
        "next_right": here - 1,
        "right": 0,
        "middle": (len(row) - 1) // 2,
        "left": len(row) - 1,
    }[word]
    if len(row) == 1 or not 0 <= wanted < len(row):
        count = "one lane" if len(row) == 1 else f"{len(row)} lanes"
        raise PlaceError(
            f"there is no {word!r} lane to change to: from lane {lane} of road {road.id!r} at s = {s_m:.1f} m, "
            f"which has {count} in this direction",
            "to",
        )
    return row[wanted]


def _some(names: list[str] | list[int]) -> str:
    text = ", ".join(str(n) for n in names[:12])
    return text + (", ..." if len(names) > 12 else "")


def lane_beside(road: Road, section: int, lane: int, side: str) -> int | None:
    """The drivable lane of the same direction next to a lane on the driver's left or right."""
    along = road.direction(lane, section)
    row = lanes_of(road, section, along)
    if lane not in row:
        return None
    k = row.index(lane) + (1 if side == "left" else -1)
    return row[k] if 0 <= k < len(row) else None


def strip_offset(road: Road, lane: int, s_m: float, word: str) -> float:
    """Metres to the left of a lane's centre to the middle of a strip beside the road."""
    section = road.section_at(s_m)
    centre = float(road.centre(section, lane, np.array([s_m]))[0])
    low, high = _strip(road, lane, s_m, word)
    return road.direction(lane, section) * (0.5 * (low + high) - centre)


def strip_width(road: Road, lane: int, s_m: float, word: str) -> float:
    low, high = _strip(road, lane, s_m, word)
    return abs(high - low)


def _strip(road: Road, lane: int, s_m: float, word: str) -> tuple[float, float]:
    """(t, t) of the two sides of the strip that a word means for traffic on a lane."""
    at = np.array([s_m])
    section = road.section_at(s_m)
    part = road.sections[section]
    opposite = word.startswith("opposite_")
    wanted = word.removeprefix("opposite_")
    side = (1 if lane > 0 else -1) * (-1 if opposite else 1)
    if wanted == "lane":
        inner, outer, _, _ = road.edges(section, lane, at)
        return float(inner[0]), float(outer[0])
    row = part.side(side)
    spans: dict[int, tuple[float, float]] = {}
    for k in row:
        inner, outer, _, _ = road.edges(section, k.id, at)
        spans[k.id] = (float(inner[0]), float(outer[0]))
    edge = float(road.borders(section, at)[row[-1].id if row else 0][0])

    def outermost(kinds: tuple[str, ...], grass: bool | None = None) -> tuple[float, float] | None:
        for k in reversed(row):
            soft = k.material in ("grass", "soil", "gravel")
            a, b = spans[k.id]
            if (
                k.kind in kinds
                and abs(b - a) > (0.05 if k.kind == "curb" else 0.3)
                and (grass is None or soft == grass)
            ):
                return a, b
        return None

    choices: dict[str, list[tuple[tuple[str, ...], bool | None]]] = {
        "sidewalk": [(("sidewalk", "walking"), None)],
        "verge": [(("border", "none", "median"), True), (("none",), None)],
        "shoulder": [(("shoulder", "stop"), None)],
        "parking": [(("parking",), None), (("shoulder", "stop"), None)],
        "bike": [(("biking",), None)],
        "kerb": [(("curb",), None)],
    }
    if wanted not in choices:
        raise PlaceError(
            f"{word!r} is not a strip of a road; known: lane, {', '.join(choices)} and opposite_ forms",
            "offset",
        )
    for kinds, grass in choices[wanted]:
        found = outermost(kinds, grass)
        if found is not None:
            return found
    if wanted in ("sidewalk", "shoulder", "bike"):
        there = ", ".join(dict.fromkeys(k.kind for k in row)) or "nothing"
        raise PlaceError(
            f"road {road.id!r} has no {wanted} on its {'left' if side > 0 else 'right'} at s = {s_m:.1f} m; "
            f"there it has {there}",
            "offset",
        )
    beyond = edge + side * BESIDE_M
    return beyond, beyond


# ------------------------------------------------------------------------------------------------------------ graph
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


# ------------------------------------------------------------------------------------------------------------ paths
def follow(
    roads: dict[str, Road],
    lanes: Graph,
    road_id: str,
    lane: int,
    s_m: float,
    length_m: float,
    behind_m: float,
    turn: str,
    seed: int,
) -> LanePath:
    """The way along a lane from a station; see `RoadNetwork.path`."""
    road = roads[road_id]
    _on_road(road, s_m)
    s_m = float(np.clip(s_m, 0.0, road.length_m))
    first = (road_id, road.section_at(s_m), lane)
    if lane not in road.sections[first[1]].lanes or lane == 0:
        raise PlaceError(f"road {road_id!r} has no lane {lane} at s = {s_m:g} m", "lane")
    nodes = [first]
    ahead = _left_over(road, first, s_m, True)
    while ahead < length_m and len(nodes) < MOST_PIECES:
        options = lanes.after.get(nodes[-1], ())
        if not options:
            break
        nodes.append(_choose(roads, options, turn, seed, len(nodes)))
        ahead += _length(roads, nodes[-1])
    back = _left_over(road, first, s_m, False)
    leading: list[Node] = []
    while back < behind_m and len(leading) < MOST_PIECES:
        options = lanes.before.get(leading[-1] if leading else first, ())
        if not options:
            break
        leading.append(_choose(roads, options, "straight", seed, 0))
        back += _length(roads, leading[-1])
    whole = _sampled(roads, [*reversed(leading), *nodes], lanes.samples)
    begin = _station(whole, len(leading), s_m)
    return _cut(whole, max(begin - behind_m, 0.0), min(begin + length_m, whole.length_m), begin)


MOST_PIECES = 2000  # of one path; a ring of connecting roads never ends otherwise


def _length(roads: dict[str, Road], node: Node) -> float:
    section = roads[node[0]].sections[node[1]]
    return section.end_m - section.s_m


def _left_over(road: Road, node: Node, s_m: float, ahead: bool) -> float:
    section = road.sections[node[1]]
    return section.end_m - s_m if (road.direction(node[2], node[1]) > 0) == ahead else s_m - section.s_m


def _choose(roads: dict[str, Road], options: tuple[Node, ...], turn: str, seed: int, step: int) -> Node:
    if len(options) == 1:
        return options[0]
    if turn == "any":
        return options[int(stream(seed, "roads", "turn", step).integers(len(options)))]
    bends = [_turning(roads, option) for option in options]
    if turn == "left":
        return options[int(np.argmax(bends))]
    if turn == "right":
        return options[int(np.argmin(bends))]
    return options[int(np.argmin(np.abs(bends)))]


def _turning(roads: dict[str, Road], node: Node) -> float:
    """How far a lane turns from its entry to its exit, positive left."""
    road = roads[node[0]]
    s = road.stations(node[1], 1.0)
    heading = np.unwrap(road.surface.frame(s).heading_rad)
    return float(heading[-1] - heading[0]) * road.direction(node[2], node[1])


def _sampled(roads: dict[str, Road], nodes: list[Node], known: dict[Node, dict[str, Array]]) -> LanePath:
    """Whole lanes end to end, sampled every STEP_M; `known` keeps the samples of each lane for the next path."""
    for node in nodes:
        if node not in known:
            known[node] = _lane_samples(roads[node[0]], node)
    rows = [known[node] for node in nodes]
    for k, row in enumerate(rows[:-1]):  # the joint belongs to the lane that follows
        rows[k] = {name: values[:-1] for name, values in row.items()}
    piece = np.concatenate([np.full(len(row["s"]), k, np.int32) for k, row in enumerate(rows)])
    widest = max(row["profile_t"].shape[1] for row in rows)
    pad = {
        name: np.concatenate(
            [np.pad(r[name], ((0, 0), (0, widest - r[name].shape[1])), mode="edge") for r in rows]
        )
        for name in ("profile_t", "profile_h")
    }
    position = np.concatenate([row["position"] for row in rows])
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(position, axis=0), axis=1))])
    keep = np.concatenate([[True], np.diff(along) > 1e-9])  # distances must grow for interpolation
    if not keep.all():
        along, position, piece = along[keep], position[keep], piece[keep]
        rows = [_rows_of(row, part) for row, part in zip(rows, _parts(rows, keep), strict=True)]
        pad = {name: values[keep] for name, values in pad.items()}
    return LanePath(
        pieces=tuple(nodes),
        s_m=along,
        position_m=position,
        yaw_rad=np.unwrap(np.concatenate([row["yaw"] for row in rows])),
        pitch_rad=np.concatenate([row["pitch"] for row in rows]),
        roll_rad=np.concatenate([row["roll"] for row in rows]),
        curvature_per_m=np.concatenate([row["curvature"] for row in rows]),
        width_m=np.concatenate([row["width"] for row in rows]),
        speed_limit_mps=np.concatenate([row["limit"] for row in rows]),
        piece=piece,
        road_s_m=np.concatenate([row["s"] for row in rows]),
        profile_t_m=pad["profile_t"],
        profile_h_m=pad["profile_h"],
    )


def _parts(rows: list[dict[str, Array]], keep: Mask) -> list[Mask]:
    ends = np.cumsum([len(row["s"]) for row in rows])
    return np.split(keep, ends[:-1])


def _rows_of(row: dict[str, Array], keep: Mask) -> dict[str, Array]:
    return {name: values[keep] for name, values in row.items()}


def _lane_samples(road: Road, node: Node) -> dict[str, Array]:
    """Pose, width and cross-section along one lane in driving direction."""
    _, index, lane = node
    along = road.direction(lane, index)
    s = road.stations(index, STEP_M)[::along]
    whole = CrossSections.of(road, index, s)
    frame = whole.frame
    inner, outer, _, _ = whole.edges(lane)
    t = 0.5 * (inner + outer)
    centre = whole.point(lane, 0.5)
    drift = np.gradient(t, s) if len(s) > 1 else np.zeros_like(s)
    stretch = np.maximum(1.0 - frame.curvature_per_m * t, 1e-3)
    askew = np.arctan2(drift, stretch)
    forward = along * (np.cos(askew)[:, None] * frame.forward + np.sin(askew)[:, None] * frame.left)
    edge_left = whole.point(lane, 1.0 if lane > 0 else 0.0)
    edge_right = whole.point(lane, 0.0 if lane > 0 else 1.0)
    across = along * (edge_left - edge_right)
    narrow = np.linalg.norm(across, axis=1) < 1e-3
    across = np.where(narrow[:, None], along * frame.left, across)
    left = across - forward * np.sum(across * forward, 1)[:, None]
    left /= np.linalg.norm(left, axis=1)[:, None]
    up = np.cross(forward, left)
    bend = along * frame.curvature_per_m / stretch
    if len(s) > 2:
        bend = bend + np.gradient(askew, np.abs(s - s[0]))
    profile_t, profile_h = _cross_section(whole, centre, left * along, up)
    return {
        "s": s,
        "position": centre,
        "yaw": np.unwrap(np.arctan2(forward[:, 1], forward[:, 0])),
        "pitch": -np.arcsin(np.clip(forward[:, 2], -1.0, 1.0)),
        "roll": np.arctan2(left[:, 2], up[:, 2]),
        "curvature": bend,
        "width": np.abs(outer - inner),
        "limit": road.speed_limit(index, lane, s),
        "profile_t": profile_t if along > 0 else -profile_t[:, ::-1],
        "profile_h": profile_h if along > 0 else profile_h[:, ::-1],
    }


def _cross_section(whole: CrossSections, centre: Array, left: Array, up: Array) -> tuple[Array, Array]:
    """Edges of all lanes relative to one lane's middle: offsets to the road's left, heights over that lane's plane."""
    offsets, heights = [], []
    for lane in sorted(k for k in whole.road.sections[whole.section].lanes if k != 0):
        for share in (1.0, 0.0) if lane < 0 else (0.0, 1.0):
            reach = whole.point(lane, share) - centre
            offsets.append(np.sum(reach * left, 1))
            heights.append(np.sum(reach * up, 1))
    return np.maximum.accumulate(np.stack(offsets, 1), axis=1), np.stack(heights, 1)


def _station(path: LanePath, piece: int, s_m: float) -> float:
    """Distance along a path of a road station on one of its pieces."""
    rows = np.flatnonzero(path.piece == piece)
    road_s, along = path.road_s_m[rows], path.s_m[rows]
    if piece == len(path.pieces) - 1 or len(rows) < 2:
        order = np.argsort(road_s)
        return float(np.interp(s_m, road_s[order], along[order]))
    # the joint's station was dropped in favour of the next lane: go on at the rate of the last step
    order = np.argsort(road_s)
    inside = float(np.interp(s_m, road_s[order], along[order]))
    return inside + abs(s_m - float(np.clip(s_m, road_s.min(), road_s.max())))


def _cut(path: LanePath, begin: float, end: float, start: float) -> LanePath:
    """The part of a path between two distances, with stations exactly there."""
    end = max(end, begin + 1e-3)
    inside = (path.s_m > begin + 1e-6) & (path.s_m < end - 1e-6)
    s = np.concatenate([[begin], path.s_m[inside], [end]])
    nearest = np.clip(np.searchsorted(path.s_m, s + 1e-9, side="right") - 1, 0, len(path.s_m) - 1)
    pieces = sorted(set(path.piece[nearest].tolist()))

    def mix(values: Array) -> Array:
        mixed: Array = np.interp(s, path.s_m, values)
        return mixed

    return LanePath(
        pieces=tuple(path.pieces[k] for k in pieces),
        s_m=s - begin,
        position_m=np.stack([mix(path.position_m[:, k]) for k in range(3)], 1),
        yaw_rad=mix(path.yaw_rad),
        pitch_rad=mix(path.pitch_rad),
        roll_rad=mix(path.roll_rad),
        curvature_per_m=mix(path.curvature_per_m),
        width_m=mix(path.width_m),
        speed_limit_mps=path.speed_limit_mps[nearest],
        piece=(path.piece[nearest] - pieces[0]).astype(np.int32),
        road_s_m=path.road_s_m[nearest] + _along_road(path, nearest) * (s - path.s_m[nearest]),
        profile_t_m=path.profile_t_m[nearest],
        profile_h_m=path.profile_h_m[nearest],
        start_m=start - begin,
    )


def _along_road(path: LanePath, row: NDArray[np.intp]) -> Array:
    """Road stations gained per metre of path at the given rows."""
    low = np.clip(row, 0, len(path.s_m) - 2)
    same = path.piece[low] == path.piece[low + 1]
    low = np.where(same, low, np.maximum(low - 1, 0))
    rate: Array = (path.road_s_m[low + 1] - path.road_s_m[low]) / np.maximum(
        path.s_m[low + 1] - path.s_m[low], 1e-9
    )
    gained: Array = np.where(path.piece[low] == path.piece[low + 1], rate, 0.0)
    return gained


def beside(roads: dict[str, Road], lanes: Graph, path: LanePath, side: str) -> LanePath | None:
    """The path along the next lane of the same direction, as far as there is one; see `RoadNetwork.neighbour`."""
    nodes: list[Node] = []
    stop = len(path.s_m)
    for k, (road_id, section, lane) in enumerate(path.pieces):
        found = lane_beside(roads[road_id], section, lane, side)
        if found is None:
            stop = int(np.argmax(path.piece == k))
            break
        nodes.append((road_id, section, found))
    if not nodes or stop < 2:
        return None
    whole = _sampled(roads, nodes, lanes.samples)
    first, last = path.road_s_m[0], path.road_s_m[stop - 1]
    begin = _station(whole, 0, float(first))
    end = _station(whole, len(nodes) - 1, float(last))
    return _cut(whole, begin, end, begin)
