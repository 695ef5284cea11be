"""Waymo Open Dataset v2: one Parquet file per component and clip.  Labels floor.

`<split>/<component>/<clip>.parquet`, as Waymo's bucket has them; `finalize` links them below their split.  Rows of a
sample are one row group, written as they come, so that a clip may be larger than the memory.  Lidars are range images
with the pose of each pixel (`labelers.range_image`), boxes stand in the vehicle's frame at the sample's time, and a
box's points are counted on what Waymo's own conversion makes of the images.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelers import waymo_terms as terms
from labelers.clock import clip_start_us
from labelers.definitions import DEFINITIONS, PERSON
from labelers.geometry import inverse_rigid, upright, world_from_cuboid
from labelers.points import count_in_cuboid
from labelers.range_image import Grid, points_of, range_images
from labelers.records import Box, Cuboid, Sample
from labelers.segments import RIDER, segments
from labelers.waymo_keypoints import camera_keypoints, lidar_keypoints
from labelers.writers.base import Clip, refuse_fisheyes
from labelers.writers.files import (
    deep_png_bytes,
    json_bytes,
    link_bytes,
    picture_bytes,
    plain,
    png_bytes,
    write_bytes,
)
from labelers.writers.growing import GrowingTable
from renderers.frames import CameraFrame, LidarSweep
from renderers.lidar_models import Make, lidar_model
from renderers.optics import FORWARD_FROM_OPTICAL, camera_model, mount_matrix, pixel_rays, project
from renderers.projection import inside_image
from scenarios.schema import Camera
from sim.trace import pose_matrix

Row = dict[str, Any]

SPLITS = {"train": "training", "val": "validation", "test": "testing"}
DIVISOR = 1000
LEVEL_1_POINTS = 6  # five points and fewer are level 2 (Sun et al. 2020, section 3.1)
DAYTIME = {"day": "Day", "dusk": "Dawn/Dusk", "night": "Night"}
GLOBAL_SHUTTER, TOP_TO_BOTTOM = 5, 1


@dataclass(frozen=True, slots=True)
class Waymo:
    """The Waymo v2 format; what no sensor sees and what Waymo does not label is left out."""

    name: str = "waymo"
    needs: frozenset[str] = frozenset({"instance", "semantic", "boxes2d", "boxes3d"})

    def open(self, root: Path, clip: Clip) -> "WaymoClipWriter":
        return WaymoClipWriter(root, clip)

    def finalize(self, root: Path, fragments: Sequence[tuple[Clip, dict[str, Any]]]) -> list[Path]:
        """Link every clip below its split; all are `validation` without a suite's splits."""
        written = []
        for clip, fragment in fragments:
            split = SPLITS.get(clip.split, "validation")
            for component in fragment["components"]:
                path = Path(split) / component / f"{clip.clip_id}.parquet"
                link_bytes(root / "clips" / clip.clip_id / f"{component}.parquet", root / path)
                written.append(path)
        clips = {
            clip.clip_id: {name: fragment[name] for name in ("dropped", "cameras", "lidars")}
            for clip, fragment in fragments
        }
        write_bytes(
            root / "stormlane.json", json_bytes({"definitions": DEFINITIONS, "clips": clips}, indent=1)
        )
        return [*written, Path("stormlane.json")]


class WaymoClipWriter:
    """Writes one clip below clips/<clip id>/."""

    def __init__(self, root: Path, clip: Clip) -> None:
        self._root, self._folder = root, Path("clips") / clip.clip_id
        rig = clip.concrete.rig
        refuse_fisheyes(clip, list(rig.cameras), "Waymo")
        self._clip_id, self._start_us = clip.clip_id, clip_start_us(clip.concrete)
        looks = {
            name: mount_matrix(words.mount, optical=True)[:3, 2] for name, words in rig.cameras.items()
        } | {name: mount_matrix(words.mount, optical=False)[:3, 0] for name, words in rig.lidars.items()}
        yaws = {name: math.degrees(math.atan2(way[1], way[0])) for name, way in looks.items()}
        self._cameras = terms.numbered({name: yaws[name] for name in rig.cameras}, terms.CAMERAS)
        top = "lidar_top" if "lidar_top" in rig.lidars else next(iter(sorted(rig.lidars)), None)
        others = {name: yaws[name] for name in rig.lidars if name != top}
        self._lidars = ({top: terms.TOP} if top else {}) | terms.numbered(others, terms.LIDARS)
        self._grids = {name: Grid.of(lidar_model(Make.of(words))) for name, words in rig.lidars.items()}
        self._covered = {name: _covered(name, rig.cameras) for name in rig.cameras}
        self._tables = {
            name: GrowingTable(root / self._folder / f"{name}.parquet", terms.schema(name))
            for name in sorted(terms.COMPONENTS)
        }
        self._stated: set[str] = set()
        self._before: dict[str, tuple[int, NDArray[np.float64]]] = {}
        self._dropped: Counter[str] = Counter()

    def add(self, sample: Sample) -> list[Path]:
        """Write the rows of one sample; the files get their names when the clip is closed."""
        frame_key = {
            "key.segment_context_name": self._clip_id,
            "key.frame_timestamp_micros": self._start_us + sample.time_ns // 1000,
        }
        pose = {"world_from_vehicle.transform": _sixteen(sample.world_from_ego)}
        self._write("vehicle_pose", [frame_key | pose])
        for name in sorted(sample.cameras, key=lambda name: self._cameras[name]):
            frame = sample.cameras[name]
            key = frame_key | {"key.camera_name": self._cameras[name]}
            self._calibrate("camera_calibration", name, key, partial(_camera_calibration, frame))
            self._write("camera_image", [key | self._image(frame, sample)])
            self._write("camera_segmentation", [key | self._segmentation(frame, sample.labels.cuboids)])
        points = {}
        for name in sorted(sample.lidars, key=lambda name: self._lidars[name]):
            points[name] = self._sweep(frame_key, sample.lidars[name], sample)
        counts: dict[str, Counter[int]] = {"lidar": Counter(), "camera": Counter()}
        self._boxes(frame_key, sample, points, counts)
        self._camera_boxes(frame_key, sample, counts)
        self._write("stats", [frame_key | _stats(sample, counts)])
        return []

    def _calibrate(self, component: str, name: str, key: Row, row: Callable[[], Row]) -> None:
        """State a sensor once a clip."""
        if name not in self._stated:
            self._stated.add(name)
            self._write(component, [key | row()])

    def _write(self, component: str, rows: Sequence[Row]) -> None:
        self._tables[component].add([terms.columns(component, row) for row in rows])

    def _image(self, frame: CameraFrame, sample: Sample) -> Row:
        world_from_ego = frame.world_from_camera @ inverse_rigid(frame.ego_from_camera)
        time_s = 1e-6 * self._start_us + 1e-9 * frame.time_ns
        spin = self._spin(frame.sensor, frame.time_ns, world_from_ego)
        half_s = 0.0 if frame.rows is None else float(np.abs(frame.rows.offset_s).max())
        return {
            "image": picture_bytes(frame),
            "pose.transform": _sixteen(world_from_ego),
            **{
                f"velocity.linear_velocity.{a}": float(v)
                for a, v in zip("xyz", sample.ego_velocity_mps, strict=True)
            },
            **{f"velocity.angular_velocity.{a}": v for a, v in zip("xyz", spin, strict=True)},
            "pose_timestamp": time_s,
            "rolling_shutter_params.shutter": 0.0,
            "rolling_shutter_params.camera_trigger_time": time_s - half_s,
            "rolling_shutter_params.camera_readout_done_time": time_s + half_s,
        }

    def _spin(self, name: str, time_ns: int, pose: NDArray[np.float64]) -> list[float | None]:
        """Angular velocity in the world since the camera's last picture; unknown at its first."""
        known, self._before[name] = self._before.get(name), (time_ns, pose)
        if known is None or known[0] == time_ns:
            return [None, None, None]
        turned = pose[:3, :3] @ known[1][:3, :3].T
        axis = 0.5 * np.array(
            [turned[2, 1] - turned[1, 2], turned[0, 2] - turned[2, 0], turned[1, 0] - turned[0, 1]]
        )
        sine = float(np.linalg.norm(axis))
        angle = math.atan2(sine, 0.5 * (float(np.trace(turned)) - 1.0))
        scale = angle / sine if sine > 1e-12 else 1.0
        return [float(value) for value in axis * scale / ((time_ns - known[0]) * 1e-9)]

    def _segmentation(self, frame: CameraFrame, cuboids: Sequence[Cuboid]) -> Row:
        plane = np.zeros(frame.semantic.shape, np.uint16)
        local: list[int] = []
        known: list[int] = []
        for segment in segments(frame, cuboids):
            kind, number = terms.CAMERA_CLASS[segment.semantic], 0
            if segment.cuboid is not None:
                if segment.of_rider and segment.cuboid.actor_class in terms.RIDERS:
                    kind = terms.RIDERS[segment.cuboid.actor_class][0]
                elif segment.cuboid.actor_class == "bird":
                    kind = terms.BIRD
                number = len(local) + 1
                local.append(number)
                known.append(2 * segment.cuboid.instance_id + segment.of_rider)
            plane[segment.window][segment.mask] = kind * DIVISOR + number
        mapping = "instance_id_to_global_id_mapping."
        return {
            "panoptic_label_divisor": DIVISOR,
            "panoptic_label": deep_png_bytes(plane),
            f"{mapping}local_instance_ids": local,
            f"{mapping}global_instance_ids": known,
            f"{mapping}is_tracked": [True] * len(local),
            "sequence_id": self._clip_id,
            "num_cameras_covered": self._covered[frame.sensor],
        }

    def _sweep(self, frame_key: Row, sweep: LidarSweep, sample: Sample) -> NDArray[np.float32]:
        """Write a sweep; its points in the vehicle's frame, as Waymo's conversion finds them."""
        grid = self._grids[sweep.sensor]
        key = frame_key | {"key.laser_name": self._lidars[sweep.sensor]}
        self._calibrate("lidar_calibration", sweep.sensor, key, partial(_lidar_calibration, sweep, grid))
        world_from_vehicle = sweep.world_from_lidar @ inverse_rigid(sweep.ego_from_lidar)
        made = range_images(sweep, grid, world_from_vehicle)
        if made.left_out:
            self._dropped["lidar points beyond two returns or a full row"] += made.left_out
        kinds = _point_classes(sweep, sample.labels.cuboids)
        lidar: Row = dict(key)
        labels: Row = dict(key)
        points = []
        for number, (image, point) in enumerate(zip(made.values, made.point, strict=True), start=1):
            name, hit = f"range_image_return{number}", point >= 0
            label = np.zeros((*point.shape, 2), np.int32)
            label[hit, 0], label[hit, 1] = sweep.instance[point[hit]], kinds[point[hit]]
            lidar |= {f"{name}.values": image, f"{name}.shape": list(image.shape)}
            labels |= {f"{name}.values": label, f"{name}.shape": list(label.shape)}
            points.append(points_of(image, made.pose, grid, sweep.calibration, sample.world_from_ego))
        pose = {"range_image_return1.values": made.pose, "range_image_return1.shape": list(made.pose.shape)}
        self._write("lidar", [lidar])
        self._write("lidar_segmentation", [labels])
        self._write("lidar_pose", [key | pose])
        return np.concatenate(points).astype(np.float32)

    def _boxes(
        self,
        frame_key: Row,
        sample: Sample,
        points: dict[str, NDArray[np.float32]],
        counts: dict[str, Counter[int]],
    ) -> None:
        seen = {box.instance_id for boxes in sample.labels.boxes.values() for box in boxes if box.visible_px}
        rows = []
        for cuboid in sample.labels.cuboids:
            kind = terms.box_type(cuboid)
            level = upright(cuboid) if np.any(cuboid.rotation_rad[1:]) else cuboid
            ego_from_cuboid = inverse_rigid(sample.world_from_ego) @ world_from_cuboid(level)
            heading = math.atan2(ego_from_cuboid[1, 0], ego_from_cuboid[0, 0])
            flat = pose_matrix(ego_from_cuboid[:3, 3], np.array([heading, 0.0, 0.0]))
            found = {name: count_in_cuboid(xyz, flat, level.size_m) for name, xyz in points.items()}
            total = sum(found.values())
            if kind is None:
                self._dropped["of a kind that Waymo does not label"] += 1
                continue
            if not total and cuboid.instance_id not in seen:
                self._dropped["seen by no sensor"] += 1
                continue
            ahead = world_from_cuboid(cuboid)[:3, 0] * cuboid.acceleration_mps2
            counts["lidar"][kind] += 1
            rows.append(
                frame_key
                | {"key.laser_object_id": str(cuboid.instance_id), "type": kind, "box.heading": heading}
                | _named("box.center", ego_from_cuboid[:3, 3])
                | _named("box.size", level.size_m)
                | _named("speed", cuboid.velocity_mps)
                | _named("acceleration", ahead)
                | {
                    "num_lidar_points_in_box": total,
                    "num_top_lidar_points_in_box": sum(
                        count for name, count in found.items() if self._lidars[name] == terms.TOP
                    ),
                }
                | _level(1 if total >= LEVEL_1_POINTS else 2)
            )
        self._write("lidar_box", rows)
        kept = {int(row["key.laser_object_id"]) for row in rows}
        ego_from_world = inverse_rigid(sample.world_from_ego)
        seen_by = [k for found in sample.labels.image_skeletons.values() for k in found]
        self._write(
            "lidar_hkp",
            [
                frame_key
                | {"key.laser_object_id": str(body.instance_id)}
                | lidar_keypoints(
                    body, [k for k in seen_by if k.instance_id == body.instance_id], ego_from_world
                )
                for body in sample.labels.skeletons
                if body.kind == PERSON and body.instance_id in kept
            ],
        )

    def _camera_boxes(self, frame_key: Row, sample: Sample, counts: dict[str, Counter[int]]) -> None:
        kinds = {cuboid.instance_id: terms.box_type(cuboid) for cuboid in sample.labels.cuboids}
        seen, pairs, cast = [], [], []
        for name in sorted(sample.labels.boxes, key=lambda name: self._cameras[name]):
            key = frame_key | {"key.camera_name": self._cameras[name]}
            for box in sample.labels.boxes[name]:
                kind, number = kinds[box.instance_id], str(box.instance_id)
                if kind is None:
                    continue
                if box.visible is not None:
                    mine = key | {"key.camera_object_id": number}
                    hard = 2 if box.occlusion > 0.5 else 1
                    seen.append(mine | {"type": kind} | _flat_box(box.visible) | _level(hard))
                    pairs.append(mine | {"key.laser_object_id": number})
                    counts["camera"][kind] += 1
                if box.cuboid is not None:
                    cast.append(key | {"key.laser_object_id": number, "type": kind} | _flat_box(box.cuboid))
        self._write("camera_box", seen)
        self._write("camera_hkp", self._camera_keypoints(frame_key, sample, seen))
        self._write("camera_to_lidar_box_association", pairs)
        self._write("projected_lidar_box", cast)

    def _camera_keypoints(self, frame_key: Row, sample: Sample, boxes: Sequence[Row]) -> list[Row]:
        """Of the people whose boxes are written."""
        kept = {(row["key.camera_name"], row["key.camera_object_id"]) for row in boxes}
        rows = []
        for name in sorted(sample.labels.image_skeletons, key=lambda name: self._cameras[name]):
            for body in sample.labels.image_skeletons[name]:
                number = str(body.instance_id)
                points = camera_keypoints(body) if body.kind == PERSON else None
                if points is not None and (self._cameras[name], number) in kept:
                    key = {"key.camera_name": self._cameras[name], "key.camera_object_id": number}
                    rows.append(frame_key | key | points)
        return rows

    def close(self) -> dict[str, Any]:
        """Finish the files."""
        for table in self._tables.values():
            table.close()
        fragment: dict[str, Any] = plain(
            {
                "files": [(self._folder / f"{name}.parquet").as_posix() for name in self._tables],
                "components": list(self._tables),
                "dropped": self._dropped,
                "cameras": self._cameras,
                "lidars": self._lidars,
            }
        )
        return fragment


def _sixteen(matrix: NDArray[np.float64]) -> list[float]:
    """Row by row, without negative zeros, which a native dataset does not keep."""
    return [float(value) for value in matrix.ravel() + 0.0]


def _named(name: str, values: Sequence[float] | NDArray[np.float64]) -> Row:
    return {f"{name}.{axis}": float(value) for axis, value in zip("xyz", values, strict=False)}


def _flat_box(box: Box) -> Row:
    x0, y0, x1, y1 = box
    return _named("box.center", ((x0 + x1) / 2, (y0 + y1) / 2)) | _named("box.size", (x1 - x0, y1 - y0))


def _level(level: int) -> Row:
    return {"difficulty_level.detection": level, "difficulty_level.tracking": level}


def _camera_calibration(frame: CameraFrame) -> Row:
    """Waymo's camera looks along x, with y to the left, and its pixels begin at their left and upper edges."""
    K, (k1, k2, p1, p2, k3) = frame.model.matrix, frame.model.distortion
    lens = {"f_u": K[0, 0], "f_v": K[1, 1], "c_u": K[0, 2] + 0.5, "c_v": K[1, 2] + 0.5}
    lens |= {"k1": k1, "k2": k2, "p1": p1, "p2": p2, "k3": k3}
    return {
        **{f"intrinsic.{name}": float(value) for name, value in lens.items()},
        "extrinsic.transform": _sixteen(frame.calibration @ inverse_rigid(FORWARD_FROM_OPTICAL)),
        "width": frame.model.width_px,
        "height": frame.model.height_px,
        "rolling_shutter_direction": GLOBAL_SHUTTER if frame.rows is None else TOP_TO_BOTTOM,
    }


def _lidar_calibration(sweep: LidarSweep, grid: Grid) -> Row:
    return {
        "extrinsic.transform": _sixteen(sweep.calibration),
        "beam_inclination.min": float(grid.inclination_rad[0]),
        "beam_inclination.max": float(grid.inclination_rad[-1]),
        "beam_inclination.values": grid.inclination_rad.tolist(),
    }


def _covered(name: str, cameras: Mapping[str, Camera[float]]) -> bytes:
    """How many cameras see what a pixel sees, as PNG: by direction, since cameras stand close to one another."""
    model = camera_model(cameras[name])
    v, u = np.mgrid[: model.height_px, : model.width_px]
    rays = (
        pixel_rays(model, np.stack([u, v], axis=2))
        @ mount_matrix(cameras[name].mount, optical=True)[:3, :3].T
    )
    count = np.zeros(rays.shape[:2], np.uint8)
    for words in cameras.values():
        other = camera_model(words)
        local = rays @ mount_matrix(words.mount, optical=True)[:3, :3]
        count += inside_image(other, project(other, local)).astype(np.uint8)
    return png_bytes(count)


def _point_classes(sweep: LidarSweep, cuboids: Sequence[Cuboid]) -> NDArray[np.int32]:
    """(N,) Waymo's class of each point; riders have that of what they ride."""
    table = np.array([terms.LIDAR_CLASS.get(number, 0) for number in range(256)], np.int32)
    kinds = table[sweep.semantic]
    for cuboid in cuboids:
        if cuboid.actor_class in terms.RIDERS:
            kinds[(sweep.instance == cuboid.instance_id) & (sweep.semantic == RIDER)] = terms.RIDERS[
                cuboid.actor_class
            ][1]
    return kinds


def _stats(sample: Sample, counts: dict[str, Counter[int]]) -> Row:
    tags = sample.labels.tags
    return {
        "time_of_day": DAYTIME.get(str(tags.get("light", "")), "Day"),
        "location": "location_other",
        "weather": "rain" if str(tags.get("rain", "none")) != "none" else "sunny",
        **{f"{name}_object_counts.types": sorted(count) for name, count in counts.items()},
        **{
            f"{name}_object_counts.counts": [count[kind] for kind in sorted(count)]
            for name, count in counts.items()
        },
    }
