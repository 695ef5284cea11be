"""The sky for a weather state: baked once per sun and cloud, scaled to the weather's illuminances.  Renderers floor.

A bake holds luminance-weighted linear RGB per lux of diffuse horizontal illuminance, so that a sky that brightens
or dims keeps its bake.  Rows run with sqrt(sin elevation), which gives the horizon the resolution it needs; columns
with the azimuth from x (east) towards y (north).
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from renderers.atmosphere import (
    CLEAN_MIE_PER_M,
    SOLAR_LX,
    SUN_RADIUS_RAD,
    Atmosphere,
    atmosphere,
    henyey_greenstein,
)
from renderers.clouds import BASE_M, THICKNESS_M, CloudLight, add_clouds, cover_field
from renderers.kernels.sky import (
    DISC,
    GROUND_B,
    GROUND_R,
    NUMBERS,
    SKY_LX,
    STREET_B,
    STREET_R,
    SUN_B,
    SUN_R,
    SUN_X,
    SUN_Z,
    TOWN_B,
    TOWN_R,
)
from renderers.shelf import Piece, kept
from sim.daylight import DUST_ALBEDO, DUST_LAYER_M, FOG_LAYER_M, dust_diffusion, dust_rgb
from sim.weather import WeatherState

Array = NDArray[np.float64]
Floats = NDArray[np.float32]

LUMINANCE: Array = np.array([0.2126, 0.7152, 0.0722])  # linear sRGB to luminance, IEC 61966-2-1
ROWS, COLUMNS = 384, 2048
CLEAR_ROWS, CLEAR_COLUMNS = 96, 96  # the clear sky is smooth and symmetric about the sun
BOUNCE = 0.5  # share of a lit street's own light that comes back from its walls, reasoned
SOFT_ROWS, SOFT_COLUMNS = 24, 96
SOFT_KAPPA = (400.0, 60.0, 12.0)  # sharpness of the three blurred skies: lobes about 3, 8 and 18 degrees wide
AIR_COLUMNS = 64
DUST_BESIDE_FOG = 0.8  # what a fog without end sends back of the light that falls on it
SOURCES = (
    "renderers/sky.py",
    "renderers/clouds.py",
    "renderers/kernels/clouds.py",
    "renderers/atmosphere.py",
    "scenarios/chance.py",
)
MOST_SKIES = 48  # of ten megabytes: more than the catalogue has stories, and the oldest go first
HAZIEST_MIE_PER_M = 1.5e-4  # thicker air than this is fog and is drawn as fog

# Night: airglow and starlight, 1.7e-4 cd/m2 at the zenith of a dark site (22 mag/arcsec2), twice that at the horizon.
NIGHT_CD_PER_M2 = 1.7e-4
NIGHT_RGB: Array = np.array([0.93, 1.0, 1.12])
# A lit town under the open sky, 18.5 mag/arcsec2 at the zenith; clouds send back about ten times as much (Kyba 2011).
TOWN_GLOW_CD_PER_M2 = 4.5e-3
TOWN_RGB: Array = np.array([1.32, 0.95, 0.58])  # sodium and warm LED mixed


@dataclass(frozen=True, slots=True)
class Sky:
    """A baked sky, per lux of diffuse horizontal illuminance."""

    radiance: Floats  # (ROWS, COLUMNS, 3)
    soft: Floats  # (3, SOFT_ROWS, SOFT_COLUMNS, 3) blurred for rough mirrors
    sh: Floats  # (9, 3) irradiance coefficients with cosine lobe and basis constants multiplied in
    horizon: Floats  # (AIR_COLUMNS, 3) radiance just above the horizon
    sun_rgb: Array  # (3,) colour of direct sunlight, luminance 1
    sun_shows: float  # share of the sun's disc that no cloud hides


@dataclass(frozen=True, slots=True)
class Daylight:
    """A sky in absolute units, as the kernels take it."""

    sky: Sky
    soft: Floats  # the sky's blurred maps, behind the fog, per lux
    sh: Floats  # (9, 3) lx
    air: Floats  # (AIR_COLUMNS, 3) cd/m2 that an endless path of air would show, by azimuth
    numbers: Floats  # (NUMBERS,)
    illuminant: Array  # (3,) light on level ground, lx: what white balance goes by

    @property
    def sun_direction(self) -> Floats:
        """(3,) towards the sun."""
        return self.numbers[SUN_X : SUN_Z + 1]


def daylight(
    weather: WeatherState, seed: int, ground_albedo: float = 0.15, street_lx: Array | None = None
) -> Daylight:
    """The light of a weather state; `street_lx` (3,) is the mean light of street lamps on the ground."""
    elevation, azimuth = weather.sun_elevation_rad, weather.sun_azimuth_rad
    sky = bake(
        round(math.degrees(elevation), 1),
        round(math.degrees(azimuth) % 360.0, 0),
        round(weather.cloud_okta * 4) / 4,
        round(math.log2(max(weather.haze_extinction_per_m, CLEAN_MIE_PER_M) / CLEAN_MIE_PER_M), 1),
        seed,
    )
    glow = town_glow(weather) if weather.street_lamps_lit else 0.0
    sky_lx = weather.sky_illuminance_lx
    flat = math.cos(elevation)
    direction = np.array([flat * math.sin(azimuth), flat * math.cos(azimuth), math.sin(elevation)])
    dusk = _under_dust(weather)
    sun = sky.sun_rgb * weather.sun_illuminance_lx * dusk
    sh = sky.sh.astype(np.float64) * sky_lx * dusk
    # The town's light is spread evenly enough to count as one colour from all of the sky.
    sh[0] += 0.5 * math.pi * glow * TOWN_RGB
    sh[2] += 0.5 * math.pi * glow * TOWN_RGB
    level = sun * max(direction[2], 0.0) + sky_lx * _up(sky.sh) * dusk + math.pi * glow * TOWN_RGB
    lamplight = np.zeros(3) if street_lx is None else street_lx
    # A lit street is a lamp itself: what the ground and walls send back reaches where no lamp shines.
    sh[0] += BOUNCE * ground_albedo * lamplight
    ground = ground_albedo / math.pi * (level + lamplight) * np.array([1.04, 1.0, 0.92])
    numbers = np.zeros(NUMBERS)
    numbers[SUN_X : SUN_Z + 1] = direction
    numbers[SUN_R : SUN_B + 1] = sun
    numbers[SKY_LX] = sky_lx
    numbers[GROUND_R : GROUND_B + 1] = ground
    numbers[STREET_R : STREET_B + 1] = lamplight
    numbers[DISC] = sky.sun_shows / (math.pi * SUN_RADIUS_RAD**2)
    numbers[TOWN_R : TOWN_B + 1] = glow * TOWN_RGB
    air = _airlight(weather, sky, level, sun, direction, glow)
    return Daylight(
        sky,
        _behind_fog(weather, sky.soft, air),
        sh.astype(np.float32),
        air,
        numbers.astype(np.float32),
        level + lamplight,
    )


def town_glow(weather: WeatherState) -> float:
    """Luminance of a lit town's sky: low cloud and fog throw its own light back at it."""
    return TOWN_GLOW_CD_PER_M2 * (1.0 + 9.0 * min(weather.cloud_okta / 8.0, 1.0) ** 2)


@lru_cache(maxsize=6)
def bake(elevation_deg: float, azimuth_deg: float, okta: float, haze_log2: float, seed: int) -> Sky:
    """The sky for a sun (azimuth clockwise from north), cloud cover and haze, normalised to one lux.

    A second takes long enough to keep the skies of former runs on disk.
    """

    def make() -> Piece:
        sky = _bake(elevation_deg, azimuth_deg, okta, haze_log2, seed)
        maps = {"radiance": sky.radiance, "soft": sky.soft, "sh": sky.sh, "horizon": sky.horizon}
        return sky.sun_shows, {**maps, "sun_rgb": sky.sun_rgb}

    key = (elevation_deg, azimuth_deg, okta, haze_log2, seed)
    shows, maps = kept("skies", key, SOURCES, MOST_SKIES, make)
    return Sky(**maps, sun_shows=shows)


def _bake(elevation_deg: float, azimuth_deg: float, okta: float, haze_log2: float, seed: int) -> Sky:
    air = atmosphere(min(CLEAN_MIE_PER_M * 2.0**haze_log2, HAZIEST_MIE_PER_M))
    elevation = math.radians(elevation_deg)
    sun_turn = math.radians(90.0 - azimuth_deg)
    direction = np.array(
        [
            math.cos(elevation) * math.cos(sun_turn),
            math.cos(elevation) * math.sin(sun_turn),
            math.sin(elevation),
        ]
    )
    sine = np.linspace(0.0, 1.0, ROWS) ** 2
    azimuth = (np.arange(COLUMNS) + 0.5) / COLUMNS * 2 * math.pi
    daylit = _clear_sky(air, elevation, azimuth - sun_turn)
    night = NIGHT_CD_PER_M2 * (1 + np.sqrt(1 - sine))[:, None, None] * NIGHT_RGB
    clear: Floats = np.asarray(daylit + night, np.float32)
    middle = BASE_M + 0.5 * THICKNESS_M
    light = CloudLight(
        sun=air.sunlight(middle, math.sin(elevation)) * SOLAR_LX,
        sky=_horizontal(clear, sine),
        sun_direction=direction,
    )
    weight = _smoothstep(6.2, 7.9, okta)
    shows = np.zeros(clear.shape[:2], np.float32)
    mixed: Array = np.zeros(clear.shape)
    if weight < 1.0:
        broken, shows = add_clouds(clear, sine, azimuth, okta, light, seed)
        mixed = (1 - weight) * broken / (LUMINANCE @ _horizontal(broken, sine))
    if weight > 0.0:
        mixed = mixed + weight * _overcast(light, sine, azimuth, seed)
    upward: Floats = np.asarray(mixed / (LUMINANCE @ _horizontal(mixed, sine)), np.float32)
    direct = air.sunlight(2.0, math.sin(elevation))
    sun_rgb = (
        direct / max(float(LUMINANCE @ direct), 1e-12) if float(LUMINANCE @ direct) > 1e-9 else np.ones(3)
    )
    row = round(math.sqrt(max(direction[2], 0.0)) * (ROWS - 1))
    column = int(sun_turn % (2 * math.pi) / (2 * math.pi) * COLUMNS) % COLUMNS
    return Sky(
        radiance=np.ascontiguousarray(upward),
        soft=_blurred(upward),
        sh=_harmonics(upward, sine, azimuth),
        horizon=np.ascontiguousarray(_columns(upward[8:14].mean(axis=0), AIR_COLUMNS)),
        sun_rgb=sun_rgb,
        sun_shows=float(shows[row, column]) * (1 - weight),
    )


def _clear_sky(air: Atmosphere, elevation: float, from_sun: Array) -> Array:
    """(ROWS, COLUMNS, 3) cd/m2, computed on half a circle and mirrored."""
    half = np.linspace(0.0, math.pi, CLEAR_COLUMNS)
    rows = np.linspace(0.0, 1.0, CLEAR_ROWS) ** 2
    coarse = (air.radiance(rows[:, None], half[None, :], elevation) * SOLAR_LX).astype(np.float32)
    folded = np.abs(np.remainder(from_sun + math.pi, 2 * math.pi) - math.pi) / math.pi * (CLEAR_COLUMNS - 1)
    u, v = np.meshgrid(
        folded.astype(np.float32), np.linspace(0, CLEAR_ROWS - 1, ROWS).astype(np.float32), indexing="xy"
    )
    return np.asarray(cv2.remap(coarse, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float64)


def _overcast(light: CloudLight, sine: Array, azimuth: Array, seed: int) -> Array:
    """A closed sky per lux: CIE's (1 + 2 sin e) / 3 with faint rolls of stratus, coloured as the light above it."""
    colour = light.sun * max(float(light.sun_direction[2]), 0.02) + light.sky
    colour = colour / float(LUMINANCE @ colour)
    colour = 0.5 * colour + 0.5  # droplets scatter all colours alike and average over the whole layer
    flat = np.sqrt(np.maximum(1 - sine**2, 0.0))
    reach = np.minimum(flat / np.maximum(sine, 0.035), 28.0) * 0.055
    field = cover_field(seed + 1)
    smooth = np.asarray(cv2.GaussianBlur(field, (0, 0), 3.0))
    size = np.float32(field.shape[0])
    u = (reach[:, None] * np.cos(azimuth) * size).astype(np.float32) % size
    v = (reach[:, None] * np.sin(azimuth) * size).astype(np.float32) % size
    rolls = np.asarray(cv2.remap(smooth, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP))
    fade = np.minimum(sine / 0.12, 1.0)[:, None]
    shape = (1 + 2 * sine)[:, None] / 3 * (1 + 0.34 * fade * (rolls - 0.5))
    sky = shape[..., None] * colour
    return np.asarray(sky / float(LUMINANCE @ _horizontal(sky, sine)))


def _airlight(
    weather: WeatherState, sky: Sky, level: Array, sun: Array, direction: Array, glow: float
) -> Floats:
    """(AIR_COLUMNS, 3) radiance of an endless horizontal path, by azimuth: Koschmieder's horizon.

    Haze shows the horizon sky itself.  Inside fog light comes from everywhere: the mean of the light from above and
    from the ground, and the sun's own light thrown forward by droplets.  Rain and snow lie between: near curtains of
    them are lit by the whole sky, and not by the bright strip of horizon below the sun.
    """
    haze = sky.horizon.astype(np.float64) * weather.sky_illuminance_lx + glow * TOWN_RGB
    azimuth = (np.arange(AIR_COLUMNS) + 0.5) / AIR_COLUMNS * 2 * math.pi
    cosine = np.cos(azimuth) * direction[0] + np.sin(azimuth) * direction[1]
    even = 0.5 * (1 + 0.15) * level / math.pi
    forward = henyey_greenstein(cosine, 0.6)[:, None] * sun * 0.5
    fog = even + forward + glow * TOWN_RGB
    curtain = 0.5 * (fog + np.minimum(haze.mean(axis=0), 1.5 * even) + glow * TOWN_RGB)
    whole = max(weather.extinction_per_m, 1e-9)
    foggy, dusty = weather.fog_extinction_per_m / whole, weather.dust_extinction_per_m / whole
    falling = (weather.rain_extinction_per_m + weather.snow_extinction_per_m) / whole
    # Dust eats a part of what it scatters, more of the blue: its light is that of a fog times its own colour.
    dust = fog * np.array(dust_rgb()) / DUST_BESIDE_FOG
    clear = 1 - foggy - dusty - falling
    return np.asarray(clear * haze + foggy * fog + dusty * dust + falling * curtain, np.float32)


def _behind_fog(weather: WeatherState, soft: Floats, air: Floats) -> Floats:
    """Blurred skies as mirrors see them through the fog above."""
    if weather.floating_extinction_per_m <= 0.0 or weather.sky_illuminance_lx <= 0.0:
        return soft
    depth = weather.floating_extinction_per_m * min(weather.fog_top_m, FOG_LAYER_M)
    sine = np.maximum(np.linspace(0.0, 1.0, SOFT_ROWS) ** 2, 1e-3)
    through = np.exp(-depth / sine).astype(np.float32)[:, None, None]
    column = np.arange(SOFT_COLUMNS) * AIR_COLUMNS // SOFT_COLUMNS
    veil = air[column] / np.float32(weather.sky_illuminance_lx)
    return np.ascontiguousarray(soft * through + veil * (1 - through))


def _under_dust(weather: WeatherState) -> Array:
    """(3,) colour of daylight below dust, luminance 1: blue is eaten first."""
    depth = weather.dust_extinction_per_m * min(weather.fog_top_m, DUST_LAYER_M)
    left = np.array(
        [math.exp(-(dust_diffusion(w) - dust_diffusion(DUST_ALBEDO[1])) * depth) for w in DUST_ALBEDO]
    )
    return np.asarray(left / float(LUMINANCE @ left))


def _horizontal(sky: NDArray[np.floating], sine: Array) -> Array:
    """(3,) illuminance of level ground under a map whose rows have these sines of elevation."""
    ring = sky.mean(axis=1, dtype=np.float64)
    return np.asarray(2 * math.pi * np.trapezoid(ring * sine[:, None], sine, axis=0))


def _up(sh: Floats) -> Array:
    """(3,) irradiance of level ground from the coefficients."""
    return np.asarray(sh[0] + sh[2] + 2 * sh[6], dtype=np.float64)


def _harmonics(sky: Floats, sine: Array, azimuth: Array) -> Floats:
    """(9, 3) coefficients of the irradiance of the upper sky; Ramamoorthi and Hanrahan 2001."""
    step = 8
    small = sky.reshape(ROWS, COLUMNS // step, step, 3).mean(axis=2, dtype=np.float64)
    angle = azimuth.reshape(-1, step).mean(axis=1)
    z = np.repeat(sine[:, None], len(angle), axis=1)
    flat = np.sqrt(1 - z**2)
    x, y = flat * np.cos(angle), flat * np.sin(angle)
    basis = np.stack([np.ones_like(z), y, z, x, x * y, y * z, 3 * z**2 - 1, x * z, x**2 - y**2])
    norm = np.array([0.282095, *[0.488603] * 3, 1.092548, 1.092548, 0.315392, 1.092548, 0.546274])
    lobe = np.array([math.pi, *[2 * math.pi / 3] * 3, *[math.pi / 4] * 5])
    rings = np.einsum("krc,rcn->krn", basis, small) * (2 * math.pi / len(angle))
    return np.asarray(np.trapezoid(rings, sine, axis=1) * (norm**2 * lobe)[:, None], np.float32)


def _blurred(sky: Floats) -> Floats:
    """(3, SOFT_ROWS, SOFT_COLUMNS, 3) the sky under lobes of growing width.

    A lobe looks the same from every column, so its sum around the sky is a product of Fourier series.
    """
    coarse = cv2.resize(sky, (SOFT_COLUMNS, 2 * SOFT_ROWS), interpolation=cv2.INTER_AREA).astype(np.float64)
    edge = np.linspace(0, 1, 2 * SOFT_ROWS)
    source = _directions(edge**2, SOFT_COLUMNS).reshape(2 * SOFT_ROWS, SOFT_COLUMNS, 3)
    weight = 2 * np.maximum(edge, 0.25 / SOFT_ROWS)  # d sin e = 2 v dv
    target = _directions(np.linspace(0, 1, SOFT_ROWS) ** 2, SOFT_COLUMNS).reshape(SOFT_ROWS, SOFT_COLUMNS, 3)
    near = np.einsum("tk,sck->tsc", target[:, 0], source) - 1
    series = np.fft.rfft(coarse, axis=1)
    levels = []
    for kappa in SOFT_KAPPA:
        lobe = np.exp(kappa * near) * weight[:, None]
        lobe /= lobe.sum(axis=(1, 2), keepdims=True)
        turned = np.einsum("tsf,sfn->tfn", np.conj(np.fft.rfft(lobe, axis=2)), series)
        levels.append(np.fft.irfft(turned, SOFT_COLUMNS, axis=1))
    return np.ascontiguousarray(np.stack(levels).astype(np.float32))


def _directions(sine: Array, columns: int) -> Array:
    azimuth = (np.arange(columns) + 0.5) / columns * 2 * math.pi
    flat = np.sqrt(np.maximum(1 - sine**2, 0.0))[:, None]
    z = np.repeat(sine[:, None], columns, axis=1)
    return np.stack([flat * np.cos(azimuth), flat * np.sin(azimuth), z], axis=-1).reshape(-1, 3)


def _columns(row: Floats, count: int) -> Floats:
    return np.asarray(row.reshape(count, -1, 3).mean(axis=1), dtype=np.float32)


def _smoothstep(low: float, high: float, x: float) -> float:
    t = min(max((x - low) / (high - low), 0.0), 1.0)
    return t * t * (3 - 2 * t)
