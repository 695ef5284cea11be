"""Fetch memory before it is asked for.  World floor."""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array


def _prefetch(typing: Any, array: Any, at: Any) -> Any:
    """Have the cache line with number `at` of an array's memory fetched; any number will do, none is ever read."""
    if not isinstance(array, types.Array) or not isinstance(at, types.Integer):
        return None

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        numbers = make_array(array)(context, builder, arguments[0])  # type: ignore[no-untyped-call]
        place = builder.bitcast(builder.gep(numbers.data, [arguments[1]]), ir.IntType(8).as_pointer())
        whole = ir.IntType(32)
        fetch = builder.module.declare_intrinsic(
            "llvm.prefetch", [place.type], ir.FunctionType(ir.VoidType(), [place.type, whole, whole, whole])
        )
        builder.call(fetch, [place, whole(0), whole(3), whole(1)])  # to read, keep it near, data
        return context.get_dummy_value()

    return types.none(array, at), generate


prefetch = cast(Callable[[Any, int | np.uint64], None], intrinsic(_prefetch))
