"""Words at the things of a picture, laid out so that none covers another.  Roof.

Whoever shows most is named first, beside its box if there is room and further up on a line if there is not; then the
last words go, and at last the whole tag: the box says by its colour what it holds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Color = tuple[int, int, int]
Rect = tuple[int, int, int, int]  # x0, y0, x1, y1, half-open

FONT = cv2.FONT_HERSHEY_SIMPLEX
FONT_SIZE, FONT_WIDTH_PX = 0.42, 960  # of words in pictures that are so wide, or wider
FONT_LEAST = 0.28  # below that nobody reads it
TAG_SHARE = 0.3  # of a picture's width
RISES = (1.6, 2.9, 4.2, 5.5, 6.8)  # heights of a tag that one on a line stands above its box
HIDES = 0.08  # share of somebody else's box that a tag may cover


@dataclass(frozen=True, slots=True)
class Tag:
    """What is said of a box, the most important word first."""

    words: tuple[str, ...]
    box: Rect
    color: Color


@dataclass(slots=True)
class Tags:
    """Tags of one picture, drawn when all of them are known."""

    wanted: list[Tag] = field(default_factory=list)

    def add(self, words: Sequence[str], box: Rect, color: Color) -> None:
        """Ask for a tag."""
        self.wanted.append(Tag(tuple(words), box, color))

    def draw(self, image: Image) -> None:
        """Draw over the picture as many of them as have room."""
        height, wide = image.shape[:2]
        size = min(max(FONT_SIZE * wide / FONT_WIDTH_PX, FONT_LEAST), FONT_SIZE)
        rim = max(round(6 * size / FONT_SIZE), 3)
        placed: list[tuple[Tag, str, Rect]] = []
        for tag in sorted(self.wanted, key=lambda t: -_area(t.box)):
            others = [one.box for one in self.wanted if one.box != tag.box]
            found = _place(tag, (wide, height), size, rim, [rect for _, _, rect in placed], others)
            if found is not None:
                placed.append((tag, *found))
        for tag, _, rect in placed:
            if rect[3] < tag.box[1] - 1:  # on a line of its own
                foot = min(max(rect[0] + 3, tag.box[0]), tag.box[2] - 1)
                cv2.line(image, (foot, rect[3]), (foot, tag.box[1]), tag.color, 1)
        for tag, text, rect in placed:
            cv2.rectangle(image, rect[:2], (rect[2] - 1, rect[3] - 1), tag.color, -1)
            ink = (0, 0, 0) if sum(tag.color) > 380 else (255, 255, 255)
            at = (rect[0] + 2, rect[3] - 1 - (rim + 1) // 2)
            cv2.putText(image, text, at, FONT, size, ink, 1, cv2.LINE_AA)


def _place(
    tag: Tag, picture: tuple[int, int], size: float, rim: int, taken: Sequence[Rect], others: Sequence[Rect]
) -> tuple[str, Rect] | None:
    """The words of a tag and where they stand; None where there is no room for any."""
    for count in range(len(tag.words), 0, -1):
        text = " ".join(tag.words[:count])
        (width, height), _ = cv2.getTextSize(text, FONT, size, 1)
        if width > TAG_SHARE * picture[0]:
            continue
        for rect in _places(tag.box, width + 5, height + rim + 1, picture):
            hides = any(_shared(rect, other) > HIDES * max(_area(other), 1) for other in others)
            if not hides and not any(_shared(rect, other) for other in taken):
                return text, rect
    return None


def _places(box: Rect, width: int, height: int, picture: tuple[int, int]) -> Iterator[Rect]:
    """Where a tag may stand, the best place first: above, below, beside, then above on a line, inside at last."""
    x0, y0, x1, y1 = box
    right = x1 - width
    above, inside = y0 - height + 1, y0
    corners = [(x0, above), (right, above), (x0, y1), (right, y1), (x1, y0), (x0 - width, y0)]
    corners += [(x, round(y0 - rise * height)) for rise in RISES for x in (x0, right, x0 - width // 2)]
    corners += [(x0, inside), (right, inside)]
    for wished, y in corners:
        x = min(max(wished, 0), picture[0] - width)
        if x >= 0 and 0 <= y <= picture[1] - height:
            yield x, y, x + width, y + height


def _area(rect: Rect) -> int:
    return max(rect[2] - rect[0], 0) * max(rect[3] - rect[1], 0)


def _shared(one: Rect, other: Rect) -> int:
    """Pixels that two rectangles have in common."""
    return _area((max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])))
