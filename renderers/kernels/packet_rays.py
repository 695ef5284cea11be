"""Sixteen rays of a packet: laid out, turned into a part's frame, and asked which pass through a triangle.  Arrays only.

An edge is tested as the side product of Pluecker lines, (p x q).d + (p - q).(d x offset), whose edge terms are computed
once per triangle.  Swapping p and q negates every rounded term exactly, so a ray that misses a triangle across a shared
edge hits its neighbour: closed surfaces are tight, but for 2 in 1000 of the rays that are aimed at a corner to the last
bit.  Renderers floor.
"""

import numpy as np
from numpy.typing import NDArray

from sim.kernels.jit import inner_kernel

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
def crossed(
    edge: NDArray[np.float32],
    j: int,
    table: NDArray[np.float32],
) -> bool:
    """Whether the line of any lane passes through the triangle; most triangles of a leaf end here."""
    e0, e1, e2 = edge[j], edge[BREADTH + j], edge[2 * BREADTH + j]
    e3, e4, e5 = edge[3 * BREADTH + j], edge[4 * BREADTH + j], edge[5 * BREADTH + j]
    e6, e7, e8 = edge[6 * BREADTH + j], edge[7 * BREADTH + j], edge[8 * BREADTH + j]
    ax, ay, az = edge[9 * BREADTH + j], edge[10 * BREADTH + j], edge[11 * BREADTH + j]
    bx, by, bz = edge[12 * BREADTH + j], edge[13 * BREADTH + j], edge[14 * BREADTH + j]
    cx, cy, cz = edge[15 * BREADTH + j], edge[16 * BREADTH + j], edge[17 * BREADTH + j]
    none = np.float32(0.0)
    found = False
    for k in range(TOGETHER):
        dx, dy, dz = (
            table[(RAYS + DX) * TOGETHER + k],
            table[(RAYS + DY) * TOGETHER + k],
            table[(RAYS + DZ) * TOGETHER + k],
        )
        wx, wy, wz = (
            table[(RAYS + WX) * TOGETHER + k],
            table[(RAYS + WY) * TOGETHER + k],
            table[(RAYS + WZ) * TOGETHER + k],
        )
        u = (e0 * dx + e1 * dy + e2 * dz) - (ax * wx + ay * wy + az * wz)
        v = (e3 * dx + e4 * dy + e5 * dz) - (bx * wx + by * wy + bz * wz)
        w = (e6 * dx + e7 * dy + e8 * dz) - (cx * wx + cy * wy + cz * wz)
        found = found | (min(u, v, w) >= none) | (max(u, v, w) <= none)
    return found


@inner_kernel
def keep(
    edge: NDArray[np.float32],
    j: int,
    table: NDArray[np.float32],
    ids: NDArray[np.int32],  # (2 * TOGETHER,) placements, then triangles
    placement: np.int32,
    triangle: np.int32,
    any_hit: bool,
) -> None:
    """Keep the triangle in lanes that pass through it nearer than what they hold; at equal range the lower ids stay."""
    e0, e1, e2 = edge[j], edge[BREADTH + j], edge[2 * BREADTH + j]
    e3, e4, e5 = edge[3 * BREADTH + j], edge[4 * BREADTH + j], edge[5 * BREADTH + j]
    e6, e7, e8 = edge[6 * BREADTH + j], edge[7 * BREADTH + j], edge[8 * BREADTH + j]
    ax, ay, az = edge[9 * BREADTH + j], edge[10 * BREADTH + j], edge[11 * BREADTH + j]
    bx, by, bz = edge[12 * BREADTH + j], edge[13 * BREADTH + j], edge[14 * BREADTH + j]
    cx, cy, cz = edge[15 * BREADTH + j], edge[16 * BREADTH + j], edge[17 * BREADTH + j]
    nx, ny, nz, height = (
        edge[18 * BREADTH + j],
        edge[19 * BREADTH + j],
        edge[20 * BREADTH + j],
        edge[21 * BREADTH + j],
    )
    none, one, answered = np.float32(0.0), np.float32(1.0), np.float32(-1.0)
    found = tied = False
    for k in range(TOGETHER):
        dx, dy, dz = (
            table[(RAYS + DX) * TOGETHER + k],
            table[(RAYS + DY) * TOGETHER + k],
            table[(RAYS + DZ) * TOGETHER + k],
        )
        wx, wy, wz = (
            table[(RAYS + WX) * TOGETHER + k],
            table[(RAYS + WY) * TOGETHER + k],
            table[(RAYS + WZ) * TOGETHER + k],
        )
        u = (e0 * dx + e1 * dy + e2 * dz) - (ax * wx + ay * wy + az * wz)
        v = (e3 * dx + e4 * dy + e5 * dz) - (bx * wx + by * wy + bz * wz)
        w = (e6 * dx + e7 * dy + e8 * dz) - (cx * wx + cy * wy + cz * wz)
        through = (min(u, v, w) >= none) | (max(u, v, w) <= none)
        gx, gy, gz = (
            table[(RAYS + GX) * TOGETHER + k],
            table[(RAYS + GY) * TOGETHER + k],
            table[(RAYS + GZ) * TOGETHER + k],
        )
        t = (height - (nx * gx + ny * gy + nz * gz)) / (nx * dx + ny * dy + nz * dz)
        limit, p, q = table[LIMIT * TOGETHER + k], ids[k], ids[TOGETHER + k]
        asked = through & (t > table[NEAR * TOGETHER + k])
        better = asked & (t < limit)
        reached = answered if any_hit else t
        table[LIMIT * TOGETHER + k] = reached if better else limit
        ids[k] = placement if better else p
        ids[TOGETHER + k] = triangle if better else q
        found = found | better
        tied = tied | (asked & (t == limit))
    if tied:
        for k in range(TOGETHER):
            dx, dy, dz = (
                table[(RAYS + DX) * TOGETHER + k],
                table[(RAYS + DY) * TOGETHER + k],
                table[(RAYS + DZ) * TOGETHER + k],
            )
            wx, wy, wz = (
                table[(RAYS + WX) * TOGETHER + k],
                table[(RAYS + WY) * TOGETHER + k],
                table[(RAYS + WZ) * TOGETHER + k],
            )
            u = (e0 * dx + e1 * dy + e2 * dz) - (ax * wx + ay * wy + az * wz)
            v = (e3 * dx + e4 * dy + e5 * dz) - (bx * wx + by * wy + bz * wz)
            w = (e6 * dx + e7 * dy + e8 * dz) - (cx * wx + cy * wy + cz * wz)
            through = (min(u, v, w) >= none) | (max(u, v, w) <= none)
            gx, gy, gz = (
                table[(RAYS + GX) * TOGETHER + k],
                table[(RAYS + GY) * TOGETHER + k],
                table[(RAYS + GZ) * TOGETHER + k],
            )
            t = (height - (nx * gx + ny * gy + nz * gz)) / (nx * dx + ny * dy + nz * dz)
            limit, p, q = table[LIMIT * TOGETHER + k], ids[k], ids[TOGETHER + k]
            lower = (placement < p) | ((placement == p) & (triangle < q)) | (p < np.int32(0))
            asked = through & (t > table[NEAR * TOGETHER + k])
            better = asked & (t == limit) & (t < NEVER) & lower
            reached = answered if any_hit else t
            table[LIMIT * TOGETHER + k] = reached if better else limit
            ids[k] = placement if better else p
            ids[TOGETHER + k] = triangle if better else q
            found = found | better
    if found and not any_hit:
        for k in range(TOGETHER):
            dx, dy, dz = (
                table[(RAYS + DX) * TOGETHER + k],
                table[(RAYS + DY) * TOGETHER + k],
                table[(RAYS + DZ) * TOGETHER + k],
            )
            wx, wy, wz = (
                table[(RAYS + WX) * TOGETHER + k],
                table[(RAYS + WY) * TOGETHER + k],
                table[(RAYS + WZ) * TOGETHER + k],
            )
            u = (e0 * dx + e1 * dy + e2 * dz) - (ax * wx + ay * wy + az * wz)
            v = (e3 * dx + e4 * dy + e5 * dz) - (bx * wx + by * wy + bz * wz)
            w = (e6 * dx + e7 * dy + e8 * dz) - (cx * wx + cy * wy + cz * wz)
            mine = (ids[k] == placement) & (ids[TOGETHER + k] == triangle)
            whole = one / (u + v + w)
            old_u, old_v = table[US * TOGETHER + k], table[VS * TOGETHER + k]
            table[US * TOGETHER + k] = (
                w * whole if mine else old_u
            )  # the area beyond edge v2 v0 is the weight of v1
            table[VS * TOGETHER + k] = u * whole if mine else old_v


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
