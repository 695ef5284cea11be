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

from renderers.kernels.sky import sky_radiance
from renderers.kernels.surface import S_NX, S_NY, S_NZ
from sim.kernels.jit import fast_kernel

F = np.float32
DIRECTIONS = 16
CELL_PX = 3
PI = F(math.pi)
LEAST_SKY = (
    0.02  # 1/sr, light of the sky a lux: a surface that leans back so far that it has less sees little of it
)
# Columns of a cell: light of the sky that it sees and that an open place would see, what near things send, normal,
# depth (0: nothing there).
C_OPEN, C_SKY, C_R, C_G, C_B, C_NX, C_NY, C_NZ, C_DEPTH, C_COLUMNS = range(10)


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
        # Means of leaves that look many ways are short; a cell with such a normal would not be like itself.
        scale = F(1) / max(math.sqrt(nx * nx + ny * ny + nz * nz), F(1e-6))
        nx *= scale
        ny *= scale
        nz *= scale
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
def collect(start, stop, source, target, direction, met, sky, sent, triangle, range_m, normal, cells):
    """Put rays [start, stop) into the small image `cells` (h * w, C_COLUMNS).

    A ray up that is free sees the sky, whose table `sky` (a blurred one) says what it is worth; all others get what is
    `sent` (M, 3) by what they met.
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
        worth = F(0)
        if direction[k, 2] > F(0):
            red, green, blue = sky_radiance(sky, direction[k, 0], direction[k, 1], direction[k, 2])
            worth = F(0.2126) * red + F(0.7152) * green + F(0.0722) * blue
        cells[at, C_OPEN] = worth if met[k] < 0 else F(0)
        cells[at, C_SKY] = worth
        cells[at, C_R] = sent[k, 0]
        cells[at, C_G] = sent[k, 1]
        cells[at, C_B] = sent[k, 2]
        cells[at, C_NX] = normal[k, 0]
        cells[at, C_NY] = normal[k, 1]
        cells[at, C_NZ] = normal[k, 2]
        cells[at, C_DEPTH] = range_m[r]


@fast_kernel
def average(start, stop, first, last, step, cells, smooth):
    """Means (h, w, C_NX) over the 4 x 4 pattern, of rows [start, stop) of the small image, over cells of one surface.

    The pattern about a cell goes from `first` to `last` (-2 to 1 or -1 to 2): twice over, the two even each other out.
    What is smooth already is spread farther by a larger `step`.
    """
    height = cells.shape[0]
    width = cells.shape[1]
    for i in range(start, stop):
        for j in range(width):
            depth = cells[i, j, C_DEPTH]
            for c in range(C_NX):
                smooth[i, j, c] = F(0)
            if depth <= F(0):
                continue
            nx = cells[i, j, C_NX]
            ny = cells[i, j, C_NY]
            nz = cells[i, j, C_NZ]
            near = depth * F(0.04) + F(0.05)
            seen = F(0)
            sky = F(0)
            red = F(0)
            green = F(0)
            blue = F(0)
            weight = F(0)
            for y in range(i + first, i + last + 1, step):
                for x in range(j + first, j + last + 1, step):
                    if y < 0 or x < 0 or y >= height or x >= width:
                        continue
                    other = cells[y, x, C_DEPTH]
                    if other <= F(0):
                        continue
                    alike = nx * cells[y, x, C_NX] + ny * cells[y, x, C_NY] + nz * cells[y, x, C_NZ]
                    # Far ground runs away from row to row and still is one surface.
                    if alike < F(0.8) or abs(other - depth) > (depth * F(0.25) if alike > F(0.9) else near):
                        continue
                    seen += cells[y, x, C_OPEN]
                    sky += cells[y, x, C_SKY]
                    red += cells[y, x, C_R]
                    green += cells[y, x, C_G]
                    blue += cells[y, x, C_B]
                    weight += F(1)
            share = F(1) / max(weight, F(1))
            smooth[i, j, C_OPEN] = seen * share
            smooth[i, j, C_SKY] = sky * share
            smooth[i, j, C_R] = red * share
            smooth[i, j, C_G] = green * share
            smooth[i, j, C_B] = blue * share


@fast_kernel
def spread(start, stop, tiles_across, cells, smooth, unknown, range_m, triangle, surface, around):
    """Give each pixel of tiles [start, stop) the openness of the nearest small cells of its own surface.

    `around` (N, 4): the share of its own part of the sky that it sees, and what near things send it, lx; `unknown` (4,)
    where no cell is of its surface.
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
                around[r, 2] = F(0)
                around[r, 3] = F(0)
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
            seen = F(0)
            sky = F(0)
            red = F(0)
            green = F(0)
            blue = F(0)
            weight = F(0)
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
                seen += w * smooth[a, b, C_OPEN]
                sky += w * smooth[a, b, C_SKY]
                red += w * smooth[a, b, C_R]
                green += w * smooth[a, b, C_G]
                blue += w * smooth[a, b, C_B]
                weight += w
            if weight > F(1e-6):
                around[r, 0] = seen / max(sky, F(LEAST_SKY) * weight)
                share = PI / weight
                around[r, 1] = red * share
                around[r, 2] = green * share
                around[r, 3] = blue * share
            else:
                for c in range(4):
                    around[r, c] = unknown[c]


def lobe_directions(number: int = 0) -> np.ndarray:
    """Sixteen cosine-weighted directions (16, 3) about +z; another `number` turns them."""
    k = np.arange(DIRECTIONS)
    u = (k + 0.5) / DIRECTIONS
    # Golden angle: even over the circle for every prefix.
    turn = 2 * math.pi * ((k * 0.6180339887 + number * 0.381966) % 1.0)
    sine = np.sqrt(u)
    direction = np.stack([sine * np.cos(turn), sine * np.sin(turn), np.sqrt(1 - u)], axis=-1)
    return direction.astype(np.float32)
