"""Where water stands first: one field of lumps in the ground for cameras and lidars.  Renderers floor."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from renderers.clouds import cover_field
from renderers.frame_light import FIELD_M, FIELD_TEXELS
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


def hollows(place_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N,) quantiles of the ground's hollows at places (N, 2) in the world, as kernels look them up."""
    field = puddle_field()
    at = place_m / FIELD_M * FIELD_TEXELS
    low = np.floor(at).astype(np.int64)
    share = at - low
    x0, y0 = (low % FIELD_TEXELS).T
    x1, y1 = ((low + 1) % FIELD_TEXELS).T
    across, down = share.T
    upper = field[y0, x0] * (1.0 - across) + field[y0, x1] * across
    lower = field[y1, x0] * (1.0 - across) + field[y1, x1] * across
    return np.asarray((upper * (1.0 - down) + lower * down) / 255.0)
