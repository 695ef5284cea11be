"""Run-length masks in COCO's column order and its compressed text.  Labels floor.

Format as defined by the COCO API (`maskApi.c`): runs alternate background, foreground down the columns; each count
from the third on is stored as the difference to the count two before, in groups of five bits, lowest first, with a
continuation bit (0x20) and sign extension, each group offset by 48 to a printable character.
"""

import numpy as np
from numpy.typing import NDArray

from labelers.kernels.masks import LETTERS_MOST, write_letters


def compress(runs: NDArray[np.int64]) -> str:
    """Run lengths as COCO's text."""
    letters = np.empty(LETTERS_MOST * len(runs), np.uint8)
    return letters[: write_letters(np.ascontiguousarray(runs, np.int64), letters)].tobytes().decode("ascii")


def expand(text: str) -> NDArray[np.int64]:
    """Run lengths from COCO's text."""
    counts: list[int] = []
    value = shift = 0
    for letter in text:
        group = ord(letter) - 48
        value |= (group & 0x1F) << shift
        shift += 5
        if group & 0x20:
            continue
        if group & 0x10:
            value -= 1 << shift
        counts.append(value + counts[-2] if len(counts) > 2 else value)
        value = shift = 0
    return np.asarray(counts, np.int64)


def run_lengths(
    mask: NDArray[np.bool_], origin_px: tuple[int, int], shape: tuple[int, int]
) -> NDArray[np.int64]:
    """Alternating run lengths, in column order and beginning with background, of an image (height, width).

    The image is background but for a mask whose first pixel is `origin_px` (x, y).  The image itself is never made:
    runs are found in the window and moved to where they begin in the image.  Twin: naive_labels.run_lengths.
    """
    (x, y), (rows, columns) = origin_px, mask.shape
    # A row of background below each column ends its runs, so none is carried to the next column by accident.
    flat = np.zeros((columns, rows + 1), np.bool_)
    flat[:, :rows] = mask.T
    steps = np.flatnonzero(np.diff(flat.ravel().view(np.int8), prepend=0))
    column, row = np.divmod(steps, rows + 1)
    edges = (x + column) * shape[0] + y + row  # where runs begin and end in the image, in turn
    if rows == shape[0]:  # runs that reach the bottom go on at the top of the next column
        kept = np.ones(len(edges), np.bool_)
        meet = 1 + 2 * np.flatnonzero(edges[1:-1:2] == edges[2::2])
        kept[meet] = kept[meet + 1] = False
        edges = edges[kept]
    runs = np.diff(np.concatenate([[0], edges, [shape[0] * shape[1]]]))
    return runs[:-1] if runs[-1] == 0 else runs


def encode(
    mask: NDArray[np.bool_], origin_px: tuple[int, int] = (0, 0), shape: tuple[int, int] | None = None
) -> dict[str, object]:
    """A mask as COCO's RLE object; with a shape (height, width) the mask is a window of a larger image."""
    height, width = shape or mask.shape
    runs = run_lengths(mask, origin_px, (height, width))
    return {"size": [int(height), int(width)], "counts": compress(runs)}


def decode(rle: dict[str, object]) -> NDArray[np.bool_]:
    """The mask of an RLE object."""
    size, text = rle["size"], rle["counts"]
    assert isinstance(size, list) and isinstance(text, str)
    runs = expand(text)
    flat = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    return flat.reshape((size[0], size[1]), order="F")
