"""Crowns of rain on wet ground: by the rate of the rain, on ground that is seen, in no truth."""

import numpy as np
import pytest

from renderers.camera import render
from renderers.frame_light import light_of
from renderers.kernels.particles import P_DEPTH, P_V0
from renderers.puddles import puddle_field
from renderers.sky import daylight
from renderers.splashes import LASTS_S, crowns_per_m2, splashes
from scenarios.schema import Camera
from sim.air import rain_slope_per_mm
from tests.support.small_stage import plain, small_stage, weather

CAMERA = Camera[float].model_validate(
    {"mount": {"z": 1.3}, "width": 320, "height": 180, "fov": np.radians(60)}
)
WET = weather(rain_mm_per_h=20.0, wetness=1.0, water_film_m=1e-3, sun_illuminance_lx=0.0)


def test_there_are_as_many_as_fall_while_one_stands() -> None:
    count, diameter = crowns_per_m2(20.0)
    d = np.linspace(1.2, 6.0, 20_000)
    rate = np.trapezoid(8000.0 * np.exp(-rain_slope_per_mm(20.0) * d) * (9.65 - 10.3 * np.exp(-0.6 * d)), d)
    assert count.sum() == pytest.approx(rate * LASTS_S, rel=0.03)
    assert diameter.min() >= 1.2e-3
    assert crowns_per_m2(50.0)[0].sum() > 1.9 * count.sum()


def test_they_stand_on_ground_that_is_seen_and_the_truth_does_not_know_them() -> None:
    stage = small_stage(plain(100.0), weather=WET)
    seen, clean = (render(stage, "front", CAMERA, 500_000_000, clean=c) for c in (False, True))
    assert (seen.depth_m == clean.depth_m).all() and (seen.semantic == clean.semantic).all()
    light = light_of(
        stage.scene(500_000_000), daylight(WET, 1), seen.world_from_camera[:3, 3], 1.3, 1e-3, puddle_field(),
        np.zeros((1, 1), np.uint8), (0.0, 0.0),
    )  # fmt: skip

    def crowns(state: object = WET, depth: object = None) -> np.ndarray:
        return splashes(
            state, light, seen.model, seen.world_from_camera, 0.0, seen.depth_m if depth is None else depth,
            seen.semantic, 3, "front", 500,
        )  # type: ignore[arg-type]  # fmt: skip

    made = crowns()
    assert len(made) > 100 and (crowns() == made).all()
    away = made[:, P_DEPTH] / 0.98
    assert (np.diff(away) <= 1e-6).all() and away.max() < 12.0 * np.sqrt(2.0)
    # Level ground 1.3 m below the eye: the row of each foot follows from its depth.
    row = float(seen.model.matrix[1, 2]) + float(seen.model.matrix[1, 1]) * 1.297 / away
    assert made[:, P_V0] == pytest.approx(row, abs=0.6)
    assert len(crowns(weather(rain_mm_per_h=20.0, wetness=0.0))) == 0
    assert len(crowns(depth=np.full_like(seen.depth_m, 0.3))) == 0  # something stands before all of it
