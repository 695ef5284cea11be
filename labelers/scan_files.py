"""Lidar scans of anybody's: KITTI .bin, nuScenes .pcd.bin, PCD, LAS and .npy files as plain arrays.  Labels floor.

Places are turned to x forward, y left, z up about the sensor, intensities to 0..1; rings are those that the file tells.
"""

import struct
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import StormlaneError

Floats = NDArray[np.float64]

ENDINGS = (".pcd.bin", ".bin", ".pcd", ".las", ".npy")
RINGS_MOST = 512
INTENSITY_NAMES = ("intensity", "i", "reflectivity", "reflectance")
RING_NAMES = ("ring", "laser_id", "channel", "laser_number")
PCD_MOST = 1 << 31  # bytes of a file that are believed


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan about its sensor."""

    name: str
    xyz_m: Floats  # (N, 3)
    intensity: Floats | None = None  # (N,) 0..1
    ring: NDArray[np.int64] | None = None  # (N,)
    model: str = ""  # of the lidar, where it is known
    vehicles: tuple[tuple[float, int], ...] | None = (
        None  # range and points of each; None: nobody labelled any
    )


def scan_files(path: Path) -> list[Path]:
    """The scans in a folder, or the one file."""
    if path.is_file():
        return [path]
    return sorted(p for p in path.rglob("*") if p.is_file() and p.name.endswith(ENDINGS))


def read_scan(path: Path) -> Scan:
    """The scan in a file, by its ending; StormlaneError where it holds none."""
    try:
        if path.name.endswith(".pcd.bin"):
            scan = _from_columns(path, _floats(path, 5), turned=True)
        elif path.suffix == ".bin":
            scan = _bin(path)
        elif path.suffix == ".pcd":
            scan = _from_fields(path, read_pcd(path.read_bytes()))
        elif path.suffix == ".las":
            scan = _from_fields(path, read_las(path.read_bytes()))
        elif path.suffix == ".npy":
            scan = _npy(path)
        else:
            raise StormlaneError(f"{path}: not a scan that is known here; there are {', '.join(ENDINGS)}")
    except (ValueError, KeyError, struct.error, IndexError) as error:
        raise StormlaneError(f"{path}: not a scan of the kind that its name says ({error})") from None
    place = scan.xyz_m
    finite: NDArray[np.bool_] = np.all(np.isfinite(place), axis=1)
    if len(place) and finite.any() and float(np.median(np.abs(place[finite, :2]))) > 2000.0:
        raise StormlaneError(
            f"{path}: its coordinates are not about the sensor; give scans in the sensor's frame"
        )
    return scan if finite.all() else _those(scan, finite)


def _those(scan: Scan, kept: NDArray[np.bool_]) -> Scan:
    return replace(
        scan,
        xyz_m=scan.xyz_m[kept],
        intensity=None if scan.intensity is None else scan.intensity[kept],
        ring=None if scan.ring is None else scan.ring[kept],
    )


def _floats(path: Path, columns: int) -> NDArray[np.float32]:
    raw = np.fromfile(path, "<f4")
    if not len(raw) or len(raw) % columns:
        raise ValueError(f"{len(raw)} numbers are no rows of {columns}")
    return raw.reshape(-1, columns)


def _bin(path: Path) -> Scan:
    """KITTI's rows of four, or rows of five that end with a ring."""
    count = path.stat().st_size // 4
    if count % 5 == 0:
        rows = _floats(path, 5)
        ring = rows[:, 4]
        if np.array_equal(ring, np.round(ring)) and ring.min() >= 0 and 1 < ring.max() < RINGS_MOST:
            return _from_columns(path, rows)
    return _from_columns(path, _floats(path, 4))


def _from_columns(path: Path, rows: NDArray[np.float32], turned: bool = False) -> Scan:
    """x y z [intensity [ring]]; `turned`: x right, y forward, as nuScenes mounts its lidar."""
    place = rows[:, :3].astype(np.float64)
    if turned:
        place = np.stack([place[:, 1], -place[:, 0], place[:, 2]], axis=1)
    return Scan(
        path.name,
        place,
        unit_intensity(rows[:, 3]) if rows.shape[1] > 3 else None,
        rows[:, 4].astype(np.int64) if rows.shape[1] > 4 else None,
    )


def unit_intensity(values: NDArray[np.generic]) -> Floats:
    """0..1 whatever the scale: bytes, words or shares."""
    numbers = values.astype(np.float64)
    most = float(np.nanmax(numbers, initial=0.0))
    return numbers / (1.0 if most <= 1.5 else 255.0 if most <= 255.5 else 65535.0)


def _npy(path: Path) -> Scan:
    table = np.load(path, allow_pickle=False)
    if table.dtype.names:
        return _from_fields(path, {name: table[name] for name in table.dtype.names})
    if table.ndim != 2 or table.shape[1] < 3:
        raise ValueError(f"an array of shape {table.shape} is not (N, 3 or more)")
    scan = _from_columns(path, table[:, :5].astype(np.float32))
    ring = scan.ring
    whole = (
        ring is not None
        and np.array_equal(table[:, 4], np.round(table[:, 4]))
        and ring.max(initial=0) < RINGS_MOST
    )
    return scan if whole else replace(scan, ring=None)


def _from_fields(path: Path, fields: dict[str, NDArray[np.generic]]) -> Scan:
    """Columns by their names; our own LAS files carry the sensor's frame beside the world's."""
    names = {name.lower(): name for name in fields}
    own = "sensor_x" in names
    place = np.stack(
        [np.asarray(fields[names[("sensor_" if own else "") + axis]], np.float64) for axis in "xyz"], axis=1
    )
    intensity = next((fields[names[name]] for name in INTENSITY_NAMES if name in names), None)
    ring = next((fields[names[name]] for name in RING_NAMES if name in names), None)
    return Scan(
        path.name,
        place,
        None if intensity is None else unit_intensity(intensity),
        None if ring is None else np.asarray(ring, np.int64),
    )


# ---------------------------------------------------------------------------------------------------------------- PCD
def read_pcd(data: bytes) -> dict[str, NDArray[np.generic]]:
    """Fields of a PCD 0.7 file, in any of its three encodings; a field of several numbers keeps the first."""
    header: dict[str, list[str]] = {}
    at = 0
    while "DATA" not in header:
        end = data.index(b"\n", at)
        words = data[at:end].decode("ascii", "replace").split()
        at = end + 1
        if words and not words[0].startswith("#"):
            header[words[0]] = words[1:]
    names, count = header["FIELDS"], int(header["POINTS"][0])
    sizes = [int(word) for word in header["SIZE"]]
    counts = [int(word) for word in header.get("COUNT", ["1"] * len(names))]
    kinds = {"F": "f", "I": "i", "U": "u"}
    types = [f"<{kinds[kind]}{size}" for kind, size in zip(header["TYPE"], sizes, strict=True)]
    if header["DATA"] == ["ascii"]:
        table = np.array([row.split() for row in data[at:].decode("ascii").splitlines() if row], np.float64)
        first = np.cumsum([0, *counts])[:-1]
        return {name: table[:, k] for name, k in zip(names, first, strict=True)}
    # Names may repeat (padding is called "_"): columns are kept by number.
    record = np.dtype([(str(k), kind, (n,)) for k, (kind, n) in enumerate(zip(types, counts, strict=True))])
    if header["DATA"] == ["binary"]:
        rows = np.frombuffer(data, record, count, at)
        return {name: rows[str(k)][:, 0] for k, name in enumerate(names)}
    packed, whole = struct.unpack_from("<II", data, at)
    if whole > PCD_MOST or whole != record.itemsize * count:
        raise ValueError("the packed part has another size than its header says")
    plain = lzf(data[at + 8 : at + 8 + packed], whole)
    fields, begin = {}, 0
    for name, kind, size, n in zip(names, types, sizes, counts, strict=True):
        fields[name] = np.frombuffer(plain, kind, count * n, begin).reshape(count, n)[:, 0]
        begin += count * size * n
    return fields


def lzf(packed: bytes, size: int) -> bytes:
    """Unpacks LibLZF, which PCL packs with: runs of literals, and copies of what came before."""
    out = bytearray()
    at = 0
    while at < len(packed):
        word = packed[at]
        at += 1
        if word < 32:
            out += packed[at : at + word + 1]
            at += word + 1
            continue
        length = word >> 5
        if length == 7:
            length += packed[at]
            at += 1
        begin = len(out) - ((word & 31) << 8) - packed[at] - 1
        at += 1
        if begin < 0:
            raise ValueError("a copy of what is not there")
        for k in range(length + 2):  # it may overlap itself
            out.append(out[begin + k])
    if len(out) != size:
        raise ValueError(f"{len(out)} bytes instead of {size}")
    return bytes(out)


# ---------------------------------------------------------------------------------------------------------------- LAS
_LAS_TYPES = {
    1: "u1",
    2: "i1",
    3: "<u2",
    4: "<i2",
    5: "<u4",
    6: "<i4",
    7: "<u8",
    8: "<i8",
    9: "<f4",
    10: "<f8",
}
_LAS_BYTES = {0: 20, 1: 28, 2: 26, 3: 34, 6: 30, 7: 36, 8: 38}  # of the point formats, without extra bytes


def read_las(data: bytes) -> dict[str, NDArray[np.generic]]:
    """Places, intensity and extra bytes of a LAS 1.2 to 1.4 file that is not packed."""
    if data[:4] != b"LASF":
        raise ValueError("no LAS header")
    header_bytes, first, records, form, length = struct.unpack_from("<HIIBH", data, 94)
    if form & 0x80:
        raise ValueError("packed as LAZ; unpack it first")
    count = struct.unpack_from("<I", data, 107)[0]
    if data[25] >= 4 and not count:
        count = struct.unpack_from("<Q", data, 247)[0]
    scale = np.array(struct.unpack_from("<3d", data, 131))
    offset = np.array(struct.unpack_from("<3d", data, 155))
    kinds: list[tuple[str, str]] = [("X", "<i4"), ("Y", "<i4"), ("Z", "<i4"), ("intensity", "<u2")]
    extra, at = [], header_bytes
    for _ in range(records):
        _, user, number, size, _ = struct.unpack_from("<H16sHH32s", data, at)
        if user.rstrip(b"\0") == b"LASF_Spec" and number == 4:
            extra = [data[k : k + 192] for k in range(at + 54, at + 54 + size, 192)]
        at += 54 + size
    kinds.append(("rest", f"V{_LAS_BYTES[form] - 14}"))
    for record in extra:
        kinds.append((record[4:36].rstrip(b"\0").decode(), _LAS_TYPES[record[2]]))
    spare = length - np.dtype(kinds).itemsize
    rows = np.frombuffer(data, np.dtype([*kinds, ("spare", f"V{spare}")] if spare else kinds), count, first)
    fields: dict[str, NDArray[np.generic]] = {
        axis.lower(): rows[axis] * scale[k] + offset[k] for k, axis in enumerate("XYZ")
    }
    return fields | {name: rows[name] for name, _ in kinds if name not in ("X", "Y", "Z", "rest")}


# ------------------------------------------------------------------------------------------------------ KITTI's labels
ROUNDED_M = 0.01  # labels have two decimals, and a side is as far off as its middle and its half together
VEHICLES = frozenset(("Car", "Van", "Truck", "Bus", "Tram"))


def with_kitti_vehicles(scan: Scan, path: Path) -> Scan:
    """The scan with points of labelled vehicles, where `label_2` and `calib` stand beside its folder."""
    label = path.parent.parent / "label_2" / f"{path.stem}.txt"
    calibration = path.parent.parent / "calib" / f"{path.stem}.txt"
    if not (label.is_file() and calibration.is_file()):
        return scan
    rows = dict(row.split(":", 1) for row in calibration.read_text().splitlines() if ":" in row)
    turn = np.array(rows["R0_rect"].split(), float).reshape(3, 3)
    move = np.array(rows["Tr_velo_to_cam"].split(), float).reshape(3, 4)
    seen = (scan.xyz_m @ move[:, :3].T + move[:, 3]) @ turn.T
    found = []
    for words in (row.split() for row in label.read_text().splitlines()):
        if not words or words[0] not in VEHICLES:
            continue
        height, width, length, x, y, z, turned = (float(word) for word in words[8:15])
        away = seen - (x, y, z)
        along = np.cos(turned) * away[:, 0] - np.sin(turned) * away[:, 2]
        across = np.sin(turned) * away[:, 0] + np.cos(turned) * away[:, 2]
        inside = (np.abs(along) <= length / 2 + ROUNDED_M) & (np.abs(across) <= width / 2 + ROUNDED_M)
        inside &= (away[:, 1] < 0.0) & (away[:, 1] >= -height - ROUNDED_M)
        found.append((float(np.hypot(x, z)), int(inside.sum())))
    return replace(scan, vehicles=tuple(found))
