"""Finds the corpus of real maps and scenarios that tests compare against; none of it is part of the project."""

import os
from pathlib import Path

import pytest


def corpus_root() -> Path | None:
    """The folder, from $STORMLANE_CORPUS or beside the checkout; None when absent."""
    named = os.environ.get("STORMLANE_CORPUS")
    places = [Path(named)] if named else []
    places.append(Path(__file__).resolve().parents[3] / "shared" / "corpus")
    return next((p for p in places if p.is_dir()), None)


def corpus(relative: str) -> Path:
    """Path of one corpus file; skips the test when the corpus is not there."""
    root = corpus_root()
    if root is None:
        pytest.skip("the corpus of real maps is not here (set STORMLANE_CORPUS)")
    return root / relative
