"""Loads scenario and rig files: text to tree to draft, checked so that what loads can be resolved.  Language floor."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import TypeVar

from pydantic import BaseModel

from scenarios import tree as trees
from scenarios.checks import check_rig, check_scenario
from scenarios.errors import ScenarioError, ScenarioErrors
from scenarios.files import MAX_MAP_BYTES, FileError, find
from scenarios.mending import read_past_mistakes
from scenarios.overrides import assign, split
from scenarios.params import Params
from scenarios.schema import DraftRig, DraftScenario
from scenarios.tables import Tables
from scenarios.tree import Path, Tree

RIG_PATH: Path = ("rig",)  # the rig's values are named `rig.cameras...` in overrides and coordinates

_M = TypeVar("_M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class ScenarioFile:
    """A loaded scenario: checked, but with its chance still open."""

    path: FilePath
    draft: DraftScenario
    params: Params
    rig: DraftRig  # of the ego; without sensors when it names none
    rig_path: FilePath | None
    road_path: FilePath | None
    road_xml: bytes | None  # the OpenDRIVE file as it is on disk
    overrides: tuple[str, ...]
    tree: Tree  # where everything stands

    @property
    def name(self) -> str:
        return self.draft.scenario


def load(path: str | os.PathLike[str], overrides: Sequence[str] = ()) -> ScenarioFile:
    """Read and check a scenario file; `overrides` are assignments such as `world.weather.0.rain=20 mm/h`.

    Raises ScenarioErrors with everything that is wrong.  Assignments that begin with `rig.` change the rig.
    """
    source = FilePath(path)
    tree = _tree_of(source)
    rig_overrides = []
    for override in overrides:
        where, _ = split(override)
        if where[0] == "rig":
            rig_overrides.append(override)
        else:
            assign(tree, override)
    tables = Tables(source.parent, typed=tuple(tree.assigned.values()))
    draft, tree, problems = _read(DraftScenario, tree, tables)
    params = check_scenario(draft, tree, problems)
    rig, rig_path = _rig(draft, tree, source.parent, rig_overrides, problems)
    road_path, road_xml = _road(draft, tree, source.parent, problems)
    _raise(problems)
    return ScenarioFile(source, draft, params, rig, rig_path, road_path, road_xml, tuple(overrides), tree)


def load_rig(path: str | os.PathLike[str], overrides: Sequence[str] = ()) -> DraftRig:
    """Read and check a rig file; assignments begin with `rig.`."""
    tree = _tree_of(FilePath(path))
    for override in overrides:
        assign(tree, override, prefix=RIG_PATH)
    tables = Tables(FilePath(path).parent, "rig.table.", tuple(tree.assigned.values()))
    rig, tree, problems = _read(DraftRig, tree, tables)
    check_rig(rig, tree, problems)
    _raise(problems)
    return rig


def _tree_of(path: FilePath) -> Tree:
    shown = str(path)
    try:
        if not path.is_file():
            kind = "is a folder, not a file" if path.is_dir() else "does not exist"
            raise ScenarioErrors([ScenarioError(shown, 0, 0, f"the file {kind}")])
        if path.stat().st_size > trees.MAX_BYTES:
            limit = f"the file is larger than {trees.MAX_BYTES // 1024} KiB"
            raise ScenarioErrors([ScenarioError(shown, 0, 0, limit)])
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ScenarioErrors([ScenarioError(shown, line, 1, "the file is not UTF-8 text")]) from None
    except OSError as error:
        raise ScenarioErrors(
            [ScenarioError(shown, 0, 0, f"the file cannot be read: {error.strerror}")]
        ) from None
    return trees.read(text, shown)


def _read(model: type[_M], tree: Tree, tables: Tables) -> tuple[_M, Tree, list[ScenarioError]]:
    """The draft and, when it has mistakes, a stand-in good enough to look for further ones."""
    if not isinstance(tree.data, dict):
        what = "is empty" if tree.data is None else "is not a mapping"
        message = f'the file {what}; it begins with a line like "scenario: my_first"'
        raise ScenarioErrors([ScenarioError(tree.file, 1, 1, message)])
    draft, mended, found = read_past_mistakes(model, tree, tables)
    if draft is None:
        raise ScenarioErrors(found)
    return draft, mended, found


def _raise(problems: Sequence[ScenarioError]) -> None:
    """Complaints that may only follow from others wait until those are mended."""
    if problems:
        raise ScenarioErrors([p for p in problems if not p.doubtful] or problems)


def _rig(
    draft: DraftScenario,
    tree: Tree,
    folder: FilePath,
    overrides: Sequence[str],
    problems: list[ScenarioError],
) -> tuple[DraftRig, FilePath | None]:
    ego = draft.actors.get("ego")
    where: Path = ("actors", "ego", "rig")
    if ego is None or ego.rig is None:
        if overrides:
            problems.append(
                ScenarioError(f"--set {overrides[0]}", 0, 0, "the ego of this scenario names no rig")
            )
        return DraftRig(rig="none"), None
    try:
        path = find(ego.rig, folder, (".yaml", ".yml"), "rig", typed=where in tree.assigned)
        return load_rig(path, overrides), path
    except FileError as problem:
        problems.append(tree.error(where, str(problem)))
    except ScenarioErrors as errors:
        problems.extend(errors.errors)
    return DraftRig(rig="none"), None


def _road(
    draft: DraftScenario, tree: Tree, folder: FilePath, problems: list[ScenarioError]
) -> tuple[FilePath | None, bytes | None]:
    name = draft.world.road.opendrive
    where: Path = ("world", "road", "opendrive")
    if name is None:
        return None, None
    typed = where in tree.assigned or where[:-1] in tree.assigned
    try:
        path = find(name, folder, (".xodr",), "map", typed=typed)
        if path.stat().st_size > MAX_MAP_BYTES:
            raise FileError(f'the map "{name}" is larger than {MAX_MAP_BYTES >> 20} MiB')
        return path, path.read_bytes()
    except FileError as problem:
        problems.append(tree.error(where, str(problem)))
    except OSError as error:
        problems.append(tree.error(where, f'the map "{name}" cannot be read: {error.strerror}'))
    return None, None
