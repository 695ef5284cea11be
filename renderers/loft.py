"""Making triangle meshes: lofts, lathes, boxes, tubes, normals with creases.  Renderers floor.

Every maker returns a `Mesh` that winds counter-clockwise seen from outside, with smooth normals that break
where two faces meet at more than the crease angle, and with texture coordinates in metres.  Makers take the
names of the material and of the surface's class; `MATERIAL_ID` and `SEMANTIC_ID` turn them into rows.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from renderers import triples
from renderers.kernels.creases import carried_frames, normals_of, smooth_normals, split
from renderers.materials import MATERIAL_ID
from renderers.mesh import Mesh
from scenarios.taxonomy import SEMANTIC_ID

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

CREASE_DEG = 38.0  # faces that meet at less look like one bent surface; 45 deg bevels stay crisp
_WELD_M = 1e-5  # corners nearer than this are one point
THIN_M = 1e-4  # half of a box's least side, below which corners may be welded and faces be slivers


def _material(material: str | NDArray[np.int16], count: int) -> NDArray[np.int16]:
    if isinstance(material, str):
        return np.full(count, MATERIAL_ID[material], np.int16)
    return material.astype(np.int16)


def _semantic(semantic: str | NDArray[np.uint8], count: int) -> NDArray[np.uint8]:
    if isinstance(semantic, str):
        return np.full(count, SEMANTIC_ID[semantic], np.uint8)
    return semantic.astype(np.uint8)


def face_normals(vertices: Floats, triangles: Ints) -> Floats:
    """(T, 3) normals as long as twice the area of their triangle."""
    normals: Floats = normals_of(_plain(vertices), np.ascontiguousarray(triangles, np.int32))
    return normals


def _plain(vertices: Floats) -> Floats:
    return np.ascontiguousarray(vertices, np.float64)


def crease_normals(vertices: Floats, triangles: Ints, crease_deg: float = CREASE_DEG) -> Floats:
    """(T, 3, 3) unit normal at each corner: the mean of the touching faces that bend by less than that.

    Faces weigh by the angle they fill at the corner, so that the way a quad is cut does not show.
    """
    least = float(np.cos(np.radians(crease_deg)))
    unit: Floats = smooth_normals(_plain(vertices), np.ascontiguousarray(triangles, np.int32), _WELD_M, least)
    return unit


def surface(
    vertices: ArrayLike,
    triangles: ArrayLike,
    material: str | NDArray[np.int16] = "default",
    semantic: str | NDArray[np.uint8] = "void",
    uv: Floats | None = None,
    crease_deg: float = CREASE_DEG,
) -> Mesh:
    """A mesh from bare vertices and triangles: drops slivers, computes normals, splits vertices at creases.

    Without `uv` ((V, 2) metres) each triangle is textured along the axis that its face looks along.
    """
    points = np.asarray(vertices, np.float64).reshape(-1, 3)
    faces = np.asarray(triangles, np.int32).reshape(-1, 3)
    across = face_normals(points, faces)
    alive = triples.length(across) > 1e-10
    rows = _material(material, len(faces))[alive]
    classes = _semantic(semantic, len(faces))[alive]
    faces, across = faces[alive], across[alive]
    normals = crease_normals(points, faces, crease_deg).reshape(-1, 3)
    flat = faces.reshape(-1)
    corner_uv = _box_uv(points, faces, across) if uv is None else np.asarray(uv, np.float64)[flat]
    # One vertex for each different (point, normal, uv).
    look = np.concatenate([np.round(normals * 2048), np.round(corner_uv * 16384)], axis=1)
    first, split_faces = split(faces, look.astype(np.int64), len(points))
    return Mesh(
        points.take(flat[first], axis=0).astype(np.float32),
        split_faces,
        normals.take(first, axis=0).astype(np.float32),
        corner_uv.take(first, axis=0).astype(np.float32),
        rows,
        classes,
    )


def _box_uv(points: Floats, faces: Ints, across: Floats) -> Floats:
    """Texture coordinates (3 T, 2) along the axis that each normal (T, 3) runs along."""
    axis = np.argmax(np.abs(across), axis=1).repeat(3)
    corner = points.take(faces.reshape(-1), axis=0)
    u = np.where(axis == 0, corner[:, 1], corner[:, 0])
    v = np.where(axis == 2, corner[:, 1], corner[:, 2])
    return np.stack([u, v], axis=1)


# --- Transforms ---------------------------------------------------------------------------------------------


def translation(x: float, y: float, z: float) -> Floats:
    """(4, 4) shift."""
    matrix = np.eye(4)
    matrix[:3, 3] = (x, y, z)
    return matrix


def rotation(axis: str, angle_rad: float) -> Floats:
    """(4, 4) right-handed turn about "x", "y" or "z"."""
    i, j = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
    matrix = np.eye(4)
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    matrix[i, i], matrix[i, j], matrix[j, i], matrix[j, j] = c, -s, s, c
    return matrix


def scaling(x: float, y: float, z: float) -> Floats:
    """(4, 4) stretch; all three positive."""
    return np.diag((x, y, z, 1.0))


def mirrored(mesh: Mesh) -> Mesh:
    """The mesh seen in the plane y = 0, still winding outwards."""
    flip = np.array((1.0, -1.0, 1.0), np.float32)
    return Mesh(
        mesh.vertices_m * flip,
        np.ascontiguousarray(mesh.triangles[:, (0, 2, 1)]),
        mesh.normals * flip,
        mesh.uv_m,
        mesh.material,
        mesh.semantic,
    )


def both_sides(mesh: Mesh) -> Mesh:
    """The mesh and its mirror image in y = 0."""
    return Mesh.join([mesh, mirrored(mesh)])


def two_faced(mesh: Mesh) -> Mesh:
    """A thin sheet seen from both sides: every triangle again, turned round."""
    back = Mesh(
        mesh.vertices_m,
        np.ascontiguousarray(mesh.triangles[:, (0, 2, 1)]),
        -mesh.normals,
        mesh.uv_m,
        mesh.material,
        mesh.semantic,
    )
    return Mesh.join([mesh, back])


def placed(mesh: Mesh, x: float = 0.0, y: float = 0.0, z: float = 0.0, yaw_rad: float = 0.0) -> Mesh:
    """The mesh turned about z and then shifted."""
    return mesh.moved(translation(x, y, z) @ rotation("z", yaw_rad))


def box_of(mesh: Mesh) -> tuple[Floats, Floats]:
    """Lowest and highest corner of the mesh's bounding box."""
    points = mesh.vertices_m.astype(np.float64)
    return points.min(axis=0), points.max(axis=0)


def signed_volume(mesh: Mesh) -> float:
    """Volume that the triangles enclose, in cubic metres; positive when a closed mesh winds outwards."""
    a, b, c = (mesh.vertices_m.astype(np.float64)[mesh.triangles[:, k]] for k in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6.0)


def open_edges(mesh: Mesh) -> int:
    """How many directed edges lack their one partner running the other way; 0 for a watertight mesh."""
    keys = np.round(mesh.vertices_m.astype(np.float64) / _WELD_M).astype(np.int64)
    point = np.unique(keys, axis=0, return_inverse=True)[1].reshape(-1)
    faces = point[mesh.triangles]
    faces = faces[(faces != np.roll(faces, 1, axis=1)).all(axis=1)]
    edges = np.concatenate([faces[:, (0, 1)], faces[:, (1, 2)], faces[:, (2, 0)]])
    count = int(point.max()) + 1
    ahead, copies = np.unique(edges[:, 0] * count + edges[:, 1], return_counts=True)
    back = edges[:, 1] * count + edges[:, 0]
    return int((~(np.isin(ahead, back) & (copies == 1))).sum())


# --- Grids, lofts, lathes -----------------------------------------------------------------------------------


def grid_triangles(rows: int, columns: int, close_rows: bool = False, close_columns: bool = False) -> Ints:
    """(T, 3) triangles over a grid of points numbered row * columns + column.

    They wind so that the normal is (along the columns) x (along the rows).
    """
    # A copy: arrays that may not be written are another type to numba, for which it compiles everything anew.
    return _grid_triangles(rows, columns, close_rows, close_columns).copy()


@lru_cache(maxsize=256)
def _grid_triangles(rows: int, columns: int, close_rows: bool, close_columns: bool) -> Ints:
    r = np.arange(rows if close_rows else rows - 1)
    c = np.arange(columns if close_columns else columns - 1)
    r0, c0 = (a.reshape(-1) for a in np.meshgrid(r, c, indexing="ij"))
    r1, c1 = (r0 + 1) % rows, (c0 + 1) % columns
    p00, p01, p10, p11 = r0 * columns + c0, r0 * columns + c1, r1 * columns + c0, r1 * columns + c1
    lower = np.stack([p00, p01, p11], axis=1)
    upper = np.stack([p00, p11, p10], axis=1)
    return np.stack([lower, upper], axis=1).reshape(-1, 3).astype(np.int32)


def _outward(points: Floats, triangles: Ints) -> Ints:
    """Turn a closed surface right side out."""
    a, b, c = (points.take(triangles[:, k], axis=0) for k in range(3))
    if np.einsum("ij,ij->i", a - points.mean(axis=0), triples.cross(b - a, c - a)).sum() < 0.0:
        return np.ascontiguousarray(triangles[:, (0, 2, 1)])
    return triangles


def sheet(points: ArrayLike, material: str, semantic: str, crease_deg: float = CREASE_DEG) -> Mesh:
    """A one-sided surface over a grid (R, C, 3); its front is (along the columns) x (along the rows)."""
    grid = np.asarray(points, np.float64)
    rows, columns = grid.shape[:2]
    along_c = triples.length(np.diff(grid, axis=1)).mean(axis=0)
    along_r = triples.length(np.diff(grid, axis=0)).mean(axis=1)
    u, v = np.meshgrid(np.append(0.0, np.cumsum(along_c)), np.append(0.0, np.cumsum(along_r)))
    uv = np.stack([u, v], axis=-1).reshape(-1, 2)
    return surface(grid.reshape(-1, 3), grid_triangles(rows, columns), material, semantic, uv, crease_deg)


def loft(
    sections: ArrayLike,
    material: str,
    semantic: str,
    caps: bool = True,
    crease_deg: float = CREASE_DEG,
) -> Mesh:
    """A skin over closed sections (S, K, 3); with caps the ends are closed by fans about their middle."""
    rings = np.asarray(sections, np.float64)
    count, around = rings.shape[:2]
    points = rings.reshape(-1, 3)
    triangles = grid_triangles(count, around, close_columns=True)
    girth = np.append(0.0, np.cumsum(triples.length(np.diff(rings, axis=1)).mean(axis=0)))
    span = np.append(0.0, np.cumsum(triples.length(np.diff(rings, axis=0)).mean(axis=1)))
    uv = np.stack(np.meshgrid(girth, span), axis=-1).reshape(-1, 2)
    if caps:
        k = np.arange(around)
        after = (k + 1) % around
        first, last = len(points), len(points) + 1
        points = np.concatenate([points, rings[0].mean(axis=0)[None], rings[-1].mean(axis=0)[None]])
        uv = np.concatenate([uv, [[0.0, 0.0]], [[0.0, span[-1]]]])
        top = (count - 1) * around
        triangles = np.concatenate(
            [
                triangles,
                np.stack([np.full(around, first), after, k], axis=1).astype(np.int32),
                np.stack([np.full(around, last), top + k, top + after], axis=1).astype(np.int32),
            ]
        )
        triangles = _outward(points, triangles)
    return surface(points, triangles, material, semantic, uv, crease_deg)


def superellipse(
    half_width: float, half_height: float, exponent: float = 2.5, count: int = 24
) -> NDArray[np.float64]:
    """(count, 2) points of |x/a|^n + |y/b|^n = 1, counter-clockwise from (a, 0), even in angle."""
    angle = np.linspace(0.0, 2.0 * np.pi, count, endpoint=False)
    c, s = np.cos(angle), np.sin(angle)
    x = half_width * np.sign(c) * np.abs(c) ** (2.0 / exponent)
    y = half_height * np.sign(s) * np.abs(s) ** (2.0 / exponent)
    return np.stack([x, y], axis=1)


def revolve(
    profile: ArrayLike,
    material: str,
    semantic: str,
    axis: str = "z",
    segments: int = 24,
    crease_deg: float = CREASE_DEG,
) -> Mesh:
    """A lathe: profile (P, 2) of (radius, height) turned about the axis through the origin.

    The profile has the solid on its left when radius points right and height up; radius 0 closes it.
    """
    curve = np.asarray(profile, np.float64)
    angle = np.linspace(0.0, 2.0 * np.pi, segments, endpoint=False)
    ring = np.stack(
        [
            curve[:, None, 0] * np.cos(angle),
            curve[:, None, 0] * np.sin(angle),
            np.broadcast_to(curve[:, None, 1], (len(curve), segments)),
        ],
        axis=-1,
    )
    grid = ring.reshape(-1, 3)
    triangles = grid_triangles(len(curve), segments, close_columns=True)
    span = np.append(0.0, np.cumsum(triples.length(np.diff(curve, axis=0))))
    uv = np.stack(np.meshgrid(angle * float(curve[:, 0].max()), span), axis=-1).reshape(-1, 2)
    order = {"z": (0, 1, 2), "x": (2, 0, 1), "y": (1, 2, 0)}[axis]  # cyclic, so that handedness stays
    return surface(grid[:, order], triangles, material, semantic, uv, crease_deg)


def cylinder(
    radius_m: float,
    length_m: float,
    material: str,
    semantic: str,
    axis: str = "z",
    segments: int = 16,
    caps: bool = True,
    top_radius_m: float | None = None,
) -> Mesh:
    """A cylinder (or cone) from the origin along the axis."""
    top = radius_m if top_radius_m is None else top_radius_m
    profile = [(radius_m, 0.0), (top, length_m)]
    if caps:
        profile = [(0.0, 0.0), *profile, (0.0, length_m)]
    return revolve(profile, material, semantic, axis, segments)


def ellipsoid(
    radii_m: tuple[float, float, float], material: str, semantic: str, segments: int = 16, rings: int = 8
) -> Mesh:
    """An ellipsoid about the origin."""
    angle = np.linspace(-np.pi / 2, np.pi / 2, rings + 1)
    ball = revolve(np.stack([np.cos(angle), np.sin(angle)], axis=1), material, semantic, "z", segments, 180.0)
    return ball.moved(scaling(*radii_m))


def box(
    size_m: tuple[float, float, float],
    material: str,
    semantic: str,
    bevel_m: float = 0.0,
    centre_m: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> Mesh:
    """A box about `centre_m`; a bevel cuts its edges and corners."""
    half = np.asarray(size_m, np.float64) / 2.0
    if bevel_m <= 0.0:
        cube = _cube()
        points = cube.vertices_m * half + np.asarray(centre_m)
        if half.min() < THIN_M:  # its corners and slivers are told apart as those of any surface
            return surface(points, cube.triangles, material, semantic)
        u, v = points[:, 0].copy(), points[:, 2].copy()
        u[cube.normals[:, 0] != 0.0] = points[cube.normals[:, 0] != 0.0, 1]
        v[cube.normals[:, 2] != 0.0] = points[cube.normals[:, 2] != 0.0, 1]
        return Mesh(
            points.astype(np.float32),
            cube.triangles.copy(),
            cube.normals.copy(),
            np.stack([u, v], axis=1).astype(np.float32),
            _material(material, len(cube.triangles)),
            _semantic(semantic, len(cube.triangles)),
        )
    # The corners of a bevelled box are the hull of three points per corner, each pulled in along two axes.
    inner = half - np.minimum(bevel_m, half * 0.98)
    corners = np.array(
        [
            np.where(np.arange(3) == k, half, inner) * (x, y, z)
            for x in (-1, 1)
            for y in (-1, 1)
            for z in (-1, 1)
            for k in range(3)
        ]
    )
    return surface(corners + np.asarray(centre_m), hull(corners), material, semantic, crease_deg=30.0)


@lru_cache(maxsize=1)
def _cube() -> Mesh:
    """The box between (-1, -1, -1) and (1, 1, 1), whose corners stand in for those of all boxes."""
    corners = [(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]
    quads = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
    return surface(corners, [t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))])


def hull(points: ArrayLike) -> Ints:
    """(T, 3) triangles of the convex hull, winding outwards."""
    from scipy.spatial import ConvexHull  # noqa: PLC0415  # scipy loads slowly and not every asset needs it

    cloud = np.asarray(points, np.float64)
    shape = ConvexHull(cloud)
    triangles: Ints = shape.simplices.astype(np.int32)
    inward = np.einsum("ij,ij->i", face_normals(cloud, triangles), shape.equations[:, :3]) < 0.0
    triangles[inward] = triangles[inward][:, (0, 2, 1)]
    return triangles


def triangulate(outline: ArrayLike) -> Ints:
    """(T, 3) triangles over a simple polygon (K, 2), counter-clockwise, by clipping ears (Meisters 1975)."""
    polygon = np.asarray(outline, np.float64)
    twice_area = float(
        np.sum(polygon[:, 0] * np.roll(polygon[:, 1], -1) - np.roll(polygon[:, 0], -1) * polygon[:, 1])
    )
    left = list(range(len(polygon)))
    if twice_area < 0.0:
        left.reverse()
    triangles: list[tuple[int, int, int]] = []
    while len(left) > 3:
        for k in range(len(left)):
            ear = (left[k - 1], left[k], left[(k + 1) % len(left)])
            others = [i for i in left if i not in ear]
            if _is_ear(polygon[list(ear)], polygon[others]):
                triangles.append(ear)
                del left[k]
                break
        else:  # only collinear corners are left over: cut one off, its triangle is empty
            triangles.append((left[-1], left[0], left[1]))
            del left[0]
    triangles.append((left[0], left[1], left[2]))
    return np.array(triangles, np.int32)


def _is_ear(ear: Floats, others: Floats) -> bool:
    a, b, c = ear

    def side(p: Floats, q: Floats, r: Floats) -> Floats:
        turned: Floats = (q[0] - p[0]) * (r[..., 1] - p[1]) - (q[1] - p[1]) * (r[..., 0] - p[0])
        return turned

    if float(side(a, b, c)) <= 1e-14:
        return False
    inside = (side(a, b, others) >= 0) & (side(b, c, others) >= 0) & (side(c, a, others) >= 0)
    touching = (others[:, None, :] == ear[None, :, :]).all(axis=2).any(axis=1)
    return not bool((inside & ~touching).any())


def extrude(
    outline: ArrayLike,
    depth_m: float,
    material: str,
    semantic: str,
    axis: str = "z",
    crease_deg: float = CREASE_DEG,
) -> Mesh:
    """A prism over a simple polygon (K, 2), from the origin's plane to `depth_m` along the axis.

    The polygon lies in (x, y) for axis z, (y, z) for x, (z, x) for y: cyclic, so that it is never mirrored.
    """
    polygon = np.asarray(outline, np.float64)
    flat = triangulate(polygon)
    count = len(polygon)
    low = np.concatenate([polygon, np.zeros((count, 1))], axis=1)
    high = np.concatenate([polygon, np.full((count, 1), depth_m)], axis=1)
    k = np.arange(count)
    after = (k + 1) % count
    sides = np.concatenate(
        [np.stack([k, after, after + count], 1), np.stack([k, after + count, k + count], 1)]
    )
    points = np.concatenate([low, high])
    if (
        float(np.sum(polygon[:, 0] * np.roll(polygon[:, 1], -1) - np.roll(polygon[:, 0], -1) * polygon[:, 1]))
        < 0.0
    ):
        sides = sides[:, (0, 2, 1)]
    triangles = np.concatenate([flat[:, (0, 2, 1)], flat + count, sides])
    if depth_m < 0.0:
        triangles = triangles[:, (0, 2, 1)]
    order = {"z": (0, 1, 2), "x": (2, 0, 1), "y": (1, 2, 0)}[axis]
    return surface(points[:, order], triangles, material, semantic, crease_deg=crease_deg)


def tube(
    path: ArrayLike,
    radius_m: float | Sequence[float] | Floats,
    material: str,
    semantic: str,
    segments: int = 8,
    caps: bool = True,
    crease_deg: float = 50.0,
) -> Mesh:
    """A round bar along a path (N, 3); one radius, or one for each point."""
    points = np.asarray(path, np.float64)
    radii = np.broadcast_to(np.asarray(radius_m, np.float64), (len(points),))
    tangent = np.gradient(points, axis=0)
    tangent /= np.maximum(triples.length(tangent)[:, None], 1e-12)
    # Carry one normal along the path (parallel transport), so that the bar does not twist.
    start = np.eye(3)[np.argmin(np.abs(tangent[0]))]
    side, third = carried_frames(np.ascontiguousarray(tangent), start)
    angle = np.linspace(0.0, 2.0 * np.pi, segments, endpoint=False)
    ring = (
        side[:, None] * np.cos(angle)[None, :, None] + third[:, None] * np.sin(angle)[None, :, None]
    ) * radii[:, None, None]
    return loft(points[:, None] + ring, material, semantic, caps, crease_deg)


def panel(corners: ArrayLike, material: str, semantic: str, uv: ArrayLike | None = None) -> Mesh:
    """A flat convex polygon (K, 3), counter-clockwise seen from its front."""
    points = np.asarray(corners, np.float64)
    k = np.arange(1, len(points) - 1)
    fan = np.stack([np.zeros_like(k), k, k + 1], axis=1)
    return surface(points, fan, material, semantic, None if uv is None else np.asarray(uv, np.float64))
