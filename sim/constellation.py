"""Where navigation satellites stand in the sky over a place at a time.  World floor.

Circular orbits of the nominal constellations: GPS, 24 satellites in six planes at 55 degrees, period of half a sidereal
day (IS-GPS-200); Galileo, a Walker 24/3/1 at 56 degrees and 29,600 km (OS SIS ICD).  Good to a few degrees for GPS,
whose slots are not even: what matters here is how many there are and how they spread.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

EARTH_GM = 3.986005e14  # m^3/s^2, WGS 84 as GPS uses it
EARTH_RADIUS_M = 6.378137e6
EARTH_FLATTENING = 1.0 / 298.257223563
J2000_JULIAN_DAY = 2451545.0
SECONDS_PER_DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Walker:
    """A constellation of circular orbits: T satellites in P planes with a phase of F."""

    name: str
    count: int
    planes: int
    phase: int
    inclination_rad: float
    radius_m: float


CONSTELLATIONS = (
    Walker("gps", 24, 6, 2, math.radians(55.0), 26_559_700.0),
    Walker("galileo", 24, 3, 1, math.radians(56.0), 29_600_318.0),
)
SATELLITES = sum(walker.count for walker in CONSTELLATIONS)


def sidereal_rad(day: float) -> float:
    """Greenwich mean sidereal angle at a Julian day (Meeus, chapter 12)."""
    return math.radians(280.46061837 + 360.98564736629 * (day - J2000_JULIAN_DAY)) % (2 * math.pi)


def satellites(day: float) -> Floats:
    """(S, 3) places in the earth-fixed frame at a Julian day."""
    seconds = (day - J2000_JULIAN_DAY) * SECONDS_PER_DAY
    turned = sidereal_rad(day)
    places = []
    for walker in CONSTELLATIONS:
        each = walker.count // walker.planes
        motion = math.sqrt(EARTH_GM / walker.radius_m**3)
        for plane in range(walker.planes):
            node = 2 * math.pi * plane / walker.planes - turned
            slot = (
                2 * math.pi * (np.arange(each) / each + walker.phase * plane / walker.count)
                + motion * seconds
            )
            x, y = walker.radius_m * np.cos(slot), walker.radius_m * np.sin(slot)
            level = y * math.cos(walker.inclination_rad)
            places.append(
                np.stack(
                    [
                        x * math.cos(node) - level * math.sin(node),
                        x * math.sin(node) + level * math.cos(node),
                        y * math.sin(walker.inclination_rad),
                    ],
                    axis=1,
                )
            )
    return np.concatenate(places)


def directions(day: float, latitude_rad: float, longitude_rad: float) -> Floats:
    """(S, 3) unit vectors east, north, up to all satellites, those below the horizon too."""
    sphi, cphi, slam, clam = (
        f(angle) for angle in (latitude_rad, longitude_rad) for f in (math.sin, math.cos)
    )
    squash = EARTH_FLATTENING * (2.0 - EARTH_FLATTENING)
    normal = EARTH_RADIUS_M / math.sqrt(1.0 - squash * sphi**2)
    here = np.array([normal * cphi * clam, normal * cphi * slam, normal * (1.0 - squash) * sphi])
    to_local = np.array(
        [[-slam, clam, 0.0], [-sphi * clam, -sphi * slam, cphi], [cphi * clam, cphi * slam, sphi]]
    )
    way = (satellites(day) - here) @ to_local.T
    unit: Floats = way / np.linalg.norm(way, axis=1, keepdims=True)
    return unit


def degrees_of(
    east_m: Floats, north_m: Floats, latitude_rad: float, longitude_rad: float
) -> tuple[Floats, Floats]:
    """Latitudes and longitudes in degrees of places about an origin, on the ellipsoid of WGS 84."""
    squash = EARTH_FLATTENING * (2.0 - EARTH_FLATTENING)
    w = math.sqrt(1.0 - squash * math.sin(latitude_rad) ** 2)
    meridian, normal = EARTH_RADIUS_M * (1.0 - squash) / w**3, EARTH_RADIUS_M / w
    latitude = latitude_rad + north_m / meridian
    longitude = longitude_rad + east_m / (normal * math.cos(latitude_rad))
    return np.degrees(latitude), np.degrees(longitude)
