"""Rows of small images drawn up to a picture's width, once for all rows between them.  Renderers floor, arrays only."""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import numpy as np

from sim.kernels.jit import fast_inner_kernel
from sim.kernels.loose_sixteen import COUNT, between, load, store, whole

F = np.float32
BLOCK = 128  # pixels of a row that are worked on at once: loops of one length over rows of one array become vectors
COLUMNS = 4  # of such an image
ALONG = np.arange(COUNT, dtype=np.float32)  # a row's pixels, of which BLOCK is a multiple


@fast_inner_kernel
def row_between(y, per_pixel, rows):
    """The row of an image above a picture's row `y`, and the share of the row below it."""
    v = (F(y) + F(0.5)) * per_pixel - F(0.5)
    i = min(max(np.int64(np.floor(v)), 0), rows - 2)  # math's is a call of the library
    return i, min(max(v - F(i), F(0)), F(1))


@fast_inner_kernel
def hold_rows(image, columns, i, per_pixel, reach, row, held, wide):
    """See that rows i and i + 1 of an image (h, w, `columns`) are in `wide`, each column a row of `reach` pixels.

    Even rows are in its first half, odd ones in its second, and `held` (2,) knows which; `row` (w,) is room.  Where the
    two begin.
    """
    cells = image.shape[1]
    along, last = load(ALONG, np.uintp(0)), F(np.int32(cells - 2))
    half = np.uintp(columns) * reach
    for q in range(i, i + 2):
        if held[q & 1] == q:
            continue
        held[q & 1] = q
        for c in range(columns):
            for j in range(cells):
                row[j] = image[q, j, c]
            at = np.uintp(q & 1) * half + np.uintp(c) * reach
            for x in range(0, np.int32(reach), COUNT):
                u = (along + (F(np.int32(x)) + F(0.5))) * per_pixel - F(0.5)
                j = whole(min(max(u, F(0)), last))
                store(wide, at + np.uintp(x), between(row, j, min(max(u - j, F(0)), F(1))))
    above = np.uintp(i & 1) * half
    return above, half - above


@fast_inner_kernel
def take_between(wide, above, below, share, reach, left, lane, first):
    """Fill COLUMNS rows of `lane` from `first` on with a block from `left` on, between two rows that are held."""
    for c in range(COLUMNS):
        a = above + np.uintp(c) * reach + np.uintp(left)
        b = below + np.uintp(c) * reach + np.uintp(left)
        to = np.uintp(first + c * BLOCK)  # signed, it might count from the end: stores become scatters
        for k in range(BLOCK):
            near = wide[a + np.uintp(k)]
            lane[to + np.uintp(k)] = near + (wide[b + np.uintp(k)] - near) * share
