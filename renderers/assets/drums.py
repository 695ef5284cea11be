"""Wheels from afar: drums with a dark wall and a bright middle.  Renderers floor."""

import numpy as np
from numpy.typing import NDArray

from renderers import triples
from renderers.loft import Floats, face_normals, surface
from renderers.materials import MATERIALS
from renderers.mesh import Mesh

Triangles = list[tuple[int, int, int]]
TYRE = 0.9  # of the radius: what lies further out is tyre
BRIGHT = np.array([sum(m.rgb) for m in MATERIALS])
RIM = (0.5, 0.8)  # of the radius: least and most


def drum(mesh: Mesh, sides: int, radius_m: float) -> Mesh:
    """A wheel about y with so many corners: tread, walls and rims on both sides, looking as they show from there."""
    tyre, rim, low, high = _facts(mesh, radius_m)
    ring = _ring(sides)
    rows = [(rim, low), (radius_m, low), (radius_m, high), (rim, high)]
    points = [np.column_stack([r * ring[:, 0], np.full(sides, y), r * ring[:, 1]]) for r, y in rows]
    points.append(np.array([(0.0, low, 0.0), (0.0, high, 0.0)]))
    triangles: Triangles = []
    material: list[int] = []
    for k in range(3):
        triangles += _band(k * sides, (k + 1) * sides, sides)
        material += [tyre] * (2 * sides)
    for middle, first, side in ((4 * sides, 0, -1.0), (4 * sides + 1, 3 * sides, 1.0)):
        triangles += [(middle, first + i, first + (i + 1) % sides) for i in range(sides)]
        material += _shares(mesh, tyre, side, sides)
    return _closed(np.concatenate(points), triangles, material, int(mesh.semantic[0]))


def plain_drum(mesh: Mesh, radius_m: float, outer: float) -> Mesh:
    """A wheel about y of sixteen triangles: six corners outside, four inside, and half of the outer wall is rim.

    `outer` is the sign of the side that looks away from the vehicle.
    """
    tyre, _, low, high = _facts(mesh, radius_m)
    near, far = (high, low) if outer > 0.0 else (low, high)
    points = np.concatenate(
        [
            np.column_stack([radius_m * ring[:, 0], np.full(len(ring), y), radius_m * ring[:, 1]])
            for ring, y in ((_ring(6), near), (_ring(4), far))
        ]
    )
    # The tread goes round both rings at once; three of six corners of a wall span half of its area, about what rims do.
    tread = [
        (0, 1, 7),
        (0, 7, 6),
        (1, 2, 7),
        (2, 3, 8),
        (2, 8, 7),
        (3, 4, 9),
        (3, 9, 8),
        (4, 5, 9),
        (5, 0, 6),
    ]
    tread.append((5, 6, 9))
    walls = [(6, 7, 8), (6, 8, 9), (0, 1, 2), (2, 3, 4), (4, 5, 0), (0, 2, 4)]
    # Between dark gaps and bright spokes, what looks most like both.
    rim = sorted(_shares(mesh, tyre, outer, 3), key=lambda row: BRIGHT[row])[1:2]
    return _closed(points, tread + walls, [tyre] * 15 + rim, int(mesh.semantic[0]))


def _facts(mesh: Mesh, radius_m: float) -> tuple[int, float, float, float]:
    """What the tyre is made of, how far the rim reaches, and where the walls are."""
    points = mesh.vertices_m.astype(np.float64)
    area, far = _areas(mesh)
    tyre = int(np.bincount(mesh.material, area * (far > TYRE * radius_m)).argmax())
    of_rim = area * (mesh.material != tyre)
    # A disc's mean squared radius is half of its own squared.
    reach = np.sqrt(2.0 * (of_rim * far**2).sum() / max(of_rim.sum(), 1e-12)) if of_rim.any() else 0.0
    reach = float(np.clip(reach, RIM[0] * radius_m, RIM[1] * radius_m))
    return tyre, reach, float(points[:, 1].min()), float(points[:, 1].max())


def _areas(mesh: Mesh) -> tuple[Floats, Floats]:
    """(T,) area of each triangle, and how far from the axle it lies."""
    points = mesh.vertices_m.astype(np.float64)
    middle = triples.mean(points.take(mesh.triangles, axis=0), axis=1)
    area: Floats = triples.length(face_normals(points, mesh.triangles))
    return area, np.hypot(middle[:, 0], middle[:, 2])


def _ring(sides: int) -> Floats:
    """(sides, 2) corners of a polygon of radius one, one of them at the bottom."""
    angle = 2.0 * np.pi * np.arange(sides) / sides - np.pi / 2
    return np.column_stack([np.cos(angle), np.sin(angle)])


def _band(one: int, other: int, sides: int) -> Triangles:
    found: Triangles = []
    for i in range(sides):
        after = (i + 1) % sides
        found += [(one + i, one + after, other + after), (one + i, other + after, other + i)]
    return found


def _shares(mesh: Mesh, tyre: int, side: float, count: int) -> list[int]:
    """`count` materials of the rim, each as often as its share of what shows from a side, spread evenly."""
    faces = face_normals(mesh.vertices_m.astype(np.float64), mesh.triangles)
    total = np.bincount(mesh.material, np.maximum(side * faces[:, 1], 0.0) * (mesh.material != tyre))
    if total.sum() <= 0.0:
        return [tyre] * count
    found: list[int] = []
    for n in range(1, count + 1):
        lacking = total / total.sum() * n - np.bincount(found, minlength=len(total)) if found else total
        found.append(int(lacking.argmax()))
    return found


def _closed(points: Floats, triangles: Triangles, material: list[int], semantic: int) -> Mesh:
    """The mesh, every triangle turned away from the middle."""
    faces = np.array(triangles, np.int32)
    wrong = np.einsum("ij,ij->i", face_normals(points, faces), points[faces].mean(axis=1)) < 0.0
    faces[wrong] = faces[wrong][:, (0, 2, 1)]
    of: NDArray[np.uint8] = np.full(len(faces), semantic, np.uint8)
    return surface(points, faces, np.array(material, np.int16), of)
