"""Normals of triangle meshes, smooth but for creases, and vertices split where they differ.  Renderers floor.

Sums run in the order of corners, so a mesh is the same everywhere to the last bit.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.kernels.jit import kernel

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


@kernel
def normals_of(vertices: Floats, triangles: Ints) -> Floats:
    """(T, 3) normals as long as twice the area of their triangle."""
    out = np.empty((len(triangles), 3))
    for t in range(len(triangles)):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        px, py, pz = (
            vertices[b, 0] - vertices[a, 0],
            vertices[b, 1] - vertices[a, 1],
            vertices[b, 2] - vertices[a, 2],
        )
        qx, qy, qz = (
            vertices[c, 0] - vertices[a, 0],
            vertices[c, 1] - vertices[a, 1],
            vertices[c, 2] - vertices[a, 2],
        )
        out[t, 0], out[t, 1], out[t, 2] = py * qz - pz * qy, pz * qx - px * qz, px * qy - py * qx
    return out


@kernel
def _length(x: float, y: float, z: float) -> float:
    return math.sqrt(x * x + y * y + z * z)


@kernel
def _places(vertices: Floats, weld_m: float) -> Longs:
    """(V,) the first vertex at the place of each, where places are told apart to `weld_m`: a table of their hashes."""
    size = 16
    while size < 2 * len(vertices):
        size *= 2
    table = np.full(size, -1, np.int64)
    key = np.empty((len(vertices), 3), np.int64)
    place = np.empty(len(vertices), np.int64)
    for v in range(len(vertices)):
        mixed = 0
        for k in range(3):
            key[v, k] = np.int64(np.rint(vertices[v, k] / weld_m))
            mixed = (mixed ^ key[v, k]) * 0x100000001B3
            mixed ^= mixed >> 29
        at = mixed & (size - 1)
        while table[at] >= 0:
            w = table[at]
            if key[w, 0] == key[v, 0] and key[w, 1] == key[v, 1] and key[w, 2] == key[v, 2]:
                break
            at = (at + 1) & (size - 1)
        if table[at] < 0:
            table[at] = v
        place[v] = table[at]
    return place


@kernel
def _grouped(number: Longs, count: int) -> tuple[Longs, Longs]:
    """Where each number below `count` begins in a list of rows, and the list, in the order of rows."""
    first = np.zeros(count + 1, np.int64)
    for n in number:
        first[n + 1] += 1
    for k in range(count):
        first[k + 1] += first[k]
    at, rows = first[:-1].copy(), np.empty(len(number), np.int64)
    for r in range(len(number)):
        rows[at[number[r]]] = r
        at[number[r]] += 1
    return first, rows


@kernel
def smooth_normals(vertices: Floats, triangles: Ints, weld_m: float, least_cosine: float) -> Floats:
    """(T, 3, 3) unit normal at each corner: the mean of the faces at its place that bend by less than a crease.

    Faces weigh by the angle they fill at the corner.
    """
    face = normals_of(vertices, triangles)
    corners = 3 * len(triangles)
    solid = np.empty(len(triangles), np.bool_)
    weight = np.empty(corners)
    for t in range(len(triangles)):
        length = _length(face[t, 0], face[t, 1], face[t, 2])
        solid[t] = length > 1e-14
        for k in range(3):
            face[t, k] /= max(length, 1e-20)
        for k in range(3):
            a, b, c = triangles[t, k], triangles[t, (k + 1) % 3], triangles[t, (k + 2) % 3]
            ux, uy, uz = (
                vertices[b, 0] - vertices[a, 0],
                vertices[b, 1] - vertices[a, 1],
                vertices[b, 2] - vertices[a, 2],
            )
            vx, vy, vz = (
                vertices[c, 0] - vertices[a, 0],
                vertices[c, 1] - vertices[a, 1],
                vertices[c, 2] - vertices[a, 2],
            )
            both = max(_length(ux, uy, uz) * _length(vx, vy, vz), 1e-20)
            cosine = (ux * vx + uy * vy + uz * vz) / both
            weight[3 * t + k] = math.acos(min(max(cosine, -1.0), 1.0)) if solid[t] else 0.0
    place = _places(vertices, weld_m)
    of_corner = np.empty(corners, np.int64)
    for t in range(len(triangles)):
        for k in range(3):
            of_corner[3 * t + k] = place[triangles[t, k]]
    first, rows = _grouped(of_corner, len(vertices))
    out = np.empty((len(triangles), 3, 3))
    for c in range(corners):
        t, p = c // 3, of_corner[c]
        x = y = z = 0.0
        for r in range(first[p], first[p + 1]):
            other = rows[r]
            f = other // 3
            bent = face[t, 0] * face[f, 0] + face[t, 1] * face[f, 1] + face[t, 2] * face[f, 2]
            if bent > least_cosine or other == c:
                x += face[f, 0] * weight[other]
                y += face[f, 1] * weight[other]
                z += face[f, 2] * weight[other]
        size = _length(x, y, z)
        if size > 1e-9:
            out[t, c % 3, 0], out[t, c % 3, 1], out[t, c % 3, 2] = x / size, y / size, z / size
        elif solid[t]:
            out[t, c % 3] = face[t]
        else:
            out[t, c % 3, 0], out[t, c % 3, 1], out[t, c % 3, 2] = 0.0, 0.0, 1.0
    return out


@kernel
def split(triangles: Ints, look: Longs, count: int) -> tuple[Longs, Ints]:
    """A vertex for each different look of each of `count` points: the corner it comes from, and triangles over them.

    `look` (3 T, K) are whole numbers that tell the looks of corners apart; vertices are in the order of point and look.
    """
    first, rows = _grouped(triangles.ravel().astype(np.int64), count)
    corner, number = np.empty(len(rows), np.int64), np.empty(len(rows), np.int32)
    made = 0
    for p in range(count):
        begun = made
        for r in range(first[p], first[p + 1]):
            row, at, order = rows[r], made, 1
            while at > begun:
                order = 0
                for k in range(look.shape[1]):
                    if order == 0 and look[row, k] != look[corner[at - 1], k]:
                        order = 1 if look[row, k] > look[corner[at - 1], k] else -1
                if order >= 0:
                    break
                at -= 1
            if at > begun and order == 0:
                continue
            for n in range(made, at, -1):
                corner[n] = corner[n - 1]
            corner[at] = row
            made += 1
        for r in range(first[p], first[p + 1]):
            row = rows[r]
            for n in range(begun, made):
                same = True
                for k in range(look.shape[1]):
                    same = same and look[row, k] == look[corner[n], k]
                if same:
                    number[row] = n
                    break
    return corner[:made], number.reshape(-1, 3)


@kernel
def point_normals(vertices: Floats, triangles: Ints) -> Floats:
    """(V, 3) sum of the normals of the faces at each vertex, each as long as twice its face's area."""
    face, out = normals_of(vertices, triangles), np.zeros_like(vertices)
    for k in range(3):
        for t in range(len(triangles)):
            for axis in range(3):
                out[triangles[t, k], axis] += face[t, axis]
    return out


@kernel
def carried_frames(tangent: Floats, first: Floats) -> tuple[Floats, Floats]:
    """(R, 3) side and upright of a frame carried along a path without turning about it."""
    side, other = np.empty_like(tangent), np.empty_like(tangent)
    x, y, z = first
    for r in range(len(tangent)):
        tx, ty, tz = tangent[r]
        along = tx * x + ty * y + tz * z
        x, y, z = x - tx * along, y - ty * along, z - tz * along
        size = max(_length(x, y, z), 1e-12)
        x, y, z = x / size, y / size, z / size
        side[r, 0], side[r, 1], side[r, 2] = x, y, z
        other[r, 0], other[r, 1], other[r, 2] = ty * z - tz * y, tz * x - tx * z, tx * y - ty * x
    return side, other
