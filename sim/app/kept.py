"""Rendered scenarios for test suites, kept by content.  Roof."""

import hashlib
from pathlib import Path

from scenarios import load
from scenarios.errors import StormlaneError
from scenarios.lock import dump
from scenarios.sampling import Spread, draw
from sim.app.batch import render_batch
from sim.app.catalogue import find_scenario
from sim.app.version import engine_version
from sim.kernels.cache import cache_root


def rendered(folder: Path, file: str, samples: int, seed: int, overrides: tuple[str, ...]) -> Path:
    """Folder of the native dataset of these samples; rendered when it is not there yet.

    `file` is relative to `folder` or a catalogue name.  The folder's name is a digest of the resolved samples and the
    engine, so an edited scenario or a new engine never meets old pictures; an interrupted rendering is continued.
    """
    path = find_scenario(folder / file if (folder / file).is_file() else Path(file))
    drafts = load(path, overrides)
    digest = hashlib.sha256(engine_version().encode())
    for concrete in draw(drafts, Spread("random", samples, seed)):
        digest.update(dump(concrete).encode())
    root = cache_root() / "suites" / digest.hexdigest()[:24]
    if not render_batch(
        [path],
        root,
        samples=samples,
        seed=seed,
        workers=0,
        format_name="native",
        overrides=overrides,
        quiet=True,
    ):
        raise StormlaneError(f"{path}: rendering was interrupted")
    return root
