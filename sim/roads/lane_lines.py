"""Lines between lanes as wholes: dashes joined, double lines one, kerbs among them.  World floor."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.roads.lanes import Road
from sim.roads.network import RoadNetwork
from sim.roads.surfaces import border_frame

STEP_M = 1.0
JOINED_M = 0.3  # between the end of a line and the beginning of the one that continues it
SHORTEST_M = 1.0


@dataclass(frozen=True, slots=True)
class LaneLine:
    """A line along a lane's border, in the direction of its road; N points about a metre apart on the surface."""

    kind: str  # solid, broken, two of them from left to right ("solid broken"), botts dots, curb, ...
    color: str  # white, yellow, ...; "" of a kerb
    points_m: NDArray[np.float64]  # (N, 3) world


def lane_lines(network: RoadNetwork) -> list[LaneLine]:
    """All lines that are painted, and all kerbs, in a fixed order; none of connecting roads, which bear no paint."""
    found: list[LaneLine] = []
    for road in network.roads.values():
        if road.junction is None:
            found += _marks(road)
    found += [
        LaneLine("curb", "", strip.inner_m)
        for strip in network.strips(STEP_M)
        if strip.kind == "curb" and strip.junction is None
    ]
    joined = _joined(found)
    return [line for line in joined if _length(line.points_m) >= SHORTEST_M]


def _marks(road: Road) -> Iterator[LaneLine]:
    for index, section in enumerate(road.sections):
        for lane in section.lanes.values():
            for row, mark in enumerate(lane.marks):
                start = section.s_m + mark.ds_m
                later = [m.ds_m for m in lane.marks[row + 1 :]]
                end = min(section.end_m, section.s_m + min(later)) if later else section.end_m
                if mark.kind == "none" or not mark.lines or end - start < 1e-3:
                    continue
                s = np.linspace(start, end, 2 + int((end - start) / STEP_M))
                beside = sum(line.t_offset_m for line in mark.lines) / len(
                    mark.lines
                )  # of the paint's middle
                points, _ = border_frame(road, index, lane.id, s, beside)
                color = "white" if mark.color in ("standard", "") else mark.color
                yield LaneLine(mark.kind.replace("_", " "), "" if mark.kind == "curb" else color, points)


def _joined(lines: list[LaneLine]) -> list[LaneLine]:
    """Lines of one kind that go on where another ends are one."""
    kept: list[LaneLine] = []
    for line in lines:
        for row, other in enumerate(kept):
            same = (other.kind, other.color) == (line.kind, line.color)
            if same and np.linalg.norm(other.points_m[-1] - line.points_m[0]) < JOINED_M:
                kept[row] = replace(other, points_m=np.concatenate([other.points_m, line.points_m[1:]]))
                break
        else:
            kept.append(line)
    return kept


def _length(points_m: NDArray[np.float64]) -> float:
    return float(np.linalg.norm(np.diff(points_m, axis=0), axis=1).sum())
