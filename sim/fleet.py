"""All vehicles of a run as arrays, and the orders their drivers give.  World floor."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.kernels import traffic as k
from sim.paths import PathTable
from sim.placement import Placed
from sim.roads.network import LanePath

EASY_STOP_MPS2 = 2.5  # a stop without a reason ahead
HEADWAY_S = 1.2  # time gap of alert drivers in towns (IDM: 1.0 to 1.5 s)
WOBBLE_M = 0.03  # lateral swing of a rider who balances


@dataclass(frozen=True, slots=True)
class Driven:
    """A vehicle as it joins the fleet."""

    placed: Placed
    path: LanePath
    cruises: bool  # it has a driver who goes on at the speed of the start
    wish_mps: float
    minds_signs: bool = False
    wobble_phase: float = 0.0
    left_hand: bool = False  # traffic keeps left where it drives


class Fleet:
    """V vehicles: state, order and path of each, advanced together by one kernel."""

    def __init__(self, vehicles: list[Driven], table: PathTable) -> None:
        count = len(vehicles)
        self.vehicles = vehicles
        self.table = table
        self.row = {v.placed.name: i for i, v in enumerate(vehicles)}
        self.state = np.zeros((count, 8))
        self.spec = np.zeros((count, 10))
        self.order = np.zeros((count, 9))
        self.first = np.zeros(count, np.int64)
        self.count = np.zeros(count, np.int64)
        self.paths: list[list[tuple[int, LanePath]]] = []  # per vehicle: (from tick, path)
        self.signal = np.zeros(count, np.int8)  # indicator the driver has set: +1 left, -1 right
        for row, vehicle in enumerate(vehicles):
            self._join(row, vehicle)

    def _join(self, row: int, vehicle: Driven) -> None:
        placed, body = vehicle.placed, vehicle.placed.body
        length, width, _ = placed.size_m
        wheelbase = body.wheelbase_m or 0.6 * length
        rear_to_centre = wheelbase + body.front_overhang_m - length / 2
        self.spec[row] = (
            length / 2, width / 2, wheelbase, rear_to_centre, body.max_acceleration_mps2, body.max_braking_mps2,
            WOBBLE_M if body.actor_class == "bicycle" else 0.0, vehicle.wobble_phase, HEADWAY_S,
            -1.0 if vehicle.left_hand else 1.0,
        )  # fmt: skip
        self.first[row], self.count[row] = self.table.add(
            vehicle.path, vehicle.wish_mps if vehicle.minds_signs else np.inf, vehicle.minds_signs
        )
        self.paths.append([(0, vehicle.path)])
        (centre,), (yaw,), _, _ = vehicle.path.pose(placed.s_m, placed.t_m)
        yaw = yaw + placed.facing_rad
        rear = centre[:2] - rear_to_centre * np.array((math.cos(yaw), math.sin(yaw)))
        state = self.state[row]
        state[k.S] = placed.s_m - rear_to_centre * math.cos(placed.facing_rad)
        state[k.T] = placed.t_m - rear_to_centre * math.sin(placed.facing_rad)
        state[k.X], state[k.Y], state[k.YAW] = rear[0], rear[1], yaw
        order = self.order[row]
        order[k.SHIFT_FROM_M] = order[k.SHIFT_TO_M] = placed.t_m
        if vehicle.cruises:
            state[k.SPEED] = placed.speed_mps
            if vehicle.minds_signs:  # traffic has seen the bend before which it happens to begin
                state[k.SPEED] = min(placed.speed_mps, self.table.speed_mps(int(self.first[row]), state[k.S]))
            order[k.MODE], order[k.WISH] = k.IDM, vehicle.wish_mps
        else:
            order[k.MODE] = k.UNDRIVEN

    def path(self, row: int) -> LanePath:
        return self.paths[row][-1][1]

    def centre_s_m(self, row: int) -> float:
        return float(self.state[row, k.S] + self.spec[row, k.REAR_TO_CENTRE])

    def wish_mps(self, row: int) -> float:
        return float(self.order[row, k.WISH])

    def shift_from_m(self, row: int) -> float:
        """Where the current or last lane change began, to the left of the path that it leads to."""
        return float(self.order[row, k.SHIFT_FROM_M])

    # ------------------------------------------------------------------------------------------------- orders
    def cruise(self, row: int, speed_mps: float, steady: bool = False) -> None:
        """Follow the lane at a speed, minding what is ahead unless steady."""
        self.order[row, k.MODE] = k.STEADY if steady else k.IDM
        self.order[row, k.WISH] = speed_mps

    def brake(self, row: int, at_mps2: float, to_mps: float) -> None:
        """Brake at a deceleration until a speed is reached."""
        self.order[row, k.MODE] = k.BRAKING
        self.order[row, k.WISH] = to_mps
        self.order[row, k.BRAKE_AT] = at_mps2
        self.order[row, k.ARRIVED] = 0.0

    def arrived(self, row: int) -> bool:
        return bool(self.order[row, k.ARRIVED] != 0.0)

    def change_path(
        self,
        row: int,
        path: LanePath,
        tick: int,
        time_s: float,
        over_s: float,
        linear: bool,
        mind_signs: bool = False,
    ) -> None:
        """Follow another path, moving over to its centre during `over_s`."""
        self.first[row], self.count[row] = self.table.add(path, mind_signs=mind_signs)
        self.paths[row].append((tick, path))
        state, order = self.state[row], self.order[row]
        guess, _ = path.locate(float(state[k.X]), float(state[k.Y]))
        state[k.S], state[k.T] = k.onto_path(
            self.table.rows, self.first[row], self.count[row], state[k.X], state[k.Y], guess, 4
        )
        order[k.SHIFT_START_S], order[k.SHIFT_OVER_S] = time_s, over_s
        order[k.SHIFT_FROM_M], order[k.SHIFT_TO_M] = state[k.T], 0.0
        order[k.SHIFT_SHAPE] = k.LINEAR if linear else k.SINUSOIDAL

    def step(
        self, things: NDArray[np.float64], grip: NDArray[np.float64], time_s: float, step_s: float
    ) -> None:
        k.drive(
            self.state, self.spec, self.order, self.table.rows, self.first, self.count, things, grip, time_s, step_s
        )  # fmt: skip
