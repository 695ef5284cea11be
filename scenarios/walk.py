"""Visits every value of a draft by its path, and settles a draft into plain values.  Language floor."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from scenarios.draft import Draft, Measure, Word
from scenarios.tree import Path
from scenarios.wording import measure_of, word_of


@dataclass(frozen=True, slots=True)
class Leaf:
    """A drafted value, where it stands, and how it is checked."""

    path: Path
    draft: Draft
    measure: Measure | None
    word: Word | None


def dotted(path: Path) -> str:
    """`world.weather.0.rain`: the name of a value in overrides, coordinates and messages."""
    return ".".join(str(step) for step in path)


def leaves(part: BaseModel, path: Path = ()) -> Iterator[Leaf]:
    """Every drafted value of a part and of the parts in it, in the order of the schema."""
    for name, info in type(part).model_fields.items():
        yield from _leaves(getattr(part, name), (*path, info.alias or name), info)


def _leaves(value: Any, path: Path, info: FieldInfo) -> Iterator[Leaf]:
    if isinstance(value, Draft):
        yield Leaf(path, value, measure_of(info), word_of(info))
    elif isinstance(value, BaseModel):
        yield from leaves(value, path)
    elif isinstance(value, list | tuple):
        for i, item in enumerate(value):
            yield from _leaves(item, (*path, i), info)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*path, key), info)


def parts(part: BaseModel, path: Path = ()) -> Iterator[tuple[Path, BaseModel]]:
    """The part itself and every part in it, with paths."""
    yield path, part
    for name, info in type(part).model_fields.items():
        yield from _parts(getattr(part, name), (*path, info.alias or name))


def _parts(value: Any, path: Path) -> Iterator[tuple[Path, BaseModel]]:
    if isinstance(value, BaseModel):
        yield from parts(value, path)
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _parts(item, (*path, i))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _parts(item, (*path, key))


def settle(part: BaseModel, value_of: Callable[[Leaf], float | str], path: Path = ()) -> dict[str, Any]:
    """The part as plain data under its Python names, every drafted value replaced; only what the file says."""
    plain: dict[str, Any] = {}
    for name, info in type(part).model_fields.items():
        if name in part.model_fields_set:
            plain[name] = _settle(getattr(part, name), (*path, info.alias or name), info, value_of)
    return plain


def _settle(value: Any, path: Path, info: FieldInfo, value_of: Callable[[Leaf], float | str]) -> Any:
    if isinstance(value, Draft):
        return value_of(Leaf(path, value, measure_of(info), word_of(info)))
    if isinstance(value, BaseModel):
        return settle(value, value_of, path)
    if isinstance(value, list):
        return [_settle(item, (*path, i), info, value_of) for i, item in enumerate(value)]
    if isinstance(value, dict):
        return {key: _settle(item, (*path, key), info, value_of) for key, item in value.items()}
    return value
