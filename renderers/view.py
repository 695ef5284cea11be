"""The pixel grid of a camera as packets of rays: tiles of 8 x 8 pixels, kept from frame to frame.  Renderers floor."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from renderers.frames import CameraModel
from renderers.optics import ModelKey, key_of, lit_pixels, model_of, pixel_rays
from renderers.sky_rays import cell_px, neighbours, pattern_of
from renderers.tracer import frustum_order

Floats = NDArray[np.float32]
BLOCK = 32  # cells: of so many by so many, rays of directions that are alike share packets


@dataclass(frozen=True, slots=True)
class View:
    """The pixel grid of a camera in tiles; N = 64 * tiles, pixels beyond the border repeat the border's rays."""

    width_px: int
    height_px: int
    tiles_across: int
    tiles: NDArray[np.int32]  # (N / 64,) tiles in the order in which they are seen: see tracer.frustum_order
    rays: Floats  # (N, 3) camera frame, as optics.pixel_rays gives them
    far: (
        Floats | float
    )  # (N,) how far they reach: -1 where no light comes from, else inf; one number where all is lit
    lit: NDArray[np.bool_] | None  # (H, W) pixels that light reaches; None: all
    right: (
        Floats  # (N, 3), or (1, 3) where it is the same for all: change of a ray over one pixel to the right
    )
    down: Floats  # and over one pixel down


@dataclass(frozen=True, slots=True)
class SkyCells:
    """The small image of a picture's cells that look for the sky, and the rays by which they do."""

    source: NDArray[np.int32]  # (M,) ray whose point each of them leaves from, packed by direction; -1: none
    pattern: NDArray[np.int32]  # (M,) its row of the directions
    cell: NDArray[np.int32]  # (M,) its cell
    shape: tuple[int, int]  # of the small image
    cell_px: int  # between its cells


def view_of(model: CameraModel) -> View:
    """The tiled pixel grid of a camera model, kept for the next frame."""
    return _view(key_of(model))


@lru_cache(maxsize=24)
def _view(key: ModelKey) -> View:
    model = model_of(key)
    width, height, K = model.width_px, model.height_px, model.matrix
    across, down = -(-width // 8), -(-height // 8)
    tile, lane = np.divmod(np.arange(across * down * 64), 64)
    y = np.minimum(tile // across * 8 + lane // 8, height - 1)
    x = np.minimum(tile % across * 8 + lane % 8, width - 1)
    pixels = np.stack([x, y], axis=-1)
    rays = pixel_rays(model, pixels)
    lit = lit_pixels(model)
    far: Floats | float = float("inf")
    aside, below = np.array([[1.0 / K[0, 0], 0.0, 0.0]]), np.array([[0.0, 1.0 / K[1, 1], 0.0]])
    if model.fisheye:
        # Halfway differences stay inside the image plane for every pixel that light reaches.
        step = np.array([[0.5, 0.0], [0.0, 0.5]])
        aside, below = (2.0 * np.nan_to_num(pixel_rays(model, pixels + half) - rays) for half in step)
        rays = np.where(np.isnan(rays), [0.0, 0.0, 1.0], rays)
    if lit is not None:
        far = np.where(lit[y, x], np.inf, -1.0).astype(np.float32)
    return View(
        width_px=width,
        height_px=height,
        tiles_across=across,
        tiles=frustum_order(across, down),
        rays=np.ascontiguousarray(rays, np.float32),
        far=far,
        lit=lit,
        right=np.ascontiguousarray(aside, np.float32),
        down=np.ascontiguousarray(below, np.float32),
    )


@lru_cache(maxsize=24)
def sky_cells(width: int, height: int, night: bool) -> SkyCells:
    """The cells of a picture of so many pixels."""
    across, cell = -(-width // 8), cell_px(width, night)
    coarse = (-(-height // cell), -(-width // cell))
    i, j = np.divmod(np.arange(coarse[0] * coarse[1]), coarse[1])
    pattern = pattern_of(i, j)
    block = (i // BLOCK) * (-(-coarse[1] // BLOCK)) + j // BLOCK
    order = np.lexsort((j, i, neighbours()[pattern], block))
    row, column = cell * i[order], cell * j[order]
    source = ((row // 8) * across + column // 8) * 64 + (row % 8) * 8 + column % 8
    extra = -len(source) % 64
    return SkyCells(
        source=np.concatenate([source, np.full(extra, -1)]).astype(np.int32),
        pattern=np.concatenate([pattern[order], np.zeros(extra)]).astype(np.int32),
        cell=np.concatenate([order, np.zeros(extra)]).astype(np.int32),
        shape=coarse,
        cell_px=cell,
    )
