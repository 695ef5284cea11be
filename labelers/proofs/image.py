"""Boxes in the image agree with the masks, and with one another.  Labels floor."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from labelers.proofs.shared import Violation, place_of
from labelers.records import Box, Sample


def visible_boxes(sample: Sample, camera: str) -> Iterator[Violation]:
    """Visible boxes are the exact bounds of the masks, areas their pixels, and no mask goes without a box."""
    frame = sample.cameras[camera]
    boxes = {box.instance_id: box for box in sample.labels.boxes.get(camera, ())}
    known = {cuboid.instance_id for cuboid in sample.labels.cuboids}
    counts = dict(
        zip(*(part.tolist() for part in np.unique(frame.instance, return_counts=True)), strict=True)
    )
    for number, box in boxes.items():
        place = place_of(sample, camera, number)
        if box.visible_px != counts.get(number, 0):
            yield Violation("visible box", place, f"area {box.visible_px}, mask {counts.get(number, 0)}")
        bounds = _bounds(frame.instance == number)
        if box.visible != bounds:
            yield Violation("visible box", place, f"box {box.visible}, mask {bounds}")
    for number in sorted(counts.keys() & known - boxes.keys()):
        yield Violation(
            "visible box", place_of(sample, camera, number), f"{counts[number]} pixels and no box"
        )


def fractions(sample: Sample, camera: str) -> Iterator[Violation]:
    """Visible is part of unoccluded; occlusion and truncation are shares that follow from the pixels."""
    for box in sample.labels.boxes.get(camera, ()):
        place = place_of(sample, camera, box.instance_id)
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
            place = place_of(sample, camera, box.instance_id)
            yield Violation("cuboid box", place, f"amodal {box.amodal} outside {box.cuboid}")


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
