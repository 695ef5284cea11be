"""A lidar measures what physics lets it measure, when it fires, and says why it did or did not."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from renderers.frame_light import air_numbers
from renderers.frames import Cause, LidarSweep
from renderers.kernels import detect as receiver
from renderers.kernels import lidar as surface
from renderers.lidar import receiver_numbers, scan
from renderers.lidar_casting import material_table, pictured
from renderers.lidar_edges import AROUND, MIDDLE, around
from renderers.lidar_models import LidarModel, lidar_model
from renderers.materials import MATERIAL_ID, MATERIALS, SOILED
from renderers.mesh import THICKNESSES, Mesh
from renderers.puddles import puddle_field
from renderers.tracer import prepare
from scenarios.taxonomy import SEMANTIC_ID
from sim.weather import WeatherState
from tests.sensors.test_bvh import soup
from tests.support import naive_lidar
from tests.support.naive_trace import CLEAR, quad, scene_of
from tests.support.small_stage import Mover, block, mounted, plain, small_stage, wall, weather

HALF_NS = 500_000_000
FULL_SUN = weather(sun_elevation_rad=np.pi / 2, sun_illuminance_lx=80e3, sky_illuminance_lx=20e3)


def quiet(name: str) -> LidarModel:
    """A model without range errors."""
    return replace(lidar_model(name), range_noise_m=0.0, range_bias_m=0.0, range_step_m=1e-5)


def fire(
    echo: NDArray[np.float64],
    range_m: NDArray[np.float64],
    state: WeatherState = CLEAR,
    name: str = "HDL-64E",
) -> dict[str, NDArray[np.generic]]:
    """The receiver alone: level firings at echoes of these strengths at these ranges."""
    model, count = quiet(name), len(echo)
    out = {n: np.zeros(count, np.float32) for n in ("measured", "intensity", "true")}
    cause = np.zeros(count, np.uint8)
    zero = np.zeros(count, np.float32)
    receiver.detect(
        7, np.arange(count), zero + np.float32(2.0), zero, echo.astype(np.float32), range_m.astype(np.float32),
        cause, np.zeros(count, np.uint8), zero, np.full(count, np.inf, np.float32), zero,
        np.full(count, np.inf, np.float32), zero, np.zeros(count, np.uint8),
        air_numbers(state, 0.0), receiver_numbers(model, state),
        0, count, out["measured"], out["intensity"], out["true"],
    )  # fmt: skip
    return {**out, "cause": cause}


def seen_to(rho: float, state: WeatherState = CLEAR, name: str = "HDL-64E") -> float:
    """Range at which half of the firings at a diffuser of `rho` find it."""
    near, far = 1.0, 119.0
    for _ in range(12):
        middle = 0.5 * (near + far)
        found = (
            fire(np.full(4000, rho), np.full(4000, middle), state, name)["cause"] == Cause.SURFACE
        ).mean()
        near, far = (middle, far) if found > 0.5 else (near, middle)
    return near


def foggy(mor_m: float) -> WeatherState:
    alpha = 2.996 / mor_m
    return weather(fog_mor_m=mor_m, fog_extinction_per_m=alpha, fog_backscatter_per_m_sr=alpha / 18.0)


# ---------------------------------------------------------------------------------------------- range and energy
def test_nine_of_ten_firings_find_a_ten_percent_target_at_the_stated_range() -> None:
    r10 = lidar_model("HDL-64E").range_at_10_percent_m
    found = (fire(np.full(20000, 0.1), np.full(20000, r10), FULL_SUN)["cause"] == Cause.SURFACE).mean()
    assert found == pytest.approx(0.9, abs=0.01)


def test_the_sun_costs_range_and_the_night_gives_it_back() -> None:
    night = weather(sun_elevation_rad=-0.5, sun_illuminance_lx=0.0, sky_illuminance_lx=0.001)
    assert seen_to(0.1, night) / seen_to(0.1, FULL_SUN) == pytest.approx(2**0.25, rel=0.02)


def test_l11_what_a_water_surface_does_not_reflect_it_lets_through() -> None:
    for angle in np.radians(np.linspace(0.0, 89.0, 90)):
        reflected, passed = naive_lidar.fresnel_water(angle)
        assert reflected + passed == pytest.approx(1.0, abs=1e-12)
        assert surface.fresnel_water(np.cos(angle)) == pytest.approx(reflected, abs=1e-12)


def test_a_film_makes_ground_darker_the_more_it_grazes_and_black_stays_black() -> None:
    assert surface.film_echo(0.0, 1.0) == 0.0 and surface.soaked_albedo(0.0) == pytest.approx(0.0, abs=1e-12)
    assert surface.soaked_albedo(0.12) == pytest.approx(0.063, abs=0.002)  # Lekner and Dorf: about half
    share = [surface.film_echo(0.15, c) / surface.diffuse_echo(0.15, 0.9, c) for c in (1.0, 0.5, 0.2, 0.1)]
    assert (np.diff(share) < 0).all() and share[-1] < 0.1


def test_echoes_equal_the_twin() -> None:
    rng = np.random.default_rng(4)
    base = soup(3, 300, 6.0, 2.0)
    kinds = rng.integers(0, len(MATERIALS), 300).astype(np.int16)
    normals = rng.normal(size=base.normals.shape).astype(np.float32) * 0.2 + base.normals
    kinds[:30] = SOILED["film"][1][MATERIAL_ID["car_paint_black"]]
    dirt = np.zeros((300, 3), np.uint8)
    dirt[:30] = rng.integers(0, 4 * THICKNESSES, (30, 3))
    mesh = Mesh(base.vertices_m, base.triangles, normals, base.uv_m, kinds, base.semantic, dirt)
    scene = scene_of(mesh, [], [])
    rays = rng.normal(size=(4000, 3))
    rays = (rays / np.linalg.norm(rays, axis=1, keepdims=True)).astype(np.float32)
    hits = prepare(scene, np.zeros(3)).trace(rays)
    ground = np.zeros(surface.Y_COLUMNS)
    ground[[surface.Y_WET, surface.Y_FILM_M, surface.Y_SNOW_M, surface.Y_SNOW_RHO]] = (0.8, 7e-4, 0.008, 0.85)
    out = np.zeros((4, len(rays)), np.float32)
    geometry = scene.geometry
    surface.echoes(
        rays, np.zeros_like(rays), hits.range_m, hits.placement, hits.triangle, hits.u, hits.v,
        np.eye(3, dtype=np.float32).reshape(1, 9), geometry.corners_m, geometry.normal, geometry.material,
        geometry.dirt, material_table(905), ground, puddle_field(), 0, len(rays), out[0], out[1], out[2], out[3],
        np.zeros_like(rays),
    )  # fmt: skip
    met = np.flatnonzero(hits.triangle >= 0)
    assert len(met) > 1000
    assert geometry.dirt[hits.triangle[met[:600]]].any(axis=1).sum() > 20
    for r in met[:600]:
        twin = naive_lidar.echo(
            geometry, hits.triangle[r], float(hits.u[r]), float(hits.v[r]), np.eye(3), rays[r].astype(float),
            0.8, 7e-4, 0.008,
        )  # fmt: skip
        assert out[:, r] == pytest.approx(twin, rel=2e-4, abs=2e-6)


def test_fog_firings_equal_the_twin() -> None:
    rng, state, model = np.random.default_rng(2), foggy(45.0), lidar_model("HDL-64E")
    echo, far = rng.uniform(0.02, 0.6, 300), rng.uniform(3.0, 40.0, 300)
    got = fire(echo, far, state)
    threshold = receiver_numbers(model, state)[receiver.D_THRESHOLD]
    for i in range(300):
        strength, at, fog = naive_lidar.even_air(
            7, i, float(np.float32(echo[i])), float(np.float32(far[i])), state.fog_extinction_per_m,
            state.fog_backscatter_per_m_sr, threshold, model.overlap_m,
            model.near_m, model.pulse_m,
        )  # fmt: skip
        comparator = 1 - 1.2816 * 0.08 + 0.08 * naive_lidar.normal(7, i, 0)
        if abs(strength - comparator) < 1e-4:
            continue
        assert (got["cause"][i] < receiver.SKY) == (strength > comparator)
        if strength > comparator:
            assert got["true"][i] == pytest.approx(at, rel=1e-5)
            assert got["cause"][i] == (Cause.FOG if fog else Cause.SURFACE)


def test_an_echo_is_missed_as_if_its_draw_were_always_asked_for() -> None:
    rng = np.random.default_rng(5)
    for k, strength in enumerate(np.concatenate([rng.uniform(0.2, 1.8, 2000), [-1.0, 0.0, 1e9]])):
        asked = strength <= 1.0 - 1.2816 * receiver.SOFT_EDGE + receiver.SOFT_EDGE * receiver.normal01(
            7, k, 3
        )
        assert receiver.goes_unseen(strength, 7, k, 3) == asked
    assert np.sqrt(-2.0 * np.log(1e-7)) < receiver.MOST_SIGMA  # of draws not below 1e-7


def test_a_wall_behind_glass_comes_back_through_the_pane_twice() -> None:
    pane = wall(5.0, "glass")
    passes = MATERIALS[MATERIAL_ID["glass"]].transmission
    free = scan(small_stage(wall(20.0)), "top", mounted("VLP-16"), HALF_NS)
    seen = scan(small_stage([pane, wall(20.0)]), "top", mounted("VLP-16"), HALF_NS)
    direct = np.median(free.intensity[beside(free)])
    behind = beside(seen) & (seen.range_m > 15.0)
    assert behind.sum() > 0.8 * beside(free).sum()
    assert (seen.cause[behind] == Cause.GLASS).all()
    assert np.median(seen.intensity[behind]) / direct == pytest.approx(passes**2, rel=0.04)  # 8-bit levels


def beside(sweep: LidarSweep) -> NDArray[np.bool_]:
    """Points a little off the x axis, where a pane across it does not mirror the beam back into the sensor."""
    azimuth = np.arctan2(sweep.raw_xyz_m[:, 1], sweep.raw_xyz_m[:, 0])
    return (np.abs(azimuth) > 0.25) & (np.abs(azimuth) < 0.5) & (np.abs(sweep.raw_xyz_m[:, 2]) < 1.0)


# -------------------------------------------------------------------------------------------------------- motion
@pytest.mark.parametrize("name", ["VLP-16", "HDL-64E", "OS1-128"])
def test_l6_at_20_metres_a_second_a_turn_is_skewed_by_two_metres(name: str) -> None:
    ego = Mover(block((0.1, 0.1, 0.1)), velocity_mps=(20.0, 0.0, 0.0))
    stage = small_stage(wall(-10.0), ego=ego)
    sweep = scan(stage, "top", mounted(name), HALF_NS, model=quiet(name))
    x, t = sweep.raw_xyz_m[:, 0].astype(float), sweep.offset_ns * 1e-9
    first, last = t < -0.0499, t > 0.0498
    assert (first.sum() > 5) and (last.sum() > 5)
    per_turn = 0.1 / (t[last].mean() - t[first].mean())
    assert (x[first].mean() - x[last].mean()) * per_turn == pytest.approx(2.0, abs=0.01)
    assert sweep.xyz_m[:, 0].std() < 2e-3 and sweep.xyz_m[:, 0].mean() == pytest.approx(-20.0, abs=2e-3)


def test_steady_points_of_a_turning_ego_stand_still() -> None:
    ego = Mover(block((0.1, 0.1, 0.1)), velocity_mps=(8.0, 0.0, 0.0), yaw_rate_radps=0.8)
    stage = small_stage([wall(30.0), wall(-30.0)], ego=ego)
    sweep = scan(stage, "top", mounted("OS1-128"), HALF_NS, model=quiet("OS1-128"))
    world = sweep.xyz_m @ sweep.world_from_lidar[:3, :3].T + sweep.world_from_lidar[:3, 3]
    inner = np.abs(world[:, 1]) < 50.0  # at the walls' ends beams are half on them
    assert inner.sum() > 10_000 and np.abs(np.abs(world[inner, 0]) - 30.0).max() < 2e-3


def test_a_car_that_crosses_is_sheared_by_its_way_between_the_first_and_the_last_beam() -> None:
    speed = 15.0
    car = Mover(block((2.0, 14.0, 2.0), "concrete"), (9.0, -speed * 0.5, 0.0), (0.0, speed, 0.0))
    sweep = scan(small_stage(plain(), [car]), "top", mounted("HDL-64E", 1.0), HALF_NS, model=quiet("HDL-64E"))
    on_car = sweep.instance == 2
    y, t = sweep.xyz_m[on_car, 1], sweep.offset_ns[on_car] * 1e-9
    left, right = y.argmax(), y.argmin()
    assert y[left] == pytest.approx(7.0 + speed * t[left], abs=0.08)
    assert y[right] == pytest.approx(-7.0 + speed * t[right], abs=0.08)
    assert t[right] - t[left] > 0.015


def test_a_fast_car_is_less_than_a_centimetre_from_where_it_was() -> None:
    speed = 29.0
    car = Mover(block((4.0, 2.0, 2.0), "concrete"), (12.0 - speed * 0.5, 4.0, 0.0), (speed, 0.0, 0.0))
    stage = small_stage(plain(), [car])
    sweep = scan(stage, "top", mounted("HDL-64E", 1.0), HALF_NS, model=quiet("HDL-64E"))
    on_car = (sweep.instance == 2) & (sweep.cause == Cause.SURFACE)
    behind = sweep.raw_xyz_m[on_car].astype(float)
    behind[:, 0] -= 10.0 + speed * sweep.offset_ns[on_car] * 1e-9
    back = np.abs(behind[:, 1] - 4.0) < 0.9
    on_back = back & (np.abs(behind[:, 0]) < 0.2)
    assert on_back.sum() > 30 and np.abs(behind[on_back, 0]).max() < 0.01


# ---------------------------------------------------------------------------------------------------- beam's width
def test_a_pole_thinner_than_the_beam_and_the_wall_behind_it_share_its_energy() -> None:
    model = replace(quiet("HDL-64E"), divergence_rad=(0.02, 0.002))
    pole = quad(
        [(10.0, 0.02, -9.0), (10.0, -0.02, -9.0), (10.0, -0.02, 9.0), (10.0, 0.02, 9.0)][::-1],
        MATERIAL_ID["concrete"],
    )
    ahead = np.array([[1.0, 0.0, 0.0], [0.0, -1.0, 0.0]], np.float32)
    aim = around(ahead[:1], model.divergence_rad)[0]
    assert np.linalg.norm(aim, axis=1) == pytest.approx(1.0)
    both = np.concatenate([ahead[:1], aim])
    share = np.array([MIDDLE, *[AROUND] * 6])
    # Second moments of a Gaussian beam whose intensity falls to 1/e^2 at half its divergence.
    assert (share * both[:, 1] ** 2).sum() == pytest.approx((0.01 / 2) ** 2, rel=1e-3)
    scene = small_stage([pole, wall(30.0, "concrete")]).scene(0)
    hits = prepare(scene, np.zeros(3)).trace(both)
    near = hits.range_m < 15.0
    assert 0 < near.sum() < 7
    assert share[near].sum() + share[~near].sum() == pytest.approx(1.0, abs=1e-9)
    sweep = scan(
        small_stage([pole, wall(30.0, "concrete")]), "top", mounted("HDL-64E", 0.0), HALF_NS, model=model
    )
    free = scan(small_stage(wall(30.0, "concrete")), "top", mounted("HDL-64E", 0.0), HALF_NS, model=model)
    on_pole = (sweep.range_m < 15.0) & (np.abs(sweep.xyz_m[:, 1]) < 0.02)
    whole = scan(small_stage(wall(10.0, "concrete")), "top", mounted("HDL-64E", 0.0), HALF_NS, model=model)
    lit = np.median(whole.intensity[np.abs(whole.raw_xyz_m[:, 1]) < 0.5]) ** 2  # an HDL-64E reads the root
    seen = np.median(sweep.intensity[on_pole]) ** 2
    assert on_pole.sum() > 20 and seen / lit == pytest.approx(share[near].sum(), abs=0.08)
    assert len(sweep.range_m) == pytest.approx(len(free.range_m), rel=0.01)


@pytest.mark.parametrize(("half_width", "most"), [(10.0, 0.055), (0.5, 0.085), (0.2, 0.06)])
def test_seven_rays_share_a_beam_nearly_as_four_hundred(half_width: float, most: float) -> None:
    """Upright edges (a strip of ten radii), poles of a radius and thin ones, anywhere in the beam."""
    few = np.concatenate(
        [[[1.0, 0.0, 0.0]], around(np.array([[1.0, 0.0, 0.0]], np.float32), (0.02, 0.02))[0]]
    )
    share = np.array([MIDDLE, *[AROUND] * 6])
    number = np.arange(400)  # evenly by energy in a Gaussian beam, turned by the golden angle
    many = np.sqrt(-0.5 * np.log(1.0 - (number + 0.5) / 400)) * np.cos(number * np.pi * (3.0 - np.sqrt(5.0)))
    edge = np.linspace(-1.2, 1.2, 481)[:, None] + (half_width if half_width > 1.0 else 0.0)
    on_few = (np.abs(few[:, 1] / few[:, 0] / 0.01 - edge) < half_width) @ share
    on_many = (np.abs(many - edge) < half_width).mean(axis=1)
    assert np.abs(on_few - on_many).mean() < most


def test_a_beam_on_two_steps_less_than_a_pulse_apart_reads_a_range_between_and_says_so() -> None:
    step = quad(
        [(9.5, 20.0, -9.0), (9.5, 0.0, -9.0), (9.5, 0.0, 9.0), (9.5, 20.0, 9.0)][::-1],
        MATERIAL_ID["concrete"],
    )
    stage = small_stage([step, wall(10.0, "concrete")])
    sweep = scan(stage, "top", mounted("VLP-16", 0.0), HALF_NS, model=quiet("VLP-16"))
    x = sweep.xyz_m[:, 0]
    between = (x > 9.53) & (x < 9.97)
    assert between.sum() >= 3 and (sweep.cause[between] == Cause.MIXED).all()
    assert np.abs(sweep.xyz_m[between, 1]).max() < 0.05
    assert (sweep.cause[~between] == Cause.SURFACE).mean() > 0.99


def test_the_roof_of_the_ego_stands_in_the_way_and_its_points_say_whose_they_are() -> None:
    car = Mover(block((4.4, 1.8, 1.4), "concrete"))
    above = scan(
        small_stage(plain(), ego=car), "top", mounted("HDL-64E", 1.9), HALF_NS, model=quiet("HDL-64E")
    )
    own = above.cause == Cause.EGO
    assert own.sum() > 1000 and above.xyz_m[own, 2] == pytest.approx(-0.5, abs=2e-3)
    assert (above.instance[own] == 0).all() and (above.semantic[own] == SEMANTIC_ID["ego_vehicle"]).all()
    assert above.fired == len(above.xyz_m) + sum(above.lost.values())
    within = scan(small_stage(plain(), ego=car), "top", mounted("HDL-64E", 1.3), HALF_NS)
    assert not (within.cause == Cause.EGO).any()  # built in: the body has a window for it


# ------------------------------------------------------------------------------------------------------- weather
def test_fog_takes_what_beer_and_lambert_say() -> None:
    state = foggy(200.0)
    clear, dim = (
        fire(np.full(4000, 0.8), np.full(4000, 18.0)),
        fire(np.full(4000, 0.8), np.full(4000, 18.0), state),
    )
    ratio = dim["intensity"].mean() ** 2 / clear["intensity"].mean() ** 2  # an HDL-64E reads the root
    assert ratio == pytest.approx(np.exp(-2 * state.fog_extinction_per_m * 18.0), rel=0.02)


def test_thick_fog_stands_before_the_sensor_and_haze_does_not() -> None:
    thick = scan(small_stage(plain(), weather=foggy(25.0)), "top", mounted("HDL-64E"), HALF_NS)
    fog = thick.cause == Cause.FOG
    assert fog.sum() > 1000 and np.median(thick.range_m[fog]) < 8.0
    assert (thick.instance[fog] == 0).all()
    thin = scan(small_stage(plain(), weather=foggy(400.0)), "top", mounted("HDL-64E"), HALF_NS)
    assert (thin.cause == Cause.FOG).sum() == 0


def test_snow_returns_more_often_than_rain_and_covers_the_road() -> None:
    snowing = weather(snow_mm_per_h=2.0, snow_extinction_per_m=9e-3, snow_depth_m=0.05)
    sweep = scan(small_stage(plain(), weather=snowing), "top", mounted("VLP-16"), HALF_NS)
    assert 0.5 < (sweep.cause == Cause.SNOW).mean() / (1.57e-2 * 2.0) < 2.5
    dry = scan(small_stage(plain()), "top", mounted("VLP-16"), HALF_NS)
    bright = sweep.intensity[(sweep.cause == Cause.SURFACE) & (sweep.range_m < 12)].mean()
    assert bright > 2.0 * dry.intensity[dry.range_m < 12].mean()


def test_a_wet_road_is_seen_less_far_and_mirrors_a_car_below_itself() -> None:
    car = Mover(block((4.0, 2.0, 1.6), "concrete"), (14.0, 0.0, 0.0))
    flooded = weather(wetness=1.0, water_film_m=1.2e-3)
    dry = scan(small_stage(plain(), [car]), "top", mounted("HDL-64E"), HALF_NS)
    wet = scan(small_stage(plain(), [car], weather=flooded), "top", mounted("HDL-64E"), HALF_NS)
    road = [np.percentile(s.range_m[(s.instance == 0) & (s.cause == Cause.SURFACE)], 99) for s in (dry, wet)]
    assert road[0] > 30.0 and road[1] < 0.7 * road[0]
    ghosts = wet.cause == Cause.GHOST
    assert ghosts.sum() > 50 and (dry.cause != Cause.GHOST).all()
    assert (wet.xyz_m[ghosts, 2] < -1.8).all()  # under the road
    assert (wet.instance[ghosts] == 0).all()
    assert wet.lost["specular"] > dry.lost["specular"]


@pytest.mark.parametrize(("film_m", "least", "most"), [(0.6e-3, 0.0, 0.002), (1.2e-3, 0.02, 0.4)])
def test_grains_that_pierce_a_film_leave_no_picture_in_it(film_m: float, least: float, most: float) -> None:
    state = weather(wetness=1.0, water_film_m=film_m)
    words = mounted("AT128").model_copy(update={"returns": "dual"})
    sweep = scan(small_stage([plain(), wall(40.0, "concrete")], weather=state), "top", words, HALF_NS)
    assert least <= (sweep.cause == Cause.GHOST).mean() <= most


def test_water_mirrors_no_more_than_it_reflects() -> None:
    cosine, film = (
        grid.ravel() for grid in np.meshgrid(np.linspace(0.01, 1.0, 40), np.linspace(0.0, 1.0, 21))
    )
    fresnel = np.array([surface.fresnel_water(c) for c in cosine])
    kept = pictured((fresnel * film**2).astype(np.float32), cosine.astype(np.float32))
    assert (kept <= fresnel * film**2 * 1.001).all()
    assert kept[film == 1.0] == pytest.approx(fresnel[film == 1.0], rel=1e-4)


# --------------------------------------------------------------------------------------------------- bookkeeping
def test_every_firing_is_a_point_or_is_lost_for_a_reason() -> None:
    state = weather(rain_mm_per_h=30.0, rain_extinction_per_m=3e-3, wetness=1.0, water_film_m=5e-4)
    stage = small_stage([plain(), wall(90.0), wall(-140.0)], weather=state)
    sweep = scan(stage, "top", mounted("HDL-64E"), HALF_NS)
    assert sweep.fired == lidar_model("HDL-64E").firings
    assert sweep.fired == len(sweep.xyz_m) + sum(sweep.lost.values())
    assert sweep.lost["sky"] > 0 and sweep.lost["attenuated"] > 0


def test_the_same_bytes_on_one_thread_and_on_four_and_other_noise_at_another_time() -> None:
    car = Mover(block((4.0, 2.0, 1.6)), (12.0, 3.0, 0.0), (5.0, 0.0, 0.0))
    state = replace(foggy(60.0), rain_mm_per_h=20.0)
    one, four, later = (
        scan(small_stage([plain(), wall(30.0)], [car], weather=state), "top", mounted("HDL-32E"), t, threads)
        for t, threads in ((HALF_NS, 1), (HALF_NS, 4), (HALF_NS + 100_000_000, 1))
    )
    for field in (
        "xyz_m",
        "raw_xyz_m",
        "intensity",
        "ring",
        "offset_ns",
        "instance",
        "semantic",
        "cause",
        "range_m",
    ):
        assert np.array_equal(getattr(one, field), getattr(four, field)), field
    assert one.lost == four.lost
    assert len(one.xyz_m) != len(later.xyz_m)


def test_noise_belongs_to_the_sensor_and_a_second_lidar_changes_nothing() -> None:
    stage = small_stage([plain(), wall(30.0)])
    alone = scan(stage, "top", mounted("VLP-16"), HALF_NS)
    other = scan(stage, "rear", mounted("VLP-16"), HALF_NS)
    again = scan(stage, "top", mounted("VLP-16"), HALF_NS)
    assert np.array_equal(alone.xyz_m, again.xyz_m)
    assert not np.array_equal(alone.raw_xyz_m[:100], other.raw_xyz_m[:100])


def test_range_noise_is_that_of_the_model_and_ranges_are_whole_steps() -> None:
    sweep = scan(small_stage(wall(10.0, "concrete")), "top", mounted("HDL-64E"), HALF_NS)
    model = lidar_model("HDL-64E")
    start = np.linalg.norm(sweep.raw_xyz_m, axis=1)
    assert len(start) > 1000
    error = np.linalg.norm(sweep.xyz_m[:, :3], axis=1) - sweep.range_m
    spread = np.concatenate([np.diff(error[sweep.ring == ring]) for ring in range(64)]).std() / np.sqrt(2)
    assert spread == pytest.approx(model.range_noise_m, rel=0.5)


def test_points_carry_the_class_and_the_instance_of_what_they_lie_on() -> None:
    car = Mover(block((4.0, 2.0, 1.6), "concrete", "car"), (8.0, 0.0, 0.0))
    sweep = scan(small_stage([plain(), wall(-20.0)], [car]), "top", mounted("OS1-128"), HALF_NS)
    assert set(np.unique(sweep.semantic)) == {0, 1, 7, 20}
    assert ((sweep.instance == 2) == (sweep.semantic == 20)).all()
    assert ((sweep.cause == Cause.MIXED) == (sweep.semantic == 0)).all()
    inside = sweep.xyz_m[sweep.instance == 2]
    assert (np.abs(inside[:, 0] - 8.0) < 2.06).all() and (np.abs(inside[:, 1]) < 1.06).all()
    road = sweep.semantic == 1
    assert sweep.cos_incidence[road] == pytest.approx(1.8 / sweep.range_m[road], rel=0.02)


def test_a_retroreflector_shines_above_every_diffuser() -> None:
    sign = quad([(15, -1, 1), (15, -1, 3), (15, 1, 3), (15, 1, 1)], MATERIAL_ID["retro_band"])
    sweep = scan(small_stage([sign, wall(20.0)]), "top", mounted("VLP-16"), HALF_NS)
    on_sign = np.abs(sweep.raw_xyz_m[:, 0] - 15) < 0.3
    assert on_sign.sum() > 10
    assert sweep.intensity[on_sign].min() > 101 / 255 >= sweep.intensity[~on_sign].max()
