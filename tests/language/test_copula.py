"""Correlated parameters rise and fall together, and each keeps its own distribution."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import scenarios
import scenarios.distributions
import scenarios.sampling
from scenarios.copula import Copula, copulas
from scenarios.draft import Drawn
from scenarios.schema import Correlation
from tests.language.test_sampling import loaded
from tests.support.wrong_files import RIGHT, edited

PAIR = "correlate:\n  - {params: [ego_speed, rain], rho: -0.6}\n"


def group(matrix: list[list[float]]) -> Copula:
    names = [f"p{k}" for k in range(len(matrix))]
    drafts: Any = {name: Drawn(scenarios.distributions.Uniform(0.0, 1.0), None, "") for name in names}
    wrong: list[str] = []
    found = copulas([Correlation(params=names, matrix=matrix)], drafts, lambda _, why: wrong.append(why))
    assert not wrong, wrong
    return found[0]


def test_rank_correlations_are_those_of_the_copula_and_marginals_stay() -> None:
    matrix = [[1.0, -0.6, 0.3], [-0.6, 1.0, 0.2], [0.3, 0.2, 1.0]]
    copula = group(matrix)
    cloud = np.random.default_rng(4).random((20_000, 3))
    bound = np.array(
        [list(copula.bind(dict(zip(copula.names, u, strict=True))).values()) for u in cloud.tolist()]
    )
    ranks = stats.spearmanr(bound).statistic
    for i, j in ((0, 1), (0, 2), (1, 2)):
        assert ranks[i, j] == pytest.approx(6 / math.pi * math.asin(matrix[i][j] / 2), abs=0.02)
    for k in range(3):
        assert stats.kstest(bound[:, k], "uniform").pvalue > 0.01
    assert (bound[:, 0] == cloud[:, 0]).all()  # the first one keeps its own


@given(
    st.lists(st.floats(0.001, 0.999), min_size=3, max_size=3),
    st.lists(st.floats(0.02, 0.98), min_size=2, max_size=2),
)
def test_a_design_can_have_what_it_wants(own: list[float], wanted: list[float]) -> None:
    copula = group([[1.0, -0.6, 0.3], [-0.6, 1.0, 0.2], [0.3, 0.2, 1.0]])
    free = dict(zip(copula.names, own, strict=True))
    aim = {copula.names[0]: wanted[0], copula.names[2]: wanted[1]}
    bound = copula.bind(copula.loosen(aim, free))
    assert {name: bound[name] for name in aim} == pytest.approx(aim, rel=1e-6)


def test_resolve_draws_correlated_values_and_replays_them(tmp_path: Path) -> None:
    file = loaded(tmp_path, RIGHT + PAIR)
    params = [scenarios.resolve(file, 0, k).params for k in range(400)]
    ranks = stats.spearmanr([p["ego_speed"] for p in params], [p["rain"] for p in params]).statistic
    assert ranks == pytest.approx(-0.58, abs=0.08)
    concrete = scenarios.resolve(file, 0, 3)
    assert scenarios.resolve(file, 9, 9, concrete.point).params == concrete.params
    free = scenarios.resolve(loaded(tmp_path), 0, 3)
    assert concrete.point == free.point
    assert concrete.params["ego_speed"] == free.params["ego_speed"]
    assert concrete.params["rain"] != free.params["rain"]


def test_a_grid_keeps_its_levels_under_correlation(tmp_path: Path) -> None:
    file = loaded(tmp_path, RIGHT + "correlate: [{params: [ego_speed, rain, lamps], rho: 0.5}]\n")
    rows = [
        scenarios.resolve(file, 0, k, point).params
        for k, point in enumerate(scenarios.sampling.points(file, "grid", 18))
    ]
    combinations = {(round(float(r["ego_speed"]), 6), round(float(r["rain"]), 6), r["lamps"]) for r in rows}
    assert len(combinations) == 18


WRONG = {
    "{params: [ego_speed, rian], rho: 0.5}": 'there is no parameter "rian"; did you mean "rain"?',
    "{params: [ego_speed, twice], rho: 0.5}": '"twice" is not random by itself; '
    "correlate parameters that have a distribution or a range",
    "{params: [ego_speed, ego_speed], rho: 0.5}": '"ego_speed" is twice in this group; '
    "put all that are correlated with each other into one group",
    "{params: [ego_speed, rain]}": 'correlated parameters need either "rho" or "matrix"',
    "{params: [ego_speed, rain, lamps], rho: -0.7}": "3 parameters cannot all be correlated by -0.7; "
    "at least by more than -0.5",
    "{params: [ego_speed, rain], matrix: [[1, 0.5]]}": "2 parameters need a matrix of 2 rows with 2 numbers each",
    "{params: [ego_speed, rain], matrix: [[1, 0.5], [0.4, 1]]}": "the matrix is not symmetric: "
    "ego_speed and rain are 0.5 above and 0.4 below",
    "{params: [ego_speed, rain], matrix: [[2, 0.5], [0.5, 1]]}": "ego_speed with itself is 1, not 2",
    "{params: [ego_speed, rain], matrix: [[1, 1.5], [1.5, 1]]}": "ego_speed and rain are 1.5; "
    "a correlation lies between -1 and 1",
    "{params: [ego_speed, rain, lamps], matrix: [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]]}": "ego_speed and rain "
    "cannot be 0.9 when the others are as they are: between -1 and -0.62",
}


@pytest.mark.parametrize(("line", "said"), WRONG.items(), ids=range(len(WRONG)))
def test_what_cannot_be_correlated_is_told(tmp_path: Path, line: str, said: str) -> None:
    text = edited(RIGHT, "params:\n", 'params:\n  twice: "= 2 * $rain"\n') + f"correlate:\n  - {line}\n"
    with pytest.raises(scenarios.ScenarioError) as caught:
        loaded(tmp_path, text)
    assert caught.value.message == said
    assert caught.value.line == 38


def test_a_parameter_is_in_one_group_only(tmp_path: Path) -> None:
    with pytest.raises(scenarios.ScenarioError) as caught:
        loaded(tmp_path, RIGHT + PAIR + "  - {params: [lamps, rain], rho: 0.1}\n")
    assert str(caught.value).endswith(
        'case.scenario.yaml:38:22: "rain" is in another group already; '
        "put all that are correlated with each other into one group"
    )
