"""The rays of a frustum: taken in, turned into a part's frame, and asked what `packets` asks.  Arrays only.

What is exact here is rounded term by term as in `packets` (Pluecker edges, the division, ties), so that hits are the
same to the last bit.  Renderers floor.  Twin: kernels.packet_rays.
"""

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.broad import BREADTH, leaf_at
from renderers.kernels.frustum_covers import (
    AHEAD,
    DOWN0,
    DOWN1,
    FAR,
    RIGHT0,
    RIGHT1,
    SPREAD_COSINE,
    STARTS,
    U_HIGH,
    U_LOW,
    V_HIGH,
    V_LOW,
)
from renderers.kernels.packet_rays import LANES, NEVER, TOGETHER
from sim.kernels.extremes import greater, lesser
from sim.kernels.jit import fast_inner_kernel, fast_kernel, inner_kernel
from sim.kernels.sixteen import (
    Sixteen,
    alike,
    below,
    choose,
    highest,
    least,
    load,
    lowest,
    mark,
    most,
    not_above,
    store,
)
from sim.kernels.widths import half_vectors

# Rows of a packet, LANES numbers each: rays as a part sees them (direction, offset, twice direction x offset),
# least and greatest range so far, place in the frustum, weights of corners.
DX, DY, DZ, GX, GY, GZ, WX, WY, WZ = range(9)
NEAR, HELD, U, V, US, VS = range(9, 15)
ROWS = 15
GROUPS = LANES // TOGETHER  # sixteens of a packet, of which it is known apart what they see
WORLD = 6  # rows of rays in the world's axes
PLACEMENT, TRIANGLE = range(2)  # rows of what rays have met
IDS = 2
EDGES = 22  # rows of what rays must know of triangles: see packet_rays.edges_of
SPREADS, IDLE = np.float32(-1.0), np.float32(-2.0)  # answers of `gather`
ROUNDED_M = np.float32(1e-5)  # how far starts may be from where they are after rounding


@inner_kernel
def _row(table: NDArray[np.float32], at: np.uint64, row: int) -> Sixteen:
    """Sixteen rays of a row of a packet, whose rows begin for them at `at`."""
    return load(table, at + np.uintp(row * LANES))


@inner_kernel
def _lowest_of(numbers: Sixteen) -> np.float32:
    """The least of the sixteen."""
    return -highest(alike(np.float32(0.0)) - numbers)


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
    lanes: NDArray[np.float32],  # (packets * ROWS * LANES,) U and V written; HELD not above 0: asks nothing
    rays: NDArray[np.float32],  # (packets * WORLD * LANES,) written, by axis
    rect: NDArray[np.float32],  # (>= 4, FRUSTUM) written: rows U_LOW to V_HIGH of frustum_covers
    parts: NDArray[np.float32],  # (packets * GROUPS, SIGHT) written: the same of each sixteen
    steep: NDArray[np.float32],  # (packets,) written: the greatest depth per unit of range
    begun: NDArray[np.float32],  # (packets, STARTS) written: see frustum_covers
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
        reach = np.uintp((i * ROWS + HELD) * LANES)
        for k in range(LANES):
            asks += np.int32(1) if lanes[reach + np.uintp(k)] > none else np.int32(0)
        asking[i] = asks
        for row in range(STARTS):
            begun[i, row] = none
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
                if lanes[reach + np.uintp(k)] > none and (one < 0 or k <= LANES // 2):
                    one = k
            for k in range(LANES):
                # Rays that ask nothing go with one that does: they must not widen the frustum.
                r = base + k if lanes[reach + np.uintp(k)] > none else base + one
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
    within_cosine = SPREAD_COSINE * SPREAD_COSINE
    view[0] = view[2] = FAR
    view[1] = view[3] = -FAR
    for i in range(packets):
        steep[i] = np.float32(1.0)
        if asking[i] == 0:
            continue
        least = FAR
        most = none
        u_low = v_low = FAR
        u_high = v_high = -FAR
        lay, to = np.uintp(i * WORLD * LANES), np.uintp(i * ROWS * LANES)
        for lane in range(LANES):
            n = np.uintp(lane)
            x, y, z = rays[lay + n], rays[lay + np.uintp(LANES) + n], rays[lay + np.uintp(2 * LANES) + n]
            ahead = a6 * x + a7 * y + a8 * z
            least = lesser(least, ahead * abs(ahead) - within_cosine * (x * x + y * y + z * z))
            most = greater(most, ahead)
            whole = np.float32(1.0) / max(ahead, np.float32(1e-12))
            u = (a0 * x + a1 * y + a2 * z) * whole
            v = (a3 * x + a4 * y + a5 * z) * whole
            lanes[to + np.uintp(U * LANES) + n] = u
            lanes[to + np.uintp(V * LANES) + n] = v
        if not least >= none:
            return SPREADS
        for g in range(GROUPS):
            own = to + np.uintp(g * TOGETHER)
            us, vs = _row(lanes, own, U), _row(lanes, own, V)
            part = i * GROUPS + g
            parts[part, U_LOW], parts[part, U_HIGH] = _lowest_of(us), highest(us)
            parts[part, V_LOW], parts[part, V_HIGH] = _lowest_of(vs), highest(vs)
            u_low, u_high = min(u_low, parts[part, U_LOW]), max(u_high, parts[part, U_HIGH])
            v_low, v_high = min(v_low, parts[part, V_LOW]), max(v_high, parts[part, V_HIGH])
        rect[U_LOW, i], rect[U_HIGH, i], rect[V_LOW, i], rect[V_HIGH, i] = u_low, u_high, v_low, v_high
        steep[i] = most
        view[0], view[1] = min(view[0], u_low), max(view[1], u_high)
        view[2], view[3] = min(view[2], v_low), max(view[3], v_high)
        if spread:
            right0 = down0 = FAR
            right1 = down1 = ahead1 = -FAR
            furthest = none
            for lane in range(LANES):
                n = np.uintp(lane)
                x = rays[lay + np.uintp(GX * LANES) + n] - sx
                y = rays[lay + np.uintp(GY * LANES) + n] - sy
                z = rays[lay + np.uintp(GZ * LANES) + n] - sz
                gx, gy, gz = a0 * x + a1 * y + a2 * z, a3 * x + a4 * y + a5 * z, a6 * x + a7 * y + a8 * z
                right = gx - lanes[to + np.uintp(U * LANES) + n] * gz
                down = gy - lanes[to + np.uintp(V * LANES) + n] * gz
                right0, right1 = lesser(right0, right), greater(right1, right)
                down0, down1 = lesser(down0, down), greater(down1, down)
                ahead1 = greater(ahead1, gz)
                furthest = greater(furthest, greater(abs(gx), greater(abs(gy), abs(gz))))
            begun[i, RIGHT0], begun[i, RIGHT1] = right0 - ROUNDED_M, right1 + ROUNDED_M
            begun[i, DOWN0], begun[i, DOWN1] = down0 - ROUNDED_M, down1 + ROUNDED_M
            begun[i, AHEAD] = ahead1 + ROUNDED_M
            sway = max(sway, furthest + ROUNDED_M)
            for row in (RIGHT0, DOWN0):
                starts[row] = min(starts[row], begun[i, row])
            for row in (RIGHT1, DOWN1, AHEAD):
                starts[row] = max(starts[row], begun[i, row])
    return sway


@inner_kernel
def aim(
    rays: NDArray[np.float32],  # (packets * WORLD * LANES,) see `gather`
    packet: int,
    turn: NDArray[np.float32],  # (P, 12)
    placement: int,
    lanes: NDArray[np.float32],  # (packets * ROWS * LANES,) rows DX to WZ written
    spread: bool,
) -> None:
    """A packet's rays as a part's frame sees them, as packet_rays.aim has them."""
    r0, r1, r2 = alike(turn[placement, 0]), alike(turn[placement, 1]), alike(turn[placement, 2])
    r3, r4, r5 = alike(turn[placement, 3]), alike(turn[placement, 4]), alike(turn[placement, 5])
    r6, r7, r8 = alike(turn[placement, 6]), alike(turn[placement, 7]), alike(turn[placement, 8])
    two = alike(np.float32(2.0))
    for first in range(0, LANES, TOGETHER):
        lay, to = np.uintp(packet * WORLD * LANES + first), np.uintp(packet * ROWS * LANES + first)
        x, y, z = _row(rays, lay, DX), _row(rays, lay, DY), _row(rays, lay, DZ)
        dx, dy, dz = r0 * x + r1 * y + r2 * z, r3 * x + r4 * y + r5 * z, r6 * x + r7 * y + r8 * z
        store(lanes, to + np.uintp(DX * LANES), dx)
        store(lanes, to + np.uintp(DY * LANES), dy)
        store(lanes, to + np.uintp(DZ * LANES), dz)
        if spread:
            x, y, z = _row(rays, lay, GX), _row(rays, lay, GY), _row(rays, lay, GZ)
            gx, gy, gz = r0 * x + r1 * y + r2 * z, r3 * x + r4 * y + r5 * z, r6 * x + r7 * y + r8 * z
            store(lanes, to + np.uintp(GX * LANES), gx)
            store(lanes, to + np.uintp(GY * LANES), gy)
            store(lanes, to + np.uintp(GZ * LANES), gz)
            store(lanes, to + np.uintp(WX * LANES), two * (dy * gz - dz * gy))
            store(lanes, to + np.uintp(WY * LANES), two * (dz * gx - dx * gz))
            store(lanes, to + np.uintp(WZ * LANES), two * (dx * gy - dy * gx))


@inner_kernel
def _set(e: NDArray[np.float32], row: int, x: Sixteen, y: Sixteen, z: Sixteen) -> None:
    store(e, np.uintp(row * BREADTH), x)
    store(e, np.uintp((row + 1) * BREADTH), y)
    store(e, np.uintp((row + 2) * BREADTH), z)


@inner_kernel
def edges_of(
    corners: NDArray[np.float32],  # flat: by axis, BREADTH numbers each
    first: np.uint64,
    turn: NDArray[np.float32],
    placement: int,
    e: NDArray[np.float32],  # (EDGES * BREADTH,) written
) -> None:
    """packet_rays.edges_of of the triangles of a leaf, whose corners begin at `first`."""
    ox, oy, oz = alike(turn[placement, 9]), alike(turn[placement, 10]), alike(turn[placement, 11])
    px, py, pz, qx, qy, qz, rx, ry, rz = leaf_at(corners, first, ox, oy, oz)
    ax, ay, az = qx - px, qy - py, qz - pz
    bx, by, bz = rx - qx, ry - qy, rz - qz
    cx, cy, cz = px - rx, py - ry, pz - rz
    x, y, z = px + qx, py + qy, pz + qz
    _set(e, 0, y * az - z * ay, z * ax - x * az, x * ay - y * ax)
    x, y, z = qx + rx, qy + ry, qz + rz
    _set(e, 3, y * bz - z * by, z * bx - x * bz, x * by - y * bx)
    x, y, z = rx + px, ry + py, rz + pz
    _set(e, 6, y * cz - z * cy, z * cx - x * cz, x * cy - y * cx)
    _set(e, 9, ax, ay, az)
    _set(e, 12, bx, by, bz)
    _set(e, 15, cx, cy, cz)
    nx, ny, nz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
    _set(e, 18, nx, ny, nz)
    store(e, np.uintp(21 * BREADTH), nx * px + ny * py + nz * pz)


@inner_kernel
def _asks(
    lanes: NDArray[np.float32],
    at: np.uint64,
    u0: Sixteen,
    u1: Sixteen,
    v0: Sixteen,
    v1: Sixteen,
    near: Sixteen,
) -> np.uint64:
    u, v = _row(lanes, at, U), _row(lanes, at, V)
    return (
        not_above(u0, u)
        & not_above(u, u1)
        & not_above(v0, v)
        & not_above(v, v1)
        & not_above(near, _row(lanes, at, HELD))
    )


@inner_kernel
def within(
    places: NDArray[np.float32],  # rows of BREADTH: least and greatest u, least and greatest v
    j: np.uint64,  # the first number of a place
    near: np.float32,  # least range
    lanes: NDArray[np.float32],  # (packets * ROWS * LANES,)
    packet: int,
) -> np.uint64:
    """Which rays of a packet go through a place and hold nothing nearer: a bit for each."""
    breadth, further = np.uintp(BREADTH), np.uintp(TOGETHER)
    u0, u1 = alike(places[j]), alike(places[j + breadth])
    v0, v1 = alike(places[j + breadth + breadth]), alike(places[j + breadth + breadth + breadth])
    least_range = alike(near)
    at = np.uintp(packet * ROWS * LANES)
    bits = _asks(lanes, at, u0, u1, v0, v1, least_range)
    at += further
    bits |= _asks(lanes, at, u0, u1, v0, v1, least_range) << further
    at += further
    bits |= _asks(lanes, at, u0, u1, v0, v1, least_range) << (further + further)
    at += further
    return bits | (_asks(lanes, at, u0, u1, v0, v1, least_range) << (further + further + further))


@inner_kernel
def _edge(e: NDArray[np.float32], number: int, j: np.uint64) -> Sixteen:
    return alike(e[np.uintp(number * BREADTH) + j])


@inner_kernel
def keep(
    e: NDArray[np.float32],
    j: np.uint64,
    lanes: NDArray[np.float32],  # (packets * ROWS * LANES,)
    hits: NDArray[np.int32],  # (packets * IDS * LANES,)
    group: np.uint64,  # sixteen of them
    placement: np.int32,
    triangle: np.int32,
    spread: bool,
    weigh: bool,  # whether weights of corners are wanted
) -> None:
    """packet_rays.keep of triangle `j` of a leaf by sixteen rays.

    That is who passes through it nearer than what he holds; at equal range the lower ids stay.
    Nobody asks whether there is one: half of the guesses would be wrong, and each costs more than the division.
    """
    packet, first = group // np.uintp(GROUPS), group % np.uintp(GROUPS) * np.uintp(TOGETHER)
    at, ids = packet * np.uintp(ROWS * LANES) + first, packet * np.uintp(IDS * LANES) + first
    none = alike(np.float32(0.0))
    dx, dy, dz = _row(lanes, at, DX), _row(lanes, at, DY), _row(lanes, at, DZ)
    u = _edge(e, 0, j) * dx + _edge(e, 1, j) * dy + _edge(e, 2, j) * dz
    v = _edge(e, 3, j) * dx + _edge(e, 4, j) * dy + _edge(e, 5, j) * dz
    w = _edge(e, 6, j) * dx + _edge(e, 7, j) * dy + _edge(e, 8, j) * dz
    nx, ny, nz, height = _edge(e, 18, j), _edge(e, 19, j), _edge(e, 20, j), _edge(e, 21, j)
    if spread:
        wx, wy, wz = _row(lanes, at, WX), _row(lanes, at, WY), _row(lanes, at, WZ)
        u = u - (_edge(e, 9, j) * wx + _edge(e, 10, j) * wy + _edge(e, 11, j) * wz)
        v = v - (_edge(e, 12, j) * wx + _edge(e, 13, j) * wy + _edge(e, 14, j) * wz)
        w = w - (_edge(e, 15, j) * wx + _edge(e, 16, j) * wy + _edge(e, 17, j) * wz)
        height = height - (nx * _row(lanes, at, GX) + ny * _row(lanes, at, GY) + nz * _row(lanes, at, GZ))
    through = not_above(none, least(least(u, v), w)) | not_above(most(most(u, v), w), none)
    t = height / (nx * dx + ny * dy + nz * dz)
    limit = _row(lanes, at, HELD)
    through &= below(_row(lanes, at, NEAR), t)
    better = through & below(t, limit)
    tied = through & not_above(t, limit) & ~better
    while tied != np.uintp(0):  # rare
        k = lowest(tied)
        tied &= tied - np.uintp(1)
        p, q = hits[ids + k], hits[ids + np.uintp(LANES) + k]
        lower = (placement < p) | ((placement == p) & (triangle < q)) | (p < np.int32(0))
        if lower and lanes[at + np.uintp(HELD * LANES) + k] < NEVER:
            better |= np.uintp(1) << k
    store(lanes, at + np.uintp(HELD * LANES), choose(better, t, limit))
    mark(hits, ids, placement, better)
    mark(hits, ids + np.uintp(LANES), triangle, better)
    if weigh:
        whole = alike(np.float32(1.0)) / (u + v + w)
        store(lanes, at + np.uintp(US * LANES), choose(better, w * whole, _row(lanes, at, US)))
        store(lanes, at + np.uintp(VS * LANES), choose(better, u * whole, _row(lanes, at, VS)))


@inner_kernel
def farthest(lanes: NDArray[np.float32], group: np.uint64) -> np.float32:
    """The greatest range that sixteen rays hold."""
    packet, first = group // np.uintp(GROUPS), group % np.uintp(GROUPS) * np.uintp(TOGETHER)
    return highest(_row(lanes, packet * np.uintp(ROWS * LANES) + first, HELD))
