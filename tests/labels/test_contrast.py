"""Contrast-to-noise is what it is on paper, and a slow twin finds the same."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from labelers.contrast import contrast, detectable
from labelers.label import occluders
from labelers.proofs.silhouettes import contrasts
from labelers.records import Sample
from labelers.writers.files import jpeg_bytes
from tests.labels import synthetic


def naive_contrast(image: NDArray[np.uint8], mask: NDArray[np.bool_]) -> float:
    """Contrast-to-noise pixel by pixel; the slow twin."""
    reach = min(max(round(0.2 * np.sqrt(mask.sum())), 2), 16)
    around = []
    for v, u in zip(*np.nonzero(~mask), strict=True):
        near = mask[max(v - reach, 0) : v + reach + 1, max(u - reach, 0) : u + reach + 1]
        if near.any():
            around.append(image[v, u].astype(float))
    if not around:
        return 0.0
    inside, outside = image[mask].astype(float), np.array(around)
    gap = inside.mean(axis=0) - outside.mean(axis=0)
    return float(
        np.linalg.norm(gap) / np.sqrt((inside.var(axis=0).sum() + outside.var(axis=0).sum() + 0.5) / 2)
    )


def test_a_square_on_noise_has_the_contrast_of_its_step() -> None:
    rng = np.random.default_rng(0)
    image = rng.normal(100.0, 8.0, (200, 200, 3))
    image[60:140, 60:140] += (24.0, 0.0, 32.0)  # 40 apart
    mask = np.ones((80, 80), bool)
    found = contrast(np.rint(image).astype(np.uint8), mask, (60, 60))
    assert found == pytest.approx(40.0 / (8.0 * np.sqrt(3.0)), rel=0.03)


@pytest.mark.parametrize("origin", [(0, 0), (17, 30), (44, 38)])  # at the image's edges too
def test_the_slow_twin_agrees(origin: tuple[int, int]) -> None:
    rng = np.random.default_rng(3)
    image = rng.integers(0, 255, (60, 70, 3), np.uint8)
    mask = rng.random((22, 26)) < 0.4
    whole = np.zeros((60, 70), bool)
    whole[origin[1] : origin[1] + 22, origin[0] : origin[0] + 26] = mask
    assert contrast(image, mask, origin) == pytest.approx(naive_contrast(image, whole), rel=1e-9)


def test_a_uniform_picture_has_none_and_what_is_everything_has_no_ring() -> None:
    flat = np.full((30, 30, 3), 90, np.uint8)
    assert contrast(flat, np.ones((5, 5), bool), (10, 10)) == 0.0
    assert contrast(flat, np.ones((30, 30), bool), (0, 0)) == 0.0


def test_detectable_needs_pixels_and_their_contrast() -> None:
    box = (0.0, 0.0, 5.0, 5.0)
    assert detectable(box, 25, 1.0)
    assert not detectable(box, 24, 9.0)
    assert not detectable(box, 25, 0.99)
    assert detectable(box, 2500, 0.1)
    assert not detectable(None, 0, 0.0)


def test_occluders_are_counted_by_instance() -> None:
    assert occluders(np.array([4, 0, 4, 7, 4, 0], np.int32)) == {0: 2, 4: 3, 7: 1}


def cone_in_fog(seed: int, label_scale: float = 1.0) -> Sample:
    """A small orange cone before grey fog."""
    rng = np.random.default_rng(seed)
    height, half = int(rng.integers(12, 17)), int(rng.integers(5, 7))
    mask = np.zeros((90, 160), bool)
    for row in range(height):
        reach = max(round(half * (row + 1) / height), 1)
        mask[30 + row, 70 - reach : 70 + reach + row % 2] = True
    shade = np.linspace(118.0, 104.0, 90)[:, None, None] * np.ones((90, 160, 3))
    picture = shade + rng.normal(0.0, 2.0, (90, 160, 1))
    white = mask & (np.arange(90) % 5 == 0)[:, None]  # bands
    picture[mask], picture[white] = (139.0, 96.0, 80.0), (124.0, 121.0, 118.0)
    picture[mask] += rng.normal(0.0, 5.0, (np.count_nonzero(mask), 3))
    return kept_as_jpeg(picture, mask, label_scale)


def shade_in_dense_fog(seed: int, label_scale: float = 1.0) -> Sample:
    """A car that is a code value redder than the fog before which it stands."""
    rng = np.random.default_rng(seed)
    mask = np.zeros((90, 160), bool)
    mask[30:41, 70:81] = True
    picture = np.full((90, 160, 3), 128.0) + rng.normal(0.0, 1.4, (90, 160, 3))
    picture[mask] += (0.9, 0.0, -0.9)
    return kept_as_jpeg(picture, mask, label_scale)


def kept_as_jpeg(picture: NDArray[np.float64], mask: NDArray[np.bool_], label_scale: float) -> Sample:
    """A sample of one box in a picture that was kept as a JPEG, whose label tells of the one before."""
    image = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
    stated = contrast(image, mask, (0, 0))
    read = cv2.imdecode(np.frombuffer(jpeg_bytes(image), np.uint8), cv2.IMREAD_COLOR_RGB).astype(np.uint8)
    sample = synthetic.sample(0)
    [camera, *_] = sample.cameras
    box = next(b for b in sample.labels.boxes[camera] if b.visible is not None)
    count = int(np.count_nonzero(mask))
    enough = label_scale * stated * np.sqrt(count) >= 5.0
    box = replace(box, visible_px=count, contrast=label_scale * stated, detectable=bool(enough))
    frame = replace(
        sample.cameras[camera], image=read, instance=np.where(mask, box.instance_id, 0).astype(np.int32)
    )
    return replace(
        sample, cameras={camera: frame}, labels=replace(sample.labels, boxes={camera: (box,)}, tags={})
    )


@pytest.mark.parametrize("seed", [4, 5])
def test_colours_that_a_jpeg_shares_across_an_outline_break_no_rule(seed: int) -> None:
    sample = cone_in_fog(seed)
    [camera] = sample.cameras
    [box] = sample.labels.boxes[camera]
    in_file = naive_contrast(sample.cameras[camera].image, sample.cameras[camera].instance > 0)
    assert in_file < 0.85 * box.contrast  # the file has lost that much
    assert list(contrasts(sample, camera)) == []
    for scale in (0.5, 1.6):
        assert [v.rule for v in contrasts(cone_in_fog(seed, scale), camera)] == ["contrast"], scale


@pytest.mark.parametrize("seed", [6, 32])
def test_colours_that_a_jpeg_rounds_off_break_no_rule(seed: int) -> None:
    sample = shade_in_dense_fog(seed)
    [camera] = sample.cameras
    [box] = sample.labels.boxes[camera]
    in_file = naive_contrast(sample.cameras[camera].image, sample.cameras[camera].instance > 0)
    assert in_file < 0.85 * box.contrast - 0.15
    assert list(contrasts(sample, camera)) == []
    assert [v.rule for v in contrasts(shade_in_dense_fog(seed, 3.0), camera)] == ["contrast"]
