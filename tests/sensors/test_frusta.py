"""What a frustum of rays sees of triangles is what packets of the same rays meet, bit for bit."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from renderers.frames import CameraModel
from renderers.mesh import Mesh
from renderers.optics import world_directions
from renderers.scene import CASTS_SHADOW, Scene
from renderers.stage import Stage
from renderers.things import things_ahead, things_of
from renderers.tracer import Hits, PreparedScene, block_order, packets_of, prepare
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


NAMES = ("placement", "triangle", "range_m", "u", "v")


def both(
    prepared: PreparedScene, turn: NDArray[np.float64], model: CameraModel, threads: int = 1
) -> tuple[Hits, Hits]:
    """What frusta say, and what packets say."""
    world_from_camera = np.eye(4)
    world_from_camera[:3, :3] = turn
    view = view_of(model)
    direction = world_directions(view.rays, world_from_camera)
    seen = prepared.see(direction, None, 0.0, view.far, which=view.tiles, threads=threads)
    return seen, prepared.trace(direction, None, 0.0, view.far)


def same(seen: Hits, traced: Hits) -> Hits:
    for name in NAMES:
        np.testing.assert_array_equal(getattr(seen, name), getattr(traced, name), err_msg=name)
    return seen


def agree(scene: Scene, origin: NDArray[np.float64], turn: NDArray[np.float64], model: CameraModel) -> Hits:
    return same(*both(prepare(scene, origin), turn, model))


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
    for name in NAMES:
        assert getattr(alone, name).tobytes() == getattr(together, name).tobytes()


def test_rays_between_the_centres_of_pixels() -> None:
    """Pictures that are the mean of several look through other points of the pixels."""
    scene, model, turn = scene_of(ground(), [soup(5, 3000, 3.0, 0.1)], [np.eye(4)]), pinhole(), np.eye(4)
    turn[:3, :3] = yawed(0.1)
    view, prepared = view_of(model), prepare(scene, np.array((-8.0, 0.0, 1.0)))
    u, v = np.float32(0.375), np.float32(-0.125)
    rays = world_directions(view.rays + u * view.right + v * view.down, turn)
    same(prepared.see(rays, which=view.tiles), prepared.trace(rays))


def test_instances_and_depths_alone_are_those_of_the_hits() -> None:
    plate = quad([(0.0, -1.0, -1.0), (0.0, 1.0, -1.0), (0.0, 1.0, 1.0), (0.0, -1.0, 1.0)])
    pose = np.eye(4)
    pose[:3, 3] = (5.0, 0.0, 1.0)
    scene = scene_of(ground(), [plate], [pose])
    scene = replace(scene, instance=np.array([0, 71], np.int32))
    model, turn = pinhole(), np.eye(4)
    turn[:3, :3] = yawed(0.0)
    rays = world_directions(view_of(model).rays, turn)
    instance, depth = things_of(prepare(scene, np.array((0.0, 0.0, 1.0))), model, rays)
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


@pytest.mark.parametrize("scattered", [False, True])
def test_what_is_shown_is_the_same_where_no_frustum_holds_the_rays(scattered: bool) -> None:
    """Pictures with tiles that stand over their edges, and rays one after the other."""
    rng = np.random.default_rng(8)
    trees = [soup(k, 60, 1.0, 0.7) for k in range(12)]
    scene = scene_of(ground(), trees, around_us(rng, len(trees)))
    scene = replace(scene, instance=np.arange(13, dtype=np.int32))
    matrix = np.array([[95.0, 0.0, 83.0], [0.0, 95.0, 75.0], [0.0, 0.0, 1.0]])
    model = CameraModel(165, 150, matrix, np.zeros(5), False, np.radians(80.0))
    view, prepared = view_of(model), prepare(scene, np.array((0.3, -0.2, 0.1)))
    turn = np.eye(4)
    turn[:3, :3] = yawed(0.2)
    rays = world_directions(view.rays, turn)
    if scattered:
        rays = rng.permutation(rays) * rng.choice(np.array((-1, 1), np.float32), (len(rays), 1))
    hits = prepared.trace(rays, None, 0.0, view.far)
    shown = np.where(hits.triangle >= 0, scene.instance[hits.placement], 0)
    instance, depth = things_of(prepared, model, rays, 2)
    across = view.tiles_across
    for found, expected in ((instance, shown), (depth, hits.range_m)):
        rows = expected.reshape(-1, across, 8, 8).swapaxes(1, 2).reshape(-1, 8 * across)
        np.testing.assert_array_equal(found, rows[:150, :165])
    assert len(np.unique(instance)) > 3
    some = rays[: len(rays) - 30]
    hits = prepared.trace(some)
    instance, _, range_m = things_ahead(prepared, some, 2)
    np.testing.assert_array_equal(range_m, hits.range_m)
    np.testing.assert_array_equal(instance, np.where(hits.triangle >= 0, scene.instance[hits.placement], 0))


@pytest.mark.parametrize("threads", [1, 3])
def test_instances_classes_and_ranges_of_rays_alone_are_those_of_the_hits(threads: int) -> None:
    rng = np.random.default_rng(5)
    trees = [soup(k, 40, 1.0, 0.7) for k in range(12)]
    scene = scene_of(soup(50, 400, 12.0, 2.0), trees, [random_pose(rng, 8.0) for _ in trees])
    count = len(scene.geometry.semantic)
    own = np.where(np.arange(count) % 3 == 0, 100 + np.arange(count) % 5, 0).astype(np.int32)
    geometry = replace(scene.geometry, instance=own, semantic=(1 + np.arange(count) % 7).astype(np.uint8))
    scene = replace(scene, geometry=geometry, instance=np.arange(13, dtype=np.int32))
    order = block_order(40, 300)
    azimuth, elevation = np.meshgrid(np.linspace(0.0, 6.2, 300), np.linspace(-0.4, 0.3, 40))
    rays = np.stack(
        [np.cos(azimuth) * np.cos(elevation), np.sin(azimuth) * np.cos(elevation), np.sin(elevation)], axis=-1
    )
    direction = rays.reshape(-1, 3)[order].astype(np.float32)
    prepared = prepare(scene, np.zeros(3))
    hits = prepared.trace(direction)
    instance, semantic, range_m = things_ahead(prepared, direction, threads)
    met = hits.triangle >= 0
    assert 1000 < met.sum() < len(met)
    own = geometry.instance[hits.triangle]
    expected = np.where(met, np.where(own > 0, own, scene.instance[hits.placement]), 0)
    np.testing.assert_array_equal(instance, expected)
    np.testing.assert_array_equal(semantic, np.where(met, geometry.semantic[hits.triangle], 0))
    np.testing.assert_array_equal(range_m, hits.range_m)
    assert len(np.unique(instance)) > 9


@pytest.mark.parametrize("fisheye", [False, True])
def test_bent_lenses(fisheye: bool) -> None:
    """Rays of a fisheye of 220 degrees go backwards, too; tiles beyond its circle ask nothing."""
    rng = np.random.default_rng(11)
    trees = [soup(60 + k, 60, 1.0, 0.7) for k in range(12)]
    scene = scene_of(soup(61, 600, 12.0, 0.8), trees, [random_pose(rng, 8.0) for _ in trees])
    if fisheye:
        matrix = np.array([[95.0, 0.0, 160.0], [0.0, 95.0, 150.0], [0.0, 0.0, 1.0]])
        model = CameraModel(333, 301, matrix, np.array((0.02, -0.004, 0.0, 0.0)), True, np.radians(220.0))
    else:
        model = replace(pinhole(), distortion=np.array((-0.25, 0.06, 0.001, -0.002, 0.0)))
    seen = agree(scene, np.array((0.3, -0.2, 0.1)), random_pose(rng, 1.0)[:3, :3], model)
    assert len(np.unique(seen.triangle)) > 60


def around_us(rng: np.random.Generator, count: int) -> list[NDArray[np.float64]]:
    """Turned poses 3 to 12 m away at all sides, where a lidar at 1.7 m looks."""
    poses = [random_pose(rng, 1.0) for _ in range(count)]
    for k, pose in enumerate(poses):
        aside, far = 2.0 * np.pi * k / count, rng.uniform(3.0, 12.0)
        pose[:3, 3] = (far * np.cos(aside), far * np.sin(aside), 0.9)
    return poses


def sweep(rings: int, steps: int, moved_m: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Rays of a turning lidar that moves sideways, in blocks; each step starts elsewhere."""
    order = block_order(rings, steps)
    ring, step = order // steps, order % steps
    aside, up = step / steps * 2.0 * np.pi + 0.01 * (ring % 3), np.radians(-25.0 + 27.0 * ring / rings)
    way = np.stack([np.cos(aside) * np.cos(up), np.sin(aside) * np.cos(up), np.sin(up)], axis=1)
    start = (step / steps - 0.5)[:, None] * np.array((0.4, 1.0, 0.05)) * moved_m + 0.01 * way
    return way.astype(np.float32), start.astype(np.float32)


@pytest.mark.parametrize("moved_m", [0.02, 3.0, 40.0])
def test_a_lidar_that_moves_while_it_turns(moved_m: float) -> None:
    """Near walls and posts, triangles about the lidar and far ones: every ray has a start of its own."""
    rng = np.random.default_rng(5)
    trees = [soup(70 + k, 50, 1.0, 0.4) for k in range(10)] + [box((0.03, 0.03, 5.0))] * 6
    scene = scene_of(ground(), trees, around_us(rng, len(trees)))
    direction, start = sweep(40, 260, moved_m)
    prepared = prepare(scene, np.array((0.0, 0.0, 1.7)))
    seen = same(prepared.see(direction, start), prepared.trace(direction, start))
    assert len(np.unique(seen.placement)) > 10
    alone = prepared.see(direction, start, threads=3)
    assert all(getattr(alone, name).tobytes() == getattr(seen, name).tobytes() for name in NAMES)


def test_rays_of_their_own_reach() -> None:
    """Nearest and farthest ranges ray by ray, some of which ask nothing, and directions of any length."""
    rng = np.random.default_rng(6)
    scene = scene_of(soup(62, 900, 9.0, 1.5), [soup(63, 80)], [random_pose(rng, 4.0)])
    direction, start = sweep(24, 200, 1.0)
    direction *= rng.uniform(0.2, 4.0, (len(direction), 1)).astype(np.float32)
    near = rng.uniform(0.0, 3.0, len(direction)).astype(np.float32)
    far = rng.choice([-1.0, 0.0, 2.0, 8.0, np.inf], len(direction)).astype(np.float32)
    prepared = prepare(scene, np.zeros(3))
    seen = same(prepared.see(direction, start, near, far), prepared.trace(direction, start, near, far))
    assert (seen.placement[far <= 0.0] == -1).all()
    assert (seen.placement >= 0).sum() > 500


def test_one_actor_alone_and_some_packets_alone() -> None:
    rng = np.random.default_rng(7)
    trees = [soup(80 + k, 300, 1.5) for k in range(3)]
    scene = scene_of(ground(), trees, around_us(rng, len(trees)))
    scene = replace(scene, actor=np.array([-1, 0, 1, 1], np.int32))
    direction, start = sweep(32, 120, 0.5)
    prepared = prepare(scene, np.array((0.0, 0.0, 1.5)))
    seen = same(prepared.see(direction, start, only_actor=1), prepared.trace(direction, start, only_actor=1))
    assert set(np.unique(seen.placement)) == {-1, 2, 3}
    which = np.array([7, 3, 40, 41], np.int32)
    some, all_of_them = prepared.see(direction, start, which=which), prepared.trace(direction, start)
    rows = (which[:, None] * 64 + np.arange(64)).ravel()
    np.testing.assert_array_equal(some.triangle[rows], all_of_them.triangle[rows])


def test_rays_that_go_anywhere_are_left_to_packets() -> None:
    """No frustum holds them: the answer is the same, if not as soon."""
    rng = np.random.default_rng(8)
    scene = scene_of(soup(64, 500, 9.0, 1.5), [], [])
    direction = rng.normal(size=(1000, 3)).astype(np.float32)
    prepared = prepare(scene, np.zeros(3))
    seen = same(prepared.see(direction), prepared.trace(direction))
    assert (seen.triangle >= 0).sum() > 200
    assert packets_of(len(direction)) == 16
