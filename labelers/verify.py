"""Proofs that labels agree with the planes, the points and each other.  Labels floor.

Each rule takes records as a reader of a dataset gets them and returns its violations; none of them trusts the code
that made the labels.  Numbers are in docs/labels.md.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labelers.geometry import inverse_rigid, world_from_cuboid
from labelers.points import count_in_cuboid
from labelers.records import Box, Cuboid, Sample
from labelers.visibility import pixel_points
from renderers.frames import CameraFrame, Cause, LidarSweep
from renderers.optics import depth_of, project
from renderers.projection import NEAR_M
from scenarios.taxonomy import ACTOR_CLASSES, SEMANTIC_ID, SEMANTICS

SLACK_M = 0.02  # float32 buffers and the tesselation of round parts
STRAY_SHARE = 0.001  # of an instance's pixels, at least one: pixel centres on a silhouette's very edge
RANGE_NOISE_MAX_M = 0.15  # a return this far from its true range is a fault of the sensor model, not noise
HALF_SLICE_S = (
    0.0016  # the lidar moves actors in 32 steps a turn of 0.1 s (renderers.lidar), its beams continuously
)
TURN_RADPS = 0.5  # of an actor within a sweep, for how far its points may swing out of the box
JERK_MPS3 = 30.0  # of an actor between samples: emergency braking builds up within 0.3 s
FOOT_M = 0.05  # bottom faces above or below the road
LOW_SHARE_M = 0.3  # ground points may lie so high inside a vehicle's box: kerbs, camber, wheel arches

# Faces of a box that holds limbs, in its actor's frame: heels and toes of walkers at 0.8 to 12 m/s move them less fast.
LIMB_MPS, LIMB_SHARE = 3.0, 1.2  # m/s, and of the actor's own speed
POSE_M = 0.35  # who starts or stops walking takes the pose of a stride at once
FLIGHT_M = 0.10  # of runners and of who trots above the ground
DOOR_MPS = 3.0  # edges of doors that swing
TYRE_M = 0.005  # tyres are polygons: a box about one that rolls trembles
RIGID_M = 0.001  # of a rigid box in its actor's frame: rounding only
STRIDE_M = 0.4  # to each side of a walker the ground of the next foothold may count: kerbs are steps
LIMBED = frozenset({"bicycle", "motorcycle", "e_scooter", "wheelchair"})  # and all walkers
TUMBLING = frozenset({"debris", "ball"})  # what may lie on any side, on one another or on a bed, and fall
LOOK_M = 0.02  # of camera depth, beyond what the eight neighbouring pixels span
PAST_SHARE = 0.008  # of points of solid things: edges of roofs, awnings and windows between two rays
GROUND_PAST_SHARE = 0.0005  # of points of the ground, which is nowhere thin
AGREEING_SHARE = 0.5  # of static points; the others lie in the parallax shadow of what stands before them
FEW_POINTS = 200  # a share of fewer static points in an image says nothing

Ground = Callable[[float, float], float]  # height of the ground at x, y


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


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule at one place."""

    rule: str
    place: str  # clip, sample, sensor, instance
    fact: str


def check_samples(samples: Iterable[Sample], ground: Ground | None = None) -> list[Violation]:
    """All violations of a sequence of samples (of any number of clips)."""
    found: list[Violation] = []
    before: Sample | None = None
    for sample in samples:
        found += check_sample(sample, ground)
        if before is not None and before.clip == sample.clip:
            found += tracks(before, sample)
        before = sample
    return found


def check_sample(sample: Sample, ground: Ground | None = None) -> list[Violation]:
    """All violations of one sample."""
    found = [*taxonomy(sample), *feet(sample, ground)]
    for name in sorted(sample.cameras):
        for rule in (visible_boxes, fractions, cuboid_boxes, depth_in_cuboids):
            found += rule(sample, name)
    for name in sorted(sample.lidars):
        found += points_in_cuboids(sample, name)
        for camera in sorted(sample.cameras):
            found += points_in_depth(sample, name, camera)
    return found


def _place(sample: Sample, *more: object) -> str:
    return "/".join(str(part) for part in (sample.clip, f"{sample.index:06d}", *more))


def visible_boxes(sample: Sample, camera: str) -> Iterator[Violation]:
    """Visible boxes are the exact bounds of the masks, areas their pixels, and no mask goes without a box."""
    frame = sample.cameras[camera]
    boxes = {box.instance_id: box for box in sample.labels.boxes.get(camera, ())}
    known = {cuboid.instance_id for cuboid in sample.labels.cuboids}
    counts = dict(
        zip(*(part.tolist() for part in np.unique(frame.instance, return_counts=True)), strict=True)
    )
    for number, box in boxes.items():
        place = _place(sample, camera, number)
        if box.visible_px != counts.get(number, 0):
            yield Violation("visible box", place, f"area {box.visible_px}, mask {counts.get(number, 0)}")
        bounds = _bounds(frame.instance == number)
        if box.visible != bounds:
            yield Violation("visible box", place, f"box {box.visible}, mask {bounds}")
    for number in sorted(counts.keys() & known - boxes.keys()):
        yield Violation("visible box", _place(sample, camera, number), f"{counts[number]} pixels and no box")


def fractions(sample: Sample, camera: str) -> Iterator[Violation]:
    """Visible is part of unoccluded; occlusion and truncation are shares that follow from the pixels."""
    for box in sample.labels.boxes.get(camera, ()):
        place = _place(sample, camera, box.instance_id)
        if not 0 <= box.visible_px <= box.unoccluded_px:
            yield Violation("fractions", place, f"{box.visible_px} of {box.unoccluded_px} pixels visible")
        elif abs(box.occlusion - (1 - box.visible_px / max(box.unoccluded_px, 1))) > 1e-9:
            yield Violation("fractions", place, f"occlusion {box.occlusion}")
        for name in ("occlusion", "truncation", "transmittance"):
            if not 0.0 <= getattr(box, name) <= 1.0:
                yield Violation("fractions", place, f"{name} {getattr(box, name)}")
        if box.visible is not None and not _contains(box.amodal, box.visible, 0.0):
            yield Violation("fractions", place, f"visible {box.visible} outside amodal {box.amodal}")


def cuboid_boxes(sample: Sample, camera: str) -> Iterator[Violation]:
    """The projected cuboid encloses the silhouette to the pixel."""
    for box in sample.labels.boxes.get(camera, ()):
        if box.amodal is not None and not _contains(box.cuboid, box.amodal, 1.0):
            place = _place(sample, camera, box.instance_id)
            yield Violation("cuboid box", place, f"amodal {box.amodal} outside {box.cuboid}")


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
        place = _place(sample, camera, cuboid.instance_id)
        mine = owner == cuboid.instance_id
        # A row of a rolling shutter shows it where it is then.
        turned = frame.world_from_camera[:3, :3].T @ cuboid.velocity_mps
        then = points if late is None else points - late[:, None] * turned
        swing = 0.0 if late is None else TURN_RADPS * float(np.abs(late).max()) * max(cuboid.size_m)
        inside = _inside(then, camera_from_cuboid, cuboid, SLACK_M + swing)
        strays, total = int(np.count_nonzero(mine & ~inside)), int(np.count_nonzero(mine))
        if strays > max(1, STRAY_SHARE * total):
            yield Violation("depth", place, f"{strays} of {total} pixels unproject outside the cuboid")
        deep = _inside(then, camera_from_cuboid, cuboid, -SLACK_M - swing) & ~mine
        for number, count in sorted(Counter(owner[deep].tolist()).items()):
            other = next((c for c in sample.labels.cuboids if c.instance_id == number), None)
            if other is not None and not _touch(cuboid, other):
                yield Violation("depth", place, f"{count} pixels of {number} lie inside")


def points_in_cuboids(sample: Sample, lidar: str) -> Iterator[Violation]:
    """Points of an instance lie in its cuboid when they are taken; counts are those of the written points."""
    sweep = sample.lidars[lidar]
    lidar_from_world = inverse_rigid(sweep.world_from_lidar)
    seconds = sweep.offset_ns.astype(np.float64) * 1e-9
    measured = np.sqrt(np.sum(sweep.raw_xyz_m.astype(np.float64) ** 2, axis=1))
    noise: NDArray[np.float64] = np.abs(measured - sweep.range_m.astype(np.float64))
    solid = np.isin(sweep.cause, (Cause.SURFACE, Cause.GLASS))
    if np.any(noise[solid] > RANGE_NOISE_MAX_M):
        worst = float(noise[solid].max())
        yield Violation("points", _place(sample, lidar), f"a point lies {worst:.2f} m off its true range")
    ground = np.isin(sweep.semantic, [SEMANTIC_ID["road"], SEMANTIC_ID["road_marking"]]) & solid
    for cuboid in sample.labels.cuboids:
        place = _place(sample, lidar, cuboid.instance_id)
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
        if ACTOR_CLASSES[cuboid.actor_class].moves == "vehicle":
            local = _local(sweep.xyz_m[ground], lidar_from_cuboid)
            half = 0.5 * np.asarray(cuboid.size_m) - SLACK_M
            high = np.all(np.abs(local) <= half, axis=1) & (local[:, 2] > LOW_SHARE_M - cuboid.size_m[2] / 2)
            if np.any(high):
                yield Violation("points", place, f"{np.count_nonzero(high)} points of the ground inside")


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
    local = _local(sweep.xyz_m[mine] - way, lidar_from_cuboid)
    half = 0.5 * np.asarray(cuboid.size_m)
    swing = TURN_RADPS * np.abs(seconds[mine]) * float(np.linalg.norm(half))
    behind = HALF_SLICE_S * float(np.linalg.norm(cuboid.velocity_mps))
    stride = _limb_mps(cuboid) * np.abs(seconds[mine]) if _limbed(cuboid) else 0.0
    door = (
        DOOR_MPS * np.abs(seconds[mine]) if any(0.0 < share < 1.0 for share in cuboid.doors.values()) else 0.0
    )
    margin = SLACK_M + np.minimum(noise[mine], RANGE_NOISE_MAX_M) + swing + behind + stride + door
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
    around = np.stack(
        [
            frame.depth_m[row[shown].astype(np.int64) + down, column[shown].astype(np.int64) + right]
            for down in (-1, 0, 1)
            for right in (-1, 0, 1)
        ]
    )
    past = depth < around.min(axis=0) - LOOK_M
    agree = ~past & (depth <= around.max(axis=0) + LOOK_M)
    semantic = sweep.semantic[rows]
    place = _place(sample, lidar, camera)
    for name, kind, share in (
        ("solid", ~np.isin(semantic, THIN_IDS), PAST_SHARE),
        ("ground", np.isin(semantic, GROUND_IDS), GROUND_PAST_SHARE),
    ):
        count, total = int(np.count_nonzero(past & kind)), int(np.count_nonzero(kind))
        if count > max(1, share * total):
            yield Violation("points in depth", place, f"past {count} of {total} {name} points")
    if np.count_nonzero(agree) < AGREEING_SHARE * len(rows):
        yield Violation(
            "points in depth", place, f"only {np.count_nonzero(agree)} of {len(rows)} points agree"
        )


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


def taxonomy(sample: Sample) -> Iterator[Violation]:
    """Classes are known, extents positive, and an instance's pixels carry its own class (or its rider's)."""
    known = np.zeros(256, np.bool_)
    known[[entry.id for entry in SEMANTICS]] = True
    for cuboid in sample.labels.cuboids:
        place = _place(sample, cuboid.instance_id)
        if cuboid.actor_class not in ACTOR_CLASSES:
            yield Violation("taxonomy", place, f"class {cuboid.actor_class!r}")
        if min(cuboid.size_m) <= 0.0:
            yield Violation("taxonomy", place, f"size {cuboid.size_m}")
        if not all(0.0 <= share <= 1.0 for share in cuboid.doors.values()):
            yield Violation("taxonomy", place, f"doors {cuboid.doors}")
    planes = [(name, f.semantic, f.instance) for name, f in sorted(sample.cameras.items())]
    planes += [(name, s.semantic, s.instance) for name, s in sorted(sample.lidars.items())]
    for sensor, semantic, instance in planes:
        if not known[semantic].all():
            yield Violation("taxonomy", _place(sample, sensor), "unknown semantic ids")
        for cuboid in sample.labels.cuboids:
            allowed = [SEMANTIC_ID[ACTOR_CLASSES[cuboid.actor_class].semantic]]
            if cuboid.actor_class in ("bicycle", "motorcycle"):
                allowed.append(SEMANTIC_ID["rider"])
            found = set(np.unique(semantic[instance == cuboid.instance_id]).tolist()) - set(allowed)
            if found:
                names = ", ".join(entry.name for entry in SEMANTICS if entry.id in found)
                yield Violation("taxonomy", _place(sample, sensor, cuboid.instance_id), f"pixels of {names}")


def feet(sample: Sample, ground: Ground | None) -> Iterator[Violation]:
    """Boxes stand on the ground; somebody who walks may be on the way to the level of the next foothold."""
    if ground is None:
        return
    for cuboid in sample.labels.cuboids:
        if cuboid.actor_class in TUMBLING:
            reach = np.abs(world_from_cuboid(cuboid)[2, :3]) @ (0.5 * np.asarray(cuboid.size_m))
            x, y, z = (cuboid.centre_m - np.array((0.0, 0.0, float(reach)))).tolist()
            if ground(x, y) - z > FOOT_M:
                fact = f"{ground(x, y) - z:.3f} m in the ground"
                yield Violation("feet", _place(sample, cuboid.instance_id), fact)
            continue
        x, y, z = cuboid.origin_m.tolist()
        steps = [(0.0, 0.0)]
        if _walks(cuboid):
            steps += [(STRIDE_M, 0.0), (-STRIDE_M, 0.0), (0.0, STRIDE_M), (0.0, -STRIDE_M)]
        levels = [ground(x + right, y + up) for right, up in steps]
        gap = max(z - max(levels), min(levels) - z)
        if gap > FOOT_M:
            yield Violation("feet", _place(sample, cuboid.instance_id), f"{gap:.3f} m off the ground")
        above = float(_offset(cuboid)[2]) - cuboid.size_m[2] / 2
        if not -FOOT_M <= above <= (FLIGHT_M if _walks(cuboid) else FOOT_M):
            yield Violation("feet", _place(sample, cuboid.instance_id), f"{above:.3f} m off its origin")


def tracks(before: Sample, after: Sample) -> Iterator[Violation]:
    """Between two samples of a clip ids keep class and size, and places change as the velocities say."""
    seconds = (after.time_ns - before.time_ns) * 1e-9
    earlier = {cuboid.instance_id: cuboid for cuboid in before.labels.cuboids}
    if seconds <= 0:
        yield Violation("tracks", _place(after), f"{seconds} s after the sample before")
        return
    for cuboid in after.labels.cuboids:
        other = earlier.get(cuboid.instance_id)
        if other is None:
            continue
        place = _place(after, cuboid.instance_id)
        if (cuboid.actor_class, cuboid.model) != (other.actor_class, other.model):
            yield Violation("tracks", place, "class or model changed")
        yield from _shape(other, cuboid, seconds, place)
        tumbles = cuboid.actor_class in TUMBLING
        # The centre of a leaning cyclist's box swings above it; a tumbling box turns about its centre.
        moved = cuboid.centre_m - other.centre_m if tumbles else cuboid.origin_m - other.origin_m
        meant = 0.5 * seconds * (cuboid.velocity_mps + other.velocity_mps)
        slack = SLACK_M + JERK_MPS3 * seconds**3 / 12  # error of the trapezium rule
        if tumbles:  # an impact changes the velocity at any time in between
            slack += 0.5 * seconds * float(np.linalg.norm(cuboid.velocity_mps - other.velocity_mps))
        gap = float(np.linalg.norm(moved - meant))
        if gap > slack:
            yield Violation("tracks", place, f"moved {gap:.3f} m otherwise than its velocity says")


def _shape(before: Cuboid, after: Cuboid, seconds: float, place: str) -> Iterator[Violation]:
    """A rigid box is the same one while its doors keep still; faces about limbs move no faster than limbs do."""
    if not _limbed(after):
        if after.doors != before.doors:
            return
        trembles = TYRE_M if after.doors else 0.0
        if np.abs(np.subtract(after.size_m, before.size_m)).max() > trembles:
            yield Violation("tracks", place, f"size {before.size_m} changed to {after.size_m}")
        elif np.abs(_offset(after) - _offset(before)).max() > RIGID_M + trembles:
            yield Violation("tracks", place, "the box moved about its origin")
        return
    reach = SLACK_M + seconds * max(_limb_mps(before), _limb_mps(after))
    reach += POSE_M if after.attribute != before.attribute else 0.0
    gap = max(float(np.abs(a - b).max()) for a, b in zip(_faces(before), _faces(after), strict=True))
    if gap > reach:
        yield Violation("tracks", place, f"a face moved {gap:.3f} m about the origin in {seconds:.3f} s")


def _limbed(cuboid: Cuboid) -> bool:
    return cuboid.actor_class in LIMBED or _walks(cuboid)


def _walks(cuboid: Cuboid) -> bool:
    return cuboid.actor_class in ACTOR_CLASSES and ACTOR_CLASSES[cuboid.actor_class].moves == "walker"


def _limb_mps(cuboid: Cuboid) -> float:
    return LIMB_MPS + LIMB_SHARE * float(np.linalg.norm(cuboid.velocity_mps))


def _offset(cuboid: Cuboid) -> NDArray[np.float64]:
    """(3,) the box's centre in the actor's frame."""
    offset: NDArray[np.float64] = world_from_cuboid(cuboid)[:3, :3].T @ (cuboid.centre_m - cuboid.origin_m)
    return offset


def _faces(cuboid: Cuboid) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lowest and highest corner in the actor's frame."""
    half = 0.5 * np.asarray(cuboid.size_m)
    return _offset(cuboid) - half, _offset(cuboid) + half


def _bounds(mask: NDArray[np.bool_]) -> Box | None:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)


def _contains(outer: Box | None, inner: Box, slack_px: float) -> bool:
    if outer is None:
        return False
    return (
        outer[0] - slack_px <= inner[0]
        and outer[1] - slack_px <= inner[1]
        and outer[2] + slack_px >= inner[2]
        and outer[3] + slack_px >= inner[3]
    )


def _local(points_m: NDArray[np.floating], frame_from_cuboid: NDArray[np.float64]) -> NDArray[np.float64]:
    local: NDArray[np.float64] = (points_m.astype(np.float64) - frame_from_cuboid[:3, 3]) @ frame_from_cuboid[
        :3, :3
    ]
    return local


def _inside(
    points_m: NDArray[np.float64], frame_from_cuboid: NDArray[np.float64], cuboid: Cuboid, margin_m: float
) -> NDArray[np.bool_]:
    half = np.maximum(0.5 * np.asarray(cuboid.size_m) + margin_m, 0.0)
    within: NDArray[np.bool_] = np.all(np.abs(_local(points_m, frame_from_cuboid)) <= half, axis=1)
    return within


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


def summary(violations: Sequence[Violation]) -> dict[str, int]:
    """Number of violations by rule."""
    return dict(sorted(Counter(violation.rule for violation in violations).items()))
