"""A lidar sweep to look at: its range image and its view from above, coloured by what one asks for.  Roof."""

import cv2
import numpy as np
from numpy.typing import NDArray

from renderers.frames import Cause, LidarSweep
from scenarios.taxonomy import SEMANTICS
from sim.app.pictures import PALETTE
from sim.app.tags import FONT, Image

COLORINGS = ("intensity", "range", "cause", "class", "ring")
BACKGROUND = 12
ROW_PX = 5  # of the range image, for each ring
FINEST_RAD = np.radians(0.25)  # columns and, without rings, rows of the range image
LEGEND_PX = 26
CAUSES: dict[Cause, tuple[int, int, int]] = {
    Cause.SURFACE: (120, 130, 140),
    Cause.RAIN: (60, 140, 255),
    Cause.SNOW: (255, 255, 255),
    Cause.FOG: (190, 170, 255),
    Cause.SPRAY: (0, 230, 230),
    Cause.GHOST: (255, 60, 220),
    Cause.GLASS: (90, 220, 120),
    Cause.EGO: (110, 80, 50),
    Cause.MIXED: (255, 200, 0),
    Cause.DUST: (220, 160, 90),
    Cause.SMOKE: (255, 110, 60),
    Cause.EXHAUST: (200, 220, 160),
    Cause.BLOOM: (255, 150, 190),
    Cause.SUN: (255, 255, 90),
    Cause.CROSSTALK: (255, 0, 0),
}


def colors_of(sweep: LidarSweep, by: str) -> Image:
    """(N, 3) sRGB of each point."""
    if by == "cause":
        table = np.full((256, 3), 255, np.uint8)
        for cause, color in CAUSES.items():
            table[cause] = color
        return _image(table[sweep.cause])
    if by == "class":
        return _image(np.maximum(PALETTE[sweep.semantic], 40))
    if by == "ring":
        share = sweep.ring / max(int(sweep.ring.max(initial=1)), 1)
    elif by == "range":
        share = 1.0 - np.sqrt(np.clip(sweep.range_m / 80.0, 0.0, 1.0))
    else:
        share = np.sqrt(np.clip(sweep.intensity, 0.0, 1.0))
    shade = np.clip(25 + 230 * share, 0, 255).astype(np.uint8)
    if not len(shade):
        return np.zeros((0, 3), np.uint8)
    kind = cv2.COLORMAP_VIRIDIS if by == "intensity" else cv2.COLORMAP_TURBO
    return _image(np.asarray(cv2.applyColorMap(shade[:, None], kind))[:, 0, ::-1])


def range_image(sweep: LidarSweep, by: str, width_px: int) -> Image:
    """Rings over azimuths, the middle straight ahead; a lidar of one or a few lasers by elevation instead."""
    x, y, z = sweep.raw_xyz_m.astype(np.float64).T
    azimuth, up = np.arctan2(y, x), np.arctan2(z, np.hypot(x, y))
    half = max(float(np.abs(azimuth).max(initial=0.1)), 0.1)
    columns = int(min(2.0 * half / max(FINEST_RAD, _pitch_rad(sweep, azimuth)), width_px)) + 1
    column = np.clip((half - azimuth) / (2.0 * half) * columns, 0, columns - 1).astype(int)
    rings = int(sweep.ring.max(initial=0)) + 1
    if rings >= 16:
        row, rows = rings - 1 - sweep.ring.astype(int), rings
    else:
        low, high = float(up.min(initial=-0.1)), float(up.max(initial=0.1))
        rows = max(int((high - low) / FINEST_RAD), 16)
        row = np.clip((high - up) / max(high - low, 1e-6) * rows, 0, rows - 1).astype(int)
    picture = np.full((rows, columns, 3), BACKGROUND, np.uint8)
    order = np.argsort(-sweep.range_m, kind="stable")  # what is nearer covers what is farther
    picture[row[order], column[order]] = colors_of(sweep, by)[order]
    tall = rows * max(ROW_PX * 64 // max(rows, 64), 2)
    return _image(cv2.resize(picture, (width_px, tall), interpolation=cv2.INTER_NEAREST))


def _pitch_rad(sweep: LidarSweep, azimuth: NDArray[np.float64]) -> float:
    """How far apart the beams of a ring are: finer columns would be stripes of nothing."""
    order = np.lexsort((sweep.offset_ns, sweep.ring))
    beside = (np.diff(sweep.ring[order]) == 0) & (np.diff(sweep.return_index[order].astype(int)) == 0)
    gaps = np.abs(np.diff(azimuth[order]))[beside]
    return float(np.median(gaps)) if len(gaps) else 0.0


def top_view(sweep: LidarSweep, by: str, side_px: int, reach_m: float) -> Image:
    """Points from above, forward up, the sensor in the middle or, where it does not look back, at the bottom."""
    xyz = sweep.xyz_m.astype(np.float64)
    all_round = bool((xyz[:, 0] < -2.0).any())
    height = side_px if all_round else side_px * 3 // 5
    scale = side_px / (2.0 * reach_m)
    foot = (side_px // 2, height // 2 if all_round else height - 20)
    picture = np.full((height, side_px, 3), BACKGROUND, np.uint8)
    for ring_m in range(10, int(1.5 * reach_m), 10):
        cv2.circle(picture, foot, round(ring_m * scale), (38, 38, 42), 1, cv2.LINE_AA)
    order = np.argsort(xyz[:, 2], kind="stable")  # what is higher covers what is lower
    column = np.floor(foot[0] - xyz[order, 1] * scale).astype(int)
    row = np.floor(foot[1] - xyz[order, 0] * scale).astype(int)
    inside = (column >= 0) & (column < side_px) & (row >= 0) & (row < height)
    picture[row[inside], column[inside]] = colors_of(sweep, by)[order][inside]
    cv2.circle(picture, foot, 3, (255, 255, 255), -1, cv2.LINE_AA)
    return _image(picture)


def legend(sweep: LidarSweep, by: str, width_px: int) -> Image:
    """What the colours mean, and how many firings came back."""
    strip = np.full((LEGEND_PX, width_px, 3), 24, np.uint8)
    words = f"{sweep.model}  {len(sweep.xyz_m):,} points of {sweep.fired:,} firings   by {by}:"
    at = _write(strip, words, 8, (230, 230, 230))
    if by == "cause":
        named = [(cause.name.lower(), CAUSES[cause]) for cause in CAUSES if (sweep.cause == cause).any()]
    elif by == "class":
        present = np.unique(sweep.semantic)
        named = [(s.name, s.color) for s in SEMANTICS if s.id in present]
    else:
        named = []
    for name, color in named:
        bright = tuple(int(max(value, 60)) for value in color)
        at = _write(strip, name, at + 12, (bright[0], bright[1], bright[2]))
    return _image(strip)


def _write(strip: NDArray[np.uint8], words: str, at: int, color: tuple[int, int, int]) -> int:
    (wide, _), _ = cv2.getTextSize(words, FONT, 0.45, 1)
    cv2.putText(strip, words, (at, 18), FONT, 0.45, color, 1, cv2.LINE_AA)
    return at + wide


def sweep_sheet(sweep: LidarSweep, by: str, width_px: int = 1400, reach_m: float = 50.0) -> Image:
    """Range image, view from above and legend, one below the other."""
    parts = (
        range_image(sweep, by, width_px),
        np.full((6, width_px, 3), 60, np.uint8),
        top_view(sweep, by, width_px, reach_m),
        legend(sweep, by, width_px),
    )
    return _image(np.vstack(parts))


def _image(values: object) -> Image:
    return np.ascontiguousarray(values, np.uint8)
