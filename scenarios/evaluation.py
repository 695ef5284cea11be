"""Computes an expression against a running world, one instant at a time.  Language floor."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from scenarios.functions import PURE
from scenarios.nodes import Between, Binary, Call, Compare, Expr, Logic, Name, Not, Number, Unary, Word
from scenarios.rewriting import calls
from scenarios.syntax import ExpressionError

Value = float | bool


@dataclass(frozen=True, slots=True)
class PathOf:
    """The way ahead of an actor, `path(child)`: what it will sweep if it goes on as its next step says."""

    actor: str


@dataclass(frozen=True, slots=True)
class NearestOf:
    """Whoever of a class is nearest to the first argument, `nearest(cargo)`."""

    class_word: str


@dataclass(frozen=True, slots=True)
class AreaOf:
    """`ego.lane` or `ego.path`."""

    actor: str
    part: str  # lane, path


@dataclass(frozen=True, slots=True)
class Around:
    """`around(ego, 30 m)`."""

    actor: str
    radius_m: float


# A plain text is an actor, a sensor such as ego.cam_front, a mark or a class: the function knows which.
Handle = str | PathOf | NearestOf | AreaOf | Around


class Scope(Protocol):
    """What an expression can ask of a running world."""

    @property
    def time_s(self) -> float:
        """Time since the start of the scenario."""

    def call(self, name: str, args: tuple[Handle, ...]) -> Value:
        """A function of the world, by its name in `scenarios.functions`."""


class Watch:
    """A condition that is looked at again and again; it remembers what `rises` and `falls` compare with."""

    def __init__(self, expr: Expr) -> None:
        self.expr = expr
        self._edges = _edges(expr)
        self._before: dict[Expr, bool | None] = dict.fromkeys(self._edges)
        self._now: dict[Expr, bool] = {}

    def look(self, scope: Scope) -> bool:
        """Whether the condition holds now."""
        # Every edge is looked at in every step, also where "and" would not have asked for it.
        for edge in self._edges:
            truth = bool(evaluate(edge.args[0], scope, self._now))
            before = self._before[edge]
            self._now[edge] = before is not None and before != truth and truth == (edge.name == "rises")
            self._before[edge] = truth
        return bool(evaluate(self.expr, scope, self._now))


def _edges(expr: Expr) -> list[Call]:
    """The calls of rises and falls, inner ones first."""
    return [call for call in reversed(calls(expr)) if call.name in ("rises", "falls")]


def evaluate(expr: Expr, scope: Scope, edges: dict[Expr, bool] | None = None) -> Value:
    """The value now: a float in resolved units, or true or false.  `$params` must have been replaced."""

    def number(node: Expr) -> float:
        return float(go(node))

    def go(node: Expr) -> Value:
        match node:
            case Number(value):
                return value
            case Name("time"):
                return scope.time_s
            case Call("rises" | "falls"):
                if edges is None or node not in edges:
                    raise ExpressionError(f'"{node}" compares one moment with the one before')
                return edges[node]
            case Call("min", args):
                return min(map(number, args))
            case Call("max", args):
                return max(map(number, args))
            case Call("mean", args):
                return math.fsum(map(number, args)) / len(args)
            case Call("abs", (arg,)):
                return abs(number(arg))
            case Call(name, args) if name in PURE:
                return float(PURE[name](*map(number, args)))
            case Call(name, args):
                return scope.call(name, tuple(map(handle, args)))
            case Unary(_, operand):
                return -number(operand)
            case Binary(op, left, right):
                return ARITHMETIC_OPS[op](number(left), number(right))
            case Compare(op, left, right):
                words = as_words(left, right)
                if words is not None:
                    return (words[0] == words[1]) == (op == "==")
                return COMPARISONS[op](number(left), number(right))
            case Between(x, low, high):
                return number(low) <= number(x) <= number(high)
            case Logic("and", left, right):
                return bool(go(left)) and bool(go(right))
            case Logic(_, left, right):
                return bool(go(left)) or bool(go(right))
            case Not(operand):
                return not go(operand)
        raise ExpressionError(f'"{node}" has no value of its own')

    return go(expr)


def as_words(left: Expr, right: Expr) -> tuple[str, str] | None:
    """Both sides of a comparison of words; None for a comparison of quantities."""
    if not (isinstance(left, Word) or isinstance(right, Word)):
        return None
    texts = [side.text if isinstance(side, Word) else str(side) for side in (left, right)]
    return texts[0], texts[1]


class _Nowhere:
    time_s = math.nan

    def call(self, name: str, args: tuple[Handle, ...]) -> Value:
        raise ExpressionError(f"{name}() is known only while the scenario runs")


NOWHERE = _Nowhere()  # the scope of what is calculated before anything runs


def handle(expr: Expr) -> Handle:
    """An argument of a function of the world."""
    match expr:
        case Name(name):
            owner, dot, part = name.partition(".")
            return AreaOf(owner, part) if dot and part in ("lane", "path") else name
        case Call("path", (Name(name),)):
            return PathOf(name)
        case Call("nearest", (Name(name),)):
            return NearestOf(name)
        case Call("around", (Name(name), radius)):
            return Around(name, float(evaluate(radius, NOWHERE)))
    raise ExpressionError(f'"{expr}" is neither an actor nor a path')


def _divide(a: float, b: float) -> float:
    """IEEE division: a time to a collision that will not happen is infinite, not an error."""
    if b != 0.0:
        return a / b
    return math.nan if a == 0.0 or math.isnan(a) else math.copysign(math.inf, a) * math.copysign(1.0, b)


ARITHMETIC_OPS: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": _divide,
}
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}
