"""Faces of traffic signs and lights where they hang: what they say, how they are turned, what they cover.

A face looks along its +x axis, its reader's right is +y and up is +z; the origin is the middle of its box.  Those of
signs are measured on the plates themselves, so that a post which leans, or a plate that is turned, is told as it is
drawn.  Renderers floor.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from renderers.assets import signals
from renderers.assets.forms import placed
from renderers.materials import MATERIAL_ID
from renderers.mesh import Mesh
from scenarios.taxonomy import SEMANTIC_ID

SIGN, LIGHT = "sign", "light"
NO_FACE = ("sign_back", "metal_galvanised")  # materials of a plate's back, rim and rails
SAME_M = 1e-5  # corners as close as that are one
ONE_WAY = 0.9  # cosine between a plate's triangles that show one face
SLENDER = 5.0  # a post is so much longer than thick: then it says which way is up


@dataclass(frozen=True, slots=True)
class Bulb:
    """One lens of a traffic light."""

    color: str  # red, amber, green
    symbol: str  # "" round, "walker"
    lit: bool
    at_m: tuple[float, float, float]  # in the face's frame
    radius_m: float


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A sign's plate or a light's head."""

    kind: str  # SIGN or LIGHT
    code: str  # which sign, as `renderers.assets.signs.FACES` calls it; of a light: vehicles, walkers
    value: str  # the number on it, as it is written there; "" without
    state: str  # of a light, of scenarios.functions.LIGHTS; of one that changes at the start of the clip
    world_from_face: NDArray[np.float64]  # (4, 4)
    size_m: tuple[float, float, float]  # depth, width, height
    outline_m: NDArray[np.float32]  # (T, 3, 3) triangles whose shadow is what it covers, in its own frame
    bulbs: tuple[Bulb, ...] = ()
    light: int = -1  # which of the map's traffic lights it is, as WorldTrace.lights counts them

    def moved(self, matrix: NDArray[np.float64]) -> "Face":
        """The same under a (4, 4) of rotation, translation and scale."""
        scale = float(np.cbrt(np.linalg.det(matrix[:3, :3])))
        pose = matrix @ self.world_from_face
        pose[:3, :3] /= scale
        depth, width, height = (scale * side for side in self.size_m)
        bulbs = [
            replace(
                b,
                at_m=(scale * b.at_m[0], scale * b.at_m[1], scale * b.at_m[2]),
                radius_m=scale * b.radius_m,
            )
            for b in self.bulbs
        ]
        outline = (scale * self.outline_m).astype(np.float32)
        return replace(
            self,
            world_from_face=pose,
            size_m=(depth, width, height),
            outline_m=outline,
            bulbs=tuple(bulbs),
        )


def sign_faces(mesh: Mesh, code: str, value: str = "") -> list[Face]:
    """The faces of a mesh that holds plates of one sign: one for each way that they look."""
    plate = mesh.semantic == SEMANTIC_ID["traffic_sign"]
    backs = np.isin(mesh.material, [MATERIAL_ID[name] for name in NO_FACE])
    corners = mesh.vertices_m[mesh.triangles].astype(np.float64)
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(across, axis=1)
    normal = across / np.maximum(area, 1e-12)[:, None]
    left = plate & ~backs
    up = _upright(mesh)
    largest = float(area[left].max(initial=0.0))
    found: list[Face] = []
    while left.any():
        first = int(np.argmax(np.where(left, area, 0.0)))
        same = left & (normal @ normal[first] > ONE_WAY)
        left &= ~same
        if found and area[first] < 0.3 * largest:
            break  # stickers on its back
        looks = (area[same, None] * normal[same]).sum(axis=0)
        looks /= np.linalg.norm(looks)
        middle = corners[same].reshape(-1, 3).mean(axis=0)
        behind = (corners - middle) @ looks
        # The sheet's back has the outline of its front, without the many pieces of a picture.
        own = plate & (np.abs(behind).max(axis=1) < 0.06)
        found.append(
            _measured(
                corners[same],
                corners[own & backs & (np.abs(normal @ looks) > ONE_WAY)],
                looks,
                up,
                code,
                value,
            )
        )
    return found


def _upright(mesh: Mesh) -> NDArray[np.float64]:
    post = mesh.vertices_m[np.unique(mesh.triangles[mesh.semantic == SEMANTIC_ID["pole"]])].astype(np.float64)
    if len(post) > 3:
        _, spread, axes = np.linalg.svd(post - post.mean(axis=0), full_matrices=False)
        if spread[0] > SLENDER * spread[1]:
            axis: NDArray[np.float64] = axes[0] * np.sign(axes[0, 2])
            return axis
    return np.array((0.0, 0.0, 1.0))


def _measured(
    front: NDArray[np.float64],
    own: NDArray[np.float64],
    looks: NDArray[np.float64],
    up: NDArray[np.float64],
    code: str,
    value: str,
) -> Face:
    up = up - (up @ looks) * looks
    up /= np.linalg.norm(up)
    turned = np.stack([looks, np.cross(up, looks), up], axis=1)
    local = own @ turned
    seen = (front @ turned).reshape(-1, 3)
    low, high = local.reshape(-1, 3).min(axis=0), local.reshape(-1, 3).max(axis=0)
    low[1:], high[1:] = seen[:, 1:].min(axis=0), seen[:, 1:].max(axis=0)
    high[0] = max(high[0], seen[:, 0].max())
    pose = np.eye(4)
    pose[:3, :3] = turned
    pose[:3, 3] = turned @ (0.5 * (low + high))
    depth, width, height = (float(side) for side in high - low)
    outline = _thick(local - 0.5 * (low + high), 0.5 * depth).astype(np.float32)
    return Face(SIGN, code, value, "", pose, (depth, width, height), outline)


def _thick(sheet: NDArray[np.float64], half_m: float) -> NDArray[np.float64]:
    """Triangles of both sides of a sheet (T, 3, 3) across x and of its rim: on edge it is as wide as it is thick."""
    one, other = sheet.copy(), sheet.copy()
    one[..., 0], other[..., 0] = -half_m, half_m
    edges = np.stack([one, np.roll(one, -1, axis=1)], axis=2).reshape(-1, 2, 3)
    ends = np.sort(np.rint(edges[..., 1:] / SAME_M).astype(np.int64).view("i8,i8")[..., 0], axis=1)
    _, first, count = np.unique(ends, axis=0, return_index=True, return_counts=True)
    rim = edges[first[count == 1]]  # what two triangles share lies inside
    over = rim.copy()
    over[..., 0] = half_m
    sides = [
        np.stack([rim[:, 0], rim[:, 1], over[:, 1]], axis=1), np.stack([rim[:, 0], over[:, 1], over[:, 0]], axis=1),
    ]  # fmt: skip
    return np.concatenate([one, other, *sides])


def light_face(state: str, lower_edge_m: float, lenses: int, light: int = -1) -> Face:
    """The head of `signals.traffic_light`: its lenses, its hoods and its board."""
    mesh = signals.signal_head(state, lenses).moved(placed(0.0, (signals.HEAD_M, 0.0, lower_edge_m)))
    corners = mesh.vertices_m[mesh.triangles].astype(np.float64)
    low, high = corners.reshape(-1, 3).min(axis=0), corners.reshape(-1, 3).max(axis=0)
    middle = 0.5 * (low + high)
    bulbs = tuple(
        Bulb(
            name,
            "walker" if lenses == 2 else "",
            signals.shows(state, name),
            (float(signals.HEAD_M + x - middle[0]), 0.0, float(lower_edge_m + z - middle[2])),
            signals.LENS_M,
        )
        for name, x, z in signals.lenses_of(lenses)
    )
    pose = np.eye(4)
    pose[:3, 3] = middle
    depth, width, height = (float(side) for side in high - low)
    code = "walkers" if lenses == 2 else "vehicles"
    outline = (corners - middle).astype(np.float32)
    return Face(LIGHT, code, "", state, pose, (depth, width, height), outline, bulbs, light)


def hung(faces: Sequence[Face], matrix: NDArray[np.float64]) -> list[Face]:
    """Faces of a mesh where the mesh is put."""
    return [face.moved(matrix) for face in faces]
