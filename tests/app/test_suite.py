"""A suite renders, checks and counts everything it names."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scenarios.suite import load_suite, split_of
from sim.app.cli import app
from sim.app.suite import runs_of
from tests.app.small import write_small
from tests.support.wrong_files import edited

SUITE = """\
suite: little
scenarios:
  - small.scenario.yaml
  - {file: dry.scenario.yaml, samples: 1}
method: sobol
samples: 2
seeds: [3, 4]
formats: [native, nuscenes]
splits: {train: 0.5, val: 0.5}
set: {capture.duration: 0.1 s, rig.lidars: [VLP]}
"""


@pytest.fixture
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = write_small(tmp_path)
    text = path.read_text() + "cover:\n  rain: {of: $rain, bins: [5 mm/h, 12.5 mm/h, 20 mm/h]}\n"
    path.write_text(text)
    dry = edited(edited(text, "scenario: small_rain", "scenario: dry"), "rain: 5..20 mm/h", "rain: 5..6 mm/h")
    (tmp_path / "dry.scenario.yaml").write_text(edited(dry, "12.5 mm/h, 20 mm/h", "6 mm/h"))
    (tmp_path / "little.suite.yaml").write_text(edited(SUITE, ", rig.lidars: [VLP]", ""))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "little.suite.yaml"


@pytest.mark.slow
def test_everything_is_rendered_into_folders_and_splits(suite: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert CliRunner().invoke(app, ["render", str(suite), "--out", str(out), "-w", "1"]).exit_code == 0
    manifest = json.loads((out / "native/manifest.json").read_text())
    names = [f"dry-000{seed}-0000" for seed in (3, 4)]
    names += [f"small_rain-000{seed}-000{sample}" for seed in (3, 4) for sample in (0, 1)]
    assert [clip["clip_id"] for clip in manifest["clips"]] == names
    splits = load_suite(suite).splits
    assert {clip["clip_id"]: clip["split"] for clip in manifest["clips"]} == {
        name: split_of(name, splits) for name in names
    }
    told = json.loads((out / "nuscenes/v1.0-stormlane/splits.json").read_text())
    assert sorted(told["train"] + told["val"]) == names
    assert told["train"] == [name for name in names if split_of(name, splits) == "train"]
    again = CliRunner().invoke(app, ["render", str(suite), "--out", str(out), "-w", "1"])
    assert again.exit_code == 0
    assert "continuing" in again.stderr  # nothing is made anew
    changed = suite.with_name("other.suite.yaml")
    changed.write_text(edited(suite.read_text(), "train: 0.5, val: 0.5", "train: 0.9, val: 0.1"))
    refused = CliRunner().invoke(app, ["render", str(changed), "--out", str(out), "-w", "1"])
    assert refused.exit_code == 2
    assert "is already divided into other splits" in refused.stderr


def test_a_suite_is_checked_and_counted(suite: Path) -> None:
    run = CliRunner()
    checked = run.invoke(app, ["check", str(suite), "--no-simulate"])
    assert checked.exit_code == 0
    assert checked.stdout.splitlines()[-1] == f"ok {suite}: 6 samples in 4 runs"
    counted = run.invoke(app, ["cover", str(suite), "--no-simulate", "--json"])
    told = json.loads(counted.stdout)["scenarios"]
    assert {name: entry["samples"] for name, entry in told.items()} == {"dry": 2, "small_rain": 4}
    # Two Sobol points lie in different halves of every quantity, for every seed.
    assert told["small_rain"]["items"]["rain"]["bins"] == {"5..12.5 mm/h": 2, "12.5..20 mm/h": 2}
    assert counted.exit_code == 0


def test_coverage_that_a_suite_asks_for_decides(suite: Path) -> None:
    wide = suite.with_name("wide.suite.yaml")
    text = edited(suite.read_text(), "samples: 2", "samples: 1").replace("seeds: [3, 4]", "seeds: [3]")
    wide.write_text(text + "cover: {filled: 100 %}\n")
    assert CliRunner().invoke(app, ["cover", str(wide), "--no-simulate"]).exit_code == 1
    wide.write_text(text + "cover: {filled: 60 %}\n")
    assert CliRunner().invoke(app, ["cover", str(wide), "--no-simulate"]).exit_code == 0


def test_a_suite_goes_alone_and_its_mistakes_are_one_line(suite: Path) -> None:
    both = CliRunner().invoke(app, ["check", str(suite), "small.scenario.yaml"])
    assert both.exit_code == 2
    assert "a suite goes alone" in both.stderr
    suite.write_text(edited(suite.read_text(), "method: sobol", "method: sobl"))
    wrong = CliRunner().invoke(app, ["cover", str(suite)])
    assert wrong.exit_code == 2
    assert 'little.suite.yaml:5:9: unknown word "sobl" for "method"; did you mean "sobol"?' in wrong.stderr


def test_every_rig_of_a_suite_is_named_the_same_wherever_the_project_lies(
    suite: Path, tmp_path: Path
) -> None:
    (tmp_path / "rigs").mkdir()
    (tmp_path / "rigs/wide.yaml").write_text((tmp_path / "rig.yaml").read_text())
    suite.write_text(
        edited(suite.read_text(), "formats:", "rigs: [rigs/wide.yaml, rigs/surround_six.yaml]\nformats:")
    )
    loaded = load_suite(suite)
    assert [name for name, _ in loaded.rigs] == ["wide", "surround_six"]
    named = [next(iter(runs_of(loaded, rig))).overrides[-1] for _, rig in loaded.rigs]
    assert named == ["actors.ego.rig=rigs/wide.yaml", "actors.ego.rig=rigs/surround_six.yaml"]


def test_the_example_suite_loads() -> None:
    found = load_suite(Path(__file__).parents[2] / "examples/hidden_people.suite.yaml")
    assert {e.path.name for e in found.explorations} >= {"child_behind_van.scenario.yaml"}
