"""KITTI raw drives: image_02, velodyne_points, oxts, calibration and tracklets.  Labels floor.

One drive per clip, below the day of its clock; drives of a day share its calibration files, so a clip of another rig
gets a day of its own.  `oxts` is the ego's trajectory, noise-free, as KITTI's own formula lays it on the globe (a
Mercator map at the first frame's latitude, which readers turn back into metres); rates and accelerations are
differences of poses and velocities.  Tracklets stand in the Velodyne's frame, from where an actor is first seen to
where it is last, and have one size: the largest that the actor takes.  A clip's files live under clips/<id>/ and the
drives are hard links to them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from labelers.clock import clip_start
from labelers.definitions import DEFINITIONS
from labelers.geometry import inverse_rigid, upright, world_from_cuboid, wrap_angle
from labelers.kitti_scans import as_kitti_lists
from labelers.kitti_terms import kitti_type
from labelers.missing import missing_sensors
from labelers.records import Sample
from labelers.writers.base import Clip, refuse_fisheyes
from labelers.writers.files import json_bytes, link_bytes, photo_bytes, plain, write_bytes
from renderers.frames import CameraFrame, LidarSweep
from scenarios.resolved import Concrete
from sim.trace import euler_rad

EARTH_M = 6378137.0  # of KITTI's Mercator map
ELSEWHERE_RAD = (math.radians(49.0), math.radians(8.4))  # where a scenario names no place: Karlsruhe
UNSET, VISIBLE, PARTLY, FULLY = -1, 0, 1, 2
IN_IMAGE, TRUNCATED, OUT_OF_IMAGE, BEHIND = 0, 1, 2, 99
PARTLY_FROM, FULLY_FROM, TRUNCATED_FROM = 0.1, 0.9, 0.1
CALIBRATION = ("calib_cam_to_cam.txt", "calib_velo_to_cam.txt", "calib_imu_to_velo.txt")


@dataclass(frozen=True, slots=True)
class KittiRaw:
    """The KITTI raw format."""

    name: str = "kitti_raw"
    needs: frozenset[str] = frozenset({"boxes2d", "boxes3d"})
    camera: str = "cam_front"

    def open(self, root: Path, clip: Clip) -> "KittiRawClipWriter":
        return KittiRawClipWriter(root, clip, self)

    def finalize(self, root: Path, fragments: Sequence[tuple[Clip, dict[str, Any]]]) -> list[Path]:
        """Number the drives of each day."""
        written: list[Path] = []
        days: dict[str, tuple[list[str], int]] = {}  # its calibration, and drives so far
        clips: dict[str, Any] = {}
        sets: dict[str, list[str]] = {}
        for clip, fragment in fragments:
            day, number = _day(days, clip_start(clip.concrete).strftime("%Y_%m_%d"), fragment["calibration"])
            drive = f"{day}_drive_{number:04d}_sync"
            for name in CALIBRATION:
                link_bytes(root / "clips" / clip.clip_id / name, root / day / name)
                written += [Path(day) / name] if number == 1 else []
            for name in fragment["drive"]:
                link_bytes(root / "clips" / clip.clip_id / name, root / day / drive / name)
                written.append(Path(day) / drive / name)
            clips[clip.clip_id] = {"date": day, "drive": f"{number:04d}", "dropped": fragment["dropped"]}
            for split in ("all", *([clip.split] if clip.split else [])):
                sets.setdefault(split, []).append(drive)
        about = {"definitions": DEFINITIONS, "clips": clips, "splits": sets}
        write_bytes(root / "stormlane.json", json_bytes(about, indent=1))
        return [*written, Path("stormlane.json")]


def _day(days: dict[str, tuple[list[str], int]], date: str, calibration: list[str]) -> tuple[str, int]:
    """A day whose calibration is that of the clip, and the number of its next drive."""
    day, turn = date, 1
    while day in days and days[day][0] != calibration:
        turn += 1
        day = f"{date}_{turn}"
    number = days[day][1] + 1 if day in days else 1
    days[day] = (calibration, number)
    return day, number


@dataclass(slots=True)
class _Track:
    """What becomes a tracklet."""

    kind: str
    first: int  # frame in which the actor is first seen
    last: int
    size_m: NDArray[np.float64]
    rows: dict[int, tuple[float, ...]] = field(
        default_factory=dict
    )  # by frame: tx ty tz rz occlusion truncation share


class KittiRawClipWriter:
    """Writes one clip below clips/<clip id>/."""

    def __init__(self, root: Path, clip: Clip, form: KittiRaw) -> None:
        self._root, self._folder, self._concrete = root, Path("clips") / clip.clip_id, clip.concrete
        rig = clip.concrete.rig
        if not rig.cameras or not rig.lidars:
            raise ValueError("the KITTI raw format needs a camera and a lidar, and the rig lacks one of them")
        self._camera = form.camera if form.camera in rig.cameras else next(iter(rig.cameras))
        self._lidar = sorted(rig.lidars)[0]
        self._lidar_words = rig.lidars[self._lidar]
        refuse_fisheyes(clip, [self._camera], "KITTI")
        self._drive: list[str] = []
        self._states: list[tuple[int, NDArray[np.float64], NDArray[np.float64]]] = []  # time, pose, velocity
        self._times: dict[str, list[int]] = {"image_02": [], "velodyne_points": []}
        self._tracks: dict[int, _Track] = {}
        self._calibration: dict[str, str] = {}
        self._dropped: dict[str, int] = {}

    def add(self, sample: Sample) -> list[Path]:
        """Write picture and points of one sample, and note where everything is."""
        if {self._camera, self._lidar} & set(missing_sensors(sample)):
            self._drop("in a frame that never arrived", len(sample.labels.cuboids))
            return []
        frame, sweep = sample.cameras[self._camera], sample.lidars[self._lidar]
        number = len(self._states)
        if not number:
            self._calibration = _calibration(frame, sweep)
        self._states.append((sample.time_ns, sample.world_from_ego, sample.ego_velocity_mps))
        self._times["image_02"].append(frame.time_ns)
        self._times["velodyne_points"].append(sweep.time_ns)
        self._note(sample, number, frame, sweep)
        straight = frame.image
        if np.any(frame.model.distortion):  # KITTI's synced pictures are rectified
            straight = cv2.undistort(frame.image, frame.model.matrix, frame.model.distortion).astype(np.uint8)
        listed = as_kitti_lists(sweep, self._lidar_words)
        points = np.column_stack([listed.xyz_m, listed.intensity]).astype("<f4").tobytes()
        contents = {
            f"image_02/data/{number:010d}.png": photo_bytes(straight),
            f"velodyne_points/data/{number:010d}.bin": points,
        }
        return [self._write(name, data) for name, data in contents.items()]

    def _note(self, sample: Sample, number: int, frame: CameraFrame, sweep: LidarSweep) -> None:
        boxes = {box.instance_id: box for box in sample.labels.boxes.get(self._camera, ())}
        lidar_from_world = inverse_rigid(sample.world_from_ego @ sweep.calibration)
        camera_from_world = inverse_rigid(sample.world_from_ego @ frame.calibration)
        for cuboid in sample.labels.cuboids:
            box = boxes.get(cuboid.instance_id)
            seen = bool(cuboid.lidar_points.get(self._lidar)) or (box is not None and box.visible_px > 0)
            if not seen and cuboid.instance_id not in self._tracks:
                self._drop("before it is first seen by camera or lidar", 1)
                continue
            level = upright(cuboid) if np.any(cuboid.rotation_rad[1:]) else cuboid
            pose = lidar_from_world @ world_from_cuboid(level)
            foot = pose @ np.array([0.0, 0.0, -level.size_m[2] / 2, 1.0])
            heading = math.atan2(pose[1, 0], pose[0, 0])
            size = np.array(level.size_m)
            track = self._tracks.setdefault(
                cuboid.instance_id, _Track(kitti_type(cuboid), number, number, size)
            )
            track.size_m = np.maximum(track.size_m, size)
            track.last = number if seen else track.last
            if box is None or box.amodal is None:
                ahead = (camera_from_world @ np.append(cuboid.centre_m, 1.0))[2] > 0
                words: tuple[float, ...] = (UNSET, OUT_OF_IMAGE if ahead else BEHIND, -1.0)
            else:
                hidden = sum(box.occlusion >= limit for limit in (PARTLY_FROM, FULLY_FROM))
                cut = TRUNCATED if box.truncation >= TRUNCATED_FROM else IN_IMAGE
                words = (hidden, cut, 100.0 * box.occlusion)
            track.rows[number] = (*foot[:3].tolist(), heading, *words)

    def close(self) -> dict[str, Any]:
        """Write the tables of the drive."""
        for number, row in enumerate(_oxts(self._concrete, self._states)):
            self._write(f"oxts/data/{number:010d}.txt", row.encode())
        times = {"oxts": [time for time, _, _ in self._states], **self._times}
        for sensor, stamps in times.items():
            text = "".join(f"{self._stamp(time)}\n" for time in stamps).encode()
            kinds = ("", "_start", "_end") if sensor == "velodyne_points" else ("",)
            for kind in kinds:
                self._write(f"{sensor}/timestamps{kind}.txt", text)
        self._write("tracklet_labels.xml", _tracklets(self._tracks, self._drop).encode())
        for name, words in self._calibration.items():
            write_bytes(self._root / self._folder / name, words.encode())
        files = [(self._folder / name).as_posix() for name in (*self._drive, *self._calibration)]
        fragment: dict[str, Any] = plain(
            {
                "files": [name for name in files if "/data/" not in name or "/oxts/" in name],
                "dropped": self._dropped,
                "drive": self._drive,
                "calibration": [self._calibration.get(name, "") for name in CALIBRATION],
            }
        )
        return fragment

    def _stamp(self, time_ns: int) -> str:
        moment = clip_start(self._concrete) + timedelta(microseconds=time_ns // 1000)
        return f"{moment:%Y-%m-%d %H:%M:%S.%f}{time_ns % 1000:03d}"

    def _write(self, name: str, data: bytes) -> Path:
        write_bytes(self._root / self._folder / name, data)
        self._drive.append(name)
        return self._folder / name

    def _drop(self, reason: str, count: int) -> None:
        self._dropped[reason] = self._dropped.get(reason, 0) + count


def _oxts(
    concrete: Concrete, states: Sequence[tuple[int, NDArray[np.float64], NDArray[np.float64]]]
) -> list[str]:
    """Thirty columns a frame, in the order of KITTI's dataformat.txt."""
    if not states:
        return []
    clock = concrete.scenario.world.clock
    latitude, longitude = (
        fallback if value is None else float(value)
        for value, fallback in zip((clock.latitude_rad, clock.longitude_rad), ELSEWHERE_RAD, strict=True)
    )
    scale = math.cos(latitude)
    north = math.log(math.tan(math.pi / 4 + latitude / 2))
    time = np.array([state[0] for state in states]) * 1e-9
    poses = [state[1] for state in states]
    turns = np.unwrap(np.array([euler_rad(pose[:3, :3]) for pose in poses]), axis=0)  # yaw, pitch, roll
    speeds = np.array([state[2] for state in states])
    many = len(states) > 1
    rates = np.gradient(turns, time, axis=0) if many else np.zeros_like(turns)
    pushes = np.gradient(speeds, time, axis=0) if many else np.zeros_like(speeds)
    rows = []
    for pose, turn, speed, rate, push in zip(poses, turns, speeds, rates, pushes, strict=True):
        east, up_north, up = pose[:3, 3] - poses[0][:3, 3]
        lat = 2 * math.atan(math.exp(north + up_north / (EARTH_M * scale))) - math.pi / 2
        lon = longitude + east / (EARTH_M * scale)
        own, level = pose[:3, :3], _level(float(turn[0]))
        # Body rates of yaw-pitch-roll angles (Euler's kinematic equations).
        yaw, pitch, roll = rate
        sine, cosine = math.sin(turn[2]), math.cos(turn[2])
        spin = np.array(
            [
                roll - yaw * math.sin(turn[1]),
                pitch * cosine + yaw * math.cos(turn[1]) * sine,
                -pitch * sine + yaw * math.cos(turn[1]) * cosine,
            ]
        )
        body = own.T @ (
            push + np.array((0.0, 0.0, 9.80665))
        )  # an accelerometer at rest feels what holds it up
        values = [math.degrees(lat), math.degrees(lon), up + poses[0][2, 3]]
        values += [turn[2], turn[1], wrap_angle(float(turn[0]))]
        values += [speed[1], speed[0], *(level.T @ speed)]
        values += [*body, *(level.T @ (push + np.array((0.0, 0.0, 9.80665))))]
        values += [*spin, *(level.T @ own @ spin), 0.0, 0.0]
        rows.append(" ".join([*(f"{value + 0.0:.14g}" for value in values), "4 12 6 6 6"]) + "\n")
    return rows


def _level(yaw_rad: float) -> NDArray[np.float64]:
    """Columns: forward, to the left and up of a vehicle that stands level."""
    cosine, sine = math.cos(yaw_rad), math.sin(yaw_rad)
    return np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])


def _row(matrix: NDArray[np.float64]) -> str:
    return " ".join(f"{value + 0.0:.12e}" for value in matrix.ravel())


def _calibration(frame: CameraFrame, sweep: LidarSweep) -> dict[str, str]:
    """Our one camera stands for all four, rectified; the Velodyne's is our lidar's frame, the IMU's the ego's."""
    width, height = frame.model.width_px, frame.model.height_px
    size = f"{width:e} {height:e}"
    lines = ["calib_time: 01-Jan-2000 00:00:00", "corner_dist: 1.000000e-01"]
    projection = np.concatenate([frame.model.matrix, np.zeros((3, 1))], axis=1)
    for number in range(4):
        values = {
            "S": size,
            "K": _row(frame.model.matrix),
            "D": _row(np.zeros(5)),
            "R": _row(np.eye(3)),
            "T": _row(np.zeros(3)),
            "S_rect": size,
            "R_rect": _row(np.eye(3)),
            "P_rect": _row(projection),
        }
        lines += [f"{name}_{number:02d}: {value}" for name, value in values.items()]
    camera_from_lidar = inverse_rigid(frame.calibration) @ sweep.calibration
    lidar_from_ego = inverse_rigid(sweep.calibration)
    rigid = {"calib_velo_to_cam.txt": camera_from_lidar, "calib_imu_to_velo.txt": lidar_from_ego}
    files = {"calib_cam_to_cam.txt": "".join(f"{line}\n" for line in lines)}
    for name, matrix in rigid.items():
        more = "delta_f: 0 0\ndelta_c: 0 0\n" if "velo_to" in name else ""
        rows = f"calib_time: 01-Jan-2000 00:00:00\nR: {_row(matrix[:3, :3])}\nT: {_row(matrix[:3, 3])}\n"
        files[name] = rows + more
    return files


def _tracklets(tracks: dict[int, _Track], drop: Any) -> str:
    """tracklet_labels.xml as the annotation tool's library serialises it."""
    names = ("tx", "ty", "tz", "rx", "ry", "rz")
    out = ['<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>', "<!DOCTYPE boost_serialization>"]
    out += ['<boost_serialization signature="serialization::archive" version="9">']
    out += ['<tracklets class_id="0" tracking_level="0" version="0">']
    out += [f"\t<count>{len(tracks)}</count>", "\t<item_version>1</item_version>"]
    for track in tracks.values():
        kept = [track.rows[number] for number in sorted(track.rows) if number <= track.last]
        if len(kept) < len(track.rows):
            drop("after it is last seen by camera or lidar", len(track.rows) - len(kept))
        height, width, length = track.size_m[[2, 1, 0]]
        out += ["\t<item>", f"\t\t<objectType>{track.kind}</objectType>"]
        out += [f"\t\t<h>{height:.6f}</h>", f"\t\t<w>{width:.6f}</w>", f"\t\t<l>{length:.6f}</l>"]
        out += [f"\t\t<first_frame>{track.first}</first_frame>", "\t\t<poses>"]
        out += [f"\t\t\t<count>{len(kept)}</count>", "\t\t\t<item_version>2</item_version>"]
        for x, y, z, heading, hidden, cut, share in kept:
            place = dict(zip(names, (x, y, z, 0.0, 0.0, heading), strict=True))
            words = {"state": 2, "occlusion": int(hidden), "occlusion_kf": 1, "truncation": int(cut)}
            out += [
                "\t\t\t<item>",
                *(f"\t\t\t\t<{name}>{value + 0.0:.6f}</{name}>" for name, value in place.items()),
            ]
            out += [f"\t\t\t\t<{name}>{value}</{name}>" for name, value in words.items()]
            out += [f"\t\t\t\t<amt_occlusion>{share + 0.0:.4f}</amt_occlusion>"]
            borders = ("amt_border_l", "amt_border_r", "amt_border_kf", "amt_occlusion_kf")
            out += [f"\t\t\t\t<{name}>-1</{name}>" for name in borders]
            out += ["\t\t\t</item>"]
        out += ["\t\t</poses>", "\t\t<finished>1</finished>", "\t</item>"]
    return "\n".join([*out, "</tracklets>", "</boost_serialization>", ""])
