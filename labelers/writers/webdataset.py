"""WebDataset: tar shards with everything of a sample under one key, read in order from disk or network.  Labels floor.

One shard per clip, numbered by `finalize` (`shards/{000000..000041}.tar` names them all); a split or slice is a list of
shards.  A key is the clip and the sample's number; behind its first dot stand the sensor and the kind of file.  Labels
are `json`: the sample's tags, poses, cuboids and image boxes, with the calibration of its sensors.
"""

import io
import os
import tarfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelers.clock import clip_start_us
from labelers.definitions import DEFINITIONS
from labelers.records import Sample
from labelers.tags import slices
from labelers.writers.base import Clip
from labelers.writers.files import (
    deep_png_bytes,
    json_bytes,
    link_bytes,
    picture_bytes,
    plain,
    png_bytes,
    write_bytes,
)
from renderers.frames import CameraFrame, LidarSweep
from renderers.radar_scan import COLUMNS as RADAR_COLUMNS
from scenarios.taxonomy import SEMANTICS
from sim.readings import GNSS_SERIES, IMU_SERIES


@dataclass(frozen=True, slots=True)
class WebDataset:
    """The WebDataset format; nothing is left out."""

    name: str = "webdataset"
    needs: frozenset[str] = frozenset({"instance", "semantic", "boxes2d", "boxes3d"})

    def open(self, root: Path, clip: Clip) -> "WebDatasetClipWriter":
        return WebDatasetClipWriter(root, clip)

    def finalize(self, root: Path, fragments: Sequence[tuple[Clip, dict[str, Any]]]) -> list[Path]:
        """Number the shards and list them."""
        written: list[Path] = []
        sets: dict[str, list[str]] = {}
        clips: dict[str, Any] = {}
        for number, (clip, fragment) in enumerate(fragments):
            shard = f"{number:06d}.tar"
            link_bytes(root / "clips" / f"{clip.clip_id}.tar", root / "shards" / shard)
            written.append(Path("shards") / shard)
            for name in ("all", *([clip.split] if clip.split else []), *fragment["slices"]):
                sets.setdefault(name, []).append(f"{shard}\n")
            clips[clip.clip_id] = {"shard": shard, "samples": fragment["count"], "dropped": {}}
        about = {
            "definitions": DEFINITIONS,
            "semantics": {entry.name: entry.id for entry in SEMANTICS},
            "clips": clips,
        }
        files = {f"shards/{name}.txt": "".join(rows).encode() for name, rows in sets.items()}
        files["stormlane.json"] = json_bytes(about, indent=1)
        for path, content in files.items():
            write_bytes(root / path, content)
        return [*written, *(Path(path) for path in files)]


class WebDatasetClipWriter:
    """Packs one clip as clips/<clip id>.tar."""

    def __init__(self, root: Path, clip: Clip) -> None:
        self._root, self._clip = root, clip
        self._start_us = clip_start_us(clip.concrete)
        # A shard may be larger than the memory, so it grows on the disk and gets its name when it is whole.
        self._path = root / "clips" / f"{clip.clip_id}.tar"
        self._beside = self._path.with_name(f".{self._path.name}.tmp")
        self._beside.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._beside.open("wb")
        # The older header of the two: fixed fields, no owners' names, no clock.
        self._tar = tarfile.open(fileobj=self._file, mode="w", format=tarfile.USTAR_FORMAT)  # noqa: SIM115
        self._count = 0
        self._slices: set[str] = set()

    def add(self, sample: Sample) -> list[Path]:
        """Pack one sample; the shard is written when the clip is closed."""
        key = f"{self._clip.clip_id}_{sample.index:06d}"
        for name in sorted(sample.cameras):
            frame = sample.cameras[name]
            self._pack(f"{key}.{name}.jpg", picture_bytes(frame))
            self._pack(f"{key}.{name}.semantic.png", png_bytes(frame.semantic))
            self._pack(f"{key}.{name}.instance.png", deep_png_bytes(frame.instance.astype(np.uint16)))
        for name in sorted(sample.lidars):
            self._pack(f"{key}.{name}.npy", _npy(point_columns(sample.lidars[name])))
        for name in sorted(sample.radars):
            scan = sample.radars[name]
            table = np.column_stack([getattr(scan, column) for column in RADAR_COLUMNS])
            self._pack(f"{key}.{name}.npy", _npy(table.astype(np.float32)))
        for name, readings in sorted(sample.imus.items()):
            self._pack(f"{key}.{name}.npz", _npz({n: getattr(readings, n) for n in IMU_SERIES}))
        for name, fixes in sorted(sample.gnss.items()):
            self._pack(f"{key}.{name}.npz", _npz({n: getattr(fixes, n) for n in GNSS_SERIES}))
        self._pack(f"{key}.json", json_bytes(self._labels(sample)))
        self._count += 1
        self._slices |= slices(sample.labels.tags)
        return []

    def _pack(self, name: str, data: bytes) -> None:
        entry = tarfile.TarInfo(name)
        entry.size = len(data)
        self._tar.addfile(entry, io.BytesIO(data))

    def _labels(self, sample: Sample) -> dict[str, Any]:
        return {
            "clip": self._clip.clip_id,
            "index": sample.index,
            "timestamp_us": self._start_us + sample.time_ns // 1000,
            "world_from_ego": sample.world_from_ego,
            "ego_velocity_mps": sample.ego_velocity_mps,
            "tags": sample.labels.tags,
            "cameras": {name: camera_words(frame) for name, frame in sample.cameras.items()},
            "lidars": {
                name: {"model": sweep.model, "ego_from_lidar": sweep.calibration, "columns": COLUMNS}
                for name, sweep in sample.lidars.items()
            },
            "radars": {
                name: {"model": scan.model, "ego_from_radar": scan.calibration, "columns": RADAR_COLUMNS}
                for name, scan in sample.radars.items()
            },
            "imus": {name: {"ego_from_imu": part.ego_from_imu} for name, part in sample.imus.items()},
            "gnss": {name: {"ego_from_antenna": part.ego_from_antenna} for name, part in sample.gnss.items()},
            "cuboids": [asdict(cuboid) for cuboid in sample.labels.cuboids],
            "boxes": {name: [asdict(box) for box in boxes] for name, boxes in sample.labels.boxes.items()},
            "skeletons": [asdict(skeleton) for skeleton in sample.labels.skeletons],
            "image_skeletons": {
                name: [asdict(seen) for seen in kept] for name, kept in sample.labels.image_skeletons.items()
            },
        }

    def close(self) -> dict[str, Any]:
        """Write the shard."""
        self._tar.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._beside.replace(self._path)
        path = self._path.relative_to(self._root)
        fragment: dict[str, Any] = plain(
            {"files": [path.as_posix()], "dropped": {}, "count": self._count, "slices": sorted(self._slices)}
        )
        return fragment


COLUMNS = ("x", "y", "z", "intensity", "ring", "offset_s", "semantic", "instance", "cause", "return_index")


def point_columns(sweep: LidarSweep) -> NDArray[np.float32]:
    """(N, 10) `COLUMNS` of a sweep; whole numbers up to sixteen million are exact in float32."""
    return np.column_stack(
        [
            sweep.xyz_m,
            sweep.intensity,
            sweep.ring,
            sweep.offset_ns * 1e-9,
            sweep.semantic,
            sweep.instance,
            sweep.cause,
            sweep.return_index,
        ]
    ).astype(np.float32)


def camera_words(frame: CameraFrame) -> dict[str, Any]:
    """Calibration of a camera and where it was."""
    return {
        "matrix": frame.model.matrix,
        "distortion": frame.model.distortion,
        "fisheye": frame.model.fisheye,
        "ego_from_camera": frame.calibration,
        "world_from_camera": frame.world_from_camera,
    }


def _npy(array: NDArray[np.float32]) -> bytes:
    raw = io.BytesIO()
    np.save(raw, array, allow_pickle=False)
    return raw.getvalue()


def _npz(series: dict[str, NDArray[Any]]) -> bytes:
    raw = io.BytesIO()
    np.savez(raw, allow_pickle=False, **series)
    return raw.getvalue()
