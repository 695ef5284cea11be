"""Roads in memory: OpenDRIVE's semantics, whichever way the road was made.  World floor.

A `RoadNetwork` answers three kinds of question: where is a lane and what follows it (`lane`, `path`, `neighbour`,
`strip_offset`), what does the ground look like (`strips`, `marks`, `height`), and what stands on it (`objects`,
`signals`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.roads import lane_graph, lane_words, paths, places, surfaces
from sim.roads.lanes import DRIVABLE, Connection, Junction, Lane, LaneSection, Link, MarkLine, Road, RoadMark
from sim.roads.records import Controller, LanePath, LaneStrip, MarkStrip, RoadObject, Signal, Told

__all__ = [
    "Connection",
    "Controller",
    "Junction",
    "Lane",
    "LanePath",
    "LaneSection",
    "LaneStrip",
    "Link",
    "MarkLine",
    "MarkStrip",
    "Place",
    "Road",
    "RoadMark",
    "RoadNetwork",
    "RoadObject",
    "Signal",
    "Told",
]

EGO_WORDS = ("right", "middle", "left", "oncoming")


class Place(NamedTuple):
    """A place in road coordinates."""

    road: str
    s_m: float
    t_m: float


@dataclass(frozen=True, eq=False)
class RoadNetwork:
    """All roads of a scenario.  Frozen; what is derived from it is computed once and kept."""

    roads: dict[str, Road]
    junctions: dict[str, Junction] = field(default_factory=dict)
    objects: tuple[RoadObject, ...] = ()
    signals: tuple[Signal, ...] = ()
    controllers: tuple[Controller, ...] = ()
    paint: tuple[
        MarkStrip, ...
    ] = ()  # crosswalk bars, stop lines and other painted pieces that are no lane border
    main: str = ""  # the road that `s` of a scenario counts along when it names none
    surroundings: str = "town"  # town, suburb, country, forest, highway, bare
    wear: float = 0.2  # of the paint, 0 new to 1 gone
    signs: str = "vienna"  # of built roads: vienna or us
    source_xml: bytes | None = None
    diagnostics: tuple[str, ...] = ()  # file:line: what was repaired or left out, one sentence each

    # ------------------------------------------------------------------------------------------------ surfaces
    def strips(self, step_m: float = 1.0) -> list[LaneStrip]:
        """Surfaces of all lanes; stations at most `step_m` apart where the road bends, sparser where it does not."""
        kept = self._strips.get(step_m)
        if kept is None:
            kept = [strip for road in self.roads.values() for strip in surfaces.lane_strips(road, step_m)]
            self._strips[step_m] = kept
        return kept

    def marks(self) -> list[MarkStrip]:
        """Every painted piece, dashes already cut and double lines split."""
        return self._marks

    @cached_property
    def _strips(self) -> dict[float, list[LaneStrip]]:
        return {}

    @cached_property
    def _marks(self) -> list[MarkStrip]:
        found = [mark for road in self.roads.values() for mark in surfaces.lane_marks(road)]
        return found + list(self.paint)

    @cached_property
    def extent(self) -> tuple[float, float, float, float]:
        """(x min, y min, x max, y max) of all lane surfaces, or of the reference lines where no lane is wide."""
        edges = [p[:, :2] for strip in self.strips() for p in (strip.inner_m, strip.outer_m)]
        lines = [np.stack(road.surface.line.at(road.stations(0))[:2], 1) for road in self.roads.values()]
        edge = np.concatenate(edges or lines)
        (x0, y0), (x1, y1) = edge.min(0), edge.max(0)
        return float(x0), float(y0), float(x1), float(y1)

    # --------------------------------------------------------------------------------------------------- lanes
    def lane(self, word: str, s_m: float, road: str | None = None) -> tuple[str, int]:
        """(road id, lane id) of a lane word at a station.

        `right`, `middle` and `left` count the lanes of the ego's direction (the one along s where there is one) as
        its driver sees them; `oncoming` is the nearest lane of the other direction.  A lane id is taken as it is.
        """
        return lane_words.named_lane(self.roads, road or self.main, word, s_m)

    def path(
        self,
        road_id: str,
        lane_id: int,
        s_m: float,
        length_m: float,
        *,
        behind_m: float = 0.0,
        turn: str = "straight",
        seed: int = 0,
    ) -> LanePath:
        """The way from a place along the lane and what follows it, in driving direction.

        At a junction it takes the straightest connection, or the one most to the `left` or `right`, or with
        `turn="any"` one drawn from the seed.  It ends early where the roads end.  With `behind_m` it begins that far
        behind the place, which then lies at `start_m` along the path.
        """
        return paths.follow(self.roads, self._graph, road_id, lane_id, s_m, length_m, behind_m, turn, seed)

    @cached_property
    def _graph(self) -> lane_graph.Graph:
        return lane_graph.graph(self.roads, self.junctions)

    def joined(
        self, node: tuple[str, int, int]
    ) -> tuple[tuple[tuple[str, int, int], ...], tuple[tuple[str, int, int], ...]]:
        """What leads onto a lane (road, section, lane) and what follows it, in driving direction."""
        return self._graph.before.get(node, ()), self._graph.after.get(node, ())

    def neighbour(self, path: LanePath, side: str) -> LanePath | None:
        """The path along the lane beside, in the same direction, station for station; None where there is none."""
        return paths.beside(self.roads, self._graph, path, side)

    def neighbour_lane(self, road_id: str, lane_id: int, s_m: float, side: str) -> int | None:
        """The drivable lane of the same direction to the `left` or `right` of a driver, None where there is none."""
        road = self.roads[road_id]
        return lane_words.lane_beside(road, road.section_at(s_m), lane_id, side)

    def own_lane(self, road_id: str, lane_id: int, s_m: float, word: str) -> int:
        """The lane of a driver's own direction that `left`, `middle`, `right`, `next_left` or `next_right` means."""
        return lane_words.own_lane(self.roads[road_id], lane_id, s_m, word)

    def strip_offset(self, road_id: str, lane_id: int, s_m: float, word: str) -> float:
        """Metres to the left of a lane's centre (as its driver sees it) to the middle of a strip beside the road.

        Words: sidewalk, verge, shoulder, parking, bike and their `opposite_` forms, lane, kerb.  A verge is at last
        the ground just beyond the outer edge, a parking strip the shoulder or the edge; the others must be there.
        """
        return lane_words.strip_offset(self.roads[road_id], lane_id, s_m, word)

    def strip_width(self, road_id: str, lane_id: int, s_m: float, word: str) -> float:
        """Width of the strip that `strip_offset` finds; 0 where it is only the edge of the road."""
        return lane_words.strip_width(self.roads[road_id], lane_id, s_m, word)

    def lanes_at(self, road_id: str, s_m: float) -> list[tuple[int, str, float, float]]:
        """(lane id, kind, t of the right border, t of the left border) at a station, from right to left."""
        road = self.roads[road_id]
        index = road.section_at(s_m)
        at = np.array([s_m])
        borders = road.borders(index, at)
        found = []
        for lane in sorted(road.sections[index].lanes):
            if lane != 0:
                inner, outer, _, _ = road.edges(index, lane, at, borders)
                low, high = sorted((float(inner[0]), float(outer[0])))
                found.append((lane, road.sections[index].lanes[lane].kind, low, high))
        return found

    def drivable(self) -> Iterable[tuple[str, int, int]]:
        """(road, section, lane) of every lane that vehicles drive on."""
        for road in self.roads.values():
            for index, section in enumerate(road.sections):
                for lane in section.lanes.values():
                    if lane.id != 0 and lane.kind in DRIVABLE:
                        yield road.id, index, lane.id

    # -------------------------------------------------------------------------------------------------- places
    @cached_property
    def _index(self) -> places.Index:
        return places.index(self.roads)

    def point(self, road_id: str, s_m: float, t_m: float) -> NDArray[np.float64]:
        """(3,) world position of road coordinates, kerbs included."""
        road = self.roads[road_id]
        position: NDArray[np.float64] = places.on_surface(road, np.array([s_m]), np.array([t_m]))[0]
        return position

    def locate(self, x_m: float, y_m: float) -> Place:
        """The road under (or nearest to) a place, with its road coordinates."""
        return self.locate_all(np.array([x_m]), np.array([y_m]))[0]

    def locate_all(self, x_m: NDArray[np.float64], y_m: NDArray[np.float64]) -> list[Place]:
        """The same of many places, asked at once."""
        road, s, t, _ = self._index.project(x_m, y_m)
        return [
            Place(self._index.ids[row], *found)
            for row, *found in zip(road.tolist(), s.tolist(), t.tolist(), strict=True)
        ]

    def height(
        self, x_m: NDArray[np.float64] | float, y_m: NDArray[np.float64] | float
    ) -> NDArray[np.float64]:
        """Height of the road's surface (kerbs included) at places; beside the road, that of its nearest edge."""
        x, y = np.broadcast_arrays(np.atleast_1d(np.asarray(x_m, np.float64)), np.asarray(y_m, np.float64))
        return self._index.height(x, y)
