"""The page about the language says what the language is."""

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

import scenarios
from scenarios import units, vocabulary
from scenarios.distributions.parts import DISTRIBUTIONS
from scenarios.functions import FUNCTIONS, GROUPS
from scenarios.json_schema import dumped
from scenarios.schema import DraftRig, DraftScenario
from scenarios.wording import field_at, literals, model_at, word_of, words_of

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/language.md").read_text()
EXPRESSIONS = (ROOT / "docs/expressions.md").read_text()


def models(
    root: type[BaseModel], path: tuple[str | int, ...] = ()
) -> dict[tuple[str | int, ...], type[BaseModel]]:
    """Every part that a file can have, by an example path."""
    here = model_at(root, path)
    if here is None:
        item = (*path, 0)  # of a list or a dictionary
        return models(root, item) if path and model_at(root, item) is not None else {}
    found = {path: here}
    for word in words_of(here):
        found |= models(root, (*path, word))
    return found


def test_what_is_generated_is_up_to_date() -> None:
    """After a change of the schema: make docs."""
    generate = _generator()
    assert generate.page(PAGE) == PAGE, "run: python docs/generate_language.py"
    for path, schema in generate.SCHEMAS.items():
        assert path.read_text() == dumped(schema()), "run: python docs/generate_language.py"


def _generator() -> Any:
    spec = importlib.util.spec_from_file_location("generate_language", ROOT / "docs/generate_language.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("root", [DraftScenario, DraftRig], ids=["scenario", "rig"])
def test_every_example_on_the_page_reads(root: type[BaseModel]) -> None:
    """Each word's example is accepted by the very field it is an example of."""
    count = 0
    for part in models(root).values():
        for name, info in part.model_fields.items():
            example = vocabulary.example_value(vocabulary.example(info))
            word = info.alias or name
            try:
                part.model_validate({word: example}, by_alias=True, by_name=False)
            except ValidationError as error:  # other words may be missing
                assert not [d for d in error.errors(include_url=False) if d["loc"][0] == word], (part, word)
            assert vocabulary.entry(name, info).example in PAGE.replace("\\|", "|"), name
            count += 1
    assert count > (15 if root is DraftRig else 200)


@pytest.mark.parametrize("root", [DraftScenario, DraftRig], ids=["scenario", "rig"])
def test_every_word_of_the_schema_is_on_the_page(root: type[BaseModel]) -> None:
    parts = models(root)
    deepest = ("actors", 0, "do", 0, "walk") if root is DraftScenario else ("lidars", 0, "mount")
    assert deepest in parts
    for path, part in parts.items():
        for word in words_of(part):
            if word not in ("description", "tags", "version"):
                assert re.search(rf"\b{word}\b", PAGE), f"{word} of {path}"


def test_every_choice_of_surface_step_and_place_is_on_the_page() -> None:
    for path in (
        ("world", "surface", "state"),
        ("world", "lighting", "street_lamps"),
        ("actors", "ego", "start", "facing"),
    ):
        info = field_at(DraftScenario, path)
        allowed = word_of(info)
        assert allowed is not None
        for word in allowed.allowed:
            assert f"`{word}`" in PAGE
    for preset in literals(field_at(DraftScenario, ("world", "road", "preset"))):
        assert f"`{preset}`" in PAGE


def test_every_unit_distribution_and_function_is_on_the_page() -> None:
    for dimension in units.DIMENSIONS.values():
        for unit in dimension.units:
            assert unit in PAGE
    for name in DISTRIBUTIONS:
        assert f"{{{name}:" in PAGE
    for signature in FUNCTIONS.values():
        assert f"| `{signature.example}` | {signature.says} |" in EXPRESSIONS
    for group, members in GROUPS.items():
        assert f"`{group}`" in EXPRESSIONS
        assert group == "any" or ", ".join(sorted(members)) in EXPRESSIONS.replace("\n", " ")


def test_the_example_on_the_page_runs(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    path = tmp_path / "first.scenario.yaml"
    path.write_text(example)
    assert scenarios.resolve(scenarios.load(path)).scenario.scenario == "first_rain"


def test_the_values_on_the_page_read() -> None:
    for written in re.findall(r"^\| [a-z, ()]+ \| `([^`]+)`", PAGE, re.MULTILINE):
        units.parse(written)
