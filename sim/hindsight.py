"""A finished trace as moments of the world that can be asked.  World floor."""

import numpy as np
from numpy.typing import NDArray

from scenarios.taxonomy import ACTOR_CLASSES
from sim.light_groups import along_way
from sim.looking import view_m
from sim.lookout import Lookout
from sim.moments import Floats, Moments, Stops, Who, strangers, touching
from sim.roads.records import axes
from sim.scope import looked_at
from sim.sight import LOOK_NS
from sim.solids import bodies_of
from sim.trace import Ways, WorldTrace

NS_PER_S = 1_000_000_000


def moments_of(trace: WorldTrace) -> Moments:
    """All moments of the clip, first to last tick; what was simulated beyond its end is left out."""
    if trace.ways is None:
        raise ValueError("a trace without ways was not made by a scenario and cannot be asked")
    end_ns = round(trace.concrete.scenario.capture.duration_s * NS_PER_S)
    count = int(np.searchsorted(trace.time_ns, end_ns, side="right"))
    sizes = np.array([a.size_m for a in trace.actors])
    who = Who(
        tuple(a.name for a in trace.actors),
        tuple(a.actor_class for a in trace.actors),
        sizes[:, 0] / 2,
        sizes[:, 1] / 2,
        sizes[:, 2].copy(),
    )
    time_ns = trace.time_ns[:count]
    yaw = trace.rotation_rad[:count, :, 0]
    speed = trace.speed_mps[:count]
    place = trace.position_m[:count].copy()
    vx, vy = speed * np.cos(yaw), speed * np.sin(yaw)
    for column, actor in enumerate(trace.actors):
        if ACTOR_CLASSES[actor.actor_class].moves == "prop":  # it may tumble, and fly any way
            up = _up(trace.rotation_rad[:count, column])
            place[:, column] += 0.5 * actor.size_m[2] * up * (1.0, 1.0, 0.0)
            vx[:, column], vy[:, column] = trace.velocity_mps[:count, column, :2].T
    hindsight = _Hindsight(trace, who, place)
    marks: dict[str, float] = {}
    for event in trace.events:
        marks.setdefault(event.name, event.time_ns / NS_PER_S)
    w = trace.ways
    return Moments(
        who=who,
        time_s=time_ns / NS_PER_S,
        x_m=place[:, :, 0],
        y_m=place[:, :, 1],
        z_m=place[:, :, 2],
        yaw_rad=yaw,
        vx_mps=vx,
        vy_mps=vy,
        acceleration_mps2=trace.acceleration_mps2[:count],
        present=trace.present[:count],
        ways=Ways(
            w.rows, w.first[:count], w.count[:count], w.along_m[:count], w.along_mps[:count], w.goal_m[:count]
        ),
        marks=marks,
        touched=hindsight.touched,
        weather=hindsight.weather,
        sight=hindsight.sight,
        view_m=lambda view: view_m(trace.concrete, view),
        meetings={},
        lights=None if trace.lights is None else trace.lights[:count],
        stops=hindsight.stops,
    )


def _up(rotation_rad: Floats) -> Floats:
    """(N, 3) where the tops of bodies point."""
    yaw, pitch, roll = rotation_rad.T
    return axes(yaw, pitch, roll)[2]


class _Hindsight:
    """Answers that look at the whole trace, each worked out once."""

    def __init__(self, trace: WorldTrace, who: Who, place_m: Floats) -> None:
        self.trace = trace
        self.who = who
        self.place_m = place_m
        self.count = len(place_m)
        self._stops: dict[tuple[int, int], Stops] = {}
        self._met: dict[tuple[int, int], NDArray[np.bool_]] = {}
        self._lookout: Lookout | None = None
        self._seen: dict[tuple[str, int, int], float] = {}

    def touched(self, one: int, other: int | None) -> NDArray[np.bool_]:
        """Whether two bodies have touched so far; without another, whether one has touched anybody."""
        if other is None:
            met = np.zeros(self.count, np.bool_)
            for stranger in strangers(self.who, one):
                met |= self.touched(one, stranger)
            return met
        pair = (min(one, other), max(one, other))
        if pair not in self._met:
            place, turn = self.place_m, self.trace.rotation_rad[: self.count, :, 0]
            now = touching(
                self.who,
                *pair,
                place[:, :, 0],
                place[:, :, 1],
                place[:, :, 2],
                turn,
                self.trace.present[: self.count],
            )
            self._met[pair] = np.logical_or.accumulate(now)
        return self._met[pair]

    def stops(self, first: int, count: int) -> Stops:
        key = (first, count)
        if key not in self._stops:
            assert self.trace.ways is not None, "checked by moments_of"
            self._stops[key] = along_way(self.trace.road, self.trace.ways.rows[first : first + count])
        return self._stops[key]

    def weather(self, attribute: str) -> Floats:
        looks, places = np.unique(
            [looked_at(int(t)) for t in self.trace.time_ns[: self.count]], return_inverse=True
        )
        values = [float(getattr(self.trace.weather.at(int(t)), attribute)) for t in looks]
        return np.array(values)[places]

    def sight(self, view: str, columns: NDArray[np.intp]) -> Floats:
        """Looked at twenty times a second, and held in between."""
        trace = self.trace
        if self._lookout is None:
            sizes = np.array([a.size_m for a in trace.actors])
            self._lookout = Lookout.over(
                trace.concrete, trace.road, bodies_of(trace.actors), sizes, trace.index("ego")
            )
        shares = np.zeros(self.count)
        last, found = (-1, -2), 0.0
        for tick in range(self.count):
            look = (int(trace.time_ns[tick]) // LOOK_NS, int(columns[tick]))
            if look != last:
                last = look
                found = self._share(view, look[1], int(np.searchsorted(trace.time_ns, look[0] * LOOK_NS)))
            shares[tick] = found
        return shares

    def _share(self, view: str, column: int, tick: int) -> float:
        key = (view, column, tick)
        if key not in self._seen:
            assert self._lookout is not None
            trace = self.trace
            place, turn = trace.position_m[tick], trace.rotation_rad[tick]
            self._seen[key] = self._lookout.share(view, column, place, turn, trace.present[tick])
        return self._seen[key]
