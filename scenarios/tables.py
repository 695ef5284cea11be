"""Columns of CSV and Parquet files that a scenario draws from, found and bounded as maps are.  Language floor."""

import csv
import math
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from scenarios import units
from scenarios.errors import nearest
from scenarios.files import FileError, find
from scenarios.units import Dimension, UnitError

MAX_BYTES = 32 * 1024 * 1024
MAX_ROWS = 500_000
SUFFIXES = (".csv", ".parquet")
Cells = Sequence[str | float | None]


class TableError(ValueError):
    """A table or a column cannot be used; `key` is the word of the distribution that is to blame."""

    def __init__(self, key: str, message: str) -> None:
        self.key = key
        super().__init__(message)


@dataclass(slots=True)
class Tables:
    """The tables beside one file; every column is read once."""

    folder: Path
    prefix: str = "table."  # of the coordinate that a table's columns share
    typed: Sequence[str] = ()  # assignments from the command line: what is typed there may lie anywhere
    others: Sequence[Path] = ()  # folders of files that the scenario extends or includes
    read: dict[tuple[Path, str], Cells] = field(default_factory=dict)

    def files(self) -> Iterator[tuple[Path, bytes]]:
        """Every table that was read, with its bytes."""
        for path in sorted({path for path, _ in self.read}):
            yield path, path.read_bytes()

    def find(self, name: str) -> Path:
        """The table of this name; a stranger's file may name only those beside it."""
        try:
            typed = any(name in assignment for assignment in self.typed)
            path = self._found(name, typed)
        except FileError as error:
            raise TableError("file", str(error)) from None
        try:
            too_large = path.stat().st_size > MAX_BYTES
        except OSError as error:
            raise TableError("file", f'the table "{name}" cannot be read: {error.strerror}') from None
        if too_large:
            raise TableError("file", f'the table "{name}" is larger than {MAX_BYTES >> 20} MiB')
        return path

    def _found(self, name: str, typed: bool) -> Path:
        for folder in self.others:
            with suppress(FileError):
                return find(name, folder, SUFFIXES, "table", typed=typed, root=self.folder)
        return find(name, self.folder, SUFFIXES, "table", typed=typed)

    def column(self, name: str, column: str) -> Cells:
        """The cells of a column in the table's order; all there, for half a row is no row."""
        path = self.find(name)
        if (path, column) not in self.read:
            try:
                cells = (
                    _parquet(path, name, column) if path.suffix == ".parquet" else _csv(path, name, column)
                )
            except OSError as error:
                raise TableError("file", f'the table "{name}" cannot be read: {error.strerror}') from None
            if not cells:
                raise TableError("file", f'the table "{name}" has no rows')
            self.read[path, column] = cells
        return self.read[path, column]


def quantities(
    cells: Cells, name: str, column: str, unit: str | None, dimension: Dimension | None
) -> tuple[tuple[float, ...], Dimension]:
    """The column as numbers in resolved units; with a dimension given, anything else is refused."""
    if unit is None and any(isinstance(cell, str) and ":" in cell for cell in cells):
        return _times(cells, name, column, dimension)
    if unit is None and dimension is not None and dimension.name != "ratio":
        raise TableError(
            "column", f'the column "{column}" needs its unit, such as unit: {dimension.example.split()[-1]}'
        )
    try:
        one = units.parse(f"1 {unit}" if unit is not None else "1", dimension)
    except UnitError as error:
        raise TableError("unit", str(error).replace('"1 ', '"')) from None
    numbers = [_number(cell, k, name, column) for k, cell in enumerate(cells)]
    if one.dimension.name == "slope" and unit == "%":
        return tuple(math.atan(number / 100.0) for number in numbers), one.dimension
    return tuple(number * one.value for number in numbers), one.dimension


def words(cells: Cells, name: str, column: str) -> tuple[str, ...]:
    """The column as words."""
    found = []
    for k, cell in enumerate(cells):
        if cell is None or not str(cell).strip():
            raise TableError("column", f'"{name}" has no value in "{column}", row {k + 1}')
        found.append(str(cell).strip())
    return tuple(found)


def _times(
    cells: Cells, name: str, column: str, dimension: Dimension | None
) -> tuple[tuple[float, ...], Dimension]:
    """A column of times of day, `16:35`."""
    clock = units.DIMENSIONS["time_of_day"]
    if dimension is not None and dimension != clock:
        raise TableError("column", f'the column "{column}" is {clock.phrase}, but {units.needs(dimension)}')
    found = []
    for k, cell in enumerate(cells):
        try:
            found.append(units.parse(str(cell), clock).value)
        except UnitError as error:
            raise TableError("column", f'"{name}", row {k + 1} of "{column}": {error}') from None
    return tuple(found), clock


def _number(cell: str | float | None, k: int, name: str, column: str) -> float:
    try:
        value = math.nan if cell is None or cell == "" else float(cell)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        shown = "nothing" if cell is None or cell == "" else f'"{cell}"'
        raise TableError(
            "column", f'"{name}" has {shown} in "{column}", row {k + 1}, where a number is needed'
        )
    return value


def _unknown(name: str, column: str, known: Sequence[str]) -> TableError:
    hint = nearest(column, known) if known else "it has no columns"
    return TableError("column", f'the table "{name}" has no column "{column}"; {hint}')


def _csv(path: Path, name: str, column: str) -> Cells:
    """The first line names the columns; separated by comma, semicolon or tab, whichever stands most often there."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            head = lines.readline(65536)
            separator = max(",;\t", key=head.count)
            known = [cell.strip() for cell in next(csv.reader([head], delimiter=separator), [])]
            if column not in known:
                raise _unknown(name, column, known)
            if known.count(column) > 1:
                raise TableError("column", f'the table "{name}" has {known.count(column)} columns "{column}"')
            return list(_cells(csv.reader(lines, delimiter=separator), known.index(column), len(known), name))
    except UnicodeDecodeError:
        raise TableError("file", f'the table "{name}" is not UTF-8 text') from None
    except csv.Error as error:
        raise TableError("file", f'the table "{name}" is not a CSV file: {error}') from None


def _cells(rows: Iterator[list[str]], k: int, width: int, name: str) -> Iterator[str]:
    for count, row in enumerate(row for row in rows if row):
        if count >= MAX_ROWS:
            raise TableError("file", f'the table "{name}" has more than {MAX_ROWS:,} rows')
        if len(row) != width:
            raise TableError("file", f'"{name}" has {len(row)} cells in row {count + 1}, but {width} columns')
        yield row[k].strip()


def _parquet(path: Path, name: str, column: str) -> Cells:
    # Half a second of start-up, and the one heavy package of this floor: only a table of this kind pays for it.
    from pyarrow import ArrowException, parquet  # noqa: PLC0415

    try:
        with parquet.ParquetFile(path) as file:
            known = list(file.schema_arrow.names)
            if column not in known:
                raise _unknown(name, column, known)
            if file.metadata.num_rows > MAX_ROWS:
                raise TableError("file", f'the table "{name}" has more than {MAX_ROWS:,} rows')
            groups = (file.metadata.row_group(k) for k in range(file.metadata.num_row_groups))
            if sum(group.total_byte_size for group in groups) > 8 * MAX_BYTES:
                raise TableError("file", f'the table "{name}" unpacks to more than {8 * MAX_BYTES >> 20} MiB')
            cells = file.read(columns=[column]).column(0).to_pylist()
    except ArrowException:
        raise TableError("file", f'the table "{name}" is not a Parquet file') from None
    plain: list[str | float | None] = []
    for k, cell in enumerate(cells):
        if isinstance(cell, bool) or not isinstance(cell, str | int | float | None):
            shown = f'"{name}" has "{str(cell)[:60]}" in "{column}", row {k + 1}'
            raise TableError("column", f"{shown}, where a plain value is needed")
        plain.append(cell)
    return plain
