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
from scenarios.distributions import Distribution, Uniform, words_of
from scenarios.distributions.parts import ReadError, kind_of, shown
from scenarios.distributions.reading import WORD, read_distribution
from scenarios.errors import listing, nearest
from scenarios.tables import Tables
from scenarios.tree import Path
from scenarios.units import Dimension, UnitError

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


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


def refuse(message: str, at: Path = ()) -> PydanticCustomError:
    """An error whose text reaches the author word for word; `at` leads from the value to what is wrong inside it."""
    return PydanticCustomError("draft", "{message}", {"message": message, "at": at})


def _drawn(value: dict[str, Any], dimension: Dimension | None, tables: Tables | None) -> Drawn:
    try:
        return Drawn(*read_distribution(value, dimension, tables), shown(value))
    except ReadError as error:
        raise refuse(str(error), error.at) from None


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

    def _read(self, value: Any, tables: Tables | None) -> Draft:
        draft = self._parse(value, tables)
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

    def _parse(self, value: Any, tables: Tables | None) -> Draft:
        if isinstance(value, Draft):
            return value
        if isinstance(value, units.Quantity):
            value = units.text(value.value, value.dimension)
        if isinstance(value, dict):
            return _drawn(value, self.dimension, tables)
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise refuse(f"{self._wanted()}, not {kind_of(value)}")
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
            and WORD.fullmatch(text)
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

    def _read(self, value: Any, tables: Tables | None) -> Draft:
        draft = self._parse(value, tables)
        words = [draft.value] if isinstance(draft, Exact) else []
        if isinstance(draft, Drawn):
            words = list(words_of(draft.distribution))
        for word in words:
            if wrong := self.unknown(str(word)):
                raise refuse(wrong)
        return draft

    def _parse(self, value: Any, tables: Tables | None) -> Draft:
        if isinstance(value, Draft):
            return value
        if isinstance(value, dict):
            drawn = _drawn(value, None, tables)
            if drawn.dimension is not None:
                raise refuse(f"a word is needed here{self._such_as()}, not {drawn.dimension.phrase}")
            return drawn
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise refuse(f"a word is needed here{self._such_as()}, not {kind_of(value)}")
        text = str(value).strip()
        reference = _reference(text)
        if isinstance(reference, Formula):
            raise refuse("a word cannot be calculated; write the word, a $parameter or {choice: [...]}")
        if reference is not None:
            return reference
        if not WORD.fullmatch(text):
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
    source: Any,
    handler: GetCoreSchemaHandler,
    read: Callable[[Any, Tables | None], Draft],
    check: Callable[[Any], Any],
) -> CoreSchema:
    """Draft readings take anything and read it; resolved ones take the plain type and check its value.

    The context of the validation, where there is one, is the tables that distributions may draw from.
    """
    members = get_args(source) if get_origin(source) in (Union, types.UnionType) else (source,)
    if Draft in members:
        return core_schema.with_info_plain_validator_function(
            lambda value, info: read(value, info.context),
            metadata={"draft": True},
            serialization=core_schema.to_string_ser_schema(),
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
    if re.fullmatch(r"\$[$\w.-]*", text):
        raise refuse(f'"{text}" is not the name of a parameter; write it like "$rain"')
    raise refuse(f'"{text}" calculates with a parameter; begin it with "= " and put it in quotes: "= {text}"')
