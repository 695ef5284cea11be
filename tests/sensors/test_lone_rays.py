"""Rays that are traced one by one meet what packets of them meet, bit for bit."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from renderers.scene import CASTS_SHADOW, SEEN_BY_SENSORS, Scene
from renderers.tracer import Hits, PreparedScene, packets_of, prepare, prepare_each
from tests.sensors.test_bvh import soup
from tests.sensors.test_tracer import crowd, directions, random_pose
from tests.support import naive_trace
from tests.support.naive_trace import box, mesh_of, quad, scene_of

Floats = NDArray[np.float32]
NAMES = ("range_m", "placement", "triangle")


def agree(
    prepared: PreparedScene,
    rays: Floats,
    begin: Floats | None = None,
    near: Floats | float = 0.0,
    far: Floats | float = np.inf,
    mask: int = SEEN_BY_SENSORS,
) -> Hits:
    """What single rays say, which is what packets say."""
    alone, together = Hits.empty(len(rays)), Hits.empty(len(rays))
    prepared.trace_alone_into(alone, rays, begin, near, far, mask=mask)
    prepared.trace_into(together, rays, begin, near, far, mask=mask)
    for name in NAMES:
        assert getattr(alone, name).tobytes() == getattr(together, name).tobytes(), name
    return alone


def throng(seed: int, count: int) -> Scene:
    """Many parts beside and within one another, about a static soup."""
    rng = np.random.default_rng(seed)
    trees = [soup(seed + k, 3 + 40 * (k % 3), 1.0, 0.7) for k in range(count)]
    return scene_of(soup(seed + 500, 600, 12.0, 2.5), trees, [random_pose(rng, 14.0) for _ in trees])


@pytest.mark.parametrize("seed", range(3))
def test_closest_hits_equal_the_twin_and_packets(seed: int) -> None:
    scene, rng = crowd(seed), np.random.default_rng(seed)
    rays = directions(rng, 2000)
    alone = agree(prepare(scene, np.zeros(3)), rays)
    slow = naive_trace.trace(scene, np.zeros(3), rays)
    same = (alone.placement == slow.placement) & (alone.triangle == slow.triangle)
    assert same.mean() > 0.998
    met = same & (slow.placement >= 0)
    assert met.sum() > 100
    assert np.abs(alone.range_m[met] - slow.range_m[met]).max() < 2e-4


@pytest.mark.parametrize("count", [0, 1, 2, 15, 16, 17, 90, 400])
def test_rays_from_anywhere_among_any_number_of_parts(count: int) -> None:
    scene, rng = throng(3, count), np.random.default_rng(count)
    begin = rng.uniform(-14, 14, (3000, 3)).astype(np.float32)
    rays = directions(rng, len(begin)) * rng.uniform(0.2, 4.0, (len(begin), 1)).astype(np.float32)
    alone = agree(prepare(scene, np.array((0.3, -0.2, 0.1))), rays, begin)
    assert (alone.placement >= 0).sum() > 500
    assert len(np.unique(alone.placement)) > min(count, 40) // 2


def test_rays_along_axes_and_within_planes_of_boxes() -> None:
    rng = np.random.default_rng(4)
    poses = [np.eye(4) for _ in range(40)]
    for pose in poses:
        pose[:3, 3] = rng.integers(-5, 6, 3)
    scene = scene_of(soup(9, 50, 6.0, 1.0), [box((1.0, 1.0, 1.0))] * len(poses), poses)
    ways = np.concatenate([np.eye(3), -np.eye(3), [(1, 1, 0), (0, -1, 1), (-1, 0, 0.0)]])
    rays = ways[rng.integers(0, len(ways), 4000)].astype(np.float32)
    begin = (0.5 * rng.integers(-12, 13, (len(rays), 3))).astype(np.float32)
    assert (agree(prepare(scene, np.zeros(3)), rays, begin).placement > 0).sum() > 300


def test_ranges_bound_each_ray_and_some_ask_nothing() -> None:
    scene, rng = throng(5, 60), np.random.default_rng(5)
    begin = rng.uniform(-12, 12, (4000, 3)).astype(np.float32)
    near = rng.uniform(0.0, 3.0, len(begin)).astype(np.float32)
    far = rng.choice([-1.0, 0.0, 2.0, 8.0, np.inf], len(begin)).astype(np.float32)
    prepared, rays = prepare(scene, np.zeros(3)), directions(rng, len(begin))
    alone = agree(prepared, rays, begin, near, far)
    assert (alone.placement[far <= 0.0] == -1).all() and np.isinf(alone.range_m[far <= 0.0]).all()
    met = alone.placement >= 0
    assert (
        met.sum() > 500 and (alone.range_m[met] > near[met]).all() and (alone.range_m[met] <= far[met]).all()
    )
    agree(prepared, rays, None, 1.0, 5.0)
    # What lies exactly as far as is asked is met.
    exact = alone.range_m[met]
    assert np.array_equal(
        agree(prepared, rays[met], begin[met], 0.0, exact).placement >= 0, np.full(len(exact), True)
    )


def test_masks_choose_who_stops_a_ray() -> None:
    scene, rng = throng(6, 30), np.random.default_rng(6)
    mask = rng.integers(0, 4, len(scene.mask)).astype(np.uint8)
    mask[0] = CASTS_SHADOW
    prepared, rays = prepare(replace(scene, mask=mask), np.zeros(3)), directions(rng, 3000)
    for bit in (SEEN_BY_SENSORS, CASTS_SHADOW):
        alone = agree(prepared, rays, mask=bit)
        met = alone.placement >= 0
        assert met.sum() > 100 and (mask[alone.placement[met]] & bit != 0).all()


def test_at_equal_range_the_lower_ids_win() -> None:
    patch = quad([(5.0, -5.0, -5.0), (5.0, 5.0, -5.0), (5.0, 5.0, 5.0), (5.0, -5.0, 5.0)])
    rays = np.array(
        [(1.0, y, z) for y in np.linspace(-0.9, 0.9, 40) for z in np.linspace(-0.9, 0.9, 40)], np.float32
    )
    nothing = mesh_of(np.zeros((0, 3)), np.zeros((0, 3), int))
    alone = agree(prepare(scene_of(patch, [patch] * 3, [np.eye(4)] * 3), np.zeros(3)), rays)
    assert (alone.placement == 0).all()
    alone = agree(prepare(scene_of(nothing, [patch] * 40, [np.eye(4)] * 40), np.zeros(3)), rays)
    assert (alone.placement == 1).all()
    # Twice in one tree: all its triangles lie in a leaf.
    twice = mesh_of(np.array([(5, -5, -5), (5, 5, -5), (5, 5, 5)], float), np.array([[0, 1, 2]] * 5))
    alone = agree(prepare(scene_of(twice, [], []), np.zeros(3)), rays)
    assert set(np.unique(alone.triangle)) == {-1, 0}


def test_slices_and_one_tree_for_several_instants() -> None:
    scene, rng = throng(7, 50), np.random.default_rng(7)
    poses = np.repeat(scene.world_from_part[None], 3, axis=0)
    poses[1:, 1:, :, 3] += rng.normal(scale=0.2, size=(2, len(scene.tree) - 1, 3))
    count = 64 * 20 + 37
    rays, begin = directions(rng, count), rng.uniform(-12, 12, (count, 3)).astype(np.float32)
    for prepared in prepare_each(scene, poses, np.zeros(3)):
        whole, slices = agree(prepared, rays, begin), Hits.empty(count)
        for start in range(0, packets_of(count), 3):
            stop = min(start + 3, packets_of(count))
            prepared.trace_alone_into(slices, rays, begin, start=start, stop=stop)
        for name in NAMES:
            assert getattr(whole, name).tobytes() == getattr(slices, name).tobytes(), name


def test_an_empty_scene_is_empty() -> None:
    scene = scene_of(mesh_of(np.zeros((0, 3)), np.zeros((0, 3), int)), [], [])
    alone = agree(prepare(scene, np.zeros(3)), directions(np.random.default_rng(0), 100))
    assert (alone.placement == -1).all() and np.isinf(alone.range_m).all()
    agree(prepare(scene, np.zeros(3)), np.zeros((0, 3), np.float32))
