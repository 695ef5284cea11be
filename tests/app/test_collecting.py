"""Workers that import test files from the end meet what the others meet, and leave it to them."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests import conftest
from tests.support import references


@pytest.mark.parametrize(
    "fault",
    ["import pytest\npytest.skip('not here', allow_module_level=True)", "import no_such_thing", "1 / 0"],
)
def test_a_file_that_is_left_out_or_broken_ends_no_worker(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "test_left_out.py").write_text(fault, encoding="utf-8")
    (tmp_path / "test_before.py").write_text("READ = True", encoding="utf-8")
    monkeypatch.setattr(conftest, "HOUSE", tmp_path)
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw1")
    monkeypatch.syspath_prepend(tmp_path)
    session: Any = SimpleNamespace(config=SimpleNamespace(args=[str(tmp_path)]))
    conftest.pytest_collection(session)
    assert __import__("test_before").READ  # the one after it was read all the same


def test_a_file_may_read_reference_numbers_that_are_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(references, "FOLDER", tmp_path)
    with pytest.raises(pytest.skip.Exception) as told:
        references.reference("yardsticks.json")
    assert told.value.allow_module_level  # the file is left out; without it nothing is collected at all
