"""Triangles put in trees: everything static in one, each part of each asset in its own.  Renderers floor."""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.broad import (
    BREADTH,
    EMPTY,
    MOST,
    QUAD,
    QUAD_LINKS,
    QUAD_NODE,
    broaden,
    leaves_of,
)
from renderers.kernels.bvh import build_tree
from renderers.kernels.leaf_order import bound, lay_out
from renderers.mesh import Mesh
from renderers.scene import Geometry

LEAF_SIZE = 4
LINE = 64  # bytes of a line of the cache
# Slabs are tested in float32 on boxes this much larger than their triangles, so that rounding never hides a hit: the
# error of box / d - o / d is below 2 ulp of the coordinates, here bounded for sensors within a kilometre of a part.
PAD_M = 1.2e-4
PAD_RELATIVE = np.float32(2.0**-22)


def build_geometry(
    static: Mesh, static_instance: NDArray[np.int32], trees: list[Mesh], origin_m: NDArray[np.float64]
) -> Geometry:
    """Tree 0 over the static mesh (in the world moved by -`origin_m`), then one over each mesh of `trees`.

    `static_instance` (T,) holds the ids of labelled static things, 0 elsewhere.
    """
    meshes = [static, *trees]
    sizes = [len(mesh.triangles) for mesh in meshes]
    total = sum(sizes)
    offsets = np.cumsum([0] + [len(mesh.vertices_m) for mesh in meshes[:-1]]).astype(np.int32)
    vertex, normal, uv = (
        np.concatenate([getattr(mesh, name) for mesh in meshes]).astype(np.float32, copy=False)
        for name in ("vertices_m", "normals", "uv_m")
    )
    triangle = np.concatenate([mesh.triangles + at for mesh, at in zip(meshes, offsets, strict=True)])
    low, high = np.empty((total, 3), np.float32), np.empty((total, 3), np.float32)
    if not bound(vertex, triangle, np.float32(PAD_M), PAD_RELATIVE, low, high):
        raise ValueError("a mesh holds a vertex that is not finite")
    order = np.arange(total, dtype=np.int32)
    nodes = np.empty((max(total, 1), 12), np.float32)
    links = np.empty((max(total, 1), 2), np.int32)
    root = np.empty(len(meshes), np.int32)
    bounds = np.zeros((len(meshes), 6), np.float32)
    first = free = 0
    for tree, size in enumerate(sizes):
        root[tree], free = build_tree(low, high, order, first, size, LEAF_SIZE, nodes, links, free)
        if size:
            bounds[tree, :3] = low[first : first + size].min(axis=0)
            bounds[tree, 3:] = high[first : first + size].max(axis=0)
        first += size

    nodes, links = nodes[: max(free, 1)], links[: max(free, 1)]
    broad_boxes, broad_links, broad_root = broad_of(nodes, links[:free], root, BREADTH, MOST)
    quad_boxes, quad_links, quad_root = broad_of(nodes, links[:free], root, QUAD, LEAF_SIZE)
    quad_nodes = np.zeros((len(quad_links), QUAD_NODE), np.float32)
    quad_nodes[:, :QUAD_LINKS] = quad_boxes
    quad_nodes.view(np.int32)[:, QUAD_LINKS : QUAD_LINKS + QUAD] = quad_links
    instance = np.zeros(total, np.int32)
    instance[: sizes[0]] = static_instance
    leaves = sum(int(np.count_nonzero((links < 0) & (links != EMPTY))) for links in (broad_links, broad_root))
    laid = Geometry(
        nodes=np.ascontiguousarray(nodes),
        links=np.ascontiguousarray(links),
        corners_m=np.empty((total, 9), np.float32),
        normal=np.empty((total, 9), np.float32),
        uv_m=np.empty((total, 6), np.float32),
        material=np.empty(total, np.int16),
        dirt=np.empty((total, 3), np.uint8),
        semantic=np.empty(total, np.uint8),
        instance=np.empty(total, np.int32),
        root=root,
        bounds_m=bounds,
        broad_boxes=_on_lines(broad_boxes),
        broad_links=broad_links,
        broad_root=broad_root,
        quad_nodes=_on_lines(quad_nodes),
        quad_root=quad_root,
        leaf_corners_m=_on_lines(np.empty((leaves, 9, BREADTH), np.float32)),
        leaf_first=np.empty(leaves, np.int32),
        origin_m=np.asarray(origin_m, np.float64),
    )
    lay_out(
        order,
        vertex,
        normal,
        uv,
        triangle,
        np.concatenate([mesh.material for mesh in meshes]),
        np.concatenate([mesh.dirt_at_corners for mesh in meshes]),
        np.concatenate([mesh.semantic for mesh in meshes]),
        instance,
        laid.corners_m,
        laid.normal,
        laid.uv_m,
        laid.material,
        laid.dirt,
        laid.semantic,
        laid.instance,
    )
    leaves_of(broad_links, broad_root, laid.corners_m, laid.leaf_first, laid.leaf_corners_m)
    return laid


def broad_of(
    nodes: NDArray[np.float32],  # (N, 12) as kernels.bvh.build_tree writes them
    links: NDArray[np.int32],  # (N, 2)
    root: NDArray[np.int32],  # (G,)
    breadth: int,
    most: int,
) -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.int32]]:
    """The same trees with more children to a node: boxes (W, 6 * breadth), links (W, breadth) and roots (G,)."""
    room = max(len(links), 1)
    boxes, children = np.empty((room, 6 * breadth), np.float32), np.full((room, breadth), EMPTY, np.int32)
    broad_root = np.empty(len(root), np.int32)
    used = max(broaden(nodes, links, root, boxes, children, broad_root, most), 1)
    return boxes[:used].copy(), children[:used].copy(), broad_root


def _on_lines(numbers: NDArray[np.float32]) -> NDArray[np.float32]:
    """A copy that begins with a line of the cache: rows of sixteen then lie in one line each instead of two."""
    room = np.empty(numbers.nbytes + LINE, np.uint8)
    skip = -room.ctypes.data % LINE
    placed = room[skip : skip + numbers.nbytes].view(np.float32).reshape(numbers.shape)
    placed[...] = numbers
    return placed
