"""Column arithmetic along short axes gives numpy's own results to the last bit: meshes must not change with it."""

import numpy as np
import pytest

from renderers import triples


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_columns_add_up_as_numpy_does_to_the_last_bit(kind: type[np.floating]) -> None:
    corner = np.random.default_rng(5).normal(size=(3001, 3, 3)).astype(kind)
    for axis in (1, -1):
        for ours, theirs in (
            (triples.total, np.sum),
            (triples.mean, np.mean),
            (triples.greatest, np.max),
            (triples.least, np.min),
        ):
            found = ours(corner, axis)
            assert found.dtype == kind
            assert np.array_equal(found, theirs(corner, axis=axis))
        assert np.array_equal(triples.some(corner > 0.8, axis), (corner > 0.8).any(axis=axis))
        assert np.array_equal(triples.every(corner > -0.8, axis), (corner > -0.8).all(axis=axis))
    assert np.array_equal(triples.length(corner), np.linalg.norm(corner, axis=-1))
    assert np.array_equal(triples.length(corner[..., :2]), np.linalg.norm(corner[..., :2], axis=-1))
    assert np.array_equal(triples.cross(corner[:, 0], corner[:, 1]), np.cross(corner[:, 0], corner[:, 1]))
    assert np.array_equal(
        triples.cross(corner[:, 0], (0.3, 0.2, 0.7)), np.cross(corner[:, 0], (0.3, 0.2, 0.7))
    )
    assert np.array_equal(
        triples.cross((1.0, 0.0, 0.0), corner[0, 0]), np.cross((1.0, 0.0, 0.0), corner[0, 0])
    )
