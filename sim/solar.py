"""Where the sun and the moon stand: low-precision ephemerides, good to a few hundredths of a degree.  World floor.

Angles are radians; azimuth runs clockwise from north; elevations are geometric (no refraction).
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

J2000_JULIAN_DAY = 2451545.0  # 2000-01-01 12:00 TT
UNIX_EPOCH_JULIAN_DAY = 2440587.5
SECONDS_PER_DAY = 86400.0
# TT - UTC has grown from 64 s (2000) to 69 s (2020) and stands there since; the sun moves 0.0008 deg in that time.
TT_MINUS_UTC_S = 69.2
FULL_MOON_LX = 0.267  # above the air, mean distance: Krisciunas and Schaefer, PASP 103, 1991 (-12.73 mag)


@dataclass(frozen=True, slots=True)
class Direction:
    """Direction of a celestial body as seen from the ground."""

    elevation_rad: float
    azimuth_rad: float  # clockwise from north, in [0, 2 pi)


def julian_day(date: str, time_s: float, zone: str) -> float:
    """Julian day (UTC) of a local calendar day `YYYY-MM-DD`, seconds since midnight and an offset `+HH:MM`."""
    sign = -1 if zone.startswith("-") else 1
    hours, _, minutes = zone.lstrip("+-").partition(":")
    offset = timezone(sign * timedelta(hours=int(hours), minutes=int(minutes or 0)))
    midnight = datetime.fromisoformat(date).replace(tzinfo=offset).astimezone(UTC)
    return UNIX_EPOCH_JULIAN_DAY + (midnight.timestamp() + time_s) / SECONDS_PER_DAY


def sun_direction(day: float, latitude_rad: float, longitude_rad: float) -> Direction:
    """The sun at Julian day `day`; Meeus, Astronomical Algorithms (2nd ed. 1998), chapter 25, lower accuracy."""
    ra, declination, _ = _sun_equatorial(_centuries(day))
    return _horizontal(day, ra, declination, latitude_rad, longitude_rad)


def moon_direction(day: float, latitude_rad: float, longitude_rad: float) -> Direction:
    """The moon at Julian day `day`, to about 0.3 deg plus its parallax, which is corrected for."""
    ra, declination, _, _, parallax = _moon_equatorial(_centuries(day))
    seen = _horizontal(day, ra, declination, latitude_rad, longitude_rad)
    lowered = seen.elevation_rad - parallax * math.cos(seen.elevation_rad)
    return Direction(lowered, seen.azimuth_rad)


def moon_illuminance_lx(day: float) -> float:
    """Light of the moon on a plane facing it above the air, by its phase; 0.267 lx when full."""
    t = _centuries(day)
    _, _, longitude, latitude, _ = _moon_equatorial(t)
    _, _, sun_longitude = _sun_equatorial(t)
    elongation = math.acos(math.cos(latitude) * math.cos(longitude - sun_longitude))
    phase_deg = 180.0 - math.degrees(elongation)  # angle at the moon, up to the sun's finite distance
    # Krisciunas and Schaefer 1991, equation 20: magnitude over the phase angle in degrees.
    magnitudes = 0.026 * phase_deg + 4e-9 * phase_deg**4
    return FULL_MOON_LX * float(10.0 ** (-0.4 * magnitudes))


def _centuries(day: float) -> float:
    """Julian centuries of terrestrial time since J2000."""
    return (day + TT_MINUS_UTC_S / SECONDS_PER_DAY - J2000_JULIAN_DAY) / 36525.0


def _obliquity(t: float) -> float:
    """Obliquity of the ecliptic with the main term of nutation; Meeus equations 22.2 and 25.8."""
    node = math.radians(125.04 - 1934.136 * t)
    return math.radians(23.439291 - 0.0130042 * t + 0.00256 * math.cos(node))


def _sun_equatorial(t: float) -> tuple[float, float, float]:
    """Apparent right ascension, declination and ecliptic longitude."""
    mean_longitude = 280.46646 + 36000.76983 * t + 0.0003032 * t * t
    anomaly = math.radians(357.52911 + 35999.05029 * t - 0.0001537 * t * t)
    centre = (
        (1.914602 - 0.004817 * t - 0.000014 * t * t) * math.sin(anomaly)
        + (0.019993 - 0.000101 * t) * math.sin(2 * anomaly)
        + 0.000289 * math.sin(3 * anomaly)
    )
    node = math.radians(125.04 - 1934.136 * t)
    longitude = math.radians(mean_longitude + centre - 0.00569 - 0.00478 * math.sin(node))
    obliquity = _obliquity(t)
    ra = math.atan2(math.cos(obliquity) * math.sin(longitude), math.cos(longitude))
    return ra, math.asin(math.sin(obliquity) * math.sin(longitude)), longitude


def _moon_equatorial(t: float) -> tuple[float, float, float, float, float]:
    """Right ascension, declination, ecliptic longitude and latitude, and horizontal parallax.

    The truncated series of the Astronomical Almanac, section D ("low-precision formulae for the Moon").
    """

    def s(phase_deg: float, rate_deg: float) -> float:
        return math.sin(math.radians(phase_deg + rate_deg * t))

    def c(phase_deg: float, rate_deg: float) -> float:
        return math.cos(math.radians(phase_deg + rate_deg * t))

    longitude = math.radians(
        218.32
        + 481267.881 * t
        + 6.29 * s(135.0, 477198.87)
        - 1.27 * s(259.3, -413335.36)
        + 0.66 * s(235.7, 890534.22)
        + 0.21 * s(269.9, 954397.74)
        - 0.19 * s(357.5, 35999.05)
        - 0.11 * s(186.5, 966404.03)
    )
    latitude = math.radians(
        5.13 * s(93.3, 483202.02)
        + 0.28 * s(228.2, 960400.89)
        - 0.28 * s(318.3, 6003.15)
        - 0.17 * s(217.6, -407332.21)
    )
    parallax = math.radians(
        0.9508
        + 0.0518 * c(135.0, 477198.87)
        + 0.0095 * c(259.3, -413335.36)
        + 0.0078 * c(235.7, 890534.22)
        + 0.0028 * c(269.9, 954397.74)
    )
    obliquity = _obliquity(t)
    x = math.cos(latitude) * math.cos(longitude)
    y = math.cos(latitude) * math.sin(longitude)
    z = math.sin(latitude)
    y, z = (
        y * math.cos(obliquity) - z * math.sin(obliquity),
        y * math.sin(obliquity) + z * math.cos(obliquity),
    )
    return math.atan2(y, x), math.asin(z), longitude, latitude, parallax


def _horizontal(day: float, ra: float, declination: float, latitude: float, longitude: float) -> Direction:
    """Elevation and azimuth from equatorial coordinates; sidereal time by Meeus equation 12.4."""
    since = day - J2000_JULIAN_DAY
    t = since / 36525.0
    greenwich = math.radians(280.46061837 + 360.98564736629 * since + 0.000387933 * t * t)
    hour = greenwich + longitude - ra
    up = math.sin(latitude) * math.sin(declination) + math.cos(latitude) * math.cos(declination) * math.cos(
        hour
    )
    east = -math.cos(declination) * math.sin(hour)
    north = math.cos(latitude) * math.sin(declination) - math.sin(latitude) * math.cos(
        declination
    ) * math.cos(hour)
    return Direction(math.atan2(up, math.hypot(east, north)), math.atan2(east, north) % (2 * math.pi))
