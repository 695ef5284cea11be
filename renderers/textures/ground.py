"""Roads and soil.  Renderers floor."""

import numpy as np

from renderers.textures.noise import Field, across, cells, grey, noise, unit
from renderers.textures.tile import Tile


def _asphalt(rng: np.random.Generator) -> tuple[Field, Field]:
    stones = noise(rng, 90, 256, -0.2)  # aggregate of 8-20 mm in a tile of 4 m: at the limit of the texels
    stains = noise(rng, 1, 7, 1.2)
    streaks = noise(rng, 2, 40, 0.8, stretch=0.35)
    # Rollers and traffic leave stones lying close here and apart there: what is left of the grain from 10 m on.
    mottle = noise(rng, 14, 80, 0.2)  # nothing longer, or tiles would show
    light = 1.0 + 0.17 * stones + 0.24 * np.maximum(stones - 1.1, 0.0)
    light = light + 0.05 * stains + 0.035 * streaks + 0.06 * mottle
    tone = noise(rng, 60, 200, 0.0)[..., None] * np.array((0.03, 0.0, -0.03))
    return grey(light) + tone, unit(stones + 0.4 * stains)


def _asphalt_worn(rng: np.random.Generator) -> tuple[Field, Field]:
    light, height = _asphalt(rng)
    path = noise(rng, 2, 60, 1.1)
    # A contour line of smooth noise, kept in patches, meanders and breaks off like a crack.
    crack = np.exp(-((path / 0.022) ** 2)) * (noise(rng, 1, 5, 1.0) > 0.35)
    return light * (1.0 - 0.5 * crack)[..., None], np.clip(height - 0.6 * crack, 0.0, 1.0)


def _gravel(rng: np.random.Generator) -> tuple[Field, Field]:
    near, second, stone = cells(rng, 44)
    tone = np.clip(1.0 + 0.26 * rng.standard_normal(44 * 44), 0.45, 1.7)
    hue = 0.05 * rng.standard_normal((44 * 44, 3))
    dome = np.clip((second - near) * 2.2, 0.0, 1.0) ** 0.6
    grain = 0.06 * noise(rng, 60, 256, 0.2)[..., None]
    light = (0.45 + 0.7 * dome)[..., None] * (tone[:, None] + hue)[stone] + grain
    return light, dome


def _soil(rng: np.random.Generator) -> tuple[Field, Field]:
    crumbs = noise(rng, 20, 256, 0.5)
    light = 1.0 + 0.22 * crumbs + 0.12 * noise(rng, 1, 15, 1.0)
    return grey(light), unit(crumbs)


def _grass(rng: np.random.Generator) -> tuple[Field, Field]:
    blades = noise(rng, 50, 256, 0.1, stretch=1.6)
    tufts = noise(rng, 8, 40, 0.7)
    patches = noise(rng, 1, 6, 1.0)
    light = 1.0 + 0.30 * blades + 0.17 * tufts + 0.10 * patches
    dry = np.clip(0.5 + 0.5 * noise(rng, 2, 30, 1.0), 0.0, 1.0)[..., None]
    tint = 1.0 + dry * np.array((0.34, 0.10, 0.05)) + (1.0 - dry) * np.array((-0.12, 0.02, -0.05))
    return np.maximum(light, 0.15)[..., None] * tint, unit(blades + tufts)


def _cobble(rng: np.random.Generator) -> tuple[Field, Field]:
    near, second, stone = cells(rng, 14, jitter=0.3)
    tone = 1.0 + 0.14 * rng.standard_normal(14 * 14)
    hue = 0.035 * rng.standard_normal((14 * 14, 3))
    dome = np.clip((second - near) * 2.6, 0.0, 1.0) ** 0.5
    grain = 0.07 * noise(rng, 50, 256, 0.2)[..., None]
    light = (0.3 + 0.8 * dome)[..., None] * (tone[:, None] + hue)[stone] + grain
    return light, dome


def _asphalt_new(rng: np.random.Generator) -> tuple[Field, Field]:
    """Fresh stone mastic: dark, with open voids between the stones, every stone still coated."""
    near, second, stone = cells(rng, 150, jitter=1.0)
    dome = np.clip((second - near) * 2.4, 0.0, 1.0)
    shade = 1.0 + 0.10 * rng.standard_normal(150 * 150)
    light = (0.55 + 0.6 * dome) * shade[stone] + 0.04 * noise(rng, 1, 8, 1.1) + 0.05 * noise(rng, 12, 60, 0.3)
    return grey(light), np.clip(dome + 0.05 * noise(rng, 60, 200, 0.2), 0.0, 1.0)


def _asphalt_cracked(rng: np.random.Generator) -> tuple[Field, Field]:
    """Worn out: alligator cracks where wheels pass, fine ones elsewhere, stones polished bare."""
    light, height = _asphalt_worn(rng)
    near, second, _ = cells(rng, 22, jitter=1.0)
    where = np.clip(noise(rng, 1, 5, 1.0) + 0.25, 0.0, 1.0)
    crack = np.exp(-(((second - near) / 0.055) ** 2)) * where
    dust = 0.06 * np.clip(noise(rng, 2, 20, 1.0), -1.0, 1.5)
    return light * (1.0 - 0.55 * crack)[..., None] + dust[..., None] * np.array((1.1, 1.0, 0.85)), np.clip(
        height - 0.7 * crack, 0.0, 1.0
    )


def _snow(rng: np.random.Generator) -> tuple[Field, Field]:
    """Old snow: drifts, crusts and grains, blue where it is hollow."""
    drifts, crust, grain = noise(rng, 2, 14, 1.2), noise(rng, 12, 70, 0.6), noise(rng, 70, 256, 0.0)
    hollow = np.clip(-0.6 * drifts - 0.5 * crust, 0.0, 2.0)
    light = 1.0 + 0.03 * drifts + 0.05 * crust + 0.05 * grain
    color = light[..., None] - hollow[..., None] * np.array((0.075, 0.06, 0.035))
    return color, unit(drifts + 0.7 * crust + 0.12 * grain)


def _sand(rng: np.random.Generator) -> tuple[Field, Field]:
    ripples = np.sin(2.0 * np.pi * (across(1, 1)[0] * 14.0 + 0.5 * noise(rng, 1, 6, 1.0)))
    grain = noise(rng, 80, 256, 0.0)
    light = 1.0 + 0.05 * ripples + 0.10 * grain + 0.06 * noise(rng, 1, 12, 1.0)
    return grey(light), unit(ripples + 0.3 * grain)


GROUND: dict[str, Tile] = {
    "asphalt": Tile(4.0, 0.004, _asphalt),
    "asphalt_worn": Tile(6.0, 0.006, _asphalt_worn),
    "grass": Tile(3.0, 0.050, _grass),
    "gravel": Tile(1.2, 0.015, _gravel),
    "soil": Tile(2.0, 0.020, _soil),
    "cobble": Tile(1.7, 0.020, _cobble),
    "asphalt_new": Tile(3.0, 0.005, _asphalt_new),
    "asphalt_cracked": Tile(6.0, 0.008, _asphalt_cracked),
    "snow": Tile(3.0, 0.025, _snow),
    "sand": Tile(2.0, 0.015, _sand),
}
