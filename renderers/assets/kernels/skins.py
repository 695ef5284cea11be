"""Distances to eggs and bones, of which bodies are modelled.  Renderers floor, arrays only."""

import math

import numpy as np
from numpy.typing import NDArray

from sim.kernels.jit import kernel

Floats = NDArray[np.float64]


@kernel
def egg_distance(points: Floats, x: float, y: float, z: float, rx: float, ry: float, rz: float) -> Floats:
    out = np.empty(len(points))
    for n in range(len(points)):
        qx, qy, qz = (points[n, 0] - x) / rx, (points[n, 1] - y) / ry, (points[n, 2] - z) / rz
        k = math.sqrt(qx * qx + qy * qy + qz * qz)
        qx, qy, qz = qx / rx, qy / ry, qz / rz
        slope = max(math.sqrt(qx * qx + qy * qy + qz * qz), 1e-9)
        out[n] = -min(rx, ry, rz) if k < 1e-6 else k * (k - 1.0) / slope
    return out


@kernel
def bone_distance(
    points: Floats, ax: float, ay: float, az: float, bx: float, by: float, bz: float, r0: float, r1: float
) -> Floats:
    x, y, z = bx - ax, by - ay, bz - az
    square = max(x * x + y * y + z * z, 1e-12)
    out = np.empty(len(points))
    for n in range(len(points)):
        px, py, pz = points[n, 0] - ax, points[n, 1] - ay, points[n, 2] - az
        along = min(max((px * x + py * y + pz * z) / square, 0.0), 1.0)
        px, py, pz = px - along * x, py - along * y, pz - along * z
        out[n] = math.sqrt(px * px + py * py + pz * pz) - (r0 + along * (r1 - r0))
    return out
