"""Distributions that come from data: histograms, columns of measurements, rows of tables.  Language floor."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class Histogram:
    """Bins with counts; every value within a bin is equally likely."""

    edges: tuple[float, ...]  # one more than counts, rising
    counts: tuple[float, ...]
    cumulated: tuple[float, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "cumulated", (0.0, *accumulate(self.counts)))

    def ppf(self, u: float) -> float:
        target = u * self.cumulated[-1]
        k = min(bisect_right(self.cumulated, target), len(self.counts)) - 1
        while self.counts[k] == 0.0:  # only where rounding carried the target to the very end
            k -= 1
        low, high = self.edges[k], self.edges[k + 1]
        return min(max(low + (target - self.cumulated[k]) / self.counts[k] * (high - low), low), high)

    def cdf(self, x: float) -> float:
        k = bisect_right(self.edges, x) - 1
        if k < 0 or k >= len(self.counts):
            return float(k >= 0)
        part = (x - self.edges[k]) / (self.edges[k + 1] - self.edges[k])
        return (self.cumulated[k] + part * self.counts[k]) / self.cumulated[-1]

    def support(self) -> tuple[float, float]:
        filled = [k for k, count in enumerate(self.counts) if count > 0.0]
        return self.edges[filled[0]], self.edges[filled[-1] + 1]


@dataclass(frozen=True, slots=True)
class Empirical:
    """Measured values, as they are or in straight lines between them (Hyndman and Fan's type 7, numpy's default)."""

    values: tuple[float, ...]  # sorted
    stepped: bool = False

    def ppf(self, u: float) -> float:
        n = len(self.values)
        if self.stepped:
            return self.values[min(math.floor(u * n), n - 1)]
        k = min(math.floor(u * (n - 1)), max(n - 2, 0))
        low, high = self.values[k], self.values[min(k + 1, n - 1)]
        return min(max(low + (u * (n - 1) - k) * (high - low), low), high)

    def cdf(self, x: float) -> float:
        n, k = len(self.values), bisect_right(self.values, x)
        if self.stepped or k in (0, n):
            return k / n
        low, high = self.values[k - 1], self.values[k]
        return (k - 1 + (x - low) / (high - low)) / (n - 1)

    def inverse_above(self, p: float) -> float:
        return self.ppf(1.0 - p)

    def above(self, x: float) -> float:
        return 1.0 - self.cdf(x)

    def support(self) -> tuple[float, float]:
        return self.values[0], self.values[-1]


@dataclass(frozen=True, slots=True)
class Joint:
    """A column of a table whose rows are drawn as a whole: all its columns share the table's coordinate."""

    table: str  # as it is named in coordinates
    rows: tuple[float, ...] | tuple[str, ...]  # in the table's order
    ends: tuple[float, float] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        numbers = [row for row in self.rows if isinstance(row, float)]
        object.__setattr__(self, "ends", (min(numbers), max(numbers)) if numbers else (math.nan, math.nan))

    def ppf(self, u: float) -> float | str:
        return self.rows[min(math.floor(u * len(self.rows)), len(self.rows) - 1)]

    def cdf(self, x: float) -> float:
        return sum(isinstance(row, float) and row <= x for row in self.rows) / len(self.rows)

    def share_of(self, word: str) -> float:
        """How likely this word is."""
        return sum(row == word for row in self.rows) / len(self.rows)

    def support(self) -> tuple[float, float]:
        return self.ends

    def words(self) -> Sequence[str]:
        return list(dict.fromkeys(row for row in self.rows if isinstance(row, str)))
