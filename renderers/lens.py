"""Lamps as the lens and the air show them: images too small for rays, and halos in fog and rain.  Renderers floor."""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from renderers.frame_light import Light
from renderers.frames import CameraModel
from renderers.kernels.halos import halos
from renderers.kernels.lamps import (
    BEAM_STREET,
    H_CELLS,
    H_SPAN,
    L_B,
    L_KIND,
    L_R,
    L_X,
    L_Z,
    V_CELLS,
    V_SPAN,
)
from renderers.lamps import beam_tables, intensity_towards, rising_and_falling
from renderers.optics import pixel_rays, project
from renderers.scene import SEEN_BY_SENSORS
from renderers.tracer import PreparedScene
from sim.kernels.jit import in_slices

Floats = NDArray[np.float32]

BEAM_BLUR_DEG = 2.5  # droplets scatter more than once and soften a beam's edge
HALO_CELL_PX = 10  # halos are smooth: one ray serves a block of pixels
HALO_REACH_M = 150.0
HALO_LEAST_PER_M = 2e-4  # clearer air shows no halos
HALO_LEAST_SHARE = 1e-2  # of the picture's mean light
FORWARD = 0.78  # Henyey-Greenstein asymmetry of fog and drizzle seen near lamps
STREET_LENS_M, VEHICLE_LENS_M = 0.08, 0.04  # radius of what shines
BEFORE_LENS_M = 0.35  # a ray to a lamp ends short of its own housing
FAINTEST_LX = 2e-6


def add_lamp_images(
    prepared: PreparedScene,
    light: Light,
    model: CameraModel,
    world_from_camera: NDArray[np.float64],
    image: Floats,
) -> None:
    """Add each lamp that the camera sees as a small spot that carries its light to the lens, in place."""
    if len(light.lamps) == 0:
        return
    table = light.lamps.astype(np.float64)
    position = table[:, L_X : L_Z + 1]
    distance = np.linalg.norm(position, axis=1)
    pixel = project(model, position @ world_from_camera[:3, :3])
    margin = 40.0
    inside = np.isfinite(pixel).all(axis=1) & (distance > 1.0)
    inside[inside] &= (
        (pixel[inside] > -margin) & (pixel[inside] < [model.width_px + margin, model.height_px + margin])
    ).all(1)
    rows = np.flatnonzero(inside)
    if len(rows) == 0:
        return
    reach = np.maximum(1.0 - BEFORE_LENS_M / distance[rows], 0.0).astype(np.float32)
    hits = prepared.trace(
        position[rows].astype(np.float32), None, 0.0, reach, any_hit=True, mask=SEEN_BY_SENSORS
    )
    focal = float(model.matrix[0, 0])
    for row, blocked in zip(rows, hits.placement >= 0, strict=True):
        if blocked:
            continue
        lamp, away = table[row], float(distance[row])
        candela = float(intensity_towards(lamp, -position[row : row + 1] / away)[0])
        lux = candela / away**2 * np.exp(-light.extinction_per_m * away)
        if lux < FAINTEST_LX:
            continue
        radius = STREET_LENS_M if lamp[L_KIND] == BEAM_STREET else VEHICLE_LENS_M
        _add_spot(image, pixel[row], max(radius * focal / away, 0.7), lux * focal**2 * lamp[L_R : L_B + 1])


def _add_spot(
    image: Floats, centre: NDArray[np.float64], radius_px: float, total: NDArray[np.float64]
) -> None:
    """A soft disc whose pixels sum to `total` (3,), clipped to the image."""
    half = int(np.ceil(4.5 * radius_px)) + 1
    u, v = np.round(centre).astype(int).tolist()
    top, left = max(v - half, 0), max(u - half, 0)
    bottom, right = min(v + half + 1, image.shape[0]), min(u + half + 1, image.shape[1])
    if top >= bottom or left >= right:
        return
    y, x = np.mgrid[top:bottom, left:right]
    spot = np.exp(-0.5 * ((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / radius_px**2)
    spot /= 2 * np.pi * radius_px**2
    image[top:bottom, left:right] += (spot[..., None] * total).astype(np.float32)


@lru_cache(maxsize=1)
def soft_beams() -> Floats:
    """The beam tables as air shows them: softened, and fading out towards their ends."""
    per_column, per_row = 2 * H_SPAN / (H_CELLS - 1), 2 * V_SPAN / (V_CELLS - 1)
    blur = np.radians(BEAM_BLUR_DEG)
    u, v = np.linspace(-1, 1, H_CELLS), np.linspace(-1, 1, V_CELLS)
    edge = np.clip((1 - np.abs(v))[:, None] / 0.25, 0, 1) * np.clip((1 - np.abs(u)) / 0.35, 0, 1)
    soft = [cv2.GaussianBlur(t, (0, 0), blur / per_column, sigmaY=blur / per_row) for t in beam_tables()]
    return np.ascontiguousarray(np.stack(soft) * edge, np.float32)


@lru_cache(maxsize=1)
def brightest_heights() -> Floats:
    """(3, V_CELLS + 1) what each soft beam sends at most from a height on, and the index of its peak."""
    return rising_and_falling(soft_beams().max(axis=2))


def add_halos(
    light: Light,
    model: CameraModel,
    world_from_camera: NDArray[np.float64],
    depth_m: Floats,
    image: Floats,
    mean_light: float,
    threads: int,
) -> None:
    """Add the light of lamps that the air scatters into the camera, in place."""
    if len(light.lamps) == 0 or light.extinction_per_m < HALO_LEAST_PER_M:
        return
    height, width = image.shape[:2]
    rows, columns = -(-height // HALO_CELL_PX), -(-width // HALO_CELL_PX)
    v, u = np.mgrid[0:rows, 0:columns] * HALO_CELL_PX + (HALO_CELL_PX - 1) / 2
    rays = np.nan_to_num(pixel_rays(model, np.stack([u, v], axis=-1)).reshape(-1, 3), nan=1.0)
    length = np.linalg.norm(rays, axis=1)
    direction = np.ascontiguousarray((rays / length[:, None]) @ world_from_camera[:3, :3].T, np.float32)
    nearest = np.minimum(depth_m[:: HALO_CELL_PX // 2, :: HALO_CELL_PX // 2], HALO_REACH_M)
    reach = cv2.resize(nearest, (columns, rows), interpolation=cv2.INTER_AREA).reshape(-1)
    reach = np.ascontiguousarray(np.minimum(reach * length, HALO_REACH_M), np.float32)
    near = np.linalg.norm(light.lamps[:, L_X : L_Z + 1], axis=1) < HALO_REACH_M
    lamps = np.ascontiguousarray(light.lamps[near])
    least = np.float32(HALO_LEAST_SHARE * mean_light)
    tables, brightest = soft_beams(), brightest_heights()
    glow = np.zeros((len(rays), 3), np.float32)

    def work(start: int, stop: int) -> None:
        extinction = np.float32(light.extinction_per_m)
        halos(
            start,
            stop,
            direction,
            reach,
            lamps,
            tables,
            brightest,
            extinction,
            np.float32(FORWARD),
            least,
            glow,
        )

    in_slices(work, len(rays), threads, 1024)
    grid = glow.reshape(rows, columns, 3)
    image += cv2.resize(grid, (width, height), interpolation=cv2.INTER_LINEAR)
