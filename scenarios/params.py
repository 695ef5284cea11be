"""Parameters: what each one measures, how they follow from each other, what they can become.  Language floor."""

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from scenarios import distributions, expressions, units
from scenarios.draft import Broken, Draft, Drawn, Exact, Formula, Measure, Named, Word
from scenarios.errors import nearest
from scenarios.evaluation import NOWHERE
from scenarios.expressions import Expr, ExpressionError, Known
from scenarios.nodes import Word as WordNode
from scenarios.units import Powers

MAX_CORNERED = 6  # parameters behind one value whose ends are all combined

ParamKind = Powers | Literal["word"]


@dataclass(frozen=True, slots=True)
class Params:
    """The parameters of a file, understood."""

    drafts: Mapping[str, Draft]
    kinds: Mapping[str, ParamKind]
    order: tuple[str, ...]  # each after those it is calculated from

    def known(self) -> Known:
        """What a `= expression` may use."""
        return Known(self.kinds, running=False, broken=self.broken)

    @property
    def broken(self) -> tuple[str, ...]:
        """Those that are wrong, which is told where they stand."""
        return tuple(name for name in self.drafts if name not in self.kinds)

    def is_word(self, text: str) -> bool:
        """Whether an expression is a parameter by itself that holds a word."""
        return text.strip().startswith("$") and self.kinds.get(text.strip()[1:]) == "word"

    def root(self, draft: Draft) -> Draft:
        """What stands behind a chain of `$names`."""
        while isinstance(draft, Named):
            draft = self.drafts[draft.name]
        return draft


def study(drafts: Mapping[str, Draft], report: Callable[[str, str], None]) -> Params:
    """Kinds and order of the parameters; `report(name, message)` hears of every one that makes no sense."""
    kinds: dict[str, ParamKind] = {}
    order: list[str] = []
    under_way: list[str] = []
    broken: set[str] = set()

    def visit(name: str) -> None:
        if name in kinds or name in broken:
            return
        if name in under_way:
            circle = " -> ".join(f"${n}" for n in [*under_way[under_way.index(name) :], name])
            broken.add(name)
            report(name, f"the parameters go in a circle: {circle}")
            return
        if isinstance(drafts[name], Broken):
            broken.add(name)  # reported when it was read
            return
        under_way.append(name)
        try:
            for used in _used(drafts[name]):
                if used not in drafts:
                    raise ExpressionError(f"there is no parameter ${used}; {nearest(used, drafts)}")
                visit(used)
                if used in broken:
                    broken.add(name)
            if name not in broken:
                kinds[name] = _kind(drafts[name], kinds)
                order.append(name)
        except ExpressionError as error:
            broken.add(name)
            report(name, str(error))
        under_way.pop()

    for name in drafts:
        visit(name)
    return Params(drafts, kinds, tuple(order))


def _used(draft: Draft) -> list[str]:
    if isinstance(draft, Named):
        return [draft.name]
    return expressions.parameters(draft.expression) if isinstance(draft, Formula) else []


def _kind(draft: Draft, kinds: Mapping[str, ParamKind]) -> ParamKind:
    if isinstance(draft, Exact | Drawn):
        return draft.dimension.powers if draft.dimension is not None else "word"
    if isinstance(draft, Named):
        return kinds[draft.name]
    assert isinstance(draft, Formula)
    powers = value_kind(draft.expression, Known(kinds, running=False))
    if units.by_powers(powers) is None:
        raise ExpressionError(f'"= {draft.expression}" is {units.describe(powers)}, which no value here is')
    return powers


def value_kind(expr: Expr, known: Known) -> Powers:
    """What a `= expression` measures; a condition is refused."""
    kind = expressions.infer(expr, known)
    if isinstance(kind, str):
        what = "a word" if kind == "word" else "a condition"
        raise ExpressionError(f'"= {expr}" is {what}, but a quantity is needed here')
    return kind


# ------------------------------------------------------------------------------------------------------ checks of use
def misuse_of_quantity(draft: Draft, measure: Measure, params: Params) -> str | None:
    """Why `$name` or `= expression` cannot stand where this quantity is needed; None when it can."""
    try:
        kind = use_kind(draft, params)
    except ExpressionError as error:
        return str(error)
    if kind is None or measure.dimension is None:
        return None
    shown = (
        f"${draft.name}"
        if isinstance(draft, Named)
        else f'"= {draft.expression}"'
        if isinstance(draft, Formula)
        else ""
    )
    if kind == "word":
        return f"{shown} is a word, but {units.needs(measure.dimension)}"
    if units.convert(0.0, kind, measure.dimension) is None:
        return f"{shown} is {units.describe(kind)}, but {units.needs(measure.dimension)}"
    return _support_misuse(draft, shown, measure, params)


def _support_misuse(draft: Draft, shown: str, measure: Measure, params: Params) -> str | None:
    """Whether a parameter can take the value out of its range: known before anything is drawn."""
    if measure.dimension is None or isinstance(draft, Exact | Drawn):
        return None
    for value, kind in corners(draft, params):
        end = units.convert(value, kind, measure.dimension)
        if end is None or not measure.outside(end, end):
            continue
        if math.isinf(end) or math.isnan(end):
            return measure.out_of_range(f"{shown} has no ends (give min and max) and can be")
        return measure.out_of_range(
            f'{shown} can be "{units.text(float(f"{end:.6g}"), measure.dimension)}", which is'
        )
    return None


def corners(draft: Draft, params: Params) -> Iterator[tuple[float, Powers]]:
    """Values of a `$name` or `= expression` with every parameter behind it at one or the other end."""
    behind = sorted(_behind(draft, params))
    ends = [_ends(params.drafts[name]) for name in behind]
    if any(end is None for end in ends):
        return
    if len(behind) > MAX_CORNERED:  # all low and all high still catch most
        combinations: Iterable[tuple[float, ...]] = zip(
            *(end for end in ends if end is not None), strict=True
        )
    else:
        combinations = itertools.product(*(end for end in ends if end is not None))
    for combination in combinations:
        values: dict[str, float | str] = dict(zip(behind, combination, strict=True))
        for name in params.order:
            origin = params.drafts[name]
            if isinstance(origin, Named | Formula) and _behind(origin, params) <= set(behind):
                values[name] = _follow(origin, values, params)[0]
        value, kind = _follow(draft, values, params)
        yield value, kind


def _follow(draft: Draft, values: Mapping[str, float | str], params: Params) -> tuple[float, Powers]:
    if isinstance(draft, Named):
        value, kind = values[draft.name], params.kinds[draft.name]
        assert isinstance(value, float) and kind != "word", "words were refused before"
        return value, kind
    assert isinstance(draft, Formula)
    return calculate(draft.expression, values, params.kinds), value_kind(draft.expression, params.known())


def _behind(draft: Draft, params: Params) -> set[str]:
    """The parameters with a value or a distribution of their own that a value follows from."""
    found: set[str] = set()
    for name in _used(draft):
        origin = params.drafts[name]
        found |= _behind(origin, params) if isinstance(origin, Named | Formula) else {name}
    return found


def _ends(draft: Draft) -> tuple[float, float] | None:
    if isinstance(draft, Exact) and isinstance(draft.value, float):
        return draft.value, draft.value
    return draft.distribution.support() if isinstance(draft, Drawn) and draft.dimension is not None else None


def misuse_of_word(draft: Draft, word: Word, params: Params) -> str | None:
    """Why `$name` cannot stand where this word is needed; None when it can."""
    try:
        kind = use_kind(draft, params)
    except ExpressionError as error:
        return str(error)
    if kind is None or not isinstance(draft, Named):
        return None
    if kind != "word":
        return f"${draft.name} is {units.describe(kind)}, but a word is needed here"
    for possible in words_of(params.root(draft)):
        if wrong := word.unknown(possible):
            return f"${draft.name}: {wrong}"
    return None


def use_kind(draft: Draft, params: Params) -> ParamKind | None:
    """What a use of parameters measures; None for values that use none, and for broken parameters."""
    if any(used in params.drafts and used not in params.kinds for used in _used(draft)):
        return None  # reported where the parameter stands
    if isinstance(draft, Named):
        if draft.name not in params.kinds:
            hint = nearest(draft.name, params.drafts) if params.drafts else "the file has no params"
            raise ExpressionError(f"there is no parameter ${draft.name}; {hint}")
        return params.kinds[draft.name]
    return value_kind(draft.expression, params.known()) if isinstance(draft, Formula) else None


def words_of(draft: Draft) -> list[str]:
    """Every word that a value can become."""
    if isinstance(draft, Exact) and isinstance(draft.value, str):
        return [draft.value]
    return distributions.words_of(draft.distribution) if isinstance(draft, Drawn) else []


# -------------------------------------------------------------------------------------------------------- resolution
def literal(value: float, powers: Powers) -> Expr:
    """A parameter's value as a node of an expression, with the unit of its dimension."""
    dimension = units.by_powers(powers)
    assert dimension is not None, "parameters have named dimensions"
    return expressions.number(value, dimension.unit)


def calculate(expr: Expr, values: Mapping[str, float | str], kinds: Mapping[str, ParamKind]) -> float:
    """The value of a `= expression`."""
    return float(expressions.evaluate(expressions.substitute(expr, literals(values, kinds)), NOWHERE))


def literals(values: Mapping[str, float | str], kinds: Mapping[str, ParamKind]) -> dict[str, Expr]:
    """The parameters that an expression can use, as nodes; times of day are not among them."""
    nodes: dict[str, Expr] = {}
    for name, value in values.items():
        kind = kinds[name]
        if isinstance(value, str):
            nodes[name] = WordNode(value)
        elif kind != "word" and not dict(kind).get("time_of_day"):
            nodes[name] = literal(value, kind)
    return nodes
