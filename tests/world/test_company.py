"""Dogs on leads, prams and wheelchairs are actors of their own that stay with whoever takes them along."""

import math

import numpy as np
import pytest

from scenarios.bodies import BODIES
from scenarios.bodies.company import PARTS, led_from, offset_m
from sim.background import FIRST_ID, WALKERS
from sim.company import COMPANY_ID
from sim.trace import WorldTrace
from tests.world.scenes import car, run


def walk(brings: str, *, steps: list[dict[str, object]] | None = None, **start: object) -> WorldTrace:
    who = {
        "model": "pedestrian.adult",
        "brings": brings,
        "start": {"lane": "right", "s": 60.0, "offset": "sidewalk"} | start,
        "do": steps or [],
    }
    return run(car(20.0), duration=4.0, owner=who)


@pytest.mark.parametrize("brings", PARTS)
def test_they_are_actors_of_their_own_that_keep_their_place_at_their_owners_side(brings: str) -> None:
    trace = walk(brings, speed=1.3)
    owner, other = trace.index("owner"), trace.index("owner" + PARTS[brings])
    actor = trace.actors[other]
    assert (actor.model, actor.instance_id) == (brings, COMPANY_ID)
    assert actor.actor_class == BODIES[brings].actor_class
    ahead, left = offset_m(trace.actors[owner].size_m, BODIES[brings])
    apart = trace.position_m[:, other] - trace.position_m[:, owner]
    yaw = trace.rotation_rad[:, owner, 0]
    assert np.allclose(apart[:, 0] * np.cos(yaw) + apart[:, 1] * np.sin(yaw), ahead, atol=1e-6)
    assert np.allclose(apart[:, 1] * np.cos(yaw) - apart[:, 0] * np.sin(yaw), left, atol=1e-6)
    assert np.allclose(apart[:, 2], 0.0, atol=0.01)
    assert trace.gait_phase[-1, other] > 1.0
    assert (trace.wheel_rad[-1, other] > 1.0) == (brings != "animal.dog")


def test_a_led_dog_is_told_where_its_lead_comes_from_and_nobody_else_is() -> None:
    assert led_from(walk("animal.dog").actors[-1].state) is not None
    assert walk("stroller.pram").actors[-1].state == ""


def test_who_crosses_behind_a_pram_takes_it_across() -> None:
    trace = walk(
        "stroller.pram", facing="across", steps=[{"walk": {"to": "opposite_sidewalk", "speed": 1.8}}]
    )
    owner, pram = trace.index("owner"), trace.index("owner.pram")
    assert trace.position_m[-1, pram, 1] > trace.position_m[0, owner, 1] + 4.0
    assert trace.rotation_rad[-1, pram, 0] == pytest.approx(math.pi / 2, abs=0.05)


def test_a_driver_brakes_for_the_pram_before_its_owner_has_left_the_kerb() -> None:
    """What is pushed is seen by drivers, half a pram ahead of who pushes it."""
    who = {
        "model": "pedestrian.adult",
        "start": {"lane": "right", "s": 60.0, "lateral": -2.3, "facing": "across"},
    }
    speeds = {}
    for brings in (None, "stroller.pram"):
        owner = who | ({"brings": brings} if brings else {})
        drives = car(20.0, 10.0, {"drive": {"speed": 10.0}})
        speeds[brings] = run(drives, duration=4.0, owner=owner).speed_mps[-1, 0]
    assert speeds[None] > 8.0
    assert speeds["stroller.pram"] < 4.0


def test_the_background_is_of_all_ages_and_takes_dogs_and_prams_along_on_the_sidewalk() -> None:
    trace = run(car(200.0), duration=1.0, background={"pedestrians": {"density": 400.0}})
    people = [a for a in trace.actors if a.instance_id // 1000 == FIRST_ID["pedestrian"] // 1000]
    company = [k for k, a in enumerate(trace.actors) if a.instance_id >= FIRST_ID["company"]]
    shares = {model: sum(a.model == model for a in people) / len(people) for model in WALKERS}
    for model, (share, _) in WALKERS.items():
        assert shares[model] == pytest.approx(share, abs=0.06)
    assert {trace.actors[k].model for k in company} >= {"animal.dog", "stroller.pram"}
    assert 0.03 < len(company) / len(people) < 0.20
    heights = trace.position_m[0, company, 2]
    assert np.allclose(heights, heights.max())  # nobody's dog walks in the gutter
