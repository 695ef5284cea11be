"""Spikes and ghosts: as many and as much as optics says, and no light more than the lamp gave."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from renderers.flare import EDGES, FIRST_PX, GHOSTS, add_flare, diffracted
from renderers.kernels.flare import label_spots
from renderers.optics import camera_model
from scenarios.schema import Camera

MODEL = camera_model(
    Camera[float].model_validate({"mount": {"z": 1.4}, "width": 481, "height": 361, "fov": np.radians(40)})
)
FOCAL = float(MODEL.matrix[0, 0])
DARK = 0.1
LAMP = 4e7


def lamp(
    blades: int, coating: float, at: tuple[int, int] = (240, 180), width_m: float = 1e-3
) -> NDArray[np.float64]:
    """A dark picture with one lamp after the lens, less the dark."""
    image = np.full((361, 481, 3), DARK, np.float32)
    image[at[1], at[0]] = LAMP
    add_flare(image, MODEL, width_m, blades, coating, "front", 3)
    return image.astype(np.float64) - DARK


def test_light_is_moved_and_none_is_made() -> None:
    for blades, coating in ((7, 0.0), (0, 0.02), (6, 0.02)):
        seen = lamp(blades, coating)
        assert seen.sum(axis=(0, 1)) == pytest.approx(np.full(3, LAMP), rel=1e-3)
        assert seen.min() > -1e-3
        assert seen[180, 240].max() < LAMP


@pytest.mark.parametrize(("blades", "spikes"), [(6, 6), (7, 14), (8, 8), (5, 10)])
def test_odd_blades_draw_twice_as_many_spikes(blades: int, spikes: int) -> None:
    seen = lamp(blades, 0.0)
    turn = np.linspace(0.0, 2.0 * np.pi, 1440, endpoint=False)
    seen[..., 1] = cv2.GaussianBlur(seen[..., 1], (0, 0), 2.0)
    y, x = np.rint(180 + 70 * np.sin(turn)).astype(int), np.rint(240 + 70 * np.cos(turn)).astype(int)
    bright = seen[y, x, 1] > 0.3 * seen[y, x, 1].max()
    assert int((bright & ~np.roll(bright, 1)).sum()) == spikes


def test_spikes_carry_what_the_aperture_diffracts() -> None:
    seen = lamp(8, 0.0)
    y, x = np.mgrid[-180:181, -240:241]
    per_aperture = FOCAL * 545e-9 / 1e-3
    for radius in (10.0, 40.0):
        ring = (np.hypot(x, y) > radius) & (np.hypot(x, y) < 170.0)
        expected = EDGES * (diffracted(radius, per_aperture) - diffracted(170.0, per_aperture)) * LAMP
        assert seen[..., 1][ring].sum() == pytest.approx(float(expected), rel=0.1)
    # A wider pupil diffracts less, and red is diffracted farther than blue.
    assert lamp(8, 0.0, width_m=2e-3)[..., 1][ring].sum() == pytest.approx(
        0.5 * seen[..., 1][ring].sum(), rel=0.05
    )
    assert seen[..., 0][ring].sum() / seen[..., 2][ring].sum() == pytest.approx(612 / 465, rel=0.01)
    assert seen[180, 240, 1] < LAMP * (1.0 - 0.9 * EDGES * float(diffracted(FIRST_PX, per_aperture)))


def test_ghosts_lie_on_the_line_through_the_middle_and_go_with_the_square_of_the_reflectance() -> None:
    at = (330, 260)
    strong, weak = lamp(0, 0.02, at), lamp(0, 0.01, at)
    strong[at[1] - 1 : at[1] + 2, at[0] - 1 : at[0] + 2] = weak[
        at[1] - 1 : at[1] + 2, at[0] - 1 : at[0] + 2
    ] = 0.0
    assert strong.sum() == pytest.approx(4.0 * weak.sum(), rel=0.02)
    assert strong.sum() < GHOSTS * 3.2 * LAMP * 0.02**2
    y, x = np.mgrid[-180:181, -240:241]
    light = strong.sum(axis=2)
    across = (light * (x * 80.0 - y * 90.0)).sum() / light.sum() / np.hypot(80.0, 90.0)
    assert abs(across) < 2.0


def test_several_lamps_keep_their_light_and_the_picture_does_not_depend_on_threads() -> None:
    rng = np.random.default_rng(2)
    image = np.full((361, 481, 3), DARK, np.float32)
    for x, y in zip(rng.integers(20, 460, 9), rng.integers(20, 340, 9), strict=True):
        image[y : y + 3, x : x + 2] = rng.uniform(0.1, 1.0, 3) * LAMP
    seen = [image.copy() for _ in range(3)]
    for one, threads in zip(seen, (1, 2, 5), strict=True):
        add_flare(one, MODEL, 1e-3, 7, 0.02, "front", 3, threads)
    assert (seen[0] == seen[1]).all() and (seen[0] == seen[2]).all()
    before, after = image.sum(axis=(0, 1), dtype=float), seen[0].sum(axis=(0, 1), dtype=float)
    assert after == pytest.approx(before, rel=1e-4)
    assert np.abs(seen[0] - image).max() > 0.01 * LAMP * EDGES * float(diffracted(FIRST_PX, FOCAL * 5e-4))


def test_plain_days_stay_as_they_are() -> None:
    rng = np.random.default_rng(1)
    image = np.exp(rng.normal(0.0, 0.8, (361, 481, 3))).astype(np.float32)
    before = image.copy()
    add_flare(image, MODEL, 1e-3, 7, 0.01, "front", 3)
    assert (image == before).all()


def test_spots_are_what_touches_also_at_corners() -> None:
    rng = np.random.default_rng(3)
    for share in (0.02, 0.3, 0.6, 1.0):
        bright = (rng.random((53, 71)) < share).astype(np.uint8)
        pixels = np.flatnonzero(bright).astype(np.int32)
        spot, room = np.empty(len(pixels), np.int64), np.empty(bright.size, np.int32)
        count = label_spots(pixels, 71, bright.reshape(-1), room, spot)
        others, label = cv2.connectedComponents(bright)
        pairs = set(zip(label.reshape(-1)[pixels].tolist(), spot.tolist(), strict=True))
        assert count == others - 1 == len(pairs) and sorted({k for _, k in pairs}) == list(range(count))
