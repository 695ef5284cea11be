"""A run of a scenario for the sake of one encounter: who was where, and when who came into sight.  World floor."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from scenarios.evaluation import evaluate
from scenarios.expressions import Expr, parse
from sim.kernels import traffic as k
from sim.looking import Looking, Running
from sim.moments import Floats
from sim.scope import WorldScope
from sim.sight import LOOK_NS
from sim.tracks import Track
from sim.weather import NS_PER_S

WALKED_BEFORE_M = 30.0  # of the line by which a walker comes to its start
ACROSS = 0.5  # sine of the angle between two ways from which one crosses the other


class Playable(Running, Protocol):
    """What is needed of a simulation that has not begun."""

    looking: Looking
    scope: WorldScope

    def play(self) -> Iterator[int]:
        """Every tick, when all have decided and nobody has moved yet."""

    def end(self) -> None:
        """Called when no more ticks are wanted."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """The moment when an actor is first seen well enough."""

    time_s: float
    ttc_s: float  # until the ego reaches the actor's path, or the actor itself where that does not cross
    distance_m: float


def tracks(run: Playable, names: tuple[str, str]) -> tuple[Track, Track]:
    """The tracks of two actors who do not see each other."""
    rows = _blind(run, names)
    seen = np.empty((run.ticks, 2, 4))
    try:
        for tick in run.play():
            seen[tick] = run.things[rows][:, [k.BX, k.BY, k.BVX, k.BVY]]
    finally:
        run.end()
    one, other = (_track(run, name, seen[:, column]) for column, name in enumerate(names))
    return one, other


def sighting(run: Playable, actor: str, by: str, share: float) -> Sighting | None:
    """When the ego, who does not react to it, first sees a share of an actor; None when it never does.

    Sensors look twenty times a second; between two looks everything is taken to change evenly.
    """
    (row, ego) = _blind(run, (actor, "ego"))
    visible = parse(f"visible({actor}, {by})")
    every = max(round(LOOK_NS / NS_PER_S / run.step_s), 1)
    before: tuple[float, Sighting] | None = None
    walks = actor in run.walkers
    play = run.play()
    try:
        for tick in play:
            if tick % every:
                continue
            turn = run.things[row, k.BYAW] - run.things[ego, k.BYAW]
            to = f"path({actor})" if walks or abs(math.sin(turn)) > ACROSS else actor
            way = "distance" if to != actor else "gap"
            now = Sighting(run.time_s, _ask(run, f"ttc(ego, {to})"), _ask(run, f"{way}(ego, {to})"))
            seen = _value(run, visible)
            if seen >= share:
                return (
                    now
                    if before is None
                    else _between(before[1], now, (share - before[0]) / (seen - before[0]))
                )
            before = seen, now
    finally:
        play.close()  # type: ignore[attr-defined]
        run.end()
    return None


def _between(a: Sighting, b: Sighting, share: float) -> Sighting:
    return Sighting(
        a.time_s + share * (b.time_s - a.time_s),
        a.ttc_s + share * (b.ttc_s - a.ttc_s),
        a.distance_m + share * (b.distance_m - a.distance_m),
    )


def _ask(run: Playable, text: str) -> float:
    return _value(run, parse(text))


def _value(run: Playable, expr: Expr) -> float:
    return float(evaluate(expr, run.scope))


def _blind(run: Playable, names: tuple[str, str]) -> list[int]:
    """Rows of two actors whom no driver takes for a leader from now on."""
    rows = [run.thing_row[name] for name in names]
    run.things[rows, k.BKIND] = k.PARKED
    return rows


def _track(run: Playable, name: str, seen: Floats) -> Track:
    place = seen[:, :2]
    speed: Floats = np.hypot(seen[:, 2], seen[:, 3])
    time_s = np.arange(run.ticks, dtype=np.float64) * run.step_s
    if name in run.fleet.row:
        row = run.fleet.row[name]
        _, begun = run.fleet.paths[row][0]
        before: Floats = begun.position_m[begun.s_m < run.placed[name].s_m, :2]
        path = run.fleet.path(row)
        after: Floats = path.position_m[path.s_m > run.fleet.centre_s_m(row), :2]
    else:  # walkers come straight to where they start
        goal_m = run.looking.travellers()[list(run.placed).index(name)].goal_m
        after = np.zeros((0, 2)) if goal_m is None else np.array([goal_m])
        moving = np.flatnonzero(speed > 0.0)
        toward = (
            place[min(int(moving[0]) + 1, run.ticks - 1)]
            if len(moving)
            else np.vstack((place[:1], after))[-1]
        )
        length = math.hypot(*(toward - place[0]))
        before = place[:1] - WALKED_BEFORE_M * (toward - place[0]) / max(length, 1e-9)
    return Track(time_s, place, speed, np.vstack((before, place[:1])), np.vstack((place[-1:], after)))
