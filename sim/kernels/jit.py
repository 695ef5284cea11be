"""The one owner of numba's decorators.  World floor, arrays only.

Every kernel of the project is compiled through `kernel` (strict IEEE arithmetic: what labels depend on) or
`fast_kernel` (contraction and reassociation allowed: only what reaches pixels and never a label).  There is no
`parallel=True` anywhere: a kernel works on a slice, releases the interpreter lock, and `sim.slices` deals slices to a
small thread pool.  The result never depends on the number of threads because slices never share an output element.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core import caching, types
from numba.core.compiler_lock import global_compiler_lock
from numba.core.dispatcher import Dispatcher

from sim.kernels.cache import kernel_folder, kernel_sources, turn
from sim.kernels.widths import use_whole_vectors

F = TypeVar("F", bound=Callable[..., Any])


use_whole_vectors()


class _KernelLocator(caching._CacheLocator):
    """Tells numba where the machine code of our kernels is kept; of nothing else."""

    def __init__(self, function: Callable[..., Any], path: Path):
        self._folder, self._line = kernel_folder(path), function.__code__.co_firstlineno

    def get_cache_path(self) -> str:
        return str(self._folder)

    def get_source_stamp(self) -> str:
        return self._folder.name

    def get_disambiguator(self) -> str:
        return str(self._line)

    @classmethod
    def from_function(cls, function: Callable[..., Any], file: str) -> "_KernelLocator | None":
        path = Path(file).resolve()
        if path not in kernel_sources():
            return None
        locator = cls(function, path)
        try:
            locator.ensure_cache_path()  # type: ignore[no-untyped-call]
        except OSError:  # nothing can be kept there: numba's own places are tried
            return None
        return locator


# numba has no public way to say where functions are kept but one folder for all; the class was once called otherwise.
_cache_impl: Any = getattr(caching, "CacheImpl", None) or vars(caching)["_CacheImpl"]
if os.environ.get("NUMBA_CACHE_DIR") is None and _KernelLocator not in _cache_impl._locator_classes:
    _cache_impl._locator_classes.insert(0, _KernelLocator)

# No kernel is handed over as a value, which is all that numba's second wrapper around each would be for.
# What is not said here a kernel inherits from whoever happens to call it first, and keeps on disk for all others: one
# kernel would be strict on one machine and fast on the next, or a vector's part here and a call there.
OPTIONS: dict[str, Any] = {
    "cache": True,
    "nogil": True,
    "error_model": "numpy",
    "no_cfunc_wrapper": True,
    "fastmath": False,
    "forceinline": False,
    "_nrt": True,
}


def kernel(function: F) -> F:
    """Compile with strict floating point; cached on disk, releases the GIL, numpy error model."""
    return _compiled(function)


def fast_kernel(function: F) -> F:
    """Compile with fastmath: for radiance, noise and other values that no label is derived from."""
    return _compiled(function, fastmath=True)


def inner_kernel(function: F) -> F:
    """As `kernel`, for small bodies of hot loops: always written into the caller, whose arrays are dear to hand over.

    They may make no arrays and take no slices, so that numba counts no references in them.
    """
    return _compiled(function, forceinline=True, _nrt=False)


def fast_inner_kernel(function: F) -> F:
    """As `inner_kernel`, with fastmath: for bounds that are taken wide enough."""
    return _compiled(function, fastmath=True, forceinline=True, _nrt=False)


def _of_any_value(kind: types.Type) -> types.Type:
    return cast(types.Type, types.unliteral(kind))  # type: ignore[no-untyped-call]


def _compiled(function: F, **options: Any) -> F:
    """Compile what a kernel calls once for numbers of a kind.

    numba compiles it anew for every number that a caller writes out: a draw of `sim.kernels.random` for each index.
    """
    made: Any = numba.njit(**(OPTIONS | options))(function)
    if isinstance(made, Dispatcher):
        vars(made)["compile"] = _in_turn(function, made.compile)
        asked: Callable[..., Any] = made.get_call_template

        def asked_for_any(args: Sequence[types.Type], kws: Sequence[tuple[str, types.Type]]) -> object:
            named = {name: _of_any_value(one) for name, one in dict(kws).items()}
            return asked(tuple(map(_of_any_value, args)), named)

        vars(made)["get_call_template"] = asked_for_any
    return cast(F, made)


def _in_turn(function: Callable[..., Any], compiled: Callable[..., Any]) -> Callable[..., Any]:
    """Compile or load a kernel while no other process does.

    Two that need one at once would compile it both, with all that it calls: whoever waits finds it on the disk.
    """
    path, line = Path(function.__code__.co_filename).resolve(), function.__code__.co_firstlineno
    if path not in kernel_sources():
        return compiled

    def in_turn(signature: object) -> Any:
        # numba's own lock comes first: a thread that waits for another process must not keep one of its own from ending.
        with global_compiler_lock, turn(path, f"{function.__name__}-{line}"):
            return compiled(signature)

    return in_turn
