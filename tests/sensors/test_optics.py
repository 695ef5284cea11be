"""Pixels and points agree with OpenCV, and mounts point where their words say."""

import cv2
import numpy as np
import pytest

from renderers.optics import camera_model, mount_matrix, pixel_rays, project
from scenarios.schema import Camera, Mount

BARREL = (-0.28, 0.07, 0.0006, -0.0004, -0.004)


def _camera(**words: object) -> Camera[float]:
    fields = {"mount": Mount[float](z_m=1.4), "width_px": 1280, "height_px": 720, "fov_rad": np.radians(90)}
    return Camera[float](**{**fields, **words})


def test_the_field_of_view_spans_the_outer_edges_of_the_outer_pixels() -> None:
    model = camera_model(_camera())
    left, right = pixel_rays(model, [[-0.5, 359.5], [1279.5, 359.5]])
    assert np.allclose([left[0], right[0]], [-1.0, 1.0], atol=1e-12)
    assert np.allclose([left[1], right[1]], 0.0, atol=1e-12)


@pytest.mark.parametrize("distortion", [(0.0,) * 5, BARREL, (0.12, -0.05, 0.001, 0.002, 0.01)])
def test_points_land_where_opencv_puts_them(distortion: tuple[float, ...]) -> None:
    model = camera_model(_camera(fov_rad=np.radians(70), distortion=distortion))
    points = np.random.default_rng(1).uniform((-3, -2, 6), (3, 2, 40), (500, 3))
    theirs, _ = cv2.projectPoints(points, np.zeros(3), np.zeros(3), model.matrix, model.distortion)
    assert np.abs(project(model, points) - theirs[:, 0]).max() < 1e-9


def test_rays_are_what_opencv_undistorts() -> None:
    model = camera_model(_camera(fov_rad=np.radians(70), distortion=BARREL))
    pixels = np.random.default_rng(2).uniform((0, 0), (1279, 719), (400, 2))
    criteria = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 400, 1e-14)
    theirs = cv2.undistortPoints(
        pixels[:, None], model.matrix, model.distortion, None, np.eye(3), np.eye(3), criteria
    )
    assert np.abs(pixel_rays(model, pixels)[:, :2] - theirs[:, 0]).max() < 1e-8


@pytest.mark.parametrize("distortion", [(0.0,) * 5, BARREL])
def test_unprojecting_and_projecting_returns_to_the_pixel(distortion: tuple[float, ...]) -> None:
    model = camera_model(_camera(fov_rad=np.radians(80), distortion=distortion))
    v, u = np.mgrid[-0.5:720:7, -0.5:1280:7]
    pixels = np.stack([u, v], axis=-1)
    assert np.abs(project(model, 13.0 * pixel_rays(model, pixels)) - pixels).max() < 1e-6


def test_points_behind_the_camera_and_beyond_the_fold_have_no_pixel() -> None:
    model = camera_model(_camera(fov_rad=np.radians(60), distortion=BARREL))
    assert np.isnan(project(model, [0.1, 0.1, -2.0])).all()
    assert np.isnan(project(model, [9.0, 0.0, 1.0])).all()
    assert np.isfinite(project(model, [0.3, 0.0, 1.0])).all()


def test_a_lens_that_folds_inside_its_image_is_refused() -> None:
    with pytest.raises(ValueError, match="folds the image"):
        camera_model(_camera(fov_rad=np.radians(120), distortion=(-0.4, 0.0, 0.0, 0.0, 0.0)))


def test_mounts_turn_left_look_down_and_lean() -> None:
    down = Mount[float](x_m=1.2, y_m=0.1, z_m=1.5, pitch_rad=np.radians(10))
    ego_from_camera = mount_matrix(down, optical=True)
    assert np.allclose(ego_from_camera[:3, 2], [np.cos(np.radians(10)), 0.0, -np.sin(np.radians(10))])
    assert np.allclose(ego_from_camera[:3, 0], [0.0, -1.0, 0.0])  # the image's right is the ego's right
    assert np.allclose(ego_from_camera[:3, 3], [1.2, 0.1, 1.5])
    left = mount_matrix(Mount[float](z_m=1.5, yaw_rad=np.radians(90)), optical=False)
    assert np.allclose(left[:3, 0], [0.0, 1.0, 0.0])
    leaning = mount_matrix(Mount[float](z_m=1.5, roll_rad=np.radians(5)), optical=True)
    assert np.isclose(np.linalg.det(leaning[:3, :3]), 1.0)
    assert leaning[2, 0] < 0.0  # roll about the forward axis lowers the right side
