"""Words of the language to come are refused as such, never ignored and never taken for typos."""

from pathlib import Path

import pytest

from scenarios import load
from scenarios.errors import StormlaneError
from tests.support.corpus import corpus_root


@pytest.mark.parametrize(
    ("name", "to_come"),
    [
        ("child_behind_van", ("expect",)),
        ("cutin_cargo_fog", ("expect",)),
    ],
)
def test_what_a_model_file_says_beyond_today_s_words_is_named(name: str, to_come: tuple[str, ...]) -> None:
    root = corpus_root()
    path = None if root is None else root.parent / "reference" / f"{name}.scenario.yaml"
    if path is None or not path.is_file():
        pytest.skip("the model scenario files are not here")
    with pytest.raises(StormlaneError) as refused:
        load(Path(path))
    lines = str(refused.value).splitlines()
    assert all(line.startswith(f"{path}:") for line in lines)
    for word in to_come:
        assert [line for line in lines if f'"{word}"' in line and "not supported yet" in line], word
    assert not [line for line in lines if "did you mean" in line]
