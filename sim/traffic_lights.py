"""Traffic lights while a scenario runs: their programs, and what steps make them show.  World floor.

A program is a function of time alone until a step sends it to a phase, from where it runs on.  What a step makes lights
show stays until another step; where several programs name a light, the narrowest has it.
"""

from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from scenarios.functions import LIGHTS
from scenarios.resolved import Concrete
from scenarios.schema import LightPhase, SetLights
from scenarios.walk import parts
from sim.light_groups import along_way, for_walkers, group, junctions_of, lights_of, looks_along
from sim.roads.lane_words import PlaceError
from sim.roads.network import LanePath, RoadNetwork, Signal

Codes = NDArray[np.uint8]
CODE = {word: code for code, word in enumerate(LIGHTS)}
FLASHING = {"flashing_amber": "amber", "flashing_green": "green"}
FLASH_NS = 1_000_000_000  # a flash a second, alight for half of it (RiLSA 2015: 1 Hz; MUTCD 4D.04: 50 to 60 a minute)
GREEN = ("green", "flashing_green")
DARK = ("off", "flashing_amber")  # of vehicles, beside which lights for people on foot are off
END_S = 1e-6  # phases end when they are this near: ticks are rounded numbers


def shown(state: str, time_ns: int) -> str:
    """What a light in a state shows at an instant: what flashes is dark in every second half of a second."""
    if state not in FLASHING:
        return state
    return FLASHING[state] if time_ns % FLASH_NS < FLASH_NS // 2 else "off"


def is_programmed(concrete: Concrete) -> bool:
    """Whether anything makes lights change; otherwise they are part of the street."""
    scenario = concrete.scenario
    return bool(scenario.world.traffic_lights) or any(
        isinstance(part, SetLights) for _, part in parts(scenario)
    )


@dataclass
class Running:
    """A program and how far it is."""

    phases: tuple[LightPhase[float], ...]
    began_s: float  # when the first of them began, or would have

    def phase(self, time_s: float) -> LightPhase[float]:
        ends = list(accumulate(np.inf if p.for_s is None else p.for_s for p in self.phases))
        since = time_s - self.began_s + END_S
        if np.isfinite(ends[-1]):
            since %= ends[-1]
        return next((p for p, end in zip(self.phases, ends, strict=True) if since < end), self.phases[-1])

    def go_to(self, name: str, time_s: float) -> None:
        """Begin a named phase now; those before it come when the others are through."""
        number = next(k for k, phase in enumerate(self.phases) if phase.name == name)
        self.phases = self.phases[number:] + self.phases[:number]
        self.began_s = time_s


@dataclass
class TrafficLights:
    """All lights of a map; L of them, in the map's order."""

    network: RoadNetwork
    lights: tuple[Signal, ...]
    along: NDArray[np.bool_]  # (L,) whether they look along the ego's way
    states: Codes  # (T, L) places in LIGHTS
    programs: dict[str, Running]
    owner: list[str]  # of each light: the program that has it; "" none
    asked: dict[int, tuple[str | None, str | None]] = field(
        default_factory=dict
    )  # by light: what a step said of vehicles and of walkers
    _ways: dict[tuple[int, int], tuple[NDArray[np.float64], NDArray[np.int64]]] = field(default_factory=dict)

    @staticmethod
    def of(
        concrete: Concrete, network: RoadNetwork, ego: LanePath, heading_rad: float, ticks: int
    ) -> "TrafficLights | None":
        """The lights of a scenario that changes some; None where they all stay as they are."""
        if not is_programmed(concrete):
            return None
        lights = lights_of(network)
        programs, owner, rank = {}, [""] * len(lights), [-1] * len(lights)
        for name, words in concrete.scenario.world.traffic_lights.items():
            try:
                found = group(network, name)
            except PlaceError as error:
                raise error.at("world", "traffic_lights", name) from None
            programs[name] = Running(tuple(words.phases), -words.offset_s)
            for row in found.lights:
                if found.rank > rank[row]:
                    owner[row], rank[row] = name, found.rank
        headings = _headings(network, ego)
        along = np.array(
            [
                looks_along(
                    light,
                    next((headings[j] for j in junctions_of(network, light) if j in headings), heading_rad),
                )
                for light in lights
            ],
            np.bool_,
        )
        return TrafficLights(
            network, lights, along, np.zeros((ticks, len(lights)), np.uint8), programs, owner
        )

    def tick(self, tick: int, time_s: float) -> None:
        """What all show from this tick on."""
        phases = {name: program.phase(time_s) for name, program in self.programs.items()}
        for row, light in enumerate(self.lights):
            along = bool(self.along[row])
            beside, walk = "green" if along else "red", "auto"
            phase = phases.get(self.owner[row])
            if phase is not None:
                beside, walk = _seen(phase, along) or beside, phase.walk
            show, feet = self.asked.get(row, (None, None))
            beside, walk = show or beside, feet or ("auto" if show else walk)
            self.states[tick, row] = CODE[_of_walkers(beside, walk, along) if for_walkers(light) else beside]

    def order(self, words: SetLights, tick: int, time_s: float) -> None:
        """What a step asks for, from this instant on."""
        for row in group(self.network, words.of).lights:
            if words.phase is not None:
                self.asked.pop(row, None)
                continue
            show, feet = self.asked.get(row, (None, None))
            self.asked[row] = _seen(words, bool(self.along[row])) or show, words.walk or feet
        if words.phase is not None:
            self.programs[words.of].go_to(words.phase, time_s)
        self.tick(tick, time_s)

    def along_way(
        self, first: int, count: int, rows: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Where a way stops for lights, as `light_groups.along_way`; `rows` is the whole table."""
        key = (first, count)
        if key not in self._ways:
            self._ways[key] = along_way(self.network, rows[first : first + count])
        return self._ways[key]


def _seen(words: LightPhase[float] | SetLights, along: bool) -> str | None:
    """What vehicles of a direction are said to see; None where nothing is said."""
    return words.show or (words.ahead if along else words.across)


def _of_walkers(beside: str, walk: str, along: bool) -> str:
    """What people on foot see beside vehicles that see `beside`."""
    if walk == "auto":
        return "green" if beside in GREEN else "off" if beside in DARK else "red"
    return "green" if walk in ("both", "ahead" if along else "across") else "red"


def _headings(network: RoadNetwork, ego: LanePath) -> dict[str, float]:
    """Which way the ego comes to each junction on its way."""
    found: dict[str, float] = {}
    for place, piece in enumerate(ego.piece.tolist()):
        junction = network.roads[ego.pieces[piece][0]].junction
        if junction is not None:
            found.setdefault(junction, float(ego.yaw_rad[max(place - 1, 0)]))
    return found
