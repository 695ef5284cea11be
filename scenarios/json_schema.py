"""JSON Schemas of scenario and rig files, for completion, hover text and checking in editors.  Language floor.

They follow from the models and are a little more generous than the reader: dimensions of parameters, names and ranges
are the reader's business.  `# yaml-language-server: $schema=scenario.schema.json` on top of a file switches an editor
on.  Draft 7, because editors' YAML servers know it best; and since they disagree about words beside a `$ref`, a
reference that says something of its own stands inside `allOf`.
"""

import json
import sys
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from scenarios import units, vocabulary
from scenarios.bodies import BODIES
from scenarios.distributions.schemas import distribution_schema
from scenarios.json_partial import allow_partial_files, with_names
from scenarios.own_assets import PREFIX
from scenarios.schema import DraftOwnAsset, DraftRig, DraftScenario
from scenarios.schema.suite import Suite
from scenarios.taxonomy import ACTOR_CLASSES
from scenarios.vocabulary import Entry
from scenarios.wording import origin_of

JsonSchema = dict[str, Any]

_NUMBER = r"[+-]?(\d+(\.\d+)?|\.\d+)([eE][+-]?\d+)?"
_CLOCK = r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?"
_NAMED = {"type": "string", "pattern": r"^\$[A-Za-z_][A-Za-z0-9_]*$"}
# Alternatives of which exactly one is given, by part.
_ONE_OF = {
    "Road": ("preset", "build", "opendrive"),
    "Wait": ("until", "for"),
    "Camera": ("fov", "focal"),
    "RoadPiece": ("line", "arc", "clothoid"),
}
_PATTERNS = {
    ("Clock", "date"): r"^\d{4}-\d{2}-\d{2}$",
    ("Clock", "zone"): r"^[+-](0\d|1[0-4]):[0-5]\d$",
}


def scenario_schema() -> JsonSchema:
    """The schema of `*.scenario.yaml`."""
    schema = _schema(DraftScenario, "Stormlane scenario")
    schema["properties"]["actors"]["required"] = ["ego"]
    for part in schema["$defs"].values():
        match _name(part):
            case "Actor":
                part["properties"]["model"] |= _models()
            case "Traffic":
                kinds = [c.name for c in ACTOR_CLASSES.values() if c.moves == "vehicle"]
                part["properties"]["mix"]["propertyNames"] = {"enum": kinds}
            case "Start" | "Patch":
                part["properties"]["road"]["type"] = [
                    "string",
                    "integer",
                ]  # ids of roads often look like numbers
                part["properties"]["road"]["type"] = [
                    "string",
                    "integer",
                ]  # ids of roads often look like numbers
                part["properties"]["lane"] |= _lanes()
            case "World":
                part["properties"]["weather"] = with_names(part["properties"]["weather"])
            case "Step":
                part |= {"minProperties": 1, "maxProperties": 1}
                part["defaultSnippets"] = _snippets(vocabulary.entries(_part(part["x-part"])))
                part["properties"]["one_of"]["propertyNames"] = {"pattern": r"^(\d+(\.\d*)?|\.\d+)$"}
    allow_partial_files(schema)
    return _unsigned(schema)


def rig_schema() -> JsonSchema:
    """The schema of a rig file."""
    return _unsigned(_schema(DraftRig, "Stormlane rig"))


def asset_schema() -> JsonSchema:
    """The schema of `*.asset.yaml`."""
    return _unsigned(_schema(DraftOwnAsset, "Stormlane asset"))


def suite_schema() -> JsonSchema:
    """The schema of `*.suite.yaml`."""
    return _unsigned(_schema(Suite, "Stormlane suite"))


def dumped(schema: JsonSchema) -> str:
    """The text of a schema file."""
    return json.dumps(schema, indent=1, sort_keys=True) + "\n"


def _schema(model: type[BaseModel], title: str) -> JsonSchema:
    schema: JsonSchema = model.model_json_schema(by_alias=True, mode="validation")
    used: set[str] = set()
    schema = _filled(schema, used)
    for part in (schema, *schema.setdefault("$defs", {}).values()):
        if "x-part" in part:
            _tell(part, vocabulary.entries(_part(part["x-part"])))
            if _name(part) in _ONE_OF:
                part["oneOf"] = [{"required": [word]} for word in _ONE_OF[_name(part)]]
            for word, shown in part["properties"].items():
                if (_name(part), word) in _PATTERNS:
                    shown["pattern"] = _PATTERNS[_name(part), word]
    schema["$schema"] = "http://json-schema.org/draft-07/schema#"
    schema["title"] = title
    schema["description"] = vocabulary.summary(model)
    definitions = schema["$defs"]
    for name in sorted(used):
        definitions[f"quantity_{name}"] = _quantity(name)
    definitions["distribution"] = distribution_schema()
    return schema


def _name(part: JsonSchema) -> str:
    """What the part is called in the schema, whatever its reading."""
    return origin_of(_part(part["x-part"])).__name__ if "x-part" in part else ""


def _part(name: str) -> type[BaseModel]:
    module, _, model = name.rpartition(".")
    found: type[BaseModel] = vars(sys.modules[module])[model]
    return found


def _tell(part: JsonSchema, entries: Iterable[Entry]) -> None:
    """Everything that hovering over a word should show."""
    part.pop("description", None)  # said where the part is used: some editors show only the innermost text
    for entry in entries:
        shown: JsonSchema = part["properties"][entry.word]
        if "$ref" in shown:
            shown = {"allOf": [{"$ref": shown["$ref"]}]}
        shown = {key: value for key, value in shown.items() if key != "examples"}
        shown["description"] = entry.hover()
        if entry.example:
            shown["examples"] = [vocabulary.example_value(entry.example)]
        if entry.planned:
            shown["deprecationMessage"] = f'"{entry.word}" is not supported yet: {entry.planned}'
        part["properties"][entry.word] = shown


def _snippets(steps: Iterable[Entry]) -> list[JsonSchema]:
    """Whole steps to complete to."""
    return [
        {
            "label": step.word,
            "description": step.hover(),
            "body": {step.word: vocabulary.example_value(step.example)},
        }
        for step in steps
        if step.example and not step.planned
    ]


def _models() -> JsonSchema:
    """Every model, each with its class and size to read while choosing."""
    shipped = [body for body in BODIES.values() if not body.model.startswith(PREFIX)]
    words = _words([body.model for body in shipped])
    sizes = [
        f"{body.actor_class}, {body.size_m[0]:g} m long, {body.size_m[1]:g} m wide, {body.size_m[2]:g} m high"
        for body in shipped
    ]
    words["anyOf"][0] |= {"enumDescriptions": sizes, "markdownEnumDescriptions": sizes}
    words["anyOf"].append({"type": "string", "pattern": r"^own\.[a-z][a-z0-9_]*$"})  # of asset files
    return words


def _unsigned(schema: JsonSchema) -> JsonSchema:
    """Without our own marks."""
    clean: JsonSchema = _without(schema, "x-part")
    return clean


def _without(node: Any, mark: str) -> Any:
    if isinstance(node, list):
        return [_without(item, mark) for item in node]
    if isinstance(node, dict):
        return {key: _without(value, mark) for key, value in node.items() if key != mark}
    return node


def _filled(node: Any, used: set[str]) -> Any:
    """The schema with the markers that `measure` and `word` leave replaced; None is never written in a file."""
    if isinstance(node, list):
        return [_filled(item, used) for item in node]
    if not isinstance(node, dict):
        return node
    if "x-measure" in node:
        used.add(node["x-measure"])
        return {"$ref": f"#/$defs/quantity_{node['x-measure']}"}
    if "x-word" in node:
        return _words(node["x-word"])
    filled = {key: _filled(value, used) for key, value in node.items() if key != "title"}
    if "prefixItems" in filled:  # draft 7 calls it items
        filled["items"] = filled.pop("prefixItems")
    members = filled.get("anyOf")
    if isinstance(members, list) and {"type": "null"} in members:
        members.remove({"type": "null"})
        if len(members) == 1:
            del filled["anyOf"]
            filled = {**members[0], **filled}
        if filled.get("default", ...) is None:
            del filled["default"]
    return filled


def _quantity(name: str) -> JsonSchema:
    """Every way to write a quantity of a dimension."""
    alternatives: list[JsonSchema] = []
    if name == "any":
        alternatives += [{"type": "number"}, {"type": "string"}]
        return {"anyOf": [*alternatives, _ref()]}
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
    return {"anyOf": alternatives}


def _words(allowed: list[str]) -> JsonSchema:
    """A word, or chance between words."""
    if not allowed:
        return {"anyOf": [{"type": ["string", "integer"]}, _ref()]}
    return _chance_of({"enum": allowed})


def _lanes() -> JsonSchema:
    return _chance_of(
        {
            "anyOf": [
                {"enum": ["right", "middle", "left", "oncoming"]},
                {"pattern": r"^-?\d{1,3}$"},
                {"type": "integer"},
            ]
        }
    )


def _chance_of(plain: JsonSchema) -> JsonSchema:
    choice = {
        "anyOf": [
            {"type": "array", "items": plain, "minItems": 1},
            {"type": "object", "propertyNames": plain, "minProperties": 1},
        ]
    }
    chosen = {"type": "object", "properties": {"choice": choice}, "required": ["choice"]}
    drawn = {"allOf": [_ref()], "not": {"required": ["choice"]}}
    return {"anyOf": [plain, _NAMED, {"allOf": [chosen, _ref()]}, drawn]}


def _ref() -> JsonSchema:
    return {"$ref": "#/$defs/distribution"}


def _escaped(unit: str) -> str:
    return unit.replace("^", r"\^")
