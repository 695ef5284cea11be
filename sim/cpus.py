"""CPUs for threads that work together: each keeps to its own part of them.  World floor.

Threads hand the interpreter's lock to one another between two slices, and who waits for it sleeps for microseconds.
Linux wakes a thread where it expects the least load, and after a pause it expects wrongly: all threads wake on one CPU
and take turns for tens of milliseconds beside idle ones.  Two threads took 21.8 ms so for a picture that was asked for
40 ms after the last one, as long as one thread takes, and 13.0 when they were kept apart (two virtual CPUs, Linux 6.18).

Threads are bound for the first errand after a pause, the caller no longer than that; where binding is not to be had
nothing happens.
"""

import ctypes
import os
from collections.abc import Callable, Collection
from contextlib import suppress
from threading import local
from time import perf_counter


def parts_of(cpus: Collection[int], here: int, threads: int) -> list[set[int]]:
    """A part of a number of CPUs for each thread, none of them shared, the first with the one that we are on.

    Where there are more threads than CPUs each may use all.
    """
    if len(cpus) < threads or here not in cpus:
        return [set(cpus) for _ in range(threads)]
    order = sorted(cpus)
    first = order.index(here)
    turned = order[first:] + order[:first]
    return [set(turned[nth::threads]) for nth in range(threads)]


def _found() -> Callable[[], int] | None:
    """What tells the CPU that a thread is on, where threads can be bound at all."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    with suppress(OSError, AttributeError, TypeError):
        asked: Callable[[], int] = ctypes.CDLL(None).sched_getcpu
        return asked if asked() >= 0 else None
    return None


_here = _found()


class _Own(local):
    """What a thread was bound to, and what it may be bound to when it deals slices itself."""

    bound: set[int] | None = None
    free: set[int] | None = None


_own = _Own()


PAUSE_S = 0.002  # after which Linux no longer knows who was busy where


class _Last:
    """When an errand of this process last ended, by `perf_counter`."""

    ended_s = 0.0


class Places:
    """The parts of CPUs for the threads of one errand."""

    __slots__ = ("_before", "_free", "_own", "_parts")

    def __init__(self, parts: list[set[int]], free: set[int], before: set[int]) -> None:
        self._own, *self._parts = parts
        self._free, self._before = free, before

    def enter(self) -> None:
        """Bind the caller to the part that it is in."""
        _bind(self._own)

    def leave(self) -> None:
        """Let the caller go where it went before."""
        _bind(self._before)
        _Last.ended_s = perf_counter()

    def join(self) -> None:
        """Bind another thread to a part that nobody has, the one that it is in if that may be; one thread at a time."""
        here = _here() if _here is not None else -1
        part = next((one for one in self._parts if here in one), self._parts[-1])
        self._parts.remove(part)
        _own.free = self._free
        _bind(part)


def _bind(cpus: set[int]) -> None:
    if cpus != _own.bound:
        with suppress(OSError):  # one was taken away meanwhile, or nobody may bind here
            os.sched_setaffinity(0, cpus)
            _own.bound = cpus


def places_for(threads: int) -> Places | None:
    """Parts for so many threads; none where threads cannot be bound.

    Without a pause since the last errand each may use all: threads that were apart stay so, and beside other processes
    that keep all CPUs busy binding costs an eighth.
    """
    if _here is None:
        return None
    before = os.sched_getaffinity(0)
    free = _own.free or before
    _own.bound = before
    paused = perf_counter() - _Last.ended_s > PAUSE_S
    return Places(parts_of(free, _here(), threads) if paused else [free] * threads, free, before)
