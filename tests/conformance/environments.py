"""Virtual environments of other people's readers: one per pinned requirements file, made once and kept.

Their dependencies contradict ours and each other's (numpy < 2, a pinned pandas), so none of them is ever installed
beside the product.  What they agree on is installed once: the next environment links the same files.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
from importlib.metadata import distributions
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

import pytest

from sim.kernels.cache import cache_root
from tests.support.proof import WHOLE

# Readers whose environments a plain test run makes; the others take minutes and half a gigabyte each, and are made by
# `make conformance` (and used by every run from then on).
SMALL = frozenset({"nuscenes", "kitti", "coco", "cityscapes", "webdataset", "las", "pcd", "mcap", "osi"})
ASKED: set[str] = set()  # clients that the running test has asked
CLIENTS = Path(__file__).resolve().parent / "clients"


def client_python(client: str) -> Path:
    """The interpreter of a client's environment; skips the test where the packages cannot be had."""
    requirements = CLIENTS / f"{client}.txt"
    digest = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()[:16]
    folder = cache_root() / "conformance" / f"{client}-{digest}"
    python = folder / "bin" / "python"
    if (folder / "complete").is_file():
        return python
    if client not in SMALL and not WHOLE:
        pytest.skip(f"the environment of {client} is made by `make conformance`")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{client}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests of one client may run side by side
        if not (folder / "complete").is_file():
            _make(client, folder, requirements)
    return python


def _make(client: str, folder: Path, requirements: Path) -> None:
    """Make a client's environment anew."""
    shutil.rmtree(folder, ignore_errors=True)
    venv.create(folder)
    pins = requirements.read_text(encoding="utf-8").split()
    missing = [pin for pin in pins if not _linked(pin, folder)]
    fault = _install(missing, folder) if missing else ""
    if fault:
        shutil.rmtree(folder, ignore_errors=True)
        if os.environ.get("CI"):
            pytest.fail(f"the environment of {client} could not be made:\n{fault}", pytrace=False)
        pytest.skip(f"the packages of {client} cannot be installed here (no index in reach?)")
    (folder / "complete").touch()


def _install(pins: list[str], folder: Path) -> str:
    """Let our own pip fill an environment; returns what it has to say where it fails.

    Compiling is left to the first import: a client imports a small part of what it installs.  The files are complete
    lists of pins, so nothing is left to resolve; nuscenes-devkit would pull in Jupyter.
    """
    words = ["install", "--quiet", "--no-compile", "--no-deps", *pins]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--python", folder / "bin" / "python", *words],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr[-2000:] or "pip failed" if done.returncode else ""


def _linked(pin: str, folder: Path) -> bool:
    """Whether a finished environment had this version of a package, whose files now stand in this one too."""
    name, number = pin.split("==")
    for done in sorted(folder.parent.glob("*/complete")):
        packages = [str(path) for path in done.parent.glob("lib/python*/site-packages")]
        for package in distributions(name=name, path=packages):
            if package.version != number:
                continue
            for file in package.files or ():
                source = Path(str(package.locate_file(file)))
                if (
                    ".." not in file.parts
                ):  # scripts name the interpreter that they belong to, and no client calls them
                    _link(source, folder / source.relative_to(done.parent))
                    compiled = Path(cache_from_source(str(source)))
                    if compiled.is_file():
                        _link(compiled, folder / compiled.relative_to(done.parent))
            return True
    return False


def _link(old: Path, new: Path) -> None:
    new.parent.mkdir(parents=True, exist_ok=True)
    if not new.exists():
        os.link(old, new)


def ask(client: str, *arguments: object, environment: str | None = None) -> dict[str, Any]:
    """Run a client's script in its own environment, or in another client's, and return the JSON of its last line."""
    ASKED.add(client)
    script = CLIENTS / f"{client}_client.py"
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [client_python(environment or client), script, *(str(argument) for argument in arguments)],
        capture_output=True,
        text=True,
        check=False,
        env=variables | {"MPLBACKEND": "Agg"},
    )
    assert done.returncode == 0, f"{script.name} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer
