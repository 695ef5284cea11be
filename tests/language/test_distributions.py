"""Every distribution is what its name says: against scipy's own, and by what must hold for any of them."""

import math
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from scenarios.chance import stream
from scenarios.distributions import (
    Beta,
    Choice,
    Cut,
    Distribution,
    Empirical,
    Exponential,
    Gamma,
    Histogram,
    Integers,
    Joint,
    LogNormal,
    LogUniform,
    Mixture,
    Normal,
    Poisson,
    Triangular,
    Uniform,
    share,
    words_of,
)
from scenarios.distributions.parts import DISTRIBUTIONS, EXAMPLES
from scenarios.distributions.reading import read_distribution
from scenarios.distributions.schemas import MEANINGS
from scenarios.tree import read
from tests.support.proof import often

U = np.linspace(0.0, 1.0, 2001)[:-1] + 0.00025
DATA = (1.0, 1.5, 1.5, 4.0, 9.0, 9.5)


class Truncated:
    """A distribution of scipy's between two ends, by its own cdf and ppf."""

    def __init__(self, whole: Any, low: float, high: float) -> None:
        self.whole, self.low, self.high = whole, low, high
        self.below, self.kept = whole.cdf(low), whole.cdf(high) - whole.cdf(low)

    def cdf(self, x: Any) -> Any:
        return np.clip((self.whole.cdf(x) - self.below) / self.kept, 0.0, 1.0)

    def ppf(self, u: Any) -> Any:
        return self.whole.ppf(self.below + np.asarray(u) * self.kept)


class Mixed:
    """A mixture of scipy's distributions; no inverse."""

    def __init__(self, *parts: tuple[float, Any]) -> None:
        self.parts = parts

    def cdf(self, x: Any) -> Any:
        return sum(weight * part.cdf(x) for weight, part in self.parts)


def truncnorm(mean: float, sd: float, low: float, high: float) -> Any:
    return stats.truncnorm((low - mean) / sd, (high - mean) / sd, mean, sd)


# Continuous ones: ours, scipy's.
CONTINUOUS: dict[str, tuple[Distribution, Any]] = {
    "uniform": (Uniform(2.0, 5.0), stats.uniform(2.0, 3.0)),
    "log_uniform": (LogUniform(8.0, 60.0), stats.loguniform(8.0, 60.0)),
    "normal": (Normal(9.0, 1.5), stats.norm(9.0, 1.5)),
    "cut normal": (Normal(9.0, 1.5, 5.0, 13.0), truncnorm(9.0, 1.5, 5.0, 13.0)),
    "half normal": (Normal(9.0, 1.5, low=10.0), truncnorm(9.0, 1.5, 10.0, np.inf)),
    "far tail": (Normal(0.0, 1.0, 8.0, 9.0), stats.truncnorm(8.0, 9.0)),
    "far low tail": (Normal(0.0, 1.0, -9.0, -8.0), stats.truncnorm(-9.0, -8.0)),
    "log_normal": (LogNormal(4.0, 2.2), stats.lognorm(math.log(2.2), scale=4.0)),
    "cut log_normal": (
        LogNormal(4.0, 2.2, 2.0, 9.0),
        Truncated(stats.lognorm(math.log(2.2), scale=4.0), 2.0, 9.0),
    ),
    "exponential": (Exponential(3.0), stats.expon(0.0, 3.0)),
    "shifted exponential": (Exponential(3.0, 0.5, 20.0), stats.truncexpon(19.5 / 3.0, 0.5, 3.0)),
    "gamma": (Gamma(4.0, 0.45), stats.gamma(4.0, scale=0.45)),
    "flat gamma": (Gamma(0.3, 2.0), stats.gamma(0.3, scale=2.0)),
    "cut gamma": (Cut(Gamma(4.0, 0.45), 1.0, 3.0), Truncated(stats.gamma(4.0, scale=0.45), 1.0, 3.0)),
    "chi_square": (Gamma(1.5, 4.0), stats.chi2(3, scale=2.0)),
    "beta": (Beta(2.0, 5.0, 1.0, 4.0), stats.beta(2.0, 5.0, 1.0, 3.0)),
    "beta with horns": (Beta(0.5, 0.4, 0.0, 1.0), stats.beta(0.5, 0.4)),
    "triangular": (Triangular(0.4, 0.6, 1.2), stats.triang(0.25, 0.4, 0.8)),
    "right triangle": (Triangular(0.0, 0.0, 2.0), stats.triang(0.0, 0.0, 2.0)),
    "histogram": (
        Histogram((0.0, 1.0, 5.0, 20.0), (70.0, 20.0, 10.0)),
        stats.rv_histogram((np.array([70.0, 20.0, 10.0]), np.array([0.0, 1.0, 5.0, 20.0])), density=False),
    ),
}  # fmt: skip
MIXTURES: dict[str, tuple[Distribution, Any]] = {
    "mixture": (
        Mixture((Normal(9.0, 1.5), LogUniform(0.5, 60.0)), (3.0, 1.0)),
        Mixed((0.75, stats.norm(9.0, 1.5)), (0.25, stats.loguniform(0.5, 60.0))),
    ),
    "nested mixture": (
        Mixture((Mixture((Uniform(-2.0, 1.0), Uniform(0.0, 3.0)), (1.0, 1.0)), Exponential(1.0)), (0.6, 0.4)),
        Mixed((0.3, stats.uniform(-2.0, 3.0)), (0.3, stats.uniform(0.0, 3.0)), (0.4, stats.expon())),
    ),
}
DISCRETE: dict[str, tuple[Distribution, Any]] = {
    "integers": (Integers(1, 5), stats.randint(1, 6)),
    "poisson": (Poisson(2.5), stats.poisson(2.5)),
    "many of poisson": (Poisson(900.0), stats.poisson(900.0)),
    "rare poisson": (Poisson(0.01), stats.poisson(0.01)),
    "cut poisson": (Poisson(2.5, 1, 6), Truncated(stats.poisson(2.5), 0.5, 6.0)),
    "choice": (
        Choice((3.0, 1.0, 7.0), (1.0, 2.0, 1.0)),
        stats.rv_discrete(values=((1, 3, 7), (0.5, 0.25, 0.25))),
    ),
}  # fmt: skip
EMPIRICAL: dict[str, Distribution] = {
    "empirical": Empirical(DATA),
    "stepped": Empirical(DATA, stepped=True),
    "cut empirical": Cut(Empirical(DATA), 1.2, 5.0),
    "one value": Empirical((3.0,)),
}
ALL = CONTINUOUS | MIXTURES | DISCRETE | {name: (ours, None) for name, ours in EMPIRICAL.items()}
CASES = [pytest.param(*pair, id=name) for name, pair in ALL.items()]
DRAWS = stream(0, "tests of distributions").random(often(10_000))


def drawn(ours: Distribution, n: int = len(DRAWS)) -> Any:
    return np.array([ours.ppf(u) for u in DRAWS[:n].tolist()])


@pytest.mark.parametrize(
    ("ours", "theirs"), [pytest.param(*pair, id=name) for name, pair in (CONTINUOUS | MIXTURES).items()]
)
def test_draws_pass_kolmogorov_and_smirnov(ours: Distribution, theirs: Any) -> None:
    assert stats.kstest(drawn(ours), theirs.cdf).pvalue > 0.01


@pytest.mark.parametrize(("ours", "theirs"), [pytest.param(*p, id=name) for name, p in DISCRETE.items()])
def test_counts_are_as_frequent_as_scipy_says(ours: Distribution, theirs: Any) -> None:
    values, counts = np.unique(drawn(ours), return_counts=True)
    expected = (theirs.cdf(values) - theirs.cdf(values - 0.5)) * len(DRAWS)
    common = expected > 20.0
    left = len(DRAWS) - expected[common].sum()
    found = [*counts[common], counts[~common].sum() + 1e-9]
    assert stats.chisquare(found, [*expected[common], max(left, 1e-9)]).pvalue > 0.01


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [pytest.param(*pair, id=name) for name, pair in (CONTINUOUS | DISCRETE).items() if name != "choice"],
)
def test_the_inverse_is_scipys(ours: Distribution, theirs: Any) -> None:
    assert [ours.ppf(float(u)) for u in U] == pytest.approx(theirs.ppf(U), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(("ours", "theirs"), [c for c in CASES if c.values[1] is not None])
def test_the_distribution_function_is_scipys(ours: Distribution, theirs: Any) -> None:
    some = drawn(ours, 500)
    xs = np.linspace(some.min() - 1.0, some.max() + 1.0, 400)
    assert [ours.cdf(float(x)) for x in xs] == pytest.approx(theirs.cdf(xs), rel=1e-7, abs=1e-12)


@pytest.mark.parametrize(("ours", "theirs"), CASES)
@settings(max_examples=often(25), deadline=None)
@given(u=st.floats(0, 1, exclude_max=True), v=st.floats(0, 1, exclude_max=True))
def test_more_coordinate_is_more_value_within_the_support(
    ours: Distribution, theirs: Any, u: float, v: float
) -> None:
    low, high = ours.support()
    least, most = ours.ppf(min(u, v)), ours.ppf(max(u, v))
    assert isinstance(least, float) and isinstance(most, float)
    assert low <= min(least, most) and max(least, most) <= high
    assert math.isfinite(least) and math.isfinite(most)
    if not isinstance(ours, Choice):  # a choice walks through its values as they stand in the file
        assert least <= most + 1e-9 * abs(most)


@pytest.mark.parametrize(("ours", "theirs"), CASES)
@settings(max_examples=often(25), deadline=None)
@given(u=st.floats(1e-6, 1 - 1e-6))
def test_the_inverse_inverts(ours: Distribution, theirs: Any, u: float) -> None:
    value = ours.ppf(u)
    assert isinstance(value, float)
    if not isinstance(ours, Choice):
        slack = 1e-9 * max(abs(value), 1e-3)
        assert ours.cdf(value + slack) >= u - 1e-9
        assert ours.cdf(value - slack) <= u + 1e-9


@pytest.mark.parametrize(("ours", "theirs"), CASES)
def test_loaded_files_travel_to_workers_with_their_distributions(ours: Distribution, theirs: Any) -> None:
    again = pickle.loads(pickle.dumps(ours))
    assert again == ours and again.ppf(0.3) == ours.ppf(0.3)


def test_empirical_quantiles_are_numpys() -> None:
    ours = Empirical(DATA)
    assert [ours.ppf(float(u)) for u in U] == pytest.approx(np.quantile(DATA, U))
    stepped = [Empirical(DATA, stepped=True).ppf(float(u)) for u in U]
    assert stepped == pytest.approx(np.quantile(DATA, U, method="inverted_cdf"))


def test_a_mixture_meets_its_single_values_exactly() -> None:
    rain = Mixture((Choice((0.0,), (1.0,)), Uniform(-1.0, 30.0)), (0.7, 0.3))
    values = [rain.ppf(float(u)) for u in U]
    assert values.count(0.0) == pytest.approx(0.7 * len(U), abs=1)
    assert rain.cdf(0.0) - rain.cdf(-1e-300) == pytest.approx(0.7)
    assert rain.support() == (-1.0, 30.0)


def test_a_part_without_weight_is_never_drawn() -> None:
    assert Mixture((Uniform(0.0, 1.0), Uniform(5.0, 6.0)), (1.0, 0.0)).support() == (0.0, 1.0)
    assert Histogram((0.0, 1.0, 2.0, 3.0), (0.0, 5.0, 0.0)).support() == (1.0, 2.0)
    assert all(1.0 <= Histogram((0.0, 1.0, 2.0, 3.0), (0.0, 5.0, 0.0)).ppf(u) <= 2.0 for u in (0.0, 0.5, 1.0))


def test_a_cut_keeps_the_digits_of_a_far_tail() -> None:
    tail = Cut(Gamma(4.0, 1.0), 60.0, 70.0)  # 1 - cdf is 3e-22 there
    theirs = stats.gamma(4.0)
    middle = tail.ppf(0.5)
    kept = theirs.sf(60.0) - theirs.sf(70.0)
    assert (theirs.sf(60.0) - theirs.sf(middle)) / kept == pytest.approx(0.5, rel=1e-9)
    assert tail.cdf(middle) == pytest.approx(0.5, rel=1e-9)
    assert tail.mass() == pytest.approx(kept)


def test_shares_say_how_likely_a_bin_is() -> None:
    assert share(Uniform(0.0, 10.0), 2.0, 5.0) == pytest.approx(0.3)
    assert share(Integers(1, 5), 2.0, 3.0) == pytest.approx(0.4)
    assert share(Integers(1, 5), 2.0) == pytest.approx(0.2)
    assert share(Uniform(0.0, 10.0), 2.0) == pytest.approx(0.0, abs=1e-12)
    assert share(Choice(("lit", "dark"), (0.7, 0.3)), "dark") == 0.3
    rows = Joint("table.x.csv", ("wet", "dry", "wet", "icy"))
    assert share(rows, "wet") == 0.5 and words_of(rows) == ["wet", "dry", "icy"]
    assert share(Joint("table.x.csv", (4.0, 1.0, 2.0)), 1.0, 2.0) == pytest.approx(2 / 3)


def test_every_distribution_has_an_example_and_a_meaning() -> None:
    assert set(DISTRIBUTIONS) == set(EXAMPLES) == set(MEANINGS)
    for name, text in EXAMPLES.items():
        if name in ("empirical", "joint"):
            continue  # need a table
        distribution, _ = read_distribution(read(text, "example").data, None)
        assert distribution.ppf(0.5) is not None


def told(text: str) -> Distribution:
    return read_distribution(read(text, "example").data, None)[0]


def test_mean_and_sd_are_those_of_the_quantity() -> None:
    for name in ("log_normal", "gamma", "normal"):
        ours = told(f"{{{name}: {{mean: 3 m, sd: 1.2 m}}}}")
        values = np.array([ours.ppf(float(u)) for u in (np.arange(200_000) + 0.5) / 200_000])
        assert (values.mean(), values.std()) == pytest.approx((3.0, 1.2), rel=1e-3)


def test_times_of_day_spread_by_times() -> None:
    ours = told("{normal: {mean: 07:30, sd: 20 min, min: 06:00, max: 09:00}}")
    assert ours == Normal(27000.0, 1200.0, 21600.0, 32400.0)


def test_shapes_read_as_they_should() -> None:
    assert told("{chi_square: {df: 3, scale: 2 m, min: 1 m}}") == Cut(Gamma(1.5, 4.0), 1.0, math.inf)
    assert told("{gamma: {shape: 2, scale: 3 m}}") == Gamma(2.0, 3.0)
    assert told("{exponential: {mean: 3 s, min: -2 s}}") == Exponential(3.0, -2.0)
    assert told("{mixture: [{of: {choice: {5 m: 1, 2 m: 3}}}, {of: 0..1 m}]}") == Mixture(
        (Choice((2.0, 5.0), (3.0, 1.0)), Uniform(0.0, 1.0)), (1.0, 1.0)
    )
