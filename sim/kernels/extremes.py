"""The lesser and the greater of two numbers, for loops that look for the least or the greatest of many.  World floor.

numba's `min` and `max` choose between floats without saying that none of them is a nan, and the compiler takes no such
loop for a reduction: it stays scalar, fastmath or not, with everything else that it does.  These say it, so use them
where all numbers are known to be finite or infinite.
"""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numba.core import types
from numba.extending import intrinsic

Choice = Callable[[np.float32, np.float32], np.float32]


def _choice(order: str, a: types.Type, b: types.Type) -> Any:
    if a != b or not isinstance(a, types.Float):
        return None  # numba says which types were handed over

    def generate(context: Any, builder: Any, signature: Any, numbers: Any) -> Any:
        first, second = numbers
        chosen = builder.fcmp_ordered(order, first, second, flags=("nnan", "nsz"))
        return builder.select(chosen, first, second, flags=("nnan", "nsz"))

    return a(a, a), generate


def _lesser(typing: Any, a: Any, b: Any) -> Any:
    """The lesser of two floats of one type, neither of them nan; either of two zeros."""
    return _choice("<", a, b)


def _greater(typing: Any, a: Any, b: Any) -> Any:
    """The greater of two floats of one type, neither of them nan; either of two zeros."""
    return _choice(">", a, b)


lesser, greater = cast(Choice, intrinsic(_lesser)), cast(Choice, intrinsic(_greater))
