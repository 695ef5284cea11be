"""Which cubes about the ego hold something, of what class, and which of them sensors see.  Labels floor.

The grid and the classes are those of Occ3D-nuScenes: [-40, 40] x [-40, 40] x [-1, 5.4] m in the ego's frame, cubes of
0.4 m.  Cubes are filled by the scene's own triangles; a cube has the class of most of the surface in it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from labelers.definitions import OCCUPANCY_CELL_M, OCCUPANCY_CLASSES, OCCUPANCY_LOW_M, OCCUPANCY_SHAPE
from labelers.geometry import inverse_rigid
from labelers.kernels.pixels import mark_shown
from labelers.kernels.voxels import BLOCK, bound_blocks, lay_beams, look, pass_beams, settle, spread
from labelers.nuscenes_terms import CATEGORIES, INDEX_OF_SEMANTIC
from labelers.pixels import ray_table, world_from_rows
from labelers.records import Occupancy
from renderers.extras import lens_numbers
from renderers.frames import CameraFrame, Cause, LidarSweep
from renderers.mesh import Mesh
from renderers.stage import Stage
from scenarios.taxonomy import ACTOR_CLASSES
from sim.trace import WorldInstant

FREE = OCCUPANCY_CLASSES.index("free")
LAND = OCCUPANCY_CLASSES.index("terrain")
PAVED = np.array([OCCUPANCY_CLASSES.index(name) for name in ("driveable_surface", "other_flat", "sidewalk")])
SHOWN_M = 80.0  # of depth: farther than the grid's corners
_OF_CATEGORY = {
    "noise": "others", "animal": "others", "movable_object.barrier": "barrier", "vehicle.bicycle": "bicycle",
    "vehicle.bus.bendy": "bus", "vehicle.bus.rigid": "bus", "vehicle.car": "car",
    "vehicle.construction": "construction_vehicle", "vehicle.emergency.ambulance": "car",
    "vehicle.emergency.police": "car", "vehicle.motorcycle": "motorcycle", "movable_object.trafficcone": "traffic_cone",
    "vehicle.trailer": "trailer", "vehicle.truck": "truck", "flat.driveable_surface": "driveable_surface",
    "flat.other": "other_flat", "flat.sidewalk": "sidewalk", "flat.terrain": "terrain", "static.manmade": "manmade",
    "static.other": "manmade", "static.vegetation": "vegetation", "movable_object.debris": "others",
    "movable_object.pushable_pullable": "others",
}  # fmt: skip


def occupancy_class(category: str) -> int:
    """Occ3D's class of a nuScenes category."""
    word = "pedestrian" if category.startswith("human.") else _OF_CATEGORY.get(category, "others")
    return OCCUPANCY_CLASSES.index(word)


OF_SEMANTIC = np.array([occupancy_class(CATEGORIES[k]) for k in INDEX_OF_SEMANTIC.tolist()], np.uint8)


def occupancy(
    stage: Stage,
    instant: WorldInstant,
    world_from_ego: NDArray[np.float64],
    ego_velocity_mps: NDArray[np.float64],
    cameras: Mapping[str, CameraFrame],
    lidars: Mapping[str, LidarSweep],
) -> Occupancy:
    """Classes and masks of one sample."""
    grid_from_world = _grid() @ inverse_rigid(world_from_ego)
    lidar = np.zeros(OCCUPANCY_SHAPE, bool)
    for sweep in lidars.values():
        lidar |= _beams(sweep, ego_velocity_mps, grid_from_world)
    camera = np.zeros(OCCUPANCY_SHAPE, bool)
    for frame in cameras.values():
        camera |= _looks(frame, grid_from_world)
    return Occupancy(filled(stage, instant, grid_from_world), lidar, camera)


def _grid() -> NDArray[np.float64]:
    """(4, 4) grid_from_ego, in cubes."""
    matrix = np.eye(4) / OCCUPANCY_CELL_M
    matrix[:3, 3] = -np.array(OCCUPANCY_LOW_M) / OCCUPANCY_CELL_M
    matrix[3, 3] = 1.0
    return matrix


@dataclass(frozen=True, slots=True, eq=False)
class _Surface:
    """A mesh of a stage, and what about it stays the same from frame to frame."""

    mesh: Mesh
    kind: NDArray[np.uint8]  # (T,) class
    bounds_m: NDArray[np.float64]  # (B, 6) as `bound_blocks` has them
    row: int  # of its pose among the stage's placements
    column: int  # of the actor that it belongs to; -1: none

    @staticmethod
    def of(mesh: Mesh, own: int | None, row: int, column: int = -1) -> "_Surface":
        """`own` is the class of all of it; None: each triangle has that of its semantic."""
        kind = OF_SEMANTIC[mesh.semantic] if own is None else np.full(len(mesh.triangles), own, np.uint8)
        bounds = np.empty((-(-len(mesh.triangles) // BLOCK), 6))
        bound_blocks(mesh.vertices_m, mesh.triangles, bounds)
        return _Surface(mesh, kind, bounds, row, column)


_SURFACES: "WeakKeyDictionary[Stage, tuple[_Surface, ...]]" = WeakKeyDictionary()


def _surfaces(stage: Stage) -> tuple[_Surface, ...]:
    """All surfaces of a stage but the ego's, kept as long as it is."""
    known = _SURFACES.get(stage)
    if known is None:  # two threads may both find it: it is the same
        known = _SURFACES[stage] = tuple(_found(stage))
    return known


def _found(stage: Stage) -> Iterator[_Surface]:
    yield _Surface.of(stage.static.mesh, None, 0)
    for column, actor in enumerate(stage.trace.actors):
        if actor.is_ego:
            continue
        known = ACTOR_CLASSES.get(actor.actor_class)
        own = None if known is None else occupancy_class(known.nuscenes)
        for k, part in enumerate(stage.assets[column].parts):
            yield _Surface.of(part.mesh, own, int(stage.first[column]) + k, column)
    swayed = (mesh for tree in stage.static.trees for mesh in tree.parts)
    for row, mesh in enumerate(swayed, int(stage.first[-1])):
        yield _Surface.of(mesh, None, row)


def filled(stage: Stage, instant: WorldInstant, grid_from_world: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Classes of the cubes that surfaces touch."""
    count = int(np.prod(OCCUPANCY_SHAPE))
    slot, cubes, scratch = np.full(OCCUPANCY_SHAPE, -1, np.int32), *np.empty((2, count), np.int32)
    weight = np.empty((count, FREE))  # rows are cleared when a cube takes them: most never are
    grid_from_part = grid_from_world[:3] @ _square(stage.scene(instant.time_ns).world_from_part)
    held = 0
    for part in _surfaces(stage):
        if part.column >= 0 and not instant.present[part.column]:
            continue
        mesh, pose = part.mesh, grid_from_part[part.row]
        held = spread(
            mesh.vertices_m,
            mesh.triangles,
            part.bounds_m,
            part.kind,
            pose,
            slot,
            cubes,
            weight,
            held,
            scratch,
        )
    out = np.full(OCCUPANCY_SHAPE, FREE, np.uint8)
    settle(weight, cubes[:held], LAND, PAVED, out)
    return out


def _square(poses: NDArray[np.float64]) -> NDArray[np.float64]:
    """(P, 3, 4) rigid transforms with their last row."""
    square = np.zeros((len(poses), 4, 4))
    square[:, :3], square[:, 3, 3] = poses, 1.0
    return square


def _beams(
    sweep: LidarSweep, ego_velocity_mps: NDArray[np.float64], grid_from_world: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Cubes that beams with an echo from a surface went through, up to it."""
    pose = sweep.world_from_lidar
    start, end = np.empty((len(sweep.xyz_m), 3)), np.empty((len(sweep.xyz_m), 3))
    velocity = 1e-9 * (ego_velocity_mps @ pose[:3, :3])
    lay_beams(sweep.xyz_m, sweep.range_m, sweep.offset_ns, velocity, grid_from_world @ pose, start, end)
    seen = np.zeros(OCCUPANCY_SHAPE, bool)
    pass_beams(start, end, sweep.cause == int(Cause.SURFACE), seen)
    return seen


def _looks(frame: CameraFrame, grid_from_world: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Cubes that a camera looks into: nothing stops the ray to their middle, or a pixel shows a surface in them."""
    seen = np.zeros(OCCUPANCY_SHAPE, bool)
    camera_from_grid = inverse_rigid(frame.world_from_camera) @ np.linalg.inv(grid_from_world)
    look(frame.depth_m, lens_numbers(frame.model), camera_from_grid, OCCUPANCY_CELL_M, seen)
    poses = grid_from_world @ world_from_rows(frame)
    mark_shown(ray_table(frame.model), frame.depth_m, SHOWN_M, poses, seen)
    return seen
