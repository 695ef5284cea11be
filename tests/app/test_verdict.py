"""A sample in which something else happens than its author meant is not rendered, and the author sees why."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.app.batch import render_batch
from sim.app.cli import app
from tests.app.small import write_small

VALID = 'valid: ["gap(ego, lead) > 10 m", "max(rain()) < 12 mm/h within 0.2 s after start"]\n'


@pytest.fixture
def picky(tmp_path: Path) -> Path:
    """About half of its samples rain too hard."""
    path = write_small(tmp_path / "scenario")
    path.write_text(path.read_text() + VALID)
    return path


def test_only_valid_samples_are_rendered_and_the_others_are_counted(
    picky: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def render(root: Path) -> str:
        assert render_batch([picky], root, samples=6, seed=1, workers=1, format_name="native")
        return capsys.readouterr().err

    root = tmp_path / "data"
    told = render(root)
    rejected = sorted(p.stem for p in (root / ".stormlane/rejected").glob("*.json"))
    done = sorted(p.stem for p in (root / ".stormlane/done").glob("*.json"))
    assert len(rejected) + len(done) == 6 and rejected and done
    assert not set(rejected) & set(done)
    assert f"{len(done)} clips, {3 * len(done)} frames" in told
    assert f"valid rejected {len(rejected)} of 6 simulated samples" in told
    assert f'{len(rejected)} by "max(rain()) < 12 mm/h within 0.2 s after start"' in told
    (reason,) = json.loads((root / f".stormlane/rejected/{rejected[0]}.json").read_text())["broken"]
    assert reason["clause"] == "valid[1]" and reason["told"].startswith("was 1") and "mm/h" in reason["told"]
    before = {p: p.stat().st_mtime_ns for p in root.rglob("*.json")}
    assert f"valid rejected {len(rejected)} of 6 simulated samples" in render(
        root
    )  # nothing is simulated again
    assert {
        p: p.stat().st_mtime_ns for p in (root / ".stormlane").rglob("rejected/*.json")
    }.items() <= before.items()


def test_a_lock_is_rendered_without_being_judged_again(picky: Path, tmp_path: Path) -> None:
    from scenarios import load, resolve
    from scenarios.lock import dump

    file = load(picky, ('valid=["time < 0 s"]',))
    lock = tmp_path / "one.lock.yaml"
    lock.write_text(dump(resolve(file)))
    assert render_batch(
        [lock], tmp_path / "d", samples=1, seed=0, workers=1, format_name="native", quiet=True
    )
    assert len(list((tmp_path / "d/.stormlane/done").glob("*.json"))) == 1


def test_check_says_which_clause_rejects_and_when(picky: Path) -> None:
    result = CliRunner().invoke(app, ["check", str(picky), "--samples", "6", "--seed", "1"])
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    rejected = [line for line in lines if line.startswith("rejected ")]
    accepted = [line for line in lines if line.startswith("ok ")]
    assert len(rejected) + len(accepted) == 6 and rejected and accepted
    assert all('valid[1] "max(rain()) < 12 mm/h within 0.2 s after start" was 1' in line for line in rejected)
    assert f"accepted {len(accepted)} of 6 simulated samples" in lines


def test_where_every_sample_is_rejected_commands_say_so_by_their_exit_code(
    picky: Path, tmp_path: Path
) -> None:
    never = ["--set", 'valid=["max(rain()) < 0 mm/h"]']
    checked = CliRunner().invoke(app, ["check", str(picky), *never])
    assert checked.exit_code == 1, checked.output
    assert "accepted 0 of 1 simulated samples" in checked.output
    rendered = CliRunner().invoke(
        app, ["render", str(picky), *never, "--out", str(tmp_path / "empty"), "--workers", "1"]
    )
    assert rendered.exit_code == 1, rendered.output
    assert "no sample was left to render; `stormlane check` says what rejects them" in rendered.output


def test_check_reads_rigs_and_other_commands_say_what_they_were_given(picky: Path, tmp_path: Path) -> None:
    rig = tmp_path / "two.yaml"
    rig.write_text("rig: two\ncameras: {a: {mount: {z: 1 m}, width: 64, height: 48, fov: 60 deg}}\n")
    checked = CliRunner().invoke(app, ["check", str(rig)])
    assert (checked.exit_code, checked.output) == (0, f"ok {rig}: a rig with 1 camera, 0 lidars, 0 radars\n")
    rig.write_text(rig.read_text().replace("60 deg", "60"))
    wrong = CliRunner().invoke(app, ["check", str(rig)])
    assert wrong.exit_code == 2 and ':2:60: an angle needs a unit: write "60 deg"' in wrong.output
    rendered = CliRunner().invoke(app, ["render", str(rig), "--out", str(tmp_path / "d")])
    assert rendered.exit_code == 2
    assert f"{rig}:1:1: this is a rig and no scenario; a scenario names it" in rendered.output


def test_check_warns_of_what_can_never_happen_and_is_strict_when_asked(picky: Path) -> None:
    picky.write_text(picky.read_text().replace("< 12 mm/h within", "< 0 mm/h within"))
    said = CliRunner().invoke(app, ["check", str(picky), "--no-simulate"])
    assert said.exit_code == 0
    assert said.output.startswith(f"warning: {picky}:24:")
    assert 'never holds: "max(rain())" lies between 0 mm/h and 200 mm/h' in said.output
    strict = CliRunner().invoke(app, ["check", str(picky), "--no-simulate", "--strict"])
    assert strict.exit_code == 2


def test_two_that_start_inside_each_other_are_refused_or_rejected(tmp_path: Path) -> None:
    """In every sample: a mistake of the file, with its place; in some: those are rejected, counted, not rendered."""
    path = write_small(tmp_path / "scenario")
    path.write_text(path.read_text().replace("ahead_of: ego, gap: 15 m, speed", "s: 21 m, speed"))
    always = CliRunner().invoke(app, ["check", str(path), "-n", "2"])
    assert always.exit_code == 2, always.output
    line = next(k for k, row in enumerate(path.read_text().splitlines(), 1) if "s: 21 m" in row)
    assert f"{path}:{line}:" in always.output
    assert "lead starts inside ego: their bodies overlap by" in always.output
    assert "lead would be free 3." in always.output and "m further ahead" in always.output
    path.write_text(path.read_text().replace("s: 21 m", "s: 21..31 m"))
    some = CliRunner().invoke(app, ["check", str(path), "-n", "6"])
    assert some.exit_code == 0, some.output
    rows = [row.split(" ")[0] for row in some.output.splitlines()]
    bad = rows.count("rejected")
    assert 0 < bad < 6 and rows.count("ok") == 6 - bad
    assert f'{bad} by "lead does not start inside ego"' in some.output
    assert render_batch(
        [path], tmp_path / "d", samples=6, seed=0, workers=1, format_name="native", quiet=True
    )
    assert len(list((tmp_path / "d/.stormlane/rejected").glob("*.json"))) == bad
