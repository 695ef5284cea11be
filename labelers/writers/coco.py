"""COCO instances, panoptic and key points: run-length masks, exact boxes, one PNG per image.  Labels floor.

Categories carry COCO's own ids where COCO has the class, ours from 1000 on where it has not.  A cyclist is two
annotations, person and bicycle, told apart by the semantic plane.  Segments of a class of things that belong to no
labelled actor (traffic signs of the street) are crowds.  Key points are pixel indices, as COCO's own: the middle of the
first pixel is (0, 0).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from labelers.definitions import DEFINITIONS, KEYPOINTS, PERSON
from labelers.records import Cuboid, ImageSkeleton, Sample
from labelers.rle import encode
from labelers.segments import RIDER, Segment, segments
from labelers.tags import slices
from labelers.writers.base import Clip
from labelers.writers.files import json_bytes, picture_bytes, plain, png_bytes, write_bytes
from renderers.frames import CameraFrame
from scenarios.taxonomy import ACTOR_CLASSES, ANIMALS, SEMANTIC_ID, SEMANTICS

COCO_IDS = {
    "person": 1,
    "bicycle": 2,
    "car": 3,
    "motorcycle": 4,
    "bus": 6,
    "train": 7,
    "truck": 8,
    "traffic light": 10,
    "stop sign": 13,
    "bird": 16,
    "cat": 17,
    "dog": 18,
    "horse": 19,
    "sheep": 20,
    "cow": 21,
}  # of the 2017 instances file
OWN_ID = 1000  # categories that COCO lacks: this plus the taxonomy's id
VOID = SEMANTIC_ID["void"]


def _categories() -> list[dict[str, Any]]:
    rows: dict[int, dict[str, Any]] = {}
    for entry in SEMANTICS:
        if entry.id in (VOID, RIDER) or entry.name == "airborne":
            continue
        # A deer is no dog, a speed limit no stop sign: COCO's narrow classes go by class of actor, not by surface.
        own = entry.name in ("animal", "traffic_sign")
        name = entry.name if own or not entry.coco else entry.coco
        number = OWN_ID + entry.id if own or not entry.coco else COCO_IDS[entry.coco]
        rows[number] = {
            "id": number,
            "name": name.replace("_", " "),
            "supercategory": "thing" if entry.is_thing else "stuff",
            "isthing": int(entry.is_thing),
            "color": list(entry.color),
        }
    for shade, name in enumerate(
        sorted(c.coco for c in ACTOR_CLASSES.values() if c.coco and c.name in ANIMALS)
    ):
        rows[COCO_IDS[name]] = {
            "id": COCO_IDS[name],
            "name": name,
            "supercategory": "thing",
            "isthing": 1,
            "color": [160, 110 - 12 * shade, 60 + 12 * shade],
        }
    return [rows[number] for number in sorted(rows)]


CATEGORIES = _categories()
_NUMBER = {row["name"]: row["id"] for row in CATEGORIES}
_OF_SEMANTIC = {
    entry.id: COCO_IDS[entry.coco]
    if entry.coco and entry.name not in ("animal", "traffic_sign")
    else OWN_ID + entry.id
    for entry in SEMANTICS
}
_IS_THING = {row["id"]: bool(row["isthing"]) for row in CATEGORIES}


def category_of(cuboid: Cuboid, of_rider: bool) -> int:
    """Category of an actor's pixels; those of a rider are a person's."""
    if of_rider:
        return COCO_IDS["person"]
    known = ACTOR_CLASSES[cuboid.actor_class]
    if known.name in ANIMALS and known.coco:
        return COCO_IDS[known.coco]
    return _OF_SEMANTIC[SEMANTIC_ID[known.semantic]]


BONES = (
    (16, 14), (14, 12), (17, 15), (15, 13), (12, 13), (6, 12), (7, 13), (6, 7), (6, 8), (7, 9), (8, 10), (9, 11),
    (2, 3), (1, 2), (1, 3), (2, 4), (3, 5), (4, 6), (5, 7),
)  # the "skeleton" of COCO's own file, counted from one  # fmt: skip
PERSON_CATEGORY = {
    **next(row for row in CATEGORIES if row["id"] == COCO_IDS["person"]),
    "keypoints": list(KEYPOINTS[PERSON]),
    "skeleton": [list(bone) for bone in BONES],
}
NO_KEYPOINTS = {"keypoints": [0] * 3 * len(KEYPOINTS[PERSON]), "num_keypoints": 0}


def keypoints_of(skeleton: ImageSkeleton) -> dict[str, Any]:
    """What COCO writes of a skeleton: x, y, visibility of each point, noughts where it is not in the image."""
    flat: list[float] = []
    for (x, y), visibility in zip(skeleton.uv_px.tolist(), skeleton.visibility.tolist(), strict=True):
        flat += [round(x, 3), round(y, 3), visibility] if visibility else [0, 0, 0]
    return {"keypoints": flat, "num_keypoints": int(np.count_nonzero(skeleton.visibility))}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A segment with what COCO calls it."""

    segment: Segment
    category: int
    crowd: bool

    @property
    def instance_id(self) -> int:
        """0 for stuff and crowds."""
        return self.segment.cuboid.instance_id if self.segment.cuboid else 0


def labelled(frame: CameraFrame, cuboids: Sequence[Cuboid]) -> Iterator[Labelled]:
    """All segments of an image in a fixed order; every pixel is in exactly one of them or void."""
    for segment in segments(frame, cuboids):
        kind = segment.semantic
        if segment.cuboid is not None:
            yield Labelled(segment, category_of(segment.cuboid, segment.of_rider), crowd=False)
        elif kind not in (VOID, RIDER) and _OF_SEMANTIC.get(kind) in _IS_THING:
            yield Labelled(segment, _OF_SEMANTIC[kind], crowd=_IS_THING[_OF_SEMANTIC[kind]])


@dataclass(frozen=True, slots=True)
class Coco:
    """The COCO format; instances smaller than `min_pixels` are left out of the instances file, not of the panoptic."""

    name: str = "coco"
    needs: frozenset[str] = frozenset({"instance", "semantic", "boxes3d"})
    min_pixels: int = 10

    def open(self, root: Path, clip: Clip) -> "CocoClipWriter":
        return CocoClipWriter(root, clip, self)

    def finalize(self, root: Path, fragments: Sequence[tuple[Clip, dict[str, Any]]]) -> list[Path]:
        """Number images and annotations and write the three files of annotations and stormlane.json."""
        images: list[dict[str, Any]] = []
        instances: list[dict[str, Any]] = []
        panoptic: list[dict[str, Any]] = []
        people: list[dict[str, Any]] = []
        splits: dict[str, list[int]] = {}
        for clip, fragment in fragments:
            for entry in fragment["images"]:
                number = len(images) + 1
                images.append({"id": number, **entry["image"]})
                for annotation in entry["instances"]:
                    row = {"id": len(instances) + 1, "image_id": number, **annotation}
                    points = row.pop("keypoints", None)
                    instances.append(row)
                    if row["category_id"] == COCO_IDS["person"] and not row["iscrowd"]:
                        people.append(row | (points or NO_KEYPOINTS))
                panoptic.append({"image_id": number, **entry["panoptic"]})
                for name in (*([clip.split] if clip.split else []), *entry["slices"]):
                    splits.setdefault(name, []).append(number)
        common = {"info": {"description": "Stormlane"}, "licenses": [], "images": images}
        files = {
            "annotations/instances.json": {
                **common,
                "categories": [row for row in CATEGORIES if row["isthing"]],
                "annotations": instances,
            },
            "annotations/person_keypoints.json": {
                **common,
                "categories": [PERSON_CATEGORY],
                "annotations": people,
            },
            "annotations/panoptic.json": {**common, "categories": CATEGORIES, "annotations": panoptic},
            "stormlane.json": {
                "definitions": DEFINITIONS,
                "min_pixels": self.min_pixels,
                "slices": splits,
                "clips": {clip.clip_id: {"dropped": fragment["dropped"]} for clip, fragment in fragments},
            },
        }
        for path, content in files.items():
            write_bytes(root / path, json_bytes(content))
        return [Path(path) for path in files]


class CocoClipWriter:
    """Writes the images of one clip."""

    def __init__(self, root: Path, clip: Clip, form: Coco) -> None:
        self._root, self._clip, self._form = root, clip, form
        self._images: list[dict[str, Any]] = []
        self._dropped: dict[str, int] = {}

    def add(self, sample: Sample) -> list[Path]:
        """Write the images and segments of one sample."""
        paths: list[Path] = []
        for name in sorted(sample.cameras):
            paths += self._camera(sample, sample.cameras[name])
        return paths

    def _camera(self, sample: Sample, frame: CameraFrame) -> list[Path]:
        stem = f"{self._clip.clip_id}/{frame.sensor}/{sample.index:06d}"
        height, width = frame.instance.shape
        ids = np.zeros((height, width), "<u4")
        people = {
            s.instance_id: s for s in sample.labels.image_skeletons.get(frame.sensor, ()) if s.kind == PERSON
        }
        instances: list[dict[str, Any]] = []
        listed: list[dict[str, Any]] = []
        for number, named in enumerate(labelled(frame, sample.labels.cuboids), start=1):
            segment = named.segment
            ids[segment.window][segment.mask] = number
            shared = {
                "category_id": named.category,
                "bbox": segment.bounds,
                "area": segment.area,
                "iscrowd": int(named.crowd),
            }
            listed.append({"id": number, "instance_id": named.instance_id, **shared})
            if not _IS_THING[named.category]:
                continue
            if segment.area < self._form.min_pixels:
                reason = f"fewer than {self._form.min_pixels} pixels, the format's own limit"
                self._dropped[reason] = self._dropped.get(reason, 0) + 1
                continue
            rle = encode(segment.mask, segment.origin_px, (height, width))
            row = {"instance_id": named.instance_id, "segmentation": rle, **shared}
            if named.category == COCO_IDS["person"] and named.instance_id in people:
                row["keypoints"] = keypoints_of(people[named.instance_id])
            instances.append(row)
        rgb_of_ids = ids.view(np.uint8).reshape(height, width, 4)[..., :3]  # R + 256 G + 65536 B
        image, panoptic = Path("images") / f"{stem}.jpg", Path("panoptic") / f"{stem}.png"
        write_bytes(self._root / image, picture_bytes(frame))
        write_bytes(self._root / panoptic, png_bytes(rgb_of_ids))
        self._images.append(
            {
                "image": {"file_name": f"{stem}.jpg", "width": width, "height": height},
                "instances": instances,
                "panoptic": {"file_name": f"{stem}.png", "segments_info": listed},
                "slices": sorted(slices(sample.labels.tags)),
            }
        )
        return [image, panoptic]

    def close(self) -> dict[str, Any]:
        """The clip's images with their annotations, not yet numbered."""
        fragment: dict[str, Any] = plain({"files": [], "dropped": self._dropped, "images": self._images})
        return fragment
