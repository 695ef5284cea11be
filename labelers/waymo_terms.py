"""Waymo's classes, names of sensors and component schemas.  Labels floor; tables only.

Numbers are those of box.proto, camera_segmentation.proto, segmentation.proto and dataset.proto of the Waymo Open
Dataset 1.6; columns those of its v2 components.
"""

import math
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from labelers.geometry import wrap_angle
from labelers.records import Cuboid
from scenarios.taxonomy import ACTOR_CLASSES, SEMANTICS

VEHICLE, PEDESTRIAN, CYCLIST = 1, 2, 4

# Camera segmentation and lidar segmentation of our semantic classes; 0 where Waymo has none.
SEMANTIC: dict[str, tuple[int, int]] = {
    "road": (20, 18),
    "road_marking": (21, 19),
    "sidewalk": (23, 22),
    "kerb": (23, 17),
    "parking": (20, 18),
    "terrain": (26, 20),
    "building": (19, 14),
    "wall": (28, 14),
    "fence": (28, 14),
    "guard_rail": (28, 14),
    "bridge": (19, 14),
    "tunnel": (19, 14),
    "pole": (15, 10),
    "traffic_light": (18, 9),
    "traffic_sign": (17, 8),
    "vegetation": (24, 15),
    "sky": (25, 0),
    "person": (9, 7),
    "rider": (10, 6),
    "car": (2, 1),
    "truck": (3, 2),
    "bus": (4, 3),
    "train": (5, 4),
    "motorcycle": (7, 13),
    "bicycle": (6, 12),
    "animal": (13, 0),
    "traffic_cone": (14, 11),
    "barrier": (28, 0),
    "debris": (27, 0),
    "static_object": (28, 0),
    "ego_vehicle": (1, 0),
    "water": (26, 20),
    "caravan": (8, 4),
    "trailer": (8, 4),
    "construction_vehicle": (5, 4),
    "personal_mobility": (16, 0),
}
CAMERA_CLASS = {entry.id: SEMANTIC.get(entry.name, (0, 0))[0] for entry in SEMANTICS}
LIDAR_CLASS = {entry.id: SEMANTIC.get(entry.name, (0, 0))[1] for entry in SEMANTICS}
# Whoever rides: on the camera's plane, among the points, and the machine's points, which go with somebody on it.
RIDERS = {"bicycle": (10, 6), "motorcycle": (11, 5), "e_scooter": (9, 7)}
BIRD = 12

# Ways that Waymo's cameras and lidars look, in degrees to the left.
CAMERAS = {1: 0.0, 2: 45.0, 3: -45.0, 4: 90.0, 5: -90.0, 6: 135.0, 7: 180.0, 8: -135.0}
LIDARS = {2: 0.0, 3: 90.0, 4: -90.0, 5: 180.0}
TOP = 1
BESIDE_DEG = 30.0  # a sensor that looks further beside them has a number of its own


def box_type(cuboid: Cuboid) -> int | None:
    """Waymo's type of a box; None for what Waymo does not label."""
    ridden = cuboid.attribute == "with_rider"
    if cuboid.actor_class == "bicycle":
        return CYCLIST if ridden else None
    if cuboid.actor_class == "e_scooter":  # people on scooters are pedestrians to Waymo's labellers
        return PEDESTRIAN if ridden else None
    if cuboid.actor_class == "stroller":
        return None
    kind = ACTOR_CLASSES[cuboid.actor_class]
    if kind.nuscenes.startswith("human.pedestrian"):
        return PEDESTRIAN
    return VEHICLE if kind.nuscenes.startswith("vehicle.") else None


def numbered(yaws_deg: Mapping[str, float], ways: Mapping[int, float]) -> dict[str, int]:
    """The number of each sensor: that of the way that it looks, nearest first, and free ones above all of them."""
    gaps = sorted(
        (abs(wrap_degrees(yaw - there)), name, number)
        for name, yaw in yaws_deg.items()
        for number, there in ways.items()
    )
    names: dict[str, int] = {}
    for gap, name, number in gaps:
        if gap <= BESIDE_DEG and name not in names and number not in names.values():
            names[name] = number
    free = max(ways) + 1
    for name in sorted(yaws_deg):
        if name not in names:
            names[name], free = free, free + 1
    return names


def wrap_degrees(angle_deg: float) -> float:
    """The same angle in [-180, 180]."""
    return math.degrees(wrap_angle(math.radians(angle_deg)))


_SEGMENT = {"key.segment_context_name": pa.string()}
_FRAME = _SEGMENT | {"key.frame_timestamp_micros": pa.int64()}
_POSE = pa.list_(pa.float64(), 16)
_REAL, _SHAPE = pa.float64(), pa.list_(pa.int32(), 3)


def _images(values: pa.DataType, count: int) -> dict[str, pa.DataType]:
    return {
        f"range_image_return{number}.{name}": kind
        for number in range(1, count + 1)
        for name, kind in (("values", pa.list_(values)), ("shape", _SHAPE))
    }


def _real(*names: str) -> dict[str, pa.DataType]:
    return dict.fromkeys(names, _REAL)


def _axes(name: str, kind: pa.DataType = _REAL, axes: str = "xyz") -> dict[str, pa.DataType]:
    return {f"{name}.{axis}": kind for axis in axes}


def _keypoints(name: str, place: str, axes: str) -> dict[str, pa.DataType]:
    occluded = {f"{name}.visibility.is_occluded": pa.list_(pa.bool_())}
    return _axes(f"{name}.{place}", pa.list_(_REAL), axes) | occluded


_BOX2D = _axes("box.center", axes="xy") | _axes("box.size", axes="xy") | {"type": pa.int8()}
_LEVEL = {"difficulty_level.detection": pa.int8(), "difficulty_level.tracking": pa.int8()}
_CAMERA, _LASER = {"key.camera_name": pa.int8()}, {"key.laser_name": pa.int8()}
_OWN_ID, _LASER_ID = {"key.camera_object_id": pa.string()}, {"key.laser_object_id": pa.string()}
# Folder of a component -> (its name, key columns, own columns).
COMPONENTS: dict[str, tuple[str, dict[str, pa.DataType], dict[str, pa.DataType]]] = {
    "camera_image": (
        "CameraImageComponent",
        _FRAME | _CAMERA,
        {"image": pa.binary(), "pose.transform": _POSE}
        | _axes("velocity.linear_velocity", pa.float32())
        | _axes("velocity.angular_velocity")
        | _real("pose_timestamp")
        | _real(
            *(
                f"rolling_shutter_params.{n}"
                for n in ("shutter", "camera_trigger_time", "camera_readout_done_time")
            )
        ),
    ),
    "camera_calibration": (
        "CameraCalibrationComponent",
        _SEGMENT | _CAMERA,
        _real(*(f"intrinsic.{name}" for name in ("f_u", "f_v", "c_u", "c_v", "k1", "k2", "p1", "p2", "k3")))
        | {"extrinsic.transform": _POSE, "width": pa.int32(), "height": pa.int32()}
        | {"rolling_shutter_direction": pa.int8()},
    ),
    "camera_box": ("CameraBoxComponent", _FRAME | _CAMERA | _OWN_ID, _BOX2D | _LEVEL),
    "camera_to_lidar_box_association": (
        "CameraToLiDARBoxAssociationComponent",
        _FRAME | _CAMERA | _OWN_ID | _LASER_ID,
        {},
    ),
    "projected_lidar_box": ("ProjectedLiDARBoxComponent", _FRAME | _CAMERA | _LASER_ID, _BOX2D),
    "camera_segmentation": (
        "CameraSegmentationLabelComponent",
        _FRAME | _CAMERA,
        {"panoptic_label_divisor": pa.int32(), "panoptic_label": pa.binary()}
        | {
            f"instance_id_to_global_id_mapping.{n}_instance_ids": pa.list_(pa.int32())
            for n in ("local", "global")
        }
        | {"instance_id_to_global_id_mapping.is_tracked": pa.list_(pa.bool_())}
        | {"sequence_id": pa.string(), "num_cameras_covered": pa.binary()},
    ),
    "lidar": ("LiDARComponent", _FRAME | _LASER, _images(pa.float32(), 2)),
    "lidar_pose": ("LiDARPoseComponent", _FRAME | _LASER, _images(pa.float32(), 1)),
    "lidar_segmentation": ("LiDARSegmentationLabelComponent", _FRAME | _LASER, _images(pa.int32(), 2)),
    "lidar_calibration": (
        "LiDARCalibrationComponent",
        _SEGMENT | _LASER,
        {"extrinsic.transform": _POSE}
        | _real("beam_inclination.min", "beam_inclination.max")
        | {"beam_inclination.values": pa.list_(_REAL)},
    ),
    "lidar_box": (
        "LiDARBoxComponent",
        _FRAME | _LASER_ID,
        _axes("box.center")
        | _axes("box.size")
        | {"box.heading": _REAL, "type": pa.int8()}
        | {"num_lidar_points_in_box": pa.int64(), "num_top_lidar_points_in_box": pa.int64()}
        | _axes("speed")
        | _axes("acceleration")
        | _LEVEL,
    ),
    "camera_hkp": (
        "CameraHumanKeypointsComponent",
        _FRAME | _CAMERA | _OWN_ID,
        {"camera_keypoints[*].type": pa.list_(pa.int8())}
        | _keypoints("camera_keypoints[*].keypoint_2d", "location_px", "xy")
        | _keypoints("camera_keypoints[*].keypoint_3d", "location_m", "xyz"),
    ),
    "lidar_hkp": (
        "LiDARHumanKeypointsComponent",
        _FRAME | _LASER_ID,
        {"lidar_keypoints[*].type": pa.list_(pa.int8())}
        | _keypoints("lidar_keypoints[*].keypoint_3d", "location_m", "xyz"),
    ),
    "vehicle_pose": ("VehiclePoseComponent", _FRAME, {"world_from_vehicle.transform": _POSE}),
    "stats": (
        "StatsComponent",
        _FRAME,
        dict.fromkeys(("time_of_day", "location", "weather"), pa.string())
        | {
            f"{sensor}_object_counts.{name}": pa.list_(kind)
            for sensor in ("lidar", "camera")
            for name, kind in (("types", pa.int8()), ("counts", pa.int32()))
        },
    ),
}


def schema(component: str) -> pa.Schema:
    """Columns of a component's file."""
    name, keys, own = COMPONENTS[component]
    return pa.schema([*keys.items(), *((f"[{name}].{column}", kind) for column, kind in own.items())])


def columns(component: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row under the names that columns have in the component's file."""
    name, keys, _ = COMPONENTS[component]
    return {column if column in keys else f"[{name}].{column}": value for column, value in row.items()}
