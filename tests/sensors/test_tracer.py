"""The packet tracer says what the slow twin says, leaks nowhere, and does not care in what company a ray travels."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from renderers.scene import CASTS_SHADOW, SEEN_BY_SENSORS, Scene
from renderers.tracer import Hits, block_order, packets_of, prepare, prepare_each, trace
from tests.sensors.test_bvh import soup
from tests.support import naive_trace
from tests.support.naive_trace import mesh_of, quad, scene_of


def random_pose(rng: np.random.Generator, reach: float) -> NDArray[np.float64]:
    q, r = np.linalg.qr(rng.normal(size=(3, 3)))
    q *= np.sign(np.diag(r))
    if np.linalg.det(q) < 0:
        q[:, 0] *= -1
    pose = np.eye(4)
    pose[:3, :3] = q
    pose[:3, 3] = rng.uniform(-reach, reach, 3)
    return pose


def directions(rng: np.random.Generator, count: int) -> NDArray[np.float32]:
    d = rng.normal(size=(count, 3))
    d /= np.linalg.norm(d, axis=1, keepdims=True)
    return np.asarray(d, np.float32)


def crowd(seed: int) -> Scene:
    rng = np.random.default_rng(seed)
    trees = [soup(seed + k, 12, 1.0, 0.7) for k in range(9)]
    return scene_of(soup(seed + 50, 60, 12.0, 2.0), trees, [random_pose(rng, 10.0) for _ in trees])


def sphere(rows: int, columns: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    polar = np.linspace(0, np.pi, rows + 1)[1:-1]
    around = np.linspace(0, 2 * np.pi, columns, endpoint=False)
    p, a = np.meshgrid(polar, around, indexing="ij")
    ring = np.stack([np.sin(p) * np.cos(a), np.sin(p) * np.sin(a), np.cos(p)], -1).reshape(-1, 3)
    vertices = np.concatenate([[[0, 0, 1.0]], ring, [[0, 0, -1.0]]])
    faces = []
    last = len(vertices) - 1
    for j in range(columns):
        k = (j + 1) % columns
        faces += [(0, 1 + j, 1 + k), (last, 1 + (rows - 2) * columns + k, 1 + (rows - 2) * columns + j)]
        for i in range(rows - 2):
            a0, b0 = 1 + i * columns + j, 1 + i * columns + k
            faces += [(a0, a0 + columns, b0), (b0, a0 + columns, b0 + columns)]
    return vertices, np.array(faces)


def same(fast: Hits, slow: naive_trace.NaiveHits) -> None:
    """Equal but for rays within rounding of an edge."""
    agree = (fast.placement == slow.placement) & (fast.triangle == slow.triangle)
    assert agree.mean() > 0.998
    met = agree & (slow.placement >= 0)
    assert met.sum() > 100
    assert np.abs(fast.range_m[met] - slow.range_m[met]).max() < 2e-4
    assert np.abs(fast.u[met] - slow.u[met]).max() < 2e-3
    assert np.abs(fast.v[met] - slow.v[met]).max() < 2e-3


@pytest.mark.parametrize("seed", range(4))
def test_closest_hits_equal_the_twin(seed: int) -> None:
    scene, rng = crowd(seed), np.random.default_rng(seed)
    origin, rays = rng.uniform(-2, 2, 3), directions(rng, 2000)
    same(trace(scene, origin, rays), naive_trace.trace(scene, origin, rays))


@pytest.mark.parametrize("seed", range(4))
def test_rays_with_origins_of_their_own_equal_the_twin(seed: int) -> None:
    scene, rng = crowd(seed), np.random.default_rng(seed)
    origins, rays = rng.uniform(-12, 12, (2000, 3)), directions(rng, 2000)
    same(trace(scene, origins, rays), naive_trace.trace(scene, origins, rays))


def test_near_and_far_bound_a_ray() -> None:
    scene, rng = crowd(5), np.random.default_rng(5)
    rays = directions(rng, 2000)
    fast = prepare(scene, np.zeros(3)).trace(rays, None, 3.0, 8.0)
    same(fast, naive_trace.trace(scene, np.zeros(3), rays, 3.0, 8.0))


def test_any_hit_is_whether_there_is_a_closest_hit() -> None:
    scene, rng = crowd(6), np.random.default_rng(6)
    rays = directions(rng, 3000)
    prepared = prepare(scene, np.zeros(3))
    closest = prepared.trace(rays, None, 0.0, 9.0)
    any_hit = prepared.trace(rays, None, 0.0, 9.0, any_hit=True)
    assert np.array_equal(closest.placement >= 0, any_hit.placement >= 0)


def test_only_one_actor_is_seen_when_only_it_is_asked_for() -> None:
    scene, rng = crowd(7), np.random.default_rng(7)
    rays = directions(rng, 4000)
    alone = trace(scene, np.zeros(3), rays, only_actor=3)
    assert set(alone.placement) == {-1, 4}
    slow = naive_trace.trace(scene, np.zeros(3), rays, only_actor=3)
    assert ((alone.placement >= 0) == (slow.placement >= 0)).mean() > 0.998


def test_one_tree_for_several_instants_finds_the_same_hits_to_the_last_bit() -> None:
    rng, scene = np.random.default_rng(8), crowd(5)
    poses = np.repeat(scene.world_from_part[None], 6, axis=0)
    poses[1:, 1:, :, 3] += np.cumsum(rng.normal(scale=0.15, size=(5, len(scene.tree) - 1, 3)), axis=0)
    rays = directions(rng, 900)
    for ready, stand in zip(prepare_each(scene, poses, np.zeros(3)), poses, strict=True):
        own = prepare(replace(scene, world_from_part=stand), np.zeros(3))
        for shared, alone in ((ready.trace(rays), own.trace(rays)), (ready.see(rays), own.see(rays))):
            for name in ("range_m", "placement", "triangle", "u", "v"):
                assert getattr(shared, name).tobytes() == getattr(alone, name).tobytes(), name
        assert (ready.scene.world_from_part == stand).all()


def test_masks_choose_who_stops_a_ray() -> None:
    wall = quad([(5, -5, -5), (5, 5, -5), (5, 5, 5), (5, -5, 5)])
    scene = scene_of(mesh_of(np.zeros((0, 3)), np.zeros((0, 3), int)), [wall], [np.eye(4)])
    scene.mask[1] = CASTS_SHADOW
    ray = np.array([[1, 0.1, 0.2]], np.float32)
    assert trace(scene, np.zeros(3), ray, mask=SEEN_BY_SENSORS).placement[0] == -1
    assert trace(scene, np.zeros(3), ray, mask=CASTS_SHADOW).placement[0] == 1


@pytest.mark.parametrize("place", [(0.0, 0.0, 0.0), (40.0, -25.0, 3.0)])
def test_no_ray_leaves_a_closed_sphere(place: tuple[float, float, float]) -> None:
    vertices, faces = sphere(40, 80)
    corners = vertices.astype(np.float32)[faces]
    pose = random_pose(np.random.default_rng(3), 1.0)
    pose[:3, 3] = place
    scene = scene_of(mesh_of(np.zeros((0, 3)), np.zeros((0, 3), int)), [mesh_of(vertices, faces)], [pose])
    rng = np.random.default_rng(1)
    # Aim at points on edges: the worst places for two triangles to disagree.
    share = rng.uniform(0, 1, (len(faces), 1))
    edge = corners[:, 0] * share + corners[:, 1] * (1 - share)
    inside = pose[:3, :3] @ np.array([0.1, -0.2, 0.3]) + np.array(place)
    aims = np.concatenate([edge, directions(rng, 50000)]) @ pose[:3, :3].T
    rays = (aims + np.array(place) - inside).astype(np.float32)
    own = np.tile(inside, (len(rays), 1)) + rng.uniform(-1e-3, 1e-3, (len(rays), 3))
    assert (trace(scene, inside, rays).placement == 1).all()
    assert (trace(scene, own, rays).placement == 1).all()
    # A ray aimed exactly at a corner meets six triangles at once, each with all its edges in doubt.
    corner_rays = (vertices @ pose[:3, :3].T + np.array(place) - inside).astype(np.float32)
    assert (trace(scene, inside, corner_rays).placement == 1).mean() > 0.995


def test_at_equal_range_the_lower_triangle_wins_in_any_company() -> None:
    patch = [(5.0, -5.0, -5.0), (5.0, 5.0, -5.0), (5.0, 5.0, 5.0), (5.0, -5.0, 5.0)]
    scene = scene_of(quad(patch), [quad(patch), quad(patch)], [np.eye(4), np.eye(4)])
    rays = np.array(
        [(1.0, y, z) for y in np.linspace(-0.9, 0.9, 40) for z in np.linspace(-0.9, 0.9, 40)], np.float32
    )
    hits = trace(scene, np.zeros(3), rays)
    assert (hits.placement == 0).all()
    mixed = np.random.default_rng(0).permutation(len(rays))
    assert np.array_equal(trace(scene, np.zeros(3), rays[mixed]).triangle, hits.triangle[mixed])


def test_a_ray_is_traced_alike_alone_and_among_others_on_one_thread_and_on_four() -> None:
    scene, rng = crowd(9), np.random.default_rng(9)
    rays = directions(rng, 64 * 200 + 17)
    whole = trace(scene, np.zeros(3), rays, threads=1)
    four = trace(scene, np.zeros(3), rays, threads=4)
    order = rng.permutation(len(rays))
    mixed = trace(scene, np.zeros(3), rays[order])
    for name in ("range_m", "placement", "triangle", "u", "v"):
        assert np.array_equal(getattr(whole, name), getattr(four, name))
        assert np.array_equal(getattr(whole, name)[order], getattr(mixed, name))


def test_slices_of_packets_find_the_same_hits_to_the_last_bit() -> None:
    scene, rng = crowd(11), np.random.default_rng(11)
    count = 64 * 60 + 37
    rays, begin = directions(rng, count), rng.uniform(-12, 12, (count, 3)).astype(np.float32)
    far = np.where(rng.random(count) < 0.3, 0.0, rng.uniform(0.1, 30.0, count)).astype(np.float32)
    prepared, whole, slices = prepare(scene, np.zeros(3)), Hits.empty(count), Hits.empty(count)
    prepared.trace_into(whole, rays, begin, 0.0, far)
    for start in range(0, packets_of(count), 7):
        prepared.trace_into(
            slices, rays, begin, 0.0, far, start=start, stop=min(start + 7, packets_of(count))
        )
    assert (whole.placement >= 0).sum() > 100
    for name in ("range_m", "placement", "triangle", "u", "v"):
        assert np.array_equal(getattr(whole, name), getattr(slices, name)), name


def test_far_from_the_origin_of_the_world_nothing_is_lost() -> None:
    scene = crowd(10)
    shift = np.array([4.0e6, -7.0e6, 300.0])
    scene.world_from_part[:, :, 3] += shift
    near = crowd(10)
    rays = directions(np.random.default_rng(10), 2000)
    far_hits, near_hits = trace(scene, shift, rays), trace(near, np.zeros(3), rays)
    assert np.array_equal(far_hits.triangle, near_hits.triangle)
    assert np.allclose(far_hits.range_m, near_hits.range_m, atol=1e-5)


def test_an_empty_scene_is_empty() -> None:
    scene = scene_of(mesh_of(np.zeros((0, 3)), np.zeros((0, 3), int)), [], [])
    hits = trace(scene, np.zeros(3), directions(np.random.default_rng(0), 100))
    assert (hits.placement == -1).all() and np.isinf(hits.range_m).all()
    assert len(trace(scene, np.zeros(3), np.zeros((0, 3), np.float32)).range_m) == 0


def test_packets_are_blocks_of_a_picture() -> None:
    order = block_order(20, 30)
    assert sorted(order) == list(range(600))
    rows, columns = np.divmod(order[:64], 30)
    assert rows.max() == 7 and columns.max() == 7
    assert packets_of(600) == 10
