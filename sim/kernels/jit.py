"""The one owner of numba's decorators.  World floor, arrays only.

Every kernel of the project is compiled through `kernel` (strict IEEE arithmetic: what labels depend on) or
`fast_kernel` (contraction and reassociation allowed: only what reaches pixels and never a label).  There is no
`parallel=True` anywhere: a kernel works on a slice, releases the interpreter lock, and `in_slices` deals slices to a
small thread pool.  The result never depends on the number of threads because slices never share an output element.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeVar, cast

import numba
from numba.core import caching, types
from numba.core.compiler_lock import global_compiler_lock
from numba.core.dispatcher import Dispatcher

from sim.kernels.cache import kernel_folder, kernel_sources, turn

F = TypeVar("F", bound=Callable[..., Any])


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


class _Errand:
    """Slices that are dealt to whoever comes; who comes when all are dealt finds nothing, and nobody waits for him.

    Handing one to a thread takes a tenth of what a pool of futures takes, of which a picture would need two hundred.
    """

    __slots__ = ("_active", "_count", "_errors", "_grain", "_left", "_lock", "_over", "_starts", "_work")

    def __init__(self, work: Callable[[int, int], None], count: int, grain: int) -> None:
        self._work, self._count, self._grain = work, count, grain
        # Whose next is taken by one thread alone, under the interpreter's lock.
        self._starts = iter(range(0, count, grain))
        self._lock, self._left = Lock(), Lock()  # _left is held until the last helper has left
        self._active, self._over = 0, False
        self._errors: list[BaseException] = []

    def take(self) -> None:
        """Work on slices until all are dealt; after an error or an interrupt nobody begins another."""
        try:
            for start in self._starts:
                self._work(start, min(start + self._grain, self._count))
        except BaseException:
            for _ in self._starts:
                pass
            raise

    def help(self) -> None:
        """The same, for another thread than the one that waits."""
        with self._lock:
            if self._over:
                return
            self._active += 1
        try:
            self.take()
        except BaseException as error:
            self._errors.append(error)
        with self._lock:
            self._active -= 1
            if self._over and self._active == 0:
                self._left.release()

    def wait(self) -> None:
        """Until the helpers that have come have left."""
        with self._lock:
            self._over = True
            waits = self._active > 0
            self._left.acquire()
        if waits:
            self._left.acquire()

    def told(self) -> None:
        """Raise what went wrong for a helper."""
        if self._errors:
            raise self._errors[0]


_errands: SimpleQueue[_Errand] = SimpleQueue()
_helpers: list[Thread] = []
_hiring = Lock()


def _serve() -> None:
    while True:
        _errands.get().help()  # without a name, lest arrays stay alive until the next one


def _forget_helpers() -> None:
    """A process that was forked off has none of the threads."""
    global _errands, _hiring
    _errands, _hiring = SimpleQueue(), Lock()
    _helpers.clear()


os.register_at_fork(after_in_child=_forget_helpers)


def in_slices(work: Callable[[int, int], None], count: int, threads: int, grain: int = 1) -> None:
    """Call `work(start, stop)` over [0, count) in slices of `grain`, dealt to `threads` threads.

    The caller is one of them.  Slices write disjoint outputs, so the bytes are the same for any thread count.
    """
    if threads <= 1 or count <= grain:
        if count > 0:
            work(0, count)
        return
    errand, others = _Errand(work, count, grain), min(threads, -(-count // grain)) - 1
    if len(_helpers) < others:
        with _hiring:
            while len(_helpers) < others:
                _helpers.append(Thread(target=_serve, name=f"stormlane_{len(_helpers)}", daemon=True))
                _helpers[-1].start()
    for _ in range(others):  # one for each thread, not for each slice
        _errands.put(errand)
    try:
        errand.take()
    finally:
        errand.wait()
    errand.told()
