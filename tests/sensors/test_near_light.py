"""What near things send: whether the sun sees them.  Their colour and sum are held to the path tracer in test_golden."""

# mypy: allow-untyped-calls

import numpy as np
import pytest

from renderers.frames import CameraModel
from renderers.kernels.near_light import sunlit_at
from renderers.kernels.occlusion import C_COLUMNS, C_NX, C_R, aim_at_sky, average, lobe_directions
from renderers.kernels.surface import S_COLUMNS, S_NX, S_NZ
from renderers.scene import CASTS_SHADOW
from renderers.stage import Stage
from renderers.sun_map import sun_map
from renderers.tracer import prepare
from renderers.view import view_of
from sim.app.tiny import tiny_concrete
from sim.simulate import simulate

EYE_M = np.array([20.0, -1.75, 1.4])


@pytest.fixture(scope="module")
def stage() -> Stage:
    return Stage(simulate(tiny_concrete("low_sun", lidar=False)))


@pytest.mark.parametrize(("elevation_deg", "azimuth_deg"), [(7.0, 80.0), (40.0, 150.0), (65.0, 200.0)])
def test_the_coarse_picture_of_the_sun_knows_which_points_of_a_street_it_sees(
    stage: Stage, elevation_deg: float, azimuth_deg: float
) -> None:
    elevation, azimuth = np.radians([elevation_deg, azimuth_deg])
    sun = np.array(
        [np.cos(elevation) * np.sin(azimuth), np.cos(elevation) * np.cos(azimuth), np.sin(elevation)]
    )
    prepared = prepare(stage.scene(100_000_000), EYE_M)
    maps = sun_map(prepared, sun, np.array([0.8, 0.0, 0.0]), 1)
    # Points of the ground and of walls: where rays from the eye end.
    chance = np.random.default_rng(5)
    ways = chance.normal(size=(6400, 3)) * [1.0, 0.6, 0.3]
    ways = (ways / np.linalg.norm(ways, axis=1, keepdims=True)).astype(np.float32)
    hits = prepared.trace(ways, far_m=60.0)
    met = (hits.placement == 0) & (hits.range_m > 2.0)
    normal = prepared.scene.geometry.normal[hits.triangle, :3]
    normal = np.where((normal * ways).sum(axis=1, keepdims=True) > 0, -normal, normal)
    met &= normal @ sun > 0.05
    points = ways * hits.range_m[:, None]
    begin = np.ascontiguousarray(points + 0.02 * normal, np.float32)
    towards = np.ascontiguousarray(np.broadcast_to(sun.astype(np.float32), begin.shape))
    asked = prepared.trace(towards, begin, any_hit=True, mask=CASTS_SHADOW)
    towards_sun, side, up = maps.axes
    seen = np.array(
        [
            sunlit_at(maps.depth, maps.corner, maps.cell, side, up, towards_sun, *normal[k], *points[k])
            for k in np.flatnonzero(met)
        ]
    )
    exact = (asked.placement[met] < 0).astype(float)
    level = normal[met, 2] > 0.7
    assert level.sum() > 1000 and (~level).sum() > 1000
    # A cell is as wide as a car: edges of shadows are soft.
    assert seen[level].mean() == pytest.approx(exact[level].mean(), abs=0.04)
    assert ((seen > 0.5) == (exact > 0.5))[level].mean() > 0.9
    if (
        elevation_deg > 20.0
    ):  # a low sun along the street grazes walls, and cells are wider than what juts from them
        assert seen[~level].mean() == pytest.approx(exact[~level].mean(), abs=0.06)


def test_any_block_of_cells_looks_all_ways_and_so_does_a_row_as_thin_as_a_kerb() -> None:
    view = view_of(
        CameraModel(192, 108, np.array([[90.0, 0.0, 96.0], [0.0, 90.0, 54.0], [0.0, 0.0, 1.0]]), np.zeros(5))
    )
    there = view.sky_source >= 0
    pattern = np.empty(view.sky_shape, int)
    pattern.reshape(-1)[view.sky_cell[there]] = view.sky_pattern[there]
    blocks = np.sort(np.lib.stride_tricks.sliding_window_view(pattern, (4, 4)).reshape(-1, 16), axis=1)
    rows = np.sort(np.lib.stride_tricks.sliding_window_view(pattern, 16, axis=1).reshape(-1, 16), axis=1)
    assert (blocks == np.arange(16)).all()
    assert (
        rows == np.arange(16)
    ).all()  # they had four of them each: stones of kerbs were light and dark in turn


def test_leaves_whose_normals_are_short_get_light() -> None:
    surface = np.zeros((1, S_COLUMNS), np.float32)
    surface[0, S_NX], surface[0, S_NZ] = 0.1, 0.5
    aside = np.tile(np.array([[0.0, 1.0, 0.0]], np.float32), (1, 3))
    normal, direction, begin, offset_m = (np.zeros((1, 3), np.float32) for _ in range(4))
    none, number = np.zeros(1, np.float32), np.zeros(1, np.int32)
    aim_at_sky(
        0, 1, number, number, lobe_directions(), np.float32(80.0), number, number, none, none,
        np.eye(3, dtype=np.float32).reshape(1, 9), aside, surface, offset_m, normal, direction, begin, none.copy(),
    )  # fmt: skip
    assert np.linalg.norm(normal) == pytest.approx(1.0, abs=1e-5)
    assert np.linalg.norm(direction) == pytest.approx(1.0, abs=1e-5)
    cells = np.ones((1, 1, C_COLUMNS), np.float32)
    cells[0, 0, C_NX : C_NX + 3] = normal
    smooth = np.full((1, 1, C_NX), np.nan, np.float32)
    average(0, 1, -2, 1, 1, cells, smooth)
    assert smooth[0, 0, C_R] == pytest.approx(
        1.0
    )  # 0 / 0 of a cell unlike itself, which broke off whole frames
