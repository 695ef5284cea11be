"""The model scenario files, as they were written before the language was built, load and can be drawn from."""

import pytest

from scenarios import load, resolve
from tests.support.corpus import corpus_root


@pytest.mark.parametrize("name", ["child_behind_van", "cutin_cargo_fog"])
def test_a_model_file_loads_unchanged_and_keeps_what_it_covers_and_expects(name: str) -> None:
    root = corpus_root()
    path = None if root is None else root.parent / "reference" / f"{name}.scenario.yaml"
    if path is None or not path.is_file():
        pytest.skip("the model scenario files are not here")
    file = load(path)
    crossed = {"child_behind_van": "rain_x_lamps", "cutin_cargo_fog": "fog_x_cargo"}[name]
    assert file.cover.crosses[crossed].at_least in (3, 5)
    scenario = resolve(file, 0, 0).scenario
    assert [expect.id for expect in scenario.expect] == [expect.id for expect in file.draft.expect]
    assert scenario.valid and all("$" not in clause for clause in scenario.valid)
