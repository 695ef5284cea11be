"""Where compiled kernels are kept: one folder per digest of all kernel sources, numba version and CPU.

numba's own cache only watches the file a function stands in; a change in a helper of another file would go unseen.
A folder keyed by the digest of every kernel source makes a stale hit impossible.  World floor.
"""

import hashlib
import os
import platform
from contextlib import suppress
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("sim", "renderers", "labelers")


def kernel_sources() -> list[Path]:
    """All files below a `kernels` folder of the installed packages, in a fixed order."""
    house = Path(__file__).resolve().parents[2]
    return sorted(path for package in PACKAGES for path in (house / package).rglob("kernels/**/*.py"))


def _cpu_name() -> str:
    """The CPU model as the operating system names it; machine code is only good for the CPU it was made for."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


@lru_cache(maxsize=1)
def cache_folder() -> Path:
    """Folder for this combination of kernel sources, numba and CPU, below $STORMLANE_CACHE or the user's cache."""
    digest = hashlib.sha256()
    for path in kernel_sources():
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    with suppress(PackageNotFoundError):
        digest.update(version("numba").encode())
    digest.update(_cpu_name().encode())
    return cache_root() / "kernels" / digest.hexdigest()[:16]


def cache_root() -> Path:
    """The folder that holds everything that can be made again: compiled kernels, built assets, rendered tests."""
    named = os.environ.get("STORMLANE_CACHE")
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "stormlane"
