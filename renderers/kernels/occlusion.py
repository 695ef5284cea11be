"""How much open sky a point sees: a few short rays, shared between neighbouring pixels.  Renderers floor, arrays only.

On every third pixel of every third row one of sixteen directions is tried, in a 4 x 4 pattern; averaging over the
pattern, where the surface is the same, gives every point all sixteen.  Packets hold rays of one direction.
"""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from renderers.kernels.surface import S_NX, S_NY, S_NZ
from sim.kernels.jit import fast_kernel

F = np.float32
DIRECTIONS = 16
CELL_PX = 3


@fast_kernel
def aim_at_sky(
    start, stop, source, pattern, lobe, reach_m, triangle, surface, offset_m, direction, begin, limit
):
    """Short rays [start, stop) from the points of rays `source` into their own hemispheres.

    `lobe` (DIRECTIONS, 3) is cosine-weighted about +z, `reach_m` (DIRECTIONS,) how far each looks.
    """
    for k in range(start, stop):
        r = source[k]
        limit[k] = F(0)
        direction[k, 0] = F(0)
        direction[k, 1] = F(0)
        direction[k, 2] = F(1)
        begin[k, 0] = F(0)
        begin[k, 1] = F(0)
        begin[k, 2] = F(0)
        if r < 0 or triangle[r] < 0:
            continue
        which = pattern[k]
        nx = surface[r, S_NX]
        ny = surface[r, S_NY]
        nz = surface[r, S_NZ]
        # Orthonormal frame about the normal without branches on direction (Duff et al., JCGT 6(1), 2017).
        sign = F(1) if nz >= F(0) else F(-1)
        a = F(-1) / (sign + nz)
        b = nx * ny * a
        x = lobe[which, 0]
        y = lobe[which, 1]
        z = lobe[which, 2]
        direction[k, 0] = (F(1) + sign * nx * nx * a) * x + b * y + nx * z
        direction[k, 1] = sign * b * x + (sign + ny * ny * a) * y + ny * z
        direction[k, 2] = -sign * nx * x - ny * y + nz * z
        begin[k, 0] = offset_m[r, 0]
        begin[k, 1] = offset_m[r, 1]
        begin[k, 2] = offset_m[r, 2]
        limit[k] = reach_m[which]


@fast_kernel
def collect(start, stop, source, target, placement, triangle, range_m, surface, cells):
    """Put rays [start, stop) into the small image `cells` (h * w, 5): open, normal, depth (0: nothing there)."""
    for k in range(start, stop):
        r = source[k]
        if r < 0:
            continue
        at = target[k]
        if triangle[r] < 0:
            cells[at, 4] = F(0)
            continue
        cells[at, 0] = F(1) if placement[k] < 0 else F(0)
        cells[at, 1] = surface[r, S_NX]
        cells[at, 2] = surface[r, S_NY]
        cells[at, 3] = surface[r, S_NZ]
        cells[at, 4] = range_m[r]


@fast_kernel
def average(start, stop, cells, smooth):
    """Mean over the 4 x 4 pattern, of rows [start, stop) of the small image, over cells of the same surface."""
    height = cells.shape[0]
    width = cells.shape[1]
    for i in range(start, stop):
        for j in range(width):
            depth = cells[i, j, 4]
            if depth <= F(0):
                smooth[i, j] = F(1)
                continue
            nx = cells[i, j, 1]
            ny = cells[i, j, 2]
            nz = cells[i, j, 3]
            near = depth * F(0.04) + F(0.05)
            total = F(0)
            weight = F(0)
            for y in range(i - 2, i + 2):
                for x in range(j - 2, j + 2):
                    if y < 0 or x < 0 or y >= height or x >= width:
                        continue
                    other = cells[y, x, 4]
                    if other <= F(0) or abs(other - depth) > near:
                        continue
                    if nx * cells[y, x, 1] + ny * cells[y, x, 2] + nz * cells[y, x, 3] < F(0.8):
                        continue
                    total += cells[y, x, 0]
                    weight += F(1)
            smooth[i, j] = total / max(weight, F(1))


@fast_kernel
def spread(start, stop, tiles_across, cells, smooth, range_m, triangle, surface, open_sky):
    """Give each pixel of tiles [start, stop) the openness of the nearest small cells of its own surface."""
    height = cells.shape[0]
    width = cells.shape[1]
    for tile in range(start, stop):
        top = (tile // tiles_across) * 8
        left = (tile % tiles_across) * 8
        for lane in range(64):
            r = tile * 64 + lane
            if triangle[r] < 0:
                open_sky[r] = F(1)
                continue
            y = F(top + lane // 8) * F(1 / CELL_PX)
            x = F(left + lane % 8) * F(1 / CELL_PX)
            i = int(y)
            j = int(x)
            fy = y - F(i)
            fx = x - F(j)
            nx = surface[r, S_NX]
            ny = surface[r, S_NY]
            nz = surface[r, S_NZ]
            depth = range_m[r]
            total = F(0)
            weight = F(0)
            for q in range(4):
                a = min(i + (q >> 1), height - 1)
                b = min(j + (q & 1), width - 1)
                other = cells[a, b, 4]
                w = (fy if q >> 1 else F(1) - fy) * (fx if q & 1 else F(1) - fx) + F(0.01)
                apart = abs(other - depth) / (depth * F(0.04) + F(0.05))
                alike = max(nx * cells[a, b, 1] + ny * cells[a, b, 2] + nz * cells[a, b, 3], F(0))
                w *= max(F(1) - apart, F(1e-4)) * alike * alike
                if other <= F(0):
                    w = F(0)
                total += w * smooth[a, b]
                weight += w
            open_sky[r] = total / weight if weight > F(1e-6) else F(0.8)


def lobe_directions(reach_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Sixteen cosine-weighted directions (16, 3) about +z and how far each looks (16,).

    A ray is blocked or not; looking short in some directions and far in others makes near things darken most.
    """
    k = np.arange(DIRECTIONS)
    u = (k + 0.5) / DIRECTIONS
    turn = 2 * math.pi * ((k * 0.6180339887) % 1.0)  # golden angle: even over the circle for every prefix
    sine = np.sqrt(u)
    direction = np.stack([sine * np.cos(turn), sine * np.sin(turn), np.sqrt(1 - u)], axis=-1)
    length = reach_m * (0.12 + 0.88 * ((k * 7 % DIRECTIONS) + 0.5) / DIRECTIONS)
    return direction.astype(np.float32), length.astype(np.float32)
