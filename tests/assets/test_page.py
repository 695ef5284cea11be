"""docs/assets.md shows every model once, and its tables are those of the registry."""

import importlib.util
from collections import Counter
from pathlib import Path
from types import ModuleType

from renderers.assets.registry import BUILDERS, SCENERY

ROOT = Path(__file__).parents[2]


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_assets", ROOT / "docs/generate_assets.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date() -> None:
    text = (ROOT / "docs/assets.md").read_text(encoding="utf-8")
    assert generator().page(text) == text, "run: python docs/generate_assets.py"


def test_everything_hangs_on_one_sheet() -> None:
    hung = Counter(name for _, _, names in generator().hung() for name in names)
    assert set(hung) == {*BUILDERS, *SCENERY}
    assert set(hung.values()) == {1}
