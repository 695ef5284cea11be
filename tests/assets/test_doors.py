"""Doors, boots and bonnets stand open on their hinges, inside the box that the language says."""

import numpy as np
import pytest

from renderers import loft
from renderers.assets import build
from renderers.assets.drivers import crewed
from renderers.assets.fittings import extents
from renderers.assets.pose import articulate
from renderers.extent import extent_of, hull_of
from renderers.materials import MATERIAL_ID, MATERIALS
from renderers.mesh import Asset
from scenarios.bodies import BODIES, DOORS, doors_of, open_size, open_state, opening_shift, shut_size
from sim.trace import WorldInstant
from tests.assets.test_pose import instant

MODELS = [m for m in BODIES if doors_of(m)]
CARS = [m for m, b in BODIES.items() if b.actor_class in ("car", "police_car")]
# Every door somewhere, on bodies that differ; a city car's twice, on shapes of other seeds.
SOME = [
    ("car.sedan", ("front_left", "boot"), 0),
    ("car.suv", ("front_right", "rear_right", "bonnet"), 3),
    ("car.city", ("front_left", "front_right"), 1),
    ("car.city", ("boot",), 4),
    ("car.convertible", ("front_right", "boot"), 0),
    ("car.police", ("rear_left",), 2),
    ("pickup.double_cab", ("rear_left", "boot"), 5),
    ("van.minibus", ("front_left", "boot", "bonnet"), 2),
    ("van.delivery", ("front_right",), 1),
    ("van.delivery", ("rear_right", "boot"), 1),
    ("van.minibus", ("rear_left",), 0),
    ("car.offroader", ("boot",), 0),
]


def opened(model: str, doors: tuple[str, ...], seed: int = 0) -> Asset:
    body, state = BODIES[model], open_state(doors)
    return build(model, seed, open_size(body, body.size_m, state), None, None, state)


def test_every_passenger_car_has_doors_and_a_bonnet() -> None:
    for model in CARS:
        doors = doors_of(model)
        assert {"front_left", "front_right", "bonnet"} <= set(doors), model
    assert sum("boot" in doors_of(model) for model in CARS) >= 14
    assert not doors_of("bicycle.city") and not doors_of("pedestrian.adult")


@pytest.mark.parametrize(("model", "doors", "seed"), SOME)
def test_the_box_encloses_open_doors_within_a_centimetre(
    model: str, doors: tuple[str, ...], seed: int
) -> None:
    made = opened(model, doors, seed)
    low, high = extents(made)
    half = np.array((made.size_m[0] / 2, made.size_m[1] / 2, made.size_m[2]))
    assert low == pytest.approx(np.array((-half[0], -half[1], 0.0)), abs=0.01)
    assert high == pytest.approx(half, abs=0.01)
    # A sliding door stays within the mirrors.
    assert made.size_m != BODIES[model].size_m or slides(model, doors[0])


@pytest.mark.parametrize(("model", "doors", "seed"), SOME)
def test_what_opens_is_a_part_with_thickness_on_its_hinge(
    model: str, doors: tuple[str, ...], seed: int
) -> None:
    made = opened(model, doors, seed)
    names = {part.name: part for part in made.parts}
    for door in doors:
        part = names[door if door in ("boot", "bonnet") else f"door_{door}"]
        mesh = part.mesh
        kinds = {MATERIALS[k].name for k in np.unique(mesh.material)}
        assert "interior" in kinds and len(mesh.triangles) > 60
        corners = mesh.vertices_m.astype(np.float64)[mesh.triangles]
        area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
        assert (area > 1e-12).all()
        # Near the hinge it has stayed where it was: the part's own origin lies within its reach.
        assert np.linalg.norm(mesh.vertices_m, axis=1).min() < 0.25 or slides(model, door)
        # Its skin and its lining look opposite ways: what is inside the skin is not empty.
        assert abs(loft.signed_volume(mesh)) > 0.001


@pytest.mark.parametrize(("model", "doors", "seed"), SOME)
def test_the_label_box_holds_a_door_at_every_angle_and_shut_it_is_the_shut_cars(
    model: str, doors: tuple[str, ...], seed: int
) -> None:
    body, state = BODIES[model], open_state(doors)
    made = opened(model, doors, seed)
    hull = hull_of(made)
    ahead, left = opening_shift(body, made.size_m, state)
    for share in (0.0, 0.3, 0.7, 1.0):
        now = at_share(doors, share)
        points = np.concatenate(
            [
                p.mesh.vertices_m @ m[:3, :3].T + m[:3, 3]
                for p, m in zip(made.parts, articulate(made, now, 0), strict=True)
            ]
        )
        box = extent_of(hull, now, 0)
        half = np.array(box.size_m) / 2
        assert points.min(axis=0) == pytest.approx(box.centre_m - half, abs=1e-5)
        assert points.max(axis=0) == pytest.approx(box.centre_m + half, abs=1e-5)
        if share == 0.0:  # what is cut out fits back into its hole
            assert box.size_m == pytest.approx(body.size_m, abs=0.02)
            assert box.centre_m[:2] == pytest.approx((-ahead, -left), abs=0.02)


def slides(model: str, door: str) -> bool:
    return model.startswith("van.") and door.startswith("rear")


@pytest.mark.parametrize("model", ["van.delivery", "van.minibus"])
def test_a_sliding_door_runs_back_beside_the_body_without_turning(model: str) -> None:
    for door, side in (("rear_left", 1.0), ("rear_right", -1.0)):
        made = opened(model, (door,))
        row = next(k for k, part in enumerate(made.parts) if part.joint == f"door:{door}")
        points = made.parts[row].mesh.vertices_m.astype(np.float64)
        way = []
        for share in (0.0, 0.5, 1.0):
            pose = articulate(made, at_share((door,), share), 0)[row]
            way.append(points @ pose[:3, :3].T + pose[:3, 3])
        moved = way[2] - way[0]
        assert (moved[:, 0] < -1.0).all() and (moved[:, 0] > -1.7).all()
        assert (side * moved[:, 1] > 0.0).all() and (side * moved[:, 1] < 0.16).all()
        assert moved[:, 2] == pytest.approx(0.0, abs=1e-6)
        assert 0.3 < ((way[1] - way[0])[:, 0] / moved[:, 0]).mean() < 0.7


def test_a_van_opens_both_leaves_behind_and_an_off_roader_takes_its_spare_wheel_along() -> None:
    van = opened("van.delivery", ("boot",), 1)
    leaves = [part for part in van.parts if part.joint.startswith("door:boot")]
    assert [part.open_rad[2] for part in leaves] == [-leaves[1].open_rad[2], leaves[1].open_rad[2]]
    assert leaves[0].pivot_m[1] == pytest.approx(-leaves[1].pivot_m[1], abs=1e-6)
    shut, car = build("car.offroader", 0, BODIES["car.offroader"].size_m), opened("car.offroader", ("boot",))
    gate = next(part for part in car.parts if part.name == "boot")
    rubber = MATERIAL_ID["rubber"]
    spare = (shut.parts[0].mesh.material == rubber).sum() - (car.parts[0].mesh.material == rubber).sum()
    assert spare == (gate.mesh.material == rubber).sum() > 100


def at_share(doors: tuple[str, ...], share: float) -> WorldInstant:
    shares = np.zeros((1, len(DOORS)), np.float32)
    for name in doors:
        shares[0, DOORS.index(name)] = share
    return instant(doors=shares)


def test_lamps_on_a_lid_are_where_the_lid_is() -> None:
    made = opened("car.sedan", ("boot",))
    on_lid = [lamp for lamp in made.lamps if lamp.part >= 0 and made.parts[lamp.part].joint == "door:boot"]
    assert all(np.linalg.norm(lamp.position_m) < 1.5 for lamp in on_lid)  # about the hinge, not the car


def test_a_shut_car_keeps_its_skin_whole_and_an_open_one_loses_only_its_door() -> None:
    body = BODIES["car.sedan"]
    shut = build("car.sedan", 0, body.size_m)
    assert [p.name for p in shut.parts if p.joint == "fixed"] == ["body", "body_plates"]
    state = open_state(("front_left",))
    size = open_size(body, body.size_m, state)
    one = opened("car.sedan", ("front_left",))
    ahead, left = opening_shift(body, size, state)
    assert ahead == 0.0 and left > 0.3
    assert shut_size(body, size, state) == pytest.approx(body.size_m)
    by_name = {p.name: p for p in one.parts}
    for wheel in shut.parts[1:5]:
        moved = np.array(by_name[wheel.name].pivot_m) - np.array(wheel.pivot_m)
        assert moved == pytest.approx((0.0, -left, 0.0), abs=1e-9)
    # On the right everything is as before.
    right = one.parts[0].mesh.vertices_m[:, 1] < -left - 0.5
    assert right.sum() > 1000


def test_a_driver_stays_in_the_seat_when_a_door_stands_open() -> None:
    shut = crewed(build("car.sedan", 0, BODIES["car.sedan"].size_m), 0).parts[-1]
    made = opened("car.sedan", ("front_left",))
    seated = crewed(made, 0, open_state(("front_left",))).parts[-1]
    body, state = BODIES["car.sedan"], open_state(("front_left",))
    _, left = opening_shift(body, made.size_m, state)
    assert np.array(seated.pivot_m) == pytest.approx(np.array(shut.pivot_m) - (0.0, left, 0.0), abs=1e-6)
