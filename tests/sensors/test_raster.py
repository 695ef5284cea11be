"""What a pinhole's pixels see as triangles is what rays through their centres meet, bit for bit."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from renderers.frames import CameraModel
from renderers.mesh import Mesh
from renderers.optics import world_directions
from renderers.raster import raster_of, see, things_of
from renderers.scene import CASTS_SHADOW, Scene
from renderers.stage import Stage
from renderers.tracer import Hits, PreparedScene, prepare
from renderers.view import view_of
from sim.app.tiny import tiny_concrete
from sim.simulate import simulate
from tests.sensors.test_bvh import soup
from tests.sensors.test_tracer import random_pose, sphere
from tests.support.naive_trace import box, mesh_of, quad, scene_of

WIDTH, HEIGHT = 333, 190  # neither ends with a tile or a region
AHEAD = np.array([[0.0, 0.0, 1.0], [-1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])  # a camera that looks along x


def pinhole(width: int = WIDTH, height: int = HEIGHT, focal_px: float = 240.0) -> CameraModel:
    matrix = np.array([[focal_px, 0.0, 0.47 * width], [0.0, 1.02 * focal_px, 0.55 * height], [0.0, 0.0, 1.0]])
    return CameraModel(width, height, matrix, np.zeros(5))


def both(
    prepared: PreparedScene, turn: NDArray[np.float64], model: CameraModel, threads: int = 1
) -> tuple[Hits, Hits]:
    """What triangles say, and what rays say."""
    world_from_camera = np.eye(4)
    world_from_camera[:3, :3] = turn
    direction = world_directions(view_of(model).rays, world_from_camera)
    raster = raster_of(model, world_from_camera)
    assert raster is not None
    seen, traced = Hits.empty(len(direction)), Hits.empty(len(direction))
    see(prepared, raster, direction, seen, threads)
    prepared.trace_into(traced, direction)
    return seen, traced


def agree(scene: Scene, origin: NDArray[np.float64], turn: NDArray[np.float64], model: CameraModel) -> Hits:
    seen, traced = both(prepare(scene, origin), turn, model)
    for name in ("placement", "triangle", "range_m", "u", "v"):
        np.testing.assert_array_equal(getattr(seen, name), getattr(traced, name), err_msg=name)
    return seen


def yawed(yaw_rad: float, pitch_rad: float = 0.0, roll_rad: float = 0.0) -> NDArray[np.float64]:
    c, s = np.cos(yaw_rad), np.sin(yaw_rad)
    d, t = np.cos(pitch_rad), np.sin(pitch_rad)
    e, r = np.cos(roll_rad), np.sin(roll_rad)
    yaw = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    pitch = np.array([[d, 0.0, t], [0.0, 1.0, 0.0], [-t, 0.0, d]])
    roll = np.array([[1.0, 0.0, 0.0], [0.0, e, -r], [0.0, r, e]])
    return np.asarray(yaw @ pitch @ roll @ AHEAD)


def ground(half_m: float = 400.0, cells: int = 40) -> Mesh:
    """Level ground in long thin triangles, as roads are."""
    x = np.linspace(-half_m, half_m, cells + 1)
    y = np.linspace(-7.0, 7.0, 5)
    points = np.stack([*np.meshgrid(x, y, indexing="ij"), np.zeros((cells + 1, 5))], axis=-1).reshape(-1, 3)
    i, j = np.meshgrid(np.arange(cells), np.arange(4), indexing="ij")
    k = (5 * i + j).ravel()
    triangles = np.concatenate([np.stack([k, k + 5, k + 6], 1), np.stack([k, k + 6, k + 1], 1)])
    return mesh_of(points, triangles)


@pytest.mark.parametrize("seed", range(12))
def test_turned_parts_about_the_camera(seed: int) -> None:
    """Triangles in front, behind, across the camera's plane and about the camera itself."""
    rng = np.random.default_rng(seed)
    trees = [soup(seed + k, 40, 1.0, 0.7) for k in range(12)]
    scene = scene_of(soup(seed + 50, 400, 12.0, 2.0), trees, [random_pose(rng, 8.0) for _ in trees])
    seen = agree(scene, rng.uniform(-3, 3, 3), random_pose(rng, 1.0)[:3, :3], pinhole())
    assert len(np.unique(seen.triangle)) > 5


@pytest.mark.parametrize("seed", range(4))
def test_leaves_of_a_few_pixels(seed: int) -> None:
    crown = soup(seed, 30000, 3.0, 0.06)
    pose = random_pose(np.random.default_rng(seed), 1.0)
    pose[:3, 3] = (14.0, 1.0, 2.0)
    seen = agree(scene_of(ground(), [crown], [pose]), np.array((0.0, 0.0, 1.5)), yawed(0.05, 0.02), pinhole())
    assert len(np.unique(seen.triangle[seen.placement == 1])) > 3000


@pytest.mark.parametrize("height_m", [0.02, 0.3, 1.5, 40.0])
@pytest.mark.parametrize("yaw_rad", [0.0, 0.4, np.pi / 2])
def test_a_road_seen_along_its_surface(height_m: float, yaw_rad: float) -> None:
    posts = [box((0.01, 0.01, 6.0)) for _ in range(30)]
    poses = [np.eye(4) for _ in posts]
    for k, pose in enumerate(poses):
        pose[:3, 3] = (3.0 + 5.0 * k, (-1) ** k * 6.5, 0.0)
    turn = yawed(yaw_rad, 1.2 if height_m > 10.0 else 0.0)
    seen = agree(scene_of(ground(), posts, poses), np.array((1.0, 0.3, height_m)), turn, pinhole())
    assert (seen.placement == 0).any()


@pytest.mark.parametrize("offset_m", [0.0, 1e-4, 0.04, 0.06])
def test_a_camera_in_a_box_and_before_a_wall(offset_m: float) -> None:
    """The box encloses the camera; the wall stands closer than anything that is projected."""
    pose = np.eye(4)
    pose[:3, 3] = (0.0, 0.1, 0.0)
    wall = quad(
        [(offset_m, -50.0, -50.0), (offset_m, 50.0, -50.0), (offset_m, 50.0, 50.0), (offset_m, -50.0, 50.0)]
    )
    scene = scene_of(wall, [box((4.0, 2.0, 1.8))], [pose])
    for yaw in (0.0, 1.0, 2.5, np.pi):
        seen = agree(scene, np.array((0.0, 0.0, 0.9)), yawed(yaw, 0.1, 0.2), pinhole())
        assert (seen.triangle >= 0).all()


def test_a_wide_lens_and_a_long_one() -> None:
    vertices, faces = sphere(60, 90)
    scene = scene_of(mesh_of(20.0 * vertices, faces), [mesh_of(vertices, faces)], [np.eye(4)])
    for focal in (20.0, 90.0, 3000.0):
        seen = agree(scene, np.array((-6.0, 0.2, 0.1)), yawed(0.02), pinhole(focal_px=focal))
        assert (seen.triangle >= 0).all()


def test_equal_depths_go_to_the_lower_ids() -> None:
    """The same plate three times in one place."""
    plate = quad([(0.0, -3.0, -2.0), (0.0, 3.0, -2.0), (0.0, 3.0, 2.0), (0.0, -3.0, 2.0)])
    pose = np.eye(4)
    pose[:3, 3] = (5.0, 0.0, 0.0)
    scene = scene_of(soup(1, 10, 1.0), [plate] * 3, [pose] * 3)
    seen = agree(scene, np.array((-5.0, 0.0, 0.0)), yawed(0.0), pinhole())
    assert set(np.unique(seen.placement)) <= {-1, 0, 1}


def test_what_sensors_must_not_see_is_left_out() -> None:
    pose = np.eye(4)
    pose[:3, 3] = (5.0, 0.0, 0.0)
    scene = scene_of(ground(), [box((2.0, 2.0, 2.0))], [pose])
    scene = replace(scene, mask=np.array([3, CASTS_SHADOW], np.uint8))
    assert (agree(scene, np.array((0.0, 0.0, 1.0)), yawed(0.0), pinhole()).placement != 1).all()


def test_nothing_is_seen_where_nothing_is() -> None:
    assert (agree(scene_of(soup(1, 0), [], []), np.zeros(3), yawed(0.0), pinhole()).triangle == -1).all()


def test_a_street_far_from_its_origin_from_all_sides() -> None:
    stage = Stage(simulate(tiny_concrete("clear")))
    scene = stage.scene(300_000_000)
    eye = scene.world_from_part[1:, :, 3].mean(axis=0)
    for yaw in np.linspace(0.0, 2 * np.pi, 5, endpoint=False):
        for back_m in (8.0, 600.0):
            turn = yawed(float(yaw), 0.05)
            agree(scene, eye - back_m * turn[:, 2] + (0.0, 0.0, 1.2), turn, pinhole())


def test_the_bytes_do_not_depend_on_the_number_of_threads() -> None:
    rng = np.random.default_rng(3)
    scene = scene_of(soup(3, 2000, 12.0, 1.0), [soup(4, 200)], [random_pose(rng, 6.0)])
    prepared, turn, model = prepare(scene, np.zeros(3)), random_pose(rng, 1.0)[:3, :3], pinhole(640, 400)
    alone, together = both(prepared, turn, model)[0], both(prepared, turn, model, threads=4)[0]
    for name in ("placement", "triangle", "range_m", "u", "v"):
        assert getattr(alone, name).tobytes() == getattr(together, name).tobytes()


def test_rays_between_the_centres_of_pixels() -> None:
    """Pictures that are the mean of several look through other points of the pixels."""
    scene, model, turn = scene_of(ground(), [soup(5, 3000, 3.0, 0.1)], [np.eye(4)]), pinhole(), np.eye(4)
    turn[:3, :3] = yawed(0.1)
    view, prepared = view_of(model), prepare(scene, np.array((-8.0, 0.0, 1.0)))
    u, v = np.float32(0.375), np.float32(-0.125)
    rays = world_directions(view.rays + u * view.right + v * view.down, turn)
    raster = raster_of(model, turn, (float(u), float(v)))
    assert raster is not None
    seen, traced = Hits.empty(len(rays)), Hits.empty(len(rays))
    see(prepared, raster, rays, seen)
    prepared.trace_into(traced, rays)
    np.testing.assert_array_equal(seen.triangle, traced.triangle)
    np.testing.assert_array_equal(seen.u, traced.u)


def test_instances_and_depths_alone_are_those_of_the_hits() -> None:
    plate = quad([(0.0, -1.0, -1.0), (0.0, 1.0, -1.0), (0.0, 1.0, 1.0), (0.0, -1.0, 1.0)])
    pose = np.eye(4)
    pose[:3, 3] = (5.0, 0.0, 1.0)
    scene = scene_of(ground(), [plate], [pose])
    scene = replace(scene, instance=np.array([0, 71], np.int32))
    model, turn = pinhole(), np.eye(4)
    turn[:3, :3] = yawed(0.0)
    raster = raster_of(model, turn)
    assert raster is not None
    rays = world_directions(view_of(model).rays, turn)
    instance, depth = things_of(prepare(scene, np.array((0.0, 0.0, 1.0))), raster, rays)
    assert instance.shape == depth.shape == (HEIGHT, WIDTH)
    row, column = int(model.matrix[1, 2]), int(model.matrix[0, 2])
    assert instance[row, column] == 71
    assert depth[row, column] == pytest.approx(5.0, abs=1e-4)
    assert np.isinf(depth[0, 0])
    assert instance[0, 0] == 0
    # The plate is 2 m wide and high: 96 by 98 pixels at 5 m.
    assert (instance == 71).sum() == pytest.approx(2 * 240 / 5 * 2 * 244.8 / 5, rel=0.03)
    below = model.matrix[1, 1] * 1.0 / depth[-1, 5] + model.matrix[1, 2]
    assert below == pytest.approx(HEIGHT - 1, abs=0.01)


def test_bent_lenses_are_left_to_rays() -> None:
    model = pinhole()
    assert raster_of(model, np.eye(4)) is not None
    assert raster_of(replace(model, distortion=np.array((-0.1, 0.0, 0.0, 0.0, 0.0))), np.eye(4)) is None
    assert raster_of(replace(model, distortion=np.zeros(4), fisheye=True), np.eye(4)) is None
