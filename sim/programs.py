"""The steps of an actor as a program that runs beside the world, one tick at a time.  World floor.

A program is a generator: between two `yield`s it gives orders, at a `yield` it lets the world go on by a tick.
Marks and orders of the same instant take no time.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from scenarios.expressions import Expr, Watch, parse
from scenarios.schema import (
    Actor,
    ChangeLane,
    CloseDoor,
    Drive,
    LampWord,
    OpenDoor,
    Release,
    ResolvedScenario,
    Roll,
    SetLights,
    Step,
    Stop,
    Wait,
    Walk,
)
from scenarios.tree import Path
from scenarios.walk import parts
from sim.fleet import EASY_STOP_MPS2, Fleet
from sim.roads.lane_words import PlaceError
from sim.roads.network import RoadNetwork
from sim.scope import WorldScope
from sim.walkers import Goal, Walker

Program = Iterator[None]
TRAILING_M = 60.0  # of the new lane's path kept behind a vehicle that changes lanes
# What a wrong-way driver calls left is the right of those who drive as the lane wants.
MIRRORED = {"left": "right", "right": "left", "next_left": "next_right", "next_right": "next_left"}
EARLY_S = 1e-6  # a time is reached when it is this near: ticks are rounded numbers


class Stagehand(Protocol):
    """What programs need of a running simulation."""

    network: RoadNetwork
    fleet: Fleet
    walkers: dict[str, Walker]
    scope: WorldScope
    tick: int
    reach_m: float

    @property
    def time_s(self) -> float: ...

    def emit(self, name: str) -> None: ...

    def switch(self, name: str, words: list[LampWord]) -> None: ...

    def set_lights(self, words: SetLights) -> None: ...

    def swing(self, name: str, door: str, to: float, over_s: float) -> None: ...

    def release(self, name: str, words: Release[float]) -> None: ...

    def roll(self, name: str, words: Roll[float]) -> None: ...


def conditions_of(scenario: ResolvedScenario) -> list[Expr]:
    """Every condition that some actor waits for."""
    waits = (part for _, part in parts(scenario) if isinstance(part, Wait))
    return [parse(wait.until) for wait in waits if wait.until is not None]


def program(run: Stagehand, name: str, actor: Actor[float, str]) -> Program:
    """The steps of one actor, in order."""
    yield from _steps(run, name, actor.do, ("do",))


def _steps(run: Stagehand, name: str, steps: Sequence[Step[float, str]], place: Path) -> Program:
    walker = run.walkers.get(name)
    for number, step in enumerate(steps):
        try:
            if step.mark is not None:
                run.emit(step.mark)
            elif step.one_of is not None:  # one way is left of them, chosen when the sample was drawn
                for way, inner in step.one_of.items():
                    yield from _steps(run, name, inner, (*place, number, "one_of", way))
            elif step.lights is not None:
                run.switch(name, step.lights)
            elif step.traffic_light is not None:
                run.set_lights(step.traffic_light)
            elif step.open is not None or step.close is not None:
                yield from _swing(run, name, step.open or step.close)
            elif step.wait is not None:
                yield from _wait(run, step.wait)
            elif step.release is not None:
                run.release(name, step.release)
            elif step.roll is not None:
                run.roll(name, step.roll)
            elif walker is not None:
                yield from _walker_step(run, walker, step)
            elif name in run.fleet.row:
                yield from _vehicle_step(run, run.fleet.row[name], step)
        except PlaceError as error:
            about = (
                ("walk", "to")
                if step.walk is not None
                else ("traffic_light", "of")
                if step.traffic_light is not None
                else ("change_lane", "to")
            )
            raise error.at("actors", name, *place, number, *about) from None


def _for(run: Stagehand, seconds: float) -> Program:
    end_s = run.time_s + seconds
    while run.time_s < end_s - EARLY_S:
        yield


def _swing(run: Stagehand, name: str, words: OpenDoor[float] | CloseDoor[float] | None) -> Program:
    if words is None:
        return
    run.swing(name, words.door, words.to if isinstance(words, OpenDoor) else 0.0, words.over_s)
    yield from _for(run, words.over_s)


def _until(done: Callable[[], bool]) -> Program:
    while not done():
        yield


def _wait(run: Stagehand, wait: Wait[float]) -> Program:
    """Whatever comes first of the condition and the time; then the delay."""
    condition = Watch(parse(wait.until)) if wait.until is not None else None
    end_s = run.time_s + wait.for_s if wait.for_s is not None else None
    while condition is not None or end_s is not None:
        if condition is not None and condition.look(run.scope):
            break
        if end_s is not None and run.time_s >= end_s - EARLY_S:
            break
        yield
    yield from _for(run, wait.after_s)


# -------------------------------------------------------------------------------------------------------- vehicles
def _vehicle_step(run: Stagehand, row: int, step: Step[float, str]) -> Program:
    if step.drive is not None:
        yield from _drive(run, row, step.drive)
    elif step.brake is not None:
        run.fleet.brake(row, step.brake.at_mps2, step.brake.to_mps)
        yield from _until(lambda: run.fleet.arrived(row))
        if step.brake.to_mps > 0.0:
            run.fleet.cruise(row, step.brake.to_mps)
    elif step.change_lane is not None:
        yield from _change_lane(run, row, step.change_lane)
    elif step.stop is not None:
        yield from _halt(run, row, step.stop)


def _drive(run: Stagehand, row: int, drive: Drive[float, str]) -> Program:
    run.fleet.cruise(row, drive.speed_mps, steady=drive.driver == "steady")
    yield from _for(run, drive.for_s or 0.0)


def _halt(run: Stagehand, row: int, stop: Stop[float]) -> Program:
    """Stop, and go on at the speed of before if the stop is for a time."""
    before_mps = run.fleet.wish_mps(row)
    run.fleet.brake(row, EASY_STOP_MPS2, 0.0)
    if stop.for_s is None:
        yield from _until(lambda: run.fleet.arrived(row))
        return
    yield from _for(run, stop.for_s)
    run.fleet.cruise(row, before_mps)


def _change_lane(run: Stagehand, row: int, change: ChangeLane[float, str]) -> Program:
    path = run.fleet.path(row)
    road, lane, station = path.place_at(run.fleet.centre_s_m(row))
    wrong_way = run.fleet.vehicles[row].placed.wrong_way
    word = MIRRORED.get(change.to, change.to) if wrong_way else change.to
    target = run.network.own_lane(road, lane, station, word)
    if target == lane:
        return  # already there
    if wrong_way:
        ahead = run.network.path(road, target, station, TRAILING_M, behind_m=run.reach_m)
        other = ahead.turned_round()
    else:
        other = run.network.path(road, target, station, run.reach_m, behind_m=TRAILING_M)
    run.fleet.change_path(row, other, run.tick, run.time_s, change.over_s, change.shape == "linear")
    run.fleet.signal[row] = 1 if run.fleet.shift_from_m(row) < 0.0 else -1
    yield from _for(run, change.over_s)
    run.fleet.signal[row] = 0


# --------------------------------------------------------------------------------------------------------- walkers
def _walker_step(run: Stagehand, walker: Walker, step: Step[float, str]) -> Program:
    if step.walk is not None:
        goal = walk_goal(run.network, walker, step.walk)
        walker.walk_to(goal)
        if step.walk.for_s is not None:
            yield from _for(run, step.walk.for_s)
        elif step.walk.to != "along":
            yield from _until(walker.arrived)
    elif step.stop is not None:
        walker.walk_to(None)
        yield from _for(run, step.stop.for_s or 0.0)


def walk_goal(network: RoadNetwork, walker: Walker, walk: Walk[float, str]) -> Goal:
    """The place that a walk leads to."""
    if walk.to == "along":
        return walker.along(walk.speed_mps, walk.gait)
    placed = walker.placed
    if walk.to == "back":
        return Goal(placed.s_m, placed.t_m, walk.speed_mps, walk.gait)
    road, lane, station = placed.path.place_at(walker.s_m)
    lateral = network.strip_offset(road, lane, station, walk.to)
    return Goal(walker.s_m, lateral, walk.speed_mps, walk.gait)
