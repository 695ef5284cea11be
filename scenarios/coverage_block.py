"""The `cover` block of a file, or of a resolved scenario whose items hold plain values, understood.  Language floor.

`study_cover` makes a `Plan` of it and reports what makes no sense.
"""

import itertools
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from pydantic import BaseModel

from scenarios import expressions, osi, units
from scenarios.coverage import TRUTHS, Cross, Item, Plan
from scenarios.distributions import Choice, Integers
from scenarios.draft import NAME, Draft, Drawn, Exact, Named
from scenarios.errors import nearest
from scenarios.expressions import Expr, ExpressionError, Known
from scenarios.params import Params, corners, words_of
from scenarios.schema import Cover, ResolvedScenario, Step
from scenarios.tree import Path
from scenarios.units import Dimension, UnitError
from scenarios.walk import parts

MOST_WIDTHS = (
    1e12  # of bins from zero to the end of a range, and in units: beyond it numbers lose their digits
)
MAX_BINS = 200
MAX_CELLS = 10_000
MAX_CROSSED = 4
MAX_LISTED = 40  # whole numbers that are taken one by one
_QUANTITY = re.compile(r"\s*([+-]?[0-9.]+(?:[eE][+-]?\d+)?)\s*(.*?)\s*")

Report = Callable[[Path, str, bool], None]  # path, message, at the key


def study_cover(cover: Mapping[str, Cover], params: Params, known: Known, report: Report) -> Plan:
    """The plan of a `cover` block; `report` hears of everything that makes no sense."""
    items: dict[str, Item] = {}

    def tell(path: Path, message: str, at_key: bool = False) -> None:
        report(path, message, at_key)

    for name, entry in cover.items():
        if not NAME.fullmatch(name):
            tell((name,), f'"{name}" is not a name; use letters, digits and _', True)
        if (entry.of is None) == (entry.cross is None):
            tell((name,), 'a cover item has either "of" or "cross"', entry.of is not None)
        elif entry.of is not None:
            try:
                items[name] = _Reading(name, entry, entry.of, params, known).read()
            except _Wrong as wrong:
                if wrong.message:
                    tell((name, *wrong.path), wrong.message, wrong.at_key)
    crosses: dict[str, Cross] = {}
    for name, entry in cover.items():
        if entry.cross is None or entry.of is not None:
            continue
        for word in ("bins", "values", "every", "range_"):
            if getattr(entry, word) is not None:
                shown = word.rstrip("_")
                tell(
                    (name, shown),
                    f'"{shown}" is for items; a cross takes the bins of the items it names',
                    True,
                )
        if len(entry.cross) < 2 or len(entry.cross) > MAX_CROSSED:
            tell((name, "cross"), f"a cross needs two to {MAX_CROSSED} names, such as [rain, lamps]")
            continue
        sound = True
        for k, other in enumerate(entry.cross):
            message = _crossed(other, entry.cross[:k], cover, items, params, known)
            if message:
                tell((name, "cross", k), message)
            sound = (
                sound and not message and other in items
            )  # what is broken is none, and was reported where it stands
        if not sound:
            continue
        cross = Cross(name, tuple(entry.cross), entry.at_least)
        cells = math.prod(len(items[i].bins) for i in cross.items)
        if cells > MAX_CELLS:
            tell((name, "cross"), f"this cross has {cells:,} combinations; at most {MAX_CELLS:,} are counted")
        crosses[name] = cross
    return Plan(items, crosses)


def plan_of(scenario: ResolvedScenario) -> Plan:
    """The plan that a resolved scenario carries."""
    wrong: list[str] = []
    known = Known({}, tuple(scenario.actors), None, clip=True, sensors=None)
    plan = study_cover(scenario.cover, Params({}, {}, ()), known, lambda *told: wrong.append(str(told)))
    assert not wrong, f"a resolved scenario was checked when its file was loaded: {wrong}"
    return plan


def _crossed(
    other: str,
    before: Sequence[str],
    cover: Mapping[str, Cover],
    items: dict[str, Item],
    params: Params,
    known: Known,
) -> str | None:
    """Why a name cannot be crossed; a parameter of words or single values becomes an item of its own."""
    if other in before:
        return f'"{other}" is crossed with itself'
    if other in cover:
        return f'"{other}" is itself a cross; name its items' if cover[other].cross is not None else None
    if other not in params.drafts:
        return f'there is no cover item or parameter "{other}"; {nearest(other, [*cover, *params.drafts])}'
    if other not in params.kinds:
        return None  # the parameter itself is reported
    try:
        items.setdefault(other, _Reading(other, Cover(of=f"${other}"), f"${other}", params, known).read())
    except _Wrong:
        such = f"{other}: {{of: ${other}, bins: [...]}}"
        return f'"{other}" is a parameter that needs bins; make it an item, such as {such}'
    return None


def marks_of(scenario: BaseModel) -> tuple[str, ...]:
    """The marks that the actors of a scenario set."""
    found = (part.mark for _, part in parts(scenario) if isinstance(part, Step) and part.mark is not None)
    return tuple(dict.fromkeys(found))


class _Wrong(Exception):  # noqa: N818 - caught a few lines above; never leaves the module
    """Something is wrong with an item; an empty message: it is reported elsewhere."""

    def __init__(self, message: str, *path: str | int, at_key: bool = False) -> None:
        self.message, self.path, self.at_key = message, path, at_key
        super().__init__(message)


class _Reading:
    """Understands one item."""

    def __init__(self, name: str, entry: Cover, of: str, params: Params, known: Known) -> None:
        self.name, self.entry, self.of = name, entry, of
        self.params, self.known = params, known
        self.dimension: Dimension | None = None
        self.dynamic = False

    def read(self) -> Item:
        """The item, or what is wrong with it."""
        item = self._item()
        return replace(item, asks_world=self.dynamic)

    def _item(self) -> Item:
        given = [w for w in ("bins", "values", "every") if getattr(self.entry, w) is not None]
        if len(given) > 1:
            raise _Wrong(f'an item has one of "bins", "values" and "every"; here "{given[0]}" is given as well',
                         given[1], at_key=True)  # fmt: skip
        draft = self._draft()
        words = self._words(draft)
        if words is not None:
            return self._of_words(words)
        if draft is not None and self._powers(draft) is None:
            raise _Wrong("")
        expr = self._expression()
        self.dynamic = self._asks_world(expr)
        if self.dimension is None:
            return self._of_words(TRUTHS)
        if self.entry.bins == "osi":
            return self._of_osi(draft)
        if isinstance(self.entry.bins, list):
            return self._of_edges(self.entry.bins, draft)
        if self.entry.values is not None:
            return self._of_values([str(v) for v in self.entry.values])
        if self.entry.every is not None:
            return self._of_every(str(self.entry.every), draft)
        single = self._single_values(draft)
        if single is not None:
            return self._of_values(single)
        shown = f'"{self.of}" is {self.dimension.phrase}'
        such = f"bins: [{self.dimension.example}, ...]"
        raise _Wrong(f'{shown} and needs "bins", "values" or "every", such as {such}')

    # -------------------------------------------------------------------------------------------- what `of` speaks of
    def _draft(self) -> Draft | None:
        """The parameter behind a plain `$name`; None for an expression."""
        text = self.of.strip()
        if not (text.startswith("$") and NAME.fullmatch(text[1:])):
            return None
        if text[1:] not in self.params.drafts:
            return None  # the expression checker says so
        if text[1:] in self.params.broken:
            raise _Wrong("")  # which is told where it stands
        return self.params.root(Named(text[1:]))

    def _powers(self, draft: Draft) -> units.Powers | None:
        kind = self.params.kinds.get(self.of.strip()[1:])
        return kind if kind is not None and kind != "word" else None

    def _words(self, draft: Draft | None) -> Sequence[str] | None:
        """The words that `of` can become; None for quantities."""
        if draft is not None:
            return (words_of(draft) or None) if self.params.is_word(self.of) else None
        values = self.entry.values
        if not self.params.drafts and values and not any(_measured(str(v)) for v in values):
            return [str(v) for v in values] if _is_word(self.of) else None  # a resolved item: the word itself
        return None

    def _expression(self) -> Expr:
        try:
            expr = expressions.parse(self.of)
            kind = expressions.infer_settled(expr, self.known)
        except ExpressionError:
            raise _Wrong("") from None  # the expression checker says so
        if kind == "truth":
            return expr
        if isinstance(kind, str):
            raise _Wrong(
                f'"{self.of}" is {_an(kind)}, but a quantity, a condition or a word is counted', "of"
            )
        self.dimension = units.by_powers(kind)
        if self.dimension is None:
            raise _Wrong(f'"{self.of}" is {units.describe(kind)}, which no bin can have', "of")
        return expr

    def _asks_world(self, expr: Expr) -> bool:
        """Whether it can be told only of a running world, and not from parameters."""
        try:
            expressions.infer(expr, Known(self.known.params, running=False))
        except ExpressionError:
            return True
        return False

    def _ends(self, draft: Draft | None) -> tuple[float, float] | None:
        """What a parameter can become, as far as it is known; None for expressions over the world."""
        if draft is None:
            return None
        known = [value for value, _ in corners(Named(self.of.strip()[1:]), self.params)]
        return (min(known), max(known)) if known else None

    def _single_values(self, draft: Draft | None) -> list[str] | None:
        """The values of a parameter that has only a few, as texts."""
        assert self.dimension is not None
        if isinstance(draft, Exact) and isinstance(draft.value, float):
            return [draft.text]
        if isinstance(draft, Drawn) and isinstance(draft.distribution, Choice):
            kept = zip(draft.distribution.values, draft.distribution.weights, strict=True)
            return [_friendly(v, self.dimension) for v, w in kept if w > 0.0 and isinstance(v, float)]
        if isinstance(draft, Drawn) and isinstance(draft.distribution, Integers):
            low, high = draft.distribution.low, draft.distribution.high
            return [str(k) for k in range(low, high + 1)] if high - low < MAX_LISTED else None
        return None

    # ---------------------------------------------------------------------------------------------------------- bins
    def _of_words(self, words: Sequence[str]) -> Item:
        if words is not TRUTHS or self.entry.values is not None:
            for word in ("bins", "every", "range_"):
                if getattr(self.entry, word) is not None:
                    shown = word.rstrip("_")
                    raise _Wrong(f'"{shown}" is for quantities; "{self.of}" is a word, and each word a bin',
                                 shown, at_key=True)  # fmt: skip
        chosen = [str(v) for v in self.entry.values] if self.entry.values is not None else list(words)
        for k, value in enumerate(chosen):
            if value not in words:
                raise _Wrong(f'"{self.of}" never becomes "{value}"; {nearest(value, words)}', "values", k)
            if value in chosen[:k]:
                raise _Wrong(f'"{value}" is listed twice', "values", k)
        return Item(self.name, self.of, tuple(chosen), texts=tuple(chosen), at_least=self.entry.at_least)

    def _of_values(self, texts: Sequence[str]) -> Item:
        values = tuple(self._quantity(text, "values", k) for k, text in enumerate(texts))
        for k, value in enumerate(values):
            if value in values[:k]:
                raise _Wrong(f'"{texts[k]}" is listed twice', "values", k)
        if self.entry.range_ is not None:
            raise _Wrong('"range" goes with "every" or "bins: osi"', "range", at_key=True)
        return Item(
            self.name, self.of, tuple(texts), values=values, texts=tuple(texts), at_least=self.entry.at_least
        )

    def _of_edges(self, raw: Sequence[str | float | int], draft: Draft | None) -> Item:
        if len(raw) < 2:
            raise _Wrong("bins need at least two edges, such as [0 s, 1 s]", "bins")
        if self.entry.range_ is not None:
            raise _Wrong(
                '"range" goes with "every" or "bins: osi"; the edges say what counts', "range", at_key=True
            )
        texts = [str(edge).strip() for edge in raw]
        edges = [self._quantity(text, "bins", k) for k, text in enumerate(texts)]
        for k in range(1, len(edges)):
            if not edges[k] > edges[k - 1]:
                raise _Wrong(f'edges rise, but "{texts[k]}" follows "{texts[k - 1]}"', "bins", k)
        ends = self._ends(draft) if isinstance(draft, Drawn | Exact) else None
        if ends is not None and all(map(math.isfinite, ends)):
            for k in range(len(edges) - 1):
                if edges[k] > ends[1] or edges[k + 1] < ends[0]:
                    assert self.dimension is not None
                    shown = " and ".join(_friendly(end, self.dimension) for end in ends)
                    name = _bin_name(texts[k], texts[k + 1])
                    raise _Wrong(
                        f"the bin {name} can never be filled: {self.of} lies between {shown}", "bins", k
                    )
        return self._edged(texts, edges)

    def _edged(self, texts: Sequence[str], edges: Sequence[float]) -> Item:
        if len(edges) - 1 > MAX_BINS:
            raise _Wrong(f"these are {len(edges) - 1} bins; at most {MAX_BINS} are counted")
        names = tuple(_bin_name(a, b) for a, b in itertools.pairwise(texts))
        return Item(self.name, self.of, names, tuple(edges), texts=tuple(texts), at_least=self.entry.at_least)

    def _of_every(self, text: str, draft: Draft | None) -> Item:
        width = self._quantity(text, "every")
        if not width > 0.0:
            raise _Wrong(f'"every" is the width of a bin and must be more than 0, not "{text}"', "every")
        ends = self._range() or self._ends(draft)
        if ends is None or not all(map(math.isfinite, ends)):
            why = "has no ends" if ends is not None else "is known only after the run"
            raise _Wrong(f'"every" divides a range, and "{self.of}" {why}; add "range: [from, to]"', "every")
        assert self.dimension is not None
        number, unit = _split(text)
        scale = units.parse(f"1 {unit}", self.dimension).value
        if not all(abs(end) / width <= MOST_WIDTHS for end in ends) or width > MOST_WIDTHS:
            raise _Wrong(
                f'"{text}" does not divide what "{self.of}" can be into bins that can be counted', "every"
            )
        first = math.floor(ends[0] / width + 1e-9)
        last = max(math.ceil(ends[1] / width - 1e-9), first + 1)
        if last - first > MAX_BINS:
            raise _Wrong(f"these are {last - first:,} bins; at most {MAX_BINS} are counted", "every")
        assert scale > 0.0
        texts = [f"{_plain(number * k)} {unit}".strip() for k in range(first, last + 1)]
        return self._edged(texts, [units.parse(t, self.dimension).value for t in texts])

    def _of_osi(self, draft: Draft | None) -> Item:
        assert self.dimension is not None
        table = {"rain": osi.PRECIPITATION, "length": osi.FOG}.get(self.dimension.name)
        if table is None or (table is osi.FOG and self.dynamic):
            message = f'OSI has classes for rain rates and for visibilities, and "{self.of}" is {self.dimension.phrase}'
            raise _Wrong(f"{message}; give the edges: bins: [{self.dimension.example}, ...]", "bins")
        low, high = self._range() or self._ends(draft) or (0.0, math.inf)
        edges = [edge for edge, _ in table] + [math.inf]
        rows = [k for k in range(len(table)) if edges[k] <= high and edges[k + 1] > low]
        low, high = max(low, 0.0), min(high, 1e6)
        return Item(
            self.name,
            self.of,
            tuple(table[k][1] for k in rows),
            (*(edges[k] for k in rows), edges[rows[-1] + 1]),
            texts=(units.text(low, self.dimension), units.text(high, self.dimension)),
            at_least=self.entry.at_least,
            osi=True,
        )

    def _range(self) -> tuple[float, float] | None:
        raw = self.entry.range_
        if raw is None:
            return None
        if len(raw) != 2:
            raise _Wrong("a range has two ends, such as [0 s, 3 s]", "range")
        low, high = (self._quantity(str(end), "range", k) for k, end in enumerate(raw))
        if not low <= high:
            raise _Wrong(f'"{raw[0]}" is more than "{raw[1]}"; write the smaller end first', "range")
        return low, high

    def _quantity(self, text: str, *path: str | int) -> float:
        assert self.dimension is not None
        if text.strip().startswith(("$", "=")):
            raise _Wrong(f'"{text}" would give every sample other bins; write plain values', *path)
        try:
            return units.parse(text, self.dimension).value
        except UnitError as error:
            raise _Wrong(str(error), *path) from None


def _an(kind: str) -> str:
    return {"actor": "an actor", "mark": "a mark", "path": "a path"}.get(kind, f"a {kind}")


def _measured(text: str) -> bool:
    return text[:1].isdigit() or (text[:1] in "+-." and text[1:2].isdigit())


def _is_word(text: str) -> bool:
    return re.fullmatch(r"-?[A-Za-z0-9_][A-Za-z0-9_.-]*", text.strip()) is not None


def _split(text: str) -> tuple[Decimal, str]:
    match = _QUANTITY.fullmatch(text)
    assert match is not None, "it was parsed as a quantity"
    return Decimal(match[1]), match[2]


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f") if number else "0"


def _friendly(value: float, dimension: Dimension) -> str:
    """A value in the unit in which it reads shortest (50 km/h, not 13.8889 m/s), exact where some unit is."""
    texts = []
    for unit, size in dimension.units.items():
        if size > 0:
            texts.append(f"{float(f'{value / float(size):.9g}'):g} {unit}".strip())
    exact = [
        t for t in texts if math.isclose(units.parse(t, dimension).value, value, rel_tol=1e-12, abs_tol=1e-15)
    ]
    return min(exact, key=len) if exact else units.text(value, dimension)


def _bin_name(low: str, high: str) -> str:
    """`0..0.5 s`, the unit written once where both ends share it."""
    (a, unit_a), (b, unit_b) = _split(low), _split(high)
    if unit_a == unit_b or not a:
        return f"{_plain(a)}..{_plain(b)} {unit_b}".strip()
    return f"{low}..{high}"
