"""Crowns that drops of rain throw up where they hit wet ground near a camera.  Renderers floor."""

import numpy as np
from numpy.typing import NDArray

from renderers.frame_light import Light
from renderers.frames import CameraModel
from renderers.kernels.particles import P_ALPHA, P_COLUMNS, P_DEPTH, P_HALF, P_R, P_U0
from renderers.optics import depth_of, project
from renderers.particles import rain_spectrum, scattered
from scenarios.chance import stream
from scenarios.taxonomy import SEMANTIC_ID
from sim.weather import WeatherState

Array = NDArray[np.float64]

REACH_M = 12.0
LEAST_MM = 1.2  # smaller drops are taken up by the film without a crown
LEAST_WETNESS = 0.5
# Crowns on thin films grow to some five drops across and two and a half high within 20 ms (Cossali et al. 2004).
WIDE, HIGH, LASTS_S = 5.0, 2.5, 0.02
OPACITY = 0.4  # of the sheet at its best, reasoned
FAINTEST = 0.02
OFF_GROUND_M = 0.35  # of the plane below the ego: what lies farther off it is no ground that is asked
ABOVE_M = 3e-3  # of the ground, lest its own depth hides them
IS_GROUND = np.isin(np.arange(256), [SEMANTIC_ID[n] for n in ("road", "road_marking", "parking", "sidewalk")])


def crowns_per_m2(rain_mm_per_h: float) -> tuple[Array, Array]:
    """(S,) crowns that stand on a square metre at an instant, by diameters (S,), m."""
    drops = rain_spectrum(rain_mm_per_h)
    rows = drops.diameter_m >= LEAST_MM * 1e-3
    diameter = drops.diameter_m[rows]
    falling_mps = 9.65 - 10.3 * np.exp(-600.0 * diameter)  # Atlas et al. 1973
    return np.asarray(drops.per_m3[rows] * falling_mps * LASTS_S), diameter


def splashes(
    weather: WeatherState,
    light: Light,
    model: CameraModel,
    world_from_camera: Array,
    ground_z_m: float,
    depth_m: NDArray[np.float32],
    semantic: NDArray[np.uint8],
    seed: int,
    name: str,
    frame: int,
) -> NDArray[np.float32]:
    """(K, P_COLUMNS) crowns on the ground that a camera sees, far to near, as `particles.streaks` has drops."""
    none = np.zeros((0, P_COLUMNS), np.float32)
    if weather.rain_mm_per_h <= 0.0 or weather.wetness < LEAST_WETNESS or weather.snow_depth_m > 0.0:
        return none
    chance = stream(seed, "camera", name, "splashes", frame)
    each, sizes = crowns_per_m2(weather.rain_mm_per_h)
    count = chance.poisson(each * (2.0 * REACH_M) ** 2)
    diameter = np.repeat(sizes, count)
    u = chance.random((len(diameter), 3))
    beside = (2.0 * u[:, :2] - 1.0) * REACH_M
    below = (ground_z_m - world_from_camera[2, 3]) * world_from_camera[2, :3]
    at = beside @ world_from_camera[:2, :3] + below
    rows = np.flatnonzero(depth_of(model, at) > 0.5)
    across, down = project(model, at.take(rows, axis=0)).T
    inside = (across >= 0.0) & (across <= model.width_px - 1.0)  # NaN is false
    inside &= (down >= 0.0) & (down <= model.height_px - 1.0)
    rows = rows[inside]
    x, y = np.rint(across[inside]).astype(int), np.rint(down[inside]).astype(int)
    # The ground is where the picture has it: on slopes a crown stands where its ray meets the road.
    there = depth_m[y, x].astype(np.float64)
    at = at.take(rows, axis=0)
    share = there / depth_of(model, at)
    at *= np.where(np.isfinite(share), share, 1.0)[:, None]
    height = at @ world_from_camera[2, :3] + world_from_camera[2, 3] - ground_z_m
    seen = np.isfinite(share) & (np.abs(height) < OFF_GROUND_M) & IS_GROUND[semantic[y, x]]
    at, diameter, phase = at[seen], diameter[rows][seen], u[rows[seen], 2]
    up = world_from_camera[2, :3]
    top = at + (HIGH * diameter * np.sin(np.pi * phase))[:, None] * up
    foot = at + ABOVE_M * up
    away = depth_of(model, at)
    first, last = project(model, foot), project(model, top + ABOVE_M * up)
    wide = WIDE * diameter * np.sqrt(phase) * float(model.matrix[0, 0]) / away
    # A sheet narrower than a pixel covers a part of it.
    alpha = (
        OPACITY
        * np.sin(np.pi * phase)
        * np.minimum(wide, 1.0)
        * np.minimum(np.abs(last - first).max(axis=1), 1.0)
    )
    keep = np.flatnonzero(np.isfinite(first).all(axis=1) & np.isfinite(last).all(axis=1) & (alpha > FAINTEST))
    keep = keep[np.argsort(-away[keep], kind="stable")]
    if not len(keep):
        return none
    out = np.zeros((len(keep), P_COLUMNS))
    out[:, P_U0 : P_U0 + 2], out[:, P_U0 + 2 : P_U0 + 4] = first[keep], last[keep]
    out[:, P_HALF] = np.maximum(0.5 * wide[keep], 0.5)
    out[:, P_ALPHA] = alpha[keep]
    out[:, P_DEPTH] = 0.98 * away[keep]  # they stand on what is drawn there
    out[:, P_R : P_R + 3] = scattered(at[keep], "drop", light, world_from_camera)
    return out.astype(np.float32)
