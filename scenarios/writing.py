"""Writes drafts as YAML that reads back as the same drafts.  Language floor."""

import json
import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from scenarios import tree
from scenarios.draft import Draft, Drawn, Exact, Formula, Named
from scenarios.schema.base import one_of
from scenarios.wording import item_model

WIDTH = 110
_PLAIN = re.compile(r"[A-Za-z_$][\w$./^%+-]*(?: [\w$./^%+-]+)*", re.ASCII)
_MEASURED = re.compile(r"[-+]?\.?\d[\w./^%+-]*(?: [\w./^%+-]+)*", re.ASCII)  # -0.8..0.8 m/s
_CLOCKS = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?(?:\.\.\d{1,2}:\d{2}(?::\d{2})?)?")
_LINE_BY_LINE = ("params", "world", "actors")  # sections that are, however short


def plain(part: BaseModel) -> dict[str, Any]:
    """The part as the data of a file: only what was said, in the author's words."""
    data: dict[str, Any] = {}
    for name, info in type(part).model_fields.items():
        value = getattr(part, name)
        default = info.get_default(call_default_factory=True)
        if name in part.model_fields_set or (isinstance(value, dict | list) and value != default):
            data[info.alias or name] = _data(value, item_model(info))
    return {key: value for key, value in data.items() if value is not None}


def _data(value: Any, model: type[BaseModel] | None) -> Any:
    if isinstance(value, Draft):
        return _written(value)
    if isinstance(value, BaseModel):
        if model is not None and not isinstance(value, model):
            return _data(one_of(model, value), None)  # a bare `Stop()` among steps
        return plain(value)
    if isinstance(value, dict):
        return {str(key): _data(item, model) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_data(item, model) for item in value]
    return value


def _written(draft: Draft) -> Any:
    if isinstance(draft, Named):
        return f"${draft.name}"
    if isinstance(draft, Formula):
        return f"= {draft.expression}"
    assert isinstance(draft, Exact | Drawn)
    if draft.text.startswith("{"):
        return tree.read(draft.text, "value").data
    number = _number(draft.text)
    return draft.text if number is None else number


def value_text(draft: Draft) -> str:
    """A drafted value as its author wrote it."""
    return flow(_written(draft))


def _number(text: str) -> int | float | None:
    """The number that a file would hold for this text, when it reads back as the same text."""
    if not re.fullmatch(r"[-+.\deE]+", text):
        return None
    data = tree.read(text, "value").data
    return data if isinstance(data, int | float) and str(data) == text else None


# ------------------------------------------------------------------------------------------------------- YAML
def document(data: dict[str, Any], first_line: str = "") -> str:
    """A whole file; short things on one line, long ones line by line."""
    lines = [first_line] if first_line else []
    lines.extend(_mapping(data, 0))
    return "\n".join(lines) + "\n"


def _mapping(data: dict[str, Any], depth: int) -> Iterator[str]:
    indent = "  " * depth
    for key, value in data.items():
        yield from _entry(f"{indent}{scalar(str(key))}:", value, depth)


def _entry(head: str, value: Any, depth: int) -> Iterator[str]:
    """`head` and its value: beside it, or on the lines below it."""
    shown = flow(value)
    long = len(head) + len(shown) >= WIDTH
    many = isinstance(value, list) and len(value) > 0 and any(isinstance(item, dict) for item in value)
    section = depth == 0 and head.removesuffix(":") in _LINE_BY_LINE
    if isinstance(value, dict) and value and (section or long or _has_steps(value)):
        yield head
        yield from _mapping(value, depth + 1)
    elif isinstance(value, list) and value and (many or long):
        yield head
        indent = "  " * (depth + 1)
        for item in value:
            yield from _item(indent, item, depth + 1)
    else:
        yield f"{head} {shown}"


def _item(indent: str, item: Any, depth: int) -> Iterator[str]:
    """One item of a list: beside its dash, or as a mapping that begins there."""
    shown = flow(item)
    if not isinstance(item, dict) or not item or len(indent) + 2 + len(shown) < WIDTH:
        single = isinstance(item, dict) and len(item) == 1
        yield f"{indent}- {shown[1:-1] if single else shown}"
        return
    for i, line in enumerate(_mapping(item, depth + 1)):
        yield f"{indent}- {line[len(indent) + 2 :]}" if i == 0 else line


def _has_steps(value: dict[str, Any]) -> bool:
    return any(isinstance(inner, list) and inner and isinstance(inner[0], dict) for inner in value.values())


def flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(str(key))}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return scalar(value)


def scalar(value: Any) -> str:
    """A plain value; texts that YAML would take for something else in quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    if (
        _PLAIN.fullmatch(text) or _CLOCKS.fullmatch(text) or _MEASURED.fullmatch(text)
    ) and not tree.is_special(text):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in quoted)
