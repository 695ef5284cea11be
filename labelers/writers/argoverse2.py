"""Argoverse 2 sensor dataset: annotations, poses, calibration and sweeps as Feather, pictures as JPEG.  Labels floor.

One log per clip; `finalize` links it below its split.  Sweeps are those of the first lidar, in the vehicle's frame, as
float16 like Argoverse's own (3 cm at 50 m), and interior points are counted on what was so rounded.  Cameras get the
names of Argoverse's ring by the way they look, others keep theirs; pictures are undistorted.  Somebody on a
two-wheeler is one annotation with it, under the rider's category.  There is no map: evaluate with
`eval_only_roi_instances=False`.  Where a scenario asks for scene flow, `scene_flow/<split>/<log>` holds a file a sweep
as `av2.evaluation.scene_flow` reads them, with a row a point; a clip's last sweep has none.
"""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import feather

from labelers.argoverse_flow import flow_columns
from labelers.clock import clip_start_us
from labelers.definitions import DEFINITIONS
from labelers.geometry import inverse_rigid, quaternion_wxyz, world_from_cuboid, wrap_angle
from labelers.points import count_in_cuboid
from labelers.records import Cuboid, Sample
from labelers.writers.base import Clip, refuse_fisheyes
from labelers.writers.files import jpeg_bytes, json_bytes, link_bytes, picture_bytes, plain, write_bytes
from renderers.frames import CameraFrame, LidarSweep
from renderers.optics import mount_matrix

CATEGORIES = {
    **dict.fromkeys(("car", "van", "police_car", "pickup", "motorhome"), "REGULAR_VEHICLE"),
    **dict.fromkeys(("ambulance", "fire_engine", "construction_vehicle", "tractor"), "LARGE_VEHICLE"),
    "truck": "BOX_TRUCK",
    "bus": "BUS",
    "tram": "RAILED_VEHICLE",
    **dict.fromkeys(("caravan", "trailer"), "VEHICULAR_TRAILER"),
    "motorcycle": "MOTORCYCLE",
    "bicycle": "BICYCLE",
    "e_scooter": "WHEELED_DEVICE",
    **dict.fromkeys(("pedestrian", "child", "construction_worker", "police_officer"), "PEDESTRIAN"),
    "wheelchair": "WHEELCHAIR",
    "stroller": "STROLLER",
    "dog": "DOG",
    **dict.fromkeys(("animal", "cat", "horse", "cow", "sheep", "bird"), "ANIMAL"),
    "traffic_cone": "CONSTRUCTION_CONE",
}
RIDDEN = {"bicycle": "BICYCLIST", "motorcycle": "MOTORCYCLIST", "e_scooter": "WHEELED_RIDER"}
RING = {
    "ring_front_center": 0.0,
    "ring_front_left": 45.0,
    "ring_front_right": -45.0,
    "ring_side_left": 99.0,
    "ring_side_right": -99.0,
    "ring_rear_left": 153.0,
    "ring_rear_right": -153.0,
}  # degrees to the left
POSE = ("qw", "qx", "qy", "qz", "tx_m", "ty_m", "tz_m")
SPLITS = ("train", "val", "test")
FLOW = "scene_flow"


@dataclass(frozen=True, slots=True)
class _Flow:
    """A sweep that waits for the next one's pose."""

    index: int
    stamp: int
    points_m: NDArray[np.float64]
    flow_m: NDArray[np.float32]
    instance: NDArray[np.int32]
    categories: dict[int, str | None]
    world_from_ego: NDArray[np.float64]


def category_of(cuboid: Cuboid) -> str | None:
    """Argoverse's category; None where it has none."""
    if cuboid.attribute == "with_rider" and cuboid.actor_class in RIDDEN:
        return RIDDEN[cuboid.actor_class]
    return CATEGORIES.get(cuboid.actor_class)


def ring_names(yaws_rad: dict[str, float]) -> dict[str, str]:
    """Argoverse's name of each camera: the ring's nearest within 30 degrees that is still free, else its own."""
    gaps = sorted(
        (abs(math.degrees(wrap_angle(yaw - math.radians(there)))), name, ring)
        for name, yaw in yaws_rad.items()
        for ring, there in RING.items()
    )
    names: dict[str, str] = {}
    for gap, name, ring in gaps:
        if gap <= 30.0 and name not in names and ring not in names.values():
            names[name] = ring
    return {name: names.get(name, name) for name in yaws_rad}


def feather_bytes(columns: dict[str, Any]) -> bytes:
    """Columns as Feather."""
    packed = io.BytesIO()
    feather.write_feather(pa.table(columns), packed, compression="zstd")
    return packed.getvalue()


def _pose(matrix: NDArray[np.float64]) -> dict[str, float]:
    return dict(zip(POSE, (*quaternion_wxyz(matrix), *matrix[:3, 3].tolist()), strict=True))


def _table(rows: Sequence[dict[str, Any]], names: Sequence[str]) -> bytes:
    return feather_bytes({name: [row[name] for row in rows] for name in names})


@dataclass(frozen=True, slots=True)
class Argoverse2:
    """The Argoverse 2 format; what neither a camera nor the lidar sees is left out."""

    name: str = "argoverse2"
    needs: frozenset[str] = frozenset({"boxes2d", "boxes3d"})

    def open(self, root: Path, clip: Clip) -> "Argoverse2ClipWriter":
        return Argoverse2ClipWriter(root, clip)

    def finalize(self, root: Path, fragments: Sequence[tuple[Clip, dict[str, Any]]]) -> list[Path]:
        """Link every log below its split; all are `val` without a suite's splits."""
        written: list[Path] = []
        for clip, fragment in fragments:
            split = clip.split if clip.split in SPLITS else "val"
            for name in fragment["log"]:
                path = Path(split) / clip.clip_id / name
                if name.startswith(FLOW):
                    path = Path(FLOW) / split / clip.clip_id / Path(name).name
                link_bytes(root / "clips" / clip.clip_id / name, root / path)
                written.append(path)
        clips = {
            clip.clip_id: {"dropped": fragment["dropped"], "cameras": fragment["cameras"]}
            for clip, fragment in fragments
        }
        write_bytes(
            root / "stormlane.json", json_bytes({"definitions": DEFINITIONS, "clips": clips}, indent=1)
        )
        return [*written, Path("stormlane.json")]


class Argoverse2ClipWriter:
    """Writes one clip below clips/<clip id>/."""

    def __init__(self, root: Path, clip: Clip) -> None:
        self._root, self._folder = root, Path("clips") / clip.clip_id
        rig = clip.concrete.rig
        if not rig.lidars:
            raise ValueError("the Argoverse 2 format needs a lidar, and the rig has none")
        refuse_fisheyes(clip, list(rig.cameras), "Argoverse 2")
        self._lidar = sorted(rig.lidars)[0]
        self._start_ns = 1000 * clip_start_us(clip.concrete)
        ahead = {
            name: mount_matrix(camera.mount, optical=True)[:3, 2] for name, camera in rig.cameras.items()
        }
        self._ring = ring_names({name: math.atan2(way[1], way[0]) for name, way in ahead.items()})
        self._log: list[str] = []
        self._annotations: list[dict[str, Any]] = []
        self._poses: dict[int, dict[str, Any]] = {}
        self._mounts: dict[str, dict[str, Any]] = {}
        self._intrinsics: dict[str, dict[str, Any]] = {}
        self._dropped: dict[str, int] = {}
        self._clip_id = clip.clip_id
        self._waiting: _Flow | None = None

    def add(self, sample: Sample) -> list[Path]:
        """Write pictures and sweep of one sample and note its annotations."""
        paths = [self._camera(sample.cameras[name]) for name in sorted(sample.cameras)]
        if self._lidar not in sample.lidars:  # annotations belong to a sweep
            self._drop("in a sweep that never arrived", len(sample.labels.cuboids))
            return paths
        sweep = sample.lidars[self._lidar]
        world_from_ego = sweep.world_from_lidar @ inverse_rigid(sweep.ego_from_lidar)
        turned = sweep.xyz_m.astype(np.float64) @ sweep.calibration[:3, :3].T + sweep.calibration[:3, 3]
        points = turned.astype(np.float16)
        self._annotate(sample, world_from_ego, points.astype(np.float32))
        paths.append(self._sweep(sweep, world_from_ego, points))
        return paths + self._flow(sample, sweep, world_from_ego, turned)

    def _flow(
        self,
        sample: Sample,
        sweep: LidarSweep,
        world_from_ego: NDArray[np.float64],
        points_m: NDArray[np.float64],
    ) -> list[Path]:
        """The flow from the sweep before to this one, and this one kept for the next."""
        before, self._waiting = self._waiting, None
        paths = []
        categories = {cuboid.instance_id: category_of(cuboid) for cuboid in sample.labels.cuboids}
        if before is not None and before.index + 1 == sample.index:
            columns = flow_columns(
                before.points_m,
                before.flow_m,
                before.instance,
                before.categories,
                categories,
                before.world_from_ego,
                world_from_ego,
            )
            paths.append(self._write(f"{FLOW}/{before.stamp}.feather", feather_bytes(columns)))
        flow = sample.labels.scene_flow.get(self._lidar)
        if flow is not None:
            stamp = self._start_ns + sweep.time_ns
            self._waiting = _Flow(
                sample.index, stamp, points_m, flow, sweep.instance, categories, world_from_ego
            )
        return paths

    def _camera(self, frame: CameraFrame) -> Path:
        name, model = self._ring[frame.sensor], frame.model
        stamp = self._start_ns + frame.time_ns
        picture = picture_bytes(frame)
        if np.any(model.distortion):
            straight = cv2.undistort(frame.image, model.matrix, model.distortion)
            picture = jpeg_bytes(straight.astype(np.uint8, copy=False), frame.jpeg)
        self._mounts.setdefault(name, {"sensor_name": name, **_pose(frame.calibration)})
        self._intrinsics.setdefault(
            name,
            {
                "sensor_name": name,
                "fx_px": model.matrix[0, 0],
                "fy_px": model.matrix[1, 1],
                "cx_px": model.matrix[0, 2],
                "cy_px": model.matrix[1, 2],
                **dict.fromkeys(("k1", "k2", "k3"), 0.0),
                "height_px": model.height_px,
                "width_px": model.width_px,
            },
        )
        self._pose_at(stamp, frame.world_from_camera @ inverse_rigid(frame.ego_from_camera))
        return self._write(f"sensors/cameras/{name}/{stamp}.jpg", picture)

    def _sweep(
        self, sweep: LidarSweep, world_from_ego: NDArray[np.float64], points: NDArray[np.float16]
    ) -> Path:
        stamp = self._start_ns + sweep.time_ns
        for name in ("up_lidar", "down_lidar"):  # readers want both; ours is one
            self._mounts.setdefault(name, {"sensor_name": name, **_pose(sweep.calibration)})
        self._pose_at(stamp, world_from_ego)
        columns = {
            **{axis: points[:, k] for k, axis in enumerate("xyz")},
            "intensity": np.rint(255.0 * sweep.intensity).astype(np.uint8),
            "laser_number": sweep.ring.astype(np.uint8),
            "offset_ns": sweep.offset_ns.astype(np.int32),
        }
        return self._write(f"sensors/lidar/{stamp}.feather", feather_bytes(columns))

    def _annotate(
        self, sample: Sample, world_from_ego: NDArray[np.float64], points: NDArray[np.float32]
    ) -> None:
        seen = {box.instance_id for boxes in sample.labels.boxes.values() for box in boxes if box.visible_px}
        for cuboid in sample.labels.cuboids:
            category = category_of(cuboid)
            ego_from_cuboid = inverse_rigid(world_from_ego) @ world_from_cuboid(cuboid)
            count = count_in_cuboid(points, ego_from_cuboid, cuboid.size_m)
            if category is None:
                self._drop("of no category")
            elif not count and cuboid.instance_id not in seen:
                self._drop("seen by no sensor")
            else:
                size = dict(zip(("length_m", "width_m", "height_m"), cuboid.size_m, strict=True))
                self._annotations.append(
                    {
                        "timestamp_ns": self._start_ns + sample.lidars[self._lidar].time_ns,
                        "track_uuid": f"{self._clip_id}-{cuboid.instance_id}",
                        "category": category,
                        **size,
                        **_pose(ego_from_cuboid),
                        "num_interior_pts": count,
                    }
                )

    def _pose_at(self, stamp: int, world_from_ego: NDArray[np.float64]) -> None:
        self._poses.setdefault(stamp, {"timestamp_ns": stamp, **_pose(world_from_ego)})

    def _write(self, name: str, data: bytes) -> Path:
        write_bytes(self._root / self._folder / name, data)
        self._log.append(name)
        return self._folder / name

    def _drop(self, reason: str, count: int = 1) -> None:
        self._dropped[reason] = self._dropped.get(reason, 0) + count

    def close(self) -> dict[str, Any]:
        """Write the log's tables."""
        size = ("length_m", "width_m", "height_m")
        lens = ("fx_px", "fy_px", "cx_px", "cy_px", "k1", "k2", "k3", "height_px", "width_px")
        known = ("timestamp_ns", "track_uuid", "category", *size, *POSE, "num_interior_pts")
        tables = {
            "annotations.feather": _table(self._annotations, known),
            "city_SE3_egovehicle.feather": _table(
                [self._poses[stamp] for stamp in sorted(self._poses)], ("timestamp_ns", *POSE)
            ),
            "calibration/egovehicle_SE3_sensor.feather": _table(
                [self._mounts[name] for name in sorted(self._mounts)], ("sensor_name", *POSE)
            ),
            "calibration/intrinsics.feather": _table(
                [self._intrinsics[name] for name in sorted(self._intrinsics)], ("sensor_name", *lens)
            ),
        }
        files = [self._write(name, data).as_posix() for name, data in tables.items()]
        fragment: dict[str, Any] = plain(
            {"files": files, "dropped": self._dropped, "log": self._log, "cameras": self._ring}
        )
        return fragment
