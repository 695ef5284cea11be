"""Reads the native format back into the records it was written from.  Labels floor."""

import io
import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import cv2
import numpy as np
import pyarrow.parquet as pq
import zstandard
from numpy.typing import NDArray

from labelers.records import (
    Box,
    Box2D,
    Cuboid,
    FrameLabels,
    ImageLine,
    ImageSign,
    ImageSkeleton,
    Line,
    Sample,
    Skeleton,
)
from labelers.writers.files import joined
from labelers.writers.native_maps import birdseye_from, free_from, occupancy_from
from labelers.writers.native_series import gnss_parts, imu_parts
from labelers.writers.native_signs import image_sign_from, sign_from
from labelers.writers.native_tables import BOX_KINDS, CORNERS, EXTRA_PLANES, FLOWS, HALVES, SCHEMA_VERSION
from renderers.frames import TRANSMITTANCE_STEPS, CameraFrame, CameraModel, Extras, LidarSweep, RowPoses
from renderers.radar_scan import COLUMNS, RadarScan

Reading = TypeVar("Reading")

PLANE_BYTES_MAX = 1 << 30  # a plane of 8192 x 8192 float32 has a quarter of this; more is no plane of ours


def read_plane(path: Path) -> NDArray[Any]:
    """The array in an .npy.zst file; OSError where it is none."""
    try:
        raw = zstandard.ZstdDecompressor().decompress(path.read_bytes(), max_output_size=PLANE_BYTES_MAX)
    except zstandard.ZstdError as error:
        raise OSError(f"{path}: {error}") from error
    plane: NDArray[Any] = np.load(io.BytesIO(raw), allow_pickle=False)
    return plane


def read_image(path: Path) -> NDArray[np.uint8]:
    """The sRGB image in a JPEG or PNG file."""
    bgr = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    if bgr is None:
        raise OSError(f"{path}: not an image")
    return np.ascontiguousarray(bgr[:, :, ::-1], np.uint8)


def _matrix(values: list[float]) -> NDArray[np.float64]:
    return np.array(values, np.float64).reshape(4, 4)


def _rows(table: NDArray[np.float64]) -> RowPoses:
    return RowPoses(table[:, 0].copy(), table[:, 1:].reshape(-1, 4, 4).copy())


def _true_mount(row: dict[str, Any], sensor: dict[str, Any]) -> NDArray[np.float64]:
    own = row["ego_from_sensor"]
    return np.array(sensor["ego_from_sensor"], np.float64) if own is None else _matrix(own)


def _stated_mount(row: dict[str, Any], sensor: dict[str, Any]) -> NDArray[np.float64] | None:
    """The calibration, where a sensor is mounted otherwise."""
    return None if row["ego_from_sensor"] is None else np.array(sensor["ego_from_sensor"], np.float64)


def _box(row: dict[str, Any]) -> Box2D:
    def corners(kind: str) -> Box | None:
        values = [row[f"{kind}_{corner}"] for corner in CORNERS]
        return None if values[0] is None else (values[0], values[1], values[2], values[3])

    visible, amodal, amodal_full, cuboid = (corners(kind) for kind in BOX_KINDS)
    return Box2D(
        instance_id=row["instance_id"],
        actor_class=row["actor_class"],
        visible=visible,
        amodal=amodal,
        amodal_full=amodal_full,
        cuboid=cuboid,
        visible_px=row["visible_px"],
        unoccluded_px=row["unoccluded_px"],
        occlusion=row["occlusion"],
        truncation=row["truncation"],
        transmittance=row["transmittance"],
        window=row["window"],
        amodal_rle=row.get("amodal_rle", ""),
        occluders=dict(row.get("occluders", ())),
        contrast=row.get("contrast", 0.0),
        detectable=row.get("detectable", False),
    )


def _cuboid(row: dict[str, Any]) -> Cuboid:
    return Cuboid(
        instance_id=row["instance_id"],
        name=row["name"],
        actor_class=row["actor_class"],
        model=row["model"],
        centre_m=np.array([row[f"centre_{axis}_m"] for axis in "xyz"]),
        size_m=(row["length_m"], row["width_m"], row["height_m"]),
        rotation_rad=np.array([row[f"{angle}_rad"] for angle in ("yaw", "pitch", "roll")]),
        origin_m=np.array([row[f"origin_{axis}_m"] for axis in "xyz"]),
        velocity_mps=np.array([row[f"velocity_{axis}_mps"] for axis in "xyz"]),
        acceleration_mps2=row["acceleration_mps2"],
        lidar_points=dict(row["lidar_points"]),
        visible_fraction=row["visible_fraction"],
        distance_m=row["distance_m"],
        attribute=row["attribute"],
        doors=dict(row["doors"]),
        detectable=row.get("detectable", False),
    )


def _skeleton(row: dict[str, Any]) -> Skeleton:
    return Skeleton(row["instance_id"], row["kind"], np.array(row["xyz_m"], np.float64).reshape(-1, 3))


def _image_skeleton(row: dict[str, Any]) -> ImageSkeleton:
    uv_px = np.array(row["uv_px"], np.float64).reshape(-1, 2)
    return ImageSkeleton(row["instance_id"], row["kind"], uv_px, np.array(row["visibility"], np.uint8))


def _lines(path: Path) -> dict[int, Line]:
    rows = pq.read_table(path).to_pylist() if path.is_file() else []
    return {
        row["line_id"]: Line(
            row["line_id"], row["kind"], row["color"], np.array(row["points_m"], np.float64).reshape(-1, 3)
        )
        for row in rows
    }


def _signs(path: Path) -> dict[int, dict[str, Any]]:
    rows = pq.read_table(path).to_pylist() if path.is_file() else []
    return {row["sign_id"]: row for row in rows}


def _image_line(row: dict[str, Any]) -> ImageLine:
    uv_px = np.array(row["uv_px"], np.float64).reshape(-1, 2)
    return ImageLine(row["line_id"], row["first"], uv_px, np.array(row["visible"], bool), row["side"])


def _grouped(path: Path) -> dict[int, list[dict[str, Any]]]:
    rows: dict[int, list[dict[str, Any]]] = {}
    for row in pq.read_table(path).to_pylist():
        rows.setdefault(row["index"], []).append(row)
    return rows


def _grouped_if_there(path: Path) -> dict[int, list[dict[str, Any]]]:
    """The same of a table that older versions did not write."""
    return _grouped(path) if path.is_file() else {}


@dataclass(frozen=True, slots=True)
class NativeClip:
    """One clip of a native dataset."""

    root: Path
    about: dict[str, Any]  # clip.json

    @property
    def folder(self) -> Path:
        return self.root / "clips" / str(self.about["clip_id"])

    def samples(self, only: Collection[int] | None = None) -> Iterator[Sample]:
        """The clip's samples in order, or those of these indices; planes that were not captured are filled as if
        nothing were there.
        """
        poses = {row["index"]: row for row in pq.read_table(self.folder / "ego_poses.parquet").to_pylist()}
        frames = _grouped(self.folder / "frames.parquet")
        boxes = _grouped(self.folder / "boxes2d.parquet")
        cuboids = _grouped(self.folder / "cuboids.parquet")
        skeletons = _grouped_if_there(self.folder / "keypoints.parquet")
        lines = _lines(self.folder / "lane_lines.parquet")
        near = _grouped_if_there(self.folder / "lane_lines_near.parquet")
        image_lines = _grouped_if_there(self.folder / "lane_lines2d.parquet")
        image_skeletons = _grouped_if_there(self.folder / "keypoints2d.parquet")
        free = _grouped_if_there(self.folder / "free_space.parquet")
        signs = _signs(self.folder / "signs.parquet")
        signs_near = _grouped_if_there(self.folder / "signs_near.parquet")
        image_signs = _grouped_if_there(self.folder / "signs2d.parquet")
        imus, receivers = self._series("imu", imu_parts), self._series("gnss", gnss_parts)
        for entry in self.about["samples"]:
            index = entry["index"]
            if only is not None and index not in only:
                continue
            pose = poses[index]
            by_camera: dict[str, list[Box2D]] = {}
            for row in boxes.get(index, []):
                by_camera.setdefault(row["camera"], []).append(_box(row))
            points: dict[str, list[ImageSkeleton]] = {}
            for row in image_skeletons.get(index, []):
                points.setdefault(row["camera"], []).append(_image_skeleton(row))
            marked: dict[str, list[ImageLine]] = {}
            for row in image_lines.get(index, []):
                marked.setdefault(row["camera"], []).append(_image_line(row))
            told: dict[str, list[ImageSign]] = {}
            for row in image_signs.get(index, []):
                told.setdefault(row["camera"], []).append(image_sign_from(row))
            rows = frames.get(index, [])
            cameras = {row["sensor"]: self._camera(row) for row in rows if row["kind"] == "camera"}
            yield Sample(
                clip=self.about["clip_id"],
                index=index,
                time_ns=entry["time_ns"],
                world_from_ego=_matrix(pose["world_from_ego"]),
                ego_velocity_mps=np.array(pose["ego_velocity_mps"]),
                cameras=cameras,
                lidars={row["sensor"]: self._lidar(row) for row in rows if row["kind"] == "lidar"},
                imus={name: parts[index] for name, parts in imus.items() if index in parts},
                gnss={name: parts[index] for name, parts in receivers.items() if index in parts},
                radars={row["sensor"]: self._radar(row) for row in rows if row["kind"] == "radar"},
                labels=FrameLabels(
                    cuboids=tuple(_cuboid(row) for row in cuboids.get(index, [])),
                    boxes={name: tuple(by_camera.get(name, ())) for name in cameras},
                    tags=entry["tags"],
                    skeletons=tuple(_skeleton(row) for row in skeletons.get(index, [])),
                    lines=tuple(lines[row["line_id"]] for row in near.get(index, [])),
                    image_lines={name: tuple(marked.get(name, ())) for name in cameras},
                    drivable=self._drivable(rows),
                    image_skeletons={name: tuple(points.get(name, ())) for name in cameras},
                    signs=tuple(sign_from(signs[row["sign_id"]], row) for row in signs_near.get(index, [])),
                    image_signs={name: tuple(told.get(name, ())) for name in cameras},
                    free_space={row["camera"]: free_from(row) for row in free.get(index, [])},
                    scene_flow=self._scene_flow(rows),
                    **self._planes(entry.get("files", {})),
                ),
            )

    def _camera(self, row: dict[str, Any]) -> CameraFrame:
        sensor = self.about["sensors"][row["sensor"]]
        files = {plane: self.root / path for plane, path in row["files"]}
        shape = (sensor["height_px"], sensor["width_px"])

        def plane(name: str, blank: NDArray[Any]) -> NDArray[Any]:
            return read_plane(files[name]) if name in files else blank

        scaled = plane("transmittance", np.full(shape, TRANSMITTANCE_STEPS, np.uint16))
        return CameraFrame(
            sensor=row["sensor"],
            time_ns=row["time_ns"],
            model=CameraModel(
                sensor["width_px"],
                sensor["height_px"],
                np.array(sensor["matrix"], np.float64),
                np.array(sensor["distortion"], np.float64),
                bool(sensor.get("fisheye", False)),
                float(sensor.get("field_rad", np.inf)),
            ),
            world_from_camera=_matrix(row["world_from_sensor"]),
            ego_from_camera=_true_mount(row, sensor),
            stated_ego_from_camera=_stated_mount(row, sensor),
            image=read_image(files["image"]) if "image" in files else np.zeros((*shape, 3), np.uint8),
            instance=plane("instance", np.zeros(shape, np.int32)),
            semantic=plane("semantic", np.zeros(shape, np.uint8)),
            depth_m=plane("depth", np.full(shape, np.inf, np.float32)),
            transmittance=scaled.astype(np.float32) / np.float32(TRANSMITTANCE_STEPS),
            extras=self._extras(files),
            rows=_rows(read_plane(files["rows"])) if "rows" in files else None,
            encoded=files["image"].read_bytes() if "image" in files else None,
        )

    def _planes(self, files: dict[str, str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if "birdseye" in files:
            found["birdseye"] = birdseye_from(
                read_plane(self.root / files["birdseye"]), self.about["birdseye"]
            )
        if "occupancy" in files:
            found["occupancy"] = occupancy_from(read_plane(self.root / files["occupancy"]))
        return found

    def _scene_flow(self, rows: list[dict[str, Any]]) -> dict[str, NDArray[np.float32]]:
        paths = {row["sensor"]: dict(row["files"]).get("scene_flow") for row in rows}
        return {name: read_plane(self.root / path) for name, path in paths.items() if path is not None}

    def _drivable(self, rows: list[dict[str, Any]]) -> dict[str, NDArray[np.bool_]]:
        masks = {}
        for row in rows:
            files = dict(row["files"])
            if "drivable" in files:
                width = self.about["sensors"][row["sensor"]]["width_px"]
                packed = read_plane(self.root / files["drivable"])
                masks[row["sensor"]] = np.unpackbits(packed, axis=1, count=width).astype(bool)
        return masks

    def _extras(self, files: dict[str, Path]) -> Extras:
        planes: dict[str, Any] = {name: read_plane(files[name]) for name in EXTRA_PLANES if name in files}
        for name, plane in planes.items():
            if name in FLOWS:
                planes[name] = joined(plane)
            elif name in HALVES:
                planes[name] = plane.astype(np.float32)
        return Extras(**planes, clean=read_image(files["clean"]) if "clean" in files else None)

    def _lidar(self, row: dict[str, Any]) -> LidarSweep:
        sensor = self.about["sensors"][row["sensor"]]
        table = pq.read_table(self.root / dict(row["files"])["points"])
        column = {name: table[name].to_numpy() for name in table.column_names}
        return LidarSweep(
            sensor=row["sensor"],
            model=sensor["model"],
            time_ns=row["time_ns"],
            world_from_lidar=_matrix(row["world_from_sensor"]),
            ego_from_lidar=_true_mount(row, sensor),
            stated_ego_from_lidar=_stated_mount(row, sensor),
            xyz_m=np.stack([column[axis] for axis in "xyz"], axis=1),
            raw_xyz_m=np.stack([column[f"raw_{axis}"] for axis in "xyz"], axis=1),
            intensity=column["intensity"],
            ring=column["ring"],
            offset_ns=column["offset_ns"],
            instance=column["instance"],
            semantic=column["semantic"],
            cause=column["cause"],
            range_m=column["range_m"],
            cos_incidence=column["cos_incidence"],
            # Datasets of before lidars had several returns say nothing about them.
            return_index=column.get("return_index", np.zeros(len(column["ring"]), np.uint8)),
            fired=row["fired"],
            lost=dict(row["lost"]),
        )

    def _series(
        self, kind: str, parts: Callable[[str, dict[str, Any], Any], dict[int, Reading]]
    ) -> dict[str, dict[int, Reading]]:
        """Readings by sensor and sample."""
        return {
            name: parts(name, sensor, pq.read_table(self.folder / kind / f"{name}.parquet"))
            for name, sensor in self.about["sensors"].items()
            if sensor["kind"] == kind
        }

    def _radar(self, row: dict[str, Any]) -> RadarScan:
        sensor = self.about["sensors"][row["sensor"]]
        table = pq.read_table(self.root / dict(row["files"])["detections"])
        return RadarScan(
            sensor=row["sensor"],
            model=sensor["model"],
            time_ns=row["time_ns"],
            world_from_radar=_matrix(row["world_from_sensor"]),
            ego_from_radar=_true_mount(row, sensor),
            stated_ego_from_radar=_stated_mount(row, sensor),
            radar_velocity_mps=np.array(row["sensor_velocity_mps"], np.float64),
            **{name: table[name].to_numpy() for name in COLUMNS},
        )


@dataclass(frozen=True, slots=True)
class NativeDataset:
    """A native dataset on disk."""

    root: Path
    manifest: dict[str, Any]

    @staticmethod
    def open(root: Path) -> "NativeDataset":
        """Read manifest.json; ValueError where the folder is of another schema."""
        manifest = json.loads((root / "manifest.json").read_text(encoding="utf-8"))
        if manifest.get("format") != "stormlane" or manifest.get("schema") != SCHEMA_VERSION:
            raise ValueError(
                f"{root}: expected a native dataset of schema {SCHEMA_VERSION}, "
                f"found {manifest.get('format')!r} {manifest.get('schema')!r}"
            )
        return NativeDataset(root, manifest)

    @property
    def clip_ids(self) -> list[str]:
        return [entry["clip_id"] for entry in self.manifest["clips"]]

    def clip(self, clip_id: str) -> NativeClip:
        """One clip; KeyError names the known ones."""
        if clip_id not in self.clip_ids:
            raise KeyError(f"no clip {clip_id!r}; there are {', '.join(self.clip_ids)}")
        text = (self.root / "clips" / clip_id / "clip.json").read_text(encoding="utf-8")
        return NativeClip(self.root, json.loads(text))

    def samples(self) -> Iterator[Sample]:
        """All samples of all clips."""
        for clip_id in self.clip_ids:
            yield from self.clip(clip_id).samples()


def read_samples(root: Path) -> Iterator[Sample]:
    """All samples of the native dataset in a folder."""
    return NativeDataset.open(root).samples()
