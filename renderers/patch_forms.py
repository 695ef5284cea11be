"""Shapes of patches that are no film: the bowl of a pothole, a bank of snow, fallen leaves.  Renderers floor."""

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from renderers.assets.forms import mesh_of
from renderers.mesh import Mesh
from sim.patches import LaidPatch, to_world
from sim.roads.network import RoadNetwork

Floats = NDArray[np.float64]
WALL_SHARE = 0.30  # of the way to the middle over which a pothole's wall falls
BOWL_RINGS = 14
RUBBLE_PER_M = 9.0  # loose stones by metre of a pothole's rim
HEAP_STEP_M = 0.09
HEAP_COLUMNS = 30
DIRTY_M = 0.10  # the foot of a bank is splashed with road dirt up to here
LEAVES_PER_M2 = 210.0
MOST_LEAVES = 9000
LEAF_M = (0.045, 0.10)
LEAF_KINDS = ("leaf_autumn", "leaf_brown", "leaf_yellow")


def bowl(network: RoadNetwork, patch: LaidPatch, origin_m: Floats) -> Mesh:
    """A hole with a broken wall, a rough floor and stones about its rim; its edge is the patch's own."""
    rng = patch.random("bowl")
    parts: list[Mesh] = []
    for polygon in shapely.get_parts(patch.area):
        if polygon.geom_type != "Polygon" or polygon.area < 1e-3:
            continue
        rim = np.array(shapely.segmentize(polygon.exterior, 0.05).coords)[:-1, :2]
        if not shapely.is_ccw(polygon.exterior):
            rim = rim[::-1]
        middle = np.array(polygon.representative_point().coords[0])
        inward = np.linspace(0.0, 1.0, BOWL_RINGS) ** 1.25
        rings = rim[None] + inward[:, None, None] * (middle - rim)[None]  # (R, N, 2)
        count = len(rim)
        noise = gaussian_filter(rng.normal(size=(BOWL_RINGS, count)), (0.8, 0.9), mode=("nearest", "wrap"))
        noise /= max(float(noise.std()), 1e-9)
        lumps = gaussian_filter(rng.normal(size=(BOWL_RINGS, count)), (2.5, 5.0), mode=("nearest", "wrap"))
        lumps /= max(float(lumps.std()), 1e-9)
        wall = np.clip(inward / WALL_SHARE, 0.0, 1.0)[:, None]
        profile = wall * wall * (3.0 - 2.0 * wall)
        rough = (0.10 * noise + 0.16 * lumps) * np.clip(3.0 * inward, 0.0, 1.0)[:, None]
        rough[-1] = rough[-1].mean()
        down = patch.depth_m * np.clip(profile * (0.85 + 0.15 * inward[:, None]) + rough * profile, 0.0, 1.3)
        flat = rings.reshape(-1, 2)
        top = network.height(flat[:, 0], flat[:, 1]).reshape(BOWL_RINGS, count)
        points = np.concatenate([rings, (top - down)[..., None]], axis=2)
        edge = int(np.searchsorted(inward, WALL_SHARE)) + 1
        parts.append(_skin(points[: edge + 1], "asphalt_broken", origin_m))
        parts.append(_skin(points[edge:], "pothole", origin_m))
        parts.append(_rubble(network, polygon, rng, origin_m))
    return Mesh.join(parts)


def _skin(points: Floats, material: str, origin_m: Floats) -> Mesh:
    """Rings of points, each within the one before it, as a faceted surface that faces up."""
    rows, count, _ = points.shape
    a = (np.arange(rows - 1)[:, None] * count + np.arange(count)[None]).ravel()
    b = (np.arange(rows - 1)[:, None] * count + np.roll(np.arange(count), -1)[None]).ravel()
    triangles = np.concatenate([np.stack([a, b, b + count], 1), np.stack([a, b + count, a + count], 1)])
    return _faceted(points.reshape(-1, 3), triangles, material, "road", origin_m)


def _faceted(
    points: Floats, triangles: NDArray[np.int64], material: str, semantic: str, origin_m: Floats
) -> Mesh:
    corners = points[triangles]
    face = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    size = np.linalg.norm(face, axis=1)
    corners, face = corners[size > 1e-9], face[size > 1e-9] / size[size > 1e-9, None]
    flat = corners.reshape(-1, 3)
    return mesh_of(
        flat - origin_m,
        np.arange(len(flat)).reshape(-1, 3),
        np.repeat(face, 3, 0),
        flat[:, :2].copy(),
        material,
        semantic,
    )


def _rubble(
    network: RoadNetwork, polygon: shapely.Polygon, rng: np.random.Generator, origin_m: Floats
) -> Mesh:
    """Broken-out stones that lie about the rim, most of them near it."""
    line = polygon.exterior
    count = max(4, int(RUBBLE_PER_M * line.length))
    at = shapely.get_coordinates(shapely.line_interpolate_point(line, rng.uniform(0.0, line.length, count)))
    centre = np.array(polygon.centroid.coords[0])
    out = at - centre
    out /= np.maximum(np.linalg.norm(out, axis=1), 1e-9)[:, None]
    at = at + out * (0.02 + rng.exponential(0.14, count))[:, None]
    size = np.exp(rng.normal(np.log(0.012), 0.45, count))
    top = network.height(at[:, 0], at[:, 1])
    turn = rng.uniform(0.0, 2.0 * np.pi, count)[:, None] + np.arange(4) * (0.5 * np.pi)
    reach = size[:, None] * rng.uniform(0.6, 1.2, (count, 4))
    foot = np.stack(
        [
            at[:, None, 0] + reach * np.cos(turn),
            at[:, None, 1] + reach * np.sin(turn),
            np.repeat(top[:, None] - 0.001, 4, 1),
        ],
        axis=2,
    )
    tip = np.stack([at[:, 0], at[:, 1], top + size * rng.uniform(0.6, 1.1, count)], axis=1)
    points = np.concatenate([foot, tip[:, None]], axis=1).reshape(-1, 3)
    sides = np.array([(k, (k + 1) % 4, 4) for k in range(4)])
    triangles = (5 * np.arange(count)[:, None, None] + sides[None]).reshape(-1, 3)
    return _faceted(points, triangles, "asphalt_broken", "road", origin_m)


def heap(network: RoadNetwork, patch: LaidPatch, origin_m: Floats) -> Mesh:
    """Ploughed snow as a lumpy ridge over the patch's length, as high as it is deep, dirty at its foot."""
    rng = patch.random("heap")
    rows = int(np.clip(patch.length_m / HEAP_STEP_M, 10, 1200)) + 1
    u = np.linspace(-0.5, 0.5, rows) * patch.length_m
    across = np.sin(np.linspace(-0.5 * np.pi, 0.5 * np.pi, HEAP_COLUMNS))  # finer at the foot
    ends = np.clip((0.5 * patch.length_m - np.abs(u)) / max(0.6 * patch.width_m, 0.2), 0.0, 1.0)
    taper = np.sqrt(np.clip(1.0 - (1.0 - ends) ** 2, 0.0, 1.0))
    sway = gaussian_filter(rng.normal(size=(2, rows)), (0.0, 4.0))
    sway /= max(float(sway.std()), 1e-9)
    half = 0.5 * patch.width_m * np.clip(0.88 + 0.10 * sway, 0.5, 1.05) * np.maximum(taper, 0.05)
    v = across[None] * np.where(across[None] > 0.0, half[0][:, None], half[1][:, None])
    lumps = np.zeros((rows, HEAP_COLUMNS))
    for size, share in ((1.1, 0.10), (3.0, 0.20)):
        field = gaussian_filter(rng.normal(size=lumps.shape), size)
        lumps += share * field / max(float(field.std()), 1e-9)
    body = np.clip(1.0 - np.abs(across) ** 2.0, 0.0, 1.0)[None] ** 0.75
    height = patch.depth_m * taper[:, None] * body * np.clip(0.80 + lumps, 0.25, 1.15)
    height[:, [0, -1]] = height[[0, -1], :] = 0.0
    local = np.stack([np.repeat(u[:, None], HEAP_COLUMNS, 1), v], axis=2).reshape(-1, 2)
    road = network.roads[patch.road]
    points = to_world(road, patch.s_m, patch.lane, patch.shift_m, local).reshape(rows, HEAP_COLUMNS, 3)
    points[..., 2] += height
    points[:, [0, -1], 2] -= 0.02
    points[[0, -1], :, 2] -= 0.02
    a = (np.arange(rows - 1)[:, None] * HEAP_COLUMNS + np.arange(HEAP_COLUMNS - 1)[None]).ravel()
    quads = np.stack([a, a + HEAP_COLUMNS, a + HEAP_COLUMNS + 1, a + 1], 1)
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    flat = points.reshape(-1, 3)
    normals = _smooth_normals(flat, triangles)
    spots = gaussian_filter(rng.normal(size=height.shape), (1.0, 0.7))
    splash = DIRTY_M * (1.0 + 0.7 * spots / max(float(spots.std()), 1e-9))
    dirty = (height - splash).reshape(-1)[triangles].mean(axis=1) < 0.0
    made = [
        mesh_of(flat - origin_m, triangles[mask], normals, flat[:, :2].copy(), material, "terrain")
        for mask, material in ((~dirty, "snow_pile"), (dirty, "snow_dirty"))
        if mask.any()
    ]
    return Mesh.join(made)


def _smooth_normals(points: Floats, triangles: NDArray[np.int64]) -> Floats:
    corners = points[triangles]
    face = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros_like(points)
    for k in range(3):
        np.add.at(normals, triangles[:, k], face)
    length = np.linalg.norm(normals, axis=1)
    normals[length < 1e-12] = (0.0, 0.0, 1.0)
    scaled: Floats = normals / np.maximum(length, 1e-12)[:, None]
    return scaled


def fallen_leaves(network: RoadNetwork, patch: LaidPatch, origin_m: Floats) -> Mesh:
    """Single leaves on the litter, folded along their veins, each its own way; a few lie beyond the edge."""
    rng = patch.random("leaves")
    wanted = min(int(patch.area.area * LEAVES_PER_M2), MOST_LEAVES)
    fringe = patch.area.buffer(0.25, quad_segs=2)
    x0, y0, x1, y1 = fringe.bounds
    tried = int(1.6 * wanted * (x1 - x0) * (y1 - y0) / max(fringe.area, 1e-6)) + 8
    x, y = rng.uniform(x0, x1, tried), rng.uniform(y0, y1, tried)
    core = shapely.contains_xy(patch.area, x, y)
    kept = core | (shapely.contains_xy(fringe, x, y) & (rng.uniform(size=tried) < 0.25))
    x, y = x[kept][:wanted], y[kept][:wanted]
    count = len(x)
    if count == 0:
        x, y = np.array([patch.area.centroid.x]), np.array([patch.area.centroid.y])
        count = 1
    z = network.height(x, y)
    long = rng.uniform(*LEAF_M, count)
    wide = long * rng.uniform(0.45, 0.75, count)
    turn, lean = rng.uniform(0.0, 2.0 * np.pi, count), rng.normal(0.0, 0.22, count)
    fold = rng.uniform(0.05, 0.5, count) * rng.choice((-1.0, 1.0), count)
    lift = 0.004 + rng.exponential(0.006, count) + 0.5 * long * np.abs(np.sin(lean))
    stem, tip = -0.5 * long, 0.5 * long
    ahead = np.stack([np.cos(turn) * np.cos(lean), np.sin(turn) * np.cos(lean), np.sin(lean)], 1)
    left = np.stack([-np.sin(turn), np.cos(turn), np.zeros(count)], 1)
    middle = np.stack([x, y, z + lift], 1)
    up = np.array((0.0, 0.0, 1.0))
    sides = [
        middle
        + side * 0.5 * (wide * np.cos(fold))[:, None] * left
        + (0.5 * wide * np.sin(np.abs(fold)))[:, None] * up
        for side in (1.0, -1.0)
    ]
    corners = np.stack([middle + stem[:, None] * ahead, sides[1], middle + tip[:, None] * ahead, sides[0]], 1)
    triangles = (4 * np.arange(count)[:, None, None] + np.array([(0, 1, 2), (0, 2, 3)])[None]).reshape(-1, 3)
    kind = np.repeat(rng.choice(len(LEAF_KINDS), count, p=(0.4, 0.4, 0.2)), 2)
    return Mesh.join(
        [
            _faceted(corners.reshape(-1, 3), triangles[kind == k], material, "road", origin_m)
            for k, material in enumerate(LEAF_KINDS)
            if (kind == k).any()
        ]
    )
