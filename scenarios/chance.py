"""Chance: named streams, and one coordinate for every random quantity.  Language floor.

A scenario is a pure function of its file and a point of the unit cube.  Each random quantity has its own coordinate,
drawn from a stream named by the quantity's path, so a parameter more never changes the others.
"""

import hashlib

import numpy as np


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """The generator that belongs to these names: the same on every machine, independent of every other name."""
    # Length-prefixed, so that ("ab", "c") and ("a", "bc") are different names.
    words = [str(seed), *(str(name) for name in names)]
    key = hashlib.sha256("".join(f"{len(w)}:{w};" for w in words).encode()).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(key[:16], "little")))


def coordinate(seed: int, sample: int, path: str) -> float:
    """The coordinate in (0, 1) of the random quantity at `path` in this sample."""
    return centred(int(stream(seed, "coordinate", path, sample).integers(0, 1 << 52)))


def centred(cell: int) -> float:
    """The middle of one of 2^52 cells of the unit interval: neither 0 nor 1."""
    return (cell + 0.5) / (1 << 52)
