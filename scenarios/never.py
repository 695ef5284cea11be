"""What can never happen: conditions that no sample can meet, waits that never end, marks never reached.  Language floor.

Quantities are worked out as intervals, from the ends of the parameters and from what each function can give at all; a
condition is asked whether it can be true and whether it can be false.  Only what is certain is reported.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from scenarios import units
from scenarios.draft import Draft, Drawn, Exact, Named
from scenarios.evaluation import as_words
from scenarios.expressions import Expr, ExpressionError, parse
from scenarios.functions import FUNCTIONS, PURE
from scenarios.nodes import (
    Between,
    Binary,
    Call,
    Compare,
    Logic,
    Name,
    Not,
    Number,
    Param,
    Unary,
    Window,
    Word,
)
from scenarios.params import Params, corners, words_of
from scenarios.schema import DraftScenario, Step
from scenarios.tree import Path
from scenarios.walk import texts

Interval = tuple[float, float]
ANY: Interval = (-math.inf, math.inf)


@dataclass(frozen=True, slots=True)
class Possible:
    """Whether a condition can be true, and whether it can be false."""

    true: bool
    false: bool


BOTH = Possible(True, True)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is known before anything is drawn."""

    params: Mapping[str, Interval]
    words: Mapping[str, Sequence[str]]
    end_s: float  # the longest that the clip can last
    marks: frozenset[str]  # those that can be reached

    def with_marks(self, marks: Iterable[str]) -> "Bounds":
        return Bounds(self.params, self.words, self.end_s, frozenset(marks))

    # ------------------------------------------------------------------------------------------------ quantities
    def quantity(self, expr: Expr) -> Interval:
        """The least and the greatest value that an expression can have."""
        match expr:
            case Number(value):
                return value, value
            case Param(name):
                return self.params.get(name, ANY)
            case Name("time"):
                return 0.0, self.end_s
            case Unary(_, operand):
                low, high = self.quantity(operand)
                return -high, -low
            case Binary(op, left, right):
                return _combined(op, self.quantity(left), self.quantity(right))
            case Call("min" | "max" | "mean" as name, args):
                ends = [self.quantity(arg) for arg in args]
                lows, highs = [low for low, _ in ends], [high for _, high in ends]
                if name == "mean":
                    return math.fsum(lows) / len(lows), math.fsum(highs) / len(highs)
                return (min(lows), min(highs)) if name == "min" else (max(lows), max(highs))
            case Call("abs", (arg,)):
                low, high = self.quantity(arg)
                return (0.0 if low <= 0.0 <= high else min(abs(low), abs(high))), max(abs(low), abs(high))
            case Call(name, args) if name in PURE:
                return self._pure(name, [self.quantity(arg) for arg in args])
            case Call(name):
                return FUNCTIONS[name].bounds
            case Window(_, body):
                return self.quantity(body)
        return ANY

    def _pure(self, name: str, args: list[Interval]) -> Interval:
        """Longer with speed and reaction, shorter with friction."""
        least = [high if k == 1 else low for k, (low, high) in enumerate(args)]
        most = [low if k == 1 else high for k, (low, high) in enumerate(args)]
        if any(math.isinf(x) for x in (*least, *most)) or min(least[0], *[a for a, _ in args]) < 0.0:
            return ANY
        return PURE[name](*least), PURE[name](*most)

    # ------------------------------------------------------------------------------------------------ conditions
    def condition(self, expr: Expr) -> Possible:
        """What a condition can be."""
        match expr:
            case Compare(op, left, right):
                return self._compared(op, left, right)
            case Between(x, low, high):
                return self.condition(Logic("and", Compare(">=", x, low), Compare("<=", x, high)))
            case Logic("and", left, right):
                one, other = self.condition(left), self.condition(right)
                true = one.true and other.true and self._together(expr)
                return Possible(true, one.false or other.false)
            case Logic(_, left, right):
                one, other = self.condition(left), self.condition(right)
                return Possible(one.true or other.true, one.false and other.false)
            case Not(operand):
                inner = self.condition(operand)
                return Possible(inner.false, inner.true)
            case Window(_, body, event):
                inner = self.condition(body)
                return Possible(inner.true and self._reached(event), True)
            case Call("event", (Name(mark),)):
                return Possible(mark in self.marks, True)
            case Call("rises" | "falls", (inner_expr,)):
                inner = self.condition(inner_expr)
                return Possible(inner.true and inner.false, True)
        return BOTH

    def _reached(self, event: Expr) -> bool:
        """Whether a moment can lie in the clip."""
        match event:
            case Name(name) if name not in ("start", "end", "time"):
                return name in self.marks
            case Name():
                return True
            case Binary(_, left, right):
                return self._reached(left) and self._reached(right)
        return self.quantity(event)[0] <= self.end_s

    def _compared(self, op: str, left: Expr, right: Expr) -> Possible:
        words = self._words(left), self._words(right)
        if words[0] is not None and words[1] is not None:
            same = bool(set(words[0]) & set(words[1]))
            differ = len(set(words[0]) | set(words[1])) > 1
            return Possible(same, differ) if op == "==" else Possible(differ, same)
        (a, b), (c, d) = self.quantity(left), self.quantity(right)
        match op:
            case "<":
                return Possible(a < d, not b < c)
            case "<=":
                return Possible(a <= d, not b <= c)
            case ">":
                return Possible(b > c, not a > d)
            case ">=":
                return Possible(b >= c, not a >= d)
        meet, apart = a <= d and c <= b, not (a == b == c == d)
        return Possible(meet, apart) if op == "==" else Possible(apart, meet)

    def _words(self, expr: Expr) -> Sequence[str] | None:
        match expr:
            case Word(text):
                return (text,)
            case Param(name):
                return self.words.get(name)
            case Name(name):
                return (name,)
        return None

    def _together(self, expr: Expr) -> bool:
        """Whether what is joined by `and` leaves each quantity a value: not `x < 3 and x > 5`."""
        left: dict[str, Interval] = {}
        for part in _conjuncts(expr):
            for op, quantity, other in _sides(part):
                low, high = left.get(str(quantity), self.quantity(quantity))
                a, b = self.quantity(other)
                if op in (">", ">=", "=="):
                    low = max(low, a)
                if op in ("<", "<=", "=="):
                    high = min(high, b)
                if low > high:
                    return False
                left[str(quantity)] = (low, high)
        return True


def _conjuncts(expr: Expr) -> list[Expr]:
    if isinstance(expr, Logic) and expr.op == "and":
        return [*_conjuncts(expr.left), *_conjuncts(expr.right)]
    if isinstance(expr, Between):
        return [Compare(">=", expr.x, expr.low), Compare("<=", expr.x, expr.high)]
    return [expr]


_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "=="}


def _sides(expr: Expr) -> list[tuple[str, Expr, Expr]]:
    """A comparison as limits of its left and of its right side."""
    if not isinstance(expr, Compare) or expr.op == "!=" or as_words(expr.left, expr.right) is not None:
        return []
    return [(expr.op, expr.left, expr.right), (_TURNED[expr.op], expr.right, expr.left)]


def _combined(op: str, left: Interval, right: Interval) -> Interval:
    (a, b), (c, d) = left, right
    if op == "+":
        ends = [a + c, b + d]
    elif op == "-":
        ends = [a - d, b - c]
    elif op == "*":
        ends = [0.0 if 0.0 in (x, y) else x * y for x in left for y in right]
    elif c <= 0.0 <= d:
        return ANY
    else:
        ends = [x / y for x in left for y in right]
    return ANY if any(math.isnan(end) for end in ends) else (min(ends), max(ends))


# ------------------------------------------------------------------------------------------------------- a whole file
def bounds_of(draft: DraftScenario, params: Params) -> Bounds:
    """What the ends of the parameters say."""
    ends: dict[str, Interval] = {}
    words: dict[str, Sequence[str]] = {}
    for name, kind in params.kinds.items():
        if kind == "word":
            words[name] = words_of(params.root(Named(name)))
            continue
        values = [value for value, _ in corners(Named(name), params)]
        ends[name] = (min(values), max(values)) if values and not any(map(math.isnan, values)) else ANY
    end_s = _most(draft.capture.duration_s, ends)
    return Bounds(ends, words, end_s, frozenset())


def _least(value: Draft | float | None, ends: Mapping[str, Interval]) -> float:
    return _ends(value, ends)[0] if value is not None else 0.0


def _most(value: Draft | float, ends: Mapping[str, Interval]) -> float:
    return _ends(value, ends)[1]


def _ends(value: Draft | float, ends: Mapping[str, Interval]) -> Interval:
    if isinstance(value, Exact) and isinstance(value.value, float):
        return value.value, value.value
    if isinstance(value, Drawn):
        return value.distribution.support()
    if isinstance(value, Named):
        return ends.get(value.name, (0.0, math.inf))
    return (value, value) if isinstance(value, float | int) else (0.0, math.inf)


def find_never(draft: DraftScenario, params: Params, report: Callable[[Path, str], None]) -> None:
    """`report(path, message)` hears of every condition that can never hold."""
    walk = _Walk(draft, bounds_of(draft, params))
    marks: set[str] = set()
    while True:  # a mark more can open further waits; there are finitely many
        found = walk.reached(marks)
        if found <= marks:
            break
        marks |= found
    bounds = walk.bounds.with_marks(marks)
    for text in texts(draft):
        try:
            expr = parse(text.text)
        except ExpressionError:
            continue  # reported already
        if text.says.kind == "condition" and not bounds.condition(expr).true:
            report(text.path, f'"{text.text}" {_why(expr, bounds, text.says.when)}')


def _why(expr: Expr, bounds: Bounds, when: str) -> str:
    """The shortest reason why a condition can never be true."""
    part = _culprit(expr, bounds)
    match part:
        case Call("event", (Name(mark),)):
            return f'never holds: the mark "{mark}" is never reached before it'
        case Call("rises" | "falls" as name, (inner,)):
            always = "always" if bounds.condition(inner).true else "never"
            return f'never holds: {name}() waits for a change, and "{inner}" {always} holds'
        case Window(_, _, event) if not bounds._reached(event):
            return f'never holds: "{event}" is never reached'
        case Compare(_, left, right) if bounds._words(left) is None or bounds._words(right) is None:
            quantity = right if isinstance(left, Number) else left
            return f'never holds: "{quantity}" {_lies(bounds.quantity(quantity), quantity)}'
        case Between(x):
            return f'never holds: "{x}" {_lies(bounds.quantity(x), x)}'
        case Logic("and"):
            return "never holds: its parts contradict each other"
    return "is true for no sample" if when == "params" else "never holds"


def _culprit(expr: Expr, bounds: Bounds) -> Expr:
    match expr:
        case Logic("and", left, right):
            for side in (left, right):
                if not bounds.condition(side).true:
                    return _culprit(side, bounds)
        case Window(_, body, event) if bounds._reached(event):
            return _culprit(body, bounds)
        case Logic("or", left, _):
            return _culprit(left, bounds)
    return expr


def _lies(ends: Interval, quantity: Expr) -> str:
    low, high = ends
    unit = _unit(quantity)
    shown = [f"{end:.6g} {unit}".strip() for end in ends]
    if low == high:
        return f"is always {shown[0]}"
    if math.isinf(high):
        return f"is at least {shown[0]}"
    return f"is at most {shown[1]}" if math.isinf(low) else f"lies between {shown[0]} and {shown[1]}"


def _unit(quantity: Expr) -> str:
    match quantity:
        case Name("time"):
            return "s"
        case Call(name) if name in FUNCTIONS and isinstance(FUNCTIONS[name].result, tuple):
            dimension = units.by_powers(FUNCTIONS[name].result)  # type: ignore[arg-type]
            return dimension.unit if dimension is not None else ""
        case Call("min" | "max" | "mean" | "abs", (first, *_)):
            return _unit(first)
    return ""


class _Walk:
    """Goes through everybody's steps as far as they can lead."""

    def __init__(self, draft: DraftScenario, bounds: Bounds) -> None:
        self.draft = draft
        self.bounds = bounds

    def reached(self, marks: Iterable[str]) -> set[str]:
        """The marks that can be reached when those given can be."""
        bounds = self.bounds.with_marks(marks)
        found: set[str] = set()
        for actor in self.draft.actors.values():
            self._steps(actor.do, 0.0, bounds, found)
        return found

    def _steps(
        self, steps: Sequence[Step[Draft, Draft]], at_s: float, bounds: Bounds, found: set[str]
    ) -> float | None:
        """The earliest time at which the steps can be over; None when they never are."""
        now: float | None = at_s
        for step in steps:
            if now is None or now > bounds.end_s:
                return None
            if step.mark is not None:
                found.add(step.mark)
            elif step.one_of is not None:
                ways = [
                    self._steps(way, now, bounds, found) for key, way in step.one_of.items() if _weighs(key)
                ]
                over = [end for end in ways if end is not None]
                now = min(over) if over else None
            else:
                now = self._over(step, now, bounds)
        return now

    def _over(self, step: Step[Draft, Draft], now: float, bounds: Bounds) -> float | None:
        ends = bounds.params
        if step.wait is not None:
            wait = step.wait
            if wait.until is not None:
                try:
                    expr = parse(wait.until)
                except ExpressionError:
                    return now  # reported already
                if not bounds.condition(expr).true:
                    return None
                now = max(now, _not_before(expr, bounds))
            return now + _least(wait.for_s, ends) + _least(wait.after_s, ends)
        for part in (step.drive, step.walk, step.stop):
            if part is not None:
                return now + _least(part.for_s, ends)
        for swing in (step.change_lane, step.open, step.close):
            if swing is not None:
                return now + _least(swing.over_s, ends)
        return now


def _not_before(expr: Expr, bounds: Bounds) -> float:
    """A time before which a condition on the time does not hold."""
    if isinstance(expr, Compare) and expr.op in (">", ">=", "==") and expr.left == Name("time"):
        return max(bounds.quantity(expr.right)[0], 0.0)
    return 0.0


def _weighs(key: str) -> bool:
    try:
        return float(key) > 0.0
    except ValueError:
        return True  # reported as no weight
