"""A scenario that asks for what its road does not have is refused with a place and a reason, never bent silently."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

import scenarios
from scenarios import lock
from scenarios.errors import ScenarioError, StormlaneError
from sim.app.cli import app
from sim.simulate import simulate
from tests.support.wrong_files import RIG, RIGHT, edited

EGO_STEP = "      - drive: {speed: $ego_speed, driver: idm}\n"
HIGHWAY = ("    preset: urban_street\n    lanes: 2\n", "    preset: highway\n    lanes: 2\n")
NOBODY = ("      - walk: {to: opposite_sidewalk, speed: 9 km/h}\n", "")
ON_VERGE = ("offset: sidewalk", "offset: verge")

# (edits of a right file, line and column of the blame, the beginning of the message)
WRONG: dict[str, tuple[list[tuple[str, str]], tuple[int, int], str]] = {
    "a lane to the left where there is one lane": (
        [(EGO_STEP, EGO_STEP + "      - change_lane: {to: next_left, over: 2 s}\n")],
        (25, 27),
        "ego: there is no 'next_left' lane to change to: from lane -1 of road 'road' at s = ",
    ),
    "the leftmost lane where there is one lane": (
        [(EGO_STEP, EGO_STEP + "      - change_lane: {to: left, over: 2 s}\n")],
        (25, 27),
        "ego: there is no 'left' lane to change to: from lane -1 of road 'road' at s = ",
    ),
    "a lane beyond the rightmost one": (
        [HIGHWAY, ON_VERGE, NOBODY, (EGO_STEP, EGO_STEP + "      - change_lane: {to: next_right, over: 2 s}\n")],
        (25, 27),
        "ego: there is no 'next_right' lane to change to",
    ),
    "a lane id that the road does not have": (
        [("{lane: right, s: 20 m", '{lane: "-7", s: 20 m')],
        (22, 19),
        "ego: road 'road' has no lane -7 at s = 20 m; it has -4, -3, -2, -1, 1, 2, 3",
    ),
    "an oncoming lane on a one-way road": (
        [("    lanes: 2\n", "    lanes: 2\n    one_way: true\n"), ("{lane: right, s: 20 m", "{lane: oncoming, s: 20 m")],
        (23, 19),
        "ego: road 'road' has no 'oncoming' lane at s = 20 m; its lanes are ",
    ),
    "a start beyond the end of the road": (
        [("{s: 80 m", "{s: 800 m")],
        (28, 16),
        "child: s = 800 m is not on road 'road', which is 220.0 m long",
    ),
    "a gap that leads beyond the end of the road": (
        [("{s: 80 m", "{ahead_of: ego, gap: 900 m")],
        (28, 33),
        "child: 902.3 m ahead of 'ego' is 542.3 m beyond the end of the road",
    ),
    "a sidewalk of a motorway to stand on": (
        [HIGHWAY],
        (28, 30),
        "child: road 'road' has no sidewalk on its right at s = 80.0 m; there it has shoulder, driving, border",
    ),
    "a sidewalk of a motorway to walk to": (
        [HIGHWAY, ON_VERGE, ("      - wait: {until: \"ttc(ego, path(child)) <= 1.5 s\"}\n", "")],
        (31, 20),
        "child: road 'road' has no sidewalk on its left at s = 80.0 m; there it has median, shoulder, driving, border",
    ),
    "a shoulder of a town street": (
        [("offset: sidewalk", "offset: shoulder")],
        (28, 30),
        "child: road 'road' has no shoulder on its right",
    ),
    "a drive over the end of the road": (
        [("lane: right, s: 20 m", "lane: right, s: 210 m"), ("rain: $rain, clouds: 8 okta", "clouds: 8 okta"),
         ("ego_speed: 30..50 km/h", "ego_speed: 240 km/h"), ("driver: idm", "driver: steady")],
        (22, 12),
        "ego: 2.6 s into the clip this is the end of the road (lane -1 of road 'road.after')",
    ),
    "a crossing beyond the end of the road": (
        [("    length: 220 m\n", "    length: 220 m\n    crossings: [60 m, 300 m]\n")],
        (17, 23),
        "a crossing at 300 m is not on the road, which is 220.0 m long",
    ),
}  # fmt: skip


def written(folder: Path, edits: list[tuple[str, str]]) -> Path:
    text = RIGHT
    for old, new in edits:
        text = edited(text, old, new)
    (folder / "rigs").mkdir()
    (folder / "rigs" / "small.yaml").write_text(RIG)
    path = folder / "wrong.yaml"
    path.write_text(text)
    return path


@pytest.mark.parametrize("what", WRONG)
def test_what_the_road_does_not_have_is_refused_at_its_place(what: str, tmp_path: Path) -> None:
    edits, (line, column), message = WRONG[what]
    concrete = scenarios.resolve(scenarios.load(written(tmp_path, edits)))
    with pytest.raises(ScenarioError) as caught:
        simulate(concrete)
    assert (caught.value.message[: len(message)], caught.value.line, caught.value.column) == (
        message,
        line,
        column,
    )
    assert caught.value.message.endswith("(sample 0 of seed 0)")


def test_the_right_file_runs(tmp_path: Path) -> None:
    assert simulate(scenarios.resolve(scenarios.load(written(tmp_path, [])))).actors


def test_from_a_lock_the_mistake_is_told_by_name(tmp_path: Path) -> None:
    edits, *_ = WRONG["a start beyond the end of the road"]
    text = lock.dump(scenarios.resolve(scenarios.load(written(tmp_path, edits))))
    assert '"source":' not in text
    with pytest.raises(StormlaneError, match=r"^actors\.child\.start\.s: child: s = 800 m is not on road"):
        simulate(lock.load(text))


def test_the_command_says_it_in_one_line_and_ends_with_two(tmp_path: Path) -> None:
    edits, (line, column), message = WRONG["a lane to the left where there is one lane"]
    path = written(tmp_path, edits)
    result = CliRunner().invoke(app, ["check", str(path)])
    assert result.exit_code == 2
    assert result.output.strip().startswith(f"{path}:{line}:{column}: {message}")
    assert "\n" not in result.output.strip()


def test_an_assignment_is_blamed_as_such(tmp_path: Path) -> None:
    path = written(tmp_path, [])
    concrete = scenarios.resolve(scenarios.load(path, ["actors.child.start.s=500 m"]))
    with pytest.raises(ScenarioError) as caught:
        simulate(concrete)
    assert str(caught.value).startswith("--set actors.child.start.s=500 m: child: s = 500 m is not on road")
