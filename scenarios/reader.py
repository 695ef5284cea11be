"""Loads scenario and rig files: text to tree to draft, checked so that what loads can be resolved.  Language floor."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import TypeVar

from pydantic import BaseModel

from scenarios.checks import check_rig, check_scenario
from scenarios.checks_faults import check_faults
from scenarios.checks_outcome import check_cover, check_expect
from scenarios.compose import compose
from scenarios.conditions import check_expressions
from scenarios.copula import Copula, copulas
from scenarios.coverage import Plan
from scenarios.errors import ScenarioError, ScenarioErrors
from scenarios.files import RIGS, FileError, find
from scenarios.mending import read_past_mistakes
from scenarios.never import find_never
from scenarios.overrides import assign, split
from scenarios.own_assets import OwnAsset, enter, installed, load_asset, named_in
from scenarios.params import Params
from scenarios.schema import DraftRig, DraftScenario
from scenarios.sources import Sources, read_tree
from scenarios.tables import Tables
from scenarios.tree import Path, Tree
from scenarios.variants import check_variants, choose, varied

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
    variant: str = ""  # name of the variant that this is; empty for the scenario itself
    base: "ScenarioFile | None" = None  # of a twin: the scenario whose sample it shows in other weather
    sources: tuple[tuple[str, str], ...] = ()  # name and sha256 of every file it is made of
    cover: Plan = field(default_factory=Plan)  # what samples should cover
    copulas: tuple[Copula, ...] = ()  # groups of correlated parameters
    assets: tuple[OwnAsset, ...] = ()  # models of the user's own
    warnings: tuple[ScenarioError, ...] = ()  # what is no mistake of form but can never happen

    @property
    def name(self) -> str:
        return self.draft.scenario

    @property
    def variants(self) -> tuple[str, ...]:
        """Names of the scenario's variants."""
        return tuple(self.draft.variants)


def load(
    path: str | os.PathLike[str], overrides: Sequence[str] = (), variant: str = "", *, strict: bool = False
) -> ScenarioFile:
    """Read and check a scenario file; `overrides` are assignments such as `world.weather.0.rain=20 mm/h`.

    Raises ScenarioErrors with everything that is wrong, in its variants too.  Assignments that begin with `rig.`
    change the rig.  What loads but can never happen stands in `warnings`; `strict` takes it for an error.
    """
    file = Family.load(path, overrides).member(variant)
    if strict and file.warnings:
        raise ScenarioErrors(file.warnings)
    return file


def load_text(text: str, path: str | os.PathLike[str], overrides: Sequence[str] = ()) -> ScenarioFile:
    """Like `load`, for a file that is not written yet: `path` says where it would be, and what lies beside it."""
    return Family.load(path, overrides, text).member()


@dataclass(frozen=True, slots=True)
class Family:
    """A scenario file and its variants, read once."""

    base: ScenarioFile
    _members: dict[str, ScenarioFile]

    @staticmethod
    def load(
        path: str | os.PathLike[str], overrides: Sequence[str] = (), text: str | None = None
    ) -> "Family":
        """Read and check a scenario file with all its variants; raises ScenarioErrors."""
        loading = _Loading(FilePath(path), overrides, text)
        base = loading.member("", None)
        problems = check_variants(base.draft, loading.composed)
        if problems:
            raise ScenarioErrors(problems)
        members = {"": base}
        for name in base.variants:
            try:
                twin = base.draft.variants[name].twin
                members[name] = loading.member(name, base if twin else None)
            except ScenarioErrors as errors:
                problems.extend(errors.errors)
        if problems:
            raise ScenarioErrors(problems)
        return Family(base, members)

    def member(self, variant: str = "") -> ScenarioFile:
        """One of them; without a name the scenario itself."""
        (name,) = choose([variant] if variant else [], self.base.variants, str(self.base.path))
        return self._members[name]

    def members(self, wanted: Sequence[str] = ()) -> list[ScenarioFile]:
        """Those that `--variant` names: `all`, `base`, or names of variants; by default the scenario itself."""
        return [self._members[name] for name in choose(wanted, self.base.variants, str(self.base.path))]


class _Loading:
    """The files of a scenario and its variants while they are read."""

    def __init__(self, path: FilePath, overrides: Sequence[str], text: str | None = None) -> None:
        self.path = path
        self.overrides = tuple(overrides)
        self.sources = Sources(path.parent, unsaved={} if text is None else {path: text})
        self.rigs: dict[FilePath, tuple[DraftRig, bytes]] = {}
        self.of_rig = [text for text in overrides if split(text)[0][0] == "rig"]
        self.of_scenario = [text for text in overrides if text not in self.of_rig]
        self.composed = compose(path, self.sources)

    def member(self, variant: str, base: ScenarioFile | None) -> ScenarioFile:
        tree, sources = self.composed, self.sources.branch()
        if isinstance(tree.data, dict):
            tree = varied(tree, variant, self.of_scenario, sources)
        typed = tuple(tree.assigned.values())
        tables = Tables(self.sources.root, typed=typed, others=tuple(sources.folders))
        draft, tree, problems = _read(DraftScenario, tree, tables)
        own = self.own(draft, tree, sources, problems)
        params = check_scenario(draft, tree, problems)
        cover = check_cover(draft, params, tree, problems)
        groups = copulas(draft.correlate, draft.params, lambda at, why: problems.append(tree.error(at, why)))
        found = len(problems)
        rig, rig_path = self.rig(draft, tree, sources, problems)
        sound_rig = rig if len(problems) == found else None
        check_expressions(
            draft, params, sound_rig, lambda path, told: problems.append(tree.error(path, told))
        )
        check_expect(draft, rig, tree, problems)
        check_faults(draft, rig, tree, problems)
        road_path, road_xml = self.road(draft, tree, sources, problems)
        _raise(problems)
        warnings: list[ScenarioError] = []
        find_never(draft, params, lambda path, told: warnings.append(tree.error(path, told)))
        for table, data in tables.files():
            sources.note(table, data)
        return ScenarioFile(
            self.path, draft, params, rig, rig_path, road_path, road_xml, self.overrides, tree, variant, base,
            tuple(sorted(sources.digests.items())), cover, groups, own, tuple(warnings),
        )  # fmt: skip

    def found(self, name: str, where: Path, tree: Tree, suffixes: tuple[str, ...], what: str) -> FilePath:
        """A file that a value names: beside the file in which the value stands, or in the scenario's folder."""
        typed = any(where[:length] in tree.assigned for length in range(len(where) + 1))
        folder = self.sources.root if typed else FilePath(tree.place(where).file).parent
        shelf = RIGS if what == "rig" else None
        return find(name, folder, suffixes, what, typed, root=self.sources.root, shelf=shelf)

    def own(
        self, draft: DraftScenario, tree: Tree, sources: Sources, problems: list[ScenarioError]
    ) -> tuple[OwnAsset, ...]:
        """The models of the user's own that the scenario names, and those of installed packages that it uses."""
        found: list[OwnAsset] = []
        for i, name in enumerate(draft.assets):
            try:
                path = self.found(name, ("assets", i), tree, (".yaml", ".yml"), "asset file")
                asset = load_asset(path)
                sources.note(path, path.read_bytes())
                enter([asset])
                found.append(asset)
            except FileError as problem:
                problems.append(tree.error(("assets", i), str(problem)))
            except ScenarioErrors as errors:
                problems.extend(errors.errors)
        missing = named_in(tree.data) - {asset.model for asset in found}
        if missing:
            brought = [asset for asset in installed() if asset.model in missing]
            enter(brought)
            found.extend(brought)
        return tuple(found)

    def rig(
        self, draft: DraftScenario, tree: Tree, sources: Sources, problems: list[ScenarioError]
    ) -> tuple[DraftRig, FilePath | None]:
        ego = draft.actors.get("ego")
        where: Path = ("actors", "ego", "rig")
        if ego is None or ego.rig is None:
            if self.of_rig:
                message = "the ego of this scenario names no rig"
                problems.append(ScenarioError(f"--set {self.of_rig[0]}", 0, 0, message))
            return DraftRig(rig="none"), None
        try:
            path = self.found(ego.rig, where, tree, (".yaml", ".yml"), "rig")
            if path not in self.rigs:  # variants mostly share one
                tree_of_rig, data = read_tree(path)
                self.rigs[path] = _rig_of(tree_of_rig, self.of_rig), data
            rig, data = self.rigs[path]
            sources.note(path, data)
            return rig, path
        except FileError as problem:
            problems.append(tree.error(where, str(problem)))
        except ScenarioErrors as errors:
            problems.extend(errors.errors)
        return DraftRig(rig="none"), None

    def road(
        self, draft: DraftScenario, tree: Tree, sources: Sources, problems: list[ScenarioError]
    ) -> tuple[FilePath | None, bytes | None]:
        name = draft.world.road.opendrive
        where: Path = ("world", "road", "opendrive")
        if name is None:
            return None, None
        try:
            path = self.found(name, where, tree, (".xodr",), "map")
            return path, sources.map(path, name)
        except FileError as problem:
            problems.append(tree.error(where, str(problem)))
        return None, None


_RIG, _SCENARIO = re.compile(r"^rig\s*:", re.M), re.compile(r"^(scenario|world|extends)\s*:", re.M)


def is_rig(path: str | os.PathLike[str]) -> bool:
    """Whether a file is a rig: it begins as one, and nothing in it is a scenario's."""
    try:
        text = FilePath(path).read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return False
    return bool(_RIG.search(text)) and not _SCENARIO.search(text)


def load_rig(path: str | os.PathLike[str], overrides: Sequence[str] = ()) -> DraftRig:
    """Read and check a rig file; assignments begin with `rig.`."""
    return _rig_of(read_tree(FilePath(path))[0], overrides)


def _rig_of(tree: Tree, overrides: Sequence[str]) -> DraftRig:
    for override in overrides:
        assign(tree, override, prefix=RIG_PATH)
    tables = Tables(FilePath(tree.file).parent, "rig.table.", tuple(tree.assigned.values()))
    rig, tree, problems = _read(DraftRig, tree, tables)
    check_rig(rig, tree, problems)
    _raise(problems)
    return rig


def _read(model: type[_M], tree: Tree, tables: Tables) -> tuple[_M, Tree, list[ScenarioError]]:
    """The draft and, when it has mistakes, a stand-in good enough to look for further ones."""
    if not isinstance(tree.data, dict):
        what = "is empty" if tree.data is None else "is not a mapping"
        message = f'the file {what}; it begins with a line like "scenario: my_first"'
        raise ScenarioErrors([ScenarioError(tree.file, 1, 1, message)])
    if (
        model is DraftScenario
        and "rig" in tree.data
        and "world" not in tree.data
        and "scenario" not in tree.data
    ):
        name = FilePath(tree.file).name
        message = f"this is a rig and no scenario; a scenario names it: actors: {{ego: {{rig: {name}, ...}}}}"
        raise ScenarioErrors([ScenarioError(tree.file, 1, 1, message)])
    draft, mended, found = read_past_mistakes(model, tree, tables)
    if draft is None:
        raise ScenarioErrors(found)
    return draft, mended, found


def _raise(problems: Sequence[ScenarioError]) -> None:
    """Complaints that may only follow from others wait until those are mended."""
    if problems:
        raise ScenarioErrors([p for p in problems if not p.doubtful] or problems)
