"""Which files a scenario may name: those in its own folder and those the package brings.  Language floor."""

from dataclasses import dataclass
from pathlib import Path

from scenarios.errors import listing, nearest

PACKAGE = Path(__file__).resolve().parent
MAX_NAME = 200
MAX_MAP_BYTES = 64 * 1024 * 1024


class FileError(ValueError):
    """A named file is missing, elsewhere, or too large; the message says which."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where files of a kind stand that are known by a bare name, and how their names end."""

    folder: str
    ending: str


RIGS = Shelf("rigs", ".yaml")
WEATHERS = Shelf("weathers", ".yaml")
CATALOGUE = Shelf("catalogue", ".scenario.yaml")


def find(
    name: str,
    folder: Path,
    suffixes: tuple[str, ...],
    what: str,
    typed: bool = False,
    root: Path | None = None,
    shelf: Shelf | None = None,
) -> Path:
    """The file meant by `name` in a file that lives in `folder`; `root` is the folder of the whole scenario.

    A name typed on the command line may be any path: the person at the keyboard may read what they like.  A name in
    a file came from a stranger: it must stay below the scenario's folder or below the package's data, links followed.
    With a shelf, a bare name (`surround_six`) is looked for there as well.
    """
    root = folder if root is None else root
    if "\0" in name or not name.strip() or len(name) > MAX_NAME:
        raise FileError(f'"{name!r}" is not a file name')
    if typed:
        for candidate in (Path(name).expanduser(), folder / name, root / name):
            if candidate.is_file():
                return _suffixed(candidate, name, suffixes, what)
    bare = shelf is not None and "/" not in name and not Path(name).suffix
    names = [name]
    if shelf is not None and bare:
        names = [f"{shelf.folder}/{name}{shelf.ending}", f"{name}{shelf.ending}"]
    outside = False
    inside = [place.resolve() for place in (root, PACKAGE)]
    for candidate in (place / n for place in dict.fromkeys((folder, root, PACKAGE)) for n in names):
        if not any(_resolved(candidate, name).is_relative_to(limit) for limit in inside):
            outside = True
        elif candidate.is_file():
            return _suffixed(candidate, name, suffixes, what)
    if outside and (Path(name).is_absolute() or ".." in Path(name).parts or (folder / name).is_file()):
        raise FileError(f'"{name}" leaves the folder of the scenario; keep the {what} beside the scenario')
    known = [*_beside(names[0], folder, suffixes), *packaged(str(Path(names[0]).parent), suffixes)]
    if shelf is not None and bare:
        known = [Path(other).name.removesuffix(shelf.ending) for other in known]
    raise FileError(
        f'there is no {what} "{name}" beside the scenario or in the package{_nearest_file(name, known)}'
    )


def _resolved(path: Path, name: str) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # a link to itself
        raise FileError(f'"{name}" cannot be followed') from None


def _nearest_file(name: str, known: list[str]) -> str:
    """Names are compared without folder and endings, which all of them share."""
    heads = {Path(other).name.partition(".")[0]: other for other in reversed(known)}
    hint = nearest(Path(name).name.partition(".")[0], heads)
    for head, other in heads.items():
        if hint == f'did you mean "{head}"?':
            return f'; did you mean "{other}"?'
    return f"; known here: {listing(known)}" if known else ""


def _beside(name: str, folder: Path, suffixes: tuple[str, ...]) -> list[str]:
    """Files of the right kind in the folder where the named one was expected."""
    parent = folder / Path(name).parent
    found = [
        path.relative_to(folder).as_posix() for path in parent.glob("*") if path.suffix.lower() in suffixes
    ]
    return sorted(found)[:200]


def _suffixed(path: Path, name: str, suffixes: tuple[str, ...], what: str) -> Path:
    if path.suffix.lower() not in suffixes:
        raise FileError(f'"{name}" is not a {what}: its name should end in {" or ".join(suffixes)}')
    return path


def packaged(folder: str, suffixes: tuple[str, ...]) -> list[str]:
    """Names of the package's own files, such as `rigs/front_cam_roof_lidar.yaml`."""
    if folder not in ("rigs", "maps", "weathers", "catalogue"):
        return []
    return sorted(f"{folder}/{path.name}" for path in (PACKAGE / folder).glob("*") if path.suffix in suffixes)


def catalogue() -> dict[str, Path]:
    """The stories that the package brings, by name."""
    ending = ".scenario.yaml"
    return {p.name.removesuffix(ending): p for p in sorted((PACKAGE / "catalogue").glob(f"*{ending}"))}


def weathers() -> dict[str, Path]:
    """The weathers that the package brings, by name."""
    return {p.stem: p for p in sorted((PACKAGE / "weathers").glob("*.yaml"))}


def rigs() -> dict[str, Path]:
    """The rigs that the package brings, by name."""
    return {p.stem: p for p in sorted((PACKAGE / "rigs").glob("*.yaml"))}
