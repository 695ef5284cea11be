"""Chance is named, repeatable, and distributed as it says."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from scenarios.chance import coordinate, stream
from scenarios.distributions import Choice, Integers, LogUniform, Normal, Uniform

U = np.linspace(0.0, 1.0, 2001)[:-1] + 0.00025


def test_a_stream_belongs_to_its_names() -> None:
    assert (
        stream(1, "lidar", "roof", 7).random(4).tolist() == stream(1, "lidar", "roof", "7").random(4).tolist()
    )
    firsts = {
        float(stream(*names).random())
        for names in (
            (1, "ab", "c"),
            (1, "a", "bc"),
            (1, "abc"),
            (2, "abc"),
            (1, "c", "ab"),
            (12, "abc"),
            (1, "2", "abc"),
        )
    }
    assert len(firsts) == 7


def test_a_stream_is_the_same_on_every_machine() -> None:
    """Frozen: datasets made yesterday must come out the same tomorrow."""
    assert stream(7, "lidar", "roof", 3).random(2).tolist() == [0.767258968514617, 0.8645607249688145]
    assert coordinate(7, 3, "params.rain") == 0.6295471495619366


def test_coordinates_fill_the_open_interval_evenly() -> None:
    drawn = np.array([coordinate(0, i, "params.rain") for i in range(2000)])
    assert drawn.min() > 0.0 and drawn.max() < 1.0
    assert stats.kstest(drawn, "uniform").pvalue > 0.01


def test_coordinates_of_two_quantities_are_independent() -> None:
    a = [coordinate(0, i, "params.rain") for i in range(1000)]
    b = [coordinate(0, i, "params.speed") for i in range(1000)]
    c = [coordinate(1, i, "params.rain") for i in range(1000)]
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.1
    assert abs(np.corrcoef(a, c)[0, 1]) < 0.1
    assert abs(np.corrcoef(a[1:], a[:-1])[0, 1]) < 0.1


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Uniform(2.0, 5.0), stats.uniform(2.0, 3.0)),
        (LogUniform(8.0, 60.0), stats.loguniform(8.0, 60.0)),
        (Normal(9.0, 1.5), stats.norm(9.0, 1.5)),
        (Normal(9.0, 1.5, 5.0, 13.0), stats.truncnorm(-4 / 1.5, 4 / 1.5, 9.0, 1.5)),
        (Normal(9.0, 1.5, low=10.0), stats.truncnorm(1 / 1.5, np.inf, 9.0, 1.5)),
        (Normal(0.0, 1.0, 8.0, 9.0), stats.truncnorm(8.0, 9.0)),
        (Normal(0.0, 1.0, -9.0, -8.0), stats.truncnorm(-9.0, -8.0)),
        (Integers(1, 5), stats.randint(1, 6)),
    ],
    ids=[
        "uniform",
        "log_uniform",
        "normal",
        "cut normal",
        "half normal",
        "far tail",
        "far low tail",
        "integers",
    ],
)
def test_distributions_agree_with_scipy(ours: Uniform, theirs: Any) -> None:
    assert [ours.ppf(float(u)) for u in U] == pytest.approx(theirs.ppf(U), rel=1e-9, abs=1e-12)


def test_a_choice_has_the_shares_of_its_weights() -> None:
    choice = Choice(("lit", "dark", "never"), (0.7, 0.3, 0.0))
    words = [choice.ppf(float(u)) for u in U]
    assert words.count("lit") == pytest.approx(0.7 * len(U), abs=1)
    assert words.count("dark") == pytest.approx(0.3 * len(U), abs=1)
    assert "never" not in words


def test_a_choice_of_numbers_has_their_ends() -> None:
    choice = Choice((3.0, 1.0, 99.0), (1.0, 1.0, 0.0))
    assert choice.support() == (1.0, 3.0)
    assert choice.ppf(0.2) == 3.0


@given(
    st.floats(-50, 50),
    st.floats(0.01, 20),
    st.floats(-60, 60),
    st.floats(0.001, 60),
    st.floats(0, 1, exclude_max=True),
)
def test_a_cut_normal_never_leaves_its_ends(
    mean: float, sd: float, low: float, width: float, u: float
) -> None:
    value = Normal(mean, sd, low, low + width).ppf(u)
    assert low <= value <= low + width


@given(st.floats(0.001, 1e3), st.floats(1.0, 1e3), st.floats(0, 1, exclude_max=True))
def test_ends_are_kept_to_the_last_bit(low: float, factor: float, u: float) -> None:
    high = low * factor
    assert low <= Uniform(low, high).ppf(u) <= high
    assert low <= LogUniform(low, high).ppf(u) <= high


@given(st.floats(0, 1, exclude_max=True), st.floats(0, 1, exclude_max=True))
def test_more_coordinate_is_more_value(u: float, v: float) -> None:
    low, high = sorted((u, v))
    for d in (
        Uniform(1.0, 3.0),
        LogUniform(1.0, 30.0),
        Normal(0.0, 2.0),
        Normal(0.0, 2.0, -1.0, 5.0),
        Integers(-3, 9),
    ):
        assert d.ppf(low) <= d.ppf(high)


def test_the_corner_of_the_cube_is_finite() -> None:
    assert math.isfinite(Normal(0.0, 1.0).ppf(0.0))
