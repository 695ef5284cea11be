"""Reads `{normal: {mean: 9 km/h, ...}}` into distributions, and says what is wrong with them.  Language floor."""

import math
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from scenarios import units
from scenarios.distributions import Choice, Distribution, Integers, Joint, Mixture, Poisson, Uniform
from scenarios.distributions.parts import (
    DISTRIBUTIONS,
    EXAMPLES,
    MAX_DEPTH,
    MAX_ITEMS,
    MAX_MEAN,
    Read,
    ReadError,
    Reading,
    check_mass,
    check_unitless,
    kind_of,
    plain_number,
    plain_value,
    settings,
    weight_of,
)
from scenarios.distributions.reading_data import read_empirical, read_histogram, read_joint
from scenarios.distributions.reading_shapes import (
    read_beta,
    read_chi_square,
    read_exponential,
    read_gamma,
    read_log_normal,
    read_log_uniform,
    read_normal,
    read_triangular,
    read_uniform,
)
from scenarios.errors import listing, nearest
from scenarios.tables import Tables
from scenarios.tree import Path
from scenarios.units import Dimension, UnitError

WORD = re.compile(r"-?[A-Za-z0-9_][A-Za-z0-9_.-]*")
_OTHER_NAMES = {  # what other tools call them; `nearest` finds the mere misspellings
    "truncated_normal": "normal",
    "truncnorm": "normal",
    "gaussian": "normal",
    "discrete": "choice",
    "categorical": "choice",
    "options": "choice",
    "chi2": "chi_square",
    "range": "uniform",
    "loguniform": "log_uniform",
    "table": "joint",
}


def read_distribution(
    value: dict[str, Any], dimension: Dimension | None, tables: Tables | None = None
) -> Read:
    """The distribution and what it measures; raises ReadError."""
    return _read(value, Reading(dimension, tables or Tables(FilePath())))


def _read(value: dict[str, Any], reading: Reading) -> Read:
    if len(value) != 1 or next(iter(value)) not in DISTRIBUTIONS:
        written = next((str(key) for key in value if key not in DISTRIBUTIONS), "")
        if not written:
            raise ReadError(f"one distribution is needed, and here are {len(value)}: {listing(list(value))}")
        if written.lower() in _OTHER_NAMES:
            raise ReadError(f'"{written}" is written {EXAMPLES[_OTHER_NAMES[written.lower()]]} here')
        raise ReadError(f'unknown distribution "{written}"; {nearest(written, DISTRIBUTIONS)}')
    (name, body), *_ = value.items()
    try:
        return _READERS[name](body, reading)
    except ReadError:
        raise
    except UnitError as error:
        raise ReadError(str(error)) from None


def _integers(raw: Any, reading: Reading) -> Read:
    check_unitless(reading)
    if not isinstance(raw, list) or len(raw) != 2 or not all(type(end) is int for end in raw):
        raise ReadError("two whole numbers are needed, such as {integers: [1, 5]}")
    if raw[0] > raw[1]:
        raise ReadError(f"{raw[0]} is more than {raw[1]}; write the smaller end first")
    if max(map(abs, raw)) > 2**52:
        raise ReadError("a whole number here lies between -2^52 and 2^52")
    return Integers(raw[0], raw[1]), units.DIMENSIONS["ratio"]


def _poisson(raw: Any, reading: Reading) -> Read:
    settings(raw, "poisson", [["mean"]], ["min", "max"])
    check_unitless(reading)
    mean = plain_number(raw["mean"], "mean", 0.0, MAX_MEAN)
    for key in ("min", "max"):
        if key in raw and (type(raw[key]) is not int or not 0 <= raw[key] <= 10**6):
            raise ReadError(f"{key} must be a whole number that is not negative, not {kind_of(raw[key])}")
    low, high = raw.get("min", 0), raw.get("max", math.inf)
    if low > high:
        raise ReadError(f"min {low} must not be more than max {high}")
    counts = Poisson(mean, low, high)
    check_mass(counts.mass(), raw, "poisson")
    return counts, units.DIMENSIONS["ratio"]


def _choice(raw: Any, reading: Reading) -> Read:
    if isinstance(raw, list):
        raw_weights: dict[Any, Any] = {str(item): 1.0 for item in raw if isinstance(item, str | int | float)}
        if len(raw_weights) != len(raw):
            raise ReadError("a choice lists plain values, each one once")
    elif isinstance(raw, dict):
        raw_weights = raw
    else:
        raise ReadError("a list or weights are needed, such as {choice: {lit: 0.7, dark: 0.3}}")
    weights = [weight_of(weight, f'the weight of "{item}"') for item, weight in raw_weights.items()]
    if not sum(weights) > 0.0:
        raise ReadError("a choice needs at least one value with a weight above 0")
    texts = [str(item).strip() for item in raw_weights]
    if reading.dimension is None and all(WORD.fullmatch(t) and not _looks_measured(t) for t in texts):
        return Choice(tuple(texts), tuple(weights)), None
    values = [plain_value(t, reading.dimension) for t in texts]
    first = values[0].dimension
    for quantity in values:
        if quantity.dimension != first:
            raise ReadError(f"the choices are {first.phrase} and {quantity.dimension.phrase}")
    return Choice(tuple(q.value for q in values), tuple(weights)), first


def _looks_measured(text: str) -> bool:
    return text[0].isdigit() or (text[0] == "-" and text[1:2].isdigit())


def _mixture(raw: Any, reading: Reading) -> Read:
    if not isinstance(raw, list) or not 1 < len(raw) <= MAX_ITEMS:
        raise ReadError(f"a list of at least two parts is needed, such as {EXAMPLES['mixture']}")
    if reading.depth >= MAX_DEPTH:
        raise ReadError(f"mixtures are nested more than {MAX_DEPTH} deep")
    inner = replace(reading, depth=reading.depth + 1)
    parts, weights, kind = [], [], None
    for i, item in enumerate(raw):
        where: Path = ("mixture", i)
        try:
            settings(item, "mixture", [["of"]], ["weight"])
            weights.append(weight_of(item.get("weight", 1), "the weight"))
            where = (*where, "of")
            part, dimension = _part(item["of"], inner)
        except UnitError as error:
            raise ReadError(str(error), (*where, *getattr(error, "at", ()))) from None
        if kind is not None and dimension != kind:
            raise ReadError(f"the first part is {kind.phrase}, but this one is {dimension.phrase}", where)
        kind = dimension
        parts.append(part)
    if not sum(weights) > 0.0:
        raise ReadError("a mixture needs at least one part with a weight above 0")
    return Mixture(tuple(parts), tuple(weights)), kind


def _part(raw: Any, reading: Reading) -> tuple[Distribution, Dimension]:
    """A distribution, a range, or one value that stands by itself."""
    if not isinstance(raw, dict):
        ends = units.parse_range(str(raw), reading.dimension) if isinstance(raw, str) else None
        if ends is not None:
            return Uniform(ends[0].value, ends[1].value), ends[0].dimension
        value = plain_value(raw, reading.dimension)
        return Choice((value.value,), (1.0,)), value.dimension
    part, dimension = _read(raw, reading)
    if dimension is None:
        raise ReadError("a mixture is of quantities; words are picked by {choice: {lit: 0.7, dark: 0.3}}")
    if isinstance(part, Joint):
        raise ReadError("rows of a table are drawn as a whole and cannot be mixed; use empirical")
    if isinstance(part, Choice):  # in rising order, as its inverse must be
        pairs = sorted((v, w) for v, w in zip(part.values, part.weights, strict=True) if isinstance(v, float))
        part = Choice(tuple(v for v, _ in pairs), tuple(w for _, w in pairs))
    return part, dimension


_READERS: dict[str, Callable[[Any, Reading], Read]] = {
    "uniform": read_uniform,
    "normal": read_normal,
    "log_uniform": read_log_uniform,
    "choice": _choice,
    "integers": _integers,
    "log_normal": read_log_normal,
    "exponential": read_exponential,
    "gamma": read_gamma,
    "chi_square": read_chi_square,
    "beta": read_beta,
    "triangular": read_triangular,
    "poisson": _poisson,
    "mixture": _mixture,
    "histogram": read_histogram,
    "empirical": read_empirical,
    "joint": read_joint,
}
