"""The examples do what the README says of them."""

import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import scenarios
from scenarios.authoring import Scenario
from tests.support.proof import WHOLE

ROOT = Path(__file__).resolve().parents[2]
BARE = "world.road.surroundings=bare"


@pytest.mark.slow
def test_the_weak_detector_passes_in_clear_air_and_fails_in_fog() -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--tb=line",
        "-rA",
        "examples/weak_detector",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert re.search(r"PASSED .*test_the_car_ahead_is_found_in_clear_air", done.stdout), done.stdout
    assert re.search(r"FAILED .*test_the_car_ahead_is_found_in_fog", done.stdout), done.stdout
    assert done.returncode == 1


@pytest.mark.slow
def test_a_scenario_written_in_python_is_rendered_and_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if not WHOLE:  # as it stands, but without houses, whose making takes longer than all the rest
        load = Scenario.load
        monkeypatch.setattr(Scenario, "load", lambda story, overrides=(): load(story, (*overrides, BARE)))
    monkeypatch.setattr(sys, "argv", ["write_in_python.py", str(tmp_path)])
    runpy.run_path(str(ROOT / "examples/write_in_python.py"), run_name="__main__")
    told = [line for line in capsys.readouterr().out.splitlines() if " mm/h, " in line]
    assert len(told) == 4
    assert all(re.search(r"-0007-\d{4}: [2-8]\d mm/h, .*reveal at ", line) for line in told), told
    assert (tmp_path / "preview.png").stat().st_size > 50_000
    saved = scenarios.load(tmp_path / "child_stops.scenario.yaml")
    assert saved.draft.actors["child"].do[-1].stop is not None
    assert Scenario.load(saved.path) != Scenario.load("child_behind_van")


def test_the_python_example_takes_ten_lines() -> None:
    lines = (ROOT / "examples/write_in_python.py").read_text().partition("out = ")[2].splitlines()[1:]
    assert len([line for line in lines if line.strip()]) <= 10


def test_the_python_of_the_page_about_authoring_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs/authoring.md").read_text(), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "authoring.md", "exec"), {})
    assert len(capsys.readouterr().out.splitlines()) == 4
    assert scenarios.load("child_stops.scenario.yaml").name == "child_behind_van"
