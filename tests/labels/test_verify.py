"""The label proofs accept the truth and catch the classic ways of getting it wrong."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from labelers.records import Box2D, Cuboid, FrameLabels, Sample
from labelers.verify import check_sample, check_samples, summary
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


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_faults_are_caught(name: str) -> None:
    spoil, rule = FAULTS[name]
    found = check_sample(spoil(synthetic.sample(1)), ground=lambda x, y: 0.0)
    assert rule in summary(found), summary(found)


def test_a_track_that_jumps_or_changes_is_caught() -> None:
    first, second = synthetic.sample(0), synthetic.sample(1)
    still = _cuboids(second, lambda c: _turned(c, velocity_mps=np.zeros(3)))
    assert "tracks" in summary(check_samples([first, still]))
    grown = _cuboids(second, lambda c: _turned(c, size_m=(c.size_m[0] + 0.1, *c.size_m[1:])))
    assert "tracks" in summary(check_samples([first, grown]))
    assert "tracks" in summary(check_samples([second, first]))


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
