"""Scene flow of pixels leads where optical flow does, and to the same actor a frame later.  Labels floor."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from labelers.geometry import inverse_rigid, world_from_cuboid
from labelers.pixels import pixel_points
from labelers.proofs.flow import FAR_M, FLOW_PX, STANDING, STRAY_SHARE
from labelers.proofs.shared import SLACK_M, Violation, in_cuboid_frame, limb_mps, limbed, place_of
from labelers.records import Sample
from renderers.frames import CameraFrame
from renderers.optics import depth_of, project
from renderers.projection import NEAR_M

RULE = "flow in space"
INSIDE = 0.98  # of an actor's pixels; the rest are limbs
ASKED = 30  # pixels of an actor


def flows_in_space(before: Sample, after: Sample, camera: str) -> Iterator[Violation]:
    """Of a camera in two neighbouring samples."""
    first, second = before.cameras.get(camera), after.cameras.get(camera)
    if first is None or first.extras.flow_3d is None:
        return
    flow, place = first.extras.flow_3d, place_of(before, camera)
    finite: NDArray[np.bool_] = np.isfinite(flow[..., 0])
    solid = np.isfinite(first.depth_m)
    if np.isfinite(flow[~solid]).any() or not finite[solid & (first.instance == 0)].all():
        yield Violation(RULE, place, "a flow in the sky, or none on a surface")
        return
    standing = solid & (first.instance == 0) & np.isin(first.semantic, STANDING)
    if flow[standing].any():
        yield Violation(RULE, place, f"{np.count_nonzero(flow[standing].any(axis=1))} standing pixels flow")
    yield from _owned(before, after, first, flow, finite)
    if (
        second is None
        or first.extras.flow_forward is None
        or first.rows is not None
        or second.rows is not None
    ):
        return
    strays, total = _strays(first, second, flow, first.extras.flow_forward)
    if strays > max(1, STRAY_SHARE * total):
        yield Violation(RULE, place, f"{strays} of {total} pixels flow elsewhere in the picture")


def _world(frame: CameraFrame, row: NDArray[np.intp], column: NDArray[np.intp]) -> NDArray[np.float64]:
    points = pixel_points(frame, column, row, frame.depth_m[row, column])
    placed: NDArray[np.float64] = points @ frame.world_from_camera[:3, :3].T + frame.world_from_camera[:3, 3]
    return placed


def _strays(
    first: CameraFrame, second: CameraFrame, flow: NDArray[np.float32], pixels: NDArray[np.float32]
) -> tuple[int, int]:
    """Pixels whose moved points are not seen where optical flow has them, and all that were compared."""
    row, column = np.nonzero(np.isfinite(flow).all(axis=2) & np.isfinite(pixels).all(axis=2))
    camera = inverse_rigid(second.world_from_camera)
    there = (_world(first, row, column) + flow[row, column]) @ camera[:3, :3].T + camera[:3, 3]
    ahead = depth_of(second.model, there) > NEAR_M
    row, column, there = row[ahead], column[ahead], there[ahead]
    meant = project(second.model, there) - np.stack([column, row], axis=1)
    away = np.linalg.norm(pixels[row, column] - meant, axis=1)
    slack = FLOW_PX + FAR_M * np.linalg.norm(meant, axis=1)
    return int(np.count_nonzero(away > slack)), len(row)


def _owned(
    before: Sample, after: Sample, first: CameraFrame, flow: NDArray[np.float32], finite: NDArray[np.bool_]
) -> Iterator[Violation]:
    """An actor's points are in its cuboid a frame later; who is gone by then has no flow."""
    later = {cuboid.instance_id: cuboid for cuboid in after.labels.cuboids}
    dt_s = 1e-9 * (after.time_ns - before.time_ns)
    shift_s = 1e-9 * (first.time_ns - before.time_ns)  # of a camera that is late or early
    for number in np.unique(first.instance[first.instance > 0]).tolist():
        mine = first.instance == number
        cuboid = later.get(number)
        if cuboid is None or not np.count_nonzero(mine & finite) >= ASKED:
            continue
        row, column = np.nonzero(mine & finite)
        ends = _world(first, row, column) + flow[row, column] - shift_s * cuboid.velocity_mps
        local = in_cuboid_frame(ends, world_from_cuboid(cuboid))
        speed = float(np.linalg.norm(cuboid.velocity_mps))
        swing = limb_mps(cuboid) * 0.1 * dt_s if limbed(cuboid) else 0.0
        half = 0.5 * np.asarray(cuboid.size_m) + SLACK_M + 0.01 * speed * dt_s + swing
        share = float((np.abs(local) <= half).all(axis=1).mean())
        if share < INSIDE:
            fact = f"{100 * share:.0f} % of its pixels' points end in its box"
            yield Violation(RULE, place_of(before, first.sensor, number), fact)
