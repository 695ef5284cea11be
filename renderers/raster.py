"""The primary visibility of pinhole cameras, without a ray for each pixel and with the hits that rays have.

`raster_of` says whether a camera's pixels can be seen this way: a pinhole without distortion, all of it at one time.
`PreparedScene` stays what is asked; `see` fills the same `Hits`, bit for bit.  Renderers floor.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renderers.frames import CameraModel
from renderers.kernels.raster import CLOSE_M, SIDE, TILE, name_things, see_regions, weigh
from renderers.scene import SEEN_BY_SENSORS
from renderers.tracer import Hits, PreparedScene
from sim.kernels.jit import in_slices

REGIONS_PER_SLICE = 4
TILES_PER_SLICE = 512
BESIDE_PX = 1e6  # beyond any picture


@dataclass(frozen=True, slots=True)
class Raster:
    """A pinhole's grid of pixels, in tiles of 8 x 8 as `view.View` orders them."""

    numbers: NDArray[np.float32]  # (6,) focal lengths, principal point, width, height, in pixels
    world_from_camera: NDArray[np.float64]  # (3, 3)
    across: int  # tiles
    down: int

    @property
    def regions(self) -> int:
        return -(-self.across // SIDE) * -(-self.down // SIDE)


def raster_of(
    model: CameraModel, world_from_camera: NDArray[np.float64], shift_px: tuple[float, float] = (0.0, 0.0)
) -> Raster | None:
    """The grid of a camera; None where its lens bends rays.  `shift_px` moves all rays right and down in the picture."""
    K = model.matrix
    if model.fisheye or np.any(model.distortion) or K[0, 1] != 0.0:
        return None
    centre = (K[0, 2] - shift_px[0], K[1, 2] - shift_px[1])
    numbers = np.array([K[0, 0], K[1, 1], *centre, model.width_px, model.height_px], np.float32)
    turn = np.asarray(world_from_camera, np.float64)[:3, :3]
    return Raster(numbers, turn, -(-model.width_px // 8), -(-model.height_px // 8))


def see(
    prepared: PreparedScene,
    raster: Raster,
    direction: NDArray[
        np.float32
    ],  # (tiles * 64, 3) world axes, through the pixels; 1 along the camera's axis
    hits: Hits,
    threads: int = 1,
    weights: bool = True,
) -> None:
    """Fill `hits` as `prepared.trace_into` does; without `weights` its u and v are left alone."""
    scene, geometry = prepared.scene, prepared.scene.geometry
    order, boxes = _placed(prepared, raster)
    axes = np.einsum("ji,pjk->pik", raster.world_from_camera, scene.world_from_part[:, :, :3])
    axes = np.ascontiguousarray(axes.reshape(-1, 9), np.float32)

    def regions(start: int, stop: int) -> None:
        see_regions(
            geometry.nodes,
            geometry.links,
            geometry.corners_m,
            prepared.root,
            prepared.turn,
            axes,
            order,
            boxes,
            raster.numbers,
            direction,
            raster.across,
            raster.down,
            start,
            stop,
            TILE,
            hits.range_m,
            hits.placement,
            hits.triangle,
        )

    def corners(start: int, stop: int) -> None:
        weigh(
            geometry.corners_m,
            prepared.turn,
            direction,
            hits.placement,
            hits.triangle,
            start * TILE,
            stop * TILE,
            hits.u,
            hits.v,
        )

    in_slices(regions, raster.regions, threads, REGIONS_PER_SLICE)
    if weights:
        in_slices(corners, len(direction) // TILE, threads, TILES_PER_SLICE)


def things_of(
    prepared: PreparedScene,
    raster: Raster,
    direction: NDArray[np.float32],
    threads: int = 1,
    room: Hits | None = None,  # kept by who asks again: fresh memory costs as much as a third of the answer
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """(H, W) instance ids and depths, where nothing more is wanted."""
    hits = Hits.empty(len(direction)) if room is None else room
    see(prepared, raster, direction, hits, threads, weights=False)
    shape = (int(raster.numbers[5]), int(raster.numbers[4]))
    instance, depth = np.empty(shape, np.int32), np.empty(shape, np.float32)
    scene = prepared.scene

    def name(start: int, stop: int) -> None:
        name_things(
            start,
            stop,
            raster.across,
            hits.range_m,
            hits.placement,
            hits.triangle,
            scene.instance,
            scene.geometry.instance,
            instance,
            depth,
        )

    in_slices(name, len(direction) // TILE, threads, TILES_PER_SLICE)
    return instance, depth


def _placed(prepared: PreparedScene, raster: Raster) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Placements that sensors see, the static world's and then nearer ones first; all their boxes in the picture."""
    box = prepared.box.astype(np.float64)
    corner = np.array([[(k >> axis) & 1 for axis in range(3)] for k in range(8)], bool)
    cube = np.where(corner, box[:, None, 3:], box[:, None, :3]) @ raster.world_from_camera  # (P, 8, 3)
    nearest, farthest = cube[..., 2].min(axis=1), cube[..., 2].max(axis=1)
    ahead = np.maximum(cube[..., 2], 1e-6)
    x = raster.numbers[0] * cube[..., 0] / ahead + raster.numbers[2]
    y = raster.numbers[1] * cube[..., 1] / ahead + raster.numbers[3]
    clear = nearest > CLOSE_M
    out = np.empty((len(box), 5))
    out[:, 0] = np.where(clear, nearest, 0.0)
    for column, pixel in ((1, x), (3, y)):
        out[:, column] = np.where(clear, pixel.min(axis=1) - 0.5, -BESIDE_PX)
        out[:, column + 1] = np.where(clear, pixel.max(axis=1) + 0.5, BESIDE_PX)
    seen = (prepared.scene.mask[prepared.order] & SEEN_BY_SENSORS) != 0
    still, others = prepared.order[: prepared.always], prepared.order[prepared.always :]
    still, others = still[seen[: len(still)]], others[seen[len(still) :]]
    others = others[farthest[others] > 0.0]
    others = others[np.argsort(out[others, 0], kind="stable")]
    return np.concatenate([still, others]).astype(np.int32), out.astype(np.float32)
