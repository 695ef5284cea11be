"""How much of each actor the sensors of a rig can resolve, and the level of detail that is enough.  Renderers floor.

An actor keeps one level throughout a clip: nothing pops.  The level follows from the paths and the rig alone, so twins,
which share both, share it.
"""

import numpy as np
from numpy.typing import NDArray

from renderers.assets.levels import FAR, FULL, MIDDLE, NEAR
from renderers.optics import camera_model
from scenarios.own_assets import OWN
from scenarios.taxonomy import ACTOR_CLASSES
from sim.trace import WorldTrace

FULL_PX_PER_M = 70.0  # a car is 330 pixels long; the near level is within half a pixel of the full one below
NEAR_PX_PER_M = 24.0  # a car is 110 pixels long; mirrors, rims and seats show from here on
MIDDLE_PX_PER_M = 8.0  # a car is 37 pixels long; whoever is this small is far off,
MIDDLE_PX = 38.0  # unless it is longer or higher than this: a lorry has more to show than a car
# A lidar's points are sparser than pixels, but its ranges are exact to centimetres: it counts as a sharp camera.
LIDAR_PX_PER_RAD = 25.0 * 180.0 / np.pi
UPRIGHT_RAD = 0.3  # who leans further tumbles, and shows sides that coarse levels are not made for


def levels_of_detail(trace: WorldTrace) -> list[int]:
    """The level of each actor, by the sharpest that a sensor sees it at any time of the clip."""
    rig = trace.concrete.rig
    sharp = [float(camera_model(camera).matrix[0, 0]) for camera in rig.cameras.values()]
    sharp += [LIDAR_PX_PER_RAD] * bool(rig.lidars or rig.radars)
    near = nearest_m(trace)
    levels = []
    for column, actor in enumerate(trace.actors):
        kind = ACTOR_CLASSES[actor.actor_class]
        moves = kind.moves in ("vehicle", "walker")  # things are small, and lie as they fell
        leans = float(np.abs(trace.rotation_rad[:, column, 1:]).max(initial=0.0)) > UPRIGHT_RAD
        if actor.is_ego or actor.state or actor.model in OWN or leans or not moves:
            levels.append(FULL)
            continue
        levels.append(level_at(max(sharp, default=0.0) / max(float(near[column]), 1e-3), max(actor.size_m)))
    return levels


def level_at(px_per_m: float, size_m: float) -> int:
    """The level that is enough for something of a size that is seen that sharply."""
    if px_per_m > FULL_PX_PER_M:
        return FULL
    if px_per_m > NEAR_PX_PER_M:
        return NEAR
    return MIDDLE if px_per_m > MIDDLE_PX_PER_M or px_per_m * size_m > MIDDLE_PX else FAR


def nearest_m(trace: WorldTrace) -> NDArray[np.float64]:
    """(A,) smallest distance of each actor's box from the ego while it is there; infinite if it never is."""
    ego = next((k for k, actor in enumerate(trace.actors) if actor.is_ego), None)
    if ego is None:
        return np.zeros(len(trace.actors))
    apart = np.linalg.norm(trace.position_m - trace.position_m[:, ego, None], axis=2)
    reach = np.array([0.5 * np.hypot(*actor.size_m[:2]) for actor in trace.actors])
    near: NDArray[np.float64] = np.where(trace.present, apart - reach, np.inf).min(axis=0, initial=np.inf)
    return near
