"""Faults of labels as they happen to simulators, each planted into the samples of a rendered clip.

A fault takes the clip's samples as a reader gives them and returns spoilt ones.  The names stand in docs/labels.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelers.definitions import KEYPOINTS, PERSON
from labelers.geometry import inverse_rigid
from labelers.records import Box, Box2D, Cuboid, ImageLine, ImageSkeleton, Sample, Skeleton
from labelers.rle import decode, encode
from renderers.frames import CameraFrame, LidarSweep
from scenarios.taxonomy import ACTOR_CLASSES

Samples = Sequence[Sample]
Fault = Callable[[Samples], Samples]


def cuboids(change: Callable[[Cuboid], Cuboid]) -> Fault:
    return each(lambda s: labelled(s, cuboids=tuple(change(c) for c in s.labels.cuboids)))


def boxes(change: Callable[[Box2D], Box2D]) -> Fault:
    return each(
        lambda s: labelled(s, boxes={name: tuple(map(change, kept)) for name, kept in s.labels.boxes.items()})
    )


def visible(change: Callable[[Box], Box]) -> Fault:
    return boxes(lambda b: b if b.visible is None else replace(b, visible=change(b.visible)))


def frames(change: Callable[[CameraFrame], CameraFrame]) -> Fault:
    return each(lambda s: replace(s, cameras={name: change(frame) for name, frame in s.cameras.items()}))


def sweeps(change: Callable[[LidarSweep], LidarSweep]) -> Fault:
    return each(lambda s: replace(s, lidars={name: change(sweep) for name, sweep in s.lidars.items()}))


def skeletons(change: Callable[[Skeleton], Skeleton]) -> Fault:
    return each(lambda s: labelled(s, skeletons=tuple(change(k) for k in s.labels.skeletons)))


def image_skeletons(change: Callable[[ImageSkeleton], ImageSkeleton]) -> Fault:
    return each(
        lambda s: labelled(
            s,
            image_skeletons={n: tuple(map(change, kept)) for n, kept in s.labels.image_skeletons.items()},
        )
    )


def image_lines(change: Callable[[ImageLine], ImageLine]) -> Fault:
    return each(
        lambda s: labelled(
            s, image_lines={n: tuple(map(change, kept)) for n, kept in s.labels.image_lines.items()}
        )
    )


def mirrored_ground(sample: Sample) -> Sample:
    """Masks of where one may drive are flipped, actors left out again."""
    return labelled(
        sample,
        drivable={
            name: mask[:, ::-1] & (sample.cameras[name].instance == 0)
            for name, mask in sample.labels.drivable.items()
        },
    )


def other_sides(k: Skeleton) -> Skeleton:
    """Left and right exchanged, in the world."""
    names = KEYPOINTS[k.kind]
    swap = {"left": "right", "right": "left"}
    order = [names.index("_".join(swap.get(part, part) for part in name.split("_"))) for name in names]
    return replace(k, xyz_m=k.xyz_m[order])


def one_elbow_for_the_other(k: Skeleton) -> Skeleton:
    order = np.arange(len(k.xyz_m))
    order[[7, 8]] = 8, 7
    return replace(k, xyz_m=k.xyz_m[order]) if k.kind == PERSON else k


def image_skeletons_left_out(samples: Samples) -> Samples:
    def spoilt(sample: Sample) -> Sample:
        kept = {
            name: tuple(k for k in given if (k.visibility == 2).any())
            for name, given in sample.labels.image_skeletons.items()
        }
        return labelled(sample, image_skeletons=kept)

    return each(spoilt)(samples)


def flow_3d(change: Callable[[NDArray[np.float32], CameraFrame], NDArray[Any]]) -> Fault:
    def spoilt(frame: CameraFrame) -> CameraFrame:
        flow = frame.extras.flow_3d
        assert flow is not None
        return replace(frame, extras=replace(frame.extras, flow_3d=change(flow, frame).astype(np.float32)))

    return frames(spoilt)


def late_skeletons(samples: Samples) -> Samples:
    return [labelled(now, image_skeletons=before.labels.image_skeletons) for before, now in pairwise(samples)]


def flow(change: Callable[[NDArray[np.float32]], NDArray[np.float32]]) -> Fault:
    def spoilt(frame: CameraFrame) -> CameraFrame:
        assert frame.extras.flow_forward is not None
        return replace(frame, extras=replace(frame.extras, flow_forward=change(frame.extras.flow_forward)))

    return frames(spoilt)


def each(change: Callable[[Sample], Sample]) -> Fault:
    return lambda samples: [change(sample) for sample in samples]


def labelled(sample: Sample, **changes: Any) -> Sample:
    return replace(sample, labels=replace(sample.labels, **changes))


def resized(c: Cuboid, *order: int) -> Cuboid:
    length, width, height = (c.size_m[k] for k in order)
    return replace(c, size_m=(length, width, height))


def turned(c: Cuboid, *by_rad: float) -> Cuboid:
    return replace(c, rotation_rad=c.rotation_rad + np.array(by_rad))


def late(samples: Samples) -> Samples:
    return [replace(now, labels=before.labels) for before, now in pairwise(samples)]


def late_poses(samples: Samples) -> Samples:
    return [replace(now, world_from_ego=before.world_from_ego) for before, now in pairwise(samples)]


def late_planes(samples: Samples) -> Samples:
    """The picture's masks are of the frame before, everything else of this one."""
    return [
        replace(
            now,
            cameras={
                name: replace(
                    frame, instance=before.cameras[name].instance, semantic=before.cameras[name].semantic
                )
                for name, frame in now.cameras.items()
            },
        )
        for before, now in pairwise(samples)
    ]


def renumbered(samples: Samples) -> Samples:
    """Ids count anew in every frame, in masks, points and labels alike."""
    found = []
    for shift, sample in enumerate(samples):
        numbers = sorted(c.instance_id for c in sample.labels.cuboids)
        table = np.zeros(max(numbers) + 1, np.int32)
        table[numbers] = np.roll(numbers, shift)
        new = dict(zip(numbers, np.roll(numbers, shift).tolist(), strict=True))
        moved = cuboids(lambda c, new=new: replace(c, instance_id=new[c.instance_id]))([sample])  # type: ignore[misc]
        moved = boxes(lambda b, new=new: replace(b, instance_id=new[b.instance_id]))(moved)  # type: ignore[misc]
        moved = frames(lambda f, table=table: replace(f, instance=table[f.instance]))(moved)  # type: ignore[misc]
        moved = sweeps(lambda s, table=table: replace(s, instance=table[s.instance]))(moved)  # type: ignore[misc]
        found += list(moved)
    return found


def exchanged(sample: Sample) -> Sample:
    """Two actors of one class change their names and ids everywhere but in the masks."""
    first, second = cars(sample)[:2]
    names = {first.instance_id: second, second.instance_id: first}

    def swap(c: Cuboid) -> Cuboid:
        other = names.get(c.instance_id)
        return c if other is None else replace(c, instance_id=other.instance_id, name=other.name)

    return labelled(sample, cuboids=tuple(swap(c) for c in sample.labels.cuboids))


def cars(sample: Sample) -> list[Cuboid]:
    return [c for c in sample.labels.cuboids if c.actor_class == "car"]


def without_hidden(sample: Sample) -> Sample:
    """Who is in no picture loses the cuboid."""
    seen = {b.instance_id for kept in sample.labels.boxes.values() for b in kept if b.visible is not None}
    return labelled(sample, cuboids=tuple(c for c in sample.labels.cuboids if c.instance_id in seen))


def hidden_kept(b: Box2D) -> Box2D:
    """A hidden actor is given the box of its silhouette as if it were seen."""
    return replace(b, visible=b.amodal if b.visible is None else b.visible)


def masks(change: Callable[[NDArray[np.bool_]], NDArray[np.bool_]]) -> Fault:
    """Amodal masks changed and written again."""

    def spoilt(sample: Sample) -> Sample:
        def other(camera: str, b: Box2D) -> Box2D:
            shape = list(sample.cameras[camera].instance.shape)
            mask = change(decode({"size": shape, "counts": b.amodal_rle}))
            return replace(b, amodal_rle=str(encode(mask)["counts"]))

        return labelled(
            sample, boxes={n: tuple(other(n, b) for b in kept) for n, kept in sample.labels.boxes.items()}
        )

    return each(spoilt)


def visible_for_amodal(sample: Sample) -> Sample:
    def other(camera: str, b: Box2D) -> Box2D:
        mask = sample.cameras[camera].instance == b.instance_id
        return replace(b, amodal_rle=str(encode(mask)["counts"]))

    return labelled(
        sample, boxes={n: tuple(other(n, b) for b in kept) for n, kept in sample.labels.boxes.items()}
    )


def global_contrasts(sample: Sample) -> Sample:
    def other(camera: str, b: Box2D) -> Box2D:
        frame = sample.cameras[camera]
        mine = frame.instance == b.instance_id
        if not mine.any():
            return b
        gap = frame.image[mine].mean(axis=0) - frame.image[~mine].mean(axis=0)
        return replace(b, contrast=float(np.linalg.norm(gap) / frame.image[~mine].std()))

    return labelled(
        sample, boxes={n: tuple(other(n, b) for b in kept) for n, kept in sample.labels.boxes.items()}
    )


def seen_from(frame: CameraFrame, matrix: NDArray[np.float64]) -> CameraFrame:
    return replace(frame, world_from_camera=matrix)


def along_rays(sweep: LidarSweep, **changes: Any) -> LidarSweep:
    return replace(sweep, **changes)


def moved_points(sweep: LidarSweep, matrix: NDArray[np.float64]) -> LidarSweep:
    xyz = sweep.xyz_m @ matrix[:3, :3].T.astype(np.float32) + matrix[:3, 3].astype(np.float32)
    return replace(sweep, xyz_m=xyz.astype(np.float32))


def shrunk(plane: NDArray[Any]) -> NDArray[Any]:
    """Half the resolution and back again, averaging neighbours as if numbers of things were brightness."""
    height, width = (side // 2 * 2 for side in plane.shape)
    halves = plane[:height, :width].reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3))
    made = plane.copy()
    made[:height, :width] = np.repeat(np.repeat(halves, 2, axis=0), 2, axis=1).astype(plane.dtype)
    return made


def backwards(samples: Samples) -> Samples:
    def spoilt(frame: CameraFrame) -> CameraFrame:
        extras = frame.extras
        return replace(
            frame,
            extras=replace(extras, flow_forward=extras.flow_backward, flow_backward=extras.flow_forward),
        )

    return frames(spoilt)(samples[1:-1])


def of_another_class(c: Cuboid) -> Cuboid:
    return replace(c, actor_class={"car": "truck", "pedestrian": "child"}.get(c.actor_class, c.actor_class))


def ego_axes(sample: Sample) -> Sample:
    turn = sample.world_from_ego[:3, :3].T
    return labelled(
        sample,
        cuboids=tuple(replace(c, velocity_mps=turn @ c.velocity_mps) for c in sample.labels.cuboids),
    )


def relative(sample: Sample) -> Sample:
    return labelled(
        sample,
        cuboids=tuple(
            replace(c, velocity_mps=c.velocity_mps - sample.ego_velocity_mps) for c in sample.labels.cuboids
        ),
    )


def undistinguished(sample: Sample) -> Sample:
    """The cuboid of one actor is written twice."""
    return labelled(sample, cuboids=(*sample.labels.cuboids, sample.labels.cuboids[0]))


def other_weather(sample: Sample) -> Sample:
    return labelled(sample, tags=sample.labels.tags | {"rain_mm_per_h": 0.0, "rain": "none"})


QUARTER, HALF = np.pi / 2, np.pi

# Fault -> (how it is planted, a rule that must see it).
PLANTED: dict[str, tuple[Fault, str]] = {
    # boxes in the image
    "boxes half a pixel off": (
        visible(lambda b: (b[0] + 0.5, b[1] + 0.5, b[2] + 0.5, b[3] + 0.5)),
        "visible box",
    ),
    "boxes as corner and size": (visible(lambda b: (b[0], b[1], b[2] - b[0], b[3] - b[1])), "visible box"),
    "boxes of half the resolution": (
        visible(lambda b: (b[0] / 2, b[1] / 2, b[2] / 2, b[3] / 2)),
        "visible box",
    ),
    "rows and columns of boxes swapped": (visible(lambda b: (b[1], b[0], b[3], b[2])), "visible box"),
    "hidden actors' boxes kept as visible": (boxes(hidden_kept), "visible box"),
    "the cuboid's box for the visible one": (
        boxes(lambda b: replace(b, visible=b.visible and b.cuboid)),
        "visible box",
    ),
    "the visible box for the amodal one": (
        boxes(lambda b: replace(b, visible=b.amodal, amodal=b.visible)),
        "visible box",
    ),
    "occlusion in per cent": (boxes(lambda b: replace(b, occlusion=100 * b.occlusion)), "fractions"),
    "truncation below nought": (boxes(lambda b: replace(b, truncation=b.truncation - 0.01)), "fractions"),
    "transmittance in per cent": (
        boxes(lambda b: replace(b, transmittance=100 * b.transmittance)),
        "fractions",
    ),
    # silhouettes
    "amodal masks mirrored": (masks(lambda m: m[:, ::-1]), "amodal mask"),
    "amodal masks row by row": (masks(lambda m: np.reshape(m.ravel(order="F"), m.shape)), "amodal mask"),
    "amodal masks one pixel off": (masks(lambda m: np.roll(m, 1, axis=1)), "amodal mask"),
    "visible masks for amodal ones": (each(visible_for_amodal), "amodal mask"),
    "occluders counted at half the resolution": (
        boxes(lambda b: replace(b, occluders={k: v // 4 for k, v in b.occluders.items()})),
        "amodal mask",
    ),
    "who is hidden for who hides": (
        boxes(lambda b: replace(b, occluders={b.instance_id: sum(b.occluders.values())})),
        "amodal mask",
    ),
    "contrasts against the whole image": (each(global_contrasts), "contrast"),
    "contrasts in decibels": (
        boxes(lambda b: replace(b, contrast=20 * float(np.log10(max(b.contrast, 1e-3))))),
        "contrast",
    ),
    "everybody with a box detectable": (boxes(lambda b: replace(b, detectable=True)), "contrast"),
    "hidden actors detectable": (cuboids(lambda c: replace(c, detectable=True)), "contrast"),
    # planes
    "masks mirrored": (frames(lambda f: replace(f, instance=f.instance[:, ::-1])), "visible box"),
    "masks one row too low": (
        frames(lambda f: replace(f, instance=np.roll(f.instance, 1, axis=0))),
        "visible box",
    ),
    "masks of the frame before": (late_planes, "visible box"),
    "ids averaged when the masks were scaled": (
        frames(lambda f: replace(f, instance=shrunk(f.instance))),
        "visible box",
    ),
    "ids cut to eight bits": (
        frames(lambda f: replace(f, instance=f.instance & 0xFF)),
        "visible box",
    ),
    "semantic ids counted from one": (frames(lambda f: replace(f, semantic=f.semantic + 1)), "taxonomy"),
    "depth in centimetres": (frames(lambda f: replace(f, depth_m=f.depth_m * 100)), "depth"),
    "depth inverted": (frames(lambda f: replace(f, depth_m=(1 / f.depth_m).astype(np.float32))), "depth"),
    "depth in steps of half a metre": (
        frames(lambda f: replace(f, depth_m=(np.floor(f.depth_m * 2) / 2).astype(np.float32))),
        "depth",
    ),
    "depth cut off at twelve metres": (
        frames(lambda f: replace(f, depth_m=np.minimum(f.depth_m, np.float32(12)))),
        "depth",
    ),
    "a camera's pose inverted": (frames(lambda f: seen_from(f, inverse_rigid(f.world_from_camera))), "depth"),
    "a camera's pose a frame late": (
        lambda samples: [
            replace(
                now,
                cameras={
                    name: seen_from(frame, before.cameras[name].world_from_camera)
                    for name, frame in now.cameras.items()
                },
            )
            for before, now in pairwise(samples)
        ],
        "depth",
    ),
    # cuboids
    "width and height swapped": (cuboids(lambda c: resized(c, 0, 2, 1)), "depth"),
    "cuboids half as large": (
        cuboids(lambda c: replace(c, size_m=tuple(0.5 * m for m in c.size_m))),
        "depth",
    ),  # type: ignore[arg-type]
    "cuboids a tenth too large": (
        cuboids(lambda c: replace(c, size_m=tuple(1.1 * m for m in c.size_m))),
        "world",
    ),  # type: ignore[arg-type]
    "yaw half a turn off": (cuboids(lambda c: turned(c, HALF, 0, 0)), "world"),
    "yaw to the other side": (
        cuboids(lambda c: replace(c, rotation_rad=c.rotation_rad * np.array((-1.0, 1, 1)))),
        "world",
    ),
    "yaw from north instead of east": (
        cuboids(lambda c: replace(c, rotation_rad=np.array((QUARTER, 0, 0)) - c.rotation_rad)),
        "depth",
    ),
    "left-handed world": (
        cuboids(
            lambda c: replace(
                c, centre_m=c.centre_m * np.array((1, -1, 1.0)), origin_m=c.origin_m * np.array((1, -1, 1.0))
            )
        ),
        "depth",
    ),
    "places relative to the ego": (
        each(
            lambda s: labelled(
                s,
                cuboids=tuple(
                    replace(c, centre_m=c.centre_m - s.world_from_ego[:3, 3]) for c in s.labels.cuboids
                ),
            )
        ),
        "depth",
    ),
    "labels a frame late": (late, "world"),
    "the ego's pose a frame late": (late_poses, "world"),
    "times of the next frame": (
        each(lambda s: replace(s, time_ns=s.time_ns + 100_000_000)),
        "world",
    ),
    "velocities in the ego's axes": (each(ego_axes), "world"),
    "velocities relative to the ego": (each(relative), "tracks"),
    "velocities in km/h": (cuboids(lambda c: replace(c, velocity_mps=3.6 * c.velocity_mps)), "tracks"),
    "two actors exchanged": (each(exchanged), "world"),
    "ids that count anew in every frame": (renumbered, "tracks"),
    "an actor twice": (each(undistinguished), "world"),
    "no cuboid for who is hidden": (each(without_hidden), "world"),
    "a class of another kind": (cuboids(of_another_class), "taxonomy"),
    "a class that nobody knows": (cuboids(lambda c: replace(c, actor_class="auto")), "taxonomy"),
    "the weather of another clip": (each(other_weather), "world"),
    # key points
    "left and right of bodies exchanged": (skeletons(other_sides), "key points"),
    "one elbow for the other": (skeletons(one_elbow_for_the_other), "key points"),
    "bodies of the next size": (
        skeletons(lambda k: replace(k, xyz_m=k.xyz_m.mean(axis=0) + 1.3 * (k.xyz_m - k.xyz_m.mean(axis=0)))),
        "key points",
    ),
    "key points of the frame before": (late_skeletons, "key points"),
    "key points half a pixel off": (
        image_skeletons(lambda k: replace(k, uv_px=k.uv_px + 0.5)),
        "key points",
    ),
    "rows and columns of key points swapped": (
        image_skeletons(lambda k: replace(k, uv_px=k.uv_px[:, ::-1])),
        "key points",
    ),
    "hidden key points called visible": (
        image_skeletons(lambda k: replace(k, visibility=np.where(k.visibility == 1, 2, k.visibility))),
        "key points",
    ),
    "key points in the image called outside": (
        image_skeletons(lambda k: replace(k, visibility=np.where(k.visibility == 2, 0, k.visibility))),
        "key points",
    ),
    "no key points of who is hidden": (
        image_skeletons_left_out,
        "key points",
    ),
    # lanes
    "lane lines a lane to the left": (
        each(
            lambda s: labelled(
                s,
                lines=tuple(
                    replace(k, points_m=k.points_m + np.array((0.0, 3.5, 0.0))) for k in s.labels.lines
                ),
            )
        ),
        "lane lines",
    ),
    "lane lines below the road": (
        each(
            lambda s: labelled(
                s,
                lines=tuple(
                    replace(k, points_m=k.points_m - np.array((0.0, 0.0, 0.5))) for k in s.labels.lines
                ),
            )
        ),
        "lane lines",
    ),
    "lane lines of the frame before": (
        lambda samples: [
            labelled(now, image_lines=before.labels.image_lines) for before, now in pairwise(samples)
        ],
        "lane lines",
    ),
    "lane lines drawn through vehicles": (
        image_lines(lambda k: replace(k, visible=np.ones_like(k.visible))),
        "lane lines",
    ),
    "lane lines half a pixel off": (
        image_lines(lambda k: replace(k, uv_px=k.uv_px + 0.5)),
        "lane lines",
    ),
    "tracks of lane lines exchanged": (
        lambda samples: [
            labelled(
                s, lines=tuple(replace(k, line_id=1 + (k.line_id + s.index) % 3) for k in s.labels.lines)
            )
            for s in samples
        ],
        "lane lines",
    ),
    "drivable masks mirrored": (each(mirrored_ground), "drivable"),
    "actors drivable": (
        each(
            lambda s: labelled(
                s, drivable={n: m | (s.cameras[n].instance > 0) for n, m in s.labels.drivable.items()}
            )
        ),
        "drivable",
    ),
    # points
    "points in the ego's frame": (sweeps(lambda s: moved_points(s, s.ego_from_lidar)), "points"),
    "axes of points swapped": (sweeps(lambda s: replace(s, xyz_m=s.xyz_m[:, [1, 0, 2]])), "points"),
    "points as measured, motion not removed": (sweeps(lambda s: replace(s, xyz_m=s.raw_xyz_m)), "points"),
    "times of points backwards": (sweeps(lambda s: replace(s, offset_ns=-s.offset_ns)), "points"),
    "owners of points one place on": (
        sweeps(lambda s: replace(s, instance=np.roll(s.instance, 1))),
        "points",
    ),
    "classes of points one place on": (
        sweeps(lambda s: replace(s, semantic=np.roll(s.semantic, 1))),
        "taxonomy",
    ),
    "a lidar mounted a quarter of a metre lower": (
        sweeps(
            lambda s: replace(
                s,
                world_from_lidar=s.world_from_lidar - 0.25 * np.eye(4)[:, [2]] * np.eye(4)[3],
            )
        ),
        "points in depth",
    ),
    "ranges in decimetres": (sweeps(lambda s: replace(s, range_m=10 * s.range_m)), "points"),
    # flow
    "flow backward for forward": (backwards, "flow"),
    "flow down and right swapped": (flow(lambda f: f[..., ::-1]), "flow"),
    "flow as a share of the width": (flow(lambda f: f / np.float32(f.shape[1])), "flow"),
    "flow half as far": (flow(lambda f: f / np.float32(2)), "flow"),
    "flow in space backwards": (flow_3d(lambda f, k: -f), "flow in space"),
    "flow in space for a second": (flow_3d(lambda f, k: 10 * f), "flow in space"),
    "flow in space left at zero": (flow_3d(lambda f, k: 0 * f), "flow in space"),
    "flow in space in the camera's axes": (
        flow_3d(lambda f, k: f @ k.world_from_camera[:3, :3]),
        "flow in space",
    ),
    "flow in space with the ego's motion": (
        flow_3d(lambda f, k: f - np.array((1.0, 0.0, 0.0))),
        "flow in space",
    ),
    "flow in space in the sky": (flow_3d(lambda f, k: np.nan_to_num(f)), "flow in space"),
    "flow in space a row off": (flow_3d(lambda f, k: np.roll(f, 1, axis=0)), "flow in space"),
}

assert {"car", "pedestrian", "truck", "child"} <= set(ACTOR_CLASSES)
