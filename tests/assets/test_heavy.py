"""Lorries, trailers, buses, trams and machines fill their boxes, stand on all their axles, and can be told apart."""

from itertools import combinations

import cv2
import numpy as np
import pytest

from renderers import loft
from renderers.assets import build, shape
from renderers.assets.drivers import crewed
from renderers.assets.fittings import extents
from renderers.materials import MATERIAL_ID, MATERIALS
from scenarios.bodies import BODIES
from scenarios.taxonomy import ACTOR_CLASSES, SEMANTIC_ID
from sim.trace import Lamp
from tests.assets.meshes import asset, check_surfaces, fills_its_box, made_anew, together
from tests.support.proof import WHOLE

HEAVY = [m for m, b in BODIES.items() if b.axles_m]
TOWED = [m for m in HEAVY if ACTOR_CLASSES[BODIES[m].actor_class].name in ("trailer", "caravan")]
DRIVEN = [m for m in HEAVY if m not in TOWED]
SEEDS = range(5 if WHOLE else 3)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("model", HEAVY)
def test_the_mesh_fills_its_box_and_stays_inside(model: str, seed: int) -> None:
    assert fills_its_box(asset(model, seed), within_m=0.011)


@pytest.mark.parametrize("model", HEAVY)
def test_another_box_stretches_the_model(model: str) -> None:
    size = tuple(1.06 * v for v in BODIES[model].size_m)
    low, high = extents(build(model, 1, size))  # type: ignore[arg-type]
    assert high - low == pytest.approx(np.array(size), abs=0.045)


@pytest.mark.parametrize("model", HEAVY)
def test_wheels_stand_on_the_road_at_every_axle(model: str) -> None:
    body, made = BODIES[model], asset(model)
    wheels = [p for p in made.parts if p.radius_m > 0]
    assert len(wheels) == 2 * len(body.axles_m)
    for wheel in wheels:
        assert wheel.pivot_m[2] == pytest.approx(wheel.radius_m, abs=1e-6)
        far = np.hypot(wheel.mesh.vertices_m[:, 0], wheel.mesh.vertices_m[:, 2]).max()
        assert far == pytest.approx(wheel.radius_m, abs=1e-4)
    assert max(w.radius_m for w in wheels) == pytest.approx(body.wheel_radius_m)
    front = body.size_m[0] / 2
    stations = sorted(front - w.pivot_m[0] for w in wheels)
    assert stations[::2] == pytest.approx(sorted(body.axles_m), abs=1e-3)
    assert stations[1::2] == pytest.approx(sorted(body.axles_m), abs=1e-3)


@pytest.mark.parametrize("model", HEAVY)
def test_the_axles_agree_with_what_steers_the_vehicle(model: str) -> None:
    body, made = BODIES[model], asset(model)
    firm = [p for p in made.parts if p.joint == "wheel"]
    behind = [body.size_m[0] / 2 - p.pivot_m[0] for p in firm]
    middle = np.mean(behind[len(behind) // 2 :] if body.actor_class == "tram" else behind)
    assert middle == pytest.approx(body.front_overhang_m + body.wheelbase_m, abs=0.5)
    if model in DRIVEN and body.actor_class != "tram":
        steered = [body.size_m[0] / 2 - p.pivot_m[0] for p in made.parts if p.joint == "steered_wheel"]
        assert min(steered) == pytest.approx(body.front_overhang_m, abs=1e-3)


@pytest.mark.parametrize("model", HEAVY)
def test_faces_wind_outwards_and_have_an_area(model: str) -> None:
    for part in asset(model).parts:
        check_surfaces(part.mesh)


@pytest.mark.parametrize("model", HEAVY)
def test_the_vehicle_looks_the_same_from_left_and_right(model: str) -> None:
    """Axle loads and outlines: the profile from above is as wide on both sides within a hand's breadth."""
    made = asset(model)
    mesh = made.parts[0].mesh
    skin = [
        MATERIAL_ID[n] for n in ("lamp_tail", "lamp_brake", "lamp_head") if MATERIAL_ID[n] in mesh.material
    ]
    assert skin
    for row in skin:
        y = mesh.vertices_m[mesh.triangles[mesh.material == row]].reshape(-1, 3)[:, 1]
        assert y.max() == pytest.approx(-y.min(), abs=0.005)


@pytest.mark.parametrize("model", HEAVY)
def test_the_same_seed_gives_the_same_bytes_and_another_one_another_look(model: str) -> None:
    for a, b in zip(
        shape(model, 1, BODIES[model].size_m, None).parts, made_anew(model, 1).parts, strict=True
    ):
        assert a.mesh.vertices_m.tobytes() == b.mesh.vertices_m.tobytes()
        assert a.mesh.triangles.tobytes() == b.mesh.triangles.tobytes()
    looks = {
        (asset(model, seed).tints, asset(model, seed).parts[0].mesh.vertices_m.tobytes()) for seed in SEEDS
    }
    assert len(looks) >= len(SEEDS) - 1


@pytest.mark.parametrize("model", HEAVY)
def test_lamps_are_where_other_drivers_expect_them(model: str) -> None:
    made = asset(model)
    for lamp in made.lamps:
        x, y, _ = lamp.position_m
        if lamp.bits & (Lamp.INDICATOR_LEFT | Lamp.INDICATOR_RIGHT):
            assert (y > 0) == bool(lamp.bits & Lamp.INDICATOR_LEFT)
        if lamp.kind in ("low_beam", "tail", "brake"):
            assert lamp.axis[0] * x > 0.25 * made.size_m[0]
    kinds = {lamp.kind for lamp in made.lamps}
    assert {"tail", "brake", "indicator"} <= kinds
    assert ("low_beam" in kinds) == (model in DRIVEN)


@pytest.mark.parametrize("model", DRIVEN)
def test_somebody_sits_behind_glass(model: str) -> None:
    made = crewed(asset(model), 3)
    driver = next(p for p in made.parts if p.name == "driver")
    low = driver.mesh.vertices_m.min(axis=0) + driver.pivot_m
    high = driver.mesh.vertices_m.max(axis=0) + driver.pivot_m
    half = np.array(made.size_m) / 2
    assert (low > (-half[0], -half[1], 0.2)).all() and (high < (half[0], half[1], made.size_m[2])).all()
    body = made.parts[0].mesh
    glass = body.vertices_m[body.triangles[body.material == MATERIAL_ID["glass"]]].reshape(-1, 3)
    head = high[2] - 0.12
    assert glass[:, 2].min() < head < glass[:, 2].max()


def silhouette(model: str) -> np.ndarray:
    mesh = together(asset(model))
    picture = np.zeros((90, 370), np.uint8)
    side = np.stack([185 + mesh.vertices_m[:, 0] * 20, 88 - mesh.vertices_m[:, 2] * 20], axis=1)
    opaque = ~np.isin(mesh.material, [MATERIAL_ID["glass"], MATERIAL_ID["glass_dark"]])
    for triangle in side[mesh.triangles[opaque]]:
        cv2.fillConvexPoly(picture, np.round(triangle * 16).astype(np.int32), 1, shift=4)
    return picture.astype(bool)


def test_silhouettes_differ_pairwise() -> None:
    shapes = {m: silhouette(m) for m in [*HEAVY, "truck.box", "truck.flatbed", "bus.city", "van.delivery"]}
    for one, two in combinations(shapes, 2):
        overlap = (shapes[one] & shapes[two]).sum() / (shapes[one] | shapes[two]).sum()
        assert overlap < 0.93, (one, two)


@pytest.mark.parametrize("model", HEAVY)
def test_every_surface_is_labelled_as_the_class_says(model: str) -> None:
    kind = SEMANTIC_ID[ACTOR_CLASSES[BODIES[model].actor_class].semantic]
    for part in asset(model).parts:
        assert set(np.unique(part.mesh.semantic)) == {kind}


@pytest.mark.parametrize("model", [m for m in HEAVY if m.startswith(("truck.", "trailer."))])
def test_heavy_goods_vehicles_are_marked_for_headlamps(model: str) -> None:
    mesh = asset(model).parts[0].mesh
    names = {MATERIALS[k].name for k in np.unique(mesh.material)}
    assert names & {"contour_red", "contour_white", "contour_yellow"}
    assert "lamp_marker_amber" in names
    astern = loft.face_normals(mesh.vertices_m.astype(float), mesh.triangles)[:, 0] < 0
    behind = mesh.material[
        astern & (mesh.vertices_m[mesh.triangles[:, 0], 0] < -0.4 * asset(model).size_m[0])
    ]
    assert max(MATERIALS[k].retro for k in np.unique(behind)) > 300.0


@pytest.mark.parametrize("model", HEAVY)
def test_models_are_detailed_but_not_heavy(model: str) -> None:
    count = sum(len(p.mesh.triangles) for p in asset(model).parts)
    assert 1_500 < count < 24_000
