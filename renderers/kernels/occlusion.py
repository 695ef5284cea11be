"""How much of the sky a point sees, and what near things send it: a few rays, shared between neighbours.

Of every third or fourth pixel of such rows one direction is tried, each of another (`renderers/sky_rays.py`); the mean
over the cells of a surface (`near_cells.py`) gives every point all of them.  Packets hold rays of directions that are
alike.
Renderers floor, arrays only.
"""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from renderers.kernels.sky import sky_radiance
from renderers.kernels.surface import S_COLUMNS, S_NX, S_NY, S_NZ, S_THROUGH, fetch, of_ray
from sim.kernels.jit import fast_inner_kernel, fast_kernel, kernel
from sim.kernels.lines import on_lines
from sim.kernels.prefetch import prefetch

F = np.float32
AHEAD = 12  # rays whose numbers are fetched before they are asked for
CLOSEST_M = 0.7  # of what rays meet: how far light is the same does not go by the ground at a kerb's foot
PI = F(math.pi)
LEAST_SKY = (
    0.02  # 1/sr, light of the sky a lux: a surface that leans back so far that it has less sees little of it
)
MARGIN = 64  # columns beside the small image, for vectors that look aside
# Columns of a cell: normal, place, depth (0: nothing there).
C_NX, C_NY, C_NZ, C_X, C_Y, C_Z, C_DEPTH, C_LEAF, C_COLUMNS = range(9)
# And of its light: the sky that it sees and that an open place would see, what near things send, one by the distance
# of what rays met, how many rays it is the mean of.
L_OPEN, L_SKY, L_R, L_G, L_B, L_CLOSE, L_WEIGHT, L_COLUMNS = range(8)
LANES = 64
# Rows of a tile's pixels: normal, depth, place among the cells; what `spread` gives them, and how much that weighs.
(NX, NY, NZ, DEPTH, X, Y, OPEN, RED, GREEN, BLUE, WEIGHT) = range(0, 11 * LANES, LANES)
ROWS = 11


@fast_kernel
def aim_at_sky(
    start, stop, source, pattern, lobe, reach_m, placement, triangle, u, v, rotation, normals, surface, offset_m,
    normal, direction, begin, limit,
):  # fmt: skip
    """Rays [start, stop) as long as `reach_m` from the points of rays `source` into their own hemispheres.

    `lobe` (M, 3) is cosine-weighted about +z.  Hemispheres stand on the smooth `normal` (out), without the
    texture's relief: on a rough wall each ray would look another way, and means of them would not count the same.
    """
    columns, points, of_triangle = surface.reshape(-1), offset_m.reshape(-1), normals.reshape(-1)
    for k in range(start, stop):
        # Pixels of one direction lie far apart, and memory answers many questions at once.
        far = max(source[min(k + 2 * AHEAD, stop - 1)], 0)
        prefetch(triangle, far)
        prefetch(placement, far)
        prefetch(u, far)
        prefetch(v, far)
        prefetch(points, 3 * far)
        fetch(columns, far, S_NX)
        fetch(columns, far, S_NY)
        fetch(columns, far, S_NZ)
        soon = max(source[min(k + AHEAD, stop - 1)], 0)
        prefetch(of_triangle, 9 * max(triangle[soon], 0))
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
        nx = of_ray(surface, r, S_NX)
        ny = of_ray(surface, r, S_NY)
        nz = of_ray(surface, r, S_NZ)
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
def collect(
    start, stop, source, target, width, direction, met, distance, sky, sent, triangle, range_m, surface, normal, begin,
    cells, light,
):  # fmt: skip
    """Put rays [start, stop) into the small image of `width` columns: what they left from, and what they found.

    `cells` (C_COLUMNS, h, w) and `light` (L_COLUMNS, h, w) hold zeros so far; the image stands MARGIN columns to the
    right.  A ray up that is free sees the sky, whose table `sky` (a blurred one) says what it is worth; all others get
    what is `sent` (M, 3) by what they met.
    """
    columns, places, lights = surface.reshape(-1), cells.reshape(-1), light.reshape(-1)
    plane = cells.shape[1] * cells.shape[2]
    for k in range(start, stop):
        soon = min(k + AHEAD, stop - 1)
        r = max(source[soon], 0)
        prefetch(triangle, r)
        prefetch(range_m, r)
        fetch(columns, r, S_THROUGH)
        y = target[soon] // width
        at = y * cells.shape[2] + target[soon] - y * width + MARGIN
        for c in range(C_COLUMNS):
            prefetch(places, c * plane + at)
        for c in range(L_COLUMNS):
            prefetch(lights, c * plane + at)
        r = source[k]
        if r < 0 or triangle[r] < 0:
            continue
        y = target[k] // width
        x = target[k] - y * width + MARGIN
        worth = F(0)
        if direction[k, 2] > F(0):
            red, green, blue = sky_radiance(sky, direction[k, 0], direction[k, 1], direction[k, 2])
            worth = F(0.2126) * red + F(0.7152) * green + F(0.0722) * blue
        light[L_OPEN, y, x] = worth if met[k] < 0 else F(0)
        light[L_SKY, y, x] = worth
        light[L_R, y, x] = sent[k, 0]
        light[L_G, y, x] = sent[k, 1]
        light[L_B, y, x] = sent[k, 2]
        light[L_CLOSE, y, x] = F(1) / max(distance[k], F(CLOSEST_M)) if met[k] >= 0 else F(0)
        light[L_WEIGHT, y, x] = F(1)
        cells[C_NX, y, x] = normal[k, 0]
        cells[C_NY, y, x] = normal[k, 1]
        cells[C_NZ, y, x] = normal[k, 2]
        cells[C_X, y, x] = begin[k, 0]
        cells[C_Y, y, x] = begin[k, 1]
        cells[C_Z, y, x] = begin[k, 2]
        cells[C_DEPTH, y, x] = range_m[r]
        cells[C_LEAF, y, x] = F(1) if of_ray(surface, r, S_THROUGH) < F(0) else F(0)


@fast_kernel
def spread(start, stop, tiles_across, cell_px, cells, smooth, unknown, range_m, triangle, surface, around):
    """Give each pixel of tiles [start, stop) the openness of the nearest cells of its surface, `cell_px` apart.

    `around` (N, 4): the share of its own part of the sky that it sees, and what near things send it, lx; `unknown` (4,)
    where no cell is of its surface.
    """
    height = cells.shape[1]
    width = cells.shape[2] - 2 * MARGIN
    per_cell = F(1) / F(cell_px)
    lane = on_lines(ROWS * LANES)
    lane[:] = F(0)
    flat, near = surface.reshape(-1), around.reshape(-1)
    open_sky, sent_r, sent_g, sent_b = unknown[0], unknown[1], unknown[2], unknown[3]
    for tile in range(start, stop):
        top = (tile // tiles_across) * 8
        left = (tile % tiles_across) * 8
        first = tile * LANES
        some = np.int32(0)
        for k in range(LANES):
            some |= np.int32(triangle[first + k] >= 0)
        if some != 0:
            column = np.uintp(S_COLUMNS) * np.uintp(first)
            # A tile's surfaces fill a page, behind which nobody fetches ahead.
            following = column + np.uintp(S_COLUMNS * LANES)
            for k in range(0, LANES, 16):
                prefetch(flat, following + np.uintp(S_NX * LANES + k))
                prefetch(flat, following + np.uintp(S_NY * LANES + k))
                prefetch(flat, following + np.uintp(S_NZ * LANES + k))
            for k in range(LANES):
                lane[NX + k] = flat[column + np.uintp(S_NX * LANES + k)]
                lane[NY + k] = flat[column + np.uintp(S_NY * LANES + k)]
                lane[NZ + k] = flat[column + np.uintp(S_NZ * LANES + k)]
                lane[DEPTH + k] = range_m[np.uintp(first) + np.uintp(k)]
                lane[X + k] = F(left + (k & 7)) * per_cell
                lane[Y + k] = F(top + (k >> 3)) * per_cell
            # Pixels between the same four cells are worked on together: those of some rows, and of them some columns.
            begin = 0
            while begin < LANES:
                i = int(lane[Y + begin])
                end = begin
                while end < LANES and int(lane[Y + end]) == i:
                    end += 8
                left_of = -1
                for column in range(8):
                    j = int(lane[X + column])
                    if j != left_of:
                        left_of = j
                        between(i, j, end - begin, height, width, cells, smooth, lane[begin:])
                begin = end
        for k in range(LANES):
            r = np.uintp(first) + np.uintp(k)
            met = triangle[r] >= 0
            known = lane[WEIGHT + k] > F(1e-6)
            sky = lane[OPEN + k] if known else open_sky
            red = lane[RED + k] if known else sent_r
            green = lane[GREEN + k] if known else sent_g
            blue = lane[BLUE + k] if known else sent_b
            near[np.uintp(4) * r] = sky if met else F(1)
            near[np.uintp(4) * r + np.uintp(1)] = red if met else F(0)
            near[np.uintp(4) * r + np.uintp(2)] = green if met else F(0)
            near[np.uintp(4) * r + np.uintp(3)] = blue if met else F(0)


@fast_inner_kernel
def between(i, j, count, height, width, cells, smooth, lane):
    """Fill OPEN to WEIGHT of those of the first lanes that lie between cells (i, j) and (i + 1, j + 1).

    The caller leaves out lanes: numba would ask of an index with a variable offset whether it is negative.
    """
    a = min(i, height - 1)
    c = min(i + 1, height - 1)
    b = min(j, width - 1) + MARGIN
    d = min(j + 1, width - 1) + MARGIN
    z0, x0, y0, h0, open0, sky0, red0, green0, blue0 = cell_at(a, b, cells, smooth)
    z1, x1, y1, h1, open1, sky1, red1, green1, blue1 = cell_at(a, d, cells, smooth)
    z2, x2, y2, h2, open2, sky2, red2, green2, blue2 = cell_at(c, b, cells, smooth)
    z3, x3, y3, h3, open3, sky3, red3, green3, blue3 = cell_at(c, d, cells, smooth)
    low = F(i)
    near = F(j)
    for k in range(count):
        fx = lane[X + k] - near
        fy = lane[Y + k] - low
        depth = lane[DEPTH + k]
        per_m = F(1) / (depth * F(0.04) + F(0.05))
        nx = lane[NX + k]
        ny = lane[NY + k]
        nz = lane[NZ + k]
        w0 = alike(z0, nx * x0 + ny * y0 + nz * h0, depth, per_m, (F(1) - fy) * (F(1) - fx))
        w1 = alike(z1, nx * x1 + ny * y1 + nz * h1, depth, per_m, (F(1) - fy) * fx)
        w2 = alike(z2, nx * x2 + ny * y2 + nz * h2, depth, per_m, fy * (F(1) - fx))
        w3 = alike(z3, nx * x3 + ny * y3 + nz * h3, depth, per_m, fy * fx)
        weight = w0 + w1 + w2 + w3
        seen = w0 * open0 + w1 * open1 + w2 * open2 + w3 * open3
        sky = w0 * sky0 + w1 * sky1 + w2 * sky2 + w3 * sky3
        share = PI / max(weight, F(1e-6))
        inside = (fx >= F(0)) & (fx < F(1))
        lane[WEIGHT + k] = weight if inside else lane[WEIGHT + k]
        seen /= max(sky, F(LEAST_SKY) * max(weight, F(1e-6)))
        lane[OPEN + k] = seen if inside else lane[OPEN + k]
        red = (w0 * red0 + w1 * red1 + w2 * red2 + w3 * red3) * share
        lane[RED + k] = red if inside else lane[RED + k]
        green = (w0 * green0 + w1 * green1 + w2 * green2 + w3 * green3) * share
        lane[GREEN + k] = green if inside else lane[GREEN + k]
        blue = (w0 * blue0 + w1 * blue1 + w2 * blue2 + w3 * blue3) * share
        lane[BLUE + k] = blue if inside else lane[BLUE + k]


@fast_inner_kernel
def cell_at(y, x, cells, smooth):
    """Depth and normal of a cell, and its light."""
    return (
        cells[C_DEPTH, y, x],
        cells[C_NX, y, x],
        cells[C_NY, y, x],
        cells[C_NZ, y, x],
        smooth[L_OPEN, y, x],
        smooth[L_SKY, y, x],
        smooth[L_R, y, x],
        smooth[L_G, y, x],
        smooth[L_B, y, x],
    )


@fast_inner_kernel
def alike(other, cosine, depth, per_m, share):
    """What a cell at depth `other` counts for a pixel: the nearer and the more it is of one surface with it."""
    cosine = max(cosine, F(0))
    w = (share + F(0.01)) * max(F(1) - abs(other - depth) * per_m, F(1e-4)) * cosine * cosine
    return w if other > F(0) else F(0)


@kernel
def typical(start, stop, surface, open_sky, sends, around):
    """Give rays [start, stop) an `open_sky` (0..1) and what lit walls and ground of which `sends` (3,) tells send."""
    for r in range(start, stop):
        lit = F(0.8) * (F(1) - open_sky * (F(0.5) + F(0.5) * of_ray(surface, r, S_NZ)))
        around[r, 0] = open_sky
        for c in range(3):
            around[r, 1 + c] = lit * sends[c]
