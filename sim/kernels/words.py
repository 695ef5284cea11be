"""Products of 32-bit words.  World floor, numbers only.

numba works on words of 32 bits in 64, and where a product is asked for more than once the compiler keeps it there: a
vector then has half as many lanes, and each of its products is put together from three.
"""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numba.core import types
from numba.extending import intrinsic


def _times(typing: Any, a: types.Type, b: types.Type) -> Any:
    """The low 32 bits of the product of two words of 32."""
    if a != types.uint32 or b != types.uint32:
        return None  # numba says which types were handed over

    def generate(context: Any, builder: Any, signature: Any, words: Any) -> Any:
        return builder.mul(*words)

    return types.uint32(types.uint32, types.uint32), generate


times = cast(Callable[[np.uint32, np.uint32], np.uint32], intrinsic(_times))
