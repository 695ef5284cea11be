"""How much of each actor the sensors of a rig can resolve, and the level of detail that is enough.  Renderers floor.

An actor keeps one level throughout a clip: nothing pops.  The level follows from the paths and the rig alone, so twins,
which share both, share it.
"""

import numpy as np
from numpy.typing import NDArray

from renderers.assets.levels import FAR, FULL, MIDDLE
from renderers.optics import camera_model
from scenarios.own_assets import OWN
from scenarios.taxonomy import ACTOR_CLASSES
from sim.trace import WorldTrace

FULL_PX_PER_M = 24.0  # a car is 110 pixels long; mirrors, rims and seats show from here on
MIDDLE_PX_PER_M = 8.0  # a car is 37 pixels long
# A lidar's points are sparser than pixels, but its ranges are exact to centimetres: it counts as a sharp camera.
LIDAR_PX_PER_RAD = 25.0 * 180.0 / np.pi
UPRIGHT_RAD = 0.3  # who leans further tumbles, and shows sides that coarse levels are not made for


def levels_of_detail(trace: WorldTrace) -> list[int]:
    """The level of each actor, by the sharpest that a sensor sees it at any time of the clip."""
    rig = trace.concrete.rig
    sharp = [float(camera_model(camera).matrix[0, 0]) for camera in rig.cameras.values()]
    sharp += [LIDAR_PX_PER_RAD] * bool(rig.lidars)
    near = nearest_m(trace)
    levels = []
    for column, actor in enumerate(trace.actors):
        kind = ACTOR_CLASSES[actor.actor_class]
        moves = kind.moves in ("vehicle", "walker")  # things are small, and lie as they fell
        leans = float(np.abs(trace.rotation_rad[:, column, 1:]).max(initial=0.0)) > UPRIGHT_RAD
        if actor.is_ego or actor.state or actor.model in OWN or leans or not moves:
            levels.append(FULL)
            continue
        px_per_m = max(sharp, default=0.0) / max(float(near[column]), 1e-3)
        levels.append(FULL if px_per_m > FULL_PX_PER_M else MIDDLE if px_per_m > MIDDLE_PX_PER_M else FAR)
    return levels


def nearest_m(trace: WorldTrace) -> NDArray[np.float64]:
    """(A,) smallest distance of each actor's box from the ego while it is there; infinite if it never is."""
    ego = next((k for k, actor in enumerate(trace.actors) if actor.is_ego), None)
    if ego is None:
        return np.zeros(len(trace.actors))
    apart = np.linalg.norm(trace.position_m - trace.position_m[:, ego, None], axis=2)
    reach = np.array([0.5 * np.hypot(*actor.size_m[:2]) for actor in trace.actors])
    near: NDArray[np.float64] = np.where(trace.present, apart - reach, np.inf).min(axis=0, initial=np.inf)
    return near
