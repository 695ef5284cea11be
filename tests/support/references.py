"""Reference numbers that lie beside the repository; tests that need them are skipped where they do not."""

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "reference"


def reference(name: str) -> Any:
    """One JSON file of them."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"{path} is not there", allow_module_level=True)
    return json.loads(path.read_text(encoding="utf-8"))
