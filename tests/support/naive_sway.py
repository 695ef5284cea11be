"""Twin of renderers.kernels.swaying: all parts at once, with numpy."""

import math

import numpy as np

from renderers.kernels.swaying import (
    ACROSS,
    DRAG_POWER,
    GUST,
    GUST_HZ,
    LIMB_RAD_AT_10,
    LIMB_TIMES,
    MOST_RAD,
    STEM_RAD_AT_10,
    STEM_TIMES,
    SWING,
)
from renderers.sway import Floats, Swaying


def poses(swaying: Swaying, time_ns: int, wind_mps: float, wind_from_rad: float) -> Floats:
    """(P, 3, 4) world_from_part in a wind at 10 m height."""
    t = time_ns * 1e-9
    leeward = np.array((-math.sin(wind_from_rad), -math.cos(wind_from_rad)))
    strength = (max(wind_mps, 0.0) / 10.0) ** DRAG_POWER
    eddy_m = swaying.foot_m[:, :2] @ leeward / max(wind_mps, 1.0)
    gust = 1.0 + GUST * np.mean(
        [np.sin(2 * np.pi * f * (t - eddy_m) + k) for k, f in enumerate(GUST_HZ)], axis=0
    ) * np.sqrt(2.0 * len(GUST_HZ))
    bend = strength * np.maximum(gust, 0.2)
    stem = 2 * np.pi * swaying.hz * t
    waves = [np.sin(factor * stem + swaying.phase[:, k]) for k, factor in enumerate(STEM_TIMES)]
    along, across = SWING * (waves[0] + waves[1]), ACROSS * SWING * np.sqrt(2) * waves[2]
    stem_turn = _about(leeward, STEM_RAD_AT_10 * bend * (1.0 + along), STEM_RAD_AT_10 * bend * across)
    waves = [np.sin(factor * stem + swaying.phase[:, 3 + k]) for k, factor in enumerate(LIMB_TIMES)]
    along, across = SWING * (waves[0] + waves[1]), ACROSS * SWING * np.sqrt(2) * waves[2]
    size = LIMB_RAD_AT_10 * bend * swaying.limb
    limb_turn = _about(leeward, size * (1.0 + along), size * across)
    out = np.empty((len(swaying.foot_m), 3, 4))
    out[:, :, :3] = stem_turn @ limb_turn
    # A limb turns about its pivot, the stem about its foot.
    hinge = swaying.pivot_m - np.einsum("pij,pj->pi", limb_turn, swaying.pivot_m)
    out[:, :, 3] = swaying.foot_m + np.einsum("pij,pj->pi", stem_turn, hinge)
    return out


def _about(leeward: Floats, along_rad: Floats, across_rad: Floats) -> Floats:
    """(P, 3, 3) turns that lean what stands upright to leeward and across."""
    turn = np.zeros((len(along_rad), 3))
    turn[:, 0] = -leeward[1] * along_rad + leeward[0] * across_rad
    turn[:, 1] = leeward[0] * along_rad + leeward[1] * across_rad
    angle = np.linalg.norm(turn, axis=1)
    axis = turn / np.maximum(angle, 1e-12)[:, None]
    angle = np.minimum(angle, MOST_RAD)
    c, s = np.cos(angle), np.sin(angle)
    x, y, z = axis.T
    k = 1.0 - c
    made: Floats = np.stack(
        [
            np.stack([c + k * x * x, k * x * y - s * z, k * x * z + s * y], axis=1),
            np.stack([k * x * y + s * z, c + k * y * y, k * y * z - s * x], axis=1),
            np.stack([k * x * z - s * y, k * y * z + s * x, c + k * z * z], axis=1),
        ],
        axis=1,
    )
    return made
