"""Tiles of texture, made once from noise and kept as one mip-mapped atlas.  Renderers floor.

A noise function for every pixel is too dear, so each `TILES` entry is a seamless square of 512 x 512 texels
that repeats every `size_m` metres in the mesh's uv.  A texel multiplies the material's colour: byte 128
means 1.0, the mean of a tile is 1.0, so a texture never changes how bright or how reflective a surface is
on average.  The fourth byte is height: `height / 255 * relief_m` metres (wet roads fill the low texels
first).

How to sample, for a footprint of `f` metres on the surface (pixel pitch times distance / focal length /
cosine):

    level = clamp(log2(f * 512 / size_m), 0, LEVELS - 1)       nearest level, or mix the two neighbours
    n     = 512 >> level
    x, y  = floor(u / size_m * n) mod n, floor(v / size_m * n) mod n
    texel = texels[offset[tile, level] + y * n + x]

Levels are means over 2 x 2 texels of the linear multiplier, so level 9 is one texel close to (128, 128, 128).
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from renderers.materials import MATERIALS
from renderers.shelf import Piece, kept
from scenarios.chance import stream

Field = NDArray[np.float64]  # (SIZE_PX, SIZE_PX) or with a colour axis

SIZE_PX = 512
LEVELS = 10  # 512, 256, ... 1
SOURCES = ("renderers/textures.py", "scenarios/chance.py")
NEUTRAL = 128  # the byte that multiplies by one


@dataclass(frozen=True, slots=True)
class TextureAtlas:
    """All tiles in one array; K tiles, L levels."""

    texels: NDArray[np.uint8]  # (N, 4) rgb multiplier with 128 = 1.0, and height
    offset: NDArray[np.int64]  # (K, L) first texel of a tile's level; rows of `SIZE_PX >> level`
    size_px: NDArray[np.int32]  # (K,) texels along a side of level 0
    size_m: NDArray[np.float32]  # (K,) metres along a side
    relief_m: NDArray[np.float32]  # (K,) height of byte 255 over byte 0


@dataclass(frozen=True, slots=True)
class Tile:
    """How a tile is made: `paint` gives colour (512, 512, 3) about 1.0 and height (512, 512) in [0, 1]."""

    size_m: float
    relief_m: float
    paint: Callable[[np.random.Generator], tuple[Field, Field]]


# --- Noise --------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _frequency() -> Field:
    """Cycles per tile at each coefficient of a real 2-D transform."""
    fy = np.fft.fftfreq(SIZE_PX, 1.0 / SIZE_PX)
    fx = np.fft.rfftfreq(SIZE_PX, 1.0 / SIZE_PX)
    frequency: Field = np.hypot(fy[:, None], fx[None, :])
    return frequency


def _noise(
    rng: np.random.Generator, low: float, high: float, slope: float = 1.0, stretch: float = 1.0
) -> Field:
    """Seamless noise of unit variance between two frequencies (cycles per tile), amplitude ~ f^-slope.

    `stretch` > 1 draws features out along v by that factor.
    """
    frequency = _frequency()
    if stretch != 1.0:
        fy = np.fft.fftfreq(SIZE_PX, 1.0 / SIZE_PX) * stretch
        frequency = np.hypot(fy[:, None], np.fft.rfftfreq(SIZE_PX, 1.0 / SIZE_PX)[None, :])
    band = np.where((frequency >= low) & (frequency <= high), np.maximum(frequency, 1.0) ** -slope, 0.0)
    phase = np.exp(2j * np.pi * rng.random(band.shape, np.float32))
    field: Field = np.fft.irfft2(band * phase, s=(SIZE_PX, SIZE_PX))
    field -= field.mean()
    field /= max(float(field.std()), 1e-12)
    return field


def _across(rows: int, columns: int) -> tuple[Field, Field]:
    """(v, u) of every texel, counted in rows and columns."""
    v, u = np.mgrid[0:SIZE_PX, 0:SIZE_PX] / SIZE_PX
    return v * rows, u * columns


def _cells(
    rng: np.random.Generator, across: int, jitter: float = 0.9
) -> tuple[Field, Field, NDArray[np.int64]]:
    """Distance to the nearest and second nearest of a jittered grid of seeds, in cells; the nearest's number."""
    i, j = np.meshgrid(np.arange(across), np.arange(across), indexing="ij")
    x = (j + 0.5 * (i % 2) + 0.5 + jitter * (rng.random(j.shape) - 0.5)) * (SIZE_PX / across)
    y = (i + 0.5 + jitter * (rng.random(i.shape) - 0.5)) * (SIZE_PX / across)
    seeds = np.stack([np.mod(x, SIZE_PX), np.mod(y, SIZE_PX)], axis=-1).reshape(-1, 2)
    v, u = np.meshgrid(np.arange(SIZE_PX), np.arange(SIZE_PX), indexing="ij")
    pixels = np.stack([u.reshape(-1), v.reshape(-1)], axis=1).astype(np.float64)
    distance, nearest = cKDTree(seeds, boxsize=SIZE_PX).query(pixels, k=2)
    scale = across / SIZE_PX
    shape = (SIZE_PX, SIZE_PX)
    return (
        (distance[:, 0] * scale).reshape(shape),
        (distance[:, 1] * scale).reshape(shape),
        nearest[:, 0].reshape(shape),
    )


def _bricks(columns: int, rows: int, joint_u: float, joint_v: float) -> tuple[Field, NDArray[np.int64]]:
    """Running bond: how far inside its stone a texel is (0 in the joint .. 1 inside), and the stone's number."""
    v, u = _across(rows, columns)
    row = np.floor(v).astype(np.int64)
    shifted = u + 0.5 * (row % 2)
    column = np.floor(shifted).astype(np.int64) % columns
    from_edge_u = np.minimum(shifted % 1.0, 1.0 - shifted % 1.0) / joint_u
    from_edge_v = np.minimum(v % 1.0, 1.0 - v % 1.0) / joint_v
    inside = np.clip(np.minimum(from_edge_u, from_edge_v) - 0.5, 0.0, 1.0)
    return inside, row * columns + column


def _grey(value: Field) -> Field:
    return np.repeat(value[..., None], 3, axis=2)


def _unit(field: Field) -> Field:
    low, high = np.percentile(field, (1.0, 99.0))
    unit: Field = np.clip((field - low) / max(float(high - low), 1e-12), 0.0, 1.0)
    return unit


# --- Tiles --------------------------------------------------------------------------------------------------


def _asphalt(rng: np.random.Generator) -> tuple[Field, Field]:
    stones = _noise(rng, 90, 256, -0.2)  # aggregate of 8-20 mm in a tile of 4 m: at the limit of the texels
    stains = _noise(rng, 1, 7, 1.2)
    streaks = _noise(rng, 2, 40, 0.8, stretch=0.35)
    light = 1.0 + 0.17 * stones + 0.24 * np.maximum(stones - 1.1, 0.0) + 0.055 * stains + 0.035 * streaks
    tone = _noise(rng, 60, 200, 0.0)[..., None] * np.array((0.03, 0.0, -0.03))
    return _grey(light) + tone, _unit(stones + 0.4 * stains)


def _asphalt_worn(rng: np.random.Generator) -> tuple[Field, Field]:
    light, height = _asphalt(rng)
    path = _noise(rng, 2, 60, 1.1)
    # A contour line of smooth noise, kept in patches, meanders and breaks off like a crack.
    crack = np.exp(-((path / 0.022) ** 2)) * (_noise(rng, 1, 5, 1.0) > 0.35)
    return light * (1.0 - 0.5 * crack)[..., None], np.clip(height - 0.6 * crack, 0.0, 1.0)


def _concrete(rng: np.random.Generator) -> tuple[Field, Field]:
    cloud = _noise(rng, 1, 30, 1.1)
    grain = _noise(rng, 60, 256, 0.3)
    runs = _noise(rng, 6, 60, 0.7, stretch=12.0)
    pores = np.maximum(_noise(rng, 40, 160, 0.2) - 2.2, 0.0)
    return _grey(1.0 + 0.06 * cloud + 0.06 * grain + 0.03 * runs - 0.25 * pores), _unit(
        cloud * 0.3 + grain - 2.0 * pores
    )


def _slabs(rng: np.random.Generator, columns: int, rows: int, spread: float) -> tuple[Field, Field]:
    inside, stone = _bricks(columns, rows, 0.014 * columns / 4, 0.014 * rows / 4)
    tone = 1.0 + spread * rng.standard_normal(columns * rows)
    grain = _noise(rng, 50, 256, 0.2)
    light = tone[stone] * (0.42 + 0.58 * inside) + 0.07 * grain + 0.05 * _noise(rng, 1, 12, 1.0)
    return _grey(light), np.clip(inside * 0.85 + 0.05 * grain, 0.0, 1.0)


def _paving(rng: np.random.Generator) -> tuple[Field, Field]:
    return _slabs(rng, 6, 6, 0.06)


def _brick(rng: np.random.Generator) -> tuple[Field, Field]:
    inside, stone = _bricks(8, 24, 0.045, 0.14)
    tone = 1.0 + 0.16 * rng.standard_normal(192)
    hue = 0.05 * rng.standard_normal((192, 3))
    grain = 0.08 * _noise(rng, 40, 256, 0.3) + 0.04 * _noise(rng, 1, 10, 1.0)
    face = (tone[:, None] + hue)[stone] + grain[..., None]
    mortar = np.array((1.25, 1.85, 2.0)) * (1.0 + 0.08 * _noise(rng, 60, 256, 0.2))[..., None]
    weight = inside[..., None]
    return face * weight + mortar * (1.0 - weight) * 0.9, np.clip(
        0.15 + 0.75 * inside + 0.4 * grain, 0.0, 1.0
    )


def _plaster(rng: np.random.Generator) -> tuple[Field, Field]:
    grain = _noise(rng, 70, 256, 0.4)
    runs = _noise(rng, 3, 50, 0.8, stretch=12.0)
    light = 1.0 + 0.035 * grain + 0.04 * _noise(rng, 1, 12, 1.2) + 0.025 * runs
    return _grey(light), _unit(grain)


def _grass(rng: np.random.Generator) -> tuple[Field, Field]:
    blades = _noise(rng, 50, 256, 0.1, stretch=1.6)
    tufts = _noise(rng, 8, 40, 0.7)
    patches = _noise(rng, 1, 6, 1.0)
    light = 1.0 + 0.30 * blades + 0.17 * tufts + 0.10 * patches
    dry = np.clip(0.5 + 0.5 * _noise(rng, 2, 30, 1.0), 0.0, 1.0)[..., None]
    tint = 1.0 + dry * np.array((0.34, 0.10, 0.05)) + (1.0 - dry) * np.array((-0.12, 0.02, -0.05))
    return np.maximum(light, 0.15)[..., None] * tint, _unit(blades + tufts)


def _gravel(rng: np.random.Generator) -> tuple[Field, Field]:
    near, second, stone = _cells(rng, 44)
    tone = np.clip(1.0 + 0.26 * rng.standard_normal(44 * 44), 0.45, 1.7)
    hue = 0.05 * rng.standard_normal((44 * 44, 3))
    dome = np.clip((second - near) * 2.2, 0.0, 1.0) ** 0.6
    grain = 0.06 * _noise(rng, 60, 256, 0.2)[..., None]
    light = (0.45 + 0.7 * dome)[..., None] * (tone[:, None] + hue)[stone] + grain
    return light, dome


def _soil(rng: np.random.Generator) -> tuple[Field, Field]:
    crumbs = _noise(rng, 20, 256, 0.5)
    light = 1.0 + 0.22 * crumbs + 0.12 * _noise(rng, 1, 15, 1.0)
    return _grey(light), _unit(crumbs)


def _cobble(rng: np.random.Generator) -> tuple[Field, Field]:
    near, second, stone = _cells(rng, 14, jitter=0.3)
    tone = 1.0 + 0.14 * rng.standard_normal(14 * 14)
    hue = 0.035 * rng.standard_normal((14 * 14, 3))
    dome = np.clip((second - near) * 2.6, 0.0, 1.0) ** 0.5
    grain = 0.07 * _noise(rng, 50, 256, 0.2)[..., None]
    light = (0.3 + 0.8 * dome)[..., None] * (tone[:, None] + hue)[stone] + grain
    return light, dome


def _bark(rng: np.random.Generator) -> tuple[Field, Field]:
    ridges = 1.0 - np.abs(_noise(rng, 5, 60, 0.6, stretch=4.5))
    grain = _noise(rng, 30, 256, 0.3, stretch=3.0)
    return _grey(1.0 + 0.3 * (ridges - 0.2) + 0.12 * grain + 0.07 * _noise(rng, 1, 6, 1.0)), _unit(
        ridges + 0.2 * grain
    )


def _roof_tile(rng: np.random.Generator) -> tuple[Field, Field]:
    rows, columns = 8, 12
    v, u = _across(rows, columns)
    wave = 0.5 + 0.5 * np.cos(2.0 * np.pi * u)
    drop = v % 1.0
    tone = 1.0 + 0.12 * rng.standard_normal((rows, columns))
    light = tone[np.floor(v).astype(np.int64), np.floor(u).astype(np.int64)]
    light = light * (0.72 + 0.38 * wave) * (1.0 - 0.55 * np.exp(-drop / 0.05)) + 0.07 * _noise(
        rng, 30, 256, 0.3
    )
    return _grey(light), np.clip(0.6 * wave + 0.4 * (1.0 - drop), 0.0, 1.0)


def _fabric(rng: np.random.Generator) -> tuple[Field, Field]:
    v, u = _across(1, 1)
    twill = np.cos(2.0 * np.pi * (u + v) * 90.0)
    folds = _noise(rng, 2, 16, 1.0)
    return _grey(1.0 + 0.06 * twill + 0.07 * folds + 0.04 * _noise(rng, 60, 256, 0.2)), _unit(
        folds + 0.3 * twill
    )


def _foliage(rng: np.random.Generator) -> tuple[Field, Field]:
    """Leaves over leaves: light ones in front, dark gaps between them."""
    across = 13
    near, second, leaf = _cells(rng, across)
    tone = np.clip(0.95 + 0.34 * rng.standard_normal(across * across), 0.35, 1.75)
    hue = np.array((0.16, 0.0, 0.05)) * rng.standard_normal((across * across, 1))
    dome = np.clip((second - near) * 2.6, 0.0, 1.0) ** 0.7
    veins = 0.06 * _noise(rng, 30, 160, 0.3)
    light = (0.22 + 0.95 * dome + veins)[..., None] * (tone[:, None] + hue)[leaf]
    return light, dome


def _fur(rng: np.random.Generator) -> tuple[Field, Field]:
    """Hair combed along v, in tufts, darker between them."""
    hairs = _noise(rng, 24, 256, 0.2, stretch=5.0)
    tufts = _noise(rng, 4, 40, 0.6, stretch=2.0)
    light = 1.0 + 0.17 * hairs + 0.13 * tufts + 0.08 * _noise(rng, 1, 5, 1.0)
    warm = np.clip(tufts, -1.5, 1.5)[..., None] * np.array((0.05, 0.0, -0.04))
    return np.maximum(light, 0.25)[..., None] + warm, _unit(hairs + 0.5 * tufts)


def _wool(rng: np.random.Generator) -> tuple[Field, Field]:
    """A fleece: curls in locks, dark where they part."""
    near, second, lock = _cells(rng, 11)
    dome = np.clip((second - near) * 2.4, 0.0, 1.0) ** 0.6
    curls = _noise(rng, 40, 200, 0.2)
    tone = 1.0 + 0.08 * rng.standard_normal(11 * 11)
    light = tone[lock] * (0.62 + 0.5 * dome) + 0.10 * curls + 0.06 * _noise(rng, 1, 5, 1.0)
    return _grey(np.maximum(light, 0.2)), np.clip(dome + 0.1 * curls, 0.0, 1.0)


def _needles(rng: np.random.Generator) -> tuple[Field, Field]:
    """Twigs side by side along v with needles across them."""
    twigs = _noise(rng, 6, 60, 0.5, stretch=4.0)
    needles = _noise(rng, 40, 256, 0.0)
    light = np.clip(1.0 + 0.34 * twigs + 0.30 * needles + 0.10 * _noise(rng, 1, 6, 1.0), 0.12, 1.95)
    young = np.clip(twigs, 0.0, 2.0)[..., None] * np.array((0.05, 0.05, -0.03))
    return _grey(light) + young, _unit(twigs + 0.6 * needles)


TILES: dict[str, Tile] = {
    "asphalt": Tile(4.0, 0.004, _asphalt),
    "asphalt_worn": Tile(6.0, 0.006, _asphalt_worn),
    "concrete": Tile(3.0, 0.004, _concrete),
    "paving": Tile(2.4, 0.006, _paving),
    "brick": Tile(1.8, 0.008, _brick),
    "plaster": Tile(3.0, 0.003, _plaster),
    "grass": Tile(3.0, 0.050, _grass),
    "gravel": Tile(1.2, 0.015, _gravel),
    "soil": Tile(2.0, 0.020, _soil),
    "bark": Tile(0.8, 0.020, _bark),
    "roof_tile": Tile(2.8, 0.050, _roof_tile),
    "fabric": Tile(0.4, 0.002, _fabric),
    "cobble": Tile(1.7, 0.020, _cobble),
    "foliage": Tile(0.8, 0.030, _foliage),
    "needles": Tile(0.5, 0.015, _needles),
    "fur": Tile(0.35, 0.004, _fur),
    "wool": Tile(0.5, 0.015, _wool),
}
TILE_ID: dict[str, int] = {name: row for row, name in enumerate(TILES)}


def _levels(color: Field, height: Field) -> list[NDArray[np.uint8]]:
    """The mip levels of one tile, finest first, each (n * n, 4)."""
    color = np.clip(color, 0.0, 1.99)
    # Clipping moves the mean a little; two corrections bring it back to one.
    for _ in range(2):
        color = np.clip(color / color.mean(axis=(0, 1)), 0.0, 1.99)
    texels = np.concatenate([color * NEUTRAL, np.clip(height, 0.0, 1.0)[..., None] * 255.0], axis=2)
    linear = texels.astype(np.float32)
    levels = []
    while True:
        levels.append(np.round(linear).clip(0, 255).astype(np.uint8).reshape(-1, 4))
        if len(linear) == 1:
            return levels
        linear = 0.25 * (linear[0::2, 0::2] + linear[1::2, 0::2] + linear[0::2, 1::2] + linear[1::2, 1::2])


@lru_cache(maxsize=1)
def atlas() -> TextureAtlas:
    """Every tile, made at the first call of all and kept on disk: the same bytes in every run."""

    def make() -> Piece:
        made = paint_atlas()
        return None, {field.name: getattr(made, field.name) for field in fields(made)}

    return TextureAtlas(**kept("textures", 0, SOURCES, 1, make)[1])


def paint_atlas() -> TextureAtlas:
    """Paint every tile."""
    pieces: list[NDArray[np.uint8]] = []
    offset = np.zeros((len(TILES), LEVELS), np.int64)
    filled = 0
    for row, (name, tile) in enumerate(TILES.items()):
        for level, texels in enumerate(_levels(*tile.paint(stream(0, "textures", name)))):
            offset[row, level] = filled
            filled += len(texels)
            pieces.append(texels)
    return TextureAtlas(
        texels=np.ascontiguousarray(np.concatenate(pieces)),
        offset=offset,
        size_px=np.full(len(TILES), SIZE_PX, np.int32),
        size_m=np.array([t.size_m for t in TILES.values()], np.float32),
        relief_m=np.array([t.relief_m for t in TILES.values()], np.float32),
    )


def tile_of_material() -> NDArray[np.int32]:
    """(M,) the tile of each row of MATERIALS, -1 where a material is plain."""
    return np.array([TILE_ID[m.texture] if m.texture else -1 for m in MATERIALS], np.int32)
