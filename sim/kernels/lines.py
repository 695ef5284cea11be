"""Scratch rows that begin with a line of the cache.  World floor."""

import numpy as np
from numpy.typing import NDArray

from sim.kernels.jit import kernel

LINE = 64  # bytes of a line of the cache


@kernel
def on_lines(count: int) -> NDArray[np.float32]:
    """Room for numbers that begins with a line of the cache: sixteen of them then lie in one line instead of two."""
    room = np.empty(count + LINE // 4, np.float32)
    skip = -room.ctypes.data % LINE // 4
    return room[skip : skip + count]
