"""OSI's lanes and lane boundaries from the road network.  Labels floor.

A lane of OSI is ours over one lane section.  All ways through a junction are one lane, of type intersection, as OSI
wants them: it has pairings of the lanes that lead into it and out of it, and as its boundaries what of their borders
bounds their union.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from labelers.definitions import LINE_REACH_M
from labelers.osi_messages import encode, identifier, vector
from sim.roads.bounded_lanes import Border, BoundedLane, Node, bounded_lanes
from sim.roads.lanes import DRIVABLE
from sim.roads.network import RoadNetwork
from sim.roads.surfaces import thinned

Words = dict[str, Any]

LANE_ID, BORDER_ID, JUNCTION_ID, OUTLINE_ID = (k << 32 for k in (3, 4, 5, 6))  # above all other ids
DRIVING, NONDRIVING, INTERSECTION = 2, 3, 4
# Lane.Classification.Subtype by OpenDRIVE's lane type.
OTHER, NORMAL = 1, 2
SUBTYPES = {
    "driving": NORMAL,
    "biking": 3,
    "sidewalk": 4,
    "walking": 4,
    "parking": 5,
    "stop": 6,
    "restricted": 7,
    "none": 7,
    "border": 8,
    "curb": 8,
    "shoulder": 9,
    "exit": 10,
    "entry": 11,
    "onRamp": 12,
    "offRamp": 13,
    "connectingRamp": 14,
    "mwyEntry": 11,
    "mwyExit": 10,
}
NO_LINE = 2
LINE_TYPES = {"none": NO_LINE, "solid": 3, "broken": 4, "botts": 5, "edge": 6, "grass": 8, "curb": 12}
LINE_COLORS = {
    "": 2,
    "white": 3,
    "yellow": 4,
    "red": 5,
    "blue": 6,
    "green": 7,
    "violet": 8,
    "orange": 9,
    "amber": 9,
}
EDGE_M, MARGIN_M = (
    0.05,
    0.02,
)  # beyond a border, and from it, where another lane of its junction is looked for
CORNER_M = 2.0  # from a way's ends, within which what bounds the junction begins or ends
STEP_M = 0.25  # between points that are looked at


def boundary(
    number: int, kind: str, color: str, points_m: NDArray[np.float64], width_m: float = 0.0
) -> bytes:
    """A LaneBoundary's bytes; its paint has the width, where that is known."""
    wide = {"width": width_m} if width_m else {}
    words: Words = {
        "id": identifier(number),
        "boundary_line": [{"position": vector(point)} | wide for point in points_m],
        "classification": {"type": LINE_TYPES.get(kind, 1), "color": LINE_COLORS.get(color, 1)},
    }
    return encode("LaneBoundary", words)


@dataclass(frozen=True, slots=True)
class _Part:
    """One lane of OSI with the boundaries that are listed with it."""

    number: int
    words: Words
    places_m: NDArray[np.float64]  # (N, 2)
    borders: tuple[tuple[int, bytes], ...]


class OsiLanes:
    """The lanes of a network as OSI has them."""

    def __init__(self, road: RoadNetwork) -> None:
        self._road = road
        self._lanes, borders = bounded_lanes(road)
        self._junctions = sorted({lane.junction for lane in self._lanes if _crosses(lane)} - {None}, key=str)
        self._ids: dict[Node, int] = {
            lane.node: self._junction_id(lane.junction) if _crosses(lane) else LANE_ID + row
            for row, lane in enumerate(self._lanes)
        }
        self._written: dict[int, bytes] = {}  # what stays the same is encoded once
        self._readers: dict[tuple[tuple[str, ...], float, float], list[int]] = {}
        self._messages: dict[tuple[int, bool], bytes] = {}
        self._of = {lane.node: lane for lane in self._lanes}
        self._parts = [self._part(lane, borders) for lane in self._lanes if not _crosses(lane)]
        self._parts += [self._intersection(str(name), borders) for name in self._junctions]

    def near(self, world_from_ego: NDArray[np.float64]) -> tuple[list[bytes], list[bytes]]:
        """Lanes within reach of the ego and all their boundaries, as messages."""
        place = world_from_ego[:2, 3]
        host = self.at(float(place[0]), float(place[1]))
        lanes: list[bytes] = []
        borders: dict[int, bytes] = {}
        for part in self._parts:
            if np.hypot(*(part.places_m - place).T).min() < LINE_REACH_M:
                lanes.append(self._message(part, part.number == host))
                borders |= dict(part.borders)
        return lanes, [borders[number] for number in sorted(borders)]

    def _message(self, part: _Part, host: bool) -> bytes:
        key = (part.number, host)
        if key not in self._messages:
            words = part.words | {"is_host_vehicle_lane": host}
            self._messages[key] = encode("Lane", {"id": identifier(part.number), "classification": words})
        return self._messages[key]

    def at(self, x_m: float, y_m: float) -> int:
        """The id of the lane at a place; 0 beside all of them."""
        name, s, t = self._road.locate(x_m, y_m)
        section = self._road.roads[name].section_at(s)
        for lane, _, low, high in self._road.lanes_at(name, s):
            if low <= t <= high and high - low > 1e-6:
                return self._ids.get((name, section, lane), 0)
        return 0

    def read_by(self, lanes: tuple[str, ...], x_m: float, y_m: float) -> list[int]:
        """Ids of lanes ("road/lane") that a sign or light is for: of each, the section nearest to it."""
        key = (lanes, x_m, y_m)
        if key not in self._readers:
            self._readers[key] = self._nearest(lanes, x_m, y_m)
        return self._readers[key]

    def _nearest(self, lanes: tuple[str, ...], x_m: float, y_m: float) -> list[int]:
        found = []
        for road, lane in (word.rsplit("/", 1) for word in lanes):
            gaps = [
                (float(np.hypot(*(part.centre_m[:, :2] - (x_m, y_m)).T).min()), part.node)
                for part in self._lanes
                if part.node[0] == road and part.node[2] == int(lane)
            ]
            if gaps:
                found.append(self._ids[min(gaps)[1]])
        return list(dict.fromkeys(found))

    def _junction_id(self, name: str | None) -> int:
        return JUNCTION_ID + self._junctions.index(name)

    def _part(self, lane: BoundedLane, borders: tuple[Border, ...]) -> _Part:
        drives = lane.kind in DRIVABLE
        words: Words = {
            "type": DRIVING if drives else NONDRIVING,
            "subtype": SUBTYPES.get(lane.kind, OTHER),
            "left_adjacent_lane_id": self._named((lane.left_lane,)),
            "right_adjacent_lane_id": self._named((lane.right_lane,)),
            "left_lane_boundary_id": [identifier(BORDER_ID + row) for row in lane.left],
            "right_lane_boundary_id": [identifier(BORDER_ID + row) for row in lane.right],
            "lane_pairing": [
                {
                    name: identifier(self._ids[node])
                    for name, node in (("antecessor_lane_id", before), ("successor_lane_id", after))
                    if node is not None
                }
                for before in self._through(lane.before)
                for after in self._through(lane.after)
                if before is not None or after is not None
            ],
        }
        if drives:
            words |= {"centerline": [vector(point) for point in lane.centre_m]}
            words |= {"centerline_is_driving_direction": lane.along > 0}
        own = [(BORDER_ID + row, self._border(row, borders[row])) for row in (*lane.left, *lane.right)]
        return _Part(self._ids[lane.node], words, lane.centre_m[:, :2], tuple(own))

    def _border(self, row: int, border: Border) -> bytes:
        if row not in self._written:
            number, width = BORDER_ID + row, border.width_m
            self._written[row] = boundary(number, border.kind, border.color, border.points_m, width)
        return self._written[row]

    def _through(self, nodes: tuple[Node, ...]) -> list[Node | None]:
        """One node for each lane of OSI among them; None where there is none."""
        kept: dict[int, Node] = {}
        for node in nodes:
            if node in self._ids:
                kept.setdefault(self._ids[node], node)
        return list(kept.values()) or [None]

    def _named(self, nodes: tuple[Node | None, ...]) -> list[Words]:
        return [identifier(self._ids[node]) for node in nodes if node is not None and node in self._ids]

    def _intersection(self, name: str, borders: tuple[Border, ...]) -> _Part:
        inside = [lane for lane in self._lanes if lane.junction == name and _crosses(lane)]
        number = self._junction_id(name)
        pairs: dict[tuple[int, int], None] = {}
        for lane in inside:
            for before in lane.before:
                if before in self._ids and self._ids[before] != number:
                    pairs |= dict.fromkeys((self._ids[before], end) for end in self._ends(lane.node, number))
        outline = _outline(inside, borders)
        first = OUTLINE_ID + 100_000 * (number - JUNCTION_ID)
        own = [(first + k, boundary(first + k, "none", "", run)) for k, run in enumerate(outline)]
        words: Words = {
            "type": INTERSECTION,
            "free_lane_boundary_id": [identifier(row) for row, _ in own],
            "lane_pairing": [
                {"antecessor_lane_id": identifier(a), "successor_lane_id": identifier(b)} for a, b in pairs
            ],
        }
        places = np.concatenate([lane.centre_m[:, :2] for lane in inside])
        return _Part(number, words, places, tuple(own))

    def _ends(self, start: Node, junction: int) -> list[int]:
        """Lanes beyond a junction that a way through it leads to."""
        found, waiting, known = [], [start], {start}
        while waiting:
            for after in self._of[waiting.pop()].after:
                if self._ids.get(after, junction) != junction:
                    found.append(self._ids[after])
                elif after in self._of and after not in known:
                    known.add(after)
                    waiting.append(after)
        return found


def _crosses(lane: BoundedLane) -> bool:
    return lane.junction is not None and lane.kind in DRIVABLE


def _outline(lanes: list[BoundedLane], borders: tuple[Border, ...]) -> list[NDArray[np.float64]]:
    """Runs of the lanes' borders beyond which there is none of the other lanes; what two share is one."""
    edges: list[tuple[int, NDArray[np.float64], float]] = []  # lane, points, side: 1 left
    fields = []
    for own, lane in enumerate(lanes):
        left, right = (_dense([borders[row].points_m for row in rows]) for rows in (lane.left, lane.right))
        edges += [(own, left, 1.0), (own, right, -1.0)]
        fields.append(np.concatenate([left, right[::-1]])[:, :2].astype(np.float32))
    boxes = [(field.min(axis=0) - EDGE_M, field.max(axis=0) + EDGE_M) for field in fields]
    runs: list[NDArray[np.float64]] = []
    for own, edge, side in edges:
        along = np.gradient(edge[:, :2], axis=0)
        along /= np.maximum(np.linalg.norm(along, axis=1), 1e-9)[:, None]
        beyond = edge[:, :2] + side * EDGE_M * np.stack([-along[:, 1], along[:, 0]], axis=1)
        hidden = np.zeros(len(edge), bool)
        for other, (field, (low, high)) in enumerate(zip(fields, boxes, strict=True)):
            close = (edge[:, :2] > low).all(axis=1) & (edge[:, :2] < high).all(axis=1)
            for k in np.flatnonzero(close & ~hidden) if other != own else ():
                hidden[k] = _inside(field, beyond[k]) > 0.0 or (
                    other < own and abs(_inside(field, edge[k])) < MARGIN_M
                )
        shown = np.flatnonzero(~hidden)
        for run in np.split(shown, np.flatnonzero(np.diff(shown) > 1) + 1):
            # What begins and ends well within the junction bounds a hole between ways through it.
            if len(run) > 1 and min(run[0], len(edge) - 1 - run[-1]) * STEP_M < CORNER_M:
                runs.append(edge[run][thinned(edge[run])])
    return runs


def _inside(field: NDArray[np.float32], place: NDArray[np.float64]) -> float:
    return float(cv2.pointPolygonTest(field, (float(place[0]), float(place[1])), True))


def _dense(pieces: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Points of a border that follow each other at most STEP_M apart."""
    points = np.concatenate(pieces)
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    at = np.linspace(0.0, way[-1], 2 + int(way[-1] / STEP_M))
    return np.stack([np.interp(at, way, points[:, axis]) for axis in range(3)], axis=1)
