"""Edges of a mesh collapsed one after another, where that is missed least.  Renderers floor, arrays only."""

import math

import numpy as np
from numpy.typing import NDArray

from sim.kernels.jit import kernel

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
ALIKE = 0.7  # cosine of normals that may be one
THIN = 4e-4  # a face as thin as a fiftieth of its length is not made
TURN = 0.2  # a face may turn by less than what has this cosine


@kernel
def faces_around(face: Longs, alive: NDArray[np.bool_], points: int) -> tuple[Longs, Longs]:
    """Where each point's faces begin in a list of them, and the list: a corner at a time, in the order of faces."""
    first = np.zeros(points + 1, np.int64)
    for f in range(len(face)):
        if alive[f]:
            for k in range(3):
                first[face[f, k] + 1] += 1
    for p in range(points):
        first[p + 1] += first[p]
    at, around = first[:-1].copy(), np.empty(first[points], np.int64)
    for f in range(len(face)):
        if alive[f]:
            for k in range(3):
                around[at[face[f, k]]] = f
                at[face[f, k]] += 1
    return first, around


@kernel
def edges(face: Longs, first: Longs, around: Longs) -> tuple[Longs, Longs]:
    """Lower and higher point of every edge, each once, in order of both."""
    low, high = np.empty(len(around), np.int64), np.empty(len(around), np.int64)
    count = 0
    for p in range(len(first) - 1):
        begun = count
        for f in around[first[p] : first[p + 1]]:
            for k in range(3):
                q = face[f, k]
                if q <= p:
                    continue
                at = count
                while at > begun and high[at - 1] > q:
                    at -= 1
                if at > begun and high[at - 1] == q:
                    continue
                for n in range(count, at, -1):
                    high[n] = high[n - 1]
                low[count], high[at] = p, q
                count += 1
    return low[:count], high[:count]


@kernel
def miss(q: Floats, a: int, b: int, x: float, y: float, z: float) -> float:
    """Mean squared distance of a place from the planes of points a and b."""
    off = 0.0
    for n in (a, b):
        off += q[n, 0] * x * x + q[n, 4] * y * y + q[n, 7] * z * z + q[n, 9]
        off += 2.0 * (q[n, 1] * x * y + q[n, 2] * x * z + q[n, 5] * y * z)
        off += 2.0 * (q[n, 3] * x + q[n, 6] * y + q[n, 8] * z)
    mean: float = max(off, 0.0) / max(q[a, 10] + q[b, 10], 1e-12)
    return mean


@kernel
def rank(
    point: Floats, quadric: Floats, low: Longs, high: Longs, cost: Floats, turned: NDArray[np.bool_]
) -> None:
    """What the better way along each edge costs, and whether that is from its higher to its lower point."""
    for e in range(len(low)):
        a, b = low[e], high[e]
        there = miss(quadric, a, b, point[b, 0], point[b, 1], point[b, 2])
        back = miss(quadric, a, b, point[a, 0], point[a, 1], point[a, 2])
        turned[e] = back < there
        cost[e] = min(there, back)


@kernel
def folds(point: Floats, face: Longs, ring: Longs, u: int, v: int, x: float, y: float, z: float) -> bool:
    """Whether a face at u but not at v would turn over, or lose its area, if u moved to (x, y, z)."""
    for f in ring:
        if face[f, 0] == v or face[f, 1] == v or face[f, 2] == v:
            continue
        k = 0 if face[f, 0] == u else 1 if face[f, 1] == u else 2
        p, q = face[f, (k + 1) % 3], face[f, (k + 2) % 3]
        p0, p1, p2 = point[p, 0], point[p, 1], point[p, 2]
        q0, q1, q2 = point[q, 0] - p0, point[q, 1] - p1, point[q, 2] - p2
        a0, a1, a2 = point[u, 0] - p0, point[u, 1] - p1, point[u, 2] - p2
        b0, b1, b2 = x - p0, y - p1, z - p2
        n0, n1, n2 = q1 * a2 - q2 * a1, q2 * a0 - q0 * a2, q0 * a1 - q1 * a0
        m0, m1, m2 = q1 * b2 - q2 * b1, q2 * b0 - q0 * b2, q0 * b1 - q1 * b0
        old, new = n0 * n0 + n1 * n1 + n2 * n2, m0 * m0 + m1 * m1 + m2 * m2
        side = max(q0 * q0 + q1 * q1 + q2 * q2, b0 * b0 + b1 * b1 + b2 * b2)
        if new < 1e-10 * side or (new < THIN * side * side and new < 0.5 * old):
            return True
        if n0 * m0 + n1 * m1 + n2 * m2 < TURN * math.sqrt(old * new):
            return True
    return False


@kernel
def vanishes(face: Longs, ring: Longs, other: int) -> bool:
    """Whether all faces at a point go with the edge to another one."""
    gone = 0
    for f in ring:
        gone += face[f, 0] == other or face[f, 1] == other or face[f, 2] == other
    return gone == len(ring)


@kernel
def best(q: Floats, a: int, b: int, p: Floats, low: Floats, high: Floats) -> tuple[bool, float, float, float]:
    """Where the planes of two points meet best, if that is clear and nearer than their edge is long."""
    xx, xy, xz = q[a, 0] + q[b, 0], q[a, 1] + q[b, 1], q[a, 2] + q[b, 2]
    yy, yz, zz = q[a, 4] + q[b, 4], q[a, 5] + q[b, 5], q[a, 7] + q[b, 7]
    xw, yw, zw = q[a, 3] + q[b, 3], q[a, 6] + q[b, 6], q[a, 8] + q[b, 8]
    c0, c1, c2 = yy * zz - yz * yz, xz * yz - xy * zz, xy * yz - xz * yy
    det = xx * c0 + xy * c1 + xz * c2
    if det < 1e-9 * (xx + yy + zz) ** 3:
        return False, 0.0, 0.0, 0.0
    d1, d2, e2 = xx * zz - xz * xz, xy * xz - xx * yz, xx * yy - xy * xy
    x = -(c0 * xw + c1 * yw + c2 * zw) / det
    y = -(c1 * xw + d1 * yw + d2 * zw) / det
    z = -(c2 * xw + d2 * yw + e2 * zw) / det
    x, y, z = max(low[0], min(high[0], x)), max(low[1], min(high[1], y)), max(low[2], min(high[2], z))
    edge = off = 0.0
    for k in range(3):
        edge += (p[a, k] - p[b, k]) ** 2
    off = (
        (x - 0.5 * (p[a, 0] + p[b, 0])) ** 2
        + (y - 0.5 * (p[a, 1] + p[b, 1])) ** 2
        + (z - 0.5 * (p[a, 2] + p[b, 2])) ** 2
    )
    return off < edge, x, y, z


@kernel
def collapse_round(
    point: Floats,
    face: Longs,
    wedge: Longs,
    normal: Floats,
    uv: Floats,
    code: Longs,
    mesh: Longs,
    weight: Floats,
    quadric: Floats,
    first: Longs,
    around: Longs,
    start: Longs,
    end: Longs,
    limit: float,
    left: float,
    target: float,
    count: Longs,
    least: int,
    alive: NDArray[np.bool_],
    touched: NDArray[np.bool_],
    held: NDArray[np.bool_],
    low: Floats,
    high: Floats,
    free: bool,
) -> tuple[float, float]:
    """Collapse edges in the order given, as far as no two touch the same faces: each is judged by what is there.

    `first` and `around` list the faces at each point.  Gives what is left and the largest squared error; `face`,
    `wedge`, `quadric`, `count` and `alive` are changed.
    """
    worst = 0.0
    for e in range(len(start)):
        u, v = start[e], end[e]
        if left <= target:
            break
        if touched[u] or touched[v] or count[mesh[around[first[u]]]] <= least:
            continue
        ring, other = around[first[u] : first[u + 1]], around[first[v] : first[v + 1]]
        if (held[u] or held[v]) and vanishes(face, ring, v) and vanishes(face, other, u):
            continue
        moves = False
        if free:
            m = mesh[around[first[u]]]
            moves, x, y, z = best(quadric, u, v, point, low[m], high[m])
            if moves:
                moves = not (
                    folds(point, face, ring, u, v, x, y, z) or folds(point, face, other, v, u, x, y, z)
                )
        if not moves:
            x, y, z = point[v, 0], point[v, 1], point[v, 2]
            if folds(point, face, ring, u, v, x, y, z):
                u, v, ring, other = v, u, other, ring
                x, y, z = point[v, 0], point[v, 1], point[v, 2]
                if miss(quadric, u, v, x, y, z) > limit or folds(point, face, ring, u, v, x, y, z):
                    continue
        worst = max(worst, miss(quadric, u, v, x, y, z))
        reach = 0.0
        for k in range(3):
            reach = max(reach, abs(point[u, k] - point[v, k]))
        touched[v] = True
        if moves:
            point[v, 0], point[v, 1], point[v, 2] = x, y, z
            for f in other:
                for k in range(3):
                    touched[face[f, k]] = True
        held[v] = held[u] or held[v]
        for f in ring:
            for k in range(3):
                touched[face[f, k]] = True
            if face[f, 0] == v or face[f, 1] == v or face[f, 2] == v:
                alive[f] = False
                left -= weight[f]
                count[mesh[f]] -= 1
                continue
            k = 0 if face[f, 0] == u else 1 if face[f, 1] == u else 2
            # The corner takes the look that its new place has on the same surface, if there is one.
            own = wedge[f, k]
            like = ALIKE
            for g in other:
                j = 0 if face[g, 0] == v else 1 if face[g, 1] == v else 2
                w = wedge[g, j]
                if (
                    code[g] != code[f]
                    or max(abs(uv[w, 0] - uv[own, 0]), abs(uv[w, 1] - uv[own, 1])) > 2.0 * reach
                ):
                    continue
                cosine = (
                    normal[w, 0] * normal[own, 0]
                    + normal[w, 1] * normal[own, 1]
                    + normal[w, 2] * normal[own, 2]
                )
                if cosine > like:
                    wedge[f, k], like = w, cosine
        for f in ring:
            if alive[f]:
                k = 0 if face[f, 0] == u else 1 if face[f, 1] == u else 2
                face[f, k] = v
        for k in range(11):
            quadric[v, k] += quadric[u, k]
    return left, worst
