"""Light scattered by clean air and haze for any sun: a small spectral-in-three atmosphere.  Renderers floor.

Single scattering is marched along the view ray; all higher orders come from one isotropic table, after Hillaire,
"A scalable and production ready sky and atmosphere rendering technique" (EGSR 2020).  Densities and constants are
those of Bruneton's 2017 model of the Earth.  Radiances are luminance-weighted RGB: 0.2126 R + 0.7152 G + 0.0722 B is
in cd/m2 when the sun outside the air gives `SOLAR_LX`.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SOLAR_LX = (
    128_000.0  # extraterrestrial solar illuminance constant, Littlefair 1985 (127.5-133 klx in other sources)
)
GROUND_M = 6_360_000.0  # Bruneton 2017
TOP_M = 6_460_000.0  # Hillaire 2020: twilight is lit from above 60 km
# The three bands stand for sRGB's primaries (centroids 612, 545, 465 nm), not for the usual 680, 550, 440 nm: red
# must carry its share of the ozone band at 600 nm, or twilight turns purple instead of blue.
RAYLEIGH_PER_M: Array = np.array([8.84e-6, 14.06e-6, 26.5e-6])  # 1.24062e-6 lambda^-4 at sea level
RAYLEIGH_HEIGHT_M = 8000.0
OZONE_PER_M: Array = np.array([2.5e-6, 1.8e-6, 0.2e-6])  # at the peak, 25 km, of a tent 15 km wide either way
MIE_HEIGHT_M = 1200.0
MIE_ALBEDO = 0.9
MIE_G = 0.8
CLEAN_MIE_PER_M = 4.44e-6  # Bruneton's 5.328e-3 / 1200 m: an exceptionally clear day
GROUND_ALBEDO = 0.15
SUN_RADIUS_RAD = 0.004675
OBSERVER_M = 50.0  # slightly raised: a view ray must not start inside the ground

HEIGHTS, COSINES = 48, 192  # of the transmittance table
MS_HEIGHTS, MS_COSINES, MS_STEPS = 16, 64, 24  # of the table of higher orders
STEPS = 40


@dataclass(frozen=True, slots=True)
class Atmosphere:
    """Tables of an atmosphere with a given aerosol."""

    mie_per_m: float  # aerosol extinction at the ground
    transmittance: Array  # (HEIGHTS, COSINES, 3) to the top of the air
    multiple: Array  # (MS_HEIGHTS, MS_COSINES, 3) radiance of orders >= 2 per unit solar irradiance

    def sunlight(self, height_m: Array | float, sin_elevation: Array | float) -> Array:
        """(..., 3) share of extraterrestrial sunlight that reaches a height, 0 behind the Earth."""
        height = np.asarray(height_m, dtype=np.float64)
        sine = np.asarray(sin_elevation, dtype=np.float64)
        radius = GROUND_M + np.maximum(height, 1.0)
        horizon = -np.sqrt(np.maximum(1.0 - (GROUND_M / radius) ** 2, 0.0))
        risen = np.clip((sine - horizon) / (2 * SUN_RADIUS_RAD) + 0.5, 0.0, 1.0)
        return (
            _transmittance_at(self.transmittance, radius, np.maximum(sine, horizon + 1e-4)) * risen[..., None]
        )

    def radiance(self, sin_view: Array, azimuth_rad: Array, sun_elevation_rad: float) -> Array:
        """(..., 3) sky radiance per unit of solar irradiance; azimuth is measured from the sun.

        Both are broadcast against each other: what belongs to a ring around the zenith is computed once for it.
        """
        sin_view, azimuth_rad = np.asarray(sin_view), np.asarray(azimuth_rad)
        cos_sun, sin_sun = np.cos(sun_elevation_rad), np.sin(sun_elevation_rad)
        cos_view = np.sqrt(np.maximum(1 - sin_view**2, 0.0))
        towards = np.cos(azimuth_rad) * cos_sun
        cosine = cos_view * towards + sin_view * sin_sun
        rayleigh_phase = 3 / (16 * np.pi) * (1 + cosine**2)
        mie_phase = henyey_greenstein(cosine, MIE_G)
        start = GROUND_M + OBSERVER_M
        length = _to_top(start, sin_view)
        light = np.zeros((*cosine.shape, 3))
        through = np.ones((*sin_view.shape, 3))
        edges = (np.arange(STEPS + 1) / STEPS) ** 2  # short steps near the eye, where the air is dense
        for near, far in pairwise(edges):
            t = length * 0.5 * (near + far)
            flat, up = cos_view * t, sin_view * t + start
            radius = np.hypot(flat, up)
            rayleigh, mie, extinction = self._densities(radius - GROUND_M)
            sine = (flat * towards + up * sin_sun) / radius
            direct = self.sunlight(radius - GROUND_M, sine)
            source = direct * (rayleigh * rayleigh_phase[..., None] + (mie * mie_phase)[..., None])
            source += self._multiple_at(radius, sine) * (rayleigh + mie[..., None])
            step = (length * (far - near))[..., None]
            passed = np.exp(-extinction * step)
            light += source * (through * (1 - passed) / extinction)
            through *= passed
        return light

    def _densities(self, height_m: Array) -> tuple[Array, Array, Array]:
        """Rayleigh scattering (..., 3), aerosol scattering (...), total extinction (..., 3), all per metre."""
        return _densities(height_m, self.mie_per_m)

    def _multiple_at(self, radius: Array, sine: Array) -> Array:
        row = np.sqrt(np.clip((radius - GROUND_M) / (TOP_M - GROUND_M), 0, 1)) * (MS_HEIGHTS - 1)
        column = _sine_column(sine) * (MS_COSINES - 1)
        return _bilinear(self.multiple, row, column)


def henyey_greenstein(cosine: Array | float, g: float) -> Array:
    """Phase function per steradian (Henyey and Greenstein 1941); integrates to 1 over the sphere."""
    return np.asarray((1 - g * g) / (4 * np.pi * (1 + g * g - 2 * g * np.asarray(cosine)) ** 1.5))


@lru_cache(maxsize=8)
def atmosphere(mie_per_m: float) -> Atmosphere:
    """The atmosphere whose aerosol extinguishes `mie_per_m` at the ground."""
    height_row = np.linspace(0, 1, HEIGHTS)
    radius = np.sqrt((height_row**2) * (TOP_M**2 - GROUND_M**2) + GROUND_M**2)
    distance_column = np.linspace(0, 1, COSINES)
    shortest = TOP_M - radius
    longest = np.sqrt(radius**2 - GROUND_M**2) + np.sqrt(TOP_M**2 - GROUND_M**2)
    distance = shortest[:, None] + distance_column * (longest - shortest)[:, None]
    safe = np.maximum(distance, 1e-3)
    cosine = np.clip((TOP_M**2 - radius[:, None] ** 2 - safe**2) / (2 * radius[:, None] * safe), -1, 1)
    depth = np.zeros((HEIGHTS, COSINES, 3))
    for k in range(STEPS):
        t = distance * (k + 0.5) / STEPS
        r = np.sqrt(np.maximum(radius[:, None] ** 2 + t**2 + 2 * radius[:, None] * t * cosine, GROUND_M**2))
        depth += _densities(r - GROUND_M, mie_per_m)[2] * (distance / STEPS)[..., None]
    transmittance = np.exp(-depth)
    bare = Atmosphere(mie_per_m, transmittance, np.zeros((MS_HEIGHTS, MS_COSINES, 3)))
    return Atmosphere(mie_per_m, transmittance, _higher_orders(bare))


def _higher_orders(air: Atmosphere) -> Array:
    """Radiance of second and higher scattering orders, taken as isotropic: L2 / (1 - f)."""
    height = np.linspace(0.0, 1.0, MS_HEIGHTS) ** 2 * (TOP_M - GROUND_M)
    sine = _sine_of_column(np.linspace(0.0, 1.0, MS_COSINES))
    # Axes: height, the sun's sine, 8 sines of view, equal in solid angle, and 4 azimuths of one side of the sun: those
    # of the other side see the same.
    radius = (GROUND_M + np.clip(height, 1.0, TOP_M - GROUND_M - 1.0))[:, None, None, None]
    sine = sine[:, None, None]
    mu = ((np.arange(8) + 0.5) / 4 - 1)[:, None]
    towards = np.cos((np.arange(4) + 0.5) * np.pi / 4) * np.sqrt(1 - sine**2)
    to_ground = _to_ground(radius, mu)
    hits_ground = np.isfinite(to_ground)
    length = np.where(hits_ground, to_ground, _to_top(radius, mu))
    light = np.zeros((MS_HEIGHTS, MS_COSINES, 8, 4, 3))
    factor = np.zeros((MS_HEIGHTS, 1, 8, 1, 3))
    through = np.ones_like(factor)

    def place(t: Array) -> tuple[Array, Array]:
        flat, up = np.sqrt(1 - mu**2) * t, mu * t + radius
        r = np.hypot(flat, up)
        return r, (flat * towards + up * sine) / r

    for k in range(MS_STEPS):
        r, cosine = place(length * (k + 0.5) / MS_STEPS)
        rayleigh, mie, extinction = _densities(r - GROUND_M, air.mie_per_m)
        scattering = rayleigh + mie[..., None]
        passed = np.exp(-extinction * (length / MS_STEPS)[..., None])
        share = through * scattering * (1 - passed) / extinction
        light += share / (4 * np.pi) * air.sunlight(r - GROUND_M, cosine)
        factor += share
        through *= passed
    r, cosine = place(length)
    bounce = GROUND_ALBEDO / np.pi * np.maximum(cosine, 0.0)[..., None] * air.sunlight(r - GROUND_M, cosine)
    light += np.where(hits_ground[..., None], through * bounce, 0.0)
    once = light.mean(axis=(2, 3))  # the mean over the sphere is the integral against 1 / (4 pi)
    return np.asarray(once / (1 - factor.mean(axis=(2, 3))))


def _densities(height_m: Array, mie_per_m: float) -> tuple[Array, Array, Array]:
    height = np.maximum(height_m, 0.0)
    rayleigh = np.exp(-height / RAYLEIGH_HEIGHT_M)[..., None] * RAYLEIGH_PER_M
    mie = mie_per_m * np.exp(-height / MIE_HEIGHT_M)
    ozone = np.maximum(1 - np.abs(height - 25_000.0) / 15_000.0, 0.0)[..., None] * OZONE_PER_M
    return rayleigh, MIE_ALBEDO * mie, rayleigh + mie[..., None] + ozone


def _to_top(radius: Array | float, cosine: Array) -> Array:
    return np.asarray(
        -radius * cosine + np.sqrt(np.maximum((radius * cosine) ** 2 + TOP_M**2 - np.square(radius), 0.0))
    )


def _to_ground(radius: Array, cosine: Array) -> Array:
    """Distance to the ground along a ray, inf where it misses."""
    inside = (radius * cosine) ** 2 - radius**2 + GROUND_M**2
    hits = (inside >= 0) & (cosine < 0)
    return np.where(hits, -radius * cosine - np.sqrt(np.maximum(inside, 0.0)), np.inf)


def _transmittance_at(table: Array, radius: Array, cosine: Array) -> Array:
    rho = np.sqrt(np.maximum(radius**2 - GROUND_M**2, 0.0))
    shortest = TOP_M - radius
    longest = rho + np.sqrt(TOP_M**2 - GROUND_M**2)
    row = rho / np.sqrt(TOP_M**2 - GROUND_M**2) * (HEIGHTS - 1)
    column = (_to_top(radius, cosine) - shortest) / np.maximum(longest - shortest, 1e-3) * (COSINES - 1)
    return _bilinear(table, row, column)


def _sine_column(sine: Array) -> Array:
    """Column in [0, 1] of the table of higher orders: twilight gets the most columns."""
    return np.asarray(0.5 + 0.5 * np.sign(sine) * np.sqrt(np.abs(np.clip(sine, -1, 1))))


def _sine_of_column(column: Array) -> Array:
    signed = 2 * column - 1
    return np.asarray(np.sign(signed) * signed**2)


def _bilinear(table: Array, row: Array, column: Array) -> Array:
    r = np.clip(row, 0, table.shape[0] - 1.000001)
    c = np.clip(column, 0, table.shape[1] - 1.000001)
    i, j = r.astype(np.int64), c.astype(np.int64)
    a, b = (r - i)[..., None], (c - j)[..., None]
    flat = table.reshape(-1, table.shape[2])
    k = i * table.shape[1] + j
    near = flat[k] * (1 - b) + flat[k + 1] * b
    far = flat[k + table.shape[1]] * (1 - b) + flat[k + table.shape[1] + 1] * b
    return np.asarray(near * (1 - a) + far * a)
