"""Files that appear whole or not at all, and whose bytes depend on their content only.  Labels floor."""

import io
import json
import math
import os
import shutil
import zipfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import zstandard
from numpy.typing import NDArray

from labelers.kernels.packing import halve, split
from renderers.frames import CameraFrame

JPEG_QUALITY = 95
# The strategies below find the same on every level.  It comes before them, because it resets OpenCV's strategy.
PNG_LEVEL = (cv2.IMWRITE_PNG_COMPRESSION, 1)
ZSTD_LEVEL = 1  # of planes and clouds the third makes files of the same size in twice the time
DIGITS = 9  # of floats in JSON: nanometres at a hundred metres


def write_bytes(path: Path, data: bytes) -> None:
    """Write beside `path`, flush to the disk, then rename: a killed run leaves no half file behind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.tmp")
    with beside.open("wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())
    beside.replace(path)


def link_bytes(source: Path, path: Path) -> None:
    """Let `path` name the same bytes as `source` (a hard link; a copy where the disk knows none)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.tmp")
    beside.unlink(missing_ok=True)
    try:
        os.link(source, beside)
    except OSError:
        shutil.copyfile(source, beside)
    beside.replace(path)


def plain(value: Any, digits: int | None = DIGITS) -> Any:
    """`value` as JSON knows it: floats rounded (None: as they are), numpy numbers and tuples made plain."""
    if isinstance(value, bool) or value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float | np.floating):
        number = float(value) if digits is None else round(float(value), digits)
        if not math.isfinite(number):
            return None
        return number + 0.0  # -0.0 becomes 0.0
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, np.ndarray):
        return plain(value.tolist(), digits)
    if isinstance(value, dict):
        return {str(key): plain(entry, digits) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry, digits) for entry in value]
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def json_bytes(value: Any, indent: int | None = None, digits: int | None = DIGITS) -> bytes:
    """JSON with sorted keys and fixed floats; NaN and infinities become null."""
    text = json.dumps(
        plain(value, digits), sort_keys=True, indent=indent, allow_nan=False, ensure_ascii=False
    )
    return (text + "\n").encode()


def jpeg_bytes(rgb: NDArray[np.uint8], quality: int = JPEG_QUALITY) -> bytes:
    """An sRGB image as JPEG."""
    return _encoded(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])


def picture_bytes(frame: CameraFrame) -> bytes:
    """A frame's picture as JPEG; one that was read from a JPEG is that file again, as each encoding loses some more."""
    return jpeg_bytes(frame.image, frame.jpeg) if frame.encoded is None else frame.encoded


def png_bytes(image: NDArray[np.uint8]) -> bytes:
    """A plane of labels, RGB or one channel, as PNG: long runs of one value, so runs are all that is looked for.

    Half the bytes of zlib's first level in the same time (a 640 x 360 panoptic plane: 7 kB instead of 13).
    """
    turned = cv2.cvtColor(image, cv2.COLOR_RGB2BGR) if image.ndim == 3 else image
    return _encoded(".png", turned, [*PNG_LEVEL, cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE])


def deep_png_bytes(plane: NDArray[np.uint16]) -> bytes:
    """A plane of labels beyond 255 as a PNG of 16 bits."""
    return _encoded(".png", plane, [*PNG_LEVEL, cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE])


def photo_bytes(rgb: NDArray[np.uint8]) -> bytes:
    """An sRGB camera image as PNG, lossless.

    Sensor noise repeats nothing, so looking for repetitions costs time and even bytes: entropy coding alone makes
    files that are 10 % smaller than zlib's first level and 5 % smaller than its sixth, in 2/3 of the first's time.
    """
    options = [*PNG_LEVEL, cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_HUFFMAN_ONLY]
    return _encoded(".png", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), options)


def _encoded(kind: str, image: Any, options: list[int]) -> bytes:
    good, data = cv2.imencode(kind, image, options)
    if not good:
        raise OSError(f"the image could not be encoded as {kind}")
    return bytes(data)


def plane_bytes(plane: NDArray[Any]) -> bytes:
    """An array as zstd-compressed .npy: numpy's own header, no times, readable without this project."""
    plane = np.ascontiguousarray(plane)
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, np.lib.format.header_data_from_array_1_0(plane))
    begin = head.getvalue()
    packer = zstandard.ZstdCompressor(level=ZSTD_LEVEL).compressobj(size=len(begin) + plane.nbytes)
    return (
        packer.compress(begin) + packer.compress(plane.data.cast("B") if plane.size else b"") + packer.flush()
    )


def halves(plane: NDArray[np.float32]) -> NDArray[np.float16]:
    """A plane in half precision."""
    out = np.empty(plane.shape, np.uint16)
    halve(np.ascontiguousarray(plane).reshape(-1), out.reshape(-1))
    return out.view(np.float16)


def split_bytes(plane: NDArray[np.float32], steps: int) -> NDArray[np.uint8]:
    """(C, 4, H, W) bytes of a plane (H, W, C) rounded to a unit's `steps`-th parts, a power of two."""
    height, width, count = plane.shape
    out = np.empty((count, 4, height, width), np.uint8)
    split(np.ascontiguousarray(plane).reshape(-1, count), float(steps), out.reshape(count, 4, -1))
    return out


def joined(parts: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The plane (H, W, C) that `split_bytes` made bytes (C, 4, H, W) of."""
    plane: NDArray[np.float32] = np.ascontiguousarray(parts.transpose(2, 3, 0, 1)).view("<f4")[..., 0]
    return plane


def npz_bytes(arrays: dict[str, NDArray[Any]]) -> bytes:
    """Arrays as a compressed .npz whose entries carry a fixed date (numpy's own carry the clock)."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(arrays):
            raw = io.BytesIO()
            np.save(raw, arrays[name], allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, raw.getvalue())
    return packed.getvalue()


def table_bytes(rows: list[dict[str, Any]], schema: pa.Schema) -> bytes:
    """Rows as Parquet with zstd; the schema is given so that an empty table keeps its columns."""
    return arrow_bytes(pa.Table.from_pylist(rows, schema=schema))


def arrow_bytes(table: pa.Table, encoding: dict[str, str] | None = None) -> bytes:
    """An Arrow table as Parquet with zstd; columns without a named encoding get a dictionary."""
    packed = io.BytesIO()
    named = encoding or {}
    pq.write_table(
        table,
        packed,
        compression="zstd",
        compression_level=ZSTD_LEVEL,
        use_dictionary=[name for name in table.column_names if name not in named],
        column_encoding=named or None,
    )
    return packed.getvalue()
