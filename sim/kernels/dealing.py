"""Work that kernels on several threads deal among themselves.  World floor.

`sim.slices.in_slices` hands each slice to a kernel under the interpreter's lock, and each begins with arrays of its own:
of the 4.3 ms that 64 x 1800 beams take one thread, 22 slices cost 0.5.  Here each thread calls its kernel once, and the
kernel takes slice after slice.
"""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numba.core import types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array
from numpy.typing import NDArray

from sim.kernels.jit import inner_kernel

NEXT, END, GRAIN, PARTS = range(4)  # numbers of a deal: see `deal_of`
BITES = 3


def deal_of(start: int, stop: int, grain: int, threads: int) -> NDArray[np.int64]:
    """[start, stop) to be dealt in whole grains; one thread is given all at once."""
    if threads <= 1:
        return np.array((start, stop, max(stop - start, 1), 1), np.int64)
    return np.array((start, stop, grain, BITES * threads), np.int64)


def _exchange(typing: Any, array: Any, held: Any, new: Any) -> Any:
    """Put `new` in the first place of an array if `held` is there; returns what was there.  One step for all threads."""
    if (
        not (isinstance(array, types.Array) and array.dtype == types.int64)
        or (held, new) != (types.int64,) * 2
    ):
        return None

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        numbers = make_array(array)(context, builder, arguments[0])  # type: ignore[no-untyped-call]
        # What is dealt is read by nobody else until the threads have met again, which orders everything.
        answer = builder.cmpxchg(numbers.data, arguments[1], arguments[2], "monotonic", "monotonic")
        return builder.extract_value(answer, 0)

    return types.int64(array, held, new), generate


exchange = cast(Callable[[NDArray[np.int64], int, int], int], intrinsic(_exchange))


@inner_kernel
def take(deal: NDArray[np.int64]) -> tuple[int, int]:
    """The next slice, as `sim.slices.bites` cuts them; empty when all is dealt."""
    start = deal[NEXT]
    while True:
        left = deal[END] - start
        if left <= 0:
            return start, start
        size = max(left // (deal[PARTS] * deal[GRAIN]), 1) * deal[GRAIN]
        stop = min(start + size, deal[END])
        found = exchange(deal, start, stop)
        if found == start:
            return start, stop
        start = found
