"""What happens behind the lens: glare, metering, white balance, noise and tone.  Renderers floor."""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from renderers.frames import CameraModel
from renderers.kernels.film import (
    NORMALS,
    TONE_TOP,
    TONES,
    blur_rows,
    expose,
    rows_without_light,
)
from renderers.kernels.lobes import gather_lobes, shrink_rows
from renderers.sky import LUMINANCE
from scenarios.chance import stream
from sim.slices import in_slices

Floats = NDArray[np.float32]

GREY = 0.18  # exposure of a mean grey; 1 is a white card
# What is metered where the longest exposure and 24 dB of gain are used up: a white card then makes 700 electrons.
DIMMEST_CD_PER_M2 = 0.16
BRIGHTEST = 0.62  # exposure that the brightest twentieth may reach when a flat scene is lifted
MOST_LIFT = 2.4
DIM_SLOPE = 0.10  # how much of a scene's dimness stays visible, per decade below DAY_CD_PER_M2
DAY_CD_PER_M2 = 1000.0
WELL_ELECTRONS = 11_000.0  # small automotive pixel at base gain (AR0231 class: full well 10-50 ke-)
# Of a white card of 1 cd/m2 through a lens at f/2 in 33 ms, by the law of renderers.imager for its automotive sensor.
ELECTRONS_PER_CD_PER_M2 = 341.0
MOST_GAIN = 16.0  # 24 dB
# Standard deviation: contrast falls to one half at 0.29 cycles a pixel, through lens, low-pass filter and demosaicing.
LENS_BLUR_PX = 0.65
READ_ELECTRONS = 3.0
# Share of the noise's spread that is left by the reduction which every camera's processor applies before it writes eight
# bits, at the least and the most gain, so that Immerkaer's measure is that of published driving frames, 0.4 to 2.2 DN.
NOISE_LEFT = (0.7, 0.38)
# How far the processor draws colours away from grey at the least and the most gain (reasoned): viewers like
# a little more than is there, and less of it in the dark shows the noise less.
CHROMA = (1.15, 0.65)
GLARE_SHARE = 0.04  # of the light is spread by lens and sensor glass
GLARE_CELL_PX = 4
# Widths (in cells) and shares of the spread light: core, halo, veil.  Together they fall off about as 1 / angle^2.
GLARE_LOBES = ((0.6, 0.30), (1.8, 0.26), (5.5, 0.20), (16.0, 0.14), (42.0, 0.10))
ROWS_PER_SLICE = 64
LOCAL_CELLS = 5.0  # width of the neighbourhood that local tone mapping goes by
HELD_FROM, HELD_BACK = 0.8, 0.4  # exposure from which, and power by which, neighbourhoods are darkened
HELD_MOST = 0.5  # more would turn the order of light and dark about
RETROFOCUS = 0.62  # share of the field angle that counts for the cos^4 law in a retrofocus lens
FISHEYE = (
    0.40  # the same of a fisheye, whose pupil turns towards the light: two fifths are left 100 degrees off
)
LAMP_ADAPTATION = 0.6  # warm street lamps stay warm
ADAPTATION = 0.7  # how far white balance follows the light: sunsets stay warm, fog and shade bluish
# Spread of the log ratios red / green and blue / green that automatic white balance gets wrong: a median of 1.3 degrees
# between colours, what the best methods reach on the sets of Gehler and Shi (1 to 2; Barron and Tsai 2017).
BALANCE_ERROR = 0.045


# Colour of the light that is taken for white, in linear RGB; None: the light there is, most of the way.
BALANCES: dict[str, tuple[float, float, float] | None] = {
    "auto": None,
    "daylight": (1.0, 1.0, 1.0),
    "tungsten": (1.85, 0.86, 0.27),  # a black body of 3200 K in linear sRGB
}


@dataclass(frozen=True, slots=True)
class Exposure:
    """Settings of one exposure."""

    gain: NDArray[np.float64]  # (3,) exposure per cd/m2 with white balance; 1 = white card
    level: float  # the same without white balance
    electrons: float  # at an exposure of 1
    read_electrons: float
    chroma: float = 1.0  # how far colours are drawn away from grey by the film-like tone


def with_light(image: Floats, sensor: str, time_ns: int, threads: int = 1) -> None:
    """Make pixels black, in place, whose light is no number, and warn of them.

    They are a mistake of ours, and the rest of the picture and of the clip is worth keeping: the table of tones has no
    entry for what is no number, so that one such pixel ended the whole program.
    """
    dark = np.empty(len(image), np.bool_)
    in_slices(lambda a, b: rows_without_light(a, b, image, dark), len(image), threads, ROWS_PER_SLICE)
    if not dark.any():
        return
    lost = ~np.isfinite(image).all(axis=-1)
    row, column = np.argwhere(lost)[0]
    image[lost] = 0.0
    warnings.warn(
        f"{sensor} at {time_ns * 1e-9:.3f} s: {lost.sum()} pixels without light, the first in row {row} and "
        f"column {column}, are black; please report it with the scenario and its seed",
        RuntimeWarning,
        stacklevel=2,
    )


def meter(
    image: Floats,
    illuminant: NDArray[np.float64],
    lit: NDArray[np.bool_] | None = None,
    balance: str = "auto",
    adapted: float | None = None,
    error: NDArray[np.float64] | None = None,
) -> Exposure:
    """Automatic exposure for an image; a dim scene stays dimmer.

    `lit` (H, W) leaves out the black beyond a fisheye's field, `balance` is a key of BALANCES, `adapted` the metered
    light that the camera has got used to, where it is not the image's own, and `error` what its white balance gets
    wrong.
    """
    seen = max(metered(image, lit) if adapted is None else adapted, DIMMEST_CD_PER_M2)
    key = GREY * 10 ** (-DIM_SLOPE * max(np.log10(DAY_CD_PER_M2 / seen), 0.0))
    fixed = BALANCES[balance]
    if fixed is None:
        cast = illuminant / max(float(LUMINANCE @ illuminant), 1e-9)
        by_day = float(np.clip(np.log10(seen / 3.0), 0.0, 1.0))
        gain = np.clip(cast, 0.25, 4.0) ** -(LAMP_ADAPTATION + (ADAPTATION - LAMP_ADAPTATION) * by_day)
        gain = gain if error is None else gain * error
        gain /= float(LUMINANCE @ (gain * cast))
    else:
        gain = 1.0 / np.array(fixed)
        gain /= float(LUMINANCE @ gain)
    level = float(key / seen)
    electrons = min(WELL_ELECTRONS, ELECTRONS_PER_CD_PER_M2 / level)
    # Stops of gain that make up for electrons, over the most that there are.
    amplified = float(np.clip(np.log(WELL_ELECTRONS / electrons) / np.log(MOST_GAIN), 0.0, 1.0))
    # Noise is reduced in earnest only where there is much of it.
    left = NOISE_LEFT[0] + (NOISE_LEFT[1] - NOISE_LEFT[0]) * amplified**2
    chroma = CHROMA[0] + (CHROMA[1] - CHROMA[0]) * amplified
    # Noise of E electrons and r read out, times k, is noise of E / k^2 electrons and r / k.
    return Exposure(gain * level, level, electrons / left**2, READ_ELECTRONS / left, chroma)


@lru_cache(maxsize=64)
def balance_error(seed: int, camera: str) -> NDArray[np.float64]:
    """(3,) factors by which the automatic white balance of this camera is off throughout a clip."""
    red, blue = stream(seed, "camera", camera, "white balance").normal(0.0, BALANCE_ERROR, 2)
    return np.asarray(np.exp([red, 0.0, blue]))


def metered(image: Floats, lit: NDArray[np.bool_] | None = None) -> float:
    """cd/m2 that become grey: the log mean of the middle and lower image, less where a flat scene is lifted."""
    small = image[::8, ::8]
    luminance = np.maximum(small @ LUMINANCE.astype(np.float32), 1e-5).astype(np.float64)
    rows = np.linspace(0.0, 1.0, len(small))[:, None]
    weight = np.broadcast_to(0.35 + 0.65 * np.clip((rows - 0.25) / 0.3, 0.0, 1.0), luminance.shape)
    if lit is not None:
        luminance, weight = luminance[lit[::8, ::8]], weight[lit[::8, ::8]]
    # Lamps and the sun's disc are cut off: they would close the iris on everything else.
    middle = float(np.median(luminance))
    mean = float(np.exp(np.average(np.log(np.clip(luminance, 0.02 * middle, 12.0 * middle)), weights=weight)))
    # Fog and snow have no dark half: as long as nothing bright would burn out they are let become bright.
    bright = float(np.percentile(luminance, 96))
    lift = float(np.clip(BRIGHTEST * mean / (GREY * bright), 1.0, MOST_LIFT))
    by_day = float(np.clip(np.log10(mean / 3.0), 0.0, 1.0))  # by night the dark is meant to be dark
    return float(mean / lift**by_day)


def blurred(image: Floats, threads: int = 1) -> Floats:
    """What the lens leaves of an image's sharpness."""
    out, weights = np.empty_like(image), _lens_weights()
    in_slices(lambda a, b: blur_rows(a, b, image, weights, out), len(image), threads, ROWS_PER_SLICE)
    return out


@lru_cache(maxsize=1)
def _lens_weights() -> Floats:
    """(3,) shares of a pixel, of each of its neighbours in a row and of each of theirs."""
    return np.array(cv2.getGaussianKernel(5, LENS_BLUR_PX, cv2.CV_32F)[2:, 0], np.float32)


def corner_of(model: CameraModel) -> np.float32:
    """Tangent of the vignetting angle per pixel."""
    return np.float32((FISHEYE if model.fisheye else RETROFOCUS) / model.matrix[0, 0])


def develop(
    image: Floats,
    model: CameraModel,
    exposure: Exposure,
    seed: int,
    frame: int,
    noise: bool,
    threads: int,
    tone: str = "filmic",
) -> NDArray[np.uint8]:
    """(H, W, 3) sRGB bytes of a radiance image; `tone` is a key of TONE_CURVES."""
    glare = spread_light(image, threads)
    _hold_back(glare, exposure, threads)
    return _toned(
        blurred(image, threads),
        glare,
        np.float32(1.0 - GLARE_SHARE),
        exposure.gain,
        exposure.chroma if tone == "filmic" else 1.0,
        corner_of(model),
        exposure.electrons if noise else 0.0,
        exposure.read_electrons,
        seed,
        frame,
        tone,
        threads,
    )


def toned(exposures: Floats, tone: str, threads: int, chroma: float = 1.0) -> NDArray[np.uint8]:
    """(H, W, 3) sRGB bytes of an image of exposures (1 = white card) that a sensor has read out.

    `chroma` is an Exposure's, for the film-like tone alone.
    """
    glare = spread_light(exposures, threads)
    _hold_back(glare, Exposure(np.ones(3), 1.0, 0.0, 0.0), threads)
    glare[..., :3] = 0.0
    one, shown = np.float32(1.0), chroma if tone == "filmic" else 1.0
    return _toned(exposures, glare, one, np.ones(3), shown, np.float32(0.0), 0.0, 0.0, 0, 0, tone, threads)


def _toned(
    sharp: Floats,
    glare: Floats,
    share: np.float32,
    gain: NDArray[np.float64],
    chroma: float,
    corner: np.float32,
    electrons: float,
    read_electrons: float,
    seed: int,
    frame: int,
    tone: str,
    threads: int,
) -> NDArray[np.uint8]:
    out = np.empty(sharp.shape, np.uint8)

    def work(start: int, stop: int) -> None:
        expose(
            start,
            stop,
            sharp,
            glare,
            share,
            gain.astype(np.float32),
            np.float32(chroma),
            corner,
            np.float32(electrons),
            np.float32(read_electrons),
            seed & 0x7FFFFFFF,
            frame,
            normal_table(),
            tone_table(tone),
            out,
        )

    in_slices(work, len(sharp), threads, ROWS_PER_SLICE)
    return out


def spread_light(image: Floats, threads: int = 1) -> Floats:
    """(h, w, 4) light scattered by the lens at a quarter of the size; the last channel is the light that falls there."""
    height, width = (max(n // GLARE_CELL_PX, 8) for n in image.shape[:2])
    small = shrunk(image, (height, width), threads)
    scales, pyramid = [], [small]
    for sigma, _ in GLARE_LOBES:
        while sigma / 2 ** (len(pyramid) - 1) > 4.0:  # wide lobes are blurred on a smaller picture
            last = pyramid[-1]
            half = (max(last.shape[0] // 2, 4), max(last.shape[1] // 2, 4))
            pyramid.append(shrunk(last, half, threads))
        scales.append(len(pyramid) - 1)
    level = np.empty((height, width), np.float32)
    lobes = [np.empty_like(pyramid[scale]) for scale in scales]

    def blur(start: int, stop: int) -> None:
        for k in range(start, stop):
            if k == len(lobes):
                cv2.GaussianBlur(small @ LUMINANCE.astype(np.float32), (0, 0), LOCAL_CELLS, level)
                continue
            sigma = GLARE_LOBES[k][0] / 2 ** scales[k]
            # Mirrored at the border: repeating its last cell would make a suburb of suns out of one at the edge.
            cv2.GaussianBlur(pyramid[scales[k]], (0, 0), sigma, lobes[k], borderType=cv2.BORDER_REFLECT)

    in_slices(blur, len(lobes) + 1, threads, 1)
    shares = np.array([share * GLARE_SHARE for _, share in GLARE_LOBES], np.float32)
    glare, all_lobes = np.empty((height, width, 4), np.float32), tuple(lobes)
    in_slices(lambda a, b: gather_lobes(a, b, all_lobes, shares, level, glare), height, threads, 16)
    return glare


def shrunk(image: Floats, size: tuple[int, int], threads: int) -> Floats:
    """(h, w, 3) means of an image over the cells of a smaller one of `size` h, w."""
    rows, columns = size
    out = np.empty((rows, columns, 3), np.float32)
    (down, rest), (across, beside) = divmod(len(image), rows), divmod(image.shape[1], columns)
    if rest or beside:  # cells hold parts of pixels
        cv2.resize(image, (columns, rows), out, interpolation=cv2.INTER_AREA)
    else:
        in_slices(lambda a, b: shrink_rows(a, b, image, down, across, out), rows, threads, 16)
    return out


def _hold_back(glare: Floats, exposure: Exposure, threads: int) -> None:
    """Put the local gain in the place of the light that falls there, in place."""

    def work(start: int, stop: int) -> None:
        glare[start:stop, :, 3] = local_gain(glare[start:stop], exposure)

    in_slices(work, len(glare), threads, 32)


def local_gain(glare: Floats, exposure: Exposure) -> Floats:
    """(h, w) gain by which a sensor of high dynamic range holds back the bright parts of a picture."""
    level = glare[..., 3] * np.float32(exposure.gain @ LUMINANCE)
    return np.asarray(np.maximum(np.maximum(level / HELD_FROM, 1.0) ** -HELD_BACK, HELD_MOST), np.float32)


@lru_cache(maxsize=1)
def normal_table() -> Floats:
    """(NORMALS,) quantiles of the normal distribution, of unit variance."""
    quantile = ndtri((np.arange(NORMALS) + 0.5) / NORMALS)
    return np.asarray(quantile / quantile.std(), np.float32)


@lru_cache(maxsize=4)
def tone_table(tone: str = "filmic") -> Floats:
    """(TONES,) byte values over the square root of exposure, for a key of TONE_CURVES."""
    exposure = np.square(np.linspace(0.0, 1.0, TONES)) * TONE_TOP
    y = np.clip(TONE_CURVES[tone](exposure), 0.0, 1.0)
    srgb = np.where(y <= 0.0031308, 12.92 * y, 1.055 * y ** (1 / 2.4) - 0.055)
    return (255.0 * srgb).astype(np.float32)


def _filmic(exposure: NDArray[np.float64]) -> NDArray[np.float64]:
    """Narkowicz's 2015 fit of the ACES reference transform, exposed so that grey stays grey."""
    x = exposure * 0.72
    return np.asarray(x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14))


def _logarithmic(exposure: NDArray[np.float64]) -> NDArray[np.float64]:
    """All that the table holds, evenly by stops from 1/256 of a white card: flat, for machines that read it."""
    code = np.log2(1.0 + 256.0 * exposure) / np.log2(1.0 + 256.0 * TONE_TOP)
    return np.asarray(np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4))


# Share of a display's white by exposure; sRGB's own encoding comes after it.
TONE_CURVES: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "filmic": _filmic,
    "srgb": lambda exposure: exposure,  # a white card is white, and what is brighter is cut off
    "log": _logarithmic,
}
