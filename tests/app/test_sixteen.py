"""Sixteen numbers that are worked on together: sim.kernels.sixteen."""

import numba
import numpy as np
import pytest

from sim.kernels.sixteen import COUNT, alike, below, least, load, lowest, most, not_above, store


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
