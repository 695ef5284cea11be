"""Loads suite files: which scenarios are explored how, checked to the last scenario.  Language floor."""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath

from pydantic import ValidationError

from scenarios import units
from scenarios.errors import ScenarioError, ScenarioErrors, StormlaneError, listing, nearest
from scenarios.files import FileError, catalogue, find
from scenarios.reader import Family
from scenarios.schema.suite import Suite, SuiteEntry
from scenarios.sources import read_tree
from scenarios.tree import Path, Tree
from scenarios.units import UnitError
from scenarios.wording import explain

SUFFIX = ".suite.yaml"
SCENARIO_SUFFIX = ".scenario.yaml"
MAX_SCENARIOS = 1000


@dataclass(frozen=True, slots=True)
class Exploration:
    """One scenario of a suite and how it is explored."""

    path: FilePath
    method: str
    over: tuple[str, ...] | None
    samples: int
    variants: tuple[str, ...]
    overrides: tuple[str, ...]  # assignments, the suite's first


@dataclass(frozen=True, slots=True)
class SuiteFile:
    """A loaded suite: everything it names exists and loads."""

    path: FilePath
    words: Suite
    explorations: tuple[Exploration, ...]
    rigs: tuple[tuple[str, FilePath], ...]  # name of the folder, and the rig
    splits: tuple[tuple[str, float], ...]  # shares that add up to 1
    filled: float  # share of bins that must be full

    @property
    def name(self) -> str:
        return self.words.suite


def is_suite(path: FilePath) -> bool:
    """Whether a file is called as suites are."""
    return path.name.endswith(SUFFIX)


def suite_of(what: Sequence[FilePath]) -> SuiteFile | None:
    """The suite among the files of a command; None when there is none.  A suite goes alone: it says everything."""
    suites = [path for path in what if is_suite(path)]
    if suites and len(what) > 1:
        raise StormlaneError(f"{suites[0]}: a suite goes alone; it says itself which scenarios it explores")
    return load_suite(suites[0]) if suites else None


def load_suite(path: str | os.PathLike[str]) -> SuiteFile:
    """Read and check a suite and every scenario in it; raises ScenarioErrors with everything that is wrong."""
    source = FilePath(path)
    tree, _ = read_tree(source)
    if not isinstance(tree.data, dict):
        what = "is empty" if tree.data is None else "is not a mapping"
        message = f'the file {what}; it begins with a line like "suite: my_first"'
        raise ScenarioErrors([ScenarioError(tree.file, 1, 1, message)])
    try:
        words = Suite.model_validate(tree.data, by_alias=True, by_name=False)
    except ValidationError as error:
        raise ScenarioErrors(explain(error, tree, Suite)) from None
    return _Loading(source, words, tree).suite()


def split_of(clip: str, splits: Sequence[tuple[str, float]]) -> str:
    """The split of a clip, from its name alone: more clips or other scenarios never move it."""
    share = int.from_bytes(hashlib.sha256(clip.encode()).digest()[:8], "big") / 2**64
    edge = 0.0
    for name, part in splits:
        edge += part
        if share < edge:
            return name
    return splits[-1][0] if splits else ""


class _Loading:
    def __init__(self, source: FilePath, words: Suite, tree: Tree) -> None:
        self.source, self.words, self.tree = source, words, tree
        self.folder = source.parent
        self.problems: list[ScenarioError] = []

    def wrong(self, path: Path, message: str, at_key: bool = False) -> None:
        self.problems.append(self.tree.error(path, message, at_key=at_key))

    def suite(self) -> SuiteFile:
        splits, filled = self.splits(), self.share(("cover", "filled"), self.words.cover.filled)
        rigs = self.rigs()
        explorations = [e for k, entry in enumerate(self.words.scenarios) for e in self.explored(k, entry)]
        if len(explorations) > MAX_SCENARIOS:
            self.wrong(
                ("scenarios",), f"these are {len(explorations):,} scenarios; at most {MAX_SCENARIOS:,}"
            )
        for word, values in (("seeds", self.words.seeds), ("formats", self.words.formats)):
            for k, value in enumerate(values):
                if value in values[:k]:
                    self.wrong((word, k), f'"{value}" is listed twice')
        if self.problems:
            raise ScenarioErrors(self.problems)
        return SuiteFile(self.source, self.words, tuple(explorations), tuple(rigs), splits, filled)

    # ---------------------------------------------------------------------------------------------------- scenarios
    def explored(self, k: int, entry: str | SuiteEntry) -> list[Exploration]:
        where: Path = ("scenarios", k)
        words = SuiteEntry(file=entry) if isinstance(entry, str) else entry
        at = where if isinstance(entry, str) else (*where, "file")
        chosen = words.method or self.words.method
        own = [(f"{name}={_value(value)}", (*where, "set", name)) for name, value in words.set_.items()]
        common = [(f"{name}={_value(value)}", ("set", name)) for name, value in self.words.set_.items()]
        over = words.over if words.over is not None else self.words.over
        variants = words.variants if words.variants is not None else self.words.variants
        found = []
        for path in self.files(at, words.file):
            # Variants that the suite wishes for everybody hold for the scenarios that have them.
            family = self.family(path, common + own, at)
            if family is None:
                continue
            known = ("base", "all", *family.base.variants)
            kept = []
            for n, variant in enumerate(variants):
                if variant in known:
                    kept.append(variant)
                elif words.variants is not None:
                    message = f'{path.name} has no variant "{variant}"; {nearest(variant, known)}'
                    self.wrong((*where, "variants", n), message)
            for n, name in enumerate(over or ()):
                if name not in family.base.params.drafts:
                    place = (*where, "over", n) if words.over is not None else ("over", n)
                    hint = nearest(name, family.base.params.drafts)
                    self.wrong(place, f'{path.name} has no parameter "{name}"; {hint}')
            found.append(
                Exploration(
                    path,
                    chosen,
                    None if over is None else tuple(over),
                    words.samples or self.words.samples,
                    tuple(kept),
                    tuple(text for text, _ in common + own),
                )
            )
        return found

    def files(self, at: Path, name: str) -> list[FilePath]:
        """What one entry names: a file, those that a pattern finds, or a story of the catalogue."""
        if any(sign in name for sign in "*?["):
            return self.matching(at, name)
        shipped = catalogue()
        if name in shipped and not (self.folder / name).is_file():
            return [shipped[name]]
        try:
            return [find(name, self.folder, (".yaml", ".yml"), "scenario")]
        except FileError as problem:
            message = _beside_suite(problem)
            if name.removesuffix(SCENARIO_SUFFIX) == name and "/" not in name:
                message = f'there is no scenario "{name}" beside the suite or in the catalogue; {nearest(name, shipped)}'
            self.wrong(at, message)
            return []

    def matching(self, at: Path, pattern: str) -> list[FilePath]:
        if FilePath(pattern).is_absolute() or ".." in FilePath(pattern).parts:
            self.wrong(at, f'"{pattern}" leaves the folder of the suite; keep its scenarios beside it')
            return []
        try:
            found = sorted(path for path in self.folder.glob(pattern) if path.name.endswith(SCENARIO_SUFFIX))
        except (ValueError, NotImplementedError):
            self.wrong(at, f'"{pattern}" is not a pattern; write one like "night/*{SCENARIO_SUFFIX}"')
            return []
        inside = [path for path in found if path.resolve().is_relative_to(self.folder.resolve())]
        if not inside:
            self.wrong(at, f'"{pattern}" finds no *{SCENARIO_SUFFIX} beside the suite')
        return inside

    def family(self, path: FilePath, assigned: Sequence[tuple[str, Path]], at: Path) -> Family | None:
        """The scenario with the suite's assignments; its mistakes are told at their places, those of `set` here."""
        try:
            return Family.load(path, [text for text, _ in assigned])
        except ScenarioErrors as errors:
            places = {f"--set {text}": place for text, place in assigned}
            for error in errors.errors:
                if error.file in places:
                    self.wrong(places[error.file], f"{error.message} (in {path.name})")
                else:
                    self.problems.append(error)
        return None

    # --------------------------------------------------------------------------------------------------------- others
    def rigs(self) -> list[tuple[str, FilePath]]:
        found: list[tuple[str, FilePath]] = []
        for k, name in enumerate(self.words.rigs):
            try:
                path = find(name, self.folder, (".yaml", ".yml"), "rig")
            except FileError as problem:
                self.wrong(("rigs", k), _beside_suite(problem))
                continue
            if path.stem in [other for other, _ in found]:
                self.wrong(("rigs", k), f'another rig of this suite is also called "{path.stem}"')
            found.append((path.stem, path))
        return found

    def splits(self) -> tuple[tuple[str, float], ...]:
        before = len(self.problems)
        shares: Mapping[str, float] = {
            name: self.share(("splits", name), value) for name, value in self.words.splits.items()
        }
        if shares and len(self.problems) == before and abs(sum(shares.values()) - 1.0) > 1e-6:
            told = f"the shares of {listing(list(shares))} add up to {sum(shares.values()):g}; they make 1 together"
            self.wrong(("splits",), told)
        for name in shares:
            if not name.replace("_", "").isalnum():
                self.wrong(
                    ("splits", name), f'"{name}" is not a name; use letters, digits and _', at_key=True
                )
        return tuple(shares.items())

    def share(self, path: Path, raw: str | float) -> float:
        try:
            value = units.parse(str(raw), units.DIMENSIONS["ratio"]).value
        except UnitError as error:
            self.wrong(path, str(error))
            return 1.0
        if not 0.0 <= value <= 1.0:
            self.wrong(path, f'"{raw}" is no share; it lies between 0 and 1')
        return value


def _beside_suite(problem: FileError) -> str:
    """What `find` says to a scenario, said to a suite."""
    return str(problem).replace("the scenario", "the suite")


def _value(value: str | int | float | list[str]) -> str:
    return value if isinstance(value, str) else json.dumps(value)
