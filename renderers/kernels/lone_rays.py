"""Rays one by one through broad trees: for those that share neither start nor direction.  Renderers floor, arrays only.

A ray asks the sixteen children of a node together, goes on with the nearest that it enters and leaves the others, with
where it would enter them, on a stack: what lies beyond the hit that was found since is never opened (Wald, Benthin and
Boulos 2008).  Triangles of a leaf are asked together, too, term by term as in `packet_rays`: hits are those of
`packets` bit for bit, ties included.  Twin: kernels.packets.trace_packets.
"""

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.broad import BOX, BREADTH, EMPTY, LEAF, leaf_at
from renderers.kernels.bvh import COUNT_BITS, COUNT_MASK
from renderers.kernels.packet_rays import NEVER
from sim.kernels.jit import fast_inner_kernel, inner_kernel, kernel
from sim.kernels.sixteen import alike, below, least, load, lowest, most, not_above, store

# Numbers of a ray: direction, offset of its start from the prepared origin, 1 / direction, start / direction, twice
# direction x offset, the prepared origin; the last three as a part's frame sees them.  Least range, and range so far.
DX, DY, DZ, GX, GY, GZ, IX, IY, IZ, JX, JY, JZ, WX, WY, WZ, OX, OY, OZ, NEAR, LIMIT = range(20)
RAY = 20
DEEP = 4096  # children that may wait: fifteen for each level of a tree and of that over placements
PLACEMENT, TRIANGLE = range(2)  # what a ray has met


@inner_kernel
def _slope(x: np.float32) -> np.float32:
    tiny = np.float32(1e-12)
    return np.float32(1.0) / (x if abs(x) > tiny else tiny)


@inner_kernel
def _slabs(
    ray: NDArray[np.float32],
    nearer: NDArray[
        np.uint64
    ],  # (3,) written: 3 where the far side of a box along an axis comes first, else 0
    ox: np.float32,
    oy: np.float32,
    oz: np.float32,
) -> None:
    """Fill what follows from direction and offset, for an origin at (ox, oy, oz)."""
    ix, iy, iz = _slope(ray[DX]), _slope(ray[DY]), _slope(ray[DZ])
    ray[IX], ray[IY], ray[IZ] = ix, iy, iz
    ray[JX], ray[JY], ray[JZ] = (ox + ray[GX]) * ix, (oy + ray[GY]) * iy, (oz + ray[GZ]) * iz
    none, first, last = np.float32(0.0), np.uintp(0), np.uintp(3)
    nearer[0] = first if ix > none else last
    nearer[1] = first if iy > none else last
    nearer[2] = first if iz > none else last


@inner_kernel
def _aim(
    world: NDArray[np.float32],
    turn: NDArray[np.float32],  # (P, 12) rotation row by row, then the origin in the tree's frame
    p: int,
    ray: NDArray[np.float32],  # written but for its ranges
    nearer: NDArray[np.uint64],
) -> None:
    """Turn a ray into the frame of a placement's tree."""
    x, y, z, bx, by, bz = world[DX], world[DY], world[DZ], world[GX], world[GY], world[GZ]
    r0, r1, r2 = turn[p, 0], turn[p, 1], turn[p, 2]
    r3, r4, r5 = turn[p, 3], turn[p, 4], turn[p, 5]
    r6, r7, r8 = turn[p, 6], turn[p, 7], turn[p, 8]
    dx, dy, dz = r0 * x + r1 * y + r2 * z, r3 * x + r4 * y + r5 * z, r6 * x + r7 * y + r8 * z
    gx, gy, gz = r0 * bx + r1 * by + r2 * bz, r3 * bx + r4 * by + r5 * bz, r6 * bx + r7 * by + r8 * bz
    two = np.float32(2.0)
    ray[DX], ray[DY], ray[DZ] = dx, dy, dz
    ray[GX], ray[GY], ray[GZ] = gx, gy, gz
    ray[WX], ray[WY], ray[WZ] = (
        two * (dy * gz - dz * gy),
        two * (dz * gx - dx * gz),
        two * (dx * gy - dy * gx),
    )
    ray[OX], ray[OY], ray[OZ] = turn[p, 9], turn[p, 10], turn[p, 11]
    _slabs(ray, nearer, turn[p, 9], turn[p, 10], turn[p, 11])


@fast_inner_kernel
def _entered(
    boxes: NDArray[np.float32],  # flat: least x, y, z of many boxes, then the greatest, `stride` numbers each
    at: np.uint64,  # the first of sixteen
    stride: np.uint64,
    ray: NDArray[np.float32],
    nearer: NDArray[np.uint64],
    limit: np.float32,
    room: NDArray[np.float32],  # (BREADTH,) written: where the ray enters them
) -> np.uint64:
    """Which of sixteen boxes the ray passes through before its limit, as bits."""
    ix, iy, iz = alike(ray[IX]), alike(ray[IY]), alike(ray[IZ])
    jx, jy, jz = alike(ray[JX]), alike(ray[JY]), alike(ray[JZ])
    far = np.uintp(3)
    x, y, z = at, at + stride, at + stride + stride
    x0 = load(boxes, x + nearer[0] * stride) * ix - jx
    y0 = load(boxes, y + nearer[1] * stride) * iy - jy
    z0 = load(boxes, z + nearer[2] * stride) * iz - jz
    x1 = load(boxes, x + (far - nearer[0]) * stride) * ix - jx
    y1 = load(boxes, y + (far - nearer[1]) * stride) * iy - jy
    z1 = load(boxes, z + (far - nearer[2]) * stride) * iz - jz
    enters = most(most(x0, y0), most(z0, alike(np.float32(0.0))))
    leaves = least(least(x1, y1), least(z1, alike(limit)))
    store(room, np.uintp(0), enters)
    return not_above(enters, leaves)


@inner_kernel
def _crossed(
    corners: NDArray[np.float32],  # flat: by axis, BREADTH numbers each
    t: np.uint64,  # the first of a leaf's
    ray: NDArray[np.float32],
    room: NDArray[np.float32],  # (BREADTH,) written: at what range the ray meets them
) -> np.uint64:
    """Which of sixteen triangles the ray passes through between its ranges, as bits."""
    dx, dy, dz = alike(ray[DX]), alike(ray[DY]), alike(ray[DZ])
    gx, gy, gz = alike(ray[GX]), alike(ray[GY]), alike(ray[GZ])
    wx, wy, wz = alike(ray[WX]), alike(ray[WY]), alike(ray[WZ])
    ox, oy, oz = alike(ray[OX]), alike(ray[OY]), alike(ray[OZ])
    px, py, pz, qx, qy, qz, rx, ry, rz = leaf_at(corners, t, ox, oy, oz)
    ax, ay, az = qx - px, qy - py, qz - pz
    bx, by, bz = rx - qx, ry - qy, rz - qz
    cx, cy, cz = px - rx, py - ry, pz - rz
    e0 = (py + qy) * az - (pz + qz) * ay
    e1 = (pz + qz) * ax - (px + qx) * az
    e2 = (px + qx) * ay - (py + qy) * ax
    e3 = (qy + ry) * bz - (qz + rz) * by
    e4 = (qz + rz) * bx - (qx + rx) * bz
    e5 = (qx + rx) * by - (qy + ry) * bx
    e6 = (ry + py) * cz - (rz + pz) * cy
    e7 = (rz + pz) * cx - (rx + px) * cz
    e8 = (rx + px) * cy - (ry + py) * cx
    u = (e0 * dx + e1 * dy + e2 * dz) - (ax * wx + ay * wy + az * wz)
    v = (e3 * dx + e4 * dy + e5 * dz) - (bx * wx + by * wy + bz * wz)
    w = (e6 * dx + e7 * dy + e8 * dz) - (cx * wx + cy * wy + cz * wz)
    nx, ny, nz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
    height = nx * px + ny * py + nz * pz
    ranges = (height - (nx * gx + ny * gy + nz * gz)) / (nx * dx + ny * dy + nz * dz)
    none = alike(np.float32(0.0))
    through = not_above(none, least(least(u, v), w)) | not_above(most(most(u, v), w), none)
    store(room, np.uintp(0), ranges)
    return through & below(alike(ray[NEAR]), ranges) & not_above(ranges, alike(ray[LIMIT]))


@inner_kernel
def _nearest(
    bits: np.uint64,  # of a node's children, one at least
    children: NDArray[np.int32],  # flat
    first: np.uint64,  # child 0
    room: NDArray[np.float32],  # (BREADTH,) where the ray enters them
    stack: NDArray[np.int32],
    waits: NDArray[np.float32],  # where the ray enters what is on the stack
    top: np.uint64,
) -> tuple[np.int32, np.uint64]:
    """The nearest of some children, and how high the stack is with the others on it."""
    one = np.uintp(1)
    k = lowest(bits)
    bits &= bits - one
    chosen: np.int32 = children[first + k]
    entry = room[k]
    while bits != np.uintp(0):
        k = lowest(bits)
        bits &= bits - one
        child, enters = children[first + k], room[k]
        better = enters < entry
        stack[top] = chosen if better else child
        waits[top] = entry if better else enters
        chosen = child if better else chosen
        entry = enters if better else entry
        top += one
    return chosen, top


@inner_kernel
def _visit(
    boxes: NDArray[np.float32],  # flat, as the next two
    children: NDArray[np.int32],
    corners: NDArray[np.float32],
    firsts: NDArray[np.int32],
    current: np.int32,  # the tree's root
    p: np.int32,
    ray: NDArray[np.float32],
    nearer: NDArray[np.uint64],
    held: NDArray[np.int32],  # (2,)
    room: NDArray[np.float32],
    stack: NDArray[np.int32],
    waits: NDArray[np.float32],
    base: np.uint64,  # of the stack
) -> None:
    """Take a ray through the tree of one placement; at equal range the lower ids stay."""
    one = np.uintp(1)
    top = base
    while True:
        if current >= 0:
            node = np.uintp(current)
            bits = _entered(boxes, node * np.uintp(BOX), np.uintp(BREADTH), ray, nearer, ray[LIMIT], room)
            if bits != np.uintp(0):
                current, top = _nearest(bits, children, node * np.uintp(BREADTH), room, stack, waits, top)
                continue
        elif current != EMPTY:
            packed = np.uintp(-(current + 1))
            leaf = packed >> np.uintp(COUNT_BITS)
            bits = _crossed(corners, leaf * np.uintp(LEAF), ray, room)
            bits &= (one << (packed & np.uintp(COUNT_MASK))) - one
            while bits != np.uintp(0):
                k = lowest(bits)
                bits &= bits - one
                t, triangle = room[k], np.int32(np.uintp(firsts[leaf]) + k)
                q = held[PLACEMENT]
                lower = (p < q) | ((p == q) & (triangle < held[TRIANGLE])) | (q < np.int32(0))
                if (t < ray[LIMIT]) | ((t == ray[LIMIT]) & (t < NEVER) & lower):
                    ray[LIMIT] = t
                    held[PLACEMENT], held[TRIANGLE] = p, triangle
        found = False
        while top > base and not found:
            top -= one
            found = waits[top] <= ray[LIMIT]
        if not found:
            return
        current = stack[top]


@kernel
def trace_alone(
    boxes: NDArray[np.float32],  # (W, BOX) broad trees: see scene.Geometry
    children: NDArray[np.int32],  # (W, BREADTH)
    corners: NDArray[np.float32],  # (L, 9, BREADTH) of leaves, by axis
    firsts: NDArray[np.int32],  # (L,) their first triangles
    root: NDArray[np.int32],  # (P,) broad root of each placement's tree
    turn: NDArray[np.float32],  # (P, 12) see packets.trace_packets, as the next three
    mask: NDArray[np.uint8],  # (P,)
    order: NDArray[np.int32],
    always: int,
    top_boxes: NDArray[np.float32],  # (N, BOX) broad tree over the others of `order`
    top_children: NDArray[np.int32],  # (N, BREADTH)
    top_root: int,
    crates: NDArray[np.float32],  # (6, P + BREADTH) boxes of placements in that order, by side
    direction: NDArray[np.float32],  # (R, 3)
    offset: NDArray[np.float32],  # (R, 3) or (0, 3)
    near: NDArray[np.float32],  # (R,) or (1,)
    far: NDArray[np.float32],
    ray_mask: int,
    start: int,  # rays [start, stop)
    stop: int,
    range_out: NDArray[np.float32],  # (R,) and further: as packets.trace_packets fills them
    placement_out: NDArray[np.int32],
    triangle_out: NDArray[np.int32],
) -> None:
    """Closest hits of rays [start, stop).  Twin: kernels.packets.trace_packets."""
    spread = len(offset) > 0
    ray, world = np.zeros(RAY, np.float32), np.zeros(RAY, np.float32)
    nearer, nearer_in_world = np.zeros(3, np.uintp), np.zeros(3, np.uintp)
    held = np.empty(2, np.int32)
    room = np.empty(BREADTH, np.float32)
    stack, waits = np.empty(DEEP, np.int32), np.empty(DEEP, np.float32)
    way, begin, points = direction.reshape(-1), offset.reshape(-1), corners.reshape(-1)
    inner, links = boxes.reshape(-1), children.reshape(-1)
    top_inner, top_links, placed = top_boxes.reshape(-1), top_children.reshape(-1), crates.reshape(-1)
    across = np.uintp(crates.shape[1])
    none, nothing = np.float32(0.0), np.float32(np.inf)
    zero, one, two, three = np.uintp(0), np.uintp(1), np.uintp(2), np.uintp(3)
    for index in range(start, stop):
        r = np.uintp(index)
        held[PLACEMENT] = held[TRIANGLE] = -1
        ray[NEAR] = near[r if len(near) > 1 else zero]
        ray[LIMIT] = min(far[r if len(far) > 1 else zero], NEVER)
        asks = ray[LIMIT] > none
        if asks:
            at = three * r
            world[DX], world[DY], world[DZ] = way[at], way[at + one], way[at + two]
            if spread:
                world[GX], world[GY], world[GZ] = begin[at], begin[at + one], begin[at + two]
            for number in range(always):
                p = order[number]
                if mask[p] & ray_mask:
                    _aim(world, turn, p, ray, nearer)
                    _visit(
                        inner, links, points, firsts, root[p], p, ray, nearer, held, room, stack, waits, zero
                    )
            _slabs(world, nearer_in_world, none, none, none)
        top = zero
        current = np.int64(top_root)
        while asks:
            packed = np.uintp(-(current + 1))
            first, many = packed >> np.uintp(COUNT_BITS), packed & np.uintp(COUNT_MASK)
            if current >= 0:
                node = np.uintp(current)
                bits = _entered(
                    top_inner,
                    node * np.uintp(BOX),
                    np.uintp(BREADTH),
                    world,
                    nearer_in_world,
                    ray[LIMIT],
                    room,
                )
                if bits != zero:
                    chosen, top = _nearest(bits, top_links, node * np.uintp(BREADTH), room, stack, waits, top)
                    current = np.int64(chosen)
                    continue
            elif many == one:
                p = order[first]
                if mask[p] & ray_mask:
                    _aim(world, turn, p, ray, nearer)
                    _visit(
                        inner, links, points, firsts, root[p], p, ray, nearer, held, room, stack, waits, top
                    )
            elif many > one:  # placements side by side: each becomes a leaf of its own
                bits = _entered(placed, first, across, world, nearer_in_world, ray[LIMIT], room)
                bits &= (one << many) - one
                while bits != zero:
                    k = lowest(bits)
                    bits &= bits - one
                    stack[top] = -np.int32(((first + k) << np.uintp(COUNT_BITS)) | one) - np.int32(1)
                    waits[top] = room[k]
                    top += one
            found = False
            while top > zero and not found:
                top -= one
                found = waits[top] <= ray[LIMIT]
            if not found:
                break
            current = np.int64(stack[top])
        range_out[r] = ray[LIMIT] if held[PLACEMENT] >= 0 else nothing
        placement_out[r] = held[PLACEMENT]
        triangle_out[r] = held[TRIANGLE]
