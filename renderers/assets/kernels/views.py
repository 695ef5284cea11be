"""Triangles drawn from one side, and which of them show.  Renderers floor, arrays only."""

import numpy as np
from numpy.typing import NDArray

from sim.kernels.jit import kernel

Floats = NDArray[np.float64]
NEAR_PX = 1.5  # what lies so little behind the nearest surface may still be seen


@kernel
def turn(corner: Floats, middle: Floats, axes: Floats, offset_px: float, out: Floats) -> None:
    """Corners in pixels of a picture, and how many pixels nearer to the eye than the middle they are."""
    for t in range(len(corner)):
        for k in range(3):
            x, y, z = corner[t, k, 0] - middle[0], corner[t, k, 1] - middle[1], corner[t, k, 2] - middle[2]
            out[t, k, 0] = axes[0, 0] * x + axes[0, 1] * y + axes[0, 2] * z + offset_px
            out[t, k, 1] = axes[1, 0] * x + axes[1, 1] * y + axes[1, 2] * z + offset_px
            out[t, k, 2] = axes[2, 0] * x + axes[2, 1] * y + axes[2, 2] * z


@kernel
def reach(one: float, two: float, three: float, size: int) -> tuple[int, int]:
    """First pixel that something between three places may cover, and the first beyond."""
    return max(int(min(one, two, three)), 0), min(int(max(one, two, three)) + 1, size)


@kernel
def runs(
    ax: float, ay: float, az: float, bx: float, by: float, bz: float, cx: float, cy: float, cz: float
) -> tuple[bool, float, float, float, float, float, float, float, float, float]:
    """Whether a triangle has area, and how two barycentric coordinates and depth run: at 0, along x and along y."""
    area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    if abs(area) < 1e-12:
        return False, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    a0, a1, a2 = (bx * cy - by * cx) / area, (by - cy) / area, (cx - bx) / area
    b0, b1, b2 = (cx * ay - cy * ax) / area, (cy - ay) / area, (ax - cx) / area
    za, zb = az - cz, bz - cz
    return True, a0, a1, a2, b0, b1, b2, cz + za * a0 + zb * b0, za * a1 + zb * b1, za * a2 + zb * b2


@kernel
def draw(corner: Floats, clear: NDArray[np.bool_], depth: Floats) -> None:
    """Draw the triangles that are not clear."""
    places = np.arange(depth.shape[1]) + 0.5
    for t in range(len(corner)):
        if clear[t]:
            continue
        ax, ay, az = corner[t, 0, 0], corner[t, 0, 1], corner[t, 0, 2]
        bx, by, bz = corner[t, 1, 0], corner[t, 1, 1], corner[t, 1, 2]
        cx, cy, cz = corner[t, 2, 0], corner[t, 2, 1], corner[t, 2, 2]
        solid, a0, a1, a2, b0, b1, b2, z0, z1, z2 = runs(ax, ay, az, bx, by, bz, cx, cy, cz)
        if not solid:
            continue
        first, last = reach(ax, bx, cx, depth.shape[1])
        top, bottom = reach(ay, by, cy, depth.shape[0])
        across = places[first:last]
        for y in range(top, bottom):
            v = y + 0.5
            row = depth[y, first:last]
            for k in range(len(row)):  # without branches, so that several pixels are done at once
                u = across[k]
                wa, wb, z = a0 + a1 * u + a2 * v, b0 + b1 * u + b2 * v, z0 + z1 * u + z2 * v
                nearer = (wa >= 0.0) & (wb >= 0.0) & (wa + wb <= 1.0) & (z > row[k])
                row[k] = z if nearer else row[k]


@kernel
def find(corner: Floats, depth: Floats, found: NDArray[np.bool_]) -> None:
    """Mark the triangles that are not far behind what was drawn anywhere."""
    for t in range(len(corner)):
        if found[t]:
            continue
        ax, ay, az = corner[t, 0, 0], corner[t, 0, 1], corner[t, 0, 2]
        bx, by, bz = corner[t, 1, 0], corner[t, 1, 1], corner[t, 1, 2]
        cx, cy, cz = corner[t, 2, 0], corner[t, 2, 1], corner[t, 2, 2]
        # What is smaller than a pixel has its middle.
        x, y = int((ax + bx + cx) / 3.0), int((ay + by + cy) / 3.0)
        if (az + bz + cz) / 3.0 > depth[y, x] - NEAR_PX:
            found[t] = True
            continue
        solid, a0, a1, a2, b0, b1, b2, z0, z1, z2 = runs(ax, ay, az, bx, by, bz, cx, cy, cz)
        if not solid:
            continue
        first, last = reach(ax, bx, cx, depth.shape[1])
        top, bottom = reach(ay, by, cy, depth.shape[0])
        for y in range(top, bottom):
            v = y + 0.5
            for x in range(first, last):
                u = x + 0.5
                wa, wb = a0 + a1 * u + a2 * v, b0 + b1 * u + b2 * v
                within = wa >= 0.0 and wb >= 0.0 and wa + wb <= 1.0
                if within and z0 + z1 * u + z2 * v > depth[y, x] - NEAR_PX:
                    found[t] = True
                    break
            if found[t]:
                break
