"""How much of the sky a point sees, and how much of what is lit around it: a few rays, shared between neighbours.

On every third pixel of every third row one of sixteen directions is tried, in a 4 x 4 pattern; averaging over the
pattern, where the surface is the same, gives every point all sixteen.  Packets hold rays of one direction.  What stands
in the way of the sky sends light itself, the less the nearer it is: between near things it is dark.
Renderers floor, arrays only.
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
DIM_M = 0.8  # what stands so near gets half of the light that lit things send
# Columns of a cell: open to the sky, share of what is lit, normal, depth (0: nothing there).
C_OPEN, C_LIT, C_NX, C_NY, C_NZ, C_DEPTH, C_COLUMNS = range(7)


@fast_kernel
def aim_at_sky(
    start, stop, source, pattern, lobe, reach_m, placement, triangle, u, v, rotation, normals, surface, offset_m,
    normal, direction, begin, limit,
):  # fmt: skip
    """Rays [start, stop) as long as `reach_m` from the points of rays `source` into their own hemispheres.

    `lobe` (DIRECTIONS, 3) is cosine-weighted about +z.  Hemispheres stand on the smooth `normal` (out), without the
    texture's relief: on a rough wall each ray would look another way, and sixteen of them would not count the same.
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
        k3 = triangle[r]
        p = placement[r]
        w = F(1) - u[r] - v[r]
        sx = w * normals[k3, 0] + u[r] * normals[k3, 3] + v[r] * normals[k3, 6]
        sy = w * normals[k3, 1] + u[r] * normals[k3, 4] + v[r] * normals[k3, 7]
        sz = w * normals[k3, 2] + u[r] * normals[k3, 5] + v[r] * normals[k3, 8]
        x = rotation[p, 0] * sx + rotation[p, 1] * sy + rotation[p, 2] * sz
        y = rotation[p, 3] * sx + rotation[p, 4] * sy + rotation[p, 5] * sz
        z = rotation[p, 6] * sx + rotation[p, 7] * sy + rotation[p, 8] * sz
        scale = math.sqrt(x * x + y * y + z * z)
        alike = (nx * x + ny * y + nz * z) / max(scale, F(1e-6))
        if abs(alike) > F(0.5):  # water and snow have normals of their own
            scale = F(1) / scale if alike > F(0) else F(-1) / scale
            nx = x * scale
            ny = y * scale
            nz = z * scale
        normal[k, 0] = nx
        normal[k, 1] = ny
        normal[k, 2] = nz
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
        limit[k] = reach_m


@fast_kernel
def collect(start, stop, source, target, direction, met, distance, walls, triangle, range_m, normal, cells):
    """Put rays [start, stop) into the small image `cells` (h * w, C_COLUMNS).

    A ray up that is free sees the sky, a ray down that is free the far ground; all others see what is lit near by: the
    ground, or what is `walls` times as bright as it.
    """
    for k in range(start, stop):
        r = source[k]
        if r < 0:
            continue
        at = target[k]
        if triangle[r] < 0:
            for c in range(C_COLUMNS):  # nothing of them may stay as memory was found
                cells[at, c] = F(0)
            continue
        free = met[k] < 0
        up = direction[k, 2] > F(0)
        cells[at, C_OPEN] = F(1) if free and up else F(0)
        lit = F(0) if up else F(1)
        if not free:
            lit = distance[k] / (distance[k] + F(DIM_M)) * (walls if up else F(1))
        cells[at, C_LIT] = lit
        cells[at, C_NX] = normal[k, 0]
        cells[at, C_NY] = normal[k, 1]
        cells[at, C_NZ] = normal[k, 2]
        cells[at, C_DEPTH] = range_m[r]


@fast_kernel
def average(start, stop, first, cells, smooth):
    """Means (h, w, 2) over the 4 x 4 pattern, of rows [start, stop) of the small image, over cells of one surface.

    The pattern about a cell begins at `first` (-2 or -1): twice over, the two even each other out.
    """
    height = cells.shape[0]
    width = cells.shape[1]
    for i in range(start, stop):
        for j in range(width):
            depth = cells[i, j, C_DEPTH]
            smooth[i, j, 0] = F(1)
            smooth[i, j, 1] = F(0)
            if depth <= F(0):
                continue
            nx = cells[i, j, C_NX]
            ny = cells[i, j, C_NY]
            nz = cells[i, j, C_NZ]
            near = depth * F(0.04) + F(0.05)
            sky = F(0)
            lit = F(0)
            weight = F(0)
            for y in range(i + first, i + first + 4):
                for x in range(j + first, j + first + 4):
                    if y < 0 or x < 0 or y >= height or x >= width:
                        continue
                    other = cells[y, x, C_DEPTH]
                    if other <= F(0):
                        continue
                    alike = nx * cells[y, x, C_NX] + ny * cells[y, x, C_NY] + nz * cells[y, x, C_NZ]
                    # Far ground runs away from row to row and still is one surface.
                    if alike < F(0.8) or abs(other - depth) > (depth * F(0.25) if alike > F(0.9) else near):
                        continue
                    sky += cells[y, x, C_OPEN]
                    lit += cells[y, x, C_LIT]
                    weight += F(1)
            smooth[i, j, 0] = sky / max(weight, F(1))
            smooth[i, j, 1] = lit / max(weight, F(1))


@fast_kernel
def spread(start, stop, tiles_across, cells, smooth, range_m, triangle, surface, around):
    """Give each pixel of tiles [start, stop) the openness of the nearest small cells of its own surface.

    `around` (N, 2): the share of its own part of the sky that it sees, and the share of its light that lit things fill.
    """
    height = cells.shape[0]
    width = cells.shape[1]
    for tile in range(start, stop):
        top = (tile // tiles_across) * 8
        left = (tile % tiles_across) * 8
        for lane in range(64):
            r = tile * 64 + lane
            if triangle[r] < 0:
                around[r, 0] = F(1)
                around[r, 1] = F(0)
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
            sky = F(0)
            lit = F(0)
            weight = F(0)
            up = F(0)
            for q in range(4):
                a = min(i + (q >> 1), height - 1)
                b = min(j + (q & 1), width - 1)
                other = cells[a, b, C_DEPTH]
                w = (fy if q >> 1 else F(1) - fy) * (fx if q & 1 else F(1) - fx) + F(0.01)
                apart = abs(other - depth) / (depth * F(0.04) + F(0.05))
                alike = max(nx * cells[a, b, C_NX] + ny * cells[a, b, C_NY] + nz * cells[a, b, C_NZ], F(0))
                w *= max(F(1) - apart, F(1e-4)) * alike * alike
                if other <= F(0):
                    w = F(0)
                sky += w * smooth[a, b, 0]
                lit += w * smooth[a, b, 1]
                up += w * cells[a, b, C_NZ]
                weight += w
            if weight > F(1e-6):
                # A surface that leans back has less sky of its own.
                own = max(F(0.5) + F(0.5) * up / weight, F(0.06))
                around[r, 0] = min(sky / (weight * own), F(1))
                around[r, 1] = lit / weight
            else:
                around[r, 0] = F(0.6)
                around[r, 1] = F(0.3)


def lobe_directions(number: int = 0) -> np.ndarray:
    """Sixteen cosine-weighted directions (16, 3) about +z; another `number` turns them."""
    k = np.arange(DIRECTIONS)
    u = (k + 0.5) / DIRECTIONS
    # Golden angle: even over the circle for every prefix.
    turn = 2 * math.pi * ((k * 0.6180339887 + number * 0.381966) % 1.0)
    sine = np.sqrt(u)
    direction = np.stack([sine * np.cos(turn), sine * np.sin(turn), np.sqrt(1 - u)], axis=-1)
    return direction.astype(np.float32)
