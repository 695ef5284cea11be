"""The running simulation as conditions see it: everybody now, and where the own actors are going.  World floor."""

from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from scenarios.resolved import Concrete
from sim.background import Extra
from sim.company import Company
from sim.fleet import Fleet
from sim.kernels import traffic as k
from sim.loads import Loads
from sim.lookout import Lookout
from sim.moments import Floats, Stops, Who
from sim.paths import PathTable
from sim.placement import Placed
from sim.programs import walk_goal
from sim.record import Ride, standing, steady_walk
from sim.roads.network import RoadNetwork
from sim.scope import Bodies, Traveller
from sim.sight import LOOK_NS
from sim.solids import body_of
from sim.towing import Towing
from sim.trace import euler_rad
from sim.traffic_lights import TrafficLights
from sim.walkers import Goal, Walker
from sim.weather import WeatherTrack


class Running(Protocol):
    """What is read of a simulation."""

    concrete: Concrete
    network: RoadNetwork
    weather: WeatherTrack
    fleet: Fleet
    walkers: dict[str, Walker]
    placed: dict[str, Placed]
    extras: list[Extra]
    loads: Loads
    towing: Towing
    company: Company
    table: PathTable
    lights: TrafficLights | None
    things: Floats
    thing_row: dict[str, int]
    tick: int
    ticks: int

    @property
    def time_s(self) -> float: ...

    @property
    def step_s(self) -> float: ...


class Looking:
    """The `World` of a `WorldScope`."""

    def __init__(self, run: Running) -> None:
        self.run = run
        self._seen: dict[tuple[str, int], tuple[int, float]] = {}
        self._standing: dict[str, Floats] = {}
        self._goals: dict[str, tuple[float, Goal | None]] = {}

    @property
    def time_s(self) -> float:
        return self.run.time_s

    @property
    def weather(self) -> WeatherTrack:
        return self.run.weather

    @property
    def way_rows(self) -> Floats:
        return self.run.table.ways

    @cached_property
    def who(self) -> Who:
        """In the order of the trace to come: own actors, cargo, trailers, dogs and prams, the background."""
        return who_of(self._everybody())

    def _everybody(self) -> list[Placed]:
        run = self.run
        carried = [*run.loads.cargo.values(), *run.towing.own.values(), *run.company.placed.values()]
        background = [*(e.placed for e in run.extras), *run.towing.others.values()]
        return [*run.placed.values(), *carried, *background]

    @cached_property
    def _rows(self) -> NDArray[np.intp]:
        """Row of `things` of everybody; -1 for people of the background, whom no driver minds."""
        return np.array([self.run.thing_row.get(name, -1) for name in self.who.names], np.intp)

    @cached_property
    def _strollers(self) -> list[tuple[int, Floats, Floats, Floats]]:
        """(column, (T, 3) places, (T,) yaw, (T, 2) velocity) of people who walk on whatever happens."""
        known = {e.placed.name: e for e in self.run.extras}
        found = []
        for column in np.flatnonzero(self._rows < 0).tolist():
            extra = known[self.who.names[column]]
            motion = steady_walk(extra.placed, extra.wish_mps, self.run.ticks, self.run.step_s)
            yaw = motion.rotation_rad[:, 0]
            way = np.stack((np.cos(yaw), np.sin(yaw)), 1) * motion.speed_mps[:, None]
            found.append((column, motion.position_m, yaw, way))
        return found

    def bodies(self) -> Bodies:
        run = self.run
        x, y, yaw, vx, vy = (run.things[self._rows][:, c].copy() for c in (k.BX, k.BY, k.BYAW, k.BVX, k.BVY))
        for column, places, turned, way in self._strollers:
            (x[column], y[column], _), yaw[column] = places[run.tick], turned[run.tick]
            vx[column], vy[column] = way[run.tick]
        acceleration, present = np.zeros(len(x)), np.ones(len(x), np.bool_)
        for column, name in enumerate(self.who.names):
            if name in run.fleet.row or name in run.towing.trailers:
                drawn = run.towing.trailers.get(name)
                row = run.fleet.row[name] if drawn is None else drawn.row
                acceleration[column] = run.fleet.state[row, k.ACCEL]
                if column >= len(run.placed):
                    bumper = run.fleet.centre_s_m(row) + run.fleet.spec[row, k.HALF_LENGTH]
                    present[column] = bumper <= run.fleet.path(row).length_m
            elif name in run.company.members:
                acceleration[column] = run.company.members[name].walker.accel_mps2
            elif name in run.walkers:
                acceleration[column] = run.walkers[name].accel_mps2
            elif name in run.loads.items:
                present[column] = run.loads.items[name].gone < 0
        return Bodies(x, y, yaw, vx, vy, acceleration, present)

    def travellers(self) -> list[Traveller]:
        return [self._traveller(name, placed) for name, placed in self.run.placed.items()]

    def _traveller(self, name: str, placed: Placed) -> Traveller:
        run = self.run
        if name in run.fleet.row:
            row = run.fleet.row[name]
            path = int(run.fleet.first[row]), int(run.fleet.count[row])
            return Traveller(path, run.fleet.centre_s_m(row), float(run.fleet.state[row, k.SPEED]), None)
        walker = run.walkers.get(name)
        if walker is None:  # a thing that stands beside the lane it was placed on
            return Traveller(self._stood[name], placed.s_m, 0.0, None)
        along = walker.speed_mps * np.cos(walker.yaw_rad - walker.path_yaw_rad)
        return Traveller((walker.first, walker.count), walker.s_m, float(along), self._goal_m(name, walker))

    @cached_property
    def _stood(self) -> dict[str, tuple[int, int]]:
        run = self.run
        standing = [n for n in run.placed if n not in run.fleet.row and n not in run.walkers]
        return {name: run.table.add(run.placed[name].path) for name in standing}

    def _goal_m(self, name: str, walker: Walker) -> tuple[float, float]:
        goal = walker.goal
        if goal is None or walker.arrived():
            goal = self._next_goal(name, walker)
        if goal is None:
            ahead = CROSSING_AHEAD_M * np.array((np.cos(walker.yaw_rad), np.sin(walker.yaw_rad)))
            return float(walker.x_m + ahead[0]), float(walker.y_m + ahead[1])
        x, y = walker.place_m(goal.s_m, goal.t_m)
        return float(x), float(y)

    def _next_goal(self, name: str, walker: Walker) -> Goal | None:
        """Where the first walk of somebody's steps leads; looked up again only when they have moved."""
        known = self._goals.get(name)
        if known is not None and known[0] == walker.s_m:
            return known[1]
        steps = self.run.concrete.scenario.actors[name].do
        walk = next((s.walk for s in steps if s.walk is not None), None)
        goal = walk_goal(self.run.network, walker, walk) if walk is not None else None
        self._goals[name] = (walker.s_m, goal)
        return goal

    def sight(self, view: str, columns: NDArray[np.intp]) -> Floats:
        """Looked at twenty times a second, and held in between; a body's springs are left out."""
        every = max(round(LOOK_NS * 1e-9 / self.run.step_s), 1)
        column, look = int(columns[0]), self.run.tick // every
        known = self._seen.get((view, column))
        if known is None or known[0] != look or self.run.tick % every == 0:
            position, rotation = self._poses()
            share = self._lookout.share(view, column, position, rotation, self.bodies().present)
            known = (look, share)
            self._seen[view, column] = known
        return np.array([known[1]])

    @cached_property
    def _lookout(self) -> Lookout:
        run, who = self.run, self.who
        everybody = self._everybody()
        sizes = np.array([p.size_m for p in everybody])
        bodies = [body_of(p.body.model, p.body.actor_class, p.size_m) for p in everybody]
        return Lookout.over(run.concrete, run.network, bodies, sizes, who.column("ego"))

    def _poses(self) -> tuple[Floats, Floats]:
        """(B, 3) positions on the ground and (B, 3) yaw, pitch, roll of everybody now."""
        run = self.run
        poses = np.zeros((len(self.who.names), 6))
        for column, name in enumerate(self.who.names):
            if name in run.fleet.row:
                row = run.fleet.row[name]
                state = run.fleet.state[row]
                if state[k.SPEED] == 0.0 and name in self._standing:
                    poses[column] = self._standing[name]
                    continue
                poses[column] = Ride.unsprung(run.fleet, row, run.fleet.path(row), state)
                if state[k.SPEED] == 0.0:
                    self._standing[name] = poses[column]
            elif name in run.walkers:
                walker = run.walkers[name]
                (place,), _, _, _ = walker.placed.path.pose(walker.s_m, walker.t_m)
                poses[column, :3] = walker.x_m, walker.y_m, place[2]
                poses[column, 3] = walker.yaw_rad
            elif name in run.loads.items and (
                run.loads.items[name].carrier or run.loads.items[name].since >= 0
            ):
                pose = run.loads.world_from_item(run.loads.items[name], run.tick)
                poses[column, :3] = pose[:3, 3]
                poses[column, 3:] = euler_rad(pose)
            elif name in run.company.members:
                poses[column] = run.company.pose(name)
            elif name in run.towing.trailers:
                poses[column] = run.towing.pose(name)
            elif name in run.placed:
                if name not in self._standing:
                    motion = standing(run.placed[name], 1)
                    self._standing[name] = np.concatenate((motion.position_m[0], motion.rotation_rad[0]))
                poses[column] = self._standing[name]
        for column, place, yaw, _ in self._strollers:
            poses[column, :3], poses[column, 3] = place[run.tick], yaw[run.tick]
        return poses[:, :3], poses[:, 3:]

    def view_m(self, view: str) -> tuple[float, float]:
        return view_m(self.run.concrete, view)

    def lit(self) -> NDArray[np.uint8] | None:
        lights = self.run.lights
        return None if lights is None else lights.states[self.run.tick].copy()

    def stops(self, first: int, count: int) -> Stops:
        assert self.run.lights is not None, "asked only where there are some"
        return self.run.lights.along_way(first, count, self.run.table.ways)


CROSSING_AHEAD_M = 60.0  # how far the line of a walker is drawn who has no goal yet


def who_of(everybody: list[Placed]) -> Who:
    """Everybody by name, class and size."""
    sizes = np.array([p.size_m for p in everybody])
    names = tuple(p.name for p in everybody)
    classes = tuple(p.body.actor_class for p in everybody)
    return Who(names, classes, sizes[:, 0] / 2, sizes[:, 1] / 2, sizes[:, 2].copy())


def view_m(concrete: Concrete, view: str) -> tuple[float, float]:
    """Where a sensor of the rig sits in the ego's frame, forward and left."""
    name = view.partition(".")[2]
    mount = concrete.rig.sensors[name].mount
    return float(mount.x_m), float(mount.y_m)
