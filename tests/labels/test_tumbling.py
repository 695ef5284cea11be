"""Labels of things that fall and roll: they may be in the air and on any side, but not in the ground."""

from dataclasses import replace

import numpy as np
import pytest

from labelers.geometry import upright, world_from_cuboid
from labelers.proofs.world import feet, tracks
from labelers.records import Cuboid, FrameLabels, Sample
from sim.trace import pose_matrix


def box(
    centre: tuple[float, float, float], angles: tuple[float, float, float] = (0, 0, 0), **rest: object
) -> Cuboid:
    velocity = np.asarray(rest.get("velocity", (0.0, 0.0, 0.0)), np.float64)
    origin = np.array(centre) - 0.2 * pose_matrix(np.zeros(3), np.array(angles))[:3, 2]
    return Cuboid(
        7, "truck.cargo.0", "debris", "box.cardboard", np.array(centre), (0.6, 0.4, 0.4), np.array(angles), origin,
        velocity, 0.0, {}, 1.0, 10.0, "",
    )  # fmt: skip


def sample(cuboid: Cuboid, index: int = 0, time_ns: int = 0) -> Sample:
    return Sample("c", index, time_ns, np.eye(4), np.zeros(3), {}, {}, FrameLabels((cuboid,), {}, {}))


@pytest.mark.parametrize(
    "angles", [(0.3, 0.0, 0.0), (0.0, np.pi / 2, 0.0), (1.0, 0.0, np.pi), (0.2, 0.5, 0.7)]
)
def test_debris_may_fly_and_lie_on_any_side_but_not_in_the_ground(angles: tuple[float, float, float]) -> None:
    reach = np.abs(pose_matrix(np.zeros(3), np.array(angles))[2, :3]) @ (0.3, 0.2, 0.2)
    for above, wrong in ((0.0, 0), (3.0, 0), (-0.03, 0), (-0.1, 1)):
        assert len(list(feet(sample(box((0, 0, reach + above), angles)), lambda x, y: 0.0))) == wrong


def test_a_ball_lies_on_the_ground_however_it_is_turned() -> None:
    for above, wrong in ((0.0, 0), (-0.03, 0), (-0.1, 1)):
        ball = replace(
            box((0, 0, 0.11 + above), (0.2, 0.6, 0.7)),
            actor_class="ball",
            model="ball.football",
            size_m=(0.22, 0.22, 0.22),
        )
        assert len(list(feet(sample(ball), lambda x, y: 0.0))) == wrong


def test_a_tyre_lies_on_its_rim_however_it_leans_and_rolls() -> None:
    for roll in (0.0, 0.4, 0.9):
        angles = (0.3, -0.8, roll)
        axis = pose_matrix(np.zeros(3), np.array(angles))[2, 2]
        reach = 0.52 * np.sqrt(1.0 - axis**2) + 0.15 * abs(axis)
        for above, wrong in ((0.0, 0), (-0.03, 0), (-0.1, 1)):
            tyre = replace(box((0, 0, reach + above), angles), model="tyre.truck", size_m=(1.04, 1.04, 0.3))
            assert len(list(feet(sample(tyre), lambda x, y: 0.0))) == wrong


def test_debris_may_bounce_between_two_samples_but_not_jump() -> None:
    down, up = np.array((10.0, 0.0, -4.0)), np.array((9.0, 0.0, 1.0))
    first = sample(box((0, 0, 1.0), velocity=down))
    bounced = sample(box((0.93, 0, 0.85), velocity=up), 1, 100_000_000)
    assert not list(tracks(first, bounced))
    jumped = sample(box((2.5, 0, 0.85), velocity=up), 1, 100_000_000)
    assert len(list(tracks(first, jumped))) == 1


def test_debris_may_roll_from_edge_to_edge_between_two_samples() -> None:
    """Two frames of a pallet that fell off a lorry: it touched the road four times in between."""
    first = sample(box((0, 0, 0.32), (-0.376, -1.044, 0.27), velocity=np.array((17.97, -0.04, -0.36))))
    there = {"velocity": np.array((17.42, -0.16, 0.27))}
    rolled = sample(box((1.762, -0.006, 0.24), (-0.251, -0.665, 0.135), **there), 1, 100_000_000)
    assert not list(tracks(first, rolled))
    slid = sample(box((1.762, -0.006, 0.24), (-0.376, -1.044, 0.27), **there), 1, 100_000_000)
    assert len(list(tracks(first, slid))) == 1


def test_the_upright_box_holds_the_tilted_one_and_no_more() -> None:
    rng = np.random.default_rng(2)
    corners = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) / 2
    for _ in range(200):
        tilted = box((1, 2, 3), tuple(rng.uniform(-np.pi, np.pi, 3)))
        held = upright(tilted)
        pose, other = world_from_cuboid(tilted), world_from_cuboid(held)
        inside = (corners * tilted.size_m @ pose[:3, :3].T) @ other[:3, :3]
        assert np.abs(inside).max(axis=0) == pytest.approx(np.array(held.size_m) / 2, abs=1e-9)
        assert np.abs(held.rotation_rad[1:]).max() == 0.0
    on_end = upright(box((0, 0, 0), (0.4, np.pi / 2, 0.0)))
    assert on_end.size_m == pytest.approx((0.4, 0.4, 0.6), abs=1e-6)
