"""Roads, lane sections and lanes with OpenDRIVE's meaning, whichever way the road was made.  World floor."""

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.roads.geometry import Array, Cubics, Frame, Surface

# Lane types that vehicles drive on (OpenDRIVE 1.4-1.9, old and new names).
DRIVABLE = frozenset(
    {
        "driving", "entry", "exit", "onRamp", "offRamp", "connectingRamp", "bidirectional", "slipLane",
        "bus", "taxi", "HOV", "mwyEntry", "mwyExit", "special1",
    }
)  # fmt: skip
WALKABLE = frozenset({"sidewalk", "walking"})


@dataclass(frozen=True, slots=True)
class MarkLine:
    """One painted line of a road mark: dashes of `length_m` with `space_m` between; length 0 is unbroken."""

    width_m: float
    t_offset_m: float = 0.0  # from the lane border, positive left
    length_m: float = 0.0
    space_m: float = 0.0
    s_offset_m: float = 0.0


@dataclass(frozen=True, slots=True)
class RoadMark:
    """The marking of a lane's outer border from `ds_m` after the section's start to the next record."""

    ds_m: float
    kind: str
    color: str
    lines: tuple[MarkLine, ...]


@dataclass(frozen=True)
class Lane:
    """One lane of one lane section; stations are metres from the start of the section."""

    id: int
    kind: str
    width: Cubics = field(default_factory=Cubics)
    border: Cubics | None = None  # where the map gives the outer border instead of the width
    level: bool = False  # kept out of the superelevation
    reversed: bool = False  # driven against the direction that its side of the road implies
    heights: tuple[tuple[float, float, float], ...] = ()  # (ds, inner, outer) above the road's surface
    marks: tuple[RoadMark, ...] = ()
    material: str | None = None
    speeds: tuple[tuple[float, float], ...] = ()  # (ds, m/s)
    predecessors: tuple[int, ...] = ()
    successors: tuple[int, ...] = ()

    def height_at(self, ds_m: Array) -> tuple[Array, Array]:
        """Inner and outer height above the road's surface."""
        if not self.heights:
            return np.zeros_like(ds_m), np.zeros_like(ds_m)
        table = np.array(self.heights)
        return np.interp(ds_m, table[:, 0], table[:, 1]), np.interp(ds_m, table[:, 0], table[:, 2])


@dataclass(frozen=True)
class LaneSection:
    """A stretch of road over which the lanes stay the same."""

    s_m: float
    end_m: float
    lanes: dict[int, Lane]  # by id, 0 (the centre line) included

    def side(self, sign: int) -> list[Lane]:
        """Lanes left (+1) or right (-1) of the reference line, from the inside out."""
        return [self.lanes[k] for k in sorted((k for k in self.lanes if k * sign > 0), key=abs)]


@dataclass(frozen=True, slots=True)
class Link:
    """What an end of a road touches."""

    kind: Literal["road", "junction"]
    id: str
    contact: Literal["start", "end"] | None = None


@dataclass(frozen=True)
class Road:
    """A road: a surface, lane sections, and what it is linked to."""

    id: str
    length_m: float
    surface: Surface
    sections: tuple[LaneSection, ...]
    lane_offset: Cubics = field(default_factory=Cubics)
    name: str = ""
    junction: str | None = None
    left_hand: bool = False  # traffic keeps left
    predecessor: Link | None = None
    successor: Link | None = None
    speeds: tuple[tuple[float, float], ...] = ()  # (s, m/s) of the road's types
    kind: str = ""  # town, motorway, rural, ... where the map says so

    def section_at(self, s_m: float) -> int:
        """Index of the lane section at a station."""
        return min(max(bisect_right(self._starts, s_m + 1e-9) - 1, 0), len(self.sections) - 1)

    def sections_at(self, s_m: Array) -> NDArray[np.intp]:
        """The same of many stations."""
        found = np.searchsorted(self._starts, s_m + 1e-9, side="right") - 1
        return np.clip(found, 0, len(self.sections) - 1)

    @cached_property
    def _starts(self) -> list[float]:
        return [section.s_m for section in self.sections]

    def direction(self, lane: int, section: int = 0) -> int:
        """+1 when traffic on the lane goes along s, -1 against it."""
        sign = 1 if (lane < 0) != self.left_hand else -1
        record = self.sections[section].lanes.get(lane)
        return -sign if record is not None and record.reversed else sign

    def borders(self, section: int, s_m: Array) -> dict[int, Array]:
        """t of every lane's outer border at the stations; lane 0 is the lane offset."""
        part = self.sections[section]
        ds = np.asarray(s_m, np.float64) - part.s_m
        centre = self.lane_offset.at(np.asarray(s_m, np.float64))
        found = {0: centre}
        for sign in (1, -1):
            edge = centre
            for lane in part.side(sign):
                if lane.border is not None:
                    outward = np.maximum(np.abs(lane.border.at(ds)), sign * edge)
                    edge = sign * outward
                else:
                    edge = edge + sign * np.maximum(lane.width.at(ds), 0.0)
                found[lane.id] = edge
        return found

    def edges(
        self, section: int, lane: int, s_m: Array, borders: dict[int, Array] | None = None
    ) -> tuple[Array, Array, Array, Array]:
        """(t inner, t outer, height inner, height outer) of a lane at the stations, whose `borders` may be known."""
        part = self.sections[section]
        borders = self.borders(section, s_m) if borders is None else borders
        low, high = part.lanes[lane].height_at(np.asarray(s_m) - part.s_m)
        return borders[_inward(part, lane)], borders[lane], low, high

    def centre(self, section: int, lane: int, s_m: Array) -> Array:
        """t of the middle of a lane."""
        inner, outer, _, _ = self.edges(section, lane, s_m)
        middle: Array = 0.5 * (inner + outer)
        return middle

    def lane_point(self, section: int, lane: int, s_m: Array, share: float) -> Array:
        """(N, 3) world places on a lane: share 0 at its inner border, 1 at its outer one."""
        return CrossSections.of(self, section, s_m).point(lane, share)

    def speed_limit(self, section: int, lane: int, s_m: Array) -> Array:
        """m/s at the stations; inf where the map is silent."""
        limit = np.full(np.shape(s_m), np.inf)
        for start, value in self.speeds:
            limit = np.where(np.asarray(s_m) >= start - 1e-9, value, limit)
        part = self.sections[section]
        for start, value in part.lanes[lane].speeds:
            limit = np.where(np.asarray(s_m) - part.s_m >= start - 1e-9, value, limit)
        return limit

    def stations(self, section: int, step_m: float = 1.0) -> NDArray[np.float64]:
        """Stations of a section, both ends included, no further apart than the step."""
        part = self.sections[section]
        count = max(1, int(np.ceil((part.end_m - part.s_m) / step_m - 1e-9)))
        return np.linspace(part.s_m, part.end_m, count + 1)


@dataclass(frozen=True)
class CrossSections:
    """A lane section at N stations, with what all its lanes need worked out once."""

    road: Road
    section: int
    s_m: Array  # (N,)
    frame: Frame
    borders: dict[int, Array]  # t of every lane's outer border

    @staticmethod
    def of(road: Road, section: int, s_m: Array) -> "CrossSections":
        return CrossSections(road, section, s_m, road.surface.frame(s_m), road.borders(section, s_m))

    def edges(self, lane: int) -> tuple[Array, Array, Array, Array]:
        """(t inner, t outer, height inner, height outer) of a lane."""
        part = self.road.sections[self.section]
        low, high = part.lanes[lane].height_at(np.asarray(self.s_m) - part.s_m)
        return self.borders[_inward(part, lane)], self.borders[lane], low, high

    def point(self, lane: int, share: float) -> Array:
        """(N, 3) world places on a lane: share 0 at its inner border, 1 at its outer one."""
        inner, outer, low, high = self.edges(lane)
        t = inner + share * (outer - inner)
        height = low + share * (high - low)
        surface = self.road.surface
        if not self.road.sections[self.section].lanes[lane].level:
            return surface.point(self.s_m, t, height, self.frame)
        # A level lane starts at the banked border inside it and goes on horizontally.
        base = surface.point(self.s_m, inner, 0.0, self.frame)
        heading = self.frame.heading_rad
        across = np.stack([-np.sin(heading), np.cos(heading), np.zeros_like(heading)], 1)
        place: Array = base + (t - inner)[:, None] * across
        place[:, 2] += height
        return place


@dataclass(frozen=True, slots=True)
class Connection:
    """A way into a junction: from an incoming road onto a connecting road."""

    incoming: str
    connecting: str
    contact: Literal["start", "end"]  # of the connecting road
    lane_links: tuple[tuple[int, int], ...] = ()  # (lane of the incoming road, lane of the connecting road)


@dataclass(frozen=True, slots=True)
class Junction:
    id: str
    name: str = ""
    kind: str = "default"  # default, direct, virtual, crossing
    connections: tuple[Connection, ...] = ()
    controllers: tuple[str, ...] = ()  # ids of those that switch its signals


def _inward(section: LaneSection, lane: int) -> int:
    """Id of the next lane towards the reference line that the section has (ids may have holes in broken maps)."""
    sign = 1 if lane > 0 else -1
    inside = [k for k in section.lanes if k * sign > 0 and abs(k) < abs(lane)]
    return max(inside, key=abs) if inside else 0
