"""Cityscapes: leftImg8bit and gtFine with labelIds, instanceIds, color and polygons.  Labels floor.

Every camera of a clip is a sequence; sequences get their numbers from `finalize`, a clip's files live under
clips/<id>/ and the numbered names are hard links to them.  The planes are the truth; polygons give it back when they
are drawn in their order, from the largest to the smallest, since what lies in a ring's hole is smaller than the ring.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from labelers.definitions import DEFINITIONS
from labelers.records import Sample
from labelers.segments import Segment, segments
from labelers.writers.base import Clip
from labelers.writers.files import (
    deep_png_bytes,
    json_bytes,
    link_bytes,
    photo_bytes,
    plain,
    png_bytes,
    write_bytes,
)
from renderers.frames import CameraFrame
from scenarios.taxonomy import SEMANTICS

CITY = "stormlane"
# labelId: name, colour, whether instances are told apart (cityscapesscripts.helpers.labels).
LABELS: dict[int, tuple[str, tuple[int, int, int], bool]] = {
    0: ("unlabeled", (0, 0, 0), False),
    1: ("ego vehicle", (0, 0, 0), False),
    4: ("static", (0, 0, 0), False),
    5: ("dynamic", (111, 74, 0), False),
    7: ("road", (128, 64, 128), False),
    8: ("sidewalk", (244, 35, 232), False),
    9: ("parking", (250, 170, 160), False),
    11: ("building", (70, 70, 70), False),
    12: ("wall", (102, 102, 156), False),
    13: ("fence", (190, 153, 153), False),
    14: ("guard rail", (180, 165, 180), False),
    15: ("bridge", (150, 100, 100), False),
    16: ("tunnel", (150, 120, 90), False),
    17: ("pole", (153, 153, 153), False),
    19: ("traffic light", (250, 170, 30), False),
    20: ("traffic sign", (220, 220, 0), False),
    21: ("vegetation", (107, 142, 35), False),
    22: ("terrain", (152, 251, 152), False),
    23: ("sky", (70, 130, 180), False),
    24: ("person", (220, 20, 60), True),
    25: ("rider", (255, 0, 0), True),
    26: ("car", (0, 0, 142), True),
    27: ("truck", (0, 0, 70), True),
    28: ("bus", (0, 60, 100), True),
    29: ("caravan", (0, 0, 90), True),
    30: ("trailer", (0, 0, 110), True),
    31: ("train", (0, 80, 100), True),
    32: ("motorcycle", (0, 0, 230), True),
    33: ("bicycle", (119, 11, 32), True),
}
LABEL_OF_SEMANTIC = {entry.id: entry.cityscapes for entry in SEMANTICS}
PALETTE = np.zeros((256, 3), np.uint8)
for _number, (_name, _color, _countable) in LABELS.items():
    PALETTE[_number] = _color
SPLITS = ("train", "val", "test")


@dataclass(frozen=True, slots=True)
class Planes:
    """The labels of one image."""

    label: NDArray[np.uint8]  # labelIds
    instance: NDArray[np.uint16]  # labelId * 1000 + number of instances, labelId alone of groups and stuff
    objects: list[dict[str, Any]]  # polygons in the order in which they are drawn


def planes(frame: CameraFrame, sample: Sample) -> Planes:
    """Labels of every pixel."""
    label = np.zeros(frame.instance.shape, np.uint8)
    instance = np.zeros(frame.instance.shape, np.uint16)
    numbers: dict[int, int] = {}  # instances so far, by label
    drawn: list[tuple[float, dict[str, Any]]] = []
    for segment in segments(frame, sample.labels.cuboids):
        kind = LABEL_OF_SEMANTIC.get(segment.semantic, 0)
        name, _, countable = LABELS[kind]
        value = kind
        if countable and segment.cuboid is not None:
            value = 1000 * kind + numbers.get(kind, 0)
            numbers[kind] = numbers.get(kind, 0) + 1
        elif countable:
            name = f"{name}group"  # nobody's: Cityscapes' word for what is not told apart
        label[segment.window][segment.mask] = kind
        instance[segment.window][segment.mask] = value
        drawn += [(area, {"label": name, "polygon": ring}) for area, ring in _rings(segment)]
    drawn.sort(key=lambda entry: -entry[0])
    return Planes(label, instance, [entry for _, entry in drawn])


def _rings(segment: Segment) -> list[tuple[float, list[list[int]]]]:
    """Filled pixels and outer ring of each part of a mask."""
    rings, _ = cv2.findContours(segment.mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for ring in rings:
        points = ring[:, 0].astype(np.int64)
        # Pick's theorem: inner points and border points of a polygon through pixel centres, whose edges are level,
        # upright or diagonal.
        border = int(np.abs(points - np.roll(points, 1, axis=0)).max(axis=1).sum())
        filled = cv2.contourArea(ring) + border / 2 + 1
        # A single pixel or a straight line, as polygons need three corners.
        points = points if len(points) >= 3 else np.resize(points, (3, 2))
        found.append((float(filled), (points + segment.origin_px).tolist()))
    return found


@dataclass(frozen=True, slots=True)
class Cityscapes:
    """The Cityscapes format; every pixel is labelled, so nothing is left out."""

    name: str = "cityscapes"
    needs: frozenset[str] = frozenset({"instance", "semantic", "boxes3d"})

    def open(self, root: Path, clip: Clip) -> "CityscapesClipWriter":
        return CityscapesClipWriter(root, clip)

    def finalize(self, root: Path, fragments: Sequence[tuple[Clip, dict[str, Any]]]) -> list[Path]:
        """Give every camera of every clip the number of its sequence."""
        written: list[Path] = []
        clips: dict[str, Any] = {}
        number = 0
        for clip, fragment in fragments:
            split = clip.split if clip.split in SPLITS else "val"
            clips[clip.clip_id] = {"dropped": fragment["dropped"], "split": split, "sequences": {}}
            for camera, frames in fragment["cameras"].items():
                clips[clip.clip_id]["sequences"][camera] = f"{number:06d}"
                for index in frames:
                    stem = f"{CITY}_{number:06d}_{index:06d}"
                    for kind, ending in ENDINGS.items():
                        tree = kind.partition("_")[0]
                        path = Path(tree) / split / CITY / f"{stem}_{kind}.{ending}"
                        source = Path("clips") / clip.clip_id / camera / f"{index:06d}_{kind}.{ending}"
                        link_bytes(root / source, root / path)
                        written.append(path)
                number += 1
        about = {"definitions": DEFINITIONS, "clips": clips}
        write_bytes(root / "stormlane.json", json_bytes(about, indent=1))
        return [*written, Path("stormlane.json")]


ENDINGS = {
    "leftImg8bit": "png",
    "gtFine_labelIds": "png",
    "gtFine_instanceIds": "png",
    "gtFine_color": "png",
    "gtFine_polygons": "json",
    "camera": "json",
}


class CityscapesClipWriter:
    """Writes one clip below clips/<clip id>/<camera>/."""

    def __init__(self, root: Path, clip: Clip) -> None:
        self._root, self._clip = root, clip
        self._cameras: dict[str, list[int]] = {}

    def add(self, sample: Sample) -> list[Path]:
        """Write the pictures and labels of one sample."""
        paths: list[Path] = []
        for name in sorted(sample.cameras):
            frame = sample.cameras[name]
            made = planes(frame, sample)
            height, width = made.label.shape
            contents = {
                "leftImg8bit": photo_bytes(frame.image),
                "gtFine_labelIds": png_bytes(made.label),
                "gtFine_instanceIds": deep_png_bytes(made.instance),
                "gtFine_color": png_bytes(PALETTE[made.label]),
                "gtFine_polygons": json_bytes(
                    {"imgHeight": height, "imgWidth": width, "objects": made.objects}
                ),
                "camera": json_bytes(camera_words(frame)),
            }
            for kind, data in contents.items():
                file = f"{sample.index:06d}_{kind}.{ENDINGS[kind]}"
                path = Path("clips") / self._clip.clip_id / name / file
                write_bytes(self._root / path, data)
                paths.append(path)
            self._cameras.setdefault(name, []).append(sample.index)
        return paths

    def close(self) -> dict[str, Any]:
        """Frames of every camera."""
        fragment: dict[str, Any] = plain({"files": [], "dropped": {}, "cameras": self._cameras})
        return fragment


def camera_words(frame: CameraFrame) -> dict[str, Any]:
    """Calibration as Cityscapes' camera files word it: angles in radians, places in metres from the vehicle's origin."""
    turned, (x, y, z) = frame.calibration[:3, :3], frame.calibration[:3, 3]
    ahead, right = turned[:, 2], turned[:, 0]
    matrix = frame.model.matrix
    return {
        "extrinsic": {
            "baseline": 0.0,
            "pitch": float(np.arcsin(np.clip(-ahead[2], -1.0, 1.0))),
            "roll": float(np.arcsin(np.clip(-right[2], -1.0, 1.0))),
            "x": x,
            "y": y,
            "yaw": float(np.arctan2(ahead[1], ahead[0])),
            "z": z,
        },
        "intrinsic": {"fx": matrix[0, 0], "fy": matrix[1, 1], "u0": matrix[0, 2], "v0": matrix[1, 2]},
    }
