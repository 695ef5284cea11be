"""Lamps as the lens and the air show them: images too small for rays, and halos in fog and rain.  Renderers floor."""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from renderers.frame_light import Light
from renderers.frames import CameraModel
from renderers.kernels.halos import halos
from renderers.kernels.lamps import H_CELLS, H_SPAN, L_X, L_Z, V_CELLS, V_SPAN, add_images
from renderers.kernels.lobes import add_soft
from renderers.lamps import beam_tables, rising_and_falling
from renderers.optics import ModelKey, key_of, model_of, pixel_rays, project
from renderers.scene import SEEN_BY_SENSORS
from renderers.tracer import PreparedScene
from sim.slices import in_slices

Floats = NDArray[np.float32]

ROWS_PER_SLICE = 64
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
    add_images(
        light.lamps, beam_tables(), rows, hits.placement, pixel, distance, light.extinction_per_m,
        float(model.matrix[0, 0]), STREET_LENS_M, VEHICLE_LENS_M, FAINTEST_LX, image,
    )  # fmt: skip


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
    meanwhile: Callable[[], object] | None = None,
) -> None:
    """Add the light of lamps that the air scatters into the camera, in place; `meanwhile` as `in_slices` has it.

    Where there is no such light, `meanwhile` is not called.
    """
    if len(light.lamps) == 0 or light.extinction_per_m < HALO_LEAST_PER_M:
        return
    height, width = image.shape[:2]
    rows, columns = -(-height // HALO_CELL_PX), -(-width // HALO_CELL_PX)
    rays, length = _halo_rays(key_of(model), rows, columns)
    direction = np.ascontiguousarray(rays @ world_from_camera[:3, :3].T, np.float32)
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

    in_slices(work, len(rays), threads, 256, meanwhile)
    grid = glow.reshape(rows, columns, 3)
    in_slices(lambda a, b: add_soft(a, b, grid, image), height, threads, ROWS_PER_SLICE)


@lru_cache(maxsize=24)
def _halo_rays(key: ModelKey, rows: int, columns: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(K, 3) unit rays of a camera through the middles of the cells of halos, and (K,) how long those with z = 1 are."""
    v, u = np.mgrid[0:rows, 0:columns] * HALO_CELL_PX + (HALO_CELL_PX - 1) / 2
    rays = np.nan_to_num(pixel_rays(model_of(key), np.stack([u, v], axis=-1)).reshape(-1, 3), nan=1.0)
    length = np.linalg.norm(rays, axis=1)
    return rays / length[:, None], length
