"""Binary trees of boxes by the binned surface-area heuristic (Wald 2007).  Renderers floor, arrays only.

A link >= 0 is a node; a link < 0 is a leaf that holds `count` primitives from `first` on, packed by `leaf_link`.
A tree of at most one leaf has no node at all: its root is the leaf, and the leaf of an empty tree holds nothing.
"""

import numpy as np
from numpy.typing import NDArray

from sim.kernels.jit import kernel

BINS = 16
COUNT_BITS = 5  # a leaf link keeps the count in its low bits, so a leaf holds at most 31 primitives
COUNT_MASK = (1 << COUNT_BITS) - 1
DEPTH_LIMIT = 90  # below it a node is cut in half by number: traversal stacks have room for 128 entries
FAR = np.float32(3e38)


@kernel
def leaf_link(first: int, count: int) -> int:
    """The link of a leaf holding primitives first .. first + count - 1."""
    return -((first << COUNT_BITS) | count) - 1


@kernel
def _area(low: NDArray[np.float32], high: NDArray[np.float32]) -> float:
    """Half the surface of a box; 0 for an empty one."""
    a = high[0] - low[0]
    b = high[1] - low[1]
    c = high[2] - low[2]
    if a < 0.0:
        return 0.0
    return float(a * b + b * c + c * a)


@kernel
def _clear(low: NDArray[np.float32], high: NDArray[np.float32]) -> None:
    for axis in range(3):
        low[axis] = FAR
        high[axis] = -FAR


@kernel
def _grow(
    low: NDArray[np.float32],
    high: NDArray[np.float32],
    other_low: NDArray[np.float32],
    other_high: NDArray[np.float32],
) -> None:
    for axis in range(3):
        low[axis] = min(low[axis], other_low[axis])
        high[axis] = max(high[axis], other_high[axis])


@kernel
def _bin(low: NDArray[np.float32], high: NDArray[np.float32], axis: int, start: float, scale: float) -> int:
    """Bin of a primitive by its doubled centre."""
    return min(int((np.float64(low[axis]) + np.float64(high[axis]) - start) * scale), BINS - 1)


@kernel
def _split(
    low: NDArray[np.float32], high: NDArray[np.float32], order: NDArray[np.int32], first: int, count: int
) -> tuple[int, int]:
    """Put the primitives of a range on two sides; returns where the second begins and 1 when the heuristic chose it."""
    centre_low = np.full(3, 1e300)
    centre_high = np.full(3, -1e300)
    for i in range(first, first + count):
        p = order[i]
        for axis in range(3):
            centre = np.float64(low[p, axis]) + np.float64(high[p, axis])
            centre_low[axis] = min(centre_low[axis], centre)
            centre_high[axis] = max(centre_high[axis], centre)
    best_cost = 1e300
    best_axis = -1
    best_bin = 0
    bin_low = np.empty((BINS, 3), np.float32)
    bin_high = np.empty((BINS, 3), np.float32)
    bin_count = np.empty(BINS, np.int64)
    right_cost = np.empty(BINS, np.float64)
    run_low = np.empty(3, np.float32)
    run_high = np.empty(3, np.float32)
    for axis in range(3):
        extent = centre_high[axis] - centre_low[axis]
        if extent <= 0.0:
            continue
        scale = BINS / extent
        for b in range(BINS):
            _clear(bin_low[b], bin_high[b])
            bin_count[b] = 0
        for i in range(first, first + count):
            p = order[i]
            b = _bin(low[p], high[p], axis, centre_low[axis], scale)
            bin_count[b] += 1
            _grow(bin_low[b], bin_high[b], low[p], high[p])
        _clear(run_low, run_high)
        n = 0
        for b in range(BINS - 1, 0, -1):
            _grow(run_low, run_high, bin_low[b], bin_high[b])
            n += bin_count[b]
            right_cost[b] = _area(run_low, run_high) * n
        _clear(run_low, run_high)
        n = 0
        for b in range(BINS - 1):
            _grow(run_low, run_high, bin_low[b], bin_high[b])
            n += bin_count[b]
            if n in (0, count):
                continue
            cost = _area(run_low, run_high) * n + right_cost[b + 1]
            if cost < best_cost:
                best_cost = cost
                best_axis = axis
                best_bin = b
    if best_axis < 0:
        return first + count // 2, 0  # all centres coincide: any half is as good
    start = centre_low[best_axis]
    scale = BINS / (centre_high[best_axis] - centre_low[best_axis])
    left = first
    right = first + count - 1
    while left <= right:
        p = order[left]
        if _bin(low[p], high[p], best_axis, start, scale) <= best_bin:
            left += 1
        else:
            order[left] = order[right]
            order[right] = p
            right -= 1
    return left, 1


@kernel
def build_tree(
    low: NDArray[np.float32],  # (P, 3) lower corners of the boxes
    high: NDArray[np.float32],  # (P, 3)
    order: NDArray[np.int32],  # (P,) primitives; the tree's range is put in leaf order in place
    first: int,
    count: int,
    leaf_size: int,
    nodes: NDArray[np.float32],  # (N, 12) written from `free` on: boxes of the left and the right child
    links: NDArray[np.int32],  # (N, 2)
    free: int,
) -> tuple[int, int]:
    """Build the tree over order[first : first + count]; returns its root link and the next free node.

    Needs room for `count` nodes.  Twin: tests/support/naive_trace.py checks what the tree must hold.
    """
    if count <= leaf_size:
        return leaf_link(first, count), free
    stack = np.empty((128, 4), np.int64)  # range, its node, depth
    stack[0, 0] = first
    stack[0, 1] = count
    stack[0, 2] = free
    stack[0, 3] = 0
    top = 1
    root = free
    free += 1
    while top > 0:
        top -= 1
        start = stack[top, 0]
        n = stack[top, 1]
        me = stack[top, 2]
        depth = stack[top, 3]
        if depth < DEPTH_LIMIT:
            middle, _ = _split(low, high, order, start, n)
        else:
            middle = start + n // 2
        for side in range(2):
            child_first = start if side == 0 else middle
            child_count = middle - start if side == 0 else start + n - middle
            child_low = nodes[me, 6 * side : 6 * side + 3]
            child_high = nodes[me, 6 * side + 3 : 6 * side + 6]
            _clear(child_low, child_high)
            for i in range(child_first, child_first + child_count):
                _grow(child_low, child_high, low[order[i]], high[order[i]])
            if child_count <= leaf_size:
                links[me, side] = leaf_link(child_first, child_count)
            else:
                links[me, side] = free
                stack[top, 0] = child_first
                stack[top, 1] = child_count
                stack[top, 2] = free
                stack[top, 3] = depth + 1
                top += 1
                free += 1
    return root, free
