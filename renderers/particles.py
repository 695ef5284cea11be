"""Rain and snow near a camera, as streaks; what is too small to see is in the air's extinction.  Renderers floor."""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from renderers.frame_light import Light
from renderers.frames import CameraModel
from renderers.kernels.lamps import L_X, L_Z, shine_on
from renderers.kernels.particles import P_COLUMNS, draw
from renderers.kernels.streaks import cover, fill, pass_by, turn_chosen
from renderers.lamps import beam_tables
from renderers.optics import plane_rad, project
from scenarios.chance import stream
from sim.air import RAIN_INTERCEPT_PER_M3_MM, rain_slope_per_mm
from sim.slices import in_slices
from sim.weather import WeatherState

Array = NDArray[np.float64]

FINEST_PX = 0.5  # what is wider on the image is drawn; the rest, and all that is farther, is extinction
REACH_M = 12.0
RAIN_LEAST_MM, RAIN_MOST_MM = 0.3, 6.0
NEAREST_M = 0.35
SIZES = 160  # steps of a spectrum
FLAKE_MASS_KG = 1.1e-6  # a melted drop of 1.3 mm: typical aggregate
FLAKE_LEAST_M, FLAKE_MEAN_M, FLAKE_MOST_M = 1e-3, 3.2e-3, 9e-3
FLAKE_FALL_MPS = 1.1
FAINTEST = 0.004  # opacity below which a streak is left out
Matter = Literal["drop", "flake"]
F_STOP, FOCAL_M = 2.0, 0.006  # automotive lens focused at infinity: nearby drops are discs
PIXEL_M = 3.0e-6
MOST_STREAKS = 60_000
ROWS_PER_SLICE = 40
LAMPS_M, NEAREST_LAMP_M = 25.0, 0.2  # lamps farther off light no drops; no drop lies in a lamp

Particles = tuple[
    Array, Array, Array, bool
]  # camera-frame positions (K, 3), diameters m, fall speeds m/s, snow


def exposure_time_s(mean_cd_per_m2: float) -> float:
    """Exposure time of an automatic camera: 2 ms in daylight, up to 16 ms at night."""
    return float(np.clip(2e-3 * np.sqrt(2000.0 / max(mean_cd_per_m2, 1e-3)), 1.5e-3, 16e-3))


def streaks(
    weather: WeatherState,
    light: Light,
    model: CameraModel,
    world_from_camera: Array,
    velocity_mps: Array,
    shutter_s: float,
    seed: int,
    name: str,
    frame: int,
) -> NDArray[np.float32]:
    """(K, P_COLUMNS) streaks of one exposure, far to near; the same for the same frame, whatever else is drawn."""
    parts = []
    if weather.rain_mm_per_h > 0:
        parts.append(_rain(weather, model, stream(seed, "camera", name, "rain", frame)))
    if weather.snow_mm_per_h > 0:
        parts.append(_snow(weather, model, stream(seed, "camera", name, "snow", frame)))
    if not parts:
        return np.zeros((0, P_COLUMNS), np.float32)
    return np.concatenate(
        [_drawn(*part, weather, light, model, world_from_camera, velocity_mps, shutter_s) for part in parts]
    )


@dataclass(frozen=True, slots=True)
class Spectrum:
    """Particles by size: S steps of diameter."""

    diameter_m: Array  # (S,) middles
    per_m3: Array  # (S,) particles of each step

    def reach_m(self, focal_px: float) -> Array:
        """(S,) how far from the camera they are drawn."""
        return np.clip(self.diameter_m * focal_px / FINEST_PX, NEAREST_M, REACH_M)


def rain_spectrum(rain_mm_per_h: float) -> Spectrum:
    """Drops after Marshall and Palmer 1948, down to RAIN_LEAST_MM."""
    edge = np.linspace(RAIN_LEAST_MM, RAIN_MOST_MM, SIZES + 1)
    middle = 0.5 * (edge[1:] + edge[:-1])
    count = RAIN_INTERCEPT_PER_M3_MM * np.exp(-rain_slope_per_mm(rain_mm_per_h) * middle) * np.diff(edge)
    return Spectrum(middle * 1e-3, count)


def snow_spectrum(snow_mm_per_h: float) -> Spectrum:
    """Flakes, exponential in size: as many as carry the water of the snowfall rate."""
    edge = np.linspace(FLAKE_LEAST_M, FLAKE_MOST_M, SIZES + 1)
    middle = 0.5 * (edge[1:] + edge[:-1])
    share = np.exp(-(middle - FLAKE_LEAST_M) / (FLAKE_MEAN_M - FLAKE_LEAST_M))
    total = snow_mm_per_h / 3600.0 / FLAKE_FALL_MPS / FLAKE_MASS_KG
    return Spectrum(middle, total * share / share.sum())


def drawn_depth(weather: WeatherState, focal_px: float) -> tuple[float, float]:
    """Optical depth of all particles that are drawn along a ray, and how far from the eye most of it lies, m.

    Extinction counts a particle's area twice, once for what it blocks and once for what it bends aside.
    """
    depth, near = 0.0, 0.0
    for spectrum in _falling(weather):
        area = 2.0 * 0.25 * np.pi * spectrum.per_m3 * spectrum.diameter_m**2
        depth += float(area @ (spectrum.reach_m(focal_px) - NEAREST_M))
        near += float(area @ (spectrum.reach_m(focal_px) > NEAREST_M))
    return depth, depth / near if near > 0.0 else 1.0


def _falling(weather: WeatherState) -> list[Spectrum]:
    rain = [rain_spectrum(weather.rain_mm_per_h)] if weather.rain_mm_per_h > 0 else []
    return [*rain, snow_spectrum(weather.snow_mm_per_h)] if weather.snow_mm_per_h > 0 else rain


def _in_view(spectrum: Spectrum, model: CameraModel, chance: np.random.Generator) -> tuple[Array, Array]:
    """Positions in the camera's frame (K, 3) and diameters, m, of what is drawn: evenly spread over the view."""
    if model.fisheye:
        return _around(spectrum, model, chance)
    half_x = 1.15 * 0.5 * model.width_px / model.matrix[0, 0] + 0.05
    half_y = 1.15 * 0.5 * model.height_px / model.matrix[1, 1] + 0.05
    reach = spectrum.reach_m(float(model.matrix[0, 0]))
    expected = spectrum.per_m3 * 4 * half_x * half_y / 3 * (reach**3 - NEAREST_M**3)
    each = chance.poisson(expected)
    width = spectrum.diameter_m[1] - spectrum.diameter_m[0]
    u = chance.random((int(each.sum()), 4))
    diameter = np.repeat(spectrum.diameter_m, each) + (u[:, 3] - 0.5) * width
    depth = np.cbrt(NEAREST_M**3 + u[:, 2] * (np.repeat(reach, each) ** 3 - NEAREST_M**3))
    beside, above = (2 * u[:, 0] - 1) * half_x * depth, (2 * u[:, 1] - 1) * half_y * depth
    return np.stack([beside, above, depth], axis=-1), diameter


def _around(spectrum: Spectrum, model: CameraModel, chance: np.random.Generator) -> tuple[Array, Array]:
    """The same for a fisheye: evenly spread over its cone, which may be more than half of all directions."""
    low = float(np.cos(min(0.5 * model.field_rad, plane_rad(model))))
    reach = spectrum.reach_m(float(model.matrix[0, 0]))
    expected = spectrum.per_m3 * 2.0 * np.pi * (1.0 - low) / 3 * (reach**3 - NEAREST_M**3)
    each = chance.poisson(expected)
    width = spectrum.diameter_m[1] - spectrum.diameter_m[0]
    u = chance.random((int(each.sum()), 4))
    diameter = np.repeat(spectrum.diameter_m, each) + (u[:, 3] - 0.5) * width
    away = np.cbrt(NEAREST_M**3 + u[:, 2] * (np.repeat(reach, each) ** 3 - NEAREST_M**3))
    cosine, turn = low + (1.0 - low) * u[:, 0], 2.0 * np.pi * u[:, 1]
    sine = np.sqrt(1.0 - cosine**2)
    return np.stack([sine * np.cos(turn), sine * np.sin(turn), cosine], axis=-1) * away[:, None], diameter


def _rain(weather: WeatherState, model: CameraModel, chance: np.random.Generator) -> Particles:
    """Drops, falling as Atlas et al. 1973 measured."""
    position, diameter = _in_view(rain_spectrum(weather.rain_mm_per_h), model, chance)
    return position, diameter, 9.65 - 10.3 * np.exp(-600.0 * diameter), False


def _snow(weather: WeatherState, model: CameraModel, chance: np.random.Generator) -> Particles:
    """Flakes of all sizes fall about equally fast, and flutter."""
    position, diameter = _in_view(snow_spectrum(weather.snow_mm_per_h), model, chance)
    return position, diameter, FLAKE_FALL_MPS * chance.uniform(0.7, 1.3, len(position)), True


def _drawn(
    position: Array,
    diameter_m: Array,
    fall_mps: Array,
    snow: bool,
    weather: WeatherState,
    light: Light,
    model: CameraModel,
    world_from_camera: Array,
    velocity_mps: Array,
    shutter_s: float,
) -> NDArray[np.float32]:
    towards = weather.wind_from_rad + np.pi
    wind = (
        weather.wind_mps * 0.6 * np.array([np.sin(towards), np.cos(towards), 0.0])
    )  # at 2 m above the ground
    axes = np.ascontiguousarray(world_from_camera[:3, :3])
    drift, down = (wind - velocity_mps) @ axes * shutter_s, -axes[2] * shutter_s
    rows = np.empty(len(position), np.int64)
    begin, end, away = np.empty_like(position), np.empty_like(position), np.empty(len(position))
    seen = pass_by(position, fall_mps, drift, down, model.fisheye, rows, begin, end, away)
    first, last, away = project(model, begin[:seen]), project(model, end[:seen]), away[:seen]
    focal = float(model.matrix[0, 0])
    # Circle of confusion of a lens focused far away, in pixels.
    blur_px_m = FOCAL_M**2 / F_STOP / PIXEL_M * (focal * PIXEL_M / FOCAL_M)
    half, alpha = np.empty(seen), np.empty(seen)
    cover(first, last, away, rows, diameter_m, focal, blur_px_m, half, alpha)
    chosen = np.flatnonzero(alpha > FAINTEST)
    if len(chosen) > MOST_STREAKS:
        chosen = chosen[np.argsort(-alpha[chosen], kind="stable")[:MOST_STREAKS]]
    chosen = chosen[np.argsort(-away[chosen], kind="stable")]
    matter: Matter = "flake" if snow else "drop"
    out = np.empty((len(chosen), P_COLUMNS), np.float32)
    shown = scattered(in_world(position, rows[chosen], axes), matter, light)
    fill(chosen, first, last, half, alpha, away, *shown, out)
    return out


def in_world(position: Array, chosen: NDArray[np.int64], axes: Array) -> NDArray[np.float32]:
    """(N, 3) points `chosen` of those in the camera's frame (K, 3), in axes of the world; `axes` (3, 3) turns them."""
    point = np.empty((len(chosen), 3), np.float32)
    turn_chosen(position, chosen, axes, point)
    return point


def scattered(
    point: NDArray[np.float32], matter: Matter, light: Light
) -> tuple[Array, float, NDArray[np.float32]]:
    """What particles (N, 3), from the eye in axes of the world, show: a drop the world upside down, flakes are white.

    That is cd/m2 (3,) of all of them alike, and a share of the lux (N, 3) that lamps give each.
    """
    day = light.day
    above = (day.sh[0] + day.sh[2] + 2 * day.sh[6]).astype(np.float64)
    sun = day.numbers[3:6].astype(np.float64)
    if matter == "drop":
        # Refraction gathers 165 degrees of sky and ground (Garg and Nayar 2007): nearer the sky than a mean would be.
        even = 0.62 * above / np.pi + 0.25 * day.numbers[7:10] + 2e-3 * sun
    else:
        even = (0.85 * 0.5 * above + 0.85 * 0.25 * sun) / np.pi + 0.5 * day.numbers[7:10]
    lux = np.zeros(point.shape, np.float32)
    near = light.lamps[np.linalg.norm(light.lamps[:, L_X : L_Z + 1], axis=1) < LAMPS_M]
    if len(near):
        shine_on(near, beam_tables(), point, np.float32(NEAREST_LAMP_M), lux)
    # Flakes are white diffusers; a drop focuses a lamp behind it and mirrors 2 % of one before it.
    return even.astype(np.float64), 0.85 / np.pi if matter == "flake" else 0.05, lux


def lay(
    particles: NDArray[np.float32], depth_m: NDArray[np.float32], image: NDArray[np.float32], threads: int
) -> None:
    """Draw streaks and crowns (K, P_COLUMNS), far to near, over a radiance image, in place."""

    def work(start: int, stop: int) -> None:
        for first in range(
            start, stop, ROWS_PER_SLICE
        ):  # which stay in the cache, wherever the next one falls
            draw(first, min(first + ROWS_PER_SLICE, stop), particles, depth_m, image)

    if len(particles):
        in_slices(work, len(image), threads, ROWS_PER_SLICE)
