"""Lays a scenario or rig file out as `stormlane fmt` writes it: one way, comments kept.  Language floor.

Conservative on purpose.  Block style stays block style and `{...}` stays `{...}`, unless a line grows beyond 120
columns; keys of block mappings follow the schema where no comment could lose its meaning by that; what spans several
lines with comments inside is moved as a whole.  A result that would read otherwise than its source is never returned.
"""

import re
from dataclasses import dataclass

from pydantic import BaseModel

from scenarios import tree as trees
from scenarios.errors import ScenarioError, ScenarioErrors
from scenarios.layout_nodes import Collection, Mark, Node, Scalar, parse
from scenarios.schema import DraftRig, DraftScenario
from scenarios.tree import Path
from scenarios.wording import field_at, model_at, says_of, words_of

WIDTH = 120
STEP = 2  # columns of indentation
MOST_ROUNDS = 6
_HEADER = re.compile(r"([|>][-+0-9]*)\s*(#.*)?")


def laid_out(text: str, file: str) -> str:
    """The text in the one layout; raises ScenarioErrors for what is not YAML of ours."""
    text = text.removeprefix("\ufeff")
    before = trees.read(text, file, nulls=True)
    if not isinstance(before.data, dict):
        raise ScenarioErrors([ScenarioError(file, 1, 1, "there is nothing to lay out here")])
    root = DraftRig if "rig" in before.data and "world" not in before.data else DraftScenario
    result = text
    for _ in range(
        MOST_ROUNDS
    ):  # a comment below a block that moves may find its place only in the next round
        before_round, result = result, _Layout(result, file, root).file()
        if result == before_round:
            break
    if trees.read(result, file, nulls=True).data != before.data:
        raise ScenarioErrors(
            [ScenarioError(file, 1, 1, "the file would not read the same laid out; it is left as it is")]
        )
    return result


@dataclass(slots=True)
class _Entry:
    """A key or an item with all its lines."""

    word: str
    gap: list[str]  # comments and blank lines above it
    lines: list[str]


class _Layout:
    def __init__(self, text: str, file: str, root: type[BaseModel]) -> None:
        self.file_name = file
        self.source = text.splitlines()
        self.root = root
        self.document = parse(text)
        self.line = 0  # the first line that was not looked at yet
        self.columns: list[tuple[int, int]] = []  # of everything so far: column before, column now
        self.strays = False  # whether the gap just read belongs to what stands above it

    def file(self) -> str:
        assert isinstance(self.document, Collection), "the tree was a mapping"
        node = self.document
        if node.flow:
            header = self.gap(node.start.line, 0, 0)
            lines = self.inline("", node, 0, 0, ())
        else:
            header = self.gap(node.items[0][0].start.line, 0, 0) if node.items[0][0] else []
            lines = self.block(node, 0, ())
        footer = self.gap(len(self.source), 0, 0)
        return "\n".join(_trimmed([*header, *lines, *footer])) + "\n"

    def unusual(self, mark: Mark) -> ScenarioErrors:
        message = "fmt does not know this layout; write the value on the line of its key or dash"
        return ScenarioErrors([ScenarioError(self.file_name, mark.line + 1, mark.column + 1, message)])

    # ------------------------------------------------------------------------------------------------ between entries
    def gap(self, until: int, column: int, indent: int, first: bool = False) -> list[str]:
        """Comments and blank lines up to a line, for an entry that stood at `column` and stands at `indent`."""
        lines: list[str] = []
        self.strays = False
        for number in range(self.line, until):
            text = self.source[number].strip()
            if text in ("---", "..."):
                text = ""
            if text and not text.startswith("#"):
                raise self.unusual(Mark(number, 0, 0))
            here = len(self.source[number]) - len(self.source[number].lstrip())
            if text and here > column and self.columns and not first:
                # A comment at the end of the block above stays there.
                now = next((now for then, now in reversed(self.columns) if then <= here), indent)
                self.strays |= now != indent
                lines.append(" " * now + text)
            elif text or (lines and lines[-1]) or (not lines and self.columns):
                lines.append(" " * indent + text if text else "")
        self.line = max(self.line, until)
        return lines

    # -------------------------------------------------------------------------------------------------------- blocks
    def block(self, node: Collection, indent: int, path: Path) -> list[str]:
        entries = []
        movable = node.kind == "mapping"
        for index, (key, value) in enumerate(node.items):
            start = self.dash(value) if key is None else key.start
            gap = self.gap(start.line, start.column, indent, first=index == 0)
            movable &= not self.strays and not _detached(gap)
            self.columns.append((start.column, indent))
            if key is None:
                entries.append(_Entry("", gap, self.item(value, start, indent, (*path, index))))
            else:
                lines = self.pair(key, value, indent, (*path, key.value))
                entries.append(_Entry(key.value, gap, lines))
        if movable:
            entries = self.sorted(entries, path)
        lines = [line for entry in entries for line in (*entry.gap, *entry.lines)]
        return lines

    def sorted(self, entries: list[_Entry], path: Path) -> list[_Entry]:
        """In the order of the schema, when it knows all of them."""
        model = model_at(self.root, path)
        known = words_of(model) if model is not None else []
        if not all(entry.word in known for entry in entries):
            return entries
        ordered = sorted(entries, key=lambda entry: known.index(entry.word))
        if ordered[0] is not entries[0] and ordered[0].gap[:1] == [""]:
            # The blank line above what is first now stands above what was first.
            ordered[0].gap = ordered[0].gap[1:]
            entries[0].gap = ["", *entries[0].gap]
        return ordered

    def dash(self, value: Node) -> Mark:
        line = self.source[value.start.line] if value.start.line < len(self.source) else ""
        before = line[: value.start.column].rstrip()
        if not before.endswith("-"):
            raise self.unusual(value.start)
        return Mark(value.start.line, len(before) - 1, 0)

    def item(self, value: Node, dash: Mark, indent: int, path: Path) -> list[str]:
        if isinstance(value, Collection) and not value.flow:
            lines = self.block(value, indent + STEP, path)
            return [" " * indent + "- " + lines[0].lstrip(), *lines[1:]]
        return self.inline("- ", value, indent, indent - dash.column, path)

    def pair(self, key: Scalar, value: Node, indent: int, path: Path) -> list[str]:
        name = self.scalar(key, ())
        if isinstance(value, Collection) and not value.flow:
            comment = self.rest(key.end, colon=True)
            self.line = key.start.line + 1
            return [
                " " * indent + f"{name}:" + (f" {comment}" if comment else ""),
                *self.block(value, indent + STEP, path),
            ]
        if value.start.line != key.start.line:
            raise self.unusual(value.start)
        return self.inline(f"{name}: ", value, indent, indent - key.start.column, path)

    # -------------------------------------------------------------------------------------------------- inline values
    def inline(self, prefix: str, value: Node, indent: int, moved: int, path: Path) -> list[str]:
        """A value that begins on the line of its key or dash."""
        left = " " * indent + prefix
        if isinstance(value, Scalar) and value.style in ("|", ">"):
            return self.text_block(left, value, indent - moved, moved)
        spread = value.end.line > value.start.line
        if spread and (isinstance(value, Scalar) or self.commented(value)):
            return self.verbatim(left, value, moved)
        comment = self.rest(value.end)
        self.line = value.end.line + 1
        line = (left + self.shown(value, path)).rstrip()
        if len(line) > WIDTH and isinstance(value, Collection) and value.items and prefix:
            above = [" " * indent + comment] if comment else []
            return [*above, *self.spread(prefix, value, indent, path)]
        return [line + (f" {comment}" if comment else "")]

    def shown(self, node: Node, path: Path) -> str:
        """A value on one line."""
        if isinstance(node, Scalar):
            return self.scalar(node, path)
        parts = []
        for index, (key, value) in enumerate(node.items):
            if key is None:
                parts.append(self.shown(value, (*path, index)))
            else:
                shown = self.shown(value, (*path, key.value))
                parts.append(f"{self.scalar(key, ())}: {shown}".rstrip())
        inner = ", ".join(parts)
        return f"{{{inner}}}" if node.kind == "mapping" else f"[{inner}]"

    def spread(self, prefix: str, node: Collection, indent: int, path: Path) -> list[str]:
        """A `{...}` or `[...]` that is too long for a line, as a block."""
        inside = indent + STEP
        entries = []
        for index, (key, value) in enumerate(node.items):
            where: Path = (*path, index if key is None else key.value)
            name = "- " if key is None else f"{self.scalar(key, ())}: "
            line = " " * inside + (name + self.shown(value, where)).rstrip()
            inner = [line]
            if len(line) > WIDTH and isinstance(value, Collection) and value.items:
                inner = self.spread(name, value, inside, where)
            entries.append(_Entry(key.value if key is not None else "", [], inner))
        if node.kind == "mapping":
            entries = self.sorted(entries, path)
        lines = [line for entry in entries for line in entry.lines]
        if prefix == "- ":
            return [" " * indent + "- " + lines[0].lstrip(), *lines[1:]]
        return [" " * indent + prefix.rstrip(), *lines]

    def scalar(self, node: Scalar, path: Path) -> str:
        """A word or text, expressions in double quotes."""
        plain = not any(mark in node.value for mark in ('"', "\\")) and node.value.isprintable()
        if node.style == "'" and plain:
            return f'"{node.value}"'
        if node.style is None and plain and self.is_expression(node.value, path):
            return f'"{node.value}"'
        if "\n" in node.raw and plain:  # folded inside braces
            return node.value if node.style is None else f'"{node.value}"'
        return re.sub(r"[ \t]+\n", "\n", node.raw)

    def is_expression(self, text: str, path: Path) -> bool:
        if text.startswith("="):
            return True
        return " " in text and bool(path) and says_of(field_at(self.root, path)) is not None

    def commented(self, node: Node) -> bool:
        """Whether comments stand inside a value that spans lines."""
        scalars = [*_scalars(node)]
        for number in range(node.start.line, node.end.line):
            line = self.source[number]
            # Behind a bracket or a comma a comment needs no blank.
            for match in re.finditer(r"(?:^|(?<=[\s{\[,]))#", line):
                inside = (number, match.start())
                if inside > (node.start.line, node.start.column) and not any(
                    (s.start.line, s.start.column) <= inside < (s.end.line, s.end.column) for s in scalars
                ):
                    return True
        return False

    def verbatim(self, left: str, value: Node, moved: int) -> list[str]:
        """A value of several lines as it stands, moved to its new column."""
        first = self.source[value.start.line][value.start.column :].rstrip()
        between = self.source[value.start.line + 1 : value.end.line]
        last = self.source[value.end.line][: value.end.column]
        comment = self.rest(value.end)
        self.line = value.end.line + 1
        lines = [left + first, *(_shifted(line, moved) for line in (*between, last))]
        return [*lines[:-1], lines[-1] + (f" {comment}" if comment else "")]

    def text_block(self, left: str, value: Scalar, column: int, moved: int) -> list[str]:
        """`>` or `|` and the lines of text below it, which belong to it as long as they stand deeper."""
        header = _HEADER.fullmatch(self.source[value.start.line][value.start.column :].rstrip())
        if header is None:
            raise self.unusual(value.start)
        end = value.start.line + 1
        for number in range(end, len(self.source)):
            line = self.source[number]
            if line.strip() and len(line) - len(line.lstrip(" ")) <= column:
                break
            if line.strip():
                end = number + 1
        body = self.source[value.start.line + 1 : end]
        self.line = end
        said = header[1] + (f" {header[2]}" if header[2] else "")
        return [left + said, *(_shifted(line, moved) for line in body)]

    def rest(self, end: Mark, colon: bool = False) -> str:
        """The comment behind something, or nothing."""
        text = self.source[end.line][end.column :].strip()
        if colon:
            text = text.removeprefix(":").strip()
        if text and not text.startswith("#"):
            raise self.unusual(end)
        return text


def _scalars(node: Node) -> list[Scalar]:
    if isinstance(node, Scalar):
        return [node]
    return [
        s
        for key, value in node.items
        for part in ((key, value) if key is not None else (value,))
        for s in _scalars(part)
    ]


def _detached(gap: list[str]) -> bool:
    """Whether a comment above an entry is set off from it: then it speaks of more than the entry."""
    said = [number for number, line in enumerate(gap) if line]
    return bool(said) and "" in gap[said[0] :]


def _shifted(line: str, columns: int) -> str:
    line = line.rstrip()
    if columns >= 0 or not line:
        return " " * columns + line if line else ""
    lead = len(line) - len(line.lstrip(" "))
    return line[min(lead, -columns) :]


def _trimmed(lines: list[str]) -> list[str]:
    """Without blank lines at the ends, and never two in a row."""
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    while kept and not kept[-1]:
        kept.pop()
    return kept
