"""Who stands at the centre of each pixel, answered by PyBullet: another engine's triangles, trees and rays.

Nothing of the tracer, its frusta or the truth images is used: meshes and poses go to Bullet as collision shapes, rays
come from the camera's matrix, and Bullet says which body each of them hits first.
"""

import numpy as np
import pybullet
from numpy.typing import NDArray

from renderers.frames import CameraFrame
from renderers.scene import SEEN_BY_SENSORS
from renderers.stage import Stage

MOST_TRIANGLES = 20_000  # of one shape: PyBullet's commands hold 131,072 vertices
FAR_M = 2000.0
EYE = [0.0, 0.0, 0.0]
BATCH = 8_192  # rays: PyBullet takes less than 16,384 at a time


def bullet_instances(stage: Stage, frame: CameraFrame) -> NDArray[np.int32]:
    """(H, W) instance ids of a frame of an undistorted pinhole, 0 for the sky and what has no id."""
    client = pybullet.connect(pybullet.DIRECT)
    try:
        ids = _build(client, stage, frame.time_ns, frame.world_from_camera[:3, 3])
        ends = _rays(frame)
        seen = np.zeros(len(ends), np.int32)
        for first in range(0, len(ends), BATCH):
            part = ends[first : first + BATCH].tolist()
            found = pybullet.rayTestBatch([EYE] * len(part), part, numThreads=1, physicsClientId=client)
            seen[first : first + len(part)] = [ids.get(answer[0], 0) for answer in found]
    finally:
        pybullet.disconnect(client)
    return seen.reshape(frame.instance.shape)


def _rays(frame: CameraFrame) -> NDArray[np.float64]:
    """(H * W, 3) ends of the rays through the pixels' centres, in world axes about the eye."""
    K = frame.model.matrix
    assert frame.model.straight
    v, u = np.mgrid[0 : frame.model.height_px, 0 : frame.model.width_px].reshape(2, -1)
    ahead = np.stack([(u - K[0, 2]) / K[0, 0], (v - K[1, 2]) / K[1, 1], np.ones(len(u))], axis=-1)
    return np.asarray(FAR_M * ahead @ frame.world_from_camera[:3, :3].T)


def _build(client: int, stage: Stage, time_ns: int, eye: NDArray[np.float64]) -> dict[int, int]:
    """Fill Bullet's world, moved so that the eye is at its origin; the instance of each body."""
    scene = stage.scene(time_ns)
    here = np.eye(3, 4)
    here[:, 3] = stage.static.origin_m - eye
    static = stage.static.mesh
    ids: dict[int, int] = {}
    for which in np.unique(stage.static.instance):
        triangles = static.triangles[stage.static.instance == which]
        ids |= dict.fromkeys(_bodies(client, static.vertices_m, triangles, here), int(which))
    meshes = [part.mesh for asset in stage.assets for part in asset.parts]
    meshes += [mesh for tree in stage.static.trees for mesh in tree.parts]
    for row, mesh in enumerate(meshes, start=1):
        if scene.mask[row] & SEEN_BY_SENSORS:
            pose = scene.world_from_part[row].copy()
            pose[:, 3] -= eye
            ids |= dict.fromkeys(
                _bodies(client, mesh.vertices_m, mesh.triangles, pose), int(scene.instance[row])
            )
    return ids


def _bodies(
    client: int, vertices_m: NDArray[np.float32], triangles: NDArray[np.int32], pose: NDArray[np.float64]
) -> list[int]:
    """One body for each of some triangles at a time, standing in the world as they are."""
    made = []
    for first in range(0, len(triangles), MOST_TRIANGLES):
        used, index = np.unique(triangles[first : first + MOST_TRIANGLES], return_inverse=True)
        corners = vertices_m[used].astype(np.float64) @ pose[:, :3].T + pose[:, 3]
        shape = pybullet.createCollisionShape(
            pybullet.GEOM_MESH,
            vertices=corners.tolist(),
            indices=index.reshape(-1).tolist(),
            flags=pybullet.GEOM_FORCE_CONCAVE_TRIMESH,
            physicsClientId=client,
        )
        made.append(pybullet.createMultiBody(0, shape, physicsClientId=client))
    return made
