"""Triangles put in trees: everything static in one, each part of each asset in its own.  Renderers floor."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.broad import BOX, BREADTH, broaden
from renderers.kernels.bvh import build_tree
from renderers.mesh import Mesh
from renderers.scene import Geometry

LEAF_SIZE = 4
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
    corners = np.concatenate([m.vertices_m[m.triangles].reshape(-1, 9) for m in meshes]).astype(np.float32)
    if not np.isfinite(corners).all():
        raise ValueError("a mesh holds a vertex that is not finite")
    shaped = corners.reshape(total, 3, 3)
    pad = PAD_M + np.abs(corners).max(axis=1, initial=0.0)[:, None] * PAD_RELATIVE
    low = np.ascontiguousarray(shaped.min(axis=1) - pad, np.float32)
    high = np.ascontiguousarray(shaped.max(axis=1) + pad, np.float32)
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

    def ordered(parts: list[NDArray[Any]], dtype: Any) -> NDArray[Any]:
        return np.ascontiguousarray(np.concatenate(parts)[order], dtype)

    nodes, links = nodes[: max(free, 1)], links[: max(free, 1)]
    broad_boxes = np.empty((max(free, 1), BOX), np.float32)
    broad_links = np.empty((max(free, 1), BREADTH), np.int32)
    broad_root = np.empty(len(meshes), np.int32)
    broad = max(broaden(nodes, links[:free], root, broad_boxes, broad_links, broad_root), 1)
    by_axis = np.zeros((9, total + BREADTH), np.float32)
    by_axis[:, :total] = corners[order].T
    instance = [np.asarray(static_instance, np.int32)] + [np.zeros(n, np.int32) for n in sizes[1:]]
    return Geometry(
        nodes=np.ascontiguousarray(nodes),
        links=np.ascontiguousarray(links),
        corners_m=np.ascontiguousarray(corners[order]),
        normal=ordered([m.normals[m.triangles].reshape(-1, 9) for m in meshes], np.float32),
        uv_m=ordered([m.uv_m[m.triangles].reshape(-1, 6) for m in meshes], np.float32),
        material=ordered([m.material for m in meshes], np.int16),
        dirt=ordered([m.dirt_at_corners for m in meshes], np.uint8),
        semantic=ordered([m.semantic for m in meshes], np.uint8),
        instance=ordered(list(instance), np.int32),
        root=root,
        bounds_m=bounds,
        broad_boxes=np.ascontiguousarray(broad_boxes[:broad]),
        broad_links=np.ascontiguousarray(broad_links[:broad]),
        broad_root=broad_root,
        corners_by_axis_m=by_axis,
        origin_m=np.asarray(origin_m, np.float64),
    )
