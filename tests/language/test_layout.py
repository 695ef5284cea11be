"""`stormlane fmt` changes how a file looks, never what it says, and never twice."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scenarios
from scenarios import tree
from scenarios.errors import ScenarioErrors
from scenarios.files import weathers
from scenarios.layout import WIDTH, laid_out
from tests.support.proof import often
from tests.support.wrong_files import RIG, RIGHT

MODELS = sorted((Path(__file__).parents[3] / "shared/reference").glob("*.scenario.yaml"))
SHIPPED = [*scenarios.catalogue().values(), *weathers().values(), *scenarios.rigs().values(), *MODELS]


def comments(text: str) -> list[str]:
    return sorted(re.findall(r"(?:^|(?<=\s))#.*?(?=\s*$)", text, re.MULTILINE))


def settled(text: str, odd: bool = False) -> str:
    """The text laid out, after checking all that must hold of any text; `odd` ones may have `#` in quotes."""
    once = laid_out(text, "file")
    assert laid_out(once, "file") == once
    assert tree.read(once, "file", nulls=True).data == tree.read(text, "file", nulls=True).data
    assert once.count("#") == text.count("#") and (odd or comments(once) == comments(text))
    assert once.endswith("\n") and not once.endswith("\n\n") and not re.search(r"[ \t]$", once, re.MULTILINE)
    return once


@pytest.mark.parametrize("path", SHIPPED, ids=[path.stem for path in SHIPPED])
def test_every_file_of_ours_reads_the_same_laid_out(path: Path, tmp_path: Path) -> None:
    text = settled(path.read_text())
    assert path in MODELS or text == path.read_text(), "the package's own files are laid out"
    for line in text.splitlines():
        assert line.startswith("#") or len(line.partition(" #")[0]) <= WIDTH


@pytest.mark.parametrize("path", list(scenarios.catalogue().values()), ids=list(scenarios.catalogue()))
def test_a_laid_out_story_loads_to_the_same_draft(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / path.name
    copy.write_text(laid_out(path.read_text().replace(": {", ":   { "), "file"))
    assert scenarios.load(copy).draft == scenarios.load(path).draft


TABLE = [
    ("spaces", "a:   {b:  1 ,c: 2}\nd: [ 1,2 ]\n", "a: {b: 1, c: 2}\nd: [1, 2]\n"),
    ("indentation", "a:\n    b:\n        - c: 1\n          d: 2\n", "a:\n  b:\n    - c: 1\n      d: 2\n"),
    ("lists at the column of their key", "a:\n- 1\n- 2\n", "a:\n  - 1\n  - 2\n"),
    (
        "expressions in quotes",
        "world:\n  x: = 2 * $rain\n  y: $rain\n",
        'world:\n  x: "= 2 * $rain"\n  y: $rain\n',
    ),
    ("conditions in quotes", "require:\n  - $a < $b\n", 'require:\n  - "$a < $b"\n'),
    ("one kind of quotes", "a: 'b'\nc: 'say \"d\"'\n", 'a: "b"\nc: \'say "d"\'\n'),
    ("quotes stay", 'a: "1"\nb: "+01:00"\n', 'a: "1"\nb: "+01:00"\n'),
    ("blank lines", "\n\na: 1\n\n\n\nb: 2\n\n", "a: 1\n\nb: 2\n"),
    (
        "comments",
        "# top\na: 1   # one\n  # two\nb: 2#no\n# end",
        "# top\na: 1 # one\n# two\nb: 2#no\n# end\n",
    ),
    ("short forms", "a: 1..2 m\nb: {uniform: [1 m, 2 m]}\n", "a: 1..2 m\nb: {uniform: [1 m, 2 m]}\n"),
    ("a comment hard behind a brace", "a: {# c\nb:  1}\n", "a: {# c\nb:  1}\n"),
    ("a comment hard behind a comma", "a: [1,# c\n  2]\n", "a: [1,# c\n  2]\n"),
    (
        "a comment at the end of a block",
        "a:\n    b: 1\n    # more\nc: 2\n",
        "a:\n  b: 1\n  # more\nc: 2\n",
    ),
    (
        "order of the schema",
        "capture: {rate: 10 Hz}\n# who\nactors: {}\nscenario: x\n",
        "scenario: x\n# who\nactors: {}\ncapture: {rate: 10 Hz}\n",
    ),
    (
        "the head of a file stays on top",
        "# a story\nversion: 1\nscenario: x\n",
        "# a story\nscenario: x\nversion: 1\n",
    ),
    ("order within braces is the author's", "capture: {rate: 1 Hz, duration: 1 s}\n", None),
    ("order of actors is the author's", "actors:\n  van: {}\n  ego: {}\n", None),
    ("a comment that is set off keeps the order", "capture: {}\n\n# the rest\n\nactors: {}\n", None),
    ("an unknown word keeps the order", "capture: {}\nwho: 1\nactors: {}\n", None),
    (
        "several lines with comments",
        "a:\n    b: [1, # one\n        2,\n    ]\n",
        "a:\n  b: [1, # one\n      2,\n  ]\n",
    ),
    ("several lines without", "a: {b: 1,\n  c: 2}\n", "a: {b: 1, c: 2}\n"),
    (
        "text of several lines",
        "a:\n    b: >\n      x\n\n      y\n    c: 1\n",
        "a:\n  b: >\n    x\n\n    y\n  c: 1\n",
    ),
    ("a document's marks", "---\na: 1\n...\n", "a: 1\n"),
    ("null and empty things", "a: null\nb: {}\nc: []\n", None),
]


@pytest.mark.parametrize(("what", "text", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_one_layout(what: str, text: str, expected: str | None) -> None:
    assert settled(text) == (text if expected is None else expected)


def test_a_line_that_is_too_long_becomes_a_block() -> None:
    long = ", ".join(f"word_{i}: {{choice: [a, b]}}" for i in range(8))
    assert settled(f"params: {{{long}}} # why\n") == "# why\nparams:\n" + "".join(
        f"  word_{i}: {{choice: [a, b]}}\n" for i in range(8)
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1, 2\n", 'this "[" is not closed'),
        ("", "there is nothing to lay out here"),
        ("a:\n  b\n", "fmt does not know this layout"),
        ("a:\n  - # one\n    1\n", "fmt does not know this layout"),
    ],
)
def test_what_cannot_be_laid_out_is_said(text: str, said: str) -> None:
    with pytest.raises(ScenarioErrors, match=re.escape(said)):
        laid_out(text, "file")


# ------------------------------------------------------------------------------------------------- any text whatever
KEYS = st.sampled_from(["scenario", "world", "actors", "ego", "rain", "do", "a", "b", "capture", "start"])
WORDS = st.sampled_from(
    ["1", "2 m", "$rain", "= 2 * $x", '"a, b"', "'it''s'", "a: b".replace(": ", ":"), "null", "x#y"]
)


def data(depth: int) -> st.SearchStrategy[Any]:
    if depth == 0:
        return WORDS
    inner = data(depth - 1)
    return st.one_of(WORDS, st.dictionaries(KEYS, inner, max_size=4), st.lists(inner, max_size=3))


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A document of random data in a random layout, with comments and blank lines strewn in."""
    lines: list[str] = []

    def noise(indent: int) -> None:
        for _ in range(draw(st.integers(0, 2))):
            column = draw(st.sampled_from([0, indent, indent + 2]))
            lines.append(draw(st.sampled_from(["", " " * column + f"# note {len(lines)}"])))

    def tail() -> str:
        return draw(st.sampled_from(["", "", f"   # tail {len(lines)}"]))

    def flow(node: Any) -> str:
        gap = draw(st.sampled_from(["", " "]))
        if isinstance(node, dict):
            return "{" + gap + f",{gap} ".join(f"{k}: {flow(v)}" for k, v in node.items()) + gap + "}"
        if isinstance(node, list):
            return "[" + gap + f",{gap} ".join(flow(v) for v in node) + gap + "]"
        return str(node)

    def block(node: Any, indent: int) -> None:
        pairs = node.items() if isinstance(node, dict) else [(None, item) for item in node]
        for key, value in pairs:
            noise(indent)
            head = " " * indent + ("- " if key is None else f"{key}: ")
            nested = isinstance(value, dict | list) and value and draw(st.booleans())
            if not nested or (key is None and isinstance(value, list)):
                lines.append(head + flow(value) + tail())
            elif key is None:
                at = len(lines)
                block(value, indent + 2)
                while not lines[at].strip() or lines[at].lstrip().startswith("#"):
                    del lines[at]  # what stands between dash and item is not for fmt
                lines[at] = head + lines[at].lstrip()
            else:
                lines.append(head.rstrip() + tail())
                block(value, indent + draw(st.sampled_from([2, 4])))

    block(draw(st.dictionaries(KEYS, data(3), min_size=1, max_size=5)), 0)
    noise(0)
    return "\n".join(lines) + "\n"


@settings(max_examples=often(150), deadline=None)
@given(documents())
def test_any_document_is_laid_out_once_and_for_all(text: str) -> None:
    try:
        tree.read(text, "file", nulls=True)
    except ScenarioErrors:
        return
    settled(text)


def test_a_comment_at_the_end_of_a_block_that_moves_up_comes_to_rest() -> None:
    settled("world: 1\nscenario:\n  scenario: 1\n  world: 1\n  actors: 1\n  ego: 1\n  # note 6\n")


SNIPPETS = st.sampled_from(
    ["", " ", "\n", "\n\n", "# c\n", " # c", "  ", "{}", ", ", "- ", ": ", "'", '"', ">", "\t", "é"]
)


@settings(max_examples=often(100), deadline=None)
@given(
    st.sampled_from([RIGHT, RIG]),
    st.lists(st.tuples(st.integers(0, 1200), st.integers(0, 6), SNIPPETS), min_size=1, max_size=4),
)
def test_an_edited_file_is_laid_out_or_refused_in_a_line(text: str, cuts: list[tuple[int, int, str]]) -> None:
    for start, length, snippet in cuts:
        text = text[:start] + snippet + text[start + length :]
    try:
        settled(text, odd=True)
    except ScenarioErrors as errors:
        assert all(error.message for error in errors.errors)
