"""Scenarios draw from tables beside them: whole rows, whole columns, and clear words when something is wrong."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet
from ruamel.yaml import YAML

import scenarios
from scenarios import lock
from scenarios.reader import ScenarioFile
from scenarios.sampling import points
from tests.support.wrong_files import RIG, RIGHT, edited

DRIVES = "rain,vis,lamp,at\n2,900,dark,16:30\n10,400,lit,17:00\n35,150,lit,06:10\n"
RAIN = "{log_uniform: [8 mm/h, 60 mm/h]}"
LAMPS = "{choice: {lit: 0.7, dark: 0.3}}"
WRONG: list[dict[str, Any]] = YAML(typ="safe", pure=True).load(
    (Path(__file__).parent / "wrong_distributions.yaml").read_text()
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "rigs").mkdir()
    (tmp_path / "rigs/small.yaml").write_text(RIG)
    (tmp_path / "drives.csv").write_text(DRIVES)
    (tmp_path / "holes.csv").write_text("rain,name\n3,a\n,b\nmany,c\n")
    (tmp_path / "ragged.csv").write_text("rain,name\n3,a\n4\n")
    (tmp_path / "empty.csv").write_text("rain,name\n")
    (tmp_path / "binary.csv").write_bytes(b"rain\n\xff\xfe\n")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 not really")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def loaded(rain: str, lamps: str = LAMPS) -> ScenarioFile:
    text = edited(edited(RIGHT, RAIN, rain), LAMPS, lamps)
    text = edited(text, '"= 1.5 * $rain"', "$rain")
    Path("case.scenario.yaml").write_text(text)
    return scenarios.load("case.scenario.yaml")


def rains(file: ScenarioFile, n: int, method: str = "random") -> list[float]:
    return [
        float(scenarios.resolve(file, 0, k, p).params["rain"]) for k, p in enumerate(points(file, method, n))
    ]


@pytest.mark.parametrize("row", WRONG, ids=[row["stands"] for row in WRONG])
def test_a_wrong_distribution_says_what_is_wrong(folder: Path, row: dict[str, Any]) -> None:
    with pytest.raises(scenarios.ScenarioError) as caught:
        loaded(row["stands"])
    said = str(caught.value).splitlines()[0]
    assert said == f"case.scenario.yaml:5:{row.get('column', 9)}: {row['says']}"


def test_a_row_is_drawn_as_a_whole(folder: Path) -> None:
    rain = "{joint: {file: drives.csv, column: rain, unit: mm/h}}"
    rain += "\n  vis: {joint: {file: drives.csv, column: vis, unit: m}}"
    file = loaded(rain, "{joint: {file: ./drives.csv, column: lamp}}")
    seen = []
    for k, point in enumerate(points(file, "sobol", 32)):
        concrete = scenarios.resolve(file, 0, k, point)
        assert [name for name in concrete.point if "csv" in name] == ["table.drives.csv"]
        seen.append(tuple(concrete.params[name] for name in ("rain", "vis", "lamps")))
        assert concrete.scenario.world.lighting.street_lamps == concrete.params["lamps"]
    rows = [(2.0, 900.0, "dark"), (10.0, 400.0, "lit"), (35.0, 150.0, "lit")]
    assert set(seen) == set(rows)
    assert all(10 <= seen.count(row) <= 12 for row in rows)


def test_a_lock_needs_no_table(folder: Path) -> None:
    concrete = scenarios.resolve(loaded("{joint: {file: drives.csv, column: rain, unit: mm/h}}"), 0, 1)
    text = lock.dump(concrete)
    Path("drives.csv").unlink()
    assert lock.load(text) == concrete


def test_measured_values_come_interpolated_stepped_or_cut(folder: Path) -> None:
    column = "file: drives.csv, column: rain, unit: mm/h"
    drawn = sorted(rains(loaded(f"{{empirical: {{{column}}}}}"), 256, "sobol"))
    assert drawn == pytest.approx(
        np.interp((np.arange(256) + 0.5) / 256, [0.0, 0.5, 1.0], [2, 10, 35]), abs=0.11
    )
    assert set(rains(loaded(f"{{empirical: {{{column}, interpolate: false}}}}"), 64)) == {2.0, 10.0, 35.0}
    cut = rains(loaded(f"{{empirical: {{{column}, min: 5 mm/h, max: 20 mm/h}}}}"), 64)
    assert min(cut) >= 5.0 and max(cut) <= 20.0
    cut = rains(loaded(f"{{empirical: {{{column}, interpolate: false, max: 20 mm/h}}}}"), 64)
    assert set(cut) == {2.0, 10.0}


def test_columns_may_stand_in_parquet_and_other_separators(folder: Path) -> None:
    table = pa.table({"rain": [2.0, 10.0, 35.0], "lamp": ["dark", "lit", "lit"], "count": [1, 2, 3]})
    parquet.write_table(table, "drives.parquet")
    Path("semicolon.csv").write_text("\ufeffrain;lamp\r\n2;dark\r\n10;lit\r\n35;lit\r\n")
    first = rains(loaded("{joint: {file: drives.csv, column: rain, unit: mm/h}}"), 8, "sobol")
    for name in ("drives.parquet", "semicolon.csv"):
        file = loaded(f"{{empirical: {{file: {name}, column: rain, unit: mm/h, interpolate: false}}}}")
        assert set(rains(file, 64)) == set(first)
        loaded(RAIN, f"{{joint: {{file: {name}, column: lamp}}}}")


def test_times_of_day_need_no_unit(folder: Path) -> None:
    text = edited(RIGHT, "time: 16:35,", "time: {joint: {file: drives.csv, column: at}},")
    Path("case.scenario.yaml").write_text(text)
    file = scenarios.load("case.scenario.yaml")
    times = {scenarios.resolve(file, 0, k).scenario.world.clock.time_s for k in range(40)}
    assert times == {59400.0, 61200.0, 22200.0}


def test_a_table_elsewhere_is_not_read_unless_typed(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "drives.csv"
    elsewhere.write_text(DRIVES)
    words = f"{{joint: {{file: {elsewhere}, column: rain, unit: mm/h}}}}"
    with pytest.raises(
        scenarios.ScenarioError, match="leaves the folder of the scenario; keep the table beside"
    ):
        loaded(words)
    loaded(RAIN)
    file = scenarios.load("case.scenario.yaml", [f"params.rain={words}"])
    assert file.draft.params["rain"] is not None


def test_a_scenario_without_tables_and_shapes_starts_light() -> None:
    import subprocess
    import sys

    code = (
        "import sys, scenarios; f = scenarios.load(scenarios.catalogue()['child_behind_van']);"
        "scenarios.resolve(f); print(sorted({'scipy', 'pyarrow'} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert out.strip() == "[]"
