"""How alike two pictures of the same view are.  Renderers floor."""

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

WINDOW_PX = 1.5  # width of SSIM's window, as in the paper
STEADY = (0.01 * 255) ** 2, (0.03 * 255) ** 2  # its constants, for 8 bits
LUMA = np.array([0.299, 0.587, 0.114])
DARK_SHARE = 0.05  # of the mean light, below which an error counts by itself and no more by the ratio


def ssim(one: NDArray[np.uint8], two: NDArray[np.uint8]) -> float:
    """Mean structural similarity of the luma of two 8-bit pictures (Wang et al. 2004)."""
    x, y = (image.astype(np.float64) @ LUMA for image in (one, two))

    def mean(image: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(cv2.GaussianBlur(image, (11, 11), WINDOW_PX, borderType=cv2.BORDER_REFLECT))

    a, b = mean(x), mean(y)
    own_x, own_y, shared = mean(x * x) - a * a, mean(y * y) - b * b, mean(x * y) - a * b
    c1, c2 = STEADY
    value = (2 * a * b + c1) * (2 * shared + c2) / ((a * a + b * b + c1) * (own_x + own_y + c2))
    return float(value.mean())


def relative_error(picture: Floats, reference: Floats, cells_px: int = 4) -> float:
    """Mean of |picture - reference| / reference over cells of linear light, which average the reference's noise out."""
    height, width = (side // cells_px * cells_px for side in reference.shape[:2])

    def cells(image: Floats) -> NDArray[np.float64]:
        small = image[:height, :width].astype(np.float64)
        return np.asarray(
            small.reshape(height // cells_px, cells_px, width // cells_px, cells_px, 3).mean(axis=(1, 3))
        )

    a, b = cells(picture), cells(reference)
    return float((np.abs(a - b) / (b + DARK_SHARE * b.mean())).mean())


def brightness(picture: Floats, reference: Floats) -> float:
    """Median of picture over reference, of all pixels' green."""
    return float(np.median(picture[..., 1] / np.maximum(reference[..., 1], 1e-9)))
