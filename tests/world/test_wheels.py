"""Wheels stand on what is paved: on lanes, shoulders and parking strips, in stories and on maps."""

import numpy as np
import pytest
import shapely

import scenarios
from renderers.street import surface_of
from scenarios.bodies import BODIES
from sim.roads.network import RoadNetwork
from sim.simulate import simulate
from sim.trace import WorldTrace
from tests.world.test_real_maps import on_map

PAVED = ("asphalt", "asphalt_old", "concrete", "paving", "cobble")
SLACK_M = 0.10  # half of a tyre's breadth may lie over a border


def paved(network: RoadNetwork) -> shapely.Geometry:
    """The area of all that is drawn flat and hard, kerbs excepted."""
    areas = []
    for strip in network.strips():
        material, _ = surface_of(strip)
        if material not in PAVED or strip.kind in ("curb", "sidewalk", "walking", "median"):
            continue
        outline = np.concatenate([strip.inner_m[:, :2], strip.outer_m[::-1, :2]])
        areas.append(shapely.make_valid(shapely.Polygon(outline)))
    area = shapely.union_all(areas).buffer(SLACK_M)
    shapely.prepare(area)
    return area


def strays(trace: WorldTrace, every: int = 50) -> list[str]:
    """Who upright has a wheel beyond what is paved, and how far."""
    area = paved(trace.road)
    found = []
    for index, actor in enumerate(trace.actors):
        body = BODIES.get(actor.model)
        if body is None or body.wheelbase_m <= 0.0 or body.track_m <= 0.5 or actor.state:
            continue
        scale = actor.size_m[0] / body.size_m[0]
        ahead = np.array((0.5 * body.size_m[0] - body.front_overhang_m, 0.0)) * scale
        behind = ahead - np.array((body.wheelbase_m * scale, 0.0))
        side = np.array((0.0, 0.5 * body.track_m))
        wheels = np.array([ahead + side, ahead - side, behind + side, behind - side])
        ticks = np.flatnonzero(trace.present[:, index])[::every]
        yaw = trace.rotation_rad[ticks, index, 0]
        turn = np.stack([np.cos(yaw), -np.sin(yaw), np.sin(yaw), np.cos(yaw)], 1).reshape(-1, 2, 2)
        places = trace.position_m[ticks, index, None, :2] + np.einsum("tij,wj->twi", turn, wheels)
        off = float(shapely.distance(area, shapely.points(places.reshape(-1, 2))).max(initial=0.0))
        if off > 0.0:
            found.append(f"{actor.name} ({actor.model}): {off:.2f} m")
    return found


@pytest.mark.parametrize("story", sorted(scenarios.catalogue()))
def test_in_the_stories_nobody_has_a_wheel_on_the_grass_or_on_the_kerb(story: str) -> None:
    assert strays(simulate(scenarios.resolve(scenarios.load(scenarios.catalogue()[story]), 0, 0))) == []


def test_a_bus_that_is_put_onto_the_verge_is_found() -> None:
    """Yardstick of the other tests here."""
    path = scenarios.catalogue()["truck_behind_bend_low_sun"]
    there = scenarios.resolve(scenarios.load(path, ["actors.coach.start.offset=verge"]), 0, 0)
    (found,) = strays(simulate(there))
    assert found.startswith("coach")


def test_traffic_stays_on_the_lanes_of_a_map_wherever_it_happens_to_begin() -> None:
    """Some of it begins right before a bend.  Semitrailers cut corners, as real ones do."""
    for mix in ({"car": 1.0}, {"car": 0.6, "van": 0.2, "truck": 0.2}):
        scene = on_map(
            "fabriksgatan.xodr",
            {"road": "0", "lane": "1", "s": 60.0},
            10.0,
            {"traffic": {"vehicles": 40.0, "mix": mix}},
        )
        trace = simulate(scene)
        assert len(trace.actors) > 10
        assert [found for found in strays(trace) if "trailer" not in found] == []
