"""How much of an actor the cameras of a rig see together.  Labels floor.

A surface point that lies in the view of several cameras counts once, in the first of them (in the rig's order), or a
car in the overlap of two cameras would weigh double against its hidden half.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labelers.geometry import inverse_rigid
from labelers.pixels import pixel_points
from renderers.frames import CameraFrame
from renderers.optics import project
from renderers.projection import inside_image
from renderers.silhouettes import Silhouette


@dataclass(frozen=True, slots=True)
class View:
    """One actor in one camera."""

    frame: CameraFrame
    silhouette: Silhouette
    visible: NDArray[np.bool_]  # (h, w) pixels of the silhouette's window that show the actor


def window(plane: NDArray[np.int32], silhouette: Silhouette) -> NDArray[np.int32]:
    """The part of an image's plane under a silhouette's mask."""
    x, y = silhouette.origin_px
    height, width = silhouette.mask.shape
    return plane[y : y + height, x : x + width]


def visible_fraction(views: Sequence[View]) -> float:
    """Visible over unoccluded pixels in all views together; 0 without any."""
    seen = whole = 0
    for position, view in enumerate(views):
        counted = view.silhouette.mask & ~_covered(view, views[:position])
        seen += int(np.count_nonzero(counted & view.visible))
        whole += int(np.count_nonzero(counted))
    return seen / whole if whole else 0.0


def _covered(view: View, earlier: Sequence[View]) -> NDArray[np.bool_]:
    """(h, w) pixels of a silhouette whose surface point an earlier camera has in view."""
    mask = view.silhouette.mask
    covered = np.zeros(mask.shape, np.bool_)
    if not earlier or not np.any(mask):
        return covered
    row, column = np.nonzero(mask)
    x, y = view.silhouette.origin_px
    points = pixel_points(view.frame, column + x, row + y, view.silhouette.depth_m[row, column])
    world = points @ view.frame.world_from_camera[:3, :3].T + view.frame.world_from_camera[:3, 3]
    for other in earlier:
        camera_from_world = inverse_rigid(other.frame.world_from_camera)
        local = world @ camera_from_world[:3, :3].T + camera_from_world[:3, 3]
        covered[row, column] |= inside_image(other.frame.model, project(other.frame.model, local))
    return covered
