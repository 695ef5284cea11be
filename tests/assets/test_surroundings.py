"""What stands beside a road stands beside it: off the lanes, on the ground, within budget, the same every time."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
import shapely

import scenarios
from renderers.materials import MATERIAL_ID
from renderers.street_ground import footprint, ground
from renderers.surroundings import Surroundings, surroundings
from renderers.surroundings_site import TRIANGLES, season_of
from scenarios.taxonomy import SEMANTIC_ID
from sim.roads import network_for
from sim.roads.lanes import DRIVABLE
from sim.roads.network import RoadNetwork
from sim.trace import Actor, WorldTrace
from sim.weather import WeatherTrack
from tests.support.corpus import corpus
from tests.support.naive_trace import CLEAR

PER_ACTOR = (
    "rotation_rad", "velocity_mps", "yaw_rate_radps", "speed_mps", "acceleration_mps2", "steer_rad", "wheel_rad", "gait",
    "gait_phase", "lamps", "present",
)  # fmt: skip
CATALOGUE = Path(scenarios.__file__).parent / "catalogue"
LANE_CLASSES = (
    SEMANTIC_ID["road"],
    SEMANTIC_ID["parking"],
)  # nothing beside the road has them, only its wear
KINDS = ("town", "suburb", "country", "forest", "highway", "bare")
FABRIKSGATAN = "esmini+esmini/resources/xodr/fabriksgatan.xodr"


def trace_on(network: RoadNetwork, seed: int = 0) -> WorldTrace:
    """An ego that drives 60 m along the right lane of the main road, and nobody else."""
    concrete = scenarios.resolve(
        scenarios.load(CATALOGUE / "child_behind_van.scenario.yaml"), seed=seed, sample=0
    )
    road = network.main or next(iter(network.roads))
    path = network.path(road, network.lane("right", 5.0, road)[1], 5.0, 60.0)
    count = len(path.s_m)
    one, three = np.zeros((count, 1)), np.zeros((count, 1, 3))
    rotation = three.copy()
    rotation[:, 0, 0] = path.yaw_rad
    return WorldTrace(
        concrete=replace(concrete, seed=seed),
        road=network,
        weather=WeatherTrack(np.zeros(1, np.int64), (CLEAR,)),
        actors=(Actor(1, "ego", "car.sedan", "car", (4.7, 2.0, 1.5), 1, is_ego=True),),
        events=(),
        time_ns=np.arange(count, dtype=np.int64) * 10_000_000,
        position_m=path.position_m[:, None].copy(),
        rotation_rad=rotation,
        velocity_mps=three,
        yaw_rate_radps=one,
        speed_mps=one,
        acceleration_mps2=one,
        steer_rad=one,
        wheel_rad=one,
        gait=np.zeros((count, 1), np.uint8),
        gait_phase=one,
        lamps=np.zeros((count, 1), np.uint16),
        present=np.ones((count, 1), bool),
    )


@lru_cache(maxsize=8)
def made(kind: str, seed: int = 0) -> tuple[WorldTrace, Surroundings]:
    preset = {"highway": "highway", "town": "urban_street"}.get(kind, "country_road")
    words = trace_words().model_copy(
        update={"preset": preset, "length_m": 150.0, "surroundings": kind, "parking": None}
    )
    trace = trace_on(network_for(words, None, seed), seed)
    return trace, surroundings(trace)


@lru_cache(maxsize=1)
def trace_words():
    concrete = scenarios.resolve(
        scenarios.load(CATALOGUE / "child_behind_van.scenario.yaml"), seed=0, sample=0
    )
    return concrete.scenario.world.road.model_copy(update={"crossings_m": None})


def low_points(mesh, network: RoadNetwork) -> np.ndarray:
    """(N, 2) places of all vertices lower than what a lorry passes under."""
    points = near(mesh, network)
    ground = network.height(points[:, 0], points[:, 1])
    return points[points[:, 2] < ground + 4.0][:, :2]


def near(mesh, network: RoadNetwork) -> np.ndarray:
    """(N, 3) vertices over or close to the road, of all but the road's own wear."""
    standing = mesh.triangles[~np.isin(mesh.semantic, LANE_CLASSES)]
    points = mesh.vertices_m[np.unique(standing)].astype(float)
    outline = shapely.union_all([footprint(s) for s in network.strips()]).buffer(1.0)
    shapely.prepare(outline)
    return points[shapely.contains_xy(outline, points[:, 0], points[:, 1])]


def lanes(network: RoadNetwork, kinds: tuple[str, ...]) -> shapely.Geometry:
    return shapely.union_all([footprint(s) for s in network.strips() if s.kind in kinds])


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_stands_on_a_lane_or_hangs_low_over_it(kind):
    trace, beside = made(kind)
    points = low_points(beside.mesh, trace.road)
    driven = lanes(trace.road, tuple(DRIVABLE))
    assert not shapely.contains_xy(driven.buffer(-0.01), points[:, 0], points[:, 1]).any()


def test_the_walking_line_of_a_sidewalk_stays_free():
    trace, beside = made("town")
    walked = lanes(trace.road, ("sidewalk",)).buffer(-0.9)  # the middle of 2.5 m
    points = near(beside.mesh, trace.road)
    low = points[points[:, 2] < trace.road.height(points[:, 0], points[:, 1]) + 2.0]
    assert walked.area > 100.0
    assert not shapely.contains_xy(walked, low[:, 0], low[:, 1]).any()


@pytest.mark.parametrize("kind", KINDS)
def test_triangles_keep_to_the_budget(kind):
    _, beside = made(kind)
    assert len(beside.mesh.triangles) < 1.1 * TRIANGLES
    assert (len(beside.mesh.triangles) == 0) == (kind == "bare")
    assert len(beside.instance) == len(beside.mesh.triangles)
    assert np.isfinite(beside.mesh.vertices_m).all() and np.isfinite(beside.mesh.normals).all()


@pytest.mark.parametrize(("kind", "semantic"), [("town", "building"), ("suburb", "building"), ("country", "vegetation"),
                                                ("forest", "vegetation"), ("highway", "traffic_sign")])  # fmt: skip
def test_a_place_looks_like_its_kind(kind, semantic):
    _, beside = made(kind)
    assert np.sum(beside.mesh.semantic == SEMANTIC_ID[semantic]) > (
        5000 if semantic != "traffic_sign" else 50
    )
    if kind == "forest":
        assert not np.any(beside.mesh.semantic == SEMANTIC_ID["building"])


def test_town_streets_are_lit_from_above():
    trace, beside = made("town")
    assert len(beside.lamps) >= 6
    for lamp in beside.lamps:
        x, y, z = lamp.position_m
        assert 3.0 < z - trace.road.height(x, y)[0] < 9.0
        assert lamp.axis[2] < -0.9
    assert not made("forest")[1].lamps


def test_the_same_seed_builds_the_same_place_and_another_seed_another():
    trace, beside = made("suburb")
    again = surroundings(trace)
    for name in ("vertices_m", "triangles", "normals", "uv_m", "material", "semantic"):
        assert np.array_equal(getattr(beside.mesh, name), getattr(again.mesh, name))
    assert beside.lamps == again.lamps
    other = made("suburb", 1)[1]
    assert other.mesh.vertices_m.shape != beside.mesh.vertices_m.shape


def test_an_origin_moves_the_mesh_and_not_the_lamps():
    trace, beside = made("town")
    moved = surroundings(trace, (100.0, -50.0, 2.0))
    assert np.allclose(
        moved.mesh.vertices_m, beside.mesh.vertices_m - np.array((100.0, -50.0, 2.0)), atol=1e-3
    )
    assert moved.lamps == beside.lamps


def test_plants_keep_out_of_the_way_of_actors():
    """A deer that stands in the wood and walks to the road meets no tree on its way."""
    trace, _ = made("forest")
    along = trace.position_m[0, 0]
    left = np.array((-np.sin(trace.rotation_rad[0, 0, 0]), np.cos(trace.rotation_rad[0, 0, 0]), 0.0))
    count = len(trace.time_ns)
    way = along + np.linspace(-30.0, -4.0, count)[:, None] * left + 0.0
    deer = Actor(2, "deer", "animal.deer", "animal", (1.75, 0.55, 1.45), 3)
    fields = {name: np.concatenate([getattr(trace, name)] * 2, axis=1) for name in PER_ACTOR}
    both = np.concatenate([trace.position_m, way[:, None]], axis=1)
    grown = surroundings(replace(trace, actors=(*trace.actors, deer), position_m=both, **fields))
    corridor = shapely.LineString(way[:, :2]).buffer(0.5)
    trunks = grown.mesh.material == MATERIAL_ID["bark"]
    points = grown.mesh.vertices_m[np.unique(grown.mesh.triangles[trunks])].astype(float)
    beside_way = points[shapely.contains_xy(corridor, points[:, 0], points[:, 1])]
    heights = [z - ground(trace.road, 0).height(np.array([(x, y)]))[0] for x, y, z in beside_way]
    assert len(points) > 1000
    assert not heights or min(heights) > 1.5  # twigs may reach over the way, trunks may not stand on it


def kerbs(network: RoadNetwork, s: float) -> tuple[float, float]:
    """t of the right and of the left kerb at a station of the main road."""
    driven = [
        (low, high)
        for _, kind, low, high in network.lanes_at(network.main, s)
        if kind in (*DRIVABLE, "parking", "curb")
    ]
    return min(low for low, _ in driven), max(high for _, high in driven)


def test_signs_look_at_the_traffic_that_comes():
    trace, beside = made("town")
    network, mesh = trace.road, beside.mesh
    faces = np.isin(
        mesh.material,
        [row for name, row in MATERIAL_ID.items() if name.startswith(("sign_white", "sign_red"))],
    )
    faces &= mesh.semantic == SEMANTIC_ID["traffic_sign"]
    corner = mesh.vertices_m[mesh.triangles[faces]].astype(float)
    normal = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    found = 0
    for place, way in zip(corner.mean(axis=1), normal, strict=True):
        here = network.locate(place[0], place[1])
        right, left = kerbs(network, here.s_m)
        ahead = network.point(network.main, here.s_m + 1.0, 0.0) - network.point(network.main, here.s_m, 0.0)
        if right - 0.8 < here.t_m < right or left < here.t_m < left + 0.8:
            found += 1
            assert (way @ ahead < 0.0) == (here.t_m < 0.0)
    assert found > 50


def test_nobody_who_walks_by_the_kerb_meets_a_post():
    trace, before = made("town")
    count = len(trace.time_ns)
    stations = np.linspace(8.0, 120.0, count)
    way = np.array([trace.road.point(trace.road.main, s, kerbs(trace.road, s)[0] - 0.5) for s in stations])
    walker = Actor(2, "walker", "pedestrian.adult", "pedestrian", (0.6, 0.6, 1.8), 3)
    fields = {name: np.concatenate([getattr(trace, name)] * 2, axis=1) for name in PER_ACTOR}
    both = np.concatenate([trace.position_m, way[:, None]], axis=1)
    after = surroundings(replace(trace, actors=(*trace.actors, walker), position_m=both, **fields))
    own = shapely.union_all([shapely.Point(thing.position_m[:2]) for thing in trace.road.objects])
    path = (
        shapely.LineString(way[:, :2]).buffer(0.3).difference(own.buffer(1.2))
    )  # the road's lamps are where it says

    def met(beside: Surroundings) -> int:
        low = near(beside.mesh, trace.road)
        low = low[low[:, 2] < trace.road.height(low[:, 0], low[:, 1]) + 1.9]
        return int(shapely.contains_xy(path, low[:, 0], low[:, 1]).sum())

    assert met(before) > 0  # where nobody walks there are things
    assert met(after) == 0


def test_a_real_map_gets_houses_off_its_lanes():
    network = network_for(
        trace_words().model_copy(update={"preset": None, "opendrive": "map.xodr"}),
        corpus(FABRIKSGATAN).read_bytes(),
        0,
    )
    trace = trace_on(network)
    beside = surroundings(trace)
    walls = beside.mesh.triangles[beside.mesh.semantic == SEMANTIC_ID["building"]]
    assert len(walls) > 5000
    points = beside.mesh.vertices_m[np.unique(walls)][:, :2].astype(float)
    driven = lanes(network, tuple(DRIVABLE))
    away = shapely.distance(driven, shapely.points(points[::7]))
    assert away.min() > 3.5  # eaves and steps reach out of the six metres


@pytest.mark.parametrize(
    ("day", "latitude", "snow", "air", "season"),
    [
        ("2025-07-01", 0.9, 0.0, 20.0, "summer"),
        ("2025-11-12", 0.9, 0.0, 5.0, "autumn"),
        ("2026-01-20", 0.9, 0.0, 5.0, "winter"),
        ("2026-01-20", -0.6, 0.0, 25.0, "summer"),
        ("2026-01-20", 0.45, 0.0, 20.0, "summer"),
        ("2025-07-01", 0.9, 0.05, 0.0, "winter"),
        (None, None, 0.0, -5.0, "winter"),
        (None, None, 0.0, 15.0, "summer"),
    ],
)
def test_seasons_follow_the_date_and_the_snow(day, latitude, snow, air, season):
    assert season_of(day, latitude, snow, air) == season
