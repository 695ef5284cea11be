"""Truth to labels: all boxes, cuboids, visibilities and tags of one instant.  Labels floor.

Definitions stand in `labelers.definitions`.  Nothing here is drawn from chance, and nothing passes through weather:
boxes and visibilities come from the unfiltered planes and from geometry.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from labelers.birdseye import birdseye
from labelers.boxes import mask_measures
from labelers.contrast import contrast, detectable
from labelers.definitions import DETECTABLE_POINTS, MOVING_MPS
from labelers.free_space import free_space
from labelers.geometry import inverse_rigid, world_from_cuboid
from labelers.keypoints import image_skeletons, skeletons
from labelers.lines import drivable, image_lines, lines_near
from labelers.occupancy import occupancy
from labelers.points import count_in_cuboid
from labelers.records import Box2D, Cuboid, FrameLabels, ImageSkeleton
from labelers.rle import compress, run_lengths
from labelers.scene_flow import scene_flow
from labelers.signs import image_signs, signs_near
from labelers.tags import frame_tags
from labelers.visibility import View, visible_fraction, window
from renderers.extent import Extent
from renderers.frames import CameraFrame, CameraModel, LidarSweep
from renderers.projection import Rect, image_bounds, intersect
from renderers.rolling import BAND, Rolling, rolling_of
from renderers.silhouettes import silhouette
from renderers.stage import Stage
from renderers.tracer import prepare
from scenarios.bodies import DOORS, LYING, RIDERLESS, opened_by
from scenarios.taxonomy import ACTOR_CLASSES
from sim.trace import Actor, Gait, WorldInstant, WorldTrace

TWO_WHEELED = frozenset({"bicycle", "motorcycle", "e_scooter"})
RUNNING_MPS = 2.2  # walkers without a gait; people change from walking to running near 2 m/s (Minetti 1994)


def label(
    stage: Stage,
    time_ns: int,
    cameras: Mapping[str, CameraFrame],
    lidars: Mapping[str, LidarSweep],
    threads: int = 1,
    also: Collection[str] = (),
) -> FrameLabels:
    """All labels of the frames that a rig took at `time_ns`; `also` as in `capture: {also: ...}`."""
    trace = stage.trace
    instant = stage.instant(time_ns)
    columns = [k for k, actor in enumerate(trace.actors) if instant.present[k] and not actor.is_ego]
    extents = {column: stage.extent(instant, column) for column in columns}
    boxes: dict[str, tuple[Box2D, ...]] = {}
    views: dict[int, list[View]] = {}  # by column
    points: dict[str, tuple[ImageSkeleton, ...]] = {}
    marks = {column: skeletons(stage, instant, column) for column in columns}
    for name in sorted(cameras):
        boxes[name] = _boxes(stage, instant, columns, extents, cameras[name], views, threads)
        boxed = {box.instance_id for box in boxes[name]}
        inside = [column for column in columns if trace.actors[column].instance_id in boxed]
        same = cameras[name].time_ns == time_ns
        points[name] = tuple(
            s
            for column in inside
            for s in image_skeletons(stage, cameras[name], column, marks[column] if same else None)
        )
    ego = next(k for k, actor in enumerate(trace.actors) if actor.is_ego)
    lines = () if trace.road is None else lines_near(trace.road, instant.world_from_actor(ego))
    faces = stage.static.faces
    signs = signs_near(stage, trace.road, instant, instant.world_from_actor(ego))
    told = {box.instance_id for kept in boxes.values() for box in kept if box.detectable}
    for sweep in lidars.values():
        told.update(np.flatnonzero(np.bincount(sweep.instance) >= DETECTABLE_POINTS).tolist())
    cuboids = tuple(
        replace(
            _cuboid(
                trace, instant, column, extents[column], ego, lidars, visible_fraction(views.get(column, ()))
            ),
            detectable=trace.actors[column].instance_id in told,
        )
        for column in columns
    )
    world_from_ego = instant.world_from_actor(ego)
    capture = trace.concrete.scenario.capture
    return FrameLabels(
        cuboids,
        boxes,
        frame_tags(trace.weather.at(time_ns)),
        tuple(s for column in columns for s in marks[column]),
        points,
        lines,
        {name: image_lines(frame, lines, instant.world_from_actor(ego)) for name, frame in cameras.items()},
        {} if trace.road is None else {name: drivable(frame, trace.road) for name, frame in cameras.items()},
        signs,
        {name: image_signs(frame, faces, signs) for name, frame in cameras.items()},
        birdseye(world_from_ego, trace.road, lines, cuboids, capture.birdseye_size_m, capture.birdseye_cell_m)
        if "birdseye" in also
        else None,
        {name: free_space(frame) for name, frame in cameras.items()} if "free_space" in also else {},
        occupancy(stage, instant, world_from_ego, instant.velocity_mps[ego], cameras, lidars)
        if "occupancy" in also
        else None,
        {name: scene_flow(stage, sweep) for name, sweep in lidars.items()} if "scene_flow" in also else {},
    )


def _boxes(
    stage: Stage,
    instant: WorldInstant,
    columns: list[int],
    extents: Mapping[int, Extent],
    frame: CameraFrame,
    views: dict[int, list[View]],
    threads: int,
) -> tuple[Box2D, ...]:
    """Boxes of one camera; appends to `views` what each actor shows."""
    actors = stage.trace.actors
    measures = mask_measures(frame.instance, frame.transmittance, [actors[k].instance_id for k in columns])
    clear = np.ones(len(columns))
    if frame.window is not None:
        ids = [actors[k].instance_id for k in columns]
        clear = mask_measures(frame.instance, frame.window, ids).transmittance
    camera_from_world = inverse_rigid(frame.world_from_camera)
    prepared = prepare(stage.scene(frame.time_ns), frame.world_from_camera[:3, 3])
    roll = rolling_of(stage, frame)
    boxes = []
    for row, column in enumerate(columns):
        actor = actors[column]
        camera_from_actor = camera_from_world @ instant.world_from_actor(column)
        box = extents[column]
        corners = box.corners_m() @ camera_from_actor[:3, :3].T + camera_from_actor[:3, 3]
        cuboid = image_bounds(corners, frame.model)
        if roll is not None:
            cuboid = rolled_bounds(stage, roll, column, box.corners_m(), frame.model)
        alone = silhouette(prepared, column, corners, frame, actor.instance_id, threads, roll, cuboid)
        if alone is None or alone.bounds is None:
            continue
        visible_px, unoccluded_px = int(measures.count[row]), alone.pixels
        under = window(frame.instance, alone)
        seen = alone.mask & (under == actor.instance_id)
        stands_out = contrast(frame.image, seen, alone.origin_px) if visible_px else 0.0
        boxes.append(
            Box2D(
                instance_id=actor.instance_id,
                actor_class=actor.actor_class,
                visible=measures.box(row),
                amodal=alone.bounds,
                amodal_full=alone.full,
                cuboid=cuboid,
                visible_px=visible_px,
                unoccluded_px=unoccluded_px,
                occlusion=1.0 - visible_px / unoccluded_px,
                truncation=alone.truncation,
                transmittance=float(measures.transmittance[row]),
                window=float(clear[row]),
                amodal_rle=compress(run_lengths(alone.mask, alone.origin_px, frame.instance.shape)),
                occluders=occluders(under[alone.mask & ~seen]),
                contrast=stands_out,
                detectable=detectable(measures.box(row), visible_px, stands_out),
            )
        )
        views.setdefault(column, []).append(View(frame, alone, seen))
    return tuple(boxes)


def occluders(hiding: NDArray[np.int32]) -> dict[int, int]:
    """How many of these pixels each instance has."""
    numbers, counts = np.unique(hiding, return_counts=True)
    return dict(zip(numbers.tolist(), counts.tolist(), strict=True))


def rolled_bounds(
    stage: Stage, roll: Rolling, column: int, corners_m: NDArray[np.float64], model: CameraModel
) -> Rect | None:
    """Bounds of a cuboid in a picture that is taken row by row: of what each band of rows shows of it."""
    found: Rect | None = None
    rows = roll.rows.world_from_row
    for band, time_ns in enumerate(roll.time_ns):
        top = float(band * BAND)
        middle = min(band * BAND + BAND // 2, len(rows) - 1)
        pose = inverse_rigid(rows[middle]) @ stage.instant(int(time_ns)).world_from_actor(column)
        seen = image_bounds(corners_m @ pose[:3, :3].T + pose[:3, 3], model)
        strip = (0.0, top, float(model.width_px), min(top + BAND, float(model.height_px)))
        part = None if seen is None else intersect(seen, strip)
        if part is not None:
            found = (
                part
                if found is None
                else (
                    min(found[0], part[0]),
                    min(found[1], part[1]),
                    max(found[2], part[2]),
                    max(found[3], part[3]),
                )
            )
    return found


def _cuboid(
    trace: WorldTrace,
    instant: WorldInstant,
    column: int,
    box: Extent,
    ego: int,
    lidars: Mapping[str, LidarSweep],
    fraction: float,
) -> Cuboid:
    actor = trace.actors[column]
    world_from_actor = instant.world_from_actor(column)
    centre: NDArray[np.float64] = world_from_actor[:3, 3] + world_from_actor[:3, :3] @ box.centre_m
    bare = Cuboid(
        instance_id=actor.instance_id,
        name=actor.name,
        actor_class=actor.actor_class,
        model=actor.model,
        centre_m=centre,
        size_m=box.size_m,
        rotation_rad=np.array(instant.rotation_rad[column]),
        origin_m=np.array(instant.position_m[column]),
        velocity_mps=np.array(instant.velocity_mps[column]),
        acceleration_mps2=float(instant.acceleration_mps2[column]),
        lidar_points={},
        visible_fraction=fraction,
        distance_m=float(np.linalg.norm(centre - instant.position_m[ego])),
        attribute=attribute(trace, instant, column),
        doors=_doors(actor, instant, column),
    )
    pose = world_from_cuboid(bare)
    for name in sorted(lidars):
        lidar_from_cuboid = inverse_rigid(lidars[name].world_from_lidar) @ pose
        bare.lidar_points[name] = count_in_cuboid(lidars[name].xyz_m, lidar_from_cuboid, box.size_m)
    return bare


def _doors(actor: Actor, instant: WorldInstant, column: int) -> dict[str, float]:
    """How far each door stands open that ever does."""
    if instant.doors is None:
        return dict.fromkeys(opened_by(actor.state), 1.0)
    return {name: float(instant.doors[column, DOORS.index(name)]) for name in opened_by(actor.state)}


def attribute(trace: WorldTrace, instant: WorldInstant, column: int) -> str:
    """What an actor does at an instant, in one word; '' for props."""
    actor = trace.actors[column]
    if ACTOR_CLASSES[actor.actor_class].moves == "walker":
        if actor.state in LYING:
            return "lying"
        if actor.state in ("sitting", "kneeling"):
            return actor.state
    if actor.actor_class in TWO_WHEELED:
        return "without_rider" if actor.model in RIDERLESS else "with_rider"  # whom its box encloses
    speed = float(np.linalg.norm(instant.velocity_mps[column]))
    moves = ACTOR_CLASSES[actor.actor_class].moves
    if moves == "vehicle":
        if speed > MOVING_MPS:
            return "moving"
        return "parked" if _placed_as_parked(trace, actor, column, instant.time_ns) else "stopped"
    if moves == "walker":
        gait = int(instant.gait[column])
        if gait == Gait.NONE:
            gait = Gait.STAND if speed <= MOVING_MPS else Gait.WALK if speed < RUNNING_MPS else Gait.RUN
        return {Gait.STAND: "standing", Gait.WALK: "walking", Gait.RUN: "running"}[Gait(gait)]
    return ""


def _placed_as_parked(trace: WorldTrace, actor: Actor, column: int, time_ns: int) -> bool:
    """Whether the scenario parked an actor and it has not moved since."""
    words = trace.concrete.scenario.actors.get(actor.name)
    parked = (
        words.start.parked is not None if words is not None else actor.name.startswith("background.parked")
    )
    past = trace.time_ns <= time_ns
    return parked and not np.any(np.abs(trace.speed_mps[past, column]) > MOVING_MPS)
