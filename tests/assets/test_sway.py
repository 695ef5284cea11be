"""Trees bow to the wind and swing at their own frequency, the same at every time they are asked."""

from dataclasses import replace

import numpy as np
import pytest

from renderers import studio
from renderers.assets import plants, shrubs
from renderers.mesh import Asset, Part
from renderers.stage import Stage, StaticSet
from renderers.sway import Swaying, split, split_hedge
from renderers.tracer import prepare
from scenarios.resolved import Twin
from scenarios.taxonomy import SEMANTIC_ID
from sim.simulate import simulate
from tests.support import naive_sway

WEST_RAD = np.radians(270.0)  # a wind from the west blows east, along +x
FOOT = (12.0, 3.0, 0.0)


def one(kind: str = "linden", seed: int = 1) -> tuple[Swaying, float]:
    tree = split(plants.plant(kind, seed), FOOT, not kind.startswith("bare"))
    return Swaying.of((tree,), 5), tree.height_m


def top_m(swaying: Swaying, height_m: float, time_s: float, wind_mps: float) -> np.ndarray:
    pose = swaying.poses(round(time_s * 1e9), wind_mps, WEST_RAD)[0]
    return pose[:, :3] @ (0.0, 0.0, height_m) + pose[:, 3] - FOOT


def test_a_split_tree_has_every_triangle_once_and_its_stem_in_the_first_part():
    for kind in ("linden", "bare", "conifer", "pine", "palm"):
        mesh = plants.plant(kind, 2)
        tree = split(mesh, FOOT, True)
        assert sum(len(part.triangles) for part in tree.parts) == len(mesh.triangles)
        assert 3 <= len(tree.parts) <= 5
        assert tree.parts[0].vertices_m[:, 2].min() == pytest.approx(mesh.vertices_m[:, 2].min())
        area = sum(float(np.abs(part.vertices_m[part.triangles]).sum()) for part in tree.parts)
        assert area == pytest.approx(float(np.abs(mesh.vertices_m[mesh.triangles]).sum()), rel=1e-6)


@pytest.mark.parametrize("wind", [0.0, 0.4, 9.0, 31.0])
def test_trees_stand_as_the_twin_says(wind):
    trees = tuple(
        split(plants.plant(kind, 2), (10.0 * k, -3.0, 0.2), True) for k, kind in enumerate(("linden", "pine"))
    )
    swaying = Swaying.of(trees, 5)
    for time_ns in (0, 1_234_000_000, 97_000_000_000):
        fast, slow = swaying.poses(time_ns, wind, 2.3), naive_sway.poses(swaying, time_ns, wind, 2.3)
        assert np.abs(fast - slow).max() < 1e-12


def test_nothing_moves_in_still_air():
    swaying, _ = one()
    poses = swaying.poses(1_234_000_000, 0.0, WEST_RAD)
    assert np.allclose(poses[:, :, :3], np.eye(3))
    assert np.allclose(poses[:, :, 3], FOOT)


def test_a_tree_bows_leeward_by_a_hand_in_a_fresh_breeze_and_more_in_a_storm():
    swaying, height = one()

    def mean(wind: float) -> np.ndarray:
        return np.mean([top_m(swaying, height, t, wind) for t in np.arange(0.0, 120.0, 0.31)], axis=0)

    breeze, storm = mean(10.0), mean(22.0)
    assert 0.04 < breeze[0] < 0.30
    assert abs(breeze[1]) < 0.25 * breeze[0]
    assert 1.8 * breeze[0] < storm[0] < 0.15 * height
    assert np.allclose(breeze[2], height, atol=0.05)


@pytest.mark.parametrize("kind", ["linden", "bare", "conifer"])
def test_a_stem_swings_at_the_frequency_of_its_height(kind):
    """Moore and Maguire 2004: trees of 8 to 18 m sway at 0.3 to 1 Hz, taller ones more slowly."""
    swaying, height = one(kind)
    step = 0.1
    swing = np.array([top_m(swaying, height, t, 8.0)[1] for t in np.arange(0.0, 204.8, step)])
    power = np.abs(np.fft.rfft(swing - swing.mean())) ** 2
    hz = float(np.fft.rfftfreq(len(swing), step)[np.argmax(power)])
    assert 0.2 < hz < 1.0
    assert hz == pytest.approx(float(swaying.hz[0]), rel=0.12)


def test_poses_are_turns_and_depend_on_time_alone():
    swaying, _ = one("birch", 3)
    first = swaying.poses(7_300_000_000, 14.0, 1.0)
    swaying.poses(1, 3.0, 0.2)
    assert np.array_equal(first, swaying.poses(7_300_000_000, 14.0, 1.0))
    turn = first[:, :, :3]
    assert np.allclose(turn @ np.transpose(turn, (0, 2, 1)), np.eye(3), atol=1e-9)
    assert np.all(np.linalg.det(turn) > 0.0)
    other = Swaying.of((split(plants.plant("birch", 3), FOOT, True),), 6)
    assert not np.allclose(first, other.poses(7_300_000_000, 14.0, 1.0))


def test_limbs_stay_on_their_stem():
    tree = split(plants.plant("linden", 1), FOOT, True)
    swaying = Swaying.of((tree,), 5)
    for time in np.arange(0.0, 20.0, 1.7):
        poses = swaying.poses(round(time * 1e9), 15.0, WEST_RAD)
        hinges = poses[:, :, :3] @ np.array(tree.pivot_m) + poses[:, :, 3]
        assert np.allclose(hinges, hinges[0], atol=1e-9)


def stage(weather: str) -> Stage:
    trace = simulate_studio(weather)
    tree = split(plants.plant("linden", 1), FOOT, True)
    floor = studio._floor(60.0, "grass")
    static = StaticSet(floor, np.zeros(len(floor.triangles), np.int32), (), np.zeros(3), (tree,))
    assets = [Asset(a.model, a.size_m, (Part("body", studio._floor(0.01, "asphalt")),)) for a in trace.actors]
    return Stage(trace, static, assets)


def simulate_studio(weather: str):
    text = studio.SCENARIO.format(weather=weather, surface="{}")
    return simulate(studio.resolve(studio.load_text(text, "wind.scenario.yaml"), 0, 0))


def test_a_hedge_in_pieces_has_every_leaf_once_and_its_top_rustles_over_a_foot_that_hardly_moves():
    leaves = shrubs.hedge_leaves(7.0, 1.3, 3, 0.5)
    grown = split_hedge(leaves, (10.0, -4.0, 0.5), 0.6)
    assert len(grown) == 7
    assert sum(len(part.triangles) for tree in grown for part in tree.parts) == len(leaves.triangles)
    row = Swaying.of(grown, 3)
    still, gale = row.poses(0, 0.0, 0.0), row.poses(2_000_000_000, 12.0, 0.0)
    whole = [part.vertices_m.astype(float) for tree in grown for part in tree.parts]
    there = np.concatenate([p @ m[:, :3].T + m[:, 3] for p, m in zip(whole, still, strict=True)])
    c, s = np.cos(0.6), np.sin(0.6)
    wanted = leaves.vertices_m @ np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]]) + (10.0, -4.0, 0.5)
    assert np.allclose(there.min(0), wanted.min(0), atol=1e-3) and np.allclose(
        there.max(0), wanted.max(0), atol=1e-3
    )
    moved = [
        np.linalg.norm(p @ (b - a)[:, :3].T + (b - a)[:, 3], axis=1).max()
        for p, a, b in zip(whole, still, gale, strict=True)
    ]
    assert 0.01 < max(moved[1::2]) < 0.2  # tops
    assert max(moved[::2]) < 0.5 * max(moved[1::2])  # feet


def test_rays_meet_a_tree_where_it_is_at_that_instant_and_it_is_nobodys_instance():
    windy = stage("{clouds: 2 okta, wind: {speed: 18 m/s, from: 270 deg}}")
    seen = []
    for time in (0, 60_000_000):
        scene = windy.scene(time)
        rows = np.flatnonzero(scene.actor == -1)
        assert len(rows) == 1 + len(windy.static.trees[0].parts)
        assert not scene.instance[rows].any() and scene.mask[rows].all()
        origin = np.array((0.0, 3.0, 5.0))
        y, z = np.meshgrid(np.linspace(-0.25, 0.25, 48), np.linspace(-0.1, 0.6, 48))
        rays = np.stack([np.ones_like(y), y, z], -1).reshape(-1, 3).astype(np.float32)
        hits = prepare(scene, origin).trace(rays)
        met = hits.placement > 0
        assert 0.15 < met.mean() < 0.95
        assert set(scene.geometry.semantic[hits.triangle[met]]) == {SEMANTIC_ID["vegetation"]}
        seen.append(np.where(met, hits.range_m, 0.0))
        speed = np.linalg.norm(scene.velocity_mps[rows[1:]], axis=1)
        assert np.all(speed < 3.0)  # of the part's origin at the foot
        assert np.linalg.norm(scene.spin_radps[rows[1:]], axis=1).max() > 1e-4
    assert (seen[0] != seen[1]).mean() > 0.05


def test_trees_of_a_twin_stand_as_in_its_base():
    calm = stage("{clouds: 2 okta, wind: {speed: 3 m/s, from: 270 deg}}")
    stormy = simulate_studio("{clouds: 8 okta, wind: {speed: 20 m/s, from: 90 deg}}")
    base = calm.trace.concrete
    concrete = replace(stormy.concrete, twin=Twin(base.base_world), seed=base.seed)
    twin = replace(stormy, concrete=concrete)
    other = Stage(twin, calm.static, calm.assets)
    for time in (0, 50_000_000):
        assert np.array_equal(calm.poses(calm.instant(time))[-4:], other.poses(other.instant(time))[-4:])
