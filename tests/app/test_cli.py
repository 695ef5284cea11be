"""The command answers a user's mistake with one line and exit code 2, never with a traceback."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import scenarios
from labelers.writers import FORMATS
from sim.app.cli import app
from tests.app.small import SCENARIO, write_small

run = CliRunner()


@pytest.mark.parametrize(
    "command", ["render", "check", "preview", "explain", "list", "fmt", "init", "doctor", "schema", "warmup"]
)
def test_every_command_explains_itself(command: str) -> None:
    result = run.invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 5


def test_a_typo_in_a_file_is_one_line_with_place_and_suggestion(tmp_path: Path) -> None:
    path = write_small(tmp_path)
    path.write_text(SCENARIO.replace("clouds: 6 okta", "cluods: 6 okta"), encoding="utf-8")
    result = run.invoke(app, ["check", str(path)])
    assert result.exit_code == 2
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(f"{path}:6:")
    assert "clouds" in lines[0]
    assert "Traceback" not in result.output


def test_an_unknown_scenario_name_suggests_a_near_one() -> None:
    result = run.invoke(app, ["check", "child_behind_vam"])
    assert result.exit_code == 2
    assert "did you mean child_behind_van" in result.stderr


def test_an_unknown_format_names_the_known_ones(tmp_path: Path) -> None:
    path = write_small(tmp_path / "s")
    result = run.invoke(app, ["render", str(path), "--out", str(tmp_path / "d"), "--format", "nuscene"])
    assert result.exit_code == 2
    assert "nuscenes" in result.stderr
    assert not (tmp_path / "d").exists()


def test_check_tells_what_was_drawn_and_what_happened(tmp_path: Path) -> None:
    result = run.invoke(app, ["check", str(write_small(tmp_path)), "-n", "2", "--seed", "3"])
    assert result.exit_code == 0, result.output
    lines = result.output.strip().splitlines()
    assert len(lines) == 2
    assert "rain=" in lines[0] and "actors" in lines[0]
    assert lines[0].split(";")[0] != lines[1].split(";")[0]


def test_set_overrides_a_value(tmp_path: Path) -> None:
    result = run.invoke(
        app, ["check", str(write_small(tmp_path)), "--set", "params.rain=11 mm/h", "--no-simulate"]
    )
    assert result.exit_code == 0, result.output
    assert "rain=11" in result.output


def test_set_with_a_wrong_path_says_so(tmp_path: Path) -> None:
    result = run.invoke(app, ["check", str(write_small(tmp_path)), "--set", "world.wether.0.rain=11 mm/h"])
    assert result.exit_code == 2
    assert "weather" in result.stderr


def test_list_says_of_every_format_what_it_holds() -> None:
    lines = run.invoke(app, ["list", "formats"]).output.splitlines()
    assert [line.split()[0] for line in lines] == [*FORMATS, "rerun"]
    assert all(len(line.split()) > 8 for line in lines)


def test_list_names_every_shipped_scenario_with_its_story() -> None:
    result = run.invoke(app, ["list", "scenarios"])
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert [line.split()[0] for line in lines] == sorted(scenarios.catalogue())
    assert all(len(line.split()) > 5 for line in lines)


def test_schema_is_json_that_knows_the_words() -> None:
    result = run.invoke(app, ["schema"])
    assert result.exit_code == 0
    assert "actors" in json.loads(result.output)["properties"]


def test_init_makes_a_project_whose_scenario_is_sound(tmp_path: Path) -> None:
    result = run.invoke(app, ["init", str(tmp_path / "p")])
    assert result.exit_code == 0, result.output
    checked = run.invoke(app, ["check", str(tmp_path / "p" / "my_first.scenario.yaml")])
    assert checked.exit_code == 0, checked.output
    again = run.invoke(app, ["init", str(tmp_path / "p")])
    assert again.exit_code == 2
    assert "exists already" in again.stderr


def test_preview_writes_a_picture(tmp_path: Path) -> None:
    out = tmp_path / "p.png"
    result = run.invoke(app, ["preview", str(write_small(tmp_path / "s")), "--out", str(out), "--at", "0.2"])
    assert result.exit_code == 0, result.output
    assert out.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_preview_refuses_a_moment_outside_the_clip(tmp_path: Path) -> None:
    result = run.invoke(
        app, ["preview", str(write_small(tmp_path / "s")), "--out", str(tmp_path / "p.png"), "--at", "9"]
    )
    assert result.exit_code == 2
    assert "the clip lasts" in result.stderr


def test_preview_refuses_a_kind_of_file_that_is_no_picture(tmp_path: Path) -> None:
    result = run.invoke(
        app, ["preview", str(write_small(tmp_path / "s")), "--out", str(tmp_path / "p.txt"), "--at", "0.1"]
    )
    assert result.exit_code == 2
    assert ".png" in result.stderr


def test_fmt_lays_files_out_once_and_tells_a_pipeline_before(tmp_path: Path) -> None:
    path = write_small(tmp_path)
    path.write_text(SCENARIO.replace("rain: 5..20", "rain:   5..20"), encoding="utf-8")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("a: [1\n")
    result = run.invoke(app, ["fmt", "--check", str(path)])
    assert (result.exit_code, result.output) == (1, f"would change {path}\n")
    result = run.invoke(app, ["fmt", str(wrong), str(path)])
    assert (result.exit_code, result.stdout) == (2, f"changed {path}\n")
    assert result.stderr.startswith(f"{wrong}:1:")
    assert path.read_text() == SCENARIO
    result = run.invoke(app, ["fmt", "--check", str(path)])
    assert (result.exit_code, result.output) == (0, "")


def test_variants_are_chosen_by_name(tmp_path: Path) -> None:
    path = write_small(tmp_path)
    path.write_text(SCENARIO + "variants: {clear: {twin: true, set: {world.weather: clear}}}\n")
    result = run.invoke(app, ["check", str(path), "--no-simulate", "--variant", "all"])
    assert result.exit_code == 0, result.output
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == [
        f"ok {path} sample 0",
        f"ok {path} sample 0 clear",
    ]
    result = run.invoke(app, ["check", str(path), "--variant", "claer"])
    assert result.exit_code == 2
    assert result.stderr == f'--variant claer: {path} has no variant "claer"; did you mean "clear"?\n'
