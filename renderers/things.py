"""What the pixels of a camera and the rays of a lidar show, where nothing more is wanted.  Renderers floor."""

import numpy as np
from numpy.typing import NDArray

from renderers.frames import CameraModel
from renderers.kernels.frusta import FRUSTUM
from renderers.tracer import Hits, PreparedScene, Shown, packets_of
from renderers.view import view_of
from sim.slices import in_turns

_NO_CLASS = np.zeros(0, np.uint8)


def things_of(
    prepared: PreparedScene,
    model: CameraModel,
    direction: NDArray[np.float32],  # (N, 3) world axes, of the view's rays
    threads: int = 1,
    room: Hits | None = None,  # kept by who asks again: fresh memory costs as much as a third of the answer
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """(H, W) instance ids and depths."""
    view = view_of(model)
    hits = Hits.empty(len(direction)) if room is None else room
    shape = (model.height_px, model.width_px)
    instance, depth = np.empty(shape, np.int32), np.empty(shape, np.float32)
    shown = Shown(instance, _NO_CLASS, depth, view.tiles_across)

    def work(deal: NDArray[np.int64]) -> None:
        prepared.see_dealt(
            hits, direction, far_m=view.far, which=view.tiles, deal=deal, weigh=False, shown=shown
        )

    in_turns(work, len(view.tiles), threads, FRUSTUM)
    return instance, depth


def things_ahead(
    prepared: PreparedScene,
    direction: NDArray[np.float32],  # (R, 3) world axes, in blocks: see tracer.block_order
    threads: int = 1,
    room: Hits | None = None,  # as of things_of
) -> tuple[NDArray[np.int32], NDArray[np.uint8], NDArray[np.float32]]:
    """(R,) instance ids, classes and ranges in units of the directions' lengths; 0, 0 and inf where nothing is met."""
    count = len(direction)
    hits = Hits.empty(count) if room is None else room
    instance, semantic = np.empty(count, np.int32), np.empty(count, np.uint8)
    shown = Shown(instance, semantic, hits.range_m)
    which = np.arange(packets_of(count), dtype=np.int32)

    def work(deal: NDArray[np.int64]) -> None:
        prepared.see_dealt(hits, direction, which=which, deal=deal, weigh=False, shown=shown)

    in_turns(work, len(which), threads, FRUSTUM)
    return instance, semantic, hits.range_m
