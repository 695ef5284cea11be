"""Which pixels get more samples: those that show another thing in another light than a neighbour."""

# mypy: allow-untyped-calls

import numpy as np
import pytest

from renderers.kernels.paths import LEAST_STEP, find_edges, tiled
from renderers.kernels.surface import S_NZ, room_for_surfaces

ACROSS, DOWN = 3, 2  # tiles
WEIGHTS = np.array([0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_edges_lie_where_neighbours_show_other_things_in_another_light(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = 64 * ACROSS * DOWN
    triangle = np.repeat(rng.integers(-1, 4, count // 4), 4).astype(np.int32)
    # All lie in one plane, so that materials alone tell things apart.
    material = np.array([0, 0, 1, 1], np.int16)
    radiance = rng.choice(np.array([0.02, 1.0, 1.04, 1.5], np.float32), (count, 1)) * np.ones(3, np.float32)
    surface = room_for_surfaces(count)
    surface[:] = 0.0
    surface[:, S_NZ] = 1.0
    edge = np.ones(count, np.bool_)
    find_edges(
        0, ACROSS * DOWN, ACROSS, np.tile(np.float32([0.0, 0.0, -1.0]), (count, 1)), np.full(count, np.float32(9.0)),
        np.zeros(count, np.int32), triangle, material, surface, radiance, np.float32(0.1), edge,
    )  # fmt: skip

    light = radiance.astype(np.float64) @ WEIGHTS
    wanted = np.zeros(count, np.bool_)
    for y, x in np.ndindex(8 * DOWN, 8 * ACROSS):
        r = tiled(x, y, ACROSS)
        for right, below in ((1, 0), (0, 1)):
            if x + right >= 8 * ACROSS or y + below >= 8 * DOWN:
                continue
            n = tiled(x + right, y + below, ACROSS)
            t, u = triangle[r], triangle[n]
            other = (t < 0) != (u < 0) or (t >= 0 and u >= 0 and material[t] != material[u])
            if other and abs(light[r] - light[n]) > LEAST_STEP * (min(light[r], light[n]) + 0.1):
                wanted[r] = True
                # Of another tile, which may be another thread's, nothing is written.
                wanted[n] |= r // 64 == n // 64
    assert (edge == wanted).all()
    assert 0.2 < wanted.mean() < 0.9
