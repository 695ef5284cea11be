"""Work dealt to threads in slices.  World floor.

Kernels release the interpreter lock, so threads are enough; a result never depends on how many there are, because slices
never share an output element.
"""

import os
from collections.abc import Callable
from queue import SimpleQueue
from threading import Lock, Thread

import numpy as np
from numpy.typing import NDArray

from sim.cpus import Places, places_for
from sim.kernels.dealing import BITES, deal_of


def bites(count: int, grain: int, threads: int) -> list[tuple[int, int]]:
    """Slices of [0, count) in turn, each a third of what would be a thread's fair share of all that is left.

    Every slice begins cold, and is handed over under the interpreter's lock: a few large ones come first.  The last
    are small enough that threads end together.
    """
    dealt, start = [], 0
    while start < count:
        stop = min(start + max((count - start) // (BITES * threads * grain), 1) * grain, count)
        dealt.append((start, stop))
        start = stop
    return dealt


class _Errand:
    """Slices that are dealt to whoever comes; who comes when all are dealt finds nothing, and nobody waits for him.

    Handing one to a thread takes a tenth of what a pool of futures takes, of which a picture would need two hundred.
    """

    __slots__ = ("_active", "_errors", "_left", "_lock", "_over", "_places", "_slices", "_work")

    def __init__(
        self, work: Callable[[int, int], None], slices: list[tuple[int, int]], places: Places | None
    ) -> None:
        self._work, self._places = work, places
        # Whose next is taken by one thread alone, under the interpreter's lock.
        self._slices = iter(slices)
        self._lock, self._left = Lock(), Lock()  # _left is held until the last helper has left
        self._active, self._over = 0, False
        self._errors: list[BaseException] = []

    def take(self) -> None:
        """Work on slices until all are dealt; after an error or an interrupt nobody begins another."""
        try:
            for start, stop in self._slices:
                self._work(start, stop)
        except BaseException:
            for _ in self._slices:
                pass
            raise

    def help(self) -> None:
        """The same, for another thread than the one that waits."""
        with self._lock:
            if self._over:
                return
            self._active += 1
            if self._places is not None:
                self._places.join()
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


def _both(
    meanwhile: Callable[[], object],
    work: Callable[[int, int], None],
    slices: list[tuple[int, int]],
    places: Places | None,
) -> _Errand:
    """An errand that begins with something else, as if it were a slice before the first."""

    def dealt(start: int, stop: int) -> None:
        if start < 0:
            meanwhile()
        else:
            work(start, stop)

    return _Errand(dealt, [(-1, 0), *slices], places)


def in_slices(
    work: Callable[[int, int], None],
    count: int,
    threads: int,
    grain: int = 1,
    meanwhile: Callable[[], object] | None = None,
) -> None:
    """Call `work(start, stop)` over [0, count) in slices of whole grains, dealt to `threads` threads.

    The caller is one of them.  Slices write disjoint outputs, so the bytes are the same for any thread count.  One
    thread begins with `meanwhile`: what cannot be cut in slices keeps nobody waiting beside work that can.
    """
    if threads <= 1 or count <= grain:
        if meanwhile is not None:
            meanwhile()
        if count > 0:
            work(0, count)
        return
    others = min(threads, -(-count // grain)) - 1
    if len(_helpers) < others:
        with _hiring:
            while len(_helpers) < others:
                _helpers.append(Thread(target=_serve, name=f"stormlane_{len(_helpers)}", daemon=True))
                _helpers[-1].start()
    places = places_for(others + 1)
    slices = bites(count, grain, others + 1)
    errand = _Errand(work, slices, places) if meanwhile is None else _both(meanwhile, work, slices, places)
    try:
        if places is not None:
            places.enter()
        for _ in range(others):  # one for each thread, not for each slice
            _errands.put(errand)
        errand.take()
    finally:
        errand.wait()
        if places is not None:
            places.leave()
    errand.told()


def in_turns(work: Callable[[NDArray[np.int64]], None], count: int, threads: int, grain: int = 1) -> None:
    """As `in_slices`, but `work(deal)` is called once by each thread: its kernel takes slices of [0, count) by itself.

    `deal` is handed to `sim.kernels.dealing.take`.
    """
    several = max(min(threads, -(-count // grain)), 1)
    deal = deal_of(0, count, grain, several)
    in_slices(lambda first, last: work(deal), several if count > 0 else 0, several)
