"""YAML to plain data that remembers where everything stood.  Language floor.

The data come from ruamel's event stream, not from its constructors: no tags, no anchors, no types but the six of
JSON, sizes bounded before memory is taken; `2025-11-12` and `16:35` stay text.
"""

import copy
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from scenarios.errors import ScenarioError, ScenarioErrors

Path = tuple[str | int, ...]

MAX_BYTES = 256 * 1024
MAX_DEPTH = 40
MAX_VALUES = (
    8_000  # in one file, keys included: read in about a second; the stories of the catalogue have some 300
)
OFTEN_READ_CHARS = 16 * 1024  # longer ones are not kept in memory
_INTEGER = re.compile(r"[-+]?\d{1,18}")
_FLOAT = re.compile(r"[-+]?(?:\d{1,25}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][-+]?\d{1,3})?")
_ESCAPE = re.compile(r"\\U([0-9A-Fa-f]{8})")
_WORDLIKE = re.compile(r"[A-Za-z_]")
_WORDS = {"true": True, "True": True, "false": False, "False": False, "null": None, "~": None, "": None}


@dataclass(frozen=True, slots=True)
class Place:
    """Line and column, from 1, of a file; a composed tree holds places of several files."""

    line: int
    column: int
    file: str


@dataclass(slots=True)
class Tree:
    """A file's data, with the place of every key and value."""

    file: str
    data: Any = None
    values: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    assigned: dict[Path, str] = field(
        default_factory=dict
    )  # path -> the `--set` assignment that put it there

    broken: set[Path] = field(default_factory=set)  # what stands there is a stand-in for something unreadable
    hollow: set[Path] = field(default_factory=set)  # mappings that lost a key nobody knows

    def spoilt(self, path: Path) -> bool:
        """Whether a complaint about this place may only follow from a mistake that is already reported."""
        if path in self.hollow or path[:-1] in self.hollow:
            return True
        return bool(self.broken) and any(path[:length] in self.broken for length in range(1, len(path) + 1))

    def place(self, path: Path, at_key: bool = False) -> Place:
        """Where the value (or its key) at a path stands, or the nearest thing above it."""
        for length in range(len(path), -1, -1):
            part = path[:length]
            place = self.keys.get(part) if at_key and length == len(path) else None
            place = place or self.values.get(part)
            if place is not None:
                return place
        return Place(1, 1, self.file)

    def error(self, path: Path, message: str, at_key: bool = False) -> ScenarioError:
        """An error at a path, or at the nearest thing above it that stands in the file."""
        error = self._placed(path, message, at_key)
        error.doubtful = self.spoilt(path)
        return error

    def _placed(self, path: Path, message: str, at_key: bool) -> ScenarioError:
        for length in range(len(path), -1, -1):
            part = path[:length]
            if part in self.assigned:
                return ScenarioError(f"--set {self.assigned[part]}", 0, 0, message)
            if part in self.values:
                break
        place = self.place(path, at_key)
        return ScenarioError(place.file, place.line, place.column, message)

    def has(self, path: Path) -> bool:
        """Whether something stands at the path."""
        try:
            self.get(path)
        except (KeyError, IndexError, TypeError):
            return False
        return True

    def get(self, path: Path) -> Any:
        """What stands at the path."""
        node = self.data
        for step in path:
            node = node[step]
        return node

    def copy(self) -> "Tree":
        """A tree of its own with the same data and places."""
        return Tree(
            self.file, copy.deepcopy(self.data), dict(self.values), dict(self.keys), dict(self.assigned)
        )

    def forget(self, path: Path) -> None:
        """Drop the places of what stood at a path and below it."""
        for table in (self.values, self.keys, self.assigned):
            for old in [p for p in table if p[: len(path)] == path]:
                del table[old]

    def note(self, path: Path, other: "Tree", other_path: Path) -> None:
        """Learn the places of a value that was taken over from another tree (or from elsewhere in this one)."""
        for table, theirs in ((self.values, other.values), (self.keys, other.keys)):
            if other_path in theirs:
                table[path] = theirs[other_path]
        below = other.get(other_path)
        steps: Iterable[str | int] = (
            below if isinstance(below, dict) else range(len(below)) if isinstance(below, list) else ()
        )
        for step in steps:
            self.note((*path, step), other, (*other_path, step))


def empty(tree: Tree, path: Path) -> ScenarioError:
    """A key without a value is an unfinished line, never a value of its own."""
    key = str(path[-1])
    hint = "write one or leave the line out"
    if key == "stop":
        hint = "write stop: {}"
    elif re.match(r"[A-Za-z_]+:\S", key):
        hint = 'put a space after the ":"'
    elif not _WORDLIKE.match(key):
        hint = "a comma ended the value before it; decimals have a point, and texts with commas are in quotes"
    return tree.error(path, f'"{path[-1]}" has no value; {hint}', at_key=True)


def read(text: str, file: str, nulls: bool = False) -> Tree:
    """The tree of one YAML document; raises ScenarioErrors with one clear line each.

    With `nulls` a key may have the written value `null`; the caller says what it means.
    """
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise ScenarioErrors([ScenarioError(file, 1, 1, f"the file is larger than {MAX_BYTES // 1024} KiB")])
    if len(text) > OFTEN_READ_CHARS:
        return _built(text, file, nulls)
    return _known(text, file, nulls).copy()


def _built(text: str, file: str, nulls: bool) -> Tree:
    tree = Tree(file)
    _Builder(tree, text, nulls).build()
    return tree


# Scanning a story takes a tenth of a second, and rigs and weathers are read by every one that names them.
_known = lru_cache(maxsize=192)(_built)


def is_special(text: str) -> bool:
    """Whether an unquoted text is read as something else than a text: a number, true, null."""
    return text in _WORDS or _INTEGER.fullmatch(text) is not None or _FLOAT.fullmatch(text) is not None


class _Builder:
    def __init__(self, tree: Tree, text: str, nulls: bool) -> None:
        self.tree = tree
        self.nulls = nulls
        self.lines = text.splitlines()
        yaml = YAML(typ="safe", pure=True)
        yaml.version = (1, 2)
        self.events: Iterator[Event] = iter(yaml.parse(text))
        self.errors: list[ScenarioError] = []

    def build(self) -> None:
        try:
            documents = 0
            for event in self.events:
                if isinstance(event, DocumentStartEvent):
                    documents += 1
                    if documents > 1:
                        raise self.error(event, "a file holds one document; here a second one begins")
                elif isinstance(event, NodeEvent):
                    self.tree.data = self.node(event, ())
        except MarkedYAMLError as error:
            self.errors.append(self.syntax(error))
        except YAMLError as error:
            self.errors.append(self.unreadable(error))
        except ScenarioError as error:
            self.errors.append(error)
        except ValueError as error:  # of chr(): the scanner takes any number behind \U for a character
            self.errors.append(self.no_character(error))
        if self.errors:
            raise ScenarioErrors(self.errors)

    def no_character(self, error: ValueError) -> ScenarioError:
        """The first escape that stands for no character of Unicode."""
        for number, line in enumerate(self.lines, 1):
            for found in _ESCAPE.finditer(line):
                if int(found[1], 16) > sys.maxunicode:
                    message = f'there is no character {found[0]}; the last one is "\\U0010FFFF"'
                    return ScenarioError(self.tree.file, number, found.start() + 1, message)
        raise error

    def error(self, event: Event, message: str) -> ScenarioError:
        mark = event.start_mark
        return ScenarioError(self.tree.file, mark.line + 1, mark.column + 1, message)

    def node(self, event: NodeEvent, path: Path) -> Any:
        mark = event.start_mark
        self.tree.values[path] = Place(mark.line + 1, mark.column + 1, self.tree.file)
        if isinstance(event, AliasEvent) or event.anchor is not None:
            raise self.error(
                event,
                'anchors (&) and aliases (*) are not used here; name a shared value in params and write "$name"',
            )
        if isinstance(event, ScalarEvent | SequenceStartEvent | MappingStartEvent) and event.tag is not None:
            raise self.error(event, "tags (!) are not used here; write plain values")
        if len(self.tree.values) + len(self.tree.keys) > MAX_VALUES:
            raise self.error(event, f"the file holds more than {MAX_VALUES:,} values")
        if len(path) > MAX_DEPTH:
            raise self.error(event, f"the file is nested more than {MAX_DEPTH} deep")
        if isinstance(event, ScalarEvent):
            return self.scalar(event)
        if isinstance(event, SequenceStartEvent):
            return self.sequence(path)
        return self.mapping(path)

    def sequence(self, path: Path) -> list[Any]:
        items: list[Any] = []
        for event in self.events:
            if not isinstance(event, NodeEvent):
                break  # the end of the list
            items.append(self.node(event, (*path, len(items))))
        return items

    def mapping(self, path: Path) -> dict[str, Any]:
        items: dict[str, Any] = {}
        for event in self.events:
            if not isinstance(event, NodeEvent):
                break  # the end of the mapping
            if not isinstance(event, ScalarEvent):
                raise self.error(event, "a key must be a word; put expressions in quotes")
            key = str(event.value)
            where = (*path, key)
            if key in items:
                first = self.tree.keys[where].line
                raise self.error(event, f'"{key}" is written twice (the first time on line {first})')
            self.tree.keys[where] = Place(
                event.start_mark.line + 1, event.start_mark.column + 1, self.tree.file
            )
            self.unbalanced(event)
            value = next(self.events)
            assert isinstance(value, NodeEvent), "the parser pairs every key with a value"
            items[key] = self.node(value, where)
            if items[key] is None and not (
                self.nulls and isinstance(value, ScalarEvent) and value.value == "null"
            ):
                self.errors.append(empty(self.tree, where))
        return items

    def scalar(self, event: ScalarEvent) -> Any:
        text = str(event.value)
        if event.style or not event.implicit[0]:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            return int(text)
        if _FLOAT.fullmatch(text):
            return float(text)
        self.unbalanced(event)
        return text

    def unbalanced(self, event: ScalarEvent) -> None:
        """A comma inside `{...}` silently cuts an unquoted expression in two: its parentheses tell."""
        text = str(event.value)
        if not event.style and text.count("(") != text.count(")"):
            mark = event.start_mark
            line = self.lines[mark.line][mark.column :] if mark.line < len(self.lines) else text
            raise self.error(
                event, f'an expression with a comma must be in quotes; put "..." around {_head(line)}'
            )

    def syntax(self, error: MarkedYAMLError) -> ScenarioError:
        mark = error.problem_mark or error.context_mark
        problem, context = str(error.problem or ""), str(error.context or "")
        line = self.lines[mark.line] if mark.line < len(self.lines) else ""
        message = _explain(problem, context, line, mark.column)
        if "could not find expected ':'" in problem and error.context_mark is not None:
            mark = error.context_mark  # of the key; it is missed only on a line further down
            if re.match(r"[\w.-]+:\S", self.lines[mark.line][mark.column :]):
                message = 'put a space after the ":"'
        if (
            ("sequence" in context or "mapping" in context)
            and error.context_mark is not None
            and "flow" in context
        ):
            mark = error.context_mark  # where the bracket was opened says more than where the file ended
        if "quoted scalar" in context and error.context_mark is not None:
            mark = error.context_mark
        return ScenarioError(self.tree.file, mark.line + 1, mark.column + 1, message)

    def unreadable(self, error: YAMLError) -> ScenarioError:
        position = int(getattr(error, "position", 0))
        before = "\n".join(self.lines)[:position]
        line, column = before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1
        character = getattr(error, "character", None)
        what = f"the character U+{character:04X}" if isinstance(character, int) else "a character"
        return ScenarioError(self.tree.file, line, column, f"{what} is not allowed in a YAML file")


def _head(line: str) -> str:
    return line.strip() if len(line) <= 60 else line.strip()[:57] + "..."


def _explain(problem: str, context: str, line: str, column: int) -> str:
    """ruamel's finding in the words of a person who wrote a scenario."""
    if "mapping values are not allowed" in problem:
        return 'unexpected ": "; check the indentation, and put a value that contains ": " in quotes'
    if "\\t" in problem or line[: column + 1].endswith("\t"):
        return "a tab cannot indent YAML; use spaces"
    if "cannot start any token" in problem:
        character = line[column : column + 1]
        return f'a value cannot begin with "{character}"; put it in quotes'
    if "quoted scalar" in context:
        return "this quote is never closed"
    if "flow sequence" in context:
        return 'this "[" is not closed, or a comma is missing inside it'
    if "flow mapping" in context:
        return 'this "{" is not closed, or a comma or a quote is missing inside it'
    if line[column : column + 1] in ("}", "]") and "block" in context:
        return f'this "{line[column]}" closes nothing; one that opens is missing, or this is one too many'
    if "block" in context and re.match(r"-[\w{\[\"']", line[column:]):
        return 'put a space after the "-"'
    if "block mapping" in context or "block collection" in context or "block sequence" in context:
        return "this line does not fit the lines above it; check the indentation and the quotes"
    if "could not find expected ':'" in problem:
        return 'a ":" is missing after this key'
    if "expected the node content" in problem:
        return f'a value is missing before "{line[column : column + 1]}"'
    return f"this is not YAML: {problem or context}"
