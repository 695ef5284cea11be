"""What stands in streets stands on the ground, looks at the road, is whole, and shows its outside to whoever looks."""

import numpy as np
import pytest

from renderers.assets import posters, scenery
from renderers.assets.registry import STREET
from renderers.materials import MATERIAL_ID, MATERIALS
from renderers.mesh import Mesh
from scenarios.taxonomy import SEMANTIC_ID

THINGS = [name for name in STREET if not name.startswith("sign.")]
RAYS = 160
VIEWS = ((1.0, 0.15, 0.1), (-1.0, 0.2, 0.15), (0.1, 1.0, 0.1), (0.15, -1.0, 0.2), (0.2, 0.1, 1.0))
PEOPLE_ARE_PAPER = ("board.", "street.bus_shelter", "street.kiosk")


def crossed(mesh: Mesh) -> np.ndarray:
    corner = mesh.vertices_m[mesh.triangles].astype(float)
    normal: np.ndarray = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    return normal


def insides_seen(mesh: Mesh, towards: np.ndarray, rng: np.random.Generator) -> tuple[int, int]:
    """Of parallel rays through the mesh: (how many meet a face from behind, how many meet one that is not clear).

    Moeller and Trumbore 1997; thin sheets have a face on either side, of which one is enough.
    """
    corner = mesh.vertices_m[mesh.triangles].astype(float)
    a, ab, ac = corner[:, 0], corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]
    away = -towards / np.linalg.norm(towards)
    facing = np.cross(ab, ac) @ away < 0.0
    clear = np.isin(mesh.material, [row for row, m in enumerate(MATERIALS) if m.transmission > 0.0])
    p = np.cross(away, ac)
    det = np.einsum("ij,ij->i", ab, p)
    inverse = 1.0 / np.where(np.abs(det) > 1e-12, det, np.inf)
    behind = met = 0
    for start in corner[rng.integers(len(corner), size=RAYS)].mean(axis=1) - 200.0 * away:
        t0 = start - a
        q = np.cross(t0, ab)
        u, v = np.einsum("ij,ij->i", t0, p) * inverse, (q @ away) * inverse
        hit = np.flatnonzero((inverse != 0.0) & (u >= 0) & (v >= 0) & (u + v <= 1))
        distance = np.einsum("ij,ij->i", ac[hit], q[hit]) * inverse[hit]
        first = hit[distance < distance.min(initial=np.inf) + 1e-5]
        if len(first) and not clear[first].any():
            met += 1
            behind += not facing[first].any()
    return behind, met


@pytest.mark.parametrize("name", THINGS)
def test_a_thing_stands_on_the_ground_with_whole_triangles(name):
    for seed in (0, 1):
        mesh = scenery(name, seed)
        assert np.isfinite(mesh.vertices_m).all() and np.isfinite(mesh.normals).all()
        assert np.linalg.norm(crossed(mesh), axis=1).min() > 1e-9
        assert np.linalg.norm(mesh.normals, axis=1) == pytest.approx(1.0, abs=1e-3)
        low = float(mesh.vertices_m[:, 2].min())
        assert -1.5 <= low <= 0.06 or name == "board.post_plate"  # foundations go down, nothing hovers
        assert len(mesh.triangles) < (9000 if name.startswith(("house.", "board.")) else 5000)


@pytest.mark.parametrize("name", THINGS)
def test_whoever_looks_at_a_thing_sees_outsides(name):
    mesh = scenery(name, 1)
    rng = np.random.default_rng(0)
    found = np.array([insides_seen(mesh, np.array(view), rng) for view in VIEWS]).sum(axis=0)
    assert found[1] > 60  # of 800 rays; leaves and panes let many pass
    assert found[0] <= 0.02 * found[1]


@pytest.mark.parametrize("name", [n for n in THINGS if n.startswith(PEOPLE_ARE_PAPER)])
def test_people_on_paper_are_no_people(name):
    mesh = scenery(name, 0)
    living = [SEMANTIC_ID[c] for c in ("person", "rider", "car", "bicycle", "truck", "bus")]
    assert not np.isin(mesh.semantic, living).any()


@pytest.mark.parametrize("subject", posters.SUBJECTS)
def test_posters_are_whole_and_stay_in_their_frame(subject):
    picture = posters.poster(1.2, 1.75, 3, subject)
    mesh = picture.mesh(0.0, "static_object")
    area = 0.5 * crossed(mesh)[:, 0]
    assert area.min() > 0.0
    assert area.sum() == pytest.approx(1.2 * 1.75, rel=3e-3)
    if subject in ("portrait", "figure", "couple", "child", "cyclist"):
        skin = [MATERIAL_ID[f"print_skin_{k}"] for k in "abc"]
        assert area[np.isin(mesh.material, skin)].sum() > 0.004


def test_key_black_is_all_that_a_laser_sees_of_a_print():
    inks = {m.name: m for m in MATERIALS if m.name.startswith("print_")}
    assert inks["print_black"].rho_905 < 0.1
    for name in ("red", "blue", "skin_a", "green", "yellow"):
        assert inks[f"print_{name}"].rho_905 > 0.65


def test_posters_behind_panes_light_up_by_their_colour():
    glows = {m.name: m.glow for m in MATERIALS if m.name.startswith("backlit_")}
    assert glows["backlit_white"] >= 0 and glows["backlit_black"] == -1
    assert glows["backlit_wine"] != glows["backlit_white"]


def test_no_two_of_a_kind_are_alike():
    for name in ("board.billboard", "board.column", "street.kiosk", "works.skip", "street.cafe"):
        looks = {scenery(name, seed).vertices_m.tobytes() for seed in range(5)}
        assert len(looks) >= 4, name
