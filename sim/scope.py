"""What a condition can ask of the running world: this moment, as all moments are asked later.  World floor."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from scenarios.evaluation import Handle
from scenarios.expressions import Expr, calls
from scenarios.nodes import Name
from sim.kernels import traffic as k
from sim.moments import Floats, Moments, Stops, Who, strangers, touching
from sim.questions import ask
from sim.trace import Ways
from sim.weather import WeatherTrack

NS_PER_S = 1_000_000_000
WEATHER_STEP_NS = 100_000_000  # the weather is looked at ten times a second


@dataclass(frozen=True, slots=True)
class Traveller:
    """An actor on its own lane path, now."""

    path: tuple[int, int]  # first row and rows in the path table
    s_m: float  # of its middle
    along_mps: float
    goal_m: tuple[float, float] | None  # where a walker goes, or will go with its next walk


@dataclass(frozen=True, slots=True)
class Bodies:
    """Everybody at one moment, in the order of `Who`."""

    x_m: Floats  # (B,)
    y_m: Floats
    yaw_rad: Floats
    vx_mps: Floats
    vy_mps: Floats
    acceleration_mps2: Floats
    present: NDArray[np.bool_]


class World(Protocol):
    """What the scope reads of a running simulation."""

    @property
    def weather(self) -> WeatherTrack: ...

    @property
    def time_s(self) -> float: ...

    @property
    def who(self) -> Who: ...

    @property
    def way_rows(self) -> Floats:
        """The path table, as `Ways.rows`."""

    def bodies(self) -> Bodies: ...

    def travellers(self) -> list[Traveller]:
        """The scenario's own actors, in the order of `who`."""

    def sight(self, view: str, columns: NDArray[np.intp]) -> Floats: ...

    def view_m(self, view: str) -> tuple[float, float]: ...

    def lit(self) -> NDArray[np.uint8] | None:
        """(L,) what traffic lights show."""

    def stops(self, first: int, count: int) -> Stops: ...


class WorldScope:
    """The `Scope` of the expression language over a running simulation."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.marks: dict[str, float] = {}
        self._pairs: dict[
            tuple[int, int], bool
        ] = {}  # columns whose touching is watched, and whether they did
        self._now: Moments | None = None
        self._meetings: dict[tuple[int, ...], Floats] = {}

    @property
    def time_s(self) -> float:
        return self.world.time_s

    def call(self, name: str, args: tuple[Handle, ...]) -> float | bool:
        answer = ask(self.moment(), name, args)[0]
        return bool(answer) if answer.dtype == np.bool_ else float(answer)

    def moment(self) -> Moments:
        """This moment; made once in every step."""
        if self._now is None or self._now.time_s[0] != self.time_s:
            self._now = self._made()
        return self._now

    def look_again(self) -> None:
        """Something that conditions ask for has changed within this step."""
        self._now = None

    def watch(self, conditions: Iterable[Expr]) -> None:
        """Remember from now on who touches whom, as far as some condition will ask."""
        who = self.world.who
        for expr in conditions:
            for call in calls(expr):
                if call.name != "collided":
                    continue
                columns = [who.column(arg.name) for arg in call.args if isinstance(arg, Name)]
                others = columns[1:] or strangers(who, columns[0])
                self._pairs.update({_pair(columns[0], other): False for other in others})

    def note(self) -> None:
        """Once in every step, before anybody asks: who touches whom now."""
        if not self._pairs:
            return
        m = self.moment()
        for (one, other), met in self._pairs.items():
            if not met:
                hit = touching(m.who, one, other, m.x_m, m.y_m, m.z_m, m.yaw_rad, m.present)
                self._pairs[one, other] = bool(hit[0])

    def _made(self) -> Moments:
        world, bodies, lit = self.world, self.world.bodies(), self.world.lit()
        return Moments(
            who=world.who,
            time_s=np.array([world.time_s]),
            x_m=bodies.x_m[None],
            y_m=bodies.y_m[None],
            z_m=np.zeros((1, len(bodies.x_m))),
            yaw_rad=bodies.yaw_rad[None],
            vx_mps=bodies.vx_mps[None],
            vy_mps=bodies.vy_mps[None],
            acceleration_mps2=bodies.acceleration_mps2[None],
            present=bodies.present[None],
            ways=ways_of(world.way_rows, world.travellers()),
            marks=self.marks,
            touched=self._touched,
            weather=self._weather,
            sight=world.sight,
            view_m=world.view_m,
            meetings=self._meetings,
            lights=None if lit is None else lit[None],
            stops=world.stops,
        )

    def _touched(self, one: int, other: int | None) -> NDArray[np.bool_]:
        others = strangers(self.world.who, one) if other is None else [other]
        return np.array([any(self._pairs.get(_pair(one, other), False) for other in others)])

    def _weather(self, attribute: str) -> Floats:
        time_ns = round(self.time_s * NS_PER_S)
        return np.array([float(getattr(self.world.weather.at(looked_at(time_ns)), attribute))])


def looked_at(time_ns: int) -> int:
    """The moment whose weather stands for this one."""
    return time_ns - time_ns % WEATHER_STEP_NS


def _pair(one: int, other: int) -> tuple[int, int]:
    return min(one, other), max(one, other)


def ways_of(rows: Floats, travellers: list[Traveller]) -> Ways:
    """The ways of one moment."""
    goals = [t.goal_m if t.goal_m is not None else (np.nan, np.nan) for t in travellers]
    return Ways(
        rows,
        np.array([[t.path[0] for t in travellers]], np.int32),
        np.array([[t.path[1] for t in travellers]], np.int32),
        np.array([[t.s_m for t in travellers]]),
        np.array([[t.along_mps for t in travellers]]),
        np.array([goals], np.float64).reshape(1, len(travellers), 2),
    )


class WayLog:
    """The ways of every step, for the trace."""

    def __init__(self, ticks: int, actors: int) -> None:
        self.first = np.zeros((ticks, actors), np.int32)
        self.count = np.zeros((ticks, actors), np.int32)
        self.along_m = np.zeros((ticks, actors))
        self.along_mps = np.zeros((ticks, actors))
        self.goal_m = np.full((ticks, actors, 2), np.nan)

    def take(self, tick: int, travellers: list[Traveller]) -> None:
        for column, t in enumerate(travellers):
            self.first[tick, column], self.count[tick, column] = t.path
            self.along_m[tick, column], self.along_mps[tick, column] = t.s_m, t.along_mps
            if t.goal_m is not None:
                self.goal_m[tick, column] = t.goal_m

    def ways(self, rows: Floats) -> Ways:
        """All of them over a table that holds only the paths that are used."""
        used = np.unique(np.stack((self.first.ravel(), self.count.ravel()), 1), axis=0)
        moved = {}
        blocks = []
        length = 0
        for first, count in used.tolist():
            moved[first] = length
            blocks.append(rows[first : first + count])
            length += count
        first = np.vectorize(moved.__getitem__, otypes=[np.int32])(self.first)
        return Ways(np.concatenate(blocks), first, self.count, self.along_m, self.along_mps, self.goal_m)


def boxes_of(things: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """(x, y, yaw, vx, vy) of some rows of the boxes that drivers see."""
    picked = things[rows]
    return picked[:, k.BX], picked[:, k.BY], picked[:, k.BYAW], picked[:, k.BVX], picked[:, k.BVY]
