"""Which bins of its scenario's coverage plan a clip fills.  World floor."""

import math
from dataclasses import dataclass

from scenarios.coverage import Item, Plan, Value
from scenarios.coverage_block import plan_of
from scenarios.resolved import Concrete
from sim.odd import operational_domain
from sim.trace import WorldTrace
from sim.truth import Truth


@dataclass(frozen=True, slots=True)
class Covered:
    """What one accepted sample adds to the coverage of its scenario."""

    plan: Plan
    values: dict[str, Value | None]  # what was counted, by item, in resolved units; None: it never happened
    bins: dict[str, str | None]  # by item; None outside all bins
    odd: dict[str, tuple[str, ...]]  # classes of the operational domain; empty without a trace


def covered(concrete: Concrete, trace: WorldTrace | None = None) -> Covered:
    """The bins of a sample; what asks about the world needs the trace of its run."""
    plan = plan_of(concrete.scenario)
    truth = None if trace is None else Truth(trace)
    values = {name: _value(item, truth) for name, item in plan.items.items()}
    bins = {name: plan.items[name].bin_of(value) for name, value in values.items()}
    odd = {} if trace is None or truth is None else operational_domain(trace, truth)
    return Covered(plan, values, bins, odd)


def _value(item: Item, truth: Truth | None) -> Value | None:
    if not item.asks_world:
        return item.drawn(item.of)
    if truth is None:
        return None
    value = truth.value(item.of)
    return None if isinstance(value, float) and math.isnan(value) else value
