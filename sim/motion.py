"""The way of a place on the ego as a smooth function of time: pose, velocity, acceleration.  World floor.

A trace is a pose every 10 ms.  Inertial sensors differentiate it twice, so it is read as cubic splines, which have a
continuous acceleration; angles are unrolled first, as they never pass the poles on roads.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.spatial.transform import Rotation

from scenarios.schema import Mount
from sim.trace import WorldTrace, pose_matrix

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Motion:
    """N moments of a frame that is fixed to the ego."""

    time_ns: NDArray[np.int64]  # (N,)
    position_m: Floats  # (N, 3) world
    velocity_mps: Floats  # (N, 3) world
    world_from_frame: Floats  # (N, 3, 3)
    speed_mps: Floats  # (N,) of the ego along its own axis
    steer_rad: Floats  # (N,) of its front wheels


def frame_of(mount: Mount[float]) -> Floats:
    """(4, 4) ego_from_frame of a mount."""
    place = np.array((mount.x_m, mount.y_m, mount.z_m))
    return pose_matrix(place, np.array((mount.yaw_rad, mount.pitch_rad, mount.roll_rad)))


def motion_of(trace: WorldTrace, ego_from_frame: Floats, time_ns: NDArray[np.int64]) -> Motion:
    """Where a frame of the ego is at these times of the trace, and how fast."""
    ego = next(k for k, actor in enumerate(trace.actors) if actor.is_ego)
    t = trace.time_ns * 1e-9
    now = time_ns * 1e-9
    place = CubicSpline(t, trace.position_m[:, ego])
    turn = CubicSpline(t, np.unwrap(trace.rotation_rad[:, ego], axis=0))
    world_from_ego = Rotation.from_euler("ZYX", turn(now))
    arm = ego_from_frame[:3, 3]
    # d/dt (R arm) by the angles' own rates, without differences.
    spun = np.cross(_spin(turn(now), turn(now, 1)), world_from_ego.apply(arm))
    return Motion(
        time_ns,
        place(now) + world_from_ego.apply(arm),
        place(now, 1) + spun,
        world_from_ego.as_matrix() @ ego_from_frame[:3, :3],
        CubicSpline(t, trace.speed_mps[:, ego])(now),
        CubicSpline(t, trace.steer_rad[:, ego])(now),
    )


def _spin(angle: Floats, rate: Floats) -> Floats:
    """(N, 3) angular velocity in world axes of yaw, pitch, roll (z-y-x) and their rates."""
    cy, sy, cp, sp = np.cos(angle[:, 0]), np.sin(angle[:, 0]), np.cos(angle[:, 1]), np.sin(angle[:, 1])
    yaw, pitch, roll = rate.T
    return np.stack([roll * cy * cp - pitch * sy, roll * sy * cp + pitch * cy, yaw - roll * sp], axis=1)
