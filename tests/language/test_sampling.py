"""Samples are spread as their method says, keep their numbers, and never meddle with each other."""

import itertools
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import qmc

import scenarios
from scenarios import StormlaneError
from scenarios.designs import Plan, Point, covering_array, halton, lhs, random, sobol
from scenarios.quantities import quantities
from scenarios.reader import ScenarioFile
from scenarios.sampling import METHODS, Sampler, Spread, Tally, draw, points
from tests.support.wrong_files import RIG, RIGHT, edited

LEGAL = 'require: ["$ego_speed > 10 m/s", "$rain < 30 mm/h"]\n'


def loaded(folder: Path, text: str = RIGHT, *overrides: str) -> ScenarioFile:
    (folder / "rigs").mkdir(exist_ok=True)
    (folder / "rigs/small.yaml").write_text(RIG)
    path = folder / "case.scenario.yaml"
    path.write_text(text)
    return scenarios.load(path, overrides)


def more(text: str = RIGHT) -> str:
    """The same with a parameter before and one behind the others."""
    text = edited(text, "params:\n", "params:\n  aaa: 1..2 m\n")
    return edited(text, "world:\n", "  zzz: {integers: [1, 9]}\nworld:\n")


def test_quantities_are_listed_in_a_stable_order_with_their_distributions(tmp_path: Path) -> None:
    file = loaded(tmp_path, RIGHT, "rig.lidars.lidar_top.mount.pitch=-1..1 deg")
    assert [q.name for q in quantities(file)] == [
        "params.ego_speed",
        "params.rain",
        "params.lamps",
        "actors.child.look.height",
        "actors.child.look.clothing",
        "background.traffic.vehicles",
        "rig.lidars.lidar_top.mount.pitch",
    ]
    first, *_, last = quantities(file)
    assert first.dimension is not None and first.dimension.name == "speed"
    assert last.distribution.support() == pytest.approx((-np.pi / 180, np.pi / 180))
    assert set(scenarios.resolve(file).point) == {q.coordinate for q in quantities(file)}


@pytest.mark.parametrize("method", ["random", "sobol", "lhs"])
def test_a_parameter_more_leaves_the_others_where_they_were(tmp_path: Path, method: str) -> None:
    before = list(points(loaded(tmp_path), method, 16, seed=5))
    after = list(points(loaded(tmp_path, more()), method, 16, seed=5))
    assert [{name: point[name] for name in before[0]} for point in after] == before
    assert len({point["params.aaa"] for point in after}) == 16


def test_random_points_are_what_resolve_draws_by_itself(tmp_path: Path) -> None:
    file = loaded(tmp_path)
    for sample, point in enumerate(points(file, "random", 5, seed=3)):
        assert scenarios.resolve(file, 3, sample) == scenarios.resolve(file, 3, sample, point)


@pytest.mark.parametrize("method", [m for m in METHODS if m != "coverage"])
def test_points_depend_on_file_method_seed_and_index_alone(tmp_path: Path, method: str) -> None:
    file = loaded(tmp_path)
    first = list(points(file, method, 24, seed=1))
    assert first == list(points(loaded(tmp_path), method, 24, seed=1))
    assert first != list(points(file, method, 24, seed=2))
    assert all(0.0 < u < 1.0 for point in first for u in point.values())
    if METHODS[method].open_ended:
        assert list(points(file, method, 50, seed=1))[: len(first)] == first


@pytest.mark.parametrize("method", ["sobol", "lhs"])
@pytest.mark.parametrize("n", [1, 2, 8, 64])
def test_each_quantity_is_stratified(tmp_path: Path, method: str, n: int) -> None:
    drawn = list(points(loaded(tmp_path), method, n, seed=9))
    for name in drawn[0]:
        assert sorted(int(point[name] * n) for point in drawn) == list(range(n))


def test_a_halton_sequence_is_stratified_in_its_bases(tmp_path: Path) -> None:
    drawn = list(points(loaded(tmp_path), "halton", 30, seed=9))
    for name, base in zip(drawn[0], (2, 3, 5), strict=False):
        assert set(Counter(int(point[name] * base) for point in drawn).values()) == {30 // base}


def cube(method: Any, n: int, seed: int, dimensions: int = 10) -> Any:
    names = tuple(f"params.q{k}" for k in range(dimensions))
    drawn = itertools.islice(method(Plan(names, (), (), n, seed)), n)
    return np.array([[point[name] for name in names] for point in drawn])


def discrepancies(cloud: Any) -> list[float]:
    pairs = itertools.combinations(range(cloud.shape[1]), 2)
    return [float(qmc.discrepancy(cloud[:, list(pair)])) for pair in pairs]


@pytest.mark.parametrize("n", [64, 128, 256])
def test_pairs_are_far_more_even_than_chance(n: int) -> None:
    """Measured, 45 pairs, six seeds: 11 times as even as random; 2, 3.5 and 5 times less than scipy's Sobol'."""
    ours, chance, theirs = (
        np.array([discrepancies(make(seed)) for seed in range(3)])
        for make in (
            lambda seed: cube(sobol, n, seed),
            lambda seed: cube(random, n, seed),
            lambda seed: qmc.Sobol(10, scramble=True, seed=seed).random(n),
        )
    )
    assert ours.mean() < chance.mean() / 7
    assert ours.mean() < theirs.mean() * {64: 3.0, 128: 5.0, 256: 7.0}[n]
    assert ours.max() < chance.mean()  # not even the worst pair is as uneven as an average one of chance
    assert ours.mean() < 1.5 * np.mean([discrepancies(cube(lhs, n, seed)) for seed in range(3)])


def test_halton_pairs_are_even_too() -> None:
    assert np.mean(discrepancies(cube(halton, 256, 1))) < np.mean(discrepancies(cube(random, 256, 1))) / 7


# ------------------------------------------------------------------------------------------------------------- designs
def values(file: ScenarioFile, method: str, samples: int, **how: Any) -> list[dict[str, float | str]]:
    drawn = points(file, method, samples, **how)
    return [scenarios.resolve(file, 0, k, point).params for k, point in enumerate(drawn)]


def test_a_grid_holds_every_combination_and_the_middles_of_its_levels(tmp_path: Path) -> None:
    file = loaded(tmp_path, edited(RIGHT, "world:\n", "  lanes: {integers: [2, 4]}\nworld:\n"))
    rows = values(file, "grid", 40, over=["ego_speed", "lamps", "lanes"])
    assert len(rows) == 36  # 6 levels of speed are the most that 40 samples can hold
    combinations = {(row["lamps"], row["lanes"], round(float(row["ego_speed"]) * 3.6, 6)) for row in rows}
    assert len(combinations) == 36
    speeds = sorted({speed for _, _, speed in combinations})
    assert speeds == pytest.approx([30 + 20 * (k + 0.5) / 6 for k in range(6)])
    assert len({row["rain"] for row in rows}) == 36


def test_a_grid_says_how_many_samples_it_needs(tmp_path: Path) -> None:
    with pytest.raises(StormlaneError) as caught:
        list(points(loaded(tmp_path), "grid", 7))
    assert str(caught.value) == "a grid over ego_speed, rain, lamps needs at least 8 samples, not 7"
    assert len(list(points(loaded(tmp_path), "grid", 8))) == 8


def test_pairwise_shows_every_pair(tmp_path: Path) -> None:
    extra = "  look: {choice: [a, b, c]}\n  n: {integers: [1, 4]}\n  t: 1..2 s\nworld:\n"
    file = loaded(tmp_path, edited(RIGHT, "world:\n", extra))
    rows = values(file, "pairwise", 100)
    assert len(rows) <= 20  # all combinations are 3 * 3 * 2 * 3 * 4 * 3 = 648
    seen = {(row["lamps"], row["look"]) for row in rows}, {(row["look"], row["n"]) for row in rows}
    assert [len(pairs) for pairs in seen] == [6, 12]
    thirds = {(int((float(row["ego_speed"]) * 3.6 - 30) / 20 * 3), row["n"]) for row in rows}
    assert len(thirds) == 12
    with pytest.raises(StormlaneError, match=r"all pairs of ego_speed, rain, lamps need \d+ samples, not 3"):
        list(points(loaded(tmp_path), "pairwise", 3))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 5), min_size=2, max_size=7))
def test_a_covering_array_covers_all_pairs(sizes: list[int]) -> None:
    rows = covering_array(sizes)
    for i, j in itertools.combinations(range(len(sizes)), 2):
        assert {(row[i], row[j]) for row in rows} == set(itertools.product(range(sizes[i]), range(sizes[j])))
    assert len(rows) < 2.5 * max(a * b for a, b in itertools.combinations(sizes, 2)) + 3


def test_coverage_follows_the_score(tmp_path: Path) -> None:
    bins: Counter[int] = Counter()

    def score(point: Point) -> float:
        return -bins[int(point["params.rain"] * 10)]

    for point in points(loaded(tmp_path), "coverage", 20, score=score):
        bins[int(point["params.rain"] * 10)] += 1
    assert min(bins[k] for k in range(10)) >= 1 and max(bins.values()) <= 3
    with pytest.raises(StormlaneError, match="the coverage method needs something to cover"):
        next(points(loaded(tmp_path), "coverage", 1))


def test_wrong_words_are_told(tmp_path: Path) -> None:
    with pytest.raises(StormlaneError, match=re.escape('unknown method "sobel"; did you mean "sobol"?')):
        next(points(loaded(tmp_path), "sobel"))
    with pytest.raises(StormlaneError, match=re.escape('no random parameter "rian"; did you mean "rain"?')):
        next(points(loaded(tmp_path), "grid", 8, over=["rian"]))


# ------------------------------------------------------------------------------------------------------------- require
@pytest.mark.parametrize("method", ["random", "sobol"])
def test_rejected_samples_leave_gaps_and_are_counted_by_clause(tmp_path: Path, method: str) -> None:
    file = loaded(tmp_path, RIGHT + LEGAL)
    tally = Tally()
    kept = list(draw(file, Spread(method, 12, 7), tally=tally))
    assert len(kept) == 12
    for concrete in kept:
        assert float(concrete.params["ego_speed"]) > 10.0 and float(concrete.params["rain"]) < 30.0
    indices = [concrete.sample for concrete in kept]
    assert indices == sorted(set(indices)) and indices[-1] + 1 == tally.drawn > 12
    assert tally.rejected == tally.drawn - 12
    free = list(draw(loaded(tmp_path), Spread(method, tally.drawn, 7)))
    slow = [not float(c.params["ego_speed"]) > 10.0 for c in free]
    wet = [not float(c.params["rain"]) < 30.0 for c in free]
    assert tally.by_clause == {"$ego_speed > 10 m/s": sum(slow), "$rain < 30 mm/h": sum(wet)}
    assert indices == [k for k in range(tally.drawn) if not slow[k] and not wet[k]]
    assert tally.lines()[0] == f"require rejected {tally.rejected} of {tally.drawn} drawn samples"
    assert [c.params for c in draw(file, Spread(method, 5, 7))] == [c.params for c in kept[:5]]


def test_a_design_has_fewer_samples_when_some_are_rejected(tmp_path: Path) -> None:
    file, tally = loaded(tmp_path, RIGHT + LEGAL), Tally()
    kept = list(draw(file, Spread("lhs", 20, 7), tally=tally))
    assert len(kept) + tally.rejected == tally.drawn == 20 and tally.rejected


def test_the_fast_look_agrees_with_what_is_resolved(tmp_path: Path) -> None:
    text = edited(RIGHT, "params:\n", 'params:\n  half: "= $ego_speed / 2"\n  same: $half\n')
    text += "correlate: [{params: [ego_speed, rain], rho: 0.7}]\n"
    text += 'require: ["$same < 6 m/s or $rain > 20 mm/h", "$half * 2 > 9 m/s", "$lamps == lit"]\n'
    file = loaded(tmp_path, text)
    sampler = Sampler(file)
    for sample in range(60):
        params = scenarios.resolve(file, 2, sample).params
        half, rain = float(params["half"]), float(params["rain"])
        expected = [half < 6 or rain > 20, half * 2 > 9, params["lamps"] == "lit"]
        broken = sampler.broken(2, sample, {})
        assert [text not in broken for text in file.draft.require] == expected


def test_a_scenario_that_is_hardly_ever_legal_says_so(tmp_path: Path) -> None:
    file = loaded(tmp_path, RIGHT + 'require: ["$rain < 1 mm/h", "$ego_speed > 0 m/s"]\n')
    with pytest.raises(StormlaneError) as caught:
        list(draw(file, Spread("random", 1, 0)))
    assert str(caught.value).endswith(
        '0 of 1000 drawn samples fulfil require; "$rain < 1 mm/h" rejected 1000 of them'
    )
