"""How mistakes and counts are printed: one line a mistake, on a terminal with the line of the file it is in.  Roof."""

from collections.abc import Iterator
from pathlib import Path

from scenarios.errors import ScenarioError, ScenarioErrors, StormlaneError

WIDTH = 100  # characters of the file's line that are shown


def many(count: int, thing: str) -> str:
    """`1 clip`, `1,200 clips`."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def told(error: StormlaneError, excerpts: bool) -> str:
    """The text of an error; `excerpts` adds the line it speaks of, for people who look at it."""
    if not excerpts or not isinstance(error, ScenarioError):
        return str(error)
    each = error.errors if isinstance(error, ScenarioErrors) else (error,)
    return "\n".join(line for one in each for line in (str(one), *_excerpt(one)))


def _excerpt(error: ScenarioError) -> Iterator[str]:
    """The line and a caret below the column; nothing when the mistake has no place in a file."""
    if not error.line:
        return
    try:
        lines = Path(error.file).read_text(encoding="utf-8-sig", errors="replace").splitlines()
        source = lines[error.line - 1]
    except (OSError, IndexError):
        return
    column = error.column - 1
    start = max(0, min(column - WIDTH // 2, len(source) - WIDTH))
    shown = "".join(c if c.isprintable() else " " for c in source[start : start + WIDTH])
    number = f"{error.line:>5}"
    yield f"{number} | {shown}"
    yield f"{' ' * len(number)} | {' ' * (column - start)}^"
