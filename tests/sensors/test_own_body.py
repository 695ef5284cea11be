"""The vehicle that carries a camera: in its picture where it is in view, and in nobody's way where it is not."""

import numpy as np
import pytest

from renderers.camera import render
from renderers.stage import Stage
from scenarios.schema import Camera
from scenarios.taxonomy import SEMANTIC_ID
from tests.support.small_stage import Mover, block, plain, small_stage, weather

CAR = (4.5, 1.8, 1.5)
EGO = SEMANTIC_ID["ego_vehicle"]
DULL = weather(sun_illuminance_lx=0.0)


def stage() -> Stage:
    lead = Mover(block(CAR), (14.0, 0.0, 0.0))
    return small_stage(plain(80.0), [lead], Mover(block(CAR)), DULL)


def camera(words: dict[str, object], mount: dict[str, float]) -> Camera[float]:
    return Camera[float].model_validate(
        {"mount": mount, "width": 160, "height": 96, "fov": np.radians(70)} | words
    )


ROOF = camera({"window": {"mount": "cover"}}, {"x": 1.2, "z": 1.9, "pitch": np.radians(15)})


def test_a_camera_on_the_roof_sees_the_bonnet_as_the_ego_and_nobody() -> None:
    seen = render(stage(), "roof", ROOF, 500_000_000)
    own = seen.semantic == EGO
    assert 0.05 < own.mean() < 0.5
    assert (seen.instance[own] == 0).all()
    assert own[-1, 80] and not own[:40].any()
    # A flat roof 0.4 m below: depth along the axis of the lowest row's middle ray.
    row, turn = 95.0, np.radians(15)
    slope = (row - 47.5) / float(seen.model.matrix[1, 1])
    down = np.sin(turn) + slope * np.cos(turn)
    assert seen.depth_m[95, 80] == pytest.approx(0.4 / down, rel=0.02)
    assert (seen.instance == 2).any()  # the car ahead keeps its own


@pytest.mark.parametrize(
    ("words", "mount"),
    [
        ({}, {"x": 1.2, "z": 1.9, "pitch": np.radians(15)}),  # ahead without words: behind a windscreen
        ({"window": {"mount": "cover"}}, {"x": 2.0, "z": 0.7}),  # in the bumper: inside the body
        ({"window": {"mount": "cover"}}, {"x": 2.4, "z": 0.7}),  # before it, with nothing in view
    ],
)
def test_others_look_past_it(words: dict[str, object], mount: dict[str, float]) -> None:
    seen = render(stage(), "front", camera(words, mount), 500_000_000)
    assert not (seen.semantic == EGO).any() and not (seen.instance == 1).any()


def test_a_fisheye_beside_the_door_sees_the_flank() -> None:
    eye = camera(
        {"fov": np.radians(190), "fisheye": [0.0, 0.0, 0.0, 0.0], "width": 128},
        {"x": 0.7, "y": 1.05, "z": 1.0, "yaw": np.radians(90), "pitch": np.radians(40)},
    )
    seen = render(stage(), "left", eye, 500_000_000)
    own = seen.semantic == EGO
    assert 0.05 < own.mean() < 0.5
    assert own[-8:].mean() > own[:40].mean()
