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
JPEG_SHARE, JPEG_LEAST = 0.15, 0.15
SLIP_CODES = (
    1.0  # that mean colours may move: steps of colours' coefficients are 2 to 10 there (T.81, table K.2)
)
LUMA = np.array((0.299, 0.587, 0.114))  # of a JPEG (ITU-T T.871)
BLOCK_PX = 2  # pixels a side that share a colour in its files, though not a brightness (4:2:0)
OWN_PX = 8  # whose colour is only their side's, enough to say what it was
ASKED_PX = 64  # smaller masks are colour that JPEG shares with what lies around

Apart = tuple[float, float]  # a contrast, and what a code value is worth in it


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
        (found, slip), (most, _) = _contrasts(frame.image, mask, box)
        less, more = found - box.contrast, box.contrast - most
        least = JPEG_LEAST + SLIP_CODES * slip
        if less > least + JPEG_SHARE * found or more > least + JPEG_SHARE * most:
            yield Violation(CONTRAST, place, f"contrast {box.contrast:.2f}, {found:.2f} in the picture")


def _contrasts(image: NDArray[np.uint8], mask: NDArray[np.bool_], box: Box2D) -> tuple[Apart, Apart]:
    """Of the picture, and the most it may have had before blocks across the outline shared their colours.

    By distances to the mask along rows and columns instead of by growing it.
    """
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
    ring = near & ~mask[window]
    if not ring.any():
        return (0.0, 0.0), (0.0, 0.0)
    shown = image[window].astype(float)
    found = _apart(shown[mask[window]], shown[ring])
    light = shown @ LUMA
    colour = shown - light[..., None]
    mixed = _mixed(mask)[window]
    for side in (mask[window], ring):
        own = side & ~mixed
        if np.count_nonzero(own) >= OWN_PX:
            colour[side & mixed] = colour[own].mean(axis=0)
    before = light[..., None] + colour
    return found, max(found, _apart(before[mask[window]], before[ring]))


def _apart(inside: NDArray[np.float64], around: NDArray[np.float64]) -> Apart:
    """Contrast-to-noise of two sets of pixels (N, 3), and what one code value more between their means would add."""
    noise = 0.5 * (inside.var(axis=0).sum() + around.var(axis=0).sum()) + 0.25
    by = 1.0 / math.sqrt(noise)
    return float(np.linalg.norm(inside.mean(axis=0) - around.mean(axis=0))) * by, by


def _mixed(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pixels in blocks that lie on both sides of a mask's outline."""
    height, width = mask.shape
    even = np.pad(mask, ((0, height % BLOCK_PX), (0, width % BLOCK_PX)), mode="edge")
    blocks = even.reshape(even.shape[0] // BLOCK_PX, BLOCK_PX, -1, BLOCK_PX)
    both = blocks.any(axis=(1, 3)) & ~blocks.all(axis=(1, 3))
    out: NDArray[np.bool_] = both.repeat(BLOCK_PX, axis=0).repeat(BLOCK_PX, axis=1)[:height, :width]
    return out


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
