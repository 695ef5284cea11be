"""Whether anybody of a scenario begins inside somebody else, which no road has ever seen.  World floor.

What comes later may touch as it likes: stories are told about that.  Who belongs together (a lorry and its trailer,
somebody and the dog on the lead, cargo and its carrier) touches from the beginning.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from scenarios.bodies import DOORS, opened_by
from scenarios.taxonomy import ACTOR_CLASSES
from sim.doors import footprint
from sim.moments import CARGO_PART
from sim.trace import WorldTrace

# Boxes hold mirrors, handlebars and whole strides: so much at their rims is air, of which two may share.
AIR_M = {"vehicle": 0.10, "walker": 0.25, "prop": 0.05}
STRADDLED_M = 0.15  # a car stands over what is lower


@dataclass(frozen=True, slots=True)
class Inside:
    """Two that begin in one another, the earlier of the file (and so the ego) first."""

    one: str
    other: str
    along_m: float  # by so much the other has to be moved along the one's length to be free, forward positive
    across_m: float  # or across it, to the left positive

    @property
    def text(self) -> str:
        """What should be so."""
        return f"{self.other} does not start inside {self.one}"

    @property
    def told(self) -> str:
        """How deep, and what helps."""
        deep = min(abs(self.along_m), abs(self.across_m))
        way, side = "ahead" if self.along_m > 0 else "behind", "left" if self.across_m > 0 else "right"
        return (
            f"their bodies overlap by {deep:.2f} m; {self.other} would be free {_up(self.along_m)} m further {way}, "
            f"or {_up(self.across_m)} m further to the {side} as {self.one} sees it"
        )


def _up(value_m: float) -> str:
    return f"{math.ceil(abs(value_m) * 10.0 - 1e-6) / 10.0:.1f}"


def inside_at_start(trace: WorldTrace) -> list[Inside]:
    """Pairs of the scenario's own, at least one of them a vehicle, whose bodies are in one place as the clip begins."""
    return list(_pairs(trace))


def _pairs(trace: WorldTrace) -> Iterator[Inside]:
    own = trace.concrete.scenario.actors
    columns = [
        k
        for k, actor in enumerate(trace.actors)
        if actor.name.partition(".")[0] in own and CARGO_PART not in actor.name and trace.present[0, k]
    ]
    if len(columns) < 2:
        return
    place, yaw = trace.position_m[0], trace.rotation_rad[0, :, 0]
    for a, b in combinations(columns, 2):
        one, other = trace.actors[a], trace.actors[b]
        if one.name.partition(".")[0] == other.name.partition(".")[0]:
            continue
        kinds = [ACTOR_CLASSES[actor.actor_class].moves for actor in (one, other)]
        if "vehicle" not in kinds:
            continue
        if any(actor.size_m[2] < STRADDLED_M for actor in (one, other)):
            continue
        rise = place[b, 2] - place[a, 2]
        if rise > one.size_m[2] or -rise > other.size_m[2]:
            continue
        if np.hypot(*(place[b, :2] - place[a, :2])) > 0.5 * (
            np.hypot(*one.size_m[:2]) + np.hypot(*other.size_m[:2])
        ):
            continue
        (half_a, middle_a), (half_b, middle_b) = _shut(trace, a), _shut(trace, b)
        apart = place[b, :2] + _turned(middle_b, yaw[b]) - place[a, :2] - _turned(middle_a, yaw[a])
        depths = []
        for turn in (yaw[a], yaw[a] + 0.5 * math.pi, yaw[b], yaw[b] + 0.5 * math.pi):
            axis = np.array((math.cos(turn), math.sin(turn)))
            room = _extent(half_a, yaw[a], axis) + _extent(half_b, yaw[b], axis)
            away = float(apart @ axis)
            depths.append(math.copysign(room - abs(away), away) if room > abs(away) else 0.0)
        if min(abs(depth) for depth in depths) > sum(AIR_M[kind] for kind in kinds):
            yield Inside(one.name, other.name, depths[0], depths[1])


def _shut(trace: WorldTrace, column: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Half length and width of a body, and its middle in its frame; who steps out stands within an open door."""
    actor = trace.actors[column]
    if not opened_by(actor.state):
        return np.array(actor.size_m[:2]) / 2, np.zeros(2)
    half, middle = footprint(actor, np.zeros((1, len(DOORS)), np.float32))
    return half[0], middle[0]


def _turned(point: NDArray[np.float64], yaw_rad: float) -> NDArray[np.float64]:
    cos, sin = math.cos(yaw_rad), math.sin(yaw_rad)
    return np.array((cos * point[0] - sin * point[1], sin * point[0] + cos * point[1]))


def _extent(half: NDArray[np.float64], yaw_rad: float, axis: NDArray[np.float64]) -> float:
    """How far a rectangle reaches from its middle along an axis."""
    along = abs(math.cos(yaw_rad) * axis[0] + math.sin(yaw_rad) * axis[1])
    across = abs(math.cos(yaw_rad) * axis[1] - math.sin(yaw_rad) * axis[0])
    return float(half[0] * along + half[1] * across)
