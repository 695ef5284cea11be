"""Walls and roofs.  Renderers floor."""

import numpy as np

from renderers.textures.noise import Field, across, bricks, grey, noise, unit
from renderers.textures.tile import Tile


def _concrete(rng: np.random.Generator) -> tuple[Field, Field]:
    cloud = noise(rng, 1, 30, 1.1)
    grain = noise(rng, 60, 256, 0.3)
    runs = noise(rng, 6, 60, 0.7, stretch=12.0)
    pores = np.maximum(noise(rng, 40, 160, 0.2) - 2.2, 0.0)
    return grey(1.0 + 0.06 * cloud + 0.06 * grain + 0.03 * runs - 0.25 * pores), unit(
        cloud * 0.3 + grain - 2.0 * pores
    )


def _slabs(rng: np.random.Generator, columns: int, rows: int, spread: float) -> tuple[Field, Field]:
    inside, stone = bricks(columns, rows, 0.014 * columns / 4, 0.014 * rows / 4)
    tone = 1.0 + spread * rng.standard_normal(columns * rows)
    grain = noise(rng, 50, 256, 0.2)
    light = tone[stone] * (0.42 + 0.58 * inside) + 0.07 * grain + 0.05 * noise(rng, 1, 12, 1.0)
    return grey(light), np.clip(inside * 0.85 + 0.05 * grain, 0.0, 1.0)


def _paving(rng: np.random.Generator) -> tuple[Field, Field]:
    return _slabs(rng, 6, 6, 0.06)


def _brick(rng: np.random.Generator) -> tuple[Field, Field]:
    inside, stone = bricks(8, 24, 0.045, 0.14)
    tone = 1.0 + 0.16 * rng.standard_normal(192)
    hue = 0.05 * rng.standard_normal((192, 3))
    grain = 0.08 * noise(rng, 40, 256, 0.3) + 0.04 * noise(rng, 1, 10, 1.0)
    face = (tone[:, None] + hue)[stone] + grain[..., None]
    mortar = np.array((1.25, 1.85, 2.0)) * (1.0 + 0.08 * noise(rng, 60, 256, 0.2))[..., None]
    weight = inside[..., None]
    return face * weight + mortar * (1.0 - weight) * 0.9, np.clip(
        0.15 + 0.75 * inside + 0.4 * grain, 0.0, 1.0
    )


def _plaster(rng: np.random.Generator) -> tuple[Field, Field]:
    grain = noise(rng, 70, 256, 0.4)
    runs = noise(rng, 3, 50, 0.8, stretch=12.0)
    light = 1.0 + 0.035 * grain + 0.04 * noise(rng, 1, 12, 1.2) + 0.025 * runs
    return grey(light), unit(grain)


def _roof_tile(rng: np.random.Generator) -> tuple[Field, Field]:
    rows, columns = 8, 12
    v, u = across(rows, columns)
    wave = 0.5 + 0.5 * np.cos(2.0 * np.pi * u)
    drop = v % 1.0
    tone = 1.0 + 0.12 * rng.standard_normal((rows, columns))
    light = tone[np.floor(v).astype(np.int64), np.floor(u).astype(np.int64)]
    light = light * (0.72 + 0.38 * wave) * (1.0 - 0.55 * np.exp(-drop / 0.05)) + 0.07 * noise(
        rng, 30, 256, 0.3
    )
    return grey(light), np.clip(0.6 * wave + 0.4 * (1.0 - drop), 0.0, 1.0)


def _panels(rng: np.random.Generator) -> tuple[Field, Field]:
    """Cast concrete panels with open joints, tie holes and runs of dirt below them."""
    v, u = across(2, 2)
    joint = np.exp(-((np.minimum(u % 1.0, 1.0 - u % 1.0) / 0.008) ** 2)) + np.exp(
        -((np.minimum(v % 1.0, 1.0 - v % 1.0) / 0.008) ** 2)
    )
    hole = np.zeros_like(u)
    for x in (0.25, 0.75):
        for y in (0.25, 0.75):
            hole += np.exp(-(((u % 1.0 - x) ** 2 + (v % 1.0 - y) ** 2) / 0.00025))
    cast, heights = _concrete(rng)
    tone = 1.0 + 0.05 * rng.standard_normal((2, 2))
    light = cast * tone[np.floor(v).astype(np.int64) % 2, np.floor(u).astype(np.int64) % 2][..., None]
    cut = np.clip(joint + hole, 0.0, 1.0)
    return light * (1.0 - 0.55 * cut)[..., None], np.clip(0.3 + 0.4 * heights - 0.6 * cut + 0.3, 0.0, 1.0)


def _wall_tile(rng: np.random.Generator) -> tuple[Field, Field]:
    """Glazed tiles in a straight grid."""
    rows = columns = 12
    v, u = across(rows, columns)
    edge = np.minimum(np.minimum(u % 1.0, 1.0 - u % 1.0), np.minimum(v % 1.0, 1.0 - v % 1.0))
    inside = np.clip(edge / 0.035 - 0.4, 0.0, 1.0)
    tone = 1.0 + 0.045 * rng.standard_normal((rows, columns))
    light = tone[np.floor(v).astype(np.int64), np.floor(u).astype(np.int64)] * (0.6 + 0.4 * inside)
    return grey(light + 0.015 * noise(rng, 1, 12, 1.0)), inside


def _ashlar(rng: np.random.Generator) -> tuple[Field, Field]:
    """Cut stone in courses."""
    inside, stone = bricks(4, 8, 0.012, 0.024)
    tone = 1.0 + 0.09 * rng.standard_normal(32)
    hue = 0.025 * rng.standard_normal((32, 1)) * np.array((1.0, 0.2, -1.0))
    face = 0.09 * noise(rng, 20, 256, 0.4) + 0.05 * noise(rng, 1, 12, 1.0)
    light = (tone[:, None] + hue)[stone] * (0.55 + 0.45 * inside)[..., None] + face[..., None]
    return light, np.clip(0.2 + 0.6 * inside + 0.8 * face, 0.0, 1.0)


def _corrugated(rng: np.random.Generator) -> tuple[Field, Field]:
    """Trapezoidal sheet, its ribs upright."""
    _, u = across(1, 8)
    phase = u % 1.0
    rib = np.clip(np.minimum(phase, 1.0 - phase) * 8.0 - 1.2, 0.0, 1.0)
    runs = noise(rng, 4, 60, 0.8, stretch=14.0)
    light = 0.9 + 0.14 * rib + 0.03 * runs + 0.02 * noise(rng, 60, 256, 0.2)
    return grey(light), rib


BUILT: dict[str, Tile] = {
    "concrete": Tile(3.0, 0.004, _concrete),
    "paving": Tile(2.4, 0.006, _paving),
    "brick": Tile(1.8, 0.008, _brick),
    "plaster": Tile(3.0, 0.003, _plaster),
    "roof_tile": Tile(2.8, 0.050, _roof_tile),
    "panels": Tile(5.0, 0.010, _panels),
    "wall_tile": Tile(1.8, 0.002, _wall_tile),
    "ashlar": Tile(2.4, 0.010, _ashlar),
    "corrugated": Tile(1.6, 0.035, _corrugated),
}
