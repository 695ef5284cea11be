"""Bounds and sums of masks of an image in one pass, and the letters of their runs.  Labels floor, arrays only."""

import numpy as np
from numpy.typing import NDArray

from sim.kernels.jit import kernel

LETTERS_MOST = 13  # of a run: 64 bits, five in each


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


@kernel
def sum_colours(
    image: NDArray[np.uint8],
    inside: NDArray[np.uint8],
    grown: NDArray[np.uint8],
    counts: NDArray[np.int64],
    sums: NDArray[np.int64],
    squares: NDArray[np.int64],
) -> None:
    """Counts (2,), sums and sums of squares (2, 3) of colours (H, W, 3): of a mask `inside`, and of `grown` about it.

    Whole numbers, so their order does not matter.  Twin: test_contrast.naive_contrast.
    """
    height, width = inside.shape
    for y in range(height):
        for x in range(width):
            if grown[y, x] == 0:
                continue
            side = 0 if inside[y, x] else 1
            counts[side] += 1
            for c in range(3):
                value = np.int64(image[y, x, c])
                sums[side, c] += value
                squares[side, c] += value * value


@kernel
def write_letters(runs: NDArray[np.int64], letters: NDArray[np.uint8]) -> int:
    """Write run lengths (R,) as COCO's compressed text, in ASCII; returns how many letters.  Twin: rle.expand."""
    count = 0
    for n in range(len(runs)):
        rest = runs[n] - runs[n - 2] if n > 2 else runs[n]
        more = True
        while more:
            group = rest & 0x1F
            rest >>= 5
            more = rest != (-1 if group & 0x10 else 0)
            letters[count] = 48 + (group | (0x20 if more else 0))
            count += 1
    return count
