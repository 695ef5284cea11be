"""Pixels of an instance lie in its cuboid.  Labels floor."""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from labelers.geometry import inverse_rigid, world_from_cuboid
from labelers.pixels import pixel_points
from labelers.proofs.shared import SLACK_M, TURN_RADPS, Violation, inside_cuboid, place_of
from labelers.records import Cuboid, Sample

STRAY_SHARE = 0.001  # of an instance's pixels, at least one: pixel centres on a silhouette's very edge


def depth_in_cuboids(sample: Sample, camera: str) -> Iterator[Violation]:
    """Pixels of an instance unproject into its cuboid, and pixels of the others do not."""
    frame = sample.cameras[camera]
    row, column = np.nonzero((frame.instance > 0) & np.isfinite(frame.depth_m))
    if not len(row):
        return
    points = pixel_points(frame, column, row, frame.depth_m[row, column])
    owner = frame.instance[row, column]
    late = None if frame.rows is None else frame.rows.offset_s[row]
    for cuboid in sample.labels.cuboids:
        camera_from_cuboid = inverse_rigid(frame.world_from_camera) @ world_from_cuboid(cuboid)
        place = place_of(sample, camera, cuboid.instance_id)
        mine = owner == cuboid.instance_id
        # A row of a rolling shutter shows it where it is then.
        turned = frame.world_from_camera[:3, :3].T @ cuboid.velocity_mps
        then = points if late is None else points - late[:, None] * turned
        swing = 0.0 if late is None else TURN_RADPS * float(np.abs(late).max()) * max(cuboid.size_m)
        inside = inside_cuboid(then, camera_from_cuboid, cuboid, SLACK_M + swing)
        strays, total = int(np.count_nonzero(mine & ~inside)), int(np.count_nonzero(mine))
        if strays > max(1, STRAY_SHARE * total):
            yield Violation("depth", place, f"{strays} of {total} pixels unproject outside the cuboid")
        deep = inside_cuboid(then, camera_from_cuboid, cuboid, -SLACK_M - swing) & ~mine
        for number, count in sorted(Counter(owner[deep].tolist()).items()):
            other = next((c for c in sample.labels.cuboids if c.instance_id == number), None)
            if other is not None and not _touch(cuboid, other):
                yield Violation("depth", place, f"{count} pixels of {number} lie inside")


def _touch(a: Cuboid, b: Cuboid) -> bool:
    """Whether two cuboids may overlap: no face normal of either separates them (edges are not tried)."""
    axes = [world_from_cuboid(c)[:3, :3] for c in (a, b)]
    offset = b.centre_m - a.centre_m
    for axis in np.concatenate([axes[0].T, axes[1].T]):
        reach = sum(
            float(np.abs(axis @ turn) @ (0.5 * np.asarray(c.size_m)))
            for turn, c in zip(axes, (a, b), strict=True)
        )
        if abs(float(axis @ offset)) > reach:
            return False
    return True
