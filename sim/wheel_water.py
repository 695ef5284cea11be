"""Sheets of water that wheels throw aside out of puddles and deep film.  World floor.

What a tread cannot take up it pushes aside: film above the grooves' share, times width, times speed.  The sheet tears
into drops of millimetres, which fly as drops do; one set of balls of them serves cameras and lidars.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from scenarios.bodies import BODIES
from scenarios.chance import stream
from scenarios.taxonomy import ACTOR_CLASSES
from sim.patches import LaidPatch
from sim.trace import Actor, WorldTrace, pose_matrix
from sim.weather import WeatherState

Array = NDArray[np.float64]
# Quantiles 0..1 of the ground's hollows at places (N, 2) in the world: the highest are wet first.
Hollows = Callable[[Array], Array]

CYCLE_S = 0.02
LEAST_MPS = 3.0  # slower wheels part the water without throwing it
# Side and bow waves are what treads and capillarity leave over (Weir et al. 1978 split it so); worn treads of 4 mm, a
# third of them grooves, take up 1.3 mm.  Of the rest the outer side gets half, the underside of the vehicle the others.
TAKEN_UP_M = 1.3e-3
OUTWARD = 0.5
SECOND_AXLE = 0.4  # of the water is back, or was never hit, when the next wheel comes
TYRE_M, NARROW_TYRE_M = 0.205, 0.04  # what a car's and a bicycle's roll on; others by their mass
DROP_M = 2.5e-3  # what sheets tear into: two to three millimetres
SECTION_PER_M = 1.5 / DROP_M  # m2 that stop light for each m3: pi/4 d^2 over pi/6 d^3
# Sheets leave at a third to a half of the wheel's speed, within a fan from flat to steep, and lean forward (reasoned,
# after pictures of cars in puddles: three metres aside and two high at 50 km/h).
ASIDE, MOST_ASIDE_MPS, AHEAD = 0.42, 8.0, 0.25
FLATTEST_RAD, STEEPEST_RAD = 0.15, 1.0
SLOWED_S = 0.65  # terminal speed of such drops, 6.5 m/s, over gravity
GRAVITY = 9.81
SPREAD = 0.055  # of its speed, at which a ball of them grows: neighbours' drops mix within a metre or two
LIFE_S = 1.6
BALLS = 8  # of a birth
LEAST_SECTION_M2 = 0.04  # smaller ones are drawn less often and counted for more
POOL_RIM = 14.0  # how fast a puddle deepens over the quantile of its ground, as it is drawn
PATCH_RIM_M = 0.12  # within which a stated puddle is as deep as it gets


@dataclass(frozen=True, slots=True)
class Sheets:
    """All balls of a clip; N of them."""

    born_s: Array  # (N,)
    centre_m: Array  # (N, 3) world, at birth
    throw_mps: Array  # (N, 3) at birth
    ground_m: Array  # (N,) height where they end
    radius_m: Array  # (N,) at birth
    spread_mps: Array  # (N,)
    section_m2: Array  # (N,) extinction times volume

    @staticmethod
    def of(trace: WorldTrace, hollows: Hollows | None, patches: Sequence[LaidPatch] = ()) -> "Sheets":
        """What the vehicles of a trace throw aside; nothing on frozen ground, and only on `hollows` that are known."""
        pools = [patch for patch in patches if patch.kind == "puddle" and not patch.area.is_empty]
        deepest = max(
            max(state.water_film_m, state.puddle_depth_m * (state.puddle_cover > 0.0))
            for state in trace.weather.states
        )
        parts = []
        if pools or deepest > TAKEN_UP_M:
            parts = [
                part
                for column, actor in enumerate(trace.actors)
                if ACTOR_CLASSES[actor.actor_class].moves == "vehicle"
                and BODIES[actor.model].wheelbase_m > 0.0
                and (part := _beside(trace, column, actor, hollows, pools)) is not None
            ]
        if not parts:
            none, nowhere = np.zeros(0), np.zeros((0, 3))
            return Sheets(none, nowhere, nowhere, none, none, none, none)
        return Sheets(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def at(self, time_s: float) -> tuple[NDArray[np.int64], Array, Array, Array, Array]:
        """Rows that are in the air, (C, 3) centres, (C,) radii, (C,) extinctions and (C, 3) velocities.

        Drag grows with speed here, so that a place is a formula: (u + g T) T (1 - exp(-t / T)) - g T t upwards.
        """
        age = time_s - self.born_s
        rows = np.flatnonzero((age >= 0.0) & (age < LIFE_S))
        age = age[rows]
        way = SLOWED_S * -np.expm1(-age / SLOWED_S)
        centre = self.centre_m[rows] + way[:, None] * self.throw_mps[rows]
        centre[:, 2] += GRAVITY * SLOWED_S * (way - age)
        radius = self.radius_m[rows] + self.spread_mps[rows] * way
        up = np.flatnonzero(centre[:, 2] > self.ground_m[rows] - 0.3 * radius)
        rows, centre, radius = rows[up], centre[up], radius[up]
        left = np.exp(-age[up] / SLOWED_S)
        velocity = left[:, None] * self.throw_mps[rows]
        velocity[:, 2] -= GRAVITY * SLOWED_S * (1.0 - left)
        return rows, centre, radius, self.section_m2[rows] / (4.0 / 3.0 * np.pi * radius**3), velocity


def thrown_m3_per_s(depth_m: Array | float, tyre_m: float, speed_mps: Array | float) -> Array:
    """Water that a wheel pushes to its outer side."""
    return np.asarray(OUTWARD * np.maximum(np.subtract(depth_m, TAKEN_UP_M), 0.0) * tyre_m * speed_mps)


def pool_depth_m(quantile: Array, cover: Array | float, depth_m: Array | float) -> Array:
    """How deep the puddles of a road stand where its hollows have a quantile."""
    full = np.clip((quantile - np.subtract(1.0, cover)) * POOL_RIM, 0.0, 1.0)
    return np.asarray(depth_m * full * np.greater(cover, 0.0))


def _beside(
    trace: WorldTrace, column: int, actor: Actor, hollows: Hollows | None, pools: Sequence[LaidPatch]
) -> tuple[Array, ...] | None:
    """What one vehicle throws aside: the fields of `Sheets`; None where it never does."""
    time = trace.time_ns * 1e-9
    born = np.arange(math.floor((time[0] - LIFE_S) / CYCLE_S), math.ceil(time[-1] / CYCLE_S) + 1) * CYCLE_S
    row = np.clip(np.searchsorted(time, born), 0, len(time) - 1)
    speed = np.abs(trace.speed_mps[row, column]) * trace.present[row, column]
    fast = np.flatnonzero(speed > LEAST_MPS)
    if not len(fast):
        return None
    born, row, speed = born[fast], row[fast], speed[fast]
    forward = trace.speed_mps[row, column]
    # Before the trace begins the vehicle came as it goes at the beginning.
    middle = (
        trace.position_m[row, column]
        + np.minimum(born - time[row], 0.0)[:, None] * trace.velocity_mps[row, column]
    )
    turns = {int(k): pose_matrix(np.zeros(3), trace.rotation_rad[k, column])[:3, :3] for k in np.unique(row)}
    turn = np.array([turns[int(k)] for k in row])
    body = BODIES[actor.model]
    single = body.track_m == 0.0
    tyre = float(np.clip(TYRE_M * (body.mass_kg / 1500.0) ** 0.3, NARROW_TYRE_M, 0.6))
    front = 0.5 * actor.size_m[0] - body.front_overhang_m
    out = 0.5 * body.track_m + 0.5 * tyre
    chance = stream(trace.concrete.seed, "sensors", trace.concrete.sample, "wheel_water", actor.instance_id)
    states = [trace.weather.at(round(t * 1e9)) for t in born]
    thawed = np.array([s.snow_depth_m <= 0.0 and s.ice_cover < 0.5 for s in states])
    parts = []
    for x, left_over in ((front, 1.0), (front - body.wheelbase_m, SECOND_AXLE)):
        for side in (1.0, -1.0):
            foot = middle + np.einsum("nij,j->ni", turn, np.array([x, side * out, 0.0]))
            tread = foot - turn[:, :, 1] * (side * 0.5 * tyre)
            depth = left_over * _depth_m(tread[:, :2], states, hollows, pools)
            section = SECTION_PER_M * CYCLE_S * thrown_m3_per_s(depth, tyre, speed) * thawed
            section *= 0.5 if single else 1.0
            # Thin ones by turns, so that a wet motorway is not a million of them.
            share = np.minimum(section / LEAST_SECTION_M2, 1.0)
            who = np.repeat(np.flatnonzero(chance.random(len(section)) < share), BALLS)
            if not len(who):
                continue
            u = chance.random((len(who), 4))
            fan = (
                FLATTEST_RAD + (STEEPEST_RAD - FLATTEST_RAD) * (np.arange(len(who)) % BALLS + u[:, 0]) / BALLS
            )
            # Deeper water is thrown harder: a film of two millimetres hardly lifts off.
            force = np.minimum(1.0, (depth[who] - TAKEN_UP_M) / 2.5e-3) ** 0.5
            throw = np.minimum(ASIDE * speed[who], MOST_ASIDE_MPS) * (0.35 + 0.85 * u[:, 1]) * force
            parts.append(
                (
                    born[who] - CYCLE_S * u[:, 2],
                    # Where the wheel was then: from one point they would stand in clumps half a metre apart.
                    foot[who]
                    + (0.0, 0.0, 0.05)
                    - turn[who, :, 0] * (CYCLE_S * forward[who] * u[:, 2])[:, None],
                    turn[who, :, 0] * (AHEAD * speed[who] * u[:, 3])[:, None]
                    + turn[who, :, 1] * (side * throw * np.cos(fan))[:, None]
                    + np.array([0.0, 0.0, 1.0]) * (throw * np.sin(fan))[:, None],
                    foot[who, 2],
                    0.05 + 0.06 * u[:, 0],
                    0.15 + SPREAD * throw * (0.5 + u[:, 2]),
                    section[who] / share[who] / BALLS,
                )
            )
    if not parts:
        return None
    return tuple(np.concatenate(field) for field in zip(*parts, strict=True))


def _depth_m(
    place_m: Array, states: Sequence[WeatherState], hollows: Hollows | None, pools: Sequence[LaidPatch]
) -> Array:
    """(N,) water that stands below wheels at places (N, 2), each under its own state of the weather."""
    depth = np.array([state.water_film_m for state in states])
    if hollows is not None:
        quantile = hollows(place_m)
        cover = np.array([state.puddle_cover for state in states])
        deep = np.array([state.puddle_depth_m for state in states])
        depth = np.maximum(depth, pool_depth_m(quantile, cover, deep))
    for pool in pools:
        x0, y0, x1, y1 = pool.area.bounds
        near = np.flatnonzero(
            (place_m[:, 0] > x0) & (place_m[:, 0] < x1) & (place_m[:, 1] > y0) & (place_m[:, 1] < y1)
        )
        if len(near):
            points = shapely.points(place_m[near])
            within = shapely.contains(pool.area, points)
            rim = np.minimum(shapely.distance(pool.area.boundary, points) / PATCH_RIM_M, 1.0)
            depth[near] = np.maximum(depth[near], pool.depth_m * rim * within)
    return np.asarray(depth)
