"""What inertial sensors and satellite receivers told of a clip, with the truth beside it.  World floor; records only."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NO_FIX, CODE_FIX, CARRIER_FIX = 0, 1, 2


@dataclass(frozen=True, slots=True)
class ImuReadings:
    """N readings of one sensor in its own frame (x forward, y left, z up); at rest it reads +g upwards."""

    sensor: str
    ego_from_imu: Floats  # (4, 4)
    time_ns: NDArray[np.int64]  # (N,) end of the interval
    gyro_radps: Floats  # (N, 3) measured
    accel_mps2: Floats  # (N, 3) measured specific force
    true_gyro_radps: Floats  # (N, 3)
    true_accel_mps2: Floats  # (N, 3)
    gyro_bias_radps: Floats  # (N, 3) all that is not white, scale or misalignment
    accel_bias_mps2: Floats  # (N, 3)
    position_m: Floats  # (N, 3) world, of the sensor at that time
    velocity_mps: Floats  # (N, 3) world
    orientation_wxyz: Floats  # (N, 4) world from sensor
    speed_mps: Floats  # (N,) the vehicle's own, along its axis
    steer_rad: Floats  # (N,) of its front wheels, positive left

    def between(self, after_ns: int, until_ns: int) -> "ImuReadings":
        """The readings of an interval, its begin not included."""
        kept = (self.time_ns > after_ns) & (self.time_ns <= until_ns)
        series = {name: getattr(self, name)[kept] for name in IMU_SERIES}
        return ImuReadings(self.sensor, self.ego_from_imu, **series)


IMU_SERIES = (
    "time_ns", "gyro_radps", "accel_mps2", "true_gyro_radps", "true_accel_mps2", "gyro_bias_radps", "accel_bias_mps2",
    "position_m", "velocity_mps", "orientation_wxyz", "speed_mps", "steer_rad",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class GnssFixes:
    """N epochs of one receiver; positions are those of the antenna in the world, NaN without a fix."""

    sensor: str
    ego_from_antenna: Floats  # (4, 4)
    time_ns: NDArray[np.int64]  # (N,)
    fix: NDArray[np.uint8]  # (N,) 0 none, 1 by code, 2 by the carrier's phase
    position_m: Floats  # (N, 3)
    velocity_mps: Floats  # (N, 3)
    latitude_deg: Floats  # (N,)
    longitude_deg: Floats  # (N,)
    altitude_m: Floats  # (N,) above the ellipsoid, if the world's zero were on it
    used: NDArray[np.int32]  # (N,) satellites in the fix
    hidden: NDArray[np.int32]  # (N,) above the mask, and something stands before them
    reflected: NDArray[np.int32]  # (N,) of those used: heard by a reflection alone
    hdop: Floats  # (N,) inf without a fix
    vdop: Floats  # (N,)
    true_position_m: Floats  # (N, 3)
    true_velocity_mps: Floats  # (N, 3)

    def between(self, after_ns: int, until_ns: int) -> "GnssFixes":
        """The epochs of an interval, its begin not included."""
        kept = (self.time_ns > after_ns) & (self.time_ns <= until_ns)
        return GnssFixes(
            self.sensor, self.ego_from_antenna, **{name: getattr(self, name)[kept] for name in GNSS_SERIES}
        )


GNSS_SERIES = (
    "time_ns", "fix", "position_m", "velocity_mps", "latitude_deg", "longitude_deg", "altitude_m", "used", "hidden",
    "reflected", "hdop", "vdop", "true_position_m", "true_velocity_mps",
)  # fmt: skip
