"""Suite files: found, checked to the last scenario, and split by names alone."""

from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
from ruamel.yaml import YAML

from scenarios.errors import ScenarioError
from scenarios.files import catalogue
from scenarios.json_schema import suite_schema
from scenarios.schema.suite import FormatWord
from scenarios.suite import load_suite, split_of
from sim.app.options import FORMAT_WORDS
from tests.support.wrong_files import RIG, RIGHT, edited

SUITE = """\
suite: wet_evenings
description: Rain and dusk, with and without people.
scenarios:
  - child_behind_van
  - small.scenario.yaml
  - more/*.scenario.yaml
  - {file: small.scenario.yaml, method: grid, over: [rain, lamps], samples: 9, set: {world.road.lanes: 2}}
method: sobol
samples: 4
seeds: [0, 7]
rigs: [rigs/other.yaml]
formats: [native, nuscenes]
splits: {train: 0.7, val: 15 %, test: 0.15}
set: {capture.duration: 2 s}
cover: {filled: 90 %}
"""
WRONG: list[dict[str, Any]] = YAML(typ="safe", pure=True).load(
    (Path(__file__).parent / "wrong_suites.yaml").read_text()
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("rigs", "more/rigs"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "small.yaml").write_text(RIG)
    (tmp_path / "rigs/other.yaml").write_text(edited(RIG, "rig: small", "rig: other"))
    (tmp_path / "small.scenario.yaml").write_text(RIGHT)
    for name in ("b", "a"):
        text = edited(RIGHT, "scenario: small", f"scenario: more_{name}")
        (tmp_path / f"more/{name}.scenario.yaml").write_text(text)
    (tmp_path / "wet.suite.yaml").write_text(SUITE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_suite_names_files_patterns_and_stories(folder: Path) -> None:
    suite = load_suite("wet.suite.yaml")
    assert [e.path.name for e in suite.explorations] == [
        "child_behind_van.scenario.yaml", "small.scenario.yaml", "a.scenario.yaml", "b.scenario.yaml",
        "small.scenario.yaml",
    ]  # fmt: skip
    assert suite.explorations[0].path == catalogue()["child_behind_van"]
    *others, grid = suite.explorations
    assert {(e.method, e.samples, e.over) for e in others} == {("sobol", 4, None)}
    assert (grid.method, grid.samples, grid.over) == ("grid", 9, ("rain", "lamps"))
    assert grid.overrides == ("capture.duration=2 s", "world.road.lanes=2")
    assert others[0].overrides == ("capture.duration=2 s",)
    assert suite.rigs == (("other", Path("rigs/other.yaml")),)
    assert suite.splits == (("train", 0.7), ("val", 0.15), ("test", 0.15))
    assert suite.filled == 0.9


@pytest.mark.parametrize("row", WRONG, ids=[row["wrong"] for row in WRONG])
def test_a_wrong_suite_says_where_and_what(folder: Path, row: dict[str, Any]) -> None:
    Path("wrong.suite.yaml").write_text(edited(SUITE, row["instead of"], row["stands"]))
    with pytest.raises(ScenarioError) as caught:
        load_suite("wrong.suite.yaml")
    assert str(caught.value).splitlines() == [f"wrong.suite.yaml:{line}" for line in row["says"]]


def test_mistakes_of_its_scenarios_are_told_at_their_places(folder: Path) -> None:
    Path("more/b.scenario.yaml").write_text(edited(RIGHT, "lanes: 2", "lnes: 2"))
    with pytest.raises(ScenarioError) as caught:
        load_suite("wet.suite.yaml")
    assert str(caught.value) == 'more/b.scenario.yaml:15:5: unknown key "lnes"; did you mean "lanes"?'


def test_a_clip_s_split_follows_from_its_name_alone(folder: Path) -> None:
    splits = load_suite("wet.suite.yaml").splits
    clips = [f"small-0000-{k:04d}" for k in range(4000)]
    counted = {name: sum(split_of(clip, splits) == name for clip in clips) for name, _ in splits}
    # Shares of 4000 independent draws: within four standard deviations.
    for name, share in splits:
        assert abs(counted[name] - 4000 * share) < 4 * (4000 * share * (1 - share)) ** 0.5
    # A share more moves only clips that it takes.
    wider = (("train", 0.8), ("test", 0.2))
    assert all(split_of(c, wider) == "train" for c in clips if split_of(c, splits) == "train")
    assert split_of("anything", ()) == ""


def test_editors_know_suites(folder: Path) -> None:
    schema = suite_schema()
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    plain = YAML(typ="safe", pure=True)
    assert not list(validator.iter_errors(plain.load(SUITE)))
    for wrong in ("mehtod: sobol", "method: sobl", "samples: many"):
        assert list(validator.iter_errors(plain.load(edited(SUITE, "method: sobol\nsamples: 4", wrong))))
    hover = schema["properties"]["splits"]["description"]
    assert "follows from its name alone" in hover


def test_a_suite_can_ask_for_every_format_and_method() -> None:
    from labelers.writers import FORMATS

    assert set(get_args(FormatWord)) == set(FORMATS)
    assert FORMAT_WORDS.split(", ") == list(FORMATS)
