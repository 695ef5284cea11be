"""Mistakes are shown where they stand."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from scenarios import load
from scenarios.errors import ScenarioError, StormlaneError
from sim.app.cli import app
from sim.app.told import WIDTH, told
from tests.app.small import write_small


def test_an_excerpt_shows_the_line_and_marks_the_place(tmp_path: Path) -> None:
    path = write_small(tmp_path)
    path.write_text(path.read_text().replace("params:", "parms:"))
    with pytest.raises(ScenarioError) as caught:
        load(path)
    first, source, mark = told(caught.value, excerpts=True).splitlines()
    assert first == f'{path}:2:1: unknown key "parms"; did you mean "params"?'
    assert source == "    2 | parms:"
    assert mark == "      | ^"
    assert told(caught.value, excerpts=False) == first


def test_a_long_line_is_cut_around_the_place(tmp_path: Path) -> None:
    path = tmp_path / "long.yaml"
    path.write_text("é" * 400 + "X" + "\t" * 300 + "\n")
    _, source, mark = told(ScenarioError(str(path), 1, 401, "x"), excerpts=True).splitlines()
    assert len(source) == WIDTH + len("    1 | ")
    assert source[mark.index("^")] == "X"


def test_what_has_no_place_has_no_excerpt(tmp_path: Path) -> None:
    assert told(StormlaneError("no such thing"), excerpts=True) == "no such thing"
    gone = ScenarioError(str(tmp_path / "gone.yaml"), 3, 1, "x")
    assert told(gone, excerpts=True) == f"{tmp_path / 'gone.yaml'}:3:1: x"
    outside = ScenarioError("--set a=b", 0, 0, "x")
    assert told(outside, excerpts=True) == "--set a=b: x"


def test_check_looks_at_every_file_whatever_the_first_one_holds(tmp_path: Path) -> None:
    right = write_small(tmp_path)
    wrong, gone = tmp_path / "wrong.yaml", tmp_path / "gone.yaml"
    wrong.write_text(right.read_text().replace("params:", "parms:"))
    result = CliRunner().invoke(app, ["check", "--no-simulate", str(wrong), str(right), str(gone)])
    assert result.exit_code == 2
    lines = result.output.splitlines()
    assert f'{wrong}:2:1: unknown key "parms"; did you mean "params"?' in lines
    assert any(line.startswith(f"ok {right} sample 0") for line in lines)
    assert any(line.startswith(f"{gone}: no such file") for line in lines)
