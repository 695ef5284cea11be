"""Kernels that look up where pixels' surfaces lie, against their slow twins."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from labelers.free_space import IS_FREE
from labelers.kernels.pixels import find_blocked, mark_mapped, mark_shown
from labelers.lines import IS_GROUND
from labelers.pixels import ray_table, world_from_rows
from renderers.frames import CameraFrame, RowPoses
from renderers.optics import camera_model, pixel_rays
from scenarios.schema import Camera, Mount
from sim.trace import pose_matrix
from tests.labels import synthetic
from tests.support import naive_pixels

LENSES = {
    "pinhole": {"fov": 1.4},
    "distorted": {"fov": 1.6, "distortion": (-0.2, 0.03, 0.001, -0.002, 0.0)},
    "fisheye": {"fov": 3.5, "fisheye": (-0.02, 0.003, 0.0, 0.0)},
}


def noisy_frame(words: dict[str, object], rolling: bool) -> CameraFrame:
    """A frame whose every pixel shows something of its own somewhere, high above a map far from any origin."""
    given = {"mount": Mount[float](x=0.0, z=1.0), "width": 96, "height": 64, **words}
    model = camera_model(Camera[float].model_validate(given))
    rng = np.random.default_rng(8)
    shape = (64, 96)
    depth_m = rng.uniform(0.5, 60.0, shape).astype(np.float32)
    depth_m[rng.uniform(size=shape) < 0.1] = np.inf
    pose = pose_matrix(np.array((4321.0, -1234.0, 9.0)), np.array((-1.1, 0.05, 1.7)))
    rows = None
    if rolling:
        turned = [
            pose_matrix(pose[:3, 3] + (0.05 * row, 0.0, 0.0), np.array((-1.1 + 0.002 * row, 0.05, 1.7)))
            for row in range(64)
        ]
        rows = RowPoses(np.linspace(-0.01, 0.01, 64), np.array(turned))
    return replace(
        synthetic.sample(0).cameras["cam_front"],
        model=model,
        depth_m=depth_m,
        instance=(rng.uniform(size=shape) < 0.2).astype(np.int32),
        semantic=rng.integers(0, 12, shape).astype(np.uint8),
        world_from_camera=pose,
        rows=rows,
    )


@pytest.mark.parametrize("rolling", [False, True], ids=["global", "rolling"])
@pytest.mark.parametrize("lens", LENSES)
def test_pixels_are_looked_up_as_the_slow_twins_say(lens: str, rolling: bool) -> None:
    frame = noisy_frame(LENSES[lens], rolling)
    rng = np.random.default_rng(3)
    plan = rng.integers(0, 2, (300, 500)).astype(np.uint8)
    corner = frame.world_from_camera[:2, 3] - (20.0, 15.0)
    found = np.zeros(frame.depth_m.shape, bool)
    given = frame.instance, frame.semantic, IS_GROUND, world_from_rows(frame)
    mark_mapped(ray_table(frame.model), frame.depth_m, *given, 40.0, plan, corner, 10.0, found)
    meant = naive_pixels.mapped(frame, IS_GROUND, 40.0, plan, corner, 10.0)
    assert np.count_nonzero(meant) > 100
    assert np.count_nonzero(found != meant) <= 1  # a point on a cell's border: rays are kept as float32

    grid_from_world = 2.5 * pose_matrix(np.zeros(3), np.array((0.3, 0.0, 0.0)))
    grid_from_world[:3, 3] = (100.0, 100.0, 8.0) - grid_from_world[:3, :3] @ frame.world_from_camera[:3, 3]
    grid_from_world[3, 3] = 1.0
    seen = np.zeros((200, 200, 16), bool)
    poses = grid_from_world @ world_from_rows(frame)
    mark_shown(ray_table(frame.model), frame.depth_m, 50.0, poses, seen)
    cubes = naive_pixels.shown(frame, 50.0, grid_from_world, seen.shape)
    assert np.count_nonzero(cubes) > 100
    assert np.count_nonzero(seen != cubes) <= 2


def test_rays_are_kept_for_the_next_frame() -> None:
    frame = noisy_frame(LENSES["distorted"], rolling=False)
    table = ray_table(frame.model)
    assert ray_table(replace(frame.model, matrix=frame.model.matrix.copy())) is table
    asked: NDArray[np.float64] = pixel_rays(frame.model, np.array([[95.0, 0.0], [3.0, 63.0]]))
    assert table[[0, 63], [95, 3]] == pytest.approx(asked, abs=1e-6)


def test_the_lowest_pixel_that_is_not_free_is_found_as_the_slow_twin_says() -> None:
    frame = noisy_frame(LENSES["pinhole"], False)
    ground, rng = np.flatnonzero(IS_FREE), np.random.default_rng(5)
    semantic = rng.choice(ground, frame.semantic.shape).astype(np.uint8)
    semantic[rng.uniform(size=semantic.shape) < 0.02] = np.flatnonzero(~IS_FREE)[0]
    instance = np.where(rng.uniform(size=semantic.shape) < 0.02, frame.instance, 0).astype(np.int32)
    instance[:, 10:14], semantic[:, 10:13] = 0, ground[0]
    semantic[:-1, 13], semantic[-1, 13] = ground[0], 0  # the last row, and three columns without anything
    frame = replace(frame, semantic=semantic, instance=instance)
    row = np.empty(96, np.int16)
    find_blocked(semantic, instance, IS_FREE, row)
    meant = naive_pixels.blocked(frame, IS_FREE)
    assert row.tolist() == meant.tolist()
    assert meant[10:14].tolist() == [-1, -1, -1, 63]
    assert len(np.unique(meant)) > 20
