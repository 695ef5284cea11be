"""How far the surface under each lidar point moves until the next frame.  Labels floor."""

import numpy as np
from numpy.typing import NDArray

from labelers.geometry import inverse_rigid
from renderers.frames import LidarSweep
from renderers.stage import Stage
from scenarios.taxonomy import SEMANTIC_ID

KNOTS = 9  # poses of an actor over a turn; between them it moves evenly
AIRBORNE = SEMANTIC_ID["airborne"]


def scene_flow(stage: Stage, sweep: LidarSweep) -> NDArray[np.float32]:
    """(N, 3) metres in world axes, from each point's own time to one frame later."""
    flow = np.zeros((len(sweep.xyz_m), 3), np.float32)
    flow[sweep.semantic == AIRBORNE] = np.nan
    later_ns = round(1e9 / stage.trace.concrete.scenario.capture.rate_hz)
    world = sweep.xyz_m.astype(np.float64) @ sweep.world_from_lidar[:3, :3].T + sweep.world_from_lidar[:3, 3]
    for column, actor in enumerate(stage.trace.actors):
        mine = np.flatnonzero((sweep.instance == actor.instance_id) & (sweep.semantic != AIRBORNE))
        if not len(mine) or actor.is_ego:
            continue
        offset = sweep.offset_ns[mine].astype(np.float64)
        knots = np.linspace(offset.min(), offset.max(), KNOTS)
        moves = []
        for knot in knots:
            taken = sweep.time_ns + round(knot)
            here, there = (
                stage.instant(time_ns).world_from_actor(column) for time_ns in (taken, taken + later_ns)
            )
            moves.append((there @ inverse_rigid(here))[:3])
        step = (knots[-1] - knots[0]) / (KNOTS - 1)
        at = np.clip((offset - knots[0]) / max(step, 1.0), 0, KNOTS - 1 - 1e-9)
        k, share = at.astype(int), (at % 1.0)[:, None, None]
        table = np.array(moves)
        move = (1.0 - share) * table[k] + share * table[k + 1]
        ends = np.einsum("nij,nj->ni", move[:, :, :3], world[mine]) + move[:, :, 3]
        flow[mine] = ends - world[mine]
    return flow
