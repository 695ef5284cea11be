"""Errors that wander: first-order Gauss-Markov processes.  World floor; arrays alone."""

import math

import numpy as np
from numpy.typing import NDArray

LEAST_KEPT = 1e-9  # of a block's first value at its end: sums in a block stay exact to rounding


def wandering(
    sd: float, correlation_s: float, rate_hz: float, count: int, columns: int, chance: np.random.Generator
) -> NDArray[np.float64]:
    """(count, columns) independent processes in their steady state, `rate_hz` values a second."""
    keep = math.exp(-1.0 / (rate_hz * correlation_s))
    series = chance.normal(0.0, 1.0, (count, columns)) * math.sqrt(1.0 - keep * keep)
    last = chance.normal(0.0, 1.0, columns)
    if count:
        series[0] = last
    # y[k] = keep y[k - 1] + d[k] as sums over blocks: faster than a loop over values, and no filter library to load.
    block = max(min(int(math.log(LEAST_KEPT) / math.log(keep)), count), 1)
    power = keep ** np.arange(1, block + 1)[:, None]
    before = np.zeros(columns)
    for begin in range(0, count, block):
        part = series[begin : begin + block]
        scale = power[: len(part)]
        part[:] = scale * (np.cumsum(part / scale, axis=0) + before)
        before = part[-1].copy()
    return series * sd
