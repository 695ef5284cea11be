"""Reads the files that a scenario is made of, bounded, and remembers what was read.  Language floor."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from scenarios import tree as trees
from scenarios.errors import ScenarioError, ScenarioErrors
from scenarios.files import MAX_MAP_BYTES, PACKAGE, FileError
from scenarios.tree import Tree

MAX_FILES = 32  # that one scenario is made of, each as often as it is included
MAX_TOTAL_BYTES = 512 * 1024  # of YAML, all files together


@dataclass(slots=True)
class Sources:
    """The files of one scenario: where they may lie, and the digest of each that was read."""

    root: Path  # folder of the scenario
    digests: dict[str, str] = field(default_factory=dict)  # name -> sha256
    folders: dict[Path, None] = field(default_factory=dict)  # in which files of the scenario lie, in order
    reads: int = 0
    bytes_read: int = 0
    unsaved: dict[Path, str] = field(default_factory=dict)  # files that are only being written

    def branch(self) -> "Sources":
        """What was read so far, to be continued apart from this."""
        return Sources(
            self.root, dict(self.digests), dict(self.folders), self.reads, self.bytes_read, self.unsaved
        )

    def tree(self, path: Path, nulls: bool = False) -> Tree:
        """The tree of a YAML file; raises ScenarioErrors."""
        if path in self.unsaved:
            data = self.unsaved[path].encode()
            tree = trees.read(self.unsaved[path], str(path), nulls)
        else:
            tree, data = read_tree(path, nulls)
        self.note(path, data)
        self.folders.setdefault(path.parent)
        self.reads += 1
        self.bytes_read += len(data)
        if self.reads > MAX_FILES:
            message = f"the scenario is made of more than {MAX_FILES} files"
            raise ScenarioErrors([ScenarioError(str(path), 0, 0, message)])
        if self.bytes_read > MAX_TOTAL_BYTES:
            message = f"the files of this scenario are larger than {MAX_TOTAL_BYTES // 1024} KiB together"
            raise ScenarioErrors([ScenarioError(str(path), 0, 0, message)])
        return tree

    def map(self, path: Path, name: str) -> bytes:
        """The content of an OpenDRIVE file that the scenario calls `name`."""
        try:
            if path.stat().st_size > MAX_MAP_BYTES:
                raise FileError(f'the map "{name}" is larger than {MAX_MAP_BYTES >> 20} MiB')
            data = path.read_bytes()
        except OSError as error:
            raise FileError(f'the map "{name}" cannot be read: {error.strerror}') from None
        self.note(path, data)
        return data

    def note(self, path: Path, data: bytes) -> None:
        """Remember that a file was read, under a name that holds on every machine."""
        self.digests[self._name(path)] = hashlib.sha256(data).hexdigest()

    def _name(self, path: Path) -> str:
        full = path.resolve()
        if full.is_relative_to(PACKAGE):
            return f"stormlane/{full.relative_to(PACKAGE).as_posix()}"
        root = self.root.resolve()
        return full.relative_to(root).as_posix() if full.is_relative_to(root) else full.name


def read_tree(path: Path, nulls: bool = False) -> tuple[Tree, bytes]:
    """The tree and the bytes of a YAML file; raises ScenarioErrors."""
    shown = str(path)
    try:
        if not path.is_file():
            kind = "is a folder, not a file" if path.is_dir() else "does not exist"
            raise ScenarioErrors([ScenarioError(shown, 0, 0, f"the file {kind}")])
        if path.stat().st_size > trees.MAX_BYTES:
            limit = f"the file is larger than {trees.MAX_BYTES // 1024} KiB"
            raise ScenarioErrors([ScenarioError(shown, 0, 0, limit)])
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ScenarioErrors([ScenarioError(shown, line, 1, "the file is not UTF-8 text")]) from None
    except OSError as error:
        raise ScenarioErrors(
            [ScenarioError(shown, 0, 0, f"the file cannot be read: {error.strerror}")]
        ) from None
    return trees.read(text, shown, nulls), data
