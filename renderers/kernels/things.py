"""Which thing each pixel shows and how far it is, and nothing else.  Renderers floor, arrays only."""

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.packets import LANES
from sim.kernels.jit import kernel


@kernel
def name_things(
    start: int,  # tiles [start, stop)
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
    for tile in range(start, stop):
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
