"""Chance: named streams, one coordinate for every random quantity, and distributions with an inverse.  Language floor.

A scenario is a pure function of its file and a point of the unit cube.  Each random quantity has its own coordinate,
drawn from a stream named by the quantity's path, so a parameter more never changes the others.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

_STANDARD = NormalDist()
_TINY = 2.0**-60  # a coordinate of exactly 0 would lie at minus infinity of an unlimited normal


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """The generator that belongs to these names: the same on every machine, independent of every other name."""
    # Length-prefixed, so that ("ab", "c") and ("a", "bc") are different names.
    words = [str(seed), *(str(name) for name in names)]
    key = hashlib.sha256("".join(f"{len(w)}:{w};" for w in words).encode()).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(key[:16], "little")))


def coordinate(seed: int, sample: int, path: str) -> float:
    """The coordinate in (0, 1) of the random quantity at `path` in this sample."""
    cell = int(stream(seed, "coordinate", path, sample).integers(0, 1 << 52))
    return (cell + 0.5) / (1 << 52)  # centre of a cell: neither 0 nor 1


@dataclass(frozen=True, slots=True)
class Uniform:
    """Every value between two ends, equally likely."""

    low: float
    high: float

    def ppf(self, u: float) -> float:
        return min(max(self.low + u * (self.high - self.low), self.low), self.high)

    def support(self) -> tuple[float, float]:
        return self.low, self.high


@dataclass(frozen=True, slots=True)
class LogUniform:
    """Every factor equally likely: as often between 10 and 20 as between 20 and 40."""

    low: float
    high: float

    def ppf(self, u: float) -> float:
        value = math.exp(math.log(self.low) + u * math.log(self.high / self.low))
        return min(max(value, self.low), self.high)

    def support(self) -> tuple[float, float]:
        return self.low, self.high


@dataclass(frozen=True, slots=True)
class Normal:
    """The bell curve, optionally cut off at one or both ends (cut, not piled up there)."""

    mean: float
    sd: float
    low: float = -math.inf
    high: float = math.inf

    def ppf(self, u: float) -> float:
        a, b = (self.low - self.mean) / self.sd, (self.high - self.mean) / self.sd
        # The upper tail is mirrored into the lower one, where small probabilities keep their digits.
        mirrored = a > 0.0
        if mirrored:
            a, b, u = -b, -a, 1.0 - u
        below, above = _cdf(a), _cdf(b)
        p = below + u * (above - below)
        z = _STANDARD.inv_cdf(min(max(p, below, _TINY * (above - below), 5e-324), 1.0 - 2.0**-53))
        value = self.mean + self.sd * (-z if mirrored else z)
        return min(max(value, self.low), self.high)

    def support(self) -> tuple[float, float]:
        return self.low, self.high


@dataclass(frozen=True, slots=True)
class Integers:
    """Every whole number from one to another, both included."""

    low: int
    high: int

    def ppf(self, u: float) -> float:
        return float(min(self.low + math.floor(u * (self.high - self.low + 1)), self.high))

    def support(self) -> tuple[float, float]:
        return float(self.low), float(self.high)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some values or words, with weights; the coordinate walks through them in the order of the file."""

    values: tuple[float, ...] | tuple[str, ...]
    weights: tuple[float, ...]

    def ppf(self, u: float) -> float | str:
        edge = 0.0
        target = u * math.fsum(self.weights)
        values: Sequence[float | str] = self.values
        chosen = values[0]
        for value, weight in zip(values, self.weights, strict=True):
            if weight > 0.0:
                chosen = value
                edge += weight
                if target < edge:
                    break
        return chosen

    def support(self) -> tuple[float, float]:
        numbers = [
            v for v, w in zip(self.values, self.weights, strict=True) if w > 0.0 and isinstance(v, float)
        ]
        return (min(numbers), max(numbers)) if numbers else (math.nan, math.nan)

    def words(self) -> Sequence[str]:
        return [v for v in self.values if isinstance(v, str)]


Distribution = Uniform | LogUniform | Normal | Integers | Choice


def _cdf(z: float) -> float:
    """Standard normal distribution function; erfc keeps the digits of the lower tail."""
    return 0.5 * math.erfc(-z / math.sqrt(2.0))
