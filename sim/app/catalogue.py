"""What is shipped, by name: scenarios, models, rigs, formats.  Roof."""

import difflib
from collections.abc import Iterator
from pathlib import Path

import scenarios
from scenarios.errors import StormlaneError

SUFFIX = ".scenario.yaml"


def find_scenario(given: Path) -> Path:
    """`given` if it is a file, else the catalogue entry of that name; an error names near ones."""
    if given.is_file():
        return given
    shipped = scenarios.catalogue()
    if str(given) in shipped:
        return shipped[str(given)]
    near = difflib.get_close_matches(given.name.removesuffix(SUFFIX), shipped, 1)
    hint = f"; did you mean {near[0]}?" if near else f"; the catalogue has {', '.join(shipped)}"
    raise StormlaneError(f"{given}: no such file, and no scenario of that name{hint}")


def story(path: Path) -> str:
    """The comment lines at the top of a scenario file, as one line."""
    lines: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        text = line.lstrip("# ").strip()
        if text and not text.startswith("yaml-language-server"):
            lines.append(text)
    return " ".join(lines)


def listing(what: str) -> Iterator[str]:
    """Lines for `stormlane list`."""
    makers = {
        "scenarios": _scenarios,
        "models": _models,
        "rigs": _rigs,
        "weathers": _weathers,
        "formats": _formats,
    }
    if what != "all" and what not in makers:
        raise StormlaneError(f"nothing called {what!r} to list; known: all, {', '.join(makers)}")
    for name, maker in makers.items():
        if what in ("all", name):
            if what == "all":
                yield f"{name}:"
            yield from (f"  {line}" if what == "all" else line for line in maker())


def _scenarios() -> Iterator[str]:
    for name, path in scenarios.catalogue().items():
        yield f"{name:26} {story(path)}"


def _models() -> Iterator[str]:
    from scenarios.bodies import BODIES

    for body in BODIES.values():
        length, width, height = body.size_m
        yield f"{body.model:26} {body.actor_class}, {length:.2f} x {width:.2f} x {height:.2f} m"


def _rigs() -> Iterator[str]:
    for name, path in scenarios.rigs().items():
        yield f"{name:26} {story(path)}"


def _weathers() -> Iterator[str]:
    for name, path in scenarios.weathers().items():
        yield f"{name:26} {story(path)}"


def _formats() -> Iterator[str]:
    from labelers.writers import FORMATS

    for name, format_ in FORMATS.items():
        yield f"{name:26} {(format_.__doc__ or '').strip().splitlines()[0]}"
