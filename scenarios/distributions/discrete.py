"""Distributions of single values: whole numbers, counts, and choices of values or words.  Language floor."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class Integers:
    """Every whole number from one to another, both included."""

    low: int
    high: int

    def ppf(self, u: float) -> float:
        return float(min(self.low + math.floor(u * (self.high - self.low + 1)), self.high))

    def cdf(self, x: float) -> float:
        if x >= self.high:
            return 1.0
        return max(math.floor(x) - self.low + 1, 0) / (self.high - self.low + 1) if x > -math.inf else 0.0

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

    def cdf(self, x: float) -> float:
        pairs: Sequence[tuple[float | str, float]] = list(zip(self.values, self.weights, strict=True))
        return math.fsum(w for v, w in pairs if isinstance(v, float) and v <= x) / math.fsum(self.weights)

    def share_of(self, word: str) -> float:
        """How likely this word is."""
        pairs: Sequence[tuple[float | str, float]] = list(zip(self.values, self.weights, strict=True))
        return math.fsum(w for v, w in pairs if v == word) / math.fsum(self.weights)

    def support(self) -> tuple[float, float]:
        numbers = [
            v for v, w in zip(self.values, self.weights, strict=True) if w > 0.0 and isinstance(v, float)
        ]
        return (min(numbers), max(numbers)) if numbers else (math.nan, math.nan)

    def words(self) -> Sequence[str]:
        return [v for v in self.values if isinstance(v, str)]


@dataclass(frozen=True, slots=True)
class Poisson:
    """How many of something that happens `mean` times on average, optionally between two whole numbers."""

    mean: float
    low: int = 0
    high: float = math.inf  # a whole number, or no end

    def ppf(self, u: float) -> float:
        first, cumulated = _poisson(self.mean, self.low, self.high)
        return float(first + min(bisect_left(cumulated, u * cumulated[-1]), len(cumulated) - 1))

    def cdf(self, x: float) -> float:
        first, cumulated = _poisson(self.mean, self.low, self.high)
        if x < first:
            return 0.0
        return cumulated[int(min(x - first, len(cumulated) - 1))] / cumulated[-1]

    def mass(self) -> float:
        """How much of the uncut distribution lies between the ends."""
        return _poisson(self.mean, self.low, self.high)[1][-1]

    def support(self) -> tuple[float, float]:
        return float(self.low), self.high


@lru_cache(maxsize=256)
def _poisson(mean: float, low: int, high: float) -> tuple[int, tuple[float, ...]]:
    """The first whole number with a probability worth its name, and the cumulated probabilities from there on."""
    reach = 12.0 * math.sqrt(mean)  # less than 1e-20 lies beyond, and below 40 more for small means
    first = max(low, math.floor(mean - reach) - 1)
    last = int(min(high, math.ceil(mean + reach) + 40))
    each = [math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(first, last + 1)]
    return first, tuple(accumulate(each)) if each else (0.0,)
