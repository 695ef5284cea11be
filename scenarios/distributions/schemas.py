"""JSON Schemas of the distributions, with what each one means: completion and hover text in editors.  Language floor."""

from typing import Any

from scenarios.distributions.parts import DISTRIBUTIONS, EXAMPLES

JsonSchema = dict[str, Any]

MEANINGS: dict[str, str] = {
    "uniform": "between two ends, every value equally likely; 30..50 km/h is the same",
    "normal": "the bell curve, cut off at min and max where they are given",
    "log_uniform": "between two ends above 0, every factor equally likely: as often 10 to 20 as 20 to 40",
    "choice": "one of these values or words, with weights; without weights all equally likely",
    "integers": "a whole number between two ends, both included",
    "log_normal": "above 0 and skewed: two thirds lie within `factor` of the median, either way; or by mean and sd",
    "exponential": "waiting times: begins at min (0 when left out) and exceeds it by mean on average, cut off at max",
    "gamma": "above 0, from the exponential (shape 1) to nearly normal (large shape); by shape and scale or mean and sd",
    "chi_square": "scale times the sum of df squared standard normal numbers, cut off at min and max",
    "beta": "between min and max, near min where b is more than a, near max where it is less, even at a = b = 1",
    "triangular": "the least, the most likely and the largest value, with straight lines between them",
    "poisson": "how many of something that happens mean times on average: 0, 1, 2, ...",
    "mixture": "one of several distributions, ranges or single values, each with a weight (1 when left out)",
    "histogram": "bins by their edges, with counts; within a bin every value is equally likely",
    "empirical": "a column of a CSV or Parquet file, interpolated; interpolate: false keeps to its values",
    "joint": "a column of a CSV or Parquet file; all that name the same file are drawn from one row",
}

_VALUE: JsonSchema = {"type": ["string", "number"]}
_NUMBER: JsonSchema = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^[0-9.]+ *%?$"}]}
_WEIGHT: JsonSchema = {"type": "number", "minimum": 0}
_CUT = {"min": _VALUE, "max": _VALUE}


def _list(item: JsonSchema, least: int, most: int | None = None) -> JsonSchema:
    bounds = {"minItems": least} | ({"maxItems": most} if most is not None else {})
    return {"type": "array", "items": item, **bounds}


def _settings(needed: JsonSchema, optional: JsonSchema | None = None) -> JsonSchema:
    return {
        "type": "object",
        "properties": needed | (optional or {}),
        "required": list(needed),
        "additionalProperties": False,
    }


def distribution_schema() -> JsonSchema:
    """Any of the distributions, as a mapping of one word; refers to itself inside mixtures."""
    moments: JsonSchema = {"mean": _VALUE, "sd": _VALUE}
    source: JsonSchema = {"file": {"type": "string"}, "column": {"type": ["string", "integer"]}}
    unit: JsonSchema = {"unit": {"type": "string"}}
    whole: JsonSchema = {"type": "integer", "minimum": 0}
    part: JsonSchema = {"anyOf": [_VALUE, {"$ref": "#/$defs/distribution"}]}
    bodies: dict[str, JsonSchema] = {
        "uniform": _list(_VALUE, 2, 2),
        "normal": _settings(moments, _CUT),
        "log_uniform": _list(_VALUE, 2, 2),
        "choice": {
            "anyOf": [
                _list(_VALUE, 1),
                {"type": "object", "additionalProperties": _WEIGHT, "minProperties": 1},
            ]
        },
        "integers": _list({"type": "integer"}, 2, 2),
        "log_normal": {
            "anyOf": [_settings({"median": _VALUE, "factor": _NUMBER}, _CUT), _settings(moments, _CUT)]
        },
        "exponential": _settings({"mean": _VALUE}, _CUT),
        "gamma": {"anyOf": [_settings({"shape": _NUMBER, "scale": _VALUE}, _CUT), _settings(moments, _CUT)]},
        "chi_square": _settings({"df": _NUMBER}, {"scale": _VALUE, **_CUT}),
        "beta": _settings({"a": _NUMBER, "b": _NUMBER, **_CUT}),
        "triangular": _list(_VALUE, 3, 3),
        "poisson": _settings({"mean": _NUMBER}, {"min": whole, "max": whole}),
        "mixture": _list(_settings({"of": part}, {"weight": _WEIGHT}), 2),
        "histogram": _settings({"edges": _list(_VALUE, 2), "counts": _list(_WEIGHT, 1)}),
        "empirical": _settings(source, {**unit, "interpolate": {"type": "boolean"}, **_CUT}),
        "joint": _settings(source, unit),
    }
    return {
        "description": "a value that chance picks",
        "type": "object",
        "properties": {
            name: bodies[name] | {"description": f"{MEANINGS[name]}, such as {EXAMPLES[name]}"}
            for name in DISTRIBUTIONS
        },
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
