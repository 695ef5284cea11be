"""How much light falls on the road, from the sun's height, the clouds, the fog and the moon.  World floor."""

import math

import numpy as np

# Daylight availability, IES (1984) calculation procedure: direct normal light 127.5 klx exp(-c m) with c = 0.21
# under a clear and 0.80 under a partly cloudy sky; diffuse horizontal light A + B sin(elevation)^C.
EXTRATERRESTRIAL_LX = 127_500.0
CLEAR_EXTINCTION = 0.21
PARTLY_EXTINCTION = 0.80
CLEAR_UNTIL_OKTA = 1.0
PARTLY_AT_OKTA = 4.5
OVERCAST_OKTA = 8.0

# Horizontal light of a clear sky with the sun below the horizon, lx: sunset, end of civil, nautical and
# astronomical twilight (Seidelmann, Explanatory Supplement 1992; USNO circular 171).
TWILIGHT_ELEVATION_DEG = (-18.0, -12.0, -6.0, -0.8, 0.0)
TWILIGHT_LX = (6.5e-4, 8.3e-3, 3.4, 453.0, 800.0)  # the last is the IES value for the horizon, for continuity

LOW_SUN_RAD = math.radians(5.0)
SINE_LOW_SUN = math.sin(LOW_SUN_RAD)

LAMPS_ON_LX = 50.0  # photocells of road lighting switch between 35 and 70 lx
# Single-scattering albedo of freshly raised dust in red, green and blue, within the ranges over soils of all deserts
# in Di Biagio et al. 2019 (370 nm: 0.70 to 0.96, 520 nm: 0.85 to 0.98, 950 nm: 0.95 to 0.99); its asymmetry.
DUST_ALBEDO = (0.965, 0.94, 0.895)
DUST_ASYMMETRY = 0.72  # Dubovik et al. 2002, Saudi Arabia
DUST_LAYER_M = 300.0  # depth of a dust storm when the scenario gives no top: most dust flies low (reasoned)
FOG_LAYER_M = 200.0  # depth of ground fog when the scenario gives no top
DROPLET_ASYMMETRY = 0.85  # mean cosine of Mie scattering by fog droplets
MOON_EXTINCTION = 0.16  # magnitudes per air mass in the visual band


def air_mass(elevation_rad: float) -> float:
    """Relative optical air mass; Kasten and Young 1989."""
    degrees = max(math.degrees(elevation_rad), 0.0)
    return float(1.0 / (math.sin(math.radians(degrees)) + 0.50572 * (degrees + 6.07995) ** -1.6364))


def sun_illuminance_lx(elevation_rad: float, cloud_okta: float) -> float:
    """Direct light on a plane facing the sun, after clouds (a mean over gaps and clouds); 0 below the horizon."""
    if elevation_rad <= 0.0:
        return 0.0
    mass = air_mass(elevation_rad)
    clear = EXTRATERRESTRIAL_LX * math.exp(-CLEAR_EXTINCTION * mass)
    partly = EXTRATERRESTRIAL_LX * math.exp(-PARTLY_EXTINCTION * mass)
    return _by_cloud(cloud_okta, clear, partly, 0.0)


def sky_illuminance_lx(elevation_rad: float, cloud_okta: float) -> float:
    """Diffuse light on the ground from the sky, without the moon: day, twilight and starlight."""
    sine = max(math.sin(elevation_rad), 0.0)
    clear = 800.0 + 15_500.0 * math.sqrt(max(sine, SINE_LOW_SUN))
    if sine < SINE_LOW_SUN:  # the root rises without bound at the horizon; light grows by even ratios there
        clear = 800.0 * (clear / 800.0) ** (max(elevation_rad, 0.0) / LOW_SUN_RAD)
    partly = 300.0 + 45_000.0 * sine
    overcast = 300.0 + 21_000.0 * sine
    dimmed = 1.0
    if elevation_rad < 0.0:
        degrees = max(math.degrees(elevation_rad), TWILIGHT_ELEVATION_DEG[0])
        log_lx = np.interp(degrees, TWILIGHT_ELEVATION_DEG, np.log(TWILIGHT_LX))
        dimmed = math.exp(float(log_lx)) / TWILIGHT_LX[-1]  # clouds dim twilight as they dim the horizon sun
    return dimmed * _by_cloud(cloud_okta, clear, partly, overcast)


def moon_ground_lx(facing_lx: float, elevation_rad: float, cloud_okta: float) -> float:
    """Moonlight on the ground, from its light above the air."""
    if elevation_rad <= 0.0 or facing_lx <= 0.0:
        return 0.0
    through_air = 10.0 ** (-0.4 * MOON_EXTINCTION * air_mass(elevation_rad))
    through_cloud = _by_cloud(cloud_okta, 1.0, 0.6, 0.2)
    return facing_lx * float(through_air) * through_cloud * math.sin(elevation_rad)


def under_rain_cloud(rain_mm_per_h: float) -> float:
    """Share of an overcast sky's light left under a raining cloud.

    Reasoned, not measured: a cloud that rains harder is optically thicker, and a cloudburst of 50 mm/h leaves about
    half of an ordinary overcast day (of the order of 5 klx at noon).
    """
    return float(1.0 / (1.0 + 0.085 * max(rain_mm_per_h, 0.0) ** 0.63))


def through_fog(
    direct_lx: float, sky_lx: float, elevation_rad: float, extinction_per_m: float, top_m: float
) -> tuple[float, float]:
    """Direct and diffuse light at the bottom of a fog layer.

    The direct beam goes by Beer-Lambert, the sum by the two-stream transmittance of a conservative layer,
    1 / (1 + 3/4 tau (1 - g)) (Bohren, Am. J. Phys. 55, 1987): fog hides the sun long before it darkens the day.
    """
    if extinction_per_m <= 0.0:
        return direct_lx, sky_lx
    depth = extinction_per_m * min(top_m, FOG_LAYER_M)
    sine = math.sin(max(elevation_rad, 0.0))
    direct = direct_lx * math.exp(-depth * air_mass(elevation_rad))
    whole = (direct_lx * sine + sky_lx) / (1.0 + 0.75 * depth * (1.0 - DROPLET_ASYMMETRY))
    return direct, max(whole - direct * sine, 0.0)


def through_dust(
    direct_lx: float, sky_lx: float, elevation_rad: float, extinction_per_m: float, top_m: float
) -> tuple[float, float]:
    """Direct and diffuse light at the bottom of a layer of dust, which absorbs some of it as well."""
    if extinction_per_m <= 0.0:
        return direct_lx, sky_lx
    depth = extinction_per_m * min(top_m, DUST_LAYER_M)
    direct, sky = through_fog(direct_lx, sky_lx, elevation_rad, extinction_per_m, min(top_m, DUST_LAYER_M))
    eaten = math.exp(-dust_diffusion(DUST_ALBEDO[1]) * depth)
    return direct, sky * eaten


def dust_diffusion(albedo: float) -> float:
    """By how much light that is scattered again and again fades per optical depth: sqrt(3 (1 - w) (1 - w g))."""
    return math.sqrt(3.0 * (1.0 - albedo) * (1.0 - albedo * DUST_ASYMMETRY))


def dust_rgb() -> tuple[float, float, float]:
    """What a dust cloud without end sends back of the light that falls on it (Hapke's two-stream albedo)."""
    red, green, blue = (
        (1.0 - s) * (1.0 - 0.139 * s) / (1.0 + 1.17 * s)
        for s in (math.sqrt((1.0 - w) / (1.0 - w * DUST_ASYMMETRY)) for w in DUST_ALBEDO)
    )
    return red, green, blue


def _by_cloud(okta: float, clear: float, partly: float, overcast: float) -> float:
    knots = (CLEAR_UNTIL_OKTA, PARTLY_AT_OKTA, OVERCAST_OKTA)
    return float(np.interp(okta, knots, (clear, partly, overcast)))
