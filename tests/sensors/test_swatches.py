"""What a lidar makes of materials: paint fades, retro-reflectors flare, glass passes, leaves are bright."""

import numpy as np
import pytest
from typer.testing import CliRunner

from renderers.materials import MATERIAL_ID, MATERIALS
from renderers.swatches import Swatch, swatches
from sim.app.cli import app


def by_angle(material: str, *angles: float, range_m: float = 10.0) -> list[Swatch]:
    return swatches([material], angles, range_m)


def test_a_matt_surface_shows_its_reflectance() -> None:
    # The HDL-64E's bytes grow as the root of the calibrated reflectance (docs/lidar.md).
    for name in ("plaster_white", "asphalt", "rubber"):
        (face_on,) = by_angle(name, 0.0)
        assert face_on.intensity**2 == pytest.approx(MATERIALS[MATERIAL_ID[name]].rho_905, rel=0.06)
        assert face_on.share == pytest.approx(1.0, abs=0.02)


def test_intensity_falls_with_the_angle() -> None:
    for name in ("asphalt", "car_paint_white", "leaf"):
        levels = [swatch.intensity for swatch in by_angle(name, 10.0, 35.0, 60.0, 80.0)]
        assert np.all(np.diff(levels) < 0.0)


def test_dark_cars_fade_and_white_ones_do_not() -> None:
    black, white = (
        by_angle("car_paint_black", 60.0, range_m=60.0),
        by_angle("car_paint_white", 60.0, range_m=60.0),
    )
    assert black[0].share < 0.1
    assert white[0].share > 0.9
    near = by_angle("car_paint_black", 20.0)[0]
    assert near.share > 0.9
    assert near.intensity < 0.25


def test_plates_bands_and_signs_flare_at_any_angle() -> None:
    for name in ("plate", "retro_band", "sign_white"):
        assert all(swatch.intensity > 0.95 for swatch in by_angle(name, 0.0, 40.0))


def test_glass_passes_what_a_mirror_sends_away() -> None:
    face_on, glass = by_angle("glass", 0.0, 30.0)
    assert glass.returned == 0
    assert glass.passed / glass.fired > 0.95
    assert face_on.returned > 0  # its own reflection, straight ahead
    (mirror,) = by_angle("mirror", 30.0)
    assert mirror.returned == 0
    assert mirror.passed / mirror.fired < 0.05


def test_leaves_are_brighter_than_they_look() -> None:
    leaf, paint = by_angle("leaf", 20.0)[0], by_angle("car_paint_grey", 20.0)[0]
    assert leaf.intensity > 1.5 * paint.intensity
    assert (
        max(MATERIALS[MATERIAL_ID["leaf"]].rgb) < 0.12
    )  # of a 905 nm laser it sends back four times as much


def test_the_command_prints_a_table() -> None:
    run = CliRunner().invoke(app, ["assets", "infrared", "glass"])
    assert run.exit_code == 0, run.output
    row = next(line for line in run.output.splitlines() if line.startswith("| glass"))
    assert "100%" in row or "99%" in row
    wrong = CliRunner().invoke(app, ["assets", "infrared", "glas"])
    assert wrong.exit_code == 2
    assert 'there is no material "glas"; did you mean "glass"?' in wrong.output
