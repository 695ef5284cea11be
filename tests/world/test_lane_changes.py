"""Lane changes of the background: MOBIL's two criteria, indicators, smoothness, and never into a taken gap."""

import math
from typing import Any

import numpy as np
import pytest

from scenarios.bodies import BODIES
from sim.assemble import collisions
from sim.kernels import traffic as k
from sim.lane_changes import (
    BIAS_MPS2,
    CHANGE_S,
    POLITENESS,
    SAFE_BRAKE_MPS2,
    SIGNAL_S,
    THRESHOLD_MPS2,
    LaneChanges,
)
from sim.simulate import Simulation
from sim.trace import Lamp, WorldTrace
from tests.support.naive_world import idm
from tests.support.proof import some
from tests.world.scenes import HIGHWAY, car, concrete, run

SEDAN = BODIES["car.sedan"]
LANE_M = 3.75
LONG_HIGHWAY = HIGHWAY | {"length": 2500.0}


def staged(duration: float = 14.0, lanes: int = 3, **cars: tuple[float, str, float]) -> Simulation:
    """Cars (s, lane, speed) beside a far ego; the one called `c` changes lanes as the background does."""
    actors: dict[str, dict[str, Any]] = {
        name: car(s, speed, {"drive": {"speed": speed if name != "c" else 30.0}}, lane=lane)
        for name, (s, lane, speed) in cars.items()
    }
    scene = concrete(car(40.0), road=LONG_HIGHWAY | {"lanes": lanes}, duration=duration, **actors)
    world = Simulation(scene)
    world.lane_changes = LaneChanges(
        world.network, world.fleet, [world.fleet.row["c"]], [world.thing_row["ego"]], world.reach_m
    )
    return world


def lane_of(world: Simulation, trace: WorldTrace, name: str, tick: int = -1) -> float:
    """Lanes to the left of the rightmost one."""
    y = trace.position_m[tick, trace.index(name), 1]
    right = trace.road.point("road", 100.0, float(_right_t(world)))[1]
    return float((y - right) / LANE_M)


def _right_t(world: Simulation) -> float:
    road, lane = world.network.lane("right", 100.0)
    at = [(low + high) / 2 for found, _, low, high in world.network.lanes_at(road, 100.0) if found == lane]
    return at[0]


# -------------------------------------------------------------------------------------------------------- criteria
def naive_gain(rng: np.random.Generator) -> tuple[dict[str, tuple[float, str, float]], float]:
    """A random situation on three lanes, and by how much the model's inequality holds for a change to the left."""
    s, v, wish, half = 600.0, float(rng.uniform(18, 30)), 30.0, SEDAN.size_m[0] / 2
    cars = {"c": (s, "right", v)}
    around: dict[str, tuple[float, float] | None] = {}
    for name, way, lane in (("l", 1, "right"), ("o", -1, "right"), ("m", 1, "middle"), ("n", -1, "middle")):
        there = rng.uniform() < 0.7
        gap, speed = float(rng.uniform(4, 70)), float(rng.uniform(16, 34))
        around[name] = (gap, speed) if there else None
        if there:
            cars[name] = (s + way * (gap + 2 * half), lane, speed)

    def accel(own: float, want: float, ahead: tuple[float, float] | None) -> float:
        gap, speed = ahead or (math.inf, 0.0)
        return idm(own, want, gap, speed, 0.6 * SEDAN.max_acceleration_mps2, 1.2)

    def joined(behind: tuple[float, float], ahead: tuple[float, float] | None) -> tuple[float, float] | None:
        return None if ahead is None else (behind[0] + 2 * half + ahead[0], ahead[1])

    old, new = around["o"], around["n"]
    own = accel(v, wish, around["m"]) - accel(v, wish, around["l"])
    others = 0.0
    if new is not None:
        after = accel(new[1], new[1], (new[0], v))
        if after < -SAFE_BRAKE_MPS2:
            return cars, -math.inf
        others += after - accel(new[1], new[1], joined(new, around["m"]))
    if old is not None:
        others += accel(old[1], old[1], joined(old, around["l"])) - accel(old[1], old[1], (old[0], v))
    if accel(v, wish, around["m"]) < -SAFE_BRAKE_MPS2:
        return cars, -math.inf
    return cars, own + POLITENESS * others - THRESHOLD_MPS2 - BIAS_MPS2


@pytest.mark.parametrize("seed", some(range(25), 3))
def test_a_change_is_wanted_exactly_where_the_inequality_holds(seed: int) -> None:
    cars, expected = naive_gain(np.random.default_rng(seed))
    world = staged(**cars)
    k.see_vehicles(world.fleet.state, world.fleet.spec, world.things)
    row = world.fleet.row["c"]
    world.fleet.order[row, k.WISH] = 30.0
    changes = world.lane_changes
    assert changes is not None
    gain = changes._gain(
        row, "left", world.fleet.path(row).place_at(world.fleet.centre_s_m(row)), world.things
    )
    assert gain == pytest.approx(expected, abs=0.01)


def test_situations_of_the_table_lie_on_both_sides_of_the_inequality() -> None:
    gains = [naive_gain(np.random.default_rng(seed))[1] for seed in range(25)]
    assert sum(g > 0.0 for g in gains) >= 5
    assert sum(g == -math.inf for g in gains) >= 3
    assert sum(-math.inf < g < 0.0 for g in gains) >= 5


# -------------------------------------------------------------------------------------------------------- behaviour
def test_a_slow_leader_is_overtaken_with_the_indicator_on_first() -> None:
    world = staged(c=(600.0, "right", 28.0), slow=(670.0, "right", 20.0))
    trace = world.run()
    row = trace.index("c")
    y = trace.position_m[:, row, 1]
    lit = (trace.lamps[:, row] & int(Lamp.INDICATOR_LEFT)) != 0
    assert lane_of(world, trace, "c") == pytest.approx(1.0, abs=0.05)
    begun = int(np.argmax(y > y[0] + 0.05))
    assert lit.any()
    first = int(np.argmax(lit))
    assert (begun - first) * 0.01 > SIGNAL_S
    over = int(np.argmax(y > y[0] + LANE_M - 0.1))
    assert (over - begun) * 0.01 == pytest.approx(CHANGE_S, rel=0.3)
    assert not lit[over + 100 :].any()
    sideways = np.gradient(y, 0.01)
    assert np.abs(np.gradient(sideways, 0.01)[begun:over]).max() < 2.0  # m/s2: nobody is thrown about
    assert trace.position_m[-1, row, 0] > trace.position_m[-1, trace.index("slow"), 0]


def test_nobody_changes_into_a_gap_that_is_taken() -> None:
    cars = {f"wall{n}": (560.0 + 14.0 * n, "middle", 20.0) for n in range(16)}
    world = staged(c=(620.0, "right", 24.0), slow=(650.0, "right", 20.0), **cars)
    trace = world.run()
    assert (
        np.abs(trace.position_m[:, trace.index("c"), 1] - trace.position_m[0, trace.index("c"), 1]).max()
        < 0.2
    )
    assert not [e for e in trace.events if e.name.startswith("collision")]


def test_nobody_cuts_in_before_a_driver_who_minds_nothing() -> None:
    scene = concrete(
        car(40.0),
        road=LONG_HIGHWAY,
        duration=6.0,
        c=car(620.0, 24.0, {"drive": {"speed": 30.0}}),
        slow=car(650.0, 20.0, {"drive": {"speed": 20.0}}),
        mad=car(540.0, 38.0, {"drive": {"speed": 38.0, "driver": "steady"}}, lane="middle"),
    )
    world = Simulation(scene)
    world.lane_changes = LaneChanges(world.network, world.fleet, [world.fleet.row["c"]], [0], world.reach_m)
    trace = world.run()
    assert not [e for e in trace.events if e.name.startswith("collision")]
    passed = int(np.argmax(trace.position_m[:, 3, 0] > trace.position_m[:, 1, 0] + 10.0))
    assert passed > 0
    assert abs(trace.position_m[passed, 1, 1] - trace.position_m[0, 1, 1]) < 0.5


def test_with_a_free_road_one_returns_to_the_right() -> None:
    world = staged(c=(600.0, "left", 28.0))
    trace = world.run()
    assert lane_of(world, trace, "c") < lane_of(world, trace, "c", 0) - 0.9


def test_where_there_is_one_lane_nobody_changes() -> None:
    scene = {"vehicles": 60.0, "driver": {"model": "idm", "lane_change": "mobil"}}
    trace = run(car(60.0, 10.0), background={"traffic": scene})
    k0 = [n for n, a in enumerate(trace.actors) if a.name.startswith("background.traffic")]
    assert k0
    assert not (trace.lamps[:, k0] & int(Lamp.INDICATOR_LEFT | Lamp.INDICATOR_RIGHT)).any()


# ---------------------------------------------------------------------------------------------------- dense traffic
def dense(seed: int, change: str, duration: float = 8.0) -> WorldTrace:
    driver = {"model": "idm", "lane_change": change}
    return run(
        car(400.0, 30.0, {"drive": {"speed": 33.0}}, lane="middle"),
        road=HIGHWAY,
        duration=duration,
        seed=seed,
        background={"traffic": {"vehicles": 60.0, "driver": driver}},
    )


@pytest.mark.parametrize("seed", some(range(20), 4))
def test_dense_traffic_changes_lanes_without_a_scratch(seed: int) -> None:
    trace = dense(seed, "mobil")
    everybody = np.ones_like(trace.present)
    assert (
        collisions(list(trace.actors), trace.position_m, trace.rotation_rad, trace.speed_mps, everybody) == []
    )
    assert len(trace.actors) > 20
    moved = np.abs(trace.position_m[-1, :, 1] - trace.position_m[0, :, 1])
    assert (moved > 0.9 * LANE_M).sum() >= 2


def test_the_same_seed_changes_the_same_lanes() -> None:
    one, other = dense(3, "mobil", 6.0), dense(3, "mobil", 6.0)
    assert one.position_m.tobytes() == other.position_m.tobytes()
    assert one.lamps.tobytes() == other.lamps.tobytes()


def test_settings_without_changes_are_the_plain_driver() -> None:
    plain = run(car(400.0, 30.0), road=HIGHWAY, background={"traffic": {"vehicles": 30.0}})
    none = {"vehicles": 30.0, "driver": {"model": "idm", "lane_change": "none"}}
    same = run(car(400.0, 30.0), road=HIGHWAY, background={"traffic": none})
    assert same.position_m.tobytes() == plain.position_m.tobytes()


@pytest.mark.parametrize("seed", range(4))
def test_nobody_moves_between_the_ego_and_what_is_prepared_for_it(seed: int) -> None:
    driver = {"model": "idm", "lane_change": "mobil"}
    trace = run(
        car(400.0, 25.0, {"drive": {"speed": 25.0}}, lane="middle"),
        road=HIGHWAY,
        duration=8.0,
        seed=seed,
        background={"traffic": {"vehicles": 60.0, "driver": driver}},
        lead=car(520.0, 25.0, {"drive": {"speed": 25.0}}, lane="middle"),
    )
    ego, lead = trace.position_m[:, 0], trace.position_m[:, trace.index("lead")]
    for n in range(2, len(trace.actors)):
        there = trace.position_m[:, n]
        between = (
            (there[:, 0] > ego[:, 0]) & (there[:, 0] < lead[:, 0]) & (np.abs(there[:, 1] - ego[:, 1]) < 1.5)
        )
        assert not between.any()
