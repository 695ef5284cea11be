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
    return _slabs(rng, 6, 6, 0.085)


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


def _runs_of_dirt(rng: np.random.Generator) -> Field:
    """How thickly rain has drawn dirt down a wall: streaks of many breadths, in some places only."""
    streaks = noise(rng, 5, 160, 0.55, stretch=16.0)
    where = np.clip(0.45 + 0.6 * noise(rng, 1, 7, 1.0), 0.0, 1.4)
    runs: Field = np.clip(streaks - 0.25, 0.0, 2.2) * where
    return runs


def _plaster_weathered(rng: np.random.Generator) -> tuple[Field, Field]:
    """Plaster on the weather side: runs of dirt, hair cracks, mended places and the plugs that scaffolds leave."""
    grain = noise(rng, 70, 256, 0.25)
    clouds = noise(rng, 1, 16, 0.9)
    light = 1.0 + 0.055 * grain + 0.055 * clouds + 0.03 * noise(rng, 16, 70, 0.5)
    v, u = across(1, 1)
    for _ in range(
        9
    ):  # mended with another trowel: a tone of its own, its edge blurred over some centimetres
        at_u, at_v = rng.random(2)
        half_u, half_v = rng.uniform(0.015, 0.10, 2)
        off_u, off_v = (np.abs((a - b + 0.5) % 1.0 - 0.5) for a, b in ((u, at_u), (v, at_v)))
        inside = np.clip((half_u - off_u) / 0.006, 0.0, 1.0) * np.clip((half_v - off_v) / 0.006, 0.0, 1.0)
        light = light * (1.0 + rng.choice((-1.0, 1.0)) * rng.uniform(0.05, 0.12) * inside)
    # A contour line of smooth noise, kept in patches, wanders like a crack.
    crack = np.exp(-((noise(rng, 2, 40, 1.2) / 0.028) ** 2)) * (noise(rng, 1, 4, 1.0) > 0.55)
    row, column = across(4, 3)
    plug = np.exp(-(((column % 1.0 - 0.5) / 3) ** 2 + ((row % 1.0 - 0.5) / 4) ** 2) / 0.004**2)
    shade = 0.13 * _runs_of_dirt(rng) + 0.34 * crack + 0.22 * plug
    color = light[..., None] * (1.0 - shade[..., None] * np.array((0.94, 0.97, 1.06)))
    return color, np.clip(unit(grain) - 0.5 * crack, 0.0, 1.0)


def _brick_weathered(rng: np.random.Generator) -> tuple[Field, Field]:
    """A wall of old brick: burnt unevenly, repointed in places, sooty, with lime that rain has washed out."""
    inside, stone = bricks(16, 48, 0.045, 0.14)
    count = 16 * 48
    burnt = (rng.random(count) < 0.07) * rng.uniform(0.25, 0.5, count)
    tone = np.clip(1.0 + 0.15 * rng.standard_normal(count) - burnt, 0.35, 1.6)
    hue = 0.06 * rng.standard_normal((count, 3))
    grain = 0.09 * noise(rng, 60, 256, 0.3) + 0.06 * noise(rng, 1, 14, 0.9)
    fresh = np.clip(noise(rng, 1, 5, 1.0) * 3.0, 0.0, 1.0)[
        ..., None
    ]  # where joints were raked out and filled anew
    mortar = (np.array((1.1, 1.55, 1.65)) + 0.55 * fresh) * (1.0 + 0.08 * noise(rng, 60, 256, 0.2))[..., None]
    weight = inside[..., None]
    face = (tone[:, None] + hue)[stone] + grain[..., None]
    color = face * weight + mortar * (1.0 - weight) * 0.9
    lime = np.clip(noise(rng, 2, 30, 0.9) - 1.0, 0.0, 1.0)[..., None] * np.array((0.5, 0.95, 1.1))
    color = (color + lime) * (1.0 - 0.17 * _runs_of_dirt(rng)[..., None])
    return color, np.clip(0.15 + 0.75 * inside + 0.4 * grain, 0.0, 1.0)


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


def _room(rng: np.random.Generator) -> tuple[Field, Field]:
    """Lit rooms behind windows: light falling off from lamps, furniture before it, curtains in folds; panes bulge."""
    falls_off = 1.0 + 0.42 * noise(rng, 2, 9, 1.4)
    furniture = np.where(noise(rng, 3, 24, 1.1) > 0.7, 0.30, 1.0)
    folds = 1.0 + 0.22 * np.sin(2.0 * np.pi * (across(1, 1)[1] * 34.0 + 0.6 * noise(rng, 1, 12, 1.0)))
    drawn = 1.0 / (1.0 + np.exp(-6.0 * noise(rng, 1, 5, 1.2)))  # curtains hide what is behind
    light = drawn * 0.8 * folds + (1.0 - drawn) * falls_off * furniture
    return grey(np.maximum(light, 0.08)), unit(noise(rng, 1, 7, 1.5))


BUILT: dict[str, Tile] = {
    "room": Tile(7.0, 0.0008, _room),
    "concrete": Tile(3.0, 0.004, _concrete),
    "paving": Tile(2.4, 0.006, _paving),
    "brick": Tile(1.8, 0.008, _brick),
    "plaster": Tile(3.0, 0.003, _plaster),
    "plaster_weathered": Tile(7.5, 0.003, _plaster_weathered),
    "brick_weathered": Tile(3.6, 0.008, _brick_weathered),
    "roof_tile": Tile(2.8, 0.050, _roof_tile),
    "panels": Tile(5.0, 0.010, _panels),
    "wall_tile": Tile(1.8, 0.002, _wall_tile),
    "ashlar": Tile(2.4, 0.010, _ashlar),
    "corrugated": Tile(1.6, 0.035, _corrugated),
}
