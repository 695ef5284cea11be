"""The benchmark street as a stage of ours, and the tasks that are timed on it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapes import Shape
from street import CAMERA_M, EGO_M, FRAMES, LIDAR_M, Street, Thing, lidar_rays

from renderers.camera import render, view_of
from renderers.frames import CameraModel
from renderers.lidar import scan
from renderers.materials import MATERIAL_ID
from renderers.mesh import Asset, LampSpec, Mesh, Part
from renderers.optics import camera_model
from renderers.scene import Scene
from renderers.stage import Stage, StaticSet
from renderers.things import things_ahead, things_of
from renderers.tracer import Hits, block_order, prepare
from scenarios.schema import Camera, Lidar, Mount
from scenarios.taxonomy import SEMANTIC_ID
from sim.app.tiny import tiny_concrete
from sim.simulate import simulate
from sim.trace import Actor, Lamp, WorldTrace

ORIGIN_M = np.array((100.0, 0.0, 0.0))
FRAME_NS = 100_000_000
CREASE = 0.6  # cosine between two facets beyond which an edge stays sharp
# Taxonomy, actor class (of what moves), model of the body table, materials that take turns.
LOOKS: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "road": ("road", "", "", ("asphalt",)),
    "sidewalk": ("sidewalk", "", "", ("paving",)),
    "kerb": ("kerb", "", "", ("kerb",)),
    "house": ("building", "", "", ("brick", "plaster_white", "plaster_ochre", "brick_yellow")),
    "tree": ("vegetation", "", "", ("leaf", "leaf_light")),
    "lamp_post": ("pole", "", "", ("metal_galvanised",)),
    "sign": ("traffic_sign", "", "", ("sign_white", "sign_red", "sign_blue")),
    "car": ("car", "car", "car.sedan", ("car_paint",)),
    "person": ("person", "pedestrian", "pedestrian.adult", ("cloth_red", "cloth_navy", "cloth_dark")),
}  # fmt: skip
PAINTS = ((0.75, 0.75, 0.74), (0.02, 0.02, 0.022), (0.03, 0.09, 0.32), (0.42, 0.43, 0.44), (0.45, 0.03, 0.03))
CAMERA = Camera[float](mount=Mount[float](z=CAMERA_M), width=1280, height=720, fov=float(np.radians(70.0)))
HDL64 = Lidar[float](mount=Mount[float](z=LIDAR_M), model="HDL-64E")


def stage_of(street: Street, weather: str = "clear") -> Stage:
    """The street as a stage, under one of sim.app.tiny.WEATHERS."""
    still = [k for k in range(len(street.things)) if not street.things[k].moves]
    meshes = [_mesh(street.things[k], k, world=True) for k in still]
    ids = np.repeat(np.array(still, np.int32) + 1, [len(mesh.triangles) for mesh in meshes])
    street_lamps = [
        LampSpec(0, (x, y - 1.7 * np.sign(y), z + 6.0), (0.0, 0.0, -1.0), "street", 2500.0, (1.0, 0.85, 0.6))
        for x, y, z, _ in (t.pose for t in street.things if t.kind == "lamp_post")
    ]
    static = StaticSet(Mesh.join(meshes), ids, tuple(street_lamps), ORIGIN_M)
    ego = Asset("car.sedan", (0.1, 0.1, 0.1), (Part("body", _mesh(street.things[0], 0, only=1)),))
    return Stage(
        _trace(street, weather), static, [ego, *(_asset(street.things[k], k) for k in street.moving)]
    )


class Ours:
    """Our engine on the street; `tasks` are called with the number of a frame."""

    def __init__(self, street: Street, threads: int) -> None:
        self.street, self.threads = street, threads
        self.stages = {weather: stage_of(street, weather) for weather in ("clear", "night_rain")}
        self.scene = self.stages["clear"].scene(0)
        self.tasks: dict[str, Callable[[int], Any]] = {"picture camera": self._picture()}
        for beams in (64, 128):
            self.tasks[f"sweep lidar {beams}"] = self._sweep(beams, still=False)
            self.tasks[f"trace lidar {beams}"] = self._sweep(beams, still=True)
        for weather, stage in self.stages.items():
            self.tasks[f"standard camera, {weather}"] = self._standard(stage)
            self.tasks[f"HDL-64E, {weather}"] = self._scanner(stage)

    def rays(self) -> dict[str, tuple[NDArray[np.float64], NDArray[np.float32]]]:
        """Origin and directions (rows, columns, 3) of the camera, whose depth is along x, and of both scanners."""
        tangent = np.tan(np.radians(35.0)) * 2.0 / 1280.0
        y, x = np.meshgrid(np.arange(720) - 359.5, np.arange(1280) - 639.5, indexing="ij")
        camera = np.stack([np.ones_like(x), -x * tangent, -y * tangent], axis=-1).astype(np.float32)
        eye, head = np.array((*EGO_M, CAMERA_M)), np.array((*EGO_M, LIDAR_M))
        return {
            "camera": (eye, camera),
            "lidar 64": (head, lidar_rays(64)),
            "lidar 128": (head, lidar_rays(128)),
        }

    def _moved(self, frame: int) -> Scene:
        """The scene with everything where it stands in a frame."""
        poses = self.street.poses[frame % FRAMES]
        placed = self.scene.world_from_part.copy()
        c, s = np.cos(poses[:, 3]), np.sin(poses[:, 3])
        own = placed[2:]  # rows: static world, ego, then what moves
        own[:, 0, 0], own[:, 0, 1], own[:, 1, 0], own[:, 1, 1] = c, -s, s, c
        own[:, :, 3] = poses[:, :3]
        return replace(self.scene, world_from_part=placed)

    def _picture(self) -> Callable[[int], Any]:
        """Instance and depth of a camera."""
        model: CameraModel = camera_model(CAMERA)
        view = view_of(model)
        turn = np.array(((0, 0, 1), (-1, 0, 0), (0, -1, 0)), np.float32)  # world from camera
        direction = np.ascontiguousarray(view.rays @ turn.T)
        origin, room = np.array((*EGO_M, CAMERA_M)), Hits.empty(len(direction))

        def work(frame: int) -> Any:
            ids, depth = things_of(prepare(self._moved(frame), origin), model, direction, self.threads, room)
            return depth, ids

        return work

    def _sweep(self, beams: int, still: bool) -> Callable[[int], Any]:
        """Range, instance and class of each beam, in packet order; `still` keeps the scene of frame 0."""
        rays = lidar_rays(beams)
        order = block_order(*rays.shape[:2])
        direction = np.ascontiguousarray(rays.reshape(-1, 3)[order])
        back = np.argsort(order)
        origin, room = np.array((*EGO_M, LIDAR_M)), Hits.empty(len(direction))
        frozen = prepare(self._moved(0), origin)

        def work(frame: int) -> Any:
            prepared = frozen if still else prepare(self._moved(frame), origin)
            ids, _, range_m = things_ahead(prepared, direction, self.threads, room)
            return range_m, ids, back

        return work

    def _standard(self, stage: Stage) -> Callable[[int], Any]:
        return lambda frame: render(stage, "cam", CAMERA, frame % FRAMES * FRAME_NS, threads=self.threads)

    def _scanner(self, stage: Stage) -> Callable[[int], Any]:
        return lambda frame: scan(stage, "lidar", HDL64, frame % FRAMES * FRAME_NS, threads=self.threads)


def _asset(thing: Thing, index: int) -> Asset:
    mesh = _mesh(thing, index)
    size = np.abs(mesh.vertices_m).max(axis=0)
    lamps = []
    for side in (-0.6, 0.6) if thing.kind == "car" else ():
        front, rear = (float(size[0]), side, 0.7), (-float(size[0]), side, 0.8)
        lamps.append(LampSpec(int(Lamp.LOW_BEAM), front, (1.0, 0.0, 0.0), "low_beam", 1.0, (1.0, 0.95, 0.9)))
        lamps.append(LampSpec(int(Lamp.TAIL), rear, (-1.0, 0.0, 0.0), "tail", 8.0, (1.0, 0.05, 0.03)))
    box = (2.0 * float(size[0]), 2.0 * float(size[1]), float(size[2]))
    tints = (PAINTS[index % len(PAINTS)],) * 3
    return Asset(LOOKS[thing.kind][2], box, (Part("body", mesh),), tuple(lamps), tints=tints)


def _mesh(thing: Thing, index: int, world: bool = False, only: int | None = None) -> Mesh:
    """A thing with normals, textures in metres and a material; `only` keeps so many triangles."""
    x, y, z, yaw = thing.pose
    shape: Shape = thing.shape.moved(x, y, z, yaw) if world else thing.shape
    triangles = shape.triangles[:only]
    points = shape.points_m - (ORIGIN_M if world else 0.0)
    edges = points[triangles[:, 1:]] - points[triangles[:, :1]]
    facing = np.cross(edges[:, 0], edges[:, 1])
    area = np.linalg.norm(facing, axis=1)
    # Smooth where the facets about a point nearly agree.
    summed = np.zeros_like(points)
    for corner in range(3):
        np.add.at(summed, triangles[:, corner], facing)
    smooth = summed / np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), 1e-12)
    flat = facing / np.maximum(area[:, None], 1e-12)
    normals = smooth[triangles]
    normals = np.where((normals * flat[:, None]).sum(axis=-1, keepdims=True) > CREASE, normals, flat[:, None])
    across = np.argmax(np.abs(flat), axis=1)  # the axis that a texture is seen along
    spans = np.array(((1, 2), (0, 2), (0, 1)))[across]
    corners = points[triangles]
    uv = np.take_along_axis(corners, spans[:, None, :], axis=2)
    semantic, _, _, materials = LOOKS[thing.kind]
    count = len(triangles)
    return Mesh(
        corners.reshape(-1, 3).astype(np.float32),
        np.arange(3 * count, dtype=np.int32).reshape(-1, 3),
        normals.reshape(-1, 3).astype(np.float32),
        uv.reshape(-1, 2).astype(np.float32),
        np.full(count, MATERIAL_ID[materials[index % len(materials)]], np.int16),
        np.full(count, SEMANTIC_ID[semantic], np.uint8),
    )


def _trace(street: Street, weather: str) -> WorldTrace:
    """A trace in which everything stands where the street's frames say; its weather is that of a tiny scenario."""
    blank = simulate(tiny_concrete(weather))
    kinds = [street.things[k].kind for k in street.moving]
    actors = [Actor(len(street.things) + 1, "ego", "car.sedan", "car", (0.1, 0.1, 0.1), 0, is_ego=True)]
    for k, kind in zip(street.moving, kinds, strict=True):
        _, actor_class, model, _ = LOOKS[kind]
        actors.append(Actor(int(k) + 1, f"thing{k}", model, actor_class, (4.5, 1.9, 1.7), int(k)))
    count = len(actors)
    position = np.zeros((FRAMES, count, 3))
    position[:, 0, :2] = EGO_M
    position[:, 1:] = street.poses[:, :, :3]
    rotation, velocity = np.zeros((FRAMES, count, 3)), np.zeros((FRAMES, count, 3))
    rotation[:, 1:, 0] = street.poses[:, :, 3]
    velocity[:, 1:, 0] = np.cos(street.poses[:, :, 3])
    beams = int(Lamp.LOW_BEAM | Lamp.TAIL) if weather == "night_rain" else 0
    lamps = np.array([0, *(beams if kind == "car" else 0 for kind in kinds)], np.uint16)
    still = np.zeros((FRAMES, count))
    return replace(
        blank,
        actors=tuple(actors),
        events=(),
        time_ns=np.arange(FRAMES, dtype=np.int64) * FRAME_NS,
        position_m=position,
        rotation_rad=rotation,
        velocity_mps=velocity,
        yaw_rate_radps=still,
        speed_mps=still,
        acceleration_mps2=still,
        steer_rad=still,
        wheel_rad=still,
        gait=np.zeros((FRAMES, count), np.uint8),
        gait_phase=still,
        lamps=np.tile(lamps, (FRAMES, 1)),
        present=np.ones((FRAMES, count), bool),
        ways=None,
        doors=None,
    )
