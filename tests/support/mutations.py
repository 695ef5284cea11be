"""Spoils files the way people, editors and cosmic rays do: bytes, lines, words and whole branches."""

import copy
import functools
import random
import re
from collections.abc import Callable
from typing import Any

from scenarios import tree, units, vocabulary, writing
from scenarios.errors import ScenarioErrors
from scenarios.schema import DraftScenario
from scenarios.wording import model_at, words_of

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_WORD = re.compile(r"[A-Za-z_]\w*")
NUMBERS = (
    "0", "-1", "1e308", "1e-308", "9" * 25, "99999999999999999999", "0.1", "1.5", "3", "-0.0", "1e9", "007", "0x10",
    ".5", "1_000", "nan", "inf", "1.", "2" * 400,
)  # fmt: skip
SNIPPETS = (
    "", "{}", "[]", "null", "~", "true", "'", '"', ": ", " #", "\n", "  ", "\n- ", "\t", "$rain", "$", "= 1", "= $",
    "..", "1..2", " km/h", "{choice: [a, b]}", "{normal: {mean: 1 m, sd: 1 m}}", "{uniform: [1 m, 2 m]}", "ego",
    "[1, 2]", "{a: 1}", "16:30", "%", "é", "|", ">", "&a", "*a", "!t", "---", "...", "?", ",", "\x00",
    "\u2028", "\ufeff", "🚗",
    "min(", "ttc(ego, ego)", "path(path(ego))", "not not not", "(" * 60, "[" * 60, "- " * 60, "{a: " * 45, "<<: *a",
    "visible(child, ego.cam_front) < 0.05 before reveal", "= 1 / 0", "= 2 * $ego_speed", "in 1..2 s", "at 3 s", "--- #",
    "{one_of: {1: []}}", "{extends: small}", "\r", "\r\n", "null: null", "0.5: []", "1e400 m", "5 m/s^2 / 3", "-" * 200,
)  # fmt: skip
WORDS = tuple(
    dict.fromkeys(
        word
        for path in (
            (),
            ("world",),
            ("actors", "x"),
            ("actors", "x", "do", 0),
            ("actors", "x", "start"),
            ("capture",),
        )
        for word in words_of(model_at(DraftScenario, path))
    )
)
UNITS = tuple(unit for unit in units.NATURAL if unit)


def mutated(text: str, rng: random.Random) -> bytes:
    """One to four mistakes, of one or several kinds."""
    for _ in range(rng.choice((1, 1, 1, 2, 3, 4))):
        text = rng.choice(KINDS)(text, rng)
    data = text.encode("utf-8", "surrogatepass")
    return _bytes(data, rng) if rng.random() < 0.15 else data


def _bytes(data: bytes, rng: random.Random) -> bytes:
    spoilt = bytearray(data)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(spoilt) + 1)
        what = rng.random()
        if what < 0.4 and at < len(spoilt):
            spoilt[at] = rng.randrange(256)
        elif what < 0.7:
            spoilt[at:at] = bytes(rng.randrange(256) for _ in range(rng.randint(1, 4)))
        else:
            del spoilt[at : at + rng.randint(1, 40)]
    return bytes(spoilt)


def _characters(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(SNIPPETS) + text[at + rng.choice((0, 0, 1, 2, 5, 12)) :]


def _numbers(text: str, rng: random.Random) -> str:
    return _replaced(text, _NUMBER, rng.choice(NUMBERS), rng)


def _words(text: str, rng: random.Random) -> str:
    found = list(_WORD.finditer(text))
    if not found:
        return text
    old = rng.choice(found)
    new = rng.choice((*WORDS, *UNITS, rng.choice(found)[0], _typo(old[0], rng), _typo(old[0], rng)))
    return text[: old.start()] + new + text[old.end() :]


def _typo(word: str, rng: random.Random) -> str:
    at = rng.randrange(len(word))
    return rng.choice(
        (word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:], word[:at] + "x" + word[at + 1 :])
    )


def _replaced(text: str, pattern: re.Pattern[str], new: str, rng: random.Random) -> str:
    found = list(pattern.finditer(text))
    if not found:
        return text
    old = rng.choice(found)
    return text[: old.start()] + new + text[old.end() :]


def _lines(text: str, rng: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    if not lines:
        return rng.choice(SNIPPETS)
    at, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    match rng.randrange(8):
        case 0:
            del lines[at]
        case 1:
            lines.insert(other, lines[at])
        case 2:
            lines[at], lines[other] = lines[other], lines[at]
        case 3:
            lines[at] = " " * rng.randint(1, 4) + lines[at]
        case 4:
            lines[at] = lines[at][rng.randint(1, 3) :]
        case 5:
            lines[at] = lines[at].rstrip("\n")
        case 6:
            lines = lines[:at]
        case _:
            lines[at] = lines[at].replace("  ", "\t", 1)
    return "".join(lines)


def _branches(text: str, rng: random.Random) -> str:
    """Something happens to a value, a list or a mapping of the file, which stays YAML."""
    data = copy.deepcopy(_data_of(text))
    if not isinstance(data, dict) or not data:
        return _characters(text, rng)
    places = list(_places(data))
    owner, key = rng.choice(places)
    source, other = rng.choice(places)
    match rng.randrange(9):
        case 0:
            del owner[key]
        case 1 if isinstance(owner, dict):
            owner[_typo(str(key) or "x", rng)] = owner.pop(key)
        case 2:
            owner[key] = copy.deepcopy(source[other])
        case 3:
            owner[key] = [owner[key]] * rng.choice((1, 2, 50))
        case 4:
            owner[key] = {str(rng.choice(WORDS)): owner[key]}
        case 5:
            owner[key] = rng.choice((True, 0, -1, 3.5, "", "x" * 3000, [], {}, 10**17))
        case 6:
            owner[key] = rng.choice(SNIPPETS)
        case 7 if isinstance(owner, dict):
            word = rng.choice(WORDS)
            owner[word] = rng.choice((1, "12 m", {}, [], "50 km/h", "right"))
        case _:
            owner[key] = _example(rng)
    return writing.document({str(k): v for k, v in data.items()})


@functools.lru_cache(maxsize=64)
def _data_of(text: str) -> Any:
    """The data of a text, None when it is not YAML; kept, for most mistakes are made in a right file."""
    try:
        return tree.read(text, "file").data
    except ScenarioErrors:
        return None


def _places(node: Any) -> Any:
    keys = list(node) if isinstance(node, dict) else list(range(len(node)))
    for key in keys:
        yield node, key
        if isinstance(node[key], dict | list):
            yield from _places(node[key])


def _example(rng: random.Random) -> Any:
    """An example of the documentation, where it may not belong."""
    models = [
        model_at(DraftScenario, path) for path in ((), ("world",), ("actors", "x"), ("actors", "x", "do", 0))
    ]
    model = rng.choice([m for m in models if m is not None])
    return vocabulary.example_value(rng.choice(vocabulary.entries(model)).example)


KINDS: tuple[Callable[[str, random.Random], str], ...] = (
    _characters, _numbers, _words, _words, _lines, _branches, _branches, _branches,
)  # fmt: skip
