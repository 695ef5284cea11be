"""Scene flow of a sweep as Argoverse 2's evaluation has it.  Labels floor.

Its flow is from one sweep to the next in the vehicles' frames of both, so the ego's own motion is in it, and 5 cm beside
that motion make a point dynamic.  Rows are those of the sweep; categories are numbered in the order of their names.
"""

from collections.abc import Container
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelers.geometry import inverse_rigid

# av2.datasets.sensor.constants.AnnotationCategories, which numbers them from 1; 0 is the background.
CATEGORIES = (
    "ANIMAL", "ARTICULATED_BUS", "BICYCLE", "BICYCLIST", "BOLLARD", "BOX_TRUCK", "BUS", "CONSTRUCTION_BARREL",
    "CONSTRUCTION_CONE", "DOG", "LARGE_VEHICLE", "MESSAGE_BOARD_TRAILER", "MOBILE_PEDESTRIAN_CROSSING_SIGN",
    "MOTORCYCLE", "MOTORCYCLIST", "OFFICIAL_SIGNALER", "PEDESTRIAN", "RAILED_VEHICLE", "REGULAR_VEHICLE", "SCHOOL_BUS",
    "SIGN", "STOP_SIGN", "STROLLER", "TRAFFIC_LIGHT_TRAILER", "TRUCK", "TRUCK_CAB", "VEHICULAR_TRAILER", "WHEELCHAIR",
    "WHEELED_DEVICE", "WHEELED_RIDER",
)  # fmt: skip
CLOSE_M = 35.0  # half the side of the square about the vehicle that counts as close
DYNAMIC_M = 0.05


def flow_columns(
    points_m: NDArray[np.float64],  # (N, 3) in the vehicle's frame
    flow_m: NDArray[np.float32],  # (N, 3) world axes, without the ego's motion; NaN in the air
    instance: NDArray[np.int32],  # (N,)
    categories: dict[int, str | None],  # of instances
    later: Container[int],  # instances of the next sweep's sample
    world_from_ego: NDArray[np.float64],
    world_from_next: NDArray[np.float64],
) -> dict[str, Any]:
    """Columns of one annotation file."""
    known: NDArray[np.bool_] = np.isfinite(flow_m[:, 0])
    moved = np.where(known[:, None], flow_m, 0.0).astype(np.float64)
    world = points_m @ world_from_ego[:3, :3].T + world_from_ego[:3, 3]
    next_from_world = inverse_rigid(world_from_next)
    ends = (world + moved) @ next_from_world[:3, :3].T + next_from_world[:3, 3]
    flow = ends - points_m
    numbers = {number: CATEGORIES.index(name) + 1 if name else 0 for number, name in categories.items()}
    owners, rows = np.unique(instance, return_inverse=True)
    indices = np.array([numbers.get(int(number), 0) for number in owners], np.uint8)[rows]
    stays = np.array([number == 0 or int(number) in later for number in owners])[rows]
    return {
        "category_indices": indices,
        "is_close": (np.abs(points_m[:, :2]) <= CLOSE_M).all(axis=1),
        "is_dynamic": np.linalg.norm(moved, axis=1) >= DYNAMIC_M,
        "is_valid": known & stays,
        **{f"flow_t{axis}_m": flow[:, k].astype(np.float16) for k, axis in enumerate("xyz")},
    }
