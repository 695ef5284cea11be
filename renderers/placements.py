"""The trees over where a scene's placements stand.  Renderers floor."""

from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from renderers.geometry import broad_of
from renderers.kernels.broad import BREADTH, MOST
from renderers.kernels.bvh import build_tree

LEAF_SIZE = 1


@dataclass(frozen=True, slots=True)
class PlacementTree:
    """A binary tree for packets, and the same one with sixteen children a node for single rays."""

    order: NDArray[np.int32]  # (P,) placements as the leaves name them, the always asked ones first
    always: int
    nodes: NDArray[np.float32]  # (N, 12)
    links: NDArray[np.int32]  # (N, 2)
    root: int
    broad_boxes: NDArray[np.float32]  # (W, BOX) see kernels.broad
    broad_links: NDArray[np.int32]  # (W, BREADTH)
    broad_root: int
    crates: NDArray[np.float32]  # (6, P + BREADTH) boxes in order, by side; room for a leaf behind the last


class Placements:
    """The tree over placements but the always asked ones, made when the first ray asks for it.

    Frusta never do, and it is half of what making a scene ready takes.
    """

    __slots__ = ("_always", "_box", "_lock", "_order", "_tree")

    def __init__(
        self,
        order: NDArray[np.int32],  # (P,) placements, the always asked ones first
        always: int,
        box: NDArray[np.float32],  # (S, P, 6) about placements, in each of S ways in which they stand
    ) -> None:
        self._order, self._always, self._box = order, always, box
        self._lock = Lock()
        self._tree: PlacementTree | None = None

    def tree(self) -> PlacementTree:
        """The same for all threads."""
        with self._lock:
            if self._tree is None:
                self._tree = self._made()
            return self._tree

    def _made(self) -> PlacementTree:
        order, always = self._order.copy(), self._always  # leaves put it in an order of their own
        others = len(order) - always
        low = np.ascontiguousarray(self._box[..., :3].min(axis=0))
        high = np.ascontiguousarray(self._box[..., 3:].max(axis=0))
        nodes = np.empty((max(others, 1), 12), np.float32)
        links = np.empty((max(others, 1), 2), np.int32)
        root, free = build_tree(low, high, order, always, others, LEAF_SIZE, nodes, links, 0)
        broad_boxes, broad_links, broad_root = broad_of(
            nodes, links[:free], np.array([root], np.int32), BREADTH, MOST
        )
        crates = np.zeros((6, len(order) + BREADTH), np.float32)
        crates[:3, : len(order)], crates[3:, : len(order)] = low[order].T, high[order].T
        return PlacementTree(
            order, always, nodes, links, int(root), broad_boxes, broad_links, int(broad_root[0]), crates
        )
