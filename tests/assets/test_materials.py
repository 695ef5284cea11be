"""What surfaces look like to eyes and lasers."""

import math

import pytest

from renderers.materials import GLOW, MATERIAL_ID, MATERIALS, Material
from renderers.materials.soiled import TINT_ROWS
from renderers.textures import TILES


def of(name: str) -> Material:
    return MATERIALS[MATERIAL_ID[name]]


def test_names_are_unique_and_every_row_says_where_it_comes_from() -> None:
    assert len(MATERIAL_ID) == len(MATERIALS)
    assert all(m.source for m in MATERIALS)


def test_no_surface_gives_back_more_light_than_it_gets() -> None:
    for m in MATERIALS:
        assert all(0.0 <= c <= 1.0 for c in m.rgb), m.name
        assert max(m.rgb) + m.transmission <= 1.0, m.name
        assert 0.0 < m.rho_905 <= 1.0 and 0.0 < m.rho_1550 <= 1.0, m.name
        for share in (m.roughness, m.metallic, m.clearcoat, m.porosity, m.snow):
            assert 0.0 <= share <= 1.0, m.name
        assert m.retro >= 0.0, m.name
        assert -1 <= m.tint < TINT_ROWS and -1 <= m.glow < len(GLOW), m.name
        assert m.texture in ("", *TILES), m.name


@pytest.mark.parametrize("name", ["grass", "leaf", "leaf_light", "leaf_conifer", "hedge"])
def test_plants_are_dark_green_to_the_eye_and_bright_to_a_905_nm_laser(name: str) -> None:
    plant = of(name)
    assert plant.rgb[1] == max(plant.rgb) and plant.rgb[1] < 0.2
    assert 0.45 <= plant.rho_905 <= 0.60
    assert plant.rho_1550 < plant.rho_905  # leaf water absorbs there


@pytest.mark.parametrize("name", ["cloth_a", "cloth_b", "seat"])
def test_dyes_are_transparent_in_the_near_infrared(name: str) -> None:
    assert 0.3 <= of(name).rho_905 <= 0.8


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("asphalt", 0.05, 0.20),
        ("asphalt_old", 0.12, 0.20),
        ("concrete", 0.3, 0.4),
        ("paint_white", 0.5, 0.8),
        ("brick", 0.3, 0.4),
        ("soil", 0.2, 0.3),
        ("car_paint_white", 0.7, 0.9),
        ("car_paint_black", 0.02, 0.05),
        ("glass", 0.04, 0.08),
        ("skin", 0.5, 0.65),
        ("rubber", 0.02, 0.05),
        ("water", 0.01, 0.03),
    ],
)
def test_905_nm_reflectances_lie_where_the_lidar_literature_has_them(
    name: str, low: float, high: float
) -> None:
    assert low <= of(name).rho_905 <= high


def test_skin_is_dark_at_1550_nm_because_it_is_mostly_water() -> None:
    assert of("skin").rho_1550 < 0.5 * of("skin").rho_905


def test_sign_sheeting_gains_pi_times_its_coefficient_of_retroreflection() -> None:
    assert of("sign_white").retro == pytest.approx(250.0 * math.pi, rel=0.01)
    assert of("retro_band").retro == pytest.approx(330.0 * math.pi, rel=0.01)
    order = [of(f"sign_{c}").retro for c in ("white", "yellow", "red", "blue", "black")]
    assert order == sorted(order, reverse=True)
    assert 0.1 < of("paint_white").retro < 2.0  # beads in paint: orders below a sign's prisms


def test_every_glow_column_has_a_lens_that_it_lights() -> None:
    lit = {m.glow for m in MATERIALS if m.glow >= 0}
    assert lit == set(range(len(GLOW)))
