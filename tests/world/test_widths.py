"""Vectors are as wide as the CPU's where it has 16-bit floats, but for kernels that say otherwise."""

import re

import numba
import numpy as np
import pytest
from numba.core.codegen import get_host_cpu_features
from numpy.typing import NDArray

from sim.kernels.jit import OPTIONS
from sim.kernels.widths import NOT_HALVES, half_vectors, with_whole_vectors

wide = pytest.mark.skipif(
    "+avx512fp16" not in get_host_cpu_features() or NOT_HALVES not in (numba.config.CPU_FEATURES or ""),
    reason="this CPU's vectors are no wider, or the user has named its features",
)


def test_only_cpus_with_16_bit_floats_are_asked_for_whole_vectors() -> None:
    assert with_whole_vectors("+avx2,+avx512f,+avx512fp16") == "+avx2,+avx512f,+avx512fp16,-prefer-256-bit"
    for features in ("", "+avx2", "+avx512f,+avx512vl", "+avx512f,-avx512fp16"):
        assert with_whole_vectors(features) is None


def _whole(a: NDArray[np.float32], b: NDArray[np.float32]) -> None:
    for i in range(len(a)):
        a[i] = a[i] * b[i] + a[i]


def _half(a: NDArray[np.float32], b: NDArray[np.float32]) -> None:
    half_vectors()
    for i in range(len(a)):
        a[i] = a[i] * b[i] + a[i]


@wide
def test_a_kernel_uses_whole_vectors_unless_it_says_otherwise() -> None:
    one, factor = np.arange(64, dtype=np.float32), np.full(64, 3.0, np.float32)
    registers = {}
    for work in (_whole, _half):
        ready, found = (
            numba.njit(**OPTIONS | {"cache": False})(work),
            one.copy(),
        )  # kept on disk it shows no code
        ready(found, factor)
        np.testing.assert_array_equal(found, 4.0 * one)
        (code,) = ready.inspect_asm().values()
        registers[work] = set(re.findall("[xyz]mm", code))
    assert "zmm" in registers[_whole]
    assert "zmm" not in registers[_half]
    assert "ymm" in registers[_half]
