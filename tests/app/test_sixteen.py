"""Sixteen numbers that are worked on together: sim.kernels.sixteen."""

import numba
import numpy as np
import pytest

from sim.kernels.sixteen import (
    COUNT,
    EIGHT,
    alike,
    below,
    carry,
    choose,
    counted,
    highest,
    least,
    load,
    load_nine,
    lowest,
    mark,
    most,
    next_axes,
    next_corners,
    not_above,
    store,
    times_plus,
)


@numba.njit(error_model="numpy")
def work(a, b, out):
    for k in range(len(a) // COUNT):
        at = np.uintp(COUNT * k)
        x, y = load(a, at), load(b, at)
        store(out, at, (x + y) * (x - y) / most(least(x, alike(np.float32(2.0))), alike(np.float32(0.5))))


@numba.njit(error_model="numpy")
def questions(a, b, at):
    return below(load(a, at), load(b, at)), not_above(load(a, at), load(b, at))


@numba.njit
def corners(a, at, out):
    nine = load_nine(a, at)
    store(out, np.uintp(0), nine)
    store(out, np.uintp(COUNT), next_corners(nine))
    store(out, np.uintp(2 * COUNT), next_axes(nine))


@numba.njit
def bits_of(bits, out):
    n = 0
    while bits != np.uint64(0):
        out[n] = lowest(bits)
        bits &= bits - np.uint64(1)
        n += 1
    return n


def test_each_is_worked_on_as_numpy_does_and_rounded_term_by_term():
    a, b = np.random.default_rng(1).normal(size=(2, 64)).astype(np.float32)
    out = np.empty(64, np.float32)
    work(a, b, out)
    np.testing.assert_array_equal(out, (a + b) * (a - b) / np.clip(a, np.float32(0.5), np.float32(2.0)))


@pytest.mark.parametrize("at", [0, 1, 5])
def test_questions_are_answered_in_bits(at):
    rng = np.random.default_rng(at)
    a, b = rng.integers(0, 3, (2, 24)).astype(np.float32)
    a[at + 3], b[at + 9] = np.nan, np.inf
    part, other = a[at : at + 16], b[at : at + 16]
    found = questions(a, b, np.uint64(at))
    assert [int(bits) for bits in found] == [
        sum(1 << int(k) for k in np.flatnonzero(answer)) for answer in (part < other, part <= other)
    ]


def test_bits_are_counted_from_the_lowest():
    out = np.empty(16, np.int64)
    for bits in (0, 1, 0x8000, 0b1010010000001000, 0xFFFF):
        count = bits_of(np.uint64(bits), out)
        assert out[:count].tolist() == [k for k in range(16) if bits >> k & 1]


@numba.njit
def chosen(bits, a, b, out):
    store(out, np.uintp(0), choose(bits, load(a, np.uintp(0)), load(b, np.uintp(0))))


@numba.njit
def marked(out, at, number, bits):
    mark(out, at, number, bits)


@numba.njit
def bounded(a, b, c, out):
    at = np.uintp(0)
    store(out, at, times_plus(load(a, at), load(b, at), load(c, at)))
    return highest(load(a, at))


def test_where_a_bit_is_set_one_is_chosen_and_a_number_written():
    a, b = np.arange(32, dtype=np.float32).reshape(2, 16)
    out, ids = np.empty(16, np.float32), np.arange(20, dtype=np.int32)
    for bits in (0, 1, 0x8000, 0b1010010000001000, 0xFFFF):
        flags = np.array([bits >> k & 1 for k in range(16)], bool)
        chosen(np.uint64(bits), a, b, out)
        np.testing.assert_array_equal(out, np.where(flags, a, b))
        ids[:] = np.arange(20)
        marked(ids, np.uint64(3), np.int32(-7), np.uint64(bits))
        np.testing.assert_array_equal(ids[3:19], np.where(flags, -7, np.arange(3, 19)))
        assert (ids[:3].tolist(), ids[19]) == ([0, 1, 2], 19)


def test_a_product_and_a_sum_are_rounded_once_or_twice_and_the_greatest_is_found():
    rng = np.random.default_rng(2)
    a, b, c = rng.normal(size=(3, 16)).astype(np.float32)
    out = np.empty(16, np.float32)
    for place in range(16):
        a[place] = 9.0 + place
        assert bounded(a, b, c, out) == 9.0 + place
        once, twice = (a.astype(np.float64) * b + c).astype(np.float32), a * b + c
        assert np.all((out == once) | (out == twice))


@numba.njit
def carried(to, at, source, first):
    carry(to, at, source, first)


@numba.njit
def not_below_zero(numbers, at):
    return counted(numbers, at)


@pytest.mark.parametrize("kind", [np.float32, np.int32])
def test_eight_numbers_are_carried_from_any_place_to_any_other(kind):
    source = np.arange(-20, 20).astype(kind)
    for at, first in ((0, 0), (5, 3), (24, 32)):
        to = np.zeros(32, kind)
        carried(to, np.uint64(at), source, np.uint64(first))
        np.testing.assert_array_equal(to[at : at + EIGHT], source[first : first + EIGHT])
        assert np.count_nonzero(to) == np.count_nonzero(source[first : first + EIGHT])


def test_whole_numbers_that_are_not_below_zero_are_told_in_bits():
    numbers = np.array([0, -1, 5, -(2**31), 2**31 - 1] * 4, np.int32)
    for at in range(5):
        part = numbers[at : at + 16]
        assert int(not_below_zero(numbers, np.uint64(at))) == sum(1 << k for k in range(16) if part[k] >= 0)


def test_other_numbers_are_refused():
    @numba.njit
    def wide(a):
        return not_above(load(a, np.uintp(0)), load(a, np.uintp(0)))

    @numba.njit
    def mixed(a):
        store(a, np.uintp(0), load(a, np.uintp(0)) + np.float32(1.0))

    with pytest.raises(numba.TypingError):
        wide(np.zeros(16))
    with pytest.raises(numba.TypingError):
        mixed(np.zeros(16, np.float32))


def test_corners_are_read_to_the_last_of_an_array_and_follow_one_another():
    a, out = np.arange(18, dtype=np.float32), np.full((3, COUNT), np.nan, np.float32)
    corners(a, np.uintp(9), out.reshape(-1))
    triangle = a[9:].reshape(3, 3)
    np.testing.assert_array_equal(out[:, 9:], 0.0)
    np.testing.assert_array_equal(out[0, :9], triangle.ravel())
    np.testing.assert_array_equal(out[1, :9], np.roll(triangle, -1, axis=0).ravel())
    np.testing.assert_array_equal(out[2, :9], np.roll(triangle, -1, axis=1).ravel())
