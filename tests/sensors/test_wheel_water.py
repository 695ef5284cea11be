"""Water thrown aside by wheels: as much as they displace, flying as drops do, the same for camera and lidar."""

# mypy: allow-untyped-calls

import numpy as np
import pytest

from renderers.camera import render
from renderers.frames import Cause
from renderers.kernels.surface import FIELD_PITCH_M, field_at
from renderers.lidar import scan
from renderers.puddles import hollows, puddle_field
from renderers.stage import Stage
from scenarios.schema import Camera, Lidar, Mount
from sim.plumes import Matter
from sim.weather import WeatherState
from sim.wheel_water import (
    BALLS,
    CYCLE_S,
    GRAVITY,
    OUTWARD,
    SECOND_AXLE,
    SECTION_PER_M,
    SLOWED_S,
    TAKEN_UP_M,
    Sheets,
    pool_depth_m,
    thrown_m3_per_s,
)
from tests.support.small_stage import Mover, block, plain, small_stage, weather

CAR = (4.68, 2.04, 1.45)  # the sedan of scenarios.bodies
TRACK_M, TYRE_M = 1.56, 0.205
DEEP = weather(wetness=1.0, water_film_m=4e-3, wind_mps=0.0)
SPEED_MPS = 14.0


def driving(state: WeatherState = DEEP, speed_mps: float = SPEED_MPS, seconds: float = 1.0) -> Stage:
    """A car that comes past the ego on the left."""
    car = Mover(block(CAR), (14.0, 3.5, 0.0), (-speed_mps, 0.0, 0.0), np.pi)
    ego = Mover(block(CAR), (-6.0, 0.0, 0.0), (0.0, 0.0, 0.0))
    return small_stage(plain(100.0), [car], ego, state, seconds)


@pytest.mark.parametrize(
    "state",
    [
        weather(wetness=1.0, water_film_m=1e-3),  # grooves take it up
        weather(wetness=1.0, water_film_m=4e-3, snow_depth_m=0.05),
        weather(wetness=1.0, water_film_m=4e-3, ice_cover=1.0),
        weather(),
    ],
)
def test_shallow_frozen_and_dry_roads_splash_nobody(state: WeatherState) -> None:
    assert len(driving(state).airborne.sheets.born_s) == 0
    assert len(driving(DEEP, 2.0).airborne.sheets.born_s) == 0
    assert len(driving(DEEP).airborne.sheets.born_s) > 100


def test_wheels_throw_as_much_as_they_displace() -> None:
    sheets = driving().airborne.sheets
    front = OUTWARD * (4e-3 - TAKEN_UP_M) * TYRE_M * SPEED_MPS
    rear = OUTWARD * (SECOND_AXLE * 4e-3 - TAKEN_UP_M) * TYRE_M * SPEED_MPS
    born = (sheets.born_s >= 0.0) & (sheets.born_s < 1.0)
    both_sides = 2.0 * SECTION_PER_M * (front + rear)
    assert sheets.section_m2[born].sum() == pytest.approx(both_sides, rel=0.06)
    assert thrown_m3_per_s(4e-3, TYRE_M, SPEED_MPS) == pytest.approx(front)
    # Outwards on both sides, none under the car.
    beside = np.abs(sheets.centre_m[:, 1] - 3.5)
    assert beside.min() == pytest.approx(0.5 * (TRACK_M + TYRE_M), abs=0.02)
    assert (np.sign(sheets.centre_m[:, 1] - 3.5) == np.sign(sheets.throw_mps[:, 1])).all()
    assert (np.bincount((sheets.throw_mps[:, 1] > 0).astype(int)) % BALLS == 0).all()


def test_water_leaves_the_wheels_where_they_are_then() -> None:
    """All of a cycle began in one place, half a metre behind the last: rows of white balls beside a fast car."""
    sheets = driving().airborne.sheets
    axles = np.unique(np.round(sheets.centre_m[:, 0] + SPEED_MPS * sheets.born_s, 2))
    assert len(axles) == 2 and 2.0 < axles[1] - axles[0] < 3.5
    assert len(np.unique(np.round(sheets.centre_m[:, 0], 3))) > 0.5 * len(sheets.born_s)


def test_drops_fly_as_gravity_and_air_let_them() -> None:
    one = np.ones(1)
    sheets = Sheets(
        0.0 * one,
        np.array([[0.0, 0.0, 0.05]]),
        np.array([[3.0, 5.0, 4.0]]),
        0.0 * one,
        0.1 * one,
        0.5 * one,
        one,
    )
    place, speed, step = sheets.centre_m[0].copy(), sheets.throw_mps[0].copy(), 1e-4
    for _ in range(6000):
        speed += step * (np.array([0.0, 0.0, -GRAVITY]) - speed / SLOWED_S)
        place += step * speed
    _, centre, radius, extinction, velocity = sheets.at(0.6)
    assert centre[0] == pytest.approx(place, abs=2e-3) and velocity[0] == pytest.approx(speed, abs=2e-3)
    assert extinction[0] * 4 / 3 * np.pi * radius[0] ** 3 == pytest.approx(1.0)
    assert len(sheets.at(1.3)[0]) == 0  # fallen
    assert len(sheets.at(-CYCLE_S)[0]) == 0


def test_puddles_are_where_they_are_drawn() -> None:
    place = np.random.default_rng(3).uniform(-200.0, 200.0, (200, 2))
    drawn = [field_at(puddle_field(), x / FIELD_PITCH_M, y / FIELD_PITCH_M) for x, y in place]
    assert hollows(place) == pytest.approx(np.array(drawn), abs=1e-3)
    depth = pool_depth_m(hollows(np.random.default_rng(4).uniform(0.0, 61.44, (40_000, 2))), 0.1, 6e-3)
    assert (depth > 0.0).mean() == pytest.approx(0.1, abs=0.01)
    assert depth.max() == pytest.approx(6e-3)
    assert (pool_depth_m(np.linspace(0.0, 1.0, 11), 0.0, 6e-3) == 0.0).all()


def test_camera_and_lidar_meet_the_same_sheets() -> None:
    stage = driving(weather(wetness=1.0, water_film_m=8e-3, wind_mps=0.0))
    dry = driving(weather())
    camera = Camera[float](mount=Mount[float](x=3.0, z=1.4), width=128, height=72, fov=1.2)
    now_ns = 800_000_000
    wet_frame, dry_frame = (render(s, "cam", camera, now_ns) for s in (stage, dry))
    assert (wet_frame.instance == dry_frame.instance).all() and (wet_frame.depth_m == dry_frame.depth_m).all()
    veiled = wet_frame.transmittance < 0.8 * dry_frame.transmittance
    assert veiled.mean() > 0.01
    lidar = Lidar[float](mount=Mount[float](z=1.9), model="HDL-64E")
    sweep = scan(stage, "lidar", lidar, now_ns)
    splashed = sweep.cause == Cause.SPRAY
    assert splashed.sum() > 20
    balls = stage.airborne.at(now_ns * 1e-9)
    assert (balls.matter == Matter.SPLASH).sum() > 100
    assert not (scan(dry, "lidar", lidar, now_ns).cause == Cause.SPRAY).any()
