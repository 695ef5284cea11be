"""Points of the lidars lie in the cuboids of what they hit, and where the cameras see something.  Labels floor."""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from labelers.geometry import inverse_rigid, world_from_cuboid
from labelers.points import count_in_cuboid
from labelers.proofs.shared import (
    SLACK_M,
    TURN_RADPS,
    Violation,
    in_cuboid_frame,
    limb_mps,
    limbed,
    place_of,
    rides,
)
from labelers.records import Cuboid, Sample
from renderers.frames import CameraFrame, Cause, LidarSweep
from renderers.lidar_models import FILES, lidar_model
from renderers.optics import depth_of, project
from renderers.projection import NEAR_M
from scenarios.taxonomy import SEMANTIC_ID

RANGE_NOISE_MAX_M = 0.15  # a return this far from its true range is a fault of the sensor model, not noise
# The lidar moves actors in 32 steps a turn of 0.1 s (renderers.lidar), its beams continuously.
HALF_SLICE_S = 0.0016
DOOR_MPS = 3.0  # edges of doors that swing
LOW_SHARE_M = 0.3  # ground points may lie so high inside a vehicle's box: kerbs, camber, wheel arches
LOOK_M = 0.02  # of camera depth, beyond what the eight neighbouring pixels span
PAST_SHARE = 0.008  # of points of solid things: edges of roofs, awnings and windows between two rays
GROUND_PAST_SHARE = 0.0005  # of points of the ground, which is nowhere thin
# Of static points that no actor hides: the others lie in the parallax shadow of what stands.  A car parked beside a
# fisheye's door hides most of what the lidar on the roof sees over it.
AGREEING_SHARE = 0.5
FEW_POINTS = 200  # a share of fewer static points in an image says nothing

GROUND_IDS = [
    SEMANTIC_ID[name] for name in ("road", "road_marking", "sidewalk", "kerb", "parking", "terrain")
]
# Twigs, wires and rails are thinner than the spacing of rays: one sensor may hit what the other looks through.
THIN_IDS = [
    SEMANTIC_ID[name]
    for name in (
        "vegetation",
        "pole",
        "fence",
        "guard_rail",
        "static_object",
        "traffic_light",
        "traffic_sign",
    )
]


def points_in_cuboids(sample: Sample, lidar: str) -> Iterator[Violation]:
    """Points of an instance lie in its cuboid when they are taken; counts are those of the written points."""
    sweep = sample.lidars[lidar]
    lidar_from_world = inverse_rigid(sweep.world_from_lidar)
    seconds = sweep.offset_ns.astype(np.float64) * 1e-9
    measured = np.sqrt(np.sum(sweep.raw_xyz_m.astype(np.float64) ** 2, axis=1))
    noise: NDArray[np.float64] = np.abs(measured - sweep.range_m.astype(np.float64))
    solid = np.isin(sweep.cause, (Cause.SURFACE, Cause.GLASS))
    if np.any(noise[solid] > _most_noise_m(sweep.model)):
        worst = float(noise[solid].max())
        yield Violation("points", place_of(sample, lidar), f"a point lies {worst:.2f} m off its true range")
    ground = np.isin(sweep.semantic, [SEMANTIC_ID["road"], SEMANTIC_ID["road_marking"]]) & solid
    for cuboid in sample.labels.cuboids:
        place = place_of(sample, lidar, cuboid.instance_id)
        lidar_from_cuboid = lidar_from_world @ world_from_cuboid(cuboid)
        stated = cuboid.lidar_points.get(lidar)
        counted = count_in_cuboid(sweep.xyz_m, lidar_from_cuboid, cuboid.size_m)
        if stated != counted:
            yield Violation("points", place, f"{stated} points stated, {counted} counted")
        mine = solid & (sweep.instance == cuboid.instance_id)
        strays = _strays(sweep, mine, seconds, noise, lidar_from_world, lidar_from_cuboid, cuboid)
        if strays:
            yield Violation(
                "points", place, f"{strays} of {np.count_nonzero(mine)} points outside the cuboid"
            )
        if rides(cuboid):
            local = in_cuboid_frame(sweep.xyz_m[ground], lidar_from_cuboid)
            half = 0.5 * np.asarray(cuboid.size_m) - SLACK_M
            high = np.all(np.abs(local) <= half, axis=1) & (local[:, 2] > LOW_SHARE_M - cuboid.size_m[2] / 2)
            if np.any(high):
                yield Violation("points", place, f"{np.count_nonzero(high)} points of the ground inside")


def _most_noise_m(model: str) -> float:
    """How far off its range a return may be: six sigma at the threshold, where noise is doubled, and the ring's bias."""
    if model not in FILES:
        return RANGE_NOISE_MAX_M
    made = lidar_model(model)
    return max(RANGE_NOISE_MAX_M, 12.0 * made.range_noise_m + 4.0 * made.range_bias_m)


@lru_cache(maxsize=64)
def _half_beam_rad(model: str) -> float:
    """From the middle of a scanner's beam to its rim; of one that is defined in a rig as its definition says."""
    try:
        return 0.5 * max(lidar_model(model).divergence_rad)
    except KeyError:
        return 0.0


def _strays(
    sweep: LidarSweep,
    mine: NDArray[np.bool_],
    seconds: NDArray[np.float64],
    noise: NDArray[np.float64],
    lidar_from_world: NDArray[np.float64],
    lidar_from_cuboid: NDArray[np.float64],
    cuboid: Cuboid,
) -> int:
    """How many points of an instance lie outside its cuboid, brought to the time at which each was taken."""
    way = seconds[mine, None] * (lidar_from_world[:3, :3] @ cuboid.velocity_mps)
    local = in_cuboid_frame(sweep.xyz_m[mine] - way, lidar_from_cuboid)
    half = 0.5 * np.asarray(cuboid.size_m)
    swing = TURN_RADPS * np.abs(seconds[mine]) * float(np.linalg.norm(half))
    behind = HALF_SLICE_S * float(np.linalg.norm(cuboid.velocity_mps))
    stride = limb_mps(cuboid) * np.abs(seconds[mine]) if limbed(cuboid) else 0.0
    door = (
        DOOR_MPS * np.abs(seconds[mine]) if any(0.0 < share < 1.0 for share in cuboid.doors.values()) else 0.0
    )
    # A point lies in the middle of its beam, though only the beam's rim may have met the actor.
    rim = _half_beam_rad(sweep.model) * sweep.range_m[mine].astype(np.float64)
    margin = SLACK_M + np.minimum(noise[mine], RANGE_NOISE_MAX_M) + rim + swing + behind + stride + door
    return int(np.count_nonzero(np.any(np.abs(local) > half + margin[:, None], axis=1)))


def points_in_depth(sample: Sample, lidar: str, camera: str) -> Iterator[Violation]:
    """Points of the standing world lie where the camera's depth says, or behind what the camera has in front of them.

    A camera that looks past a point has another pose, time or world than the lidar.
    """
    sweep, frame = sample.lidars[lidar], sample.cameras[camera]
    rows = np.flatnonzero((sweep.cause == Cause.SURFACE) & (sweep.instance == 0))
    points = _noise_free(sweep, rows, sample.ego_velocity_mps)
    camera_from_lidar = inverse_rigid(frame.world_from_camera) @ sweep.world_from_lidar
    points = points @ camera_from_lidar[:3, :3].T + camera_from_lidar[:3, 3]
    points = _as_rows_see(frame, points)
    ahead = depth_of(frame.model, points) > NEAR_M
    rows, points = rows[ahead], points[ahead]
    height, width = frame.depth_m.shape
    with np.errstate(invalid="ignore"):
        column, row = np.rint(project(frame.model, points)).T
        shown = (column >= 1) & (column < width - 1) & (row >= 1) & (row < height - 1)
    if np.count_nonzero(shown) < FEW_POINTS:
        return
    rows, depth = rows[shown], depth_of(frame.model, points[shown])
    at_row, at_column = row[shown].astype(np.int64), column[shown].astype(np.int64)
    around = np.stack(
        [frame.depth_m[at_row + down, at_column + right] for down in (-1, 0, 1) for right in (-1, 0, 1)]
    )
    before = around.min(axis=0) - depth
    past = before > LOOK_M
    agree = ~past & (depth <= around.max(axis=0) + LOOK_M)
    # Ledges and bands thinner than a pixel stand out by no more than one: the rays of the picture pass between them.
    pixel_m = depth / float(frame.model.matrix[0, 0])
    semantic = sweep.semantic[rows]
    place = place_of(sample, lidar, camera)
    for name, kind, share, slack_m in (
        ("solid", ~np.isin(semantic, THIN_IDS), PAST_SHARE, np.maximum(pixel_m, LOOK_M)),
        ("ground", np.isin(semantic, GROUND_IDS), GROUND_PAST_SHARE, LOOK_M),
    ):
        count, total = int(np.count_nonzero((before > slack_m) & kind)), int(np.count_nonzero(kind))
        if count > max(1, share * total):
            yield Violation("points in depth", place, f"past {count} of {total} {name} points")
    asked = agree | past | (frame.instance[at_row, at_column] == 0)
    count, total = int(np.count_nonzero(agree)), int(np.count_nonzero(asked))
    if total >= FEW_POINTS and count < AGREEING_SHARE * total:
        yield Violation("points in depth", place, f"only {count} of {total} points agree")


def _as_rows_see(frame: CameraFrame, points_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points in the picture's frame, in that of the row's camera which sees them; as they are where all rows are one."""
    if frame.rows is None:
        return points_m
    world = points_m @ frame.world_from_camera[:3, :3].T + frame.world_from_camera[:3, 3]
    seen = points_m
    for _ in range(3):  # a row's camera moves little, so the row settles at once
        with np.errstate(invalid="ignore"):
            v = np.nan_to_num(project(frame.model, seen)[:, 1], nan=0.0)
        pose = frame.rows.world_from_row[
            np.clip(np.rint(v), 0, len(frame.rows.offset_s) - 1).astype(np.int64)
        ]
        seen = np.einsum("nji,nj->ni", pose[:, :3, :3], world - pose[:, :3, 3])
    return seen


def _noise_free(
    sweep: LidarSweep, rows: NDArray[np.intp], ego_velocity_mps: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(N, 3) points at their true range, in the lidar's frame at the sweep's time."""
    points = sweep.xyz_m[rows].astype(np.float64)
    measured = np.sqrt(np.sum(sweep.raw_xyz_m[rows].astype(np.float64) ** 2, axis=1))
    seconds = sweep.offset_ns[rows].astype(np.float64) * 1e-9
    from_lidar = points - seconds[:, None] * (sweep.world_from_lidar[:3, :3].T @ ego_velocity_mps)
    along = from_lidar / np.linalg.norm(from_lidar, axis=1)[:, None]
    true: NDArray[np.float64] = points - (measured - sweep.range_m[rows])[:, None] * along
    return true
