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

from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from renderers.materials import MATERIALS
from renderers.shelf import Piece, kept
from renderers.textures.built import BUILT
from renderers.textures.ground import GROUND
from renderers.textures.living import LIVING
from renderers.textures.made import MADE
from renderers.textures.noise import SIZE_PX, Field
from renderers.textures.tile import Tile
from scenarios.chance import stream

LEVELS = 10  # 512, 256, ... 1
SOURCES = ("renderers/textures", "scenarios/chance.py")
NEUTRAL = 128  # the byte that multiplies by one


@dataclass(frozen=True, slots=True)
class TextureAtlas:
    """All tiles in one array; K tiles, L levels."""

    texels: NDArray[np.uint8]  # (N, 4) rgb multiplier with 128 = 1.0, and height
    offset: NDArray[np.int64]  # (K, L) first texel of a tile's level; rows of `SIZE_PX >> level`
    size_px: NDArray[np.int32]  # (K,) texels along a side of level 0
    size_m: NDArray[np.float32]  # (K,) metres along a side
    relief_m: NDArray[np.float32]  # (K,) height of byte 255 over byte 0

    @property
    def words(self) -> NDArray[np.uint32]:
        """(N,) texels as words, red in the lowest byte: one look for all four."""
        words: NDArray[np.uint32] = self.texels.view("<u4")[:, 0]
        return words


TILES: dict[str, Tile] = {**GROUND, **BUILT, **LIVING, **MADE}
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
