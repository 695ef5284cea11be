"""Words in pictures: none covers another, and boxes of others stay visible."""

import numpy as np

from sim.app.tags import HIDES, Rect, Tag, Tags, _place

PICTURE = (960, 540)
COLOR = (255, 90, 120)


def shared(one: Rect, other: Rect) -> int:
    across = min(one[2], other[2]) - max(one[0], other[0])
    return max(across, 0) * max(min(one[3], other[3]) - max(one[1], other[1]), 0)


def placed(tags: Tags, size: float = 0.42, rim: int = 6) -> list[tuple[str, Rect]]:
    """Where the words of a crowd stand, the largest box's first."""
    found: list[tuple[str, Rect]] = []
    for tag in tags.wanted:
        others = [one.box for one in tags.wanted if one is not tag]
        spot = _place(tag, PICTURE, size, rim, [rect for _, rect in found], others)
        if spot is not None:
            found.append(spot)
    return found


def crowd() -> Tags:
    """Nine people close together."""
    tags = Tags()
    for k in range(9):
        x = 400 + 14 * k
        tags.add(["pedestrian", f"{k} m", "occ 40%"], (x, 240, x + 24 - k, 300), COLOR)
    return tags


def test_words_of_a_crowd_cover_neither_one_another_nor_the_people() -> None:
    tags = crowd()
    found = placed(tags)
    assert len(found) >= 6
    for k, (words, rect) in enumerate(found):
        assert words.startswith("pedestrian")
        assert rect[0] >= 0 and rect[1] >= 0 and rect[2] <= PICTURE[0] and rect[3] <= PICTURE[1]
        assert not any(shared(rect, other) for _, other in found[:k])
    for tag, (_, rect) in zip(tags.wanted, found, strict=False):
        for other in tags.wanted:
            box = other.box
            if other is not tag and other not in tags.wanted[len(found) :]:
                assert shared(rect, box) <= HIDES * (box[2] - box[0]) * (box[3] - box[1])


def test_a_box_that_fills_the_picture_is_named_inside_and_one_at_the_border_within() -> None:
    whole = Tag(("bus", "2 m"), (0, 0, *PICTURE), COLOR)
    [_, rect] = _place(whole, PICTURE, 0.42, 6, [], []) or ("", (0, 0, 0, 0))
    assert rect[2] > rect[0] and shared(rect, whole.box) == (rect[2] - rect[0]) * (rect[3] - rect[1])
    edge = Tag(("car", "9 m"), (930, 0, 960, 40), COLOR)
    words, rect = _place(edge, PICTURE, 0.42, 6, [], []) or ("", (0, 0, 0, 0))
    assert words == "car 9 m" and rect[2] <= PICTURE[0] and rect[1] >= 0


def test_the_last_words_go_first_and_then_the_tag() -> None:
    tag = Tag(("motorcycle", "9 m", "occ 12%"), (100, 100, 130, 130), COLOR)
    words, _ = _place(tag, (400, 300), 0.42, 6, [], []) or ("", (0, 0, 0, 0))
    assert words == "motorcycle 9 m"  # all three are more than three tenths of so small a picture
    assert _place(tag, (120, 90), 0.42, 6, [], []) is None
    assert _place(tag, (400, 300), 0.42, 6, [(0, 0, 400, 300)], []) is None


def test_a_tag_away_from_its_box_hangs_on_a_line() -> None:
    tags = crowd()
    image = np.zeros((PICTURE[1], PICTURE[0], 3), np.uint8)
    tags.draw(image)
    highest = min(rect[3] for _, rect in placed(tags))
    assert highest < 200  # boxes begin at 240
    for row in range(highest, 240):
        assert (image[row] == COLOR).all(axis=1).any(), row
    again = np.zeros_like(image)
    tags.draw(again)
    assert np.array_equal(image, again)
