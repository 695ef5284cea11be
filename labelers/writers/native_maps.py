"""Maps, voxels, free space and scene flow of the native format: files, rows, and records from them.  Labels floor."""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labelers.birdseye import road_areas
from labelers.records import Birdseye, FreeSpace, Occupancy, Sample
from labelers.writers.files import json_bytes, plane_bytes
from sim.roads.network import RoadNetwork

LIDAR_BIT, CAMERA_BIT, CLASS_BITS = 32, 64, 31  # of a byte of the voxels

FREE_SPACE = pa.schema(
    [
        ("index", pa.int32()),
        ("camera", pa.string()),
        ("row", pa.list_(pa.int16())),  # of each column of the image
        ("distance_m", pa.list_(pa.float32())),
        ("semantic", pa.list_(pa.uint8())),
        ("instance", pa.list_(pa.int32())),
    ]
)


def sample_planes(sample: Sample) -> dict[str, bytes]:
    """Files of a sample that belong to no sensor, by name."""
    planes: dict[str, bytes] = {}
    if sample.labels.birdseye is not None:
        planes["birdseye"] = plane_bytes(sample.labels.birdseye.bits)
    found = sample.labels.occupancy
    if found is not None:
        packed = found.semantics | found.mask_lidar * np.uint8(LIDAR_BIT)
        planes["occupancy"] = plane_bytes(
            (packed | found.mask_camera * np.uint8(CAMERA_BIT)).astype(np.uint8)
        )
    return planes


def road_bytes(road: RoadNetwork) -> bytes:
    """The areas of a road as polygons."""
    areas = [
        {"layers": list(area.layers), "name": area.name, "outline_m": area.outline_m.tolist()}
        for area in road_areas(road)
    ]
    return json_bytes({"areas": areas}, digits=4)


def free_rows(sample: Sample) -> list[dict[str, Any]]:
    return [
        {
            "index": sample.index,
            "camera": camera,
            "row": found.row.tolist(),
            "distance_m": found.distance_m.tolist(),
            "semantic": found.semantic.tolist(),
            "instance": found.instance.tolist(),
        }
        for camera, found in sorted(sample.labels.free_space.items())
    ]


def free_from(row: dict[str, Any]) -> FreeSpace:
    return FreeSpace(
        np.array(row["row"], np.int16),
        np.array(row["distance_m"], np.float32),
        np.array(row["semantic"], np.uint8),
        np.array(row["instance"], np.int32),
    )


def birdseye_from(bits: NDArray[np.uint16], about: dict[str, Any]) -> Birdseye:
    return Birdseye(float(about["size_m"]), float(about["cell_m"]), bits)


def occupancy_from(packed: NDArray[np.uint8]) -> Occupancy:
    return Occupancy(
        (packed & CLASS_BITS).astype(np.uint8), (packed & LIDAR_BIT) > 0, (packed & CAMERA_BIT) > 0
    )
