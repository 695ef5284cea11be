"""Where the surfaces lie that pixels show.  Labels floor.

A point is a pixel's ray times its depth, in the frame of the camera that took its row.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from labelers.geometry import inverse_rigid
from renderers.frames import CameraFrame, CameraModel
from renderers.optics import ModelKey, key_of, model_of, pixel_rays


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


def world_from_rows(frame: CameraFrame) -> NDArray[np.float64]:
    """(H, 4, 4) world_from_camera of each row: with a global shutter all the same."""
    if frame.rows is not None:
        return frame.rows.world_from_row
    return np.repeat(frame.world_from_camera[None], frame.model.height_px, axis=0)


def ray_table(model: CameraModel) -> NDArray[np.float32]:
    """(H, W, 3) `pixel_rays` of all pixels, kept for the next frame; NaN where a fisheye shows none."""
    return _ray_table(key_of(model))


@lru_cache(maxsize=8)
def _ray_table(key: ModelKey) -> NDArray[np.float32]:
    model = model_of(key)
    v, u = np.mgrid[: model.height_px, : model.width_px]
    return pixel_rays(model, np.stack([u, v], axis=-1)).astype(np.float32)
