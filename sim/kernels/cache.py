"""Where compiled kernels are kept: one folder per kernel file, named by all sources that its machine code is made of.

numba's own cache only watches the file a function stands in; a change in a helper of another file would go unseen.
Here a folder's name is the digest of the file, of every kernel file that it imports, directly or not, of numba and of
the CPU: a stale hit is impossible, and a change makes nobody compile again but those who use what was changed.  Where
the house stands is no part of it, so checkouts and environments share what they have in common.  World floor.
"""

import hashlib
import os
import platform
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import lru_cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
IMPORTED = re.compile(r"^from ([\w.]+) import|^import ([\w.]+)", re.MULTILINE)
PACKAGES = ("sim", "renderers", "labelers")


@lru_cache(maxsize=1)
def kernel_sources() -> tuple[Path, ...]:
    """All files below a `kernels` folder of the installed packages, in a fixed order."""
    return tuple(sorted(path for name in PACKAGES for path in (HOUSE / name).rglob("kernels/**/*.py")))


def used_sources(path: Path, house: Path = HOUSE) -> list[Path]:
    """A kernel file and the kernel files that it imports, directly or not, in a fixed order."""
    found, ahead = set(), [path]
    while ahead:
        one = ahead.pop()
        if one in found:
            continue
        found.add(one)
        ahead += _imported(one, house)
    return sorted(found)


@lru_cache(maxsize=256)
def _imported(path: Path, house: Path) -> list[Path]:
    """The kernel files that a file itself imports."""
    modules = ["".join(names).split(".") for names in IMPORTED.findall(path.read_text(encoding="utf-8"))]
    files = [house.joinpath(*module).with_suffix(".py") for module in modules if "kernels" in module]
    return [file for file in files if file.is_file()]


@lru_cache(maxsize=256)
def _content(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


def _cpu_name() -> str:
    """The CPU model as the operating system names it; machine code is only good for the CPU it was made for."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


@lru_cache(maxsize=256)
def kernel_folder(path: Path) -> Path:
    """Where the machine code of a kernel file is kept, below $STORMLANE_CACHE or the user's cache."""
    return _folder(path.stem, used_sources(path))


def warm_folder() -> Path:
    """Where it is noted that all kernels of this house were compiled."""
    return _folder("all", kernel_sources())


def _folder(name: str, sources: Sequence[Path]) -> Path:
    digest = hashlib.sha256()
    for path in sources:
        digest.update(path.relative_to(HOUSE).as_posix().encode())
        digest.update(_content(path))
    digest.update(_machine())
    return cache_root() / "kernels" / f"{name}-{digest.hexdigest()[:16]}"


@lru_cache(maxsize=1)
def _machine() -> bytes:
    """What else machine code depends on: the compiler and the CPU."""
    compiler = ""
    with suppress(PackageNotFoundError):
        compiler = version("numba")
    return f"{compiler} {_cpu_name()}".encode()


_held: set[Path] = set()


@contextmanager
def turn(path: Path, name: str) -> Iterator[None]:
    """Hold the lock of a kernel of a file against other processes; whoever holds it already goes on.

    Kernels wait only for those they call, so processes never wait for each other in a circle.  Called under numba's own
    lock, hence by one thread at a time.  Where locks cannot be had nobody waits.
    """
    lock = kernel_folder(path) / f"{name}.lock"
    if lock in _held:
        yield
        return
    with ExitStack() as scope:
        with suppress(OSError, ImportError):
            fcntl = import_module("fcntl")  # Windows has none
            file = scope.enter_context(lock.open("w"))
            fcntl.flock(file, fcntl.LOCK_EX)
            # Said aloud: a process that was forked off meanwhile has the file, too, and keeps it open.
            scope.callback(fcntl.flock, file, fcntl.LOCK_UN)
        _held.add(lock)
        scope.callback(_held.discard, lock)
        yield


def cache_root() -> Path:
    """The folder that holds everything that can be made again: compiled kernels, built assets, rendered tests."""
    named = os.environ.get("STORMLANE_CACHE")
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "stormlane"
