"""Allan deviation of a rate, overlapping (IEEE Std 952-1997, annex C)."""

import numpy as np
from numpy.typing import NDArray


def allan_deviation(rate: NDArray[np.float64], rate_hz: float, tau_s: float) -> float:
    """Over one averaging time, of all columns together."""
    m = round(tau_s * rate_hz)
    angle = np.concatenate([np.zeros((1, rate.shape[1])), np.cumsum(rate, axis=0)]) / rate_hz
    second = angle[2 * m :] - 2.0 * angle[m:-m] + angle[: -2 * m]
    return float(np.sqrt((second**2).mean() / (2.0 * (m / rate_hz) ** 2)))
