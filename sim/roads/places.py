"""From world places back to road coordinates.  World floor; vectorised over places."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from sim.roads.geometry import Array
from sim.roads.lanes import Road

NEAR = 12  # index stations looked at per place: enough to see every connecting road of a junction
SPACING_M = 2.0  # between index stations


def on_surface(road: Road, s_m: Array, t_m: Array) -> Array:
    """(N, 3) world positions of road coordinates with the heights of the lanes (kerbs) they fall on."""
    if len(road.sections) == 1:
        return _on_section(road, 0, s_m, t_m)
    position = np.empty((len(s_m), 3))
    section = road.sections_at(np.clip(s_m, 0.0, road.length_m))
    for index in np.unique(section):
        mask = section == index
        position[mask] = _on_section(road, int(index), s_m[mask], t_m[mask])
    return position


def _on_section(road: Road, section: int, s_m: Array, t_m: Array) -> Array:
    height, t = _lane_height(road, section, np.clip(s_m, 0.0, road.length_m), t_m)
    # Beyond the outermost lane the ground goes on level with its edge, not along the banked plane.
    frame = road.surface.frame(s_m)
    position = road.surface.point(s_m, t, height, frame)
    beyond = t_m - t
    position[:, 0] -= beyond * np.sin(frame.heading_rad)
    position[:, 1] += beyond * np.cos(frame.heading_rad)
    return position


def _lane_height(road: Road, section: int, s: Array, t: Array) -> tuple[Array, Array]:
    """Height of the lane at (s, t) above the road, and t kept inside the road's edges."""
    borders = road.borders(section, s)
    order = sorted(borders)
    low, high = borders[order[0]], borders[order[-1]]
    within = np.clip(t, np.minimum(low, high), np.maximum(low, high))
    height = np.zeros_like(t)
    for lane in road.sections[section].lanes.values():
        if lane.heights and lane.id != 0:
            inner, outer, rise_in, rise_out = road.edges(section, lane.id, s, borders)
            width = outer - inner
            share = np.where(
                np.abs(width) > 1e-9, (within - inner) / np.where(width == 0.0, 1.0, width), -1.0
            )
            hit = (share >= 0.0) & (share <= 1.0)
            height = np.where(hit, rise_in + share * (rise_out - rise_in), height)
    return height, within


def _residual(road: Road, s: Array, x: Array, y: Array) -> tuple[Array, Array, Array]:
    """(metres still to go along the road, t, curvature) of places seen from stations."""
    px, py, heading, curvature = road.surface.line.at(s)
    cos, sin = np.cos(heading), np.sin(heading)
    along, t = (x - px) * cos + (y - py) * sin, (y - py) * cos - (x - px) * sin
    if not road.surface.superelevation.is_zero:
        # On a banked slope the cross direction leans forwards or backwards in the plane.
        bank = road.surface.superelevation.at(s)
        grade = np.arctan(road.surface.elevation.slope(s))
        t = t / np.cos(bank)
        along = along + t * np.sin(bank) * np.sin(grade)
    return along, t, curvature


@dataclass(frozen=True)
class Index:
    """A search tree over stations of all roads."""

    ids: tuple[str, ...]
    roads: tuple[Road, ...]
    tree: cKDTree
    road: NDArray[np.intp]  # (M,) row of `roads` of every station
    s_m: Array  # (M,)

    def project(self, x: Array, y: Array) -> tuple[NDArray[np.intp], Array, Array, Array]:
        """(row of the road, s, t, metres outside its lanes) of the road under or nearest to each place."""
        count = min(NEAR, len(self.s_m))
        _, near = self.tree.query(np.stack([x, y], 1), k=count)
        near = np.asarray(near).reshape(len(x), count)
        # Per place: the nearest station of each distinct road among the neighbours.
        best_cost = np.full(len(x), np.inf)
        best_road = np.zeros(len(x), np.intp)
        best = np.zeros((len(x), 3))
        tried = self.road[near]
        for k in range(count):
            fresh = ~np.any(tried[:, :k] == tried[:, k : k + 1], axis=1)
            for row in np.unique(tried[fresh, k]):
                mask = fresh & (tried[:, k] == row)
                s, t, outside = self._onto(int(row), self.s_m[near[mask, k]], x[mask], y[mask])
                # Under the lanes the road whose axis is nearest wins; a whisker of |t| decides between overlaps.
                cost = outside + 1e-3 * np.abs(t)
                places = np.flatnonzero(mask)
                better = cost < best_cost[places]
                chosen = places[better]
                best_cost[chosen], best_road[chosen] = cost[better], row
                best[chosen] = np.stack([s, t, outside], 1)[better]
        return best_road, best[:, 0], best[:, 1], best[:, 2]

    def _onto(self, row: int, s: Array, x: Array, y: Array) -> tuple[Array, Array, Array]:
        road = self.roads[row]
        for _ in range(6):
            along, t, curvature = _residual(road, s, x, y)
            before, s = s, np.clip(s + along / np.maximum(1.0 - curvature * t, 0.2), 0.0, road.length_m)
            if np.array_equal(before, s):  # on a straight road after two steps
                break
        along, t, _ = _residual(road, s, x, y)
        outside = np.abs(along)
        section = road.sections_at(s)
        for index in np.unique(section) if len(road.sections) > 1 else (0,):
            mask = section == index
            borders = road.borders(int(index), s[mask])
            edges = np.stack(list(borders.values()))
            beyond = np.maximum(np.maximum(edges.min(0) - t[mask], t[mask] - edges.max(0)), 0.0)
            outside[mask] = np.hypot(outside[mask], beyond)
        return s, t, outside

    def height(self, x: Array, y: Array) -> Array:
        """Height of the surface under (or of the edge nearest to) each place."""
        road, s, t, _ = self.project(x, y)
        z = np.empty(len(x))
        for row in np.unique(road):
            mask = road == row
            z[mask] = on_surface(self.roads[int(row)], s[mask], t[mask])[:, 2]
        return z


def index(roads: dict[str, Road]) -> Index:
    """A search index over all roads."""
    stations, owner, places = [], [], []
    for row, road in enumerate(roads.values()):
        s = np.linspace(0.0, road.length_m, max(2, int(np.ceil(road.length_m / SPACING_M)) + 1))
        x, y, _, _ = road.surface.line.at(s)
        stations.append(s)
        owner.append(np.full(len(s), row, np.intp))
        places.append(np.stack([x, y], 1))
    return Index(
        tuple(roads),
        tuple(roads.values()),
        cKDTree(np.concatenate(places)),
        np.concatenate(owner),
        np.concatenate(stations),
    )
