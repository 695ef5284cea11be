"""Slow twins of the lidar kernels: one ray, one firing at a time, written from the formulas in docs/lidar.md."""

import math

import numpy as np
from numpy.typing import NDArray

from renderers.lidar_strays import HALO_RAD, SCATTER_PER_SR, SHINING, TAKEN_IN, scattered
from renderers.materials import BELOW_DIRT, MATERIALS
from renderers.scene import Geometry
from tests.support import naive_soil
from tests.support.naive_world import hash_u32

N_WATER = 1.33


def fresnel_water(angle_rad: float) -> tuple[float, float]:
    """Reflected and transmitted share of unpolarised light, each from its own amplitudes."""
    inside = math.asin(math.sin(angle_rad) / N_WATER)
    a, b = math.cos(angle_rad), math.cos(inside)
    rs = (a - N_WATER * b) / (a + N_WATER * b)
    rp = (N_WATER * a - b) / (N_WATER * a + b)
    ts, tp = 2 * a / (a + N_WATER * b), 2 * a / (N_WATER * a + b)
    return 0.5 * (rs**2 + rp**2), 0.5 * (ts**2 + tp**2) * N_WATER * b / a


def oren_nayar(rho: float, roughness: float, angle_rad: float) -> float:
    s2 = (0.55 * roughness**2) ** 2
    a, b = 1 - 0.5 * s2 / (s2 + 0.33), 0.45 * s2 / (s2 + 0.09)
    return rho * (math.cos(angle_rad) * a + b * math.sin(angle_rad) ** 2) / a


def ggx(f0: float, alpha: float, angle_rad: float) -> float:
    c = math.cos(angle_rad)
    d = alpha**2 / (math.pi * ((alpha**2 - 1) * c**2 + 1) ** 2)
    return math.pi * f0 * d / (4 * max(c, 1e-3))


def soaked(rho: float) -> float:
    """Lekner and Dorf: what is absorbed after any number of bounces below the film, and what that leaves."""
    absorbed = (1 - 0.066) * (1 - rho) / (1 - 0.472 * rho)
    return 1 - 0.066 - absorbed


def under_water(rho: float, angle_rad: float) -> float:
    passed = fresnel_water(angle_rad)[1]
    return passed**2 * rho * math.cos(angle_rad) / (N_WATER**2 * (1 - 0.472 * rho))


def echo(
    geometry: Geometry,
    triangle: int,
    u: float,
    v: float,
    rotation: NDArray[np.float64],
    direction: NDArray[np.float64],
    wet: float = 0.0,
    film_m: float = 0.0,
    snow_m: float = 0.0,
) -> tuple[float, float, float, float]:
    """Echo, cosine of incidence, share that passes, share that is mirrored; without puddles and ice."""
    v0, v1, v2 = geometry.corners_m[triangle].astype(float).reshape(3, 3)
    plane = rotation @ np.cross(v1 - v0, v2 - v0)
    plane /= np.linalg.norm(plane)
    n0, n1, n2 = geometry.normal[triangle].astype(float).reshape(3, 3)
    smooth = rotation @ ((1 - u - v) * n0 + u * n1 + v * n2)
    smooth /= np.linalg.norm(smooth)
    if plane @ direction > 0:
        plane = -plane
    if smooth @ plane < 0:
        smooth = -smooth
    c = float(np.clip(max(-smooth @ direction, -0.5 * plane @ direction), 1e-4, 1))
    angle = math.acos(c)
    row = int(geometry.material[triangle])
    if geometry.dirt[triangle].any() and BELOW_DIRT[row] >= 0:
        level = int(naive_soil.level(geometry.dirt[triangle], geometry.corners_m[triangle], u, v) + 0.5)
        row = int(BELOW_DIRT[row]) if level == 0 else row + level - 1
    m = MATERIALS[row]
    rho, up = m.rho_905, max(float(plane[2]), 0.0)
    rho += (soaked(rho) - rho) * wet * m.porosity * (0.45 + 0.55 * up)
    sheet = min(film_m / 1.2e-3, 1) * wet * m.flat_water if up > 0.7 else 0.0
    sheet = max(sheet, m.film) if up > 0.7 else sheet
    bare = oren_nayar(rho * (1 - m.metallic), m.roughness, angle)
    bare += ggx(0.04 * m.clearcoat, 0.03, angle)
    bare += ggx(rho * m.metallic, max(m.roughness**2, 0.04), angle)
    bare += m.retro * (c**2 if m.retro > 10 else 1 - c)
    value = (1 - sheet) * bare + sheet * (under_water(rho, angle) + ggx(0.02, 0.1, angle))
    snow = min(max((float(plane[2]) - 0.25) * 2.5, 0), 1) * m.snow * min(snow_m / 0.02, 1)
    value = (1 - snow) * value + snow * oren_nayar(0.85, 0.9, angle)
    schlick = 0.04 + 0.96 * (1 - c) ** 5
    passes = m.transmission * (1 - schlick) / 0.96 * (1 - snow)
    return value, c, passes, fresnel_water(angle)[0] * sheet**2 * (1 - snow)


def uniform01(seed: int, index: int, sample: int) -> float:
    return (int(hash_u32(seed, index, sample)) >> 8) * 2.0**-24


def normal(seed: int, index: int, sample: int) -> float:
    a = max((uniform01(seed, index, sample)), 1e-7)
    return math.sqrt(-2 * math.log(a)) * math.cos(2 * math.pi * (uniform01(seed, index, sample + 1)))


def even_air(
    seed: int, index: int, echo_: float, range_m: float, extinction: float, beta: float,
    threshold: float, overlap_m: float, near_m: float, pulse_m: float,
) -> tuple[float, float, bool]:  # fmt: skip
    """Strength over the threshold, range and whether it is fog, of a firing in fog that is the same everywhere."""
    best = echo_ * math.exp(-2 * extinction * range_m) / max(range_m, overlap_m) ** 2 if echo_ > 0 else 0.0
    at, fog = range_m, False
    volume = math.pi * beta * pulse_m
    if 8 * volume / overlap_m**2 > threshold:
        for b in range(30):
            r = near_m + b + (uniform01(seed, index, 32 + 5 * b))
            if r >= range_m:
                break
            looks = [max((uniform01(seed, index, 33 + 5 * b + k)), 1e-7) for k in range(4)]
            level = (
                volume
                * -math.log(math.prod(looks))
                / 4
                * math.exp(-2 * extinction * r)
                / max(r, overlap_m) ** 2
            )
            if level > best:
                best, at, fog = level, r, True
    return best / threshold, at, fog


def peaks(pulses: list[tuple[float, float]], pulse_m: float) -> list[list[int]]:
    """Which pulses (range, power) are one peak: again and again, most power within a pulse of one of them."""
    left = [q for q, (_, power) in enumerate(pulses) if power > 0]
    found = []
    while left:
        groups = [[o for o in left if abs(pulses[o][0] - pulses[q][0]) < pulse_m] for q in left]
        best = max(groups, key=lambda group: sum(pulses[o][1] for o in group))
        found.append(best)
        left = [q for q in left if q not in best]
    return found


def further(
    peaks_: list[tuple[float, float]], strongest_m: float, pulse_m: float, mode: str, count: int
) -> list[float]:
    """Ranges of the returns that a scanner reports beside the strongest, or in its place, from detected peaks."""
    clear: list[tuple[float, float]] = []
    for at, power in sorted(peaks_, key=lambda peak: -peak[1]):
        if all(abs(at - other) >= pulse_m for other in (strongest_m, *(a for a, _ in clear))):
            clear.append((at, power))
    if mode == "first":
        return [min([strongest_m, *(at for at, _ in clear)])]
    if mode == "last":
        return [max([strongest_m, *(at for at, _ in clear)])]
    if mode == "and last" and any(at > strongest_m for at, _ in clear):
        return [max(at for at, _ in clear)]
    return [at for at, _ in clear][:count]


def halos(
    direction: NDArray[np.float64],
    echo: NDArray[np.float64],
    range_m: NDArray[np.float32],
    cell_sr: NDArray[np.float64],
    apart_m: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(N,) echoes and ranges of halos: every pair of a reflector's beam and another, by Harvey and Shack's formula."""
    total, place = np.zeros(len(direction)), np.zeros(len(direction))
    bright = np.flatnonzero(echo > SHINING)
    bright = bright[np.argsort(range_m[bright], kind="stable")]
    for those in np.split(bright, np.flatnonzero(np.diff(range_m[bright]) > apart_m) + 1):
        angle = np.linalg.norm(direction[None] - direction[those][:, None], axis=2)
        spot = SCATTER_PER_SR * TAKEN_IN * echo[those] * cell_sr[those]
        part = np.where(angle <= HALO_RAD, spot[:, None] * scattered(angle) ** 2, 0.0)
        here = part.sum(axis=0)
        mean = (part * range_m[those][:, None]).sum(axis=0) / np.maximum(here, 1e-300)
        here[those] = 0.0
        place = np.where(here > total, mean, place)
        total = np.maximum(here, total)
    return total, place
