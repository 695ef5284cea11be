"""A table of wrong files: each gives one clear line, and exactly this one."""

import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

import scenarios
from scenarios.errors import ScenarioError, ScenarioErrors
from tests.support.proof import often
from tests.support.wrong_files import RIG, RIGHT, edited


def table(name: str) -> list[dict[str, Any]]:
    """Rows of `wrong`, `instead of`, `stands` and `says` (line:column: message).

    A row whose mistake has the right form (a dangling name, a value out of range) says `seen by: reader`: the JSON
    Schema cannot see it, see test_editor_schema.
    """
    text = (Path(__file__).parent / name).read_text()
    rows: list[dict[str, Any]] = YAML(typ="safe", pure=True).load(text)
    return rows


WRONG_SCENARIOS = table("wrong_scenarios.yaml") + table("wrong_everyday.yaml")
WRONG_RIGS = table("wrong_rigs.yaml")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the right scenario and its rig, which is also the current one."""
    (tmp_path / "rigs").mkdir()
    (tmp_path / "rigs/small.yaml").write_text(RIG)
    (tmp_path / "rigs/small.txt").write_text(RIG)
    (tmp_path / "small.scenario.yaml").write_text(RIGHT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def complaint(path: str | Path, *overrides: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        scenarios.load(path, overrides)
    return str(caught.value)


def shortened(told: list[str], row: dict[str, Any]) -> list[str]:
    """Lists of what is known grow with the language: where a row breaks off with "...", so does what was told."""
    lines = list(told)
    for i, said in enumerate(row["says"][: len(told)]):
        if said.endswith("..."):
            end = told[i].find(said[-12:-3])
            lines[i] = told[i][: end + 9] + "..." if end >= 0 else told[i]
    return lines


def test_the_right_file_is_right(folder: Path) -> None:
    assert scenarios.load("small.scenario.yaml").name == "small"


def test_two_hundred_mistakes_are_planted_and_each_is_another_one() -> None:
    rows = WRONG_SCENARIOS + WRONG_RIGS
    assert len({(row["instead of"], row["stands"]) for row in rows}) == len(rows) >= 200
    for row in rows:
        for line in row["says"]:
            place, _, message = line.partition(": ")
            assert all(int(number) >= 1 for number in place.split(":"))
            assert len(message.split()) >= 4, line  # a sentence, not a code


@pytest.mark.parametrize("row", WRONG_SCENARIOS, ids=[row["wrong"] for row in WRONG_SCENARIOS])
def test_a_wrong_scenario_says_where_and_what(folder: Path, row: dict[str, Any]) -> None:
    Path("wrong.scenario.yaml").write_text(edited(RIGHT, row["instead of"], row["stands"]))
    told = complaint("wrong.scenario.yaml").splitlines()
    assert shortened(told, row) == [f"wrong.scenario.yaml:{line}" for line in row["says"]]


@pytest.mark.parametrize("row", WRONG_RIGS, ids=[row["wrong"] for row in WRONG_RIGS])
def test_a_wrong_rig_says_where_and_what(folder: Path, row: dict[str, Any]) -> None:
    Path("rigs/small.yaml").write_text(edited(RIG, row["instead of"], row["stands"]))
    told = complaint("small.scenario.yaml").splitlines()
    assert shortened(told, row) == [f"rigs/small.yaml:{line}" for line in row["says"]]


WRONG_ASSIGNMENTS = [
    (
        "world.weather.0.rain=20 km/h",
        '"20 km/h" is a speed, but a rain rate is needed here (such as "12 mm/h")',
    ),
    ("params.rian=3 mm/h", 'there is no parameter "rian"; did you mean "rain"?'),
    ("actors.chidl.model=pedestrian.adult", 'there is no actor "chidl"; did you mean "child"?'),
    (
        "world.weather.7.rain=3 mm/h",
        '"world.weather" has 2 items, numbered from 0; there is no world.weather.7',
    ),
    (
        "world.weather.first.rain=3 mm/h",
        '"world.weather" is a list; number its items from 0, such as world.weather.0',
    ),
    ("world.road.lanes.left=3", '"world.road.lanes" is a single value and holds no "left"'),
    ("world.rode.lanes=3", 'unknown key "rode"; did you mean "road"?'),
    ("world.road.lanes", 'write an assignment like "world.weather.0.rain=20 mm/h"'),
    ("world.road.lanes=", 'there is no value after "="; write null to take the value out'),
    ("world.road.lanes=[2", 'this "[" is not closed, or a comma is missing inside it'),
    ("rig.cameras.cam_front.width=100000", '"width" is 100000; it must lie between 16 and 8192'),
    ("world.weather.0=null", "an item cannot be taken out of a list; set the whole list"),
    (
        "actors.ego.rig=/nowhere/rig.yaml",
        '"/nowhere/rig.yaml" leaves the folder of the scenario; keep the rig beside the scenario',
    ),
]


@pytest.mark.parametrize(("assignment", "said"), WRONG_ASSIGNMENTS, ids=[w[0] for w in WRONG_ASSIGNMENTS])
def test_a_wrong_assignment_is_named(folder: Path, assignment: str, said: str) -> None:
    assert complaint("small.scenario.yaml", assignment) == f"--set {assignment}: {said}"


def test_everything_that_is_wrong_is_said_at_once_and_in_order(folder: Path) -> None:
    text = (
        RIGHT.replace("speed: 9 km/h", "speed: 9")
        .replace("lanes: 2", "lnes: 2")
        .replace("12, time", "32, time")
    )
    Path("wrong.scenario.yaml").write_text(text)
    with pytest.raises(ScenarioErrors) as caught:
        scenarios.load("wrong.scenario.yaml")
    assert [(e.line, e.column) for e in caught.value.errors] == [
        (8, 17),
        (15, 5),
        (32, 46),
    ]


def test_files_that_cannot_be_read(folder: Path) -> None:
    Path("empty.yaml").write_text("")
    Path("list.yaml").write_text("- a\n")
    Path("latin.yaml").write_bytes(b"scenario: small\ndescription: caf\xe9\n")
    Path("large.yaml").write_text("# " + "x" * 300_000)
    assert complaint("nowhere.yaml") == "nowhere.yaml: the file does not exist"
    assert complaint("rigs") == "rigs: the file is a folder, not a file"
    assert complaint("empty.yaml").startswith("empty.yaml:1:1: the file is empty")
    assert complaint("list.yaml").startswith("list.yaml:1:1: the file is not a mapping")
    assert complaint("latin.yaml") == "latin.yaml:2:1: the file is not UTF-8 text"
    assert complaint("large.yaml") == "large.yaml: the file is larger than 256 KiB"


def test_deep_nesting_is_refused_before_it_hurts(folder: Path) -> None:
    Path("deep.yaml").write_text("scenario: " + "[" * 5000 + "]" * 5000)
    assert complaint("deep.yaml") == "deep.yaml:1:51: the file is nested more than 40 deep"


def test_a_file_of_ten_thousand_values_is_refused_before_it_takes_long(folder: Path) -> None:
    Path("long.yaml").write_text("scenario: small\nrequire: [" + "a, " * 10_000 + "a]\n")
    assert complaint("long.yaml") == "long.yaml:2:23996: the file holds more than 8,000 values"


def test_a_billion_laughs_are_not_laughed(folder: Path) -> None:
    lines = ["a: &a [x, x]"] + [
        f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]" for i in range(20)
    ]
    Path("bomb.yaml").write_text("\n".join(lines))
    assert "anchors (&) and aliases (*) are not used here" in complaint("bomb.yaml")


def test_a_link_out_of_the_folder_is_not_followed(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "secret.yaml"
    elsewhere.write_text(RIG)
    Path("rigs/link.yaml").symlink_to(elsewhere)
    Path("wrong.scenario.yaml").write_text(edited(RIGHT, "rigs/small.yaml", "rigs/link.yaml"))
    said = '"rigs/link.yaml" leaves the folder of the scenario; keep the rig beside the scenario'
    assert complaint("wrong.scenario.yaml") == f"wrong.scenario.yaml:21:10: {said}"


def test_errors_survive_the_way_home_from_a_worker(folder: Path) -> None:
    Path("wrong.scenario.yaml").write_text(edited(RIGHT, "lanes: 2", "lanes: 40"))
    with pytest.raises(ScenarioErrors) as caught:
        scenarios.load("wrong.scenario.yaml")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    single = pickle.loads(pickle.dumps(caught.value.errors[0]))
    assert (single.line, single.column, str(single)) == (15, 12, str(caught.value))


def test_a_message_is_one_line_whatever_the_file_holds(folder: Path) -> None:
    text = edited(RIGHT, "preset: urban_street", 'preset: "a\\nb\\e[31m' + "x" * 2000 + '"')
    Path("wrong.scenario.yaml").write_text(text)
    said = complaint("wrong.scenario.yaml")
    assert said.startswith('wrong.scenario.yaml:14:13: unknown word "a b [31mxxx')
    assert len(said) < 700
    assert said.isprintable()


def test_an_escape_beyond_unicode_is_told_with_its_place(folder: Path) -> None:
    text = edited(RIGHT, "preset: urban_street", 'preset: "\\U1e308FEFF"')
    Path("wrong.scenario.yaml").write_text(text)
    told = 'there is no character \\U1e308FEF; the last one is "\\U0010FFFF"'
    assert complaint("wrong.scenario.yaml") == f"wrong.scenario.yaml:14:14: {told}"


def test_a_long_value_does_not_push_out_what_is_said_of_it(folder: Path) -> None:
    Path("wrong.scenario.yaml").write_text(edited(RIGHT, "urban_street", "x" * 3000))
    said = complaint("wrong.scenario.yaml")
    assert said.startswith('wrong.scenario.yaml:14:13: unknown word "xxx')
    assert said.endswith('xxx" for "preset"; known here: urban_street, highway, country_road')


SNIPPETS = st.sampled_from(
    ["", "{}", "[]", "null", "-1", "1e9", "true", "'", '"', ": ", "\n", "  ", "\n- ", "$rain", "= 1", "..", " km/h",
     "{choice: [a, b]}", "{normal: {mean: 1 m, sd: 1 m}}", "ego", "[1, 2]", "{a: 1}", "16:30", "%", "é", "#", "|",
     "&a", "*a", "!t", "---", "?", ",", "\t", "\x00"]
)  # fmt: skip


@settings(max_examples=often(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, len(RIGHT)), st.integers(0, 12), SNIPPETS), min_size=1, max_size=3))
def test_no_edit_of_a_file_brings_more_than_a_clear_refusal(
    folder: Path, cuts: list[tuple[int, int, str]]
) -> None:
    text = RIGHT
    for start, length, snippet in cuts:
        text = text[:start] + snippet + text[start + length :]
    Path("edited.scenario.yaml").write_text(text, encoding="utf-8")
    try:
        file = scenarios.load("edited.scenario.yaml")
        scenarios.resolve(file, 0, 0)
    except ScenarioError as error:
        assert all(line.count(": ") >= 1 for line in str(error).splitlines())
