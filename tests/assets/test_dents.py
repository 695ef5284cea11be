"""Dents are pressed into panels and scratches go through the paint; boxes, panes and lamps stay as they are."""

import numpy as np
import pytest
import trimesh

from renderers.assets import SHAPES, build, shape
from renderers.assets.dents import AMOUNTS, Dent
from renderers.assets.levels import FULL, MIDDLE, NEAR
from renderers.materials import MATERIAL_ID, MATERIALS
from renderers.mesh import Asset, Mesh
from renderers.soiling import DENTED
from scenarios.bodies import BODIES
from tests.assets.meshes import check_surfaces, fills_its_box, together
from tests.assets.outside import outside
from tests.support.proof import WHOLE

MODELS = ["car.hatchback", "car.suv", "van.delivery", "truck.box", "pickup.double_cab", "bus.city"]
HEAVY = AMOUNTS.index("heavy")
NUMBERS = range(SHAPES if WHOLE else 2)


def vehicle(model: str, number: int, dents: int, detail: int = FULL) -> Asset:
    return shape(model, number, BODIES[model].size_m, None, detail=detail, dents=dents)


def corners(mesh: Mesh, *materials: str) -> np.ndarray:
    rows = [MATERIAL_ID[name] for name in materials]
    return mesh.vertices_m[mesh.triangles[np.isin(mesh.material, rows)]]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("model", MODELS)
def test_a_dented_vehicle_is_sound_and_keeps_its_box(model: str, number: int) -> None:
    whole, made = vehicle(model, number, 0), vehicle(model, number, HEAVY)
    assert fills_its_box(made, within_m=0.021)
    assert len(made.parts[0].mesh.triangles) > len(whole.parts[0].mesh.triangles)
    check_surfaces(made.parts[0].mesh)
    assert outside(together(made)).share < 0.01


@pytest.mark.parametrize("model", MODELS)
def test_panes_lamps_and_plates_are_not_bent(model: str) -> None:
    for number in NUMBERS:
        whole, made = vehicle(model, number, 0).parts[0].mesh, vehicle(model, number, HEAVY).parts[0].mesh
        for name in ("glass", "lamp_head", "lamp_tail", "lamp_brake", "plate"):
            assert corners(whole, name).tobytes() == corners(made, name).tobytes()


def test_heavy_dents_are_deeper_than_light_ones_and_go_inwards() -> None:
    depth = {}
    for amount in (1, 2):
        found = []
        for number in range(SHAPES):
            whole = vehicle("car.hatchback", number, 0).parts[0].mesh
            made = vehicle("car.hatchback", number, amount).parts[0].mesh
            old = len(whole.vertices_m)
            moved = (made.vertices_m[:old] - whole.vertices_m).astype(np.float64)
            if np.abs(moved).max() > 0.0:
                inwards = np.einsum("vi,vi->v", moved, whole.normals)
                skin = np.zeros(old, np.bool_)
                skin[whole.triangles[[MATERIALS[k].tint == 0 for k in whole.material]].reshape(-1)] = True
                pressed = skin & (np.linalg.norm(moved, axis=1) > 1e-3)
                assert (inwards[pressed] < 0.0).mean() > 0.9  # handles have backs
            found.append(np.linalg.norm(moved, axis=1).max())
        depth[amount] = float(np.mean(found))
    assert 0.001 < depth[1] < 0.012 < depth[2] < 0.05


def test_normals_of_a_dent_are_those_of_its_surface() -> None:
    """Against differences of a plane that is pressed."""
    axes = np.array([(0.8, 0.0, 0.6), (0.6, 0.0, -0.8), (0.0, 1.0, 0.0)])
    dent = Dent(np.array((0.1, 0.0, 0.2)), axes, np.array((0.15, 0.10, 0.08)), 0.02)
    rng = np.random.default_rng(3)
    at = np.column_stack([rng.uniform(0.0, 0.2, 200), np.zeros(200), rng.uniform(0.1, 0.3, 200)])
    flat = np.tile((0.0, 1.0, 0.0), (200, 1))
    moved, bent = dent.pressed(at, flat)
    right, high = np.eye(3)[[0, 2]] * 1e-6
    along, up = (dent.pressed(at + step, flat)[0] - moved for step in (right, high))
    true = np.cross(up, along)
    true /= np.linalg.norm(true, axis=1, keepdims=True)
    assert moved[:, 1].min() < -0.015 and moved[:, 1].max() <= 0.0
    assert bent == pytest.approx(true, abs=1e-4)
    assert np.abs(bent[:, 1] - 1.0).max() > 0.01


def test_scratches_are_narrow_and_most_heavily_used_cars_have_some() -> None:
    bare = 0
    for number in range(SHAPES):
        mesh = vehicle("car.hatchback", number, HEAVY).parts[0].mesh
        corner = corners(mesh, "primer").astype(np.float64)
        area = 0.5 * np.linalg.norm(
            np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]), axis=1
        )
        bare += len(corner) > 0
        assert area.sum() < 0.03
    assert bare >= 4
    assert MATERIAL_ID["primer"] not in vehicle("car.hatchback", 0, 0).parts[0].mesh.material


def test_far_vehicles_are_the_same_with_and_without_dents() -> None:
    size = BODIES["car.suv"].size_m
    for level, alike in ((NEAR, False), (MIDDLE, True)):
        one, two = (build("car.suv", 4, size, detail=level, dents=d).parts[0].mesh for d in (0, HEAVY))
        assert (one.vertices_m.tobytes() == two.vertices_m.tobytes()) == alike


def test_dirt_lies_on_dents_too() -> None:
    size = BODIES["car.suv"].size_m
    whole = build("car.suv", 4, size).parts[0].mesh
    clean, dirty = (build("car.suv", 4, size, dents=HEAVY, dirt=d).parts[0].mesh for d in (0, 2))
    moved = np.linalg.norm(clean.vertices_m[: len(whole.vertices_m)] - whole.vertices_m, axis=1)
    bottom = clean.vertices_m[[int(np.argmax(moved))]].astype(np.float64)

    def away_m(mesh: Mesh) -> float:
        skin = trimesh.Trimesh(mesh.vertices_m, mesh.triangles, process=False)
        return float(trimesh.proximity.closest_point_naive(skin, bottom)[1][0])

    # Dirt is cut out of the skin and thinned by less than a third of a millimetre: dents are deeper.
    assert away_m(whole) > 0.008
    assert away_m(dirty) < 0.001
    assert not np.isin(clean.material, np.unique(dirty.material)).all()


def test_most_vehicles_have_no_dents() -> None:
    assert sum(DENTED) == pytest.approx(1.0) and DENTED[0] > 0.7 and len(DENTED) == len(AMOUNTS)
