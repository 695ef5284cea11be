"""Radar scans as nuScenes keeps them: PCD 0.7 files of eighteen fields.  Labels floor.

The fields are those of the ARS 408 unit that nuScenes' cars carry; what the unit decides by its own tracking is filled
with what follows from one scan.  Readers know velocities by components, of which a radar measures only the radial one.
"""

import numpy as np
from numpy.typing import NDArray

from renderers.radar_scan import RadarScan

FIELDS = (
    ("x", "<f4"), ("y", "<f4"), ("z", "<f4"), ("dyn_prop", "<i1"), ("id", "<i2"), ("rcs", "<f4"), ("vx", "<f4"),
    ("vy", "<f4"), ("vx_comp", "<f4"), ("vy_comp", "<f4"), ("is_quality_valid", "<i1"), ("ambig_state", "<i1"),
    ("x_rms", "<i1"), ("y_rms", "<i1"), ("invalid_state", "<i1"), ("pdh0", "<i1"), ("vx_rms", "<i1"), ("vy_rms", "<i1"),
)  # fmt: skip
MOVING, STATIONARY, ONCOMING = 0, 1, 2
STANDS_MPS = 0.5
UNAMBIGUOUS, VALID = 3, 0
SURE, UNSURE = 1, 2  # false with less than 25 %, or 50 %
SURE_DB = 16.0  # three decibels above where detections begin
# The unit tells standard deviations in 31 steps of equal ratio from 0.005 to 10.
RMS_LEAST, RMS_RATIO, RMS_STEPS = 0.005, 2000.0 ** (1.0 / 30.0), 30


def rms_code(deviation: NDArray[np.float32]) -> NDArray[np.int8]:
    """The step that a standard deviation is below."""
    step = np.ceil(np.log(np.maximum(deviation, 1e-9) / RMS_LEAST) / np.log(RMS_RATIO))
    code: NDArray[np.int8] = np.clip(step, 0, RMS_STEPS).astype(np.int8)
    return code


def radar_pcd_bytes(scan: RadarScan) -> bytes:
    """One scan as a binary PCD; a scan without detections has one row that is not a number, as nuScenes writes it."""
    count = max(len(scan.range_m), 1)
    table = np.zeros(count, np.dtype(list(FIELDS)))
    if len(scan.range_m):
        _fill(table, scan)
    else:
        for name in ("x", "y", "z", "rcs", "vx", "vy", "vx_comp", "vy_comp"):
            table[name] = np.nan
    header = [
        "# .PCD v0.7 - Point Cloud Data file format",
        "VERSION 0.7",
        "FIELDS " + " ".join(name for name, _ in FIELDS),
        "SIZE " + " ".join(kind[2] for _, kind in FIELDS),
        "TYPE " + " ".join("F" if kind[1] == "f" else "I" for _, kind in FIELDS),
        "COUNT " + " ".join("1" for _ in FIELDS),
        f"WIDTH {count}",
        "HEIGHT 1",
        "VIEWPOINT 0 0 0 1 0 0 0",
        f"POINTS {count}",
        "DATA binary",
    ]
    # The devkit refuses a file that ends with its last point.
    return "\n".join([*header, ""]).encode() + table.tobytes() + b"\n"


def _fill(table: NDArray[np.void], scan: RadarScan) -> None:
    ahead, left = np.cos(scan.azimuth_rad), np.sin(scan.azimuth_rad)
    table["x"], table["y"] = scan.range_m * ahead, scan.range_m * left
    table["id"] = np.arange(len(table))
    table["rcs"] = scan.rcs_dbsm
    table["vx"], table["vy"] = scan.rate_mps * ahead, scan.rate_mps * left
    table["vx_comp"], table["vy_comp"] = scan.ground_rate_mps * ahead, scan.ground_rate_mps * left
    stands = np.abs(scan.ground_rate_mps) < STANDS_MPS
    table["dyn_prop"] = np.where(stands, STATIONARY, np.where(scan.ground_rate_mps < 0.0, ONCOMING, MOVING))
    table["is_quality_valid"], table["ambig_state"], table["invalid_state"] = 1, UNAMBIGUOUS, VALID
    table["pdh0"] = np.where(scan.snr_db > SURE_DB, SURE, UNSURE)
    across = scan.range_m * scan.azimuth_sd_rad
    table["x_rms"] = rms_code(np.hypot(scan.range_sd_m * ahead, across * left))
    table["y_rms"] = rms_code(np.hypot(scan.range_sd_m * left, across * ahead))
    table["vx_rms"] = rms_code(np.abs(scan.rate_sd_mps * ahead))
    table["vy_rms"] = rms_code(np.abs(scan.rate_sd_mps * left))
