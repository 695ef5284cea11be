"""Cloth, wood, rubber, metal and paint.  Renderers floor."""

import numpy as np

from renderers.textures.noise import Field, across, cells, grey, noise, unit
from renderers.textures.tile import Tile


def _fabric(rng: np.random.Generator) -> tuple[Field, Field]:
    v, u = across(1, 1)
    twill = np.cos(2.0 * np.pi * (u + v) * 90.0)
    folds = noise(rng, 2, 16, 1.0)
    return grey(1.0 + 0.06 * twill + 0.07 * folds + 0.04 * noise(rng, 60, 256, 0.2)), unit(
        folds + 0.3 * twill
    )


def _wood(rng: np.random.Generator) -> tuple[Field, Field]:
    """Planks side by side along v: rings drawn out to grain, a tone and some knots to each."""
    _, u = across(1, 5)
    plank = np.floor(u).astype(np.int64) % 5
    tone = 1.0 + 0.09 * rng.standard_normal(5)
    warp = noise(rng, 1, 10, 1.1, stretch=3.0)
    grain = np.sin(2.0 * np.pi * (u * 7.0 + 0.55 * warp + 3.1 * plank))
    fibre = noise(rng, 30, 256, 0.2, stretch=9.0)
    gap = np.exp(-((np.minimum(u % 1.0, 1.0 - u % 1.0) / 0.018) ** 2))
    light = tone[plank] * (1.0 + 0.09 * grain + 0.07 * fibre) * (1.0 - 0.6 * gap)
    warm = 0.03 * grain[..., None] * np.array((0.6, 0.0, -0.8))
    return grey(light) + warm, np.clip(0.6 + 0.08 * grain + 0.06 * fibre - 0.6 * gap, 0.0, 1.0)


def _rubber(rng: np.random.Generator) -> tuple[Field, Field]:
    """Dull, with dust in the grain."""
    grain, dust = noise(rng, 50, 256, 0.2), np.clip(noise(rng, 2, 30, 0.9), -1.0, 2.0)
    return grey(1.0 + 0.10 * grain) + 0.10 * dust[..., None] * np.array((1.05, 1.0, 0.9)), unit(grain)


def _flakes(rng: np.random.Generator) -> tuple[Field, Field]:
    """Aluminium flakes in paint: each lies a little otherwise and is a little brighter or darker."""
    _, _, flake = cells(rng, 170, jitter=1.0)
    tilt = np.clip(rng.standard_normal(170 * 170), -1.5, 3.0)
    return grey(1.0 + 0.11 * tilt[flake]), unit(tilt[flake])


def _spangle(rng: np.random.Generator) -> tuple[Field, Field]:
    """Zinc that froze in flowers, weathered grey."""
    _, _, flower = cells(rng, 24, jitter=1.0)
    tone = 0.07 * rng.standard_normal(24 * 24)
    light = 1.0 + tone[flower] + 0.03 * noise(rng, 40, 256, 0.2) + 0.05 * noise(rng, 1, 10, 1.0)
    return grey(light), unit(tone[flower] + 0.02 * noise(rng, 40, 256, 0.2))


def _rust(rng: np.random.Generator) -> tuple[Field, Field]:
    """Scale in patches, some flaked down to dark metal, with orange dust between."""
    patch, scale, grain = noise(rng, 2, 14, 0.8), noise(rng, 12, 70, 0.6), noise(rng, 70, 256, 0.0)
    flaked = np.clip(0.9 * patch + 0.5 * scale - 0.9, 0.0, 1.0)
    dust = np.clip(-0.6 * patch + 0.4 * scale, 0.0, 1.5)
    light = 1.0 + 0.10 * scale + 0.06 * grain - 0.45 * flaked
    color = light[..., None] + 0.16 * dust[..., None] * np.array((1.0, 0.55, 0.1))
    return color, unit(0.5 * scale + 0.15 * grain - 0.8 * flaked)


MADE: dict[str, Tile] = {
    "rust": Tile(0.5, 0.001, _rust),
    "fabric": Tile(0.4, 0.002, _fabric),
    "wood": Tile(0.7, 0.003, _wood),
    "rubber": Tile(0.4, 0.001, _rubber),
    "flakes": Tile(0.12, 0.0001, _flakes),
    "spangle": Tile(0.6, 0.0003, _spangle),
}
