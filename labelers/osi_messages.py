"""Open Simulation Interface messages as protobuf bytes.  Labels floor; knows no dataset.

Field numbers are those of OSI 3.8 (osi_groundtruth.proto and what it imports); only what is written here is listed.
The wire format is protobuf's: a key of field number and wire type, then a varint, eight bytes, or a length and bytes.
"""

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

VERSION = {"version_major": 3, "version_minor": 8, "version_patch": 0}

# Message -> field -> number and kind: "double", "int", "string", or a message; "*" before it: repeated.
MESSAGES: dict[str, dict[str, tuple[int, str]]] = {
    "GroundTruth": {
        "version": (1, "Version"),
        "timestamp": (2, "Timestamp"),
        "host_vehicle_id": (3, "Identifier"),
        "stationary_object": (4, "*StationaryObject"),
        "moving_object": (5, "*MovingObject"),
        "traffic_sign": (6, "*TrafficSign"),
        "traffic_light": (7, "*TrafficLight"),
        "lane_boundary": (9, "*LaneBoundary"),
        "lane": (10, "*Lane"),
        "environmental_conditions": (12, "Environment"),
        "map_reference": (15, "string"),
        "model_reference": (16, "string"),
    },
    "Version": {"version_major": (1, "int"), "version_minor": (2, "int"), "version_patch": (3, "int")},
    "Timestamp": {"seconds": (1, "int"), "nanos": (2, "int")},
    "Identifier": {"value": (1, "int")},
    "Vector": {"x": (1, "double"), "y": (2, "double"), "z": (3, "double")},
    "Dimension": {"length": (1, "double"), "width": (2, "double"), "height": (3, "double")},
    "Orientation": {"roll": (1, "double"), "pitch": (2, "double"), "yaw": (3, "double")},
    "Base": {
        "dimension": (1, "Dimension"),
        "position": (2, "Vector"),
        "orientation": (3, "Orientation"),
        "velocity": (4, "Vector"),
        "acceleration": (5, "Vector"),
    },
    "MovingObject": {
        "id": (1, "Identifier"),
        "base": (2, "Base"),
        "type": (3, "int"),
        "vehicle_classification": (6, "VehicleClassification"),
        "model_reference": (7, "string"),
    },
    "VehicleClassification": {"type": (1, "int"), "role": (5, "int")},
    "StationaryObject": {
        "id": (1, "Identifier"),
        "base": (2, "Base"),
        "classification": (3, "StationaryClassification"),
        "model_reference": (4, "string"),
    },
    "StationaryClassification": {"type": (1, "int")},
    "LaneBoundary": {
        "id": (1, "Identifier"),
        "boundary_line": (2, "*BoundaryPoint"),
        "classification": (3, "BoundaryClassification"),
    },
    "BoundaryPoint": {"position": (1, "Vector"), "width": (2, "double")},
    "BoundaryClassification": {"type": (1, "int"), "color": (2, "int")},
    "Lane": {"id": (1, "Identifier"), "classification": (2, "LaneClassification")},
    "LaneClassification": {
        "type": (1, "int"),
        "is_host_vehicle_lane": (2, "int"),
        "centerline": (3, "*Vector"),
        "centerline_is_driving_direction": (4, "int"),
        "left_adjacent_lane_id": (5, "*Identifier"),
        "right_adjacent_lane_id": (6, "*Identifier"),
        "lane_pairing": (7, "*LanePairing"),
        "right_lane_boundary_id": (8, "*Identifier"),
        "left_lane_boundary_id": (9, "*Identifier"),
        "free_lane_boundary_id": (10, "*Identifier"),
        "subtype": (12, "int"),
    },
    "LanePairing": {"antecessor_lane_id": (1, "Identifier"), "successor_lane_id": (2, "Identifier")},
    "TrafficSign": {
        "id": (1, "Identifier"),
        "main_sign": (2, "MainSign"),
        "supplementary_sign": (3, "*SupplementarySign"),
    },
    "MainSign": {
        "base": (1, "Base"),
        "classification": (2, "MainClassification"),
        "model_reference": (3, "string"),
    },
    "MainClassification": {
        "variability": (1, "int"),
        "type": (2, "int"),
        "value": (3, "SignValue"),
        "direction_scope": (4, "int"),
        "assigned_lane_id": (5, "*Identifier"),
        "country": (8, "string"),
        "code": (10, "string"),
        "sub_code": (11, "string"),
    },
    "SignValue": {"value": (1, "double"), "value_unit": (2, "int"), "text": (3, "string")},
    "SupplementarySign": {
        "base": (1, "Base"),
        "classification": (2, "SupplementaryClassification"),
        "model_reference": (3, "string"),
    },
    "SupplementaryClassification": {
        "variability": (1, "int"),
        "type": (2, "int"),
        "assigned_lane_id": (4, "*Identifier"),
    },
    "TrafficLight": {
        "id": (1, "Identifier"),
        "base": (2, "Base"),
        "classification": (3, "LightClassification"),
        "model_reference": (4, "string"),
    },
    "LightClassification": {
        "color": (1, "int"),
        "icon": (2, "int"),
        "mode": (3, "int"),
        "assigned_lane_id": (5, "*Identifier"),
        "is_out_of_service": (6, "int"),
    },
    "Environment": {
        "ambient_illumination": (1, "int"),
        "time_of_day": (2, "TimeOfDay"),
        "temperature": (4, "double"),
        "precipitation": (6, "int"),
        "fog": (7, "int"),
        "unix_timestamp": (8, "int"),
        "clouds": (10, "CloudLayer"),
        "wind": (11, "Wind"),
        "sun": (12, "Sun"),
    },
    "TimeOfDay": {"seconds_since_midnight": (1, "int")},
    "CloudLayer": {"fractional_cloud_cover": (1, "int")},
    "Wind": {"speed": (2, "double")},
    "Sun": {"elevation": (2, "double")},
}


def identifier(number: int) -> dict[str, Any]:
    """An Identifier."""
    return {"value": number}


def vector(values: Sequence[float] | NDArray[np.float64]) -> dict[str, Any]:
    """A Vector3d."""
    return dict(zip("xyz", (float(value) + 0.0 for value in values), strict=True))


def encode(name: str, message: dict[str, Any]) -> bytes:
    """A message's bytes, fields in the order of their numbers; a field may hold a message that is bytes already."""
    fields = MESSAGES[name]
    out = bytearray()
    for field in sorted(message, key=lambda field: fields[field][0]):
        number, kind = fields[field]
        for value in message[field] if kind.startswith("*") else (message[field],):
            out += _field(number, kind.removeprefix("*"), value)
    return bytes(out)


def _field(number: int, kind: str, value: Any) -> bytes:
    if kind == "double":
        return _varint(number << 3 | 1) + struct.pack("<d", value)
    if kind == "int":
        return _varint(number << 3) + _varint(int(value))
    if isinstance(value, bytes):
        data = value
    else:
        data = value.encode() if kind == "string" else encode(kind, value)
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    out = bytearray()
    value &= (1 << 64) - 1  # negative numbers are ten bytes of two's complement
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
