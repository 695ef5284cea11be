"""Mask measures, run lengths and point counts against slow twins and hand-made cases."""

import numpy as np
import pytest

from labelers.boxes import mask_measures
from labelers.geometry import quaternion_wxyz
from labelers.points import count_in_cuboid, points_in_cuboid
from labelers.rle import decode, encode, expand, run_lengths
from sim.trace import pose_matrix
from tests.support import naive_labels


def test_a_single_pixel_has_a_box_of_one_by_one() -> None:
    instance = np.zeros((8, 9), np.int32)
    instance[5, 3] = 7
    found = mask_measures(instance, np.full((8, 9), 0.5, np.float32), [7])
    assert found.box(0) == (3.0, 5.0, 4.0, 6.0)
    assert found.count.tolist() == [1]
    assert found.transmittance.tolist() == [0.5]


def test_measures_agree_with_the_slow_twin() -> None:
    rng = np.random.default_rng(5)
    instance = rng.integers(0, 9, (40, 60)).astype(np.int32)
    instance[instance == 4] = 1000  # an id that nobody asks for
    transmittance = rng.uniform(0, 1, (40, 60)).astype(np.float32)
    ids = [8, 2, 4, 5]  # 4 is nowhere
    found = mask_measures(instance, transmittance, ids)
    bounds, count, light = naive_labels.measure_masks(instance, transmittance, ids)
    assert found.count.tolist() == count.tolist()
    assert found.bounds.tolist() == bounds.tolist()
    assert found.box(2) is None
    assert found.transmittance[count > 0] == pytest.approx(light[count > 0] / count[count > 0])


def test_no_actors_is_no_fault() -> None:
    found = mask_measures(np.ones((4, 4), np.int32), np.ones((4, 4), np.float32), [])
    assert found.count.shape == (0,)


def test_run_lengths_go_down_the_columns() -> None:
    mask = np.array([[0, 1, 1], [0, 1, 0]], bool)
    assert run_lengths(mask, (0, 0), (2, 3)).tolist() == [2, 3, 1]
    assert run_lengths(~mask, (0, 0), (2, 3)).tolist() == [0, 2, 3, 1]


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_runs_of_a_window_are_those_of_the_image(share: float) -> None:
    rng = np.random.default_rng(6)
    for origin, window in (((0, 0), (9, 12)), ((3, 2), (5, 7)), ((4, 0), (9, 3)), ((11, 8), (1, 1))):
        image = np.zeros((9, 12), bool)
        mask = rng.uniform(size=window) < share
        image[origin[1] : origin[1] + window[0], origin[0] : origin[0] + window[1]] = mask
        assert run_lengths(mask, origin, image.shape).tolist() == naive_labels.run_lengths(image)
        assert np.array_equal(decode(encode(mask, origin, image.shape)), image)


def test_masks_survive_compression() -> None:
    rng = np.random.default_rng(2)
    for share in (0.0, 0.02, 0.5, 0.98, 1.0):
        mask = rng.uniform(size=(37, 53)) < share
        assert np.array_equal(decode(encode(mask)), mask)
    wide = np.zeros((900, 1600), bool)
    wide[100:800, 200:1500] = True  # runs of hundreds: several groups of bits, and differences below zero
    assert np.array_equal(decode(encode(wide)), wide)


def test_the_compressed_text_is_coco_s() -> None:
    # From the mask API's definition by hand: runs 6, 1, 40 and 4 are 6, 1, 40 and 4 - 1 = 3;
    # 40 takes two groups of five bits: 8 with the continuation bit (48 + 40 = "X"), then 1.
    assert encode(np.array([[0, 0, 0, 0, 0, 0, 1] + [0] * 40 + [1] * 4], bool))["counts"] == "61X13"
    assert expand("61X13").tolist() == [6, 1, 40, 4]


def test_points_on_a_face_are_inside_and_a_hair_beyond_is_not() -> None:
    points = np.array(
        [[1.0, 0.0, 0.0], [1.0 + 1e-6, 0.0, 0.0], [-1.0, 0.5, 0.25], [0.0, 0.0, 0.2501]], np.float32
    )
    assert points_in_cuboid(points, np.eye(4), (2.0, 1.0, 0.5)).tolist() == [True, False, True, False]


def test_counts_agree_with_the_devkits_test_in_any_pose() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        size = rng.uniform(0.3, 6.0, 3)
        pose = pose_matrix(rng.uniform(-20, 20, 3), rng.uniform(-3, 3, 3))
        points = (pose[:3, 3] + rng.normal(0, 2.0, (2000, 3))).astype(np.float32)
        theirs = naive_labels.points_in_box(points.astype(np.float64), pose[:3, 3], pose[:3, :3], size)
        ours = points_in_cuboid(points, pose, tuple(size))
        assert np.array_equal(ours, theirs)
        assert count_in_cuboid(points, pose, tuple(size)) == int(theirs.sum())


def test_quaternions_turn_as_their_matrices_do() -> None:
    rng = np.random.default_rng(4)
    angles = [
        *rng.uniform(-np.pi, np.pi, (50, 3)),
        np.zeros(3),
        np.array([np.pi, 0, 0]),
        np.array([0, 0, np.pi]),
    ]
    for rotation in angles:
        matrix = pose_matrix(np.zeros(3), np.asarray(rotation))
        w, x, y, z = quaternion_wxyz(matrix)
        vector = np.array([0.3, -1.2, 0.7])
        axis = np.array([x, y, z])
        turned = vector + 2 * np.cross(axis, np.cross(axis, vector) + w * vector)
        assert turned == pytest.approx(matrix[:3, :3] @ vector, abs=1e-12)
        assert w >= 0
