"""Who begins inside somebody else is told; who touches, stands beside, above or belongs to it is not."""

from typing import Any

import pytest

from sim.simulate import simulate
from sim.starts import Inside, inside_at_start
from sim.verdict import judge
from tests.world.scenes import car, concrete


def found(ego: dict[str, Any], **others: dict[str, Any]) -> list[Inside]:
    return inside_at_start(simulate(concrete(ego, duration=0.2, **others)))


def other(model: str, s: float, **start: Any) -> dict[str, Any]:
    return {"model": model, "start": {"lane": "right", "s": s, **start}}


def test_two_in_one_place_are_told_with_what_sets_them_free() -> None:
    (pair,) = found(car(60.0, 10.0), cyclist=other("bicycle.city", 61.5, speed=5.0))
    assert (pair.one, pair.other) == ("ego", "cyclist")
    assert "cyclist would be free" in pair.told and "further ahead" in pair.told
    freed = 61.5 + abs(pair.along_m) + 0.02
    assert not found(car(60.0, 10.0), cyclist=other("bicycle.city", freed, speed=5.0))
    assert found(car(60.0, 10.0), cyclist=other("bicycle.city", freed - 0.3, speed=5.0))


def test_what_moves_it_aside_is_told_too() -> None:
    (pair,) = found(car(60.0), van=other("van.delivery", 58.0, lateral=1.0))
    assert pair.along_m < 0.0 < pair.across_m and "further to the left" in pair.told
    assert not found(car(60.0), van=other("van.delivery", 58.0, lateral=1.0 + pair.across_m + 0.01))


@pytest.mark.parametrize("parked", [False, True])
def test_it_need_not_move(parked: bool) -> None:
    start = {"speed": 0.0} if not parked else {"facing": "against"}
    assert found(car(60.0, 5.0), box=other("car.suv", 62.0, **start))


def test_a_sample_of_such_a_start_is_not_valid() -> None:
    trace = simulate(concrete(car(60.0, 10.0), duration=0.2, cyclist=other("bicycle.city", 61.5)))
    verdict = judge(trace)
    assert not verdict.accepted
    assert str(verdict.broken[0]).startswith(
        'start "cyclist does not start inside ego" their bodies overlap by'
    )


def test_those_that_touch_or_belong_together_may() -> None:
    touching = 60.0 + 4.68 - 0.05  # a few centimetres of bumper
    assert not found(car(60.0, 5.0), lead=other("car.sedan", touching))
    assert found(car(60.0, 5.0), lead=other("car.sedan", touching - 0.3))
    semi = {**car(80.0, 5.0), "model": "truck.tractor_unit", "tows": "trailer.curtain"}
    assert not found(semi)
    (pair,) = found(semi, cyclist=other("bicycle.city", 72.0))
    assert {pair.one, pair.other} == {"ego.trailer", "cyclist"}
    assert not found(car(60.0, 5.0), child=other("pedestrian.child", 66.0), dog=other("animal.dog", 66.1))
    leaning = other("pedestrian.adult", 60.0, lateral=1.02 + 0.40)
    assert not found(car(60.0, 5.0), walker=leaning)


def test_what_collides_later_is_a_story() -> None:
    trace = simulate(concrete(car(60.0, 14.0), duration=2.0, van=other("van.delivery", 72.0)))
    assert any(event.name == "collision ego van" for event in trace.events)
    assert judge(trace).accepted
