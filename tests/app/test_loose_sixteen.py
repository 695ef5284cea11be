"""Sixteen numbers in loose arithmetic: sim.kernels.loose_sixteen."""

import math

import numba
import numpy as np
import pytest

from sim.kernels.loose_sixteen import (
    COUNT,
    PIXELS,
    amid,
    any_above,
    any_not_below,
    between,
    greatest,
    halved,
    load,
    load_colours,
    picked,
    store,
    store_colours,
    thrice,
    twice,
    where,
    whole,
)

F = np.float32


@numba.njit(error_model="numpy")
def arithmetic(a, b, out):
    x, y = load(a, np.uintp(0)), load(b, np.uintp(0))
    z = (F(2) + x) * (y - F(1)) / max(abs(x), F(0.5)) - min(F(1), y) + math.sqrt(x * x + F(3))
    z *= F(2)
    z += x
    z -= F(1) / (y * y + F(1))
    store(out, np.uintp(0), z)


@numba.njit(error_model="numpy")
def chosen(a, b, out):
    x = load(a, np.uintp(0))
    store(out, np.uintp(0), where(x, load(b, np.uintp(0)), x, F(9)))


@numba.njit(error_model="numpy")
def asked(a, number):
    x = load(a, np.uintp(0))
    return any_above(x, number), any_not_below(number, x)


@numba.njit(error_model="numpy")
def taken_apart(a, out):
    x = load(a, np.uintp(0))
    store(out, np.uintp(0), whole(x))
    store(out, np.uintp(COUNT), halved(whole(x)))


@numba.njit(error_model="numpy")
def looked_up(table, at, share, out):
    store(out, np.uintp(0), between(table, load(at, np.uintp(0)), load(share, np.uintp(0))))


@numba.njit(error_model="numpy")
def looked_up_amid(table, at, row, right, down, out):
    zero = np.uintp(0)
    store(out, zero, amid(table, load(at, zero), np.uintp(row), load(right, zero), load(down, zero)))


@numba.njit(error_model="numpy")
def most(a):
    return greatest(load(a, np.uintp(0)))


@numba.njit(error_model="numpy")
def taken(table, at, out):
    store(out, np.uintp(0), picked(table, load(at, np.uintp(0))))
    store(out, np.uintp(COUNT), twice(table, np.uintp(3)))


@numba.njit(error_model="numpy")
def tinted(weight, at, picture):
    place = np.uintp(3) * np.uintp(at)
    seen = load_colours(picture, place)
    store_colours(picture, place, seen + thrice(weight, np.uintp(at)))


def test_each_is_worked_on_as_numpy_does():
    a, b = np.random.default_rng(1).normal(size=(2, COUNT)).astype(np.float32)
    out = np.empty(COUNT, np.float32)
    arithmetic(a, b, out)
    x, y = a.astype(np.float64), b.astype(np.float64)
    z = (2 + x) * (y - 1) / np.maximum(abs(x), 0.5) - np.minimum(1, y) + np.sqrt(x * x + 3)
    assert out == pytest.approx(z * 2 + x - 1 / (y * y + 1), rel=1e-5, abs=1e-5)
    chosen(a, b, out)
    np.testing.assert_array_equal(out, np.where(a <= b, a, np.float32(9)))


def test_one_of_sixteen_is_enough():
    for k in range(COUNT):
        a = np.zeros(COUNT, np.float32)
        a[k] = 1.0
        assert asked(a, F(0.5)) == (True, True)
        assert asked(a, F(1.0)) == (False, True)
        assert asked(a, F(-1.0)) == (True, False)
        assert asked(-a, F(-0.5)) == (True, True)


def test_fractions_are_cut_off_and_halves_are_exact():
    a, out = (np.arange(COUNT) * 7.9).astype(np.float32), np.empty(2 * COUNT, np.float32)
    taken_apart(a, out)
    np.testing.assert_array_equal(out[:COUNT], np.trunc(a))
    np.testing.assert_array_equal(out[COUNT:], 0.5 ** np.trunc(a))


def test_tables_are_read_at_and_between_their_numbers_up_to_the_last():
    rng = np.random.default_rng(2)
    table, share = rng.random(50).astype(np.float32), rng.random(COUNT).astype(np.float32)
    at, out = rng.integers(0, 49, COUNT), np.empty(COUNT, np.float32)
    at[:2] = 0, 48
    looked_up(table, at.astype(np.float32), share, out)
    assert out == pytest.approx(table[at] + (table[at + 1] - table[at]) * share, rel=1e-6)
    at[:2], out = (0, 49), np.empty(2 * COUNT, np.float32)
    taken(table, at.astype(np.float32), out)
    np.testing.assert_array_equal(out, [*table[at], *table[3:11], *table[3:11]])


def test_tables_of_rows_are_read_amid_their_numbers():
    rng = np.random.default_rng(3)
    table = rng.random((6, 9)).astype(np.float32)
    right, down = rng.random((2, COUNT)).astype(np.float32)
    i, j, out = rng.integers(0, 5, COUNT), rng.integers(0, 8, COUNT), np.empty(COUNT, np.float32)
    looked_up_amid(table.reshape(-1), (9 * i + j).astype(np.float32), 9, right, down, out)
    above = table[i, j] + (table[i, j + 1] - table[i, j]) * right
    below = table[i + 1, j] + (table[i + 1, j + 1] - table[i + 1, j]) * right
    assert out == pytest.approx(above + (below - above) * down, rel=1e-5)


def test_the_greatest_is_found_wherever_it_stands():
    for k in range(COUNT):
        a = np.full(COUNT, -3.0, np.float32)
        a[k] = -2.0
        assert most(a) == -2.0


def test_colours_of_five_pixels_are_written_and_no_other():
    picture = np.zeros((8, 3), np.float32)
    weight = np.arange(1.0, 9.0, dtype=np.float32)
    tinted(weight, 3, picture.reshape(-1))  # the last five
    expected = np.where(np.arange(8) >= 8 - PIXELS, weight, 0.0)
    np.testing.assert_array_equal(picture, np.repeat(expected[:, None], 3, axis=1))


def test_other_numbers_are_refused():
    @numba.njit
    def wide(a):
        return any_above(load(a, np.uintp(0)), F(0))

    with pytest.raises(numba.TypingError):
        wide(np.zeros(COUNT))
