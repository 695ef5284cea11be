"""Patches lie where they are put, and tyres feel them there."""

import math

import numpy as np
import pytest
import shapely

from scenarios.bodies import BODIES
from scenarios.errors import StormlaneError
from sim import surface
from sim.kernels import traffic as k
from sim.patches import OIL_GRIP, LaidPatch, lay_patches, patch_grip
from sim.roads import network_for
from sim.trace import WorldTrace
from sim.weather import weather_track
from tests.world.scenes import COUNTRY, HIGHWAY, STREET, car, concrete, run
from tests.world.weathers import world

DRY_GRIP = surface.GRIP[0][0]


def laid(
    *patches: dict[str, object], road: dict[str, object] = HIGHWAY, seed: int = 0
) -> tuple[LaidPatch, ...]:
    world = concrete(car(40.0), road=road, patches=list(patches), seed=seed).scenario.world
    return lay_patches(network_for(world.road, None, seed), world.patches, seed)


def column(trace: WorldTrace, field: str) -> np.ndarray:
    return np.asarray(getattr(trace, field)[:, trace.index("ego")])


def braking(*patches: dict[str, object], speed: float = 20.0) -> WorldTrace:
    return run(car(40.0, speed, {"brake": {"at": 6.0}}), road=COUNTRY, patches=list(patches), duration=9.0)


@pytest.mark.parametrize(("kind", "grip"), [("ice", surface.ICE_GRIP), ("oil", OIL_GRIP)])
def test_a_car_that_brakes_over_a_patch_stops_later_by_what_arithmetic_says(kind: str, grip: float):
    """v dv = a ds on each stretch: dry, one axle on the patch, both, the other one, dry again."""
    dry = braking()
    patch = {"kind": kind, "s": 68.0, "length": 12.0, "width": 6.0}
    slippery = braking(patch)
    # Where the edges really are in the wheels' tracks: outlines are ragged.
    (area,) = (p.area for p in laid(patch, road=COUNTRY))
    y = column(slippery, "position_m")[0, 1]
    tracks = [
        area.intersection(shapely.LineString([(0, y + side), (200, y + side)])) for side in (0.78, -0.78)
    ]
    begin = float(np.mean([t.bounds[0] for t in tracks]))
    end = float(np.mean([t.bounds[2] for t in tracks]))
    rear_to_centre = _rear_to_centre(dry)
    pushed = _predicted_stop(column(dry, "position_m")[0, 0], 20.0, 6.0, begin, end, grip, rear_to_centre)
    longer = column(slippery, "position_m")[-1, 0] - column(dry, "position_m")[-1, 0]
    expected = pushed - _predicted_stop(
        column(dry, "position_m")[0, 0], 20.0, 6.0, 1e9, 1e9, grip, rear_to_centre
    )
    assert expected > 4.0
    assert longer == pytest.approx(
        expected, abs=0.35
    )  # brakes build up at 25 m/s^3, which the sum leaves out


def _rear_to_centre(trace: WorldTrace) -> float:
    body = BODIES[trace.actors[0].model]
    return body.wheelbase_m + body.front_overhang_m - trace.actors[0].size_m[0] / 2


def _predicted_stop(
    x_m: float, speed: float, wish: float, begin: float, end: float, grip: float, rear_to_centre: float
) -> float:
    """Where a car comes to rest; the centre lies between the axles."""
    wheelbase = BODIES["car.sedan"].wheelbase_m
    ds = 1e-3
    square = speed * speed
    while square > 0.0:
        rear = x_m - rear_to_centre
        on = sum(begin < axle < end for axle in (rear, rear + wheelbase))
        mu = DRY_GRIP + (grip - DRY_GRIP) * on / 2
        square -= 2.0 * min(wish, mu * k.G_MPS2) * ds
        x_m += ds
    return x_m


def test_a_patch_in_the_other_lane_changes_nothing():
    dry = braking()
    beside = braking({"kind": "ice", "s": 68.0, "length": 12.0, "lane": "oncoming"})
    assert np.array_equal(dry.position_m, beside.position_m)


def test_black_ice_in_a_bend_carries_the_car_out_of_its_lane():
    bend = {
        "build": [
            {"line": {"length": 100.0}},
            {"arc": {"length": 90.0, "radius": 60.0, "turn": "left"}},
            {"line": {"length": 300.0}},
        ],
        "lanes": 2,
    }  # fmt: skip
    ego = car(40.0, 11.0, {"drive": {"speed": 11.0, "driver": "steady"}})

    def strays(*patches: dict[str, object]) -> float:
        trace = run(ego, road=bend, patches=list(patches), duration=9.0)
        path = trace.road.path("0" if "0" in trace.road.roads else trace.road.main, -1, 0.0, 400.0)
        places = column(trace, "position_m")
        return max(abs(path.locate(float(x), float(y))[1]) for x, y, _ in places[::5])

    dry = strays()
    icy = strays({"kind": "ice", "s": 125.0, "length": 30.0, "width": 8.0})
    assert dry < 0.3
    assert icy > dry + 1.0


def test_areas_keep_their_size_and_their_share():
    for cover in (0.3, 0.6, 1.0):
        (patch,) = laid({"kind": "ice", "s": 100.0, "length": 20.0, "width": 3.0, "cover": cover})
        (whole,) = laid({"kind": "ice", "s": 100.0, "length": 20.0, "width": 3.0})
        assert patch.area.area == pytest.approx(cover * whole.area.area, rel=0.12)
        x0, y0, x1, y1 = patch.area.bounds
        assert x1 - x0 <= 20.01 and y1 - y0 <= 3.01
        assert 0.6 * 60.0 < whole.area.area < 60.0


def test_a_patch_more_changes_no_other_and_another_seed_gives_other_edges():
    one = {"kind": "puddle", "s": 60.0}
    assert laid(one)[0].area.equals(laid(one, {"kind": "oil", "s": 90.0})[0].area)
    assert not laid(one)[0].area.equals(laid(one, seed=1)[0].area)


def test_lateral_moves_a_patch_to_the_left_of_who_drives_there():
    middle = laid({"kind": "oil", "s": 60.0, "lane": "right"}, road=STREET)[0].area.centroid
    left = laid({"kind": "oil", "s": 60.0, "lane": "right", "lateral": 0.8}, road=STREET)[0].area.centroid
    assert left.y - middle.y == pytest.approx(0.8, abs=1e-6)
    oncoming = laid({"kind": "oil", "s": 60.0, "lane": "oncoming"}, road=STREET)[0].area.centroid
    moved = laid({"kind": "oil", "s": 60.0, "lane": "oncoming", "lateral": 0.8}, road=STREET)[0].area.centroid
    assert moved.y - oncoming.y == pytest.approx(-0.8, abs=1e-6)


def test_a_patch_beyond_the_road_is_told_at_its_place():
    with pytest.raises(StormlaneError, match=r"world\.patches\.1\.s: s = 5000 m is not on road"):
        run(car(40.0), patches=[{"kind": "ice", "s": 50.0}, {"kind": "ice", "s": 5000.0}], duration=0.1)


def test_wet_leaves_are_more_slippery_than_dry_ones_and_deep_puddles_than_shallow_ones():
    leaves, shallow, deep = laid(
        {"kind": "leaves", "s": 50.0},
        {"kind": "puddle", "s": 60.0, "depth": 0.001},
        {"kind": "puddle", "s": 70.0, "depth": 0.01},
    )
    dry, wet = (weather_track(world(surface={"state": word}), 1.0).at(0) for word in ("dry", "wet"))
    assert patch_grip(leaves, wet, 20.0) < patch_grip(leaves, dry, 20.0) - 0.15
    assert math.isclose(patch_grip(shallow, dry, 25.0), surface.water_grip(1.0, 25.0))
    assert patch_grip(deep, dry, 25.0) < patch_grip(shallow, dry, 25.0)
