"""nuImages v1.0: boxes, masks and attributes of pictures, one sample per picture.  Labels floor.

Every picture is the key frame of a sample of its own.  Boxes are the amodal ones in whole pixels, masks COCO's run
lengths with their text in base64 once more, as the devkit decodes them.  The road is one mask per picture.
Pictures keep their lens distortion, which nuImages states with the calibration.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelers.clock import clip_start, clip_start_us
from labelers.definitions import DEFINITIONS
from labelers.geometry import inverse_rigid, quaternion_wxyz
from labelers.nuscenes_terms import ATTRIBUTES, CATEGORIES, attribute_of, channel_names, token
from labelers.records import Sample
from labelers.rle import encode
from labelers.tags import slices
from labelers.writers.base import Clip, refuse_fisheyes
from labelers.writers.files import json_bytes, picture_bytes, plain, write_bytes
from renderers.frames import CameraFrame
from scenarios.taxonomy import ACTOR_CLASSES, SEMANTICS

ROAD = "flat.driveable_surface"
ROAD_IDS = [entry.id for entry in SEMANTICS if entry.nuscenes == ROAD]
# nuImages' own categories: no other surface than the road, and of what stands around only the bicycle rack.
NAMED = [name for name in CATEGORIES if not name.startswith(("noise", "static.", "flat.")) or name == ROAD]
TABLES = ("ego_pose", "calibrated_sensor", "log", "sample", "sample_data", "object_ann", "surface_ann")


def mask_words(mask: NDArray[np.bool_], origin_px: tuple[int, int], shape: tuple[int, int]) -> dict[str, Any]:
    """A mask as nuImages writes it."""
    words = encode(mask, origin_px, shape)
    return {"size": words["size"], "counts": base64.b64encode(str(words["counts"]).encode()).decode()}


@dataclass(frozen=True, slots=True)
class NuImages:
    """The nuImages format; objects with fewer than `min_pixels` visible pixels are left out."""

    name: str = "nuimages"
    needs: frozenset[str] = frozenset({"instance", "semantic", "boxes2d", "boxes3d"})
    version: str = "v1.0-stormlane"
    min_pixels: int = 10

    def open(self, root: Path, clip: Clip) -> "NuImagesClipWriter":
        return NuImagesClipWriter(root, clip, self)

    def finalize(self, root: Path, fragments: Sequence[tuple[Clip, dict[str, Any]]]) -> list[Path]:
        """Write the tables and stormlane.json below the version folder."""
        tables: dict[str, list[dict[str, Any]]] = {
            table: [row for _, fragment in fragments for row in fragment["tables"][table]] for table in TABLES
        }
        tables["category"] = [
            {"token": token("category", name), "name": name, "description": ""} for name in NAMED
        ]
        tables["attribute"] = [
            {"token": token("attribute", name), "name": name, "description": text}
            for name, text in ATTRIBUTES.items()
        ]
        channels = sorted({channel for _, fragment in fragments for channel in fragment["channels"]})
        tables["sensor"] = [
            {"token": token("sensor", channel), "channel": channel, "modality": "camera"}
            for channel in channels
        ]
        splits: dict[str, list[str]] = {}
        for clip, fragment in fragments:
            for name, samples in fragment["slices"].items():
                splits.setdefault(name, []).extend(samples)
            if clip.split:
                splits.setdefault(clip.split, []).extend(row["token"] for row in fragment["tables"]["sample"])
        about = {
            "definitions": DEFINITIONS,
            "min_pixels": self.min_pixels,
            "samples": splits,
            "clips": {clip.clip_id: {"dropped": fragment["dropped"]} for clip, fragment in fragments},
        }
        folder = Path(self.version)
        files: dict[Path, Any] = {folder / f"{table}.json": rows for table, rows in tables.items()}
        files[folder / "stormlane.json"] = about
        for path, content in files.items():
            write_bytes(root / path, json_bytes(content, indent=0))
        return list(files)


class NuImagesClipWriter:
    """Writes the pictures of one clip."""

    def __init__(self, root: Path, clip: Clip, form: NuImages) -> None:
        self._root, self._clip, self._form = root, clip, form
        rig = clip.concrete.rig
        refuse_fisheyes(clip, list(rig.cameras), "nuImages")
        self._start_us = clip_start_us(clip.concrete)
        self._channel = channel_names(list(rig.cameras), [])
        self._log = token(clip.clip_id, "log")
        self._tables: dict[str, list[dict[str, Any]]] = {table: [] for table in TABLES}
        self._tables["log"].append(
            {
                "token": self._log,
                "logfile": clip.clip_id,
                "vehicle": rig.rig,
                "date_captured": clip_start(clip.concrete).date().isoformat(),
                "location": clip.concrete.scenario.scenario,
            }
        )
        self._calibrated: set[str] = set()
        self._slices: dict[str, list[str]] = {}
        self._dropped: dict[str, int] = {}

    def add(self, sample: Sample) -> list[Path]:
        """Write the pictures of one sample, with what can be seen in each."""
        return [self._camera(sample, sample.cameras[name]) for name in sorted(sample.cameras)]

    def _camera(self, sample: Sample, frame: CameraFrame) -> Path:
        clip, channel = self._clip.clip_id, self._channel[frame.sensor]
        key = (clip, channel, sample.index)
        stamp = self._start_us + frame.time_ns // 1000
        path = Path("samples") / channel / f"{clip}__{channel}__{stamp}.jpg"
        write_bytes(self._root / path, picture_bytes(frame))
        if channel not in self._calibrated:
            self._calibrated.add(channel)
            self._tables["calibrated_sensor"].append(
                {
                    "token": token(clip, "calibrated", channel),
                    "sensor_token": token("sensor", channel),
                    "translation": frame.calibration[:3, 3],
                    "rotation": quaternion_wxyz(frame.calibration),
                    "camera_intrinsic": frame.model.matrix,
                    "camera_distortion": frame.model.distortion,
                }
            )
        world_from_ego = frame.world_from_camera @ inverse_rigid(frame.ego_from_camera)
        self._tables["ego_pose"].append(
            {
                "token": token(*key, "ego"),
                "translation": world_from_ego[:3, 3],
                "rotation": quaternion_wxyz(world_from_ego),
                "timestamp": stamp,
                "speed": float(np.linalg.norm(sample.ego_velocity_mps)),
            }
        )
        self._tables["sample"].append(
            {
                "token": token(*key, "sample"),
                "timestamp": stamp,
                "log_token": self._log,
                "key_camera_token": token(*key, "data"),
            }
        )
        self._tables["sample_data"].append(
            {
                "token": token(*key, "data"),
                "sample_token": token(*key, "sample"),
                "ego_pose_token": token(*key, "ego"),
                "calibrated_sensor_token": token(clip, "calibrated", channel),
                "filename": path.as_posix(),
                "fileformat": "jpg",
                "width": frame.model.width_px,
                "height": frame.model.height_px,
                "timestamp": stamp,
                "is_key_frame": True,
                "next": "",
                "prev": "",
            }
        )
        self._annotate(sample, frame, key)
        for name in slices(sample.labels.tags):
            self._slices.setdefault(name, []).append(token(*key, "sample"))
        return path

    def _annotate(self, sample: Sample, frame: CameraFrame, key: tuple[str, str, int]) -> None:
        data, shape = token(*key, "data"), frame.instance.shape
        boxes = {box.instance_id: box for box in sample.labels.boxes.get(frame.sensor, ())}
        for cuboid in sample.labels.cuboids:
            box = boxes.get(cuboid.instance_id)
            if box is None or box.amodal is None or box.visible is None:
                continue
            if box.visible_px < self._form.min_pixels:
                reason = f"fewer than {self._form.min_pixels} pixels, the format's own limit"
                self._dropped[reason] = self._dropped.get(reason, 0) + 1
                continue
            x0, y0, x1, y1 = (int(value) for value in box.visible)
            mask = frame.instance[y0:y1, x0:x1] == cuboid.instance_id
            attribute = attribute_of(cuboid)
            self._tables["object_ann"].append(
                {
                    "token": token(*key, "object", cuboid.instance_id),
                    "sample_data_token": data,
                    "category_token": token("category", ACTOR_CLASSES[cuboid.actor_class].nuscenes),
                    "attribute_tokens": [token("attribute", attribute)] if attribute else [],
                    "bbox": [round(value) for value in box.amodal],
                    "mask": mask_words(mask, (x0, y0), (shape[0], shape[1])),
                }
            )
        road = np.isin(frame.semantic, ROAD_IDS) & (frame.instance == 0)
        if np.any(road):
            self._tables["surface_ann"].append(
                {
                    "token": token(*key, "surface"),
                    "sample_data_token": data,
                    "category_token": token("category", ROAD),
                    "mask": mask_words(road, (0, 0), (shape[0], shape[1])),
                }
            )

    def close(self) -> dict[str, Any]:
        """The clip's rows."""
        fragment: dict[str, Any] = plain(
            {
                "files": [],
                "dropped": self._dropped,
                "tables": self._tables,
                "channels": sorted({self._channel[name] for name in self._clip.concrete.rig.cameras}),
                "slices": self._slices,
            }
        )
        return fragment
