"""Closest hits of rays that start close together and go one way, packets of them at once.  Renderers floor, arrays only.

Up to FRUSTUM packets share a frustum with a pinhole of its own, along the mean of their rays, and go through broad trees
together, sixteen boxes at a time, nearer ones first.  Left out is what lies beside all packets or behind everything that
they hold so far.  Triangles of a leaf are projected to find the rays that they may stop, a few too many; these ask the
very question that `packets` asks, so that hits are those of the tracer bit for bit, ties included.
Twin: kernels.packets.trace_packets.
"""

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.broad import BOX, BREADTH, EMPTY, LEAF
from renderers.kernels.bvh import COUNT_BITS, COUNT_MASK
from renderers.kernels.frustum_covers import (
    AHEAD,
    COVER,
    DEEPEST,
    FAR,
    FRAME,
    HIDDEN,
    MOVED,
    NEAREST,
    SIGHT,
    STARTS,
    U0,
    U_HIGH,
    U_LOW,
    V_HIGH,
    V_LOW,
    as_seen_by,
    boxes_cover,
    met_by,
    triangles_cover,
)
from renderers.kernels.frustum_hits import end, start
from renderers.kernels.frustum_rays import (
    EDGES,
    GROUPS,
    HELD,
    IDLE,
    IDS,
    ROWS,
    SPREADS,
    WORLD,
    aim,
    edges_of,
    farthest,
    gather,
    keep,
    within,
)
from renderers.kernels.packet_rays import LANES, TOGETHER
from renderers.kernels.things import name_packet
from sim.kernels.dealing import take
from sim.kernels.jit import inner_kernel, kernel
from sim.kernels.lines import on_lines
from sim.kernels.prefetch import prefetch
from sim.kernels.sixteen import (
    alike,
    load,
    lowest,
    not_above,
)
from sim.kernels.widths import half_vectors

FRUSTUM = 32  # packets
PLACED = 5  # numbers of what waits: rows NEAREST to V1 of frustum_covers
DEEP = 2048  # boxes that may wait: fifteen for each level of a tree


@inner_kernel
def _shows(
    place: NDArray[np.float32],  # rows NEAREST to V1, `stride` numbers each
    at: np.uint64,  # its first number
    stride: np.uint64,
    sight: NDArray[np.float32],  # (SIGHT * FRUSTUM,)
) -> np.uint64:
    """Bits of the packets that look at a place and hold something that lies further away."""
    near, u0 = alike(place[at]), alike(place[at + stride])
    u1, v0 = alike(place[at + stride + stride]), alike(place[at + np.uintp(3) * stride])
    v1 = alike(place[at + np.uintp(4) * stride])
    bits = np.uintp(0)
    for first in range(0, FRUSTUM, TOGETHER):
        k = np.uintp(first)
        bits |= (
            not_above(u0, load(sight, k + np.uintp(U_HIGH * FRUSTUM)))
            & not_above(load(sight, k + np.uintp(U_LOW * FRUSTUM)), u1)
            & not_above(v0, load(sight, k + np.uintp(V_HIGH * FRUSTUM)))
            & not_above(load(sight, k + np.uintp(V_LOW * FRUSTUM)), v1)
            & not_above(near, load(sight, k + np.uintp(DEEPEST * FRUSTUM)))
        ) << k
    return bits


@inner_kernel
def _asking(
    cover: NDArray[np.float32],  # rows NEAREST to V1
    slot: np.uint64,
    looks: np.uint64,  # bits of packets
    begun: NDArray[np.float32],
    flat: NDArray[np.float32],
    lanes: NDArray[np.float32],
    asked: NDArray[
        np.uint64
    ],  # (BREADTH * FRUSTUM,) written: rays of each packet that go through the box of a slot
) -> np.uint64:
    """Those of the packets whose rays go through a box and hold something that lies further away."""
    one = np.uintp(1)
    left = np.uintp(0)
    while looks != np.uintp(0):
        n = lowest(looks)
        looks &= looks - one
        i = int(np.int64(n))
        near_range = (cover[slot] - begun[i, AHEAD]) * flat[i]
        bits = within(cover, np.uintp(BREADTH) + slot, near_range, lanes, i)
        asked[slot * np.uintp(FRUSTUM) + n] = bits
        if bits != np.uintp(0):
            left |= one << n
    return left


@inner_kernel
def _deepest(parts: NDArray[np.float32], packet: int) -> np.float32:
    """The greatest depth that a packet holds."""
    most = np.float32(-1.0)
    for g in range(GROUPS):
        most = max(most, parts[packet * GROUPS + g, DEEPEST])
    return most


@kernel
def _queue(
    box: NDArray[np.float32],  # (P, 6) about placements, from the prepared origin
    order: NDArray[np.int32],
    f: NDArray[np.float32],  # room for a frame
    axes: NDArray[np.float32],
    view: NDArray[np.float32],
    starts: NDArray[np.float32],
    sway: np.float32,
    crate: NDArray[np.float32],  # (BOX,) room
    cover: NDArray[np.float32],
    waiting: NDArray[np.int32],  # (len(order),) written
    depth: NDArray[np.float32],  # (len(order),) written
) -> int:
    """Put the placements that the rays may meet in order, nearer ones first; returns how many."""
    for k in range(9):
        f[k] = axes[k]
    for k in range(3):
        f[9 + k] = np.float32(0.0)
        f[12 + k] = axes[9 + k]
    n = 0
    one = np.uintp(1)
    for begin in range(0, len(order), BREADTH):
        for k in range(BREADTH):
            p = order[min(begin + k, len(order) - 1)]
            for axis in range(6):
                crate[axis * BREADTH + k] = box[p, axis]
        bits = boxes_cover(crate, np.uintp(0), f, view, starts, sway, cover)
        bits &= (one << np.uintp(min(BREADTH, len(order) - begin))) - one
        while bits != np.uintp(0):
            j = lowest(bits)
            bits &= bits - one
            near = cover[np.uintp(NEAREST * BREADTH) + j]
            at = n
            while at > 0 and depth[at - 1] > near:
                depth[at], waiting[at] = depth[at - 1], waiting[at - 1]
                at -= 1
            depth[at], waiting[at] = near, order[np.uintp(begin) + j]
            n += 1
    return n


@inner_kernel
def _frame_of(turn: NDArray[np.float32], p: int, axes: NDArray[np.float32], f: NDArray[np.float32]) -> None:
    """The frame of a placement: see frustum_covers.FRAME."""
    for i in range(3):
        for j in range(3):
            f[3 * i + j] = (
                axes[3 * i] * turn[p, 3 * j]
                + axes[3 * i + 1] * turn[p, 3 * j + 1]
                + axes[3 * i + 2] * turn[p, 3 * j + 2]
            )
        f[9 + i] = turn[p, 9 + i]
        f[12 + i] = axes[9 + i]


@kernel
def see_frusta(
    boxes: NDArray[np.float32],  # (W, BOX) broad trees: see scene.Geometry
    children: NDArray[np.int32],  # (W, BREADTH)
    corners: NDArray[np.float32],  # (L, 9, BREADTH) of leaves, by axis
    firsts: NDArray[np.int32],  # (L,) their first triangles
    root: NDArray[np.int32],  # (P,) broad root of each placement's tree
    turn: NDArray[np.float32],  # (P, 12) and further: see packets.trace_packets
    box: NDArray[np.float32],  # (P, 6)
    order: NDArray[np.int32],  # placements that may be met
    direction: NDArray[np.float32],  # (R, 3)
    offset: NDArray[np.float32],  # (R, 3) or (0, 3)
    near: NDArray[np.float32],  # (R,) or (1,)
    far: NDArray[np.float32],
    which: NDArray[np.int32],  # packets; neighbours share a frustum
    deal: NDArray[np.int64],  # of which: see sim.kernels.dealing
    weigh: bool,  # whether u and v are wanted; else they are not written
    left_out: NDArray[np.int32],  # (len(which),) written: packets whose rays spread too far for any frustum
    range_out: NDArray[np.float32],  # (R,) and further: as packets.trace_packets fills them
    placement_out: NDArray[np.int32],
    triangle_out: NDArray[np.int32],
    u_out: NDArray[np.float32],
    v_out: NDArray[np.float32],
    placement_instance: NDArray[np.int32],  # (P,) and further: see things.name_packet
    own_instance: NDArray[np.int32],
    own_class: NDArray[np.uint8],
    picture: NDArray[np.int64],
    instance_out: NDArray[np.int32],  # flat; if there is room, written with ranges instead of what was met
    class_out: NDArray[np.uint8],
) -> int:
    """Closest hits of the rays of packets that are dealt; returns how many packets are left out."""
    half_vectors()
    count = len(direction)
    spread = len(offset) > 0
    rays = on_lines(FRUSTUM * WORLD * LANES)
    sight = on_lines(SIGHT * FRUSTUM)
    rect = sight.reshape(SIGHT, FRUSTUM)
    steep = np.empty(FRUSTUM, np.float32)
    flat = np.empty(FRUSTUM, np.float32)
    begun = np.empty((FRUSTUM, STARTS), np.float32)
    parts = np.empty((FRUSTUM * GROUPS, SIGHT), np.float32)
    shares = parts.reshape(-1)
    starts = np.empty(STARTS, np.float32)
    axes = np.empty(12, np.float32)
    view = np.empty(4, np.float32)
    aimed = np.empty(FRUSTUM, np.int32)
    # Flat, so that loops over rays become vectors.
    lanes = on_lines(FRUSTUM * ROWS * LANES)
    lanes[:] = np.float32(0.0)
    hits = np.empty(FRUSTUM * IDS * LANES, np.int32)
    f = np.empty(FRAME, np.float32)
    crate = on_lines(BOX)
    cover = on_lines(COVER * BREADTH)
    some = on_lines(COVER * BREADTH)
    edge = on_lines(EDGES * BREADTH)
    stack = np.empty(DEEP, np.int32)
    waiting = np.empty(DEEP * PLACED, np.float32)
    # Leaves of a node, by slot: links, packets that look at them and which of their rays; slots in order of depth.
    leaf_links = np.empty(BREADTH, np.int32)
    lookers = np.empty(BREADTH, np.uint64)
    asked = np.empty(BREADTH * FRUSTUM, np.uint64)
    slots = np.empty(BREADTH, np.uint64)
    # Of one leaf: sixteens of rays, and the triangles that each of them asks.
    askers = np.empty(FRUSTUM * GROUPS + 1, np.uint64)
    questions = np.empty(FRUSTUM * GROUPS + 1, np.uint64)
    named = np.empty(LANES, np.int32)
    queue = np.empty(len(order), np.int32)
    depth = np.empty(len(order), np.float32)
    points, inner, links = corners.reshape(-1), boxes.reshape(-1), children.reshape(-1)
    zero, one, breadth, placed = np.uintp(0), np.uintp(1), np.uintp(BREADTH), np.uintp(PLACED)
    a_sixteen = (one << np.uintp(TOGETHER)) - one
    left = 0
    size = FRUSTUM
    first = stop = 0
    while True:
        if first >= stop:
            first, stop = take(deal)
            if first >= stop:
                break
        packets = min(size, stop - first)
        for i in range(packets):
            start(near, far, count, which[first + i], i, lanes, hits)
        sway = gather(
            direction,
            offset,
            which,
            first,
            packets,
            lanes,
            rays,
            rect,
            parts,
            steep,
            begun,
            axes,
            view,
            starts,
        )
        for i in range(FRUSTUM):
            aimed[i] = -1
            rect[DEEPEST, i] = np.float32(-1.0)
            if i >= packets:
                rect[U_LOW, i] = rect[V_LOW, i] = FAR
                rect[U_HIGH, i] = rect[V_HIGH, i] = -FAR
        if sway == SPREADS:
            if packets > 1:
                size = packets // 2
                continue
            left_out[left] = which[first]
            left += 1
            first += 1
            size = FRUSTUM
            continue
        for i in range(packets if sway != IDLE else 0):
            flat[i] = HIDDEN / steep[i]
            for g in range(GROUPS):
                reach = farthest(lanes, np.uintp(i * GROUPS + g))
                parts[i * GROUPS + g, DEEPEST] = reach * steep[i] + begun[i, AHEAD]
            rect[DEEPEST, i] = _deepest(parts, i)
        met = (
            0 if sway == IDLE else _queue(box, order, f, axes, view, starts, sway, crate, cover, queue, depth)
        )
        for q in range(met):
            p = queue[q]
            _frame_of(turn, p, axes, f)
            top = zero
            current = root[p]
            while True:
                leaves = zero
                if current >= 0:
                    node = np.uintp(current)
                    bits = boxes_cover(inner, node, f, view, starts, sway, cover)
                    base = top
                    while bits != zero:
                        slot = lowest(bits)
                        bits &= bits - one
                        child = links[node * breadth + slot]
                        if child == EMPTY:
                            continue
                        looks = _shows(cover, slot, breadth, sight)
                        if looks == zero:
                            continue
                        near_depth = cover[slot]
                        if child < 0:
                            looks = _asking(cover, slot, looks, begun, flat, lanes, asked)
                            if looks == zero:
                                continue
                            block = np.uintp(-(child + 1) >> COUNT_BITS) * np.uintp(LEAF)
                            for axis in range(9):
                                prefetch(points, block + np.uintp(axis * BREADTH))
                            leaf_links[slot], lookers[slot] = child, looks
                            at = leaves
                            while at > zero and cover[slots[at - one]] > near_depth:
                                slots[at] = slots[at - one]
                                at -= one
                            slots[at] = slot
                            leaves += one
                            continue
                        at = top  # the nearest of a node's children comes to lie on top
                        while at > base and waiting[(at - one) * placed] < near_depth:
                            to = at * placed
                            for row in range(PLACED):
                                n = np.uintp(row)
                                waiting[to + n] = waiting[to - placed + n]
                            stack[at] = stack[at - one]
                            at -= one
                        for row in range(PLACED):
                            n = np.uintp(row)
                            waiting[at * placed + n] = cover[n * breadth + slot]
                        stack[at] = child
                        top += one
                        for row in range(6):
                            prefetch(inner, child * BOX + row * BREADTH)
                        prefetch(links, child * BREADTH)
                else:
                    # A tree that is one leaf stands alone, somewhere in the view.
                    cover[NEAREST] = depth[q]
                    for row in range(4):
                        cover[(1 + row) * BREADTH] = view[row]
                    looks = _shows(cover, zero, breadth, sight)
                    looks = _asking(cover, zero, looks, begun, flat, lanes, asked)
                    leaf_links[zero], lookers[zero], slots[zero] = current, looks, zero
                    leaves = one
                for nth in range(leaves):
                    slot = slots[np.uintp(nth)]
                    packed = np.uintp(-(leaf_links[slot] + 1))
                    leaf, many = packed >> np.uintp(COUNT_BITS), packed & np.uintp(COUNT_MASK)
                    block = leaf * np.uintp(LEAF)
                    looks = lookers[slot]
                    seen = triangles_cover(points, block, f, view, starts, sway, some)
                    seen &= (one << many) - one
                    # Which sixteens ask which triangles is listed first: whoever guesses that as he goes is often wrong.
                    asks = zero
                    while looks != zero:
                        n = lowest(looks)
                        looks &= looks - one
                        asking = asked[slot * np.uintp(FRUSTUM) + n]
                        places = np.uintp(U0 * BREADTH)
                        if spread:
                            places = np.uintp(MOVED * BREADTH)
                            as_seen_by(some, begun, int(np.int64(n)), places)
                        for g in range(GROUPS):
                            group = n * np.uintp(GROUPS) + np.uintp(g)
                            some_ask = (asking >> np.uintp(g * TOGETHER)) & a_sixteen
                            bits = seen & met_by(some, places, shares, group)
                            if some_ask == zero:
                                continue
                            askers[asks], questions[asks] = group, bits
                            asks += one if bits != zero else zero
                    if asks == zero:
                        continue
                    edges_of(points, block, turn, p, edge)
                    for k in range(asks):
                        i = int(np.int64(askers[np.uintp(k)] // np.uintp(GROUPS)))
                        if aimed[i] != p:
                            aimed[i] = p
                            aim(rays, i, turn, p, lanes, spread)
                    first_triangle = np.uintp(firsts[leaf])
                    nth_ask = zero
                    while nth_ask < asks:
                        bits = questions[nth_ask]
                        j = lowest(bits)
                        bits &= bits - one
                        questions[nth_ask] = bits
                        group = askers[nth_ask]
                        keep(edge, j, lanes, hits, group, p, np.int32(first_triangle + j), spread, weigh)
                        nth_ask += one if bits == zero else zero
                    for k in range(asks):
                        group = askers[np.uintp(k)]
                        i = int(np.int64(group // np.uintp(GROUPS)))
                        parts[group, DEEPEST] = farthest(lanes, group) * steep[i] + begun[i, AHEAD]
                        rect[DEEPEST, i] = _deepest(parts, i)
                shown = zero
                while top > zero and shown == zero:
                    top -= one
                    shown = _shows(waiting, top * placed, one, sight)
                if shown == zero:
                    break
                current = stack[top]
        for i in range(packets):
            if len(instance_out) > 0:
                own = np.uintp(i * IDS * LANES)
                name_packet(
                    which[first + i], lanes, np.uintp((i * ROWS + HELD) * LANES), hits, own,
                    hits, own + np.uintp(LANES), placement_instance, own_instance, own_class, picture, named,
                    range_out, instance_out, class_out,
                )  # fmt: skip
            else:
                end(
                    count, which[first + i], i, lanes, hits,
                    range_out, placement_out, triangle_out, u_out, v_out, weigh,
                )  # fmt: skip
        first += packets
        size = FRUSTUM
    return left
