"""Radar scans made by hand: one detection on the middle of each thing, and a false alarm."""

import numpy as np
from numpy.typing import NDArray

from renderers.radar_scan import COLUMNS, RadarCause, RadarScan
from scenarios.taxonomy import SEMANTIC_ID
from sim.trace import pose_matrix

MOUNT = {"mount": {"x": 2.3, "z": 0.5}, "model": "long_range"}
EGO_FROM_RADAR = pose_matrix(np.array([2.3, 0.0, 0.5]), np.zeros(3))


def scan(
    time_ns: int,
    world_from_ego: NDArray[np.float64],
    centres_m: NDArray[np.float64],
    instance: list[int],
    own_mps: float,
) -> RadarScan:
    """All stand still but the ego, which drives along x."""
    world_from_radar = world_from_ego @ EGO_FROM_RADAR
    local = (centres_m.reshape(-1, 3) - world_from_radar[:3, 3]) @ world_from_radar[:3, :3]
    range_m, azimuth = np.hypot(local[:, 0], local[:, 1]), np.arctan2(local[:, 1], local[:, 0])
    rate = -own_mps * np.cos(azimuth)
    count = len(range_m)
    columns: dict[str, NDArray[np.generic]] = {name: np.full(count + 1, 0.1) for name in COLUMNS}
    columns |= {
        "range_m": np.append(range_m, 77.0),
        "azimuth_rad": np.append(azimuth, 0.1),
        "rate_mps": np.append(rate, -12.0),
        "ground_rate_mps": np.append(rate + own_mps * np.cos(azimuth), -7.0),
        "snr_db": np.append(np.full(count, 25.0), 13.5),
        "rcs_dbsm": np.append(np.full(count, 7.0), 3.0),
        "true_range_m": np.append(range_m, np.nan),
        "true_azimuth_rad": np.append(azimuth, np.nan),
        "true_rate_mps": np.append(rate, np.nan),
    }
    columns = {name: values.astype(np.float32) for name, values in columns.items()}
    columns["cause"] = np.array([RadarCause.TARGET] * count + [RadarCause.FALSE_ALARM], np.uint8)
    columns["instance"] = np.array([*instance, 0], np.int32)
    columns["semantic"] = np.array([SEMANTIC_ID["car"]] * count + [SEMANTIC_ID["void"]], np.uint8)
    columns["echoes"] = np.array([1] * count + [0], np.int32)
    return RadarScan(
        sensor="radar_front",
        model="long_range",
        time_ns=time_ns,
        world_from_radar=world_from_radar,
        ego_from_radar=EGO_FROM_RADAR,
        radar_velocity_mps=np.array([own_mps, 0.0, 0.0]),
        **columns,
    )
