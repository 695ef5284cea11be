"""Puts a scenario together from files: what it extends and what it includes.  Language floor.

Everything happens on trees, before anything is checked: the result is one tree whose values remember the files they
stand in.  Mappings of words merge key by key; values (distributions among them) and lists are replaced as a whole, and
`null` takes out what the other files bring.  From bottom to top lie: what the file extends, its fragments, the file.
"""

import copy
import re
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any

from scenarios.draft import NAME
from scenarios.errors import ScenarioError, ScenarioErrors, nearest
from scenarios.files import CATALOGUE, FileError, find
from scenarios.schema import DraftScenario
from scenarios.sources import Sources
from scenarios.tree import Path, Tree, empty
from scenarios.wording import holds_words

MAX_CHAIN = 8  # files that extend or include one another
YAML = (".yaml", ".yml")
_REFERENCE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
# Statements that stand for themselves: fragments add to them.
_JOINED = (
    ("require",),
    ("valid",),
    ("expect",),
    ("world", "patches"),
    ("world", "plumes"),
    ("world", "work_zones"),
)
_NOT_FOR_FRAGMENTS = {
    "scenario": 'this is a whole scenario; change it with "extends", or take its name out to include it',
    "extends": "a fragment can include others, but not extend a scenario",
}
_OF_ITSELF = ("description", "version")  # of a fragment: not handed on


def compose(path: FilePath, sources: Sources) -> Tree:
    """The tree of a scenario file with everything that it extends and includes."""
    return _Composer(sources).file(path, sources.tree(path, nulls=True), (path.resolve(),))


def fragment(
    path: FilePath, sources: Sources, prefix: str, params: dict[str, Any], given: Tree, where: Path
) -> Tree:
    """A fragment by itself, parameters prefixed and set; `given` holds the places of `params` below `where`."""
    composer = _Composer(sources)
    tree = composer.fragment(path, (path.resolve(),))
    composer.parametrise(tree, prefix, params, given, where)
    composer.refuse_if_wrong()
    return tree


def lay_under(tree: Tree, lower: Tree, path: Path = ()) -> None:
    """Add what `lower` says and the tree does not."""
    for key in lower.get(path):
        where = (*path, key)
        if not tree.has(where):
            _take_over(tree, where, lower, where)
        elif _merges(tree, lower, where):
            lay_under(tree, lower, where)


class _Composer:
    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.errors: list[ScenarioError] = []

    def refuse_if_wrong(self) -> None:
        if self.errors:
            raise ScenarioErrors(self.errors)

    def file(self, path: FilePath, own: Tree, chain: tuple[FilePath, ...]) -> Tree:
        """A file over its fragments over what it extends; `chain` are the files that led here, itself the last."""
        if not isinstance(own.data, dict):
            return own  # refused when it is validated
        base = self.base(path, own, chain) if "extends" in own.data else None
        fragments = self.fragments(path, own, chain) if "include" in own.data else []
        self.refuse_if_wrong()
        alone = "extends" not in own.data and "include" not in own.data
        for word in ("extends", "include"):
            own.data.pop(word, None)
            own.forget((word,))
        tree = own if alone else self.over(own, base, fragments)
        for where in _nulls(tree.data):
            self.errors.append(
                empty(tree, where)
                if alone
                else tree.error(
                    where,
                    f'there is no "{where[-1]}" to take out; null takes out what the other files bring',
                    at_key=True,
                )
            )
        self.refuse_if_wrong()
        return tree

    def over(self, own: Tree, base: Tree | None, fragments: list[Tree]) -> Tree:
        tree = Tree(own.file, {}, {}, {}) if base is None else base
        tree.file = own.file
        together = Tree(own.file, {})
        for part in fragments:
            self.lay(together, part, own, clashes=True)
        statements = [(where, together.get(where)) for where in _joined(together)]
        below = dict(tree.data.get("params") or {}) if isinstance(tree.data.get("params"), dict) else {}
        for name in _mapping(together.data.get("params")):
            if name in below and not _speaks(own, ("params", name)):
                self.clash(tree, together, ("params", name), own)
        self.refuse_if_wrong()
        upper = copy.deepcopy(together)
        for where, _ in statements:
            _remove(upper, where)
        self.lay(tree, upper, own, clashes=False)
        self.lay(tree, own, own, clashes=False)
        for where, _ in statements:
            _append(tree, together, where)
        tree.values[()] = own.values[()]
        return tree

    def base(self, path: FilePath, own: Tree, chain: tuple[FilePath, ...]) -> Tree | None:
        name = own.data["extends"]
        where: Path = ("extends",)
        if not isinstance(name, str):
            self.errors.append(own.error(where, '"extends" names one file, such as base.scenario.yaml'))
            return None
        found = self.found(name, "scenario", path, own, where, chain)
        if found is None:
            return None
        lower = self.file(found, self.sources.tree(found, nulls=True), (*chain, found.resolve()))
        if not isinstance(lower.data, dict):
            self.errors.append(own.error(where, f'"{name}" is empty or no scenario'))
            return None
        return lower

    def found(
        self, name: str, what: str, path: FilePath, own: Tree, where: Path, chain: tuple[FilePath, ...]
    ) -> FilePath | None:
        try:
            shelf = CATALOGUE if what == "scenario" else None
            found = find(name, path.parent, YAML, what, root=self.sources.root, shelf=shelf)
        except FileError as problem:
            self.errors.append(own.error(where, str(problem)))
            return None
        full = found.resolve()
        if full in chain:
            circle = " -> ".join(p.name for p in (*chain[chain.index(full) :], full))
            self.errors.append(own.error(where, f"the files go in a circle: {circle}"))
            return None
        if len(chain) >= MAX_CHAIN:
            self.errors.append(own.error(where, f"files lead to one another more than {MAX_CHAIN} deep"))
            return None
        return found

    # ------------------------------------------------------------------------------------------------- fragments
    def fragments(self, path: FilePath, own: Tree, chain: tuple[FilePath, ...]) -> list[Tree]:
        entries = own.data["include"]
        if not isinstance(entries, list):
            self.errors.append(own.error(("include",), '"include" is a list, such as [weathers/squall.yaml]'))
            return []
        parts = []
        for i, entry in enumerate(entries):
            part = self.included(path, own, ("include", i), entry, chain)
            if part is not None:
                parts.append(part)
        return parts

    def included(
        self, path: FilePath, own: Tree, where: Path, entry: Any, chain: tuple[FilePath, ...]
    ) -> Tree | None:
        settings = {"file": entry} if isinstance(entry, str) else entry
        if not isinstance(settings, dict) or not isinstance(settings.get("file"), str):
            shape = "{file: weathers/squall.yaml, params: {rain: 20 mm/h}, prefix: storm}"
            self.errors.append(own.error(where, f"an include is a file, or a mapping such as {shape}"))
            return None
        named: Path = where if isinstance(entry, str) else (*where, "file")
        fine = self.settings(own, where, settings, ("file", "params", "prefix"))
        found = self.found(settings["file"], "fragment", path, own, named, chain)
        if found is None or not fine:
            return None
        tree = self.fragment(found, (*chain, found.resolve()))
        prefix = settings.get("prefix") or ""
        self.parametrise(tree, prefix, settings.get("params") or {}, own, (*where, "params"))
        return tree

    def settings(self, own: Tree, where: Path, settings: dict[str, Any], known: tuple[str, ...]) -> bool:
        before = len(self.errors)
        for key in settings:
            if key not in known:
                message = f'unknown key "{key}"; {nearest(key, known)}'
                self.errors.append(own.error((*where, key), message, at_key=True))
        prefix = settings.get("prefix", "x")
        if not isinstance(prefix, str) or not NAME.fullmatch(prefix):
            self.errors.append(
                own.error((*where, "prefix"), f'"{prefix}" is not a name; use letters, digits and _')
            )
        params = settings.get("params", {})
        if not isinstance(params, dict):
            self.errors.append(
                own.error((*where, "params"), '"params" needs a mapping, such as {rain: 20 mm/h}')
            )
        return len(self.errors) == before

    def fragment(self, path: FilePath, chain: tuple[FilePath, ...]) -> Tree:
        tree = self.sources.tree(path, nulls=True)
        if not isinstance(tree.data, dict):
            what = "is empty" if tree.data is None else "is not a mapping"
            raise ScenarioErrors([tree.error((), f"the fragment {what}")])
        for word, message in _NOT_FOR_FRAGMENTS.items():
            if word in tree.data:
                self.errors.append(tree.error((word,), message, at_key=True))
        version = tree.data.get("version", 1)
        if version != 1:
            self.errors.append(
                tree.error(("version",), f"this program reads version 1 of the language, not {version}")
            )
        self.refuse_if_wrong()
        tree = self.file(path, tree, chain)
        for word in _OF_ITSELF:
            _remove(tree, (word,))
        return tree

    def parametrise(self, tree: Tree, prefix: str, params: dict[str, Any], given: Tree, where: Path) -> None:
        """Prefix a fragment's parameters, then set those that the including file gives."""
        own = _mapping(tree.data.get("params"))
        names = {name: f"{prefix}_{name}" if prefix else name for name in own}
        if prefix:
            _rename(tree, names)
        for name, value in params.items():
            if name not in names:
                hint = nearest(name, names) if names else "it has none"
                self.errors.append(
                    given.error((*where, name), f'the file has no parameter "{name}"; {hint}', at_key=True)
                )
            elif value is None:
                self.errors.append(empty(given, (*where, name)))
            else:
                _take_over(tree, ("params", names[name]), given, (*where, name))

    # --------------------------------------------------------------------------------------------------- merging
    def lay(self, tree: Tree, upper: Tree, own: Tree, clashes: bool, path: Path = ()) -> None:
        """Lay one tree over another; with `clashes` two that say the same thing are wrong, unless `own` decides."""
        for key, value in upper.get(path).items():
            where = (*path, key)
            if value is None and not _in_set(where):
                if tree.has(where):
                    _remove(tree, where)
                else:
                    _take_over(tree, where, upper, where)  # found, and refused, at the end
            elif tree.has(where) and _merges(tree, upper, where):
                tree.values[where], tree.keys[where] = upper.values[where], upper.keys[where]
                self.lay(tree, upper, own, clashes, where)
            elif clashes and tree.has(where) and _is_joined(where):
                _append(tree, upper, where)
            else:
                if clashes and tree.has(where) and not _speaks(own, where):
                    self.clash(tree, upper, where, own)
                _take_over(tree, where, upper, where)

    def clash(self, one: Tree, other: Tree, where: Path, own: Tree) -> None:
        """Two files give the same thing, and nobody says which is meant; one file reached twice is no clash."""
        first, second = one.place(where, at_key=True), other.place(where, at_key=True)
        if first == second and one.get(where) == other.get(where):
            return
        name = ".".join(map(str, where))
        way_out = f"set it in {own.file}"
        hint = f"give an include a prefix, or {way_out}" if where[0] == "params" else way_out
        said = f'"{name}" stands in {first.file}:{first.line}:{first.column} as well; {hint}'
        self.errors.append(other.error(where, said, at_key=True))


def _mapping(node: Any) -> dict[str, Any]:
    return node if isinstance(node, dict) else {}


def _merges(tree: Tree, upper: Tree, where: Path) -> bool:
    return (
        isinstance(tree.get(where), dict)
        and isinstance(upper.get(where), dict)
        and holds_words(DraftScenario, where)
    )


def _in_set(where: Path) -> bool:
    """In what a variant sets, null is a value: the variant takes something out."""
    return len(where) > 3 and where[0] == "variants" and where[2] == "set"


def _is_joined(where: Path) -> bool:
    return where in _JOINED or (len(where) == 2 and where[0] == "faults")


def _joined(tree: Tree) -> list[Path]:
    places: list[Path] = [*_JOINED, *(("faults", name) for name in _mapping(tree.data.get("faults")))]
    return [where for where in places if tree.has(where) and isinstance(tree.get(where), list)]


def _speaks(own: Tree, where: Path) -> bool:
    """Whether a tree says something at a path, or has a plain value above it."""
    node = own.data
    for step in where:
        if not isinstance(node, dict):
            return True
        if step not in node:
            return False
        node = node[step]
    return True


def _take_over(tree: Tree, where: Path, other: Tree, other_where: Path) -> None:
    """Put another tree's value, with its places, in place of what stood here."""
    owner = tree.data
    for step in where[:-1]:
        owner = owner.setdefault(step, {})
    tree.forget(where)
    owner[where[-1]] = copy.deepcopy(other.get(other_where))
    tree.note(where, other, other_where)


def _append(tree: Tree, other: Tree, where: Path) -> None:
    """Add the items of another tree's list behind those of this one."""
    if not tree.has(where) or not isinstance(tree.get(where), list):
        _take_over(tree, where, other, where)
        return
    here = tree.get(where)
    for i, item in enumerate(other.get(where)):
        if any(
            other.values[(*where, i)] == tree.values[(*where, k)] and item == here[k]
            for k in range(len(here))
        ):
            continue  # one file reached on two ways says a thing once
        here.append(copy.deepcopy(item))
        tree.note((*where, len(here) - 1), other, (*where, i))


def _remove(tree: Tree, where: Path) -> None:
    if tree.has(where):
        del tree.get(where[:-1])[where[-1]]
        tree.forget(where)


def _nulls(node: Any, path: Path = ()) -> Iterator[Path]:
    """Keys whose value is null, except in what variants set."""
    if _in_set((*path, "")):
        return
    for step, item in node.items() if isinstance(node, dict) else enumerate(node):
        where = (*path, step)
        if item is None and isinstance(step, str):
            yield where
        elif isinstance(item, dict | list):
            yield from _nulls(item, where)


def _rename(tree: Tree, names: dict[str, str]) -> None:
    """Give parameters other names, where they stand and wherever they are used."""

    def said(node: Any) -> Any:
        if isinstance(node, str):
            return _REFERENCE.sub(lambda m: f"${names.get(m[1], m[1])}", node)
        if isinstance(node, dict):
            return {key: said(item) for key, item in node.items()}
        return [said(item) for item in node] if isinstance(node, list) else node

    tree.data = said(tree.data)
    if "params" in tree.data:
        tree.data["params"] = {names[name]: value for name, value in tree.data["params"].items()}
    for table in (tree.values, tree.keys):
        moved = {p: place for p, place in table.items() if len(p) > 1 and p[0] == "params" and p[1] in names}
        for p in moved:
            del table[p]
        table |= {("params", names[str(p[1])], *p[2:]): place for p, place in moved.items()}
