"""When drivers of the background change lanes: MOBIL, decided by all on one instant.  World floor.

Kesting, Treiber and Helbing, "General lane-changing model MOBIL for car-following models", Transportation Research
Record 1999, pp. 86-94 (2007).  A driver c changes when the new follower n need not brake harder than `SAFE_BRAKE`
(safety), and when the own gain in acceleration plus `POLITENESS` times that of the new and the old follower exceeds
`THRESHOLD` (incentive), less towards the near side and more away from it by `BIAS`.  Accelerations are those of the
car-following model that drives the fleet.  The rival, gap acceptance (Gipps 1986), has a gap for each kind of change.

Every half second all drivers look at the same instant, in the order of their ids; who has begun to change counts in
both lanes from then on, so that two never claim one gap.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.fleet import Fleet
from sim.kernels import traffic as k
from sim.roads.network import LanePath, RoadNetwork
from sim.ways import Ways

# Table 1 of the paper, but for the politeness, which it varies between 0 and 1.
POLITENESS = 0.25
THRESHOLD_MPS2 = 0.1
SAFE_BRAKE_MPS2 = 4.0
BIAS_MPS2 = 0.3
DECIDE_EVERY = 50  # ticks
SIGNAL_S = 1.0  # with the indicator on before the wheel is turned
CHANGE_S = 4.6  # mean duration (Toledo and Zohar, Transp. Res. Record 1999, 2007)
CALM_S = 4.0  # after a change nobody thinks of the next one yet
LOOK_S = 8.0  # of own driving that the new lane must go on for
UNMINDING_S = 8.0  # time to collision kept to those behind who would not brake
BEHIND_M = 160.0  # how far back a driver looks
STORY_ROOM_M = 60.0  # of the ego's lane beyond the last actor of the scenario that traffic leaves alone
STORY_NEAR_M = 25.0  # actors this near to the ego's way count for that
IN_LANE_M = 2.0


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Who is next on a lane: `gap_m` between bumpers, negative where bodies overlap along the lane."""

    row: int  # of `things`
    gap_m: float
    speed_mps: float  # along the lane


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The lane of a driver as far as it matters: who is ahead and who of those that drive is behind."""

    leader: Neighbour | None
    follower: Neighbour | None


@dataclass(slots=True)
class _Mind:
    """What a driver is about."""

    side: str | None = None  # being signalled to
    since_s: float = 0.0
    until_s: float = 0.0  # changing or calm until then


class LaneChanges:
    """The lane changes of some vehicles of a fleet."""

    def __init__(
        self, network: RoadNetwork, fleet: Fleet, rows: list[int], story: list[int], reach_m: float
    ) -> None:
        self.network = network
        self.fleet = fleet
        self.rows = rows
        self.story = story  # rows of `things` that the scenario is about, the ego first
        self.ways = Ways(network, reach_m)
        self.minds = {row: _Mind() for row in rows}

    def step(self, things: NDArray[np.float64], tick: int, time_s: float) -> None:
        """Decide, where it is time to."""
        for row, mind in self.minds.items():
            if self.fleet.signal[row] != 0 and mind.side is None and time_s >= mind.until_s - CALM_S:
                self.fleet.signal[row] = 0
        if tick % DECIDE_EVERY or tick == 0:
            return
        for row in self.rows:
            self._think(row, self.minds[row], things, tick, time_s)

    def _think(self, row: int, mind: _Mind, things: NDArray[np.float64], tick: int, time_s: float) -> None:
        if time_s < mind.until_s:
            return
        here = self.fleet.path(row).place_at(self.fleet.centre_s_m(row))
        if mind.side is None:
            gains = [(self._gain(row, side, here, things), side) for side in ("left", "right")]
            best, side = max(gains, key=lambda g: g[0])
            if best > 0.0:
                mind.side, mind.since_s = side, time_s
                self.fleet.signal[row] = 1 if side == "left" else -1
            return
        if self._gain(row, mind.side, here, things) <= 0.0:
            mind.side, mind.until_s = None, time_s  # no longer: the indicator goes off
            self.fleet.signal[row] = 0
        elif time_s - mind.since_s >= SIGNAL_S - 1e-6:
            target = self._target(row, mind.side, here)
            assert target is not None, "a lane with a gain is there"
            self.fleet.change_path(row, target, tick, time_s, CHANGE_S, linear=False, mind_signs=True)
            mind.side, mind.until_s = None, time_s + CHANGE_S + CALM_S

    # ------------------------------------------------------------------------------------------------- the criterion
    def _gain(self, row: int, side: str, here: tuple[str, int, float], things: NDArray[np.float64]) -> float:
        """By how much the incentive exceeds its threshold, m/s^2; -inf where it is not possible or not safe."""
        path = self._target(row, side, here)
        if path is None:
            return -math.inf
        rows = self.fleet.table.add(path, mind_signs=True)
        if self._in_the_story(row, rows, things):
            return -math.inf
        now = self.surroundings(row, (int(self.fleet.first[row]), int(self.fleet.count[row])), things)
        then = self.surroundings(row, rows, things)
        keeps_left = self.network.roads[here[0]].left_hand
        near_side = (side == "right") != keeps_left
        threshold = THRESHOLD_MPS2 + (-BIAS_MPS2 if near_side else BIAS_MPS2)
        gain = incentive(self.fleet, row, now, then, things)
        return gain - threshold

    def _target(self, row: int, side: str, here: tuple[str, int, float]) -> LanePath | None:
        """The lane to a side, where there is one to go on along."""
        road_id, lane, station = here
        road = self.network.roads[road_id]
        if road.junction is not None:
            return None
        found = self.network.neighbour_lane(road_id, lane, station, side)
        section = road.section_at(station)
        if found is None or road.sections[section].lanes[found].kind != "driving":
            return None
        room = LOOK_S * float(self.fleet.state[row, k.SPEED]) + 20.0
        if self.network.junctions:  # nobody changes lanes into a crossing
            left = road.length_m - station if road.direction(lane, section) > 0 else station
            if left < room:
                return None
        path, s_m = self.ways.along(road_id, found, station)
        return path if path.length_m - s_m > room else None

    def _in_the_story(self, row: int, rows: tuple[int, int], things: NDArray[np.float64]) -> bool:
        """Whether the change would lead between the ego and what the scenario has prepared for it."""
        ego = self.story[0]
        own = int(self.fleet.first[ego]), int(self.fleet.count[ego])
        table = self.fleet.table.rows
        here, _ = k.onto_path(
            table, *rows, things[row, k.BX], things[row, k.BY], self.fleet.centre_s_m(row), 8
        )
        x, y, _, _, _ = k.path_at(table, *rows, here)
        s, t = self._onto(table, own, ego, things, x, y)
        start = self.fleet.centre_s_m(ego)
        if abs(t) > IN_LANE_M or s < start - self.fleet.spec[ego, k.HALF_LENGTH]:
            return False
        last = start
        for thing in self.story:
            there, beside = self._onto(table, own, ego, things, things[thing, k.BX], things[thing, k.BY])
            if abs(beside) < STORY_NEAR_M:
                last = max(last, there)
        return bool(s < last + STORY_ROOM_M)

    def _onto(
        self,
        table: NDArray[np.float64],
        rows: tuple[int, int],
        row: int,
        things: NDArray[np.float64],
        x: float,
        y: float,
    ) -> tuple[float, float]:
        yaw = things[row, k.BYAW]
        ahead = (x - things[row, k.BX]) * math.cos(yaw) + (y - things[row, k.BY]) * math.sin(yaw)
        s, t = k.onto_path(table, *rows, x, y, self.fleet.centre_s_m(row) + ahead, 6)
        return float(s), float(t)

    def surroundings(self, row: int, rows: tuple[int, int], things: NDArray[np.float64]) -> Surroundings:
        """The neighbours of a vehicle on a lane, were its centre where it is now along it."""
        fleet, table = self.fleet, self.fleet.table.rows
        x, y, yaw = things[row, k.BX], things[row, k.BY], things[row, k.BYAW]
        at, _ = k.onto_path(table, *rows, x, y, fleet.centre_s_m(row), 8)
        corridor = fleet.spec[row, k.HALF_WIDTH] + k.CORRIDOR_MARGIN_M
        half = fleet.spec[row, k.HALF_LENGTH]
        leader: Neighbour | None = None
        follower: Neighbour | None = None
        near = np.hypot(things[:, k.BX] - x, things[:, k.BY] - y) < max(k.SIGHT_M, BEHIND_M)
        for b in np.flatnonzero(near & (things[:, k.BKIND] != k.PARKED)).tolist():
            if b == row:
                continue
            box = things[b]
            ahead = (box[k.BX] - x) * math.cos(yaw) + (box[k.BY] - y) * math.sin(yaw)
            s, t = k.onto_path(table, *rows, box[k.BX], box[k.BY], at + ahead, 4)
            _, _, lane_yaw, _, _ = k.path_at(table, *rows, s)
            turn = box[k.BYAW] - lane_yaw
            cos, sin = abs(math.cos(turn)), abs(math.sin(turn))
            along = cos * box[k.BHALF_LENGTH] + sin * box[k.BHALF_WIDTH]
            across = sin * box[k.BHALF_LENGTH] + cos * box[k.BHALF_WIDTH]
            if abs(t) - across > corridor and not self._bound_for(b, rows, s):
                continue
            speed = float(box[k.BVX] * math.cos(lane_yaw) + box[k.BVY] * math.sin(lane_yaw))
            gap = float(abs(s - at) - along - half)
            if s >= at:
                if leader is None or gap < leader.gap_m:
                    leader = Neighbour(b, gap, speed)
            elif b < len(fleet.vehicles) and fleet.order[b, k.MODE] != k.UNDRIVEN:
                if follower is None or gap < follower.gap_m:
                    follower = Neighbour(b, gap, speed)
            elif gap < 0.0:  # something that stands beside: nothing to drive up, but no room either
                leader = Neighbour(b, gap, speed)
        return Surroundings(leader, follower)

    def _bound_for(self, b: int, rows: tuple[int, int], s_m: float) -> bool:
        """Whether a vehicle that is still beside a lane is changing to it."""
        fleet, table = self.fleet, self.fleet.table.rows
        if b >= len(fleet.vehicles) or fleet.order[b, k.MODE] == k.UNDRIVEN:
            return False
        to = fleet.order[b, k.SHIFT_TO_M]
        x, y, yaw, _, _ = k.path_at(table, fleet.first[b], fleet.count[b], fleet.centre_s_m(b))
        _, t = k.onto_path(table, *rows, x - to * math.sin(yaw), y + to * math.cos(yaw), s_m, 4)
        return bool(abs(t) < fleet.spec[b, k.HALF_WIDTH])


def incentive(
    fleet: Fleet, row: int, now: Surroundings, then: Surroundings, things: NDArray[np.float64]
) -> float:
    """Left side of MOBIL's incentive criterion, m/s^2; -inf where the safety criterion forbids the change."""
    own_mps = float(fleet.state[row, k.SPEED])
    for neighbour in (then.leader, then.follower):
        if neighbour is not None and neighbour.gap_m < k.STANDSTILL_GAP_M:
            return -math.inf
    own_now, own_then = acceleration(fleet, row, now.leader), acceleration(fleet, row, then.leader)
    if own_then < -SAFE_BRAKE_MPS2:
        return -math.inf
    others = 0.0
    new = then.follower
    if new is not None:
        behind = acceleration(fleet, new.row, Neighbour(row, new.gap_m, own_mps))
        if behind < -SAFE_BRAKE_MPS2 or not _minded(fleet, new, own_mps):
            return -math.inf
        others += behind - acceleration(fleet, new.row, _beyond(row, new, then.leader, things))
    old = now.follower
    if old is not None and old.gap_m > 0.0:
        free = acceleration(fleet, old.row, _beyond(row, old, now.leader, things))
        others += free - acceleration(fleet, old.row, Neighbour(row, old.gap_m, own_mps))
    return own_then - own_now + POLITENESS * others


def acceleration(fleet: Fleet, row: int, leader: Neighbour | None) -> float:
    """What the car-following model of a driver makes of a leader."""
    spec = fleet.spec[row]
    here = k.path_at(fleet.table.rows, fleet.first[row], fleet.count[row], fleet.state[row, k.S])[4]
    gap, speed = (math.inf, 0.0) if leader is None else (leader.gap_m, leader.speed_mps)
    wish = min(fleet.wish_mps(row), here)
    own = float(fleet.state[row, k.SPEED])
    return float(k.idm(own, wish, gap, speed, 0.6 * spec[k.MAX_ACCEL], spec[k.HEADWAY_S]))


def _beyond(
    row: int, follower: Neighbour, leader: Neighbour | None, things: NDArray[np.float64]
) -> Neighbour | None:
    """The leader as a follower sees it without the vehicle between them."""
    if leader is None:
        return None
    return Neighbour(
        leader.row, follower.gap_m + 2.0 * float(things[row, k.BHALF_LENGTH]) + leader.gap_m, leader.speed_mps
    )


def _minded(fleet: Fleet, follower: Neighbour, own_mps: float) -> bool:
    """Whether a follower would make room, or is so far that it need not."""
    closing = follower.speed_mps - own_mps
    return bool(fleet.order[follower.row, k.MODE] != k.STEADY) or follower.gap_m > UNMINDING_S * closing
