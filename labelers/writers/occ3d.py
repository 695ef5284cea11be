"""Occ3D-nuScenes: voxels with masks of lidar and cameras, pictures and the benchmark's list of scenes.  Labels floor.

Only keyframes (two a second) are written.  Tokens of scenes' frames are those of a nuScenes dataset of the same clips,
so that `gts` may lie inside one, where the benchmark's loaders look for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelers.clock import clip_start_us
from labelers.definitions import DEFINITIONS, OCCUPANCY_CLASSES
from labelers.geometry import quaternion_wxyz
from labelers.nuscenes_terms import channel_names, token
from labelers.records import Sample
from labelers.writers.base import Clip, refuse_fisheyes
from labelers.writers.files import json_bytes, npz_bytes, picture_bytes, plain, write_bytes

KEYFRAME_HZ = 2.0
SPLITS = {"train": "train_split", "val": "val_split"}


@dataclass(frozen=True, slots=True)
class Occ3d:
    """Occ3D's voxels, of clips captured with `also: [occupancy]`."""

    name: str = "occ3d"
    needs: frozenset[str] = frozenset()

    def open(self, root: Path, clip: Clip) -> "Occ3dClipWriter":
        return Occ3dClipWriter(root, clip)

    def finalize(self, root: Path, fragments: Sequence[tuple[Clip, dict[str, Any]]]) -> list[Path]:
        """List the scenes; what is in no split is for training, as the loaders know no third."""
        lists: dict[str, list[str]] = {"train_split": [], "val_split": []}
        scenes: dict[str, Any] = {}
        for clip, fragment in fragments:
            if fragment["frames"]:
                lists[SPLITS.get(clip.split, "train_split")].append(clip.clip_id)
                scenes[clip.clip_id] = fragment["frames"]
        about = {
            "definitions": DEFINITIONS,
            "classes": OCCUPANCY_CLASSES,
            "clips": {clip.clip_id: {"dropped": fragment["dropped"]} for clip, fragment in fragments},
        }
        files: dict[str, Any] = {
            "annotations.json": {**lists, "scene_infos": scenes},
            "stormlane.json": about,
        }
        for name, content in files.items():
            write_bytes(root / name, json_bytes(content))
        return [Path(name) for name in files]


class Occ3dClipWriter:
    """Writes one clip below gts/<clip id>/."""

    def __init__(self, root: Path, clip: Clip) -> None:
        self._root, self._clip = root, clip
        self._start_us = clip_start_us(clip.concrete)
        self._step = max(1, round(clip.rate_hz / KEYFRAME_HZ))
        rig = clip.concrete.rig
        refuse_fisheyes(clip, list(rig.cameras), "Occ3D")
        self._channel = channel_names(list(rig.cameras), list(rig.lidars))
        self._frames: dict[str, dict[str, Any]] = {}
        self._dropped: dict[str, int] = {}

    def add(self, sample: Sample) -> list[Path]:
        """Write voxels and pictures of a keyframe."""
        found = sample.labels.occupancy
        if sample.index % self._step:
            return []
        if found is None:
            self._dropped["keyframes without voxels"] = self._dropped.get("keyframes without voxels", 0) + 1
            return []
        key = token(self._clip.clip_id, "sample", sample.index)
        path = Path("gts") / self._clip.clip_id / key / "labels.npz"
        masks = {"mask_lidar": found.mask_lidar, "mask_camera": found.mask_camera}
        planes: dict[str, NDArray[Any]] = {
            "semantics": found.semantics,
            **{name: mask.astype(np.uint8) for name, mask in masks.items()},
        }
        write_bytes(self._root / path, npz_bytes(planes))
        written, cameras = [path], {}
        pose = _pose(sample.world_from_ego)
        for name, frame in sorted(sample.cameras.items()):
            channel = self._channel[name]
            picture = Path("imgs") / channel / f"{self._clip.clip_id}_{sample.index:06d}.jpg"
            write_bytes(self._root / picture, picture_bytes(frame))
            written.append(picture)
            cameras[token(self._clip.clip_id, "data", channel, sample.index)] = {
                "img_path": picture.as_posix(),
                "intrinsics": frame.model.matrix,
                "extrinsic": _pose(frame.calibration),
                "ego_pose": pose,
            }
        before = next(reversed(self._frames), None)
        if before is not None:
            self._frames[before]["next"] = key
        self._frames[key] = {
            "timestamp": self._start_us + sample.time_ns // 1000,
            "camera_sensor": cameras,
            "ego_pose": pose,
            "gt_path": path.as_posix(),
            "prev": before or "EOF",
            "next": "EOF",
        }
        return written

    def close(self) -> dict[str, Any]:
        """The clip's frames."""
        fragment: dict[str, Any] = plain({"files": [], "dropped": self._dropped, "frames": self._frames})
        return fragment


def _pose(matrix: NDArray[np.float64]) -> dict[str, Any]:
    return {"translation": matrix[:3, 3], "rotation": list(quaternion_wxyz(matrix))}
