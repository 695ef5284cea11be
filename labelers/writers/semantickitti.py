"""KITTI odometry sequences with SemanticKITTI's labels: class and instance of every lidar point.  Labels floor.

One sequence per clip from the rig's first lidar and one camera (`cam_front` where there is one): velodyne, labels
(uint32, instance << 16 | class), image_2, calib.txt, poses.txt, times.txt, and semantic-kitti.yaml in its official
shape.  Sequences get their numbers from `finalize`; a clip's files live under clips/<id>/ and the numbered names are
hard links to them.

As SemanticKITTI defines it, a bicycle with somebody on it is a bicyclist, machine and all, and things that move at
the sweep's time have classes of their own (252 to 259).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from labelers.definitions import DEFINITIONS, MOVING_MPS
from labelers.geometry import inverse_rigid
from labelers.kitti_scans import as_kitti_lists
from labelers.kitti_terms import calibration
from labelers.missing import missing_sensors
from labelers.records import Cuboid, Sample
from labelers.writers.base import Clip, refuse_fisheyes
from labelers.writers.files import json_bytes, link_bytes, photo_bytes, plain, write_bytes
from renderers.frames import CameraFrame, LidarSweep
from renderers.optics import FORWARD_FROM_OPTICAL
from scenarios.taxonomy import ACTOR_CLASSES, SEMANTIC_ID, SEMANTICS

# id: name, class that is learned (semantic-kitti-api, config/semantic-kitti.yaml), colour (blue, green, red).
LABELS: dict[int, tuple[str, int, tuple[int, int, int]]] = {
    0: ("unlabeled", 0, (0, 0, 0)),
    1: ("outlier", 0, (0, 0, 255)),
    10: ("car", 1, (245, 150, 100)),
    11: ("bicycle", 2, (245, 230, 100)),
    13: ("bus", 5, (250, 80, 100)),
    15: ("motorcycle", 3, (150, 60, 30)),
    16: ("on-rails", 5, (255, 0, 0)),
    18: ("truck", 4, (180, 30, 80)),
    20: ("other-vehicle", 5, (255, 0, 0)),
    30: ("person", 6, (30, 30, 255)),
    31: ("bicyclist", 7, (200, 40, 255)),
    32: ("motorcyclist", 8, (90, 30, 150)),
    40: ("road", 9, (255, 0, 255)),
    44: ("parking", 10, (255, 150, 255)),
    48: ("sidewalk", 11, (75, 0, 75)),
    49: ("other-ground", 12, (75, 0, 175)),
    50: ("building", 13, (0, 200, 255)),
    51: ("fence", 14, (50, 120, 255)),
    52: ("other-structure", 0, (0, 150, 255)),
    60: ("lane-marking", 9, (170, 255, 150)),
    70: ("vegetation", 15, (0, 175, 0)),
    71: ("trunk", 16, (0, 60, 135)),
    72: ("terrain", 17, (80, 240, 150)),
    80: ("pole", 18, (150, 240, 255)),
    81: ("traffic-sign", 19, (0, 0, 255)),
    99: ("other-object", 0, (255, 255, 50)),
    252: ("moving-car", 1, (245, 150, 100)),
    253: ("moving-bicyclist", 7, (200, 40, 255)),
    254: ("moving-person", 6, (30, 30, 255)),
    255: ("moving-motorcyclist", 8, (90, 30, 150)),
    256: ("moving-on-rails", 5, (255, 0, 0)),
    257: ("moving-bus", 5, (250, 80, 100)),
    258: ("moving-truck", 4, (180, 30, 80)),
    259: ("moving-other-vehicle", 5, (255, 0, 0)),
}
LEARNED = (0, 10, 11, 15, 18, 20, 30, 31, 32, 40, 44, 48, 49, 50, 51, 70, 71, 72, 80, 81)  # its inverse
MOVING = {10: 252, 31: 253, 30: 254, 32: 255, 16: 256, 13: 257, 18: 258, 20: 259}
RIDDEN = {"bicycle": 31, "motorcycle": 32}
LABEL_OF_SEMANTIC = np.zeros(256, np.uint32)
for _semantic in SEMANTICS:
    LABEL_OF_SEMANTIC[_semantic.id] = _semantic.semantic_kitti
FOLDERS = {"image_2": "png", "velodyne": "bin", "labels": "label"}


def label_of(cuboid: Cuboid) -> int:
    """SemanticKITTI's class of an actor's points."""
    if cuboid.attribute == "with_rider" and cuboid.actor_class in RIDDEN:
        still = RIDDEN[cuboid.actor_class]
    else:
        still = int(LABEL_OF_SEMANTIC[SEMANTIC_ID[ACTOR_CLASSES[cuboid.actor_class].semantic]])
    moves = float(np.linalg.norm(cuboid.velocity_mps)) > MOVING_MPS
    return MOVING.get(still, still) if moves else still


def point_labels(
    sweep: LidarSweep, cuboids: Sequence[Cuboid], numbers: Mapping[int, int]
) -> NDArray[np.uint32]:
    """(N,) instance << 16 | class of every point."""
    labels = LABEL_OF_SEMANTIC[sweep.semantic]
    for cuboid in cuboids:
        mine = sweep.instance == cuboid.instance_id
        if np.any(mine):
            labels[mine] = np.uint32(numbers[cuboid.instance_id] << 16 | label_of(cuboid))
    return labels


@dataclass(frozen=True, slots=True)
class SemanticKitti:
    """KITTI odometry with SemanticKITTI's labels."""

    name: str = "semantickitti"
    needs: frozenset[str] = frozenset({"boxes3d"})
    camera: str = "cam_front"

    def open(self, root: Path, clip: Clip) -> "SemanticKittiClipWriter":
        return SemanticKittiClipWriter(root, clip, self)

    def finalize(self, root: Path, fragments: Sequence[tuple[Clip, dict[str, Any]]]) -> list[Path]:
        """Number the sequences and write the configuration of the evaluation."""
        written: list[Path] = []
        split: dict[str, list[int]] = {"train": [], "valid": [], "test": []}
        points: dict[int, int] = dict.fromkeys(LABELS, 0)
        clips: dict[str, Any] = {}
        split_up = any(clip.split for clip, _ in fragments)
        for number, (clip, fragment) in enumerate(fragments):
            source, sequence = Path("clips") / clip.clip_id, Path("sequences") / f"{number:02d}"
            links = {source / name: sequence / name for name in fragment["sequence"]}
            links[source / "poses.txt"] = sequence / "poses.txt"
            for place, path in (*links.items(), (source / "poses.txt", Path("poses") / f"{number:02d}.txt")):
                link_bytes(root / place, root / path)
                written.append(path)
            # Without a suite's splits every sequence is for training and for validation.
            for name in ({"val": "valid"}.get(clip.split, clip.split),) if split_up else ("train", "valid"):
                split.setdefault(name, []).append(number)
            for label, count in fragment["points"].items():
                points[int(label)] += count
            clips[clip.clip_id] = {"sequence": f"{number:02d}", "dropped": fragment["dropped"]}
        files = {
            "semantic-kitti.yaml": configuration(points, split),
            "stormlane.json": json_bytes({"definitions": DEFINITIONS, "clips": clips}, indent=1),
        }
        for file, content in files.items():
            write_bytes(root / file, content)
        return [*written, *(Path(file) for file in files)]


def configuration(points: Mapping[int, int], split: Mapping[str, Sequence[int]]) -> bytes:
    """semantic-kitti.yaml with our splits and our shares of points."""
    total = max(sum(points.values()), 1)
    rows = ["name: kitti", "labels:", *(f"  {key}: {name}" for key, (name, _, _) in LABELS.items())]
    rows += ["color_map:", *(f"  {key}: {list(color)}" for key, (_, _, color) in LABELS.items())]
    rows += ["content:", *(f"  {key}: {count / total:.9f}" for key, count in points.items())]
    rows += ["learning_map:", *(f"  {key}: {learned}" for key, (_, learned, _) in LABELS.items())]
    rows += ["learning_map_inv:", *(f"  {learned}: {key}" for learned, key in enumerate(LEARNED))]
    rows += ["learning_ignore:", *(f"  {learned}: {learned == 0}" for learned in range(len(LEARNED)))]
    rows += ["split:", *(f"  {name}: {list(numbers)}" for name, numbers in split.items())]
    return "".join(f"{row}\n" for row in rows).encode()


class SemanticKittiClipWriter:
    """Writes one clip below clips/<clip id>/."""

    def __init__(self, root: Path, clip: Clip, form: SemanticKitti) -> None:
        self._root, self._folder = root, Path("clips") / clip.clip_id
        rig = clip.concrete.rig
        if not rig.lidars:
            raise ValueError("the SemanticKITTI format needs a lidar, and the rig has none")
        self._lidar = sorted(rig.lidars)[0]
        self._lidar_words = rig.lidars[self._lidar]
        self._camera = form.camera if form.camera in rig.cameras else next(iter(rig.cameras), None)
        refuse_fisheyes(clip, [self._camera] if self._camera else [], "KITTI")
        self._files: list[str] = []
        self._ways: list[NDArray[np.float64]] = []  # world_from_camera at each sweep's time
        self._times_ns: list[int] = []
        self._numbers: dict[int, int] = {}  # 16 bits for an instance id that may be larger, from 1
        self._points: dict[int, int] = {}
        self._dropped: dict[str, int] = {}
        self._calibration = ""

    def add(self, sample: Sample) -> list[Path]:
        """Write the sweep, its labels and the picture of one sample."""
        due = {self._lidar, self._camera}
        if due & set(missing_sensors(sample)):
            # Readers pair sweeps, poses and pictures by their number: where one never arrived there is no frame.
            self._dropped["in a frame that never arrived"] = self._dropped.get(
                "in a frame that never arrived", 0
            ) + len(sample.labels.cuboids)
            return []
        sweep = as_kitti_lists(sample.lidars[self._lidar], self._lidar_words)
        frame = sample.cameras[self._camera] if self._camera else None
        for cuboid in sample.labels.cuboids:
            self._numbers.setdefault(cuboid.instance_id, len(self._numbers) + 1)
        labels = point_labels(sweep, sample.labels.cuboids, self._numbers)
        for label, count in zip(*np.unique(labels & 0xFFFF, return_counts=True), strict=True):
            self._points[int(label)] = self._points.get(int(label), 0) + int(count)
        number = len(self._times_ns)
        contents = {
            "velodyne": np.column_stack([sweep.xyz_m, sweep.intensity]).astype("<f4").tobytes(),
            "labels": labels.astype("<u4").tobytes(),
        }
        if frame is not None:
            contents["image_2"] = photo_bytes(_straight(frame))
        if not number:
            self._calibration = _calibration(frame, sweep)
        camera_from_lidar = _camera_from_lidar(frame, sweep)
        self._ways.append(sweep.world_from_lidar @ inverse_rigid(camera_from_lidar))
        self._times_ns.append(sample.time_ns)
        paths = []
        for folder, data in contents.items():
            name = f"{folder}/{number:06d}.{FOLDERS[folder]}"
            write_bytes(self._root / self._folder / name, data)
            self._files.append(name)
            paths.append(self._folder / name)
        return paths

    def close(self) -> dict[str, Any]:
        """Write the sequence's tables."""
        first = self._times_ns[0] if self._times_ns else 0
        start = inverse_rigid(self._ways[0]) if self._ways else np.eye(4)
        tables = {
            "calib.txt": self._calibration,
            "times.txt": "".join(f"{(time - first) * 1e-9:.6e}\n" for time in self._times_ns),
            "poses.txt": "".join(_row((start @ way)[:3]) + "\n" for way in self._ways),
        }
        for name, text in tables.items():
            write_bytes(self._root / self._folder / name, text.encode())
        fragment: dict[str, Any] = plain(
            {
                "files": [str(self._folder / name) for name in tables],
                "dropped": self._dropped,
                "points": self._points,
                "sequence": ["calib.txt", "times.txt", *self._files],
            }
        )
        return fragment


def _row(matrix: NDArray[np.float64]) -> str:
    return " ".join(f"{value + 0.0:.12e}" for value in matrix.ravel())


def _straight(frame: CameraFrame) -> NDArray[np.uint8]:
    """The picture as a pinhole with the same matrix would take it: KITTI's pictures are rectified."""
    if not np.any(frame.model.distortion):
        return frame.image
    return cv2.undistort(frame.image, frame.model.matrix, frame.model.distortion).astype(np.uint8, copy=False)


def _camera_from_lidar(frame: CameraFrame | None, sweep: LidarSweep) -> NDArray[np.float64]:
    if frame is None:  # as if a camera stood where the lidar does
        return inverse_rigid(FORWARD_FROM_OPTICAL)
    return inverse_rigid(frame.calibration) @ sweep.calibration


def _calibration(frame: CameraFrame | None, sweep: LidarSweep) -> str:
    """The sequence's calib.txt: projections and Tr, which is camera from lidar."""
    if frame is None:
        projection = np.eye(3, 4)
        rows = [f"P{index}: {_row(projection)}\n" for index in range(4)]
    else:
        rows = [row + "\n" for row in calibration(frame, sweep).splitlines() if row.startswith("P")]
    return "".join([*rows, f"Tr: {_row(_camera_from_lidar(frame, sweep)[:3])}\n"])
