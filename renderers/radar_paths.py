"""How waves get from a radar to a target and back: straight, by way of the road, behind a mirror.  Renderers floor.

Formulas and sources are in docs/radar.md.
"""

import math

import numpy as np
from numpy.typing import NDArray

from renderers.scene import Scene
from renderers.tracer import trace
from scenarios.taxonomy import SEMANTIC_ID
from sim.weather import WeatherState

Floats = NDArray[np.float64]

# Relative permittivity at 77 GHz: asphalt 3 to 4 with hardly a loss (measured from 76 to 81 GHz); water at 10 degrees
# by Liebe et al. 1991; dry snow by its density (Hallikainen et al. 1986).
ASPHALT, WATER, SNOW = 3.6 - 0.15j, 7.65 - 12.9j, 1.5 - 0.01j
ASPHALT_ROUGH_M, SNOW_ROUGH_M = 0.5e-3, 4e-3  # rms height of what is shorter than a Fresnel zone
SNOW_COVERS_M = 0.02
LIFT_M = 0.08  # above the road, where the two halves of a bounce meet: less than a car's clearance
ENDS_M = 0.15  # before its end a ray no longer asks: a centre lies in or on its own body
FLAT = np.zeros(256, np.bool_)
FLAT[[SEMANTIC_ID[name] for name in ("road", "road_marking", "parking", "terrain", "sidewalk", "kerb")]] = (
    True
)


def fresnel(grazing_rad: Floats, permittivity: complex) -> NDArray[np.complex128]:
    """Reflection of a smooth plane for vertical polarisation; -1 at grazing incidence."""
    sine = np.sin(grazing_rad)
    root = np.sqrt(permittivity - np.cos(grazing_rad) ** 2)
    reflected: NDArray[np.complex128] = (permittivity * sine - root) / (permittivity * sine + root)
    return reflected


def road_reflection(grazing_rad: Floats, wave_number: float, weather: WeatherState) -> NDArray[np.complex128]:
    """Of the road: asphalt, the more like water the wetter, or snow; roughness takes coherence (Ament 1953)."""
    wet = min(max(weather.wetness, 0.0), 1.0)
    permittivity, rough_m = (1.0 - wet) * ASPHALT + wet * WATER, ASPHALT_ROUGH_M * (1.0 - 0.7 * wet)
    if weather.snow_depth_m > SNOW_COVERS_M:
        permittivity, rough_m = SNOW, SNOW_ROUGH_M
    coherent = np.exp(-2.0 * (wave_number * rough_m * np.sin(grazing_rad)) ** 2)
    return fresnel(grazing_rad, permittivity) * coherent


def lobing(
    straight: NDArray[np.bool_],
    bounced: NDArray[np.bool_],
    height_m: Floats,  # (N,) of the radar above the road
    target_m: Floats,  # (N,) of the centre above the road
    along_m: Floats,  # (N,) level distance
    spread_m: Floats,  # (N,) vertical half extent of the centre
    wave_number: float,
    weather: WeatherState,
) -> Floats:
    """(N,) power over that in free space: both ways may go straight or by the road, and all four interfere.

    |1 + G exp(-j k d)|^4 for a point; over a vertical extent the phase is averaged before the second way.
    """
    target_m = np.maximum(target_m, 0.0)
    grazing = np.arctan2(height_m + target_m, np.maximum(along_m, 1e-6))
    mirror = road_reflection(grazing, wave_number, weather)
    longer_m = np.hypot(along_m, height_m + target_m) - np.hypot(along_m, height_m - target_m)
    per_metre = 2.0 * wave_number * height_m / np.maximum(np.hypot(along_m, height_m + target_m), 1e-6)
    steady = np.exp(-0.5 * (per_metre * spread_m) ** 2)  # what is left of the phase over the extent
    cross = 2.0 * steady * np.real(mirror * np.exp(-1j * wave_number * longer_m))
    one_way = straight + bounced * np.abs(mirror) ** 2 + (straight & bounced) * cross
    power: Floats = np.maximum(one_way, 0.0) ** 2
    return power


def unblocked(
    scene: Scene,
    start_m: Floats,
    end_m: Floats,
    column: NDArray[np.int64],
    threads: int,
    flat_blocks: bool = True,
) -> NDArray[np.bool_]:
    """(N,) whether nothing but the actor that it belongs to stands between a place and a centre."""
    if not len(end_m):
        return np.zeros(0, np.bool_)
    way = end_m - start_m
    length = np.linalg.norm(way, axis=1)
    until = np.maximum(1.0 - ENDS_M / np.maximum(length, 1e-6), 0.0).astype(np.float32)
    hits = trace(scene, start_m, way.astype(np.float32), until, threads=threads)
    hit = hits.placement >= 0
    owner = np.where(hit, scene.actor[np.maximum(hits.placement, 0)], -2)
    passes: NDArray[np.bool_] = ~hit | (owner == column)
    if not flat_blocks:
        passes |= hit & FLAT[scene.geometry.semantic[np.maximum(hits.triangle, 0)]]
    return passes


def bounce_points(eye_m: Floats, eye_ground_m: float, end_m: Floats, ground_m: Floats) -> Floats:
    """(N, 3) where a wave from the radar meets the road on its way to a centre."""
    height = max(float(eye_m[2]) - eye_ground_m, 0.01)
    target = np.maximum(end_m[:, 2] - ground_m, 0.01)
    share = height / (height + target)
    point = eye_m + share[:, None] * (end_m - eye_m)
    point[:, 2] = eye_ground_m + share * (ground_m - eye_ground_m) + LIFT_M
    return point


def azimuth_elevation(world_from_radar: Floats, place_m: Floats) -> tuple[Floats, Floats, Floats]:
    """Range, azimuth and elevation of places in a radar's frame."""
    local = (place_m - world_from_radar[:3, 3]) @ world_from_radar[:3, :3]
    level = np.hypot(local[:, 0], local[:, 1])
    return np.linalg.norm(local, axis=1), np.arctan2(local[:, 1], local[:, 0]), np.arctan2(local[:, 2], level)


def range_rate(eye_m: Floats, eye_mps: Floats, place_m: Floats, velocity_mps: Floats) -> Floats:
    """(N,) how fast places move away from the radar."""
    way = place_m - eye_m
    length = np.maximum(np.linalg.norm(way, axis=1), 1e-9)
    rate: Floats = np.einsum("nk,nk->n", way / length[:, None], velocity_mps - eye_mps)
    return rate


def decibel(db: float) -> float:
    return math.pow(10.0, 0.1 * db)
