"""The ego's own state as nuScenes' CAN bus expansion keeps it: one JSON file for each kind of message.  Labels floor.

`pose` is the truth, `ms_imu` what the inertial sensor read, the others what a vehicle's bus says of speed and steering.
Messages that nothing here knows of (battery, solar current, torque) are not made up: they are left out of a message, and
the message `zoesensors`, which has pedals alone, is left out whole.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from labelers.writers.base import Clip
from labelers.writers.files import link_bytes
from sim.readings import ImuReadings

# Numbers of scenes of which the devkit believes that they have no bus.
WITHOUT_BUS = frozenset({*range(161, 169), *range(170, 177), *range(309, 315)})
STEERING_RATIO = 15.7  # steering wheel to front wheels: the Renault Zoe that nuScenes drove
POSE_HZ, MONITOR_HZ = 50.0, 2.0
WHEEL_M = 0.30  # rolling radius, for the turns a minute that the bus tells


def can_messages(
    parts: Sequence[ImuReadings], start_us: int, shift_m: Any, route_step_m: float = 1.0
) -> dict[str, Any]:
    """Messages of a clip by name, from the readings of its samples; positions are moved by `shift_m` as the map is."""
    rows = [(part, k) for part in parts for k in range(len(part.time_ns))]
    if not rows:
        return {}
    kinds = ("pose", "ms_imu", "steeranglefeedback", "zoe_veh_info", "vehicle_monitor")
    messages: dict[str, Any] = {kind: [] for kind in kinds}
    due = {"pose": -math.inf, "vehicle_monitor": -math.inf}
    odometer = 0.0
    before_s = float(rows[0][0].time_ns[rows[0][1]]) * 1e-9
    for part, k in rows:
        time_s = float(part.time_ns[k]) * 1e-9
        utime = start_us + int(part.time_ns[k]) // 1000
        speed, steer = float(part.speed_mps[k]), float(part.steer_rad[k])
        odometer += speed * (time_s - before_s)
        before_s = time_s
        if time_s >= due["pose"] - 1e-6:
            due["pose"] = time_s + 1.0 / POSE_HZ
            messages["pose"].append(
                {
                    "utime": utime,
                    "pos": part.position_m[k] + shift_m,
                    "orientation": part.orientation_wxyz[k],
                    "vel": [float(np.linalg.norm(part.velocity_mps[k])), 0.0, 0.0],
                    "accel": part.true_accel_mps2[k],
                    "rotation_rate": part.true_gyro_radps[k],
                }
            )
        messages["ms_imu"].append(
            {
                "utime": utime,
                "q": part.orientation_wxyz[k],
                "linear_accel": part.accel_mps2[k],
                "rotation_rate": part.gyro_radps[k],
            }
        )
        wheel = STEERING_RATIO * steer
        messages["steeranglefeedback"].append({"utime": utime, "value": wheel})
        turns = speed / (2.0 * math.pi * WHEEL_M) * 60.0
        messages["zoe_veh_info"].append(
            {
                "utime": utime,
                "FL_wheel_speed": turns,
                "FR_wheel_speed": turns,
                "RL_wheel_speed": turns,
                "RR_wheel_speed": turns,
                "longitudinal_accel": float(part.true_accel_mps2[k, 0]),
                "transversal_accel": float(part.true_accel_mps2[k, 1]),
                "odom": odometer,
                "odom_speed": 3.6 * speed,
                "steer_raw": math.degrees(wheel),
                "steer_corrected": math.degrees(wheel),
                "steer_offset_can": 0.0,
            }
        )
        if time_s >= due["vehicle_monitor"] - 1e-6:
            due["vehicle_monitor"] = time_s + 1.0 / MONITOR_HZ
            messages["vehicle_monitor"].append(
                {
                    "utime": utime,
                    "vehicle_speed": 3.6 * speed,
                    "steering": math.degrees(wheel),
                    "yaw_rate": math.degrees(float(part.true_gyro_radps[k, 2])),
                }
            )
    way = np.array([message["pos"][:2] for message in messages["pose"]])
    gone = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(way, axis=0), axis=1))])
    stations = np.arange(0.0, gone[-1] + route_step_m, route_step_m)
    messages["route"] = np.stack([np.interp(stations, gone, way[:, axis]) for axis in (0, 1)], axis=1)
    messages["meta"] = {name: _meta(listed) for name, listed in messages.items() if isinstance(listed, list)}
    return messages


def _meta(listed: list[dict[str, Any]]) -> dict[str, Any]:
    """What nuScenes tells of a kind of message: how many, how often, and the spread of each value."""
    times = np.array([message["utime"] for message in listed], np.float64)
    span_s = (times[-1] - times[0]) * 1e-6
    about: dict[str, Any] = {
        "message_count": len(listed),
        "message_freq": float((len(listed) - 1) / span_s) if span_s > 0.0 else 0.0,
        "timespan": span_s,
        "var_stats": {},
    }
    for name in listed[0]:
        values = np.array([message[name] for message in listed], np.float64)
        about["var_stats"][name] = {
            "max": values.max(axis=0), "mean": values.mean(axis=0), "min": values.min(axis=0), "std": values.std(axis=0),
        }  # fmt: skip
    return about


def number_buses(
    root: Path, fragments: Sequence[tuple[Clip, dict[str, Any]]]
) -> list[tuple[str, str, list[Path]]]:
    """Name the files of each scene's bus once more as the devkit insists: can_bus/scene-0001_pose.json and so on."""
    linked = []
    taken = (number for number in range(1, 10_000) if number not in WITHOUT_BUS)
    for clip, fragment in fragments:
        if fragment.get("can_bus"):
            name = f"scene-{next(taken):04d}"
            paths = [Path("can_bus") / f"{name}_{message}.json" for message in fragment["can_bus"]]
            for message, path in zip(fragment["can_bus"], paths, strict=True):
                link_bytes(root / "buses" / clip.clip_id / f"{message}.json", root / path)
            linked.append((name, clip.clip_id, paths))
    return linked
