"""Where wheels have pressed the snow: a map of the ruts around a camera, drawn from its lanes.  Renderers floor."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from scenarios.chance import stream
from sim.roads.network import RoadNetwork
from sim.roads.records import LaneStrip

RUT_PITCH_M = 0.125
SIDE_TEXELS = 2048
GRID_M = 64.0  # the map moves on in steps, so that frames share it
HALF_TRACK_M = 0.78
# Of those who drove here: how deep their tracks are (255: to the ground), how wide, how far they stray (reasoned).
PASSES = ((230, 0.34, 0.06), (150, 0.28, 0.20), (110, 0.25, 0.34), (80, 0.25, 0.50))
WANDER_M = (4.0, 12.0)  # over how far they stray, divided by 2 pi
EDGE_TEXELS = 0.9
LUMPS = ((0.16, 0.8), (0.14, 3.0))  # by how much tracks are broken, and over how many texels
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
    """No two cars drive in the same tracks: each wheel leaves a few, which wander apart, cross and are broken."""
    layers = [np.zeros((SIDE_TEXELS, SIDE_TEXELS), np.uint8) for _ in PASSES]
    for number, strip in enumerate(road.strips()):
        if strip.kind not in DRIVEN:
            continue
        chance = stream(0, "ruts", number)
        middle, left = _every_metre(0.5 * (strip.inner_m[:, :2] + strip.outer_m[:, :2]), strip)
        way = np.arange(len(middle)) * 1.0
        for layer, (depth, wide_m, apart_m) in zip(layers, PASSES, strict=True):
            wave = np.sin(way / chance.uniform(*WANDER_M) + chance.uniform(0.0, 2.0 * np.pi))
            shift = apart_m * (chance.normal() + 0.6 * wave)
            for side in (-HALF_TRACK_M, HALF_TRACK_M):
                line = (middle + (side + shift)[:, None] * left - [x, y]) / RUT_PITCH_M
                points = np.round(line * 16).astype(np.int32)
                wide = max(round(wide_m / RUT_PITCH_M), 1)
                cv2.polylines(layer, [points[:, None]], False, depth, wide, cv2.LINE_AA, 4)
    bare = 1.0 - np.prod([1.0 - layer.astype(np.float32) / 255.0 for layer in layers], axis=0)
    field = cv2.GaussianBlur(bare, (0, 0), EDGE_TEXELS) * (1.0 + _broken())
    return np.asarray(np.clip(field, 0.0, 1.0) * 255.0, np.uint8)


@lru_cache(maxsize=1)
def _broken() -> NDArray[np.float32]:
    """(SIDE_TEXELS, SIDE_TEXELS) lumps of slush, periodic over GRID_M, so that they stay where they lie."""
    side = round(GRID_M / RUT_PITCH_M)
    chance = stream(0, "ruts", "lumps")
    lumps = np.zeros((side, side), np.float32)
    for deviation, size in LUMPS:
        noise = np.pad(chance.normal(size=(side, side)).astype(np.float32), 24, mode="wrap")
        smooth = cv2.GaussianBlur(noise, (0, 0), size)[24:-24, 24:-24]
        lumps += deviation / smooth.std() * smooth
    return np.tile(lumps, (SIDE_TEXELS // side, SIDE_TEXELS // side))


def _every_metre(
    middle_m: NDArray[np.float64], strip: LaneStrip
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(N, 2) middle of a lane and (N, 2) unit vectors across it, a metre apart."""
    across = strip.outer_m[:, :2] - strip.inner_m[:, :2]
    across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-6)
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(middle_m, axis=0), axis=1))])
    at = np.append(np.arange(0.0, way[-1], 1.0), way[-1])
    middle, left = (np.stack([np.interp(at, way, p[:, c]) for c in (0, 1)], 1) for p in (middle_m, across))
    return middle, left
