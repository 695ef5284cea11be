"""nuScenes v1.0: thirteen tables, lidarseg, panoptic lidar, map masks, and a split per condition.  Labels floor.

Facts of the format that the devkit (1.2.0) relies on: a channel literally called LIDAR_TOP in every sample; one ego
pose per sample_data; lidar frame x right, y forward, z up; box size is width, length, height; images without
distortion; the 32 lidarseg categories under their own names; maps whose pixel (0, bottom) is the global origin, so
that positions are shifted per scene to be positive.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from labelers.can_bus import can_messages, number_buses
from labelers.clock import clip_start, clip_start_us
from labelers.definitions import DEFINITIONS, VISIBILITY_BINS
from labelers.geometry import inverse_rigid, quaternion_wxyz
from labelers.missing import blank_frame, blank_scan, blank_sweep, missing_sensors
from labelers.nuscenes_infos import info_files
from labelers.nuscenes_radar import radar_pcd_bytes
from labelers.nuscenes_terms import (
    ATTRIBUTES,
    CATEGORIES,
    CATEGORY_INDEX,
    INDEX_OF_SEMANTIC,
    attribute_of,
    channel_names,
    token,
)
from labelers.records import Cuboid, Sample
from labelers.tags import slices
from labelers.writers.base import Clip, refuse_fisheyes
from labelers.writers.files import (
    jpeg_bytes,
    json_bytes,
    npz_bytes,
    picture_bytes,
    plain,
    png_bytes,
    write_bytes,
)
from renderers.frames import CameraFrame, LidarSweep
from renderers.radar_scan import RadarScan
from scenarios.taxonomy import ACTOR_CLASSES
from sim.readings import ImuReadings
from sim.roads.network import RoadNetwork
from sim.trace import pose_matrix

# Tables whose rows belong to one scene each; the others are the same in every dataset.
SCENE_TABLES = ("instance", "calibrated_sensor", "ego_pose", "log", "scene", "sample", "sample_data",
                "sample_annotation", "map", "lidarseg", "panoptic")  # fmt: skip

VISIBILITY_LEVELS = ("v0-40", "v40-60", "v60-80", "v80-100")

# The lidar frame of the real rig has x to the right; multiplying by 0 and 1 only, points stay bit for bit.
NUSCENES_FROM_LIDAR: NDArray[np.float64] = np.array(
    [[0.0, -1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
)
INTENSITY_SCALE = 255.0  # nuScenes stores the sensor's 8-bit scale in a float

MAP_MARGIN_M = 120.0  # beyond the ego's way: more than any lidar's or detector's range of interest
MAP_PIXELS_PER_M = 10  # the devkit's fixed resolution
MAP_METRES_MAX = 3000.0  # a side of 30000 pixels; longer drives get a blank map rather than a gigabyte
DRIVEABLE = frozenset(
    {"driving", "parking", "shoulder", "biking", "entry", "exit", "onRamp", "offRamp", "connectingRamp", "stop",
     "bidirectional", "bus", "taxi", "HOV", "slipLane"}
)  # OpenDRIVE 1.8, e_laneType  # fmt: skip


def visibility_of(fraction: float) -> str:
    """Token of the visibility bin."""
    return str(1 + sum(fraction >= limit for limit in VISIBILITY_BINS))


@dataclass(frozen=True, slots=True)
class NuScenes:
    """The nuScenes format.

    An object is annotated in a keyframe when it has at least `min_points` lidar points or `min_pixels` visible pixels.
    """

    name: str = "nuscenes"
    needs: frozenset[str] = frozenset({"boxes2d", "boxes3d"})
    version: str = "v1.0-stormlane"
    keyframe_hz: float = 2.0
    min_points: int = 1
    min_pixels: int = 16

    def open(self, root: Path, clip: Clip) -> "NuScenesClipWriter":
        return NuScenesClipWriter(root, clip, self)

    def finalize(self, root: Path, fragments: Sequence[tuple[Clip, dict[str, Any]]]) -> list[Path]:
        """Write the tables, splits.json and stormlane.json below the version folder."""
        tables = _fixed_tables()
        for table in SCENE_TABLES:
            tables[table] = [dict(row) for _, fragment in fragments for row in fragment["tables"][table]]
        _part_starts(tables)
        channels = sorted({tuple(entry) for _, fragment in fragments for entry in fragment["channels"]})
        tables["sensor"] = [
            {"token": token("sensor", channel), "channel": channel, "modality": modality}
            for channel, modality in channels
        ]
        splits: dict[str, list[str]] = {"all": [clip.clip_id for clip, _ in fragments]}
        for clip, fragment in fragments:
            for name in (*([clip.split] if clip.split else []), *fragment["slices"]):
                splits.setdefault(name, []).append(clip.clip_id)
        about = {
            "definitions": DEFINITIONS,
            "keyframe_hz": self.keyframe_hz,
            "min_points": self.min_points,
            "min_pixels": self.min_pixels,
            "scenes": {
                clip.clip_id: {
                    "dropped": fragment["dropped"],
                    "global_from_world_m": fragment["shift_m"],
                    "missing": fragment["missing"],
                }
                for clip, fragment in fragments
            },
        }
        linked = number_buses(root, fragments)
        about["can_bus"] = {number: clip for number, clip, _ in linked}
        folder = Path(self.version)
        files: dict[Path, Any] = {folder / f"{table}.json": rows for table, rows in tables.items()}
        files[folder / "splits.json"] = splits
        files[folder / "stormlane.json"] = about
        infos = info_files(tables, splits, self.version)
        for path, content in files.items():
            write_bytes(root / path, json_bytes(content, indent=0))
        for path, data in infos.items():
            write_bytes(root / path, data)
        return [*files, *infos, *(path for _, _, paths in linked for path in paths)]


def _fixed_tables() -> dict[str, list[dict[str, Any]]]:
    """Tables whose rows are the same in every dataset."""
    return {
        "category": [
            {"token": token("category", name), "name": name, "description": "", "index": index}
            for index, name in enumerate(CATEGORIES)
        ],
        "attribute": [
            {"token": token("attribute", name), "name": name, "description": text}
            for name, text in ATTRIBUTES.items()
        ],
        "visibility": [
            {"token": str(row + 1), "level": level, "description": DEFINITIONS["visible_fraction"]}
            for row, level in enumerate(VISIBILITY_LEVELS)
        ],
    }


def _part_starts(tables: dict[str, list[dict[str, Any]]]) -> None:
    """Let no two scenes start in the same microsecond: the devkit sorts (start, scene) pairs and cannot break ties.

    Twins of one scenario do start together; each later one is moved by a microsecond more.
    """
    samples = {row["token"]: row for row in tables["sample"]}
    taken: set[int] = set()
    delay_us: dict[str, int] = {}
    for scene in tables["scene"]:
        start = samples[scene["first_sample_token"]]["timestamp"]
        delay = 0
        while start + delay in taken:
            delay += 1
        taken.add(start + delay)
        delay_us[scene["token"]] = delay
    poses = {row["token"]: row for row in tables["ego_pose"]}
    for row in tables["sample_data"]:
        delay = delay_us[samples[row["sample_token"]]["scene_token"]]
        row["timestamp"] += delay
        poses[row["ego_pose_token"]]["timestamp"] += delay
    for row in tables["sample"]:
        row["timestamp"] += delay_us[row["scene_token"]]


class NuScenesClipWriter:
    """Writes one clip as one scene."""

    def __init__(self, root: Path, clip: Clip, form: NuScenes) -> None:
        self._root, self._clip, self._form = root, clip, form
        self._scene = clip.clip_id
        self._start_us = clip_start_us(clip.concrete)
        self._step = max(1, round(clip.rate_hz / form.keyframe_hz))
        rig = clip.concrete.rig
        refuse_fisheyes(clip, list(rig.cameras), "nuScenes")
        self._channel = channel_names(list(rig.cameras), list(rig.lidars), list(rig.radars))
        self._category = {c.name: c.nuscenes for c in ACTOR_CLASSES.values()}
        self._tables: dict[str, list[dict[str, Any]]] = {name: [] for name in SCENE_TABLES}
        self._annotations: dict[int, list[dict[str, Any]]] = {}  # by instance id
        self._instance_category: dict[int, str] = {}
        self._panoptic_number: dict[int, int] = {}  # instance id -> number within its category, from 1
        self._calibrated: set[str] = set()
        self._slices: set[str] = set()
        self._dropped: dict[str, int] = {}
        self._missing: dict[str, list[int]] = {}  # samples whose frame never arrived, by channel
        self._way: list[tuple[float, float]] = []
        self._readings: list[ImuReadings] = []

    # ---------------------------------------------------------------------------------------------------- samples
    def add(self, sample: Sample) -> list[Path]:
        """Write the frames of one sample; a keyframe also gets annotations and lidarseg."""
        key = sample.index % self._step == 0
        self._way.append((float(sample.world_from_ego[0, 3]), float(sample.world_from_ego[1, 3])))
        self._slices |= slices(sample.labels.tags)
        paths: list[Path] = []
        if key:
            self._tables["sample"].append(
                {
                    "token": token(self._scene, "sample", sample.index),
                    "timestamp": self._stamp(sample.time_ns),
                    "scene_token": token(self._scene, "scene"),
                }
            )
            self._annotate(sample)
        rig, cameras, lidars = self._clip.concrete.rig, dict(sample.cameras), dict(sample.lidars)
        radars = dict(sample.radars)
        for name in missing_sensors(sample):
            self._missing.setdefault(self._channel[name], []).append(sample.index)
            # A keyframe has a frame of every channel; between keyframes one may simply be absent.
            if key and name in rig.cameras:
                cameras[name] = blank_frame(name, rig.cameras[name], sample)
            elif key and name in rig.lidars:
                lidars[name] = blank_sweep(name, rig.lidars[name], sample)
            elif key:
                radars[name] = blank_scan(name, rig.radars[name], sample)
        if sample.imus:
            self._readings.append(sample.imus[min(sample.imus)])
        for name in sorted(cameras):
            paths += self._camera(sample.index, cameras[name], key)
        for name in sorted(lidars):
            paths += self._lidar(sample, lidars[name], key)
        for name in sorted(radars):
            paths += self._radar(sample.index, radars[name], key)
        return paths

    def _stamp(self, time_ns: int) -> int:
        return self._start_us + time_ns // 1000

    def _sample_token(self, index: int) -> str:
        """Token of the keyframe nearest in time."""
        last = (self._clip.sample_count - 1) // self._step
        return token(self._scene, "sample", min((index + self._step // 2) // self._step, last) * self._step)

    def _data(
        self,
        index: int,
        sensor: str,
        time_ns: int,
        world_from_ego: NDArray[np.float64],
        ego_from_sensor: NDArray[np.float64],
        key: bool,
        row: dict[str, Any],
    ) -> str:
        """Rows of one recorded frame; returns its path."""
        channel = self._channel[sensor]
        if channel not in self._calibrated:
            self._calibrated.add(channel)
            self._tables["calibrated_sensor"].append(
                {
                    "token": token(self._scene, "calibrated", channel),
                    "sensor_token": token("sensor", channel),
                    "translation": ego_from_sensor[:3, 3],
                    "rotation": quaternion_wxyz(ego_from_sensor),
                    "camera_intrinsic": row.pop("camera_intrinsic"),
                }
            )
        row.pop("camera_intrinsic", None)
        self._tables["ego_pose"].append(
            {
                "token": token(self._scene, "ego", channel, index),
                "timestamp": self._stamp(time_ns),
                "translation": world_from_ego[:3, 3],
                "rotation": quaternion_wxyz(world_from_ego),
            }
        )
        binary = "pcd" if channel.startswith("RADAR") else "pcd.bin"
        ending = {"jpg": "jpg", "pcd": binary}[row["fileformat"]]
        stem = f"{self._scene}__{channel}__{self._stamp(time_ns)}"
        path = f"{'samples' if key else 'sweeps'}/{channel}/{stem}.{ending}"
        self._tables["sample_data"].append(
            {
                "token": token(self._scene, "data", channel, index),
                "sample_token": self._sample_token(index),
                "ego_pose_token": token(self._scene, "ego", channel, index),
                "calibrated_sensor_token": token(self._scene, "calibrated", channel),
                "timestamp": self._stamp(time_ns),
                "is_key_frame": key,
                "filename": path,
                **row,
            }
        )
        return path

    def _camera(self, index: int, frame: CameraFrame, key: bool) -> list[Path]:
        path = self._data(
            index,
            frame.sensor,
            frame.time_ns,
            frame.world_from_camera @ inverse_rigid(frame.ego_from_camera),
            frame.calibration,
            key,
            {
                "fileformat": "jpg",
                "width": frame.model.width_px,
                "height": frame.model.height_px,
                "camera_intrinsic": frame.model.matrix,
            },
        )
        if np.any(frame.model.distortion):
            # nuScenes' images are undistorted; ours become so, keeping the camera matrix.
            straight = cv2.undistort(frame.image, frame.model.matrix, frame.model.distortion)
            picture = jpeg_bytes(straight.astype(np.uint8, copy=False), frame.jpeg)
        else:
            picture = picture_bytes(frame)
        write_bytes(self._root / path, picture)
        return [Path(path)]

    def _lidar(self, sample: Sample, sweep: LidarSweep, key: bool) -> list[Path]:
        path = self._data(
            sample.index,
            sweep.sensor,
            sweep.time_ns,
            sweep.world_from_lidar @ inverse_rigid(sweep.ego_from_lidar),
            sweep.calibration @ NUSCENES_FROM_LIDAR.T,
            key,
            {"fileformat": "pcd", "width": 0, "height": 0, "camera_intrinsic": []},
        )
        columns = (
            -sweep.xyz_m[:, 1],
            sweep.xyz_m[:, 0],
            sweep.xyz_m[:, 2],
            sweep.intensity * np.float32(INTENSITY_SCALE),
            sweep.ring.astype(np.float32),
        )
        write_bytes(self._root / path, np.stack(columns, axis=1).astype("<f4").tobytes())
        paths = [Path(path)]
        if key and self._channel[sweep.sensor] == "LIDAR_TOP":
            paths += self._lidarseg(sample, sweep)
        return paths

    def _radar(self, index: int, scan: RadarScan, key: bool) -> list[Path]:
        path = self._data(
            index,
            scan.sensor,
            scan.time_ns,
            scan.world_from_radar @ inverse_rigid(scan.ego_from_radar),
            scan.calibration,
            key,
            {"fileformat": "pcd", "width": 0, "height": 0, "camera_intrinsic": []},
        )
        write_bytes(self._root / path, radar_pcd_bytes(scan))
        return [Path(path)]

    # ----------------------------------------------------------------------------------------------------- labels
    def _lidarseg(self, sample: Sample, sweep: LidarSweep) -> list[Path]:
        """Classes and instances of the points of a keyframe's LIDAR_TOP."""
        data = token(self._scene, "data", "LIDAR_TOP", sample.index)
        index = INDEX_OF_SEMANTIC[sweep.semantic]
        number = np.zeros(len(index), np.uint16)
        for cuboid in sample.labels.cuboids:
            of_actor = sweep.instance == cuboid.instance_id
            if np.any(of_actor):
                index[of_actor] = CATEGORY_INDEX[self._category[cuboid.actor_class]]
                number[of_actor] = self._panoptic(cuboid)
        panoptic = index.astype(np.uint16) * np.uint16(1000) + number
        version = self._form.version
        files = {
            "lidarseg": (f"lidarseg/{version}/{data}_lidarseg.bin", index.tobytes()),
            "panoptic": (f"panoptic/{version}/{data}_panoptic.npz", npz_bytes({"data": panoptic})),
        }
        for table, (path, content) in files.items():
            write_bytes(self._root / path, content)
            self._tables[table].append({"token": data, "sample_data_token": data, "filename": path})
        return [Path(path) for path, _ in files.values()]

    def _panoptic(self, cuboid: Cuboid) -> int:
        """Number of an instance within its category and scene; beyond 999 the format has no room."""
        if cuboid.instance_id not in self._panoptic_number:
            category = self._category[cuboid.actor_class]
            taken = sum(self._instance_category.get(i) == category for i in self._panoptic_number)
            if taken >= 999:
                raise ValueError(f"{self._scene}: more than 999 instances of {category}")
            self._instance_category[cuboid.instance_id] = category
            self._panoptic_number[cuboid.instance_id] = taken + 1
        return self._panoptic_number[cuboid.instance_id]

    def _annotate(self, sample: Sample) -> None:
        pixels: dict[int, int] = {}
        for boxes in sample.labels.boxes.values():
            for box in boxes:
                pixels[box.instance_id] = pixels.get(box.instance_id, 0) + box.visible_px
        for cuboid in sample.labels.cuboids:
            points = sum(cuboid.lidar_points.values())
            seen_px = pixels.get(cuboid.instance_id, 0)
            if points < self._form.min_points and seen_px < self._form.min_pixels:
                reason = "too few points and pixels"
                self._dropped[reason] = self._dropped.get(reason, 0) + 1
                continue
            attribute = attribute_of(cuboid)
            length, width, height = cuboid.size_m
            number = cuboid.instance_id
            self._instance_category[number] = self._category[cuboid.actor_class]
            self._annotations.setdefault(number, []).append(
                {
                    "token": token(self._scene, "annotation", number, sample.index),
                    "sample_token": token(self._scene, "sample", sample.index),
                    "instance_token": token(self._scene, "instance", number),
                    "attribute_tokens": [token("attribute", attribute)] if attribute else [],
                    "visibility_token": visibility_of(cuboid.visible_fraction),
                    "translation": cuboid.centre_m,
                    "size": [width, length, height],
                    "rotation": quaternion_wxyz(pose_matrix(cuboid.centre_m, cuboid.rotation_rad)),
                    "num_lidar_pts": points,
                    "num_radar_pts": sum(scan.points_on(number) for scan in sample.radars.values()),
                }
            )

    # ------------------------------------------------------------------------------------------------------ close
    def close(self) -> dict[str, Any]:
        """Chain the rows, draw the map, return the scene's part of every table."""
        tables, scene, concrete = self._tables, self._scene, self._clip.concrete
        shift_m, mask = driveable_mask(self._way, self._clip.road)
        map_path = f"maps/{scene}.png"
        write_bytes(self._root / map_path, png_bytes(mask))
        for rows in [tables["ego_pose"], *self._annotations.values()]:
            for row in rows:
                row["translation"] = row["translation"] + shift_m
        _chain(tables["sample"])
        by_channel: dict[str, list[dict[str, Any]]] = {}
        for row in tables["sample_data"]:
            by_channel.setdefault(row["calibrated_sensor_token"], []).append(row)
        for rows in by_channel.values():
            _chain(rows)
        for number in sorted(self._annotations):
            rows = self._annotations[number]
            _chain(rows)
            tables["sample_annotation"] += rows
            tables["instance"].append(
                {
                    "token": token(scene, "instance", number),
                    "category_token": token("category", self._instance_category[number]),
                    "nbr_annotations": len(rows),
                    "first_annotation_token": rows[0]["token"],
                    "last_annotation_token": rows[-1]["token"],
                }
            )
        log = token(scene, "log")
        tables["log"].append(
            {
                "token": log,
                "logfile": scene,
                "vehicle": concrete.rig.rig,
                "date_captured": clip_start(concrete).date().isoformat(),
                "location": f"stormlane-{scene}",
            }
        )
        tables["map"].append(
            {
                "token": token(scene, "map"),
                "log_tokens": [log],
                "category": "semantic_prior",
                "filename": map_path,
            }
        )
        samples = tables["sample"]
        tables["scene"].append(
            {
                "token": token(scene, "scene"),
                "name": scene,
                "description": ", ".join([concrete.scenario.description.strip(), *sorted(self._slices)]),
                "log_token": log,
                "nbr_samples": len(samples),
                "first_sample_token": samples[0]["token"],
                "last_sample_token": samples[-1]["token"],
            }
        )
        kinds = {"LIDAR": "lidar", "RADAR": "radar"}
        channels = {name: kinds.get(name[:5], "camera") for name in self._calibrated}
        messages = can_messages(self._readings, self._start_us, shift_m)
        buses = {f"buses/{scene}/{name}.json": content for name, content in messages.items()}
        for path, content in buses.items():
            write_bytes(self._root / path, json_bytes(content))
        fragment: dict[str, Any] = plain(
            {
                "files": [map_path, *buses],
                "can_bus": sorted(messages),
                "dropped": self._dropped,
                "tables": tables,
                "channels": sorted(channels.items()),
                "slices": sorted(self._slices),
                "shift_m": shift_m,
                "missing": self._missing,
            }
        )
        return fragment


def _chain(rows: list[dict[str, Any]]) -> None:
    """Link rows to their neighbours in time; the ends link to ''."""
    for position, row in enumerate(rows):
        row["prev"] = rows[position - 1]["token"] if position else ""
        row["next"] = rows[position + 1]["token"] if position + 1 < len(rows) else ""


def driveable_mask(
    way: Sequence[tuple[float, float]], road: RoadNetwork | None
) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """The shift (3,) from world to the map's global frame, and the mask (rows from the north, 255 driveable)."""
    points = np.asarray(way, np.float64)
    low = np.floor(points.min(axis=0) - MAP_MARGIN_M)
    size = np.ceil(points.max(axis=0) + MAP_MARGIN_M) - low
    shift = np.array([-low[0], -low[1], 0.0])
    if road is None or float(size.max()) > MAP_METRES_MAX:
        return shift, np.zeros((1, 1), np.uint8)
    width, height = (int(side) * MAP_PIXELS_PER_M for side in size)
    mask = np.zeros((height, width), np.uint8)
    for strip in road.strips():
        if strip.kind not in DRIVEABLE:
            continue
        edge = np.concatenate([strip.inner_m[:, :2], strip.outer_m[::-1, :2]]) - low
        pixels = np.stack([edge[:, 0], size[1] - edge[:, 1]], axis=1) * MAP_PIXELS_PER_M
        cv2.fillPoly(mask, [np.rint(pixels).astype(np.int32)], 255)
    return shift, mask
