"""Trees stand on the ground, let light through, keep to their budget and are themselves every time."""

import numpy as np
import pytest

from renderers.assets import plants, shrubs, trees
from renderers.assets.registry import PLANT_KINDS
from renderers.loft import face_normals
from renderers.materials import MATERIAL_ID, MATERIALS
from renderers.mesh import Mesh
from scenarios.taxonomy import SEMANTIC_ID

TREES = (
    "broadleaf", "linden", "maple", "birch", "poplar", "autumn", "autumn_oak", "autumn_birch", "bare", "bare_linden",
    "bare_birch", "bare_poplar", "conifer", "pine", "palm",
)  # fmt: skip


@pytest.mark.parametrize("kind", list(plants.KINDS))
def test_a_plant_stands_on_the_ground_within_its_budget(kind):
    for seed in range(4):
        mesh = plants.plant(kind, seed)
        assert -0.05 <= mesh.vertices_m[:, 2].min() <= 0.06
        leafy = kind in trees.SPECIES and bool(trees.SPECIES[kind].leaves)
        assert len(mesh.triangles) <= (19_000 if leafy else 4500)
        assert len(plants.plant(kind, seed, 0.25).triangles) < max(60, 0.6 * len(mesh.triangles))
        assert set(mesh.semantic) == {SEMANTIC_ID["vegetation"]}
        assert np.isfinite(mesh.normals).all()


@pytest.mark.parametrize("kind", TREES)
def test_trees_are_as_tall_as_trees(kind):
    heights = [float(plants.plant(kind, seed).vertices_m[:, 2].max()) for seed in range(8)]
    assert min(heights) > 5.0 and max(heights) < 19.0
    assert np.std(heights) > 0.3


def hits(mesh: Mesh, rows: int = 24) -> float:
    """Share of horizontal rays through the middle of the crown that meet anything, seen along x."""
    top = mesh.vertices_m[:, 2].max()
    corner = mesh.vertices_m[mesh.triangles][:, :, 1:].astype(float)
    met = 0
    ys, zs = np.linspace(-0.12, 0.12, rows) * top, np.linspace(0.55, 0.75, rows) * top
    a, b, c = corner[:, 0], corner[:, 1], corner[:, 2]

    def turn(p: np.ndarray, q: np.ndarray, r: np.ndarray) -> np.ndarray:
        return (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1]) - (q[..., 1] - p[..., 1]) * (
            r[..., 0] - p[..., 0]
        )

    for y in ys:
        for z in zs:
            p = np.array((y, z))
            s, t, u = turn(a, b, p), turn(b, c, p), turn(c, a, p)
            met += bool(np.any(((s > 0) & (t > 0) & (u > 0)) | ((s < 0) & (t < 0) & (u < 0))))
    return met / rows**2


@pytest.mark.parametrize("kind", ["broadleaf", "linden", "birch", "pine", "bare"])
def test_beams_pass_a_crown_here_and_there(kind):
    share = np.mean([hits(plants.plant(kind, seed), 16) for seed in range(2)])
    assert 0.05 < share < 0.995
    if kind == "bare":
        assert share < 0.6


def test_a_leafy_crown_hides_most_of_the_sky_and_a_bare_one_shows_it():
    leafy, bare = (hits(plants.plant(kind, 1), 16) for kind in ("linden", "bare_linden"))
    assert leafy > 0.6
    assert bare < 0.45


@pytest.mark.parametrize("kind", list(plants.KINDS))
@pytest.mark.parametrize("detail", [0.12, 0.4, 1.0, 2.0])
def test_no_triangle_of_a_plant_is_without_area(kind, detail):
    mesh = plants.plant(kind, 3, detail)
    area = np.linalg.norm(face_normals(mesh.vertices_m.astype(np.float64), mesh.triangles), axis=1) / 2
    assert area.min() > 1e-9


def test_crowns_have_the_outlines_of_their_species():
    """Height over width: a poplar is a column, an oak as wide as high, a birch between."""

    def slender(kind: str) -> float:
        ratios = []
        for seed in range(3):
            low, high = plants.plant(kind, seed).vertices_m.min(0), plants.plant(kind, seed).vertices_m.max(0)
            ratios.append(high[2] / (0.5 * (high[0] - low[0] + high[1] - low[1])))
        return float(np.mean(ratios))

    oak, linden, birch, poplar = (slender(k) for k in ("broadleaf", "linden", "birch", "poplar"))
    assert oak < linden < birch < poplar
    assert 0.9 < oak < 1.7 and 2.8 < poplar < 7.0


@pytest.mark.parametrize("kind", ["broadleaf", "linden", "maple", "birch"])
def test_crowns_have_the_leaves_of_street_trees_and_small_ones_close_by(kind):
    leaves = [row for name, row in MATERIAL_ID.items() if name.startswith("leaf")]

    def faces(detail: float) -> tuple[float, float, float]:
        """Leaf area over the ground below the crown; the longest edge in the middle of all faces; the crown's height."""
        mesh = plants.plant(kind, 2, detail)
        corner = mesh.vertices_m[mesh.triangles[np.isin(mesh.material, leaves)]].astype(float)
        edges = corner - np.roll(corner, 1, axis=1)
        area = 0.5 * np.linalg.norm(np.cross(edges[:, 0], edges[:, 1]), axis=1).sum()
        wide = 0.5 * np.ptp(corner.reshape(-1, 3)[:, :2], axis=0).mean()
        return area / (np.pi * wide**2), float(np.median(np.linalg.norm(edges, axis=2).max(axis=1))), wide

    index, edge, _ = faces(1.0)
    assert 2.5 < index < 7.0
    assert edge < 0.32
    assert faces(0.25)[1] > 1.5 * edge


def test_autumn_leaves_are_of_several_colours():
    names = {MATERIALS[m].name for m in np.unique(plants.plant("autumn", 2).material)}
    assert {"leaf_autumn", "leaf_yellow"} <= names


def test_bare_trees_have_no_leaves_and_leafy_ones_have():
    leaves = {row for name, row in MATERIAL_ID.items() if name.startswith("leaf")}
    for kind in ("bare", "bare_linden", "bare_birch", "bare_poplar"):
        assert not leaves & set(plants.plant(kind, 1).material)
    for kind in ("broadleaf", "birch", "autumn", "conifer", "pine", "palm"):
        assert leaves & set(plants.plant(kind, 1).material)


def test_the_registry_lists_every_plant():
    assert set(PLANT_KINDS) == set(plants.KINDS)


def test_the_same_seed_grows_the_same_tree_and_another_seed_another():
    one, two, other = plants.plant("broadleaf", 3), plants.plant("broadleaf", 3), plants.plant("broadleaf", 4)
    assert np.array_equal(one.vertices_m, two.vertices_m)
    assert not np.array_equal(one.vertices_m, other.vertices_m)


def test_a_hedge_is_as_long_as_it_is_asked_to_be():
    mesh = shrubs.hedge(5.0, 1.2, 1)
    low, high = mesh.vertices_m.min(0), mesh.vertices_m.max(0)
    assert low[0] > -0.25 and high[0] < 5.25
    assert 1.1 < high[2] < 1.5


def test_an_unknown_plant_names_the_known_ones():
    with pytest.raises(KeyError, match="broadleaf"):
        plants.plant("cactus", 0)
