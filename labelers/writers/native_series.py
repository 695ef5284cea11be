"""Readings of inertial sensors and satellite receivers as tables of the native format, and back.  Labels floor."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sim.readings import GNSS_SERIES, IMU_SERIES, GnssFixes, ImuReadings

_KINDS = {
    "time_ns": pa.int64(),
    "fix": pa.uint8(),
    "used": pa.int32(),
    "hidden": pa.int32(),
    "reflected": pa.int32(),
}
_WIDTHS = {"orientation_wxyz": 4} | {
    name: 3 for name in (*IMU_SERIES, *GNSS_SERIES) if name.endswith(("gyro_radps", "accel_mps2", "bias_radps"))
    or name in ("accel_bias_mps2", "position_m", "velocity_mps", "true_position_m", "true_velocity_mps")
}  # fmt: skip


def _schema(names: tuple[str, ...]) -> pa.Schema:
    """`index` is the sample before whose time, or at whose time, a reading was taken."""
    fields = [("index", pa.int32())]
    for name in names:
        kind = pa.list_(pa.float64(), _WIDTHS[name]) if name in _WIDTHS else _KINDS.get(name, pa.float64())
        fields.append((name, kind))
    return pa.schema(fields)


IMU, GNSS = _schema(IMU_SERIES), _schema(GNSS_SERIES)


def series_table(parts: list[tuple[int, ImuReadings | GnssFixes]]) -> pa.Table:
    """The parts of all samples of one sensor under one another."""
    names, schema = (IMU_SERIES, IMU) if isinstance(parts[0][1], ImuReadings) else (GNSS_SERIES, GNSS)
    columns = [
        pa.array(np.concatenate([np.full(len(part.time_ns), index, np.int32) for index, part in parts]))
    ]
    for name in names:
        values = np.concatenate([getattr(part, name) for _, part in parts])
        if name in _WIDTHS:
            columns.append(pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), _WIDTHS[name]))
        else:
            columns.append(pa.array(values))
    return pa.Table.from_arrays(columns, schema=schema)


def _columns(table: pa.Table, names: tuple[str, ...]) -> dict[str, NDArray[Any]]:
    columns = {}
    for name in names:
        column = table[name].combine_chunks()
        wide = name in _WIDTHS
        flat = (column.flatten() if wide else column).to_numpy(zero_copy_only=False)
        columns[name] = flat.reshape(-1, _WIDTHS[name]) if wide else flat
    return columns


def imu_parts(name: str, sensor: Mapping[str, Any], table: pa.Table) -> dict[int, ImuReadings]:
    """Readings by sample."""
    index, columns = table["index"].to_numpy(), _columns(table, IMU_SERIES)
    mount = np.array(sensor["ego_from_sensor"], np.float64)
    return {
        int(k): ImuReadings(name, mount, **{n: values[index == k] for n, values in columns.items()})
        for k in np.unique(index)
    }


def gnss_parts(name: str, sensor: Mapping[str, Any], table: pa.Table) -> dict[int, GnssFixes]:
    """Fixes by sample."""
    index, columns = table["index"].to_numpy(), _columns(table, GNSS_SERIES)
    mount = np.array(sensor["ego_from_sensor"], np.float64)
    return {
        int(k): GnssFixes(name, mount, **{n: values[index == k] for n, values in columns.items()})
        for k in np.unique(index)
    }
