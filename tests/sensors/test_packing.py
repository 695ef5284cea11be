"""Rays that are picked and put back are the right ones, by any number of threads."""

# mypy: allow-untyped-calls

import numpy as np
import pytest

from renderers.passes import packed_index, unpacked


@pytest.mark.parametrize("count", [1, 63, 64, 6400, 300_001])
def test_rays_that_are_wanted_come_in_order_and_in_whole_packets(count: int) -> None:
    rng = np.random.default_rng(count)
    for share in (0.0, 0.01, 0.5, 1.0):
        wanted = rng.random(count) < share
        index = packed_index(wanted, 3)
        rows = np.flatnonzero(wanted)
        assert len(index) % 64 == 0 and len(index) - len(rows) < 64
        assert (index[: len(rows)] == rows).all() and (index[len(rows) :] == -1).all()
        assert (packed_index(np.where(wanted, 1, 2).astype(np.uint8), 1) == index).all()
        picked = rng.random((len(index), 3)).astype(np.float32)
        out = np.zeros((count, 3), np.float32)
        unpacked(index, picked, out, 3)
        assert (out[rows] == picked[: len(rows)]).all() and (out[~wanted] == 0.0).all()
