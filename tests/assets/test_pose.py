"""Wheels roll and steer, people and animals walk, and nobody leaves the box of the label."""

from dataclasses import replace

import numpy as np
import pytest

from renderers.assets import build
from renderers.assets.paces import ROLL_FROM
from renderers.assets.people import build_person
from renderers.assets.pose import articulate, place, rotation
from renderers.mesh import Asset, Mesh, Part
from scenarios.bodies import BODIES
from sim.gait import DUTY, STANCE, gait_for, quadruped_gait, quadruped_phases, stride_of
from sim.trace import Gait, WorldInstant, pose_matrix

EMPTY = np.zeros((0, 3), np.float32)
ANIMALS = ("deer", "moose", "boar", "fox", "dog", "cat", "cow", "horse", "sheep", "goose", "pigeon")
NOTHING = Mesh(
    EMPTY, np.zeros((0, 3), np.int32), EMPTY, EMPTY[:, :2], np.zeros(0, np.int16), np.zeros(0, np.uint8)
)


def instant(**changed: object) -> WorldInstant:
    one, three = np.zeros(1), np.zeros((1, 3))
    gait, lamps, present = np.zeros(1, np.uint8), np.zeros(1, np.uint16), np.ones(1, bool)
    still = WorldInstant(0, three, three, three, one, one, one, one, one, gait, one, lamps, present)
    return replace(still, **changed)  # type: ignore[arg-type]


def moving(asset: Asset, gait: Gait, phase: float, speed: float) -> np.ndarray:
    now = instant(gait=np.array([gait], np.uint8), gait_phase=np.array([phase]), speed_mps=np.array([speed]))
    placed = articulate(asset, now, 0)
    return np.concatenate(
        [p.mesh.vertices_m @ m[:3, :3].T + m[:3, 3] for p, m in zip(asset.parts, placed, strict=True)]
    )


WALKERS = [
    ("pedestrian.adult", 1.4),
    ("pedestrian.adult", 3.2),
    ("pedestrian.child", 1.1),
    ("pedestrian.child", 13 / 3.6),
    *(
        (f"pedestrian.{who}", speed)
        for who in ("teenager", "elderly", "worker", "police")
        for speed in (1.4, 4.0)
    ),
    *((f"animal.{name}", speed) for name in ANIMALS for speed in (0.9, 2.2, 7.0)),
]


@pytest.mark.parametrize("seed", [0, 3, 11])
@pytest.mark.parametrize(("model", "speed"), WALKERS)
def test_every_phase_of_the_gait_stays_inside_the_label_box(model, speed, seed):
    size = BODIES[model].size_m
    asset = build(model, seed, size)
    gait = gait_for(speed, size[2])
    for phase in np.linspace(0.0, 1.0, 21):
        points = moving(asset, gait, float(phase), speed)
        low, high = points.min(0), points.max(0)
        assert np.all(high[:2] <= np.array(size[:2]) / 2 + 0.005), (phase, high)
        assert np.all(low[:2] >= -np.array(size[:2]) / 2 - 0.005), (phase, low)
        assert high[2] <= size[2] + 0.005
        assert low[2] >= -0.003


@pytest.mark.parametrize("model", ["pedestrian.adult", "pedestrian.child"])
def test_a_walker_always_has_a_foot_on_the_ground_and_a_runner_flies(model):
    asset = build_person(model, 2, BODIES[model].size_m)
    walk = [moving(asset, Gait.WALK, p, 1.2)[:, 2].min() for p in np.linspace(0, 1, 25)]
    run = [moving(asset, Gait.RUN, p, 3.2)[:, 2].min() for p in np.linspace(0, 1, 25)]
    assert max(walk) < 0.01
    assert max(run) > 0.01


def test_left_and_right_legs_swing_in_turn():
    asset = build_person("pedestrian.adult", 1, BODIES["pedestrian.adult"].size_m)
    feet = [k for k, part in enumerate(asset.parts) if part.joint.startswith("ankle")]
    ahead = []
    for phase in np.linspace(0, 1, 41):
        now = instant(
            gait=np.array([Gait.WALK], np.uint8), gait_phase=np.array([phase]), speed_mps=np.array([1.3])
        )
        placed = articulate(asset, now, 0)
        ahead.append([placed[k, 0, 3] for k in feet])
    left, right = np.array(ahead).T
    assert np.corrcoef(left, right)[0, 1] < -0.8
    assert np.allclose(left[:20], right[20:40], atol=0.01)  # half a stride later


PEOPLE = ("adult", "child", "teenager", "elderly", "worker", "police")


@pytest.mark.parametrize("speed", [0.6, 1.0, 1.4, 1.9, 2.4, 4.0])
@pytest.mark.parametrize("who", PEOPLE)
def test_the_foot_that_carries_slides_less_than_two_centimetres_walking_and_running(who, speed):
    """The box holds the whole stride: what the foot goes back is what the body goes forward."""
    body = BODIES[f"pedestrian.{who}"]
    asset = build_person(body.model, 1, body.size_m)
    gait = Gait.RUN if speed > 2.0 else Gait.WALK
    start, stop = STANCE[gait]
    stride = stride_of(body, gait, speed, body.size_m[2])
    foot = next(k for k, part in enumerate(asset.parts) if part.joint == "ankle_right")
    places = []
    for phase in np.linspace(start, stop, 12):
        now = instant(
            gait=np.array([gait], np.uint8), gait_phase=np.array([phase]), speed_mps=np.array([speed])
        )
        places.append(phase * stride + articulate(asset, now, 0)[foot, 0, 3])
    assert np.ptp(places) < 0.021


@pytest.mark.parametrize("froude", [0.05, 0.15, 0.33, 0.6, 2.3, 4.0])
@pytest.mark.parametrize("name", ANIMALS)
def test_the_feet_of_an_animal_stay_where_they_stand(name, froude):
    """From slow walks to gallops, until the heel rises."""
    body = BODIES[f"animal.{name}"]
    asset = build(body.model, 1, body.size_m)
    speed = float(np.sqrt(9.81 * body.hip_m * froude))
    way, gait = quadruped_gait(speed, body.hip_m), gait_for(speed, body.size_m[2])
    bird = body.actor_class == "bird"
    way = "trot" if bird and way == "gallop" else way
    stride = stride_of(body, gait, speed, body.size_m[2])
    for row, part in enumerate(asset.parts):
        if not part.joint.startswith("hoof"):
            continue
        lag = quadruped_phases(way, 0.0)[part.joint.removeprefix("hoof_")]
        sole = np.array((0.0, 0.0, part.mesh.vertices_m[:, 2].min(), 1.0))
        places, heights = [], []
        for on in np.linspace(0.01, ROLL_FROM, 12):
            phase = on * DUTY[way] - lag
            now = instant(
                gait=np.array([gait], np.uint8),
                gait_phase=np.array([phase % 1.0]),
                speed_mps=np.array([speed]),
            )
            at = articulate(asset, now, 0)[row] @ sole
            places.append(phase * stride + at[0])
            heights.append(at[2])
        assert np.ptp(places) < 0.02
        assert max(np.abs(heights)) < 0.01


@pytest.mark.parametrize("name", ANIMALS)
def test_a_walking_animal_always_has_a_foot_on_the_ground(name):
    size = BODIES[f"animal.{name}"].size_m
    asset = build(f"animal.{name}", 2, size)
    speed = 0.45 * float(np.sqrt(9.81 * 0.6 * size[2]))
    lows = [moving(asset, Gait.WALK, p, speed)[:, 2].min() for p in np.linspace(0, 1, 17)]
    assert np.allclose(lows, 0.0, atol=0.004)


def test_wheels_roll_forward_and_front_wheels_steer():
    asset = Asset(
        "car.sedan",
        (4.0, 2.0, 1.5),
        (
            Part("body", NOTHING),
            Part("front", NOTHING, "steered_wheel", 0, (1.3, 0.7, 0.3), 0.3),
            Part("rear", NOTHING, "wheel", 0, (-1.3, 0.7, 0.3), 0.3),
        ),
    )
    placed = articulate(asset, instant(wheel_rad=np.array([0.5]), steer_rad=np.array([0.2])), 0)
    top = np.array((0.0, 0.0, 0.3))
    assert np.allclose(placed[0], np.eye(4))
    assert np.allclose(placed[2, :3, 3], (-1.3, 0.7, 0.3))
    assert (placed[2, :3, :3] @ top)[0] == pytest.approx(0.3 * np.sin(0.5))  # the top of a wheel leads
    axle = placed[1, :3, :3] @ (0.0, 1.0, 0.0)
    assert np.allclose(axle, (-np.sin(0.2), np.cos(0.2), 0.0))  # turned to the left


def test_rotation_agrees_with_the_trace():
    roll, pitch, yaw = 0.3, -0.4, 1.1
    assert np.allclose(
        rotation(roll, pitch, yaw), pose_matrix(np.zeros(3), np.array((yaw, pitch, roll)))[:3, :3]
    )


def test_parts_hang_on_their_parents():
    parts = (Part("a", NOTHING, "one", -1, (0, 0, 1.0)), Part("b", NOTHING, "two", 0, (0, 0, 1.0)))
    placed = place(parts, {"one": (0.0, np.pi / 2, 0.0)})
    assert np.allclose(placed[1, :3, 3], (1.0, 0.0, 1.0))  # leaning forward lays the second along x
