"""Filters take labels away, count them, and leave every format readable."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from labelers.filters import Filters
from labelers.writers import FORMATS
from tests.labels import synthetic

SAMPLE = synthetic.sample(0)


def left(filters: Filters) -> tuple[set[str], Counter[str]]:
    dropped: Counter[str] = Counter()
    made = filters.apply(SAMPLE, lambda reason: dropped.update([reason]))
    kinds = {cuboid.actor_class for cuboid in made.labels.cuboids}
    assert {box.actor_class for box in made.labels.boxes["cam_front"]} <= kinds
    assert made.cameras is SAMPLE.cameras and made.lidars is SAMPLE.lidars
    return kinds, dropped


def test_without_filters_the_sample_is_the_same() -> None:
    assert Filters().apply(SAMPLE, pytest.fail) is SAMPLE
    assert not Filters().active


def test_classes_range_points_pixels_and_visibility() -> None:
    everyone = {"car", "child", "bicycle", "truck"}
    assert left(Filters(classes=("car", "truck")))[0] == {"car", "truck"}
    near, dropped = left(Filters(max_range_m=14.0))
    by_distance = {cuboid.actor_class: cuboid.distance_m for cuboid in SAMPLE.labels.cuboids}
    assert near == {name for name in everyone if by_distance[name] <= 14.0} != everyone
    assert dropped == {"beyond 14 m": 4 - len(near)}
    points = {c.actor_class: sum(c.lidar_points.values()) for c in SAMPLE.labels.cuboids}
    limit = sorted(points.values())[1] + 1
    assert left(Filters(min_points=limit))[0] == {name for name, count in points.items() if count >= limit}
    pixels = {box.actor_class: box.visible_px for box in SAMPLE.labels.boxes["cam_front"]}
    limit = sorted(pixels.values())[1]
    kept, dropped = left(Filters(min_pixels=limit))
    assert kept == {name for name, count in pixels.items() if count >= limit}
    assert sum(dropped.values()) == 4 - len(kept)
    shares = {cuboid.actor_class: cuboid.visible_fraction for cuboid in SAMPLE.labels.cuboids}
    assert left(Filters(min_visible=1.0))[0] == {name for name, share in shares.items() if share >= 1.0}


def test_a_box_that_is_too_small_in_one_image_goes_there_alone() -> None:
    boxes = SAMPLE.labels.boxes["cam_front"]
    small = tuple(replace(box, visible_px=3) for box in boxes)
    labels = replace(SAMPLE.labels, boxes={"cam_front": boxes, "cam_side": small})
    dropped: Counter[str] = Counter()
    made = Filters(min_pixels=10).apply(
        replace(SAMPLE, labels=labels), lambda reason: dropped.update([reason])
    )
    assert len(made.labels.boxes["cam_front"]) == len(made.labels.cuboids) == 4
    assert made.labels.boxes["cam_side"] == ()
    assert dropped == {"boxes of fewer than 10 visible pixels": 4}


@pytest.mark.parametrize("form", [name for name in FORMATS if name != "native"])
def test_every_format_writes_what_is_left(form: str, tmp_path: Path) -> None:
    clip = synthetic.clip()
    writer = FORMATS[form].open(tmp_path, clip)
    for index in range(2):
        writer.add(Filters(classes=("child",)).apply(synthetic.sample(index), lambda reason: None))
    FORMATS[form].finalize(tmp_path, [(clip, writer.close())])
    assert any(path.is_file() for path in tmp_path.rglob("*"))
