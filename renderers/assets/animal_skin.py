"""What animals are covered with: smooth limbs through the rows of a side view, and locks of hair.  Renderers floor."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import PchipInterpolator

from renderers.assets.forms import Floats, circle, mesh_of, rings, unit
from renderers.mesh import Mesh

ANIMAL = "animal"
At = tuple[float, float]  # (x, z) of a joint


def skin(
    rows: ArrayLike,
    at: At,
    material: str,
    count: int,
    sides: int,
    broad: float = 1.0,
    square: float = 2.0,
    lumps: Floats | None = None,
) -> Mesh:
    """A smooth limb through rows (x, z, half depth, half width) of a side view, relative to `at`."""
    table = np.asarray(rows, float)
    way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(table[:, :2], axis=0).T))])
    # Points closer set where the rows are: caps keep their roundness.
    where = np.interp(np.linspace(0, len(way) - 1, count), np.arange(len(way)), way)
    fine = PchipInterpolator(way, table)(where)
    tangent = unit(np.gradient(fine[:, :2], _way(fine), axis=0))
    rim = circle(sides)
    rim = np.sign(rim) * np.abs(rim) ** (2.0 / square)
    points = np.empty((count, sides, 3))
    for k, (x, z, deep, wide) in enumerate(fine):
        tx, tz = tangent[k]
        swell = 1.0 if lumps is None else 1.0 + lumps[k][:, None]
        outline = rim * swell
        points[k] = (x - at[0], 0.0, z - at[1])
        points[k] += outline[:, :1] * (0.0, wide * broad, 0.0) + outline[:, 1:] * deep * np.array(
            (-tz, 0.0, tx)
        )
    return rings(points, material, ANIMAL)


def _way(fine: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum(np.maximum(np.hypot(*np.diff(fine[:, :2], axis=0).T), 1e-6))])


def strands(
    rng: np.random.Generator, roots: Floats, ends: Floats, width_m: float, material: str, sag_m: float = 0.0
) -> Mesh:
    """Locks of hair: narrow leaves that end in a point, seen from both sides."""
    count = len(roots)
    t = np.array((0.0, 0.35, 0.7, 1.0))
    path = roots[:, None] + (ends - roots)[:, None] * t[None, :, None]
    path[..., 2] += sag_m * (4 * t * (1 - t))
    along = unit(ends - roots)
    side = unit(np.cross(along, unit(rng.normal(size=(count, 3)) + np.array((0.0, 2.0, 0.0)))))
    half = width_m * np.array((0.8, 1.0, 0.7, 0.04))
    left, right = (path + sign * side[:, None] * half[None, :, None] for sign in (1.0, -1.0))
    points = np.stack([left, right], axis=2).reshape(count, 8, 3)
    facing = unit(np.cross(side, along))
    base = np.arange(count)[:, None] * 8
    faces = np.concatenate(
        [base + np.array(f) for k in (0, 2, 4) for f in ((k, k + 2, k + 1), (k + 1, k + 2, k + 3))]
    )
    uv = np.broadcast_to(np.stack(np.meshgrid((0.0, width_m), t * 0.2), -1).reshape(1, 8, 2), (count, 8, 2))
    return mesh_of(
        points.reshape(-1, 3), faces, np.repeat(facing, 8, axis=0), uv.reshape(-1, 2), material, ANIMAL
    )
