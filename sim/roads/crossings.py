"""Paint that lies across the road: zebra bars and stop lines.  World floor."""

import numpy as np
import shapely

from sim.roads.geometry import Array
from sim.roads.lanes import DRIVABLE, Road
from sim.roads.places import on_surface
from sim.roads.records import MarkStrip

BAR_M, BAR_GAP_M = 0.5, 0.5  # width of a zebra bar and of the gap (German StVO sign 293)
STOP_LINE_M = 0.5  # width of a stop line (StVO sign 294)
PAINTABLE = DRIVABLE | {"parking", "biking", "shoulder", "stop"}


def zebra(road: Road, outline_m: Array, s_m: float, junction: str | None) -> list[MarkStrip]:
    """Bars along the driving direction that fill an area (M, 3) on a road near station `s_m`."""
    frame = road.surface.frame(np.array([s_m]))
    heading = float(frame.heading_rad[0])
    along = np.array([np.cos(heading), np.sin(heading)])
    across = np.array([-along[1], along[0]])
    middle = outline_m[:, :2].mean(0)
    local = np.stack([(outline_m[:, :2] - middle) @ along, (outline_m[:, :2] - middle) @ across], 1)
    area = shapely.Polygon(local)
    if not area.is_valid:
        area = area.buffer(0.0)
    _, low, _, high = area.bounds
    count = max(1, int((high - low + BAR_GAP_M) / (BAR_M + BAR_GAP_M)))
    first = 0.5 * (low + high) - 0.5 * (count - 1) * (BAR_M + BAR_GAP_M)
    bars = []
    for k in range(count):
        v = first + k * (BAR_M + BAR_GAP_M)
        cut = shapely.intersection(area, shapely.LineString([(-1e3, v), (1e3, v)]))
        if cut.is_empty or cut.length < 0.3:
            continue
        u0, _, u1, _ = cut.bounds
        u = np.linspace(u0, u1, max(2, int(np.ceil(u1 - u0)) + 1))
        plane = middle + u[:, None] * along + v * across
        place = _on_road(road, plane, s_m)
        bars.append(_strip("crosswalk", place, across, BAR_M, road, junction))
    return bars


def stop_line(road: Road, s_m: float, low_t: float, high_t: float, width_m: float = STOP_LINE_M) -> MarkStrip:
    """A bar across the lanes between two lateral places, centred at a station."""
    t = np.linspace(low_t, high_t, max(2, int(np.ceil(high_t - low_t)) + 1))
    place = road.surface.point(np.full_like(t, s_m), t)  # never up the kerb that it ends at
    frame = road.surface.frame(np.array([s_m]))
    return MarkStrip(
        "stop_line",
        "white",
        width_m,
        place,
        np.repeat(-frame.forward, len(t), axis=0),
        road.id,
        road.junction,
    )


def lanes_across(road: Road, s_m: float, along: int) -> tuple[float, float] | None:
    """(t, t) of the carriageway of one direction at a station, None where nothing drives that way."""
    section = road.section_at(s_m)
    at = np.array([s_m])
    spans: list[float] = []
    for lane in road.sections[section].lanes.values():
        if lane.id != 0 and lane.kind in DRIVABLE and road.direction(lane.id, section) == along:
            inner, outer, _, _ = road.edges(section, lane.id, at)
            spans += [float(inner[0]), float(outer[0])]
    return (min(spans), max(spans)) if spans else None


def crossing_outline(road: Road, s_m: float, length_m: float) -> Array | None:
    """(4, 3) corners of a crossing over everything that is paved, centred at a station."""
    section = road.section_at(s_m)
    spans: list[float] = []
    for lane in road.sections[section].lanes.values():
        if lane.id != 0 and lane.kind in PAINTABLE:
            inner, outer, _, _ = road.edges(section, lane.id, np.array([s_m]))
            spans += [float(inner[0]), float(outer[0])]
    if not spans:
        return None
    half = 0.5 * length_m
    s = np.array([s_m - half, s_m + half, s_m + half, s_m - half])
    return on_surface(road, s, np.array([min(spans), min(spans), max(spans), max(spans)]))


def _on_road(road: Road, plane: Array, s_m: float) -> Array:
    """(N, 3) the plane places lifted onto a road that passes near them."""
    s = np.full(len(plane), s_m)
    t = np.zeros(len(plane))
    for _ in range(6):
        x, y, heading, curvature = road.surface.line.at(s)
        dx, dy = plane[:, 0] - x, plane[:, 1] - y
        t = dy * np.cos(heading) - dx * np.sin(heading)
        step = (dx * np.cos(heading) + dy * np.sin(heading)) / np.maximum(1.0 - curvature * t, 0.2)
        s = np.clip(s + step, -20.0, road.length_m + 20.0)
    # Only the bare surface: a bar that ends on a kerb is painted on the carriageway's level.
    place = road.surface.point(s, t)
    return np.concatenate([plane, place[:, 2:]], 1)


def _strip(
    kind: str, place: Array, across: Array, width_m: float, road: Road, junction: str | None
) -> MarkStrip:
    left = np.repeat(np.array([[across[0], across[1], 0.0]]), len(place), axis=0)
    along = np.gradient(place, axis=0)
    left = left - along * (np.sum(left * along, 1) / np.maximum(np.sum(along * along, 1), 1e-12))[:, None]
    left /= np.linalg.norm(left, axis=1)[:, None]
    return MarkStrip(kind, "white", width_m, place, left, road.id, junction)
