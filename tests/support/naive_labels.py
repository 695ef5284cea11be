"""Slow twins of the label kernels: one mask at a time, in plain numpy."""

import numpy as np
from numpy.typing import NDArray


def measure_masks(
    instance: NDArray[np.int32], transmittance: NDArray[np.float32], ids: list[int]
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.float64]]:
    """Bounds, areas and summed transmittance of the masks of `ids`."""
    bounds, counts, light = [], [], []
    for number in ids:
        rows, columns = np.nonzero(instance == number)
        counts.append(len(rows))
        light.append(sum(float(t) for t in transmittance[rows, columns]))
        bounds.append(
            [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1] if len(rows) else [0, 0, 0, 0]
        )
    return np.array(bounds, np.int32), np.array(counts, np.int64), np.array(light)


def points_in_box(
    points: NDArray[np.float64],
    centre: NDArray[np.float64],
    axes: NDArray[np.float64],
    size: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """The nuScenes devkit's test: three edges from one corner, closed intervals."""
    corner = centre + axes @ (np.array([0.5, 0.5, -0.5]) * size)
    edges = [axes @ (np.eye(3)[k] * size * (-1.0, -1.0, 1.0)[k]) for k in range(3)]
    inside = np.ones(len(points), bool)
    for edge in edges:
        along = (points - corner) @ edge
        inside &= (along >= 0) & (along <= edge @ edge)
    return inside


def run_lengths(mask: NDArray[np.bool_]) -> list[int]:
    """Alternating run lengths of a mask in column order, beginning with background, pixel by pixel."""
    runs, state = [0], False
    for pixel in mask.T.ravel().tolist():
        if pixel != state:
            runs.append(0)
            state = pixel
        runs[-1] += 1
    return runs
