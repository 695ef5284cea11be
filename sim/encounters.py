"""The outcome first: finds the start, wait or speed with which an encounter happens as it is stated.  World floor.

An encounter is rehearsed: the scenario runs, without being recorded, with the two actors blind to each other, for what
is stated is where they would be if neither reacted.  What then happens is the simulation's business.  The values found
are written into the scenario, so that the same words, or a lock of them, need no second search.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from scenarios.resolved import Concrete, Found
from scenarios.schema import Actor, Encounter, Step
from scenarios.tree import Path
from sim.placement import steps_of
from sim.rehearsal import Playable, sighting, tracks
from sim.roads.lane_words import PlaceError
from sim.seek import Sought, seek
from sim.tracks import ApartError, abreast, come_together

TOLERANCE_S = 0.01  # one tick
SEEN_S, SEEN_M = 0.02, 0.1  # looks are 50 ms apart, and what lies between is read off a line
MOST_LOOKS = 24  # rehearsals for one encounter
SWEEPS = 3  # over all encounters of a scenario, when a later one disturbs an earlier one
MOVE_M = 150.0  # a start is moved by at most this much, unless low and high say otherwise
FASTER = 3.0  # and a speed is at most this many times as high, or low
SLOWEST_MPS = 0.3

Stage = Callable[[Concrete], Playable]
Kind = Literal["start", "wait", "speed"]
UNITS: dict[Kind, str] = {"start": "m", "wait": "s", "speed": "m/s"}


def solve(concrete: Concrete, stage: Stage) -> Concrete:
    """The same sample with every encounter's start, wait or speed found; itself when there is nothing to find.

    Raises StormlaneError at the encounter that cannot happen, with how near it came.
    """
    encounters = concrete.scenario.encounters
    if not encounters or set(encounters) <= set(concrete.found):
        return concrete
    searches = {name: _Search(concrete, name, words, stage) for name, words in encounters.items()}
    values = {name: search.begin for name, search in searches.items()}
    times: dict[str, float] = {}
    for sweep in range(SWEEPS):
        for name, search in searches.items():
            values[name], times[name] = search.run(_Scenes(searches, dict(values), name), values[name])
        if len(searches) == 1 or all(s.holds(_with(searches, values)) for s in searches.values()):
            break
        if sweep == SWEEPS - 1:
            name = next(n for n, s in searches.items() if not s.holds(_with(searches, values)))
            raise concrete.wrong(
                ("encounters", name), f"{name}: the other encounters of the file disturb it each time"
            )
    found = {n: Found(s.kind, values[n], times[n]) for n, s in searches.items()}
    return replace(_with(searches, values), found=found)


@dataclass(frozen=True, slots=True)
class _Scenes:
    """The scenario by the value of one of its encounters."""

    searches: "dict[str, _Search]"
    values: dict[str, float]
    name: str

    def __call__(self, value: float) -> Concrete:
        return _with(self.searches, self.values | {self.name: value})


def _with(searches: dict[str, "_Search"], values: dict[str, float]) -> Concrete:
    """The scenario with values put in."""
    concrete = next(iter(searches.values())).concrete
    actors = dict(concrete.scenario.actors)
    for name, value in values.items():
        search = searches[name]
        actors[search.actor] = adjusted(actors[search.actor], search.kind, value)
    return replace(concrete, scenario=concrete.scenario.model_copy(update={"actors": actors}))


def who_of(words: Encounter[float]) -> str:
    """The actor that an encounter places."""
    stated = words.meet or words.reveal
    assert stated is not None, "checked when the file was loaded"
    return stated.actor


def told(found: Found, actor: str) -> str:
    """What was found, in words: `start of cyclist moved by -3.20 m`."""
    if found.kind == "start":
        return f"start of {actor} moved by {found.value:.2f} m"
    if found.kind == "wait":
        return f"{actor} waits {found.value:.2f} s more"
    return f"speed of {actor} {found.value * 3.6:.2f} km/h"


@dataclass(slots=True)
class _Search:
    """One encounter of a scenario, and what is looked for."""

    concrete: Concrete
    name: str
    words: Encounter[float]
    stage: Stage
    why: str = ""  # of the last outcome that did not exist
    at_s: float = 0.0  # when the last one happened that did

    @property
    def actor(self) -> str:
        return who_of(self.words)

    @property
    def kind(self) -> Kind:
        if self.words.adjust is not None:
            return self.words.adjust
        words = self.concrete.scenario.actors[self.actor]
        waits = words.start.speed_mps == 0.0 and any(s.walk is not None for s in steps_of(words.do))
        return "wait" if waits else "start"

    @property
    def begin(self) -> float:
        return speed_of(self.concrete.scenario.actors[self.actor]) if self.kind == "speed" else 0.0

    def range(self) -> tuple[float, float]:
        low, high = {
            "start": (-MOVE_M, MOVE_M),
            "wait": (0.0, self.concrete.scenario.capture.duration_s),
            "speed": (max(self.begin / FASTER, SLOWEST_MPS), self.begin * FASTER),
        }[self.kind]
        low = self.words.low if self.words.low is not None else low
        high = self.words.high if self.words.high is not None else high
        return low, high

    def run(self, scene: Callable[[float], Concrete], begin: float) -> tuple[float, float]:
        """(value, when the actor comes to the place)."""
        words = self.concrete.scenario.actors[self.actor]
        if self.kind != "start" and not moves(words):
            raise self._wrong(f"{self.actor!r} has no step that moves it; adjust its start", "adjust")
        if self.kind == "wait" and words.start.speed_mps > 0.0:
            raise self._wrong(
                f"{self.actor!r} moves from the start and would not wait; adjust start or speed", "adjust"
            )
        meet, duration_s = self.words.meet, self.concrete.scenario.capture.duration_s
        if meet is not None and meet.at_s is not None and meet.at_s > duration_s:
            raise self._wrong(f"at {meet.at_s:g} s the clip of {duration_s:g} s is over", "meet", "at")
        low, high = self.range()
        if low > high:
            raise self._wrong(f"low is {low:g} and high {high:g}; nothing lies between", "low")
        at: dict[float, float] = {}

        def miss(x: float) -> float | None:
            missed = self.miss(scene(x))
            at[x] = self.at_s
            return missed

        sought = seek(miss, begin, self.slope, low, high, self.tolerance, MOST_LOOKS)
        if not sought.found or sought.best is None:
            raise self._wrong(self._short_of(sought, low, high))
        when = at[sought.best.x]
        if meet is not None and not 0.0 <= when <= duration_s:
            raise self._wrong(
                f"{self.actor!r} and {meet.other!r} would meet {abs(when):.1f} s "
                f"{'after' if when > 0.0 else 'before'} the start of a clip of {duration_s:g} s"
            )
        return sought.best.x, when

    @property
    def slope(self) -> float:
        """A guess of how fast the outcome changes with the value."""
        actors = self.concrete.scenario.actors
        pace = max(speed_of(actors[self.actor]), 1.0)
        if self.words.meet is not None:
            return {"start": -1.0 / pace, "wait": 1.0, "speed": -3.0 / pace}[self.kind]
        ego = max(speed_of(actors["ego"]), 1.0)  # who waits longer is seen when the ego is nearer
        rate = {"start": 1.0 / ego, "wait": -1.0, "speed": 1.0 / pace}[self.kind]
        return rate if self.wanted[1] == "s" else rate * ego

    @property
    def wanted(self) -> tuple[float, str]:
        """The number that is stated, and its unit."""
        if self.words.meet is not None:
            return self.words.meet.apart_s, "s"
        reveal = self.words.reveal
        assert reveal is not None, "checked when the file was loaded"
        if reveal.ttc_s is not None:
            return reveal.ttc_s, "s"
        assert reveal.distance_m is not None, "checked when the file was loaded"
        return reveal.distance_m, "m"

    @property
    def tolerance(self) -> float:
        if self.words.meet is not None:
            return TOLERANCE_S
        return SEEN_S if self.wanted[1] == "s" else SEEN_M

    def holds(self, scene: Concrete) -> bool:
        missed = self.miss(scene)
        return missed is not None and abs(missed) <= 2.0 * self.tolerance

    def miss(self, scene: Concrete) -> float | None:
        """By how much the outcome misses what is stated; None where there is no outcome at all."""
        try:
            outcome = self._met(scene) if self.words.meet is not None else self._seen(scene)
        except ApartError as reason:
            self.why = str(reason)
            return None
        except PlaceError as error:
            if error.path[:2] != ("actors", self.actor):
                raise
            self.why = error.message
            return None
        return outcome - self.wanted[0]

    def _met(self, scene: Concrete) -> float:
        """How much later than the other the actor comes, s."""
        meet = self.words.meet
        assert meet is not None
        names = meet.actor, meet.other
        actor, other = tracks(self.stage(scene), names)
        found = (
            come_together(actor, other, names)
            if meet.at_s is None
            else abreast(actor, other, meet.at_s, names)
        )
        for name, time_s in zip(names, (found.actor_s, found.other_s), strict=True):
            if not math.isfinite(time_s):
                raise ApartError(f"{name!r} does not come to the place within the clip")
        self.at_s = found.actor_s
        return found.actor_s - found.other_s

    def _seen(self, scene: Concrete) -> float:
        """Time or way left for the ego when the actor comes into sight."""
        reveal = self.words.reveal
        assert reveal is not None
        found = sighting(self.stage(scene), reveal.actor, reveal.by, reveal.share)
        if found is None:
            raise ApartError(
                f"{reveal.by} never sees {100 * reveal.share:g} % of {reveal.actor!r} within the clip"
            )
        if found.time_s == 0.0:
            raise ApartError(f"{reveal.by} sees {reveal.actor!r} from the start")
        left = found.ttc_s if reveal.ttc_s is not None else found.distance_m
        if not math.isfinite(left):
            raise ApartError(f"when {reveal.by} sees {reveal.actor!r}, the ego is not on its way to it")
        self.at_s = found.time_s
        return left

    # -------------------------------------------------------------------------------------------------- telling
    def _short_of(self, sought: Sought, low: float, high: float) -> str:
        if sought.best is None or sought.best.miss is None:
            return self.why
        factor, unit = (3.6, "km/h") if self.kind == "speed" else (1.0, UNITS[self.kind])
        wanted, of = self.wanted
        what = f"{sought.best.miss + wanted:.2f} {of} {'apart' if self.words.meet is not None else 'away'}"
        return (
            f"no {self.kind} of {self.actor!r} between {low * factor:g} and {high * factor:g} {unit} makes it: nearest "
            f"is {what} instead of {wanted:g} {of}, at {sought.best.x * factor:.2f} {unit}"
        )

    def _wrong(self, message: str, *words: str) -> Exception:
        path: Path = ("encounters", self.name, *words)
        return self.concrete.wrong(path, f"{self.name}: {message}")


# ------------------------------------------------------------------------------------------------------- adjusting
def adjusted(actor: Actor[float, str], kind: Kind, value: float) -> Actor[float, str]:
    """An actor with its start moved on, its speeds scaled, or a wait before its first move."""
    if kind == "start":
        further = actor.start.advance_m + value
        return actor.model_copy(update={"start": actor.start.model_copy(update={"advance_m": further})})
    if kind == "wait":
        return actor if value == 0.0 else actor.model_copy(update={"do": _later(actor.do, value)})
    share = value / speed_of(actor)
    start = actor.start.model_copy(update={"speed_mps": actor.start.speed_mps * share})
    return actor.model_copy(update={"start": start, "do": [_faster(step, share) for step in actor.do]})


def speed_of(actor: Actor[float, str]) -> float:
    """The speed of the first move, which stands for all speeds of an actor when they are scaled."""
    for step in steps_of(actor.do):
        move = step.drive or step.walk
        if move is not None and move.speed_mps > 0.0:
            return move.speed_mps
    return actor.start.speed_mps


def moves(actor: Actor[float, str]) -> bool:
    return speed_of(actor) > 0.0


def _later(steps: list[Step[float, str]], seconds: float) -> list[Step[float, str]]:
    """The steps with a wait before the first that moves; a wait that stands there is prolonged."""
    first = next(k for k, step in enumerate(steps) if any(s.drive or s.walk for s in steps_of([step])))
    steps = list(steps)
    before = steps[first - 1].wait if first > 0 else None
    if before is not None:
        longer = before.model_copy(update={"after_s": before.after_s + seconds})
        steps[first - 1] = steps[first - 1].model_copy(update={"wait": longer})
        return steps
    wait: dict[str, Any] = {"wait": {"for_s": seconds}}
    return [*steps[:first], Step[float, str].model_validate(wait), *steps[first:]]


def _faster(step: Step[float, str], share: float) -> Step[float, str]:
    """A step with its speeds scaled."""
    if step.one_of is not None:
        ways = {way: [_faster(s, share) for s in steps] for way, steps in step.one_of.items()}
        return step.model_copy(update={"one_of": ways})
    changed: dict[str, Any] = {}
    if step.drive is not None:
        changed["drive"] = step.drive.model_copy(update={"speed_mps": step.drive.speed_mps * share})
    if step.walk is not None:
        changed["walk"] = step.walk.model_copy(update={"speed_mps": step.walk.speed_mps * share})
    if step.brake is not None:
        changed["brake"] = step.brake.model_copy(update={"to_mps": step.brake.to_mps * share})
    return step.model_copy(update=changed) if changed else step
