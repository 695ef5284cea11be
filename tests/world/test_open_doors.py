"""Who stands with a door open takes the room that the door takes."""

from pathlib import Path

import numpy as np
import pytest

from scenarios.bodies import BODIES, DOORS, open_size, open_state
from sim import store
from sim.solids import bodies_of
from tests.world.scenes import car, run

PARKED = {"lane": "right", "s": 60.0, "parked": "right"}


def test_a_parked_car_with_an_open_door_reaches_into_the_lane_and_stands_where_it_stood() -> None:
    shut = run(car(5.0), duration=0.2, van={"model": "car.estate", "start": PARKED})
    opened = run(
        car(5.0), duration=0.2, van={"model": "car.estate", "start": PARKED, "doors": ["front_left"]}
    )
    row = shut.index("van")
    actor = opened.actors[opened.index("van")]
    body, state = BODIES["car.estate"], open_state(["front_left"])
    assert actor.state == state
    assert actor.size_m == pytest.approx(open_size(body, body.size_m, state))
    wider = actor.size_m[1] - body.size_m[1]
    assert 0.7 < wider < 1.1
    moved = opened.position_m[0, opened.index("van")] - shut.position_m[0, row]
    yaw = shut.rotation_rad[0, row, 0]
    left = np.array((-np.sin(yaw), np.cos(yaw)))
    assert float(moved[:2] @ left) == pytest.approx(wider / 2, abs=0.01)


def test_a_cyclist_who_rides_into_an_open_door_collides() -> None:
    rider = {
        "model": "bicycle.city",
        "start": {"lane": "right", "s": 40.0, "speed": 6.0, "lateral": -1.0},
        "do": [{"drive": {"speed": 6.0, "driver": "steady"}}],
    }
    hits = []
    for doors in (None, ["front_left"]):
        words = {"model": "car.estate", "start": PARKED} | ({} if doors is None else {"doors": doors})
        trace = run(car(5.0), duration=5.0, parked=words, rider=rider)
        hits.append([e.name for e in trace.events if e.name.startswith("collision") and "rider" in e.name])
    assert not hits[0] and hits[1]


def _opening(*steps: dict[str, object]) -> dict[str, object]:
    return {"model": "car.estate", "start": PARKED, "do": list(steps)}


def test_a_door_opens_and_shuts_gently_when_its_step_says() -> None:
    steps = (
        {"wait": {"for": 0.2}},
        {"open": {"door": "front_left", "over": 0.8, "to": 0.7}},
        {"mark": "stands"},
        {"close": {"door": "front_left", "over": 0.5}},
    )
    trace = run(car(5.0), duration=2.0, van=_opening(*steps))
    column = trace.index("van")
    assert trace.actors[column].state == open_state(["front_left"]) and trace.doors is not None
    share = trace.doors[:, column, DOORS.index("front_left")]
    assert share[:20] == pytest.approx(np.zeros(20)) and share[-1] == 0.0
    assert share.max() == pytest.approx(0.7, abs=1e-3)
    assert share[60] == pytest.approx(0.35, abs=0.02)  # halfway in time is halfway in angle
    speed = np.abs(np.diff(share)) / 0.01
    assert speed[20] < 0.1 and speed[98] < 0.2  # no jerk at either end
    assert speed.max() == pytest.approx(1.5 * 0.7 / 0.5, rel=0.05)
    stands = next(e for e in trace.events if e.name == "stands")
    assert stands.time_ns == pytest.approx(1.0e9, abs=2e7)
    assert np.count_nonzero(trace.doors.sum(axis=0)) == 1
    assert trace.at(600_000_000).doors is not None


def test_doors_come_back_from_a_stored_trace(tmp_path: Path) -> None:
    trace = run(car(5.0), duration=1.0, van=_opening({"open": {"door": "boot"}}))
    store.save(trace, tmp_path / "trace.zip")
    again = store.load(tmp_path / "trace.zip")
    assert np.array_equal(again.doors, trace.doors) and again.actors == trace.actors  # type: ignore[arg-type]
    plain = run(car(5.0), duration=0.2)
    store.save(plain, tmp_path / "plain.zip")
    assert plain.doors is None and store.load(tmp_path / "plain.zip").doors is None


def test_a_cyclist_hits_a_door_that_opens_in_time_and_passes_one_that_opens_too_late() -> None:
    rider = {
        "model": "bicycle.city",
        "start": {"lane": "right", "s": 40.0, "speed": 6.0, "lateral": -1.0},
        "do": [{"drive": {"speed": 6.0, "driver": "steady"}}],
    }
    hits = []
    for wait_s in (1.0, 4.5):  # the cyclist is beside the door after some 3 s
        parked = _opening({"wait": {"for": wait_s}}, {"open": {"door": "front_left", "over": 0.8}})
        trace = run(car(5.0), duration=5.5, parked=parked, rider=rider)
        hits.append([e.name for e in trace.events if e.name.startswith("collision") and "rider" in e.name])
    assert hits[0] and not hits[1]


def test_an_open_door_hides_what_is_behind_it_and_stays_in_the_box() -> None:
    words = {"model": "car.estate", "start": PARKED, "doors": ["front_left", "boot"]}
    actor = run(car(5.0), duration=0.1, parked=words).actors[-1]
    shut = run(car(5.0), duration=0.1, parked=words | {"doors": None}).actors[-1]
    (opened,), (closed,) = bodies_of([actor]), bodies_of([shut])
    assert len(opened) == len(closed) + 2
    half = np.array((actor.size_m[0] / 2, actor.size_m[1] / 2, actor.size_m[2]))
    reach = np.abs(opened.rotation) @ opened.half_m[..., None]
    corner = np.abs(opened.centre_m) + reach[..., 0]
    assert (corner[:, :2] <= half[:2] + 0.06).all() and (corner[:, 2] <= half[2] + 0.06).all()
    # The board of the door stands on the left of everything else.
    assert opened.centre_m[-2, 1] > closed.centre_m[:, 1].max() + 0.4
