"""A Parquet file that grows by row groups, so that a clip may be larger than the memory.  Labels floor."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from labelers.writers.files import ZSTD_LEVEL


class GrowingTable:
    """Appears under its name when it is closed; bytes depend on the rows and their groups only."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path, self._beside = path, path.with_name(f".{path.name}.tmp")
        self._schema = schema
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._beside.open("wb")
        self._writer = pq.ParquetWriter(
            self._file, schema, compression="zstd", compression_level=ZSTD_LEVEL, use_dictionary=False
        )

    def add(self, rows: Sequence[dict[str, Any]]) -> None:
        """One row group; columns that a row lacks are null."""
        if rows:
            columns = [_column([row.get(field.name) for row in rows], field.type) for field in self._schema]
            self._writer.write_table(pa.Table.from_arrays(columns, schema=self._schema))

    def close(self) -> None:
        """Flush to the disk and rename."""
        self._writer.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._beside.replace(self._path)


def _column(values: list[Any], kind: pa.DataType) -> pa.Array:
    """An Arrow column; lists of numbers are numpy's own, as Python's would take seconds a sweep."""
    if not any(isinstance(value, np.ndarray) for value in values):
        return pa.array(values, kind)
    flat = np.concatenate([value.ravel() for value in values])
    ends = np.cumsum([0, *(value.size for value in values)])
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), pa.array(flat, kind.value_type)).cast(kind)
