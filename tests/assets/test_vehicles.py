"""Vehicles fill their boxes, stand on their wheels, and can be told apart."""

import cv2
import numpy as np
import pytest

from renderers import loft
from renderers.assets import BUILDERS, SHAPES, build, parked, shape
from renderers.assets.fittings import MARKET, SHADES, choose_paint, extents
from renderers.materials import MATERIAL_ID, MATERIALS
from scenarios.bodies import BODIES
from scenarios.taxonomy import ACTOR_CLASSES, SEMANTIC_ID
from sim.background import PARKED_MODELS, TRAFFIC_MIX
from sim.trace import Lamp
from tests.assets.meshes import asset, check_surfaces, fills_its_box, made_anew, together
from tests.support.proof import WHOLE

FOUR_WHEELS = [m for m, b in BODIES.items() if b.track_m > 0 and not b.axles_m]  # the others: test_heavy.py
TWO_WHEELS = [
    "motorcycle.road", "bicycle.city", "bicycle.cargo", "bicycle.race", "bicycle.mountain", "bicycle.child",
    "motorcycle.scooter", "e_scooter.kick",
]  # fmt: skip
PROPS = ["prop.cone", "prop.barrier", "prop.drum", "prop.barricade", "prop.chevron_board", "prop.guide_board"]
CARS = [m for m in FOUR_WHEELS if m.startswith("car.")]
ON_DUTY = ["car.taxi", "car.police"]  # the bodies of other cars under a sign or a light bar
SEEDS = range(5 if WHOLE else 3)


def test_every_model_of_the_language_has_a_builder() -> None:
    assert set(BUILDERS) == set(BODIES)
    with pytest.raises(KeyError, match=r"no asset for model 'car.hovercraft'; there are car.sedan"):
        build("car.hovercraft", 0, (1.0, 1.0, 1.0))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("model", [*FOUR_WHEELS, *TWO_WHEELS, *PROPS, "bicycle.parked"])
def test_the_mesh_fills_its_box_and_stays_inside(model: str, seed: int) -> None:
    assert fills_its_box(asset(model, seed), within_m=0.021)


@pytest.mark.parametrize("model", [*FOUR_WHEELS, *TWO_WHEELS, *PROPS])
def test_another_box_stretches_the_model(model: str) -> None:
    size = tuple(1.06 * v for v in BODIES[model].size_m)
    low, high = extents(build(model, 3, size))  # type: ignore[arg-type]
    assert high - low == pytest.approx(np.array(size), abs=0.045)


def test_nobody_is_on_a_parked_bicycle() -> None:
    ridden, parked = together(asset("bicycle.city")), together(asset("bicycle.parked"))
    assert set(ridden.semantic) == {SEMANTIC_ID["bicycle"], SEMANTIC_ID["rider"]}
    assert set(parked.semantic) == {SEMANTIC_ID["bicycle"]}
    assert not asset("bicycle.parked").keypoints


@pytest.mark.parametrize("model", [*FOUR_WHEELS, *TWO_WHEELS])
def test_wheels_stand_on_the_road_where_the_axles_are(model: str) -> None:
    body, made = BODIES[model], asset(model)
    wheels = [p for p in made.parts if p.radius_m > 0]
    assert len(wheels) == (4 if model in FOUR_WHEELS else 2)
    places = set()
    for wheel in wheels:
        parent = np.array(made.parts[wheel.parent].pivot_m) if wheel.parent >= 0 else np.zeros(3)
        x, _, z = parent + np.array(wheel.pivot_m)
        assert z == pytest.approx(wheel.radius_m, abs=1e-6)
        assert wheel.radius_m == pytest.approx(body.wheel_radius_m)
        far = np.hypot(wheel.mesh.vertices_m[:, 0], wheel.mesh.vertices_m[:, 2]).max()
        assert far == pytest.approx(wheel.radius_m, abs=1e-4)
        places.add(round(float(x), 3))
    front = body.size_m[0] / 2 - body.front_overhang_m
    assert places == {round(front, 3), round(front - body.wheelbase_m, 3)}
    assert {p.joint for p in wheels} <= {"wheel", "steered_wheel"}


@pytest.mark.parametrize("model", [*FOUR_WHEELS, *TWO_WHEELS, *PROPS])
def test_normals_are_unit_and_agree_with_the_faces(model: str) -> None:
    for part in asset(model).parts:
        check_surfaces(part.mesh)
        assert loft.signed_volume(part.mesh) > 0


@pytest.mark.parametrize("model", [*FOUR_WHEELS, *TWO_WHEELS])
def test_models_are_detailed_but_not_heavy(model: str) -> None:
    count = sum(len(p.mesh.triangles) for p in asset(model).parts)
    assert 4_000 < count < 20_000


@pytest.mark.parametrize("model", [*FOUR_WHEELS, *TWO_WHEELS, *PROPS])
def test_the_same_seed_gives_the_same_bytes_and_another_one_another_look(model: str) -> None:
    for a, b in zip(
        shape(model, 1, BODIES[model].size_m, None).parts, made_anew(model, 1).parts, strict=True
    ):
        assert a.mesh.vertices_m.tobytes() == b.mesh.vertices_m.tobytes()
        assert a.mesh.triangles.tobytes() == b.mesh.triangles.tobytes()
        assert a.mesh.semantic.tobytes() == b.mesh.semantic.tobytes()
    if model not in PROPS:
        assert len({asset(model, seed).tints for seed in SEEDS}) > 1


@pytest.mark.parametrize("model", CARS)
def test_the_skin_of_a_car_is_its_own_mirror_image(model: str) -> None:
    mesh = asset(model).parts[0].mesh
    skin = [MATERIAL_ID[n] for n in ("glass", "lamp_head", "lamp_tail", "lamp_brake")]
    corners = mesh.vertices_m[mesh.triangles[np.isin(mesh.material, skin)]]
    middles = np.round(corners.astype(np.float64).mean(axis=1) / 1e-4).astype(np.int64)
    seen = {tuple(m) for m in middles}
    missing = [
        m
        for m in seen
        if all(
            (m[0] + i, -m[1] + j, m[2] + k) not in seen
            for i in (-1, 0, 1)
            for j in (-1, 0, 1)
            for k in (-1, 0, 1)
        )
    ]
    assert not missing


@pytest.mark.parametrize("model", FOUR_WHEELS)
def test_wheel_arches_are_open_and_the_cabin_can_be_seen_into(model: str) -> None:
    made = asset(model)
    mesh = made.parts[0].mesh
    names = {MATERIALS[k].name for k in np.unique(mesh.material)}
    assert {
        "glass",
        "seat",
        "interior",
        "plate",
        "mirror",
        "lamp_head",
        "lamp_tail",
        "lamp_brake",
        "lamp_reverse",
    } <= names
    assert {"lamp_indicator_left", "lamp_indicator_right", "panel_gap"} <= names
    for wheel in made.parts[1:]:
        x, y, z = wheel.pivot_m
        outer = np.abs(mesh.vertices_m[:, 1]) > abs(y) + 0.02
        near = np.hypot(mesh.vertices_m[:, 0] - x, mesh.vertices_m[:, 2] - z) < wheel.radius_m - 0.02
        same_side = mesh.vertices_m[:, 1] * y > 0
        assert not (outer & near & same_side).any()


@pytest.mark.parametrize("model", FOUR_WHEELS)
def test_lamps_are_where_a_driver_expects_them(model: str) -> None:
    made = asset(model)
    length = made.size_m[0]
    for lamp in made.lamps:
        x, y, z = lamp.position_m
        if lamp.kind == "beacon":
            assert z > 0.9 * made.size_m[2]
            continue
        high = lamp.material == "lamp_brake_high"
        assert lamp.axis[0] * x > (0.1 if high else 0.28) * length * abs(lamp.axis[0])
        assert (0.25 if lamp.kind == "fog_front" else 0.35) < z and (high or z < 1.75)  # UN R48
        if lamp.bits & (Lamp.INDICATOR_LEFT | Lamp.INDICATOR_RIGHT):
            assert (y > 0) == bool(lamp.bits & Lamp.INDICATOR_LEFT)
    beams = [lamp for lamp in made.lamps if lamp.kind == "low_beam"]
    assert len(beams) == 2
    assert beams[0].position_m[1] == pytest.approx(-beams[1].position_m[1], abs=1e-3)
    kinds = {lamp.kind for lamp in made.lamps}
    assert {"low_beam", "high_beam", "tail", "brake", "indicator"} <= kinds


def silhouette(model: str) -> np.ndarray:
    mesh = together(asset(model))
    picture = np.zeros((80, 260), np.uint8)
    side = np.stack([130 + mesh.vertices_m[:, 0] * 20, 78 - mesh.vertices_m[:, 2] * 20], axis=1)
    opaque = ~np.isin(mesh.material, [MATERIAL_ID["glass"], MATERIAL_ID["glass_dark"]])
    for triangle in side[mesh.triangles[opaque]]:
        cv2.fillConvexPoly(picture, np.round(triangle * 16).astype(np.int32), 1, shift=4)
    return picture.astype(bool)


def test_the_bodies_can_be_told_apart_from_the_side() -> None:
    shapes = {m: silhouette(m) for m in FOUR_WHEELS if m not in ON_DUTY}
    models = list(shapes)
    for k, one in enumerate(models):
        for two in models[k + 1 :]:
            overlap = (shapes[one] & shapes[two]).sum() / (shapes[one] | shapes[two]).sum()
            assert overlap < 0.93, (one, two)


@pytest.mark.parametrize("model", TWO_WHEELS)
def test_machine_and_rider_are_labelled_each_for_what_it_is(model: str) -> None:
    made = asset(model)
    kind = SEMANTIC_ID[ACTOR_CLASSES[BODIES[model].actor_class].semantic]
    body = made.parts[0].mesh
    assert set(np.unique(body.semantic)) == {kind, SEMANTIC_ID["rider"]}
    rider = body.vertices_m[body.triangles[body.semantic == SEMANTIC_ID["rider"]]]
    assert rider[..., 2].max() == pytest.approx(made.size_m[2], abs=0.02)
    assert any(p.joint == "steer" for p in made.parts)
    for part in made.parts[1:]:
        assert set(np.unique(part.mesh.semantic)) == {kind}


def test_paint_is_sold_as_the_market_buys_it() -> None:
    drawn = [choose_paint("car.sedan", seed, None)[0] for seed in range(600)]
    assert drawn.count("car_paint_white") / 600 == pytest.approx(0.39, abs=0.06)
    assert drawn.count("car_paint_black") / 600 == pytest.approx(0.17, abs=0.05)
    assert set(MARKET) == set(SHADES)


@pytest.mark.parametrize("color", SHADES)
def test_a_named_colour_is_obeyed(color: str) -> None:
    material, tint = choose_paint("car.sedan", 7, color)
    assert material == SHADES[color][0]
    assert all(0.0 < c < 1.0 for c in tint)
    loudest = {"red": 0, "green": 1, "blue": 2}.get(color)
    if loudest is not None:
        assert tint[loudest] == max(tint)
    if color == "black":
        assert max(tint) < 0.05
        mesh = build("car.sedan", 7, BODIES["car.sedan"].size_m, color="black").parts[0].mesh
        rho = MATERIALS[MATERIAL_ID["car_paint_black"]].rho_905
        assert (mesh.material == MATERIAL_ID["car_paint_black"]).sum() > 1000 and 0.02 <= rho <= 0.05


def test_cones_and_barriers_carry_retroreflecting_bands() -> None:
    for model in PROPS:
        mesh = asset(model).parts[0].mesh
        assert max(MATERIALS[k].retro for k in np.unique(mesh.material)) > 100.0


def test_cars_in_traffic_have_the_mean_size_that_data_sets_label() -> None:
    # nuScenes: car 4.63 x 1.97 x 1.74 m, vans among them; Argoverse 2: regular vehicle 4.34 x 1.96 x 1.71 m.
    published = 0.5 * (np.array((4.63, 1.97, 1.74)) + np.array((4.34, 1.96, 1.71)))
    mean, share = np.zeros(3), 0.0
    for kind in ("car", "van"):
        met = [b for b in BODIES.values() if b.actor_class == kind and b.traffic > 0.0]
        weight = np.array([b.traffic for b in met])
        mean += TRAFFIC_MIX[kind] * (weight @ np.array([b.size_m for b in met])) / weight.sum()
        share += TRAFFIC_MIX[kind]
    assert mean / share == pytest.approx(published, rel=0.05)


def test_a_car_park_holds_cars_that_there_are() -> None:
    assert set(PARKED_MODELS) <= set(BODIES) and sum(PARKED_MODELS.values()) == pytest.approx(1.0)
    assert set(CARS) - {"car.police"} <= set(PARKED_MODELS)


def test_no_two_of_300_cars_are_alike_and_none_is_broken() -> None:
    models = [*CARS, "pickup.double_cab", "van.minibus"]
    looks, checked = set(), set()
    for seed in range(300):
        made = asset(models[(seed // 3) % len(models)], seed)
        body = made.parts[0].mesh
        paint = frozenset(int(k) for k in np.unique(body.material))
        looks.add((made.model, made.tints, paint, len(made.parts[1].mesh.triangles), len(body.triangles)))
        key = (made.model, seed % SHAPES)
        if key in checked:  # the same shape in another colour
            continue
        checked.add(key)
        for part in made.parts:
            corners = part.mesh.vertices_m.astype(np.float64)[part.mesh.triangles]
            area = np.linalg.norm(
                np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1
            )
            assert np.isfinite(corners).all() and (area > 1e-12).all(), (key, part.name)
        low, high = extents(made)
        half = np.array((*(np.array(made.size_m[:2]) / 2.0), made.size_m[2]))
        assert (low >= np.array((-half[0], -half[1], 0.0)) - 2e-3).all() and (high <= half + 2e-3).all(), key
        assert (low[:2] <= -half[:2] + 0.02).all() and (high >= half - 0.02).all() and low[2] < 0.005, key
        for wheel in made.parts[1:5]:
            assert loft.signed_volume(wheel.mesh) > 0.0
    assert len(looks) == 300
    assert len(checked) >= 3 * len(models)


def test_snow_stays_on_who_is_parked_and_hardly_on_who_drives() -> None:
    shut = asset("car.sedan", 4)
    stood = parked(shut)
    changed = shut.parts[0].mesh.material != stood.parts[0].mesh.material
    before = {MATERIALS[k] for k in np.unique(shut.parts[0].mesh.material[changed])}
    after = {MATERIALS[k] for k in np.unique(stood.parts[0].mesh.material[changed])}
    assert changed.sum() > 1000 and len(before) == len(after) == 1
    one, two = before.pop(), after.pop()
    assert one.snow < 0.3 and two.snow == 1.0
    assert (one.rgb, one.rho_905, one.rho_1550, one.tint) == (two.rgb, two.rho_905, two.rho_1550, two.tint)
    assert stood.tints == shut.tints
