"""From the states of a run to the arrays of a trace: poses on the road's surface, suspension, strides.  World floor."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.fleet import Fleet
from sim.gait import gait_for, stride_of
from sim.kernels import traffic as k
from sim.placement import Placed
from sim.roads.network import LanePath
from sim.trace import Gait, euler_rad, pose_matrix
from sim.walkers import Walker

Floats = NDArray[np.float64]

# Suspension: a car dives about 1 degree in an emergency stop and leans 3 in a hard bend.  Here the wheels turn with
# the body, so both are less than half of that, and the body is lifted until its lowest wheel stands on the road: at
# 8 m/s^2 the rear wheels then hang 2 cm above it.
DIVE_RAD_PER_MPS2 = 0.0009
LEAN_RAD_PER_MPS2 = 0.002
SPRING_HZ = 1.3
DAMPING = 0.35
KERB_STEP_S = 0.25  # a step up or down a kerb takes a quarter of a second


@dataclass(frozen=True, slots=True)
class Motion:
    """Arrays (T, ...) of one actor, in the order and meaning of WorldTrace."""

    position_m: Floats  # (T, 3)
    rotation_rad: Floats  # (T, 3)
    speed_mps: Floats
    acceleration_mps2: Floats
    steer_rad: Floats
    wheel_rad: Floats
    gait: NDArray[np.uint8]
    gait_phase: Floats
    # Of things that tumble: the origin swings about them, and yaw alone does not say how they turn.
    centre_mps: Floats | None = None  # (T, 3)
    yaw_rate_radps: Floats | None = None


@dataclass(frozen=True, slots=True)
class Recorder:
    """States of all ticks."""

    states: Floats  # (T, V, 8)
    modes: NDArray[np.uint8]  # (T, V) what each driver meant to do
    signals: NDArray[np.int8]  # (T, V) indicators set
    walkers: dict[str, Floats]  # (T, 7) s, t, x, y, yaw, speed, acceleration
    words: dict[str, list[str]]  # gait word of every tick

    @staticmethod
    def start(ticks: int, fleet: Fleet, walkers: dict[str, Walker]) -> "Recorder":
        return Recorder(
            np.empty((ticks, *fleet.state.shape)),
            np.zeros((ticks, len(fleet.state)), np.uint8),
            np.zeros((ticks, len(fleet.state)), np.int8),
            {name: np.empty((ticks, 7)) for name in walkers},
            {name: [] for name in walkers},
        )

    def take(self, tick: int, fleet: Fleet, walkers: dict[str, Walker]) -> None:
        self.states[tick] = fleet.state
        self.modes[tick] = fleet.order[:, k.MODE]
        self.signals[tick] = fleet.signal
        for name, w in walkers.items():
            self.walkers[name][tick] = (w.s_m, w.t_m, w.x_m, w.y_m, w.yaw_rad, w.speed_mps, w.accel_mps2)
            self.words[name].append(w.gait)


def vehicle_motion(recorder: Recorder, fleet: Fleet, row: int, step_s: float) -> Motion:
    """A vehicle on the surface of its lanes, with the body on its springs."""
    states = recorder.states[:, row]
    ticks = len(states)
    placed = fleet.vehicles[row].placed
    rear_to_centre = float(fleet.spec[row, k.REAR_TO_CENTRE])
    yaw = states[:, k.YAW]
    position = np.empty((ticks, 3))
    position[:, 0] = states[:, k.X] + rear_to_centre * np.cos(yaw)
    position[:, 1] = states[:, k.Y] + rear_to_centre * np.sin(yaw)
    pitch, roll = np.zeros(ticks), np.zeros(ticks)
    moving = bool((states[:, k.SPEED] > 0.0).any())
    for start, stop, path in paths_of(fleet, row, ticks):
        # Who stands still needs one pose only.
        part = slice(start, stop) if moving else slice(start, start + 1)
        position[start:stop, 2], pitch[start:stop], roll[start:stop] = _surface(
            path, states[part], rear_to_centre
        )
    speed = states[:, k.SPEED]
    accel = states[:, k.ACCEL].copy()
    yaw_rate = np.gradient(yaw, step_s)
    sideways = speed * yaw_rate
    if placed.body.track_m > 0.0:
        if moving:
            dive = -_sprung(accel, step_s) * DIVE_RAD_PER_MPS2
            lean = _sprung(sideways, step_s) * LEAN_RAD_PER_MPS2
            pitch += dive
            roll += lean
            position[:, 2] += _lift_m(fleet, row, dive, lean)
    else:
        roll -= np.arctan(sideways / k.G_MPS2)  # two wheels lean into the bend
    wheel = np.zeros(ticks)
    if placed.body.wheel_radius_m > 0.0:
        wheel[1:] = np.cumsum(0.5 * (speed[1:] + speed[:-1])) * step_s / placed.body.wheel_radius_m
    return Motion(
        position, np.stack((yaw, pitch, roll), 1), speed.copy(), accel, states[:, k.STEER].copy(), wheel,
        np.zeros(ticks, np.uint8), np.zeros(ticks),
    )  # fmt: skip


def paths_of(fleet: Fleet, row: int, ticks: int) -> Iterator[tuple[int, int, LanePath]]:
    """(from tick, to tick, path) of a vehicle, one after the other."""
    changes = [*fleet.paths[row], (ticks, fleet.paths[row][-1][1])]
    for (start, path), (stop, _) in pairwise(changes):
        yield start, stop, path


def surface_under(
    path: LanePath, centre_m: Floats, yaw_rad: Floats, guess_m: Floats
) -> tuple[Floats, Floats, Floats]:
    """(height, pitch, roll) of the ground under (N, 2) places near a path, as what stands there is turned."""
    s = guess_m.copy()
    for _ in range(3):  # Newton steps along the tangent
        foot, along, _, _ = path.pose(s, np.zeros(len(s)))
        apart = centre_m - foot[:, :2]
        s = s + apart[:, 0] * np.cos(along) + apart[:, 1] * np.sin(along)
    foot, along, _, _ = path.pose(s, np.zeros(len(s)))
    apart = centre_m - foot[:, :2]
    position, along, slope, bank = path.pose(s, apart[:, 1] * np.cos(along) - apart[:, 0] * np.sin(along))
    cos, sin = np.cos(yaw_rad - along), np.sin(yaw_rad - along)
    return position[:, 2], slope * cos + bank * sin, bank * cos - slope * sin


def _surface(path: LanePath, states: Floats, rear_to_centre: float) -> tuple[Floats, Floats, Floats]:
    """(height, pitch, roll) of the ground under the centre of a vehicle, as it stands on it."""
    turned = states[:, k.YAW] - np.interp(states[:, k.S], path.s_m, path.yaw_rad)
    s = states[:, k.S] + rear_to_centre * np.cos(turned)
    t = states[:, k.T] + rear_to_centre * np.sin(turned)
    position, _, slope, bank = path.pose(s, t)
    turned = states[:, k.YAW] - np.interp(s, path.s_m, path.yaw_rad)
    cos, sin = np.cos(turned), np.sin(turned)
    return position[:, 2], slope * cos + bank * sin, bank * cos - slope * sin


class Spring:
    """A damped second-order body with unit gain: what the springs make of an acceleration."""

    def __init__(self, push: float) -> None:
        self.at, self._rate = push, 0.0

    def feel(self, push: float, step_s: float) -> None:
        """On to the next tick, under what pushes now."""
        w = 2.0 * math.pi * SPRING_HZ
        self._rate += step_s * (w * w * (push - self.at) - 2.0 * DAMPING * w * self._rate)
        self.at += step_s * self._rate


def _sprung(push: Floats, step_s: float) -> Floats:
    """The response of a spring to a history."""
    spring = Spring(float(push[0]))
    out = np.empty_like(push)
    for i, target in enumerate(push.tolist()):
        out[i] = spring.at
        spring.feel(target, step_s)
    return out


class Ride:
    """The pose of a vehicle while it drives, on its springs: what its trace will say of it afterwards."""

    def __init__(self, fleet: Fleet, row: int, step_s: float) -> None:
        self._fleet, self._row, self._step_s = fleet, row, step_s
        accel, sideways = self._pushes()
        self._dive, self._lean = Spring(accel), Spring(sideways)
        self.pose = np.zeros(6)  # position, yaw, pitch, roll
        self.settle()

    def _pushes(self) -> tuple[float, float]:
        state, spec = self._fleet.state[self._row], self._fleet.spec[self._row]
        turn = state[k.SPEED] * math.tan(state[k.STEER]) / spec[k.WHEELBASE]
        return float(state[k.ACCEL]), float(state[k.SPEED] * turn)

    def feel(self) -> None:
        """The springs feel this tick, before the fleet goes on."""
        accel, sideways = self._pushes()
        self._dive.feel(accel, self._step_s)
        self._lean.feel(sideways, self._step_s)

    def settle(self) -> None:
        """Look up the pose, after the fleet has gone on."""
        fleet, row = self._fleet, self._row
        self.pose = self.unsprung(fleet, row, fleet.path(row), fleet.state[row])
        dive, lean = -self._dive.at * DIVE_RAD_PER_MPS2, self._lean.at * LEAN_RAD_PER_MPS2
        self.pose[2] += _lift_m(fleet, row, dive, lean)
        self.pose[4:] += (dive, lean)

    @staticmethod
    def unsprung(fleet: Fleet, row: int, path: LanePath, state: Floats) -> Floats:
        """(6,) position, yaw, pitch, roll of a vehicle in a state, flat on the road."""
        rear_to_centre = float(fleet.spec[row, k.REAR_TO_CENTRE])
        (z,), (pitch,), (roll,) = _surface(path, state[None], rear_to_centre)
        x = state[k.X] + rear_to_centre * math.cos(state[k.YAW])
        y = state[k.Y] + rear_to_centre * math.sin(state[k.YAW])
        return np.array((x, y, z, state[k.YAW], pitch, roll))


def _lift_m(fleet: Fleet, row: int, dive: Any, lean: Any) -> Any:
    """How far a body that dives and leans is lifted, so that its lowest wheel stands on the road."""
    rear = float(fleet.spec[row, k.REAR_TO_CENTRE])
    front = float(fleet.spec[row, k.WHEELBASE]) - rear
    track = fleet.vehicles[row].placed.body.track_m
    return np.maximum(front * dive, -rear * dive) + 0.5 * track * np.abs(lean)


def rigid_motion(
    carrier: Motion,
    carrier_from_item: Floats,
    height_m: float,
    since: int,
    pose: Floats,
    spin: Floats,
    step_s: float,
) -> Motion:
    """A thing that is carried until tick `since` (or to the end when that is -1) and moves by itself from there.

    `pose` (T, 4, 4) and `spin` (T, 3) are its own; what it rides on gives the rest.  Velocity and speed are those of
    its centre.
    """
    ticks = len(carrier.position_m)
    poses, turns = pose.copy(), spin.copy()
    for tick in range(ticks if since < 0 else since):
        poses[tick] = pose_matrix(carrier.position_m[tick], carrier.rotation_rad[tick]) @ carrier_from_item
    if since != 0:
        yaw = np.unwrap(carrier.rotation_rad[:, 0])
        turns[: None if since < 0 else since] = 0.0
        turns[: None if since < 0 else since, 2] = np.gradient(yaw, step_s)[: None if since < 0 else since]
    velocity = np.gradient(poses[:, :3, 3] + 0.5 * height_m * poses[:, :3, 2], step_s, axis=0)
    speed = np.linalg.norm(velocity, axis=1)
    still = np.zeros(ticks)
    return Motion(
        np.ascontiguousarray(poses[:, :3, 3]), np.array([euler_rad(m) for m in poses]), speed,
        np.gradient(speed, step_s), still, still, np.zeros(ticks, np.uint8), still, velocity, turns[:, 2],
    )  # fmt: skip


def walker_motion(recorder: Recorder, walker: Walker, step_s: float) -> Motion:
    """Somebody on foot: feet on the ground, upright, striding."""
    name = walker.placed.name
    states = recorder.walkers[name]
    ground, _, _, _ = walker.placed.path.pose(states[:, 0], states[:, 1])
    rotation = np.zeros((len(states), 3))
    rotation[:, 0] = states[:, 4]
    position = np.column_stack((states[:, 2:4], ground[:, 2]))
    words = recorder.words[name]
    return on_feet(walker.placed, position, rotation, states[:, 5], states[:, 6], step_s, words)


def on_feet(
    placed: Placed,
    position_m: Floats,
    rotation_rad: Floats,
    speed_mps: Floats,
    acceleration_mps2: Floats,
    step_s: float,
    words: list[str] | None = None,
) -> Motion:
    """Somebody on foot, or on small wheels, who went this way; `words` are the gaits that were asked for."""
    height = placed.size_m[2]
    position = np.column_stack((position_m[:, :2], _eased(position_m[:, 2], step_s)))
    pairs = zip(speed_mps.tolist(), words or ["auto"] * len(speed_mps), strict=True)
    gait = np.array([gait_for(v, height, word) for v, word in pairs], np.uint8)
    radius_m = placed.body.wheel_radius_m * height / placed.body.size_m[2]
    stride = [
        stride_of(placed.body, Gait(g), v, height)
        for g, v in zip(gait.tolist(), speed_mps.tolist(), strict=True)
    ]
    return _afoot(
        position,
        rotation_rad,
        speed_mps.copy(),
        acceleration_mps2.copy(),
        gait,
        np.array(stride),
        step_s,
        radius_m,
    )


def steady_walk(placed: Placed, speed_mps: float, ticks: int, step_s: float) -> Motion:
    """A pedestrian of the background: along the sidewalk, at one speed."""
    way = math.copysign(1.0, math.cos(placed.facing_rad))
    times: Floats = np.arange(ticks, dtype=np.float64) * step_s
    position, yaw, _, _ = placed.path.pose(placed.s_m + way * speed_mps * times, placed.t_m)
    rotation = np.zeros((ticks, 3))
    rotation[:, 0] = yaw + placed.facing_rad
    motion = on_feet(placed, position, rotation, np.full(ticks, speed_mps), np.zeros(ticks), step_s)
    # Everybody is somewhere else in the stride: begin by where one stands.
    motion.gait_phase[:] += (placed.s_m * 0.618) % 1.0
    return motion


def standing(placed: Placed, ticks: int) -> Motion:
    """A thing that stays where it is."""
    position, yaw, pitch, roll = placed.path.pose(placed.s_m, placed.t_m)
    cos, sin = math.cos(placed.facing_rad), math.sin(placed.facing_rad)
    rotation = np.array(
        (yaw[0] + placed.facing_rad, pitch[0] * cos + roll[0] * sin, roll[0] * cos - pitch[0] * sin)
    )
    still = np.zeros(ticks)
    return Motion(
        np.repeat(position, ticks, 0), np.repeat(rotation[None], ticks, 0), still, still, still, still,
        np.zeros(ticks, np.uint8), still,
    )  # fmt: skip


def _afoot(
    position: Floats,
    rotation: Floats,
    speed: Floats,
    accel: Floats,
    gait: NDArray[np.uint8],
    strides: Floats,
    step_s: float,
    wheel_radius_m: float,
) -> Motion:
    phase = np.zeros(len(speed))
    phase[1:] = np.cumsum(speed[:-1] * step_s / strides[:-1])
    still, rolled = np.zeros(len(speed)), np.zeros(len(speed))
    if wheel_radius_m > 0.0:  # wheelchairs and prams go at a walk, on wheels
        rolled[1:] = np.cumsum(speed[:-1] * step_s) / wheel_radius_m
    return Motion(position, rotation, speed, accel, still, rolled, gait, phase)


def _eased(height: Floats, step_s: float) -> Floats:
    """Kerbs as steps that take their time."""
    half = round(KERB_STEP_S / step_s / 2)
    padded = np.pad(height, half, mode="edge")
    kernel = np.ones(2 * half + 1) / (2 * half + 1)
    return np.convolve(padded, kernel, mode="valid")
