"""A value as its author wrote it, and the annotations that check it in either reading.  Language floor.

In the schema, `Annotated[Q, measure("speed", "0 m/s", "90 m/s")]` accepts for `Q = Draft` whatever may stand in a
file (`50 km/h`, `30..50 km/h`, `{normal: {...}}`, `$name`, `= expression`) and for `Q = float` a number in range.
"""

import math
import re
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Union, get_args, get_origin

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from scenarios import expressions, units
from scenarios.chance import Choice, Distribution, Integers, LogUniform, Normal, Uniform
from scenarios.errors import listing, nearest
from scenarios.units import Dimension, UnitError

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORD = re.compile(r"-?[A-Za-z0-9_][A-Za-z0-9_.-]*")
DISTRIBUTIONS = ("uniform", "normal", "log_uniform", "choice", "integers")


class Draft:
    """What stands in a file where a number or a word will be: one of the four kinds below."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Exact(Draft):
    """A quantity in resolved units, or (without a dimension) a word."""

    value: float | str
    dimension: Dimension | None
    text: str  # as written, for messages


@dataclass(frozen=True, slots=True)
class Drawn(Draft):
    """A random quantity or word; its coordinate is named by its path."""

    distribution: Distribution
    dimension: Dimension | None
    text: str  # as written, for messages


@dataclass(frozen=True, slots=True)
class Named(Draft):
    """`$name`: the value of a parameter."""

    name: str


@dataclass(frozen=True, slots=True)
class Formula(Draft):
    """`= expression`: calculated from parameters."""

    expression: expressions.Expr


@dataclass(frozen=True, slots=True)
class Broken(Draft):
    """Stands for a value that could not be read, while the rest of its file is looked through for more mistakes."""


BROKEN = Broken()


def refuse(message: str) -> PydanticCustomError:
    """An error whose text reaches the author word for word."""
    return PydanticCustomError("draft", "{message}", {"message": message})


# --------------------------------------------------------------------------------------------------------- measures
@dataclass(frozen=True, slots=True)
class Measure:
    """Checks a quantity: its dimension and its range, in both readings."""

    dimension: Dimension | None  # None: any, and words as well (the values of `params`)
    low: float = -math.inf
    high: float = math.inf
    bounds: str = ""  # `between 0 mm/h and 200 mm/h`, in the words of the schema

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return _schema_for(source, handler, self._read, self._check_value)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        if _is_draft(schema):
            return {"x-measure": self.dimension.name if self.dimension else "any"}
        return handler(schema)

    def outside(self, low: float, high: float) -> bool:
        """Whether values from low to high can leave the range; a hair of rounding is allowed."""
        slack = 1e-12 * max(abs(self.low), abs(self.high)) if math.isfinite(self.high) else 0.0
        return not (low >= self.low - slack and high <= self.high + slack)

    def out_of_range(self, shown: str) -> str:
        assert self.dimension is not None
        return f"{shown} out of range: {self.dimension.phrase} here lies {self.bounds}"

    def _check_value(self, value: Any) -> Any:
        if isinstance(value, float) and self.dimension is not None and self.outside(value, value):
            raise refuse(self.out_of_range(f'"{units.text(value, self.dimension)}" is'))
        return value

    def _read(self, value: Any) -> Draft:
        draft = self._parse(value)
        if self.dimension is None:
            return draft
        if (
            isinstance(draft, Exact)
            and isinstance(draft.value, float)
            and self.outside(draft.value, draft.value)
        ):
            raise refuse(self.out_of_range(f'"{draft.text}" is'))
        if isinstance(draft, Drawn) and self.outside(*draft.distribution.support()):
            raise refuse(self.out_of_range(draft_range(draft)))
        return draft

    def _parse(self, value: Any) -> Draft:
        if isinstance(value, Draft):
            return value
        if isinstance(value, dict):
            return _distribution(value, self.dimension)
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise refuse(f"{self._wanted()}, not {_kind(value)}")
        text = str(value).strip()
        reference = _reference(text)
        if reference is not None:
            return reference
        try:
            return self._literal(text, quoted_word=isinstance(value, str))
        except UnitError as error:
            raise refuse(str(error)) from None

    def _literal(self, text: str, quoted_word: bool) -> Draft:
        if (
            self.dimension is None
            and quoted_word
            and _WORD.fullmatch(text)
            and not text[0].isdigit()
            and text[0] != "-"
        ):
            return Exact(text, None, text)
        ends = units.parse_range(text, self.dimension)
        if ends is not None:
            return Drawn(Uniform(ends[0].value, ends[1].value), ends[0].dimension, text)
        quantity = units.parse(text, self.dimension)
        return Exact(quantity.value, quantity.dimension, text)

    def _wanted(self) -> str:
        return units.needs(self.dimension) if self.dimension else "a quantity or a word is needed here"


def measure(dimension: str, low: str | None = None, high: str | None = None) -> Measure:
    """A quantity of this dimension between two literals; `any` takes every dimension, and words."""
    if dimension == "any":
        return Measure(None)
    kind = units.DIMENSIONS[dimension]
    if low is None or high is None:
        return Measure(kind)
    ends = units.parse(low, kind).value, units.parse(high, kind).value
    return Measure(kind, *ends, f"between {low} and {high}")


def draft_range(drawn: Drawn) -> str:
    """The beginning of a message about a distribution that reaches too far."""
    if any(map(math.isinf, drawn.distribution.support())):
        return f'"{drawn.text}" needs min and max, for it can be'
    return f'"{drawn.text}" can be'


# ------------------------------------------------------------------------------------------------------------ words
@dataclass(frozen=True, slots=True)
class Word:
    """Checks a word that chance may pick; without `allowed`, any word."""

    allowed: tuple[str, ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return _schema_for(source, handler, self._read, self._check_value)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        if _is_draft(schema):
            return {"x-word": list(self.allowed)}
        return handler(schema)

    def unknown(self, word: str) -> str | None:
        """What is wrong with this word; None when it is allowed."""
        if not self.allowed or word in self.allowed:
            return None
        return f'unknown word "{word}"; {nearest(word, self.allowed)}'

    def _check_value(self, value: Any) -> Any:
        if isinstance(value, str) and (wrong := self.unknown(value)):
            raise refuse(wrong)
        return value

    def _read(self, value: Any) -> Draft:
        draft = self._parse(value)
        words = [draft.value] if isinstance(draft, Exact) else []
        if isinstance(draft, Drawn) and isinstance(draft.distribution, Choice):
            words = list(draft.distribution.words())
        for word in words:
            if wrong := self.unknown(str(word)):
                raise refuse(wrong)
        return draft

    def _parse(self, value: Any) -> Draft:
        if isinstance(value, Draft):
            return value
        if isinstance(value, dict):
            drawn = _distribution(value, None)
            if drawn.dimension is not None:
                raise refuse(f"a word is needed here{self._such_as()}, not {drawn.dimension.phrase}")
            return drawn
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise refuse(f"a word is needed here{self._such_as()}, not {_kind(value)}")
        text = str(value).strip()
        reference = _reference(text)
        if isinstance(reference, Formula):
            raise refuse("a word cannot be calculated; write the word, a $parameter or {choice: [...]}")
        if reference is not None:
            return reference
        if not _WORD.fullmatch(text):
            raise refuse(f'"{text}" is not a word{self._such_as()}')
        return Exact(text, None, text)

    def _such_as(self) -> str:
        return f" (one of {listing(self.allowed)})" if self.allowed else ""


def word(*allowed: str) -> Word:
    """One of these words; without any, whatever word (checked against its table when references are)."""
    return Word(allowed)


# ------------------------------------------------------------------------------------------------------ other marks
@dataclass(frozen=True, slots=True)
class Says:
    """Marks a text that is an expression: what it gives, and what it may ask.

    `kind` is "condition", "quantity" or "any"; `when` is "params" (before anything runs: parameters only), "now" (at
    one instant of the running world) or "clip" (over everything that happened: windows, marks, extremes over time).
    """

    kind: str
    when: str


def says(kind: str, when: str) -> Says:
    """An expression in quotes, such as `"ttc(ego, path(child)) <= 1.5 s"`."""
    return Says(kind, when)


@dataclass(frozen=True, slots=True)
class Planned:
    """Marks a word whose effect does not exist yet: editors know it, loading refuses it with the reason."""

    reason: str


def planned(reason: str) -> Planned:
    """`reason` completes the sentence `"word" is not supported yet: ...`."""
    return Planned(reason)


# ---------------------------------------------------------------------------------------------------- both readings
def _schema_for(
    source: Any, handler: GetCoreSchemaHandler, read: Callable[[Any], Draft], check: Callable[[Any], Any]
) -> CoreSchema:
    """Draft readings take anything and read it; resolved ones take the plain type and check its value."""
    members = get_args(source) if get_origin(source) in (Union, types.UnionType) else (source,)
    if Draft in members:
        return core_schema.no_info_plain_validator_function(
            read, metadata={"draft": True}, serialization=core_schema.to_string_ser_schema()
        )
    return core_schema.no_info_after_validator_function(check, handler(source))


def _is_draft(schema: CoreSchema) -> bool:
    return bool(dict(schema.get("metadata") or {}).get("draft"))


def _reference(text: str) -> Draft | None:
    """`$name` or `= expression`; None for anything else."""
    if text.startswith("="):
        try:
            return Formula(expressions.parse(text[1:]))
        except expressions.ExpressionError as error:
            raise refuse(f'in "{text}": {error}') from None
    if "$" not in text:
        return None
    if text.startswith("$") and NAME.fullmatch(text[1:]):
        return Named(text[1:])
    raise refuse(f'"{text}" calculates with a parameter; begin it with "= " and put it in quotes: "= {text}"')


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return f'"{str(value).lower()}"'
    if isinstance(value, list):
        return "a list"
    return "nothing" if value is None else f'"{value}"'


# ---------------------------------------------------------------------------------------------------- distributions
_Read = tuple[Distribution, Dimension | None]


def _distribution(value: dict[str, Any], dimension: Dimension | None) -> Drawn:
    if len(value) != 1 or next(iter(value)) not in DISTRIBUTIONS:
        written = next((key for key in value if key not in DISTRIBUTIONS), "")
        if not written:
            raise refuse(f"one distribution is needed, and here are {len(value)}: {listing(list(value))}")
        raise refuse(f'unknown distribution "{written}"; {nearest(written, DISTRIBUTIONS)}')
    (name, body), *_ = value.items()
    try:
        return Drawn(*_READERS[name](body, dimension), _shown(value))
    except UnitError as error:
        raise refuse(str(error)) from None


def _shown(value: Any) -> str:
    """Plain data as it would be written on one line of a file."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_shown(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_shown(item) for item in value) + "]"
    return str(value)


def _value(raw: Any, dimension: Dimension | None) -> units.Quantity:
    if isinstance(raw, str) and raw.strip().startswith(("$", "=")):
        raise UnitError(f'"{raw}" is not allowed inside a distribution; write plain values')
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise UnitError(f"a plain value is needed, not {_kind(raw)}")
    return units.parse(str(raw), dimension)


def _ends(raw: Any, name: str, dimension: Dimension | None) -> tuple[units.Quantity, units.Quantity]:
    if not isinstance(raw, list) or len(raw) != 2:
        raise UnitError(f"two ends are needed, such as {{{name}: [10 mm/h, 40 mm/h]}}")
    low, high = (_value(end, dimension) for end in raw)
    if low.dimension != high.dimension:
        raise UnitError(f"the ends are {low.dimension.phrase} and {high.dimension.phrase}")
    if low.value > high.value:
        raise UnitError(f"{raw[0]} is more than {raw[1]}; write the smaller end first")
    return low, high


def _uniform(raw: Any, dimension: Dimension | None) -> _Read:
    low, high = _ends(raw, "uniform", dimension)
    return Uniform(low.value, high.value), low.dimension


def _log_uniform(raw: Any, dimension: Dimension | None) -> _Read:
    low, high = _ends(raw, "log_uniform", dimension)
    if low.value <= 0.0:
        raise UnitError(f"{raw[0]} must be more than 0, because its logarithm is taken")
    return LogUniform(low.value, high.value), low.dimension


def _normal(raw: Any, dimension: Dimension | None) -> _Read:
    shape = "{normal: {mean: 9 km/h, sd: 1.5 km/h, min: 5 km/h, max: 13 km/h}}"
    if not isinstance(raw, dict) or not {"mean", "sd"} <= raw.keys():
        raise UnitError(f"mean and sd are needed, such as {shape}")
    for key in raw:
        if key not in ("mean", "sd", "min", "max"):
            raise UnitError(f'unknown key "{key}"; {nearest(key, ("mean", "sd", "min", "max"))}')
    parts = {key: _value(part, dimension) for key, part in raw.items()}
    mean = parts["mean"]
    for key, part in parts.items():
        if part.dimension != mean.dimension:
            raise UnitError(f"mean is {mean.dimension.phrase}, but {key} is {part.dimension.phrase}")
    low = parts["min"].value if "min" in parts else -math.inf
    high = parts["max"].value if "max" in parts else math.inf
    if parts["sd"].value <= 0.0:
        raise UnitError(f"sd must be more than 0, not {raw['sd']}")
    if not low < high:
        raise UnitError(f"min {raw['min']} must be less than max {raw['max']}")
    return Normal(mean.value, parts["sd"].value, low, high), mean.dimension


def _integers(raw: Any, dimension: Dimension | None) -> _Read:
    if dimension is not None and dimension.name != "ratio":
        raise UnitError(f"whole numbers have no unit, but {units.needs(dimension)}")
    if not isinstance(raw, list) or len(raw) != 2 or not all(type(end) is int for end in raw):
        raise UnitError("two whole numbers are needed, such as {integers: [1, 5]}")
    if raw[0] > raw[1]:
        raise UnitError(f"{raw[0]} is more than {raw[1]}; write the smaller end first")
    return Integers(raw[0], raw[1]), units.DIMENSIONS["ratio"]


def _choice(raw: Any, dimension: Dimension | None) -> _Read:
    if isinstance(raw, list):
        raw_weights: dict[Any, Any] = {str(item): 1.0 for item in raw if isinstance(item, str | int | float)}
        if len(raw_weights) != len(raw):
            raise UnitError("a choice lists plain values, each one once")
    elif isinstance(raw, dict):
        raw_weights = raw
    else:
        raise UnitError("a list or weights are needed, such as {choice: {lit: 0.7, dark: 0.3}}")
    weights = []
    for item, weight in raw_weights.items():
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight < 1e9:
            raise UnitError(f'the weight of "{item}" must be a number that is not negative')
        weights.append(float(weight))
    if not sum(weights) > 0.0:
        raise UnitError("a choice needs at least one value with a weight above 0")
    texts = [str(item).strip() for item in raw_weights]
    if dimension is None and all(_WORD.fullmatch(t) and not _looks_measured(t) for t in texts):
        return Choice(tuple(texts), tuple(weights)), None
    quantities = [_value(t, dimension) for t in texts]
    first = quantities[0].dimension
    for quantity in quantities:
        if quantity.dimension != first:
            raise UnitError(f"the choices are {first.phrase} and {quantity.dimension.phrase}")
    return Choice(tuple(q.value for q in quantities), tuple(weights)), first


def _looks_measured(text: str) -> bool:
    return text[0].isdigit() or (text[0] == "-" and text[1:2].isdigit())


_READERS: dict[str, Callable[[Any, Dimension | None], _Read]] = {
    "uniform": _uniform,
    "normal": _normal,
    "log_uniform": _log_uniform,
    "choice": _choice,
    "integers": _integers,
}
