"""The JSON Schemas: what an editor completes, shows and underlines."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from scenarios import tree
from scenarios.errors import ScenarioErrors
from scenarios.json_schema import JsonSchema, rig_schema, scenario_schema
from tests.language.test_wrong_files import WRONG_RIGS, WRONG_SCENARIOS
from tests.support.wrong_files import RIG, RIGHT, edited

MODELS = sorted((Path(__file__).parents[3] / "shared/reference").glob("*.scenario.yaml"))
SCENARIO_SCHEMA, RIG_SCHEMA = scenario_schema(), rig_schema()
SCENARIO = jsonschema.Draft7Validator(SCENARIO_SCHEMA)
RIGS = jsonschema.Draft7Validator(RIG_SCHEMA)


def words(schema: JsonSchema) -> Iterator[tuple[str, str, JsonSchema]]:
    """Every word of every part: the part, the word, and its schema."""
    for part, body in {"file": schema, **schema["$defs"]}.items():
        if part != "distribution":
            for word, shown in body.get("properties", {}).items():
                yield part, word, shown


@pytest.mark.parametrize("schema", [SCENARIO_SCHEMA, RIG_SCHEMA], ids=["scenario", "rig"])
def test_hovering_over_a_word_says_what_it_means_and_how_it_is_written(schema: JsonSchema) -> None:
    for part, word, shown in words(schema):
        hint = f"give {word} of {part} a Field(description=..., examples=[...])"
        assert shown.get("examples") and len(shown["description"].split()) >= 5, hint
        assert "For example: " in shown["description"], f"{word} of {part}"


@pytest.mark.parametrize("schema", [SCENARIO_SCHEMA, RIG_SCHEMA], ids=["scenario", "rig"])
def test_every_example_stands_in_its_own_schema(schema: JsonSchema) -> None:
    for part, word, shown in words(schema):
        inner = {"$defs": schema["$defs"], **shown}
        jsonschema.Draft7Validator(inner).validate(shown["examples"][0])
        assert shown["examples"][0] is not None, f"{word} of {part}"


def test_hover_text_has_range_unit_default_and_the_reason_of_what_is_planned() -> None:
    shown = SCENARIO_SCHEMA
    start = shown["$defs"]["Start_Draft_Draft_"]["properties"]
    assert start["curb_gap"]["description"] == (
        "Between a parked vehicle and the kerb. A length from 0 m to 3 m. By default 0.25 m. For example: 0.25 m"
    )
    for part, word, body in words(shown):
        planned = "Not yet: " in body["description"]
        assert planned == ("deprecationMessage" in body), f"{word} of {part}"
        if planned:
            assert body["deprecationMessage"].startswith(f'"{word}" is not supported yet: ')


def test_models_are_completed_with_their_size() -> None:
    model = SCENARIO_SCHEMA["$defs"]["Actor_Draft_Draft_"]["properties"]["model"]["anyOf"][0]
    assert "car.sedan" in model["enum"]
    assert model["enumDescriptions"][model["enum"].index("car.sedan")].startswith("car, 4.68 m long")


def test_steps_are_completed_whole() -> None:
    step = SCENARIO_SCHEMA["$defs"]["Step_Draft_Draft_"]
    snippets = {snippet["label"]: snippet["body"] for snippet in step["defaultSnippets"]}
    assert snippets["drive"] == {"drive": {"speed": "50 km/h"}}
    for body in snippets.values():
        jsonschema.Draft7Validator({"$defs": SCENARIO_SCHEMA["$defs"], **step}).validate(body)


def test_it_is_draft_7_without_words_that_editors_read_differently() -> None:
    def nodes(node: Any) -> Iterator[dict[str, Any]]:
        for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            yield from nodes(inner)
        if isinstance(node, dict):
            yield node

    for schema in (SCENARIO_SCHEMA, RIG_SCHEMA):
        assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
        for node in nodes(schema):
            assert "$ref" not in node or set(node) == {"$ref"}, (
                node
            )  # siblings are ignored or not, as editors please
            assert not {"prefixItems", "unevaluatedProperties", "dependentSchemas", "x-part"} & set(node)


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.name)
def test_the_model_files_stand_in_the_schema(path: Path) -> None:
    SCENARIO.validate(tree.read(path.read_text(), "model").data)


def test_steps_within_steps_are_checked_to_the_bottom() -> None:
    inner = "walk: {to: opposite_sidewalk, speed: 9 km/h}"
    nested = f"one_of: {{0.5: [{{one_of: {{1: [{{{inner}}}]}}}}], 0.5: []}}".replace("0.5: []", "0.25: []")
    right = edited(RIGHT, f"- {inner}", f"- {nested}")
    SCENARIO.validate(tree.read(right, "file").data)
    assert not SCENARIO.is_valid(tree.read(right.replace("speed: 9 km/h", "speed: 9"), "file").data)


@pytest.mark.parametrize(
    ("row", "text", "validator"),
    [(row, RIGHT, SCENARIO) for row in WRONG_SCENARIOS] + [(row, RIG, RIGS) for row in WRONG_RIGS],
    ids=[row["wrong"] for row in (*WRONG_SCENARIOS, *WRONG_RIGS)],
)
def test_an_editor_underlines_every_mistake_of_form(
    row: dict[str, Any], text: str, validator: jsonschema.Draft7Validator
) -> None:
    """Names, ranges and dimensions across parameters are the reader's business: those rows say `seen by: reader`."""
    try:
        data = tree.read(edited(text, row["instead of"], row["stands"]), "file").data
    except ScenarioErrors:
        assert "seen by" not in row  # not YAML: the editor's own parser underlines it
        return
    hint = "add or take out `seen by: reader`: whether the mistake has the right form"
    assert validator.is_valid(data) == (row.get("seen by") == "reader"), hint


def test_right_files_are_not_underlined() -> None:
    SCENARIO.validate(tree.read(RIGHT, "right").data)
    RIGS.validate(tree.read(RIG, "rig").data)
