"""Air dims and veils as Koschmieder and Beer-Lambert say."""

# mypy: allow-untyped-calls

import math

import numpy as np
import pytest

from renderers.atmosphere import henyey_greenstein
from renderers.fog_light import OPEN
from renderers.frame_light import air_numbers
from renderers.kernels.air import dimmed, optical_depth, veil
from renderers.kernels.halos import halos
from renderers.kernels.lamps import BEAM_PLAIN, L_AX, L_B, L_CD, L_COLUMNS, L_KIND, L_R, L_X
from renderers.lamps import beam_tables
from renderers.lens import brightest_heights
from sim.air import fog_extinction_per_m
from tests.support import naive_camera
from tests.support.small_stage import weather


@pytest.mark.parametrize("mor_m", [40.0, 200.0, 1500.0])
def test_a_black_thing_at_the_optical_range_has_5_percent_contrast_against_the_horizon(mor_m: float) -> None:
    numbers = air_numbers(weather(fog_extinction_per_m=fog_extinction_per_m(mor_m)), 1.5)
    air = np.full((64, 3), 900.0, np.float32)
    direction = np.array([[1.0, 0.0, 0.0], [1.0, 0.0, 1e-5]], np.float32)
    radiance = np.array([[0.0] * 3, [900.0] * 3], np.float32)
    veil(
        0,
        2,
        direction,
        np.array([mor_m, np.inf], np.float32),
        np.array([0, -1], np.int32),
        numbers,
        air,
        OPEN.share,
        OPEN.per_cell,
        OPEN.tiles_across,
        radiance,
    )
    contrast = 1 - radiance[0, 1] / radiance[1, 1]
    assert contrast == pytest.approx(0.05, abs=1e-3)


def test_fog_sends_up_from_below_what_the_ground_sends_back() -> None:
    """A motorway's fog was a seventh too bright below the horizon: it was as bright downwards as along the ground."""
    numbers = air_numbers(weather(fog_extinction_per_m=1.0), 1.5)
    sine = np.linspace(-0.95, 0.95, 39)
    direction = np.column_stack([np.sqrt(1.0 - sine**2), 0.0 * sine, sine]).astype(np.float32)
    radiance = np.zeros((len(sine), 3), np.float32)
    veil(
        0, len(sine), direction, np.full(len(sine), 60.0, np.float32), np.zeros(len(sine), np.int32), numbers,
        np.ones((64, 3), np.float32), OPEN.share, OPEN.per_cell, OPEN.tiles_across, radiance,
    )  # fmt: skip
    seen = radiance[:, 1]
    assert (np.diff(seen) >= 0.0).all() and seen[19] == pytest.approx(1.0, abs=1e-3)
    # What comes up from the whole lower half is the share of the upper half's light that grey ground sends back.
    up = np.trapezoid(np.where(sine < 0, seen * -sine, 0.0), sine)
    down = np.trapezoid(np.where(sine > 0, seen * sine, 0.0), sine)
    assert up / down == pytest.approx(0.25, abs=0.06)


@pytest.mark.parametrize(
    ("z0", "z1", "length"),
    [(1.5, 1.5, 80.0), (1.5, 1.6, 50.0), (1.5, 30.0, 90.0), (40.0, 0.0, 60.0), (12.0, 55.0, 43.0)],
)
def test_ground_fog_adds_up_to_its_quadrature(z0: float, z1: float, length: float) -> None:
    numbers = air_numbers(weather(fog_extinction_per_m=0.05, fog_top_m=12.0, haze_extinction_per_m=1e-4), 1.5)
    slow = naive_camera.depth_of_fog(z0, z1, length, 0.05, 12.0, 3.0, 1e-4)
    assert optical_depth(z0, z1, length, numbers) == pytest.approx(slow, rel=1e-4)


def test_transmittance_is_the_exponential_to_the_last_place() -> None:
    for depth in (*np.linspace(0.0, 50.0, 997), 1e-9, 300.0, 700.0):
        assert float(dimmed(depth)) == pytest.approx(math.exp(-depth), rel=2**-52)
    assert np.float32(dimmed(math.inf)) == 0.0


@pytest.mark.parametrize("g", [-0.3, 0.0, 0.6, 0.87])
def test_the_phase_function_sends_all_light_somewhere(g: float) -> None:
    mu = np.linspace(-1, 1, 200_001)
    assert 2 * np.pi * np.trapezoid(henyey_greenstein(mu, g), mu) == pytest.approx(1.0, abs=1e-6)


def test_a_halo_is_the_integral_of_what_the_air_scatters() -> None:
    lamp = np.zeros((1, L_COLUMNS), np.float32)
    lamp[0, L_X : L_X + 3] = (20.0, 2.0, 1.0)
    lamp[0, L_AX] = -1.0
    lamp[0, L_CD] = 500.0
    lamp[0, L_R : L_B + 1] = 1.0
    lamp[0, L_KIND] = BEAM_PLAIN
    sigma, g, reach = 0.02, 0.7, 60.0
    glow = np.zeros((1, 3), np.float32)
    direction = np.array([[1.0, 0.0, 0.0]], np.float32)
    halos(
        0,
        1,
        direction,
        np.array([reach], np.float32),
        lamp,
        beam_tables(),
        brightest_heights(),
        np.float32(sigma),
        np.float32(g),
        np.float32(1e-4),
        glow,
    )
    t = np.linspace(0, reach, 200_001)
    off = np.stack([t - 20.0, np.full_like(t, -2.0), np.full_like(t, -1.0)], axis=1)
    far = np.linalg.norm(off, axis=1)
    candela = 500.0 * np.maximum(-off[:, 0] / far, 0)
    phase = henyey_greenstein(-off[:, 0] / far, g)
    slow = np.trapezoid(candela / far**2 * phase * sigma * np.exp(-sigma * (t + far)), t)
    # Eight midpoints: good to a tenth, and a halo is judged by eye.
    assert glow[0, 0] == pytest.approx(slow, rel=0.1)


def test_rain_of_one_hour_of_a_cloudburst_halves_contrast_within_200_metres() -> None:
    numbers = air_numbers(weather(rain_extinction_per_m=4.3e-3), 1.5)
    assert math.exp(-optical_depth(1.5, 1.5, 161.2, numbers)) == pytest.approx(0.5, abs=1e-3)
