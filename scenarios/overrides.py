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
    """Put the value of `path=value` into the tree; the value is YAML, as if it stood in the file.

    `path=null` takes the value out, as if it had never been written.
    """
    path, text = split(override)
    path = path[len(prefix) :]
    if not path:
        raise _wrong(override, "the path names no value")
    try:
        value = trees.read(text, "value").data
    except ScenarioErrors as errors:
        raise _wrong(override, errors.message) from None
    if value is None and text != "null":
        raise _wrong(override, 'there is no value after "="; write null to take the value out')
    path = _put(tree, path, value, override)
    # What stood below the path is gone, and its places with it.
    for table in (tree.values, tree.keys, tree.assigned):
        for old in [p for p in table if p[: len(path)] == path]:
            del table[old]
    tree.assigned[path] = override


def _put(tree: Tree, path: Path, value: Any, override: str) -> Path:
    """Set (or with None take out) the value; mappings that are missing on the way, or next in a list, are made.

    Returns the path with each step as the tree has it: list positions as numbers, keys as text.
    """
    node = tree.data
    done: Path = ()
    for depth, raw in enumerate(path):
        last = depth == len(path) - 1
        step = _step(node, raw, done, override)
        done = (*done, step)
        if last:
            _set(node, step, value, override)
        else:
            if (isinstance(node, dict) and node.get(step) is None) or (
                isinstance(node, list) and step == len(node)
            ):
                _set(node, step, {}, override)
                tree.assigned[done] = override
            node = node[step]
    return done


def _step(node: Any, raw: str | int, done: Path, override: str) -> str | int:
    """The step as a key or a position of this node; refused where it cannot be one."""
    where = ".".join(map(str, done)) or "the file"
    if isinstance(node, list):
        if not isinstance(raw, int):
            raise _wrong(override, f'"{where}" is a list; number its items from 0, such as {where}.0')
        if raw > len(node):
            raise _wrong(
                override, f'"{where}" has {len(node)} items, numbered from 0; there is no {where}.{raw}'
            )
        return raw
    if not isinstance(node, dict):
        raise _wrong(override, f'"{where}" is a single value and holds no "{raw}"')
    step = str(raw)
    if step not in node and done in (("params",), ("actors",)):
        kind = "parameter" if done == ("params",) else "actor"
        raise _wrong(override, f'there is no {kind} "{step}"; {nearest(step, node)}')
    return step


def _set(owner: Any, step: Any, value: Any, override: str) -> None:
    if value is None:
        if isinstance(owner, list):
            raise _wrong(override, "an item cannot be taken out of a list; set the whole list")
        owner.pop(step, None)
    elif isinstance(owner, list) and step == len(owner):
        owner.append(value)
    else:
        owner[step] = value


def _wrong(override: str, message: str) -> ScenarioErrors:
    return ScenarioErrors([ScenarioError(f"--set {override}", 0, 0, message)])
