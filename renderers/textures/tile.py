"""A tile of texture.  Renderers floor."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from renderers.textures.noise import Field


@dataclass(frozen=True, slots=True)
class Tile:
    """How a tile is made: `paint` gives colour (512, 512, 3) about 1.0 and height (512, 512) in [0, 1]."""

    size_m: float
    relief_m: float
    paint: Callable[[np.random.Generator], tuple[Field, Field]]
