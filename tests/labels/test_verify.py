"""The label proofs accept the truth and catch the classic ways of getting it wrong."""

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from labelers.proofs import flow as flow_proofs
from labelers.proofs.points import points_in_cuboids, points_in_depth
from labelers.proofs.world import Ground
from labelers.records import Box2D, Cuboid, FrameLabels, Sample
from labelers.verify import check_sample, check_samples, summary
from renderers.frames import CameraFrame, LidarSweep
from renderers.optics import pixel_rays
from scenarios.taxonomy import SEMANTIC_ID
from tests.labels import synthetic


def _cuboids(sample: Sample, change: Callable[[Cuboid], Cuboid]) -> Sample:
    labels = FrameLabels(
        tuple(change(cuboid) for cuboid in sample.labels.cuboids), sample.labels.boxes, sample.labels.tags
    )
    return replace(sample, labels=labels)


def _boxes(sample: Sample, change: Callable[[Box2D], Box2D | None]) -> Sample:
    changed = [change(box) for box in sample.labels.boxes["cam_front"]]
    kept = tuple(box for box in changed if box is not None)
    return replace(sample, labels=FrameLabels(sample.labels.cuboids, {"cam_front": kept}, sample.labels.tags))


def _turned(cuboid: Cuboid, **changes: object) -> Cuboid:
    return replace(cuboid, **changes)  # type: ignore[arg-type]


def _cameras(sample: Sample, change: Callable[[CameraFrame], CameraFrame]) -> Sample:
    return replace(sample, cameras={name: change(frame) for name, frame in sample.cameras.items()})


def _tilted(frame: CameraFrame, angle_rad: float) -> CameraFrame:
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    turn = np.array([[1.0, 0, 0, 0], [0, c, -s, 0], [0, s, c, 0], [0, 0, 0, 1]])
    return replace(frame, world_from_camera=frame.world_from_camera @ turn)


def _ranged(frame: CameraFrame) -> CameraFrame:
    rows, columns = np.mgrid[: frame.model.height_px, : frame.model.width_px]
    rays = pixel_rays(frame.model, np.stack([columns, rows], axis=-1).astype(np.float64))
    stretch = np.linalg.norm(rays, axis=-1).astype(np.float32)
    return replace(frame, depth_m=frame.depth_m * stretch)


def _lifted(sweep: LidarSweep, height_m: float) -> LidarSweep:
    moved = sweep.world_from_lidar.copy()
    moved[2, 3] += height_m
    return replace(sweep, world_from_lidar=moved)


def _shift(box: Box2D) -> Box2D:
    assert box.visible is not None
    x0, y0, x1, y1 = box.visible
    return replace(box, visible=(x0 + 1, y0, x1 + 1, y1))


def test_the_truth_passes() -> None:
    samples = [synthetic.sample(index) for index in range(4)]
    assert check_samples(samples, ground=lambda x, y: 0.0) == []


FAULTS: dict[str, tuple[Callable[[Sample], Sample], str]] = {
    "length and width swapped": (
        lambda s: _cuboids(s, lambda c: _turned(c, size_m=(c.size_m[1], c.size_m[0], c.size_m[2]))),
        "depth",
    ),
    "bottom centre for centre": (
        lambda s: _cuboids(s, lambda c: _turned(c, centre_m=c.centre_m - [0, 0, c.size_m[2] / 2])),
        "feet",
    ),
    "degrees for radians": (
        lambda s: _cuboids(s, lambda c: _turned(c, rotation_rad=np.degrees(c.rotation_rad))),
        "depth",
    ),
    "yaw a quarter turn off": (
        lambda s: _cuboids(
            s, lambda c: _turned(c, rotation_rad=c.rotation_rad + np.array([np.pi / 2, 0, 0]))
        ),
        "depth",
    ),
    "x and y swapped": (
        lambda s: _cuboids(s, lambda c: _turned(c, centre_m=c.centre_m[[1, 0, 2]])),
        "points",
    ),
    "labels of the frame before": (
        lambda s: replace(s, labels=synthetic.sample(s.index - 1).labels),
        "visible box",
    ),
    "boxes one pixel to the right": (lambda s: _boxes(s, _shift), "visible box"),
    "inclusive instead of half-open boxes": (
        lambda s: _boxes(
            s,
            lambda b: replace(
                b, visible=None if b.visible is None else (*b.visible[:2], b.visible[2] - 1, b.visible[3] - 1)
            ),
        ),
        "visible box",
    ),
    "a visible actor without a box": (
        lambda s: _boxes(s, lambda b: None if b.instance_id == 2 else b),
        "visible box",
    ),
    "occlusion upside down": (
        lambda s: _boxes(s, lambda b: replace(b, occlusion=1 - b.occlusion)),
        "fractions",
    ),
    "more visible than there is": (
        lambda s: _boxes(s, lambda b: replace(b, unoccluded_px=b.visible_px - 1)),
        "fractions",
    ),
    "corners behind the camera dropped": (
        lambda s: _boxes(
            s,
            lambda b: replace(b, cuboid=None if b.cuboid is None else (b.cuboid[0] + 5, *b.cuboid[1:])),
        ),
        "cuboid box",
    ),
    "a point too many": (
        lambda s: _cuboids(
            s, lambda c: _turned(c, lidar_points={"lidar_top": c.lidar_points["lidar_top"] + 1})
        ),
        "points",
    ),
    "zero width": (
        lambda s: _cuboids(s, lambda c: _turned(c, size_m=(c.size_m[0], 0.0, c.size_m[2]))),
        "taxonomy",
    ),
    "two actors' ids exchanged in the image": (
        lambda s: replace(
            s,
            cameras={
                "cam_front": replace(
                    s.cameras["cam_front"],
                    instance=np.select(
                        [s.cameras["cam_front"].instance == 2, s.cameras["cam_front"].instance == 9],
                        [9, 2],
                        s.cameras["cam_front"].instance,
                    ).astype(np.int32),
                )
            },
        ),
        "taxonomy",
    ),
}
FAULTS |= {
    "a camera that looks a degree higher than it says": (
        lambda s: _cameras(s, lambda f: _tilted(f, np.radians(1.0))),
        "points in depth",
    ),
    "a lidar half a metre higher than it says": (
        lambda s: replace(s, lidars={name: _lifted(sweep, 0.5) for name, sweep in s.lidars.items()}),
        "points in depth",
    ),
    "depth along the ray instead of along the axis": (
        lambda s: _cameras(s, _ranged),
        "points in depth",
    ),
}


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_faults_are_caught(name: str) -> None:
    spoil, rule = FAULTS[name]
    found = check_sample(spoil(synthetic.sample(1)), ground=lambda x, y: 0.0)
    assert rule in summary(found), summary(found)


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_the_table_of_faults_in_the_documents_is_this_one(name: str) -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "labels.md").read_text(encoding="utf-8")
    assert f"| {name} | {FAULTS[name][1]} |" in text


def test_a_track_that_jumps_or_changes_is_caught() -> None:
    first, second = synthetic.sample(0), synthetic.sample(1)
    still = _cuboids(second, lambda c: _turned(c, velocity_mps=np.zeros(3)))
    assert "tracks" in summary(check_samples([first, still]))
    grown = _cuboids(second, lambda c: _turned(c, size_m=(c.size_m[0] + 0.1, *c.size_m[1:])))
    assert "tracks" in summary(check_samples([first, grown]))
    assert "tracks" in summary(check_samples([second, first]))
    slid = _cuboids(second, lambda c: _turned(c, centre_m=c.centre_m + np.array((0.05, 0, 0))))
    facts = [v.fact for v in check_samples([first, slid]) if v.rule == "tracks"]
    assert "the box moved about its origin" in facts


def test_the_box_of_a_walker_may_breathe_but_only_as_fast_as_limbs_swing() -> None:
    first, second = synthetic.sample(0), synthetic.sample(1)
    seconds = (second.time_ns - first.time_ns) * 1e-9

    def longer(by_m: float, names: tuple[str, ...]) -> list[str]:
        def change(c: Cuboid) -> Cuboid:
            return _turned(c, size_m=(c.size_m[0] + by_m, *c.size_m[1:])) if c.actor_class in names else c

        grown = _cuboids(second, change)
        return [v.fact for v in check_samples([first, grown]) if v.rule == "tracks"]

    assert longer(0.3, ("child",)) == []
    assert len(longer(2.0 * (0.1 + 9.0 * seconds), ("child",))) == 1
    assert len(longer(0.001, ("car",))) > 0


def test_a_rigid_box_may_change_while_a_door_swings_and_not_before_or_after() -> None:
    first, second = synthetic.sample(0), synthetic.sample(1)

    def opened(sample: Sample, share: float, by_m: float) -> Sample:
        def change(c: Cuboid) -> Cuboid:
            wider = (c.size_m[0], c.size_m[1] + by_m, c.size_m[2])
            return _turned(c, doors={"front_left": share}, size_m=wider) if c.actor_class == "car" else c

        return _cuboids(sample, change)

    def facts(one: Sample, two: Sample) -> list[str]:
        return [v.fact for v in check_samples([one, two]) if v.rule == "tracks"]

    assert facts(opened(first, 0.0, 0.0), opened(second, 0.5, 0.6)) == []
    assert facts(opened(first, 0.5, 0.0), opened(second, 0.5, 0.6)) != []
    strange = check_samples([opened(first, 1.5, 0.0)])
    assert any(v.rule == "taxonomy" and "doors" in v.fact for v in strange)


def test_points_of_a_neighbour_do_not_count_as_strays() -> None:
    """A moving car smears within a sweep; its points belong where it was when each was taken."""
    sample = synthetic.sample(0)
    sweep = sample.lidars["lidar_top"]
    cuboid = next(c for c in sample.labels.cuboids if c.instance_id == 2)
    late = np.full(len(sweep.xyz_m), 40_000_000, np.int64)
    moved = sweep.xyz_m + np.where(sweep.instance == 2, 1.0, 0.0)[:, None] * (cuboid.velocity_mps * 0.04)
    smeared = replace(
        sweep,
        xyz_m=moved.astype(np.float32),
        raw_xyz_m=moved.astype(np.float32),
        range_m=np.linalg.norm(moved, axis=1).astype(np.float32),
        offset_ns=late,
    )
    found = check_sample(replace(sample, lidars={"lidar_top": smeared}))
    assert not [v for v in found if "outside the cuboid" in v.fact and v.place.endswith("/2")]


@pytest.mark.parametrize(("range_m", "aside_m", "faults"), [(60.0, 0.09, 0), (60.0, 0.2, 1), (6.0, 0.09, 1)])
def test_a_far_beam_s_rim_may_have_met_what_its_middle_passes(
    range_m: float, aside_m: float, faults: int
) -> None:
    """A VLP-16's beam is 3 mrad wide: at 60 m its rim is 9 cm beside its middle, where its point is."""
    sample = synthetic.sample(0)
    sweep = sample.lidars["lidar_top"]
    cuboid = next(c for c in sample.labels.cuboids if c.instance_id == 2)
    ahead = sweep.world_from_lidar @ np.array([range_m, 0.0, 0.0, 1.0])
    yaw = float(np.arctan2(sweep.world_from_lidar[1, 0], sweep.world_from_lidar[0, 0]))
    far = replace(
        cuboid, centre_m=ahead[:3], rotation_rad=np.array([yaw, 0.0, 0.0]), velocity_mps=np.zeros(3)
    )
    side = 0.5 * cuboid.size_m[1]
    points = np.array([[range_m, side + aside_m, 0.0], [range_m, side - 0.1, 0.0]], np.float32)
    rows = np.flatnonzero(sweep.cause == 0)[:2]
    few = replace(sweep, **{name: getattr(sweep, name)[rows] for name in _rows_of(sweep)})
    few = replace(
        few,
        xyz_m=points,
        raw_xyz_m=points,
        range_m=np.linalg.norm(points, axis=1).astype(np.float32),
        instance=np.full(2, 2, few.instance.dtype),
        offset_ns=np.zeros(2, np.int64),
    )
    labels = replace(sample.labels, cuboids=(far,))
    found = points_in_cuboids(replace(sample, lidars={"lidar_top": few}, labels=labels), "lidar_top")
    assert sum("outside the cuboid" in v.fact for v in found) == faults


def _rows_of(sweep: LidarSweep) -> list[str]:
    """The fields of a sweep that have a row a point."""
    count = len(sweep.xyz_m)
    values = {field.name: getattr(sweep, field.name) for field in fields(sweep)}
    return [n for n, v in values.items() if isinstance(v, np.ndarray) and v.ndim and len(v) == count]


def test_somebody_stepping_off_a_kerb_stands_between_its_levels() -> None:
    """The foot of who steps down is 6 cm above the road and 6 cm below the sidewalk: neither level is wrong."""
    sample = synthetic.sample(0)
    child = next(c for c in sample.labels.cuboids if c.actor_class == "child")
    edge_m = float(child.centre_m[0])

    def kerb(x_m: NDArray[np.float64], y_m: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(x_m < edge_m - 0.1, -0.06, 0.06)

    def of_child(ground: Ground) -> list[str]:
        return [v.fact for v in check_sample(sample, ground) if v.rule == "feet" and v.place.endswith("/3")]

    assert of_child(kerb) == []
    assert of_child(lambda x, y: 0.06) == ["0.060 m off the ground"]


@pytest.mark.parametrize(("out_m", "wrong"), [(0.06, False), (0.3, True)])
def test_ledges_thinner_than_a_pixel_may_be_what_a_beam_meets(out_m: float, wrong: bool) -> None:
    """A wall 30 m ahead, where a pixel is 10 cm wide: every tenth beam meets a ledge that no ray of the picture does."""
    sample = synthetic.sample(1)
    frame, sweep = sample.cameras["cam_front"], sample.lidars["lidar_top"]
    wall = replace(frame, depth_m=np.full_like(frame.depth_m, 30.0), instance=np.zeros_like(frame.instance))
    row, column = (axis.ravel() for axis in np.mgrid[20:160:4, 20:300:4])
    ledge = np.arange(len(row)) % 10 == 0
    depth = np.where(ledge, 30.0 - out_m, 30.0)
    points = pixel_rays(frame.model, np.stack([column, row], 1).astype(np.float64)) * depth[:, None]
    there = np.linalg.inv(sweep.world_from_lidar) @ frame.world_from_camera
    xyz = (points @ there[:3, :3].T + there[:3, 3]).astype(np.float32)
    count = len(xyz)
    met = replace(
        sweep,
        **{
            name: getattr(sweep, name)[:1].repeat(count)
            for name in ("intensity", "ring", "cause", "cos_incidence")
        },
        xyz_m=xyz,
        raw_xyz_m=xyz,
        offset_ns=np.zeros(count, np.int64),
        instance=np.zeros(count, np.int32),
        semantic=np.full(count, SEMANTIC_ID["building"], np.uint8),
        range_m=np.linalg.norm(xyz, axis=1).astype(np.float32),
        return_index=np.zeros(count, np.uint8),
    )
    spoilt = replace(sample, cameras={"cam_front": wall}, lidars={"lidar_top": met})
    assert bool(list(points_in_depth(spoilt, "lidar_top", "cam_front"))) == wrong


@pytest.mark.parametrize(("lost", "wrong"), [(0, False), (4, False), (5, True), (20, True)])
def test_a_tenth_of_an_outline_may_be_lost_on_the_way_and_no_more(lost: int, wrong: bool) -> None:
    sample = synthetic.sample(0)
    frame = sample.cameras["cam_front"]
    first, second = np.zeros_like(frame.instance), np.zeros_like(frame.instance)
    first[20:30, 40:50] = second[20:30, 40:50] = 7
    first[40, 4 : 4 + 4 * lost : 4] = (
        7  # of which the next picture shows nothing; 36 others are the block's rim
    )
    still = np.zeros((*first.shape, 2), np.float32)
    found = list(
        flow_proofs._owners(
            sample, replace(frame, instance=first), replace(frame, instance=second), still, still
        )
    )
    assert bool(found) is wrong
