"""Small images drawn up to a picture's width while it is worked on: renderers.kernels.drawn_up."""

# mypy: allow-untyped-calls

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from renderers.kernels.drawn_up import BLOCK
from renderers.kernels.droplets import look_through

HEIGHT = 48


def _drawn_up(image: NDArray[np.float32], scale: int, width: int) -> NDArray[np.float64]:
    """(HEIGHT, width, C) of an image whose cells stand for `scale` pixels each, bilinearly."""
    drawn = image.astype(np.float64)
    for axis, size in ((0, HEIGHT), (1, width)):
        at = np.clip((np.arange(size) + 0.5) / scale - 0.5, 0, drawn.shape[axis] - 1)
        first = np.minimum(at.astype(int), drawn.shape[axis] - 2)
        share = np.expand_dims(at - first, (1, 2) if axis == 0 else (0, 2))
        drawn = drawn.take(first, axis) * (1 - share) + drawn.take(first + 1, axis) * share
    return drawn


@pytest.mark.parametrize("width", [30, BLOCK, BLOCK + 22])
def test_pictures_behind_glass_are_those_of_whole_images(width: int) -> None:
    """Of widths that fill no block, one and more than one, in one piece or in several."""
    chance = np.random.default_rng(4)
    image = chance.random((HEIGHT, width, 3), dtype=np.float32)
    layer = chance.random((HEIGHT // 3, -(-width // 3), 4), dtype=np.float32)
    film = chance.random((HEIGHT // 8, -(-width // 8), 4), dtype=np.float32)
    soft, drops = _drawn_up(film, 8, width), _drawn_up(layer, 3, width)
    behind = image + (soft[..., :3] - image) * soft[..., 3:]
    expected = behind * (1 - drops[..., 3:]) + drops[..., :3]

    pictures = []
    for cuts in ([0, HEIGHT], [0, 5, 6, 29, HEIGHT]):
        picture, hidden = image.copy(), np.empty((HEIGHT, width), np.float32)
        for start, stop in pairwise(cuts):
            look_through(start, stop, layer, 3, film, 8, picture, hidden)
        np.testing.assert_allclose(picture, expected, atol=2e-5)
        np.testing.assert_allclose(hidden, drops[..., 3], atol=2e-5)
        pictures.append(picture.tobytes())
    assert pictures[0] == pictures[1]
