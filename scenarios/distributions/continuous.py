"""Continuous distributions in closed form, and the cut that keeps what lies between two ends.  Language floor."""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Protocol

_STANDARD = NormalDist()
_TINY = 2.0**-60  # a coordinate of exactly 0 would lie at minus infinity of an unlimited normal
_BELOW_ONE = 1.0 - 2.0**-53


def normal_cdf(z: float) -> float:
    """Standard normal distribution function; erfc keeps the digits of the lower tail."""
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


def normal_ppf(u: float) -> float:
    """Its inverse, finite for every u."""
    return _STANDARD.inv_cdf(min(max(u, 5e-324), _BELOW_ONE))


@dataclass(frozen=True, slots=True)
class Uniform:
    """Every value between two ends, equally likely."""

    low: float
    high: float

    def ppf(self, u: float) -> float:
        return min(max(self.low + u * (self.high - self.low), self.low), self.high)

    def cdf(self, x: float) -> float:
        if x >= self.high:
            return 1.0
        return max((x - self.low) / (self.high - self.low), 0.0) if self.high > self.low else 0.0

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

    def cdf(self, x: float) -> float:
        if x >= self.high:
            return 1.0
        return math.log(x / self.low) / math.log(self.high / self.low) if x > self.low else 0.0

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
        below, above = normal_cdf(a), normal_cdf(b)
        p = below + u * (above - below)
        z = _STANDARD.inv_cdf(min(max(p, below, _TINY * (above - below), 5e-324), _BELOW_ONE))
        value = self.mean + self.sd * (-z if mirrored else z)
        return min(max(value, self.low), self.high)

    def cdf(self, x: float) -> float:
        if self.low == -math.inf and self.high == math.inf:
            return normal_cdf((x - self.mean) / self.sd)
        if x >= self.high:
            return 1.0
        if x <= self.low:
            return 0.0
        a, z, b = ((end - self.mean) / self.sd for end in (self.low, x, self.high))
        if a > 0.0:
            return (normal_cdf(-a) - normal_cdf(-z)) / (normal_cdf(-a) - normal_cdf(-b))
        return (normal_cdf(z) - normal_cdf(a)) / (normal_cdf(b) - normal_cdf(a))

    def support(self) -> tuple[float, float]:
        return self.low, self.high


@dataclass(frozen=True, slots=True)
class LogNormal:
    """Its logarithm is normal: two thirds of the values lie within a `factor` of the median, either way."""

    median: float
    factor: float  # standard deviation of the logarithm, as a factor above 1
    low: float = 0.0
    high: float = math.inf

    def ppf(self, u: float) -> float:
        return min(max(math.exp(self._logarithm().ppf(u)), self.low), self.high)

    def cdf(self, x: float) -> float:
        return self._logarithm().cdf(_log(x))

    def support(self) -> tuple[float, float]:
        return self.low, self.high

    def _logarithm(self) -> Normal:
        return Normal(math.log(self.median), math.log(self.factor), _log(self.low), _log(self.high))


def _log(x: float) -> float:
    return math.log(x) if x > 0.0 else -math.inf


@dataclass(frozen=True, slots=True)
class Exponential:
    """Waiting times: from `low` on, exceeding it by `mean` on average, optionally cut off at the top."""

    mean: float
    low: float = 0.0
    high: float = math.inf

    def ppf(self, u: float) -> float:
        kept = -math.expm1((self.low - self.high) / self.mean)  # of the uncut distribution
        return min(self.low - self.mean * math.log1p(-min(u, _BELOW_ONE) * kept), self.high)

    def cdf(self, x: float) -> float:
        if x >= self.high:
            return 1.0
        kept = -math.expm1((self.low - self.high) / self.mean)
        return -math.expm1((self.low - x) / self.mean) / kept if x > self.low else 0.0

    def support(self) -> tuple[float, float]:
        return self.low, self.high


@dataclass(frozen=True, slots=True)
class Triangular:
    """Rises from one end to the most likely value and falls to the other end, in straight lines."""

    low: float
    mode: float
    high: float

    def ppf(self, u: float) -> float:
        width = self.high - self.low
        if u * width <= self.mode - self.low:
            return min(self.low + math.sqrt(u * width * (self.mode - self.low)), self.mode)
        return max(self.high - math.sqrt((1.0 - u) * width * (self.high - self.mode)), self.mode)

    def cdf(self, x: float) -> float:
        if x <= self.low or x >= self.high:
            return float(x >= self.high)
        width = self.high - self.low
        if x <= self.mode:
            return (x - self.low) ** 2 / (width * (self.mode - self.low))
        return 1.0 - (self.high - x) ** 2 / (width * (self.high - self.mode))

    def support(self) -> tuple[float, float]:
        return self.low, self.high


class Cuttable(Protocol):
    """What a distribution must know to be cut without losing the digits of either tail."""

    def ppf(self, u: float) -> float:
        """Inverse of `cdf`."""

    def cdf(self, x: float) -> float:
        """How likely a value is x or less."""

    def inverse_above(self, p: float) -> float:
        """Inverse of `above`."""

    def above(self, x: float) -> float:
        """How likely a value is more than x."""

    def support(self) -> tuple[float, float]:
        """The ends."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The part of another distribution between two ends, with the same shape there."""

    whole: Cuttable
    low: float
    high: float

    def ppf(self, u: float) -> float:
        below = self.whole.cdf(self.low)
        if below > 0.5:  # the tail: 1 - p would keep nothing of it
            first, last = self.whole.above(self.low), self.whole.above(self.high)
            value = self.whole.inverse_above(first - u * (first - last))
        else:
            value = self.whole.ppf(min(below + u * (self.whole.cdf(self.high) - below), _BELOW_ONE))
        return min(max(value, self.low), self.high)

    def cdf(self, x: float) -> float:
        if x >= self.high:
            return 1.0
        if x <= self.low:
            return 0.0
        below = self.whole.cdf(self.low)
        if below > 0.5:
            first = self.whole.above(self.low)
            return (first - self.whole.above(x)) / (first - self.whole.above(self.high))
        return (self.whole.cdf(x) - below) / (self.whole.cdf(self.high) - below)

    def mass(self) -> float:
        """How much of the whole is kept."""
        return max(
            self.whole.cdf(self.high) - self.whole.cdf(self.low),
            self.whole.above(self.low) - self.whole.above(self.high),
        )

    def support(self) -> tuple[float, float]:
        low, high = self.whole.support()
        return max(self.low, low), min(self.high, high)
