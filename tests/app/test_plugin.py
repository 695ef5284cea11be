"""A marked test receives its scenario's samples, rendered once."""

from pathlib import Path

import pytest

from tests.app.small import write_small

pytest_plugins = ["pytester"]

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
