"""What an expression is made of: frozen nodes whose text parses to an equal tree.  Language floor.

`str(node)` is the expression again, in resolved units, with no more parentheses than it needs.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Number:
    """A literal that is not negative, in the resolved unit of its dimension ("" for plain numbers)."""

    value: float
    unit: str

    def __str__(self) -> str:
        return f"{self.value!r} {self.unit}".strip()


@dataclass(frozen=True, slots=True)
class Param:
    name: str

    def __str__(self) -> str:
        return f"${self.name}"


@dataclass(frozen=True, slots=True)
class Word:
    """A word in quotes, such as the value of `$lamps`."""

    text: str

    def __str__(self) -> str:
        return f'"{self.text}"'


@dataclass(frozen=True, slots=True)
class Name:
    """An actor, a part of one (`ego.cam_front`), a mark, a class, a bare word, or `time`."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    args: "tuple[Expr, ...]"

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.args))})"


@dataclass(frozen=True, slots=True)
class Unary:
    op: str  # "-"
    operand: "Expr"

    def __str__(self) -> str:
        return f"-{_inside(self.operand, SIGN)}"


@dataclass(frozen=True, slots=True)
class Binary:
    op: str  # + - * /
    left: "Expr"
    right: "Expr"

    def __str__(self) -> str:
        power = POWER[self.op]
        return f"{_inside(self.left, power)} {self.op} {_inside(self.right, power + 1)}"


@dataclass(frozen=True, slots=True)
class Compare:
    op: str  # < <= > >= == !=
    left: "Expr"
    right: "Expr"

    def __str__(self) -> str:
        return f"{_inside(self.left, COMPARE + 1)} {self.op} {_inside(self.right, COMPARE + 1)}"


@dataclass(frozen=True, slots=True)
class Between:
    """`x in low..high`, both ends included."""

    x: "Expr"
    low: "Expr"
    high: "Expr"

    def __str__(self) -> str:
        return f"{_inside(self.x, COMPARE + 1)} in {_range(self.low, self.high)}"


@dataclass(frozen=True, slots=True)
class Logic:
    op: str  # and, or
    left: "Expr"
    right: "Expr"

    def __str__(self) -> str:
        power = POWER[self.op]
        return f"{_inside(self.left, power)} {self.op} {_inside(self.right, power + 1)}"


@dataclass(frozen=True, slots=True)
class Not:
    operand: "Expr"

    def __str__(self) -> str:
        return f"not {_inside(self.operand, NOT)}"


@dataclass(frozen=True, slots=True)
class Window:
    """`x before e`, `x after e`, `x at e`, `x within d after e`, `x within d before e`, `x during a..b`."""

    kind: str  # before, after, at, within after, within before, during
    body: "Expr"
    event: "Expr"  # a moment: a mark, start, end, or a time; of `during` the earlier end
    span: "Expr | None" = None  # of `within` the length, of `during` the later end

    def __str__(self) -> str:
        body = _inside(self.body, NOT)
        event = _inside(self.event, COMPARE + 1)
        if self.kind == "during":
            assert self.span is not None, "during has two ends"
            return f"{body} during {_range(self.event, self.span)}"
        if self.span is None:
            return f"{body} {self.kind} {event}"
        within, side = self.kind.split()
        return f"{body} {within} {_inside(self.span, COMPARE + 1)} {side} {event}"


Expr = Number | Word | Param | Name | Call | Unary | Binary | Compare | Between | Logic | Not | Window


def _range(low: Expr, high: Expr) -> str:
    shown = _inside(low, COMPARE + 1)
    ends = [literal(end)[1].unit for end in (low, high) if is_literal(end)]
    if len(ends) == 2 and ends[0] == "" != ends[1]:
        shown = f"({shown})"  # or else the unit behind the range would speak for both ends
    return f"{shown}..{_inside(high, COMPARE + 1)}"


def is_literal(expr: Expr) -> bool:
    return isinstance(expr, Number) or (isinstance(expr, Unary) and isinstance(expr.operand, Number))


def literal(expr: Expr) -> tuple[bool, Number]:
    """Whether a literal has a sign, and its number."""
    inner = expr.operand if isinstance(expr, Unary) else expr
    assert isinstance(inner, Number), "only literals are asked"
    return inner is not expr, inner


WINDOW, NOT, COMPARE, SIGN, _ATOM = 3, 4, 5, 8, 9
POWER = {"or": 1, "and": 2, "+": 6, "-": 6, "*": 7, "/": 7}


def _strength(expr: Expr) -> int:
    match expr:
        case Logic(op) | Binary(op):
            return POWER[op]
        case Window():
            return WINDOW
        case Not():
            return NOT
        case Compare() | Between():
            return COMPARE
        case Unary():
            return SIGN
    return _ATOM


def _inside(expr: Expr, least: int) -> str:
    """The node's text, in parentheses when it binds less tightly than its surroundings ask."""
    return str(expr) if _strength(expr) >= least else f"({expr})"


def number(value: float, unit: str) -> Expr:
    """A literal of either sign; a negative one is a sign before a number, as the parser would read it."""
    return Unary("-", Number(-value, unit)) if math.copysign(1.0, value) < 0 else Number(value, unit)
