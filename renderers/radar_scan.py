"""What a radar reported, with the truth beside it.  Renderers floor; records only."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class RadarCause(IntEnum):
    """Why a detection is there: that of the strongest echo in its cell."""

    TARGET = 0  # an actor, straight or by way of the road
    GHOST = 1  # an actor in the mirror of a wall or a guard rail
    CLUTTER = 2  # what stands beside the road, and the road itself
    RAIN = 3
    FALSE_ALARM = 4  # noise alone


@dataclass(frozen=True, slots=True)
class RadarScan:
    """The D detections of one scan in the radar's frame (x forward, y left); a radar of this class has no elevation.

    Rates are those of the range: negative comes near.
    """

    sensor: str
    model: str
    time_ns: int
    world_from_radar: NDArray[np.float64]  # (4, 4)
    ego_from_radar: NDArray[np.float64]  # (4, 4)
    radar_velocity_mps: NDArray[np.float64]  # (3,) of the radar, in its own frame
    range_m: NDArray[np.float32]  # (D,) measured
    azimuth_rad: NDArray[np.float32]  # (D,) measured, positive left
    rate_mps: NDArray[np.float32]  # (D,) measured, relative to the radar, folded into what it can tell
    ground_rate_mps: NDArray[np.float32]  # (D,) the same less the radar's own motion
    snr_db: NDArray[np.float32]  # (D,)
    rcs_dbsm: NDArray[np.float32]  # (D,) that the radar makes of power and range
    range_sd_m: NDArray[np.float32]  # (D,) one sigma of the measurement, as its SNR lets expect
    azimuth_sd_rad: NDArray[np.float32]  # (D,)
    rate_sd_mps: NDArray[np.float32]  # (D,)
    cause: NDArray[np.uint8]  # (D,) values of RadarCause
    instance: NDArray[np.int32]  # (D,) 0 = no actor; of a ghost: who is mirrored
    semantic: NDArray[np.uint8]  # (D,) taxonomy ids
    echoes: NDArray[
        np.int32
    ]  # (D,) scattering centres and patches that merged in its cell; 0 of false alarms
    true_range_m: NDArray[np.float32]  # (D,) of the strongest echo, without noise; NaN of false alarms
    true_azimuth_rad: NDArray[np.float32]  # (D,)
    true_rate_mps: NDArray[np.float32]  # (D,) not folded
    stated_ego_from_radar: NDArray[np.float64] | None = (
        None  # (4, 4) the calibration, where the mount is off it
    )

    @property
    def calibration(self) -> NDArray[np.float64]:
        """(4, 4) ego_from_radar as a dataset states it."""
        return self.ego_from_radar if self.stated_ego_from_radar is None else self.stated_ego_from_radar

    @property
    def xyz_m(self) -> NDArray[np.float32]:
        """(D, 3) measured places, in the plane of the radar."""
        x, y = self.range_m * np.cos(self.azimuth_rad), self.range_m * np.sin(self.azimuth_rad)
        return np.stack([x, y, np.zeros_like(x)], axis=1)

    def points_on(self, instance_id: int) -> int:
        """How many detections are of an actor itself, ghosts not counted."""
        mine = (self.instance == instance_id) & (self.cause == RadarCause.TARGET)
        return int(np.count_nonzero(mine))


# Columns of a scan in the order in which files have them.
COLUMNS = (
    "range_m", "azimuth_rad", "rate_mps", "ground_rate_mps", "snr_db", "rcs_dbsm", "range_sd_m", "azimuth_sd_rad",
    "rate_sd_mps", "cause", "instance", "semantic", "echoes", "true_range_m", "true_azimuth_rad", "true_rate_mps",
)  # fmt: skip
