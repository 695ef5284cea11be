"""Patches, cracks, covers and grates lie on the lanes, flat, below the paint and where the ego drives."""

import numpy as np
import pytest
import shapely

import scenarios
from renderers.materials import MATERIAL_ID
from renderers.street_ground import footprint
from renderers.street_paint import PAINT_M
from renderers.street_wear import NEAR_WAY_M
from renderers.surroundings import surroundings
from sim.simulate import simulate
from tests.assets.test_surroundings import LANE_CLASSES, lanes, made

PLACES = ("town", "country", "highway")


TREAD = [MATERIAL_ID[name] for name in MATERIAL_ID if "_trod_" in name and "+" not in name]


def worn(kind: str, tread: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """(T, 3, 3) corners of the wear's triangles (or of what tyres leave), and (T, 3) normals of their faces."""
    mesh = made(kind)[1].mesh
    rows = np.isin(mesh.semantic, LANE_CLASSES) & (np.isin(mesh.material, TREAD) == tread)
    corners = mesh.vertices_m[mesh.triangles[rows]].astype(float)
    return corners, np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])


@pytest.mark.parametrize("tread", [False, True])
@pytest.mark.parametrize("kind", PLACES)
def test_wear_lies_on_the_lanes_and_below_the_paint(kind: str, tread: bool) -> None:
    trace, _ = made(kind)
    corners, faces = worn(kind, tread)
    points = corners.reshape(-1, 3)
    above = points[:, 2] - trace.road.height(points[:, 0], points[:, 1])
    assert above.min() > 0.0 and above.max() < PAINT_M
    assert (faces[:, 2] > 0.99 * np.linalg.norm(faces, axis=1)).all()
    driven = lanes(trace.road, ("driving", "parking", "shoulder", "stop")).buffer(0.02)
    assert shapely.contains_xy(driven, points[:, 0], points[:, 1]).all()


@pytest.mark.parametrize("kind", PLACES)
def test_a_road_is_worn_but_not_repaved(kind: str) -> None:
    trace, _ = made(kind)
    _, faces = worn(kind)
    area = 0.5 * np.linalg.norm(faces, axis=1).sum()
    road = lanes(trace.road, ("driving",)).area
    assert 0.0002 * road < area < 0.12 * road
    assert len(faces) < 12_000


def test_wear_is_drawn_only_near_the_way_of_the_ego() -> None:
    trace, _ = made("country")
    corners, _ = worn("country")
    way = shapely.LineString(trace.position_m[:, 0, :2]).buffer(
        NEAR_WAY_M + 50.0
    )  # the site lengthens it backwards
    points = corners.reshape(-1, 3)
    assert shapely.contains_xy(way, points[:, 0], points[:, 1]).all()


def test_towns_have_covers_and_grates_and_country_roads_have_not() -> None:
    iron = MATERIAL_ID["manhole"]
    assert (made("town")[1].mesh.material == iron).sum() > 100
    assert not (made("country")[1].mesh.material == iron).any()


@pytest.mark.parametrize("kind", PLACES)
def test_wheel_paths_run_along_the_lanes_and_leave_most_of_them_bare(kind: str) -> None:
    trace, _ = made(kind)
    _, faces = worn(kind, tread=True)
    area = 0.5 * np.linalg.norm(faces, axis=1).sum()  # two layers of it
    near = shapely.LineString(trace.position_m[:, 0, :2]).buffer(NEAR_WAY_M)
    road = lanes(trace.road, ("driving",)).intersection(near).area
    assert 0.15 * road < area < 1.2 * road
    assert len(faces) < 20_000


def test_junctions_are_worn_along_their_connections() -> None:
    trace = simulate(scenarios.resolve(scenarios.load(scenarios.catalogue()["town_crossing"]), 0, 0))
    inside = shapely.union_all(
        [footprint(s) for s in trace.road.strips() if s.junction is not None and s.kind == "driving"]
    )
    mesh = surroundings(trace).mesh
    places = mesh.vertices_m[mesh.triangles].astype(float).mean(1)
    there = shapely.contains_xy(inside, places[:, 0], places[:, 1]) & (places[:, 2] < 0.1)
    laid = set(mesh.material[there].tolist())
    assert laid & set(TREAD) and laid & {
        MATERIAL_ID[m] for m in ("tar", "panel_gap", "asphalt_patch", "manhole")
    }
