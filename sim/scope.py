"""What a condition can ask of the running world: distances, gaps and times to meet.  World floor.

All along-road measures run along the first actor's own lane path, between bumpers.  What will never happen takes
infinitely long.
"""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from scenarios.expressions import PathOf
from sim.kernels import traffic as k

SLOW_MPS = 1e-3


@dataclass(frozen=True, slots=True)
class Traveller:
    """An actor as a condition sees it."""

    path: tuple[int, int]  # first row and rows in the path table
    s_m: float  # of its centre, on its own path
    along_mps: float
    row: int  # of `things`


class World(Protocol):
    """What the scope reads of a running simulation."""

    things: NDArray[np.float64]  # (B, 8) boxes on the ground, as kernels.traffic has them
    thing_row: dict[str, int]

    @property
    def time_s(self) -> float: ...

    @property
    def path_rows(self) -> NDArray[np.float64]:
        """The path table."""

    def traveller(self, name: str) -> Traveller: ...

    def station_m(self, name: str) -> float:
        """Of an actor, along the road it is on."""

    def way(self, name: str) -> NDArray[np.float64] | None:
        """(2, 2) the line a walker is on or will be on with its next walk; None for a vehicle."""


class WorldScope:
    """The `Scope` of the expression language over a running simulation."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.marks: dict[str, float] = {}

    @property
    def time_s(self) -> float:
        return self.world.time_s

    def call(self, name: str, args: tuple[str | PathOf, ...]) -> float | bool:
        first = args[0]
        things, rows = self.world.things, self.world.thing_row
        assert isinstance(first, str)
        if name == "event":
            return first in self.marks
        if name == "speed":
            return float(np.hypot(things[rows[first], k.BVX], things[rows[first], k.BVY]))
        if name == "s":
            return self.world.station_m(first)
        second = args[1]
        if isinstance(second, PathOf):
            ahead = self._to_crossing(first, second.actor)
            if name == "distance":
                return ahead
            return _time(ahead, self.world.traveller(first).along_mps)
        if name == "distance":
            return box_distance(things[rows[first]], things[rows[second]])
        gap, other_mps = self._gap(first, second)
        own_mps = self.world.traveller(first).along_mps
        if name == "gap":
            return gap
        if gap < 0.0:
            return math.inf
        return _time(gap, own_mps - other_mps if name == "ttc" else own_mps)

    def _gap(self, first: str, second: str) -> tuple[float, float]:
        """Bumper to bumper along the first's path (negative when behind or beside), and the other's speed along it."""
        own = self.world.traveller(first)
        box = self.world.things[self.world.thing_row[second]]
        ahead = _ahead(self.world.things[own.row], box)
        s, _ = k.onto_path(self.world.path_rows, *own.path, box[k.BX], box[k.BY], own.s_m + ahead, 6)
        _, _, yaw, _, _ = k.path_at(self.world.path_rows, *own.path, s)
        gap = s - own.s_m - _half_along(box, yaw) - _half_along(self.world.things[own.row], self._yaw(own))
        return gap, float(box[k.BVX] * math.cos(yaw) + box[k.BVY] * math.sin(yaw))

    def _yaw(self, own: Traveller) -> float:
        return float(k.path_at(self.world.path_rows, *own.path, own.s_m)[2])

    def _to_crossing(self, first: str, second: str) -> float:
        """Metres from the first's front bumper to where the other's way crosses the first's path; inf if it does not."""
        own = self.world.traveller(first)
        half = _half_along(self.world.things[own.row], self._yaw(own))
        start = max(int((own.s_m - half) / k.PATH_STEP_M), 0)
        rows = self.world.path_rows[own.path[0] + start : own.path[0] + own.path[1], : k.PY + 1]
        crossed = first_crossing(rows, self._way(second))
        if crossed is None:
            return math.inf
        return max((start + crossed) * k.PATH_STEP_M - own.s_m - half, 0.0)

    def _way(self, name: str) -> NDArray[np.float64]:
        way = self.world.way(name)
        if way is not None:
            return way
        own = self.world.traveller(name)
        start = max(int(own.s_m / k.PATH_STEP_M), 0)
        rows = self.world.path_rows[own.path[0] + start : own.path[0] + own.path[1], : k.PY + 1]
        return np.ascontiguousarray(rows)


def _time(distance_m: float, speed_mps: float) -> float:
    return distance_m / speed_mps if speed_mps > SLOW_MPS else math.inf


def _ahead(own: NDArray[np.float64], box: NDArray[np.float64]) -> float:
    yaw = own[k.BYAW]
    return float((box[k.BX] - own[k.BX]) * math.cos(yaw) + (box[k.BY] - own[k.BY]) * math.sin(yaw))


def _half_along(box: NDArray[np.float64], yaw: float) -> float:
    turn = box[k.BYAW] - yaw
    return float(abs(math.cos(turn)) * box[k.BHALF_LENGTH] + abs(math.sin(turn)) * box[k.BHALF_WIDTH])


def first_crossing(path: NDArray[np.float64], way: NDArray[np.float64]) -> float | None:
    """Where along `path` (in samples, fractional) the polyline `way` first crosses it; None if it never does."""
    if len(path) < 2 or len(way) < 2:
        return None
    a, u = path[:-1, None, :], np.diff(path, axis=0)[:, None, :]
    b, w = way[None, :-1, :], np.diff(way, axis=0)[None, :, :]
    cross = u[..., 0] * w[..., 1] - u[..., 1] * w[..., 0]
    d = b - a
    with np.errstate(divide="ignore", invalid="ignore"):
        along = (d[..., 0] * w[..., 1] - d[..., 1] * w[..., 0]) / cross
        across = (d[..., 0] * u[..., 1] - d[..., 1] * u[..., 0]) / cross
        hit = (along >= 0.0) & (along <= 1.0) & (across >= 0.0) & (across <= 1.0)
    segments = np.flatnonzero(hit.any(axis=1))
    if len(segments) == 0:
        return None
    k0 = int(segments[0])
    return k0 + float(along[k0][hit[k0]].min())


def corners(box: NDArray[np.float64]) -> NDArray[np.float64]:
    """(4, 2) corners of a row of `things`, counter-clockwise."""
    cos, sin = math.cos(box[k.BYAW]), math.sin(box[k.BYAW])
    forward = np.array((cos, sin)) * box[k.BHALF_LENGTH]
    left = np.array((-sin, cos)) * box[k.BHALF_WIDTH]
    centre = box[[k.BX, k.BY]]
    return np.stack(
        (centre + forward + left, centre - forward + left, centre - forward - left, centre + forward - left)
    )


def box_distance(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Metres between the outlines of two boxes on the ground; 0 where they overlap."""
    p, q = corners(a), corners(b)
    if _separated(p, q) is False and _separated(q, p) is False:
        return 0.0
    return min(_points_to_edges(p, q), _points_to_edges(q, p))


def _separated(p: NDArray[np.float64], q: NDArray[np.float64]) -> bool:
    """Whether an edge direction of the rectangle p separates it from q."""
    for edge in (p[0] - p[1], p[1] - p[2]):
        shadow_p, shadow_q = p @ edge, q @ edge
        if shadow_p.max() < shadow_q.min() or shadow_q.max() < shadow_p.min():
            return True
    return False


def _points_to_edges(p: NDArray[np.float64], q: NDArray[np.float64]) -> float:
    start, way = q, np.roll(q, -1, axis=0) - q
    d = p[:, None, :] - start[None, :, :]
    share = np.clip((d * way).sum(-1) / np.maximum((way * way).sum(-1), 1e-12), 0.0, 1.0)
    return float(np.sqrt(((d - share[..., None] * way) ** 2).sum(-1)).min())
