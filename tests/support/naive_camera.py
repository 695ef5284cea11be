"""Slow twins of the camera's kernels: one ray at a time, float64, formulas written out."""

import math

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


def ggx(light: Array, view: Array, normal: Array, roughness2: float) -> float:
    """Microfacet D G / (4 nl nv) with Smith's height-correlated shadowing, exactly (Heitz 2014)."""
    half = (light + view) / np.linalg.norm(light + view)
    nl, nv, nh = (float(normal @ v) for v in (light, view, half))
    a2 = roughness2**2
    spread = a2 / (np.pi * ((nh * nh) * (a2 - 1) + 1) ** 2)

    def hidden(cosine: float) -> float:
        return 0.5 * (math.sqrt(1 + a2 * (1 / cosine**2 - 1)) - 1)

    return float(spread / (1 + hidden(nl) + hidden(nv)) / (4 * nl * nv))


def streak(shape: tuple[int, int], ends: Array, half_px: float, opacity: float) -> Array:
    """(H, W) share by which one streak hides each pixel: a drop's chords, half a pixel added to its radius."""
    hidden = np.zeros(shape)
    begin, end = ends[:2], ends[2:]
    along = end - begin
    for y, x in np.ndindex(shape):
        point = np.array([x, y], np.float64)
        t = np.clip(float((point - begin) @ along) / max(float(along @ along), 1e-6), 0, 1)
        away = float(np.linalg.norm(point - begin - t * along))
        chord = np.sqrt(max(1.0 - (away / (half_px + 0.5)) ** 2, 0.0))
        hidden[y, x] = min(opacity * 4 / np.pi * half_px / (half_px + 0.5), 0.97) * chord
    return hidden


def exposed(radiance: Array, gain: Array, chroma: float, tone: Array, top: float) -> Array:
    """(3,) bytes of a pixel on the axis, without noise and glare, by the tone table over the root of exposure."""
    light = radiance * gain
    grey = np.array([0.2126, 0.7152, 0.0722]) @ light
    at = np.sqrt(np.clip(grey + chroma * (light - grey), 0, top) / top) * (len(tone) - 1)
    return np.asarray(np.floor(np.interp(at, np.arange(len(tone)), tone) + 0.5))


def mirrored(direction: Array, normal: Array) -> Array:
    """(3,) where a mirror sends a ray."""
    unit = direction / np.linalg.norm(direction)
    return np.asarray(unit - 2 * (unit @ normal) * normal)


def texel(texels: Array, turns: Array) -> Array:
    """(4,) a square texture (N, N, 4) at (u, v) in turns of its side, between four texel centres."""
    side = len(texels)
    x, y = turns * side - 0.5
    column, row = math.floor(x), math.floor(y)
    total = np.zeros(4)
    for down in (0, 1):
        for across in (0, 1):
            weight = abs(1 - across - (x - column)) * abs(1 - down - (y - row))
            total += weight * texels[(row + down) % side, (column + across) % side]
    return total
