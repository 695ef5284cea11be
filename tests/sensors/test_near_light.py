"""What near things send: whether the sun sees them.  Their colour and sum are held to the path tracer in test_golden."""

# mypy: allow-untyped-calls

from pathlib import Path

import numpy as np
import pytest

from renderers import lighting
from renderers.camera import render
from renderers.kernels.near_cells import ASIDE, FARTHEST, average
from renderers.kernels.near_light import sunlit_at
from renderers.kernels.occlusion import (
    C_COLUMNS,
    C_DEPTH,
    C_NX,
    C_NY,
    C_NZ,
    C_Y,
    L_B,
    L_COLUMNS,
    L_G,
    L_OPEN,
    L_R,
    L_SKY,
    L_WEIGHT,
    MARGIN,
    aim_at_sky,
    spread,
)
from renderers.kernels.surface import S_NX, S_NZ, room_for_surfaces
from renderers.lighting import SPREADING
from renderers.scene import CASTS_SHADOW
from renderers.sky_rays import lobe_directions, net, pattern_of
from renderers.stage import Stage
from renderers.sun_map import sun_map
from renderers.tracer import prepare
from renderers.view import SkyCells, sky_cells
from scenarios import load, resolve
from scenarios.taxonomy import SEMANTIC_ID
from sim.app.catalogue import find_scenario
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


def test_eight_by_eight_cells_look_all_ways_and_a_few_in_a_row_stand_for_them() -> None:
    for night in (False, True):
        _all_ways(sky_cells(288, 192, night))


@pytest.mark.parametrize(
    ("weather", "night"), [("overcast", False), ("low_sun", False), ("night_rain", True)]
)
def test_cells_lie_further_apart_by_night_alone(
    weather: str, night: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    def noted(width: int, height: int, night: bool) -> SkyCells:
        asked.append(night)
        return sky_cells(width, height, night)

    monkeypatch.setattr(lighting, "sky_cells", noted)
    concrete = tiny_concrete(weather, lidar=False)
    name, camera = min(concrete.rig.cameras.items())
    render(Stage(simulate(concrete)), name, camera, 0)
    assert asked and set(asked) == {night}
    by_day, by_night = (sky_cells(1280, 720, dark).cell_px for dark in (False, True))
    assert by_day < by_night and sky_cells(640, 360, False).cell_px < sky_cells(640, 360, True).cell_px


def _all_ways(looking: SkyCells) -> None:
    there = looking.source >= 0
    pattern = np.empty(looking.shape, int)
    pattern.reshape(-1)[looking.cell[there]] = looking.pattern[there]
    assert (np.bincount(pattern[:32, :32].reshape(-1)) == 4).all()
    blocks = np.sort(np.lib.stride_tricks.sliding_window_view(pattern % 64, (8, 8)).reshape(-1, 64), axis=1)
    assert (blocks == np.arange(64)).all()
    x, y = (side.reshape(-1)[pattern] for side in net())
    diagonal = np.arange(8)
    for rows, columns in (
        (np.full(8, 3), diagonal),
        (diagonal, np.full(8, 5)),
        (diagonal, diagonal),
        (diagonal, 7 - diagonal),
    ):
        for halves in range(
            4
        ):  # each of 2 by 4 parts of the square, however it is cut, has one of eight points
            part = (x[rows, columns] * 2**halves).astype(int) * 2 ** (3 - halves)
            part += (y[rows, columns] * 2 ** (3 - halves)).astype(int)
            assert sorted(part) == list(range(8)), (rows, columns, halves)


def test_directions_are_even_over_the_hemisphere_by_their_cosine() -> None:
    for number in (0, 1):
        lobe = lobe_directions(number).astype(float)
        assert np.linalg.norm(lobe, axis=1) == pytest.approx(np.ones(len(lobe)), abs=1e-6)
        assert lobe.mean(axis=0) == pytest.approx([0.0, 0.0, 2 / 3], abs=0.003)
        # Half of the light of an even sky comes from within 45 degrees, a quarter of it from any quarter round about.
        assert (lobe[:, 2] > np.sqrt(0.5)).mean() == pytest.approx(0.5, abs=0.02)
        quarters = np.bincount((np.arctan2(lobe[:, 1], lobe[:, 0]) // (np.pi / 2)).astype(int) % 4)
        assert quarters / len(lobe) == pytest.approx(np.full(4, 0.25), abs=0.02)


def _spread(cells: np.ndarray, light: np.ndarray) -> np.ndarray:
    for first, last, step, least, reach in SPREADING:
        smooth = np.zeros_like(light)
        average(
            0, cells.shape[1], first, last, step, np.float32(least), np.float32(reach), cells, light, smooth
        )
        light = smooth
    return light


@pytest.mark.parametrize("slope", [0.0, 0.3, 1.0])
def test_a_kerb_as_thin_as_a_cell_is_neither_black_nor_light_and_dark_in_turn(slope: float) -> None:
    # A strip of one cell's height across ground that looks elsewhere, before a sky that is bright in a quarter of it.
    size = 64
    row, column = np.divmod(np.arange(size * size), size)
    lobe = lobe_directions()[pattern_of(row, column)]
    bright = ((lobe[:, 0] > 0.0) & (lobe[:, 1] > 0.0)).reshape(size, size)
    share = 0.25
    strip = (row == np.round(slope * (column - 32) + 32).astype(int)).reshape(size, size)
    cells = np.zeros((C_COLUMNS, size, size + 2 * MARGIN), np.float32)
    light = np.zeros((L_COLUMNS, size, size + 2 * MARGIN), np.float32)
    inner = np.s_[:, MARGIN : MARGIN + size]
    cells[C_NX][inner], cells[C_NZ][inner], cells[C_DEPTH][inner] = strip, ~strip, 8.0
    cells[C_Y][inner] = 0.02 * column.reshape(size, size)
    light[L_OPEN][inner], light[L_SKY][inner], light[L_WEIGHT][inner] = bright & strip, 1.0, 1.0
    smooth = _spread(cells, light)[L_OPEN][inner]
    seen = smooth[:, 8:-8][strip[:, 8:-8]]
    # Before cells in a row were a net, and thin things asked farther on, it was 0 here and twice as much there.
    assert seen.min() > 0.3 * share and seen.max() < 1.7 * share, (seen.min(), seen.max())
    assert (smooth[~strip] == 0.0).all()


def test_shade_before_sunlit_walls_is_as_bright_as_of_five_hundred_paths() -> None:
    concrete = resolve(
        load(
            find_scenario(Path("open_door_cyclist_rain")),
            (
                "world.clock={sun: {elevation: 35 deg, azimuth: 200 deg}}",
                "world.weather=[{clouds: 1 okta}]",
                "world.surface={state: dry}",
            ),
        )
    )
    camera = concrete.rig.cameras["cam_front"]
    wide = {"width_px": 320, "height_px": 180, "focal_px": None, "centre_px": None}
    if camera.fov_rad is None:
        assert camera.focal_px is not None
        wide["fov_rad"] = 2 * float(np.arctan(0.5 * camera.width_px / camera.focal_px))
    frame = render(
        Stage(simulate(concrete)),
        "cam_front",
        camera.model_copy(update=wide),
        1_500_000_000,
        also=("linear", "normals"),
    )
    assert frame.extras.linear is not None and frame.extras.normals is not None
    normal = frame.extras.normals.astype(np.float32) @ frame.world_from_camera[:3, :3].T
    left = np.arange(320) < 160
    upright, level = normal[..., 1] < -0.75, normal[..., 2] > 0.75
    # Luminances of the path tracer.  The kerb before a hidden sun was black or white, the road patchy: 0.85 and 1.06.
    for name, where, paths in (
        ("kerb", upright & left, 603.0),
        ("road", level & left, 474.0),
        ("road", level & ~left, 370.0),
        ("sidewalk", level & ~left, 564.0),
    ):
        mean = frame.extras.linear[(frame.semantic == SEMANTIC_ID[name]) & where, 1].mean()
        assert mean == pytest.approx(paths, rel=0.12), name


def test_strips_look_no_farther_aside_than_the_image_has_columns() -> None:
    assert max(ASIDE, FARTHEST) <= MARGIN
    assert max(max(-first, last) for first, last, *_ in SPREADING) <= ASIDE


def test_leaves_whose_normals_are_short_get_light() -> None:
    surface = room_for_surfaces(1)
    surface[0, :, 0] = 0.0
    surface[0, S_NX, 0], surface[0, S_NZ, 0] = 0.1, 0.5
    aside = np.tile(np.array([[0.0, 1.0, 0.0]], np.float32), (1, 3))
    normal, direction, begin, offset_m = (np.zeros((1, 3), np.float32) for _ in range(4))
    none, number = np.zeros(1, np.float32), np.zeros(1, np.int32)
    aim_at_sky(
        0, 1, number, number, lobe_directions(), np.float32(80.0), number, number, none, none,
        np.eye(3, dtype=np.float32).reshape(1, 9), aside, surface, offset_m, normal, direction, begin, none.copy(),
    )  # fmt: skip
    assert np.linalg.norm(normal) == pytest.approx(1.0, abs=1e-5)
    assert np.linalg.norm(direction) == pytest.approx(1.0, abs=1e-5)


def test_a_cell_unlike_all_about_it_keeps_its_own_light() -> None:
    cells = np.zeros((C_COLUMNS, 1, 1 + 2 * MARGIN), np.float32)
    light = np.zeros((L_COLUMNS, 1, 1 + 2 * MARGIN), np.float32)
    cells[C_NX : C_NZ + 1, 0, MARGIN], cells[C_DEPTH, 0, MARGIN] = (0.1, 0.0, 0.5), 9.0  # unlike itself, too
    light[:, 0, MARGIN] = 1.0
    assert _spread(cells, light)[:, 0, MARGIN] == pytest.approx(np.ones(L_COLUMNS))


@pytest.mark.parametrize("cell_px", [3, 4])
def test_pixels_take_the_light_of_the_nearest_cells_of_their_surface(cell_px: int) -> None:
    rng = np.random.default_rng(5)
    high, wide = -(-16 // cell_px), -(-24 // cell_px)
    cells = np.zeros((C_COLUMNS, high, wide + 2 * MARGIN), np.float32)
    smooth = np.zeros((L_COLUMNS, high, wide + 2 * MARGIN), np.float32)
    inner = slice(MARGIN, MARGIN + wide)
    lean = rng.normal(0.0, 0.4, (3, high, wide))
    lean[2] = 1.0
    cells[[C_NX, C_NY, C_NZ], :, inner] = lean / np.linalg.norm(lean, axis=0)
    cells[C_DEPTH, :, inner] = rng.choice([0.0, 10.0, 10.2, 14.0], (high, wide))
    smooth[:, :, inner] = rng.uniform(0.1, 1.0, (L_COLUMNS, high, wide))
    count = 6 * 64  # two rows of three tiles
    distance = rng.uniform(9.8, 10.4, count).astype(np.float32)
    triangle = np.where(rng.uniform(size=count) < 0.1, -1, 7).astype(np.int32)
    surface = room_for_surfaces(count)
    surface[:] = 0.0
    surface[:, S_NZ] = 1.0
    unknown = np.array([0.6, 1.0, 2.0, 3.0], np.float32)
    around = np.empty((count, 4), np.float32)
    spread(0, 6, 3, cell_px, cells, smooth, unknown, distance, triangle, surface, around)
    for r in range(count):
        x, y = r // 64 % 3 * 8 + r % 8, r // 192 * 8 + r % 64 // 8
        if triangle[r] < 0:
            assert around[r].tolist() == [1.0, 0.0, 0.0, 0.0]
            continue
        j, i = x // cell_px, y // cell_px
        fx, fy = x / cell_px - j, y / cell_px - i
        total = np.zeros(L_COLUMNS)
        weight = 0.0
        for below, aside, share in (
            (0, 0, (1 - fy) * (1 - fx)),
            (0, 1, (1 - fy) * fx),
            (1, 0, fy * (1 - fx)),
            (1, 1, fy * fx),
        ):
            a, b = min(i + below, high - 1), min(j + aside, wide - 1) + MARGIN
            depth = float(cells[C_DEPTH, a, b])
            if depth <= 0.0:
                continue
            apart = abs(depth - distance[r]) / (0.04 * distance[r] + 0.05)
            w = (share + 0.01) * max(1.0 - apart, 1e-4) * max(float(cells[C_NZ, a, b]), 0.0) ** 2
            total += w * smooth[:, a, b]
            weight += w
        if weight <= 1e-6:
            assert around[r].tolist() == unknown.tolist()
            continue
        assert around[r, 0] == pytest.approx(total[L_OPEN] / max(total[L_SKY], 0.02 * weight), rel=1e-4)
        assert around[r, 1:] == pytest.approx(np.pi * total[[L_R, L_G, L_B]] / weight, rel=1e-4)
