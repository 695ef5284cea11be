"""The tight box of an actor as it stands at an instant: strides, arms, what is held, handlebars.  Renderers floor.

It is measured on the full mesh whatever level of detail a rig asks for, so that it depends on the world alone.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError

from renderers.assets.pose import articulate
from renderers.mesh import Asset, Mesh, Part
from renderers.projection import cuboid_corners
from sim.trace import WorldInstant

RIGID_JOINTS = frozenset({"fixed", "wheel", "steered_wheel"})  # these never leave the box of the model


@dataclass(frozen=True, slots=True)
class Extent:
    """A box along the axes of an actor, in its frame."""

    centre_m: NDArray[np.float64]  # (3,) from the actor's origin
    size_m: tuple[float, float, float]  # length, width, height

    def corners_m(self) -> NDArray[np.float64]:
        """(8, 3) corners in the actor's frame."""
        lifted: NDArray[np.float64] = cuboid_corners(self.size_m) + self.centre_m
        lifted[:, 2] -= 0.5 * self.size_m[2]
        return lifted


def moves_limbs(asset: Asset) -> bool:
    """Whether the asset has parts that reach further at one instant than at another."""
    return any(part.joint not in RIGID_JOINTS for part in asset.parts)


def hull_of(asset: Asset) -> Asset:
    """The asset with only those vertices that can be the outermost of a part, whichever way it is turned.

    An adult's 7 thousand vertices become one: posing and measuring it takes a millisecond.  The lowest points of its
    feet are among them, so it is posed exactly as the asset is.
    """
    return replace(asset, parts=tuple(_hull(part) for part in asset.parts))


def extent_of(hull: Asset, instant: WorldInstant, index: int) -> Extent:
    """The tight box of the actor in column `index`, of which `hull` is the hull."""
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    for part, actor_from_part in zip(hull.parts, articulate(hull, instant, index), strict=True):
        if len(part.mesh.vertices_m):
            points = (
                actor_from_part[:3, :3] @ part.mesh.vertices_m.T
            )  # (3, N): rows are searched ten times as fast
            low = np.minimum(low, points.min(axis=1) + actor_from_part[:3, 3])
            high = np.maximum(high, points.max(axis=1) + actor_from_part[:3, 3])
    length, width, height = (high - low).tolist()
    return Extent(0.5 * (low + high), (length, width, height))


def _hull(part: Part) -> Part:
    points = part.mesh.vertices_m
    if len(points) < 8:
        return part
    try:
        outermost = np.sort(ConvexHull(points.astype(np.float64)).vertices)
    except QhullError:  # a flat part has no hull: all of its points count
        return part
    mesh: Mesh = replace(
        part.mesh,
        vertices_m=points[outermost],
        triangles=np.zeros((0, 3), np.int32),
        normals=part.mesh.normals[outermost],
        uv_m=part.mesh.uv_m[outermost],
        material=np.zeros(0, np.int16),
        semantic=np.zeros(0, np.uint8),
    )
    return replace(part, mesh=mesh)
