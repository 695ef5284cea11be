"""Scalabel frames with BDD100K's classes: boxes, masks and cuboids with track ids, one video per camera.  Labels floor.

A rider is a label of its own, as in BDD100K.  Boxes are those of the visible masks, with their last pixel included, as
Scalabel counts; occluded and truncated are yes from `OCCLUSION_LEVELS[0]` on.  Cuboids stand in the camera's frame and
turn about its y axis only; those tilted more are written as the upright boxes that hold them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from labelers.definitions import DEFINITIONS, KEYPOINTS, OCCLUSION_LEVELS, PERSON
from labelers.geometry import inverse_rigid, upright, world_from_cuboid, wrap_angle
from labelers.kitti_terms import TILTED_RAD
from labelers.records import Box2D, Cuboid, ImageSign, ImageSkeleton, Sample, Sign
from labelers.rle import encode
from labelers.segments import Segment, segments
from labelers.tags import slices
from labelers.writers.base import Clip
from labelers.writers.files import json_bytes, picture_bytes, plain, write_bytes
from renderers.frames import CameraFrame
from scenarios.taxonomy import SEMANTIC_ID, SEMANTICS

BDD_NAMES = {"person": "pedestrian", "traffic_light": "traffic light", "traffic_sign": "traffic sign"}
CATEGORIES = tuple(BDD_NAMES.get(c.name, c.name.replace("_", " ")) for c in SEMANTICS if c.is_thing)
_IS_THING = {entry.id: entry.is_thing for entry in SEMANTICS}
_NAME = {entry.id: BDD_NAMES.get(entry.name, entry.name.replace("_", " ")) for entry in SEMANTICS}
_OF_STREET = frozenset(entry.id for entry in SEMANTICS if entry.name in ("traffic_light", "traffic_sign"))
WITH_LIMBS = frozenset({"pedestrian", "rider"})
LIGHT_COLORS = {
    "red": "R",
    "amber": "Y",
    "green": "G",
}  # BDD100K's letters, the first that is lit; NA for others
# COCO's points between which a body's edges run.
LIMBS = (
    (5, 7), (7, 9), (6, 8), (8, 10), (11, 13), (13, 15), (12, 14), (14, 16), (5, 6), (11, 12), (5, 11), (6, 12), (0, 1),
    (0, 2), (1, 3), (2, 4),
)  # fmt: skip
TIMES_OF_DAY = {"day": "daytime", "dusk": "dawn/dusk", "night": "night"}


def weather_of(tags: dict[str, str | float]) -> str:
    """BDD100K's one word for the weather, what falls first."""
    if tags.get("snow", "none") != "none":
        return "snowy"
    if tags.get("rain", "none") != "none":
        return "rainy"
    if tags.get("fog", "none") != "none":
        return "foggy"
    okta = float(tags.get("cloud_okta", math.nan))
    if math.isnan(okta):
        return "undefined"
    return "clear" if okta < 2 else "partly cloudy" if okta < 7 else "overcast"


@dataclass(frozen=True, slots=True)
class Scalabel:
    """The Scalabel format; things with fewer than `min_pixels` visible pixels are left out."""

    name: str = "scalabel"
    needs: frozenset[str] = frozenset({"instance", "semantic", "boxes2d", "boxes3d"})
    min_pixels: int = 10

    def open(self, root: Path, clip: Clip) -> "ScalabelClipWriter":
        return ScalabelClipWriter(root, clip, self)

    def finalize(self, root: Path, fragments: Sequence[tuple[Clip, dict[str, Any]]]) -> list[Path]:
        """Write the frames of all clips, and those of each split and slice on their own."""
        frames: dict[str, list[dict[str, Any]]] = {"all": []}
        for clip, fragment in fragments:
            for entry in fragment["frames"]:
                for name in ("all", *([clip.split] if clip.split else []), *entry["slices"]):
                    frames.setdefault(name, []).append(entry["frame"])
        config = {"categories": [{"name": name} for name in CATEGORIES]}
        about = {
            "definitions": DEFINITIONS,
            "min_pixels": self.min_pixels,
            "clips": {clip.clip_id: {"dropped": fragment["dropped"]} for clip, fragment in fragments},
        }
        files = {f"labels/{name}.json": {"config": config, "frames": rows} for name, rows in frames.items()}
        for path, content in (files | {"stormlane.json": about}).items():
            write_bytes(root / path, json_bytes(content))
        return [Path(path) for path in (*files, "stormlane.json")]


class ScalabelClipWriter:
    """Writes the pictures of one clip."""

    def __init__(self, root: Path, clip: Clip, form: Scalabel) -> None:
        self._root, self._clip, self._form = root, clip, form
        self._frames: list[dict[str, Any]] = []
        self._dropped: dict[str, int] = {}

    def add(self, sample: Sample) -> list[Path]:
        """Write the pictures of one sample and note its labels."""
        return [self._camera(sample, sample.cameras[name]) for name in sorted(sample.cameras)]

    def _camera(self, sample: Sample, frame: CameraFrame) -> Path:
        video = f"{self._clip.clip_id}_{frame.sensor}"
        name = f"{video}-{sample.index:07d}.jpg"
        path = Path("images") / video / name
        write_bytes(self._root / path, picture_bytes(frame))
        boxes = {box.instance_id: box for box in sample.labels.boxes.get(frame.sensor, ())}
        people = {
            one.instance_id: one
            for one in sample.labels.image_skeletons.get(frame.sensor, ())
            if one.kind == PERSON and one.visibility.any()
        }
        labels = []
        for segment in segments(frame, sample.labels.cuboids):
            if segment.cuboid is None:
                if _IS_THING.get(segment.semantic) and segment.semantic not in _OF_STREET:
                    self._drop("things without an actor")
            elif segment.area < self._form.min_pixels:
                self._drop(f"fewer than {self._form.min_pixels} pixels, the format's own limit")
            else:
                box = boxes.get(segment.cuboid.instance_id)
                words = label_words(segment, segment.cuboid, box, frame, sample)
                # Key points are those of the person on the machine, whose label is the rider's.
                if words["category"] in WITH_LIMBS and segment.cuboid.instance_id in people:
                    words["graph"] = graph_words(people[segment.cuboid.instance_id])
                labels.append(words)
        known = {sign.sign_id: sign for sign in sample.labels.signs}
        for seen in sample.labels.image_signs.get(frame.sensor, ()):
            if seen.visible_px < self._form.min_pixels:
                self._drop(f"signs with fewer than {self._form.min_pixels} pixels, the format's own limit")
            else:
                labels.append(sign_words(known[seen.sign_id], seen, frame))
        tags = sample.labels.tags
        words = {
            "name": name,
            "videoName": video,
            "frameIndex": sample.index,
            "timestamp": frame.time_ns // 1_000_000,
            "size": {"width": frame.model.width_px, "height": frame.model.height_px},
            "intrinsics": {
                "focal": [frame.model.matrix[0, 0], frame.model.matrix[1, 1]],
                "center": [frame.model.matrix[0, 2], frame.model.matrix[1, 2]],
            },
            "attributes": {
                "weather": weather_of(tags),
                "scene": "undefined",
                "timeofday": TIMES_OF_DAY.get(str(tags.get("light")), "undefined"),
            },
            "labels": labels,
        }
        self._frames.append({"frame": words, "slices": sorted(slices(tags))})
        return path

    def _drop(self, reason: str) -> None:
        self._dropped[reason] = self._dropped.get(reason, 0) + 1

    def close(self) -> dict[str, Any]:
        """The clip's frames with their labels."""
        fragment: dict[str, Any] = plain({"files": [], "dropped": self._dropped, "frames": self._frames})
        return fragment


def label_words(
    segment: Segment, cuboid: Cuboid, box: Box2D | None, frame: CameraFrame, sample: Sample
) -> dict[str, Any]:
    """One label; a rider, or who sits in a wheelchair, has no cuboid of its own, since the machine's holds both."""
    x, y, width, height = segment.bounds
    size = (frame.model.height_px, frame.model.width_px)
    words: dict[str, Any] = {
        "id": f"{cuboid.instance_id}_rider" if segment.of_rider else str(cuboid.instance_id),
        "category": _NAME[segment.semantic],
        "attributes": {
            "occluded": box is not None and box.occlusion >= OCCLUSION_LEVELS[0],
            "truncated": box is not None and box.truncation >= OCCLUSION_LEVELS[0],
            "crowd": False,
            "actor_class": cuboid.actor_class,
        },
        "box2d": {"x1": x, "y1": y, "x2": x + width - 1, "y2": y + height - 1},
        "rle": encode(segment.mask, segment.origin_px, size),
    }
    if not segment.of_rider:
        words["box3d"] = _box3d(cuboid, frame, sample)
    return words


def graph_words(skeleton: ImageSkeleton) -> dict[str, Any]:
    """Key points in the image as nodes, V where visible and N where hidden, with the limbs between them."""
    names = KEYPOINTS[skeleton.kind]
    nodes = [
        {"id": str(k), "category": names[k], "location": uv.tolist(), "visibility": "V" if seen == 2 else "N"}
        for k, (uv, seen) in enumerate(zip(skeleton.uv_px, skeleton.visibility.tolist(), strict=True))
        if seen
    ]
    known = {node["id"] for node in nodes}
    pairs = [(str(a), str(b)) for a, b in LIMBS]
    edges = [{"source": a, "target": b} for a, b in pairs if a in known and b in known]
    return {"nodes": nodes, "edges": edges, "type": "Pose2D"}


def sign_words(sign: Sign, seen: ImageSign, frame: CameraFrame) -> dict[str, Any]:
    """A sign or a traffic light, its mask the pixels of its class in its box; from behind a light has no colour."""
    assert seen.visible is not None
    x0, y0, x1, y1 = (int(edge) for edge in seen.visible)
    window = np.s_[y0:y1, x0:x1]
    name = "traffic_light" if sign.kind == "light" else "traffic_sign"
    mask = (frame.semantic[window] == SEMANTIC_ID[name]) & (frame.instance[window] == 0)
    attributes: dict[str, Any] = {
        "occluded": seen.occlusion >= OCCLUSION_LEVELS[0],
        "truncated": seen.truncation >= OCCLUSION_LEVELS[0],
        "crowd": False,
        "facing": seen.facing,
        "code": sign.official or sign.code,
        "meaning": sign.meaning,
    }
    if sign.kind == "light":
        lit = {lens.color for lens in sign.lenses if lens.lit}  # of what flashes, this instant's
        told = next((letter for color, letter in LIGHT_COLORS.items() if color in lit), "NA")
        attributes["trafficLightColor"] = "NA" if seen.facing == "back" else told
    return {
        "id": f"sign_{sign.sign_id}",
        "category": BDD_NAMES[name],
        "attributes": attributes,
        "box2d": {"x1": x0, "y1": y0, "x2": x1 - 1, "y2": y1 - 1},
        "rle": encode(mask, (x0, y0), frame.semantic.shape),
    }


def _box3d(cuboid: Cuboid, frame: CameraFrame, sample: Sample) -> dict[str, Any]:
    off = frame.stated_ego_from_camera
    world_from_stated = frame.world_from_camera if off is None else sample.world_from_ego @ off
    solid = upright(cuboid) if np.abs(cuboid.rotation_rad[1:]).max() > TILTED_RAD else cuboid
    camera_from_cuboid = inverse_rigid(world_from_stated) @ world_from_cuboid(solid)
    centre, forward = camera_from_cuboid[:3, 3], camera_from_cuboid[:3, 0]
    turn = math.atan2(-float(forward[2]), float(forward[0]))
    length, width, height = solid.size_m
    return {
        "alpha": wrap_angle(turn - math.atan2(float(centre[0]), float(centre[2]))),
        "orientation": [0.0, turn, 0.0],
        "location": centre,
        "dimension": [height, width, length],
    }
