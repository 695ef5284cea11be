"""ASAM OpenLABEL 1.0.0: one JSON per clip: objects, sensors, poses, tags of the operational domain.  Labels floor.

Boxes are centre and size; cuboids are centre, quaternion (x, y, z, w) and size in the frame "world".  Tags are classes
of the standard's own ontology, keyed to BSI PAS 1883; `boundary_list` names every class that was considered, so that
the absence of a tag means that there was none.  A clip is tagged with what occurs in it; a value is the range from the
least to the most.  Pictures and sweeps lie beside the JSON under the names that its streams give.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelers import captions
from labelers.clock import clip_start_us
from labelers.definitions import DEFINITIONS, KEYPOINTS
from labelers.geometry import quaternion_wxyz, world_from_cuboid
from labelers.records import Box, Box2D, Cuboid, ImageSign, ImageSkeleton, Sample, Sign
from labelers.writers.base import Clip
from labelers.writers.files import json_bytes, picture_bytes, plain, write_bytes
from renderers.frames import CameraFrame, LidarSweep
from sim.trace import pose_matrix

ONTOLOGY = "https://openlabel.asam.net/V1-0-0/ontologies/openlabel_ontology_scenario_tags.ttl"
# Class of the ontology: the tag of ours that it is read from, and from which value on it is present.
MEASURED: dict[str, tuple[str, float]] = {
    "WeatherRain": ("rain_mm_per_h", 0.1),
    "WeatherSnow": ("snow_mm_per_h", 0.1),
    "WeatherWind": ("wind_mps", 0.0),
    "IlluminationCloudiness": ("cloud_okta", 0.0),
    "DaySunElevation": ("sun_elevation_deg", 0.0),
    "SurfaceConditionStandingWater": ("puddle_cover", 0.01),
    "SubjectVehicleSpeed": ("ego_speed_kmh", 0.0),
}
WORDED: dict[str, tuple[str, frozenset[str]]] = {
    "IlluminationDay": ("light", frozenset({"day"})),
    "LowLightAmbient": ("light", frozenset({"dusk"})),
    "LowLightNight": ("light", frozenset({"night"})),
    "ArtificialStreetLighting": ("street_lamps", frozenset({"lit"})),
    "ParticulatesWater": ("fog", frozenset({"dense", "thick", "light"})),
    "SurfaceConditionWet": ("ground", frozenset({"wet", "damp"})),
    "SurfaceConditionIcy": ("ground", frozenset({"icy"})),
    "SurfaceConditionSnow": ("ground", frozenset({"snowy"})),
    "RoadTypeMotorway": ("iso34503_drivable_area_type", frozenset({"motorways"})),
    "RoadTypeDistributor": ("iso34503_drivable_area_type", frozenset({"distributor_roads"})),
    "RoadTypeMinor": ("iso34503_drivable_area_type", frozenset({"minor_roads"})),
}
ROAD_USERS = (*sorted(set(captions.ROAD_USERS.values())), captions.PERSON, captions.ANIMAL)
FIRST_SIGN = 1_000_000  # signs are numbered from here, actors below


def domain_tags(seen: Sequence[Mapping[str, str | float]]) -> dict[str, dict[str, Any]]:
    """Tags of a clip by number, from the tags of its samples."""
    found: list[dict[str, Any]] = []
    for name, (source, least) in MEASURED.items():
        values = [float(tags[source]) for tags in seen if source in tags]
        if values and max(values) >= least:
            ends = (("min", min(values)), ("max", max(values)))
            numbers = [{"type": "value", "val": values[0]}] if min(values) == max(values) else [
                {"type": kind, "val": value} for kind, value in ends
            ]  # fmt: skip
            found.append({"type": name, "tag_data": {"num": numbers}})
    for name, (source, words) in WORDED.items():
        if any(str(tags.get(source)) in words for tags in seen):
            found.append({"type": name})
    users = {user for tags in seen for user in str(tags.get("openlabel_road_users", "")).split(", ") if user}
    found += [{"type": user} for user in sorted(users)]
    return {str(number): {"ontology_uid": "0", **tag} for number, tag in enumerate(found)}


def _pose(matrix: NDArray[np.float64]) -> dict[str, Any]:
    w, x, y, z = quaternion_wxyz(matrix)
    return {"quaternion": [x, y, z, w], "translation": matrix[:3, 3]}


def _bbox(name: str, camera: str, box: Box, attributes: dict[str, Any]) -> dict[str, Any]:
    x0, y0, x1, y1 = box
    return {
        "name": name,
        "coordinate_system": camera,
        "val": [(x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0],
        "attributes": attributes,
    }


@dataclass(frozen=True, slots=True)
class OpenLabel:
    """The OpenLABEL format; every actor is written in every frame, seen or not, with what says how well."""

    name: str = "openlabel"
    needs: frozenset[str] = frozenset({"boxes2d", "boxes3d"})

    def open(self, root: Path, clip: Clip) -> "OpenLabelClipWriter":
        return OpenLabelClipWriter(root, clip)

    def finalize(self, root: Path, fragments: Sequence[tuple[Clip, dict[str, Any]]]) -> list[Path]:
        """List the clips, whose files are complete already."""
        clips = {
            clip.clip_id: {"dropped": fragment["dropped"], "split": clip.split}
            for clip, fragment in fragments
        }
        about = {"definitions": DEFINITIONS, "clips": clips}
        write_bytes(root / "stormlane.json", json_bytes(about, indent=1))
        return [Path("stormlane.json")]


class OpenLabelClipWriter:
    """Writes one clip as openlabel/<clip id>.json."""

    def __init__(self, root: Path, clip: Clip) -> None:
        self._root, self._clip = root, clip
        self._start_us = clip_start_us(clip.concrete)
        self._frames: dict[str, Any] = {}
        self._objects: dict[str, dict[str, Any]] = {}
        self._present: dict[str, list[int]] = {}  # frames, by object
        self._told: dict[
            str, dict[tuple[str, str], list[int]]
        ] = {}  # frames, by object and (name, type) of data
        self._sensors: dict[str, tuple[NDArray[np.float64], dict[str, Any]]] = {}
        self._tags: list[Mapping[str, str | float]] = []

    def add(self, sample: Sample) -> list[Path]:
        """Write the frames of one sample and note its objects."""
        streams: dict[str, Any] = {}
        paths: list[Path] = []
        frames: list[CameraFrame | LidarSweep] = [*sample.cameras.values(), *sample.lidars.values()]
        for frame in sorted(frames, key=lambda entry: entry.sensor):
            ending = "jpg" if isinstance(frame, CameraFrame) else "bin"
            path = Path("data") / self._clip.clip_id / frame.sensor / f"{sample.index:06d}.{ending}"
            if isinstance(frame, CameraFrame):
                write_bytes(self._root / path, picture_bytes(frame))
            else:
                points = np.column_stack([frame.xyz_m, frame.intensity])
                write_bytes(self._root / path, points.astype("<f4").tobytes())
            paths.append(path)
            self._sensors.setdefault(frame.sensor, (frame.calibration, _stream(frame, path.parent)))
            sync = {"timestamp": self._stamp(frame.time_ns), "frame_stream": sample.index}
            streams[frame.sensor] = {"uri": path.as_posix(), "stream_properties": {"sync": sync}}
        self._frames[str(sample.index)] = {
            "frame_properties": {
                "timestamp": self._stamp(sample.time_ns),
                "streams": streams,
                "transforms": {
                    "vehicle-iso8855_to_world": {
                        "src": "vehicle-iso8855",
                        "dst": "world",
                        "transform_src_to_dst": _pose(sample.world_from_ego),
                    }
                },
            },
            "objects": {str(c.instance_id): self._object(sample, c) for c in sample.labels.cuboids}
            | {str(FIRST_SIGN + s.sign_id): self._sign(sample, s) for s in sample.labels.signs},
        }
        self._tags.append(sample.labels.tags)
        return paths

    def _stamp(self, time_ns: int) -> str:
        """Seconds from 1970, to the microsecond."""
        time_us = self._start_us + time_ns // 1000
        return f"{time_us // 1_000_000}.{time_us % 1_000_000:06d}"

    def _object(self, sample: Sample, cuboid: Cuboid) -> dict[str, Any]:
        number = str(cuboid.instance_id)
        constant = {"text": [{"name": "model", "val": cuboid.model}]}
        self._objects.setdefault(
            number, {"name": cuboid.name, "type": cuboid.actor_class, "object_data": constant}
        )
        self._present.setdefault(number, []).append(sample.index)
        w, x, y, z = quaternion_wxyz(world_from_cuboid(cuboid))
        numbers = {
            "lidar_points": sum(cuboid.lidar_points.values()),
            "visible_fraction": cuboid.visible_fraction,
            "distance_m": cuboid.distance_m,
        }
        solid = {
            "name": "shape3D",
            "coordinate_system": "world",
            "val": [*cuboid.centre_m.tolist(), x, y, z, w, *cuboid.size_m],
            "attributes": {
                "num": [{"name": name, "val": value} for name, value in numbers.items()],
                "text": [{"name": "state", "val": cuboid.attribute}],
                "vec": [{"name": "velocity_mps", "val": cuboid.velocity_mps.tolist()}],
            },
        }
        flat = [
            entry
            for camera in sorted(sample.labels.boxes)
            for box in sample.labels.boxes[camera]
            if box.instance_id == cuboid.instance_id
            for entry in _boxes(camera, box)
        ]
        points = [
            entry
            for camera in sorted(sample.labels.image_skeletons)
            for one in sample.labels.image_skeletons[camera]
            if one.instance_id == cuboid.instance_id
            for entry in _points(camera, one)
        ]
        data = {"cuboid": [solid], "bbox": flat, "point2d": points}
        held = {kind: entries for kind, entries in data.items() if entries}
        told = self._told.setdefault(number, {})
        for kind, entries in held.items():
            for entry in entries:
                told.setdefault((entry["name"], kind), []).append(sample.index)
        return {"object_data": held}

    def _sign(self, sample: Sample, sign: Sign) -> dict[str, Any]:
        """A sign or a traffic light: what it is once, where cameras see it and what it shows in each frame."""
        number = str(FIRST_SIGN + sign.sign_id)  # the schema wants numbers
        w, x, y, z = quaternion_wxyz(pose_matrix(sign.centre_m, sign.rotation_rad))
        solid = {
            "name": "face",
            "coordinate_system": "world",
            "val": [*sign.centre_m.tolist(), x, y, z, w, *sign.size_m],
        }
        told = {"code": sign.code, "official": sign.official, "value": sign.value}
        constant = {"text": [{"name": name, "val": val} for name, val in told.items() if val]}
        kind = "traffic_light" if sign.kind == "light" else "traffic_sign"
        self._objects.setdefault(
            number, {"name": f"sign_{sign.sign_id}", "type": kind, "object_data": constant}
        )
        self._present.setdefault(number, []).append(sample.index)
        flat = [
            _bbox(f"{camera}_visible", camera, seen.visible, _sign_attributes(seen))
            for camera, kept in sorted(sample.labels.image_signs.items())
            for seen in kept
            if seen.sign_id == sign.sign_id and seen.visible is not None
        ]
        says = [("meaning", sign.meaning), *([("state", sign.state)] if sign.state else [])]
        data: dict[str, Any] = {
            "cuboid": [solid],
            "text": [{"name": name, "val": val} for name, val in says],
            **({"bbox": flat} if flat else {}),
        }
        kinds = [("face", "cuboid"), *((name, "text") for name, _ in says)]
        pointers = self._told.setdefault(number, {})
        for key in (*kinds, *((entry["name"], "bbox") for entry in flat)):
            pointers.setdefault(key, []).append(sample.index)
        return {"object_data": data}

    def close(self) -> dict[str, Any]:
        """Write the clip's document."""
        last = max((int(index) for index in self._frames), default=0)
        first = min((int(index) for index in self._frames), default=0)
        objects = {
            number: {
                **self._objects[number],
                "coordinate_system": "world",
                "frame_intervals": intervals(present),
                "object_data_pointers": {
                    name: {"type": kind, "frame_intervals": intervals(told)}
                    for (name, kind), told in self._told[number].items()
                },
            }
            for number, present in self._present.items()
        }
        sensors = sorted(self._sensors)
        frames: dict[str, Any] = {
            "world": {"type": "scene_cs", "parent": "", "children": ["vehicle-iso8855"]},
            "vehicle-iso8855": {"type": "local_cs", "parent": "world", "children": sensors},
        }
        for name in sensors:
            pose = _pose(self._sensors[name][0])
            parent = "vehicle-iso8855"
            frames[name] = {"type": "sensor_cs", "parent": parent, "children": [], "pose_wrt_parent": pose}
        document = {
            "openlabel": {
                "metadata": {
                    "schema_version": "1.0.0",
                    "name": self._clip.clip_id,
                    "annotator": "Stormlane",
                    "comment": self._clip.concrete.scenario.description,
                },
                "ontologies": {
                    "0": {
                        "uri": ONTOLOGY,
                        "boundary_list": [*MEASURED, *WORDED, *ROAD_USERS],
                        "boundary_mode": "include",
                    }
                },
                "coordinate_systems": frames,
                "streams": {name: self._sensors[name][1] for name in sensors},
                "frame_intervals": [{"frame_start": first, "frame_end": last}],
                "objects": objects,
                "tags": domain_tags(self._tags),
                "frames": self._frames,
            }
        }
        path = Path("openlabel") / f"{self._clip.clip_id}.json"
        write_bytes(self._root / path, json_bytes(document))
        fragment: dict[str, Any] = plain({"files": [path.as_posix()], "dropped": {}})
        return fragment


def _boxes(camera: str, box: Box2D) -> list[dict[str, Any]]:
    """The visible and the amodal box of an object in a camera."""
    numbers = {
        "occlusion": box.occlusion,
        "truncation": box.truncation,
        "visible_px": box.visible_px,
        "transmittance": box.transmittance,
    }
    attributes = {"num": [{"name": name, "val": value} for name, value in numbers.items()]}
    kinds = (("visible", box.visible), ("amodal", box.amodal))
    return [_bbox(f"{camera}_{kind}", camera, bounds, attributes) for kind, bounds in kinds if bounds]


def _points(camera: str, skeleton: ImageSkeleton) -> list[dict[str, Any]]:
    """Key points in one image, pixel centres at integers; what is not in it is left out."""
    names = KEYPOINTS[skeleton.kind]
    return [
        {
            "name": f"{camera}_{names[k]}",
            "coordinate_system": camera,
            "val": uv.tolist(),
            "attributes": {"boolean": [{"name": "visible", "val": seen == 2}]},
        }
        for k, (uv, seen) in enumerate(zip(skeleton.uv_px, skeleton.visibility.tolist(), strict=True))
        if seen
    ]


def _sign_attributes(seen: ImageSign) -> dict[str, Any]:
    numbers = {"occlusion": seen.occlusion, "truncation": seen.truncation, "visible_px": seen.visible_px}
    return {
        "num": [{"name": name, "val": value} for name, value in numbers.items()],
        "text": [{"name": "facing", "val": seen.facing}],
    }


def intervals(present: Sequence[int]) -> list[dict[str, int]]:
    """Closed intervals of consecutive frames."""
    found: list[dict[str, int]] = []
    for index in sorted(present):
        if found and found[-1]["frame_end"] == index - 1:
            found[-1]["frame_end"] = index
        else:
            found.append({"frame_start": index, "frame_end": index})
    return found


def _stream(frame: CameraFrame | LidarSweep, folder: Path) -> dict[str, Any]:
    words: dict[str, Any] = {"uri": f"{folder.as_posix()}/", "description": frame.sensor}
    if isinstance(frame, LidarSweep):
        return {**words, "type": "lidar", "description": f"{frame.model}; float32 x, y, z, intensity"}
    model = frame.model
    size = {"width_px": model.width_px, "height_px": model.height_px}
    if model.fisheye:
        intrinsics = {
            "intrinsics_fisheye": {
                **size,
                "center_x_px": model.matrix[0, 2],
                "center_y_px": model.matrix[1, 2],
                "focal_length_x": model.matrix[0, 0],
                "focal_length_y": model.matrix[1, 1],
                "lens_coeffs": model.distortion.tolist(),
            }
        }
    else:
        matrix = np.hstack([model.matrix, np.zeros((3, 1))]).ravel().tolist()
        coefficients = model.distortion.tolist()
        intrinsics = {
            "intrinsics_pinhole": {
                **size,
                "camera_matrix": matrix,
                "distortion_coeffs": coefficients,
                "camera_matrix_3x4": matrix,  # as the VCD toolkit calls them
                "distortion_coeffs_1xN": coefficients,
            }
        }
    return {**words, "type": "camera", "stream_properties": intrinsics}
