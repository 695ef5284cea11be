"""Which thing each pixel or ray shows, and nothing else.  Renderers floor, arrays only."""

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.packet_rays import LANES
from sim.kernels.jit import inner_kernel, kernel
from sim.kernels.sixteen import carry


@inner_kernel
def _thing(
    triangle: np.int32,
    placement: np.int32,
    own_instance: NDArray[np.int32],
    placement_instance: NDArray[np.int32],
) -> np.int32:
    """The instance that is met; 0: nothing.  Both tables are read whatever was met: no pixel waits for a guess."""
    none = np.int32(0)
    own = own_instance[np.uintp(max(triangle, none))]
    other = placement_instance[np.uintp(max(placement, none))]
    named = own if own != none else other
    return named if triangle >= none else none


@kernel
def name_things(
    tiles: NDArray[np.int32],  # packets of 8 x 8 pixels
    taken: NDArray[np.int32],  # (N, 2) tiles[start:stop] of each row
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
    named = np.empty(LANES, np.int32)
    all_named, all_depths = instance.reshape(-1), depth_m.reshape(-1)
    for n in range(len(taken)):
        for nth in range(taken[n, 0], taken[n, 1]):
            tile = tiles[nth]
            top = tile // across * 8
            left = tile % across * 8
            first = np.uintp(tile * LANES)
            for k in range(LANES):
                named[k] = _thing(
                    triangle[first + np.uintp(k)],
                    placement[first + np.uintp(k)],
                    own_instance,
                    placement_instance,
                )
            if top + 8 <= height and left + 8 <= width:
                for y in range(8):
                    row = np.uintp((top + y) * width + left)
                    carry(all_named, row, named, np.uintp(8 * y))
                    carry(all_depths, row, range_m, first + np.uintp(8 * y))
            else:
                for y in range(top, min(top + 8, height)):
                    for x in range(left, min(left + 8, width)):
                        k = 8 * (y - top) + x - left
                        instance[y, x] = named[k]
                        depth_m[y, x] = range_m[tile * LANES + k]


@kernel
def name_rays(
    taken: NDArray[np.int32],  # (N, 2) packets [start, stop) of each row
    placement: NDArray[np.int32],
    triangle: NDArray[np.int32],
    placement_instance: NDArray[np.int32],
    own_instance: NDArray[np.int32],
    own_class: NDArray[np.uint8],
    instance: NDArray[np.int32],  # (R,) written; 0 where nothing was met
    semantic: NDArray[np.uint8],  # (R,) written; 0 where nothing was met
) -> None:
    """The instance and the class of what each ray meets."""
    for n in range(len(taken)):
        for r in range(LANES * taken[n, 0], min(LANES * taken[n, 1], len(instance))):
            k = triangle[r]
            instance[r] = _thing(k, placement[r], own_instance, placement_instance)
            semantic[r] = own_class[np.uintp(max(k, 0))] if k >= 0 else np.uint8(0)
