"""Triangles and beams in a grid of cubes: which cubes a surface touches, which a beam passes.  Labels floor.

Coordinates are in cubes: cube (i, j, k) spans [i, i + 1) and so on.  Whether a triangle touches a cube is decided by
separating axes (Akenine-Moller, Journal of Graphics Tools 6, 2001), not by points on it.
"""

import numpy as np
from numpy.typing import NDArray

PAIRS = 3_000_000  # of triangles and cubes that are looked at at once

Floats = NDArray[np.float64]


def touched(
    triangles: NDArray[np.floating], shape: tuple[int, int, int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(P,) rows of (T, 3, 3) triangles and (P,) flat cubes of the grid that they touch, each pair once."""
    corners = np.asarray(triangles, np.float64)
    low = np.floor(corners.min(axis=1)).astype(np.int64)
    high = np.floor(corners.max(axis=1)).astype(np.int64)
    near = ((high >= 0) & (low < np.array(shape))).all(axis=1)
    rows = np.flatnonzero(near)
    low, high = np.maximum(low[rows], 0), np.minimum(high[rows], np.array(shape) - 1)
    span = high - low + 1
    count = span.prod(axis=1)
    alone = (count == 1) & (corners[rows].min(axis=1) >= 0.0).all(axis=1)
    found_rows = [rows[alone]]
    found_cubes = [np.ravel_multi_index(tuple(low[alone].T), shape)]
    rows, low, span, count = rows[~alone], low[~alone], span[~alone], count[~alone]
    ends = np.cumsum(count)
    start = 0
    while start < len(rows):
        done = ends[start - 1] if start else 0
        stop = max(int(np.searchsorted(ends, done + PAIRS, side="right")), start + 1)
        n = count[start:stop]
        which = np.repeat(np.arange(start, stop), n)
        step = np.arange(int(n.sum())) - np.repeat(np.cumsum(n) - n, n)
        across = span[which]
        k = step % across[:, 2]
        j = step // across[:, 2] % across[:, 1]
        i = step // (across[:, 2] * across[:, 1])
        cube = low[which] + np.stack([i, j, k], axis=1)
        meets = _overlap(corners, rows[which], cube)
        found_rows.append(rows[which[meets]])
        found_cubes.append(np.ravel_multi_index(tuple(cube[meets].T), shape))
        start = stop
    return np.concatenate(found_rows), np.concatenate(found_cubes)


def _overlap(corners: Floats, row: NDArray[np.int64], cube: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether triangles and cubes overlap, both closed."""
    meets = np.ones(len(row), bool)
    edges = np.roll(corners, -1, axis=1) - corners
    normal = np.cross(edges[:, 0], edges[:, 1])
    middle = cube + 0.5
    gap = np.abs(((middle - corners[row, 0]) * normal[row]).sum(axis=1))
    meets &= gap <= 0.5 * np.abs(normal).sum(axis=1)[row] + 1e-12
    left = np.flatnonzero(meets)
    for edge in range(3):
        for axis in range(3):
            e = edges[row[left], edge]
            a, b = (axis + 1) % 3, (axis + 2) % 3
            # The axis is across the edge and the cube's edge: (0, -e_b, e_a) in their order.
            v = corners[row[left]] - middle[left][:, None, :]
            p = v[:, :, b] * e[:, None, a] - v[:, :, a] * e[:, None, b]
            reach = 0.5 * (np.abs(e[:, a]) + np.abs(e[:, b])) + 1e-12
            left = left[(p.min(axis=1) <= reach) & (p.max(axis=1) >= -reach)]
    out = np.zeros(len(row), bool)
    out[left] = True
    return out


def passed(start: Floats, end: Floats, shape: tuple[int, int, int]) -> NDArray[np.bool_]:
    """Cubes of a grid that straight ways from (N, 3) to (N, 3) go through, their ends included."""
    seen = np.zeros(int(np.prod(shape)), bool)
    way = end - start
    size = np.array(shape, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        one, two = (0.0 - start) / way, (size - start) / way
    still = way == 0.0
    inside = (start >= 0.0) & (start < size)
    first = np.where(still, np.where(inside, -np.inf, np.inf), np.minimum(one, two)).max(axis=1)
    last = np.where(still, np.where(inside, np.inf, -np.inf), np.maximum(one, two)).min(axis=1)
    first, last = np.maximum(first, 0.0), np.minimum(last, 1.0)
    kept = first <= last
    start, way, first, last = start[kept], way[kept], first[kept], last[kept]
    at = np.clip(np.floor(start + first[:, None] * way), 0, size - 1)
    step = np.sign(way)
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.where(way != 0.0, 1.0 / np.abs(way), np.inf)
        following = np.where(way != 0.0, (at + (step > 0.0) - start) / way, np.inf)
    strides = np.array((shape[1] * shape[2], shape[2], 1), np.float64)
    while len(at):
        seen[(at @ strides).astype(np.int64)] = True
        axis = np.argmin(following, axis=1)
        n = np.arange(len(at))
        reached = following[n, axis]
        at[n, axis] += step[n, axis]
        following[n, axis] += each[n, axis]
        moved = at[n, axis]
        going = (reached <= last) & (moved >= 0.0) & (moved < size[axis])
        if not going.all():
            at, following, each, step, last = (
                at[going],
                following[going],
                each[going],
                step[going],
                last[going],
            )
    return seen.reshape(shape)
