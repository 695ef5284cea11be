"""Dust behind wheels, exhaust in the cold, smoke and steam: balls of small particles that drift.  World floor.

Each ball has a place of its own in the world, so that camera and lidar meet the same ones; all of a clip's are drawn
once and move on closed curves, so any instant can be asked alone.  What they are made of decides how they scatter:
`renderers.aerosols`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from scenarios.bodies import BODIES
from scenarios.chance import stream
from scenarios.schema import Plume
from scenarios.taxonomy import ACTOR_CLASSES
from sim.air import WMO_CONTRAST_LOG
from sim.exhaust import (
    AIR_KG_PER_M3,
    CAR_KG,
    droplet_extinction_per_m,
    exhaust_of,
    humidity_of,
    saturation,
)
from sim.patches import LaidPatch, to_world
from sim.roads.lane_words import PlaceError
from sim.spray import Spray
from sim.trace import Actor, WorldTrace, pose_matrix
from sim.wheel_water import Hollows, Sheets

Array = NDArray[np.float64]


class Matter(IntEnum):
    """What balls are made of."""

    MIST = 0  # drops torn up by wheels
    DUST = 1
    WHITE_SMOKE = 2  # of damp wood, leaves, grass
    GREY_SMOKE = 3
    BLACK_SMOKE = 4  # of oil, fuel, tyres
    EXHAUST = 5  # droplets of 2 um: condensed water of engines and steam
    SPLASH = 6  # drops of millimetres out of puddles


SMOKES = {"white": Matter.WHITE_SMOKE, "grey": Matter.GREY_SMOKE, "black": Matter.BLACK_SMOKE}
WIND_NEAR_GROUND = 0.6  # of the wind at 10 m
GUSTS = 0.15  # of the wind: every ball rides an eddy of its own
# Dust of unpaved roads.  PM10 goes with mass and speed, 0.003 g per km for each kg and km/h (Gillies et al. 2005); what
# flies about is some three times as much, but coarse: 1.3 m2 of extinction for each gram of PM10 in all (reasoned).
DUST_CYCLE_S = 0.1
DUST_G_PER_KM_KG_KMH = 3e-3
DUST_M2_PER_G = 1.3
DUST_LEAST_MPS = 1.5
DUST_FALLS_S = 7.0  # within which 63 % of it are on the ground again: sand and coarse silt
DUST_LIFE_S = 18.0
DRY_WETNESS = 0.1  # from which water holds the dust down
UNPAVED = ("gravel", "soil")
EXHAUST_CYCLE_S = 0.1
EXHAUST_APART_M, MOST_AT_ONCE = 0.3, 8  # of a cycle: how far apart they are born, and how many at most
EXHAUST_LIFE_S = 7.0
WARMEST_DEGC = 12.0  # no plume is seen above it
ELECTRIC_SHARE = 0.15  # of vehicles on the road, reasoned
ENGINES = ("car", "van", "truck", "bus", "motorcycle", "pickup", "motorhome", "construction_vehicle", "tractor",
           "police_car", "ambulance", "fire_engine")  # fmt: skip
SMOKE_CYCLE_S = 0.12
SMOKE_LIFE_S = 45.0
CALM_S = 4.0  # within which a rising ball loses 63 % of its way up
LEAST_SPACING_M = 0.04


@dataclass(frozen=True, slots=True)
class Balls:
    """C balls at an instant: spray, dust, smoke and exhaust alike."""

    number: NDArray[np.int64]  # (C,) in the clip: chance is drawn by it
    matter: NDArray[np.uint8]  # (C,) values of Matter
    centre_m: Array  # (C, 3) world
    radius_m: Array  # (C,)
    extinction_per_m: Array  # (C,) in visible light, even within the ball
    found: Array  # (C,) chance that a lidar's beam through it returns; of mist only, which was measured so
    velocity_mps: Array  # (C, 3) world

    @staticmethod
    def join(parts: "list[Balls]") -> "Balls":
        return Balls(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Balls)))


@dataclass(frozen=True, slots=True)
class Plumes:
    """All balls of a clip; N of them."""

    matter: NDArray[np.uint8]  # (N,)
    born_s: Array  # (N,)
    life_s: Array  # (N,)
    centre_m: Array  # (N, 3) world, at birth
    drift_mps: Array  # (N, 3) of the air that carries it
    throw_mps: Array  # (N, 3) through the air, at birth
    calm_s: Array  # (N,) within which that fades
    radius_m: Array  # (N,) at birth
    swell_m: Array  # (N,) by how much it grows at once, within half a second
    spread_mps: Array  # (N,) and how fast later
    section_m2: Array  # (N,) extinction times volume, which stays
    fall_s: Array  # (N,) within which 63 % of it are gone to the ground
    gas_kg: Array  # (N,) of exhaust in it; 0: none
    gas_water: Array  # (N,) kg of water in a kg of it
    gas_degC: Array  # (N,) at the end of the pipe  # noqa: N815
    humidity: Array  # (N,) of the air
    spacing_m: Array  # (N,) from one ball of exhaust to the next
    air_degC: Array  # (N,)  # noqa: N815

    @staticmethod
    def of(trace: WorldTrace) -> "Plumes":
        """What the actors of a trace and the sources on its map leave in the air, before and during it."""
        parts = [
            part for column, actor in enumerate(trace.actors) for part in _of_actor(trace, column, actor)
        ]
        parts += [
            _of_source(trace, number, words)
            for number, words in enumerate(trace.concrete.scenario.world.plumes)
        ]
        if not parts:
            none, nowhere = np.zeros(0), np.zeros((0, 3))
            return Plumes(np.zeros(0, np.uint8), none, none, nowhere, nowhere, nowhere, *([none] * 12))
        return Plumes(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Plumes)))

    def at(self, time_s: float) -> Balls:
        """The balls that are in the air at a time of the trace's clock."""
        age = time_s - self.born_s
        rows = np.flatnonzero((age >= 0.0) & (age < self.life_s))
        age = age[rows]
        calm = self.calm_s[rows]
        way = calm * -np.expm1(-age / calm)
        centre = (
            self.centre_m[rows] + age[:, None] * self.drift_mps[rows] + way[:, None] * self.throw_mps[rows]
        )
        radius = self.radius_m[rows] - self.swell_m[rows] * np.expm1(-age / 0.5) + self.spread_mps[rows] * age
        volume = 4.0 / 3.0 * np.pi * radius**3
        left = np.exp(-age / self.fall_s[rows]) * np.clip(
            (self.life_s[rows] - age) / (0.3 * self.life_s[rows]), 0.0, 1.0
        )
        extinction = left * self.section_m2[rows] / volume
        gas = np.flatnonzero(self.gas_kg[rows] > 0.0)
        if len(gas):
            those = rows[gas]
            # Where balls overlap their gas adds up; where they do not, theirs is spread over the gap between them.
            layers = 2.0 * radius[gas] / self.spacing_m[those]
            share = np.minimum(self.gas_kg[those] * layers / (AIR_KG_PER_M3 * volume[gas]), 1.0)
            wet = droplet_extinction_per_m(
                share, self.air_degC[those], self.humidity[those], self.gas_water[those], self.gas_degC[those]
            )
            extinction[gas] = left[gas] * wet / np.maximum(layers, 1.0)
        keep = np.flatnonzero(extinction > 0.0)
        rows = rows[keep]
        velocity = self.drift_mps[rows] + np.exp(-age / calm)[keep, None] * self.throw_mps[rows]
        return Balls(
            rows,
            self.matter[rows],
            centre[keep],
            radius[keep],
            extinction[keep],
            np.zeros(len(rows)),
            velocity,
        )


@dataclass(frozen=True, slots=True)
class Airborne:
    """Everything that hangs in the air in balls: one state for camera, lidar and labels."""

    spray: Spray
    plumes: Plumes
    sheets: Sheets

    @staticmethod
    def of(
        trace: WorldTrace, hollows: Hollows | None = None, patches: Sequence[LaidPatch] = ()
    ) -> "Airborne":
        """All of a trace; `hollows` and `patches` say where water stands on its roads."""
        return Airborne(Spray.of(trace), Plumes.of(trace), Sheets.of(trace, hollows, patches))

    def at(self, time_s: float) -> Balls:
        """The balls at a time of the trace's clock; each kind is numbered on from the one before."""
        mist, rest = self.spray.at(time_s), self.plumes.at(time_s)
        wet = Balls(
            mist.number, np.full(len(mist.number), Matter.MIST, np.uint8), mist.centre_m, mist.radius_m,
            mist.extinction_per_m, mist.found, mist.velocity_mps,
        )  # fmt: skip
        before = len(self.spray.born_s)
        rest = replace(rest, number=rest.number + before)
        number, centre, radius, extinction, velocity = self.sheets.at(time_s)
        thrown = Balls(
            number + before + len(self.plumes.born_s), np.full(len(number), Matter.SPLASH, np.uint8), centre, radius,
            extinction, np.zeros(len(number)), velocity,
        )  # fmt: skip
        return Balls.join([wet, rest, thrown])


# ------------------------------------------------------------------------------------------------------------- sources
def _of_actor(trace: WorldTrace, column: int, actor: Actor) -> list[Plumes]:
    kind = ACTOR_CLASSES[actor.actor_class]
    if kind.moves != "vehicle":
        return []
    word = _word(trace, actor.name)
    made = []
    states = trace.weather.states
    if word in (None, "dust") and min(s.wetness + s.snow_depth_m / 0.01 for s in states) < DRY_WETNESS:
        made += _dust(trace, column, actor, word == "dust")
    if word in (None, "exhaust") and min(s.air_degC for s in states) < WARMEST_DEGC:
        made += _exhaust(trace, column, actor, word == "exhaust")
    if word == "smoke":
        made += _engine_smoke(trace, column, actor)
    return made


def _word(trace: WorldTrace, name: str) -> str | None:
    words = trace.concrete.scenario.actors.get(name)
    return None if words is None else words.trail


@dataclass(frozen=True, slots=True)
class _Births:
    """When and where a vehicle leaves a ball: E births, one a cycle, from so long before the trace as balls last."""

    time_s: Array
    row: NDArray[np.int64]  # tick of the trace
    place_m: Array  # (E, 3) of the vehicle
    turn: Array  # (E, 3, 3)
    speed_mps: Array
    there: NDArray[np.bool_]
    wind_mps: Array  # (E, 3)
    air_degC: Array  # noqa: N815
    humidity: Array
    wetness: Array

    @staticmethod
    def of(trace: WorldTrace, column: int, cycle_s: float, early_s: float) -> "_Births":
        time = trace.time_ns * 1e-9
        born = (
            np.arange(math.floor((time[0] - early_s) / cycle_s), math.ceil(time[-1] / cycle_s) + 1) * cycle_s
        )
        row = np.clip(np.searchsorted(time, born), 0, len(time) - 1)
        # Before the trace begins the vehicle came as it goes at the beginning.
        before = np.minimum(born - time[row], 0.0)[:, None]
        turns = {
            int(k): pose_matrix(np.zeros(3), trace.rotation_rad[k, column])[:3, :3] for k in np.unique(row)
        }
        states = [trace.weather.at(round(t * 1e9)) for t in born]
        return _Births(
            born,
            row,
            trace.position_m[row, column] + before * trace.velocity_mps[row, column],
            np.array([turns[int(k)] for k in row]),
            trace.speed_mps[row, column],
            trace.present[row, column],
            _winds([s.wind_mps for s in states], [s.wind_from_rad for s in states]),
            np.array([s.air_degC for s in states]),
            np.array([humidity_of(s) for s in states]),
            np.array([s.wetness + s.snow_depth_m / 0.01 for s in states]),
        )


def _winds(speed_mps: list[float], from_rad: list[float]) -> Array:
    towards, speed = np.array(from_rad) + np.pi, WIND_NEAR_GROUND * np.array(speed_mps)
    return np.stack([speed * np.sin(towards), speed * np.cos(towards), 0.0 * speed], axis=1)


def _eddies(wind: Array, chance: np.random.Generator) -> Array:
    """The air of each ball: the wind and an eddy."""
    strength = GUSTS * np.linalg.norm(wind, axis=1, keepdims=True) + 0.08
    return np.asarray(wind + strength * chance.normal(size=wind.shape) * (1.0, 1.0, 0.4))


def _dust(trace: WorldTrace, column: int, actor: Actor, always: bool) -> list[Plumes]:
    if float(np.abs(trace.speed_mps[:, column]).max()) < DUST_LEAST_MPS:
        return []
    births = _Births.of(trace, column, DUST_CYCLE_S, DUST_LIFE_S)
    raised = births.there & (np.abs(births.speed_mps) > DUST_LEAST_MPS) & (births.wetness < DRY_WETNESS)
    if not always:
        if not raised.any() or not _has_unpaved(trace):
            return []
        raised &= np.array([_unpaved(trace, place) for place in births.place_m])
    rows = np.repeat(np.flatnonzero(raised), 2)  # a ball of each side
    if not len(rows):
        return []
    chance = stream(trace.concrete.seed, "sensors", trace.concrete.sample, "dust", actor.instance_id)
    u, n = chance.random((len(rows), 3)), len(rows)
    side = np.where(np.arange(n) % 2 == 0, 1.0, -1.0)
    length, width, _ = actor.size_m
    speed = np.abs(births.speed_mps[rows])
    local = np.stack(
        [-0.38 * length - u[:, 0] * speed * DUST_CYCLE_S, side * 0.42 * width, 0.15 + 0.25 * u[:, 1]], axis=1
    )
    throw = births.turn[rows, :, 0] * (births.speed_mps[rows] * (0.15 + 0.25 * u[:, 1]))[:, None]
    throw += births.turn[rows, :, 1] * (side * (0.3 + 0.02 * speed) * u[:, 2])[:, None]
    throw[:, 2] += 0.25 + 0.035 * speed * u[:, 2]
    grams = DUST_G_PER_KM_KG_KMH * BODIES[actor.model].mass_kg * 3.6 * speed * (speed * DUST_CYCLE_S) / 1000.0
    big = 0.5 + 0.5 * width / 1.85
    return [
        Plumes(
            np.full(n, Matter.DUST, np.uint8),
            births.time_s[rows],
            np.full(n, DUST_LIFE_S) * (0.7 + 0.3 * u[:, 0]),
            births.place_m[rows] + np.einsum("nij,nj->ni", births.turn[rows], local),
            _eddies(births.wind_mps[rows], chance),
            throw,
            np.full(n, 0.9),
            0.3 * big * (0.7 + 0.6 * u[:, 2]),
            big * (0.35 + 0.02 * speed) * (0.7 + 0.6 * u[:, 0]),
            0.10 + 0.10 * u[:, 1] + 0.03 * np.linalg.norm(births.wind_mps[rows], axis=1),
            0.5 * DUST_M2_PER_G * grams,
            np.full(n, DUST_FALLS_S),
            np.zeros(n),
            np.zeros(n),
            np.zeros(n),
            np.zeros(n),
            np.ones(n),
            births.air_degC[rows],
        )
    ]


def _has_unpaved(trace: WorldTrace) -> bool:
    return trace.road is not None and any(
        lane.material in UNPAVED
        for road in trace.road.roads.values()
        for section in road.sections
        for lane in section.lanes.values()
    )


def _unpaved(trace: WorldTrace, place_m: Array) -> bool:
    """Whether the lane below a place is of gravel or earth."""
    road_id, s, t = trace.road.locate(float(place_m[0]), float(place_m[1]))
    road = trace.road.roads[road_id]
    section = road.section_at(s)
    for number, lane in road.sections[section].lanes.items():
        if number and lane.material in UNPAVED and lane.kind in ("driving", "shoulder", "parking"):
            inner, outer, _, _ = road.edges(section, number, np.array([s]))
            if min(inner[0], outer[0]) <= t <= max(inner[0], outer[0]):
                return True
    return False


def _exhaust(trace: WorldTrace, column: int, actor: Actor, always: bool) -> list[Plumes]:
    if not always:
        electric = stream(actor.look_seed, "engine").random() < ELECTRIC_SHARE
        if actor.actor_class not in ENGINES or electric:
            return []
    births = _Births.of(trace, column, EXHAUST_CYCLE_S, EXHAUST_LIFE_S)
    runs = (trace.lamps[births.row, column] != 0) | (np.abs(births.speed_mps) > 0.1)
    rows = np.flatnonzero(births.there & (runs | always) & (births.air_degC < WARMEST_DEGC))
    # The faster, the more of them: single balls metres apart are no plume.
    several = np.clip(
        np.ceil(np.abs(births.speed_mps[rows]) * EXHAUST_CYCLE_S / EXHAUST_APART_M), 1, MOST_AT_ONCE
    ).astype(int)
    part = np.concatenate([np.arange(k) / k for k in several]) if len(rows) else np.zeros(0)
    rows, several = np.repeat(rows, several), np.repeat(several, several)
    n = len(rows)
    if not n:
        return []
    later_s = EXHAUST_CYCLE_S * part
    chance = stream(trace.concrete.seed, "sensors", trace.concrete.sample, "exhaust", actor.instance_id)
    u = chance.random((n, 4))
    length, width, height = actor.size_m
    heavy = max(BODIES[actor.model].mass_kg / CAR_KG, 0.3)
    large = height > 2.6
    pipe = (-0.12 * length, 0.48 * width, 0.45) if large else (-0.5 * length - 0.02, 0.32 * width, 0.28)
    local = np.array(pipe) + (u[:, :3] - 0.5) * 0.06
    speed = np.abs(births.speed_mps[rows])
    gas = exhaust_of(actor.actor_class, heavy, speed)
    # The jet leaves at a metre or two a second and is warm; behind a moving vehicle the wake tears it along and apart.
    jet = births.turn[rows, :, 1] * 1.2 if large else -births.turn[rows, :, 0] * 1.2
    wake = births.turn[rows, :, 0] * (births.speed_mps[rows] * (0.3 + 0.2 * u[:, 3]))[:, None]
    throw = jet + wake + 0.25 * chance.normal(size=(n, 3))
    throw[:, 2] += 0.25 + 0.2 * u[:, 0]
    drift = _eddies(births.wind_mps[rows], chance)
    # Balls settle at rest in the air, as far apart as the pipe moves through it.
    gone = np.linalg.norm(
        births.turn[rows, :, 0] * births.speed_mps[rows][:, None] - births.wind_mps[rows], axis=1
    )
    none = np.zeros(n)
    return [
        Plumes(
            np.full(n, Matter.EXHAUST, np.uint8),
            births.time_s[rows] + later_s,
            np.full(n, EXHAUST_LIFE_S),
            births.place_m[rows]
            + births.turn[rows, :, 0] * (births.speed_mps[rows] * later_s)[:, None]
            + np.einsum("nij,nj->ni", births.turn[rows], local),
            drift,
            throw,
            np.full(n, 0.8),
            0.06 * heavy**0.4 * (0.8 + 0.4 * u[:, 1]),
            (0.05 + 0.012 * speed) * (0.7 + 0.6 * u[:, 2]),
            0.10 + 0.08 * u[:, 3] + 0.04 * np.linalg.norm(births.wind_mps[rows], axis=1),
            none,
            np.full(n, 1e9),
            gas.kg_per_s * EXHAUST_CYCLE_S / several,
            gas.burnt_water + births.humidity[rows] * saturation(births.air_degC[rows]),
            gas.degC,
            births.humidity[rows],
            np.maximum(gone * EXHAUST_CYCLE_S / several, LEAST_SPACING_M),
            births.air_degC[rows],
        )
    ]


def _engine_smoke(trace: WorldTrace, column: int, actor: Actor) -> list[Plumes]:
    """From under the bonnet, wherever the vehicle goes."""
    births = _Births.of(trace, column, SMOKE_CYCLE_S, SMOKE_LIFE_S)
    rows = np.flatnonzero(births.there)
    if not len(rows):
        return []
    chance = stream(trace.concrete.seed, "sensors", trace.concrete.sample, "smoke", actor.instance_id)
    length, width, height = actor.size_m
    local = np.stack(
        [
            (0.28 + 0.14 * chance.random(len(rows))) * length,
            (chance.random(len(rows)) - 0.5) * 0.7 * width,
            np.full(len(rows), 0.6 * height),
        ],
        axis=1,
    )
    origin = births.place_m[rows] + np.einsum("nij,nj->ni", births.turn[rows], local)
    carried = births.turn[rows, :, 0] * (0.4 * births.speed_mps[rows])[:, None]
    return [
        _smoke(
            births.time_s[rows],
            origin,
            births.wind_mps[rows],
            carried,
            births.air_degC[rows],
            Matter.GREY_SMOKE,
            0.5 * width,
            2.5,
            1.2,
            chance,
        )
    ]


def _of_source(trace: WorldTrace, number: int, words: Plume[float, str]) -> Plumes:
    network = trace.road
    try:
        name, lane = network.lane(words.lane or "right", words.s_m, words.road)
    except PlaceError as error:
        raise error.at("world", "plumes", number, error.about) from None
    road = network.roads[name]
    shift = road.direction(lane, road.section_at(words.s_m)) * words.lateral_m
    foot = to_world(road, words.s_m, lane, shift, np.zeros((1, 2)))[0]
    time = trace.time_ns * 1e-9
    born = (
        np.arange(
            math.floor((time[0] - SMOKE_LIFE_S) / SMOKE_CYCLE_S), math.ceil(time[-1] / SMOKE_CYCLE_S) + 1
        )
        * SMOKE_CYCLE_S
    )
    states = [trace.weather.at(round(t * 1e9)) for t in born]
    chance = stream(trace.concrete.seed, "sensors", trace.concrete.sample, "plume", number)
    turn, out = (
        2.0 * np.pi * chance.random(len(born)),
        0.35 * words.width_m * np.sqrt(chance.random(len(born))),
    )
    origin = foot + np.stack(
        [out * np.cos(turn), out * np.sin(turn), np.full(len(born), 0.2 * words.width_m)], axis=1
    )
    matter = Matter.EXHAUST if words.kind == "steam" else SMOKES[words.color]
    return _smoke(
        born, origin, _winds([s.wind_mps for s in states], [s.wind_from_rad for s in states]),
        np.zeros((len(born), 3)), np.array([s.air_degC for s in states]), matter, words.width_m, words.visibility_m,
        max(words.rise_mps, 0.2), chance,
    )  # fmt: skip


def _smoke(
    born_s: Array, origin_m: Array, wind_mps: Array, carried_mps: Array, air_degC: Array, matter: Matter,
    width_m: float, visibility_m: float, rise_mps: float, chance: np.random.Generator,
) -> Plumes:  # fmt: skip
    """Balls that leave a source as a column of its width would that rises with `rise_mps` at that optical range."""
    n = len(born_s)
    u = chance.random((n, 3))
    radius = 0.5 * width_m * (0.6 + 0.5 * u[:, 0])
    flux = (
        WMO_CONTRAST_LOG / visibility_m * 0.25 * math.pi * width_m**2 * rise_mps
    )  # m2 of extinction a second
    # A fire flickers: puffs differ, and their mean is the flux.
    puff = np.exp(0.5 * chance.normal(size=n) - 0.125)
    wind = np.linalg.norm(wind_mps, axis=1)
    throw = carried_mps + rise_mps * (0.18 * chance.normal(size=(n, 3)))
    throw[:, 2] += rise_mps * (0.75 + 0.5 * u[:, 1])
    none = np.zeros(n)
    return Plumes(
        np.full(n, matter, np.uint8),
        born_s,
        SMOKE_LIFE_S * (0.6 + 0.4 * u[:, 2]) * (0.3 if matter == Matter.EXHAUST else 1.0),
        origin_m,
        _eddies(wind_mps, chance),
        throw,
        np.full(n, CALM_S + 0.5 * rise_mps),
        radius,
        0.25 * radius,
        # A rising plume takes in air by 0.11 of its way, a bent one by some 0.08 of the wind's (Briggs).
        0.11 * rise_mps * (0.6 + 0.8 * u[:, 0]) + 0.08 * wind,
        puff * flux * SMOKE_CYCLE_S,
        np.full(n, 1e9),
        none,
        none,
        none,
        none,
        np.ones(n),
        air_degC,
    )  # fmt: skip
