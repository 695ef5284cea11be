"""Slow twins of the kernels that look up where pixels' surfaces lie, point by point in plain numpy."""

import numpy as np
from numpy.typing import NDArray

from labelers.pixels import pixel_points
from renderers.frames import CameraFrame


def mapped(
    frame: CameraFrame,
    is_ground: NDArray[np.bool_],
    reach_m: float,
    plan: NDArray[np.uint8],
    corner_m: NDArray[np.float64],
    cells_per_m: float,
) -> NDArray[np.bool_]:
    """(H, W) pixels that show ground on cells of a map that are not 0."""
    found = (frame.instance == 0) & is_ground[frame.semantic] & (frame.depth_m < reach_m)
    row, column = np.nonzero(found)
    north_east = (_world(frame, row, column)[:, 1::-1] - corner_m[::-1]) * cells_per_m
    inside = ((north_east >= 0.0) & (north_east < plan.shape)).all(axis=1)
    at = np.where(inside[:, None], north_east, 0.0).astype(int)
    found[row, column] = inside & (plan[at[:, 0], at[:, 1]] > 0)
    return found


def shown(
    frame: CameraFrame,
    most_m: float,
    grid_from_world: NDArray[np.float64],
    shape: tuple[int, int, int],
) -> NDArray[np.bool_]:
    """Cubes in which the surface lies that a pixel shows."""
    near = frame.depth_m < most_m
    places = _world(frame, *np.nonzero(near)) @ grid_from_world[:3, :3].T + grid_from_world[:3, 3]
    cubes = np.floor(places[((places >= 0.0) & (places < shape)).all(axis=1)]).astype(int)
    seen = np.zeros(shape, bool)
    seen[tuple(cubes.T)] = True
    return seen


def blocked(frame: CameraFrame, is_free: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(W,) lowest row of each column that shows something that is not free; -1: none."""
    found = (frame.instance != 0) | ~is_free[frame.semantic]
    rows = [np.flatnonzero(column) for column in found.T]
    return np.array([each[-1] if len(each) else -1 for each in rows])


def _world(frame: CameraFrame, row: NDArray[np.int64], column: NDArray[np.int64]) -> NDArray[np.float64]:
    points = pixel_points(frame, column, row, frame.depth_m[row, column])
    world: NDArray[np.float64] = points @ frame.world_from_camera[:3, :3].T + frame.world_from_camera[:3, 3]
    return world
