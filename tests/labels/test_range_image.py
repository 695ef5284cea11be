"""A sweep as range images and back: every point returns to where it was, whatever the lidar and however it moves."""

import numpy as np
import pytest

from labelers.range_image import Grid, points_of, range_images
from renderers.frames import LidarSweep
from renderers.lidar_models import firings, lidar_model
from sim.trace import pose_matrix


def sweep_of(name: str, returns: int = 1, speed_mps: float = 20.0, yaw_rate_radps: float = 0.4) -> LidarSweep:
    """Everything between 2 and 60 m away, seen from a vehicle in a bend; farther returns behind every third."""
    shots = firings(name)
    rng = np.random.default_rng(7)
    first = rng.uniform(2.0, 60.0, len(shots.step))
    owner = np.repeat(np.arange(len(first)), returns) if returns > 1 else np.arange(len(first))
    index = np.tile(np.arange(returns), len(first)).astype(np.uint8)
    reach = first[owner] + 5.0 * index
    raw = shots.start_m[owner] + reach[:, None] * shots.direction[owner]
    time = shots.offset_ns[owner] * 1e-9
    turn = yaw_rate_radps * time
    steady = np.column_stack(
        [
            np.cos(turn) * raw[:, 0] - np.sin(turn) * raw[:, 1] + speed_mps * time,
            np.sin(turn) * raw[:, 0] + np.cos(turn) * raw[:, 1],
            raw[:, 2],
        ]
    )
    blank = np.zeros(len(raw), np.float32)
    mount = pose_matrix(np.array([1.0, 0.2, 1.9]), np.array([0.3, 0.02, -0.01]))
    world_from_ego = pose_matrix(np.array([350.0, -120.0, 4.0]), np.array([2.0, 0.03, 0.01]))
    return LidarSweep(
        sensor="lidar_top",
        model=name,
        time_ns=0,
        world_from_lidar=world_from_ego @ mount,
        ego_from_lidar=mount,
        xyz_m=steady.astype(np.float32),
        raw_xyz_m=raw.astype(np.float32),
        intensity=np.full(len(raw), 0.5, np.float32),
        ring=lidar_model(name).ring[shots.laser[owner]],
        offset_ns=shots.offset_ns[owner],
        instance=np.zeros(len(raw), np.int32),
        semantic=np.zeros(len(raw), np.uint8),
        cause=np.zeros(len(raw), np.uint8),
        range_m=reach.astype(np.float32),
        cos_incidence=blank,
        return_index=index,
        fired=len(first),
        lost={},
    )


@pytest.mark.parametrize("name", ["VLP-16", "HDL-32E", "OS1-32", "QT64", "AT128", "Avia", "Flash"])
def test_points_come_back_from_the_image_and_none_is_lost(name: str) -> None:
    sweep = sweep_of(name)
    world_from_ego = sweep.world_from_lidar @ np.linalg.inv(sweep.ego_from_lidar)
    grid = Grid.of(lidar_model(name))
    made = range_images(sweep, grid, world_from_ego)
    assert made.left_out == 0
    image, point = made.values[0], made.point[0]
    back = points_of(image, made.pose, grid, sweep.ego_from_lidar, world_from_ego)
    ego = sweep.xyz_m.astype(np.float64) @ sweep.ego_from_lidar[:3, :3].T + sweep.ego_from_lidar[:3, 3]
    assert np.abs(back - ego[point[point >= 0]]).max() < 5e-4  # poses are float32, 350 m from the origin
    assert (made.values[1][..., 0] < 0).all()
    # Without its pose a pixel looks past its beam, from where the vehicle is not yet or no more.
    frame = np.tile(made.pose[:1, :1] * 0 + _six_of(world_from_ego), (*point.shape, 1)).astype(np.float32)
    plain = points_of(image, frame, grid, sweep.ego_from_lidar, world_from_ego)
    assert np.abs(plain - ego[point[point >= 0]]).max() > 0.05


def _six_of(pose: np.ndarray) -> np.ndarray:
    yaw, pitch = np.arctan2(pose[1, 0], pose[0, 0]), -np.arcsin(pose[2, 0])
    return np.array([np.arctan2(pose[2, 1], pose[2, 2]), pitch, yaw, *pose[:3, 3]])


def test_a_turning_lidar_fills_its_image() -> None:
    sweep = sweep_of("HDL-32E")
    made = range_images(sweep, Grid.of(lidar_model("HDL-32E")), np.eye(4))
    assert np.mean(made.values[0][..., 0] > 0) > 0.99


def test_second_returns_stand_behind_the_first_and_third_ones_are_counted() -> None:
    sweep = sweep_of("VLP-16", returns=3, speed_mps=0.0, yaw_rate_radps=0.0)
    grid = Grid.of(lidar_model("VLP-16"))
    made = range_images(sweep, grid, np.eye(4))
    assert made.left_out == sweep.fired
    first, second = (image[..., 0] for image in made.values)
    hit = first > 0
    assert np.array_equal(hit, second > 0)
    assert second[hit] - first[hit] == pytest.approx(5.0, abs=0.01)


def test_pixel_poses_are_the_vehicles_own_in_a_bend() -> None:
    sweep = sweep_of("HDL-32E")
    made = range_images(sweep, Grid.of(lidar_model("HDL-32E")), np.eye(4))
    hit = made.point[0] >= 0
    time = sweep.offset_ns[made.point[0][hit]] * 1e-9
    yaw = made.pose[hit][:, 2]
    # 0.4 rad/s, and half a column of 0.17 degrees about it.
    assert np.abs(yaw - 0.4 * time).max() < np.radians(0.25)
    assert np.polyfit(time, yaw, 1)[0] == pytest.approx(0.4, abs=0.01)
