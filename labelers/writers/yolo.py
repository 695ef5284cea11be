"""YOLO text labels as Ultralytics reads them: trees of boxes, of outlines, of people's key points.  Labels floor.

Readers turn `/images/` of a path into `/labels/` and refuse files that mix rows of boxes and of outlines, so there are
three trees, detect/, segment/ and pose/, whose pictures are hard links to the same bytes.  Classes 0 to 79 are COCO's,
so that a model trained on COCO is evaluated as it is; ours follow.  Boxes are those of the visible masks.  Outlines run
through the centres of a mask's border pixels, ((x + 0.5) / width, (y + 0.5) / height), as key points are placed; parts
of a thing that something in front cuts in two are joined by a line there and back, and holes are lost, because the
format knows one ring.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from labelers.definitions import DEFINITIONS, KEYPOINTS, PERSON
from labelers.records import ImageSkeleton, Sample
from labelers.segments import Segment, segments
from labelers.tags import slices
from labelers.writers.base import Clip
from labelers.writers.files import json_bytes, link_bytes, picture_bytes, plain, write_bytes
from renderers.frames import CameraFrame
from scenarios.taxonomy import ACTOR_CLASSES, SEMANTICS

COCO_NAMES = (
    "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "traffic light",
    "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat", "dog", "horse", "sheep", "cow", "elephant",
    "bear", "zebra", "giraffe", "backpack", "umbrella", "handbag", "tie", "suitcase", "frisbee", "skis", "snowboard",
    "sports ball", "kite", "baseball bat", "baseball glove", "skateboard", "surfboard", "tennis racket", "bottle",
    "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple", "sandwich", "orange", "broccoli",
    "carrot", "hot dog", "pizza", "donut", "cake", "chair", "couch", "potted plant", "bed", "dining table", "toilet",
    "tv", "laptop", "mouse", "remote", "keyboard", "cell phone", "microwave", "oven", "toaster", "sink",
    "refrigerator", "book", "clock", "vase", "scissors", "teddy bear", "hair drier", "toothbrush",
)  # order of the 2017 instances file, as models number them  # fmt: skip
NAMES = (*COCO_NAMES, *(c.name.replace("_", " ") for c in ACTOR_CLASSES.values() if not c.coco))
_NUMBER = {name: number for number, name in enumerate(NAMES)}
_IS_THING = {entry.id: entry.is_thing for entry in SEMANTICS}


def _other_side(name: str) -> str:
    swap = {"left": "right", "right": "left"}
    side, _, part = name.partition("_")
    return f"{swap[side]}_{part}" if side in swap else name


TASKS = ("detect", "segment", "pose")
FLIPPED = [KEYPOINTS[PERSON].index(_other_side(name)) for name in KEYPOINTS[PERSON]]  # in a mirrored picture
POSE_WORDS = f"kpt_shape: [{len(FLIPPED)}, 3]\nflip_idx: {FLIPPED}\n"


def class_of(segment: Segment) -> int:
    """Number of a labelled segment's class; a rider is a person."""
    assert segment.cuboid is not None
    if segment.of_rider:
        return _NUMBER["person"]
    known = ACTOR_CLASSES[segment.cuboid.actor_class]
    return _NUMBER[known.coco or known.name.replace("_", " ")]


def outline(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(n, 2) x and y of one closed ring through the border pixels of all parts of a mask; at least three points."""
    rings, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    parts = sorted((ring[:, 0].astype(np.int64) for ring in rings), key=len, reverse=True)
    ring = parts[0]
    for part in parts[1:]:
        # From the ring's nearest point over to the part, once around it, and back the same way.
        gaps = ((ring[:, None] - part[None]) ** 2).sum(axis=2)
        here, there = np.unravel_index(int(np.argmin(gaps)), gaps.shape)
        around = np.roll(part, -int(there), axis=0)
        ring = np.concatenate([ring[: here + 1], around, around[:1], ring[here:]])
    return ring if len(ring) >= 3 else np.resize(ring, (3, 2))


def label_rows(segment: Segment, skeleton: ImageSkeleton | None, width: int, height: int) -> dict[str, str]:
    """One row for each task; of poses for people alone."""
    number = class_of(segment)
    x, y, w, h = segment.bounds
    box = ((x + w / 2) / width, (y + h / 2) / height, w / width, h / height)
    ring = (outline(segment.mask) + segment.origin_px + 0.5) / (width, height)
    rows = {
        "detect": f"{number} {' '.join(f'{value:.6f}' for value in box)}\n",
        "segment": f"{number} {' '.join(f'{value:.6f}' for value in ring.ravel())}\n",
    }
    if number == _NUMBER["person"] and skeleton is not None:
        places = (skeleton.uv_px + 0.5) / (width, height)
        points = [
            f"{x:.6f} {y:.6f} {visibility}" if visibility else "0 0 0"
            for (x, y), visibility in zip(places.tolist(), skeleton.visibility.tolist(), strict=True)
        ]
        rows["pose"] = rows["detect"].rstrip("\n") + f" {' '.join(points)}\n"
    return rows


@dataclass(frozen=True, slots=True)
class Yolo:
    """The YOLO format; things with fewer than `min_pixels` visible pixels are left out."""

    name: str = "yolo"
    needs: frozenset[str] = frozenset({"instance", "semantic", "boxes3d"})
    min_pixels: int = 10

    def open(self, root: Path, clip: Clip) -> "YoloClipWriter":
        return YoloClipWriter(root, clip, self)

    def finalize(self, root: Path, fragments: Sequence[tuple[Clip, dict[str, Any]]]) -> list[Path]:
        """List the pictures of every split and slice, and describe both trees."""
        sets: dict[str, list[str]] = {}
        for clip, fragment in fragments:
            for entry in fragment["images"]:
                for split in ("all", *([clip.split] if clip.split else []), *entry["slices"]):
                    sets.setdefault(split, []).append(f"./images/{entry['stem']}.jpg\n")
        split_up = any(clip.split for clip, _ in fragments)
        files: dict[str, bytes] = {}
        for task in TASKS:
            # Readers want a train and a val; without a suite's splits both are all pictures.
            known = {name: name if split_up and name in sets else "all" for name in ("train", "val")}
            if "test" in sets:
                known["test"] = "test"
            names = NAMES[:1] if task == "pose" else NAMES
            files[f"{task}/data.yaml"] = "".join(
                [
                    *(f"{name}: {stored}.txt\n" for name, stored in known.items()),
                    f"nc: {len(names)}\n",
                    "names:\n",
                    *(f"  {number}: {name}\n" for number, name in enumerate(names)),
                    *([POSE_WORDS] if task == "pose" else []),
                ]
            ).encode()
            for name, pictures in sets.items():
                files[f"{task}/{name}.txt"] = "".join(pictures).encode()
        about = {
            "definitions": DEFINITIONS,
            "min_pixels": self.min_pixels,
            "clips": {clip.clip_id: {"dropped": fragment["dropped"]} for clip, fragment in fragments},
        }
        files["stormlane.json"] = json_bytes(about, indent=1)
        for path, content in files.items():
            write_bytes(root / path, content)
        return [Path(path) for path in files]


class YoloClipWriter:
    """Writes the pictures and rows of one clip."""

    def __init__(self, root: Path, clip: Clip, form: Yolo) -> None:
        self._root, self._clip, self._form = root, clip, form
        self._images: list[dict[str, Any]] = []
        self._dropped: dict[str, int] = {}

    def add(self, sample: Sample) -> list[Path]:
        """Write the pictures of one sample, once for each task, and their rows."""
        paths: list[Path] = []
        for name in sorted(sample.cameras):
            paths += self._camera(sample, sample.cameras[name])
        return paths

    def _camera(self, sample: Sample, frame: CameraFrame) -> list[Path]:
        stem = f"{self._clip.clip_id}_{frame.sensor}_{sample.index:06d}"
        texts = dict.fromkeys(TASKS, "")
        people = {
            s.instance_id: s for s in sample.labels.image_skeletons.get(frame.sensor, ()) if s.kind == PERSON
        }
        for segment in segments(frame, sample.labels.cuboids):
            if segment.cuboid is None:
                if _IS_THING.get(segment.semantic):
                    self._drop("things without an actor")  # signs and signals of the street: a mask for all
            elif segment.area < self._form.min_pixels:
                self._drop(f"fewer than {self._form.min_pixels} pixels, the format's own limit")
            else:
                skeleton = people.get(segment.cuboid.instance_id)
                size_px = frame.model.width_px, frame.model.height_px
                for task, row in label_rows(segment, skeleton, *size_px).items():
                    texts[task] += row
        pictures = [Path(task) / "images" / f"{stem}.jpg" for task in TASKS]
        write_bytes(self._root / pictures[0], picture_bytes(frame))
        for other in pictures[1:]:
            link_bytes(self._root / pictures[0], self._root / other)
        labels = [Path(task) / "labels" / f"{stem}.txt" for task in TASKS]
        for task, path in zip(TASKS, labels, strict=True):
            write_bytes(self._root / path, texts[task].encode())
        self._images.append({"stem": stem, "slices": sorted(slices(sample.labels.tags))})
        return [*pictures, *labels]

    def _drop(self, reason: str) -> None:
        self._dropped[reason] = self._dropped.get(reason, 0) + 1

    def close(self) -> dict[str, Any]:
        """The clip's pictures and the slices they belong to."""
        fragment: dict[str, Any] = plain({"files": [], "dropped": self._dropped, "images": self._images})
        return fragment
