"""OSI ground truth: a trace of `GroundTruth` messages per clip, as ASAM's simulators exchange it.  Labels floor.

`traces/<time>_gt_380_0_<frames>_<clip>.osi`, each message behind its length (four bytes, little-endian).  Objects are
those of a sample, the host vehicle among them; what stands on the road and does not move is stationary.  Lanes with
their boundaries (`labelers.osi_lanes`), signs and traffic lights (`labelers.osi_signs`) are those near the host.
Weather and light are in OSI's own classes.  There are no sensors in it, so every actor is written, seen or not.
"""

import math
import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelers.clock import clip_start, clip_start_us
from labelers.definitions import DEFINITIONS
from labelers.geometry import world_from_cuboid
from labelers.osi_lanes import OsiLanes, boundary
from labelers.osi_messages import VERSION, encode, vector
from labelers.osi_signs import light_messages, sign_messages
from labelers.records import Cuboid, Sample, Sign
from labelers.writers.base import Clip
from labelers.writers.files import json_bytes, plain, write_bytes
from scenarios.bodies import BODIES
from scenarios.taxonomy import ACTOR_CLASSES
from sim.trace import euler_rad

Words = dict[str, Any]

HOST_ID = 1 << 32  # above every instance id
LINE_ID = 2 << 32  # and line ids above these: OSI's ids are one number space
OTHER, VEHICLE, PEDESTRIAN, ANIMAL = 1, 2, 3, 4
# MovingObject.VehicleClassification: type and role.
CIVIL, AMBULANCE, FIRE, POLICE, TRANSPORT, CONSTRUCTION = 2, 3, 4, 5, 6, 9
VEHICLES = {
    "car": (4, CIVIL),
    "van": (6, CIVIL),
    "pickup": (4, CIVIL),
    "truck": (7, CIVIL),
    "bus": (12, TRANSPORT),
    "tram": (13, TRANSPORT),
    "motorhome": (6, CIVIL),
    "caravan": (9, CIVIL),
    "trailer": (9, CIVIL),
    "construction_vehicle": (19, CONSTRUCTION),
    "tractor": (19, CIVIL),
    "police_car": (4, POLICE),
    "ambulance": (6, AMBULANCE),
    "fire_engine": (7, FIRE),
    "motorcycle": (10, CIVIL),
    "bicycle": (11, CIVIL),
    "e_scooter": (17, CIVIL),
    "wheelchair": (15, CIVIL),
}
# StationaryObject.Classification.
THINGS = {"traffic_cone": 5, "barrier": 8, "warning_triangle": 1}
PRECIPITATION = ("NONE", "VERY_LIGHT", "LIGHT", "MODERATE", "HEAVY", "VERY_HEAVY", "EXTREME")  # from 2 on
FOG = (
    "EXCELLENT_VISIBILITY",
    "GOOD_VISIBILITY",
    "MODERATE_VISIBILITY",
    "POOR_VISIBILITY",
    "MIST",
    "LIGHT",
    "THICK",
    "DENSE",
)  # from 2 on
KELVIN = 273.15


@dataclass(frozen=True, slots=True)
class Osi:
    """The OSI format."""

    name: str = "osi"
    needs: frozenset[str] = frozenset({"boxes3d"})

    def open(self, root: Path, clip: Clip) -> "OsiClipWriter":
        return OsiClipWriter(root, clip)

    def finalize(self, root: Path, fragments: Sequence[tuple[Clip, dict[str, Any]]]) -> list[Path]:
        """Say which trace is which clip's, and what labels mean."""
        clips = {
            clip.clip_id: {"trace": fragment["files"][0], "split": clip.split} for clip, fragment in fragments
        }
        write_bytes(
            root / "stormlane.json", json_bytes({"definitions": DEFINITIONS, "clips": clips}, indent=1)
        )
        return [Path("stormlane.json")]


class OsiClipWriter:
    """Writes one trace."""

    def __init__(self, root: Path, clip: Clip) -> None:
        self._root, self._clip = root, clip
        start = clip_start(clip.concrete)
        name = f"{start:%Y%m%dT%H%M%SZ}_gt_380_0_{clip.sample_count}_{clip.clip_id}.osi"
        self._path = Path("traces") / name
        self._beside = root / "traces" / f".{name}.tmp"
        self._beside.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._beside.open("wb")
        self._midnight_s = start.hour * 3600 + start.minute * 60 + start.second
        self._start_us = clip_start_us(clip.concrete)
        self._lanes = None if clip.road is None else OsiLanes(clip.road)
        self._host = BODIES[clip.concrete.scenario.actors["ego"].model]

    def add(self, sample: Sample) -> list[Path]:
        """Append one message; the file gets its name when the clip is closed."""
        seconds, nanos = divmod(sample.time_ns, 1_000_000_000)
        lanes, boundaries = self._road(sample)
        still = [cuboid for cuboid in sample.labels.cuboids if cuboid.actor_class in THINGS]
        message = {
            "version": VERSION,
            "timestamp": {"seconds": seconds, "nanos": nanos},
            "host_vehicle_id": {"value": HOST_ID},
            "stationary_object": [_stationary(cuboid) for cuboid in still],
            "moving_object": [
                self._host_object(sample),
                *(_moving(cuboid) for cuboid in sample.labels.cuboids if cuboid.actor_class not in THINGS),
            ],
            "traffic_sign": sign_messages(sample.labels.signs, self._readers),
            "traffic_light": light_messages(sample.labels.signs, self._readers),
            "lane_boundary": boundaries,
            "lane": lanes,
            "environmental_conditions": self._environment(sample),
            "map_reference": "",
            "model_reference": "",
        }
        data = encode("GroundTruth", message)
        self._file.write(struct.pack("<I", len(data)) + data)
        return []

    def _road(self, sample: Sample) -> tuple[list[bytes], list[bytes]]:
        """Lanes and boundaries; without a road the lines alone, whose left half stands for double ones."""
        if self._lanes is not None:
            return self._lanes.near(sample.world_from_ego)
        lines = sample.labels.lines
        return [], [boundary(LINE_ID + k.line_id, k.kind.split()[0], k.color, k.points_m) for k in lines]

    def _readers(self, sign: Sign) -> list[int]:
        if self._lanes is None:
            return []
        return self._lanes.read_by(sign.lanes, float(sign.centre_m[0]), float(sign.centre_m[1]))

    def _host_object(self, sample: Sample) -> Words:
        pose = sample.world_from_ego.copy()
        pose[:3, 3] += pose[:3, 2] * self._host.size_m[2] / 2
        base = _base(pose, self._host.size_m) | {"velocity": vector(sample.ego_velocity_mps)}
        kind, role = VEHICLES.get(self._host.actor_class, (1, CIVIL))
        words: Words = {"id": {"value": HOST_ID}, "base": base, "type": VEHICLE}
        return words | {
            "vehicle_classification": {"type": kind, "role": role},
            "model_reference": self._host.model,
        }

    def _environment(self, sample: Sample) -> Words:
        tags = sample.labels.tags
        moment_s = sample.time_ns / 1e9
        words: Words = {
            "unix_timestamp": (self._start_us + sample.time_ns // 1000) // 1_000_000,
            "time_of_day": {"seconds_since_midnight": int(self._midnight_s + moment_s) % 86400},
        }
        light = str(tags.get("osi_ambient_illumination", ""))
        if light:
            words["ambient_illumination"] = 1 + int(light.rpartition("LEVEL")[2])
        rain = str(tags.get("osi_precipitation", "")).removeprefix("PRECIPITATION_")
        if rain in PRECIPITATION:
            words["precipitation"] = 2 + PRECIPITATION.index(rain)
        fog = str(tags.get("osi_fog", "")).removeprefix("FOG_")
        if fog:
            words["fog"] = 2 + (FOG.index(fog) if fog in FOG else 0)  # no fog at all is excellent visibility
        if "air_degC" in tags:
            words["temperature"] = float(tags["air_degC"]) + KELVIN
        if "cloud_okta" in tags:
            words["clouds"] = {"fractional_cloud_cover": 2 + min(round(float(tags["cloud_okta"])), 8)}
        if "wind_mps" in tags:
            words["wind"] = {"speed": float(tags["wind_mps"])}
        if "sun_elevation_deg" in tags:
            words["sun"] = {"elevation": math.radians(float(tags["sun_elevation_deg"]))}
        return words

    def close(self) -> dict[str, Any]:
        """Flush to the disk and rename."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._beside.replace(self._root / self._path)
        fragment: dict[str, Any] = plain({"files": [self._path.as_posix()], "dropped": {}})
        return fragment


def _base(pose: NDArray[np.float64], size_m: Sequence[float]) -> Words:
    yaw, pitch, roll = (value + 0.0 for value in euler_rad(pose[:3, :3]))
    size = dict(zip(("length", "width", "height"), (float(value) for value in size_m), strict=True))
    turned = {"roll": roll, "pitch": pitch, "yaw": yaw}
    return {"dimension": size, "position": vector(pose[:3, 3]), "orientation": turned}


def _moving(cuboid: Cuboid) -> Words:
    pose = world_from_cuboid(cuboid)
    base = _base(pose, cuboid.size_m) | {"velocity": vector(cuboid.velocity_mps)}
    base["acceleration"] = vector(cuboid.acceleration_mps2 * pose[:3, 0])
    kind = ACTOR_CLASSES[cuboid.actor_class]
    words: Words = {"id": {"value": cuboid.instance_id}, "base": base, "model_reference": cuboid.model}
    if cuboid.actor_class in VEHICLES:
        vehicle, role = VEHICLES[cuboid.actor_class]
        return words | {"type": VEHICLE, "vehicle_classification": {"type": vehicle, "role": role}}
    if kind.nuscenes.startswith("human.pedestrian"):
        return words | {"type": PEDESTRIAN}
    return words | {"type": ANIMAL if kind.nuscenes == "animal" else OTHER}


def _stationary(cuboid: Cuboid) -> Words:
    words: Words = {
        "id": {"value": cuboid.instance_id},
        "base": _base(world_from_cuboid(cuboid), cuboid.size_m),
    }
    kind = {"type": THINGS[cuboid.actor_class]}
    return words | {"classification": kind, "model_reference": cuboid.model}
