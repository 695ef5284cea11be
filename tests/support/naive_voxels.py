"""Slow twins of the voxel kernels: pairs of triangles and cubes, beams and borders, cubes and pixels, in plain numpy."""

import numpy as np
from numpy.typing import NDArray

from renderers.frames import CameraModel, LidarSweep
from renderers.optics import depth_of, project
from renderers.projection import inside_image

Floats = NDArray[np.float64]
Shape = tuple[int, int, int]


def touched(triangles: NDArray[np.floating], shape: Shape) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(P,) rows of (T, 3, 3) triangles and (P,) flat cubes of the grid that they touch, each pair once."""
    corners = np.asarray(triangles, np.float64)
    low = np.maximum(np.floor(corners.min(axis=1)).astype(np.int64), 0)
    high = np.minimum(np.floor(corners.max(axis=1)).astype(np.int64), np.array(shape) - 1)
    rows, cubes = [], []
    for row in np.flatnonzero((low <= high).all(axis=1)):
        around = (np.arange(low[row, c], high[row, c] + 1) for c in range(3))
        cube = np.stack(np.meshgrid(*around, indexing="ij"), axis=-1).reshape(-1, 3)
        cube = cube[_overlap(corners[row], cube)]
        rows.append(np.full(len(cube), row))
        cubes.append(np.ravel_multi_index(tuple(cube.T), shape))
    return np.concatenate(rows), np.concatenate(cubes)


def _overlap(corners: Floats, cube: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether a triangle (3, 3) and cubes (N, 3) overlap, both closed."""
    edges = np.roll(corners, -1, axis=0) - corners
    axes = [np.cross(edges[0], edges[1]), *np.eye(3)]
    axes += [np.cross(edge, side) for edge in edges for side in np.eye(3)]
    meets = np.ones(len(cube), bool)
    for axis in axes:
        along = corners @ axis
        middle, reach = (cube + 0.5) @ axis, 0.5 * np.abs(axis).sum() + 1e-12
        meets &= (along.min() - middle <= reach) & (along.max() - middle >= -reach)
    return meets


def classes(
    triangles: NDArray[np.floating], kind: NDArray[np.uint8], shape: Shape, kinds: int
) -> NDArray[np.float64]:
    """(X, Y, Z, K) area of each class in each cube, of triangles (T, 3, 3) that spread theirs evenly."""
    weight = np.zeros((int(np.prod(shape)), kinds))
    row, cube = touched(triangles, shape)
    across = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    area = np.linalg.norm(across, axis=1) / np.maximum(np.bincount(row, minlength=len(triangles)), 1)
    np.add.at(weight, (cube, kind[row]), np.maximum(area[row], 1e-9))
    return weight.reshape(*shape, kinds)


def beams(
    sweep: LidarSweep, ego_velocity_mps: Floats, grid_from_world: Floats | None = None
) -> tuple[Floats, Floats]:
    """(N, 3) and (N, 3): where each point's beam set out and where it met something, without noise of range."""
    pose = sweep.world_from_lidar
    start = pose[:3, 3] + (1e-9 * sweep.offset_ns)[:, None] * ego_velocity_mps
    way = sweep.xyz_m.astype(np.float64) @ pose[:3, :3].T + pose[:3, 3] - start
    length = np.maximum(np.linalg.norm(way, axis=1), 1e-9)
    turn = np.eye(4) if grid_from_world is None else grid_from_world
    ends = (start, start + way * (sweep.range_m / length)[:, None])
    return ends[0] @ turn[:3, :3].T + turn[:3, 3], ends[1] @ turn[:3, :3].T + turn[:3, 3]


def passed(start: Floats, end: Floats, shape: Shape) -> NDArray[np.bool_]:
    """Cubes of a grid that straight ways from (N, 3) to (N, 3) go through: between any two borders there is one."""
    seen = np.zeros(shape, bool)
    for a, b in zip(start, end, strict=True):
        shares = [np.array((0.0, 1.0))]
        for c in range(3):
            if b[c] != a[c]:
                border = np.arange(shape[c] + 1)
                shares.append((border - a[c]) / (b[c] - a[c]))
        share = np.unique(np.concatenate(shares))
        share = share[(share >= 0.0) & (share <= 1.0)]
        middle = 0.5 * (share[1:] + share[:-1])[:, None]
        cube = np.floor(a + middle * (b - a)).astype(int)
        seen[tuple(cube[((cube >= 0) & (cube < shape)).all(axis=1)].T)] = True
    return seen


def looked_into(
    model: CameraModel, depth_m: NDArray[np.float32], camera_from_grid: Floats, shape: Shape
) -> NDArray[np.bool_]:
    """Cubes to whose middle nothing stops the ray of a camera."""
    seen = np.zeros(shape, bool)
    middles = np.indices(shape).reshape(3, -1).T + 0.5
    local = middles @ camera_from_grid[:3, :3].T + camera_from_grid[:3, 3]
    uv = project(model, local)
    if not model.fisheye:
        uv[local[:, 2] <= 0.05] = np.nan
    inside = inside_image(model, uv)
    at = local[inside]
    column, row = np.rint(uv[inside]).astype(int).T
    # How far before its middle the ray enters a cube: to the nearest of three borders that it looks at.
    way = middles[inside] - np.linalg.inv(camera_from_grid)[:3, 3]
    before = 0.5 / np.abs(way).max(axis=1)
    enters = np.maximum(1.0 - before, 0.0)
    clear = depth_m[row, column] >= depth_of(model, at) * enters - 1e-3
    seen.reshape(-1)[np.flatnonzero(inside)[clear]] = True
    return seen
