"""Which triangles can be seen from outside.  Renderers floor."""

import numpy as np
from numpy.typing import NDArray

from renderers.loft import Floats
from sim.kernels.jit import kernel

Longs = NDArray[np.int64]

PICTURE_PX = 200
NEAR_PX = 1.5  # what lies so little behind the nearest surface may still be seen
# Around, as sensors on vehicles, on people and on masts look.
DIRECTIONS = np.array(
    [
        (0.0, 0.0, 1.0),
        *(
            (np.cos(a), np.sin(a), z)
            for z in (-0.12, 0.25, 0.9)
            for a in np.radians(np.arange(0, 360, 30) + 40 * z)
        ),
    ]
)


def seen(corner_m: Floats, clear: NDArray[np.bool_], size_px: int = PICTURE_PX) -> NDArray[np.bool_]:
    """(T,) which triangles (T, 3, 3) show from outside, some of them `clear` as glass is.

    In doubt they do: what nearly touches the outermost surface counts as seen.
    """
    found = np.zeros(len(corner_m), np.bool_)
    low, high = corner_m.reshape(-1, 3).min(axis=0), corner_m.reshape(-1, 3).max(axis=0)
    reach = float(np.linalg.norm(high - low))
    for side in DIRECTIONS:
        turned = _turned(corner_m - 0.5 * (low + high), side)
        scale = (size_px - 2) / reach
        turned[..., :2] = turned[..., :2] * scale + 0.5 * size_px
        depth = np.full((size_px, size_px), -np.inf)
        _draw(turned, ~clear, depth, found, 0.0)
        _draw(turned, np.ones(len(corner_m), np.bool_), depth, found, NEAR_PX / scale)
    return found


def _turned(corner_m: Floats, side: Floats) -> Floats:
    """Right, up and towards the eye, as seen from a side."""
    away = side / np.linalg.norm(side)
    right = np.cross((0.0, 0.0, 1.0) if abs(away[2]) < 0.9 else (0.0, 1.0, 0.0), away)
    right /= np.linalg.norm(right)
    turned: Floats = corner_m @ np.stack([right, np.cross(away, right), away], axis=1)
    return turned


@kernel
def _draw(
    corner: Floats, chosen: NDArray[np.bool_], depth: Floats, found: NDArray[np.bool_], near_m: float
) -> None:
    """Draw the chosen triangles into `depth`, or, with `near_m`, mark in `found` those that are not far behind it."""
    height, width = depth.shape
    for t in range(len(corner)):
        if not chosen[t] or (near_m > 0.0 and found[t]):
            continue
        ax, ay, az = corner[t, 0]
        bx, by, bz = corner[t, 1]
        cx, cy, cz = corner[t, 2]
        if near_m > 0.0:  # what is smaller than a pixel has its middle
            x, y = int((ax + bx + cx) / 3.0), int((ay + by + cy) / 3.0)
            if (az + bz + cz) / 3.0 > depth[y, x] - near_m:
                found[t] = True
                continue
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if abs(area) < 1e-12:
            continue
        for y in range(max(int(min(ay, by, cy)), 0), min(int(max(ay, by, cy)) + 1, height)):
            for x in range(max(int(min(ax, bx, cx)), 0), min(int(max(ax, bx, cx)) + 1, width)):
                u, v = x + 0.5, y + 0.5
                wa = ((bx - u) * (cy - v) - (by - v) * (cx - u)) / area
                wb = ((cx - u) * (ay - v) - (cy - v) * (ax - u)) / area
                wc = 1.0 - wa - wb
                if wa < 0.0 or wb < 0.0 or wc < 0.0:
                    continue
                z = wa * az + wb * bz + wc * cz
                if near_m > 0.0:
                    if z > depth[y, x] - near_m:
                        found[t] = True
                elif z > depth[y, x]:
                    depth[y, x] = z
