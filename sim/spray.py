"""Water that wheels throw up: clusters of droplets behind fast vehicles on wet roads.  World floor.

Linnhoff et al. 2022 measured it behind cars with a VLP-32C; the numbers of their published model stand below.  A cluster
is a ball of mist with a place of its own in the world, so that camera and lidar meet the same ones; all of a clip's are
drawn once and move on closed curves, so any instant can be asked alone.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.chance import stream
from scenarios.taxonomy import ACTOR_CLASSES
from sim.trace import Actor, WorldTrace, pose_matrix

Array = NDArray[np.float64]

CYCLE_S = 0.1  # a turn of the scanner that they measured with: counts are per turn
CLUSTERS_PER_KMH, CLUSTERS_PER_KMH_MM = 0.1, 0.2  # above the least speed, and for each mm of water
LEAST_KMH = 50.0
AROUND_M, HIGH_M = 3.4, 1.5  # width and height of where clusters are born behind a car
CAR_WIDTH_M = 1.85
RADIUS_MU, RADIUS_SIGMA, MOST_RADIUS_M = -1.2, 0.8, 1.0
RISE_MPS = 5.0
DRAG_PER_M, DRAG_SIGMA_PER_M, LEAST_DRAG_PER_M = 0.12, 0.04, 0.01
LIFE_S, LIFE_PER_KMH_MM_S, LIFE_SIGMA_S, LEAST_LIFE_S = 0.2, 0.02, 0.2, 0.05
LIVES = 4.0  # a cluster is gone after so many of its lifetimes
FOUND_MU, FOUND_SIGMA = -2.3, 1.1  # of the chance that a beam through a fresh cluster returns
EXTINCTION_PER_M = 0.02  # of a fresh cluster
WIND_NEAR_GROUND = 0.6  # of the wind at 10 m
MOST_MM = 3.0  # deeper water is pushed aside, not thrown up


@dataclass(frozen=True, slots=True)
class SprayClouds:
    """C clusters at an instant."""

    number: NDArray[np.int64]  # (C,) of the cluster in its clip: chance is drawn by it
    centre_m: Array  # (C, 3) world
    radius_m: Array  # (C,)
    fresh: Array  # (C,) 1 when born, falling to e^-4: what is left of its water
    found: Array  # (C,) chance that a beam through it returns, its age included
    velocity_mps: Array  # (C, 3)

    @property
    def extinction_per_m(self) -> Array:
        """(C,) what is left of a fresh cluster's."""
        return EXTINCTION_PER_M * self.fresh


@dataclass(frozen=True, slots=True)
class Spray:
    """All clusters of a clip, in the order of their birth within each vehicle; N of them."""

    born_s: Array  # (N,) increasing within a vehicle
    centre_m: Array  # (N, 3) world, at birth
    drift_mps: Array  # (N, 3) of the air
    heading: Array  # (N, 3) unit, of its motion through the air
    through_air_mps: Array  # (N,)
    drag_per_m: Array  # (N,)
    life_s: Array  # (N,)
    radius_m: Array  # (N,)
    found: Array  # (N,)

    @staticmethod
    def of(trace: WorldTrace) -> "Spray":
        """What the vehicles of a trace throw up, before and during it; nothing on dry roads."""
        parts = [
            part
            for column, actor in enumerate(trace.actors)
            if ACTOR_CLASSES[actor.actor_class].moves == "vehicle"
            and (part := _behind(trace, column, actor)) is not None
        ]
        if not parts:
            none, nowhere = np.zeros(0), np.zeros((0, 3))
            return Spray(none, nowhere, nowhere, nowhere, none, none, none, none, none)
        return Spray(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def at(self, time_s: float) -> SprayClouds:
        """The clusters that are in the air at a time of the trace's clock.

        Drag goes with the square of the speed through the air, so the way is ln(1 + k v t) / k.
        """
        age = time_s - self.born_s
        rows = np.flatnonzero((age >= 0.0) & (age < LIVES * self.life_s))
        age, k, v = age[rows], self.drag_per_m[rows], self.through_air_mps[rows]
        way = np.log1p(k * v * age) / k
        centre = self.centre_m[rows] + age[:, None] * self.drift_mps[rows] + way[:, None] * self.heading[rows]
        fresh = np.exp(-age / self.life_s[rows])
        velocity = self.drift_mps[rows] + (v / (1.0 + k * v * age))[:, None] * self.heading[rows]
        return SprayClouds(rows, centre, self.radius_m[rows], fresh, self.found[rows] * fresh, velocity)


def mean_clusters(water_mm: float, speed_kmh: float) -> float:
    """Clusters that a car throws up in a tenth of a second."""
    return (CLUSTERS_PER_KMH_MM * water_mm + CLUSTERS_PER_KMH) * max(speed_kmh - LEAST_KMH, 0.0)


def mean_life_s(water_mm: float, speed_kmh: float) -> float:
    """Lifetime of a cluster: after it 37 % of its water are left."""
    return LIFE_PER_KMH_MM_S * water_mm * max(speed_kmh - LEAST_KMH, 0.0) + LIFE_S


def _behind(trace: WorldTrace, column: int, actor: Actor) -> tuple[Array, ...] | None:
    """What one vehicle throws up: the fields of `Spray`; None where it never does."""
    time_s = trace.time_ns * 1e-9
    fastest = 3.6 * float(trace.speed_mps[:, column].max())
    wettest = _water_mm(max(state.water_film_m for state in trace.weather.states))
    if fastest <= LEAST_KMH or wettest <= 0.0:
        return None
    chance = stream(trace.concrete.seed, "sensors", trace.concrete.sample, "spray", actor.instance_id)
    early = LIVES * (mean_life_s(wettest, fastest) + 3.0 * LIFE_SIGMA_S)
    cycles = np.arange(math.floor((time_s[0] - early) / CYCLE_S), math.ceil(time_s[-1] / CYCLE_S) + 1)
    born = cycles * CYCLE_S
    tick = np.clip(np.searchsorted(time_s, born), 0, len(time_s) - 1)
    # A trailer or a lorry is wider: as many clusters for each metre of its width.
    wide = max(actor.size_m[1] / CAR_WIDTH_M, 0.5)
    kmh = 3.6 * np.maximum(trace.speed_mps[tick, column], 0.0) * trace.present[tick, column]
    water = np.array([_water_mm(trace.weather.at(round(t * 1e9)).water_film_m) for t in born])
    mean = np.array([mean_clusters(w, v) for w, v in zip(water, kmh, strict=True)]) * wide * (water > 0.0)
    each = chance.poisson(mean)
    cycle = np.repeat(np.arange(len(born)), each)
    count = len(cycle)
    u = chance.random((count, 4))
    normal = chance.normal(size=(count, 4))
    row = tick[cycle]
    # Before the trace begins the vehicle came as it goes at the beginning.
    place = (
        trace.position_m[row, column]
        + trace.velocity_mps[row, column] * np.minimum(born[cycle] - time_s[row], 0.0)[:, None]
    )
    turn = np.array([pose_matrix(np.zeros(3), trace.rotation_rad[k, column])[:3, :3] for k in tick])[cycle]
    speed = trace.speed_mps[row, column]
    local = np.stack(
        [
            -0.5 * actor.size_m[0] - u[:, 0] * speed * CYCLE_S,
            (u[:, 1] - 0.5) * AROUND_M * wide,
            u[:, 2] * min(HIGH_M * wide, actor.size_m[2]),
        ],
        axis=1,
    )
    centre = place + np.einsum("nij,nj->ni", turn, local)
    states = [trace.weather.at(round(t * 1e9)) for t in born]
    towards = np.array([s.wind_from_rad + np.pi for s in states])
    air = WIND_NEAR_GROUND * np.array([s.wind_mps for s in states])
    drift = np.stack([air * np.sin(towards), air * np.cos(towards), 0.0 * air], axis=1)[cycle]
    motion = trace.velocity_mps[row, column] + u[:, 3:] * RISE_MPS * (0.0, 0.0, 1.0) - drift
    through = np.linalg.norm(motion, axis=1)
    life = np.array([mean_life_s(w, v) for w, v in zip(water, kmh, strict=True)])[cycle]
    return (
        born[cycle],
        centre,
        drift,
        motion / np.maximum(through, 1e-9)[:, None],
        through,
        np.maximum(DRAG_PER_M + DRAG_SIGMA_PER_M * normal[:, 0], LEAST_DRAG_PER_M),
        np.maximum(life + LIFE_SIGMA_S * normal[:, 1], LEAST_LIFE_S),
        np.minimum(np.exp(RADIUS_MU + RADIUS_SIGMA * normal[:, 2]), MOST_RADIUS_M),
        np.minimum(np.exp(FOUND_MU + FOUND_SIGMA * normal[:, 3]), 1.0),
    )


def _water_mm(film_m: float) -> float:
    return min(film_m * 1e3, MOST_MM)
