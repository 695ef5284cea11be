"""Visits every value of a draft by its path, and settles a draft into plain values.  Language floor."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from scenarios.draft import Draft, Measure, Says, Word
from scenarios.tree import Path
from scenarios.wording import measure_of, says_of, word_of


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


@dataclass(frozen=True, slots=True)
class Text:
    """An expression of a draft as its author wrote it, where it stands, and how it is read."""

    path: Path
    text: str
    says: Says


def texts(part: BaseModel) -> Iterator[Text]:
    """Every expression of a part and of the parts in it."""
    for path, inner in parts(part):
        for name, info in type(inner).model_fields.items():
            says = says_of(info)
            value = getattr(inner, name)
            if says is None or value is None:
                continue
            where = (*path, info.alias or name)
            if isinstance(value, str):
                yield Text(where, value, says)
            else:
                yield from (Text((*where, i), item, says) for i, item in enumerate(value))


def forks(part: BaseModel) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Every `one_of` of a part, with the keys of its ways (their weights as written)."""
    for path, inner in parts(part):
        ways = getattr(inner, "one_of", None)
        if isinstance(ways, dict):
            yield (*path, "one_of"), tuple(ways)


class Settler(Protocol):
    """How `settle` learns what stands behind a draft."""

    def value(self, leaf: Leaf) -> float | str:
        """The plain value of a drafted one."""

    def text(self, text: Text) -> str:
        """An expression without parameters."""

    def way(self, path: Path, ways: Sequence[str]) -> str:
        """The key of the one way that a `one_of` goes."""


def settle(part: BaseModel, settler: Settler, path: Path = ()) -> dict[str, Any]:
    """The part as plain data under its Python names, every drafted value replaced; only what the file says."""
    plain: dict[str, Any] = {}
    for name, info in type(part).model_fields.items():
        if name in part.model_fields_set:
            plain[name] = _settle(getattr(part, name), (*path, info.alias or name), info, settler)
    return plain


def _settle(value: Any, path: Path, info: FieldInfo, settler: Settler) -> Any:
    if isinstance(value, Draft):
        return settler.value(Leaf(path, value, measure_of(info), word_of(info)))
    if isinstance(value, BaseModel):
        return settle(value, settler, path)
    if isinstance(value, list):
        return [_settle(item, (*path, i), info, settler) for i, item in enumerate(value)]
    if isinstance(value, dict):
        chosen = [settler.way(path, tuple(value))] if path[-1] == "one_of" else list(value)
        return {key: _settle(value[key], (*path, key), info, settler) for key in chosen}
    says = says_of(info)
    if says is not None and isinstance(value, str):
        return settler.text(Text(path, value, says))
    return value
