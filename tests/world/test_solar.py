"""The sun and the moon stand where precise ephemerides put them."""

import math

import pytest

from sim.solar import julian_day, moon_direction, moon_illuminance_lx, sun_direction

# Geometric elevation and azimuth by the NREL SPA algorithm (Reda and Andreas 2004) as pvlib computes them.
SPA = [
    (48.137, 11.576, "2024-06-21", "10:00", 61.1028, 142.0464),
    (48.137, 11.576, "2024-12-21", "14:30", 5.8231, 224.5221),
    (37.775, -122.419, "2024-03-20", "15:00", 8.6074, 96.4863),
    (59.33, 18.07, "2024-06-21", "20:00", -0.1958, 321.7554),
    (-33.87, 151.21, "2024-01-15", "08:30", 6.5974, 248.8643),
]


def _seconds(clock: str) -> float:
    hours, minutes = clock.split(":")
    return int(hours) * 3600.0 + int(minutes) * 60.0


@pytest.mark.parametrize(("latitude", "longitude", "date", "clock", "elevation", "azimuth"), SPA)
def test_the_sun_stands_within_two_hundredths_of_a_degree_of_spa(
    latitude, longitude, date, clock, elevation, azimuth
):
    sun = sun_direction(
        julian_day(date, _seconds(clock), "+00:00"), math.radians(latitude), math.radians(longitude)
    )
    assert math.degrees(sun.elevation_rad) == pytest.approx(elevation, abs=0.02)
    assert math.degrees(sun.azimuth_rad) == pytest.approx(azimuth, abs=0.02)


def test_the_published_spa_example_is_met():
    # zenith 50.11162 deg there includes 0.0163 deg of refraction at 820 hPa and 11 degC
    day = julian_day("2003-10-17", 12 * 3600 + 30 * 60 + 30, "-07:00")
    sun = sun_direction(day, math.radians(39.742476), math.radians(-105.1786))
    assert 90.0 - math.degrees(sun.elevation_rad) == pytest.approx(50.11162 + 0.0163, abs=0.02)
    assert math.degrees(sun.azimuth_rad) == pytest.approx(194.34024, abs=0.02)


def test_local_time_and_zone_name_the_same_instant():
    assert julian_day("2025-11-12", _seconds("16:35"), "+01:00") == pytest.approx(
        julian_day("2025-11-12", _seconds("15:35"), "+00:00"), abs=1e-9
    )


def test_the_full_moon_of_september_2025_was_eclipsed_and_the_new_moon_of_april_2024_covered_the_sun():
    """At a total lunar eclipse the moon stands opposite the sun, at a solar eclipse before it."""
    lunar = julian_day("2025-09-07", _seconds("18:12"), "+00:00")
    place = math.radians(-20.0), math.radians(85.0)
    sun, moon = sun_direction(lunar, *place), moon_direction(lunar, *place)
    assert math.degrees(sun.elevation_rad + moon.elevation_rad) == pytest.approx(0.0, abs=2.0)
    assert moon_illuminance_lx(lunar) == pytest.approx(0.267, rel=0.05)

    solar = julian_day("2024-04-08", _seconds("18:18"), "+00:00")
    place = math.radians(25.29), math.radians(-104.14)  # greatest eclipse, Durango
    sun, moon = sun_direction(solar, *place), moon_direction(solar, *place)
    assert math.degrees(moon.elevation_rad - sun.elevation_rad) == pytest.approx(0.0, abs=0.6)
    assert moon_illuminance_lx(solar) < 1e-3
