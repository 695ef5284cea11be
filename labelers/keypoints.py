"""Key points of actors in the world and in images, and which of them a camera sees.  Labels floor.

A joint lies inside a limb, so what the picture shows in front of it may be its own skin, and may be the other side of
the same body: the frame's depth tells which, with what `OWN_BODY_M` allows each point.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from labelers.definitions import MEAN_SHIN_M, OWN_BODY_M, PERSON, SHIN
from labelers.records import ImageSkeleton, Skeleton
from renderers.frames import CameraFrame
from renderers.optics import depth_of, project
from renderers.projection import inside_image
from renderers.stage import Stage
from sim.trace import WorldInstant

HIDDEN, VISIBLE = 1, 2
ROW_STEPS = (
    4  # each brings the row that shows a point nearer by the share of a row that it moves in one row's time
)

Points = NDArray[np.float64]


def skeletons(stage: Stage, instant: WorldInstant, column: int) -> list[Skeleton]:
    """The key points of an actor in the world, by kind."""
    number = stage.trace.actors[column].instance_id
    return [Skeleton(number, kind, at) for kind, at in stage.keypoints(instant, column).items()]


def image_skeletons(
    stage: Stage, frame: CameraFrame, column: int, known: Sequence[Skeleton] | None = None
) -> list[ImageSkeleton]:
    """The key points of an actor in a picture, by kind; `known` are those in the world at the picture's time."""
    number = stage.trace.actors[column].instance_id
    if known is None:
        known = skeletons(stage, stage.instant(frame.time_ns), column)
    now = {skeleton.kind: skeleton.xyz_m for skeleton in known}
    if frame.rows is None:
        return [_seen(frame, number, kind, at, *placed(frame, at)) for kind, at in now.items()]
    ends_ns = [frame.time_ns + round(frame.rows.offset_s[row] * 1e9) for row in (0, -1)]
    first, last = (stage.keypoints(stage.instant(time_ns), column) for time_ns in ends_ns)
    return [
        _seen(frame, number, kind, at, *rolled(frame, first[kind], last[kind])) for kind, at in now.items()
    ]


def placed(frame: CameraFrame, world_m: Points) -> tuple[Points, Points]:
    """(K, 2) places in the image and (K,) what its depth plane would hold for them."""
    pose = frame.world_from_camera
    local = (world_m - pose[:3, 3]) @ pose[:3, :3]
    return project(frame.model, local), depth_of(frame.model, local)


def rolled(frame: CameraFrame, first_m: Points, last_m: Points) -> tuple[Points, Points]:
    """The same where each row has its own camera and time; points move evenly from the first row's to the last's."""
    assert frame.rows is not None
    offset, poses = frame.rows.offset_s, frame.rows.world_from_row
    row = np.full(len(first_m), len(offset) // 2)
    for _ in range(ROW_STEPS):
        share = (offset[row] - offset[0]) / (offset[-1] - offset[0])
        world = first_m + share[:, None] * (last_m - first_m)
        local = np.einsum("kji,kj->ki", poses[row, :3, :3], world - poses[row, :3, 3])
        uv = project(frame.model, local)
        row = np.where(np.isfinite(uv[:, 1]), np.rint(np.clip(uv[:, 1], 0, len(offset) - 1)), row).astype(int)
    return uv, depth_of(frame.model, local)


def _seen(
    frame: CameraFrame, number: int, kind: str, world_m: Points, uv_px: Points, depth_m: Points
) -> ImageSkeleton:
    inside = inside_image(frame.model, uv_px)
    visibility = np.zeros(len(uv_px), np.uint8)
    column, row = np.rint(uv_px[inside]).astype(int).T
    own = frame.instance[row, column] == number
    behind_m = depth_m[inside] - frame.depth_m[row, column]
    visible = own & (behind_m <= own_body_m(kind, world_m)[inside])
    visibility[inside] = np.where(visible, VISIBLE, HIDDEN)
    return ImageSkeleton(number, kind, uv_px, visibility)


def own_body_m(kind: str, world_m: Points) -> Points:
    """(K,) how far behind its own surface each point may lie and still count as visible."""
    allowed = np.array(OWN_BODY_M[kind])
    if kind != PERSON:
        return allowed
    shins = [float(np.linalg.norm(world_m[knee] - world_m[ankle])) for knee, ankle in SHIN]
    scaled: Points = allowed * (0.5 * sum(shins) / MEAN_SHIN_M)
    return scaled
