"""Rays in packets of 64 or 16 through the two-level tree of a scene.  Renderers floor, arrays only.

A packet shares one stack: a node is visited when any of its lanes enters it, and the lane loops, of constant trip
count, become wide vector code.  Every ray starts at the prepared origin plus its own `offset`; an edge is tested as
the side product of Pluecker lines, (p x q).d + (p - q).(d x offset), whose edge terms are computed once per triangle.
Swapping p and q negates every rounded term exactly, so a ray that misses a triangle across a shared edge hits its
neighbour: closed surfaces are tight, but for 2 in 1000 of the rays that are aimed at a corner to the last bit.
Twin: tests/support/naive_trace.py.
"""

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.bvh import COUNT_BITS, COUNT_MASK
from sim.kernels.jit import fast_inner_kernel, inner_kernel, kernel

# How many rays a packet holds, as a tuple whose length is the logarithm: the type tells the compiler the trip count of
# all lane loops.  Wide packets are for rays that stay together, narrow ones for those that start far from each other.
WIDE = (0, 0, 0, 0, 0, 0)
NARROW = (0, 0, 0, 0)
LANES = 1 << len(WIDE)
EMPTY = -1  # link of a leaf that holds nothing, as kernels.bvh.leaf_link packs it
NEVER = np.float32(1e30)  # stands for an unlimited range; also keeps infinities out of the comparisons
# Rows of a packet's ray table.
DX, DY, DZ = 0, 1, 2  # direction
GX, GY, GZ = 3, 4, 5  # offset of the ray's start from the prepared origin
IX, IY, IZ = 6, 7, 8  # 1 / direction
JX, JY, JZ = 9, 10, 11  # start / direction, in the frame of the tree
WX, WY, WZ = 12, 13, 14  # twice direction x offset
NEAR = 15
ROWS = 16
LIMIT = 0  # row of the hit table: the range so far; then u and v


@fast_inner_kernel
def _enters(
    box: NDArray[np.float32],  # (..., 6) flattened
    at: int,
    rays: NDArray[np.float32],
    hits: NDArray[np.float32],
    width: tuple[int, ...],
) -> bool:
    """Whether any lane passes through box[at : at + 6] before its limit."""
    lanes = 1 << len(width)
    ax = box[at]
    ay = box[at + 1]
    az = box[at + 2]
    bx = box[at + 3]
    by = box[at + 4]
    bz = box[at + 5]
    entered = False
    for k in range(lanes):
        x0 = ax * rays[IX, k] - rays[JX, k]
        x1 = bx * rays[IX, k] - rays[JX, k]
        y0 = ay * rays[IY, k] - rays[JY, k]
        y1 = by * rays[IY, k] - rays[JY, k]
        z0 = az * rays[IZ, k] - rays[JZ, k]
        z1 = bz * rays[IZ, k] - rays[JZ, k]
        enter = max(min(x0, x1), min(y0, y1), min(z0, z1), np.float32(0.0))
        leave = min(max(x0, x1), max(y0, y1), max(z0, z1), hits[LIMIT, k])
        entered = entered | (enter <= leave)
    return entered


@fast_inner_kernel
def _enter_children(
    boxes: NDArray[np.float32],  # flattened, 12 numbers a node
    at: int,
    rays: NDArray[np.float32],
    hits: NDArray[np.float32],
    width: tuple[int, ...],
) -> int:
    """Which children of a node any lane passes through before its limit: 1 the left one, 2 the right one."""
    lanes = 1 << len(width)
    ax, ay, az = boxes[at], boxes[at + 1], boxes[at + 2]
    bx, by, bz = boxes[at + 3], boxes[at + 4], boxes[at + 5]
    cx, cy, cz = boxes[at + 6], boxes[at + 7], boxes[at + 8]
    ex, ey, ez = boxes[at + 9], boxes[at + 10], boxes[at + 11]
    left = False
    right = False
    for k in range(lanes):
        ix, iy, iz = rays[IX, k], rays[IY, k], rays[IZ, k]
        jx, jy, jz = rays[JX, k], rays[JY, k], rays[JZ, k]
        limit = hits[LIMIT, k]
        x0 = ax * ix - jx
        x1 = bx * ix - jx
        y0 = ay * iy - jy
        y1 = by * iy - jy
        z0 = az * iz - jz
        z1 = bz * iz - jz
        enter = max(min(x0, x1), min(y0, y1), min(z0, z1), np.float32(0.0))
        leave = min(max(x0, x1), max(y0, y1), max(z0, z1), limit)
        left = left | (enter <= leave)
        x0 = cx * ix - jx
        x1 = ex * ix - jx
        y0 = cy * iy - jy
        y1 = ey * iy - jy
        z0 = cz * iz - jz
        z1 = ez * iz - jz
        enter = max(min(x0, x1), min(y0, y1), min(z0, z1), np.float32(0.0))
        leave = min(max(x0, x1), max(y0, y1), max(z0, z1), limit)
        right = right | (enter <= leave)
    return (1 if left else 0) + (2 if right else 0)


@inner_kernel
def edges(
    corners: NDArray[np.float32],
    triangle: int,
    turn: NDArray[np.float32],  # (P, 12): columns 9..11 are the prepared origin in the tree's frame
    placement: int,
    edge: NDArray[np.float32],
) -> None:
    """What the lane loops need to know of a triangle: its three Pluecker edges, its normal and its height."""
    px = corners[triangle, 0] - turn[placement, 9]
    py = corners[triangle, 1] - turn[placement, 10]
    pz = corners[triangle, 2] - turn[placement, 11]
    qx = corners[triangle, 3] - turn[placement, 9]
    qy = corners[triangle, 4] - turn[placement, 10]
    qz = corners[triangle, 5] - turn[placement, 11]
    rx = corners[triangle, 6] - turn[placement, 9]
    ry = corners[triangle, 7] - turn[placement, 10]
    rz = corners[triangle, 8] - turn[placement, 11]
    ax = qx - px
    ay = qy - py
    az = qz - pz
    bx = rx - qx
    by = ry - qy
    bz = rz - qz
    # Twice p x q as (p + q) x (q - p): the same value with far less cancellation for a small triangle far away.
    edge[0] = (py + qy) * az - (pz + qz) * ay
    edge[1] = (pz + qz) * ax - (px + qx) * az
    edge[2] = (px + qx) * ay - (py + qy) * ax
    edge[3] = (qy + ry) * bz - (qz + rz) * by
    edge[4] = (qz + rz) * bx - (qx + rx) * bz
    edge[5] = (qx + rx) * by - (qy + ry) * bx
    edge[6] = (ry + py) * (pz - rz) - (rz + pz) * (py - ry)
    edge[7] = (rz + pz) * (px - rx) - (rx + px) * (pz - rz)
    edge[8] = (rx + px) * (py - ry) - (ry + py) * (px - rx)
    edge[9] = ax
    edge[10] = ay
    edge[11] = az
    edge[12] = bx
    edge[13] = by
    edge[14] = bz
    edge[15] = px - rx
    edge[16] = py - ry
    edge[17] = pz - rz
    nx = ay * bz - az * by
    ny = az * bx - ax * bz
    nz = ax * by - ay * bx
    edge[18] = nx
    edge[19] = ny
    edge[20] = nz
    edge[21] = nx * px + ny * py + nz * pz


@inner_kernel
def _crossed(
    edge: NDArray[np.float32], spread: bool, rays: NDArray[np.float32], width: tuple[int, ...]
) -> bool:
    """Whether the line of any lane passes through the triangle; most triangles of a leaf end here."""
    lanes = 1 << len(width)
    e0, e1, e2 = edge[0], edge[1], edge[2]
    e3, e4, e5 = edge[3], edge[4], edge[5]
    e6, e7, e8 = edge[6], edge[7], edge[8]
    crossed = False
    if spread:
        ax, ay, az = edge[9], edge[10], edge[11]
        bx, by, bz = edge[12], edge[13], edge[14]
        cx, cy, cz = edge[15], edge[16], edge[17]
        for k in range(lanes):
            dx, dy, dz = rays[DX, k], rays[DY, k], rays[DZ, k]
            wx, wy, wz = rays[WX, k], rays[WY, k], rays[WZ, k]
            u = (e0 * dx + e1 * dy + e2 * dz) - (ax * wx + ay * wy + az * wz)
            v = (e3 * dx + e4 * dy + e5 * dz) - (bx * wx + by * wy + bz * wz)
            w = (e6 * dx + e7 * dy + e8 * dz) - (cx * wx + cy * wy + cz * wz)
            front = (u >= 0.0) & (v >= 0.0) & (w >= 0.0)
            back = (u <= 0.0) & (v <= 0.0) & (w <= 0.0)
            crossed = crossed | front | back
    else:
        for k in range(lanes):
            dx, dy, dz = rays[DX, k], rays[DY, k], rays[DZ, k]
            u = e0 * dx + e1 * dy + e2 * dz
            v = e3 * dx + e4 * dy + e5 * dz
            w = e6 * dx + e7 * dy + e8 * dz
            front = (u >= 0.0) & (v >= 0.0) & (w >= 0.0)
            back = (u <= 0.0) & (v <= 0.0) & (w <= 0.0)
            crossed = crossed | front | back
    return crossed


@inner_kernel
def _keep(
    edge: NDArray[np.float32],
    rays: NDArray[np.float32],
    hits: NDArray[np.float32],
    ids: NDArray[np.int32],
    reached: NDArray[np.float32],
    placement: int,
    triangle: int,
    any_hit: bool,
    width: tuple[int, ...],
) -> None:
    """Keep the triangle in the lanes where it is nearer than what they hold; at equal range the lower ids stay."""
    lanes = 1 << len(width)
    e0, e1, e2 = edge[0], edge[1], edge[2]
    e3, e4, e5 = edge[3], edge[4], edge[5]
    e6, e7, e8 = edge[6], edge[7], edge[8]
    ax, ay, az = edge[9], edge[10], edge[11]
    bx, by, bz = edge[12], edge[13], edge[14]
    cx, cy, cz = edge[15], edge[16], edge[17]
    nx, ny, nz = edge[18], edge[19], edge[20]
    height = edge[21]
    one = np.float32(1.0)
    for k in range(lanes):
        dx, dy, dz = rays[DX, k], rays[DY, k], rays[DZ, k]
        wx, wy, wz = rays[WX, k], rays[WY, k], rays[WZ, k]
        u = (e0 * dx + e1 * dy + e2 * dz) - (ax * wx + ay * wy + az * wz)
        v = (e3 * dx + e4 * dy + e5 * dz) - (bx * wx + by * wy + bz * wz)
        w = (e6 * dx + e7 * dy + e8 * dz) - (cx * wx + cy * wy + cz * wz)
        front = (u >= 0.0) & (v >= 0.0) & (w >= 0.0)
        back = (u <= 0.0) & (v <= 0.0) & (w <= 0.0)
        above = height - (nx * rays[GX, k] + ny * rays[GY, k] + nz * rays[GZ, k])
        t = above / (nx * dx + ny * dy + nz * dz)
        kept = (front | back) & (t > rays[NEAR, k]) & (t <= hits[LIMIT, k])
        whole = one / (u + v + w)
        reached[0, k] = t if kept else NEVER
        reached[1, k] = w * whole  # the area beyond edge v2 v0 is the weight of v1
        reached[2, k] = u * whole
    for k in range(lanes):
        t = reached[0, k]
        lower = (
            (placement < ids[0, k]) | ((placement == ids[0, k]) & (triangle < ids[1, k])) | (ids[0, k] < 0)
        )
        better = (t < hits[LIMIT, k]) | ((t == hits[LIMIT, k]) & (t < NEVER) & lower)
        limit = np.float32(-1.0) if any_hit else t
        hits[LIMIT, k] = limit if better else hits[LIMIT, k]
        hits[1, k] = reached[1, k] if better else hits[1, k]
        hits[2, k] = reached[2, k] if better else hits[2, k]
        ids[0, k] = np.int32(placement) if better else ids[0, k]
        ids[1, k] = np.int32(triangle) if better else ids[1, k]


@inner_kernel
def _aim(
    rays: NDArray[np.float32],
    turn: NDArray[np.float32],  # (P, 12) rotation row by row, then the origin in the tree's frame
    placement: int,
    local: NDArray[np.float32],
    spread: bool,
    width: tuple[int, ...],
) -> None:
    """Write the packet's rays as the tree's frame sees them."""
    lanes = 1 << len(width)
    for k in range(lanes):
        x = rays[DX, k]
        y = rays[DY, k]
        z = rays[DZ, k]
        a = turn[placement, 0] * x + turn[placement, 1] * y + turn[placement, 2] * z
        b = turn[placement, 3] * x + turn[placement, 4] * y + turn[placement, 5] * z
        c = turn[placement, 6] * x + turn[placement, 7] * y + turn[placement, 8] * z
        local[DX, k] = a
        local[DY, k] = b
        local[DZ, k] = c
        local[NEAR, k] = rays[NEAR, k]
    if spread:
        for k in range(lanes):
            x = rays[GX, k]
            y = rays[GY, k]
            z = rays[GZ, k]
            local[GX, k] = turn[placement, 0] * x + turn[placement, 1] * y + turn[placement, 2] * z
            local[GY, k] = turn[placement, 3] * x + turn[placement, 4] * y + turn[placement, 5] * z
            local[GZ, k] = turn[placement, 6] * x + turn[placement, 7] * y + turn[placement, 8] * z
    else:
        for k in range(lanes):
            local[GX, k] = np.float32(0.0)
            local[GY, k] = np.float32(0.0)
            local[GZ, k] = np.float32(0.0)
    _slabs(local, turn[placement, 9], turn[placement, 10], turn[placement, 11], width)


@inner_kernel
def _slabs(
    rays: NDArray[np.float32], ox: np.float32, oy: np.float32, oz: np.float32, width: tuple[int, ...]
) -> None:
    """Fill the rows that follow from direction and offset, for an origin at (ox, oy, oz)."""
    lanes = 1 << len(width)
    tiny = np.float32(1e-12)
    one = np.float32(1.0)
    two = np.float32(2.0)
    for k in range(lanes):
        x = rays[DX, k]
        y = rays[DY, k]
        z = rays[DZ, k]
        gx = rays[GX, k]
        gy = rays[GY, k]
        gz = rays[GZ, k]
        ix = one / (x if abs(x) > tiny else tiny)
        iy = one / (y if abs(y) > tiny else tiny)
        iz = one / (z if abs(z) > tiny else tiny)
        rays[IX, k] = ix
        rays[IY, k] = iy
        rays[IZ, k] = iz
        rays[JX, k] = (ox + gx) * ix
        rays[JY, k] = (oy + gy) * iy
        rays[JZ, k] = (oz + gz) * iz
        rays[WX, k] = two * (y * gz - z * gy)
        rays[WY, k] = two * (z * gx - x * gz)
        rays[WZ, k] = two * (x * gy - y * gx)


@inner_kernel
def _visit(
    nodes: NDArray[np.float32],
    links: NDArray[np.int32],
    corners: NDArray[np.float32],
    root: NDArray[np.int32],
    turn: NDArray[np.float32],
    placement: int,
    spread: bool,
    any_hit: bool,
    rays: NDArray[np.float32],
    local: NDArray[np.float32],
    hits: NDArray[np.float32],
    ids: NDArray[np.int32],
    reached: NDArray[np.float32],
    edge: NDArray[np.float32],
    stack: NDArray[np.int32],
    width: tuple[int, ...],
) -> None:
    """Take the packet through the tree of one placement, nearer children first."""
    lanes = 1 << len(width)
    _aim(rays, turn, placement, local, spread, width)
    mx = np.float32(0.0)
    my = np.float32(0.0)
    mz = np.float32(0.0)
    for k in range(0, lanes, 9):  # a few lanes on the diagonal of the block are as good as their mean
        mx += local[DX, k]
        my += local[DY, k]
        mz += local[DZ, k]
    flat = nodes.reshape(-1)
    top = 0
    current = root[placement]
    while True:
        if current >= 0:
            entered = _enter_children(flat, 12 * current, local, hits, width)
            if entered == 3:
                ahead = (
                    mx * (nodes[current, 6] + nodes[current, 9] - nodes[current, 0] - nodes[current, 3])
                    + my * (nodes[current, 7] + nodes[current, 10] - nodes[current, 1] - nodes[current, 4])
                    + mz * (nodes[current, 8] + nodes[current, 11] - nodes[current, 2] - nodes[current, 5])
                )
                nearer = 0 if ahead >= 0.0 else 1
                stack[top] = links[current, 1 - nearer]
                top += 1
                current = links[current, nearer]
                continue
            if entered > 0:
                current = links[current, entered - 1]
                continue
        else:
            packed = -(current + 1)
            first = packed >> COUNT_BITS
            for triangle in range(first, first + (packed & COUNT_MASK)):
                edges(corners, triangle, turn, placement, edge)
                if _crossed(edge, spread, local, width):
                    _keep(edge, local, hits, ids, reached, placement, triangle, any_hit, width)
        if top == 0:
            return
        top -= 1
        current = stack[top]


@kernel
def trace_packets(
    nodes: NDArray[np.float32],  # geometry: see scene.Geometry
    links: NDArray[np.int32],
    corners: NDArray[np.float32],
    root: NDArray[np.int32],  # (P,) root link of each placement's tree
    turn: NDArray[
        np.float32
    ],  # (P, 12) part_from_sensor: rotation row by row, then the origin in the part's frame
    box: NDArray[np.float32],  # (P, 6) about each placement, relative to the origin
    mask: NDArray[np.uint8],  # (P,)
    order: NDArray[
        np.int32
    ],  # placements: the first `always` are tried before the tree, the others are its leaves
    always: int,
    top_nodes: NDArray[np.float32],  # tree over those others
    top_links: NDArray[np.int32],
    top_root: int,
    direction: NDArray[np.float32],  # (R, 3)
    offset: NDArray[np.float32],  # (R, 3), or (0, 3): every ray starts at the origin
    near: NDArray[np.float32],  # (R,) or (1,)
    far: NDArray[np.float32],  # (R,) or (1,)
    ray_mask: int,
    any_hit: bool,
    start: int,  # packets [start, stop)
    stop: int,
    range_out: NDArray[
        np.float32
    ],  # (R,) in units of |direction|; inf when nothing is hit (0 for a hit of `any_hit`)
    placement_out: NDArray[np.int32],  # (R,) -1: nothing
    triangle_out: NDArray[np.int32],  # (R,)
    u_out: NDArray[np.float32],  # (R,) point = (1 - u - v) v0 + u v1 + v v2
    v_out: NDArray[np.float32],
    width: tuple[int, ...],
) -> None:
    """Closest (or any) hits of the rays in packets [start, stop).  Twin: naive_trace.trace."""
    lanes = 1 << len(width)
    count = len(direction)
    spread = len(offset) > 0
    rays = np.zeros((ROWS, lanes), np.float32)
    local = np.zeros((ROWS, lanes), np.float32)
    hits = np.empty((3, lanes), np.float32)  # limit, u, v
    ids = np.empty((2, lanes), np.int32)  # placement, triangle
    reached = np.empty((3, lanes), np.float32)
    edge = np.empty(22, np.float32)
    boxes = box.reshape(-1)
    flat = top_nodes.reshape(-1)
    stack = np.empty(128, np.int32)
    top_stack = np.empty(128, np.int32)
    for packet in range(start, stop):
        base = packet * lanes
        asked = False
        for k in range(lanes):
            r = min(base + k, count - 1)
            for axis in range(3):
                rays[DX + axis, k] = direction[r, axis]
                if spread:
                    rays[GX + axis, k] = offset[r, axis]
            rays[NEAR, k] = near[r if len(near) > 1 else 0]
            limit = min(far[r if len(far) > 1 else 0], NEVER)
            asks = base + k < count and limit > np.float32(0.0)
            hits[LIMIT, k] = limit if asks else np.float32(-1.0)
            asked = asked or asks
            ids[0, k] = -1
            ids[1, k] = -1
        _slabs(rays, np.float32(0.0), np.float32(0.0), np.float32(0.0), width)
        top_stack[0] = top_root
        top = 1
        first = 0
        leaf = always
        while asked:
            for i in range(first, first + leaf):
                p = order[i]
                if mask[p] & ray_mask and _enters(boxes, 6 * p, rays, hits, width):
                    _visit(
                        nodes, links, corners, root, turn, p, spread, any_hit,
                        rays, local, hits, ids, reached, edge, stack, width,
                    )  # fmt: skip
            leaf = 0
            while top > 0 and leaf == 0:
                top -= 1
                current = top_stack[top]
                while current >= 0:
                    entered = _enter_children(flat, 12 * current, rays, hits, width)
                    if entered == 3:
                        ahead = np.float32(0.0)
                        for axis in range(3):
                            ahead += (rays[axis, 0] + rays[axis, lanes - 1]) * (
                                top_nodes[current, 6 + axis]
                                + top_nodes[current, 9 + axis]
                                - top_nodes[current, axis]
                                - top_nodes[current, 3 + axis]
                            )
                        nearer = 0 if ahead >= 0.0 else 1
                        top_stack[top] = top_links[current, 1 - nearer]
                        top += 1
                        current = top_links[current, nearer]
                    elif entered > 0:
                        current = top_links[current, entered - 1]
                    else:
                        current = EMPTY
                packed = -(current + 1)
                first = packed >> COUNT_BITS
                leaf = packed & COUNT_MASK
            if leaf == 0:
                break
        for k in range(min(lanes, count - base)):
            hit = ids[0, k] >= 0
            range_out[base + k] = max(hits[LIMIT, k], np.float32(0.0)) if hit else np.float32(np.inf)
            placement_out[base + k] = ids[0, k]
            triangle_out[base + k] = ids[1, k]
            u_out[base + k] = hits[1, k] if hit else np.float32(0.0)
            v_out[base + k] = hits[2, k] if hit else np.float32(0.0)
