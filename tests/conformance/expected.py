"""What a displacement of the truth must cost, by arithmetic."""

from typing import Any

UNDECIDED = 0.005  # of overlap: a bicycle of 1.80 m keeps exactly the half that KITTI asks for


def overlap_of_shift(extent_m: float, shift_m: float) -> float:
    """IoU of a box with itself moved along one of its own axes: the common part over the sum less that part."""
    common = max(extent_m - shift_m, 0.0)
    return common / (extent_m + shift_m) if common else 0.0


def kitti_drop(answer: dict[str, Any], direction: str) -> dict[str, float]:
    """AP40 in space of every class whose objects all keep, or all lose, the overlap that KITTI asks for.

    `direction` is along (length) or across (width).
    """
    sizes = answer["lengths_m" if direction == "along" else "widths_m"]
    expected = {}
    for name, extents in sizes.items():
        spare = [
            overlap_of_shift(extent, answer["moved_m"]) - answer["min_overlap"][name] for extent in extents
        ]
        # The overlap grows with the extent, so the smallest and the largest speak for all between.
        if min(spare) > UNDECIDED:
            expected[name] = 100.0
        elif max(spare) < -UNDECIDED:
            expected[name] = 0.0
    return expected


def coco_drop(shift_share: float) -> float:
    """COCO's AP when every box is moved by a share of its width: the share of the ten thresholds that it survives."""
    overlap = overlap_of_shift(1.0, shift_share)
    return sum(overlap >= 0.5 + 0.05 * step for step in range(10)) / 10


def check_kitti_drop(answer: dict[str, Any]) -> None:
    """A car survives 0.6 m along its length and not along its width; a person survives neither."""
    for direction in ("along", "across"):
        expected = kitti_drop(answer, direction)
        assert {"Car", "Pedestrian"} <= set(expected), (direction, answer["lengths_m"], answer["widths_m"])
        for row, scores in answer[f"moved_{direction}"].items():
            name = row.split()[0]
            assert scores["image"] == 100.0, row  # the boxes in the image stay where they are
            if name in expected:
                assert scores["space"] == expected[name], (direction, row)


def hota_drop(shift_share: float) -> float:
    """HOTA's mean over its nineteen thresholds when boxes are moved by a share of their width.

    A threshold that the overlap misses costs every match; one that it reaches costs nothing.
    """
    overlap = overlap_of_shift(1.0, shift_share)
    return sum(overlap >= 0.05 * step for step in range(1, 20)) / 19
