"""OpenLane's evaluation of 3D lanes after its published protocol, for there is no package of it to install.

Chen et al. 2022 (PersFormer), section 5, and what its repository says of the frames.  Lanes are seen from the ground
below the camera, x to the right, y ahead, z up, and compared at every metre from 3 to 103 m within 10 m to either side.
Two lanes match where three quarters of a lane's points lie within 1.5 m of the other's; the pairing is the one of least
summed distance, a point that only one lane has counting 1.5 m.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

Lane = NDArray[np.float64]  # (n, 3) ground, from near to far

Y_M = np.arange(3.0, 103.0)
BESIDE_M, APART_M, SHARE = 10.0, 1.5, 0.75
CLOSE = Y_M <= 40.0
OPTICAL_FROM_FORWARD = np.array([[0.0, -1.0, 0.0], [0.0, 0.0, -1.0], [1.0, 0.0, 0.0]])
GROUND_FROM_OPTICAL = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])
VEHICLE_FROM_GROUND = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])


def ground_lanes(words: dict[str, Any]) -> list[tuple[int, Lane]]:
    """Category and visible points of the lanes of one JSON file, as its evaluation places them on the ground."""
    extrinsic = np.array(words["extrinsic"])
    turn = VEHICLE_FROM_GROUND.T @ extrinsic[:3, :3] @ VEHICLE_FROM_GROUND @ GROUND_FROM_OPTICAL
    found = []
    for lane in words["lane_lines"]:
        points = turn @ OPTICAL_FROM_FORWARD @ np.array(lane["xyz"])
        points[2] += extrinsic[2, 3]
        kept = points.T[np.array(lane["visibility"]) > 0.0]
        if len(kept) > 1 and kept[0, 1] < Y_M[-1] and kept[-1, 1] > Y_M[0]:
            found.append((lane["category"], kept))
    return found


def _sampled(lane: Lane) -> tuple[Lane, NDArray[np.bool_]]:
    """(100, 2) x and z at every y, and where the lane is."""
    x, z = (np.interp(Y_M, lane[:, 1], lane[:, axis]) for axis in (0, 2))
    there = (lane[0, 1] <= Y_M) & (lane[-1, 1] >= Y_M) & (np.abs(x) <= BESIDE_M)
    return np.stack([x, z], axis=1), there


def score(frames: list[tuple[list[tuple[int, Lane]], list[tuple[int, Lane]]]]) -> dict[str, float]:
    """F-score, share of right categories, and errors near and far of (truth, found) lanes of every frame."""
    recalled = precise = right = matched = truths = founds = 0
    errors: dict[str, list[float]] = {name: [] for name in ("x_near", "x_far", "z_near", "z_far")}
    for truth, found in frames:
        truths, founds = truths + len(truth), founds + len(found)
        rows = [[_pair(a, b) for _, b in found] for _, a in truth]
        cost = np.array([[int(pair[0].sum()) for pair in row] for row in rows]).reshape(
            len(truth), len(found)
        )
        for i, j in zip(*linear_sum_assignment(cost), strict=True):
            if cost[i, j] >= APART_M * len(Y_M):
                continue
            distance, gaps, here, there = rows[i][j]
            matched += 1
            near = int(np.count_nonzero(distance < APART_M))
            recalled += near >= SHARE * np.count_nonzero(here)
            precise += near >= SHARE * np.count_nonzero(there)
            right += truth[i][0] == found[j][0] or (found[j][0], truth[i][0]) == (20, 21)
            both = here & there
            for column, axis in enumerate("xz"):
                for name, span in (("near", CLOSE), ("far", ~CLOSE)):
                    told = gaps[both & span, column]
                    errors[f"{axis}_{name}"].append(float(told.mean()) if len(told) else APART_M)
    recall, precision = recalled / max(truths, 1), precise / max(founds, 1)
    mean = {name: float(np.mean(values)) if values else np.inf for name, values in errors.items()}
    total = recall + precision
    return mean | {"f": 2 * recall * precision / total if total else 0.0, "category": right / max(matched, 1)}


def _pair(
    a: Lane, b: Lane
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
    (first, here), (second, there) = _sampled(a), _sampled(b)
    gaps = np.abs(first - second)
    return np.where(here & there, np.hypot(*gaps.T), APART_M), gaps, here, there
