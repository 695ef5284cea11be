"""How trees stand in the wind: stems bend to leeward and swing, their limbs faster.  Renderers floor, arrays only.

Twin: tests/support/naive_sway.py.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.kernels.jit import kernel

# How far things turn in 10 m/s: a stem of 12 m bows by a hand's breadth at its top, limbs by a degree.
# Crowns fold up in wind, so that drag grows with a power of 1.3 of its speed instead of 2 (Vogel 1989).
STEM_RAD_AT_10, LIMB_RAD_AT_10, DRAG_POWER = 0.008, 0.020, 1.3
MOST_RAD = 0.14  # nothing that is seen bends further before it breaks
SWING = (
    0.8  # root mean square of the swing, of the mean bend: turbulence of 0.3 times the answer near resonance
)
ACROSS = 0.45  # of the swing across the wind
STEM_TIMES = (0.93, 1.0, 1.09)  # frequencies of a stem's waves, of its own
LIMB_TIMES = (1.6, 2.0, 2.5)  # frequencies of limbs, of their stem's
GUST_HZ = (0.031, 0.057, 0.094)  # of the spectrum's large eddies; they travel with the wind (Taylor 1938)
GUST = 0.35


@kernel
def _about(east: float, north: float, along_rad: float, across_rad: float, out: NDArray[np.float64]) -> None:
    """A (3, 3) turn that leans what stands upright to leeward and across."""
    tx = -north * along_rad + east * across_rad
    ty = east * along_rad + north * across_rad
    angle = math.sqrt(tx * tx + ty * ty)
    x, y = tx / max(angle, 1e-12), ty / max(angle, 1e-12)
    angle = min(angle, MOST_RAD)
    c, s = math.cos(angle), math.sin(angle)
    k = 1.0 - c
    out[0, 0], out[0, 1], out[0, 2] = c + k * x * x, k * x * y, s * y
    out[1, 0], out[1, 1], out[1, 2] = k * x * y, c + k * y * y, -s * x
    out[2, 0], out[2, 1], out[2, 2] = -s * y, s * x, c


@kernel
def sway(
    time_s: float,
    wind_mps: float,  # at 10 m height
    wind_from_rad: float,  # clockwise from north
    foot_m: NDArray[np.float64],  # (P, 3) in the world
    pivot_m: NDArray[np.float64],  # (P, 3) of limbs, from the foot
    limb: NDArray[np.bool_],  # (P,)
    hz: NDArray[np.float64],  # (P,) of the stem
    phase: NDArray[np.float64],  # (P, 6) three waves of the stem, three of the part
    out: NDArray[np.float64],  # (P, 3, 4) written: world_from_part
) -> None:
    """Poses of parts of trees; a limb turns about its pivot, the stem about its foot."""
    east, north = -math.sin(wind_from_rad), -math.cos(wind_from_rad)
    strength = (max(wind_mps, 0.0) / 10.0) ** DRAG_POWER
    stem, part = np.empty((3, 3)), np.empty((3, 3))
    hinge = np.empty(3)
    for p in range(len(foot_m)):
        eddy_s = (foot_m[p, 0] * east + foot_m[p, 1] * north) / max(wind_mps, 1.0)
        gust = 0.0
        for k in range(len(GUST_HZ)):
            gust += math.sin(2.0 * math.pi * GUST_HZ[k] * (time_s - eddy_s) + k)
        gust = 1.0 + GUST * gust / len(GUST_HZ) * math.sqrt(2.0 * len(GUST_HZ))
        bend = strength * max(gust, 0.2)
        turned = 2.0 * math.pi * hz[p] * time_s
        along = SWING * (
            math.sin(STEM_TIMES[0] * turned + phase[p, 0]) + math.sin(STEM_TIMES[1] * turned + phase[p, 1])
        )
        across = ACROSS * SWING * math.sqrt(2.0) * math.sin(STEM_TIMES[2] * turned + phase[p, 2])
        _about(east, north, STEM_RAD_AT_10 * bend * (1.0 + along), STEM_RAD_AT_10 * bend * across, stem)
        along = SWING * (
            math.sin(LIMB_TIMES[0] * turned + phase[p, 3]) + math.sin(LIMB_TIMES[1] * turned + phase[p, 4])
        )
        across = ACROSS * SWING * math.sqrt(2.0) * math.sin(LIMB_TIMES[2] * turned + phase[p, 5])
        size = LIMB_RAD_AT_10 * bend if limb[p] else 0.0
        _about(east, north, size * (1.0 + along), size * across, part)
        for i in range(3):
            hinge[i] = pivot_m[p, i]
            for j in range(3):
                hinge[i] -= part[i, j] * pivot_m[p, j]
        for i in range(3):
            for j in range(3):
                out[p, i, j] = stem[i, 0] * part[0, j] + stem[i, 1] * part[1, j] + stem[i, 2] * part[2, j]
            out[p, i, 3] = (
                foot_m[p, i] + stem[i, 0] * hinge[0] + stem[i, 1] * hinge[1] + stem[i, 2] * hinge[2]
            )
