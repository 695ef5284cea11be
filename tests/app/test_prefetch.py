"""Memory that is fetched before it is asked for: sim.kernels.prefetch."""

import numba
import numpy as np
import pytest

from sim.kernels.prefetch import prefetch


@numba.njit
def summed(values, ahead):
    total = 0.0
    for k in range(len(values)):
        prefetch(values, k + ahead)
        total += values[k]
    return total


@pytest.mark.parametrize("ahead", [0, 8, 10**12, -(10**12)])
def test_it_changes_nothing_and_may_point_anywhere(ahead):
    values = np.arange(100.0)
    assert summed(values, ahead) == 4950.0


def test_it_reaches_the_machine():
    summed(np.arange(3.0), 1)
    assert "@llvm.prefetch" in summed.inspect_llvm(summed.signatures[0])
