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


def _axes(side: Floats) -> Floats:
    """Right, up and towards the eye as rows, as seen from a side."""
    away = side / np.linalg.norm(side)
    right = np.cross((0.0, 0.0, 1.0) if abs(away[2]) < 0.9 else (0.0, 1.0, 0.0), away)
    right /= np.linalg.norm(right)
    return np.stack([right, np.cross(away, right), away])


AXES = tuple(_axes(side) for side in DIRECTIONS)


def seen(corner_m: Floats, clear: NDArray[np.bool_], size_px: int = PICTURE_PX) -> NDArray[np.bool_]:
    """(T,) which triangles (T, 3, 3) show from outside, some of them `clear` as glass is.

    In doubt they do: what nearly touches the outermost surface counts as seen.
    """
    found = np.zeros(len(corner_m), np.bool_)
    low, high = corner_m.reshape(-1, 3).min(axis=0), corner_m.reshape(-1, 3).max(axis=0)
    scale = (size_px - 2) / float(np.linalg.norm(high - low))
    middle = 0.5 * (low + high)
    turned = np.empty_like(corner_m)
    for axes in AXES:
        _turn(corner_m, middle, scale * axes, 0.5 * size_px, turned)
        depth = np.full((size_px, size_px), -np.inf)
        _draw(turned, clear, depth)
        _find(turned, depth, found)
    return found


@kernel
def _turn(corner: Floats, middle: Floats, axes: Floats, offset_px: float, out: Floats) -> None:
    """Corners in pixels of a picture, and how many pixels nearer to the eye than the middle they are."""
    for t in range(len(corner)):
        for k in range(3):
            x, y, z = corner[t, k, 0] - middle[0], corner[t, k, 1] - middle[1], corner[t, k, 2] - middle[2]
            out[t, k, 0] = axes[0, 0] * x + axes[0, 1] * y + axes[0, 2] * z + offset_px
            out[t, k, 1] = axes[1, 0] * x + axes[1, 1] * y + axes[1, 2] * z + offset_px
            out[t, k, 2] = axes[2, 0] * x + axes[2, 1] * y + axes[2, 2] * z


@kernel
def _reach(one: float, two: float, three: float, size: int) -> tuple[int, int]:
    """First pixel that something between three places may cover, and the first beyond."""
    return max(int(min(one, two, three)), 0), min(int(max(one, two, three)) + 1, size)


@kernel
def _runs(
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
def _draw(corner: Floats, clear: NDArray[np.bool_], depth: Floats) -> None:
    """Draw the triangles that are not clear."""
    for t in range(len(corner)):
        if clear[t]:
            continue
        ax, ay, az = corner[t, 0, 0], corner[t, 0, 1], corner[t, 0, 2]
        bx, by, bz = corner[t, 1, 0], corner[t, 1, 1], corner[t, 1, 2]
        cx, cy, cz = corner[t, 2, 0], corner[t, 2, 1], corner[t, 2, 2]
        solid, a0, a1, a2, b0, b1, b2, z0, z1, z2 = _runs(ax, ay, az, bx, by, bz, cx, cy, cz)
        if not solid:
            continue
        first, last = _reach(ax, bx, cx, depth.shape[1])
        top, bottom = _reach(ay, by, cy, depth.shape[0])
        for y in range(top, bottom):
            v = y + 0.5
            for x in range(first, last):
                u = x + 0.5
                wa, wb = a0 + a1 * u + a2 * v, b0 + b1 * u + b2 * v
                if wa >= 0.0 and wb >= 0.0 and wa + wb <= 1.0:
                    depth[y, x] = max(depth[y, x], z0 + z1 * u + z2 * v)


@kernel
def _find(corner: Floats, depth: Floats, found: NDArray[np.bool_]) -> None:
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
        solid, a0, a1, a2, b0, b1, b2, z0, z1, z2 = _runs(ax, ay, az, bx, by, bz, cx, cy, cz)
        if not solid:
            continue
        first, last = _reach(ax, bx, cx, depth.shape[1])
        top, bottom = _reach(ay, by, cy, depth.shape[0])
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
