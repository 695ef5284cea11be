"""KITTI object layout: image_2, label_2, calib, velodyne, ImageSets, and infos of two code bases.  Labels floor.

One frame per sample from one camera: `cam_front` where the rig has it, else the first.  Numbers are given by
`finalize`, because six digits count through the whole dataset: a clip's files live under clips/<id>/ and the
numbered names are hard links to them.

KITTI's text leaves three things open, and they are chosen here (and repeated in stormlane.json):
occluded levels (`definitions.OCCLUSION_LEVELS`); what becomes DontCare (hidden, cut off or tiny, see `kitti_terms`);
the box, which is the amodal one, because KITTI's annotators drew through occlusions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from labelers.definitions import DEFINITIONS
from labelers.kitti_infos import frame_info, info_files
from labelers.kitti_scans import as_kitti_lists
from labelers.kitti_terms import calibration, label_rows
from labelers.missing import missing_sensors
from labelers.records import Sample
from labelers.tags import slices
from labelers.writers.base import Clip, refuse_fisheyes
from labelers.writers.files import json_bytes, link_bytes, photo_bytes, plain, write_bytes
from renderers.frames import CameraFrame

FOLDERS = {"image_2": "png", "label_2": "txt", "calib": "txt", "velodyne": "bin"}


@dataclass(frozen=True, slots=True)
class Kitti:
    """The KITTI object format.

    DontCare: occluded by `OCCLUSION_LEVELS[-1]` or more, truncated by `max_truncation` or more, or with fewer than
    `min_pixels` visible pixels.  Nothing is written for an actor outside the image, nor for one that neither the
    camera nor any lidar sees; both are counted.
    """

    name: str = "kitti"
    needs: frozenset[str] = frozenset({"boxes2d", "boxes3d"})
    camera: str = "cam_front"
    max_truncation: float = 0.90
    min_pixels: int = 10

    def open(self, root: Path, clip: Clip) -> "KittiClipWriter":
        return KittiClipWriter(root, clip, self)

    def finalize(self, root: Path, fragments: Sequence[tuple[Clip, dict[str, Any]]]) -> list[Path]:
        """Number the frames of all clips and list them."""
        written: list[Path] = []
        sets: dict[str, list[str]] = {"all": []}
        clips: dict[str, Any] = {}
        infos: dict[str, Any] = {}
        number = 0
        for clip, fragment in fragments:
            clips[clip.clip_id] = {"first": f"{number:06d}", "dropped": fragment["dropped"]}
            for frame in fragment["frames"]:
                name = f"{number:06d}"
                for folder in frame["folders"]:
                    ending = FOLDERS[folder]
                    path = Path("training") / folder / f"{name}.{ending}"
                    source = Path("clips") / clip.clip_id / folder / f"{frame['index']:06d}.{ending}"
                    link_bytes(root / source, root / path)
                    written.append(path)
                for split in ("all", *([clip.split] if clip.split else []), *frame["slices"]):
                    sets.setdefault(split, []).append(name)
                if frame["info"] is not None:
                    infos[name] = frame["info"]
                number += 1
        # The names that detection code bases look for; without splits of a suite all of them are the same frames.
        if not any(clip.split for clip, _ in fragments):
            sets["train"] = sets["val"] = sets["all"]
        sets["trainval"] = sets["all"]
        for split, names in sets.items():
            path = Path("ImageSets") / f"{split}.txt"
            write_bytes(root / path, "".join(f"{name}\n" for name in names).encode())
            written.append(path)
        if len(infos) == number:
            for path, data in info_files(infos, sets).items():
                write_bytes(root / path, data)
                written.append(path)
        about = {
            "definitions": DEFINITIONS,
            "max_truncation": self.max_truncation,
            "min_pixels": self.min_pixels,
            "clips": clips,
        }
        write_bytes(root / "stormlane.json", json_bytes(about, indent=1))
        return [*written, Path("stormlane.json")]


class KittiClipWriter:
    """Writes one clip below clips/<clip id>/."""

    def __init__(self, root: Path, clip: Clip, form: Kitti) -> None:
        self._root, self._clip, self._form = root, clip, form
        self._folder = Path("clips") / clip.clip_id
        cameras = clip.concrete.rig.cameras
        if not cameras:
            raise ValueError("the KITTI format needs a camera, and the rig has none")
        self._camera = form.camera if form.camera in cameras else next(iter(cameras))
        refuse_fisheyes(clip, [self._camera], "KITTI")
        self._frames: list[dict[str, Any]] = []
        self._dropped: dict[str, int] = {}

    def add(self, sample: Sample) -> list[Path]:
        """Write image, labels, calibration and points of one sample."""
        due = {self._camera, *sorted(self._clip.concrete.rig.lidars)[:1]}
        if due & set(missing_sensors(sample)):
            # A KITTI frame is a picture with its sweep: where one never arrived there is no frame.
            for _ in sample.labels.cuboids:
                self._drop("in a frame that never arrived")
            return []
        frame = sample.cameras[self._camera]
        if np.any(frame.model.distortion):
            raise ValueError(
                f"KITTI's images are rectified, but {frame.sensor} has lens distortion; "
                "set its distortion to zero, or write the native, nuScenes or COCO format"
            )
        sweep = sample.lidars[sorted(sample.lidars)[0]] if sample.lidars else None
        lines, stated = self._labels(sample, frame), calibration(frame, sweep)
        contents = {
            "image_2": photo_bytes(frame.image),
            "label_2": "".join(f"{line}\n" for line in lines).encode(),
            "calib": stated.encode(),
        }
        info = None
        if sweep is not None:
            listed = as_kitti_lists(sweep, self._clip.concrete.rig.lidars[sweep.sensor])
            points = np.concatenate([listed.xyz_m, listed.intensity[:, None]], axis=1)
            contents["velodyne"] = points.astype("<f4").tobytes()
            info = frame_info(lines, stated, frame.image.shape[:2], points)
        paths = []
        for folder, data in contents.items():
            path = self._folder / folder / f"{sample.index:06d}.{FOLDERS[folder]}"
            write_bytes(self._root / path, data)
            paths.append(path)
        self._frames.append(
            {
                "index": sample.index,
                "folders": list(contents),
                "info": info,
                "slices": sorted(slices(sample.labels.tags)),
            }
        )
        return paths

    def _labels(self, sample: Sample, frame: CameraFrame) -> list[str]:
        return [line for _, _, line in label_rows(sample, frame, self._form, self._drop)]

    def _drop(self, reason: str) -> None:
        self._dropped[reason] = self._dropped.get(reason, 0) + 1

    def close(self) -> dict[str, Any]:
        """What `finalize` needs to number the frames."""
        fragment: dict[str, Any] = plain({"files": [], "dropped": self._dropped, "frames": self._frames})
        return fragment
