"""What a whole run needs and no single test: workers that share compiling, and a collector with less to walk."""

import gc
import importlib
import os
from contextlib import suppress
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[1]


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Import from the end where another worker begins at the beginning.

    pytest rewrites and compiles every test file that was not read before: workers that go the same way at the same
    pace would compile each of them twice.  What is wrong with a file, or why it is left out, is told in its turn.
    """
    if int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 2:
        folders = [Path(name).resolve() for name in session.config.args]
        for path in sorted((path for folder in folders for path in folder.rglob("test_*.py")), reverse=True):
            with suppress(Exception, pytest.skip.Exception):
                importlib.import_module(".".join(path.relative_to(HOUSE).with_suffix("").parts))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files whose tests take longest, so that no worker is left alone with one at the end."""
    long = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in long)


def pytest_collection_finish() -> None:
    """Modules, schemas and thousands of tests stay to the end: the collector need not walk them again and again.

    Nor what grows while they run, after every seven hundred objects.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)
