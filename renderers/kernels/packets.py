"""Rays, sixteen of a packet at a time, through the two-level tree of a scene.  Renderers floor, arrays only.

Sixteen share one stack: a node is visited when any of its lanes enters it, and the lane loops, of constant trip
count, become wide vector code.  Every ray starts at the prepared origin plus its own `offset`.  What is asked of
triangles stands in `packet_rays`.  Twin: tests/support/naive_trace.py.
"""

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.broad import QUAD, QUAD_LINKS, QUAD_NODE
from renderers.kernels.bvh import COUNT_BITS, COUNT_MASK
from renderers.kernels.packet_rays import (
    BREADTH,
    DX,
    DY,
    DZ,
    EDGES,
    GX,
    GY,
    GZ,
    IX,
    IY,
    IZ,
    JX,
    JY,
    JZ,
    LEAF,
    LIMIT,
    NEAR,
    NEVER,
    RAYS,
    ROWS,
    TOGETHER,
    US,
    VS,
    aim,
    edges_of,
    keep,
    lanes,
    slabs,
)  # fmt: skip
from sim.kernels.extremes import lesser
from sim.kernels.jit import fast_inner_kernel, inner_kernel, kernel
from sim.kernels.lines import on_lines
from sim.kernels.sixteen import alike, least, lowest, most, not_above

EMPTY = -1  # link of a leaf that holds nothing, as kernels.bvh.leaf_link packs it
DEEP = 512  # children that may wait: three for each level of a tree


@fast_inner_kernel
def _enters(
    box: NDArray[np.float32],  # (..., 6) flattened
    at: int,
    table: NDArray[np.float32],
) -> bool:
    """Whether any lane passes through box[at : at + 6] before its limit."""
    ax, ay, az, bx, by, bz = box[at], box[at + 1], box[at + 2], box[at + 3], box[at + 4], box[at + 5]
    entered = False
    for k in range(TOGETHER):
        ix, iy, iz = table[IX * TOGETHER + k], table[IY * TOGETHER + k], table[IZ * TOGETHER + k]
        jx, jy, jz = table[JX * TOGETHER + k], table[JY * TOGETHER + k], table[JZ * TOGETHER + k]
        x0 = ax * ix - jx
        x1 = bx * ix - jx
        y0 = ay * iy - jy
        y1 = by * iy - jy
        z0 = az * iz - jz
        z1 = bz * iz - jz
        enter = max(min(x0, x1), min(y0, y1), min(z0, z1), np.float32(0.0))
        leave = min(max(x0, x1), max(y0, y1), max(z0, z1), table[LIMIT * TOGETHER + k])
        entered = entered | (enter <= leave)
    return entered


@fast_inner_kernel
def _enter_children(
    boxes: NDArray[np.float32],  # flattened, 12 numbers a node
    at: int,
    table: NDArray[np.float32],
) -> int:
    """Which children in the tree over placements any lane passes through before its limit: 1 left, 2 right."""
    ax, ay, az = boxes[at], boxes[at + 1], boxes[at + 2]
    bx, by, bz = boxes[at + 3], boxes[at + 4], boxes[at + 5]
    cx, cy, cz = boxes[at + 6], boxes[at + 7], boxes[at + 8]
    ex, ey, ez = boxes[at + 9], boxes[at + 10], boxes[at + 11]
    left = False
    right = False
    for k in range(TOGETHER):
        ix, iy, iz = table[IX * TOGETHER + k], table[IY * TOGETHER + k], table[IZ * TOGETHER + k]
        jx, jy, jz = table[JX * TOGETHER + k], table[JY * TOGETHER + k], table[JZ * TOGETHER + k]
        limit = table[LIMIT * TOGETHER + k]
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


@fast_inner_kernel
def _entered(
    boxes: NDArray[np.float32],  # flattened
    at: np.uint64,  # the first number of a node
    table: NDArray[np.float32],
) -> np.uint64:
    """Which of four children any lane passes through before its limit, as bits."""
    ix, iy, iz = lanes(table, RAYS + IX), lanes(table, RAYS + IY), lanes(table, RAYS + IZ)
    jx, jy, jz = lanes(table, RAYS + JX), lanes(table, RAYS + JY), lanes(table, RAYS + JZ)
    limit, none = lanes(table, LIMIT), alike(np.float32(0.0))
    one, entered = np.uintp(1), np.uintp(0)
    for child in range(QUAD):
        low = at + np.uintp(child)
        high = low + np.uintp(3 * QUAD)
        x0, x1 = alike(boxes[low]) * ix - jx, alike(boxes[high]) * ix - jx
        low, high = low + np.uintp(QUAD), high + np.uintp(QUAD)
        y0, y1 = alike(boxes[low]) * iy - jy, alike(boxes[high]) * iy - jy
        low, high = low + np.uintp(QUAD), high + np.uintp(QUAD)
        z0, z1 = alike(boxes[low]) * iz - jz, alike(boxes[high]) * iz - jz
        enters = most(most(least(x0, x1), least(y0, y1)), most(least(z0, z1), none))
        leaves = least(least(most(x0, x1), most(y0, y1)), least(most(z0, z1), limit))
        entered |= one << np.uintp(child) if not_above(enters, leaves) != np.uintp(0) else np.uintp(0)
    return entered


@fast_inner_kernel
def _ahead(
    boxes: NDArray[np.float32],
    at: np.uint64,  # a child's least x
    mx: np.float32,
    my: np.float32,
    mz: np.float32,
) -> np.float32:
    """How far ahead a child lies, to put children in order by it."""
    y, z, high = np.uintp(QUAD), np.uintp(2 * QUAD), np.uintp(3 * QUAD)
    return np.float32(
        mx * (boxes[at] + boxes[at + high])
        + my * (boxes[at + y] + boxes[at + y + high])
        + mz * (boxes[at + z] + boxes[at + z + high])
    )


@inner_kernel
def _visit(
    boxes: NDArray[np.float32],  # flattened, as the next two
    links: NDArray[np.int32],
    corners: NDArray[np.float32],
    current: int,  # the root of the placement's tree
    turn: NDArray[np.float32],
    placement: int,
    spread: bool,
    any_hit: bool,
    table: NDArray[np.float32],
    ids: NDArray[np.int32],
    edge: NDArray[np.float32],
    room: NDArray[np.float32],
    stack: NDArray[np.int32],
    depth: NDArray[np.float32],  # of what is on the stack
) -> None:
    """Take the rays through the tree of one placement, nearer children first."""
    aim(table, turn, placement, spread)
    mx = np.float32(0.0)
    my = np.float32(0.0)
    mz = np.float32(0.0)
    for k in range(0, TOGETHER, 9):  # two lanes of the block are as good as their mean
        mx += table[(RAYS + DX) * TOGETHER + k]
        my += table[(RAYS + DY) * TOGETHER + k]
        mz += table[(RAYS + DZ) * TOGETHER + k]
    one = np.uintp(1)
    top = 0
    while True:
        if current >= 0:
            first_box = np.uintp(QUAD_NODE) * np.uintp(current)
            first_link = first_box + np.uintp(QUAD_LINKS)
            entered = _entered(boxes, first_box, table)
            if entered != np.uintp(0):
                child = lowest(entered)
                entered &= entered - one
                current = links[first_link + child]
                if entered == np.uintp(0):
                    continue
                ahead = _ahead(boxes, first_box + child, mx, my, mz)
                base = top
                while entered != np.uintp(0):
                    child = lowest(entered)
                    entered &= entered - one
                    link, own = links[first_link + child], _ahead(boxes, first_box + child, mx, my, mz)
                    nearer = own < ahead
                    later, further = current if nearer else link, ahead if nearer else own
                    current, ahead = link if nearer else current, own if nearer else ahead
                    at = top
                    # Whoever asks for any hit gains nothing by what comes third and fourth.
                    while not any_hit and at > base and depth[at - 1] < further:
                        stack[at], depth[at] = stack[at - 1], depth[at - 1]
                        at -= 1
                    stack[at], depth[at] = later, further
                    top += 1
                continue
        else:
            packed = -(current + 1)
            first = packed >> COUNT_BITS
            last = first + (packed & COUNT_MASK)
            while first < last:
                many = min(LEAF, last - first)
                edges_of(corners, first, many, turn, placement, edge)
                for j in range(many):
                    keep(edge, j, table, ids, room, np.int32(placement), np.int32(first + j), any_hit)
                first += LEAF
        if top == 0:
            return
        top -= 1
        current = stack[top]


@kernel
def trace_packets(
    quads: NDArray[np.float32],  # (Q, QUAD_NODE) broad trees: see scene.Geometry
    links: NDArray[np.int32],  # the same numbers as bits
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
    start: int,  # sixteens [start, stop)
    stop: int,
    range_out: NDArray[
        np.float32
    ],  # (R,) in units of |direction|; inf when nothing is hit (0 for a hit of `any_hit`)
    placement_out: NDArray[np.int32],  # (R,) -1: nothing
    triangle_out: NDArray[np.int32],  # (R,)
    u_out: NDArray[np.float32],  # (R,) point = (1 - u - v) v0 + u v1 + v v2
    v_out: NDArray[np.float32],
) -> None:
    """Closest (or any) hits of the rays in sixteens [start, stop).  Twin: naive_trace.trace."""
    count = len(direction)
    spread = len(offset) > 0
    table = on_lines(ROWS * TOGETHER)
    table[:] = np.float32(0.0)
    ids = np.empty(2 * TOGETHER, np.int32)
    edge = on_lines((EDGES + 9) * BREADTH)
    edge[:] = np.float32(0.0)
    room = on_lines(3 * TOGETHER)
    way, begin = direction.reshape(-1), offset.reshape(-1)
    box_at, flat = box.reshape(-1), top_nodes.reshape(-1)
    boxes, sides, points = quads.reshape(-1), links.reshape(-1), corners.reshape(-1)
    stack, depth = np.empty(DEEP, np.int32), np.empty(DEEP, np.float32)
    top_stack = np.empty(128, np.int32)
    none, answered, nothing = np.float32(0.0), np.float32(-1.0), np.float32(np.inf)
    for sixteen in range(start, stop):
        base = sixteen * TOGETHER
        asks = np.int32(0)
        if base + TOGETHER <= count:
            first_ray = np.uintp(base)
            for k in range(TOGETHER):
                at = np.uintp(3) * (first_ray + np.uintp(k))
                table[DX * TOGETHER + k], table[DY * TOGETHER + k] = way[at], way[at + np.uintp(1)]
                table[DZ * TOGETHER + k] = way[at + np.uintp(2)]
            if spread:
                for k in range(TOGETHER):
                    at = np.uintp(3) * (first_ray + np.uintp(k))
                    table[GX * TOGETHER + k], table[GY * TOGETHER + k] = begin[at], begin[at + np.uintp(1)]
                    table[GZ * TOGETHER + k] = begin[at + np.uintp(2)]
        else:
            for k in range(TOGETHER):
                r = min(base + k, count - 1)
                for axis in range(3):
                    table[(DX + axis) * TOGETHER + k] = direction[r, axis]
                    if spread:
                        table[(GX + axis) * TOGETHER + k] = offset[r, axis]
        for k in range(TOGETHER):
            r = min(base + k, count - 1)
            table[NEAR * TOGETHER + k] = near[r if len(near) > 1 else 0]
            limit = lesser(far[r if len(far) > 1 else 0], NEVER)
            table[LIMIT * TOGETHER + k] = limit if base + k < count and limit > none else answered
        for k in range(TOGETHER):
            asks += np.int32(1) if table[LIMIT * TOGETHER + k] > none else np.int32(0)
            ids[k] = -1
            ids[TOGETHER + k] = -1
        asked = asks > 0
        slabs(table, 0, none, none, none)
        top_stack[0] = top_root
        top = 1
        first = 0
        leaf = always
        while asked:
            for i in range(first, first + leaf):
                p = order[i]
                if mask[p] & ray_mask and _enters(box_at, 6 * p, table):
                    _visit(
                        boxes, sides, points, root[p], turn, p, spread, any_hit,
                        table, ids, edge, room, stack, depth,
                    )  # fmt: skip
            leaf = 0
            while top > 0 and leaf == 0:
                top -= 1
                current = top_stack[top]
                while current >= 0:
                    entered = _enter_children(flat, 12 * current, table)
                    if entered == 3:
                        ahead = np.float32(0.0)
                        for axis in range(3):
                            ahead += (table[axis * TOGETHER] + table[axis * TOGETHER + TOGETHER - 1]) * (
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
        # `max` changes no range and no weight, but a choice between a load and a number would be no vector operation.
        first_ray = np.uintp(base)
        found = min(TOGETHER, count - base)
        for k in range(found):
            reached = max(table[LIMIT * TOGETHER + k], none)
            range_out[first_ray + np.uintp(k)] = reached if ids[k] >= 0 else nothing
        for k in range(found):
            placement_out[first_ray + np.uintp(k)] = ids[k]
        for k in range(found):
            triangle_out[first_ray + np.uintp(k)] = ids[TOGETHER + k]
        for k in range(found):
            u = max(table[US * TOGETHER + k], answered)
            u_out[first_ray + np.uintp(k)] = none if any_hit or ids[k] < 0 else u
        for k in range(found):
            v = max(table[VS * TOGETHER + k], answered)
            v_out[first_ray + np.uintp(k)] = none if any_hit or ids[k] < 0 else v
