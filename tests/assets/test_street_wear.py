"""Patches, cracks, covers and grates lie on the lanes, flat, below the paint and where the ego drives."""

import numpy as np
import pytest
import shapely

from renderers.materials import MATERIAL_ID
from renderers.street_paint import PAINT_M
from renderers.street_wear import NEAR_WAY_M
from tests.assets.test_surroundings import LANE_CLASSES, lanes, made

PLACES = ("town", "country", "highway")


def worn(kind: str) -> tuple[np.ndarray, np.ndarray]:
    """(T, 3, 3) corners of the wear's triangles, and (T, 3) normals of their faces."""
    mesh = made(kind)[1].mesh
    corners = mesh.vertices_m[mesh.triangles[np.isin(mesh.semantic, LANE_CLASSES)]].astype(float)
    return corners, np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])


@pytest.mark.parametrize("kind", PLACES)
def test_wear_lies_on_the_lanes_and_below_the_paint(kind: str) -> None:
    trace, _ = made(kind)
    corners, faces = worn(kind)
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
