"""The rays of a frustum: taken in, turned into a part's frame, and asked what `packets` asks.  Arrays only.

What is exact here is rounded term by term as in `packets` (Pluecker edges, the division, ties), so that hits are the
same to the last bit.  Renderers floor.  Twin: kernels.packets.
"""

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.broad import BREADTH
from renderers.kernels.frustum_covers import AHEAD, DOWN0, DOWN1, FAR, RIGHT0, RIGHT1, SPREAD_COSINE, STARTS
from renderers.kernels.packets import LANES, NEVER
from sim.kernels.jit import fast_inner_kernel, fast_kernel, inner_kernel

GROUP = 32  # rays that ask together
GROUPS = LANES // GROUP
DX, DY, DZ, GX, GY, GZ, WX, WY, WZ = range(9)  # rows: direction, offset, twice direction x offset
WORLD = 6  # rows of rays in the world's axes,
LOCAL = 9  # and in a part's
EDGES = 22  # rows of what rays must know of triangles: three edges, three sides, normal and height; see packets.edges
EDGE_ROOM = (EDGES + 9) * BREADTH  # and of their corners
SPREADS, IDLE = np.float32(-1.0), np.float32(-2.0)  # answers of `gather`
ROUNDED_M = np.float32(1e-5)  # how far starts may be from where they are after rounding


@fast_kernel
def gather(
    direction: NDArray[np.float32],  # (R, 3)
    offset: NDArray[np.float32],  # (R, 3) or (0, 3)
    which: NDArray[np.int32],  # packets
    first: int,  # which[first : first + packets]
    packets: int,
    held: NDArray[np.float32],  # (packets, LANES) how far rays reach; not above 0: they ask nothing
    rays: NDArray[np.float32],  # (packets, WORLD, LANES) written
    seen: NDArray[np.float32],  # (packets, 2, LANES) written: u and v
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
    spread = len(offset) > 0
    count = len(direction)
    none = np.float32(0.0)
    ways = np.zeros(3, np.float64)
    idle = True
    low = np.full(3, np.float32(np.inf))
    high = np.full(3, np.float32(-np.inf))
    for i in range(packets):
        base = which[first + i] * LANES
        asks = 0
        one = -1
        for k in range(LANES):
            if held[i, k] > none:
                asks += 1
                if one < 0 or k <= LANES // 2:
                    one = k
        for row in range(STARTS):
            begun[row, i] = none
        rect[0, i] = rect[2, i] = FAR
        rect[1, i] = rect[3, i] = -FAR
        if asks == 0:
            continue
        idle = False
        for k in range(LANES):
            # Rays that ask nothing go with one that does: they must not widen the frustum.
            r = base + k if asks == LANES or held[i, k] > none else base + one
            r = min(r, count - 1)
            rays[i, DX, k], rays[i, DY, k], rays[i, DZ, k] = direction[r, 0], direction[r, 1], direction[r, 2]
        length = 1.0 / np.sqrt(rays[i, DX, one] ** 2 + rays[i, DY, one] ** 2 + rays[i, DZ, one] ** 2)
        for axis in range(3):
            ways[axis] += rays[i, axis, one] * length
        if spread:
            for k in range(LANES):
                r = base + k if asks == LANES or held[i, k] > none else base + one
                r = min(r, count - 1)
                rays[i, GX, k], rays[i, GY, k], rays[i, GZ, k] = offset[r, 0], offset[r, 1], offset[r, 2]
            for axis in range(3):
                least = most = rays[i, GX + axis, 0]
                for k in range(LANES):
                    least, most = min(least, rays[i, GX + axis, k]), max(most, rays[i, GX + axis, k])
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
        asks = 0
        for k in range(LANES):
            asks += 1 if held[i, k] > none else 0
        if asks == 0:
            continue
        least = np.float32(2.0)
        most = none
        u_low = v_low = FAR
        u_high = v_high = -FAR
        for k in range(LANES):
            x, y, z = rays[i, DX, k], rays[i, DY, k], rays[i, DZ, k]
            ahead = a6 * x + a7 * y + a8 * z
            least = min(least, ahead / np.sqrt(x * x + y * y + z * z))
            most = max(most, ahead)
            whole = np.float32(1.0) / max(ahead, np.float32(1e-12))
            u = (a0 * x + a1 * y + a2 * z) * whole
            v = (a3 * x + a4 * y + a5 * z) * whole
            seen[i, 0, k] = u
            seen[i, 1, k] = v
            u_low, u_high = min(u_low, u), max(u_high, u)
            v_low, v_high = min(v_low, v), max(v_high, v)
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
            for k in range(LANES):
                x, y, z = rays[i, GX, k] - sx, rays[i, GY, k] - sy, rays[i, GZ, k] - sz
                gx, gy, gz = a0 * x + a1 * y + a2 * z, a3 * x + a4 * y + a5 * z, a6 * x + a7 * y + a8 * z
                right, down = gx - seen[i, 0, k] * gz, gy - seen[i, 1, k] * gz
                right0, right1 = min(right0, right), max(right1, right)
                down0, down1 = min(down0, down), max(down1, down)
                ahead1 = max(ahead1, gz)
                furthest = max(furthest, abs(gx), abs(gy), abs(gz))
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
    rays: NDArray[np.float32],  # (packets, WORLD, LANES)
    packet: int,
    turn: NDArray[np.float32],  # (P, 12)
    placement: int,
    local: NDArray[np.float32],  # (packets * GROUPS, LOCAL, GROUP) written
    spread: bool,
) -> None:
    """A packet's rays as a part's frame sees them, as packets._aim has them."""
    r0, r1, r2 = turn[placement, 0], turn[placement, 1], turn[placement, 2]
    r3, r4, r5 = turn[placement, 3], turn[placement, 4], turn[placement, 5]
    r6, r7, r8 = turn[placement, 6], turn[placement, 7], turn[placement, 8]
    two = np.float32(2.0)
    for g in range(GROUPS):
        at, begin = packet * GROUPS + g, g * GROUP
        for k in range(GROUP):
            x, y, z = rays[packet, DX, begin + k], rays[packet, DY, begin + k], rays[packet, DZ, begin + k]
            local[at, DX, k] = r0 * x + r1 * y + r2 * z
            local[at, DY, k] = r3 * x + r4 * y + r5 * z
            local[at, DZ, k] = r6 * x + r7 * y + r8 * z
        if spread:
            for k in range(GROUP):
                x, y, z = (
                    rays[packet, GX, begin + k],
                    rays[packet, GY, begin + k],
                    rays[packet, GZ, begin + k],
                )
                gx = r0 * x + r1 * y + r2 * z
                gy = r3 * x + r4 * y + r5 * z
                gz = r6 * x + r7 * y + r8 * z
                dx, dy, dz = local[at, DX, k], local[at, DY, k], local[at, DZ, k]
                local[at, GX, k], local[at, GY, k], local[at, GZ, k] = gx, gy, gz
                local[at, WX, k] = two * (dy * gz - dz * gy)
                local[at, WY, k] = two * (dz * gx - dx * gz)
                local[at, WZ, k] = two * (dx * gy - dy * gx)


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
    """packets.edges of triangles first .. first + BREADTH - 1."""
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
    seen: NDArray[np.float32],  # (packets, 2, LANES)
    held: NDArray[np.float32],  # (packets * GROUPS, GROUP)
    packet: int,
    g: int,
) -> bool:
    """Whether any ray of a group goes through a place and holds nothing nearer."""
    u0, u1, v0, v1 = place[first, j], place[first + 1, j], place[first + 2, j], place[first + 3, j]
    row, begin = packet * GROUPS + g, g * GROUP
    found = False
    for k in range(GROUP):
        u, v = seen[packet, 0, begin + k], seen[packet, 1, begin + k]
        found = found | ((u0 <= u) & (u <= u1) & (v0 <= v) & (v <= v1) & (held[row, k] >= near))
    return found


@inner_kernel
def crossed(e: NDArray[np.float32], j: int, local: NDArray[np.float32], group: int, spread: bool) -> bool:
    """packets._crossed: whether the line of any ray of a group passes through triangle `j` of a leaf."""
    e0, e1, e2 = e[j], e[BREADTH + j], e[2 * BREADTH + j]
    e3, e4, e5 = e[3 * BREADTH + j], e[4 * BREADTH + j], e[5 * BREADTH + j]
    e6, e7, e8 = e[6 * BREADTH + j], e[7 * BREADTH + j], e[8 * BREADTH + j]
    none = np.float32(0.0)
    found = False
    if spread:
        ax, ay, az = e[9 * BREADTH + j], e[10 * BREADTH + j], e[11 * BREADTH + j]
        bx, by, bz = e[12 * BREADTH + j], e[13 * BREADTH + j], e[14 * BREADTH + j]
        cx, cy, cz = e[15 * BREADTH + j], e[16 * BREADTH + j], e[17 * BREADTH + j]
        for k in range(GROUP):
            dx, dy, dz = local[group, DX, k], local[group, DY, k], local[group, DZ, k]
            wx, wy, wz = local[group, WX, k], local[group, WY, k], local[group, WZ, k]
            u = (e0 * dx + e1 * dy + e2 * dz) - (ax * wx + ay * wy + az * wz)
            v = (e3 * dx + e4 * dy + e5 * dz) - (bx * wx + by * wy + bz * wz)
            w = (e6 * dx + e7 * dy + e8 * dz) - (cx * wx + cy * wy + cz * wz)
            front = (u >= none) & (v >= none) & (w >= none)
            back = (u <= none) & (v <= none) & (w <= none)
            found = found | front | back
    else:
        for k in range(GROUP):
            dx, dy, dz = local[group, DX, k], local[group, DY, k], local[group, DZ, k]
            u = e0 * dx + e1 * dy + e2 * dz
            v = e3 * dx + e4 * dy + e5 * dz
            w = e6 * dx + e7 * dy + e8 * dz
            front = (u >= none) & (v >= none) & (w >= none)
            back = (u <= none) & (v <= none) & (w <= none)
            found = found | front | back
    return found


@inner_kernel
def keep(
    e: NDArray[np.float32],
    j: int,
    local: NDArray[np.float32],
    group: int,
    near: NDArray[np.float32],  # (groups, GROUP)
    held: NDArray[np.float32],  # (groups, GROUP) the range so far
    us: NDArray[np.float32],  # (groups, GROUP)
    vs: NDArray[np.float32],
    placements: NDArray[np.int32],
    triangles: NDArray[np.int32],
    room: NDArray[np.float32],  # (4, GROUP)
    won: NDArray[np.int32],  # (GROUP,)
    placement: np.int32,  # 32 bits, as what it is compared with: else the loop is no vector loop
    triangle: np.int32,
    spread: bool,
    weigh: bool,  # whether us and vs are wanted
) -> None:
    """packets._keep: keep the triangle where it is nearer than what rays hold; at equal range the lower ids stay."""
    e0, e1, e2 = e[j], e[BREADTH + j], e[2 * BREADTH + j]
    e3, e4, e5 = e[3 * BREADTH + j], e[4 * BREADTH + j], e[5 * BREADTH + j]
    e6, e7, e8 = e[6 * BREADTH + j], e[7 * BREADTH + j], e[8 * BREADTH + j]
    nx, ny, nz, height = e[18 * BREADTH + j], e[19 * BREADTH + j], e[20 * BREADTH + j], e[21 * BREADTH + j]
    one = np.float32(1.0)
    none = np.float32(0.0)
    if spread:
        ax, ay, az = e[9 * BREADTH + j], e[10 * BREADTH + j], e[11 * BREADTH + j]
        bx, by, bz = e[12 * BREADTH + j], e[13 * BREADTH + j], e[14 * BREADTH + j]
        cx, cy, cz = e[15 * BREADTH + j], e[16 * BREADTH + j], e[17 * BREADTH + j]
        for k in range(GROUP):
            dx, dy, dz = local[group, DX, k], local[group, DY, k], local[group, DZ, k]
            wx, wy, wz = local[group, WX, k], local[group, WY, k], local[group, WZ, k]
            u = (e0 * dx + e1 * dy + e2 * dz) - (ax * wx + ay * wy + az * wz)
            v = (e3 * dx + e4 * dy + e5 * dz) - (bx * wx + by * wy + bz * wz)
            w = (e6 * dx + e7 * dy + e8 * dz) - (cx * wx + cy * wy + cz * wz)
            front = (u >= none) & (v >= none) & (w >= none)
            back = (u <= none) & (v <= none) & (w <= none)
            above = height - (nx * local[group, GX, k] + ny * local[group, GY, k] + nz * local[group, GZ, k])
            t = above / (nx * dx + ny * dy + nz * dz)
            room[0, k] = t if (front | back) & (t > near[group, k]) & (t <= held[group, k]) else NEVER
            room[1, k] = w
            room[2, k] = u
            room[3, k] = u + v + w
    else:
        for k in range(GROUP):
            dx, dy, dz = local[group, DX, k], local[group, DY, k], local[group, DZ, k]
            u = e0 * dx + e1 * dy + e2 * dz
            v = e3 * dx + e4 * dy + e5 * dz
            w = e6 * dx + e7 * dy + e8 * dz
            front = (u >= none) & (v >= none) & (w >= none)
            back = (u <= none) & (v <= none) & (w <= none)
            t = height / (nx * dx + ny * dy + nz * dz)
            room[0, k] = t if (front | back) & (t > near[group, k]) & (t <= held[group, k]) else NEVER
            room[1, k] = w
            room[2, k] = u
            room[3, k] = u + v + w
    for k in range(GROUP):
        t = room[0, k]
        limit = held[group, k]
        p = placements[group, k]
        q = triangles[group, k]
        lower = (placement < p) | ((placement == p) & (triangle < q)) | (p < np.int32(0))
        better = (t < limit) | ((t == limit) & (t < NEVER) & lower)
        held[group, k] = t if better else limit
        placements[group, k] = placement if better else p
        triangles[group, k] = triangle if better else q
        won[k] = np.int32(1) if better else np.int32(0)
    if not weigh:
        return
    # Weights are not below 0: `max` changes none, but a choice between two loads would be no vector operation.
    least = np.float32(-1.0)
    for k in range(GROUP):
        whole = one / room[3, k]
        room[1, k] *= whole
        room[2, k] *= whole
    for k in range(GROUP):
        us[group, k] = max(room[1, k], least) if won[k] != 0 else us[group, k]
    for k in range(GROUP):
        vs[group, k] = max(room[2, k], least) if won[k] != 0 else vs[group, k]


@fast_kernel
def farthest(held: NDArray[np.float32], packet: int, lanes: int) -> np.float32:
    """The greatest range that a packet holds; a count that the compiler does not know keeps the loop a vector loop."""
    most = np.float32(0.0)
    for k in range(lanes):
        most = max(most, held[packet, k])
    return most
