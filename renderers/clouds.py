"""A layer of cloud for any cover: a tile of lumpy water, lit once, seen from the ground.  Renderers floor.

The tile is a few slabs of density over a periodic field, cut where the field's own quantile gives the wanted cover, so
`okta / 8` of the sky is covered by construction.  Light inside goes by Beer-Lambert along the sun, softened for the
many orders of scattering that a cloud lives from (two octaves of extinction, after Wrenninge et al. 2013).
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from renderers.atmosphere import GROUND_M, henyey_greenstein
from scenarios.chance import stream

Array = NDArray[np.float64]

TILE = 768  # texels
TILE_M = 14_000.0
BASE_M = 1300.0  # fair-weather cumulus over mid-latitude land, 1-1.5 km
THICKNESS_M = 500.0
SLABS = 12
EXTINCTION_PER_M = 0.03  # of a full texel; real cumulus is 0.02-0.1, the rest is taken up by sub-texel gaps
SPECTRUM = 1.55  # amplitude falls as k^-SPECTRUM: between Kolmogorov (11/6) and the flatter cloud edges


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
    amplitude = np.where(k > 0, np.maximum(k, 3.5) ** -SPECTRUM, 0.0) * np.exp(-((k / (0.42 * TILE)) ** 2))
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
    density, towards_sun = _slabs(cover_field(seed), cover, light.sun_direction)
    cosine = np.cos(azimuth_rad), np.sin(azimuth_rad)
    flat = np.sqrt(np.maximum(1 - sin_view**2, 0.0))
    lit = light.sun_direction
    scatter_angle = (
        flat[:, None] * (cosine[0] * lit[0] + cosine[1] * lit[1]) + sin_view[:, None] * lit[2]
    ).astype(np.float32)
    # Forward lobe and a soft back lobe; many orders flatten both.
    phase = 0.55 * henyey_greenstein(scatter_angle, 0.65) + 0.2 * henyey_greenstein(scatter_angle, -0.15)
    phase = (phase + 0.25 / (4 * np.pi)).astype(np.float32)
    show = np.ones(clear.shape[:2], dtype=np.float32)
    glow = np.zeros_like(clear)
    sun, sky = light.sun.astype(np.float32), light.sky.astype(np.float32)
    step = THICKNESS_M / SLABS
    far_blur = [cv2.GaussianBlur(_wrap(d, 24), (0, 0), 6.0)[24:-24, 24:-24] for d in density]
    # Where in its slab a ray looks differs from texel to texel, so that slabs leave no steps at the clouds' sides.
    chance = stream(seed, "sky", "slabs").random(clear.shape[:2], np.float32) - np.float32(0.5)
    for k in range(SLABS):
        height = BASE_M + (k + 0.5) * step
        rise = GROUND_M * sin_view
        slant = -rise + np.sqrt(rise**2 + 2 * GROUND_M * height + height**2)
        reach = (slant * flat / TILE_M * TILE).astype(np.float32)[:, None] * (
            1 + np.float32(step / height) * chance
        )
        u = (reach * cosine[0].astype(np.float32)) % np.float32(TILE)
        v = (reach * cosine[1].astype(np.float32)) % np.float32(TILE)
        near = np.asarray(cv2.remap(density[k], u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP))
        far = np.asarray(cv2.remap(far_blur[k], u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP))
        depth_to_sun = np.asarray(
            cv2.remap(towards_sun[k], u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
        )
        # Texels shrink below a pixel of the map near the horizon; the blurred tile stands in for them.
        blend = np.clip((slant - 9_000.0) / 20_000.0, 0.0, 1.0).astype(np.float32)[:, None]
        water = near + (far - near) * blend
        path = np.minimum(slant / height, 6.0).astype(np.float32)[:, None] * np.float32(step)
        passed = np.exp(-water * np.float32(EXTINCTION_PER_M) * path)
        deep = depth_to_sun
        beam = 0.62 * np.exp(-0.9 * deep) + 0.30 * np.exp(-0.22 * deep) + 0.08 * np.exp(-0.05 * deep)
        up = np.float32((k + 0.5) / SLABS)
        source = (beam * phase)[..., None] * sun * 4.0 + (0.10 + 0.16 * up) * sky
        glow += (show * (1 - passed))[..., None] * source
        show = show * passed
    # Clouds far off lie behind the same air that makes the horizon bright.
    glow = np.asarray(cv2.GaussianBlur(glow, (0, 0), 1.1, borderType=cv2.BORDER_REPLICATE))
    show = np.asarray(cv2.GaussianBlur(show, (0, 0), 1.1, borderType=cv2.BORDER_REPLICATE))
    slant = -GROUND_M * sin_view + np.sqrt((GROUND_M * sin_view) ** 2 + 2 * GROUND_M * BASE_M)
    clear_air = np.exp(-slant / 38_000.0).astype(np.float32)[:, None]
    seen = 1 - clear_air * (1 - show)
    return (clear * seen[..., None] + glow * clear_air[..., None]).astype(np.float32), seen


def _slabs(
    field: NDArray[np.float32], cover: float, sun_direction: Array
) -> tuple[list[NDArray[np.float32]], list[NDArray[np.float32]]]:
    """Density of each slab in [0, 1], and the optical depth from its middle towards the sun."""
    excess = (field - np.float32(1 - cover)) / np.float32(0.35)
    density = []
    for k in range(SLABS):
        up = (k + 0.5) / SLABS
        # A flat base and a top that reaches higher in the middle of a cloud; the edge is soft over a little way.
        edge = 0.45 * up**1.4
        density.append(np.clip((excess - np.float32(edge)) / np.float32(0.40), 0.0, 1.0).astype(np.float32))
    step = THICKNESS_M / SLABS
    sine = max(float(sun_direction[2]), 0.12)
    shift = step / sine * np.sqrt(1 - min(sine, 1.0) ** 2) / TILE_M * TILE
    ahead = np.asarray(sun_direction[:2]) / max(float(np.hypot(*sun_direction[:2])), 1e-6) * shift
    path = EXTINCTION_PER_M * step / sine
    above = np.zeros_like(field)
    towards_sun: list[NDArray[np.float32]] = [above] * SLABS
    for k in range(SLABS - 1, -1, -1):
        towards_sun[k] = (above + np.float32(0.5 * path) * density[k]).astype(np.float32)
        above = _rolled(above + np.float32(path) * density[k], float(ahead[0]), float(ahead[1]))
    return density, towards_sun


def _rolled(tile: NDArray[np.float32], x: float, y: float) -> NDArray[np.float32]:
    """The periodic tile as seen `x`, `y` texels further on."""
    i, j = round(x), round(y)
    return np.roll(tile, (-j, -i), axis=(0, 1))


def _wrap(tile: NDArray[np.float32], margin: int) -> NDArray[np.float32]:
    return np.asarray(cv2.copyMakeBorder(tile, margin, margin, margin, margin, cv2.BORDER_WRAP))
