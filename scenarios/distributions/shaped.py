"""Gamma and beta, whose inverses are special functions of scipy's.  Language floor.

scipy is imported when the first value is drawn: a scenario without these starts without it.
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import Any


@cache
def _special() -> Any:
    from scipy import special  # noqa: PLC0415 - a tenth of a second of start-up that most scenarios need not spend

    return special


def _inside(u: float) -> float:
    """Off the ends, where values are infinite and scipy's inverses are not a number."""
    return min(max(u, 1e-150), 1.0 - 2.0**-53)


@dataclass(frozen=True, slots=True)
class Gamma:
    """A sum of `shape` waiting times of mean `scale`; chi-square with k degrees of freedom is Gamma(k / 2, 2)."""

    shape: float
    scale: float

    def ppf(self, u: float) -> float:
        return float(self.scale * _special().gammaincinv(self.shape, _inside(u)))

    def cdf(self, x: float) -> float:
        return float(_special().gammainc(self.shape, max(x, 0.0) / self.scale))

    def inverse_above(self, p: float) -> float:
        return float(self.scale * _special().gammainccinv(self.shape, max(p, 5e-324)))

    def above(self, x: float) -> float:
        return float(_special().gammaincc(self.shape, max(x, 0.0) / self.scale))

    def support(self) -> tuple[float, float]:
        return 0.0, math.inf


@dataclass(frozen=True, slots=True)
class Beta:
    """Between two ends, leaning to the lower one where b is more than a, to the upper one where it is less."""

    a: float
    b: float
    low: float
    high: float

    def ppf(self, u: float) -> float:
        share = float(_special().betaincinv(self.a, self.b, _inside(u)))
        return min(max(self.low + share * (self.high - self.low), self.low), self.high)

    def cdf(self, x: float) -> float:
        share = (x - self.low) / (self.high - self.low)
        return float(_special().betainc(self.a, self.b, min(max(share, 0.0), 1.0)))

    def support(self) -> tuple[float, float]:
        return self.low, self.high
