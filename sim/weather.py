"""The one weather state that camera, lidar, tyres and labels read.  World floor.

(Contract; formulas are filled in by the world package.)
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class WeatherState:
    """Weather, light and road surface at one instant, in physical units, with all that follows from them."""

    # what falls and floats
    rain_mm_per_h: float
    snow_mm_per_h: float  # water equivalent
    fog_mor_m: float  # meteorological optical range of the fog alone; inf without fog
    fog_top_m: float  # height above which the fog thins out; inf for uniform fog
    cloud_okta: float
    wind_mps: float
    wind_from_rad: float  # clockwise from north
    air_degC: float
    # derived air
    rain_extinction_per_m: float  # 550 nm and near infrared alike (drops >> wavelength)
    snow_extinction_per_m: float
    fog_extinction_per_m: float
    haze_extinction_per_m: float
    fog_backscatter_per_m_sr: float  # 905 nm
    # light
    sun_elevation_rad: float  # geometric
    sun_azimuth_rad: float  # clockwise from north
    sun_illuminance_lx: float  # direct, on a plane facing the sun, after clouds
    sky_illuminance_lx: float  # diffuse, horizontal
    street_lamps_lit: bool
    # road surface
    wetness: float  # 0 dry .. 1 closed film; darkening of the porous surface
    water_film_m: float
    puddle_cover: float  # 0..1 share of the road under puddles
    puddle_depth_m: float
    snow_depth_m: float
    ice_cover: float  # 0..1
    friction: float  # peak tyre-road coefficient

    @property
    def extinction_per_m(self) -> float:
        """Total extinction at 550 nm near the ground."""
        return (
            self.rain_extinction_per_m
            + self.snow_extinction_per_m
            + self.fog_extinction_per_m
            + self.haze_extinction_per_m
        )


@dataclass(frozen=True, slots=True)
class WeatherTrack:
    """Weather over time: K states at increasing times; `at` interpolates every field linearly."""

    time_ns: NDArray[np.int64]  # (K,)
    states: tuple[WeatherState, ...]
