"""Amodal masks, who hides whom, and contrasts agree with boxes, planes and pictures.  Labels floor."""

import math
from collections import Counter
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from labelers.definitions import DETECTABLE_POINTS, DETECTABLE_PX, RING_MOST_PX, RING_SHARE, ROSE
from labelers.proofs.shared import Violation, place_of
from labelers.records import Box2D, Sample
from labelers.rle import decode

MASK, CONTRAST = "amodal mask", "contrast"
# A picture that was read from a JPEG of quality 95 gives other contrasts than it did before.
JPEG_SHARE, JPEG_CODES = 0.15, 0.15
ASKED_PX = 64  # smaller masks are colour that JPEG shares with what lies around


def amodal_masks(sample: Sample, camera: str) -> Iterator[Violation]:
    """Each holds the visible mask, has the stated pixels and bounds, and what hides it are the pixels in front of it."""
    plane = sample.cameras[camera].instance
    for box in sample.labels.boxes.get(camera, ()):
        place = place_of(sample, camera, box.instance_id)
        try:
            mask = decode({"size": list(plane.shape), "counts": box.amodal_rle})
        except ValueError:
            yield Violation(MASK, place, "no mask of the image's size")
            continue
        if int(mask.sum()) != box.unoccluded_px:
            yield Violation(MASK, place, f"{int(mask.sum())} pixels, {box.unoccluded_px} stated")
            continue
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        bounds = (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
        if box.amodal is None or tuple(map(float, bounds)) != tuple(box.amodal):
            yield Violation(MASK, place, f"bounds {bounds}, box {box.amodal}")
        beside = int(np.count_nonzero((plane == box.instance_id) & ~mask))
        if beside:
            yield Violation(MASK, place, f"{beside} visible pixels lie outside it")
        hiding = Counter(plane[mask].tolist())
        hiding.pop(box.instance_id, None)
        if dict(hiding) != box.occluders:
            yield Violation(MASK, place, f"hidden by {box.occluders}, in front of it are {dict(hiding)}")


def contrasts(sample: Sample, camera: str) -> Iterator[Violation]:
    """Contrasts are those of the picture, and `detectable` follows from them."""
    frame = sample.cameras[camera]
    spoilt = f"fault_{camera}" in sample.labels.tags or not frame.image.any()
    for box in sample.labels.boxes.get(camera, ()):
        place = place_of(sample, camera, box.instance_id)
        enough = box.visible_px >= DETECTABLE_PX and box.contrast * math.sqrt(box.visible_px) >= ROSE
        if box.detectable != enough:
            yield Violation(
                CONTRAST, place, f"detectable {box.detectable} at {box.contrast:.2f}, {box.visible_px} px"
            )
        if box.visible_px < ASKED_PX or spoilt:
            continue
        mask = frame.instance == box.instance_id
        if not mask.any():  # `visible box` tells that
            continue
        found = _contrast(frame.image, mask, box)
        if abs(found - box.contrast) > JPEG_CODES + JPEG_SHARE * found:
            yield Violation(CONTRAST, place, f"contrast {box.contrast:.2f}, {found:.2f} in the picture")


def _contrast(image: NDArray[np.uint8], mask: NDArray[np.bool_], box: Box2D) -> float:
    """By distances to the mask along rows and columns instead of by growing it."""
    reach = min(max(round(RING_SHARE * math.sqrt(box.visible_px)), 2), RING_MOST_PX)
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    top, left = max(rows[0] - reach, 0), max(columns[0] - reach, 0)
    window = np.s_[top : rows[-1] + reach + 1, left : columns[-1] + reach + 1]
    near = mask[window]
    for axis in (0, 1):
        sums = np.cumsum(
            np.pad(near.astype(np.int64), [(reach + 1, reach) if k == axis else (0, 0) for k in (0, 1)]), axis
        )
        length = near.shape[axis]
        late, early = (np.take(sums, range(a, a + length), axis) for a in (2 * reach + 1, 0))
        near = late > early
    inside, around = (
        image[window][mask[window]].astype(float),
        image[window][near & ~mask[window]].astype(float),
    )
    if not len(around):
        return 0.0
    noise = 0.5 * (inside.var(axis=0).sum() + around.var(axis=0).sum()) + 0.25
    return float(np.linalg.norm(inside.mean(axis=0) - around.mean(axis=0)) / math.sqrt(noise))


def detections(sample: Sample) -> Iterator[Violation]:
    """A cuboid is detectable where an image says so or a sweep has points enough of its actor."""
    for cuboid in sample.labels.cuboids:
        number = cuboid.instance_id
        seen = any(
            b.detectable for kept in sample.labels.boxes.values() for b in kept if b.instance_id == number
        )
        points = [int(np.count_nonzero(s.instance == number)) for s in sample.lidars.values()]
        if cuboid.detectable != (seen or max(points, default=0) >= DETECTABLE_POINTS):
            fact = f"detectable {cuboid.detectable}, in an image {seen}, with {points} points"
            yield Violation(CONTRAST, place_of(sample, number), fact)
