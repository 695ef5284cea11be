"""Which rays of a tile are sent on, against what their surfaces say one by one."""

import numpy as np
import pytest

from renderers.kernels.marks import FILLED, LEAST_COAT, LEAST_METAL, SHARED_ROUGHNESS, TRACED, mark
from renderers.kernels.surface import (
    S_B,
    S_COAT,
    S_COAT_ROUGH,
    S_COLUMNS,
    S_F0,
    S_G,
    S_METAL,
    S_NX,
    S_NZ,
    S_R,
    S_ROUGH,
    S_THROUGH,
)


def expected(lane: int, way: np.ndarray, surface: np.ndarray, least: float) -> int:
    """The mark of one ray: the share that its coat or bare metal sends back, and who traces for whom."""
    nv = -float(surface[S_NX : S_NZ + 1] @ way) / float(np.linalg.norm(way))
    miss5 = (1.0 - min(max(nv, 0.0), 1.0)) ** 5
    coat, rough, f0, metal = (float(surface[c]) for c in (S_COAT, S_COAT_ROUGH, S_F0, S_METAL))
    bare = metal > LEAST_METAL and surface[S_ROUGH] < 0.25
    share = 1.0 if bare else coat * (f0 + (1.0 - 0.8 * rough - f0) * miss5)
    own = float(surface[[S_R, S_G, S_B]] @ [0.2126, 0.7152, 0.0722]) * (1.0 - metal)
    if not (coat > LEAST_COAT or bare) or share <= least * (1.0 + 5.0 * own):
        return 0
    row, column = divmod(lane, 8)
    first = row % 2 == 0 and column % 2 == 0  # of its square
    varnish = f0 > 0.03 and not bare and surface[S_THROUGH] <= 0.0 and share < 0.4
    other = (row // 2 + column // 2) % 2 == 1  # square of the other colour of a chess board
    if (varnish and not first) or (rough > SHARED_ROUGHNESS and (not first or other)):
        return FILLED
    return TRACED


@pytest.mark.parametrize("least", [0.035, 0.12, 2.0])
def test_marks_are_what_surfaces_say_one_by_one(least: float) -> None:
    """Of dull, varnished, wet and metal surfaces; the second tile of two, so that places are not taken for lanes."""
    chance = np.random.default_rng(5)
    seen = set()
    for _ in range(40):
        surface = np.zeros((2, S_COLUMNS, 64), np.float32)
        normal = chance.normal(size=(3, 64))
        surface[1, S_NX : S_NZ + 1] = normal / np.linalg.norm(normal, axis=0)
        surface[1, S_R : S_B + 1] = chance.uniform(0.0, 0.9, (3, 64))
        surface[1, S_ROUGH] = chance.uniform(0.0, 1.0, 64)
        surface[1, S_METAL] = chance.choice([0.0, 0.2, 0.9], 64)
        surface[1, S_COAT] = chance.choice([0.0, 0.04, 0.6, 1.0], 64)
        surface[1, S_COAT_ROUGH] = chance.choice([0.03, 0.05, 0.2], 64)
        surface[1, S_F0] = chance.choice([0.02, 0.04], 64)
        surface[1, S_THROUGH] = chance.choice([-1.0, 0.0, 0.7], 64)
        way = chance.normal(size=(128, 3)).astype(np.float32)
        shiny, pane = np.full(128, 9, np.uint8), np.zeros(128, np.bool_)
        weight, rough = np.ones(128, np.float32), np.ones(128, np.float32)
        mark(
            64, way.reshape(-1), surface.reshape(-1), np.float32(least), shiny, pane, weight, rough,
            np.empty(64, np.int32),
        )  # fmt: skip
        found = [expected(k, way[64 + k], surface[1, :, k], least) for k in range(64)]
        assert shiny[64:].tolist() == found
        assert (pane[64:] == (surface[1, S_THROUGH] > 0)).all() and (weight[64:] == 0).all()
        assert (rough[64:] == surface[1, S_COAT_ROUGH]).all()
        assert (shiny[:64] == 9).all() and (weight[:64] == 1).all()
        seen |= set(found)
    assert seen == ({0} if least > 1.0 else {0, TRACED, FILLED})
