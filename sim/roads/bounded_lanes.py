"""Lanes with their borders, neighbours and ways on: what exchange formats ask of a road network.  World floor."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.roads.lanes import MarkLine, Road, RoadMark
from sim.roads.network import RoadNetwork
from sim.roads.records import LaneStrip
from sim.roads.surfaces import border_frame

Node = tuple[str, int, int]  # road, lane section, lane
Points = NDArray[np.float64]
SHORTEST_M = 0.01  # of a stretch with a mark of its own
NO_MARK = RoadMark(0.0, "none", "", ())


@dataclass(frozen=True, slots=True)
class Border:
    """A stretch of a lane's border that is marked in one way throughout; of double lines, the one at the lane's side."""

    kind: str  # none, solid, broken, botts, curb, or what else the map calls it
    color: str  # "" without paint
    width_m: float  # of the paint, 0 without
    points_m: Points  # (N, 3) world, in the direction of the road


@dataclass(frozen=True, slots=True)
class BoundedLane:
    """One lane over one lane section; left and right are those of somebody who looks along the road."""

    node: Node
    kind: str  # OpenDRIVE lane type
    junction: str | None
    along: int  # 1 where traffic goes in the direction of the points, -1 against it
    centre_m: Points  # (N, 3) world, in the direction of the road
    left: tuple[int, ...]  # rows of the borders, in the direction of the road
    right: tuple[int, ...]
    left_lane: Node | None
    right_lane: Node | None
    before: tuple[Node, ...]  # in driving direction
    after: tuple[Node, ...]


def bounded_lanes(network: RoadNetwork) -> tuple[tuple[BoundedLane, ...], tuple[Border, ...]]:
    """All lanes that have a width, and their borders; lanes at one height share the border between them."""
    sections: dict[tuple[str, int], dict[int, LaneStrip]] = {}
    for strip in network.strips():
        sections.setdefault((strip.road, strip.section), {})[strip.lane] = strip
    lanes: list[BoundedLane] = []
    borders: list[Border] = []
    rows: dict[tuple[object, ...], int] = {}
    for (name, section), strips in sections.items():
        road = network.roads[name]
        across = sorted(strips, reverse=True)  # from left to right
        for at, lane in enumerate(across):
            strip = strips[lane]
            beside = (
                across[at - 1] if at > 0 else None,
                across[at + 1] if at + 1 < len(across) else None,
            )
            sides = []
            for other, left in zip(beside, (True, False), strict=True):
                outer = (lane > 0) == left
                found = []
                # A kerb's face is the border between its lane and the one further in.
                kerb = other if outer else lane
                curb = kerb is not None and strips[kerb].kind == "curb"
                for key, plain in _stretches(road, strip, outer, left):
                    border = replace(plain, kind="curb") if curb and plain.kind == "none" else plain
                    height = round(1000 * float(border.points_m[0, 2]))
                    row = rows.setdefault((name, section, *key, height), len(borders))
                    if row == len(borders):
                        borders.append(border)
                    found.append(row)
                sides.append(tuple(found))
            node = (name, section, lane)
            before, after = network.joined(node)
            lanes.append(
                BoundedLane(
                    node=node,
                    kind=strip.kind,
                    junction=strip.junction,
                    along=road.direction(lane, section),
                    centre_m=0.5 * (strip.inner_m + strip.outer_m),
                    left=sides[0],
                    right=sides[1],
                    left_lane=None if beside[0] is None else (name, section, beside[0]),
                    right_lane=None if beside[1] is None else (name, section, beside[1]),
                    before=before,
                    after=after,
                )
            )
    return tuple(lanes), tuple(borders)


def _stretches(
    road: Road, strip: LaneStrip, outer: bool, left: bool
) -> list[tuple[tuple[int, int, float], Border]]:
    """The borders at one side of a lane, from the section's start on, each with what tells it from others."""
    section = road.sections[strip.section]
    inward = [k for k in section.lanes if k * strip.lane > 0 and abs(k) < abs(strip.lane)]
    marked = strip.lane if outer else max(inward, key=abs, default=0)
    record = section.lanes.get(marked)
    marks = sorted(record.marks, key=lambda mark: mark.ds_m) if record is not None else []
    starts = [max(section.s_m, section.s_m + mark.ds_m) for mark in marks]
    spans = [
        (a, b, mark)
        for a, b, mark in zip(starts, [*starts, section.end_m][1:], marks, strict=True)
        if b - a > SHORTEST_M
    ]
    if not spans or spans[0][0] > section.s_m + SHORTEST_M:
        spans.insert(0, (section.s_m, spans[0][0] if spans else section.end_m, NO_MARK))
    edge = strip.outer_m if outer else strip.inner_m
    found = []
    for number, (start, end, mark) in enumerate(spans):
        inside = strip.s_m[(strip.s_m > start + SHORTEST_M) & (strip.s_m < end - SHORTEST_M)]
        s = np.concatenate([[start], inside, [end]])
        points = np.stack([np.interp(s, strip.s_m, edge[:, axis]) for axis in range(3)], axis=1)
        line = _own_line(mark, left) if mark.kind != "none" else None
        if line is None:
            found.append(((marked, number, 0.0), Border("none", "", 0.0, points)))
            continue
        if line.t_offset_m:
            moved, there = (
                border_frame(road, strip.section, marked, s, t)[0] for t in (line.t_offset_m, 0.0)
            )
            points = points + moved - there
        color = "white" if mark.color in ("standard", "") else mark.color
        double = len(mark.lines) > 1
        kind = (
            ("broken" if line.length_m > 0.0 else "solid") if double else mark.kind.split()[0].split("_")[0]
        )
        border = Border(kind, "" if kind == "curb" else color, line.width_m, points)
        found.append(((marked, number, line.t_offset_m), border))
    return found


def _own_line(mark: RoadMark, left: bool) -> MarkLine | None:
    """Of lines side by side the one next to the lane, at whose left side the mark is or not."""
    if not mark.lines:
        return None
    return (min if left else max)(mark.lines, key=lambda line: line.t_offset_m)
