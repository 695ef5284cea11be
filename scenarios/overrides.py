"""Changes values of a tree by their paths: `--set path=value`, and what variants set.  Language floor."""

from collections.abc import Callable
from typing import Any

from scenarios import tree as trees
from scenarios.errors import ScenarioError, ScenarioErrors, nearest
from scenarios.tree import Path, Tree

_Wrong = Callable[[str], ScenarioError]


def split(override: str) -> tuple[Path, str]:
    """Path and value text of one assignment."""
    name, equals, value = override.partition("=")
    path = path_of(name)
    if not equals or not path:
        raise _wrong(override, 'write an assignment like "world.weather.0.rain=20 mm/h"')
    return path, value.strip()


def path_of(text: str) -> Path:
    """`world.weather.0.rain` as a path; empty when it is none."""
    steps = text.strip().split(".")
    if not all(steps):
        return ()
    return tuple(int(step) if step.isdecimal() and len(step) < 10 else step for step in steps)


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
    made, path = put(tree, path, value, lambda message: ScenarioError(f"--set {override}", 0, 0, message))
    for new in (*made, path):
        tree.assigned[new] = override


def put(tree: Tree, path: Path, value: Any, wrong: _Wrong) -> tuple[list[Path], Path]:
    """Set (or with None take out) the value; mappings that are missing on the way, or next in a list, are made.

    What stood below the path is gone, and its places with it.  Returns the paths of the mappings that were made, and
    the path with each step as the tree has it: list positions as numbers, keys as text.
    """
    node = tree.data
    done: Path = ()
    made: list[Path] = []
    for depth, raw in enumerate(path):
        last = depth == len(path) - 1
        step = _step(node, raw, done, wrong)
        done = (*done, step)
        if last:
            _set(node, step, value, wrong)
        else:
            if (isinstance(node, dict) and node.get(step) is None) or (
                isinstance(node, list) and step == len(node)
            ):
                _set(node, step, {}, wrong)
                made.append(done)
            node = node[step]
    tree.forget(done)
    return made, done


def _step(node: Any, raw: str | int, done: Path, wrong: _Wrong) -> str | int:
    """The step as a key or a position of this node; refused where it cannot be one."""
    where = ".".join(map(str, done)) or "the file"
    if isinstance(node, list):
        if not isinstance(raw, int):
            raise _one(wrong(f'"{where}" is a list; number its items from 0, such as {where}.0'))
        if raw > len(node):
            raise _one(wrong(f'"{where}" has {len(node)} items, numbered from 0; there is no {where}.{raw}'))
        return raw
    if not isinstance(node, dict):
        raise _one(wrong(f'"{where}" is a single value and holds no "{raw}"'))
    step = str(raw)
    if step not in node and done in (("params",), ("actors",)):
        kind = "parameter" if done == ("params",) else "actor"
        raise _one(wrong(f'there is no {kind} "{step}"; {nearest(step, node)}'))
    return step


def _set(owner: Any, step: Any, value: Any, wrong: _Wrong) -> None:
    if value is None:
        if isinstance(owner, list):
            raise _one(wrong("an item cannot be taken out of a list; set the whole list"))
        owner.pop(step, None)
    elif isinstance(owner, list) and step == len(owner):
        owner.append(value)
    else:
        owner[step] = value


def _one(error: ScenarioError) -> ScenarioErrors:
    return ScenarioErrors([error])


def _wrong(override: str, message: str) -> ScenarioErrors:
    return _one(ScenarioError(f"--set {override}", 0, 0, message))
