"""How far what an image shows of an actor stands out from what lies around it.  Labels floor.

Contrast-to-noise: the distance between the mean colour of the visible mask and that of a ring around it, over the
root mean square of what pixels deviate from their own side's mean.  Noise, texture and gradients count alike, because
all of them hide edges.  Colours are the picture's code values before JPEG.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from labelers.definitions import DETECTABLE_PX, RING_MOST_PX, RING_SHARE, ROSE
from labelers.kernels.masks import sum_colours
from labelers.records import Box

QUANTUM = 1.0 / math.sqrt(12.0)  # code values of what rounding alone deviates: no picture is without noise


def contrast(image: NDArray[np.uint8], mask: NDArray[np.bool_], origin_px: tuple[int, int]) -> float:
    """Contrast-to-noise of a mask (h, w), whose first pixel lies at `origin_px` of an image (H, W, 3); 0 of none.

    Twin: tests.labels.test_contrast.naive_contrast.
    """
    area = int(np.count_nonzero(mask))
    reach = ring_px(area)
    x, y = origin_px
    height, width = mask.shape
    top, left = min(y, reach), min(x, reach)
    below = min(image.shape[0] - y - height, reach)
    right = min(image.shape[1] - x - width, reach)
    inside = np.pad(mask, ((top, below), (left, right))).astype(np.uint8)
    square = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    part = image[y - top : y + height + below, x - left : x + width + right]
    counts, sums, squares = np.zeros(2, np.int64), np.zeros((2, 3), np.int64), np.zeros((2, 3), np.int64)
    grown = np.asarray(cv2.dilate(inside, square), np.uint8)
    sum_colours(np.ascontiguousarray(part), inside, grown, counts, sums, squares)
    if not counts.all():
        return 0.0
    mean = sums / counts[:, None]
    gap = mean[0] - mean[1]
    noise = 0.5 * float((squares / counts[:, None] - mean**2).sum()) + 3.0 * QUANTUM**2
    return float(math.sqrt(float(gap @ gap) / noise))


def ring_px(area: int) -> int:
    """Width of the ring about a mask of that many pixels."""
    return int(np.clip(round(RING_SHARE * math.sqrt(area)), 2, RING_MOST_PX))


def detectable(visible: Box | None, visible_px: int, contrast_to_noise: float) -> bool:
    """Whether an ideal observer tells the actor from its surroundings (Rose 1948)."""
    return (
        visible is not None
        and visible_px >= DETECTABLE_PX
        and contrast_to_noise * math.sqrt(visible_px) >= ROSE
    )
