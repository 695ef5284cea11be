"""What of a mesh looks the wrong way when one walks around it: how well its surfaces close, seen from outside."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renderers.assets.views import DIRECTIONS
from renderers.materials import MATERIAL_ID
from renderers.mesh import Mesh
from sim.kernels.jit import kernel

PICTURE_PX = 220
NEAR_M = 2e-3  # a sheet of two faces shows its front


@dataclass(frozen=True, slots=True)
class Outside:
    """Pixels of a mesh in orthographic pictures from all around."""

    fronts: int
    backs: int
    back_px: NDArray[np.int64]  # (T,) pixels in which the back of a triangle is seen

    @property
    def share(self) -> float:
        """Of what is seen, how much is seen from behind."""
        return self.backs / (self.fronts + self.backs)


def outside(mesh: Mesh, size_px: int = PICTURE_PX) -> Outside:
    """Look at a mesh from all around and count; a pane of glass has no back, and hides what is behind it."""
    corner = mesh.vertices_m[mesh.triangles].astype(np.float64)
    low, high = corner.reshape(-1, 3).min(axis=0), corner.reshape(-1, 3).max(axis=0)
    scale = (size_px - 2) / float(np.linalg.norm(high - low))
    back_px = np.zeros(len(corner), np.int64)
    pane = np.isin(mesh.material, [MATERIAL_ID["glass"], MATERIAL_ID["glass_dark"]])
    fronts = 0
    for side in DIRECTIONS:
        away = side / np.linalg.norm(side)
        right = np.cross((0.0, 0.0, 1.0) if abs(away[2]) < 0.9 else (0.0, 1.0, 0.0), away)
        right /= np.linalg.norm(right)
        turned = (corner - 0.5 * (low + high)) @ np.stack([right, np.cross(away, right), away], axis=1)
        turned *= scale
        turned[..., :2] += 0.5 * size_px
        nearest = np.full((size_px, size_px), -1, np.int64)
        depth = np.full((size_px, size_px), -np.inf)
        _draw(turned, depth, nearest, 1.0, 0.0)
        _draw(turned, depth, nearest, -1.0, NEAR_M * scale)
        a, b, c = turned[:, 0], turned[:, 1], turned[:, 2]
        faces_us = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0]) > 0.0
        faces_us |= pane
        met = nearest[nearest >= 0]
        fronts += int(faces_us[met].sum())
        np.add.at(back_px, met[~faces_us[met]], 1)
    return Outside(fronts, int(back_px.sum()), back_px)


@kernel
def _draw(
    corner: NDArray[np.float64],
    depth: NDArray[np.float64],
    nearest: NDArray[np.int64],
    facing: float,
    ahead: float,
) -> None:
    """Draw the triangles that face us (`facing` 1) or turn their backs (-1), these where they stand `ahead` enough."""
    height, width = depth.shape
    for t in range(len(corner)):
        ax, ay, az = corner[t, 0]
        bx, by, bz = corner[t, 1]
        cx, cy, cz = corner[t, 2]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if area * facing < 1e-12:
            continue
        for y in range(max(int(min(ay, by, cy)), 0), min(int(max(ay, by, cy)) + 1, height)):
            for x in range(max(int(min(ax, bx, cx)), 0), min(int(max(ax, bx, cx)) + 1, width)):
                u, v = x + 0.5, y + 0.5
                wa = ((bx - u) * (cy - v) - (by - v) * (cx - u)) / area
                wb = ((cx - u) * (ay - v) - (cy - v) * (ax - u)) / area
                wc = 1.0 - wa - wb
                if wa < 0.0 or wb < 0.0 or wc < 0.0:
                    continue
                z = wa * az + wb * bz + wc * cz
                if z > depth[y, x] + ahead:
                    depth[y, x] = z
                    nearest[y, x] = t
