"""A sweep as an image of ranges, one row a beam and one column a direction, and back.  Labels floor.

Waymo's kind of image: row 0 is the highest beam, columns run clockwise from behind the vehicle, and a pixel knows a
range only; its direction is that of its centre.  Beams do not look through the centres of any such grid (they start
beside the axis and fire one after the other), and the vehicle drives on while they do.  The pose of each pixel, which
the format has for the second, carries both: it turns the pixel's direction into the beam's and moves the point to where
the vehicle really was, so that points come back as they were (`points_of`) while the image stays dense.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from labelers.geometry import inverse_rigid
from renderers.frames import LidarSweep
from renderers.lidar_models import LidarModel

Matrix = NDArray[np.float64]

RETURNS = 2  # that Waymo's layout has
ROSETTE = (64, 2048)  # rows and columns for prisms, whose beams have no rows


@dataclass(frozen=True, slots=True)
class Grid:
    """H rows and W columns of a lidar, and which way they look."""

    inclination_rad: NDArray[np.float64]  # (H,) ascending: of the last row first
    columns: int
    rowless: bool = False  # beams go to the row that is nearest, not to that of their ring

    @staticmethod
    def of(model: LidarModel) -> "Grid":
        """The grid that fits a lidar: as many columns as it has firings a turn."""
        if model.prisms is not None:
            half = 0.5 * model.field_rad
            centre = float(np.mean(model.elevation_rad))
            return Grid(np.linspace(centre - half, centre + half, ROSETTE[0]), ROSETTE[1], True)
        # Where lasers take turns, a ring fires at some of the steps only.
        every = int(model.every.min())
        columns = math.ceil(2.0 * np.pi / model.field_rad * model.steps / every)
        return Grid(np.sort(model.elevation_rad), columns)

    def azimuth_rad(self, ego_from_lidar: Matrix) -> NDArray[np.float64]:
        """(W,) of the columns' centres in the lidar's frame."""
        ratio = (np.arange(self.columns, 0, -1) - 0.5) / self.columns
        return np.asarray((2.0 * ratio - 1.0) * np.pi - _turn(ego_from_lidar), np.float64)


@dataclass(frozen=True, slots=True)
class RangeImages:
    """The returns of a sweep on a grid of H x W, and the pose of each pixel."""

    values: tuple[NDArray[np.float32], ...]  # (H, W, 4) each: range, intensity, elongation, in no zone
    pose: NDArray[np.float32]  # (H, W, 6) world from vehicle: roll, pitch, yaw, x, y, z
    point: tuple[NDArray[np.int64], ...]  # (H, W) each: which point of the sweep; -1 none
    left_out: int  # points without a pixel


def range_images(sweep: LidarSweep, grid: Grid, world_from_vehicle: Matrix) -> RangeImages:
    """The images of a sweep; points are those of the de-skewed sweep in the frame that the calibration states."""
    height, width = len(grid.inclination_rad), grid.columns
    first = np.flatnonzero(sweep.return_index == 0)
    raw = sweep.raw_xyz_m.astype(np.float64)
    reach = np.linalg.norm(raw, axis=1)
    row, column = _pixels(raw[first], sweep.ring[first], grid, sweep.calibration)
    placed = column >= 0
    images, points = [], []
    # A further return follows the first of its firing.
    owner = np.cumsum(sweep.return_index == 0) - 1
    for index in range(RETURNS):
        which = np.flatnonzero(sweep.return_index == index)
        which = which[placed[owner[which]]]
        at = (row[owner[which]], column[owner[which]])
        image = np.full(
            (height, width, 4), -1.0, np.float32
        )  # Waymo's own word for no return, and for no zone
        image[(*at, 0)], image[(*at, 1)], image[(*at, 2)] = reach[which], sweep.intensity[which], 0.0
        point = np.full((height, width), -1, np.int64)
        point[at] = which
        images.append(image)
        points.append(point)
    kept = sum(int(np.count_nonzero(point >= 0)) for point in points)
    pose = _poses(sweep, grid, points[0], world_from_vehicle)
    return RangeImages(tuple(images), pose, tuple(points), len(raw) - kept)


def points_of(
    image: NDArray[np.float32],
    pose: NDArray[np.float32],
    grid: Grid,
    ego_from_lidar: Matrix,
    world_from_ego: Matrix,
) -> NDArray[np.float64]:
    """(N, 3) points of an image in the vehicle's frame, as Waymo's conversion finds them, row by row."""
    at = np.nonzero(image[..., 0] > 0)
    local = _directions(grid, ego_from_lidar)[at] * image[at][:, :1].astype(np.float64)
    ego = local @ ego_from_lidar[:3, :3].T + ego_from_lidar[:3, 3]
    six = pose[at].astype(np.float64)
    world = np.einsum("nij,nj->ni", _rotations(six[:, :3]), ego) + six[:, 3:]
    back = inverse_rigid(world_from_ego)
    return np.asarray(world @ back[:3, :3].T + back[:3, 3], np.float64)


def _turn(ego_from_lidar: Matrix) -> float:
    return math.atan2(ego_from_lidar[1, 0], ego_from_lidar[0, 0])


def _directions(grid: Grid, ego_from_lidar: Matrix) -> NDArray[np.float64]:
    """(H, W, 3) unit directions of pixels in the lidar's frame."""
    azimuth = grid.azimuth_rad(ego_from_lidar)[None, :]
    inclination = grid.inclination_rad[::-1, None]
    across = np.cos(inclination)
    up = np.broadcast_to(np.sin(inclination), (len(inclination), grid.columns))
    return np.stack([across * np.cos(azimuth), across * np.sin(azimuth), up], axis=2)


def _pixels(
    raw: NDArray[np.float64], ring: NDArray[np.int16], grid: Grid, ego_from_lidar: Matrix
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(N,) row and column of each point, no two in one pixel; column -1 where a row is full."""
    height, width = len(grid.inclination_rad), grid.columns
    if grid.rowless:
        rise = np.arctan2(raw[:, 2], np.hypot(raw[:, 0], raw[:, 1]))
        between = (grid.inclination_rad[1:] + grid.inclination_rad[:-1]) / 2
        row = height - 1 - np.searchsorted(between, rise)
    else:
        row = height - 1 - ring.astype(np.int64)
    azimuth = np.arctan2(raw[:, 1], raw[:, 0]) + _turn(ego_from_lidar)
    ratio = (azimuth / np.pi + 1.0) / 2.0 % 1.0
    wanted = np.clip(np.rint(width - 0.5 - ratio * width).astype(np.int64), 0, width - 1)
    column = np.full(len(raw), -1, np.int64)
    # Two beams whose directions round to one column stand side by side, in their order.
    order = np.lexsort((-ratio, row))
    ends = np.searchsorted(row[order], np.arange(height + 1))
    for start, stop in pairwise(ends.tolist()):
        line = order[start:stop][:width]
        step = np.arange(len(line))
        right = np.maximum.accumulate(wanted[line] - step)
        column[line] = np.minimum(right + step, width - len(line) + step)
    return row, column


def _poses(
    sweep: LidarSweep, grid: Grid, point: NDArray[np.int64], world_from_vehicle: Matrix
) -> NDArray[np.float32]:
    mount = sweep.calibration
    at = np.nonzero(point >= 0)
    which = point[at]
    raw, steady = sweep.raw_xyz_m[which].astype(np.float64), sweep.xyz_m[which].astype(np.float64)
    centre = _directions(grid, mount)[at]
    beam = raw / np.linalg.norm(raw, axis=1, keepdims=True)
    turned = _swing(centre, beam)
    turned = _spin(_turning(sweep, raw, steady, which)) @ turned
    # The range is a float32 in the file, so the shift makes up for what it lost.
    reach = np.linalg.norm(raw, axis=1).astype(np.float32).astype(np.float64)
    shift = steady - np.einsum("nij,nj->ni", turned, centre * reach[:, None])
    rotation = mount[:3, :3] @ turned @ mount[:3, :3].T
    offset = mount[:3, 3] + shift @ mount[:3, :3].T - rotation @ mount[:3, 3]
    world = world_from_vehicle[:3, :3] @ rotation
    pose = np.empty((*point.shape, 6), np.float32)
    pose[...] = _six(world_from_vehicle[None, :3, :3], world_from_vehicle[None, :3, 3])
    pose[at] = _six(world, offset @ world_from_vehicle[:3, :3].T + world_from_vehicle[:3, 3])
    return pose


def _turning(
    sweep: LidarSweep, raw: NDArray[np.float64], steady: NDArray[np.float64], which: NDArray[np.int64]
) -> NDArray[np.float64]:
    """(N, 3) rotation vectors of the lidar from the sweep's time to each point's, found from the points themselves.

    Raw and steady points differ by a rigid motion that grows with time: steady - raw = t (w x (raw + steady) / 2 + v),
    exact for a rotation by Cayley's vector (Bottema and Roth 1979), so w and v are a linear least-squares problem.
    """
    time = sweep.offset_ns[which] * 1e-9
    far = np.abs(time) > 1e-4
    if np.count_nonzero(far) < 3:
        return np.zeros((len(which), 3))
    middle, moved = (raw[far] + steady[far]) / 2 * time[far, None], steady[far] - raw[far]
    rows = np.zeros((len(middle), 3, 6))
    x, y, z = middle.T
    rows[:, 0, 1], rows[:, 0, 2] = z, -y
    rows[:, 1, 0], rows[:, 1, 2] = -z, x
    rows[:, 2, 0], rows[:, 2, 1] = y, -x
    rows[:, [0, 1, 2], [3, 4, 5]] = time[far, None]
    flat = rows.reshape(-1, 6)
    # Normal equations: six unknowns, and a hundred thousand rows are read once only.
    twist = np.linalg.lstsq(flat.T @ flat, flat.T @ moved.ravel(), rcond=1e-12)[0]
    return np.asarray(time[:, None] * twist[:3], np.float64)


def _spin(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, 3, 3) rotations by Cayley's vectors of small angles."""
    half = vector / 2
    square = np.einsum("ni,ni->n", half, half)[:, None, None]
    cross = _cross(half)
    return np.asarray(np.eye(3) + (2.0 / (1.0 + square)) * (cross + cross @ cross), np.float64)


def _swing(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, 3, 3) shortest rotations from unit vectors to others."""
    cross = _cross(np.cross(start, end))
    cosine = np.einsum("ni,ni->n", start, end)[:, None, None]
    return np.asarray(np.eye(3) + cross + cross @ cross / (1.0 + cosine), np.float64)


def _cross(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    matrix = np.zeros((len(vector), 3, 3))
    x, y, z = vector.T
    matrix[:, 0, 1], matrix[:, 0, 2] = -z, y
    matrix[:, 1, 0], matrix[:, 1, 2] = z, -x
    matrix[:, 2, 0], matrix[:, 2, 1] = -y, x
    return matrix


def _six(rotation: NDArray[np.float64], place: NDArray[np.float64]) -> NDArray[np.float32]:
    """(N, 6) roll, pitch, yaw and place of poses."""
    roll = np.arctan2(rotation[:, 2, 1], rotation[:, 2, 2])
    pitch = -np.arcsin(np.clip(rotation[:, 2, 0], -1.0, 1.0))
    yaw = np.arctan2(rotation[:, 1, 0], rotation[:, 0, 0])
    return np.column_stack([roll, pitch, yaw, place]).astype(np.float32)


def _rotations(angles: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, 3, 3) of roll, pitch and yaw about x, y and z, the last first."""
    (cr, cp, cy), (sr, sp, sy) = np.cos(angles.T), np.sin(angles.T)
    rows = [
        [cy * cp, cy * sp * sr - sy * cr, cy * sp * cr + sy * sr],
        [sy * cp, sy * sp * sr + cy * cr, sy * sp * cr - cy * sr],
        [-sp, cp * sr, cp * cr],
    ]
    return np.moveaxis(np.array(rows), 2, 0)
