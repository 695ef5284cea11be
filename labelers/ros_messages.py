"""ROS 2 messages: their definitions and their bytes (CDR, little-endian).  Labels floor; knows no dataset.

Definitions are those of ROS 2 Humble, vision_msgs 4 and
foxglove_msgs; they are written into every file, so a reader needs none of its own.
"""

import re
import struct
from functools import lru_cache
from typing import Any

import numpy as np

_TEXT = """
builtin_interfaces/Time: int32 sec, uint32 nanosec
builtin_interfaces/Duration: int32 sec, uint32 nanosec
std_msgs/Header: builtin_interfaces/Time stamp, string frame_id
std_msgs/ColorRGBA: float32 r, float32 g, float32 b, float32 a
geometry_msgs/Vector3: float64 x, float64 y, float64 z
geometry_msgs/Point: float64 x, float64 y, float64 z
geometry_msgs/Quaternion: float64 x, float64 y, float64 z, float64 w
geometry_msgs/Pose: geometry_msgs/Point position, geometry_msgs/Quaternion orientation
geometry_msgs/PoseWithCovariance: geometry_msgs/Pose pose, float64[36] covariance
geometry_msgs/Transform: geometry_msgs/Vector3 translation, geometry_msgs/Quaternion rotation
geometry_msgs/TransformStamped: std_msgs/Header header, string child_frame_id, geometry_msgs/Transform transform
tf2_msgs/TFMessage: geometry_msgs/TransformStamped[] transforms
sensor_msgs/CompressedImage: std_msgs/Header header, string format, uint8[] data
sensor_msgs/Image: std_msgs/Header header, uint32 height, uint32 width, string encoding, uint8 is_bigendian, uint32 step, uint8[] data
sensor_msgs/RegionOfInterest: uint32 x_offset, uint32 y_offset, uint32 height, uint32 width, bool do_rectify
sensor_msgs/CameraInfo: std_msgs/Header header, uint32 height, uint32 width, string distortion_model, float64[] d, float64[9] k, float64[9] r, float64[12] p, uint32 binning_x, uint32 binning_y, sensor_msgs/RegionOfInterest roi
sensor_msgs/PointField: string name, uint32 offset, uint8 datatype, uint32 count
sensor_msgs/PointCloud2: std_msgs/Header header, uint32 height, uint32 width, sensor_msgs/PointField[] fields, bool is_bigendian, uint32 point_step, uint32 row_step, uint8[] data, bool is_dense
sensor_msgs/Imu: std_msgs/Header header, geometry_msgs/Quaternion orientation, float64[9] orientation_covariance, geometry_msgs/Vector3 angular_velocity, float64[9] angular_velocity_covariance, geometry_msgs/Vector3 linear_acceleration, float64[9] linear_acceleration_covariance
sensor_msgs/NavSatStatus: int8 status, uint16 service
sensor_msgs/NavSatFix: std_msgs/Header header, sensor_msgs/NavSatStatus status, float64 latitude, float64 longitude, float64 altitude, float64[9] position_covariance, uint8 position_covariance_type
vision_msgs/ObjectHypothesis: string class_id, float64 score
vision_msgs/ObjectHypothesisWithPose: vision_msgs/ObjectHypothesis hypothesis, geometry_msgs/PoseWithCovariance pose
vision_msgs/Point2D: float64 x, float64 y
vision_msgs/Pose2D: vision_msgs/Point2D position, float64 theta
vision_msgs/BoundingBox2D: vision_msgs/Pose2D center, float64 size_x, float64 size_y
vision_msgs/BoundingBox3D: geometry_msgs/Pose center, geometry_msgs/Vector3 size
vision_msgs/Detection2D: std_msgs/Header header, vision_msgs/ObjectHypothesisWithPose[] results, vision_msgs/BoundingBox2D bbox, string id
vision_msgs/Detection2DArray: std_msgs/Header header, vision_msgs/Detection2D[] detections
vision_msgs/Detection3D: std_msgs/Header header, vision_msgs/ObjectHypothesisWithPose[] results, vision_msgs/BoundingBox3D bbox, string id
vision_msgs/Detection3DArray: std_msgs/Header header, vision_msgs/Detection3D[] detections
visualization_msgs/UVCoordinate: float32 u, float32 v
visualization_msgs/MeshFile: string filename, uint8[] data
visualization_msgs/Marker: std_msgs/Header header, string ns, int32 id, int32 type, int32 action, geometry_msgs/Pose pose, geometry_msgs/Vector3 scale, std_msgs/ColorRGBA color, builtin_interfaces/Duration lifetime, bool frame_locked, geometry_msgs/Point[] points, std_msgs/ColorRGBA[] colors, string texture_resource, sensor_msgs/CompressedImage texture, visualization_msgs/UVCoordinate[] uv_coordinates, string text, visualization_msgs/MeshFile mesh_file, string mesh_resource, bool mesh_use_embedded_materials
visualization_msgs/MarkerArray: visualization_msgs/Marker[] markers
foxglove_msgs/Color: float64 r, float64 g, float64 b, float64 a
foxglove_msgs/Point2: float64 x, float64 y
foxglove_msgs/CircleAnnotation: builtin_interfaces/Time timestamp, foxglove_msgs/Point2 position, float64 diameter, float64 thickness, foxglove_msgs/Color fill_color, foxglove_msgs/Color outline_color
foxglove_msgs/PointsAnnotation: builtin_interfaces/Time timestamp, uint8 type, foxglove_msgs/Point2[] points, foxglove_msgs/Color outline_color, foxglove_msgs/Color[] outline_colors, foxglove_msgs/Color fill_color, float64 thickness
foxglove_msgs/TextAnnotation: builtin_interfaces/Time timestamp, foxglove_msgs/Point2 position, string text, float64 font_size, foxglove_msgs/Color text_color, foxglove_msgs/Color background_color
foxglove_msgs/KeyValuePair: string key, string value
foxglove_msgs/ArrowPrimitive: geometry_msgs/Pose pose, float64 shaft_length, float64 shaft_diameter, float64 head_length, float64 head_diameter, foxglove_msgs/Color color
foxglove_msgs/CubePrimitive: geometry_msgs/Pose pose, geometry_msgs/Vector3 size, foxglove_msgs/Color color
foxglove_msgs/SpherePrimitive: geometry_msgs/Pose pose, geometry_msgs/Vector3 size, foxglove_msgs/Color color
foxglove_msgs/CylinderPrimitive: geometry_msgs/Pose pose, geometry_msgs/Vector3 size, float64 bottom_scale, float64 top_scale, foxglove_msgs/Color color
foxglove_msgs/LinePrimitive: uint8 type, geometry_msgs/Pose pose, float64 thickness, bool scale_invariant, geometry_msgs/Point[] points, foxglove_msgs/Color color, foxglove_msgs/Color[] colors, uint32[] indices
foxglove_msgs/TriangleListPrimitive: geometry_msgs/Pose pose, geometry_msgs/Point[] points, foxglove_msgs/Color color, foxglove_msgs/Color[] colors, uint32[] indices
foxglove_msgs/TextPrimitive: geometry_msgs/Pose pose, bool billboard, float64 font_size, bool scale_invariant, foxglove_msgs/Color color, string text
foxglove_msgs/ModelPrimitive: geometry_msgs/Pose pose, geometry_msgs/Vector3 scale, foxglove_msgs/Color color, bool override_color, string url, string media_type, uint8[] data
foxglove_msgs/SceneEntityDeletion: builtin_interfaces/Time timestamp, uint8 type, string id
foxglove_msgs/SceneEntity: builtin_interfaces/Time timestamp, string frame_id, string id, builtin_interfaces/Duration lifetime, bool frame_locked, foxglove_msgs/KeyValuePair[] metadata, foxglove_msgs/ArrowPrimitive[] arrows, foxglove_msgs/CubePrimitive[] cubes, foxglove_msgs/SpherePrimitive[] spheres, foxglove_msgs/CylinderPrimitive[] cylinders, foxglove_msgs/LinePrimitive[] lines, foxglove_msgs/TriangleListPrimitive[] triangles, foxglove_msgs/TextPrimitive[] texts, foxglove_msgs/ModelPrimitive[] models
foxglove_msgs/SceneUpdate: foxglove_msgs/SceneEntityDeletion[] deletions, foxglove_msgs/SceneEntity[] entities
foxglove_msgs/ImageAnnotations: foxglove_msgs/CircleAnnotation[] circles, foxglove_msgs/PointsAnnotation[] points, foxglove_msgs/TextAnnotation[] texts
"""  # noqa: E501  one message a line, as long as its fields

Field = tuple[str, str, str]  # type, "" or "[]" or "[n]", name

PLAIN = {
    "bool": "?",
    "int8": "b",
    "uint8": "B",
    "uint16": "H",
    "int32": "i",
    "uint32": "I",
    "float32": "f",
    "float64": "d",
}
CDR_LITTLE_ENDIAN = b"\x00\x01\x00\x00"


def _fields(text: str) -> tuple[Field, ...]:
    made = []
    for part in text.split(", "):
        kind, name = part.split(" ")
        bare, many = re.fullmatch(r"([\w/]+)(\[\d*\])?", kind).groups("")  # type: ignore[union-attr]
        made.append((bare, many, name))
    return tuple(made)


MESSAGES: dict[str, tuple[Field, ...]] = {
    name: _fields(fields) for name, fields in (line.split(": ") for line in _TEXT.strip().splitlines())
}


@lru_cache(maxsize=64)
def definition(name: str) -> str:
    """A message's definition with all that it is made of, as MCAP's ros2msg schemas have it."""
    needed, waiting = [], [name]
    while waiting:
        one = waiting.pop(0)
        if one not in needed:
            needed.append(one)
            waiting += [kind for kind, _, _ in MESSAGES[one] if kind not in PLAIN and kind != "string"]
    texts = ["".join(f"{kind}{many} {field}\n" for kind, many, field in MESSAGES[one]) for one in needed]
    parts = [texts[0]] + [f"MSG: {one}\n{text}" for one, text in zip(needed[1:], texts[1:], strict=True)]
    return ("=" * 80 + "\n").join(parts)


def encode(name: str, message: dict[str, Any]) -> bytes:
    """A message's bytes; fields that it lacks are zero or empty."""
    out = bytearray()
    _write(out, name, message)
    return CDR_LITTLE_ENDIAN + bytes(out)


def _align(out: bytearray, size: int) -> None:
    out.extend(b"\0" * (-len(out) % size))


def _write(out: bytearray, name: str, message: dict[str, Any]) -> None:
    for kind, many, field in MESSAGES[name]:
        value = message.get(field)
        if not many:
            _write_one(out, kind, value)
            continue
        count = int(many[1:-1]) if many != "[]" else len(() if value is None else value)
        if many == "[]":
            _align(out, 4)
            out.extend(struct.pack("<I", count))
        if kind in PLAIN:
            if count:
                _align(out, struct.calcsize(PLAIN[kind]))
            if isinstance(value, bytes):
                out.extend(value)
            else:
                out.extend(
                    struct.pack(f"<{count}{PLAIN[kind]}", *(value if value is not None else [0] * count))
                )
        elif isinstance(value, np.ndarray):
            # Rows of float64, one a message: thousands of points of lines at once.
            assert {bare for bare, _, _ in MESSAGES[kind]} == {"float64"} and len(
                MESSAGES[kind]
            ) == value.shape[1]
            if count:
                _align(out, 8)
                out.extend(value.astype("<f8").tobytes())
        else:
            for one in value or ():
                _write_one(out, kind, one)


def _write_one(out: bytearray, kind: str, value: Any) -> None:
    if kind == "string":
        text = (value or "").encode() + b"\0"
        _align(out, 4)
        out.extend(struct.pack("<I", len(text)))
        out.extend(text)
    elif kind in PLAIN:
        _align(out, struct.calcsize(PLAIN[kind]))
        out.extend(struct.pack(f"<{PLAIN[kind]}", value or 0))
    else:
        _write(out, kind, value or {})
