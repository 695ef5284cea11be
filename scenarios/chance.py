"""Chance: named streams, and one coordinate for every random quantity.  Language floor.

A scenario is a pure function of its file and a point of the unit cube.  Each random quantity has its own coordinate,
drawn from a stream named by the quantity's path, so a parameter more never changes the others.
"""

import hashlib
from typing import Any, cast

import numpy as np
from numpy.random.bit_generator import ISeedSequence
from numpy.typing import NDArray


class _Words(ISeedSequence):
    """Hands a generator the words of its key: given as `key=` numpy asks the machine for entropy first, for nothing."""

    def __init__(self, words: NDArray[np.uint64]):
        self._words = words

    def generate_state(self, n_words: int, dtype: Any = np.uint64) -> NDArray[np.uint64]:
        return self._words


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """The generator that belongs to these names: the same on every machine, independent of every other name."""
    # Length-prefixed, so that ("ab", "c") and ("a", "bc") are different names.
    parts = [str(seed), *(str(name) for name in names)]
    key = hashlib.sha256("".join(f"{len(p)}:{p};" for p in parts).encode()).digest()
    # numpy's types leave out that it takes any `ISeedSequence`.
    words = cast(np.random.SeedSequence, _Words(np.frombuffer(key, "<u8", count=2)))
    return np.random.Generator(np.random.Philox(words))


def coordinate(seed: int, sample: int, path: str) -> float:
    """The coordinate in (0, 1) of the random quantity at `path` in this sample."""
    return centred(int(stream(seed, "coordinate", path, sample).integers(0, 1 << 52)))


def centred(cell: int) -> float:
    """The middle of one of 2^52 cells of the unit interval: neither 0 nor 1."""
    return (cell + 0.5) / (1 << 52)
