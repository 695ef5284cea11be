"""Slow twin of renderers.kernels.motion: points moved by whole actors, one matrix after another."""

import numpy as np
from numpy.typing import NDArray

from renderers.frames import CameraFrame
from renderers.optics import mount_matrix, pixel_rays, project
from renderers.stage import Stage
from scenarios.schema import Camera


def flow(stage: Stage, camera: Camera[float], frame: CameraFrame, then_ns: int) -> NDArray[np.float64]:
    """(H, W, 2) pixel motion of what a frame shows, by actor (boxes that move as one), from its truth planes alone."""
    _, moved = places(stage, frame, then_ns)
    v, u = np.mgrid[: frame.model.height_px, : frame.model.width_px].astype(float)
    then = stage.instant(then_ns)
    ego = next(k for k, a in enumerate(stage.trace.actors) if a.is_ego)
    then_from_world = np.linalg.inv(then.world_from_actor(ego) @ mount_matrix(camera.mount, optical=True))
    local = moved @ then_from_world[:3, :3].T + then_from_world[:3, 3]
    return project(frame.model, local) - np.stack([u, v], -1)


def places(stage: Stage, frame: CameraFrame, then_ns: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(H, W, 3) world places of what a frame shows, and where each is at another time."""
    v, u = np.mgrid[: frame.model.height_px, : frame.model.width_px].astype(float)
    rays = pixel_rays(frame.model, np.stack([u, v], -1))
    sky = ~np.isfinite(frame.depth_m)
    depth = np.where(sky, 1e7, frame.depth_m).astype(float)  # so far away that only turns show
    world = (rays * depth[..., None]) @ frame.world_from_camera[:3, :3].T + frame.world_from_camera[:3, 3]
    now, then = stage.instant(frame.time_ns), stage.instant(then_ns)
    moved = world.copy()
    for column, actor in enumerate(stage.trace.actors):
        mine = frame.instance == actor.instance_id
        step = then.world_from_actor(column) @ np.linalg.inv(now.world_from_actor(column))
        moved[mine] = world[mine] @ step[:3, :3].T + step[:3, 3]
    return world, moved
