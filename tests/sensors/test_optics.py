"""Pixels and points agree with OpenCV, and mounts point where their words say."""

import cv2
import numpy as np
import pytest

from renderers.frames import CameraModel
from renderers.optics import camera_model, lit_pixels, mount_matrix, pixel_rays, project
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


EQUIDISTANT = (0.0, 0.0, 0.0, 0.0)
REAL = (-0.0120, 0.0040, -0.0030, 0.0005)
STRONG = (0.05, -0.02, 0.004, -0.0004)


def _fisheye(fov_deg: float = 190.0, bend: tuple[float, ...] = REAL, **words: object) -> CameraModel:
    return camera_model(_camera(height_px=960, fov_rad=np.radians(fov_deg), fisheye=bend, **words))


@pytest.mark.parametrize("bend", [EQUIDISTANT, REAL, STRONG])
def test_a_fisheye_puts_points_where_opencv_does(bend: tuple[float, ...]) -> None:
    model = _fisheye(bend=bend)
    points = np.random.default_rng(3).uniform((-20, -20, 0.05), (20, 20, 20), (2000, 3))
    theirs, _ = cv2.fisheye.projectPoints(
        points[:, None], np.zeros(3), np.zeros(3), model.matrix, model.distortion
    )
    assert np.abs(project(model, points) - theirs[:, 0]).max() < 1e-9


@pytest.mark.parametrize("bend", [EQUIDISTANT, REAL, STRONG])
@pytest.mark.parametrize("fov_deg", [100.0, 190.0, 220.0])
def test_a_fisheye_s_rays_return_to_their_pixels_beyond_a_right_angle(
    fov_deg: float, bend: tuple[float, ...]
) -> None:
    model = _fisheye(fov_deg, bend)
    v, u = np.mgrid[0:960:5, 0:1280:5].astype(float)
    pixels = np.stack([u, v], axis=-1)
    lit = lit_pixels(model)
    lit = np.ones(u.shape, bool) if lit is None else lit[::5, ::5]
    rays = pixel_rays(model, pixels)[lit]
    assert np.allclose(np.linalg.norm(rays, axis=1), 1.0, atol=1e-12)
    assert np.abs(project(model, 7.0 * rays) - pixels[lit]).max() < 1e-6
    if fov_deg > 180.0:
        assert rays[:, 2].min() < -0.08  # looks behind itself
    assert np.isnan(project(model, [0.0, 0.1, -1.0])).all()  # and not straight back


def test_a_fisheye_s_field_of_view_spans_the_middle_row() -> None:
    left, right = pixel_rays(_fisheye(200.0), [[-0.5, 479.5], [1279.5, 479.5]])
    assert np.degrees(np.arccos(left @ right)) == pytest.approx(160.0)  # 200 the long way round
    assert left[2] == pytest.approx(np.cos(np.radians(100.0)))


def test_a_fisheye_that_folds_inside_its_field_is_refused() -> None:
    with pytest.raises(ValueError, match="folds the image 54 degrees off the axis"):
        _fisheye(100.0, (-0.375, 0.0, 0.0, 0.0))
