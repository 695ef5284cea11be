"""Broad trees: nodes of sixteen or four children, made of binary trees of boxes.  Renderers floor, arrays only.

`frusta` asks a node once for many rays, and so has vectors of boxes instead of vectors of rays; `lone_rays` asks it for
one (Wald, Benthin and Boulos 2008).  `packets` takes steps of four children, which wait for each other half as often as
two.  A link >= 0 is a broad node; a link < 0 is a leaf as in `bvh`, whose triangles lie side by side.  Slots that hold
nothing have the link EMPTY.
"""

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.bvh import COUNT_BITS, COUNT_MASK, leaf_link
from sim.kernels.jit import inner_kernel, kernel
from sim.kernels.sixteen import Sixteen, load

BREADTH = 16
MOST = BREADTH  # triangles in a leaf of such a tree
QUAD = 4
QUAD_LINKS = 6 * QUAD  # numbers of a node of four before its links, which a packet needs next: see `packets`
QUAD_NODE = 32  # and all, of which the last four are room: two lines of the cache
EMPTY = -1  # a leaf of no triangles
LEAF = 9 * BREADTH  # numbers of a leaf: coordinates of corners, each BREADTH in a row: see `leaves_of`
BOX = 6 * BREADTH  # numbers of a node: its children's least x, y, z, then the greatest, each BREADTH in a row


@kernel
def _count(link: int, held: NDArray[np.int32]) -> int:
    return held[link] if link >= 0 else -(link + 1) & COUNT_MASK


@kernel
def _first(link: int, begins: NDArray[np.int32]) -> int:
    return begins[link] if link >= 0 else -(link + 1) >> COUNT_BITS


@kernel
def _surface(
    nodes: NDArray[np.float32],
    links: NDArray[np.int32],
    held: NDArray[np.int32],
    parent: int,
    side: int,
    most: int,
) -> np.float32:
    """Half the surface of a child's box; -1 if its triangles fit in a leaf."""
    link = links[parent, side]
    if link < 0 or held[link] <= most:
        return np.float32(-1.0)
    a = nodes[parent, 6 * side + 3] - nodes[parent, 6 * side]
    b = nodes[parent, 6 * side + 4] - nodes[parent, 6 * side + 1]
    c = nodes[parent, 6 * side + 5] - nodes[parent, 6 * side + 2]
    return np.float32(a * b + b * c + c * a)


@kernel
def broaden(
    nodes: NDArray[np.float32],  # (N, 12) as bvh.build_tree writes them: parents before their children
    links: NDArray[np.int32],  # (N, 2)
    roots: NDArray[np.int32],  # (G,)
    boxes: NDArray[np.float32],  # (N, 6 * breadth) room: least x, y, z of the children, then the greatest
    children: NDArray[np.int32],  # (N, breadth) room
    broad_roots: NDArray[np.int32],  # (G,) written
    most: int,  # triangles in a leaf
) -> int:
    """Open the largest children until a node is full; returns how many nodes were written."""
    breadth = children.shape[1]
    begins = np.empty(len(links), np.int32)
    held = np.empty(len(links), np.int32)
    for k in range(len(links) - 1, -1, -1):
        left, right = links[k, 0], links[k, 1]
        begins[k] = min(_first(left, begins), _first(right, begins))
        held[k] = _count(left, held) + _count(right, held)
    stack = np.empty((breadth * 128, 2), np.int64)  # binary node, its broad node
    slot = np.empty(breadth, np.int64)  # 2 * binary node + side: where a child's box stands
    size = np.empty(breadth, np.float32)  # surface of children that may be opened; -1: may not
    free = 0
    for g in range(len(roots)):
        root = roots[g]
        if root < 0 or held[root] <= most:
            broad_roots[g] = root if root < 0 else leaf_link(begins[root], held[root])
            continue
        broad_roots[g] = free
        stack[0, 0], stack[0, 1] = root, free
        free += 1
        top = 1
        while top > 0:
            top -= 1
            parent, me = stack[top, 0], stack[top, 1]
            opened = 0
            n = 1
            while True:
                for side in range(2):
                    k = opened if side == 0 else n
                    slot[k] = 2 * parent + side
                    size[k] = _surface(nodes, links, held, parent, side, most)
                n += 1
                opened = int(np.argmax(size[:n]))
                if n == breadth or size[opened] < np.float32(0.0):
                    break
                parent = links[slot[opened] >> 1, slot[opened] & 1]
            for k in range(breadth):
                children[me, k] = EMPTY
                for axis in range(6):
                    boxes[me, axis * breadth + k] = (
                        nodes[slot[k] >> 1, 6 * (slot[k] & 1) + axis] if k < n else 0.0
                    )
                if k >= n:
                    continue
                link = links[slot[k] >> 1, slot[k] & 1]
                if link < 0:
                    children[me, k] = link
                elif held[link] <= most:
                    children[me, k] = leaf_link(begins[link], held[link])
                else:
                    children[me, k] = free
                    stack[top, 0], stack[top, 1] = link, free
                    top += 1
                    free += 1
    return free


@kernel
def leaves_of(
    children: NDArray[np.int32],  # (W, BREADTH) of nodes that are used; links of leaves are numbered anew
    roots: NDArray[np.int32],  # (G,) likewise
    corners: NDArray[np.float32],  # (T, 9)
    firsts: NDArray[np.int32],  # (L,) written: a leaf's first triangle
    laid: NDArray[
        np.float32
    ],  # (L, 9, BREADTH) written: its triangles' corners by axis; zero where it has none
) -> int:
    """Give each leaf rows of its own, so that it is read in nine lines of memory; returns how many there are.

    A leaf's link then names the leaf instead of its first triangle.
    """
    number = 0
    for row in range(len(children) + 1):
        links = children[row] if row < len(children) else roots
        for slot in range(len(links)):
            link = links[slot]
            if link >= 0 or link == EMPTY:
                continue
            first, many = -(link + 1) >> COUNT_BITS, -(link + 1) & COUNT_MASK
            links[slot] = leaf_link(number, many)
            firsts[number] = first
            for axis in range(9):
                for k in range(BREADTH):
                    laid[number, axis, k] = corners[first + k, axis] if k < many else np.float32(0.0)
            number += 1
    return number


@inner_kernel
def leaf_at(
    laid: NDArray[np.float32],  # flat: see `leaves_of`
    first: np.uint64,  # where the leaf begins
    x: Sixteen,
    y: Sixteen,
    z: Sixteen,
) -> tuple[Sixteen, Sixteen, Sixteen, Sixteen, Sixteen, Sixteen, Sixteen, Sixteen, Sixteen]:
    """The three corners of a leaf's triangles, x, y, z of one after the other, from an origin."""
    row, second, third = np.uintp(BREADTH), np.uintp(3 * BREADTH), np.uintp(6 * BREADTH)
    return (
        load(laid, first) - x,
        load(laid, first + row) - y,
        load(laid, first + row + row) - z,
        load(laid, first + second) - x,
        load(laid, first + second + row) - y,
        load(laid, first + second + row + row) - z,
        load(laid, first + third) - x,
        load(laid, first + third + row) - y,
        load(laid, first + third + row + row) - z,
    )
