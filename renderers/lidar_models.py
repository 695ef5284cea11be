"""Lidar models from their beam tables and data sheets.  Renderers floor.

A table (renderers/beams/*.json) names its sources.  Lasers stand in firing order; `ring` counts them from the lowest
beam up.  All models turn clockwise seen from above, ten times a second; the turn starts behind the sensor, so that
the beams that look straight ahead are fired at the sweep's reference time.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 10.0
FILES: dict[str, str] = {
    "VLP-16": "vlp-16.json",
    "HDL-32E": "hdl-32e.json",
    "HDL-64E": "hdl-64e.json",
    "OS1-128": "os1-128.json",
}


@dataclass(frozen=True, slots=True)
class LidarModel:
    """A spinning lidar with B lasers."""

    name: str
    elevation_rad: NDArray[np.float64]  # (B,) in firing order
    azimuth_rad: NDArray[np.float64]  # (B,) added to the head's angle, positive to the left
    fired_ns: NDArray[np.int64]  # (B,) since the start of the step
    ring: NDArray[np.int16]  # (B,) 0 = lowest beam
    step_ns: float  # between two firings of the same laser
    steps: int  # firings of each laser in a turn
    radial_m: float  # beams start this far from the axis, along the head's angle
    lateral_m: NDArray[np.float64]  # (B,) to the left of that
    up_m: NDArray[np.float64]  # (B,)
    near_m: float
    far_m: float  # range gate
    range_at_10_percent_m: float  # a 10 % diffuser is found in 9 of 10 shots
    divergence_rad: tuple[float, float]  # full width, along and across the scan
    range_step_m: float
    range_noise_m: float  # one sigma of a strong echo
    range_bias_m: float  # one sigma between lasers
    pulse_m: float  # half the pulse's length in air
    overlap_m: float  # nearer than this the receiver's gain is turned down with the square of the range
    intensity: (
        str  # "calibrated": diffuse share, 100 of 255 for a white diffuser; "compensated": square root of it
    )
    gain: float  # of the intensity: recorded roads read brighter than their diffuse share (docs/lidar.md)
    levels: int
    wavelength_nm: int  # column of the materials

    @property
    def firings(self) -> int:
        return self.steps * len(self.ring)


@dataclass(frozen=True, slots=True)
class Firings:
    """All firings of one turn in the order of their times, N of them."""

    laser: NDArray[np.int64]  # (N,)
    step: NDArray[np.int64]  # (N,)
    offset_ns: NDArray[np.int64]  # (N,) from the reference time
    start_m: NDArray[np.float64]  # (N, 3) of the beam in the lidar's frame
    direction: NDArray[np.float64]  # (N, 3) unit, lidar's frame


@lru_cache(maxsize=8)
def lidar_model(name: str) -> LidarModel:
    """The model of that name; KeyError names the known ones."""
    if name not in FILES:
        raise KeyError(f"no lidar model {name!r}; there are {', '.join(FILES)}")
    table: dict[str, Any] = json.loads(
        (files("renderers") / "beams" / FILES[name]).read_text(encoding="utf-8")
    )
    elevation = np.radians(np.array(table["elevation_deg"], np.float64))
    ring = np.empty(len(elevation), np.int16)
    ring[np.argsort(elevation, kind="stable")] = np.arange(len(elevation), dtype=np.int16)
    along, across = table["divergence_mrad"]
    return LidarModel(
        name=table["model"],
        elevation_rad=elevation,
        azimuth_rad=np.radians(np.array(table["azimuth_offset_deg"], np.float64)),
        fired_ns=np.round(np.array(table["fired_us"], np.float64) * 1000.0).astype(np.int64),
        ring=ring,
        step_ns=float(table["cycle_us"]) * 1000.0,
        steps=int(table["steps"]),
        radial_m=float(table["radial_m"]),
        lateral_m=np.array(table["lateral_m"], np.float64),
        up_m=np.array(table["up_m"], np.float64),
        near_m=float(table["near_m"]),
        far_m=float(table["far_m"]),
        range_at_10_percent_m=float(table["range_at_10_percent_m"]),
        divergence_rad=(along * 1e-3, across * 1e-3),
        range_step_m=float(table["step_m"]),
        range_noise_m=float(table["noise_m"]),
        range_bias_m=float(table["bias_m"]),
        pulse_m=float(table["pulse_m"]),
        overlap_m=float(table["overlap_m"]),
        intensity=str(table["intensity"]),
        gain=float(table["gain"]),
        levels=int(table["levels"]),
        wavelength_nm=int(table["wavelength_nm"]),
    )


@lru_cache(maxsize=8)
def firings(name: str) -> Firings:
    """When and where each beam of a turn leaves the sensor."""
    model = lidar_model(name)
    lasers = len(model.ring)
    step, laser = np.divmod(np.arange(model.firings), lasers)
    half_ns = round(0.5e9 / RATE_HZ)
    offset = np.round(step * model.step_ns).astype(np.int64) + model.fired_ns[laser] - half_ns
    order = np.lexsort((laser, offset))
    step, laser, offset = step[order], laser[order], offset[order]
    # Columns of an Ouster are fired at encoder marks; a Velodyne fires by its clock while the head turns on.
    head = -2.0 * np.pi * RATE_HZ * offset * 1e-9
    azimuth = head + model.azimuth_rad[laser]
    elevation = model.elevation_rad[laser]
    across = np.cos(elevation)
    direction = np.stack([across * np.cos(azimuth), across * np.sin(azimuth), np.sin(elevation)], axis=1)
    left = model.lateral_m[laser]
    start = np.stack(
        [
            model.radial_m * np.cos(head) - left * np.sin(azimuth),
            model.radial_m * np.sin(head) + left * np.cos(azimuth),
            model.up_m[laser],
        ],
        axis=1,
    )
    return Firings(laser, step, offset, start, direction)
