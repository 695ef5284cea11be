"""Where wheels have pressed the snow: a map of the ruts around a camera, drawn from its lanes.  Renderers floor."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from sim.roads.network import RoadNetwork

RUT_PITCH_M = 0.125
SIDE_TEXELS = 2048
GRID_M = 64.0  # the map moves on in steps, so that frames share it
HALF_TRACK_M = 0.78
RUT_WIDTH_M = 0.34
DRIVEN = ("driving", "bidirectional", "entry", "exit", "onRamp", "offRamp", "connectingRamp")


def ruts_near(
    road: RoadNetwork, origin_m: NDArray[np.float64], snow_depth_m: float
) -> tuple[NDArray[np.uint8], tuple[float, float]]:
    """Map of worn snow (255: down to the ground) and the world position of its first texel."""
    half = 0.5 * SIDE_TEXELS * RUT_PITCH_M
    x, y = (float(np.round(c / GRID_M) * GRID_M - half) for c in origin_m[:2])
    if snow_depth_m <= 0.0:
        return np.zeros((1, 1), np.uint8), (x, y)
    return _drawn(road, x, y), (x, y)


@lru_cache(maxsize=4)
def _drawn(road: RoadNetwork, x: float, y: float) -> NDArray[np.uint8]:
    field = np.zeros((SIDE_TEXELS, SIDE_TEXELS), np.uint8)
    for strip in road.strips():
        if strip.kind not in DRIVEN:
            continue
        middle = 0.5 * (strip.inner_m[:, :2] + strip.outer_m[:, :2])
        across = strip.outer_m[:, :2] - strip.inner_m[:, :2]
        across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-6)
        for side in (-HALF_TRACK_M, HALF_TRACK_M):
            line = (middle + side * across - [x, y]) / RUT_PITCH_M
            points = np.round(line * 16).astype(np.int32)
            cv2.polylines(
                field, [points[:, None]], False, 255, max(round(RUT_WIDTH_M / RUT_PITCH_M), 1), cv2.LINE_AA, 4
            )
    return np.asarray(cv2.GaussianBlur(field, (0, 0), 1.6), np.uint8)
