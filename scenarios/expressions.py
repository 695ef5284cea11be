"""What an expression means: kinds and dimensions of its parts, checked when a file is loaded.  Language floor.

`"ttc(ego, path(child)) <= $reveal_ttc"` and `"= 1.5 * $rain"` are read once into frozen nodes.  `infer` says what an
expression measures and refuses metres plus seconds, unknown names and unknown functions; `scenarios.evaluation`
computes it against a running world.  `str(expr)` is the text again, in resolved units, and parses to an equal tree.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from scenarios import units
from scenarios.errors import nearest
from scenarios.evaluation import AreaOf, Around, NearestOf, PathOf, Scope, Watch, evaluate
from scenarios.functions import (
    ARITHMETIC,
    CALLABLE,
    CLASS_WORDS,
    FUNCTIONS,
    LIGHTS,
    OVER_TIME,
    TIME,
    Kind,
    Signature,
)
from scenarios.nodes import (
    Between,
    Binary,
    Call,
    Compare,
    Expr,
    Logic,
    Name,
    Not,
    Number,
    Param,
    Unary,
    Window,
    Word,
    number,
)
from scenarios.rewriting import calls, parameters, substitute, varies, walk
from scenarios.syntax import ExpressionError, parse
from scenarios.units import Powers

__all__ = [
    "FUNCTIONS", "AreaOf", "Around", "Expr", "ExpressionError", "Known", "NearestOf", "PathOf", "Scope", "Watch",
    "calls", "evaluate", "infer", "infer_condition", "infer_settled", "number", "parameters", "parse", "substitute",
    "varies", "walk",
]  # fmt: skip

EDGES = ("start", "end")  # moments of every clip


@dataclass(frozen=True, slots=True)
class Known:
    """Names that an expression may use.

    `running` is False where only parameters exist (`= ...` values, `require`); `clip` is True where everything has
    happened, so that windows, marks as moments and extremes over time make sense.
    """

    params: Mapping[str, Powers | Literal["word"]]
    actors: Sequence[str] = ()
    marks: Sequence[str] | None = ()  # None: any name that is nothing else is believed
    running: bool = True
    clip: bool = False
    sensors: Sequence[str] | None = ()  # of the ego; None: not known, so any is believed
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)  # what a word parameter can become
    broken: Sequence[str] = ()  # parameters that the file names and that are wrong themselves


# ------------------------------------------------------------------------------------------------------- dimensions
def infer(expr: Expr, known: Known) -> Kind:
    """What the expression measures; raises ExpressionError where it makes no sense."""
    match expr:
        case Number():
            return units.NATURAL[expr.unit].powers
        case Word():
            return "word"
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
        case Compare(op, left, right):
            if not _words_compared(expr, known):
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
        case Window():
            return _window_kind(expr, known)
    raise AssertionError(expr)


def infer_condition(expr: Expr, known: Known) -> None:
    """Like `infer`, for a place where only true or false will do."""
    kind = infer(expr, known)
    if kind != "truth":
        what = _what(kind) if kind in _CALLED else "a name" if isinstance(kind, str) else units.describe(kind)
        raise ExpressionError(f'"{expr}" is {what}, but a condition is needed here (such as "{expr} <= ...")')


def infer_settled(expr: Expr, known: Known) -> Kind:
    """Like `infer`, for a place where a finished clip has one value, word or answer."""
    kind = infer(expr, known)
    if kind not in ("truth", "word"):
        kind = _quantity(expr, known)
        if varies(expr):
            raise ExpressionError(
                f'"{expr}" changes over time; take its min(), max() or mean(), or say when, such as "{expr} at end"'
            )
    return kind


def _param_kind(name: str, known: Known) -> Kind:
    if name not in known.params:
        names = (*known.params, *known.broken)
        hint = nearest(name, names) if names else "the scenario has no params"
        raise ExpressionError(f"there is no parameter ${name}; {hint}")
    kind = known.params[name]
    if kind != "word" and dict(kind).get("time_of_day"):
        raise ExpressionError(f"${name} is a time of day and cannot be calculated with")
    return kind


def _name_kind(name: str, known: Known) -> Kind:
    if name in known.actors:
        _needs_world(name, known)
        return "actor"
    if known.marks is not None and name in known.marks:
        raise ExpressionError(f'"{name}" is a mark; ask for it with event({name})')
    if name in EDGES and known.clip:
        raise ExpressionError(f'"{name}" is a moment; write it behind before, after or at')
    if name in known.params:
        raise ExpressionError(f'"{name}" is a parameter; write ${name}')
    if name in CALLABLE:
        shown = FUNCTIONS[name].example if name in FUNCTIONS else f"{name}(...)"
        raise ExpressionError(f'"{name}" is a function; write it like {shown}')
    owner, dot, part = name.partition(".")
    if dot and owner in known.actors:
        uses = (
            "visible(child, ego.cam_front)"
            if known.sensors and part in known.sensors
            else "count(any, ego.lane)"
        )
        raise ExpressionError(f'"{name}" stands only inside a function, such as {uses}')
    raise ExpressionError(f'unknown name "{name}"; {nearest(name, ["time", *known.actors])}')


# -------------------------------------------------------------------------------------------------------- functions
def _call_kind(name: str, args: tuple[Expr, ...], known: Known) -> Kind:
    if name in ARITHMETIC:
        return _arithmetic_kind(name, args, known)
    if name not in FUNCTIONS:
        raise ExpressionError(f'unknown function "{name}"; {nearest(name, CALLABLE)}')
    signature = FUNCTIONS[name]
    if signature.when != "params":
        _needs_world(f"{name}(...)", known)
    if signature.when == "clip" and not known.clip:
        raise ExpressionError(
            f"{name}() looks back over a finished clip; a running scenario asks for event(...), or sets a mark"
        )
    least, most = len(signature.arguments) - signature.optional, len(signature.arguments)
    if not least <= len(args) <= most:
        raise ExpressionError(
            f"{name}() takes {_counted(least, most)}, such as {signature.example}; here it has {len(args)}"
        )
    for arg, kinds in zip(args, signature.arguments, strict=False):
        _argument(name, arg, kinds, signature, known)
    if name == "around" and varies(args[1]):
        raise ExpressionError(f'around() takes a distance that does not change, not "{args[1]}"')
    return signature.result


def _counted(least: int, most: int) -> str:
    if most == 0:
        return "no argument"
    if least == most:
        return "one argument" if most == 1 else f"{most} arguments"
    return f"{least} or {most} arguments" if most == least + 1 else f"{least} to {most} arguments"


_WANTED: dict[Kind, str] = {
    "path": "the path of an actor",
    "actor": "an actor",
    "thing": "nearest(...)",
    "view": "ego or one of its sensors",
    "class": "a class",
    "area": "an area",
    "mark": "the name of a mark",
    "truth": "a condition",
}
_CALLED = ("truth", "actor", "mark", "path", "thing", "area", "word")


def _what(kind: str) -> str:
    return {
        "truth": "a condition",
        "actor": "an actor",
        "mark": "a mark",
        "path": "a path",
        "thing": "whoever is nearest",
        "area": "an area",
        "word": "a word",
    }[kind]


def _argument(name: str, arg: Expr, kinds: tuple[Kind, ...], signature: Signature, known: Known) -> None:
    """Refuses what cannot stand there; names are read as what the function asks for."""
    if kinds == ("mark",):
        if not isinstance(arg, Name):
            raise ExpressionError(
                f'{name}() takes the name of a mark, such as {signature.example}, not "{arg}"'
            )
        _known_mark(arg.name, known)
        return
    if kinds == ("class",):
        if not isinstance(arg, Name) or arg.name not in CLASS_WORDS:
            shown = arg.name if isinstance(arg, Name) else str(arg)
            raise ExpressionError(
                f'{name}() takes a class, and "{shown}" is none; {nearest(shown, CLASS_WORDS)}'
            )
        return
    if kinds == ("light",):
        if not isinstance(arg, Name) or arg.name not in LIGHTS:
            shown = arg.name if isinstance(arg, Name) else str(arg)
            raise ExpressionError(
                f'{name}() takes what a light shows, and "{shown}" is none; {nearest(shown, LIGHTS)}'
            )
        return
    if kinds == ("area",) and isinstance(arg, Name):
        _area(name, arg.name, known)
        return
    if "view" in kinds and isinstance(arg, Name) and _is_view(name, arg.name, kinds, known):
        return
    if isinstance(arg, Name) and not isinstance(kinds[0], tuple) and arg.name not in known.actors:
        raise ExpressionError(f'there is no actor "{arg.name}"; {nearest(arg.name, known.actors)}')
    kind = infer(arg, known)
    if kind in kinds or (_is_zero(arg) and isinstance(kinds[0], tuple)):
        return
    if isinstance(kinds[0], tuple):
        shown = _what(kind) if isinstance(kind, str) else units.describe(kind)
        raise ExpressionError(
            f'{name}() takes {units.describe(kinds[0])} there, such as {signature.example}, and "{arg}" is {shown}'
        )
    wanted = " or ".join(_WANTED[k] for k in kinds)
    raise ExpressionError(f'{name}() takes {wanted}, such as {signature.example}, not "{arg}"')


def _known_mark(name: str, known: Known) -> None:
    if known.marks is not None and name not in known.marks:
        hint = nearest(name, known.marks) if known.marks else 'no actor has a step "mark: ..."'
        raise ExpressionError(f'there is no mark "{name}"; {hint}')


def _area(function: str, text: str, known: Known) -> None:
    owner, _, part = text.partition(".")
    if owner not in known.actors:
        hint = nearest(owner, known.actors)
        raise ExpressionError(
            f'{function}() takes an area, such as ego.lane, and there is no actor "{owner}"; {hint}'
        )
    if part not in ("lane", "path"):
        raise ExpressionError(
            f'{function}() takes an area: {owner}.lane, {owner}.path or around({owner}, 30 m), not "{text}"'
        )


def _is_view(function: str, text: str, kinds: tuple[Kind, ...], known: Known) -> bool:
    """Whether a name is the ego or a sensor of it; an actor where the function takes one as well is left to others."""
    owner, dot, part = text.partition(".")
    if not dot:
        if owner == "ego" and owner in known.actors:
            return True
        if "actor" in kinds:
            return False
        raise ExpressionError(
            f'{function}() looks with ego or with a sensor such as ego.cam_front, not with "{text}"'
        )
    if owner != "ego":
        raise ExpressionError(f'only the ego carries sensors; "{text}" is none')
    if known.sensors is not None and part not in known.sensors:
        hint = nearest(part, known.sensors) if known.sensors else "its rig has none"
        raise ExpressionError(f'the ego has no sensor "{part}"; {hint}')
    return True


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
    if name in OVER_TIME and len(args) == 1 and known.running:
        if not known.clip:
            raise ExpressionError(
                f"{name}() of one quantity looks over a finished clip; while the scenario runs write the quantity "
                "itself: it is looked at in every step"
            )
        if not varies(args[0]):
            raise ExpressionError(
                f'{name}() of one quantity is taken over time, and "{args[0]}" does not change'
            )
    return kinds[0]


# ----------------------------------------------------------------------------------------------------------- windows
def _window_kind(expr: Window, known: Known) -> Kind:
    if not known.clip:
        if not known.running:
            _needs_world(f'"{expr.kind}"', known)
        raise ExpressionError(
            f'"{expr.kind}" looks at a finished clip; while the scenario runs write event(...) or time >= ...'
        )
    kind = infer(expr.body, known)
    if kind != "truth":
        kind = _quantity(expr.body, known)
        if expr.kind != "at" and varies(expr.body):
            raise ExpressionError(
                f'"{expr.body}" has many values there; take its min(), max() or mean(), or ask "at" one moment'
            )
    _moment(expr.event, known)
    if expr.kind == "during":
        assert expr.span is not None, "during has two ends"
        _moment(expr.span, known)
    elif expr.span is not None:
        span = _quantity(expr.span, known)
        if span != TIME and not _is_zero(expr.span):
            raise ExpressionError(
                f'"within" takes a time, such as "within 2 s after reveal", not "{expr.span}"'
            )
        if varies(expr.span):
            raise ExpressionError(f'"within" takes a time that does not change, not "{expr.span}"')
    return kind


def _moment(expr: Expr, known: Known) -> None:
    """A moment of the clip: a mark, start, end, a time, or one of them and some time more or less."""
    match expr:
        case Name(name) if name in EDGES or (known.marks is not None and name in known.marks):
            return
        case Binary("+" | "-", left, right):
            _moment(left, known)
            if isinstance(right, Name) and right.name in (*(known.marks or ()), *EDGES):
                raise ExpressionError(f'"{expr}" adds two moments; add a time, such as "{left} + 1.5 s"')
            _moment(right, known)
            return
        case Name(name) if name not in known.actors and name != "time" and "." not in name:
            if known.marks is None:
                return
            moments = [*known.marks, *EDGES]
            raise ExpressionError(f'there is no mark "{name}"; {nearest(name, moments)}')
    if _quantity(expr, known) != TIME and not _is_zero(expr):
        raise ExpressionError(
            f'"{expr}" is no moment; write a mark, start, end or a time, such as "drop + 1.5 s"'
        )
    if varies(expr):
        raise ExpressionError(f'"{expr}" changes over time and is no moment')


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


def _words_compared(expr: Compare, known: Known) -> bool:
    """Whether the sides are words; bare names beside a word are words as well."""
    sides = (expr.left, expr.right)
    if not any(isinstance(side, Word) or _is_word_param(side, known) for side in sides):
        return False
    if expr.op not in ("==", "!="):
        word = next(side for side in sides if isinstance(side, Word) or _is_word_param(side, known))
        raise ExpressionError(f"{word} is a word and cannot be calculated with; ask with == or !=")
    for side in sides:
        bare = isinstance(side, Name) and "." not in side.name and side.name not in known.actors
        if not (bare or isinstance(side, Name | Word) or _is_word_param(side, known)):
            kind = infer(side, known)
            what = _what(kind) if isinstance(kind, str) else units.describe(kind)
            raise ExpressionError(f'"{expr}" compares a word with {what}')
    for param, other in (sides, sides[::-1]):
        written = other.text if isinstance(other, Word) else other.name if isinstance(other, Name) else None
        if isinstance(param, Param) and written is not None:
            possible = known.words.get(param.name, ())
            if possible and written not in possible:
                raise ExpressionError(f'${param.name} is never "{written}"; {nearest(written, possible)}')
    return True


def _is_word_param(expr: Expr, known: Known) -> bool:
    return isinstance(expr, Param) and known.params.get(expr.name) == "word"


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
    if kind == "word":
        raise ExpressionError(f"{expr} is a word and cannot be calculated with")
    if isinstance(kind, str):
        raise ExpressionError(f'"{expr}" is {_what(kind)}, but a quantity is needed there')
    return kind


def _truth(expr: Expr, op: str, known: Known) -> None:
    if infer(expr, known) != "truth":
        raise ExpressionError(f'"{op}" joins conditions, and "{expr}" is none')


def _needs_world(what: str, known: Known) -> None:
    if not known.running:
        raise ExpressionError(
            f"{what} is known only while the scenario runs; a value can use $params and numbers"
        )
