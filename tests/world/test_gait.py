"""People walk as they were measured to, and their feet stay where they stand."""

import math

import numpy as np
import pytest

from sim.gait import STANCE, gait_for, joint_angles, quadruped_gait, quadruped_phases, stride_m
from sim.trace import Gait


def ankle_m(angles: dict[str, float], side: str, height_m: float) -> tuple[float, float]:
    """(ahead, below) of an ankle from the hip, by the chain of thigh and shank."""
    hip, knee = angles[f"hip_{side}"], angles[f"knee_{side}"]
    shank = hip - knee
    ahead = 0.245 * math.sin(hip) + 0.246 * math.sin(shank)
    below = 0.245 * math.cos(hip) + 0.246 * math.cos(shank)
    return ahead * height_m, below * height_m


@pytest.mark.parametrize("height", [1.15, 1.75])
@pytest.mark.parametrize(
    ("gait", "speed"), [(Gait.WALK, 0.8), (Gait.WALK, 1.4), (Gait.RUN, 2.6), (Gait.RUN, 3.6)]
)
def test_a_standing_foot_slides_less_than_two_centimetres(gait, speed, height):
    start, stop = STANCE[gait]
    stride = stride_m(gait, speed, height)
    for side, lag in (("right", 0.0), ("left", 0.5)):
        places = []
        for p in np.linspace(start, stop, 60):
            phase = p + lag
            ahead, _ = ankle_m(joint_angles(gait, phase, speed, height), side, height)
            places.append(p * stride + ahead)
        assert np.ptp(places) < 0.02


@pytest.mark.parametrize(("gait", "speed"), [(Gait.WALK, 1.3), (Gait.RUN, 3.2)])
def test_joints_move_without_jerks_and_within_what_bodies_can(gait, speed):
    strides = [joint_angles(gait, p, speed, 1.75) for p in np.linspace(0.0, 1.0, 241)]
    for joint, (low, high) in {
        "hip": (-35, 85),
        "knee": (-2, 115),
        "ankle": (-35, 45),
        "shoulder": (-90, 90),
    }.items():
        for side in ("left", "right"):
            angle = np.degrees([s[f"{joint}_{side}"] for s in strides])
            assert angle.min() > low and angle.max() < high
            assert abs(np.diff(angle)).max() < 8.0
            assert angle[0] == pytest.approx(angle[-1], abs=1e-9)


def test_the_left_side_does_half_a_stride_later_what_the_right_side_does():
    one, other = joint_angles(Gait.WALK, 0.2, 1.3, 1.75), joint_angles(Gait.WALK, 0.7, 1.3, 1.75)
    for joint in ("hip", "knee", "ankle", "shoulder", "elbow"):
        assert one[f"{joint}_right"] == pytest.approx(other[f"{joint}_left"])


def test_knees_bend_most_in_swing():
    knees = [
        joint_angles(Gait.WALK, p, 1.0, 1.75)["knee_right"] for p in np.linspace(0, 1, 100, endpoint=False)
    ]
    assert 0.6 < np.argmax(knees) / 100 < 0.8
    assert math.degrees(max(knees)) == pytest.approx(78.0, abs=5.0)


@pytest.mark.parametrize(("gait", "speed", "stride"), [(Gait.WALK, 0.978, 1.239), (Gait.RUN, 3.556, 2.845)])
def test_strides_are_as_long_as_recorded(gait, speed, stride):
    assert stride_m(gait, speed, 1.75) == pytest.approx(stride, rel=1e-3)


def test_an_adult_takes_nearly_two_steps_a_second_at_walking_speed():
    assert 1.8 < 2 * 1.34 / stride_m(Gait.WALK, 1.34, 1.75) < 2.0


def test_children_take_shorter_and_quicker_strides():
    adult, child = stride_m(Gait.RUN, 2.5, 1.75), stride_m(Gait.RUN, 2.5, 1.15)
    assert child < adult


def test_people_break_into_a_run_near_two_metres_a_second_and_children_sooner():
    assert gait_for(1.8, 1.75) == Gait.WALK
    assert gait_for(2.2, 1.75) == Gait.RUN
    assert gait_for(1.8, 1.1) == Gait.RUN
    assert gait_for(0.0, 1.75) == Gait.STAND
    assert gait_for(1.0, 1.75, "run") == Gait.RUN


def test_hips_of_a_walker_rise_and_fall_by_a_few_centimetres_twice_a_stride():
    hips = np.array(
        [joint_angles(Gait.WALK, p, 1.3, 1.75)["pelvis_m"] for p in np.linspace(0, 1, 200, endpoint=False)]
    )
    assert 0.01 < np.ptp(hips) < 0.12
    assert np.allclose(hips[:100], hips[100:])


def test_animals_walk_then_trot_then_gallop():
    assert [quadruped_gait(v, 1.1) for v in (0.8, 3.0, 9.0)] == ["walk", "trot", "gallop"]
    trot = quadruped_phases("trot", 0.3)
    assert trot["hind_left"] == trot["front_right"] != trot["hind_right"]
