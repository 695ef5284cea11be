"""Sums of squared distances to planes of faces, borders and seams (Garland and Heckbert 1997).  Renderers floor."""

import math

import numpy as np
from numpy.typing import NDArray

from sim.kernels.jit import kernel

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
BORDER, SEAM = 10.0, 3.0  # weights of the planes upright on borders, and on lines between materials
STAY = 2e-3  # weight of a point's own place: slivers cost more than they save
EDGE_M, HOLD = 1e-3, 30.0  # what is so near to the side of the bounding box leaves it so many times as dearly
BRIGHT = 20.0  # what may glow keeps its outline so many times as dearly


@kernel
def hold_side(
    out: Floats, point: Floats, mesh: Longs, axis: int, sign: float, most: Floats, held: NDArray[np.bool_]
) -> None:
    for p in range(len(point)):
        most[mesh[p]] = max(most[mesh[p]], sign * point[p, axis])
    w = (
        0 if axis == 0 else 4 if axis == 1 else 7
    )  # where the square of this axis stands, and then its share of w
    aw = 3 if axis == 0 else 6 if axis == 1 else 8
    for p in range(len(point)):
        if sign * point[p, axis] > most[mesh[p]] - EDGE_M:
            weight = HOLD * out[p, 10]
            out[p, w] += weight
            out[p, aw] += weight * -point[p, axis]
            out[p, 9] += weight * point[p, axis] * point[p, axis]
            held[p] = True


@kernel
def add(total: Floats, p: int, nx: float, ny: float, nz: float, d: float, weight: float) -> None:
    """Add the quadric of one plane to a point's, without its weight."""
    x, y, z, w = weight * nx, weight * ny, weight * nz, weight * d
    total[p, 0] += x * nx
    total[p, 1] += x * ny
    total[p, 2] += x * nz
    total[p, 3] += x * d
    total[p, 4] += y * ny
    total[p, 5] += y * nz
    total[p, 6] += y * d
    total[p, 7] += z * nz
    total[p, 8] += z * d
    total[p, 9] += w * d


@kernel
def plane(point: Floats, face: Longs, f: int) -> tuple[float, float, float, float]:
    """Unit normal of a face and twice its area."""
    a, b, c = face[f, 0], face[f, 1], face[f, 2]
    px, py, pz = point[b, 0] - point[a, 0], point[b, 1] - point[a, 1], point[b, 2] - point[a, 2]
    qx, qy, qz = point[c, 0] - point[a, 0], point[c, 1] - point[a, 1], point[c, 2] - point[a, 2]
    nx, ny, nz = py * qz - pz * qy, pz * qx - px * qz, px * qy - py * qx
    twice = math.sqrt(nx * nx + ny * ny + nz * nz)
    length = max(twice, 1e-20)
    return nx / length, ny / length, nz / length, twice


@kernel
def add_faces(point: Floats, face: Longs, out: Floats) -> None:
    """Planes of faces, as heavy as their areas; and the places of the points themselves."""
    for turn in range(12):  # the three corners of all faces: their planes, then their places by axis
        k = turn % 3
        total = np.zeros_like(out)
        for f in range(len(face)):
            nx, ny, nz, twice = plane(point, face, f)
            p = face[f, k]
            if turn < 3:
                a = face[f, 0]
                d = -(nx * point[a, 0] + ny * point[a, 1] + nz * point[a, 2])
                add(total, p, nx, ny, nz, d, 0.5 * twice)
                total[p, 10] += 0.5 * twice
                continue
            axis = turn // 3 - 1
            nx, ny, nz = 1.0 * (axis == 0), 1.0 * (axis == 1), 1.0 * (axis == 2)
            add(total, p, nx, ny, nz, -point[p, axis], 0.5 * STAY * twice)
        out += total


@kernel
def add_edges(point: Floats, face: Longs, code: Longs, glows: NDArray[np.bool_], out: Floats) -> None:
    """Planes upright on borders and on lines between what is made of different things."""
    first = np.zeros(len(point) + 1, np.int64)
    around = np.empty(3 * len(face), np.int64)
    for f in range(len(face)):
        a, b, c = face[f, 0], face[f, 1], face[f, 2]
        first[a + 1] += 1
        first[b + 1] += b != a
        first[c + 1] += c not in (a, b)
    for p in range(len(point)):
        first[p + 1] += first[p]
    at = first[:-1].copy()
    for f in range(len(face)):
        for k in range(3):
            p = face[f, k]
            if (k > 0 and p == face[f, 0]) or (k > 1 and p == face[f, 1]):
                continue
            around[at[p]] = f
            at[p] += 1
    strength = np.zeros((len(face), 3))
    for f in range(len(face)):
        for k in range(3):
            a, b = face[f, k], face[f, (k + 1) % 3]
            if a == b:
                continue
            count, low, high = 0, code[f], code[f]
            for g in around[first[a] : first[a + 1]]:
                for j in range(3):
                    p, q = face[g, j], face[g, (j + 1) % 3]
                    if (p == a and q == b) or (p == b and q == a):
                        count += 1
                        low, high = min(low, code[g]), max(high, code[g])
            strength[f, k] = BORDER if count == 1 else SEAM if low != high else 0.0
            strength[f, k] *= BRIGHT if glows[code[f] // 256] else 1.0
    for turn in range(2):  # the starts of all edges, then their ends
        total = np.zeros_like(out)
        for f in range(len(face)):
            nx, ny, nz, _ = plane(point, face, f)
            for k in range(3):
                if strength[f, k] <= 0.0:
                    continue
                a, b = face[f, k], face[f, (k + 1) % 3]
                wx, wy, wz = point[b, 0] - point[a, 0], point[b, 1] - point[a, 1], point[b, 2] - point[a, 2]
                ux, uy, uz = wy * nz - wz * ny, wz * nx - wx * nz, wx * ny - wy * nx
                length = max(math.sqrt(ux * ux + uy * uy + uz * uz), 1e-20)
                ux, uy, uz = ux / length, uy / length, uz / length
                d = -(ux * point[a, 0] + uy * point[a, 1] + uz * point[a, 2])
                far = math.sqrt(wx * wx + wy * wy + wz * wz)
                add(total, b if turn else a, ux, uy, uz, d, strength[f, k] * far**2)
        out += total
