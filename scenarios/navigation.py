"""Figures of inertial sensors and satellite receivers by grade, in SI units.  Language floor.

Automotive is a MEMS unit of today (0.005 to 0.02 deg/s/rtHz, 2 to 10 deg/h, 100 to 200 micro-g/rtHz, 20 to 50 micro-g),
tactical a good MEMS or small fibre unit (angle random walk of 0.04 deg/rth, 0.25 deg/h).  A standard receiver of two
constellations is right within 1.5 m on the ground and 3 m in height, with a carrier-phase fix within 2 cm.
"""

import math
from dataclasses import dataclass
from typing import Any

from scenarios.schema import Gnss, Imu

STANDARD_G = 9.80665
DEG, HOUR_S = math.pi / 180.0, 3600.0
MICRO_G, MILLI_G = 1e-6 * STANDARD_G, 1e-3 * STANDARD_G


@dataclass(frozen=True, slots=True)
class AxisFacts:
    """Errors of one kind of sensor; u is rad/s or m/s2."""

    noise: float  # u / rtHz
    bias_instability: float  # u, floor of the Allan deviation
    random_walk: float  # u / rt s
    offset: float  # u, one sigma
    most: float  # u, where it saturates


@dataclass(frozen=True, slots=True)
class ImuFacts:
    gyro: AxisFacts
    accel: AxisFacts
    correlation_s: float
    scale: float  # one sigma
    misalignment_rad: float  # one sigma


@dataclass(frozen=True, slots=True)
class GnssFacts:
    range_error_m: float
    range_noise_m: float
    correlation_s: float
    velocity_noise_mps: float
    carrier: bool  # whether its ranges are those of the carrier's phase
    own_errors: bool


# In the units of the language: deg/s/rtHz, deg/h, deg/h/rth, deg/s, then micro-g likewise and milli-g.
_IMU: dict[str, dict[str, float]] = {
    "automotive": {
        "gyro_noise": 0.01, "gyro_bias_instability": 8.0, "gyro_random_walk": 4.0, "gyro_offset": 0.2,
        "accel_noise": 150.0, "accel_bias_instability": 40.0, "accel_random_walk": 60.0, "accel_offset": 5.0,
        "correlation_s": 300.0, "scale_error": 2000.0, "misalignment_rad": 0.1 * DEG,
        "gyro_range": 250.0, "accel_range": 6.0,
    },
    "tactical": {
        "gyro_noise": 0.00067, "gyro_bias_instability": 0.25, "gyro_random_walk": 0.2, "gyro_offset": 0.002,
        "accel_noise": 50.0, "accel_bias_instability": 25.0, "accel_random_walk": 20.0, "accel_offset": 1.0,
        "correlation_s": 600.0, "scale_error": 200.0, "misalignment_rad": 0.01 * DEG,
        "gyro_range": 400.0, "accel_range": 20.0,
    },
    "perfect": {
        "gyro_noise": 0.0, "gyro_bias_instability": 0.0, "gyro_random_walk": 0.0, "gyro_offset": 0.0,
        "accel_noise": 0.0, "accel_bias_instability": 0.0, "accel_random_walk": 0.0, "accel_offset": 0.0,
        "correlation_s": 300.0, "scale_error": 0.0, "misalignment_rad": 0.0,
        "gyro_range": 1e4, "accel_range": 1e3,
    },
}  # fmt: skip
_GNSS: dict[str, dict[str, float]] = {
    "standard": {
        "range_error_m": 1.8,
        "range_noise_m": 0.3,
        "correlation_s": 120.0,
        "velocity_noise_mps": 0.05,
    },
    "rtk": {
        "range_error_m": 0.012,
        "range_noise_m": 0.004,
        "correlation_s": 60.0,
        "velocity_noise_mps": 0.02,
    },
    "perfect": {"range_error_m": 0.0, "range_noise_m": 0.0, "correlation_s": 60.0, "velocity_noise_mps": 0.0},
}


def _figures(words: Any, defaults: dict[str, float]) -> dict[str, float]:
    """Own words over those of the grade."""
    given = {name: getattr(words, name) for name in defaults}
    return {name: defaults[name] if value is None else float(value) for name, value in given.items()}


def imu_facts(imu: Imu[float]) -> ImuFacts:
    """The figures of an inertial sensor in a rig."""
    f = _figures(imu, _IMU[imu.grade])
    walk = 1.0 / HOUR_S / math.sqrt(HOUR_S)
    gyro = AxisFacts(
        f["gyro_noise"] * DEG, f["gyro_bias_instability"] * DEG / HOUR_S, f["gyro_random_walk"] * DEG * walk,
        f["gyro_offset"] * DEG, f["gyro_range"] * DEG,
    )  # fmt: skip
    accel = AxisFacts(
        f["accel_noise"] * MICRO_G, f["accel_bias_instability"] * MICRO_G,
        f["accel_random_walk"] * MICRO_G / math.sqrt(HOUR_S), f["accel_offset"] * MILLI_G,
        f["accel_range"] * STANDARD_G,
    )  # fmt: skip
    return ImuFacts(gyro, accel, f["correlation_s"], f["scale_error"] * 1e-6, f["misalignment_rad"])


def gnss_facts(gnss: Gnss[float]) -> GnssFacts:
    """The figures of a receiver in a rig."""
    f = _figures(gnss, _GNSS[gnss.grade])
    return GnssFacts(**f, carrier=gnss.grade == "rtk", own_errors=gnss.grade != "perfect")
