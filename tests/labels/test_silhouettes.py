"""Silhouettes of boxes against what projective geometry says on paper."""

import numpy as np
import pytest
from numpy.typing import NDArray

from labelers.geometry import inverse_rigid
from renderers.frames import CameraModel
from renderers.optics import FORWARD_FROM_OPTICAL, pixel_rays, world_directions
from renderers.optics import camera_model as camera_of
from renderers.projection import cuboid_corners, flat_bounds, image_bounds, whole_image
from renderers.silhouettes import Silhouette, silhouette
from renderers.tracer import prepare
from renderers.view import view_of
from scenarios.schema import Camera
from sim.trace import pose_matrix
from tests.labels.cubes import box_scene, empty_frame, standing
from tests.labels.synthetic import camera_model

CAMERA = pose_matrix(np.array([0.0, 0.0, 1.5]), np.zeros(3)) @ FORWARD_FROM_OPTICAL
BARREL = (-0.28, 0.07, 0.0006, -0.0004, -0.004)
Pose = NDArray[np.float64]
Size = tuple[float, float, float]


def _alone(
    boxes: list[tuple[Pose, Size]], actor: int, model: CameraModel, camera: Pose = CAMERA
) -> Silhouette | None:
    pose, size = boxes[actor]
    camera_from_actor = inverse_rigid(camera) @ pose
    corners = cuboid_corners(size) @ camera_from_actor[:3, :3].T + camera_from_actor[:3, 3]
    prepared = prepare(box_scene(boxes), camera[:3, 3])
    return silhouette(prepared, actor, corners, empty_frame(model, camera), instance_id=77)


def _visible(boxes: list[tuple[Pose, Size]], actor: int, model: CameraModel) -> NDArray[np.bool_]:
    """The camera's own answer: all pixels, all actors."""
    scene = box_scene(boxes)
    view = view_of(model)
    hits = prepare(scene, CAMERA[:3, 3]).trace(world_directions(view.rays, CAMERA), far_m=view.far)
    met = np.where(hits.placement >= 0, scene.actor[hits.placement], -1)
    down, across = -(-model.height_px // 8), -(-model.width_px // 8)
    plane = met.reshape(down, across, 8, 8).transpose(0, 2, 1, 3).reshape(down * 8, across * 8)
    visible: NDArray[np.bool_] = plane[: model.height_px, : model.width_px] == actor
    return visible


def _whole(found: Silhouette, model: CameraModel) -> NDArray[np.bool_]:
    plane = np.zeros((model.height_px, model.width_px), bool)
    x, y = found.origin_px
    plane[y : y + found.mask.shape[0], x : x + found.mask.shape[1]] = found.mask
    return plane


def test_a_cube_ahead_covers_the_rectangle_of_its_near_face() -> None:
    # Near face at x = 9, 2 m wide and high, its centre at the height of the lens: 200 px * 2 m / 9 m each way.
    model = camera_model(321, 201, 450.0)
    found = _alone([(standing(10.0, 0.0, z_m=0.5), (2.0, 2.0, 2.0))], 0, model)
    assert found is not None
    assert found.bounds == (
        110.0,
        50.0,
        211.0,
        151.0,
    )  # centre (160, 100) and 50 px to each side, borders included
    assert found.pixels == 101 * 101
    assert found.truncation == 0.0
    assert found.full == found.bounds
    assert np.all(found.depth_m[found.mask] == pytest.approx(9.0, abs=1e-4))


def test_a_plate_centred_on_the_border_is_half_truncated() -> None:
    model = camera_model(320, 200, 400.0)
    border_y = 20.0 * 160.0 / 400.0  # the left border, u = -0.5, at 20 m
    found = _alone([(standing(20.0, border_y), (0.02, 3.0, 3.0))], 0, model)
    assert found is not None
    assert found.truncation == pytest.approx(0.5, abs=0.01)
    assert found.full is not None
    assert found.full[0] == pytest.approx(-30.0, abs=1.0)
    assert found.full[2] == pytest.approx(30.0, abs=1.0)


def test_truncation_grows_as_a_car_leaves_the_image() -> None:
    model = camera_model(320, 200, 400.0)
    shares = []
    for y in np.arange(5.0, 10.5, 0.25):
        found = _alone([(standing(20.0, float(y)), (4.7, 2.0, 1.5))], 0, model)
        if found is not None:
            shares.append(found.truncation)
    assert shares[0] == 0.0
    assert shares[-1] > 0.9
    assert np.all(np.diff(shares) >= -0.005)


def test_visible_pixels_are_a_subset_of_the_silhouette_and_occlusion_grows_as_an_occluder_slides() -> None:
    model = camera_model()
    hidden = []
    for y in np.arange(-7.0, 0.1, 0.5):
        boxes = [
            (standing(20.0, 0.0, 0.7), (4.7, 2.0, 1.5)),
            (standing(12.0, float(y), 0.1), (5.9, 4.4, 2.6)),
        ]
        found = _alone(boxes, 0, model)
        assert found is not None
        visible = _visible(boxes, 0, model)
        assert not np.any(visible & ~_whole(found, model))
        hidden.append(1.0 - visible.sum() / found.pixels)
    assert hidden[0] == 0.0
    assert hidden[-1] == 1.0
    assert np.all(np.diff(hidden) >= 0.0)


@pytest.mark.parametrize("distortion", [(0.0,) * 5, BARREL])
def test_nothing_in_front_means_the_silhouette_is_what_the_camera_sees(distortion: tuple[float, ...]) -> None:
    plain = camera_model()
    model = CameraModel(plain.width_px, plain.height_px, plain.matrix, np.array(distortion))
    boxes = [(standing(9.0, 2.6, 0.4), (4.7, 2.0, 1.5)), (standing(30.0, -9.0, 0.4), (4.7, 2.0, 1.5))]
    for actor in (0, 1):
        found = _alone(boxes, actor, model)
        assert found is not None
        assert np.array_equal(_whole(found, model), _visible(boxes, actor, model))


def test_distortion_hardly_changes_the_truncation_of_a_plate_on_the_border() -> None:
    plain = camera_model(320, 200, 400.0)
    bent = CameraModel(320, 200, plain.matrix, np.array(BARREL))
    left = pixel_rays(bent, np.array([[-0.5, 99.5]]))[0]
    found = _alone([(standing(20.0, -20.0 * left[0]), (0.02, 3.0, 3.0))], 0, bent)
    assert found is not None
    assert found.truncation == pytest.approx(0.5, abs=0.03)


def test_an_actor_beside_the_lens_is_cut_at_the_near_plane_and_stays_finite() -> None:
    model = camera_model()
    found = _alone([(standing(1.0, 2.0), (8.6, 2.5, 3.4))], 0, model)
    assert found is not None
    assert found.full is not None
    assert np.all(np.isfinite(found.full))
    assert found.full[0] >= -model.width_px
    assert 0.3 < found.truncation < 1.0


def test_an_actor_behind_the_camera_has_no_box() -> None:
    model = camera_model()
    corners = cuboid_corners((4.7, 2.0, 1.5)) @ CAMERA[:3, :3] + np.array([0.0, 0.0, -20.0])
    assert flat_bounds(corners, model) is None
    assert image_bounds(corners, model) is None


def test_a_cuboid_around_the_lens_fills_the_image() -> None:
    model = camera_model()
    corners = np.array([[x, y, z] for x in (-3.0, 3.0) for y in (-3.0, 3.0) for z in (-3.0, 3.0)])
    bounds = image_bounds(corners, model)
    assert bounds == whole_image(model)


def test_the_projected_cuboid_contains_the_silhouette() -> None:
    model = camera_model()
    for yaw in np.linspace(0.0, 3.0, 7):
        box = (standing(9.0, 2.6, float(yaw)), (4.7, 2.0, 1.5))
        found = _alone([box], 0, model)
        camera_from_actor = inverse_rigid(CAMERA) @ box[0]
        corners = cuboid_corners(box[1]) @ camera_from_actor[:3, :3].T + camera_from_actor[:3, 3]
        bounds = image_bounds(corners, model)
        assert found is not None and found.bounds is not None and bounds is not None
        assert bounds[0] <= found.bounds[0] + 0.5
        assert bounds[1] <= found.bounds[1] + 0.5
        assert bounds[2] >= found.bounds[2] - 0.5
        assert bounds[3] >= found.bounds[3] - 0.5


FISHEYE = Camera[float].model_validate(
    {
        "mount": {"z": 1.5},
        "width": 320,
        "height": 240,
        "fov": np.radians(190),
        "fisheye": (-0.012, 0.004, -0.003, 0.0005),
        "field": np.radians(200),
    }
)
CAR = (4.5, 1.8, 1.5)


@pytest.mark.parametrize(
    ("x", "y", "yaw"),
    [
        (8.0, 0.0, 0.3), (1.0, 2.5, 0.0), (-0.5, 2.2, 0.0), (0.0, -4.0, 1.2), (-1.5, 3.0, 0.5), (-2.6, 0.0, 1.57),
        (0.3, 6.0, 0.7), (0.0, 1.2, 0.0),
    ],
)  # fmt: skip
def test_a_fisheye_s_boxes_hold_what_it_sees_ahead_beside_and_behind_its_own_plane(
    x: float, y: float, yaw: float
) -> None:
    model = camera_of(FISHEYE)
    boxes = [(standing(x, y, yaw), CAR)]
    found = _alone(boxes, 0, model)
    seen = _visible(boxes, 0, model)
    if found is None:
        assert not seen.any()
        return
    assert np.array_equal(_whole(found, model), seen)
    pose, size = boxes[0]
    camera_from_actor = inverse_rigid(CAMERA) @ pose
    corners = cuboid_corners(size) @ camera_from_actor[:3, :3].T + camera_from_actor[:3, 3]
    box = image_bounds(corners, model)
    assert box is not None and found.bounds is not None
    # A cuboid is its own silhouette: its bounds and those of its pixels differ by less than a pixel on each side,
    # but at the rim of the field, which pixel centres only approach.
    assert np.abs(np.subtract(box, found.bounds)).max() < 1.5
    assert found.full is not None and 0.0 <= found.truncation < 1.0


def test_a_car_right_behind_a_fisheye_surrounds_the_dark_and_is_mostly_cut_off() -> None:
    model = camera_of(FISHEYE)
    aside, behind = (_alone([(standing(x, 3.0), CAR)], 0, model) for x in (2.0, -1.5))
    assert aside is not None and behind is not None
    assert aside.truncation < 0.1 < behind.truncation
    assert _alone([(standing(-8.0, 0.5), CAR)], 0, model) is None


def test_a_cuboid_around_a_fisheye_fills_its_image() -> None:
    model = camera_of(FISHEYE)
    camera_from_actor = inverse_rigid(CAMERA) @ standing(0.0, 0.0)
    corners = cuboid_corners((4.0, 4.0, 3.0)) @ camera_from_actor[:3, :3].T + camera_from_actor[:3, 3]
    assert image_bounds(corners, model) == whole_image(model)
