"""Optical flow leads where the geometry says, and to the same actor.  Labels floor."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from labelers.geometry import inverse_rigid
from labelers.pixels import pixel_points
from labelers.proofs.shared import Violation, place_of
from labelers.records import Sample
from renderers.frames import CameraFrame
from renderers.optics import depth_of, project
from renderers.projection import NEAR_M
from scenarios.taxonomy import SEMANTIC_ID

STANDING = [
    SEMANTIC_ID[name]
    for name in ("road", "road_marking", "sidewalk", "kerb", "parking", "terrain", "building", "wall")
]
FLOW_PX = 0.05
FAR_M = 1e-4  # of the depth: what float32 leaves of a place at a kilometre
STRAY_SHARE = 0.001
CYCLE_PX = 0.5  # forward and back again: farther off, what was seen is hidden by then
SAME_SHARE = 0.98  # of an instance's pixels that are seen in both pictures
FEW_PX = 50
RIM_SHARE = (
    0.1  # of its pixels beside others: what is thinner than a pixel there the next picture's may all miss
)


def flows(before: Sample, after: Sample, camera: str) -> Iterator[Violation]:
    """Forward flow of what stands still follows from depth and the two poses; of an actor, it ends on that actor."""
    first, second = before.cameras.get(camera), after.cameras.get(camera)
    if first is None or second is None or first.extras.flow_forward is None:
        return
    flow = first.extras.flow_forward
    place = place_of(before, camera)
    if first.rows is None and second.rows is None:
        strays, total = _strays(first, second, flow)
        if strays > max(1, STRAY_SHARE * total):
            yield Violation("flow", place, f"{strays} of {total} pixels of standing things flow elsewhere")
    if second.extras.flow_backward is not None:
        yield from _owners(before, first, second, flow, second.extras.flow_backward)


def _strays(first: CameraFrame, second: CameraFrame, flow: NDArray[np.float32]) -> tuple[int, int]:
    row, column = np.nonzero(
        np.isin(first.semantic, STANDING)
        & (first.instance == 0)
        & np.isfinite(first.depth_m)
        & np.isfinite(flow[..., 0])
    )
    points = pixel_points(first, column, row, first.depth_m[row, column])
    then = inverse_rigid(second.world_from_camera) @ first.world_from_camera
    there = points @ then[:3, :3].T + then[:3, 3]
    ahead = depth_of(second.model, there) > NEAR_M
    row, column, there = row[ahead], column[ahead], there[ahead]
    meant = project(second.model, there) - np.stack([column, row], axis=1)
    away = np.linalg.norm(flow[row, column] - meant, axis=1)
    # Depth of float32 moves a near point's image a little more.
    slack = FLOW_PX + FAR_M * np.linalg.norm(meant, axis=1)
    return int(np.count_nonzero(away > slack)), len(row)


def _owners(
    before: Sample,
    first: CameraFrame,
    second: CameraFrame,
    flow: NDArray[np.float32],
    back: NDArray[np.float32],
) -> Iterator[Violation]:
    height, width = first.instance.shape
    row, column = np.nonzero((first.instance > 0) & np.isfinite(flow[..., 0]))
    x, y = column + flow[row, column, 0], row + flow[row, column, 1]
    shown = (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
    row, column, x, y = row[shown], column[shown], x[shown], y[shown]
    there = np.rint(y).astype(np.int64), np.rint(x).astype(np.int64)
    returned = np.stack([x, y], axis=1) + back[there] - np.stack([column, row], axis=1)
    with np.errstate(invalid="ignore"):
        seen = np.linalg.norm(returned, axis=1) < CYCLE_PX
    owner = first.instance[row, column][seen]
    # A way ends between pixels, so at an outline the nearest may be its neighbour's.
    around = [
        second.instance[
            np.clip(there[0][seen] + down, 0, height - 1), np.clip(there[1][seen] + right, 0, width - 1)
        ]
        for down in (-1, 0, 1)
        for right in (-1, 0, 1)
    ]
    arrived = np.any(np.stack(around) == owner, axis=0)
    rim = _rim(first.instance)[row, column][seen]
    for number in np.unique(owner).tolist():
        mine = owner == number
        kept, total = int(np.count_nonzero(arrived[mine])), int(np.count_nonzero(mine))
        spared = max((1.0 - SAME_SHARE) * total, RIM_SHARE * np.count_nonzero(rim[mine]))
        if total >= FEW_PX and total - kept > spared:
            place = place_of(before, first.sensor, number)
            yield Violation("flow", place, f"{total - kept} of {total} pixels flow to somebody else")


def _rim(instance: NDArray[np.int32]) -> NDArray[np.bool_]:
    """(H, W) pixels that have another instance above, below or beside."""
    rim = np.zeros(instance.shape, np.bool_)
    for one, other in (
        (np.s_[1:], np.s_[:-1]),
        (np.s_[:, 1:], np.s_[:, :-1]),
    ):
        differs = instance[one] != instance[other]
        rim[one] |= differs
        rim[other] |= differs
    return rim
