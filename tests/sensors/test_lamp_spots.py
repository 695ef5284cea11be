"""Pixels that tell which lamps light a group of tiles: renderers.kernels.lamp_spots."""

import numpy as np

from renderers.kernels.lamp_spots import (
    GROUP,
    K_BOX,
    K_DX,
    K_DZ,
    K_LANE,
    K_LIVE,
    K_PX,
    K_PZ,
    OF_TILE,
    ONE,
    SPOT_ROWS,
    SPOTS,
    THREE,
    TWO,
    load_spots,
    pick_spots,
    room_for_spots,
)
from renderers.kernels.lanes import LANES, METAL, NX, PZ, ROWS, THROUGH
from renderers.kernels.surface import S_COLUMNS, S_METAL, S_NX, S_THROUGH, by_ray, room_for_surfaces

TILES = GROUP + 2  # the last group is not full


def met(missed=()):
    """Arguments of `pick_spots`: random rays of some tiles, of which some met nothing."""
    rng, count = np.random.default_rng(5), 64 * TILES
    surface = room_for_surfaces(count)
    surface[:] = rng.random(surface.shape)
    range_m = rng.uniform(1.0, 90.0, count).astype(np.float32)
    triangle = np.zeros(count, np.int32)
    for tile in missed:
        range_m[64 * tile : 64 * tile + 64], triangle[64 * tile : 64 * tile + 64] = np.inf, -1
    direction, points = rng.normal(size=(2, count, 3)).astype(np.float32)
    return direction, range_m, triangle, surface, points


def picked(arguments):
    spots = room_for_spots(TILES)
    for start, stop in ((0, GROUP), (GROUP, TILES)):  # as slices do
        pick_spots(start, stop, *arguments, spots)
    return spots


def test_of_each_tile_its_nearest_point_and_three_others_are_picked():
    arguments = direction, range_m, triangle, surface, points = met(missed=[5])
    spots = picked(arguments)
    assert spots.shape == (2, SPOT_ROWS, SPOTS)
    for place in range(2 * GROUP):
        tile = min(place, TILES - 1)  # the last one stands for those that are not there
        nearest = 0 if tile == 5 else int(np.argmin(range_m[64 * tile : 64 * tile + 64]))
        rays = 64 * tile + np.array([nearest, ONE, TWO, THREE])
        own = spots[place // GROUP, :, OF_TILE * (place % GROUP) :][:, :OF_TILE]
        np.testing.assert_array_equal(own[K_LANE], rays % 64)
        np.testing.assert_array_equal(own[:S_COLUMNS], by_ray(surface)[rays].T)
        np.testing.assert_array_equal(own[K_DX : K_DZ + 1], direction[rays].T)
        np.testing.assert_array_equal(own[K_PX : K_PZ + 1], points[rays].T)
        np.testing.assert_array_equal(own[K_LIVE], triangle[rays] >= 0)


def test_boxes_hold_all_points_of_a_group_and_none_where_nothing_was_met():
    arguments = *_, points = met(missed=[1])
    some = points.reshape(TILES, 64, 3)[[0, 2, 3]].reshape(-1, 3)
    box = picked(arguments)[0, K_BOX]
    np.testing.assert_array_equal(box[:6], [*some.min(axis=0), *some.max(axis=0)])
    box = picked(met(missed=range(TILES)))[:, K_BOX]
    assert (box[:, :3] > box[:, 3:6]).all()


def test_rows_of_spots_come_to_lie_where_light_is_worked_out():
    spots, lane = picked(met()), np.zeros(ROWS * LANES, np.float32)
    load_spots(spots.reshape(-1), np.uintp(SPOT_ROWS * SPOTS), lane)
    for to, row in ((NX, S_NX), (METAL, S_METAL), (THROUGH, S_THROUGH), (PZ, K_PZ)):
        np.testing.assert_array_equal(lane[to : to + SPOTS], spots[1, row])
