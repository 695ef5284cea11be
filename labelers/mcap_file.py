"""MCAP files: messages of several channels in chunks, with an index at the end.  Labels floor; knows no message.

Written after the specification (mcap.dev/spec, version 0): chunks are compressed by zstd, and nothing in the file says
when or by whom it was made.
"""

import os
import struct
import zlib
from pathlib import Path

import zstandard

from labelers.writers.files import ZSTD_LEVEL

MAGIC = b"\x89MCAP0\r\n"
CHUNK_BYTES = 4 << 20
HEADER, FOOTER, SCHEMA, CHANNEL, MESSAGE, CHUNK, MESSAGE_INDEX, CHUNK_INDEX = range(1, 9)
STATISTICS, SUMMARY_OFFSET, DATA_END = 0x0B, 0x0E, 0x0F


def _text(value: str) -> bytes:
    return _blob(value.encode())


def _blob(value: bytes) -> bytes:
    return struct.pack("<I", len(value)) + value


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<BQ", kind, len(content)) + content


class McapFile:
    """A file that grows message by message and gets its name when it is whole."""

    def __init__(self, path: Path, profile: str) -> None:
        self._path, self._beside = path, path.with_name(f".{path.name}.tmp")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._beside.open("wb")
        self._file.write(MAGIC + _record(HEADER, _text(profile) + _text("stormlane")))
        self._schemas: dict[str, int] = {}
        self._channels: dict[str, tuple[int, bytes]] = {}  # by topic: number and record
        self._records: list[bytes] = []  # of schemas, for the summary
        self._chunk = bytearray()
        self._times: dict[int, list[tuple[int, int]]] = {}  # of the chunk: time and offset by channel
        self._indices: list[bytes] = []
        self._counts: dict[int, int] = {}
        self._span: list[int] = []  # first and last time of the file

    def add(self, topic: str, schema: tuple[str, str, str], data: bytes, time_ns: int) -> None:
        """A message of a topic; `schema` is its name, encoding and text, the message encoding is CDR."""
        if topic not in self._channels:
            self._open(topic, *schema)
        channel = self._channels[topic][0]
        sequence = self._counts.get(channel, 0)
        self._counts[channel] = sequence + 1
        self._times.setdefault(channel, []).append((time_ns, len(self._chunk)))
        self._chunk += _record(MESSAGE, struct.pack("<HIQQ", channel, sequence, time_ns, time_ns) + data)
        self._span = [min([*self._span[:1], time_ns]), max([*self._span[1:], time_ns])]
        if len(self._chunk) >= CHUNK_BYTES:
            self._flush()

    def _open(self, topic: str, name: str, encoding: str, text: str) -> None:
        if name not in self._schemas:
            number = self._schemas[name] = len(self._schemas) + 1
            words = struct.pack("<H", number) + _text(name) + _text(encoding) + _text(text)
            self._records.append(_record(SCHEMA, words))
            self._chunk += self._records[-1]
        number = len(self._channels)
        content = struct.pack("<HH", number, self._schemas[name]) + _text(topic) + _text("cdr") + _blob(b"")
        self._channels[topic] = (number, _record(CHANNEL, content))
        self._chunk += self._channels[topic][1]

    def _flush(self) -> None:
        if not self._times:
            return
        raw = bytes(self._chunk)
        packed = zstandard.ZstdCompressor(level=ZSTD_LEVEL).compress(raw)
        stamps = [time for rows in self._times.values() for time, _ in rows]
        first, last = min(stamps), max(stamps)
        start = self._file.tell()
        head = struct.pack("<QQQI", first, last, len(raw), zlib.crc32(raw)) + _text("zstd")
        chunk = _record(CHUNK, head + struct.pack("<Q", len(packed)) + packed)
        self._file.write(chunk)
        offsets = b""
        begin = self._file.tell()
        for channel, rows in sorted(self._times.items()):
            offsets += struct.pack("<HQ", channel, self._file.tell())
            entries = b"".join(struct.pack("<QQ", *row) for row in rows)
            self._file.write(_record(MESSAGE_INDEX, struct.pack("<H", channel) + _blob(entries)))
        self._indices.append(
            _record(
                CHUNK_INDEX,
                struct.pack("<QQQQ", first, last, start, len(chunk))
                + _blob(offsets)
                + struct.pack("<Q", self._file.tell() - begin)
                + _text("zstd")
                + struct.pack("<QQ", len(packed), len(raw)),
            )
        )
        self._chunk, self._times = bytearray(), {}

    def close(self) -> None:
        """Write the index, flush to the disk and rename."""
        self._flush()
        self._file.write(_record(DATA_END, struct.pack("<I", 0)))
        start = self._file.tell()
        counts = b"".join(
            struct.pack("<HQ", channel, count) for channel, count in sorted(self._counts.items())
        )
        span = self._span or [0, 0]
        totals = (
            sum(self._counts.values()),
            len(self._schemas),
            len(self._channels),
            0,
            0,
            len(self._indices),
        )
        groups = {
            SCHEMA: b"".join(self._records),
            CHANNEL: b"".join(record for _, record in self._channels.values()),
            STATISTICS: _record(
                STATISTICS, struct.pack("<QHIIII", *totals) + struct.pack("<QQ", *span) + _blob(counts)
            ),
            CHUNK_INDEX: b"".join(self._indices),
        }
        summary, offsets = b"", b""
        for kind, records in groups.items():
            if records:
                offsets += _record(
                    SUMMARY_OFFSET, struct.pack("<BQQ", kind, start + len(summary), len(records))
                )
                summary += records
        tail = summary + offsets
        # The checksum covers the summary and the footer up to itself.
        footer = struct.pack("<BQQQ", FOOTER, 20, start, start + len(summary))
        checked = zlib.crc32(tail + footer)
        self._file.write(tail + footer + struct.pack("<I", checked) + MAGIC)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._beside.replace(self._path)
