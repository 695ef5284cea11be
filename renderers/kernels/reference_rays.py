"""One ray at a time through the two-level tree of a scene, for paths that scatter.  Renderers floor, arrays only.

Rays of a path tracer fly apart after their first bounce, where a packet of 64 would visit nearly every node; alone each
visits its own.  The trees are those of `packets`, which stays the engine of all sensors.  Twin: naive_trace.trace.
"""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import numpy as np

from renderers.kernels.bvh import COUNT_BITS, COUNT_MASK
from renderers.kernels.surface import COAT_F0, M_COAT, M_THROUGH
from sim.kernels.jit import fast_kernel

F = np.float32
STACK = 160
TOP = 80  # where the stack of the tree over placements begins
(H_RANGE, H_U, H_V, H_THROUGH, H_COLUMNS) = range(5)  # columns of a hit's numbers
EMPTY = -1


@fast_kernel
def visit(nodes, links, corners, material, materials, current, ox, oy, oz, dx, dy, dz, shadow, stack, hit):
    """Take a ray through one tree: the triangle it meets before hit[H_RANGE], which is shortened, or -1.

    With `shadow` hit[H_THROUGH] becomes the share of light that passes: panes dim, anything else gives 0 and ends it.
    """
    tiny = F(1e-12)
    ix = F(1) / (dx if abs(dx) > tiny else tiny)
    iy = F(1) / (dy if abs(dy) > tiny else tiny)
    iz = F(1) / (dz if abs(dz) > tiny else tiny)
    jx = ox * ix
    jy = oy * iy
    jz = oz * iz
    limit = hit[H_RANGE]
    best = -1
    top = 0
    while True:
        if current >= 0:
            x0 = nodes[current, 0] * ix - jx
            x1 = nodes[current, 3] * ix - jx
            y0 = nodes[current, 1] * iy - jy
            y1 = nodes[current, 4] * iy - jy
            z0 = nodes[current, 2] * iz - jz
            z1 = nodes[current, 5] * iz - jz
            near_l = max(min(x0, x1), min(y0, y1), min(z0, z1), F(0))
            far_l = min(max(x0, x1), max(y0, y1), max(z0, z1), limit)
            x0 = nodes[current, 6] * ix - jx
            x1 = nodes[current, 9] * ix - jx
            y0 = nodes[current, 7] * iy - jy
            y1 = nodes[current, 10] * iy - jy
            z0 = nodes[current, 8] * iz - jz
            z1 = nodes[current, 11] * iz - jz
            near_r = max(min(x0, x1), min(y0, y1), min(z0, z1), F(0))
            far_r = min(max(x0, x1), max(y0, y1), max(z0, z1), limit)
            left = near_l <= far_l
            right = near_r <= far_r
            if left and right:
                if near_l <= near_r:
                    stack[top] = links[current, 1]
                    current = links[current, 0]
                else:
                    stack[top] = links[current, 0]
                    current = links[current, 1]
                top += 1
                continue
            if left:
                current = links[current, 0]
                continue
            if right:
                current = links[current, 1]
                continue
        else:
            packed = -(current + 1)
            first = packed >> COUNT_BITS
            for k in range(first, first + (packed & COUNT_MASK)):
                # Moeller and Trumbore 1997.
                ax = corners[k, 3] - corners[k, 0]
                ay = corners[k, 4] - corners[k, 1]
                az = corners[k, 5] - corners[k, 2]
                bx = corners[k, 6] - corners[k, 0]
                by = corners[k, 7] - corners[k, 1]
                bz = corners[k, 8] - corners[k, 2]
                px = dy * bz - dz * by
                py = dz * bx - dx * bz
                pz = dx * by - dy * bx
                det = ax * px + ay * py + az * pz
                if abs(det) < F(1e-18):
                    continue
                inverse = F(1) / det
                sx = ox - corners[k, 0]
                sy = oy - corners[k, 1]
                sz = oz - corners[k, 2]
                u = (sx * px + sy * py + sz * pz) * inverse
                if u < F(0) or u > F(1):
                    continue
                qx = sy * az - sz * ay
                qy = sz * ax - sx * az
                qz = sx * ay - sy * ax
                v = (dx * qx + dy * qy + dz * qz) * inverse
                if v < F(0) or u + v > F(1):
                    continue
                t = (bx * qx + by * qy + bz * qz) * inverse
                if t <= F(0) or t >= limit:
                    continue
                if shadow:
                    kind = int(material[k])
                    passes = materials[kind, M_THROUGH] if materials[kind, M_COAT] > F(0.5) else F(0)
                    if passes <= F(0):
                        hit[H_THROUGH] = F(0)
                        return k
                    nx = ay * bz - az * by
                    ny = az * bx - ax * bz
                    nz = ax * by - ay * bx
                    cosine = abs(nx * dx + ny * dy + nz * dz) / np.sqrt(
                        max((nx * nx + ny * ny + nz * nz) * (dx * dx + dy * dy + dz * dz), F(1e-30))
                    )
                    miss = F(1) - min(cosine, F(1))
                    miss5 = miss * miss
                    miss5 = miss5 * miss5 * miss
                    hit[H_THROUGH] *= passes * (F(1) - F(COAT_F0) - (F(1) - F(COAT_F0)) * miss5)
                else:
                    limit = t
                    best = k
                    hit[H_U] = u
                    hit[H_V] = v
        if top == 0:
            break
        top -= 1
        current = stack[top]
    hit[H_RANGE] = limit
    return best


@fast_kernel
def cast(
    nodes, links, corners, material, materials, root, turn, box, mask, order, always, top_nodes, top_links, top_root,
    ray_mask, x, y, z, dx, dy, dz, shadow, stack, hit,
):  # fmt: skip
    """Placement and triangle that a ray from (x, y, z), relative to the origin, meets before hit[H_RANGE]; -1: none."""
    tiny = F(1e-12)
    ix = F(1) / (dx if abs(dx) > tiny else tiny)
    iy = F(1) / (dy if abs(dy) > tiny else tiny)
    iz = F(1) / (dz if abs(dz) > tiny else tiny)
    where = -1
    what = -1
    top = TOP
    stack[top] = top_root
    top += 1
    first = 0
    leaf = always
    while True:
        for i in range(first, first + leaf):
            p = order[i]
            if (mask[p] & ray_mask) == 0:
                continue
            x0 = (box[p, 0] - x) * ix
            x1 = (box[p, 3] - x) * ix
            y0 = (box[p, 1] - y) * iy
            y1 = (box[p, 4] - y) * iy
            z0 = (box[p, 2] - z) * iz
            z1 = (box[p, 5] - z) * iz
            near = max(min(x0, x1), min(y0, y1), min(z0, z1), F(0))
            far = min(max(x0, x1), max(y0, y1), max(z0, z1), hit[H_RANGE])
            if near > far:
                continue
            k = visit(
                nodes, links, corners, material, materials, root[p],
                turn[p, 0] * x + turn[p, 1] * y + turn[p, 2] * z + turn[p, 9],
                turn[p, 3] * x + turn[p, 4] * y + turn[p, 5] * z + turn[p, 10],
                turn[p, 6] * x + turn[p, 7] * y + turn[p, 8] * z + turn[p, 11],
                turn[p, 0] * dx + turn[p, 1] * dy + turn[p, 2] * dz,
                turn[p, 3] * dx + turn[p, 4] * dy + turn[p, 5] * dz,
                turn[p, 6] * dx + turn[p, 7] * dy + turn[p, 8] * dz,
                shadow, stack, hit,
            )  # fmt: skip
            if k >= 0:
                where = p
                what = k
                if shadow:
                    return where, what
        leaf = 0
        while top > TOP and leaf == 0:
            top -= 1
            current = stack[top]
            while current >= 0:
                x0 = (top_nodes[current, 0] - x) * ix
                x1 = (top_nodes[current, 3] - x) * ix
                y0 = (top_nodes[current, 1] - y) * iy
                y1 = (top_nodes[current, 4] - y) * iy
                z0 = (top_nodes[current, 2] - z) * iz
                z1 = (top_nodes[current, 5] - z) * iz
                near_l = max(min(x0, x1), min(y0, y1), min(z0, z1), F(0))
                left = near_l <= min(max(x0, x1), max(y0, y1), max(z0, z1), hit[H_RANGE])
                x0 = (top_nodes[current, 6] - x) * ix
                x1 = (top_nodes[current, 9] - x) * ix
                y0 = (top_nodes[current, 7] - y) * iy
                y1 = (top_nodes[current, 10] - y) * iy
                z0 = (top_nodes[current, 8] - z) * iz
                z1 = (top_nodes[current, 11] - z) * iz
                near_r = max(min(x0, x1), min(y0, y1), min(z0, z1), F(0))
                right = near_r <= min(max(x0, x1), max(y0, y1), max(z0, z1), hit[H_RANGE])
                if left and right:
                    nearer = 0 if near_l <= near_r else 1
                    stack[top] = top_links[current, 1 - nearer]
                    top += 1
                    current = top_links[current, nearer]
                elif left:
                    current = top_links[current, 0]
                elif right:
                    current = top_links[current, 1]
                else:
                    current = EMPTY
            packed = -(current + 1)
            first = packed >> COUNT_BITS
            leaf = packed & COUNT_MASK
        if leaf == 0:
            break
    return where, what


@fast_kernel
def follow(
    start, stop, nodes, links, corners, material, materials, root, turn, box, mask, order, always,
    top_nodes, top_links, top_root, ray_mask, direction, begin, limit,
    range_m, placement, triangle, u, v,
):  # fmt: skip
    """Closest hits of rays [start, stop); those without a length meet nothing."""
    stack = np.empty(STACK, np.int32)
    hit = np.zeros(H_COLUMNS, np.float32)
    for r in range(start, stop):
        range_m[r] = F(np.inf)
        placement[r] = -1
        triangle[r] = -1
        if limit[r] <= F(0):
            continue
        hit[H_RANGE] = min(limit[r], F(1e30))
        p, k = cast(
            nodes, links, corners, material, materials, root, turn, box, mask, order, always,
            top_nodes, top_links, top_root, ray_mask,
            begin[r, 0], begin[r, 1], begin[r, 2], direction[r, 0], direction[r, 1], direction[r, 2],
            False, stack, hit,
        )  # fmt: skip
        placement[r] = p
        triangle[r] = k
        if k >= 0:
            range_m[r] = hit[H_RANGE]
            u[r] = hit[H_U]
            v[r] = hit[H_V]
