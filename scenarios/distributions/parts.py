"""What all distributions are read with: values of one kind, settings, ends, errors with their place.  Language floor."""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scenarios import units
from scenarios.distributions import Cut, Distribution, Empirical, Gamma
from scenarios.errors import nearest
from scenarios.tables import Tables
from scenarios.tree import Path
from scenarios.units import Dimension, Quantity, UnitError

MAX_DEPTH = 3  # mixtures of mixtures of mixtures
MAX_ITEMS = 1000  # in a list that stands in the file
MAX_MEAN = 10_000  # of counts, whose probabilities are tabulated
LEAST_MASS = 1e-9

# What each one is called, and an example that reads.
EXAMPLES: dict[str, str] = {
    "uniform": "{uniform: [30 km/h, 50 km/h]}",
    "normal": "{normal: {mean: 9 km/h, sd: 1.5 km/h, min: 5 km/h, max: 13 km/h}}",
    "log_uniform": "{log_uniform: [8 mm/h, 60 mm/h]}",
    "choice": "{choice: {lit: 0.7, dark: 0.3}}",
    "integers": "{integers: [1, 5]}",
    "log_normal": "{log_normal: {median: 4 mm/h, factor: 2.2, max: 100 mm/h}}",
    "exponential": "{exponential: {mean: 3 s, min: 0.5 s, max: 20 s}}",
    "gamma": "{gamma: {mean: 1.8 s, sd: 0.9 s, max: 6 s}}",
    "chi_square": "{chi_square: {df: 3, scale: 2 mm/h, max: 60 mm/h}}",
    "beta": "{beta: {a: 2, b: 5, min: 0 m, max: 3 m}}",
    "triangular": "{triangular: [0.4 m, 0.6 m, 1.2 m]}",
    "poisson": "{poisson: {mean: 2.5, max: 8}}",
    "mixture": "{mixture: [{weight: 0.7, of: 0 mm/h}, {weight: 0.3, of: 2..30 mm/h}]}",
    "histogram": "{histogram: {edges: [0 m, 50 m, 200 m], counts: [3, 1]}}",
    "empirical": "{empirical: {file: speeds.csv, column: v, unit: km/h}}",
    "joint": "{joint: {file: drives.csv, column: rain, unit: mm/h}}",
}
DISTRIBUTIONS = tuple(EXAMPLES)

Read = tuple[Distribution, Dimension | None]


class ReadError(UnitError):
    """A distribution makes no sense; `at` leads from the distribution to the part that is to blame."""

    def __init__(self, message: str, at: Path = ()) -> None:
        self.at = at
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader must know besides the text."""

    dimension: Dimension | None  # None: any, and words as well
    tables: Tables
    depth: int = 0  # of mixtures


# What YAML would take for more than a text on one line: brackets, commas, quotes, ": ", signs at the beginning.
_NEEDS_QUOTES = re.compile(r"""[,\[\]{}#"'&*!|>@`\\\n]|: |:$|^\s|\s$|^$|^[-?:%](\s|$)""")


def shown(value: Any) -> str:
    """Plain data as it would be written on one line of a file."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{shown(key)}: {shown(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(shown(item) for item in value) + "]"
    return json.dumps(value) if isinstance(value, str) and _NEEDS_QUOTES.search(value) else str(value)


def kind_of(value: Any) -> str:
    """What stands there, in a message."""
    if isinstance(value, bool):
        return f'"{str(value).lower()}"'
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a mapping"
    return "nothing" if value is None else f'"{value}"'


def plain_value(raw: Any, dimension: Dimension | None) -> Quantity:
    if isinstance(raw, str) and raw.strip().startswith(("$", "=")):
        raise ReadError(f'"{raw}" is not allowed inside a distribution; write plain values')
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise ReadError(f"a plain value is needed, not {kind_of(raw)}")
    return units.parse(str(raw), dimension)


def spread_of(raw: Any, dimension: Dimension | None, of: Quantity) -> Quantity:
    """A difference of such quantities: times of day differ by times."""
    if of.dimension.name == "time_of_day":
        return Quantity(plain_value(raw, units.DIMENSIONS["time"]).value, of.dimension)
    return plain_value(raw, dimension)


def settings(
    raw: Any, name: str, needed: Sequence[Sequence[str]], optional: Sequence[str] = ()
) -> dict[str, Any]:
    """The settings of a distribution, one of the sets of needed ones complete."""
    wanted = " or ".join(
        " and ".join([", ".join(some[:-1]), some[-1]] if some[1:] else some) for some in needed
    )
    verb = "is" if len(needed) == 1 and len(needed[0]) == 1 else "are"
    if not isinstance(raw, dict) or not any(set(some) <= raw.keys() for some in needed):
        unknown = [] if not isinstance(raw, dict) else _strangers(raw, needed, optional)
        hint = f'; "{unknown[0]}" is unknown' if unknown else ""
        raise ReadError(f"{wanted} {verb} needed, such as {EXAMPLES[name]}{hint}")
    for key in _strangers(raw, needed, optional):
        known = list(dict.fromkeys([key for some in needed for key in some] + list(optional)))
        raise ReadError(f'unknown key "{key}"; {nearest(str(key), known)}')
    given = [some for some in needed if any(key in raw for key in some)]
    if len(given) > 1:
        raise ReadError(f"{wanted} {verb} needed, but not both; such as {EXAMPLES[name]}")
    return raw


def _strangers(raw: dict[str, Any], needed: Sequence[Sequence[str]], optional: Sequence[str]) -> list[str]:
    return [key for key in raw if key not in optional and not any(key in some for some in needed)]


def plain_number(raw: Any, key: str, low: float = 0.0, high: float = 1e6) -> float:
    """A plain number above `low`."""
    try:
        value = plain_value(raw, units.DIMENSIONS["ratio"]).value
    except UnitError:
        raise ReadError(f"{key} must be a plain number, not {kind_of(raw)}") from None
    if not low < value <= high:
        raise ReadError(f"{key} must be more than {low:g} and at most {high:g}, not {raw}")
    return value


def positive(quantity: Quantity, key: str, raw: Any) -> float:
    if quantity.value <= 0.0:
        raise ReadError(f"{key} must be more than 0, not {raw}")
    return quantity.value


def same_kind(parts: dict[str, Quantity], first: str) -> Dimension:
    """All parts measure the same as the first one."""
    kind = parts[first].dimension
    for key, part in parts.items():
        if part.dimension != kind:
            raise ReadError(f"{first} is {kind.phrase}, but {key} is {part.dimension.phrase}")
    return kind


def limits(raw: dict[str, Any], parts: dict[str, Quantity], low: float = -math.inf) -> tuple[float, float]:
    """`min` and `max`, each optional."""
    least = parts["min"].value if "min" in parts else low
    most = parts["max"].value if "max" in parts else math.inf
    if "min" in parts and least < low:
        raise ReadError(f"min must not be less than {low:g}, where the values begin; here it is {raw['min']}")
    if not least < most:
        shown_min = f"min {raw['min']}" if "min" in raw else f"{low:g}, where the values begin,"
        raise ReadError(f"{shown_min} must be less than max {raw['max']}")
    return least, most


def cut_between(
    whole: Gamma | Empirical, low: float, high: float, raw: dict[str, Any], name: str
) -> Distribution:
    """The whole, or its part between the ends."""
    begin, end = whole.support()
    if low <= begin and high >= end:
        return whole
    cut = Cut(whole, low, high)
    check_mass(cut.mass(), raw, name)
    return cut


def check_mass(mass: float, raw: dict[str, Any], name: str) -> None:
    if not mass >= LEAST_MASS:
        limits = " and ".join(f"{key} {raw[key]}" for key in ("min", "max") if key in raw)
        raise ReadError(
            f"hardly any value of this {name} lies within {limits}; widen them or move the distribution"
        )


def weight_of(raw: Any, what: str) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not 0 <= raw < 1e9:
        raise ReadError(f"{what} must be a number that is not negative")
    return float(raw)


def check_unitless(reading: Reading) -> None:
    if reading.dimension is not None and reading.dimension.name != "ratio":
        raise ReadError(f"whole numbers have no unit, but {units.needs(reading.dimension)}")
