"""Patches are cut into the road: what lies under them keeps its shape and class, and they look as they should."""

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from renderers.frames import Cause
from renderers.lidar import scan
from renderers.materials import MATERIAL_ID, MATERIALS
from renderers.materials.ground import ASPHALTS, TRODDEN
from renderers.mesh import Mesh
from renderers.mesh_cut import Pieces, cut
from renderers.patches import chips, with_patches
from renderers.street import street_mesh
from scenarios.taxonomy import SEMANTIC_ID
from sim.patches import LaidPatch, lay_patches
from sim.roads import RoadNetwork, network_for
from tests.support.naive_trace import quad
from tests.support.small_stage import mounted, plain, small_stage
from tests.world.scenes import car, concrete

ORIGIN = np.zeros(3)
ROAD = {"preset": "country_road", "length": 120.0}


def built(
    *patches: dict[str, object], seed: int = 0
) -> tuple[RoadNetwork, Mesh, Mesh, tuple[LaidPatch, ...]]:
    """The road, its mesh without and with the patches, and where they lie."""
    world = concrete(car(40.0), road=ROAD, patches=list(patches)).scenario.world
    network = network_for(world.road, None, seed)
    laid = lay_patches(network, world.patches, seed)
    bare = street_mesh(network, seed)
    none = np.zeros(len(bare.triangles), np.int32)
    return network, bare, with_patches(bare, none, network, laid, ORIGIN)[0], laid


def sizes(mesh: Mesh) -> NDArray[np.float64]:
    """(T,) plane areas of the triangles."""
    c = mesh.vertices_m[mesh.triangles].astype(np.float64)
    ab, ac = c[:, 1, :2] - c[:, 0, :2], c[:, 2, :2] - c[:, 0, :2]
    areas: NDArray[np.float64] = 0.5 * np.abs(ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0])
    return areas


def of_class(mesh: Mesh, name: str, area: shapely.Geometry | None = None) -> float:
    """Plane area of a class, inside an area where one is given."""
    mask = mesh.semantic == SEMANTIC_ID[name]
    if area is not None:
        middle = mesh.vertices_m[mesh.triangles][..., :2].mean(axis=1)
        mask &= shapely.contains_xy(area, middle[:, 0].astype(float), middle[:, 1].astype(float))
    return float(sizes(mesh)[mask].sum())


def highest(mesh: Mesh, x: float, y: float) -> float:
    """Height of the uppermost triangle over a place."""
    c = mesh.vertices_m[mesh.triangles].astype(np.float64)
    a, b, d = c[:, 0], c[:, 1], c[:, 2]
    whole = (b[:, 0] - a[:, 0]) * (d[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (d[:, 0] - a[:, 0])
    whole = np.where(np.abs(whole) < 1e-12, np.nan, whole)
    v = ((x - a[:, 0]) * (d[:, 1] - a[:, 1]) - (y - a[:, 1]) * (d[:, 0] - a[:, 0])) / whole
    w = ((b[:, 0] - a[:, 0]) * (y - a[:, 1]) - (b[:, 1] - a[:, 1]) * (x - a[:, 0])) / whole
    over = (v >= -1e-9) & (w >= -1e-9) & (v + w <= 1 + 1e-9)
    z = a[:, 2] + v * (b[:, 2] - a[:, 2]) + w * (d[:, 2] - a[:, 2])
    return float(z[over].max())


def test_a_cut_loses_nothing_and_keeps_the_plane():
    z = [0.0, 0.4, 0.4, 0.0]
    mesh = quad([(0, 0, z[0]), (4, 0, z[1]), (4, 2, z[2]), (0, 2, z[3])], 1, 2)
    disc = shapely.Point(1.7, 1.1).buffer(0.8)
    inside, outside = cut(Pieces.of(mesh, np.arange(len(mesh.triangles))), disc)
    assert sizes(inside.mesh).sum() == pytest.approx(disc.area, rel=1e-5)
    assert sizes(inside.mesh).sum() + sizes(outside.mesh).sum() == pytest.approx(8.0, rel=1e-6)
    for part in (inside.mesh, outside.mesh):
        assert part.vertices_m[:, 2] == pytest.approx(0.1 * part.vertices_m[:, 0], abs=1e-6)
        corners = part.vertices_m[part.triangles].astype(float)
        assert np.all(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])[:, 2] > 0)


@pytest.mark.parametrize("kind", ["ice", "oil", "puddle", "tar_seam"])
def test_under_a_film_the_road_keeps_its_area_its_height_and_its_classes(kind: str):
    patch = {"kind": kind, "s": 50.0, "length": 9.0, "width": 0.3 if kind == "tar_seam" else 5.0}
    _, bare, covered, (laid,) = built(patch)
    for name in ("road", "road_marking"):
        assert of_class(covered, name) == pytest.approx(of_class(bare, name), rel=1e-4)
    changed = sizes(covered)[covered.material >= MATERIAL_ID["asphalt+damp"]].sum()
    if kind == "tar_seam":
        changed = sizes(covered)[covered.material == MATERIAL_ID["tar"]].sum()
    # Sheets lie over one another (paint on asphalt), so a little more may change than the area's own size.
    assert changed == pytest.approx(laid.area.area, rel=0.15)
    x, y = laid.area.representative_point().coords[0]
    assert highest(covered, x, y) == pytest.approx(highest(bare, x, y), abs=1e-5)
    assert np.ptp(covered.vertices_m[:, 2]) == pytest.approx(np.ptp(bare.vertices_m[:, 2]), abs=1e-5)


@pytest.mark.parametrize("kind", ["ice", "oil", "puddle", "leaves"])
def test_a_film_lies_on_wheel_paths_and_on_asphalt_of_every_age(kind: str):
    """Wheel paths stayed dry and bare in the middle of puddles and ice: no film was made for them."""
    world = concrete(
        car(40.0), road=ROAD, patches=[{"kind": kind, "s": 50.0, "length": 9.0, "width": 3.0}]
    ).scenario.world
    network = network_for(world.road, None, 0)
    (laid,) = lay_patches(network, world.patches, 0)
    bare = street_mesh(network, 0)
    road = np.flatnonzero(bare.semantic == SEMANTIC_ID["road"])
    none = np.zeros(len(bare.triangles), np.int32)
    for material in (*ASPHALTS, *TRODDEN):
        bare.material[road] = MATERIAL_ID[material.name]
        covered = with_patches(bare, none, network, (laid,), ORIGIN)[0]
        middle = covered.vertices_m[covered.triangles][..., :2].mean(axis=1).astype(float)
        within = shapely.contains_xy(laid.area.buffer(-0.2), middle[:, 0], middle[:, 1])
        assert within.any()
        left = within & (covered.material == MATERIAL_ID[material.name])
        assert not left.any(), material.name


def test_missing_markings_leave_no_paint_and_faded_ones_leave_some_of_a_darker_sort():
    place = {"s": 50.0, "length": 20.0, "width": 9.0}
    _, bare, missing, (laid,) = built({"kind": "missing_markings", **place})
    whole = of_class(bare, "road_marking", laid.area)
    assert whole > 2.0
    assert of_class(missing, "road_marking", laid.area.buffer(-0.02)) == 0.0
    assert of_class(missing, "road") == pytest.approx(of_class(bare, "road"), rel=1e-6)
    _, _, faded, (laid,) = built({"kind": "faded_markings", **place})
    assert 0.3 * whole < of_class(faded, "road_marking", laid.area) < 0.8 * whole
    old, new = (MATERIALS[MATERIAL_ID[name]] for name in ("paint_white", "paint_white+faded"))
    assert new.rgb[0] < 0.6 * old.rgb[0] and new.retro < 0.3 * old.retro and new.rho_905 < old.rho_905


def test_chips_are_the_same_wherever_else_paint_lies_and_none_are_joined_where_there_is_none():
    _, _, _, (laid,) = built({"kind": "faded_markings", "s": 50.0, "length": 8.0, "width": 4.0})
    x0, y0, x1, y1 = laid.area.bounds
    whole = np.array([[(x0, y0), (x1, y0), (x1, y1)], [(x0, y0), (x1, y1), (x0, y1)]], np.float32)
    middle = np.array([laid.area.centroid.x, laid.area.centroid.y])
    line = (middle + np.array([[(-1.0, 0.0), (1.0, 0.0), (1.0, 0.15)]])).astype(np.float32)
    everywhere, here, nowhere = (chips(laid.area, laid, paint) for paint in (whole, line, line[:0]))
    painted = shapely.Polygon(line[0])
    assert nowhere.is_empty and here.area < 0.1 * everywhere.area
    gone = here.intersection(painted)
    assert 0.2 * painted.area < gone.area < 0.8 * painted.area
    assert gone.symmetric_difference(everywhere.intersection(painted)).area < 1e-9


def test_a_pothole_is_a_hole_as_deep_as_it_is_said_to_be():
    network, bare, holed, (laid,) = built(
        {"kind": "pothole", "s": 50.0, "length": 1.0, "width": 0.8, "depth": 0.1}
    )
    x, y = laid.area.representative_point().coords[0]
    down = highest(bare, x, y) - highest(holed, x, y)
    assert 0.06 < down < 0.14
    outside = laid.area.bounds[2] + 1.0
    assert highest(holed, outside, y) == pytest.approx(float(network.height(outside, y)[0]), abs=0.005)
    assert of_class(holed, "road") == pytest.approx(of_class(bare, "road"), rel=2e-3)


def test_a_snow_bank_stands_on_the_road_and_leaves_lie_on_it():
    network, _, banked, (laid,) = built({"kind": "snow_bank", "s": 50.0, "length": 8.0, "depth": 0.5})
    x, y = laid.area.representative_point().coords[0]
    assert 0.2 < highest(banked, x, y) - float(network.height(x, y)[0]) < 0.65
    snow = np.isin(banked.material, [MATERIAL_ID["snow_pile"], MATERIAL_ID["snow_dirty"]])
    assert np.all(banked.semantic[snow] == SEMANTIC_ID["terrain"])
    _, _, strewn, (laid,) = built({"kind": "leaves", "s": 50.0, "length": 3.0, "width": 2.0})
    leaves = np.isin(strewn.material, [MATERIAL_ID[f"leaf_{c}"] for c in ("autumn", "brown", "yellow")])
    assert leaves.sum() > 2 * 100 * laid.area.area
    assert strewn.vertices_m[strewn.triangles[leaves]][..., 2].max() < 0.15
    assert np.all(strewn.semantic[leaves] == SEMANTIC_ID["road"])


def test_the_same_seed_gives_the_same_bytes():
    words = ({"kind": "pothole", "s": 40.0}, {"kind": "leaves", "s": 50.0}, {"kind": "snow_bank", "s": 60.0})
    one, two = built(*words)[2], built(*words)[2]
    assert one.vertices_m.tobytes() == two.vertices_m.tobytes()
    assert one.material.tobytes() == two.material.tobytes()


def ground_with(material: str) -> list[Mesh]:
    """Asphalt with a square of something else, from 6 to 16 m ahead and 3 m wide, a millimetre above."""
    square = [(6, -1.5, 1e-3), (16, -1.5, 1e-3), (16, 1.5, 1e-3), (6, 1.5, 1e-3)]
    return [plain(), quad(square, MATERIAL_ID[material], SEMANTIC_ID["road"])]


def beams_on(material: str) -> tuple[int, float, dict[str, int]]:
    """(points on the square, their mean intensity, losses)."""
    stage = small_stage(ground_with(material))
    sweep = scan(stage, "top", mounted("HDL-64E"), 500_000_000)
    x, y = sweep.xyz_m[:, 0], sweep.xyz_m[:, 1]
    on = (x > 6) & (x < 16) & (np.abs(y) < 1.5) & (sweep.cause == Cause.SURFACE)
    return int(on.sum()), float(sweep.intensity[on].mean()) if on.any() else 0.0, sweep.lost


def test_lidar_loses_its_beams_on_water_and_finds_snow_bright():
    dry, dry_level, dry_lost = beams_on("asphalt")
    water, _, water_lost = beams_on("asphalt+puddle")
    icy, icy_level, _ = beams_on("asphalt+ice")
    _, snow_level, _ = beams_on("snow_pile")
    assert dry > 1000
    assert water < 0.1 * dry
    assert water_lost["specular"] + water_lost["dark"] > dry_lost["specular"] + dry_lost["dark"] + 0.8 * dry
    assert icy < dry or icy_level < 0.8 * dry_level
    assert snow_level > 2.0 * dry_level
