"""A table of wrong compositions: each is told in the file in which the mistake stands."""

from pathlib import Path
from typing import Any

import pytest

import scenarios
from scenarios.errors import ScenarioError
from tests.language.test_wrong_files import table
from tests.support.wrong_files import RIG, RIGHT

ROWS = table("wrong_compositions.yaml")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    project = tmp_path / "project"
    write(project, {"small.scenario.yaml": RIGHT, "rigs/small.yaml": RIG})
    (tmp_path / "secret.yaml").write_text(RIGHT)
    monkeypatch.chdir(project)
    return project


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def complaint(path: str, *overrides: str) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        scenarios.load(path, overrides)
    return str(caught.value).splitlines()


@pytest.mark.parametrize("row", ROWS, ids=[row["wrong"] for row in ROWS])
def test_a_wrong_composition_says_where_and_what(folder: Path, row: dict[str, Any]) -> None:
    write(folder, row["files"])
    assert complaint("case.scenario.yaml") == row["says"]


def test_an_unknown_variant_is_named_with_those_that_are_there(folder: Path) -> None:
    write(
        folder,
        {"case.scenario.yaml": "extends: small.scenario.yaml\nvariants: {night: {set: {version: 1}}}\n"},
    )
    assert complaint("case.scenario.yaml") == ['case.scenario.yaml:2:26: a variant cannot set "version"']
    write(
        folder,
        {
            "case.scenario.yaml": "extends: small.scenario.yaml\nvariants: {night: {set: {capture.rate: 5 Hz}}}\n"
        },
    )
    for path, said in [
        ("case.scenario.yaml", '"nigth"; did you mean "night"?'),
        ("small.scenario.yaml", '"nigth"; it has none'),
    ]:
        with pytest.raises(ScenarioError) as caught:
            scenarios.load(path, (), "nigth")
        assert str(caught.value) == f"--variant nigth: {path} has no variant {said}"


def test_a_chain_of_bases_ends(folder: Path) -> None:
    write(
        folder, {f"b{i}.yaml": f"extends: b{i + 1}.yaml\n" for i in range(20)} | {"b20.yaml": "scenario: x\n"}
    )
    assert complaint("b0.yaml") == ["b7.yaml:1:10: files lead to one another more than 8 deep"]


def test_a_fragment_cannot_be_included_without_end(folder: Path) -> None:
    write(folder, {f"f{i}.yaml": f"include: [{', '.join([f'f{i + 1}.yaml'] * 6)}]\n" for i in range(5)})
    write(folder, {"f5.yaml": "params: {x: 1 m}\n", "case.scenario.yaml": "include: [f0.yaml]\n"})
    (said,) = complaint("case.scenario.yaml")
    assert said.endswith("the scenario is made of more than 32 files")


def test_files_are_bounded_together(folder: Path) -> None:
    padding = "# " + "x" * 200_000 + "\n"
    write(folder, {f"f{i}.yaml": padding + f"params: {{x{i}: 1 m}}\n" for i in range(3)})
    write(folder, {"case.scenario.yaml": "include: [f0.yaml, f1.yaml, f2.yaml]\n"})
    assert complaint("case.scenario.yaml") == [
        "f2.yaml: the files of this scenario are larger than 512 KiB together"
    ]


def test_a_base_behind_a_link_is_not_followed(folder: Path) -> None:
    (folder / "link.yaml").symlink_to(folder.parent / "secret.yaml")
    (folder / "loop.yaml").symlink_to(folder / "loop.yaml")
    write(folder, {"case.scenario.yaml": "extends: link.yaml\ninclude: [loop.yaml]\n"})
    assert complaint("case.scenario.yaml") == [
        'case.scenario.yaml:1:10: "link.yaml" leaves the folder of the scenario; keep the scenario beside the scenario',
        'case.scenario.yaml:2:11: "loop.yaml" cannot be followed',
    ]
