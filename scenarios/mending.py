"""Reads a file past its mistakes, so that one of them does not hide the others.  Language floor.

What cannot be read is replaced by a stand-in, and the place is remembered as spoilt: checks go on with the rest, and
what they say about a spoilt place is not repeated.  A misspelt key is taken for the one it resembles.
"""

import types
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from scenarios.draft import BROKEN
from scenarios.errors import ScenarioError, close_name
from scenarios.tables import Tables
from scenarios.tree import Path, Tree
from scenarios.wording import (
    Finding,
    annotation_at,
    bare,
    field_at,
    findings,
    is_planned,
    limits,
    marked,
    words_of,
)

MAX_ROUNDS = 12  # a stand-in may itself lack parts: one round for every floor of the deepest part

_M = TypeVar("_M", bound=BaseModel)


def read_past_mistakes(
    model: type[_M], tree: Tree, tables: Tables
) -> tuple[_M | None, Tree, list[ScenarioError]]:
    """The draft with its mistakes mended, the tree that belongs to it, and what was wrong.

    A right file comes back as it is, with its own tree.  None when there was no mending it.
    """
    try:
        return model.model_validate(tree.data, by_alias=True, by_name=False, context=tables), tree, []
    except ValidationError as first:
        error = first
    mended = tree.copy()
    found: list[ScenarioError] = []
    for _ in range(MAX_ROUNDS):
        for finding in findings(error, mended, model):
            if not mended.spoilt(finding.path):
                found.append(finding.error)
            if not _mend(mended, finding, model):
                return None, tree, found
        try:
            return (
                model.model_validate(mended.data, by_alias=True, by_name=False, context=tables),
                mended,
                found,
            )
        except ValidationError as next_error:
            error = next_error
    return None, tree, found


def _mend(tree: Tree, finding: Finding, model: type[BaseModel]) -> bool:
    """Put something right in the place of what is wrong; False when that did not help before."""
    path = finding.path
    if not path:
        return False
    if finding.kind == "extra_forbidden":
        known = [] if is_planned(str(path[-1]), finding.owner) else words_of(finding.owner)
        return _rename_or_drop(tree, path, known)
    if path in tree.broken:
        return False
    try:
        owner = tree.get(path[:-1])
        owner[path[-1]] = _stand_in(model, path)
    except (KeyError, IndexError, TypeError):
        return False
    tree.broken.add(path)
    return True


def _rename_or_drop(tree: Tree, path: Path, known: list[str]) -> bool:
    owner = tree.get(path[:-1])
    if not isinstance(owner, dict):
        return True  # a stand-in has taken its place
    meant = close_name(str(path[-1]), [word for word in known if word not in owner])
    value = owner.pop(path[-1])
    if meant is None:
        tree.hollow.add(path[:-1])
        return True
    owner[meant] = value
    for table in (tree.values, tree.keys, tree.assigned):
        _move(table, path, (*path[:-1], meant))
    return True


def _move(table: dict[Path, Any], old: Path, new: Path) -> None:
    for path in [p for p in table if p[: len(old)] == old]:
        table[(*new, *path[len(old) :])] = table.pop(path)


def _stand_in(model: type[BaseModel], path: Path) -> Any:
    """Something that a field accepts; parts are filled with what they need in the next round."""
    info = field_at(model, path)
    annotation = bare(annotation_at(model, path))
    origin = get_origin(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {}
    if origin in (list, dict):
        return origin()
    if marked(info):
        return BROKEN
    return _plain(annotation, limits(info)[0])


def _plain(annotation: Any, least: Any) -> Any:
    annotation = bare(annotation)
    origin, members = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return members[0]
    if origin in (Union, types.UnionType):
        return _plain(members[0], least)
    if origin is tuple:
        return [0.0 for _ in members]
    if origin in (list, dict):
        return origin()
    if annotation is bool:
        return False
    if annotation in (int, float):
        return annotation(least) if least != "-inf" else annotation(1)
    return "broken"
