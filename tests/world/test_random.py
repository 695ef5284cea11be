"""The counter hash is uniform, unrelated between neighbours, and equal to its twin."""

import numpy as np
from scipy import stats

from sim.kernels.jit import kernel
from sim.kernels.random import hash_u32, uniform01
from tests.support import naive_world


@kernel
def _fill(out, seed, samples):
    for i in range(out.shape[0]):
        for j in range(samples):
            out[i, j] = uniform01(seed, i, j)


def _table(seed: int, rows: int = 4096, samples: int = 64) -> np.ndarray:
    out = np.empty((rows, samples), np.float32)
    _fill(out, seed, samples)
    return out


def test_the_hash_equals_its_twin_for_small_large_and_negative_numbers():
    for triple in [(0, 0, 0), (1, 2, 3), (2**31, 2**32 - 1, 2**32 + 5), (-1, -7, 2**40 + 3)]:
        assert int(hash_u32(*triple)) == naive_world.hash_u32(*triple)


def test_numbers_fill_the_unit_interval_evenly():
    table = _table(7)
    assert table.min() >= 0.0 and table.max() < 1.0
    counts, _ = np.histogram(table, bins=256, range=(0.0, 1.0))
    assert stats.chisquare(counts).pvalue > 1e-3


def test_neighbouring_indices_samples_and_seeds_are_unrelated():
    table, other = _table(7), _table(8)
    limit = 4.5 / np.sqrt(table.size)
    for a, b in [(table[1:], table[:-1]), (table[:, 1:], table[:, :-1]), (table, other)]:
        assert abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < limit


def test_pairs_of_neighbours_fill_the_unit_square_evenly():
    table = _table(11)
    for a, b in [(table[1::2], table[::2]), (table[:, 1::2], table[:, ::2])]:
        counts, _, _ = np.histogram2d(a.ravel(), b.ravel(), bins=16, range=((0, 1), (0, 1)))
        assert stats.chisquare(counts.ravel()).pvalue > 1e-3


def test_every_input_bit_flips_every_output_bit_about_half_the_time():
    rng = np.random.default_rng(0)
    inputs = rng.integers(0, 2**32, (400, 3))
    for word in range(3):
        for bit in range(32):
            flipped = inputs.copy()
            flipped[:, word] ^= 1 << bit
            changed = [
                int(hash_u32(*map(int, p))) ^ int(hash_u32(*map(int, q)))
                for p, q in zip(inputs, flipped, strict=True)
            ]
            share = np.mean([[c >> k & 1 for k in range(32)] for c in changed], axis=0)
            assert share.min() > 0.35 and share.max() < 0.65  # 6 standard deviations of 400 fair coins
