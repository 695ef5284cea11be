"""Scenes of plain boxes for the real tracer: shapes whose projections are known on paper."""

import numpy as np
from numpy.typing import NDArray

from renderers.frames import CameraFrame, CameraModel
from renderers.geometry import build_geometry
from renderers.mesh import Mesh
from renderers.scene import CASTS_SHADOW, SEEN_BY_SENSORS, LampTable, Scene
from scenarios.schema import World
from sim.trace import pose_matrix
from sim.weather import weather_track

FACES = np.array(
    [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]], np.int32
)


def box_mesh(size_m: tuple[float, float, float]) -> Mesh:
    """A box standing on the origin of its frame."""
    length, width, height = size_m
    corners = np.array(
        [
            [x, y, z]
            for x in (-length / 2, length / 2)
            for y in (-width / 2, width / 2)
            for z in (0.0, height)
        ],
        np.float32,
    )
    triangles = np.concatenate([FACES[:, [0, 1, 2]], FACES[:, [0, 2, 3]]]).astype(np.int32)
    count = len(triangles)
    return Mesh(
        vertices_m=corners,
        triangles=triangles,
        normals=np.tile(np.array([[0.0, 0.0, 1.0]], np.float32), (len(corners), 1)),
        uv_m=np.zeros((len(corners), 2), np.float32),
        material=np.zeros(count, np.int16),
        semantic=np.full(count, 20, np.uint8),
    )


def box_scene(boxes: list[tuple[NDArray[np.float64], tuple[float, float, float]]]) -> Scene:
    """Actors 0, 1, ... as boxes with their poses (4, 4); a small plate far below is the static world."""
    plate = box_mesh((1.0, 1.0, 0.1)).moved(pose_matrix(np.array([0.0, 0.0, -500.0]), np.zeros(3)))
    geometry = build_geometry(
        plate, np.zeros(12, np.int32), [box_mesh(size) for _, size in boxes], np.zeros(3)
    )
    count = len(boxes) + 1
    poses = np.stack([np.eye(4)[:3], *(pose[:3] for pose, _ in boxes)])
    empty = np.zeros((0, 3))
    world = World[float, str].model_validate(
        {"clock": {"sun": {"elevation": 0.7, "azimuth": 2.0}}, "road": {"preset": "urban_street"}}
    )
    return Scene(
        time_ns=0,
        geometry=geometry,
        tree=np.arange(count, dtype=np.int32),
        world_from_part=poses,
        velocity_mps=np.zeros((count, 3)),
        spin_radps=np.zeros((count, 3)),
        instance=np.arange(count, dtype=np.int32),
        actor=np.arange(-1, count - 1, dtype=np.int32),
        mask=np.full(count, SEEN_BY_SENSORS | CASTS_SHADOW, np.uint8),
        glow=np.zeros((count, 8), np.float32),
        tint=np.ones((count, 3, 3), np.float32),
        lamps=LampTable(empty, empty, empty, np.zeros(0), empty, np.zeros(0, np.int32)),
        weather=weather_track(world, 1.0).states[0],
        seed=0,
    )


def standing(x_m: float, y_m: float, yaw_rad: float = 0.0, z_m: float = 0.0) -> NDArray[np.float64]:
    """Pose of a box at a place."""
    return pose_matrix(np.array([x_m, y_m, z_m]), np.array([yaw_rad, 0.0, 0.0]))


def empty_frame(model: CameraModel, world_from_camera: NDArray[np.float64]) -> CameraFrame:
    """A frame that shows nothing."""
    shape = (model.height_px, model.width_px)
    return CameraFrame(
        sensor="cam",
        time_ns=0,
        model=model,
        world_from_camera=world_from_camera,
        ego_from_camera=world_from_camera,
        image=np.zeros((*shape, 3), np.uint8),
        instance=np.zeros(shape, np.int32),
        semantic=np.zeros(shape, np.uint8),
        depth_m=np.full(shape, np.inf, np.float32),
        transmittance=np.ones(shape, np.float32),
    )
