"""Fewer triangles by collapsing edges, with borders, materials and creases where they were.  Renderers floor.

Garland and Heckbert 1997, "Surface simplification using quadric error metrics": each corner knows the planes of its
faces, and the corner that moves least off its planes goes first.  A corner always moves onto a neighbour, so what is
left are corners of the finer mesh with their own normals and texture coordinates, and nothing leaves its box.
Planes that stand upright on borders and on lines between materials keep those lines (section 6 of the paper).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renderers.assets.quadrics import quadrics
from renderers.loft import Floats, face_normals
from renderers.mesh import Mesh
from sim.kernels.jit import kernel

Longs = NDArray[np.int64]

WELD_M = 2e-5  # corners nearer than this are one point
ASKEW = 0.1  # cosine of a normal and its face
ALIKE = 0.7  # cosine of normals that may be one
THIN = 4e-4  # a face as thin as a fiftieth of its length is not made
TURN = 0.2  # a face may turn by less than what has this cosine
ROUNDS = 60
SLACK = 1.5  # a round stops at this many times the error that would do


@dataclass(frozen=True, slots=True)
class Soup:
    """Meshes as one: nothing is welded across two of them."""

    point_m: Floats  # (P, 3)
    face: Longs  # (T, 3) points
    wedge: Longs  # (T, 3) vertices of all meshes: which normal and texture coordinate each corner has
    mesh: Longs  # (T,)
    code: Longs  # (T,) material and class
    normal: Floats  # (V, 3)
    uv_m: Floats  # (V, 2)


def welded(mesh: Mesh) -> Longs:
    """(V,) which point each vertex is: vertices are doubled at creases."""
    keys = np.round(mesh.vertices_m.astype(np.float64) / WELD_M).astype(np.int64) + (1 << 20)
    # One number a row: sorting rows is ten times as dear.  A part is smaller than 20 m.
    mixed = (keys[:, 0] << 42) + (keys[:, 1] << 21) + keys[:, 2]
    point: Longs = np.unique(mixed, return_inverse=True)[1].reshape(-1)
    return point


def soup(meshes: list[Mesh]) -> Soup:
    """The meshes as one."""
    counts = [len(m.triangles) for m in meshes]
    whole = Mesh.join(meshes)
    point = np.concatenate([welded(mesh) * len(meshes) + k for k, mesh in enumerate(meshes)])
    _, first, point = np.unique(point, return_index=True, return_inverse=True)
    wedge = whole.triangles.astype(np.int64)
    return Soup(
        whole.vertices_m[first].astype(np.float64),
        point.reshape(-1)[wedge],
        wedge,
        np.repeat(np.arange(len(meshes)), counts),
        whole.material.astype(np.int64) * 256 + whole.semantic,
        whole.normals.astype(np.float64),
        whole.uv_m.astype(np.float64),
    )


def thinned(
    meshes: list[Mesh],
    times: list[int],
    target: float,
    least: int = 4,
    free: bool = False,
    most_m: float = np.inf,
) -> tuple[list[Mesh], float]:
    """The meshes with about `target` triangles in all, where each counts `times`; and the largest error in metres.

    Each mesh keeps `least` triangles, and no surface moves by more than `most_m`.
    """
    of = soup(meshes)
    face, wedge = of.face.copy(), of.wedge.copy()
    alive, error_m = _collapsed(
        of, face, wedge, np.asarray(times, np.float64)[of.mesh], target, least, free, most_m
    )
    whole = Mesh.join(meshes)
    return [_mesh_of(whole, of, face, wedge, alive & (of.mesh == k)) for k in range(len(meshes))], error_m


def _mesh_of(whole: Mesh, of: Soup, face: Longs, wedge: Longs, kept: NDArray[np.bool_]) -> Mesh:
    """What is left of one mesh: a vertex for each different look of each point."""
    normal = face_normals(of.point_m, face[kept].astype(np.int32))
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-20)
    # A normal that looks away from its face has come too far: the face's own is better.
    lost = np.einsum("tj,tkj->tk", normal, of.normal[wedge[kept]]).reshape(-1) < ASKEW
    look = np.where(lost, len(of.normal) + np.arange(len(lost)) // 3, wedge[kept].reshape(-1))
    key = face[kept].reshape(-1) * (len(of.normal) + len(normal)) + look
    _, first, back = np.unique(key, return_index=True, return_inverse=True)
    own = np.concatenate([whole.normals, normal.astype(np.float32)])
    return Mesh(
        of.point_m[face[kept].reshape(-1)[first]].astype(np.float32),
        back.reshape(-1, 3).astype(np.int32),
        own[look[first]],
        whole.uv_m[wedge[kept].reshape(-1)[first]],
        whole.material[kept],
        whole.semantic[kept],
    )


def _collapsed(
    of: Soup, face: Longs, wedge: Longs, weight: Floats, target: float, least: int, free: bool, most_m: float
) -> tuple[NDArray[np.bool_], float]:
    """Collapse edges, the cheapest first, in rounds; which faces are left, and the largest error."""
    points = len(of.point_m)
    quadric, held = quadrics(of.point_m, of.face, of.mesh, of.code)
    meshes = int(of.mesh.max()) + 1
    low_m, high_m = np.full((meshes, 3), np.inf), np.full((meshes, 3), -np.inf)
    np.minimum.at(low_m, of.mesh, of.point_m[of.face].min(axis=1))
    np.maximum.at(high_m, of.mesh, of.point_m[of.face].max(axis=1))
    alive = (face != np.roll(face, 1, axis=1)).all(axis=1)
    count = np.bincount(of.mesh[alive], minlength=meshes)
    left, worst = float(weight[alive].sum()), 0.0
    for _ in range(ROUNDS):
        if left <= target:
            break
        first, around = _around(face, alive, points)
        low, high = _edges(face, first, around)
        cost, turned = np.empty(len(low)), np.empty(len(low), np.bool_)
        _rank(of.point_m, quadric, low, high, cost, turned)
        nth = min(len(cost) - 1, int(0.5 * (left - target)) + 1)
        limit = float(min(max(SLACK * np.partition(cost, nth)[nth], 1e-12), most_m**2))
        order = np.flatnonzero(cost <= limit)
        order = order[np.argsort(cost[order], kind="stable")]
        start, end = np.where(turned, high, low)[order], np.where(turned, low, high)[order]
        before = left
        left, off = _round(
            of.point_m, face, wedge, of.normal, of.uv_m, of.code, of.mesh, weight, quadric, first, around,
            start, end, limit, left, target, count, least, alive, np.zeros(points, np.bool_), held, low_m, high_m, free,
        )  # fmt: skip
        worst = max(worst, off)
        if left == before:
            break
    return alive, float(np.sqrt(worst))


@kernel
def _around(face: Longs, alive: NDArray[np.bool_], points: int) -> tuple[Longs, Longs]:
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
def _edges(face: Longs, first: Longs, around: Longs) -> tuple[Longs, Longs]:
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
def _miss(q: Floats, a: int, b: int, x: float, y: float, z: float) -> float:
    """Mean squared distance of a place from the planes of points a and b."""
    off = 0.0
    for n in (a, b):
        off += q[n, 0] * x * x + q[n, 4] * y * y + q[n, 7] * z * z + q[n, 9]
        off += 2.0 * (q[n, 1] * x * y + q[n, 2] * x * z + q[n, 5] * y * z)
        off += 2.0 * (q[n, 3] * x + q[n, 6] * y + q[n, 8] * z)
    mean: float = max(off, 0.0) / max(q[a, 10] + q[b, 10], 1e-12)
    return mean


@kernel
def _rank(
    point: Floats, quadric: Floats, low: Longs, high: Longs, cost: Floats, turned: NDArray[np.bool_]
) -> None:
    """What the better way along each edge costs, and whether that is from its higher to its lower point."""
    for e in range(len(low)):
        a, b = low[e], high[e]
        there = _miss(quadric, a, b, point[b, 0], point[b, 1], point[b, 2])
        back = _miss(quadric, a, b, point[a, 0], point[a, 1], point[a, 2])
        turned[e] = back < there
        cost[e] = min(there, back)


@kernel
def _folds(point: Floats, face: Longs, ring: Longs, u: int, v: int, x: float, y: float, z: float) -> bool:
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
def _vanishes(face: Longs, ring: Longs, other: int) -> bool:
    """Whether all faces at a point go with the edge to another one."""
    gone = 0
    for f in ring:
        gone += face[f, 0] == other or face[f, 1] == other or face[f, 2] == other
    return gone == len(ring)


@kernel
def _best(
    q: Floats, a: int, b: int, p: Floats, low: Floats, high: Floats
) -> tuple[bool, float, float, float]:
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
def _round(
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
        if (held[u] or held[v]) and _vanishes(face, ring, v) and _vanishes(face, other, u):
            continue
        moves = False
        if free:
            m = mesh[around[first[u]]]
            moves, x, y, z = _best(quadric, u, v, point, low[m], high[m])
            if moves:
                moves = not (
                    _folds(point, face, ring, u, v, x, y, z) or _folds(point, face, other, v, u, x, y, z)
                )
        if not moves:
            x, y, z = point[v, 0], point[v, 1], point[v, 2]
            if _folds(point, face, ring, u, v, x, y, z):
                u, v, ring, other = v, u, other, ring
                x, y, z = point[v, 0], point[v, 1], point[v, 2]
                if _miss(quadric, u, v, x, y, z) > limit or _folds(point, face, ring, u, v, x, y, z):
                    continue
        worst = max(worst, _miss(quadric, u, v, x, y, z))
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
