"""Bounds and sums of every instance mask of an image in one pass.  Labels floor, arrays only."""

import numpy as np
from numpy.typing import NDArray

from sim.kernels.jit import kernel


@kernel
def measure_masks(
    instance: NDArray[np.int32],
    transmittance: NDArray[np.float32],
    row_of_id: NDArray[np.int32],
    bounds: NDArray[np.int32],
    count: NDArray[np.int64],
    light: NDArray[np.float64],
) -> None:
    """Fill half-open bounds (R, 4), pixel counts (R,) and summed transmittance (R,) of R instances.

    `row_of_id[id]` is the row of an instance or -1; ids beyond the table are skipped.  Sums run in row-major order,
    one image at a time, so they never depend on threads.  Twin: naive_labels.measure_masks.
    """
    height, width = instance.shape
    for y in range(height):
        for x in range(width):
            number = instance[y, x]
            if number <= 0 or number >= row_of_id.shape[0]:
                continue
            row = row_of_id[number]
            if row < 0:
                continue
            if count[row] == 0:
                bounds[row, 0] = x
                bounds[row, 1] = y
                bounds[row, 2] = x + 1
                bounds[row, 3] = y + 1
            else:
                bounds[row, 0] = min(bounds[row, 0], x)
                bounds[row, 2] = max(bounds[row, 2], x + 1)
                bounds[row, 3] = y + 1  # rows are visited downwards
            count[row] += 1
            light[row] += transmittance[y, x]
