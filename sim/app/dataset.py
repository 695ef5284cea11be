"""The folder of a dataset: whose it is, which of its clips are done, its tables.  Roof.

It holds the format's own files and a `.stormlane` folder with one record per clip:

    .stormlane/locks/<clip>.lock.yaml   the resolved scenario: enough to render the clip again
    .stormlane/traces/<clip>.trace      the simulated world: enough to render it with other sensors
    .stormlane/coverage/<clip>.json     the bins of its scenario's coverage that it fills; totals in coverage.json
    .stormlane/splits.json              shares of train, val, test, when a suite divides its clips
    .stormlane/rejected/<clip>.json     instead of all others, why a sample that is not valid was not rendered
    .stormlane/done/<clip>.json         written last, atomically: the job's digest, every file's sha256, the fragment

A clip is done when its record is there, names the same job and all its files have the recorded size.  The tables of the
dataset are derived from the records of all clips, so they can always be made again.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scenarios.errors import StormlaneError
from scenarios.lock import load as load_lock
from scenarios.suite import split_of
from sim.verdict import Clause

STATE = ".stormlane"
TRACE, LOCK = ".trace", ".lock.yaml"


@dataclass(frozen=True, slots=True)
class DatasetFolder:
    """A dataset on disk, finished or not."""

    root: Path

    # ------------------------------------------------------------------------------------------- the whole dataset
    @property
    def format_name(self) -> str | None:
        """The format that it holds; None where no dataset of ours was begun."""
        note = self.root / STATE / "format"
        return note.read_text(encoding="utf-8").strip() if note.is_file() else None

    def claim(self, format_name: str) -> None:
        """Begin or continue; mixing two formats in a folder would leave a dataset that neither reader understands."""
        from labelers.writers.files import write_bytes

        self.root.mkdir(parents=True, exist_ok=True)
        held = self.format_name
        if held is None:
            if any(entry.name != STATE for entry in self.root.iterdir()):
                raise StormlaneError(
                    f"{self.root} is not empty and not a dataset of ours; choose a new folder"
                )
            write_bytes(self.root / STATE / "format", (format_name + "\n").encode())
        elif held != format_name:
            raise StormlaneError(
                f"{self.root} already holds a {held} dataset; choose another folder for {format_name}"
            )
        for folder in ("locks", "traces", "coverage", "rejected", "done"):
            (self.root / STATE / folder).mkdir(parents=True, exist_ok=True)
        for path in self.root.rglob("*.tmp"):  # what a killed run left half-written
            path.unlink(missing_ok=True)

    def keep_splits(self, splits: Sequence[tuple[str, float]]) -> None:
        """Note the shares of the splits; they cannot change later, as clips would move between them."""
        from labelers.writers.files import json_bytes, write_bytes

        note, content = (
            self.root / STATE / "splits.json",
            json_bytes([[name, share] for name, share in splits]),
        )
        if note.is_file() and note.read_bytes() != content:
            raise StormlaneError(f"{self.root} is already divided into other splits; choose another folder")
        write_bytes(note, content)

    @property
    def splits(self) -> list[tuple[str, float]]:
        note = self.root / STATE / "splits.json"
        return [(name, share) for name, share in json.loads(note.read_text())] if note.is_file() else []

    def clip_ids(self) -> list[str]:
        """The clips that are done, in the order of their names."""
        return [path.stem for path in sorted((self.root / STATE / "done").glob("*.json"))]

    def finalize(self) -> Counter[str]:
        """Make the tables from the records of all clips that are done; what the format left out, by reason."""
        from labelers.writers import FORMATS
        from labelers.writers.base import Clip
        from sim.app.card import write_card
        from sim.app.clip import ClipPlan
        from sim.app.coverage import write_totals

        form = self.format_name
        assert form is not None, "a folder is claimed before anything is written into it"
        splits = self.splits
        fragments: list[tuple[Clip, dict[str, Any]]] = []
        tallies: list[tuple[Clip, dict[str, Any]]] = []
        endings: set[str] = set()
        for clip_id in self.clip_ids():
            record = self.record(clip_id)
            if record is None:
                continue
            concrete = load_lock(self.lock_path(clip_id).read_text(encoding="utf-8"))
            plan = ClipPlan.of(concrete)
            # Twins and other variants of a sample belong together: their names differ, their split does not.
            split = split_of(replace(concrete, variant="").clip_id, splits)
            clip = Clip(clip_id, concrete, len(plan.times_ns), plan.rate_hz, split=split)
            fragments.append((clip, record["fragment"]))
            tallies.append((clip, record.get("tally", {})))
            endings.update(_ending(name) for name in record["files"] if not name.startswith(STATE))
        written = FORMATS[form].finalize(self.root, fragments)
        endings.update(_ending(path.name) for path in written)
        write_totals(self.root, [clip.clip_id for clip, _ in fragments])
        dropped: Counter[str] = Counter()
        for _, fragment in fragments:
            dropped.update(fragment["dropped"])
        write_card(self.root, form, tallies, dropped, sorted(endings))
        return dropped

    # -------------------------------------------------------------------------------------------------- one clip
    def lock_path(self, clip_id: str) -> Path:
        return self.root / STATE / "locks" / f"{clip_id}{LOCK}"

    def trace_path(self, clip_id: str) -> Path:
        return self.root / STATE / "traces" / f"{clip_id}{TRACE}"

    def coverage_path(self, clip_id: str) -> Path:
        return self.root / STATE / "coverage" / f"{clip_id}.json"

    def record(self, clip_id: str) -> dict[str, Any] | None:
        """What was noted when the clip was done; None when it is not."""
        return _read(self._record_path(clip_id))

    def keep(
        self,
        clip_id: str,
        digest: str,
        written: Sequence[Path],
        fragment: dict[str, Any],
        tally: dict[str, Any],
    ) -> None:
        """Note that a clip is done, and how much it holds."""
        from labelers.writers.files import write_bytes

        files = {path.relative_to(self.root).as_posix(): _fingerprint(path) for path in written}
        record = {"job": digest, "clip": clip_id, "files": files, "fragment": fragment, "tally": tally or {}}
        write_bytes(self._record_path(clip_id), _json(record))

    def holds(self, clip_id: str, digest: str) -> bool:
        """Whether this very job is done and its files are all in place."""
        record = self.record(clip_id)
        return (
            record is not None
            and record["job"] == digest
            and all(
                (self.root / name).is_file() and (self.root / name).stat().st_size == size
                for name, (_, size) in record["files"].items()
            )
        )

    def reject(self, clip_id: str, digest: str, broken: Sequence[Clause]) -> None:
        """Note why a sample is not rendered; what an older file of the scenario made of it is no clip of this one."""
        from labelers.writers.files import write_bytes

        told = [{"clause": c.name, "text": c.text, "told": c.told} for c in broken]
        write_bytes(self._rejection_path(clip_id), _json({"job": digest, "broken": told}))
        self._record_path(clip_id).unlink(missing_ok=True)

    def accept(self, clip_id: str) -> None:
        """Forget that the sample was ever rejected."""
        self._rejection_path(clip_id).unlink(missing_ok=True)

    def rejection(self, clip_id: str, digest: str) -> tuple[str, ...] | None:
        """The clauses that rejected a job's sample; None when none did."""
        record = _read(self._rejection_path(clip_id))
        if record is None or record["job"] != digest:
            return None
        return tuple(clause["text"] for clause in record["broken"])

    def _record_path(self, clip_id: str) -> Path:
        return self.root / STATE / "done" / f"{clip_id}.json"

    def _rejection_path(self, clip_id: str) -> Path:
        return self.root / STATE / "rejected" / f"{clip_id}.json"


def dropped_line(dropped: Mapping[str, int], format_name: str) -> str:
    """What a format has no place for, in one line: `labels left out by kitti: 214 (200 outside the image, 14 ...)`."""
    reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(dropped.items()))
    return f"labels left out by {format_name}: {sum(dropped.values())} ({reasons})"


def _ending(name: str) -> str:
    """What a file's name ends with, from the first dot of its last part: `.npy.zst`."""
    last = name.rpartition("/")[2]
    return last[last.find(".") :]


def _read(path: Path) -> dict[str, Any] | None:
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return record


def _fingerprint(path: Path) -> tuple[str, int]:
    data = path.read_bytes()
    return hashlib.sha256(data).hexdigest(), len(data)


def _json(record: Any) -> bytes:
    return (json.dumps(record, sort_keys=True, indent=1) + "\n").encode()
