"""The matrix of formats and readers in docs/formats.md is that of the pinned environments."""

from pathlib import Path

from labelers.writers import FORMATS
from tests.conformance.matrix import CLIENTS, READERS, row, table

DOCS = Path(__file__).resolve().parents[2] / "docs/formats.md"


def test_the_documented_matrix_is_that_of_the_pins() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for client in READERS:
        form, readers = row(client)
        assert f"| {form} | {readers} | " in text, client


def test_every_client_has_a_row_and_every_format_a_reader_or_a_reason() -> None:
    assert {path.name.removesuffix("_client.py") for path in CLIENTS.glob("*_client.py")} == set(READERS)
    text = DOCS.read_text(encoding="utf-8")
    read = {form.partition(",")[0] for form, _, _ in READERS.values()}
    for name in set(FORMATS) - read:
        assert f"| {name} | none" in text, name


def test_the_worst_result_speaks_for_a_client() -> None:
    lines = table({"coco": ["passed", "failed"], "kitti": ["passed"]})
    assert lines[1].startswith("coco ") and lines[1].endswith("FAILS (2 tests)")
    assert lines[2].endswith("holds (1 tests)")
