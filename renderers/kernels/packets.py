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
    WAYS,
    aim,
    answered,
    edges_of,
    keep,
    lanes,
    slabs,
)  # fmt: skip
from sim.kernels.extremes import lesser
from sim.kernels.jit import fast_inner_kernel, inner_kernel, kernel
from sim.kernels.lines import on_lines
from sim.kernels.sixteen import alike, below, least, load, most, not_above, store

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
    at: np.uint64,  # a child's least x
    table: NDArray[np.float32],
) -> bool:
    """Whether any lane passes through a child of a node before its limit."""
    ix, iy, iz = lanes(table, RAYS + IX), lanes(table, RAYS + IY), lanes(table, RAYS + IZ)
    jx, jy, jz = lanes(table, RAYS + JX), lanes(table, RAYS + JY), lanes(table, RAYS + JZ)
    y, z, high = np.uintp(QUAD), np.uintp(2 * QUAD), np.uintp(3 * QUAD)
    x0, x1 = alike(boxes[at]) * ix - jx, alike(boxes[at + high]) * ix - jx
    y0, y1 = alike(boxes[at + y]) * iy - jy, alike(boxes[at + y + high]) * iy - jy
    z0, z1 = alike(boxes[at + z]) * iz - jz, alike(boxes[at + z + high]) * iz - jz
    enters = most(most(least(x0, x1), least(y0, y1)), most(least(z0, z1), alike(np.float32(0.0))))
    leaves = least(least(most(x0, x1), most(y0, y1)), least(most(z0, z1), lanes(table, LIMIT)))
    return bool(not_above(enters, leaves) != np.uintp(0))


@fast_inner_kernel
def _entered_one_way(
    boxes: NDArray[np.float32],  # flattened
    at: np.uint64,  # a child's least x
    sides: NDArray[np.uint64],  # (6,) see `_one_way`
    table: NDArray[np.float32],
) -> bool:
    """The same where all lanes go one way along each axis."""
    ix, iy, iz = lanes(table, RAYS + IX), lanes(table, RAYS + IY), lanes(table, RAYS + IZ)
    jx, jy, jz = lanes(table, RAYS + JX), lanes(table, RAYS + JY), lanes(table, RAYS + JZ)
    x0, x1 = alike(boxes[at + sides[0]]) * ix - jx, alike(boxes[at + sides[3]]) * ix - jx
    y0, y1 = alike(boxes[at + sides[1]]) * iy - jy, alike(boxes[at + sides[4]]) * iy - jy
    z0, z1 = alike(boxes[at + sides[2]]) * iz - jz, alike(boxes[at + sides[5]]) * iz - jz
    enters = most(most(x0, y0), most(z0, alike(np.float32(0.0))))
    leaves = least(least(x1, y1), least(z1, lanes(table, LIMIT)))
    return bool(not_above(enters, leaves) != np.uintp(0))


@inner_kernel
def _one_way(
    table: NDArray[np.float32],
    sides: NDArray[np.uint64],  # (6,) written: where the sides lie that lanes meet first, then the others
) -> bool:
    """Whether all lanes that still ask go one way along each axis; boxes are then entered through the same sides."""
    none, no = alike(np.float32(0.0)), np.uintp(0)
    asks = below(none, lanes(table, LIMIT))
    alike_all = True
    for axis in range(3):
        back = asks & below(lanes(table, RAYS + IX + axis), none)
        low, high = np.uintp(QUAD * axis), np.uintp(QUAD * (3 + axis))
        sides[axis] = low if back == no else high
        sides[3 + axis] = high if back == no else low
        alike_all = alike_all & ((back == no) | (back == asks))
    return alike_all


@fast_inner_kernel
def _ahead(
    boxes: NDArray[np.float32],  # flattened
    at: np.uint64,  # a node
    table: NDArray[np.float32],
    room: NDArray[np.float32],  # the first QUAD written, and TOGETHER more
) -> None:
    """How far ahead the children of a node lie, to put them in order by it."""
    low, high = load(boxes, at), load(boxes, at + np.uintp(2 * QUAD))
    store(room, np.uintp(QUAD), low * lanes(table, WAYS) + high * lanes(table, WAYS + 1))
    for k in range(QUAD):
        room[k] = (room[QUAD + k] + room[2 * QUAD + k]) + (room[3 * QUAD + k] + room[4 * QUAD + k])


@inner_kernel
def _waiting(ahead: np.int32, link: np.int32, entered: bool) -> np.int64:
    """A child's link below how far ahead it lies, a float's bits, so that children can be put in order as numbers."""
    ordered = ahead ^ ((ahead >> np.int32(31)) & np.int32(0x7FFFFFFF))
    whole = (np.int64(ordered) << np.int64(32)) | (np.int64(link) & np.int64(0xFFFFFFFF))
    return whole if entered else np.int64(-0x7FFFFFFFFFFFFFFF)


@inner_kernel
def _entered_of(
    boxes: NDArray[np.float32],  # flattened
    at: np.uint64,  # a node
    one_way: bool,
    sides: NDArray[np.uint64],
    table: NDArray[np.float32],
) -> tuple[bool, bool, bool, bool]:
    """Which children of a node any lane enters."""
    second, third, fourth = at + np.uintp(1), at + np.uintp(2), at + np.uintp(3)
    if one_way:
        return (
            _entered_one_way(boxes, at, sides, table),
            _entered_one_way(boxes, second, sides, table),
            _entered_one_way(boxes, third, sides, table),
            _entered_one_way(boxes, fourth, sides, table),
        )
    return (
        _entered(boxes, at, table),
        _entered(boxes, second, table),
        _entered(boxes, third, table),
        _entered(boxes, fourth, table),
    )


@inner_kernel
def _push_any(
    boxes: NDArray[np.float32],  # flattened, as the next
    links: NDArray[np.int32],
    node: np.uint64,
    one_way: bool,
    sides: NDArray[np.uint64],
    table: NDArray[np.float32],
    stack: NDArray[np.int32],
    top: np.uint64,
) -> np.uint64:
    """`_push` for any hit: the first child goes first, since a better order costs more than it finds sooner."""
    at = node * np.uintp(QUAD_NODE)
    e, f, g, h = _entered_of(boxes, at, one_way, sides, table)
    link = at + np.uintp(QUAD_LINKS)
    stack[top] = links[link + np.uintp(3)]
    top += np.uintp(h)
    stack[top] = links[link + np.uintp(2)]
    top += np.uintp(g)
    stack[top] = links[link + np.uintp(1)]
    top += np.uintp(f)
    stack[top] = links[link]
    return top + np.uintp(e)


@inner_kernel
def _push(
    boxes: NDArray[np.float32],  # flattened, as the next
    links: NDArray[np.int32],
    node: np.uint64,
    one_way: bool,
    sides: NDArray[np.uint64],
    table: NDArray[np.float32],
    room: NDArray[np.float32],
    ahead: NDArray[np.int32],  # the bits of `room`
    stack: NDArray[np.int32],
    top: np.uint64,
) -> np.uint64:
    """Put the children of a node that any lane enters on the stack, the nearest last; returns how high it is then.

    Those that nobody enters are written above it.  No step depends on who is entered: guesses would mostly be wrong.
    """
    at = node * np.uintp(QUAD_NODE)
    _ahead(boxes, at, table, room)
    e, f, g, h = _entered_of(boxes, at, one_way, sides, table)
    link = at + np.uintp(QUAD_LINKS)
    a, b = _waiting(ahead[0], links[link], e), _waiting(ahead[1], links[link + np.uintp(1)], f)
    c, d = _waiting(ahead[2], links[link + np.uintp(2)], g), _waiting(ahead[3], links[link + np.uintp(3)], h)
    a, b = max(a, b), min(a, b)
    c, d = max(c, d), min(c, d)
    a, c = max(a, c), min(a, c)
    b, d = max(b, d), min(b, d)
    b, c = max(b, c), min(b, c)
    stack[top], stack[top + np.uintp(1)] = np.int32(a), np.int32(b)
    stack[top + np.uintp(2)], stack[top + np.uintp(3)] = np.int32(c), np.int32(d)
    return top + np.uintp(e) + np.uintp(f) + np.uintp(g) + np.uintp(h)


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
    crossed: NDArray[np.uint64],
    sides: NDArray[np.uint64],
    stack: NDArray[np.int32],
) -> None:
    """Take the rays through the tree of one placement, nearer children first where the closest hit is wanted."""
    aim(table, turn, placement, spread)
    mx = np.float32(0.0)
    my = np.float32(0.0)
    mz = np.float32(0.0)
    for k in range(0, TOGETHER, 9):  # two lanes of the block are as good as their mean
        mx += table[(RAYS + DX) * TOGETHER + k]
        my += table[(RAYS + DY) * TOGETHER + k]
        mz += table[(RAYS + DZ) * TOGETHER + k]
    for k in range(QUAD):
        # A node's least x, y, z and greatest x, then, from its least z on, its greatest y and z.
        table[WAYS * TOGETHER + k] = table[WAYS * TOGETHER + 3 * QUAD + k] = mx
        table[WAYS * TOGETHER + QUAD + k] = table[(WAYS + 1) * TOGETHER + 2 * QUAD + k] = my
        table[WAYS * TOGETHER + 2 * QUAD + k] = table[(WAYS + 1) * TOGETHER + 3 * QUAD + k] = mz
    one_way = _one_way(table, sides)
    top = np.uintp(0)
    ahead = room.view(np.int32)
    while True:
        if current >= 0:
            node = np.uintp(current)
            if any_hit:
                top = _push_any(boxes, links, node, one_way, sides, table, stack, top)
            else:
                top = _push(boxes, links, node, one_way, sides, table, room, ahead, stack, top)
        else:
            packed = -(current + 1)
            first = packed >> COUNT_BITS
            last = first + (packed & COUNT_MASK)
            while first < last:
                many = min(LEAF, last - first)
                edges_of(corners, first, many, table, edge)
                keep(edge, many, table, ids, room, crossed, np.int32(placement), np.int32(first), any_hit)
                first += LEAF
            if any_hit and answered(table):
                return
        if top == np.uintp(0):
            return
        top -= np.uintp(1)
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
    edge = on_lines(LEAF * EDGES)
    room = on_lines(3 * LEAF * TOGETHER)
    crossed = np.empty(LEAF, np.uint64)
    sides = np.empty(6, np.uint64)
    way, begin = direction.reshape(-1), offset.reshape(-1)
    box_at, flat = box.reshape(-1), top_nodes.reshape(-1)
    boxes, children, points = quads.reshape(-1), links.reshape(-1), corners.reshape(-1)
    stack = np.empty(DEEP, np.int32)
    top_stack = np.empty(128, np.int32)
    none, answer, nothing = np.float32(0.0), np.float32(-1.0), np.float32(np.inf)
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
            table[LIMIT * TOGETHER + k] = limit if base + k < count and limit > none else answer
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
                        boxes, children, points, root[p], turn, p, spread, any_hit,
                        table, ids, edge, room, crossed, sides, stack,
                    )  # fmt: skip
                    if any_hit and answered(table):
                        top = 0
                        break
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
            u = max(table[US * TOGETHER + k], answer)
            u_out[first_ray + np.uintp(k)] = none if any_hit or ids[k] < 0 else u
        for k in range(found):
            v = max(table[VS * TOGETHER + k], answer)
            v_out[first_ray + np.uintp(k)] = none if any_hit or ids[k] < 0 else v
