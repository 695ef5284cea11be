"""A stage keeps every part in one row, where it belongs, moving as it does."""

from dataclasses import replace

import numpy as np
import pytest

from renderers.materials import GLOW
from renderers.mesh import Asset, LampSpec
from renderers.scene import CASTS_SHADOW, LAMP_KINDS, SEEN_BY_SENSORS
from renderers.tracer import trace
from sim.trace import Lamp
from tests.support.small_stage import Mover, block, cart, plain, small_stage, weather

HALF_NS = 500_000_000


def test_every_part_has_a_row_and_equal_parts_share_a_tree() -> None:
    stage = small_stage(plain(), [Mover(cart()), Mover(cart(), (5.0, 0.0, 0.0))])
    scene = stage.scene(0)
    assert list(scene.actor) == [-1, 0, 1, 1, 1, 2, 2, 2]
    assert list(scene.instance) == [0, 1, 2, 2, 2, 3, 3, 3]
    assert scene.tree[2] == scene.tree[5] and scene.tree[3] == scene.tree[4] == scene.tree[6]
    assert len(stage.geometry.root) == 1 + 1 + 2


def test_the_ego_casts_a_shadow_and_is_never_seen_by_its_own_sensors() -> None:
    scene = small_stage(plain(), [Mover(cart(), present=False)]).scene(0)
    assert scene.mask[0] == SEEN_BY_SENSORS | CASTS_SHADOW
    assert scene.mask[1] == CASTS_SHADOW
    assert (scene.mask[2:] == 0).all()


def test_parts_move_with_their_actor_and_wheels_turn() -> None:
    mover = Mover(cart(), (1.0, 2.0, 0.0), (6.0, 0.0, 0.0))
    scene = small_stage(plain(), [mover]).scene(HALF_NS)
    assert scene.world_from_part[2, :, 3] == pytest.approx((4.0, 2.0, 0.0))
    assert scene.world_from_part[3, :, 3] == pytest.approx((4.7, 2.5, 0.3))
    assert scene.velocity_mps[2:5, 0] == pytest.approx(np.full(3, 6.0), abs=1e-6)
    assert scene.spin_radps[2] == pytest.approx((0, 0, 0), abs=1e-6)
    # Rolling forwards is turning about the axle, which points left: 6 m/s on a radius of 0.3 m.
    assert scene.spin_radps[4] == pytest.approx((0, 20.0, 0), abs=1e-3)


def test_a_turning_actor_swings_its_wheels_about() -> None:
    scene = small_stage(plain(), [Mover(cart(), yaw_rate_radps=1.0)]).scene(HALF_NS)
    yaw, arm = 0.5, np.array([0.7, 0.5])
    turned = np.array([[np.cos(yaw), -np.sin(yaw)], [np.sin(yaw), np.cos(yaw)]]) @ arm
    assert scene.world_from_part[3, :2, 3] == pytest.approx(turned)
    assert scene.velocity_mps[3, :2] == pytest.approx((-turned[1], turned[0]), abs=2e-3)
    assert scene.spin_radps[2] == pytest.approx((0, 0, 1.0), abs=1e-6)


def test_before_the_clip_everything_comes_from_where_it_came_from() -> None:
    stage = small_stage(plain(), [Mover(cart(), (0.0, 0.0, 0.0), (10.0, 0.0, 0.0))])
    assert stage.scene(-50_000_000).world_from_part[2, 0, 3] == pytest.approx(-0.5)
    assert stage.scene(1_050_000_000).world_from_part[2, 0, 3] == pytest.approx(10.5)


def test_poses_between_equal_the_exact_ones() -> None:
    stage = small_stage(plain(), [Mover(cart(), velocity_mps=(10.0, 0.0, 0.0), yaw_rate_radps=0.7)])
    times = [int(t) for t in np.linspace(4e8, 5e8, 33)]
    between = stage.poses_between(times)
    exact = np.array([stage.poses(stage.instant(t)) for t in times])
    assert np.abs(between[:, :, :, 3] - exact[:, :, :, 3]).max() < 1e-3
    assert np.abs(between[:, :, :, :3] - exact[:, :, :, :3]).max() < 0.02
    rotations = between[:, :, :, :3]
    assert np.allclose(rotations @ np.swapaxes(rotations, -1, -2), np.eye(3), atol=1e-12)


def test_the_path_of_an_actor_is_that_of_its_instants() -> None:
    stage = small_stage(plain(), [Mover(cart(), velocity_mps=(10.0, 2.0, 0.0), yaw_rate_radps=0.7)])
    turned = stage.trace.rotation_rad.copy()
    turned[40:43, 0] += [[0.0, 0.4, 0.0], [0.3, 1.2, 0.1], [0.0, 0.2, 0.0]]  # falls over
    stage.trace = replace(stage.trace, rotation_rad=turned)
    times = np.linspace(-5e7, 1.05e9, 331).round().astype(np.int64)
    place, turn = stage.path(0, times)
    for k, time in enumerate(times):
        now = stage.instant(int(time))
        assert place[k] == pytest.approx(now.position_m[0], abs=1e-12)
        assert turn[k] == pytest.approx(now.rotation_rad[0], abs=1e-12), time


def test_who_directs_traffic_waves_on_whatever_was_asked_before() -> None:
    body, arm = block((0.5, 0.4, 1.2)).parts[0], block((0.1, 0.1, 0.4)).parts[0]
    arm = replace(arm, name="forearm_left", joint="beckon", parent=0, pivot_m=(0.0, 0.3, 1.2))
    officer = Asset("pedestrian.adult", (0.6, 0.8, 1.8), (body, arm))
    times = [int(t) for t in np.linspace(1e8, 9e8, 9)]

    def poses(asked: list[int]) -> dict[int, np.ndarray]:
        stage = small_stage(plain(), [Mover(officer)])
        return {time: stage.poses(stage.instant(time)) for time in asked}

    there, back = poses(times), poses(times[::-1])
    arms = np.array([there[time][3, :, :3] for time in times])
    assert np.ptp(arms, axis=0).max() > 0.5
    assert all(np.array_equal(there[time], back[time]) for time in times)


def test_poses_are_those_of_a_stage_that_was_never_asked_before() -> None:
    movers = [Mover(cart(), velocity_mps=(3.0 * k, 0.0, 0.0)) for k in range(3)]
    stage = small_stage(plain(), movers)
    for time in (0, 400_000_000, 400_000_000, 100_000_000):
        fresh = small_stage(plain(), movers)
        assert np.array_equal(stage.poses(stage.instant(time)), fresh.poses(fresh.instant(time)))


def test_lit_lamps_glow_and_shine_in_the_world() -> None:
    street = LampSpec(0, (0.0, 9.0, 8.0), (0.0, 0.0, -1.0), "street", 5000.0, (1.0, 0.8, 0.6))
    mover = Mover(cart(), (10.0, 0.0, 0.0), yaw_rad=np.pi / 2, lamps=int(Lamp.LOW_BEAM | Lamp.BRAKE))
    dark = small_stage(plain(), [mover], lamps=(street,)).scene(0)
    assert list(dark.lamps.kind) == [LAMP_KINDS.index("low_beam")]
    assert dark.lamps.position_m[0] == pytest.approx((10.0, 1.0, 0.6))
    assert dark.lamps.axis[0] == pytest.approx((0.0, 1.0, 0.0), abs=1e-12)
    assert dark.glow[2, GLOW.index("head")] == 1 and dark.glow[2, GLOW.index("brake")] == 1
    assert dark.glow[2, GLOW.index("tail")] == 0 and dark.glow[1].sum() == 0
    lit = small_stage(plain(), [mover], lamps=(street,), weather=weather(street_lamps_lit=True)).scene(0)
    assert list(lit.lamps.kind) == [LAMP_KINDS.index("low_beam"), LAMP_KINDS.index("street")]
    assert lit.glow[0, GLOW.index("window")] == 1


def test_a_ray_meets_an_actor_where_it_is_at_that_time() -> None:
    stage = small_stage(plain(), [Mover(block((2.0, 2.0, 2.0)), (10.0, -5.0, 0.0), (0.0, 10.0, 0.0))])
    ahead = np.array([[1.0, 0.0, 0.0]], np.float32)
    met = [trace(stage.scene(t), np.array([0.0, 0.0, 1.0]), ahead).placement[0] for t in (0, HALF_NS, 10**9)]
    assert met == [-1, 2, -1]
