"""Houses keep to their lots, have windows that lie in the wall, and signs and lamps are where they should be."""

import numpy as np
import pytest

from renderers.assets import buildings, furniture, signals, signs
from renderers.materials import MATERIAL_ID
from renderers.mesh import Mesh
from scenarios.taxonomy import SEMANTIC_ID

KINDS = ("house", "townhouse", "block", "hall", "barn")


def points_of(mesh: Mesh, *materials: str) -> np.ndarray:
    rows = np.isin(mesh.material, [MATERIAL_ID[m] for m in materials])
    return mesh.vertices_m[np.unique(mesh.triangles[rows])]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(5))
def test_a_building_stands_on_its_lot(kind, seed):
    plan = buildings.plan(kind, seed)
    mesh = buildings.build(plan)
    low, high = mesh.vertices_m.min(0), mesh.vertices_m.max(0)
    assert high[0] < 1.4 and low[0] > -plan.depth_m - 1.4  # awnings, balconies and eaves reach out a little
    assert max(-low[1], high[1]) < plan.width_m / 2 + 1.4
    assert high[2] > plan.eaves_m
    assert low[2] == pytest.approx(-buildings.FOUNDATION_M)
    assert 150 < len(mesh.triangles) < 7500


@pytest.mark.parametrize("kind", KINDS)
def test_windows_lie_behind_the_face_of_the_wall(kind):
    plan = buildings.plan(kind, 2)
    panes = points_of(buildings.build(plan), "window", "shop_window")
    front = panes[
        (np.abs(panes[:, 1]) < plan.width_m / 2 - 0.3)
        & (panes[:, 0] > -1.0)
        & (panes[:, 2] < plan.eaves_m - 0.1)
    ]
    assert len(front) > 0
    assert front[:, 0].max() < -0.05


def test_a_street_of_houses_is_not_one_house():
    looks = {buildings.build(buildings.plan("townhouse", seed)).vertices_m.tobytes() for seed in range(12)}
    assert len(looks) == 12
    meshes = [buildings.build(buildings.plan("townhouse", seed)) for seed in range(20)]
    walls = {max(buildings.WALLS, key=lambda wall: len(points_of(mesh, wall))) for mesh in meshes}
    assert len(walls) >= 4


def test_walls_that_touch_a_neighbour_have_no_windows():
    plan = buildings.plan("townhouse", 7)

    def side_panes(mesh: Mesh) -> int:
        panes = points_of(mesh, "window")
        return int(np.sum(panes[:, 1] > plan.width_m / 2 - 0.25))

    assert side_panes(buildings.build(plan)) > 0
    assert side_panes(buildings.build(plan, (False, True))) == 0


def test_no_free_side_is_bare_and_no_two_are_alike():
    looks = set()
    for seed in range(16):
        plan = buildings.plan(("townhouse", "block")[seed % 2], seed)
        mesh = buildings.build(plan)
        for sign in (1.0, -1.0):
            place = mesh.vertices_m[mesh.triangles]
            beside = (sign * place[..., 1] > plan.width_m / 2 - 0.4).all(1)
            kinds = set(mesh.material[beside].tolist())
            assert len(kinds) >= 4  # wall, plinth and what hangs on it
            looks.add(place[beside].tobytes())
            assert np.abs(place[beside][..., 1]).max() < plan.width_m / 2 + 0.35
    assert len(looks) == 32


def test_terraces_have_their_windows_where_they_can_be_seen():
    row = buildings.any_of("terraced", 0)
    low, high = row.vertices_m[:, 1].min(), row.vertices_m[:, 1].max()
    things = [MATERIAL_ID[m] for m in ("plastic_light", "metal_galvanised", "window")]
    place = row.vertices_m[row.triangles[np.isin(row.material, things)]][..., 1]
    assert (place.max(1) < low + 0.5).sum() > 4 and (place.min(1) > high - 0.5).sum() > 4


def test_walls_look_outwards():
    mesh = buildings.build(buildings.plan("house", 3))
    corner = mesh.vertices_m[mesh.triangles].astype(float)
    flat = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    plaster = np.isin(mesh.material, [MATERIAL_ID[w] for w in buildings.WALLS])
    front = plaster & (np.abs(corner[:, :, 0]).max(1) < 1e-3)
    assert front.any()
    assert np.all(flat[front, 0] > 0)


def test_a_map_outline_becomes_a_building_of_its_height():
    outline = np.array([(0, 0), (14, 0), (14, 9), (6, 9), (6, 15), (0, 15)], float)
    for ring in (outline, outline[::-1]):
        mesh = buildings.build_on(ring, 12.0, 1)
        low, high = mesh.vertices_m.min(0), mesh.vertices_m.max(0)
        assert high[2] == pytest.approx(12.0, abs=0.6)
        assert np.all(low[:2] > -1.0) and np.all(high[:2] < (15.0, 16.0))


# ------------------------------------------------------------------------------------------- street furniture
@pytest.mark.parametrize("made", [furniture.street_lamp(7.5), furniture.park_lamp(4.2)])
def test_a_street_lamp_shines_down_from_its_lens(made):
    mesh, lamp = made
    lens = points_of(mesh, "lamp_street")
    assert lamp.axis == (0.0, 0.0, -1.0) and lamp.kind == "street"
    assert np.abs(lens.mean(0)[:2] - np.array(lamp.position_m)[:2]).max() < 0.05
    assert lamp.position_m[2] <= lens[:, 2].min() + 0.01  # below the lens, or its own head would shade it
    assert lamp.position_m[2] > 3.0


SIGNS = (
    "stop", "yield", "priority", "warning", "curve_left", "curve_right", "children", "animals", "speed_limit", "plain",
    "no_entry", "no_overtaking", "keep_right", "crossing", "parking", "bus_stop", "town", "direction",
)  # fmt: skip


@pytest.mark.parametrize("kind", SIGNS)
def test_a_sign_hangs_above_heads_and_looks_along_x(kind):
    mesh = signs.sign(kind, "50", 2.1)
    face = mesh.semantic == SEMANTIC_ID["traffic_sign"]
    retro = face & np.isin(
        mesh.material, [MATERIAL_ID[m] for m in MATERIAL_ID if m.startswith("sign_") and m != "sign_back"]
    )
    corner = mesh.vertices_m[mesh.triangles].astype(float)
    assert corner[retro][:, :, 2].min() >= 2.09
    normal = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    assert np.all(normal[retro][:, 0] > 0)
    assert retro.any()


def test_a_speed_limit_shows_its_number():
    """Different numbers are different strokes, and they lie within the red ring."""
    shapes = {value: signs.sign("speed_limit", value) for value in ("30", "50", "80", "120")}
    ink = {value: points_of(mesh, "sign_black") for value, mesh in shapes.items()}
    assert len({points.tobytes() for points in ink.values()}) == 4
    for points in ink.values():
        assert np.linalg.norm(points[:, 1:] - (0.0, 2.4), axis=1).max() < 0.26


@pytest.mark.parametrize(
    ("state", "lit"),
    [("red", {"red"}), ("amber", {"amber"}), ("green", {"green"}), ("red_amber", {"red", "amber"})],
)
def test_a_traffic_light_shows_its_state_with_red_on_top(state, lit):
    mesh = signals.traffic_light(state)
    for name in ("red", "amber", "green"):
        assert (MATERIAL_ID[f"signal_{name}"] in mesh.material) == (name in lit)
    if "red" in lit:
        assert points_of(mesh, "signal_red")[:, 2].min() > points_of(mesh, "signal_off")[:, 2].max()


def test_fences_are_as_long_and_as_high_as_they_are_said_to_be():
    for seed in range(12):
        style = furniture.fence_style(seed)
        mesh = furniture.fence(6.0, style)
        low, high = mesh.vertices_m.min(0), mesh.vertices_m.max(0)
        assert low[0] > -0.1 and high[0] < 6.1
        assert style.height_m <= high[2] + 1e-6 < style.height_m + 0.25
