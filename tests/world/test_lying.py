"""Whoever lies is where the file says, takes the room of a lying body, and is an obstacle to drivers."""

import numpy as np
import pytest

from scenarios.bodies import BODIES, LYING, POSED, can_lie, lying_size, standing_size
from tests.world.scenes import HIGHWAY, car, run


@pytest.mark.parametrize("model", BODIES)
def test_a_body_that_stands_up_again_has_its_old_size(model: str) -> None:
    body = BODIES[model]
    for pose in (*LYING, *POSED):
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


def test_an_officer_directs_traffic_where_the_file_says_and_stays() -> None:
    trace = run(
        car(30.0, 8.0, lane="middle"), road=HIGHWAY, duration=2.0,
        officer={"model": "pedestrian.police", "start": {"lane": "right", "s": 90.0, "pose": "directing"}},
    )  # fmt: skip
    row = trace.index("officer")
    assert trace.actors[row].state == "directing"
    assert trace.actors[row].size_m == pytest.approx(
        lying_size(BODIES["pedestrian.police"], BODIES["pedestrian.police"].size_m, "directing")
    )
    assert np.ptp(trace.position_m[:, row], axis=0).max() == 0.0


def test_an_umbrella_makes_the_box_wider_and_higher() -> None:
    trace = run(
        car(30.0, 8.0, lane="middle"), road=HIGHWAY, duration=0.5,
        wet={"model": "pedestrian.adult", "look": {"carries": "umbrella", "build": "slim"},
            "start": {"lane": "right", "s": 90.0}},
    )  # fmt: skip
    actor = trace.actors[trace.index("wet")]
    bare = BODIES["pedestrian.adult"].size_m
    assert (actor.carries, actor.build) == ("umbrella", "slim")
    assert all(a >= b for a, b in zip(actor.size_m, bare, strict=True)) and actor.size_m[2] > bare[2] + 0.1


def test_the_wheels_of_a_wheelchair_roll_as_far_as_it_goes() -> None:
    trace = run(
        car(30.0, 8.0, lane="middle"), road=HIGHWAY, duration=4.0,
        chair={"model": "wheelchair.manual", "start": {"lane": "right", "s": 90.0},
               "do": [{"walk": {"to": "along", "speed": 1.2}}]},
    )  # fmt: skip
    row = trace.index("chair")
    gone = np.linalg.norm(trace.position_m[-1, row] - trace.position_m[0, row])
    assert gone > 2.0
    assert trace.wheel_rad[-1, row] * BODIES["wheelchair.manual"].wheel_radius_m == pytest.approx(
        gone, rel=0.02
    )
