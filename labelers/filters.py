"""Which actors a dataset labels: by pixels, points, visible share, range and class.  Labels floor.

A filter takes labels away and nothing else: pictures, planes of pixels and points stay what they are.  The planes then
show things without a label, which formats treat as what belongs to no labelled actor (crowds, groups).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from labelers.records import Cuboid, Sample


@dataclass(frozen=True, slots=True)
class Filters:
    """Least and most of what an actor must have to be labelled in a sample; the default lets everything pass."""

    min_pixels: int = (
        0  # visible, in the camera that shows most of it; and in each image that its box stands in
    )
    min_points: int = 0  # inside its cuboid, of all lidars together
    min_visible: float = 0.0  # visible fraction over all cameras
    max_range_m: float = math.inf  # from the ego's origin
    classes: tuple[str, ...] = ()  # () for all

    @property
    def active(self) -> bool:
        """Whether anything may be left out."""
        return self != Filters()

    def reason(self, cuboid: Cuboid, pixels: int) -> str | None:
        """Why an actor is left out of a sample; None where it stays."""
        if self.classes and cuboid.actor_class not in self.classes:
            return "of a class that is not asked for"
        if cuboid.distance_m > self.max_range_m:
            return f"beyond {self.max_range_m:g} m"
        if cuboid.visible_fraction < self.min_visible:
            return f"visible by less than {self.min_visible:g}"
        if sum(cuboid.lidar_points.values()) < self.min_points:
            return f"with fewer than {self.min_points} lidar points"
        return f"with fewer than {self.min_pixels} visible pixels" if pixels < self.min_pixels else None

    def apply(self, sample: Sample, drop: Callable[[str], None]) -> Sample:
        """The sample with the labels that stay; `drop` hears why each of the other cuboids and boxes goes."""
        if not self.active:
            return sample
        labels = sample.labels
        pixels: dict[int, int] = {}
        for boxes in labels.boxes.values():
            for box in boxes:
                pixels[box.instance_id] = max(pixels.get(box.instance_id, 0), box.visible_px)
        cuboids = []
        for cuboid in labels.cuboids:
            reason = self.reason(cuboid, pixels.get(cuboid.instance_id, 0))
            if reason is None:
                cuboids.append(cuboid)
            else:
                drop(reason)
        kept = {cuboid.instance_id for cuboid in cuboids}
        seen = {}
        for name, boxes in labels.boxes.items():
            mine = [box for box in boxes if box.instance_id in kept]
            seen[name] = tuple(box for box in mine if box.visible_px >= self.min_pixels)
            for _ in range(len(mine) - len(seen[name])):
                drop(f"boxes of fewer than {self.min_pixels} visible pixels")
        in_image = {name: {box.instance_id for box in boxes} for name, boxes in seen.items()}
        return replace(
            sample,
            labels=replace(
                labels,
                cuboids=tuple(cuboids),
                boxes=seen,
                skeletons=tuple(one for one in labels.skeletons if one.instance_id in kept),
                image_skeletons={
                    name: tuple(one for one in skeletons if one.instance_id in in_image.get(name, ()))
                    for name, skeletons in labels.image_skeletons.items()
                },
            ),
        )
