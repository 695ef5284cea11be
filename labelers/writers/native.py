"""Our own format: everything that is known, lossless but for the JPEG images.  Labels floor.

docs/formats.md is the schema; `labelers.native_reader` reads it back into `Sample` records.  Planes are
zstd-compressed .npy files, sweeps and tables are Parquet, the rest is JSON.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelers.captions import clip_caption
from labelers.clock import clip_start
from labelers.definitions import (
    BIRDSEYE_LAYERS,
    DEFINITIONS,
    KEYPOINTS,
    OCCUPANCY_CLASSES,
    OWN_BODY_M,
    VERSION,
)
from labelers.records import Sample
from labelers.writers.base import Clip
from labelers.writers.files import (
    arrow_bytes,
    halves,
    jpeg_bytes,
    json_bytes,
    picture_bytes,
    plane_bytes,
    split_bytes,
    table_bytes,
    write_bytes,
)
from labelers.writers.native_maps import FREE_SPACE, free_rows, road_bytes, sample_planes
from labelers.writers.native_series import series_table
from labelers.writers.native_signs import (
    IMAGE_SIGNS,
    SIGNS,
    SIGNS_NEAR,
    image_rows,
    near_rows,
    sign_row,
)
from labelers.writers.native_tables import (
    BOXES2D,
    CUBOIDS,
    EGO_POSES,
    EXTRA_PLANES,
    FLOW_STEPS,
    FLOWS,
    FRAMES,
    HALVES,
    IMAGE_KEYPOINTS,
    IMAGE_LINES,
    KEYPOINT_TABLE,
    LANE_LINES,
    LINES_NEAR,
    POINTS_ENCODING,
    SCHEMA_VERSION,
    box_row,
    cuboid_row,
    detections_table,
    image_keypoint_rows,
    image_line_rows,
    keypoint_rows,
    line_row,
    points_table,
)  # fmt: skip
from renderers.frames import TRANSMITTANCE_STEPS, CameraFrame, Cause, LidarSweep
from renderers.radar_scan import RadarCause, RadarScan
from scenarios.taxonomy import ACTOR_CLASSES, SEMANTICS
from sim.readings import GnssFixes, ImuReadings


def _extra_planes(frame: CameraFrame) -> dict[str, tuple[str, Any]]:
    """What `capture: {also: ...}` asks for, no finer than anybody needs."""
    given = frame.extras
    planes: dict[str, tuple[str, Any]] = {}
    if frame.rows is not None:
        poses = frame.rows.world_from_row.reshape(-1, 16)
        planes["rows"] = (
            "npy.zst",
            plane_bytes(np.concatenate([frame.rows.offset_s[:, None], poses], axis=1)),
        )
    if given.clean is not None:
        planes["clean"] = ("jpg", jpeg_bytes(given.clean))
    for name in EXTRA_PLANES:
        plane = getattr(given, name)
        if plane is None:
            continue
        if name in HALVES:
            plane = halves(plane)
        elif name in FLOWS:
            plane = split_bytes(plane, FLOW_STEPS)
        planes[name] = ("npy.zst", plane_bytes(plane))
    return planes


class NativeClipWriter:
    """Writes one clip below clips/<clip id>/."""

    def __init__(self, root: Path, clip: Clip) -> None:
        self._root, self._clip = root, clip
        self._folder = Path("clips") / clip.clip_id
        self._outputs = frozenset(clip.concrete.scenario.capture.outputs)
        self._sensors: dict[str, dict[str, Any]] = {}
        self._samples: list[dict[str, Any]] = []
        self._poses: list[dict[str, Any]] = []
        self._frames: list[dict[str, Any]] = []
        self._boxes: list[dict[str, Any]] = []
        self._cuboids: list[dict[str, Any]] = []
        self._keypoints: list[dict[str, Any]] = []
        self._image_keypoints: list[dict[str, Any]] = []
        self._lines: dict[int, dict[str, Any]] = {}
        self._lines_near: list[dict[str, Any]] = []
        self._image_lines: list[dict[str, Any]] = []
        self._free: list[dict[str, Any]] = []
        self._signs: dict[int, dict[str, Any]] = {}
        self._signs_near: list[dict[str, Any]] = []
        self._image_signs: list[dict[str, Any]] = []
        self._series: dict[str, list[tuple[int, ImuReadings | GnssFixes]]] = {}

    def add(self, sample: Sample) -> list[Path]:
        """Write the frames of one sample and keep its rows."""
        written: list[Path] = []
        for name in sorted(sample.cameras):
            mask = sample.labels.drivable.get(name)
            written += self._camera(sample.index, sample.cameras[name], mask)
        for name in sorted(sample.lidars):
            flow = sample.labels.scene_flow.get(name)
            written += self._lidar(sample.index, sample.lidars[name], flow)
        own: dict[str, str] = {}
        for name, data in sample_planes(sample).items():
            path = self._folder / name / f"{sample.index:06d}.npy.zst"
            write_bytes(self._root / path, data)
            own[name] = path.as_posix()
            written.append(path)
        for name in sorted(sample.radars):
            written += self._radar(sample.index, sample.radars[name])
        read: dict[str, ImuReadings | GnssFixes] = {**sample.imus, **sample.gnss}
        for name, part in sorted(read.items()):
            kind = "imu" if isinstance(part, ImuReadings) else "gnss"
            if kind in self._outputs:
                mount = part.ego_from_imu if isinstance(part, ImuReadings) else part.ego_from_antenna
                self._sensors.setdefault(name, {"kind": kind, "ego_from_sensor": mount})
                self._series.setdefault(name, []).append((sample.index, part))
        self._poses.append(
            {
                "index": sample.index,
                "time_ns": sample.time_ns,
                "world_from_ego": sample.world_from_ego.ravel().tolist(),
                "ego_velocity_mps": sample.ego_velocity_mps.tolist(),
            }
        )
        self._samples.append(
            {
                "index": sample.index,
                "time_ns": sample.time_ns,
                "tags": sample.labels.tags,
                **({"files": own} if own else {}),
            }
        )
        self._free += free_rows(sample)
        if "boxes2d" in self._outputs:
            for camera in sorted(sample.labels.boxes):
                self._boxes += [box_row(sample.index, camera, box) for box in sample.labels.boxes[camera]]
        if "boxes3d" in self._outputs:
            self._cuboids += [cuboid_row(sample.index, cuboid) for cuboid in sample.labels.cuboids]
            self._keypoints += keypoint_rows(sample)
            self._image_keypoints += image_keypoint_rows(sample)
            self._lines |= {line.line_id: line_row(line) for line in sample.labels.lines}
            self._lines_near += [
                {"index": sample.index, "line_id": line.line_id} for line in sample.labels.lines
            ]
            self._image_lines += image_line_rows(sample)
            self._signs |= {sign.sign_id: sign_row(sign) for sign in sample.labels.signs}
            self._signs_near += near_rows(sample)
            self._image_signs += image_rows(sample)
        return written

    def _camera(self, index: int, frame: CameraFrame, drivable: NDArray[np.bool_] | None) -> list[Path]:
        self._sensors.setdefault(
            frame.sensor,
            {
                "kind": "camera",
                "width_px": frame.model.width_px,
                "height_px": frame.model.height_px,
                "matrix": frame.model.matrix,
                "distortion": frame.model.distortion,
                **({"fisheye": True, "field_rad": frame.model.field_rad} if frame.model.fisheye else {}),
                "ego_from_sensor": frame.calibration,
            },
        )
        scaled = np.rint(frame.transmittance.astype(np.float64) * TRANSMITTANCE_STEPS).astype(np.uint16)
        planes: dict[str, tuple[str, Any]] = {}  # plane -> (file ending, bytes)
        if "camera" in self._outputs:
            planes["image"] = ("jpg", picture_bytes(frame))
            planes["transmittance"] = ("npy.zst", plane_bytes(scaled))
        if "instance" in self._outputs:
            planes["instance"] = ("npy.zst", plane_bytes(frame.instance))
        if "semantic" in self._outputs:
            planes["semantic"] = ("npy.zst", plane_bytes(frame.semantic))
            if drivable is not None:
                planes["drivable"] = ("npy.zst", plane_bytes(np.packbits(drivable, axis=1)))
        if "depth" in self._outputs:
            planes["depth"] = ("npy.zst", plane_bytes(frame.depth_m))
        planes |= _extra_planes(frame)
        paths = {
            plane: self._folder / plane / frame.sensor / f"{index:06d}.{ending}"
            for plane, (ending, _) in planes.items()
        }
        for plane, (_, data) in planes.items():
            write_bytes(self._root / paths[plane], data)
        self._frame(index, "camera", frame.sensor, frame.time_ns, frame.world_from_camera, paths)
        if frame.stated_ego_from_camera is not None:
            self._frames[-1]["ego_from_sensor"] = frame.ego_from_camera.ravel().tolist()
        return list(paths.values())

    def _lidar(self, index: int, sweep: LidarSweep, flow: NDArray[np.float32] | None) -> list[Path]:
        if "lidar" not in self._outputs:
            return []
        self._sensors.setdefault(
            sweep.sensor,
            {"kind": "lidar", "model": sweep.model, "ego_from_sensor": sweep.calibration},
        )
        path = self._folder / "points" / sweep.sensor / f"{index:06d}.parquet"
        write_bytes(self._root / path, arrow_bytes(points_table(sweep), POINTS_ENCODING))
        paths = {"points": path}
        if flow is not None:
            paths["scene_flow"] = self._folder / "scene_flow" / sweep.sensor / f"{index:06d}.npy.zst"
            write_bytes(self._root / paths["scene_flow"], plane_bytes(flow))
        self._frame(index, "lidar", sweep.sensor, sweep.time_ns, sweep.world_from_lidar, paths)
        self._frames[-1] |= {"fired": sweep.fired, "lost": sorted(sweep.lost.items())}
        if sweep.stated_ego_from_lidar is not None:
            self._frames[-1]["ego_from_sensor"] = sweep.ego_from_lidar.ravel().tolist()
        return list(paths.values())

    def _radar(self, index: int, scan: RadarScan) -> list[Path]:
        if "radar" not in self._outputs:
            return []
        self._sensors.setdefault(
            scan.sensor, {"kind": "radar", "model": scan.model, "ego_from_sensor": scan.calibration}
        )
        path = self._folder / "radar" / scan.sensor / f"{index:06d}.parquet"
        write_bytes(self._root / path, arrow_bytes(detections_table(scan), {}))
        self._frame(index, "radar", scan.sensor, scan.time_ns, scan.world_from_radar, {"detections": path})
        self._frames[-1]["sensor_velocity_mps"] = scan.radar_velocity_mps.tolist()
        if scan.stated_ego_from_radar is not None:
            self._frames[-1]["ego_from_sensor"] = scan.ego_from_radar.ravel().tolist()
        return [path]

    def _frame(
        self, index: int, kind: str, sensor: str, time_ns: int, world_from_sensor: Any, paths: dict[str, Path]
    ) -> None:
        self._frames.append(
            {
                "index": index,
                "sensor": sensor,
                "kind": kind,
                "time_ns": time_ns,
                "world_from_sensor": world_from_sensor.ravel().tolist(),
                "files": sorted((plane, path.as_posix()) for plane, path in paths.items()),
                "fired": None,
                "lost": None,
                "ego_from_sensor": None,
                "sensor_velocity_mps": None,
            }
        )

    def close(self) -> dict[str, Any]:
        """Write the clip's tables."""
        concrete = self._clip.concrete
        capture = concrete.scenario.capture
        maps = {"size_m": capture.birdseye_size_m, "cell_m": capture.birdseye_cell_m}
        about = {
            "clip_id": self._clip.clip_id,
            "scenario": concrete.scenario.scenario,
            "seed": concrete.seed,
            "sample": concrete.sample,
            "params": concrete.params,
            "point": concrete.point,
            "tags": concrete.scenario.tags,
            "caption": clip_caption(concrete, [entry["tags"] for entry in self._samples]),
            "start_utc": clip_start(concrete).isoformat(),
            "rate_hz": self._clip.rate_hz,
            "outputs": sorted(self._outputs),
            **({"birdseye": maps} if "birdseye" in capture.also else {}),
            "sensors": self._sensors,
            "samples": self._samples,
        }
        files = {
            "clip.json": json_bytes(about, indent=1, digits=None),
            "ego_poses.parquet": table_bytes(self._poses, EGO_POSES),
            "frames.parquet": table_bytes(self._frames, FRAMES),
            "boxes2d.parquet": table_bytes(self._boxes, BOXES2D),
            "cuboids.parquet": table_bytes(self._cuboids, CUBOIDS),
            "keypoints.parquet": table_bytes(self._keypoints, KEYPOINT_TABLE),
            "lane_lines.parquet": table_bytes([self._lines[n] for n in sorted(self._lines)], LANE_LINES),
            "lane_lines_near.parquet": table_bytes(self._lines_near, LINES_NEAR),
            "lane_lines2d.parquet": table_bytes(self._image_lines, IMAGE_LINES),
            "signs.parquet": table_bytes([self._signs[n] for n in sorted(self._signs)], SIGNS),
            "signs_near.parquet": table_bytes(self._signs_near, SIGNS_NEAR),
            "signs2d.parquet": table_bytes(self._image_signs, IMAGE_SIGNS),
            "keypoints2d.parquet": table_bytes(self._image_keypoints, IMAGE_KEYPOINTS),
        }
        for name, parts in sorted(self._series.items()):
            files[f"{self._sensors[name]['kind']}/{name}.parquet"] = arrow_bytes(series_table(parts))
        if self._free:
            files["free_space.parquet"] = table_bytes(self._free, FREE_SPACE)
        if "birdseye" in capture.also and self._clip.road is not None:
            files["road_areas.json"] = road_bytes(self._clip.road)
        if self._clip.expectations is not None:
            files["expectations.json"] = json_bytes(self._clip.expectations)
        for name, data in files.items():
            write_bytes(self._root / self._folder / name, data)
        return {
            "files": [(self._folder / name).as_posix() for name in files],
            "dropped": {},
            "samples": len(self._samples),
            "boxes2d": len(self._boxes),
            "cuboids": len(self._cuboids),
        }


@dataclass(frozen=True, slots=True)
class Native:
    """The native format; it leaves nothing out."""

    name: str = "native"
    needs: frozenset[str] = frozenset()

    def open(self, root: Path, clip: Clip) -> NativeClipWriter:
        return NativeClipWriter(root, clip)

    def finalize(self, root: Path, fragments: Sequence[tuple[Clip, dict[str, Any]]]) -> list[Path]:
        """Write manifest.json."""
        manifest = {
            "format": "stormlane",
            "schema": SCHEMA_VERSION,
            "definitions_version": VERSION,
            "definitions": DEFINITIONS,
            "semantics": [asdict(entry) for entry in SEMANTICS],
            "actor_classes": [asdict(entry) for entry in ACTOR_CLASSES.values()],
            "keypoints": {
                kind: {"names": names, "own_body_m": OWN_BODY_M[kind]} for kind, names in KEYPOINTS.items()
            },
            "birdseye_layers": BIRDSEYE_LAYERS,
            "occupancy_classes": OCCUPANCY_CLASSES,
            "lidar_causes": {cause.name.lower(): int(cause) for cause in Cause},
            "radar_causes": {cause.name.lower(): int(cause) for cause in RadarCause},
            "clips": [
                {
                    "clip_id": clip.clip_id,
                    "folder": f"clips/{clip.clip_id}",
                    "samples": fragment["samples"],
                    "boxes2d": fragment["boxes2d"],
                    "cuboids": fragment["cuboids"],
                    **({"split": clip.split} if clip.split else {}),
                }
                for clip, fragment in fragments
            ],
        }
        write_bytes(root / "manifest.json", json_bytes(manifest, indent=1))
        return [Path("manifest.json")]
