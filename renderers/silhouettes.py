"""What an actor would show of itself with nothing in front of it: traced alone, in and beyond the image.

Inside the image the rays are the camera's own tiles of rays, so the visible mask is a subset of the silhouette pixel
for pixel.
Beyond its borders a grid in the flat image (`renderers.projection`) is traced, so that truncation and full boxes are
measured on the body, not on its box.  Renderers floor.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renderers.frames import CameraFrame, CameraModel
from renderers.optics import project, world_directions
from renderers.projection import (
    Rect,
    flat_bounds,
    flat_rays,
    image_bounds,
    inside_image,
    intersect,
    padded_view,
    whole_image,
)
from renderers.rolling import Rolling
from renderers.tracer import Hits, PreparedScene, frustum_order
from renderers.view import view_of

TILE = 8  # pixels to a side of the camera's tiles, one packet each
MARGIN_PX = 2  # around the projected cuboid, for its rounding
GRID_SAMPLES = (
    1 << 16
)  # of a silhouette beyond the image; coarser cells keep its area within 1 % (docs/labels.md)


@dataclass(frozen=True, slots=True)
class Silhouette:
    """One actor alone in one camera."""

    origin_px: tuple[int, int]  # (x, y) of the mask's first pixel
    mask: NDArray[np.bool_]  # (h, w) pixels of the image that its body covers
    depth_m: NDArray[np.float32]  # (h, w) along the camera's z axis; inf off the mask
    full: Rect | None  # bounds of the silhouette in the flat image, within the padded view
    inside_area_px: float  # flat area of the silhouette that lies inside the image
    full_area_px: float  # flat area within the padded view

    @property
    def pixels(self) -> int:
        return int(np.count_nonzero(self.mask))

    @property
    def bounds(self) -> Rect | None:
        """Half-open bounds of the mask in the image; None when it is empty."""
        return _mask_bounds(self.mask, *self.origin_px)

    @property
    def truncation(self) -> float:
        """Share of the full silhouette that lies outside the image."""
        return 1.0 - self.inside_area_px / self.full_area_px if self.full_area_px > 0 else 0.0


def silhouette(
    prepared: PreparedScene,  # from the camera's position
    actor: int,  # column of the trace
    camera_corners_m: NDArray[np.float64],  # (8, 3) the actor's box in the camera frame
    frame: CameraFrame,
    instance_id: int,  # the actor's, in the frame's planes
    threads: int = 1,
    roll: Rolling | None = None,  # the frame's rows, with a box about the actor in all of them
    rolled: Rect | None = None,
) -> Silhouette | None:
    """Trace one actor alone; None when its box does not reach into the image."""
    model = frame.model
    box = image_bounds(camera_corners_m, model) if roll is None else rolled
    flat = flat_bounds(camera_corners_m, model)
    if box is None or flat is None:
        return None
    (x0, y0), depth = _inside(prepared, actor, box, frame, threads, roll)
    window = np.s_[y0 : y0 + depth.shape[0], x0 : x0 + depth.shape[1]]
    # Nothing is added here unless another processor rounds a ray of a few tiles otherwise than one of the whole image.
    depth = np.where(frame.instance[window] == instance_id, frame.depth_m[window], depth)
    mask = np.isfinite(depth)
    bounds, pixels = _mask_bounds(mask, x0, y0), int(np.count_nonzero(mask))

    distorted = not (model.fisheye or model.straight)  # a fisheye's flat image is its own
    reach = intersect(flat, padded_view(model))
    if model.straight and (reach is None or intersect(reach, whole_image(model)) == reach):
        return Silhouette((x0, y0), mask, depth, bounds, float(pixels), float(pixels))
    inside_area, full_area, beyond = _beyond(prepared, actor, reach, model, frame.world_from_camera, threads)
    if not distorted:
        inside_area = float(pixels)
        full_area += inside_area
        beyond = _unite(beyond, bounds)
    return Silhouette((x0, y0), mask, depth, beyond, inside_area, full_area)


def _inside(
    prepared: PreparedScene, actor: int, box: Rect, frame: CameraFrame, threads: int, roll: Rolling | None
) -> tuple[tuple[int, int], NDArray[np.float32]]:
    """First pixel and depth (h, w) of the window of whole tiles around a box, inf where the actor is not."""
    width, height = frame.model.width_px, frame.model.height_px
    left, top = (max(math.floor(edge) - MARGIN_PX, 0) // TILE for edge in box[:2])
    right = -(-min(math.ceil(box[2]) + MARGIN_PX, width) // TILE)
    bottom = -(-min(math.ceil(box[3]) + MARGIN_PX, height) // TILE)
    view = view_of(frame.model)
    down, across = bottom - top, right - left
    tiles = (np.arange(top, bottom)[:, None] * view.tiles_across + np.arange(left, right)).ravel()
    rays = view.rays.reshape(-1, TILE * TILE, 3)[tiles].reshape(-1, 3)
    far = view.far
    if isinstance(far, np.ndarray):
        far = far.reshape(-1, TILE * TILE)[tiles].ravel()
    if roll is None:
        directions = world_directions(rays, frame.world_from_camera)
        hits = prepared.see(
            directions, None, 0.0, far, which=frustum_order(across, down), only_actor=actor, threads=threads
        )
    else:
        band = tiles // view.tiles_across
        row = np.repeat(band, TILE * TILE) * TILE + np.tile(np.arange(TILE * TILE) // TILE, len(tiles))
        directions, begin = roll.aim(rays, np.minimum(row, height - 1))
        hits = Hits.empty(len(directions))
        rowwise = np.arange(len(tiles), dtype=np.int32)
        roll.tracer(band).see_into(hits, directions, begin, 0.0, far, which=rowwise, only_actor=actor)
    # Rays have z = 1 in a pinhole's frame and length 1 in a fisheye's, so their range is the depth.
    depth = (
        hits.range_m.reshape(down, across, TILE, TILE)
        .transpose(0, 2, 1, 3)
        .reshape(down * TILE, across * TILE)
    )
    x0, y0 = left * TILE, top * TILE
    return (x0, y0), np.ascontiguousarray(depth[: height - y0, : width - x0])


def _beyond(
    prepared: PreparedScene,
    actor: int,
    reach: Rect | None,
    model: CameraModel,
    world_from_camera: NDArray[np.float64],
    threads: int,
) -> tuple[float, float, Rect | None]:
    """Flat area inside the image and altogether, and bounds, of the silhouette on a grid over `reach`.

    Without distortion the image's own pixels know the inside exactly, and only samples outside of it are traced.
    """
    if reach is None:
        return 0.0, 0.0, None
    x0, y0 = math.floor(reach[0]), math.floor(reach[1])
    width, height = math.ceil(reach[2]) - x0, math.ceil(reach[3]) - y0
    cell = max(1, math.ceil(math.sqrt(width * height / GRID_SAMPLES)))
    columns, rows = -(-width // cell), -(-height // cell)
    column, row = _tiled(columns, rows)
    kept = (column < columns) & (row < rows)
    column, row = column[kept], row[kept]
    uv = np.stack([x0 + (column + 0.5) * cell - 0.5, y0 + (row + 0.5) * cell - 0.5], axis=1)
    rays = flat_rays(model, uv)
    on_plane = np.isfinite(rays[:, 0])
    column, row, uv, rays = column[on_plane], row[on_plane], uv[on_plane], rays[on_plane]
    distorted = not (model.fisheye or model.straight)
    inside = inside_image(model, uv if model.straight else project(model, rays))
    if not distorted:
        column, row, rays, inside = column[~inside], row[~inside], rays[~inside], inside[~inside]
    directions = world_directions(rays.astype(np.float32), world_from_camera)
    met = np.isfinite(prepared.see(directions, only_actor=actor, threads=threads).range_m)
    area = float(cell * cell)
    if not np.any(met):
        return 0.0, 0.0, None
    bounds = (
        float(x0 + int(column[met].min()) * cell),
        float(y0 + int(row[met].min()) * cell),
        float(x0 + (int(column[met].max()) + 1) * cell),
        float(y0 + (int(row[met].max()) + 1) * cell),
    )
    return area * int(np.count_nonzero(met & inside)), area * int(np.count_nonzero(met)), bounds


def _tiled(width: int, height: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Columns and rows of a grid, tile by tile; rounded up to whole tiles."""
    across, down = -(-width // TILE), -(-height // TILE)
    rows, columns = np.mgrid[: down * TILE, : across * TILE]
    shape = (down, TILE, across, TILE)
    return (
        columns.reshape(shape).transpose(0, 2, 1, 3).ravel(),
        rows.reshape(shape).transpose(0, 2, 1, 3).ravel(),
    )


def _mask_bounds(mask: NDArray[np.bool_], x0: int, y0: int) -> Rect | None:
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    if not len(rows):
        return None
    return (
        float(x0 + columns[0]),
        float(y0 + rows[0]),
        float(x0 + columns[-1] + 1),
        float(y0 + rows[-1] + 1),
    )


def _unite(a: Rect | None, b: Rect | None) -> Rect | None:
    if a is None or b is None:
        return b if a is None else a
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])
