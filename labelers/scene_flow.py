"""How far the surface under each lidar point moves until the next frame.  Labels floor."""

import numpy as np
from numpy.typing import NDArray

from labelers.geometry import inverse_rigid
from renderers.frames import LidarSweep
from renderers.stage import Stage
from scenarios.taxonomy import SEMANTIC_ID
from sim.trace import WorldInstant

KNOTS = 9  # poses over a turn; between them actors move evenly
AIRBORNE = SEMANTIC_ID["airborne"]


def scene_flow(stage: Stage, sweep: LidarSweep) -> NDArray[np.float32]:
    """(N, 3) metres in world axes, from each point's own time to one frame later."""
    flow = np.zeros((len(sweep.xyz_m), 3), np.float32)
    flow[sweep.semantic == AIRBORNE] = np.nan
    later_ns = round(1e9 / stage.trace.concrete.scenario.capture.rate_hz)
    # Most points lie on what never moves.
    row = np.flatnonzero((sweep.instance != 0) & (sweep.semantic != AIRBORNE))
    if not len(row):
        return flow
    instance, offset = sweep.instance[row], sweep.offset_ns[row].astype(np.float64)
    world = (
        sweep.xyz_m[row].astype(np.float64) @ sweep.world_from_lidar[:3, :3].T + sweep.world_from_lidar[:3, 3]
    )
    knots = np.linspace(sweep.offset_ns.min(), sweep.offset_ns.max(), KNOTS)
    step = max((knots[-1] - knots[0]) / (KNOTS - 1), 1.0)
    at = np.clip((offset - knots[0]) / step, 0, KNOTS - 1 - 1e-9)
    taken = [sweep.time_ns + round(knot) for knot in knots]
    here, there = ([stage.instant(t + after) for t in taken] for after in (0, later_ns))
    for column, actor in enumerate(stage.trace.actors):
        mine = np.flatnonzero(instance == actor.instance_id)
        if not len(mine) or actor.is_ego or _stands(here[0], there[-1], column):
            continue
        table = np.array(
            [
                (end.world_from_actor(column) @ inverse_rigid(start.world_from_actor(column)))[:3]
                for start, end in zip(here, there, strict=True)
            ]
        )
        k, share = at[mine].astype(int), (at[mine] % 1.0)[:, None, None]
        move = (1.0 - share) * table[k] + share * table[k + 1]
        ends = np.einsum("nij,nj->ni", move[:, :, :3], world[mine]) + move[:, :, 3]
        flow[row[mine]] = ends - world[mine]
    return flow


def _stands(first: WorldInstant, last: WorldInstant, column: int) -> bool:
    """Whether an actor neither moves nor turns between two instants, nor is about to."""
    same = (first.position_m[column] == last.position_m[column]).all()
    same &= (first.rotation_rad[column] == last.rotation_rad[column]).all()
    return bool(same and not first.velocity_mps[column].any() and not last.velocity_mps[column].any())
