"""What a camera could see of an actor, by boxes alone: the picture's cone, and sight lines past the other boxes."""

import math

import numpy as np

from sim.kernels import traffic as k
from sim.trace import WorldTrace, pose_matrix
from tests.support.naive_boxes import box_distance

CAMERA_EVERY = 5  # ticks between looks
SPOTS = np.array([(x, y, z) for x in (-0.35, 0.35) for y in (-0.35, 0.35) for z in (0.3, 0.6, 0.9)])


def camera_places(trace: WorldTrace, name: str = "cam_front") -> np.ndarray:
    """(T, 4, 4) world_from_camera with x forward, y left, z up."""
    mount = trace.concrete.rig.cameras[name].mount
    ego_from_camera = pose_matrix(
        np.array((mount.x_m, mount.y_m, mount.z_m)),
        np.array((mount.yaw_rad, mount.pitch_rad, mount.roll_rad)),
    )
    ego = trace.index("ego")
    poses = [
        pose_matrix(p, r) for p, r in zip(trace.position_m[:, ego], trace.rotation_rad[:, ego], strict=True)
    ]
    return np.stack(poses) @ ego_from_camera


def seen_share(trace: WorldTrace, name: str, every: int = CAMERA_EVERY) -> np.ndarray:
    """Of the sight lines to an actor's body, the share that nothing crosses and that lies in the picture."""
    camera = trace.concrete.rig.cameras["cam_front"]
    half = camera.fov_rad / 2
    upright = math.atan(math.tan(half) * camera.height_px / camera.width_px)
    target = trace.index(name)
    shares = []
    for tick, place in list(zip(range(len(trace.time_ns)), camera_places(trace), strict=True))[::every]:
        box = pose_matrix(trace.position_m[tick, target], trace.rotation_rad[tick, target])
        body = SPOTS * trace.actors[target].size_m @ box[:3, :3].T + box[:3, 3]
        local = (body - place[:3, 3]) @ place[:3, :3]
        inside = (
            (local[:, 0] > 0.5)
            & (np.abs(local[:, 1]) < local[:, 0] * math.tan(half))
            & (np.abs(local[:, 2]) < local[:, 0] * math.tan(upright))
        )
        free = np.ones(len(body), bool)
        for column, actor in enumerate(trace.actors):
            if column != target and not actor.is_ego and trace.present[tick, column]:
                other = pose_matrix(trace.position_m[tick, column], trace.rotation_rad[tick, column])
                free &= ~crosses(place[:3, 3], body, other, np.array(actor.size_m))
        shares.append(np.mean(inside & free) if trace.present[tick, target] else 0.0)
    return np.array(shares)


def crosses(eye: np.ndarray, spots: np.ndarray, box: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Whether the lines from an eye to places pass through a box that stands on its origin (slab test)."""
    start = (eye - box[:3, 3]) @ box[:3, :3]
    way = (spots - eye) @ box[:3, :3]
    low, high = size * (-0.5, -0.5, 0.0), size * (0.5, 0.5, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = (low - start) / way, (high - start) / way
    enter = np.nanmax(np.minimum(one, other), axis=1)
    leave = np.nanmin(np.maximum(one, other), axis=1)
    return np.maximum(enter, 0.0) < np.minimum(leave, 1.0)


def box_gap_m(trace: WorldTrace, one: str, other: str) -> np.ndarray:
    """Metres in the plane between the outlines of two actors, at every tick."""
    rows = np.zeros((2, 9))
    found = []
    columns = [trace.index(one), trace.index(other)]
    for tick in range(len(trace.time_ns)):
        for row, column in zip(rows, columns, strict=True):
            row[[k.BX, k.BY]] = trace.position_m[tick, column, :2]
            row[k.BYAW] = trace.rotation_rad[tick, column, 0]
            row[k.BHALF_LENGTH], row[k.BHALF_WIDTH] = np.array(trace.actors[column].size_m[:2]) / 2
        found.append(box_distance(*rows))
    return np.array(found)
