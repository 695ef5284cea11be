"""Where water stands first: one field of lumps in the ground for cameras and lidars.  Renderers floor."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from renderers.clouds import cover_field
from renderers.frame_light import FIELD_TEXELS
from renderers.shelf import Piece, kept

SOURCES = ("renderers/puddles.py", "renderers/clouds.py", "renderers/frame_light.py", "scenarios/chance.py")
SEED = 11  # roads wear alike everywhere


@lru_cache(maxsize=1)
def puddle_field() -> NDArray[np.uint8]:
    """(FIELD_TEXELS, FIELD_TEXELS) periodic, quantiles spread evenly over the bytes: the highest are wet first."""

    def make() -> Piece:
        field = cv2.resize(cover_field(SEED), (FIELD_TEXELS, FIELD_TEXELS))
        return None, {"field": np.clip(np.round(field * 255), 0, 255).astype(np.uint8)}

    return kept("puddles", SEED, SOURCES, 1, make)[1]["field"]
