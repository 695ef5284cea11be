"""JSON Schemas of scenario and rig files, for completion and checking in editors.  Language floor.

They follow from the models and are a little more generous than the reader: dimensions, ranges and names are the
reader's business.  `# yaml-language-server: $schema=scenario.schema.json` on top of a file switches an editor on.
"""

from typing import Any

from scenarios import units
from scenarios.bodies import BODIES
from scenarios.draft import DISTRIBUTIONS
from scenarios.schema import DraftRig, DraftScenario
from scenarios.taxonomy import ACTOR_CLASSES

JsonSchema = dict[str, Any]

_NUMBER = r"[+-]?(\d+(\.\d+)?|\.\d+)([eE][+-]?\d+)?"
_CLOCK = r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?"


def scenario_schema() -> JsonSchema:
    """The schema of `*.scenario.yaml`."""
    schema = _schema(DraftScenario, "Stormlane scenario")
    for name, part in schema["$defs"].items():
        if name.startswith("Actor"):
            part["properties"]["model"] = _words(list(BODIES))
        if name.startswith("Traffic"):
            kinds = [c.name for c in ACTOR_CLASSES.values() if c.moves == "vehicle"]
            part["properties"]["mix"]["propertyNames"] = {"enum": kinds}
        if name.startswith("Start"):
            part["properties"]["road"]["type"] = ["string", "integer"]  # ids of roads often look like numbers
        if name.startswith("Step"):
            part |= {"minProperties": 1, "maxProperties": 1}
    return schema


def rig_schema() -> JsonSchema:
    """The schema of a rig file."""
    return _schema(DraftRig, "Stormlane rig")


def _schema(model: Any, title: str) -> JsonSchema:
    schema: JsonSchema = model.model_json_schema(by_alias=True, mode="validation")
    used: set[str] = set()
    schema = _filled(schema, used)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = title
    definitions = schema.setdefault("$defs", {})
    for name in sorted(used):
        definitions[f"quantity_{name}"] = _quantity(name)
    definitions["distribution"] = _distribution()
    return schema


def _filled(node: Any, used: set[str]) -> Any:
    """The schema with the markers that `measure` and `word` leave replaced; None is never written in a file."""
    if isinstance(node, list):
        return [_filled(item, used) for item in node]
    if not isinstance(node, dict):
        return node
    if "x-measure" in node:
        used.add(node["x-measure"])
        return _with_notes({"$ref": f"#/$defs/quantity_{node['x-measure']}"}, node)
    if "x-word" in node:
        return _with_notes(_words(node["x-word"]), node)
    filled = {key: _filled(value, used) for key, value in node.items() if key != "title"}
    members = filled.get("anyOf")
    if isinstance(members, list) and {"type": "null"} in members:
        members.remove({"type": "null"})
        if len(members) == 1:
            del filled["anyOf"]
            filled = {**members[0], **filled}
        if filled.get("default", ...) is None:
            del filled["default"]
    return filled


def _with_notes(schema: JsonSchema, node: JsonSchema) -> JsonSchema:
    return schema | {key: node[key] for key in ("description",) if key in node}


def _quantity(name: str) -> JsonSchema:
    """Every way to write a quantity of a dimension."""
    alternatives: list[JsonSchema] = []
    if name == "any":
        alternatives += [{"type": "number"}, {"type": "string"}]
        return {
            "description": "a quantity with its unit, a word, or a distribution",
            "anyOf": [*alternatives, _ref()],
        }
    dimension = units.DIMENSIONS[name]
    if name == "time_of_day":
        alternatives.append({"type": "string", "pattern": rf"^{_CLOCK}(\.\.{_CLOCK})?$"})
    else:
        unit = "|".join(_escaped(u) for u in dimension.units if u)
        optional = "?" if name == "ratio" else ""
        alternatives.append(
            {"type": "string", "pattern": rf"^{_NUMBER}( *({unit}))?(\.\.{_NUMBER})? *({unit}){optional}$"}
        )
        alternatives.append({"type": "number"} if name == "ratio" else {"const": 0})
    alternatives += [{"type": "string", "pattern": r"^(\$[A-Za-z_][A-Za-z0-9_]*|=.*)$"}, _ref()]
    return {
        "description": f"{dimension.phrase}, such as {dimension.example}",
        "examples": [dimension.example],
        "anyOf": alternatives,
    }


def _words(allowed: list[str]) -> JsonSchema:
    plain: JsonSchema = {"enum": allowed} if allowed else {"type": ["string", "integer"]}
    return {"anyOf": [plain, {"type": "string", "pattern": r"^\$[A-Za-z_][A-Za-z0-9_]*$"}, _ref()]}


def _ref() -> JsonSchema:
    return {"$ref": "#/$defs/distribution"}


def _distribution() -> JsonSchema:
    value: JsonSchema = {"type": ["string", "number"]}
    pair: JsonSchema = {"type": "array", "items": value, "minItems": 2, "maxItems": 2}
    bodies: dict[str, JsonSchema] = {
        "uniform": pair,
        "log_uniform": pair,
        "normal": {
            "type": "object",
            "properties": {"mean": value, "sd": value, "min": value, "max": value},
            "required": ["mean", "sd"],
            "additionalProperties": False,
        },
        "choice": {
            "anyOf": [
                {"type": "array", "items": value, "minItems": 1},
                {
                    "type": "object",
                    "additionalProperties": {"type": "number", "minimum": 0},
                    "minProperties": 1,
                },
            ]
        },
        "integers": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
    }
    return {
        "description": "a value that chance picks",
        "type": "object",
        "properties": {name: bodies[name] for name in DISTRIBUTIONS},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }


def _escaped(unit: str) -> str:
    return unit.replace("^", r"\^")
