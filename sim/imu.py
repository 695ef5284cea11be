"""An inertial sensor on the ego: what it should read, and what its errors make of it.  World floor.

Each reading is the mean over the interval since the last, as units that count angle and velocity give it, so adding
readings up leads back to the trajectory.  Errors are those of IEEE Std 952: white noise, a Gauss-Markov bias, a random
walk of the bias, an offset, scale, misalignment, saturation.  The world does not turn: the earth's 15 deg/h are left
out.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from scenarios.chance import stream
from scenarios.navigation import STANDARD_G, AxisFacts, ImuFacts, imu_facts
from scenarios.schema import Imu
from sim.markov import wandering
from sim.motion import Motion, frame_of, motion_of
from sim.readings import ImuReadings
from sim.trace import WorldTrace

Floats = NDArray[np.float64]

# The Allan deviation of a first-order Gauss-Markov process peaks at 0.6174 of its standard deviation, 1.89 correlation
# times away (IEEE Std 952-1997, B.12): what sheets call bias instability is that floor.
MARKOV_PEAK = 0.6174


def readings(trace: WorldTrace, name: str, imu: Imu[float], seed: int) -> ImuReadings:
    """All readings of a clip, from one interval after its start on."""
    mount = frame_of(imu.mount)
    last = float(trace.time_ns[-1] - trace.time_ns[0]) * 1e-9
    count = math.floor(last * imu.rate_hz + 1e-9)
    times = trace.time_ns[0] + np.round(np.arange(count + 1) * 1e9 / imu.rate_hz).astype(np.int64)
    motion = motion_of(trace, mount, times)
    gyro, accel = increments(motion)
    facts = imu_facts(imu)
    errors = _Errors(facts, imu.rate_hz, count, seed, name)
    felt_gyro, gyro_bias = errors.on(gyro, facts.gyro, "gyro")
    felt_accel, accel_bias = errors.on(accel, facts.accel, "accel")
    x, y, z, w = Rotation.from_matrix(motion.world_from_frame[1:]).as_quat().T
    return ImuReadings(
        name, mount, times[1:], felt_gyro, felt_accel, gyro, accel, gyro_bias, accel_bias,
        motion.position_m[1:], motion.velocity_mps[1:], np.stack([w, x, y, z], axis=1),
        motion.speed_mps[1:], motion.steer_rad[1:],
    )  # fmt: skip


def increments(motion: Motion) -> tuple[Floats, Floats]:
    """(N - 1, 3) turn rates and specific forces, each the mean over its interval."""
    step_s = np.diff(motion.time_ns)[:, None] * 1e-9
    before = Rotation.from_matrix(motion.world_from_frame[:-1])
    turn = (before.inv() * Rotation.from_matrix(motion.world_from_frame[1:])).as_rotvec()
    middle = before * Rotation.from_rotvec(0.5 * turn)
    force = np.diff(motion.velocity_mps, axis=0) / step_s + np.array((0.0, 0.0, STANDARD_G))
    return turn / step_s, middle.inv().apply(force)


def integrated(start: Motion, gyro: Floats, accel: Floats) -> tuple[Floats, Floats, Floats]:
    """Positions, velocities and (N, 3, 3) attitudes that readings lead to from the first moment of a motion."""
    step_s = np.diff(start.time_ns)[:, None] * 1e-9
    attitude = Rotation.from_matrix(start.world_from_frame[0])
    place, velocity = start.position_m[0].copy(), start.velocity_mps[0].copy()
    places, velocities, attitudes = [place.copy()], [velocity.copy()], [attitude.as_matrix()]
    down = np.array((0.0, 0.0, STANDARD_G))
    for k in range(len(gyro)):
        middle = attitude * Rotation.from_rotvec(0.5 * gyro[k] * step_s[k])
        after = velocity + (middle.apply(accel[k]) - down) * step_s[k]
        place = place + 0.5 * (velocity + after) * step_s[k]
        velocity, attitude = after, attitude * Rotation.from_rotvec(gyro[k] * step_s[k])
        places.append(place)
        velocities.append(velocity)
        attitudes.append(attitude.as_matrix())
    return np.array(places), np.array(velocities), np.array(attitudes)


def bias_series(
    facts: AxisFacts, correlation_s: float, rate_hz: float, count: int, chance: np.random.Generator
) -> Floats:
    """(N, 3) offset, wandering and walking bias of three axes."""
    step_s = 1.0 / rate_hz
    sd = facts.bias_instability / MARKOV_PEAK
    wanders = wandering(sd, correlation_s, rate_hz, count, 3, chance)
    walking = np.cumsum(chance.normal(0.0, 1.0, (count, 3)), axis=0) * facts.random_walk * math.sqrt(step_s)
    offset = chance.normal(0.0, 1.0, 3) * facts.offset
    series: Floats = offset + wanders + walking
    return series


@dataclass(frozen=True, slots=True)
class _Errors:
    facts: ImuFacts
    rate_hz: float
    count: int
    seed: int
    name: str

    def on(self, true: Floats, facts: AxisFacts, kind: str) -> tuple[Floats, Floats]:
        """Measured values and the bias in them."""
        chance = stream(self.seed, "imu", self.name, kind)
        axes = np.eye(3) + np.diag(chance.normal(0.0, 1.0, 3)) * self.facts.scale
        lean = chance.normal(0.0, 1.0, (3, 3)) * self.facts.misalignment_rad
        axes = axes + lean - np.diag(np.diag(lean))
        bias = bias_series(facts, self.facts.correlation_s, self.rate_hz, self.count, chance)
        white = chance.normal(0.0, 1.0, (self.count, 3)) * facts.noise * math.sqrt(self.rate_hz)
        return np.clip(true @ axes.T + bias + white, -facts.most, facts.most), bias
