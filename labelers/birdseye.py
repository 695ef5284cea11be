"""Maps from above: lanes, crossings and actors about the ego in a square of cells, and the road's areas as polygons.

The square turns with the ego.  A cell belongs to an area that holds its middle, and to a line that touches it.
Labels floor.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from labelers.definitions import BIRDSEYE_LAYERS
from labelers.geometry import world_from_cuboid
from labelers.records import Birdseye, Cuboid, Line
from scenarios.taxonomy import ACTOR_CLASSES, PEOPLE
from sim.roads.lanes import DRIVABLE, WALKABLE
from sim.roads.network import RoadNetwork

BIT = {name: 1 << k for k, name in enumerate(BIRDSEYE_LAYERS)}
AREAS = ("drivable", "lane", "crossing", "sidewalk")  # layers that are areas of the road model
FINE = 1 << 6  # steps of a cell in which corners are given to the filler

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Area:
    """A polygon of the road model."""

    layers: tuple[str, ...]
    name: str  # "road/section/lane" of a lane, "crossing 3", "stop line 2"
    outline_m: Points  # (M, 3) world


@lru_cache(maxsize=4)
def road_areas(road: RoadNetwork) -> tuple[Area, ...]:
    """All areas of a network: lanes, sidewalks, crossings, stop lines."""
    return tuple(_areas(road))


def _areas(road: RoadNetwork) -> Iterator[Area]:
    for strip in road.strips():
        layers = [
            name
            for name, kinds in (
                ("drivable", DRIVABLE | {"parking"}),
                ("lane", DRIVABLE),
                ("sidewalk", WALKABLE),
            )
            if strip.kind in kinds
        ]
        if layers:
            outline = np.concatenate([strip.inner_m, strip.outer_m[::-1]])
            yield Area(tuple(layers), f"{strip.road}/{strip.section}/{strip.lane}", outline)
    crossings = [o for o in road.objects if o.kind == "crosswalk" and o.outline_m is not None]
    for number, thing in enumerate(crossings, 1):
        assert thing.outline_m is not None
        yield Area(("crossing",), f"crossing {number}", np.asarray(thing.outline_m, np.float64))
    for number, mark in enumerate((m for m in road.paint if m.kind == "stop_line"), 1):
        half = 0.5 * mark.width_m * mark.left
        yield Area(
            ("stop_line",),
            f"stop line {number}",
            np.concatenate([mark.centre_m + half, (mark.centre_m - half)[::-1]]),
        )


def birdseye(
    world_from_ego: NDArray[np.float64],
    road: RoadNetwork | None,
    lines: Sequence[Line],
    cuboids: Sequence[Cuboid],
    size_m: float,
    cell_m: float,
) -> Birdseye:
    """The map about an ego."""
    count = max(round(size_m / cell_m), 1)
    bits = np.zeros((count, count), np.uint16)
    heading = math.atan2(world_from_ego[1, 0], world_from_ego[0, 0])
    turn = np.array(((math.cos(heading), math.sin(heading)), (-math.sin(heading), math.cos(heading))))

    def cells(world_m: Points) -> Points:
        """(column, row), middles of cells at integers."""
        ahead = (world_m[:, :2] - world_from_ego[:2, 3]) @ turn.T
        return np.stack([0.5 * size_m - ahead[:, 1], 0.5 * size_m - ahead[:, 0]], axis=1) / cell_m - 0.5

    reach = size_m
    for area in () if road is None else road_areas(road):
        if np.hypot(*(area.outline_m[:, :2] - world_from_ego[:2, 3]).T).min() > reach and not _about(
            area.outline_m, world_from_ego
        ):
            continue
        at = cells(area.outline_m)
        for name in area.layers:
            _fill(bits, at, BIT[name], touch=name == "stop_line")
    for line in lines:
        if line.kind != "curb":
            _draw(bits, cells(line.points_m), BIT["divider"])
    for cuboid in cuboids:
        _fill(bits, cells(footprint(cuboid)), BIT[layer_of(cuboid)])
    return Birdseye(size_m, cell_m, bits)


def _about(outline_m: Points, world_from_ego: NDArray[np.float64]) -> bool:
    low, high = outline_m[:, :2].min(axis=0), outline_m[:, :2].max(axis=0)
    return bool((low < world_from_ego[:2, 3]).all() and (high > world_from_ego[:2, 3]).all())


def layer_of(cuboid: Cuboid) -> str:
    """Which layer an actor is in."""
    if cuboid.actor_class in PEOPLE:
        return "person"
    return "vehicle" if ACTOR_CLASSES[cuboid.actor_class].moves == "vehicle" else "other_actor"


def footprint(cuboid: Cuboid) -> Points:
    """(4, 3) corners of an actor's rectangle: what the plane through its middle covers."""
    length, width, _ = cuboid.size_m
    corners = 0.5 * np.array(
        ((length, width, 0), (length, -width, 0), (-length, -width, 0), (-length, width, 0))
    )
    pose = world_from_cuboid(cuboid)
    out: Points = corners @ pose[:3, :3].T + pose[:3, 3]
    return out


def _fill(bits: NDArray[np.uint16], at: Points, bit: int, touch: bool = False) -> None:
    """Set a bit in cells whose middles lie in a polygon (or, with `touch`, in those that it reaches into)."""
    height, width = bits.shape
    low = np.maximum(np.floor(at.min(axis=0)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(at.max(axis=0)).astype(int) + 2, (width, height))
    if (high <= low).any():
        return
    across, down = (high - low).tolist()
    if touch:
        mask = np.zeros((down, across), np.uint8)
        cv2.fillPoly(mask, [np.rint((at - low) * FINE).astype(np.int32)], 1, shift=6)
        inside = mask > 0
    else:
        inside = _holds(at - low, across, down)
    bits[low[1] : high[1], low[0] : high[0]][inside] |= np.uint16(bit)


def _holds(at: Points, across: int, down: int) -> NDArray[np.bool_]:
    """(down, across) whether whole numbers lie in a polygon: by crossings of each row with its edges."""
    start, end = at, np.roll(at, -1, axis=0)
    low = np.clip(np.ceil(np.minimum(start[:, 1], end[:, 1])), 0, down).astype(np.int64)
    high = np.clip(np.ceil(np.maximum(start[:, 1], end[:, 1])), 0, down).astype(np.int64)
    count = high - low
    edge = np.repeat(np.arange(len(at)), count)
    row = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count) + low[edge]
    (ax, ay), (bx, by) = start[edge].T, end[edge].T
    x = ax + (row - ay) * (bx - ax) / (by - ay)
    flips = np.zeros((down, across + 1), np.int32)
    np.add.at(flips, (row, np.clip(np.ceil(x), 0, across).astype(np.int64)), 1)
    inside: NDArray[np.bool_] = np.cumsum(flips, axis=1)[:, :across] % 2 == 1
    return inside


def _draw(bits: NDArray[np.uint16], at: Points, bit: int) -> None:
    """Set a bit in the cells that a line passes."""
    height, width = bits.shape
    start, way = at[:-1], np.diff(at, axis=0)
    near = (np.minimum(start, at[1:]) < (width, height)) & (np.maximum(start, at[1:]) > -1.0)
    start, way = start[near.all(axis=1)], way[near.all(axis=1)]
    if not len(way):
        return
    steps = np.maximum(np.ceil(np.abs(way).max(axis=1) * 4).astype(int), 1)
    piece = np.repeat(np.arange(len(way)), steps + 1)
    step = np.arange(len(piece)) - np.repeat(np.cumsum(steps + 1) - (steps + 1), steps + 1)
    passed = start[piece] + (step / steps[piece])[:, None] * way[piece]
    column, row = np.rint(passed).astype(int).T
    kept = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    bits[row[kept], column[kept]] |= np.uint16(bit)
