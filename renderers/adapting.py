"""Automatic exposure that follows the light with a time constant, the same for a frame asked alone.  Renderers floor."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from renderers.film import metered
from renderers.optics import camera_model, lit_pixels
from scenarios.schema import Camera

STEP_NS = 200_000_000
CONSTANTS = 4.0  # time constants that are looked back on; the light before counts as that of their beginning
METER_PX = 96  # width of the picture that is metered
METER_STRIDE = 8  # film.metered looks at every eighth pixel of a whole picture

Glance = Callable[[Camera[float], int], NDArray[np.float32]]  # linear picture of a camera at a time


def adapted_light(known: dict[int, float], camera: Camera[float], time_ns: int, glance: Glance) -> float:
    """cd/m2 that the exposure has followed the light to: a first-order filter over the logarithm of what was metered.

    Every 200 ms of the clip a thumbnail is metered, once for all frames (`known` keeps them by their number): a frame
    asked for alone is exposed as in the whole clip.  Before the clip the light was that of its beginning.
    """
    assert camera.exposure_lag_s is not None
    lag_ns = 1e9 * float(camera.exposure_lag_s)
    last = max(time_ns // STEP_NS, 0)
    first = max(last - math.ceil(CONSTANTS * lag_ns / STEP_NS), 0)
    for step in range(first, last + 1):
        if step not in known:
            known[step] = math.log(_thumbnail_light(camera, step * STEP_NS, glance))
    level = known[first]
    for step in range(first + 1, last + 1):
        level += (known[step] - level) * (1.0 - math.exp(-STEP_NS / lag_ns))
    level += (known[last] - level) * (1.0 - math.exp(-(time_ns - last * STEP_NS) / lag_ns))
    return math.exp(level)


def _thumbnail_light(camera: Camera[float], time_ns: int, glance: Glance) -> float:
    """What a camera's meter reads, from a picture a few times smaller."""
    shrink = METER_PX / camera.width_px
    matrix = camera_model(camera).matrix
    words = {
        "width_px": METER_PX,
        "height_px": max(round(camera.height_px * shrink), 16),
        "fov_rad": None,
        "focal_px": float(matrix[0, 0]) * shrink,
        "centre_px": (float(matrix[0, 2]) * shrink, float(matrix[1, 2]) * shrink),
        "exposure_lag_s": None,
        "imager": None,
        "motion_blur": False,
        "readout_s": 0.0,
        "focus_m": None,
        "chromatic_px": None,
    }
    small = camera.model_copy(update=words)
    light, lit = glance(small, time_ns), lit_pixels(camera_model(small))
    whole = light.repeat(METER_STRIDE, axis=0).repeat(METER_STRIDE, axis=1)
    if lit is not None:
        lit = lit.repeat(METER_STRIDE, axis=0).repeat(METER_STRIDE, axis=1)
    return metered(whole, lit)
