"""Closest hits of rays that start close together and go one way, packets of them at once.  Renderers floor, arrays only.

Up to FRUSTUM packets share a frustum with a pinhole of its own, along the mean of their rays, and go through broad trees
together, sixteen boxes at a time, nearer ones first.  Left out is what lies beside all packets or behind everything that
they hold so far.  Triangles of a leaf are projected to find the rays that they may stop, a few too many; these ask the
very question that `packets` asks, so that hits are those of the tracer bit for bit, ties included.
Twin: kernels.packets.trace_packets.
"""

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.broad import BOX, BREADTH, EMPTY
from renderers.kernels.bvh import COUNT_BITS, COUNT_MASK
from renderers.kernels.frustum_covers import (
    AHEAD,
    COVER,
    FAR,
    FRAME,
    HIDDEN,
    NEAREST,
    STARTS,
    U0,
    U1,
    V0,
    V1,
    as_seen_by,
    boxes_cover,
    triangles_cover,
)
from renderers.kernels.frustum_rays import (
    EDGE_ROOM,
    GROUP,
    GROUPS,
    HELD,
    IDLE,
    IDS,
    NEAR,
    ROWS,
    SPREADS,
    US,
    VS,
    WORLD,
    aim,
    edges_of,
    farthest,
    gather,
    keep,
    within,
)
from renderers.kernels.packet_rays import LANES, NEVER
from sim.kernels.extremes import lesser
from sim.kernels.jit import fast_inner_kernel, fast_kernel, inner_kernel, kernel
from sim.kernels.prefetch import prefetch
from sim.kernels.widths import half_vectors

FRUSTUM = 32  # packets
WORD = 8  # flags that are looked at together
DEEP = 2048  # boxes that may wait: fifteen for each level of a tree


@inner_kernel
def _begin(
    near: NDArray[np.float32],  # (R,) or (1,)
    far: NDArray[np.float32],
    count: int,  # rays
    packet: int,
    i: int,  # its place in the frustum
    lanes: NDArray[np.float32],  # (FRUSTUM * GROUPS * ROWS * GROUP,) rows NEAR and HELD written
    hits: NDArray[np.int32],  # (FRUSTUM * GROUPS * IDS * GROUP,) written
) -> None:
    """What a packet's rays hold before they have met anything."""
    half_vectors()
    none, asks_nothing = np.float32(0.0), np.float32(-1.0)
    for g in range(GROUPS):
        start = packet * LANES + g * GROUP
        first, own = np.uintp(start), np.uintp((i * GROUPS + g) * ROWS * GROUP)
        ids = np.uintp((i * GROUPS + g) * IDS * GROUP)
        whole = start + GROUP <= count
        for ray in range(IDS * GROUP):
            hits[ids + np.uintp(ray)] = -1
        if whole and len(far) > 1:
            for ray in range(GROUP):
                limit = lesser(far[first + np.uintp(ray)], NEVER)
                lanes[own + np.uintp(HELD * GROUP + ray)] = limit if limit > none else asks_nothing
        else:
            for ray in range(GROUP):
                limit = lesser(far[min(start + ray, count - 1) if len(far) > 1 else 0], NEVER)
                asks = start + ray < count and limit > none
                lanes[own + np.uintp(HELD * GROUP + ray)] = limit if asks else asks_nothing
        if whole and len(near) > 1:
            for ray in range(GROUP):
                lanes[own + np.uintp(NEAR * GROUP + ray)] = near[first + np.uintp(ray)]
        else:
            for ray in range(GROUP):
                lanes[own + np.uintp(NEAR * GROUP + ray)] = near[
                    min(start + ray, count - 1) if len(near) > 1 else 0
                ]


@inner_kernel
def _end(
    count: int,
    packet: int,
    i: int,
    lanes: NDArray[np.float32],
    hits: NDArray[np.int32],
    range_out: NDArray[np.float32],
    placement_out: NDArray[np.int32],
    triangle_out: NDArray[np.int32],
    u_out: NDArray[np.float32],
    v_out: NDArray[np.float32],
    weigh: bool,
) -> None:
    """Hand over what a packet's rays have met, as packets.trace_packets does."""
    half_vectors()
    none, nothing, least = np.float32(0.0), np.float32(np.inf), np.float32(-1.0)
    for g in range(GROUPS):
        start = packet * LANES + g * GROUP
        first, own = np.uintp(start), np.uintp((i * GROUPS + g) * ROWS * GROUP)
        ids = np.uintp((i * GROUPS + g) * IDS * GROUP)
        rays = min(GROUP, count - start)
        # `max` changes no range and no weight, but a choice between a load and a number would be no vector operation.
        for ray in range(rays):
            reached = max(lanes[own + np.uintp(HELD * GROUP + ray)], none)
            range_out[first + np.uintp(ray)] = reached if hits[ids + np.uintp(ray)] >= 0 else nothing
        for ray in range(rays):
            placement_out[first + np.uintp(ray)] = hits[ids + np.uintp(ray)]
        for ray in range(rays):
            triangle_out[first + np.uintp(ray)] = hits[ids + np.uintp(GROUP + ray)]
        if weigh:
            for ray in range(rays):
                u = max(lanes[own + np.uintp(US * GROUP + ray)], least)
                u_out[first + np.uintp(ray)] = u if hits[ids + np.uintp(ray)] >= 0 else none
            for ray in range(rays):
                v = max(lanes[own + np.uintp(VS * GROUP + ray)], least)
                v_out[first + np.uintp(ray)] = v if hits[ids + np.uintp(ray)] >= 0 else none


@fast_inner_kernel
def _shows(
    cover: NDArray[np.float32],  # (>= 5, n)
    j: int,
    rect: NDArray[np.float32],  # (4, FRUSTUM)
    deepest: NDArray[np.float32],  # (FRUSTUM,)
) -> bool:
    """Whether any packet that looks at a place holds something that lies further away."""
    half_vectors()
    near, u0, u1, v0, v1 = cover[NEAREST, j], cover[U0, j], cover[U1, j], cover[V0, j], cover[V1, j]
    shows = False
    for k in range(FRUSTUM):
        reaches = (u0 <= rect[1, k]) & (u1 >= rect[0, k]) & (v0 <= rect[3, k]) & (v1 >= rect[2, k])
        shows = shows | (reaches & (deepest[k] >= near))
    return shows


@fast_inner_kernel
def _shown(
    cover: NDArray[np.float32],
    j: int,
    rect: NDArray[np.float32],
    deepest: NDArray[np.float32],
    words: NDArray[np.uint64],  # (FRUSTUM / WORD,) room: eight flags in each
    flags: NDArray[np.uint8],  # (FRUSTUM,) the same memory
    who: NDArray[np.int32],  # (FRUSTUM + 1,) written
) -> int:
    """Which packets `_shows` means; returns how many."""
    half_vectors()
    near, u0, u1, v0, v1 = cover[NEAREST, j], cover[U0, j], cover[U1, j], cover[V0, j], cover[V1, j]
    for k in range(FRUSTUM):
        reaches = (u0 <= rect[1, k]) & (u1 >= rect[0, k]) & (v0 <= rect[3, k]) & (v1 >= rect[2, k])
        flags[k] = np.uint8(1) if reaches & (deepest[k] >= near) else np.uint8(0)
    n = 0
    for word in range(FRUSTUM // WORD):
        if words[word] != 0:
            for k in range(WORD * word, WORD * word + WORD):
                who[n] = k
                n += flags[k]
    return n


@fast_kernel
def _queue(
    box: NDArray[np.float32],  # (P, 6) about placements, from the prepared origin
    order: NDArray[np.int32],
    f: NDArray[np.float32],  # room for a frame
    axes: NDArray[np.float32],
    view: NDArray[np.float32],
    starts: NDArray[np.float32],
    sway: np.float32,
    crate: NDArray[np.float32],  # (1, BOX) room
    cover: NDArray[np.float32],
    waiting: NDArray[np.int32],  # (len(order),) written
    depth: NDArray[np.float32],  # (len(order),) written
) -> int:
    """Put the placements that the rays may meet in order, nearer ones first; returns how many."""
    half_vectors()
    for k in range(9):
        f[k] = axes[k]
    for k in range(3):
        f[9 + k] = np.float32(0.0)
        f[12 + k] = axes[9 + k]
    n = 0
    for begin in range(0, len(order), BREADTH):
        for k in range(BREADTH):
            p = order[min(begin + k, len(order) - 1)]
            for axis in range(6):
                crate[0, axis * BREADTH + k] = box[p, axis]
        boxes_cover(crate, 0, f, view, starts, sway, cover)
        for k in range(min(BREADTH, len(order) - begin)):
            near = cover[NEAREST, k]
            if near >= FAR:
                continue
            at = n
            while at > 0 and depth[at - 1] > near:
                depth[at], waiting[at] = depth[at - 1], waiting[at - 1]
                at -= 1
            depth[at], waiting[at] = near, order[begin + k]
            n += 1
    return n


@fast_inner_kernel
def _frame_of(turn: NDArray[np.float32], p: int, axes: NDArray[np.float32], f: NDArray[np.float32]) -> None:
    """The frame of a placement: see frustum_covers.FRAME."""
    half_vectors()
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
    corners: NDArray[np.float32],  # (9, T + BREADTH) by axis
    root: NDArray[np.int32],  # (P,) broad root of each placement's tree
    turn: NDArray[np.float32],  # (P, 12) and further: see packets.trace_packets
    box: NDArray[np.float32],  # (P, 6)
    order: NDArray[np.int32],  # placements that may be met
    direction: NDArray[np.float32],  # (R, 3)
    offset: NDArray[np.float32],  # (R, 3) or (0, 3)
    near: NDArray[np.float32],  # (R,) or (1,)
    far: NDArray[np.float32],
    which: NDArray[np.int32],  # packets; neighbours share a frustum
    start: int,  # which[start:stop]
    stop: int,
    group: int,  # GROUP: see frustum_rays.farthest
    weigh: bool,  # whether u and v are wanted; else they are not written
    left_out: NDArray[np.int32],  # (stop - start,) written: packets whose rays spread too far for any frustum
    range_out: NDArray[np.float32],  # (R,) and further: as packets.trace_packets fills them
    placement_out: NDArray[np.int32],
    triangle_out: NDArray[np.int32],
    u_out: NDArray[np.float32],
    v_out: NDArray[np.float32],
) -> int:
    """Closest hits of the rays of packets which[start:stop]; returns how many packets are left to the caller."""
    half_vectors()
    count = len(direction)
    spread = len(offset) > 0
    rays = np.empty(FRUSTUM * WORLD * LANES, np.float32)
    rect = np.empty((4, FRUSTUM), np.float32)
    steep = np.empty(FRUSTUM, np.float32)
    flat = np.empty(FRUSTUM, np.float32)
    begun = np.empty((STARTS, FRUSTUM), np.float32)
    starts = np.empty(STARTS, np.float32)
    axes = np.empty(12, np.float32)
    view = np.empty(4, np.float32)
    deepest = np.empty(FRUSTUM, np.float32)
    aimed = np.empty(FRUSTUM, np.int32)
    # Flat, so that loops over rays become vectors.
    lanes = np.zeros(FRUSTUM * GROUPS * ROWS * GROUP, np.float32)
    hits = np.empty(FRUSTUM * GROUPS * IDS * GROUP, np.int32)
    f = np.empty(FRAME, np.float32)
    crate = np.empty((1, BOX), np.float32)
    cover = np.empty((COVER, BREADTH), np.float32)
    some = np.empty((COVER, BREADTH), np.float32)
    here = np.empty((5, 1), np.float32)
    moved = np.empty((4, BREADTH), np.float32)
    meets = np.empty(BREADTH, np.int32)
    edge = np.empty(EDGE_ROOM, np.float32)
    words = np.empty(FRUSTUM // WORD, np.uint64)
    flags = words.view(np.uint8)
    who = np.empty(FRUSTUM + 1, np.int32)
    stack = np.empty(DEEP, np.int32)
    waiting = np.empty((DEEP, 5), np.float32)
    queue = np.empty(len(order), np.int32)
    depth = np.empty(len(order), np.float32)
    flat_corners = corners.reshape(-1)
    flat_boxes = boxes.reshape(-1)
    stride = corners.shape[1]
    left = 0
    size = FRUSTUM
    first = start
    while first < stop:
        packets = min(size, stop - first)
        for i in range(packets):
            _begin(near, far, count, which[first + i], i, lanes, hits)
        sway = gather(
            direction,
            offset,
            which,
            first,
            packets,
            lanes,
            rays,
            rect,
            steep,
            begun,
            axes,
            view,
            starts,
        )
        for i in range(FRUSTUM):
            aimed[i] = -1
            deepest[i] = np.float32(-1.0)
            if i >= packets:
                rect[0, i] = rect[2, i] = FAR
                rect[1, i] = rect[3, i] = -FAR
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
            deepest[i] = farthest(lanes, i, group) * steep[i] + begun[AHEAD, i]
        met = (
            0 if sway == IDLE else _queue(box, order, f, axes, view, starts, sway, crate, cover, queue, depth)
        )
        for q in range(met):
            p = queue[q]
            _frame_of(turn, p, axes, f)
            here[NEAREST, 0] = depth[q]
            for k in range(4):
                here[U0 + k, 0] = view[k]
            top = 0
            current = root[p]
            while True:
                if current >= 0:
                    boxes_cover(boxes, current, f, view, starts, sway, cover)
                    base = top
                    for k in range(BREADTH):
                        if (
                            cover[NEAREST, k] < FAR
                            and children[current, k] != EMPTY
                            and _shows(cover, k, rect, deepest)
                        ):
                            at = top  # the nearest of a node's children comes to lie on top
                            while at > base and waiting[at - 1, NEAREST] < cover[NEAREST, k]:
                                for row in range(5):
                                    waiting[at, row] = waiting[at - 1, row]
                                stack[at] = stack[at - 1]
                                at -= 1
                            for row in range(5):
                                waiting[at, row] = cover[row, k]
                            child = children[current, k]
                            stack[at] = child
                            top += 1
                            if child >= 0:
                                for row in range(6):
                                    prefetch(flat_boxes, child * BOX + row * BREADTH)
                else:
                    packed = -(current + 1)
                    leaf = packed >> COUNT_BITS
                    many = packed & COUNT_MASK
                    for axis in range(9):  # while it is asked who sees the leaf
                        prefetch(flat_corners, axis * stride + leaf)
                        prefetch(flat_corners, axis * stride + leaf + many - 1)
                    covered = known = False
                    for w in range(_shown(here, 0, rect, deepest, words, flags, who)):
                        i = who[w]
                        least = (here[NEAREST, 0] - begun[AHEAD, i]) * flat[i]
                        if within(here, U0, 0, least, lanes, i) == 0:
                            continue
                        if not covered:
                            covered = True
                            triangles_cover(corners, leaf, f, view, starts, sway, some)
                        as_seen_by(some, i, rect, deepest, begun, moved, meets)
                        touched = False
                        for j in range(many):
                            if meets[j] == 0:
                                continue
                            least = (some[NEAREST, j] - begun[AHEAD, i]) * flat[i]
                            asking = within(moved, 0, j, least, lanes, i)
                            if asking == 0:
                                continue
                            if not known:
                                known = True
                                edges_of(corners, leaf, turn, p, edge)
                            if aimed[i] != p:
                                aimed[i] = p
                                aim(rays, i, turn, p, lanes, spread)
                            for g in range(GROUPS):
                                if (asking >> g) & 1 != 0:
                                    kept = keep(
                                        edge, j, lanes, hits, i * GROUPS + g,
                                        np.int32(p), np.int32(leaf + j), spread, weigh,
                                    )  # fmt: skip
                                    touched = touched or kept
                        if touched:
                            deepest[i] = farthest(lanes, i, group) * steep[i] + begun[AHEAD, i]
                found = False
                while top > 0 and not found:
                    top -= 1
                    for row in range(5):
                        here[row, 0] = waiting[top, row]
                    found = _shows(here, 0, rect, deepest)
                if not found:
                    break
                current = stack[top]
        for i in range(packets):
            _end(
                count, which[first + i], i, lanes, hits,
                range_out, placement_out, triangle_out, u_out, v_out, weigh,
            )  # fmt: skip
        first += packets
        size = FRUSTUM
    return left
