"""Questions over a finished trace: values, whether a condition held, and where it failed.  World floor.

A condition about a clip is three-valued while it is worked out: true, false, or unknown (about a mark that never
happened, about a window that holds no moment, about a number that is none).  Only what is true holds.  Truths are kept
as 1, 0 and 1/2, so that `and` is the smaller, `or` the larger and `not` the complement (Kleene 1938).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios import units
from scenarios.evaluation import COMPARISONS, as_words, handle
from scenarios.expressions import Expr, ExpressionError, Known, infer, parse, walk
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
    Unary,
    Window,
    Word,
)
from sim.hindsight import moments_of
from sim.moments import Floats
from sim.questions import ask
from sim.trace import WorldTrace

UNKNOWN = 0.5
NEAR_S = 1e-9
Number_ = float | Floats  # one value, or one for every moment
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one condition."""

    text: str
    holds: bool
    told: str  # why it does not hold: `was 0.31 at 1.24 s`; empty where it does


class Truth:
    """Answers about one trace; what several expressions ask is worked out once."""

    def __init__(self, trace: WorldTrace) -> None:
        self.trace = trace
        self.moments = moments_of(trace)
        self.time_s = self.moments.time_s
        self.end_s = float(trace.concrete.scenario.capture.duration_s)
        self._always: Mask = np.ones(len(self.time_s), np.bool_)
        self._asked: dict[Expr, Number_] = {}

    # -------------------------------------------------------------------------------------------------- answers
    def holds(self, expr: Expr | str) -> bool:
        """Whether a condition held: throughout the clip, or as its windows say."""
        return bool(self._settled(self._truth(_read(expr), self._always), self._always) == 1.0)

    def judge(self, expr: Expr | str) -> Finding:
        """Whether a condition held, and if not, why."""
        read = _read(expr)
        holds = self.holds(read)
        return Finding(str(read), holds, "" if holds else self._why(read, self._always))

    def value(self, expr: Expr | str) -> float | bool | str:
        """The one value of an expression: a float in resolved units, a word, or whether a condition held.

        What never happened has no value (nan).  A quantity that changes over time has many: see `series`.
        """
        read = _read(expr)
        if isinstance(read, Word):
            return read.text
        if is_truth(read):
            return self.holds(read)
        number = self._number(read, self._always)
        if isinstance(number, np.ndarray):
            raise ExpressionError(f'"{read}" changes over time; take its min(), max() or mean(), or say when')
        return float(number)

    def series(self, expr: Expr | str) -> Floats:
        """(N,) values at `time_s`; of a condition 1 where it holds and 0 where it does not.

        A window leaves what lies outside it out: nan, or 0 for a condition.
        """
        read = _read(expr)
        mask = self._always
        if isinstance(read, Window):
            found = self._window(read)
            mask = found if isinstance(found, np.ndarray) else ~mask
            read = read.body
        if is_truth(read):
            truth = np.broadcast_to(np.asarray(self._truth(read, mask), np.float64), self.time_s.shape)
            return np.where(mask & (truth == 1.0), 1.0, 0.0)
        return np.where(
            mask, np.broadcast_to(np.asarray(self._number(read, mask)), self.time_s.shape), np.nan
        )

    def first_s(self, expr: Expr | str) -> float:
        """When a condition holds for the first time; inf if it never does."""
        rows = np.flatnonzero(self.series(expr))
        return float(self.time_s[rows[0]]) if len(rows) else float("inf")

    # --------------------------------------------------------------------------------------------------- truths
    def _truth(self, expr: Expr, mask: Mask) -> Number_:
        match expr:
            case Compare(op, left, right):
                words = as_words(left, right)
                if words is not None:
                    return float((words[0] == words[1]) == (op == "=="))
                a, b = self._number(left, mask), self._number(right, mask)
                return _unless_nan(np.asarray(COMPARISONS[op](a, b)), a, b)  # type: ignore[arg-type]
            case Between(x, low, high):
                v, a, b = (self._number(e, mask) for e in (x, low, high))
                return _unless_nan(np.asarray((a <= v) & (v <= b)), v, a, b)
            case Logic("and", left, right):
                return np.minimum(self._truth(left, mask), self._truth(right, mask))
            case Logic(_, left, right):
                return np.maximum(self._truth(left, mask), self._truth(right, mask))
            case Not(operand):
                return 1.0 - self._truth(operand, mask)
            case Window(_, body):
                found = self._window(expr)
                if isinstance(found, str):
                    return UNKNOWN
                return self._settled(self._truth(body, found), found)
            case Call("rises" | "falls", (inner,)):
                held = np.broadcast_to(np.asarray(self._truth(inner, mask) == 1.0), self.time_s.shape)
                turned = np.zeros(len(held), np.float64)
                wanted = expr.name == "rises"
                turned[1:] = (held[1:] != held[:-1]) & (held[1:] == wanted)
                return turned
            case Call():
                return self._ask(expr)
        raise ExpressionError(f'"{expr}" is no condition')

    def _settled(self, truth: Number_, mask: Mask) -> float:
        """One truth for a window: a condition must hold in all of its moments."""
        if not isinstance(truth, np.ndarray) or truth.ndim == 0:
            return float(truth)
        return float(truth[mask].min()) if mask.any() else UNKNOWN

    # -------------------------------------------------------------------------------------------------- numbers
    def _number(self, expr: Expr, mask: Mask) -> Number_:
        match expr:
            case Number(value):
                return value
            case Name("time"):
                return self.time_s
            case Unary(_, operand):
                return -self._number(operand, mask)
            case Binary(op, left, right):
                with np.errstate(all="ignore"):
                    a, b = self._number(left, mask), self._number(right, mask)
                    result: Number_ = _OPERATIONS[op](np.asarray(a, np.float64), np.asarray(b, np.float64))
                return result if np.ndim(result) else float(result)
            case Call("min" | "max" | "mean" as name, args):
                values = [self._number(arg, mask) for arg in args]
                if len(values) > 1:
                    return _of_several(name, values)
                return _over_time(name, values[0], mask)
            case Call("abs", (arg,)):
                size: Number_ = np.abs(self._number(arg, mask))
                return size
            case Call("first" | "last" as name, (inner,)):
                held = np.broadcast_to(np.asarray(self._truth(inner, mask) == 1.0), self.time_s.shape) & mask
                rows = np.flatnonzero(held)
                return float(self.time_s[rows[0 if name == "first" else -1]]) if len(rows) else float("inf")
            case Call(name, args) if name in PURE:
                values = [self._number(arg, mask) for arg in args]
                if not any(isinstance(v, np.ndarray) for v in values):
                    return float(PURE[name](*values))
                each = zip(*np.broadcast_arrays(*values), strict=True)
                return np.array([PURE[name](*row) for row in each], np.float64)
            case Call():
                return self._ask(expr)
            case Window(_, body):
                found = self._window(expr)
                if isinstance(found, str):
                    return float("nan")
                inside = self._number(body, found)
                return float(inside[found][0]) if isinstance(inside, np.ndarray) else inside
        raise ExpressionError(f'"{expr}" has no value of its own')

    def _ask(self, call: Call) -> Number_:
        if call not in self._asked:
            answer = ask(self.moments, call.name, tuple(map(handle, call.args)))
            self._asked[call] = answer.astype(np.float64)
        return self._asked[call]

    # -------------------------------------------------------------------------------------------------- windows
    def _window(self, window: Window) -> Mask | str:
        """The moments of a window, or why there are none."""
        moment = self._moment(window.event)
        if not np.isfinite(moment):
            return f"{window.event} never happened"
        t = self.time_s
        span = self._moment(window.span) if window.span is not None else 0.0
        match window.kind:
            case "before":
                inside = t < moment - NEAR_S
            case "after":
                inside = t >= moment - NEAR_S
            case "within after":
                inside = (t >= moment - NEAR_S) & (t <= moment + span + NEAR_S)
            case "within before":
                inside = (t >= moment - span - NEAR_S) & (t < moment - NEAR_S)
            case "during":
                inside = (t >= moment - NEAR_S) & (t <= span + NEAR_S)
            case _:
                half = 0.5 * float(t[1] - t[0]) if len(t) > 1 else 0.0
                if not t[0] - half <= moment <= t[-1] + half + NEAR_S:
                    return f"{window.event} is at {moment:.2f} s, outside the clip"
                inside = np.arange(len(t)) == int(np.argmin(np.abs(t - moment)))
        if inside.any():
            return inside
        return f"no moment of the clip lies {str(window).removeprefix(str(window.body)).strip()} ({moment:.2f} s)"

    def _moment(self, expr: Expr) -> float:
        """Seconds since the start; inf for what never happened."""
        match expr:
            case Name("start"):
                return 0.0
            case Name("end"):
                return self.end_s
            case Name(name) if name != "time":
                return self.moments.marks.get(name, float("inf"))
            case Binary("+" | "-" as op, left, right):
                a, b = self._moment(left), self._moment(right)
                return a + b if op == "+" else a - b
        return float(self._number(expr, self._always))

    # -------------------------------------------------------------------------------------------------- reasons
    def _why(self, expr: Expr, mask: Mask) -> str:
        """Where a condition fails, in the words of its quantities."""
        match expr:
            case Window(_, body):
                found = self._window(expr)
                return found if isinstance(found, str) else self._why(body, found)
            case Logic("and", left, right):
                return self._why(left if self._settled(self._truth(left, mask), mask) != 1.0 else right, mask)
            case Logic(_, left, right):
                told = [self._why(side, self._then(expr, side, mask)) for side in (left, right)]
                return ", and ".join(told)
            case Compare(_, left, right) if as_words(left, right) is None:
                return self._shown(right if isinstance(left, Number) else left, expr, mask)
            case Between(x, _, _):
                return self._shown(x, expr, mask)
        for window in _windows(expr):
            found = self._window(window)
            if isinstance(found, str):
                return found
        truth = self._truth(expr, mask)
        inner = expr.operand if isinstance(expr, Not) else expr
        if isinstance(inner, Logic | Window | Compare | Between):
            return f'"{inner}" was {"true" if isinstance(expr, Not) else "false"}{self._when(truth, mask)}'
        return f"{inner} was {'true' if isinstance(expr, Not) else 'false'}{self._when(truth, mask)}"

    def _then(self, whole: Expr, side: Expr, mask: Mask) -> Mask:
        """The moment at which a whole fails, for a side of it that has its own truth at each."""
        truth, own = self._truth(whole, mask), self._truth(side, mask)
        if not (isinstance(truth, np.ndarray) and isinstance(own, np.ndarray)):
            return mask
        alone: Mask = np.arange(len(mask)) == self._failing(truth, mask)
        return alone

    def _shown(self, quantity: Expr, condition: Expr, mask: Mask) -> str:
        """`was 0.31 at 1.24 s`."""
        truth, number = self._truth(condition, mask), self._number(quantity, mask)
        if isinstance(number, np.ndarray):
            row = self._failing(truth, mask)
            return f"was {self._measured(float(number[row]), quantity)} at {self.time_s[row]:.2f} s"
        for window in _windows(quantity):
            found = self._window(window)
            if isinstance(found, str):
                return found
        return f"was {self._measured(float(number), quantity)}{self._when(truth, mask)}"

    def _measured(self, value: float, quantity: Expr) -> str:
        if np.isinf(value):
            return "infinite"
        names = tuple(node.name for node in walk(quantity) if isinstance(node, Name))
        rig = self.trace.concrete.rig
        actors = tuple(a.name for a in self.trace.actors)
        kind = infer(quantity, Known({}, actors, names, clip=True, sensors=tuple(rig.sensors)))
        dimension = units.by_powers(kind) if isinstance(kind, tuple) else None
        return f"{value:.3g} {dimension.unit if dimension is not None else ''}".strip()

    def _when(self, truth: Number_, mask: Mask) -> str:
        if not isinstance(truth, np.ndarray) or truth.ndim == 0:
            return ""
        return f" at {self.time_s[self._failing(truth, mask)]:.2f} s"

    def _failing(self, truth: Number_, mask: Mask) -> int:
        wrong = np.flatnonzero(mask & (np.broadcast_to(np.asarray(truth), mask.shape) != 1.0))
        return int(wrong[0]) if len(wrong) else int(np.argmax(mask))


def is_truth(expr: Expr) -> bool:
    """Whether an expression that was checked is a condition."""
    match expr:
        case Compare() | Between() | Logic() | Not():
            return True
        case Window(_, body):
            return is_truth(body)
        case Call(name):
            return name in FUNCTIONS and FUNCTIONS[name].result == "truth"
    return False


def _read(expr: Expr | str) -> Expr:
    return parse(expr) if isinstance(expr, str) else expr


def _windows(expr: Expr) -> list[Window]:
    return [node for node in walk(expr) if isinstance(node, Window)]


def _unless_nan(truth: NDArray[Any], *sides: Number_) -> Number_:
    unknown = np.zeros((), np.bool_)
    for side in sides:
        unknown = unknown | np.isnan(side)
    result = np.where(unknown, UNKNOWN, truth.astype(np.float64))
    return result if result.ndim else float(result)


def _of_several(name: str, values: list[Number_]) -> Number_:
    result: Number_ = _EXTREMES[name](np.stack(np.broadcast_arrays(*values)), axis=0)
    return result if np.ndim(result) else float(result)


def _over_time(name: str, values: Number_, mask: Mask) -> float:
    if not isinstance(values, np.ndarray):
        return float(values)
    inside = values[mask]
    return float(_EXTREMES[name](inside)) if len(inside) else float("nan")


_EXTREMES: dict[str, Callable[..., Any]] = {"min": np.min, "max": np.max, "mean": np.mean}
_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
}
