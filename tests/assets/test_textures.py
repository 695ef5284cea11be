"""Tiles: seamless, neutral on average, honest at every distance."""

import numpy as np
import pytest

from renderers.materials import MATERIALS
from renderers.textures import LEVELS, SIZE_PX, TILE_ID, TILES, atlas, tile_of_material


def level(tile: str, step: int) -> np.ndarray:
    pixels = SIZE_PX >> step
    start = atlas().offset[TILE_ID[tile], step]
    return atlas().texels[start : start + pixels * pixels].reshape(pixels, pixels, 4).astype(np.float64)


def test_the_atlas_holds_every_level_of_every_tile_once() -> None:
    made = atlas()
    assert made.offset.shape == (len(TILES), LEVELS)
    assert made.texels.shape == (len(TILES) * sum((SIZE_PX >> k) ** 2 for k in range(LEVELS)), 4)
    assert made.texels.dtype == np.uint8 and made.texels.flags.c_contiguous
    assert (made.size_m > 0).all() and (made.relief_m > 0).all()


@pytest.mark.parametrize("tile", TILES)
def test_a_texture_keeps_the_mean_colour_of_its_material(tile: str) -> None:
    assert level(tile, 0)[..., :3].mean(axis=(0, 1)) == pytest.approx(128.0, abs=1.0)
    assert level(tile, LEVELS - 1)[0, 0, :3] == pytest.approx(128.0, abs=1.0)


@pytest.mark.parametrize("tile", TILES)
def test_a_tile_has_no_seam(tile: str) -> None:
    texels = level(tile, 0)[..., :3]
    for axis in (0, 1):
        inside = np.abs(np.diff(texels, axis=axis)).mean(axis=(1 - axis, 2))
        seam = np.abs(texels.take(0, axis) - texels.take(-1, axis)).mean()
        assert seam <= inside.max() + 1.0


@pytest.mark.parametrize("tile", TILES)
def test_each_level_is_the_mean_of_the_finer_one(tile: str) -> None:
    for step in range(LEVELS - 1):
        fine = level(tile, step)
        mean = 0.25 * (fine[0::2, 0::2] + fine[1::2, 0::2] + fine[0::2, 1::2] + fine[1::2, 1::2])
        assert np.abs(mean - level(tile, step + 1)).max() <= 1.01  # both were rounded to bytes


@pytest.mark.parametrize("tile", TILES)
def test_a_tile_is_not_plain(tile: str) -> None:
    assert level(tile, 0)[..., :3].std() > 4.0
    assert level(tile, 0)[..., 3].std() > 4.0


def test_the_atlas_is_the_same_in_every_run() -> None:
    again = atlas.__wrapped__()
    assert (again.texels == atlas().texels).all() and (again.offset == atlas().offset).all()


def test_every_material_points_at_its_tile() -> None:
    rows = tile_of_material()
    for material, row in zip(MATERIALS, rows, strict=True):
        assert (row == -1) == (material.texture == "")
        assert row == -1 or list(TILES)[row] == material.texture
