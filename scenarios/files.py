"""Which files a scenario may name: those in its own folder and those the package brings.  Language floor."""

from pathlib import Path

from scenarios.errors import listing, nearest

PACKAGE = Path(__file__).resolve().parent
MAX_MAP_BYTES = 64 * 1024 * 1024


class FileError(ValueError):
    """A named file is missing, elsewhere, or too large; the message says which."""


def find(name: str, folder: Path, suffixes: tuple[str, ...], what: str, typed: bool = False) -> Path:
    """The file meant by `name` in a scenario that lives in `folder`.

    A name typed on the command line may be any path: the person at the keyboard may read what they like.  A name in
    a file came from a stranger: it must stay below the scenario's folder or below the package's data, links followed.
    """
    if "\0" in name or not name.strip():
        raise FileError(f'"{name!r}" is not a file name')
    if typed:
        for candidate in (Path(name).expanduser(), folder / name):
            if candidate.is_file():
                return _suffixed(candidate, name, suffixes, what)
    outside = False
    for root in (folder, PACKAGE):
        candidate = root / name
        if not candidate.resolve().is_relative_to(root.resolve()):
            outside = True
        elif candidate.is_file():
            return _suffixed(candidate, name, suffixes, what)
    if outside and (Path(name).is_absolute() or ".." in Path(name).parts or (folder / name).is_file()):
        raise FileError(f'"{name}" leaves the folder of the scenario; keep the {what} beside the scenario')
    hint = _nearest_file(
        name, [*_beside(name, folder, suffixes), *packaged(str(Path(name).parent), suffixes)]
    )
    raise FileError(f'there is no {what} "{name}" beside the scenario or in the package{hint}')


def _nearest_file(name: str, known: list[str]) -> str:
    """Names are compared without folder and suffix, which all of them share."""
    close = [other for other in known if "did you mean" in nearest(Path(name).stem, [Path(other).stem])]
    if close:
        return f'; did you mean "{close[0]}"?'
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
    if folder not in ("rigs", "maps"):
        return []
    return sorted(f"{folder}/{path.name}" for path in (PACKAGE / folder).glob("*") if path.suffix in suffixes)


def catalogue() -> dict[str, Path]:
    """The stories that the package brings, by name."""
    ending = ".scenario.yaml"
    return {p.name.removesuffix(ending): p for p in sorted((PACKAGE / "catalogue").glob(f"*{ending}"))}


def rigs() -> dict[str, Path]:
    """The rigs that the package brings, by name."""
    return {p.stem: p for p in sorted((PACKAGE / "rigs").glob("*.yaml"))}
