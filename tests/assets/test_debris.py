"""Debris fills its box, keeps its class and shows what it is; whoever lies fills the box that lies."""

import numpy as np
import pytest

from renderers import loft
from renderers.assets import build
from renderers.assets.fittings import extents
from renderers.materials import MATERIAL_ID, MATERIALS
from scenarios.bodies import BODIES, LYING, can_lie, lying_size
from scenarios.taxonomy import ACTOR_CLASSES, SEMANTIC_ID
from tests.support.proof import some

THINGS = [m for m, b in BODIES.items() if b.actor_class in ("debris", "ball", "warning_triangle")]
FALLS = [(m, pose) for m, b in BODIES.items() for pose in LYING if can_lie(b, pose)]
SOME_FALLS = some(FALLS, 4, lambda fall: BODIES[fall[0]].actor_class)


@pytest.mark.parametrize("model", THINGS)
def test_a_thing_fills_its_box_to_the_millimetre_and_keeps_its_class(model: str) -> None:
    body = BODIES[model]
    for seed in range(4):
        made = build(model, seed, body.size_m)
        low, high = extents(made)
        half = np.array(body.size_m) / 2
        assert low == pytest.approx((-half[0], -half[1], 0.0), abs=1e-3)
        assert high == pytest.approx((half[0], half[1], body.size_m[2]), abs=1e-3)
        (part,) = made.parts
        assert set(np.unique(part.mesh.semantic)) == {SEMANTIC_ID[ACTOR_CLASSES[body.actor_class].semantic]}
        assert np.linalg.norm(part.mesh.normals, axis=1) == pytest.approx(1.0, abs=1e-4)
        assert 40 < len(part.mesh.triangles) < 7000


@pytest.mark.parametrize(
    "model", [m for m in THINGS if m not in ("branch", "prop.sign_fallen", "bumper.car")]
)
def test_normals_look_out_of_the_faces(model: str) -> None:
    mesh = build(model, 1, BODIES[model].size_m).parts[0].mesh
    faces = loft.face_normals(mesh.vertices_m.astype(np.float64), mesh.triangles)
    along = np.einsum("tj,tkj->tk", faces, mesh.normals[mesh.triangles].astype(np.float64)).mean(axis=1)
    area = np.linalg.norm(faces, axis=1)
    assert area[along < 0].sum() < 0.01 * area.sum()
    assert loft.signed_volume(mesh) > 0


def test_a_football_has_twelve_dark_pentagons_and_a_fifth_of_its_skin_in_them() -> None:
    mesh = build("ball.football", 0, BODIES["ball.football"].size_m).parts[0].mesh
    area = np.linalg.norm(loft.face_normals(mesh.vertices_m.astype(np.float64), mesh.triangles), axis=1)
    dark = mesh.material == MATERIAL_ID["ball_black"]
    # A truncated icosahedron of edge 1 has pentagons of 1.720 each and 72.607 in all: 28 %.
    assert area[dark].sum() / area.sum() == pytest.approx(12 * 1.720 / 72.607, abs=0.05)


def test_sand_lies_no_steeper_than_it_slips() -> None:
    mesh = build("sand.spilled", 2, BODIES["sand.spilled"].size_m).parts[0].mesh
    faces = loft.face_normals(mesh.vertices_m.astype(np.float64), mesh.triangles)
    up = faces[:, 2] > 0.0
    slope = np.degrees(np.arctan2(np.hypot(faces[up, 0], faces[up, 1]), faces[up, 2]))
    area = np.linalg.norm(faces[up], axis=1)
    assert 12.0 < float(np.average(slope, weights=area)) < 36.0  # dry sand slips at 30 to 35 degrees
    assert area[slope > 40.0].sum() < 0.1 * area.sum()
    assert loft.open_edges(mesh) == 0


def test_spilled_bricks_are_whole_ones_and_halves_that_lie_on_one_another() -> None:
    mesh = build("bricks.spilled", 1, BODIES["bricks.spilled"].size_m).parts[0].mesh
    names = {MATERIALS[m].name for m in np.unique(mesh.material)}
    assert names >= {"brick_dust"} and names & {"brick_loose", "brick_clinker"}
    points = mesh.vertices_m
    assert (points[:, 2] > 0.12).mean() > 0.05  # a second layer
    assert (points[:, 2] < 0.01).mean() > 0.10


@pytest.mark.parametrize("model", ["bumper.car", "bucket", "trolley.shopping"])
def test_plastic_comes_in_several_colours(model: str) -> None:
    assert len({build(model, seed, BODIES[model].size_m).tints[0] for seed in range(6)}) >= 2


def test_a_laser_tells_a_mattress_from_a_tyre_and_a_triangle_from_both() -> None:
    def mean(model: str, column: str) -> float:
        mesh = build(model, 0, BODIES[model].size_m).parts[0].mesh
        area = np.linalg.norm(loft.face_normals(mesh.vertices_m.astype(np.float64), mesh.triangles), axis=1)
        values = np.array([getattr(MATERIALS[m], column) for m in mesh.material])
        return float((area * values).sum() / area.sum())

    assert mean("mattress", "rho_905") > 0.65 > mean("box.cardboard", "rho_905") > 0.4
    assert mean("tyre.truck", "rho_905") < 0.08
    assert mean("prop.warning_triangle", "retro") > 100.0 > mean("ladder", "retro")


@pytest.mark.parametrize(("model", "pose"), SOME_FALLS)
def test_whoever_lies_fills_its_box_and_does_not_sink(model: str, pose: str) -> None:
    body = BODIES[model]
    size = lying_size(body, body.size_m, pose)
    made = build(model, 3, size, state=pose)
    low, high = extents(made)
    half = np.array(size) / 2
    assert low == pytest.approx((-half[0], -half[1], 0.0), abs=0.01)
    assert high == pytest.approx((half[0], half[1], size[2]), abs=0.01)
    assert made.size_m == size and len(made.parts) == 1


@pytest.mark.parametrize(("model", "pose"), SOME_FALLS)
def test_nobody_is_stretched_out_of_shape_by_lying(model: str, pose: str) -> None:
    """The box of the table is that of the mesh: fitting it changes nothing by more than a sixth."""
    from renderers.assets.lying import laid_down

    body = BODIES[model]
    size = lying_size(body, body.size_m, pose)
    for seed in (0, 3):
        standing = build(model, seed, body.size_m)
        doubled = laid_down(standing, seed, (2 * size[0], 2 * size[1], 2 * size[2]), pose).parts[0].mesh
        fit = laid_down(standing, seed, size, pose).parts[0].mesh
        assert np.allclose(doubled.vertices_m, 2 * fit.vertices_m, atol=1e-4)
        free = natural(standing, seed, pose)
        assert np.array(size) / free == pytest.approx(1.0, abs=0.17)


def natural(standing, seed: int, pose: str) -> np.ndarray:
    from renderers.assets import lying

    kept = []
    fitted = lying.fitted
    try:
        lying.fitted = lambda mesh, low, high: kept.append(mesh) or fitted(mesh, low, high)
        lying.laid_down(standing, seed, (1.0, 1.0, 1.0), pose)
    finally:
        lying.fitted = fitted
    return np.ptp(kept[0].vertices_m, axis=0)


def test_the_bed_of_a_laden_truck_is_bare() -> None:
    body = BODIES["truck.flatbed"]
    bed = body.bed
    assert bed is not None
    mesh = build("truck.flatbed", 2, body.size_m, state="laden").parts[0].mesh
    x, y, z = mesh.vertices_m.T
    assert z[x < 0.0].max() == pytest.approx(bed.floor_m, abs=0.01)
    deck = (x < 0.0) & (z > bed.floor_m - 0.02)
    assert x[deck].min() == pytest.approx(bed.rear_m, abs=0.02)
    assert np.abs(y[deck]).max() == pytest.approx(bed.half_width_m, abs=0.02)
    cab = mesh.vertices_m[(x > bed.cab_rear_m + 0.02) & (z > bed.headboard_top_m)]
    assert len(cab) > 100
