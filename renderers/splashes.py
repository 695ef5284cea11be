"""Crowns that drops of rain throw up where they hit wet ground near a camera.  Renderers floor."""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

import numpy as np
from numpy.typing import NDArray

from renderers.frame_light import Light
from renderers.frames import CameraModel
from renderers.kernels.particles import P_COLUMNS
from renderers.kernels.streaks import fill, raise_crowns, spread, stand, strew
from renderers.optics import project
from renderers.particles import in_world, rain_spectrum, scattered
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
    axes = np.ascontiguousarray(world_from_camera[:3, :3])
    up, above_m = axes[2].copy(), float(world_from_camera[2, 3]) - ground_z_m
    rows, at = np.empty(len(u), np.int64), np.empty_like(u)
    before = strew(u, REACH_M, axes, -above_m * up, model.fisheye, rows, at)
    # The ground is where the picture has it: on slopes a crown stands where its ray meets the road.
    away = np.empty(before)
    seen = stand(
        project(model, at[:before]), rows, at, up, above_m, OFF_GROUND_M, depth_m, semantic, IS_GROUND, model.fisheye,
        away,
    )  # fmt: skip
    away, foot, top = away[:seen], np.empty((seen, 3)), np.empty((seen, 3))
    raise_crowns(rows, at, up, diameter, u, HIGH, ABOVE_M, foot, top)
    first, last = project(model, foot), project(model, top)
    half, alpha = np.empty(seen), np.empty(seen)
    spread(first, last, rows, away, diameter, u, WIDE * float(model.matrix[0, 0]), OPACITY, half, alpha)
    keep = np.flatnonzero(alpha > FAINTEST)
    keep = keep[np.argsort(-away[keep], kind="stable")]
    out = np.empty((len(keep), P_COLUMNS), np.float32)
    shown = scattered(in_world(at, keep, axes), "drop", light)
    fill(keep, first, last, half, alpha, 0.98 * away, *shown, out)  # they stand on what is drawn there
    return out
