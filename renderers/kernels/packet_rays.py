"""Sixteen rays of a packet: laid out, turned into a part's frame, and asked which pass through a triangle.  Arrays only.

An edge is tested as the side product of Pluecker lines, (p x q).d + (p - q).(d x offset), whose edge terms are computed
once per triangle.  Swapping p and q negates every rounded term exactly, so a ray that misses a triangle across a shared
edge hits its neighbour: closed surfaces are tight, but for 2 in 1000 of the rays that are aimed at a corner to the last
bit.  Renderers floor.
"""

import numpy as np
from numpy.typing import NDArray

from sim.kernels.jit import inner_kernel
from sim.kernels.sixteen import Sixteen, alike, below, least, load, lowest, most, not_above, store

LANES = 64  # rays that callers hand over together: a packet,
TOGETHER = 16  # of which so many go through the trees together
NEVER = np.float32(1e30)  # stands for an unlimited range; also keeps infinities out of the comparisons
# Rows of a table of sixteen rays.  All in one flat array, so that loops over lanes need not ask whether rows overlap.
DX, DY, DZ = 0, 1, 2  # direction
GX, GY, GZ = 3, 4, 5  # offset of the ray's start from the prepared origin
IX, IY, IZ = 6, 7, 8  # 1 / direction
JX, JY, JZ = 9, 10, 11  # start / direction, in the frame of the tree
WX, WY, WZ = 12, 13, 14  # twice direction x offset
RAYS = 15  # rows of rays in the sensor's axes; as many follow as a tree's frame sees them
NEAR, LIMIT, US, VS = range(2 * RAYS, 2 * RAYS + 4)  # least range, the range so far, weights of corners
ROWS = 2 * RAYS + 4
LEAF = 4  # triangles whose edges are worked out together,
BREADTH = 8  # in vectors of so many
EDGES = 22  # numbers of a triangle: see `edges_of`


@inner_kernel
def edges_of(
    corners: NDArray[np.float32],  # (9 T,)
    first: int,
    many: int,
    turn: NDArray[np.float32],
    placement: int,
    edge: NDArray[np.float32],  # ((EDGES + 9) * BREADTH,) written
) -> None:
    """What lanes must know of triangles first .. first + many - 1, at most LEAF of them.

    These are three Pluecker edges, three sides, the normal and its height; number n of triangle j at n * BREADTH + j.
    """
    for axis in range(9):
        start = turn[placement, 9 + axis % 3]
        for j in range(LEAF):
            edge[(EDGES + axis) * BREADTH + j] = corners[9 * (first + min(j, many - 1)) + axis] - start
    for j in range(BREADTH):  # what is in the others means nothing
        px, py, pz = edge[22 * BREADTH + j], edge[23 * BREADTH + j], edge[24 * BREADTH + j]
        qx, qy, qz = edge[25 * BREADTH + j], edge[26 * BREADTH + j], edge[27 * BREADTH + j]
        rx, ry, rz = edge[28 * BREADTH + j], edge[29 * BREADTH + j], edge[30 * BREADTH + j]
        ax, ay, az = qx - px, qy - py, qz - pz
        bx, by, bz = rx - qx, ry - qy, rz - qz
        # Twice p x q as (p + q) x (q - p): the same value with far less cancellation for a small triangle far away.
        edge[j] = (py + qy) * az - (pz + qz) * ay
        edge[BREADTH + j] = (pz + qz) * ax - (px + qx) * az
        edge[2 * BREADTH + j] = (px + qx) * ay - (py + qy) * ax
        edge[3 * BREADTH + j] = (qy + ry) * bz - (qz + rz) * by
        edge[4 * BREADTH + j] = (qz + rz) * bx - (qx + rx) * bz
        edge[5 * BREADTH + j] = (qx + rx) * by - (qy + ry) * bx
        edge[6 * BREADTH + j] = (ry + py) * (pz - rz) - (rz + pz) * (py - ry)
        edge[7 * BREADTH + j] = (rz + pz) * (px - rx) - (rx + px) * (pz - rz)
        edge[8 * BREADTH + j] = (rx + px) * (py - ry) - (ry + py) * (px - rx)
        edge[9 * BREADTH + j], edge[10 * BREADTH + j], edge[11 * BREADTH + j] = ax, ay, az
        edge[12 * BREADTH + j], edge[13 * BREADTH + j], edge[14 * BREADTH + j] = bx, by, bz
        edge[15 * BREADTH + j], edge[16 * BREADTH + j], edge[17 * BREADTH + j] = px - rx, py - ry, pz - rz
        nx, ny, nz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
        edge[18 * BREADTH + j], edge[19 * BREADTH + j], edge[20 * BREADTH + j] = nx, ny, nz
        edge[21 * BREADTH + j] = nx * px + ny * py + nz * pz


@inner_kernel
def lanes(table: NDArray[np.float32], row: int) -> Sixteen:
    """A row of the table."""
    return load(table, np.uintp(row * TOGETHER))


@inner_kernel
def _of(edge: NDArray[np.float32], number: int, j: int) -> Sixteen:
    return alike(edge[np.uintp(number * BREADTH) + np.uintp(j)])


@inner_kernel
def keep(
    edge: NDArray[np.float32],
    j: int,
    table: NDArray[np.float32],
    ids: NDArray[np.int32],  # (2 * TOGETHER,) placements, then triangles
    room: NDArray[np.float32],  # (3 * TOGETHER,)
    placement: np.int32,
    triangle: np.int32,
    any_hit: bool,
) -> None:
    """Keep the triangle in lanes that pass through it nearer than what they hold; at equal range the lower ids stay.

    Most triangles of a leaf are crossed by no lane's line, and most others by few.
    """
    dx, dy, dz = lanes(table, RAYS + DX), lanes(table, RAYS + DY), lanes(table, RAYS + DZ)
    wx, wy, wz = lanes(table, RAYS + WX), lanes(table, RAYS + WY), lanes(table, RAYS + WZ)
    u = (_of(edge, 0, j) * dx + _of(edge, 1, j) * dy + _of(edge, 2, j) * dz) - (
        _of(edge, 9, j) * wx + _of(edge, 10, j) * wy + _of(edge, 11, j) * wz
    )
    v = (_of(edge, 3, j) * dx + _of(edge, 4, j) * dy + _of(edge, 5, j) * dz) - (
        _of(edge, 12, j) * wx + _of(edge, 13, j) * wy + _of(edge, 14, j) * wz
    )
    w = (_of(edge, 6, j) * dx + _of(edge, 7, j) * dy + _of(edge, 8, j) * dz) - (
        _of(edge, 15, j) * wx + _of(edge, 16, j) * wy + _of(edge, 17, j) * wz
    )
    none = alike(np.float32(0.0))
    asked = not_above(none, least(least(u, v), w)) | not_above(most(most(u, v), w), none)
    if asked == np.uintp(0):
        return
    gx, gy, gz = lanes(table, RAYS + GX), lanes(table, RAYS + GY), lanes(table, RAYS + GZ)
    nx, ny, nz = _of(edge, 18, j), _of(edge, 19, j), _of(edge, 20, j)
    ranges = (_of(edge, 21, j) - (nx * gx + ny * gy + nz * gz)) / (nx * dx + ny * dy + nz * dz)
    asked &= below(lanes(table, NEAR), ranges) & not_above(ranges, lanes(table, LIMIT))
    if asked == np.uintp(0):
        return
    store(room, np.uintp(0), ranges)
    if not any_hit:
        whole = alike(np.float32(1.0)) / (u + v + w)
        store(room, np.uintp(TOGETHER), w * whole)  # the area beyond edge v2 v0 is the weight of v1
        store(room, np.uintp(2 * TOGETHER), u * whole)
    limits, weights = np.uintp(LIMIT * TOGETHER), np.uintp(US * TOGETHER)
    across = np.uintp(TOGETHER)
    while asked != np.uintp(0):
        k = lowest(asked)
        asked &= asked - np.uintp(1)
        t, limit, p, q = room[k], table[limits + k], ids[k], ids[across + k]
        lower = (placement < p) | ((placement == p) & (triangle < q)) | (p < np.int32(0))
        if (t < limit) | ((t == limit) & (t < NEVER) & lower):
            table[limits + k] = np.float32(-1.0) if any_hit else t
            ids[k], ids[across + k] = placement, triangle
            if not any_hit:
                table[weights + k] = room[across + k]
                table[weights + across + k] = room[across + across + k]


@inner_kernel
def aim(
    table: NDArray[np.float32],
    turn: NDArray[np.float32],  # (P, 12) rotation row by row, then the origin in the tree's frame
    placement: int,
    spread: bool,
) -> None:
    """Write the rays as the tree's frame sees them."""
    r0, r1, r2 = turn[placement, 0], turn[placement, 1], turn[placement, 2]
    r3, r4, r5 = turn[placement, 3], turn[placement, 4], turn[placement, 5]
    r6, r7, r8 = turn[placement, 6], turn[placement, 7], turn[placement, 8]
    for k in range(TOGETHER):
        x, y, z = table[DX * TOGETHER + k], table[DY * TOGETHER + k], table[DZ * TOGETHER + k]
        table[(RAYS + DX) * TOGETHER + k] = r0 * x + r1 * y + r2 * z
        table[(RAYS + DY) * TOGETHER + k] = r3 * x + r4 * y + r5 * z
        table[(RAYS + DZ) * TOGETHER + k] = r6 * x + r7 * y + r8 * z
    if spread:
        for k in range(TOGETHER):
            x, y, z = table[GX * TOGETHER + k], table[GY * TOGETHER + k], table[GZ * TOGETHER + k]
            table[(RAYS + GX) * TOGETHER + k] = r0 * x + r1 * y + r2 * z
            table[(RAYS + GY) * TOGETHER + k] = r3 * x + r4 * y + r5 * z
            table[(RAYS + GZ) * TOGETHER + k] = r6 * x + r7 * y + r8 * z
    slabs(table, RAYS, turn[placement, 9], turn[placement, 10], turn[placement, 11])


@inner_kernel
def slabs(
    table: NDArray[np.float32],
    own: int,  # first row of the rays
    ox: np.float32,
    oy: np.float32,
    oz: np.float32,
) -> None:
    """Fill the rows that follow from direction and offset, for an origin at (ox, oy, oz)."""
    tiny = np.float32(1e-12)
    one = np.float32(1.0)
    two = np.float32(2.0)
    for k in range(TOGETHER):
        x, y, z = (
            table[(own + DX) * TOGETHER + k],
            table[(own + DY) * TOGETHER + k],
            table[(own + DZ) * TOGETHER + k],
        )
        gx, gy, gz = (
            table[(own + GX) * TOGETHER + k],
            table[(own + GY) * TOGETHER + k],
            table[(own + GZ) * TOGETHER + k],
        )
        ix = one / (x if abs(x) > tiny else tiny)
        iy = one / (y if abs(y) > tiny else tiny)
        iz = one / (z if abs(z) > tiny else tiny)
        table[(own + IX) * TOGETHER + k] = ix
        table[(own + IY) * TOGETHER + k] = iy
        table[(own + IZ) * TOGETHER + k] = iz
        table[(own + JX) * TOGETHER + k] = (ox + gx) * ix
        table[(own + JY) * TOGETHER + k] = (oy + gy) * iy
        table[(own + JZ) * TOGETHER + k] = (oz + gz) * iz
        table[(own + WX) * TOGETHER + k] = two * (y * gz - z * gy)
        table[(own + WY) * TOGETHER + k] = two * (z * gx - x * gz)
        table[(own + WZ) * TOGETHER + k] = two * (x * gy - y * gx)
