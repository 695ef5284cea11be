"""Distributions with an inverse: a coordinate in (0, 1) in, a value or a word out.  Language floor."""

import math
from typing import Protocol

from scenarios.distributions.continuous import (
    Cut,
    Exponential,
    LogNormal,
    LogUniform,
    Normal,
    Triangular,
    Uniform,
)
from scenarios.distributions.discrete import Choice, Integers, Poisson
from scenarios.distributions.mixture import Mixture
from scenarios.distributions.shaped import Beta, Gamma
from scenarios.distributions.tabulated import Empirical, Histogram, Joint

__all__ = [
    "Beta",
    "Choice",
    "Cut",
    "Distribution",
    "Empirical",
    "Exponential",
    "Gamma",
    "Histogram",
    "Integers",
    "Joint",
    "LogNormal",
    "LogUniform",
    "Mixture",
    "Normal",
    "Poisson",
    "Triangular",
    "Uniform",
    "share",
    "words_of",
]


class Distribution(Protocol):
    """What every distribution can do; frozen, so that a loaded file can be shared and sent to workers."""

    def ppf(self, u: float) -> float | str:
        """The value at coordinate u in (0, 1); more coordinate is never less value, words and rows of tables apart."""

    def cdf(self, x: float) -> float:
        """How likely a value is x or less."""

    def support(self) -> tuple[float, float]:
        """The least and the largest value, -inf and inf where there is none; not a number for words."""


def words_of(distribution: Distribution) -> list[str]:
    """Every word that can be drawn; none for quantities."""
    return list(distribution.words()) if isinstance(distribution, Choice | Joint) else []


def share(distribution: Distribution, low: float | str, high: float | None = None) -> float:
    """How likely a value lies between two ends, both included; or how likely it is this word, or exactly this value."""
    if isinstance(low, str):
        return distribution.share_of(low) if isinstance(distribution, Choice | Joint) else 0.0
    below = distribution.cdf(math.nextafter(low, -math.inf))
    return max(distribution.cdf(low if high is None else high) - below, 0.0)
