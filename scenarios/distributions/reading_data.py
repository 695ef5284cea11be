"""Readers of distributions that come from data: histograms, columns and rows of tables.  Language floor."""

from collections.abc import Sequence
from pathlib import Path as FilePath
from typing import Any

from scenarios import units
from scenarios.distributions import Empirical, Histogram, Joint
from scenarios.distributions.parts import (
    EXAMPLES,
    MAX_ITEMS,
    Read,
    ReadError,
    Reading,
    check_mass,
    cut_between,
    kind_of,
    limits,
    plain_value,
    same_kind,
    settings,
    weight_of,
)
from scenarios.tables import TableError, quantities, words
from scenarios.units import UnitError


def read_histogram(raw: Any, reading: Reading) -> Read:
    settings(raw, "histogram", [["edges", "counts"]])
    edges, counts = raw["edges"], raw["counts"]
    for key in ("edges", "counts"):
        if not isinstance(raw[key], list) or not 1 <= len(raw[key]) <= MAX_ITEMS:
            raise ReadError(f"{key} must be a list, such as {EXAMPLES['histogram']}")
    if len(edges) != len(counts) + 1:
        raise ReadError(f"{len(counts)} counts need {len(counts) + 1} edges, not {len(edges)}")
    ends = [plain_value(edge, reading.dimension) for edge in edges]
    kind = same_kind({f"edge {k}": end for k, end in enumerate(ends)}, "edge 0")
    for k in range(len(counts)):
        if not ends[k].value < ends[k + 1].value:
            raise ReadError(f"edge {edges[k + 1]} must be more than {edges[k]}, the one before it")
    weights = tuple(weight_of(count, f"count {k}") for k, count in enumerate(counts))
    if not sum(weights) > 0.0:
        raise ReadError("a histogram needs at least one count above 0")
    return Histogram(tuple(end.value for end in ends), weights), kind


def read_empirical(raw: Any, reading: Reading) -> Read:
    settings(raw, "empirical", [["file", "column"]], ["unit", "interpolate", "min", "max"])
    if not isinstance(raw.get("interpolate", True), bool):
        raise ReadError(f"interpolate is true or false, not {kind_of(raw['interpolate'])}")
    try:
        file, column, unit = _column_names(raw)
        cells = reading.tables.column(file, column)
        values, kind = quantities(cells, file, column, unit, reading.dimension)
    except TableError as error:
        raise ReadError(str(error), ("empirical", error.key)) from None
    low, high = limits(raw, {key: plain_value(raw[key], kind) for key in ("min", "max") if key in raw})
    if raw.get("interpolate", True):
        return cut_between(Empirical(tuple(sorted(values))), low, high, raw, "empirical"), kind
    kept = tuple(sorted(value for value in values if low <= value <= high))
    check_mass(len(kept), raw, "empirical")
    return Empirical(kept, stepped=True), kind


def read_joint(raw: Any, reading: Reading) -> Read:
    settings(raw, "joint", [["file", "column"]], ["unit"])
    try:
        file, column, unit = _column_names(raw)
        cells = reading.tables.column(file, column)
        name = reading.tables.prefix + FilePath(file).as_posix()
        if unit is None and reading.dimension is None and not _measured(cells):
            return Joint(name, words(cells, file, column)), None
        values, kind = quantities(cells, file, column, unit, reading.dimension)
    except TableError as error:
        raise ReadError(str(error), ("joint", error.key)) from None
    return Joint(name, values), kind


def _column_names(raw: dict[str, Any]) -> tuple[str, str, str | None]:
    for key in ("file", "column", "unit"):
        if key in raw and (isinstance(raw[key], bool) or not isinstance(raw[key], str | int | float)):
            raise TableError(key, f"{key} must be a text, not {kind_of(raw[key])}")
    return str(raw["file"]), str(raw["column"]), str(raw["unit"]) if "unit" in raw else None


def _measured(cells: Sequence[str | float | None]) -> bool:
    """Whether a column is of numbers or times of day, where no unit says so."""
    first = next((cell for cell in cells if cell not in (None, "")), None)
    if not isinstance(first, str):
        return True
    try:
        units.parse(first)
    except UnitError:
        return False
    return True
