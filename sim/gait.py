"""How legs and arms swing: joint angles over a stride, for people and for animals.  World floor.

Phases count strides: at phase 0 the right (hind right) foot strikes, the left leg follows half a stride later.
"""

import math

from sim.trace import Gait

# Sagittal joint angles in degrees over one stride: mean, then (cosine, sine) of four harmonics.  A Fourier fit of
# published motion capture (DeepMimic's walk, 0.98 m/s, and run, 3.56 m/s, of an adult); flexion of hip and shoulder
# is forward and positive, flexion of the knee is negative, as recorded.
Series = tuple[float, tuple[tuple[float, float], ...]]
WALK: dict[str, Series] = {
    "hip": (14.87, ((17.34, -10.73), (-3.63, 0.58), (1.30, 1.94), (-0.77, 0.39))),
    "knee": (-30.70, ((9.28, 24.25), (12.93, -14.44), (-3.14, -5.22), (0.34, -2.26))),
    "ankle": (4.96, ((-3.79, 10.24), (1.78, -5.15), (-4.82, 1.57), (2.44, 1.73))),
    "shoulder": (-0.70, ((-15.17, 6.76), (-0.39, -1.25), (0.21, 0.98), (-0.29, -0.35))),
}
RUN: dict[str, Series] = {
    "hip": (35.38, ((18.99, -35.31), (-5.36, 14.08), (2.79, 3.38), (-0.96, 1.94))),
    "knee": (-48.18, ((26.40, 16.62), (-18.97, -22.29), (-3.09, -7.70), (2.81, -0.66))),
    "ankle": (7.96, ((19.50, -6.59), (1.28, 15.27), (-4.95, 3.68), (-2.39, -1.22))),
    "shoulder": (-7.39, ((-7.77, 59.64), (-2.98, 10.42), (-2.99, 0.47), (0.07, 3.12))),
}
ADULT_M = 1.75
RECORDED_SPEED_MPS = {Gait.WALK: 1.239 / 1.2667, Gait.RUN: 2.845 / 0.8}
RECORDED_STRIDE_M = {Gait.WALK: 1.239, Gait.RUN: 2.845}
RUN_ABOVE_MPS = 2.0  # an adult breaks into a run at a Froude number near 0.5: Alexander 1989


def gait_for(speed_mps: float, height_m: float, word: str = "auto") -> Gait:
    """How somebody of this height moves at this speed, unless a word says."""
    if speed_mps < 0.05:
        return Gait.STAND
    if word != "auto":
        return Gait.RUN if word == "run" else Gait.WALK
    return Gait.RUN if speed_mps > RUN_ABOVE_MPS * math.sqrt(height_m / ADULT_M) else Gait.WALK


def stride_m(gait: Gait, speed_mps: float, height_m: float) -> float:
    """Length of a stride (two steps): grows with the root of the speed and with the leg; through the recorded gaits."""
    if gait not in (Gait.WALK, Gait.RUN):
        return 1.0
    scale = height_m / ADULT_M
    # Speeds of bodies of different size compare by Froude number, v^2 / (g leg).
    relative = max(speed_mps, 0.2) / (RECORDED_SPEED_MPS[gait] * math.sqrt(scale))
    return RECORDED_STRIDE_M[gait] * scale * math.sqrt(relative)
