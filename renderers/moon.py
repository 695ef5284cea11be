"""The moon's disc: where it stands, lit from where the sun is, with its seas.  Renderers floor.

The disc carries the moonlight that the weather state has, spread over what the sun lights of it; clouds and fog dim
it as they dim that light.
"""

import numpy as np
from numpy.typing import NDArray

from renderers.frames import CameraModel
from renderers.optics import pixel_rays, project
from sim.daylight import FOG_LAYER_M
from sim.weather import WeatherState

Array = NDArray[np.float64]
Floats = NDArray[np.float32]

RADIUS_RAD = np.radians(0.259)
LOWEST_RAD = np.radians(0.5)
SPLITS = 5  # of a pixel to each side: the disc is a few pixels wide
FAINTEST_LX = 1e-4
MOST_CD_PER_M2 = 4500.0  # of the full disc above the air: 0.267 lx out of 6.4e-5 sr
RGB = np.array([1.06, 1.0, 0.90])  # its rock is a little redder than sunlight
# Seas as they stand for a northern eye: place right and up on the disc, size, and the share of light they take.
SEAS = np.array(
    [
        [-0.35, 0.50, 0.30, 0.45],
        [0.20, 0.42, 0.20, 0.45],
        [0.40, 0.15, 0.22, 0.45],
        [0.62, 0.28, 0.12, 0.40],
        [-0.60, 0.10, 0.36, 0.40],
        [-0.25, -0.25, 0.22, 0.35],
        [-0.55, -0.35, 0.15, 0.35],
    ]
)


def add_moon(
    weather: WeatherState, model: CameraModel, world_from_camera: Array, depth_m: Floats, image: Floats
) -> None:
    """Add the moon to a radiance image where nothing stands before it, in place."""
    if weather.moon_elevation_rad < LOWEST_RAD or weather.moon_illuminance_lx < FAINTEST_LX:
        return
    moon = towards(weather.moon_elevation_rad, weather.moon_azimuth_rad)
    centre = project(model, moon @ world_from_camera[:3, :3])
    reach = int(np.ceil(2.0 * RADIUS_RAD * float(model.matrix[0, 0]))) + 2
    if not np.isfinite(centre).all():
        return
    u, v = np.round(centre).astype(int).tolist()
    top, left = max(v - reach, 0), max(u - reach, 0)
    low, right = min(v + reach + 1, image.shape[0]), min(u + reach + 1, image.shape[1])
    if top >= low or left >= right:
        return
    steps = (np.arange(SPLITS) + 0.5) / SPLITS - 0.5
    rows = (np.arange(top, low)[:, None] + steps).reshape(-1)
    columns = (np.arange(left, right)[:, None] + steps).reshape(-1)
    rays = pixel_rays(model, np.stack(np.meshgrid(columns, rows), axis=-1)) @ world_from_camera[:3, :3].T
    sun = towards(weather.sun_elevation_rad, weather.sun_azimuth_rad)
    fine = disc(rays / np.linalg.norm(rays, axis=-1, keepdims=True), moon, sun)
    share = fine.reshape(low - top, SPLITS, right - left, SPLITS).mean(axis=(1, 3))
    open_sky = ~np.isfinite(depth_m[top:low, left:right])
    image[top:low, left:right] += (share * open_sky)[..., None] * (luminance(weather, moon, sun) * RGB)


def towards(elevation_rad: float, azimuth_rad: float) -> Array:
    """(3,) unit vector east, north, up; azimuth clockwise from north."""
    flat = np.cos(elevation_rad)
    return np.array(
        [flat * np.sin(azimuth_rad), flat * np.cos(azimuth_rad), np.sin(elevation_rad)], np.float64
    )


def disc(direction: Array, moon: Array, sun: Array) -> Array:
    """(...) 0..1 light of the disc along directions (..., 3); about as bright at its rim as in its middle."""
    right = np.cross(moon, [0.0, 0.0, 1.0])
    right /= max(float(np.linalg.norm(right)), 1e-9)
    up = np.cross(right, moon)
    x, y = direction @ right / np.sin(RADIUS_RAD), direction @ up / np.sin(RADIUS_RAD)
    square = x * x + y * y
    inside = (square < 1.0) & (direction @ moon > 0.0)
    # Normals of the sphere, whose near side looks back along the sight.  The sun is as good as infinitely far.
    depth = np.sqrt(np.maximum(1.0 - square, 0.0))
    lit = x * (right @ sun) + y * (up @ sun) - depth * (moon @ sun)
    # Dust throws light back to where it came from: a full moon has no dark rim, only the terminator fades.
    bright = np.clip(lit / 0.25, 0.0, 1.0)
    for at_x, at_y, size, dark in SEAS:
        bright = bright * (1.0 - dark * np.exp(-((((x - at_x) ** 2 + (y - at_y) ** 2) / size**2) ** 2)))
    return np.asarray(np.where(inside, bright, 0.0))


def lit_share(moon: Array, sun: Array) -> float:
    """Share of the disc that the sun lights."""
    return float(0.5 * (1.0 - moon @ sun))


def luminance(weather: WeatherState, moon: Array, sun: Array) -> float:
    """cd/m2 of its brightest places: its light on a plane that faces it, over the solid angle that is lit."""
    facing_lx = weather.moon_illuminance_lx / max(float(moon[2]), 0.1)
    solid = np.pi * RADIUS_RAD**2 * max(lit_share(moon, sun), 0.02)
    open_share = max(1.0 - weather.cloud_okta / 8.0, 0.0)
    path_m = min(FOG_LAYER_M, weather.fog_top_m) / max(float(moon[2]), 0.1)
    through = float(np.exp(-weather.floating_extinction_per_m * path_m))
    return float(min(facing_lx / solid, MOST_CD_PER_M2) * open_share * through)
