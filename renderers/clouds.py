"""A layer of cloud for any cover: a tile of lumpy water, lit once, seen from the ground.  Renderers floor.

The tile is a pile of slabs of density over a periodic field, cut where the field's own quantile gives the wanted cover,
so `okta / 8` of the sky is covered by construction; billows in three dimensions make lumps of its sides.  Light inside
goes by Beer-Lambert along the sun, softened for the many orders of scattering that a cloud lives from (two octaves of
extinction, after Wrenninge et al. 2013).
"""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from renderers.atmosphere import GROUND_ALBEDO, GROUND_M
from renderers.kernels.clouds import BLOCK, FAR, NEAR, lump, march
from scenarios.chance import stream

Array = NDArray[np.float64]

TILE = 512  # texels, a power of two
TILE_M = 12_000.0
BASE_M = 1300.0  # fair-weather cumulus over mid-latitude land, 1-1.5 km
THICKNESS_M = 650.0
SLABS = 22
EXTINCTION_PER_M = 0.03  # of a full texel; real cumulus is 0.02-0.1, the rest is taken up by sub-texel gaps
SPECTRUM = 1.55  # amplitude falls as k^-SPECTRUM: between Kolmogorov (11/6) and the flatter cloud edges
BILLOWS = 128  # texels after which the lumps repeat; divides TILE
LARGEST_BILLOW_M = 900.0
SMALLEST_CLOUD_M = 800.0  # what is smaller is left to the billows, which differ from height to height
RISE, SOFT, ROUGH = 0.55, 0.22, 0.42  # of a cloud's height, edge and lumps, in units of the field's excess
FORWARD, BACKWARD = 0.65, -0.15  # lobes of light scattered many times
GRAIN_TEXELS = 0.5


@dataclass(frozen=True, slots=True)
class CloudLight:
    """What the bake needs to know about the light above and below the clouds, luminance-weighted RGB."""

    sun: Array  # (3,) lx facing the sun at cloud height
    sky: Array  # (3,) lx on the ground from the clear sky
    sun_direction: Array  # (3,)


def cover_field(seed: int) -> NDArray[np.float32]:
    """(TILE, TILE) periodic field with uniform quantiles in [0, 1]: 1 is where clouds form first."""
    chance = stream(seed, "sky", "clouds")
    frequency = np.fft.fftfreq(TILE, 1 / TILE)
    k = np.hypot(frequency[:, None], frequency[None, : TILE // 2 + 1])
    amplitude = np.where(k > 0, np.maximum(k, 3.5) ** -SPECTRUM, 0.0) * np.exp(
        -((k * SMALLEST_CLOUD_M / TILE_M) ** 2)
    )
    wave = amplitude * np.exp(2j * np.pi * chance.random(k.shape))
    smooth = np.fft.irfft2(wave, (TILE, TILE))
    ridge = np.fft.irfft2(amplitude * np.exp(2j * np.pi * chance.random(k.shape)), (TILE, TILE))
    # Billows: folding a second field at zero gives rounded lumps with creases between them.
    field = smooth / smooth.std() + 0.55 * (np.abs(ridge) / ridge.std() - 0.8)
    ranks = np.empty(field.size)
    ranks[np.argsort(field, axis=None, kind="stable")] = (np.arange(field.size) + 0.5) / field.size
    return np.asarray(ranks.reshape(field.shape), dtype=np.float32)


def add_clouds(
    clear: NDArray[np.float32], sin_view: Array, azimuth_rad: Array, okta: float, light: CloudLight, seed: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The sky with clouds in it, and how much of the clear sky still shows (H, W).

    `clear` is (H, W, 3); rows run with `sin_view` (H,), columns with the world azimuth (W,) (from x to y).
    """
    cover = float(np.clip(okta / 8, 0.0, 1.0))
    if cover < 0.02:
        return clear, np.ones(clear.shape[:2], dtype=np.float32)
    density = _density(cover_field(seed), billows(seed), cover)
    towards_sun = _towards_sun(density, light.sun_direction)
    smooth = np.stack([cv2.GaussianBlur(_wrap(slab, 24), (0, 0), 5.0)[24:-24, 24:-24] for slab in density])
    show = np.empty(clear.shape[:2], np.float32)
    glow = np.empty(clear.shape, np.float32)
    level = light.sun * max(float(light.sun_direction[2]), 0.0) + light.sky
    lights = np.stack([light.sun, light.sky, GROUND_ALBEDO / np.pi * level]).astype(np.float32)
    # Where in its slab a ray looks first differs from texel to texel, so that slabs leave no steps.
    chance = stream(seed, "sky", "slabs").random(clear.shape[:2], np.float32)
    march(
        0,
        len(sin_view),
        sin_view.astype(np.float32),
        np.stack([np.cos(azimuth_rad), np.sin(azimuth_rad)], axis=1).astype(np.float32),
        chance,
        density,
        smooth,
        NEAR * wet_blocks(density) | FAR * wet_blocks(np.asarray(smooth, np.float32)),
        towards_sun,
        np.array([GROUND_M, BASE_M, THICKNESS_M, EXTINCTION_PER_M, *light.sun_direction], np.float32),
        lights,
        np.array([FORWARD, BACKWARD], np.float32),
        np.float32(TILE / TILE_M),
        show,
        glow,
    )
    # So much takes the grain away; more would put clouds out of focus.
    glow = np.asarray(cv2.GaussianBlur(glow, (0, 0), GRAIN_TEXELS, borderType=cv2.BORDER_REPLICATE))
    show = np.asarray(cv2.GaussianBlur(show, (0, 0), GRAIN_TEXELS, borderType=cv2.BORDER_REPLICATE))
    # Clouds far off lie behind the same air that makes the horizon bright.
    slant = -GROUND_M * sin_view + np.sqrt((GROUND_M * sin_view) ** 2 + 2 * GROUND_M * BASE_M)
    clear_air = np.exp(-slant / 38_000.0).astype(np.float32)[:, None]
    seen = 1 - clear_air * (1 - show)
    return (clear * seen[..., None] + glow * clear_air[..., None]).astype(np.float32), seen


@lru_cache(maxsize=2)
def billows(seed: int) -> NDArray[np.float32]:
    """(SLABS, BILLOWS, BILLOWS) lumps with creases between them, periodic, of mean 0 and about unit spread."""
    chance = stream(seed, "sky", "billows")
    texel_m, slab_m = TILE_M / TILE, THICKNESS_M / SLABS
    z = np.fft.fftfreq(SLABS, slab_m)[:, None, None]
    y = np.fft.fftfreq(BILLOWS, texel_m)[None, :, None]
    x = np.fft.rfftfreq(BILLOWS, texel_m)[None, None, :]
    k = np.sqrt(x**2 + y**2 + z**2) * LARGEST_BILLOW_M
    amplitude = np.where(k >= 1.0, np.maximum(k, 1.0) ** (-11 / 6), 0.0)  # Kolmogorov in three dimensions
    wave = amplitude * np.exp(2j * np.pi * chance.random(k.shape))
    field = np.fft.irfftn(wave, (SLABS, BILLOWS, BILLOWS), axes=(0, 1, 2))
    folded = np.abs(field)  # round outside, creased inside, like cauliflower
    return np.asarray((folded - folded.mean()) / (2.0 * folded.std()), np.float32)


def _density(field: NDArray[np.float32], lumps: NDArray[np.float32], cover: float) -> NDArray[np.float32]:
    """(SLABS, TILE, TILE) water in [0, 1]: flat bases, domes above the middle of a cloud, lumpy sides."""
    density = np.empty((SLABS, TILE, TILE), np.float32)
    numbers = (np.float32(cover), np.float32(RISE), np.float32(SOFT), np.float32(ROUGH))
    lump(0, SLABS, field, lumps, *numbers, density)
    return density


def wet_blocks(water: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(SLABS, TILE / BLOCK, TILE / BLOCK) whether water lies in a block or one texel beyond it, as bilinear reads go."""
    wet = water > 0.0
    wet |= np.roll(wet, -1, axis=1)
    wet |= np.roll(wet, -1, axis=2)
    side = water.shape[1] // BLOCK
    return np.asarray(wet.reshape(-1, side, BLOCK, side, BLOCK).any(axis=(2, 4)))


def _towards_sun(density: NDArray[np.float32], sun_direction: Array) -> NDArray[np.float32]:
    """(SLABS, TILE, TILE) optical depth from the middle of each slab towards the sun."""
    step = THICKNESS_M / SLABS
    sine = max(float(sun_direction[2]), 0.12)
    shift = step / sine * np.sqrt(1 - min(sine, 1.0) ** 2) / TILE_M * TILE
    ahead = np.asarray(sun_direction[:2]) / max(float(np.hypot(*sun_direction[:2])), 1e-6) * shift
    path = EXTINCTION_PER_M * step / sine
    above = np.zeros_like(density[0])
    towards_sun = np.empty_like(density)
    carried = np.zeros(2)  # texels that whole rolls still owe
    for k in range(SLABS - 1, -1, -1):
        towards_sun[k] = above + np.float32(0.5 * path) * density[k]
        carried += ahead
        whole = np.round(carried)
        carried -= whole
        above = _rolled(above + np.float32(path) * density[k], float(whole[0]), float(whole[1]))
    return towards_sun


def _rolled(tile: NDArray[np.float32], x: float, y: float) -> NDArray[np.float32]:
    """The periodic tile as seen `x`, `y` texels further on."""
    i, j = round(x), round(y)
    return np.roll(tile, (-j, -i), axis=(0, 1))


def _wrap(tile: NDArray[np.float32], margin: int) -> NDArray[np.float32]:
    return np.asarray(cv2.copyMakeBorder(tile, margin, margin, margin, margin, cv2.BORDER_WRAP))
