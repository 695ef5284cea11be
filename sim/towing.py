"""Trailers: how they follow the coupling that draws them.  World floor.

A trailer's axles roll without slipping sideways, so that its yaw psi obeys psi' = v / L * sin(theta - psi) for a
coupling that moves at v towards theta, L ahead of the axles.  Over a straight piece of the coupling's way this has an
exact solution, tan(beta / 2) = tan(beta_0 / 2) * exp(-d / L) with beta = psi - theta: the angle in a tractrix.  A tick
is such a piece; masses and couplings that give way are left out, so trailers neither sway nor push.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.bodies.hitches import coupling_m, drawbar_m
from sim.fleet import Fleet
from sim.kernels import traffic as k
from sim.placement import Placed
from sim.record import Motion, Recorder, paths_of, surface_under
from sim.trace import Lamp

Floats = NDArray[np.float64]

# Instance ids of the scenario's own trailers in the order of those who draw them, and of the background's.
TRAILER_ID, BACKGROUND_TRAILER_ID = 800, 10_000
SHOWN_BEHIND = np.uint16(
    Lamp.TAIL | Lamp.BRAKE | Lamp.INDICATOR_LEFT | Lamp.INDICATOR_RIGHT | Lamp.FOG_REAR | Lamp.REVERSE
)


def swing(yaw_rad: float, east_m: float, north_m: float, arm_m: float) -> float:
    """Yaw of a trailer after its coupling has moved straight by that much; goes on without jumps at half turns."""
    way = math.hypot(east_m, north_m)
    if way < 1e-12:
        return yaw_rad
    heading = math.atan2(north_m, east_m)
    half = 0.5 * math.remainder(yaw_rad - heading, 2.0 * math.pi)
    left = 2.0 * math.atan2(math.sin(half) * math.exp(-way / arm_m), math.cos(half))
    return yaw_rad + math.remainder(heading + left - yaw_rad, 2.0 * math.pi)


def drawn_yaw(coupling_xy_m: Floats, start_rad: float, arm_m: float) -> Floats:
    """(T,) yaw of a trailer whose coupling is drawn through (T, 2) places."""
    yaw = np.empty(len(coupling_xy_m))
    yaw[0] = start_rad
    steps = np.diff(coupling_xy_m, axis=0).tolist()
    for tick, (east, north) in enumerate(steps):
        yaw[tick + 1] = swing(float(yaw[tick]), east, north, arm_m)
    return yaw


@dataclass(frozen=True, slots=True)
class Trailer:
    """What is drawn, and by whom."""

    placed: Placed  # at the start, on the path of what draws it
    tower: str
    row: int  # of the tower in the fleet
    coupling_m: float  # ahead of the tower's rear axle; negative behind it
    drawbar_m: float  # coupling ahead of the middle of the trailer's box
    arm_m: float  # from the coupling to the axles
    start_rad: float

    @property
    def name(self) -> str:
        return self.placed.name

    def coupling_xy_m(self, states: Floats) -> Floats:
        """(N, 2) places of the coupling in states (N, 8) of the tower."""
        yaw = states[:, k.YAW]
        return states[:, (k.X, k.Y)] + self.coupling_m * np.stack((np.cos(yaw), np.sin(yaw)), axis=1)


class Towing:
    """All trailers of a run, in the order of those who draw them."""

    def __init__(self, own: Iterable[Placed], others: Iterable[Placed], fleet: Fleet) -> None:
        self.fleet = fleet
        self.instance_id: dict[str, int] = {}
        self.trailers: dict[str, Trailer] = {}
        self._yaw: dict[str, float] = {}
        self._at: dict[str, Floats] = {}
        for first, towers in ((TRAILER_ID, own), (BACKGROUND_TRAILER_ID, others)):
            for number, (tower, towed) in enumerate(_drawing(towers)):
                self._couple(_coupled(tower, towed, fleet), first + number)
        self.own = {
            name: t.placed
            for name, t in self.trailers.items()
            if self.instance_id[name] < BACKGROUND_TRAILER_ID
        }
        self.others = {name: t.placed for name, t in self.trailers.items() if name not in self.own}

    def _couple(self, trailer: Trailer, instance_id: int) -> None:
        self.trailers[trailer.name] = trailer
        self.instance_id[trailer.name] = instance_id
        self._yaw[trailer.name] = trailer.start_rad
        self._at[trailer.name] = trailer.coupling_xy_m(self.fleet.state[[trailer.row]])[0]

    def step(self) -> None:
        """Follow, after the fleet has moved."""
        for name, trailer in self.trailers.items():
            at = trailer.coupling_xy_m(self.fleet.state[[trailer.row]])[0]
            east, north = (at - self._at[name]).tolist()
            self._yaw[name] = swing(self._yaw[name], east, north, trailer.arm_m)
            self._at[name] = at

    def show(self, things: Floats, thing_row: dict[str, int]) -> None:
        """Write what drivers see of them."""
        for name, trailer in self.trailers.items():
            box, yaw = things[thing_row[name]], self._yaw[name]
            state = self.fleet.state[trailer.row]
            box[k.BX], box[k.BY] = self._at[name] - trailer.drawbar_m * np.array(
                (math.cos(yaw), math.sin(yaw))
            )
            along = float(state[k.SPEED]) * math.cos(float(state[k.YAW]) - yaw)
            box[k.BYAW], box[k.BVX], box[k.BVY] = yaw, along * math.cos(yaw), along * math.sin(yaw)
            box[k.BHALF_LENGTH], box[k.BHALF_WIDTH] = (
                trailer.placed.size_m[0] / 2,
                trailer.placed.size_m[1] / 2,
            )
            box[k.BHEIGHT] = trailer.placed.size_m[2]

    def pose(self, name: str) -> Floats:
        """(6,) position, yaw, pitch, roll of a trailer now."""
        trailer, yaw = self.trailers[name], self._yaw[name]
        centre = self._at[name] - trailer.drawbar_m * np.array((math.cos(yaw), math.sin(yaw)))
        path, state = self.fleet.path(trailer.row), self.fleet.state[[trailer.row]]
        (z,), (pitch,), (roll,) = surface_under(path, centre[None], np.array((yaw,)), state[:, k.S])
        return np.array((centre[0], centre[1], z, yaw, pitch, roll))

    def motion(self, name: str, recorder: Recorder, step_s: float) -> Motion:
        """The whole way of a trailer, from the states of what drew it."""
        trailer = self.trailers[name]
        states = recorder.states[:, trailer.row]
        at = trailer.coupling_xy_m(states)
        yaw = drawn_yaw(at, trailer.start_rad, trailer.arm_m)
        ahead = np.stack((np.cos(yaw), np.sin(yaw)), axis=1)
        centre = at - trailer.drawbar_m * ahead
        ticks = len(states)
        position, pitch, roll = np.empty((ticks, 3)), np.zeros(ticks), np.zeros(ticks)
        position[:, :2] = centre
        for start, stop, path in paths_of(self.fleet, trailer.row, ticks):
            part = slice(start, stop)
            position[part, 2], pitch[part], roll[part] = surface_under(
                path, centre[part], yaw[part], states[part, k.S]
            )
        speed = (np.gradient(at, step_s, axis=0) * ahead).sum(axis=1)
        wheel, still = np.zeros(ticks), np.zeros(ticks)
        wheel[1:] = np.cumsum(0.5 * (speed[1:] + speed[:-1])) * step_s / trailer.placed.body.wheel_radius_m
        return Motion(
            position, np.stack((yaw, pitch, roll), axis=1), speed, np.gradient(speed, step_s), still, wheel,
            np.zeros(ticks, np.uint8), still,
        )  # fmt: skip


def _drawing(towers: Iterable[Placed]) -> Iterator[tuple[Placed, Placed]]:
    """(tower, what it draws)."""
    for tower in towers:
        towed = tower.drawn()
        if towed is not None:
            yield tower, towed


def _coupled(tower: Placed, towed: Placed, fleet: Fleet) -> Trailer:
    """The trailer straight on its lane behind the tower."""
    row = fleet.row[tower.name]
    ahead = coupling_m(tower.body) + float(fleet.spec[row, k.REAR_TO_CENTRE])
    made = Trailer(towed, tower.name, row, ahead, drawbar_m(towed.body), towed.body.wheelbase_m, 0.0)
    at = made.coupling_xy_m(fleet.state[[row]])[0]
    yaw = float(fleet.state[row, k.YAW])
    if not tower.parked and abs(math.cos(tower.facing_rad)) > 0.9:  # on a bend its axles are on the lane too
        s, t = tower.path.locate(float(at[0]), float(at[1]))
        (axle,), _, _, _ = tower.path.pose(s - math.copysign(made.arm_m, math.cos(tower.facing_rad)), t)
        yaw = math.atan2(float(at[1] - axle[1]), float(at[0] - axle[0]))
    return Trailer(towed, tower.name, row, ahead, made.drawbar_m, made.arm_m, yaw)
