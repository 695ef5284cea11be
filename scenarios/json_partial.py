"""What editors are told of files that say only part of a scenario, and of weathers with names.  Language floor.

A file that extends or includes others may leave out what they bring, and takes things out with null.  So the schema's
own words are lenient, and a whole file has to stand in the strict ones as well.
"""

from typing import Any

from scenarios.files import weathers

JsonSchema = dict[str, Any]

_OVER = "_over"  # ends the names of lenient parts
_DEMANDS = ("required", "oneOf", "minProperties", "maxProperties")
_SHOWN = ("description", "examples", "deprecationMessage", "default")


def with_names(weather: JsonSchema) -> JsonSchema:
    """Keyframes, or the name of a weather, or both in one list."""
    named = {
        "description": "The name of a weather: one of the package, or of the folder weathers beside the file.",
        "type": "string",
        "anyOf": [{"enum": list(weathers())}, {"pattern": r"^[A-Za-z0-9_./-]+$"}],
    }
    use = {
        "type": "object",
        "properties": {
            "use": named,
            "at": {"description": "when it begins, such as 3 s", "type": ["string", "integer"]},
            "params": {"description": "values for its parameters, such as {rate: 20 mm/h}", "type": "object"},
            "prefix": {"description": "before its parameters, instead of its name", "type": "string"},
        },
        "required": ["use"],
        "additionalProperties": False,
    }
    shown = {key: weather[key] for key in _SHOWN if key in weather}
    keys = {key: value for key, value in weather.items() if key not in _SHOWN}
    keys["items"] = {"anyOf": [keys["items"], use]}
    return shown | {"anyOf": [keys, named, use]}


def allow_partial_files(schema: JsonSchema) -> None:
    """Make the schema's words lenient for files that extend or include others, and strict for all the rest."""
    parts = [name for name, part in schema["$defs"].items() if "x-part" in part]
    strict = {
        "required": schema.pop("required"),
        "properties": {word: _without(shown, _SHOWN) for word, shown in schema["properties"].items()},
    }
    for name in parts:
        schema["$defs"][name + _OVER] = _lenient_part(schema["$defs"][name], parts)
    schema["properties"] = {
        word: shown if word in ("scenario", "version", "extends", "include") else _lenient(shown, parts)
        for word, shown in schema["properties"].items()
    }
    schema["if"] = {"anyOf": [{"required": ["extends"]}, {"required": ["include"]}]}
    schema["then"] = {}
    schema["else"] = strict


def _lenient_part(part: JsonSchema, parts: list[str]) -> JsonSchema:
    lenient = _without(part, _DEMANDS)
    if "properties" in part:
        lenient["properties"] = {word: _lenient(shown, parts) for word, shown in part["properties"].items()}
    return lenient


def _lenient(shown: JsonSchema, parts: list[str]) -> JsonSchema:
    """A word that may also be null, and whose mappings need not be whole."""
    told = {key: value for key, value in shown.items() if key in _SHOWN}
    form = _partial(_without(shown, _SHOWN), parts)
    return told | {"anyOf": [form, {"type": "null"}]}


def _partial(node: Any, parts: list[str]) -> Any:
    """References to parts made lenient; lists are replaced as a whole, so what they hold stays strict."""
    if isinstance(node, list):
        return [_partial(item, parts) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("type") == "array":
        return node
    lenient = {key: _partial(value, parts) for key, value in node.items() if key not in _DEMANDS}
    if lenient.get("type") == "object" and isinstance(lenient.get("additionalProperties"), dict):
        lenient["additionalProperties"] = {"anyOf": [lenient["additionalProperties"], {"type": "null"}]}
    reference = str(node.get("$ref", "")).removeprefix("#/$defs/")
    if reference in parts:
        lenient["$ref"] = f"#/$defs/{reference}{_OVER}"
    return lenient


def _without(node: JsonSchema, keys: tuple[str, ...]) -> JsonSchema:
    return {key: value for key, value in node.items() if key not in keys}
