"""What takes long to make and always comes out the same, kept on disk between runs.  Renderers floor.

A piece is named arrays and a few plain words about them.  It lies in `<cache>/<kind>/<digest of sources>/`, so a
change in the code that makes it is a change of folder.  Files are written whole and then renamed, read whole and
checked: workers may make the same piece at once, and a damaged file is a piece to make again.
"""

import json
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import fields
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renderers.mesh import Mesh
from sim.kernels.cache import cache_root

MAGIC = b"stormlane shelf 1"
DIGEST_BYTES = 16
ALIGN = 64
BEGUN_S = time.time()
EDITIONS = 3  # folders of other sources that stay: of the versions somebody switches between
ROOM = 8  # tidying takes away one in so many, so that a full shelf is not gone through for each new piece
Piece = tuple[Any, dict[str, NDArray[Any]]]  # words that JSON can hold, and named arrays


def kept(kind: str, key: object, sources: Sequence[str], most: int, make: Callable[[], Piece]) -> Piece:
    """The piece of that kind for `key` (its repr names it), made only when the shelf does not hold it.

    `sources` are files or folders of the house, relative to it, on which the result depends; at most about `most`
    pieces of a kind are kept.  Arrays come back writable.
    """
    edition = _edition(tuple(sources))
    if edition is None:
        return make()
    path = cache_root() / kind / edition
    path = path / (blake2b(repr(key).encode(), digest_size=DIGEST_BYTES).hexdigest() + ".piece")
    with suppress(OSError, ValueError):
        return unpacked(bytearray(path.read_bytes()))
    piece = make()
    with suppress(OSError):  # a full or read-only disk costs time, not the result
        _put(path, packed(piece), most)
    return piece


def kept_mesh(kind: str, key: object, sources: Sequence[str], most: int, make: Callable[[], Mesh]) -> Mesh:
    """A mesh from the shelf."""

    def piece() -> Piece:
        return None, mesh_arrays(make())

    return Mesh(**kept(kind, key, sources, most, piece)[1])


def mesh_arrays(mesh: Mesh) -> dict[str, NDArray[Any]]:
    """The fields of a mesh by name."""
    return {field.name: np.ascontiguousarray(getattr(mesh, field.name)) for field in fields(Mesh)}


def packed(piece: Piece) -> bytes:
    """The bytes of a piece: magic, digest of the rest, length of the header, header, arrays."""
    words, arrays = piece
    table = []
    at = 0
    for name, array in arrays.items():
        table.append([name, array.dtype.str, list(array.shape), at])
        at += -(-array.nbytes // ALIGN) * ALIGN
    header = json.dumps([words, table], sort_keys=True).encode()
    start = len(MAGIC) + DIGEST_BYTES + 8 + len(header)
    pad = -start % ALIGN
    body = len(header).to_bytes(8, "little") + header + b"\0" * pad
    body += b"".join(a.tobytes() + b"\0" * (-a.nbytes % ALIGN) for a in arrays.values())
    return MAGIC + blake2b(body, digest_size=DIGEST_BYTES).digest() + body


def unpacked(data: bytearray) -> Piece:
    """The piece of these bytes; ValueError when they are not what was packed."""
    head = len(MAGIC) + DIGEST_BYTES
    view = memoryview(data)
    if data[: len(MAGIC)] != MAGIC:
        raise ValueError("not a piece")
    if blake2b(view[head:], digest_size=DIGEST_BYTES).digest() != data[len(MAGIC) : head]:
        raise ValueError("damaged")
    length = int.from_bytes(data[head : head + 8], "little")
    words, table = json.loads(bytes(view[head + 8 : head + 8 + length]))
    start = -(-(head + 8 + length) // ALIGN) * ALIGN
    arrays = {
        name: np.frombuffer(data, np.dtype(kind), int(np.prod(shape)), start + at).reshape(shape)
        for name, kind, shape, at in table
    }
    return words, arrays


def _put(path: Path, data: bytes, most: int) -> None:
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
        _forget(path.parent.parent, EDITIONS)
    handle, draft = tempfile.mkstemp(dir=path.parent, suffix=".draft")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(draft).replace(path)
    except OSError:
        Path(draft).unlink(missing_ok=True)
        raise
    _forget(path.parent, most)


def _forget(folder: Path, most: int) -> None:
    """Once a folder holds more than `most` entries, take away the oldest, and a few more to make room."""
    entries = list(folder.iterdir())
    if len(entries) <= most:
        return
    dated = []
    for entry in entries:
        try:
            dated.append((entry.stat().st_mtime_ns, entry.name, entry))
        except FileNotFoundError:  # another worker tidies too
            continue
    for _, _, entry in sorted(dated)[: max(len(dated) - most + most // ROOM, 0)]:
        for file in entry.iterdir() if entry.is_dir() else ():
            file.unlink(missing_ok=True)
        if entry.is_dir():
            entry.rmdir()
        else:
            entry.unlink(missing_ok=True)


@lru_cache(maxsize=16)
def _edition(sources: tuple[str, ...]) -> str | None:
    """Digest of all source files among `sources`, and of numpy's version.

    None where one was saved after this process began: the code that runs may not be the code that stands there.
    """
    house = Path(__file__).resolve().parents[1]
    digest = blake2b(np.__version__.encode(), digest_size=DIGEST_BYTES)
    for source in sources:
        at = house / source
        for path in sorted(at.rglob("*.py")) if at.is_dir() else (at,):
            if path.stat().st_mtime > BEGUN_S:
                return None
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
