"""Sixteen rays of a packet: laid out, turned into a part's frame, and asked which pass through a triangle.  Arrays only.

An edge is tested as the side product of Pluecker lines, (p x q).d + (p - q).(d x offset), whose edge terms are computed
once per triangle.  Swapping p and q negates every rounded term exactly, so a ray that misses a triangle across a shared
edge hits its neighbour: closed surfaces are tight, but for 2 in 1000 of the rays that are aimed at a corner to the last
bit.  Renderers floor.
"""

import numpy as np
from numpy.typing import NDArray

from sim.kernels.jit import inner_kernel
from sim.kernels.sixteen import (
    Sixteen,
    alike,
    below,
    choose,
    least,
    load,
    load_nine,
    lowest,
    mark,
    most,
    next_axes,
    next_corners,
    not_above,
    store,
)

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
ORIGIN = 2 * RAYS + 4  # of the tree's frame, once for each corner of a triangle
WAYS = 2 * RAYS + 5  # two rows: which way the rays go on the whole, as `packets` weighs boxes by it
ROWS = 2 * RAYS + 7
LEAF = 4  # triangles that are asked together
SIDES, NORMAL, HEIGHT, EDGES = (
    16,
    32,
    48,
    64,
)  # where numbers of a triangle begin, and how many: see `edges_of`


@inner_kernel
def edges_of(
    corners: NDArray[np.float32],  # (9 T,)
    first: int,
    many: int,
    table: NDArray[np.float32],
    edge: NDArray[np.float32],  # (LEAF * EDGES,) written
) -> None:
    """What lanes must know of triangles first .. first + many - 1, at most LEAF of them.

    These are three Pluecker edges (z, x, y each), three sides (x, y, z), the normal (z, x, y) and its height.
    A triangle's nine coordinates are one vector: its three corners, and then three sides, are worked out at once.
    """
    origin = lanes(table, ORIGIN)
    for j in range(many):
        at, one, two = np.uintp(j) * np.uintp(EDGES), np.uintp(HEIGHT + 1), np.uintp(HEIGHT + 2)
        p = load_nine(corners, np.uintp(9) * (np.uintp(first) + np.uintp(j))) - origin
        q = next_corners(p)
        side, both = q - p, p + q
        turned = next_axes(side)
        # Twice p x q as (p + q) x (q - p): the same value with far less cancellation for a small triangle far away.
        store(edge, at, both * turned - next_axes(both) * side)
        store(edge, at + np.uintp(SIDES), side)
        normal = side * next_corners(turned) - turned * next_corners(side)
        store(edge, at + np.uintp(NORMAL), normal)
        high = at + np.uintp(HEIGHT)
        store(edge, high, normal * next_axes(next_axes(p)))
        edge[high] = (edge[at + one] + edge[at + two]) + edge[high]


@inner_kernel
def lanes(table: NDArray[np.float32], row: int) -> Sixteen:
    """A row of the table."""
    return load(table, np.uintp(row * TOGETHER))


@inner_kernel
def answered(table: NDArray[np.float32]) -> bool:
    """Whether no lane asks any more."""
    return bool(not_above(alike(np.float32(0.0)), lanes(table, LIMIT)) == np.uintp(0))


@inner_kernel
def _of(edge: NDArray[np.float32], number: int, j: np.uint64) -> Sixteen:
    return alike(edge[np.uintp(EDGES) * j + np.uintp(number)])


@inner_kernel
def keep(
    edge: NDArray[np.float32],  # see `edges_of`
    many: int,
    table: NDArray[np.float32],
    ids: NDArray[np.int32],  # (2 * TOGETHER,) placements, then triangles
    room: NDArray[np.float32],  # (3 * LEAF * TOGETHER,)
    crossed: NDArray[np.uint64],  # (LEAF,) room for who passes through them
    placement: np.int32,
    first: np.int32,  # triangle
    any_hit: bool,
) -> None:
    """Keep triangles in lanes that pass through them nearer than what they hold; at equal range the lower ids stay.

    Most triangles of a leaf are crossed by no lane's line.  Which are is found for all before any is kept, and whether
    one is near enough is not asked: half of the guesses would be wrong, and each costs more than keeping does.
    """
    dx, dy, dz = lanes(table, RAYS + DX), lanes(table, RAYS + DY), lanes(table, RAYS + DZ)
    wx, wy, wz = lanes(table, RAYS + WX), lanes(table, RAYS + WY), lanes(table, RAYS + WZ)
    none = alike(np.float32(0.0))
    asked = np.uintp(0)
    for number in range(many):
        j = np.uintp(number)
        u = (_of(edge, 1, j) * dx + _of(edge, 2, j) * dy + _of(edge, 0, j) * dz) - (
            _of(edge, SIDES, j) * wx + _of(edge, SIDES + 1, j) * wy + _of(edge, SIDES + 2, j) * wz
        )
        v = (_of(edge, 4, j) * dx + _of(edge, 5, j) * dy + _of(edge, 3, j) * dz) - (
            _of(edge, SIDES + 3, j) * wx + _of(edge, SIDES + 4, j) * wy + _of(edge, SIDES + 5, j) * wz
        )
        w = (_of(edge, 7, j) * dx + _of(edge, 8, j) * dy + _of(edge, 6, j) * dz) - (
            _of(edge, SIDES + 6, j) * wx + _of(edge, SIDES + 7, j) * wy + _of(edge, SIDES + 8, j) * wz
        )
        through = not_above(none, least(least(u, v), w)) | not_above(most(most(u, v), w), none)
        crossed[j] = through
        asked |= (np.uintp(1) if through != np.uintp(0) else np.uintp(0)) << j
        if not any_hit:
            at = j * np.uintp(3 * TOGETHER)
            store(room, at, u)
            store(room, at + np.uintp(TOGETHER), u + v + w)
            store(room, at + np.uintp(2 * TOGETHER), w)
    if asked == np.uintp(0):
        return
    gx, gy, gz = lanes(table, RAYS + GX), lanes(table, RAYS + GY), lanes(table, RAYS + GZ)
    while asked != np.uintp(0):
        j = lowest(asked)
        asked &= asked - np.uintp(1)
        nx, ny, nz = _of(edge, NORMAL + 1, j), _of(edge, NORMAL + 2, j), _of(edge, NORMAL, j)
        t = (_of(edge, HEIGHT, j) - (nx * gx + ny * gy + nz * gz)) / (nx * dx + ny * dy + nz * dz)
        limit = lanes(table, LIMIT)
        beyond = crossed[j] & below(lanes(table, NEAR), t)
        better = beyond & below(t, limit)
        tied = beyond & not_above(t, limit) & ~better
        triangle = np.int32(first + np.int32(j))
        while tied != np.uintp(0):  # rare
            k = lowest(tied)
            tied &= tied - np.uintp(1)
            p, q = ids[k], ids[np.uintp(TOGETHER) + k]
            lower = (placement < p) | ((placement == p) & (triangle < q)) | (p < np.int32(0))
            if lower and table[np.uintp(LIMIT * TOGETHER) + k] < NEVER:
                better |= np.uintp(1) << k
        held = alike(np.float32(-1.0)) if any_hit else t
        store(table, np.uintp(LIMIT * TOGETHER), choose(better, held, limit))
        mark(ids, np.uintp(0), placement, better)
        mark(ids, np.uintp(TOGETHER), triangle, better)
        if not any_hit:
            at = j * np.uintp(3 * TOGETHER)
            u, w = load(room, at), load(room, at + np.uintp(2 * TOGETHER))
            whole = alike(np.float32(1.0)) / load(room, at + np.uintp(TOGETHER))
            # The area beyond edge v2 v0 is the weight of v1.
            store(table, np.uintp(US * TOGETHER), choose(better, w * whole, lanes(table, US)))
            store(table, np.uintp(VS * TOGETHER), choose(better, u * whole, lanes(table, VS)))


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
    for corner in range(3):
        for axis in range(3):
            table[ORIGIN * TOGETHER + 3 * corner + axis] = turn[placement, 9 + axis]
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
