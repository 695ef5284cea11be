"""The slow twin of the packet tracer: every ray against every triangle, in float64."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renderers.geometry import build_geometry
from renderers.kernels.bvh import COUNT_BITS, COUNT_MASK
from renderers.mesh import Mesh
from renderers.scene import CASTS_SHADOW, SEEN_BY_SENSORS, Geometry, LampTable, Scene
from sim.weather import WeatherState


@dataclass(frozen=True, slots=True)
class NaiveHits:
    range_m: NDArray[np.float64]  # (R,) inf: nothing
    placement: NDArray[np.int64]  # (R,)
    triangle: NDArray[np.int64]  # (R,)
    u: NDArray[np.float64]
    v: NDArray[np.float64]


def trees_of(geometry: Geometry) -> list[NDArray[np.int64]]:
    """Triangles of each tree, found by walking it; also checks that each child lies inside its box."""
    found = []
    for root in geometry.root:
        triangles: list[int] = []
        walk = [(int(root), np.full(3, -np.inf), np.full(3, np.inf))]
        while walk:
            link, low, high = walk.pop()
            if link < 0:
                first, count = -(link + 1) >> COUNT_BITS, -(link + 1) & COUNT_MASK
                for t in range(first, first + count):
                    corners = geometry.corners_m[t].reshape(3, 3)
                    assert (corners >= low).all() and (corners <= high).all()
                    triangles.append(t)
            else:
                node = geometry.nodes[link]
                for side in range(2):
                    box_low, box_high = node[6 * side : 6 * side + 3], node[6 * side + 3 : 6 * side + 6]
                    assert (box_low >= low).all() and (box_high <= high).all()
                    walk.append((int(geometry.links[link, side]), box_low, box_high))
        found.append(np.array(sorted(triangles), np.int64))
    return found


def trace(
    scene: Scene,
    origin_m: NDArray[np.float64],
    directions: NDArray[np.float32],
    near_m: float = 0.0,
    far_m: float = np.inf,
    mask: int = SEEN_BY_SENSORS,
    only_actor: int | None = None,
) -> NaiveHits:
    """Closest hits by Moeller and Trumbore (1997); the lower placement, then triangle, wins a tie."""
    count = len(directions)
    origins = np.broadcast_to(np.asarray(origin_m, np.float64), (count, 3))
    hits = NaiveHits(
        np.full(count, np.inf), np.full(count, -1), np.full(count, -1), np.zeros(count), np.zeros(count)
    )
    trees = trees_of(scene.geometry)
    for p, tree in enumerate(scene.tree):
        if not scene.mask[p] & mask or (only_actor is not None and scene.actor[p] != only_actor):
            continue
        rotation, shift = scene.world_from_part[p, :, :3], scene.world_from_part[p, :, 3]
        o = (origins - shift) @ rotation
        d = directions.astype(np.float64) @ rotation
        for t in trees[tree]:
            v0, v1, v2 = scene.geometry.corners_m[t].astype(np.float64).reshape(3, 3)
            a, b = v1 - v0, v2 - v0
            h = np.cross(d, b)
            det = h @ a
            with np.errstate(divide="ignore", invalid="ignore"):
                s = o - v0
                u = np.einsum("rk,rk->r", s, h) / det
                q = np.cross(s, a)
                v = np.einsum("rk,rk->r", d, q) / det
                r = q @ b / det
                ok = (det != 0) & (u >= 0) & (v >= 0) & (u + v <= 1) & (r > near_m) & (r <= far_m)
                ok &= r < hits.range_m
            hits.range_m[ok] = r[ok]
            hits.placement[ok] = p
            hits.triangle[ok] = t
            hits.u[ok] = u[ok]
            hits.v[ok] = v[ok]
    return hits


CLEAR = WeatherState(
    rain_mm_per_h=0.0,
    snow_mm_per_h=0.0,
    fog_mor_m=np.inf,
    fog_top_m=np.inf,
    cloud_okta=2.0,
    wind_mps=0.0,
    wind_from_rad=0.0,
    air_degC=15.0,
    rain_extinction_per_m=0.0,
    snow_extinction_per_m=0.0,
    fog_extinction_per_m=0.0,
    haze_extinction_per_m=0.0,
    fog_backscatter_per_m_sr=0.0,
    sun_elevation_rad=0.8,
    sun_azimuth_rad=3.0,
    sun_illuminance_lx=70000.0,
    sky_illuminance_lx=20000.0,
    street_lamps_lit=False,
    wetness=0.0,
    water_film_m=0.0,
    puddle_cover=0.0,
    puddle_depth_m=0.0,
    snow_depth_m=0.0,
    ice_cover=0.0,
    friction=0.9,
)


def mesh_of(
    vertices: NDArray[np.float64], triangles: NDArray[np.int64], material: int = 0, semantic: int = 0
) -> Mesh:
    """A mesh of one material, with the normals of its faces (each triangle gets vertices of its own)."""
    corners = np.asarray(vertices, np.float64)[np.asarray(triangles)]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-30)
    count = len(corners)
    return Mesh(
        corners.reshape(-1, 3).astype(np.float32),
        np.arange(3 * count, dtype=np.int32).reshape(-1, 3),
        np.repeat(normal, 3, axis=0).astype(np.float32),
        corners.reshape(-1, 3)[:, :2].astype(np.float32),
        np.full(count, material, np.int16),
        np.full(count, semantic, np.uint8),
    )


def quad(corners: list[tuple[float, float, float]], material: int = 0, semantic: int = 0) -> Mesh:
    """A flat patch of two triangles."""
    return mesh_of(np.array(corners, np.float64), np.array([[0, 1, 2], [0, 2, 3]]), material, semantic)


def box(size_m: tuple[float, float, float], material: int = 0, semantic: int = 0) -> Mesh:
    """A closed box standing on the origin of its frame."""
    sx, sy, sz = size_m
    x, y, z = sx / 2, sy / 2, sz
    corners = np.array(
        [(-x, -y, 0), (x, -y, 0), (x, y, 0), (-x, y, 0), (-x, -y, z), (x, -y, z), (x, y, z), (-x, y, z)]
    )
    faces = [(0, 3, 2, 1), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7)]
    triangles = [(f[0], f[1], f[2]) for f in faces] + [(f[0], f[2], f[3]) for f in faces]
    return mesh_of(corners, np.array(triangles), material, semantic)


def scene_of(
    static: Mesh, trees: list[Mesh], poses: list[NDArray[np.float64]], weather: WeatherState = CLEAR
) -> Scene:
    """A scene of a static mesh and one placement for each tree and (4, 4) pose; instance ids from 1."""
    geometry = build_geometry(static, np.zeros(len(static.triangles), np.int32), trees, np.zeros(3))
    count = 1 + len(trees)
    none = np.zeros((0, 3))
    return Scene(
        time_ns=0,
        geometry=geometry,
        tree=np.arange(count, dtype=np.int32),
        world_from_part=np.array([np.eye(4)[:3], *(pose[:3] for pose in poses)]),
        velocity_mps=np.zeros((count, 3)),
        spin_radps=np.zeros((count, 3)),
        instance=np.arange(count, dtype=np.int32),
        actor=np.arange(-1, count - 1, dtype=np.int32),
        mask=np.full(count, SEEN_BY_SENSORS | CASTS_SHADOW, np.uint8),
        glow=np.zeros((count, 8), np.float32),
        tint=np.ones((count, 3, 3), np.float32),
        lamps=LampTable(none, none, none, np.zeros(0), none, np.zeros(0, np.int32)),
        weather=weather,
        seed=1,
    )
