"""MCAP with ROS 2 messages: a clip as a recording that ros2 bag, RViz, Foxglove and rosbags open.  Labels floor.

`bags/<clip>.mcap` with, per camera, the JPEG, CameraInfo, planes of class, instance, depth and drivable ground, 2D
detections (vision_msgs) and annotations (foxglove_msgs); per lidar and radar, a PointCloud2 with the truth of each
point; what inertial sensors and satellite receivers read; tf from
`map` over `base_link` to the sensors; 3D detections and the same cuboids as markers; lane lines, signs and lights as
scenes.  Times are the scenario's own clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelers import ros_messages
from labelers.clock import clip_start_us
from labelers.definitions import DEFINITIONS
from labelers.geometry import world_from_cuboid
from labelers.mcap_file import McapFile
from labelers.records import Box, Sample
from labelers.ros_scenes import body_annotations, line_annotations, line_scene, pose, sign_scene
from labelers.writers.base import Clip
from labelers.writers.files import json_bytes, picture_bytes, plain, write_bytes
from renderers.frames import CameraFrame, LidarSweep
from renderers.radar_scan import RadarScan
from scenarios.taxonomy import ACTOR_CLASSES, SEMANTICS
from sim.readings import GnssFixes, ImuReadings

Words = dict[str, Any]

MAP, BASE = "map", "base_link"
COLOR = {entry.name: entry.color for entry in SEMANTICS}
UINT8, INT32, UINT16, FLOAT32 = 2, 5, 4, 7  # of PointField
COLUMNS = (
    ("x", FLOAT32, "<f4"),
    ("y", FLOAT32, "<f4"),
    ("z", FLOAT32, "<f4"),
    ("intensity", FLOAT32, "<f4"),
    ("time", FLOAT32, "<f4"),
    ("instance", INT32, "<i4"),
    ("ring", UINT16, "<u2"),
    ("semantic", UINT8, "u1"),
    ("cause", UINT8, "u1"),
)
RADAR_COLUMNS = (
    *COLUMNS[:3],
    ("rate", FLOAT32, "<f4"),
    ("ground_rate", FLOAT32, "<f4"),
    ("rcs", FLOAT32, "<f4"),
    ("snr", FLOAT32, "<f4"),
    ("instance", INT32, "<i4"),
    ("semantic", UINT8, "u1"),
    ("cause", UINT8, "u1"),
)
# NavSatStatus: no fix, by code alone, by the carrier with a station on the ground; of GPS.
FIX_STATUS = {0: -1, 1: 0, 2: 2}
GPS = 1
CUBE, LINE_LOOP = 1, 2
LIFETIME_FRAMES = 1.5  # of what is drawn, so that nothing blinks between samples
TINT = 0.4  # opacity of cuboids


@dataclass(frozen=True, slots=True)
class Mcap:
    """The MCAP format."""

    name: str = "mcap"
    needs: frozenset[str] = frozenset({"instance", "semantic", "boxes2d", "boxes3d"})

    def open(self, root: Path, clip: Clip) -> "McapClipWriter":
        return McapClipWriter(root, clip)

    def finalize(self, root: Path, fragments: Sequence[tuple[Clip, dict[str, Any]]]) -> list[Path]:
        """Say what the classes mean, and which recordings belong to which split."""
        splits: dict[str, list[str]] = {"all": [f"bags/{clip.clip_id}.mcap" for clip, _ in fragments]}
        for clip, _ in fragments:
            if clip.split:
                splits.setdefault(clip.split, []).append(f"bags/{clip.clip_id}.mcap")
        about = {
            "definitions": DEFINITIONS,
            "semantics": {entry.name: entry.id for entry in SEMANTICS},
            "splits": splits,
            "clips": {clip.clip_id: {"topics": fragment["topics"]} for clip, fragment in fragments},
        }
        write_bytes(root / "stormlane.json", json_bytes(about, indent=1))
        return [Path("stormlane.json")]


class McapClipWriter:
    """Records one clip."""

    def __init__(self, root: Path, clip: Clip) -> None:
        self._root, self._path = root, Path("bags") / f"{clip.clip_id}.mcap"
        self._start_ns = 1000 * clip_start_us(clip.concrete)
        self._bag = McapFile(root / self._path, "ros2")
        self._outputs = frozenset(clip.concrete.scenario.capture.outputs)
        self._life = _time(max(round(LIFETIME_FRAMES * 1e9 / clip.rate_hz), 500_000_000))
        self._static: set[str] = set()
        self._topics: dict[str, str] = {}

    def add(self, sample: Sample) -> list[Path]:
        """Record one sample; the file gets its name when the clip is closed."""
        time = self._start_ns + sample.time_ns
        self._put(
            "/tf",
            "tf2_msgs/TFMessage",
            time,
            {"transforms": [self._tf(time, MAP, BASE, sample.world_from_ego)]},
        )
        for name in sorted(sample.cameras):
            self._camera(sample.cameras[name], sample)
        for name in sorted(sample.lidars):
            self._lidar(sample.lidars[name])
        if "radar" in self._outputs:
            for name in sorted(sample.radars):
                self._radar(sample.radars[name])
        if "imu" in self._outputs:
            for name in sorted(sample.imus):
                self._imu(sample.imus[name])
        if "gnss" in self._outputs:
            for name in sorted(sample.gnss):
                self._gnss(sample.gnss[name])
        self._cuboids(time, sample)
        head = _time(time)
        for topic, scene in (
            ("/lane_lines", line_scene(head, MAP, self._life, sample.labels.lines)),
            ("/signs", sign_scene(head, MAP, self._life, sample.labels.signs)),
        ):
            self._put(topic, "foxglove_msgs/SceneUpdate", time, scene)
        return []

    def _put(self, topic: str, kind: str, time_ns: int, message: Words) -> None:
        package, name = kind.split("/")
        schema = (f"{package}/msg/{name}", "ros2msg", ros_messages.definition(kind))
        self._topics[topic] = schema[0]
        self._bag.add(topic, schema, ros_messages.encode(kind, message), time_ns)

    def _tf(self, time_ns: int, parent: str, child: str, matrix: NDArray[np.float64]) -> Words:
        placed = pose(matrix)
        moved = {"translation": placed["position"], "rotation": placed["orientation"]}
        return {"header": _header(time_ns, parent), "child_frame_id": child, "transform": moved}

    def _mount(self, name: str, time_ns: int, matrix: NDArray[np.float64]) -> None:
        if name not in self._static:
            self._static.add(name)
            words = {"transforms": [self._tf(time_ns, BASE, name, matrix)]}
            self._put("/tf_static", "tf2_msgs/TFMessage", time_ns, words)

    def _camera(self, frame: CameraFrame, sample: Sample) -> None:
        name, time, model = frame.sensor, self._start_ns + frame.time_ns, frame.model
        self._mount(name, time, frame.calibration)
        head, topic = _header(time, name), f"/{name}"
        size = {"height": model.height_px, "width": model.width_px}
        image = {"header": head, "format": "jpeg", "data": picture_bytes(frame)}
        self._put(f"{topic}/image/compressed", "sensor_msgs/CompressedImage", time, image)
        info = {
            "header": head,
            **size,
            "distortion_model": "equidistant" if model.fisheye else "plumb_bob",
            "d": model.distortion.tolist(),
            "k": model.matrix.ravel().tolist(),
            "r": np.eye(3).ravel().tolist(),
            "p": np.column_stack([model.matrix, np.zeros(3)]).ravel().tolist(),
        }
        self._put(f"{topic}/camera_info", "sensor_msgs/CameraInfo", time, info)
        planes: dict[str, tuple[str, NDArray[Any]]] = {
            "semantic": ("mono8", frame.semantic.astype("u1")),
            "instance": ("16UC1", frame.instance.astype("<u2")),
        }
        if "depth" in self._outputs:
            planes["depth"] = ("32FC1", frame.depth_m.astype("<f4"))  # REP 118; infinite in the sky
        ground = sample.labels.drivable.get(name)
        if ground is not None:
            planes["drivable"] = ("mono8", np.where(ground, 255, 0).astype("u1"))
        for kind, (encoding, plane) in planes.items():
            step = plane.strides[0]
            words = {"header": head, **size, "encoding": encoding, "step": step, "data": plane.tobytes()}
            self._put(f"{topic}/{kind}", "sensor_msgs/Image", time, words)
        found, drawn, texts = [], [], []
        for box in sample.labels.boxes.get(name, ()):
            if box.visible is None:
                continue
            x0, y0, x1, y1 = box.visible
            # Detections count from the middle of the first pixel, as cv_bridge's users do.
            centre = {"position": {"x": (x0 + x1 - 1) / 2, "y": (y0 + y1 - 1) / 2}}
            found.append(
                {
                    "header": head,
                    "results": [{"hypothesis": {"class_id": box.actor_class, "score": 1.0}}],
                    "bbox": {"center": centre, "size_x": x1 - x0, "size_y": y1 - y0},
                    "id": str(box.instance_id),
                }
            )
            drawn.append(self._outline(time, box.visible, box.actor_class))
            texts.append(self._caption(time, box.visible, f"{box.actor_class} {box.instance_id}"))
        self._put(
            f"{topic}/detections", "vision_msgs/Detection2DArray", time, {"header": head, "detections": found}
        )
        labels, stamp = sample.labels, _time(time)
        for kind, drawing in (
            ("annotations", {"points": drawn, "texts": texts}),
            ("lines", line_annotations(stamp, labels.lines, labels.image_lines.get(name, ()))),
            ("keypoints", body_annotations(stamp, labels.image_skeletons.get(name, ()))),
        ):
            self._put(f"{topic}/{kind}", "foxglove_msgs/ImageAnnotations", time, drawing)

    def _outline(self, time_ns: int, box: Box, actor_class: str) -> Words:
        x0, y0, x1, y1 = box
        corners = [{"x": x, "y": y} for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))]
        color = _color(actor_class, 1.0)
        words = {"timestamp": _time(time_ns), "type": LINE_LOOP, "points": corners, "thickness": 1.5}
        return words | {"outline_color": color, "fill_color": color | {"a": 0.1}}

    def _caption(self, time_ns: int, box: Box, text: str) -> Words:
        dark, light = dict.fromkeys("rgb", 0.0) | {"a": 0.6}, dict.fromkeys("rgba", 1.0)
        place = {"x": box[0], "y": box[1]}
        words = {"timestamp": _time(time_ns), "position": place, "text": text, "font_size": 12.0}
        return words | {"text_color": light, "background_color": dark}

    def _lidar(self, sweep: LidarSweep) -> None:
        name, time = sweep.sensor, self._start_ns + sweep.time_ns
        self._mount(name, time, sweep.calibration)
        values = (*sweep.xyz_m.T, sweep.intensity, sweep.offset_ns * 1e-9, sweep.instance)
        self._cloud(name, time, COLUMNS, (*values, sweep.ring, sweep.semantic, sweep.cause))

    def _radar(self, scan: RadarScan) -> None:
        name, time = scan.sensor, self._start_ns + scan.time_ns
        self._mount(name, time, scan.calibration)
        told = (scan.rate_mps, scan.ground_rate_mps, scan.rcs_dbsm, scan.snr_db, scan.instance)
        self._cloud(name, time, RADAR_COLUMNS, (*scan.xyz_m.T, *told, scan.semantic, scan.cause))

    def _imu(self, readings: ImuReadings) -> None:
        """What was measured; ROS says by a covariance of -1 that an orientation was not."""
        name = readings.sensor
        unknown = [-1.0, *[0.0] * 8]
        for time, gyro, accel in zip(
            readings.time_ns.tolist(), readings.gyro_radps, readings.accel_mps2, strict=True
        ):
            stamp = self._start_ns + time
            self._mount(name, stamp, readings.ego_from_imu)
            words = {
                "header": _header(stamp, name),
                "orientation": {"w": 1.0},
                "orientation_covariance": unknown,
                "angular_velocity": _xyz(gyro),
                "linear_acceleration": _xyz(accel),
            }
            self._put(f"/{name}/data", "sensor_msgs/Imu", stamp, words)

    def _gnss(self, fixes: GnssFixes) -> None:
        name = fixes.sensor
        for row, time in enumerate(fixes.time_ns.tolist()):
            stamp = self._start_ns + time
            self._mount(name, stamp, fixes.ego_from_antenna)
            words = {
                "header": _header(stamp, name),
                "status": {"status": FIX_STATUS[int(fixes.fix[row])], "service": GPS},
                "latitude": float(fixes.latitude_deg[row]),
                "longitude": float(fixes.longitude_deg[row]),
                "altitude": float(fixes.altitude_m[row]),
            }
            self._put(f"/{name}/fix", "sensor_msgs/NavSatFix", stamp, words)

    def _cloud(
        self, name: str, time: int, columns: Sequence[tuple[str, int, str]], values: Sequence[NDArray[Any]]
    ) -> None:
        table = np.zeros(len(values[0]), np.dtype([(column, kind) for column, _, kind in columns]))
        for (column, _, _), data in zip(columns, values, strict=True):
            table[column] = data
        fields, offset = [], 0
        for column, code, kind in columns:
            fields.append({"name": column, "offset": offset, "datatype": code, "count": 1})
            offset += np.dtype(kind).itemsize
        cloud = {
            "header": _header(time, name),
            "height": 1,
            "width": len(table),
            "fields": fields,
            "point_step": offset,
            "row_step": offset * len(table),
            "data": table.tobytes(),
            "is_dense": True,
        }
        self._put(f"/{name}/points", "sensor_msgs/PointCloud2", time, cloud)

    def _cuboids(self, time_ns: int, sample: Sample) -> None:
        head = _header(time_ns, MAP)
        found, markers = [], []
        for cuboid in sample.labels.cuboids:
            placed = pose(world_from_cuboid(cuboid))
            size = dict(zip("xyz", (float(value) for value in cuboid.size_m), strict=True))
            hypothesis = {"class_id": cuboid.actor_class, "score": 1.0}
            found.append(
                {
                    "header": head,
                    "results": [{"hypothesis": hypothesis, "pose": {"pose": placed}}],
                    "bbox": {"center": placed, "size": size},
                    "id": str(cuboid.instance_id),
                }
            )
            words = {"header": head, "ns": cuboid.actor_class, "id": cuboid.instance_id, "type": CUBE}
            # A marker lives until the next sample's takes its place.
            life = {"lifetime": self._life}
            markers.append(
                words | {"pose": placed, "scale": size, "color": _color(cuboid.actor_class, TINT)} | life
            )
        self._put(
            "/detections", "vision_msgs/Detection3DArray", time_ns, {"header": head, "detections": found}
        )
        self._put("/cuboids", "visualization_msgs/MarkerArray", time_ns, {"markers": markers})

    def close(self) -> dict[str, Any]:
        """Finish the recording."""
        self._bag.close()
        fragment: dict[str, Any] = plain(
            {"files": [self._path.as_posix()], "dropped": {}, "topics": self._topics}
        )
        return fragment


def _time(time_ns: int) -> Words:
    seconds, rest = divmod(time_ns, 1_000_000_000)
    return {"sec": seconds, "nanosec": rest}


def _xyz(values: NDArray[np.float64]) -> Words:
    return dict(zip("xyz", values.tolist(), strict=True))


def _header(time_ns: int, frame: str) -> Words:
    return {"stamp": _time(time_ns), "frame_id": frame}


def _color(actor_class: str, opacity: float) -> Words:
    red, green, blue = COLOR[ACTOR_CLASSES[actor_class].semantic]
    # Dark classes are told apart on dark backgrounds by being lifted.
    return {
        name: 0.25 + 0.75 * value / 255 for name, value in zip("rgb", (red, green, blue), strict=True)
    } | {"a": opacity}
