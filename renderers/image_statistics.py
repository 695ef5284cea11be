"""Numbers by which rendered pictures are held against photographs.

No rendered picture is proved real by them, but flat or noiseless ones are found out: they lack the fine structure
whose spectrum and gradients every photograph of a street shares.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import cv2
import numpy as np
from numpy.typing import NDArray

LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601


@dataclass(frozen=True, slots=True)
class ImageStatistics:
    """Statistics of one sRGB picture, in 8-bit steps (DN) where nothing else is said."""

    spectrum_slope: float  # exponent of the radial power spectrum over the middle of its range
    gradient_kurtosis: float  # fourth moment of horizontal steps of luma over the square of the second
    saturation: float  # mean of (max - min) / max of the channels
    noise: float  # standard deviation, Immerkaer 1996
    luma_mean: float
    luma_sd: float
    clipped: float  # share of pixels that are black or white
    gradient_mean: float  # mean size of the horizontal steps

    @staticmethod
    def of(image: NDArray[np.uint8]) -> "ImageStatistics":
        """Of an sRGB picture (H, W, 3)."""
        if image.ndim != 3 or image.shape[2] != 3 or min(image.shape[:2]) < 48:
            raise ValueError(
                f"a picture is (H, W, 3) and 48 pixels high and wide at least, not {image.shape}"
            )
        rgb = image.astype(np.float64)
        luma = rgb @ LUMA
        most, least = rgb.max(axis=2), rgb.min(axis=2)
        step = np.diff(luma, axis=1)
        centred = step - step.mean()
        return ImageStatistics(
            spectrum_slope=_slope(luma),
            gradient_kurtosis=float((centred**4).mean() / max(float((centred**2).mean()), 1e-9) ** 2),
            saturation=float(((most - least) / np.maximum(most, 1.0)).mean()),
            noise=_noise(luma),
            luma_mean=float(luma.mean()),
            luma_sd=float(luma.std()),
            clipped=float(((luma < 2.0) | (luma > 253.0)).mean()),
            gradient_mean=float(np.abs(step).mean()),
        )


NAMES = tuple(field.name for field in fields(ImageStatistics))
# What does not depend on how light it is, and so must hold in any weather.
GATES = ("spectrum_slope", "gradient_kurtosis", "saturation", "noise")
WORDS = {
    "spectrum_slope": "slope of the spectrum",
    "gradient_kurtosis": "kurtosis of gradients",
    "saturation": "saturation",
    "noise": "noise (DN)",
    "luma_mean": "luma, mean (DN)",
    "luma_sd": "luma, spread (DN)",
    "clipped": "clipped pixels (share)",
    "gradient_mean": "gradients, mean (DN)",
}

Envelope = dict[str, tuple[float, float]]  # least and most of each statistic

# Of thirteen frames of KITTI, nuScenes, DDAD and Seeing Through Fog: narrow evidence.  In what light and weather they
# were taken is not told; all are as bright as pictures by day.
REAL_FRAMES = 13
REAL: Envelope = {
    "spectrum_slope": (-3.3, -2.4),
    "gradient_kurtosis": (18.0, 45.0),
    "saturation": (0.09, 0.33),
    "noise": (0.4, 2.2),
    "luma_mean": (85.0, 119.0),
    "luma_sd": (39.0, 90.0),
    "clipped": (0.0, 0.23),
    "gradient_mean": (1.9, 7.6),
}


def envelope(pictures: Sequence[ImageStatistics]) -> Envelope:
    """Least and most of each statistic over some pictures."""
    if not pictures:
        raise ValueError("an envelope needs pictures")
    return {
        name: (
            min(getattr(picture, name) for picture in pictures),
            max(getattr(picture, name) for picture in pictures),
        )
        for name in NAMES
    }


def expected_inside(photographs: int) -> float:
    """Share of further photographs of the same sort that lie inside the least and most of so many, in each statistic.

    Whatever its distribution is: of n + 1 draws every one is as likely to be the least or the most (Wilks 1941).
    """
    return (photographs - 1) / (photographs + 1)


def outside(picture: ImageStatistics, real: Envelope, names: Sequence[str] = NAMES) -> tuple[str, ...]:
    """Which statistics of a picture lie outside an envelope."""
    return tuple(name for name in names if not real[name][0] <= getattr(picture, name) <= real[name][1])


def _slope(luma: NDArray[np.float64]) -> float:
    """Least squares in log-log over the rings from 8 cycles a picture to a third of the sampling rate."""
    side = min(luma.shape)
    left = (luma.shape[1] - side) // 2
    top = (luma.shape[0] - side) // 2
    patch = luma[top : top + side, left : left + side]
    window = np.hanning(side)[:, None] * np.hanning(side)
    power = np.abs(np.fft.fftshift(np.fft.fft2((patch - patch.mean()) * window))) ** 2
    y, x = np.indices(power.shape) - side // 2
    radius = np.hypot(x, y).astype(int)
    ring = np.bincount(radius.ravel(), power.ravel()) / np.maximum(np.bincount(radius.ravel()), 1)
    k = np.arange(8, side // 3)
    return float(np.polyfit(np.log(k), np.log(np.maximum(ring[k], 1e-12)), 1)[0])


def _noise(luma: NDArray[np.float64]) -> float:
    """The mean response to a mask that lines and edges cancel in."""
    mask = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float64)
    response = np.abs(cv2.filter2D(luma, -1, mask)[1:-1, 1:-1])
    return float(np.sqrt(np.pi / 2.0) / 6.0 * response.mean())
