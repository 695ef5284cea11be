"""Spray behind wheels: as much as was measured, the same for camera and lidar, and never in the truth."""

# mypy: allow-untyped-calls

import numpy as np
import pytest

from renderers.camera import render
from renderers.frame_light import light_of
from renderers.frames import Cause
from renderers.kernels.detect import U_SPRAY
from renderers.kernels.spray import (
    B_COLUMNS,
    B_DEPTH_M,
    B_EXTINCTION,
    B_PHASE,
    B_RADIUS_M,
    B_SCALE,
    B_U,
    B_V,
    B_WISPS,
    CALIBRATED_M,
    draw_balls,
    through_mist,
)
from renderers.lidar import scan
from renderers.mist import Met, MistInBeams, add_mist, mist_before, wisps
from renderers.puddles import puddle_field
from renderers.sky import daylight
from renderers.stage import Stage
from scenarios.schema import Camera, Lidar, Mount
from scenarios.taxonomy import SEMANTIC_ID
from sim.kernels.random import uniform01
from sim.spray import LIVES, mean_clusters, mean_life_s
from sim.weather import WeatherState
from tests.support.small_stage import Mover, block, plain, small_stage, weather

CAR = (4.5, 1.85, 1.5)
WET = weather(wetness=1.0, water_film_m=1e-3, wind_mps=0.0, sun_illuminance_lx=0.0)
MOTORWAY_MPS = 30.0  # 108 km/h
AHEAD_M = 25.0
SPRAY = (
    np.zeros(1),
    np.array([Cause.SPRAY], np.uint8),
    12.0,
    0.75,
)  # backscatter, cause; overlap and pulse, m


def driving(state: WeatherState = WET, speed_mps: float = MOTORWAY_MPS, seconds: float = 1.0) -> Stage:
    """A car that drives ahead of an ego as fast."""
    lead = Mover(block(CAR), (AHEAD_M, 0.0, 0.0), (speed_mps, 0.0, 0.0))
    ego = Mover(block(CAR), (0.0, 0.0, 0.0), (speed_mps, 0.0, 0.0))
    return small_stage(plain(400.0), [lead], ego, state, seconds)


@pytest.mark.parametrize("kmh", [20.0, 50.0])
def test_nothing_is_thrown_up_on_dry_roads_or_by_slow_cars(kmh: float) -> None:
    assert len(driving(speed_mps=kmh / 3.6).airborne.spray.born_s) == 0
    assert len(driving(weather(wetness=0.0, water_film_m=0.0)).airborne.spray.born_s) == 0


def test_there_are_as_many_clusters_as_were_measured() -> None:
    spray = driving(seconds=20.0).airborne.spray
    cycles = 20.0 / 0.1
    each = int(((spray.born_s >= 0.0) & (spray.born_s < 20.0)).sum()) / 2  # two cars
    expected = mean_clusters(1.0, 108.0) * cycles
    assert mean_clusters(1.0, 108.0) == pytest.approx(0.3 * 58.0)
    assert each == pytest.approx(expected, abs=4.0 * np.sqrt(expected / 2))
    assert spray.life_s.mean() == pytest.approx(mean_life_s(1.0, 108.0), abs=0.02)
    assert np.median(spray.radius_m) == pytest.approx(np.exp(-1.2), rel=0.03)
    assert spray.radius_m.max() == 1.0


def test_clusters_are_slowed_by_the_square_of_their_speed() -> None:
    spray = driving().airborne.spray
    row, step = 5, 1e-3
    place, velocity = spray.centre_m[row].copy(), spray.through_air_mps[row] * spray.heading[row]
    for _ in range(700):  # explicit steps of dv/dt = -k |v| v
        place = place + velocity * step
        velocity = velocity - spray.drag_per_m[row] * np.linalg.norm(velocity) * velocity * step
    clouds = spray.at(spray.born_s[row] + 0.7)
    found = clouds.centre_m[clouds.number == row][0]
    assert found == pytest.approx(place, abs=0.02)


def test_old_clusters_are_gone_and_any_instant_can_be_asked_alone() -> None:
    spray = driving(seconds=3.0).airborne.spray
    first = spray.at(1.234)
    spray.at(0.5)
    again = driving(seconds=3.0).airborne.spray.at(1.234)
    assert first.number.tolist() == again.number.tolist()
    assert (first.centre_m == again.centre_m).all()
    assert first.fresh.min() > np.exp(-LIVES) and first.fresh.max() <= 1.0


def test_beams_are_dimmed_by_the_length_of_their_way_through_mist() -> None:
    direction = np.array([(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0)], np.float32)
    offset = np.array([(0.0, 0.0, 0.0), (0.0, 0.0, 0.0), (0.0, 0.6, 0.0)], np.float32)
    far = np.array([np.inf, np.inf, 8.0], np.float32)
    out = Met.none(3)
    through_mist(
        3, np.arange(3), np.arange(3), direction, offset, far, np.array([4]), np.array([(8.0, 0.0, 0.0)]),
        np.array([1.0]), np.array([0.5]), np.array([1.0]), *SPRAY, out.spray_m, out.depth, out.puff_m, out.puff_echo,
        out.puff_cause,
    )  # fmt: skip
    met, depth = out.spray_m, out.depth
    assert (out.puff_echo == 0.0).all()
    # Right through, past it, and up to a surface in its middle at a chord of 0.8 m.
    assert depth == pytest.approx([0.5 * 2.0, 0.0, 0.5 * 0.8], abs=1e-5)
    assert 7.0 < met[0] < 9.0 and np.isinf(met[1])


def test_the_share_of_beams_that_return_is_the_clusters_chance() -> None:
    count, chance = 20000, 0.3
    direction = np.tile(np.array([(1.0, 0.0, 0.0)], np.float32), (count, 1))
    zero = np.zeros((count, 3), np.float32)
    for away, share in ((0.5 * CALIBRATED_M, 1.0), (2.0 * CALIBRATED_M, 0.25)):
        out = Met.none(count)
        rows = np.arange(count)
        through_mist(
            3, rows, rows, direction, zero, np.full(count, np.inf, np.float32), np.array([7]),
            np.array([(away, 0.0, 0.0)]), np.array([0.5]), np.array([0.02]), np.array([chance]), *SPRAY,
            out.spray_m, out.depth, out.puff_m, out.puff_echo, out.puff_cause,
        )  # fmt: skip
        met = out.spray_m
        drawn = [float(uniform01(3, r, U_SPRAY + 21)) < chance * share for r in range(count)]
        returned = np.isfinite(met)
        assert not (returned & ~np.array(drawn)).any()
        # One in 370 falls outside the ball when its place is drawn.
        assert returned.mean() == pytest.approx(chance * share, abs=0.012)
        assert met[returned].mean() == pytest.approx(away, abs=0.01)
        assert met[returned].std() == pytest.approx(1.0 / 6.0, rel=0.05)


def test_a_lidar_sees_mist_behind_the_car_and_it_belongs_to_nobody() -> None:
    stage = driving()
    lidar = Lidar[float](mount=Mount[float](z=1.9), model="HDL-64E")
    wet, dry = (scan(s, "roof", lidar, 500_000_000) for s in (stage, driving(weather(water_film_m=0.0))))
    mist = wet.cause == Cause.SPRAY
    assert 50 < mist.sum() < 0.2 * len(mist)
    assert (dry.cause == Cause.SPRAY).sum() == 0
    assert (wet.instance[mist] == 0).all()
    assert (wet.semantic[mist] == SEMANTIC_ID["airborne"]).all()
    assert (wet.intensity[mist] <= 1.5 / 255.0).all()
    again = scan(stage, "roof", lidar, 500_000_000, threads=3)
    assert (again.xyz_m == wet.xyz_m).all() and (again.cause == wet.cause).all()


def test_mist_moves_evenly_within_a_turn() -> None:
    stage = driving(seconds=2.0)
    mist = MistInBeams(stage.airborne, 1_000_000_000)
    later = stage.airborne.at(1.03)
    moved = dict(zip(later.number.tolist(), later.centre_m, strict=True))
    rows = [k for k, n in enumerate(mist.balls.number.tolist()) if n in moved]
    guess = mist.balls.centre_m[rows] + 0.03 * mist.balls.velocity_mps[rows]
    true = np.array([moved[int(mist.balls.number[k])] for k in rows])
    slowed = (
        0.5
        * stage.airborne.spray.drag_per_m.max()
        * stage.airborne.spray.through_air_mps.max() ** 2
        * 0.03**2
    )
    assert np.abs(guess - true).max() < min(slowed, 0.15)


def test_a_camera_sees_the_mist_and_its_truth_does_not() -> None:
    camera = Camera[float].model_validate(
        {"mount": {"x": 2.0, "z": 1.4}, "width": 320, "height": 180, "fov": np.radians(40)}
    )
    stage = driving()
    seen = render(stage, "front", camera, 500_000_000)
    clean = render(stage, "front", camera, 500_000_000, clean=True)
    assert (seen.instance == clean.instance).all() and (seen.depth_m == clean.depth_m).all()
    still = driving(weather(wetness=1.0, water_film_m=0.0, wind_mps=0.0, sun_illuminance_lx=0.0))
    bare = render(still, "front", camera, 500_000_000)
    assert (seen.image != bare.image)[seen.instance > 0].mean() > 0.5
    at = seen.world_from_camera[:3, 3]
    light = light_of(
        stage.scene(500_000_000), daylight(WET, 1), at, 1.4, 1 / float(seen.model.matrix[0, 0]), puddle_field(),
        np.zeros((1, 1), np.uint8), (0.0, 0.0),
    )  # fmt: skip
    balls = mist_before(stage.airborne.at(0.5), light, seen.model, seen.world_from_camera)
    veiled, lit = np.zeros((180, 320, 3), np.float32), np.full((180, 320, 3), 1e4, np.float32)
    share = np.ones((180, 320), np.float32)
    add_mist(balls, seen.depth_m, veiled, share.copy(), True, 1)
    add_mist(balls, seen.depth_m, lit, share, True, 1)
    passing = (lit - veiled)[..., 0] / 1e4  # what of the light behind comes through
    assert passing == pytest.approx(share, abs=1e-3)
    car = seen.instance > 0
    # Labels know what the mist takes, whether the picture shows it or not.
    assert (seen.transmittance == clean.transmittance).all()
    assert (seen.transmittance[car] / bare.transmittance[car]) == pytest.approx(share[car], rel=1e-4)
    assert 0.5 < passing[car].mean() < 0.98 and passing.max() <= 1.0
    # Mist lies low: the sky is seen past most of it.
    assert passing[:20].mean() > passing[car].mean()


def test_a_ball_keeps_its_water_and_has_no_edge() -> None:
    ball = np.zeros((1, B_COLUMNS), np.float32)
    ball[0, [B_U, B_V, B_SCALE, B_DEPTH_M, B_RADIUS_M]] = 100.0, 100.0, 80.0, 10.0, 1.0
    ball[0, [B_EXTINCTION, B_WISPS]] = 0.02, 0.5
    depth, far = np.full((201, 201), np.inf, np.float32), np.ones((201, 201, 3), np.float32)
    water = []
    for phase in np.linspace(0.0, 6.2, 40):
        ball[0, B_PHASE] = phase
        seen = far.copy()
        draw_balls(0, 201, ball, wisps(), depth, seen, np.ones((201, 201), np.float32), True)
        water.append(-np.log(seen[..., 0].astype(float)))
    y, x = np.mgrid[-100:101, -100:101] / 80.0
    chord = 2.0 * np.sqrt(np.maximum(1.0 - x * x - y * y, 0.0))
    assert np.mean(water, axis=0).sum() == pytest.approx(0.02 * chord.sum(), rel=0.02)
    rim = (np.hypot(x, y) > 0.97) & (np.hypot(x, y) < 0.99)
    assert np.mean(water, axis=0)[rim].max() < 0.2 * 0.02 * chord[rim].min()
    assert np.std(water, axis=0)[100, 100] > 0.002  # no two balls alike
