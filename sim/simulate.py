"""From a resolved scenario to what happened: the loop over ticks.  World floor."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from scenarios.chance import stream
from scenarios.own_assets import enter
from scenarios.resolved import Concrete, Twin
from scenarios.schema import Actor as ActorWords
from scenarios.schema import LampWord, Release, Roll, SetLights
from sim.assemble import assemble
from sim.background import background
from sim.company import Company, all_afoot
from sim.doors import Swing
from sim.encounters import solve
from sim.fleet import Driven, Fleet
from sim.kernels import traffic as k
from sim.lane_changes import LaneChanges
from sim.lights import Switched
from sim.loads import Loads
from sim.looking import Looking
from sim.patches import Footing, lay_patches
from sim.paths import EASY_LATERAL_MPS2, PathTable
from sim.placement import Placed, place_all
from sim.programs import Program, conditions_of, program
from sim.record import Recorder
from sim.roads import network_for
from sim.roads.lane_words import PlaceError
from sim.roads.network import RoadNetwork
from sim.scope import WayLog, WorldScope
from sim.stopping import Stopping
from sim.towing import Towing
from sim.trace import Event, WorldTrace
from sim.traffic_lights import TrafficLights
from sim.walkers import Walker
from sim.weather import NS_PER_S, WeatherTrack, weather_track

STEP_NS = 10_000_000  # 10 ms
AFTER_CLIP_S = 0.2  # simulated beyond the capture, for the last sweep and exposure
GRIP_SPEEDS_MPS = (50 / 3.6, 90 / 3.6, 130 / 3.6)
SPARE_PATH_M = 200.0
EGO = "ego"


def simulate(concrete: Concrete) -> WorldTrace:
    """Everything that happens in a scenario, every 10 ms from its start to a little beyond its end.

    Raises StormlaneError, with the place in the file, where the scenario asks for what its road does not have.
    """
    enter(concrete.assets)
    try:
        concrete = _with_encounters(concrete)
        if concrete.twin is not None:
            return _in_other_weather(concrete, concrete.twin)
        return Simulation(concrete).run()
    except PlaceError as error:
        who = f"{error.path[1]}: " if error.path[:1] == ("actors",) else ""
        raise concrete.wrong(error.path, f"{who}{error.message}") from None


def _with_encounters(concrete: Concrete) -> Concrete:
    """The sample with the encounters of its scenario found; every trace passes here, so that none is forgotten."""
    network: list[RoadNetwork] = []  # the same for all rehearsals, and dear to build

    def stage(trial: Concrete) -> Simulation:
        run = Simulation(trial, known_network=network[0] if network else None)
        network[:] = [run.network]
        return run

    solved = solve(concrete.base(), stage)
    if solved.found == concrete.found:
        return concrete
    scenario = concrete.scenario.model_copy(update={"actors": solved.scenario.actors})
    return replace(concrete, scenario=scenario, found=solved.found)


def _in_other_weather(concrete: Concrete, twin: Twin) -> WorldTrace:
    """What happened in a twin's base, under the twin's own weather.

    Grip depends on the weather, so everything moves as the base moved; only the lamps may follow the twin's light.
    """
    duration_s = concrete.scenario.capture.duration_s
    weather = weather_track(concrete.scenario.world, duration_s)
    trace = Simulation(concrete.base(), lit_by=weather if twin.lamps == "own" else None).run()
    # The run may have settled words of its own (where an encounter begins): they are kept.
    seen = trace.concrete.scenario.model_copy(update={"world": concrete.scenario.world})
    happened = replace(trace.concrete, scenario=seen, variant=concrete.variant, twin=twin)
    return replace(trace, concrete=happened, weather=weather)


@dataclass
class Simulation:
    """A scenario while it runs."""

    concrete: Concrete
    lit_by: WeatherTrack | None = (
        None  # the light by which drivers switch their lamps; by default the weather's own
    )
    known_network: RoadNetwork | None = None  # of an earlier run of the same scenario
    network: RoadNetwork = field(init=False)
    weather: WeatherTrack = field(init=False)
    fleet: Fleet = field(init=False)
    walkers: dict[str, Walker] = field(init=False)
    looking: Looking = field(init=False)
    scope: WorldScope = field(init=False)
    loads: Loads = field(init=False)
    towing: Towing = field(init=False)
    company: Company = field(init=False)
    reach_m: float = field(init=False)
    tick: int = 0

    def __post_init__(self) -> None:
        scenario = self.concrete.scenario
        duration_s = scenario.capture.duration_s
        self.ticks = math.ceil((duration_s + AFTER_CLIP_S) * NS_PER_S / STEP_NS - 1e-6) + 1
        self.network = self.known_network or network_for(
            scenario.world.road, self.concrete.road_xml, self.concrete.seed
        )
        self.footing = Footing(lay_patches(self.network, scenario.world.patches, self.concrete.seed))
        self.weather = weather_track(scenario.world, duration_s)
        self.reach_m = _fastest(scenario.actors) * (duration_s + AFTER_CLIP_S) + SPARE_PATH_M
        self.placed = place_all(self.network, _ego_first(scenario.actors), self.reach_m)
        self.extras = background(self.concrete, self.network, self.placed, self.reach_m)
        self.events = [
            Event(f"encounter {name}", round(found.at_s * NS_PER_S))
            for name, found in self.concrete.found.items()
        ]
        self.switched: dict[str, list[Switched]] = {}
        self.swings: dict[str, list[Swing]] = {}
        friction = self.weather.states[0].friction
        self.table = PathTable(min(EASY_LATERAL_MPS2, 0.4 * friction * k.G_MPS2))
        self._people()

    def _people(self) -> None:
        """Divide everybody among the fleet, the walkers and what stands still."""
        driven = [self._driven(p) for p in self.placed.values() if p.moves == "vehicle"]
        driven += [
            Driven(
                e.placed,
                e.path,
                e.kind == "traffic",
                e.wish_mps,
                minds_signs=True,
                left_hand=self.network.roads[e.placed.road].left_hand,
            )
            for e in self.extras
            if e.kind in ("traffic", "parked", "bicycle")
        ]
        self.fleet = Fleet(driven, self.table)
        self.walkers = {p.name: Walker(p, self.table) for p in self.placed.values() if p.moves == "walker"}
        self.loads = Loads(self.concrete, self.placed, self.fleet, self.ticks, STEP_NS / NS_PER_S)
        self.towing = Towing(self.placed.values(), [e.placed for e in self.extras], self.fleet)
        self.company = Company(self.walkers)
        props = [p for p in self.placed.values() if p.moves == "prop"]
        names = [
            *self.fleet.row,
            *self.walkers,
            *(p.name for p in props),
            *self.loads.cargo,
            *self.towing.trailers,
            *self.company.members,
        ]
        self.things = np.zeros((len(names), 9))
        self.things[:, k.BKIND] = k.ON_ROAD
        self.thing_row = {name: row for row, name in enumerate(names)}
        for vehicle in driven:
            box = self.things[self.thing_row[vehicle.placed.name]]
            box[k.BHEIGHT] = vehicle.placed.size_m[2]
            if vehicle.placed.parked:  # drivers know that parked cars stay where they are
                box[k.BKIND] = k.PARKED
        for prop in props:
            (centre,), (yaw,), _, _ = prop.path.pose(prop.s_m, prop.t_m)
            box = self.things[self.thing_row[prop.name]]
            box[k.BX], box[k.BY], box[k.BYAW] = centre[0], centre[1], yaw + prop.facing_rad
        for name, walker in self.walkers.items():
            self._show_walker(self.thing_row[name], walker)
        for placed in (*all_afoot(self.walkers.values(), self.company), *props):
            box = self.things[self.thing_row[placed.name]]
            box[k.BHALF_LENGTH], box[k.BHALF_WIDTH] = placed.size_m[0] / 2, placed.size_m[1] / 2
            box[k.BHEIGHT] = placed.size_m[2]
            if placed.moves == "walker":
                box[k.BKIND] = k.AFOOT
        self.towing.show(self.things, self.thing_row)
        self.company.show(self.things, self.thing_row)
        self.lights = self._traffic_lights()
        self.stopping = (
            None if self.lights is None else Stopping(self.fleet, self.table, self.lights, self.step_s)
        )
        self.looking = Looking(self)
        self.scope = WorldScope(self.looking)
        self.scope.watch(conditions_of(self.concrete.scenario))
        self.lane_changes = self._lane_changes()

    def _traffic_lights(self) -> TrafficLights | None:
        ego = self.placed[EGO]
        (_,), (yaw,), _, _ = ego.path.pose(ego.s_m)
        heading = float(yaw) + ego.facing_rad
        return TrafficLights.of(self.concrete, self.network, ego.path, heading, self.ticks)

    def _lane_changes(self) -> LaneChanges | None:
        """The background's changes of lane, where its drivers make any."""
        traffic = self.concrete.scenario.background.traffic
        if traffic is None or traffic.driver == "idm" or traffic.driver.lane_change == "none":
            return None
        rows = [
            self.fleet.row[e.placed.name]
            for e in self.extras
            if e.kind == "traffic" and e.placed.trailer is None
        ]
        story = [self.thing_row[name] for name in self.placed]
        return LaneChanges(self.network, self.fleet, rows, story, self.reach_m)

    def _driven(self, placed: Placed) -> Driven:
        phase = float(
            stream(self.concrete.seed, "balance", placed.name, self.concrete.sample).uniform(0.0, 2 * math.pi)
        )
        return Driven(
            placed,
            placed.path,
            placed.speed_mps > 0.0 and not placed.parked,
            placed.speed_mps,
            wobble_phase=phase,
            left_hand=self.network.roads[placed.road].left_hand,
        )

    @property
    def time_s(self) -> float:
        return self.tick * STEP_NS / NS_PER_S

    @property
    def step_s(self) -> float:
        return STEP_NS / NS_PER_S

    def emit(self, name: str) -> None:
        """A mark: something to refer to later."""
        self.scope.marks.setdefault(name, self.time_s)
        self.events.append(Event(name, self.tick * STEP_NS))

    def switch(self, name: str, words: list[LampWord]) -> None:
        """Lamps of a vehicle from now on."""
        self.switched.setdefault(name, []).append((self.tick, words))

    def set_lights(self, words: SetLights) -> None:
        """Traffic lights from now on."""
        assert self.lights is not None, "a scenario with such a step has them"
        self.lights.order(words, self.tick, self.time_s)
        self.scope.look_again()

    def swing(self, name: str, door: str, to: float, over_s: float) -> None:
        """A door of a vehicle begins to move."""
        self.swings.setdefault(name, []).append(Swing(self.tick, door, to, over_s))

    def release(self, name: str, words: Release[float]) -> None:
        self.loads.release(name, words, self.tick, self.weather.at(self.tick * STEP_NS))

    def roll(self, name: str, words: Roll[float]) -> None:
        self.loads.roll(name, words.speed_mps, self.tick, self.weather.at(self.tick * STEP_NS))

    def run(self) -> WorldTrace:
        try:
            return self._run()
        finally:
            self.end()

    def end(self) -> None:
        """Give back what the run holds outside this process's memory."""
        self.loads.close()

    def _run(self) -> WorldTrace:
        recorder = Recorder.start(self.ticks, self.fleet, self.walkers)
        log = WayLog(self.ticks, len(self.placed))
        for tick in self.play():
            recorder.take(tick, self.fleet, self.walkers)
            log.take(tick, self.looking.travellers())
            if tick % 10 == 0:
                self._still_on_road()
        return assemble(
            self.concrete, self.network, self.weather, self.placed, self.extras, self.fleet, self.walkers, self.loads,
            self.towing, self.company, recorder, self.events, self.switched, self.swings, STEP_NS,
            self.lit_by or self.weather,
            log.ways(self.table.ways),
            None if self.lights is None else self.lights.states,
        )  # fmt: skip

    def play(self) -> Iterator[int]:
        """Every tick, when all have decided and nobody has moved yet."""
        actors = _ego_first(self.concrete.scenario.actors)
        programs: list[Program] = [program(self, name, actor) for name, actor in actors.items() if actor.do]
        self.loads.begin(self.weather.at(0))
        self.loads.show(0, self.things, self.thing_row)
        for tick in range(self.ticks):
            self.tick = tick
            k.see_vehicles(self.fleet.state, self.fleet.spec, self.things)
            if self.lights is not None and self.stopping is not None:
                self.stopping.let_go()
                self.lights.tick(tick, self.time_s)
            self.scope.note()
            programs = [p for p in programs if next(p, _DONE) is not _DONE]
            if self.lane_changes is not None:
                self.lane_changes.step(self.things, tick, self.time_s)
            if self.stopping is not None:
                self.stopping.hold(tick)
            grip = self._grip()
            yield tick
            before = self.loads.before_step()
            self.fleet.step(self.things, grip, self.time_s, self.step_s)
            self.towing.step()
            self.towing.show(self.things, self.thing_row)
            for name, walker in self.walkers.items():
                walker.step(self.step_s)
                self._show_walker(self.thing_row[name], walker)
            self.company.show(self.things, self.thing_row)
            if tick + 1 < self.ticks:
                self._loose(tick + 1, before)

    def _loose(self, tick: int, before: NDArray[np.float64]) -> None:
        """Cargo and balls go on to a tick; whoever touches them has had a collision."""
        if not self.loads.items:
            return
        state = self.weather.at(tick * STEP_NS)
        for vehicle, item in self.loads.after_step(tick, before, self.things, state):
            self.events.append(Event(f"collision {vehicle} {item}", tick * STEP_NS))
        self.loads.show(tick, self.things, self.thing_row)

    def _grip(self) -> NDArray[np.float64]:
        """(V, 3) friction under each vehicle at GRIP_SPEEDS_MPS."""
        if self.tick % 10 == 0:  # the weather changes slowly
            state = self.weather.at(self.tick * STEP_NS)
            self._road_now = state, np.array([state.friction_at(v) for v in GRIP_SPEEDS_MPS])
        state, everywhere = self._road_now
        return self.footing.grip(self.fleet.state, self.fleet.spec, everywhere, state, GRIP_SPEEDS_MPS)

    def _still_on_road(self) -> None:
        """The scenario's own people and cars must not leave the map: beyond its end there is nothing to see."""
        if self.time_s > self.concrete.scenario.capture.duration_s:
            return
        for name, placed in self.placed.items():
            if name in self.fleet.row:
                row = self.fleet.row[name]
                s_m, path = self.fleet.centre_s_m(row), self.fleet.path(row)
            elif name in self.walkers:
                s_m, path = self.walkers[name].s_m, placed.path
            else:
                continue
            end = 0 if s_m < 0.0 else -1
            if not 0.0 <= s_m <= path.length_m:
                road, _, lane = path.pieces[int(path.piece[end])]
                raise PlaceError(
                    f"{self.time_s:.1f} s into the clip this is the end of the road (lane {lane} of road {road!r}); "
                    "start further back, go slower or make the road longer",
                    path=("actors", name, "start"),
                )

    def _show_walker(self, row: int, walker: Walker) -> None:
        box = self.things[row]
        box[k.BX], box[k.BY], box[k.BYAW] = walker.x_m, walker.y_m, walker.yaw_rad
        box[k.BVX] = walker.speed_mps * math.cos(walker.yaw_rad)
        box[k.BVY] = walker.speed_mps * math.sin(walker.yaw_rad)


_DONE = object()


def _ego_first(actors: dict[str, ActorWords[float, str]]) -> dict[str, ActorWords[float, str]]:
    return {EGO: actors[EGO]} | {name: actor for name, actor in actors.items() if name != EGO}


def _fastest(actors: dict[str, ActorWords[float, str]]) -> float:
    speeds = [a.start.speed_mps for a in actors.values()]
    speeds += [s.drive.speed_mps for a in actors.values() for s in a.do if s.drive is not None]
    return max(speeds, default=0.0)
