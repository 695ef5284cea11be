"""The ground around the road: a quadtree of cells that meets the road's edges exactly.  Renderers floor.

Cells are small beside the road and grow with the distance, out to the horizon.  Where they touch the road's outline
they are cut along it, so that nothing is drawn twice; under the road lies the same ground, lower, so that no seam
ever shows the sky.
"""

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray

from renderers import triples
from renderers.street_heights import Heights
from renderers.street_sheets import Array, Sheets, cut_triangles
from scenarios.chance import stream
from sim.roads.network import LaneStrip, RoadNetwork

SMALLEST_M = 4.0  # cell beside the road of a small map; larger maps get larger cells (see MOST_CELLS)
MOST_CELLS = 12000  # about this many of the smallest cells
BEYOND_M = 1200.0  # ground beyond the last road
LIP_M = 0.02  # the ground meets the road this much below its edge
UNDER_M = 0.35  # ground under the road lies this much below its edges
PAVED_M = 10.0  # in towns the ground is paved this far from the road
TILE_CELLS = 16  # of the smallest cells: the outline is cut into tiles of this size first
POLYGON = 3  # shapely's type id
WAVES = 6  # sine waves that make the far ground uneven

# Per surroundings: material near the road, material further out, metres of rise far away, metres of unevenness.
LOOKS: dict[str, tuple[str, str, float, float]] = {
    "town": ("paving", "grass", 2.5, 0.3),
    "suburb": ("grass", "grass", 3.0, 0.5),
    "country": ("grass", "grass", 6.0, 1.2),
    "forest": ("grass", "soil", 7.0, 1.5),
    "highway": ("grass", "grass", 5.0, 1.0),
    "bare": ("soil", "soil", 0.0, 0.0),
}


@dataclass(frozen=True)
class Ground:
    """The ground's height anywhere outside the road."""

    edges: Heights
    outline: shapely.Geometry  # of the road, in the plane
    rise_m: float
    uneven_m: float
    wave: Array  # (WAVES, 3) wave vector and phase

    def height(self, places: Array) -> Array:
        """Heights at (M, 2) world places; level with the road's nearest edge close to it."""
        z, distance = self.edges.near(places)
        kx, ky, phase = self.wave.T
        swing = triples.total(np.sin(kx * places[:, :1] + ky * places[:, 1:] + phase))
        far = _smooth((distance - 15.0) / 250.0)
        rolling = _smooth((distance - 15.0) / 120.0)
        total: Array = z - LIP_M + self.rise_m * far + self.uneven_m * rolling * (1.0 + swing / WAVES)
        return total


def _smooth(x: Array) -> Array:
    x = np.clip(x, 0.0, 1.0)
    return x * x * (3.0 - 2.0 * x)


def footprint(strip: LaneStrip) -> shapely.Geometry:
    """The strip's outline in the plane, mended where a tight bend folds it."""
    ring = np.concatenate([strip.inner_m[:, :2], strip.outer_m[::-1, :2]])
    shape = shapely.Polygon(ring)
    return shape if shape.is_valid else shape.buffer(0.0)


@lru_cache(maxsize=8)
def ground(network: RoadNetwork, seed: int = 0) -> Ground:
    """The ground around a network; kept, because placing trees and houses asks for it again and again."""
    strips = network.strips()
    outline = shapely.union_all([footprint(s) for s in strips], grid_size=1e-4)
    rim = outline.boundary
    shapely.prepare(rim)
    lines = []
    for strip in strips:
        for line in (strip.inner_m, strip.outer_m):
            # the prepared side goes first: the other way round each point walks along the whole rim
            on_rim = np.asarray(shapely.dwithin(rim, shapely.points(line[:, :2]), 0.03), np.bool_)
            lines += [part for part in _runs(line, on_rim) if len(part) > 1]
    if not lines:  # lanes that cover each other wholly, or a map whose lanes have no width
        lines = [strip.outer_m for strip in strips] or [
            road.surface.point(road.stations(0), np.zeros(len(road.stations(0))))
            for road in network.roads.values()
        ]
    _, _, rise, uneven = LOOKS.get(network.surroundings, LOOKS["country"])
    rng = stream(seed, "street", "ground")
    length = rng.uniform(60.0, 320.0, WAVES)
    angle = rng.uniform(0.0, 2.0 * np.pi, WAVES)
    wave = np.stack(
        [
            2 * np.pi / length * np.cos(angle),
            2 * np.pi / length * np.sin(angle),
            rng.uniform(0, 2 * np.pi, WAVES),
        ],
        1,
    )
    return Ground(Heights.along(lines), outline, rise, uneven, wave)


def _runs(line: Array, keep: NDArray[np.bool_]) -> list[Array]:
    """Consecutive kept points of a line."""
    cut = np.flatnonzero(np.diff(keep.astype(np.int8))) + 1
    return [part for part, inside in zip(np.split(line, cut), np.split(keep, cut), strict=True) if inside[0]]


# ------------------------------------------------------------------------------------------------------------ cells
def _leaves(network: RoadNetwork, edges: Heights) -> tuple[NDArray[np.int64], float, float, float]:
    """(L, 3) cells (column, row, size in units), the unit in metres and the origin of the lattice."""
    x0, y0, x1, y1 = network.extent
    unit = SMALLEST_M
    while len(edges.z) / unit * 4.0 > MOST_CELLS:
        unit *= 2.0
    span = max(x1 - x0, y1 - y0) + 2.0 * BEYOND_M
    size = 1
    while size * unit < span:
        size *= 2
    ox = 0.5 * (x0 + x1) - 0.5 * size * unit
    oy = 0.5 * (y0 + y1) - 0.5 * size * unit
    cells = np.array([[0, 0, size]], np.int64)
    leaves = []
    while len(cells):
        centre = np.stack([ox, oy]) + (cells[:, :2] + 0.5 * cells[:, 2:]) * unit
        side = cells[:, 2] * unit
        distance = edges.tree.query(centre)[0] - 0.71 * side
        split = (cells[:, 2] > 1) & (distance < side)
        leaves.append(cells[~split])
        half = cells[split] // np.array([1, 1, 2])
        cells = np.concatenate(
            [
                half + np.stack([dx * half[:, 2], dy * half[:, 2], 0 * half[:, 2]], 1)
                for dx in (0, 1)
                for dy in (0, 1)
            ]
        )
    return np.concatenate(leaves), unit, float(ox), float(oy)


def _rings(leaves: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Corner rings of the cells, with the corners of smaller neighbours on their edges: no T-joints, no cracks."""
    columns: dict[int, set[int]] = {}
    rows: dict[int, set[int]] = {}
    for x, y, n in leaves.tolist():
        for cx, cy in ((x, y), (x + n, y), (x, y + n), (x + n, y + n)):
            columns.setdefault(cx, set()).add(cy)
            rows.setdefault(cy, set()).add(cx)
    on_column = {x: sorted(found) for x, found in columns.items()}
    on_row = {y: sorted(found) for y, found in rows.items()}

    def between(line: list[int], low: int, high: int) -> list[int]:
        return line[bisect_left(line, low) : bisect_left(line, high)]

    rings = []
    for x, y, n in leaves.tolist():
        ring = [(cx, y) for cx in between(on_row[y], x, x + n)]
        ring += [(x + n, cy) for cy in between(on_column[x + n], y, y + n)]
        ring += [(cx, y + n) for cx in reversed(between(on_row[y + n], x + 1, x + n + 1))]
        ring += [(x, cy) for cy in reversed(between(on_column[x], y + 1, y + n + 1))]
        rings.append(np.array(ring, np.int64))
    return rings


def lay_ground(sheets: Sheets, network: RoadNetwork, seed: int) -> None:
    """Lay the ground around and under the road."""
    land = ground(network, seed)
    near_look, far_look, _, _ = LOOKS.get(network.surroundings, LOOKS["country"])
    leaves, unit, ox, oy = _leaves(network, land.edges)
    low = leaves[:, :2] * unit + np.array([ox, oy])
    high = (leaves[:, :2] + leaves[:, 2:]) * unit + np.array([ox, oy])
    boxes = shapely.box(*low.T, *high.T)
    shapely.prepare(land.outline)
    touched = np.asarray(shapely.intersects(land.outline, boxes), np.bool_)
    hard = [
        footprint(s) for s in network.strips() if s.material != "grass" and s.kind not in ("none", "median")
    ]
    paved = shapely.Polygon()
    if near_look != far_look and hard:
        paved = shapely.buffer(shapely.union_all(hard, grid_size=1e-4), PAVED_M, quad_segs=4)
    shapely.prepare(paved)
    edge_of_paving = shapely.intersects(paved, boxes) & ~shapely.covers(paved, boxes)
    in_paving = shapely.covers(paved, boxes)
    whole = ~touched & ~edge_of_paving
    rings = _rings(leaves)
    for look, mask in ((near_look, whole & in_paving), (far_look, whole & ~in_paving)):
        if mask.any():
            corners = np.concatenate([rings[k] for k in np.flatnonzero(mask)]) * unit + np.array([ox, oy])
            sizes = np.array([len(rings[k]) for k in np.flatnonzero(mask)])
            _lay(sheets, land, _fans(corners, sizes, 0.5 * (low + high)[mask]), look, 0.0)
    cut = boxes[~whole]
    outside = cut.copy()
    crossed = touched[~whole]
    outside[crossed] = shapely.difference(cut[crossed], _tiles(land.outline, cut[crossed], unit))
    _lay(sheets, land, cut_triangles(list(_polygons(shapely.intersection(outside, paved)))), near_look, 0.0)
    _lay(sheets, land, cut_triangles(list(_polygons(shapely.difference(outside, paved)))), far_look, 0.0)
    under = shapely.intersection(boxes[touched], _tiles(land.outline, boxes[touched], unit))
    _lay(sheets, land, cut_triangles(list(_polygons(under))), "soil", UNDER_M)


def _tiles(outline: shapely.Geometry, boxes: NDArray[np.object_], unit_m: float) -> NDArray[np.object_]:
    """For every box the part of the outline around it: cutting a box costs as much as what it is cut with is long."""
    bounds = np.asarray(shapely.bounds(boxes))
    column, row = (np.floor((bounds[:, :2] + bounds[:, 2:]) / 2.0 / (TILE_CELLS * unit_m))).astype(np.int64).T
    _, tile = np.unique(column + 1j * row, return_inverse=True)
    tile = tile.reshape(-1)
    found = np.empty(len(boxes), object)
    for k in range(int(tile.max(initial=-1)) + 1):
        rows = np.flatnonzero(tile == k)
        x0, y0 = bounds[rows, :2].min(0) - unit_m
        x1, y1 = bounds[rows, 2:].max(0) + unit_m
        found[rows] = shapely.intersection(outline, shapely.box(x0, y0, x1, y1))
    return found


def _polygons(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    parts = np.asarray(shapely.get_parts(shapes), object)
    found: NDArray[np.object_] = parts[np.asarray(shapely.get_type_id(parts)) == POLYGON]
    return found


def _fans(corners: Array, sizes: NDArray[np.int64], centres: Array) -> Array:
    """(T, 3, 2) triangles over rings of corners, so many to each, from their centres.

    A ring of four is cut along its diagonal: nothing hangs on its edges.
    """
    ring, begin = np.repeat(np.arange(len(sizes)), sizes), np.cumsum(sizes) - sizes
    row = np.arange(len(corners))
    place, first = row - begin[ring], begin[ring]
    after = np.where(place + 1 == sizes[ring], first, row + 1)
    plain = sizes[ring] == 4
    fan = np.stack([np.where(plain, first, len(corners) + ring), row, after], 1)
    fan = fan[~plain | (place == 1) | (place == 2)]
    found: Array = np.concatenate([corners, centres]).take(fan, axis=0)
    return found


def _lay(sheets: Sheets, land: Ground, corners: Array, material: str, lower_m: float) -> None:
    if len(corners) == 0:
        return
    # As complex numbers, which sort like rows and much faster.
    found, back = np.unique(np.ascontiguousarray(corners).view(np.complex128), return_inverse=True)
    places = found.view(np.float64).reshape(-1, 2)
    z = land.height(places) - lower_m
    semantic = "sidewalk" if material == "paving" else "terrain"
    # Normals of the height field, shared by all triangles that meet at a place: the ground looks round, not faceted.
    reach = 1.0
    dx = land.height(places + np.array([reach, 0.0])) - land.height(places - np.array([reach, 0.0]))
    dy = land.height(places + np.array([0.0, reach])) - land.height(places - np.array([0.0, reach]))
    normal = np.stack([-dx / (2 * reach), -dy / (2 * reach), np.ones(len(places))], 1)
    normal /= triples.length(normal)[:, None]
    back = back.reshape(-1)
    sheets.area(corners, z[back].reshape(-1, 3), material, semantic, normal[back].reshape(-1, 3, 3))
