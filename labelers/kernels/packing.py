"""Planes as files keep them: in half precision, or rounded and with their bytes apart.  Labels floor, arrays only."""

import numpy as np
from numpy.typing import NDArray

from sim.kernels.jit import kernel

_INFINITE = np.uint32(0x7F800000)
_TOO_LARGE = np.uint32(0x47800000)  # 65536
_LEAST_NORMAL = np.uint32(0x38800000)  # 2**-14
_REBIAS = np.uint32(0x38000000)  # 127 - 15 in the exponent
_HALF_ULP = np.uint32(0x00000FFF)


@kernel
def halve(value: NDArray[np.float32], half: NDArray[np.uint16]) -> None:
    """Write the bits of the nearest half-precision numbers (N,), ties to even: IEEE 754's binary16.

    Twin: numpy's `astype(np.float16)`, which takes 25 ns a number.
    """
    bits = value.view(np.uint32)
    for n in range(len(value)):
        size = bits[n] & np.uint32(0x7FFFFFFF)
        if size >= _TOO_LARGE:
            short = np.uint32(0x7E00) if size > _INFINITE else np.uint32(0x7C00)
        elif size < _LEAST_NORMAL:
            short = np.uint32(np.rint(abs(value[n]) * np.float32(16777216.0)))  # in steps of 2**-24
        else:
            odd = (size >> np.uint32(13)) & np.uint32(1)
            short = (size + _HALF_ULP + odd - _REBIAS) >> np.uint32(13)
        half[n] = short | ((bits[n] >> np.uint32(16)) & np.uint32(0x8000))


@kernel
def split(value: NDArray[np.float32], steps: float, part: NDArray[np.uint8]) -> None:
    """Round numbers (N, C) to `steps`-th parts, a power of two, and write their bytes (C, 4, N), the lowest first.

    Bytes of one place are alike, and the low ones of rounded numbers 0: they pack into a fifth, in half the time.
    """
    one = np.float32(steps)
    back = np.float32(1.0) / one
    count = len(value)
    rounded = np.empty(count, np.float32)
    bits = rounded.view(np.uint32)
    for c in range(value.shape[1]):
        for n in range(count):
            rounded[n] = np.rint(value[n, c] * one) * back
        for k in range(4):
            place = np.uint32(8 * k)
            for n in range(count):
                part[c, k, n] = np.uint8((bits[n] >> place) & np.uint32(0xFF))
