"""Vehicles are closed: from no side does one look at the back of a surface, into a hollow wheel or through a shoe."""

import numpy as np
import pytest

from renderers import loft
from renderers.assets import SHAPES
from renderers.assets.registry import MOBILITY, VEHICLES
from tests.assets.meshes import asset, together
from tests.assets.outside import outside
from tests.support.proof import WHOLE

MOST_OF_A_WHOLE, MOST_OF_A_WHEEL = 0.01, 0.002
MODELS = [*VEHICLES, *MOBILITY]
# One of the first three, which other tests build as well.
NUMBERS = {m: range(SHAPES) if WHOLE else (k % 3,) for k, m in enumerate(MODELS)}


def test_a_closed_body_shows_no_back_and_a_hollow_one_does() -> None:
    shut = loft.box((1.0, 1.0, 1.0), "rubber", "car")
    assert outside(shut).share == 0.0
    lidless = loft.cylinder(0.5, 1.0, "rubber", "car", caps=False)
    assert outside(lidless).share > 0.05
    turned = loft.mirrored(shut)
    inside_out = type(shut)(
        shut.vertices_m, turned.triangles, shut.normals, shut.uv_m, shut.material, shut.semantic
    )
    assert outside(inside_out).share > 0.99  # but for edges


@pytest.mark.parametrize(("model", "number"), [(m, n) for m in MODELS for n in NUMBERS[m]])
def test_hardly_any_back_of_a_surface_is_seen_from_outside(model: str, number: int) -> None:
    made = asset(model, number)
    assert outside(together(made)).share < MOST_OF_A_WHOLE
    wheels = {part.mesh.vertices_m.tobytes(): part.mesh for part in made.parts if part.radius_m > 0.0}
    for wheel in list(wheels.values())[::2]:  # a right wheel is its left one mirrored
        assert outside(wheel, 120).share < MOST_OF_A_WHEEL


@pytest.mark.parametrize("model", ["pedestrian.adult", "pedestrian.child", "pedestrian.worker"])
def test_shoes_are_not_inside_out(model: str) -> None:
    feet = [part.mesh for part in asset(model, 1).parts if part.name.startswith("foot_")]
    assert len(feet) == 2
    for foot in feet:
        assert outside(foot, 80).share < 0.05
        assert np.sign(loft.signed_volume(foot)) > 0
