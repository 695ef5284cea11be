"""What the ego's sensors see of everybody at a moment, from poses alone.  World floor."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scenarios.resolved import Concrete
from scenarios.schema import ResolvedRig
from sim.roads.network import RoadNetwork
from sim.roads.records import axes
from sim.sight import Eye, Floats, eye_of, seen_share
from sim.solids import Solids, things_of


class Lookout:
    """The solid things of a scenario, to be asked who sees whom."""

    def __init__(
        self, bodies: Sequence[Solids], sizes_m: Floats, ego: int, rig: ResolvedRig, things: Solids
    ) -> None:
        self.ego = ego
        self.rig = rig
        self.ego_size_m = (float(sizes_m[ego, 0]), float(sizes_m[ego, 1]), float(sizes_m[ego, 2]))
        self.things = things
        self.boxes = Solids.join(bodies)
        self.owner = np.repeat(np.arange(len(bodies)), [len(body) for body in bodies])
        self._eyes: dict[str, Eye] = {}

    @staticmethod
    def over(
        concrete: Concrete, network: RoadNetwork, bodies: Sequence[Solids], sizes_m: Floats, ego: int
    ) -> "Lookout":
        return Lookout(bodies, sizes_m, ego, concrete.rig, things_of(network.objects))

    def share(
        self, view: str, column: int, position_m: Floats, rotation_rad: Floats, present: NDArray[np.bool_]
    ) -> float:
        """What a view shows of somebody; positions (B, 3) and angles (B, 3) of everybody at the moment."""
        if column < 0 or column == self.ego or not present[column]:
            return 0.0
        if view not in self._eyes:
            self._eyes[view] = eye_of(view, self.rig, self.ego_size_m)
        eye = self._eyes[view]
        turn = np.stack(axes(*rotation_rad.T), axis=2)  # (B, 3, 3) world_from_actor
        world_from_ego = np.eye(4)
        world_from_ego[:3, :3], world_from_ego[:3, 3] = turn[self.ego], position_m[self.ego]
        own = self.owner
        placed = Solids(
            position_m[own] + np.einsum("kij,kj->ki", turn[own], self.boxes.centre_m),
            turn[own] @ self.boxes.rotation,
            self.boxes.half_m,
        )
        mine = own == column
        others = present[own] & ~mine & (own != self.ego)
        return seen_share(
            world_from_ego @ eye.ego_from_eye,
            eye.lens,
            placed.some(mine),
            Solids.join((placed.some(others), self.things)),
        )
