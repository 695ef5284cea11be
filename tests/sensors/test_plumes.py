"""Dust, smoke and exhaust: the laws of air for balls, the same for camera and lidar, and never in the truth."""

# mypy: allow-untyped-calls

import numpy as np
import pytest

from renderers.aerosols import AEROSOLS, BACKSCATTER_PER_EXTINCTION_SR, INFRARED
from renderers.camera import render
from renderers.frames import Cause
from renderers.kernels.detect import received
from renderers.kernels.spray import (
    B_COLUMNS,
    B_DEPTH_M,
    B_EXTINCTION,
    B_RADIUS_M,
    B_SCALE,
    B_U,
    B_V,
    draw_balls,
    through_mist,
)
from renderers.lidar import scan
from renderers.mist import Met, wisps
from renderers.stage import Stage
from scenarios.schema import Camera, Lidar, Mount
from scenarios.taxonomy import SEMANTIC_ID
from sim.exhaust import droplet_extinction_per_m, exhaust_of, saturation
from sim.plumes import (
    DUST_G_PER_KM_KG_KMH,
    DUST_LIFE_S,
    DUST_M2_PER_G,
    Matter,
)
from sim.weather import WeatherState
from tests.support.small_stage import Mover, block, plain, small_stage, weather

CAR = (4.5, 1.85, 1.5)
DRY = weather(wind_mps=0.0, sun_illuminance_lx=0.0, air_degC=20.0)
COLD = weather(wind_mps=1.0, sun_illuminance_lx=0.0, air_degC=-12.0)
CAMERA = Camera[float].model_validate(
    {"mount": {"x": 2.0, "z": 1.4}, "width": 320, "height": 180, "fov": np.radians(40)}
)


def behind(trail: str | None, state: WeatherState = DRY, speed_mps: float = 15.0, seed: int = 1) -> Stage:
    """An ego behind a car that leaves this in the air."""
    lead = Mover(block(CAR), (18.0, 0.0, 0.0), (speed_mps, 0.0, 0.0), lamps=4)
    ego = Mover(block(CAR), (0.0, 0.0, 0.0), (speed_mps, 0.0, 0.0))
    return small_stage(plain(400.0), [lead], ego, state, seed=seed, trails=(trail,))


# ------------------------------------------------------------------------------------------------------------- matter
@pytest.mark.parametrize("matter", list(Matter))
def test_light_that_is_scattered_is_neither_lost_nor_made(matter: Matter) -> None:
    cosine = np.linspace(-1.0, 1.0, 200_001)
    phase = AEROSOLS[matter].phase(cosine)
    assert 2.0 * np.pi * np.trapezoid(phase, cosine) == pytest.approx(1.0, rel=1e-4)
    assert 2.0 * np.pi * np.trapezoid(phase * cosine, cosine) == pytest.approx(
        AEROSOLS[matter].asymmetry, rel=1e-3
    )


@pytest.mark.parametrize(
    ("matter", "low", "high"),
    [
        (Matter.MIST, 16.2, 19.8),  # O'Connor et al. 2004
        (Matter.EXHAUST, 16.2, 19.8),
        (Matter.DUST, 53.0, 69.0),  # at 532 and 1064 nm
        (Matter.WHITE_SMOKE, 65.0, 75.0),
        (Matter.BLACK_SMOKE, 100.0, 150.0),
    ],
)
def test_lidar_ratios_are_those_that_were_measured(matter: Matter, low: float, high: float) -> None:
    assert low < AEROSOLS[matter].lidar_ratio_sr < high


# ------------------------------------------------------------------------------------------------------- what there is
def test_a_car_on_dry_earth_raises_as_much_dust_as_was_measured() -> None:
    plumes = behind("dust", speed_mps=15.0).airborne.plumes
    assert (plumes.matter == Matter.DUST).all()
    mass_kg = 1450.0
    per_second = DUST_G_PER_KM_KG_KMH * mass_kg * 54.0 * 15.0 / 1000.0 * DUST_M2_PER_G
    born = (plumes.born_s >= 0.0) & (plumes.born_s < 1.0 - 1e-9)
    assert plumes.section_m2[born].sum() == pytest.approx(per_second, rel=0.25)
    # Twice the speed raises twice as much on a metre of road.
    faster = behind("dust", speed_mps=30.0).airborne.plumes
    assert faster.section_m2[0] / 30.0 == pytest.approx(2.0 * plumes.section_m2[0] / 15.0, rel=1e-6)
    assert plumes.born_s.min() < -0.9 * DUST_LIFE_S  # the road behind is dusty from the beginning


def test_wet_roads_raise_no_dust_and_asphalt_none_without_a_word() -> None:
    assert len(behind("dust", weather(wetness=0.8)).airborne.plumes.born_s) == 0
    assert len(behind(None).airborne.plumes.born_s) == 0


def test_thinning_keeps_what_balls_are_made_of() -> None:
    plumes = behind("smoke").airborne.plumes
    early, late = plumes.at(0.2), plumes.at(0.9)
    both = np.intersect1d(early.number, late.number)
    a = np.searchsorted(early.number, both)
    b = np.searchsorted(late.number, both)
    young = 0.9 - plumes.born_s[both] < 0.6 * plumes.life_s[both]
    section = [x.extinction_per_m[k] * 4 / 3 * np.pi * x.radius_m[k] ** 3 for x, k in ((early, a), (late, b))]
    assert young.sum() > 50
    assert section[0][young] == pytest.approx(section[1][young], rel=1e-9)
    assert (late.radius_m[b] > early.radius_m[a]).all()


def _densest(kind: str, speed_mps: float, air_degC: float, humidity: float = 0.8) -> float:
    """The greatest extinction of a vehicle's exhaust, as it mixes with the air."""
    gas = exhaust_of(kind, 1.0 if kind == "car" else 8.0, np.array([speed_mps]))
    share, air = np.geomspace(1e-4, 1.0, 2000), np.full(2000, air_degC)
    water = gas.burnt_water + humidity * saturation(air)
    return float(droplet_extinction_per_m(share, air, np.full(2000, humidity), water, gas.degC).max())


def test_exhaust_is_seen_in_the_cold_only() -> None:
    def longest(air_degC: float) -> float:
        """The least share of exhaust that still holds droplets."""
        share, air = np.geomspace(1e-4, 1.0, 2000), np.full(2000, air_degC)
        wet = droplet_extinction_per_m(
            share, air, np.full(2000, 0.8), np.full(2000, 0.08), np.full(2000, 60.0)
        )
        return float(share[wet > 0.0].min()) if wet.any() else np.inf

    assert longest(-20.0) < longest(-5.0) < longest(5.0) < 0.2
    # 3.18 g of water in a kg of a mixture with a fiftieth of exhaust at -10 degrees, of which 1.96 stay vapour at -8.7.
    one = (np.array([x]) for x in (0.02, -10.0, 0.8, 0.09, 60.0))
    assert droplet_extinction_per_m(*one)[0] == pytest.approx(1.17, rel=0.02)
    assert len(behind("exhaust", DRY, 0.0).airborne.plumes.born_s) == 0
    assert len(behind("exhaust", COLD, 0.0).airborne.plumes.born_s) > 50


def test_hot_exhaust_and_that_of_diesels_show_in_frost_only() -> None:
    # Buses stood in white clouds at 8 degC, though most of a diesel's exhaust is air.
    assert _densest("car", 0.0, 8.0) > 1.0
    assert _densest("bus", 0.0, 8.0) == 0.0 and _densest("car", 30.0, 8.0, humidity=0.95) == 0.0
    assert _densest("bus", 0.0, -15.0) > 0.05 and _densest("car", 30.0, -15.0) > 1.0


def test_engines_burn_what_is_known_of_them() -> None:
    # Litres for 100 km at 20 m/s: a car 5 to 8, a bus of 12 t 20 to 28, a lorry of 40 t 35 to 48.
    for kind, heavy, low, high, kg_per_l in (
        ("car", 1.0, 5.0, 8.0, 0.745), ("bus", 8.0, 20.0, 28.0, 0.835), ("truck", 26.7, 35.0, 48.0, 0.835),
    ):  # fmt: skip
        gas = exhaust_of(kind, heavy, np.array([20.0]))
        fuel = gas.kg_per_s * gas.burnt_water / 1.2
        assert low < fuel[0] / 20.0 * 1e5 / kg_per_l < high, kind
    # Petrol burns with 14.7 times its mass of air, whatever the speed: 7.6 % of what leaves is water.
    assert exhaust_of("car", 1.0, np.array([0.0, 30.0])).burnt_water == pytest.approx(1.2 / 15.7)


def test_any_instant_can_be_asked_alone() -> None:
    first = behind("smoke").airborne
    first.at(0.1)
    a, b = first.at(0.7), behind("smoke").airborne.at(0.7)
    assert a.number.tolist() == b.number.tolist() and (a.centre_m == b.centre_m).all()
    other = behind("smoke", seed=2).airborne.at(0.7)
    assert not np.array_equal(a.centre_m[:20], other.centre_m[:20])


# -------------------------------------------------------------------------------------------------------- beams, pixels
def one_ball(extinction: float, matter: Matter, far: float = np.inf, count: int = 4000) -> Met:
    """What beams along x meet in one ball of 2 m about 20 m."""
    direction = np.tile(np.array([(1.0, 0.0, 0.0)], np.float32), (count, 1))
    out, rows = Met.none(count), np.arange(count)
    through_mist(
        3, rows, rows, direction, np.zeros((count, 3), np.float32), np.full(count, far, np.float32), np.array([5]),
        np.array([(20.0, 0.0, 0.0)]), np.array([2.0]), np.array([extinction * INFRARED[matter]]), np.zeros(1),
        np.array([extinction * BACKSCATTER_PER_EXTINCTION_SR[matter]]), np.array([AEROSOLS[matter].cause], np.uint8),
        12.0, 1.0, out.spray_m, out.depth, out.puff_m, out.puff_echo, out.puff_cause,
    )  # fmt: skip
    return out


def test_beams_through_a_plume_go_by_beer_and_lambert() -> None:
    assert one_ball(0.3, Matter.DUST).depth == pytest.approx(0.3 * 4.0, rel=1e-6)
    assert one_ball(0.3, Matter.DUST, far=19.0).depth == pytest.approx(0.3 * 1.0, rel=1e-6)
    assert one_ball(0.3, Matter.WHITE_SMOKE).depth == pytest.approx(0.47 * 0.3 * 4.0, rel=1e-6)


def test_what_a_plume_sends_back_is_its_backscatter_over_a_pulse() -> None:
    thin = one_ball(0.01, Matter.DUST)
    expected = np.pi * 0.01 / AEROSOLS[Matter.DUST].lidar_ratio_sr * 1.0
    # The strongest of four bins whose speckle has a mean of 1 and a shape of 4, each dimmed by those before it.
    speckle = np.random.default_rng(1).gamma(4.0, 0.25, (100_000, 4)) * np.exp(-0.02 * (np.arange(4) + 0.5))
    strongest = (speckle / np.array([18.5, 19.5, 20.5, 21.5]) ** 2).argmax(axis=1)
    mean = speckle[np.arange(len(speckle)), strongest].mean()
    assert thin.puff_echo.mean() == pytest.approx(expected * mean, rel=0.02)
    assert (thin.puff_cause == Cause.DUST).all()
    assert thin.puff_m.min() >= 18.0 and thin.puff_m.max() <= 22.0
    # A thick one is seen by its near side, as its depth dims what lies behind.
    assert one_ball(3.0, Matter.EXHAUST).puff_m.mean() < 19.0 < thin.puff_m.mean()
    assert received(expected, 20.0, 0.0, 12.0) == pytest.approx(expected / 400.0)


def test_pixels_and_beams_meet_the_same_depth() -> None:
    ball = np.zeros((1, B_COLUMNS), np.float32)
    ball[0, [B_U, B_V, B_SCALE, B_DEPTH_M, B_RADIUS_M, B_EXTINCTION]] = 100.0, 100.0, 40.0, 20.0, 2.0, 0.3
    share, image = np.ones((201, 201), np.float32), np.zeros((201, 201, 3), np.float32)
    draw_balls(0, 201, ball, wisps(), np.full((201, 201), np.inf, np.float32), image, share, False)
    assert (image == 0.0).all()
    y, x = np.mgrid[-100:101, -100:101] / 40.0
    volume = -np.log(share.astype(float)).sum() / 40.0**2
    assert volume == pytest.approx(
        0.3 * 4.0 / 3.0 * np.pi * 8.0, rel=0.01
    )  # extinction times volume of the ball
    assert share[100, 100] == pytest.approx(np.exp(-0.3 * 4.0 * 5.0 / 3.0), rel=1e-4)
    assert (share[np.hypot(x, y) > 2.0] == 1.0).all()


@pytest.mark.parametrize(
    ("trail", "state", "speed", "cause"),
    [
        ("dust", DRY, 15.0, Cause.DUST),
        ("smoke", DRY, 8.0, Cause.SMOKE),
        ("exhaust", COLD, 0.0, Cause.EXHAUST),
    ],
)
def test_camera_lidar_and_labels_know_of_the_same_plume(
    trail: str, state: WeatherState, speed: float, cause: Cause
) -> None:
    stage, bare = behind(trail, state, speed), behind("none", state, speed)
    seen, clear = (render(s, "front", CAMERA, 500_000_000) for s in (stage, bare))
    for name in ("instance", "semantic", "depth_m"):
        assert (getattr(seen, name) == getattr(clear, name)).all()
    through = seen.transmittance / np.maximum(clear.transmittance, 1e-9)
    assert through.min() < 0.95 and through.max() <= 1.0
    changed = np.abs(seen.image.astype(int) - clear.image).max(axis=2)
    assert changed[through < through.min() + 0.03].mean() > changed[through == 1.0].mean()
    twin = render(stage, "front", CAMERA, 500_000_000, clean=True)
    assert (twin.transmittance == seen.transmittance).all()
    lidar = Lidar[float](mount=Mount[float](x=2.3, z=1.2), model="OS1-128")
    sweep, again = (scan(stage, "roof", lidar, 500_000_000, threads=n) for n in (1, 2))
    puff = sweep.cause == cause
    assert puff.sum() > 10
    assert (sweep.instance[puff] == 0).all() and (sweep.semantic[puff] == SEMANTIC_ID["airborne"]).all()
    assert (again.xyz_m == sweep.xyz_m).all() and (again.cause == sweep.cause).all()
    assert not np.isin(scan(bare, "roof", lidar, 500_000_000).cause, [cause]).any()
    # Points lie in the balls.
    balls = stage.airborne.at(0.5)
    world = sweep.xyz_m[puff] @ sweep.world_from_lidar[:3, :3].T + sweep.world_from_lidar[:3, 3]
    apart = np.linalg.norm(world[:, None] - balls.centre_m[None], axis=2) - balls.radius_m
    assert np.quantile(apart.min(axis=1), 0.95) < 0.8
