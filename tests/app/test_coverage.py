"""`stormlane cover`: what samples fill, what is missing, and what a dataset has recorded."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scenarios import load, resolve
from scenarios.coverage import Tally as Filled
from scenarios.sampling import Spread, Tally
from scenarios.taxonomy import ACTOR_CLASSES
from sim.app.batch import render_batch
from sim.app.cli import app
from sim.app.coverage import cover_all, record
from sim.app.coverage_text import lines_of
from sim.app.filling import draw_members
from sim.covered import covered as covered_by
from sim.odd import BINS
from tests.app.small import SCENARIO, write_small
from tests.support.wrong_files import edited

COVER = """\
cover:
  rain: {of: $rain, bins: [5 mm/h, 10 mm/h, 15 mm/h, 20 mm/h]}
  rain_x_lamps: {cross: [rain, lamps], at_least: 2}
"""


def covered(folder: Path) -> Path:
    path = write_small(folder)
    text = edited(
        SCENARIO, "  rain: 5..20 mm/h\n", "  rain: 5..20 mm/h\n  lamps: {choice: {lit: 0.9, dark: 0.1}}\n"
    )
    text = edited(text, "  road:", "  lighting: {street_lamps: $lamps}\n  road:")
    path.write_text(text + COVER)
    return path


def test_drawn_samples_are_counted_in_bins_and_crosses(tmp_path: Path) -> None:
    path = covered(tmp_path)
    file = load(path)
    coverage = cover_all([path], spread=Spread("random", 40, 5), simulate=False, quiet=True)
    told = coverage.summary()["scenarios"]["small_rain"]
    drawn = [resolve(file, 5, k).params for k in range(40)]
    assert told["samples"] == 40
    assert told["items"]["rain"]["bins"] == {
        "5..10 mm/h": sum(p["rain"] < 10 for p in drawn),
        "10..15 mm/h": sum(10 <= p["rain"] < 15 for p in drawn),
        "15..20 mm/h": sum(p["rain"] >= 15 for p in drawn),
    }
    cells = {tuple(c["bins"]): c["count"] for c in told["crosses"]["rain_x_lamps"]["cells"]}
    assert cells["5..10 mm/h", "dark"] == sum(p["rain"] < 10 and p["lamps"] == "dark" for p in drawn)
    assert sum(cells.values()) == 40
    missing = {tuple(h["bins"]) for h in told["holes"] if h["of"] == "rain_x_lamps"}
    assert missing == {cell for cell, count in cells.items() if count < 2}


def test_processes_count_as_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.app.coverage.CHUNK", 2)  # three portions of five samples
    path, spread = covered(tmp_path), Spread("random", 5)
    one = cover_all([path], spread=spread, workers=1, quiet=True).summary()
    assert one == cover_all([path], spread=spread, workers=2, quiet=True).summary()
    odd = one["scenarios"]["small_rain"]["odd"]
    assert odd["odd.road"]["urban_street"] == 5
    assert odd["odd.actors"]["pedestrian"] == 5
    assert odd["odd.actors"]["animal"] == 0
    assert odd["odd.range"]["10..20 m"] == 5  # the walker begins nine metres ahead of the bumper
    assert set(odd) == set(BINS)
    assert set(odd["odd.actors"]) == set(ACTOR_CLASSES)


def test_a_sample_counts_in_every_class_of_weather_that_it_meets(tmp_path: Path) -> None:
    from sim.simulate import simulate

    path = covered(tmp_path)
    file = load(path, ("world.weather.0={rain: 5 mm/h, air: 8 degC}", "world.clock.sun.elevation=-3 deg"))
    found = record(resolve(file), simulate(resolve(file)))
    assert found["odd"]["odd.rainfall"] == ["moderate"]
    assert found["odd"]["odd.precipitation"] == ["PRECIPITATION_MODERATE"]
    assert found["odd"]["odd.sun"] == ["civil_twilight"]
    assert found["odd"]["odd.daylight"] == ["low_ambient"]
    assert found["odd"]["odd.surface"] == ["wet"]
    assert json.loads(json.dumps(found)) == found


def test_the_command_tells_holes_and_fails_until_targets_are_met(tmp_path: Path) -> None:
    path = str(covered(tmp_path))
    run = CliRunner()
    few = run.invoke(app, ["cover", path, "-n", "3", "--no-simulate"])
    assert few.exit_code == 1
    assert "rain_x_lamps = rain x lamps  at least 2 each" in few.stdout
    assert few.stdout.splitlines()[-1].endswith("holes")
    many = run.invoke(app, ["cover", path, "-n", "200", "--no-simulate", "--json"])
    assert many.exit_code == 0
    assert json.loads(many.stdout)["share"] == 1.0
    assert run.invoke(app, ["cover", path, "-n", "3", "--no-simulate", "--fail-under", "5"]).exit_code == 0
    wrong = run.invoke(app, ["cover", str(tmp_path)])
    assert wrong.exit_code == 2
    assert "no coverage is recorded here" in wrong.stderr


def test_a_dataset_keeps_what_its_clips_cover(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, out = covered(tmp_path / "in"), tmp_path / "out"
    short = ("capture.duration=0.1 s", "rig.lidars=null")
    assert render_batch(
        [path], out, samples=2, seed=1, workers=1, format_name="native", overrides=short, quiet=True
    )
    kept = sorted((out / ".stormlane/coverage").glob("*.json"))
    assert [p.stem for p in kept] == ["small_rain-0001-0000", "small_rain-0001-0001"]
    totals = json.loads((out / ".stormlane/coverage.json").read_text())
    assert totals["scenarios"]["small_rain"]["samples"] == 2
    told = CliRunner().invoke(app, ["cover", str(out), "--json"])
    assert json.loads(told.stdout) == totals
    kept[0].write_text("{}")
    broken = CliRunner().invoke(app, ["cover", str(out)])
    assert broken.exit_code == 2
    assert "this is no coverage record" in broken.stderr


SKEWED = """\
scenario: skewed
params:
  rain: {exponential: {mean: 4 mm/h, max: 60 mm/h}}
  speed: {normal: {mean: 40 km/h, sd: 4 km/h, min: 20 km/h, max: 60 km/h}}
  lamps: {choice: {lit: 0.95, dark: 0.05}}
world:
  clock: {sun: {elevation: 20 deg, azimuth: 200 deg}}
  weather: [{rain: $rain}]
  lighting: {street_lamps: $lamps}
  road: {preset: urban_street}
actors:
  ego: {model: car.sedan, start: {lane: right, s: 20 m, speed: $speed}}
require: ["$rain < 59 mm/h"]
cover:
  rain: {of: $rain, bins: [0 mm/h, 5 mm/h, 10 mm/h, 15 mm/h]}
  speed: {of: $speed, bins: [30 km/h, 35 km/h, 40 km/h, 45 km/h, 50 km/h]}
  both: {cross: [rain, speed]}
  lamps: {of: $lamps, at_least: 3}
"""


def until_full(path: Path, method: str, most: int) -> int:
    """How many samples of a method fill every bin."""
    drawn = draw_members([load(path)], Spread(method, most), Tally())
    filled = Filled(load(path).cover)
    for count, concrete in enumerate(drawn, 1):
        filled.add(covered_by(concrete).bins)
        if not any(filled.holes()):
            return count
    return most + 1


def test_coverage_sampling_fills_rare_bins_with_far_fewer_samples(tmp_path: Path) -> None:
    path = tmp_path / "skewed.scenario.yaml"
    path.write_text(SKEWED)
    chosen = until_full(path, "coverage", 400)
    # Twelve combinations and three dark samples ask for twelve samples at the very least.
    assert 12 <= chosen <= 60
    assert until_full(path, "random", 4 * chosen) > 4 * chosen
    again = [c.point for c in draw_members([load(path)], Spread("coverage", 20), Tally())]
    assert again == [c.point for c in draw_members([load(path)], Spread("coverage", 20), Tally())]
    assert again[:10] == [c.point for c in draw_members([load(path)], Spread("coverage", 10), Tally())]


def test_coverage_sampling_needs_something_to_cover(tmp_path: Path) -> None:
    told = CliRunner().invoke(
        app, ["check", str(write_small(tmp_path)), "--method", "coverage", "--no-simulate"]
    )
    assert told.exit_code == 2
    assert "the coverage method fills the bins of cover, and there are none" in told.stderr


def test_clauses_that_reject_samples_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "skewed.scenario.yaml"
    path.write_text(edited(SKEWED, '"$rain < 59 mm/h"', '"$rain < 3 mm/h"'))
    found = cover_all([path], spread=Spread("random", 20), simulate=False, quiet=True)
    rejected = found.summary()["scenarios"]["skewed"]["rejected"]
    assert rejected["by"] == {"$rain < 3 mm/h": rejected["samples"]}
    assert rejected["samples"] > 5


def test_samples_in_which_something_else_happens_cover_nothing(tmp_path: Path) -> None:
    path = covered(tmp_path)
    path.write_text(path.read_text() + 'valid: ["$rain < 12 mm/h", "$rain < 15 mm/h"]\n')
    file = load(path)
    rains = [resolve(file, 0, k).params["rain"] for k in range(8)]
    found = cover_all([path], spread=Spread("random", 8), workers=1, quiet=True)
    told = found.summary()["scenarios"]["small_rain"]
    refused = sum(rain >= 12 for rain in rains)
    assert told["samples"] == 8 - refused
    # A sample that breaks both clauses is one sample.
    assert told["rejected"]["samples"] == refused
    assert told["rejected"]["by"]["$rain < 12 mm/h"] == refused
    assert told["rejected"]["by"]["$rain < 15 mm/h"] == sum(rain >= 15 for rain in rains) > 0
    assert told["items"]["rain"]["bins"]["15..20 mm/h"] == 0
    assert next(lines_of(found)) == f"small_rain: {8 - refused} samples, {refused} rejected"


def test_without_simulation_what_asks_about_the_clip_stays_open(tmp_path: Path) -> None:
    path = covered(tmp_path)
    path.write_text(
        path.read_text() + '  nearest: {of: "min(distance(ego, lead))", bins: [0 m, 10 m, 20 m]}\n'
    )
    drawn = cover_all([path], spread=Spread("random", 4), simulate=False, quiet=True).summary()
    assert drawn["scenarios"]["small_rain"]["items"]["nearest"]["outside"] == 4
    ran = cover_all([path], spread=Spread("random", 2), workers=1, quiet=True).summary()
    # The lead drives 15 m ahead at the same speed.
    assert ran["scenarios"]["small_rain"]["items"]["nearest"]["bins"] == {"0..10 m": 0, "10..20 m": 2}
