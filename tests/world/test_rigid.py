"""Rigid bodies against what mechanics says of them: falls, slides, bounces, pushes and rest."""

import math
import sys
from dataclasses import replace

import numpy as np
import pytest

from scenarios.bodies import BODIES, Body
from scenarios.errors import StormlaneError
from sim.kernels.traffic import G_MPS2
from sim.obstacles import blocks_of, ground_along
from sim.rigid import AIR_KG_PER_M3, Event, Ground, Loose, Shelter, quaternion_xyzw
from sim.roads import network_for
from sim.trace import euler_rad, pose_matrix
from tests.world.scenes import HIGHWAY, concrete
from tests.world.scenes import car as scene_car

STEP_S = 0.01
STILL = np.zeros(3)
PALLET = BODIES["pallet.wood"]
AIRLESS = replace(PALLET, drag=0.0)


def plain(grip: float = 1.0, half_m: float = 150.0) -> Ground:
    side = np.linspace(-half_m, half_m, 11)
    x, y = np.meshgrid(side, side, indexing="ij")
    points = np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], 1)
    row, column = np.meshgrid(np.arange(10), np.arange(10), indexing="ij")
    a = (row * 11 + column).ravel()
    faces = np.concatenate([np.stack([a, a + 11, a + 12], 1), np.stack([a, a + 12, a + 1], 1)])
    return Ground(points, faces.astype(np.int32), grip)


def loose(
    body: Body, at: tuple[float, float, float], velocity: tuple[float, float, float] = (0.0, 0.0, 0.0),
    turned: tuple[float, float, float] = (0.0, 0.0, 0.0), spin: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> Loose:  # fmt: skip
    pose = pose_matrix(np.array(at), np.array(turned))
    return Loose(body, body.size_m, pose, np.array(velocity), np.array(spin))


def play(event: Event, ticks: int) -> np.ndarray:
    """(ticks + 1, 4, 4) poses of the first body."""
    found = [event.poses()[0][0]]
    for _ in range(ticks):
        event.step({}, STILL, None)
        found.append(event.poses()[0][0])
    event.close()
    return np.array(found)


def test_a_fall_from_the_bed_takes_its_time_and_goes_as_far_as_its_speed() -> None:
    high, speed = 1.16, 25.0
    path = play(Event(STILL, plain(), [], [loose(AIRLESS, (0, 0, high), (speed, 0, 0))], STEP_S), 80)[
        :, :3, 3
    ]
    fall_s = math.sqrt(2 * high / G_MPS2)
    landed = int(np.argmax(np.diff(path[:, 2]) > 0.0))  # it bounces
    assert landed * STEP_S == pytest.approx(fall_s, abs=STEP_S)
    before = int(fall_s / STEP_S) - 1
    t = before * STEP_S
    assert path[before, 0] == pytest.approx(speed * t, abs=0.01)
    assert path[before, 2] == pytest.approx(high - G_MPS2 * t * t / 2, abs=0.03)  # half a step of 2.5 ms


@pytest.mark.parametrize("grip", [1.0, 0.4])
@pytest.mark.parametrize("model", ["pallet.wood", "box.cardboard", "tyre.truck", "mattress"])
def test_a_slide_is_as_long_as_friction_and_air_allow(model: str, grip: float) -> None:
    body, speed = BODIES[model], 15.0
    bare = replace(body, drag=0.0)
    slowed = body.friction * grip * G_MPS2
    way = (
        play(Event(STILL, plain(grip), [], [loose(bare, (-50, 0, 0), (speed, 0, 0))], STEP_S), 1100)[-1, 0, 3]
        + 50
    )
    assert way == pytest.approx(speed**2 / (2 * slowed), rel=0.02)
    braked = (
        play(Event(STILL, plain(grip), [], [loose(body, (-50, 0, 0), (speed, 0, 0))], STEP_S), 1100)[-1, 0, 3]
        + 50
    )
    _, width, height = body.size_m
    shown = width * height
    drag = AIR_KG_PER_M3 * body.drag * shown / (2 * body.mass_kg)  # dv/dt = -(slowed + drag v^2)
    assert braked == pytest.approx(math.log(1 + drag * speed**2 / slowed) / (2 * drag), rel=0.03)


def test_energy_never_grows() -> None:
    body = BODIES["box.cardboard"]
    height = body.size_m[2]
    sides = np.array(body.size_m)
    inertia = body.mass_kg / 12 * (np.sum(sides**2) - sides**2)
    event = Event(
        STILL, plain(), [], [loose(body, (0, 0, 2), (18, 3, 1), (0.4, 0.7, 1.1), (9, -7, 4))], STEP_S
    )
    energy = []
    for _ in range(500):
        ((pose, velocity, spin),) = event.poses()
        arm = pose[:3, 2] * height / 2
        centre_mps = velocity + np.cross(spin, arm)
        own = pose[:3, :3].T @ spin
        energy.append(
            body.mass_kg * (G_MPS2 * (pose[2, 3] + arm[2]) + centre_mps @ centre_mps / 2)
            + inertia @ own**2 / 2
        )
        event.step({}, STILL, None)
    event.close()
    assert np.diff(energy).max() < 1e-3 * energy[0]
    assert energy[-1] == pytest.approx(
        body.mass_kg * G_MPS2 * min(body.size_m) / 2, rel=0.6
    )  # at rest on a face


def test_a_box_at_rest_on_a_banked_road_stays() -> None:
    road = HIGHWAY | {"superelevation": math.radians(1.432)}
    scene = concrete(scene_car(40.0, 20.0, lane="middle"), road=road)
    network = network_for(scene.scenario.world.road, None, 0)
    name, lane = network.lane("middle", 60.0)
    path = network.path(name, lane, 60.0, 400.0)
    (centre,), (yaw,), (pitch,), (roll,) = path.pose(5.0, 0.0)
    assert abs(roll) == pytest.approx(0.025, abs=1e-3)
    thing = loose(BODIES["box.cardboard"], tuple(centre), turned=(float(yaw), float(pitch), float(roll)))
    event = Event(np.round(centre), ground_along(path, 5.0, 60.0, np.round(centre), 1.0), [], [thing], STEP_S)
    poses = play(event, 600)
    assert np.abs(poses[:, :3, 3] - poses[0, :3, 3]).max() < 2e-3
    assert np.abs(poses[:, :3, :3] - poses[0, :3, :3]).max() < 2e-3


def test_the_ground_of_an_event_is_the_road_s_surface() -> None:
    scene = concrete(scene_car(40.0, 20.0, lane="middle"), road=HIGHWAY | {"superelevation": 0.04})
    network = network_for(scene.scenario.world.road, None, 0)
    path = network.path(*network.lane("right", 300.0), 300.0, 400.0)
    ground = ground_along(path, 50.0, 150.0, STILL, 1.0)
    some = ground.vertices_m[:: len(ground.vertices_m) // 60]
    inside = np.array([abs(network.locate(x, y).t_m) < 15.0 for x, y, _ in some])
    assert inside.sum() > 20
    assert np.abs(network.height(some[inside, 0], some[inside, 1]) - some[inside, 2]).max() < 0.01
    assert np.ptp(ground.vertices_m[:, 0]) > 170.0


def test_a_car_that_hits_a_box_takes_it_along_at_its_own_speed_or_a_little_more() -> None:
    body, speed = replace(BODIES["box.cardboard"], drag=0.0, friction=0.0), 12.0
    car = BODIES["car.sedan"]
    event = Event(STILL, plain(), [], [loose(body, (5, 0.1, 0))], STEP_S)
    touched = []
    for tick in range(80):
        before = np.array((speed * tick * STEP_S - 2.0, 0, 0, 0, 0, 0))
        after = before + np.array((speed * STEP_S, 0, 0, 0, 0, 0))
        touched += event.step({"car": (blocks_of(car, car.size_m), before, after)}, STILL, None)
    ((_, velocity, _),) = event.poses()
    event.close()
    assert (0, "car") in touched
    assert speed <= velocity[0] + 0.05 and velocity[0] < 1.25 * speed


def test_a_ball_rolls_slower_by_its_rolling_resistance_and_stops() -> None:
    ball = replace(BODIES["ball.football"], drag=0.0)
    speed, radius = 4.0, ball.size_m[2] / 2
    event = Event(
        STILL, plain(), [], [loose(ball, (0, 0, 0), (speed, 0, 0), spin=(0, speed / radius, 0))], STEP_S
    )
    centre = np.array([pose[:3, 3] + pose[:3, 2] * radius for pose in play(event, 1500)])
    slowed = ball.rolling * G_MPS2
    half_s = speed / slowed / 2
    half = round(half_s / STEP_S)
    assert centre[half, 0] == pytest.approx(speed * half_s - slowed * half_s**2 / 2, rel=0.03)
    assert centre[-1, 0] == pytest.approx(speed**2 / (2 * slowed), rel=0.05)
    assert np.abs(centre[:, 2] - radius).max() < 5e-3


def test_a_dropped_ball_comes_back_as_high_as_its_maker_says() -> None:
    ball = replace(BODIES["ball.football"], drag=0.0)
    high = 2.0
    z = play(Event(STILL, plain(), [], [loose(ball, (0, 0, high))], STEP_S), 150)[:, 2, 3]
    first = int(np.argmax(z < 0.05))
    assert z[first:].max() == pytest.approx(ball.restitution**2 * high, rel=0.08)


def test_behind_the_cab_there_is_less_wind() -> None:
    shelter = Shelter(np.eye(4), np.array((25.0, 0.0, 0.0)), 2.0, -4.3, 1.25, 2.9)
    still = np.zeros(3)
    along = [float(shelter.air_mps(np.array((x, 0.0, 1.5)), still)[0]) for x in (1.9, 0.0, -4.0)]
    assert 25.0 > along[0] > along[1] > along[2] > 0.0
    assert shelter.air_mps(np.array((-5.0, 0.0, 1.5)), still)[0] == 0.0  # off the bed
    assert shelter.air_mps(np.array((0.0, 0.0, 3.0)), still)[0] == 0.0  # over the cab


def test_attitudes_survive_the_way_through_quaternion_and_angles() -> None:
    p = pytest.importorskip("pybullet")
    rng = np.random.default_rng(5)
    for _ in range(300):
        angles = rng.uniform(-math.pi, math.pi, 3)
        turned = pose_matrix(STILL, angles)[:3, :3]
        assert np.allclose(pose_matrix(STILL, np.array(euler_rad(turned)))[:3, :3], turned, atol=1e-9)
        assert np.allclose(np.array(p.getMatrixFromQuaternion(quaternion_xyzw(turned))).reshape(3, 3), turned)
    on_end = pose_matrix(STILL, np.array((0.7, math.pi / 2, 0.0)))[:3, :3]
    assert np.allclose(pose_matrix(STILL, np.array(euler_rad(on_end)))[:3, :3], on_end, atol=1e-9)


def test_without_pybullet_there_is_one_clear_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "pybullet", raising=False)

    class Nobody:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "pybullet":
                raise ImportError(name)

    monkeypatch.setattr(sys, "meta_path", [Nobody(), *sys.meta_path])
    with pytest.raises(StormlaneError, match="which needs pybullet: install it"):
        Event(STILL, plain(), [], [loose(PALLET, (0, 0, 0))], STEP_S)
