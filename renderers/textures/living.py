"""Bark, leaves, fur and skin.  Renderers floor."""

import numpy as np

from renderers.textures.noise import Field, cells, grey, noise, unit
from renderers.textures.tile import Tile


def _bark(rng: np.random.Generator) -> tuple[Field, Field]:
    ridges = 1.0 - np.abs(noise(rng, 5, 60, 0.6, stretch=4.5))
    grain = noise(rng, 30, 256, 0.3, stretch=3.0)
    return grey(1.0 + 0.3 * (ridges - 0.2) + 0.12 * grain + 0.07 * noise(rng, 1, 6, 1.0)), unit(
        ridges + 0.2 * grain
    )


def _foliage(rng: np.random.Generator) -> tuple[Field, Field]:
    """Leaves over leaves: light ones in front, dark gaps between them."""
    across = 13
    near, second, leaf = cells(rng, across)
    tone = np.clip(0.95 + 0.34 * rng.standard_normal(across * across), 0.35, 1.75)
    hue = np.array((0.16, 0.0, 0.05)) * rng.standard_normal((across * across, 1))
    dome = np.clip((second - near) * 2.6, 0.0, 1.0) ** 0.7
    veins = 0.06 * noise(rng, 30, 160, 0.3)
    light = (0.22 + 0.95 * dome + veins)[..., None] * (tone[:, None] + hue)[leaf]
    return light, dome


def _needles(rng: np.random.Generator) -> tuple[Field, Field]:
    """Twigs side by side along v with needles across them."""
    twigs = noise(rng, 6, 60, 0.5, stretch=4.0)
    needles = noise(rng, 40, 256, 0.0)
    light = np.clip(1.0 + 0.34 * twigs + 0.30 * needles + 0.10 * noise(rng, 1, 6, 1.0), 0.12, 1.95)
    young = np.clip(twigs, 0.0, 2.0)[..., None] * np.array((0.05, 0.05, -0.03))
    return grey(light) + young, unit(twigs + 0.6 * needles)


def _fur(rng: np.random.Generator) -> tuple[Field, Field]:
    """Hair combed along v, in tufts, darker between them."""
    hairs = noise(rng, 24, 256, 0.2, stretch=5.0)
    tufts = noise(rng, 4, 40, 0.6, stretch=2.0)
    light = 1.0 + 0.17 * hairs + 0.13 * tufts + 0.08 * noise(rng, 1, 5, 1.0)
    warm = np.clip(tufts, -1.5, 1.5)[..., None] * np.array((0.05, 0.0, -0.04))
    return np.maximum(light, 0.25)[..., None] + warm, unit(hairs + 0.5 * tufts)


def _wool(rng: np.random.Generator) -> tuple[Field, Field]:
    """A fleece: curls in locks, dark where they part."""
    near, second, lock = cells(rng, 11)
    dome = np.clip((second - near) * 2.4, 0.0, 1.0) ** 0.6
    curls = noise(rng, 40, 200, 0.2)
    tone = 1.0 + 0.08 * rng.standard_normal(11 * 11)
    light = tone[lock] * (0.62 + 0.5 * dome) + 0.10 * curls + 0.06 * noise(rng, 1, 5, 1.0)
    return grey(np.maximum(light, 0.2)), np.clip(dome + 0.1 * curls, 0.0, 1.0)


def _skin(rng: np.random.Generator) -> tuple[Field, Field]:
    """Blood close below the surface in patches, pores over it."""
    flush, pores = noise(rng, 2, 24, 0.9), noise(rng, 60, 256, 0.1)
    light = 1.0 + 0.025 * noise(rng, 1, 10, 1.0) - 0.04 * np.maximum(pores, 0.0)
    return light[..., None] + flush[..., None] * np.array((0.02, -0.022, -0.018)), unit(-pores)


LIVING: dict[str, Tile] = {
    "bark": Tile(0.8, 0.020, _bark),
    "foliage": Tile(0.8, 0.030, _foliage),
    "needles": Tile(0.5, 0.015, _needles),
    "fur": Tile(0.35, 0.004, _fur),
    "wool": Tile(0.5, 0.015, _wool),
    "skin": Tile(0.25, 0.0005, _skin),
}
