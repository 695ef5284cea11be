"""Sweeps as PCD 0.7 and LAS 1.4 files with every field of every point.  Labels floor.

PCD keeps the sensor's frame and says in VIEWPOINT where that was; LAS keeps the world's frame and the sensor's as
extra bytes, which the standard has room for (ASPRS LAS 1.4 R15, "Extra Bytes" record).
"""

import struct
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelers.geometry import quaternion_wxyz
from renderers.frames import LidarSweep
from scenarios.taxonomy import SEMANTIC_ID

# name, kind, what it is
FIELDS: tuple[tuple[str, str, str], ...] = (
    ("x", "<f4", "sensor frame, de-skewed, m"),
    ("y", "<f4", "sensor frame, de-skewed, m"),
    ("z", "<f4", "sensor frame, de-skewed, m"),
    ("intensity", "<f4", "0 to 1"),
    ("ring", "<i2", "from the lowest beam up"),
    ("offset_ns", "<i4", "time since the sweep's own"),
    ("semantic", "u1", "class of the taxonomy"),
    ("instance", "<i4", "0: no actor"),
    ("cause", "u1", "why the point is there"),
    ("return_index", "u1", "0: first reported"),
    ("range_m", "<f4", "distance without noise"),
    ("cos_incidence", "<f4", "1: face on"),
    ("raw_x", "<f4", "as measured, m"),
    ("raw_y", "<f4", "as measured, m"),
    ("raw_z", "<f4", "as measured, m"),
)


def table_of(sweep: LidarSweep) -> NDArray[np.void]:
    """(N,) `FIELDS` of a sweep."""
    table = np.zeros(len(sweep.xyz_m), np.dtype([(name, kind) for name, kind, _ in FIELDS]))
    for axis, name in enumerate("xyz"):
        table[name], table[f"raw_{name}"] = sweep.xyz_m[:, axis], sweep.raw_xyz_m[:, axis]
    for name, _, _ in FIELDS[3:12]:
        table[name] = getattr(sweep, name)
    return table


def pcd_bytes(sweep: LidarSweep) -> bytes:
    """Binary PCD; VIEWPOINT is world from sensor, as PCL understands it."""
    table = table_of(sweep)
    place = [float(v) for v in (*sweep.world_from_lidar[:3, 3], *quaternion_wxyz(sweep.world_from_lidar))]
    kinds = {"f": "F", "i": "I", "u": "U"}
    header = [
        "# .PCD v0.7 - Point Cloud Data file format",
        "VERSION 0.7",
        "FIELDS " + " ".join(name for name, _, _ in FIELDS),
        "SIZE " + " ".join(kind[-1] for _, kind, _ in FIELDS),
        "TYPE " + " ".join(kinds[kind[-2]] for _, kind, _ in FIELDS),
        "COUNT " + " ".join("1" for _ in FIELDS),
        f"WIDTH {len(table)}",
        "HEIGHT 1",
        "VIEWPOINT " + " ".join(f"{value:.9g}" for value in place),
        f"POINTS {len(table)}",
        "DATA binary",
    ]
    return "\n".join([*header, ""]).encode() + table.tobytes()


# ---------------------------------------------------------------------------------------------------------------- LAS
SCALE_M = 1e-4  # of LAS's whole numbers: a tenth of a millimetre, 214 km around the offset
# ASPRS standard classes (LAS 1.4 R15, table 17); from 64 on they are the writer's own, and ours are 64 + semantic.
_ASPRS = {
    "terrain": 2, "vegetation": 5, "building": 6, "water": 9, "road": 11, "road_marking": 11, "bridge": 17,
    "airborne": 18, "void": 18, "wall": 19, "fence": 19, "guard_rail": 19,
}  # fmt: skip
CLASSES = np.array([64 + k if k < 128 else 1 for k in range(256)], np.uint8)
for _name, _number in _ASPRS.items():
    CLASSES[SEMANTIC_ID[_name]] = _number
_LAS_KIND = {"u1": 1, "<i2": 4, "<i4": 6, "<f4": 9}
EXTRA = tuple(
    ("sensor_" + name if name in "xyz" else name, name, kind, text)
    for name, kind, text in FIELDS
    if name not in ("intensity", "return_index")
)
GPS_EPOCH = datetime.fromisoformat("1980-01-06T00:00:00+00:00")
LEAP_S = 18  # GPS time is ahead of UTC by so much since 2017
POINT_FORMAT, POINT_BYTES = 6, 30
HEADER_BYTES, VLR_HEADER_BYTES, EXTRA_RECORD_BYTES = 375, 54, 192


def las_bytes(sweep: LidarSweep, start: datetime, number: int = 0) -> bytes:
    """LAS 1.4, point format 6 with extra bytes; `start` is the clip's time zero, `number` the lidar's in its rig."""
    table, count = table_of(sweep), len(sweep.xyz_m)
    pose = sweep.world_from_lidar
    world = sweep.xyz_m.astype(np.float64) @ pose[:3, :3].T + pose[:3, 3]
    offset = np.floor(pose[:3, 3])
    whole = np.round((world - offset) / SCALE_M).astype(np.int64)
    kinds: list[Any] = [
        ("X", "<i4"), ("Y", "<i4"), ("Z", "<i4"), ("intensity", "<u2"), ("returns", "u1"), ("flags", "u1"),
        ("class", "u1"), ("user", "u1"), ("angle", "<i2"), ("source", "<u2"), ("time", "<f8"),
    ]  # fmt: skip
    kinds += [(name, kind) for name, _, kind, _ in EXTRA]
    points = np.zeros(count, np.dtype(kinds))
    for axis, name in enumerate("XYZ"):
        points[name] = whole[:, axis]
    points["intensity"] = np.round(sweep.intensity * 65535.0)
    of_firing = _returns_of(sweep)
    points["returns"] = (sweep.return_index + 1) | (of_firing << 4)
    points["class"] = CLASSES[sweep.semantic]
    points["user"] = np.minimum(sweep.ring, 255)
    level = np.hypot(sweep.xyz_m[:, 0], sweep.xyz_m[:, 1])
    points["angle"] = np.round(np.degrees(np.arctan2(sweep.xyz_m[:, 2], level)) / 0.006)
    points["source"] = number + 1
    zero = (start - GPS_EPOCH).total_seconds() + LEAP_S - 1e9  # adjusted standard GPS time
    points["time"] = zero + (sweep.time_ns + sweep.offset_ns) * 1e-9
    for name, field, _, _ in EXTRA:
        points[name] = table[field]
    low = whole.min(axis=0) * SCALE_M + offset if count else np.zeros(3)
    high = whole.max(axis=0) * SCALE_M + offset if count else np.zeros(3)
    record = b"".join(_extra_record(name, kind, text) for name, _, kind, text in EXTRA)
    vlr = struct.pack("<H16sHH32s", 0, b"LASF_Spec", 4, len(record), b"Extra bytes") + record
    assert points.dtype.itemsize == POINT_BYTES + sum(np.dtype(kind).itemsize for _, _, kind, _ in EXTRA)
    day = start.timetuple()
    by_return = [int(np.count_nonzero(sweep.return_index == k)) for k in range(15)]
    header = struct.pack(
        "<4sHH16sBB32s32sHHHIIBHI5I3d3d6dQQIQ15Q",
        b"LASF", 0, 1 | 16,  # GPS time is the adjusted standard one; a coordinate system would be in WKT
        bytes(16), 1, 4, b"Stormlane", b"Stormlane", day.tm_yday, day.tm_year, HEADER_BYTES,
        HEADER_BYTES + len(vlr), 1, POINT_FORMAT, points.dtype.itemsize, 0, *([0] * 5),
        *([SCALE_M] * 3), *offset, *(v for axis in range(3) for v in (high[axis], low[axis])),
        0, 0, 0, count, *by_return,
    )  # fmt: skip
    assert len(header) == HEADER_BYTES
    return header + vlr + points.tobytes()


def _extra_record(name: str, kind: str, text: str) -> bytes:
    """How LAS describes one field of its extra bytes."""
    record = struct.pack(
        "<2sBB32s4s24s24s24s24s24s32s",
        b"", _LAS_KIND[kind], 0, name.encode(), b"", b"", b"", b"", b"", b"", text.encode(),
    )  # fmt: skip
    assert len(record) == EXTRA_RECORD_BYTES
    return record


def _returns_of(sweep: LidarSweep) -> NDArray[np.uint8]:
    """(N,) how many returns the firing of each point has."""
    firing = np.stack([sweep.offset_ns, sweep.ring.astype(np.int64)], axis=1)
    _, inverse = np.unique(firing, axis=0, return_inverse=True)
    inverse = inverse.ravel()
    counts = np.bincount(inverse)[inverse] if len(inverse) else np.zeros(0, np.int64)
    # Rings that fire together share time and number on flash lidars: a point has at least its own number of returns.
    return np.clip(np.where(counts > 5, 1, counts), sweep.return_index + 1, 15).astype(np.uint8)
