"""Cargo that rides, cargo that falls off, balls that roll: in the traffic that they are part of."""

import hashlib
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scenarios.bodies import BODIES
from scenarios.errors import StormlaneError
from sim.packing import capacity, pack
from sim.trace import WorldTrace, pose_matrix
from tests.world.scenes import HIGHWAY, car, run

BANKED = HIGHWAY | {"superelevation": 0.025}
BED = BODIES["truck.flatbed"].bed
LOADS = [
    "box.cardboard",
    "pallet.wood",
    "tyre.truck",
    "mattress",
    "ladder",
    "branch",
    "bag.plastic",
    "tyre.tread",
]


def flatbed(
    s: float, speed: float, *steps: dict[str, Any], items: int = 3, model: str = "box.cardboard", **rest: Any
) -> dict[str, Any]:
    start = {"lane": "middle", "s": s, "speed": speed}
    cargo = {"items": items, "model": model, **rest}
    return {"model": "truck.flatbed", "start": start, "cargo": cargo, "do": list(steps)}


DROP = (
    {"wait": {"until": "time >= 1"}},
    {"mark": "drop"},
    {"release": {"push": {"up": 0.7, "sideways": 0.4}}},
)


@cache
def lost(model: str = "box.cardboard", seed: int = 0) -> WorldTrace:
    return run(
        car(30.0, 25.0, lane="middle"),
        road=BANKED, duration=6.0, seed=seed, flatbed=flatbed(120.0, 25.0, *DROP, model=model),
    )  # fmt: skip


def relative(trace: WorldTrace, tick: int, name: str) -> np.ndarray:
    truck, item = trace.index("flatbed"), trace.index(name)
    place = pose_matrix(trace.position_m[tick, truck], trace.rotation_rad[tick, truck])
    return np.linalg.inv(place) @ pose_matrix(trace.position_m[tick, item], trace.rotation_rad[tick, item])


def corners(trace: WorldTrace, tick: int, column: int) -> np.ndarray:
    half = np.array(trace.actors[column].size_m) / 2
    box = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (0, 2)]) * half
    pose = pose_matrix(trace.position_m[tick, column], trace.rotation_rad[tick, column])
    return box @ pose[:3, :3].T + pose[:3, 3]


@pytest.mark.parametrize("model", LOADS)
def test_items_stand_on_the_bed_and_not_in_one_another(model: str) -> None:
    body = BODIES[model]
    count = min(12, capacity(BED, body))
    spots = pack(BED, body, count, 3, 0, "truck")
    assert spots == pack(BED, body, count, 3, 0, "truck")
    boxes = []
    for spot in spots:
        c, s = abs(np.cos(spot.yaw_rad)), abs(np.sin(spot.yaw_rad))
        half = (
            np.array((c * body.size_m[0] + s * body.size_m[1], s * body.size_m[0] + c * body.size_m[1])) / 2
        )
        assert spot.x_m - half[0] >= BED.rear_m - 0.02 and spot.x_m + half[0] <= BED.front_m
        assert abs(spot.y_m) + half[1] <= BED.half_width_m + 0.03
        boxes.append((np.array((spot.x_m, spot.y_m, spot.z_m)), np.array((*half, body.size_m[2] / 2))))
    for k, (at, half) in enumerate(boxes):
        for other, its in boxes[:k]:
            apart = np.abs(at - other) - half - its + (0, 0, 0)
            assert apart.max() > -1e-6 or (np.abs(at - other)[2] > body.size_m[2] - 1e-6)


def test_tied_cargo_never_moves_on_its_bed() -> None:
    trace = run(
        car(30.0, 25.0, lane="left"), road=BANKED, duration=5.0,
        flatbed=flatbed(
            100.0, 25.0, {"change_lane": {"to": "right", "over": 2.0}}, {"brake": {"at": 6.0, "to": 5.0}}, items=4
        ),
    )  # fmt: skip
    names = [a.name for a in trace.actors if ".cargo." in a.name]
    assert names == [f"flatbed.cargo.{n}" for n in range(4)]
    for name in names:
        moved = [relative(trace, tick, name) - relative(trace, 0, name) for tick in range(len(trace.time_ns))]
        assert np.abs(moved).max() < 1e-9
    assert np.ptp(trace.rotation_rad[:, trace.index(names[0]), 1]) > 1e-3  # it dives with the truck
    assert not [e for e in trace.events if e.name.startswith("collision")]


@pytest.mark.parametrize("model", ["box.cardboard", "pallet.wood", "tyre.truck", "mattress"])
def test_a_load_that_is_let_go_ends_on_the_road(model: str) -> None:
    trace = lost(model)
    end = len(trace.time_ns) - 1
    for n in range(3):
        item = trace.index(f"flatbed.cargo.{n}")
        assert trace.actors[item].actor_class == "debris"
        assert relative(trace, 99, f"flatbed.cargo.{n}") == pytest.approx(
            relative(trace, 0, f"flatbed.cargo.{n}")
        )
        step_m = np.linalg.norm(np.diff(trace.position_m[:, item], axis=0), axis=1)
        assert (
            step_m.max() < 0.40
        )  # no jump where it is let go: 25 m/s are 0.25 m a tick, and bottoms turn upwards
        assert abs(step_m[100] - step_m[98]) < 0.03
        lowest = np.array([corners(trace, tick, item)[:, 2].min() for tick in range(0, end, 10)])
        ground = trace.road.height(*trace.position_m[end, item, :2])[0]
        final = corners(trace, end, item)
        assert final[:, 2].min() == pytest.approx(float(ground), abs=0.08)
        assert (lowest > ground - 0.6).all()
    assert any(relative(trace, end, f"flatbed.cargo.{n}")[0, 3] < -20.0 for n in range(3))


def test_a_truck_that_turns_gives_its_turning_to_what_it_loses() -> None:
    trace = run(
        car(30.0, 15.0, lane="left"), road=HIGHWAY, duration=5.0,
        flatbed=flatbed(
            90.0, 15.0, {"change_lane": {"to": "left", "over": 5.0}}, items=1, tied=False
        ),
    )  # fmt: skip
    item = trace.index("flatbed.cargo.0")
    assert relative(trace, 480, "flatbed.cargo.0")[:3, 3] == pytest.approx(
        relative(trace, 0, "flatbed.cargo.0")[:3, 3], abs=0.25
    )
    assert trace.position_m[-1, item, 2] > 1.1  # untied, but nothing throws it off


def test_only_so_many_are_let_go_and_the_others_stay() -> None:
    trace = run(
        car(30.0, 25.0, lane="middle"), road=HIGHWAY, duration=4.0,
        flatbed=flatbed(120.0, 25.0, {"wait": {"for": 0.5}}, {"release": {"cargo": 2}}, items=5),
    )  # fmt: skip
    end = len(trace.time_ns) - 1
    gone = [n for n in range(5) if relative(trace, end, f"flatbed.cargo.{n}")[0, 3] < -6.0]
    assert len(gone) == 2
    for n in set(range(5)) - set(gone):
        assert relative(trace, end, f"flatbed.cargo.{n}") == pytest.approx(
            relative(trace, 0, f"flatbed.cargo.{n}")
        )


def test_drivers_brake_for_what_lies_on_the_road() -> None:
    trace = lost()
    ego = trace.index("ego")
    assert trace.speed_mps[-1, ego] < 12.0 and trace.speed_mps[:, trace.index("flatbed")].min() > 24.0
    assert not [e.name for e in trace.events if e.name.startswith("collision flatbed ")]


def test_whoever_does_not_brake_hits_it_and_the_trace_says_so() -> None:
    steady = {"drive": {"speed": 25.0, "driver": "steady"}}
    trace = run(
        car(60.0, 25.0, steady, lane="middle"), road=HIGHWAY, duration=6.0,
        flatbed=flatbed(110.0, 25.0, *DROP, items=1),
    )  # fmt: skip
    (hit,) = [e for e in trace.events if e.name == "collision ego flatbed.cargo.0"]
    after = trace.velocity_mps[hit.time_ns // 10_000_000 + 5, trace.index("flatbed.cargo.0")]
    assert float(np.linalg.norm(after)) > 12.0


def test_the_same_run_gives_the_same_bytes_here_and_in_another_process() -> None:
    lost.cache_clear()
    once = digest(lost())
    lost.cache_clear()
    assert digest(lost()) == once
    code = "from tests.world.test_loads import digest, lost; print(digest(lost()))"
    root = Path(__file__).parents[2]
    told = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert told.stdout.split() == [once]
    assert "pybullet" not in told.stderr


def digest(trace: WorldTrace) -> str:
    whole = hashlib.sha256()
    for array in (trace.position_m, trace.rotation_rad, trace.velocity_mps, trace.speed_mps):
        whole.update(array.tobytes())
    return whole.hexdigest()


def test_on_ice_a_load_slides_further() -> None:
    far = []
    for surface in ({}, {"state": "icy"}):
        trace = run(
            car(30.0, 15.0, lane="left"), road=HIGHWAY, duration=6.0, surface=surface,
            flatbed=flatbed(90.0, 15.0, *DROP, items=1, model="pallet.wood"),
        )  # fmt: skip
        far.append(trace.position_m[-1, trace.index("flatbed.cargo.0"), 0])
    assert far[1] > far[0] + 10.0


def test_a_bed_that_is_full_says_how_much_it_takes() -> None:
    with pytest.raises(StormlaneError, match=r"has room for \d+ x branch, not for 12"):
        run(
            car(30.0, 15.0, lane="left"),
            road=HIGHWAY,
            duration=1.0,
            flatbed=flatbed(90.0, 15.0, items=12, model="branch"),
        )


def test_a_ball_rolls_out_between_parked_cars_over_the_kerb_and_stops() -> None:
    trace = run(
        car(20.0, 8.0), duration=6.0,
        ball={
            "model": "ball.football", "start": {"s": 60.0, "offset": "sidewalk", "facing": "across"},
            "do": [{"wait": {"until": "time >= 1"}}, {"roll": {"speed": 3.0}}],
        },
    )  # fmt: skip
    ball = trace.index("ball")
    path = trace.position_m[:, ball].copy()
    for tick, turned in enumerate(trace.rotation_rad[:, ball]):  # its middle, over its radius
        path[tick] += 0.11 * pose_matrix(np.zeros(3), turned)[:3, 2]
    assert np.abs(path[:100] - path[0]).max() < 1e-9
    assert path[-1, 1] - path[0, 1] > 6.0
    assert path[0, 2] - path[-1, 2] > 0.08  # down from the kerb
    assert abs(trace.speed_mps[:100, ball]).max() == 0.0
    ego = trace.index("ego")
    assert trace.speed_mps[250:, ego].min() < 6.0  # the driver brakes for it


def test_a_ball_with_a_speed_at_the_start_rolls_at_once() -> None:
    trace = run(
        car(20.0, 5.0), duration=2.0,
        ball={"model": "ball.football", "start": {"lane": "right", "s": 60.0, "facing": "across", "speed": 2.0}},
    )  # fmt: skip
    ball = trace.index("ball")
    assert np.linalg.norm(trace.velocity_mps[20, ball]) == pytest.approx(2.0, abs=0.25)
    looks = [trace.at(int(t)).rotation_rad[ball] for t in np.linspace(0, trace.time_ns[-1], 77)]
    assert np.isfinite(looks).all()


def test_between_ticks_a_tumbling_body_turns_the_short_way() -> None:
    trace = lost()
    item = trace.index("flatbed.cargo.2")
    for tick in range(100, 300, 3):
        turns = [pose_matrix(np.zeros(3), r)[:3, :3] for r in trace.rotation_rad[tick : tick + 2, item]]
        between = pose_matrix(np.zeros(3), trace.at(int(trace.time_ns[tick]) + 5_000_000).rotation_rad[item])[
            :3, :3
        ]
        whole = np.arccos(np.clip((np.trace(turns[1] @ turns[0].T) - 1) / 2, -1, 1))
        part = np.arccos(np.clip((np.trace(between @ turns[0].T) - 1) / 2, -1, 1))
        assert part == pytest.approx(whole / 2, abs=0.02)
