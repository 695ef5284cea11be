"""A YAML document as nodes that know where and how they are written.  Language floor; used by `scenarios.layout`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from ruamel.yaml import YAML
from ruamel.yaml.events import Event, MappingStartEvent, NodeEvent, ScalarEvent, SequenceStartEvent


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the text, from 0."""

    line: int
    column: int
    index: int


@dataclass(frozen=True, slots=True)
class Scalar:
    value: str
    raw: str  # as it is written
    style: str | None  # ' " | > or None for plain
    start: Mark
    end: Mark


@dataclass(frozen=True, slots=True)
class Collection:
    """A mapping (items with keys) or a sequence (items without)."""

    kind: Literal["mapping", "sequence"]
    flow: bool  # {...} or [...]
    items: "list[tuple[Scalar | None, Node]]"
    start: Mark
    end: Mark


Node = Scalar | Collection


def parse(text: str) -> Node:
    """The nodes of a text that `scenarios.tree` has accepted."""
    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 2)
    events: Iterator[Event] = iter(yaml.parse(text))
    for event in events:
        if isinstance(event, NodeEvent):
            return _node(event, events, text)
    raise AssertionError("the tree had a node")


def _node(event: NodeEvent, events: Iterator[Event], text: str) -> Node:
    start = _mark(event.start_mark)
    if isinstance(event, ScalarEvent):
        end = _mark(event.end_mark)
        style = event.style if event.style in ("'", '"', "|", ">") else None
        return Scalar(str(event.value), text[start.index : end.index], style, start, end)
    assert isinstance(event, MappingStartEvent | SequenceStartEvent), "aliases were refused"
    items: list[tuple[Scalar | None, Node]] = []
    kind: Literal["mapping", "sequence"] = "mapping" if isinstance(event, MappingStartEvent) else "sequence"
    last: Any = event
    for inner in events:
        last = inner
        if not isinstance(inner, NodeEvent):
            break
        first = _node(inner, events, text)
        if kind == "sequence":
            items.append((None, first))
            continue
        assert isinstance(first, Scalar), "keys are words"
        value = next(events)
        assert isinstance(value, NodeEvent)
        items.append((first, _node(value, events, text)))
    return Collection(kind, bool(event.flow_style), items, start, _mark(last.end_mark))


def _mark(mark: Any) -> Mark:
    return Mark(mark.line, mark.column, mark.index)
