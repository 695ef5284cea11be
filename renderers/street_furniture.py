"""Guard rails, concrete barriers and delineator posts of the road.  Renderers floor."""

import numpy as np
import shapely

from renderers.materials.soiled import soiled_name
from renderers.street_sheets import Array, Sheets, band_triangles, cut_triangles
from sim.roads.network import RoadNetwork, RoadObject

# Outlines as (metres to the left of the line, height), clockwise seen along the line so that faces look outwards.
# New Jersey barrier: 0.60 m foot, break at 0.08 and 0.33 m, 0.15 m top (FHWA's safety-shape drawings).
JERSEY = (
    (-0.30, 0.0),
    (-0.30, 0.08),
    (-0.12, 0.33),
    (-0.075, 0.90),
    (0.075, 0.90),
    (0.12, 0.33),
    (0.30, 0.08),
    (0.30, 0.0),
)
# W-beam, 0.31 m high, centre at 0.60 m, 0.08 m deep (EN 1317 type A profile, simplified).
W_BEAM = (
    (-0.04, 0.445), (-0.01, 0.48), (-0.04, 0.52), (-0.04, 0.555), (0.03, 0.585), (0.03, 0.615), (-0.04, 0.645),
    (-0.04, 0.68), (-0.01, 0.72), (-0.04, 0.755), (0.0, 0.755), (0.03, 0.72), (0.0, 0.69), (0.06, 0.63), (0.06, 0.57),
    (0.0, 0.51), (0.03, 0.48), (0.0, 0.445),
)  # fmt: skip
POST_EVERY_M = 4.0


def lay_barriers(sheets: Sheets, network: RoadNetwork) -> None:
    """Everything that runs along the road, and the posts."""
    for thing in network.objects:
        if thing.kind in ("guardrail", "barrier") and thing.outline_m is not None and not thing.closed:
            line = thing.outline_m
            if len(line) < 2:
                continue
            if thing.kind == "guardrail":
                sweep(sheets, line, W_BEAM, "guardrail", "guard_rail")
                _lay_posts(sheets, line)
            else:
                sweep(sheets, line, JERSEY, "barrier_concrete", "wall")
    _lay_delineators(sheets, [thing for thing in network.objects if thing.kind == "delineator"])


def sweep(
    sheets: Sheets, line: Array, profile: tuple[tuple[float, float], ...], material: str, semantic: str
) -> None:
    """A profile drawn along a line, closed at both ends."""
    along = np.gradient(line, axis=0)
    along[:, 2] = 0.0
    along /= np.maximum(np.linalg.norm(along, axis=1), 1e-12)[:, None]
    left = np.stack([-along[:, 1], along[:, 0], np.zeros(len(line))], 1)
    shape = np.array(profile)
    rows = [line + a * left + np.array([0.0, 0.0, h]) for a, h in profile]
    u = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    for k in range(len(profile)):
        n = (k + 1) % len(profile)
        if k + 1 == len(profile) and shape[k, 1] <= 0.0 and shape[0, 1] <= 0.0:
            continue  # the foot stands on the ground
        step = shape[n] - shape[k]
        stained = _splashed(material, 0.5 * float(shape[k, 1] + shape[n, 1]))
        _lay_face(sheets, rows[k], rows[n], left, step, u, stained, semantic)
    for end, outward in ((0, -1.0), (-1, 1.0)):
        corners = np.stack([row[end] for row in rows])
        _lay_end(sheets, corners, shape, outward * along[end], material, semantic)


def _splashed(material: str, height_m: float) -> str:
    """What wheels throw up makes of a face: thick at the foot, thin up to the height of a rail."""
    level = next((k for k, below in ((3, 0.12), (2, 0.35), (1, 0.70)) if height_m < below), 0)
    return soiled_name(material, "film", level) if level else material


def _lay_face(
    sheets: Sheets, low: Array, high: Array, left: Array, step: Array, u: Array, material: str, semantic: str
) -> None:
    """One long face of a sweep; profiles run clockwise, so its outward normal lies to the left of the step."""
    normal = -step[1] * left + np.array([0.0, 0.0, step[0]])
    normal /= max(float(np.hypot(*step)), 1e-12)
    v = np.full(len(u), float(np.hypot(*step)))
    triangles = band_triangles(len(low))
    points = np.concatenate([low, high])
    face = np.cross(
        points[triangles[0, 1]] - points[triangles[0, 0]], points[triangles[0, 2]] - points[triangles[0, 0]]
    )
    if float(face @ normal[0]) < 0.0:
        triangles = triangles[:, ::-1]
    uv = np.concatenate([np.stack([u, np.zeros_like(u)], 1), np.stack([u, v], 1)])
    sheets.add(points, triangles, np.concatenate([normal, normal]), uv, material, semantic)


def _lay_end(
    sheets: Sheets, corners: Array, shape: Array, outward: Array, material: str, semantic: str
) -> None:
    """The profile's outline as a face where a run ends."""
    cut = cut_triangles([shapely.Polygon(shape)])
    nearest = np.argmin(np.linalg.norm(cut.reshape(-1, 1, 2) - shape[None], axis=2), axis=1)
    triangles = nearest.reshape(-1, 3).astype(np.int64)
    a, b, c = (corners[triangles[:, k]] for k in range(3))
    turned = np.cross(b - a, c - a) @ outward < 0.0
    triangles[turned] = triangles[turned][:, ::-1]
    sheets.add(corners, triangles, np.tile(outward, (len(corners), 1)), shape.copy(), material, semantic)


def _lay_posts(sheets: Sheets, line: Array) -> None:
    """The posts that carry a guard rail."""
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    s = np.arange(POST_EVERY_M / 2.0, length[-1], POST_EVERY_M)
    if len(s) == 0:
        return
    feet = np.stack([np.interp(s, length, line[:, k]) for k in range(3)], 1)
    way = np.diff(line, axis=0)[np.clip(np.searchsorted(length, s) - 1, 0, len(line) - 2)]
    lay_boxes(
        sheets,
        feet,
        np.arctan2(way[:, 1], way[:, 0]),
        (0.06, 0.10),
        -0.2,
        0.70,
        soiled_name("metal_galvanised", "film", 2),
        "guard_rail",
    )


def _lay_delineators(sheets: Sheets, things: list[RoadObject]) -> None:
    """White posts with a black band and a reflector towards the traffic."""
    if not things:
        return
    feet, yaw = np.stack([t.position_m for t in things]), np.array([t.yaw_rad for t in things])
    for low, high, material in (
        (-0.2, 0.70, "barrier_white"),
        (0.70, 0.88, "sign_black"),
        (0.88, 1.0, "barrier_white"),
    ):
        lay_boxes(sheets, feet, yaw, (0.10, 0.12), low, high, material, "pole")
    lay_boxes(sheets, feet, yaw, (0.05, 0.125), 0.73, 0.85, "sign_white", "pole")


def lay_boxes(
    sheets: Sheets,
    feet: Array,
    yaw: Array,
    size: tuple[float, float],
    low: float,
    high: float,
    material: str,
    semantic: str,
) -> None:
    """Upright boxes without a bottom on (N, 3) feet, between two heights over them."""
    x, y = 0.5 * size[0] * _BOX[:, 0], 0.5 * size[1] * _BOX[:, 1]
    z = np.where(_BOX[:, 2] > 0.0, high, low)
    cos, sin = np.cos(yaw)[:, None], np.sin(yaw)[:, None]
    points = np.stack(
        [feet[:, :1] + cos * x - sin * y, feet[:, 1:2] + sin * x + cos * y, feet[:, 2:] + z[None]], 2
    )
    nx, ny = _BOX_NORMAL[:, 0], _BOX_NORMAL[:, 1]
    normals = np.stack(
        [cos * nx - sin * ny, sin * nx + cos * ny, np.broadcast_to(_BOX_NORMAL[:, 2], points.shape[:2])], 2
    )
    along = np.where(np.abs(ny) > 0.5, x, y)
    uv = np.stack(
        [np.where(_BOX_NORMAL[:, 2] > 0.5, x, along), np.where(_BOX_NORMAL[:, 2] > 0.5, y, z - low)], 1
    )
    triangles = _BOX_TRIANGLES[None] + len(_BOX) * np.arange(len(feet))[:, None, None]
    sheets.add(
        points.reshape(-1, 3),
        triangles.reshape(-1, 3).astype(np.int64),
        normals.reshape(-1, 3),
        np.tile(uv, (len(feet), 1)),
        material,
        semantic,
    )


# A box from -1 to 1: four walls and a lid, four corners each, counter-clockwise seen from outside.
_BOX: Array = np.array(
    [
        [-1, -1, -1], [1, -1, -1], [1, -1, 1], [-1, -1, 1],
        [1, -1, -1], [1, 1, -1], [1, 1, 1], [1, -1, 1],
        [1, 1, -1], [-1, 1, -1], [-1, 1, 1], [1, 1, 1],
        [-1, 1, -1], [-1, -1, -1], [-1, -1, 1], [-1, 1, 1],
        [-1, -1, 1], [1, -1, 1], [1, 1, 1], [-1, 1, 1],
    ],
    np.float64,
)  # fmt: skip
_BOX_NORMAL: Array = np.repeat(
    np.array([[0, -1, 0], [1, 0, 0], [0, 1, 0], [-1, 0, 0], [0, 0, 1]], np.float64), 4, axis=0
)
_BOX_TRIANGLES = (4 * np.arange(5)[:, None, None] + np.array([[0, 1, 2], [0, 2, 3]])[None]).reshape(-1, 3)
