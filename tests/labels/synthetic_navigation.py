"""Readings made by hand: an ego that drives along x at a steady speed, read without an error."""

import numpy as np

from scenarios.navigation import STANDARD_G
from sim.readings import GnssFixes, ImuReadings

WORDS = {"imus": {"imu": {"mount": {"z": 0.4}}}, "gnss": {"gps": {"mount": {"z": 1.5}}}}


def _since(time_ns: int, index: int, rate_hz: float, each_hz: float) -> np.ndarray:
    """Times since the sample before."""
    begin = 0 if index == 0 else time_ns - round(1e9 / rate_hz)
    count = round((time_ns - begin) * 1e-9 * each_hz)
    return begin + np.round((np.arange(count) + 1) * 1e9 / each_hz).astype(np.int64)


def imu(time_ns: int, index: int, rate_hz: float, speed_mps: float) -> ImuReadings:
    """A hundred readings a second."""
    times = _since(time_ns, index, rate_hz, 100.0)
    n = len(times)
    still, force = np.zeros((n, 3)), np.tile((0.0, 0.0, STANDARD_G), (n, 1))
    place = np.stack([speed_mps * times * 1e-9, np.zeros(n), np.full(n, 0.4)], axis=1)
    return ImuReadings(
        "imu", np.eye(4), times, still, force, still, force, still, still, place, np.tile((speed_mps, 0.0, 0.0), (n, 1)),
        np.tile((1.0, 0.0, 0.0, 0.0), (n, 1)), np.full(n, speed_mps), np.full(n, 0.02),
    )  # fmt: skip


def gps(time_ns: int, index: int, rate_hz: float, speed_mps: float) -> GnssFixes:
    """Ten fixes a second, the first of the clip without one."""
    times = _since(time_ns, index, rate_hz, 10.0)
    n = len(times)
    place = np.stack([speed_mps * times * 1e-9, np.zeros(n), np.full(n, 1.5)], axis=1)
    there = times > 100_000_000
    seen = np.where(there[:, None], place, np.nan)
    velocity = np.tile((speed_mps, 0.0, 0.0), (n, 1))
    whole = there.astype(np.int32)
    return GnssFixes(
        "gps", np.eye(4), times, there.astype(np.uint8), seen, velocity, np.full(n, 48.1), np.full(n, 11.6),
        np.full(n, 1.5), 14 * whole, 2 * whole, whole, np.where(there, 0.9, np.inf), np.where(there, 1.4, np.inf),
        place, velocity,
    )  # fmt: skip
