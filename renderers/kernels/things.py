"""Which thing each pixel or ray shows, and nothing else.  Renderers floor, arrays only."""

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.packets import LANES
from sim.kernels.jit import kernel


@kernel
def name_things(
    tiles: NDArray[np.int32],  # packets of 8 x 8 pixels
    start: int,  # tiles[start:stop]
    stop: int,
    across: int,
    range_m: NDArray[np.float32],
    placement: NDArray[np.int32],
    triangle: NDArray[np.int32],
    placement_instance: NDArray[np.int32],
    own_instance: NDArray[np.int32],
    instance: NDArray[np.int32],  # (H, W)
    depth_m: NDArray[np.float32],
) -> None:
    """The instance and the depth of each pixel, and nothing else."""
    height, width = depth_m.shape
    for tile in tiles[start:stop]:
        top = tile // across * 8
        left = tile % across * 8
        for y in range(top, min(top + 8, height)):
            r = tile * LANES + 8 * (y - top)
            for x in range(left, min(left + 8, width)):
                k = triangle[r]
                own = own_instance[k] if k >= 0 else np.int32(0)
                other = placement_instance[placement[r]] if k >= 0 else np.int32(0)
                instance[y, x] = own if own != 0 else other
                depth_m[y, x] = range_m[r]
                r += 1


@kernel
def name_rays(
    start: int,  # rays [start, stop)
    stop: int,
    placement: NDArray[np.int32],
    triangle: NDArray[np.int32],
    placement_instance: NDArray[np.int32],
    own_instance: NDArray[np.int32],
    own_class: NDArray[np.uint8],
    instance: NDArray[np.int32],  # (R,) written; 0 where nothing was met
    semantic: NDArray[np.uint8],  # (R,) written; 0 where nothing was met
) -> None:
    """The instance and the class of what each ray meets."""
    for r in range(start, stop):
        k = triangle[r]
        own = own_instance[k] if k >= 0 else np.int32(0)
        other = placement_instance[placement[r]] if k >= 0 else np.int32(0)
        instance[r] = own if own != 0 else other
        semantic[r] = own_class[k] if k >= 0 else np.uint8(0)
