"""People are as tall as they are said to be, stay inside their boxes, and wear what they are told to."""

import numpy as np
import pytest

from renderers.assets import build, people, wardrobe
from renderers.assets.anthropometry import frame
from renderers.assets.pose import place
from renderers.assets.skulls import HAIRSTYLES, HATS
from renderers.materials import MATERIAL_ID
from renderers.mesh import Mesh
from scenarios.bodies import BODIES
from tests.support.proof import some

ADULT, CHILD = (BODIES[f"pedestrian.{who}"].size_m for who in ("adult", "child"))


def standing(model: str, seed: int, size: tuple[float, float, float], clothing: str | None = None) -> Mesh:
    asset = people.build_person(model, seed, size, None, clothing)
    placed = place(asset.parts, {})
    return Mesh.join([part.mesh.moved(matrix) for part, matrix in zip(asset.parts, placed, strict=True)])


@pytest.mark.parametrize("seed", some(range(12), 2))
@pytest.mark.parametrize(("model", "size"), [("pedestrian.adult", ADULT), ("pedestrian.child", CHILD)])
def test_stature_is_the_height_of_the_box_and_soles_stand_on_the_ground(model, size, seed):
    mesh = standing(model, seed, size)
    assert mesh.vertices_m[:, 2].max() == pytest.approx(size[2], abs=0.012)
    assert mesh.vertices_m[:, 2].min() == pytest.approx(0.0, abs=1e-3)
    assert 3000 < len(mesh.triangles) < 9000


def test_a_child_has_the_larger_head_for_its_height():
    def head_share(model: str, size: tuple[float, float, float]) -> float:
        body = frame(size[2], 1, model)
        return (body.height - body.chin) / body.height

    assert head_share("pedestrian.child", CHILD) > 1.2 * head_share("pedestrian.adult", ADULT)


def test_reflective_clothing_carries_bands_and_no_other_clothing_does():
    band = MATERIAL_ID["retro_band"]
    for seed in range(6):
        assert band in standing("pedestrian.adult", seed, ADULT, "reflective").material
        assert band in standing("pedestrian.child", seed, CHILD, "reflective").material
        assert band not in standing("pedestrian.adult", seed, ADULT, "dark").material


def test_clothing_words_order_by_brightness():
    def lightness(word: str) -> float:
        upper = [people.build_person("pedestrian.adult", s, ADULT, None, word).tints[0] for s in range(10)]
        return float(np.mean(upper))

    assert lightness("dark") < lightness("mixed") < lightness("bright")


def test_a_named_colour_is_worn():
    assert people.build_person("pedestrian.adult", 5, ADULT, "red", None).tints[0] == wardrobe.NAMED["red"]


def test_a_crowd_is_not_one_person():
    looks = {standing("pedestrian.adult", seed, ADULT).vertices_m.tobytes() for seed in range(12)}
    assert len(looks) == 12
    worn = [wardrobe.outfit(seed, None, "pedestrian.adult", seed % 2 == 0) for seed in range(300)]
    assert {w.hat for w in worn} >= {"", "cap", "beanie", "hood", "hijab"}
    assert {w.hat for w in worn} <= set(HATS) and {w.hair for w in worn} == set(HAIRSTYLES)
    assert len({w.top for w in worn}) > 6 and len({w.bottom for w in worn}) > 4


def test_of_three_hundred_people_no_two_are_alike():
    size = BODIES["pedestrian.adult"].size_m
    crowd = [build("pedestrian.adult", seed, size) for seed in range(300)]
    assert len({(a.parts[1].mesh.vertices_m.tobytes(), a.tints) for a in crowd}) == 300


def test_the_same_look_is_the_same_mesh():
    one, two = (standing("pedestrian.adult", 9, ADULT, "mixed") for _ in range(2))
    for name in ("vertices_m", "triangles", "normals", "material"):
        assert np.array_equal(getattr(one, name), getattr(two, name))


def test_surfaces_look_outwards():
    mesh = standing("pedestrian.adult", 2, ADULT)
    corner = mesh.vertices_m[mesh.triangles].astype(float)
    volume = np.einsum("ti,ti->t", corner[:, 0], np.cross(corner[:, 1], corner[:, 2])).sum() / 6
    assert 0.045 < volume < 0.16  # 45 to 160 litres, overlaps at the joints counted twice
    flat = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    shaded = mesh.normals[mesh.triangles].mean(1)
    assert np.mean(np.einsum("ti,ti->t", flat, shaded) > 0) > 0.97


def test_a_rider_holds_the_bar_and_treads_the_pedals():
    hands = ((0.45, 0.22, 0.35), (0.45, -0.22, 0.35))
    feet = ((0.15, 0.12, -0.62), (0.20, -0.12, -0.55))
    made = people.figure(1.75, 4, {"torso": (0.0, 0.5, 0.0)}, hat="", hands_m=hands, feet_m=feet)
    mesh = made.mesh
    palms = [MATERIAL_ID["skin"], MATERIAL_ID["glove"]]
    skin = mesh.vertices_m[np.unique(mesh.triangles[np.isin(mesh.material, palms)])]
    shoes = mesh.vertices_m[np.unique(mesh.triangles[mesh.material == MATERIAL_ID["shoe"]])]
    for hand in hands:
        assert np.linalg.norm(skin - hand, axis=1).min() < 0.06
    for foot in feet:
        assert np.linalg.norm(shoes - foot, axis=1).min() < 0.12
    assert len(made.tints) == 3 and len(made.keypoints) == 17
