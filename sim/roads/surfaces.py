"""Lane surfaces and painted lines of one road, sampled for drawing.  World floor."""

import numpy as np
from numpy.typing import NDArray

from sim.roads.geometry import Array
from sim.roads.lanes import CrossSections, MarkLine, Road, RoadMark
from sim.roads.records import LaneStrip, MarkStrip

SAG_M = 8e-4  # of a chord between kept stations: paint lies 3 mm above the lanes and may not sink into them
TIGHT_SAG_M = 4e-3  # of a chord between dense stations, in bends so tight that the wished step is too long
SPARSEST = 8  # steps between stations where nothing bends
SHORTEST_PERIOD_M = 0.2  # dashes that follow each other faster are one line
NARROWEST_M = 1e-3  # lanes never wider than this are not drawn
# Dashes where the map names only "broken": 3 m with 6 m gaps, 6 m with 12 m on motorways (German RMS, 1993).
DASH_M, GAP_M = 3.0, 6.0
MOTORWAY_DASH_M, MOTORWAY_GAP_M = 6.0, 12.0


def lane_strips(road: Road, step_m: float) -> list[LaneStrip]:
    """Surfaces of all lanes of a road, section by section; the lanes of a section share their stations."""
    found = []
    for index, section in enumerate(road.sections):
        dense = road.stations(index, _step(road, index, step_m))
        ids = [lane for lane in section.lanes if lane != 0]
        if not ids:
            continue
        across = CrossSections.of(road, index, dense)
        sides = {lane: [across.point(lane, share) for share in (0.0, 1.0)] for lane in ids}
        keep = thinned(np.concatenate([p for pair in sides.values() for p in pair], axis=1))
        for lane in ids:
            inner, outer = sides[lane]
            if np.max(np.linalg.norm(outer - inner, axis=1)) < NARROWEST_M:
                continue
            record = section.lanes[lane]
            found.append(
                LaneStrip(
                    road=road.id,
                    lane=lane,
                    kind=record.kind,
                    junction=road.junction,
                    s_m=dense[keep],
                    inner_m=inner[keep],
                    outer_m=outer[keep],
                    material=record.material,
                    section=index,
                    raised=any(max(a, b) > 1e-3 for _, a, b in record.heights),
                )
            )
    return found


def _step(road: Road, section: int, wished_m: float) -> float:
    """The wished step, or less where a bend is tight."""
    bend = float(np.max(np.abs(road.surface.line.at(road.stations(section, wished_m))[3])))
    return wished_m if bend < 1e-9 else float(np.clip(np.sqrt(8.0 * TIGHT_SAG_M / bend), 0.2, wished_m))


def thinned(lines: Array) -> NDArray[np.intp]:
    """Rows of (N, D) evenly sampled lines to keep, so that no chord is further than SAG_M from what it replaces."""
    count = len(lines)
    if count < 3:
        return np.arange(count)
    second = np.max(np.abs(lines[2:] - 2.0 * lines[1:-1] + lines[:-2]), axis=1)
    keep = [0]
    while keep[-1] < count - 1:
        start = keep[-1]
        reach = min(SPARSEST, count - 1 - start)
        # the chord over n steps sags by n^2 / 8 of the second difference
        bends = second[start : start + reach - 1]
        sags = np.maximum.accumulate(bends) * np.arange(2, reach + 1) ** 2 / 8.0
        keep.append(start + 1 + int(np.count_nonzero(sags <= SAG_M)))
    return np.array(keep)


def lane_marks(road: Road) -> list[MarkStrip]:
    """Painted lines along the lane borders of a road, as single pieces."""
    found: list[MarkStrip] = []
    for index, section in enumerate(road.sections):
        for lane in section.lanes.values():
            for row, mark in enumerate(lane.marks):
                start = section.s_m + mark.ds_m
                later = [m.ds_m for m in lane.marks[row + 1 :]]
                end = min(section.end_m, section.s_m + min(later)) if later else section.end_m
                if mark.kind != "none" and end - start > 1e-3:
                    found += _mark_pieces(road, index, lane.id, mark, start, end)
    return found


def _mark_pieces(
    road: Road, section: int, lane: int, mark: RoadMark, start: float, end: float
) -> list[MarkStrip]:
    found: list[MarkStrip] = []
    for line in mark.lines:
        spans = _spans(line, start, end)
        if not spans:
            continue
        counts = [2 + int((b - a) / 1.0) for a, b in spans]
        s = np.concatenate([np.linspace(a, b, n) for (a, b), n in zip(spans, counts, strict=True)])
        centre, left = border_frame(road, section, lane, s, line.t_offset_m)
        kind = "broken" if line.length_m > 0.0 else ("curb" if mark.kind == "curb" else "solid")
        if mark.kind in ("botts dots", "botts_dots"):
            kind = "botts_dots"
        stop = 0
        for count in counts:
            first, stop = stop, stop + count
            keep = first + thinned(centre[first:stop])
            found.append(
                MarkStrip(kind, mark.color, line.width_m, centre[keep], left[keep], road.id, road.junction)
            )
    return found


def _spans(line: MarkLine, start: float, end: float) -> list[tuple[float, float]]:
    """Stretches of s that are painted: one, or the dashes inside [start, end]."""
    period = line.length_m + max(line.space_m, 0.0)
    if line.length_m <= 0.0 or period < SHORTEST_PERIOD_M:
        return [(start, end)]
    first = line.s_offset_m
    count_before = np.floor((start - first - line.length_m) / period)
    s = first + max(count_before, -1e7) * period
    spans = []
    while s < end:
        a, b = max(s, start), min(s + line.length_m, end)
        if b - a > 0.05:
            spans.append((float(a), float(b)))
        s += period
    return spans


def border_frame(road: Road, section: int, lane: int, s: Array, t_offset: float) -> tuple[Array, Array]:
    """Centre of a mark on a lane border, and the direction across it in the surface."""
    if lane == 0:
        t = road.lane_offset.at(s)
        height: Array | float = 0.0
        low, high = road.surface.point(s, t + t_offset - 0.05), road.surface.point(s, t + t_offset + 0.05)
    else:
        _, t, _, height = road.edges(section, lane, s)
        low = road.surface.point(s, t + t_offset - 0.05, height)
        high = road.surface.point(s, t + t_offset + 0.05, height)
    across = high - low
    # A border that runs askew to the road (a widening lane) turns the mark with it.
    centre = 0.5 * (low + high)
    if len(s) > 1:
        along = np.gradient(centre, axis=0)
        across = (
            across
            - along * (np.sum(across * along, 1) / np.maximum(np.sum(along * along, 1), 1e-12))[:, None]
        )
    left = across / np.maximum(np.linalg.norm(across, axis=1), 1e-12)[:, None]
    return centre, left


def mark_lines(
    kind: str, width_m: float, motorway: bool = False, phase_m: float = 0.0
) -> tuple[MarkLine, ...]:
    """Lines of a mark of which only the type and the width are known."""
    dash, gap = (MOTORWAY_DASH_M, MOTORWAY_GAP_M) if motorway else (DASH_M, GAP_M)
    words = kind.split()
    if kind == "botts dots":
        return (MarkLine(max(width_m, 0.1), 0.0, 0.1, 1.2, phase_m),)
    if len(words) == 2 and words[0] in ("solid", "broken") and words[1] in ("solid", "broken"):
        # two lines of the given width, one width of bare road between them; the first word is the inner line
        offsets = (width_m, -width_m)
        return tuple(
            MarkLine(
                width_m, offset, dash if word == "broken" else 0.0, gap if word == "broken" else 0.0, phase_m
            )
            for word, offset in zip(words, offsets, strict=True)
        )
    if kind == "broken":
        return (MarkLine(width_m, 0.0, dash, gap, phase_m),)
    return (MarkLine(width_m),)
