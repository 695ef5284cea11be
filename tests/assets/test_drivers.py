"""Vehicles that are driven have a driver behind the glass; those that are parked have not."""

from dataclasses import replace

import numpy as np
import pytest

from renderers.assets import BUILDERS, build
from renderers.assets.drivers import DRIVERS, crewed, driven
from scenarios.bodies import BODIES
from scenarios.taxonomy import SEMANTIC_ID
from tests.assets.test_surroundings import made
from tests.support.proof import WHOLE

SEATED = [model for model in BUILDERS if model.startswith(("car.", "van.", "truck.", "bus."))]


@pytest.mark.parametrize("model", SEATED)
def test_a_driver_sits_below_the_roof_on_the_left_and_belongs_to_the_vehicle(model: str) -> None:
    size = BODIES[model].size_m
    # Each vehicle with one of the drivers, each driver in several vehicles.
    for look in range(DRIVERS) if WHOLE else (SEATED.index(model) % DRIVERS,):
        bare = build(model, look % 3, size)  # shapes that other tests build too
        asset = crewed(bare, look)
        assert asset.parts[:-1] == bare.parts
        driver = asset.parts[-1]
        points = driver.mesh.vertices_m.astype(float) + np.array(driver.pivot_m)
        assert points[:, 2].max() < size[2] - 0.05
        assert points[:, 1].min() > 0.0 and points[:, 1].max() < size[1] / 2 - 0.15
        assert np.abs(points[:, 0]).max() < size[0] / 2
        assert set(driver.mesh.semantic) == {
            SEMANTIC_ID[model.split(".", maxsplit=1)[0].replace("van", "car")]
        }
        assert len(driver.mesh.triangles) < 5200


def test_a_drivers_clothes_leave_the_paint_alone() -> None:
    size = BODIES["car.sedan"].size_m
    bare = build("car.sedan", 3, size, color="red")
    assert crewed(bare, 3).tints[0] == bare.tints[0]
    assert crewed(bare, 3).tints[1] != crewed(bare, 4).tints[1]


def test_riders_and_walkers_need_no_driver() -> None:
    for model in ("bicycle.city", "pedestrian.adult", "animal.deer"):
        asset = build(model, 1, BODIES[model].size_m)
        assert crewed(asset, 1) is asset


def test_who_moves_or_has_lamps_lit_is_driven() -> None:
    trace, _ = made("bare")
    assert not driven(trace, 0)  # the trace of these tests stands still, unlit
    assert driven(replace(trace, speed_mps=trace.speed_mps + 5.0), 0)
    assert driven(replace(trace, lamps=trace.lamps + np.uint16(1)), 0)
