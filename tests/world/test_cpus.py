"""Threads that work together are on CPUs of their own, and go where they like afterwards."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sim import cpus
from sim.cpus import parts_of
from sim.slices import in_slices

bindable = pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity") or len(os.sched_getaffinity(0)) < 2,
    reason="needs two CPUs to bind threads to",
)


@pytest.mark.parametrize(("count", "here", "threads"), [(2, 1, 2), (4, 2, 2), (8, 5, 3), (16, 0, 16)])
def test_every_cpu_is_in_one_part_and_ours_in_the_first(count: int, here: int, threads: int) -> None:
    every = {3 * cpu for cpu in range(count)}
    parts = parts_of(every, 3 * here, threads)
    assert len(parts) == threads
    assert 3 * here in parts[0]
    assert sorted(cpu for part in parts for cpu in part) == sorted(every)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


@pytest.mark.parametrize(("here", "threads"), [(0, 3), (7, 2)])
def test_more_threads_than_cpus_share_all(here: int, threads: int) -> None:
    assert parts_of({0, 1}, here, threads) == [{0, 1}] * threads


@contextmanager
def unchanged() -> Iterator[set[int]]:
    """What this thread may run on, which is the same afterwards."""
    before = os.sched_getaffinity(0)
    try:
        yield before
        assert os.sched_getaffinity(0) == before
    finally:
        os.sched_setaffinity(0, before)


def places() -> list[set[int]]:
    """What each of the two threads of an errand may run on."""
    seen: list[set[int]] = []
    meet = threading.Barrier(2, timeout=60.0)

    def work(start: int, stop: int) -> None:
        meet.wait()  # both threads have slices
        seen.append(os.sched_getaffinity(0))

    in_slices(work, 2, 2)
    return seen


@bindable
def test_threads_of_an_errand_share_no_cpu() -> None:
    with unchanged() as free:
        time.sleep(0.01)
        one, other = places()
        assert not one & other
        assert one | other == free


@bindable
def test_without_a_pause_threads_go_where_they_like(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cpus, "PAUSE_S", 60.0)
    with unchanged() as free:
        places()
        assert places() == [free, free]


@bindable
def test_a_caller_is_free_again_after_an_error() -> None:
    def work(start: int, stop: int) -> None:
        raise ValueError("slice")

    with unchanged(), pytest.raises(ValueError, match="slice"):
        in_slices(work, 8, 2)


@bindable
def test_threads_stay_within_what_their_caller_may_use() -> None:
    with unchanged() as free:
        places()  # a helper is bound to a part by now
        for one in free:
            os.sched_setaffinity(0, {one})
            assert places() == [{one}, {one}]  # two threads, one CPU: nobody is kept apart from it
            assert os.sched_getaffinity(0) == {one}
        os.sched_setaffinity(0, free)
