"""Trailers follow their coupling, are seen by others, and carry the lamps of what draws them."""

import math
from typing import Any

import numpy as np
import pytest

from scenarios.bodies import BODIES
from scenarios.bodies.hitches import DRAWN, coupling, coupling_m, drawbar_m
from sim.simulate import simulate
from sim.towing import TRAILER_ID, drawn_yaw, swing
from sim.trace import Lamp, WorldTrace
from tests.world.scenes import HIGHWAY, STREET, car, concrete

ARM_M = 7.75


# ------------------------------------------------------------------------------------------------ analytic answers
def test_on_a_circle_the_axles_settle_on_the_circle_of_theory() -> None:
    radius = 12.0
    turned = np.arange(0.0, 8.0 * np.pi, 0.001)
    coupling_xy = radius * np.stack((np.cos(turned), np.sin(turned)), axis=1)
    yaw = drawn_yaw(coupling_xy, math.pi / 2, ARM_M)
    axles = coupling_xy - ARM_M * np.stack((np.cos(yaw), np.sin(yaw)), axis=1)
    assert np.hypot(*axles[-1]) == pytest.approx(math.sqrt(radius**2 - ARM_M**2), abs=2e-3)
    heading = turned[-1] + math.pi / 2
    assert heading - yaw[-1] == pytest.approx(math.asin(ARM_M / radius), abs=2e-4)


@pytest.mark.parametrize("pieces", [1, 7, 500])
def test_on_a_straight_line_the_angle_falls_as_the_tractrix_says_however_finely_it_is_cut(
    pieces: int,
) -> None:
    start, length = 1.2, 20.0
    yaw = start
    for _ in range(pieces):
        yaw = swing(yaw, length / pieces, 0.0, ARM_M)
    assert math.tan(yaw / 2) == pytest.approx(math.tan(start / 2) * math.exp(-length / ARM_M), rel=1e-9)


def test_the_yaw_obeys_its_rate() -> None:
    """psi' = v / L sin(theta - psi), by differences."""
    yaw, heading, step = 0.3, 1.1, 1e-5
    after = swing(yaw, step * math.cos(heading), step * math.sin(heading), ARM_M)
    assert (after - yaw) / step == pytest.approx(math.sin(heading - yaw) / ARM_M, rel=1e-4)


def test_backing_up_folds_a_trailer_and_turning_round_makes_no_jump() -> None:
    assert swing(0.05, -1.0, 0.0, ARM_M) == pytest.approx(0.05 * math.exp(1.0 / ARM_M), rel=1e-3)
    around = np.linspace(0.0, 6 * np.pi, 4000)
    yaw = drawn_yaw(40.0 * np.stack((np.cos(around), np.sin(around)), axis=1), math.pi / 2, ARM_M)
    assert np.abs(np.diff(yaw)).max() < 0.01
    assert yaw[-1] > 5 * np.pi


# ------------------------------------------------------------------------------------------------------- on the road
def semi(
    s: float, speed: float = 0.0, *steps: dict[str, Any], tows: str = "trailer.curtain"
) -> dict[str, Any]:
    """An articulated lorry on the right lane."""
    return {
        "model": "truck.tractor_unit",
        "tows": tows,
        "start": {"lane": "right", "s": s, "speed": speed},
        "do": list(steps),
    }


def coupled_apart_m(trace: WorldTrace, tower: str) -> np.ndarray:
    """(T,) how far the trailer's drawbar is from the coupling that draws it."""
    places = []
    for name, ahead in ((tower, coupling_m), (f"{tower}.trailer", drawbar_m)):
        column = trace.index(name)
        yaw = trace.rotation_rad[:, column, 0]
        reach = ahead(BODIES[trace.actors[column].model])
        places.append(trace.position_m[:, column, :2] + reach * np.stack((np.cos(yaw), np.sin(yaw)), axis=1))
    return np.asarray(np.hypot(*(places[0] - places[1]).T))


def test_a_semitrailer_is_an_actor_of_its_own_that_hangs_on_its_tractor() -> None:
    trace = simulate(concrete(car(20.0), road=HIGHWAY, semi=semi(150.0, 20.0), duration=4.0))
    column, tower = trace.index("semi.trailer"), trace.index("semi")
    trailer = trace.actors[column]
    assert (trailer.model, trailer.actor_class) == ("trailer.curtain", "trailer")
    assert trailer.instance_id == TRAILER_ID
    assert coupled_apart_m(trace, "semi").max() < 1e-6
    assert not [e for e in trace.events if "trailer" in e.name]  # they touch, and that is no collision
    driven = np.hypot(*(trace.position_m[-1, column] - trace.position_m[0, column])[:2])
    radius = BODIES["trailer.curtain"].wheel_radius_m
    assert trace.wheel_rad[-1, column] * radius == pytest.approx(driven, rel=2e-3)
    assert np.abs(trace.rotation_rad[:, column, 0] - trace.rotation_rad[:, tower, 0]).max() < 1e-3
    assert trace.speed_mps[:, column] == pytest.approx(trace.speed_mps[:, tower], abs=0.02)


def test_in_a_bend_the_trailer_cuts_the_corner_as_much_as_theory_says() -> None:
    radius = 30.0
    road = {
        "build": [{"line": {"length": 80.0}}, {"arc": {"length": 170.0, "radius": radius, "turn": "left"}}],
        "lanes": 1,
    }
    trace = simulate(
        concrete(car(5.0), road=road, semi=semi(40.0, 6.0, {"drive": {"speed": 6.0}}), duration=25.0)
    )
    column, tower = trace.index("semi.trailer"), trace.index("semi")
    body, drawn = BODIES["truck.tractor_unit"], BODIES["trailer.curtain"]
    now = -1 - round(2.0 / 0.01)

    def along(index: int, reach_m: float) -> np.ndarray:
        yaw = trace.rotation_rad[:, index, 0]
        ahead = np.stack((np.cos(yaw), np.sin(yaw)), axis=1)
        return np.asarray(trace.position_m[:, index, :2] + reach_m * ahead)

    rear = along(tower, body.size_m[0] / 2 - body.front_overhang_m - body.wheelbase_m)
    axles = along(column, drawbar_m(drawn) - drawn.wheelbase_m)
    # The tractor's rear axle runs on a circle about the point that both axles turn about in the end.
    a, b, c = rear[now - 300], rear[now - 150], rear[now]
    sides = [np.hypot(*(q - p)) for p, q in ((a, b), (b, c), (c, a))]
    area = abs((b - a)[0] * (c - a)[1] - (b - a)[1] * (c - a)[0]) / 2
    circle = math.prod(sides) / (4 * area)
    reach = coupling_m(body) - (body.size_m[0] / 2 - body.front_overhang_m - body.wheelbase_m)
    expected = math.sqrt(circle**2 + reach**2 - drawn.wheelbase_m**2)
    a, b, c = axles[now - 300], axles[now - 150], axles[now]
    sides = [np.hypot(*(q - p)) for p, q in ((a, b), (b, c), (c, a))]
    area = abs((b - a)[0] * (c - a)[1] - (b - a)[1] * (c - a)[0]) / 2
    assert math.prod(sides) / (4 * area) == pytest.approx(expected, abs=0.12)
    assert expected < circle - 0.8


def test_who_drives_behind_stops_behind_the_trailer() -> None:
    ego = car(20.0, 13.0, {"drive": {"speed": 13.0}})
    trace = simulate(concrete(ego, road={**STREET, "parking": "none"}, semi=semi(150.0), duration=14.0))
    column, me = trace.index("semi.trailer"), trace.index("ego")
    assert trace.speed_mps[-1, me] == pytest.approx(0.0, abs=0.2)
    apart = trace.position_m[-1, column, 0] - trace.position_m[-1, me, 0]
    gap = apart - trace.actors[column].size_m[0] / 2 - trace.actors[me].size_m[0] / 2
    assert 0.5 < gap < 6.0
    assert not [e for e in trace.events if e.name.startswith("collision")]


def test_a_collision_with_the_trailer_is_one() -> None:
    ego = car(60.0, 12.0, {"drive": {"speed": 12.0, "driver": "steady"}})
    trace = simulate(concrete(ego, road={**STREET, "parking": "none"}, semi=semi(150.0), duration=9.0))
    assert "collision ego semi.trailer" in [e.name for e in trace.events]


def test_a_gap_behind_counts_from_the_end_of_the_trailer() -> None:
    follower = {"model": "car.sedan", "start": {"behind": "semi", "gap": 5.0}}
    scene = concrete(
        car(20.0), road={**STREET, "parking": "none"}, semi=semi(150.0), next=follower, duration=1.0
    )
    trace = simulate(scene)
    trailer, behind = trace.index("semi.trailer"), trace.index("next")
    apart = trace.position_m[0, trailer, 0] - trace.position_m[0, behind, 0]
    halves = (trace.actors[trailer].size_m[0] + trace.actors[behind].size_m[0]) / 2
    assert apart - halves == pytest.approx(5.0, abs=1e-3)


def test_lamps_behind_are_those_of_what_draws() -> None:
    ego = {
        **car(60.0, 12.0, {"drive": {"speed": 12.0, "for": 1.0}}, {"brake": {"at": 3.0}}),
        "tows": "caravan",
    }
    trace = simulate(concrete({**ego, "lights": ["low_beam", "indicator_left"]}, sun_deg=-20.0, duration=4.0))
    tower, column = trace.lamps[:, trace.index("ego")], trace.lamps[:, trace.index("ego.trailer")]
    for bit in (Lamp.TAIL, Lamp.BRAKE, Lamp.INDICATOR_LEFT):
        assert ((tower & bit) == (column & bit)).all() and (column & bit).any()
    assert not (column & Lamp.LOW_BEAM).any()


@pytest.mark.parametrize("towed", DRAWN)
def test_every_trailer_has_somebody_to_draw_it_and_clears_its_tower(towed: str) -> None:
    towers = [body for body in BODIES.values() if coupling(body) == DRAWN[towed]]
    assert towers
    drawn = BODIES[towed]
    for body in towers:
        front = coupling_m(body) - drawbar_m(drawn) + drawn.size_m[0] / 2
        assert front == pytest.approx(-body.size_m[0] / 2, abs=0.06) or DRAWN[towed] == "fifth_wheel"
        if DRAWN[towed] == "fifth_wheel":  # behind the cab, over the frame; and room to swing
            swept = math.hypot(drawn.front_overhang_m, drawn.size_m[1] / 2)
            cab_rear = body.size_m[0] / 2 - 2.22
            assert coupling_m(body) + swept < cab_rear + 0.1


def test_articulated_lorries_are_met_in_traffic_and_keep_apart() -> None:
    background = {"traffic": {"vehicles_per_km": 30.0, "mix": {"truck": 1.0}}}
    trace = simulate(concrete(car(400.0, 20.0), road=HIGHWAY, background=background, duration=6.0, seed=3))
    drawn = [c for c, a in enumerate(trace.actors) if a.actor_class == "trailer"]
    assert len(drawn) >= 3
    names = [a.name for a in trace.actors]
    for column in drawn:
        tower = names.index(names[column].removesuffix(".trailer"))
        assert trace.actors[tower].model == "truck.tractor_unit"
        assert coupled_apart_m(trace, names[tower]).max() < 1e-6
        assert (trace.present[:, column] == trace.present[:, tower]).all()
    assert len({a.instance_id for a in trace.actors}) == len(trace.actors)
    # Nobody drives into what another draws: on one lane, boxes keep their distance.
    half = np.array([a.size_m[0] / 2 for a in trace.actors])
    for tick in (0, -1):
        there = np.flatnonzero(trace.present[tick])
        x, y = trace.position_m[tick, there, 0], trace.position_m[tick, there, 1]
        for row, i in enumerate(there):
            for other, j in enumerate(there[row + 1 :], row + 1):
                pair = {names[i], names[j]}
                if abs(y[row] - y[other]) < 2.0 and not any(f"{n}.trailer" in pair for n in pair):
                    assert abs(x[row] - x[other]) > half[i] + half[j]
