"""Penumbrae that are softened over the pixels of one surface."""

import numpy as np
import pytest
from numpy.typing import NDArray

from renderers.kernels.shadow_rays import soften
from renderers.kernels.surface import S_NX, S_NZ, room_for_surfaces

ACROSS, WIDTH, HEIGHT = 3, 19, 13  # the last tiles hang over the picture's rim


def softened(
    hard: NDArray[np.float32],
    triangle: NDArray[np.int32],
    place: NDArray[np.float32],
    normal: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Pixel by pixel, of pictures (HEIGHT, WIDTH, ...)."""
    soft = hard.copy()
    for y, x in np.argwhere(triangle >= 0):
        near = 0.03 + 0.004 * np.linalg.norm(place[y, x])
        seen: list[float] = []
        steps = 0
        for j in range(max(y - 2, 0), min(y + 2, HEIGHT)):
            row: list[float] = []
            for i in range(max(x - 2, 0), min(x + 2, WIDTH)):
                away = abs((place[j, i] - place[y, x]) @ normal[y, x])
                if triangle[j, i] < 0 or (triangle[j, i] != triangle[y, x] and away > near):
                    continue
                row.append(hard[j, i])
                steps += int(j > max(y - 2, 0) and hard[j - 1, i] != hard[j, i])
            steps += int(np.count_nonzero(np.diff(row)))
            seen += row
        soft[y, x] += (np.mean(seen) - hard[y, x]) * np.clip(0.34 * (steps - 3), 0.0, 1.0)
    return soft


@pytest.mark.parametrize("seed", range(3))
def test_penumbrae_are_means_over_four_by_four_pixels_of_one_surface(seed: int) -> None:
    draw = np.random.default_rng(seed)
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    lane = ((y >> 3) * ACROSS + (x >> 3)) * 64 + ((y & 7) << 3) + (x & 7)
    tiles = 2 * ACROSS
    hard = draw.integers(0, 2, 64 * tiles).astype(np.float32)
    triangle = draw.integers(-1, 3, 64 * tiles).astype(np.int32)
    place = draw.normal(size=(64 * tiles, 3)) * [1.0, 1.0, 0.05] + [0.0, 0.0, 5.0]
    range_m = np.linalg.norm(place, axis=1)
    direction = (place / range_m[:, None]).astype(np.float32)
    reach = np.where(triangle < 0, np.inf, range_m).astype(np.float32)
    surface = room_for_surfaces(64 * tiles)
    surface[:] = 0.0
    surface[:, S_NX], surface[:, S_NZ] = 0.6, 0.8
    soft = np.empty(64 * tiles, np.float32)
    which = np.arange(tiles, dtype=np.int64)
    soften(0, tiles, which, ACROSS, WIDTH, HEIGHT, direction, reach, triangle, surface, hard, soft)
    normal = np.broadcast_to([0.6, 0.0, 0.8], (HEIGHT, WIDTH, 3))
    expected = softened(hard[lane], triangle[lane], place[lane], normal)
    met = triangle[lane] >= 0
    np.testing.assert_allclose(soft[lane][met], expected[met], atol=1e-6)
    assert np.count_nonzero(expected[met] % 1.0) > 20
