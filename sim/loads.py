"""Cargo and balls during a run: what rides, what has been let go, and where rigid bodies have taken it.  World floor."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from scenarios.bodies import BODIES
from scenarios.resolved import Concrete
from scenarios.schema import Release
from sim.fleet import Fleet
from sim.kernels import traffic as k
from sim.obstacles import BEHIND_M, blocks_of, ground_along
from sim.packing import capacity, pack
from sim.placement import Placed
from sim.record import Motion, Ride, rigid_motion
from sim.rigid import Block, Event, Loose, Shelter
from sim.roads.lane_words import PlaceError
from sim.surface import GRIP
from sim.trace import pose_matrix
from sim.weather import WeatherState

Floats = NDArray[np.float64]

CARGO_ID = (
    500  # instance ids of cargo: 500 to 511 of the first carrier of the file, 512 to 523 of the second, ...
)
MOST_ITEMS = 12
NEAR_M = 6.0  # movers nearer to a loose body than this are part of its event
LEFT_BEHIND_M = 30.0  # farther from its truck than this, what has fallen cannot meet it
FALLEN_M = 3.0  # below where it was let go: it has left the road that the event knows
STANDS_S = 20.0  # of a roll: a ball that meets nothing stands by then
WIND_NEAR_GROUND = (
    0.5  # of the wind at 10 m, at half a metre over open ground (logarithmic law, roughness 3 cm)
)
GRIP_SPEED_MPS = 50.0 / 3.6


@dataclass
class Item:
    """One thing that rides on a bed (`carrier`), or a ball."""

    placed: Placed
    carrier: str = ""
    truck_from_item: Floats = field(default_factory=lambda: np.eye(4))
    since: int = -1  # tick from which an event moves it
    gone: int = -1  # tick from which it is out of this world

    @property
    def name(self) -> str:
        return self.placed.name


@dataclass
class Running:
    """An event, what it moves, and who has been touched so far."""

    event: Event
    items: list[Item]
    carrier: str
    low_m: float
    touched: set[tuple[str, str]] = field(default_factory=set)


class Loads:
    """All cargo and all balls of a run."""

    def __init__(
        self, concrete: Concrete, placed: Mapping[str, Placed], fleet: Fleet, ticks: int, step_s: float
    ) -> None:
        self.fleet, self.step_s = fleet, step_s
        actors = concrete.scenario.actors
        self.instance_id: dict[str, int] = {}
        self.rides: dict[str, Ride] = {}
        items: list[Item] = []
        carriers = [name for name in actors if actors[name].cargo is not None]
        for order, name in enumerate(carriers):
            for number, item in enumerate(_packed(concrete, placed[name])):
                items.append(item)
                self.instance_id[item.name] = CARGO_ID + MOST_ITEMS * order + number
            self.rides[name] = Ride(fleet, fleet.row[name], step_s)
        self.cargo: dict[str, Placed] = {item.name: item.placed for item in items}
        balls = [Item(p) for p in placed.values() if p.body.shape == "ball"]
        self.items = {item.name: item for item in [*items, *balls]}
        self._row = {name: row for row, name in enumerate(self.items)}
        self._props = [p for p in placed.values() if p.moves == "prop" and p.name not in self.items]
        self._untied = [name for name in carriers if not _tied(concrete, name)]
        self.running: list[Running] = []
        self._followed: set[str] = set()  # carriers whose pose is that of this tick
        count = len(self.items)
        self._pose = np.zeros((ticks, count, 4, 4))
        self._spin = np.zeros((ticks, count, 3))
        self._blocks = {
            v.placed.name: blocks_of(v.placed.body, v.placed.size_m, v.placed.pose == "upright")
            for v in fleet.vehicles
        }

    # --------------------------------------------------------------------------------------------------- orders
    def begin(self, weather: WeatherState) -> None:
        """What is loose from the start, and balls that roll already."""
        for name in self._untied:
            self._let_go(name, self._tied_on(name), np.zeros(3), 0, weather)
        for item in list(self.items.values()):
            if not item.carrier and item.placed.speed_mps > 0.0:
                self.roll(item.name, item.placed.speed_mps, 0, weather)

    def release(self, name: str, words: Release[float], tick: int, weather: WeatherState) -> None:
        """Untie cargo of a truck, from the rear and from above, and push it."""
        tied = self._tied_on(name)
        tied.sort(key=lambda item: (round(item.truck_from_item[0, 3], 6), -item.truck_from_item[2, 3]))
        chosen = tied if words.cargo == "all" else tied[: words.cargo]
        push = np.array((words.push.forward_mps, words.push.sideways_mps, words.push.up_mps))
        if chosen:
            self._let_go(name, sorted(chosen, key=lambda item: self._row[item.name]), push, tick, weather)

    def roll(self, name: str, speed_mps: float, tick: int, weather: WeatherState) -> None:
        """Set a ball rolling in the direction that it faces, from where it is now."""
        item = self.items[name]
        placed = item.placed
        (centre,), (yaw,), (pitch,), (bank,) = placed.path.pose(placed.s_m, placed.t_m)
        turned = placed.facing_rad
        tilt = (
            pitch * math.cos(turned) + bank * math.sin(turned),
            bank * math.cos(turned) - pitch * math.sin(turned),
        )
        pose = pose_matrix(centre, np.array((yaw + turned, *tilt)))
        way = pose[:3, 0]
        if item.since >= 0:
            pose = self._pose[tick, self._row[name]]
            for running in [r for r in self.running if item in r.items]:
                running.event.close()
                self.running.remove(running)
        spin = np.cross((0.0, 0.0, 1.0), speed_mps * way) / (placed.size_m[2] / 2)
        loose = Loose(placed.body, placed.size_m, pose, speed_mps * way, spin)
        s_m, _ = placed.path.locate(float(pose[0, 3]), float(pose[1, 3]))
        self._start(
            Running(self._event(placed, s_m, speed_mps * STANDS_S, [loose], weather), [item], "", 0.0), tick
        )

    def _tied_on(self, name: str) -> list[Item]:
        return [item for item in self.items.values() if item.carrier == name and item.since < 0]

    def _let_go(
        self, name: str, items: list[Item], push_mps: Floats, tick: int, weather: WeatherState
    ) -> None:
        """Loose bodies with the velocity of their places on the truck, and the push."""
        row, ride = self.fleet.row[name], self.rides[name]
        ride.settle()
        self._followed.add(name)
        state, spec = self.fleet.state[row], self.fleet.spec[row]
        world_from_truck = pose_matrix(ride.pose[:3], ride.pose[3:])
        turn = np.array((0.0, 0.0, state[k.SPEED] * math.tan(state[k.STEER]) / spec[k.WHEELBASE]))
        loose = []
        for item in items:
            size = item.placed.size_m
            arm = item.truck_from_item[:3, 3] + (spec[k.REAR_TO_CENTRE], 0.0, size[2] / 2)
            velocity = np.array((state[k.SPEED], 0.0, 0.0)) + np.cross(turn, arm) + push_mps
            loose.append(
                Loose(
                    item.placed.body,
                    size,
                    world_from_truck @ item.truck_from_item,
                    world_from_truck[:3, :3] @ velocity,
                    world_from_truck[:3, :3] @ turn,
                )
            )
        reach = 60.0 + float(state[k.SPEED]) ** 2 / 4.0  # slides at 2 m/s^2 end within it
        truck = self.fleet.vehicles[row].placed
        event = self._event(
            replace(truck, path=self.fleet.path(row)), self.fleet.centre_s_m(row), reach, loose, weather
        )
        self._start(Running(event, items, name, 0.0), tick)

    def _event(
        self, beside: Placed, s_m: float, reach_m: float, loose: list[Loose], weather: WeatherState
    ) -> Event:
        origin = np.round(loose[0].world_from_body[:3, 3])
        grip = weather.friction_at(GRIP_SPEED_MPS) / GRIP[0][0]
        fixed: list[tuple[Block, Floats]] = []
        for prop in self._props:
            (centre,), (yaw,), _, _ = prop.path.pose(prop.s_m, prop.t_m)
            if math.hypot(*(centre - origin)[:2]) < reach_m + BEHIND_M:
                pose = pose_matrix(centre, np.array((yaw + prop.facing_rad, 0.0, 0.0)))
                fixed.append((blocks_of(prop.body, prop.size_m)[0], pose))
        ground = ground_along(beside.path, s_m, reach_m, origin, grip)
        return Event(origin, ground, fixed, loose, self.step_s)

    def _start(self, running: Running, tick: int) -> None:
        for item in running.items:
            item.since = tick
        running.low_m = float(running.event.origin_m[2]) - FALLEN_M
        self.running.append(running)
        self._note(running, tick)

    def close(self) -> None:
        """Give all physics clients back."""
        for running in self.running:
            running.event.close()

    # ------------------------------------------------------------------------------------------------ the ticks
    def before_step(self) -> Floats:
        """Springs of the carriers feel this tick; returns the vehicles' states to give to `after_step`."""
        for ride in self.rides.values():
            ride.feel()
        return self.fleet.state.copy() if self.running else self.fleet.state

    def after_step(
        self, tick: int, before: Floats, things: Floats, weather: WeatherState
    ) -> list[tuple[str, str]]:
        """Everything loose goes on to `tick`; returns the new pairs (vehicle, item) that have touched."""
        were: dict[str, Floats] = {}
        for (
            name,
            ride,
        ) in self.rides.items():  # a pose costs more than a step: only where something may touch it
            if any(self._follows(running, name, tick) for running in self.running):
                row = self.fleet.row[name]
                fresh = name in self._followed
                were[name] = (
                    ride.pose if fresh else Ride.unsprung(self.fleet, row, self.fleet.path(row), before[row])
                )
                ride.settle()
        self._followed = set(were)
        hits: list[tuple[str, str]] = []
        for running in self.running:
            hits += self._advance(running, tick, before, were, things, weather)
        return hits

    def _follows(self, running: Running, name: str, tick: int) -> bool:
        """Whether what an event moves may still meet the truck that it came from."""
        if running.carrier != name:
            return False
        state = self.fleet.state[self.fleet.row[name]]
        places = self._pose[tick - 1, [self._row[item.name] for item in running.items], :2, 3]
        return bool(np.hypot(*(places - state[[k.X, k.Y]]).T).min() < LEFT_BEHIND_M)

    def show(self, tick: int, things: Floats, thing_row: Mapping[str, int]) -> None:
        """Write what drivers see of them."""
        for name, item in self.items.items():
            if item.carrier or item.since >= 0:
                self._show(item, tick, things[thing_row[name]])

    def _advance(
        self,
        running: Running,
        tick: int,
        before: Floats,
        were: Mapping[str, Floats],
        things: Floats,
        weather: WeatherState,
    ) -> list[tuple[str, str]]:
        columns = [self._row[item.name] for item in running.items]
        places = self._pose[tick - 1, columns, :3, 3]
        count = len(self.fleet.vehicles)
        reach = NEAR_M + np.hypot(things[:count, k.BHALF_LENGTH], things[:count, k.BHALF_WIDTH])
        apart = np.linalg.norm(things[:count, None, :2] - places[None, :, :2], axis=2).min(axis=1)
        near = np.flatnonzero(apart < reach).tolist()
        if running.event.lies() and not any(self.fleet.state[row, k.SPEED] > 0.0 for row in near):
            self._pose[tick, columns] = self._pose[tick - 1, columns]
            return []
        movers: dict[str, tuple[list[Block], Floats, Floats]] = {}
        for row in near:
            name = self.fleet.vehicles[row].placed.name
            if name in were:
                movers[name] = (self._laden(name), were[name], self.rides[name].pose)
            else:
                path = self.fleet.path(row)
                poses = [
                    Ride.unsprung(self.fleet, row, path, s) for s in (before[row], self.fleet.state[row])
                ]
                blocks = self._laden(name) if name in self.rides else self._blocks[name]
                movers[name] = (blocks, poses[0], poses[1])
        shelter = self._shelter(running.carrier) if running.carrier in were else None
        touched = running.event.step(movers, _wind(weather), shelter)
        self._note(running, tick)
        found = []
        for number, name in touched:
            pair = (name, running.items[number].name)
            if name != running.carrier and pair not in running.touched:
                running.touched.add(pair)
                found.append(pair)
        return found

    def _laden(self, name: str) -> list[Block]:
        """A carrier with what is still tied to it."""
        blocks = list(self._blocks[name])
        for item in self._tied_on(name):
            x, y, z = item.truck_from_item[:3, 3].tolist()
            length, width, height = item.placed.size_m
            along = np.abs(item.truck_from_item[0, :2]) @ (length / 2, width / 2)
            across = np.abs(item.truck_from_item[1, :2]) @ (length / 2, width / 2)
            blocks.append(Block((float(along), float(across), height / 2), (x, y, z + height / 2)))
        return blocks

    def _shelter(self, name: str) -> Shelter:
        row, pose = self.fleet.row[name], self.rides[name].pose
        placed = self.fleet.vehicles[row].placed
        bed = placed.body.bed
        assert bed is not None
        world_from_truck = pose_matrix(pose[:3], pose[3:])
        return Shelter(
            world_from_truck,
            float(self.fleet.state[row, k.SPEED]) * world_from_truck[:3, 0],
            bed.front_m,
            bed.rear_m,
            bed.half_width_m,
            placed.size_m[2],
        )

    def _note(self, running: Running, tick: int) -> None:
        for item, (pose, _, spin) in zip(running.items, running.event.poses(), strict=True):
            row = self._row[item.name]
            if item.gone < 0 and pose[2, 3] < running.low_m:
                item.gone = tick
            if item.gone >= 0:
                self._pose[tick, row] = self._pose[tick - 1, row]
            else:
                self._pose[tick, row], self._spin[tick, row] = pose, spin

    def world_from_item(self, item: Item, tick: int) -> Floats:
        """(4, 4) pose of something carried or let go."""
        if item.since >= 0:
            pose: Floats = self._pose[tick, self._row[item.name]]
            return pose
        ride = self.rides[item.carrier]
        return pose_matrix(ride.pose[:3], ride.pose[3:]) @ item.truck_from_item

    def _show(self, item: Item, tick: int, box: Floats) -> None:
        """Where drivers see it; on a bed it belongs to the truck."""
        ride = self.rides.get(item.carrier)
        velocity, on_bed = np.zeros(3), item.since < 0
        if item.since < 0:
            row = self.fleet.row[item.carrier]
            x, y, yaw = self.fleet.state[row, [k.X, k.Y, k.YAW]]
            arm = self.fleet.spec[row, k.REAR_TO_CENTRE]
            centre = np.array((x + arm * math.cos(yaw), y + arm * math.sin(yaw), 0.0))
            pose = pose_matrix(centre, np.array((yaw, 0.0, 0.0))) @ item.truck_from_item
        else:
            pose = self.world_from_item(item, tick)
            row = self._row[item.name]
            if tick > item.since:
                moved = pose - self._pose[tick - 1, row]
                velocity = (moved[:3, 3] + 0.5 * item.placed.size_m[2] * moved[:3, 2]) / self.step_s
            if ride is not None and np.hypot(*(pose[:2, 3] - ride.pose[:2])) < LEFT_BEHIND_M:
                on_bed = _over_bed(pose, ride, self.fleet.vehicles[self.fleet.row[item.carrier]].placed)
        half = np.array(item.placed.size_m) / 2
        yaw = math.atan2(pose[1, 0], pose[0, 0])
        centre = pose[:3, 3] + pose[:3, 2] * half[2]
        forward, left = (
            np.array((math.cos(yaw), math.sin(yaw), 0.0)),
            np.array((-math.sin(yaw), math.cos(yaw), 0.0)),
        )
        box[k.BX], box[k.BY], box[k.BYAW] = centre[0], centre[1], yaw
        box[k.BVX], box[k.BVY] = velocity[0], velocity[1]
        box[k.BHALF_LENGTH] = np.abs(forward @ pose[:3, :3]) @ half
        box[k.BHALF_WIDTH] = np.abs(left @ pose[:3, :3]) @ half
        box[k.BHEIGHT] = 2.0 * np.abs(pose[2, :3]) @ half
        box[k.BKIND] = k.PARKED if on_bed or item.gone >= 0 else k.ON_ROAD if item.carrier else k.AFOOT

    # ---------------------------------------------------------------------------------------------- afterwards
    def motion(self, name: str, carrier: Motion) -> Motion:
        """What the trace holds of an item: on its carrier (a ball: where it stands), then as the event moved it."""
        item, row = self.items[name], self._row[name]
        return rigid_motion(
            carrier,
            item.truck_from_item,
            item.placed.size_m[2],
            item.since,
            self._pose[:, row],
            self._spin[:, row],
            self.step_s,
        )


def _packed(concrete: Concrete, truck: Placed) -> list[Item]:
    """The cargo of a truck as it is loaded."""
    cargo, bed = concrete.scenario.actors[truck.name].cargo, truck.body.bed
    assert cargo is not None and bed is not None  # checked when the file was read
    body, count = BODIES[cargo.model], round(cargo.items)
    room = capacity(bed, body)
    if count > room:
        raise PlaceError(
            f"the bed of {truck.body.model} has room for {room} x {cargo.model}, not for {count}",
            path=("actors", truck.name, "cargo", "items"),
        )
    items = []
    for number, spot in enumerate(pack(bed, body, count, concrete.seed, concrete.sample, truck.name)):
        at = np.array((spot.x_m, spot.y_m, spot.z_m))
        placed = replace(
            truck,
            name=f"{truck.name}.cargo.{number}",
            body=body,
            size_m=body.size_m,
            s_m=truck.s_m + spot.x_m,
            t_m=truck.t_m + spot.y_m,
        )
        items.append(Item(placed, truck.name, pose_matrix(at, np.array((spot.yaw_rad, 0.0, 0.0)))))
    return items


def _tied(concrete: Concrete, name: str) -> bool:
    cargo = concrete.scenario.actors[name].cargo
    return cargo is None or cargo.tied


def _over_bed(pose: Floats, ride: Ride, truck: Placed) -> bool:
    bed = truck.body.bed
    assert bed is not None
    world_from_truck = pose_matrix(ride.pose[:3], ride.pose[3:])
    x, y, z = world_from_truck[:3, :3].T @ (pose[:3, 3] - world_from_truck[:3, 3])
    return bool(bed.rear_m <= x <= bed.front_m and abs(y) <= bed.half_width_m and z > 0.5 * bed.floor_m)


def _wind(weather: WeatherState) -> Floats:
    blows = WIND_NEAR_GROUND * weather.wind_mps
    return np.array((-blows * math.sin(weather.wind_from_rad), -blows * math.cos(weather.wind_from_rad), 0.0))
