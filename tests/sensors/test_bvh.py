"""Trees hold every triangle exactly once, whatever the triangles are."""

import numpy as np
import pytest
from numpy.typing import NDArray

from renderers.geometry import LEAF_SIZE, build_geometry
from renderers.kernels.broad import EMPTY
from renderers.kernels.bvh import COUNT_BITS, COUNT_MASK
from renderers.mesh import Mesh
from tests.support.naive_trace import mesh_of, trees_of


def soup(seed: int, count: int, spread: float = 10.0, size: float = 1.0) -> Mesh:
    rng = np.random.default_rng(seed)
    centre = rng.uniform(-spread, spread, (count, 1, 3))
    corners = (centre + rng.uniform(-size, size, (count, 3, 3))).reshape(-1, 3)
    return mesh_of(corners, np.arange(3 * count).reshape(-1, 3))


def plain(static: Mesh, trees: list[Mesh]) -> list[NDArray[np.int64]]:
    geometry = build_geometry(static, np.zeros(len(static.triangles), np.int32), trees, np.zeros(3))
    return trees_of(geometry)


@pytest.mark.parametrize("count", [0, 1, LEAF_SIZE, LEAF_SIZE + 1, 9, 100, 1000])
def test_every_triangle_is_in_its_tree_once(count: int) -> None:
    first, second = plain(soup(1, count), [soup(2, 17)])
    assert list(first) == list(range(count))
    assert list(second) == list(range(count, count + 17))


@pytest.mark.parametrize("count", [0, 1, 9, 1000])
def test_leaves_of_broad_trees_hold_their_triangles_corners_by_axis(count: int) -> None:
    meshes = [soup(3, count), soup(4, 16), soup(5, 40)]
    geometry = build_geometry(meshes[0], np.zeros(count, np.int32), meshes[1:], np.zeros(3))
    links = np.concatenate([geometry.broad_links.ravel(), geometry.broad_root])
    packed = -(links[(links < 0) & (links != EMPTY)] + 1)
    leaf, many = packed >> COUNT_BITS, packed & COUNT_MASK
    assert sorted(leaf.tolist()) == list(range(len(geometry.leaf_first)))
    held = [np.arange(n) + geometry.leaf_first[k] for k, n in zip(leaf, many, strict=True)]
    assert sorted(np.concatenate(held).tolist()) == list(range(count + 56))
    for k, triangles in zip(leaf, held, strict=True):
        n = len(triangles)
        np.testing.assert_array_equal(geometry.leaf_corners_m[k, :, :n], geometry.corners_m[triangles].T)
        assert (geometry.leaf_corners_m[k, :, n:] == 0.0).all()


def test_a_thousand_copies_of_one_triangle_still_make_a_tree() -> None:
    one = mesh_of(np.array([(0.0, 0, 0), (1, 0, 0), (0, 1, 0)]), np.zeros((1000, 3), int) + np.arange(3))
    (found,) = plain(one, [])
    assert list(found) == list(range(1000))


def test_triangles_along_a_geometric_series_do_not_dig_too_deep() -> None:
    # Each split of the surface heuristic peels off one triangle here; the depth limit has to step in.
    x = 2.0 ** -np.arange(400) * 1e30
    corners = np.stack([np.stack([x, x, x], 1), np.stack([x, 2 * x, x], 1), np.stack([x, x, 2 * x], 1)], 1)
    (found,) = plain(mesh_of(corners.reshape(-1, 3), np.arange(1200).reshape(-1, 3)), [])
    assert list(found) == list(range(400))


def test_a_vertex_that_is_not_a_number_is_refused() -> None:
    bad = mesh_of(np.array([(0.0, 0, 0), (1, 0, np.nan), (0, 1, 0)]), np.array([(0, 1, 2)]))
    with pytest.raises(ValueError, match="not finite"):
        plain(bad, [])


def test_attributes_follow_their_triangles() -> None:
    mesh = soup(3, 200)
    material = np.arange(200, dtype=np.int16)
    named = Mesh(mesh.vertices_m, mesh.triangles, mesh.normals, mesh.uv_m, material, mesh.semantic)
    geometry = build_geometry(named, np.arange(200, dtype=np.int32), [], np.zeros(3))
    for row in range(200):
        corners = mesh.vertices_m[mesh.triangles[geometry.material[row]]]
        assert np.array_equal(geometry.corners_m[row].reshape(3, 3), corners)
    assert np.array_equal(geometry.instance, geometry.material)
