"""Slow twins of the camera's kernels: one ray at a time, float64, formulas written out."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def wet_albedo(albedo: float) -> float:
    """Lekner and Dorf 1988 with the film's two reflectances."""
    absorbed = (1 - 0.066) * (1 - albedo) / (1 - 0.472 * albedo)
    return 1 - 0.066 - absorbed


def irradiance(radiance: Array, sine: Array, azimuth: Array, normal: Array) -> Array:
    """(3,) irradiance under an upper sky (rows by sine of elevation, columns by azimuth), by summing every texel."""
    flat = np.sqrt(1 - sine**2)[:, None]
    cosine = (
        normal[0] * flat * np.cos(azimuth) + normal[1] * flat * np.sin(azimuth) + normal[2] * sine[:, None]
    )
    ring = (radiance * np.maximum(cosine, 0)[..., None]).mean(axis=1)
    return np.asarray(2 * np.pi * np.trapezoid(ring, sine, axis=0))


def sky_radiance(sky: Array, direction: Array) -> Array:
    """(3,) the map's bilinear value towards a unit direction."""
    rows, columns = sky.shape[:2]
    v = np.sqrt(max(direction[2], 0.0)) * (rows - 1)
    u = (np.arctan2(direction[1], direction[0]) / (2 * np.pi) % 1.0) * columns - 0.5
    i, j = min(int(v), rows - 2), int(np.floor(u))
    a, b = v - i, u - j
    near = sky[i, j % columns] * (1 - b) + sky[i, (j + 1) % columns] * b
    far = sky[i + 1, j % columns] * (1 - b) + sky[i + 1, (j + 1) % columns] * b
    return np.asarray(near * (1 - a) + far * a)


def depth_of_fog(
    z0: float, z1: float, length: float, fog: float, top: float, thin: float, even: float
) -> float:
    """Optical depth of a straight path by quadrature over its height profile."""
    z = np.linspace(z0, z1, 20_001)
    density = np.where(z <= top, 1.0, np.exp(-np.maximum(z - top, 0.0) / thin))
    return float(length * (even + fog * np.trapezoid(density, dx=1 / 20_000)))


def diffuse(albedo: Array, normal: Array, sun: Array, sun_lx: Array, sky_lx: Array, ground: Array) -> Array:
    """(3,) radiance of a matt, fully open surface: sun, sky irradiance and light from the ground below."""
    light = sun_lx * max(float(normal @ sun), 0.0) + sky_lx + ground * np.pi * 0.5 * (1 - normal[2])
    return np.asarray(albedo / np.pi * light)
