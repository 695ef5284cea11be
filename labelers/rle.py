"""Run-length masks in COCO's column order and its compressed text.  Labels floor.

Format as defined by the COCO API (`maskApi.c`): runs alternate background, foreground down the columns; each count
from the third on is stored as the difference to the count two before, in groups of five bits, lowest first, with a
continuation bit (0x20) and sign extension, each group offset by 48 to a printable character.
"""

import numpy as np
from numpy.typing import NDArray


def run_lengths(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Alternating run lengths of a mask in column order, beginning with background."""
    flat = np.asarray(mask, np.bool_).ravel(order="F")
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    edges = np.concatenate([[0], changes, [flat.size]]) if flat.size else np.zeros(1, np.int64)
    runs = np.diff(edges)
    return np.concatenate([[0], runs]) if flat.size and flat[0] else runs


def compress(runs: NDArray[np.int64]) -> str:
    """Run lengths as COCO's text."""
    counts = runs.tolist()
    letters: list[str] = []
    for position, count in enumerate(counts):
        rest = count - counts[position - 2] if position > 2 else count
        more = True
        while more:
            group = rest & 0x1F
            rest >>= 5
            more = rest != (-1 if group & 0x10 else 0)
            letters.append(chr(48 + (group | (0x20 if more else 0))))
    return "".join(letters)


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


def encode(mask: NDArray[np.bool_]) -> dict[str, object]:
    """A mask as COCO's RLE object."""
    height, width = mask.shape
    return {"size": [int(height), int(width)], "counts": compress(run_lengths(mask))}


def decode(rle: dict[str, object]) -> NDArray[np.bool_]:
    """The mask of an RLE object."""
    size, text = rle["size"], rle["counts"]
    assert isinstance(size, list) and isinstance(text, str)
    runs = expand(text)
    flat = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    return flat.reshape((size[0], size[1]), order="F")
