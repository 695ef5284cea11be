"""A marked test receives its scenario's samples, rendered once."""

import importlib
import itertools
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.app.small import write_small

pytest_plugins = ["pytester"]

# Loaded before the runs below: what those load is unloaded behind them, and numpy cannot be loaded twice.
for heavy in ("labelers.expectations", "labelers.native_reader", "sim.app.clip", "sim.app.kept"):
    importlib.import_module(heavy)

SUITE = """
import pytest

@pytest.mark.scenario("small.scenario.yaml", seed=2, set=["capture.duration=0.2 s"])
def test_samples(scenario_samples):
    assert len(scenario_samples) == 2
    sample = scenario_samples[0]
    assert sample.cameras["cam_front"].image.shape == (96, 160, 3)
    assert sample.cameras["cam_front"].instance.max() >= 2
    assert len(sample.lidars["lidar_top"].xyz_m) > 1000
    assert {c.name for c in sample.labels.cuboids} >= {"lead", "walker"}

@pytest.mark.scenario("smal.scenario.yaml")
def test_missing(scenario_samples):
    pass
"""


def test_a_marked_test_gets_its_samples_and_a_typo_is_told(
    pytester: pytest.Pytester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_small(pytester.path)
    pytester.makepyfile(SUITE)
    monkeypatch.setattr("sim.app.kept.cache_root", lambda: tmp_path)
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*no such file, and no scenario of that name*"])
    folders = list((tmp_path / "suites").iterdir())
    assert len(folders) == 1
    stamp = next(folders[0].rglob("*.jpg")).stat().st_mtime_ns
    pytester.runpytest_inprocess("-k", "test_samples").assert_outcomes(passed=1)
    assert next(folders[0].rglob("*.jpg")).stat().st_mtime_ns == stamp


EXPECT = """
expect:
  - id: lead_found
    detect: {target: lead, as: car, by: cam_front}
    once: "distance(ego, lead) <= 16 m"
    within: 200 ms
    hold: {recall: 1, for: 1 s}
  - id: walker_kept
    track: {target: walker, by: fused}
  - id: nobody_invented
    no_false: {class: pedestrian, by: cam_front, region: ego_path, range: 40 m}
    rate: 0.1 per frame
  - id: nothing_in_our_lane
    no_false: {class: any, by: cam_front, region: ego_lane}
"""

DETECTORS = """
import pytest
from labelers.detections import Found, found_3d
from labelers.geometry import inverse_rigid

def oracle(sample):
    ego_from_world = inverse_rigid(sample.world_from_ego)
    cuboids = sample.labels.cuboids
    centres = [ego_from_world[:3, :3] @ c.centre_m + ego_from_world[:3, 3] for c in cuboids]
    yaws = [c.rotation_rad[0] for c in cuboids]
    space = found_3d(centres, [c.size_m for c in cuboids], yaws, [c.actor_class for c in cuboids],
                     tracks=[c.instance_id for c in cuboids])
    flat = [Found(b.actor_class, b.visible) for b in sample.labels.boxes["cam_front"] if b.visible]
    return {"cam_front": flat, "fused": space}

def blind(sample):
    return {"cam_front": [], "fused": []}

def inventive(sample):
    # A person on the road just ahead, in the lower middle of the picture, where the lane is empty.
    found = oracle(sample)
    return {**found, "cam_front": [*found["cam_front"], Found("person", (74.0, 60.0, 84.0, 90.0))]}

@pytest.mark.scenario("small.scenario.yaml")
def test_oracle(scenario_expectations):
    scenario_expectations.check(oracle)

@pytest.mark.scenario("small.scenario.yaml")
def test_blind(scenario_expectations):
    scenario_expectations.check(blind)

@pytest.mark.scenario("small.scenario.yaml")
def test_inventive(scenario_expectations):
    scenario_expectations.check(inventive)
"""


def test_a_perception_test_is_one_line_and_fails_with_one_for_each_broken_expectation(
    pytester: pytest.Pytester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_small(pytester.path)
    path.write_text(path.read_text() + EXPECT)
    pytester.makepyfile(DETECTORS)
    monkeypatch.setattr("sim.app.kept.cache_root", lambda: tmp_path)
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(passed=1, failed=2)
    # pytest's closing summary says it all again in full where CI is set, and cut to the terminal's width elsewhere.
    shown = itertools.takewhile(lambda line: "short test summary info" not in line, result.outlines)
    said = [line for line in shown if line.startswith("small_rain: ")]
    assert said == [
        "small_rain: lead_found: failed: small_rain-0000-0000: not found within 200 ms of "
        '"distance(ego, lead) <= 16.0 m" at 0.00 s; never found',
        "small_rain: walker_kept: failed: small_rain-0000-0000: walker was never found, so it has no track",
        "small_rain: nobody_invented: failed: 3 false finds in 3 frames: 1 per frame, 0.1 allowed",
        "small_rain: nothing_in_our_lane: failed: 3 false finds in 3 frames: 1 per frame, 0 allowed",
    ]
    kept = next((tmp_path / "suites").rglob("expectations.json"))
    data = json.loads(kept.read_text())
    assert [entry["begin_s"] for entry in data["expected"]] == [0.0, 0.0, 0.0, 0.0]
    assert set(data["corridors"]) == {"ego_path", "ego_lane"}
    # The ego drives 2.5 m in 0.3 s, and its lane leads on to the end of the 120 m of road.
    points = np.array(data["corridors"]["ego_path"][0]["points_m"])
    assert np.linalg.norm(np.diff(points, axis=0), axis=1).sum() > 80.0


def test_the_plugin_costs_other_people_s_test_runs_nothing() -> None:
    """Only pytest and the standard library are imported with it."""
    code = (
        "import sys, pytest; before = set(sys.modules); import sim.app.pytest_plugin; "
        "print(*sorted(set(sys.modules) - before))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert set(loaded) == {"sim", "sim.app", "sim.app.pytest_plugin"}
