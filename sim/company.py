"""Dogs on leads, prams and wheelchairs: where they are beside whoever takes them along.  World floor.

They keep their place in the frame of a walker: who turns on the spot swings a pram about, as one does, and a dog at
heel stays there.  The background's belong to it like its people and need nothing of this.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.bodies.company import offset_m
from sim.kernels import traffic as k
from sim.placement import Placed, company_state
from sim.record import Motion, Recorder, on_feet, surface_under
from sim.walkers import Walker

Floats = NDArray[np.float64]

COMPANY_ID = 850  # instance ids in the order of those who take somebody along


@dataclass(frozen=True, slots=True)
class Companion:
    """Who goes along, and with whom."""

    placed: Placed  # at the start
    walker: Walker
    ahead_m: float  # of the owner's middle
    left_m: float

    @property
    def state(self) -> str:
        """That of its actor."""
        return company_state(self.placed, self.walker.placed)


class Company:
    """Everybody whom the scenario's own people take along, in the order of their owners."""

    def __init__(self, walkers: dict[str, Walker]) -> None:
        self.members: dict[str, Companion] = {}
        for walker in walkers.values():
            placed, body = walker.placed.accompanied(), walker.placed.brings
            if placed is not None and body is not None:
                self.members[placed.name] = Companion(placed, walker, *offset_m(walker.placed.size_m, body))
        self.instance_id = {name: COMPANY_ID + number for number, name in enumerate(self.members)}

    @property
    def placed(self) -> dict[str, Placed]:
        return {name: member.placed for name, member in self.members.items()}

    def show(self, things: Floats, thing_row: dict[str, int]) -> None:
        """Write what drivers see of them."""
        for name, member in self.members.items():
            box, walker = things[thing_row[name]], member.walker
            cos, sin = math.cos(walker.yaw_rad), math.sin(walker.yaw_rad)
            box[k.BX] = walker.x_m + member.ahead_m * cos - member.left_m * sin
            box[k.BY] = walker.y_m + member.ahead_m * sin + member.left_m * cos
            box[k.BYAW] = walker.yaw_rad
            box[k.BVX], box[k.BVY] = walker.speed_mps * cos, walker.speed_mps * sin
            box[k.BHALF_LENGTH], box[k.BHALF_WIDTH] = (half / 2 for half in member.placed.size_m[:2])
            box[k.BHEIGHT], box[k.BKIND] = member.placed.size_m[2], k.AFOOT

    def pose(self, name: str) -> Floats:
        """(6,) position, yaw, pitch, roll of somebody who goes along, now."""
        walker = self.members[name].walker
        here = np.array([(walker.x_m, walker.y_m, walker.yaw_rad, walker.s_m)])
        position, rotation = self._places(name, here)
        pose: Floats = np.concatenate((position[0], rotation[0]))
        return pose

    def motion(self, name: str, recorder: Recorder, step_s: float) -> Motion:
        """The whole way of somebody who goes along."""
        member = self.members[name]
        states = recorder.walkers[member.walker.placed.name]
        position, rotation = self._places(name, states[:, (2, 3, 4, 0)])
        return on_feet(member.placed, position, rotation, states[:, 5], states[:, 6], step_s)

    def _places(self, name: str, owner: Floats) -> tuple[Floats, Floats]:
        """(T, 3) positions and (T, 3) turns beside (T, 4) x, y, yaw and station of the owner."""
        member = self.members[name]
        cos, sin = np.cos(owner[:, 2]), np.sin(owner[:, 2])
        position = np.zeros((len(owner), 3))
        position[:, 0] = owner[:, 0] + member.ahead_m * cos - member.left_m * sin
        position[:, 1] = owner[:, 1] + member.ahead_m * sin + member.left_m * cos
        path = member.placed.path
        position[:, 2], _, _ = surface_under(path, position[:, :2], owner[:, 2], owner[:, 3])
        rotation = np.zeros((len(owner), 3))
        rotation[:, 0] = owner[:, 2]
        return position, rotation


def all_afoot(walkers: Iterable[Walker], company: Company) -> list[Placed]:
    """Everybody on foot, and whom they take along."""
    return [*(walker.placed for walker in walkers), *company.placed.values()]
