"""Vehicles drive on roads that other people drew."""

import math

import numpy as np
import pytest

from scenarios.resolved import Concrete
from scenarios.schema import ResolvedRig, ResolvedScenario
from sim.simulate import simulate
from tests.support.corpus import corpus

XODR = "esmini+esmini/resources/xodr"


def on_map(
    name: str, start: dict, speed: float, background: dict | None = None, duration: float = 8.0
) -> Concrete:
    path = corpus(f"{XODR}/{name}")
    ego = {"model": "car.sedan", "start": start | {"speed": speed}, "do": [{"drive": {"speed": speed}}]}
    words = {
        "scenario": "map",
        "world": {"clock": {}, "road": {"opendrive": name}},
        "actors": {"ego": ego},
        "background": background or {},
        "capture": {"duration": duration},
    }
    return Concrete(
        ResolvedScenario.model_validate(words), ResolvedRig(rig="none"), 0, 0, {}, {}, path.read_bytes()
    )


@pytest.mark.parametrize(
    ("name", "start", "speed"),
    [
        ("straight_500m.xodr", {"lane": "right", "s": 60.0}, 20.0),
        ("fabriksgatan.xodr", {"road": "0", "lane": "1", "s": 60.0}, 10.0),
        ("e6mini.xodr", {"lane": "right", "s": 60.0}, 25.0),
    ],
)
def test_a_car_follows_its_lane_on_a_real_map(name, start, speed):
    scene = on_map(name, start, speed)
    trace = simulate(scene)
    road, lane = trace.road.lane(start["lane"], start["s"], start.get("road"))
    path = trace.road.path(road, lane, start["s"], 400.0)
    ego = trace.position_m[:, 0]
    way = np.linalg.norm(np.diff(ego, axis=0), axis=1).sum()
    assert way > 0.6 * speed * 8.0
    for x, y, z in ego[::40]:
        s, t = path.locate(x, y)
        assert abs(t) < 0.35
        (ground,), _, _, _ = path.pose(s, t)
        assert z == pytest.approx(ground[2], abs=0.01)
    yaw = np.interp([path.locate(x, y)[0] for x, y, _ in ego[::40]], path.s_m, path.yaw_rad)
    off = [
        math.remainder(a - b, 2 * math.pi) for a, b in zip(trace.rotation_rad[::40, 0, 0], yaw, strict=True)
    ]
    assert max(map(abs, off)) < math.radians(8)


def test_traffic_finds_its_way_through_a_junction():
    background = {"traffic": {"vehicles": 30.0}, "pedestrians": {"density": 30.0}}
    trace = simulate(on_map("fabriksgatan.xodr", {"road": "0", "lane": "1", "s": 60.0}, 8.0, background))
    moving = [i for i, a in enumerate(trace.actors) if a.name.startswith("background.traffic")]
    assert len(moving) > 4
    assert np.isfinite(trace.position_m).all()
    turned = np.ptp(trace.rotation_rad[:, moving, 0], axis=0)
    assert np.count_nonzero(turned > math.radians(45)) >= 1  # a lorry is still at it when the clip ends
