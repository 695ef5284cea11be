"""How much of the light of open fog reaches fog in a street, where houses stand before the sky.  Renderers floor."""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from renderers.frame_light import Light
from renderers.frames import CameraModel
from renderers.kernels.air import A_EVEN, A_FOG, FOG_REACH, FOG_STEPS
from renderers.passes import Bundle
from renderers.scene import CASTS_SHADOW
from renderers.tracer import Hits, PreparedScene
from renderers.view import View
from sim.slices import in_slices

Floats = NDArray[np.float32]

THINNEST_PER_M = 0.004  # clearer air shows too little of itself within a street to ask (sight of 750 m)
ACROSS = 24  # cells of the coarse picture of the air
DIRECTIONS = 12
SMOOTH_CELLS = 0.8
ROOFS_M = 12.0  # of a street above what is asked
# These two were set by the path tracer, in four streets and two fogs (docs/camera.md).
WALLS = (
    0.15  # light of what stands before the sky, beside that of open fog: walls and trees that the fog lights
)
DARKER = 0.3  # share of its light that fog before walls lacks


@dataclass(frozen=True, slots=True)
class FogLight:
    """Light of the air before the pixels of a picture, beside that of open air."""

    share: Floats  # (rows, columns, FOG_STEPS) up to each step; no rows: the air of an open place
    per_cell: Floats  # (2,) cells of it to a pixel, across and down
    tiles_across: int


OPEN = FogLight(np.zeros((0, 0, FOG_STEPS), np.float32), np.ones(2, np.float32), 1)


def fog_light(
    prepared: PreparedScene, light: Light, model: CameraModel, view: View, bundle: Bundle, threads: int
) -> FogLight:
    """How dark the air is in a coarse picture, up to steps that are even in what it shows of itself.

    From each step a few rays ask what they see: the sky, or things through the fog that
    lies before them and is as dark as this.
    """
    extinction = float(light.air[A_EVEN] + light.air[A_FOG])
    if extinction < THINNEST_PER_M or light.air[A_FOG] <= 0.0:
        return OPEN
    cell = model.width_px / ACROSS
    rows, columns = max(round(model.height_px / cell), 1), ACROSS
    y = np.minimum(((np.arange(rows) + 0.5) * model.height_px / rows).astype(int), model.height_px - 1)
    x = ((np.arange(columns) + 0.5) * cell).astype(int)
    y, x = (part.ravel() for part in np.meshgrid(y, x, indexing="ij"))
    ray = (y // 8 * view.tiles_across + x // 8) * 64 + y % 8 * 8 + x % 8
    way = bundle.direction[ray]
    length = np.linalg.norm(way, axis=1)
    far = np.where(bundle.hits.triangle[ray] >= 0, bundle.hits.range_m[ray] * length, np.inf)
    way = way / length[:, None]
    shown = FOG_REACH * (np.arange(FOG_STEPS) + 0.5) / FOG_STEPS
    at_m = -np.log1p(-shown) / extinction
    # The last step before a surface stands for the rest of the way to it.
    asked = at_m[None, :] < np.maximum(far, 1.01 * at_m[0])[:, None]
    cells, steps = np.nonzero(asked)
    place = way[cells] * np.minimum(at_m[steps], 0.95 * far[cells])[:, None]
    pattern = (cells // columns % 3) * 3 + cells % columns % 3
    towards = sky_directions()[pattern]  # (Q, DIRECTIONS, 3)
    count = len(cells) * DIRECTIONS
    room = -(-count // 64) * 64
    direction = np.zeros((room, 3), np.float32)
    begin = np.zeros((room, 3), np.float32)
    limit = np.zeros(room, np.float32)
    # Rays of a direction travel together: their sectors lie alike in the trees.
    direction[:count] = towards.transpose(1, 0, 2).reshape(-1, 3)
    direction[count:, 2] = 1.0
    begin[:count] = np.tile(place, (DIRECTIONS, 1))
    limit[:count] = -np.log1p(-FOG_REACH) / extinction
    hits = Hits.empty(room)

    def work(start: int, stop: int) -> None:
        prepared.trace_into(hits, direction, begin, 0.0, limit, mask=CASTS_SHADOW, start=start, stop=stop)

    in_slices(work, room // 64, threads, 16)
    met = (hits.placement[:count] >= 0).reshape(DIRECTIONS, -1)
    # Free rays leave the street through fog that is as dark as this, up to where houses end.
    roofs_m = ROOFS_M / direction[:count, 2].reshape(DIRECTIONS, -1)
    far_m = np.where(met, np.where(met, hits.range_m[:count].reshape(DIRECTIONS, -1), 0.0), roofs_m)
    thin = np.exp(-extinction * far_m)
    sky, walls, before = (share.mean(axis=0) for share in (thin * ~met, thin * met, (1.0 - thin) * met))
    answer = (sky + WALLS * walls) / np.maximum(sky + walls + DARKER * before, 1e-3)
    table = np.full((rows * columns, FOG_STEPS), np.nan)
    table[cells, steps] = answer
    for step in range(1, FOG_STEPS):
        table[:, step] = np.where(np.isnan(table[:, step]), table[:, step - 1], table[:, step])
    up_to = np.cumsum(table, axis=1) / np.arange(1, FOG_STEPS + 1)
    smooth = cv2.GaussianBlur(
        up_to.reshape(rows, columns, FOG_STEPS), (3, 3), SMOOTH_CELLS, borderType=cv2.BORDER_REPLICATE
    )
    per_cell = np.array([columns / model.width_px, rows / model.height_px], np.float32)
    return FogLight(smooth.astype(np.float32), per_cell, view.tiles_across)


@lru_cache(maxsize=1)
def sky_directions() -> Floats:
    """(9, DIRECTIONS, 3) unit, even over the upper half of the sphere; nine neighbours have different ones."""
    k = np.arange(9 * DIRECTIONS)
    up = (k + 0.5) / len(k)
    turn = 2.399963 * k
    flat = np.sqrt(1.0 - up**2)
    way = np.stack([flat * np.cos(turn), flat * np.sin(turn), up], axis=-1)
    order = np.array([0, 5, 7, 4, 8, 2, 6, 1, 3])  # neighbours in the list lie at like heights: spread them
    return np.ascontiguousarray(way.reshape(DIRECTIONS, 9, 3).transpose(1, 0, 2)[order], np.float32)
