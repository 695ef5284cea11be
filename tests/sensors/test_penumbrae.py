"""Penumbrae that are softened over the pixels of one surface."""

# mypy: allow-untyped-calls

import numpy as np
import pytest
from numpy.typing import NDArray

from renderers.camera import render
from renderers.frame_light import light_of
from renderers.kernels.penumbrae import soften
from renderers.kernels.surface import S_NX, S_NZ, room_for_surfaces
from renderers.lighting import sun_jitter
from renderers.mesh import Mesh
from renderers.optics import camera_model
from renderers.passes import look
from renderers.puddles import puddle_field
from renderers.shadows import sun_on
from renderers.sky import daylight
from renderers.tracer import prepare
from renderers.view import view_of
from scenarios.schema import Camera
from tests.support.naive_trace import quad
from tests.support.small_stage import plain, small_stage, weather

ACROSS, WIDTH, HEIGHT = 3, 19, 13  # the last tiles hang over the picture's rim


def alone(hard: NDArray[np.float32], y: int, x: int) -> bool:
    """Whether all four about a pixel are unlike it; those beyond the rim are like it."""
    about = ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1))
    return all(hard[np.clip(j, 0, HEIGHT - 1), np.clip(i, 0, WIDTH - 1)] != hard[y, x] for j, i in about)


def softened(
    hard: NDArray[np.float32],
    triangle: NDArray[np.int32],
    place: NDArray[np.float32],
    normal: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Pixel by pixel, of pictures (HEIGHT, WIDTH, ...)."""
    soft = hard.copy()
    for y, x in np.argwhere(triangle >= 0):
        near = 0.03 + 0.004 * np.linalg.norm(place[y, x])
        seen: list[float] = []
        steps = lone = 0
        for j in range(max(y - 2, 0), min(y + 2, HEIGHT)):
            row: list[float] = []
            for i in range(max(x - 2, 0), min(x + 2, WIDTH)):
                away = abs((place[j, i] - place[y, x]) @ normal[y, x])
                if triangle[j, i] < 0 or (triangle[j, i] != triangle[y, x] and away > near):
                    continue
                row.append(hard[j, i])
                lone += alone(hard, j, i)
                steps += int(j > max(y - 2, 0) and hard[j - 1, i] != hard[j, i])
            steps += int(np.count_nonzero(np.diff(row)))
            seen += row
        soft[y, x] += (np.mean(seen) - hard[y, x]) * np.clip(max(0.34 * (steps - 3), lone), 0.0, 1.0)
    return soft


@pytest.mark.parametrize("seed", range(3))
def test_penumbrae_are_means_over_four_by_four_pixels_of_one_surface(seed: int) -> None:
    draw = np.random.default_rng(seed)
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    lane = ((y >> 3) * ACROSS + (x >> 3)) * 64 + ((y & 7) << 3) + (x & 7)
    tiles = 2 * ACROSS
    hard = draw.integers(0, 2, 64 * tiles).astype(np.float32)
    triangle = draw.integers(-1, 3, 64 * tiles).astype(np.int32)
    place = draw.normal(size=(64 * tiles, 3)) * [1.0, 1.0, 0.05] + [0.0, 0.0, 5.0]
    range_m = np.linalg.norm(place, axis=1)
    direction = (place / range_m[:, None]).astype(np.float32)
    reach = np.where(triangle < 0, np.inf, range_m).astype(np.float32)
    surface = room_for_surfaces(64 * tiles)
    surface[:] = 0.0
    surface[:, S_NX], surface[:, S_NZ] = 0.6, 0.8
    soft = np.empty(64 * tiles, np.float32)
    which = np.arange(tiles, dtype=np.int64)
    soften(0, tiles, which, ACROSS, WIDTH, HEIGHT, direction, reach, triangle, surface, hard, soft)
    normal = np.broadcast_to([0.6, 0.0, 0.8], (HEIGHT, WIDTH, 3))
    expected = softened(hard[lane], triangle[lane], place[lane], normal)
    met = triangle[lane] >= 0
    np.testing.assert_allclose(soft[lane][met], expected[met], atol=1e-6)
    assert np.count_nonzero(expected[met] % 1.0) > 20


@pytest.mark.parametrize("row", [0, 3])
def test_a_pixel_that_sees_a_sixteenth_of_the_sun_is_no_dot(row: int) -> None:
    tiles = 2 * ACROSS
    hard = np.zeros(64 * tiles, np.float32)
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    lane = ((y >> 3) * ACROSS + (x >> 3)) * 64 + ((y & 7) << 3) + (x & 7)
    hard[lane[(y % 4 == row) & (x % 4 == 1)]] = 1.0
    place = np.stack([x, y, np.full(x.shape, 30.0)], axis=2).astype(np.float32)
    spread = np.zeros((64 * tiles, 3), np.float32)
    spread[lane] = place
    range_m = np.linalg.norm(spread, axis=1).astype(np.float32)
    direction = spread / np.maximum(range_m, 1e-6)[:, None]
    surface = room_for_surfaces(64 * tiles)
    surface[:] = 0.0
    surface[:, S_NZ] = 1.0
    soft = np.empty(64 * tiles, np.float32)
    which, one = np.arange(tiles, dtype=np.int64), np.zeros(64 * tiles, np.int32)
    soften(0, tiles, which, ACROSS, WIDTH, HEIGHT, direction, range_m, one, surface, hard, soft)
    assert soft[lane][3:-3, 3:-3] == pytest.approx(1 / 16)


def test_dappled_shade_comes_in_no_tiles() -> None:
    """Under leaves that hide four fifths of the sun no tile is taken for dark because its scouts are."""
    draw = np.random.default_rng(4)
    count = 5200
    middle = draw.uniform(-9.0, 9.0, (count, 2)) + np.array((12.0, 0.0))
    corner = np.array([(-0.13, -0.13), (0.13, -0.13), (0.13, 0.13), (-0.13, 0.13)])
    leaves = [quad([(mx + a, my + b, 14.0) for a, b in corner], 0, 1) for mx, my in middle]
    state = weather(sun_elevation_rad=np.radians(85.0))
    stage = small_stage([plain(), Mesh.join(leaves)], weather=state)
    camera = Camera[float].model_validate(
        {"mount": {"z": 3.0, "pitch": 0.35}, "width": 320, "height": 192, "fov": 0.9}
    )
    model = camera_model(camera)
    origin = np.array([0.0, 0.0, 3.0])
    scene = stage.scene(0)
    light = light_of(
        scene, daylight(scene.weather, 1), origin, 3.0, 1 / model.matrix[0, 0], puddle_field(),
        np.zeros((1, 1), np.uint8), (0.0, 0.0),
    )  # fmt: skip
    prepared, view = prepare(scene, origin), view_of(model)
    turn = render(stage, "x", camera, 0).world_from_camera[:3, :3]
    bundle = look(prepared, light, np.ascontiguousarray(view.rays @ turn.T.astype(np.float32)), None, 1)
    size = (320, 192, view.tiles_across)
    fast = sun_on(prepared, light, bundle, sun_jitter(), size, 1, soft=False).reshape(-1, 64).mean(axis=1)
    slow = sun_on(prepared, light, bundle, sun_jitter(), None, 1).reshape(-1, 64).mean(axis=1)
    near = (bundle.hits.triangle.reshape(-1, 64) >= 0).all(axis=1)
    shade = near & (slow > 0.02) & (slow < 0.98)
    assert shade.sum() > 150 and slow[shade].mean() < 0.5
    lost = shade & ((fast == 0.0) | (fast == 1.0)) & (np.abs(fast - slow) > 0.1)
    assert lost.sum() < 0.01 * shade.sum()
