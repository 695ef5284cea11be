"""Key points: in the cuboid, on the picture where the camera puts them, as visible as the planes say, on rigid bones.

Labels floor.
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from labelers.definitions import KEYPOINTS, MEAN_SHIN_M, OWN_BODY_M, PERSON
from labelers.geometry import world_from_cuboid
from labelers.proofs.shared import SLACK_M, Violation, in_cuboid_frame, limb_mps, place_of
from labelers.records import Cuboid, ImageSkeleton, Sample, Skeleton
from renderers.frames import CameraFrame
from renderers.optics import project

RULE = "key points"
SAME_PX = 1e-6  # one projection of the same numbers
BONE_M = 0.003  # how far a bone may stretch between two samples
SIDES_M, SIDES_SHARE = 0.02, 0.12  # between bones of the left and of the right; who lies is fitted into a box
# Bones of COCO's body: upper and lower arm, thigh and shin.
BONES = tuple((KEYPOINTS[PERSON].index(a), KEYPOINTS[PERSON].index(b)) for a, b in (
    ("left_shoulder", "left_elbow"), ("left_elbow", "left_wrist"), ("left_hip", "left_knee"),
    ("left_knee", "left_ankle"), ("right_shoulder", "right_elbow"), ("right_elbow", "right_wrist"),
    ("right_hip", "right_knee"), ("right_knee", "right_ankle"), ("left_eye", "right_eye"), ("nose", "left_ear"),
))  # fmt: skip
SHIN_BONES = (3, 7)
SIDED = 4  # bones on each side
NOSE, LEFT_EYE, RIGHT_EYE, LEFT_EAR, RIGHT_EAR = range(5)


def skeletons_in_cuboids(sample: Sample) -> Iterator[Violation]:
    """Points lie in the cuboid of their actor; a face has its left at its left, limbs are alike on both sides."""
    cuboids = {cuboid.instance_id: cuboid for cuboid in sample.labels.cuboids}
    for skeleton in sample.labels.skeletons:
        place = place_of(sample, skeleton.instance_id, skeleton.kind)
        cuboid = cuboids.get(skeleton.instance_id)
        names = KEYPOINTS.get(skeleton.kind, ())
        if cuboid is None or len(names) != len(skeleton.xyz_m):
            yield Violation(RULE, place, f"{len(skeleton.xyz_m)} points of nobody who has {len(names)}")
            continue
        half = 0.5 * np.asarray(cuboid.size_m) + SLACK_M
        local = in_cuboid_frame(skeleton.xyz_m, world_from_cuboid(cuboid))
        beyond = np.nan_to_num(np.abs(local) - half, nan=-1.0).max(axis=1)
        worst = int(np.argmax(beyond))
        if beyond[worst] > 0.0:
            yield Violation(RULE, place, f"{names[worst]} is {beyond[worst]:.2f} m outside the cuboid")
        elif skeleton.kind == PERSON:
            yield from _person(skeleton.xyz_m, place)
        else:
            yield from _ends(names, local, place)


def _ends(names: Sequence[str], local_m: NDArray[np.float64], place: str) -> Iterator[Violation]:
    """Front before rear, left to the left of right: the box tells no middle, as an open door belongs to it."""
    for row, name in enumerate(names):
        if "_front" in name and local_m[row, 0] < local_m[names.index(name.replace("front", "rear")), 0]:
            yield Violation(RULE, place, f"{name} is behind the rear one")
            return
        if name.endswith("left") and local_m[row, 1] < local_m[names.index(name[:-4] + "right"), 1]:
            yield Violation(RULE, place, f"{name} is on the right of the right one")
            return


def _person(xyz_m: NDArray[np.float64], place: str) -> Iterator[Violation]:
    if not np.isfinite(xyz_m).all():
        yield Violation(RULE, place, "a person lacks key points")
        return
    ahead = xyz_m[NOSE] - 0.5 * (xyz_m[LEFT_EAR] + xyz_m[RIGHT_EAR])
    left = xyz_m[LEFT_EAR] - xyz_m[RIGHT_EAR]
    up = 0.5 * (xyz_m[LEFT_EYE] + xyz_m[RIGHT_EYE]) - xyz_m[NOSE]
    if float(np.cross(ahead, left) @ up) <= 0.0:
        yield Violation(RULE, place, "the left of the face is at its right")
    bones = _bones(xyz_m)
    for row in range(SIDED):
        one, other = bones[row], bones[row + SIDED]
        if abs(one - other) > SIDES_M + SIDES_SHARE * max(one, other):
            name = KEYPOINTS[PERSON][BONES[row][0]].removeprefix("left_")
            yield Violation(
                RULE, place, f"from the {name} on {one:.2f} m at the left, {other:.2f} m at the right"
            )


def _bones(xyz_m: NDArray[np.float64]) -> list[float]:
    return [float(np.linalg.norm(xyz_m[a] - xyz_m[b])) for a, b in BONES]


def rigid_skeletons(before: Sample, after: Sample) -> Iterator[Violation]:
    """Bones keep their lengths; of a vehicle whose doors and wheels keep still, points keep their place in it."""
    earlier = {(s.instance_id, s.kind): s for s in before.labels.skeletons}
    for skeleton in after.labels.skeletons:
        known = earlier.get((skeleton.instance_id, skeleton.kind))
        if known is None or skeleton.kind != PERSON or known.xyz_m.shape != skeleton.xyz_m.shape:
            continue
        change = np.abs(np.subtract(_bones(skeleton.xyz_m), _bones(known.xyz_m)))
        if not change.max() <= BONE_M:
            a, b = BONES[int(np.argmax(change))]
            names = KEYPOINTS[PERSON]
            fact = f"from {names[a]} to {names[b]} it stretches by {change.max():.3f} m"
            yield Violation(RULE, place_of(after, skeleton.instance_id, skeleton.kind), fact)


def image_skeletons(sample: Sample, camera: str) -> Iterator[Violation]:
    """Places follow from the camera, visibilities from its planes; whoever has a box and key points has them here."""
    frame = sample.cameras[camera]
    known = {(s.instance_id, s.kind): s for s in sample.labels.skeletons}
    cuboids = {cuboid.instance_id: cuboid for cuboid in sample.labels.cuboids}
    given = sample.labels.image_skeletons.get(camera, ())
    boxed = {box.instance_id for box in sample.labels.boxes.get(camera, ())}
    lacking = {key for key in known if key[0] in boxed} - {(s.instance_id, s.kind) for s in given}
    for number, kind in sorted(lacking):
        yield Violation(RULE, place_of(sample, camera, number, kind), "a box and no key points")
    for seen in given:
        place = place_of(sample, camera, seen.instance_id, seen.kind)
        skeleton, cuboid = known.get((seen.instance_id, seen.kind)), cuboids.get(seen.instance_id)
        if skeleton is None or cuboid is None or len(seen.uv_px) != len(skeleton.xyz_m):
            yield Violation(RULE, place, "key points in the image that are nowhere in the world")
            continue
        yield from _places(frame, skeleton, seen, cuboid, place)
        yield from _visibilities(frame, skeleton, seen, place)


def _places(
    frame: CameraFrame, skeleton: Skeleton, seen: ImageSkeleton, cuboid: Cuboid, place: str
) -> Iterator[Violation]:
    names = KEYPOINTS[seen.kind]
    for name, point, uv in zip(names, skeleton.xyz_m, seen.uv_px, strict=True):
        pose, moved, slack_px = frame.world_from_camera, point, SAME_PX
        if frame.rows is not None and np.isfinite(uv).all():
            row = int(np.clip(round(uv[1]), 0, len(frame.rows.offset_s) - 1))
            late_s = float(frame.rows.offset_s[row])
            pose, moved = frame.rows.world_from_row[row], point + late_s * cuboid.velocity_mps
            near_m = max(float(np.linalg.norm(moved - pose[:3, 3])), 0.1)
            slack_px = 0.5 + float(frame.model.matrix[0, 0]) * abs(late_s) * limb_mps(cuboid) / near_m
        expected = project(frame.model, pose[:3, :3].T @ (moved - pose[:3, 3]))
        if np.isfinite(expected).all() != np.isfinite(uv).all():
            if frame.rows is None:
                yield Violation(RULE, place, f"{name} is at {uv}, the camera has it at {expected}")
        elif float(np.nan_to_num(np.abs(expected - uv)).max()) > slack_px:
            yield Violation(
                RULE, place, f"{name} is at {uv.round(2)}, the camera has it at {expected.round(2)}"
            )


def _visibilities(
    frame: CameraFrame, skeleton: Skeleton, seen: ImageSkeleton, place: str
) -> Iterator[Violation]:
    names, height, width = KEYPOINTS[seen.kind], *frame.instance.shape
    scale = _stature(skeleton)
    for row, (name, uv, stated) in enumerate(zip(names, seen.uv_px, seen.visibility.tolist(), strict=True)):
        inside = bool(np.isfinite(uv).all()) and -0.5 <= uv[0] < width - 0.5 and -0.5 <= uv[1] < height - 0.5
        if inside != (stated > 0):
            yield Violation(RULE, place, f"{name} at {uv} has visibility {stated}")
            continue
        if not inside:
            continue
        x, y = min(round(uv[0]), width - 1), min(round(uv[1]), height - 1)
        own = int(frame.instance[y, x]) == seen.instance_id
        if (
            frame.rows is not None
        ):  # how deep the point is in the row's own instant, the world's point does not say
            if stated == 2 and not own:
                yield Violation(RULE, place, f"{name} is visible where the picture shows another")
            continue
        local = frame.world_from_camera[:3, :3].T @ (skeleton.xyz_m[row] - frame.world_from_camera[:3, 3])
        depth_m = math.dist(local, (0.0, 0.0, 0.0)) if frame.model.fisheye else float(local[2])
        behind_m = depth_m - float(frame.depth_m[y, x])
        allowed_m = OWN_BODY_M[seen.kind][row] * scale
        if abs(behind_m - allowed_m) < 1e-6:  # either is right
            continue
        if stated != (2 if own and behind_m <= allowed_m else 1):
            told = f"{behind_m:.2f} m behind {'itself' if own else 'another'}"
            yield Violation(RULE, place, f"{name} has visibility {stated}, and is {told}")


def _stature(skeleton: Skeleton) -> float:
    if skeleton.kind != PERSON:
        return 1.0
    bones: Sequence[float] = _bones(skeleton.xyz_m)
    return sum(bones[row] for row in SHIN_BONES) / len(SHIN_BONES) / MEAN_SHIN_M
