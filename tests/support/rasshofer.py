"""Backscatter of fog as Rasshofer et al. (2011) write it, by quadrature: a sin^2 pulse through an even medium."""

import math

import numpy as np

LIGHT_MPS = 299_792_458.0


def soft_target_per_m2(
    range_m: float,
    extinction_per_m: float,
    tau_s: float,
    full_m: float,
    begin_m: float,
    hard_m: float = math.inf,
) -> float:
    """Integral of sin^2(pi t / 2 tau) exp(-2 a r) xi(r) / r^2 over the pulse, r = range - c t / 2, in s/m^2.

    xi is the overlap of beam and sight: none nearer than `begin_m`, full from `full_m` on, linear between.
    """
    t = (np.arange(20_000) + 0.5) / 20_000 * 2.0 * tau_s
    r = range_m - 0.5 * LIGHT_MPS * t
    overlap = np.clip((r - begin_m) / (full_m - begin_m), 0.0, 1.0)
    seen = (r > 0.0) & (r < hard_m)
    r = np.where(seen, r, 1.0)
    power = (
        np.sin(0.5 * math.pi * t / tau_s) ** 2 * np.exp(-2.0 * extinction_per_m * r) * overlap / r**2 * seen
    )
    return float(power.sum() * 2.0 * tau_s / len(t))


def peak(extinction_per_m: float, tau_s: float, full_m: float, begin_m: float) -> tuple[float, float]:
    """Range and value of the largest integral, on a grid of 10 cm."""
    grid = np.round(np.arange(0.1, 12.0, 0.1), 1)
    values = [soft_target_per_m2(float(at), extinction_per_m, tau_s, full_m, begin_m) for at in grid]
    return float(grid[int(np.argmax(values))]), max(values)
