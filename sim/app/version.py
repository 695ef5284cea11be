"""Which engine made a dataset: part of every job's digest.  Roof."""

import hashlib
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("scenarios", "sim", "renderers", "labelers")
KEPT = {".py", ".json", ".xodr"}


@lru_cache(maxsize=1)
def engine_version() -> str:
    """The distribution's version and a digest of its sources: two engines that could draw differently never match."""
    house = Path(__file__).resolve().parents[2]
    digest = hashlib.sha256()
    for package in PACKAGES:
        for path in sorted(p for p in (house / package).rglob("*") if p.suffix in KEPT):
            digest.update(path.relative_to(house).as_posix().encode())
            digest.update(path.read_bytes())
    try:
        number = version("stormlane")
    except PackageNotFoundError:  # run from a bare tree
        number = "0"
    return f"{number}+{digest.hexdigest()[:12]}"
