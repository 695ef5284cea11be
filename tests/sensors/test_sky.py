"""The sky has the colours, the amounts and the shapes that skies have."""

# mypy: allow-untyped-calls

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from renderers.atmosphere import CLEAN_MIE_PER_M, SOLAR_LX, atmosphere
from renderers.clouds import TILE, billows, cover_field, wet_blocks
from renderers.kernels.clouds import BLOCK, FAR, NEAR, march
from renderers.kernels.sky import irradiance as irradiance_kernel
from renderers.kernels.sky import sky_radiance, turn
from renderers.sky import COLUMNS, LUMINANCE, ROWS, bake, daylight
from tests.support import naive_camera
from tests.support.naive_trace import CLEAR

SINE = np.linspace(0, 1, ROWS) ** 2
AZIMUTH = (np.arange(COLUMNS) + 0.5) / COLUMNS * 2 * np.pi


def _horizontal(elevation_deg: float, mie_per_m: float) -> tuple[float, float]:
    """Direct and diffuse light on level ground, lx."""
    air = atmosphere(mie_per_m)
    mu, azimuth = (np.arange(40) + 0.5) / 40, (np.arange(40) + 0.5) / 40 * np.pi
    sky = air.radiance(mu[:, None], azimuth[None, :], math.radians(elevation_deg)) * SOLAR_LX
    sine = math.sin(math.radians(elevation_deg))
    direct = float(LUMINANCE @ air.sunlight(2.0, sine)) * SOLAR_LX * max(sine, 0.0)
    return direct, float(2 * np.pi * ((sky @ LUMINANCE) * mu[:, None]).mean())


def test_a_clear_noon_gives_80_to_110_klx_of_which_the_sky_gives_10_to_20_percent() -> None:
    direct, diffuse = _horizontal(60.0, 7e-5)
    assert 80_000 < direct + diffuse < 110_000
    assert 0.10 < diffuse / (direct + diffuse) < 0.20


def test_a_sun_5_degrees_high_gives_5_to_8_klx() -> None:
    assert 5_000 < sum(_horizontal(5.0, CLEAN_MIE_PER_M)) < 8_000


def test_twilight_fades_by_five_orders_of_magnitude() -> None:
    light = [sum(_horizontal(e, 3e-5)) for e in (0.0, -3.0, -6.0, -12.0)]
    assert 400 < light[0] < 2000 and 1 < light[2] < 12  # the standard values are 800 and 3.4 lx
    assert all(a > b for a, b in itertools.pairwise(light))
    assert light[3] < 0.05


def test_the_zenith_is_bluer_than_the_horizon_and_a_low_sun_is_red() -> None:
    air = atmosphere(CLEAN_MIE_PER_M)
    away = air.radiance(np.array([1.0, 0.03]), np.array([2.0, 2.0]), math.radians(40))
    assert away[0, 2] / away[0, 0] > 1.5 * away[1, 2] / away[1, 0]
    low = air.sunlight(2.0, math.sin(math.radians(2)))
    high = air.sunlight(2.0, math.sin(math.radians(60)))
    assert low[0] / low[2] > 4 * high[0] / high[2]


@pytest.mark.parametrize("okta", [0.0, 4.0, 8.0])
def test_a_bake_gives_one_lux_and_its_coefficients_agree_with_a_sum_over_the_sky(okta: float) -> None:
    sky = bake(35.0, 140.0, okta, 3.0, 5)
    radiance = sky.radiance.astype(np.float64)
    up = naive_camera.irradiance(radiance, SINE, AZIMUTH, np.array([0.0, 0.0, 1.0]))
    assert float(LUMINANCE @ up) == pytest.approx(1.0, abs=2e-3)
    for normal in ([0, 0, 1], [0.5, 0.2, 0.84], [-0.4, 0.5, 0.77]):
        n = np.array(normal, np.float64) / np.linalg.norm(normal)
        ours = np.array(irradiance_kernel(sky.sh, *n.astype(np.float32)))
        theirs = naive_camera.irradiance(radiance, SINE, AZIMUTH, n)
        assert (
            np.abs(ours - theirs).max() < 0.035
        )  # order two of the cosine lobe keeps within 3 % of the whole


def test_daylight_has_the_illuminances_of_the_weather() -> None:
    weather = replace(CLEAR, sun_illuminance_lx=61_000.0, sky_illuminance_lx=14_000.0)
    light = daylight(weather, 1)
    assert float(LUMINANCE @ light.numbers[3:6]) == pytest.approx(61_000, rel=1e-4)
    up = np.array(irradiance_kernel(light.sh, np.float32(0), np.float32(0), np.float32(1)))
    assert float(LUMINANCE @ up) == pytest.approx(14_000, rel=0.02)


def test_clouds_cover_what_was_asked() -> None:
    field = cover_field(3)
    for okta in (2, 4, 6):
        assert float((field > 1 - okta / 8).mean()) == pytest.approx(okta / 8, abs=1e-3)


def test_the_lumps_of_a_cloud_differ_from_height_to_height() -> None:
    lumps = billows(3)
    assert lumps.mean() == pytest.approx(0.0, abs=1e-4)

    def alike(apart: int) -> float:
        pairs = zip(lumps[:-apart], lumps[apart:], strict=True)
        return float(np.mean([np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in pairs]))

    assert alike(1) > 0.55  # a lump is thicker than a slab
    assert alike(8) < 0.3  # and thinner than a cloud, or its sides would hang like curtains


def test_a_ray_through_even_cloud_keeps_the_law_of_beer_and_lambert() -> None:
    slabs, side, extinction, thickness = 8, BLOCK, 0.001, 650.0
    full, empty = np.ones((slabs, side, side), np.float32), np.zeros((slabs, side, side), np.float32)
    sines, headings = np.array([1.0, 0.5], np.float32), np.array([[1.0, 0.0]], np.float32)
    numbers = np.array([6.36e6, 1300.0, thickness, extinction, 0.0, 0.0, 1.0], np.float32)
    lights = np.zeros((3, 3), np.float32)
    lights[0] = 1.0
    isotropic = np.zeros(2, np.float32)
    chance = np.full((2, 1), 0.5, np.float32)
    show, glow = np.empty((2, 1), np.float32), np.empty((2, 1, 3), np.float32)
    wet = NEAR * wet_blocks(full) | FAR * wet_blocks(full)
    march(
        0, 2, sines, headings, chance, full, full, wet, empty, numbers, lights, isotropic, np.float32(0.04), show,
        glow,
    )  # fmt: skip
    passed = np.exp(-extinction * thickness / sines)
    assert show[:, 0] == pytest.approx(passed, rel=1e-3)
    # In thin cloud light is scattered to all sides alike; four orders are taken for one.
    assert glow[:, 0, 1] == pytest.approx((1 - passed) * 4 / (4 * np.pi), rel=1e-3)


def test_a_block_is_dry_only_where_no_reading_between_texels_finds_water() -> None:
    chance = np.random.default_rng(8)
    density = np.zeros((2, TILE, TILE), np.float32)
    density[tuple(chance.integers(0, n, 60) for n in density.shape)] = 1.0
    density[1, 0, 0] = 1.0  # read from the last row and column too: the tile repeats
    wet = wet_blocks(density)
    corners = [np.roll(density, (-i, -j), axis=(1, 2)) > 0.0 for i in (0, 1) for j in (0, 1)]
    for slab, row, column in np.argwhere(np.any(corners, axis=0)):
        assert wet[slab, row // BLOCK, column // BLOCK]
    assert wet.sum() <= 4 * 61


def test_an_overcast_zenith_is_three_times_as_bright_as_its_horizon() -> None:
    sky = bake(35.0, 140.0, 8.0, 3.0, 5).radiance @ LUMINANCE.astype(np.float32)
    assert sky[-20:].mean() / sky[:6].mean() == pytest.approx(3.0, rel=0.12)


def test_the_map_is_read_where_the_twin_reads_it() -> None:
    sky = bake(35.0, 140.0, 4.0, 3.0, 5).radiance
    for direction in np.random.default_rng(4).normal(size=(50, 3)):
        d = np.abs(direction) * [1, 1, 1] if direction[2] < 0 else direction
        d = d / np.linalg.norm(d)
        ours = np.array(sky_radiance(sky, *d.astype(np.float32)))
        assert ours == pytest.approx(naive_camera.sky_radiance(sky.astype(np.float64), d), rel=0.02, abs=1e-4)


def test_the_quick_arctangent_is_right_all_around() -> None:
    angle = np.linspace(0, 2 * np.pi, 721)[:-1]
    ours = [turn(float(np.sin(a)), float(np.cos(a))) for a in angle]
    error = (np.array(ours) - angle / (2 * np.pi) + 0.5) % 1.0 - 0.5
    assert np.abs(error).max() < 2e-5
