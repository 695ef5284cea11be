"""`--set path=value`: changes a value of a file before it is read.  Language floor."""

from typing import Any

from scenarios import tree as trees
from scenarios.errors import ScenarioError, ScenarioErrors, nearest
from scenarios.tree import Path, Tree


def split(override: str) -> tuple[Path, str]:
    """Path and value text of one assignment."""
    name, equals, value = override.partition("=")
    steps = name.strip().split(".")
    if not equals or not all(steps):
        raise _wrong(override, 'write an assignment like "world.weather.0.rain=20 mm/h"')
    return tuple(int(step) if step.isdigit() else step for step in steps), value.strip()


def assign(tree: Tree, override: str, prefix: Path = ()) -> None:
    """Put the value of `path=value` into the tree; the value is YAML, as if it stood in the file."""
    path, text = split(override)
    path = path[len(prefix) :]
    if not path:
        raise _wrong(override, "the path names no value")
    try:
        value = trees.read(text, "value").data
    except ScenarioErrors as errors:
        raise _wrong(override, errors.message) from None
    if value is None:
        raise _wrong(override, 'there is no value after "="')
    owner = _owner(tree, path, override)
    _put(owner, path[-1], value, override, path)
    # What stood below the path is gone, and its places with it.
    for table in (tree.values, tree.keys, tree.assigned):
        for old in [p for p in table if p[: len(path)] == path]:
            del table[old]  # type: ignore[attr-defined]
    tree.assigned[path] = override


def _owner(tree: Tree, path: Path, override: str) -> Any:
    """The mapping or list that holds the value; missing mappings on the way are made."""
    node = tree.data
    for depth, step in enumerate(path[:-1]):
        where = ".".join(map(str, path[:depth])) or "the file"
        if isinstance(node, list):
            if not isinstance(step, int) or step >= len(node):
                raise _wrong(override, _no_such_item(where, step, len(node)))
            node = node[step]
        elif isinstance(node, dict):
            step = str(step)
            if path[0] == "actors" and depth == 1 and step not in node:
                raise _wrong(override, f'there is no actor "{step}"; {nearest(step, node)}')
            if step not in node or node[step] is None:
                node[step] = {}
                tree.assigned[path[: depth + 1]] = override
            node = node[step]
        else:
            raise _wrong(override, f'"{where}" is a single value and holds no "{step}"')
    return node


def _put(owner: Any, step: str | int, value: Any, override: str, path: Path) -> None:
    where = ".".join(map(str, path[:-1])) or "the file"
    if isinstance(owner, list):
        if not isinstance(step, int) or step > len(owner):
            raise _wrong(override, _no_such_item(where, step, len(owner)))
        if step == len(owner):
            owner.append(value)
        else:
            owner[step] = value
    elif isinstance(owner, dict):
        if path[:-1] == ("params",) and step not in owner:
            raise _wrong(override, f'there is no parameter "{step}"; {nearest(str(step), owner)}')
        owner[str(step)] = value
    else:
        raise _wrong(override, f'"{where}" is a single value and holds no "{step}"')


def _no_such_item(where: str, step: str | int, count: int) -> str:
    if not isinstance(step, int):
        return f'"{where}" is a list; number its items from 0, such as {where}.0'
    return f'"{where}" has {count} items, numbered from 0; there is no {where}.{step}'


def _wrong(override: str, message: str) -> ScenarioErrors:
    return ScenarioErrors([ScenarioError(f"--set {override}", 0, 0, message)])
