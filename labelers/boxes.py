"""Bounds, areas and mean transmittance of the visible masks of all actors of an image.  Labels floor.

Boxes are half-open (x0, y0, x1, y1); projected ones come from `renderers.projection`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labelers.kernels.masks import measure_masks
from labelers.records import Box


@dataclass(frozen=True, slots=True)
class MaskMeasures:
    """Measures of R instance masks in one image."""

    bounds: NDArray[np.int32]  # (R, 4) half-open; meaningless where count is 0
    count: NDArray[np.int64]  # (R,)
    transmittance: NDArray[np.float64]  # (R,) mean over the mask; 1 where count is 0

    def box(self, row: int) -> Box | None:
        """Bounds of one mask; None when it is empty."""
        if self.count[row] == 0:
            return None
        x0, y0, x1, y1 = (float(value) for value in self.bounds[row])
        return x0, y0, x1, y1


def mask_measures(
    instance: NDArray[np.int32], transmittance: NDArray[np.float32], ids: Sequence[int]
) -> MaskMeasures:
    """Bounds, area and mean transmittance of the masks of `ids`, in one pass over the image."""
    table = np.full(max(ids, default=0) + 1, -1, np.int32)
    table[np.asarray(ids, np.int64)] = np.arange(len(ids), dtype=np.int32)
    bounds = np.zeros((len(ids), 4), np.int32)
    count = np.zeros(len(ids), np.int64)
    light = np.zeros(len(ids), np.float64)
    measure_masks(
        np.ascontiguousarray(instance), np.ascontiguousarray(transmittance), table, bounds, count, light
    )
    mean = np.where(count > 0, light / np.maximum(count, 1), 1.0)
    return MaskMeasures(bounds, count, mean)
