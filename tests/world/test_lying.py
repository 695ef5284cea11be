"""Whoever lies is where the file says, takes the room of a lying body, and is an obstacle to drivers."""

import numpy as np
import pytest

from scenarios.bodies import BODIES, LYING, can_lie, lying_size, standing_size
from tests.world.scenes import HIGHWAY, car, run


@pytest.mark.parametrize("model", BODIES)
def test_a_body_that_stands_up_again_has_its_old_size(model: str) -> None:
    body = BODIES[model]
    for pose in LYING:
        if can_lie(body, pose):
            size = tuple(1.1 * v for v in body.size_m)
            again = standing_size(body, lying_size(body, size, pose), pose)  # type: ignore[arg-type]
            assert again == pytest.approx(size)


@pytest.mark.parametrize(
    ("model", "pose"),
    [
        ("bicycle.city", "on_left_side"),
        ("car.suv", "on_roof"),
        ("truck.box", "on_right_side"),
        ("pedestrian.adult", "on_left_side"),
    ],
)
def test_drivers_stop_before_whoever_lies_on_the_road(model: str, pose: str) -> None:
    trace = run(
        car(30.0, 14.0, lane="middle"), road=HIGHWAY | {"superelevation": 0.025}, duration=12.0,
        fallen={"model": model, "start": {"lane": "middle", "s": 110.0, "pose": pose}},
    )  # fmt: skip
    ego, fallen = trace.index("ego"), trace.index("fallen")
    actor = trace.actors[fallen]
    assert actor.state == pose and actor.size_m == pytest.approx(
        lying_size(BODIES[model], BODIES[model].size_m, pose)
    )
    assert np.ptp(trace.position_m[:, fallen], axis=0).max() == 0.0 and not trace.lamps[:, fallen].any()
    ground = trace.road.height(*trace.position_m[0, fallen, :2])[0]
    assert trace.position_m[0, fallen, 2] == pytest.approx(float(ground), abs=1e-3)
    assert abs(trace.rotation_rad[0, fallen, 2]) == pytest.approx(
        0.025, abs=2e-3
    )  # it lies on the banked road
    assert trace.speed_mps[-1, ego] < 0.2
    assert not [e for e in trace.events if e.name.startswith("collision")]
