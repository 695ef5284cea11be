"""Scattering of light by water droplets: Mie's series (Bohren and Huffman 1983, chapter 4), one size at a time."""

import math

import numpy as np
from numpy.typing import NDArray

WATER_905 = 1.328  # real index of water at 905 nm (Hale and Querry 1973); it hardly absorbs there


def efficiencies(size: float, index: complex = WATER_905) -> tuple[float, float]:
    """Q of extinction and of radar backscatter for the size parameter 2 pi r / wavelength."""
    terms = round(size + 4.0 * size ** (1 / 3) + 2.0)
    inner = index * size
    start = max(terms, math.ceil(abs(inner))) + 16
    log_derivative = np.zeros(start + 1, complex)
    for n in range(start, 0, -1):  # downwards, where the recurrence is stable
        log_derivative[n - 1] = n / inner - 1.0 / (log_derivative[n] + n / inner)
    psi_before, psi = math.cos(size), math.sin(size)
    chi_before, chi = -math.sin(size), math.cos(size)
    extinction, back = 0.0, 0.0 + 0.0j
    for n in range(1, terms + 1):
        psi_before, psi = psi, (2 * n - 1) / size * psi - psi_before
        chi_before, chi = chi, (2 * n - 1) / size * chi - chi_before
        xi, xi_before = complex(psi, -chi), complex(psi_before, -chi_before)
        electric = log_derivative[n] / index + n / size
        magnetic = log_derivative[n] * index + n / size
        a = (electric * psi - psi_before) / (electric * xi - xi_before)
        b = (magnetic * psi - psi_before) / (magnetic * xi - xi_before)
        extinction += (2 * n + 1) * (a + b).real
        back += (2 * n + 1) * (-1) ** n * (a - b)
    return 2.0 * extinction / size**2, abs(back) ** 2 / size**2


def lidar_ratio_sr(
    alpha: float, mode_um: float, wavelength_um: float = 0.905, gamma: float = 1.0, largest: float = 4.0
) -> float:
    """Extinction over backscatter of droplets r^alpha exp(-(alpha / gamma) (r / mode)^gamma) (Deirmendjian)."""
    radius: NDArray[np.float64] = np.linspace(0.02, largest, 600) * mode_um
    number = (radius / mode_um) ** alpha * np.exp(-alpha / gamma * (radius / mode_um) ** gamma)
    q = np.array([efficiencies(2 * math.pi * r / wavelength_um) for r in radius])
    area = number * radius**2
    return float(4.0 * math.pi * (area @ q[:, 0]) / (area @ q[:, 1]))


def water_permittivity(frequency_ghz: float, kelvin: float = 283.15) -> complex:
    """Of fresh water: the double Debye model of Liebe, Hufford and Manabe (1991)."""
    theta = 300.0 / kelvin - 1.0
    e0, e2 = 77.66 + 103.3 * theta, 3.52
    e1, first = 0.0671 * e0, 20.20 - 146.0 * theta + 316.0 * theta**2
    second = 39.8 * first
    return complex(
        (e0 - e1) / (1 - 1j * frequency_ghz / first) + (e1 - e2) / (1 - 1j * frequency_ghz / second) + e2
    )


def rain_at_77_ghz(rain_mm_per_h: float) -> tuple[float, float]:
    """Attenuation in dB/km and backscatter in m^2/m^3 over the Marshall-Palmer spectrum, at 76.5 GHz."""
    index, wave_mm = water_permittivity(76.5) ** 0.5, 299.792458 / 76.5
    diameter = np.linspace(0.05, 7.0, 200)
    number = 8000.0 * np.exp(-4.1 * rain_mm_per_h**-0.21 * diameter)
    q = np.array([efficiencies(math.pi * d / wave_mm, index) for d in diameter])
    area = math.pi / 4.0 * diameter**2 * 1e-6
    step = diameter[1] - diameter[0]
    return float(4.343e3 * step * (number * area) @ q[:, 0]), float(step * (number * area) @ q[:, 1])
