"""Maps from above, free space and voxels against points, pixels and the road.  Labels floor."""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from labelers.definitions import (
    BIRDSEYE_LAYERS,
    OCCUPANCY_CELL_M,
    OCCUPANCY_CLASSES,
    OCCUPANCY_LOW_M,
    OCCUPANCY_SHAPE,
)
from labelers.geometry import inverse_rigid, world_from_cuboid
from labelers.pixels import pixel_points
from labelers.proofs.shared import Violation, in_cuboid_frame, place_of
from labelers.records import Birdseye, Occupancy, Sample
from renderers.frames import Cause
from scenarios.taxonomy import ACTOR_CLASSES, PEOPLE, SEMANTIC_ID

MAP, SPACE, VOXELS = "bird's-eye map", "free space", "occupancy"
EDGE_M = 1e-6  # of a rectangle, where rounding decides
LANE_POINTS = 50  # that a share is asked of
INSIDE_AGREES, PAINT_AGREES = 0.97, 0.8  # of ground inside drivable cells, of paint
GROUND = [
    SEMANTIC_ID[name]
    for name in ("road", "road_marking", "parking", "sidewalk", "kerb", "terrain", "water", "ego_vehicle")
]
ROADWAY = [SEMANTIC_ID[name] for name in ("road", "road_marking", "parking", "water")]
BESIDE = [*ROADWAY, *(SEMANTIC_ID[name] for name in ("sidewalk", "kerb", "terrain"))]
PAINT = SEMANTIC_ID["road_marking"]
DISTANCE_M = 2e-3
NEAR_M = 0.03  # beside a border of cubes, where float32 and noise of range decide
HIT, ASKED_PIXELS = 0.995, 400
FREE = OCCUPANCY_CLASSES.index("free")


def birdseye_maps(sample: Sample) -> Iterator[Violation]:
    """Cells of actors are those whose middles lie in their cuboids' rectangles; lanes lie on the roadway."""
    found = sample.labels.birdseye
    if found is None:
        return
    place = place_of(sample, "birdseye")
    count = round(found.size_m / found.cell_m)
    if found.bits.shape != (count, count):
        yield Violation(MAP, place, f"{found.bits.shape} cells, {count} to a side stated")
        return
    middle = 0.5 * found.size_m - (np.arange(count) + 0.5) * found.cell_m
    ahead, left = np.meshgrid(middle, middle, indexing="ij")
    forward = sample.world_from_ego[:2, 0] / np.linalg.norm(sample.world_from_ego[:2, 0])
    sideways = np.array((-forward[1], forward[0]))
    flat = ahead[..., None] * forward + left[..., None] * sideways + sample.world_from_ego[:2, 3]
    meant = {name: np.zeros((count, count), bool) for name in ("vehicle", "person", "other_actor")}
    unsure = np.zeros((count, count), bool)
    for cuboid in sample.labels.cuboids:
        moves = ACTOR_CLASSES[cuboid.actor_class].moves if cuboid.actor_class in ACTOR_CLASSES else ""
        layer = (
            "person" if cuboid.actor_class in PEOPLE else "vehicle" if moves == "vehicle" else "other_actor"
        )
        axes = world_from_cuboid(cuboid)[:2, :2]
        shares = np.linalg.solve(axes, (flat - cuboid.centre_m[:2]).reshape(-1, 2).T).T.reshape(
            count, count, 2
        )
        over = np.abs(shares) - 0.5 * np.asarray(cuboid.size_m[:2])
        meant[layer] |= (over <= 0.0).all(axis=-1)
        unsure |= np.abs(over).min(axis=-1) < EDGE_M
    for layer, cells in meant.items():
        stated = (found.bits >> BIRDSEYE_LAYERS.index(layer)) & 1 == 1
        wrong = int(np.count_nonzero((stated != cells) & ~unsure))
        if wrong:
            yield Violation(MAP, place, f"{wrong} cells of layer {layer} are not those of the cuboids")
    yield from _roadway(sample, found, place)


def _roadway(sample: Sample, found: Birdseye, place: str) -> Iterator[Violation]:
    """Ground well inside drivable cells is roadway; paint lies on them or beside."""
    drivable = (found.bits & 1 == 1).astype(np.uint8)
    block = np.ones((3, 3), np.uint8)
    inner, outer = cv2.erode(drivable, block), cv2.dilate(drivable, block)
    ego_from_world = inverse_rigid(sample.world_from_ego)
    half = 0.5 * found.size_m - found.cell_m
    ground, paint = [], []
    for sweep in sample.lidars.values():
        kept = np.isin(sweep.semantic, BESIDE) & (sweep.instance == 0) & (sweep.cause == int(Cause.SURFACE))
        pose = ego_from_world @ sweep.world_from_lidar
        local = sweep.xyz_m[kept].astype(np.float64) @ pose[:3, :3].T + pose[:3, 3]
        near = (np.abs(local[:, :2]) < half).all(axis=1)
        row, column = np.floor((0.5 * found.size_m - local[near, :2]) / found.cell_m).astype(int).T
        kind = sweep.semantic[kept][near]
        ground.append(np.isin(kind, ROADWAY)[inner[row, column] > 0])
        paint.append(outer[row, column][kind == PAINT] > 0)
    for told, least, fact in (
        (ground, INSIDE_AGREES, "of the ground inside drivable cells is roadway"),
        (paint, PAINT_AGREES, "of what is painted lies on drivable cells"),
    ):
        shown = np.concatenate(told) if told else np.zeros(0, bool)
        if len(shown) >= LANE_POINTS and float(shown.mean()) < least:
            yield Violation(MAP, place, f"{100 * float(shown.mean()):.1f} % {fact}")


def free_spaces(sample: Sample, camera: str) -> Iterator[Violation]:
    """Below the stated row there is ground, at it there is none, and it is as far away as its pixel."""
    found = sample.labels.free_space.get(camera)
    if found is None:
        return
    frame, place = sample.cameras[camera], place_of(sample, camera, "free space")
    height, width = frame.semantic.shape
    if len(found.row) != width or (found.row >= height).any() or (found.row < -1).any():
        yield Violation(SPACE, place, "rows beside the image")
        return
    ground = np.isin(frame.semantic, GROUND) & (frame.instance == 0)
    below = np.arange(height)[:, None] > found.row
    hidden = int(np.count_nonzero((~ground & below).any(axis=0)))
    column = np.flatnonzero(found.row >= 0)
    row = found.row[column].astype(np.int64)
    open_ = int(np.count_nonzero(ground[row, column]))
    if hidden or open_:
        yield Violation(SPACE, place, f"{hidden} columns are free beyond something, {open_} end on ground")
        return
    depth = frame.depth_m[row, column]
    finite = np.isfinite(depth)
    points = pixel_points(frame, column[finite], row[finite], depth[finite])
    world = points @ frame.world_from_camera[:3, :3].T
    gap = np.abs(np.hypot(world[:, 0], world[:, 1]) - found.distance_m[column[finite]])
    if (gap > DISTANCE_M).any() or not np.isinf(found.distance_m[column[~finite]]).all():
        yield Violation(SPACE, place, f"distances are {float(gap.max(initial=0.0)):.2f} m off")
    same = (found.semantic[column] == frame.semantic[row, column]) & (
        found.instance[column] == frame.instance[row, column]
    )
    if not same.all():
        yield Violation(SPACE, place, f"{np.count_nonzero(~same)} columns end on something else than stated")


def voxels(sample: Sample) -> Iterator[Violation]:
    """Where beams and pixels meet what does not move there is an occupied, observed cube; actors have their class."""
    found = sample.labels.occupancy
    if found is None:
        return
    place = place_of(sample, "occupancy")
    shapes = {found.semantics.shape, found.mask_lidar.shape, found.mask_camera.shape}
    if shapes != {OCCUPANCY_SHAPE} or found.semantics.max() > FREE:
        yield Violation(VOXELS, place, "not Occ3D's grid or classes")
        return
    for sweep in sample.lidars.values():
        met = sweep.cause == int(Cause.SURFACE)
        pose = sweep.world_from_lidar
        start = (1e-9 * sweep.offset_ns[met])[:, None] * (sample.ego_velocity_mps @ pose[:3, :3])
        way = sweep.xyz_m[met] - start
        # Without the noise of range, which may end a beam before or behind what it met.
        way *= (sweep.range_m[met] / np.maximum(np.linalg.norm(way, axis=1), 1e-9))[:, None]
        world = (start + way) @ pose[:3, :3].T + pose[:3, 3]
        still = sweep.instance[met] == 0
        yield from _agree(sample, found, world[still], found.mask_lidar, f"{place}/{sweep.sensor}")
    for name, frame in sample.cameras.items():
        others = frame.semantic != SEMANTIC_ID["ego_vehicle"]
        row, column = np.nonzero(np.isfinite(frame.depth_m) & (frame.instance == 0) & others)
        if not len(row):
            continue
        pick = np.linspace(0, len(row) - 1, min(ASKED_PIXELS, len(row))).astype(int)
        points = pixel_points(frame, column[pick], row[pick], frame.depth_m[row[pick], column[pick]])
        world = points @ frame.world_from_camera[:3, :3].T + frame.world_from_camera[:3, 3]
        yield from _agree(sample, found, world, None, f"{place}/{name}")
    yield from _kinds(sample, found, place)


def _cubes(
    sample: Sample, world_m: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Cubes of points, which of them lie in the grid, and which of them far from any border."""
    ego_from_world = inverse_rigid(sample.world_from_ego)
    local = world_m @ ego_from_world[:3, :3].T + ego_from_world[:3, 3]
    at = (local - np.array(OCCUPANCY_LOW_M)) / OCCUPANCY_CELL_M
    cube = np.floor(at).astype(np.int64)
    inside = ((cube >= 0) & (cube < np.array(OCCUPANCY_SHAPE))).all(axis=1)
    clear = (np.abs(at - np.rint(at)) > NEAR_M / OCCUPANCY_CELL_M).all(axis=1)
    return cube, inside, clear


def _agree(
    sample: Sample,
    found: Occupancy,
    world_m: NDArray[np.float64],
    mask: NDArray[np.bool_] | None,
    place: str,
) -> Iterator[Violation]:
    cube, inside, clear = _cubes(sample, world_m)
    at = tuple(cube[inside & clear].T)
    if not len(at[0]):
        return
    full = float((found.semantics[at] != FREE).mean())
    if full < HIT:
        yield Violation(VOXELS, place, f"{100 * full:.1f} % of what is met lies in occupied cubes")
    seen = float((mask if mask is not None else found.mask_camera)[at].mean())
    if seen < HIT:
        yield Violation(VOXELS, place, f"{100 * seen:.1f} % of what is met lies in observed cubes")


def _kinds(sample: Sample, found: Occupancy, place: str) -> Iterator[Violation]:
    """Cubes of actors' classes are at an actor."""
    ego_from_world = inverse_rigid(sample.world_from_ego)
    for kind in ("car", "truck", "bus", "pedestrian", "bicycle", "motorcycle"):
        cube = np.argwhere(found.semantics == OCCUPANCY_CLASSES.index(kind))
        if not len(cube):
            continue
        middle = (cube + 0.5) * OCCUPANCY_CELL_M + np.array(OCCUPANCY_LOW_M)
        held = np.zeros(len(cube), bool)
        for cuboid in sample.labels.cuboids:
            pose = ego_from_world @ world_from_cuboid(cuboid)
            over = np.abs(in_cuboid_frame(middle, pose)) - 0.5 * np.asarray(cuboid.size_m)
            held |= (over <= 0.87 * OCCUPANCY_CELL_M).all(axis=1)  # half a cube's diagonal
        if not held.all():
            fact = f"{np.count_nonzero(~held)} of {len(cube)} cubes of class {kind} are at no actor"
            yield Violation(VOXELS, place, fact)
