"""Lines of lanes lie on the ground and where the camera has them, drivable pixels on lanes.  Labels floor."""

from collections.abc import Iterator

import numpy as np

from labelers.pixels import pixel_points
from labelers.proofs.shared import Violation, place_of
from labelers.proofs.world import Ground, levels
from labelers.records import Sample
from renderers.optics import project
from scenarios.taxonomy import SEMANTIC_ID
from sim.roads.lanes import DRIVABLE
from sim.roads.network import Place
from sim.trace import WorldTrace

RULE, AREA = "lane lines", "drivable"
ON_GROUND_M = 0.05
KERB_M = 0.25  # a kerb's line is where the ground jumps
SAME_PX = 1e-6
GROUND_CLASSES = [
    SEMANTIC_ID[n] for n in ("road", "road_marking", "sidewalk", "kerb", "parking", "terrain", "water")
]
ASKED, AGREED = 60, 0.97  # pixels of a picture that are asked of the road, and how many must agree
BORDER_M = 0.2  # within which either answer is right


def lines_on_ground(sample: Sample, ground: Ground | None) -> Iterator[Violation]:
    """Every fifth point of each line lies on the ground."""
    lines = sample.labels.lines
    if ground is None or not lines:
        return
    points = [line.points_m[::5] for line in lines]
    x, y, z = np.concatenate(points).T
    gaps = np.split(np.abs(z - levels(ground, x, y)), np.cumsum([len(part) for part in points])[:-1])
    for line, gap in zip(lines, gaps, strict=True):
        if gap.max() > (KERB_M if line.kind == "curb" else ON_GROUND_M):
            place = place_of(sample, "line", line.line_id)
            yield Violation(RULE, place, f"a point lies {gap.max():.2f} m off the ground")


def same_lines(before: Sample, after: Sample) -> Iterator[Violation]:
    """A line is the same one as long as it is near."""
    known = {line.line_id: line for line in before.labels.lines}
    for line in after.labels.lines:
        old = known.get(line.line_id)
        if old is not None and (
            (old.kind, old.color) != (line.kind, line.color)
            or not np.array_equal(old.points_m, line.points_m)
        ):
            yield Violation(
                RULE, place_of(after, "line", line.line_id), "another line than in the sample before"
            )


def image_lines(sample: Sample, camera: str) -> Iterator[Violation]:
    """Points are where the camera has them; visible ones lie in the image, on no actor, and show ground."""
    frame = sample.cameras[camera]
    height, width = frame.instance.shape
    known = {line.line_id: line for line in sample.labels.lines}
    for seen in sample.labels.image_lines.get(camera, ()):
        place = place_of(sample, camera, "line", seen.line_id)
        line = known.get(seen.line_id)
        if line is None or seen.first + len(seen.uv_px) > len(line.points_m):
            yield Violation(RULE, place, "in the image and nowhere in the world")
            continue
        points = line.points_m[seen.first : seen.first + len(seen.uv_px)]
        slack_px = SAME_PX
        pose = frame.world_from_camera[None]
        if frame.rows is not None:
            row = np.clip(np.rint(np.nan_to_num(seen.uv_px[:, 1])), 0, height - 1).astype(int)
            pose, slack_px = frame.rows.world_from_row[row], 0.5
        local = np.einsum(
            "nji,nj->ni", np.broadcast_to(pose[:, :3, :3], (len(points), 3, 3)), points - pose[:, :3, 3]
        )
        gaps = np.abs(project(frame.model, local) - seen.uv_px)
        if float(np.nan_to_num(gaps).max(initial=0.0)) > slack_px:
            yield Violation(RULE, place, f"{float(np.nanmax(gaps)):.2f} px from where the camera has it")
            continue
        at = seen.uv_px[seen.visible]
        inside = (
            np.isfinite(at).all(axis=1)
            & (at >= -0.5).all(axis=1)
            & (at < (width - 0.5, height - 0.5)).all(axis=1)
        )
        if not inside.all():
            yield Violation(RULE, place, "visible outside the image")
            continue
        column, row = np.rint(at).astype(int).T
        if frame.instance[row, column].any():
            yield Violation(RULE, place, "visible where an actor is")
        shown = np.isin(frame.semantic[row, column], GROUND_CLASSES)
        if not shown.all():
            yield Violation(RULE, place, f"{np.count_nonzero(~shown)} of its visible points show no ground")


def drivable(sample: Sample, camera: str, trace: WorldTrace) -> Iterator[Violation]:
    """Pixels spread over what shows ground lie in lanes for vehicles as the mask says."""
    frame, mask = sample.cameras[camera], sample.labels.drivable.get(camera)
    if mask is None:
        return
    place = place_of(sample, camera)
    if mask.shape != frame.instance.shape or (mask & (frame.instance > 0)).any():
        yield Violation(AREA, place, "actors are drivable")
        return
    ground = np.isin(frame.semantic, GROUND_CLASSES[:5]) & (frame.instance == 0) & (frame.depth_m < 60.0)
    row, column = np.nonzero(ground)
    if not len(row):
        return
    pick = np.linspace(0, len(row) - 1, min(ASKED, len(row))).astype(int)
    row, column = row[pick], column[pick]
    points = pixel_points(frame, column, row, frame.depth_m[row, column])
    world = points @ frame.world_from_camera[:3, :3].T + frame.world_from_camera[:3, 3]
    found = trace.road.locate_all(world[:, 0], world[:, 1])
    wrong = [
        (int(u), int(v))
        for u, v, here in zip(column, row, found, strict=True)
        if not _agrees(trace, here, bool(mask[v, u]))
    ]
    if len(wrong) > (1.0 - AGREED) * len(pick) + 1.0:
        yield Violation(AREA, place, f"{len(wrong)} of {len(pick)} pixels asked, such as {wrong[0]}")


def _agrees(trace: WorldTrace, here: Place, stated: bool) -> bool:
    """Whether the road has a lane for vehicles there; within the border's width, either is right."""
    road, s, t = here
    spans = [
        (low, high) for _, kind, low, high in trace.road.lanes_at(road, s) if kind in DRIVABLE | {"parking"}
    ]
    if any(min(abs(t - low), abs(t - high)) < BORDER_M for low, high in spans):
        return True
    found = any(low <= t <= high for low, high in spans)
    # Where roads meet, the nearest one need not be the one whose lane it is.
    return found == stated or bool(trace.road.junctions)
