"""The street's mesh: whole where one drives, nothing upside down, paint as wide as it should be."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from renderers.mesh import Mesh
from renderers.street import street_mesh
from renderers.street_ground import ground
from renderers.street_sheets import SLIVER_M2
from scenarios.schema import Road
from scenarios.taxonomy import SEMANTIC_ID
from sim.roads import RoadNetwork, network_for, read_opendrive
from tests.roads.town_map import MAP
from tests.support.corpus import corpus

Array = NDArray[np.float64]
NAMES = ("urban", "highway", "country", "bend", "town", "fabriksgatan")


def network(name: str) -> RoadNetwork:
    if name == "town":
        return read_opendrive(MAP.read_bytes(), MAP.name)
    if name == "fabriksgatan":
        return read_opendrive(
            corpus("esmini+esmini/resources/xodr/fabriksgatan.xodr").read_bytes(), "fabriksgatan.xodr"
        )
    presets: dict[str, dict[str, object]] = {
        "urban": {"preset": "urban_street", "length_m": 100.0, "crossings_m": [50.0]},
        "highway": {"preset": "highway", "length_m": 200.0},
        "country": {
            "preset": "country_road",
            "length_m": 100.0,
            "grade_rad": 0.05,
            "superelevation_rad": 0.04,
        },
        "bend": {
            "build": [
                {"line": {"length_m": 30.0}},
                {"arc": {"length_m": 40.0, "radius_m": 25.0, "turn": "left"}},
            ],
            "sidewalks": "both",
        },
    }
    return network_for(Road[float].model_validate(presets[name]))


@pytest.fixture(scope="module", params=NAMES)
def street(request: pytest.FixtureRequest) -> tuple[RoadNetwork, Mesh]:
    made = network(request.param)
    return made, street_mesh(made, seed=3)


def faces(mesh: Mesh) -> Array:
    """(T, 3) normals as long as twice the triangles' areas."""
    corners = mesh.vertices_m.astype(np.float64)[mesh.triangles]
    crossed: Array = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return crossed


def seen_from_above(mesh: Mesh, places: Array) -> tuple[Array, NDArray[np.int64]]:
    """Height and semantic id of the highest up-facing triangle over each place; -inf and -1 where there is none."""
    up = faces(mesh)[:, 2] > 1e-9
    corners = mesh.vertices_m.astype(np.float64)[mesh.triangles[up]]
    semantic = mesh.semantic[up]
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    height = np.full(len(places), -np.inf)
    found = np.full(len(places), -1)
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    low, high = corners[:, :, :2].min(1), corners[:, :, :2].max(1)
    for k, (x, y) in enumerate(places):
        near = np.flatnonzero((low[:, 0] <= x) & (x <= high[:, 0]) & (low[:, 1] <= y) & (y <= high[:, 1]))
        p, q, r = a[near], b[near], c[near]
        u = ((q[:, 0] - x) * (r[:, 1] - y) - (q[:, 1] - y) * (r[:, 0] - x)) / area[near]
        v = ((r[:, 0] - x) * (p[:, 1] - y) - (r[:, 1] - y) * (p[:, 0] - x)) / area[near]
        hit = (u >= -1e-9) & (v >= -1e-9) & (u + v <= 1.0 + 1e-9)
        if hit.any():
            z = u[hit] * p[hit, 2] + v[hit] * q[hit, 2] + (1.0 - u[hit] - v[hit]) * r[hit, 2]
            best = int(np.argmax(z))
            height[k], found[k] = z[best], semantic[near[hit][best]]
    return height, found


def on_lanes(made: RoadNetwork, count: int) -> Array:
    """Random (x, y, z) on the lanes of a network."""
    rng = np.random.Generator(np.random.Philox(7))
    strips = made.strips()
    picked = []
    for strip in (strips[k] for k in rng.integers(0, len(strips), count)):
        row, f, share = int(rng.integers(0, len(strip.s_m) - 1)), rng.uniform(), rng.uniform(0.03, 0.97)
        inner = strip.inner_m[row] + f * (strip.inner_m[row + 1] - strip.inner_m[row])
        outer = strip.outer_m[row] + f * (strip.outer_m[row + 1] - strip.outer_m[row])
        picked.append(inner + share * (outer - inner))
    return np.array(picked)


def test_all_numbers_are_finite_and_normals_are_unit_vectors(street: tuple[RoadNetwork, Mesh]) -> None:
    _, mesh = street
    assert np.isfinite(mesh.vertices_m).all()
    assert np.isfinite(mesh.uv_m).all()
    assert np.allclose(np.linalg.norm(mesh.normals, axis=1), 1.0, atol=1e-5)
    assert mesh.triangles.min() >= 0
    assert mesh.triangles.max() < len(mesh.vertices_m)


def test_triangles_wind_the_way_their_normals_point(street: tuple[RoadNetwork, Mesh]) -> None:
    _, mesh = street
    face = faces(mesh)
    length = np.linalg.norm(face, axis=1)
    assert (length > SLIVER_M2).all()
    agreement = np.einsum(
        "ij,ikj->ik", face / length[:, None], mesh.normals[mesh.triangles].astype(np.float64)
    )
    assert agreement.min() > 0.2


def test_lying_surfaces_face_up(street: tuple[RoadNetwork, Mesh]) -> None:
    _, mesh = street
    lying = np.isin(mesh.semantic, [SEMANTIC_ID[n] for n in ("road", "road_marking", "parking", "terrain")])
    assert (faces(mesh)[lying, 2] > 0.0).all()


def test_there_is_no_hole_in_the_lanes(street: tuple[RoadNetwork, Mesh]) -> None:
    made, mesh = street
    places = on_lanes(made, 400)
    z, semantic = seen_from_above(mesh, places[:, :2])
    assert np.isfinite(z).all()
    assert (semantic >= 0).all()
    flat = ~np.isin(semantic, [SEMANTIC_ID[n] for n in ("guard_rail", "wall", "pole")])
    in_junction = np.array([made.roads[made.locate(x, y).road].junction is not None for x, y, _ in places])
    exact = flat & ~in_junction
    assert np.abs(z - places[:, 2])[exact].max() < 0.006  # paint stands 3 mm above
    # inside a junction lanes overlap, a sidewalk's corner may be another lane's carriageway
    assert np.abs(z - places[:, 2])[flat & in_junction].max(initial=0.0) < 0.13


def test_no_ray_down_to_250_m_beyond_the_road_meets_the_sky(street: tuple[RoadNetwork, Mesh]) -> None:
    made, mesh = street
    rng = np.random.Generator(np.random.Philox(8))
    x0, y0, x1, y1 = made.extent
    places = np.stack([rng.uniform(x0 - 250.0, x1 + 250.0, 500), rng.uniform(y0 - 250.0, y1 + 250.0, 500)], 1)
    z, _ = seen_from_above(mesh, places)
    assert np.isfinite(z).all()


def test_the_ground_meets_the_edge_of_the_road_from_below(street: tuple[RoadNetwork, Mesh]) -> None:
    made, mesh = street
    edges = []
    for strip in made.strips():
        k = len(strip.s_m) // 2
        out = strip.outer_m[k] - strip.inner_m[k]
        out /= max(float(np.linalg.norm(out)), 1e-9)
        edges.append(np.concatenate([strip.outer_m[k] + 0.03 * out, strip.outer_m[k]]))
    table = np.array(edges)
    z, semantic = seen_from_above(mesh, table[:, :2])
    outside = ~np.asarray(shapely.covers(ground(made, 3).outline, shapely.points(table[:, :2])), np.bool_)
    beside = outside & np.isin(semantic, [SEMANTIC_ID["terrain"], SEMANTIC_ID["sidewalk"]])
    assert beside.any()
    drop = table[beside, 5] - z[beside]
    assert drop.min() > 0.0
    assert drop.max() < 0.1


def test_paint_lies_on_top_and_covers_its_width(street: tuple[RoadNetwork, Mesh]) -> None:
    made = replace(street[0], wear=0.0)
    mesh = street_mesh(made, seed=3)
    marks = [m for m in made.marks() if m.junction is None]
    rng = np.random.Generator(np.random.Philox(9))
    inside, beside = [], []
    for mark in (marks[k] for k in rng.integers(0, len(marks), 150)):
        row = int(rng.integers(0, len(mark.centre_m) - 1))
        middle = 0.5 * (mark.centre_m[row] + mark.centre_m[row + 1])
        across = 0.5 * (mark.left[row] + mark.left[row + 1])
        inside += [middle, middle + 0.48 * mark.width_m * across, middle - 0.48 * mark.width_m * across]
        beside += [middle + 0.52 * mark.width_m * across, middle - 0.52 * mark.width_m * across]
    _, semantic = seen_from_above(mesh, np.array(inside)[:, :2])
    assert (semantic == SEMANTIC_ID["road_marking"]).mean() > 0.995
    _, semantic = seen_from_above(mesh, np.array(beside)[:, :2])
    # a stop line ends where a centre line begins, hence not quite none
    assert (semantic == SEMANTIC_ID["road_marking"]).mean() < 0.03


def test_painted_area_is_length_times_width() -> None:
    made = replace(network("country"), wear=0.0)
    mesh = street_mesh(made)
    painted = mesh.semantic == SEMANTIC_ID["road_marking"]
    area = 0.5 * np.linalg.norm(faces(mesh)[painted], axis=1).sum()
    expected = sum(
        m.width_m * np.linalg.norm(np.diff(m.centre_m, axis=0), axis=1).sum() for m in made.marks()
    )
    assert area == pytest.approx(expected, rel=1e-3)


def test_wear_takes_paint_away() -> None:
    made = network("country")
    areas = []
    for wear in (0.0, 0.2, 0.9):
        mesh = street_mesh(replace(made, wear=wear), seed=2)
        painted = mesh.semantic == SEMANTIC_ID["road_marking"]
        areas.append(0.5 * np.linalg.norm(faces(mesh)[painted], axis=1).sum())
    assert areas[0] > areas[1] > areas[2] > 0.6 * areas[0]
    assert areas[1] > 0.95 * areas[0]


def test_a_kerb_stands_up_from_the_carriageway() -> None:
    mesh = street_mesh(network("urban"))
    kerb = mesh.semantic == SEMANTIC_ID["kerb"]
    face = faces(mesh)[kerb]
    middle = mesh.vertices_m.astype(np.float64)[mesh.triangles[kerb]].mean(1)
    standing = (np.abs(face[:, 2]) < 1e-6) & (middle[:, 0] > 0.0) & (middle[:, 0] < 100.0)
    left = standing & (np.abs(middle[:, 1] - 3.25) < 1e-3)
    right = standing & (np.abs(middle[:, 1] + 5.45) < 1e-3)
    for side, towards in ((left, -1.0), (right, 1.0)):
        assert side.any()
        assert (np.sign(face[side, 1]) == towards).all()  # it faces the carriageway
    assert middle[left, 2].max() < 0.12


def test_connecting_roads_become_one_surface() -> None:
    made = network("town")
    mesh = street_mesh(made)
    rng = np.random.Generator(np.random.Philox(5))
    places = rng.uniform(-6.0, 6.0, (200, 2))
    places = places[np.abs(places).min(1) < 3.0]
    up = faces(mesh)[:, 2] > 1e-9
    corners = mesh.vertices_m.astype(np.float64)[mesh.triangles[up & (mesh.semantic == SEMANTIC_ID["road"])]]
    a, b, c = corners[:, 0, :2], corners[:, 1, :2], corners[:, 2, :2]
    for place in places:
        sides = [
            (q[:, 0] - p[:, 0]) * (place[1] - p[:, 1]) - (q[:, 1] - p[:, 1]) * (place[0] - p[:, 0])
            for p, q in ((a, b), (b, c), (c, a))
        ]
        assert np.count_nonzero((sides[0] > 1e-9) & (sides[1] > 1e-9) & (sides[2] > 1e-9)) == 1


def test_the_origin_is_subtracted() -> None:
    made = network("urban")
    here, there = street_mesh(made), street_mesh(made, origin_m=(100.0, -20.0, 2.0))
    moved = here.vertices_m.astype(np.float64) - np.array([100.0, -20.0, 2.0])
    assert np.allclose(moved, there.vertices_m, atol=2e-3)


def test_the_same_seed_gives_the_same_bytes() -> None:
    a, b = (street_mesh(network("bend"), seed=11) for _ in range(2))
    assert a.vertices_m.tobytes() == b.vertices_m.tobytes()
    assert a.triangles.tobytes() == b.triangles.tobytes()


def test_nobody_walks_on_a_motorway_and_the_paved_median_is_road() -> None:
    mesh = street_mesh(network("highway"), seed=3)
    assert not np.any(mesh.semantic == SEMANTIC_ID["sidewalk"])
    flat = faces(mesh)[:, 2] > 0.0
    middle = mesh.vertices_m[mesh.triangles].mean(1)
    median = flat & (middle[:, 1] > 0.5) & (middle[:, 1] < 2.5) & (np.abs(middle[:, 2]) < 0.01)
    assert median.any()
    assert set(mesh.semantic[median].tolist()) == {SEMANTIC_ID["road"]}
