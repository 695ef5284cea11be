"""Number plates: every vehicle has its own, readable, of its country, and as bright to lasers as before."""

import numpy as np
import pytest

from renderers.assets import SHAPES, build
from renderers.assets.levels import FULL, MIDDLE, NEAR
from renderers.assets.plates import PART, Blank, blanks, number
from renderers.assets.pose import place
from renderers.assets.registry import VEHICLES
from renderers.materials import MATERIAL_ID, MATERIALS
from renderers.mesh import Asset, Mesh
from scenarios.bodies import BODIES
from tests.assets.meshes import asset

PLATED = [m for m in VEHICLES if not m.startswith(("bicycle.", "e_scooter.", "tram"))]
SIZES_M = ((0.52, 0.11), (0.28, 0.20), (0.22, 0.16))


def writing(made: Asset) -> list[Mesh]:
    return [part.mesh for part in made.parts if part.name.endswith(PART)]


def ink(mesh: Mesh) -> np.ndarray:
    """The middles of what is written, by material."""
    return mesh.vertices_m[mesh.triangles[mesh.material == MATERIAL_ID["plate_ink"]]].mean(axis=1)


@pytest.mark.parametrize("model", PLATED)
def test_every_plate_of_a_vehicle_is_written_on(model: str) -> None:
    made = asset(model, 1)
    places = place(made.parts, {})
    written = [p for p in made.parts if p.name.endswith(PART)]
    assert written
    fronts: list[Blank] = []
    for part in written:
        for blank in blanks(made.parts[part.parent].mesh):
            fronts.append(blank)
            assert any((blank.wide_m, blank.tall_m) == pytest.approx(size, rel=0.06) for size in SIZES_M), (
                blank
            )
            on = np.abs(part.mesh.vertices_m - blank.at_m)
            near = on[:, 0] < 0.003
            assert near.any()
            assert (on[near][:, 1] < 0.5 * blank.wide_m + 1e-3).all()
            assert (on[near][:, 2] < 0.5 * blank.tall_m + 1e-3).all()
    assert len({b.forward for b in fronts}) == len(fronts) <= 2
    # What is written is inside the box, to a millimetre or two.
    for part, matrix in zip(made.parts, places, strict=True):
        if part in written:
            at = part.mesh.vertices_m @ matrix[:3, :3].T + matrix[:3, 3]
            assert (np.abs(at[:, 0]) < 0.5 * made.size_m[0] + 2e-3).all()


def test_two_cars_of_one_shape_have_numbers_of_their_own_and_share_their_body() -> None:
    size = BODIES["car.sedan"].size_m
    one, two = (build("car.sedan", seed, size, color="red") for seed in (5, 5 + SHAPES))
    assert one.parts[0].mesh.vertices_m is two.parts[0].mesh.vertices_m
    assert ink(writing(one)[0]).tobytes() != ink(writing(two)[0]).tobytes()
    again = build("car.sedan", 5, size, color="red")
    assert ink(writing(one)[0]).tobytes() == ink(writing(again)[0]).tobytes()


def test_hardly_two_of_a_thousand_vehicles_have_the_same_number() -> None:
    for america in (False, True):
        words = [number("car.sedan", seed, america)[0] for seed in range(1000)]
        assert len(set(words)) > 990
        assert all(3 < sum(c.isdigit() for c in w) + sum(c.isalpha() for c in w) < 9 for w in words)


def test_front_and_rear_say_the_same() -> None:
    (mesh,) = writing(asset("car.sedan", 3))
    middle = ink(mesh)
    front, rear = middle[middle[:, 0] > 0], middle[middle[:, 0] < 0]
    assert len(front) == len(rear) > 40
    turned = rear[:, (1, 2)] * (-1.0, 1.0)
    assert np.ptp(front[:, 1]) == pytest.approx(np.ptp(turned[:, 0]), abs=1e-5)
    assert front[:, 1] - front[:, 1].mean() == pytest.approx(turned[:, 0] - turned[:, 0].mean(), abs=1e-5)


def test_american_plates_are_shorter_and_taller() -> None:
    size = BODIES["car.suv"].size_m
    european, american = build("car.suv", 2, size), build("car.suv", 2, size, america=True)
    names = {MATERIALS[k].name for k in np.unique(writing(european)[0].material)}
    assert {"plate_ink", "sheeting_blue", "sign_white"} <= names
    sheet = writing(american)[0]
    white = sheet.vertices_m[sheet.triangles[sheet.material == MATERIAL_ID["plate"]]].reshape(-1, 3)
    ahead = white[white[:, 0] > 0]
    assert np.ptp(ahead[:, 1]) == pytest.approx(0.305, abs=1e-3)
    assert np.ptp(ahead[:, 2]) == pytest.approx(0.152, abs=1e-3)
    assert MATERIAL_ID["plate"] not in american.parts[0].mesh.material


def test_numbers_are_written_where_they_can_be_read_and_the_sheet_stays_bright() -> None:
    size = BODIES["car.estate"].size_m
    for level in (FULL, NEAR):
        made = build("car.estate", 4, size, detail=level)
        assert len(ink(writing(made)[0])) > 40
    for level in (FULL, NEAR, MIDDLE):
        made = build("car.estate", 4, size, detail=level)
        mesh = made.parts[0].mesh
        assert max(MATERIALS[k].retro for k in np.unique(mesh.material)) > 150.0
    assert not writing(build("car.estate", 4, size, detail=MIDDLE))


def test_a_filthy_plate_has_dirty_ink() -> None:
    made = build("truck.curtain", 4, BODIES["truck.curtain"].size_m, dirt=3, soil="salt")
    names = {MATERIALS[k].name for mesh in writing(made) for k in np.unique(mesh.material)}
    assert any(name.startswith("plate_ink+salt") for name in names)
    assert not any("+film" in name for name in names)
