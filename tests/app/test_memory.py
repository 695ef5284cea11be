"""Freed memory stays with the process, unless somebody decided otherwise."""

import os
import platform
import subprocess
import sys

import pytest

FAULTS = """
import resource
import numpy as np
from sim.app.memory import keep_freed_memory
kept = keep_freed_memory()
def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        np.ones(12_000_000, np.float32)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
faults()
print(kept, faults())
"""


def answer(**variables: str) -> tuple[bool, int]:
    """Whether memory is kept, and the page faults of twenty arrays of 48 MB, in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    environment["NUMPY_MADVISE_HUGEPAGE"] = "0"
    out = subprocess.run(
        [sys.executable, "-c", FAULTS],
        check=True,
        capture_output=True,
        text=True,
        env=environment | variables,
    ).stdout.split()
    return out[0] == "True", int(out[1])


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library than glibc is at work")
def test_arrays_of_the_next_frame_cost_no_page_faults() -> None:
    kept, faults = answer()
    assert kept and faults < 2_000
    left, usual = answer(MALLOC_ARENA_MAX="4")
    assert not left and usual > 10 * max(faults, 1_000)
