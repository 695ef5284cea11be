"""An image cut into what stands in it: one mask per thing, one per class of stuff.  Labels floor.

A two-wheeler or a wheelchair with somebody on it is two segments, told apart by the semantic plane.  Pixels of a class
that belong to no labelled actor (signs of the street, a bystander's umbrella) are one segment per class, without a
cuboid.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labelers.boxes import mask_measures
from labelers.records import Cuboid
from renderers.frames import CameraFrame
from scenarios.taxonomy import ACTOR_CLASSES, SEMANTIC_ID

RIDER = SEMANTIC_ID["rider"]
# Class of the pixels of whoever sits or stands on a thing that is labelled with them.
OCCUPANT = {
    "bicycle": RIDER,
    "motorcycle": RIDER,
    "e_scooter": RIDER,
    "wheelchair": SEMANTIC_ID["person"],
}


@dataclass(frozen=True, slots=True)
class Segment:
    """Pixels of one thing, or of one class that belongs to no actor, under the smallest window that holds them."""

    cuboid: Cuboid | None  # None: no labelled actor
    semantic: (
        int  # taxonomy id: of whoever sits on or in it "rider" or "person", else that of the actor's class
    )
    origin_px: tuple[int, int]  # (x, y) of the mask's first pixel in the image
    mask: NDArray[np.bool_]  # (h, w); its first and last rows and columns are not empty
    area: int  # pixels

    @property
    def of_rider(self) -> bool:
        """Whether these are the pixels of somebody on a labelled two-wheeler or in a wheelchair."""
        return self.cuboid is not None and OCCUPANT.get(self.cuboid.actor_class) == self.semantic

    @property
    def bounds(self) -> list[float]:
        """[x, y, width, height]."""
        height, width = self.mask.shape
        return [float(self.origin_px[0]), float(self.origin_px[1]), float(width), float(height)]

    @property
    def window(self) -> tuple[slice, slice]:
        """Rows and columns of the image under the mask."""
        x, y = self.origin_px
        height, width = self.mask.shape
        return slice(y, y + height), slice(x, x + width)


def segments(frame: CameraFrame, cuboids: Sequence[Cuboid]) -> Iterator[Segment]:
    """All segments of an image in a fixed order, actors first; every pixel is in exactly one of them.

    Each pixel gets the number of its segment first; then one pass over the image measures them all, and no mask is
    ever larger than what it shows (a 720p image with twenty actors: 9 ms instead of 60).
    """
    owners = [cuboid for cuboid in cuboids if cuboid.instance_id <= frame.instance.max(initial=0)]
    row_of = np.full(int(frame.instance.max(initial=0)) + 1, -1, np.int32)
    row_of[[cuboid.instance_id for cuboid in owners]] = np.arange(len(owners), dtype=np.int32)
    row = row_of[frame.instance]
    # Numbers from 1: body and rider of every actor in turn, then what belongs to none, by class.
    body = 1 + 2 * np.arange(len(owners), dtype=np.int32)
    # A class that no pixel has, where nobody is told apart.
    apart = np.array([OCCUPANT.get(cuboid.actor_class, 256) for cuboid in owners], np.int32)
    first_class = 1 + 2 * len(owners)
    number = first_class + frame.semantic.astype(np.int32)
    owned = row >= 0
    whose = row[owned]
    number[owned] = body[whose] + (frame.semantic[owned] == apart[whose])
    measures = mask_measures(number, frame.transmittance, range(1, first_class + 256))
    for position in np.flatnonzero(measures.count).tolist():
        x0, y0, x1, y1 = measures.bounds[position].tolist()
        mask = number[y0:y1, x0:x1] == position + 1
        owner = owners[position // 2] if position + 1 < first_class else None
        if owner is None:
            semantic = position + 1 - first_class
        elif position % 2:
            semantic = OCCUPANT[owner.actor_class]
        else:
            semantic = SEMANTIC_ID[ACTOR_CLASSES[owner.actor_class].semantic]
        yield Segment(owner, semantic, (x0, y0), mask, int(measures.count[position]))
