"""The numbers that pictures are held against photographs by, on pictures whose numbers are known."""

import numpy as np
import pytest
from numpy.typing import NDArray

from renderers.image_statistics import NAMES, REAL, ImageStatistics, envelope, expected_inside, outside


def power_law(slope: float, side: int = 512) -> NDArray[np.uint8]:
    """A grey picture whose power falls with the given exponent of the frequency."""
    random = np.random.default_rng(3)
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(side), np.fft.fftfreq(side)))
    frequency[0, 0] = 1.0
    phase = np.exp(2j * np.pi * random.random((side, side)))
    field = np.real(np.fft.ifft2(phase * frequency ** (slope / 2.0)))
    grey = 128.0 + 30.0 * (field - field.mean()) / field.std()
    return np.repeat(np.clip(grey, 0, 255).round().astype(np.uint8)[:, :, None], 3, axis=2)


@pytest.mark.parametrize("slope", [-2.0, -2.5, -3.0])
def test_the_slope_of_a_power_law_is_its_exponent(slope: float) -> None:
    assert ImageStatistics.of(power_law(slope)).spectrum_slope == pytest.approx(slope, abs=0.12)


@pytest.mark.parametrize("sd", [1.0, 2.0, 5.0])
def test_noise_is_the_standard_deviation_that_was_added(sd: float) -> None:
    noise = np.random.default_rng(0).normal(120.0, sd, (300, 400, 1)).round()
    picture = np.repeat(noise.astype(np.uint8), 3, axis=2)
    assert ImageStatistics.of(picture).noise == pytest.approx(np.hypot(sd, 12**-0.5), rel=0.03)
    assert ImageStatistics.of(picture).gradient_kurtosis == pytest.approx(3.0, abs=0.15)


def test_an_edge_is_no_noise() -> None:
    picture = np.full((100, 100, 3), 40, np.uint8)
    picture[:, 50:] = 200
    found = ImageStatistics.of(picture)
    assert found.noise == 0.0
    assert found.gradient_kurtosis > 50.0  # one step among ninety-nine


def test_colours_and_brightness() -> None:
    picture = np.zeros((64, 64, 3), np.uint8)
    picture[:, :, 0], picture[:, :, 1], picture[:, :, 2] = 200, 100, 50
    found = ImageStatistics.of(picture)
    assert found.saturation == pytest.approx(0.75)
    assert found.luma_mean == pytest.approx(0.299 * 200 + 0.587 * 100 + 0.114 * 50)
    assert found.luma_sd == pytest.approx(0.0, abs=1e-9)
    assert found.clipped == 0.0
    assert ImageStatistics.of(np.full((64, 64, 3), 255, np.uint8)).clipped == 1.0


def test_envelopes() -> None:
    some = [ImageStatistics.of(power_law(slope, 128)) for slope in (-2.0, -3.0)]
    span = envelope(some)
    assert set(span) == set(NAMES) == set(REAL)
    assert all(not outside(picture, span) for picture in some)
    flat = ImageStatistics.of(np.full((128, 128, 3), 90, np.uint8))
    assert "spectrum_slope" in outside(flat, REAL)
    assert "noise" in outside(flat, REAL)


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="48 pixels"):
        ImageStatistics.of(np.zeros((20, 90, 3), np.uint8))
    with pytest.raises(ValueError, match="needs pictures"):
        envelope([])


@pytest.mark.parametrize("law", ["normal", "exponential", "standard_cauchy"])
def test_further_draws_lie_between_the_least_and_the_most_as_often_as_expected(law: str) -> None:
    draws = getattr(np.random.default_rng(4), law)(size=(40_000, 14))
    known, further = draws[:, :13], draws[:, 13]
    inside = (known.min(axis=1) <= further) & (further <= known.max(axis=1))
    assert inside.mean() == pytest.approx(expected_inside(13), abs=0.01)
