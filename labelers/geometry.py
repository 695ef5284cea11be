"""Rotations as datasets write them, and small pose algebra.  Labels floor."""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from labelers.records import Cuboid
from sim.trace import pose_matrix

Matrix = NDArray[np.float64]


def inverse_rigid(matrix: Matrix) -> Matrix:
    """Inverse of a (4, 4) rotation and translation, without a general solver's rounding."""
    turned = np.eye(4)
    turned[:3, :3] = matrix[:3, :3].T
    turned[:3, 3] = -matrix[:3, :3].T @ matrix[:3, 3]
    return turned


def quaternion_wxyz(matrix: Matrix) -> tuple[float, float, float, float]:
    """Unit quaternion (w, x, y, z) with w >= 0 of a rotation matrix (Shepperd 1978: divide by the largest term)."""
    m = matrix
    trace = m[0, 0] + m[1, 1] + m[2, 2]
    squares = np.array([trace, m[0, 0], m[1, 1], m[2, 2]])
    pick = int(np.argmax(squares))
    q = np.empty(4)
    if pick == 0:
        q[:] = (1 + trace, m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1])
    else:
        i = pick - 1
        j, k = (i + 1) % 3, (i + 2) % 3
        q[0] = m[k, j] - m[j, k]
        q[1 + i] = 1 + m[i, i] - m[j, j] - m[k, k]
        q[1 + j] = m[i, j] + m[j, i]
        q[1 + k] = m[i, k] + m[k, i]
    q /= np.linalg.norm(q)
    if q[0] < 0:
        q = -q
    return float(q[0]), float(q[1]), float(q[2]), float(q[3])


def world_from_cuboid(cuboid: Cuboid) -> Matrix:
    """(4, 4) pose of a cuboid with its origin at the box's centre."""
    return pose_matrix(cuboid.centre_m, cuboid.rotation_rad)


def upright(cuboid: Cuboid) -> Cuboid:
    """The smallest upright cuboid about the same centre that holds this one, along the longest of its level edges.

    For formats that know no other angle than the heading.
    """
    turned = world_from_cuboid(cuboid)[:3, :3]
    half = 0.5 * np.asarray(cuboid.size_m)
    edges = turned * half  # columns: half edges in the world
    longest = edges[:, int(np.argmax(np.hypot(edges[0], edges[1])))]
    if longest @ turned[:, 0] < 0.0:
        longest = -longest
    yaw = math.atan2(longest[1], longest[0])
    level = pose_matrix(np.zeros(3), np.array((yaw, 0.0, 0.0)))[:3, :3]
    length, width, height = 2.0 * np.abs(level.T @ edges).sum(axis=1)
    size = (float(length), float(width), float(height))
    return replace(cuboid, size_m=size, rotation_rad=np.array((yaw, 0.0, 0.0)))


def wrap_angle(angle_rad: float) -> float:
    """The same angle in [-pi, pi]."""
    return math.remainder(angle_rad, 2 * math.pi) if math.isfinite(angle_rad) else angle_rad
