"""Several distributions with shares of their own, inverted exactly.  Language floor."""

import math
import struct
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol


class Part(Protocol):
    """A distribution of numbers whose `ppf` never falls."""

    def ppf(self, u: float) -> float | str:
        """The value at a coordinate."""

    def cdf(self, x: float) -> float:
        """How likely a value is x or less."""

    def support(self) -> tuple[float, float]:
        """The ends."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """One coordinate for the whole: the value is a number at which the mixed distribution function reaches it."""

    parts: tuple[Part, ...]
    weights: tuple[float, ...]
    present: tuple[tuple[Part, float], ...] = field(
        init=False, repr=False, compare=False
    )  # shares add up to 1

    def __post_init__(self) -> None:
        total = math.fsum(self.weights)
        pairs = zip(self.parts, self.weights, strict=True)
        object.__setattr__(self, "present", tuple((part, w / total) for part, w in pairs if w > 0.0))

    def ppf(self, u: float) -> float:
        # The mixture's quantile lies between the least and the largest quantile of its parts.
        ends = [float(part.ppf(u)) for part, _ in self.present]
        low, high = min(ends), max(ends)
        lacks = self.cdf(low) - u
        if low == high or lacks >= 0.0:
            return low
        exceeds = max(self.cdf(high) - u, 0.0)  # below 0 by rounding at most
        # Invariant: cdf(low) < u <= cdf(high).  Regula falsi (the Illinois variant: an end that stays twice counts half)
        # closes in on smooth parts in a dozen steps; every fourth step halves the floats in between, counted in their
        # order, so that jumps of a mixed-in choice take no more than 4 * 64 steps and are met exactly.
        stayed = 0
        for step in count(1):
            if math.nextafter(low, high) >= high:
                return high
            middle = low + (high - low) * (lacks / (lacks - exceeds)) if step % 4 else low
            if not low < middle < high:
                middle = _float((_ordinal(low) + _ordinal(high)) // 2)
            found = self.cdf(middle) - u
            if found == 0.0:
                return middle
            if found > 0.0:
                high, exceeds = middle, found
                lacks *= 0.5 if stayed > 0 else 1.0
                stayed = 1
            else:
                low, lacks = middle, found
                exceeds *= 0.5 if stayed < 0 else 1.0
                stayed = -1
        raise AssertionError("the floats between two floats run out")

    def cdf(self, x: float) -> float:
        below = 0.0
        for part, share in self.present:
            below += share * part.cdf(x)
        return min(below, 1.0)

    def support(self) -> tuple[float, float]:
        ends = [part.support() for part, _ in self.present]
        return min(low for low, _ in ends), max(high for _, high in ends)


def _ordinal(x: float) -> int:
    """Floats counted in their order, so that neighbours differ by one."""
    (bits,) = struct.unpack("<q", struct.pack("<d", x))
    return int(bits) if bits >= 0 else -(int(bits) & 0x7FFF_FFFF_FFFF_FFFF)


def _float(ordinal: int) -> float:
    magnitude = struct.unpack("<d", struct.pack("<q", abs(ordinal)))[0]
    return float(-magnitude if ordinal < 0 else magnitude)
