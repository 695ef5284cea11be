"""Slices that kernels take by themselves: sim.kernels.dealing and sim.slices.in_turns."""

import threading

import numba
import numpy as np
import pytest
from numpy.typing import NDArray

from sim.kernels.dealing import BITES, GRAIN, NEXT, PARTS, deal_of, take
from sim.slices import bites, in_turns


@numba.njit(nogil=True)
def taken(deal: NDArray[np.int64], times: NDArray[np.int64], room: NDArray[np.int64]) -> int:
    n = 0
    while True:
        start, stop = take(deal)
        if start >= stop:
            return n
        times[start:stop] += 1
        room[n, 0], room[n, 1] = start, stop
        n += 1


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize(("count", "grain"), [(14400, 128), (1800, 32), (37, 4), (3, 4), (0, 4)])
def test_one_thread_alone_takes_what_bites_would_hand_it(threads: int, count: int, grain: int) -> None:
    room = np.zeros((count // grain + 2, 2), np.int64)
    times = np.zeros(count, np.int64)
    n = taken(deal_of(0, count, grain, threads), times, room)
    assert (times == 1).all()
    expected = bites(count, grain, threads) if threads > 1 else [(0, count)] * (count > 0)
    assert [tuple(row) for row in room[:n].tolist()] == expected


def test_a_deal_may_begin_anywhere() -> None:
    room, times = np.zeros((9, 2), np.int64), np.zeros(50, np.int64)
    deal = deal_of(7, 45, 8, 2)
    assert (deal[NEXT], deal[GRAIN], deal[PARTS]) == (7, 8, 2 * BITES)
    n = taken(deal, times, room)
    assert times.nonzero()[0].tolist() == list(range(7, 45))
    assert all((start - 7) % 8 == 0 for start in room[:n, 0].tolist())


def test_threads_that_take_at_the_same_time_share_every_place_once() -> None:
    count = 300_000
    taken(deal_of(0, 1, 1, 1), np.zeros(1, np.int64), np.zeros((2, 2), np.int64))  # compiled before they race
    for _ in range(20):
        times = np.zeros(count, np.int64)
        deal = deal_of(0, count, 1, count)  # slices of one: as many meetings as there can be
        ready = threading.Barrier(3, timeout=60.0)

        def work(
            deal: NDArray[np.int64] = deal, times: NDArray[np.int64] = times, ready: threading.Barrier = ready
        ) -> None:
            room = np.zeros((count + 1, 2), np.int64)
            ready.wait()
            taken(deal, times, room)

        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (times == 1).all()


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize(("count", "grain"), [(0, 4), (1, 4), (37, 4), (3000, 32)])
def test_in_turns_every_place_is_worked_on_once(threads: int, count: int, grain: int) -> None:
    times = np.zeros(count, np.int64)
    calls: list[int] = []

    def work(deal: NDArray[np.int64]) -> None:
        calls.append(taken(deal, times, np.zeros((count // grain + 2, 2), np.int64)))

    in_turns(work, count, threads, grain)
    assert (times == 1).all()
    assert len(calls) <= threads


def test_an_error_of_one_turn_is_raised() -> None:
    def work(deal: NDArray[np.int64]) -> None:
        raise ValueError("turn")

    with pytest.raises(ValueError, match="turn"):
        in_turns(work, 100, 2)
