"""The moon's disc: as large, as bright and as full as it is, and only where the sky is seen."""

import numpy as np
import pytest

from renderers.moon import RADIUS_RAD, RGB, add_moon, disc, lit_share, luminance, towards
from renderers.optics import camera_model
from scenarios.schema import Camera
from tests.support.small_stage import weather

CAMERA = Camera[float].model_validate(
    {"mount": {"z": 1.4}, "width": 400, "height": 300, "fov": np.radians(8)}
)
MODEL = camera_model(CAMERA)
NORTH = np.eye(4)
NORTH[:3, :3] = np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]])  # x east, y down, z north
FULL = weather(
    moon_elevation_rad=np.radians(2.0), moon_azimuth_rad=0.0, moon_illuminance_lx=0.005,
    sun_elevation_rad=np.radians(-2.0), sun_azimuth_rad=np.pi, cloud_okta=0.0,
)  # fmt: skip


def _seen(state: object = FULL, depth: float = np.inf) -> np.ndarray:
    image = np.zeros((300, 400, 3), np.float32)
    add_moon(state, MODEL, NORTH, np.full((300, 400), depth, np.float32), image)  # type: ignore[arg-type]
    return image


def test_a_full_moon_is_half_a_degree_wide_and_stands_where_it_should() -> None:
    image = _seen()[..., 1]
    rows, columns = np.nonzero(image > 0.3 * image.max())
    focal = float(MODEL.matrix[0, 0])
    wide = columns.max() - columns.min() + 1
    assert wide == pytest.approx(2 * RADIUS_RAD * focal, rel=0.06)
    assert columns.mean() == pytest.approx(199.5, abs=1.0)
    assert rows.mean() == pytest.approx(149.5 - focal * np.tan(np.radians(2.0)), abs=3.0)


def test_half_a_moon_is_lit_on_the_side_of_the_sun() -> None:
    moon, sun = towards(0.5, 0.0), towards(0.0, -0.5 * np.pi)
    assert lit_share(moon, sun) == pytest.approx(0.5)
    side = np.linspace(-0.9, 0.9, 7)[:, None] * RADIUS_RAD * np.array([1.0, 0.0, 0.0])
    light = disc(moon + side, moon, sun)
    assert np.all(light[:3] > 0.3)  # the west
    assert np.all(light[4:] == 0.0)


def test_its_light_is_that_of_the_weather() -> None:
    moon, sun = towards(0.6, 0.0), towards(-0.6, np.pi)
    state = weather(moon_elevation_rad=0.6, moon_illuminance_lx=0.1, cloud_okta=0.0)
    flat = luminance(state, moon, sun) * np.pi * RADIUS_RAD**2 * np.sin(0.6)
    assert flat == pytest.approx(0.1, rel=0.02)
    assert pytest.approx(1.0, abs=0.02) == RGB @ [0.2126, 0.7152, 0.0722]
    overcast = weather(moon_elevation_rad=0.6, moon_illuminance_lx=0.1, cloud_okta=8.0)
    assert luminance(overcast, moon, sun) == 0.0


def test_what_stands_before_it_hides_it() -> None:
    assert _seen().max() > 100.0
    assert not _seen(depth=50.0).any()
