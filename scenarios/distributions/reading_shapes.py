"""Readers of distributions with a shape: between two ends, or with tails that may be cut.  Language floor."""

import math
from typing import Any

from scenarios import units
from scenarios.distributions import (
    Beta,
    Exponential,
    Gamma,
    LogNormal,
    LogUniform,
    Normal,
    Triangular,
    Uniform,
)
from scenarios.distributions.parts import (
    EXAMPLES,
    Read,
    ReadError,
    Reading,
    cut_between,
    limits,
    plain_number,
    plain_value,
    positive,
    same_kind,
    settings,
    shown,
    spread_of,
)
from scenarios.units import Dimension, Quantity


def _pair(raw: Any, name: str, dimension: Dimension | None) -> tuple[Quantity, Quantity]:
    if not isinstance(raw, list) or len(raw) != 2:
        raise ReadError(f"two ends are needed, such as {{{name}: [10 mm/h, 40 mm/h]}}")
    low, high = (plain_value(end, dimension) for end in raw)
    if low.dimension != high.dimension:
        raise ReadError(f"the ends are {low.dimension.phrase} and {high.dimension.phrase}")
    if low.value > high.value:
        raise ReadError(f"{raw[0]} is more than {raw[1]}; write the smaller end first")
    return low, high


def read_uniform(raw: Any, reading: Reading) -> Read:
    low, high = _pair(raw, "uniform", reading.dimension)
    return Uniform(low.value, high.value), low.dimension


def read_log_uniform(raw: Any, reading: Reading) -> Read:
    low, high = _pair(raw, "log_uniform", reading.dimension)
    if low.value <= 0.0:
        raise ReadError(f"{raw[0]} must be more than 0, because its logarithm is taken")
    return LogUniform(low.value, high.value), low.dimension


def read_triangular(raw: Any, reading: Reading) -> Read:
    if not isinstance(raw, list) or len(raw) != 3:
        raise ReadError(
            f"the least, the most likely and the largest value are needed, such as {EXAMPLES['triangular']}"
        )
    low, mode, high = (plain_value(corner, reading.dimension) for corner in raw)
    kind = same_kind({"the first value": low, "the second": mode, "the third": high}, "the first value")
    if not low.value <= mode.value <= high.value or low.value == high.value:
        raise ReadError(f"{shown(raw)} must rise: the least, the most likely, the largest value")
    return Triangular(low.value, mode.value, high.value), kind


def read_beta(raw: Any, reading: Reading) -> Read:
    settings(raw, "beta", [["a", "b", "min", "max"]])
    a, b = (plain_number(raw[key], key, 0.0, 1e4) for key in ("a", "b"))
    ends = {key: plain_value(raw[key], reading.dimension) for key in ("min", "max")}
    kind = same_kind(ends, "min")
    low, high = limits(raw, ends)
    return Beta(a, b, low, high), kind


def read_normal(raw: Any, reading: Reading) -> Read:
    settings(raw, "normal", [["mean", "sd"]], ["min", "max"])
    parts = {key: plain_value(raw[key], reading.dimension) for key in ("mean", "min", "max") if key in raw}
    parts["sd"] = spread_of(raw["sd"], reading.dimension, parts["mean"])
    kind = same_kind(parts, "mean")
    sd = positive(parts["sd"], "sd", raw["sd"])
    return Normal(parts["mean"].value, sd, *limits(raw, parts)), kind


def read_log_normal(raw: Any, reading: Reading) -> Read:
    settings(raw, "log_normal", [["median", "factor"], ["mean", "sd"]], ["min", "max"])
    parts = {key: plain_value(raw[key], reading.dimension) for key in raw if key != "factor"}
    first = "median" if "median" in parts else "mean"
    kind = same_kind(parts, first)
    middle = positive(parts[first], first, raw[first])
    low, high = limits(raw, parts, low=0.0)
    if first == "median":
        factor = plain_number(raw["factor"], "factor", 1.0, 1e3)
    else:  # moments of the quantity itself, before it is cut
        variance = math.log1p((positive(parts["sd"], "sd", raw["sd"]) / middle) ** 2)
        middle, factor = middle * math.exp(-0.5 * variance), math.exp(math.sqrt(variance))
    if not 1.0 < factor <= 1e3:
        raise ReadError(
            f"sd {raw['sd']} is too {'small' if factor <= 1.0 else 'large'} for mean {raw['mean']}"
        )
    return LogNormal(middle, factor, low, high), kind


def read_exponential(raw: Any, reading: Reading) -> Read:
    settings(raw, "exponential", [["mean"]], ["min", "max"])
    parts = {key: plain_value(raw[key], reading.dimension) for key in raw}
    kind = same_kind(parts, "mean")
    mean = positive(parts["mean"], "mean", raw["mean"])
    low = parts["min"].value if "min" in parts else 0.0
    high = parts["max"].value if "max" in parts else math.inf
    if not low < high:
        raise ReadError(f"min {raw.get('min', 0)} must be less than max {raw['max']}")
    return Exponential(mean, low, high), kind


def read_gamma(raw: Any, reading: Reading) -> Read:
    settings(raw, "gamma", [["shape", "scale"], ["mean", "sd"]], ["min", "max"])
    parts = {key: plain_value(raw[key], reading.dimension) for key in raw if key != "shape"}
    first = "scale" if "scale" in parts else "mean"
    kind = same_kind(parts, first)
    scale = positive(parts[first], first, raw[first])
    if first == "scale":
        shape = plain_number(raw["shape"], "shape", 0.0, 1e6)
    else:
        sd = positive(parts["sd"], "sd", raw["sd"])
        shape, scale = (scale / sd) ** 2, sd * sd / scale
        if not 1e-3 < shape <= 1e6:
            raise ReadError(
                f"sd {raw['sd']} is too {'large' if shape < 1.0 else 'small'} for mean {raw['mean']}"
            )
    return cut_between(Gamma(shape, scale), *limits(raw, parts, low=0.0), raw, "gamma"), kind


def read_chi_square(raw: Any, reading: Reading) -> Read:
    settings(raw, "chi_square", [["df"]], ["scale", "min", "max"])
    df = plain_number(raw["df"], "df", 0.0, 1e6)
    parts = {key: plain_value(raw[key], reading.dimension) for key in raw if key != "df"}
    if "scale" not in parts:
        if reading.dimension is not None and reading.dimension.name != "ratio":
            raise ReadError(
                f"scale is needed, such as {EXAMPLES['chi_square']}, for {units.needs(reading.dimension)}"
            )
        parts["scale"] = Quantity(1.0, units.DIMENSIONS["ratio"])
    kind = same_kind(parts, "scale")
    scale = positive(parts["scale"], "scale", raw.get("scale"))
    whole = Gamma(0.5 * df, 2.0 * scale)
    return cut_between(whole, *limits(raw, parts, low=0.0), raw, "chi_square"), kind
