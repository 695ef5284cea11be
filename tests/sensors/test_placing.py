"""Parts lie where numpy says, and one tree over many moments finds what a tree of each moment's own finds."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from renderers.kernels import beams
from renderers.kernels.placing import mix_poses, place_parts
from renderers.tracer import BOX_PAD_M, Hits, prepare, prepare_each
from tests.sensors.test_tracer import crowd, directions, random_pose


def moments(count: int, rng: np.random.Generator, parts: int) -> NDArray[np.float64]:
    """Poses of things that tumble about by metres; the static world stays."""
    poses = np.array([[random_pose(rng, 10.0)[:3] for _ in range(parts)] for _ in range(count)])
    poses[:, 0] = np.eye(4)[:3]
    return poses


def same_bytes(one: Hits, other: Hits) -> bool:
    names = ("range_m", "placement", "triangle", "u", "v")
    return all(getattr(one, name).tobytes() == getattr(other, name).tobytes() for name in names)


def test_parts_are_placed_as_numpy_places_them() -> None:
    scene, rng = crowd(3), np.random.default_rng(3)
    origin, pose = rng.uniform(-5, 5, 3), scene.world_from_part
    bounds = scene.geometry.bounds_m[scene.tree].astype(np.float64)
    turn, box = np.empty((len(pose), 12), np.float32), np.empty((len(pose), 6), np.float32)
    place_parts(pose, scene.tree, scene.geometry.bounds_m, origin, BOX_PAD_M, turn, box)
    shift = pose[:, :, 3] - origin
    middle = shift + np.einsum("pij,pj->pi", pose[:, :, :3], 0.5 * (bounds[:, :3] + bounds[:, 3:]))
    half = np.einsum("pij,pj->pi", np.abs(pose[:, :, :3]), 0.5 * (bounds[:, 3:] - bounds[:, :3])) + BOX_PAD_M
    assert np.abs(box - np.concatenate([middle - half, middle + half], axis=1)).max() < 5e-6
    assert np.abs(turn[:, :9] - np.transpose(pose[:, :, :3], (0, 2, 1)).reshape(-1, 9)).max() < 1e-7
    assert np.abs(turn[:, 9:] + np.einsum("pji,pj->pi", pose[:, :, :3], shift)).max() < 5e-6


def test_a_shared_tree_finds_the_hits_of_each_moments_own_tree() -> None:
    scene, rng = crowd(5), np.random.default_rng(5)
    poses, rays = moments(6, rng, len(scene.tree)), directions(rng, 1500)
    offset = rng.uniform(-0.3, 0.3, (len(rays), 3)).astype(np.float32)
    origin = np.array((0.4, -1.5, 0.5))
    met = 0
    for shared, pose in zip(prepare_each(scene, poses, origin), poses, strict=True):
        own = prepare(replace(scene, world_from_part=pose), origin)
        hits = own.trace(rays, offset)
        assert same_bytes(shared.trace(rays, offset), hits)
        assert same_bytes(shared.see(rays, offset), own.see(rays, offset))
        met += int((hits.placement > 0).sum())
    assert met > 100  # things that move


def test_poses_between_keys_are_those_of_numpy() -> None:
    rng = np.random.default_rng(8)
    exact = moments(2, rng, 40)
    exact[1, :, :, :3] = exact[0, :, :, :3] @ random_turn(rng, 0.5)
    first, share = np.zeros(5, np.int64), np.linspace(0.0, 1.0, 5)
    got = np.empty((5, 40, 3, 4))
    mix_poses(exact, first, share, got)
    mixed = (1.0 - share)[:, None, None, None] * exact[0] + share[:, None, None, None] * exact[1]
    x = mixed[..., 0] / np.linalg.norm(mixed[..., 0], axis=-1, keepdims=True)
    z = np.cross(x, mixed[..., 1])
    z /= np.linalg.norm(z, axis=-1, keepdims=True)
    assert np.allclose(got, np.stack([x, np.cross(z, x), z, mixed[..., 3]], axis=-1), rtol=0.0, atol=1e-13)


def random_turn(rng: np.random.Generator, angle: float) -> NDArray[np.float64]:
    axis = rng.normal(size=3)
    x, y, z = axis / np.linalg.norm(axis)
    cross = np.array(((0.0, -z, y), (z, 0.0, -x), (-y, x, 0.0)))
    return np.asarray(np.eye(3) + np.sin(angle) * cross + (1.0 - np.cos(angle)) * (cross @ cross))


def test_beams_of_a_slice_leave_and_come_back_by_rows() -> None:
    rng = np.random.default_rng(4)
    rows = rng.permutation(50)[:20]
    direction, start = rng.normal(size=(2, 50, 3)) * 100.0
    origin = np.array((3.0, 90.0, -7.0))
    aim, at = np.empty((2, 20, 3), np.float32)
    beams.begin_from(rows, direction, start, origin, aim, at)
    assert np.array_equal(aim, direction[rows].astype(np.float32))
    assert np.array_equal(at, (start[rows] - origin).astype(np.float32))
    kinds = (np.float32, np.float32, np.int32, np.int32, np.float32, np.uint8, np.uint8)
    one = [rng.integers(1, 100, 20).astype(kind) for kind in kinds]
    whole = [np.zeros(50, kind) for kind in kinds]
    beams.hand_over(rows, *one, *whole)
    for mine, all_of in zip(one, whole, strict=True):
        assert np.array_equal(all_of[rows], mine) and np.count_nonzero(all_of) == 20
