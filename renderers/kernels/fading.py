"""exp(-x) for light that air dims, as a few multiplications.  Renderers floor: numbers only."""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import numpy as np

from sim.kernels.jit import fast_inner_kernel, fast_kernel
from sim.kernels.loose_sixteen import halved, whole

F = np.float32


@fast_kernel
def fading(x: float) -> float:
    """exp(-x) for x >= 0 within 2e-5 of it; below 1e-9 it stays.  Twin: math.exp.

    2^-k is put together from its bits and 2^-f is Taylor's polynomial: a third of the time of the library's exponential.
    32-bit integers throughout, since vectors of eight know no way from float32 to 64 bits.
    """
    y = min(x * F(1.442695041), F(30.0))
    k = np.int32(y)
    f = (y - F(k)) * F(0.693147181)
    part = F(1) - f * (
        F(1) - f * (F(0.5) - f * (F(1 / 6) - f * (F(1 / 24) - f * (F(1 / 120) - f * F(1 / 720)))))
    )
    return part * np.int32((np.int32(127) - k) << np.int32(23)).view(np.float32)


@fast_inner_kernel
def dimming(x):
    """The same of sixteen numbers (`Loose`).  Twin: fading."""
    y = min(x * F(1.442695041), F(30.0))
    k = whole(y)
    f = (y - k) * F(0.693147181)
    part = F(1) - f * (
        F(1) - f * (F(0.5) - f * (F(1 / 6) - f * (F(1 / 24) - f * (F(1 / 120) - f * F(1 / 720)))))
    )
    return part * halved(k)
