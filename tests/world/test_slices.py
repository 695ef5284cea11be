"""Work dealt to threads: every slice once, and nothing begun after an error."""

import os
import signal
import threading

import numpy as np
import pytest

from sim.slices import bites, in_slices


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize(("count", "grain"), [(0, 4), (1, 4), (4, 4), (37, 4), (3, 1)])
def test_every_place_is_worked_on_once(threads: int, count: int, grain: int) -> None:
    times = np.zeros(count, np.int64)

    def work(start: int, stop: int) -> None:
        assert start % grain == 0
        times[start:stop] += 1

    in_slices(work, count, threads, grain)
    assert (times == 1).all()


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 3, 40])
def test_what_goes_on_meanwhile_happens_once_and_before_the_call_returns(threads: int, count: int) -> None:
    times, others = np.zeros(count, np.int64), list[int]()

    def work(start: int, stop: int) -> None:
        times[start:stop] += 1

    in_slices(work, count, threads, 4, lambda: others.append(1))
    assert (times == 1).all()
    assert others == [1]


def test_what_goes_on_meanwhile_keeps_nobody_waiting() -> None:
    meet = threading.Barrier(3, timeout=60.0)  # passed while it and two slices are worked on at the same time
    in_slices(lambda start, stop: start < 2 and meet.wait() and None, 3, 3, 1, meet.wait)


@pytest.mark.parametrize("threads", [2, 3, 8])
@pytest.mark.parametrize(("count", "grain"), [(14400, 128), (1800, 64), (37, 4), (5, 1)])
def test_slices_are_few_and_the_last_ones_small(threads: int, count: int, grain: int) -> None:
    dealt = bites(count, grain, threads)
    sizes = [stop - start for start, stop in dealt]
    assert [start for start, _ in dealt] == [0, *(stop for _, stop in dealt[:-1])]
    assert dealt[-1][1] == count
    assert sizes == sorted(sizes, reverse=True)
    assert all(size % grain == 0 for size in sizes[:-1])
    assert sizes[-1] <= grain
    grains = -(-count // grain)
    assert len(sizes) >= min(grains, threads)
    if grains > 100:
        assert len(sizes) < 0.7 * grains
        assert sizes[0] <= count / threads / 3


def test_threads_share_the_work() -> None:
    meet = threading.Barrier(3, timeout=60.0)  # nobody passes before three have a slice at the same time
    in_slices(lambda start, stop: meet.wait() and None, 3, 3)


def test_an_error_is_raised_once_all_have_stopped() -> None:
    begun: list[int] = []

    def work(start: int, stop: int) -> None:
        begun.append(start)
        if start > 0:
            raise ValueError("slice")

    with pytest.raises(ValueError, match="slice"):
        in_slices(work, 10_000, 2)
    after = len(begun)
    assert after <= 3 < len(bites(10_000, 1, 2))
    in_slices(lambda start, stop: None, 8, 2)  # the pool still works
    assert len(begun) == after


def test_slices_may_be_dealt_further() -> None:
    times = np.zeros((12, 8), np.int64)

    def outer(start: int, stop: int) -> None:
        for row in range(start, stop):

            def inner(first: int, last: int, row: int = row) -> None:
                times[row, first:last] += 1

            in_slices(inner, 8, 3)

    in_slices(outer, 12, 3)
    assert (times == 1).all()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
def test_a_forked_process_hires_its_own_threads() -> None:
    in_slices(lambda start, stop: None, 8, 3)  # those of this process, which the other one lacks
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        meet = threading.Barrier(3, timeout=30.0)
        try:
            in_slices(lambda start, stop: meet.wait() and None, 3, 3)
        except threading.BrokenBarrierError:
            os._exit(1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
