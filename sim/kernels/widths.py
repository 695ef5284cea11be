"""How wide the vectors of kernels are.  World floor.

LLVM keeps to half of the vectors of Intel's processors with AVX-512, because the first of them slowed down when all of a
register was used.  Those with 16-bit floats as well (Sapphire Rapids and later) do not: night frames take 8 % less with
whole ones (docs/performance.md, "Vectors of sixteen").
"""

from collections.abc import Callable
from typing import Any, cast

import numba
from numba.core import types
from numba.core.codegen import get_host_cpu_features
from numba.extending import intrinsic

NOT_HALVES = "-prefer-256-bit"


def with_whole_vectors(features: str) -> str | None:
    """The features of a CPU with all that its vectors hold; none where they stay as LLVM has them."""
    return f"{features},{NOT_HALVES}" if "+avx512fp16" in features.split(",") else None


def use_whole_vectors() -> None:
    """Compile for whole vectors from now on, unless the user has named a CPU or its features.

    numba has one setting for all that it compiles in a process; where it has begun to, this comes too late and changes
    nothing.
    """
    settings: Any = numba.config
    if settings.CPU_FEATURES is None and settings.CPU_NAME is None:
        settings.CPU_FEATURES = with_whole_vectors(get_host_cpu_features())  # type: ignore[no-untyped-call]


def _half_vectors(typing: Any) -> Any:
    """Have the kernel that says so keep to vectors of eight floats: where its loops are short, wider ones cost more.

    Whatever it calls must say so, too: numba makes vectors of each kernel before it puts them together.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        # llvmlite's own `add` takes no attribute but the few that it names.
        set.add(builder.function.attributes, '"prefer-vector-width"="256"')
        return context.get_dummy_value()

    return types.none(), generate


half_vectors = cast(Callable[[], None], intrinsic(_half_vectors))
