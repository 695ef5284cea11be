"""Ways along lanes, sampled for driving, and the ways beside them.  World floor."""

import numpy as np
from numpy.typing import NDArray

from scenarios.chance import stream
from sim.roads.geometry import Array
from sim.roads.lane_graph import Graph, Node
from sim.roads.lane_words import PlaceError, lane_beside, on_road
from sim.roads.lanes import CrossSections, Road
from sim.roads.records import LanePath

Mask = NDArray[np.bool_]
STEP_M = 0.5  # between stations of a path
MOST_PIECES = 2000  # of one path; a ring of connecting roads never ends otherwise


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
    on_road(road, s_m)
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
