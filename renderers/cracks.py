"""The pattern of a cracked window before a camera: a star where a stone hit, and what grew from it.  Renderers floor."""

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

STEP_SHARE = 0.035  # of the picture's smaller side: length of a straight piece of a crack
WANDER_RAD = 0.10  # by which a crack turns from piece to piece
BRANCHES = 0.06  # chance of a piece to fork
CHIP_SHARE = 0.018  # of the smaller side: radius of the crushed glass where the stone hit
# A crack is a gap of a few hundredths of a millimetre close to the lens: a line out of focus, whose edges catch light.
LINE_SHARE, SOFT_SHARE = 0.0024, 0.0011


def crack_depth(lines: int, reach: float, shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    """(H, W) in [0, 1], how much broken glass lies before each pixel; cracks reach that share of the picture's width."""
    height, width = shape
    side = min(shape)
    start = np.array([rng.uniform(0.2, 0.8) * width, rng.uniform(0.2, 0.8) * height])
    depth = np.zeros(shape, np.float32)
    thick = max(round(LINE_SHARE * side), 1)
    turn = rng.uniform(0.0, 2.0 * np.pi)
    waiting = [
        (
            start,
            turn + 2.0 * np.pi * (k + rng.uniform(-0.3, 0.3)) / lines,
            reach * width * rng.uniform(0.35, 1.0),
        )
        for k in range(lines)
    ]
    drawn = 0
    while waiting and drawn < 40 * lines:
        at, way, left = waiting.pop()
        while left > 0.0:
            step = min(STEP_SHARE * side * rng.uniform(0.5, 1.5), left)
            to = at + step * np.array([np.cos(way), np.sin(way)])
            strength = float(rng.uniform(0.15, 1.0))
            piece = np.round(np.stack([at, to]) * 16.0).astype(np.int32)
            cv2.polylines(depth, [piece], False, strength, thick, cv2.LINE_8, 4)
            drawn += 1
            at, left = to, left - step
            way += rng.normal(0.0, WANDER_RAD)
            if rng.uniform() < BRANCHES and len(waiting) < 4 * lines:
                waiting.append((at, way + rng.choice([-1.0, 1.0]) * rng.uniform(0.4, 0.9), 0.5 * left))
    y, x = np.mgrid[:height, :width].astype(np.float32)
    chip = np.exp(-(((x - start[0]) ** 2 + (y - start[1]) ** 2) / (CHIP_SHARE * side) ** 2))
    grain = cv2.GaussianBlur(rng.random(shape).astype(np.float32), (0, 0), 1.2)
    depth = np.maximum(depth, chip * np.clip(0.6 + 2.0 * (grain - 0.5), 0.0, 1.0))
    soft = cv2.GaussianBlur(depth, (0, 0), max(SOFT_SHARE * side, 0.5))
    return np.asarray(np.clip(1.8 * soft, 0.0, 1.0), np.float32)
