"""Kernels of the voxels: against shapes worked out by hand, and against their slow twins."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from labelers.kernels.voxels import BLOCK, bound_blocks, lay_beams, look, pass_beams, settle, spread, touch
from renderers.extras import lens_numbers
from renderers.loft import box
from renderers.optics import camera_model
from scenarios.schema import Camera, Mount
from sim.trace import pose_matrix
from tests.labels import synthetic
from tests.support import naive_voxels

GRID = (12, 10, 8)
KINDS = 3


def touched(triangles: NDArray[np.floating]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of triangles and the cubes of GRID that they touch, as the slow twin gives them."""
    scratch, axes = np.empty(int(np.prod(GRID)), np.int32), np.empty((9, 5))
    rows, cubes = [], []
    for row, triangle in enumerate(triangles):
        count = touch(np.ascontiguousarray(triangle, np.float64), scratch, *GRID, axes)
        rows.append(np.full(count, row))
        cubes.append(scratch[:count].astype(np.int64))
    return np.concatenate(rows), np.concatenate(cubes)


def passed(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.bool_]:
    seen = np.zeros(GRID, bool)
    pass_beams(start, end, np.ones(len(start), bool), seen)
    return seen


def soup(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Triangles in, about and across the grid: slanted, level on borders, upright, thin as a line, a point, small."""
    triangles = rng.uniform(-3.0, 14.0, (count, 3, 3))
    triangles[0::6, :, 2] = 3.0
    triangles[1::6, :, 0] = np.rint(triangles[1::6, :1, 0])
    triangles[2::6, 2] = triangles[2::6, 1]
    triangles[3::12, 1:] = triangles[3::12, :1]
    triangles[4::6] = triangles[4::6, :1] + 0.05 * (triangles[4::6] - triangles[4::6, :1])
    return triangles


def test_a_box_fills_the_cubes_that_its_faces_reach() -> None:
    made = box((4.4, 3.2, 2.2), "concrete", "building", centre_m=(5.5, 5.0, 4.0))
    corners = made.vertices_m[made.triangles]
    _, cube = touched(corners)
    found = np.zeros(GRID, bool)
    found.reshape(-1)[cube] = True
    meant = np.zeros(GRID, bool)
    meant[3:8, 3:7, 2:6] = True  # 3.3..7.7, 3.4..6.6, 2.9..5.1
    meant[4:7, 4:6, 3:5] = False  # no face reaches in
    assert np.array_equal(found, meant)


def test_a_slanted_triangle_touches_what_clipping_it_says() -> None:
    rng = np.random.default_rng(5)
    triangles = rng.uniform(-1.0, 9.0, (12, 3, 3))
    rows, cubes = touched(triangles)
    found = {(int(r), int(c)) for r, c in zip(rows, cubes, strict=True)}
    assert len(found) == len(rows)
    shares = rng.dirichlet((1.0, 1.0, 1.0), 4000)
    for row, triangle in enumerate(triangles):
        at = np.floor(shares @ triangle).astype(int)
        at = at[((at >= 0) & (at < GRID)).all(axis=1)]
        hit = {(row, int(c)) for c in np.ravel_multi_index(tuple(at.T), GRID)}
        assert hit <= found
        mine = sum(1 for r, _ in found if r == row)
        assert mine <= 1.35 * len(hit) + 6  # corners that 4000 points miss


def test_ways_pass_the_cubes_on_them() -> None:
    rng = np.random.default_rng(3)
    start, end = rng.uniform(-4.0, 14.0, (2, 60, 3))
    end[0] = start[0] * (1.0, 1.0, 0.0) + (0.0, 0.0, 5.5)  # along an axis
    seen = passed(start, end)
    steps = np.linspace(0.0, 1.0, 20001)[:, None]
    meant = np.zeros(GRID, bool)
    for a, b in zip(start, end, strict=True):
        cube = np.floor(a + steps * (b - a)).astype(int)
        meant[tuple(cube[((cube >= 0) & (cube < GRID)).all(axis=1)].T)] = True
    assert not (meant & ~seen).any()
    assert np.count_nonzero(seen & ~meant) <= 4  # corners that are cut by less than a step


def test_triangles_touch_the_cubes_that_the_slow_twin_says() -> None:
    triangles = soup(np.random.default_rng(2), 300)
    mine, theirs = touched(triangles), naive_voxels.touched(triangles, GRID)
    assert len(theirs[0]) > 5000
    assert set(zip(*(a.tolist() for a in mine), strict=True)) == set(
        zip(*(a.tolist() for a in theirs), strict=True)
    )
    assert len(mine[0]) == len(theirs[0])


def test_areas_are_spread_by_class_as_the_slow_twin_says() -> None:
    rng = np.random.default_rng(4)
    pose = pose_matrix(np.array((2.0, -1.0, 3.0)), np.array((0.7, 0.2, -0.1)))
    vertices = soup(rng, 240).reshape(-1, 3).astype(np.float32)
    triangles = np.arange(len(vertices), dtype=np.int32).reshape(-1, 3)
    vertices[2 * 3 * BLOCK : 3 * 3 * BLOCK, 1] += 40.0  # beside the grid: they are left out together
    kind = rng.integers(0, KINDS, len(triangles)).astype(np.uint8)
    slot, cubes = np.full(GRID, -1, np.int32), np.empty(int(np.prod(GRID)), np.int32)
    weight = np.full((len(cubes), KINDS), np.nan)
    bounds = np.empty((-(-len(triangles) // BLOCK), 6))
    bound_blocks(vertices, triangles, bounds)
    held = spread(vertices, triangles, bounds, kind, pose, slot, cubes, weight, 0, np.empty_like(cubes))
    again = spread(vertices, triangles, bounds, kind, pose, slot, cubes, weight, held, np.empty_like(cubes))
    assert again == held > 300
    found = np.zeros((len(cubes), KINDS))
    found[cubes[:held]] = weight[:held]
    assert np.array_equal(np.flatnonzero(slot.ravel() >= 0), np.sort(cubes[:held]))
    places = (vertices.astype(np.float64) @ pose[:3, :3].T + pose[:3, 3]).reshape(-1, 3, 3)
    meant = naive_voxels.classes(places, kind, GRID, KINDS)
    assert found.reshape(meant.shape) == pytest.approx(2.0 * meant, rel=1e-9, abs=1e-12)


def test_cubes_have_the_class_of_most_of_the_surface_and_land_counts_where_it_is_seen() -> None:
    weight = np.array(
        [
            (0.2, 0.5, 0.0, 0.0),  # most is of 1
            (0.4, 0.0, 0.4, 0.0),  # the first of two that are alike
            (0.1, 0.0, 3.0, 2.0),  # land below a road that covers two thirds of it: the road
            (0.1, 0.0, 3.0, 0.4),  # land that goes beyond
            (0.0, 0.0, 0.5, 0.5),  # land wholly below
            (0.0, 0.0, 0.5, 0.0),
        ]
    )
    cubes = np.array([7, 3, 0, 11, 5, 4], np.int32)
    out = np.full((3, 2, 2), 9, np.uint8)
    settle(weight, cubes, 2, np.array([3]), out)
    assert out.ravel()[cubes].tolist() == [1, 0, 3, 2, 3, 2]
    assert np.count_nonzero(out == 9) == 6


def test_beams_pass_the_cubes_that_the_slow_twin_says() -> None:
    rng = np.random.default_rng(6)
    start, end = rng.uniform(-4.0, 14.0, (2, 400, 3))
    end[::7, 1] = start[::7, 1]
    end[::11] = start[::11] * (1.0, 0.0, 0.0) + (0.0, 4.5, 2.5)
    met = np.arange(len(start)) % 5 > 0
    seen = np.zeros(GRID, bool)
    pass_beams(start, end, met, seen)
    meant = naive_voxels.passed(start[met], end[met], GRID)
    assert 300 < np.count_nonzero(meant) < 900
    assert np.count_nonzero(seen != meant) <= 2  # a corner that is cut by rounding


def test_beams_are_laid_as_the_slow_twin_says() -> None:
    sample = synthetic.sample(0)
    [sweep] = sample.lidars.values()
    offset = np.random.default_rng(9).integers(-50_000_000, 50_000_000, len(sweep.xyz_m))
    sweep = replace(sweep, offset_ns=offset, range_m=sweep.range_m * np.float32(1.01))
    velocity = np.array((16.0, 4.0, -0.2))
    grid_from_world = np.linalg.inv(pose_matrix(np.array((100.0, -40.0, 5.0)), np.array((-1.1, 0.05, 0.0))))
    start, end = np.empty((2, len(offset), 3))
    pose = sweep.world_from_lidar
    given = 1e-9 * (velocity @ pose[:3, :3]), grid_from_world @ pose
    lay_beams(sweep.xyz_m, sweep.range_m, sweep.offset_ns, *given, start, end)
    meant = naive_voxels.beams(sweep, velocity, grid_from_world)
    assert np.ptp(start, axis=0).max() > 1.0
    assert start == pytest.approx(meant[0], abs=1e-9)
    assert end == pytest.approx(meant[1], abs=1e-9)


@pytest.mark.parametrize(
    "words",
    [
        {"fov": 1.4},
        {"fov": 1.6, "distortion": (-0.2, 0.03, 0.001, -0.002, 0.0)},
        {"fov": 3.5, "fisheye": (-0.02, 0.003, 0.0, 0.0)},
    ],
    ids=["pinhole", "distorted", "fisheye"],
)
def test_cameras_look_into_the_cubes_that_the_slow_twin_says(words: dict[str, object]) -> None:
    given = {"mount": Mount[float](x=0.0, z=1.0), "width": 64, "height": 48, **words}
    model = camera_model(Camera[float].model_validate(given))
    rng = np.random.default_rng(8)
    depth_m = rng.uniform(0.5, 6.0, (48, 64)).astype(np.float32)
    depth_m[rng.uniform(size=depth_m.shape) < 0.2] = np.inf
    cell_m = 0.4
    camera_from_grid = pose_matrix(np.array((-2.2, -1.5, 0.4)), np.array((0.1, -0.2, 0.05)))
    camera_from_grid[:3, :3] *= cell_m
    seen = np.zeros(GRID, bool)
    look(depth_m, lens_numbers(model), camera_from_grid, cell_m, seen)
    meant = naive_voxels.looked_into(model, depth_m, camera_from_grid, GRID)
    assert 100 < np.count_nonzero(meant) < 900
    assert np.array_equal(seen, meant)
