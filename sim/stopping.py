"""Drivers at traffic lights: who stops where, and who goes on.  World floor.

A driver who minds what is ahead (IDM) sees what lights showed a moment ago.  Who sees amber decides once: where the stop
would be harder than 3 m/s^2 it goes on (Gazis, Herman and Maradudin 1960; ITE takes 10 ft/s^2).
Braking begins when a comfortable stop needs it and holds the deceleration that ends at the line; what stands before the
line, and whoever else is ahead, is the kernel's business as ever.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scenarios.functions import LIGHTS
from sim.fleet import Fleet
from sim.kernels import traffic as k
from sim.paths import PathTable
from sim.traffic_lights import CODE, TrafficLights

GO = np.isin(np.arange(len(LIGHTS)), [CODE[w] for w in ("green", "flashing_green", "flashing_amber", "off")])
AMBER = CODE["amber"]
REACTION_S = 0.8  # until a driver who expects it acts on a light; rival: 1 s (ITE)
HARDEST_AMBER_MPS2 = 3.0
HARDEST_RED_MPS2 = 6.0  # who would have to brake harder has not seen it in time
BRAKES_FROM_MPS2, EASES_MPS2 = k.COMFORT_BRAKE_MPS2, 0.75 * k.COMFORT_BRAKE_MPS2
STANDS_SHORT_M = 0.8  # of the line
AT_LINE_M, AT_REST_MPS = 1.5, 0.5
PAST_M = 0.3  # who is this far over the line has passed it


@dataclass
class Stopping:
    """The stops of a fleet for lights: orders are changed from `hold` until `let_go`, so that steps never see it."""

    fleet: Fleet
    table: PathTable
    lights: TrafficLights
    step_s: float
    _held: dict[int, NDArray[np.float64]] = field(default_factory=dict)  # orders as drivers meant them
    _braking: set[int] = field(default_factory=set)
    _decided: dict[tuple[int, float], bool] = field(default_factory=dict)  # by vehicle and stop: goes on

    def let_go(self) -> None:
        """Give everybody its own order back."""
        for row, order in self._held.items():
            self.fleet.order[row] = order
        self._held.clear()

    def hold(self, tick: int) -> None:
        """Have those brake who stop for a light."""
        fleet, seen = self.fleet, self.lights.states[max(tick - round(REACTION_S / self.step_s), 0)]
        for row in np.flatnonzero(fleet.order[:, k.MODE] == k.IDM).tolist():
            braked, hardest = row in self._braking, self._hardest(row, seen)
            if hardest is None or not (hardest >= BRAKES_FROM_MPS2 or (braked and hardest >= EASES_MPS2)):
                self._braking.discard(row)
                continue
            self._braking.add(row)
            self._held[row] = fleet.order[row].copy()
            order = fleet.order[row]
            order[k.MODE], order[k.WISH], order[k.BRAKE_AT] = k.BRAKING, 0.0, hardest

    def _hardest(self, row: int, seen: NDArray[np.uint8]) -> float | None:
        """How hard a driver has to brake for lights; None where none stops it."""
        fleet = self.fleet
        first, count = int(fleet.first[row]), int(fleet.count[row])
        stations, lights = self.lights.along_way(first, count, self.table.ways)
        if not len(stations):
            return None
        front = fleet.centre_s_m(row) + float(fleet.spec[row, k.HALF_LENGTH])
        speed = float(fleet.state[row, k.SPEED])
        hardest: float | None = None
        for station, light in zip(stations.tolist(), lights.tolist(), strict=True):
            gap, key = station - front, (row, station)
            if gap < -PAST_M or gap > k.SIGHT_M:
                continue
            code = int(seen[light])
            if GO[code]:
                self._decided.pop(key, None)
                continue
            needed = speed * speed / (2.0 * max(gap - STANDS_SHORT_M, 0.1))
            if key not in self._decided:
                most = HARDEST_AMBER_MPS2 if code == AMBER else HARDEST_RED_MPS2
                self._decided[key] = speed * speed / (2.0 * max(gap, 0.1)) > most
            if self._decided[key]:
                continue
            if gap < AT_LINE_M and speed < AT_REST_MPS:
                needed = max(needed, BRAKES_FROM_MPS2)
            hardest = needed if hardest is None else max(hardest, needed)
        return hardest
