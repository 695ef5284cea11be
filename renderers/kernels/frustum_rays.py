"""The rays of a frustum: taken in, turned into a part's frame, and asked what `packets` asks.  Arrays only.

What is exact here is rounded term by term as in `packets` (Pluecker edges, the division, ties), so that hits are the
same to the last bit.  Renderers floor.  Twin: kernels.packet_rays.
"""

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.broad import BREADTH
from renderers.kernels.frustum_covers import AHEAD, DOWN0, DOWN1, FAR, RIGHT0, RIGHT1, SPREAD_COSINE, STARTS
from renderers.kernels.packet_rays import LANES, NEVER
from sim.kernels.extremes import greater, lesser
from sim.kernels.jit import fast_inner_kernel, fast_kernel, inner_kernel
from sim.kernels.widths import half_vectors

GROUP = 32  # rays that ask together
GROUPS = LANES // GROUP
DX, DY, DZ, GX, GY, GZ, WX, WY, WZ = range(9)  # rows: direction, offset, twice direction x offset
WORLD = 6  # of them of rays in the world's axes
# Rows of a group: its rays in a part's frame, least and greatest range so far, place in the frustum, weights of corners.
# All in one flat array, so that loops over rays become vectors without asking whether rows overlap.
NEAR, HELD, U, V, US, VS = range(9, 15)
ROWS = 15
PLACEMENT, TRIANGLE = range(2)  # rows of what groups have met
IDS = 2
EDGES = 22  # rows of what rays must know of triangles: see packet_rays.edges_of
EDGE_ROOM = (EDGES + 9) * BREADTH  # and of their corners
SPREADS, IDLE = np.float32(-1.0), np.float32(-2.0)  # answers of `gather`
ROUNDED_M = np.float32(1e-5)  # how far starts may be from where they are after rounding


@fast_inner_kernel
def _reach(lanes: NDArray[np.float32], packet: int, k: int) -> np.float32:
    """How far ray `k` of a packet reaches."""
    half_vectors()
    reach: np.float32 = lanes[((packet * GROUPS + k // GROUP) * ROWS + HELD) * GROUP + k % GROUP]
    return reach


@fast_inner_kernel
def _take(
    whence: NDArray[np.float32],  # (3 R,) x, y, z of each ray
    first: int,
    rays: NDArray[np.float32],
    row: np.uint64,  # where LANES of x are written, then of y and of z
) -> None:
    """Lay LANES rays out by axis."""
    half_vectors()
    base = np.uintp(3 * first)
    for lane in range(LANES):
        k = np.uintp(lane)
        r = base + np.uintp(3) * k
        rays[row + k] = whence[r]
        rays[row + np.uintp(LANES) + k] = whence[r + np.uintp(1)]
        rays[row + np.uintp(2 * LANES) + k] = whence[r + np.uintp(2)]


@fast_kernel
def gather(
    direction: NDArray[np.float32],  # (R, 3)
    offset: NDArray[np.float32],  # (R, 3) or (0, 3)
    which: NDArray[np.int32],  # packets
    first: int,  # which[first : first + packets]
    packets: int,
    lanes: NDArray[
        np.float32
    ],  # (packets * GROUPS * ROWS * GROUP,) U and V written; HELD not above 0: asks nothing
    rays: NDArray[np.float32],  # (packets * WORLD * LANES,) written, by axis
    rect: NDArray[np.float32],  # (4, packets) written: least and greatest u, least and greatest v
    steep: NDArray[np.float32],  # (packets,) written: the greatest depth per unit of range
    begun: NDArray[np.float32],  # (STARTS, packets) written: see frustum_covers
    axes: NDArray[
        np.float32
    ],  # (12,) written: frustum from world by rows, then the middle of all starts there
    view: NDArray[np.float32],  # (4,) written: rect of all
    starts: NDArray[np.float32],  # (STARTS,) written: begun of all, and of a ray at the middle
) -> np.float32:
    """Take packets in; returns how far they start from their middle along any axis.

    SPREADS: they are too far apart for a frustum.  IDLE: none of them asks anything.
    """
    half_vectors()
    spread = len(offset) > 0
    none = np.float32(0.0)
    ways = np.zeros(3, np.float64)
    asking = np.empty(packets, np.int32)
    # Flat, so that loops over lanes become vectors.
    way, begin = direction.reshape(-1), offset.reshape(-1)
    idle = True
    low = np.full(3, np.float32(np.inf))
    high = np.full(3, np.float32(-np.inf))
    for i in range(packets):
        base = which[first + i] * LANES
        asks = np.int32(0)
        for g in range(GROUPS):
            for k in range(GROUP):
                asks += (
                    np.int32(1) if lanes[((i * GROUPS + g) * ROWS + HELD) * GROUP + k] > none else np.int32(0)
                )
        asking[i] = asks
        for row in range(STARTS):
            begun[row, i] = none
        rect[0, i] = rect[2, i] = FAR
        rect[1, i] = rect[3, i] = -FAR
        if asks == 0:
            continue
        idle = False
        lay = np.uintp(i * WORLD * LANES)
        if asks == LANES:
            one = LANES // 2
            _take(way, base, rays, lay)
            if spread:
                _take(begin, base, rays, lay + np.uintp(GX * LANES))
        else:
            one = -1
            for k in range(LANES):
                if lanes[((i * GROUPS + k // GROUP) * ROWS + HELD) * GROUP + k % GROUP] > none and (
                    one < 0 or k <= LANES // 2
                ):
                    one = k
            for k in range(LANES):
                # Rays that ask nothing go with one that does: they must not widen the frustum.
                asked = lanes[((i * GROUPS + k // GROUP) * ROWS + HELD) * GROUP + k % GROUP] > none
                r = base + k if asked else base + one
                for axis in range(3):
                    rays[lay + np.uintp(axis * LANES + k)] = direction[r, axis]
                    if spread:
                        rays[lay + np.uintp((GX + axis) * LANES + k)] = offset[r, axis]
        at = lay + np.uintp(one)
        x, y, z = rays[at], rays[at + np.uintp(LANES)], rays[at + np.uintp(2 * LANES)]
        length = np.float32(1.0) / np.sqrt(x * x + y * y + z * z)
        ways[0] += x * length
        ways[1] += y * length
        ways[2] += z * length
        if spread:
            for axis in range(3):
                at = lay + np.uintp((GX + axis) * LANES)
                least = most = rays[at]
                for lane in range(LANES):
                    begins = rays[at + np.uintp(lane)]
                    least, most = lesser(least, begins), greater(most, begins)
                low[axis], high[axis] = min(low[axis], least), max(high[axis], most)
    size = np.sqrt(ways[0] ** 2 + ways[1] ** 2 + ways[2] ** 2)
    if idle:
        return IDLE
    if not size > 1e-3:
        return SPREADS
    mx, my, mz = ways[0] / size, ways[1] / size, ways[2] / size
    # The axis across is level where that is possible: rings of a lidar then run along rows.
    rx, ry, rz = my, -mx, 0.0
    across = np.sqrt(rx * rx + ry * ry)
    if across < 1e-3:
        rx, ry, rz, across = 1.0, 0.0, -mx / mz, np.sqrt(1.0 + (mx / mz) ** 2)
    rx, ry, rz = rx / across, ry / across, rz / across
    axes[0], axes[1], axes[2] = rx, ry, rz
    axes[3], axes[4], axes[5] = my * rz - mz * ry, mz * rx - mx * rz, mx * ry - my * rx
    axes[6], axes[7], axes[8] = mx, my, mz
    a0, a1, a2, a3, a4, a5 = axes[0], axes[1], axes[2], axes[3], axes[4], axes[5]
    a6, a7, a8 = axes[6], axes[7], axes[8]
    sway = none
    sx = sy = sz = none
    if spread:
        half = np.float32(0.5)
        sx, sy, sz = half * (low[0] + high[0]), half * (low[1] + high[1]), half * (low[2] + high[2])
    for row in range(STARTS):
        starts[row] = none
    axes[9], axes[10], axes[11] = (
        a0 * sx + a1 * sy + a2 * sz,
        a3 * sx + a4 * sy + a5 * sz,
        a6 * sx + a7 * sy + a8 * sz,
    )
    view[0] = view[2] = FAR
    view[1] = view[3] = -FAR
    for i in range(packets):
        steep[i] = np.float32(1.0)
        if asking[i] == 0:
            continue
        least = np.float32(2.0)
        most = none
        u_low = v_low = FAR
        u_high = v_high = -FAR
        for g in range(GROUPS):
            lay, to = np.uintp(i * WORLD * LANES + g * GROUP), np.uintp((i * GROUPS + g) * ROWS * GROUP)
            for lane in range(GROUP):
                n = np.uintp(lane)
                x, y, z = rays[lay + n], rays[lay + np.uintp(LANES) + n], rays[lay + np.uintp(2 * LANES) + n]
                ahead = a6 * x + a7 * y + a8 * z
                least = lesser(least, ahead / np.sqrt(x * x + y * y + z * z))
                most = greater(most, ahead)
                whole = np.float32(1.0) / max(ahead, np.float32(1e-12))
                u = (a0 * x + a1 * y + a2 * z) * whole
                v = (a3 * x + a4 * y + a5 * z) * whole
                lanes[to + np.uintp(U * GROUP) + n] = u
                lanes[to + np.uintp(V * GROUP) + n] = v
                u_low, u_high = lesser(u_low, u), greater(u_high, u)
                v_low, v_high = lesser(v_low, v), greater(v_high, v)
        if not least >= SPREAD_COSINE:
            return SPREADS
        rect[0, i], rect[1, i], rect[2, i], rect[3, i] = u_low, u_high, v_low, v_high
        steep[i] = most
        view[0], view[1] = min(view[0], u_low), max(view[1], u_high)
        view[2], view[3] = min(view[2], v_low), max(view[3], v_high)
        if spread:
            right0 = down0 = FAR
            right1 = down1 = ahead1 = -FAR
            furthest = none
            for g in range(GROUPS):
                lay, to = np.uintp(i * WORLD * LANES + g * GROUP), np.uintp((i * GROUPS + g) * ROWS * GROUP)
                for lane in range(GROUP):
                    n = np.uintp(lane)
                    x = rays[lay + np.uintp(GX * LANES) + n] - sx
                    y = rays[lay + np.uintp(GY * LANES) + n] - sy
                    z = rays[lay + np.uintp(GZ * LANES) + n] - sz
                    gx, gy, gz = a0 * x + a1 * y + a2 * z, a3 * x + a4 * y + a5 * z, a6 * x + a7 * y + a8 * z
                    right = gx - lanes[to + np.uintp(U * GROUP) + n] * gz
                    down = gy - lanes[to + np.uintp(V * GROUP) + n] * gz
                    right0, right1 = lesser(right0, right), greater(right1, right)
                    down0, down1 = lesser(down0, down), greater(down1, down)
                    ahead1 = greater(ahead1, gz)
                    furthest = greater(furthest, greater(abs(gx), greater(abs(gy), abs(gz))))
            begun[RIGHT0, i], begun[RIGHT1, i] = right0 - ROUNDED_M, right1 + ROUNDED_M
            begun[DOWN0, i], begun[DOWN1, i] = down0 - ROUNDED_M, down1 + ROUNDED_M
            begun[AHEAD, i] = ahead1 + ROUNDED_M
            sway = max(sway, furthest + ROUNDED_M)
            for row in (RIGHT0, DOWN0):
                starts[row] = min(starts[row], begun[row, i])
            for row in (RIGHT1, DOWN1, AHEAD):
                starts[row] = max(starts[row], begun[row, i])
    return sway


@inner_kernel
def aim(
    rays: NDArray[np.float32],  # (packets * WORLD * LANES,) see `gather`
    packet: int,
    turn: NDArray[np.float32],  # (P, 12)
    placement: int,
    lanes: NDArray[np.float32],  # (packets * GROUPS * ROWS * GROUP,) rows DX to WZ written
    spread: bool,
) -> None:
    """A packet's rays as a part's frame sees them, as packet_rays.aim has them."""
    half_vectors()
    r0, r1, r2 = turn[placement, 0], turn[placement, 1], turn[placement, 2]
    r3, r4, r5 = turn[placement, 3], turn[placement, 4], turn[placement, 5]
    r6, r7, r8 = turn[placement, 6], turn[placement, 7], turn[placement, 8]
    two = np.float32(2.0)
    for g in range(GROUPS):
        lay = np.uintp(packet * WORLD * LANES + g * GROUP)
        to = np.uintp((packet * GROUPS + g) * ROWS * GROUP)
        for ray in range(GROUP):
            k, own = lay + np.uintp(ray), to + np.uintp(ray)
            x, y, z = rays[k], rays[k + np.uintp(DY * LANES)], rays[k + np.uintp(DZ * LANES)]
            lanes[own] = r0 * x + r1 * y + r2 * z
            lanes[own + np.uintp(DY * GROUP)] = r3 * x + r4 * y + r5 * z
            lanes[own + np.uintp(DZ * GROUP)] = r6 * x + r7 * y + r8 * z
        if spread:
            for ray in range(GROUP):
                k, own = lay + np.uintp(ray), to + np.uintp(ray)
                x, y, z = (
                    rays[k + np.uintp(GX * LANES)],
                    rays[k + np.uintp(GY * LANES)],
                    rays[k + np.uintp(GZ * LANES)],
                )
                gx = r0 * x + r1 * y + r2 * z
                gy = r3 * x + r4 * y + r5 * z
                gz = r6 * x + r7 * y + r8 * z
                dx, dy, dz = lanes[own], lanes[own + np.uintp(DY * GROUP)], lanes[own + np.uintp(DZ * GROUP)]
                lanes[own + np.uintp(GX * GROUP)] = gx
                lanes[own + np.uintp(GY * GROUP)] = gy
                lanes[own + np.uintp(GZ * GROUP)] = gz
                lanes[own + np.uintp(WX * GROUP)] = two * (dy * gz - dz * gy)
                lanes[own + np.uintp(WY * GROUP)] = two * (dz * gx - dx * gz)
                lanes[own + np.uintp(WZ * GROUP)] = two * (dx * gy - dy * gx)


@inner_kernel
def edges_of(
    corners: NDArray[np.float32],  # (9, T) by axis
    first: int,
    turn: NDArray[np.float32],
    placement: int,
    e: NDArray[
        np.float32
    ],  # (EDGE_ROOM,) written, in rows of BREADTH: one array, so that loops become vectors
) -> None:
    """packet_rays.edges_of of triangles first .. first + BREADTH - 1."""
    half_vectors()
    base = np.uintp(first)
    for axis in range(9):
        start = turn[placement, 9 + axis % 3]
        for k in range(BREADTH):
            e[(EDGES + axis) * BREADTH + k] = corners[axis, base + np.uintp(k)] - start
    for k in range(BREADTH):
        px, py, pz = e[22 * BREADTH + k], e[23 * BREADTH + k], e[24 * BREADTH + k]
        qx, qy, qz = e[25 * BREADTH + k], e[26 * BREADTH + k], e[27 * BREADTH + k]
        rx, ry, rz = e[28 * BREADTH + k], e[29 * BREADTH + k], e[30 * BREADTH + k]
        ax, ay, az = qx - px, qy - py, qz - pz
        bx, by, bz = rx - qx, ry - qy, rz - qz
        e[k] = (py + qy) * az - (pz + qz) * ay
        e[BREADTH + k] = (pz + qz) * ax - (px + qx) * az
        e[2 * BREADTH + k] = (px + qx) * ay - (py + qy) * ax
        e[3 * BREADTH + k] = (qy + ry) * bz - (qz + rz) * by
        e[4 * BREADTH + k] = (qz + rz) * bx - (qx + rx) * bz
        e[5 * BREADTH + k] = (qx + rx) * by - (qy + ry) * bx
        e[6 * BREADTH + k] = (ry + py) * (pz - rz) - (rz + pz) * (py - ry)
        e[7 * BREADTH + k] = (rz + pz) * (px - rx) - (rx + px) * (pz - rz)
        e[8 * BREADTH + k] = (rx + px) * (py - ry) - (ry + py) * (px - rx)
        e[9 * BREADTH + k], e[10 * BREADTH + k], e[11 * BREADTH + k] = ax, ay, az
        e[12 * BREADTH + k], e[13 * BREADTH + k], e[14 * BREADTH + k] = bx, by, bz
        e[15 * BREADTH + k], e[16 * BREADTH + k], e[17 * BREADTH + k] = px - rx, py - ry, pz - rz
        nx, ny, nz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
        e[18 * BREADTH + k], e[19 * BREADTH + k], e[20 * BREADTH + k] = nx, ny, nz
        e[21 * BREADTH + k] = nx * px + ny * py + nz * pz


@fast_inner_kernel
def within(
    place: NDArray[
        np.float32
    ],  # (>= first + 4, n) least and greatest u, least and greatest v in rows from `first` on
    first: int,
    j: int,
    near: np.float32,  # least range
    lanes: NDArray[np.float32],  # (packets * GROUPS * ROWS * GROUP,)
    packet: int,
) -> int:
    """Which groups of a packet have a ray that goes through a place and holds nothing nearer: a bit for each."""
    half_vectors()
    u0, u1, v0, v1 = place[first, j], place[first + 1, j], place[first + 2, j], place[first + 3, j]
    own = np.uintp(packet * GROUPS * ROWS * GROUP)
    upper = lower = False
    for ray in range(GROUP):
        k = own + np.uintp(ray)
        u, v, held = (
            lanes[k + np.uintp(U * GROUP)],
            lanes[k + np.uintp(V * GROUP)],
            lanes[k + np.uintp(HELD * GROUP)],
        )
        upper = upper | ((u0 <= u) & (u <= u1) & (v0 <= v) & (v <= v1) & (held >= near))
        k += np.uintp(ROWS * GROUP)
        u, v, held = (
            lanes[k + np.uintp(U * GROUP)],
            lanes[k + np.uintp(V * GROUP)],
            lanes[k + np.uintp(HELD * GROUP)],
        )
        lower = lower | ((u0 <= u) & (u <= u1) & (v0 <= v) & (v <= v1) & (held >= near))
    return (1 if upper else 0) + (2 if lower else 0)


@inner_kernel
def keep(
    e: NDArray[np.float32],
    j: int,
    lanes: NDArray[np.float32],  # (packets * GROUPS * ROWS * GROUP,)
    hits: NDArray[np.int32],  # (packets * GROUPS * IDS * GROUP,)
    group: int,
    placement: np.int32,  # 32 bits, as what it is compared with: else the loop is no vector loop
    triangle: np.int32,
    spread: bool,
    weigh: bool,  # whether weights of corners are wanted
) -> bool:
    """packet_rays.crossed and keep of triangle `j` of a leaf: whether any ray of a group keeps it.

    That is who passes through it nearer than what he holds; at equal range the lower ids stay.
    """
    half_vectors()
    e0, e1, e2 = e[j], e[BREADTH + j], e[2 * BREADTH + j]
    e3, e4, e5 = e[3 * BREADTH + j], e[4 * BREADTH + j], e[5 * BREADTH + j]
    e6, e7, e8 = e[6 * BREADTH + j], e[7 * BREADTH + j], e[8 * BREADTH + j]
    ax, ay, az = e[9 * BREADTH + j], e[10 * BREADTH + j], e[11 * BREADTH + j]
    bx, by, bz = e[12 * BREADTH + j], e[13 * BREADTH + j], e[14 * BREADTH + j]
    cx, cy, cz = e[15 * BREADTH + j], e[16 * BREADTH + j], e[17 * BREADTH + j]
    nx, ny, nz, height = e[18 * BREADTH + j], e[19 * BREADTH + j], e[20 * BREADTH + j], e[21 * BREADTH + j]
    none, one = np.float32(0.0), np.float32(1.0)
    own, ids = np.uintp(group * ROWS * GROUP), np.uintp(group * IDS * GROUP)
    found = tied = False
    if spread:
        for ray in range(GROUP):
            k, i = own + np.uintp(ray), ids + np.uintp(ray)
            dx, dy, dz = lanes[k], lanes[k + np.uintp(DY * GROUP)], lanes[k + np.uintp(DZ * GROUP)]
            wx = lanes[k + np.uintp(WX * GROUP)]
            wy = lanes[k + np.uintp(WY * GROUP)]
            wz = lanes[k + np.uintp(WZ * GROUP)]
            u = (e0 * dx + e1 * dy + e2 * dz) - (ax * wx + ay * wy + az * wz)
            v = (e3 * dx + e4 * dy + e5 * dz) - (bx * wx + by * wy + bz * wz)
            w = (e6 * dx + e7 * dy + e8 * dz) - (cx * wx + cy * wy + cz * wz)
            gx = lanes[k + np.uintp(GX * GROUP)]
            gy = lanes[k + np.uintp(GY * GROUP)]
            gz = lanes[k + np.uintp(GZ * GROUP)]
            t = (height - (nx * gx + ny * gy + nz * gz)) / (nx * dx + ny * dy + nz * dz)
            through = (min(u, v, w) >= none) | (max(u, v, w) <= none)
            limit, p, q = lanes[k + np.uintp(HELD * GROUP)], hits[i], hits[i + np.uintp(GROUP)]
            asked = through & (t > lanes[k + np.uintp(NEAR * GROUP)])
            better = asked & (t < limit)
            lanes[k + np.uintp(HELD * GROUP)] = t if better else limit
            hits[i] = placement if better else p
            hits[i + np.uintp(GROUP)] = triangle if better else q
            found = found | better
            tied = tied | (asked & (t == limit))
    else:
        for ray in range(GROUP):
            k, i = own + np.uintp(ray), ids + np.uintp(ray)
            dx, dy, dz = lanes[k], lanes[k + np.uintp(DY * GROUP)], lanes[k + np.uintp(DZ * GROUP)]
            u = e0 * dx + e1 * dy + e2 * dz
            v = e3 * dx + e4 * dy + e5 * dz
            w = e6 * dx + e7 * dy + e8 * dz
            t = height / (nx * dx + ny * dy + nz * dz)
            through = (min(u, v, w) >= none) | (max(u, v, w) <= none)
            limit, p, q = lanes[k + np.uintp(HELD * GROUP)], hits[i], hits[i + np.uintp(GROUP)]
            asked = through & (t > lanes[k + np.uintp(NEAR * GROUP)])
            better = asked & (t < limit)
            lanes[k + np.uintp(HELD * GROUP)] = t if better else limit
            hits[i] = placement if better else p
            hits[i + np.uintp(GROUP)] = triangle if better else q
            found = found | better
            tied = tied | (asked & (t == limit))
    # Offsets are zero where rays have none, so that what is rare is written once.
    if tied:
        for ray in range(GROUP):
            k, i = own + np.uintp(ray), ids + np.uintp(ray)
            dx, dy, dz = lanes[k], lanes[k + np.uintp(DY * GROUP)], lanes[k + np.uintp(DZ * GROUP)]
            wx = lanes[k + np.uintp(WX * GROUP)]
            wy = lanes[k + np.uintp(WY * GROUP)]
            wz = lanes[k + np.uintp(WZ * GROUP)]
            u = (e0 * dx + e1 * dy + e2 * dz) - (ax * wx + ay * wy + az * wz)
            v = (e3 * dx + e4 * dy + e5 * dz) - (bx * wx + by * wy + bz * wz)
            w = (e6 * dx + e7 * dy + e8 * dz) - (cx * wx + cy * wy + cz * wz)
            gx = lanes[k + np.uintp(GX * GROUP)]
            gy = lanes[k + np.uintp(GY * GROUP)]
            gz = lanes[k + np.uintp(GZ * GROUP)]
            t = (height - (nx * gx + ny * gy + nz * gz)) / (nx * dx + ny * dy + nz * dz)
            through = (min(u, v, w) >= none) | (max(u, v, w) <= none)
            limit, p, q = lanes[k + np.uintp(HELD * GROUP)], hits[i], hits[i + np.uintp(GROUP)]
            lower = (placement < p) | ((placement == p) & (triangle < q)) | (p < np.int32(0))
            better = through & (t > lanes[k + np.uintp(NEAR * GROUP)]) & (t == limit) & (t < NEVER) & lower
            hits[i] = placement if better else p
            hits[i + np.uintp(GROUP)] = triangle if better else q
            found = found | better
    if weigh and found:
        for ray in range(GROUP):
            k, i = own + np.uintp(ray), ids + np.uintp(ray)
            dx, dy, dz = lanes[k], lanes[k + np.uintp(DY * GROUP)], lanes[k + np.uintp(DZ * GROUP)]
            wx = lanes[k + np.uintp(WX * GROUP)]
            wy = lanes[k + np.uintp(WY * GROUP)]
            wz = lanes[k + np.uintp(WZ * GROUP)]
            u = (e0 * dx + e1 * dy + e2 * dz) - (ax * wx + ay * wy + az * wz)
            v = (e3 * dx + e4 * dy + e5 * dz) - (bx * wx + by * wy + bz * wz)
            w = (e6 * dx + e7 * dy + e8 * dz) - (cx * wx + cy * wy + cz * wz)
            mine = (hits[i] == placement) & (hits[i + np.uintp(GROUP)] == triangle)
            whole = one / (u + v + w)
            old_u, old_v = lanes[k + np.uintp(US * GROUP)], lanes[k + np.uintp(VS * GROUP)]
            lanes[k + np.uintp(US * GROUP)] = w * whole if mine else old_u
            lanes[k + np.uintp(VS * GROUP)] = u * whole if mine else old_v
    return found


@fast_inner_kernel
def farthest(lanes: NDArray[np.float32], packet: int, rays: int) -> np.float32:
    """The greatest range that a packet holds; a count that the compiler does not know keeps the loop a vector loop."""
    half_vectors()
    most = np.float32(0.0)
    own = np.uintp((packet * GROUPS * ROWS + HELD) * GROUP)
    for ray in range(rays):
        k = own + np.uintp(ray)
        most = greater(most, greater(lanes[k], lanes[k + np.uintp(ROWS * GROUP)]))
    return most
