"""A sweep in pieces: every firing once, neighbours in one packet, parts one after another."""

import numpy as np
import pytest

from renderers.lidar_models import Make, firings
from renderers.lidar_slices import BLOCK, slices_of

PACKET = BLOCK**2


@pytest.mark.parametrize(
    "name", ["HDL-64E", "VLP-32C", "VLS-128", "OS1-128", "Pandar128", "AT128", "Avia", "Flash"]
)
def test_slices_hold_every_firing_once(name: str) -> None:
    shots = firings(Make(name))
    rows = np.concatenate([piece.rows for piece in slices_of(Make(name))])
    assert (np.sort(rows) == np.arange(len(shots.laser))).all()


@pytest.mark.parametrize(
    ("name", "most_deg"), [("HDL-64E", 2.5), ("VLS-128", 2.0), ("OS1-128", 3.5), ("Pandar128", 1.5)]
)
def test_packets_are_narrow_though_the_lasers_of_a_firing_look_to_many_sides(
    name: str, most_deg: float
) -> None:
    # By steps, half of the HDL-64E's packets were wider than 8 degrees to either side, and took twice as long to trace.
    direction = firings(Make(name)).direction
    half_deg = []
    for piece in slices_of(Make(name)):
        aim = direction[piece.rows]
        aim = aim[: len(aim) // PACKET * PACKET].reshape(-1, PACKET, 3)
        middle = aim.mean(axis=1, keepdims=True)
        middle /= np.linalg.norm(middle, axis=2, keepdims=True)
        half_deg.append(np.degrees(np.arccos(np.clip((aim * middle).sum(axis=2).min(axis=1), -1.0, 1.0))))
    assert np.median(np.concatenate(half_deg)) < most_deg


def test_parts_of_a_slice_follow_one_another_and_keep_their_firings() -> None:
    piece = slices_of(Make("HDL-64E"))[3]
    cuts = np.array([piece.first_step, piece.first_step + 16, piece.first_step + 40, piece.last_step])
    parted, part = piece.parted(cuts)
    assert (np.diff(part) >= 0).all() and set(part) == {0, 1, 2}
    assert (np.sort(parted.rows) == np.sort(piece.rows)).all()
    own = {row: (ring, step) for row, ring, step in zip(piece.rows, piece.ring, piece.step, strict=True)}
    for row, ring, step, k in zip(parted.rows, parted.ring, parted.step, part, strict=True):
        assert own[row] == (ring, step) and cuts[k] <= piece.first_step + step < cuts[k + 1]
    same, whole = piece.parted(cuts[[0, -1]])
    assert same is piece and not whole.any()
