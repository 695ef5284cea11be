"""Is this machine fit to render?  Roof."""

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from sim.app.version import engine_version
from sim.kernels.cache import cache_root, kernel_folder, kernel_sources

NEEDED = (
    "numpy",
    "numba",
    "scipy",
    "pydantic",
    "ruamel.yaml",
    "opencv-python-headless",
    "shapely",
    "lxml",
    "pyarrow",
    "zstandard",
)
OPTIONAL = {"pybullet": "rigid-body events (falling cargo)"}


def examine() -> Iterator[tuple[bool, str]]:
    """(fine, line) for everything a render depends on."""
    yield (
        sys.version_info >= (3, 11),
        f"Python {platform.python_version()} ({platform.python_implementation()}); 3.11 or newer needed",
    )
    yield True, f"stormlane {engine_version()}"
    for name in NEEDED:
        try:
            yield True, f"{name} {version(name)}"
        except PackageNotFoundError:
            yield False, f"{name} is not installed: pip install {name}"
    for name, purpose in OPTIONAL.items():
        try:
            yield True, f"{name} {version(name)}"
        except PackageNotFoundError:
            yield True, f"{name} is not installed; only needed for {purpose}"
    cores = os.cpu_count() or 1
    yield True, f"{cores} CPU cores, {platform.machine()}"
    memory_gib = (
        os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30 if hasattr(os, "sysconf") else 0.0
    )
    yield memory_gib >= 2, f"{memory_gib:.1f} GiB of memory; 2 needed, about 1 more for each worker"
    free_gib = shutil.disk_usage(".").free / 2**30
    yield free_gib >= 1, f"{free_gib:.1f} GiB free on this disk; a 720p sample with lidar takes about 5 MB"
    root = cache_root()
    root_parent = next(p for p in (root, *root.parents) if p.exists())
    yield os.access(root_parent, os.W_OK), f"cache folder {root}"
    compiled = sum(len(list(kernel_folder(path).glob("*.nbc"))) for path in kernel_sources())
    yield (
        True,
        f"{compiled} compiled kernels cached"
        if compiled
        else "no kernels compiled yet: stormlane warmup does it once",
    )
