"""Whether a camera sees the vehicle that carries it, and what its truth says of that.  Renderers floor."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from renderers.frames import CameraModel
from renderers.optics import pixel_rays
from renderers.pane import LOOKS_AHEAD_RAD
from renderers.scene import CASTS_SHADOW, SEEN_BY_SENSORS, Scene
from renderers.stage import Stage
from renderers.tracer import prepare
from scenarios.schema import Camera
from scenarios.taxonomy import SEMANTIC_ID

ACROSS, DOWN = 48, 32  # rays that ask
REACH_M = 4.0  # of a car's parts from a camera on it
# Who has more of the body than this before the lens is inside it: in a bumper, a pillar or the shell of a mirror.
BUILT_IN = 0.6


def with_own_body(
    scene: Scene,
    stage: Stage,
    name: str,
    camera: Camera[float],
    model: CameraModel,
    ego_from_camera: NDArray[np.float64],
) -> Scene:
    """The scene with the ego in it for cameras that stand free of it and have it in view; else the very scene.

    Cameras behind the windscreen are mounted so that the bonnet is out of their picture.  Each is asked once.
    """
    ego = _column(stage)
    key = (name, model.width_px, model.height_px, ego_from_camera.tobytes())
    if key not in stage.sees_ego:
        stage.sees_ego[key] = not behind_windscreen(camera) and _sees(
            scene, stage, ego, model, ego_from_camera
        )
    if not stage.sees_ego[key]:
        return scene
    seen = np.where((scene.actor == ego) & (scene.mask != 0), SEEN_BY_SENSORS, 0).astype(np.uint8)
    return replace(scene, mask=scene.mask | seen)


def own_truth(stage: Stage, instance: NDArray[np.int32], semantic: NDArray[np.uint8]) -> None:
    """The ego's pixels are of class ego_vehicle and no instance, as its points of a lidar are; in place."""
    own = instance == stage.trace.actors[_column(stage)].instance_id
    instance[own] = 0
    semantic[own] = SEMANTIC_ID["ego_vehicle"]


def behind_windscreen(camera: Camera[float]) -> bool:
    """Whether the glass before a camera is a windscreen, by its words or by where it looks."""
    ahead = camera.fisheye is None and abs(camera.mount.yaw_rad) < LOOKS_AHEAD_RAD
    return (camera.window.mount or ("windscreen" if ahead else "cover")) == "windscreen"


def _column(stage: Stage) -> int:
    return next(k for k, actor in enumerate(stage.trace.actors) if actor.is_ego)


def _sees(
    scene: Scene, stage: Stage, ego: int, model: CameraModel, ego_from_camera: NDArray[np.float64]
) -> bool:
    """Whether some rays meet the ego, and not most of them."""
    world_from_camera = stage.instant(scene.time_ns).world_from_actor(ego) @ ego_from_camera
    v, u = np.mgrid[0:DOWN, 0:ACROSS].astype(np.float64)
    pixel = np.stack([(u + 0.5) / ACROSS * model.width_px, (v + 0.5) / DOWN * model.height_px], axis=-1) - 0.5
    rays = pixel_rays(model, pixel).reshape(-1, 3)
    rays = rays[np.isfinite(rays).all(axis=1)]
    rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    direction = np.ascontiguousarray(rays @ world_from_camera[:3, :3].T, np.float32)
    hits = prepare(scene, world_from_camera[:3, 3]).trace(
        direction, None, 0.0, REACH_M, any_hit=True, mask=CASTS_SHADOW, only_actor=ego
    )
    share = float((hits.placement >= 0).mean())
    return 0.0 < share < BUILT_IN
