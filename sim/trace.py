"""What happened: poses, parts, lamps, weather over time.  World floor; knows nothing of drawing.

Frames: world x east, y north, z up; an actor's frame has x forward, y left, z up and its origin on the ground below
the centre of its box.  Angles are yaw (about z), pitch (about y, positive nose down), roll (about x), applied
z-y-x.  Times are integer nanoseconds.
"""

import math
from dataclasses import dataclass
from enum import IntEnum, IntFlag

import numpy as np
from numpy.typing import NDArray

from scenarios.resolved import Concrete
from sim.roads.network import RoadNetwork
from sim.weather import WeatherTrack

# Who turns by more than this within a tick tumbles, or stands on end, where yaw and roll alone say nothing.
TUMBLING_RAD = 0.1


class Lamp(IntFlag):
    """Lamps of an actor, as bits of `WorldTrace.lamps`."""

    LOW_BEAM = 1
    HIGH_BEAM = 2
    TAIL = 4
    BRAKE = 8
    INDICATOR_LEFT = 16  # lit at this instant (blinking is already applied)
    INDICATOR_RIGHT = 32
    FOG_FRONT = 64
    FOG_REAR = 128
    REVERSE = 256
    HEAD_DAYTIME = 512
    BEACON_LEFT = 1024  # the two halves of a light bar flash in turn
    BEACON_RIGHT = 2048


class Gait(IntEnum):
    """How a walker moves at an instant."""

    NONE = 0
    STAND = 1
    WALK = 2
    RUN = 3


@dataclass(frozen=True, slots=True)
class Actor:
    """What stays the same about an actor throughout a trace."""

    instance_id: int  # > 0, stable over ticks, sensors and weather twins
    name: str  # the scenario's name, or background.<kind>.<n>
    model: str  # key of scenarios.bodies.BODIES
    actor_class: str  # key of scenarios.taxonomy.ACTOR_CLASSES
    size_m: tuple[float, float, float]  # length, width, height of the envelope: all poses, all doors open
    look_seed: int  # the only source of an asset's variety
    color: str | None = None  # Look words when the scenario names them
    clothing: str | None = None
    build: str | None = None
    carries: str | None = None
    dirt: str | None = None
    dents: str | None = None
    is_ego: bool = False
    state: str = (
        ""  # what changes its shape: laden (a bare bed under cargo), how it lies (on_left_side, ...),
        # or what opens at any time (open:front_left,boot)
    )


@dataclass(frozen=True, slots=True)
class Event:
    name: str
    time_ns: int


@dataclass(frozen=True, slots=True)
class WorldInstant:
    """The world at one time; A actors, arrays in the order of `WorldTrace.actors`."""

    time_ns: int
    position_m: NDArray[np.float64]  # (A, 3)
    rotation_rad: NDArray[np.float64]  # (A, 3) yaw, pitch, roll
    velocity_mps: NDArray[np.float64]  # (A, 3) world
    yaw_rate_radps: NDArray[np.float64]  # (A,)
    speed_mps: NDArray[np.float64]  # (A,) along the actor's x axis
    acceleration_mps2: NDArray[np.float64]  # (A,) along the actor's x axis
    steer_rad: NDArray[np.float64]  # (A,) front wheels, positive left
    wheel_rad: NDArray[np.float64]  # (A,) angle rolled since the start
    gait: NDArray[np.uint8]  # (A,) values of Gait
    gait_phase: NDArray[np.float64]  # (A,) strides since the start; the fraction is the phase
    lamps: NDArray[np.uint16]  # (A,) bits of Lamp
    present: NDArray[np.bool_]  # (A,)
    doors: NDArray[np.float32] | None = (
        None  # (A, D) share of their last notch; None: all that open stand open
    )
    lights: NDArray[np.uint8] | None = None  # (L,) of traffic lights, places in scenarios.functions.LIGHTS

    def world_from_actor(self, index: int) -> NDArray[np.float64]:
        """(4, 4) pose of actor `index`."""
        return pose_matrix(self.position_m[index], self.rotation_rad[index])

    def world_from_actors(self) -> NDArray[np.float64]:
        """(A, 4, 4) poses of all actors."""
        return pose_matrices(self.position_m, self.rotation_rad)


def pose_matrix(position_m: NDArray[np.float64], rotation_rad: NDArray[np.float64]) -> NDArray[np.float64]:
    """(4, 4) world_from_actor for a position and (yaw, pitch, roll), intrinsic z-y-x."""
    matrix: NDArray[np.float64] = pose_matrices(position_m[None], rotation_rad[None])[0]
    return matrix


def pose_matrices(position_m: NDArray[np.float64], rotation_rad: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, 4, 4) the same for positions (N, 3) and attitudes (N, 3)."""
    cy, cp, cr = np.cos(rotation_rad).T
    sy, sp, sr = np.sin(rotation_rad).T
    matrix = np.empty((len(cy), 4, 4))
    matrix[:, 0, 0], matrix[:, 0, 1], matrix[:, 0, 2] = (
        cy * cp,
        cy * sp * sr - sy * cr,
        cy * sp * cr + sy * sr,
    )
    matrix[:, 1, 0], matrix[:, 1, 1], matrix[:, 1, 2] = (
        sy * cp,
        sy * sp * sr + cy * cr,
        sy * sp * cr - cy * sr,
    )
    matrix[:, 2, 0], matrix[:, 2, 1], matrix[:, 2, 2] = -sp, cp * sr, cp * cr
    matrix[:, :3, 3] = position_m
    matrix[:, 3] = (0.0, 0.0, 0.0, 1.0)
    return matrix


def euler_rad(rotation: NDArray[np.float64]) -> tuple[float, float, float]:
    """(yaw, pitch, roll) of a rotation; pitch in [-90, 90] degrees, and no roll at its ends."""
    m = rotation
    level = math.hypot(m[0, 0], m[1, 0])
    pitch = math.atan2(-float(m[2, 0]), level)
    if level < 1e-9:
        return math.atan2(-float(m[0, 1]), float(m[1, 1])), pitch, 0.0
    return math.atan2(float(m[1, 0]), float(m[0, 0])), pitch, math.atan2(float(m[2, 1]), float(m[2, 2]))


def _between(
    first_rad: NDArray[np.float64], second_rad: NDArray[np.float64], share: float
) -> tuple[float, float, float]:
    """(yaw, pitch, roll) on the shortest way from one attitude to another (Rodrigues' formula)."""
    origin = np.zeros(3)
    first, second = pose_matrix(origin, first_rad)[:3, :3], pose_matrix(origin, second_rad)[:3, :3]
    way = second @ first.T
    axis = 0.5 * np.array((way[2, 1] - way[1, 2], way[0, 2] - way[2, 0], way[1, 0] - way[0, 1]))
    sine = float(np.linalg.norm(axis))
    if sine < 1e-9:
        return euler_rad(first)
    angle = share * math.atan2(sine, 0.5 * (float(way.trace()) - 1.0))
    x, y, z = axis / sine
    cross = np.array(((0.0, -z, y), (z, 0.0, -x), (-y, x, 0.0)))
    turned = np.eye(3) + math.sin(angle) * cross + (1.0 - math.cos(angle)) * (cross @ cross)
    return euler_rad(turned @ first)


@dataclass(frozen=True, slots=True)
class Ways:
    """Where the scenario's own actors are on their lane paths; N moments, the first W of the actors."""

    rows: NDArray[
        np.float64
    ]  # (P, 6) samples 0.5 m apart: x, y, yaw, curvature, lane width, station on its road
    first: NDArray[np.int32]  # (N, W) where an actor's path begins in `rows`
    count: NDArray[np.int32]  # (N, W) and how many samples it has
    along_m: NDArray[np.float64]  # (N, W) of the actor's middle on its path
    along_mps: NDArray[np.float64]  # (N, W) along the path
    goal_m: NDArray[
        np.float64
    ]  # (N, W, 2) where a walker goes, or will go with its next walk; nan for others


@dataclass(frozen=True, slots=True)
class WorldTrace:
    """A simulated scenario: T ticks (10 ms apart unless said otherwise) of A actors."""

    concrete: Concrete
    road: RoadNetwork
    weather: WeatherTrack
    actors: tuple[Actor, ...]
    events: tuple[Event, ...]
    time_ns: NDArray[np.int64]  # (T,)
    position_m: NDArray[np.float64]  # (T, A, 3)
    rotation_rad: NDArray[np.float64]  # (T, A, 3)
    velocity_mps: NDArray[np.float64]  # (T, A, 3) of the origin; of what tumbles, of the middle of its box
    yaw_rate_radps: NDArray[np.float64]  # (T, A)
    speed_mps: NDArray[np.float64]  # (T, A) along the actor's x axis; of what tumbles, in any direction
    acceleration_mps2: NDArray[np.float64]  # (T, A)
    steer_rad: NDArray[np.float64]  # (T, A)
    wheel_rad: NDArray[np.float64]  # (T, A)
    gait: NDArray[np.uint8]  # (T, A)
    gait_phase: NDArray[np.float64]  # (T, A)
    lamps: NDArray[np.uint16]  # (T, A)
    present: NDArray[np.bool_]  # (T, A)
    ways: Ways | None = None  # None only in traces that no scenario made
    doors: NDArray[np.float32] | None = (
        None  # (T, A, D) how far each of DOORS is open; None: nobody opens any
    )
    lights: NDArray[np.uint8] | None = (
        None  # (T, L) what the map's traffic lights show from a tick on, places in LIGHTS; None: nothing changes them
    )

    def index(self, name: str) -> int:
        """Column of the actor called `name`; KeyError names the known ones."""
        for column, actor in enumerate(self.actors):
            if actor.name == name:
                return column
        raise KeyError(f"no actor {name!r}; there are {', '.join(a.name for a in self.actors)}")

    def way(self, column: int, times_ns: NDArray[np.int64]) -> tuple[NDArray[np.float64], ...]:
        """Places and rotations (K, 3), velocities (K, 3) and yaw rates (K,) of one actor at times inside the trace."""
        t = self.time_ns
        k = np.clip(np.searchsorted(t, times_ns, side="right") - 1, 0, max(len(t) - 2, 0))
        n = np.minimum(k + 1, len(t) - 1)
        f = np.where(n == k, 0.0, (times_ns - t[k]) / np.maximum(t[n] - t[k], 1))

        def mix(a: NDArray[np.float64]) -> NDArray[np.float64]:
            of = a[:, column]
            mixed: NDArray[np.float64] = of[k] + (f if of.ndim == 1 else f[:, None]) * (of[n] - of[k])
            return mixed

        own = self.rotation_rad[:, column]
        turn = np.remainder(own[n] - own[k] + np.pi, 2 * np.pi) - np.pi
        rotation = own[k] + f[:, None] * turn
        for row in np.flatnonzero((np.abs(turn) > TUMBLING_RAD).any(axis=1)):
            rotation[row] = _between(own[k[row]], own[n[row]], float(f[row]))
        return mix(self.position_m), rotation, mix(self.velocity_mps), mix(self.yaw_rate_radps)

    def at(self, time_ns: int) -> WorldInstant:
        """The world at any time inside the trace: linear between ticks, angles along the shorter way."""
        t = self.time_ns
        if not t[0] <= time_ns <= t[-1]:
            raise ValueError(f"{time_ns} ns lies outside the trace ({t[0]}..{t[-1]} ns)")
        k = int(np.clip(np.searchsorted(t, time_ns, side="right") - 1, 0, max(len(t) - 2, 0)))
        n = min(k + 1, len(t) - 1)
        f = 0.0 if n == k else float(time_ns - t[k]) / float(t[n] - t[k])

        def mix(a: NDArray[np.float64]) -> NDArray[np.float64]:
            mixed: NDArray[np.float64] = a[k] + f * (a[n] - a[k])
            return mixed

        turn = np.remainder(self.rotation_rad[n] - self.rotation_rad[k] + np.pi, 2 * np.pi) - np.pi
        rotation = self.rotation_rad[k] + f * turn
        for column in np.flatnonzero((np.abs(turn) > TUMBLING_RAD).any(axis=1)):
            rotation[column] = _between(self.rotation_rad[k, column], self.rotation_rad[n, column], f)
        near = k if f < 0.5 else n
        return WorldInstant(
            time_ns=int(time_ns),
            position_m=mix(self.position_m),
            rotation_rad=rotation,
            velocity_mps=mix(self.velocity_mps),
            yaw_rate_radps=mix(self.yaw_rate_radps),
            speed_mps=mix(self.speed_mps),
            acceleration_mps2=mix(self.acceleration_mps2),
            steer_rad=mix(self.steer_rad),
            wheel_rad=mix(self.wheel_rad),
            gait=self.gait[near],
            gait_phase=mix(self.gait_phase),
            lamps=self.lamps[near],
            present=self.present[near],
            doors=None
            if self.doors is None
            else self.doors[k] + np.float32(f) * (self.doors[n] - self.doors[k]),
            lights=None if self.lights is None else self.lights[k],
        )
