"""What samples should cover, and what is expected: read with units, refused in one clear line."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import scenarios
from scenarios import lock
from scenarios.coverage import Tally
from scenarios.coverage_block import plan_of
from scenarios.errors import ScenarioError
from tests.support.wrong_files import RIG, RIGHT, edited

COVER = """\
cover:
  rain: {of: $rain, bins: osi}
  speed: {of: $ego_speed, every: 5 km/h}
  coarse: {of: $ego_speed, bins: [30 km/h, 40 km/h, 50 km/h]}
  rain_x_lamps: {cross: [rain, lamps], at_least: 5}
"""
EXPECT = """\
expect:
  - id: child_found
    detect: {target: child, as: pedestrian, by: cam_front, iou: 0.5}
    once: "event(reveal)"
    within: 250 ms
    hold: {recall: 0.9, for: 1 s}
  - id: child_kept
    track: {target: child, by: fused, id_switches: 0}
    from: reveal
  - id: no_ghosts
    no_false: {class: [pedestrian, cyclist], by: cam_front, region: ego_path, range: 40 m}
    rate: 0.02 per frame
"""
COVERED = RIGHT + COVER + EXPECT
WRONG: list[dict[str, Any]] = YAML(typ="safe", pure=True).load(
    (Path(__file__).parent / "wrong_outcomes.yaml").read_text()
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "rigs").mkdir()
    (tmp_path / "rigs/small.yaml").write_text(RIG)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def loaded(text: str = COVERED) -> scenarios.ScenarioFile:
    Path("covered.scenario.yaml").write_text(text)
    return scenarios.load("covered.scenario.yaml")


@pytest.mark.parametrize("row", WRONG, ids=[row["wrong"] for row in WRONG])
def test_a_wrong_word_about_the_outcome_says_where_and_what(folder: Path, row: dict[str, Any]) -> None:
    Path("wrong.scenario.yaml").write_text(edited(COVERED, row["instead of"], row["stands"]))
    with pytest.raises(ScenarioError) as caught:
        scenarios.load("wrong.scenario.yaml")
    assert str(caught.value).splitlines() == [f"wrong.scenario.yaml:{line}" for line in row["says"]]


def test_bins_follow_from_what_a_parameter_can_become(folder: Path) -> None:
    plan = loaded().cover
    # 8 to 60 mm/h: OSI's moderate rain reaches up to 8.1 mm/h, its very heavy rain begins at 34.
    assert plan.items["rain"].bins == (
        "PRECIPITATION_MODERATE", "PRECIPITATION_HEAVY", "PRECIPITATION_VERY_HEAVY"
    )  # fmt: skip
    assert plan.items["speed"].bins == ("30..35 km/h", "35..40 km/h", "40..45 km/h", "45..50 km/h")
    assert plan.items["lamps"].bins == ("lit", "dark")  # crossed by its name alone
    assert len(plan.cells("rain_x_lamps")) == 6


def test_edges_are_closed_below_and_the_last_one_above(folder: Path) -> None:
    coarse = loaded().cover.items["coarse"]
    kmh = 1 / 3.6
    assert coarse.bin_of(30 * kmh) == "30..40 km/h"
    assert coarse.bin_of(coarse.edges[1]) == "40..50 km/h"
    assert coarse.bin_of(coarse.edges[2]) == "40..50 km/h"
    assert coarse.bin_of(29.9 * kmh) is None
    assert coarse.bin_of(50.1 * kmh) is None
    assert coarse.bin_of(float("nan")) is None
    assert coarse.bin_of(None) is None


def test_whole_numbers_and_choices_of_quantities_are_bins_of_their_own(folder: Path) -> None:
    text = edited(
        COVERED,
        "  lamps: {choice",
        "  boxes: {integers: [1, 3]}\n  limit: {choice: [30 km/h, 50 km/h]}\n  lamps: {choice",
    )
    plan = loaded(edited(text, "[rain, lamps]", "[boxes, limit]")).cover
    assert plan.items["boxes"].bins == ("1", "2", "3")
    assert plan.items["limit"].bins == ("30 km/h", "50 km/h")
    assert plan.items["limit"].bin_of(50 / 3.6) == "50 km/h"


def test_a_resolved_scenario_carries_its_bins_and_a_lock_keeps_them(folder: Path) -> None:
    file = loaded()
    concrete = scenarios.resolve(file, 3, 1)
    assert lock.load(lock.dump(concrete)) == concrete
    again = plan_of(concrete.scenario)
    assert {name: item.bins for name, item in again.items.items()} == {
        name: item.bins for name, item in file.cover.items.items()
    }
    assert again.crosses == file.cover.crosses
    assert again.items["lamps"].of == concrete.params["lamps"]


def test_a_tally_knows_its_holes_and_what_a_sample_would_fill(folder: Path) -> None:
    plan = loaded().cover
    tally = Tally(plan)
    wet = {"rain": "PRECIPITATION_HEAVY", "speed": "30..35 km/h", "coarse": "30..40 km/h", "lamps": "lit"}
    first = tally.gain(wet)
    # 1/3 of rain, 1/4 of speed, 1/2 of coarse, 1/2 of lamps, and one of five samples in one of six cells
    assert first == pytest.approx(1 / 3 + 1 / 4 + 1 / 2 + 1 / 2 + 1 / 6)
    tally.add(wet)
    assert tally.gain(wet) == pytest.approx(4 / 5 / 6)
    assert tally.count("rain_x_lamps", ("PRECIPITATION_HEAVY", "lit")) == 1
    holes = {(name, cell) for name, cell, _ in tally.holes()}
    assert ("rain_x_lamps", ("PRECIPITATION_HEAVY", "lit")) in holes
    assert ("rain", ("PRECIPITATION_HEAVY",)) not in holes
    assert tally.share() == pytest.approx(1 - len(holes) / (3 + 4 + 2 + 2 + 6))


def test_an_expression_over_the_clip_is_counted_once_it_has_one_value(folder: Path) -> None:
    text = edited(COVERED, "coarse: {of: $ego_speed, bins: [30 km/h, 40 km/h, 50 km/h]}", (
        'coarse: {of: "min(ttc(ego, child))", bins: [0 s, 1 s, 2 s]}\n'
        '  met: {of: "collided(ego, child)"}\n'
        '  pace: {of: "speed(ego) at reveal", every: 20 km/h, range: [0 km/h, 60 km/h]}'
    ))  # fmt: skip
    plan = loaded(text).cover
    assert plan.items["coarse"].bins == ("0..1 s", "1..2 s")
    assert plan.items["met"].bins == ("true", "false")
    assert plan.items["met"].bin_of(True) == "true"
    assert plan.items["pace"].bins == ("0..20 km/h", "20..40 km/h", "40..60 km/h")
    assert plan.items["coarse"].bin_of(float("inf")) is None  # what never happens falls into no bin


def test_expectations_are_settled_with_the_sample(folder: Path) -> None:
    found, kept, quiet = scenarios.resolve(loaded(), 0, 0).scenario.expect
    assert found.detect is not None and found.hold is not None
    assert (found.detect.target, found.detect.as_, found.within_s, found.hold.for_s) == (
        "child",
        "pedestrian",
        0.25,
        1.0,
    )
    assert kept.track is not None and kept.from_ == "reveal"
    assert quiet.no_false is not None and quiet.no_false.range_m == 40.0 and quiet.rate == 0.02
