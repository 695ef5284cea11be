"""Errors a person can fix: one line each, with the place, the fact and the next step.  Language floor."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

_LONG_QUOTE = re.compile(r'"([^"]{60})[^"]{61,}([^"]{20})"')
MAX_MESSAGE = 600  # characters


class StormlaneError(Exception):
    """Base of everything that is the input's fault; the command prints it and exits with code 2."""


def _one_line(message: str) -> str:
    """Without line breaks and terminal codes, which quoted values of a stranger's file may hold."""
    line = "".join(c if c.isprintable() else " " for c in message)
    line = _LONG_QUOTE.sub(r'"\1 ... \2"', line)  # a long value must not push out what is said of it
    return line if len(line) <= MAX_MESSAGE else f"{line[: MAX_MESSAGE - 3]}..."


class ScenarioError(StormlaneError):
    """One thing that is wrong in a file; prints as `file:line:column: message`.

    A place outside any file (an assignment typed on the command line) has line 0 and prints without numbers.
    """

    def __init__(self, file: str, line: int, column: int, message: str) -> None:
        self.file = file
        self.line = line
        self.column = column
        self.message = _one_line(message)
        self.doubtful = False  # may only follow from another mistake, which is reported as well
        super().__init__(self.message)

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.message}"

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        # Worker processes send errors home; the default pickling would lose the place.
        return type(self), (self.file, self.line, self.column, self.message)


class ScenarioErrors(ScenarioError):  # noqa: N818 - it is several
    """All that is wrong in a file at once, in the order of the file; prints one line for each."""

    def __init__(self, errors: Iterable[ScenarioError]) -> None:
        unique = {str(e): e for e in errors}
        self.errors = tuple(sorted(unique.values(), key=lambda e: (e.line == 0, e.file, e.line, e.column)))
        first = self.errors[0]
        super().__init__(first.file, first.line, first.column, first.message)

    def __str__(self) -> str:
        return "\n".join(str(e) for e in self.errors)

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), (self.errors,)


def close_name(name: str, known: Iterable[str]) -> str | None:
    """The known name that this one may be a misspelling of."""
    folded: dict[str, str] = {}
    for candidate in known:
        folded.setdefault(candidate.lower(), candidate)
    close = get_close_matches(name.lower(), list(folded), n=1, cutoff=0.6)
    return folded[close[0]] if close else None


def nearest(name: str, known: Iterable[str]) -> str:
    """` did you mean "x"?` when one of the known names is close, else the list of them; empty when there are none."""
    names = list(known)
    close = close_name(name, names)
    if close is not None:
        return f'did you mean "{close}"?'
    return f"known here: {listing(names)}" if names else ""


def listing(names: Sequence[str], most: int = 16) -> str:
    """`a, b, c`, cut short when there are too many to read."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown}, ... ({len(names)} in all)"
