"""Seamless fields that textures are painted with.  Renderers floor."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

Field = NDArray[np.float64]  # (SIZE_PX, SIZE_PX) or with a colour axis
SIZE_PX = 512


@lru_cache(maxsize=1)
def _frequency() -> Field:
    """Cycles per tile at each coefficient of a real 2-D transform."""
    fy = np.fft.fftfreq(SIZE_PX, 1.0 / SIZE_PX)
    fx = np.fft.rfftfreq(SIZE_PX, 1.0 / SIZE_PX)
    frequency: Field = np.hypot(fy[:, None], fx[None, :])
    return frequency


def noise(
    rng: np.random.Generator, low: float, high: float, slope: float = 1.0, stretch: float = 1.0
) -> Field:
    """Seamless noise of unit variance between two frequencies (cycles per tile), amplitude ~ f^-slope.

    `stretch` > 1 draws features out along v by that factor.
    """
    frequency = _frequency()
    if stretch != 1.0:
        fy = np.fft.fftfreq(SIZE_PX, 1.0 / SIZE_PX) * stretch
        frequency = np.hypot(fy[:, None], np.fft.rfftfreq(SIZE_PX, 1.0 / SIZE_PX)[None, :])
    band = np.where((frequency >= low) & (frequency <= high), np.maximum(frequency, 1.0) ** -slope, 0.0)
    phase = np.exp(2j * np.pi * rng.random(band.shape, np.float32))
    field: Field = np.fft.irfft2(band * phase, s=(SIZE_PX, SIZE_PX))
    field -= field.mean()
    field /= max(float(field.std()), 1e-12)
    return field


def across(rows: int, columns: int) -> tuple[Field, Field]:
    """(v, u) of every texel, counted in rows and columns."""
    v, u = np.mgrid[0:SIZE_PX, 0:SIZE_PX] / SIZE_PX
    return v * rows, u * columns


def cells(
    rng: np.random.Generator, across: int, jitter: float = 0.9
) -> tuple[Field, Field, NDArray[np.int64]]:
    """Distance to the nearest and second nearest of a jittered grid of seeds, in cells; the nearest's number."""
    i, j = np.meshgrid(np.arange(across), np.arange(across), indexing="ij")
    x = (j + 0.5 * (i % 2) + 0.5 + jitter * (rng.random(j.shape) - 0.5)) * (SIZE_PX / across)
    y = (i + 0.5 + jitter * (rng.random(i.shape) - 0.5)) * (SIZE_PX / across)
    seeds = np.stack([np.mod(x, SIZE_PX), np.mod(y, SIZE_PX)], axis=-1).reshape(-1, 2)
    v, u = np.meshgrid(np.arange(SIZE_PX), np.arange(SIZE_PX), indexing="ij")
    pixels = np.stack([u.reshape(-1), v.reshape(-1)], axis=1).astype(np.float64)
    distance, nearest = cKDTree(seeds, boxsize=SIZE_PX).query(pixels, k=2)
    scale = across / SIZE_PX
    shape = (SIZE_PX, SIZE_PX)
    return (
        (distance[:, 0] * scale).reshape(shape),
        (distance[:, 1] * scale).reshape(shape),
        nearest[:, 0].reshape(shape),
    )


def bricks(columns: int, rows: int, joint_u: float, joint_v: float) -> tuple[Field, NDArray[np.int64]]:
    """Running bond: how far inside its stone a texel is (0 in the joint .. 1 inside), and the stone's number."""
    v, u = across(rows, columns)
    row = np.floor(v).astype(np.int64)
    shifted = u + 0.5 * (row % 2)
    column = np.floor(shifted).astype(np.int64) % columns
    from_edge_u = np.minimum(shifted % 1.0, 1.0 - shifted % 1.0) / joint_u
    from_edge_v = np.minimum(v % 1.0, 1.0 - v % 1.0) / joint_v
    inside = np.clip(np.minimum(from_edge_u, from_edge_v) - 0.5, 0.0, 1.0)
    return inside, row * columns + column


def grey(value: Field) -> Field:
    """The same in all three colours."""
    return np.repeat(value[..., None], 3, axis=2)


def unit(field: Field) -> Field:
    """The field stretched to [0, 1], its last hundredths cut off."""
    low, high = np.percentile(field, (1.0, 99.0))
    unit: Field = np.clip((field - low) / max(float(high - low), 1e-12), 0.0, 1.0)
    return unit
