"""How far a skin lies over points, and groups of what shares a number.  Renderers floor, arrays only."""

import numpy as np
from numpy.typing import NDArray

from sim.kernels.jit import kernel

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]


@kernel
def above(skin: Floats, probe: Floats, ax: float, ay: float, az: float, from_m: float) -> float:
    """How far along a way a skin lies over points, the furthest of them, if not much further than `from_m`."""
    found = -np.inf
    for t in range(len(skin)):
        x, y, z = skin[t, 0]
        bx, by, bz = skin[t, 1, 0] - x, skin[t, 1, 1] - y, skin[t, 1, 2] - z
        cx, cy, cz = skin[t, 2, 0] - x, skin[t, 2, 1] - y, skin[t, 2, 2] - z
        px, py, pz = ay * cz - az * cy, az * cx - ax * cz, ax * cy - ay * cx
        det = bx * px + by * py + bz * pz
        if abs(det) <= 1e-12:
            continue
        for n in range(len(probe)):
            ox, oy, oz = probe[n, 0] - x, probe[n, 1] - y, probe[n, 2] - z
            u = (ox * px + oy * py + oz * pz) / det
            if u < 0.0 or u > 1.0:
                continue
            qx, qy, qz = oy * bz - oz * by, oz * bx - ox * bz, ox * by - oy * bx
            v = (qx * ax + qy * ay + qz * az) / det
            if v < 0.0 or u + v > 1.0:
                continue
            far = (cx * qx + cy * qy + cz * qz) / det
            if far < from_m + 0.15 and far > found:
                found = far
    return found


@kernel
def labels(rows: Longs, count: int) -> Longs:
    """(R,) which group each row of three numbers below `count` belongs to: rows that share a number share one.

    Groups are numbered in the order of their lowest numbers.
    """
    root = np.arange(count)
    for r in range(len(rows)):
        for k in range(1, 3):
            a, b = rows[r, 0], rows[r, k]
            while root[a] != a:
                root[a] = root[root[a]]
                a = root[a]
            while root[b] != b:
                root[b] = root[root[b]]
                b = root[b]
            root[max(a, b)] = min(a, b)
    used = np.zeros(count, np.bool_)
    for r in range(len(rows)):
        for k in range(3):
            used[rows[r, k]] = True
    number, groups = np.empty(count, np.int64), 0
    for p in range(count):
        root[p] = root[root[p]]  # roots come before what hangs on them
        if root[p] == p:
            number[p] = groups
            groups += used[p]
    label = np.empty(len(rows), np.int64)
    for r in range(len(rows)):
        label[r] = number[root[rows[r, 0]]]
    return label
