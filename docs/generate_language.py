"""Writes the generated parts of docs/language.md from the schema: every word with unit, range, default and example.

Run it after a change of the schema: python docs/generate_language.py (or make docs).
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from scenarios import vocabulary
from scenarios.json_schema import dumped, rig_schema, scenario_schema
from scenarios.schema import DraftOwnAsset, DraftRig, DraftScenario, WeatherKey
from scenarios.wording import ELSEWHERE, PLANNED, PLANNED_ANYWHERE, item_model, origin_of

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/language.md"
BEGIN, END = "<!-- generated: {} -->", "<!-- end of what is generated -->"
# Where the schemas lie that the shipped files name in their first line.
SCHEMAS = {
    ROOT / "scenarios/catalogue/scenario.schema.json": scenario_schema,
    ROOT / "scenarios/rigs/rig.schema.json": rig_schema,
}

CALLED: dict[type[BaseModel], str] = {WeatherKey: "weather"}  # where the class has another name
ROOTS: tuple[tuple[type[BaseModel], str], ...] = (
    (DraftScenario, "the file"), (DraftRig, "a rig"), (DraftOwnAsset, "an asset file"),
)  # fmt: skip
PREFIXES = {"a rig": "rig: ", "an asset file": "asset: "}


def parts(root: type[BaseModel], place: str) -> Iterator[tuple[str, type[BaseModel]]]:
    """Every part once, with the place where it is written, as the schema leads to it."""
    seen: set[type[BaseModel]] = set()

    def walk(model: type[BaseModel], where: str) -> Iterator[tuple[str, type[BaseModel]]]:
        if origin_of(model) in seen:
            return
        seen.add(origin_of(model))
        yield where, model
        for name, info in model.model_fields.items():
            inner = item_model(info)
            if inner is not None:
                word = info.alias or name
                many = {"list": "[]", "dict": ".NAME"}.get(vocabulary.container(info), "")
                yield from walk(inner, f"{where}.{word}{many}" if where != place else f"{word}{many}")

    return walk(root, place)


def words() -> Iterator[str]:
    """The tables of all words."""
    for root, place in ROOTS:
        for where, model in parts(root, place):
            yield f"### {where}" if where == place else f"### {PREFIXES.get(place, '')}{where}"
            yield ""
            summary = vocabulary.summary(model)
            if summary:
                yield from (summary, "")
            yield "| word | may be | default | meaning | example |"
            yield "|---|---|---|---|---|"
            for entry in vocabulary.entries(model):
                yield _row(entry)
            yield ""


def _row(entry: vocabulary.Entry) -> str:
    word = f"**{entry.word}**" if entry.required else entry.word
    meaning = entry.meaning + (f". *Not yet: {entry.planned}.*" if entry.planned else "")
    shown = (f"`{text}`" if text else "" for text in (entry.default, f"{entry.word}: {entry.example}"))
    default, example = (text.replace("|", "\\|") for text in shown)
    kind = re.sub(r"a mapping with [\w, ]+", "a mapping", entry.kind)  # its words have a table of their own
    return f"| {word} | {kind} | {default} | {meaning} | {example} |"


def not_yet() -> Iterator[str]:
    """What is known and refused, with the reason where there is one."""
    for root, place in ROOTS:
        for where, model in parts(root, place):
            for entry in vocabulary.entries(model):
                if entry.planned:
                    yield f"- `{entry.word}` of {where}: {entry.planned}"
    for model, names in PLANNED.items():
        yield f"- {', '.join(f'`{name}`' for name in names)} of {CALLED.get(model, model.__name__.lower())}"
    yield f"- {', '.join(f'`{name}`' for name in PLANNED_ANYWHERE)}"


def elsewhere() -> Iterator[str]:
    """Words that people try, and what the language says instead."""
    yield "| word | of | is said |"
    yield "|---|---|---|"
    for model, names in ELSEWHERE.items():
        for name, told in names.items():
            yield f"| `{name}` | {CALLED.get(model, model.__name__.lower())} | {told} |"


MAKERS = {"words": words, "not yet": not_yet, "elsewhere": elsewhere}


def page(text: str) -> str:
    """The page with its generated parts made anew."""
    for name, maker in MAKERS.items():
        begin = BEGIN.format(name)
        before, found, rest = text.partition(begin)
        _, ended, after = rest.partition(END)
        if not found or not ended:
            raise SystemExit(f"{PAGE}: the marks of what is generated are gone: {begin} ... {END}")
        made = "\n".join(maker()).strip()
        text = f"{before}{begin}\n\n{made}\n\n{END}{after}"
    return text


def main() -> None:
    made = {PAGE: page(PAGE.read_text(encoding="utf-8"))}
    made |= {path: dumped(schema()) for path, schema in SCHEMAS.items()}
    for path, text in made.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    sys.exit(main())
