"""How much of an actor the cameras of a rig see together.  Labels floor.

A surface point that lies in the view of several cameras counts once, in the first of them (in the rig's order), or a
car in the overlap of two cameras would weigh double against its hidden half.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labelers.geometry import inverse_rigid
from renderers.frames import CameraFrame
from renderers.optics import pixel_rays, project
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


def pixel_points(
    frame: CameraFrame, column: NDArray[np.int64], row: NDArray[np.int64], depth_m: NDArray[np.float32]
) -> NDArray[np.float64]:
    """(N, 3) points in the camera frame that pixels show at their depth."""
    rays = pixel_rays(frame.model, np.stack([column, row], axis=1).astype(np.float64))
    points: NDArray[np.float64] = rays * depth_m.astype(np.float64)[:, None]
    if frame.rows is None:
        return points
    # What the row's camera sees, in the frame of the picture's.
    pose = inverse_rigid(frame.world_from_camera) @ frame.rows.world_from_row[row]
    moved: NDArray[np.float64] = np.einsum("nij,nj->ni", pose[:, :3, :3], points) + pose[:, :3, 3]
    return moved
