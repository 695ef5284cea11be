"""Signs have the sizes and gains of their standards, show what they mean, and lie flat without overlaps."""

import math
from itertools import combinations

import cv2
import numpy as np
import pytest
import shapely

from renderers.assets import pictograms, registry, signals, signs, signs_vienna
from renderers.assets.flat import Layer, Picture, block, disc
from renderers.assets.lettering import GLYPHS, ink, length_m
from renderers.materials import MATERIAL_ID, MATERIALS
from renderers.mesh import Mesh
from scenarios.taxonomy import SEMANTIC_ID

PIXELS = 64


def areas(mesh: Mesh) -> np.ndarray:
    corner = mesh.vertices_m[mesh.triangles].astype(float)
    crossed: np.ndarray = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    return crossed / 2


def drawn(mesh: Mesh, material: str, bounds: tuple[float, float, float, float]) -> np.ndarray:
    """(64, 64) which pixels a camera that looks straight at the plate finds covered by a material."""
    u0, v0, u1, v1 = bounds
    fine = 4 * PIXELS
    by = fine / max(u1 - u0, v1 - v0)
    image = np.zeros((fine, fine), np.float32)
    for row in np.flatnonzero(mesh.material == MATERIAL_ID[material]):
        flat = mesh.vertices_m[mesh.triangles[row]][:, 1:]
        corners = np.column_stack([(flat[:, 0] - u0) * by, (v1 - flat[:, 1]) * by]) - 0.5
        cv2.fillConvexPoly(image, np.round(corners * 16).astype(np.int32), 1.0, cv2.LINE_8, 4)
    pixels: np.ndarray = cv2.resize(image, (PIXELS, PIXELS), interpolation=cv2.INTER_AREA) > 0.5
    return pixels


def covered(shape: shapely.Geometry, bounds: tuple[float, float, float, float]) -> np.ndarray:
    """The same, asked of the outline itself."""
    u0, v0, u1, v1 = bounds
    pitch = max(u1 - u0, v1 - v0) / PIXELS
    u, v = np.meshgrid(u0 + (np.arange(PIXELS) + 0.5) * pitch, v1 - (np.arange(PIXELS) + 0.5) * pitch)
    inside: np.ndarray = shapely.contains_xy(shape, u, v)
    return inside


def overlap(one: np.ndarray, two: np.ndarray) -> float:
    return float((one & two).sum() / max((one | two).sum(), 1))


@pytest.mark.parametrize("name", pictograms.PICTOGRAMS)
def test_a_pictogram_of_64_pixels_is_its_outline(name):
    shape = pictograms.PICTOGRAMS[name]()
    u0, v0, u1, v1 = shape.bounds
    board = Picture((Layer(block(1.1 * (u1 - u0), 1.1 * (v1 - v0), ((u0 + u1) / 2, (v0 + v1) / 2)), "sign_white"),
                     Layer(shape, "sign_black")))  # fmt: skip
    mesh, bounds = board.mesh(0.0, "traffic_sign"), board.outline.bounds
    seen = drawn(mesh, "sign_black", bounds)
    assert 0.1 < seen.sum() / covered(board.outline, bounds).sum() < 0.75  # neither a blot nor a hair
    assert overlap(seen, covered(shape, bounds)) > 0.8


def test_pictograms_differ_from_one_another():
    """As a sign shows them: fitted into the same square, no two fill the same pixels."""
    frame = (-0.5, -0.5, 0.5, 0.5)
    masks = {
        name: covered(signs_vienna.fitted(shape(), (0.0, 0.0), 0.9, 0.9), frame)
        for name, shape in pictograms.PICTOGRAMS.items()
    }
    for (one, first), (two, second) in combinations(masks.items(), 2):
        assert overlap(first, second) < 0.72, (one, two)


@pytest.mark.parametrize("kind", signs.FACES)
def test_a_face_is_cut_into_areas_that_fill_its_plate_and_share_nothing(kind):
    face = signs.face(kind)
    mesh = face.mesh(0.0, "traffic_sign")
    normal = areas(mesh)
    assert np.all(normal[:, 0] > 1e-9) and np.abs(normal[:, 1:]).max() < 1e-9
    assert normal[:, 0].sum() == pytest.approx(face.outline.area, rel=2e-3)
    assert len({int(m) for m in mesh.material}) > 1 or kind == "plain"
    assert face.outline.bounds[1] == pytest.approx(0.0, abs=2e-3)


@pytest.mark.parametrize("kind", signs.FACES)
def test_a_plate_is_closed_and_its_back_is_bare(kind):
    mesh = signs.plate(signs.face(kind))
    area = areas(mesh)
    assert np.linalg.norm(area, axis=1).min() > 1e-10
    assert (
        np.abs(area.sum(axis=0)).max() < 4e-3 * np.abs(area).sum()
    )  # what looks out one way is met by the other
    backs = area[:, 0] < -1e-9
    bare = [MATERIAL_ID["sign_back"], MATERIAL_ID["metal_galvanised"]]
    assert np.isin(mesh.material[backs & (np.abs(area[:, 1]) < 1e-9)], bare).all()


@pytest.mark.parametrize(
    ("kind", "wide_m", "high_m"),
    [
        # VwV-StVO, size 2: triangles 900, discs and squares 600, the octagon 900 across.
        ("warning", 0.90, 0.78), ("yield", 0.90, 0.78), ("children", 0.90, 0.78), ("speed_limit", 0.60, 0.60),
        ("no_entry", 0.60, 0.60), ("roundabout", 0.60, 0.60), ("stop", 0.90, 0.90), ("priority", 0.84, 0.84),
        ("crossing", 0.60, 0.60), ("parking", 0.60, 0.60),
        # MUTCD 2009: R1-1 30 in, R2-1 24 x 30 in, diamonds 30 in, works 36 in, R6-1 36 x 12 in.
        ("stop_us", 0.762, 0.762), ("yield_us", 0.90, 0.78), ("speed_limit_us", 0.60, 0.75), ("deer_us", 1.06, 1.06),
        ("road_work_us", 1.27, 1.27), ("one_way_us", 0.90, 0.30), ("do_not_enter_us", 0.75, 0.75),
    ],
)  # fmt: skip
def test_signs_have_the_sizes_of_their_standards(kind, wide_m, high_m):
    u0, v0, u1, v1 = signs.face(kind, "50").outline.bounds
    assert u1 - u0 == pytest.approx(wide_m, rel=0.06)
    assert v1 - v0 == pytest.approx(high_m, rel=0.06)


@pytest.mark.parametrize(
    ("color", "cd_per_lx_m2"),
    [
        ("white", 250),
        ("yellow", 170),
        ("red", 45),
        ("green", 45),
        ("blue", 20),
        ("orange", 100),
        ("brown", 12),
    ],
)
def test_sheeting_sends_back_what_class_ra2_asks_for(color, cd_per_lx_m2):
    assert MATERIALS[MATERIAL_ID[f"sign_{color}"]].retro == pytest.approx(cd_per_lx_m2 * math.pi, rel=0.02)


@pytest.mark.parametrize("color", ["white", "yellow", "red", "blue", "green", "orange"])
def test_old_sheeting_keeps_half_its_gain(color):
    fresh, worn = (MATERIALS[MATERIAL_ID[f"sign_{color}{end}"]] for end in ("", "_worn"))
    assert worn.retro == pytest.approx(0.5 * fresh.retro, rel=0.01)


def test_a_sign_gets_old_by_its_seed_and_never_otherwise():
    new = signs.sign("stop")
    looks = [signs.sign("stop", look_seed=seed) for seed in range(40)]
    assert all(np.array_equal(signs.sign("stop").vertices_m, new.vertices_m) for _ in range(2))
    assert any(MATERIAL_ID["sign_red_worn"] in mesh.material for mesh in looks)
    leans = [np.hypot(*mesh.vertices_m[mesh.vertices_m[:, 2].argmax()][:2]) for mesh in looks]
    assert max(leans) > 0.15 and np.median(leans) < 0.25
    assert len({mesh.vertices_m.tobytes() for mesh in looks}) == 40


def test_every_letter_has_its_outline_and_words_are_as_long_as_said():
    for letter in GLYPHS:
        if letter != " ":
            assert ink(letter, 1.0, (0.0, 0.0)).area > 0.02
    for word in ("STOP", "SPEED", "MILL LANE", "30", "118"):
        u0, v0, u1, v1 = ink(word, 0.2, (0.0, 1.0)).bounds
        assert u1 - u0 == pytest.approx(length_m(word, 0.2), rel=0.12)
        assert (u0 + u1) / 2 == pytest.approx(0.0, abs=0.02) and v1 - v0 == pytest.approx(0.2, abs=0.012)


def test_the_registry_names_every_face():
    assert set(registry.SIGN_FACES) == set(signs.FACES)


def test_what_lies_above_is_cut_out_of_what_lies_below():
    low, high = block(1.0, 1.0, (0.0, 0.5)), disc(0.3, (0.0, 0.5))
    seen = Picture((Layer(low, "sign_white"), Layer(high, "sign_red"))).seen()
    assert seen[0].shape.intersection(seen[1].shape).area < 1e-6
    assert seen[0].shape.area == pytest.approx(1.0 - high.area, rel=1e-3)


@pytest.mark.parametrize("state", ["red", "amber", "green"])
def test_american_heads_have_red_on_top_and_lenses_of_300_mm(state):
    mesh = signals.signal_head_us(state)
    lit = mesh.vertices_m[np.unique(mesh.triangles[mesh.material == MATERIAL_ID[f"signal_{state}"]])]
    assert np.ptp(lit[:, 1]) == pytest.approx(0.30, abs=0.01)
    row = {"red": 2, "amber": 1, "green": 0}[state]
    assert lit[:, 2].mean() == pytest.approx(signals.US_SECTION_M * (row + 0.5), abs=0.01)
    assert set(mesh.semantic) == {SEMANTIC_ID["traffic_light"]}


def test_walkers_see_somebody_who_stands_or_walks():
    red, green = (signals.signal_head(state, 2) for state in ("red", "green"))
    man = drawn(red, "signal_red", (-0.1, 0.35, 0.1, 0.55))
    goes = drawn(green, "signal_green", (-0.1, 0.05, 0.1, 0.25))
    assert 0.12 < man.mean() < 0.4 and 0.08 < goes.mean() < 0.4
    assert overlap(man, man[:, ::-1]) > 0.85
    assert overlap(goes, goes[:, ::-1]) < 0.75
