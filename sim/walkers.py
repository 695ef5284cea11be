"""People and animals on foot: where they are going, and how they start, turn and stop.  World floor."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.taxonomy import ANIMALS
from sim.gait import gait_for
from sim.kernels.traffic import path_at
from sim.paths import PathTable
from sim.placement import Placed
from sim.trace import Gait

TURN_RADPS = 4.0  # an adult turns on the spot in less than a second
WALK_MPS2 = 1.8  # walkers reach their speed within a step or two
RUN_MPS2 = 4.0  # starts of untrained sprinters: 3 to 5 m/s^2
ARRIVED_M = 0.01
ALONG_M = 1e4  # "along" has no end


@dataclass(frozen=True, slots=True)
class Goal:
    """Where to, in the coordinates of the walker's lane path."""

    s_m: float
    t_m: float
    speed_mps: float
    gait: str  # auto, walk, run


class Walker:
    """One walker's state; s and t are the coordinates of its feet on the lane path it started beside."""

    def __init__(self, placed: Placed, table: PathTable) -> None:
        self.placed = placed
        self.table = table
        self.first, self.count = table.add(placed.path)
        self.s_m, self.t_m = placed.s_m, placed.t_m
        self.x_m = self.y_m = 0.0
        self._stand()
        self.yaw_rad = self.path_yaw_rad + placed.facing_rad
        self.speed_mps = 0.0
        self.accel_mps2 = 0.0
        self.goal: Goal | None = None
        self.gait = "auto"
        if placed.speed_mps > 0.0:
            self.speed_mps = placed.speed_mps
            self.goal = self.along(placed.speed_mps, "auto")

    def place_m(self, s_m: float, t_m: float) -> NDArray[np.float64]:
        """(2,) world position of coordinates on the walker's path."""
        x, y, yaw, _, _ = path_at(self.table.rows, self.first, self.count, s_m)
        return np.array((x - t_m * math.sin(yaw), y + t_m * math.cos(yaw)))

    def _stand(self) -> None:
        x, y, yaw, _, _ = path_at(self.table.rows, self.first, self.count, self.s_m)
        self.x_m, self.y_m = x - self.t_m * math.sin(yaw), y + self.t_m * math.cos(yaw)

    @property
    def path_yaw_rad(self) -> float:
        return float(path_at(self.table.rows, self.first, self.count, self.s_m)[2])

    def along(self, speed_mps: float, gait: str) -> Goal:
        """A goal far along the road, on the side that the walker faces."""
        turned = self.yaw_rad - self.path_yaw_rad
        if abs(math.cos(turned)) >= math.cos(math.radians(60)):
            return Goal(self.s_m + math.copysign(ALONG_M, math.cos(turned)), self.t_m, speed_mps, gait)
        return Goal(self.s_m + ALONG_M, self.t_m, speed_mps, gait)

    def walk_to(self, goal: Goal | None) -> None:
        """Set out for a goal, or come to a stand."""
        self.goal = goal
        if goal is not None:
            self.gait = goal.gait

    def arrived(self) -> bool:
        return self.goal is None or math.hypot(*self._way(self.goal)) <= ARRIVED_M

    def _way(self, goal: Goal) -> tuple[float, float]:
        return goal.s_m - self.s_m, goal.t_m - self.t_m

    def _most_mps2(self) -> float:
        body = self.placed.body
        if body.actor_class in ANIMALS:
            return body.max_acceleration_mps2
        running = (
            self.goal is not None
            and gait_for(self.goal.speed_mps, self.placed.size_m[2], self.gait) == Gait.RUN
        )
        return RUN_MPS2 if running else WALK_MPS2

    def step(self, step_s: float) -> None:
        """Turn towards the goal, speed up, slow down in time to stand on it."""
        _, _, path_yaw, curvature, _ = path_at(self.table.rows, self.first, self.count, self.s_m)
        most = self._most_mps2()
        wish, heading = 0.0, self.yaw_rad
        if self.goal is not None:
            ds, dt = self._way(self.goal)
            left_m = math.hypot(ds, dt)
            if left_m > ARRIVED_M:
                heading = path_yaw + math.atan2(dt, ds)
                # One step short of the law of braking, so that the last step does not overshoot.
                wish = min(self.goal.speed_mps, math.sqrt(2.0 * most * left_m), left_m / step_s)
        turn = math.remainder(heading - self.yaw_rad, 2 * math.pi)
        self.yaw_rad += max(-TURN_RADPS * step_s, min(TURN_RADPS * step_s, turn))
        wish *= max(0.0, math.cos(turn))
        before = self.speed_mps
        self.speed_mps = max(0.0, before + max(-2.0 * most * step_s, min(most * step_s, wish - before)))
        self.accel_mps2 = (self.speed_mps - before) / step_s
        moved = 0.5 * (before + self.speed_mps) * step_s
        turned = self.yaw_rad - path_yaw
        self.s_m += moved * math.cos(turned) / max(1.0 - curvature * self.t_m, 0.2)
        self.t_m += moved * math.sin(turned)
        self._stand()
