"""Rays in packets of 64 through the two-level tree of a scene.  Renderers floor, arrays only.

A packet shares one stack: a node is visited when any of its lanes enters it, and the lane loops, of constant trip
count, become wide vector code.  Every ray starts at the prepared origin plus its own `offset`; an edge is tested as
the side product of Pluecker lines, (p x q).d + (p - q).(d x offset), whose edge terms are computed once per triangle.
Swapping p and q negates every rounded term exactly, so a ray that misses a triangle across a shared edge hits its
neighbour: closed surfaces are tight.  Twin: tests/support/naive_trace.py.
"""

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.bvh import COUNT_BITS, COUNT_MASK
from sim.kernels.jit import fast_kernel, kernel

LANES = 64
NEVER = np.float32(1e30)  # stands for an unlimited range; also keeps infinities out of the comparisons
# Rows of a packet's ray table.
DX, DY, DZ = 0, 1, 2  # direction
GX, GY, GZ = 3, 4, 5  # offset of the ray's start from the prepared origin
IX, IY, IZ = 6, 7, 8  # 1 / direction
JX, JY, JZ = 9, 10, 11  # start / direction, in the frame of the tree
WX, WY, WZ = 12, 13, 14  # twice direction x offset
NEAR = 15
ROWS = 16


@fast_kernel
def _enters(
    box: NDArray[np.float32],  # (..., 6) flattened
    at: int,
    rays: NDArray[np.float32],
    limit: NDArray[np.float32],
) -> int:
    """Number of lanes that pass through box[at : at + 6] before their limit."""
    ax = box[at]
    ay = box[at + 1]
    az = box[at + 2]
    bx = box[at + 3]
    by = box[at + 4]
    bz = box[at + 5]
    ix = rays[IX]
    iy = rays[IY]
    iz = rays[IZ]
    jx = rays[JX]
    jy = rays[JY]
    jz = rays[JZ]
    lanes = 0
    for k in range(LANES):
        x0 = ax * ix[k] - jx[k]
        x1 = bx * ix[k] - jx[k]
        y0 = ay * iy[k] - jy[k]
        y1 = by * iy[k] - jy[k]
        z0 = az * iz[k] - jz[k]
        z1 = bz * iz[k] - jz[k]
        enter = max(max(min(x0, x1), min(y0, y1)), max(min(z0, z1), np.float32(0.0)))
        leave = min(min(max(x0, x1), max(y0, y1)), min(max(z0, z1), limit[k]))
        lanes += 1 if enter <= leave else 0
    return lanes


@kernel
def _meet(
    corners: NDArray[np.float32],
    triangle: int,
    start: NDArray[np.float32],  # (3,) prepared origin in the tree's frame
    spread: bool,
    rays: NDArray[np.float32],
    limit: NDArray[np.float32],
    found: NDArray[np.int32],
    placement: int,
    any_hit: bool,
) -> None:
    """Test one triangle against all lanes and keep it where it is nearer (at the same range: where its id is lower)."""
    px = corners[triangle, 0] - start[0]
    py = corners[triangle, 1] - start[1]
    pz = corners[triangle, 2] - start[2]
    qx = corners[triangle, 3] - start[0]
    qy = corners[triangle, 4] - start[1]
    qz = corners[triangle, 5] - start[2]
    rx = corners[triangle, 6] - start[0]
    ry = corners[triangle, 7] - start[1]
    rz = corners[triangle, 8] - start[2]
    # Twice p x q as (p + q) x (q - p): the same value with far less cancellation for a small triangle far away.
    ax = qx - px
    ay = qy - py
    az = qz - pz
    bx = rx - qx
    by = ry - qy
    bz = rz - qz
    cx = px - rx
    cy = py - ry
    cz = pz - rz
    sx = px + qx
    sy = py + qy
    sz = pz + qz
    e0x = sy * az - sz * ay
    e0y = sz * ax - sx * az
    e0z = sx * ay - sy * ax
    sx = qx + rx
    sy = qy + ry
    sz = qz + rz
    e1x = sy * bz - sz * by
    e1y = sz * bx - sx * bz
    e1z = sx * by - sy * bx
    sx = rx + px
    sy = ry + py
    sz = rz + pz
    e2x = sy * cz - sz * cy
    e2y = sz * cx - sx * cz
    e2z = sx * cy - sy * cx
    nx = ay * bz - az * by
    ny = az * bx - ax * bz
    nz = ax * by - ay * bx
    height = nx * px + ny * py + nz * pz
    dx = rays[DX]
    dy = rays[DY]
    dz = rays[DZ]
    inside = 0
    if spread:
        wx = rays[WX]
        wy = rays[WY]
        wz = rays[WZ]
        for k in range(LANES):
            u = (e0x * dx[k] + e0y * dy[k] + e0z * dz[k]) - (ax * wx[k] + ay * wy[k] + az * wz[k])
            v = (e1x * dx[k] + e1y * dy[k] + e1z * dz[k]) - (bx * wx[k] + by * wy[k] + bz * wz[k])
            w = (e2x * dx[k] + e2y * dy[k] + e2z * dz[k]) - (cx * wx[k] + cy * wy[k] + cz * wz[k])
            front = (u >= 0.0) & (v >= 0.0) & (w >= 0.0)
            back = (u <= 0.0) & (v <= 0.0) & (w <= 0.0)
            inside += 1 if front | back else 0
    else:
        for k in range(LANES):
            u = e0x * dx[k] + e0y * dy[k] + e0z * dz[k]
            v = e1x * dx[k] + e1y * dy[k] + e1z * dz[k]
            w = e2x * dx[k] + e2y * dy[k] + e2z * dz[k]
            front = (u >= 0.0) & (v >= 0.0) & (w >= 0.0)
            back = (u <= 0.0) & (v <= 0.0) & (w <= 0.0)
            inside += 1 if front | back else 0
    if inside == 0:
        return
    gx = rays[GX]
    gy = rays[GY]
    gz = rays[GZ]
    wx = rays[WX]
    wy = rays[WY]
    wz = rays[WZ]
    near = rays[NEAR]
    for k in range(LANES):
        u = (e0x * dx[k] + e0y * dy[k] + e0z * dz[k]) - (ax * wx[k] + ay * wy[k] + az * wz[k])
        v = (e1x * dx[k] + e1y * dy[k] + e1z * dz[k]) - (bx * wx[k] + by * wy[k] + bz * wz[k])
        w = (e2x * dx[k] + e2y * dy[k] + e2z * dz[k]) - (cx * wx[k] + cy * wy[k] + cz * wz[k])
        front = (u >= 0.0) & (v >= 0.0) & (w >= 0.0)
        back = (u <= 0.0) & (v <= 0.0) & (w <= 0.0)
        t = (height - (nx * gx[k] + ny * gy[k] + nz * gz[k])) / (nx * dx[k] + ny * dy[k] + nz * dz[k])
        if (front | back) and t > near[k] and t <= limit[k]:
            lower = placement < found[0, k] or (placement == found[0, k] and triangle < found[1, k])
            if t < limit[k] or found[0, k] < 0 or lower:
                limit[k] = np.float32(-1.0) if any_hit else t
                found[0, k] = placement
                found[1, k] = triangle


@kernel
def _aim(
    rays: NDArray[np.float32],
    turn: NDArray[np.float32],  # (12,) rotation row by row, then the origin in the tree's frame
    local: NDArray[np.float32],
    spread: bool,
) -> None:
    """Write the packet's rays as the tree's frame sees them."""
    for k in range(LANES):
        x = rays[DX, k]
        y = rays[DY, k]
        z = rays[DZ, k]
        a = turn[0] * x + turn[1] * y + turn[2] * z
        b = turn[3] * x + turn[4] * y + turn[5] * z
        c = turn[6] * x + turn[7] * y + turn[8] * z
        local[DX, k] = a
        local[DY, k] = b
        local[DZ, k] = c
        local[NEAR, k] = rays[NEAR, k]
    if spread:
        for k in range(LANES):
            x = rays[GX, k]
            y = rays[GY, k]
            z = rays[GZ, k]
            local[GX, k] = turn[0] * x + turn[1] * y + turn[2] * z
            local[GY, k] = turn[3] * x + turn[4] * y + turn[5] * z
            local[GZ, k] = turn[6] * x + turn[7] * y + turn[8] * z
    else:
        local[GX : GZ + 1] = np.float32(0.0)
    _slabs(local, turn[9], turn[10], turn[11])


@kernel
def _slabs(rays: NDArray[np.float32], ox: float, oy: float, oz: float) -> None:
    """Fill the rows that follow from direction and offset, for an origin at (ox, oy, oz)."""
    tiny = np.float32(1e-12)
    one = np.float32(1.0)
    two = np.float32(2.0)
    for k in range(LANES):
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


@kernel
def _through_tree(
    nodes: NDArray[np.float32],
    links: NDArray[np.int32],
    corners: NDArray[np.float32],
    root: int,
    start: NDArray[np.float32],
    spread: bool,
    rays: NDArray[np.float32],
    limit: NDArray[np.float32],
    found: NDArray[np.int32],
    placement: int,
    any_hit: bool,
    stack: NDArray[np.int32],
) -> None:
    """Visit the part of a tree that the packet enters, nearer children first."""
    mx = np.float32(0.0)
    my = np.float32(0.0)
    mz = np.float32(0.0)
    for k in range(0, LANES, 9):  # a few lanes on the diagonal of the block are as good as their mean
        mx += rays[DX, k]
        my += rays[DY, k]
        mz += rays[DZ, k]
    flat = nodes.reshape(-1)
    top = 0
    current = root
    while True:
        if current >= 0:
            at = 12 * current
            left = _enters(flat, at, rays, limit)
            right = _enters(flat, at + 6, rays, limit)
            if left > 0 and right > 0:
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
            if left > 0:
                current = links[current, 0]
                continue
            if right > 0:
                current = links[current, 1]
                continue
        else:
            packed = -(current + 1)
            first = packed >> COUNT_BITS
            for triangle in range(first, first + (packed & COUNT_MASK)):
                _meet(corners, triangle, start, spread, rays, limit, found, placement, any_hit)
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
    turn: NDArray[np.float32],  # (P, 12) part_from_sensor: rotation row by row, then the origin in the part's frame
    box: NDArray[np.float32],  # (P, 6) about each placement, relative to the origin
    mask: NDArray[np.uint8],  # (P,)
    top_nodes: NDArray[np.float32],  # tree over the placements of `top_order`
    top_links: NDArray[np.int32],
    top_order: NDArray[np.int32],
    top_root: int,
    always: NDArray[np.int32],  # placements tried before the tree, in this order
    direction: NDArray[np.float32],  # (R, 3)
    offset: NDArray[np.float32],  # (R, 3), or (0, 3): every ray starts at the origin
    near: NDArray[np.float32],  # (R,) or (1,)
    far: NDArray[np.float32],  # (R,) or (1,)
    ray_mask: int,
    any_hit: bool,
    start: int,  # packets [start, stop) of 64 rays
    stop: int,
    range_out: NDArray[np.float32],  # (R,) in units of |direction|; inf when nothing is hit (0 for a hit of `any_hit`)
    placement_out: NDArray[np.int32],  # (R,) -1: nothing
    triangle_out: NDArray[np.int32],  # (R,)
    u_out: NDArray[np.float32],  # (R,) point = (1 - u - v) v0 + u v1 + v v2
    v_out: NDArray[np.float32],
) -> None:
    """Closest (or any) hits of rays [64 start, 64 stop).  Twin: naive_trace.trace."""
    count = len(direction)
    spread = len(offset) > 0
    rays = np.zeros((ROWS, LANES), np.float32)
    local = np.zeros((ROWS, LANES), np.float32)
    limit = np.empty(LANES, np.float32)
    found = np.empty((2, LANES), np.int32)
    stack = np.empty(128, np.int32)
    top_stack = np.empty(128, np.int32)
    for packet in range(start, stop):
        base = packet * LANES
        for k in range(LANES):
            r = min(base + k, count - 1)
            for axis in range(3):
                rays[DX + axis, k] = direction[r, axis]
                if spread:
                    rays[GX + axis, k] = offset[r, axis]
            rays[NEAR, k] = near[r if len(near) > 1 else 0]
            limit[k] = min(far[r if len(far) > 1 else 0], NEVER) if base + k < count else np.float32(-1.0)
            found[0, k] = -1
            found[1, k] = -1
        _slabs(rays, np.float32(0.0), np.float32(0.0), np.float32(0.0))
        for i in range(len(always)):
            p = always[i]
            if mask[p] & ray_mask and _enters(box[p], 0, rays, limit) > 0:
                _aim(rays, turn[p], local, spread)
                _through_tree(
                    nodes, links, corners, root[p], turn[p, 9:], spread, local, limit, found, p, any_hit, stack
                )
        flat = top_nodes.reshape(-1)
        top = 0
        current = top_root
        while True:
            if current >= 0:
                left = _enters(flat, 12 * current, rays, limit)
                right = _enters(flat, 12 * current + 6, rays, limit)
                if left > 0 and right > 0:
                    ahead = np.float32(0.0)
                    for axis in range(3):
                        ahead += (rays[axis, 0] + rays[axis, LANES - 1]) * (
                            top_nodes[current, 6 + axis]
                            + top_nodes[current, 9 + axis]
                            - top_nodes[current, axis]
                            - top_nodes[current, 3 + axis]
                        )
                    nearer = 0 if ahead >= 0.0 else 1
                    top_stack[top] = top_links[current, 1 - nearer]
                    top += 1
                    current = top_links[current, nearer]
                    continue
                if left > 0:
                    current = top_links[current, 0]
                    continue
                if right > 0:
                    current = top_links[current, 1]
                    continue
            else:
                packed = -(current + 1)
                first = packed >> COUNT_BITS
                for i in range(first, first + (packed & COUNT_MASK)):
                    p = top_order[i]
                    if mask[p] & ray_mask and _enters(box[p], 0, rays, limit) > 0:
                        _aim(rays, turn[p], local, spread)
                        _through_tree(
                            nodes, links, corners, root[p], turn[p, 9:], spread, local, limit, found, p, any_hit, stack
                        )
            if top == 0:
                break
            top -= 1
            current = top_stack[top]
        for k in range(min(LANES, count - base)):
            _report(corners, turn, rays, limit, found, k, base + k, range_out, placement_out, triangle_out, u_out, v_out)


@kernel
def _report(
    corners: NDArray[np.float32],
    turn: NDArray[np.float32],
    rays: NDArray[np.float32],
    limit: NDArray[np.float32],
    found: NDArray[np.int32],
    k: int,
    r: int,
    range_out: NDArray[np.float32],
    placement_out: NDArray[np.int32],
    triangle_out: NDArray[np.int32],
    u_out: NDArray[np.float32],
    v_out: NDArray[np.float32],
) -> None:
    """Write lane k's hit as ray r; barycentrics by the areas about the point where the ray meets the plane."""
    p = found[0, k]
    i = found[1, k]
    placement_out[r] = p
    triangle_out[r] = i
    u_out[r] = np.float32(0.0)
    v_out[r] = np.float32(0.0)
    if p < 0:
        range_out[r] = np.float32(np.inf)
        return
    t = max(limit[k], np.float32(0.0))
    range_out[r] = t
    m = turn[p]
    x = rays[GX, k] + t * rays[DX, k]
    y = rays[GY, k] + t * rays[DY, k]
    z = rays[GZ, k] + t * rays[DZ, k]
    hx = m[0] * x + m[1] * y + m[2] * z + m[9] - corners[i, 0]
    hy = m[3] * x + m[4] * y + m[5] * z + m[10] - corners[i, 1]
    hz = m[6] * x + m[7] * y + m[8] * z + m[11] - corners[i, 2]
    ax = corners[i, 3] - corners[i, 0]
    ay = corners[i, 4] - corners[i, 1]
    az = corners[i, 5] - corners[i, 2]
    bx = corners[i, 6] - corners[i, 0]
    by = corners[i, 7] - corners[i, 1]
    bz = corners[i, 8] - corners[i, 2]
    aa = ax * ax + ay * ay + az * az
    ab = ax * bx + ay * by + az * bz
    bb = bx * bx + by * by + bz * bz
    ah = ax * hx + ay * hy + az * hz
    bh = bx * hx + by * hy + bz * hz
    area = aa * bb - ab * ab
    if area > 0.0:
        u = min(max((bb * ah - ab * bh) / area, np.float32(0.0)), np.float32(1.0))
        u_out[r] = u
        v_out[r] = min(max((aa * bh - ab * ah) / area, np.float32(0.0)), np.float32(1.0) - u)
