"""KITTI tracking layout: one sequence per clip, its labels in one file with track ids.  Labels floor.

`cam_front` where the rig has it, else the first camera, and the first lidar.  Sequences get their numbers from
`finalize`; a clip's files live under clips/<id>/ and the numbered names are hard links to them.  Frames keep their
numbers where one never arrived, as in KITTI's own sequences: its files are absent and nothing is labelled there.

What KITTI leaves open is chosen as in the object format (`kitti_terms`); here *truncated* is a level, not a share.
There is no oxts: it would need accelerations and turning rates of the ego that a sample does not have.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from labelers.definitions import DEFINITIONS
from labelers.kitti_scans import as_kitti_lists
from labelers.kitti_terms import calibration, label_rows
from labelers.missing import missing_sensors
from labelers.records import Box2D, Cuboid, Sample
from labelers.tags import slices
from labelers.writers.base import Clip, refuse_fisheyes
from labelers.writers.files import json_bytes, link_bytes, photo_bytes, plain, write_bytes
from renderers.frames import CameraFrame

TRUNCATION_LEVELS = (0.10, 0.50)  # KITTI publishes no limits: below -> 0, 1; from the last on 2
FOLDERS = {"image_02": "png", "velodyne": "bin"}


@dataclass(frozen=True, slots=True)
class KittiTracking:
    """The KITTI tracking format; DontCare as in the object format."""

    name: str = "kitti_tracking"
    needs: frozenset[str] = frozenset({"boxes2d", "boxes3d"})
    camera: str = "cam_front"
    max_truncation: float = 0.90
    min_pixels: int = 10

    def open(self, root: Path, clip: Clip) -> "KittiTrackingClipWriter":
        return KittiTrackingClipWriter(root, clip, self)

    def finalize(self, root: Path, fragments: Sequence[tuple[Clip, dict[str, Any]]]) -> list[Path]:
        """Number the sequences and list them for the evaluation."""
        written: list[Path] = []
        sets: dict[str, list[str]] = {}
        clips: dict[str, Any] = {}
        for number, (clip, fragment) in enumerate(fragments):
            sequence = f"{number:04d}"
            for name in fragment["sequence"]:
                folder, _, rest = name.partition("/")
                target = f"{folder}/{sequence}/{rest}" if folder in FOLDERS else f"{folder}/{sequence}.txt"
                link_bytes(root / "clips" / clip.clip_id / name, root / "training" / target)
                written.append(Path("training") / target)
            row = f"{sequence} empty 000000 {fragment['count']:06d}\n"
            for split in ("training", *([clip.split] if clip.split else []), *fragment["slices"]):
                sets.setdefault(split, []).append(row)
            clips[clip.clip_id] = {"sequence": sequence, "dropped": fragment["dropped"]}
        about = {
            "definitions": DEFINITIONS,
            "max_truncation": self.max_truncation,
            "truncation_levels": TRUNCATION_LEVELS,
            "min_pixels": self.min_pixels,
            "clips": clips,
        }
        files = {f"training/evaluate_tracking.seqmap.{name}": "".join(rows) for name, rows in sets.items()}
        for file, text in files.items():
            write_bytes(root / file, text.encode())
        write_bytes(root / "stormlane.json", json_bytes(about, indent=1))
        return [*written, *(Path(file) for file in files), Path("stormlane.json")]


class KittiTrackingClipWriter:
    """Writes one clip below clips/<clip id>/."""

    def __init__(self, root: Path, clip: Clip, form: KittiTracking) -> None:
        self._root, self._folder, self._form = root, Path("clips") / clip.clip_id, form
        cameras = clip.concrete.rig.cameras
        if not cameras:
            raise ValueError("the KITTI format needs a camera, and the rig has none")
        self._camera = form.camera if form.camera in cameras else next(iter(cameras))
        refuse_fisheyes(clip, [self._camera], "KITTI")
        self._lidars = clip.concrete.rig.lidars
        self._sequence: list[str] = []
        self._rows: list[str] = []
        self._calibration = ""
        self._count = 0
        self._slices: set[str] = set()
        self._dropped: dict[str, int] = {}

    def add(self, sample: Sample) -> list[Path]:
        """Write picture and sweep of one sample and note its labels."""
        self._count = max(self._count, sample.index + 1)
        self._slices |= slices(sample.labels.tags)
        contents: dict[str, bytes] = {}
        sweep = sample.lidars[sorted(sample.lidars)[0]] if sample.lidars else None
        if sweep is not None:
            listed = as_kitti_lists(sweep, self._lidars[sweep.sensor])
            points = np.column_stack([listed.xyz_m, listed.intensity])
            contents["velodyne"] = points.astype("<f4").tobytes()
        if self._camera in missing_sensors(sample):
            for _ in sample.labels.cuboids:
                self._drop("in a frame that never arrived")
        else:
            frame = sample.cameras[self._camera]
            if np.any(frame.model.distortion):
                raise ValueError(
                    f"KITTI's images are rectified, but {frame.sensor} has lens distortion; "
                    "set its distortion to zero, or write the native, nuScenes or COCO format"
                )
            contents["image_02"] = photo_bytes(frame.image)
            self._rows += self._labels(sample, frame)
            if not self._calibration and (sweep is not None or not self._lidar_due(sample)):
                self._calibration = calibration(frame, sweep)
        paths = []
        for folder, data in contents.items():
            name = f"{folder}/{sample.index:06d}.{FOLDERS[folder]}"
            write_bytes(self._root / self._folder / name, data)
            self._sequence.append(name)
            paths.append(self._folder / name)
        return paths

    def _lidar_due(self, sample: Sample) -> bool:
        """Whether a sweep of this sample was due and never arrived."""
        return bool(set(missing_sensors(sample)) - {self._camera}) and not sample.lidars

    def _labels(self, sample: Sample, frame: CameraFrame) -> list[str]:
        return [
            tracking_row(sample.index, cuboid, box, line)
            for cuboid, box, line in label_rows(sample, frame, self._form, self._drop)
        ]

    def _drop(self, reason: str) -> None:
        self._dropped[reason] = self._dropped.get(reason, 0) + 1

    def close(self) -> dict[str, Any]:
        """Write the sequence's labels and calibration."""
        tables = {
            "label_02/label.txt": "".join(f"{row}\n" for row in self._rows),
            "calib/calib.txt": self._calibration,
        }
        for name, text in tables.items():
            write_bytes(self._root / self._folder / name, text.encode())
        fragment: dict[str, Any] = plain(
            {
                "files": [str(self._folder / name) for name in tables],
                "dropped": self._dropped,
                "count": self._count,
                "slices": sorted(self._slices),
                "sequence": [*tables, *self._sequence],
            }
        )
        return fragment


def tracking_row(index: int, cuboid: Cuboid, box: Box2D, object_line: str) -> str:
    """Seventeen columns: frame and track before the object's fifteen, whose truncation becomes a level."""
    kind, _, rest = object_line.split(" ", 2)
    if kind == "DontCare":
        return f"{index} -1 {kind} -1 {rest}"
    level = sum(box.truncation >= limit for limit in TRUNCATION_LEVELS)
    return f"{index} {cuboid.instance_id} {kind} {level} {rest}"
