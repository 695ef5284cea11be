"""Bare point clouds: one PCD or LAS file for each sweep, with all that is known of every point.  Labels floor.

`<clip>/<lidar>/000000.pcd` (or .las) beside `<clip>/clip.json` with poses, calibration, tags and cuboids of each sample.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from labelers.clock import clip_start, clip_start_us
from labelers.definitions import DEFINITIONS
from labelers.point_files import EXTRA, FIELDS, las_bytes, pcd_bytes
from labelers.records import Sample
from labelers.tags import slices
from labelers.writers.base import Clip
from labelers.writers.files import json_bytes, plain, write_bytes
from renderers.frames import Cause
from scenarios.errors import StormlaneError
from scenarios.taxonomy import SEMANTICS


@dataclass(frozen=True, slots=True)
class PointClouds:
    """The formats `pcd` and `las`."""

    name: Literal["pcd", "las"]
    needs: frozenset[str] = frozenset({"lidar", "boxes3d"})

    def open(self, root: Path, clip: Clip) -> "PointCloudClipWriter":
        if not clip.concrete.rig.lidars:
            raise StormlaneError(
                f"rig {clip.concrete.rig.rig} has no lidar, and {self.name} is made of sweeps"
            )
        return PointCloudClipWriter(root, clip, self.name)

    def finalize(self, root: Path, fragments: Sequence[tuple[Clip, dict[str, Any]]]) -> list[Path]:
        """Say what the numbers mean."""
        texts = {
            "pcd": [(name, text) for name, _, text in FIELDS],
            "las": [(name, text) for name, _, _, text in EXTRA],
        }
        sets: dict[str, list[str]] = {}
        for clip, fragment in fragments:
            for name in ("all", *([clip.split] if clip.split else []), *fragment["slices"]):
                sets.setdefault(name, []).append(clip.clip_id)
        about = {
            "definitions": DEFINITIONS,
            "fields": dict(texts[self.name]),
            "semantics": {entry.name: entry.id for entry in SEMANTICS},
            "causes": {cause.name.lower(): int(cause) for cause in Cause},
            "sets": sets,
            "clips": {
                clip.clip_id: {"dropped": {}, "samples": fragment["count"]} for clip, fragment in fragments
            },
        }
        write_bytes(root / "stormlane.json", json_bytes(about, indent=1))
        return [Path("stormlane.json")]


class PointCloudClipWriter:
    """Writes the sweeps of one clip."""

    def __init__(self, root: Path, clip: Clip, kind: Literal["pcd", "las"]) -> None:
        self._root, self._clip, self._kind = root, clip, kind
        self._start = clip_start(clip.concrete)
        self._numbers = {name: k for k, name in enumerate(sorted(clip.concrete.rig.lidars))}
        self._samples: list[dict[str, Any]] = []
        self._slices: set[str] = set()

    def add(self, sample: Sample) -> list[Path]:
        """Write the sweeps of one sample."""
        written, sweeps = [], {}
        for name in sorted(sample.lidars):
            sweep = sample.lidars[name]
            path = Path(self._clip.clip_id) / name / f"{sample.index:06d}.{self._kind}"
            number = self._numbers.get(name, 0)
            data = pcd_bytes(sweep) if self._kind == "pcd" else las_bytes(sweep, self._start, number)
            write_bytes(self._root / path, data)
            written.append(path)
            sweeps[name] = {
                "file": path.as_posix(),
                "model": sweep.model,
                "world_from_lidar": sweep.world_from_lidar,
                "ego_from_lidar": sweep.calibration,
                "fired": sweep.fired,
                "lost": sweep.lost,
            }
        self._samples.append(
            {
                "index": sample.index,
                "timestamp_us": clip_start_us(self._clip.concrete) + sample.time_ns // 1000,
                "world_from_ego": sample.world_from_ego,
                "tags": sample.labels.tags,
                "lidars": sweeps,
                "cuboids": [asdict(cuboid) for cuboid in sample.labels.cuboids],
            }
        )
        self._slices |= slices(sample.labels.tags)
        return written

    def close(self) -> dict[str, Any]:
        """Write what goes with the sweeps."""
        path = f"{self._clip.clip_id}/clip.json"
        write_bytes(self._root / path, json_bytes({"clip": self._clip.clip_id, "samples": self._samples}))
        fragment: dict[str, Any] = plain(
            {"files": [path], "dropped": {}, "count": len(self._samples), "slices": sorted(self._slices)}
        )
        return fragment
