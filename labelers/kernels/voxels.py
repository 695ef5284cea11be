"""A grid of cubes: which of them triangles touch, beams pass and cameras look into.  Labels floor, arrays only.

Coordinates are in cubes: cube (i, j, k) spans [i, i + 1) and so on.  Whether a triangle touches a cube is decided by
separating axes (Akenine-Moller, Journal of Graphics Tools 6, 2001), not by points on it.
"""

import math

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.motion import (
    N_CX,
    N_CY,
    N_FISHEYE,
    N_FX,
    N_FY,
    N_K1,
    N_K2,
    N_K3,
    N_K4,
    N_K5,
    N_SKEW,
    landing,
)
from sim.kernels.jit import inner_kernel, kernel

SLACK = 1e-12  # of a cube, for rounding: triangles and cubes are closed
AHEAD_M = 0.05  # a pinhole sees nothing nearer
BLOCK = 64  # triangles in a row that are left out together

Floats = NDArray[np.float64]


@inner_kernel
def _bounds(corners: Floats, facing: int, axes: Floats) -> None:
    """Fill (9, 5) axes across a triangle's edges and the cubes': direction, and between what a cube's middle may lie.

    First come the three across the cubes' edges along `facing`: they say the same of a whole row of cubes.
    """
    row = 0
    for turn in range(3):
        axis = (facing + turn) % 3
        a, b = (axis + 1) % 3, (axis + 2) % 3
        for k in range(3):
            ea = corners[(k + 1) % 3, a] - corners[k, a]
            eb = corners[(k + 1) % 3, b] - corners[k, b]
            # The edge's own ends lie at one place of an axis that is across it.
            one = corners[k, b] * ea - corners[k, a] * eb
            other = corners[(k + 2) % 3, b] * ea - corners[(k + 2) % 3, a] * eb
            reach = 0.5 * (abs(ea) + abs(eb)) + SLACK * (1.0 + abs(one) + abs(other))
            axes[row, a], axes[row, b], axes[row, axis] = -eb, ea, 0.0
            axes[row, 3], axes[row, 4] = min(one, other) - reach, max(one, other) + reach
            row += 1


@inner_kernel
def _within(axes: Floats, first: int, last: int, x: float, y: float, z: float) -> bool:
    """Whether none of the axes [first, last) parts a triangle from the cube about a middle."""
    for row in range(first, last):
        at = axes[row, 0] * x + axes[row, 1] * y + axes[row, 2] * z
        if at < axes[row, 3] or at > axes[row, 4]:
            return False
    return True


@inner_kernel
def _reach(corners: Floats, axis: int, size: int) -> tuple[int, int]:
    """The first and the last cube, along an axis, that a triangle may touch; the first beyond the last: none."""
    low = min(corners[0, axis], corners[1, axis], corners[2, axis])
    top = max(corners[0, axis], corners[1, axis], corners[2, axis])
    return max(math.floor(low), 0), min(math.floor(top), size - 1)


@kernel
def touch(corners: Floats, cubes: NDArray[np.int32], across: int, deep: int, high: int, axes: Floats) -> int:
    """Write the flat cubes of an (across, deep, high) grid that a triangle (3, 3) touches; returns how many.

    `axes` (9, 5) is room.  Twin: naive_voxels.touched.
    """
    i0, i1 = _reach(corners, 0, across)
    j0, j1 = _reach(corners, 1, deep)
    k0, k1 = _reach(corners, 2, high)
    if i0 > i1 or j0 > j1 or k0 > k1:
        return 0
    if i0 == i1 and j0 == j1 and k0 == k1:  # of the grid one cube at most: most triangles are small
        x, y, z = corners[0, 0], corners[0, 1], corners[0, 2]
        if 0.0 <= x < across and 0.0 <= y < deep and 0.0 <= z < high:
            cubes[0] = (i0 * deep + j0) * high + k0
            return 1
    px, py, pz = corners[1, 0] - corners[0, 0], corners[1, 1] - corners[0, 1], corners[1, 2] - corners[0, 2]
    qx, qy, qz = corners[2, 0] - corners[0, 0], corners[2, 1] - corners[0, 1], corners[2, 2] - corners[0, 2]
    normal = (py * qz - pz * qy, pz * qx - px * qz, px * qy - py * qx)
    # Rows of cubes run across the triangle: along the axis that it faces most, where its plane is in few of each row.
    d = 0
    for c in range(1, 3):
        if abs(normal[c]) > abs(normal[d]):
            d = c
    u, v = (d + 1) % 3, (d + 2) % 3
    first, last, stride = (i0, j0, k0), (i1, j1, k1), (deep * high, high, 1)
    _bounds(corners, d, axes)
    half = 0.5 * (abs(normal[0]) + abs(normal[1]) + abs(normal[2]))
    found = 0
    middle = np.empty(3)
    for at_u in range(first[u], last[u] + 1):
        middle[u] = at_u + 0.5
        for at_v in range(first[v], last[v] + 1):
            middle[v] = at_v + 0.5
            middle[d] = 0.0
            if not _within(axes, 0, 3, middle[0], middle[1], middle[2]):
                continue
            begin, end = first[d], last[d]
            rest = (middle[u] - corners[0, u]) * normal[u] + (middle[v] - corners[0, v]) * normal[v]
            if normal[d] != 0.0:
                on_plane = corners[0, d] - rest / normal[d] - 0.5
                # One cube more on either side than the plane reaches: which of them it touches is decided below.
                begin = max(begin, math.floor(on_plane - half / abs(normal[d])))
                end = min(end, math.ceil(on_plane + half / abs(normal[d])))
            for at_d in range(begin, end + 1):
                middle[d] = at_d + 0.5
                gap = (middle[d] - corners[0, d]) * normal[d] + rest
                if abs(gap) <= half + SLACK and _within(axes, 3, 9, middle[0], middle[1], middle[2]):
                    cubes[found] = at_u * stride[u] + at_v * stride[v] + at_d * stride[d]
                    found += 1
    return found


@inner_kernel
def _beside(bounds: Floats, m: Floats, across: int, deep: int, high: int) -> bool:
    """Whether a box (low x, y, z, high x, y, z) of a mesh's frame certainly lies beside the grid."""
    for c in range(3):
        middle, reach = m[c, 3], 1e-6
        for k in range(3):
            middle += m[c, k] * 0.5 * (bounds[k] + bounds[3 + k])
            reach += abs(m[c, k]) * (0.5 * (bounds[3 + k] - bounds[k]) + 1e-6)
        size = across if c == 0 else deep if c == 1 else high
        if middle + reach < 0.0 or middle - reach >= size:
            return True
    return False


@kernel
def bound_blocks(vertices_m: NDArray[np.float32], triangles: NDArray[np.int32], bounds: Floats) -> None:
    """Fill (B, 6) the least and the greatest x, y, z of each `BLOCK` triangles in a row."""
    bounds[:, :3], bounds[:, 3:] = np.inf, -np.inf
    for t in range(triangles.shape[0]):
        block = t // BLOCK
        for k in range(3):
            for c in range(3):
                at = float(vertices_m[triangles[t, k], c])
                bounds[block, c] = min(bounds[block, c], at)
                bounds[block, 3 + c] = max(bounds[block, 3 + c], at)


@kernel
def spread(
    vertices_m: NDArray[np.float32],
    triangles: NDArray[np.int32],
    bounds: Floats,
    kind: NDArray[np.uint8],
    grid_from_mesh: Floats,
    slot: NDArray[np.int32],
    cubes: NDArray[np.int32],
    weight: Floats,
    held: int,
    scratch: NDArray[np.int32],
) -> int:
    """Spread the area of a mesh's triangles (T, 3) evenly over the cubes that each touches, by class (T,).

    `bounds` (B, 6) are those of `bound_blocks`.  `slot` (X, Y, Z) is the row of `cubes` (N,) and `weight` (N, K) that a
    cube has, or -1; returns how many rows are in use after `held` were.  Triangles are taken in order, one after the
    other: sums never depend on threads.  Twin: naive_voxels.filled.
    """
    across, deep, high = slot.shape
    row_of = slot.reshape(-1)
    corners, axes = np.empty((3, 3)), np.empty((9, 5))
    m = grid_from_mesh
    for block in range(bounds.shape[0]):
        if _beside(bounds[block], m, across, deep, high):
            continue
        for t in range(block * BLOCK, min(block * BLOCK + BLOCK, triangles.shape[0])):
            p, q, r = triangles[t, 0], triangles[t, 1], triangles[t, 2]
            px, py, pz = _put(vertices_m, p, m)
            qx, qy, qz = _put(vertices_m, q, m)
            rx, ry, rz = _put(vertices_m, r, m)
            if (
                max(px, qx, rx) < 0.0
                or max(py, qy, ry) < 0.0
                or max(pz, qz, rz) < 0.0
                or min(px, qx, rx) >= across
                or min(py, qy, ry) >= deep
                or min(pz, qz, rz) >= high
            ):
                continue
            i, j, k = math.floor(px), math.floor(py), math.floor(pz)
            if (  # most triangles are small
                0 <= i < across
                and 0 <= j < deep
                and 0 <= k < high
                and i <= qx < i + 1
                and j <= qy < j + 1
                and k <= qz < k + 1
                and i <= rx < i + 1
                and j <= ry < j + 1
                and k <= rz < k + 1
            ):
                scratch[0] = (i * deep + j) * high + k
                count = 1
            else:
                corners[0, 0], corners[0, 1], corners[0, 2] = px, py, pz
                corners[1, 0], corners[1, 1], corners[1, 2] = qx, qy, qz
                corners[2, 0], corners[2, 1], corners[2, 2] = rx, ry, rz
                count = touch(corners, scratch, across, deep, high, axes)
                if count == 0:
                    continue
            ax, ay, az, bx, by, bz = qx - px, qy - py, qz - pz, rx - px, ry - py, rz - pz
            nx, ny, nz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
            # What has no area is there all the same.
            share = max(math.sqrt(nx * nx + ny * ny + nz * nz) / count, 1e-9)
            for n in range(count):
                cube = scratch[n]
                row = row_of[cube]
                if row < 0:
                    row = held
                    row_of[cube] = row
                    cubes[row] = cube
                    weight[row] = 0.0
                    held += 1
                weight[row, kind[t]] += share
    return held


@inner_kernel
def _put(vertices_m: NDArray[np.float32], n: int, m: Floats) -> tuple[float, float, float]:
    """A vertex in the grid."""
    x, y, z = float(vertices_m[n, 0]), float(vertices_m[n, 1]), float(vertices_m[n, 2])
    return (
        m[0, 0] * x + m[0, 1] * y + m[0, 2] * z + m[0, 3],
        m[1, 0] * x + m[1, 1] * y + m[1, 2] * z + m[1, 3],
        m[2, 0] * x + m[2, 1] * y + m[2, 2] * z + m[2, 3],
    )


@kernel
def settle(
    weight: Floats, cubes: NDArray[np.int32], land: int, paved: NDArray[np.int64], out: NDArray[np.uint8]
) -> None:
    """Write the class of most of the surface in each of the cubes (N,) to their places in `out` (X, Y, Z).

    Of the `land` counts what goes beyond the `paved` classes' surface: it goes on below roads and sidewalks, where
    nobody sees it.  Changes `weight` (N, K).
    """
    flat = out.reshape(-1)
    for row in range(cubes.shape[0]):
        if weight[row, land] > 0.0:
            above = 0.0
            for k in paved:
                above += weight[row, k]
            weight[row, land] = max(weight[row, land] - above, 1e-12)
        best = 0
        for k in range(1, weight.shape[1]):
            if weight[row, k] > weight[row, best]:
                best = k
        flat[cubes[row]] = best


@inner_kernel
def _clip(start: float, way: float, size: float, first: float, last: float) -> tuple[float, float]:
    """The part of a way [first, last] that lies between two borders of the grid; first beyond last: none."""
    if way == 0.0:
        return (first, last) if 0.0 <= start < size else (first, -1.0)
    one, two = (0.0 - start) / way, (size - start) / way
    return max(first, min(one, two)), min(last, max(one, two))


@inner_kernel
def _enter(start: float, way: float, first: float, size: int) -> tuple[int, float, float]:
    """The cube in which a way begins, along one axis, when it leaves it and how long it takes through one."""
    at = min(max(math.floor(start + first * way), 0), size - 1)
    if way == 0.0:
        return at, np.inf, np.inf
    return at, (at + (1.0 if way > 0.0 else 0.0) - start) / way, 1.0 / abs(way)


@kernel
def lay_beams(
    xyz_m: NDArray[np.float32],
    range_m: NDArray[np.float32],
    offset_ns: NDArray[np.int64],
    velocity: Floats,
    grid_from_lidar: Floats,
    start: Floats,
    end: Floats,
) -> None:
    """Write where each point's beam set out (N, 3) and where it met something (N, 3), in cubes.

    `velocity` (3,) is the lidar's, in its own axes and metres a nanosecond.  Ends lie along the beam as far as it is
    long without noise.  Twin: naive_voxels.beams.
    """
    m = grid_from_lidar
    for n in range(len(xyz_m)):
        late = float(offset_ns[n])
        x, y, z = late * velocity[0], late * velocity[1], late * velocity[2]
        wx, wy, wz = float(xyz_m[n, 0]) - x, float(xyz_m[n, 1]) - y, float(xyz_m[n, 2]) - z
        scale = float(range_m[n]) / max(math.sqrt(wx * wx + wy * wy + wz * wz), 1e-9)
        for c in range(3):
            begin = m[c, 0] * x + m[c, 1] * y + m[c, 2] * z + m[c, 3]
            start[n, c] = begin
            end[n, c] = begin + scale * (m[c, 0] * wx + m[c, 1] * wy + m[c, 2] * wz)


@kernel
def pass_beams(start: Floats, end: Floats, met: NDArray[np.bool_], seen: NDArray[np.bool_]) -> None:
    """Mark the cubes that straight ways from (N, 3) to (N, 3) go through, their ends included, where they `met` (N,).

    From border to border (Amanatides and Woo, Eurographics 1987).  Twin: naive_voxels.passed.
    """
    across, deep, high = seen.shape
    flat = seen.reshape(-1)
    for n in range(start.shape[0]):
        if not met[n]:
            continue
        a, b, c = start[n, 0], start[n, 1], start[n, 2]
        wa, wb, wc = end[n, 0] - a, end[n, 1] - b, end[n, 2] - c
        first, last = _clip(a, wa, float(across), 0.0, 1.0)
        first, last = _clip(b, wb, float(deep), first, last)
        first, last = _clip(c, wc, float(high), first, last)
        if first > last:
            continue
        i, at_a, each_a = _enter(a, wa, first, across)
        j, at_b, each_b = _enter(b, wb, first, deep)
        k, at_c, each_c = _enter(c, wc, first, high)
        di, dj, dk = (1 if wa > 0.0 else -1), (1 if wb > 0.0 else -1), (1 if wc > 0.0 else -1)
        while True:
            flat[(i * deep + j) * high + k] = True
            if at_a <= at_b and at_a <= at_c:
                if at_a > last:
                    break
                i += di
                at_a += each_a
                if i < 0 or i >= across:
                    break
            elif at_b <= at_c:
                if at_b > last:
                    break
                j += dj
                at_b += each_b
                if j < 0 or j >= deep:
                    break
            else:
                if at_c > last:
                    break
                k += dk
                at_c += each_c
                if k < 0 or k >= high:
                    break


@inner_kernel
def _planes(lens: Floats, m: Floats, width: int, height: int, planes: Floats) -> int:
    """Fill (5, 4) planes of the grid beyond which a camera sees nothing; returns how many.

    None of a fisheye; that before a pinhole; and those through the borders of its image, where lines stay straight.
    """
    if lens[N_FISHEYE] > 0.0:
        return 0
    straight = True
    for number in (N_K1, N_K2, N_K3, N_K4, N_K5):
        straight &= lens[number] == 0.0
    for c in range(4):
        x, y, z = m[0, c], m[1, c], m[2, c]
        u, v = lens[N_FX] * x + lens[N_SKEW] * y + lens[N_CX] * z, lens[N_FY] * y + lens[N_CY] * z
        planes[0, c] = z
        planes[1, c], planes[2, c] = u + 0.5 * z, (width - 0.5) * z - u
        planes[3, c], planes[4, c] = v + 0.5 * z, (height - 0.5) * z - v
    for row in range(5):
        planes[row, 3] += 1e-6  # for rounding
    return 5 if straight else 1


@kernel
def look(
    depth_m: NDArray[np.float32],
    lens: Floats,
    camera_from_grid: Floats,
    cell_m: float,
    seen: NDArray[np.bool_],
) -> None:
    """Mark the cubes to whose middle nothing stops the ray of a camera.  Twin: naive_voxels.looked_into."""
    height, width = depth_m.shape
    fisheye = lens[N_FISHEYE] > 0.0
    m = camera_from_grid
    half = 0.5 * cell_m
    planes = np.zeros((5, 4))
    count = _planes(lens, m, width, height, planes)
    top = seen.shape[2] - 0.5
    for i in range(seen.shape[0]):
        for j in range(seen.shape[1]):
            beside = False
            for p in range(count):
                level = planes[p, 0] * (i + 0.5) + planes[p, 1] * (j + 0.5) + planes[p, 3]
                beside |= level + max(planes[p, 2] * 0.5, planes[p, 2] * top) < 0.0
            if beside:
                continue
            for k in range(seen.shape[2]):
                a, b, c = i + 0.5, j + 0.5, k + 0.5
                z = m[2, 0] * a + m[2, 1] * b + m[2, 2] * c + m[2, 3]
                if not fisheye and z <= AHEAD_M:
                    continue
                x = m[0, 0] * a + m[0, 1] * b + m[0, 2] * c + m[0, 3]
                y = m[1, 0] * a + m[1, 1] * b + m[1, 2] * c + m[1, 3]
                u, v = landing(x, y, z, lens)  # type: ignore[no-untyped-call]
                if not (-0.5 <= u < width - 0.5 and -0.5 <= v < height - 0.5):
                    continue
                # The ray enters its cube half a side before the middle, along the axis that it runs along most.
                along = 0.0
                for axis in range(3):
                    along = max(along, abs(x * m[0, axis] + y * m[1, axis] + z * m[2, axis]) / cell_m)
                enters = 1.0 - half / max(along, half)
                middle_m = math.sqrt(x * x + y * y + z * z) if fisheye else z
                pixel_m = depth_m[min(int(v + 0.5), height - 1), min(int(u + 0.5), width - 1)]
                if pixel_m >= middle_m * enters - 1e-3:
                    seen[i, j, k] = True
