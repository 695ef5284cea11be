"""Instance ids and depths of a camera's pixels, where nothing more is wanted.  Renderers floor."""

import numpy as np
from numpy.typing import NDArray

from renderers.frames import CameraModel
from renderers.kernels.things import name_things
from renderers.tracer import SEEN_PER_SLICE, Hits, PreparedScene
from renderers.view import view_of
from sim.kernels.jit import in_slices

TILES_PER_SLICE = 512


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
    scene = prepared.scene

    def see(start: int, stop: int) -> None:
        prepared.see_into(
            hits, direction, far_m=view.far, which=view.tiles, start=start, stop=stop, weigh=False
        )

    def name(start: int, stop: int) -> None:
        name_things(
            start,
            stop,
            view.tiles_across,
            hits.range_m,
            hits.placement,
            hits.triangle,
            scene.instance,
            scene.geometry.instance,
            instance,
            depth,
        )

    in_slices(see, len(view.tiles), threads, SEEN_PER_SLICE)
    in_slices(name, len(view.tiles), threads, TILES_PER_SLICE)
    return instance, depth
