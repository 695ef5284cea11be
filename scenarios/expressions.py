"""Logic and arithmetic in strings: a small grammar of its own, checked for dimensions, never `eval`.  Language floor.

`"ttc(ego, path(child)) <= $reveal_ttc"` and `"= 1.5 * $rain"` are read once into frozen nodes.  `infer` says what an
expression measures and refuses metres plus seconds, unknown names and unknown functions while the file is loaded;
`evaluate` computes it against a world.  `str(expr)` is the text again, in resolved units, and parses to an equal tree.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from scenarios import units
from scenarios.errors import listing, nearest
from scenarios.syntax import (
    Between,
    Binary,
    Call,
    Compare,
    Expr,
    ExpressionError,
    Logic,
    Name,
    Not,
    Number,
    Param,
    Unary,
    number,
    parse,
)
from scenarios.units import Powers

__all__ = [
    "FUNCTIONS",
    "Expr",
    "ExpressionError",
    "Known",
    "PathOf",
    "Scope",
    "calls",
    "evaluate",
    "infer",
    "infer_condition",
    "number",
    "parameters",
    "parse",
    "substitute",
]

Kind = Powers | Literal["truth", "actor", "mark", "path"]
Value = float | bool

LENGTH = units.DIMENSIONS["length"].powers
TIME = units.DIMENSIONS["time"].powers
SPEED = units.DIMENSIONS["speed"].powers


@dataclass(frozen=True, slots=True)
class PathOf:
    """The way ahead of an actor, `path(child)`: what it will sweep if it goes on as its next step says."""

    actor: str


class Scope(Protocol):
    """What an expression can ask of a running world."""

    @property
    def time_s(self) -> float:
        """Time since the start of the scenario."""

    def call(self, name: str, args: tuple[str | PathOf, ...]) -> Value:
        """A function of the world: ttc, distance, gap, thw, speed, s, event; args are actors, marks and paths."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Arguments (each one of some kinds), result, and an example for messages."""

    arguments: tuple[tuple[Kind, ...], ...]
    result: Kind
    example: str


_ACTOR: tuple[Kind, ...] = ("actor",)
_ACTOR_OR_PATH: tuple[Kind, ...] = ("actor", "path")
FUNCTIONS: dict[str, Signature] = {
    "ttc": Signature((_ACTOR, _ACTOR_OR_PATH), TIME, "ttc(ego, path(child))"),
    "distance": Signature((_ACTOR, _ACTOR_OR_PATH), LENGTH, "distance(ego, child)"),
    "gap": Signature((_ACTOR, _ACTOR), LENGTH, "gap(ego, van)"),
    "thw": Signature((_ACTOR, _ACTOR), TIME, "thw(ego, van)"),
    "speed": Signature((_ACTOR,), SPEED, "speed(ego)"),
    "s": Signature((_ACTOR,), LENGTH, "s(ego)"),
    "event": Signature((("mark",),), "truth", "event(reveal)"),
    "path": Signature((_ACTOR,), "path", "path(child)"),
}
_ARITHMETIC = ("min", "max", "abs")
# Words of the model scenarios that need more of the world than it knows today.
PLANNED_FUNCTIONS = (
    "visible", "count", "collided", "range", "nearest", "stopping_distance", "rises", "falls", "first", "last"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """Names that an expression may use; `running` is False where only parameters exist (`= ...` values)."""

    params: Mapping[str, Powers | Literal["word"]]
    actors: Sequence[str] = ()
    marks: Sequence[str] = ()
    running: bool = True


# ------------------------------------------------------------------------------------------------------- dimensions
def infer(expr: Expr, known: Known) -> Kind:
    """What the expression measures; raises ExpressionError where it makes no sense."""
    match expr:
        case Number():
            return _unit_powers(expr.unit)
        case Param(name):
            return _param_kind(name, known)
        case Name("time"):
            _needs_world("time", known)
            return TIME
        case Name(name):
            return _name_kind(name, known)
        case Call(name, args):
            return _call_kind(name, args, known)
        case Unary(_, operand):
            return _quantity(operand, known)
        case Binary(op, left, right):
            return _binary_kind(expr, op, _quantity(left, known), _quantity(right, known))
        case Compare(_, left, right):
            _same(expr, _quantity(left, known), _quantity(right, known))
            return "truth"
        case Between(x, low, high):
            kind = _quantity(x, known)
            _same(expr, kind, _quantity(low, known))
            _same(expr, kind, _quantity(high, known))
            return "truth"
        case Logic(op, left, right):
            for side in (left, right):
                _truth(side, op, known)
            return "truth"
        case Not(operand):
            _truth(operand, "not", known)
            return "truth"
    raise AssertionError(expr)


def infer_condition(expr: Expr, known: Known) -> None:
    """Like `infer`, for a place where only true or false will do."""
    kind = infer(expr, known)
    if kind != "truth":
        what = "a name" if isinstance(kind, str) else units.describe(kind)
        raise ExpressionError(f'"{expr}" is {what}, but a condition is needed here (such as "{expr} <= ...")')


def _unit_powers(unit: str) -> Powers:
    return units.NATURAL[unit].powers


def _param_kind(name: str, known: Known) -> Kind:
    if name not in known.params:
        hint = nearest(name, known.params) if known.params else "the scenario has no params"
        raise ExpressionError(f"there is no parameter ${name}; {hint}")
    kind = known.params[name]
    if kind == "word":
        raise ExpressionError(f"${name} is a word and cannot be calculated with")
    if dict(kind).get("time_of_day"):
        raise ExpressionError(f"${name} is a time of day and cannot be calculated with")
    return kind


def _name_kind(name: str, known: Known) -> Kind:
    if name in known.actors:
        _needs_world(name, known)
        return "actor"
    if name in known.marks:
        raise ExpressionError(f'"{name}" is a mark; ask for it with event({name})')
    if name in known.params:
        raise ExpressionError(f'"{name}" is a parameter; write ${name}')
    if name in FUNCTIONS or name in _ARITHMETIC:
        shown = FUNCTIONS[name].example if name in FUNCTIONS else f"{name}(...)"
        raise ExpressionError(f'"{name}" is a function; write it like {shown}')
    raise ExpressionError(f'unknown name "{name}"; {nearest(name, ["time", *known.actors])}')


def _call_kind(name: str, args: tuple[Expr, ...], known: Known) -> Kind:
    if name in _ARITHMETIC:
        return _arithmetic_kind(name, args, known)
    if name in PLANNED_FUNCTIONS:
        raise ExpressionError(
            f"the function {name}() is not supported yet; known now: {listing(_callable())}"
        )
    if name not in FUNCTIONS:
        raise ExpressionError(f'unknown function "{name}"; {nearest(name, _callable())}')
    signature = FUNCTIONS[name]
    _needs_world(f"{name}(...)", known)
    if len(args) != len(signature.arguments):
        counted = "one argument" if len(signature.arguments) == 1 else f"{len(signature.arguments)} arguments"
        raise ExpressionError(
            f"{name}() takes {counted}, such as {signature.example}; here it has {len(args)}"
        )
    for arg, kinds in zip(args, signature.arguments, strict=True):
        _argument(name, arg, kinds, signature, known)
    return signature.result


def _argument(name: str, arg: Expr, kinds: tuple[Kind, ...], signature: Signature, known: Known) -> None:
    if kinds == ("mark",):
        if not isinstance(arg, Name):
            raise ExpressionError(
                f'{name}() takes the name of a mark, such as {signature.example}, not "{arg}"'
            )
        if arg.name not in known.marks:
            hint = nearest(arg.name, known.marks) if known.marks else 'no actor has a step "mark: ..."'
            raise ExpressionError(f'there is no mark "{arg.name}"; {hint}')
        return
    if isinstance(arg, Name) and arg.name not in known.actors:
        raise ExpressionError(f'there is no actor "{arg.name}"; {nearest(arg.name, known.actors)}')
    if infer(arg, known) not in kinds:
        wanted = " or ".join("the path of an actor" if k == "path" else f"an {k}" for k in kinds)
        raise ExpressionError(f'{name}() takes {wanted}, such as {signature.example}, not "{arg}"')


def _arithmetic_kind(name: str, args: tuple[Expr, ...], known: Known) -> Kind:
    if name == "abs" and len(args) != 1:
        raise ExpressionError(f"abs() takes one argument; here it has {len(args)}")
    if not args:
        raise ExpressionError(f"{name}() takes at least one argument")
    kinds = [_quantity(arg, known) for arg in args]
    for arg, kind in zip(args, kinds, strict=True):
        if kind != kinds[0] and not _is_zero(arg):
            shown = f"{units.describe(kinds[0])} and {units.describe(kind)}"
            raise ExpressionError(f"{name}() compares {shown}; both sides need the same kind")
    return kinds[0]


def _binary_kind(expr: Binary, op: str, left: Powers, right: Powers) -> Powers:
    if op == "*":
        return units.combine(left, right, 1)
    if op == "/":
        return units.combine(left, right, -1)
    if left != right and not (_is_zero(expr.left) or _is_zero(expr.right)):
        word = "added" if op == "+" else "subtracted"
        raise ExpressionError(
            f'{units.describe(left)} and {units.describe(right)} cannot be {word} in "{expr}"'
        )
    return right if _is_zero(expr.left) else left


def _same(expr: Expr, left: Powers, right: Powers) -> None:
    sides = (expr.left, expr.right) if isinstance(expr, Compare) else ()
    if left != right and not any(_is_zero(side) for side in sides):
        raise ExpressionError(
            f'"{expr}" compares {units.describe(left)} with {units.describe(right)}; both sides need the same kind'
        )


def _is_zero(expr: Expr) -> bool:
    return isinstance(expr, Number) and expr.value == 0.0 and expr.unit == ""


def _quantity(expr: Expr, known: Known) -> Powers:
    kind = infer(expr, known)
    if isinstance(kind, str):
        what = {"truth": "a condition", "actor": "an actor", "mark": "a mark", "path": "a path"}[kind]
        raise ExpressionError(f'"{expr}" is {what}, but a quantity is needed there')
    return kind


def _truth(expr: Expr, op: str, known: Known) -> None:
    if infer(expr, known) != "truth":
        raise ExpressionError(f'"{op}" joins conditions, and "{expr}" is none')


def _needs_world(what: str, known: Known) -> None:
    if not known.running:
        raise ExpressionError(
            f"{what} is known only while the scenario runs; a value can use $params and numbers"
        )


def _callable() -> list[str]:
    return [*FUNCTIONS, *_ARITHMETIC]


# -------------------------------------------------------------------------------------------------------- rewriting
def _walk(expr: Expr) -> list[Expr]:
    """The node and all below it, in the order of the text."""
    below: list[Expr] = []
    match expr:
        case Call(_, args):
            below = list(args)
        case Unary(_, operand) | Not(operand):
            below = [operand]
        case Binary(_, left, right) | Compare(_, left, right) | Logic(_, left, right):
            below = [left, right]
        case Between(x, low, high):
            below = [x, low, high]
    return [expr, *(node for child in below for node in _walk(child))]


def parameters(expr: Expr) -> list[str]:
    """Names of the `$params` used, in the order of the text."""
    return list(dict.fromkeys(node.name for node in _walk(expr) if isinstance(node, Param)))


def calls(expr: Expr) -> list[Call]:
    """Every function call, in the order of the text."""
    return [node for node in _walk(expr) if isinstance(node, Call)]


def substitute(expr: Expr, params: Mapping[str, Expr]) -> Expr:
    """The expression with every `$param` replaced."""

    def go(node: Expr) -> Expr:
        match node:
            case Param(name):
                return params[name]
            case Call(name, args):
                return Call(name, tuple(go(a) for a in args))
            case Unary(op, operand):
                return Unary(op, go(operand))
            case Not(operand):
                return Not(go(operand))
            case Binary(op, left, right):
                return Binary(op, go(left), go(right))
            case Compare(op, left, right):
                return Compare(op, go(left), go(right))
            case Logic(op, left, right):
                return Logic(op, go(left), go(right))
            case Between(x, low, high):
                return Between(go(x), go(low), go(high))
        return node

    return go(expr)


# ------------------------------------------------------------------------------------------------------- evaluation
def evaluate(expr: Expr, scope: Scope) -> Value:
    """The value now: a float in resolved units, or true or false.  `$params` must have been replaced."""
    match expr:
        case Number(value):
            return value
        case Name("time"):
            return scope.time_s
        case Call("min", args):
            return min(_float(a, scope) for a in args)
        case Call("max", args):
            return max(_float(a, scope) for a in args)
        case Call("abs", (arg,)):
            return abs(_float(arg, scope))
        case Call(name, args):
            return scope.call(name, tuple(_handle(a) for a in args))
        case Unary(_, operand):
            return -_float(operand, scope)
        case Binary(op, left, right):
            return _ARITHMETIC_OPS[op](_float(left, scope), _float(right, scope))
        case Compare(op, left, right):
            return _COMPARISONS[op](_float(left, scope), _float(right, scope))
        case Between(x, low, high):
            return _float(low, scope) <= _float(x, scope) <= _float(high, scope)
        case Logic("and", left, right):
            return bool(evaluate(left, scope)) and bool(evaluate(right, scope))
        case Logic(_, left, right):
            return bool(evaluate(left, scope)) or bool(evaluate(right, scope))
        case Not(operand):
            return not evaluate(operand, scope)
    raise ExpressionError(f'"{expr}" has no value of its own')


def _float(expr: Expr, scope: Scope) -> float:
    return float(evaluate(expr, scope))


def _handle(expr: Expr) -> str | PathOf:
    match expr:
        case Name(name):
            return name
        case Call("path", (Name(name),)):
            return PathOf(name)
    raise ExpressionError(f'"{expr}" is neither an actor nor a path')


def _divide(a: float, b: float) -> float:
    """IEEE division: a time to a collision that will not happen is infinite, not an error."""
    if b != 0.0:
        return a / b
    return math.nan if a == 0.0 or math.isnan(a) else math.copysign(math.inf, a) * math.copysign(1.0, b)


_ARITHMETIC_OPS: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": _divide,
}
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}
