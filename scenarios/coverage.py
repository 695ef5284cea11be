"""What samples should cover: items with bins, crosses of items, and how full they are.  Language floor.

A `Plan` sorts values into bins, and a `Tally` counts; `coverage_block` makes plans of what files say.
"""

import itertools
import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scenarios import expressions
from scenarios.evaluation import NOWHERE

TRUTHS = ("true", "false")
Value = float | str | bool


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is counted, and the bins it falls into."""

    name: str
    of: str  # as written: $name or an expression; in a resolved scenario a value or an expression
    bins: tuple[str, ...]  # their names
    edges: tuple[float, ...] = ()  # one more than bins; empty where each bin is a value or word of its own
    values: tuple[float, ...] = ()  # one for each bin, for quantities taken one by one
    texts: tuple[str, ...] = ()  # the edges or values as they are written in a file
    at_least: int = 1
    osi: bool = False
    asks_world: bool = False  # whether it can be told only after the run

    def drawn(self, text: str) -> Value | None:
        """The value of an item of parameters, from what was settled for it: a word, or a quantity as a text."""
        if not self.edges and not self.values and self.bins != TRUTHS:
            return text
        value = expressions.evaluate(expressions.parse(text), NOWHERE)
        return None if isinstance(value, float) and math.isnan(value) else value

    def bin_of(self, value: Value | None) -> str | None:
        """The bin that a value falls into; None outside all of them, and for what never happened."""
        if value is None:
            return None
        if isinstance(value, bool):
            value = TRUTHS[0] if value else TRUTHS[1]
        if isinstance(value, str):
            return value if value in self.bins else None
        if math.isnan(value):
            return None
        if self.edges:
            if value == self.edges[-1]:
                return self.bins[-1]
            row = bisect_right(self.edges, value) - 1
            return self.bins[row] if 0 <= row < len(self.bins) else None
        close = (
            b for b, v in zip(self.bins, self.values, strict=False) if math.isclose(v, value, abs_tol=1e-12)
        )
        return next(close, None)


@dataclass(frozen=True, slots=True)
class Cross:
    """Every combination of the bins of some items."""

    name: str
    items: tuple[str, ...]
    at_least: int = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """Items and crosses of a scenario, understood."""

    items: Mapping[str, Item] = field(default_factory=dict)
    crosses: Mapping[str, Cross] = field(default_factory=dict)

    def cells(self, name: str) -> list[tuple[str, ...]]:
        """The bins of an item, or the combinations of a cross, in the order of the file."""
        if name in self.items:
            return [(b,) for b in self.items[name].bins]
        return list(itertools.product(*(self.items[i].bins for i in self.crosses[name].items)))

    def target(self, name: str) -> int:
        """Samples wanted in every bin."""
        return self.items[name].at_least if name in self.items else self.crosses[name].at_least

    def names(self) -> list[str]:
        """Items, then crosses."""
        return [*self.items, *self.crosses]

    def cell(self, name: str, bins: Mapping[str, str | None]) -> tuple[str, ...] | None:
        """Where a sample with these bins falls; None outside."""
        parts = (name,) if name in self.items else self.crosses[name].items
        found = tuple(bins.get(part) for part in parts)
        return None if None in found else tuple(str(b) for b in found)

    def settled(self, of: Mapping[str, str]) -> dict[str, dict[str, Any]]:
        """The plan as plain data under Python names, each item with its value or expression without parameters."""
        plain: dict[str, dict[str, Any]] = {}
        for name, item in self.items.items():
            plain[name] = {"of": of[name], "at_least": item.at_least}
            if item.osi:
                low, high = item.texts
                plain[name] |= {"bins": "osi", "range_": [low, high]}
            elif item.bins != TRUTHS:
                plain[name]["bins" if item.edges else "values"] = list(item.texts)
        for name, cross in self.crosses.items():
            plain[name] = {"cross": list(cross.items), "at_least": cross.at_least}
        return plain


@dataclass
class Tally:
    """How often every bin and every combination of a plan was met."""

    plan: Plan
    samples: int = 0
    counts: dict[str, Counter[tuple[str, ...]]] = field(default_factory=dict)
    outside: Counter[str] = field(default_factory=Counter)

    def add(self, bins: Mapping[str, str | None]) -> None:
        """Count one sample."""
        self.samples += 1
        for name in self.plan.names():
            cell = self.plan.cell(name, bins)
            if cell is None:
                self.outside[name] += 1
            else:
                self.counts.setdefault(name, Counter())[cell] += 1

    def count(self, name: str, cell: tuple[str, ...]) -> int:
        """Samples in one bin or combination."""
        return self.counts.get(name, Counter())[cell]

    def holes(self) -> Iterator[tuple[str, tuple[str, ...], int]]:
        """Name, bin or combination, and count of all that have fewer samples than wanted."""
        for name in self.plan.names():
            for cell in self.plan.cells(name):
                count = self.count(name, cell)
                if count < self.plan.target(name):
                    yield name, cell, count

    def share(self) -> float:
        """Share of bins and combinations that have what they should; 1 where nothing is asked for."""
        total = sum(len(self.plan.cells(name)) for name in self.plan.names())
        return 1.0 - sum(1 for _ in self.holes()) / total if total else 1.0

    def gain(self, bins: Mapping[str, str | None]) -> float:
        """How much of what is still wanted one more sample with these bins would fill, each item weighing the same."""
        gain = 0.0
        for name in self.plan.names():
            cell = self.plan.cell(name, bins)
            target = self.plan.target(name)
            if cell is not None:
                missing = max(target - self.count(name, cell), 0)
                gain += missing / (target * len(self.plan.cells(name)))
        return gain
