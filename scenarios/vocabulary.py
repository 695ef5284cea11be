"""What can be said about a word of the language: its meaning, kind, range, default, an example.  Language floor.

Editors show it as hover text, `docs/language.md` as a table; both read it from the schema, so that neither can lag.
"""

import math
import types
from dataclasses import dataclass
from typing import Any, ForwardRef, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from scenarios import tree, units
from scenarios.draft import Measure, Says
from scenarios.errors import listing
from scenarios.wording import (
    bare,
    limits,
    literals,
    measure_of,
    origin_of,
    planned_of,
    says_of,
    word_of,
    words_of,
)

_SAID = {"condition": "a condition", "quantity": "an expression", "any": "an expression"}
_SEEN = {
    "params": "over the parameters",
    "now": "over what is so at that moment",
    "clip": "over what happened in the clip",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One word of one part."""

    word: str
    meaning: str
    kind: str  # what may be written, with its range
    default: str  # as it would be written; empty when there is none
    example: str  # as it would be written
    required: bool
    planned: str  # why it has no effect yet; empty when it has

    def hover(self) -> str:
        """All of it in a few sentences."""
        said = [_sentence(self.meaning), _sentence(self.kind)]
        if self.default:
            said.append(f"By default {self.default}.")
        if self.planned:
            said.append(f"Not yet: {self.planned}.")
        if self.example:
            said.append(f"For example: {self.example}")
        return " ".join(part for part in said if part)


def entries(model: type[BaseModel]) -> list[Entry]:
    """The words of a part, in the order of the schema."""
    return [entry(name, info) for name, info in model.model_fields.items()]


def entry(name: str, info: FieldInfo) -> Entry:
    planned = planned_of(info)
    return Entry(
        word=info.alias or name,
        meaning=info.description or "",
        kind=kind(info),
        default=default(info),
        example=example(info),
        required=info.is_required(),
        planned=planned.reason if planned is not None else "",
    )


def summary(model: type[BaseModel]) -> str:
    """The first sentence of what a part says about itself."""
    text = (origin_of(model).__doc__ or "").strip()
    return " ".join(text.partition("\n\n")[0].split())


def container(info: FieldInfo) -> str:
    """Whether a field holds a `list`, a `dict` (names), or one thing (empty)."""
    origin = get_origin(bare(info.annotation))
    return origin.__name__ if origin in (list, dict) else ""


def kind(info: FieldInfo) -> str:
    """What may be written: `a length from 0 m to 20 km`, `one of left, right`, `a list of ...`."""
    annotation = bare(info.annotation)
    inner = _kind(annotation, info)
    if get_origin(annotation) is list and not inner.startswith("a list"):
        return f"a list, each item {inner}"
    if get_origin(annotation) is dict and not inner.startswith("names"):
        return f"names, each with {inner}"
    return inner


def _kind(annotation: Any, info: FieldInfo) -> str:
    if (measure := measure_of(info)) is not None:
        return _measured(measure)
    if (word := word_of(info)) is not None:
        return f"one of {listing(word.allowed, 40)}" if word.allowed else "a word"
    if (says := says_of(info)) is not None:
        return _expression(says)
    if allowed := literals(info):
        return f"one of {listing(allowed, 40)}" if len(allowed) > 1 else f"the word {allowed[0]}"
    return _typed(annotation, info)


def _typed(annotation: Any, info: FieldInfo) -> str:
    annotation = bare(annotation)
    members = get_args(annotation)
    origin = get_origin(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"a mapping with {listing(words_of(annotation), 40)}"
    if origin is list:
        return f"a list, each item {_typed(members[0], info)}"
    if origin is dict:
        return f"names, each with {_typed(members[1], info)}"
    if origin is tuple:
        return f"{len(members)} numbers"
    if annotation is bool:
        return "true or false"
    if annotation in (int, float):
        low, high = limits(info)
        what = "a whole number" if annotation is int else "a number"
        return what if low == "-inf" else f"{what} from {low} to {high}"
    if annotation is str:
        return "a text"
    if annotation is Any:
        return "a value as a file would hold it"
    if isinstance(annotation, ForwardRef):  # only steps hold parts of their own kind
        return f"a {annotation.__forward_arg__.partition('[')[0].lower()}"
    if origin is Literal:
        return (
            f"the word {members[0]}"
            if len(members) == 1
            else f"one of {listing([str(m) for m in members], 40)}"
        )
    kinds = [_typed(member, info) for member in members if member is not types.NoneType]
    return " or ".join(dict.fromkeys(k for k in kinds if k != "a whole number" or "a number" not in kinds))


def _measured(measure: Measure) -> str:
    if measure.dimension is None:
        return "a quantity with its unit, a word, or a distribution"
    if not measure.bounds:
        return measure.dimension.phrase
    low, high = measure.bounds.removeprefix("between ").split(" and ")
    return f"{measure.dimension.phrase} from {low} to {high}"


def _expression(says: Says) -> str:
    return f"{_SAID[says.kind]} in quotes, {_SEEN[says.when]}"


def default(info: FieldInfo) -> str:
    """The default as a file would say it; empty for words that are simply absent."""
    value = info.default
    if value is None or value is PydanticUndefined:
        return ""
    measure = measure_of(info)
    if measure is not None and measure.dimension is not None and isinstance(value, int | float):
        if "deg" in measure.dimension.units:  # nobody thinks in radians
            return f"{round(math.degrees(value), 9):g} deg"
        return units.text(float(value), measure.dimension)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(f'{v:g}' for v in value)}]"
    return str(value)


def example(info: FieldInfo) -> str:
    """One way to write it, as it would stand in a file."""
    if info.examples:
        return str(info.examples[0])
    measure = measure_of(info)
    if measure is not None and measure.dimension is not None:
        return _measured_example(info, measure)
    word = word_of(info)
    if word is not None and word.allowed:
        return next((w for w in word.allowed if w != info.default), word.allowed[0])
    if allowed := literals(info):
        shown = next((w for w in allowed if w != str(info.default)), allowed[0])
        return f"[{shown}]" if get_origin(bare(info.annotation)) is list else shown
    return ""


def _measured_example(info: FieldInfo, measure: Measure) -> str:
    assert measure.dimension is not None
    usual = measure.dimension.example
    value = units.parse(usual, measure.dimension).value
    if not measure.outside(value, value):
        return usual
    if isinstance(info.default, int | float) and info.default:
        return units.text(float(info.default), measure.dimension)
    middle = measure.high / 2 if math.isfinite(measure.high) else measure.low
    return units.text(float(f"{middle:.1g}"), measure.dimension)


def example_value(text: str) -> Any:
    """An example as plain data."""
    return tree.read(text, "example").data if text else None


def _sentence(text: str) -> str:
    text = text.strip()
    return f"{text[0].upper()}{text[1:]}." if text else ""
