"""The least and the greatest of many: sim.kernels.extremes."""

import numba
import numpy as np
import pytest

from sim.kernels.extremes import greater, lesser


@numba.njit(fastmath=True, error_model="numpy")
def bounds(values, out):
    """Least and greatest of what is three times as much."""
    least, most = np.float32(np.inf), np.float32(-np.inf)
    for k in range(len(values)):
        x = values[k] * np.float32(3.0)
        least, most = lesser(least, x), greater(most, x)
    out[0], out[1] = least, most


@numba.njit(fastmath=True, error_model="numpy")
def bounds_by_builtins(values, out):
    """The same, with numba's own."""
    least, most = np.float32(np.inf), np.float32(-np.inf)
    for k in range(len(values)):
        x = values[k] * np.float32(3.0)
        least, most = min(least, x), max(most, x)
    out[0], out[1] = least, most


@pytest.mark.parametrize("count", [1, 2, 7, 64, 1001])
def test_extremes_are_those_of_numpy(count):
    values = np.random.default_rng(count).normal(size=count).astype(np.float32)
    found = np.empty(2, np.float32)
    bounds(values, found)
    scaled = values * np.float32(3.0)
    assert found[0] == scaled.min() and found[1] == scaled.max()


def test_infinities_are_numbers_like_others():
    @numba.njit
    def both(a, b):
        return lesser(a, b), greater(a, b)

    top = np.float32(np.inf)
    assert both(top, np.float32(2.0)) == (2.0, np.inf)
    assert both(-top, top) == (-np.inf, np.inf)
    assert both(1.5, -2.5) == (-2.5, 1.5)


def test_numbers_of_two_types_are_refused():
    @numba.njit
    def mixed(a, b):
        return lesser(a, b)

    with pytest.raises(numba.TypingError):
        mixed(np.float32(1.0), 2.0)


def test_only_such_loops_become_vectors():
    """Should numba's own do so one day, `extremes` can go."""
    values, out = np.ones(64, np.float32), np.empty(2, np.float32)
    for loop, wide in ((bounds, True), (bounds_by_builtins, False)):
        loop(values, out)
        assert ("x float>" in loop.inspect_llvm(loop.signatures[0])) == wide
