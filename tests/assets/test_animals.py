"""Deer and dogs fill their boxes and differ from one another."""

import numpy as np
import pytest

from renderers.assets.animals import build_animal
from renderers.assets.pose import place
from renderers.materials import MATERIAL_ID
from renderers.mesh import Mesh
from scenarios.bodies import BODIES
from scenarios.taxonomy import SEMANTIC_ID


def standing(model: str, seed: int, size: tuple[float, float, float]) -> Mesh:
    asset = build_animal(model, seed, size)
    return Mesh.join([p.mesh.moved(m) for p, m in zip(asset.parts, place(asset.parts, {}), strict=True)])


@pytest.mark.parametrize("scale", [0.85, 1.0, 1.15])
@pytest.mark.parametrize("model", ["animal.deer", "animal.dog"])
def test_an_animal_fills_most_of_its_box(model, scale):
    size = tuple(scale * s for s in BODIES[model].size_m)
    for seed in range(6):
        mesh = standing(model, seed, size)
        reach = mesh.vertices_m.max(0) - mesh.vertices_m.min(0)
        assert np.all(reach <= np.array(size) + 0.01)
        assert reach[0] > 0.8 * size[0] and reach[2] > 0.9 * size[2]
        assert set(mesh.semantic) == {SEMANTIC_ID["animal"]}
        assert len(mesh.triangles) < 4000


def test_some_deer_wear_antlers_below_the_lid_of_the_box():
    size = BODIES["animal.deer"].size_m
    horned = 0
    for seed in range(20):
        mesh = standing("animal.deer", seed, size)
        if MATERIAL_ID["antler"] in mesh.material:
            horned += 1
            antler = mesh.vertices_m[np.unique(mesh.triangles[mesh.material == MATERIAL_ID["antler"]])]
            assert 0.9 * size[2] < antler[:, 2].max() <= size[2]
    assert 4 <= horned <= 16


def test_four_hooves_stand_on_the_ground_under_the_trunk():
    asset = build_animal("animal.deer", 1, BODIES["animal.deer"].size_m)
    placed = place(asset.parts, {})
    hooves = [(p, m) for p, m in zip(asset.parts, placed, strict=True) if p.joint.startswith("hoof")]
    assert len(hooves) == 4
    lows = [(p.mesh.vertices_m @ m[2, :3] + m[2, 3]).min() for p, m in hooves]
    assert np.allclose(lows, 0.0, atol=0.02)
    xs = sorted(m[0, 3] for _, m in hooves)
    assert xs[1] < -0.2 and xs[2] > 0.15


def test_dogs_come_in_more_than_one_coat():
    coats = {build_animal("animal.dog", seed, BODIES["animal.dog"].size_m).tints[0] for seed in range(30)}
    assert len(coats) >= 4
